//! Whose operators a module has.

use super::Spot;
use syn::Ident;

impl Spot {
    /// Whether a method of a type of this module is that of an operator by value, and of nothing else.
    pub(super) fn is_operator(&self, of: &Ident, name: &Ident) -> bool {
        let is = |ty: &syn::Type| matches!(ty, syn::Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == *of));
        let here = self.outline.module(self.scope());
        let mut blocks = Vec::new();
        for (head, _) in self.associated(name, here) {
            let by_value = is(&head.self_ty);
            let by_reference = matches!(&*head.self_ty, syn::Type::Reference(inner) if is(&inner.elem));
            if by_value || by_reference {
                let of_std =
                    head.trait_.as_ref().and_then(|found| found.0.segments.last()).is_some_and(|last| {
                        last.ident.to_string().to_lowercase() == name.to_string().replace('_', "")
                    });
                blocks.push(by_value && of_std);
            }
        }
        self.is_of_module(of) && !blocks.is_empty() && blocks.into_iter().all(|fits| fits)
    }

    /// Whether a type of this module has an annotated `impl` of a compound assignment, `add_assign`.
    pub(super) fn assigns(&self, of: &Ident, name: &Ident) -> bool {
        let here = self.outline.module(self.scope());
        self.is_operator(of, name)
            && self.associated(name, here).iter().any(|(head, _)| {
                matches!(&*head.self_ty, syn::Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == *of))
                    && super::attributes::is_plain_function(&head.attrs).1.is_some()
            })
    }

    /// Whether some trait of this file, none of the standard library's, gives floats a method of a name.
    pub(super) fn is_method_of_floats(&self, name: &Ident) -> bool {
        const OPERATORS: [&str; 6] = ["Add", "Sub", "Mul", "Div", "Rem", "Neg"];
        let outline = &self.outline;
        self.associated(name, outline.module(outline.block_at(self.at))).iter().any(|(head, _)| {
            let float = matches!(&*head.self_ty, syn::Type::Path(path)
                if path.path.is_ident("f64") || path.path.is_ident("f32"));
            let operator = head.trait_.as_ref().is_some_and(|found| {
                let last = found.0.segments.last();
                last.is_some_and(|last| OPERATORS.iter().any(|name| last.ident == name))
            });
            float && !operator
        })
    }
}

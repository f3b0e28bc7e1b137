//! Whose method a name is: that of a float, of a collection, or of a user's type.

use super::Lowerer;
use super::scope::Operand;
use crate::ir::{Expr, Place, Proj, Ty};

impl Lowerer<'_> {
    /// Whether a user's type is known to have a method of a name.
    pub(super) fn has_method(&self, ty: &Ty, name: &syn::Ident) -> bool {
        let Ty::Named(named) = ty else { return false };
        let syn::Type::Path(path) = &named.written else { return false };
        path.path.segments.last().is_some_and(|last| self.around.has_method(&last.ident, name))
    }

    /// Whether a user's type has a method of a name that gives a reference, or one that is not known may have the
    /// `as_ref` of this file.
    pub(super) fn lends_by_method(&self, ty: &Ty, name: &syn::Ident) -> bool {
        let named = match ty {
            Ty::Named(named) => named,
            ty => return matches!(ty, Ty::Unknown) && name == "as_ref" && self.around.defines(name),
        };
        let syn::Type::Path(path) = &named.written else { return false };
        let found = path.path.segments.last().and_then(|last| self.around.method(&last.ident, name));
        found.is_some_and(|(_, found)| {
            matches!(&found.item.sig.output, syn::ReturnType::Type(_, ty) if matches!(**ty, syn::Type::Reference(_)))
        })
    }

    /// Whether a method named like one that counts may be another's: of a user's type, or of one that is not known
    /// in a file that defines such a method.
    pub(super) fn has_length_of_its_own(&self, call: &syn::ExprMethodCall) -> bool {
        let of = self.type_of(&call.receiver);
        matches!(of, Ty::Named(_)) || matches!(of, Ty::Unknown) && self.around.defines(&call.method)
    }

    /// The part of a struct that its `impl Deref` refers to: `&self.0`.
    pub(super) fn part_by_deref(&self, place: &Place) -> Option<Place> {
        let Ty::Named(named) = self.f.place_ty(place) else { return None };
        let syn::Type::Path(path) = &named.written else { return None };
        let name = syn::Ident::new("deref", place.span);
        let (block, found) = self.around.method(&path.path.segments.last()?.ident, &name)?;
        let of_deref = block.trait_.as_ref().and_then(|found| found.0.segments.last());
        let [syn::Stmt::Expr(syn::Expr::Reference(reference), None)] = &found.item.block.stmts[..] else {
            return None;
        };
        let syn::Expr::Field(field) = &*reference.expr else { return None };
        let own = matches!(&*field.base, syn::Expr::Path(path) if path.path.is_ident("self"));
        let fits = own
            && found.whole
            && named.fields.is_some()
            && of_deref.is_some_and(|last| last.ident == "Deref");
        fits.then(|| place.project(Proj::Field(field.member.clone())))
    }

    /// Whether only rustc knows if a method with the name of a primitive is one of floats: where it
    /// is called on what an operator or a method gave that may be a user's type's.
    pub(super) fn is_either(&self, call: &syn::ExprMethodCall, receiver: &Operand, ty: &Ty) -> bool {
        let var = match receiver {
            Operand::Place(place) | Operand::Value(Expr::Read(place)) if place.is_var() => place.root,
            Operand::Value(Expr::Move(var)) => *var,
            _ => return false,
        };
        matches!(ty, Ty::Unknown)
            && (self.users.contains(&var) || self.given.contains(&var))
            && !self.structures.contains(&var)
            && self.overloads
            && !self.tree
            && crate::primitives::is_method(&call.method.to_string(), call.args.len() + 1)
    }

    /// Remembers what a method of a user's type gave: it may be of such a type too.
    pub(super) fn note_given(&mut self, result: &Operand) {
        if let Operand::Place(place) = result
            && place.is_var()
        {
            self.given.insert(place.root);
        }
    }

    /// Whether a method with the name of a primitive is that of a user's type, by what is known of
    /// its receiver and its result.
    pub(super) fn may_be_own_method(
        &self,
        call: &syn::ExprMethodCall,
        receiver: &Operand,
        hint: &Ty,
    ) -> bool {
        // What primitives give is a number, whatever else has a method of that name.
        if matches!(receiver, Operand::Value(Expr::Prim { .. })) {
            return false;
        }
        // Floats have it from a trait that few import, matrices of their own.
        let unusual = call.method == "inv";
        let result =
            || matches!(hint, Ty::Named(_)) || self.shapes.is_structure(&syn::Expr::MethodCall(call.clone()));
        unusual
            || self.shapes.is_structure(&call.receiver)
            || self.shapes.is_doubtful_value(&call.receiver) && result()
    }
}

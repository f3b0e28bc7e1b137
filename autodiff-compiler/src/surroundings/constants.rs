//! The types of constants that stand around an item.

use super::outline::{Kind, Outline, Spot};
use super::same_type;
use syn::{Ident, ItemImpl, Type};

impl Outline {
    /// The types of the constants and statics of a name in a scope, and that scope.
    fn declared(&self, scope: Option<usize>, name: &str) -> Vec<(Option<usize>, Option<Type>)> {
        let named = self.declared.iter().filter(|found| found.scope == scope && found.name == name);
        named.map(|found| (scope, self.type_after(found.text.1))).collect()
    }

    /// The type between the name of a constant and its value.
    fn type_after(&self, at: usize) -> Option<Type> {
        let rest = &self.chars[at..];
        let colon = rest.iter().position(|c| !c.is_whitespace()).filter(|at| rest[*at] == ':')?;
        let (mut depth, mut before) = (0usize, ' ');
        let length = rest[colon + 1..].iter().position(|c| {
            match c {
                '[' | '(' | '<' => depth += 1,
                '>' if before == '-' => {}
                // Of the parameters of a generic item.
                ']' | ')' | '>' | ',' if depth == 0 => return true,
                ']' | ')' | '>' => depth -= 1,
                _ => {}
            }
            before = *c;
            depth == 0 && matches!(c, '=' | ';')
        })?;
        let end = colon + 1 + length;
        let text: String = rest[colon + 1..end].iter().collect();
        if matches!(rest[end], '=' | ';') { syn::parse_str(&text).ok() } else { None }
    }

    /// The type of an associated constant of a type, by the blocks of a module.
    pub(super) fn associated_constant(&self, module: Option<usize>, of: &Ident, name: &str) -> Option<Type> {
        let mut found = Vec::new();
        for (id, block) in self.blocks.iter().enumerate() {
            if block.kind != Kind::Associated || self.module(block.parent) != module {
                continue;
            }
            let declared = self.declared(Some(id), name);
            if !declared.is_empty()
                && let Ok(head) = syn::parse_str::<ItemImpl>(&self.empty(id))
                && same_type(&head.self_ty, of)
            {
                found.extend(declared);
            }
        }
        let (_, only) = found.pop().filter(|_| found.is_empty())?;
        only
    }
}

impl Spot {
    /// The type of the constant that a name stands for, if it stands in the same module: names mean the same there.
    pub(super) fn constant(&self, name: &str) -> Option<Type> {
        let outline = self.outline();
        let here = |scope: Option<usize>, name: &str| outline.declared(scope, name);
        let (scope, ty) = outline.find(name, self.scope(), &here)?;
        ty.filter(|_| outline.module(scope) == outline.module(self.scope()))
    }
}

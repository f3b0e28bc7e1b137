//! What takes the contents of a place and leaves others there: `mem::swap`, `mem::replace`, `mem::take`,
//! `Option::take`, `Option::replace`.

use super::Lowerer;
use super::option::none;
use super::scope::Operand;
use super::stmt::unparen;
use crate::diagnostics::message;
use crate::ir::{Expr, Place, Stmt, Ty, Var};
use quote::quote;

impl Lowerer<'_> {
    pub(super) fn swap_call(
        &mut self,
        call: &syn::ExprCall,
        path: &syn::ExprPath,
        a: &syn::Expr,
        b: &syn::Expr,
    ) -> Option<Operand> {
        // `&mut r` of a reference `r` swaps the references, not what they refer to.
        for side in [a, b] {
            if let syn::Expr::Reference(reference) = unparen(side)
                && let syn::Expr::Path(path) = unparen(&reference.expr)
                && let Some(name) = path.path.get_ident()
                && let Some(Operand::Ref(place, _)) = self.scopes.local(&name.to_string())
            {
                let _: &Place = place;
                self.error(call, message::SWAPPED_REFERENCES);
                return Some(Operand::unit());
            }
        }
        let (a, b) = (self.operand(a, &Ty::Unknown), self.operand(b, &Ty::Unknown));
        match (a, b) {
            (Operand::Ref(a, _), Operand::Ref(b, _)) => {
                self.claim_function(path, Some(&a));
                self.emit(Stmt::Swap { a, b });
                Some(Operand::unit())
            }
            _ => None,
        }
    }

    /// `mem::replace(&mut place, value)`, `mem::take(&mut place)`: the old value.
    pub(super) fn replace_call(
        &mut self,
        path: &syn::ExprPath,
        place: &syn::Expr,
        value: Option<&syn::Expr>,
    ) -> Operand {
        let Operand::Ref(target, _) = self.operand(place, &Ty::Unknown) else {
            return self.refuse(place, message::ASSIGN_TARGET);
        };
        let ty = self.f.place_ty(&target);
        let new = match value {
            Some(value) => {
                let operand = self.operand(value, &ty);
                self.owned(operand)
            }
            None => match &ty {
                Ty::Vec(item) => Expr::VecNew { capacity: None, ty: (**item).clone() },
                Ty::F64 | Ty::F32 | Ty::Float => Expr::Const(0.0, ty.clone()),
                _ => Expr::Opaque {
                    tokens: quote!(::core::default::Default::default()),
                    args: Vec::new(),
                    ty: ty.clone(),
                },
            },
        };
        self.claim_function(path, Some(&target));
        self.replaced(target, new)
    }

    /// `option.take()`, `option.replace(value)` of what is known to be an `Option`.
    pub(super) fn replaced_option(
        &mut self,
        name: &str,
        operand: &Operand,
        args: &[&syn::Expr],
    ) -> Option<Operand> {
        let (Operand::Place(place) | Operand::Ref(place, true)) = operand else { return None };
        let Ty::Option(item) = self.f.place_ty(place) else { return None };
        let new = match (name, args) {
            ("take", []) => none(*item),
            ("replace", [value]) => {
                let value = self.operand(value, &item);
                let value = self.owned(value);
                Expr::Some(Box::new(self.stored(value)))
            }
            _ => return None,
        };
        Some(self.replaced(place.clone(), new))
    }

    /// The old contents move out by a swap with the new ones.
    fn replaced(&mut self, target: Place, new: Expr) -> Operand {
        let old: Var = self.local("old", self.f.place_ty(&target));
        self.f.vars[old.0].mutable = true;
        self.emit(Stmt::Let { var: old, init: Some(new) });
        self.emit(Stmt::Swap { a: target, b: Place::var(old) });
        Operand::var(old)
    }
}

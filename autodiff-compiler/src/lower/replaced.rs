//! What takes the contents of a place and leaves others there: `mem::swap`, `mem::replace`, `mem::take`,
//! `Option::take`, `Option::replace`, `Option::insert` and the like.

use super::Lowerer;
use super::frame::Fork;
use super::option::none;
use super::scope::Operand;
use super::stmt::unparen;
use crate::diagnostics::message;
use crate::ir::{Expr, Pattern, Place, Proj, Stmt, Ty, Var, VarInfo, walk};
use quote::quote;
use syn::visit::{self, Visit};

impl Lowerer<'_> {
    /// `a.clone_from(&b)`: whatever `a` reuses, it is then a clone of `b`.
    pub(super) fn cloned_from(&mut self, place: Place, source: &syn::Expr) -> Operand {
        let name = syn::Ident::new("__target", proc_macro2::Span::call_site());
        self.scopes.push();
        self.scopes.bind(&name, Operand::Ref(place, true));
        self.assign(&syn::parse_quote!(*#name = (#source).clone()));
        self.scopes.pop();
        Operand::unit()
    }

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
            (Operand::Ref(a, _), Operand::Ref(b, _)) if self.is_list(&a) || self.is_list(&b) => {
                self.error(call, message::LIST_OF_REFERENCES);
                Some(Operand::unit())
            }
            (Operand::Ref(a, _), Operand::Ref(b, _)) => {
                self.claim_function(path, Some(&a));
                self.emit(Stmt::Swap { a, b });
                Some(Operand::unit())
            }
            // What a call gives may refer to anything.
            (a, b) if path.path.segments.len() > 1 => {
                let mut args = Vec::new();
                let mut vars = Vec::new();
                for side in [a, b] {
                    let arg = match side {
                        Operand::Ref(place, mutable) => Expr::Borrow { place, mutable },
                        Operand::Place(place) => Expr::Read(place),
                        other => self.value_of(other),
                    };
                    walk::accesses_of_expr(&arg, &mut |place, _| vars.push(self.f.storage(place.root)));
                    args.push(arg);
                }
                self.check(vars, call, message::ASSIGN_TARGET.to_owned());
                self.effect_of(quote!(#path(__hole_0, __hole_1)), args, false);
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
                Ty::Vec(item) => Expr::VecNew { capacity: None, ty: (**item).clone(), deque: false },
                Ty::Deque(item) => Expr::VecNew { capacity: None, ty: (**item).clone(), deque: true },
                Ty::F64 | Ty::F32 | Ty::Float => Expr::Const(0.0, ty.clone()),
                _ => Expr::Opaque {
                    tokens: quote!(::core::default::Default::default()),
                    args: Vec::new(),
                    ty: ty.clone(),
                },
            },
        };
        if let Some(refused) = self.refuse_list(&target, place) {
            return refused;
        }
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

    /// `option.insert(value)`, `get_or_insert(value)`, `get_or_insert_with(make)`: a reference to what is then
    /// there. What follows in the block goes on inside the arm that names it.
    pub(super) fn inserted_option(
        &mut self,
        name: &str,
        operand: &Operand,
        args: &[&syn::Expr],
    ) -> Option<Operand> {
        let (Operand::Place(place) | Operand::Ref(place, true)) = operand else { return None };
        let [argument] = args else { return None };
        let item = super::types::payload(&self.f.place_ty(place));
        let insert = |this: &mut Self, value: Operand| {
            let value = this.owned(value);
            let value = Expr::Some(Box::new(this.stored(value)));
            this.assign_value(place.clone(), None, value, place.span);
        };
        if name == "get_or_insert_with" {
            let make = self.callable(argument);
            let made = |this: &mut Self| {
                let value = this.inline_closure(&make, Vec::new(), &item);
                insert(this, value);
            };
            self.if_some(Operand::Ref(place.clone(), false), |_, _| {}, made);
        } else {
            let value = self.operand(argument, &item);
            let value = self.fixed(value);
            match name {
                "insert" => insert(self, value),
                _ => self.if_some(Operand::Ref(place.clone(), false), |_, _| {}, |this| insert(this, value)),
            }
        }
        Some(self.payload_of(place))
    }

    /// A reference to the payload of an `Option` in which something was just put.
    fn payload_of(&mut self, on: &Place) -> Operand {
        let ty = super::types::payload(&self.f.place_ty(on));
        let var = self.f.add_var(VarInfo {
            view_of: Some(on.project(Proj::Payload)),
            by_ref: Some(true),
            mutable: true,
            ..VarInfo::local("v", ty, on.span)
        });
        let none = self.framed(|this| this.effect_of(quote!(::core::unreachable!()), Vec::new(), true));
        let some = Pattern::TupleStruct(quote!(::core::option::Option::Some), vec![Pattern::Bind(var)]);
        let heads = vec![(some, None), (Pattern::Wild, None)];
        self.go_on_inside(Fork::Match { on: on.clone(), mutable: true, heads, span: on.span }, none);
        Operand::Ref(Place::var(var), true)
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

/// Whether something is put into an `Option` on the way.
pub(super) fn inserts(expr: &syn::Expr) -> bool {
    struct Inserts(bool);
    impl<'ast> Visit<'ast> for Inserts {
        fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
            self.0 |=
                ["insert", "get_or_insert", "get_or_insert_with"].iter().any(|name| call.method == name);
            visit::visit_expr_method_call(self, call);
        }
        fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
    }
    let mut found = Inserts(false);
    found.visit_expr(expr);
    found.0
}

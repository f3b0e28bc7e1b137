//! Maps and sets without a derivative: what is looked up in them, and integers that keys are made of,
//! `counts.entry((x * 2.0) as i32)`, which are computed before, so that nothing active goes into the text.

use super::Lowerer;
use super::scope::Operand;
use super::stmt::unparen;
use super::types::{INTEGERS, Types};
use crate::diagnostics::message;
use crate::ir::{Expr, Named, Place, Ty};
use crate::primitives::Primitive;
use quote::{format_ident, quote};
use syn::visit_mut::{self, VisitMut};

impl Lowerer<'_> {
    /// Text whose casts of floats to integers have names, as long as `then` runs.
    pub(super) fn with_casts<R>(
        &mut self,
        expr: &syn::Expr,
        then: impl FnOnce(&mut Self, &syn::Expr) -> R,
    ) -> R {
        self.scopes.push();
        let mut expr = expr.clone();
        Casts { lowerer: self }.visit_expr_mut(&mut expr);
        let result = then(self, &expr);
        self.scopes.pop();
        result
    }

    /// As [`with_casts`](Self::with_casts), for the arguments of a method.
    pub(super) fn with_casts_in<R>(
        &mut self,
        call: &syn::ExprMethodCall,
        then: impl FnOnce(&mut Self, &syn::ExprMethodCall) -> R,
    ) -> R {
        self.scopes.push();
        let mut call = call.clone();
        for arg in &mut call.args {
            Casts { lowerer: self }.visit_expr_mut(arg);
        }
        let result = then(self, &call);
        self.scopes.pop();
        result
    }

    /// `map.get(&key)` before a combinator: a copy of what is there, as references are places.
    pub(super) fn looked_up(
        &self,
        name: &str,
        found: Operand,
        receiver: &syn::Expr,
        args: &[&syn::Expr],
    ) -> Operand {
        let called =
            args.last().is_some_and(|arg| matches!(unparen(arg), syn::Expr::Closure(_) | syn::Expr::Path(_)));
        let combines = matches!(
            name,
            "map" | "map_or" | "map_or_else" | "and_then" | "filter" | "is_some_and" | "is_none_or"
        );
        match found {
            Operand::Value(Expr::Opaque { tokens, args, .. })
                if called && combines && self.lends_of_inert(receiver) =>
            {
                let ty = Ty::Option(Box::new(Ty::Unknown));
                Operand::Value(Expr::Opaque { tokens: quote!((#tokens).cloned()), args, ty })
            }
            found => found,
        }
    }

    /// `*counts.entry(k).or_insert(0) += 1`: fine where nothing active goes into it.
    pub(super) fn assigned_in_text(&mut self, target: &syn::Expr, whole: &syn::Expr) -> bool {
        let syn::Expr::Unary(syn::ExprUnary { op: syn::UnOp::Deref(_), expr, .. }) = unparen(target) else {
            return false;
        };
        if !matches!(unparen(expr), syn::Expr::MethodCall(_)) {
            return false;
        }
        if !self.stems_from_inert(expr) {
            return false;
        }
        let (tokens, args, vars) = self.with_casts(whole, |this, whole| this.opaque_parts(whole));
        match self.stems_from_map(expr) {
            true => self.check(vars, whole, message::MAP_VALUES),
            false => self.check(vars, target, message::ASSIGN_TARGET),
        }
        self.effect_of(tokens, args, false);
        true
    }

    /// `counts[&k]` of a map.
    pub(super) fn map_element(
        &mut self,
        index: &syn::ExprIndex,
        place: &Place,
        hint: &Ty,
    ) -> Option<Operand> {
        let whole = syn::Expr::Index(index.clone());
        self.check_map(&Operand::Place(place.clone()), &whole);
        let ty = self.f.place_ty(place);
        if !(matches!(ty, Ty::Inert) || is_of_std(&ty))
            || matches!(unparen(&index.index), syn::Expr::Range(_))
        {
            return None;
        }
        Some(self.with_casts(&whole, |this, whole| {
            this.opaque_operand(whole, hint.clone(), Some(message::UNKNOWN_SYNTAX.into()))
        }))
    }

    /// Whether what a method gives is lent by such a map.
    pub(super) fn stems_from_map(&self, expr: &syn::Expr) -> bool {
        match unparen(expr) {
            syn::Expr::MethodCall(call) => self.stems_from_map(&call.receiver),
            expr => self.place_by_names(expr).is_some_and(|place| is_of_std(&self.f.place_ty(&place))),
        }
    }

    /// What a map or a set of the standard library holds must not be active.
    pub(super) fn check_map(&mut self, map: &Operand, whole: &syn::Expr) {
        if !is_of_std(&self.operand_ty(map)) {
            return;
        }
        let (_, _, vars) = self.opaque_parts(whole);
        self.check(vars, whole, message::MAP_VALUES);
    }

    /// Whether an expression computes with floats alone, one of which may be active: it cannot fail.
    fn is_of_floats(&self, expr: &syn::Expr) -> bool {
        match unparen(expr) {
            syn::Expr::Binary(binary) => self.is_of_floats(&binary.left) || self.is_of_floats(&binary.right),
            syn::Expr::Unary(unary) => self.is_of_floats(&unary.expr),
            syn::Expr::MethodCall(call) => {
                let primitive = Primitive::from_method(&call.method.to_string());
                primitive.is_some_and(|primitive| primitive.arity() == call.args.len() + 1)
                    && self.is_of_floats(&call.receiver)
                    && call
                        .args
                        .iter()
                        .all(|arg| matches!(unparen(arg), syn::Expr::Lit(_)) || self.is_of_floats(arg))
            }
            expr @ (syn::Expr::Path(_) | syn::Expr::Field(_)) => {
                self.place_by_names(expr).is_some_and(|place| self.f.place_ty(&place).is_float())
            }
            _ => false,
        }
    }
}

/// Whether a type is by its name a map or a set of the standard library, of something that may be active.
pub(super) fn is_of_std(ty: &Ty) -> bool {
    const NAMES: [&str; 5] = ["HashMap", "BTreeMap", "HashSet", "BTreeSet", "BinaryHeap"];
    match ty {
        Ty::Named(named) => match &named.written {
            syn::Type::Path(path) => {
                path.path.segments.last().is_some_and(|last| NAMES.iter().any(|name| last.ident == name))
            }
            _ => false,
        },
        _ => false,
    }
}

impl Types {
    /// Whether a type is a map or a set of the standard library.
    pub(super) fn is_map(&self, ty: &syn::Type) -> bool {
        match ty {
            syn::Type::Path(path) => is_of_std(&Named::opaque(ty.clone())) && self.is_of_std(&path.path),
            _ => false,
        }
    }
}

struct Casts<'l, 'a> {
    lowerer: &'l mut Lowerer<'a>,
}

impl VisitMut for Casts<'_, '_> {
    fn visit_expr_mut(&mut self, expr: &mut syn::Expr) {
        match expr {
            syn::Expr::Cast(cast)
                if matches!(&*cast.ty, syn::Type::Path(path)
                    if INTEGERS.iter().any(|name| path.path.is_ident(name)))
                    && self.lowerer.is_of_floats(&cast.expr) =>
            {
                let ty = self.lowerer.types.ty(&cast.ty);
                let value = self.lowerer.value(expr, &ty);
                let var = self.lowerer.temp_var("key", value);
                let name = format_ident!("__cast_{}", var.0);
                self.lowerer.scopes.bind(&name, Operand::var(var));
                *expr = syn::parse_quote!(#name);
            }
            // What may not be evaluated stays where it is.
            syn::Expr::Binary(binary) if matches!(binary.op, syn::BinOp::And(_) | syn::BinOp::Or(_)) => {
                self.visit_expr_mut(&mut binary.left);
            }
            syn::Expr::Closure(_)
            | syn::Expr::If(_)
            | syn::Expr::Match(_)
            | syn::Expr::Block(_)
            | syn::Expr::ForLoop(_)
            | syn::Expr::While(_)
            | syn::Expr::Loop(_)
            | syn::Expr::Async(_)
            | syn::Expr::Unsafe(_)
            | syn::Expr::Macro(_) => {}
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }
}

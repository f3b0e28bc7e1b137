//! `*option.as_mut().unwrap() += x`, `tree.left.as_ref().unwrap().weight`: what is in an `Option` is named by
//! the arm of a `match`, in which the whole statement or value stands.

use super::Lowerer;
use super::stmt::unparen;
use crate::ir::Ty;
use quote::{ToTokens, format_ident, quote};
use syn::visit::{self, Visit};
use syn::{Expr, Ident};

/// The reference to what is in an `Option` that an expression unwraps.
pub(super) struct Payload {
    /// `option.as_ref()`
    on: Expr,
    text: Expr,
    name: Ident,
}

impl Payload {
    /// The expression inside the arm of the `match` that names what is there.
    pub(super) fn within(&self, variant: &Ident, inside: &Expr) -> Expr {
        let Payload { on, text, name } = self;
        syn::parse_quote!(match #on { #variant(#name) => #inside, _ => ::core::panic!("{}", #text) })
    }
}

impl Lowerer<'_> {
    /// Whether a body unwraps references to what is in an `Option`.
    pub(super) fn unwraps_references(block: &syn::Block) -> bool {
        let names = crate::names::mentions(block.to_token_stream());
        let any = |of: &[&str]| of.iter().any(|name| names.contains(*name));
        any(&["as_ref", "as_mut", "as_deref", "as_deref_mut"]) && any(&["unwrap", "expect"])
            || any(&["insert", "get_or_insert", "get_or_insert_with"])
    }

    /// A statement inside the arm that names what it unwraps.
    pub(super) fn statement_of_payload(&mut self, expr: &Expr) -> Option<Expr> {
        if !self.unwraps {
            return None;
        }
        if let Some(stated) = self.assigned_to_inserted(expr).or_else(|| changing_arguments_first(expr)) {
            return Some(stated);
        }
        let (payload, inside, variant) = match expr {
            Expr::Assign(assign) => {
                let (payload, left, variant) = self.payload_in(&assign.left, along)?;
                if mentions_payload(&assign.right) || may_change_root_of(&assign.right, &assign.left) {
                    let (left, right) = (&assign.left, &assign.right);
                    return Some(syn::parse_quote!({ let __value = #right; #left = __value; }));
                }
                let inside = Expr::Assign(syn::ExprAssign { left: Box::new(left), ..assign.clone() });
                (payload, inside, variant)
            }
            Expr::Binary(binary) if super::stmt::compound_op(&binary.op).is_some() => {
                let (payload, left, variant) = self.payload_in(&binary.left, along)?;
                if mentions_payload(&binary.right) || may_change_root_of(&binary.right, &binary.left) {
                    let (left, op, right) = (&binary.left, &binary.op, &binary.right);
                    return Some(syn::parse_quote!({ let __value = #right; #left #op __value; }));
                }
                let inside = Expr::Binary(syn::ExprBinary { left: Box::new(left), ..binary.clone() });
                (payload, inside, variant)
            }
            Expr::ForLoop(inner) => {
                let (payload, over, variant) = self.payload_in(&inner.expr, at_or_along)?;
                let inside = Expr::ForLoop(syn::ExprForLoop { expr: Box::new(over), ..inner.clone() });
                (payload, inside, variant)
            }
            _ => self.payload_of_value(expr)?,
        };
        Some(payload.within(&variant, &syn::parse_quote!({ #inside; })))
    }

    /// The same of a value.
    pub(super) fn value_of_payload(&mut self, expr: &Expr) -> Option<Expr> {
        if !self.unwraps {
            return None;
        }
        if let Some(stated) = self.value_of_inserted(expr).or_else(|| changing_arguments_first(expr)) {
            return Some(stated);
        }
        let (payload, inside, variant) = self.payload_of_value(expr)?;
        Some(payload.within(&variant, &inside))
    }

    /// `*option.get_or_insert(0.0) += x`: what is assigned, what is put there, and then the assignment.
    fn assigned_to_inserted(&mut self, expr: &Expr) -> Option<Expr> {
        let (target, right) = match expr {
            Expr::Assign(assign) => (&assign.left, &assign.right),
            Expr::Binary(binary) if super::stmt::compound_op(&binary.op).is_some() => {
                (&binary.left, &binary.right)
            }
            _ => return None,
        };
        let mut place = (**target).clone();
        let call = inserting(spine(&mut place)?)?;
        let of = self.place_by_names(&call.receiver)?;
        if !matches!(self.f.place_ty(&of), Ty::Option(_)) {
            return None;
        }
        let option = &call.receiver;
        *spine(&mut place)? = syn::parse_quote!(#option.as_mut().unwrap());
        let assigned: Expr = match expr {
            Expr::Binary(binary) => {
                let op = &binary.op;
                syn::parse_quote!(#place #op __value)
            }
            _ => syn::parse_quote!(#place = __value),
        };
        Some(syn::parse_quote!({ let __value = #right; #call; #assigned; }))
    }

    /// `*option.get_or_insert(x)`: first a statement, then what is there.
    fn value_of_inserted(&mut self, expr: &Expr) -> Option<Expr> {
        let mut value = expr.clone();
        let call = inserting(spine(&mut value)?)?;
        let place = self.place_by_names(&call.receiver)?;
        if !matches!(self.f.place_ty(&place), Ty::Option(_)) {
            return None;
        }
        let option = &call.receiver;
        *spine(&mut value)? = syn::parse_quote!(#option.as_mut().unwrap());
        Some(syn::parse_quote!({ #call; #value }))
    }

    fn payload_of_value(&mut self, expr: &Expr) -> Option<(Payload, Expr, Ident)> {
        match expr {
            Expr::Field(_) | Expr::Index(_) | Expr::Unary(_) => self.payload_in(expr, along),
            Expr::MethodCall(_) => self.payload_in(expr, along).or_else(|| self.payload_in(expr, lent_to)),
            Expr::Call(_) => self.payload_in(expr, lent_to),
            Expr::Match(inner) if !matches!(unparen(&inner.expr), Expr::MethodCall(call) if unwrapped(call).is_none()) =>
            {
                let (payload, on, variant) = self.payload_in(&inner.expr, at_or_along)?;
                let inside = Expr::Match(syn::ExprMatch { expr: Box::new(on), ..inner.clone() });
                Some((payload, inside, variant))
            }
            Expr::If(inner) => {
                let Expr::Let(bound) = &*inner.cond else { return None };
                let (payload, on, variant) = self.payload_in(&bound.expr, at_or_along)?;
                let cond = Expr::Let(syn::ExprLet { expr: Box::new(on), ..bound.clone() });
                let inside = Expr::If(syn::ExprIf { cond: Box::new(cond), ..inner.clone() });
                Some((payload, inside, variant))
            }
            _ => None,
        }
    }

    /// `let part = &mut option.as_mut().unwrap().field;`: the block goes on inside the arm.
    pub(super) fn local_of_payload(&mut self, init: &Expr) -> Option<Expr> {
        let (Payload { on, text, name }, inside, variant) = self.payload_of_local(init)?;
        self.stmt(&syn::parse_quote!(let #variant(#name) = #on else { ::core::panic!("{}", #text) };));
        Some(inside)
    }

    /// The payload that a `let` refers to, and the reference to it inside the arm.
    pub(super) fn payload_of_local(&mut self, init: &Expr) -> Option<(Payload, Expr, Ident)> {
        if !self.unwraps {
            return None;
        }
        let refers = match unparen(init) {
            Expr::MethodCall(call) => unwrapped(call).is_some() || lends(call),
            Expr::Reference(_) => true,
            _ => false,
        };
        if !refers {
            return None;
        }
        self.payload_in(init, at_or_along)
    }

    fn payload_in(&mut self, expr: &Expr, find: Find) -> Option<(Payload, Expr, Ident)> {
        let mut inside = expr.clone();
        let name = format_ident!("__payload_{}", self.payload_names);
        let (on, text, of) = find(&mut inside, &name)?;
        let ty = self.type_of(&of);
        // What has no derivative stands in text as it is.
        if !ty.may_be_active() {
            return None;
        }
        self.payload_names += 1;
        let result = matches!(&ty, Ty::Named(named) if named.written.to_token_stream().to_string().starts_with("Result"));
        let variant = format_ident!("{}", if result { "Ok" } else { "Some" });
        Some((Payload { on, text, name }, inside, variant))
    }
}

/// `option.as_ref()` and what is said where there is nothing, of `option.as_ref().unwrap()`.
fn unwrapped(call: &syn::ExprMethodCall) -> Option<(&syn::ExprMethodCall, Expr)> {
    let text = match call.args.first() {
        None if call.method == "unwrap" => syn::parse_quote!("called `Option::unwrap()` on a `None` value"),
        Some(text) if call.method == "expect" => text.clone(),
        _ => return None,
    };
    let Expr::MethodCall(inner) = unparen(&call.receiver) else { return None };
    let lends = ["as_ref", "as_mut", "as_deref", "as_deref_mut"].iter().any(|name| inner.method == name);
    (lends && inner.args.is_empty() && is_place(&inner.receiver)).then_some((inner, text))
}

/// Methods that give a reference into what they are called on.
fn lends(call: &syn::ExprMethodCall) -> bool {
    const LENDING: [&str; 9] =
        ["iter", "iter_mut", "as_slice", "as_mut_slice", "as_ref", "as_mut", "first", "last", "get"];
    LENDING.iter().any(|name| call.method == name)
        || matches!(unparen(&call.receiver), Expr::MethodCall(inner) if lends(inner))
}

/// What a part is taken from, or `*` is of.
pub(super) fn spine(expr: &mut Expr) -> Option<&mut Expr> {
    fn end(expr: &mut Expr) -> &mut Expr {
        match expr {
            Expr::Field(field) => end(&mut field.base),
            Expr::Index(index) => end(&mut index.expr),
            Expr::Paren(paren) => end(&mut paren.expr),
            Expr::Unary(syn::ExprUnary { op: syn::UnOp::Deref(_), expr, .. }) => end(expr),
            expr => expr,
        }
    }
    let part = matches!(expr, Expr::Field(_) | Expr::Index(_) | Expr::Unary(_));
    part.then(|| end(expr))
}

/// A call that puts something into an `Option`, and gives a reference to it.
pub(super) fn inserting(expr: &Expr) -> Option<syn::ExprMethodCall> {
    let Expr::MethodCall(call) = expr else { return None };
    let inserts = ["insert", "get_or_insert", "get_or_insert_with"].iter().any(|name| call.method == name);
    (inserts && call.args.len() == 1 && is_place(&call.receiver)).then(|| call.clone())
}

fn is_place(expr: &Expr) -> bool {
    match unparen(expr) {
        Expr::Path(path) => path.path.get_ident().is_some(),
        Expr::Field(field) => is_place(&field.base),
        Expr::Index(index) => {
            is_place(&index.expr) && matches!(&*index.index, Expr::Path(_) | Expr::Lit(_) | Expr::Field(_))
        }
        Expr::Unary(unary) => matches!(unary.op, syn::UnOp::Deref(_)) && is_place(&unary.expr),
        _ => false,
    }
}

/// `option.as_ref()`, the text and `option`.
type Found = (Expr, Expr, Expr);

/// Puts a name in the place of what is unwrapped.
type Find = fn(&mut Expr, &Ident) -> Option<Found>;

fn at(expr: &mut Expr, name: &Ident) -> Option<Found> {
    let Expr::MethodCall(call) = &*expr else { return None };
    let (inner, text) = unwrapped(call)?;
    let found = (Expr::MethodCall(inner.clone()), text, (*inner.receiver).clone());
    let named = match inner.method.to_string().as_str() {
        "as_deref" => quote!((&**#name)),
        "as_deref_mut" => quote!((&mut **#name)),
        _ => quote!(#name),
    };
    *expr = syn::parse_quote!(#named);
    Some(found)
}

/// On the way to a part, or to what a method is called on.
fn along(expr: &mut Expr, name: &Ident) -> Option<Found> {
    match expr {
        Expr::Field(field) => at_or_along(&mut field.base, name),
        Expr::Index(index) => at_or_along(&mut index.expr, name),
        Expr::MethodCall(call) => at_or_along(&mut call.receiver, name),
        Expr::Unary(unary) => at_or_along(&mut unary.expr, name),
        Expr::Reference(reference) => at_or_along(&mut reference.expr, name),
        Expr::Paren(paren) => at_or_along(&mut paren.expr, name),
        Expr::Group(group) => at_or_along(&mut group.expr, name),
        _ => None,
    }
}

fn at_or_along(expr: &mut Expr, name: &Ident) -> Option<Found> {
    at(expr, name).or_else(|| along(expr, name))
}

/// An argument that is a reference to what is unwrapped, or to a part of it; the same of others, too.
fn lent_to(call: &mut Expr, name: &Ident) -> Option<Found> {
    let args = match call {
        Expr::Call(call) => &mut call.args,
        Expr::MethodCall(call) => &mut call.args,
        _ => return None,
    };
    // What another argument changes is changed before it is lent.
    let whole: Vec<Expr> = args.iter().cloned().collect();
    let changed = |k: usize, arg: &Expr| whole.iter().take(k).any(|other| may_change_root_of(other, arg));
    if args.iter().enumerate().any(|(k, arg)| changed(k, arg)) {
        return None;
    }
    let refers = |arg: &Expr| match unparen(arg) {
        Expr::Reference(_) => true,
        Expr::MethodCall(call) => unwrapped(call).is_some(),
        _ => false,
    };
    let mut found: Option<Found> = None;
    for arg in args.iter_mut().filter(|arg| refers(arg)) {
        let mut named = arg.clone();
        let Some(other) = at_or_along(&mut named, name) else { continue };
        let same =
            |known: &Found| known.0.to_token_stream().to_string() == other.0.to_token_stream().to_string();
        if found.as_ref().is_none_or(same) {
            *arg = named;
            found.get_or_insert(other);
        }
    }
    found
}

/// `f({ o = None; 1.0 }, other.as_ref().unwrap())`: the arguments that change what is lent after them, in
/// statements before.
fn changing_arguments_first(expr: &Expr) -> Option<Expr> {
    let Expr::Call(call) = expr else { return None };
    let lent = |k: usize| {
        let mut arg = call.args[k].clone();
        let refers = matches!(unparen(&arg), Expr::Reference(_) | Expr::MethodCall(_));
        refers && at_or_along(&mut arg, &format_ident!("__payload")).is_some()
    };
    let changes = |k: usize| {
        (k + 1..call.args.len()).any(|at| lent(at) && may_change_root_of(&call.args[k], &call.args[at]))
    };
    let last = (0..call.args.len()).rev().find(|k| changes(*k))?;
    let mut call = call.clone();
    let mut lets = Vec::new();
    for (k, arg) in call.args.iter_mut().take(last + 1).enumerate() {
        if !matches!(arg, Expr::Lit(_) | Expr::Reference(_)) {
            let name = format_ident!("__arg_{k}");
            let value = std::mem::replace(arg, syn::parse_quote!(#name));
            lets.push(quote!(let #name = #value;));
        }
    }
    Some(syn::parse_quote!({ #(#lets)* #call }))
}

/// The variable that a part is one of.
pub(super) fn root_of(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Path(path) => path.path.get_ident(),
        Expr::Field(field) => root_of(&field.base),
        Expr::Index(index) => root_of(&index.expr),
        Expr::MethodCall(call) => root_of(&call.receiver),
        Expr::Unary(unary) => root_of(&unary.expr),
        Expr::Reference(reference) => root_of(&reference.expr),
        Expr::Paren(paren) => root_of(&paren.expr),
        Expr::Group(group) => root_of(&group.expr),
        _ => None,
    }
}

/// Whether a call, a block or an assignment in an expression may change the variable that another names a part of.
fn may_change_root_of(expr: &Expr, part: &Expr) -> bool {
    struct Finds<'n>(&'n Ident, bool);
    impl<'ast> Visit<'ast> for Finds<'_> {
        fn visit_expr(&mut self, expr: &'ast Expr) {
            let acts = matches!(
                expr,
                Expr::Call(_)
                    | Expr::MethodCall(_)
                    | Expr::Block(_)
                    | Expr::If(_)
                    | Expr::Match(_)
                    | Expr::Loop(_)
                    | Expr::Assign(_)
                    | Expr::Macro(_)
            );
            self.1 |= acts && crate::names::mentions(expr.to_token_stream()).contains(&self.0.to_string());
            visit::visit_expr(self, expr);
        }
    }
    let Some(root) = root_of(part) else { return false };
    let mut finds = Finds(root, false);
    finds.visit_expr(expr);
    finds.1
}

fn mentions_payload(expr: &Expr) -> bool {
    struct Finds(bool);
    impl<'ast> Visit<'ast> for Finds {
        fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
            self.0 |= unwrapped(call).is_some();
            visit::visit_expr_method_call(self, call);
        }
    }
    let mut finds = Finds(false);
    finds.visit_expr(expr);
    finds.0
}

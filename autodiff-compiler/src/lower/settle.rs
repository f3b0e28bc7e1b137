//! What can only be decided once everything is lowered.
//!
//! A call is one of a differentiable function if something active goes into it, else it is opaque
//! like any other inactive expression. An opaque expression is refused if something active
//! goes into it. Which variables are active is what the activity analysis says, so that lowering
//! and the transforms cannot disagree.

use super::{Lowerer, types};
use crate::analyze::activity::{Activity, activity};
use crate::diagnostics::message;
use crate::ir::{Arg, Block, Call, Callee, Expr, Function, Op, Outcome, Place, Proj, Stmt, Ty, Var, walk};
use crate::views;
use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};
use std::collections::BTreeSet;

impl Lowerer<'_> {
    /// The finished function.
    pub(super) fn settle(mut self) -> Function {
        let mut body = std::mem::take(&mut self.f.body);
        self.sink_late(&mut body);
        self.sweep(&mut body);
        self.dissolve_lenders(&mut body);
        self.spare_copies(&mut body);
        self.copy_overwritten(&mut body);
        self.copy_parts(&mut body);
        views::dissolve(&mut self.f, &mut [&mut body]);
        self.f.body = body;
        let varied = activity(&self.f);
        let mut macros = false;
        let mut reported: Vec<(String, String)> = Vec::new();
        let mut refused = BTreeSet::new();
        let mut body = std::mem::take(&mut self.f.body);
        let effects = self.refuse_effects(&mut body, &varied);
        self.f.body = body;
        let checks = self.checks_that_fail(&varied);
        for check in checks {
            // What begins with a refused expression is no second error.
            let start = first_span(&check.tokens);
            let (start, text) = (start.unwrap_or_default(), check.tokens.to_string());
            if reported.iter().any(|(at, begins)| *at == start && text.starts_with(begins)) {
                continue;
            }
            reported.push((start, text));
            spans_of(check.tokens.clone(), &mut refused);
            macros |= check.message.starts_with("the macro");
            self.diag.error_at(&check.tokens, &check.message);
        }
        // Nor is what stands in one, or in text of ours that was made for one.
        let ours = first_span(&quote::quote!(ours));
        for (tokens, message) in effects {
            let start = first_span(&tokens);
            let made = start == ours && !reported.is_empty();
            if !made && !start.is_some_and(|start| refused.contains(&start)) {
                self.diag.error_at(&tokens, message);
            }
        }
        // What a refused macro may have declared is no second error.
        for target in std::mem::take(&mut self.undeclared).iter().filter(|_| !macros) {
            self.diag.error_at(target, message::ASSIGN_TARGET);
        }
        let mut body = std::mem::take(&mut self.f.body);
        self.refuse_stores(&body, &varied);
        self.refuse_lengths(&body, &varied);
        self.settle_calls(&mut body, &varied);
        self.unclaim_lent(&mut body, &varied);
        self.claim_owned(&mut body, &varied);
        self.claim_fields(&mut body, &varied);
        self.claim_inert(&mut body);
        body.stmts.splice(0..0, std::mem::take(&mut self.libm_claims).into_values());
        self.f.body = body;
        self.may_refer();
        self.f
    }

    /// What text gives may be a reference that something is written through: no more is known of it than that.
    fn may_refer(&mut self) {
        let (mut given, mut written) = (BTreeSet::new(), BTreeSet::new());
        walk::statements(&self.f.body, &mut |stmt| {
            if let Stmt::Let { var, init: Some(Expr::Opaque { .. }) } = stmt {
                given.insert(*var);
            }
            walk::accesses_of_stmt(stmt, &mut |place, access| {
                if access.writes() {
                    written.insert(place.root);
                }
            });
        });
        for var in given.intersection(&written) {
            self.f.vars[var.0].mutable = true;
        }
    }

    /// Removes what turned out not to be needed, and fills in what became known late.
    fn sweep(&mut self, block: &mut Block) {
        block.stmts.retain(|stmt| match stmt {
            Stmt::Let { var, init } => {
                let unread = self.flags.contains(var) && !self.read_flags.contains(var);
                let needless = init.is_none() && (self.needless.contains(var) || self.moved.contains(var));
                !unread && !needless
            }
            Stmt::Assign { place, .. } => {
                let unread = self.flags.contains(&place.root) && !self.read_flags.contains(&place.root);
                let needless = place.is_var() && self.needless.contains(&place.root);
                !unread && !needless
            }
            _ => true,
        });
        for stmt in &mut block.stmts {
            if let Stmt::Let { var, init } = stmt {
                if let Some(value) = self.inits.remove(var) {
                    *init = Some(value);
                } else if init.is_none() && self.needs_init.contains(var) {
                    self.initialise(*var, init);
                }
            }
            walk::blocks_of_mut(stmt, &mut |inner| self.sweep(inner));
        }
        block.stmts.retain(|stmt| !is_empty_branch(stmt));
    }

    /// `let v = made.data;` would move the data out of what is needed as a whole on the way back. A
    /// type that only rustc knows is one to copy if the variable is used as more than a scalar.
    fn copy_parts(&mut self, body: &mut Block) {
        let mut aggregates = BTreeSet::new();
        walk::statements(body, &mut |stmt| {
            walk::accesses_of_stmt(stmt, &mut |place, access| {
                let part = place.proj.iter().any(|step| matches!(step, Proj::Index(_) | Proj::Range(..)));
                if part || access == walk::Access::Shape {
                    aggregates.insert(place.root);
                }
            });
            if let Stmt::Call(call) = stmt {
                call.args.iter().for_each(|arg| {
                    if let Arg::Ref(place) | Arg::RefMut(place) = arg {
                        aggregates.insert(place.root);
                    }
                });
            }
        });
        walk::statements_mut(body, &mut |stmt| {
            if let Stmt::Let { var, init: Some(init) } = stmt
                && aggregates.contains(var)
                && let Expr::Read(place) = init
                && matches!(place.proj.last(), Some(Proj::Field(_)))
                && matches!(self.f.place_ty(place), Ty::Unknown)
            {
                *init = Expr::ToOwned(place.clone());
            }
        });
    }

    /// A late variable that rustc could not see to be assigned gets a value that nobody reads.
    fn initialise(&mut self, var: Var, init: &mut Option<Expr>) {
        let info = &mut self.f.vars[var.0];
        info.late = false;
        info.mutable = true;
        if types::has_placeholder(&info.ty) {
            *init = Some(Expr::Placeholder(info.ty.clone()));
        } else {
            info.boxed = true;
        }
    }

    fn settle_calls(&mut self, block: &mut Block, varied: &Activity) {
        for stmt in &mut block.stmts {
            if let Stmt::Call(call) = stmt {
                // What nobody asks for its payload is stored as it is.
                let stored = self.wrapped.contains(&call.result) && !call.question;
                let unasked = if stored { Outcome::Kept } else { call.outcome };
                call.outcome = self.outcomes.get(&call.result).copied().unwrap_or(unasked);
            }
            if let Stmt::Call(call) = stmt
                && let Some(value) = self.inactive_call(call, varied)
            {
                *stmt = Stmt::Let { var: call.result, init: Some(value) };
            }
            if let Stmt::Call(call) = stmt
                && varied.reaches(&self.f, call)
                && let Some(name) = self.unannotated(call)
            {
                self.diag.error(call.span, message::unannotated(&name.to_string()));
            }
            if let Stmt::Call(call) = stmt
                && varied.reaches(&self.f, call)
                && let Some(name) = self.of_libm(call)
            {
                self.diag.error(call.span, message::of_libm(&name));
            }
            walk::blocks_of_mut(stmt, &mut |inner| self.settle_calls(inner, varied));
        }
    }

    /// A call that nothing active goes into and that changes nothing, as an expression.
    fn inactive_call(&self, call: &Call, varied: &Activity) -> Option<Expr> {
        let active = |place: &Place| varied.is_varied(place.root) && self.f.may_be_active(place);
        let mut args = Vec::new();
        for arg in &call.args {
            args.push(match arg {
                Arg::Value(value) => {
                    let mut any = false;
                    walk::accesses_of_expr(value, &mut |place, _| any |= active(place));
                    if any && value.ty(&self.f).may_be_active() {
                        return None;
                    }
                    value.clone()
                }
                Arg::Ref(place) if !active(place) => Expr::Borrow { place: place.clone(), mutable: false },
                Arg::Receiver { place, mutable: false } if !active(place) => Expr::Read(place.clone()),
                Arg::Ref(_) | Arg::RefMut(_) | Arg::Receiver { .. } => return None,
            });
        }
        let tokens = tokens_of(call, args.len());
        let krate = &self.krate;
        let tokens = match call.outcome {
            Outcome::Value if call.question => match &call.map_err {
                Some(map) => quote!(#tokens.map_err(#map)?),
                None => quote!(#tokens?),
            },
            Outcome::Value | Outcome::Kept => tokens,
            Outcome::Optional => quote!(#krate::rt::optional(#tokens)),
        };
        Some(Expr::Opaque { tokens, args, ty: self.f.info(call.result).ty.clone() })
    }
}

fn first_span(tokens: &TokenStream) -> Option<String> {
    tokens.clone().into_iter().next().map(|token| format!("{:?}", token.span()))
}

fn spans_of(tokens: TokenStream, spans: &mut BTreeSet<String>) {
    for token in tokens {
        spans.insert(format!("{:?}", token.span()));
        if let TokenTree::Group(group) = token {
            spans_of(group.stream(), spans);
        }
    }
}

fn tokens_of(call: &Call, count: usize) -> TokenStream {
    let holes: Vec<_> = (0..count).map(|k| format_ident!("__hole_{k}")).collect();
    match &call.callee {
        Callee::Path(path) => {
            let path = syn::ExprPath { attrs: Vec::new(), qself: None, path: path.clone() };
            quote!(#path(#(#holes),*))
        }
        Callee::Assoc { prefix, name, turbofish } => {
            let turbofish = turbofish.as_ref().map(as_turbofish);
            quote!(#prefix #name #turbofish(#(#holes),*))
        }
        Callee::Method { name, turbofish } => {
            let (receiver, rest) = match holes.split_first() {
                Some((receiver, rest)) => (receiver.clone(), rest.to_vec()),
                None => (format_ident!("self"), Vec::new()),
            };
            let turbofish = turbofish.as_ref().map(as_turbofish);
            quote!(#receiver.#name #turbofish(#(#rest),*))
        }
    }
}

/// Arguments with the `::` that expressions need.
fn as_turbofish(tokens: &TokenStream) -> TokenStream {
    if tokens.to_string().starts_with("::") { tokens.clone() } else { quote!(::#tokens) }
}

/// `if c {}`, left over where only flags were set.
fn is_empty_branch(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::If { cond, then, els } => then.stmts.is_empty() && els.stmts.is_empty() && !may_panic(cond),
        _ => false,
    }
}

fn may_panic(cond: &Expr) -> bool {
    match cond {
        Expr::Read(place) => !place.is_var(),
        Expr::Lit(_) | Expr::Const(..) => false,
        Expr::Prim {
            op: Op::Not | Op::And | Op::Or | Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge,
            args,
            ..
        } => args.iter().any(may_panic),
        _ => true,
    }
}

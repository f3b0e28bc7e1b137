//! Functions that return `Option` or `Result`, and what becomes of the results of such calls.

use super::Lowerer;
use super::frame::Fork;
use super::option::is_true;
use super::results::passed_on;
use super::scope::Operand;
use super::stmt::unparen;
use super::types;
use crate::diagnostics::message;
use crate::ir::{Expr, Outcome, Pattern, Place, Proj, Stmt, Ty, VarInfo, Wrap, outcome_variant};
use proc_macro2::Span;
use quote::quote;
use syn::visit::Visit;

/// Methods of `Option` and `Result`.
pub(super) const COMBINATORS: [&str; 23] = [
    "unwrap",
    "expect",
    "unwrap_or",
    "unwrap_or_else",
    "unwrap_or_default",
    "map_or",
    "map_or_else",
    "and_then",
    "ok",
    "ok_or",
    "ok_or_else",
    "map",
    "map_err",
    "or_else",
    "or",
    "and",
    "is_some_and",
    "is_ok_and",
    "is_ok",
    "is_err",
    "filter",
    "zip",
    "inspect",
];

impl Lowerer<'_> {
    /// `return Some(v)`, `Ok(v)`, `Err(e)`, `None`: as the tail of a function that returns one.
    pub(super) fn wrapped_block(&mut self, block: &syn::Block) {
        self.scopes.push();
        match block.stmts.split_last() {
            Some((syn::Stmt::Expr(tail, None), init)) => {
                self.hoist_items(&block.stmts);
                let mut k = 0;
                while k < init.len() {
                    k += self.stmts_to_last_use(&block.stmts[k..]);
                }
                self.wrapped_tail(tail);
            }
            _ => {
                let operand = self.stmts_operand(&block.stmts, &Ty::Unknown, false);
                self.discard(operand);
            }
        }
        self.scopes.pop();
    }

    /// An expression of the function's wrapped type: its payload goes to the result.
    pub(super) fn wrapped_tail(&mut self, expr: &syn::Expr) {
        if self.dead() {
            return;
        }
        match unparen(expr) {
            syn::Expr::Call(call) if call.args.len() == 1 => {
                let name = match unparen(&call.func) {
                    syn::Expr::Path(path) => outcome_variant(&path.path),
                    _ => None,
                };
                match name {
                    Some("Ok" | "Some") => {
                        let hint = self.result_hint.clone();
                        let operand = self.operand(&call.args[0], &hint);
                        self.finish_wrapped(operand);
                    }
                    Some("Err") => self.bail(expr),
                    _ => self.wrapped_value(expr),
                }
            }
            syn::Expr::Path(path) if outcome_variant(&path.path) == Some("None") => {
                self.bail(expr);
            }
            syn::Expr::If(inner) if inner.else_branch.is_some() && !super::control::has_let(&inner.cond) => {
                let cond = self.condition(&inner.cond);
                let since = self.changes.len();
                let then = self.framed(|this| this.wrapped_block(&inner.then_branch));
                let els = self.framed(|this| {
                    if let Some((_, els)) = &inner.else_branch {
                        this.wrapped_tail(els);
                    }
                });
                self.branch(Fork::If(cond), vec![then, els], since);
            }
            syn::Expr::If(inner) if inner.else_branch.is_some() => {
                self.if_let_with(inner, &mut |this, arm| match arm {
                    super::matching::Body::Block(block) => this.wrapped_block(block),
                    super::matching::Body::Expr(expr) => this.wrapped_tail(expr),
                });
            }
            syn::Expr::Match(inner) => match passed_on(inner, true) {
                Some((payload, body)) if matches!(self.wrap(), Wrap::Result) => {
                    self.match_passed_on(&payload, body, &mut |this, body| this.wrapped_tail(body));
                }
                _ => self.match_with(inner, &mut |this, body| this.wrapped_tail(body)),
            },
            syn::Expr::Block(block) if block.label.is_none() => self.wrapped_block(&block.block),
            syn::Expr::Return(inner) => self.return_value(inner),
            syn::Expr::Macro(mac) => {
                let operand = self.macro_operand(&mac.mac, &Ty::Unknown, mac);
                if !self.dead() {
                    self.finish_option(operand, expr);
                }
            }
            _ => self.wrapped_value(expr),
        }
    }

    /// Any other expression of the wrapped type: `expr?` is its payload.
    fn wrapped_value(&mut self, expr: &syn::Expr) {
        let hint = match self.wrap() {
            Wrap::Option => Ty::Option(Box::new(self.result_hint.clone())),
            Wrap::Result | Wrap::Plain => Ty::Unknown,
        };
        let result_hint = self.result_hint.clone();
        // As the tail, `result.map(f)` is `Ok(f(result?))`: the errors are of one type.
        if matches!(self.wrap(), Wrap::Result)
            && let Some(applied) = self.applied_inside(expr)
        {
            let operand = self.operand(&applied, &result_hint);
            return self.finish_wrapped(operand);
        }
        if let Some(operand) = self.each_questioned(expr, true, &result_hint) {
            return self.finish_wrapped(operand);
        }
        if let Some(operand) = self.optional_conversion(expr, &result_hint) {
            return self.finish_wrapped(operand);
        }
        if let Some(operand) = self.mapped_error(expr, false, &self.result_hint.clone()) {
            return self.finish_wrapped(operand);
        }
        if let Some(operand) = self.questioned_or(expr, false, &result_hint) {
            return self.finish_wrapped(operand);
        }
        if let Some(operand) = self.question_call(expr, &hint) {
            return self.finish_wrapped(operand);
        }
        let operand = self.operand(expr, &hint);
        if !self.dead() {
            self.finish_option(operand, expr);
        }
    }

    fn finish_option(&mut self, operand: Operand, expr: &syn::Expr) {
        let operand = self.unwrapped_or_bail(operand, expr);
        self.finish_wrapped(operand);
    }

    fn finish_wrapped(&mut self, operand: Operand) {
        if self.dead() {
            return;
        }
        match self.result {
            Some(result) => {
                let value = self.owned(operand);
                self.assign_slot(result, value);
            }
            None => self.discard(operand),
        }
    }

    fn bail(&mut self, expr: &syn::Expr) {
        let (tokens, args, _) = match unparen(expr) {
            // `None::<f64>` is of the function's type; what the derivative returns is of another.
            syn::Expr::Path(path) => {
                let mut path = path.clone();
                path.path.segments.iter_mut().for_each(|part| part.arguments = syn::PathArguments::None);
                self.opaque_parts(&syn::Expr::Path(path))
            }
            expr => self.opaque_parts(expr),
        };
        self.emit(Stmt::Bail { tokens, args });
        self.diverge();
    }

    /// Whether `?` may stand here.
    pub(super) fn may_leave(&self) -> bool {
        !self.in_closure() && !matches!(self.wrap(), Wrap::Plain)
    }

    /// `expr?`
    pub(super) fn question(&mut self, inner: &syn::ExprTry, hint: &Ty) -> Operand {
        if matches!(self.wrap(), Wrap::Plain) {
            let closure = self.in_closure();
            return self.refuse(
                inner,
                if closure { message::QUESTION_IN_CLOSURE } else { message::QUESTION_OUTSIDE },
            );
        }
        if let Some(applied) = self.applied_inside(&inner.expr) {
            return self.operand(&applied, hint);
        }
        if let Some(operand) = self.each_questioned(&inner.expr, false, hint) {
            return operand;
        }
        if let Some(operand) = self.optional_conversion(&inner.expr, hint) {
            return operand;
        }
        if let Some(arms) = questioned(&inner.expr) {
            return self.operand(&arms, hint);
        }
        if let Some(operand) = self.mapped_error(&inner.expr, true, hint) {
            return operand;
        }
        if let Some(operand) = self.questioned_or(&inner.expr, true, hint) {
            return operand;
        }
        if self.in_closure()
            && let Some(error) = error_made(&inner.expr)
        {
            self.check_error(error);
            let (tokens, args, _) = self.opaque_parts(error);
            let error = self.converted_error(tokens);
            self.leave_with(quote!(::core::result::Result::Err(#error)), args);
            return Operand::unit();
        }
        if let Some(operand) = self.question_call(&inner.expr, hint) {
            return operand;
        }
        if let syn::Expr::Call(call) = unparen(&inner.expr)
            && let syn::Expr::Path(path) = unparen(&call.func)
        {
            let last = outcome_variant(&path.path);
            if matches!(last, Some("Ok" | "Some")) && call.args.len() == 1 {
                return self.operand(&call.args[0], hint);
            }
            if last == Some("Err") {
                // `Err(e)?` converts the error on the way out.
                let whole = syn::Expr::Try(inner.clone());
                let (tokens, args, _) = self.opaque_parts(&whole);
                self.effect_of(quote!(let _: () = #tokens; ::core::unreachable!()), args, true);
                return Operand::unit();
            }
        }
        let operand = self.operand(&inner.expr, &Ty::Option(Box::new(hint.clone())));
        self.unwrapped_or_bail(operand, &syn::Expr::Try(inner.clone()))
    }

    /// `result.map(f)?` is `f(result?)`, and `result.and_then(f)?` is `f(result?)?`: the error stays
    /// the one that `?` returns.
    fn applied_inside(&self, expr: &syn::Expr) -> Option<syn::Expr> {
        let syn::Expr::MethodCall(call) = unparen(expr) else { return None };
        let (Some(f), 1) = (call.args.first(), call.args.len()) else { return None };
        if !matches!(self.wrap(), Wrap::Result) {
            return None;
        }
        let (receiver, span) = (&call.receiver, call.method.span());
        match call.method.to_string().as_str() {
            "map" => Some(syn::parse_quote_spanned!(span=> (#f)((#receiver)?))),
            // What a closure gives may be such a chain too.
            "and_then" if let Some((pat, body)) = only_value(f) => {
                Some(syn::parse_quote_spanned!(span=> { let #pat = (#receiver)?; (#body)? }))
            }
            "and_then" => Some(syn::parse_quote_spanned!(span=> (#f)((#receiver)?)?)),
            _ => None,
        }
    }

    /// A call of a function followed by `?`.
    fn question_call(&mut self, expr: &syn::Expr, hint: &Ty) -> Option<Operand> {
        let hint = match hint {
            Ty::Option(item) => (**item).clone(),
            hint => hint.clone(),
        };
        let before = self.frame_len();
        match unparen(expr) {
            syn::Expr::Call(_) | syn::Expr::MethodCall(_) => {}
            _ => return None,
        }
        // In a function that returns an `Option`, it is no `Result`.
        let of_place = matches!(self.wrap(), Wrap::Option) && super::option::is_combined_place(expr);
        let outer = if of_place { Ty::Option(Box::new(hint.clone())) } else { Ty::Unknown };
        self.ask_next(!self.in_closure());
        let operand = self.operand(expr, &outer);
        self.ask_next(false);
        if self.question_last(&operand, before, None, &hint) {
            return Some(operand);
        }
        Some(self.unwrapped_or_bail(operand, expr))
    }

    /// Puts `?` behind the call just emitted, if that is what an operand is.
    pub(super) fn question_last(
        &mut self,
        operand: &Operand,
        before: usize,
        map_err: Option<&proc_macro2::TokenStream>,
        hint: &Ty,
    ) -> bool {
        if let Operand::Place(place) = operand
            && place.is_var()
            // What leaves a closure does not leave the function.
            && !self.in_closure()
            && self.frame_len() > before
            // `call.ok()?`: what has become an option is asked, not the call.
            && !self.outcomes.contains_key(&place.root)
            && let Some(Stmt::Call(call)) = self.last_stmt()
            && call.result == place.root
        {
            call.question = true;
            call.map_err = map_err.cloned();
            // What is left of it is the payload: what is asked of that is not asked of the call.
            self.wrapped.remove(&place.root);
            self.outcomes.insert(place.root, Outcome::Value);
            let ty = &mut self.f.vars[place.root.0].ty;
            if let Ty::Option(payload) = ty {
                *ty = (**payload).clone();
            }
            self.refine(place.root, hint);
            let payload = self.payload_of_result(place);
            self.refine(place.root, &payload);
            return true;
        }
        false
    }

    /// The payload of an operand that is `Option` or `Result`, which leaves the function where
    /// there is none.
    pub(super) fn unwrapped_or_bail(&mut self, operand: Operand, expr: &syn::Expr) -> Operand {
        if self.dead() {
            return Operand::unit();
        }
        let lost = matches!(self.wrap(), Wrap::Result);
        match operand {
            Operand::Maybe(maybe) if lost && !is_true(&maybe.some) => self.refuse(expr, message::LOST_ERROR),
            Operand::Place(place) | Operand::Ref(place, _)
                if lost && matches!(self.f.place_ty(&place), Ty::Option(_)) =>
            {
                self.refuse(expr, message::LOST_ERROR)
            }
            Operand::Maybe(maybe) => {
                if !is_true(&maybe.some) {
                    self.when(
                        maybe.some.clone(),
                        |_| {},
                        |this| {
                            this.leave_with(quote!(::core::option::Option::None), Vec::new());
                        },
                    );
                }
                maybe.payload.clone()
            }
            Operand::Value(Expr::Opaque { tokens, args, .. }) if !self.in_closure() => {
                // An inactive `Option` or `Result`.
                let hint = self.result_hint.clone();
                Operand::Value(Expr::Opaque {
                    tokens: quote!((#tokens)?),
                    args,
                    ty: unknown_unless_inert(hint),
                })
            }
            Operand::Place(place) | Operand::Ref(place, _)
                if matches!(self.f.place_ty(&place), Ty::Option(_)) =>
            {
                let ty = types::payload(&self.f.place_ty(&place));
                let slot = self.slot("v", ty);
                self.if_some(
                    Operand::Place(place),
                    |this, payload| {
                        let value = this.owned(payload);
                        this.assign_slot(slot, value);
                    },
                    |this| {
                        this.leave_with(quote!(::core::option::Option::None), Vec::new());
                    },
                );
                Operand::var(slot)
            }
            operand @ (Operand::Place(_) | Operand::Ref(..) | Operand::Value(_)) => {
                let wrap = matches!(self.wrap(), Wrap::Result);
                if let Operand::Place(place) = &operand
                    && place.is_var()
                    && self.results.contains(&place.root)
                {
                    self.keep_outcome(place);
                    return self.result_payload(place.clone(), wrap, None);
                }
                let value = self.owned(operand);
                if let Expr::Struct { path, mut fields, .. } = value {
                    let last = syn::parse2::<syn::Path>(path).ok().and_then(|path| outcome_variant(&path));
                    return match (last, fields.pop()) {
                        (Some("Ok" | "Some"), Some((_, value))) => Operand::Value(value),
                        _ => self.refuse(expr, message::QUESTION_OUTSIDE),
                    };
                }
                let var = self.temp_var("outcome", value);
                let place = Place::var(var);
                self.keep_outcome(&place);
                self.result_payload(place, wrap, None)
            }
            Operand::Tuple(_) | Operand::Closure(_) | Operand::Stream(_) => {
                self.refuse(expr, message::QUESTION_OUTSIDE)
            }
        }
    }

    /// The payload of a `Result` (or `Option`) in a place.
    pub(super) fn result_payload(
        &mut self,
        on: Place,
        result: bool,
        map: Option<(&syn::Expr, bool)>,
    ) -> Operand {
        let var = self.f.add_var(VarInfo {
            view_of: Some(on.project(Proj::Payload)),
            by_ref: Some(false),
            ..VarInfo::local("v", self.payload_of_result(&on), Span::call_site())
        });
        let slot = self.slot("v", self.payload_of_result(&on));
        let good =
            if result { quote!(::core::result::Result::Ok) } else { quote!(::core::option::Option::Some) };
        let result_place = on.clone();
        let heads = vec![(Pattern::TupleStruct(good, vec![Pattern::Bind(var)]), None), (Pattern::Wild, None)];
        let since = self.changes.len();
        // It may be of a user's type, and no copy.
        let then = self.framed(|this| this.assign_slot(slot, Expr::ToOwned(Place::var(var))));
        let els = self.framed(|this| {
            // Nothing is bound in this arm, so that the error can move out of the result; one that leaves a
            // closure stays, since the result is looked at on the way back.
            let (owned, error) = match this.in_closure() {
                true => {
                    (Expr::Borrow { place: result_place, mutable: false }, quote!(.as_ref().err().cloned()))
                }
                false => (Expr::Read(result_place), quote!(.err())),
            };
            let (tokens, args) = match (result, map) {
                (true, Some((map, converts))) => {
                    this.check_error(map);
                    let (map, mut args, _) = this.opaque_parts(map);
                    let hole = quote::format_ident!("__hole_{}", args.len());
                    args.push(owned);
                    let mapped = quote!(#hole #error.map(#map).unwrap());
                    let mapped = if converts { this.converted_error(mapped) } else { mapped };
                    (quote!(::core::result::Result::Err(#mapped)), args)
                }
                (true, None) => {
                    let error = this.converted_error(quote!(__hole_0 #error.unwrap()));
                    (quote!(::core::result::Result::Err(#error)), vec![owned])
                }
                (false, _) => (quote!(::core::option::Option::None), Vec::new()),
            };
            this.leave_with(tokens, args);
        });
        let span = on.span;
        self.branch(Fork::Match { on, mutable: false, heads, span }, vec![then, els], since);
        Operand::var(slot)
    }

    /// A method of `Option` or `Result` on the result of a call: as an `Option`, it serves both.
    pub(super) fn take_outcome(&mut self, name: &str, operand: &Operand) {
        if let Operand::Place(place) = operand
            && place.is_var()
            && COMBINATORS.contains(&name)
            && self.results.contains(&place.root)
            && !self.outcomes.contains_key(&place.root)
            // What its owner's name told of the type is no more than a guess.
            && (matches!(self.f.place_ty(place), Ty::Unknown)
                || matches!(self.f.place_ty(place), Ty::Named(_)) && self.wrapped.contains(&place.root))
        {
            self.outcomes.insert(place.root, Outcome::Optional);
            self.f.vars[place.root.0].ty = Ty::Option(Box::new(self.payload_of_result(place)));
        }
    }

    /// Whether a name is that of such a result.
    pub(super) fn names_undecided(&self, expr: &syn::Expr) -> bool {
        let syn::Expr::Path(path) = unparen(expr) else { return false };
        let local = path.path.get_ident().and_then(|name| self.scopes.local(&name.to_string()));
        matches!(local, Some(Operand::Place(place)) if self.is_undecided(place))
    }

    /// Whether a place is what a call gives, a `Result` by its signature, that is not known to stay one.
    pub(super) fn is_undecided(&self, place: &Place) -> bool {
        place.is_var()
            && self.wrapped.contains(&place.root)
            && match self.outcomes.get(&place.root) {
                None => !matches!(self.f.info(place.root).ty, Ty::Option(_)),
                Some(Outcome::Optional) => true,
                Some(Outcome::Kept | Outcome::Value) => false,
            }
    }

    /// `result.is_ok()`, of a result that may become an `Option`.
    pub(super) fn is_given(&self, place: &Place, ok: bool) -> Expr {
        let krate = &self.krate;
        let args = vec![Expr::Borrow { place: place.clone(), mutable: false }];
        let tokens = quote!(#krate::rt::is_given(__hole_0));
        let given = Expr::Opaque { tokens, args, ty: Ty::Bool };
        if ok { given } else { Expr::prim(crate::ir::Op::Not, vec![given]) }
    }

    /// The type of what a result of a call holds, as far as it is known.
    pub(super) fn payload_of_result(&self, place: &Place) -> Ty {
        let known = if place.is_var() { self.payloads.get(&place.root) } else { None };
        known.cloned().unwrap_or(Ty::Unknown)
    }

    /// The `Result` of a call, of which only the payload is looked at.
    pub(super) fn take_result(&mut self, place: &Place) {
        self.take_outcome("ok", &Operand::Place(place.clone()));
    }

    /// Whether a place is such a result, or what a combinator made of one.
    pub(super) fn is_optional(&self, place: &Place) -> bool {
        place.is_var()
            && (self.outcomes.get(&place.root) == Some(&Outcome::Optional)
                || matches!(self.f.place_ty(place), Ty::Option(_)))
    }

    /// Whether a place is what `?` left of the result of a call.
    pub(super) fn is_questioned(&self, place: &Place) -> bool {
        place.is_var() && self.outcomes.get(&place.root) == Some(&Outcome::Value)
    }

    /// The result of a call that is matched on keeps its `Option` or `Result`.
    pub(super) fn keep_outcome(&mut self, on: &Place) {
        if on.is_var() && self.results.contains(&on.root) {
            self.outcomes.entry(on.root).or_insert(Outcome::Kept);
        }
    }
}

/// `match x { a => f(), b => g() }?` as `match x { a => f()?, b => g()? }`.
fn questioned(expr: &syn::Expr) -> Option<syn::Expr> {
    fn question(expr: &mut syn::Expr) {
        match expr {
            syn::Expr::Paren(inner) => question(&mut inner.expr),
            syn::Expr::Match(inner) => inner.arms.iter_mut().for_each(|arm| question(&mut arm.body)),
            syn::Expr::If(inner) => {
                tail(&mut inner.then_branch);
                inner.else_branch.iter_mut().for_each(|(_, els)| question(els));
            }
            syn::Expr::Block(inner) if inner.label.is_none() => tail(&mut inner.block),
            syn::Expr::Return(_) | syn::Expr::Break(_) | syn::Expr::Continue(_) | syn::Expr::Macro(_) => {}
            other => *other = syn::parse_quote!((#other)?),
        }
    }
    fn tail(block: &mut syn::Block) {
        if let Some(syn::Stmt::Expr(expr, None)) = block.stmts.last_mut() {
            question(expr);
        }
    }
    let branches = match unparen(expr) {
        syn::Expr::Match(_) | syn::Expr::Block(syn::ExprBlock { label: None, .. }) => true,
        syn::Expr::If(inner) => inner.else_branch.is_some(),
        _ => false,
    };
    branches.then(|| {
        let mut arms = unparen(expr).clone();
        question(&mut arms);
        arms
    })
}

/// The parameter and the body of a closure of one, where nothing leaves it early.
pub(super) fn only_value(f: &syn::Expr) -> Option<(&syn::Pat, &syn::Expr)> {
    struct Leaves(bool);
    impl<'ast> Visit<'ast> for Leaves {
        fn visit_expr_try(&mut self, _: &'ast syn::ExprTry) {
            self.0 = true;
        }
        fn visit_expr_return(&mut self, _: &'ast syn::ExprReturn) {
            self.0 = true;
        }
        fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
        fn visit_item(&mut self, _: &'ast syn::Item) {}
    }
    let syn::Expr::Closure(closure) = unparen(f) else { return None };
    let (Some(pat), 1) = (closure.inputs.first(), closure.inputs.len()) else { return None };
    let mut leaves = Leaves(false);
    leaves.visit_expr(&closure.body);
    (!leaves.0).then_some((pat, &*closure.body))
}

/// What is in an `Err(…)`.
fn error_made(expr: &syn::Expr) -> Option<&syn::Expr> {
    let syn::Expr::Call(call) = unparen(expr) else { return None };
    let syn::Expr::Path(path) = unparen(&call.func) else { return None };
    (outcome_variant(&path.path) == Some("Err")).then(|| call.args.first()).flatten()
}

pub(super) fn unknown_unless_inert(ty: Ty) -> Ty {
    if ty.may_be_active() { Ty::Unknown } else { ty }
}

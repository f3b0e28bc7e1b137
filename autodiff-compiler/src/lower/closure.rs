//! Closures: inlined where they are called.

use super::frame::{Target, TargetKind};
use super::inlined::Generic;
use super::scope::{Operand, Scopes};
use super::stmt::unparen;
use super::{Lowerer, control, leaving, pattern};
use crate::diagnostics::message;
use crate::ir::{Expr, Place, Ty, Var, Wrap};
use crate::surroundings::{is_annotated, is_inlined};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::visit::{self, Visit};
use syn::{Ident, Pat};

/// A closure, or the path of a function used as one, with the names it was defined among.
pub(super) struct Closure {
    pub scopes: Scopes,
    pub params: Vec<Pat>,
    pub body: syn::Expr,
    pub output: Option<syn::Type>,
    /// Whether it is the path of a function.
    path: bool,
    /// Whether it is a function nested in the body.
    pub function: bool,
    /// Whether its parameters are references to what it is called with.
    pub lent: bool,
    /// What is generic in a nested function.
    pub generic: Generic,
    tokens: TokenStream,
}

impl Closure {
    pub(super) fn new(lowerer: &mut Lowerer<'_>, closure: &syn::ExprClosure) -> Closure {
        let mut scopes = lowerer.scopes.clone();
        if closure.capture.is_some() {
            lowerer.capture_copies(&closure.body, &mut scopes);
        }
        if closure.asyncness.is_some() {
            lowerer.error(closure, message::AWAIT);
        }
        Closure {
            scopes,
            params: closure.inputs.iter().cloned().collect(),
            body: (*closure.body).clone(),
            output: match &closure.output {
                syn::ReturnType::Type(_, ty) => Some((**ty).clone()),
                syn::ReturnType::Default => None,
            },
            path: false,
            function: false,
            lent: false,
            generic: Generic::default(),
            tokens: closure.to_token_stream(),
        }
    }

    /// `f64::sqrt` where a closure is wanted: the closure `|x| f64::sqrt(x)`; the number of its
    /// parameters shows at the call.
    pub(super) fn of_path(lowerer: &Lowerer<'_>, path: &syn::Expr) -> Closure {
        Closure {
            scopes: lowerer.scopes.clone(),
            params: Vec::new(),
            body: path.clone(),
            output: None,
            path: true,
            function: false,
            lent: false,
            generic: Generic::default(),
            tokens: path.to_token_stream(),
        }
    }

    /// A function nested in the body, which has no companions unless it is annotated: it is inlined
    /// like a closure that captures nothing, if it is not recursive.
    pub(super) fn of_function(scopes: &Scopes, function: &syn::ItemFn) -> Option<Closure> {
        let sig = &function.sig;
        let annotated = is_annotated(&function.attrs) && !is_inlined(&function.attrs);
        let mut names = Names(Vec::new());
        names.visit_block(&function.block);
        let plain = sig.asyncness.is_none() && matches!(sig.safety, syn::Safety::Default);
        if annotated || !plain || names.0.contains(&sig.ident) {
            return None;
        }
        let params = sig.inputs.iter().map(|input| match input {
            syn::FnArg::Typed(typed) => Some(Pat::Type(typed.clone())),
            syn::FnArg::Receiver(_) => None,
        });
        let block = syn::ExprBlock { attrs: Vec::new(), label: None, block: (*function.block).clone() };
        Some(Closure {
            scopes: scopes.items(),
            params: params.collect::<Option<Vec<_>>>()?,
            body: syn::Expr::Block(block),
            output: match &sig.output {
                syn::ReturnType::Type(_, ty) => Some((**ty).clone()),
                syn::ReturnType::Default => None,
            },
            path: false,
            function: true,
            lent: false,
            generic: Generic::of(sig),
            tokens: sig.ident.to_token_stream(),
        })
    }

    /// Whether it gives a reference, where its text tells.
    pub(super) fn gives_reference(&self) -> Option<bool> {
        match super::stmt::unparen(&self.body) {
            syn::Expr::Reference(_) => Some(true),
            syn::Expr::Path(_) | syn::Expr::Field(_) | syn::Expr::Index(_) => None,
            _ => Some(false),
        }
    }

    /// A small function of the same file.
    pub(super) fn of_small(
        scopes: Scopes,
        params: Vec<Pat>,
        body: syn::Expr,
        output: &Option<syn::Type>,
        name: &Ident,
    ) -> Closure {
        let (output, tokens) = (output.clone(), name.to_token_stream());
        let generic = Generic::default();
        Closure { scopes, params, body, output, path: false, function: true, lent: false, generic, tokens }
    }

    /// The same function with another text.
    pub(super) fn with(&self, params: Vec<Pat>, body: syn::Expr, output: Option<syn::Type>) -> Closure {
        let (scopes, tokens) = (self.scopes.clone(), self.tokens.clone());
        let mut generic = self.generic.clone();
        generic.names.clear();
        let Closure { path, function, lent, .. } = *self;
        Closure { scopes, params, body, output, path, function, lent, generic, tokens }
    }

    pub(super) fn tokens(&self) -> TokenStream {
        self.tokens.clone()
    }
}

/// Whether a name stands in a block.
pub(super) fn mentions(block: &syn::Block, name: &syn::Ident) -> bool {
    let mut names = Names(Vec::new());
    names.visit_block(block);
    names.0.contains(name)
}

impl Lowerer<'_> {
    /// A `move` closure has copies of what it captures: made here, where it is defined.
    fn capture_copies(&mut self, body: &syn::Expr, scopes: &mut Scopes) {
        let mut names = Names(Vec::new());
        names.visit_expr(body);
        scopes.push();
        for name in names.0 {
            let copy = match self.scopes.local(&name.to_string()).cloned() {
                Some(Operand::Place(place)) if place.is_var() && self.f.info(place.root).mutable => {
                    if self.f.place_ty(&place).is_copy() {
                        let var = self.temp_var("t", Expr::Read(place));
                        self.f.vars[var.0].mutable = true;
                        Place::var(var)
                    } else {
                        self.as_it_was(place)
                    }
                }
                // The parts of a tuple, some of which are no values.
                Some(parts @ Operand::Tuple(_)) => {
                    let parts = self.fixed(parts);
                    scopes.bind(&name, parts);
                    continue;
                }
                _ => continue,
            };
            self.f.vars[copy.root.0].name = name.clone();
            scopes.bind(&name, Operand::Place(copy));
        }
    }

    /// Calls a closure with operands.
    pub(super) fn inline_closure(&mut self, closure: &Closure, args: Vec<Operand>, hint: &Ty) -> Operand {
        self.inline_with(closure, args, |this, body, output| {
            let hint = output.map_or_else(|| hint.clone(), |ty| this.types.ty(ty));
            this.operand(body, &hint)
        })
    }

    /// Calls a predicate whose parameter is a reference to the item.
    pub(super) fn inline_condition(&mut self, closure: &Closure, item: Operand) -> Expr {
        let (closure, items) = self.by_ref(closure, vec![item]);
        let mut cond = None;
        self.inline_with(&closure, items, |this, body, _| {
            cond = Some(this.condition(body));
            Operand::unit()
        });
        cond.unwrap_or_else(|| Expr::Placeholder(Ty::Bool))
    }

    /// Calls a closure whose parameters are references to the items.
    pub(super) fn inline_by_ref(&mut self, closure: &Closure, items: Vec<Operand>, hint: &Ty) -> Operand {
        let (closure, items) = self.by_ref(closure, items);
        self.inline_closure(&closure, items, hint)
    }

    /// The items as what parameters of reference type get: where an item is a reference
    /// already, one `&` of the pattern is spent on the second reference.
    fn by_ref(&mut self, closure: &Closure, items: Vec<Operand>) -> (Closure, Vec<Operand>) {
        let mut params = closure.params.clone();
        let mut lent = Vec::new();
        for (k, item) in items.into_iter().enumerate() {
            let spent = match params.get(k).map(pattern::bare) {
                Some(Pat::Reference(reference)) => Some((*reference.pat).clone()),
                Some(_) | None => None,
            };
            lent.push(match item {
                Operand::Ref(..) | Operand::Tuple(_) => match spent {
                    Some(inner) => {
                        params[k] = inner;
                        item
                    }
                    None => self.lent_in(item, params.get(k)),
                },
                other => match self.located(other, "v") {
                    Operand::Place(place) => Operand::Ref(place, false),
                    other => other,
                },
            });
        }
        let closure = Closure {
            scopes: closure.scopes.clone(),
            params,
            body: closure.body.clone(),
            output: closure.output.clone(),
            path: closure.path,
            function: closure.function,
            lent: true,
            generic: closure.generic.clone(),
            tokens: closure.tokens.clone(),
        };
        (closure, lent)
    }

    /// An item of which a parameter is a reference: a tuple that the pattern takes apart gives references.
    fn lent_in(&mut self, item: Operand, pat: Option<&Pat>) -> Operand {
        let Operand::Tuple(items) = item else { return item };
        let inside: Vec<Option<&Pat>> = match pat.map(pattern::bare) {
            Some(Pat::Tuple(tuple)) if tuple.elems.len() == items.len() => {
                tuple.elems.iter().map(Some).collect()
            }
            Some(_) | None => {
                let items = items.into_iter().map(|item| match item {
                    Operand::Value(_) => self.located(item, "v"),
                    item => item,
                });
                return Operand::Tuple(items.collect());
            }
        };
        let items = items.into_iter().zip(inside).map(|(item, pat)| match item {
            Operand::Tuple(_) => self.lent_in(item, pat),
            other => match self.located(other, "v") {
                Operand::Place(place) => Operand::Ref(place, false),
                other => other,
            },
        });
        Operand::Tuple(items.collect())
    }

    fn inline_with(
        &mut self,
        closure: &Closure,
        args: Vec<Operand>,
        lower: impl FnOnce(&mut Self, &syn::Expr, Option<&syn::Type>) -> Operand,
    ) -> Operand {
        self.inlined += 1;
        if self.inlining >= 32 || self.inlined > 2000 {
            return self.refuse(&closure.tokens, message::RECURSIVE_CLOSURE);
        }
        if self.dead() {
            return Operand::unit();
        }
        let answered;
        let closure = match closure.generic.names.is_empty() {
            true => closure,
            false => match self.for_arguments(closure, &args) {
                Some(closure) => {
                    answered = closure;
                    &answered
                }
                None => return self.refuse(&closure.tokens, message::GENERIC_INLINED),
            },
        };
        self.inlining += 1;
        let outside = std::mem::replace(&mut self.scopes, closure.scopes.clone());
        self.scopes.push();
        let output = closure.output.as_ref();
        let operand = if closure.path {
            self.call_path(&closure.body, args, |this, body| lower(this, body, output))
        } else {
            for (pat, arg) in closure.params.iter().zip(args) {
                self.bind_argument(pat, arg, closure.lent);
            }
            let questions = leaving::questions(&closure.body);
            let wrap = match questions {
                true => leaving::wrap_of(output, &closure.body),
                false => Wrap::Plain,
            };
            if questions || control::body_returns(&closure.body) {
                let ty = output.map_or(Ty::Unknown, |ty| self.types.ty(ty));
                self.returning(ty, wrap, |this| lower(this, &closure.body, output))
            } else {
                let (kind, exit) = (TargetKind::Closure, Var(0));
                self.targets.push(Target { kind, label: None, exit, next: None, slot: None, wrap });
                let operand = lower(self, &closure.body, output);
                self.targets.pop();
                operand
            }
        };
        self.scopes = outside;
        self.inlining -= 1;
        operand
    }

    /// A body that a `return` or a `?` may leave.
    fn returning(&mut self, ty: Ty, wrap: Wrap, lower: impl FnOnce(&mut Self) -> Operand) -> Operand {
        let slot = self.slot("t", ty);
        let exit = self.declare_flag("returned");
        let since = self.changes.len();
        self.targets.push(Target {
            kind: TargetKind::Closure,
            label: None,
            exit,
            next: None,
            slot: Some(slot),
            wrap,
        });
        let frame = self.framed(|this| {
            let operand = lower(this);
            this.yield_to(Some(slot), operand);
        });
        self.targets.pop();
        self.inline(frame, &[exit], since);
        self.slot_operand(slot)
    }

    /// Calls a function by its path with operands.
    fn call_path(
        &mut self,
        path: &syn::Expr,
        args: Vec<Operand>,
        lower: impl FnOnce(&mut Self, &syn::Expr) -> Operand,
    ) -> Operand {
        let mut names = Vec::new();
        for (k, arg) in args.into_iter().enumerate() {
            let name = format_ident!("__arg_{k}");
            let arg = match arg {
                Operand::Value(value) => self.located(Operand::Value(value), "t"),
                arg => arg,
            };
            self.scopes.bind(&name, arg);
            names.push(name);
        }
        match syn::parse2::<syn::Expr>(quote!(#path(#(#names),*))) {
            Ok(call) => lower(self, &call),
            Err(_) => self.refuse(path, message::UNKNOWN_SYNTAX),
        }
    }

    /// Binds a parameter of a closure: what cannot change is named, not copied.
    fn bind_argument(&mut self, pat: &Pat, arg: Operand, lent: bool) {
        let bare = match pat {
            Pat::Type(typed) => {
                let ty = self.types.ty(&typed.ty);
                match &arg {
                    Operand::Place(place) | Operand::Value(Expr::Read(place)) => {
                        self.refine_place(place, &ty);
                    }
                    // What a slice refers to need not be one.
                    Operand::Ref(place, _) if !matches!(self.f.place_ty(place), Ty::Unknown) => {
                        self.refine_place(place, &ty);
                    }
                    _ => {}
                }
                pattern::bare(pat)
            }
            pat => pattern::bare(pat),
        };
        match (bare, arg) {
            (Pat::Ident(ident), Operand::Place(place))
                if ident.mutability.is_none()
                    && ident.subpat.is_none()
                    && ident.by_ref.is_none()
                    && place.is_var()
                    && (self.is_fixed(place.root) || super::types::is_owner(&self.f.place_ty(&place))) =>
            {
                self.scopes.bind(&ident.ident, Operand::Place(place));
            }
            // While it is lent its parts cannot change.
            (Pat::Ident(ident), arg @ Operand::Tuple(_))
                if lent && ident.mutability.is_none() && ident.subpat.is_none() =>
            {
                self.scopes.bind(&ident.ident, arg);
            }
            (_, arg) => self.bind_pattern(pat, arg, &Ty::Unknown),
        }
    }

    /// A closure as an inactive value: its tokens, with the locals it captures as holes.
    pub(super) fn closure_as_value(&mut self, closure: &Closure) -> (Expr, Vec<Var>) {
        let outside = std::mem::replace(&mut self.scopes, closure.scopes.clone());
        let parsed = match syn::parse2::<syn::Expr>(closure.tokens()) {
            Ok(expr) => self.opaque_parts(&expr),
            Err(_) => (closure.tokens(), Vec::new(), Vec::new()),
        };
        self.scopes = outside;
        let (tokens, args, vars) = parsed;
        (Expr::Opaque { tokens: quote!((#tokens)), args, ty: Ty::Inert }, vars)
    }
}

/// Every name in an expression that could be a local's.
struct Names(Vec<Ident>);

impl<'ast> Visit<'ast> for Names {
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        if let Some(name) = path.path.get_ident()
            && !self.0.contains(name)
        {
            self.0.push(name.clone());
        }
        visit::visit_expr_path(self, path);
    }
}

/// Whether a called path is a tuple struct or a variant: its last segment is in UpperCamelCase.
/// `T_sat(p)`, named like its formula, is a function.
pub(super) fn is_constructor(func: &syn::Expr) -> bool {
    match unparen(func) {
        syn::Expr::Path(path) => path.path.segments.last().is_some_and(|last| {
            let name = last.ident.to_string();
            is_camel(&last.ident) && !(name.contains('_') && name.contains(char::is_lowercase))
        }),
        _ => false,
    }
}

/// Whether a name is a type's or a variant's: it begins with a capital.
pub(super) fn is_camel(name: &Ident) -> bool {
    name.to_string().starts_with(char::is_uppercase)
}

/// The attributes of the expressions that statements are made of.
pub(super) fn attributes(expr: &syn::Expr) -> &[syn::Attribute] {
    match expr {
        syn::Expr::Assign(e) => &e.attrs,
        syn::Expr::Binary(e) => &e.attrs,
        syn::Expr::Block(e) => &e.attrs,
        syn::Expr::Call(e) => &e.attrs,
        syn::Expr::ForLoop(e) => &e.attrs,
        syn::Expr::If(e) => &e.attrs,
        syn::Expr::Loop(e) => &e.attrs,
        syn::Expr::Macro(e) => &e.attrs,
        syn::Expr::Match(e) => &e.attrs,
        syn::Expr::MethodCall(e) => &e.attrs,
        syn::Expr::Return(e) => &e.attrs,
        syn::Expr::While(e) => &e.attrs,
        syn::Expr::Path(e) => &e.attrs,
        syn::Expr::Unsafe(e) => &e.attrs,
        _ => &[],
    }
}

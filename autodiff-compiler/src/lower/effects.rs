//! What text that is passed on does to the variables in its holes.
//!
//! Such text has no derivative. Where it changes a variable, and something active goes into it, the change
//! has one: it is refused, or taken out of the text first (`macros.rs`).

use super::Lowerer;
use super::signatures::Receiver;
use super::stmt::{compound_op, unparen};
use crate::analyze::activity::Activity;
use crate::diagnostics::message;
use crate::ir::{Block, Expr, Place, Stmt, Ty, walk};
use crate::primitives;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::collections::BTreeSet;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Pat, Token};

/// Methods that change what they are called on, whatever it is.
pub(super) const CHANGING: [&str; 24] = [
    "push",
    "push_front",
    "pop",
    "pop_front",
    "insert",
    "remove",
    "clear",
    "truncate",
    "resize",
    "extend",
    "swap",
    "sort",
    "sort_by",
    "reverse",
    "fill",
    "next",
    "next_back",
    "drain",
    "take",
    "replace",
    "push_str",
    "read_line",
    "append",
    "retain",
];

/// Methods of the standard library that look at what they are called on, or take it.
const LOOKING: [&str; 91] = [
    "len",
    "is_empty",
    "iter",
    "into_iter",
    "first",
    "last",
    "get",
    "contains",
    "clone",
    "cloned",
    "copied",
    "to_owned",
    "to_vec",
    "to_string",
    "into",
    "as_ref",
    "as_deref",
    "as_slice",
    "as_str",
    "borrow",
    "is_some",
    "is_none",
    "is_ok",
    "is_err",
    "is_some_and",
    "is_none_or",
    "is_ok_and",
    "is_err_and",
    "unwrap",
    "expect",
    "unwrap_err",
    "expect_err",
    "unwrap_or",
    "unwrap_or_else",
    "unwrap_or_default",
    "map",
    "map_or",
    "map_or_else",
    "map_err",
    "and_then",
    "and",
    "or",
    "or_else",
    "xor",
    "filter",
    "flatten",
    "zip",
    "ok",
    "err",
    "ok_or",
    "ok_or_else",
    "transpose",
    "inspect",
    "rev",
    "enumerate",
    "sum",
    "product",
    "count",
    "collect",
    "fold",
    "split",
    "split_whitespace",
    "splitn",
    "split_once",
    "rsplit",
    "lines",
    "chars",
    "bytes",
    "char_indices",
    "trim",
    "trim_start",
    "trim_end",
    "trim_matches",
    "strip_prefix",
    "strip_suffix",
    "starts_with",
    "ends_with",
    "as_bytes",
    "parse",
    "keys",
    "values",
    "contains_key",
    "is_subset",
    "is_superset",
    "is_disjoint",
    "union",
    "intersection",
    "difference",
    "cmp",
    "eq",
    "capacity",
];

/// What may be done to the holes of a text.
#[derive(Default)]
struct Effects {
    /// Holes that are assigned to or lent to be changed, and by which tokens.
    changed: Vec<(usize, TokenStream)>,
    /// Holes with a method called on them, and whether on the whole of what they stand for.
    asked: Vec<(usize, bool, syn::ExprMethodCall)>,
}

impl Effects {
    fn of(tokens: &TokenStream) -> Effects {
        let mut effects = Effects::default();
        if may_change(tokens.clone(), false) {
            match syn::parse2::<syn::Expr>(tokens.clone()) {
                Ok(expr) => effects.visit_expr(&expr),
                Err(_) => match syn::Block::parse_within.parse2(tokens.clone()) {
                    Ok(stmts) => stmts.iter().for_each(|stmt| effects.visit_stmt(stmt)),
                    Err(_) => effects.changes_all(tokens),
                },
            }
        }
        effects
    }

    fn changes(&mut self, target: &syn::Expr, by: &impl ToTokens) {
        match unparen(target) {
            syn::Expr::Tuple(targets) => targets.elems.iter().for_each(|target| self.changes(target, by)),
            syn::Expr::Array(targets) => targets.elems.iter().for_each(|target| self.changes(target, by)),
            target => {
                if let Some(hole) = reached(target) {
                    self.changed.push((hole, by.to_token_stream()));
                }
            }
        }
    }

    /// Tokens of which it is not known what they do.
    fn changes_all(&mut self, tokens: &TokenStream) {
        let mut holes = BTreeSet::new();
        holes_in(tokens.clone(), &mut holes);
        self.changed.extend(holes.into_iter().map(|hole| (hole, tokens.clone())));
    }
}

/// Whether tokens assign, lend, or call a method on a hole: what has to be looked at closely.
fn may_change(tokens: TokenStream, after_hole: bool) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut after_hole = after_hole;
    for (k, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(name) if name == "mut" => return true,
            TokenTree::Ident(name) => after_hole |= hole_of(name).is_some(),
            TokenTree::Punct(punct) if punct.as_char() == '=' => {
                let before = k.checked_sub(1).and_then(|before| tokens.get(before));
                let compares = |token: Option<&TokenTree>, signs: &str| match token {
                    Some(TokenTree::Punct(punct)) => signs.contains(punct.as_char()),
                    Some(TokenTree::Group(_) | TokenTree::Ident(_) | TokenTree::Literal(_)) | None => false,
                };
                // Of `<<=`, too, which is rare.
                if !compares(before, "=!<>") && !compares(tokens.get(k + 1), "=>") {
                    return true;
                }
            }
            TokenTree::Punct(punct) if punct.as_char() == '.' && after_hole => return true,
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            TokenTree::Group(group) => {
                if may_change(group.stream(), false) {
                    return true;
                }
                let mut holes = BTreeSet::new();
                holes_in(group.stream(), &mut holes);
                after_hole |= !holes.is_empty();
            }
        }
    }
    false
}

fn hole_of(name: &Ident) -> Option<usize> {
    name.to_string().strip_prefix("__hole_")?.parse().ok()
}

fn holes_in(tokens: TokenStream, holes: &mut BTreeSet<usize>) {
    for token in tokens {
        match token {
            TokenTree::Ident(name) => holes.extend(hole_of(&name)),
            TokenTree::Group(group) => holes_in(group.stream(), holes),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The hole that a place is in, and whether it is the whole of it.
fn root(place: &syn::Expr) -> Option<(usize, bool)> {
    match unparen(place) {
        syn::Expr::Path(path) => Some((hole_of(path.path.get_ident()?)?, true)),
        syn::Expr::Field(field) => Some((root(&field.base)?.0, false)),
        syn::Expr::Index(index) => Some((root(&index.expr)?.0, false)),
        syn::Expr::Unary(syn::ExprUnary { op: syn::UnOp::Deref(_), expr, .. }) => {
            Some((root(expr)?.0, false))
        }
        _ => None,
    }
}

/// The hole that a place is in, or is reached from by methods: `*counts.entry(k).or_insert(0)`.
fn reached(place: &syn::Expr) -> Option<usize> {
    match unparen(place) {
        syn::Expr::MethodCall(call) => reached(&call.receiver),
        syn::Expr::Field(field) => reached(&field.base),
        syn::Expr::Index(index) => reached(&index.expr),
        syn::Expr::Unary(syn::ExprUnary { op: syn::UnOp::Deref(_), expr, .. }) => reached(expr),
        place => Some(root(place)?.0),
    }
}

impl<'ast> Visit<'ast> for Effects {
    fn visit_expr(&mut self, expr: &'ast syn::Expr) {
        match expr {
            syn::Expr::Assign(assign) => self.changes(&assign.left, assign),
            syn::Expr::Binary(binary) if compound_op(&binary.op).is_some() => {
                self.changes(&binary.left, binary);
            }
            syn::Expr::Reference(reference) if reference.mutability.is_some() => {
                self.changes(&reference.expr, reference);
            }
            syn::Expr::MethodCall(call) => {
                if let Some((hole, whole)) = root(&call.receiver) {
                    self.asked.push((hole, whole, call.clone()));
                }
            }
            syn::Expr::Verbatim(tokens) => self.changes_all(tokens),
            _ => {}
        }
        visit::visit_expr(self, expr);
    }

    fn visit_expr_match(&mut self, matched: &'ast syn::ExprMatch) {
        if matched.arms.iter().any(|arm| lends(&arm.pat)) {
            self.changes(&matched.expr, matched);
        }
        visit::visit_expr_match(self, matched);
    }

    fn visit_expr_let(&mut self, bound: &'ast syn::ExprLet) {
        if lends(&bound.pat) {
            self.changes(&bound.expr, bound);
        }
        visit::visit_expr_let(self, bound);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let Some(init) = &local.init
            && lends(&local.pat)
        {
            self.changes(&init.expr, local);
        }
        visit::visit_local(self, local);
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let args = mac.parse_body_with(Punctuated::<syn::Expr, Token![,]>::parse_terminated);
        match args {
            Ok(args) => args.iter().for_each(|arg| match arg {
                // `name = value`
                syn::Expr::Assign(named)
                    if super::macros::is_format(&mac.path) && root(&named.left).is_none() =>
                {
                    self.visit_expr(&named.right);
                }
                arg => self.visit_expr(arg),
            }),
            Err(_) => match super::macros::scrutinee(mac) {
                Some(value) => self.visit_expr(&value),
                None if may_change(mac.tokens.clone(), false) => self.changes_all(&mac.tokens),
                None => {}
            },
        }
    }
}

/// Whether a pattern binds parts to be changed: `ref mut x`.
fn lends(pat: &Pat) -> bool {
    struct Lends(bool);
    impl<'ast> Visit<'ast> for Lends {
        fn visit_pat_ident(&mut self, name: &'ast syn::PatIdent) {
            self.0 |= name.by_ref.is_some() && name.mutability.is_some();
            visit::visit_pat_ident(self, name);
        }
    }
    let mut found = Lends(false);
    found.visit_pat(pat);
    found.0
}

/// Whether an argument is `*&mut place`.
fn lent(args: &[Expr]) -> bool {
    matches!(args, [Expr::Borrow { mutable: true, .. }])
}

/// What a method that text calls does to its receiver.
enum Does {
    Nothing,
    Changes,
    /// That rustc can tell.
    Unknown,
}

impl Lowerer<'_> {
    fn does(&self, call: &syn::ExprMethodCall, ty: &Ty) -> Does {
        let name = call.method.to_string();
        match self.receiver_of(&call.method, ty) {
            Some(Receiver::RefMut) => return Does::Changes,
            Some(Receiver::Ref | Receiver::Value) => return Does::Nothing,
            None => {}
        }
        let scalar = matches!(ty, Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Int(_) | Ty::Bool);
        if scalar && primitives::is_method(&name, call.args.len() + 1) || LOOKING.contains(&name.as_str()) {
            Does::Nothing
        } else if CHANGING.contains(&name.as_str()) || name.ends_with("_mut") || name.starts_with("sort") {
            Does::Changes
        } else {
            Does::Unknown
        }
    }

    /// Whether a method changes what it is called on, whatever that is.
    pub(super) fn is_known_to_change(&self, call: &syn::ExprMethodCall) -> bool {
        matches!(self.does(call, &self.type_of(&call.receiver)), Does::Changes)
    }

    /// Whether a method may change the variable that it is called on.
    pub(super) fn is_changed_by(&self, call: &syn::ExprMethodCall, place: &Place) -> bool {
        self.is_changeable(place) && !matches!(self.does(call, &self.f.place_ty(place)), Does::Nothing)
    }

    /// The holes of a text that it changes, as far as its names tell.
    pub(super) fn changed_holes(&self, tokens: &TokenStream, places: &[Option<Place>]) -> BTreeSet<usize> {
        let effects = Effects::of(tokens);
        let place = |hole: &usize| places.get(*hole).and_then(Option::as_ref);
        let asked = effects.asked.iter().filter(|(hole, whole, call)| {
            let ty = match place(hole) {
                Some(place) if *whole => self.f.place_ty(place),
                Some(_) | None => Ty::Unknown,
            };
            matches!(self.does(call, &ty), Does::Changes)
        });
        let changed = effects.changed.iter().map(|(hole, _)| *hole).chain(asked.map(|(hole, ..)| *hole));
        // Numbers as well: they may decide, or scale, what comes after.
        changed.filter(|hole| place(hole).is_some_and(|place| self.f.info(place.root).mutable)).collect()
    }

    /// Whether text may change a variable: where it is dropped, since nobody asks for what it gives, the change
    /// would be, too.
    pub(super) fn has_effects(&mut self, text: &syn::Expr) -> bool {
        let (tokens, args, _) = self.opaque_parts(text);
        let effects = Effects::of(&tokens);
        !effects.changed.is_empty()
            || effects.asked.iter().any(|(hole, whole, call)| {
                !matches!(self.does(call, &self.hole_ty(&args, *hole, *whole)), Does::Nothing)
                    && args.get(*hole).is_some_and(|arg| self.is_of_mutable(arg))
            })
    }

    fn is_of_mutable(&self, arg: &Expr) -> bool {
        let mut any = false;
        walk::accesses_of_expr(arg, &mut |place, _| any |= self.f.info(place.root).mutable);
        any
    }

    /// Whether text changes anything in its holes that may be active.
    pub(super) fn changes_holes(&self, tokens: &TokenStream, args: &[Expr]) -> bool {
        let effects = Effects::of(tokens);
        let may = |hole: usize| args.get(hole).is_some_and(|arg| self.may_carry(arg));
        let lent = effects.changed.iter().any(|(hole, _)| may(*hole));
        lent || effects.asked.iter().any(|(hole, whole, call)| {
            may(*hole) && matches!(self.does(call, &self.hole_ty(args, *hole, *whole)), Does::Changes)
        })
    }

    fn hole_ty(&self, args: &[Expr], hole: usize, whole: bool) -> Ty {
        match args.get(hole) {
            Some(Expr::Read(place) | Expr::Borrow { place, .. }) if whole => self.f.place_ty(place),
            // What is lent to be changed.
            Some(Expr::Opaque { ty, args, .. }) if whole && lent(args) => ty.clone(),
            Some(_) | None => Ty::Unknown,
        }
    }

    /// Whether what goes into a hole may have a derivative.
    fn may_carry(&self, arg: &Expr) -> bool {
        let mut any = false;
        walk::accesses_of_expr(arg, &mut |place, _| any |= self.f.may_be_active(place));
        any
    }

    /// Refuses what text changes while something active goes into it. A method of which it is not known whether
    /// it changes its receiver is given one that it cannot change.
    pub(super) fn refuse_effects(&self, body: &mut Block, varied: &Activity) -> Vec<(TokenStream, String)> {
        let mut found = Vec::new();
        walk::statements_mut(body, &mut |stmt| {
            if let Stmt::Effect { tokens, args, .. } | Stmt::Bail { tokens, args } = stmt {
                self.refuse_effects_of(tokens, args, varied, &mut found);
            }
            walk::rewrite_stmt(stmt, &mut |mut expr| {
                if let Expr::Opaque { tokens, args, .. } = &mut expr {
                    self.refuse_effects_of(tokens, args, varied, &mut found);
                }
                expr
            });
        });
        found
    }

    fn refuse_effects_of(
        &self,
        tokens: &TokenStream,
        args: &mut [Expr],
        varied: &Activity,
        found: &mut Vec<(TokenStream, String)>,
    ) {
        let active = |arg: &Expr| {
            let mut any = false;
            walk::accesses_of_expr(arg, &mut |place, _| {
                any |= varied.is_varied(place.root) && self.f.may_be_active(place);
            });
            any
        };
        if !args.iter().any(active) {
            return;
        }
        let effects = Effects::of(tokens);
        for (hole, by) in effects.changed {
            if args.get(hole).is_some_and(|arg| self.may_carry(arg)) {
                found.push((by, message::EFFECT_IN_TEXT.to_owned()));
            }
        }
        for (hole, whole, call) in effects.asked {
            let does = self.does(&call, &self.hole_ty(args, hole, whole));
            let Some(arg) = args.get_mut(hole).filter(|arg| self.may_carry(arg)) else { continue };
            match does {
                Does::Nothing => {}
                Does::Changes => found.push((call.to_token_stream(), message::EFFECT_IN_TEXT.to_owned())),
                Does::Unknown if matches!(arg, Expr::Opaque { args, .. } if lent(args)) => {
                    found.push((call.to_token_stream(), message::EFFECT_IN_TEXT.to_owned()));
                }
                Does::Unknown => {
                    if let Expr::Read(place) = arg {
                        let ty = self.f.place_ty(place);
                        let borrow = Expr::Borrow { place: place.clone(), mutable: false };
                        *arg = Expr::Opaque { tokens: quote!((*__hole_0)), args: vec![borrow], ty };
                    }
                }
            }
        }
    }
}

//! What lowering takes for the standard library's by its name, for rustc to check.
//!
//! A user may have a module `mem` with a `swap` of its own, or an `Arc` of a circle. Generated code
//! says what it takes a name for, in a statement that does nothing and does not compile where that is wrong.

use super::Lowerer;
use super::scope::Operand;
use crate::analyze::activity::Activity;
use crate::ir::{Arg, Block, Expr, Inert, Named, Place, Proj, Stmt, Ty, Var, walk};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use std::collections::{BTreeMap, BTreeSet};
use syn::spanned::Spanned;

impl Lowerer<'_> {
    /// Rustc checks that fields of active structs which the source file shows to have no derivative have none: a
    /// macro may have made another struct of the name.
    pub(super) fn claim_fields(&self, body: &mut Block, varied: &Activity) {
        let mut claimed: BTreeMap<String, Stmt> = BTreeMap::new();
        walk::statements(body, &mut |stmt| {
            walk::accesses_of_stmt(stmt, &mut |place, _| {
                let place = self.f.resolve(place);
                if !varied.is_varied(place.root) {
                    return;
                }
                for (at, step) in place.proj.iter().enumerate() {
                    let Proj::Field(member) = step else { continue };
                    let of = Place { proj: place.proj[..at].to_vec(), ..place.clone() };
                    let Ty::Named(named) = self.f.place_ty(&of) else { continue };
                    let Some(field) = named.field(member) else { continue };
                    if field.passive || !field.ty.may_be_active() {
                        let (krate, ty) = (&self.krate, &named.written);
                        let tokens = quote_spanned! {member.span()=>
                            #krate::rt::claims::nothing(|__tangent: &<#ty as #krate::Differentiable>::Tangent| {
                                &__tangent.#member
                            })
                        };
                        let claim =
                            Stmt::Effect { tokens: tokens.clone(), args: Vec::new(), diverges: false };
                        claimed.insert(tokens.to_string(), claim);
                        // What is in it need not be `Differentiable`.
                        break;
                    }
                }
            });
        });
        body.stmts.splice(0..0, claimed.into_values());
    }

    /// What `as_ref` and the like lend, taken for the receiver itself: rustc checks that it is the standard library's,
    /// where the type is not known or a user's.
    pub(super) fn lent(&mut self, receiver: Operand, mutable: bool, call: &syn::ExprMethodCall) -> Operand {
        let receiver = self.located(receiver, "t");
        if let Operand::Place(place) | Operand::Ref(place, _) = &receiver
            && matches!(self.f.place_ty(place), Ty::Unknown | Ty::Named(_))
        {
            let krate = &self.krate;
            let tokens = quote_spanned!(call.method.span()=> #krate::rt::claims::lends_itself(__hole_0));
            let args = vec![Expr::Borrow { place: place.clone(), mutable: false }];
            self.emit(Stmt::Effect { tokens, args, diverges: false });
        }
        match receiver {
            Operand::Place(place) => Operand::Ref(place, mutable),
            other => other,
        }
    }

    /// What nothing active is lent by need not be checked.
    pub(super) fn unclaim_lent(&self, body: &mut Block, varied: &Activity) {
        let idle = |stmt: &Stmt| match stmt {
            Stmt::Effect { tokens, args, .. } if names_claim(tokens, "lends_itself") => {
                let mut active = false;
                args.iter().for_each(|arg| {
                    walk::accesses_of_expr(arg, &mut |place, _| active |= varied.is_varied(place.root));
                });
                !active
            }
            _ => false,
        };
        body.stmts.retain(|stmt| !idle(stmt));
        for stmt in &mut body.stmts {
            walk::blocks_of_mut(stmt, &mut |inner| self.unclaim_lent(inner, varied));
        }
    }

    /// Rustc checks that what a call of something without a derivative gave is a value of its own, where
    /// something active is stored in it: `*map.entry(key).or_insert(0.0) += x` stores it in the map.
    pub(super) fn claim_owned(&self, body: &mut Block, varied: &Activity) {
        let mut given: BTreeSet<Var> = BTreeSet::new();
        loop {
            let before = given.len();
            walk::statements(body, &mut |stmt| {
                if let Some(var) = self.may_lead_elsewhere(stmt, varied, &given) {
                    given.insert(var);
                }
            });
            if given.len() == before {
                break;
            }
        }
        given.retain(|var| varied.is_varied(*var));
        if !given.is_empty() {
            self.claim_given(body, varied, &given);
        }
    }

    fn claim_given(&self, block: &mut Block, varied: &Activity, given: &BTreeSet<Var>) {
        for mut stmt in std::mem::take(&mut block.stmts) {
            walk::blocks_of_mut(&mut stmt, &mut |inner| self.claim_given(inner, varied, given));
            let var = self.may_lead_elsewhere(&stmt, varied, given).filter(|var| given.contains(var));
            let written = if let Stmt::Let { init: Some(value), .. } | Stmt::Assign { value, .. } = &stmt {
                written_at(value)
            } else if let Stmt::Call(call) = &stmt {
                Some(call.span)
            } else {
                None
            };
            let span = written.unwrap_or_else(Span::call_site);
            block.stmts.push(stmt);
            if let Some(var) = var {
                let krate = &self.krate;
                let tokens = quote_spanned!(span=> #krate::rt::claims::is_owned(__hole_0));
                let args = vec![Expr::Borrow { place: Place::var(var), mutable: false }];
                block.stmts.push(Stmt::Effect { tokens, args, diverges: false });
            }
        }
    }

    /// The variable that a statement gives what may be a reference to a part of something else, made by text.
    fn may_lead_elsewhere(&self, stmt: &Stmt, varied: &Activity, given: &BTreeSet<Var>) -> Option<Var> {
        let (var, leads) = match stmt {
            Stmt::Let { var, init: Some(value) } => (*var, self.leads_elsewhere(value, given)),
            Stmt::Assign { place, op: None, value, .. } if place.is_var() => {
                (place.root, self.leads_elsewhere(value, given))
            }
            Stmt::Call(call) if !varied.reaches(&self.f, call) => {
                let leads = call.args.iter().any(|arg| match arg {
                    Arg::Value(value) => self.leads_elsewhere(value, given),
                    Arg::Ref(place) | Arg::Receiver { place, mutable: false } => self.has_parts(place),
                    Arg::RefMut(_) | Arg::Receiver { mutable: true, .. } => true,
                });
                (call.result, leads)
            }
            Stmt::Let { init: None, .. }
            | Stmt::Assign { .. }
            | Stmt::Call(_)
            | Stmt::View { .. }
            | Stmt::Swap { .. }
            | Stmt::CopyFrom { .. }
            | Stmt::Fill { .. }
            | Stmt::Replace { .. }
            | Stmt::If { .. }
            | Stmt::Match { .. }
            | Stmt::For { .. }
            | Stmt::While { .. }
            | Stmt::Vector { .. }
            | Stmt::Effect { .. }
            | Stmt::Bail { .. }
            | Stmt::Item(_)
            | Stmt::Accumulate { .. }
            | Stmt::RecordNew { .. }
            | Stmt::RecordPush { .. }
            | Stmt::RecordPop { .. }
            | Stmt::Pull { .. } => return None,
        };
        let info = self.f.info(var);
        // A `Result` is a value, whatever its error is.
        let result = matches!(&info.ty, Ty::Named(named) if matches!(&named.written, syn::Type::Path(path)
            if path.path.segments.last().is_some_and(|last| last.ident == "Result")));
        (leads && !result && info.ty.may_be_active() && info.view_of.is_none()).then_some(var)
    }

    fn leads_elsewhere(&self, value: &Expr, given: &BTreeSet<Var>) -> bool {
        match value {
            Expr::Opaque { args, .. } => {
                let mut any = false;
                for arg in args {
                    walk::accesses_of_expr(arg, &mut |place, access| {
                        any |= access == walk::Access::Update
                            || self.has_parts(place)
                            || given.contains(&self.f.origin(place.root));
                    });
                }
                any
            }
            Expr::Read(place) | Expr::ToOwned(place) => given.contains(&self.f.origin(place.root)),
            Expr::Move(var) => given.contains(&self.f.origin(*var)),
            Expr::Lit(_)
            | Expr::Const(..)
            | Expr::Len(_)
            | Expr::Borrow { .. }
            | Expr::VecNew { .. }
            | Expr::Zero { .. }
            | Expr::Placeholder(_)
            | Expr::Take { .. }
            | Expr::Prim { .. }
            | Expr::Select { .. }
            | Expr::Cast { .. }
            | Expr::Tuple(_)
            | Expr::Array(_)
            | Expr::VecOf(_)
            | Expr::Repeat { .. }
            | Expr::VecRepeat { .. }
            | Expr::Some(_)
            | Expr::Struct { .. } => false,
        }
    }

    /// Whether a place is more than a number, so that a part of it may be lent.
    fn has_parts(&self, place: &Place) -> bool {
        match self.f.place_ty(place) {
            Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Wide(_) | Ty::Int(_) | Ty::Bool => false,
            Ty::Inert | Ty::Unknown | Ty::Named(_) => true,
            Ty::Array(..) | Ty::Slice(_) | Ty::Vec(_) | Ty::Deque(_) | Ty::Option(_) | Ty::Tuple(_) => true,
        }
    }

    /// Rustc checks that the types which are taken for made of integers, or of nothing, are.
    pub(super) fn claim_inert(&self, body: &mut Block) {
        let mut claimed: BTreeMap<String, Stmt> = BTreeMap::new();
        let mut inert = Vec::new();
        for ty in self.f.vars.iter().map(|info| &info.ty) {
            inert_within(ty, &mut inert);
        }
        for named in inert {
            let (krate, ty) = (&self.krate, &named.written);
            let parts = parts_of(&quote!(__value), named, krate);
            let tokens = quote!(#krate::rt::claims::is_made_of(|__value: &#ty| { #parts }));
            let claim = Stmt::Effect { tokens: tokens.clone(), args: Vec::new(), diverges: false };
            claimed.insert(tokens.to_string(), claim);
        }
        body.stmts.splice(0..0, claimed.into_values());
    }

    /// Rustc checks that a function makes a pointer to its argument.
    pub(super) fn claim_pointer(&mut self, function: &syn::Expr, value: Var) {
        let krate = &self.krate;
        let tokens = quote_spanned!(function.span()=> #krate::rt::makes_pointer(__hole_0, #function));
        let args = vec![Expr::Borrow { place: Place::var(value), mutable: false }];
        self.effect_of(tokens, args, false);
    }

    /// Rustc checks that a path's owner (`Rc` in `Rc::clone`) is a pointer.
    pub(super) fn claim_pointer_type(&mut self, path: &syn::ExprPath) {
        if is_absolute(path) {
            return;
        }
        let krate = &self.krate;
        let mut owner = path.path.clone();
        owner.segments.pop();
        owner.segments.pop_punct();
        if let Some(last) = owner.segments.last_mut() {
            last.arguments = syn::PathArguments::AngleBracketed(syn::parse_quote!(<()>));
        }
        let tokens = quote_spanned!(path.span()=> #krate::rt::points::<#owner>());
        self.effect_of(tokens, Vec::new(), false);
    }

    /// Rustc checks that a path is the standard library's function of that name. `changed`: the place
    /// that it changes, whose type tells which instance of a generic function is meant.
    pub(super) fn claim_function(&mut self, path: &syn::ExprPath, changed: Option<&Place>) {
        let Some(last) = path.path.segments.last() else { return };
        if is_absolute(path) {
            return;
        }
        let (krate, name) = (&self.krate, &last.ident);
        let mut path = path.clone();
        if let Some(last) = path.path.segments.last_mut() {
            last.arguments = syn::PathArguments::None;
        }
        if let Some(place) = changed {
            let check = quote::format_ident!("is_{}", name);
            let tokens = quote_spanned! {path.span()=>
                #krate::rt::claims::#check(__hole_0, #path, #krate::rt::claims::#name)
            };
            let args = vec![Expr::Borrow { place: place.clone(), mutable: false }];
            return self.effect_of(tokens, args, false);
        }
        let Some((named, arguments)) = instance(&name.to_string(), &path) else { return };
        let named = syn::Ident::new(named, name.span());
        let tokens = quote_spanned! {path.span()=>
            #krate::rt::claims::is(#path::<#arguments>, #krate::rt::claims::#named::<#arguments>)
        };
        self.effect_of(tokens, Vec::new(), false);
    }
}

/// Where the first of the user's names in text stands.
/// Whether tokens are a claim of a name.
fn names_claim(tokens: &TokenStream, name: &str) -> bool {
    tokens.clone().into_iter().any(|token| matches!(token, TokenTree::Ident(ident) if ident == name))
}

fn written_at(value: &Expr) -> Option<Span> {
    fn first(tokens: TokenStream) -> Option<Span> {
        tokens.into_iter().find_map(|token| match token {
            TokenTree::Ident(name) => (!name.to_string().starts_with("__hole_")).then(|| name.span()),
            TokenTree::Group(group) => first(group.stream()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => None,
        })
    }
    if let Expr::Opaque { tokens, .. } = value { first(tokens.clone()) } else { None }
}

/// The types in another that have no derivative by their definitions.
fn inert_within<'t>(ty: &'t Ty, found: &mut Vec<&'t Named>) {
    match ty {
        Ty::Named(named) if named.inert.is_some() => found.push(named),
        Ty::Array(item, _) | Ty::Vec(item) | Ty::Deque(item) | Ty::Slice(item) | Ty::Option(item) => {
            inert_within(item, found);
        }
        Ty::Tuple(items) => items.iter().for_each(|item| inert_within(item, found)),
        Ty::Named(_) | Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Wide(_) => {}
        Ty::Int(_) | Ty::Bool | Ty::Inert | Ty::Unknown => {}
    }
}

/// Looks at what a type without a derivative is made of.
fn parts_of(value: &TokenStream, named: &Named, krate: &syn::Path) -> TokenStream {
    match &named.inert {
        Some(Inert::Variants(variants)) => {
            let ty = &named.written;
            quote!(match *#value { #(<#ty>::#variants => {})* })
        }
        Some(Inert::Integers) => {
            let fields = named.fields.as_deref().into_iter().flatten();
            let parts = fields.map(|field| {
                let member = &field.member;
                part(&quote!(#value.#member), &field.ty, krate)
            });
            quote!(#(#parts)*)
        }
        None => TokenStream::new(),
    }
}

fn part(value: &TokenStream, ty: &Ty, krate: &syn::Path) -> TokenStream {
    match ty {
        Ty::Named(named) => parts_of(&quote!((&#value)), named, krate),
        Ty::Array(item, _) | Ty::Vec(item) | Ty::Deque(item) | Ty::Slice(item) | Ty::Option(item) => {
            let inner = part(&quote!((*__part)), item, krate);
            quote!(for __part in #value.iter() { #inner })
        }
        Ty::Tuple(items) => {
            let parts = items.iter().enumerate().map(|(k, item)| {
                let index = syn::Index::from(k);
                part(&quote!(#value.#index), item, krate)
            });
            quote!(#(#parts)*)
        }
        Ty::F64
        | Ty::F32
        | Ty::Float
        | Ty::Generic(_)
        | Ty::Wide(_)
        | Ty::Int(_)
        | Ty::Bool
        | Ty::Inert
        | Ty::Unknown => quote!(#krate::rt::claims::integers(&#value);),
    }
}

/// What a function of the standard library is called in the runtime, and the arguments of an
/// instance of it.
fn instance(name: &str, path: &syn::ExprPath) -> Option<(&'static str, TokenStream)> {
    let in_array = path.path.segments.iter().any(|segment| segment.ident == "array");
    Some(match name {
        "drop" => ("drop", quote!(())),
        "forget" => ("forget", quote!(())),
        "take" => ("take", quote!(())),
        "identity" => ("identity", quote!(())),
        "black_box" => ("black_box", quote!(())),
        "from_fn" if in_array => ("array_from_fn", quote!((), 0, fn(usize))),
        "from_fn" => ("iter_from_fn", quote!((), fn() -> ::core::option::Option<()>)),
        "repeat" => ("repeat", quote!(())),
        "once" => ("once", quote!(())),
        "empty" => ("empty", quote!(())),
        "repeat_n" => ("repeat_n", quote!(())),
        "zip" => ("zip", quote!([(); 0], [(); 0])),
        "repeat_with" => ("repeat_with", quote!((), fn())),
        "successors" => ("successors", quote!((), fn(&()) -> ::core::option::Option<()>)),
        _ => return None,
    })
}

/// Whether a path names a crate of the standard library.
fn is_absolute(path: &syn::ExprPath) -> bool {
    path.path.segments.len() > 1
        && path
            .path
            .segments
            .first()
            .is_some_and(|first| ["std", "core", "alloc"].iter().any(|name| first.ident == name))
}

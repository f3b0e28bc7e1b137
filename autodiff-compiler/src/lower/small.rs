//! Functions and methods so small that derivatives have them inlined: `m.get(i, j)` is then an element
//! like any other, in loops and out of them.
//!
//! Only what is annotated with the order that is needed and without other options is inlined, so that
//! whoever writes a rule of its own, or forgets the attribute, gets what is expected.

use super::Lowerer;
use super::choosing::{is_choice, reading};
use super::closure::Closure;
use super::inlinable::{Check, is_part, is_part_found};
use super::inlined::Generic;
use super::leading_back::Called;
use super::scope::{Operand, Scopes};
use super::signatures::{Receiver, is_plain, renamed};
use super::stmt::unparen;
use super::types::INTEGERS;
use crate::by_example::expanded;
use crate::diagnostics::message;
use crate::ir::{self, Named, Ty};
use crate::surroundings::is_inlined;
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use syn::{Expr, FnArg, Generics, ImplItemFn, ItemImpl, Pat, Signature, Stmt, Type};

/// The largest body, in expressions.
const LARGEST: usize = 40;

/// The largest one of an operator: a product of quaternions.
pub(super) const LARGEST_OPERATOR: usize = 120;

/// The largest one that changes what it is lent and may then give `None` or `Err`.
const LARGEST_THAT_LEAVES: usize = 400;

/// How many of them stand in one another.
const DEEPEST: usize = 12;

/// How many bodies are inlined before calls stay calls.
const MOST: usize = 1000;

/// What is known of a name, once it was looked up.
pub(super) type Known = Option<Rc<Small>>;

/// The small functions that were looked up, and those that are being inlined.
#[derive(Default)]
pub(super) struct Functions {
    pub(super) known: BTreeMap<String, Known>,
    /// Those by which elements are found, by the type and the key.
    pub(super) indices: RefCell<BTreeMap<String, Known>>,
    within: Vec<Rc<Small>>,
    /// Whether the function is left where the call that is lowered next gives nothing.
    asked: bool,
}

/// A function that is inlined.
#[derive(Clone)]
pub(super) struct Small {
    params: Vec<Pat>,
    /// Those marked `#[no_diff]`.
    marked: Vec<bool>,
    receiver: Option<Receiver>,
    pub body: Expr,
    output: Option<Type>,
    /// Of one that chooses which number it lends, to be read alone: what it is, where its signature tells.
    pub read: Option<Option<Type>>,
    chooses: bool,
    name: Ident,
    /// The methods that it calls on `self`.
    calls: Vec<Ident>,
    /// The functions that it calls by their names alone, and constants.
    functions: Vec<Ident>,
    /// The associated functions that it calls.
    made: Vec<(Ident, Ident)>,
    /// What one that is marked to be inlined may look up around it.
    looked_up: BTreeSet<String>,
    /// What is generic in it.
    generic: Generic,
    /// Whether it may give `None` or `Err` after a change.
    leaves: bool,
}

/// Whether a function gives a reference to a part of what it is given, by a body that can be inlined: its calls
/// stand for the part, and it has no companions.
pub fn names_a_part(sig: &Signature, body: Option<&syn::Block>) -> bool {
    (gives_reference(sig) || gives_optional_reference(sig))
        && body.is_some_and(|body| Small::new(sig, body, (None, LARGEST)).is_some())
}

fn gives_reference(sig: &Signature) -> bool {
    matches!(&sig.output, syn::ReturnType::Type(_, ty) if matches!(**ty, Type::Reference(_)))
}

/// `-> Option<&mut f64>`
fn gives_optional_reference(sig: &Signature) -> bool {
    matches!(&sig.output, syn::ReturnType::Type(_, ty) if matches!(&**ty, Type::Path(path)
        if path.path.segments.last().is_some_and(|last| last.ident == "Option"
            && matches!(super::types::first_type(&last.arguments), Some(Type::Reference(_))))))
}

fn gives_outcome(sig: &Signature) -> bool {
    matches!(&sig.output, syn::ReturnType::Type(_, ty) if matches!(&**ty, Type::Path(path)
        if path.path.segments.last().is_some_and(|last| last.ident == "Option" || last.ident == "Result")))
}

fn lends(sig: &Signature) -> bool {
    sig.inputs.iter().any(|input| match input {
        FnArg::Receiver(this) => matches!(Receiver::of(this), Some(Receiver::RefMut)),
        FnArg::Typed(typed) => matches!(&*typed.ty, Type::Reference(ty) if ty.mutability.is_some()),
    })
}

/// Whether a function needs no attribute: the name of a part and an integer have no derivative of their own.
fn is_known_without(sig: &Signature) -> bool {
    let integer = matches!(&sig.output, syn::ReturnType::Type(_, ty) if matches!(&**ty, Type::Path(path)
        if path.path.get_ident().is_some_and(|name| INTEGERS.iter().any(|known| name == known))));
    integer || gives_reference(sig) || gives_optional_reference(sig)
}

impl Lowerer<'_> {
    /// The call that is lowered next is asked with `?`, which leaves the function: nothing that it changed is used
    /// after it gave nothing.
    pub(super) fn ask_next(&mut self, asked: bool) {
        self.small.asked = asked;
    }

    /// Whether this call is the one.
    pub(super) fn is_asked(&mut self) -> bool {
        std::mem::take(&mut self.small.asked)
    }

    /// The call of a small function.
    pub(super) fn small_call(
        &mut self,
        name: &Ident,
        args: &[&Expr],
        asked: bool,
        hint: &Ty,
    ) -> Option<Operand> {
        let key = name.to_string();
        if self.is_own_name(&key) {
            return None;
        }
        let small = match self.small.known.get(&key) {
            Some(known) => known.clone(),
            None => {
                let found = self.around.function(name).filter(|found| found.whole);
                let at = found.as_ref().map(|found| found.at);
                let item = found.map(|found| found.item).filter(|item| {
                    let order = if self.gives_references(name, &item.sig) { 0 } else { self.order };
                    is_plain(&item.attrs, Some(order))
                        || is_known_without(&item.sig) && is_plain(&item.attrs, None)
                });
                let found = item.and_then(|item| {
                    let body = expanded(&item.sig, &item.block, &self.around.at(at?));
                    Small::new(&item.sig, &body, (None, LARGEST)).filter(|small| small.receiver.is_none())
                });
                // One that calls itself is not.
                self.small.known.insert(key.clone(), None);
                let found = found
                    .filter(|small| !(small.leaves && self.leads_back(&Called::Function(name.clone()))))
                    .filter(|small| self.calls_are_known(name, small))
                    .map(Rc::new);
                self.small.known.insert(key, found.clone());
                found
            }
        };
        let small = small.filter(|small| !(small.leaves && asked))?;
        self.inline_small(&small, None, args, hint)
    }

    /// The call of an associated function that is marked to be inlined, or that is small and makes a struct of
    /// references.
    pub(super) fn inlined_associated(
        &mut self,
        path: &syn::ExprPath,
        args: &[&Expr],
        hint: &Ty,
    ) -> Option<Operand> {
        let [owner, name] = path.path.segments.iter().collect::<Vec<_>>()[..] else { return None };
        let owner = match &self.types.self_ty {
            Some(Type::Path(this)) if owner.ident == "Self" => this.path.segments.last()?.ident.clone(),
            _ => owner.ident.clone(),
        };
        if path.qself.is_some() {
            return None;
        }
        let followed = self.around.method(&owner, &name.ident).is_some_and(|(_, found)| {
            is_inlined(&found.item.attrs) || self.gives_references(&owner, &found.item.sig)
        });
        if !followed && !self.is_constructor_of_scalars(&owner, &name.ident) {
            return None;
        }
        let small = self.known_method(&owner, &name.ident)?;
        if let Some(refused) = self.hidden(&small, &name.ident) {
            return Some(refused);
        }
        match (small.receiver, args) {
            (None, args) => self.inline_small(&small, None, args, hint),
            (Some(_), [this, args @ ..]) => {
                let this = self.operand(this, &Ty::Unknown);
                self.inline_small(&small, Some(&this), args, hint)
            }
            (Some(_), []) => None,
        }
    }

    /// A small method of a struct.
    pub(super) fn small_of(&mut self, of: &Named, name: &Ident) -> Known {
        let (Type::Path(path), Some(_)) = (&of.written, &of.fields) else { return None };
        let [segment] = &path.path.segments.iter().collect::<Vec<_>>()[..] else { return None };
        self.known_method(&segment.ident, name)
    }

    /// The call of a small method of a struct.
    pub(super) fn small_method(
        &mut self,
        receiver: &Operand,
        of: &Named,
        name: &Ident,
        (args, asked): (&[&Expr], bool),
        hint: &Ty,
    ) -> Option<Operand> {
        let small = self.small_of(of, name).filter(|small| !(small.leaves && asked))?;
        if small.chooses && small.read.is_none() {
            return self.refused_choice(of, &small, name);
        }
        if let Some(refused) = self.hidden(&small, name) {
            return Some(refused);
        }
        self.inline_small(&small, Some(receiver), args, hint)
    }

    /// Whether what is called gives a struct whose fields are references.
    pub(super) fn call_gives_references(&self, callee: &ir::Callee, args: &[ir::Arg]) -> bool {
        let Some((sig, _)) = self.text_of(callee, args) else { return false };
        let owner = match callee {
            ir::Callee::Path(path) => path.segments.first().map(|first| first.ident.clone()),
            ir::Callee::Assoc { prefix, .. } => match prefix.clone().into_iter().next() {
                Some(proc_macro2::TokenTree::Ident(owner)) => Some(owner),
                _ => None,
            },
            ir::Callee::Method { .. } => {
                let Some(ir::Arg::Receiver { place, .. }) = args.first() else { return false };
                let Ty::Named(named) = self.f.place_ty(place) else { return false };
                let Type::Path(path) = &named.written else { return false };
                path.path.segments.last().map(|last| last.ident.clone())
            }
        };
        owner.is_some_and(|owner| self.gives_references(&owner, &sig))
    }

    fn refers(&self, owner: &Ident) -> bool {
        self.types.ty(&syn::parse_quote!(#owner)).holds_references()
    }

    /// Whether a function of a type gives a struct whose fields are references.
    fn gives_references(&self, owner: &Ident, sig: &Signature) -> bool {
        let syn::ReturnType::Type(_, output) = &sig.output else { return false };
        let output = syn::parse2::<Type>(renamed(output.to_token_stream(), owner));
        output.is_ok_and(|output| self.types.ty(&output).holds_references())
    }

    fn known_method(&mut self, owner: &Ident, name: &Ident) -> Known {
        let key = format!("{owner}::{name}");
        if let Some(known) = self.small.known.get(&key) {
            return known.clone();
        }
        // One that calls itself is not.
        self.small.known.insert(key.clone(), None);
        let order = self.order;
        let found = self.around.method(owner, name).filter(|(_, found)| found.whole);
        let found = found.and_then(|(block, found)| {
            let sig = &found.item.sig;
            let changes = matches!(sig.receiver().and_then(Receiver::of), Some(Receiver::RefMut));
            // What refers to data is known where it is made, and nowhere else.
            let refers = self.gives_references(owner, sig) || changes && self.refers(owner);
            let order = if refers { 0 } else { order };
            let item = found.item;
            let body = expanded(&item.sig, &item.block, &self.around.at(found.at));
            method(owner, &block, &ImplItemFn { block: body, ..item }, (order, LARGEST))
        });
        let found = found.or_else(|| self.method_of_scalars_elsewhere(owner, name));
        let found = found.map(Rc::new).filter(|small| self.calls_are_known(owner, small));
        let itself = Called::Method(owner.clone(), name.clone());
        let found = found.filter(|small| !(small.leaves && self.leads_back(&itself)));
        self.small.known.insert(key, found.clone());
        found
    }

    /// A method of a struct of numbers of another module, whose fields can be named here.
    fn method_of_scalars_elsewhere(&self, owner: &Ident, name: &Ident) -> Option<Small> {
        let ty = self.types.ty(&syn::parse_quote!(#owner));
        if !ty.is_made_of_scalars() || !ty.is_open() || self.around.method(owner, name).is_some() {
            return None;
        }
        let (block, found) = self.around.body_elsewhere(owner, name).filter(|(_, found)| found.whole)?;
        if is_inlined(&found.item.attrs) || gives_reference(&found.item.sig) {
            return None;
        }
        let small = method(owner, &block, &found.item, (self.order, LARGEST))?;
        // What it calls may stay a call.
        let visible = small.calls.iter().all(|called| {
            let found = self.around.body_elsewhere(owner, called);
            found.is_some_and(|(_, found)| !matches!(found.item.vis, syn::Visibility::Inherited))
        });
        (!small.leaves && visible).then_some(small)
    }

    /// Whether an associated function does nothing but make a struct of numbers.
    fn is_constructor_of_scalars(&mut self, owner: &Ident, name: &Ident) -> bool {
        let ty = self.types.ty(&syn::parse_quote!(#owner));
        ty.is_made_of_scalars()
            && self.known_method(owner, name).is_some_and(|small| {
                let makes = matches!(unparen(&small.body), Expr::Struct(_) | Expr::Call(_));
                let gives = matches!(&small.output, Some(Type::Path(path)) if path.path.is_ident(owner));
                makes && gives && small.receiver.is_none()
            })
    }

    /// Whether what a small one calls is small: of what methods of `self` give no more is known here than that it is a
    /// number; of associated functions, that they make structs.
    pub(super) fn calls_are_known(&mut self, owner: &Ident, small: &Small) -> bool {
        small.made.iter().all(|(of, name)| self.is_constructor_of_scalars(of, name))
            && small
                .calls
                .iter()
                .all(|name| self.known_method(owner, name).is_some_and(|called| called.gives_number()))
    }

    /// Refuses a call of one that would look up what the body defines.
    fn hidden(&mut self, small: &Small, call: &Ident) -> Option<Operand> {
        let hidden = small.looked_up.iter().any(|name| self.types.structures.hides(name));
        hidden.then(|| self.refuse(call, message::INLINED_HIDDEN))
    }

    pub(super) fn inline_small(
        &mut self,
        small: &Rc<Small>,
        receiver: Option<&Operand>,
        args: &[&Expr],
        hint: &Ty,
    ) -> Option<Operand> {
        if !self.can_inline(small)
            || small.params.len() != args.len()
            || small.receiver.is_some() != receiver.is_some()
        {
            return None;
        }
        if let Some(reading) = reading(small) {
            self.small.within.push(small.clone());
            let operand = self.inline_small(&Rc::new(reading), receiver, args, hint);
            self.small.within.pop();
            return operand;
        }
        let this = match (receiver, small.receiver) {
            (Some(operand), Some(how)) => match (operand, how) {
                (Operand::Place(place), Receiver::Value) => Some(Operand::Place(place.clone())),
                (Operand::Place(place), Receiver::Ref | Receiver::RefMut) => {
                    // A temporary may be changed by its method.
                    if place.is_var() && self.generated.contains(&place.root) {
                        self.f.vars[place.root.0].mutable |= matches!(how, Receiver::RefMut);
                    }
                    Some(Operand::Ref(place.clone(), matches!(how, Receiver::RefMut)))
                }
                (Operand::Ref(place, mutable), _) => Some(Operand::Ref(place.clone(), *mutable)),
                // A temporary, from which a part is taken.
                (Operand::Value(value @ ir::Expr::Struct { .. }), how) => {
                    let var = self.temp_var("r", value.clone());
                    self.f.vars[var.0].mutable = matches!(how, Receiver::RefMut);
                    match how {
                        Receiver::Value => Some(Operand::var(var)),
                        _ => Some(Operand::Ref(ir::Place::var(var), matches!(how, Receiver::RefMut))),
                    }
                }
                _ => return None,
            },
            _ => None,
        };
        // A receiver by value is copied before the arguments change it.
        let (by_value, this) = match (this, small.receiver) {
            (Some(Operand::Place(place) | Operand::Ref(place, _)), Some(Receiver::Value)) => {
                (Some(place), None)
            }
            (this, _) => (None, this),
        };
        let first = usize::from(by_value.is_some());
        let mut operands = self.sequence(first + args.len(), &mut |this, k| {
            let k = match (k.checked_sub(first), &by_value) {
                (Some(k), _) => k,
                (None, Some(place)) => return Operand::Place(place.clone()),
                (None, None) => unreachable!("only a receiver comes first"),
            };
            let hint = match &small.params[k] {
                Pat::Type(typed) => this.types.ty(&typed.ty),
                _ => Ty::Unknown,
            };
            if let Some(true) = small.generic.functions.get(k + usize::from(small.receiver.is_some())) {
                return this.function_argument(args[k]);
            }
            let operand = this.operand(args[k], &hint);
            if small.marked[k] { this.constant_argument(small, k, args[k], operand) } else { operand }
        });
        let this = this.or_else(|| by_value.is_some().then(|| operands.remove(0)));
        Some(self.inline_body(small, this, operands, hint))
    }

    /// The call of an operator on operands, `self` first.
    pub(super) fn inline_operator(
        &mut self,
        small: &Rc<Small>,
        mut operands: Vec<Operand>,
    ) -> Option<Operand> {
        if !self.can_inline(small) || small.marked.iter().any(|marked| *marked) {
            return None;
        }
        let this = operands.remove(0);
        let hint = Ty::Unknown;
        Some(self.inline_body(small, Some(this), operands, &hint))
    }

    /// Whether the text does not grow too much.
    fn can_inline(&self, small: &Rc<Small>) -> bool {
        let within = self.small.within.iter().any(|other| Rc::ptr_eq(other, small));
        // What is followed may call what is followed, so that text may grow as a power does.
        let grown = self.small.within.len() >= DEEPEST || self.inlined > MOST;
        !(within
            || grown
            || self.tree
            || small.functions.iter().any(|name| self.is_own_name(&name.to_string())))
    }

    fn inline_body(
        &mut self,
        small: &Rc<Small>,
        this: Option<Operand>,
        operands: Vec<Operand>,
        hint: &Ty,
    ) -> Operand {
        let mut scopes = Scopes::default();
        scopes.push();
        if let Some(this) = this {
            scopes.bind(&Ident::new("self", proc_macro2::Span::call_site()), this);
        }
        let mut closure =
            Closure::of_small(scopes, small.params.clone(), small.body.clone(), &small.output, &small.name);
        closure.generic.names = small.generic.names.clone();
        self.small.within.push(small.clone());
        let operand = self.inline_closure(&closure, operands, hint);
        self.small.within.pop();
        operand
    }

    /// An argument for a parameter that is marked: refused if it turns out to be active.
    fn constant_argument(&mut self, small: &Small, k: usize, arg: &Expr, operand: Operand) -> Operand {
        let value = self.owned(operand);
        let value = match value {
            ir::Expr::Lit(_) | ir::Expr::Read(_) => value,
            value => self.temp(value),
        };
        if let ir::Expr::Read(place) = &value {
            let name = match &small.params[k] {
                Pat::Type(typed) => typed.pat.to_token_stream().to_string(),
                other => other.to_token_stream().to_string(),
            };
            let message = message::constant_parameter(&name, &small.name.to_string());
            self.check(vec![self.f.storage(place.root)], arg, message);
        }
        Operand::Value(value)
    }
}

/// What a function lends to be read, where that is a number, or what is generic.
fn read_of(sig: &Signature, of: Option<&Generics>) -> Option<Option<Type>> {
    let syn::ReturnType::Type(_, output) = &sig.output else { return None };
    let Type::Reference(syn::TypeReference { mutability: None, elem, .. }) = &**output else { return None };
    let Type::Path(path) = &**elem else { return None };
    let name = path.path.get_ident()?;
    let mut params = of.into_iter().flat_map(Generics::type_params);
    match super::types::is_primitive(&name.to_string()) {
        true => Some(Some((**elem).clone())),
        false => params.any(|param| param.ident == *name).then_some(None),
    }
}

/// A method that is inlined, with `Self` spelled out.
pub(super) fn method(
    owner: &Ident,
    block: &ItemImpl,
    method: &ImplItemFn,
    (order, largest): (u8, usize),
) -> Option<Small> {
    let (on_block, on_method) = (&block.attrs, &method.attrs);
    let order = if is_known_without(&method.sig) { 0 } else { order };
    let annotated = is_inlined(on_method)
        || is_plain(on_block, Some(order)) && is_plain(on_method, None)
        || is_plain(on_block, None) && is_plain(on_method, Some(order))
        || is_known_without(&method.sig) && is_plain(on_block, None) && is_plain(on_method, None);
    if !annotated {
        return None;
    }
    let spelled = |tokens: TokenStream| renamed(tokens, owner);
    let sig = syn::parse2::<Signature>(spelled(method.sig.to_token_stream())).ok()?;
    let body = syn::parse2::<syn::Block>(spelled(method.block.to_token_stream())).ok()?;
    match is_inlined(on_method) {
        true => Small::inlined(&sig, body, &block.generics),
        false => Small::new(&sig, &body, (Some(&block.generics), largest)),
    }
}

/// `(usize, usize)`
fn is_integers(ty: &Type) -> bool {
    matches!(ty, Type::Tuple(tuple) if tuple.elems.iter().all(|elem| {
        matches!(elem, Type::Path(path) if path.path.get_ident().is_some_and(|name| {
            INTEGERS.iter().any(|known| name == known)
        }))
    }))
}

impl Small {
    /// A method that is marked to be inlined.
    fn inlined(sig: &Signature, body: syn::Block, of: &Generics) -> Option<Small> {
        let typed = |input: &FnArg| match input {
            FnArg::Typed(typed) => Some(typed.clone()),
            FnArg::Receiver(_) => None,
        };
        let receiver = sig.receiver().and_then(Receiver::of);
        let params: Vec<_> = sig.inputs.iter().filter_map(typed).collect();
        let is_marked = |typed: &syn::PatType| typed.attrs.iter().any(|attr| attr.path().is_ident("no_diff"));
        let looked_up = crate::names::looked_up(body.to_token_stream());
        let mut generic = Generic::of(sig);
        generic.names.extend(of.type_params().map(|param| param.ident.clone()));
        Some(Small {
            marked: params.iter().map(is_marked).collect(),
            params: params
                .into_iter()
                .map(|typed| Pat::Type(syn::PatType { attrs: Vec::new(), ..typed }))
                .collect(),
            receiver,
            body: Expr::Block(syn::ExprBlock { attrs: Vec::new(), label: None, block: body }),
            output: match &sig.output {
                syn::ReturnType::Type(_, ty) => Some((**ty).clone()),
                syn::ReturnType::Default => None,
            },
            read: None,
            chooses: false,
            name: sig.ident.clone(),
            calls: Vec::new(),
            functions: Vec::new(),
            made: Vec::new(),
            looked_up,
            leaves: false,
            generic,
        })
    }

    /// `None` where it is large, or has in it what means another thing elsewhere.
    fn new(sig: &Signature, body: &syn::Block, (of, largest): (Option<&Generics>, usize)) -> Option<Small> {
        let generics = [Some(&sig.generics), of].into_iter().flatten();
        let mut types = generics.flat_map(|generics| &generics.params);
        let plain = sig.asyncness.is_none() && matches!(sig.safety, syn::Safety::Default);
        // The name of a part mentions no types.
        let found = gives_optional_reference(sig);
        let part = gives_reference(sig) || found;
        if types.any(|param| !part && !matches!(param, syn::GenericParam::Lifetime(_)))
            || !plain
            || sig.variadic.is_some()
        {
            return None;
        }
        let (mut params, mut marked, mut receiver) = (Vec::new(), Vec::new(), None);
        // What changes what it is lent and then gives nothing has no pullback for the change.
        let leaves =
            !found && gives_outcome(sig) && lends(sig) && !super::spared::changes_last(sig, body, false);
        let left = if leaves { LARGEST_THAT_LEAVES } else { largest };
        let mut check = Check {
            names: vec!["self".to_owned()],
            inert: Vec::new(),
            left,
            leaves,
            builds: leaves || part,
            chooses: part,
            calls: Vec::new(),
            functions: Vec::new(),
            made: Vec::new(),
        };
        for input in &sig.inputs {
            match input {
                FnArg::Receiver(this) => {
                    receiver = Some(Receiver::of(this)?);
                    let changed = matches!(receiver, Some(Receiver::Value)) && this.mutability.is_some();
                    if !this.attrs.is_empty() || changed {
                        return None;
                    }
                }
                FnArg::Typed(typed) => {
                    // An integer has no derivative, marked or not.
                    let is_marked = typed.attrs.iter().any(|attr| attr.path().is_ident("no_diff"));
                    let named = match &*typed.ty {
                        Type::Path(path) => {
                            path.path.get_ident().map(ToString::to_string).unwrap_or_default()
                        }
                        _ => String::new(),
                    };
                    let integer = INTEGERS.contains(&named.as_str());
                    marked.push(is_marked && !integer);
                    if let Pat::Tuple(tuple) = &*typed.pat
                        && !is_marked
                        && is_integers(&typed.ty)
                        && tuple
                            .elems
                            .iter()
                            .all(|elem| matches!(elem, Pat::Ident(name) if name.mutability.is_none()))
                    {
                        let mut names = Vec::new();
                        super::pattern::names(&typed.pat, &mut names);
                        check.names.extend(names.iter().map(ToString::to_string));
                        check.inert.extend(names.iter().map(ToString::to_string));
                        params.push(Pat::Type(syn::PatType { attrs: Vec::new(), ..typed.clone() }));
                        continue;
                    }
                    let Pat::Ident(name) = &*typed.pat else { return None };
                    if is_marked && !integer && !matches!(named.as_str(), "f64" | "f32")
                        || matches!(&*typed.ty, Type::ImplTrait(_))
                        || name.mutability.is_some()
                    {
                        return None;
                    }
                    check.names.push(name.ident.to_string());
                    let text = matches!(named.as_str(), "bool" | "char" | "String");
                    let lent = matches!(&*typed.ty, Type::Reference(ty) if ty.elem.to_token_stream().to_string() == "str");
                    if integer || text || lent {
                        check.inert.push(name.ident.to_string());
                    }
                    params.push(Pat::Type(syn::PatType { attrs: Vec::new(), ..typed.clone() }));
                }
            }
        }
        if !check.block(body) {
            return None;
        }
        let (names, chooses) = match body.stmts.as_slice() {
            [.., Stmt::Expr(last, None)] if found => (is_part_found(last), false),
            [.., Stmt::Expr(last, None)] => (is_part(last), part && is_choice(last)),
            _ => (false, false),
        };
        if part && !names && !chooses {
            return None;
        }
        let block = syn::ExprBlock { attrs: Vec::new(), label: None, block: body.clone() };
        let body = match body.stmts.as_slice() {
            [Stmt::Expr(only, None)] => only.clone(),
            // What is made bit by bit is handed over, which only a call does.
            [.., Stmt::Expr(last, None)]
                if !part
                    && !leaves
                    && matches!(unparen(last), Expr::Path(path) if ir::outcome_variant(&path.path).is_none()) =>
            {
                return None;
            }
            _ => Expr::Block(block),
        };
        let output = match &sig.output {
            syn::ReturnType::Type(..) if part => None,
            syn::ReturnType::Type(_, ty) => Some((**ty).clone()),
            syn::ReturnType::Default => None,
        };
        Some(Small {
            params,
            marked,
            receiver,
            body,
            output,
            read: read_of(sig, of).filter(|_| chooses),
            chooses,
            name: sig.ident.clone(),
            calls: check.calls,
            functions: check.functions,
            made: check.made,
            looked_up: BTreeSet::new(),
            generic: Generic::default(),
            leaves,
        })
    }

    /// Whether it calls nothing of its file.
    pub(super) fn is_free_of_calls(&self) -> bool {
        self.calls.is_empty() && self.made.is_empty() && self.functions.is_empty() && !self.leaves
    }

    pub(super) fn chooses(&self) -> bool {
        self.chooses
    }

    /// The same with another body, and with a parameter more.
    pub(super) fn with(&self, body: Expr, param: Option<Pat>, output: Option<Type>) -> Small {
        let mut other = Small { body, output, read: None, chooses: false, ..self.clone() };
        other.marked.extend(param.iter().map(|_| false));
        other.params.extend(param);
        other
    }

    fn gives_number(&self) -> bool {
        matches!(&self.output, Some(Type::Path(path))
            if path.path.get_ident().is_some_and(|name| super::types::is_primitive(&name.to_string())))
            || self.output.is_none()
    }
}

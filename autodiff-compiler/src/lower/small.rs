//! Functions and methods so small that derivatives have them inlined: `m.get(i, j)` is then an element
//! like any other, in loops and out of them.
//!
//! Only what is annotated with the order that is needed and without other options is inlined, so that
//! whoever writes a rule of its own, or forgets the attribute, gets what is expected.

use super::Lowerer;
use super::choosing::reading;
use super::closure::Closure;
use super::leading_back::Called;
use super::scope::{Operand, Scopes};
use super::signatures::{Receiver, is_plain, renamed};
use super::small_functions::{LARGEST, Small, gives_reference, is_known_without, method};
use super::stmt::unparen;
use crate::by_example::expanded;
use crate::diagnostics::message;
use crate::ir::{self, Named, Ty};
use crate::surroundings::is_inlined;
use proc_macro2::Ident;
use quote::ToTokens;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use syn::{Expr, ImplItemFn, Pat, Signature, Type};

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
    pub(super) fn can_inline(&self, small: &Rc<Small>) -> bool {
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

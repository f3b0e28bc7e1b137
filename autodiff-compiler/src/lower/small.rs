//! Functions and methods so small that derivatives have them inlined: `m.get(i, j)` is then an element
//! like any other, in loops and out of them.
//!
//! Only what is annotated with the order that is needed and without other options is inlined, so that
//! whoever writes a rule of its own, or forgets the attribute, gets what is expected.

use super::Lowerer;
use super::closure::Closure;
use super::scope::{Operand, Scopes};
use super::signatures::{Receiver, is_plain, renamed};
use super::stmt::unparen;
use super::types::INTEGERS;
use crate::diagnostics::message;
use crate::ir::{self, Named, Ty};
use crate::primitives::{self, Primitive};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use std::rc::Rc;
use syn::punctuated::Punctuated;
use syn::{Expr, FnArg, Generics, ImplItemFn, ItemImpl, Pat, Signature, Stmt, Token, Type};

const ASSERTIONS: [&str; 6] =
    ["assert", "assert_eq", "assert_ne", "debug_assert", "debug_assert_eq", "debug_assert_ne"];

/// The largest body, in expressions.
const LARGEST: usize = 40;

/// Methods of sequences, and of the iterators over them, that take no closures.
const SEQUENCES: [&str; 14] = [
    "iter",
    "iter_mut",
    "enumerate",
    "zip",
    "rev",
    "skip",
    "take",
    "copied",
    "len",
    "is_empty",
    "push",
    "swap",
    "fill",
    "clear",
];

/// The largest one that changes what it is lent and may then give `None` or `Err`.
const LARGEST_THAT_LEAVES: usize = 400;

/// What is known of a name, once it was looked up.
pub(super) type Known = Option<Rc<Small>>;

/// A function that is inlined.
pub(super) struct Small {
    params: Vec<Pat>,
    /// Those marked `#[no_diff]`.
    marked: Vec<bool>,
    receiver: Option<Receiver>,
    body: Expr,
    output: Option<Type>,
    name: Ident,
    /// The methods that it calls on `self`.
    calls: Vec<Ident>,
    /// The functions that it calls by their names alone.
    functions: Vec<Ident>,
}

/// Whether a function gives a reference to a part of what it is given, by a body that can be inlined: its calls
/// stand for the part, and it has no companions.
pub fn names_a_part(sig: &Signature, body: Option<&syn::Block>) -> bool {
    gives_reference(sig) && body.is_some_and(|body| Small::new(sig, body, None).is_some())
}

fn gives_reference(sig: &Signature) -> bool {
    matches!(&sig.output, syn::ReturnType::Type(_, ty) if matches!(**ty, Type::Reference(_)))
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
    integer || gives_reference(sig)
}

/// `&self.items[k]`, `&mut self.rows[i][a..b]`, `self.items.as_slice()`, `self`
fn is_part(expr: &Expr) -> bool {
    fn is_place(expr: &Expr) -> bool {
        match unparen(expr) {
            Expr::Path(path) => path.path.get_ident().is_some(),
            Expr::Field(field) => is_place(&field.base),
            Expr::Index(index) => is_place(&index.expr),
            Expr::Unary(unary) => matches!(unary.op, syn::UnOp::Deref(_)) && is_place(&unary.expr),
            _ => false,
        }
    }
    match unparen(expr) {
        // A builder hands itself on.
        Expr::Path(path) => path.path.is_ident("self"),
        Expr::Reference(reference) => is_place(&reference.expr),
        Expr::MethodCall(call) => is_slice_of(call) && is_place(&call.receiver),
        _ => false,
    }
}

fn is_slice_of(call: &syn::ExprMethodCall) -> bool {
    call.args.is_empty() && (call.method == "as_slice" || call.method == "as_mut_slice")
}

impl Lowerer<'_> {
    /// The call of a small function.
    pub(super) fn small_call(&mut self, name: &Ident, args: &[&Expr], hint: &Ty) -> Option<Operand> {
        let key = name.to_string();
        if self.is_own_name(&key) {
            return None;
        }
        let small = match self.small.get(&key) {
            Some(known) => known.clone(),
            None => {
                let order = self.order;
                let found = self.around.function(name).filter(|found| found.whole).map(|found| found.item);
                let item = found.filter(|item| {
                    is_plain(&item.attrs, Some(order))
                        || is_known_without(&item.sig) && is_plain(&item.attrs, None)
                });
                let found = item.and_then(|item| {
                    Small::new(&item.sig, &item.block, None).filter(|small| small.receiver.is_none())
                });
                let found = found.map(Rc::new);
                self.small.insert(key, found.clone());
                found
            }
        };
        self.inline_small(&small?, None, args, hint)
    }

    /// The call of a small method of a struct.
    pub(super) fn small_method(
        &mut self,
        receiver: &Operand,
        of: &Named,
        name: &Ident,
        args: &[&Expr],
        hint: &Ty,
    ) -> Option<Operand> {
        let (Type::Path(path), Some(_)) = (&of.written, &of.fields) else { return None };
        let [segment] = &path.path.segments.iter().collect::<Vec<_>>()[..] else { return None };
        let owner = &segment.ident;
        let small = self.known_method(owner, name)?;
        self.inline_small(&small, Some(receiver), args, hint)
    }

    fn known_method(&mut self, owner: &Ident, name: &Ident) -> Known {
        let key = format!("{owner}::{name}");
        if let Some(known) = self.small.get(&key) {
            return known.clone();
        }
        // One that calls itself is not.
        self.small.insert(key.clone(), None);
        let order = self.order;
        let found = self.around.method(owner, name).filter(|(_, found)| found.whole);
        let found = found.and_then(|(block, found)| method(owner, &block, &found.item, order));
        let found = found.map(Rc::new).filter(|small| {
            // Of what the others give no more is known here than that it is a number.
            small
                .calls
                .iter()
                .all(|name| self.known_method(owner, name).is_some_and(|called| called.gives_number()))
        });
        self.small.insert(key, found.clone());
        found
    }

    fn inline_small(
        &mut self,
        small: &Rc<Small>,
        receiver: Option<&Operand>,
        args: &[&Expr],
        hint: &Ty,
    ) -> Option<Operand> {
        let within = self.within.iter().any(|other| Rc::ptr_eq(other, small));
        if within
            || self.tree
            || small.params.len() != args.len()
            || small.receiver.is_some() != receiver.is_some()
            || small.functions.iter().any(|name| self.is_own_name(&name.to_string()))
        {
            return None;
        }
        let this = match (receiver, small.receiver) {
            (Some(operand), Some(how)) => match (operand, how) {
                (Operand::Place(place), Receiver::Value) => Some(Operand::Place(place.clone())),
                (Operand::Place(place), Receiver::Ref | Receiver::RefMut) => {
                    Some(Operand::Ref(place.clone(), matches!(how, Receiver::RefMut)))
                }
                (Operand::Ref(place, mutable), _) => Some(Operand::Ref(place.clone(), *mutable)),
                _ => return None,
            },
            _ => None,
        };
        let operands = self.sequence(args.len(), &mut |this, k| {
            let hint = match &small.params[k] {
                Pat::Type(typed) => this.types.ty(&typed.ty),
                _ => Ty::Unknown,
            };
            let operand = this.operand(args[k], &hint);
            if small.marked[k] { this.constant_argument(small, k, args[k], operand) } else { operand }
        });
        let mut scopes = Scopes::default();
        scopes.push();
        if let Some(this) = this {
            scopes.bind(&Ident::new("self", proc_macro2::Span::call_site()), this);
        }
        let closure =
            Closure::of_small(scopes, small.params.clone(), small.body.clone(), &small.output, &small.name);
        self.within.push(small.clone());
        let operand = self.inline_closure(&closure, operands, hint);
        self.within.pop();
        Some(operand)
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

/// A method that is inlined, with `Self` spelled out.
fn method(owner: &Ident, block: &ItemImpl, method: &ImplItemFn, order: u8) -> Option<Small> {
    let (on_block, on_method) = (&block.attrs, &method.attrs);
    let order = if is_known_without(&method.sig) { 0 } else { order };
    let annotated = is_plain(on_block, Some(order)) && is_plain(on_method, None)
        || is_plain(on_block, None) && is_plain(on_method, Some(order))
        || is_known_without(&method.sig) && is_plain(on_block, None) && is_plain(on_method, None);
    if !annotated {
        return None;
    }
    let spelled = |tokens: TokenStream| renamed(tokens, owner);
    let sig = syn::parse2::<Signature>(spelled(method.sig.to_token_stream())).ok()?;
    let body = syn::parse2::<syn::Block>(spelled(method.block.to_token_stream())).ok()?;
    Small::new(&sig, &body, Some(&block.generics))
}

impl Small {
    /// `None` where it is large, or has in it what means another thing elsewhere.
    fn new(sig: &Signature, body: &syn::Block, of: Option<&Generics>) -> Option<Small> {
        let generics = [Some(&sig.generics), of].into_iter().flatten();
        let mut types = generics.flat_map(|generics| &generics.params);
        let plain = sig.asyncness.is_none() && matches!(sig.safety, syn::Safety::Default);
        // The name of a part mentions no types.
        let part = gives_reference(sig);
        if types.any(|param| !part && !matches!(param, syn::GenericParam::Lifetime(_)))
            || !plain
            || sig.variadic.is_some()
        {
            return None;
        }
        let (mut params, mut marked, mut receiver) = (Vec::new(), Vec::new(), None);
        // What changes what it is lent and then gives nothing has no pullback for the change.
        let leaves = gives_outcome(sig) && lends(sig) && !super::spared::changes_last(sig, body);
        let left = if leaves { LARGEST_THAT_LEAVES } else { LARGEST };
        let mut check = Check {
            names: vec!["self".to_owned()],
            left,
            leaves,
            builds: leaves || part,
            calls: Vec::new(),
            functions: Vec::new(),
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
                    let Pat::Ident(name) = &*typed.pat else { return None };
                    if is_marked && !integer && !matches!(named.as_str(), "f64" | "f32")
                        || matches!(&*typed.ty, Type::ImplTrait(_))
                        || name.mutability.is_some()
                    {
                        return None;
                    }
                    check.names.push(name.ident.to_string());
                    params.push(Pat::Type(syn::PatType { attrs: Vec::new(), ..typed.clone() }));
                }
            }
        }
        if !check.block(body) {
            return None;
        }
        if part && !matches!(body.stmts.as_slice(), [.., Stmt::Expr(last, None)] if is_part(last)) {
            return None;
        }
        let block = syn::ExprBlock { attrs: Vec::new(), label: None, block: body.clone() };
        let body = match body.stmts.as_slice() {
            [Stmt::Expr(only, None)] => only.clone(),
            // What is made bit by bit is handed over, which only a call does.
            [.., Stmt::Expr(last, None)]
                if !part
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
            name: sig.ident.clone(),
            calls: check.calls,
            functions: check.functions,
        })
    }

    fn gives_number(&self) -> bool {
        matches!(&self.output, Some(Type::Path(path))
            if path.path.get_ident().is_some_and(|name| super::types::is_primitive(&name.to_string())))
            || self.output.is_none()
    }
}

/// Whether a body is small, straight and made of what means the same everywhere.
struct Check {
    /// The names that it may use.
    names: Vec<String>,
    left: usize,
    /// Whether it may leave early, and have loops.
    leaves: bool,
    /// Whether it may change sequences.
    builds: bool,
    /// The methods that are called on `self`.
    calls: Vec<Ident>,
    /// The functions that are called by their names alone.
    functions: Vec<Ident>,
}

impl Check {
    fn block(&mut self, block: &syn::Block) -> bool {
        let outside = self.names.len();
        let fits = block.stmts.iter().all(|stmt| match stmt {
            Stmt::Local(local) => {
                let pat = match &local.pat {
                    Pat::Type(typed) => &*typed.pat,
                    pat => pat,
                };
                let Some(init) = &local.init else { return false };
                if self.leaves {
                    let diverges = init.diverge.as_ref().is_none_or(|(_, diverge)| self.expr(diverge));
                    let fits = diverges && self.expr(&init.expr);
                    self.bind(pat);
                    return fits;
                }
                let Pat::Ident(name) = pat else { return false };
                let fits = init.diverge.is_none() && self.expr(&init.expr);
                self.names.push(name.ident.to_string());
                fits && name.subpat.is_none() && name.by_ref.is_none()
            }
            Stmt::Expr(expr, _) => self.expr(expr),
            Stmt::Macro(checked) => self.assertion(&checked.mac),
            Stmt::Item(_) => false,
        });
        self.names.truncate(outside);
        fits
    }

    /// `assert!(i < self.rows, "out of bounds")`
    fn assertion(&mut self, mac: &syn::Macro) -> bool {
        let is_one = mac.path.get_ident().is_some_and(|name| ASSERTIONS.iter().any(|known| name == known));
        let args = mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated);
        is_one && args.is_ok_and(|args| args.iter().all(|arg| self.expr(arg)))
    }

    /// `return Err("…".into())`, `Some(x)`, `None`
    fn outcome(&mut self, expr: &Expr) -> bool {
        match expr {
            Expr::Return(inner) => inner.expr.as_ref().is_none_or(|value| self.expr(value)),
            Expr::Path(path) => ir::outcome_variant(&path.path) == Some("None"),
            Expr::Call(call) => match &*call.func {
                Expr::Path(path) => match ir::outcome_variant(&path.path) {
                    Some("Some" | "Ok") => call.args.iter().all(|arg| self.expr(arg)),
                    // What an error is made of has no derivative; rustc sees whether it means the same here.
                    Some("Err") => call.args.iter().all(is_error),
                    _ => false,
                },
                _ => false,
            },
            Expr::Tuple(tuple) => tuple.elems.is_empty(),
            Expr::Break(inner) => inner.label.is_none() && inner.expr.is_none(),
            Expr::Continue(inner) => inner.label.is_none(),
            Expr::While(inner) => inner.label.is_none() && self.expr(&inner.cond) && self.block(&inner.body),
            Expr::ForLoop(inner) => inner.label.is_none() && self.expr(&inner.expr) && self.each(inner),
            _ => false,
        }
    }

    fn bind(&mut self, pat: &Pat) {
        let mut names = Vec::new();
        super::pattern::names(pat, &mut names);
        self.names.extend(names.iter().map(ToString::to_string));
    }

    /// What else may stand in a function that is followed since it leaves: names mean the same in all of a
    /// module, but for those of items in the caller's body.
    fn followed(&mut self, expr: &Expr) -> bool {
        let outside = self.names.len();
        let fits = match expr {
            Expr::Closure(inner) => {
                inner.inputs.iter().for_each(|input| self.bind(input));
                inner.asyncness.is_none() && self.expr(&inner.body)
            }
            Expr::Match(inner) => {
                self.expr(&inner.expr)
                    && inner.arms.iter().all(|arm| {
                        let outside = self.names.len();
                        self.bind(&arm.pat);
                        let fits = match &arm.pat {
                            Pat::Guard(guarded) => self.expr(&guarded.guard),
                            _ => true,
                        };
                        let fits = fits && self.expr(&arm.body);
                        self.names.truncate(outside);
                        fits
                    })
            }
            Expr::If(inner) if let Expr::Let(binding) = unparen(&inner.cond) => {
                let mut fits = self.expr(&binding.expr);
                self.bind(&binding.pat);
                fits = fits && self.block(&inner.then_branch);
                self.names.truncate(outside);
                fits && inner.else_branch.as_ref().is_none_or(|(_, els)| self.expr(els))
            }
            Expr::While(inner) if let Expr::Let(binding) = unparen(&inner.cond) => {
                let fits = inner.label.is_none() && self.expr(&binding.expr);
                self.bind(&binding.pat);
                fits && self.block(&inner.body)
            }
            Expr::MethodCall(inner) => {
                let own = matches!(unparen(&inner.receiver), Expr::Path(path) if path.path.is_ident("self"));
                !own && self.expr(&inner.receiver) && inner.args.iter().all(|arg| self.expr(arg))
            }
            Expr::Call(inner) => {
                let Expr::Path(path) = unparen(&inner.func) else { return false };
                match path.path.get_ident() {
                    Some(name) if self.names.contains(&name.to_string()) => {}
                    Some(name) => self.functions.push(name.clone()),
                    None if path.qself.is_some() => return false,
                    None => {}
                }
                inner.args.iter().all(|arg| self.expr(arg))
            }
            Expr::Try(inner) => self.expr(&inner.expr),
            Expr::Repeat(inner) => self.expr(&inner.expr) && self.expr(&inner.len),
            Expr::Macro(inner) => {
                let args = inner.mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated);
                inner.mac.path.is_ident("vec") && args.is_ok_and(|args| args.iter().all(|arg| self.expr(arg)))
            }
            _ => false,
        };
        self.names.truncate(outside);
        fits
    }

    /// `self.items.push(x)`
    fn sequence(&mut self, expr: &Expr) -> bool {
        let Expr::MethodCall(call) = expr else { return false };
        let own = matches!(unparen(&call.receiver), Expr::Path(path) if path.path.is_ident("self"));
        !own && call.turbofish.is_none()
            && SEQUENCES.iter().any(|name| call.method == name)
            && self.expr(&call.receiver)
            && call.args.iter().all(|arg| self.expr(arg))
    }

    /// The body of a loop over items.
    fn each(&mut self, each: &syn::ExprForLoop) -> bool {
        let mut names = Vec::new();
        super::pattern::names(&each.pat, &mut names);
        let outside = self.names.len();
        self.names.extend(names.iter().map(ToString::to_string));
        let fits = self.block(&each.body);
        self.names.truncate(outside);
        fits
    }

    fn expr(&mut self, expr: &Expr) -> bool {
        let Some(left) = self.left.checked_sub(1) else { return false };
        self.left = left;
        if self.leaves && (self.outcome(unparen(expr)) || self.followed(unparen(expr)))
            || self.builds && self.sequence(unparen(expr))
        {
            return true;
        }
        match unparen(expr) {
            Expr::Lit(_) => true,
            Expr::Path(path) => match path.path.get_ident() {
                Some(name) => self.names.contains(&name.to_string()),
                None => is_known_path(&path.path) && path.qself.is_none(),
            },
            Expr::Binary(inner) => self.expr(&inner.left) && self.expr(&inner.right),
            Expr::Unary(inner) => self.expr(&inner.expr),
            Expr::Reference(inner) => self.expr(&inner.expr),
            Expr::Field(inner) => self.expr(&inner.base),
            Expr::Index(inner) => self.expr(&inner.expr) && self.expr(&inner.index),
            Expr::Range(inner) => {
                let mut ends = [&inner.start, &inner.end].into_iter().flatten();
                ends.all(|end| self.expr(end))
            }
            Expr::Assign(inner) => self.expr(&inner.left) && self.expr(&inner.right),
            Expr::Cast(inner) => {
                matches!(&*inner.ty, Type::Path(path) if path.path.get_ident().is_some_and(|name| {
                    super::types::is_primitive(&name.to_string())
                })) && self.expr(&inner.expr)
            }
            Expr::MethodCall(inner) => {
                let (name, arity) = (inner.method.to_string(), inner.args.len() + 1);
                let number = primitives::is_method(&name, arity)
                    || Primitive::from_method(&name).is_some_and(|found| found.arity() == arity);
                let own = matches!(unparen(&inner.receiver), Expr::Path(path) if path.path.is_ident("self"));
                if own {
                    self.calls.push(inner.method.clone());
                } else if !(number || is_slice_of(inner) || name == "len" && arity == 1) {
                    return false;
                }
                inner.turbofish.is_none()
                    && self.expr(&inner.receiver)
                    && inner.args.iter().all(|arg| self.expr(arg))
            }
            Expr::Call(inner) => {
                matches!(unparen(&inner.func), Expr::Path(path) if is_known_path(&path.path) && path.qself.is_none())
                    && inner.args.iter().all(|arg| self.expr(arg))
            }
            Expr::Tuple(inner) => inner.elems.iter().all(|elem| self.expr(elem)),
            Expr::Array(inner) => inner.elems.iter().all(|elem| self.expr(elem)),
            Expr::Struct(inner) => {
                inner.rest.is_none()
                    && inner.path.get_ident().is_some()
                    && inner.fields.iter().all(|field| self.expr(&field.expr))
            }
            Expr::Block(inner) => inner.label.is_none() && self.block(&inner.block),
            Expr::If(inner) => {
                !matches!(unparen(&inner.cond), Expr::Let(_))
                    && self.expr(&inner.cond)
                    && self.block(&inner.then_branch)
                    && inner.else_branch.as_ref().is_none_or(|(_, els)| self.expr(els))
            }
            _ => false,
        }
    }
}

/// `f64::max`, `std::f64::consts::PI`
fn is_known_path(path: &syn::Path) -> bool {
    let first = path.segments.first().map(|first| first.ident.to_string()).unwrap_or_default();
    path.segments.len() > 1 && ["f64", "f32", "std", "core"].contains(&first.as_str())
}

/// `"text".into()`, `Error::Singular`, `String::from("text")`
fn is_error(expr: &Expr) -> bool {
    match unparen(expr) {
        Expr::Lit(_) => true,
        Expr::Path(path) => path.path.segments.len() > 1,
        Expr::Tuple(tuple) => tuple.elems.is_empty(),
        Expr::MethodCall(call) => {
            call.args.is_empty()
                && ["into", "to_string", "to_owned"].iter().any(|name| call.method == name)
                && is_error(&call.receiver)
        }
        Expr::Call(call) => {
            matches!(&*call.func, Expr::Path(path) if path.path.segments.len() > 1)
                && call.args.iter().all(is_error)
        }
        _ => false,
    }
}

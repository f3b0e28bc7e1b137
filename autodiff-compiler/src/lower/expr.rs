//! Expressions.

use super::Lowerer;
use super::closure::Closure;
use super::scope::Operand;
use super::stmt::{compound_op, unparen};
use super::types;
use crate::diagnostics::message;
use crate::ir::{Expr, Named, Op, Place, Proj, Ty};
use crate::names::respan;
use quote::{ToTokens, quote};
use std::rc::Rc;
use syn::spanned::Spanned;
use syn::{RangeLimits, UnOp};

impl Lowerer<'_> {
    /// Lowers an expression. `hint` is the type that the context asks for.
    pub(super) fn operand(&mut self, expr: &syn::Expr, hint: &Ty) -> Operand {
        if self.dead() {
            return Operand::unit();
        }
        if self.unwraps
            && let Some(matched) = self.value_of_payload(expr)
        {
            // A value: nothing can be assigned to it.
            return match self.operand(&matched, hint) {
                Operand::Place(place) => Operand::Value(self.read_or_move(place)),
                operand => operand,
            };
        }
        match expr {
            syn::Expr::Paren(inner) => self.operand(&inner.expr, hint),
            syn::Expr::Group(inner) => self.operand(&inner.expr, hint),
            syn::Expr::Lit(inner) => self.literal(&inner.lit, hint),
            syn::Expr::Path(path) => self.path(path, hint),
            syn::Expr::Unary(unary) => self.unary(unary, hint),
            syn::Expr::Binary(binary) => match compound_op(&binary.op) {
                Some(op) => {
                    self.compound(binary, op);
                    Operand::unit()
                }
                None => self.binary(binary, hint),
            },
            syn::Expr::Cast(cast) => self.cast(cast),
            syn::Expr::Field(field) => {
                let base = self.operand(&field.base, &Ty::Unknown);
                match self.field(base, &field.member) {
                    Operand::Place(place) | Operand::Ref(place, _)
                        if let Some(mutable) = self.lent_by_field(&place) =>
                    {
                        Operand::Ref(place, mutable)
                    }
                    // A field of what a reference refers to is a place, not a reference.
                    Operand::Ref(place, _) if !self.is_tuple_alias(&field.base) => Operand::Place(place),
                    // What a tuple is made of is copied or moved there.
                    Operand::Place(place)
                        if matches!(super::stmt::unparen(&field.base), syn::Expr::Tuple(_)) =>
                    {
                        Operand::Value(self.read_or_move(place))
                    }
                    other => other,
                }
            }
            syn::Expr::Index(index) => self.index(index, hint),
            syn::Expr::Reference(reference) => {
                let mutable = reference.mutability.is_some();
                if mutable && self.is_part_of_own_element(&reference.expr) {
                    return self.refuse(reference, message::PART_OF_AN_ELEMENT);
                }
                let inner = match hint {
                    Ty::Slice(_) => &Ty::Unknown,
                    hint => hint,
                };
                match self.operand(&reference.expr, inner) {
                    Operand::Place(place) => {
                        // A part of what is made here: `&mut [0.0; 8][..n]`.
                        let root = self.f.storage(place.root);
                        self.f.vars[root.0].mutable |= mutable;
                        Operand::Ref(place, mutable)
                    }
                    Operand::Ref(place, inner) => Operand::Ref(place, mutable && inner),
                    Operand::Value(value @ (Expr::Lit(_) | Expr::Opaque { .. })) if !mutable && self.tree => {
                        Operand::Value(value)
                    }
                    Operand::Value(value) => {
                        let var = self.temp_var("t", value);
                        self.f.vars[var.0].mutable = mutable;
                        Operand::Ref(Place::var(var), mutable)
                    }
                    // A reference to a fresh tuple; one with references in it is only ever taken apart.
                    Operand::Tuple(items) if items.iter().all(super::pattern::is_plain) => {
                        let value = self.owned(Operand::Tuple(items));
                        let var = self.temp_var("t", value);
                        self.f.vars[var.0].mutable = mutable;
                        Operand::Ref(Place::var(var), mutable)
                    }
                    other @ (Operand::Tuple(_)
                    | Operand::Closure(_)
                    | Operand::Stream(_)
                    | Operand::Maybe(_)) => other,
                }
            }
            syn::Expr::Tuple(tuple) => self.tuple(tuple, hint),
            syn::Expr::Array(array) => self.array(array, hint),
            syn::Expr::Repeat(repeat) => {
                let (item_hint, _) = element_hint(hint);
                let elem = self.value(&repeat.expr, &item_hint);
                let elem = Box::new(self.stored(elem));
                Operand::Value(Expr::Repeat { elem, len: repeat.len.to_token_stream() })
            }
            syn::Expr::Struct(inner) => self.structure(inner, hint),
            syn::Expr::Block(block) => self.block(block, hint),
            syn::Expr::If(inner) => self.if_value(inner, hint),
            syn::Expr::Match(inner) => self.match_value(inner, hint),
            syn::Expr::ForLoop(inner) => {
                self.for_loop(inner);
                Operand::unit()
            }
            syn::Expr::While(inner) => {
                self.while_loop(inner);
                Operand::unit()
            }
            syn::Expr::Loop(inner) => self.endless_loop(inner, hint),
            syn::Expr::Break(inner) => {
                self.break_out(inner);
                Operand::unit()
            }
            syn::Expr::Continue(inner) => {
                self.continue_on(inner);
                Operand::unit()
            }
            syn::Expr::Return(inner) => {
                self.return_value(inner);
                Operand::unit()
            }
            syn::Expr::Assign(assign) => {
                self.assign(assign);
                Operand::unit()
            }
            syn::Expr::Call(call) => self.call(call, hint),
            syn::Expr::MethodCall(call) => self.method_call(call, hint),
            syn::Expr::Macro(mac) => self.macro_operand(&mac.mac, hint, mac),
            syn::Expr::Closure(closure) => {
                let closure = Closure::new(self, closure);
                Operand::Closure(Rc::new(closure))
            }
            syn::Expr::Try(inner) => self.question(inner, hint),
            syn::Expr::Range(range) if self.is_interval(range) => self.interval(range),
            syn::Expr::Range(_) => match self.stream_of(expr) {
                Some(stream) => Operand::Stream(Rc::new(stream)),
                None => self.opaque_operand(expr, Ty::Inert, None),
            },
            syn::Expr::Let(inner) => {
                self.error(inner, message::CHAINED_LET);
                Operand::Value(Expr::Placeholder(Ty::Bool))
            }
            syn::Expr::Const(_) => {
                self.opaque_operand(expr, hint.clone(), Some(message::UNKNOWN_SYNTAX.into()))
            }
            syn::Expr::Unsafe(_) => self.opaque_operand(expr, hint.clone(), Some(message::UNSAFE.into())),
            syn::Expr::Async(_) | syn::Expr::Await(_) => {
                self.opaque_operand(expr, hint.clone(), Some(message::AWAIT.into()))
            }
            syn::Expr::Yield(_) => self.opaque_operand(expr, hint.clone(), Some(message::YIELD.into())),
            syn::Expr::TryBlock(_) => {
                self.opaque_operand(expr, hint.clone(), Some(message::TRY_BLOCK.into()))
            }
            syn::Expr::RawAddr(_) => {
                self.opaque_operand(expr, hint.clone(), Some(message::RAW_POINTER.into()))
            }
            _ => self.refuse(expr, message::UNKNOWN_SYNTAX),
        }
    }

    /// Whether `a..b` is one of floats: a pair, nothing to iterate over.
    pub(super) fn is_interval(&self, range: &syn::ExprRange) -> bool {
        matches!(range.limits, syn::RangeLimits::HalfOpen(_))
            && range.start.is_some()
            && range.end.is_some()
            && [&range.start, &range.end].into_iter().flatten().any(|end| self.type_of(end).is_float())
    }

    fn interval(&mut self, range: &syn::ExprRange) -> Operand {
        let ends: Vec<&syn::Expr> = [&range.start, &range.end].into_iter().flatten().map(|e| &**e).collect();
        let values = self.elements(&ends, &Ty::Unknown);
        let fields = ["start", "end"].into_iter().zip(values).map(|(name, value)| {
            (syn::Member::Named(syn::Ident::new(name, proc_macro2::Span::call_site())), value)
        });
        let fields = fields.collect();
        let ty = Named::opaque(syn::parse_quote!(::core::ops::Range<_>));
        Operand::Value(Expr::Struct { path: quote!(::core::ops::Range), fields, rest: None, ty })
    }

    /// The value of an expression.
    pub(super) fn value(&mut self, expr: &syn::Expr, hint: &Ty) -> Expr {
        let operand = self.operand(expr, hint);
        self.value_of(operand)
    }

    /// The value of an operand, where references are read through: in arithmetic.
    pub(super) fn value_of(&mut self, operand: Operand) -> Expr {
        match operand {
            Operand::Value(value) => value,
            Operand::Place(place) => self.read_or_move(place),
            Operand::Ref(place, _) => Expr::Read(place),
            Operand::Tuple(items) => {
                let items = items.into_iter().map(|item| self.value_of(item)).collect::<Vec<_>>();
                Expr::Tuple(items.into_iter().map(|item| self.stored(item)).collect())
            }
            Operand::Closure(closure) => {
                let tokens = closure.tokens();
                let (value, vars) = self.closure_as_value(&closure);
                self.check(vars, &tokens, message::CLOSURE_VALUE);
                value
            }
            Operand::Maybe(maybe) => self.option_value(&maybe),
            Operand::Stream(stream) => {
                self.error(&stream.tokens, message::ITERATOR_VALUE);
                Expr::Placeholder(Ty::Unknown)
            }
        }
    }

    /// The value of an operand as something that is kept: a reference inside it would lose what it
    /// refers to.
    pub(super) fn owned(&mut self, operand: Operand) -> Expr {
        match operand {
            // What is written through a reference that is kept would be lost.
            Operand::Ref(place, true) => {
                self.diag.error(place.span, message::REFERENCE_IN_VALUE);
                Expr::Placeholder(self.f.place_ty(&place))
            }
            Operand::Ref(place, false) if self.is_given_away(&place) => Expr::ToOwned(place),
            Operand::Ref(place, false) => {
                let ty = self.f.place_ty(&place);
                if ty.is_copy() { Expr::Read(place) } else { self.reference_value(place) }
            }
            Operand::Tuple(items) => {
                let items = items.into_iter().map(|item| self.owned(item)).collect::<Vec<_>>();
                Expr::Tuple(items.into_iter().map(|item| self.stored(item)).collect())
            }
            other => self.value_of(other),
        }
    }

    /// A reference as a value of its own: fine where nothing active is behind it.
    fn reference_value(&mut self, place: Place) -> Expr {
        let vars = vec![self.f.storage(place.root)];
        let mut tokens = self.f.info(place.root).name.clone();
        tokens.set_span(place.span);
        self.check(vars, &tokens, message::REFERENCE_IN_VALUE);
        let borrow = Expr::Borrow { place, mutable: false };
        Expr::Opaque { tokens: quote!(__hole_0), args: vec![borrow], ty: Ty::Unknown }
    }

    /// The value as part of an aggregate: an atom, or a move.
    pub(super) fn stored(&mut self, value: Expr) -> Expr {
        match value {
            Expr::Move(_) | Expr::ToOwned(_) => value,
            value => {
                let ty = value.ty(&self.f);
                // What cannot be active may be a tree.
                if !ty.may_be_active() || matches!(value, Expr::Opaque { .. }) {
                    return value;
                }
                match self.atomic(value) {
                    Expr::Read(place) => self.read_or_move(place),
                    atom => atom,
                }
            }
        }
    }

    fn literal(&mut self, lit: &syn::Lit, hint: &Ty) -> Operand {
        // `2` where a float is wanted is a float only in user code that rustc rejects; the hint
        // serves literals without a suffix.
        let _ = hint;
        match lit {
            syn::Lit::Int(_) | syn::Lit::Float(_) | syn::Lit::Bool(_) => {
                Operand::Value(Expr::Lit(lit.clone()))
            }
            lit => Operand::Value(Expr::Opaque { tokens: quote!(#lit), args: Vec::new(), ty: Ty::Inert }),
        }
    }

    fn path(&mut self, path: &syn::ExprPath, hint: &Ty) -> Operand {
        if let Some(name) = path.path.get_ident()
            && path.qself.is_none()
            && let Some(operand) = self.scopes.local(&name.to_string())
        {
            let operand = self.spanned(operand.clone(), path);
            return self.where_it_is(operand);
        }
        let ty = self.constant_ty(path, hint);
        let mut tokens = path.to_token_stream();
        // Nothing else may tell what is not there.
        if let Some(last) =
            path.path.segments.last().filter(|last| last.ident == "None" && last.arguments.is_none())
            && let Ty::Option(item) = &ty
            && let Ty::Named(item) = &**item
            && path.path.segments.len() == 1
        {
            tokens = quote!(#last::<#item>);
        }
        Operand::Value(Expr::Opaque { tokens, args: Vec::new(), ty })
    }

    fn spanned(&self, operand: Operand, tokens: &impl Spanned) -> Operand {
        match operand {
            Operand::Place(place) => Operand::Place(Place { span: tokens.span(), ..place }),
            Operand::Ref(place, mutable) => Operand::Ref(Place { span: tokens.span(), ..place }, mutable),
            Operand::Tuple(items) => {
                Operand::Tuple(items.into_iter().map(|item| self.spanned(item, tokens)).collect())
            }
            Operand::Maybe(maybe) => {
                let payload = self.spanned(maybe.payload.clone(), tokens);
                Operand::Maybe(std::rc::Rc::new(super::scope::Maybe { some: maybe.some.clone(), payload }))
            }
            other @ (Operand::Value(_) | Operand::Closure(_) | Operand::Stream(_)) => other,
        }
    }

    /// The type of an expression that is about to be lowered, where it is plain.
    pub(super) fn type_of(&self, expr: &syn::Expr) -> Ty {
        match unparen(expr) {
            syn::Expr::Path(path) => {
                match path.path.get_ident().and_then(|name| self.scopes.local(&name.to_string())) {
                    Some(Operand::Place(place) | Operand::Ref(place, _)) => self.f.place_ty(place),
                    Some(Operand::Value(value)) => value.ty(&self.f),
                    _ => self.constant_only(expr),
                }
            }
            syn::Expr::Index(index) if !matches!(unparen(&index.index), syn::Expr::Range(_)) => {
                self.type_of(&index.expr).element()
            }
            syn::Expr::Unary(unary) => match unary.op {
                UnOp::Deref(_) | UnOp::Neg(_) => self.type_of(&unary.expr),
                _ => Ty::Unknown,
            },
            syn::Expr::Reference(reference) => self.type_of(&reference.expr),
            syn::Expr::Lit(lit) => Expr::Lit(lit.lit.clone()).ty(&self.f),
            syn::Expr::Cast(cast) => self.types.ty(&cast.ty),
            syn::Expr::Field(field) => match (&field.member, self.type_of(&field.base)) {
                (syn::Member::Unnamed(index), Ty::Tuple(items)) => {
                    items.get(index.index as usize).cloned().unwrap_or(Ty::Unknown)
                }
                (member, Ty::Named(named)) => {
                    let field =
                        named.fields.iter().flat_map(|fields| fields.iter()).find(|of| of.member == *member);
                    field.map_or(Ty::Unknown, |field| field.ty.clone())
                }
                (syn::Member::Named(_) | syn::Member::Unnamed(_), _) => Ty::Unknown,
            },
            syn::Expr::MethodCall(call) => match call.method.to_string().as_str() {
                // Users' vectors have lengths that are floats.
                "len" | "count" if self.has_length_of_its_own(call) => Ty::Unknown,
                "len" | "count" => types::usize_ty(),
                "clone" | "to_owned" | "abs" | "sqrt" | "exp" | "ln" | "powi" | "powf" | "max" | "min" => {
                    self.type_of(&call.receiver)
                }
                _ => Ty::Unknown,
            },
            syn::Expr::Binary(binary) => {
                let (a, b) = (self.type_of(&binary.left), self.type_of(&binary.right));
                if (a.is_int() && b.is_int()) || (a.is_float() && b.is_float()) {
                    types::refined(&a, &b)
                } else {
                    Ty::Unknown
                }
            }
            _ => Ty::Unknown,
        }
    }

    fn constant_only(&self, expr: &syn::Expr) -> Ty {
        match unparen(expr) {
            syn::Expr::Path(path) => self.constant_ty(path, &Ty::Unknown),
            _ => Ty::Unknown,
        }
    }

    fn is_tuple_alias(&self, base: &syn::Expr) -> bool {
        match unparen(base) {
            syn::Expr::Path(path) => path
                .path
                .get_ident()
                .and_then(|name| self.scopes.local(&name.to_string()))
                .is_some_and(|operand| matches!(operand, Operand::Tuple(_))),
            syn::Expr::Field(field) => self.is_tuple_alias(&field.base),
            _ => false,
        }
    }

    fn tuple(&mut self, tuple: &syn::ExprTuple, hint: &Ty) -> Operand {
        let elems: Vec<&syn::Expr> = tuple.elems.iter().collect();
        let hints = match hint {
            Ty::Tuple(hints) => hints.clone(),
            _ => Vec::new(),
        };
        if elems.is_empty() {
            return Operand::unit();
        }
        let items = self.sequence(elems.len(), &mut |this, k| {
            let hint = hints.get(k).cloned().unwrap_or(Ty::Unknown);
            this.operand(elems[k], &hint)
        });
        Operand::Tuple(items)
    }

    fn array(&mut self, array: &syn::ExprArray, hint: &Ty) -> Operand {
        let (item_hint, _) = element_hint(hint);
        let elems: Vec<&syn::Expr> = array.elems.iter().collect();
        let items = self.elements(&elems, &item_hint);
        Operand::Value(Expr::Array(items))
    }

    /// The elements of an array or `Vec`, or the fields of a struct.
    pub(super) fn elements(&mut self, elems: &[&syn::Expr], hint: &Ty) -> Vec<Expr> {
        self.parts(elems, &vec![hint.clone(); elems.len()])
    }

    /// The same, each with the type that it is wanted as.
    pub(super) fn parts(&mut self, elems: &[&syn::Expr], hints: &[Ty]) -> Vec<Expr> {
        let operands =
            self.sequence(elems.len(), &mut |this, k| Operand::Value(this.component(elems[k], &hints[k])));
        operands.into_iter().map(|operand| self.value_of(operand)).collect()
    }

    /// A value that becomes part of another.
    pub(super) fn component(&mut self, expr: &syn::Expr, hint: &Ty) -> Expr {
        let operand = self.operand(expr, hint);
        self.component_of(operand, expr, hint)
    }

    pub(super) fn component_of(&mut self, operand: Operand, expr: &syn::Expr, hint: &Ty) -> Expr {
        let operand = if is_deref(expr) { operand } else { self.boxed(operand) };
        let value = self.owned(operand);
        let value = self.stored(value);
        // What a literal's type is, the whole says: `[(0.0, 1.0)]` of a written type.
        if let Expr::Read(Place { root, proj, .. }) = &value
            && proj.is_empty()
            && self.generated.contains(root)
        {
            self.refine(*root, hint);
        }
        value
    }

    fn structure(&mut self, inner: &syn::ExprStruct, hint: &Ty) -> Operand {
        let elems: Vec<&syn::Expr> = inner.fields.iter().map(|field| &field.expr).collect();
        let (path, mut ty) = self.named(&inner.qself, &inner.path, hint);
        let members = inner.fields.iter().map(|field| field.member.clone()).collect();
        let fields = self.members(&elems, members, &mut ty);
        let rest = inner.rest.as_ref().map(|rest| {
            let operand = self.operand(rest, &Ty::Unknown);
            let value = self.owned(operand);
            Box::new(self.stored(value))
        });
        Operand::Value(Expr::Struct { path, fields, rest, ty })
    }

    /// The tokens and the type of a path in a struct literal or constructor. `hint`: the type that the
    /// context asks for, which says what its parameters are.
    pub(super) fn named(
        &self,
        qself: &Option<syn::QSelf>,
        path: &syn::Path,
        hint: &Ty,
    ) -> (proc_macro2::TokenStream, Ty) {
        let whole = syn::ExprPath { attrs: Vec::new(), qself: qself.clone(), path: path.clone() };
        let capital = |segment: &syn::PathSegment| segment.ident.to_string().starts_with(char::is_uppercase);
        // `Shape::Circle` has the type `Shape`.
        let mut ty = path.clone();
        let variant = ty.segments.len() > 1 && ty.segments.iter().nth_back(1).is_some_and(capital);
        if variant {
            ty.segments.pop();
            if let Some(last) = ty.segments.pop() {
                ty.segments.push_value(last);
            }
        }
        if let (Ty::Named(wanted), Some(name)) = (hint, ty.get_ident())
            && wanted.fields.is_some()
            && matches!(&wanted.written, syn::Type::Path(path)
                if path.path.segments.last().is_some_and(|last| last.ident == *name))
        {
            // What is wrong with a part is so here, not where the type is written.
            let here = respan(wanted.written.to_token_stream(), name.span());
            let written = syn::parse2(here).unwrap_or_else(|_| wanted.written.clone());
            return (whole.to_token_stream(), Ty::Named(Box::new(Named { written, ..(**wanted).clone() })));
        }
        self.with_parameters(&mut ty);
        let ty = syn::Type::Path(syn::TypePath { attrs: Vec::new(), qself: None, path: ty });
        (whole.to_token_stream(), self.types.ty(&ty))
    }

    fn index(&mut self, index: &syn::ExprIndex, hint: &Ty) -> Operand {
        if self.is_own_index(index) {
            return self.own_element(index, hint);
        }
        if let Some(part) = self.followed_element(index) {
            return part;
        }
        let base = self.operand(&index.expr, &Ty::Unknown);
        let base = self.located(base, "a");
        let (Operand::Place(place) | Operand::Ref(place, _)) = base else {
            return self.refuse(index, message::UNKNOWN_SYNTAX);
        };
        if let Some(element) = self.map_element(index, &place, hint) {
            return element;
        }
        let span = index.span();
        if let syn::Expr::Range(range) = unparen(&index.index) {
            if let Some(refused) = self.refuse_list(&place, index) {
                return refused;
            }
            let (lo, hi) = self.range_bounds(range);
            let place = place.project(Proj::Range(lo, hi));
            return Operand::Place(Place { span, ..place });
        }
        let operand = self.operand(&index.index, &self.searched(&place, &index.index));
        let operand = match operand {
            Operand::Stream(stream) => match stream.as_range() {
                Some((lo, hi)) => {
                    let place = place.project(Proj::Range(Some(lo), Some(hi)));
                    return Operand::Place(Place { span, ..place });
                }
                None => Operand::Stream(stream),
            },
            operand => operand,
        };
        let value = self.value_of(operand);
        let value = self.index_atom(value);
        if self.is_list(&place) {
            let Operand::Ref(part, _) = self.listed(&place, value) else { return Operand::unit() };
            return Operand::Ref(Place { span, ..part }, false);
        }
        let place = place.project(Proj::Index(value));
        Operand::Place(Place { span, ..place })
    }

    /// The half-open bounds of a range used as an index.
    pub(super) fn range_bounds(&mut self, range: &syn::ExprRange) -> (Option<Expr>, Option<Expr>) {
        let usize_ty = types::usize_ty();
        let lo = range.start.as_ref().map(|start| {
            let value = self.value(start, &usize_ty);
            self.index_atom(value)
        });
        let hi = range.end.as_ref().map(|end| {
            let value = self.value(end, &usize_ty);
            let value = match range.limits {
                RangeLimits::HalfOpen(_) => value,
                RangeLimits::Closed(_) => plus_one(value),
            };
            self.index_atom(value)
        });
        (lo, hi)
    }

    /// The length of a place: a constant where its type tells.
    pub(super) fn length(&mut self, place: &Place) -> Expr {
        let value = match self.f.place_ty(place) {
            Ty::Array(_, len) if !len.is_empty() => match syn::parse2::<syn::LitInt>(len.clone()) {
                // `24` alone could be of any type.
                Ok(lit) if lit.suffix().is_empty() => {
                    let text = format!("{}usize", lit.base10_digits());
                    Expr::Lit(syn::Lit::Int(syn::LitInt::new(&text, lit.span())))
                }
                Ok(lit) => Expr::Lit(syn::Lit::Int(lit)),
                Err(_) => {
                    let tokens = match syn::parse2::<syn::Expr>(len.clone()) {
                        Ok(syn::Expr::Path(_)) => len,
                        _ => quote!((#len)),
                    };
                    Expr::Opaque { tokens, args: Vec::new(), ty: types::usize_ty() }
                }
            },
            _ => match place.proj.last() {
                Some(Proj::Range(lo, Some(hi))) => match lo {
                    Some(Expr::Lit(syn::Lit::Int(lit))) if lit.base10_digits() == "0" => hi.clone(),
                    None => hi.clone(),
                    Some(lo) => Expr::prim(Op::Sub, vec![hi.clone(), lo.clone()]),
                },
                _ => Expr::Len(place.clone()),
            },
        };
        if self.tree { value } else { self.len_atom(value) }
    }

    fn len_atom(&mut self, value: Expr) -> Expr {
        match &value {
            Expr::Lit(_) => value,
            Expr::Read(place) if place.is_var() && self.is_fixed(place.root) => value,
            _ => Expr::read(self.temp_var("n", value)),
        }
    }
}

/// `value + 1`, folded where it is a literal.
pub(super) fn plus_one(value: Expr) -> Expr {
    if let Expr::Lit(syn::Lit::Int(lit)) = &value
        && let Ok(number) = lit.base10_parse::<u64>()
        && number < 1 << 52
    {
        let text = format!("{}{}", number + 1, lit.suffix());
        return Expr::Lit(syn::Lit::Int(syn::LitInt::new(&text, lit.span())));
    }
    let one = syn::LitInt::new("1", proc_macro2::Span::call_site());
    Expr::prim(Op::Add, vec![value, Expr::Lit(syn::Lit::Int(one))])
}

/// The type that the elements of an aggregate of the hinted type have.
pub(super) fn element_hint(hint: &Ty) -> (Ty, bool) {
    match hint {
        Ty::Array(item, _) | Ty::Slice(item) | Ty::Vec(item) | Ty::Deque(item) => ((**item).clone(), true),
        _ => (Ty::Unknown, false),
    }
}

/// Whether it is what a pointer points to that an expression gives.
fn is_deref(expr: &syn::Expr) -> bool {
    matches!(unparen(expr), syn::Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)))
}

//! Method calls.

use super::Lowerer;
use super::closure::is_camel;
use super::maps::is_of_std;
use super::method_names::{CHECKED, INERT, INTEGER_METHODS, PREDICATES, STD_SEQUENCE_METHODS};
use super::scope::Operand;
use super::stmt::unparen;
use crate::diagnostics::message;
use crate::ir::{Callee, Expr, Op, Place, Proj, Ty};
use crate::primitives::{Primitive, assignment_from_method, operator_from_method};
use proc_macro2::Span;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

impl Lowerer<'_> {
    pub(super) fn method_call(&mut self, call: &syn::ExprMethodCall, hint: &Ty) -> Operand {
        let asked = self.is_asked();
        let name = call.method.to_string();
        let args: Vec<&syn::Expr> = call.args.iter().collect();
        if let Some(operand) = self.converted_unwrap(call, &name, hint) {
            return operand;
        }
        if let Some(operand) = self.error_handled(call, hint) {
            return operand;
        }
        if let Some(operand) = self.consumer(call, &name, &args, hint) {
            return operand;
        }
        if let Some(operand) = self.remainder(call) {
            return operand;
        }
        if let (syn::Expr::Array(parts), "concat", []) =
            (super::stmt::unparen(&call.receiver), name.as_str(), &args[..])
            && parts.elems.iter().any(|part| self.is_part_of_sequence(part))
        {
            return self.concatenated(parts, call.span());
        }
        let whole = syn::Expr::MethodCall(call.clone());
        if self.is_stream(&whole) {
            return match self.stream_of(&whole) {
                Some(stream) => Operand::Stream(std::rc::Rc::new(stream)),
                None => Operand::unit(),
            };
        }
        if PREDICATES.contains(&name.as_str())
            && Primitive::from_method(&name).is_none()
            && self.is_pure_call(call)
        {
            if matches!(name.as_str(), "is_some" | "is_none" | "is_ok" | "is_err") {
                let receiver = self.operand(&call.receiver, &Ty::Unknown);
                if let Some(operand) = self.option_method(&name, &receiver, &args, hint) {
                    return operand;
                }
            }
            let whole = syn::Expr::MethodCall(self.compared_by_reference(call));
            return self.written(&whole, Ty::Bool, quote::quote!(::core::primitive::bool));
        }
        let parsed =
            name == "parse" && args.is_empty() && !matches!(self.type_of(&call.receiver), Ty::Named(_));
        if (parsed || is_of_text(call)) && self.is_pure_call(call) {
            return self.opaque_operand(&whole, Ty::Inert, Some(message::unknown_method(&name)));
        }
        if INERT.contains(&name.as_str()) && self.is_pure_call(call) {
            let whole = syn::Expr::MethodCall(self.compared_by_reference(call));
            return self.locally_constant(&whole, Ty::Inert, call.method.span());
        }
        // What it gives is a reference: `counts.get(&k).unwrap_or(&0)`.
        if let ("unwrap_or", [syn::Expr::Reference(_)]) = (name.as_str(), &args[..])
            && self.stems_from_inert(&call.receiver)
            && self.is_pure_call(call)
        {
            return self.opaque_operand(&whole, Ty::Inert, Some(message::unknown_method(&name)));
        }
        self.on_receiver(call, &name, (&args, asked), hint)
    }

    fn is_pure_call(&self, call: &syn::ExprMethodCall) -> bool {
        self.can_be_opaque(&syn::Expr::MethodCall(call.clone()))
    }

    fn on_receiver(
        &mut self,
        call: &syn::ExprMethodCall,
        name: &str,
        (args, asked): (&[&syn::Expr], bool),
        hint: &Ty,
    ) -> Operand {
        let receiver_ty = self.type_of(&call.receiver);
        let arithmetic = operator_from_method(name, args.len() + 1);
        let primitive = Primitive::from_method(name).filter(|p| p.arity() == args.len() + 1);
        let scalar_hint = match primitive {
            Some(_) if hint.is_float() && name != "powi" && !self.stems_from_users(&call.receiver) => {
                hint.clone()
            }
            _ => Ty::Unknown,
        };
        let scalar_hint = self.receiver_hint(name, &call.receiver, hint).unwrap_or(scalar_hint);
        if let Some(found) = self.found_by_comparisons(name, call) {
            return found;
        }
        let operand = self.operand(&call.receiver, &scalar_hint);
        if self.dead() {
            return Operand::unit();
        }
        let operand = match &operand {
            // A float's method on what stands for one by its `Deref`.
            Operand::Place(place) | Operand::Ref(place, _)
                if primitive.is_some() && !self.has_method(&self.f.place_ty(place), &call.method) =>
            {
                self.part_by_deref(place).map_or(operand.clone(), Operand::Place)
            }
            _ => operand,
        };
        if let ("clone_from", [source]) = (name, args)
            && let Operand::Place(place) | Operand::Ref(place, _) = &operand
        {
            return self.cloned_from(place.clone(), source);
        }
        let operand = self.option_behind(operand);
        let operand = self.looked_up(name, operand, &call.receiver, args);
        let operand = self.receiver_as_it_was(operand, &call.receiver, args);
        let ty = match self.operand_ty(&operand) {
            Ty::Unknown => receiver_ty,
            ty => ty,
        };
        if let Some(found) = self.operator_by_name(&operand, &ty, &call.method, args, hint) {
            return found;
        }
        if let (Ty::Named(of), None) = (&ty, &call.turbofish)
            && let Some(found) = self
                .small_method(&operand, of, &call.method, (args, asked), hint)
                .or_else(|| self.handed_on(call, &operand, of, args))
                .or_else(|| self.plain_method(call, of, hint))
        {
            return found;
        }
        if let Some(found) = self.option_method(name, &operand, args, hint) {
            return found;
        }
        if let Some(found) = self.option_of_bool(name, &operand, &ty, args, hint) {
            return found;
        }
        // Methods that give the receiver itself, in another dress.
        match (name, args) {
            ("clone" | "to_owned" | "cloned" | "copied" | "to_vec" | "into_owned", [])
                if name != "to_vec" || !self.has_method(&ty, &call.method) =>
            {
                if name != "to_vec" && (ty.is_float() || ty.is_int() || matches!(ty, Ty::Bool)) {
                    return self.pointee(operand);
                }
                // Of what only rustc knows: an `Option` of a reference perhaps.
                if matches!(name, "cloned" | "copied")
                    && let Operand::Value(Expr::Opaque { .. }) = &operand
                {
                    return self.opaque_method(call, operand, hint);
                }
                // A copy of an array is an array; one of all its elements is a `Vec`. What is not known may be one.
                if name == "to_vec"
                    && matches!(ty, Ty::Array(..) | Ty::Unknown)
                    && let Operand::Place(place) | Operand::Ref(place, _) = self.located(operand.clone(), "t")
                {
                    return Operand::Value(Expr::ToOwned(place.project(Proj::Range(None, None))));
                }
                return self.owned_copy(operand);
            }
            // What a generic lends, or a user's own method, is not the receiver itself.
            ("as_ref", []) if let Some(lent) = self.types.lent_by(&ty) => {
                let lent = self.types.ty(lent);
                let slice = matches!(&lent, Ty::Slice(item) if item.may_be_active());
                let refusal =
                    if slice { message::LENDER.to_owned() } else { message::unknown_method("as_ref") };
                let given = if matches!(lent, Ty::Inert) { lent } else { hint.clone() };
                let whole = syn::Expr::MethodCall(call.clone());
                return self.opaque_operand(&whole, given, Some(refusal));
            }
            (
                "borrow" | "as_ref" | "as_slice" | "deref" | "borrow_mut" | "as_mut" | "as_mut_slice"
                | "deref_mut",
                [],
            ) if self.lends_by_method(&ty, &call.method) => {
                let whole = syn::Expr::MethodCall(call.clone());
                return self.opaque_operand(&whole, hint.clone(), Some(message::own_reference(name)));
            }
            ("borrow" | "as_ref" | "as_slice" | "deref", []) if !self.has_method(&ty, &call.method) => {
                return self.lent(operand, false, call);
            }
            // On what cannot change, `borrow_mut` is a `RefCell`'s.
            ("borrow_mut" | "as_mut" | "as_mut_slice" | "deref_mut", [])
                if !self.has_method(&ty, &call.method)
                    && (name != "borrow_mut" || self.is_borrowed_mutably(&operand)) =>
            {
                return self.lent(operand, true, call);
            }
            ("into" | "as_", []) => return self.conversion(operand, hint, call),
            ("sin_cos", []) if !self.has_own_methods(&operand, &ty) => {
                let value = self.value_of(operand);
                let value = self.atomic(value);
                if let Some(pair) = Primitive::pair_from_method(name) {
                    return self.pair(pair, value, call.span());
                }
                return Operand::Value(value);
            }
            ("map", [closure]) if matches!(ty, Ty::Array(..)) => {
                return self.array_map(operand, &ty, closure);
            }
            _ => {}
        }
        if matches!(ty, Ty::Inert) || is_of_std(&ty) {
            self.check_map(&operand, &syn::Expr::MethodCall(call.clone()));
            return self.with_casts_in(call, |this, call| this.inert_method(call, operand, name, &ty, hint));
        }
        if ty.is_int() || matches!(ty, Ty::Bool) {
            return self.inert_method(call, operand, name, &ty, hint);
        }
        let aggregate = matches!(ty, Ty::Array(..) | Ty::Slice(_) | Ty::Vec(_) | Ty::Deque(_) | Ty::Unknown)
            && !(primitive.is_some() && self.is_either(call, &operand, &ty))
            && primitive.is_none_or(|_| self.has_own_methods(&operand, &ty));
        if aggregate && !matches!(operand, Operand::Closure(_) | Operand::Stream(_) | Operand::Tuple(_)) {
            let inactive_value = matches!(operand, Operand::Value(Expr::Opaque { .. }));
            if !inactive_value
                && let Operand::Place(place) | Operand::Ref(place, _) = self.located(operand.clone(), "t")
            {
                // A user's type may have a `get` or a `len` of its own.
                if !self.has_own_methods(&operand, &ty)
                    && let Some(found) = self.sequence_method(name, &place, args, call)
                {
                    return found;
                }
                let own = self.has_own_methods(&operand, &ty);
                let located = match &operand {
                    Operand::Ref(_, mutable) => Operand::Ref(place, *mutable),
                    _ => Operand::Place(place),
                };
                let result = self.unknown_method(call, located, args, hint);
                if own {
                    self.note_given(&result);
                }
                return result;
            }
        }
        // Floats have none of these themselves.
        const OF_TRAITS: [&str; 8] = ["inv", "pow", "add", "sub", "mul", "div", "rem", "neg"];
        if OF_TRAITS.contains(&name) && ty.is_float() && self.around.is_method_of_floats(&call.method) {
            return self.unknown_method(call, operand, args, hint);
        }
        if primitive.is_some() && self.is_either(call, &operand, &ty) {
            let result = self.unknown_method(call, operand, args, hint);
            self.note_given(&result);
            return result;
        }
        if let Some(primitive) = primitive
            && !self.has_own_methods(&operand, &ty)
            && !(matches!(ty, Ty::Unknown) && self.may_be_own_method(call, &operand, hint))
        {
            return self.primitive_method(primitive, operand, args, call);
        }
        if let (Some(op), [value]) = (assignment_from_method(name, args.len() + 1), args)
            && ty.is_float()
        {
            return self.assigned_by_method(operand, op, value, call);
        }
        // What primitives give is a number too.
        let number = matches!(operand, Operand::Value(Expr::Prim { op: Op::Fn(_), .. }));
        if let Some(op) = arithmetic
            && (ty.is_float() || number)
        {
            let first = self.scalar_operand(operand);
            let first = self.value_of(first);
            let mut values = vec![first];
            values.extend(self.scalars(args));
            return self.prim(op, values, call.method.span());
        }
        if name == "pow" && ty.is_float() && args.len() == 1 {
            let exponent = self.type_of(args[0]);
            if let Some(primitive) = Primitive::power(&exponent) {
                return self.primitive_method(primitive, operand, args, call);
            }
        }
        let own = self.has_own_methods(&operand, &ty);
        let result = self.unknown_method(call, operand, args, hint);
        if own {
            self.note_given(&result);
        }
        result
    }

    fn is_borrowed_mutably(&self, operand: &Operand) -> bool {
        match operand {
            Operand::Place(place) => self.f.info(place.root).mutable,
            Operand::Ref(_, mutable) => *mutable,
            Operand::Value(_)
            | Operand::Tuple(_)
            | Operand::Closure(_)
            | Operand::Stream(_)
            | Operand::Maybe(_) => true,
        }
    }

    fn primitive_method(
        &mut self,
        primitive: Primitive,
        receiver: Operand,
        args: &[&syn::Expr],
        call: &syn::ExprMethodCall,
    ) -> Operand {
        let mut first = Some(receiver);
        let integer = Ty::Int(Some(syn::Ident::new("i32", Span::call_site())));
        let float = first.as_ref().map_or(Ty::Unknown, |operand| self.operand_ty(operand));
        let operands = self.sequence(args.len() + 1, &mut |this, k| {
            let operand = match first.take() {
                Some(receiver) => receiver,
                None if primitive.name() == "powi" => this.operand(args[k - 1], &integer),
                None => this.operand(args[k - 1], &float),
            };
            this.scalar_operand(operand)
        });
        let values = operands.into_iter().map(|operand| self.value_of(operand)).collect();
        self.prim(Op::Fn(primitive), values, call.method.span())
    }

    /// A method of an integer, a string or the like: no derivative.
    fn inert_method(
        &mut self,
        call: &syn::ExprMethodCall,
        operand: Operand,
        name: &str,
        ty: &Ty,
        hint: &Ty,
    ) -> Operand {
        let result = match name {
            "to_f64" | "to_f32" if call.args.is_empty() => {
                return self.opaque_operand(&syn::Expr::MethodCall(call.clone()), Ty::Inert, None);
            }
            name if ty.is_int() && INTEGER_METHODS.contains(&name) => ty.clone(),
            name if ty.is_int() && CHECKED.contains(&name) => Ty::Option(Box::new(ty.clone())),
            "as_str" | "trim" | "trim_start" | "trim_end" | "to_lowercase" | "to_uppercase"
                if matches!(ty, Ty::Inert) =>
            {
                Ty::Inert
            }
            _ => hint.clone(),
        };
        let whole = syn::Expr::MethodCall(call.clone());
        if self.can_be_opaque(&whole) && self.is_bare_place(&call.receiver) {
            if ty.is_int() {
                return self.locally_constant(&whole, result, call.method.span());
            }
            return self.opaque_operand(&whole, result, Some(message::unknown_method(name)));
        }
        // What text or an iterator over it gives is asked where it is made: it may have to be `mut`.
        if matches!((ty, &operand), (Ty::Inert, Operand::Value(Expr::Opaque { .. }))) {
            return self.opaque_method(call, operand, &result);
        }
        // The receiver was lowered already; its value goes into a hole.
        let (receiver, mutable) = match self.located(operand, "t") {
            // A set, a map: it may change.
            Operand::Place(place) if !ty.is_int() && self.is_changed_by(call, &place) => {
                (Expr::Borrow { place, mutable: true }, true)
            }
            Operand::Place(place) => (Expr::Read(place), false),
            Operand::Ref(place, mutable) => (Expr::Borrow { place, mutable }, mutable),
            other => (self.value_of(other), false),
        };
        let mut args = vec![receiver];
        let mut tokens = Vec::new();
        let mut claim = false;
        for arg in &call.args {
            let (mut part, more, vars) = self.opaque_parts(arg);
            claim |= !vars.is_empty();
            if !ty.is_int() {
                self.check(vars, call, message::unknown_method(name));
            }
            part = shifted(part, args.len());
            args.extend(more);
            tokens.push(part);
        }
        let (method, turbofish) = (&call.method, &call.turbofish);
        let mut tokens = quote!(__hole_0.#method #turbofish(#(#tokens),*));
        if claim && ty.is_int() {
            tokens = self.claimed_constant(&tokens, method.span());
        }
        if mutable {
            // It may change what it is called on: run once.
            let var = self.temp_var("t", Expr::Opaque { tokens, args, ty: result });
            return Operand::var(var);
        }
        Operand::Value(Expr::Opaque { tokens, args, ty: result })
    }

    fn is_bare_place(&self, expr: &syn::Expr) -> bool {
        match unparen(expr) {
            syn::Expr::Path(_) | syn::Expr::Lit(_) => true,
            syn::Expr::Field(field) => self.is_bare_place(&field.base),
            syn::Expr::Reference(reference) => self.is_bare_place(&reference.expr),
            syn::Expr::Unary(unary) => self.is_bare_place(&unary.expr),
            _ => false,
        }
    }

    /// A method that is none of ours: the companions of an annotated one.
    pub(super) fn unknown_method(
        &mut self,
        call: &syn::ExprMethodCall,
        receiver: Operand,
        args: &[&syn::Expr],
        hint: &Ty,
    ) -> Operand {
        let name = call.method.to_string();
        if let Operand::Closure(pullback) = &receiver
            && matches!(name.as_str(), "pull" | "pull_retain")
        {
            let operands = self.sequence(args.len(), &mut |this, k| this.operand(args[k], &Ty::Unknown));
            return self.inline_closure(&pullback.clone(), operands, hint);
        }
        if let Operand::Place(_) | Operand::Ref(..) = &receiver
            && let Some(operand) = self.pullback_of_method(&call.method, &receiver, args)
        {
            return operand;
        }
        if let Operand::Value(Expr::Opaque { .. }) = &receiver
            && !self.has_function_argument(args)
            && !(is_constant(&call.receiver) && args.iter().any(|arg| self.type_of(arg).may_be_active()))
        {
            return self.opaque_method(call, receiver, hint);
        }
        if self.has_function_argument(args) || matches!(receiver, Operand::Stream(_) | Operand::Closure(_)) {
            let refusal = if matches!(receiver, Operand::Stream(_)) || self.is_iterator_method(&name) {
                message::unknown_adaptor(&name)
            } else {
                message::unknown_method(&name)
            };
            return self.opaque_operand(&syn::Expr::MethodCall(call.clone()), hint.clone(), Some(refusal));
        }
        if self.is_iterator_method(&name) {
            let whole = syn::Expr::MethodCall(call.clone());
            return self.opaque_operand(&whole, hint.clone(), Some(message::unknown_adaptor(&name)));
        }
        if STD_SEQUENCE_METHODS.contains(&name.as_str())
            && matches!(self.operand_ty(&receiver), Ty::Vec(_) | Ty::Deque(_) | Ty::Slice(_) | Ty::Array(..))
        {
            let whole = syn::Expr::MethodCall(call.clone());
            return self.opaque_operand(&whole, hint.clone(), Some(message::unknown_method(&name)));
        }
        // Where it is one of floats after all, a trait of the runtime has its companions.
        if self.overloads && crate::primitives::is_method(&name, args.len() + 1) {
            self.import_methods();
        }
        let turbofish = call.turbofish.as_ref().map(ToTokens::to_token_stream);
        let callee = Callee::Method { name: call.method.clone(), turbofish };
        let changes = matches!(
            self.receiver_of(&call.method, &self.operand_ty(&receiver)),
            Some(super::signatures::Receiver::RefMut)
        );
        // The receiver was lowered already: it goes by a name of ours.
        let place = match self.located(receiver, "r") {
            Operand::Place(place) => Operand::Place(place),
            Operand::Ref(place, mutable) => Operand::Ref(place, mutable),
            other => {
                let value = self.owned(other);
                Operand::var(self.temp_var("r", value))
            }
        };
        if changes
            && let Operand::Place(place) = &place
            && place.is_var()
        {
            // A temporary, too, may be changed by its method.
            self.f.vars[place.root.0].mutable = true;
        }
        let name = syn::Ident::new("__receiver", Span::call_site());
        self.scopes.push();
        self.scopes.bind(&name, place);
        let receiver: syn::Expr =
            syn::Expr::Path(syn::ExprPath { attrs: Vec::new(), qself: None, path: syn::Path::from(name) });
        let operand = self.emit_call(callee, args, Some(&receiver), false, hint, call.method.span());
        self.scopes.pop();
        operand
    }

    fn is_iterator_method(&self, name: &str) -> bool {
        matches!(
            name,
            "group_by"
                | "tuple_windows"
                | "cartesian_product"
                | "chunk_by"
                | "array_chunks"
                | "try_for_each"
                | "intersperse"
                | "rsplit"
                | "par_iter"
                | "values"
        )
    }

    /// A method of an opaque value: opaque too.
    fn opaque_method(&mut self, call: &syn::ExprMethodCall, receiver: Operand, hint: &Ty) -> Operand {
        let Operand::Value(Expr::Opaque { tokens, mut args, .. }) = receiver else { return receiver };
        let mut parts = Vec::new();
        for arg in &call.args {
            let (part, more, vars) = self.opaque_parts(arg);
            self.check(vars, call, message::unknown_method(&call.method.to_string()));
            parts.push(shifted(part, args.len()));
            args.extend(more);
        }
        let (method, turbofish) = (&call.method, &call.turbofish);
        let ty = match hint {
            Ty::Unknown => Ty::Unknown,
            hint => hint.clone(),
        };
        let tokens = quote!((#tokens).#method #turbofish(#(#parts),*));
        Operand::Value(Expr::Opaque { tokens, args, ty })
    }

    /// `x.clone()`, `x.to_vec()` of an aggregate.
    pub(super) fn owned_copy(&mut self, operand: Operand) -> Operand {
        match operand {
            Operand::Place(place) | Operand::Ref(place, _) => Operand::Value(Expr::ToOwned(place)),
            Operand::Value(Expr::Read(place)) => Operand::Value(Expr::ToOwned(place)),
            // A fresh value is its own copy.
            Operand::Value(value) => match value {
                array @ (Expr::Array(_) | Expr::Repeat { .. }) => {
                    let var = self.temp_var("t", array);
                    Operand::Value(Expr::ToOwned(Place::var(var)))
                }
                value => Operand::Value(value),
            },
            other => other,
        }
    }
}

/// Whether a method is one of text, whatever it is called on.
fn is_of_text(call: &syn::ExprMethodCall) -> bool {
    let name = call.method.to_string();
    match call.args.iter().collect::<Vec<_>>()[..] {
        [] => ["chars", "bytes", "char_indices", "split_whitespace"].contains(&name.as_str()),
        [.., syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(_) | syn::Lit::Char(_), .. })] => {
            name.contains("split") || name.starts_with("strip_") || name.starts_with("trim_")
        }
        _ => false,
    }
}

/// `Vec3::UP`, `Law::Square`: a value of a user's type, whose methods may take what is active.
fn is_constant(expr: &syn::Expr) -> bool {
    let syn::Expr::Path(path) = unparen(expr) else { return false };
    let mut segments = path.path.segments.iter().rev().map(|segment| is_camel(&segment.ident));
    segments.next() == Some(true) && segments.next() == Some(true)
}

/// Tokens with holes, renumbered to follow `offset` others.
pub(super) fn shifted(tokens: proc_macro2::TokenStream, offset: usize) -> proc_macro2::TokenStream {
    use proc_macro2::{Group, TokenTree};
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(ident) => {
                let index = ident.to_string().strip_prefix("__hole_").and_then(|k| k.parse::<usize>().ok());
                match index {
                    Some(index) => {
                        let mut hole = quote::format_ident!("__hole_{}", index + offset);
                        hole.set_span(ident.span());
                        TokenTree::Ident(hole)
                    }
                    None => TokenTree::Ident(ident),
                }
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), shifted(group.stream(), offset));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            token @ (TokenTree::Punct(_) | TokenTree::Literal(_)) => token,
        })
        .collect()
}

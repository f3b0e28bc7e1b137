//! Calls of functions by path.

use super::Lowerer;
use super::closure::{is_camel, is_constructor};
use super::scope::Operand;
use super::stmt::unparen;
use crate::diagnostics::message;
use crate::ir::{Callee, Expr, Op, Ty, outcome_variant};
use crate::primitives::{self, Primitive, operator_from_method};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Member, Type};

/// Constructors of constants, of num-traits and the standard library.
const CONSTANTS: [&str; 28] = [
    "zero",
    "one",
    "epsilon",
    "infinity",
    "neg_infinity",
    "nan",
    "max_value",
    "min_value",
    "min_positive_value",
    "neg_zero",
    "PI",
    "E",
    "TAU",
    "FRAC_PI_2",
    "FRAC_PI_3",
    "FRAC_PI_4",
    "FRAC_PI_6",
    "FRAC_PI_8",
    "FRAC_1_PI",
    "FRAC_2_PI",
    "FRAC_2_SQRT_PI",
    "FRAC_1_SQRT_2",
    "LN_2",
    "LN_10",
    "LOG2_E",
    "LOG10_E",
    "SQRT_2",
    "default",
];

impl Lowerer<'_> {
    pub(super) fn call(&mut self, call: &syn::ExprCall, hint: &Ty) -> Operand {
        let asked = self.is_asked();
        let args: Vec<&syn::Expr> = call.args.iter().collect();
        let syn::Expr::Path(path) = unparen(&call.func) else {
            return self.call_of_value(call, &args, hint);
        };
        if let Some(name) = path.path.get_ident()
            && path.qself.is_none()
            && let Some(operand) = self.scopes.local(&name.to_string()).cloned()
        {
            return match operand {
                Operand::Closure(closure) => {
                    let operands = self.closure_arguments(&closure, &args);
                    self.inline_closure(&closure, operands, hint)
                }
                other => {
                    let whole = syn::Expr::Call(call.clone());
                    // A parameter that is a function is an error already.
                    let known = matches!(&other, Operand::Place(place) | Operand::Ref(place, _)
                    if self.f.params.iter().any(|param| {
                        param.var == place.root && param.active && self.types.is_function(&param.ty)
                    }));
                    let refusal = (!known).then(|| message::FUNCTION_VALUE.into());
                    self.opaque_operand(&whole, hint.clone(), refusal)
                }
            };
        }
        if let Some(call) = self.call_by_import(call, path) {
            return self.call(&call, hint);
        }
        if let Some(closure) = self.told_generics(path) {
            let operands = self.closure_arguments(&closure, &args);
            return self.inline_closure(&closure, operands, hint);
        }
        if let Some(method) = method_of_library(path, &args).or_else(|| self.comparison_by_path(path, &args))
        {
            return self.operand(&method, hint);
        }
        if let Some(stream) = self.stream_of(&syn::Expr::Call(call.clone())) {
            return Operand::Stream(std::rc::Rc::new(stream));
        }
        let segments: Vec<String> = path.path.segments.iter().map(|s| s.ident.to_string()).collect();
        let name = segments.last().map_or("", String::as_str);
        let owner = segments.iter().rev().nth(1).map_or("", String::as_str);
        if let Some(operand) = self.known_call(call, path, owner, name, &args, hint) {
            return operand;
        }
        if let Some(operand) = self.pullback_call(path, &args) {
            return operand;
        }
        if let Some(operand) = self.inlined_associated(path, &args, hint) {
            return operand;
        }
        if self.has_function_argument(&args) {
            let whole = syn::Expr::Call(call.clone());
            // What gives a number alone has no derivative, whatever it calls.
            if let Some(name) = path.path.get_ident()
                && self.gives_number_alone(name)
                && self.can_be_opaque(&whole)
                && !self.has_effects(&whole)
            {
                return self.opaque_operand(&whole, hint.clone(), None);
            }
            // Why one that is marked was not inlined was said.
            let marked =
                |name| self.around.inlined(name).is_some() || self.around.inlined_elsewhere(name).is_some();
            if path.path.get_ident().is_some_and(marked) {
                return Operand::Value(Expr::Placeholder(hint.clone()));
            }
            return self.opaque_operand(&whole, hint.clone(), Some(message::CLOSURE_ARGUMENT.into()));
        }
        if let (Some(name), None) = (path.path.get_ident(), &path.qself) {
            if let Some(operand) = self.small_call(name, &args, asked, hint) {
                return operand;
            }
            if let Some(operand) = self.plain_call(call, name, hint) {
                return operand;
            }
        }
        if let Some(operand) = self.plain_associated(call, path, hint) {
            return operand;
        }
        self.constant_call(call, hint).unwrap_or_else(|| {
            let callee = self.callee(path);
            // `Number::max(a, b)`: the type may be another name of a float.
            if matches!(callee, Callee::Assoc { .. }) && primitives::is_method(name, args.len()) {
                self.import_methods();
            }
            self.emit_call(callee, &args, None, false, hint, call.span())
        })
    }

    fn call_of_value(&mut self, call: &syn::ExprCall, args: &[&syn::Expr], hint: &Ty) -> Operand {
        if let syn::Expr::Closure(_) = unparen(&call.func)
            && let Operand::Closure(closure) = self.operand(&call.func, &Ty::Unknown)
        {
            let operands = self.sequence(args.len(), &mut |this, k| this.operand(args[k], &Ty::Unknown));
            return self.inline_closure(&closure, operands, hint);
        }
        if let Some(chosen) = self.call_of_chosen(&call.func, args) {
            return self.operand(&chosen, hint);
        }
        if let Some(Operand::Closure(closure)) = self.chosen_function(&call.func, false) {
            let operands = self.sequence(args.len(), &mut |this, k| this.operand(args[k], &Ty::Unknown));
            return self.inline_closure(&closure, operands, hint);
        }
        let whole = syn::Expr::Call(call.clone());
        self.opaque_operand(&whole, hint.clone(), Some(message::FUNCTION_VALUE.into()))
    }

    /// Functions whose meaning lowering knows.
    fn known_call(
        &mut self,
        call: &syn::ExprCall,
        path: &syn::ExprPath,
        owner: &str,
        name: &str,
        args: &[&syn::Expr],
        hint: &Ty,
    ) -> Option<Operand> {
        let whole = || syn::Expr::Call(call.clone());
        match (name, args) {
            ("no_diff", [value]) if self.is_ours(owner) && !self.is_of_this_file(path, name) => {
                return Some(self.no_diff(value, hint));
            }
            ("Some", [value]) if outcome_variant(&path.path).is_some() => {
                let item = match hint {
                    Ty::Option(item) => (**item).clone(),
                    _ => Ty::Unknown,
                };
                let operand = self.operand(value, &item);
                let some = Expr::Lit(syn::parse_quote!(true));
                let payload = self.fixed(operand);
                return Some(Operand::Maybe(std::rc::Rc::new(super::scope::Maybe { some, payload })));
            }
            ("Ok", [value]) if outcome_variant(&path.path).is_some() => {
                return Some(self.ok_of(path, value, hint));
            }
            ("Err", [_]) if outcome_variant(&path.path).is_some() => return Some(self.err_of(call, hint)),
            ("drop", [value]) if owner == "mem" || owner.is_empty() => {
                self.claim_function(path, None);
                self.effect(value);
                return Some(Operand::unit());
            }
            ("forget", [value]) if owner == "mem" => {
                self.claim_function(path, None);
                self.effect(value);
                return Some(Operand::unit());
            }
            ("new", [value]) if matches!(owner, "Box" | "Rc" | "Arc") => {
                // What a local box holds is a local like any other, and nobody changes what is shared.
                let operand = self.operand(value, &Ty::Unknown);
                let value = self.owned(operand);
                let var = self.temp_var("boxed", value);
                self.claim_pointer(&call.func, var);
                self.unboxed.insert(var);
                if owner == "Box" {
                    self.boxes.insert(var);
                }
                return Some(Operand::var(var));
            }
            ("clone", [value]) if matches!(owner, "Rc" | "Arc") => {
                self.claim_pointer_type(path);
                let operand = self.operand(value, hint);
                return Some(self.owned_copy(operand));
            }
            ("identity", [value]) if owner == "convert" && path.path.segments.len() == 3 => {
                self.claim_function(path, None);
                return Some(self.operand(value, hint));
            }
            ("black_box", [value]) if owner == "hint" => {
                self.claim_function(path, None);
                return Some(self.operand(value, hint));
            }
            ("swap", [a, b]) if owner == "mem" || owner.is_empty() => {
                return self.swap_call(call, path, a, b);
            }
            ("take", [place])
                if owner == "mem"
                    && let Some(taken) = self.taken(place) =>
            {
                self.claim_function(path, None);
                return Some(taken);
            }
            ("replace" | "take", [place, ..]) if owner == "mem" => {
                return Some(self.replace_call(path, place, args.get(1).copied()));
            }
            ("min" | "max", [_, _]) if owner == "cmp" => {
                let ty = match self.type_of(args[0]) {
                    Ty::Unknown => self.type_of(args[1]),
                    ty => ty,
                };
                if ty.is_int() {
                    return Some(self.locally_constant(&whole(), ty, call.func.span()));
                }
                return Some(self.opaque_operand(&whole(), ty, Some(message::unknown_function(name))));
            }
            ("from_fn", [closure]) if owner == "array" => {
                self.claim_function(path, None);
                let hint = super::iter::written_array(&path.path)
                    .map_or_else(|| hint.clone(), |array| self.types.ty(&array));
                return Some(self.array_from_fn(closure, &hint));
            }
            ("new", []) if is_sequence(owner) => {
                return Some(Operand::Value(Expr::VecNew {
                    capacity: None,
                    ty: super::expr::element_hint(hint).0,
                    deque: owner == "VecDeque",
                }));
            }
            ("with_capacity", [capacity]) if is_sequence(owner) => {
                let capacity = self.count_of(capacity);
                let ty = super::expr::element_hint(hint).0;
                let deque = owner == "VecDeque";
                return Some(Operand::Value(Expr::VecNew { capacity: Some(Box::new(capacity)), ty, deque }));
            }
            ("from", [value]) if is_sequence(owner) => {
                let operand = self.operand(value, hint);
                return Some(self.sequence_of(operand, owner == "VecDeque"));
            }
            _ => {}
        }
        if name == "into"
            && owner == "Into"
            && let [value] = args
            && let Some(target) =
                path.path.segments.iter().nth_back(1).and_then(|s| super::types::first_type(&s.arguments))
        {
            let ty = self.types.ty(target);
            if ty.is_float() {
                return Some(self.converted(value, ty, call.span()));
            }
        }
        let float_owner = self.is_float_owner(path);
        if args.is_empty() && CONSTANTS.contains(&name) && (float_owner || owner == "Default") {
            let ty = match self.float_named(owner) {
                Ty::Unknown => hint.clone(),
                ty => ty,
            };
            return Some(Operand::Value(Expr::Opaque {
                tokens: call.to_token_stream(),
                args: Vec::new(),
                ty,
            }));
        }
        if let Some(operand) = self.call_of_libm(&path.path, args, call) {
            return Some(operand);
        }
        if let Some(operand) = self.call_of_num_traits(&path.path, args, call, hint) {
            return Some(operand);
        }
        if float_owner || path.path.segments.len() > 1 {
            if let Some(operand) = self.primitive_call(path, name, args, call) {
                return Some(operand);
            }
            if name == "from" && args.len() == 1 && (float_owner || owner == "From") {
                let ty = match (self.float_named(owner), &path.qself) {
                    (Ty::Unknown, Some(qself)) => self.types.ty(&qself.ty),
                    (Ty::Unknown, None) => hint.clone(),
                    (ty, _) => ty,
                };
                if !matches!(ty, Ty::Named(_)) {
                    return Some(self.converted(args[0], ty, call.span()));
                }
            }
            if matches!(name, "from_bits" | "from_str" | "from_str_radix") && float_owner {
                return Some(self.opaque_operand(
                    &whole(),
                    self.float_named(owner),
                    Some(message::unknown_function(name)),
                ));
            }
            if super::types::INTEGERS.contains(&owner) {
                let ty = Ty::Int(Some(syn::Ident::new(owner, call.span())));
                return Some(self.locally_constant(&whole(), ty, call.func.span()));
            }
        }
        if name == "from" && args.len() == 1 && path.path.segments.len() > 1 {
            // `<T as From<S>>::from(x)` is `<T>::from(x)`.
            let path = match (&path.qself, owner) {
                (Some(qself), "From") => {
                    let ty = &qself.ty;
                    syn::parse_quote!(<#ty>::from)
                }
                _ => path.clone(),
            };
            self.import_conversions();
            let callee = self.callee(&path);
            let hint = match (hint, owner) {
                (Ty::Unknown, _) if let Some(qself) = &path.qself => self.types.ty(&qself.ty).guessed(),
                (Ty::Unknown, "Self") => self.types.ty(&syn::parse_quote!(Self)).guessed(),
                (Ty::Unknown, _)
                    if path.qself.is_none()
                        && is_camel(&path.path.segments[path.path.segments.len() - 2].ident) =>
                {
                    let mut owner = path.path.clone();
                    owner.segments.pop();
                    owner.segments.pop_punct();
                    let owner = Type::Path(syn::TypePath { attrs: Vec::new(), qself: None, path: owner });
                    self.types.ty(&owner).guessed()
                }
                (hint, _) => hint.clone(),
            };
            return Some(self.emit_call(callee, args, None, false, &hint, call.span()));
        }
        // A constant that holds a function.
        if path.path.get_ident().is_some() && self.around.constants().contains(name) {
            return Some(self.opaque_operand(&whole(), hint.clone(), Some(message::unknown_function(name))));
        }
        // `H(x)` may be a function all the same.
        if is_constructor(&call.func) && !self.is_of_this_file(path, name) {
            let (tokens, mut ty) = self.named(&path.qself, &path.path, hint);
            let members = (0..args.len()).map(Member::from).collect();
            let fields = self.members(args, members, &mut ty);
            return Some(Operand::Value(Expr::Struct { path: tokens, fields, rest: None, ty }));
        }
        if owner == "String" || owner == "HashMap" || owner == "HashSet" || owner == "BTreeMap" {
            let refusal = message::unknown_function(name);
            return Some(self.opaque_operand(&whole(), Ty::Inert, Some(refusal)));
        }
        None
    }

    fn primitive_call(
        &mut self,
        path: &syn::ExprPath,
        name: &str,
        args: &[&syn::Expr],
        call: &syn::ExprCall,
    ) -> Option<Operand> {
        if let Some(pair) =
            Primitive::pair_from_method(name).filter(|_| self.is_float_owner(path) && args.len() == 1)
        {
            let arg = self.atoms(args, &Ty::Unknown);
            return Some(self.pair(pair, arg.into_iter().next()?, call.span()));
        }
        let owner = path.path.segments.iter().rev().nth(1)?.ident.to_string();
        if let Some(found) = self.operator_by_path(path, args) {
            return Some(found);
        }
        let operator = self.is_float_owner(path)
            && operator_from_method(name, args.len()).is_some()
            && !self.around.is_method_of_floats(&path.path.segments.last()?.ident);
        let op = if operator || ["Add", "Sub", "Mul", "Div", "Rem", "Neg"].contains(&owner.as_str()) {
            operator_from_method(name, args.len())?
        } else {
            Op::Fn(Primitive::from_path(&path.path, &self.types.floats)?)
        };
        if let Op::Fn(primitive) = op
            && primitive.arity() != args.len()
        {
            return Some(self.refuse(call, message::arguments(name, primitive.arity())));
        }
        let mut values = self.scalars(args);
        // `f32::max(0.0, x)`: the type of the path is that of its literals.
        if let ty @ (Ty::F64 | Ty::F32) = self.float_named(&owner)
            && !matches!(name, "powi" | "from")
        {
            values.iter_mut().for_each(|value| typed_literal(value, &ty));
        }
        Some(self.prim(op, values, call.span()))
    }

    /// Operands of a primitive, in order.
    pub(super) fn scalars(&mut self, exprs: &[&syn::Expr]) -> Vec<Expr> {
        let operands = self.sequence(exprs.len(), &mut |this, k| {
            let operand = this.operand(exprs[k], &Ty::Unknown);
            this.scalar_operand(operand)
        });
        operands.into_iter().map(|operand| self.value_of(operand)).collect()
    }

    /// `sin_cos`
    pub(super) fn pair(&mut self, pair: [Primitive; 2], arg: Expr, span: proc_macro2::Span) -> Operand {
        let items = pair.map(|primitive| {
            let value = self.prim(Op::Fn(primitive), vec![arg.clone()], span);
            let value = self.value_of(value);
            Operand::var(self.temp_var(primitive.name(), value))
        });
        Operand::Tuple(items.into_iter().collect())
    }

    /// Whether a path's owner is a float type or a trait of floats.
    fn is_float_owner(&self, path: &syn::ExprPath) -> bool {
        const TRAITS: [&str; 12] = [
            "Float",
            "FloatCore",
            "Real",
            "Zero",
            "One",
            "NumCast",
            "FromPrimitive",
            "FloatConst",
            "Signed",
            "Bounded",
            "Num",
            "Inv",
        ];
        let Some(owner) = path.path.segments.iter().rev().nth(1) else { return false };
        self.types.is_float_name(&owner.ident)
            || TRAITS.iter().any(|name| owner.ident == name)
            || path.qself.as_ref().is_some_and(|qself| self.types.ty(&qself.ty).is_float())
    }

    pub(super) fn float_named(&self, name: &str) -> Ty {
        match name {
            "f64" => Ty::F64,
            "f32" => Ty::F32,
            name => match self.types.floats.iter().find(|float| *float == name) {
                Some(float) => Ty::Generic(float.clone()),
                None => Ty::Unknown,
            },
        }
    }

    /// How many calls an expression makes of more than primitives; `None` if one could change an
    /// argument.
    fn unknown_calls(&self, expr: &syn::Expr) -> Option<usize> {
        match unparen(expr) {
            syn::Expr::Call(call) => self.is_plain_call(call).then_some(1),
            syn::Expr::Macro(_) => Some(1),
            syn::Expr::MethodCall(call) => {
                let known = Primitive::from_method(&call.method.to_string()).is_some();
                let mut count = usize::from(!known && !self.is_stream(&call.receiver));
                for part in call.args.iter().chain([&*call.receiver]) {
                    count += self.unknown_calls(part)?;
                }
                Some(count)
            }
            syn::Expr::Binary(binary) => {
                Some(self.unknown_calls(&binary.left)? + self.unknown_calls(&binary.right)?)
            }
            syn::Expr::Unary(unary) => self.unknown_calls(&unary.expr),
            syn::Expr::Cast(cast) => self.unknown_calls(&cast.expr),
            _ => Some(0),
        }
    }

    /// Whether `no_diff` of this owner is the facade's.
    fn is_ours(&self, owner: &str) -> bool {
        ["", "differentiable", "prelude"].contains(&owner)
            || self.krate.segments.last().is_some_and(|last| last.ident == owner)
    }

    /// `no_diff(value)`: a constant.
    fn no_diff(&mut self, value: &syn::Expr, hint: &Ty) -> Operand {
        // What has no derivative, or one that nobody asks for, need not be known.
        let passes = match unparen(value) {
            syn::Expr::Call(call) => self.has_function_argument(&call.args.iter().collect::<Vec<_>>()),
            _ => false,
        };
        if self.can_be_opaque(value)
            && (passes && !self.has_effects(value)
                || self.unknown_calls(value).is_some_and(|count| count > 0))
        {
            let value = self.opaque(value, hint.clone(), None);
            let value = self.temp(value);
            return Operand::Value(value);
        }
        let operand = self.operand(value, hint);
        let value = match operand {
            Operand::Ref(place, _) => {
                let ty = self.f.place_ty(&place);
                if ty.is_copy() { Expr::Read(place) } else { Expr::ToOwned(place) }
            }
            other => self.owned(other),
        };
        let ty = value.ty(&self.f);
        let arg = match value {
            Expr::Lit(_) | Expr::Read(_) | Expr::Move(_) | Expr::ToOwned(_) => value,
            value => self.temp(value),
        };
        Operand::Value(Expr::Opaque { tokens: quote!(__hole_0), args: vec![arg], ty })
    }

    fn callee(&self, path: &syn::ExprPath) -> Callee {
        let segments = &path.path.segments;
        let assoc = path.qself.is_some()
            || (segments.len() > 1
                && segments.iter().nth_back(1).is_some_and(|owner| {
                    is_camel(&owner.ident) || super::types::is_primitive(&owner.ident.to_string())
                }));
        if !assoc {
            return Callee::Path(path.path.clone());
        }
        let mut prefix = path.clone();
        let last = prefix.path.segments.pop();
        let Some(last) = last else { return Callee::Path(path.path.clone()) };
        let turbofish = match &last.arguments {
            syn::PathArguments::None => None,
            arguments => Some(arguments.to_token_stream()),
        };
        // A qualified path without its last segment is not one that `syn` would print.
        let whole = path.to_token_stream().into_iter().collect::<Vec<_>>();
        let dropped = last.to_token_stream().into_iter().count();
        let prefix = whole[..whole.len().saturating_sub(dropped)].iter().cloned().collect();
        Callee::Assoc { prefix, name: last.ident, turbofish }
    }

    /// Whether an argument is a closure or an iterator, which no call can take if it is active.
    pub(super) fn has_function_argument(&self, args: &[&syn::Expr]) -> bool {
        args.iter().any(|arg| match unparen(arg) {
            syn::Expr::Closure(_) => true,
            syn::Expr::Reference(reference) => self.has_function_argument(&[&reference.expr]),
            syn::Expr::Path(path) => {
                let local = path.path.get_ident().and_then(|name| self.scopes.local(&name.to_string()));
                matches!(local, Some(Operand::Closure(_) | Operand::Stream(_)))
            }
            arg @ (syn::Expr::MethodCall(_) | syn::Expr::Call(_) | syn::Expr::Range(_)) => {
                self.is_stream(arg)
            }
            _ => false,
        })
    }
}

/// Gives a literal without a suffix its type.
fn typed_literal(value: &mut Expr, ty: &Ty) {
    match value {
        Expr::Lit(syn::Lit::Float(lit)) if lit.suffix().is_empty() => {
            let suffix = if matches!(ty, Ty::F32) { "f32" } else { "f64" };
            let digits = lit.base10_digits();
            let separator = if digits.ends_with('.') { "0" } else { "" };
            *lit = syn::LitFloat::new(&format!("{digits}{separator}{suffix}"), lit.span());
        }
        Expr::Const(_, found @ Ty::Float) => *found = ty.clone(),
        _ => {}
    }
}

/// `<[T]>::m(x, y)`, `Vec::m(x, y)` and `Iterator::m(x, y)` as `x.m(y)`: slices and arrays have the methods
/// of the standard library alone.
fn method_of_library(path: &syn::ExprPath, args: &[&syn::Expr]) -> Option<syn::Expr> {
    const MAKERS: [&str; 6] = ["new", "with_capacity", "from", "from_iter", "try_from", "default"];
    let segment = path.path.segments.last()?;
    let ([receiver, args @ ..], name) = (args, &segment.ident) else { return None };
    let owner = path.path.segments.iter().nth_back(1).map(|owner| owner.ident.to_string());
    let known = match (&path.qself, owner.as_deref()) {
        (Some(qself), None) => matches!(unparenthesized(&qself.ty), Type::Slice(_) | Type::Array(_)),
        (None, Some("Iterator" | "IntoIterator" | "Clone" | "ToOwned")) => true,
        (None, Some("f64" | "f32")) => name == "clone",
        (None, Some(owner)) => is_sequence(owner),
        _ => false,
    };
    if name == "from_iter" && known {
        let list = match owner.as_deref() {
            Some("VecDeque") => quote!(VecDeque<_>),
            _ => quote!(Vec<_>),
        };
        return Some(syn::parse_quote!((#receiver).into_iter().collect::<#list>()));
    }
    if !known || MAKERS.iter().any(|maker| name == maker) {
        return None;
    }
    let turbofish = match &segment.arguments {
        syn::PathArguments::AngleBracketed(arguments) => Some(arguments),
        _ => None,
    };
    Some(syn::parse_quote!((#receiver).#name #turbofish (#(#args),*)))
}

fn unparenthesized(ty: &Type) -> &Type {
    match ty {
        Type::Paren(inner) => unparenthesized(&inner.elem),
        Type::Group(inner) => unparenthesized(&inner.elem),
        other => other,
    }
}

fn is_sequence(owner: &str) -> bool {
    owner == "Vec" || owner == "VecDeque"
}

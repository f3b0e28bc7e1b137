//! Operators on users' types: `a + b` of two structs is a call of the operator's rule.
//!
//! Types are known in part only, so this goes by written types and by what the source shows
//! (`shapes`). What is taken for a scalar and is none does not compile, and the rule works for
//! scalars too, so that a wrong guess is never a wrong derivative.

use super::Lowerer;
use super::scope::Operand;
use super::stmt::unparen;
use crate::ir::{
    Arg, Call, CallMode, Callee, Expr, Named, Op, Outcome, Place, Proj, Stmt, Ty, Var, WideCompanions,
};
use crate::primitives::{assignment_from_method, operator_from_method};
use proc_macro2::{Ident, Span};
use quote::ToTokens;

impl Lowerer<'_> {
    /// Whether arithmetic on the value goes through the rules of operators.
    pub(super) fn is_aggregate(&self, value: &Expr) -> bool {
        match value.ty(&self.f) {
            Ty::Named(_) => true,
            Ty::Unknown => match value {
                Expr::Read(place) => self.is_aggregate_place(place),
                Expr::Move(var) => self.users.contains(var),
                Expr::Struct { .. } => true,
                _ => false,
            },
            _ => false,
        }
    }

    fn is_aggregate_place(&self, place: &Place) -> bool {
        let key = match &place.proj[..] {
            [] => {
                return self.users.contains(&place.root)
                    || self.shapes.contains(&self.f.info(place.root).name.to_string());
            }
            [.., Proj::Field(syn::Member::Named(name))] => format!(".{name}"),
            [Proj::Index(_)] => format!("{}[]", self.f.info(place.root).name),
            [.., Proj::Field(syn::Member::Named(name)), Proj::Index(_)] => format!(".{name}[]"),
            [.., Proj::Field(_) | Proj::Index(_) | Proj::Range(..) | Proj::Deref | Proj::Payload] => {
                return false;
            }
        };
        self.shapes.contains(&key)
    }

    /// Remembers variables that hold values of users' types: struct literals, what constructors
    /// return, and copies of such.
    pub(super) fn note_user_value(&mut self, stmt: &Stmt) {
        match stmt {
            // `Ok(…)` and `Err(…)` are structs of the IR too, and come apart into their payload.
            Stmt::Let { var, init: Some(Expr::Struct { fields, .. }) }
                if fields.iter().all(|(member, _)| matches!(member, syn::Member::Named(_))) =>
            {
                self.hold(*var);
            }
            Stmt::Let { var, init: Some(Expr::Read(place) | Expr::ToOwned(place)) }
                if place.is_var() && self.structures.contains(&place.root) =>
            {
                self.hold(*var);
            }
            Stmt::Call(call) => {
                let constructor = match &call.callee {
                    Callee::Path(path) => {
                        let segments: Vec<&Ident> = path.segments.iter().map(|s| &s.ident).collect();
                        matches!(segments[..], [.., owner, name] if is_type_name(owner) && is_constructor(name))
                    }
                    Callee::Assoc { name, .. } => is_constructor(name),
                    Callee::Method { .. } => false,
                };
                if constructor {
                    self.hold(call.result);
                }
            }
            _ => {}
        }
    }

    fn hold(&mut self, var: Var) {
        self.users.insert(var);
        self.structures.insert(var);
    }

    /// Whether the methods of an operand are those of a user's type, some of which may have the
    /// name of a primitive: `z.exp()` of a complex number, `a.min(b)` of vectors.
    pub(super) fn has_own_methods(&self, operand: &Operand, ty: &Ty) -> bool {
        let place = match operand {
            Operand::Place(place) | Operand::Ref(place, _) => Some(place),
            Operand::Value(Expr::Read(place)) => Some(place),
            Operand::Value(Expr::Move(var)) => return self.structures.contains(var),
            Operand::Value(Expr::Struct { .. }) => return true,
            _ => None,
        };
        match ty {
            Ty::Named(ty) => self.is_users_type(ty),
            // Unlike an operator's, a method's rule does not work for floats: no guesses here.
            Ty::Unknown => place.is_some_and(|place| place.is_var() && self.structures.contains(&place.root)),
            _ => false,
        }
    }

    /// Whether an expression is made of a value of a user's type, so that it may be one too.
    pub(super) fn stems_from_users(&self, expr: &syn::Expr) -> bool {
        match unparen(expr) {
            syn::Expr::MethodCall(call) => self.stems_from_users(&call.receiver),
            syn::Expr::Binary(binary) => {
                self.stems_from_users(&binary.left) || self.stems_from_users(&binary.right)
            }
            syn::Expr::Unary(inner) => self.stems_from_users(&inner.expr),
            syn::Expr::Reference(inner) => self.stems_from_users(&inner.expr),
            syn::Expr::Struct(_) => true,
            syn::Expr::Call(call) => match unparen(&call.func) {
                syn::Expr::Path(path) => {
                    path.path.segments.iter().nth_back(1).is_some_and(|owner| is_type_name(&owner.ident))
                }
                _ => false,
            },
            syn::Expr::Path(path) => {
                match path.path.get_ident().and_then(|name| self.scopes.local(&name.to_string())) {
                    Some(Operand::Place(place) | Operand::Ref(place, _)) if place.is_var() => {
                        let var = place.root;
                        [&self.users, &self.given, &self.structures].iter().any(|set| set.contains(&var))
                            || matches!(&self.f.info(var).ty, Ty::Named(ty) if self.is_users_type(ty))
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// A type written in the source that is no other name of a float. What is taken for a float
    /// and is none does not compile.
    fn is_users_type(&self, ty: &syn::Type) -> bool {
        let syn::Type::Path(path) = ty else { return true };
        if path.path.is_ident("Self") {
            return true;
        }
        if let Some(own) = &self.types.self_ty
            && own.to_token_stream().to_string() == ty.to_token_stream().to_string()
        {
            return true;
        }
        let Some(last) = path.path.segments.last() else { return true };
        if !last.arguments.is_empty() {
            return true;
        }
        // A type parameter, or an associated type of one, stands for a number.
        let parameter = |segment: &syn::PathSegment| self.types.parameters.contains(&segment.ident);
        if path.qself.is_some() || path.path.segments.iter().any(parameter) {
            return false;
        }
        // A struct that is known, whatever its name looks like: `M2`, `V3`.
        if matches!(self.types.ty(ty), Ty::Named(named) if named.fields.is_some()) {
            return true;
        }
        let lower = last.ident.to_string().to_lowercase();
        const ALIASES: [&str; 10] =
            ["float", "real", "scalar", "num", "f32", "f64", "double", "single", "precision", "value"];
        is_type_name(&last.ident) && !ALIASES.iter().any(|alias| lower.contains(alias))
    }

    /// `V::add(a, b)` of such a type.
    pub(super) fn operator_by_path(&mut self, path: &syn::ExprPath, args: &[&syn::Expr]) -> Option<Operand> {
        let mut segments = path.path.segments.iter().rev();
        let (method, of) = (&segments.next()?.ident, segments.next()?);
        let (left, rest) = args.split_first()?;
        let text = method.to_string();
        let known =
            operator_from_method(&text, args.len()).or_else(|| assignment_from_method(&text, args.len()));
        if known.is_none() || !self.around.is_operator(&of.ident, method) {
            return None;
        }
        let ty = Named::opaque(syn::parse_quote!(#of));
        let left = self.operand(left, &ty);
        let left = self.fixed(left);
        self.operator_by_name(&left, &ty, method, rest, &Ty::Unknown)
    }

    /// `a.add(b)`, `a.add_assign(b)` of a user's type that has the method by an `impl Add` alone: `a + b`.
    pub(super) fn operator_by_name(
        &mut self,
        receiver: &Operand,
        ty: &Ty,
        name: &Ident,
        args: &[&syn::Expr],
        hint: &Ty,
    ) -> Option<Operand> {
        let Ty::Named(of) = ty else { return None };
        let syn::Type::Path(of) = &of.written else { return None };
        let text = name.to_string();
        let assigned = assignment_from_method(&text, args.len() + 1);
        let op = assigned.or_else(|| operator_from_method(&text, args.len() + 1))?;
        let owner = &of.path.segments.last()?.ident;
        let lent = self.around.is_operator_of_references(owner, name);
        if !lent && !self.around.is_operator(owner, name) {
            return None;
        }
        let receiver = match receiver {
            Operand::Ref(place, _) if !lent => Operand::Place(place.clone()),
            Operand::Place(place) if lent => Operand::Ref(place.clone(), false),
            other => other.clone(),
        };
        self.scopes.push();
        let left = Ident::new("__left", name.span());
        self.scopes.bind(&left, receiver);
        let found = match (op, assigned.is_some(), args) {
            (Op::Neg, false, []) => syn::parse_quote!(-#left),
            (Op::Add, false, [right]) => syn::parse_quote!(#left + (#right)),
            (Op::Sub, false, [right]) => syn::parse_quote!(#left - (#right)),
            (Op::Mul, false, [right]) => syn::parse_quote!(#left * (#right)),
            (Op::Div, false, [right]) => syn::parse_quote!(#left / (#right)),
            (Op::Add, true, [right]) => syn::parse_quote!(#left += (#right)),
            (Op::Sub, true, [right]) => syn::parse_quote!(#left -= (#right)),
            (Op::Mul, true, [right]) => syn::parse_quote!(#left *= (#right)),
            (Op::Div, true, [right]) => syn::parse_quote!(#left /= (#right)),
            _ => {
                self.scopes.pop();
                return None;
            }
        };
        let operand = self.operand(&found, hint);
        self.scopes.pop();
        Some(operand)
    }

    /// The call of an operator's rule; `None` if the operands are scalars. `shared` tells which of
    /// them are references.
    pub(super) fn overloaded(
        &mut self,
        op: Op,
        args: &[Expr],
        shared: &[bool],
        span: Span,
    ) -> Option<Operand> {
        let known = args.iter().any(|arg| self.is_aggregate(arg));
        if known { self.operator_call(op, args, shared, &Ty::Unknown, span) } else { None }
    }

    /// The call of the rule of an operator, whatever its operands are; `None` if it has none.
    pub(super) fn operator_call(
        &mut self,
        op: Op,
        args: &[Expr],
        shared: &[bool],
        hint: &Ty,
        span: Span,
    ) -> Option<Operand> {
        let name = match op {
            Op::Add => "add",
            Op::Sub => "sub",
            Op::Mul => "mul",
            Op::Div => "div",
            Op::Neg => "neg",
            _ => return None,
        };
        let tys: Vec<Ty> = args.iter().map(|arg| arg.ty(&self.f)).collect();
        if self.tree || !self.overloads || tys.iter().all(|ty| ty.is_float() || ty.is_int()) {
            return None;
        }
        let ty = match (op, &tys[..]) {
            // What stands beside a vector may be a point: `p + v`.
            (Op::Add | Op::Sub, [ty @ Ty::Named(_), _]) => ty.guessed(),
            (Op::Mul | Op::Div, [ty @ Ty::Named(_), other]) if other.is_float() => ty.guessed(),
            (Op::Mul, [other, ty @ Ty::Named(_)]) if other.is_float() => ty.guessed(),
            (Op::Neg, [ty]) => ty.guessed(),
            _ => hint.clone(),
        };
        if let Some(operand) = self.small_operator(&Ident::new(name, span), args, shared) {
            return Some(operand);
        }
        let ty = self.told_output(name, &tys, span).unwrap_or(ty);
        Some(self.rule_call(name, args, shared, ty, span))
    }

    /// What an `impl` of an operator calls a type.
    pub(super) fn type_name(&self, ty: &Ty) -> Option<String> {
        match ty {
            Ty::F64 | Ty::Float => Some("f64".to_owned()),
            Ty::F32 => Some("f32".to_owned()),
            Ty::Named(named) => {
                let own = match (&named.written, &self.types.self_ty) {
                    (syn::Type::Path(path), Some(own)) if path.path.is_ident("Self") => own,
                    (written, _) => written,
                };
                match own {
                    syn::Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
                    _ => None,
                }
            }
            Ty::Generic(_)
            | Ty::Wide(_)
            | Ty::Int(_)
            | Ty::Bool
            | Ty::Inert
            | Ty::Array(..)
            | Ty::Slice(_)
            | Ty::Vec(_)
            | Ty::Deque(_)
            | Ty::Tuple(_)
            | Ty::Option(_)
            | Ty::Unknown => None,
        }
    }

    /// What the operator gives by its `impl` in this file: of a number that, of another type its name.
    fn told_output(&self, name: &str, tys: &[Ty], span: Span) -> Option<Ty> {
        let [left, right] = tys else { return None };
        let output = self.around.operator_gives(
            &Ident::new(name, span),
            &self.type_name(left)?,
            &self.type_name(right)?,
        )?;
        match self.types.ty(&output) {
            ty @ Ty::Named(_) if output.to_token_stream().to_string().contains('<') => Some(ty.guessed()),
            ty if ty.is_float() || matches!(ty, Ty::Named(_)) => Some(ty),
            _ => None,
        }
    }

    /// `place += value` by the small `AddAssign` of a type of this file; whether there is one.
    pub(super) fn small_compound(
        &mut self,
        op: Op,
        place: &Place,
        value: &Expr,
        shared: bool,
        span: Span,
    ) -> bool {
        let named = matches!(self.f.place_ty(place), Ty::Named(_)) && self.overloads;
        let name = assigning(op).filter(|_| named);
        name.is_some_and(|name| self.small_assignment(&Ident::new(name, span), place, value, shared))
    }

    /// `place += value` by the `AddAssign` of a type of this file; `None` where it is `place + value`.
    pub(super) fn assigning_operator(
        &mut self,
        op: Op,
        place: &Place,
        value: &Expr,
        shared: bool,
        span: Span,
    ) -> Option<Operand> {
        let name = assigning(op)?;
        let ty = self.f.place_ty(place);
        let Ty::Named(of) = &ty else { return None };
        let syn::Type::Path(of) = &of.written else { return None };
        let owner = match &self.types.self_ty {
            Some(syn::Type::Path(this)) if of.path.is_ident("Self") => {
                this.path.segments.last()?.ident.clone()
            }
            _ => of.path.segments.last()?.ident.clone(),
        };
        if self.tree || !self.overloads || !self.around.assigns(&owner, &Ident::new(name, span)) {
            return None;
        }
        let itself = if place.is_var() { Expr::Read(place.clone()) } else { Expr::ToOwned(place.clone()) };
        let args = [itself, value.clone()];
        Some(self.rule_call(name, &args, &[false, shared], ty, span))
    }

    fn rule_call(&mut self, name: &str, args: &[Expr], shared: &[bool], ty: Ty, span: Span) -> Operand {
        // The rule of an operator on references is another: what is a reference is passed again.
        let form = match shared[..args.len()] {
            [true, true] => "_rr",
            [true, false] => "_rv",
            [false, true] => "_vr",
            [true] => "_r",
            _ => "",
        };
        let lent = |arg: &Expr, shared: bool| match arg {
            Expr::Read(place) if shared => Some(Arg::Ref(place.clone())),
            Expr::Read(place) if self.is_given_away(place) => Some(Arg::Value(Expr::ToOwned(place.clone()))),
            _ => None,
        };
        let lent: Vec<_> = args.iter().zip(shared).map(|(arg, shared)| lent(arg, *shared)).collect();
        let args = args
            .iter()
            .zip(lent)
            .map(|(arg, lent)| lent.unwrap_or_else(|| Arg::Value(self.kept_value(arg.clone()))));
        let args = args.collect();
        let krate = self.krate.clone();
        let name = syn::Ident::new(&format!("{name}{form}"), span);
        let callee = Callee::Path(syn::parse_quote!(#krate::rt::ops::#name));
        let result: Var = self.local("r", ty);
        self.users.insert(result);
        self.emit(Stmt::Call(Call {
            callee,
            args,
            result,
            question: false,
            map_err: None,
            spared: false,
            outcome: Outcome::Value,
            wide: WideCompanions::default(),
            mode: CallMode::Plain,
            span,
        }));
        Operand::var(result)
    }

    /// The type of a value: what its expression says, and that arithmetic with a float gives a
    /// float, where it goes by the rules of scalars.
    pub(super) fn value_ty(&self, value: &Expr) -> Ty {
        let ty = value.ty(&self.f);
        match (ty, value) {
            (Ty::Unknown, Expr::Prim { op: Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Rem, args, .. }) => {
                args.iter().map(|arg| self.value_ty(arg)).find(Ty::is_float).unwrap_or(Ty::Unknown)
            }
            (Ty::Unknown, Expr::Prim { op: Op::Neg, args, .. }) => self.value_ty(&args[0]),
            (Ty::Unknown, Expr::Prim { op: Op::Fn(primitive), .. })
                if super::types::is_float_only(primitive.name()) && self.types.floats.is_empty() =>
            {
                Ty::Float
            }
            (ty, _) => ty,
        }
    }

    /// Operands of unknown type beside a float are floats, by the same rules.
    pub(super) fn learn_scalars(&mut self, op: Op, args: &[Expr]) {
        let arithmetic = matches!(op, Op::Add | Op::Sub | Op::Mul | Op::Div);
        // A name alone is no proof: of `floor` no term of the derivative would show a mistake.
        let float_only = matches!(op, Op::Fn(primitive) if super::types::is_float_only(primitive.name())
            && primitive.name() != "powi"
            && !primitive.is_locally_constant());
        let float = args.iter().map(|arg| self.value_ty(arg)).find(Ty::is_float);
        let known = match float {
            Some(ty) if arithmetic || float_only => ty,
            // In generic code it may be the parameter, of which literals are not.
            None if float_only && self.types.floats.is_empty() => Ty::Float,
            _ => return,
        };
        for arg in args {
            if let Expr::Read(place) = arg
                && place.is_var()
                && self.f.info(place.root).view_of.is_none()
            {
                self.refine(place.root, &known);
            }
        }
    }

    /// A cast to a float of what may be an integer or a float: only rustc knows whether it has a
    /// derivative.
    pub(super) fn number_cast(&mut self, arg: &Expr, ty: &Ty, span: Span) -> Option<Operand> {
        let name = match ty {
            Ty::F64 => syn::Ident::new("to_f64", span),
            Ty::F32 => syn::Ident::new("to_f32", span),
            _ => return None,
        };
        // Back from the float, the cotangent's type would be for rustc to infer, from its uses.
        let open = matches!(arg.ty(&self.f), Ty::Unknown | Ty::Float) && !self.is_inactive(arg);
        if self.tree || !self.casts || !open {
            return None;
        }
        let krate = self.krate.clone();
        let callee = Callee::Path(syn::parse_quote!(#krate::rt::casts::#name));
        let result = self.local("r", ty.clone());
        let args = vec![Arg::Value(arg.clone())];
        self.emit(Stmt::Call(Call {
            callee,
            args,
            result,
            question: false,
            map_err: None,
            spared: false,
            outcome: Outcome::Value,
            wide: WideCompanions::default(),
            mode: CallMode::Plain,
            span,
        }));
        Some(Operand::var(result))
    }

    fn kept_value(&mut self, value: Expr) -> Expr {
        match value {
            value if matches!(value.ty(&self.f), Ty::Vec(_)) => self.vec_of_its_own(value),
            Expr::Move(_) | Expr::ToOwned(_) => value,
            value if self.is_inactive(&value) => value,
            value => self.atomic(value),
        }
    }
}

/// The method of a compound assignment.
fn assigning(op: Op) -> Option<&'static str> {
    const METHODS: [(Op, &str); 4] =
        [(Op::Add, "add_assign"), (Op::Sub, "sub_assign"), (Op::Mul, "mul_assign"), (Op::Div, "div_assign")];
    METHODS.iter().find(|(known, _)| *known == op).map(|(_, method)| *method)
}

pub(super) fn is_type_name(name: &Ident) -> bool {
    let name = name.to_string();
    name.starts_with(char::is_uppercase) && (name.len() == 1 || name.contains(char::is_lowercase))
}

/// Whether an associated function of this name returns a value of its type.
fn is_constructor(name: &Ident) -> bool {
    let name = name.to_string();
    name.starts_with("from_")
        || name.starts_with("new")
        || ["zero", "one", "identity", "splat", "origin", "default", "unit"].contains(&name.as_str())
}

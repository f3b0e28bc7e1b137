//! Operators and casts.

use super::Lowerer;
use super::scope::Operand;
use super::stmt::unparen;
use crate::diagnostics::message;
use crate::ir::{Expr, Op, Place, Proj, Ty};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{BinOp, UnOp};

impl Lowerer<'_> {
    pub(super) fn unary(&mut self, unary: &syn::ExprUnary, hint: &Ty) -> Operand {
        match unary.op {
            UnOp::Deref(_) => self.deref(unary, hint),
            UnOp::Neg(_) => {
                if let syn::Expr::Lit(inner) = unparen(&unary.expr)
                    && let Some(value) = negative(&inner.lit)
                {
                    return Operand::Value(value);
                }
                let operand = self.operand(&unary.expr, hint);
                let shared = [self.is_shared(&operand)];
                let args = [self.value_of(operand)];
                if matches!(args[0].ty(&self.f), Ty::Unknown)
                    && self.shapes.is_doubtful_value(&unary.expr)
                    && let Some(operand) = self.operator_call(Op::Neg, &args, &shared, hint, unary.span())
                {
                    return operand;
                }
                if let Some(operand) = self.overloaded(Op::Neg, &args, &shared, unary.span()) {
                    return operand;
                }
                self.prim(Op::Neg, args.into(), unary.span())
            }
            UnOp::Not(_) => {
                let value = match hint {
                    Ty::Bool => self.condition(&unary.expr),
                    _ => self.value(&unary.expr, hint),
                };
                if value.ty(&self.f).is_float() {
                    return self.refuse(unary, message::bit_operation("!"));
                }
                Operand::Value(Expr::Prim { op: Op::Not, args: vec![value], span: unary.op.span() })
            }
            _ => self.refuse(unary, message::UNKNOWN_SYNTAX),
        }
    }

    fn deref(&mut self, unary: &syn::ExprUnary, hint: &Ty) -> Operand {
        match self.operand(&unary.expr, hint) {
            Operand::Ref(place, _) => Operand::Place(Place { span: unary.span(), ..place }),
            Operand::Place(place) if self.is_self_by_reference(&place) => Operand::Place(place),
            Operand::Place(place) if let Some(part) = self.part_by_deref(&place) => Operand::Place(part),
            Operand::Place(place) => match self.f.place_ty(&place) {
                Ty::Named(named) if is_box(&named.written) && !self.unboxed.contains(&place.root) => {
                    Operand::Place(Place { span: unary.span(), ..place.project(Proj::Deref) })
                }
                // What a reference to a reference refers to.
                Ty::Named(_) if !self.may_be_pointer(&place) => Operand::Place(place),
                // A `Box`, or what a field or a call gave.
                Ty::Named(_) | Ty::Unknown
                    if !self.inert_place(&place) && !self.unboxed.contains(&place.root) =>
                {
                    Operand::Place(Place { span: unary.span(), ..place.project(Proj::Deref) })
                }
                _ => Operand::Place(place),
            },
            other => self.pointee(other),
        }
    }

    /// Whether a place is what `self` refers to: a reference there.
    fn is_self_by_reference(&self, place: &Place) -> bool {
        let param = self.f.params.iter().find(|param| place.is_var() && param.var == place.root);
        param.is_some_and(|param| {
            self.f.info(param.var).name == "self" && matches!(param.ty, syn::Type::Reference(_))
        })
    }

    /// Whether a place may hold a pointer, which `*` follows.
    pub(super) fn may_be_pointer(&self, place: &Place) -> bool {
        let ty = self.f.place_ty(place);
        match &ty {
            Ty::Named(named) => {
                is_box(&named.written)
                    || named.fields.is_none()
                    || self.has_method(&ty, &syn::Ident::new("deref", place.span))
            }
            Ty::Unknown => true,
            Ty::F64
            | Ty::F32
            | Ty::Float
            | Ty::Generic(_)
            | Ty::Int(_)
            | Ty::Bool
            | Ty::Inert
            | Ty::Array(..)
            | Ty::Slice(_)
            | Ty::Vec(_)
            | Ty::Deque(_)
            | Ty::Tuple(_)
            | Ty::Option(_)
            | Ty::Wide(_) => false,
        }
    }

    // An element that a loop or a pattern binds may be a reference in the source and is a place
    // here already.
    fn inert_place(&self, place: &Place) -> bool {
        matches!(place.proj.last(), Some(Proj::Index(_)))
    }

    pub(super) fn binary(&mut self, binary: &syn::ExprBinary, hint: &Ty) -> Operand {
        let Some(op) = operator(&binary.op) else {
            return self.refuse(binary, message::UNKNOWN_SYNTAX);
        };
        match op {
            Op::And | Op::Or => {
                let value = self.condition_binary(binary, op);
                Operand::Value(value)
            }
            Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge => self.comparison(binary, op),
            _ => {
                let whole = hint;
                let users = matches!(op, Op::Add | Op::Sub | Op::Mul | Op::Div)
                    && (matches!(whole, Ty::Named(_)) || self.is_users_operation(binary));
                // `x * 2.0` tells the literal's type, `2.0 * x` too.
                let hint = match hint {
                    Ty::Unknown => {
                        let left = self.type_of(&binary.left);
                        if matches!(left, Ty::Unknown) { self.type_of(&binary.right) } else { left }
                    }
                    hint => hint.clone(),
                };
                // The factors of a user's type are not of one type.
                let scalar = (hint.is_float() || hint.is_int()) && !users;
                let side_hint = if scalar { hint } else { Ty::Unknown };
                let sides = [&*binary.left, &*binary.right];
                let mut shared = [false; 2];
                let operands = self.sequence(2, &mut |this, k| {
                    let operand = this.operand(sides[k], &side_hint);
                    shared[k] = this.is_shared(&operand);
                    this.scalar_operand(operand)
                });
                let mut args: Vec<Expr> =
                    operands.into_iter().map(|operand| self.value_of(operand)).collect();
                if !users {
                    self.adopt(&mut args);
                }
                let bits = matches!(op, Op::BitAnd | Op::BitOr | Op::BitXor | Op::Shl | Op::Shr);
                if bits && args.iter().any(|arg| arg.ty(&self.f).is_float()) {
                    return self.refuse(binary, message::bit_operation(symbol(op)));
                }
                let users_own = |arg: &Expr| {
                    let ty = arg.ty(&self.f);
                    matches!(ty, Ty::Named(_)) && ty.may_be_active()
                };
                if op == Op::Rem && args.iter().any(users_own) {
                    return self.refuse(binary, message::REMAINDER);
                }
                if !users && let Some(message) = self.mixed(&args) {
                    return self.refuse(binary, message);
                }
                let span = binary.op.span();
                if users && let Some(operand) = self.operator_call(op, &args, &shared, whole, span) {
                    return operand;
                }
                if let Some(operand) = self.overloaded(op, &args, &shared, span) {
                    return operand;
                }
                self.prim(op, args, binary.op.span())
            }
        }
    }

    /// An integer beside a float, which is no Rust: said before anything follows from it.
    pub(super) fn mixed(&self, args: &[Expr]) -> Option<String> {
        let single = args.iter().any(|arg| matches!(arg.ty(&self.f), Ty::F32));
        if !single && !args.iter().any(|arg| matches!(arg.ty(&self.f), Ty::F64)) {
            return None;
        }
        args.iter().find_map(|arg| match arg {
            Expr::Lit(syn::Lit::Int(lit)) if lit.suffix().is_empty() => {
                Some(message::integer_literal(lit.base10_digits()))
            }
            // Of a parameter the type is written; of other variables it is a guess.
            Expr::Read(place)
                if place.is_var()
                    && self.f.params.iter().any(|param| param.var == place.root)
                    && matches!(self.f.info(place.root).ty, Ty::Int(Some(_))) =>
            {
                let name = self.f.info(place.root).name.to_string();
                Some(message::integer_variable(&name, if single { "f32" } else { "f64" }))
            }
            _ => None,
        })
    }

    /// Whether an operation goes through the rules of operators: where it is one of a user's type,
    /// or may be one for all that is known.
    pub(super) fn is_users_operation(&self, binary: &syn::ExprBinary) -> bool {
        let known = |side: &syn::Expr| {
            let ty = self.type_of(side);
            ty.is_float() || !ty.may_be_active()
        };
        self.shapes.is_operation(binary)
            || (!(known(&binary.left) && known(&binary.right)) && self.shapes.is_doubtful(binary))
    }

    /// An operand of arithmetic: kept as a tree where it is an integer, since that has no
    /// derivative; else an atom.
    pub(super) fn scalar_operand(&mut self, operand: Operand) -> Operand {
        match operand {
            Operand::Place(place) | Operand::Ref(place, _) => Operand::Value(Expr::Read(place)),
            Operand::Value(value) if self.is_inactive(&value) => Operand::Value(value),
            // `adopt` has still to give it its type.
            Operand::Value(Expr::Opaque { tokens, args, ty }) if args.is_empty() => {
                Operand::Value(Expr::Opaque { tokens, args, ty })
            }
            other => self.atomic_operand(other),
        }
    }

    /// Whether an operand is a reference: users' types may have operators of their own for those.
    pub(super) fn is_shared(&self, operand: &Operand) -> bool {
        matches!(operand, Operand::Ref(place, false) if !self.is_given_away(place))
    }

    /// Whether the type says that the value has no derivative.
    pub(super) fn is_inactive(&self, value: &Expr) -> bool {
        !value.ty(&self.f).may_be_active()
    }

    /// A constant of unknown type beside a float is that float.
    fn adopt(&self, args: &mut [Expr]) {
        let float =
            args.iter().map(|arg| arg.ty(&self.f)).find(|ty| ty.is_float() && !matches!(ty, Ty::Float));
        let Some(float) = float else { return };
        for arg in args {
            if let Expr::Opaque { tokens, args, ty: ty @ Ty::Unknown } = arg
                && args.is_empty()
                && is_constant(tokens)
            {
                *ty = float.clone();
            }
        }
    }

    /// An operator applied to its operands, which are made atoms where it may be active.
    pub(super) fn prim(&mut self, op: Op, args: Vec<Expr>, span: proc_macro2::Span) -> Operand {
        if let Some(operand) = self.overloaded(op, &args, &[false; 2], span) {
            return operand;
        }
        self.learn_scalars(op, &args);
        let inactive = args.iter().all(|arg| self.is_inactive(arg));
        let args = if inactive || self.tree {
            args
        } else {
            args.into_iter().map(|arg| if self.is_inactive(&arg) { arg } else { self.atomic(arg) }).collect()
        };
        Operand::Value(Expr::Prim { op, args, span })
    }

    fn comparison(&mut self, binary: &syn::ExprBinary, op: Op) -> Operand {
        let sides = [&*binary.left, &*binary.right];
        let left = self.type_of(sides[0]);
        let hint = if matches!(left, Ty::Unknown) { self.type_of(sides[1]) } else { left };
        let hint = if hint.is_float() || hint.is_int() { hint } else { Ty::Unknown };
        let operands = self.sequence(2, &mut |this, k| match this.operand(sides[k], &hint) {
            // A string slice is compared with a literal or a constant, which are references, as
            // the reference it is.
            Operand::Ref(place, _)
                if matches!(this.f.place_ty(&place), Ty::Inert) && is_text(sides[1 - k]) =>
            {
                let borrow = Expr::Borrow { place, mutable: false };
                let (tokens, args) = (quote::quote!(__hole_0), vec![borrow]);
                Operand::Value(Expr::Opaque { tokens, args, ty: Ty::Inert })
            }
            // Comparisons of aggregates compare places without moving them.
            Operand::Place(place) | Operand::Ref(place, _) => Operand::Value(Expr::Read(place)),
            other => {
                let value = this.value_of(other);
                Operand::Value(value)
            }
        });
        let args = operands.into_iter().map(|operand| self.value_of(operand)).collect();
        Operand::Value(Expr::Prim { op, args, span: binary.op.span() })
    }

    pub(super) fn cast(&mut self, cast: &syn::ExprCast) -> Operand {
        let ty = self.types.ty(&cast.ty);
        let tokens = cast.ty.to_token_stream();
        if ty.may_be_active() && self.is_integer_arithmetic(&cast.expr) {
            let arg = self.opaque(&cast.expr, Ty::Int(None), None);
            return Operand::Value(Expr::Cast { arg: Box::new(arg), ty, tokens });
        }
        if ty.may_be_active() {
            let operand = self.operand(&cast.expr, &Ty::Unknown);
            let arg = self.value_of(operand);
            let arg = if self.is_inactive(&arg) { arg } else { self.atomic(arg) };
            if let Some(operand) = self.number_cast(&arg, &ty, cast.as_token.span()) {
                return operand;
            }
            return Operand::Value(Expr::Cast { arg: Box::new(arg), ty, tokens });
        }
        // What becomes an integer has no derivative, whatever it was.
        let arg = self.inactive(&cast.expr, &Ty::Unknown);
        Operand::Value(Expr::Cast { arg: Box::new(arg), ty, tokens })
    }
}

impl Lowerer<'_> {
    /// `self.n - k` for an integer `k`: under a cast, whose operand is a primitive, an integer.
    fn is_integer_arithmetic(&self, expr: &syn::Expr) -> bool {
        let syn::Expr::Binary(binary) = super::stmt::unparen(expr) else { return false };
        let arithmetic = matches!(
            binary.op,
            BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_) | BinOp::Div(_) | BinOp::Rem(_)
        );
        arithmetic
            && [&binary.left, &binary.right]
                .into_iter()
                .any(|side| self.type_of(side).is_int() || self.is_integer_arithmetic(side))
    }
}

fn operator(op: &BinOp) -> Option<Op> {
    Some(match op {
        BinOp::Add(_) => Op::Add,
        BinOp::Sub(_) => Op::Sub,
        BinOp::Mul(_) => Op::Mul,
        BinOp::Div(_) => Op::Div,
        BinOp::Rem(_) => Op::Rem,
        BinOp::And(_) => Op::And,
        BinOp::Or(_) => Op::Or,
        BinOp::BitXor(_) => Op::BitXor,
        BinOp::BitAnd(_) => Op::BitAnd,
        BinOp::BitOr(_) => Op::BitOr,
        BinOp::Shl(_) => Op::Shl,
        BinOp::Shr(_) => Op::Shr,
        BinOp::Eq(_) => Op::Eq,
        BinOp::Lt(_) => Op::Lt,
        BinOp::Le(_) => Op::Le,
        BinOp::Ne(_) => Op::Ne,
        BinOp::Ge(_) => Op::Ge,
        BinOp::Gt(_) => Op::Gt,
        _ => return None,
    })
}

fn symbol(op: Op) -> &'static str {
    match op {
        Op::BitAnd => "&",
        Op::BitOr => "|",
        Op::BitXor => "^",
        Op::Shl => "<<",
        Op::Shr => ">>",
        Op::Add => "+",
        Op::Sub | Op::Neg => "-",
        Op::Mul => "*",
        Op::Div => "/",
        Op::Rem => "%",
        Op::Eq => "==",
        Op::Ne => "!=",
        Op::Lt => "<",
        Op::Le => "<=",
        Op::Gt => ">",
        Op::Ge => ">=",
        Op::And => "&&",
        Op::Or => "||",
        Op::Not => "!",
        Op::Fn(primitive) => primitive.name(),
    }
}

/// `-2.0` as one constant.
fn negative(lit: &syn::Lit) -> Option<Expr> {
    let syn::Lit::Float(float) = lit else { return None };
    let ty = match float.suffix() {
        "f32" => Ty::F32,
        "f64" => Ty::F64,
        "" => Ty::Float,
        _ => return None,
    };
    let value: f64 = float.base10_digits().parse().ok()?;
    value.is_finite().then_some(Expr::Const(-value, ty))
}

/// Whether the tokens are a path that ends in a SCREAMING name.
pub(super) fn is_constant(tokens: &proc_macro2::TokenStream) -> bool {
    match syn::parse2::<syn::Path>(tokens.clone()) {
        Ok(path) => path.segments.last().is_some_and(|last| {
            let name = last.ident.to_string();
            name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
        }),
        Err(_) => false,
    }
}

/// A literal of a string, or a constant that stands beside one.
fn is_text(expr: &syn::Expr) -> bool {
    match unparen(expr) {
        syn::Expr::Lit(lit) => matches!(lit.lit, syn::Lit::Str(_)),
        syn::Expr::Path(path) => is_constant(&path.to_token_stream()),
        _ => false,
    }
}

/// Whether a type is written `Box<…>`.
fn is_box(ty: &syn::Type) -> bool {
    matches!(ty, syn::Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Box"))
}

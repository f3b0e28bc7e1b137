//! Expressions and places.

use super::real::{binary, integer, unary};
use super::value::{Look, Step, look};
use super::{Fault, Frame, Interp, Loc, Outcome, Real, Value};
use crate::ir::{Expr, Op, Place, Proj, Ty, Var};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use syn::Member;

impl<'p, F: Real> Interp<'p, F> {
    /// The location that a place names now.
    pub(super) fn locate(&mut self, frame: &Frame<'p>, place: &'p Place) -> Outcome<Loc> {
        let mut loc = self.bound(frame, place.root)?;
        for proj in &place.proj {
            let step = match proj {
                Proj::Field(member) => Step::Field(field(member)),
                Proj::Index(index) => Step::Index(self.index(frame, index)?),
                Proj::Range(lo, hi) => {
                    let lo = lo.as_ref().map_or(Ok(0), |lo| self.index(frame, lo))?;
                    let hi = match hi {
                        Some(hi) => self.index(frame, hi)?,
                        None => self.len(&loc)?,
                    };
                    Step::Range(lo, hi)
                }
                Proj::Deref => continue,
                Proj::Payload => Step::Payload,
            };
            loc.step(step)?;
        }
        Ok(loc)
    }

    fn bound(&self, frame: &Frame<'p>, var: Var) -> Outcome<Loc> {
        let bound = frame.bind[var.0].clone();
        bound.ok_or_else(|| Fault::Bug(format!("`{}` is used where it is not declared", frame.name(var))))
    }

    fn index(&mut self, frame: &Frame<'p>, index: &'p Expr) -> Outcome<usize> {
        let index = self.eval(frame, index)?.int()?;
        usize::try_from(index).map_err(|_| Fault::Panic(format!("index {index}")))
    }

    pub(super) fn len(&self, loc: &Loc) -> Outcome<usize> {
        match self.look(loc)? {
            Look::Many(items) => Ok(items.len()),
            Look::One(value) => match value.items() {
                Some(items) => Ok(items.len()),
                None => Err(Fault::Bug(format!("the length of {}", value.kind()))),
            },
        }
    }

    pub(super) fn look(&self, loc: &Loc) -> Outcome<Look<'_, F>> {
        look(&self.cells[loc.cell], &loc.path)
    }

    /// A copy of what stands at a location.
    pub(super) fn copy(&self, loc: &Loc) -> Outcome<Value<F>> {
        match self.look(loc)? {
            Look::One(Value::Unset) => Err(Fault::Bug("read before it is written".into())),
            Look::One(Value::Moved) => Err(Fault::Bug("read after it was moved".into())),
            Look::One(value) => Ok(value.clone()),
            Look::Many(items) => Ok(Value::Vec(items.to_vec())),
        }
    }

    fn read(&mut self, frame: &Frame<'p>, place: &'p Place) -> Outcome<Value<F>> {
        let loc = self.locate(frame, place)?;
        self.copy(&loc).map_err(|fault| match fault {
            Fault::Bug(what) => Fault::Bug(format!("`{}`: {what}", frame.name(place.root))),
            other => other,
        })
    }

    fn all(&mut self, frame: &Frame<'p>, exprs: &'p [Expr]) -> Outcome<Vec<Value<F>>> {
        exprs.iter().map(|expr| self.eval(frame, expr)).collect()
    }

    /// The value of an expression.
    pub(super) fn eval(&mut self, frame: &Frame<'p>, expr: &'p Expr) -> Outcome<Value<F>> {
        match expr {
            Expr::Lit(lit) => literal(lit),
            Expr::Const(value, ty) if ty.is_int() => Ok(Value::Int(*value as i128)),
            Expr::Const(value, _) => Ok(Value::Float(F::lit(*value))),
            Expr::Opaque { tokens, args, .. } => {
                let args = self.all(frame, args)?;
                self.opaque(frame, tokens, &args)
            }
            Expr::Read(place) | Expr::ToOwned(place) | Expr::Borrow { place, .. } => {
                let value = self.read(frame, place)?;
                Ok(match (expr, value) {
                    (Expr::ToOwned(owned), Value::Array(items))
                        if matches!(frame.f.place_ty(owned), Ty::Slice(_)) =>
                    {
                        Value::Vec(items)
                    }
                    (_, value) => value,
                })
            }
            Expr::Move(var) => {
                let loc = self.bound(frame, *var)?;
                let value = self.read_var(frame, *var)?;
                if !value.is_copy() && loc.path.is_empty() {
                    self.cells[loc.cell] = Value::Moved;
                }
                Ok(value)
            }
            Expr::Len(place) => {
                let loc = self.locate(frame, place)?;
                Ok(Value::Int(self.len(&loc)? as i128))
            }
            Expr::Prim { op, args, .. } => self.prim(frame, expr, *op, args),
            Expr::Select { cond, then, els } => {
                let cond = self.eval(frame, cond)?;
                if let Value::Poison = cond {
                    return Ok(cond);
                }
                self.eval(frame, if cond.bool()? { then } else { els })
            }
            Expr::Cast { arg, ty, tokens } => {
                let value = self.eval(frame, arg)?;
                cast(value, ty, &tokens.to_string())
            }
            Expr::Tuple(items) => Ok(Value::Tuple(self.all(frame, items)?)),
            Expr::Array(items) => Ok(Value::Array(self.all(frame, items)?)),
            Expr::VecOf(items) => Ok(Value::Vec(self.all(frame, items)?)),
            Expr::Repeat { elem, len } => {
                let len = self.opaque(frame, len, &[])?.int()?;
                let elem = self.eval(frame, elem)?;
                self.steps(length(len)?)?;
                Ok(Value::Array(vec![elem; length(len)?]))
            }
            Expr::VecRepeat { elem, len } => {
                let len = self.eval(frame, len)?.int()?;
                let elem = self.eval(frame, elem)?;
                self.steps(length(len)?)?;
                Ok(Value::Vec(vec![elem; length(len)?]))
            }
            Expr::VecNew { .. } => Ok(Value::Vec(Vec::new())),
            Expr::Struct { path, fields, rest, .. } => {
                let mut values = BTreeMap::new();
                if let Some(rest) = rest
                    && let Value::Struct(_, old) = self.eval(frame, rest)?
                {
                    values = old;
                }
                for (member, value) in fields {
                    values.insert(field(member), self.eval(frame, value)?);
                }
                let name = path.to_string();
                Ok(Value::Struct(name.rsplit("::").next().unwrap_or("").trim().to_string(), values))
            }
            Expr::Some(value) => Ok(Value::Option(Some(Box::new(self.eval(frame, value)?)))),
            Expr::Zero { like } => match self.static_zero(frame, &frame.f.place_ty(like))? {
                Some(zero) => Ok(zero),
                None => {
                    let loc = self.locate(frame, like)?;
                    self.zero_of(&loc)
                }
            },
            Expr::Take { shadow, like } => {
                let loc = self.locate(frame, shadow)?;
                let value = self.copy(&loc)?;
                let zero = match self.static_zero(frame, &frame.f.place_ty(like))? {
                    Some(zero) => zero,
                    None => {
                        let like = self.locate(frame, like)?;
                        self.zero_of(&like)?
                    }
                };
                self.store(&loc, zero)?;
                Ok(value)
            }
            Expr::Placeholder(_) => Ok(Value::Poison),
        }
    }

    /// The zero of a type that says its own shape: the place need not be in scope.
    fn static_zero(&mut self, frame: &Frame<'p>, ty: &Ty) -> Outcome<Option<Value<F>>> {
        Ok(match ty {
            Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) => Some(Value::Float(F::lit(0.0))),
            Ty::Int(_) | Ty::Bool => Some(Value::UNIT),
            Ty::Array(item, len) => match self.static_zero(frame, item)? {
                Some(zero) => Some(Value::Array(vec![zero; length(self.constant(frame, len)?.int()?)?])),
                None => None,
            },
            Ty::Tuple(items) => {
                let zeros: Outcome<Vec<_>> = items.iter().map(|item| self.static_zero(frame, item)).collect();
                zeros?.into_iter().collect::<Option<Vec<_>>>().map(Value::Tuple)
            }
            // The interpreter runs in one direction.
            Ty::Wide(_) => None,
            Ty::Inert
            | Ty::Slice(_)
            | Ty::Vec(_)
            | Ty::Deque(_)
            | Ty::Option(_)
            | Ty::Named(_)
            | Ty::Unknown => None,
        })
    }

    pub(super) fn zero_of(&self, loc: &Loc) -> Outcome<Value<F>> {
        Ok(match self.look(loc)? {
            Look::One(Value::Unset | Value::Moved) => {
                return Err(Fault::Bug("the shape of a value that is not there".into()));
            }
            Look::One(value) => value.zero(),
            Look::Many(items) => Value::Vec(items.iter().map(Value::zero).collect()),
        })
    }

    fn read_var(&self, frame: &Frame<'p>, var: Var) -> Outcome<Value<F>> {
        let loc = self.bound(frame, var)?;
        self.copy(&loc).map_err(|fault| match fault {
            Fault::Bug(what) => Fault::Bug(format!("`{}`: {what}", frame.name(var))),
            other => other,
        })
    }

    /// Notes how large a float is.
    pub(super) fn watch(&mut self, value: &Value<F>) {
        if let Value::Float(value) = value {
            let size = value.value().abs();
            self.largest = self.largest.max(if size.is_nan() { f64::INFINITY } else { size });
        }
    }

    fn prim(&mut self, frame: &Frame<'p>, whole: &'p Expr, op: Op, args: &'p [Expr]) -> Outcome<Value<F>> {
        if let (Op::And | Op::Or, [left, right]) = (op, args) {
            let left = self.eval(frame, left)?;
            if let Value::Poison = left {
                return Ok(left);
            }
            let left = left.bool()?;
            return if left == (op == Op::Or) { Ok(Value::Bool(left)) } else { self.eval(frame, right) };
        }
        let values = self.all(frame, args)?;
        let result = apply(op, &values)?;
        self.watch(&result);
        in_range(&result, &whole.ty(frame.f))?;
        Ok(result)
    }
}

/// An unsigned integer below zero panics.
pub(super) fn in_range<F: Real>(value: &Value<F>, ty: &Ty) -> Outcome<()> {
    match (value, ty) {
        (Value::Int(n), Ty::Int(Some(name))) if *n < 0 && name.to_string().starts_with('u') => {
            Err(Fault::Panic(format!("{n} as {name}")))
        }
        _ => Ok(()),
    }
}

/// An operator or primitive applied to values.
pub(super) fn apply<F: Real>(op: Op, args: &[Value<F>]) -> Outcome<Value<F>> {
    // Lanes compute both sides of a branch; a side that was not taken may have nothing to compute with.
    if args.iter().any(|arg| matches!(arg, Value::Poison)) {
        return Ok(Value::Poison);
    }
    if let Op::Fn(primitive) = op {
        return function(primitive.name(), args);
    }
    match args {
        [Value::Float(a)] if op == Op::Neg => Ok(Value::Float(a.neg())),
        [Value::Int(a)] if op == Op::Neg => Ok(Value::Int(-a)),
        [Value::Bool(a)] if op == Op::Not => Ok(Value::Bool(!a)),
        [Value::Int(a)] if op == Op::Not => Ok(Value::Int(!a)),
        [Value::Float(a), Value::Float(b)] => float_operator(op, *a, *b),
        [Value::Int(a), Value::Int(b)] => int_operator(op, *a, *b),
        [Value::Bool(a), Value::Bool(b)] => Ok(Value::Bool(match op {
            Op::Eq => a == b,
            Op::Ne | Op::BitXor => a != b,
            Op::And | Op::BitAnd => *a && *b,
            Op::Or | Op::BitOr => *a || *b,
            Op::Add
            | Op::Sub
            | Op::Mul
            | Op::Div
            | Op::Rem
            | Op::Neg
            | Op::Lt
            | Op::Le
            | Op::Gt
            | Op::Ge
            | Op::Not
            | Op::Shl
            | Op::Shr
            | Op::Fn(_) => return Err(Fault::Unsupported(format!("{op:?} of booleans"))),
        })),
        _ => {
            let kinds: Vec<_> = args.iter().map(Value::kind).collect();
            Err(Fault::Bug(format!("{op:?} of {}", kinds.join(" and "))))
        }
    }
}

fn float_operator<F: Real>(op: Op, a: F, b: F) -> Outcome<Value<F>> {
    let order = a.compare(b);
    Ok(match op {
        Op::Add => Value::Float(a.add(b)),
        Op::Sub => Value::Float(a.sub(b)),
        Op::Mul => Value::Float(a.mul(b)),
        Op::Div => Value::Float(a.div(b)),
        Op::Rem => Value::Float(a.rem(b)),
        Op::Eq => Value::Bool(order == Some(Ordering::Equal)),
        Op::Ne => Value::Bool(order != Some(Ordering::Equal)),
        Op::Lt => Value::Bool(order == Some(Ordering::Less)),
        Op::Le => Value::Bool(matches!(order, Some(Ordering::Less | Ordering::Equal))),
        Op::Gt => Value::Bool(order == Some(Ordering::Greater)),
        Op::Ge => Value::Bool(matches!(order, Some(Ordering::Greater | Ordering::Equal))),
        Op::Neg
        | Op::And
        | Op::Or
        | Op::Not
        | Op::BitAnd
        | Op::BitOr
        | Op::BitXor
        | Op::Shl
        | Op::Shr
        | Op::Fn(_) => return Err(Fault::Bug(format!("{op:?} of floats"))),
    })
}

fn int_operator<F: Real>(op: Op, a: i128, b: i128) -> Outcome<Value<F>> {
    let overflow = || Fault::Panic(format!("{op:?} of {a} and {b}"));
    Ok(match op {
        Op::Add => Value::Int(a.checked_add(b).ok_or_else(overflow)?),
        Op::Sub => Value::Int(a.checked_sub(b).ok_or_else(overflow)?),
        Op::Mul => Value::Int(a.checked_mul(b).ok_or_else(overflow)?),
        Op::Div => Value::Int(a.checked_div(b).ok_or_else(overflow)?),
        Op::Rem => Value::Int(a.checked_rem(b).ok_or_else(overflow)?),
        Op::BitAnd => Value::Int(a & b),
        Op::BitOr => Value::Int(a | b),
        Op::BitXor => Value::Int(a ^ b),
        Op::Shl => Value::Int(u32::try_from(b).ok().and_then(|b| a.checked_shl(b)).ok_or_else(overflow)?),
        Op::Shr => Value::Int(u32::try_from(b).ok().and_then(|b| a.checked_shr(b)).ok_or_else(overflow)?),
        Op::Eq => Value::Bool(a == b),
        Op::Ne => Value::Bool(a != b),
        Op::Lt => Value::Bool(a < b),
        Op::Le => Value::Bool(a <= b),
        Op::Gt => Value::Bool(a > b),
        Op::Ge => Value::Bool(a >= b),
        Op::And | Op::Or | Op::Not | Op::Neg | Op::Fn(_) => {
            return Err(Fault::Bug(format!("{op:?} of integers")));
        }
    })
}

/// A function of the standard library by its name.
pub(super) fn function<F: Real>(name: &str, args: &[Value<F>]) -> Outcome<Value<F>> {
    let unknown = || Fault::Unsupported(format!("`{name}` of {} arguments", args.len()));
    match args {
        [Value::Float(x), Value::Int(n)] if name == "powi" => {
            let (x, n) = (*x, i32::try_from(*n).map_err(|_| unknown())?);
            let slope = if n == 0 { 0.0 } else { f64::from(n) * x.value().powi(n - 1) };
            Ok(Value::Float(x.chain1(x.value().powi(n), slope)))
        }
        [Value::Float(x)] if name == "sin_cos" => {
            let (sin, cos) = x.value().sin_cos();
            Ok(Value::Tuple(vec![Value::Float(x.chain1(sin, cos)), Value::Float(x.chain1(cos, -sin))]))
        }
        [Value::Float(x)] if name.starts_with("is_") => Ok(Value::Bool(match name {
            "is_nan" => x.value().is_nan(),
            "is_finite" => x.value().is_finite(),
            "is_infinite" => x.value().is_infinite(),
            "is_sign_negative" => x.value().is_sign_negative(),
            "is_sign_positive" => x.value().is_sign_positive(),
            _ => return Err(unknown()),
        })),
        [Value::Float(x)] => {
            let (value, slope) = unary(name, x.value()).ok_or_else(unknown)?;
            Ok(Value::Float(x.chain1(value, slope)))
        }
        [Value::Float(a), Value::Float(b)] => {
            let (value, slopes) = binary(name, a.value(), b.value()).ok_or_else(unknown)?;
            Ok(Value::Float(a.chain2(*b, value, slopes)))
        }
        [Value::Float(a), Value::Float(b), Value::Float(c)] if name == "mul_add" => {
            let product = a.mul(*b);
            let fused = a.value().mul_add(b.value(), c.value());
            Ok(Value::Float(product.chain2(*c, fused, (1.0, 1.0))))
        }
        [Value::Float(x), Value::Float(lo), Value::Float(hi)] if name == "clamp" => {
            if lo.value() > hi.value() {
                return Err(Fault::Panic("clamp with min > max".into()));
            }
            Ok(Value::Float(if x.value() < lo.value() {
                *lo
            } else if x.value() > hi.value() {
                *hi
            } else {
                *x
            }))
        }
        _ => {
            let ints: Vec<i128> =
                args.iter().map(Value::int).collect::<Outcome<_>>().map_err(|_| unknown())?;
            Ok(Value::Int(integer(name, &ints).ok_or_else(unknown)?))
        }
    }
}

/// `value as ty`
pub(super) fn cast<F: Real>(value: Value<F>, ty: &Ty, written: &str) -> Outcome<Value<F>> {
    let to_float = ty.is_float() || matches!(written.trim(), "f64" | "f32" | "as f64" | "as f32");
    Ok(match value {
        Value::Poison => Value::Poison,
        Value::Float(x) if to_float => Value::Float(x),
        Value::Int(n) if to_float => Value::Float(F::lit(n as f64)),
        Value::Float(x) => {
            let unsigned = matches!(ty, Ty::Int(Some(name)) if name.to_string().starts_with('u'));
            let n = x.value().trunc() as i128;
            Value::Int(if unsigned { n.max(0) } else { n })
        }
        Value::Int(n) => match ty {
            Ty::Int(Some(name)) if n < 0 && name.to_string().starts_with('u') => {
                return Err(Fault::Unsupported("a negative integer cast to an unsigned one".into()));
            }
            _ => Value::Int(n),
        },
        Value::Bool(b) => Value::Int(i128::from(b)),
        other => return Err(Fault::Unsupported(format!("a cast of {}", other.kind()))),
    })
}

/// A literal of the user's.
pub(super) fn literal<F: Real>(lit: &syn::Lit) -> Outcome<Value<F>> {
    let bad = |_| Fault::Unsupported("a literal".into());
    Ok(match lit {
        syn::Lit::Float(lit) => Value::Float(F::lit(lit.base10_parse().map_err(bad)?)),
        syn::Lit::Int(lit) if lit.suffix().starts_with('f') => {
            Value::Float(F::lit(lit.base10_parse().map_err(bad)?))
        }
        syn::Lit::Int(lit) => Value::Int(lit.base10_parse().map_err(bad)?),
        syn::Lit::Bool(lit) => Value::Bool(lit.value),
        other => Value::Inert(quote::quote!(#other).to_string()),
    })
}

fn field(member: &Member) -> String {
    match member {
        Member::Named(name) => name.to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    }
}

fn length(len: i128) -> Outcome<usize> {
    match usize::try_from(len) {
        Ok(len) if len <= 1 << 20 => Ok(len),
        _ => Err(Fault::Panic(format!("a length of {len}"))),
    }
}

//! Tokens of the user's without a derivative: a small evaluator over `syn::Expr`.

use super::eval::{apply, cast, function, literal};
use super::{Fault, Frame, Interp, Outcome, Passed, Real, Value};
use crate::ir::{Op, Ty, Wrap};
use proc_macro2::TokenStream;
use std::collections::BTreeMap;
use std::rc::Rc;
use syn::{BinOp, Expr as Syn, Pat, RangeLimits, UnOp};

impl<'p, F: Real> Interp<'p, F> {
    /// The value of tokens whose holes stand for `args`.
    pub(super) fn opaque(
        &mut self,
        frame: &Frame<'p>,
        tokens: &'p TokenStream,
        args: &[Value<F>],
    ) -> Outcome<Value<F>> {
        let key: *const TokenStream = tokens;
        let expr = match self.parsed.get(&key) {
            Some(expr) => Rc::clone(expr),
            None => {
                let expr = syn::parse2::<Syn>(tokens.clone());
                let expr = Rc::new(expr.map_err(|_| Fault::Unsupported(format!("the tokens `{tokens}`")))?);
                self.parsed.insert(key, Rc::clone(&expr));
                expr
            }
        };
        self.evaluate(frame, &expr, args)
    }

    /// The value of a constant expression.
    pub(super) fn constant(&mut self, frame: &Frame<'p>, tokens: &TokenStream) -> Outcome<Value<F>> {
        let expr = syn::parse2::<Syn>(tokens.clone());
        self.evaluate(frame, &expr.map_err(|_| Fault::Unsupported(format!("the tokens `{tokens}`")))?, &[])
    }

    /// Whether a value matches a pattern without bindings.
    pub(super) fn matches_pat(
        &mut self,
        frame: &Frame<'p>,
        pattern: &Pat,
        value: &Value<F>,
    ) -> Outcome<bool> {
        let unknown = || Fault::Unsupported("a pattern".into());
        match pattern {
            Pat::Wild(_) => Ok(true),
            Pat::Paren(inner) => self.matches_pat(frame, &inner.pat, value),
            Pat::Or(choices) => {
                for choice in &choices.cases {
                    if self.matches_pat(frame, choice, value)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Pat::Lit(_) | Pat::Path(_) | Pat::Const(_) => {
                let expected = syn::parse2::<Syn>(quote::quote!(#pattern)).map_err(|_| unknown())?;
                if let (Syn::Path(path), Value::Option(None)) = (&expected, value) {
                    return Ok(path.path.is_ident("None"));
                }
                if let (Syn::Path(path), Value::Struct(name, _)) = (&expected, value) {
                    return Ok(path.path.segments.last().is_some_and(|segment| segment.ident == name));
                }
                let expected = self.evaluate(frame, &expected, &[])?;
                apply(Op::Eq, &[value.clone(), expected])?.bool()
            }
            Pat::Ident(ident) if matches!(value, Value::Option(None)) => Ok(ident.ident == "None"),
            Pat::Ident(ident) if ident.ident == "None" => Ok(false),
            Pat::Range(range) => {
                let above = match &range.start {
                    Some(start) => {
                        apply(Op::Ge, &[value.clone(), self.evaluate(frame, start, &[])?])?.bool()?
                    }
                    None => true,
                };
                let op = if matches!(range.limits, RangeLimits::Closed(_)) { Op::Le } else { Op::Lt };
                let below = match &range.end {
                    Some(end) => apply(op, &[value.clone(), self.evaluate(frame, end, &[])?])?.bool()?,
                    None => true,
                };
                Ok(above && below)
            }
            Pat::Tuple(parts) => match value {
                Value::Tuple(items) if items.len() == parts.elems.len() => {
                    for (part, item) in parts.elems.iter().zip(items) {
                        if !self.matches_pat(frame, part, item)? {
                            return Ok(false);
                        }
                    }
                    Ok(true)
                }
                _ => Err(unknown()),
            },
            _ => Err(unknown()),
        }
    }

    fn evaluate(&mut self, frame: &Frame<'p>, expr: &Syn, args: &[Value<F>]) -> Outcome<Value<F>> {
        let unknown = || Fault::Unsupported(format!("`{}`", quote::quote!(#expr)));
        match expr {
            Syn::Lit(lit) => literal(&lit.lit),
            Syn::Paren(inner) => self.evaluate(frame, &inner.expr, args),
            Syn::Group(inner) => self.evaluate(frame, &inner.expr, args),
            Syn::Reference(inner) => self.evaluate(frame, &inner.expr, args),
            Syn::Unary(unary) => {
                let value = self.evaluate(frame, &unary.expr, args)?;
                match unary.op {
                    UnOp::Neg(_) => apply(Op::Neg, &[value]),
                    UnOp::Not(_) => apply(Op::Not, &[value]),
                    UnOp::Deref(_) => Ok(value),
                    _ => Err(unknown()),
                }
            }
            Syn::Binary(binary) => {
                let left = self.evaluate(frame, &binary.left, args)?;
                let op = operator(&binary.op).ok_or_else(unknown)?;
                if let (Op::And | Op::Or, Value::Bool(decided)) = (op, &left)
                    && *decided == (op == Op::Or)
                {
                    return Ok(left);
                }
                apply(op, &[left, self.evaluate(frame, &binary.right, args)?])
            }
            Syn::Cast(inner) => {
                let written = &inner.ty;
                let text = quote::quote!(#written).to_string();
                let ty = match text.as_str() {
                    "f64" => Ty::F64,
                    "f32" => Ty::F32,
                    _ => Ty::Int(syn::parse_str(&text).ok()),
                };
                cast(self.evaluate(frame, &inner.expr, args)?, &ty, &text)
            }
            Syn::Tuple(items) => {
                let items = items
                    .elems
                    .iter()
                    .map(|item| self.evaluate(frame, item, args))
                    .collect::<Outcome<_>>()?;
                Ok(Value::Tuple(items))
            }
            Syn::Array(items) => {
                let items = items
                    .elems
                    .iter()
                    .map(|item| self.evaluate(frame, item, args))
                    .collect::<Outcome<_>>()?;
                Ok(Value::Array(items))
            }
            Syn::Index(index) => {
                let base = self.evaluate(frame, &index.expr, args)?;
                let at = self.evaluate(frame, &index.index, args)?.int()?;
                let item = usize::try_from(at).ok().and_then(|at| base.items()?.get(at).cloned());
                item.ok_or_else(|| Fault::Panic(format!("index {at}")))
            }
            Syn::Field(field) => {
                let member = &field.member;
                let name = quote::quote!(#member).to_string();
                match self.evaluate(frame, &field.base, args)? {
                    Value::Tuple(items) => {
                        name.parse::<usize>().ok().and_then(|at| items.get(at).cloned()).ok_or_else(unknown)
                    }
                    Value::Struct(_, fields) => fields.get(&name).cloned().ok_or_else(unknown),
                    _ => Err(unknown()),
                }
            }
            Syn::If(branch) => {
                let taken = self.evaluate(frame, &branch.cond, args)?.bool()?;
                match (&branch.then_branch.stmts[..], &branch.else_branch) {
                    ([syn::Stmt::Expr(then, None)], Some(_)) if taken => self.evaluate(frame, then, args),
                    (_, Some((_, els))) if !taken => self.evaluate(frame, els, args),
                    _ => Err(unknown()),
                }
            }
            Syn::Block(block) => match &block.block.stmts[..] {
                [syn::Stmt::Expr(value, None)] => self.evaluate(frame, value, args),
                _ => Err(unknown()),
            },
            Syn::Try(inner) => match self.evaluate(frame, &inner.expr, args)? {
                Value::Option(payload) => payload.map(|payload| *payload).ok_or(Fault::Bail),
                value => Ok(value),
            },
            Syn::Path(path) => {
                let name =
                    path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
                if let Some(hole) = name.strip_prefix("__hole_") {
                    return hole
                        .parse::<usize>()
                        .ok()
                        .and_then(|hole| args.get(hole).cloned())
                        .ok_or_else(unknown);
                }
                if let Some(value) = frame.consts.get(&name) {
                    return Ok(Value::Int(*value));
                }
                if name == "None" {
                    return Ok(Value::Option(None));
                }
                if let Some(value) = constant(&name) {
                    return Ok(Value::Float(F::lit(value)));
                }
                // A variant without fields.
                let variant = path.path.segments.len() > 1 && name.chars().any(char::is_lowercase);
                if variant { Ok(Value::Struct(name, BTreeMap::new())) } else { Err(unknown()) }
            }
            Syn::MethodCall(call) => {
                let mut values = vec![self.evaluate(frame, &call.receiver, args)?];
                for arg in &call.args {
                    values.push(self.evaluate(frame, arg, args)?);
                }
                method(&call.method.to_string(), values)
            }
            Syn::Call(call) => {
                let Syn::Path(path) = &*call.func else { return Err(unknown()) };
                let name =
                    path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
                let mut values = Vec::new();
                for arg in &call.args {
                    values.push(self.evaluate(frame, arg, args)?);
                }
                if let Some(body) = self.program.integers.get(&name) {
                    return self.evaluate(frame, body, &values);
                }
                if path.path.get_ident().is_some()
                    && let Ok(entry) = self.entry(&name)
                {
                    let passed = values.into_iter().map(Passed::Value).collect();
                    let result = self.call_primal(entry, passed)?;
                    return match &self.program.entries[entry].primal.wrap {
                        Wrap::Plain => result.ok_or(Fault::Bail),
                        Wrap::Option | Wrap::Result => Ok(Value::Option(result.map(Box::new))),
                    };
                }
                if values.is_empty() {
                    return constant(&name).map(|value| Value::Float(F::lit(value))).ok_or_else(unknown);
                }
                method(&name, values)
            }
            _ => Err(unknown()),
        }
    }
}

fn method<F: Real>(name: &str, values: Vec<Value<F>>) -> Outcome<Value<F>> {
    match (name, &values[..]) {
        ("len", [value]) if value.items().is_some() => {
            Ok(Value::Int(value.items().map_or(0, <[_]>::len) as i128))
        }
        ("is_empty", [value]) if value.items().is_some() => {
            Ok(Value::Bool(value.items().is_some_and(<[_]>::is_empty)))
        }
        ("from" | "from_f64" | "from_f32" | "lit", [Value::Float(_) | Value::Int(_)])
        | ("from_usize" | "from_i32" | "from_u32" | "from_i64" | "from_u64", [Value::Int(_)]) => {
            cast(values[0].clone(), &Ty::F64, "f64")
        }
        ("unwrap" | "expect" | "clone" | "to_owned" | "into", [value, ..]) => Ok(match value {
            Value::Option(Some(inner)) => (**inner).clone(),
            Value::Option(None) => return Err(Fault::Panic("unwrap of None".into())),
            value => value.clone(),
        }),
        ("no_diff", [value]) => Ok(value.map(&mut |x: F| F::lit(x.value()), false)),
        _ => function(name, &values),
    }
}

fn constant(name: &str) -> Option<f64> {
    use std::f64::consts;
    Some(match name {
        "PI" => consts::PI,
        "TAU" => consts::TAU,
        "E" => consts::E,
        "SQRT_2" => consts::SQRT_2,
        "LN_2" => consts::LN_2,
        "LN_10" => consts::LN_10,
        "FRAC_PI_2" => consts::FRAC_PI_2,
        "FRAC_PI_3" => consts::FRAC_PI_3,
        "FRAC_PI_4" => consts::FRAC_PI_4,
        "FRAC_1_PI" => consts::FRAC_1_PI,
        "FRAC_2_PI" => consts::FRAC_2_PI,
        "FRAC_1_SQRT_2" => consts::FRAC_1_SQRT_2,
        "FRAC_2_SQRT_PI" => consts::FRAC_2_SQRT_PI,
        "EPSILON" | "epsilon" => f64::EPSILON,
        "INFINITY" | "infinity" => f64::INFINITY,
        "NEG_INFINITY" | "neg_infinity" => f64::NEG_INFINITY,
        "NAN" | "nan" => f64::NAN,
        "MAX" | "max_value" => f64::MAX,
        "MIN" | "min_value" => f64::MIN,
        "MIN_POSITIVE" | "min_positive_value" => f64::MIN_POSITIVE,
        "one" => 1.0,
        "zero" => 0.0,
        _ => return None,
    })
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

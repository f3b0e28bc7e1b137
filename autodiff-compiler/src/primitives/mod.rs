//! THE table of primitives: one row each, serving both modes and every order.
//!
//! A row of [`table`] reads `tanh(x) -> y => [1.0 - y * y]`: the partial derivatives of the
//! result with respect to each argument, in terms of the arguments and the result. They are
//! IR expressions, made of primitives themselves, so that the second order comes of itself.
//! To add a primitive, add its row, and its reference values with `reference/make.py`.
//!
//! # Conventions
//!
//! * Where a function has a kink, the partial is what PyTorch and JAX give where they agree;
//!   each row says what that is.
//! * A guard (`select`) keeps `0 * inf` out of partials that are finite. [`product`] multiplies
//!   inside its arms, so that an arm that is zero stays zero whatever the seed.
//! * Where a partial is truly infinite (`sqrt` at 0), it is infinite, and a seed of zero stays zero
//!   (`steep`).

mod libm;
mod methods;
mod table;
mod term;
#[cfg(test)]
mod tests;

use crate::ir::{Expr, Op, Ty};
pub use methods::is_method;
use table::{Cost, Kind, TABLE};
use term::{Term, recip, select, steep};

pub use term::literal_value;

/// A row of the table, and who computes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Primitive {
    row: u16,
    by: libm::By,
}

impl Primitive {
    /// The primitive that a method of floats is: of `f32` and `f64`, and of num-traits' `Float`,
    /// `FloatCore`, `Real`, `Signed`, `Zero`, `One` and `Inv`, which give the same things the
    /// same names.
    pub fn from_method(name: &str) -> Option<Primitive> {
        Primitive::all().find(|primitive| primitive.name() == name && !primitive.is_product())
    }

    /// Whether it is the product that [`term::steep`] makes, which is no method of floats.
    pub fn is_product(self) -> bool {
        matches!(self.row().kind, Kind::Product)
    }

    /// What partials are made of, at every order.
    const PARTIALS: [&str; 10] =
        ["sin", "cos", "sinh", "cosh", "sqrt", "ln", "signum", "round", "powf", "powi"];

    /// The primitive that a path names: `f64::sin`, `Float::sin`, `num_traits::Float::sin`,
    /// `T::sin` for a `T` among `floats`.
    pub fn from_path(path: &syn::Path, floats: &[syn::Ident]) -> Option<Primitive> {
        const OWNERS: [&str; 9] =
            ["f64", "f32", "Float", "FloatCore", "Real", "Signed", "Inv", "Zero", "One"];
        let mut segments = path.segments.iter().rev();
        let (name, owner) = (segments.next()?, segments.next()?);
        let known = OWNERS.iter().any(|known| owner.ident == known) || floats.contains(&owner.ident);
        if known { Primitive::from_method(&name.ident.to_string()) } else { None }
    }

    /// `sin_cos` is no primitive but the pair of two, as it is in the standard library: lowering
    /// makes a tuple of them.
    pub fn pair_from_method(name: &str) -> Option<[Primitive; 2]> {
        match name {
            "sin_cos" => Some([named("sin"), named("cos")]),
            _ => None,
        }
    }

    /// num-traits' `Pow::pow` by the type of its exponent: `powi` or `powf`, which is what it
    /// calls.
    pub fn power(exponent: &Ty) -> Option<Primitive> {
        if exponent.is_int() {
            Some(named("powi"))
        } else if exponent.is_float() {
            Some(named("powf"))
        } else {
            None
        }
    }

    /// Every row of the table.
    pub fn all() -> impl Iterator<Item = Primitive> {
        (0..TABLE.len()).map(|row| Primitive { row: row as u16, by: libm::By::Method })
    }

    /// Its name as a method.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// How many arguments it has, the receiver included.
    pub fn arity(self) -> usize {
        usize::from(self.row().arity)
    }

    /// What the table says about it.
    pub fn doc(self) -> &'static str {
        self.row().doc.trim()
    }

    /// The type of its result.
    pub fn result_ty(self, args: &[Ty]) -> Ty {
        match self.by {
            libm::By::Libm => return Ty::F64,
            libm::By::LibmSingle => return Ty::F32,
            libm::By::Method => {}
        }
        match self.row().kind {
            Kind::Predicate => Ty::Bool,
            // A literal receiver has the type of the floats beside it.
            Kind::Constant | Kind::Smooth(_) | Kind::Product => {
                args.iter().find(|ty| !matches!(ty, Ty::Float | Ty::Int(_))).unwrap_or(&args[0]).clone()
            }
        }
    }

    /// Whether partials are made of it: the runtime has it for generic floats whose traits do not.
    pub fn is_of_partials(self) -> bool {
        Self::PARTIALS.contains(&self.name())
    }

    /// Whether it is constant wherever it has a derivative (`floor`, `signum`, `is_nan`): then
    /// its result is never varied.
    pub fn is_locally_constant(self) -> bool {
        matches!(self.row().kind, Kind::Constant | Kind::Predicate)
    }

    /// Whether its result is finite for all finite arguments (but for those near the largest).
    pub fn is_total(self) -> bool {
        const EDGES: [&str; 20] = [
            "tan", "asin", "acos", "sinh", "cosh", "acosh", "atanh", "exp", "exp2", "exp_m1", "ln", "ln_1p",
            "log", "log2", "log10", "sqrt", "powi", "powf", "recip", "inv",
        ];
        !EDGES.contains(&self.name())
    }

    /// Whether computing it again costs less than keeping its result.
    pub fn is_cheap(self) -> bool {
        self.row().cost == Cost::Cheap
    }

    /// Whether it is a call of the mathematical library.
    pub fn is_library_call(self) -> bool {
        self.row().cost == Cost::Call
    }

    /// The partial derivative with respect to argument `index`, in terms of the arguments and
    /// the result. `ty` is the type of the result.
    pub fn partial(self, args: &[Expr], result: &Expr, index: usize, ty: &Ty) -> Expr {
        match self.row().kind {
            Kind::Predicate | Kind::Constant => Expr::Const(0.0, ty.clone()),
            Kind::Smooth(partials) => {
                let args: Vec<Term> = args.iter().map(|arg| Term::new(arg.clone(), ty)).collect();
                partials[index](&args, &Term::new(result.clone(), ty)).expr
            }
            // The one factor by the other, the product of a seed with it having the zeros of both.
            Kind::Product => {
                let mut args = args.to_vec();
                args[index] = Expr::Const(1.0, ty.clone());
                Expr::prim(Op::Fn(self), args)
            }
        }
    }

    fn row(self) -> &'static table::Row {
        &TABLE[usize::from(self.row)]
    }
}

/// The product that is zero where its first factor is.
fn product_of_zeros() -> Primitive {
    Primitive::all()
        .find(|primitive| primitive.is_product())
        .unwrap_or_else(|| unreachable!("the table has a product"))
}

/// A primitive that the table certainly has.
fn named(name: &str) -> Primitive {
    Primitive::from_method(name).unwrap_or_else(|| unreachable!("no primitive `{name}`"))
}

/// The operator that a method of the operator traits is: `x.add(y)`, `Neg::neg(x)`.
pub fn operator_from_method(name: &str, arity: usize) -> Option<Op> {
    match (name, arity) {
        ("add", 2) => Some(Op::Add),
        ("sub", 2) => Some(Op::Sub),
        ("mul", 2) => Some(Op::Mul),
        ("div", 2) => Some(Op::Div),
        ("rem", 2) => Some(Op::Rem),
        ("neg", 1) => Some(Op::Neg),
        _ => None,
    }
}

/// The compound assignment that a method of the operator traits is: `x.add_assign(y)`.
pub fn assignment_from_method(name: &str, arity: usize) -> Option<Op> {
    operator_from_method(name.strip_suffix("_assign")?, arity)
}

fn is_one(expr: &Expr) -> bool {
    match expr {
        Expr::Const(value, _) => *value == 1.0,
        Expr::Lit(syn::Lit::Float(lit)) => lit.base10_parse::<f64>().is_ok_and(|value| value == 1.0),
        _ => false,
    }
}

fn is_square(args: &[Expr]) -> bool {
    match args {
        [Expr::Read(a), Expr::Read(b)] => a.is_var() && b.is_var() && a.root == b.root,
        _ => false,
    }
}

/// The partial derivative of any operator or primitive with respect to argument `index`, in
/// terms of the arguments and the result. `ty` is the type of the result.
pub fn partial_of_op(op: Op, args: &[Expr], result: &Expr, index: usize, ty: &Ty) -> Expr {
    let term = |expr: &Expr| Term::new(expr.clone(), ty);
    let constant = |value: f64| Expr::Const(value, ty.clone());
    match (op, index) {
        (Op::Add, _) | (Op::Sub, 0) | (Op::Rem, 0) => constant(1.0),
        (Op::Sub, _) | (Op::Neg, _) => constant(-1.0),
        (Op::Mul, 0) => args[1].clone(),
        (Op::Mul, _) => args[0].clone(),
        (Op::Div, 0) => recip(&term(&args[1])).expr,
        // The reciprocal is there: no second division.
        (Op::Div, _) if is_one(&args[0]) => (-(term(result) * term(result))).expr,
        (Op::Div, _) => (-(term(result) / term(&args[1]))).expr,
        // `x % y = x - y * n`, `n` locally constant: what the result says it was.
        (Op::Rem, _) => ((term(result) - term(&args[0])) / term(&args[1])).round().expr,
        (Op::Fn(primitive), _) => primitive.partial(args, result, index, ty),
        (
            Op::Eq
            | Op::Ne
            | Op::Lt
            | Op::Le
            | Op::Gt
            | Op::Ge
            | Op::And
            | Op::Or
            | Op::Not
            | Op::BitAnd
            | Op::BitOr
            | Op::BitXor
            | Op::Shl
            | Op::Shr,
            _,
        ) => constant(0.0),
    }
}

/// Whether the result of an operator never varies with its arguments.
pub fn is_locally_constant(op: Op) -> bool {
    match op {
        Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Rem | Op::Neg => false,
        Op::Fn(primitive) => primitive.is_locally_constant(),
        Op::Eq
        | Op::Ne
        | Op::Lt
        | Op::Le
        | Op::Gt
        | Op::Ge
        | Op::And
        | Op::Or
        | Op::Not
        | Op::BitAnd
        | Op::BitOr
        | Op::BitXor
        | Op::Shl
        | Op::Shr => true,
    }
}

/// Whether computing the operator again costs less than keeping its result.
pub fn is_cheap(op: Op) -> bool {
    match op {
        Op::Fn(primitive) => primitive.is_cheap(),
        // A call of `fmod`.
        Op::Rem => false,
        Op::Add
        | Op::Sub
        | Op::Mul
        | Op::Div
        | Op::Neg
        | Op::Eq
        | Op::Ne
        | Op::Lt
        | Op::Le
        | Op::Gt
        | Op::Ge
        | Op::And
        | Op::Or
        | Op::Not
        | Op::BitAnd
        | Op::BitOr
        | Op::BitXor
        | Op::Shl
        | Op::Shr => true,
    }
}

/// `seed * partial`, the constants 1 and -1, quotients and signs folded; `None` when it
/// is zero. Selections are multiplied inside their arms, so that a zero arm stays zero for an
/// infinite seed; `seed` should therefore be an atom.
pub fn product(seed: &Expr, partial: Expr) -> Option<Expr> {
    match partial {
        Expr::Const(0.0, _) => None,
        Expr::Const(1.0, _) => Some(seed.clone()),
        Expr::Const(-1.0, _) => Some(Expr::prim(Op::Neg, vec![seed.clone()])),
        Expr::Select { cond, then, els } => {
            let ty = zero_ty(&then).or_else(|| zero_ty(&els)).unwrap_or(Ty::Float);
            let (then, els) = (product(seed, *then), product(seed, *els));
            if then.is_none() && els.is_none() {
                return None;
            }
            let or_zero = |arm: Option<Expr>| Box::new(arm.unwrap_or_else(|| Expr::Const(0.0, ty.clone())));
            Some(Expr::Select { cond, then: or_zero(then), els: or_zero(els) })
        }
        Expr::Prim { op: Op::Neg, mut args, .. } => {
            let positive = product(seed, args.remove(0))?;
            Some(match positive {
                Expr::Prim { op: Op::Neg, mut args, .. } => args.remove(0),
                other => Expr::prim(Op::Neg, vec![other]),
            })
        }
        // `seed * (a / b)` as `seed / b * a`: the partials by several arguments often have the
        // divisor in common, and then one division serves all.
        Expr::Prim { op: Op::Div, mut args, span } => {
            let divisor = args.remove(1);
            let dividend = args.remove(0);
            let quotient = |seed| Expr::Prim { op: Op::Div, args: vec![seed, divisor], span };
            Some(match dividend {
                Expr::Const(..) => quotient(product(seed, dividend)?),
                dividend => Expr::prim(Op::Mul, vec![quotient(seed.clone()), dividend]),
            })
        }
        // `seed * r * r`: the square alone might leave the range.
        Expr::Prim { op: Op::Mul, args, span } if is_square(&args) => {
            let once = Expr::Prim { op: Op::Mul, args: vec![seed.clone(), args[0].clone()], span };
            Some(Expr::Prim { op: Op::Mul, args: vec![once, args[1].clone()], span })
        }
        // The factor of one is the seed's place.
        Expr::Prim { op: Op::Fn(primitive), mut args, span }
            if primitive.is_product() && args.iter().any(is_one) =>
        {
            if args.iter().all(is_one) {
                return Some(seed.clone());
            }
            if is_one(seed) {
                return args.into_iter().find(|arg| !is_one(arg));
            }
            let place = args.iter_mut().find(|arg| is_one(arg));
            place.into_iter().for_each(|place| *place = seed.clone());
            Some(Expr::Prim { op: Op::Fn(primitive), args, span })
        }
        // What else `partial` may be is multiplied as it stands.
        partial @ (Expr::Lit(_)
        | Expr::Const(..)
        | Expr::Opaque { .. }
        | Expr::Read(_)
        | Expr::Move(_)
        | Expr::ToOwned(_)
        | Expr::Borrow { .. }
        | Expr::Len(_)
        | Expr::Prim { .. }
        | Expr::Cast { .. }
        | Expr::Tuple(_)
        | Expr::Array(_)
        | Expr::Repeat { .. }
        | Expr::VecOf(_)
        | Expr::VecRepeat { .. }
        | Expr::VecNew { .. }
        | Expr::Struct { .. }
        | Expr::Some(_)
        | Expr::Zero { .. }
        | Expr::Take { .. }
        | Expr::Placeholder(_)) => match seed {
            Expr::Const(1.0, _) => Some(partial),
            _ => Some(Expr::prim(Op::Mul, vec![seed.clone(), partial])),
        },
    }
}

/// The type of a zero arm of a selection.
fn zero_ty(expr: &Expr) -> Option<Ty> {
    if let Expr::Select { then, els, .. } = expr {
        return zero_ty(then).or_else(|| zero_ty(els));
    }
    if let Expr::Const(0.0, ty) = expr { Some(ty.clone()) } else { None }
}

/// The partial of `x.powi(n)` with respect to `x`: `n * x.powi(n - 1)`, 0 for `n = 0` even where
/// `x.powi(-1)` is infinite.
fn powi_partial(x: &Term, n: &Term, y: &Term) -> Term {
    match literal_value(&n.expr) {
        Some(0.0) => x.constant(0.0),
        Some(-1.0) => -(y * y),
        Some(value) => scaled_power(value, value - 1.0, x, || x.powi(x.integer(value - 1.0))),
        None => {
            let power = x.powi(n.minus_one());
            select(n.is_integer_zero(), 0.0, n.to_float(x) * power)
        }
    }
}

/// The partial of `x.powf(p)` with respect to `x`: `p * x.powf(p - 1)`, 0 for `p = 0` even at
/// `x = 0`. (For `x` other than 0 the product is 0 by itself, and has a derivative by `p`, which
/// a guard would hide from the second order.)
fn powf_partial(x: &Term, p: &Term) -> Term {
    match literal_value(&p.expr) {
        Some(0.0) => x.constant(0.0),
        Some(value) => {
            let partial = scaled_power(value, value - 1.0, x, || x.powf(x.constant(value - 1.0)));
            if value < 1.0 { steep(partial) } else { partial }
        }
        None => select(p.eq(0.0).and(x.eq(0.0)), 0.0, steep(p * x.powf(p - 1.0))),
    }
}

/// `scale * x^exponent`, with products and square roots for the small exponents.
fn scaled_power(scale: f64, exponent: f64, x: &Term, general: impl Fn() -> Term) -> Term {
    let power = match exponent {
        0.0 => return x.constant(scale),
        1.0 => x.clone(),
        2.0 => x * x,
        0.5 => x.sqrt(),
        -0.5 => return scale / x.sqrt(),
        -1.0 => return scale / x,
        -2.0 => return scale / (x * x),
        _ => general(),
    };
    if scale == 1.0 { power } else { scale * power }
}

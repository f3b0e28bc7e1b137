//! The table of primitives against reference values, at kinks, and at the second order.

use super::{self as primitives, Primitive, partial_of_op, product};
use crate::ir::{Expr, Op, Place, Proj, Ty, Var};
use std::collections::BTreeMap;

/// Made by `reference/make.py`: name | arguments | value | partials | second partials
const REFERENCE: &str = include_str!("reference/values.txt");

fn read(index: usize) -> Expr {
    Expr::read(Var(index))
}

fn constant(value: f64) -> Expr {
    Expr::Const(value, Ty::F64)
}

fn literal(text: &str) -> Expr {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let literal = Expr::Lit(syn::parse_str(digits).expect("a literal"));
    if negative { Expr::prim(Op::Neg, vec![literal]) } else { literal }
}

fn method(name: &str) -> Op {
    Op::Fn(Primitive::from_method(name).unwrap_or_else(|| panic!("no primitive `{name}`")))
}

fn operator(name: &str) -> Op {
    match name {
        "+" => Op::Add,
        "-" => Op::Sub,
        "*" => Op::Mul,
        "/" => Op::Div,
        "%" => Op::Rem,
        "neg" => Op::Neg,
        other => method(other),
    }
}

/// The value of an expression over variables; a truth value is 1 or 0.
fn eval(expr: &Expr, vars: &[f64]) -> f64 {
    let truth = |value: bool| if value { 1.0 } else { 0.0 };
    match expr {
        Expr::Lit(_) | Expr::Const(..) => primitives::literal_value(expr).expect("a number"),
        Expr::Read(Place { root, proj, .. }) => {
            assert!(proj.is_empty());
            vars[root.0]
        }
        Expr::Cast { arg, .. } => eval(arg, vars),
        Expr::Select { cond, then, els } => {
            if eval(cond, vars) == 1.0 {
                eval(then, vars)
            } else {
                eval(els, vars)
            }
        }
        Expr::Prim { op, args, .. } => {
            let a: Vec<f64> = args.iter().map(|arg| eval(arg, vars)).collect();
            match op {
                Op::Add => a[0] + a[1],
                Op::Sub => a[0] - a[1],
                Op::Mul => a[0] * a[1],
                Op::Div => a[0] / a[1],
                Op::Rem => a[0] % a[1],
                Op::Neg => -a[0],
                Op::Eq => truth(a[0] == a[1]),
                Op::Ne => truth(a[0] != a[1]),
                Op::Lt => truth(a[0] < a[1]),
                Op::Le => truth(a[0] <= a[1]),
                Op::Gt => truth(a[0] > a[1]),
                Op::Ge => truth(a[0] >= a[1]),
                Op::And => truth(a[0] == 1.0 && a[1] == 1.0),
                Op::Or | Op::Not | Op::BitAnd | Op::BitOr | Op::BitXor | Op::Shl | Op::Shr => {
                    panic!("`{}` in a partial", op.symbol())
                }
                Op::Fn(primitive) => call(primitive.name(), &a),
            }
        }
        other => panic!("`{other}` in a partial"),
    }
}

fn call(name: &str, a: &[f64]) -> f64 {
    let x = a[0];
    match name {
        "sin" => x.sin(),
        "cos" => x.cos(),
        "tan" => x.tan(),
        "asin" => x.asin(),
        "acos" => x.acos(),
        "atan" => x.atan(),
        "atan2" => x.atan2(a[1]),
        "sinh" => x.sinh(),
        "cosh" => x.cosh(),
        "tanh" => x.tanh(),
        "asinh" => x.asinh(),
        "acosh" => x.acosh(),
        "atanh" => x.atanh(),
        "exp" => x.exp(),
        "exp2" => x.exp2(),
        "exp_m1" => x.exp_m1(),
        "ln" => x.ln(),
        "ln_1p" => x.ln_1p(),
        "log" => x.log(a[1]),
        "log2" => x.log2(),
        "log10" => x.log10(),
        "sqrt" => x.sqrt(),
        "cbrt" => x.cbrt(),
        "powi" => x.powi(a[1] as i32),
        "powf" => x.powf(a[1]),
        "hypot" => x.hypot(a[1]),
        "recip" | "inv" => x.recip(),
        "mul_add" => x.mul_add(a[1], a[2]),
        "to_radians" => x.to_radians(),
        "to_degrees" => x.to_degrees(),
        "midpoint" => x.midpoint(a[1]),
        "abs" => x.abs(),
        "abs_sub" => (x - a[1]).max(0.0),
        "min" => x.min(a[1]),
        "max" => x.max(a[1]),
        "clamp" => x.clamp(a[1], a[2]),
        "copysign" => x.copysign(a[1]),
        "rem_euclid" => x.rem_euclid(a[1]),
        "fract" => x.fract(),
        "next_up" => x.next_up(),
        "next_down" => x.next_down(),
        "round" => x.round(),
        "weigh" => {
            if x == 0.0 {
                0.0
            } else {
                x * a[1]
            }
        }
        "signum" => x.signum(),
        other => panic!("the evaluator does not know `{other}`"),
    }
}

/// The partials of an operator at a point, the arguments in variables.
fn partials(op: Op, args: &[f64]) -> Vec<f64> {
    let exprs: Vec<Expr> = (0..args.len()).map(read).collect();
    let value = eval(&Expr::prim(op, exprs.clone()), args);
    let vars = [args, &[value]].concat();
    (0..args.len())
        .map(|index| eval(&partial_of_op(op, &exprs, &read(args.len()), index, &Ty::F64), &vars))
        .collect()
}

fn close(actual: f64, expected: f64, tolerance: f64) -> bool {
    actual == expected
        || actual.is_nan() && expected.is_nan()
        || (actual - expected).abs() <= tolerance * expected.abs().max(1e-3)
}

struct Row {
    name: &'static str,
    args: Vec<f64>,
    value: f64,
    partials: Vec<f64>,
    second: Vec<f64>,
}

fn reference() -> impl Iterator<Item = Row> {
    REFERENCE.lines().map(|line| {
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        let numbers = |column: &str| -> Vec<f64> {
            column.split_whitespace().map(|number| number.parse().expect("a number")).collect()
        };
        Row {
            name: columns[0],
            args: numbers(columns[1]),
            value: numbers(columns[2])[0],
            partials: numbers(columns[3]),
            second: numbers(columns[4]),
        }
    })
}

#[test]
fn values_and_partials_equal_the_reference() {
    let mut wrong = Vec::new();
    for row in reference() {
        let exprs: Vec<Expr> = (0..row.args.len()).map(read).collect();
        let op = operator(row.name);
        let value = eval(&Expr::prim(op, exprs), &row.args);
        let actual = partials(op, &row.args);
        let same = close(value, row.value, 2e-12)
            && actual.iter().zip(&row.partials).all(|(a, b)| close(*a, *b, 1e-13));
        if !same {
            wrong.push(format!(
                "{}{:?} = {value}, not {}; {actual:?}, not {:?}",
                row.name, row.args, row.value, row.partials
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_smooth_primitive_has_reference_values() {
    let mut points: BTreeMap<&str, usize> = BTreeMap::new();
    for row in reference() {
        *points.entry(row.name).or_default() += 1;
    }
    let functions = Primitive::all().filter(|primitive| !primitive.is_product());
    for primitive in functions.filter(|primitive| !primitive.is_locally_constant()) {
        // One step of rounding has no definition to compute at 80 digits.
        if ["next_up", "next_down"].contains(&primitive.name()) {
            assert_eq!(partials(Op::Fn(primitive), &[1.5]), [1.0]);
            continue;
        }
        let count = points.get(primitive.name()).copied().unwrap_or(0);
        assert!(count >= 9, "`{}` has {count} reference points", primitive.name());
    }
}

#[test]
fn literal_exponents_give_the_same_partials() {
    for row in reference().filter(|row| ["powi", "powf"].contains(&row.name)) {
        let text = match row.name {
            "powi" => format!("{}", row.args[1]),
            _ => format!("{:?}", row.args[1]),
        };
        let args = [read(0), literal(&text)];
        let partial = partial_of_op(method(row.name), &args, &read(1), 0, &Ty::F64);
        let actual = eval(&partial, &[row.args[0], row.value]);
        assert!(
            close(actual, row.partials[0], 1e-14),
            "{}({}, {text}): {actual}, not {}",
            row.name,
            row.args[0],
            row.partials[0]
        );
    }
}

#[test]
fn literal_exponents_read_as_one_writes_them() {
    let shows = |name: &str, exponent: &str, expected: &str| {
        let args = [read(0), literal(exponent)];
        let partial = partial_of_op(method(name), &args, &read(1), 0, &Ty::F64);
        assert_eq!(partial.to_string(), expected, "{name} {exponent}");
    };
    shows("powi", "0", "0.0");
    shows("powi", "1", "1.0");
    shows("powi", "2", "2.0 * v0");
    shows("powi", "3", "3.0 * (v0 * v0)");
    shows("powi", "7", "7.0 * v0.powi(6)");
    shows("powi", "-1", "-(v1 * v1)");
    shows("powi", "-3", "(-3.0) * v0.powi(-4)");
    shows("powf", "0.0", "0.0");
    shows("powf", "1.0", "1.0");
    shows("powf", "2.0", "2.0 * v0");
    shows("powf", "0.5", "1.0.weigh(0.5 / v0.sqrt())");
    shows("powf", "1.5", "1.5 * v0.sqrt()");
    shows("powf", "2.5", "2.5 * v0.powf(1.5)");
}

#[test]
fn kinks_and_edges_follow_the_conventions() {
    const NAN: f64 = f64::NAN;
    const INF: f64 = f64::INFINITY;
    let cases: &[(&str, &[f64], &[f64])] = &[
        ("abs", &[0.0], &[0.0]),
        ("abs", &[-0.0], &[0.0]),
        ("abs", &[-INF], &[-1.0]),
        ("abs", &[f64::NAN], &[f64::NAN]),
        ("max", &[2.0, 2.0], &[0.5, 0.5]),
        ("max", &[0.0, -0.0], &[0.5, 0.5]),
        ("max", &[NAN, 2.0], &[0.0, 1.0]),
        ("max", &[2.0, NAN], &[1.0, 0.0]),
        ("max", &[2.0, -INF], &[1.0, 0.0]),
        ("min", &[2.0, 2.0], &[0.5, 0.5]),
        ("min", &[NAN, 2.0], &[0.0, 1.0]),
        ("min", &[2.0, NAN], &[1.0, 0.0]),
        ("clamp", &[1.0, 1.0, 3.0], &[1.0, 0.0, 0.0]),
        ("clamp", &[3.0, 1.0, 3.0], &[1.0, 0.0, 0.0]),
        ("clamp", &[0.0, 1.0, 3.0], &[0.0, 1.0, 0.0]),
        ("abs_sub", &[1.0, 1.0], &[0.0, 0.0]),
        ("hypot", &[0.0, 0.0], &[0.0, 0.0]),
        ("hypot", &[0.0, -3.0], &[0.0, -1.0]),
        ("atan2", &[0.0, 0.0], &[0.0, 0.0]),
        ("sqrt", &[0.0], &[INF]),
        ("cbrt", &[0.0], &[INF]),
        ("ln", &[0.0], &[INF]),
        ("powi", &[0.0, 0.0], &[0.0, 0.0]),
        ("powi", &[0.0, 1.0], &[1.0, 0.0]),
        ("powi", &[0.0, 2.0], &[0.0, 0.0]),
        ("powf", &[0.0, 0.0], &[0.0, 0.0]),
        ("powf", &[0.0, 1.0], &[1.0, 0.0]),
        ("powf", &[0.0, 2.0], &[0.0, 0.0]),
        ("powf", &[0.0, 0.5], &[INF, 0.0]),
        ("powf", &[2.0, 0.0], &[0.0, std::f64::consts::LN_2]),
        ("powf", &[-2.0, 2.0], &[-4.0, NAN]),
        ("copysign", &[-2.0, 3.0], &[-1.0, 0.0]),
        ("copysign", &[-2.0, -0.0], &[1.0, 0.0]),
        ("copysign", &[0.0, -1.0], &[0.0, 0.0]),
        ("rem_euclid", &[-1.0, 3.0], &[1.0, 1.0]),
        ("rem_euclid", &[7.0, 3.0], &[1.0, -2.0]),
        ("%", &[-7.0, 3.0], &[1.0, 2.0]),
        ("%", &[0.3, 0.1], &[1.0, -2.0]),
        ("signum", &[0.0], &[0.0]),
        ("floor", &[0.5], &[0.0]),
        ("div_euclid", &[7.0, 2.0], &[0.0, 0.0]),
    ];
    for (name, args, expected) in cases {
        let op = operator(name);
        let actual = if primitives::is_locally_constant(op) {
            let exprs: Vec<Expr> = (0..args.len()).map(read).collect();
            let partial = |index| partial_of_op(op, &exprs, &read(args.len()), index, &Ty::F64);
            (0..args.len()).map(|index| eval(&partial(index), args)).collect()
        } else {
            partials(op, args)
        };
        let same = actual.iter().zip(*expected).all(|(a, b)| a == b || a.is_nan() && b.is_nan());
        assert!(same, "{name}{args:?}: {actual:?}, not {expected:?}");
    }
}

#[test]
fn predicates_are_booleans_without_a_derivative() {
    for name in ["is_nan", "is_finite", "is_infinite", "is_normal", "is_sign_positive", "is_sign_negative"] {
        let primitive = Primitive::from_method(name).expect("a primitive");
        assert!(primitive.is_locally_constant(), "{name}");
        assert!(matches!(primitive.result_ty(&[Ty::F64]), Ty::Bool), "{name}");
    }
}

#[test]
fn names_are_found_as_methods_and_paths() {
    let path = |text: &str| {
        let path: syn::Path = syn::parse_str(text).expect("a path");
        let floats = [syn::parse_str("T").expect("an identifier")];
        Primitive::from_path(&path, &floats).map(Primitive::name)
    };
    assert_eq!(path("f64::sin"), Some("sin"));
    assert_eq!(path("Float::powi"), Some("powi"));
    assert_eq!(path("num_traits::Float::exp_m1"), Some("exp_m1"));
    assert_eq!(path("T::max"), Some("max"));
    assert_eq!(path("sin"), None);
    assert_eq!(path("S::sin"), None);
    assert_eq!(path("f64::from"), None);
    assert_eq!(
        Primitive::pair_from_method("sin_cos").map(|pair| pair.map(Primitive::name)),
        Some(["sin", "cos"])
    );
    let mut names: Vec<&str> = Primitive::all().map(Primitive::name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Primitive::all().count(), "a name stands in two rows");
    for primitive in Primitive::all().filter(|primitive| !primitive.is_product()) {
        assert_eq!(Primitive::from_method(primitive.name()), Some(primitive));
    }
}

#[test]
fn products_fold() {
    let shows = |seed: &Expr, partial: Expr| product(seed, partial).map(|value| value.to_string());
    let seed = read(9);
    assert_eq!(shows(&seed, constant(0.0)), None);
    assert_eq!(shows(&seed, constant(1.0)).as_deref(), Some("v9"));
    assert_eq!(shows(&seed, constant(-1.0)).as_deref(), Some("-v9"));
    assert_eq!(shows(&constant(1.0), read(2)).as_deref(), Some("v2"));
    let args = [read(0), read(1)];
    let partial = |op: Op, index| partial_of_op(op, &args, &read(2), index, &Ty::F64);
    assert_eq!(shows(&seed, partial(Op::Div, 0)).as_deref(), Some("v9 / v1"));
    assert_eq!(shows(&seed, partial(Op::Div, 1)).as_deref(), Some("-((v9 / v1) * v2)"));
    let abs = partial_of_op(method("abs"), &args[..1], &read(2), 0, &Ty::F64);
    let abs = product(&seed, abs).expect("not zero");
    // An infinite seed times a partial of zero is zero.
    let mut vars = [0.0; 10];
    vars[9] = f64::INFINITY;
    assert_eq!(eval(&abs, &vars), 0.0);
}

/// The derivative of an expression over variables with respect to one of them, by the table.
fn derivative(expr: &Expr, var: usize) -> Option<Expr> {
    match expr {
        Expr::Lit(_) | Expr::Const(..) => None,
        Expr::Read(place) => (place.root.0 == var).then(|| constant(1.0)),
        Expr::Cast { .. } => None,
        Expr::Select { cond, then, els } => {
            let arm = |arm| Box::new(derivative(arm, var).unwrap_or(constant(0.0)));
            Some(Expr::Select { cond: cond.clone(), then: arm(then), els: arm(els) })
        }
        Expr::Prim { op, args, .. } => {
            let terms = args.iter().enumerate().filter_map(|(index, arg)| {
                let inner = derivative(arg, var)?;
                product(&inner, partial_of_op(*op, args, expr, index, &Ty::F64))
            });
            terms.reduce(|a, b| Expr::prim(Op::Add, vec![a, b]))
        }
        other => panic!("`{other}` in a partial"),
    }
}

#[test]
fn the_second_order_follows_from_the_first() {
    let mut wrong = Vec::new();
    for row in reference() {
        let op = operator(row.name);
        let exprs: Vec<Expr> = (0..row.args.len()).map(read).collect();
        let result = Expr::prim(op, exprs.clone());
        for first in 0..row.args.len() {
            let partial = partial_of_op(op, &exprs, &result, first, &Ty::F64);
            for second in 0..row.args.len() {
                let actual = derivative(&partial, second).map_or(0.0, |d| eval(&d, &row.args));
                let expected = row.second[first * row.args.len() + second];
                if !close(actual, expected, 1e-10) {
                    wrong.push(format!(
                        "{}{:?} {first} {second}: {actual}, not {expected}",
                        row.name, row.args
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn floats_of_unknown_width_take_their_exponent_from_the_base() {
    let args = [read(0), read(1)];
    let shows = |ty: &Ty| partial_of_op(method("powi"), &args, &read(2), 0, ty).to_string();
    assert!(shows(&Ty::F32).contains("v1 as f32"), "{}", shows(&Ty::F32));
    assert!(shows(&Ty::F64).contains("v1 as f64"), "{}", shows(&Ty::F64));
    let generic = Ty::Generic(syn::parse_str("T").expect("an identifier"));
    assert!(shows(&generic).contains("T :: lit"), "{}", shows(&generic));
    assert!(shows(&Ty::Unknown).contains("lit_like"), "{}", shows(&Ty::Unknown));
}

#[test]
fn indices_are_no_part_of_a_partial() {
    // What is read may be a slot: partials name the place, index and all.
    let slot = Expr::Read(Place::var(Var(0)).project(Proj::Index(read(3))));
    let partial = partial_of_op(method("sin"), std::slice::from_ref(&slot), &read(1), 0, &Ty::F64);
    assert_eq!(partial.to_string(), "v0[v3].cos()");
}

//! Random programs as real code: a crate is written that differentiates them by the attribute,
//! and compares primal, `jvp` and `vjp` with what the interpreter computed.

use crate::check::{argument, floats, outputs, random_tangent};
use crate::generate::{Source, T};
use crate::rng::Rng;
use autodiff_compiler::interp::{Dual, Interp, Mode, Passes, Program, Value};
use std::fmt::Write;

/// What every program's check uses.
const PRELUDE: &str = r#"#![allow(warnings)]

trait Flat { fn flat(&self, out: &mut Vec<f64>); }
impl Flat for f64 { fn flat(&self, out: &mut Vec<f64>) { out.push(*self); } }
impl Flat for f32 { fn flat(&self, out: &mut Vec<f64>) { out.push(f64::from(*self)); } }
impl Flat for () { fn flat(&self, _: &mut Vec<f64>) {} }
impl<X: Flat> Flat for [X] { fn flat(&self, out: &mut Vec<f64>) { self.iter().for_each(|x| x.flat(out)); } }
impl<X: Flat, const N: usize> Flat for [X; N] { fn flat(&self, out: &mut Vec<f64>) { self.iter().for_each(|x| x.flat(out)); } }
impl<X: Flat> Flat for Vec<X> { fn flat(&self, out: &mut Vec<f64>) { self.iter().for_each(|x| x.flat(out)); } }
macro_rules! tuples { ($($($x:ident $k:tt)+;)*) => { $(impl<$($x: Flat),+> Flat for ($($x,)+) {
    fn flat(&self, out: &mut Vec<f64>) { $(self.$k.flat(out);)+ }
})* } }
tuples! { A 0; A 0 B 1; A 0 B 1 C 2; A 0 B 1 C 2 D 3; A 0 B 1 C 2 D 3 E 4; A 0 B 1 C 2 D 3 E 4 F 5;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6; A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7; A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9; A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10; }
fn compare(what: &str, got: &[f64], wanted: &[f64], bad: &mut usize) {
    let (least, tolerance) = if what.ends_with("f32") { (1.0_f64, 1e-2) } else { (1e-6, 1e-7) };
    let scale = wanted.iter().fold(least, |s, x| s.max(x.abs()));
    let close = got.len() == wanted.len() && got.iter().zip(wanted).all(|(a, b)| (a - b).abs() <= tolerance * scale);
    if !close { *bad += 1; println!("{what}: got {got:?}, wanted {wanted:?}"); }
}
fn dot(a: &[f64], b: &[f64]) -> f64 { assert_eq!(a.len(), b.len()); a.iter().zip(b).map(|(a, b)| a * b).sum() }
"#;

/// The text of a crate's `main.rs`, and how many programs are in it.
pub fn batch(sources: &[(u64, Source)]) -> (String, usize) {
    let mut text = PRELUDE.to_string();
    let mut calls = String::new();
    let mut count = 0;
    for (seed, source) in sources {
        if let Some(module) = module(*seed, source) {
            text.push_str(&module);
            let _ = writeln!(calls, "    p{seed}::check(&mut bad);");
            count += 1;
        }
    }
    let _ = write!(
        text,
        "fn main() {{\n    let mut bad = 0;\n{calls}    println!(\"{{bad}} wrong\");\n    std::process::exit((bad > 0) as i32);\n}}\n"
    );
    (text, count)
}

/// What is checked of a program, by its seed: the first order, the first order of it on `f32`, the
/// second order.
fn module(seed: u64, source: &Source) -> Option<String> {
    let kind = match seed % 3 {
        0 => "second order",
        1 => "f32",
        _ => "f64",
    };
    let program = Program::lower(&source.text).ok()?.differentiate(Passes::ALL).ok()?;
    let main = source.main.name.as_str();
    let (modes, active): (Vec<Mode>, Vec<bool>) = program.params(main).into_iter().unzip();
    let mut rng = Rng::new(seed);
    let args: Vec<Value<f64>> =
        source.main.params.iter().map(|(_, ty)| argument(&mut rng, *ty, source.size)).collect();
    let dots: Vec<Option<Value<f64>>> =
        args.iter().zip(&active).map(|(arg, active)| active.then(|| random_tangent(&mut rng, arg))).collect();
    let primal = Interp::new(&program).primal(main, &args).ok()?;
    let tangent = Interp::new(&program).tangent(main, &args, &dots).ok()?;
    let value = outputs(primal.result.as_ref(), &primal.finals, &modes);
    let value_dot = outputs(tangent.result_dot.as_ref(), &tangent.derivatives, &modes);
    if !value.iter().chain(&value_dot).all(|x| x.is_finite() && x.abs() < 1e9) {
        return None;
    }
    let seed_value = random_tangent(&mut rng, primal.result.as_ref()?);
    let out_seeds: Vec<Option<Value<f64>>> = args
        .iter()
        .zip(&modes)
        .map(|(arg, mode)| (*mode == Mode::RefMut).then(|| random_tangent(&mut rng, arg)))
        .collect();
    let seeds = outputs(Some(&seed_value), &out_seeds, &modes);

    let curvature = match kind {
        "second order" => curvature(&program, source, (&args, &dots)),
        _ => None,
    };
    let order = if curvature.is_some() { ", order = 2" } else { "" };
    let mut text = format!(
        "mod p{seed} {{\nuse differentiable::differentiable;\nuse differentiable::Differentiable;\nuse super::*;\n"
    );
    text.push_str(
        &format!("\n{}", source.text)
            .replace("\nfn ", &format!("\n#[differentiable(allow_unused{order})]\nfn "))
            .replace("\nimpl ", &format!("\n#[differentiable(allow_unused{order})]\nimpl ")),
    );
    let _ = writeln!(text, "pub fn check(bad: &mut usize) {{");
    let mut call = Vec::new();
    let mut declare = String::new();
    let mut finals = String::new();
    for ((name, ty), arg) in source.main.params.iter().zip(&args) {
        let _ = writeln!(declare, "        let mut {name} = {};", owned(*ty, arg));
        match ty {
            T::Slice(_) | T::Ref => call.push(format!("&{name}")),
            T::SliceMut(_) | T::RefMut => {
                call.push(format!("&mut {name}"));
                let _ = writeln!(finals, "        {name}.flat(&mut got);");
            }
            T::F | T::Int | T::Bool | T::Pair | T::Array(_) | T::Matrix(_) | T::Vec(_) => {
                call.push(name.clone())
            }
            T::Point | T::Shape | T::Maybe | T::Stack | T::Spot | T::Ray | T::Spots(_) => return None,
        }
    }
    let call = call.join(", ");
    let _ = write!(
        text,
        "    {{\n{declare}        let mut got = Vec::new();\n        let y = f({call});\n        y.flat(&mut got);\n{finals}        compare(\"p{seed} primal {kind}\", &got, &{value:?}, bad);\n    }}\n"
    );
    let tangents: Vec<String> = source
        .main
        .params
        .iter()
        .zip(&dots)
        .filter_map(|((_, ty), dot)| dot.as_ref().map(|dot| seed_of(*ty, dot)))
        .collect();
    let _ = write!(
        text,
        "    {{\n{declare}        let mut got = Vec::new();\n        let (y, y_dot) = f::jvp({call}, {});\n        y_dot.flat(&mut got);\n        compare(\"p{seed} jvp {kind}\", &got, &{value_dot:?}, bad);\n    }}\n",
        one_or_tuple(&tangents)
    );
    let mut cotangents = Vec::new();
    if let Some(ret) = source.main.ret {
        cotangents.push(seed_of(ret, &seed_value));
    }
    for ((_, ty), seed) in source.main.params.iter().zip(&out_seeds) {
        cotangents.extend(seed.as_ref().map(|seed| seed_of(*ty, seed)));
    }
    let mut flat_dots = Vec::new();
    dots.iter().flatten().for_each(|dot| flat_dots.extend(floats(dot)));
    let wanted: f64 = seeds.iter().zip(&value_dot).map(|(a, b)| a * b).sum();
    let _ = write!(
        text,
        "    {{\n{declare}        let mut got = Vec::new();\n        let (y, g) = f::vjp({call}, {});\n        g.flat(&mut got);\n        let got = dot(&got, &{flat_dots:?});\n        compare(\"p{seed} vjp {kind}\", &[got, 1.0], &[{wanted:?}, 1.0], bad);\n    }}\n",
        one_or_tuple(&cotangents)
    );
    if let Some(wanted) = curvature {
        let direction = one_or_tuple(&tangents);
        let _ = write!(
            text,
            "    {{\n{declare}        let mut got = Vec::new();\n        f::hvp({call}, {direction}).flat(&mut got);\n        compare(\"p{seed} hvp\", &got, &{wanted:?}, bad);\n    }}\n\
             {{\n{declare}        let mut got = Vec::new();\n        f::hessian({call}).flat(&mut got);\n        let got: Vec<f64> = got.chunks({n}).map(|row| dot(row, &{flat_dots:?})).collect();\n        compare(\"p{seed} hessian\", &got, &{wanted:?}, bad);\n    }}\n",
            n = flat_dots.len()
        );
    }
    text.push_str("}\n}\n");
    Some(if kind == "f32" { single(&text) } else { text })
}

/// The same on `f32`; what is wanted stays.
fn single(text: &str) -> String {
    let narrow = |line: &str| match line.find("compare(\"") {
        Some(_) => line.to_string(),
        None if line.contains("let got = dot(") => line.to_string(),
        None => {
            line.replace("f64", "f32").replace("let mut got = Vec::new()", "let mut got = Vec::<f64>::new()")
        }
    };
    text.lines().map(|line| narrow(line) + "\n").collect()
}

/// The product of the Hessian with a direction: reverse mode on dual numbers. `None` where there are
/// outputs beside a float.
fn curvature(
    program: &Program,
    source: &Source,
    (args, dots): (&[Value<f64>], &[Option<Value<f64>>]),
) -> Option<Vec<f64>> {
    let main = source.main.name.as_str();
    let in_out = program.params(main).iter().any(|(mode, _)| *mode == Mode::RefMut);
    if in_out || source.main.ret != Some(T::F) || source.text.contains("struct P") {
        return None;
    }
    let dual = |value: &Value<f64>, dot: Option<&Value<f64>>| {
        let mut dots = dot.map(floats).unwrap_or_default().into_iter();
        value.map(&mut |value| Dual { value, dot: dots.next().unwrap_or(0.0) }, false)
    };
    let dual_args: Vec<_> = args.iter().zip(dots).map(|(arg, dot)| dual(arg, dot.as_ref())).collect();
    let shadows: Vec<_> =
        args.iter().zip(dots).map(|(arg, dot)| dot.as_ref().map(|_| dual(&arg.zero(), None))).collect();
    let run = Interp::new(program).joint(main, &dual_args, dual(&Value::Float(1.0), None), &shadows).ok()?;
    let found: Vec<f64> =
        run.derivatives.iter().flatten().flat_map(floats).map(|dual: Dual| dual.dot).collect();
    found.iter().all(|x| x.is_finite() && x.abs() < 1e9).then_some(found)
}

fn one_or_tuple(items: &[String]) -> String {
    match items {
        [one] => one.clone(),
        many => format!("({})", many.join(", ")),
    }
}

/// A value as an expression of its own.
fn owned(ty: T, value: &Value<f64>) -> String {
    let text = nested(value);
    match ty {
        T::Vec(_) | T::Slice(_) | T::SliceMut(_) => format!("vec!{text}"),
        T::F | T::Int | T::Bool | T::Pair | T::Array(_) | T::Matrix(_) | T::Ref | T::RefMut => text,
        T::Point | T::Shape | T::Maybe | T::Stack | T::Spot | T::Ray | T::Spots(_) => text,
    }
}

/// A tangent or cotangent, written like the value it belongs to.
fn seed_of(ty: T, value: &Value<f64>) -> String {
    let text = nested(value);
    match ty {
        T::Vec(_) | T::Slice(_) | T::SliceMut(_) => format!("&{text}[..]"),
        T::Ref | T::RefMut => format!("&{text}"),
        T::F | T::Int | T::Bool | T::Pair | T::Array(_) | T::Matrix(_) => text,
        T::Point | T::Shape | T::Maybe | T::Stack | T::Spot | T::Ray | T::Spots(_) => text,
    }
}

fn nested(value: &Value<f64>) -> String {
    match value {
        Value::Float(x) => format!("{x:?}_f64"),
        Value::Int(n) => n.to_string(),
        Value::Bool(b) => b.to_string(),
        Value::Array(items) | Value::Vec(items) => {
            format!("[{}]", items.iter().map(nested).collect::<Vec<_>>().join(", "))
        }
        Value::Tuple(items) => format!("({})", items.iter().map(nested).collect::<Vec<_>>().join(", ")),
        other => format!("{other:?}"),
    }
}

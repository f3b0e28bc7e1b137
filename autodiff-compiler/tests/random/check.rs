//! What is checked of one program.

use crate::generate::{Source, T};
use crate::rng::Rng;
use autodiff_compiler::interp::{Dual, Fault, Interp, Mode, Passes, Program, Real, Run, Stop, Value};

/// What became of a program.
#[derive(Clone, Debug)]
pub enum Verdict {
    Passed,
    /// The compiler refused it: its first message.
    Refused(String),
    /// It panics, runs too long, leaves the finite numbers, or the interpreter does not know
    /// something in it.
    Skipped(String),
    Failed(Failure),
}

/// A defect.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What kind of defect, the same for the same cause: shrinking keeps it.
    pub kind: String,
    pub detail: String,
}

/// Combinations that results must not depend on: all, and one of those in which none or few are on,
/// one is off or works on more at once, by the seed.
pub fn passes(seed: u64) -> [Passes; 2] {
    let all = Passes::ALL;
    let varied = [
        Passes::NONE,
        Passes { fuse: true, ..Passes::NONE },
        Passes { fuse: false, ..all },
        Passes { simplify: false, ..all },
        Passes { join: false, ..all },
        Passes { touch: false, ..all },
        Passes { apart: false, ..all },
        Passes { unroll: false, ..all },
        Passes { fields: false, ..all },
        Passes { carry: false, ..all },
        Passes { jam: 0, ..all },
        Passes { lanes: 0, ..all },
        Passes { jam: 3, lanes: 3, ..all },
        // As in generated code, which has calls for all lanes at once.
        Passes { jam: 4, lanes: 8, ..all },
        Passes { jam: 0, lanes: 8, ..all },
    ];
    let one = varied[usize::try_from(seed % varied.len() as u64).unwrap_or(0)];
    [all, one]
}

fn fail(kind: impl Into<String>, detail: impl Into<String>) -> Verdict {
    Verdict::Failed(Failure { kind: kind.into(), detail: detail.into() })
}

/// A message without what differs from program to program.
fn stem(text: &str) -> String {
    let mut out = String::new();
    let mut quoted = false;
    for c in text.chars() {
        if c == '`' {
            quoted = !quoted;
        }
        if !quoted && !c.is_ascii_digit() {
            out.push(c);
        }
    }
    out.chars().take(80).collect()
}

fn stopped(stop: &Stop) -> Verdict {
    match stop {
        Stop::Unparsable(what) => Verdict::Skipped(format!("does not parse: {what}")),
        Stop::Refused(messages) => Verdict::Refused(messages.first().cloned().unwrap_or_default()),
        Stop::Broken { stage, what } => fail(format!("{stage}: {}", stem(what)), what.clone()),
    }
}

/// The IR of a program without optimisations and with all of them.
pub fn dump(source: &Source, seed: u64) -> String {
    let mut out = String::new();
    for passes in passes(seed) {
        match Program::lower(&source.text).and_then(|program| program.differentiate(passes)) {
            Ok(program) => out.push_str(&format!("{passes:?}\n{}", program.dump())),
            Err(stop) => out.push_str(&format!("{stop:?}\n")),
        }
    }
    out
}

/// An argument for a parameter.
pub fn argument(rng: &mut Rng, ty: T, size: Option<usize>) -> Value<f64> {
    let many = |rng: &mut Rng, n: usize| (0..n).map(|_| Value::Float(rng.float())).collect::<Vec<_>>();
    match ty {
        T::F | T::Ref | T::RefMut => Value::Float(rng.float()),
        T::Int => Value::Int(match size {
            Some(size) if rng.chance(50) => size,
            Some(_) | None => rng.below(5),
        } as i128),
        T::Bool => Value::Bool(rng.chance(50)),
        T::Point | T::Shape | T::Maybe | T::Stack | T::Spot | T::Ray | T::Spots(_) => {
            Value::Inert("no argument".into())
        }
        T::Pair => Value::Tuple(many(rng, 2)),
        T::Array(n) => Value::Array(many(rng, n)),
        T::Matrix(n) => Value::Array((0..n).map(|_| Value::Array(many(rng, 2))).collect()),
        T::Vec(n) => Value::Vec(many(rng, size.unwrap_or(n))),
        T::Slice(n) | T::SliceMut(n) => {
            let n = size.unwrap_or_else(|| n + rng.below(2));
            Value::Vec(many(rng, n))
        }
    }
}

pub fn random_tangent(rng: &mut Rng, like: &Value<f64>) -> Value<f64> {
    like.map(&mut |_| rng.float(), true)
}

pub fn floats<F: Real>(value: &Value<F>) -> Vec<F> {
    let mut out = Vec::new();
    value.floats(&mut out);
    out
}

/// The result's floats, then those of what `&mut` parameters hold.
pub fn outputs<F: Real>(result: Option<&Value<F>>, places: &[Option<Value<F>>], modes: &[Mode]) -> Vec<F> {
    let mut out = result.map(floats).unwrap_or_default();
    for (place, mode) in places.iter().zip(modes) {
        if let (Some(place), Mode::RefMut) = (place, mode) {
            out.extend(floats(place));
        }
    }
    out
}

fn same(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b || (a.is_nan() && b.is_nan()))
}

/// Checks a program on a few inputs.
pub fn check(source: &Source, seed: u64) -> Verdict {
    let lowered = match Program::lower(&source.text) {
        Ok(lowered) => lowered,
        Err(stop) => return stopped(&stop),
    };
    let mut last = Verdict::Skipped("no run".into());
    for passes in passes(seed) {
        let program = match lowered.differentiate(passes) {
            Ok(program) => program,
            Err(stop) => return stopped(&stop),
        };
        let mut rng = Rng::new(seed);
        let mut passed = false;
        for _ in 0..2 {
            match one_input(source, &program, &mut rng) {
                Verdict::Passed => passed = true,
                Verdict::Failed(failure) => {
                    let detail = format!("{} [{passes:?}]", failure.detail);
                    return Verdict::Failed(Failure { kind: failure.kind, detail });
                }
                verdict @ (Verdict::Refused(_) | Verdict::Skipped(_)) => last = verdict,
            }
        }
        if let Some(first) = program.complaints().first() {
            return fail(format!("verifier: {}", stem(first)), program.complaints().join("; "));
        }
        if !passed {
            return last;
        }
    }
    Verdict::Passed
}

fn fault(stage: &str, fault: &Fault) -> Verdict {
    match fault {
        Fault::Unsupported(what) => Verdict::Skipped(format!("unsupported: {what}")),
        Fault::Fuel => fail(format!("{stage}: runs too long"), ""),
        Fault::Bail | Fault::Panic(_) | Fault::Bug(_) => {
            fail(format!("{stage}: {}", stem(&fault.to_string())), fault.to_string())
        }
    }
}

fn one_input(source: &Source, program: &Program, rng: &mut Rng) -> Verdict {
    let main = source.main.name.as_str();
    let (modes, active): (Vec<Mode>, Vec<bool>) = program.params(main).into_iter().unzip();
    let args: Vec<Value<f64>> =
        source.main.params.iter().map(|(_, ty)| argument(rng, *ty, source.size)).collect();
    let dots: Vec<Option<Value<f64>>> =
        args.iter().zip(&active).map(|(arg, active)| active.then(|| random_tangent(rng, arg))).collect();

    // Derivatives take several times the steps.
    let primal = match Interp::short(program).primal(main, &args) {
        Ok(run) => run,
        Err(Fault::Panic(_) | Fault::Bail | Fault::Fuel) => {
            return Verdict::Skipped("the program panics".into());
        }
        Err(other) => return fault("primal", &other),
    };
    let value = outputs(primal.result.as_ref(), &primal.finals, &modes);

    // The oracle: dual numbers through the primal.
    let dual_args: Vec<Value<Dual>> = args
        .iter()
        .zip(&dots)
        .map(|(arg, dot)| {
            let mut dots = dot.as_ref().map(floats).unwrap_or_default().into_iter();
            arg.map(&mut |value| Dual { value, dot: dots.next().unwrap_or(0.0) }, false)
        })
        .collect();
    let oracle = match Interp::new(program).primal(main, &dual_args) {
        Ok(run) => outputs(run.result.as_ref(), &run.finals, &modes),
        Err(other) => return fault("duals", &other),
    };
    let wanted: Vec<f64> = oracle.iter().map(|dual| dual.dot).collect();
    if !value.iter().chain(&wanted).all(|x| x.is_finite() && x.abs() < 1e12) {
        return Verdict::Skipped("wild numbers".into());
    }

    let tangent = match Interp::new(program).tangent(main, &args, &dots) {
        Ok(run) => run,
        Err(other) => return fault("forward", &other),
    };
    if !same(&value, &outputs(tangent.result.as_ref(), &tangent.finals, &modes)) {
        return fail("forward: the primal differs", "");
    }
    let got = outputs(tangent.result_dot.as_ref(), &tangent.derivatives, &modes);
    if let Some(detail) = differs(&got, &wanted) {
        return fail("forward: the tangent differs from dual numbers", detail);
    }
    match reverse_checks(main, program, rng, &args, &dots, &primal, &wanted) {
        // Zero times the infinity of a value that nothing uses, as `docs/trust.md` has it.
        Verdict::Failed(failure) if primal.largest.is_infinite() && failure.detail.contains("NaN") => {
            Verdict::Skipped("an unused value overflows".into())
        }
        verdict => verdict,
    }
}

fn differs(got: &[f64], wanted: &[f64]) -> Option<String> {
    let scale = wanted.iter().chain(got).fold(1e-6_f64, |scale, x| scale.max(x.abs()));
    let close =
        got.len() == wanted.len() && got.iter().zip(wanted).all(|(a, b)| (a - b).abs() <= 1e-7 * scale);
    (!close).then(|| format!("got {got:?}, wanted {wanted:?}"))
}

fn reverse_checks(
    main: &str,
    program: &Program,
    rng: &mut Rng,
    args: &[Value<f64>],
    dots: &[Option<Value<f64>>],
    primal: &Run<f64>,
    wanted: &[f64],
) -> Verdict {
    let modes: Vec<Mode> = program.params(main).into_iter().map(|(mode, _)| mode).collect();
    let Some(result) = &primal.result else { return Verdict::Skipped("left with an error".into()) };
    let seed = random_tangent(rng, result);
    let zeros: Vec<Option<Value<f64>>> =
        args.iter().zip(dots).map(|(arg, dot)| dot.as_ref().map(|_| arg.zero())).collect();
    // In-out parameters bring the cotangents of their final contents.
    let shadows: Vec<Option<Value<f64>>> = zeros
        .iter()
        .zip(&modes)
        .map(|(zero, mode)| match mode {
            Mode::RefMut => zero.as_ref().map(|zero| random_tangent(rng, zero)),
            Mode::Value | Mode::Ref => zero.clone(),
        })
        .collect();
    let seeds: Vec<f64> = outputs(Some(&seed), &shadows, &modes);
    let value = outputs(Some(result), &primal.finals, &modes);

    let joint = match Interp::new(program).joint(main, args, seed.clone(), &shadows) {
        Ok(run) => run,
        Err(other) => return fault("joint", &other),
    };
    if !same(&floats(result), &joint.result.as_ref().map(floats).unwrap_or_default()) {
        return fail("joint: the result differs", format!("got {:?}, wanted {result:?}", joint.result));
    }
    if let Some(detail) = unbalanced(&seeds, wanted, &joint.derivatives, dots, None) {
        // Cotangents that grow and cancel leave nothing but their rounding.
        let kept = seeds.iter().chain(wanted).fold(1.0_f64, |kept, x| kept.max(x.abs()));
        if joint.largest > 1e9 * kept {
            return Verdict::Skipped("cotangents lose their digits".into());
        }
        return fail("joint: the gradient differs", detail);
    }

    if let Some(verdict) = second_order(main, program, rng, args, dots, &seed, &shadows) {
        return verdict;
    }

    // The pullback, twice: cotangents of inputs are added to what is there.
    let bases: Vec<Option<Value<f64>>> = shadows
        .iter()
        .zip(&modes)
        .map(|(shadow, mode)| match mode {
            Mode::RefMut => shadow.clone(),
            Mode::Value | Mode::Ref => shadow.as_ref().map(|zero| random_tangent(rng, zero)),
        })
        .collect();
    let pulls = [(seed.clone(), shadows.clone()), (seed, bases.clone())];
    let split = match Interp::new(program).split(main, args, &pulls) {
        Ok(runs) => runs,
        Err(other) => return fault("split", &other),
    };
    let [swept, first, second] = &split[..] else { return fail("split: not three runs", "") };
    if !same(&value, &outputs(swept.result.as_ref(), &swept.finals, &modes)) {
        return fail("split: the primal differs", "");
    }
    if let Some(detail) = unbalanced(&seeds, wanted, &first.derivatives, dots, None) {
        return fail("split: the gradient differs", detail);
    }
    let added: Vec<_> = bases
        .iter()
        .zip(&modes)
        .map(|(base, mode)| base.clone().filter(|_| !matches!(mode, Mode::RefMut)))
        .collect();
    if let Some(detail) = unbalanced(&seeds, wanted, &second.derivatives, dots, Some(&added)) {
        return fail("split: the second pull differs", detail);
    }
    for ((after, arg), mode) in first.finals.iter().zip(args).zip(&modes) {
        if let (Some(after), Mode::RefMut) = (after, mode)
            && !same(&floats(after), &floats(arg))
        {
            return fail(
                "split: the pull does not restore an in-out parameter",
                format!("{after:?}, not {arg:?}"),
            );
        }
    }
    Verdict::Passed
}

/// Forward mode over reverse mode against reverse mode on dual numbers.
fn second_order(
    main: &str,
    program: &Program,
    rng: &mut Rng,
    args: &[Value<f64>],
    dots: &[Option<Value<f64>>],
    seed: &Value<f64>,
    shadows: &[Option<Value<f64>>],
) -> Option<Verdict> {
    let pair = |value: &Value<f64>, dot: Option<&Value<f64>>| {
        (value.clone(), dot.cloned().unwrap_or_else(|| value.zero()))
    };
    let args: Vec<_> = args.iter().zip(dots).map(|(arg, dot)| pair(arg, dot.as_ref())).collect();
    let seed = pair(seed, Some(&random_tangent(rng, seed)));
    let shadows: Vec<_> =
        shadows.iter().map(|s| s.as_ref().map(|s| pair(s, Some(&random_tangent(rng, s))))).collect();
    let run = match Interp::new(program).second(main, &args, seed.clone(), &shadows) {
        Ok(run) => run,
        Err(Fault::Unsupported(_)) => return None,
        Err(other) => return Some(fault("second", &other)),
    };
    let dual = |(value, dot): &(Value<f64>, Value<f64>)| {
        let mut dots = floats(dot).into_iter();
        value.map(&mut |value| Dual { value, dot: dots.next().unwrap_or(0.0) }, false)
    };
    let dual_args: Vec<_> = args.iter().map(dual).collect();
    let dual_shadows: Vec<_> = shadows.iter().map(|s| s.as_ref().map(dual)).collect();
    let oracle = match Interp::new(program).joint(main, &dual_args, dual(&seed), &dual_shadows) {
        Ok(run) => run,
        Err(other) => return Some(fault("joint on duals", &other)),
    };
    let all = |values: &[Option<Value<Dual>>]| {
        values.iter().flatten().flat_map(floats).map(|dual| dual.dot).collect::<Vec<f64>>()
    };
    let wanted = all(&oracle.derivatives);
    let got: Vec<f64> = run.derivatives.iter().flatten().flat_map(floats).collect();
    if !wanted.iter().all(|x| x.is_finite() && x.abs() < 1e12) {
        return None;
    }
    differs(&got, &wanted).map(|detail| fail("second: the tangent of the gradient differs", detail))
}

/// `⟨ȳ, J ẋ⟩` against `⟨Jᵀ ȳ, ẋ⟩`.
fn unbalanced(
    seeds: &[f64],
    outs: &[f64],
    cotangents: &[Option<Value<f64>>],
    dots: &[Option<Value<f64>>],
    bases: Option<&[Option<Value<f64>>]>,
) -> Option<String> {
    let left: Vec<f64> = seeds.iter().zip(outs).map(|(a, b)| a * b).collect();
    let mut right = Vec::new();
    for (k, dot) in dots.iter().enumerate() {
        let (Some(dot), Some(Some(cotangent))) = (dot, cotangents.get(k)) else { continue };
        let mut cotangent = floats(cotangent);
        if let Some(Some(base)) = bases.and_then(|bases| bases.get(k)) {
            cotangent.iter_mut().zip(floats(base)).for_each(|(a, b)| *a -= b);
        }
        right.extend(cotangent.iter().zip(floats(dot)).map(|(a, b)| a * b));
    }
    let scale = left.iter().chain(&right).fold(1e-6_f64, |scale, x| scale.max(x.abs()));
    let (a, b): (f64, f64) = (left.iter().sum(), right.iter().sum());
    let close = (a - b).abs() <= 1e-7 * scale;
    (!close)
        .then(|| format!("<y_bar, J x_dot> = {a:e}, <Jt y_bar, x_dot> = {b:e}; cotangents {cotangents:?}"))
}

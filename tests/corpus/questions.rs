//! `?` that leaves a closure, and `Result`s that are kept in a variable.

use differentiable::differentiable;

#[differentiable]
fn root(x: f64) -> Option<f64> {
    if x > 0.0 { Some(x.sqrt()) } else { None }
}

#[differentiable]
fn checked(x: f64) -> Result<f64, String> {
    if x > 0.0 { Ok(x.sqrt()) } else { Err(format!("{x} is negative")) }
}

#[differentiable]
fn closure_of_an_option(x: f64, y: f64) -> f64 {
    let twice = |x: f64| -> Option<f64> {
        let r = root(x)?;
        Some(r * 2.0 * y)
    };
    twice(x).unwrap_or(3.0 * x * y)
}
row!(question_in_a_closure: closure_of_an_option(val x, val y) at (2.0, 0.7), (-2.0, 0.7));

#[differentiable]
fn collected_options(xs: &[f64]) -> Option<f64> {
    let ys: Option<Vec<f64>> = xs
        .iter()
        .map(|x| {
            let y = root(*x)?;
            Some(y * 2.0 + x * x)
        })
        .collect();
    let ys = ys?;
    Some(ys.iter().sum())
}
row!(questions_in_what_is_collected: collected_options(ref xs) -> option at (vec![1.0, 2.0, 3.0]));

#[differentiable]
fn collected_results(xs: &[f64], k: f64) -> Result<f64, String> {
    let ys = xs
        .iter()
        .map(|&x| {
            let y = checked(x * k)?;
            Ok(y * 2.0 + x * x)
        })
        .collect::<Result<Vec<_>, String>>()?;
    Ok(ys.iter().sum())
}
row!(questions_in_collected_results: collected_results(ref xs, val k) -> result at (vec![1.0, 2.0, 3.0], 0.8));

#[differentiable]
fn closure_of_a_result(xs: &[f64]) -> Result<f64, String> {
    let twice = |x: f64| -> Result<f64, String> {
        let y = checked(x)?;
        Ok(y * 2.0 * x)
    };
    let mut s = 0.0;
    for &x in xs {
        s += twice(x)?;
    }
    Ok(s)
}
row!(question_behind_a_closure: closure_of_a_result(ref xs) -> result at (vec![1.0, 2.0, 3.0]));

#[derive(Clone, Debug)]
pub struct Told(String);
impl From<String> for Told {
    fn from(text: String) -> Told {
        Told(text)
    }
}

#[differentiable]
fn converted_in_a_closure(xs: &[f64]) -> Result<f64, Told> {
    let twice = |x: f64| -> Result<f64, Told> {
        let y = checked(x)?;
        let z = root(y - 0.5).ok_or_else(|| "small".to_string())?;
        if z > 100.0 {
            Err("large".to_string())?
        }
        Ok(y * 2.0 * z)
    };
    let mut s = 0.0;
    for &x in xs {
        s += twice(x).unwrap_or(x * x);
    }
    Ok(s)
}
row!(errors_converted_in_a_closure: converted_in_a_closure(ref xs) -> result at (vec![1.0, 0.1, -3.0, 2.0]));

#[differentiable]
fn folded(xs: &[f64]) -> Option<f64> {
    xs.iter().try_fold(0.0, |acc, &x| {
        let y = root(x)?;
        Some(acc * y + y * x)
    })
}
row!(questions_in_a_fold: folded(ref xs) -> option at (vec![1.0, 2.0, 3.0]));

#[differentiable]
fn left_in_several_ways(xs: &[f64]) -> f64 {
    let f = |x: f64| -> Option<f64> {
        let y = root(x)?;
        if y > 10.0 {
            return None;
        }
        Some(y * 2.0)
    };
    let neighbours = |k: usize| {
        let (a, b) = (xs.get(k)?, xs.get(k + 1)?);
        Some(a * b)
    };
    let mut s = 0.0;
    for (k, &x) in xs.iter().enumerate() {
        if let Some(v) = f(x) {
            s += v * x;
        } else {
            s -= x;
        }
        s += neighbours(k).unwrap_or(xs[k] * xs[k]);
    }
    s + xs.iter().filter_map(|&x| Some(root(x)? * x)).sum::<f64>()
}
row!(closures_left_in_several_ways: left_in_several_ways(ref xs) at (vec![1.0, -2.0, 3.0, 200.0]));

#[differentiable]
fn questions_in_a_function_inside(x: f64, y: f64) -> f64 {
    fn quotient(a: f64, b: f64) -> Result<f64, String> {
        let r = checked(b)?;
        Ok(a / r)
    }
    match quotient(x, y) {
        Ok(v) => v * x,
        Err(_) => 0.5 * x * y,
    }
}
row!(question_in_a_function_inside: questions_in_a_function_inside(val x, val y) at (1.5, 2.0), (1.5, -2.0));

#[differentiable]
fn kept(x: f64) -> f64 {
    let sure: Result<f64, ()> = Ok(x);
    let perhaps: Result<f64, String> = if x > 1.0 { Ok(x * x) } else { Err("small".to_string()) };
    let mut last: Result<f64, usize> = Err(0);
    for k in 0..3 {
        if x > 0.7 * k as f64 {
            last = Ok(x * k as f64);
        }
    }
    let first = match perhaps {
        Ok(v) => v,
        Err(_) => 3.0 * x,
    };
    sure.unwrap_or(0.0) * first + if let Ok(v) = last { v * x } else { x }
}
row!(results_in_variables: kept(val x) at (2.0), (0.5), (-1.0));

#[differentiable]
fn kept_and_asked(x: f64) -> Result<f64, String> {
    let r: Result<f64, ()> = if x > 1.0 { Ok(x * x) } else { Ok(x) };
    let v = r.map_err(|_| "bad".to_string())?;
    let w: Result<f64, String> = Ok(v);
    w.and_then(|w| if w > 0.0 { Ok(w.ln() * x) } else { Err("negative".to_string()) })
}
row!(kept_results_asked: kept_and_asked(val x) -> result at (2.0), (0.5));

#[differentiable]
fn option_as_a_result(x: f64) -> Result<f64, String> {
    let r = Some(x).filter(|v| *v > 1.0).ok_or("small".to_string());
    let s = root(x - 0.2).ok_or_else(|| "none".to_string()).unwrap_or(5.0 * x);
    match r {
        Ok(v) => Ok(v * v * s),
        Err(_) => Ok(3.0 * x * s),
    }
}
row!(ok_or_that_is_matched: option_as_a_result(val x) -> result at (2.0), (0.5), (0.1));

#[differentiable]
fn whole_option(x: f64) -> f64 {
    let o = if x > 1.0 { Some(x) } else { None };
    match o {
        v @ Some(_) => v.unwrap() * x,
        None => 3.0 * x,
    }
}
row!(option_bound_whole: whole_option(val x) at (1.5), (0.5));

type Fallible<T, E = u8> = std::result::Result<T, E>;

/// A `Result` by another name.
#[differentiable(order = 2)]
fn log_of(x: f64) -> Fallible<f64> {
    if x <= 0.0 {
        return Err(1);
    }
    Ok(x.ln())
}

#[differentiable(order = 2)]
fn by_another_name(x: f64, y: f64) -> f64 {
    log_of(x).unwrap() * y + log_of(y - 1.0).unwrap_or(x * x)
}
row!(a_result_by_another_name: by_another_name(val x, val y) at (1.3, 0.7), (0.4, 2.1));
curved!(a_result_by_another_name_curved: by_another_name(val x, val y) at (1.3, 2.7));

#[differentiable]
fn asked_and_changed(x: f64, n: usize) -> Option<f64> {
    let mut a: f64 = root(x)?;
    let mut b = root(a)?;
    for _ in 0..n {
        a += b * x;
        b = root(a)?;
    }
    Some(a * b)
}
row!(what_is_asked_for_is_changed: asked_and_changed(val x, no n) -> option at (0.7, 3), (2.0, 0));

#[differentiable]
fn checked_and_changed(x: f64, n: usize) -> Result<f64, String> {
    let mut a: f64 = checked(x)?;
    let mut b = checked(a)?;
    for _ in 0..n {
        a += b * x;
        b = checked(a)?;
    }
    let mut pair = (checked(a)?, checked(b).map_err(|e| e + "!")?);
    pair.0 *= x;
    Ok(a * b + pair.0 * pair.1)
}
row!(what_is_checked_is_changed: checked_and_changed(val x, no n) -> result at (0.7, 3), (2.0, 0));

mod settings {
    pub struct Settings(pub Vec<(&'static str, f64)>);
    impl Settings {
        pub fn angle(&self, name: &str) -> Result<Option<f64>, String> {
            Ok(self.0.iter().find(|setting| setting.0 == name).map(|setting| setting.1))
        }
        pub fn twice(&self, name: &str) -> Result<Result<f64, String>, String> {
            Ok(self.angle(name)?.ok_or("no such setting".to_owned()))
        }
    }
}
use settings::Settings;

#[differentiable]
fn by_settings(p: f64, #[no_diff] settings: &Settings) -> Result<f64, String> {
    let first = settings.angle("first")?.unwrap_or(0.3);
    let second = settings.angle("second")?.unwrap_or_else(|| first);
    let third = match settings.angle("second")? {
        Some(angle) => angle * p,
        None => p.cos(),
    };
    let fourth = settings.twice("first")??;
    let fifth = settings.angle("first")?.map_or(1.0, |angle| angle * p);
    Ok((p * first).sin() * (second + p * p).cos()
        + third * fourth
        + fifth * p
        + settings.angle("third")?.unwrap_or(0.5) * p)
}
#[differentiable]
fn of_settings(x: f64) -> f64 {
    let settings = Settings(vec![("first", 0.4), ("third", 2.0)]);
    by_settings(x, &settings).unwrap_or(x)
}
row!(an_option_that_a_question_leaves: of_settings(val x) at (0.7), (-1.2));

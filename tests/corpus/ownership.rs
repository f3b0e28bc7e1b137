//! Types that are not `Copy` or not even `Clone`, methods that consume them, conversions of
//! references, and names that look like types.

use differentiable::{Differentiable, differentiable};

// Builders: methods that take `self` by value.

#[derive(Clone, Debug, Differentiable)]
struct Settings {
    gain: f64,
    order: u32,
    offset: f64,
    taps: Vec<f64>,
}

#[differentiable]
impl Settings {
    fn new(gain: f64) -> Self {
        Settings { gain, order: 1, offset: 2.0, taps: vec![gain, 1.0] }
    }

    fn with_offset(mut self, offset: f64) -> Self {
        self.offset = offset * offset;
        self
    }

    fn with_order(mut self, order: u32) -> Self {
        self.order = order;
        self
    }

    fn scaled(mut self, k: f64) -> Self {
        self.gain *= k * self.gain;
        self.offset = self.gain * k;
        for tap in self.taps.iter_mut() {
            *tap *= k * *tap;
        }
        self
    }

    fn value(&self) -> f64 {
        self.gain * self.offset * self.order as f64
    }

    fn into_taps(self) -> Vec<f64> {
        self.taps
    }

    fn consume(self) -> f64 {
        self.gain * self.offset + self.taps[1]
    }
}

#[differentiable]
fn built(x: f64, y: f64) -> f64 {
    let settings = Settings::new(x).with_offset(y).with_order(3).scaled(x);
    let first = settings.value();
    first * settings.consume()
}
row!(builder_that_is_not_copy: built(val x, val y) at (1.3, 0.7));

#[differentiable]
fn built_in_a_loop(x: f64, n: usize) -> f64 {
    let mut settings = Settings::new(x);
    let mut sum = 0.0;
    for k in 0..n {
        settings = settings.with_offset(x * k as f64).scaled(0.8);
        sum += settings.value();
    }
    let taps = settings.into_taps();
    sum + taps[0] * taps[1]
}
row!(builder_in_a_loop: built_in_a_loop(val x, no n) at (1.3, 3), (1.3, 0));

#[differentiable]
fn by_path(x: f64, y: f64) -> f64 {
    let settings = Settings::with_offset(Settings::new(x), y);
    Settings::value(&settings) * Settings::consume(settings.clone()) + settings.consume()
}
row!(methods_that_consume_called_by_path: by_path(val x, val y) at (1.3, 0.7));

// Types without `Clone`.

#[derive(Differentiable)]
struct Epochs {
    first: f64,
    second: f64,
    angles: [f64; 2],
}

#[differentiable]
fn epochs(day: f64) -> Epochs {
    let mut epochs = Epochs { first: day - 100.0, second: 0.0, angles: [day, 0.0] };
    epochs.second = epochs.first / 365.25 * epochs.first;
    epochs.angles[1] = epochs.angles[0] * epochs.second;
    epochs
}

#[differentiable]
fn of_epochs(day: f64) -> f64 {
    let at = epochs(day);
    at.first * at.second + at.angles[1]
}
row!(fields_of_what_is_returned_and_not_clone: of_epochs(val day) at (107.5));

enum Average {
    Arithmetic,
    Geometric(f64),
}

#[differentiable]
fn averaged(x: f64, y: f64, #[no_diff] kind: Average) -> f64 {
    match kind {
        Average::Arithmetic => 0.5 * (x + y) * x,
        Average::Geometric(power) => (x * y).powf(power),
    }
}

#[test]
fn choice_by_an_enum_that_is_not_clone() {
    let (_, pullback) = averaged::pullback(2.0, 3.0, Average::Geometric(0.5));
    let by_hand = 0.5 * (3.0_f64 / 2.0).sqrt();
    assert!((pullback.pull_retain(1.0).0 - by_hand).abs() < 1e-15);
    assert!((pullback.pull(2.0).0 - 2.0 * by_hand).abs() < 1e-15);
    assert_eq!(averaged::grad(2.0, 3.0, Average::Arithmetic), (3.5, 1.0));
}

#[differentiable]
fn table_of_a_local_type(x: f64) -> f64 {
    struct Term(i8, f64, f64);
    struct term(i8, f64, f64);
    let (large, small) = ([Term(1, 2.0, 3.0), Term(2, 1.0, 0.5)], [term(1, 0.2, 0.3)]);
    let mut sum = 0.0;
    for t in large.iter() {
        let (s, c) = (t.0 as f64 * x).sin_cos();
        sum += t.1 * s + t.2 * c;
    }
    for t in small.iter() {
        sum += (t.0 as f64 * sum).sin() * t.1 + t.2;
    }
    sum
}
row!(table_of_terms_of_a_local_type: table_of_a_local_type(val x) at (0.5));

// Conversions from references.

#[derive(Clone, Debug, Differentiable)]
struct Inks {
    list: [f64; 4],
}
#[derive(Debug, Differentiable)]
struct Light {
    r: f64,
    g: f64,
}

#[differentiable]
impl From<&Inks> for Light {
    fn from(inks: &Inks) -> Light {
        Light { r: inks.list[0] * inks.list[3], g: inks.list[1] * inks.list[3] }
    }
}

#[differentiable]
impl Inks {
    fn to_light(&self) -> Light {
        self.into()
    }
}

#[differentiable]
fn lit(c: f64, k: f64) -> f64 {
    let inks = Inks { list: [c, c * c, 0.0, k] };
    let light = inks.to_light();
    let again: Light = (&inks).into();
    let borrowed = &inks;
    let third: Light = borrowed.into();
    light.r * light.g + again.g * third.r
}
row!(into_of_a_reference: lit(val c, val k) at (0.3, 0.7));

// Functions named like their formulas.

#[differentiable]
fn T_sat(p: f64) -> f64 {
    p.sqrt() * 3.0
}

#[differentiable]
fn D_rk(r: usize, x: &[f64]) -> f64 {
    x[r] * x[r]
}

#[differentiable]
fn formulas(p: f64, x: &[f64]) -> f64 {
    let T: f64 = T_sat(p);
    let mut sum = T - 273.15;
    for r in 0..x.len() {
        sum += T * D_rk(r, x);
    }
    sum
}
row!(functions_that_begin_with_a_capital: formulas(val p, ref x) at (4.0, vec![1.0, 2.0]));

// Constants of a branch, with returns in it.

#[differentiable]
fn erfcx_like(x: f64) -> f64 {
    if x >= 0.0 {
        if x > 50.0 {
            const ISPI: f64 = 0.564;
            if x > 5.0e7 {
                return ISPI / x;
            } else {
                let s = x * x;
                return ISPI * (s + 4.5) / (x * s);
            }
        } else {
            return (1.0 / (4.0 + x)).exp();
        }
    } else if x < -6.1 {
        return 2.0 * (-x).sqrt();
    }
    const SCALE: f64 = 3.0;
    let y = x * SCALE;
    y.exp() * SCALE
}
row!(constants_in_branches: erfcx_like(val x) at (60.0), (6.0e7), (1.0), (-7.0), (-1.0); step = 1e-6; tolerance = 1e-5);

#[differentiable]
fn constants_of_a_loop(x: f64, n: usize) -> f64 {
    let mut y = x;
    for k in 0..n {
        const RATE: f64 = 0.75;
        fn weight(k: usize) -> f64 {
            1.0 / (k as f64 + RATE)
        }
        y = RATE * y * y + weight(k) * x;
    }
    y
}
row!(constants_in_a_loop: constants_of_a_loop(val x, no n) at (0.4, 3));

// A slice beside a `&mut` of a user's type.

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Path(Vec<f64>);

#[differentiable]
impl Path {
    fn push(&mut self, x: f64) {
        self.0.push(x);
    }
}

#[differentiable]
fn reversed(start: f64, ends: &[f64], out: &mut Path) {
    for (k, end) in ends.iter().enumerate().rev() {
        let before = if k > 0 { ends[k - 1] } else { start };
        out.push(*end * before);
    }
}

#[test]
fn a_slice_beside_a_mutable_struct() {
    let mut out = Path(vec![]);
    let (_, gradient) = reversed::vjp(2.0, &[3.0, 5.0], &mut out, &PathTangent(vec![1.0, 10.0]));
    assert_eq!(out, Path(vec![15.0, 6.0]));
    assert_eq!(gradient, (30.0, vec![5.0 + 20.0, 3.0], PathTangent(vec![])));
}

// Values that are looked at and then moved on some paths only.

#[derive(Clone, Debug, Differentiable)]
struct Trial {
    step: usize,
    score: f64,
    x: Vec<f64>,
}

#[differentiable]
fn good_ones(x: &[f64]) -> f64 {
    let mut good = Vec::new();
    let mut numbered: Vec<(usize, Trial)> = Vec::new();
    for (step, v) in x.iter().enumerate() {
        let trial = Trial { step, score: v * v, x: vec![*v; 2] };
        if trial.score > 0.3 {
            good.push(trial);
        } else if trial.score > 0.1 {
            numbered.push((step, trial));
        }
    }
    good.iter().map(|t: &Trial| t.score * t.x[0]).sum::<f64>()
        + numbered.iter().map(|(k, t)| t.score * t.x[1] * *k as f64).sum::<f64>()
}
row!(pushed_if_it_is_good: good_ones(ref x) at (vec![0.1, 0.5, 0.7]));

#[differentiable]
fn best_one(x: &[f64]) -> f64 {
    let mut best = Trial { step: 0, score: 0.0, x: vec![0.0; 2] };
    for (step, v) in x.iter().enumerate() {
        let trial = Trial { step, score: v * v, x: vec![*v; 2] };
        if trial.score > best.score {
            best = trial;
        }
    }
    best.score * best.x[1]
}
row!(kept_if_it_is_best: best_one(ref x) at (vec![0.1, 0.7, 0.5]));

#[differentiable]
fn found_or_not(x: &[f64], t: f64) -> f64 {
    let made = x.iter().enumerate().map(|(step, v)| Trial { step, score: v * v, x: vec![*v; 2] });
    made.into_iter().find(|t| t.score > 0.4).map(|t| t.score * t.x[0]).unwrap_or(x[0] * t)
}
row!(made_and_found_or_not: found_or_not(ref x, val t) at (vec![0.1, 0.5, 0.7], 0.3), (vec![0.1, 0.5], 0.3));

#[differentiable]
fn stack_of_trials(x: &[f64]) -> f64 {
    let mut stack = vec![Trial { step: 2, score: x[0], x: x.to_vec() }];
    let mut s = 0.0;
    while let Some(t) = stack.pop() {
        s += t.score * t.x[0];
        if t.step > 0 {
            let next =
                Trial { step: t.step - 1, score: t.score * t.x[1], x: t.x.iter().map(|v| v * 0.5).collect() };
            if next.score.abs() > 1e-3 {
                stack.push(next);
            }
        }
    }
    s
}
row!(stack_of_structs_until_it_is_empty: stack_of_trials(ref x) at (vec![0.4, 0.5, 0.7]));

#[derive(Clone, Debug, Differentiable)]
struct Record {
    v: Vec<f64>,
    k: f64,
    t: (Vec<f64>, f64),
}
#[differentiable(order = 2)]
fn next_vector(v: &[f64], y: f64) -> Vec<f64> {
    let n = v.len();
    (0..n).map(|i| v[i] * y + v[(i + 1) % n] * 0.5).collect()
}
#[differentiable(order = 2)]
fn next_record(w: Record, y: f64) -> Record {
    let mut v = w.v;
    v[0] *= y;
    let k = w.k + v[0];
    Record { v, k, t: (w.t.0, w.t.1 * y) }
}

#[differentiable(order = 2)]
fn previous_vectors(x: f64, y: f64) -> f64 {
    let mut cur = vec![x, y, 0.4];
    let mut s = 0.0;
    for i in 0..4 {
        let prev = cur;
        cur = next_vector(&prev, y);
        s += prev[i % 3] * cur[(i + 1) % 3];
    }
    s + cur[0]
}
row!(previous_vectors_row: previous_vectors(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(previous_vectors_curved: previous_vectors(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn vectors_swapped_by_moves(x: f64, y: f64) -> f64 {
    let mut a = vec![x];
    let mut b = vec![y, x];
    for _ in 0..3 {
        let t = a;
        a = b;
        b = t;
        a[0] *= y;
        b.push(a[0]);
    }
    a[0] * b[0] + a.len() as f64 * b[b.len() - 1]
}
row!(vectors_swapped_by_moves_row: vectors_swapped_by_moves(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(vectors_swapped_by_moves_curved: vectors_swapped_by_moves(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn records_by_value(x: f64, y: f64) -> f64 {
    let mut w = Record { v: vec![x, y], k: y, t: (vec![x], 1.0) };
    for _ in 0..3 {
        w = next_record(w, y);
    }
    let Record { v, k, t } = w;
    v[0] * k + t.0[0] * t.1 + v[1]
}
row!(records_by_value_row: records_by_value(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(records_by_value_curved: records_by_value(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn fields_moved_and_replaced(x: f64, y: f64) -> f64 {
    let mut w = Record { v: vec![x, y], k: y, t: (vec![x], 1.0) };
    let v = w.v;
    w.v = vec![v[1] * 3.0, x];
    let (t, q) = w.t;
    w.t = (vec![q * y], t[0]);
    let u = w;
    u.v[0] * v[0] + u.t.0[0] * u.t.1 * u.k + t[0]
}
row!(fields_moved_and_replaced_row: fields_moved_and_replaced(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(fields_moved_and_replaced_curved: fields_moved_and_replaced(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn vectors_of_vectors_moved(x: f64, y: f64) -> f64 {
    let mut vs = vec![vec![x], vec![y, x]];
    let first = vs.remove(0);
    vs.push(first.clone());
    let second = vs.swap_remove(0);
    let mut all = Vec::new();
    for v in vs {
        all.extend(v);
    }
    all.extend(second.into_iter().rev());
    all.iter().enumerate().map(|(i, a)| a * a * (i + 1) as f64).sum::<f64>() * first[0]
}
row!(vectors_of_vectors_moved_row: vectors_of_vectors_moved(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(vectors_of_vectors_moved_curved: vectors_of_vectors_moved(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn population_of_pairs(x: f64, y: f64) -> f64 {
    let mut pop = vec![(vec![x, y], 1.0), (vec![y, y], 2.0)];
    for g in 0..2 {
        let (mut best, sc) = pop[g].clone();
        best[0] *= sc;
        pop[g] = (best, sc * x);
        let (p, q) = (pop[0].0.clone(), &pop[1].0);
        let child: Vec<f64> = p.iter().zip(q).map(|(a, b)| 0.5 * (a + b)).collect();
        pop.push((child, y));
    }
    pop.iter().map(|(v, s)| v[0] * v[1] * s).sum()
}
row!(population_of_pairs_row: population_of_pairs(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(population_of_pairs_curved: population_of_pairs(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn taken_and_put_back(x: f64, y: f64) -> f64 {
    let mut st = [vec![x], vec![y]];
    for i in 0..3 {
        let t = std::mem::take(&mut st[i % 2]);
        st[(i + 1) % 2].push(t[0] * y);
        st[i % 2] = t;
    }
    st[0].iter().product::<f64>() + st[1].iter().map(|a| a * a).sum::<f64>()
}
row!(taken_and_put_back_row: taken_and_put_back(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(taken_and_put_back_curved: taken_and_put_back(val x, val y) at (1.3, 0.7));

//! Items that a search over a sequence of structs, rows or windows gives by reference, and comparisons
//! of what references refer to.

use super::*;
use differentiable::{Differentiable, differentiable};

#[derive(Clone, Debug, Differentiable)]
struct Particle {
    id: usize,
    mass: f64,
    at: Vec<f64>,
}
value_struct!(Particle => ParticleTangent { id, mass, at });

fn particle(id: usize, mass: f64, at: [f64; 2]) -> Particle {
    Particle { id, mass, at: at.to_vec() }
}

fn three() -> Vec<Particle> {
    vec![particle(3, 0.4, [0.3, 0.5]), particle(1, 0.9, [0.1, 0.7]), particle(2, 0.7, [1.1, -0.2])]
}

#[differentiable]
fn by_id(all: &[Particle], id: usize) -> f64 {
    let p = all.iter().find(|p| p.id == id).unwrap();
    p.mass * p.at[0] * all[0].mass
}
row!(struct_found_by_its_number: by_id(ref all, no id) at (three(), 1), (three(), 3));

#[differentiable]
fn by_id_or_not(all: &[Particle], id: usize) -> f64 {
    let backwards = all.iter().rev().find(|p| p.id == id).map_or(all[1].mass, |p| p.mass * p.at[1]);
    if let Some(p) = all.iter().find(|p| p.id == id) {
        p.mass * p.at[0] * backwards
    } else {
        all[0].mass + backwards
    }
}
row!(struct_found_or_not: by_id_or_not(ref all, no id) at (three(), 2), (three(), 9));

#[differentiable]
fn numbered(all: &[Particle], id: usize) -> f64 {
    let (i, p) = all.iter().enumerate().find(|(_, p)| p.id == id).unwrap();
    let (k, last) = all.iter().enumerate().last().unwrap();
    p.mass * p.at[i] * last.mass * k as f64
}
row!(struct_found_with_its_index: numbered(ref all, no id) at (three(), 1), (three(), 3));

#[differentiable]
fn heaviest(all: &[Particle]) -> f64 {
    let heavy = all.iter().max_by(|a, b| a.mass.total_cmp(&b.mass)).unwrap();
    match all.iter().min_by(|a, b| a.mass.partial_cmp(&b.mass).unwrap()) {
        Some(light) => heavy.mass * light.at[0] + heavy.at.iter().sum::<f64>(),
        None => 0.0,
    }
}
row!(heaviest_and_lightest_struct: heaviest(ref all) at (three()));

#[differentiable]
fn heaviest_index(all: &[Particle]) -> f64 {
    let (i, p) = all.iter().enumerate().max_by(|a, b| a.1.mass.total_cmp(&b.1.mass)).unwrap();
    let (_, q) = all.iter().enumerate().min_by(|(_, a), (_, b)| a.mass.total_cmp(&b.mass)).unwrap();
    p.mass * p.at[i] * q.at[1]
}
row!(heaviest_struct_with_its_index: heaviest_index(ref all) at (three()));

#[differentiable]
fn made_here(a: f64, b: f64) -> f64 {
    let all = vec![Particle { id: 0, mass: a, at: vec![b] }, Particle { id: 1, mass: b * a, at: vec![a, b] }];
    let best = all.iter().max_by(|p, q| p.mass.partial_cmp(&q.mass).unwrap()).unwrap();
    best.mass * best.at[0] + best.at.iter().sum::<f64>()
}
row!(chosen_from_what_was_made_here: made_here(val a, val b) at (0.4, 0.2), (0.4, 1.3));

#[differentiable]
fn staged(all: &[Particle], id: usize) -> f64 {
    let first = all.iter().filter(|p| p.id == id).next().map(|p| p.mass * p.at[0]).unwrap_or(0.0);
    let from = all.iter().skip_while(|p| p.id != 1).next().unwrap();
    let second = all.iter().filter(|p| p.mass > 0.5).nth(1).unwrap();
    let last = all.iter().filter(|p| p.id < 3).last().unwrap();
    first + from.mass * second.at[0] * last.at[1]
}
row!(first_second_and_last_that_pass: staged(ref all, no id) at (three(), 2), (three(), 9));

#[differentiable]
fn first_positive(x: &[f64]) -> f64 {
    x.iter().filter(|v| **v > 0.0).next().copied().unwrap_or(1.0) * x[0]
        + x.iter().map(|v| v * v).skip_while(|v| *v < 0.1).next().unwrap_or(0.0)
}
row!(first_number_that_passes: first_positive(ref x) at (vec![-0.3, 0.2, 0.5]), (vec![-0.1]));

#[differentiable]
fn crossing(x: &[f64], level: f64) -> f64 {
    match x.windows(2).find(|w| w[1] > level) {
        Some(w) => w[0] + (level - w[0]) / (w[1] - w[0]) * x[0],
        None => x[0] * level,
    }
}
row!(window_that_crosses: crossing(ref x, val level) at (vec![-0.3, 0.2, 0.5, 0.7], 0.4), (vec![-0.3, 0.2], 0.9));

#[differentiable]
fn table(knots: &[(f64, f64)], xs: &[f64]) -> f64 {
    let mut s = 0.0;
    for &x in xs {
        if let Some(w) = knots.windows(2).find(|w| x >= w[0].0 && x < w[1].0) {
            let t = (x - w[0].0) / (w[1].0 - w[0].0);
            s += w[0].1 * (1.0 - t) + w[1].1 * t * t;
        }
    }
    s
}
row!(interval_searched_in_a_loop: table(ref knots, ref xs) at
    (vec![(0.0, 1.0), (0.5, 2.0), (1.0, -1.0)], vec![0.2, 0.7, 0.9, 3.0]));

#[differentiable]
fn row_of_largest_head(rows: &[Vec<f64>], t: f64) -> f64 {
    let r = rows.iter().max_by(|a, b| a[0].total_cmp(&b[0])).unwrap();
    let hit = rows.iter().flat_map(|r| r.windows(2)).find(|w| w[0] > t);
    r.iter().map(|v| v * v).sum::<f64>() * rows[0][0] + hit.map(|w| w[0] * w[1]).unwrap_or(t)
}
row!(row_chosen_by_its_head: row_of_largest_head(ref rows, val t) at
    (vec![vec![0.2, 0.3], vec![0.5, 0.6, 0.7]], 0.4), (vec![vec![0.2, 0.3]], 0.4));

#[differentiable]
fn nearest_centre(centres: &[[f64; 2]], points: &[[f64; 2]]) -> f64 {
    let mut s = 0.0;
    for p in points {
        let d = |c: &[f64; 2]| (c[0] - p[0]).powi(2) + (c[1] - p[1]).powi(2);
        s += d(centres.iter().min_by(|a, b| d(a).partial_cmp(&d(b)).unwrap()).unwrap());
    }
    s
}
row!(nearest_of_the_centres: nearest_centre(ref centres, ref points) at
    (vec![[0.1, 0.2], [0.9, 0.8]], vec![[0.0, 0.3], [0.7, 0.7], [0.2, 0.1]]));

#[derive(Clone, Debug, Differentiable)]
struct Crowd {
    all: Vec<Particle>,
    g: f64,
}

#[differentiable]
impl Crowd {
    fn pull(&self, id: usize) -> f64 {
        self.all.iter().find(|p| p.id == id).map(|p| p.mass * p.at[1]).unwrap_or(self.g)
    }
}

#[differentiable]
fn pulls(all: &[Particle], g: f64) -> f64 {
    let crowd = Crowd { all: all.to_vec(), g };
    let mut s = 0.0;
    for id in 0..all.len() {
        s += crowd.pull(id) * g;
    }
    s
}
row!(method_that_searches: pulls(ref all, val g) at (three(), 0.4));

// Comparisons.

#[differentiable]
fn by_parts(x: &[f64], w: &[f64]) -> f64 {
    let i = x.iter().enumerate().min_by(|a, b| a.1.partial_cmp(b.1).unwrap()).map(|(i, _)| i).unwrap_or(0);
    let heaviest = x.iter().zip(w.iter()).max_by(|a, b| a.0.total_cmp(b.0)).map(|p| p.0 * p.1).unwrap_or(0.0);
    let (k, _) = x.iter().enumerate().max_by(|a, b| f64::total_cmp(a.1, b.1)).unwrap();
    x[i] * x[i] * w[i] + heaviest * w[k]
}
row!(parts_of_pairs_compared: by_parts(ref x, ref w) at (vec![0.4, 0.2], vec![0.3, 0.7]));

#[differentiable]
fn by_the_path(x: &[f64]) -> f64 {
    x.iter().copied().min_by(f64::total_cmp).unwrap() * x[0]
}
row!(compared_by_a_path: by_the_path(ref x) at (vec![0.4, 0.2]));

#[differentiable]
fn pair_of_references(x: &[f64], w: &[f64]) -> f64 {
    let p = (&x[0], x[1] * w[0]);
    let less = p.0.partial_cmp(&p.1) == Some(std::cmp::Ordering::Less);
    if less && p.1.is_finite() && !p.1.eq(p.0) { p.0 * p.1 } else { x[1] * w[1] }
}
row!(parts_of_a_pair_of_references: pair_of_references(ref x, ref w) at
    (vec![0.4, 0.2], vec![0.3, 0.7]), (vec![0.1, 0.9], vec![0.3, 0.7]));

// References that may be changed through, and those that one arm gives while the others leave.

#[differentiable]
fn grown(all: &mut [Particle], x: &mut [f64]) -> f64 {
    let p = all.iter_mut().find(|p| p.id == 1).unwrap();
    p.mass *= p.at[0];
    if let Some(q) = all.iter_mut().max_by(|a, b| a.mass.total_cmp(&b.mass)) {
        q.mass = q.mass * q.at[0] * q.mass;
    }
    if let Some(v) = x.iter_mut().find(|v| **v < 0.0) {
        *v = -*v * *v;
    }
    all[0].mass * x[0]
}
row!(found_and_changed: grown(mut all, mut x) at (three(), vec![0.3, -0.4, -0.5]), (three(), vec![0.3]));

#[differentiable]
fn merged(x: &[f64], ids: &[usize]) -> f64 {
    let mut all: Vec<Particle> =
        x.iter().enumerate().map(|(id, v)| Particle { id, mass: *v, at: vec![*v; 2] }).collect();
    for &id in ids {
        match all.iter_mut().find(|p| p.id == id) {
            Some(p) => {
                p.mass *= p.mass + p.at[0];
                p.at[1] += p.mass;
            }
            None => all.push(Particle { id, mass: x[0], at: vec![x[1]; 2] }),
        }
    }
    all.iter().map(|p| p.mass * p.at[1]).sum()
}
row!(changed_where_found_or_added: merged(ref x, noref ids) at (vec![0.3, -0.4, 0.5], vec![1, 4, 1, 4]));

#[differentiable]
fn at_or_left(all: &[Particle], ks: &[usize], id: usize) -> f64 {
    let mut s = 0.0;
    for &k in ks {
        let p = if let Some(p) = all.get(k) { p } else { continue };
        s += p.mass * p.at[0];
    }
    let found = match all.iter().find(|p| p.id == id) {
        Some(p) => p,
        None => return all[0].mass * s,
    };
    found.mass * found.at[0] * s
}
row!(arm_that_gives_a_reference: at_or_left(ref all, noref ks, no id) at
    (three(), vec![0, 7, 2], 1), (three(), vec![1], 9));

#[differentiable]
fn changed_or_left(all: &mut [Particle], x: &mut Vec<f64>, k: usize) -> f64 {
    let p = match all.get_mut(k) {
        Some(p) => p,
        None => return x[0],
    };
    p.mass *= p.at[0];
    p.at[1] = p.mass * p.mass;
    let v = match x.get_mut(k) {
        Some(v) => v,
        None => return all[0].mass,
    };
    *v *= *v;
    x.iter().product()
}
row!(arm_that_gives_what_may_be_changed: changed_or_left(mut all, mut x, no k) at
    (three(), vec![0.3, 0.4], 1), (three(), vec![0.3, 0.4], 2), (three(), vec![0.3], 9));

#[differentiable]
fn heaviest_by_fold(all: &[Particle]) -> f64 {
    let p = all.iter().fold(&all[0], |best, p| if p.mass > best.mass { p } else { best });
    p.mass * p.at[0]
}
row!(reference_folded: heaviest_by_fold(ref all) at (three()));

#[differentiable]
fn lightest_by_reduce(all: &[Particle], least: usize) -> f64 {
    let lightest = all.iter().reduce(|a, b| if b.mass < a.mass { b } else { a }).unwrap();
    let last = all.iter().filter(|p| p.id > least).reduce(|a, b| match b.id > a.id {
        true => b,
        false => a,
    });
    lightest.mass * lightest.at[1].sin() + last.map_or(0.0, |p| p.mass * p.at[0])
}
row!(reference_reduced: lightest_by_reduce(ref all, no least) at (three(), 1), (three(), 7));

#[differentiable]
fn by_keys(all: &[Particle], near: usize) -> f64 {
    let last = all.iter().max_by_key(|p| p.id).unwrap();
    let nearest = all.iter().min_by_key(|p| (p.id.abs_diff(near), p.id)).unwrap();
    let (at, odd) = all.iter().enumerate().min_by_key(|(_, p)| p.id % 3).unwrap();
    last.mass * nearest.at[0] + odd.mass * (at + 1) as f64
}
row!(extremes_by_keys: by_keys(ref all, no near) at (three(), 1), (three(), 2));

#[differentiable]
fn keys_of_numbers(x: &[f64]) -> f64 {
    let last = x.iter().max_by_key(|v| (**v * 10.0) as i64).unwrap();
    let first = x.iter().min_by_key(|v| (**v * 10.0) as i64).unwrap();
    last * last * first
}
row!(of_equal_keys_the_first_or_the_last: keys_of_numbers(ref x) at (vec![0.12, 0.53, 0.55, 0.17]));

#[differentiable]
fn moment(p: &Particle) -> f64 {
    p.mass * p.at[0] * p.at[0]
}

#[differentiable]
fn branch_gives_a_reference(all: &[Particle], k: usize) -> f64 {
    let given = moment(if k > 4 {
        &all[0]
    } else if k == 4 {
        &all[k - 2]
    } else {
        &all[1]
    });
    let p = match k {
        3 => all.first().unwrap(),
        4 => all.last().unwrap(),
        _ => &all[1],
    };
    given + moment(p) * p.mass
}
row!(reference_given_by_a_branch: branch_gives_a_reference(ref all, no k) at (three(), 3), (three(), 4), (three(), 5));

#[differentiable]
fn largest_row(rows: &[Vec<f64>]) -> f64 {
    let row = rows.iter().fold(&rows[0], |a, b| if b[0] > a[0] { b } else { a });
    let other = rows.iter().reduce(|a, b| if b.len() < a.len() { b } else { a }).unwrap();
    row.iter().map(|v| v * v).sum::<f64>() * other[0]
}
row!(row_folded: largest_row(ref rows) at (vec![vec![0.1, 0.4], vec![0.7], vec![0.5, 0.2, 0.3]]));

#[differentiable]
fn of_a_table(#[no_diff] all: &[Particle], x: f64) -> f64 {
    let p = all.iter().fold(&all[0], |best, p| if p.mass > best.mass { p } else { best });
    let q = if x > 0.5 { &all[0] } else { &all[1] };
    p.mass * x + q.at[0] * x * x
}
row!(references_into_what_is_constant: of_a_table(noref all, val x) at (three(), 0.3), (three(), 0.8));

#[differentiable]
fn longer_first(a: &[f64], b: &[f64]) -> Vec<f64> {
    let (long, short) = if a.len() < b.len() { (b, a) } else { (a, b) };
    let mut out = Vec::with_capacity(long.len() + short.len() - 1);
    for n in 0..long.len() + short.len() - 1 {
        let mut sum = 0.0;
        for m in 0..short.len() {
            if n >= m && n - m < long.len() {
                sum += long[n - m] * short[m];
            }
        }
        out.push(sum);
    }
    out
}
row!(slices_ordered_by_their_length: longer_first(ref a, ref b) -> many
    at (vec![1.5, -0.3, 0.8], vec![0.4, 2.1]), (vec![0.4, 2.1], vec![1.5, -0.3, 0.8]));

#[differentiable]
fn by_a_flag(a: &[f64], b: &[f64], upper: bool) -> f64 {
    let from: &[f64] = match upper {
        true => a,
        false => b,
    };
    let s = if from.len() > 2 {
        let other = if upper { b } else { a };
        from[0] * other[1]
    } else {
        from[1]
    };
    s * s
}
row!(slices_chosen_by_name: by_a_flag(ref a, ref b, no upper)
    at (vec![0.7, -1.2, 0.4], vec![0.9, 1.3], true), (vec![0.7, -1.2, 0.4], vec![0.9, 1.3], false));

#[differentiable]
fn swapped_buffers(a: &mut [f64], b: &mut [f64], steps: usize) {
    let (from, to) = if steps % 2 == 0 { (a, b) } else { (b, a) };
    for i in 0..to.len() {
        to[i] += from[i] * to[i];
    }
}
row!(buffers_chosen_by_name: swapped_buffers(mut a, mut b, no steps) -> unit
    at (vec![0.7, -1.2], vec![0.9, 1.3], 1), (vec![0.7, -1.2], vec![0.9, 1.3], 2));

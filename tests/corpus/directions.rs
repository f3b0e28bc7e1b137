//! Sweeps in several directions: Jacobians by columns, Hessians by blocks of rows.

use super::*;

/// More variables than one sweep has directions, in two parameters.
#[differentiable(order = 2)]
fn energy_of_points(x: &[f64], w: [f64; 3]) -> f64 {
    let mut e = 0.0;
    for i in 0..x.len() {
        for j in 0..i {
            let d = x[i] - x[j];
            e += w[0] * d * d + w[1] * (w[2] * d).sin();
        }
    }
    e
}
curved!(more_variables_than_lanes: energy_of_points(ref x, val w) at
    (vec![0.3, -0.8, 1.1, 0.4, -0.2, 0.9], [0.5, 1.2, 0.7]),
    (vec![0.3, -0.8, 1.1, 0.4, -0.2], [0.5, 1.2, 0.7]),
    (vec![], [0.5, 1.2, 0.7]); differences = false);

/// Values are kept from one sweep for the other, tangents with them.
#[differentiable(order = 2)]
fn kept_states(x: &[f64], n: usize) -> f64 {
    let mut a = x.to_vec();
    let mut s = 0.0;
    for step in 0..n {
        for i in 1..a.len() {
            a[i] = (a[i] * a[i - 1]).tanh() + 0.1 * step as f64;
        }
        a[0] *= a[a.len() - 1];
        s += a[step % a.len()] * a[0];
    }
    s
}
curved!(kept_tangents: kept_states(ref x, no n) at (vec![0.5, 0.8, -0.3, 1.2, 0.1, 0.7, -0.9, 0.2, 0.4, 1.1], 4));

#[differentiable(order = 2)]
fn rows_of_rows(m: &Vec<Vec<f64>>, p: (f64, [f64; 2])) -> f64 {
    let mut s = p.0;
    for row in m.iter() {
        let mut t = p.1[0];
        for v in row.iter() {
            t += v * v * p.1[1];
        }
        s *= t;
    }
    s
}
curved!(nested_shapes: rows_of_rows(ref m, val p) at
    (vec![vec![0.5, 0.8, -0.3], vec![1.2], vec![0.7, 0.2, 0.3, 0.4]], (0.9, [0.3, 1.4])));

#[differentiable(order = 2)]
fn arrays_of_arrays(m: [[f64; 3]; 4]) -> f64 {
    let mut s = 1.0;
    for i in 0..4 {
        for j in 0..3 {
            s += m[i][j] * m[(i + 1) % 4][j].exp() * s;
        }
    }
    s
}
curved!(twelve_by_twelve: arrays_of_arrays(val m) at
    ([[0.1, 0.2, -0.3], [0.4, -0.5, 0.6], [0.05, 0.15, 0.25], [-0.1, 0.3, 0.2]]));

#[differentiable(order = 2)]
fn in_a_buffer(x: &[f64], #[no_diff] buffer: &mut [f64]) -> f64 {
    for i in 0..x.len() {
        buffer[i] = x[i] * x[i];
    }
    let mut s = 0.0;
    for i in 1..x.len() {
        s += buffer[i] * buffer[i - 1].sqrt();
    }
    s
}

#[test]
fn hessian_with_a_buffer() {
    let x = [0.5, 0.8, 1.3, 1.2, 0.1, 0.7, 0.9, 0.2, 0.4, 1.1];
    let mut buffer = [0.0; 10];
    let hessian = in_a_buffer::hessian(&x, &mut buffer);
    for i in 0..10 {
        let mut unit = [0.0; 10];
        unit[i] = 1.0;
        assert_eq!(hessian[i], in_a_buffer::hvp(&x, &mut buffer, &unit));
    }
}

#[differentiable(order = 2)]
fn single(x: &[f32], k: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        let y = x[i] * x[(i + 1) % x.len()];
        s += (f64::from(y) * k).cos() + x[i] as f64;
    }
    s
}

#[test]
fn floats_of_both_widths() {
    let (x, k) = (vec![0.5_f32, 0.25, -0.75], 1.5);
    let (of_x, of_k) = single::hessian(&x, k);
    for i in 0..3 {
        let mut unit = [0.0; 3];
        unit[i] = 1.0;
        assert_eq!(of_x[i], single::hvp(&x, k, (&unit, 0.0)));
    }
    assert_eq!(of_k, single::hvp(&x, k, (&[0.0; 3], 1.0)));
}

#[differentiable(order = 2)]
fn guarded(x: &[f64]) -> Option<f64> {
    let mut s = 0.0;
    for v in x.iter() {
        if *v < 0.0 {
            return None;
        }
        s += v.sqrt() * x[0];
    }
    Some(s)
}

#[differentiable(order = 2)]
fn checked(x: [f64; 2], y: f64) -> Result<f64, String> {
    if y == 0.0 {
        return Err("no divisor".to_string());
    }
    Ok(x[0] * x[0] * x[1] / y)
}

#[test]
fn hessians_of_what_may_fail() {
    assert_eq!(guarded::hessian(&[4.0, -1.0]), None);
    assert_eq!(guarded::hessian(&[4.0]), Some(vec![vec![0.375]]));
    assert!(checked::hessian([1.0, 2.0], 0.0).is_err());
    let ((xx, xy), (yx, yy)) = {
        let (x, y) = checked::hessian([3.0, 2.0], 0.5).unwrap();
        ((x.map(|row| row.0), x.map(|row| row.1)), (y.0, y.1))
    };
    assert_eq!(xx, [[8.0, 12.0], [12.0, 0.0]]);
    assert_eq!((xy, yx), ([-48.0, -36.0], [-48.0, -36.0]));
    assert_eq!(yy, 2.0 * 18.0 / 0.125);
}

/// A generic float, whose products with tangents have the tangent on the left.
#[differentiable(order = 2)]
fn quartic<T: Float>(x: &[T], k: T) -> T {
    let mut s = k;
    for i in 0..x.len() {
        let d = x[i] * x[i] - k;
        s = s + d * d * x[(i + 1) % x.len()];
    }
    s
}
curved!(generic_float: quartic(ref x, val k) at (vec![0.5, 0.8, -0.3, 1.2, 0.1, 0.7, -0.9, 0.2, 0.4], 0.6));

#[derive(Clone, Debug)]
struct Springs {
    stiffness: Vec<f64>,
}

impl Springs {
    #[differentiable(order = 2)]
    fn energy(#[no_diff] &self, x: &[f64]) -> f64 {
        let mut e = 0.0;
        for i in 1..x.len() {
            let d = x[i] - x[i - 1];
            e += self.stiffness[i - 1] * d * d * d;
        }
        e
    }
}

#[test]
fn hessian_of_a_method() {
    let springs = Springs { stiffness: vec![1.0, 2.0] };
    let hessian = springs.energy_hessian(&[0.0, 1.0, 3.0]);
    assert_eq!(hessian, [[6.0, -6.0, 0.0], [-6.0, 30.0, -24.0], [0.0, -24.0, 24.0]]);
}

/// Names that the generated code uses too.
#[differentiable(order = 2)]
fn taken_names(at: &[f64], next: f64, row: f64, i0: [f64; 2], index_0: f64) -> f64 {
    let (first, lane) = (at[0] * next, row * i0[1]);
    first * lane * i0[0] + index_0 * index_0 * first
}
curved!(names: taken_names(ref at, val next, val row, val i0, val index_0) at (vec![0.3, 0.4], 0.7, 1.1, [0.2, 0.9], 0.5));

// Structs: their wide tangents are tuples.

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Body {
    at: [f64; 2],
    mass: f64,
    id: usize,
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct World {
    bodies: Vec<Body>,
    pull: f64,
    #[no_diff]
    soft: f64,
    ends: (f64, [Charge; 2]),
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Charge(f64, bool, f64);

#[differentiable(order = 2)]
fn potential(world: &World, scale: f64) -> f64 {
    let mut e = 0.0;
    for i in 1..world.bodies.len() {
        let (a, b) = (world.bodies[i], world.bodies[i - 1]);
        let d = [a.at[0] - b.at[0], a.at[1] - b.at[1]];
        let r = (d[0] * d[0] + d[1] * d[1] + world.soft).sqrt();
        e -= world.pull * a.mass * b.mass / r * (a.id as f64);
    }
    let mut charge = world.ends.1[0];
    charge.2 *= world.ends.0;
    let other = Charge(scale * scale, true, charge.2 * charge.0);
    e * scale + other.0 * other.2 * world.ends.1[1].2
}

fn world() -> World {
    let body = |k: usize| Body {
        at: [0.3 * k as f64, 1.0 - 0.1 * (k * k) as f64],
        mass: 0.5 + 0.2 * k as f64,
        id: k,
    };
    World {
        bodies: (0..4).map(body).collect(),
        pull: 0.8,
        soft: 0.1,
        ends: (0.7, [Charge(0.4, true, 1.1), Charge(0.9, false, -0.6)]),
    }
}

#[test]
fn hessian_of_structs() {
    let (world, scale) = (world(), 1.3);
    let (of_world, of_scale) = potential::hessian(&world, scale);
    let (mut unit, _) = potential::grad(&world, scale);
    differentiable::Tangent::set_zero(&mut unit);
    let mut checked = 0;
    let mut check = |row: &(WorldTangent, f64), unit: &WorldTangent, along: f64| {
        assert_eq!(*row, potential::hvp(&world, scale, (unit, along)));
        checked += 1;
    };
    for i in 0..4 {
        for k in 0..2 {
            let mut unit = unit.clone();
            unit.bodies[i].at[k] = 1.0;
            check(&of_world.bodies[i].at[k], &unit, 0.0);
        }
        let mut unit = unit.clone();
        unit.bodies[i].mass = 1.0;
        check(&of_world.bodies[i].mass, &unit, 0.0);
    }
    let mut along = unit.clone();
    along.pull = 1.0;
    check(&of_world.pull, &along, 0.0);
    let mut along = unit.clone();
    along.ends.0 = 1.0;
    check(&of_world.ends.0, &along, 0.0);
    for k in 0..2 {
        let mut along = unit.clone();
        along.ends.1[k].0 = 1.0;
        check(&of_world.ends.1[k].0, &along, 0.0);
        let mut along = unit.clone();
        along.ends.1[k].2 = 1.0;
        check(&of_world.ends.1[k].2, &along, 0.0);
    }
    check(&of_scale, &unit, 1.0);
    assert_eq!(checked, 19);
}

/// Made in the body, changed part by part and kept for the way back.
#[differentiable(order = 2)]
fn orbit(x: &[f64]) -> f64 {
    let mut body = Body { at: [x[0], x[1]], mass: x[2], id: 1 };
    let mut far = 0.0;
    let mut step = 0;
    while body.at[0] < 4.0 && step < 20 {
        let old = body;
        body = Body { at: [old.at[0] * x[3] + old.mass, old.at[1] * old.at[0]], ..old };
        body.mass *= x[4 + step % 5];
        if body.at[1] > 2.0 {
            body.at[1] = x[1];
            break;
        }
        far += body.at[1] * old.mass;
        step += 1;
    }
    far * body.at[0] * body.mass
}
curved!(structs_inside: orbit(ref x) at
    (vec![0.4, 0.6, 0.3, 1.2, 0.9, 1.1, 0.8, 0.7, 1.3]), (vec![3.0, 1.5, 1.3, 1.2, 0.9, 1.1, 0.8, 0.7, 1.3]));

#[differentiable(order = 2)]
impl World {
    fn energy(self, x: &[f64]) -> f64 {
        let mut e = self.pull;
        for v in x {
            e += v * v * self.pull * self.bodies[0].mass;
        }
        e * self.ends.1[0].0
    }
}

#[test]
fn hessian_of_a_receiver_by_value() {
    let x = [0.5, 1.5];
    let (of_world, of_x) = world().energy_hessian(&x);
    assert_eq!(of_world.pull.1, [0.2, 0.6000000000000001]);
    assert_eq!(of_x[1].0.pull, of_world.pull.1[1]);
    assert_eq!(of_x[1].0.bodies[0].mass, of_world.bodies[0].mass.1[1]);
}

// Jacobians.

/// One sweep for eight variables, whatever the number of outputs.
#[differentiable]
fn decays(w: &[f64], t: &[f64]) -> Vec<f64> {
    let mut out = Vec::new();
    for i in 0..t.len() {
        let a = if w[0] > t[i] { w[1].abs() * t[i] } else { (w[1] * t[i]).max(w[2]) };
        out.push(a * (-w[0] * t[i]).exp());
    }
    out
}
row!(columns_of_a_vec: decays(ref w, ref t) -> many at
    (vec![0.5, -0.8, 0.3], vec![0.1, 0.4, 0.9]),
    (vec![0.5, -0.8, 0.3], vec![0.1, 0.4, 0.9, 1.3, 0.2, 0.6, 1.9, 0.8]));

/// Fewer outputs than sweeps: by rows.
#[differentiable]
fn few_outputs(x: &[f64]) -> Vec<f64> {
    let mut s = [1.0; 2];
    for i in 0..x.len() {
        s[i % 2] *= x[i].sin() + 1.5;
    }
    s.to_vec()
}
row!(rows_of_a_vec: few_outputs(ref x) -> many at
    (vec![0.1, 0.4, 0.9, 1.3, 0.2, 0.6, 1.9, 0.8, -0.3, 0.7]), (vec![0.1, 0.4]));

#[differentiable]
fn rates(y: &[f64], k: f64, dy: &mut [f64]) {
    for i in 0..y.len() {
        let next = y[(i + 1) % y.len()];
        dy[i] = k * (next - y[i]) * y[i] + 0.5 * dy[i];
    }
}
row!(columns_of_what_is_filled: rates(ref y, val k, mut dy) -> unit at
    (vec![0.1, 0.4, 0.9], 0.7, vec![1.0, 2.0, 3.0]),
    (vec![0.1, 0.4, 0.9, 1.3, 0.2, 0.6], 0.7, vec![1.0, 2.0, 3.0, -1.0, 0.5, 0.3]));

/// In-out contents are put back before each sweep, and stay as one call leaves them.
#[test]
fn jacobian_has_the_effect_of_one_call() {
    let y = [0.1, 0.4, 0.9, 1.3, 0.2, 0.6];
    let (mut once, mut dy) = ([1.0; 6], [1.0; 6]);
    rates(&y, 0.7, &mut once);
    let rows = rates::jacobian(&y, 0.7, &mut dy);
    assert_eq!(once, dy);
    for (i, (y_bar, _, dy_bar)) in rows.iter().enumerate() {
        assert_eq!(dy_bar[i], 0.5);
        assert_eq!(y_bar.len(), 6);
    }
}

#[differentiable]
fn scaled_moments(v: &mut [f64; 9], k: f64) -> [f64; 3] {
    let mut m = [0.0; 3];
    for i in 0..9 {
        v[i] *= k;
        m[i % 3] += v[i] * v[(i + 1) % 9];
    }
    m
}

#[test]
fn jacobian_of_a_result_and_contents() {
    let start = [0.1, 0.4, 0.9, 1.3, 0.2, 0.6, 1.9, 0.8, -0.3];
    let mut v = start;
    let (of_result, of_contents) = scaled_moments::jacobian(&mut v, 0.7);
    let mut once = start;
    scaled_moments(&mut once, 0.7);
    assert_eq!(once, v);
    for k in 0..3 {
        let mut seed = [0.0; 3];
        seed[k] = 1.0;
        let (_, (v_bar, k_bar)) = scaled_moments::vjp(&mut start.clone(), 0.7, (seed, &[0.0; 9]));
        assert!((of_result[k].1 - k_bar).abs() < 1e-14);
        v_bar.iter().zip(of_result[k].0).for_each(|(a, b)| assert!((a - b).abs() < 1e-14));
    }
    for k in 0..9 {
        let mut seed = [0.0; 9];
        seed[k] = 1.0;
        let (_, (v_bar, k_bar)) = scaled_moments::vjp(&mut start.clone(), 0.7, ([0.0; 3], &seed));
        assert!((of_contents[k].1 - k_bar).abs() < 1e-14);
        v_bar.iter().zip(of_contents[k].0).for_each(|(a, b)| assert!((a - b).abs() < 1e-14));
    }
}

#[differentiable]
fn polar(r: f64, phi: f64) -> (f64, f64) {
    (r * phi.cos(), r * phi.sin())
}
row!(columns_of_a_tuple: polar(val r, val phi) -> many at (1.2, 0.7));

#[differentiable]
fn counted_outputs(x: [f32; 2], n: usize) -> (f64, usize, [f32; 2]) {
    (f64::from(x[0] * x[1]), n + 1, [x[0] / x[1], x[1]])
}

#[test]
fn columns_of_both_widths_beside_a_count() {
    let (first, (), rest) = counted_outputs::jacobian([3.0, 2.0], 4);
    assert_eq!(first, [2.0, 3.0]);
    assert_eq!(rest, [[0.5, -0.75], [0.0, 1.0]]);
}

/// What a function prints it prints once.
#[test]
fn printed_once() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    fn log(_: &str) {
        CALLS.fetch_add(1, Ordering::Relaxed);
    }
    #[differentiable]
    fn logged(x: &[f64; 12]) -> [f64; 12] {
        log("called");
        let mut y = *x;
        for v in y.iter_mut() {
            *v *= 2.0;
        }
        y
    }
    let rows = logged::jacobian(&[1.0; 12]);
    assert_eq!(rows[11][11], 2.0);
    assert_eq!(CALLS.load(Ordering::Relaxed), 1);
}

#[differentiable(order = 2)]
fn previous_item(x: &[f64]) -> f64 {
    let mut prev = x[0];
    let mut s = 0.0;
    for i in 1..x.len() {
        let d = x[i] - prev;
        s += d * d * d;
        prev = x[i];
    }
    s * prev
}
curved!(previous_item_in_several_directions: previous_item(ref x) at (vec![0.3, 1.49, 0.64, 1.83, -0.12, 0.81, 2.0, 1.15, 0.47, 1.66, 0.81]));

#[differentiable(order = 2)]
fn current_item(x: &[f64]) -> f64 {
    let mut cur = 0.0;
    let mut s = 0.0;
    for &v in x {
        let old = cur;
        cur = v;
        s += old * cur * cur;
    }
    s + cur * cur
}
curved!(current_item_in_several_directions: current_item(ref x) at (vec![0.3, 1.49, 0.64, 1.83, -0.12, 0.81, 2.0, 1.15, 0.47, 1.66, 0.81]));

#[differentiable(order = 2)]
fn window_of_three(x: &[f64]) -> f64 {
    let mut w = [0.0; 3];
    let mut s = 1.0;
    for (i, &v) in x.iter().enumerate() {
        w[i % 3] = v;
        s += w[0] * w[1] * w[2] * 0.1;
    }
    s * s * 0.1
}
curved!(window_of_three_in_several_directions: window_of_three(ref x) at (vec![0.3, 1.49, 0.64, 1.83, -0.12, 0.81, 2.0, 1.15, 0.47, 1.66, 0.81]));

#[differentiable(order = 2)]
fn pair_that_moves(x: &[f64]) -> f64 {
    let mut p = (x[0], x[1]);
    let mut s = 0.0;
    for w in x.windows(2) {
        s += p.0 * p.1 * w[0];
        p = (w[1], p.0);
    }
    s * p.1
}
curved!(pair_that_moves_in_several_directions: pair_that_moves(ref x) at (vec![0.3, 1.49, 0.64, 1.83, -0.12, 0.81, 2.0, 1.15, 0.47, 1.66, 0.81]));

#[differentiable(order = 2)]
fn state_that_is_fed(x: &[f64]) -> f64 {
    let mut st = [x[0], x[1], x[2]];
    for i in 0..6 {
        let t = st[0];
        st[0] = st[1] + 0.1 * t * st[2];
        st[1] = st[2];
        st[2] = x[i + 3];
        if i == 3 {
            st[1] = x[0];
        }
    }
    st[0] * st[1] * st[2]
}
curved!(state_that_is_fed_in_several_directions: state_that_is_fed(ref x) at (vec![0.3, 1.49, 0.64, 1.83, -0.12, 0.81, 2.0, 1.15, 0.47, 1.66, 0.81]));

#[differentiable(order = 2)]
fn swapped_and_fed(x: &[f64]) -> f64 {
    let mut s = x[0];
    let mut t = x[1];
    for &v in &x[2..] {
        std::mem::swap(&mut s, &mut t);
        s = v;
        t = t * v + s;
    }
    s * t
}
curved!(swapped_and_fed_in_several_directions: swapped_and_fed(ref x) at (vec![0.3, 1.49, 0.64, 1.83, -0.12, 0.81, 2.0, 1.15, 0.47, 1.66, 0.81]));

/// Structs on the way from few variables to many values.
#[differentiable]
fn swung(x: &[f64; 3]) -> [f64; 4] {
    let mut body = Body { at: [x[0], x[1] * x[2]], mass: x[2], id: 2 };
    body = Body { mass: body.at[0] * body.at[1], ..body };
    let pair = [body, Body { at: [body.mass, 2.0], mass: 1.0, id: 3 }];
    [pair[0].at[0] * pair[1].at[0], pair[1].at[1] * x[1], body.mass, pair[1].mass * x[0]]
}
row!(structs_on_the_way: swung(ref x) -> many at ([0.3, 0.9, 1.2]));

#[test]
fn jacobian_with_structs() {
    let [x, y, z] = [0.5, 2.0, 3.0];
    let expected =
        [[2.0 * x * y * z, x * x * z, x * x * y], [0.0, 2.0, 0.0], [y * z, x * z, x * y], [1.0, 0.0, 0.0]];
    assert_eq!(swung::jacobian(&[x, y, z]), expected);
}

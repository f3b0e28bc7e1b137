//! Sweeps in several directions through calls of other annotated functions of the same file.

use super::*;

/// Not inlined: it has a loop.
#[differentiable(order = 2)]
fn repeated(x: f64, k: f64, n: usize) -> f64 {
    let mut y = x;
    for _ in 0..n {
        y = (k * y).sin() + 0.5 * y * y;
    }
    y
}

#[differentiable(order = 2)]
fn sum_of_calls(x: &[f64], k: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        let a = repeated(x[i], k, 2);
        s += a * x[(i + 1) % x.len()];
    }
    s
}
curved!(calls_in_a_loop: sum_of_calls(ref x, val k) at
    (vec![0.3, -0.8, 1.1, 0.4, -0.2, 0.9, 0.7, -0.5, 0.6, 0.1], 0.8),
    (vec![0.3], 0.8),
    (vec![], 0.8); differences = false);

/// What each call keeps stays for the way back.
#[differentiable(order = 2)]
fn chain_of_calls(x: &[f64]) -> f64 {
    let mut state = 0.3;
    let mut step = 0;
    while step < x.len() && state < 9.0 {
        state = repeated(state * x[step], 0.9, 1) + state;
        if x[step] > 0.0 {
            state += repeated(x[step], state, 2);
        }
        step += 1;
    }
    state * state
}
curved!(calls_in_turn: chain_of_calls(ref x) at
    (vec![0.3, -0.8, 0.5, 0.4, -0.2, 0.9, 0.7, -0.5, 0.6]), (vec![1.5, 1.2, 1.0, 1.1]), (vec![0.2]));

#[differentiable(order = 2)]
fn weighted(w: &[f64], x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..w.len() {
        s += w[i] * x[i] * x[i];
    }
    s
}

/// Parts of one slice, the same slice twice, arrays, what is made in the body.
#[differentiable(order = 2)]
fn of_slices(x: &[f64], w: [f64; 3]) -> f64 {
    let n = x.len() / 2;
    let mut made = vec![1.0; n];
    for i in 0..n {
        made[i] = x[i].exp() * w[1];
    }
    let inner = weighted(&x[..n], &x[n..2 * n]);
    inner * weighted(&made, &x[n..])
        + weighted(x, x)
        + weighted(&w, &x[..3]).sin()
        + weighted(&w, &[1.0, 2.0, 3.0])
}
curved!(slices_of_calls: of_slices(ref x, val w) at
    (vec![0.3, -0.8, 1.1, 0.4, -0.2, 0.9], [0.5, 1.2, 0.7]),
    (vec![0.3, -0.8, 1.1, 0.4], [0.5, 1.2, 0.7]));

#[differentiable(order = 2)]
fn stepped(state: Vec<f64>, dt: f64) -> Vec<f64> {
    let mut next = state.clone();
    for i in 1..state.len() {
        next[i] += dt * state[i] * state[i - 1];
    }
    next
}

#[differentiable(order = 2)]
fn turned(p: [f64; 2], angle: f64) -> ([f64; 2], f64) {
    let mut q = p;
    for k in 0..2 {
        q[k] = p[k] * angle.cos() - p[1 - k] * angle.sin();
    }
    (q, q[0] * q[1])
}

/// Values of every shape go in and come out.
#[differentiable(order = 2)]
fn of_shapes(x: &[f64], dt: f64) -> f64 {
    let mut state = x.to_vec();
    for _ in 0..3 {
        state = stepped(state, dt);
    }
    let mut s = 0.0;
    for i in 1..state.len() {
        let (q, area) = turned([state[i], x[i - 1]], dt * x[0]);
        s += q[0] * area + q[1];
    }
    s
}
curved!(shapes_of_calls: of_shapes(ref x, val dt) at
    (vec![0.3, -0.8, 1.1, 0.4, -0.2, 0.9, 0.7, -0.5, 0.6], 0.1),
    (vec![0.3, -0.8, 1.1], 0.4));

/// A called function calls others, one of them by way of an annotated function that calls no more.
#[differentiable(order = 2)]
fn layered(x: f64, y: f64) -> f64 {
    let mut s = repeated(x, y, 2);
    for _ in 0..2 {
        s = repeated(s, x, 1) * y;
    }
    s
}

#[differentiable(order = 2)]
fn through_layers(x: [f64; 9]) -> f64 {
    let mut s = 0.0;
    for i in 1..9 {
        s += layered(x[i], x[i - 1]) * layered(x[0], 0.4);
    }
    s
}
curved!(calls_of_calls: through_layers(val x) at ([0.3, -0.8, 0.5, 0.4, -0.2, 0.9, 0.7, -0.5, 0.6]));

mod elsewhere {
    use super::*;

    #[differentiable(order = 2)]
    pub fn cubed(x: f64) -> f64 {
        let mut y = 1.0;
        for _ in 0..3 {
            y *= x;
        }
        y
    }
}

/// Their bodies have no wide form: they call a function of another module. One direction after the other there,
/// all at once in the caller.
#[differentiable(order = 2)]
fn far_number(x: f64, k: &f64) -> f64 {
    elsewhere::cubed(x) * elsewhere::cubed(x * *k) + *k
}

#[differentiable(order = 2)]
fn far_numbers(x: Vec<f64>, w: &[f64], at: [f64; 2], n: usize) -> (Vec<f64>, [f64; 2]) {
    let mut out = x.clone();
    for i in 0..out.len() {
        out[i] = elsewhere::cubed(x[i] * w[i % w.len()]) + at[i % 2];
    }
    (out, [elsewhere::cubed(at[0]), at[1] * n as f64 * w[0]])
}

#[differentiable(order = 2)]
fn of_far_ones(x: &[f64], k: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += far_number(x[i], &k) * x[x.len() - 1 - i];
    }
    let (out, ends) = far_numbers(x.to_vec(), &x[1..], [k, x[0]], 3);
    for i in 0..out.len() {
        s += out[i] * ends[0] * ends[1] * x[i];
    }
    s + far_number(k, &1.5)
}
curved!(calls_without_a_wide_form: of_far_ones(ref x, val k) at
    (vec![0.3, -0.8, 1.1, 0.4, -0.2, 0.9, 0.7, -0.5, 0.6], 0.7), (vec![0.9, 0.2], 1.3));

/// Calls itself.
#[differentiable(order = 2)]
fn power(x: f64, n: usize) -> f64 {
    if n == 0 { 1.0 } else { x * power(x, n - 1) }
}

#[differentiable(order = 2)]
fn of_powers(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += power(x[i], i) * x[0];
    }
    s
}
curved!(recursion: power(val x, no n) at (1.3, 4), (-0.4, 4) => 12.0 * x * x);
curved!(calls_of_recursion: of_powers(ref x) at (vec![0.3, -0.8, 1.1, 0.4, -0.2, 0.9, 0.7, -0.5, 0.6]));

/// Parameters without a derivative.
#[differentiable(order = 2)]
fn damped(x: f64, #[no_diff] rate: f64, #[no_diff] table: &[f64], at: (usize, bool)) -> f64 {
    let mut y = x;
    for k in 0..at.0 {
        y = if at.1 { y * rate + table[k] * y * y } else { y - rate };
    }
    y
}

#[differentiable(order = 2)]
fn of_damped(x: &[f64], #[no_diff] rate: f64) -> f64 {
    let table = [0.5, 0.25, 0.125];
    let mut s = 1.0;
    for i in 0..x.len() {
        s *= 1.0 + damped(x[i], rate, &table, (i % 4, i % 3 != 0));
    }
    s
}
curved!(arguments_without_derivative: of_damped(ref x, no rate) at
    (vec![0.3, -0.8, 1.1, 0.4, -0.2, 0.9, 0.7, -0.5, 0.6, 0.2], 0.4));

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Chain {
    lengths: Vec<f64>,
    ends: (f64, [f64; 2]),
    #[no_diff]
    scale: f64,
    count: usize,
}

#[differentiable(order = 2)]
fn split_up(x: f64, k: usize) -> (f64, usize, [f64; 2]) {
    let mut y = x;
    for _ in 0..k {
        y *= x;
    }
    (y, k + 1, [x, y * y])
}

/// Parts of structs, whose wide tangents are tuples, and what is not active in them.
#[differentiable(order = 2)]
fn of_a_chain(chain: &Chain, x: &[f64]) -> f64 {
    let mut inner = Chain { lengths: x.to_vec(), ends: (x[0], [1.0, x[1]]), scale: 0.5, count: 2 };
    let mut s = 0.0;
    for i in 0..chain.count {
        inner.lengths[i] = repeated(chain.lengths[i], chain.ends.0, 1);
        let (y, n, ends) = split_up(inner.ends.1[1] * chain.scale, i);
        s += y * n as f64 + ends[1] * weighted(&chain.ends.1, &ends);
    }
    s * weighted(&chain.lengths, &inner.lengths) + damped(x[0], chain.scale, &[0.5], (inner.count - 1, true))
}

#[test]
fn parts_of_structs_in_calls() {
    let chain = Chain { lengths: vec![0.3, -0.8, 1.1], ends: (0.7, [0.4, -0.6]), scale: 1.2, count: 3 };
    let x = [0.5, 0.9, -0.2];
    let (of_chain, of_x) = of_a_chain::hessian(&chain, &x);
    let (mut zero, _) = of_a_chain::grad(&chain, &x);
    differentiable::Tangent::set_zero(&mut zero);
    let close = |row: &(ChainTangent, Vec<f64>), along: &ChainTangent, of_x: &[f64]| {
        let product = of_a_chain::hvp(&chain, &x, (along, of_x));
        let flat = |(chain, x): &(ChainTangent, Vec<f64>)| {
            let mut flat = x.clone();
            differentiable::Tangent::for_each_scalar(chain, &mut |scalar| flat.push(scalar));
            flat
        };
        let (row, product) = (flat(row), flat(&product));
        assert!(row.len() == 9 && row.iter().any(|entry| *entry != 0.0));
        assert!(
            row.iter().zip(&product).all(|(a, b)| (a - b).abs() < 1e-12 * (1.0 + a.abs())),
            "{row:?} {product:?}"
        );
    };
    for i in 0..3 {
        let mut along = zero.clone();
        along.lengths[i] = 1.0;
        close(&of_chain.lengths[i], &along, &[0.0; 3]);
        let mut unit = [0.0; 3];
        unit[i] = 1.0;
        if i < 2 {
            close(&of_x[i], &zero, &unit);
            let mut along = zero.clone();
            along.ends.1[i] = 1.0;
            close(&of_chain.ends.1[i], &along, &[0.0; 3]);
        }
    }
    let mut along = zero.clone();
    along.ends.0 = 1.0;
    close(&of_chain.ends.0, &along, &[0.0; 3]);
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Knot {
    at: [f64; 2],
    weight: f64,
    id: usize,
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Net {
    knots: Vec<Knot>,
    pull: (f64, bool),
}

/// Structs by reference: where the body has a wide form, and where it has none.
#[differentiable(order = 2)]
fn tension(a: &Knot, b: &Knot, net: &Net, slack: f64) -> f64 {
    let mut e = 0.0;
    for k in 0..2 {
        let d = a.at[k] - b.at[k];
        e += net.pull.0 * d * d * a.weight - slack * d * net.knots[b.id].weight;
    }
    e * b.weight
}

#[differentiable(order = 2)]
fn far_tension(net: &Net, scale: f64, #[no_diff] shape: &Net) -> f64 {
    let mut e = 0.0;
    for i in 0..net.knots.len() {
        e += elsewhere::cubed(net.knots[i].at[0] * scale) * net.knots[i].weight * shape.pull.0;
    }
    e * net.pull.0
}

#[differentiable(order = 2)]
fn of_a_net(net: &Net, slack: f64, #[no_diff] shape: &Net) -> f64 {
    let mut e = 0.0;
    for i in 1..net.knots.len() {
        e += tension(&net.knots[i], &net.knots[i - 1], net, slack);
        let made = Knot { at: [slack, net.pull.0 * e], weight: slack * slack, id: 1 };
        e += tension(&made, &net.knots[i], net, made.at[1]);
    }
    e + far_tension(net, slack, shape) * slack
}

#[test]
fn structs_in_calls() {
    let knot = |k: usize| Knot {
        at: [0.3 * k as f64 - 0.4, 1.0 - 0.1 * (k * k) as f64],
        weight: 0.5 + 0.2 * k as f64,
        id: (k + 1) % 3,
    };
    let (net, slack) = (Net { knots: (0..3).map(knot).collect(), pull: (0.8, true) }, 0.6);
    let (of_net, of_slack) = of_a_net::hessian(&net, slack, &net);
    let (mut zero, _) = of_a_net::grad(&net, slack, &net);
    differentiable::Tangent::set_zero(&mut zero);
    let mut checked = 0;
    let mut close = |row: &(NetTangent, f64), along: &NetTangent, of_slack: f64| {
        let product = of_a_net::hvp(&net, slack, &net, (along, of_slack));
        let flat = |(net, slack): &(NetTangent, f64)| {
            let mut flat = vec![*slack];
            differentiable::Tangent::for_each_scalar(net, &mut |scalar| flat.push(scalar));
            flat
        };
        let (row, product) = (flat(row), flat(&product));
        assert!(row.len() == 11 && row.iter().any(|entry| *entry != 0.0));
        assert!(
            row.iter().zip(&product).all(|(a, b)| (a - b).abs() < 1e-12 * (1.0 + a.abs())),
            "{row:?} {product:?}"
        );
        checked += 1;
    };
    for i in 0..3 {
        for k in 0..2 {
            let mut along = zero.clone();
            along.knots[i].at[k] = 1.0;
            close(&of_net.knots[i].at[k], &along, 0.0);
        }
        let mut along = zero.clone();
        along.knots[i].weight = 1.0;
        close(&of_net.knots[i].weight, &along, 0.0);
    }
    let mut along = zero.clone();
    along.pull.0 = 1.0;
    close(&of_net.pull.0, &along, 0.0);
    close(&of_slack, &zero, 1.0);
    assert_eq!(checked, 11);
}

/// Single precision, and both.
#[differentiable(order = 2)]
fn narrow(x: f32, k: f64) -> f64 {
    let mut s = 0.0;
    for _ in 0..2 {
        s += f64::from(x * x) * k;
    }
    s.sin()
}

#[differentiable(order = 2)]
fn of_narrow(x: &[f32], k: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += narrow(x[i], k) * k;
    }
    s
}

#[test]
fn calls_in_both_widths() {
    let (x, k) = (vec![0.5_f32, 0.25, -0.75], 1.5);
    let (of_x, of_k) = of_narrow::hessian(&x, k);
    let close = |(a, b): (Vec<f32>, f64), (c, d): (Vec<f32>, f64)| {
        let near = |a: f64, c: f64, eps: f64| (a - c).abs() < eps * (1.0 + a.abs());
        assert!(near(b, d, 1e-12), "{b} {d}");
        assert!(a.iter().zip(&c).all(|(a, c)| near(f64::from(*a), f64::from(*c), 1e-5)), "{a:?} {c:?}");
    };
    for i in 0..3 {
        let mut unit = [0.0; 3];
        unit[i] = 1.0;
        close(of_x[i].clone(), of_narrow::hvp(&x, k, (&unit, 0.0)));
    }
    close(of_k, of_narrow::hvp(&x, k, (&[0.0; 3], 1.0)));
}

/// Names that the generated code uses too.
#[differentiable(order = 2)]
fn taken(value: f64, seed: &[f64], lane: f64, runs: [f64; 2], first: f64) -> f64 {
    let one = elsewhere::cubed(value) * seed[0];
    let value_dot = lane * runs[0] * runs[1];
    one * value_dot * first
}

#[differentiable(order = 2)]
fn of_taken(target: f64, scratch_0: &[f64], value_dot: f64) -> f64 {
    taken(target, scratch_0, value_dot, [target, 0.5], value_dot) * target
}
curved!(names_of_calls: of_taken(val target, ref scratch_0, val value_dot) at (0.7, vec![0.4, 0.3], 1.2));

/// A function of order one is swept in one direction at a time by a Hessian, in several by a Jacobian.
#[differentiable]
fn smooth(x: f64, k: f64) -> f64 {
    let mut y = x;
    for _ in 0..2 {
        y = (k * y).tanh() + 0.1 * y;
    }
    y
}

#[differentiable]
fn smoothed(x: &[f64], k: f64) -> Vec<f64> {
    let mut out = vec![0.0; x.len()];
    for i in 0..x.len() {
        out[i] = smooth(x[i], k) * smooth(x[(i + 1) % x.len()], 0.3);
    }
    out
}
row!(columns_of_calls: smoothed(ref x, val k) -> many at
    (vec![0.3, -0.8, 1.1, 0.4], 0.6), (vec![0.3, -0.8, 1.1, 0.4, -0.2, 0.9, 0.7, -0.5, 0.6, 0.2], 0.6));

#[test]
fn jacobian_of_calls() {
    for n in [1, 5, 7, 8, 20] {
        let x: Vec<f64> = (0..n).map(|i| (i as f64 * 0.7).sin()).collect();
        let jacobian = smoothed::jacobian(&x, 0.6);
        for j in 0..=n {
            let mut unit = vec![0.0; n];
            if j < n {
                unit[j] = 1.0;
            }
            let along = if j == n { 1.0 } else { 0.0 };
            let (_, column) = smoothed::jvp(&x, 0.6, (&unit, along));
            for i in 0..n {
                let entry = if j < n { jacobian[i].0[j] } else { jacobian[i].1 };
                assert!((entry - column[i]).abs() < 1e-14, "{n}: {i} {j}");
            }
        }
    }
}

//! Iterators whose closures change what they captured: which items are asked for, and in which order.

use differentiable::differentiable;

#[differentiable(order = 2)]
fn skipped_items_count(x: f64, y: f64) -> f64 {
    let mut c = 1.0;
    let s: f64 = [x, y, x * y, 2.0]
        .iter()
        .map(|v| {
            c *= v;
            c
        })
        .skip(2)
        .sum();
    s * c
}
row!(skipped_items_count_row: skipped_items_count(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(skipped_items_count_curved: skipped_items_count(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn stepped_over_items_count(x: f64, y: f64) -> f64 {
    let mut c = 1.0;
    let s: f64 = [x, y, x * y, 2.0]
        .iter()
        .map(|v| {
            c *= v;
            c
        })
        .step_by(2)
        .sum();
    s * c
}
row!(stepped_over_items_count_row: stepped_over_items_count(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(stepped_over_items_count_curved: stepped_over_items_count(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn items_before_the_nth_count(x: f64, y: f64) -> f64 {
    let mut c = 1.0;
    let s = [x, y, x * y, 2.0]
        .iter()
        .map(|v| {
            c *= v;
            c
        })
        .nth(2)
        .unwrap();
    s * c
}
row!(items_before_the_nth_count_row: items_before_the_nth_count(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(items_before_the_nth_count_curved: items_before_the_nth_count(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn items_before_the_last_count(x: f64, y: f64) -> f64 {
    let mut c = 1.0;
    let s = [x, y, x * y, 2.0]
        .iter()
        .map(|v| {
            c *= v;
            c
        })
        .last()
        .unwrap();
    s + c
}
row!(items_before_the_last_count_row: items_before_the_last_count(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(items_before_the_last_count_curved: items_before_the_last_count(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn reversed_items_count(x: f64, y: f64) -> f64 {
    let mut c = 1.0;
    let s: f64 = [x, y, x * y, 2.0]
        .iter()
        .map(|v| {
            c = c * 0.5 + v;
            c
        })
        .rev()
        .sum();
    s * c
}
row!(reversed_items_count_row: reversed_items_count(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(reversed_items_count_curved: reversed_items_count(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn filters_that_count(x: f64, y: f64) -> f64 {
    let mut c = 1.0;
    let v: Vec<f64> = [x, y, x * y, 2.0]
        .iter()
        .filter(|v| {
            c += **v;
            c > 2.0
        })
        .map(|v| v * y * y)
        .collect();
    v.iter().sum::<f64>() * c
}
row!(filters_that_count_row: filters_that_count(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(filters_that_count_curved: filters_that_count(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn held_items_that_count(x: f64, y: f64) -> f64 {
    let mut c = 1.0;
    let mut it = [x, y, x * y, 2.0].into_iter().map(|v| {
        c += v;
        c * v
    });
    let a = it.next().unwrap();
    it.next();
    let b = it.next().unwrap();
    drop(it);
    a * b + c
}
row!(held_items_that_count_row: held_items_that_count(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(held_items_that_count_curved: held_items_that_count(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn items_from_a_function(x: f64, y: f64) -> f64 {
    let mut c = x;
    let v: Vec<f64> = std::iter::from_fn(|| {
        c = c * 0.5 + y * 0.1;
        if c > 0.2 { Some(c) } else { None }
    })
    .take(6)
    .collect();
    v.iter().map(|a| a * a).sum::<f64>() + c
}
row!(items_from_a_function_row: items_from_a_function(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(items_from_a_function_curved: items_from_a_function(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn array_items_that_follow(x: f64, y: f64) -> f64 {
    let mut last = x;
    let r = [y, x * y, 2.0].map(|v| {
        let o = last;
        last = v;
        o * v
    });
    r[0] + r[1] * r[2] * last
}
row!(array_items_that_follow_row: array_items_that_follow(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(array_items_that_follow_curved: array_items_that_follow(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn extremes_by_for_each(x: f64, y: f64) -> f64 {
    let a = [x, y, x * y];
    let (mut mn, mut mx) = (f64::MAX, f64::MIN);
    a.iter().for_each(|&v| {
        mn = mn.min(v);
        mx = mx.max(v);
    });
    let i = a.iter().enumerate().max_by(|p, q| p.1.total_cmp(q.1)).map(|(i, _)| i).unwrap();
    (mx - mn) * (i as f64 + x) + a.iter().rposition(|v| *v == mn).unwrap() as f64 * y
}
row!(extremes_by_for_each_row: extremes_by_for_each(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(extremes_by_for_each_curved: extremes_by_for_each(val x, val y) at (1.3, 0.7));

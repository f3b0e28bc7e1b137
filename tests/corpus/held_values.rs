//! Options, items and sizes that are held while what they came from changes.

use differentiable::differentiable;

#[differentiable(order = 2)]
fn condition_held(x: f64, y: f64) -> f64 {
    let mut s = x;
    let o = (s > 0.5).then(|| s * s);
    s = y;
    o.unwrap_or(s) * s
}
row!(condition_held_as_it_was: condition_held(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(condition_held_curved: condition_held(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn once_held(x: f64, y: f64) -> f64 {
    let mut s = x;
    let it = std::iter::once(s);
    s = y;
    it.sum::<f64>() * s
}
row!(once_held_as_it_was: once_held(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(once_held_curved: once_held(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn repeated_held(x: f64, y: f64) -> f64 {
    let mut s = x;
    let it = std::iter::repeat(s).take(3);
    s = y;
    it.map(|v| v * v).sum::<f64>() * s
}
row!(repeated_held_as_it_was: repeated_held(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(repeated_held_curved: repeated_held(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn zipped_with_a_repeated(x: f64, y: f64) -> f64 {
    let a = [x, y, x * y];
    let mut s = x;
    let it = a.iter().zip(std::iter::repeat(s));
    s = y;
    it.map(|(p, q)| p * q).sum::<f64>() * s
}
row!(zipped_with_a_repeated_as_it_was: zipped_with_a_repeated(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(zipped_with_a_repeated_curved: zipped_with_a_repeated(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn sizes_held(x: f64, y: f64) -> f64 {
    let a = [x, y, x * y, 0.5];
    let mut n = 2;
    let it = a.iter().step_by(n);
    n = 1;
    let c = a.chunks(n + 1);
    n = 3;
    let w = a.windows(n);
    n = 9;
    it.product::<f64>() + c.map(|c| c[0] * c[1]).sum::<f64>() + w.map(|w| w[0] * w[2]).sum::<f64>() * n as f64
}
row!(sizes_held_as_it_was: sizes_held(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(sizes_held_curved: sizes_held(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn options_combined(x: f64, y: f64) -> f64 {
    let mut o = Some(x);
    let c = o.map(|v| v * y);
    let d = o.as_ref().copied();
    let e = o.or(Some(y));
    let z = o.zip(Some(y));
    let f = o.filter(|v| *v > 0.0);
    o = Some(y);
    c.unwrap() * d.unwrap() + e.unwrap() * z.unwrap().0 + f.unwrap_or(0.3) * o.unwrap()
}
row!(options_combined_as_it_was: options_combined(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(options_combined_curved: options_combined(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn last_and_first_held(x: f64, y: f64) -> f64 {
    let mut v = vec![x, y, x * y];
    let l = v.last().copied();
    let f = v.first().cloned().unwrap();
    let g = v.get(1).copied().unwrap_or(0.0);
    let m = v.iter().copied().fold(f64::MIN, f64::max);
    v.clear();
    v.push(y * y);
    l.unwrap() * f + g * m * v[0]
}
row!(last_and_first_held_as_it_was: last_and_first_held(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(last_and_first_held_curved: last_and_first_held(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn element_held(x: f64, y: f64) -> f64 {
    let mut k = 1usize;
    let a = [x, y, x * y];
    let o = a.get(k);
    k = 2;
    let z = a.get(k).copied();
    k = 0;
    *o.unwrap() * z.unwrap() * a[k]
}
row!(element_held_as_it_was: element_held(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(element_held_curved: element_held(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn option_copied(x: f64, y: f64) -> f64 {
    let mut o = Some(x);
    let d = o.as_ref().copied();
    o = Some(y);
    d.unwrap() * o.unwrap()
}
row!(option_copied_as_it_was: option_copied(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(option_copied_curved: option_copied(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn first_copied(x: f64, y: f64) -> f64 {
    let mut v = vec![x, y];
    let l = v.first().copied();
    v[0] = y * y;
    l.unwrap() * v[0]
}
row!(first_copied_as_it_was: first_copied(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(first_copied_curved: first_copied(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn items_copied(x: f64, y: f64) -> f64 {
    let mut v = vec![x, y];
    let l = v.iter().copied().nth(1);
    let m = v.iter().copied().last();
    let n = v.iter().copied().next();
    v[0] = y * y;
    v[1] = x;
    l.unwrap() * v[0] + m.unwrap() * n.unwrap()
}
row!(items_copied_as_it_was: items_copied(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(items_copied_curved: items_copied(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn found_three_ways(x: f64, y: f64) -> f64 {
    let mut v = [x, y];
    let l = (v[0] > 0.0).then(|| v[0]);
    let m = if let Some(q) = v.get(1) { Some(*q) } else { None };
    let n = v.first().map(|q| *q);
    v[0] = y * y;
    v[1] = x * x;
    l.unwrap_or(2.0) * v[0] + m.unwrap() * n.unwrap() * v[1]
}
row!(found_three_ways_as_it_was: found_three_ways(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(found_three_ways_curved: found_three_ways(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn pairs_copied(x: f64, y: f64) -> f64 {
    let mut v = vec![(x, y), (y, x)];
    let l = v.last().copied();
    let (a, b) = v[0];
    let f = v.first().map(|p| p.0);
    v[1].0 = 5.0;
    v[0] = (a * b, 2.0);
    l.unwrap().0 * v[0].0 + f.unwrap() * l.unwrap().1
}
row!(pairs_copied_as_it_was: pairs_copied(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(pairs_copied_curved: pairs_copied(val x, val y) at (1.3, 0.7));

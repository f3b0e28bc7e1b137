//! Integers that may not be there.

use differentiable::{Differentiable, differentiable};

#[differentiable]
fn cyclic(v: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..v.len() {
        s += v[i.checked_sub(1).unwrap_or(v.len() - 1)] * v[i];
        s += i.checked_sub(2).map_or(0.0, |j| v[j] * v[j]) * v[i];
    }
    s
}
row!(neighbours_that_may_not_be_there: cyclic(ref v) at ([0.7, 1.3, 0.2, 0.4]));

#[differentiable]
fn in_steps(v: &[f64], n: usize) -> f64 {
    let before = n.checked_sub(1);
    let k = match before {
        Some(k) => k,
        None => 0,
    };
    let other = n.checked_sub(2).filter(|k| *k > 0).unwrap_or_default();
    let mut s = v[k] * v[other] + before.map(|k| v[k]).unwrap_or(1.0) * v[0];
    let mut i = n;
    while let Some(j) = i.checked_sub(1) {
        s += v[j] * s;
        i = j;
    }
    s
}
row!(steps_that_end: in_steps(ref v, no n) at ([0.7, 1.3, 0.2, 0.4], 0), ([0.7, 1.3, 0.2, 0.4], 3));

#[differentiable]
fn asked(v: &[f64], n: usize) -> Option<f64> {
    let before = n.checked_sub(1)?;
    let next = v.get(before.checked_add(1)?)?;
    Some(v[before] * next)
}
row!(integers_that_are_asked_for: asked(ref v, no n) -> option at ([0.7, 1.3, 0.2], 1), ([0.7, 1.3, 0.2], 2));

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Ring {
    cells: Vec<f64>,
}

value_struct!(Ring => RingTangent { cells });

#[differentiable]
impl Ring {
    fn before(&self, i: usize) -> f64 {
        self.cells[i.checked_sub(1).unwrap_or(self.cells.len() - 1)]
    }
}

#[differentiable]
fn around(ring: &Ring) -> f64 {
    (0..ring.cells.len()).map(|i| ring.before(i) * ring.cells[i]).sum()
}
row!(getters_of_a_ring: around(ref ring) at (Ring { cells: vec![0.7, 1.3, 0.2] }));

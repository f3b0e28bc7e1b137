//! Options that are looked at again, or changed by `ref mut`, inside a `match` on them.

use differentiable::differentiable;

#[differentiable(order = 2)]
fn mended_in_place(xs: &[f64]) -> f64 {
    let mut o: Option<(f64, f64)> = None;
    let mut s = 0.0;
    for &x in xs {
        match o {
            None => o = Some((x, 1.0)),
            Some((ref mut a, ref mut w)) => {
                *a = 0.9 * *a + 0.1 * x * x;
                *w += *a;
            }
        }
        if let Some((a, w)) = &mut o {
            *a *= 1.1;
            s += *a * *w;
        }
        if let Some((a, _)) = o.as_mut() {
            *a += s * 0.01;
        }
    }
    match o {
        Some((a, w)) => s + a * w,
        None => s,
    }
}
row!(mended_in_place_by_ref_mut: mended_in_place(ref xs) at (vec![0.7, 1.3, 2.1, 0.4]), (vec![0.5]));
curved!(mended_in_place_curved: mended_in_place(ref xs) at (vec![0.7, 1.3, 2.1, 0.4]));

/// A copy beside a part that is changed.
#[differentiable(order = 2)]
fn one_copied_one_changed(xs: &[f64]) -> f64 {
    let mut o: Option<(f64, f64)> = None;
    let mut s = 0.0;
    for &x in xs {
        match o {
            Some((a, ref mut w)) if a < 2.0 => {
                *w += a * x;
                s += *w;
            }
            Some((ref mut a, w)) => {
                *a -= w * x * 0.3;
                s += a.sin();
            }
            None => o = Some((x, x * x)),
        }
    }
    s + o.map_or(0.0, |(a, w)| a * w)
}
row!(one_copied_one_changed_in_turn: one_copied_one_changed(ref xs) at
    (vec![0.7, 1.3, 2.1, 0.4]), (vec![2.7, 1.3, 2.1, 0.4]));
curved!(one_copied_one_changed_curved: one_copied_one_changed(ref xs) at (vec![2.7, 1.3, 2.1, 0.4]));

#[differentiable(order = 2)]
fn looked_at_again(xs: &[f64]) -> f64 {
    let mut o: Option<f64> = None;
    for &x in xs {
        o = match o {
            Some(p) => Some(p * x + o.map_or(0.0, |q| q * q)),
            None => Some(x),
        };
        let v = o.get_or_insert(0.0);
        *v *= 0.5;
    }
    o.take().map(|v| v * v).unwrap_or_default()
}
row!(looked_at_again_by_value: looked_at_again(ref xs) at (vec![0.7, 1.3, 2.1, 0.4]));
curved!(looked_at_again_curved: looked_at_again(ref xs) at (vec![0.7, 1.3, 2.1, 0.4]));

#[differentiable(order = 2)]
fn either(o: &Option<f64>, x: f64) -> f64 {
    match o {
        Some(v) => v * x,
        None => x,
    }
}

/// Lent whole, to a call, while a part of it is bound.
#[differentiable(order = 2)]
fn lent_while_bound(x: f64, y: f64) -> f64 {
    let o = if x > 0.0 { Some(x * y) } else { None };
    let p = Some(o);
    let mut s = y;
    if let Some(v) = &o {
        s += either(&o, *v) * v;
        if let Some(w) = &o {
            s += w * v;
        }
    }
    match &p {
        Some(Some(v)) => s * v + o.unwrap_or(1.0),
        Some(None) | None => s,
    }
}
row!(lent_while_bound_twice: lent_while_bound(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(lent_while_bound_curved: lent_while_bound(val x, val y) at (1.3, 0.7));

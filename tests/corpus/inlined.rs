//! Functions that take functions, inlined where they are called: quadrature, roots, integrators of differential
//! equations, as libraries have them.

use differentiable::{Differentiable, differentiable};

#[differentiable(inline)]
fn simpson<F: Fn(f64) -> f64>(f: F, a: f64, b: f64, n: usize) -> f64 {
    let h = (b - a) / n as f64;
    let mut sum = f(a) + f(b);
    for i in 1..n {
        sum += f(a + i as f64 * h) * if i % 2 == 0 { 2.0 } else { 4.0 };
    }
    sum * h / 3.0
}

#[differentiable]
fn area(p: f64, b: f64) -> f64 {
    simpson(|x| (x * p).sin(), 0.0, b, 20)
}
row!(closure_for_a_generic_function: area(val p, val b) at (1.2, 2.0));

#[differentiable]
fn wave(p: f64, x: f64) -> f64 {
    (p * x).sin() * x
}

#[differentiable]
fn areas(p: f64, b: f64) -> f64 {
    let f = |x| wave(p, x);
    simpson(&f, 0.0, b, 20) + simpson(f64::exp, 0.0, p, 10) * simpson(f, p, b, 4)
}
row!(functions_by_name_and_by_reference: areas(val p, val b) at (1.2, 2.0));

#[differentiable(inline)]
fn newton<F, D>(f: F, df: D, x0: f64, tol: f64) -> Option<f64>
where
    F: Fn(f64) -> f64,
    D: Fn(f64) -> f64,
{
    let mut x = x0;
    for _ in 0..100 {
        let dx = f(x) / df(x);
        x -= dx;
        if dx.abs() < tol {
            return Some(x);
        }
    }
    None
}

#[differentiable]
fn root(p: f64, q: f64) -> f64 {
    newton(|x| x * x * q - p, |x| 2.0 * x * q, 1.0, 1e-12).unwrap_or(p)
}
row!(root_by_newton: root(val p, val q) at (1.2, 2.0), (5.0, 0.1));

#[differentiable]
fn root_if_any(p: f64, q: f64) -> Option<f64> {
    let x = newton(|x| x * x * x - p, |x| 3.0 * x * x, q, 1e-10)?;
    Some(x * q)
}

#[differentiable]
fn of_a_root(p: f64, q: f64) -> f64 {
    root_if_any(p, q).map_or(p * q, |x| x + p)
}
row!(question_on_an_inlined_function: of_a_root(val p, val q) at (1.2, 2.0), (5.0, 1.5));

#[differentiable(inline)]
fn rk4<const N: usize>(f: &dyn Fn(f64, &[f64; N]) -> [f64; N], t: f64, y: [f64; N], h: f64) -> [f64; N] {
    let along = |k: &[f64; N], s: f64| {
        let mut moved = y;
        for i in 0..N {
            moved[i] += s * k[i];
        }
        moved
    };
    let k1 = f(t, &y);
    let k2 = f(t + h / 2.0, &along(&k1, h / 2.0));
    let k3 = f(t + h / 2.0, &along(&k2, h / 2.0));
    let k4 = f(t + h, &along(&k3, h));
    let mut next = y;
    for i in 0..N {
        next[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
    }
    next
}

#[differentiable]
fn oscillator(w: f64, d: f64) -> f64 {
    let mut y = [1.0, 0.0];
    let field = |t: f64, y: &[f64; 2]| [y[1], -w * y[0] - d * y[1] + 0.1 * t.sin()];
    for k in 0..20 {
        y = rk4(&field, k as f64 * 0.1, y, 0.1);
    }
    y[0] * y[0] + y[1]
}
row!(length_from_the_argument: oscillator(val w, val d) at (1.2, 0.4));

#[differentiable(inline)]
fn march(mut f: impl FnMut(f64, &[f64], &mut [f64]), y: &mut Vec<f64>, from: f64, to: f64, n: usize) {
    let h = (to - from) / n as f64;
    let mut dy = vec![0.0; y.len()];
    let mut t = from;
    for _ in 0..n {
        f(t, y, &mut dy);
        for (v, d) in y.iter_mut().zip(&dy) {
            *v += h * d;
        }
        t += h;
    }
}

#[differentiable]
fn counted(w: f64, d: f64) -> f64 {
    let mut y = vec![1.0, d];
    let mut count = 0;
    march(
        |t, y, dy| {
            count += 1;
            dy[0] = y[1];
            dy[1] = -w * y[0] - d * y[1] + 0.1 * t.sin();
        },
        &mut y,
        0.0,
        w,
        12,
    );
    y[0] * y[0] + y[1] * count as f64
}
row!(function_that_fills_a_buffer: counted(val w, val d) at (1.2, 0.4));

#[differentiable(inline)]
fn repeated<T: Copy>(f: impl Fn(T) -> T, x: T, n: usize) -> T {
    let mut y = x;
    for _ in 0..n {
        y = f(y);
    }
    y
}

#[differentiable(inline)]
fn halved(g: &impl Fn(f64) -> f64, x: f64) -> f64 {
    use std::f64::consts::PI;
    repeated(|v| g(v) * 0.5, x, 3) + repeated(g, x / PI, 1)
}

#[differentiable]
fn inlined_in_inlined(p: f64, q: f64) -> f64 {
    let y = p * q;
    let pair = repeated(|v: [f64; 2]| [v[1] * q, v[0] * p], [p, q], 3);
    halved(&|v: f64| v * p + q.sin(), y) + halved(&f64::cos, y) + pair[0]
}
row!(inlined_functions_call_inlined_ones: inlined_in_inlined(val p, val q) at (0.7, 0.3));

#[differentiable(inline)]
fn brent<F: FnMut(f64) -> f64>(mut func: F, x1: f64, x2: f64, tol: f64) -> f64 {
    let (mut a, mut b, mut c) = (x1, x2, x2);
    let (mut d, mut e) = (0.0, 0.0);
    let mut fa = func(a);
    let mut fb = func(b);
    let mut fc = fb;
    for _ in 0..100 {
        if (fb > 0.0 && fc > 0.0) || (fb < 0.0 && fc < 0.0) {
            c = a;
            fc = fa;
            d = b - a;
            e = d;
        }
        if fc.abs() < fb.abs() {
            a = b;
            b = c;
            c = a;
            fa = fb;
            fb = fc;
            fc = fa;
        }
        let tol1 = 2.0 * f64::EPSILON * b.abs() + 0.5 * tol;
        let xm = 0.5 * (c - b);
        if xm.abs() <= tol1 || fb == 0.0 {
            return b;
        }
        if e.abs() >= tol1 && fa.abs() > fb.abs() {
            let s = fb / fa;
            let (mut p, mut q);
            if a == c {
                p = 2.0 * xm * s;
                q = 1.0 - s;
            } else {
                q = fa / fc;
                let r = fb / fc;
                p = s * (2.0 * xm * q * (q - r) - (b - a) * (r - 1.0));
                q = (q - 1.0) * (r - 1.0) * (s - 1.0);
            }
            if p > 0.0 {
                q = -q;
            }
            p = p.abs();
            let min1 = 3.0 * xm * q - (tol1 * q).abs();
            let min2 = (e * q).abs();
            if 2.0 * p < min1.min(min2) {
                e = d;
                d = p / q;
            } else {
                d = xm;
                e = d;
            }
        } else {
            d = xm;
            e = d;
        }
        a = b;
        fa = fb;
        if d.abs() > tol1 {
            b += d;
        } else {
            b += tol1.copysign(xm);
        }
        fb = func(b);
    }
    panic!("too many iterations")
}

#[differentiable]
fn implied(price: f64, s: f64, k: f64) -> f64 {
    brent(|v: f64| s * (v * v + 0.1 * v).tanh() - k * 0.2 - price, 0.0, 3.0, 1e-14)
}
row!(root_by_brent: implied(val price, val s, val k) at (0.5, 1.0, 1.1));

#[derive(Clone, Copy, Debug, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

#[differentiable(allow_unused)]
impl Point {
    #[differentiable(inline)]
    fn sum(&self, mut f: impl FnMut(f64) -> f64) -> f64 {
        f(self.x) + f(self.y)
    }

    #[differentiable(inline)]
    fn changed_by<F>(&mut self, f: F)
    where
        F: FnOnce(&mut Point),
    {
        self.x *= 2.0;
        f(self);
        self.y *= self.x;
    }

    #[differentiable(inline)]
    fn twice(f: impl Fn(f64) -> f64, x: f64) -> f64 {
        f(f(x))
    }

    fn run(&mut self, k: f64) -> f64 {
        let s = self.sum(|v| v * k);
        self.x *= s;
        self.changed_by(|p| p.y += k);
        Self::twice(|v| v * self.x, k) * self.y
    }
}

#[differentiable]
fn methods(p: f64, q: f64) -> f64 {
    let mut point = Point { x: p, y: q };
    point.run(p) + point.sum(f64::sin) + Point::twice(f64::exp, q)
}
row!(inlined_methods: methods(val p, val q) at (0.7, 0.3));

#[differentiable(inline)]
fn stepped<S: Clone>(s: &S, step: impl Fn(&mut S, f64), x: f64) -> S {
    let mut t = s.clone();
    step(&mut t, x);
    step(&mut t, x + 1.0);
    t
}

#[differentiable]
fn states(p: f64, q: f64) -> f64 {
    let moved = |s: &mut Point, x: f64| {
        s.x += x * s.y;
        s.y *= x;
    };
    let t = stepped(&Point { x: p, y: q }, moved, p);
    let v = stepped(&vec![p, q], |v, x| v.push(x * v[0]), q);
    t.x * t.y + v.iter().sum::<f64>() + v.len() as f64
}
row!(states_of_any_type: states(val p, val q) at (0.7, 0.3));

#[differentiable]
fn in_a_loop(p: f64, n: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..n {
        let k = i as f64 + 1.0;
        s += repeated(|v: f64| (v * k * p).sin() + 0.1, s, 3);
        if s > 1.5 {
            return repeated(|x| x * s, p, 2);
        }
    }
    s + [1.0, 2.0, p].iter().map(|v| simpson(|x| x * x * v, 0.0, p, 4)).sum::<f64>()
}
row!(inlined_in_loops_and_closures: in_a_loop(val p, no n) at (0.7, 2), (0.7, 9));

#[differentiable(inline)]
fn from_nothing<T: Default + Clone, const N: usize>(f: impl Fn(&mut T, f64), x: f64) -> [T; N]
where
    [T; N]: Clone,
{
    let mut made = T::default();
    for k in 0..N {
        f(&mut made, x + k as f64);
    }
    std::array::from_fn(|_| made.clone())
}

#[differentiable]
fn types_written_down(p: f64, q: f64) -> f64 {
    let sums = from_nothing::<f64, 2>(|s, x| *s += x * q, p);
    let more = from_nothing::<f64, 3>(|s, x| *s = *s * p + x, q);
    sums[1] * more[2] + more[0]
}
row!(types_that_the_call_writes: types_written_down(val p, val q) at (0.7, 0.3));

#[differentiable]
fn names_of_the_caller(p: f64, q: f64) -> f64 {
    // The names of the callee's variables mean the caller's in the closure.
    let (h, sum, n, f) = (p * 2.0, q, p + q, |x: f64| x * p);
    simpson(|x| x * h + sum * f(n), q, p, 4)
}
row!(closures_keep_their_names: names_of_the_caller(val p, val q) at (0.7, 0.3));

mod elsewhere {
    use differentiable::differentiable;

    #[differentiable(inline)]
    pub fn golden(f: impl Fn(f64) -> f64, a: f64, b: f64) -> (f64, f64) {
        let g = (5f64.sqrt() - 1.0) / 2.0;
        let (mut a, mut b) = (a, b);
        let mut n = 0;
        while n < 10 {
            let c = b - g * (b - a);
            let d = a + g * (b - a);
            if f(c) < f(d) {
                b = d
            } else {
                a = c
            }
            n += 1;
        }
        let x = (a + b) / 2.0;
        (x, f(x))
    }
}
use elsewhere::golden;

#[differentiable]
fn least(p: f64) -> f64 {
    let (x, v) = golden(move |x| (x - p).powi(2) + x.sin(), 0.0, 2.0 * p);
    x + v
}
row!(inlined_from_another_module: least(val p) at (1.2));

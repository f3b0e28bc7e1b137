//! Second derivatives: `curved!` checks `hvp` and `hessian` against differences of `grad`,
//! against one another, and for symmetry.

use super::engine::Options;

type Flat = Vec<f64>;

/// A scalar function at a point, on flat lists of scalars.
pub struct Curvature<'a> {
    pub name: &'a str,
    pub index: usize,
    pub input: Flat,
    pub options: Options,
    /// The gradient at the point moved by a delta.
    pub gradient: &'a dyn Fn(&[f64]) -> Flat,
    /// The Hessian times a direction.
    pub hvp: &'a dyn Fn(&[f64]) -> Flat,
    /// All of it, row by row.
    pub hessian: &'a dyn Fn() -> Flat,
    /// The same in closed form.
    pub closed: Option<Flat>,
}

impl Curvature<'_> {
    /// Runs every check; panics at the first that fails.
    pub fn check(&self) {
        let n = self.input.len();
        let hessian = (self.hessian)();
        assert_eq!(hessian.len(), n * n, "{}, point {}: scalars of the Hessian", self.name, self.index);
        let size = hessian.iter().fold(0.0_f64, |m, h| m.max(h.abs()));
        for i in 0..n {
            let mut unit = vec![0.0; n];
            unit[i] = 1.0;
            let row = (self.hvp)(&unit);
            assert_eq!(row.len(), n, "{}, point {}: scalars of hvp", self.name, self.index);
            let step = self.options.step * if self.input[i] == 0.0 { 1.0 } else { self.input[i].abs() };
            let at = |t: f64| {
                let mut delta = vec![0.0; n];
                delta[i] = t * step;
                (self.gradient)(&delta)
            };
            let (near, far) = ((at(1.0), at(-1.0)), (at(2.0), at(-2.0)));
            // Differences of a large gradient are that much less exact.
            let noise = 1e-4 * near.0.iter().fold(0.0_f64, |m, g| m.max(g.abs()));
            for j in 0..n {
                let (h, transposed) = (hessian[i * n + j], hessian[j * n + i]);
                // In one direction or in several.
                self.close("hvp against hessian", i, j, h, row[j], 1e-14, size);
                self.close("symmetry", i, j, transposed, h, 1e-11, size);
                let difference = (8.0 * (near.0[j] - near.1[j]) - (far.0[j] - far.1[j])) / (12.0 * step);
                let unit = self.options.step / step;
                if self.options.differences {
                    let what = "differences of grad";
                    self.close(what, i, j, difference, h, self.options.tolerance, size.max(noise * unit));
                }
                if let Some(closed) = &self.closed {
                    self.close("closed form", i, j, closed[i * n + j], h, self.options.closed_tolerance, 0.0);
                }
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn close(&self, what: &str, i: usize, j: usize, expected: f64, got: f64, tolerance: f64, size: f64) {
        let bound = tolerance * expected.abs().max(got.abs()).max(size);
        let equal = (expected - got).abs() <= bound || expected == got;
        assert!(
            equal,
            "{}, point {}, {what}: [{i}][{j}] is {got:e}, should be {expected:e}",
            self.name, self.index
        );
    }
}

/// `curved!(test: function(kind parameter, …) at points => Hessian; option = value);`, as `row!`.
#[allow(unused_macros)]
macro_rules! curved {
    ($test:ident: $f:ident ($($kind:ident $x:ident),*) at
        $(($($v:expr),*)),+ $(=> $closed:expr)? $(; $option:ident = $to:expr)*) => {
        #[test]
        #[allow(unused_mut, unused_variables, clippy::all, clippy::pedantic)]
        fn $test() {
            let mut options = crate::harness::engine::Options::default();
            $(options.$option = $to;)*
            for (index, point) in [$(($($v,)*)),+].into_iter().enumerate() {
                curved_at!([$($kind $x),*] [] [$($kind $x,)*] [$test, $f, index, point, options, [$($closed)?]]);
            }
        }
    };
}

#[allow(unused_macros)]
macro_rules! curved_at {
    ($all:tt [$($a:tt)*] [val $x:ident, $($rest:tt)*] $more:tt) => {
        curved_at!($all [$($a)* [val $x]] [$($rest)*] $more)
    };
    ($all:tt [$($a:tt)*] [ref $x:ident, $($rest:tt)*] $more:tt) => {
        curved_at!($all [$($a)* [ref $x]] [$($rest)*] $more)
    };
    ($all:tt $a:tt [$kind:ident $x:ident, $($rest:tt)*] $more:tt) => {
        curved_at!($all $a [$($rest)*] $more)
    };
    ([$($kind:ident $x:ident),*] [$([$akind:ident $ax:ident])*] []
        [$test:ident, $f:ident, $index:ident, $point:ident, $options:ident, $closed:tt]) => {{
        use crate::harness::{row::Held, value};
        crate::harness::curvature::Curvature {
            name: stringify!($test),
            index: $index,
            input: {
                let ($($x,)*) = &$point;
                let mut input = Vec::new();
                $(value::Value::scalars($ax, &mut input);)*
                input
            },
            options: $options.clone(),
            gradient: &|delta: &[f64]| {
                let ($(mut $x,)*) = $point.clone();
                let mut delta = delta.iter();
                $(value::Value::nudge(&mut $ax, &mut || *delta.next().unwrap());)*
                $(let mut $x = Held::inactive($x);)*
                value::flat_tangent(&$f::grad($(argument!($kind $x)),*))
            },
            hvp: &|flat: &[f64]| {
                let ($(mut $x,)*) = $point.clone();
                $(let mut $x = hold!($kind $x);)*
                let mut flat = flat.iter();
                $(value::fill(&mut $ax.tangent, &mut flat);)*
                let g = $f::hvp($(argument!($kind $x),)* one_or_tuple!($(tangent!($akind $ax),)*));
                value::flat_tangent(&g)
            },
            hessian: &|| {
                let ($(mut $x,)*) = $point.clone();
                $(let mut $x = Held::inactive($x);)*
                value::flat_tangent(&$f::hessian($(argument!($kind $x)),*))
            },
            closed: {
                let ($($x,)*) = $point.clone();
                closed!($closed)
            },
        }
        .check();
    }};
}

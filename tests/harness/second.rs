//! Order two of a row: forward mode over the reverse sweeps, and forward mode over forward mode.
//!
//! In the binaries of the corpus a row has none. Those that compile the corpus once more at order
//! two define `second!` anew, from [`raised_second!`].

use super::engine::{Case, Xorshift, largest, scale};

type Flat = Vec<f64>;

/// The cores of order two on flat lists.
pub struct Second<'a> {
    /// At the point moved by a delta, along a direction, with a seed: outputs, their tangent, gradient,
    /// its tangent.
    pub reverse: &'a dyn Fn(&[f64], &[f64], &[f64]) -> [Flat; 4],
    /// Along two directions: outputs, their tangents along the first, the second, both.
    pub forward: &'a dyn Fn(&[f64], &[f64]) -> [Flat; 4],
}

/// The cores of order three on flat lists.
pub struct Third<'a> {
    /// Along two directions, with a seed: the tangents of the gradient along the first, the second, both.
    pub reverse: &'a dyn Fn(&[f64], &[f64], &[f64]) -> [Flat; 3],
    /// Along three directions: the tangent of the outputs along all of them.
    pub forward: &'a dyn Fn([&[f64]; 3]) -> Flat,
}

impl Case<'_> {
    /// Against differences of what order one gives, and the two against one another.
    pub(super) fn check_second(&self, second: &Second, outputs: &[f64], random: &mut Xorshift) {
        let (modes, step, tolerance) = if self.single {
            (5e-4, 200.0 * self.options.step, 2e-2)
        } else {
            (10.0 * self.options.modes, self.options.step, 10.0 * self.options.tolerance)
        };
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let magnitude = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a * b).abs()).sum::<f64>();
        let mut directions = || -> Flat { self.input.iter().map(|x| scale(*x) * random.next()).collect() };
        let (first, other) = (directions(), directions());
        let seed: Flat = outputs.iter().map(|_| random.next()).collect();

        let [y, y_dot, x_bar, x_bar_dot] = (second.reverse)(&[], &first, &seed);
        self.same("order two: outputs", outputs, &y);
        let (_, expected) = (self.jvp)(&first);
        self.close("order two: tangent", &expected, &y_dot, modes, largest(&expected));
        let (_, expected) = (self.vjp)(&seed);
        self.close("order two: gradient", &expected, &x_bar, modes, largest(&expected));
        self.length("order two: tangent of the gradient", &self.input, &x_bar_dot);

        let [y, y_first, y_other, y_both] = (second.forward)(&first, &other);
        self.same("order two, forward: outputs", outputs, &y);
        let (_, expected) = (self.jvp)(&first);
        self.close("order two, forward: first tangent", &expected, &y_first, modes, largest(&expected));
        let (_, expected) = (self.jvp)(&other);
        self.close("order two, forward: second tangent", &expected, &y_other, modes, largest(&expected));
        let sizes = magnitude(&seed, &y_both).max(magnitude(&x_bar_dot, &other));
        self.close(
            "order two: <y_bar, y_both> = <x_bar_dot, other>",
            &[dot(&seed, &y_both)],
            &[dot(&x_bar_dot, &other)],
            modes,
            sizes,
        );
        let difference = |gradient: &dyn Fn(&[f64]) -> Flat, along: &[f64]| -> Flat {
            let at = |t: f64| gradient(&along.iter().map(|d| d * t * step).collect::<Flat>());
            let (near, far) = ((at(1.0), at(-1.0)), (at(2.0), at(-2.0)));
            let slope = |i| (8.0 * (near.0[i] - near.1[i]) - (far.0[i] - far.1[i])) / (12.0 * step);
            (0..self.input.len()).map(slope).collect()
        };
        let compared = self.options.differences && self.options.curvature;
        if compared {
            let expected = difference(&|delta| (second.reverse)(delta, &first, &seed)[2].clone(), &first);
            let size = largest(&x_bar_dot).max(1e-4 * largest(&x_bar));
            self.close("order two against differences of vjp", &expected, &x_bar_dot, tolerance, size);
        }
        let Some(third) = &self.third else { return };
        let last: Flat = self.input.iter().map(|x| scale(*x) * random.next()).collect();
        let [along_first, along_other, along_both] = (third.reverse)(&first, &other, &seed);
        self.close("order three: along the first", &x_bar_dot, &along_first, modes, largest(&x_bar_dot));
        let expected = (second.reverse)(&[], &other, &seed)[3].clone();
        self.close("order three: along the second", &expected, &along_other, modes, largest(&expected));
        let y_all = (third.forward)([&first, &other, &last]);
        let sizes =
            magnitude(&seed, &y_all).max(magnitude(&along_both, &last)).max(magnitude(&x_bar_dot, &last));
        self.close(
            "order three: <y_bar, y_all> = <x_bar_both, last>",
            &[dot(&seed, &y_all)],
            &[dot(&along_both, &last)],
            modes,
            sizes,
        );
        if compared {
            let expected = difference(&|delta| (second.reverse)(delta, &first, &seed)[3].clone(), &other);
            let size = largest(&along_both).max(1e-4 * largest(&x_bar_dot));
            self.close(
                "order three against differences of order two",
                &expected,
                &along_both,
                tolerance,
                size,
            );
        }
    }
}

/// Zero of the same shape.
pub fn zeroed<T: differentiable::Tangent>(like: &T) -> T {
    let mut zero = like.clone();
    zero.set_zero();
    zero
}

/// A row of order one has no second derivatives.
#[allow(unused_macros)]
macro_rules! second {
    ($($row:tt)*) => {
        None
    };
}

/// One of order two no third.
#[allow(unused_macros)]
macro_rules! third {
    ($($row:tt)*) => {
        None
    };
}

/// Those of a row of order two.
#[allow(unused_macros)]
macro_rules! raised_second {
    ($result:ident [$($o:ident)*] [$($f:tt)+] [$($kind:ident $x:ident),*] [$($akind:ident $ax:ident),*]
        $prepare:ident $tangents:ident) => {
        Some(crate::harness::second::Second {
            reverse: &|delta: &[f64], direction: &[f64], seed: &[f64]| {
                let (($(mut $x,)*), y_bar) = $prepare(delta, seed);
                let mut direction = direction.iter();
                $(value::fill(&mut $ax.tangent, &mut direction);)*
                let (y, y_dot) = raised_reverse!($result y_bar [$($f)+] [$($kind $x),*] [$($ax),*]);
                let (mut outputs, mut tangent) = (value::flat(&y), value::flat_tangent(&y_dot));
                $(value::Value::scalars(&$o.value, &mut outputs);)*
                $(tangent.extend(value::flat_tangent(&$o.tangent));)*
                let (mut gradient, mut second) = (Vec::new(), Vec::new());
                $(
                    gradient.extend(value::flat_tangent(&$ax.cotangent));
                    second.extend(value::flat_tangent(&$ax.second));
                )*
                [outputs, tangent, gradient, second]
            },
            forward: &|first: &[f64], other: &[f64]| {
                let ($(mut $x,)*) = $tangents(first);
                let mut other = other.iter();
                $(value::fill(&mut $ax.cotangent, &mut other);)*
                let (y, y_first, y_other, y_both) = payload!($result $($f)+::__ad_jvp2($(
                    argument!($kind $x),
                    dot!($kind $x tangent),
                    dot!($kind $x cotangent),
                    dot!($kind $x second),
                )*));
                let mut outputs = value::flat(&y);
                $(value::Value::scalars(&$o.value, &mut outputs);)*
                let mut first = value::flat_tangent(&y_first);
                $(first.extend(value::flat_tangent(&$o.tangent));)*
                let mut other = value::flat_tangent(&y_other);
                $(other.extend(value::flat_tangent(&$o.cotangent));)*
                let mut both = value::flat_tangent(&y_both);
                $(both.extend(value::flat_tangent(&$o.second));)*
                [outputs, first, other, both]
            },
        })
    };
}

#[allow(unused_macros)]
macro_rules! raised_reverse {
    (unit $y_bar:ident [$($f:tt)+] [$($kind:ident $x:ident),*] [$($ax:ident),*]) => {
        $($f)+::__ad_reverse1(
            $(argument!($kind $x), dot!($kind $x tangent),)*
            $(&mut $ax.cotangent, &mut $ax.second),*)
    };
    ($result:ident $y_bar:ident [$($f:tt)+] [$($kind:ident $x:ident),*] [$($ax:ident),*]) => {{
        let zero = crate::harness::second::zeroed(&$y_bar);
        payload!($result $($f)+::__ad_reverse1(
            $(argument!($kind $x), dot!($kind $x tangent),)* $y_bar, zero,
            $(&mut $ax.cotangent, &mut $ax.second),*))
    }};
}

/// Those of a row of order three.
#[allow(unused_macros)]
macro_rules! raised_third {
    ($result:ident [$($o:ident)*] [$($f:tt)+] [$($kind:ident $x:ident),*] [$($akind:ident $ax:ident),*]
        $prepare:ident $tangents:ident) => {
        Some(crate::harness::second::Third {
            reverse: &|first: &[f64], other: &[f64], seed: &[f64]| {
                let (($(mut $x,)*), y_bar) = $prepare(&[], seed);
                let (mut first, mut other) = (first.iter(), other.iter());
                $(
                    value::fill(&mut $ax.tangent, &mut first);
                    value::fill(&mut $ax.more_0, &mut other);
                )*
                raised_reverse_twice!($result y_bar [$($f)+] [$($kind $x),*] [$($ax),*]);
                let mut tangents = [Vec::new(), Vec::new(), Vec::new()];
                $(
                    tangents[0].extend(value::flat_tangent(&$ax.second));
                    tangents[1].extend(value::flat_tangent(&$ax.bar_other));
                    tangents[2].extend(value::flat_tangent(&$ax.bar_both));
                )*
                tangents
            },
            forward: &|[first, other, last]: [&[f64]; 3]| {
                let ($(mut $x,)*) = $tangents(first);
                let (mut other, mut last) = (other.iter(), last.iter());
                $(
                    value::fill(&mut $ax.cotangent, &mut other);
                    value::fill(&mut $ax.more_0, &mut last);
                )*
                let all = payload!($result $($f)+::__ad_jvp3($(
                    argument!($kind $x),
                    dot!($kind $x tangent),
                    dot!($kind $x cotangent),
                    dot!($kind $x second),
                    dot!($kind $x more_0),
                    dot!($kind $x more_1),
                    dot!($kind $x more_2),
                    dot!($kind $x more_3),
                )*));
                let mut all = value::flat_tangent(&all.7);
                $(all.extend(value::flat_tangent(&$o.more_3));)*
                all
            },
        })
    };
}

#[allow(unused_macros)]
macro_rules! raised_reverse_twice {
    (unit $y_bar:ident [$($f:tt)+] [$($kind:ident $x:ident),*] [$($ax:ident),*]) => {
        $($f)+::__ad_reverse2(
            $(argument!($kind $x), dot!($kind $x tangent), dot!($kind $x more_0), dot!($kind $x more_1),)*
            $(
                &mut $ax.cotangent,
                &mut $ax.second,
                &mut $ax.bar_other,
                &mut $ax.bar_both
            ),*)
    };
    ($result:ident $y_bar:ident [$($f:tt)+] [$($kind:ident $x:ident),*] [$($ax:ident),*]) => {{
        let zero = || crate::harness::second::zeroed(&$y_bar);
        let zeros = [zero(), zero(), zero()];
        let [one, two, both] = zeros;
        payload!($result $($f)+::__ad_reverse2(
            $(argument!($kind $x), dot!($kind $x tangent), dot!($kind $x more_0), dot!($kind $x more_1),)*
            $y_bar, one, two, both,
            $(
                &mut $ax.cotangent,
                &mut $ax.second,
                &mut $ax.bar_other,
                &mut $ax.bar_both
            ),*))
    }};
}

/// A tangent, as a core takes it.
#[allow(unused_macros)]
macro_rules! dot {
    (val $x:ident $field:ident) => {
        differentiable::rt::Dot::Active(Clone::clone(&$x.$field))
    };
    (ref $x:ident $field:ident) => {
        differentiable::rt::DotRef::Active(&$x.$field)
    };
    (mut $x:ident $field:ident) => {
        differentiable::rt::Slot::Into(&mut $x.$field)
    };
    ($kind:ident $x:ident $field:ident) => {
        differentiable::rt::Inactive
    };
}

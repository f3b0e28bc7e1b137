//! Values as flat lists of scalars.

/// A value of a parameter or a result, whose floats stand in the order of its tangent's.
pub trait Value: Clone {
    /// Whether a float in it is an `f32`.
    const SINGLE: bool;
    /// Appends the floats.
    fn scalars(&self, out: &mut Vec<f64>);
    /// Adds the next of a list to each float.
    fn nudge(&mut self, next: &mut dyn FnMut() -> f64);
}

/// Whether there is an `f32` in a value.
pub fn is_single<V: Value>(_: &V) -> bool {
    V::SINGLE
}

/// The floats of a value.
pub fn flat<V: Value>(value: &V) -> Vec<f64> {
    let mut out = Vec::new();
    value.scalars(&mut out);
    out
}

/// The scalars of a tangent.
pub fn flat_tangent<T: differentiable::Tangent>(tangent: &T) -> Vec<f64> {
    let mut out = Vec::new();
    tangent.for_each_scalar(&mut |s| out.push(s));
    out
}

/// Takes the scalars of a tangent from a list.
pub fn fill<T: differentiable::Tangent>(tangent: &mut T, from: &mut std::slice::Iter<f64>) {
    tangent.map_scalars(&mut |_| *from.next().expect("a scalar for each place"));
}

/// The form in which a tangent or cotangent is passed: scalars, arrays and tuples by value,
/// `Vec`s as slices.
pub trait Seed {
    /// The type of the argument.
    type Form<'a>
    where
        Self: 'a;
    /// The argument.
    fn seed(&self) -> Self::Form<'_>;
}

macro_rules! floats {
    ($($t:ident $single:literal)*) => {$(
        impl Value for $t {
            const SINGLE: bool = $single;
            fn scalars(&self, out: &mut Vec<f64>) {
                out.push(f64::from(*self));
            }
            fn nudge(&mut self, next: &mut dyn FnMut() -> f64) {
                *self += next() as $t;
            }
        }
        impl Seed for $t {
            type Form<'a> = $t;
            fn seed(&self) -> $t {
                *self
            }
        }
    )*};
}
floats!(f32 true f64 false);

/// Values without floats.
macro_rules! inert {
    ($($t:ty),*) => {$(
        impl Value for $t {
            const SINGLE: bool = false;
            fn scalars(&self, _: &mut Vec<f64>) {}
            fn nudge(&mut self, _: &mut dyn FnMut() -> f64) {}
        }
    )*};
}
inert!((), bool, char, i32, i64, u8, u32, u64, usize, String);

macro_rules! sequences {
    ($(($t:ty, $($n:tt)*)),*) => {$(
        impl<X: Value $($n)*> Value for $t {
            const SINGLE: bool = X::SINGLE;
            fn scalars(&self, out: &mut Vec<f64>) {
                self.iter().for_each(|x| x.scalars(out));
            }
            fn nudge(&mut self, next: &mut dyn FnMut() -> f64) {
                self.iter_mut().for_each(|x| x.nudge(next));
            }
        }
    )*};
}
sequences!((Vec<X>,), ([X; N], , const N: usize), (Option<X>,), (std::collections::VecDeque<X>,));

impl<X: Value> Value for Box<[X]> {
    const SINGLE: bool = false;
    fn scalars(&self, out: &mut Vec<f64>) {
        self.iter().for_each(|item| item.scalars(out));
    }
    fn nudge(&mut self, next: &mut dyn FnMut() -> f64) {
        self.iter_mut().for_each(|item| item.nudge(next));
    }
}

impl<X: Value> Value for Box<X> {
    const SINGLE: bool = X::SINGLE;
    fn scalars(&self, out: &mut Vec<f64>) {
        (**self).scalars(out);
    }
    fn nudge(&mut self, next: &mut dyn FnMut() -> f64) {
        (**self).nudge(next);
    }
}

impl<X: 'static> Seed for Vec<X> {
    type Form<'a> = &'a [X];
    fn seed(&self) -> &[X] {
        self
    }
}

impl<X: Clone, const N: usize> Seed for [X; N] {
    type Form<'a>
        = [X; N]
    where
        X: 'a;
    fn seed(&self) -> [X; N] {
        self.clone()
    }
}

impl<X: Clone> Seed for Option<X> {
    type Form<'a>
        = Option<X>
    where
        X: 'a;
    fn seed(&self) -> Option<X> {
        self.clone()
    }
}

impl<X: Clone> Seed for std::collections::VecDeque<X> {
    type Form<'a>
        = std::collections::VecDeque<X>
    where
        X: 'a;
    fn seed(&self) -> std::collections::VecDeque<X> {
        self.clone()
    }
}

impl Seed for () {
    type Form<'a> = ();
    fn seed(&self) {}
}

macro_rules! tuples {
    ($($x:ident $i:tt),+) => {
        impl<$($x: Value),+> Value for ($($x,)+) {
            const SINGLE: bool = $($x::SINGLE)||+;
            fn scalars(&self, out: &mut Vec<f64>) {
                $(self.$i.scalars(out);)+
            }
            fn nudge(&mut self, next: &mut dyn FnMut() -> f64) {
                $(self.$i.nudge(next);)+
            }
        }
        impl<$($x: Seed + 'static),+> Seed for ($($x,)+) {
            type Form<'a> = ($($x::Form<'a>,)+);
            fn seed(&self) -> Self::Form<'_> {
                ($(self.$i.seed(),)+)
            }
        }
    };
}
tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);

/// `Value` for a struct and `Seed` for its tangent.
#[allow(unused_macros)]
macro_rules! value_struct {
    ($name:ident => $tangent:ident { $($field:tt),* }) => {
        impl crate::harness::value::Value for $name {
            const SINGLE: bool = false;
            fn scalars(&self, out: &mut Vec<f64>) {
                $(crate::harness::value::Value::scalars(&self.$field, out);)*
            }
            fn nudge(&mut self, next: &mut dyn FnMut() -> f64) {
                $(crate::harness::value::Value::nudge(&mut self.$field, next);)*
            }
        }
        impl crate::harness::value::Seed for $tangent {
            type Form<'a> = $tangent;
            fn seed(&self) -> $tangent {
                self.clone()
            }
        }
    };
}

//! The `row!` macro: adapts one function to the flat interface of the engine.

/// A parameter's value with what its companions pass beside it.
#[derive(Clone)]
pub struct Held<X, D> {
    /// The argument.
    pub value: X,
    /// Its tangent, or the place for its cotangent.
    pub tangent: D,
    /// The cotangent of its final contents, if it is an output.
    pub cotangent: D,
    /// What belongs to both, at order two.
    pub second: D,
    /// Further tangents, at order three.
    pub more_0: D,
    pub more_1: D,
    pub more_2: D,
    pub more_3: D,
    /// Further cotangents.
    pub bar_other: D,
    pub bar_both: D,
}

impl<X: differentiable::Differentiable> Held<X, X::Tangent> {
    /// Of an active parameter.
    pub fn active(value: X) -> Self {
        let zero = || value.zero_tangent();
        Held {
            tangent: zero(),
            cotangent: zero(),
            second: zero(),
            more_0: zero(),
            more_1: zero(),
            more_2: zero(),
            more_3: zero(),
            bar_other: zero(),
            bar_both: zero(),
            value,
        }
    }

    /// Takes the cotangent of the contents as they are now from a list of scalars, and the
    /// shape from them too.
    pub fn set_cotangent(&mut self, contents: &X, from: &mut std::slice::Iter<f64>) {
        self.cotangent = contents.zero_tangent();
        self.second = contents.zero_tangent();
        self.bar_other = contents.zero_tangent();
        self.bar_both = contents.zero_tangent();
        super::value::fill(&mut self.cotangent, from);
    }
}

impl<X> Held<X, ()> {
    /// Of an inactive parameter.
    pub fn inactive(value: X) -> Self {
        Held {
            value,
            tangent: (),
            cotangent: (),
            second: (),
            more_0: (),
            more_1: (),
            more_2: (),
            more_3: (),
            bar_other: (),
            bar_both: (),
        }
    }
}

macro_rules! row {
    ($test:ident: $($f:ident)::+ ($($kind:ident $x:ident),*) at
        $(($($v:expr),*)),+ $(=> $closed:expr)? $(; $option:ident = $to:expr)*) => {
        row!($test: $($f)::+ ($($kind $x),*) -> scalar at
            $(($($v),*)),+ $(=> $closed)? $(; $option = $to)*);
    };
    ($test:ident: $($f:ident)::+ ($($kind:ident $x:ident),*) -> $result:ident at
        $(($($v:expr),*)),+ $(=> $closed:expr)? $(; $option:ident = $to:expr)*) => {
        #[test]
        #[allow(unused_mut, unused_variables, unused_assignments)]
        #[allow(clippy::all, clippy::pedantic)]
        fn $test() {
            let mut options = crate::harness::engine::Options::default();
            $(options.$option = $to;)*
            for (index, point) in [$(($($v,)*)),+].into_iter().enumerate() {
                split_parameters!([$($kind $x),*] [] [] [$($kind $x,)*]
                    [$test, [$($f)::+], $result, index, point, options, [$($closed)?]]);
            }
        }
    };
}

/// Sorts out the active parameters and those that are outputs.
macro_rules! split_parameters {
    ($all:tt [$($a:tt)*] [$($o:tt)*] [val $x:ident, $($rest:tt)*] $more:tt) => {
        split_parameters!($all [$($a)* [val $x]] [$($o)*] [$($rest)*] $more)
    };
    ($all:tt [$($a:tt)*] [$($o:tt)*] [ref $x:ident, $($rest:tt)*] $more:tt) => {
        split_parameters!($all [$($a)* [ref $x]] [$($o)*] [$($rest)*] $more)
    };
    ($all:tt [$($a:tt)*] [$($o:tt)*] [mut $x:ident, $($rest:tt)*] $more:tt) => {
        split_parameters!($all [$($a)* [mut $x]] [$($o)* $x] [$($rest)*] $more)
    };
    ($all:tt $a:tt $o:tt [$kind:ident $x:ident, $($rest:tt)*] $more:tt) => {
        split_parameters!($all $a $o [$($rest)*] $more)
    };
    ([$($kind:ident $x:ident),*] [$([$akind:ident $ax:ident])*] [$($o:ident)*] []
        [$test:ident, [$($f:tt)+], $result:ident, $index:ident, $point:ident, $options:ident, $closed:tt]) => {{
        use crate::harness::{engine::Case, row::Held, value};
        // The parameters, moved by a delta, with their seeds, and the cotangent of the result.
        let prepare = |delta: &[f64], seed: &[f64]| {
            let ($(mut $x,)*) = $point.clone();
            if !delta.is_empty() {
                let mut delta = delta.iter();
                $(value::Value::nudge(&mut $ax, &mut || *delta.next().unwrap());)*
            }
            $(let mut $x = hold!($kind $x);)*
            let before = ($($x.clone(),)*);
            let y = payload!($result $($f)+ ($(argument!($kind $x)),*));
            let mut y_bar = differentiable::zero_like(&y);
            let mut seed = seed.iter();
            value::fill(&mut y_bar, &mut seed);
            let after = ($($x.clone(),)*);
            let ($(mut $x,)*) = before;
            set_cotangents!([$($o)*] after seed [$($x)*]);
            (($($x,)*), y_bar)
        };
        let tangents = |flat: &[f64]| {
            let ($(mut $x,)*) = $point.clone();
            $(let mut $x = hold!($kind $x);)*
            let mut flat = flat.iter();
            $(value::fill(&mut $ax.tangent, &mut flat);)*
            ($($x,)*)
        };
        let (input, single) = {
            let ($($x,)*) = &$point;
            let mut input = Vec::new();
            $(value::Value::scalars($ax, &mut input);)*
            (input, false $(|| value::is_single($ax))*)
        };
        Case {
            name: stringify!($test),
            index: $index,
            input,
            single,
            options: $options.clone(),
            primal: &|delta: &[f64]| {
                let ($(mut $x,)*) = $point.clone();
                let mut delta = delta.iter();
                $(value::Value::nudge(&mut $ax, &mut || *delta.next().unwrap());)*
                $(let mut $x = Held::inactive($x);)*
                let y = payload!($result $($f)+ ($(argument!($kind $x)),*));
                let mut flat = value::flat(&y);
                $(value::Value::scalars(&$o.value, &mut flat);)*
                flat
            },
            gradient: gradient!($result [$($o)*] [$($f)+] [$($kind $x),*] $point),
            jvp: &|flat: &[f64]| {
                let ($(mut $x,)*) = tangents(flat);
                let (y, y_dot) = payload!($result $($f)+::jvp(
                    $(argument!($kind $x),)* one_or_tuple!($(tangent!($akind $ax),)*)));
                let mut outputs = value::flat(&y);
                $(value::Value::scalars(&$o.value, &mut outputs);)*
                (outputs, value::flat_tangent(&y_dot))
            },
            vjp: &|seed: &[f64]| {
                let (($(mut $x,)*), y_bar) = prepare(&[], seed);
                let (y, g) = payload!($result $($f)+::vjp(
                    $(argument!($kind $x),)* cotangents!($result y_bar [$($o)*])));
                let mut outputs = value::flat(&y);
                $(value::Value::scalars(&$o.value, &mut outputs);)*
                (outputs, value::flat_tangent(&g))
            },
            pullback: &|first: &[f64], second: &[f64]| {
                let (($(mut $x,)*), y_bar) = prepare(&[], first);
                let (mut outputs, gradients) = {
                    let (y, pullback) = payload!($result $($f)+::pullback($(argument!($kind $x)),*));
                    let one = pullback.pull_retain(cotangents!($result y_bar [$($o)*]));
                    let two = {
                        let (($(mut $x,)*), y_bar) = prepare(&[], second);
                        pullback.pull_retain(cotangents!($result y_bar [$($o)*]))
                    };
                    let again = pullback.pull(cotangents!($result y_bar [$($o)*]));
                    (value::flat(&y), [value::flat_tangent(&one), value::flat_tangent(&two), value::flat_tangent(&again)])
                };
                $(value::Value::scalars(&$o.value, &mut outputs);)*
                (outputs, gradients)
            },
            accumulate: &|seed: &[f64], start: &[f64]| {
                let (($(mut $x,)*), y_bar) = prepare(&[], seed);
                let mut start = start.iter();
                $(value::fill(&mut $ax.tangent, &mut start);)*
                let y = payload!($result $($f)+::accumulate(
                    $(argument!($kind $x),)* cotangents!($result y_bar [$($o)*]),
                    one_or_tuple!($(&mut $ax.tangent,)*)));
                let mut outputs = value::flat(&y);
                $(value::Value::scalars(&$o.value, &mut outputs);)*
                let mut sum = Vec::new();
                $(sum.extend(value::flat_tangent(&$ax.tangent));)*
                (outputs, sum)
            },
            jacobian: jacobian!($result [$($o)*] [$($f)+] [$($kind $x),*] $point),
            closed: {
                let ($($x,)*) = $point.clone();
                closed!($closed)
            },
            third: third!($result [$($o)*] [$($f)+] [$($kind $x),*] [$($akind $ax),*] prepare tangents),
            second: second!($result [$($o)*] [$($f)+] [$($kind $x),*] [$($akind $ax),*] prepare tangents),
        }
        .check();
    }};
}

macro_rules! hold {
    (val $x:ident) => {
        Held::active($x)
    };
    (ref $x:ident) => {
        Held::active($x)
    };
    (mut $x:ident) => {
        Held::active($x)
    };
    ($kind:ident $x:ident) => {
        Held::inactive($x)
    };
}

macro_rules! argument {
    (val $x:ident) => {
        $x.value.clone()
    };
    (no $x:ident) => {
        $x.value.clone()
    };
    (ref $x:ident) => {
        &$x.value
    };
    (noref $x:ident) => {
        &$x.value
    };
    (mut $x:ident) => {
        &mut $x.value
    };
    (scratch $x:ident) => {
        &mut $x.value
    };
}

macro_rules! tangent {
    (val $x:ident) => {
        crate::harness::value::Seed::seed(&$x.tangent)
    };
    (ref $x:ident) => {
        &$x.tangent
    };
    (mut $x:ident) => {
        &$x.tangent
    };
}

macro_rules! one_or_tuple {
    ($x:expr,) => { $x };
    ($($x:expr,)*) => { ($($x,)*) };
}

macro_rules! payload {
    (option $($call:tt)+) => { $($call)+.expect("the points of a row give a value") };
    (result $($call:tt)+) => { $($call)+.ok().expect("the points of a row give a value") };
    ($result:ident $($call:tt)+) => { $($call)+ };
}

macro_rules! cotangents {
    (unit $y_bar:ident [$($o:ident)*]) => { one_or_tuple!($(&$o.cotangent,)*) };
    ($result:ident $y_bar:ident [$($o:ident)*]) => {
        one_or_tuple!(crate::harness::value::Seed::seed(&$y_bar), $(&$o.cotangent,)*)
    };
}

macro_rules! set_cotangents {
    ([] $after:ident $seed:ident $all:tt) => { drop($after); };
    ([$o:ident $($more:ident)*] $after:ident $seed:ident [$($x:ident)*]) => {
        // The names of the tuple's items are the parameters': bind them in a scope of their own.
        $o.set_cotangent(&{ let ($($x,)*) = $after.clone(); $o.value }, &mut $seed);
        set_cotangents!([$($more)*] $after $seed [$($x)*]);
    };
}

macro_rules! gradient {
    (scalar [] $($rest:tt)*) => { gradient!(@some scalar $($rest)*) };
    (option [] $($rest:tt)*) => { gradient!(@some option $($rest)*) };
    (result [] $($rest:tt)*) => { gradient!(@some result $($rest)*) };
    (@some $result:ident [$($f:tt)+] [$($kind:ident $x:ident),*] $point:ident) => {
        Some(&|| {
            let ($(mut $x,)*) = $point.clone();
            $(let mut $x = Held::inactive($x);)*
            let g = payload!($result $($f)+::grad($(argument!($kind $x)),*));
            let ($(mut $x,)*) = $point.clone();
            $(let mut $x = Held::inactive($x);)*
            let (y, with_value) = payload!($result $($f)+::value_and_grad($(argument!($kind $x)),*));
            [value::flat_tangent(&g), value::flat(&y), value::flat_tangent(&with_value)]
        })
    };
    ($result:ident $($rest:tt)*) => { None };
}

macro_rules! jacobian {
    (many [] [$($f:tt)+] [$($kind:ident $x:ident),*] $point:ident) => {
        Some(&|| {
            let ($(mut $x,)*) = $point.clone();
            $(let mut $x = Held::inactive($x);)*
            value::flat_tangent(&$($f)+::jacobian($(argument!($kind $x)),*))
        })
    };
    ($result:ident $($rest:tt)*) => { None };
}

macro_rules! closed {
    ([]) => {
        None
    };
    ([$closed:expr]) => {
        Some(crate::harness::value::flat_tangent(&$closed))
    };
}

//! The functions of the crate `libm` that are primitives: they have the rows, and so the derivatives, of the
//! methods that compute the same, and stay the calls that they are, whose last digits are their own.

use super::Primitive;

/// Who computes a primitive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    #[default]
    Method,
    /// `libm::sin`
    Libm,
    /// `libm::sinf`
    LibmSingle,
}

/// Methods, and what `libm` calls them for `f64` and for `f32`.
const FUNCTIONS: [(&str, &str, &str); 33] = [
    ("sin", "sin", "sinf"),
    ("cos", "cos", "cosf"),
    ("tan", "tan", "tanf"),
    ("asin", "asin", "asinf"),
    ("acos", "acos", "acosf"),
    ("atan", "atan", "atanf"),
    ("atan2", "atan2", "atan2f"),
    ("sinh", "sinh", "sinhf"),
    ("cosh", "cosh", "coshf"),
    ("tanh", "tanh", "tanhf"),
    ("asinh", "asinh", "asinhf"),
    ("acosh", "acosh", "acoshf"),
    ("atanh", "atanh", "atanhf"),
    ("exp", "exp", "expf"),
    ("exp2", "exp2", "exp2f"),
    ("exp_m1", "expm1", "expm1f"),
    ("ln", "log", "logf"),
    ("ln_1p", "log1p", "log1pf"),
    ("log2", "log2", "log2f"),
    ("log10", "log10", "log10f"),
    ("sqrt", "sqrt", "sqrtf"),
    ("cbrt", "cbrt", "cbrtf"),
    ("powf", "pow", "powf"),
    ("hypot", "hypot", "hypotf"),
    ("abs", "fabs", "fabsf"),
    ("min", "fmin", "fminf"),
    ("max", "fmax", "fmaxf"),
    ("mul_add", "fma", "fmaf"),
    ("floor", "floor", "floorf"),
    ("ceil", "ceil", "ceilf"),
    ("trunc", "trunc", "truncf"),
    ("round", "round", "roundf"),
    ("copysign", "copysign", "copysignf"),
];

impl Primitive {
    /// The primitive that a function of `libm` is.
    pub fn of_libm(name: &str) -> Option<Primitive> {
        let (method, by) = FUNCTIONS.iter().find_map(|(method, double, single)| {
            let by = if name == *double { By::Libm } else { By::LibmSingle };
            (name == *double || name == *single).then_some((*method, by))
        })?;
        Primitive::from_method(method).map(|primitive| Primitive { by, ..primitive })
    }

    /// The pair that `libm::sincos` is.
    pub fn pair_of_libm(name: &str) -> Option<[Primitive; 2]> {
        match name {
            "sincos" => Some([Primitive::of_libm("sin")?, Primitive::of_libm("cos")?]),
            "sincosf" => Some([Primitive::of_libm("sinf")?, Primitive::of_libm("cosf")?]),
            _ => None,
        }
    }

    /// The function of `libm` that it is, if it is one.
    pub fn libm(self) -> Option<&'static str> {
        let (_, double, single) = FUNCTIONS.iter().find(|(method, ..)| *method == self.name())?;
        match self.by {
            By::Method => None,
            By::Libm => Some(double),
            By::LibmSingle => Some(single),
        }
    }
}

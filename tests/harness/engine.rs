//! What holds of every differentiable function, checked on flat lists of scalars.

/// A list of scalars, visited point and seed.
type Flat = Vec<f64>;

/// How a row is checked.
#[derive(Clone)]
pub struct Options {
    /// Step of the differences, relative to each input; 200 times that for `f32`.
    pub step: f64,
    /// Tolerance of the comparison with differences, relative.
    pub tolerance: f64,
    /// Tolerance of the comparison with a closed form, relative.
    pub closed_tolerance: f64,
    /// Tolerance between the modes, relative.
    pub modes: f64,
    /// Off where the function's own derivative differs from that of what it computes, at a
    /// kink by convention, say.
    pub differences: bool,
    /// Off where the branch taken has the slope of what is around the point, but is straight.
    pub curvature: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            step: 1e-4,
            tolerance: 1e-7,
            closed_tolerance: 1e-11,
            modes: 1e-11,
            differences: true,
            curvature: true,
        }
    }
}

/// A function at a point, every companion on flat lists. Outputs are the result, then the
/// final contents of the `&mut` parameters.
pub struct Case<'a> {
    pub name: &'a str,
    pub index: usize,
    pub input: Flat,
    pub single: bool,
    pub options: Options,
    /// The outputs at the point moved by a delta.
    pub primal: &'a dyn Fn(&[f64]) -> Flat,
    /// `grad`, then value and gradient of `value_and_grad`.
    pub gradient: Option<&'a dyn Fn() -> [Flat; 3]>,
    /// Outputs and their tangent.
    pub jvp: &'a dyn Fn(&[f64]) -> (Flat, Flat),
    /// Outputs and gradient.
    pub vjp: &'a dyn Fn(&[f64]) -> (Flat, Flat),
    /// Outputs and the gradients for the first seed, the second, and the first again.
    pub pullback: &'a dyn Fn(&[f64], &[f64]) -> (Flat, [Flat; 3]),
    /// Outputs, and what stands in the places after the call, from the given start.
    pub accumulate: &'a dyn Fn(&[f64], &[f64]) -> (Flat, Flat),
    /// The gradients of the outputs, one after the other.
    pub jacobian: Option<&'a dyn Fn() -> Flat>,
    /// The same in closed form.
    pub closed: Option<Flat>,
    /// The cores of order two, where the row is raised.
    pub second: Option<super::second::Second<'a>>,
    pub third: Option<super::second::Third<'a>>,
}

impl Case<'_> {
    /// Runs every check; panics at the first that fails.
    pub fn check(&self) {
        let mut random = Xorshift::new(self.name, self.index);
        let outputs = (self.primal)(&vec![0.0; self.input.len()]);
        assert!(!self.input.is_empty(), "{}: no active input", self.name);
        assert!(!outputs.is_empty(), "{}: no active output", self.name);
        let (modes, step, tolerance) = if self.single {
            (2e-4, 200.0 * self.options.step, 5e-3)
        } else {
            (self.options.modes, self.options.step, self.options.tolerance)
        };
        for _ in 0..2 {
            let direction: Flat = self.input.iter().map(|x| scale(*x) * random.next()).collect();
            let seed: Flat = outputs.iter().map(|_| random.next()).collect();
            let other: Flat = outputs.iter().map(|_| random.next()).collect();

            let (y, y_dot) = (self.jvp)(&direction);
            self.same("jvp: outputs", &outputs, &y);
            self.length("jvp: tangent", &outputs, &y_dot);
            let (y, x_bar) = (self.vjp)(&seed);
            self.same("vjp: outputs", &outputs, &y);
            self.length("vjp: gradient", &self.input, &x_bar);
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            let magnitude = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a * b).abs()).sum::<f64>();
            let sizes = magnitude(&seed, &y_dot).max(magnitude(&x_bar, &direction));
            self.close(
                "<y_bar, J x_dot> = <J' y_bar, x_dot>",
                &[dot(&seed, &y_dot)],
                &[dot(&x_bar, &direction)],
                modes,
                sizes,
            );

            if self.options.differences {
                // Differences of large outputs are that much less exact.
                let noise = 1e-4 * largest(&outputs);
                let difference = self.difference(&direction, step);
                self.close(
                    "jvp against differences",
                    &difference,
                    &y_dot,
                    tolerance,
                    largest(&y_dot).max(noise),
                );
                for i in 0..self.input.len().min(24) {
                    let mut unit = vec![0.0; self.input.len()];
                    unit[i] = scale(self.input[i]);
                    let expected = dot(&seed, &self.difference(&unit, step));
                    let what = format!("vjp against differences, input {i}");
                    let size = largest(&x_bar).max(noise / unit[i].abs());
                    self.close(&what, &[expected / unit[i]], &[x_bar[i]], tolerance, size);
                }
            }

            let size = largest(&x_bar);
            let (y, [one, two, again]) = (self.pullback)(&seed, &other);
            self.same("pullback: outputs", &outputs, &y);
            self.close("pull_retain against vjp", &x_bar, &one, modes, size);
            self.same("pull against pull_retain of the same seed", &one, &again);
            let (_, expected) = (self.vjp)(&other);
            self.close(
                "pull_retain of a second seed against vjp",
                &expected,
                &two,
                modes,
                largest(&expected),
            );

            let start: Flat = self.input.iter().map(|_| random.next()).collect();
            let (y, once) = (self.accumulate)(&seed, &start);
            self.same("accumulate: outputs", &outputs, &y);
            let add = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a + b).collect::<Flat>();
            self.close("accumulate adds", &add(&start, &x_bar), &once, modes, size.max(1.0));
            let (_, twice) = (self.accumulate)(&seed, &once);
            self.close("accumulate adds again", &add(&once, &x_bar), &twice, modes, size.max(1.0));
        }

        let mut rows = Flat::new();
        if self.jacobian.is_some() || self.closed.is_some() {
            for i in 0..outputs.len() {
                let mut unit = vec![0.0; outputs.len()];
                unit[i] = 1.0;
                rows.extend((self.vjp)(&unit).1);
            }
        }
        if let Some(jacobian) = self.jacobian {
            let jacobian = jacobian();
            self.length("jacobian", &rows, &jacobian);
            self.close("jacobian against vjp", &rows, &jacobian, modes, largest(&rows));
        }
        if let Some(closed) = &self.closed {
            self.length("closed form", closed, &rows);
            let tolerance = if self.single { 1e-4 } else { self.options.closed_tolerance };
            self.close("vjp against the closed form", closed, &rows, tolerance, 0.0);
        }
        if let Some(gradient) = self.gradient {
            let [g, y, with_value] = gradient();
            let (_, expected) = (self.vjp)(&[1.0]);
            self.same("value_and_grad: value", &outputs, &y);
            self.length("grad", &expected, &g);
            self.close("grad against vjp", &expected, &g, modes, largest(&expected));
            self.close("value_and_grad against vjp", &expected, &with_value, modes, largest(&expected));
        }
        if let Some(second) = &self.second {
            self.check_second(second, &outputs, &mut random);
        }
    }

    /// Central differences of fourth order along a direction.
    pub(super) fn difference(&self, direction: &[f64], step: f64) -> Flat {
        let at = |t: f64| (self.primal)(&direction.iter().map(|d| d * t * step).collect::<Flat>());
        let (near, far) = ((at(1.0), at(-1.0)), (at(2.0), at(-2.0)));
        (0..near.0.len())
            .map(|i| (8.0 * (near.0[i] - near.1[i]) - (far.0[i] - far.1[i])) / (12.0 * step))
            .collect()
    }

    /// Equal to the last bit.
    pub(super) fn same(&self, what: &str, expected: &[f64], got: &[f64]) {
        self.length(what, expected, got);
        for (i, (e, g)) in expected.iter().zip(got).enumerate() {
            assert!(
                e.to_bits() == g.to_bits() || e.is_nan() && g.is_nan(),
                "{}, point {}, {what}: [{i}] is {g:e}, should be {e:e}",
                self.name,
                self.index
            );
        }
    }

    pub(super) fn length(&self, what: &str, expected: &[f64], got: &[f64]) {
        assert_eq!(
            expected.len(),
            got.len(),
            "{}, point {}, {what}: number of scalars (left: should be)",
            self.name,
            self.index
        );
    }

    /// Equal up to `tolerance` times the larger of the values and `size`.
    pub(super) fn close(&self, what: &str, expected: &[f64], got: &[f64], tolerance: f64, size: f64) {
        for (i, (e, g)) in expected.iter().zip(got).enumerate() {
            let bound = tolerance * e.abs().max(g.abs()).max(size);
            // Not `>`: that would let a NaN pass.
            let equal = (e - g).abs() <= bound || e == g;
            assert!(equal, "{}, point {}, {what}: [{i}] is {g:e}, should be {e:e}", self.name, self.index);
        }
    }
}

/// What counts as a unit of an input.
pub(super) fn scale(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { x.abs() }
}

pub(super) fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |m, x| x.abs().max(m))
}

/// Seeded random numbers in (-1, 1), none of them close to zero.
pub(super) struct Xorshift(u64);

impl Xorshift {
    fn new(name: &str, index: usize) -> Self {
        let hash = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        Xorshift(hash.wrapping_add(index as u64) | 1)
    }

    pub(super) fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let unit = (self.0 >> 11) as f64 / (1u64 << 53) as f64;
        if self.0 & 1 == 0 { 0.2 + 0.8 * unit } else { -0.2 - 0.8 * unit }
    }
}

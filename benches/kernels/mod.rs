//! The kernels of the suite: each an ordinary function with the attribute, and beside it the
//! best adjoint that could be written by hand in safe Rust.

// Loops over indices are what most numeric code has.
#![allow(clippy::needless_range_loop)]

pub mod adbench;
pub mod bundle;
pub mod cholesky;
pub mod dot;
pub mod gmm;
pub mod hand_pose;
pub mod heat;
pub mod kepler;
pub mod logistic;
pub mod lorenz;
pub mod lstm;
pub mod matvec;
pub mod nbody;
pub mod options;
pub mod perceptron;
mod random;
pub mod rosenbrock;
pub mod second_order;

pub use random::Random;

/// A function of the suite with its inputs.
pub trait Kernel {
    /// The function's value.
    fn primal(&self) -> f64;

    /// The value; adds the gradient by hand. `gradient` holds the places of all active inputs
    /// one after another, in the order of [`variables`](Kernel::variables).
    fn hand(&self, gradient: &mut [f64]) -> f64;

    /// The same by the generated adjoint.
    fn ours(&self, gradient: &mut [f64]) -> f64;

    /// The active inputs.
    fn variables(&mut self) -> Vec<&mut [f64]>;

    /// How long the buffer for the gradient is.
    fn gradient_len(&mut self) -> usize {
        self.variables().iter().map(|v| v.len()).sum()
    }

    /// Whether the result is a gradient or a Jacobian, found along with the value.
    fn is_first_order(&self) -> bool {
        true
    }

    /// The function that differences are taken of.
    fn checked(&self) -> f64 {
        self.primal()
    }

    /// The gradient of [`checked`](Kernel::checked) from what [`hand`](Kernel::hand) leaves.
    fn gradient_of_checked(&self, result: &[f64]) -> Vec<f64> {
        result.to_vec()
    }
}

/// A row of the suite: its name and how to make it.
pub type Row = (&'static str, fn() -> Box<dyn Kernel>);

/// The suite, at full size.
pub const SUITE: [Row; 19] = [
    ("dot product 4096", || Box::new(dot::Dot::new(4096))),
    ("matrix-vector 256x256", || Box::new(matvec::MatVec::new(256, 256))),
    ("Rosenbrock 10000", || Box::new(rosenbrock::Rosenbrock::new(10_000))),
    ("perceptron 32-64-10, batch 64", || Box::new(perceptron::Perceptron::new(32, 64, 10, 64))),
    ("Lorenz, 1000 steps", || Box::new(lorenz::Lorenz::new(1000))),
    ("GMM d10 K5", || Box::new(gmm::Gmm::adbench(10, 5))),
    ("GMM d32 K10", || Box::new(gmm::Gmm::adbench(32, 10))),
    ("GMM d64 K5", || Box::new(gmm::Gmm::adbench(64, 5))),
    ("LSTM l2 c1024", || Box::new(lstm::Lstm::adbench())),
    ("bundle adjustment 31843", || Box::new(bundle::Bundle::adbench())),
    ("hand pose 544", || Box::new(hand_pose::HandPose::new(544))),
    ("heat 512 cells, 1000 steps", || Box::new(heat::Heat::new(512, 1000))),
    ("Black-Scholes 10000", || Box::new(options::Book::new(10_000))),
    ("N-body energy 256", || Box::new(nbody::Bodies::new(256))),
    ("logistic regression 10000x32", || Box::new(logistic::Logistic::new(10_000, 32))),
    ("Kepler by Newton 10000", || Box::new(kepler::Kepler::new(10_000))),
    ("Cholesky log-determinant 64", || Box::new(cholesky::Cholesky::new(64))),
    ("Hessian of Rosenbrock 100", || Box::new(second_order::RosenbrockHessian::new(100))),
    ("Hessian-vector, GMM d10 K5", || {
        Box::new(second_order::GmmHessianVector::new(gmm::Gmm::adbench(10, 5)))
    }),
];

/// The same, small enough to be checked against differences; odd sizes reach the remainders of
/// blocked loops.
pub const SMALL: [Row; 19] = [
    ("dot product", || Box::new(dot::Dot::new(21))),
    ("matrix-vector", || Box::new(matvec::MatVec::new(7, 5))),
    ("Rosenbrock", || Box::new(rosenbrock::Rosenbrock::new(21))),
    ("perceptron", || Box::new(perceptron::Perceptron::new(3, 5, 4, 6))),
    ("Lorenz", || Box::new(lorenz::Lorenz::new(50))),
    ("GMM, one component", || Box::new(gmm::Gmm::new(2, 1, 4))),
    ("GMM", || Box::new(gmm::Gmm::new(3, 3, 7))),
    ("GMM, columns longer than a block", || Box::new(gmm::Gmm::new(11, 2, 5))),
    ("LSTM", || Box::new(lstm::Lstm::new(2, 6, 3))),
    ("bundle adjustment", || Box::new(bundle::Bundle::new(3, 4, 9))),
    ("hand pose", || Box::new(hand_pose::HandPose::new(5))),
    ("heat", || Box::new(heat::Heat::new(21, 19))),
    ("Black-Scholes", || Box::new(options::Book::new(11))),
    ("N-body energy", || Box::new(nbody::Bodies::new(13))),
    ("logistic regression", || Box::new(logistic::Logistic::new(11, 4))),
    ("Kepler by Newton", || Box::new(kepler::Kepler::new(9))),
    ("Cholesky log-determinant", || Box::new(cholesky::Cholesky::new(6))),
    ("Hessian of Rosenbrock", || Box::new(second_order::RosenbrockHessian::new(9))),
    ("Hessian-vector, GMM", || Box::new(second_order::GmmHessianVector::new(gmm::Gmm::new(3, 3, 7)))),
];

/// An array of lanes.
#[inline(always)]
fn lanes<const B: usize>(lane: impl FnMut(usize) -> f64) -> [f64; B] {
    std::array::from_fn(lane)
}

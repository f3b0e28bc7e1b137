//! What generated code allocates: nothing where the primal allocates nothing and nothing has to
//! be kept between the sweeps.

#[path = "../benches/kernels/mod.rs"]
#[allow(dead_code, missing_docs)]
mod kernels;

use kernels::SMALL;

/// How often `run` allocates.
fn allocations(run: impl FnOnce() -> f64) -> u64 {
    let counted = allocation_counter::measure(|| {
        std::hint::black_box(run());
    });
    counted.count_total
}

#[test]
fn adjoints_allocate_what_they_must() {
    // What is kept beyond the primal: records, and cotangents of local `Vec`s. A triangle's
    // record grows.
    let kept = [
        ("dot product", 0),
        ("matrix-vector", 0),
        ("Rosenbrock", 0),
        ("bundle adjustment", 0),
        ("Black-Scholes", 0),
        ("N-body energy", 0),
        ("logistic regression", 0),
        ("heat", 2),
        ("Cholesky log-determinant", 3),
        // Two records of each sum of exponentials: the vectors of each point and component are short.
        ("GMM", 19),
    ];
    for (name, make) in SMALL {
        let mut kernel = make();
        let mut gradient = vec![0.0; kernel.gradient_len()];
        let primal = allocations(|| kernel.primal());
        let ours = allocations(|| kernel.ours(&mut gradient));
        println!("{name}: {primal} allocations, with the gradient {ours}");
        if let Some((_, kept)) = kept.iter().find(|(row, _)| *row == name) {
            assert!(ours <= primal + kept, "{name}: {ours} allocations, {primal} without the gradient");
        }
    }
}

mod operators {
    use differentiable::{Differentiable, differentiable};
    use std::ops::{Add, Mul};

    #[derive(Clone, Copy, Differentiable)]
    pub struct State {
        pub density: f64,
        pub energy: f64,
    }

    #[differentiable]
    impl Add for State {
        type Output = State;
        fn add(self, other: State) -> State {
            State { density: self.density + other.density, energy: self.energy + other.energy }
        }
    }

    #[differentiable]
    impl Mul<f64> for State {
        type Output = State;
        fn mul(self, k: f64) -> State {
            State { density: self.density * k, energy: self.energy * k }
        }
    }

    #[differentiable]
    pub fn advance(a: State, b: State, k: f64) -> f64 {
        let c = (a + b * k) * k + b;
        c.density * c.energy
    }
}

/// The rule of `+` that adds fields is no recursion: its pullback needs no box.
#[test]
fn operators_allocate_nothing() {
    use operators::{State, advance};
    let (a, b) = (State { density: 1.0, energy: 2.0 }, State { density: 0.5, energy: -1.0 });
    let count = allocations(|| advance::grad(a, b, 0.3).2);
    assert_eq!(count, 0);
}

mod rows {
    use differentiable::differentiable;

    #[differentiable(order = 2)]
    trait Law {
        fn term(a: f64, b: f64) -> f64;
    }

    struct Sine;

    #[differentiable(order = 2)]
    impl Law for Sine {
        fn term(a: f64, b: f64) -> f64 {
            (a * b).sin() * a
        }
    }

    #[differentiable(order = 2)]
    fn chain_by<L: Law>(x: &[f64]) -> f64 {
        let mut s = 0.0;
        for i in 1..x.len() {
            s += L::term(x[i - 1], x[i]);
        }
        s
    }

    pub fn product(x: &[f64]) -> f64 {
        chain_by::hvp::<Sine>(x, x)[0]
    }

    pub fn hessian(x: &[f64]) -> f64 {
        chain_by::hessian::<Sine>(x)[0][0]
    }
}

/// The rows, their list, the direction, and a place for the gradient that nobody asks for.
#[test]
fn hessians_allocate_their_rows() {
    let x = [0.3, -0.4, 0.8, 1.1];
    let products = allocations(|| rows::product(&x));
    let all = allocations(|| rows::hessian(&x));
    println!("a product: {products} allocations, four of them in a Hessian: {all}");
    assert!(all <= 3 + 4 * (products - 1), "{all} allocations");
}

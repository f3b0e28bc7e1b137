//! Kernels over a number type. `x` holds all active inputs, in the order of
//! `Kernel::variables`.

use super::number::{Dual6, Number};
use crate::kernels::Random;

/// A function in every number type.
pub trait Program {
    fn plain(&self, x: &[f64]) -> f64;
    fn reverse<'a>(&self, x: &[reverse::Var<'a>]) -> reverse::Var<'a>;
    fn echidna(&self, x: &[echidna::Reverse<f64>]) -> echidna::Reverse<f64>;
    fn dual(&self, x: &[Dual6]) -> Dual6;
}

macro_rules! programs {
    ($($kernel:literal $name:ident { $($field:ident: $ty:ty = $init:expr),* } ($this:ident, $x:ident) $body:block)*) => {
        $(
            struct $name {
                $($field: $ty),*
            }

            impl $name {
                fn run<N: Number>(&self, $x: &[N]) -> N {
                    let $this = self;
                    $body
                }
            }

            impl Program for $name {
                fn plain(&self, x: &[f64]) -> f64 {
                    self.run(x)
                }
                fn reverse<'a>(&self, x: &[reverse::Var<'a>]) -> reverse::Var<'a> {
                    self.run(x)
                }
                fn echidna(&self, x: &[echidna::Reverse<f64>]) -> echidna::Reverse<f64> {
                    self.run(x)
                }
                fn dual(&self, x: &[Dual6]) -> Dual6 {
                    self.run(x)
                }
            }
        )*

        /// The program of a kernel of the suite.
        pub fn of(kernel: &str) -> Option<Box<dyn Program>> {
            match kernel {
                $($kernel => Some(Box::new($name { $($field: $init),* })),)*
                _ => None,
            }
        }
    };
}

programs! {
    "dot product 4096" Dot {} (_this, x) {
        let (a, b) = x.split_at(x.len() / 2);
        let mut sum = a[0].clone() * b[0].clone();
        for (a, b) in a.iter().zip(b).skip(1) {
            sum = sum + a.clone() * b.clone();
        }
        sum
    }

    "matrix-vector 256x256" MatVec { n: usize = 256 } (this, x) {
        let (a, x) = x.split_at(x.len() - this.n);
        let mut total: Option<N> = None;
        for row in a.chunks_exact(this.n) {
            let mut sum = row[0].clone() * x[0].clone();
            for (a, x) in row.iter().zip(x).skip(1) {
                sum = sum + a.clone() * x.clone();
            }
            let half = sum.clone() * sum * 0.5;
            total = Some(match total {
                Some(total) => total + half,
                None => half,
            });
        }
        total.expect("there are rows")
    }

    "Rosenbrock 10000" Rosenbrock {} (_this, x) {
        let mut total: Option<N> = None;
        for pair in x.windows(2) {
            let a = pair[1].clone() - pair[0].clone() * pair[0].clone();
            let b = -pair[0].clone() + 1.0;
            let term = a.clone() * a * 100.0 + b.clone() * b;
            total = Some(match total {
                Some(total) => total + term,
                None => term,
            });
        }
        total.expect("there are terms")
    }

    "Lorenz, 1000 steps" Lorenz { steps: usize = 1000, dt: f64 = 0.002 } (this, x) {
        let (start, p) = x.split_at(3);
        let field = |u: &[N; 3]| -> [N; 3] {
            let [a, b, c] = u.clone();
            [
                p[0].clone() * (b.clone() - a.clone()),
                a.clone() * (p[1].clone() - c.clone()) - b.clone(),
                a * b - p[2].clone() * c,
            ]
        };
        let along = |u: &[N; 3], k: &[N; 3], h: f64| -> [N; 3] {
            std::array::from_fn(|i| u[i].clone() + k[i].clone() * h)
        };
        let mut u: [N; 3] = std::array::from_fn(|i| start[i].clone());
        for _ in 0..this.steps {
            let k1 = field(&u);
            let k2 = field(&along(&u, &k1, 0.5 * this.dt));
            let k3 = field(&along(&u, &k2, 0.5 * this.dt));
            let k4 = field(&along(&u, &k3, this.dt));
            u = std::array::from_fn(|i| {
                let slope = k1[i].clone() + k2[i].clone() * 2.0 + k3[i].clone() * 2.0 + k4[i].clone();
                u[i].clone() + slope * (this.dt / 6.0)
            });
        }
        let [a, b, c] = u;
        a + b * 0.5 + c * -0.25
    }

    "Black-Scholes 10000" Book {} (_this, x) {
        const A: [f64; 5] = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
        fn normal_cdf<N: Number>(x: N) -> N {
            let distance = if x.value() < 0.0 { -x.clone() } else { x.clone() };
            let one = x.clone() * 0.0 + 1.0;
            let k = one.clone() / (distance * 0.231_641_9 + 1.0);
            let mut poly = k.clone() * A[4] + A[3];
            for a in [A[2], A[1], A[0]] {
                poly = k.clone() * poly + a;
            }
            let tail = (x.clone() * x.clone() * -0.5).exp() * 0.398_942_280_401_432_7 * (k * poly);
            if x.value() >= 0.0 { one - tail } else { tail }
        }
        let n = (x.len() - 1) / 4;
        let mut total: Option<N> = None;
        for i in 0..n {
            let (spot, strike, rate) = (x[i].clone(), x[n + i].clone(), x[2 * n].clone());
            let (volatility, years) = (x[2 * n + 1 + i].clone(), x[3 * n + 1 + i].clone());
            let spread = volatility.clone() * years.clone().sqrt();
            let drift = (rate.clone() + volatility.clone() * volatility * 0.5) * years.clone();
            let d1 = ((spot.clone() / strike.clone()).ln() + drift) / spread.clone();
            let d2 = d1.clone() - spread;
            let price = spot * normal_cdf(d1) - strike * (-rate * years).exp() * normal_cdf(d2);
            total = Some(match total {
                Some(total) => total + price,
                None => price,
            });
        }
        total.expect("there are options")
    }

    "logistic regression 10000x32" Logistic {
        columns: usize = 32,
        data: (Vec<f64>, Vec<f64>) = {
            let mut random = Random::new(13);
            let _ = random.vec(32, -0.5, 0.5);
            let rows = random.vec(10_000 * 32, -1.0, 1.0);
            let labels = (0..10_000).map(|_| random.below(2) as f64).collect();
            (rows, labels)
        }
    } (this, x) {
        let (rows, labels) = &this.data;
        let (weights, bias) = (&x[..this.columns], &x[this.columns]);
        let mut total: Option<N> = None;
        for (row, &label) in rows.chunks_exact(this.columns).zip(labels) {
            let mut z = bias.clone();
            for (weight, x) in weights.iter().zip(row) {
                z = z + weight.clone() * *x;
            }
            let softened = if z.value() > 0.0 {
                z.clone() + ((-z.clone()).exp() + 1.0).ln()
            } else {
                (z.clone().exp() + 1.0).ln()
            };
            let term = softened + z * -label;
            total = Some(match total {
                Some(total) => total + term,
                None => term,
            });
        }
        total.expect("there are rows") * (1.0 / labels.len() as f64)
    }
}

//! Kernels that papers on differentiation are judged by, beside those of the benchmarks.

use differentiable::differentiable;

/// Numbers between -0.3 and 0.7.
fn numbers(n: usize, seed: u64) -> Vec<f64> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as f64 / 2_f64.powi(31) - 0.3
    };
    (0..n).map(|_| next()).collect()
}

fn matrix<const N: usize, const M: usize>(seed: u64) -> [[f64; M]; N] {
    let flat = numbers(N * M, seed);
    std::array::from_fn(|i| std::array::from_fn(|j| flat[i * M + j]))
}

#[differentiable]
fn durbin(r: &[f64], y: &mut [f64]) {
    let n = r.len();
    let mut z = vec![0.0; n];
    y[0] = -r[0];
    let mut beta = 1.0;
    let mut alpha = -r[0];
    for k in 1..n {
        beta = (1.0 - alpha * alpha) * beta;
        let mut sum = 0.0;
        for i in 0..k {
            sum += r[k - i - 1] * y[i];
        }
        alpha = -(r[k] + sum) / beta;
        for i in 0..k {
            z[i] = y[i] + alpha * y[k - i - 1];
        }
        for i in 0..k {
            y[i] = z[i];
        }
        y[k] = alpha;
    }
}
row!(recursion_over_reflected_slots: durbin(ref r, mut y) -> unit at (vec![0.3, -0.2, 0.15, 0.4], vec![0.0; 4]));

#[differentiable]
fn gramschmidt<const M: usize, const N: usize>(
    a: &mut [[f64; N]; M],
    r: &mut [[f64; N]; N],
    q: &mut [[f64; N]; M],
) {
    for k in 0..N {
        let mut nrm = 0.0;
        for i in 0..M {
            nrm += a[i][k] * a[i][k];
        }
        r[k][k] = nrm.sqrt();
        for i in 0..M {
            q[i][k] = a[i][k] / r[k][k];
        }
        for j in (k + 1)..N {
            r[k][j] = 0.0;
            for i in 0..M {
                r[k][j] += q[i][k] * a[i][j];
            }
            for i in 0..M {
                a[i][j] = a[i][j] - q[i][k] * r[k][j];
            }
        }
    }
}
row!(orthogonal_columns_in_place: gramschmidt(mut a, mut r, mut q) -> unit at (matrix::<4, 3>(5), matrix::<3, 3>(6), matrix::<4, 3>(7)));

#[differentiable]
fn floyd_warshall<const N: usize>(path: &mut [[f64; N]; N]) {
    for k in 0..N {
        for i in 0..N {
            for j in 0..N {
                path[i][j] =
                    if path[i][j] < path[i][k] + path[k][j] { path[i][j] } else { path[i][k] + path[k][j] };
            }
        }
    }
}
row!(shortest_paths: floyd_warshall(mut path) -> unit at ({ let mut m = matrix::<4, 4>(11); for r in m.iter_mut() { for v in r.iter_mut() { *v = v.abs() + 0.2; } } m }));

/// Swaptions in the LIBOR market model, after Giles and Glasserman, "Smoking adjoints" (2006).
#[differentiable]
fn libor(l: &[f64], lambda: &[f64], z: &[f64], delta: f64) -> f64 {
    let n = l.len();
    let nmat = z.len();
    let mut l = l.to_vec();
    for n0 in 0..nmat {
        let sqez = delta.sqrt() * z[n0];
        let mut v = 0.0;
        for i in (n0 + 1)..n {
            let lam = lambda[i - n0 - 1];
            let con1 = delta * lam;
            v += (con1 * l[i]) / (1.0 + delta * l[i]);
            let vrat = (con1 * v + lam * (sqez - 0.5 * con1)).exp();
            l[i] *= vrat;
        }
    }
    let mut b = 1.0;
    let mut s = 0.0;
    let mut v = 0.0;
    let maturities = [4usize, 4, 5];
    let swaprates = [0.045, 0.05, 0.047];
    let mut bs = vec![0.0; n];
    let mut ss = vec![0.0; n];
    for n1 in nmat..n {
        b /= 1.0 + delta * l[n1];
        s += delta * b;
        bs[n1] = b;
        ss[n1] = s;
    }
    for (m, rate) in maturities.iter().zip(swaprates) {
        let swapval = bs[*m] + rate * ss[*m] - 1.0;
        if swapval < 0.0 {
            v += -100.0 * swapval;
        }
    }
    for n1 in 0..nmat {
        v /= 1.0 + delta * l[n1];
    }
    v
}
row!(swaptions_of_a_market_model: libor(ref l, ref lambda, ref z, val delta) at (vec![0.05, 0.051, 0.052, 0.06, 0.055, 0.05], vec![0.2, 0.21, 0.19, 0.2, 0.2, 0.2], vec![0.3, -0.2, 0.5], 0.25));

#[differentiable]
fn ginzburg_landau(x: &[f64], nx: usize, ny: usize) -> f64 {
    let (hx, hy) = (1.0 / nx as f64, 1.0 / ny as f64);
    let at = |i: usize, j: usize| i + nx * j;
    let total: f64 = (0..nx)
        .flat_map(|i| (0..ny).map(move |j| (i, j)))
        .map(|(i, j)| {
            let (e, n) = (at((i + 1) % nx, j), at(i, (j + 1) % ny));
            let (dx, dy) = ((x[e] - x[at(i, j)]) / hx, (x[n] - x[at(i, j)]) / hy);
            let d2 = x[at(i, j)].powi(2);
            0.5 * (dx * dx + dy * dy) - d2 + 0.5 * d2 * d2
        })
        .sum();
    hx * hy * total
}
row!(superconductor_on_a_torus: ginzburg_landau(ref x, no nx, no ny) at (numbers(12, 3), 3, 4));

/// The forward algorithm of a hidden Markov model, in logarithms.
#[differentiable]
fn forward_log(pi: &[f64], a: &[Vec<f64>], b: &[Vec<f64>], obs: &[usize]) -> f64 {
    let n = pi.len();
    let mut alpha: Vec<f64> = (0..n).map(|i| pi[i].ln() + b[i][obs[0]].ln()).collect();
    for &o in &obs[1..] {
        let next: Vec<f64> = (0..n)
            .map(|j| {
                let terms: Vec<f64> = (0..n).map(|i| alpha[i] + a[i][j].ln()).collect();
                let m = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                m + terms.iter().map(|t| (t - m).exp()).sum::<f64>().ln() + b[j][o].ln()
            })
            .collect();
        alpha = next;
    }
    let m = alpha.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    m + alpha.iter().map(|t| (t - m).exp()).sum::<f64>().ln()
}
row!(hidden_states_summed: forward_log(ref pi, ref a, ref b, noref obs) at
    (vec![0.6, 0.4], vec![vec![0.7, 0.3], vec![0.4, 0.6]], vec![vec![0.5, 0.4, 0.1], vec![0.1, 0.3, 0.6]], [0usize, 1, 2, 1]));

#[differentiable]
fn viterbi(pi: &[f64], a: &[Vec<f64>], b: &[Vec<f64>], obs: &[usize]) -> f64 {
    let n = pi.len();
    let t_max = obs.len();
    let mut delta = vec![vec![0.0; n]; t_max];
    let mut psi = vec![vec![0usize; n]; t_max];
    for i in 0..n {
        delta[0][i] = pi[i] * b[i][obs[0]];
    }
    for t in 1..t_max {
        for j in 0..n {
            let (best, score) = (0..n)
                .map(|i| (i, delta[t - 1][i] * a[i][j]))
                .max_by(|x, y| x.1.partial_cmp(&y.1).unwrap())
                .unwrap();
            delta[t][j] = score * b[j][obs[t]];
            psi[t][j] = best;
        }
    }
    let mut last = (0..n).max_by(|&i, &j| delta[t_max - 1][i].total_cmp(&delta[t_max - 1][j])).unwrap();
    let mut p = delta[t_max - 1][last];
    for t in (0..t_max - 1).rev() {
        last = psi[t + 1][last];
        p += 0.1 * delta[t][last];
    }
    p
}
row!(most_likely_states: viterbi(ref pi, ref a, ref b, noref obs) at
    (vec![0.6, 0.4], vec![vec![0.7, 0.3], vec![0.4, 0.6]], vec![vec![0.5, 0.4, 0.1], vec![0.1, 0.3, 0.6]], [0usize, 1, 2, 1]));

/// A convolution, a rectifier, the maxima of blocks, a dense layer.
#[differentiable]
fn cnn(img: &[f64], h: usize, w: usize, kernels: &[Vec<f64>], bias: &[f64], dense: &[f64]) -> f64 {
    let k = 2;
    let (oh, ow) = (h - k + 1, w - k + 1);
    let mut feats = Vec::new();
    for (kern, b) in kernels.iter().zip(bias) {
        let mut map = vec![0.0; oh * ow];
        for y in 0..oh {
            for x in 0..ow {
                let mut acc = *b;
                for dy in 0..k {
                    for dx in 0..k {
                        acc += img[(y + dy) * w + x + dx] * kern[dy * k + dx];
                    }
                }
                map[y * ow + x] = acc.max(0.0);
            }
        }
        for by in (0..oh - 1).step_by(2) {
            for bx in (0..ow - 1).step_by(2) {
                let m = [
                    map[by * ow + bx],
                    map[by * ow + bx + 1],
                    map[(by + 1) * ow + bx],
                    map[(by + 1) * ow + bx + 1],
                ]
                .into_iter()
                .fold(f64::MIN, f64::max);
                feats.push(m);
            }
        }
    }
    feats.iter().zip(dense).map(|(f, d)| f * d).sum::<f64>().tanh()
}
row!(convolution_with_pooling: cnn(ref img, no h, no w, ref kernels, ref bias, ref dense) at
    (numbers(25, 5), 5, 5, vec![numbers(4, 1), numbers(4, 2)], vec![0.1, -0.05], numbers(8, 9)));

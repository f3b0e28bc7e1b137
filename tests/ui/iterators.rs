use differentiable::differentiable;

#[differentiable]
fn endless(k: f64) -> f64 {
    std::iter::repeat(k).map(|x| x * x).sum()
}

#[differentiable]
fn stored(v: &[f64], k: f64) -> f64 {
    let scaled = vec![v.iter().map(|x| x * k)];
    scaled.len() as f64 * k
}

#[differentiable]
fn sorted(v: &mut [f64]) {
    v.sort_by(|a, b| (a * a).partial_cmp(&(b.sin())).unwrap());
}

struct Strides(usize);

impl Iterator for Strides {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.0 += 2;
        Some(self.0)
    }
}

#[differentiable]
fn own_iterator(v: &[f64]) -> f64 {
    v.iter().zip(Strides(0)).map(|(x, k)| x * k as f64).sum()
}

struct Doubled(f64);

impl Iterator for Doubled {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        self.0 *= 2.0;
        Some(self.0)
    }
}

#[differentiable]
fn own_iterator_over_an_active_value(x: f64) -> f64 {
    let mut s = x;
    for v in Doubled(x) {
        s += v;
        if s > 10.0 {
            break;
        }
    }
    s
}

fn main() {}

//! Fields whose types stand in the source: vectors in structs that loops work on, marked fields,
//! integers, nesting, generics, names in modules.

use differentiable::{Differentiable, differentiable};
use num_traits::ToPrimitive;

#[derive(Clone, Debug, Differentiable)]
struct Chain {
    u: Vec<f64>,
    v: Vec<f64>,
    stiffness: f64,
    #[no_diff]
    damping: f64,
    #[no_diff]
    weights: Vec<f64>,
    order: Vec<usize>,
    steps: usize,
}
value_struct!(Chain => ChainTangent { u, v, stiffness });

fn chain(n: usize) -> Chain {
    Chain {
        u: (0..n).map(|i| (i as f64 * 0.7).sin()).collect(),
        v: (0..n).map(|i| (i as f64 * 0.3).cos()).collect(),
        stiffness: 1.3,
        damping: 0.9,
        weights: (0..n).map(|i| 1.0 + 0.1 * i as f64).collect(),
        order: (0..n).map(|i| (i * 5 + 2) % n).collect(),
        steps: 3,
    }
}

#[differentiable]
impl Chain {
    fn step(&mut self, dt: f64) {
        let n = self.u.len();
        for i in 1..n - 1 {
            let pull = self.u[i - 1] - 2.0 * self.u[i] + self.u[i + 1];
            self.v[i] += dt * self.stiffness * pull * self.weights[i];
        }
        for i in 0..n {
            self.v[i] *= self.damping;
            self.u[i] += dt * self.v[i];
        }
    }

    fn energy(&self) -> f64 {
        let mut sum = 0.0;
        for i in 0..self.order.len() {
            let k = self.order[i];
            sum += self.weights[i] * self.u[k] * self.u[k] + self.v[i] * self.v[k];
        }
        sum * self.stiffness
    }

    fn relax(&mut self) -> f64 {
        let mut left = 0.0;
        for k in 0..self.steps {
            self.damping = 0.5 + 0.1 * k as f64;
            for x in self.u.iter_mut() {
                *x = *x * self.damping + left * self.stiffness;
                left = *x;
            }
            self.stiffness *= 0.9;
        }
        left
    }
}
#[differentiable]
fn stepped(chain: &mut Chain, dt: f64) {
    chain.step(dt);
}
row!(fields_in_loops: stepped(mut chain, val dt) -> unit at (chain(21), 0.05), (chain(2), 0.1));

#[differentiable]
fn energy_of(chain: &Chain) -> f64 {
    chain.energy()
}
row!(fields_read_by_index: energy_of(ref chain) at (chain(19)), (chain(3)));

#[differentiable]
fn relaxed(chain: &mut Chain) -> f64 {
    chain.relax()
}
row!(fields_written_in_nested_loops: relaxed(mut chain) -> value at (chain(17)), (chain(1)));

#[differentiable]
fn simulated(start: &Chain, dt: f64) -> f64 {
    let mut chain = start.clone();
    for _ in 0..chain.steps {
        chain.step(dt);
    }
    chain.energy()
}
row!(fields_stepped_and_read: simulated(ref start, val dt) at (chain(20), 0.05));

#[differentiable]
fn by_hand(start: &Chain, scale: f64) -> f64 {
    let mut chain = Chain { u: start.v.clone(), stiffness: scale, damping: 0.25, ..start.clone() };
    let mut total = 0.0;
    for round in 0..4 {
        for (u, v) in chain.u.iter_mut().zip(&chain.v) {
            *u += v * chain.stiffness * chain.damping;
        }
        total += chain.u[round] * chain.weights[round];
        chain.stiffness = chain.stiffness * chain.stiffness;
    }
    chain.u.swap(0, 1);
    chain.v = chain.u.clone();
    for i in 0..chain.v.len() {
        chain.v[i] = chain.v[i] * chain.u[i];
        total += chain.v[i];
    }
    total
}
row!(fields_of_a_local_struct: by_hand(ref start, val scale) at (chain(18), 0.8));

#[derive(Clone, Debug, Differentiable)]
struct Grid<T, const N: usize> {
    cells: [[T; N]; 2],
    halo: (Vec<T>, usize),
    scale: T,
}

#[differentiable]
fn weighed<const N: usize>(grid: &Grid<f64, N>, k: f64) -> f64 {
    let mut sum = 0.0;
    for row in &grid.cells {
        for (j, x) in row.iter().enumerate() {
            sum += x * x * grid.halo.0[j + grid.halo.1] * grid.scale;
        }
    }
    for h in grid.halo.0.iter() {
        sum += (h * k).sin();
    }
    sum
}

#[differentiable]
fn gridded(cells: &[[f64; 3]; 2], halo: &[f64], k: f64) -> f64 {
    let grid = Grid { cells: *cells, halo: (halo.to_vec(), 2), scale: k * k };
    weighed(&grid, k)
}
row!(fields_of_generic_structs: gridded(ref cells, ref halo, val k) at
    ([[0.3, -0.2, 1.1], [0.7, 0.9, -0.4]], vec![0.5; 11], 0.8));

mod inner {
    use super::Chain as Rope;
    use differentiable::{Differentiable, differentiable};

    /// Another one than that outside.
    #[derive(Clone, Debug, Differentiable)]
    pub struct Chain {
        pub u: [f64; 2],
        pub rope: Rope,
    }
    value_struct!(Chain => ChainTangent { u, rope });

    pub fn nested() -> Chain {
        Chain { u: [0.4, 0.6], rope: super::chain(16) }
    }

    #[differentiable]
    pub fn pulled(chain: &mut Chain, by: f64) -> f64 {
        let mut sum = 0.0;
        for i in 0..chain.rope.u.len() {
            chain.rope.u[i] += by * chain.u[i % 2] * chain.rope.weights[i];
            sum += chain.rope.u[i] * chain.rope.v[i];
            chain.u[0] += 0.01 * sum;
        }
        sum
    }
}
use inner::pulled;
row!(fields_of_structs_in_structs: pulled(mut chain, val by) -> value at (inner::nested(), 0.3));

#[differentiable]
fn state_in_a_tuple(x: &[f64], k: f64) -> f64 {
    let mut state = (x.to_vec(), vec![0.0; x.len()], k);
    for _ in 0..3 {
        for i in 0..x.len() {
            state.1[i] += state.2 * state.0[i];
            state.0[i] -= 0.1 * state.1[i] * state.0[i];
        }
        state.2 *= 1.1;
    }
    state.0.iter().sum::<f64>() + state.1[3]
}
row!(vectors_in_a_tuple: state_in_a_tuple(ref x, val k) at (vec![0.4; 19], 0.7));

#[derive(Clone, Copy, Debug, Differentiable)]
struct Particle {
    position: [f64; 2],
    velocity: [f64; 2],
    #[no_diff]
    mass: f64,
    alive: bool,
}
value_struct!(Particle => ParticleTangent { position, velocity });

#[differentiable]
impl Particle {
    fn advance(&mut self, dt: f64, pull: f64) {
        let square = self.position[0] * self.position[0] + self.position[1] * self.position[1] + 0.1;
        let force = -pull * self.mass / (square * square.sqrt());
        for k in 0..2 {
            self.velocity[k] += dt * force * self.position[k];
            self.position[k] += dt * self.velocity[k];
        }
    }
}

#[differentiable]
fn swarm(particles: &[Particle], pull: f64) -> f64 {
    let mut particles = particles.to_vec();
    for _ in 0..3 {
        for particle in particles.iter_mut().filter(|particle| particle.alive) {
            particle.advance(0.1, pull);
        }
    }
    particles.iter().map(|p| p.mass * (p.position[0] * p.velocity[1] - p.position[1] * p.velocity[0])).sum()
}
row!(arrays_in_structs_in_a_slice: swarm(ref particles, val pull) at (
    (0..5).map(|i| Particle {
        position: [1.0, 0.1 * i as f64],
        velocity: [0.2, 0.3],
        mass: 1.5,
        alive: i != 3,
    }).collect::<Vec<_>>(),
    0.7
));

#[derive(Clone, Copy, Debug, Differentiable)]
struct Weighted {
    weight: f64,
    at: f64,
}

#[differentiable]
fn weighted(weight: f64, at: f64) -> Weighted {
    Weighted { weight: weight * at, at: weight + at }
}

#[differentiable]
fn of_a_list_made_here(a: f64, x: f64) -> f64 {
    let list = vec![weighted(a, x), weighted(x, a), weighted(a, a)];
    let mut sum = list.iter().map(|item| x * item.weight * item.at).sum::<f64>();
    for rows in list.chunks(2) {
        for row in rows {
            sum += row.weight * sum;
        }
    }
    sum + a * a
}
row!(structs_in_a_list_made_here: of_a_list_made_here(val a, val x) at (1.3, 0.7));

type Number = f64;
type Place = [Number; 3];
type Table<T> = Vec<Vec<T>>;

#[derive(Clone, Debug, Differentiable)]
struct Cloud {
    places: Vec<Place>,
    mass: Number,
    #[no_diff]
    offset: Place,
}
value_struct!(Cloud => CloudTangent { places, mass });

mod aliased_inside {
    use super::*;

    pub type Place = (Number, usize);

    #[differentiable]
    pub fn tagged(place: Place) -> Number {
        place.0 * place.1 as Number
    }
}

#[differentiable]
fn through_aliases(cloud: &Cloud, table: &Table<Number>, k: Number) -> Number {
    let mut sum: Number = 0.0;
    for place in &cloud.places {
        for axis in 0..3 {
            sum += cloud.mass * (place[axis] - cloud.offset[axis]).powi(2);
        }
    }
    for row in table {
        for (i, x) in row.iter().enumerate() {
            sum += x * k * i as Number;
        }
    }
    let far: Place = cloud.places[0].map(|x| x * k);
    sum * far[1] + aliased_inside::tagged((k * k, 3))
}
row!(aliases_of_types: through_aliases(ref cloud, ref table, val k) at (
    Cloud { places: vec![[0.1, 0.7, -0.3], [1.0, 0.2, 0.4]], mass: 1.2, offset: [0.5, 0.25, 0.125] },
    vec![vec![0.3; 11], vec![0.2, -0.4]],
    0.75
));

/// An output of a float by another name is one.
#[test]
fn aliases_have_the_companions_of_what_they_stand_for() {
    let cloud = Cloud { places: vec![[0.1, 0.7, -0.3]], mass: 1.2, offset: [0.5, 0.25, 0.125] };
    through_aliases::gradcheck(&cloud, &vec![vec![0.3, 0.6]], 0.75).unwrap();
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Raw {
    r#type: f64,
    r#in: Vec<f64>,
}

#[differentiable]
fn raw_names(r#fn: f64, r#loop: &[f64]) -> f64 {
    let mut raw = Raw { r#type: r#fn * r#fn, r#in: r#loop.to_vec() };
    for r#where in raw.r#in.iter_mut() {
        *r#where *= r#fn;
        raw.r#type += *r#where;
    }
    let Raw { r#type, r#in } = raw;
    r#type * r#in.iter().map(|r#box| r#box.sin()).sum::<f64>()
}
row!(raw_identifiers: raw_names(val a, ref b) at (0.7, vec![0.3, 0.9]));

// A struct that borrows what is constant, in a block with lifetimes only.

struct Spacing {
    step: f64,
    offset: f64,
}

#[derive(Clone, Differentiable)]
struct Walk<'g> {
    #[no_diff]
    grid: &'g Spacing,
    at: f64,
    length: f64,
    count: usize,
}

impl<'g> Walk<'g> {
    #[differentiable]
    fn go(&mut self, to: f64) {
        if self.count > 0 {
            let distance = (to - self.at) * self.grid.step;
            self.length += (distance * distance + self.grid.offset).sqrt();
        }
        self.at = to;
        self.count += 1;
    }

    #[differentiable]
    fn mean(&self) -> f64 {
        self.length / self.count as f64
    }
}

#[differentiable]
fn walked(path: &[f64]) -> f64 {
    const SPACING: &Spacing = &Spacing { step: 0.5, offset: 0.1 };
    let mut walk = Walk { grid: SPACING, at: 0.0, length: 0.0, count: 0 };
    for to in path {
        walk.go(*to);
    }
    walk.mean()
}
row!(methods_of_a_struct_that_borrows: walked(ref path) at (vec![0.3, 1.2, -0.4, 0.9]));

// Its lifetime in a signature: left out, as `'_`, with a name; in what is marked, too.

#[differentiable]
fn along(walk: &Walk, x: f64) -> f64 {
    walk.length * x * walk.grid.step
}

#[differentiable]
fn beside(walk: &Walk<'_>, #[no_diff] grid: &Borrowed, x: f64) -> f64 {
    walk.length * x * grid.0.offset + walk.at
}

#[differentiable]
fn ahead<'w>(walk: &mut Walk<'w>, x: f64) {
    walk.at += walk.grid.step * x * walk.length;
}

struct Borrowed<'g>(&'g Spacing);

#[differentiable]
fn lifetimes_of_structs(x: f64, y: f64) -> f64 {
    const SPACING: &Spacing = &Spacing { step: 0.5, offset: 0.1 };
    let borrowed = Borrowed(SPACING);
    let mut walk = Walk { grid: SPACING, at: x, length: x * y, count: 1 };
    let first = along(&walk, y) * beside(&walk, &borrowed, x);
    ahead(&mut walk, y);
    first + walk.at * walk.at
}
row!(lifetimes_in_signatures: lifetimes_of_structs(val x, val y) at (0.7, 0.4));

/// Attributes that depend on a configuration, and those of derives, leave the fields as they are.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(debug_assertions, derive(PartialEq))]
#[derive(Differentiable)]
#[rustfmt::skip]
pub struct Moments { mean: f64, sum_2: f64, n: u64 }

impl Moments {
    #[cfg_attr(debug_assertions, inline)]
    #[warn(unused)]
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    #[cold]
    pub fn len(&self) -> u64 {
        self.n
    }

    #[differentiable(order = 2)]
    pub fn add(&mut self, x: f64) {
        self.n += 1;
        let n = self.n.to_f64().unwrap();
        let delta = x - self.mean;
        self.mean += delta / n;
        self.sum_2 += delta * (x - self.mean);
    }

    #[differentiable(order = 2)]
    pub fn variance(&self) -> f64 {
        if self.is_empty() {
            return f64::NAN;
        }
        if self.len() < 2 {
            return 0.0;
        }
        self.sum_2 / (self.n - 1).to_f64().unwrap() + self.mean / self.len() as f64
    }
}

#[differentiable(order = 2)]
fn variance_of_all(x: &[f64]) -> f64 {
    let mut moments = Moments { mean: 0.0, sum_2: 0.0, n: 0 };
    for v in x {
        moments.add(*v);
    }
    moments.variance() * moments.len() as f64
}
row!(fields_beside_configured_attributes: variance_of_all(ref x) at (vec![0.5, 1.3, 0.8, 2.0]), (vec![0.7]));
curved!(fields_beside_configured_attributes_curved: variance_of_all(ref x) at (vec![0.5, 1.3, 0.8, 2.0]));

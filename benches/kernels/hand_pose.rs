//! After ADBench's hand tracking: a skeleton posed by 26 angles and offsets, vertices skinned by
//! its bones, squared distances to the points seen.

use super::{Kernel, Random, lanes};
use differentiable::differentiable;

/// A rotation, scaling or the like in three columns, and an offset in the fourth.
type Affine = [[f64; 4]; 3];

#[differentiable]
fn compose(a: &[[f64; 4]; 3], b: &[[f64; 4]; 3]) -> [[f64; 4]; 3] {
    let mut c = [[0.0; 4]; 3];
    for i in 0..3 {
        for j in 0..4 {
            let mut sum = if j == 3 { a[i][3] } else { 0.0 };
            for k in 0..3 {
                sum += a[i][k] * b[k][j];
            }
            c[i][j] = sum;
        }
    }
    c
}

/// Turns about the three axes, x first.
#[differentiable]
fn turn(x: f64, y: f64, z: f64) -> [[f64; 4]; 3] {
    let (sx, cx) = x.sin_cos();
    let (sy, cy) = y.sin_cos();
    let (sz, cz) = z.sin_cos();
    [
        [cy * cz, sx * sy * cz - cx * sz, cx * sy * cz + sx * sz, 0.0],
        [cy * sz, sx * sy * sz + cx * cz, cx * sy * sz - sx * cz, 0.0],
        [-sy, sx * cy, cx * cy, 0.0],
    ]
}

/// `theta`: the hand's three angles, its offset, and of each of five fingers two angles of the
/// first bone and one of the other two. Bone 0 is the palm; `parents` come before their bones.
#[differentiable]
#[allow(clippy::too_many_arguments)]
pub fn misfit(
    theta: &[f64],
    #[no_diff] parents: &[usize],
    #[no_diff] relatives: &[[[f64; 4]; 3]],
    #[no_diff] inverses: &[[[f64; 4]; 3]],
    #[no_diff] vertices: &[[f64; 3]],
    #[no_diff] weights: &[f64],
    #[no_diff] points: &[[f64; 3]],
) -> f64 {
    let bones = parents.len();
    let mut absolutes = vec![[[0.0; 4]; 3]; bones];
    let mut palm = turn(theta[0], theta[1], theta[2]);
    for i in 0..3 {
        palm[i][3] = theta[3 + i];
    }
    absolutes[0] = palm;
    for b in 1..bones {
        let finger = (b - 1) / 3;
        let joint = (b - 1) % 3;
        let at = 6 + 4 * finger;
        let pose = if joint == 0 {
            turn(theta[at], theta[at + 1], 0.0)
        } else {
            turn(theta[at + 1 + joint], 0.0, 0.0)
        };
        let relative = compose(&relatives[b], &pose);
        absolutes[b] = compose(&absolutes[parents[b]], &relative);
    }
    let mut transforms = vec![[[0.0; 4]; 3]; bones];
    for b in 0..bones {
        transforms[b] = compose(&absolutes[b], &inverses[b]);
    }

    let mut sum = 0.0;
    for v in 0..vertices.len() {
        let vertex = vertices[v];
        let mut place = [0.0; 3];
        for b in 0..bones {
            let weight = weights[v * bones + b];
            let t = &transforms[b];
            for i in 0..3 {
                place[i] +=
                    weight * (t[i][0] * vertex[0] + t[i][1] * vertex[1] + t[i][2] * vertex[2] + t[i][3]);
            }
        }
        for i in 0..3 {
            let error = points[v][i] - place[i];
            sum += error * error;
        }
    }
    sum
}

/// Adds what `seed` on `compose(a, b)` owes to `a` and `b`.
fn compose_bar(a: &Affine, b: &Affine, seed: &Affine, a_bar: &mut Affine, b_bar: &mut Affine) {
    for i in 0..3 {
        for j in 0..4 {
            for k in 0..3 {
                a_bar[i][k] += seed[i][j] * b[k][j];
                b_bar[k][j] += seed[i][j] * a[i][k];
            }
        }
        a_bar[i][3] += seed[i][3];
    }
}

/// What `seed` on `turn(x, y, z)` owes to the angles.
fn turn_bar(x: f64, y: f64, z: f64, s: &Affine) -> [f64; 3] {
    let (sx, cx) = x.sin_cos();
    let (sy, cy) = y.sin_cos();
    let (sz, cz) = z.sin_cos();
    let x_bar = s[0][1] * (cx * sy * cz + sx * sz)
        + s[0][2] * (cx * sz - sx * sy * cz)
        + s[1][1] * (cx * sy * sz - sx * cz)
        + s[1][2] * (-sx * sy * sz - cx * cz)
        + s[2][1] * cx * cy
        - s[2][2] * sx * cy;
    let y_bar = -s[0][0] * sy * cz + s[0][1] * sx * cy * cz + s[0][2] * cx * cy * cz - s[1][0] * sy * sz
        + s[1][1] * sx * cy * sz
        + s[1][2] * cx * cy * sz
        - s[2][0] * cy
        - s[2][1] * sx * sy
        - s[2][2] * cx * sy;
    let z_bar = -s[0][0] * cy * sz
        + s[0][1] * (-sx * sy * sz - cx * cz)
        + s[0][2] * (sx * cz - cx * sy * sz)
        + s[1][0] * cy * cz
        + s[1][1] * (sx * sy * cz - cx * sz)
        + s[1][2] * (cx * sy * cz + sx * sz);
    [x_bar, y_bar, z_bar]
}

/// Vertices whose cotangents are at hand at once.
const BLOCK: usize = 16;

/// Vertices in blocks: their errors flow at once into the bones' transforms, bone by bone, so
/// that a transform's cotangent stays in registers.
fn misfit_by_hand(hand: &HandPose, seed: f64, theta_bar: &mut [f64]) -> f64 {
    let HandPose { theta, parents, relatives, inverses, vertices, weights, points } = hand;
    let bones = parents.len();
    let angles = |b: usize| {
        let (finger, joint) = ((b - 1) / 3, (b - 1) % 3);
        let at = 6 + 4 * finger;
        if joint == 0 {
            (at, [theta[at], theta[at + 1]])
        } else {
            (at + 1 + joint, [theta[at + 1 + joint], 0.0])
        }
    };
    let mut palm = turn(theta[0], theta[1], theta[2]);
    for i in 0..3 {
        palm[i][3] = theta[3 + i];
    }
    let mut absolutes = vec![palm; bones];
    let mut posed = vec![palm; bones];
    for b in 1..bones {
        let (_, [x, y]) = angles(b);
        posed[b] = compose(&relatives[b], &turn(x, y, 0.0));
        absolutes[b] = compose(&absolutes[parents[b]], &posed[b]);
    }
    let transforms: Vec<Affine> = absolutes.iter().zip(inverses).map(|(a, i)| compose(a, i)).collect();

    let mut transforms_bar = vec![[0.0; 12]; bones];
    let mut sum = 0.0;
    let blocks = vertices.chunks(BLOCK).zip(weights.chunks(BLOCK * bones)).zip(points.chunks(BLOCK));
    for ((vertices, weights), points) in blocks {
        let mut bars = [[0.0; 12]; BLOCK];
        for (((vertex, weights), point), bar) in
            vertices.iter().zip(weights.chunks_exact(bones)).zip(points).zip(&mut bars)
        {
            let [x, y, z] = *vertex;
            let mut place = [0.0; 3];
            for (t, weight) in transforms.iter().zip(weights) {
                for i in 0..3 {
                    place[i] += weight * (t[i][0] * x + t[i][1] * y + t[i][2] * z + t[i][3]);
                }
            }
            let error: [f64; 3] = lanes(|i| point[i] - place[i]);
            for e in error {
                sum += e * e;
            }
            let [a, b, c] = error.map(|e| -2.0 * seed * e);
            *bar = [a * x, a * y, a * z, a, b * x, b * y, b * z, b, c * x, c * y, c * z, c];
        }
        for (b, transform_bar) in transforms_bar.iter_mut().enumerate() {
            let mut own = *transform_bar;
            for (weights, bar) in weights.chunks_exact(bones).zip(&bars) {
                let weight = weights[b];
                own = lanes(|k| own[k] + weight * bar[k]);
            }
            *transform_bar = own;
        }
    }

    let mut absolutes_bar = vec![[[0.0; 4]; 3]; bones];
    let mut unused = [[0.0; 4]; 3];
    for b in 0..bones {
        let seed: Affine = std::array::from_fn(|i| lanes(|j| transforms_bar[b][4 * i + j]));
        compose_bar(&absolutes[b], &inverses[b], &seed, &mut absolutes_bar[b], &mut unused);
    }
    for b in (1..bones).rev() {
        let (before, here) = absolutes_bar.split_at_mut(b);
        let mut posed_bar = [[0.0; 4]; 3];
        compose_bar(&absolutes[parents[b]], &posed[b], &here[0], &mut before[parents[b]], &mut posed_bar);
        let mut pose_bar = [[0.0; 4]; 3];
        let (at, [x, y]) = angles(b);
        compose_bar(&relatives[b], &turn(x, y, 0.0), &posed_bar, &mut unused, &mut pose_bar);
        let [x_bar, y_bar, _] = turn_bar(x, y, 0.0, &pose_bar);
        theta_bar[at] += x_bar;
        if (b - 1) % 3 == 0 {
            theta_bar[at + 1] += y_bar;
        }
    }
    let palm_bar = turn_bar(theta[0], theta[1], theta[2], &absolutes_bar[0]);
    for i in 0..3 {
        theta_bar[i] += palm_bar[i];
        theta_bar[3 + i] += absolutes_bar[0][i][3];
    }
    sum
}

pub struct HandPose {
    theta: Vec<f64>,
    parents: Vec<usize>,
    relatives: Vec<Affine>,
    inverses: Vec<Affine>,
    vertices: Vec<[f64; 3]>,
    weights: Vec<f64>,
    points: Vec<[f64; 3]>,
}

impl HandPose {
    /// Sixteen bones, as ADBench's hand has without its finger tips.
    pub fn new(vertices: usize) -> Self {
        const BONES: usize = 16;
        let mut random = Random::new(9);
        let mut affine = |bone: f64| {
            let mut a = turn(random.uniform(-0.3, 0.3), random.uniform(-0.3, 0.3), random.uniform(-0.3, 0.3));
            for row in &mut a {
                row[3] = bone * random.uniform(-0.5, 0.5);
            }
            a
        };
        let relatives = (0..BONES).map(|_| affine(1.0)).collect();
        let inverses = (0..BONES).map(|_| affine(2.0)).collect();
        let mut weights = random.vec(vertices * BONES, 0.0, 1.0);
        for row in weights.chunks_exact_mut(BONES) {
            let sum: f64 = row.iter().sum();
            row.iter_mut().for_each(|w| *w /= sum);
        }
        let mut place = || lanes(|_| random.uniform(-1.0, 1.0));
        HandPose {
            parents: (0..BONES).map(|b| if b % 3 == 1 || b == 0 { 0 } else { b - 1 }).collect(),
            relatives,
            inverses,
            vertices: (0..vertices).map(|_| place()).collect(),
            points: (0..vertices).map(|_| place()).collect(),
            weights,
            theta: random.vec(26, -0.4, 0.4),
        }
    }
}

impl Kernel for HandPose {
    fn primal(&self) -> f64 {
        let HandPose { theta, parents, relatives, inverses, vertices, weights, points } = self;
        misfit(theta, parents, relatives, inverses, vertices, weights, points)
    }

    fn hand(&self, gradient: &mut [f64]) -> f64 {
        misfit_by_hand(self, 1.0, gradient)
    }

    fn ours(&self, gradient: &mut [f64]) -> f64 {
        let HandPose { theta, parents, relatives, inverses, vertices, weights, points } = self;
        misfit::accumulate(theta, parents, relatives, inverses, vertices, weights, points, 1.0, gradient)
    }

    fn variables(&mut self) -> Vec<&mut [f64]> {
        vec![&mut self.theta]
    }
}

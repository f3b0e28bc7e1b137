//! ADBench's bundle adjustment: reprojection errors of points in cameras, and the two rows of
//! each one's 2 × 15 block of the Jacobian.

use super::adbench::Reader;
use super::{Kernel, Random};
use differentiable::differentiable;

#[differentiable]
fn cross(a: &[f64; 3], b: &[f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// Turns a point about an axis, by the axis' length, as Rodrigues does.
#[differentiable]
fn rotate(axis: &[f64; 3], point: &[f64; 3]) -> [f64; 3] {
    let square = axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2];
    if square != 0.0 {
        let theta = square.sqrt();
        let (sin, cos) = theta.sin_cos();
        let inverse = 1.0 / theta;
        let w = [axis[0] * inverse, axis[1] * inverse, axis[2] * inverse];
        let turned = cross(&w, point);
        let along = (w[0] * point[0] + w[1] * point[1] + w[2] * point[2]) * (1.0 - cos);
        [
            point[0] * cos + turned[0] * sin + w[0] * along,
            point[1] * cos + turned[1] * sin + w[1] * along,
            point[2] * cos + turned[2] * sin + w[2] * along,
        ]
    } else {
        let turned = cross(axis, point);
        [point[0] + turned[0], point[1] + turned[1], point[2] + turned[2]]
    }
}

/// The error of one observation. A camera holds rotation (3), centre (3), focal length,
/// principal point (2) and radial distortion (2).
#[differentiable]
pub fn reprojection(
    camera: &[f64; 11],
    point: &[f64; 3],
    weight: f64,
    #[no_diff] feature: &[f64; 2],
) -> [f64; 2] {
    let axis = [camera[0], camera[1], camera[2]];
    let from_centre = [point[0] - camera[3], point[1] - camera[4], point[2] - camera[5]];
    let seen = rotate(&axis, &from_centre);
    let x = seen[0] / seen[2];
    let y = seen[1] / seen[2];
    let square = x * x + y * y;
    let distortion = 1.0 + camera[9] * square + camera[10] * square * square;
    [
        weight * (x * distortion * camera[6] + camera[7] - feature[0]),
        weight * (y * distortion * camera[6] + camera[8] - feature[1]),
    ]
}

fn cross_plain(a: &[f64; 3], b: &[f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// The error and its two rows: camera (11), point (3), weight (1). The projection is linear in
/// the seeds down to the point seen, so that the rows share everything but a cross product.
fn rows_by_hand(
    camera: &[f64; 11],
    point: &[f64; 3],
    weight: f64,
    feature: &[f64; 2],
    rows: &mut [[f64; 15]; 2],
) -> [f64; 2] {
    let axis = [camera[0], camera[1], camera[2]];
    let v = [point[0] - camera[3], point[1] - camera[4], point[2] - camera[5]];
    let square = axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2];
    let (mut theta_inverse, mut sin, mut cos, mut dot) = (0.0, 0.0, 1.0, 0.0);
    let (mut w, mut turned) = ([0.0; 3], [0.0; 3]);
    let seen;
    if square != 0.0 {
        let theta = square.sqrt();
        (sin, cos) = theta.sin_cos();
        theta_inverse = 1.0 / theta;
        w = axis.map(|a| a * theta_inverse);
        turned = cross_plain(&w, &v);
        dot = w[0] * v[0] + w[1] * v[1] + w[2] * v[2];
        let along = dot * (1.0 - cos);
        seen = [
            v[0] * cos + turned[0] * sin + w[0] * along,
            v[1] * cos + turned[1] * sin + w[1] * along,
            v[2] * cos + turned[2] * sin + w[2] * along,
        ];
    } else {
        let turned = cross_plain(&axis, &v);
        seen = [v[0] + turned[0], v[1] + turned[1], v[2] + turned[2]];
    }
    let (x, y) = (seen[0] / seen[2], seen[1] / seen[2]);
    let r2 = x * x + y * y;
    let distortion = 1.0 + camera[9] * r2 + camera[10] * r2 * r2;
    let f = camera[6];
    let error = [x * distortion * f + camera[7] - feature[0], y * distortion * f + camera[8] - feature[1]];

    let slope = camera[9] + 2.0 * camera[10] * r2;
    let z_inverse = 1.0 / seen[2];
    for (k, row) in rows.iter_mut().enumerate() {
        let coordinate = [x, y][k];
        let g = weight * f;
        let distortion_bar = g * coordinate;
        let r2_bar = distortion_bar * slope;
        let mut plane_bar = [2.0 * r2_bar * x, 2.0 * r2_bar * y];
        plane_bar[k] += g * distortion;
        let mut seen_bar = [plane_bar[0] * z_inverse, plane_bar[1] * z_inverse, 0.0];
        seen_bar[2] = -(seen_bar[0] * x + seen_bar[1] * y);

        let (axis_bar, v_bar);
        if square != 0.0 {
            let s = &seen_bar;
            let w_dot = s[0] * w[0] + s[1] * w[1] + s[2] * w[2];
            let v_dot = s[0] * v[0] + s[1] * v[1] + s[2] * v[2];
            let turned_dot = s[0] * turned[0] + s[1] * turned[1] + s[2] * turned[2];
            let s_cross_w = cross_plain(s, &w);
            let v_cross_s = cross_plain(&v, s);
            let rest = 1.0 - cos;
            v_bar = std::array::from_fn(|i| cos * s[i] + sin * s_cross_w[i] + w_dot * rest * w[i]);
            let w_bar: [f64; 3] =
                std::array::from_fn(|i| sin * v_cross_s[i] + rest * (dot * s[i] + w_dot * v[i]));
            let theta_bar = cos * turned_dot + sin * (w_dot * dot - v_dot);
            // w = axis / |axis|: what is along `w` goes, theta's share comes instead.
            let along_w = w_bar[0] * w[0] + w_bar[1] * w[1] + w_bar[2] * w[2];
            axis_bar =
                std::array::from_fn(|i| (w_bar[i] - along_w * w[i]) * theta_inverse + theta_bar * w[i]);
        } else {
            let turned = cross_plain(&seen_bar, &axis);
            v_bar = std::array::from_fn(|i| seen_bar[i] + turned[i]);
            axis_bar = cross_plain(&v, &seen_bar);
        }

        let axis_bar: [f64; 3] = axis_bar;
        let v_bar: [f64; 3] = v_bar;
        row[..3].copy_from_slice(&axis_bar);
        row[3..6].copy_from_slice(&v_bar.map(|b| -b));
        row[6] = weight * coordinate * distortion;
        row[7] = if k == 0 { weight } else { 0.0 };
        row[8] = if k == 1 { weight } else { 0.0 };
        row[9] = distortion_bar * r2;
        row[10] = distortion_bar * r2 * r2;
        row[11..14].copy_from_slice(&v_bar);
        row[14] = error[k];
    }
    error.map(|e| weight * e)
}

/// The gradient of one error as a row.
fn set_row(row: &mut [f64; 15], (camera, point, weight): ([f64; 11], [f64; 3], f64)) {
    row[..11].copy_from_slice(&camera);
    row[11..14].copy_from_slice(&point);
    row[14] = weight;
}

pub struct Bundle {
    cameras: Vec<[f64; 11]>,
    points: Vec<[f64; 3]>,
    weights: Vec<f64>,
    features: Vec<[f64; 2]>,
}

impl Bundle {
    /// ADBench's first input, or a seeded one of its dimensions.
    pub fn adbench() -> Self {
        Self::read().unwrap_or_else(|| Self::new(49, 7776, 31843))
    }

    fn read() -> Option<Self> {
        let mut reader = Reader::open("ba1_n49_m7776_p31843.txt")?;
        let (cameras, points, observations) = (reader.size(), reader.size(), reader.size());
        let camera = std::array::from_fn(|_| reader.take(1)[0]);
        let point = std::array::from_fn(|_| reader.take(1)[0]);
        let weight = reader.take(1)[0];
        let feature = std::array::from_fn(|_| reader.take(1)[0]);
        Some(Bundle {
            cameras: vec![camera; cameras],
            points: vec![point; points],
            weights: vec![weight; observations],
            features: vec![feature; observations],
        })
    }

    pub fn new(cameras: usize, points: usize, observations: usize) -> Self {
        let mut random = Random::new(8);
        let centre = [-0.7, -1.1, -0.8, 34.0, 39.0, 53.0, 419.0, 5.8, -8.5, 0.08, 0.003];
        Bundle {
            cameras: (0..cameras).map(|_| centre.map(|c| c * random.uniform(0.9, 1.1))).collect(),
            points: (0..points).map(|_| [7.0, 0.0, 3.0].map(|c| c + random.uniform(-1.0, 1.0))).collect(),
            weights: random.vec(observations, 0.2, 0.9),
            features: (0..observations)
                .map(|_| [random.uniform(0.0, 800.0), random.uniform(0.0, 800.0)])
                .collect(),
        }
    }

    /// The camera and the point of an observation.
    fn of(&self, observation: usize) -> (usize, usize) {
        (observation % self.cameras.len(), observation % self.points.len())
    }
}

impl Kernel for Bundle {
    /// The sum of all errors, so that none can be left out.
    fn primal(&self) -> f64 {
        let mut sum = 0.0;
        for (i, (&weight, feature)) in self.weights.iter().zip(&self.features).enumerate() {
            let (camera, point) = self.of(i);
            let error = reprojection(&self.cameras[camera], &self.points[point], weight, feature);
            sum += error[0] + error[1];
        }
        sum
    }

    fn gradient_len(&mut self) -> usize {
        self.weights.len() * 30
    }

    fn hand(&self, gradient: &mut [f64]) -> f64 {
        let (rows, _) = gradient.as_chunks_mut::<15>();
        let (blocks, _) = rows.as_chunks_mut::<2>();
        let mut sum = 0.0;
        for (i, block) in blocks.iter_mut().enumerate() {
            let (camera, point) = self.of(i);
            let error = rows_by_hand(
                &self.cameras[camera],
                &self.points[point],
                self.weights[i],
                &self.features[i],
                block,
            );
            sum += error[0] + error[1];
        }
        sum
    }

    fn ours(&self, gradient: &mut [f64]) -> f64 {
        let (rows, _) = gradient.as_chunks_mut::<15>();
        let (blocks, _) = rows.as_chunks_mut::<2>();
        let mut sum = 0.0;
        for (i, block) in blocks.iter_mut().enumerate() {
            let (camera, point) = self.of(i);
            let (error, pullback) = reprojection::pullback(
                &self.cameras[camera],
                &self.points[point],
                self.weights[i],
                &self.features[i],
            );
            sum += error[0] + error[1];
            let [first, second] = block;
            set_row(first, pullback.pull_retain([1.0, 0.0]));
            set_row(second, pullback.pull([0.0, 1.0]));
        }
        sum
    }

    fn variables(&mut self) -> Vec<&mut [f64]> {
        vec![self.cameras.as_flattened_mut(), self.points.as_flattened_mut(), &mut self.weights]
    }

    fn gradient_of_checked(&self, blocks: &[f64]) -> Vec<f64> {
        let (cameras, points) = (11 * self.cameras.len(), 3 * self.points.len());
        let mut gradient = vec![0.0; cameras + points + self.weights.len()];
        for (r, row) in blocks.chunks_exact(15).enumerate() {
            let (camera, point) = self.of(r / 2);
            for (j, value) in row.iter().enumerate() {
                let slot = match j {
                    0..11 => camera * 11 + j,
                    11..14 => cameras + point * 3 + j - 11,
                    _ => cameras + points + r / 2,
                };
                gradient[slot] += value;
            }
        }
        gradient
    }
}

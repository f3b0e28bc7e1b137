//! The gradient semantics people know from PyTorch, row by row, with their numbers. The rows
//! that are compile errors here stand in `tests/ui`.

use differentiable::optim::{Adam, Sgd};
use differentiable::{Param, Parameters, differentiable, no_diff};

/// `(y - t)²` for one element.
#[differentiable]
fn mse(y: f64, #[no_diff] target: f64) -> f64 {
    (y - target) * (y - target)
}

/// `|y - t|` for one element.
#[differentiable]
fn l1(y: f64, #[no_diff] target: f64) -> f64 {
    (y - target).abs()
}

/// `(w + x)(w + 1)`
#[differentiable]
fn product(w: f64, x: f64) -> f64 {
    let a = w + x;
    let b = w + 1.0;
    a * b
}

#[test]
fn row_01_no_gradient_before_backward() {
    let w = Param::new(1.0);
    assert_eq!(w.grad(), None);
}

#[differentiable]
fn double_minus_one(w: f64) -> f64 {
    2.0 * w - 1.0
}

#[test]
fn row_02_scalar_backward() {
    let mut w = Param::new(1.0);
    w.accumulate(&double_minus_one::grad(*w.value()));
    assert_eq!(w.grad(), Some(&2.0));
}

#[differentiable]
fn l1_of_line(w: f64) -> f64 {
    l1(double_minus_one(w), 0.0)
}

#[test]
fn row_03_l1_loss_and_a_step() {
    let mut w = Param::new(1.0);
    w.accumulate(&l1_of_line::grad(*w.value()));
    assert_eq!(w.grad(), Some(&2.0));
    Sgd::new(1.0).step(&mut w);
    assert_eq!(*w.value(), -1.0);
}

#[differentiable]
fn mse_of_line(w: f64) -> f64 {
    mse(2.0 * w + 1.0, 1.0)
}

#[test]
fn row_04_mse_loss_and_a_step() {
    let mut w = Param::new(1.0);
    let (loss, gradient) = mse_of_line::value_and_grad(*w.value());
    assert_eq!((loss, gradient), (4.0, 8.0));
    w.accumulate(&gradient);
    Sgd::new(1.0).step(&mut w);
    assert_eq!(*w.value(), -7.0);
}

/// Two losses of one branch point.
#[differentiable]
fn branch_point(w: f64) -> (f64, f64) {
    let y1 = 2.0 * w + 1.0;
    let y2 = 2.0 * y1;
    let y3 = -y1;
    (mse(y2, 0.0), mse(y3, 0.0))
}

#[test]
fn row_05_two_backward_passes_of_a_branch_point() {
    let mut w = Param::new(1.0);
    let (losses, pullback) = branch_point::pullback(*w.value());
    assert_eq!(losses, (36.0, 9.0));
    w.accumulate(&pullback.pull_retain((1.0, 0.0)));
    assert_eq!(w.grad(), Some(&48.0));
    w.accumulate(&pullback.pull_retain((0.0, 1.0)));
    assert_eq!(w.grad(), Some(&60.0));
    Sgd::new(1.0).step(&mut w);
    assert_eq!(*w.value(), -59.0);
}

#[test]
fn row_06_the_same_as_one_sum() {
    assert_eq!(branch_point::vjp(1.0, (1.0, 1.0)).1, 60.0);
}

#[differentiable]
fn two_losses(w: f64) -> f64 {
    let y2 = 2.0 * (2.0 * w + 1.0);
    mse(y2, 0.0) + mse(y2, 1.0)
}

#[test]
fn row_07_two_losses_of_one_output() {
    let mut w = Param::new(1.0);
    w.accumulate(&two_losses::grad(1.0));
    assert_eq!(w.grad(), Some(&88.0));
    Sgd::new(1.0).step(&mut w);
    assert_eq!(*w.value(), -87.0);
}

#[test]
fn row_08_product_graph() {
    assert_eq!(product::grad(1.0, 2.0).0, 5.0);
}

#[test]
fn rows_09_and_10_a_retained_graph() {
    // Row 9, a freed one, does not compile: `tests/ui/pull_twice.rs`.
    let mut w = Param::new(1.0);
    let (_, pullback) = product::pullback(*w.value(), 2.0);
    for expected in [5.0, 10.0] {
        let (w_bar, _) = pullback.pull_retain(1.0);
        assert_eq!(w_bar, 5.0);
        w.accumulate(&w_bar);
        assert_eq!(w.grad(), Some(&expected));
    }
    assert_eq!(pullback.pull(1.0).0, 5.0);
}

/// A product and a sum, as an array and as a tuple.
#[differentiable]
fn several(x: f64, w: f64) -> [f64; 2] {
    let (a, b) = (x + w, w + 1.0);
    [a * b, a + b]
}

#[test]
fn row_11_weighted_outputs() {
    assert_eq!(several::vjp(2.0, 1.0, [1.0, 0.0]).1.1, 5.0);
    assert_eq!(several::vjp(2.0, 1.0, [0.0, 1.0]).1.1, 2.0);
    assert_eq!(several::vjp(2.0, 1.0, [1.0, 2.0]).1.1, 9.0);
    let jacobian = several::jacobian(2.0, 1.0);
    assert_eq!(jacobian.map(|row| row.1), [5.0, 2.0]);
}

#[differentiable]
fn scaled(x: &[f64], k: f64) -> Vec<f64> {
    let mut y = vec![0.0; x.len()];
    for i in 0..x.len() {
        y[i] = k * x[i];
    }
    y
}

/// For arrays and tuples: `tests/ui/weights_of_the_wrong_length.rs`.
#[test]
fn row_12_weights_of_the_wrong_length() {
    let panic = std::panic::catch_unwind(|| scaled::vjp(&[1.0, 2.0], 3.0, &[1.0, 2.0, 3.0])).unwrap_err();
    let message = panic.downcast_ref::<String>().expect("a message with the lengths");
    assert!(message.contains('2') && message.contains('3'), "{message}");
    assert!(message.contains("length"), "{message}");
}

#[differentiable(order = 2)]
fn square(x: f64) -> f64 {
    x * x
}

/// A gradient inside a differentiated function.
#[differentiable]
fn slope_of_square(x: f64) -> f64 {
    square::grad(x)
}

#[test]
fn row_13_gradient_of_a_gradient() {
    assert_eq!(square::grad(3.0), 6.0);
    assert_eq!(square::d2(3.0), 2.0);
    assert_eq!(slope_of_square(3.0), 6.0);
    assert_eq!(slope_of_square::grad(3.0), 2.0);
}

#[test]
fn row_14_gradients_add_up_until_zeroed() {
    let mut w = Param::new(1.0);
    for expected in [5.0, 10.0, 15.0, 20.0] {
        w.accumulate(&product::grad(*w.value(), 2.0).0);
        assert_eq!(w.grad(), Some(&expected));
    }
    w.zero_grad();
    assert_eq!(w.grad(), None);
    w.accumulate(&product::grad(*w.value(), 2.0).0);
    assert_eq!(w.grad(), Some(&5.0));
}

#[test]
fn row_15_what_depends_on_a_leaf_is_active() {
    // Had `a` or `b` no derivative, one of the two terms of 5 = (w + 1) + (w + x) would miss.
    let (y, (w_bar, x_bar)) = product::value_and_grad(1.0, 2.0);
    assert_eq!((y, w_bar, x_bar), (6.0, 5.0, 2.0));
}

/// For borrowed leaves: `tests/ui/leaf_changed_while_its_pullback_lives.rs`.
#[test]
fn row_16_a_copied_leaf_changed_before_the_backward_pass() {
    let mut w = 1.0;
    let (_, pullback) = product::pullback(w, 2.0);
    w += 1.0;
    assert_eq!(pullback.pull(1.0).0, 5.0);
    assert_eq!(product::grad(w, 2.0).0, 7.0);
}

#[differentiable]
fn square_and_itself(x: f64) -> (f64, f64) {
    (x * x, x)
}

#[test]
fn row_17_two_backward_passes_from_different_outputs() {
    let mut x = Param::new(2.0);
    let (_, pullback) = square_and_itself::pullback(*x.value());
    x.accumulate(&pullback.pull_retain((1.0, 0.0)));
    assert_eq!(x.grad(), Some(&4.0));
    x.accumulate(&pullback.pull((0.0, 1.0)));
    assert_eq!(x.grad(), Some(&5.0));
}

#[differentiable]
fn dot_of_sum(x: &[f64; 3], y: &[f64; 3], z: &[f64; 3]) -> f64 {
    let mut t = [0.0; 3];
    for i in 0..3 {
        t[i] = x[i] + y[i];
    }
    let mut loss = 0.0;
    for i in 0..3 {
        loss += t[i] * z[i];
    }
    loss
}

#[test]
fn row_18_dot_product() {
    let (x, y, z) = ([1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]);
    let (x_bar, y_bar, z_bar) = dot_of_sum::grad(&x, &y, &z);
    assert_eq!((x_bar, y_bar, z_bar), (z, z, [5.0, 7.0, 9.0]));
}

#[differentiable]
fn sum_of(x: &[f64; 3], y: &[f64; 3]) -> [f64; 3] {
    let mut t = [0.0; 3];
    for i in 0..3 {
        t[i] = x[i] + y[i];
    }
    t
}

/// `grad` of it: `tests/ui/grad_of_array.rs`.
#[test]
fn row_19_a_non_scalar_output_needs_a_seed() {
    let z = [7.0, 8.0, 9.0];
    let (t, (x_bar, y_bar)) = sum_of::vjp(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], z);
    assert_eq!((t, x_bar, y_bar), ([5.0, 7.0, 9.0], z, z));
}

#[differentiable]
fn mapped(x: &[f64]) -> Vec<f64> {
    let mut t = vec![0.0; x.len()];
    for i in 0..x.len() {
        t[i] = (x[i] * x[(i + 1) % x.len()]).sin();
    }
    t
}

#[differentiable]
fn weighted_sum(x: &[f64], #[no_diff] w: &[f64]) -> f64 {
    let t = mapped(x);
    let mut s = 0.0;
    for i in 0..t.len() {
        s += t[i] * w[i];
    }
    s
}

#[test]
fn row_20_the_seed_is_the_weight_of_a_sum() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    for n in 1..20 {
        let x: Vec<f64> = (0..n).map(|_| random()).collect();
        let w: Vec<f64> = (0..n).map(|_| random()).collect();
        let (_, seeded) = mapped::vjp(&x, &w);
        let summed = weighted_sum::grad(&x, &w);
        for (a, b) in seeded.iter().zip(&summed) {
            assert!((a - b).abs() <= 2.0 * f64::EPSILON * b.abs().max(1.0), "{a} is not {b}");
        }
    }
}

/// Mean of `0.5 (y - (w x + b))²`.
#[differentiable]
fn regression(w: f64, b: f64, #[no_diff] x: &[f64], #[no_diff] y: &[f64]) -> f64 {
    let mut loss = 0.0;
    for i in 0..x.len() {
        let r = y[i] - (w * x[i] + b);
        loss += 0.5 * r * r;
    }
    loss / x.len() as f64
}

#[test]
fn row_21_linear_regression() {
    let x: Vec<f64> = (0..20).map(|i| 0.5 * f64::from(i)).collect();
    let y: Vec<f64> = x.iter().map(|x| 2.0 * x + 5.0).collect();
    let train = |learning_rate: f64, steps: usize| {
        let (mut w, mut b) = (Param::new(0.0), Param::new(0.0));
        let mut sgd = Sgd::new(learning_rate);
        // Beside it, the same written out.
        let (mut slope, mut intercept) = (0.0, 0.0);
        for _ in 0..steps {
            (&mut w, &mut b).zero_grad();
            let (w_bar, b_bar) = regression::grad(*w.value(), *b.value(), &x, &y);
            w.accumulate(&w_bar);
            b.accumulate(&b_bar);
            sgd.step((&mut w, &mut b));

            let n = x.len() as f64;
            let (mut dw, mut db) = (0.0, 0.0);
            for (x, y) in x.iter().zip(&y) {
                let r = y - (slope * x + intercept);
                dw -= r * x / n;
                db -= r / n;
            }
            slope -= learning_rate * dw;
            intercept -= learning_rate * db;
            assert!((w.value() - slope).abs() <= 1e-9 * slope.abs().max(1.0));
            assert!((b.value() - intercept).abs() <= 1e-9 * intercept.abs().max(1.0));
        }
        (*w.value(), *b.value())
    };
    assert!(train(0.1, 100).0.abs() > 1e10, "the step is too long: it must grow");
    let (slope, intercept) = train(0.01, 10_000);
    assert!((slope - 2.0).abs() < 1e-6 && (intercept - 5.0).abs() < 1e-6, "{slope} {intercept}");
}

// Row 22, nothing requires grad: `tests/ui/nothing_active.rs`.

#[differentiable]
fn squares_of_data(w: f64, #[no_diff] x: &[f64], #[no_diff] y: &[f64]) -> f64 {
    regression(w, 0.0, x, y)
}

#[differentiable]
fn squares_of_active_data(w: f64, x: &[f64]) -> f64 {
    let mut s = 0.0;
    for v in x {
        s += w * v;
    }
    s
}

#[test]
fn rows_23_and_24_data_with_and_without_gradient() {
    let gradient: f64 = squares_of_data::grad(1.0, &[1.0, 2.0], &[3.0, 4.0]);
    assert_eq!(gradient, -3.0);
    assert_eq!(squares_of_active_data::grad(3.0, &[1.0, 2.0]), (3.0, vec![3.0, 3.0]));
}

// Row 25, a local in `wrt`: `tests/ui/wrt_names_a_local.rs`.

#[differentiable(allow_unused)]
fn ignores_y(x: f64, y: f64) -> f64 {
    let _ = y;
    x * x
}

/// Without `allow_unused`: `tests/ui/unused_parameter.rs`.
#[test]
fn row_26_an_input_that_is_not_used() {
    assert_eq!(ignores_y::grad(3.0, 7.0), (6.0, 0.0));
}

#[differentiable]
fn mean(w: &[f64]) -> f64 {
    let mut s = 0.0;
    for x in w {
        s += x;
    }
    s / w.len() as f64
}

#[test]
fn row_27_mean_of_three() {
    let third = 1.0 / 3.0;
    let mut w = Param::new(vec![1.0, 2.0, 3.0]);
    w.accumulate(&mean::grad(w.value()));
    assert_eq!(w.grad(), Some(&vec![third; 3]));
    let (value, place) = w.value_and_grad_mut();
    assert_eq!(mean::accumulate(value, 1.0, place), 2.0);
    assert_eq!(w.grad(), Some(&vec![2.0 * third; 3]));
    w.zero_grad();
    assert_eq!(w.grad(), None);
    let (_, zeros) = w.value_and_grad_mut();
    assert_eq!(zeros, &vec![0.0; 3]);
}

#[differentiable]
fn mean_of_second_row(w: &[[f64; 3]; 2]) -> f64 {
    mean(&w[1])
}

#[test]
fn row_28_part_of_a_tensor() {
    let third = 1.0 / 3.0;
    let w = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
    assert_eq!(mean_of_second_row::grad(&w), [[0.0; 3], [third; 3]]);
}

#[differentiable]
fn quadratic(w: &[f64; 2], b: f64) -> f64 {
    (w[0] - 1.0) * (w[0] - 1.0) + 2.0 * (w[1] + 2.0) * (w[1] + 2.0) + (b - 0.5) * (b - 0.5)
}

#[test]
fn row_29_optimiser_loops() {
    type Step<'a> = dyn FnMut(&mut Param<[f64; 2]>, &mut Param<f64>) + 'a;
    let run = |step: &mut Step<'_>| {
        let (mut w, mut b) = (Param::new([0.0, 0.0]), Param::new(3.0));
        for _ in 0..3000 {
            (&mut w, &mut b).zero_grad();
            let (_loss, (w_bar, b_bar)) = quadratic::value_and_grad(w.value(), *b.value());
            w.accumulate(&w_bar);
            b.accumulate(&b_bar);
            step(&mut w, &mut b);
        }
        [w.value()[0] - 1.0, w.value()[1] + 2.0, b.value() - 0.5]
    };
    let mut momentum = Sgd::new(0.01).momentum(0.9);
    let mut adam = Adam::new(0.02);
    let mut decay = Sgd::new(0.05).weight_decay(0.1);
    for miss in [run(&mut |w, b| momentum.step((w, b))), run(&mut |w, b| adam.step((w, b)))] {
        assert!(miss.iter().all(|m| m.abs() < 1e-4), "{miss:?}");
    }
    // Weight decay λ pulls the minimum of k (x - c)² to 2 k c / (2 k + λ).
    let [w0, w1, b] = run(&mut |w, b| decay.step((w, b)));
    let expected = [2.0 / 2.1 - 1.0, -8.0 / 4.1 + 2.0, 1.0 / 2.1 - 0.5];
    for (got, expected) in [w0, w1, b].iter().zip(expected) {
        assert!((got - expected).abs() < 1e-9, "{got} is not {expected}");
    }
}

#[differentiable(wrt(b))]
fn only_b(a: f64, b: f64, c: f64) -> f64 {
    a * b * b + c
}

#[test]
fn row_30_gradients_only_for_some_inputs() {
    let b_bar: f64 = only_b::grad(2.0, 3.0, 4.0);
    assert_eq!(b_bar, 12.0);
}

#[test]
fn row_31_evaluation_without_gradients() {
    assert_eq!(product(1.0, 2.0), 6.0);
    // The function itself, as written: usable where a plain function is.
    let f: fn(f64, f64) -> f64 = product;
    assert_eq!(f(1.0, 2.0), 6.0);
}

#[differentiable]
fn detached(x: f64) -> f64 {
    x * no_diff(x)
}

#[test]
fn row_32_stop_at_an_intermediate_value() {
    assert_eq!(detached(3.0), 9.0);
    assert_eq!(detached::grad(3.0), 3.0);
}

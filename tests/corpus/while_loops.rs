//! `while` and `loop`: trip counts that are known only while running.

use differentiable::differentiable;

#[differentiable]
fn counter_in_body(x: f64, n: usize) -> f64 {
    let mut i = 0;
    let mut y = x;
    while i < n {
        if i % 3 == 0 {
            i += 2;
            y *= x + i as f64;
        } else {
            i += 1;
            y = y.sqrt();
        }
    }
    y
}
row!(counter_changed_in_the_body_of_a_while: counter_in_body(val x, no n) at (1.4, 7), (1.4, 0));

#[differentiable]
fn halve_until(x: f64, limit: f64) -> f64 {
    let mut y = x;
    let mut n = 0;
    while y > limit {
        y = 0.5 * y + 0.01 * y.ln();
        n += 1;
    }
    y * n as f64 + limit
}
row!(while_on_a_float_condition: halve_until(val x, val limit) at (10.0, 1.1), (0.5, 1.0));

#[differentiable]
fn newton_sqrt(a: f64) -> f64 {
    let mut x = a;
    let root = loop {
        let next = 0.5 * (x + a / x);
        if (next - x).abs() < 1e-14 * next {
            break next;
        }
        x = next;
    };
    root
}
row!(loop_with_a_break_value: newton_sqrt(val a) at (2.0), (17.5) => 0.5 / a.sqrt());

#[differentiable]
fn at_least_once(x: f64) -> f64 {
    let mut y = x + 1.0;
    loop {
        y *= x;
        if y < 100.0 {
            break;
        }
        y = y.sqrt() / x;
    }
    y
}
row!(at_least_once_loop: at_least_once(val x) at (2.0), (11.0), (150.0));

#[differentiable]
fn at_least_once_counted(x: f64, n: usize) -> f64 {
    let mut i = 0;
    let mut y = x;
    loop {
        y = y * y - 0.3 * x;
        i += 1;
        if i >= n {
            break;
        }
    }
    y
}
row!(at_least_once_loop_with_a_counter: at_least_once_counted(val x, no n) at (0.9, 0), (0.9, 1), (0.9, 4));

#[differentiable]
fn continue_in_while(x: f64) -> f64 {
    let mut i = 0;
    let mut y = x;
    while i < 8 {
        i += 1;
        if i % 2 == 0 {
            y *= 1.1;
            continue;
        }
        y = y * y.cos();
        if y < 0.1 {
            y += 0.2 * x;
            continue;
        }
        y += x;
    }
    y
}
row!(continue_in_a_while: continue_in_while(val x) at (0.3), (1.2));

#[differentiable]
fn several_exits(x: f64, n: usize) -> f64 {
    let mut y = x;
    let mut k = 0;
    while k < n {
        y = y * 1.5 - 0.1 * x;
        if y > 20.0 {
            break;
        }
        if y < -20.0 {
            return y * x;
        }
        k += 1;
    }
    y * (1.0 + k as f64)
}
row!(several_exits_row: several_exits(val x, no n) at (1.0, 3), (1.0, 30), (-1.0, 30));

#[differentiable]
fn convergent_series(x: f64) -> f64 {
    let mut term = 1.0_f64;
    let mut sum: f64 = 1.0;
    let mut n = 0;
    while term.abs() > 1e-17 * sum.abs() {
        n += 1;
        term *= x / n as f64;
        sum += term;
    }
    sum
}
row!(series_to_a_tolerance: convergent_series(val x) at (0.5), (3.0), (-1.0) => x.exp());

#[differentiable]
fn loop_in_branch(x: f64, n: usize, wide: bool) -> f64 {
    let mut y = x;
    if wide {
        for i in 0..n {
            y += (y * i as f64).sin();
        }
    } else {
        let mut k = n;
        while k > 0 {
            y *= 0.9 + 0.1 * y;
            k /= 2;
        }
    }
    y
}
row!(loops_inside_branches: loop_in_branch(val x, no n, no wide) at (0.7, 4, true), (0.7, 9, false));

#[differentiable]
fn nested_while(x: f64) -> f64 {
    let mut total = 0.0;
    let mut y = x;
    while y < 10.0 {
        let mut z = y;
        while z > 1.0 {
            z = z / 1.7;
            total += z * x;
        }
        y = y * 2.0 + z;
    }
    total + y
}
row!(while_in_while: nested_while(val x) at (0.8), (1.9), (12.0));

#[differentiable]
fn while_inside_for(v: &[f64]) -> f64 {
    let mut s = 1.0;
    for i in 0..v.len() {
        let mut y = v[i] * s;
        let mut count = 0;
        while y > 2.0 && count < 50 {
            y = y.sqrt() + 0.1 * y;
            count += 1;
        }
        s += y * y;
    }
    s
}
row!(while_in_for: while_inside_for(ref v) at (vec![1.0, 5.0, 0.5, 3.0]));

#[differentiable]
fn count_down(x: f64, n: i32) -> f64 {
    let mut y = x;
    let mut i = n;
    while i >= 0 {
        y = y * x + i as f64;
        i -= 1;
    }
    for j in -2..=n {
        y += x * j as f64;
    }
    y
}
row!(signed_counters: count_down(val x, no n) at (0.7, 4), (0.7, -1));

// Variables without a value, assigned in each iteration, of types that only rustc knows.

#[differentiable]
fn sum_and_product(a: f64, b: f64) -> (f64, f64) {
    (a + b, a * b)
}

#[differentiable]
fn declared_before_the_loop(e: &[f64]) -> f64 {
    let mut sum;
    let mut product;
    let mut q = e[0];
    let mut s = 0.0;
    let mut i = 1;
    while i < e.len() {
        let r = sum_and_product(q, e[i]);
        sum = r.0;
        product = r.1;
        q = sum;
        i += 1;
        if product != 0.0 {
            s += product;
        }
    }
    q * s
}
row!(late_variables_of_a_loop: declared_before_the_loop(ref e) at (vec![0.3, 0.7, 1.5]), (vec![0.3]));

#[differentiable]
fn assigned_again_and_again(e: &[f64], #[no_diff] twice: bool) -> f64 {
    let mut sum;
    let mut product;
    let mut q = e[0];
    let mut s = 1.0;
    let mut i = 0;
    if i < e.len() && twice {
        if e[i] > 0.5 {
            let r = sum_and_product(q, e[i]);
            sum = r.0;
            product = r.1;
        } else {
            let r = sum_and_product(e[i], q * q);
            sum = r.0;
            product = r.1;
        }
        q = sum;
        if product != 0.0 {
            s = product * s;
        }
        while i < e.len() {
            if e[i] > 0.5 {
                let r = sum_and_product(q, e[i]);
                sum = r.0;
                product = r.1;
            } else {
                let r = sum_and_product(e[i], q);
                sum = r.0 * s;
                product = r.1;
            }
            q = sum;
            i += 1;
            if product > 0.1 {
                s = product * s;
            }
        }
    }
    while i < e.len() {
        let r = sum_and_product(q, e[i]);
        sum = r.0;
        product = r.1;
        q = sum * product;
        i += 2;
    }
    q * s
}
row!(late_variables_of_several_loops: assigned_again_and_again(ref e, no twice) at
    (vec![0.3, 0.7, 1.5], true), (vec![0.8, 0.2, 1.5], true), (vec![0.3, 0.7, 1.5], false));

#[differentiable]
fn last_of_a_loop(e: &[f64]) -> f64 {
    let mut last;
    let mut k = 0;
    loop {
        let r = sum_and_product(e[k], e[0]);
        last = r.1;
        k += 1;
        if k == e.len() {
            break;
        }
    }
    last * last
}
row!(late_variable_read_after_the_loop: last_of_a_loop(ref e) at (vec![0.3, 0.7, 1.5]), (vec![0.3]));

//! Values that change after they were copied: by iterators, receivers, arguments, patterns and closures.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Copy, Debug, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}
#[differentiable(order = 2)]
impl Point {
    fn dot(self, other: Point) -> f64 {
        self.x * other.x + self.y * other.y * self.x
    }
}
#[differentiable(order = 2)]
impl std::ops::Add for Point {
    type Output = Point;
    fn add(self, other: Point) -> Point {
        Point { x: self.x + other.x * other.y, y: self.y * other.y }
    }
}
#[derive(Clone, Copy, Debug, Differentiable)]
struct Body {
    p: Point,
    k: f64,
    a: [f64; 2],
}
#[differentiable(order = 2)]
fn callee(a: [f64; 3], k: f64) -> f64 {
    a[0] * a[1] * k + a[2] * a[0] * k.sin() * (k + 2.0).sqrt()
}
#[differentiable(order = 2)]
fn bump(a: &mut [f64; 3]) -> f64 {
    let t = a[0];
    a[0] = a[1] * a[1] + 0.5;
    a[1] = t * a[2];
    t * a[0]
}
#[differentiable(order = 2)]
fn small(a: [f64; 2], k: f64) -> f64 {
    a[0] * k + a[1]
}
#[differentiable(order = 2)]
fn of_point(p: Point, k: f64) -> f64 {
    p.x * k + p.y * p.x
}
#[differentiable(order = 2)]
fn set(p: &mut Point, v: f64) -> f64 {
    p.x = v * p.y;
    p.y = v;
    p.x * v
}

#[differentiable(order = 2)]
fn tuple_taken_apart(x: f64, y: f64) -> f64 {
    let mut pair = (x, y);
    match pair {
        (a, b) => {
            pair.0 = a * b;
            a * b * pair.0
        }
    }
}
row!(tuple_taken_apart_as_it_was: tuple_taken_apart(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(tuple_taken_apart_curved: tuple_taken_apart(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn array_iterated(x: f64, y: f64) -> f64 {
    let mut arr = [x, y, x * y];
    let mut s = 0.0;
    for v in arr {
        s += v * v;
        arr[1] = s;
        arr[2] = 0.0;
    }
    s + arr[1] * arr[0]
}
row!(array_iterated_as_it_was: array_iterated(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(array_iterated_curved: array_iterated(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn array_enumerated(x: f64, y: f64) -> f64 {
    let mut arr = [x, y, x * y];
    for (i, v) in arr.into_iter().enumerate() {
        arr[(i + 1) % 3] += v * x;
    }
    arr[0] * arr[1] + arr[2]
}
row!(array_enumerated_as_it_was: array_enumerated(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(array_enumerated_curved: array_enumerated(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn array_taken_apart(x: f64, y: f64) -> f64 {
    let mut arr = [x, y];
    match arr {
        [a, b] => {
            arr[0] = 2.0 * b;
            a * b * arr[0]
        }
    }
}
row!(array_taken_apart_as_it_was: array_taken_apart(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(array_taken_apart_curved: array_taken_apart(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn rows_iterated(x: f64, y: f64) -> f64 {
    let mut a = [[x, y], [y, x]];
    for row in a {
        a[0][1] += row[0] * row[1];
    }
    a[0][1] * a[1][0]
}
row!(rows_iterated_as_it_was: rows_iterated(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(rows_iterated_curved: rows_iterated(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn nested_tuple_taken_apart(x: f64, y: f64) -> f64 {
    let mut t = (x, (y, 1));
    match t {
        (a, (b, k)) if k > 3 => a * b,
        (a, (b, 1)) => {
            t.1.0 = a;
            t.0 = b;
            t.1.1 = 2;
            t.0 * t.1.0 * a + b * t.1.1 as f64
        }
        (a, _) => a,
    }
}
row!(nested_tuple_taken_apart_as_it_was: nested_tuple_taken_apart(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(nested_tuple_taken_apart_curved: nested_tuple_taken_apart(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn arguments_in_order(x: f64, y: f64) -> f64 {
    let mut a = [x, y, 2.0];
    callee(a, bump(&mut a))
        + callee(a, {
            a[0] = y;
            a[0] * 2.0
        })
}
row!(arguments_in_order_as_it_was: arguments_in_order(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(arguments_in_order_curved: arguments_in_order(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn fields_in_order(x: f64, y: f64) -> f64 {
    let mut s = x;
    let p = Point {
        x: s,
        y: {
            s = 2.0 * y * s;
            s
        },
    };
    p.x * p.y + s
}
row!(fields_in_order_as_it_was: fields_in_order(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(fields_in_order_curved: fields_in_order(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn items_in_order(x: f64, y: f64) -> f64 {
    let mut s = x;
    let p = (
        s,
        {
            s = s * y;
            s
        },
        s,
    );
    p.0 * p.1 + p.2 * p.0
}
row!(items_in_order_as_it_was: items_in_order(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(items_in_order_curved: items_in_order(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn receivers_of_primitives(x: f64, y: f64) -> f64 {
    let mut s = x * x + 1.0;
    s.powf({
        s = y;
        s
    }) + s.max({
        s *= 0.5;
        s
    }) + s.mul_add(
        {
            s += 1.0;
            s
        },
        s,
    ) + s.atan2({
        s = x;
        s
    })
}
row!(receivers_of_primitives_as_it_was: receivers_of_primitives(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(receivers_of_primitives_curved: receivers_of_primitives(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn receiver_then_argument(x: f64, y: f64) -> f64 {
    let mut p = Point { x, y };
    p.dot({
        p.x = y * y;
        p
    }) + p.dot(p)
}
row!(receiver_then_argument_as_it_was: receiver_then_argument(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(receiver_then_argument_curved: receiver_then_argument(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn arrays_zipped(x: f64, y: f64) -> f64 {
    let mut a = [x, y, 2.0];
    let mut b = [y, x, 1.0];
    let mut s = 0.0;
    for (p, q) in a.into_iter().zip(b) {
        a[2] = p * q;
        b[1] = s;
        s += p * q * a[2];
    }
    s + a[2] * b[1]
}
row!(arrays_zipped_as_it_was: arrays_zipped(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(arrays_zipped_curved: arrays_zipped(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn array_advanced(x: f64, y: f64) -> f64 {
    let mut a = [x, y, 2.0];
    let mut s = 1.0;
    let mut it = a.into_iter();
    while let Some(v) = it.next() {
        a[1] = s;
        a[2] += v;
        s += v * s;
    }
    s * a[1] + a[2]
}
row!(array_advanced_as_it_was: array_advanced(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(array_advanced_curved: array_advanced(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn array_mapped(x: f64, y: f64) -> f64 {
    let mut a = [x, y, 2.0];
    let k = a[0];
    a = a.map(|v| v * k);
    let b = a.map(|v| {
        a[1] += v;
        v * v
    });
    a[1] * b[1] + b[2] * a[0]
}
row!(array_mapped_as_it_was: array_mapped(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(array_mapped_curved: array_mapped(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn items_as_variables(x: f64, y: f64) -> f64 {
    let mut a = [x, y, 2.0];
    let mut s = 0.0;
    for mut v in a {
        v *= y;
        s += v * v;
    }
    s + a[0] * a[1]
}
row!(items_as_variables_as_it_was: items_as_variables(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(items_as_variables_curved: items_as_variables(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn payload_as_variable(x: f64, y: f64) -> f64 {
    let mut o = Some(x);
    if let Some(mut v) = o {
        v *= y;
        o = Some(o.unwrap() + v);
    }
    o.unwrap() * x
}
row!(payload_as_variable_as_it_was: payload_as_variable(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(payload_as_variable_curved: payload_as_variable(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn operands_in_order(x: f64, y: f64) -> f64 {
    let mut p = Point { x, y };
    let q = p + {
        p.x = 2.0 * y;
        p
    };
    q.x * q.y
}
row!(operands_in_order_as_it_was: operands_in_order(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(operands_in_order_curved: operands_in_order(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn array_then_argument(x: f64, y: f64) -> f64 {
    let mut a = [x, y];
    small(a, {
        a[0] = y * y;
        a[0]
    }) + a[0]
}
row!(array_then_argument_as_it_was: array_then_argument(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(array_then_argument_curved: array_then_argument(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn struct_then_argument(x: f64, y: f64) -> f64 {
    let mut p = Point { x, y };
    of_point(p, {
        p.x = y * y;
        p.x
    }) + of_point(p, set(&mut p, x))
        + p.x
}
row!(struct_then_argument_as_it_was: struct_then_argument(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(struct_then_argument_curved: struct_then_argument(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn struct_then_call(x: f64, y: f64) -> f64 {
    let mut p = Point { x, y };
    let t = (p, set(&mut p, x));
    let v = vec![p, {
        p.x = 2.0 * x;
        p
    }];
    t.0.x * t.1 + v[0].x * v[1].x
}
row!(struct_then_call_as_it_was: struct_then_call(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(struct_then_call_curved: struct_then_call(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn option_mapped(x: f64, y: f64) -> f64 {
    let mut o = Some(x);
    let r = o
        .map(|v| {
            o = Some(v * 2.0 * y);
            v * v
        })
        .unwrap();
    r * o.unwrap()
}
row!(option_mapped_as_it_was: option_mapped(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(option_mapped_curved: option_mapped(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn option_then_argument(x: f64, y: f64) -> f64 {
    let mut o = Some(x);
    let r = o.unwrap_or({
        o = None;
        y
    });
    let s = o.map_or(y * y, |v| v * x);
    let mut q = Some(r);
    let t = q
        .and_then(|v| {
            q = None;
            Some(v * y)
        })
        .unwrap();
    r * s + t + q.unwrap_or(x)
}
row!(option_then_argument_as_it_was: option_then_argument(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(option_then_argument_curved: option_then_argument(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn field_iterated(x: f64, y: f64) -> f64 {
    let mut q = Body { p: Point { x, y }, k: x * y, a: [x, y] };
    for v in q.a {
        q.a[1] += v;
        q.k *= v;
    }
    q.k * q.a[1]
}
row!(field_iterated_as_it_was: field_iterated(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(field_iterated_curved: field_iterated(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn row_folded(x: f64, y: f64) -> f64 {
    let mut m = [[x, y], [y, x]];
    let s: f64 = m[0]
        .into_iter()
        .map(|v| {
            m[1][0] += v;
            m[0][1] = v * v;
            v * m[1][0]
        })
        .sum();
    s * m[0][1] + m[1][0]
}
row!(row_folded_as_it_was: row_folded(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(row_folded_curved: row_folded(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn array_held(x: f64, y: f64) -> f64 {
    let mut a = [x, y, x * y];
    let it = a.into_iter().rev();
    a[0] = 5.0 * y;
    let v: Vec<f64> = it.collect();
    v[0] * a[0] + v[2] * v[1]
}
row!(array_held_as_it_was: array_held(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(array_held_curved: array_held(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn captured_struct(x: f64, y: f64) -> f64 {
    let mut p = Point { x, y };
    let f = move |k: f64| p.x * k;
    p.x = y * y * 2.0;
    f(p.x)
}
row!(captured_struct_as_it_was: captured_struct(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(captured_struct_curved: captured_struct(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn captured_array(x: f64, y: f64) -> f64 {
    let mut a = [x, y];
    let f = move |k: f64| a[0] * k + a[1];
    a[0] = y * y * 2.0;
    let mut b = a;
    let mut g = move |k: f64| {
        b[0] *= k;
        b[0]
    };
    f(a[0]) + g(x) * g(y) * b[0]
}
row!(captured_array_as_it_was: captured_array(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(captured_array_curved: captured_array(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn pair_of_option(x: f64, y: f64) -> f64 {
    let mut o = (Some(Point { x, y }), x);
    let (p, k) = o;
    o.1 = y;
    if let Some(q) = &mut o.0 {
        q.x *= k;
    }
    p.unwrap().x * o.1 + o.0.unwrap().x
}
row!(pair_of_option_as_it_was: pair_of_option(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(pair_of_option_curved: pair_of_option(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn chosen_row_iterated(x: f64, y: f64) -> f64 {
    let mut m = [[x, y], [y, x]];
    for i in 0..2 {
        for v in m[i] {
            m[i][0] += v * m[1 - i][1];
        }
    }
    m[0][0] * m[1][0]
}
row!(chosen_row_iterated_as_it_was: chosen_row_iterated(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(chosen_row_iterated_curved: chosen_row_iterated(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn array_beside_a_callee(x: f64, y: f64) -> f64 {
    let mut a = [x, y, x * y];
    let mut s = 0.0;
    for v in a {
        s += bump(&mut a) * v;
        s += v * v;
    }
    s * a[0] + a[2]
}
row!(array_beside_a_callee_as_it_was: array_beside_a_callee(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(array_beside_a_callee_curved: array_beside_a_callee(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn captured_vector(x: f64, y: f64) -> f64 {
    let mut v = vec![x, y];
    let f = move |k: f64| v[0] * k;
    v = vec![y * y];
    f(v[0]) * v[0]
}
row!(captured_vector_as_it_was: captured_vector(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(captured_vector_curved: captured_vector(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn vector_replaced_while_iterated(x: f64, y: f64) -> f64 {
    let mut v = vec![x, y, 0.5];
    let mut s = 0.0;
    for w in v {
        v = vec![w, s];
        s += w * w + v[0];
    }
    s + 1.0
}
row!(vector_replaced_while_iterated_as_it_was: vector_replaced_while_iterated(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(vector_replaced_while_iterated_curved: vector_replaced_while_iterated(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn captured_tuple(x: f64, y: f64) -> f64 {
    let mut t = (Some(x), y);
    let f = move |k: f64| t.1 * k + t.0.unwrap();
    t.1 = 5.0 * x;
    t.0 = None;
    f(t.1) + t.0.unwrap_or(y)
}
row!(captured_tuple_as_it_was: captured_tuple(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(captured_tuple_curved: captured_tuple(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn struct_taken_apart(x: f64, y: f64) -> f64 {
    let mut p = Point { x, y };
    match p {
        Point { x: a, y: b } => {
            p.x = b * b;
            a * b * p.x
        }
    }
}
row!(struct_taken_apart_as_it_was: struct_taken_apart(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(struct_taken_apart_curved: struct_taken_apart(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn field_taken(x: f64, y: f64) -> f64 {
    let mut p = Point { x, y };
    match p {
        Point { x: a, .. } => {
            p.x = y * y * a;
            a * p.x
        }
    }
}
row!(field_taken_as_it_was: field_taken(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(field_taken_curved: field_taken(val x, val y) at (1.3, 0.7));

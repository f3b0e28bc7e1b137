//! Text that is read beside floats: what parsing gives is constant, and may borrow from the text.

use differentiable::{Differentiable, differentiable};

/// Words of a text decide what becomes of a stack.
#[differentiable]
fn reverse_polish(source: &str, x: f64, y: f64) -> Option<f64> {
    let mut stack: Vec<f64> = Vec::new();
    for word in source.split_whitespace() {
        match word {
            "x" => stack.push(x),
            "y" => stack.push(y),
            "+" => {
                let b = stack.pop()?;
                let a = stack.pop()?;
                stack.push(a + b);
            }
            "*" => {
                let b = stack.pop()?;
                let a = stack.pop()?;
                stack.push(a * b);
            }
            "sin" => {
                let a = stack.pop()?;
                stack.push(a.sin());
            }
            number => stack.push(number.parse::<f64>().ok()?),
        }
    }
    if stack.len() == 1 { stack.pop() } else { None }
}
row!(words_on_a_stack: reverse_polish(no source, val x, val y) -> option at
    ("x y * 2.5 + sin x *", 0.4, 1.2), ("x x * y +", 0.4, 1.2));

#[derive(Debug, Clone, PartialEq)]
enum Unreadable {
    Empty,
    Number(String),
}
/// The error of a call that has no derivative is mapped, and holds the text itself.
#[differentiable]
fn scaled_by_text(text: &str, x: f64) -> Result<f64, Unreadable> {
    if text.is_empty() {
        return Err(Unreadable::Empty);
    }
    let k: f64 = text.trim().parse().map_err(|_| Unreadable::Number(text.to_string()))?;
    Ok(x * x * k)
}
row!(error_of_a_parser_mapped: scaled_by_text(no text, val x) -> result at (" 2.5 ", 0.4));

#[test]
fn errors_of_parsers_are_those_of_the_function() {
    let expected = Err(Unreadable::Number("much".to_string()));
    assert_eq!(scaled_by_text("much", 1.0), Err(Unreadable::Number("much".to_string())));
    assert_eq!(scaled_by_text::grad("much", 1.0), expected);
    assert_eq!(scaled_by_text::jvp("", 1.0, 1.0), Err(Unreadable::Empty));
    let message = "bad much: invalid float literal".to_string();
    assert_eq!(with_a_message::grad("much", 1.0), Err(message));
}

/// What the message of an error formats is the text, not a float.
#[differentiable]
fn with_a_message(text: &str, x: f64) -> Result<f64, String> {
    let k: f64 = text.parse().map_err(|error| format!("bad {text}: {error}"))?;
    if k < 0.0 {
        return Err(format!("negative {}", text));
    }
    Ok(x * k.sqrt() * x)
}
row!(error_with_a_message: with_a_message(no text, val x) -> result at ("2.5", 0.4));

#[differentiable]
fn weighted_fields(line: &str, weights: &[f64]) -> Result<f64, std::num::ParseFloatError> {
    let mut sum = 0.0;
    for (k, field) in line.split(',').enumerate() {
        let value = field.trim().parse::<f64>()?;
        sum += weights[k] * value;
    }
    Ok(sum * sum)
}
row!(fields_of_a_line: weighted_fields(no line, ref weights) -> result at
    ("1.0, 2.5,-3", vec![0.3, 0.2, 0.5]));

#[differentiable]
fn all_fields(line: &str, w: f64) -> Option<f64> {
    let values: Vec<f64> = line.split(';').map(|field| field.parse::<f64>().ok()).collect::<Option<_>>()?;
    Some(values.iter().map(|v| (v * w).sin()).sum())
}
row!(all_fields_or_none: all_fields(no line, val w) -> option at ("1.0;2.5", 0.3));

/// A part of a text that is there for certain names a part of it again.
#[differentiable]
fn body_of_a_record(record: &str, x: f64) -> Option<f64> {
    let body = record.split('=').nth(1)?;
    let mut y = x;
    for step in body.split('|') {
        match step {
            "exp" => y = y.exp(),
            "double" => y *= 2.0,
            _ => y = y * y,
        }
    }
    Some(y)
}
row!(steps_of_a_record: body_of_a_record(no record, val x) -> option at ("steps=exp|double|square", 0.3));

#[differentiable]
fn letters(sequence: &str, a: f64, g: f64) -> f64 {
    let mut score = 1.0;
    for (i, letter) in sequence.chars().enumerate() {
        score = match letter {
            'A' | 'T' => score * a,
            'G' => score + g * i as f64,
            'C' if i % 2 == 0 => score - g * score,
            _ => score,
        };
    }
    score
}
row!(letters_of_a_sequence: letters(no sequence, val a, val g) at ("AGCTNCG", 0.9, 0.3));

#[differentiable]
fn raw_in_a_message(r#type: f64, r#fn: f64) -> Result<f64, String> {
    if r#fn < 0.0 {
        return Err(format!("negative: {}", r#fn));
    }
    Ok(r#type * r#fn.sqrt())
}
row!(raw_identifier_in_a_message: raw_in_a_message(val a, val b) -> result at (0.3, 0.7));

#[differentiable]
fn norm_or_message(xs: &[f64]) -> Result<f64, String> {
    let total = xs.iter().try_fold(0.0, |acc, x| {
        if *x < 0.0 { Err(format!("{x} is negative after {acc}")) } else { Ok(acc + x * x) }
    })?;
    let halved = xs.iter().try_fold(total, |acc, x| {
        if acc > 100.0 {
            return Err("too large".to_string());
        }
        Ok(acc * 0.5 + x)
    })?;
    Ok((total + halved).sqrt())
}
row!(errors_with_numbers_in_their_text: norm_or_message(ref xs) -> result at (vec![0.3, 1.2, 2.0]));

#[test]
fn error_with_numbers_in_its_text() {
    assert_eq!(norm_or_message::grad(&[0.5, -1.0]), Err("-1 is negative after 0.25".to_string()));
}

#[derive(Clone, differentiable::Differentiable)]
struct Named {
    a: f64,
    #[no_diff]
    name: String,
}

/// A field without a derivative, of a struct that has one.
#[differentiable(order = 2)]
fn of_named(n: &Named, v: f64) -> f64 {
    let size = if n.name.is_empty() { 1.0 } else { n.name.len() as f64 };
    let y = match n.name.as_str() {
        "relu" => (n.a * v).max(0.0),
        "tanh" => (n.a * v).tanh(),
        _ => v * v,
    };
    y * size
}

#[differentiable(order = 2)]
fn by_text(x: f64, y: f64) -> f64 {
    let net = Named { a: x, name: "tanh".to_string() };
    let other = Named { a: y * x, name: "relu".into() };
    let last = Named { a: y, name: String::new() };
    of_named(&net, y) * of_named(&other, x) + of_named(&last, x * y)
}
row!(by_the_text_of_a_field: by_text(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(by_the_text_of_a_field_curved: by_text(val x, val y) at (1.3, 0.7));

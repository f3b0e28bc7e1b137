//! Values, and the paths that lead to parts of them.

use super::{Fault, Outcome, Real, Residuals};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a variable holds.
#[derive(Clone, Debug)]
pub enum Value<F> {
    /// Declared, not yet assigned.
    Unset,
    /// A value that was moved away.
    Moved,
    /// `Expr::Placeholder`, or what was computed with one: may be moved around, must not be used.
    Poison,
    /// A float of any width.
    Float(F),
    /// An integer of any width.
    Int(i128),
    /// A boolean.
    Bool(bool),
    /// Anything without a derivative that is only handed around.
    Inert(String),
    /// A fixed-size array.
    Array(Vec<Value<F>>),
    /// A `Vec`, or a copy of a slice.
    Vec(Vec<Value<F>>),
    /// A tuple; the empty one is `()`, also the tangent of what has none.
    Tuple(Vec<Value<F>>),
    /// A struct or a variant of an enum.
    Struct(String, BTreeMap<String, Value<F>>),
    /// An `Option`.
    Option(Option<Box<Value<F>>>),
    /// What a reverse sweep will pop.
    Record {
        /// One for each iteration.
        entries: Vec<Vec<Value<F>>>,
        /// What it was made for.
        capacity: Option<usize>,
    },
    /// The pullback of a split call.
    Pullback(Rc<Residuals<F>>),
}

/// One resolved step into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A field of a struct or tuple.
    Field(String),
    /// An element.
    Index(usize),
    /// A run of elements; only ever the last step of a path.
    Range(usize, usize),
    /// Into a `Some`.
    Payload,
}

/// A resolved place: a cell and a path into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loc {
    pub cell: usize,
    pub path: Vec<Step>,
}

/// What stands at a place.
#[derive(Debug)]
pub enum Look<'a, F> {
    One(&'a Value<F>),
    Many(&'a [Value<F>]),
}

/// The same, to write to.
#[derive(Debug)]
pub enum LookMut<'a, F> {
    One(&'a mut Value<F>),
    Many(&'a mut [Value<F>]),
}

impl<F: Real> Value<F> {
    /// `()`
    pub const UNIT: Value<F> = Value::Tuple(Vec::new());

    /// A short description for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Unset => "an unassigned variable",
            Value::Moved => "a moved value",
            Value::Poison => "a placeholder",
            Value::Float(_) => "a float",
            Value::Int(_) => "an integer",
            Value::Bool(_) => "a boolean",
            Value::Inert(_) => "an opaque value",
            Value::Array(_) => "an array",
            Value::Vec(_) => "a Vec",
            Value::Tuple(_) => "a tuple",
            Value::Struct(..) => "a struct",
            Value::Option(_) => "an Option",
            Value::Record { .. } => "a record",
            Value::Pullback(_) => "a pullback",
        }
    }

    /// The elements of an array or a `Vec`.
    pub fn items(&self) -> Option<&[Value<F>]> {
        match self {
            Value::Array(items) | Value::Vec(items) => Some(items),
            _ => None,
        }
    }

    /// The elements, to write to.
    pub fn items_mut(&mut self) -> Option<&mut Vec<Value<F>>> {
        match self {
            Value::Array(items) | Value::Vec(items) => Some(items),
            _ => None,
        }
    }

    fn field_mut(&mut self, name: &str) -> Option<&mut Value<F>> {
        match self {
            Value::Tuple(items) => items.get_mut(name.parse::<usize>().ok()?),
            Value::Struct(_, fields) => fields.get_mut(name),
            _ => None,
        }
    }

    fn payload_mut(&mut self) -> Option<&mut Value<F>> {
        match self {
            Value::Option(Some(item)) => Some(item),
            Value::Struct(_, fields) if fields.len() == 1 => fields.values_mut().next(),
            _ => None,
        }
    }

    /// Whether Rust would copy it; what moves must not be used again.
    pub fn is_copy(&self) -> bool {
        match self {
            Value::Array(items) | Value::Tuple(items) => items.iter().all(Value::is_copy),
            Value::Option(item) => item.as_ref().is_none_or(|item| item.is_copy()),
            Value::Vec(_)
            | Value::Struct(..)
            | Value::Record { .. }
            | Value::Pullback(_)
            | Value::Inert(_) => false,
            Value::Unset
            | Value::Moved
            | Value::Poison
            | Value::Float(_)
            | Value::Int(_)
            | Value::Bool(_) => true,
        }
    }

    /// The zero tangent at this value.
    pub fn zero(&self) -> Value<F> {
        let all = |items: &[Value<F>]| items.iter().map(Value::zero).collect();
        match self {
            Value::Float(_) => Value::Float(F::lit(0.0)),
            Value::Array(items) => Value::Array(all(items)),
            Value::Vec(items) => Value::Vec(all(items)),
            Value::Tuple(items) => Value::Tuple(all(items)),
            Value::Struct(name, fields) => {
                Value::Struct(name.clone(), fields.iter().map(|(k, v)| (k.clone(), v.zero())).collect())
            }
            Value::Option(item) => Value::Option(item.as_ref().map(|item| Box::new(item.zero()))),
            Value::Unset | Value::Moved | Value::Poison => Value::Poison,
            Value::Int(_) | Value::Bool(_) | Value::Inert(_) | Value::Record { .. } | Value::Pullback(_) => {
                Value::UNIT
            }
        }
    }

    /// `self += scale * other` on tangents.
    pub fn accumulate(&mut self, other: &Value<F>, scale: f64) -> Outcome<()> {
        match (&mut *self, other) {
            (Value::Float(a), Value::Float(b)) => {
                *a = if scale < 0.0 { a.sub(*b) } else { a.add(*b) };
                Ok(())
            }
            (Value::Array(a) | Value::Vec(a), Value::Array(b) | Value::Vec(b))
            | (Value::Tuple(a), Value::Tuple(b)) => accumulate_all(a, b, scale),
            (Value::Struct(_, a), Value::Struct(_, b)) => {
                for (name, value) in b {
                    match a.get_mut(name) {
                        Some(slot) => slot.accumulate(value, scale)?,
                        None => return Err(Fault::Bug(format!("tangents differ in field `{name}`"))),
                    }
                }
                Ok(())
            }
            (Value::Option(Some(a)), Value::Option(Some(b))) => a.accumulate(b, scale),
            (Value::Option(_), Value::Option(None)) => Ok(()),
            (Value::Option(a @ None), Value::Option(Some(b))) => {
                let mut sum = b.zero();
                sum.accumulate(b, scale)?;
                *a = Some(Box::new(sum));
                Ok(())
            }
            // Of the side of a branch that was not taken, in lanes; who uses it says so.
            (Value::Poison, _) => Ok(()),
            (a, Value::Poison) => {
                *a = Value::Poison;
                Ok(())
            }
            (a, b) => Err(Fault::Bug(format!("accumulates {} into {}", b.kind(), a.kind()))),
        }
    }

    /// Every float of the value, in order.
    pub fn floats(&self, out: &mut Vec<F>) {
        match self {
            Value::Float(x) => out.push(*x),
            Value::Array(items) | Value::Vec(items) | Value::Tuple(items) => {
                items.iter().for_each(|v| v.floats(out))
            }
            Value::Struct(_, fields) => fields.values().for_each(|v| v.floats(out)),
            Value::Option(item) => item.iter().for_each(|v| v.floats(out)),
            Value::Poison => out.push(F::lit(f64::NAN)),
            Value::Unset
            | Value::Moved
            | Value::Int(_)
            | Value::Bool(_)
            | Value::Inert(_)
            | Value::Record { .. }
            | Value::Pullback(_) => {}
        }
    }

    /// The value with its floats replaced, in the order of [`floats`](Value::floats); what has
    /// no tangent becomes `tangent(value)`.
    pub fn map<G: Real>(&self, float: &mut dyn FnMut(F) -> G, tangent: bool) -> Value<G> {
        let all = |items: &[Value<F>], float: &mut dyn FnMut(F) -> G| {
            items.iter().map(|v| v.map(float, tangent)).collect()
        };
        match self {
            Value::Float(x) => Value::Float(float(*x)),
            Value::Array(items) => Value::Array(all(items, float)),
            Value::Vec(items) => Value::Vec(all(items, float)),
            Value::Tuple(items) => Value::Tuple(all(items, float)),
            Value::Struct(name, fields) => Value::Struct(
                name.clone(),
                fields.iter().map(|(k, v)| (k.clone(), v.map(float, tangent))).collect(),
            ),
            Value::Option(item) => {
                Value::Option(item.as_ref().map(|item| Box::new(item.map(float, tangent))))
            }
            Value::Int(_) | Value::Bool(_) | Value::Inert(_) if tangent => Value::UNIT,
            Value::Int(n) => Value::Int(*n),
            Value::Bool(b) => Value::Bool(*b),
            Value::Inert(text) => Value::Inert(text.clone()),
            Value::Unset | Value::Moved | Value::Poison | Value::Record { .. } | Value::Pullback(_) => {
                Value::Poison
            }
        }
    }

    /// The float, where a computation needs one.
    pub fn float(&self) -> Outcome<F> {
        match self {
            Value::Float(x) => Ok(*x),
            other => Err(Fault::Bug(format!("{} where a float is needed", other.kind()))),
        }
    }

    /// The integer, where a computation needs one.
    pub fn int(&self) -> Outcome<i128> {
        match self {
            Value::Int(n) => Ok(*n),
            other => Err(Fault::Bug(format!("{} where an integer is needed", other.kind()))),
        }
    }

    /// The boolean, where a condition needs one.
    pub fn bool(&self) -> Outcome<bool> {
        match self {
            Value::Bool(b) => Ok(*b),
            other => Err(Fault::Bug(format!("{} where a boolean is needed", other.kind()))),
        }
    }
}

fn accumulate_all<F: Real>(a: &mut [Value<F>], b: &[Value<F>], scale: f64) -> Outcome<()> {
    if a.len() != b.len() {
        return Err(Fault::Bug(format!("tangents of different lengths, {} and {}", a.len(), b.len())));
    }
    a.iter_mut().zip(b).try_for_each(|(a, b)| a.accumulate(b, scale))
}

impl Loc {
    /// The location of a whole cell.
    pub fn cell(cell: usize) -> Loc {
        Loc { cell, path: Vec::new() }
    }

    /// One step further; an index into a range becomes an index into what the range is of.
    pub fn step(&mut self, step: Step) -> Outcome<()> {
        let merged = match (self.path.last(), &step) {
            (Some(Step::Range(lo, hi)), Step::Index(i)) if lo + i < *hi => Step::Index(lo + i),
            (Some(Step::Range(lo, hi)), Step::Range(a, b)) if a <= b && lo + b <= *hi => {
                Step::Range(lo + a, lo + b)
            }
            (Some(Step::Range(lo, hi)), Step::Index(_) | Step::Range(..)) => {
                return Err(Fault::Panic(format!("{step:?} of {}", hi - lo)));
            }
            (Some(Step::Range(..)), Step::Field(_) | Step::Payload) => {
                return Err(Fault::Bug(format!("{step:?} of a slice")));
            }
            (Some(Step::Field(_) | Step::Index(_) | Step::Payload) | None, _) => {
                self.path.push(step);
                return Ok(());
            }
        };
        self.path.pop();
        self.path.push(merged);
        Ok(())
    }
}

/// What stands at the end of `path` in `value`.
pub fn look<'a, F: Real>(value: &'a Value<F>, path: &[Step]) -> Outcome<Look<'a, F>> {
    let mut at = value;
    for (k, step) in path.iter().enumerate() {
        at = match (step, at) {
            (Step::Index(i), Value::Array(items) | Value::Vec(items)) => {
                items.get(*i).ok_or_else(|| Fault::Panic(format!("index {i} of {}", items.len())))?
            }
            (Step::Range(lo, hi), Value::Array(items) | Value::Vec(items)) if k + 1 == path.len() => {
                let slice = items.get(*lo..*hi);
                return Ok(Look::Many(
                    slice.ok_or_else(|| Fault::Panic(format!("range {lo}..{hi} of {}", items.len())))?,
                ));
            }
            (Step::Field(name), Value::Tuple(items)) => name
                .parse::<usize>()
                .ok()
                .and_then(|i| items.get(i))
                .ok_or_else(|| Fault::Bug(format!("no field `{name}`")))?,
            (Step::Field(name), Value::Struct(_, fields)) => {
                fields.get(name).ok_or_else(|| Fault::Bug(format!("no field `{name}`")))?
            }
            // `Index` of the programs' structs counts their fields.
            (Step::Index(i), Value::Struct(_, fields)) => {
                fields.values().nth(*i).ok_or_else(|| Fault::Panic(format!("index {i} of a struct")))?
            }
            (Step::Payload, Value::Option(Some(item))) => item,
            (Step::Payload, Value::Struct(_, fields)) if fields.len() == 1 => {
                fields.values().next().expect("one field")
            }
            (step, value) => return Err(Fault::Bug(format!("{step:?} of {}", value.kind()))),
        };
    }
    Ok(Look::One(at))
}

/// The same, to write to.
pub fn look_mut<'a, F: Real>(value: &'a mut Value<F>, path: &[Step]) -> Outcome<LookMut<'a, F>> {
    let mut at = value;
    for step in path {
        let kind = at.kind();
        let wrong = || Fault::Bug(format!("{step:?} of {kind}"));
        at = match step {
            Step::Index(i) if let Value::Struct(_, fields) = at => {
                fields.values_mut().nth(*i).ok_or_else(|| Fault::Panic(format!("index {i} of a struct")))?
            }
            Step::Index(i) => {
                let items = at.items_mut().ok_or_else(wrong)?;
                let len = items.len();
                items.get_mut(*i).ok_or_else(|| Fault::Panic(format!("index {i} of {len}")))?
            }
            // Only ever the last step.
            Step::Range(lo, hi) => {
                let items = at.items_mut().ok_or_else(wrong)?;
                let len = items.len();
                let slice = items.get_mut(*lo..*hi);
                return Ok(LookMut::Many(
                    slice.ok_or_else(|| Fault::Panic(format!("range {lo}..{hi} of {len}")))?,
                ));
            }
            Step::Field(name) => at.field_mut(name).ok_or_else(wrong)?,
            Step::Payload => at.payload_mut().ok_or_else(wrong)?,
        };
    }
    Ok(LookMut::One(at))
}

//! Expressions: integers, indices, conditions, floats, results.

use super::{Gen, Local, T};

impl Gen<'_> {
    pub(super) fn int(&mut self) -> String {
        match self.one(|local| local.ty == T::Int) {
            Some(local) if self.rng.chance(70) => match self.rng.below(7) {
                6 => format!("h_half({})", local.name),
                0 => format!("({} + 1)", local.name),
                1 => format!("({} * 2) % 5", local.name),
                2 => format!("({} + 3) / 2", local.name),
                _ => local.name,
            },
            _ => self.rng.below(5).to_string(),
        }
    }

    /// A trip count, small.
    pub(super) fn trips(&mut self) -> String {
        match self.one(|local| local.ty == T::Int) {
            Some(local) if self.rng.chance(50) => match self.rng.below(3) {
                0 => format!("{} % 4", local.name),
                1 => format!("({} + 1) % 4", local.name),
                _ => format!("{}.min(3)", local.name),
            },
            _ => self.rng.below(4).to_string(),
        }
    }

    /// An index into something with at least `len` items.
    pub(super) fn index(&mut self, of: &str, len: usize) -> String {
        let bounded = self.one(|local| local.ty == T::Int && local.bound.is_some_and(|bound| bound <= len));
        if let Some(local) = &bounded
            && self.rng.chance(60)
        {
            return local.name.clone();
        }
        match self.rng.below(10) {
            0..3 => self.rng.below(len).to_string(),
            3 => format!("{of}.len() - 1"),
            4 => {
                let float = self.float(1);
                format!("(({float}).abs() * 3.0) as usize % {len}")
            }
            _ => match self.one(|local| local.ty == T::Int) {
                Some(local) => match self.rng.below(5) {
                    3 => format!("h_ix({}, {}) % {len}", local.name, self.rng.below(4)),
                    4 => format!("({} + {}).min({})", local.name, self.rng.below(4), len - 1),
                    0 => format!("({} + {}) % {len}", local.name, self.rng.below(4)),
                    1 => format!("({} * 2 + 1) % {len}", local.name),
                    _ => format!("{} % {len}", local.name),
                },
                None => self.rng.below(len).to_string(),
            },
        }
    }

    pub(super) fn condition(&mut self) -> String {
        match self.rng.below(12) {
            0..5 => {
                let (a, b) = (self.float(1), self.float(1));
                format!("{a} {} {b}", self.rng.pick(&["<", ">", "<=", ">="])).replace(") <", ") <")
            }
            5..8 => match self.one(|local| local.ty == T::Int) {
                Some(local) => match self.rng.below(3) {
                    0 => format!("{} % 2 == {}", local.name, self.rng.below(2)),
                    1 => format!("{} > {}", local.name, self.rng.below(3)),
                    _ => format!("{} != {}", local.name, self.rng.below(4)),
                },
                None => self.comparison(),
            },
            8 => match self.one(|local| local.ty == T::Bool) {
                Some(local) => format!("{}{}", self.rng.pick(&["", "!"]), local.name),
                None => self.comparison(),
            },
            9 => {
                let (a, b) = (self.comparison(), self.comparison());
                format!("{a} {} {b}", self.rng.pick(&["&&", "||"]))
            }
            _ => self.comparison(),
        }
    }

    pub(super) fn comparison(&mut self) -> String {
        let leaf = self.leaf();
        let limit = self.rng.pick(&["0.0", "0.1", "-0.3", "0.5"]);
        format!("{leaf} {} {limit}", self.rng.pick(&["<", ">"]))
    }

    /// A variable, element or field that holds a float.
    pub(super) fn leaf(&mut self) -> String {
        let found =
            self.some_locals(|local| !matches!(local.ty, T::Int | T::Bool | T::Shape | T::Maybe | T::Stack));
        if found.is_empty() {
            return "0.5_f64".into();
        }
        // The newest are the most likely to matter.
        let at = if self.rng.chance(40) {
            found.len() - 1 - self.rng.below(found.len().min(3))
        } else {
            self.rng.below(found.len())
        };
        let local = found[at].clone();
        self.part(&local)
    }

    pub(super) fn part(&mut self, local: &Local) -> String {
        let name = &local.name;
        match local.ty {
            T::F => name.clone(),
            T::Ref | T::RefMut => format!("(*{name})"),
            T::Pair => format!("{name}.{}", self.rng.below(2)),
            T::Array(n) | T::Vec(n) | T::Slice(n) | T::SliceMut(n) => {
                let index = self.shallow_index(name, n);
                format!("{name}[{index}]")
            }
            T::Matrix(n) => {
                let (i, j) = (self.shallow_index(name, n), self.rng.below(2));
                format!("{name}[{i}][{j}]")
            }
            T::Int => format!("({name} as f64)"),
            T::Point => format!("{name}.{}", self.rng.pick(&["x", "y"])),
            T::Spot | T::Ray | T::Spots(_) => self.coordinate(local),
            T::Bool | T::Shape | T::Maybe | T::Stack => "0.25_f64".into(),
        }
    }

    /// An index without floats in it.
    pub(super) fn shallow_index(&mut self, of: &str, len: usize) -> String {
        let bounded = self.one(|local| local.ty == T::Int && local.bound.is_some_and(|bound| bound <= len));
        match bounded {
            Some(local) if self.rng.chance(70) => local.name,
            _ => match self.one(|local| local.ty == T::Int) {
                Some(local) if self.rng.chance(50) => {
                    format!("({} + {}) % {len}", local.name, self.rng.below(3))
                }
                _ if self.rng.chance(10) => format!("{of}.len() - 1"),
                _ => self.rng.below(len).to_string(),
            },
        }
    }

    pub(super) fn constant(&mut self) -> String {
        self.rng.pick(&["0.5", "0.25", "1.5", "-0.7", "2.0", "0.3"]).to_string()
    }

    /// An expression of type `f64` that rustc knows to be one; may be large.
    pub(super) fn float(&mut self, depth: usize) -> String {
        if depth == 0 {
            return match self.rng.below(12) {
                0 => match self.one(|local| local.ty == T::Int) {
                    Some(local) => format!("({} as f64 * 0.1)", local.name),
                    None => self.leaf(),
                },
                _ => self.leaf(),
            };
        }
        match self.rng.below(14) {
            0..3 => {
                let (a, b) = (self.float(depth - 1), self.float(depth - 1));
                format!("({a} {} {b})", self.rng.pick(&["+", "-"]))
            }
            3..6 => {
                let (a, b) = (self.float(depth - 1), self.float(depth - 1));
                format!("({a} * {b})")
            }
            6 => {
                let (a, c) = (self.float(depth - 1), self.constant());
                if self.rng.chance(50) { format!("({a} * {c})") } else { format!("({c} * {a})") }
            }
            7 => {
                let a = self.float(depth - 1);
                format!("(-{a})")
            }
            8 => {
                let c = self.condition();
                let (a, b) = (self.float(depth - 1), self.float(depth - 1));
                format!("(if {c} {{ {a} }} else {{ {b} }})")
            }
            _ => self.bounded(depth),
        }
    }

    /// An expression that stays small whatever its parts are.
    pub(super) fn bounded(&mut self, depth: usize) -> String {
        let a = self.float(depth.saturating_sub(1));
        match self.rng.below(17) {
            16 => format!("{a}.clamp(-0.6, 0.7)"),
            0..3 => format!("{a}.sin()"),
            3..5 => format!("{a}.cos()"),
            5..7 => format!("{a}.tanh()"),
            7 => format!("f64::sin({a})"),
            8 => format!("{a}.atan()"),
            9 => format!("({a} / (1.0 + {a} * {a}))"),
            10 => format!("(-({a} * {a})).exp()"),
            11 => format!("(1.5 + {a}.sin()).sqrt()"),
            12 => {
                let b = self.leaf();
                format!("{a}.sin().max({b}.cos())")
            }
            13 => {
                let b = self.leaf();
                format!("{a}.tanh() * {b}.sin()")
            }
            14 => format!("{a}.sin().powi({})", 2 + self.rng.below(2)),
            _ => format!("(2.0 + {a}.cos()).ln()"),
        }
    }

    /// What is assigned: small.
    pub(super) fn value(&mut self) -> String {
        match self.rng.below(10) {
            0 => self.leaf(),
            1 => {
                let (a, b) = (self.leaf(), self.leaf());
                format!("0.5 * {a} + 0.25 * {b}")
            }
            2 => {
                let (a, b) = (self.leaf(), self.bounded(1));
                format!("0.5 * {a} + {b}")
            }
            3 => {
                let (a, b) = (self.bounded(1), self.bounded(1));
                format!("{a} * {b}")
            }
            4 => self.constant(),
            _ => self.bounded(2),
        }
    }

    /// A place that can be assigned.
    pub(super) fn target(&mut self) -> Option<String> {
        let local = self.one(|local| {
            local.mutable
                && matches!(
                    local.ty,
                    T::F | T::Pair
                        | T::Array(_)
                        | T::Matrix(_)
                        | T::Vec(_)
                        | T::SliceMut(_)
                        | T::RefMut
                        | T::Point
                        | T::Spot
                        | T::Ray
                        | T::Spots(_)
                )
        })?;
        Some(match local.ty {
            T::RefMut => format!("*{}", local.name),
            T::Array(n) | T::Vec(n) | T::SliceMut(n) => {
                let index = self.index(&local.name, n);
                // `v[v.len() - 1] = …` borrows a `Vec` twice.
                let index = if index.contains(&local.name) { "1".into() } else { index };
                format!("{}[{index}]", local.name)
            }
            T::Matrix(n) => format!("{}[{}][{}]", local.name, self.rng.below(n), self.rng.below(2)),
            _ => self.part(&local),
        })
    }

    /// A value of the return type that depends on much.
    pub(super) fn final_value(&mut self) -> String {
        match self.ret {
            None => String::new(),
            Some(ty) => self.of_type(ty),
        }
    }

    pub(super) fn of_type(&mut self, ty: T) -> String {
        if let Some(local) =
            self.one(|local| local.ty == ty && ty != T::F && !matches!(ty, T::Vec(_) | T::Point | T::Shape))
            && self.rng.chance(50)
        {
            return local.name;
        }
        match ty {
            T::F if self.depth == 0 && self.rng.chance(50) => {
                let held = self.some_locals(|local| !matches!(local.ty, T::Int | T::Bool));
                let parts: Vec<_> = held
                    .iter()
                    .map(|local| match local.ty {
                        T::Shape => format!("h_area(&{})", local.name),
                        T::Maybe => format!("{}.unwrap_or(0.25)", local.name),
                        T::Stack => format!("{}.iter().sum::<f64>()", local.name),
                        _ => self.part(local),
                    })
                    .collect();
                parts.join(" + ")
            }
            T::F => {
                let (a, b, c) = (self.leaf(), self.leaf(), self.bounded(1));
                match self.rng.below(4) {
                    0 => format!("{a} + 0.5 * {b}"),
                    1 => format!("{a} * {b} + {c}"),
                    2 => a,
                    _ => format!("{a} - {b} * {c}"),
                }
            }
            T::Pair => {
                let (a, b) = (self.leaf(), self.bounded(1));
                format!("({a}, {b})")
            }
            T::Array(n) => {
                let items: Vec<_> = (0..n).map(|_| self.leaf()).collect();
                format!("[{}]", items.join(", "))
            }
            T::Matrix(n) => {
                let rows: Vec<_> = (0..n)
                    .map(|_| {
                        let (a, b) = (self.leaf(), self.leaf());
                        format!("[{a}, {b}]")
                    })
                    .collect();
                format!("[{}]", rows.join(", "))
            }
            T::Vec(n) => {
                let items: Vec<_> = (0..n).map(|_| self.leaf()).collect();
                format!("vec![{}]", items.join(", "))
            }
            T::Point => "P { x: 0.5, y: 0.25, k: 0 }".into(),
            T::Spot => "V2::level(0.0)".into(),
            T::Ray | T::Spots(_) => "0.0".into(),
            T::Shape => "E::Empty".into(),
            T::Maybe => "None".into(),
            T::Int | T::Bool | T::Slice(_) | T::SliceMut(_) | T::Ref | T::RefMut | T::Stack => "0.0".into(),
        }
    }
}

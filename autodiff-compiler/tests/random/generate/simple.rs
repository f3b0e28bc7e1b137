//! Statements without blocks.

use super::{Gen, Local, Loop, T};

impl Gen<'_> {
    pub(super) fn let_float(&mut self) {
        let shadow = self.one(|local| local.ty == T::F);
        let value = self.value();
        let name = match shadow {
            Some(local) if self.rng.chance(20) => local.name,
            _ => self.fresh("t"),
        };
        let mutable = self.rng.chance(60);
        let keyword = if mutable { "let mut" } else { "let" };
        self.line(&format!("{keyword} {name}: f64 = {value};"));
        self.declare(&name, T::F, mutable);
    }

    pub(super) fn assign(&mut self) {
        if let Some(target) = self.target() {
            let value = self.value();
            // Something that reads what it overwrites.
            if self.rng.chance(35) {
                let value = self.bounded(1);
                let op = self.rng.pick(&["*", "*", "+", "-"]);
                let line = match self.rng.below(12) {
                    0..7 => format!("{target} = 0.5 * {target} {op} {value};"),
                    7 => format!("{target} = ({target}).clamp(-0.6, 0.7);"),
                    8 => format!("{target} = ({target} {op} {value}).clamp(-0.6, 0.7);"),
                    9 => format!("{target} = ({target}).max(-0.2).min(0.8);"),
                    10 => format!("{target} = if {target} > 0.3 {{ {target} * 0.5 }} else {{ 0.1 }};"),
                    _ => format!("{target} = ({target}).tanh();"),
                };
                self.line(&line);
            } else {
                self.line(&format!("{target} = {value};"));
            }
        }
    }

    pub(super) fn compound(&mut self) {
        if let Some(target) = self.target() {
            let value = self.bounded(2);
            match self.rng.below(6) {
                0..3 => self.line(&format!("{target} += {value};")),
                3 => self.line(&format!("{target} -= {value};")),
                4 => self.line(&format!("{target} *= {value};")),
                _ => {
                    let leaf = self.leaf();
                    self.line(&format!("{target} /= 1.5 + {leaf} * {leaf};"));
                }
            }
        }
    }

    pub(super) fn swap(&mut self) {
        match self.rng.below(3) {
            0 => {
                let a = self.one(|local| local.mutable && local.ty == T::F);
                let b = self.one(|local| local.mutable && local.ty == T::F);
                if let (Some(a), Some(b)) = (a, b)
                    && a.name != b.name
                {
                    self.line(&format!("std::mem::swap(&mut {}, &mut {});", a.name, b.name));
                }
            }
            _ => {
                let wanted = |local: &Local| {
                    local.mutable && matches!(local.ty, T::Array(_) | T::Vec(_) | T::SliceMut(_))
                };
                if let Some(local) = self.one(wanted)
                    && let T::Array(n) | T::Vec(n) | T::SliceMut(n) = local.ty
                {
                    let (i, j) = (self.shallow_index(&local.name, n), self.rng.below(n));
                    let i = if i.contains(".len()") { "1".into() } else { i };
                    self.line(&format!("{}.swap({i}, {j});", local.name));
                }
            }
        }
    }

    pub(super) fn let_pattern(&mut self) {
        let (p, q) = (self.fresh("p"), self.fresh("q"));
        match self.rng.below(4) {
            0 => {
                let (a, b) = (self.bounded(1), self.bounded(1));
                self.line(&format!("let ({p}, mut {q}): (f64, f64) = ({a}, {b});"));
                self.declare(&p, T::F, false);
                self.declare(&q, T::F, true);
            }
            1 => {
                let (a, b) = (self.value(), self.bounded(1));
                self.line(&format!("let mut {p}: (f64, f64) = ({a}, {b});"));
                self.declare(&p, T::Pair, true);
            }
            2 => {
                if let Some(local) = self.one(|local| local.ty == T::Pair) {
                    self.line(&format!("let (mut {p}, {q}) = {};", local.name));
                    self.declare(&p, T::F, true);
                    self.declare(&q, T::F, false);
                }
            }
            _ => {
                if let Some(local) = self.one(|local| local.ty == T::Array(3)) {
                    self.line(&format!("let [{p}, mut {q}, _] = {};", local.name));
                    self.declare(&p, T::F, false);
                    self.declare(&q, T::F, true);
                }
            }
        }
    }

    pub(super) fn let_array(&mut self) {
        let name = self.fresh("a");
        let n = 2 + self.rng.below(3);
        match self.rng.below(8) {
            0..2 => {
                let items: Vec<_> = (0..n).map(|_| self.value()).collect();
                self.line(&format!("let mut {name}: [f64; {n}] = [{}];", items.join(", ")));
                self.declare(&name, T::Array(n), true);
            }
            2..4 => {
                self.line(&format!("let mut {name} = [0.0_f64; {n}];"));
                self.declare(&name, T::Array(n), true);
            }
            4 => {
                let value = self.value();
                self.line(&format!("let mut {name}: Vec<f64> = vec![{value}; {n}];"));
                self.declare(&name, T::Vec(n), true);
            }
            5 => {
                let (a, b) = (self.bounded(1), self.bounded(1));
                self.line(&format!("let mut {name}: [[f64; 2]; 2] = [[{a}, 0.0], [0.5, {b}]];"));
                self.declare(&name, T::Matrix(2), true);
            }
            6 => {
                let value = self.bounded(1);
                self.line(&format!("let mut {name} = [{value}; {n}];"));
                self.declare(&name, T::Array(n), true);
            }
            _ => {
                if let Some(local) = self.one(|local| matches!(local.ty, T::Array(_) | T::Matrix(_))) {
                    self.line(&format!("let mut {name} = {};", local.name));
                    self.declare(&name, local.ty, true);
                }
            }
        }
    }

    /// Integers, booleans, fills and copies.
    pub(super) fn small(&mut self) {
        match self.rng.below(6) {
            0 => {
                let name = self.fresh("k");
                let int = self.int();
                self.line(&format!("let mut {name}: usize = {int};"));
                self.declare(&name, T::Int, true);
            }
            1 => {
                if let Some(local) = self.one(|local| local.ty == T::Int && local.mutable) {
                    let name = local.name;
                    let int = self.int();
                    self.line(&format!("{name} = ({name} * 2 + {int}) % 7;"));
                }
            }
            2 => {
                let name = self.fresh("c");
                let condition = self.condition();
                self.line(&format!("let {name} = {condition};"));
                self.declare(&name, T::Bool, false);
            }
            3 => {
                let wanted = |local: &Local| {
                    local.mutable && matches!(local.ty, T::Array(_) | T::Vec(_) | T::SliceMut(_))
                };
                if let Some(local) = self.one(wanted) {
                    let value = if self.rng.chance(50) { "0.0".into() } else { self.bounded(1) };
                    // `fill` borrows its receiver before the argument is evaluated.
                    if !value.contains(&format!("{}[", local.name))
                        && !value.contains(&format!("{}.", local.name))
                    {
                        self.line(&format!("{}.fill({value});", local.name));
                    }
                }
            }
            4 => {
                let to = self.one(|local| local.mutable && matches!(local.ty, T::Array(_)));
                if let Some(to) = to
                    && let Some(from) = self.one(|local| local.ty == to.ty && local.name != to.name)
                {
                    if self.rng.chance(50) {
                        self.line(&format!("{}.copy_from_slice(&{});", to.name, from.name));
                    } else {
                        self.line(&format!("{} = {};", to.name, from.name));
                    }
                }
            }
            _ => {
                let leaf = self.leaf();
                self.line(&format!("assert!({leaf}.is_finite());"));
            }
        }
    }

    /// Two buffers, swapped each step.
    pub(super) fn buffers(&mut self) {
        let (a, b, step, i) = (self.fresh("cur"), self.fresh("nxt"), self.fresh("step"), self.fresh("i"));
        let (first, second) = (self.leaf(), self.bounded(1));
        let trips = self.trips();
        self.line(&format!("let mut {a}: [f64; 3] = [{first}, {second}, 0.5];"));
        self.line(&format!("let mut {b} = [0.0_f64; 3];"));
        self.open(&format!("for {step} in 0..{trips} {{"));
        self.open(&format!("for {i} in 0..3 {{"));
        let leaf = self.leaf();
        self.line(&format!(
            "{b}[{i}] = ({a}[({i} + 1) % 3] * {a}[{i}] + {leaf}).sin() + 0.1 * {step} as f64;"
        ));
        self.close("}");
        let saved = self.locals.clone();
        self.declare(&a, T::Array(3), true);
        self.declare(&b, T::Array(3), true);
        if self.rng.chance(30) {
            self.loops.push(Loop { label: None, valued: false });
            self.exit();
            self.loops.pop();
        }
        self.locals = saved;
        self.line(&format!("std::mem::swap(&mut {a}, &mut {b});"));
        self.close("}");
        self.declare(&a, T::Array(3), true);
        self.declare(&b, T::Array(3), true);
    }

    /// A function without a result writes to its parameters.
    pub(super) fn touch_outputs(&mut self) {
        for local in self.some_locals(|local| matches!(local.ty, T::SliceMut(_) | T::RefMut)) {
            let value = self.bounded(1);
            match local.ty {
                T::RefMut => self.line(&format!("*{} += {value};", local.name)),
                _ => self.line(&format!("{}[0] += {value};", local.name)),
            }
        }
    }
}

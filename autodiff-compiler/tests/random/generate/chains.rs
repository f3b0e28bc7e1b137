//! Iterator chains, closures, growing `Vec`s and the like: the wider language.

use super::{Gen, Local, T};

fn sequence(local: &Local) -> bool {
    matches!(local.ty, T::Array(_) | T::Vec(_) | T::Slice(_) | T::SliceMut(_))
}

impl Gen<'_> {
    /// A statement of the wider language.
    pub(super) fn wide(&mut self) {
        match self.rng.below(12) {
            0..6 => self.let_chain(),
            6 => self.collected(),
            7 => self.closure(),
            8 => self.for_each(),
            9 => self.grown(),
            10 => self.parts(),
            _ => self.chunks(),
        }
    }

    fn let_chain(&mut self) {
        let Some(chain) = self.chain() else { return self.let_float() };
        match self.one(|local| local.mutable && local.ty == T::F) {
            Some(local) if self.rng.chance(40) && !chain.contains(&local.name) => {
                self.line(&format!("{} += {chain};", local.name));
            }
            _ => {
                let name = self.fresh("t");
                self.line(&format!("let {name}: f64 = {chain};"));
                self.declare(&name, T::F, false);
            }
        }
    }

    /// A chain that ends in a float.
    fn chain(&mut self) -> Option<String> {
        let x = self.one(sequence)?.name;
        let y = self.one(sequence)?.name;
        let (a, b) = (self.leaf(), self.leaf());
        Some(match self.rng.below(14) {
            0 => format!("{x}.iter().map(|e| e.sin() * {a}).sum::<f64>()"),
            1 => format!("{x}.iter().zip({y}.iter()).map(|(e, h)| e * h).sum::<f64>()"),
            2 => format!("{x}.iter().zip(&{y}[..]).map(|(&e, &h)| (e - h * {a}).tanh()).sum::<f64>()"),
            3 => format!("{x}.iter().fold(0.0_f64, |acc, e| acc * 0.5 + (e * {a}).sin())"),
            4 => format!("{x}.iter().enumerate().map(|(k, e)| e * (k as f64 * 0.1) + {b}).sum::<f64>()"),
            5 => format!("{x}.iter().copied().fold(f64::NEG_INFINITY, f64::max)"),
            6 => format!("{x}.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).sum::<f64>()"),
            7 => format!("(0..{x}.len()).map(|k| ({x}[k] * {a}).cos()).sum::<f64>()"),
            8 => format!("{x}.iter().filter(|e| **e > 0.1).map(|e| e * {a}).sum::<f64>()"),
            9 => format!("{x}.iter().skip(1).take(2).rev().map(|&e| e.atan()).sum::<f64>()"),
            10 => format!("{x}.iter().map(|e| 1.0 + 0.1 * e.sin()).product::<f64>()"),
            11 => format!("{x}.iter().fold(({a}, 0.0_f64), |(u, v), &e| (v + e, 0.5 * u + e.sin())).0"),
            12 => format!("{x}.iter().chain({y}.iter()).map(|e| (e * e).sin()).sum::<f64>()"),
            _ => format!("{x}.iter().step_by(2).copied().map(f64::tanh).sum::<f64>()"),
        })
    }

    fn collected(&mut self) {
        let Some(local) = self.one(sequence) else { return self.let_array() };
        let name = self.fresh("c");
        let a = self.leaf();
        let n = match local.ty {
            T::Array(n) | T::Vec(n) | T::Slice(n) | T::SliceMut(n) => n,
            _ => return,
        };
        let x = local.name;
        match self.rng.below(3) {
            0 => self.line(&format!("let mut {name}: Vec<f64> = {x}.iter().map(|e| (e * {a}).sin()).collect();")),
            1 => self.line(&format!("let mut {name}: Vec<f64> = {x}.to_vec();")),
            _ => self.line(&format!(
                "let mut {name}: Vec<f64> = {x}.iter().enumerate().map(|(k, &e)| e * {a} + k as f64 * 0.1).collect();"
            )),
        }
        self.declare(&name, T::Vec(n), true);
    }

    /// A closure that captures, called twice.
    fn closure(&mut self) {
        let (name, captured, a, b) = (self.fresh("t"), self.leaf(), self.bounded(1), self.bounded(1));
        self.open(&format!("let {name}: f64 = {{"));
        if self.rng.chance(50) {
            self.line(&format!("let cl = |arg: f64| (arg * {captured}).sin();"));
        } else {
            self.line(&format!("let cl = |arg: f64| {{ let z = arg * arg; z.cos() + {captured} }};"));
        }
        self.line(&format!("cl({a}) * cl({b}).tanh()"));
        self.close("};");
        self.declare(&name, T::F, false);
    }

    fn for_each(&mut self) {
        let Some(local) = self.one(|local| sequence(local) && local.mutable) else { return self.compound() };
        let saved = self.locals.clone();
        self.locals.retain(|other| other.name != local.name);
        let a = self.leaf();
        self.locals = saved;
        self.line(&format!("{}.iter_mut().for_each(|e| *e = (*e * {a}).sin());", local.name));
    }

    /// A `Vec` that grows and shrinks.
    fn grown(&mut self) {
        let (name, k, t) = (self.fresh("g"), self.fresh("k"), self.fresh("t"));
        let (first, trips) = (self.bounded(1), self.trips());
        self.line(&format!("let mut {name}: Vec<f64> = Vec::new();"));
        self.line(&format!("{name}.push({first});"));
        self.line(&format!("{name}.push(0.5);"));
        self.open(&format!("for {k} in 0..{trips} {{"));
        let value = self.bounded(1);
        self.line(&format!("{name}.push({value} * {name}[{k}]);"));
        self.close("}");
        match self.rng.below(3) {
            0 => self.line(&format!("let {t}: f64 = {name}.pop().unwrap();")),
            1 => self.line(&format!("let {t}: f64 = {name}[{name}.len() - 1];")),
            _ => self.line(&format!("let {t}: f64 = {name}.iter().sum::<f64>();")),
        }
        self.declare(&t, T::F, false);
        if self.rng.chance(40) {
            self.line(&format!("{name}.truncate(1);"));
            self.declare(&name, T::Vec(1), true);
        }
    }

    /// Two parts of one sequence, both written.
    fn parts(&mut self) {
        let wanted = |local: &Local| {
            sequence(local)
                && local.mutable
                && matches!(local.ty, T::Array(n) | T::Vec(n) | T::SliceMut(n) if n >= 2)
        };
        let Some(local) = self.one(wanted) else { return self.compound() };
        let (l, r) = (self.fresh("l"), self.fresh("r"));
        self.open("{");
        self.line(&format!("let ({l}, {r}) = {}.split_at_mut(1);", local.name));
        let saved = self.locals.clone();
        self.locals.retain(|other| other.name != local.name);
        self.declare(&l, T::SliceMut(1), true);
        self.declare(&r, T::SliceMut(1), true);
        self.line(&format!("{l}[0] = ({l}[0] * {r}[0]).sin();"));
        self.body(1);
        self.locals = saved;
        self.close("}");
    }

    fn chunks(&mut self) {
        let Some(local) = self.one(sequence) else { return self.compound() };
        let Some(sum) = self.one(|local| local.mutable && local.ty == T::F) else { return self.compound() };
        let c = self.fresh("c");
        let how = self.rng.pick(&["chunks(2)", "windows(2)", "chunks_exact(2)"]);
        self.open(&format!("for {c} in {}.{how} {{", local.name));
        let last = self.rng.pick(&["0", "len() - 1"]);
        let last = if last == "0" { "0".to_string() } else { format!("{c}.{last}") };
        self.line(&format!("{0} = 0.5 * {0} + ({c}[0] * {c}[{last}]).sin();", sum.name));
        self.close("}");
    }
}

//! Indices that collide, counters that loops change, `Vec`s as stacks, closures with state.

use super::{Gen, Local, T};

/// The length of sequences that are long enough for sums of counters.
pub const LONG: usize = 24;

pub(super) fn long(local: &Local) -> bool {
    matches!(local.ty, T::Array(LONG) | T::Slice(LONG) | T::SliceMut(LONG))
}

impl Gen<'_> {
    /// A statement of this kind.
    pub(super) fn stateful(&mut self) {
        match self.rng.below(12) {
            0..5 => self.colliding(),
            5 | 6 => self.counted(),
            7 | 8 => self.stack(),
            9 => self.stateful_closure(),
            10 => self.replaced(),
            _ => self.parts_in_turn(),
        }
    }

    /// An index that several iterations of the loops around may share.
    fn shared_index(&mut self) -> String {
        let counter = |generator: &mut Self| {
            let found =
                generator.some_locals(|local| local.ty == T::Int && local.bound.is_some_and(|b| b <= 4));
            match found.len() {
                0 => format!("{}usize", generator.rng.below(4)),
                n => found[n - 1 - generator.rng.below(n.min(3))].name.clone(),
            }
        };
        let (i, j, n) = (counter(self), counter(self), counter(self));
        match self.rng.below(14) {
            0..3 => i,
            3 => format!("{i} + {j}"),
            4 => format!("{i} * 2 + {j}"),
            5 => format!("{i} * 3 + {j}"),
            6 => format!("{i} * {n} + {j}"),
            7 => format!("9 - {i}"),
            8 => format!("{i} + 1"),
            9 => format!("{i} / 2"),
            10 => format!("({i} + 5 - {j}) % 7"),
            11 => format!("({i} as i32 - {j} as i32).unsigned_abs() as usize"),
            12 => format!("({i} as usize).wrapping_sub({j}).wrapping_add(8)"),
            _ => format!("{i} * 4 + {j}"),
        }
    }

    fn colliding(&mut self) {
        let Some(array) = self.one(|local| long(local) && local.mutable) else {
            let name = self.fresh("d");
            let a = self.bounded(1);
            self.line(&format!("let mut {name} = [0.5 * {a}; {LONG}];"));
            return self.declare(&name, T::Array(LONG), true);
        };
        let name = array.name;
        let nest = self.rng.below(3);
        let saved = self.locals.clone();
        for _ in 0..nest {
            let i = self.fresh("i");
            let trips = self.trips();
            let range = match self.rng.below(4) {
                0 => format!("(0..{trips}).rev()"),
                _ => format!("0..{trips}"),
            };
            self.open(&format!("for {i} in {range} {{"));
            self.declare(&i, T::Int, false);
            self.locals.last_mut().expect("just declared").bound = Some(4);
        }
        for _ in 0..1 + self.rng.below(2) {
            let (to, from) = (self.shared_index(), self.shared_index());
            let read = match self.one(long) {
                Some(other) => other.name,
                None => name.clone(),
            };
            let a = self.bounded(1);
            match self.rng.below(7) {
                0 => self.line(&format!("{name}[{to}] = 0.5 * {name}[{to}] + {read}[{from}].sin();")),
                1 => self.line(&format!("{name}[{to}] = 0.5 * {name}[{from}] + {a};")),
                2 => self.line(&format!("{name}[{to}] += {read}[{from}] * {a};")),
                3 => self.line(&format!("{name}[{to}] *= 0.5;")),
                4 => self.line(&format!("{name}[{to}] = {name}[{to}].sin() * {a};")),
                5 => {
                    let (v, c) = (self.fresh("v"), self.fresh("c"));
                    self.line(&format!(
                        "let {c} = {a}; let {v} = &mut {name}[{to}..]; {v}[0] = 0.5 * {v}[1] + {c};"
                    ));
                }
                _ => {
                    let (v, c) = (self.fresh("v"), self.fresh("c"));
                    self.line(&format!(
                        "let {c} = {a}; let {v} = &mut {name}[{to}..{to} + 2]; {v}[1] = 0.5 * {v}[0] - {v}[1] + {c};"
                    ));
                }
            }
        }
        if nest > 0 && self.rng.chance(25) {
            self.compound();
        }
        self.locals = saved;
        for _ in 0..nest {
            self.close("}");
        }
    }

    /// A `while` whose counters its body changes.
    fn counted(&mut self) {
        let (k, at) = (self.fresh("k"), self.fresh("at"));
        let (trips, start) = (2 + self.rng.below(4), self.rng.below(3));
        self.line(&format!("let mut {k} = 0usize;"));
        self.line(&format!("let mut {at} = {start}usize;"));
        self.open(&format!("while {k} < {trips} {{"));
        let saved = self.locals.clone();
        self.declare(&k, T::Int, false);
        self.declare(&at, T::Int, false);
        self.line(&format!("{k} += 1;"));
        let array = self.one(|local| long(local) && local.mutable);
        if let Some(array) = &array {
            let a = self.bounded(1);
            self.line(&format!("{0}[{at}] = 0.5 * {0}[{at} + {k}] * {a};", array.name));
        }
        if self.rng.chance(50) {
            let condition = self.condition();
            let jump = self.rng.pick(&["continue;", "break;", ""]);
            self.line(&format!("if {condition} {{ {at} += 2; {k} += 1; {jump} }}"));
        }
        self.in_loop(None, false, 1);
        self.line(&format!("{at} = ({at} + 1) % 9;"));
        if let Some(array) = array {
            self.line(&format!("{0}[{at}] += {0}[{k}].sin();", array.name));
        }
        self.locals = saved;
        self.close("}");
    }

    /// A `Vec` that is used as a stack and emptied.
    fn stack(&mut self) {
        let Some(vec) = self.one(|local| local.mutable && matches!(local.ty, T::Stack)) else {
            let name = self.fresh("st");
            let (a, b) = (self.bounded(1), self.bounded(1));
            self.line(&format!("let mut {name}: Vec<f64> = vec![{a}, {b}];"));
            return self.declare(&name, T::Stack, true);
        };
        let (v, t, a) = (vec.name, self.fresh("t"), self.bounded(1));
        match self.rng.below(12) {
            0..3 => self.line(&format!("{v}.push({a});")),
            3 => self.line(&format!(
                "if let Some({t}) = {v}.pop() {{ {v}.push({t} * {a}); {v}.push({t}.sin()); }}"
            )),
            4 => self.line(&format!(
                "while {v}.len() > 2 {{ let {t} = {v}.pop().unwrap(); {v}[0] += {t} * {a}; }}"
            )),
            5 => {
                let kept = 1 + self.rng.below(2);
                self.line(&format!("{v}.truncate({kept});"));
            }
            6 => self.line(&format!("{v}.clear();")),
            7 => self.line(&format!("if {v}.len() > 1 {{ {v}.swap(0, 1); {v}[0] *= {a}; }}")),
            8 => self.line(&format!(
                "if !{v}.is_empty() {{ let {t} = {v}.remove(0); {v}.insert(0, {t}.sin() * {a}); }}"
            )),
            9 => self.line(&format!("for {t} in {v}.iter_mut() {{ *{t} = 0.5 * *{t} + {a}; }}")),
            10 => {
                self.line(&format!(
                    "let {t}: f64 = {v}.iter().sum::<f64>() + {v}.last().copied().unwrap_or(0.3);"
                ));
                self.declare(&t, T::F, false);
            }
            _ => {
                self.line(&format!(
                    "let {t}: f64 = if {v}.len() > 1 {{ {v}[{v}.len() - 1] * {v}[0] }} else {{ {a} }};"
                ));
                self.declare(&t, T::F, false);
            }
        }
    }

    /// A closure that changes what it captures.
    fn stateful_closure(&mut self) {
        let Some(state) = self.one(|local| local.mutable && local.ty == T::F) else {
            return self.let_float();
        };
        let saved = self.locals.clone();
        self.locals.retain(|local| local.name != state.name);
        let (a, b, c) = (self.bounded(1), self.bounded(1), self.leaf());
        self.locals = saved;
        let (name, t) = (state.name, self.fresh("t"));
        self.open(&format!("let {t}: f64 = {{"));
        self.line(&format!("let mut add = |z: f64| {{ {name} = 0.5 * {name} + z * {c}; {name}.sin() }};"));
        match self.rng.below(3) {
            0 => self.line(&format!("add({a}) + add({b})")),
            1 => self.line(&format!(
                "let first = add({a}); for k in 0..3 {{ add(first * 0.1 * k as f64); }} add({b}) * first"
            )),
            _ => self
                .line(&format!("let first = if {c} > 0.1 {{ add({a}) }} else {{ {b} }}; first * add(first)")),
        }
        self.close("};");
        self.declare(&t, T::F, false);
    }

    /// `mem::replace`, `mem::take`.
    fn replaced(&mut self) {
        let (t, c, a) = (self.fresh("t"), self.fresh("c"), self.bounded(1));
        // What is lent is not read meanwhile.
        self.line(&format!("let {c} = {a};"));
        match self
            .one(|local| local.mutable && matches!(local.ty, T::F | T::RefMut | T::Array(_) | T::SliceMut(_)))
        {
            Some(Local { name, ty: T::F, .. }) => {
                self.line(&format!("let {t} = std::mem::replace(&mut {name}, {c});"))
            }
            Some(Local { name, ty: T::RefMut, .. }) => {
                self.line(&format!("let {t} = std::mem::replace({name}, {c});"))
            }
            Some(Local { name, ty: T::Array(n) | T::SliceMut(n), .. }) => {
                let k = self.rng.below(n);
                self.line(&format!("let {t} = std::mem::take(&mut {name}[{k}]);"));
            }
            _ => return self.let_float(),
        }
        self.declare(&t, T::F, false);
    }

    /// Parts of parts of a sequence, one after another.
    fn parts_in_turn(&mut self) {
        let wanted =
            |local: &Local| local.mutable && matches!(local.ty, T::Array(_) | T::Vec(_) | T::SliceMut(_));
        let Some(local) = self.one(wanted) else { return self.compound() };
        let saved = self.locals.clone();
        self.locals.retain(|other| other.name != local.name);
        let (x, a, b) =
            (self.one(|local| matches!(local.ty, T::Array(_) | T::Slice(_))), self.leaf(), self.bounded(1));
        self.locals = saved;
        let (c, e, i) = (self.fresh("c"), self.fresh("e"), self.fresh("i"));
        let name = local.name;
        match (self.rng.below(6), x) {
            (0, _) => self.line(&format!("for {c} in {name}.chunks_mut(2) {{ for {e} in {c}.iter_mut() {{ *{e} = 0.5 * *{e} * {a} + {b}; }} }}")),
            (1, _) => self.line(&format!("for ({i}, {c}) in {name}.chunks_exact_mut(2).enumerate() {{ let {e} = {c}[1]; {c}[0] = {e} * {a} + {i} as f64; {c}[1] = {c}[0].sin(); }}")),
            (2, Some(x)) => self.line(&format!("for ({e}, {c}) in {name}.iter_mut().zip({}.windows(2)) {{ *{e} = 0.5 * *{e} + {c}[0] * {c}[1] * {a}; }}", x.name)),
            (3, Some(x)) => self.line(&format!("for ({e}, {c}) in {name}.iter_mut().rev().zip({}.iter().skip(1)) {{ *{e} *= {c}.sin() + {a}; }}", x.name)),
            (4, _) => self.line(&format!("{{ let {c} = &mut {name}[1..]; for {i} in 0..{c}.len() {{ let {e} = &mut {c}[{i}..]; {e}[0] = 0.5 * {e}[0] * {a} + {b}; }} }}")),
            _ => self.line(&format!("for {i} in 1..{name}.len() {{ let ({c}, {e}) = {name}.split_at_mut({i}); {e}[0] = 0.5 * {c}[{i} - 1] * {a} + {e}[0]; {c}[0] *= {e}[0].cos(); }}")),
        }
    }
}

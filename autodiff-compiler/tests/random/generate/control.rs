//! Branches, loops, jumps and blocks.

use super::{Gen, Local, Loop, T};

impl Gen<'_> {
    /// A jump under a condition.
    pub(super) fn exit(&mut self) {
        let condition = self.condition();
        let mut jumps = Vec::new();
        if let Some(innermost) = self.loops.last() {
            if !innermost.valued {
                jumps.push("break;".to_string());
            }
            jumps.push("continue;".to_string());
        }
        for outer in self.loops.iter().filter(|outer| !outer.valued) {
            if let Some(label) = &outer.label {
                jumps.push(format!("break {label};"));
                jumps.push(format!("continue {label};"));
            }
        }
        let early = self.rng.chance(if jumps.is_empty() { 60 } else { 15 });
        if early || (jumps.is_empty() && self.rng.chance(50)) {
            let value = self.final_value();
            jumps = vec![if self.ret.is_some() { format!("return {value};") } else { "return;".into() }];
        }
        if jumps.is_empty() {
            return self.compound();
        }
        let jump = jumps[self.rng.below(jumps.len())].clone();
        self.open(&format!("if {condition} {{"));
        if self.rng.chance(50) {
            self.compound();
        }
        self.line(&jump);
        self.close("}");
    }

    pub(super) fn branch(&mut self) {
        let condition = self.condition();
        self.open(&format!("if {condition} {{"));
        let count = 1 + self.rng.below(2);
        self.body(count);
        match self.rng.below(5) {
            0 | 1 => {}
            2 | 3 => {
                self.close("} else {");
                self.indent += 1;
                self.depth += 1;
                let count = self.rng.below(3);
                self.body(count);
            }
            _ => {
                let other = self.condition();
                self.close(&format!("}} else if {other} {{"));
                self.indent += 1;
                self.depth += 1;
                self.body(1);
            }
        }
        self.close("}");
    }

    pub(super) fn label(&mut self) -> (Option<String>, String) {
        if self.rng.chance(30) {
            let label = self.fresh("'l");
            let head = format!("{label}: ");
            (Some(label), head)
        } else {
            (None, String::new())
        }
    }

    pub(super) fn in_loop(&mut self, label: Option<String>, valued: bool, statements: usize) {
        self.loops.push(Loop { label, valued });
        for _ in 0..statements {
            self.statement();
        }
        self.loops.pop();
    }

    pub(super) fn for_range(&mut self) {
        let (label, head) = self.label();
        let name = self.fresh("i");
        let array =
            self.one(|local| matches!(local.ty, T::Array(_) | T::Vec(_) | T::Slice(_) | T::SliceMut(_)));
        let trips = self.trips();
        let (range, bound) = match (self.rng.below(8), &array) {
            (0 | 1, Some(local)) => match local.ty {
                T::Array(n) | T::Vec(n) => (format!("0..{}.len()", local.name), Some(n)),
                _ => (format!("0..{}.len()", local.name), None),
            },
            (2, _) => (format!("(0..{trips}).rev()"), Some(4)),
            (3, _) => (format!("(0..4).step_by({})", 1 + self.rng.below(3)), Some(4)),
            (4, _) => ("1..=2".to_string(), Some(3)),
            (5, _) => (format!("1..{trips}"), Some(4)),
            (6, _) => {
                match self.one(|local| local.ty == T::Int && local.bound.is_some_and(|bound| bound <= 4)) {
                    Some(outer) => match self.rng.below(3) {
                        0 => (format!("0..{}", outer.name), Some(4)),
                        1 => (format!("{}..4", outer.name), Some(4)),
                        _ => (format!("0..={}", outer.name), Some(4)),
                    },
                    None => (format!("0..{trips}"), Some(4)),
                }
            }
            _ => (format!("0..{trips}"), Some(4)),
        };
        let used = if self.rng.chance(90) { name.clone() } else { format!("_{name}") };
        self.open(&format!("{head}for {used} in {range} {{"));
        let saved = self.locals.clone();
        self.declare(&used, T::Int, false);
        if let Some(local) = self.locals.last_mut() {
            local.bound = bound;
        }
        // The same index again and again is what in-place updates are made of.
        if let Some(array) = array
            && bound.is_none()
            && array.mutable
            && self.rng.chance(60)
        {
            let value = self.bounded(1);
            self.line(&format!("{0}[{used}] = 0.5 * {0}[{used}] + {value};", array.name));
        }
        let count = 1 + self.rng.below(3);
        self.in_loop(label, false, count);
        self.locals = saved;
        self.close("}");
    }

    pub(super) fn for_items(&mut self) {
        let readable =
            |local: &Local| matches!(local.ty, T::Array(_) | T::Vec(_) | T::Slice(_) | T::SliceMut(_));
        let Some(over) = self.one(readable) else { return self.for_range() };
        let (label, head) = self.label();
        let (u, v, i) = (self.fresh("u"), self.fresh("v"), self.fresh("i"));
        let saved = self.locals.clone();
        let other = self.one(|local| readable(local) && local.name != over.name);
        let name = &over.name;
        // What is iterated is borrowed.
        let hide = |generator: &mut Self, name: &str, wholly: bool| {
            if wholly {
                generator.locals.retain(|local| local.name != name);
            } else {
                generator
                    .locals
                    .iter_mut()
                    .filter(|local| local.name == name)
                    .for_each(|local| local.mutable = false);
            }
        };
        let by_value = matches!(over.ty, T::Array(_)) && self.rng.chance(25);
        match (self.rng.below(7), over.mutable, other) {
            // What is iterated is a copy.
            _ if by_value => {
                self.open(&format!("{head}for {u} in {name} {{"));
                self.declare(&u, T::F, false);
                if over.mutable {
                    self.line(&format!("{name}[1] = 0.5 * {name}[1] + 0.3 * {u};"));
                }
            }
            (0 | 1, true, _) => {
                self.open(&format!("{head}for {u} in {name}.iter_mut() {{"));
                hide(self, name, true);
                self.declare(&u, T::RefMut, true);
            }
            (2, true, Some(other)) => {
                self.open(&format!(
                    "{head}for ({u}, {v}) in {name}.iter_mut().zip({}.iter()) {{",
                    other.name
                ));
                hide(self, name, true);
                hide(self, &other.name, false);
                self.declare(&u, T::RefMut, true);
                self.declare(&v, T::Ref, false);
            }
            (3, true, _) => {
                self.open(&format!("{head}for ({i}, {u}) in {name}.iter_mut().enumerate() {{"));
                hide(self, name, true);
                self.declare(&i, T::Int, false);
                self.declare(&u, T::RefMut, true);
            }
            (4, _, Some(other)) => {
                self.open(&format!("{head}for ({u}, {v}) in {name}.iter().zip({}.iter()) {{", other.name));
                hide(self, name, false);
                hide(self, &other.name, false);
                self.declare(&u, T::Ref, false);
                self.declare(&v, T::Ref, false);
            }
            (5, _, _) => {
                self.open(&format!("{head}for ({i}, {u}) in {name}.iter().enumerate() {{"));
                hide(self, name, false);
                self.declare(&i, T::Int, false);
                self.declare(&u, T::Ref, false);
            }
            (6, _, _) => {
                self.open(&format!("{head}for &{u} in {name}.iter() {{"));
                hide(self, name, false);
                self.declare(&u, T::F, false);
            }
            _ => {
                self.open(&format!("{head}for {u} in {name}.iter() {{"));
                hide(self, name, false);
                self.declare(&u, T::Ref, false);
            }
        }
        let count = 1 + self.rng.below(2);
        self.in_loop(label, false, count);
        self.locals = saved;
        self.close("}");
    }

    pub(super) fn while_loop(&mut self) {
        let (label, head) = self.label();
        let k = self.fresh("k");
        self.line(&format!("let mut {k} = 0usize;"));
        let saved = self.locals.clone();
        self.declare(&k, T::Int, false);
        let trips = self.trips();
        match self.rng.below(4) {
            0 => {
                self.open(&format!("{head}while {k} < {trips} {{"));
                self.line(&format!("{k} += 1;"));
            }
            1 => {
                let leaf = self.leaf();
                self.open(&format!("{head}while {leaf} > 0.1 && {k} < 4 {{"));
                self.line(&format!("{k} += 1;"));
            }
            2 => {
                self.open(&format!("{head}loop {{"));
                self.line(&format!("{k} += 1;"));
                self.line(&format!("if {k} > {trips} {{ break; }}"));
            }
            _ => {
                self.open(&format!("{head}loop {{"));
                self.line(&format!("{k} += 1;"));
                let count = 1 + self.rng.below(2);
                self.in_loop(label.clone(), false, count);
                self.line(&format!("if {k} >= {trips} {{ break; }}"));
                // `continue` above must not skip the way out for ever: the counter still grows,
                // so a second check stands at the end of what follows.
                self.in_loop_guarded(&k, label.clone());
                self.locals = saved;
                return self.close("}");
            }
        }
        let count = 1 + self.rng.below(3);
        self.in_loop(label, false, count);
        self.locals = saved;
        self.close("}");
    }

    pub(super) fn in_loop_guarded(&mut self, counter: &str, label: Option<String>) {
        self.line(&format!("if {counter} > 6 {{ break; }}"));
        self.in_loop(label, false, 1);
    }

    pub(super) fn valued_loop(&mut self) {
        let (k, name) = (self.fresh("k"), self.fresh("t"));
        self.line(&format!("let mut {k} = 0usize;"));
        self.open(&format!("let {name}: f64 = loop {{"));
        let saved = self.locals.clone();
        self.declare(&k, T::Int, false);
        self.line(&format!("{k} += 1;"));
        let value = self.bounded(1);
        self.line(&format!("if {k} > 3 {{ break {value}; }}"));
        self.in_loop(None, true, 1);
        let (condition, value) = (self.condition(), self.value());
        self.line(&format!("if {condition} {{ break {value}; }}"));
        self.in_loop(None, true, 1);
        self.locals = saved;
        self.close("};");
        self.declare(&name, T::F, false);
    }

    pub(super) fn arms(&mut self) {
        let int = self.int();
        if self.rng.chance(40) {
            let name = self.fresh("t");
            let (a, b, c) = (self.bounded(1), self.value(), self.bounded(1));
            self.line(&format!("let {name}: f64 = match ({int}) % 3 {{ 0 => {a}, 1 => {b}, _ => {c} }};"));
            self.declare(&name, T::F, false);
            return;
        }
        self.open(&format!("match ({int}) % 4 {{"));
        for pattern in ["0", "1 | 2", "_"] {
            self.open(&format!("{pattern} => {{"));
            let count = self.rng.below(3);
            self.body(count);
            self.close("}");
        }
        self.close("}");
    }

    pub(super) fn late(&mut self) {
        let name = self.fresh("y");
        let condition = self.condition();
        self.line(&format!("let {name}: f64;"));
        for (k, head) in [format!("if {condition} {{"), "} else {".into()].into_iter().enumerate() {
            if k == 0 {
                self.open(&head);
            } else {
                self.close(&head);
                self.indent += 1;
                self.depth += 1;
            }
            let saved = self.locals.clone();
            if self.rng.chance(50) {
                self.let_float();
            }
            let value = self.value();
            self.line(&format!("{name} = {value};"));
            self.locals = saved;
        }
        self.close("}");
        self.declare(&name, T::F, false);
    }

    pub(super) fn block_value(&mut self) {
        let (name, inner) = (self.fresh("t"), self.fresh("z"));
        let valued_if = self.rng.chance(50);
        if valued_if {
            let condition = self.condition();
            self.open(&format!("let {name}: f64 = if {condition} {{"));
        } else {
            self.open(&format!("let {name}: f64 = {{"));
        }
        let saved = self.locals.clone();
        let value = self.value();
        self.line(&format!("let mut {inner}: f64 = {value};"));
        self.declare(&inner, T::F, true);
        self.compound();
        let value = self.bounded(1);
        self.line(&format!("{inner} * {value}"));
        self.locals = saved;
        if valued_if {
            self.close("} else {");
            self.indent += 1;
            self.depth += 1;
            if self.rng.chance(25) {
                let value = self.final_value();
                self.line(&if self.ret.is_some() { format!("return {value};") } else { "return;".into() });
            } else {
                let value = self.bounded(1);
                self.line(&value);
            }
        }
        self.close("};");
        self.declare(&name, T::F, false);
    }

    pub(super) fn plain_block(&mut self) {
        self.open("{");
        self.body(2);
        self.close("}");
    }
}

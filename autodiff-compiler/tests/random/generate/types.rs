//! Structs, enums, `Option`s and tuples as state.

use super::{Gen, Local, T};

/// What programs that use these types begin with.
pub const TYPES: &str = "
#[derive(Clone, Debug, Differentiable)]
struct P {
    x: f64,
    y: f64,
    k: usize,
}
#[derive(Clone, Debug, Differentiable)]
enum E {
    Dot(f64),
    Side { w: f64, h: f64 },
    Empty,
}

impl P {
    fn norm(&self) -> f64 {
        (self.x * self.x + self.y * self.y + 0.1).sqrt()
    }
    fn step(&mut self, a: f64) -> f64 {
        self.x = 0.5 * self.x * a.sin() + self.y;
        self.k += 1;
        if self.k > 3 {
            return self.y;
        }
        self.y += self.x.tanh();
        self.x * self.y
    }
    fn turned(self, a: f64) -> P {
        P { x: self.y * a.cos(), ..self }
    }
}

fn h_area(e: &E) -> f64 {
    match e {
        E::Dot(r) => r.sin(),
        E::Side { w, h } => w * h.tanh(),
        E::Empty => 0.5,
    }
}

fn h_grow(e: &mut E, a: f64) {
    match e {
        E::Dot(r) if *r > 0.5 => *r = a.sin(),
        E::Dot(r) => *r *= a,
        E::Side { w, .. } => *w = 0.5 * *w + a.cos(),
        E::Empty => {}
    }
}

fn h_opt(a: f64) -> Option<f64> {
    if a > 0.6 {
        return None;
    }
    Some(a.sin() + 0.5)
}

fn h_opts(a: f64, b: f64) -> Option<f64> {
    let u = h_opt(a)?;
    let mut s = u;
    for k in 0..3 {
        s = s * 0.5 + h_opt(u * b - 0.1 * k as f64)?;
    }
    Some(u + s * s)
}

fn h_move(p: &mut P, q: &P, s: &mut f64) {
    p.x = (q.x * *s).sin();
    *s = 0.5 * p.y * *s + q.y;
    p.y -= *s * p.x;
}
";

impl Gen<'_> {
    /// A statement with such a type.
    pub(super) fn typed(&mut self) {
        match self.rng.below(10) {
            0..3 => self.structs(),
            3..6 => self.options(),
            6..8 => self.enums(),
            _ => self.tuples(),
        }
    }

    fn mutable(&mut self, ty: T) -> Option<String> {
        self.one(|local| local.mutable && local.ty == ty).map(|local| local.name)
    }

    fn structs(&mut self) {
        let (Some(p), true) = (self.mutable(T::Point), self.rng.chance(80)) else {
            let name = self.fresh("p");
            let (a, b, k) = (self.bounded(1), self.bounded(1), self.rng.below(3));
            self.line(&format!("let mut {name} = P {{ x: {a}, y: {b}, k: {k} }};"));
            return self.declare(&name, T::Point, true);
        };
        let t = self.fresh("t");
        match self.rng.below(9) {
            0 => {
                let a = self.bounded(1);
                self.line(&format!("let {t}: f64 = {p}.step({a});"));
                self.declare(&t, T::F, false);
            }
            1 => self.line(&format!("{p}.x = 0.5 * {p}.y * {p}.norm().sin();")),
            2 => {
                let a = self.bounded(1);
                self.line(&format!("{p} = P {{ y: {a}, ..{p} }};"));
            }
            3 => {
                let a = self.bounded(1);
                self.line(&format!("{p} = {p}.clone().turned({a});"));
            }
            4 => {
                self.line(&format!("let P {{ x: mut {t}, .. }} = {p}.clone();"));
                self.declare(&t, T::F, true);
            }
            5 => {
                let (a, k) = (self.bounded(1), self.rng.below(3));
                let new = self.fresh("new");
                self.line(&format!("let {new} = P {{ x: 0.5, y: {a}, k: {k} }};"));
                self.line(&format!("let {t} = std::mem::replace(&mut {p}, {new});"));
                self.declare(&t, T::Point, false);
            }
            6 => {
                self.line(&format!("let mut {t} = [{p}.clone(), {p}.clone()];"));
                let a = self.bounded(1);
                let int = self.int();
                self.line(&format!("{t}[({int}) % 2].x = {a} * {t}[1].y;"));
                self.line(&format!("{p}.y -= 0.5 * {t}[0].x * {t}[1].x;"));
            }
            7 => {
                let (Some(q), Some(s)) = (
                    self.one(|local| local.ty == T::Point && local.name != p),
                    self.one(|local| local.mutable && local.ty == T::F),
                ) else {
                    return self.line(&format!("{p}.y = {p}.y.cos() * {p}.x;"));
                };
                self.line(&format!("h_move(&mut {p}, &{}, &mut {});", q.name, s.name));
            }
            _ => {
                // A view of a field.
                self.open("{");
                self.line(&format!("let {t} = &mut {p}.x;"));
                let saved = self.locals.clone();
                self.locals.retain(|local| local.name != p);
                self.declare(&t, T::RefMut, true);
                self.body(2);
                self.locals = saved;
                self.close("}");
            }
        }
    }

    fn options(&mut self) {
        let (Some(o), true) = (self.mutable(T::Maybe), self.rng.chance(75)) else {
            let name = self.fresh("o");
            let (c, a) = (self.condition(), self.bounded(1));
            let text = match self.rng.below(3) {
                0 => format!("if {c} {{ Some({a}) }} else {{ None }}"),
                1 => format!("Some({a})"),
                _ => "None".into(),
            };
            self.line(&format!("let mut {name}: Option<f64> = {text};"));
            return self.declare(&name, T::Maybe, true);
        };
        let (t, v) = (self.fresh("t"), self.fresh("v"));
        let a = self.bounded(1);
        match self.rng.below(12) {
            0 => {
                self.open(&format!("if let Some({v}) = {o} {{"));
                let saved = self.locals.clone();
                self.declare(&v, T::F, false);
                self.body(2);
                self.locals = saved;
                if self.rng.chance(50) {
                    self.close("} else {");
                    self.indent += 1;
                    self.depth += 1;
                    self.line(&format!("{o} = Some({a});"));
                }
                self.close("}");
            }
            1 => {
                self.line(&format!("let {t}: f64 = match {o} {{ Some({v}) => {v} * {a}, None => {a} }};"));
                self.declare(&t, T::F, false);
            }
            2 => self.line(&format!("{o} = Some({a});")),
            3 => {
                let c = self.condition();
                self.line(&format!("if {c} {{ {o} = None; }}"));
            }
            4 => self.line(&format!("if let Some({v}) = &mut {o} {{ *{v} = 0.5 * *{v} * {a}; }}")),
            5 => {
                self.line(&format!("let {t}: f64 = {o}.unwrap_or({a});"));
                self.declare(&t, T::F, false);
            }
            6 => self.line(&format!("{o} = {o}.map(|{v}| {v}.sin() * {a});")),
            7 => {
                self.line(&format!(
                    "let {t}: f64 = if let Some({v}) = {o}.take() {{ {v} + {a} }} else {{ 0.3 }};"
                ));
                self.declare(&t, T::F, false);
            }
            8 => {
                self.line(&format!("let {t}: f64 = h_opts({a}, 0.7).unwrap_or(0.2);"));
                self.declare(&t, T::F, false);
            }
            9 => self.line(&format!("{o} = h_opt({a});")),
            10 => {
                let jump = match self.loops.last() {
                    Some(innermost) if innermost.valued => "continue".into(),
                    Some(_) => self.rng.pick(&["continue", "break"]).to_string(),
                    None => format!("return {}", self.final_value()),
                };
                self.line(&format!("let Some({t}) = {o} else {{ {jump}; }};"));
                self.declare(&t, T::F, false);
            }
            _ => {
                self.open(&format!("match h_opt({a}) {{"));
                self.line(&format!("Some({v}) if {v} > 0.4 => {o} = Some({v} * 0.5),"));
                self.line(&format!("Some({v}) => {{ if let Some({t}) = {o}.as_mut() {{ *{t} += {v}; }} }}"));
                self.line("None => {}");
                self.close("}");
            }
        }
    }

    fn enums(&mut self) {
        let (a, b, c) = (self.bounded(1), self.bounded(1), self.condition());
        let (Some(e), true) = (self.mutable(T::Shape), self.rng.chance(75)) else {
            let name = self.fresh("e");
            let text = match self.rng.below(3) {
                0 => format!("if {c} {{ E::Dot({a}) }} else {{ E::Side {{ w: {a}, h: {b} }} }}"),
                1 => format!("E::Dot({a})"),
                _ => "E::Empty".into(),
            };
            self.line(&format!("let mut {name}: E = {text};"));
            return self.declare(&name, T::Shape, true);
        };
        let t = self.fresh("t");
        match self.rng.below(5) {
            0 => {
                self.line(&format!("let {t}: f64 = h_area(&{e});"));
                self.declare(&t, T::F, false);
            }
            1 => self.line(&format!("h_grow(&mut {e}, {a});")),
            2 => self.line(&format!("if {c} {{ {e} = E::Side {{ w: {a}, h: {b} }}; }}")),
            3 => {
                self.open(&format!("let {t}: f64 = match &{e} {{"));
                self.line(&format!("E::Dot(er) if *er > 0.2 => er * {a},"));
                self.line("E::Dot(er) => er.sin(),");
                self.line(&format!("E::Side {{ w: sw, h: sh }} => sw * sh - {b},"));
                self.line(&format!("E::Empty => {a},"));
                self.close("};");
                self.declare(&t, T::F, false);
            }
            _ => {
                self.open(&format!("match &mut {e} {{"));
                self.line(&format!("E::Dot(er) => *er = 0.5 * *er * {a},"));
                self.line(&format!(
                    "E::Side {{ w: sw, h: sh }} => {{ std::mem::swap(sw, sh); *sw *= {b}; }}"
                ));
                self.line("E::Empty => {}");
                self.close("}");
            }
        }
    }

    fn tuples(&mut self) {
        let (a, b) = (self.bounded(1), self.bounded(1));
        let two: Vec<Local> = self.some_locals(|local| local.mutable && local.ty == T::F);
        match (self.rng.below(3), self.mutable(T::Pair)) {
            (0, Some(p)) => self.line(&format!("({p}.0, {p}.1) = ({p}.1 * {a}, 0.5 * {p}.0 + {b});")),
            (1, Some(p)) => self.line(&format!("{p} = (0.5 * {p}.1, {p}.0 * {a});")),
            _ if two.len() >= 2 => {
                let (u, v) = (&two[two.len() - 1].name, &two[two.len() - 2].name);
                self.line(&format!("({u}, {v}) = ({v} * {a}, 0.5 * {u} + {b});"));
            }
            _ => {
                let (p, q) = (self.fresh("p"), self.fresh("q"));
                self.line(&format!("let (mut {p}, (mut {q}, _)): (f64, (f64, f64)) = ({a}, ({b}, 0.5));"));
                self.line(&format!("({p}, {q}) = ({q}, {p} * {q});"));
                self.declare(&p, T::F, true);
                self.declare(&q, T::F, true);
            }
        }
    }
}

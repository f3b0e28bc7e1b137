//! Loops of unusual shapes: other steps, no trips or one, arrays of arrays, buffers that are exchanged,
//! state in tuples, `Option`s and structs, helpers and closures that change what they are lent.

use super::state::{LONG, long};
use super::{Gen, T};

/// Functions that change what they are lent.
pub const LENT: &str = "fn h_row(w: &mut [f64], s: f64) -> f64 {\n    let mut t = s;\n    for i in 0..w.len() {\n        w[i] = 0.5 * w[i] + t.sin();\n        t = 0.5 * t + w[i] * s;\n    }\n    t\n}\n\
    fn h_mix(a: &mut f64, b: &mut f64, c: f64) {\n    let old = *a;\n    *a = (*b * c).sin();\n    *b = 0.5 * *b + old * c;\n}\n\
    fn h_at(w: &mut [f64], k: usize, z: f64) {\n    w[k] = 0.5 * w[k] * z.cos() + z;\n}\n";

/// What one of these loops works on.
struct Parts {
    w: String,
    x: String,
    s: String,
    /// Something of the rest of the function.
    a: String,
}

impl Gen<'_> {
    pub(super) fn shape(&mut self) {
        let Some(w) = self.one(|local| long(local) && local.mutable) else { return self.long_array() };
        let Some(x) = self.one(|local| long(local) && local.name != w.name) else { return self.long_array() };
        let Some(s) = self.one(|local| local.mutable && local.ty == T::F) else { return self.let_float() };
        let saved = self.locals.clone();
        // What is lent is not named meanwhile.
        self.locals.retain(|local| local.name != w.name && local.name != s.name);
        let parts = Parts { w: w.name, x: x.name, s: s.name, a: self.leaf() };
        self.locals = saved;
        match self.rng.below(14) {
            12.. => self.tables(&parts),
            0..3 => self.stepped(&parts),
            3 => self.few_trips(&parts),
            4..6 => self.grid(&parts),
            6 => self.exchanged(&parts),
            7 => self.tuple_state(&parts),
            8 => self.option_state(&parts),
            9 => self.lent(&parts),
            10 => self.captured(&parts),
            _ => self.shadowed(&parts),
        }
    }

    pub(super) fn long_array(&mut self) {
        let (name, k) = (self.fresh("d"), self.fresh("k"));
        let a = self.bounded(1);
        if self.rng.chance(50) {
            self.line(&format!("let mut {name} = [0.5 * {a}; {LONG}];"));
        } else {
            let init = self.fresh("z");
            self.line(&format!("let {init}: f64 = {a};"));
            self.line(&format!("let mut {name} = [0.0_f64; {LONG}];"));
            self.line(&format!("for {k} in 0..{LONG} {{ {name}[{k}] = ({init} + {k} as f64).sin(); }}"));
        }
        self.declare(&name, T::Array(LONG), true);
    }

    fn at(&mut self, i: &str) -> String {
        if self.rng.chance(55) { i.to_string() } else { self.wild_index(i, None, "2") }
    }

    /// One to three statements about elements.
    fn elements(&mut self, p: &Parts, i: &str) {
        for _ in 0..1 + self.rng.below(3) {
            let (to, from, beside) = (self.at(i), self.at(i), self.at(i));
            let Parts { w, x, s, a } = p;
            let roll = self.rng.below(12);
            self.line(&match roll {
                0 => format!("{w}[{to}] = 0.5 * {w}[{from}] + {x}[{beside}].sin();"),
                1 => format!("{w}[{to}] += {x}[{from}] * {a};"),
                2 => format!("{w}[{to}] *= {x}[{from}].cos();"),
                3 => format!("{s} += {w}[{to}] * {x}[{from}];"),
                4 => format!("{s} = 0.5 * {s} + {w}[{to}].sin();"),
                5 => format!(
                    "if {w}[{to}] > 0.2 {{ {w}[{from}] = {a}.sin(); }} else {{ {s} += {x}[{beside}]; }}"
                ),
                6 => format!("if {x}[{to}] < {w}[{from}] {{ {w}[{from}] -= 0.3 * {x}[{to}]; }}"),
                7 => format!("{{ let at = {to}; {w}[at] = {w}[at].sin() * {x}[at]; }}"),
                8 => format!("if {s} > 1.0 {{ {s} *= 0.5; continue; }}"),
                9 => format!("if {w}[{to}] > 1.5 {{ break; }}"),
                10 => format!("{w}[{to}] = h_sc({w}[{to}].sin(), {x}[{from}].sin()).tanh();"),
                _ => format!("{{ let old = {w}[{to}]; {w}[{to}] = {a}.cos(); {s} += old * {w}[{from}]; }}"),
            });
        }
    }

    fn stepped(&mut self, p: &Parts) {
        let (i, step) = (self.fresh("i"), 2 + self.rng.below(3));
        let (lo, hi) = (self.rng.below(4), LONG - self.rng.below(4));
        match self.rng.below(7) {
            0 => self.open(&format!("for {i} in ({lo}usize..{hi}).step_by({step}) {{")),
            1 => self.open(&format!("for {i} in ({lo}usize..{hi}).rev().step_by({step}) {{")),
            2 => self.open(&format!("for {i} in ({lo}usize..{hi}).step_by({step}).rev() {{")),
            3 => self.open(&format!("for {i} in {lo}usize..={} {{", hi - 1)),
            4 => self.open(&format!("for {i} in ({lo}usize..={}).rev() {{", hi - 1)),
            5 => {
                self.line(&format!("let mut {i} = {lo}usize;"));
                self.open(&format!("while {i} < {hi} {{"));
                self.line(&format!("let at = {i};"));
                self.line(&format!("{i} += {step};"));
                self.elements(p, "at");
                return self.close("}");
            }
            _ => {
                self.line(&format!("let mut {i} = {hi}usize;"));
                self.open(&format!("while {i} > {lo} {{"));
                self.line(&format!("{i} -= 1;"));
            }
        }
        self.elements(p, &i);
        self.close("}");
    }

    /// Loops that may run not at all, once, or less far than they say.
    fn few_trips(&mut self, p: &Parts) {
        let (i, n) = (self.fresh("i"), self.fresh("n"));
        let most = [0, 1, 2, 7, 8, 9, 15, 16, 17, 23][self.rng.below(10)];
        let count = self.trips();
        let roll = self.rng.below(4);
        self.line(&match roll {
            0 => format!("let {n} = {most}usize;"),
            1 => format!("let {n} = ({count}) % 3;"),
            2 => format!("let {n} = ({count}) * 7 % {LONG};"),
            _ => format!("let {n} = {}.len().min({most} + ({count}) % 2);", p.x),
        });
        let lo = self.rng.below(3);
        let roll = self.rng.below(5);
        self.open(&match roll {
            0 => format!("for {i} in {lo}..{n} {{"),
            1 => format!("for {i} in ({lo}..{n}).rev() {{"),
            2 => format!("for {i} in {n}..{n} + 1 {{"),
            3 => format!("for {i} in {n}..{lo} {{"),
            _ => format!("for {i} in 0..{n} {{"),
        });
        self.elements(p, &i);
        self.close("}");
    }

    /// Edges of a graph, rows of a sparse matrix.
    fn tables(&mut self, p: &Parts) {
        let (table, i, j, e) = (self.fresh("table"), self.fresh("i"), self.fresh("j"), self.fresh("e"));
        let Parts { w, x, s, a } = p;
        if self.rng.chance(50) {
            let pairs: Vec<String> = (0..2 + self.rng.below(9))
                .map(|_| format!("({}usize, {}usize)", self.rng.below(8), self.rng.below(LONG)))
                .collect();
            let list = format!("[{}]", pairs.join(", "));
            let head = self.rng.pick(&["", "vec!"]);
            self.line(&format!("let {table} = {head}{list};"));
            let head = match self.rng.below(4) {
                0 => format!("for &({i}, {j}) in {table}.iter() {{"),
                1 => format!("for &({i}, {j}) in {table}.iter().rev() {{"),
                2 => format!("for {e} in 0..{table}.len() {{ let ({i}, {j}) = {table}[{e}];"),
                _ => format!(
                    "for {e} in 0..{table}.len() {{ let {i} = {table}[{e}].0; let {j} = {table}[{e}].1;"
                ),
            };
            self.open(&head);
        } else {
            let starts =
                [[0, 3, 3, 9, 12], [0, 1, 8, 16, 24], [2, 4, 6, 8, 10], [0, 0, 5, 5, 23]][self.rng.below(4)];
            let columns: Vec<String> = (0..LONG).map(|_| self.rng.below(8).to_string()).collect();
            let rows = self.fresh("rows");
            self.line(&format!("let {rows} = [{}usize];", starts.map(|n| n.to_string()).join("usize, ")));
            self.line(&format!("let {table} = [{}usize];", columns.join("usize, ")));
            self.open(&format!("for {i} in 0..4usize {{"));
            let roll = self.rng.below(4);
            self.line(&match roll {
                0 => format!("for {j} in {rows}[{i}]..{rows}[{i} + 1] {{ {s} += {x}[{j}] * {w}[{table}[{j}]]; }}"),
                1 => format!("for {j} in {rows}[{i}]..{rows}[{i} + 1] {{ {w}[{table}[{j}]] += {x}[{j}] * {a}; }}"),
                2 => format!("for {j} in ({rows}[{i}]..{rows}[{i} + 1]).rev() {{ {w}[{j}] = 0.5 * {w}[{table}[{j}]] + {x}[{j}].sin(); }}"),
                _ => format!("let mut {e} = 0.0; for {j} in {rows}[{i}]..{rows}[{i} + 1] {{ {e} += {x}[{j}] * {w}[{table}[{j}]].cos(); }} {w}[{i}] = {e} * 0.5;"),
            });
            self.line(&format!("let {j} = {table}[{i}];"));
        }
        let roll = self.rng.below(5);
        self.line(&match roll {
            0 => format!("{w}[{i}] += {x}[{j}] * {w}[{j}].sin() * 0.3;"),
            1 => format!("{{ let force = ({w}[{i}] - {w}[{j}]).sin(); {w}[{i}] -= 0.1 * force; {w}[{j}] += 0.1 * force; }}"),
            2 => format!("{s} += (({x}[{i}] - {w}[{j}]).powi(2) + 0.1).sqrt();"),
            3 => format!("{w}.swap({i}, {j}); {w}[{i}] = 0.5 * {w}[{i}] + {x}[{i}];"),
            _ => format!("{w}[{j}] = 0.5 * {w}[{i}] + {x}[{j}].sin() * {a};"),
        });
        self.close("}");
    }

    /// Arrays of arrays, `Vec`s of `Vec`s.
    fn grid(&mut self, p: &Parts) {
        let (g, i, j, t) = (self.fresh("g"), self.fresh("i"), self.fresh("j"), self.fresh("t"));
        let (rows, columns) = [(4, 6), (3, 8), (5, 3), (2, 9)][self.rng.below(4)];
        let Parts { w, x, s, a } = p;
        let flat = self.rng.chance(60);
        self.line(&if flat {
            format!("let mut {g} = [[0.5 * {a}.sin(); {columns}]; {rows}];")
        } else {
            format!("let mut {g} = vec![vec![0.5 * {a}.sin(); {columns}]; {rows}];")
        });
        let rows_from = self.rng.below(2);
        self.open(&format!("for {i} in {rows_from}..{rows} {{"));
        for _ in 0..1 + self.rng.below(2) {
            let roll = self.rng.below(9);
            self.line(&match roll {
                0 => format!("for {j} in 0..{columns} {{ {g}[{i}][{j}] = 0.5 * {g}[{i}][{j}] + {x}[{i} * 4 + {j}].sin() * {x}[{j}]; }}"),
                1 => format!("for {j} in 1..{columns} {{ {g}[{i}][{j}] += 0.3 * {g}[{i}][{j} - 1] * {x}[{j}]; }}"),
                2 => format!("for {j} in 0..{columns} {{ {w}[{j}] += {g}[{i}][{j}] * {x}[{i}]; {s} += {g}[{i}][{columns} - 1 - {j}] * {w}[{i}].cos(); }}"),
                3 => format!("for {j} in 0..{columns} {{ {g}[{i}][{j}] = {g}[({i} + 1) % {rows}][{j}].sin() + {x}[{j}]; }}"),
                4 => format!("{{ let row = &mut {g}[{i}]; for {j} in 0..row.len() {{ row[{j}] = 0.5 * row[{j}] + {x}[{j}]; }} row[0] *= row[1]; }}"),
                5 => format!("for e in {g}[{i}].iter_mut() {{ *e = 0.5 * *e * {x}[{i}] + {w}[{i}]; }}"),
                6 => format!("{g}.swap({i}, {rows} - 1 - {i});"),
                7 => format!("{s} += {g}[{i}].iter().zip(&{x}[..]).map(|(u, vv)| u * vv).sum::<f64>();"),
                _ => format!("for {j} in 0..{columns} {{ if {g}[{i}][{j}] > 0.2 {{ {g}[{i}][{j}] *= {x}[{j}]; }} else {{ {w}[{j}] = {g}[{i}][0] * 0.5; }} }}"),
            });
        }
        self.close("}");
        let roll = self.rng.below(4);
        self.line(&match roll {
            0 => format!("let {t}: f64 = {g}.iter().map(|row| row.iter().sum::<f64>()).sum();"),
            1 => format!("let {t}: f64 = {g}[1][2] * {g}[0][1];"),
            2 => format!("let mut {t}: f64 = 0.0; for row in {g}.iter() {{ for e in row {{ {t} += e.sin(); }} }}"),
            _ => format!("let mut {t}: f64 = 0.0; for {j} in 0..{columns} {{ for {i} in 0..{rows} {{ {t} = 0.7 * {t} + {g}[{i}][{j}]; }} }}"),
        });
        self.declare(&t, T::F, false);
    }

    /// Two long buffers, exchanged each step, some steps or in halves.
    fn exchanged(&mut self, p: &Parts) {
        let (b, step, i) = (self.fresh("b"), self.fresh("step"), self.fresh("i"));
        let Parts { w: _, x, s, a } = p;
        let cur = self.fresh("cur");
        let vec = self.rng.chance(50);
        let make =
            |init: &str| if vec { format!("vec![{init}; {LONG}]") } else { format!("[{init}; {LONG}]") };
        self.line(&format!("let mut {cur} = {};", make(&format!("{a}.sin()"))));
        self.line(&format!("let mut {b} = {};", make("0.0_f64")));
        let trips = self.trips();
        self.open(&format!("for {step} in 0..{trips} {{"));
        let early = self.rng.chance(30);
        if early {
            self.line(&format!("std::mem::swap(&mut {cur}, &mut {b});"));
        }
        let roll = self.rng.below(5);
        self.line(&match roll {
            0 => format!("for {i} in 1..{} {{ {b}[{i}] = ({cur}[{i} - 1] + {cur}[{i} + 1]).sin() * 0.5 + {x}[{i}] * {s}; }}", LONG - 1),
            1 => format!("for {i} in 0..{LONG} {{ {b}[{i}] = {cur}[({i} + {step}) % {LONG}].sin() + 0.1 * {x}[{i}]; }}"),
            2 => format!("for {i} in 0..{LONG} {{ {b}[{i}] = 0.5 * {b}[{i}] + {cur}[{i}] * {x}[{i}].cos(); {s} += 0.1 * {b}[{i}]; }}"),
            3 => format!("for {i} in (1..{LONG}).rev() {{ {b}[{i}] = {cur}[{i} - 1] * {cur}[{i}].cos(); {cur}[{i}] = 0.5 * {b}[{i}]; }}"),
            _ => format!("for ({i}, e) in {b}.iter_mut().enumerate() {{ *e = {cur}[{} - {i}] * {x}[{i}]; }}", LONG - 1),
        });
        if !early {
            let roll = self.rng.below(6);
            self.line(&match roll {
                0 => format!("if {cur}[3] > 0.1 {{ std::mem::swap(&mut {cur}, &mut {b}); }}"),
                1 => format!("{cur}.copy_from_slice(&{b});"),
                2 => format!("{cur} = {b}.clone();"),
                3 => {
                    format!("let old = std::mem::replace(&mut {cur}, {b}.clone()); {s} += old[2] * {cur}[2];")
                }
                _ => format!("std::mem::swap(&mut {cur}, &mut {b});"),
            });
        }
        self.close("}");
        let t = self.fresh("t");
        self.line(&format!("let {t}: f64 = {cur}[2] * {b}[1] + {cur}[{}].sin();", LONG - 1));
        self.declare(&t, T::F, false);
    }

    fn tuple_state(&mut self, p: &Parts) {
        let (st, i, t) = (self.fresh("st"), self.fresh("i"), self.fresh("t"));
        let Parts { w, x, s: _, a } = p;
        self.line(&format!("let mut {st}: (f64, [f64; 2], usize) = ({a}, [0.1, {a}], 0);"));
        self.open(&format!("for {i} in 0..{LONG}usize {{"));
        for _ in 0..1 + self.rng.below(3) {
            let (at, roll) = (self.at(&i), self.rng.below(7));
            self.line(&match roll {
                0 => format!("{st} = ({st}.1[0] * 0.5 + {x}[{at}], [{st}.0.sin(), {st}.1[1]], {st}.2 + 1);"),
                1 => format!("{st}.0 = 0.5 * {st}.0 + {x}[{at}] * {st}.1[{i} % 2];"),
                2 => format!("{st}.1[{st}.2 % 2] += {x}[{at}].sin() * 0.2;"),
                3 => format!("{st}.2 += 2; {w}[{st}.2 % {LONG}] += {st}.0.tanh();"),
                4 => format!("{w}[{at}] = 0.5 * {w}[{at}] + {st}.1[1].sin();"),
                5 => format!("let (u, [vv, _], _) = {st}; {st}.0 = (u * vv).sin() + {x}[{at}];"),
                _ => format!("if {st}.0 > 0.7 {{ {st}.0 -= {x}[{at}]; {st}.2 = 1; }}"),
            });
        }
        self.close("}");
        self.line(&format!("let {t}: f64 = {st}.0 * {st}.1[0] + {st}.1[1];"));
        self.declare(&t, T::F, false);
    }

    fn option_state(&mut self, p: &Parts) {
        let (o, i, t) = (self.fresh("o"), self.fresh("i"), self.fresh("t"));
        let Parts { w, x, s, a } = p;
        let first = if self.rng.chance(50) { "None".into() } else { format!("Some({a})") };
        self.line(&format!("let mut {o}: Option<f64> = {first};"));
        self.open(&format!("for {i} in 0..{LONG}usize {{"));
        self.line(&format!("let vv: f64 = {x}[{i}].sin() + 0.5 * {w}[{i}];"));
        for _ in 0..1 + self.rng.below(2) {
            let roll = self.rng.below(8);
            self.line(&match roll {
                0 => format!("if {o}.map_or(true, |bb| vv > bb) {{ {o} = Some(vv); }}"),
                1 => format!("{o} = match {o} {{ Some(bb) if bb > vv => Some(bb), _ => Some(vv) }};"),
                2 => format!("if let Some(bb) = {o} {{ {s} += (vv - bb).powi(2) * 0.1; }} {o} = Some(vv);"),
                3 => format!("if vv > 0.3 {{ {o} = None; }} else {{ {o} = Some({o}.unwrap_or(0.2) * 0.5 + vv); }}"),
                4 => format!("if let Some(bb) = {o}.as_mut() {{ *bb = 0.5 * *bb + vv; }} else if {i} > 3 {{ {o} = Some(vv); }}"),
                5 => format!("if let Some(bb) = {o}.take() {{ {w}[{i}] = bb * vv; if {i} % 3 == 1 {{ {o} = Some(bb + vv); }} }}"),
                6 => format!("let Some(bb) = {o} else {{ {o} = Some(vv); continue; }}; {s} = 0.5 * {s} + bb * vv;"),
                _ => format!("{o} = {o}.map(|bb| 0.5 * bb + vv).or(Some(vv));"),
            });
        }
        self.close("}");
        self.line(&format!("let {t}: f64 = {o}.unwrap_or({a}).sin();"));
        self.declare(&t, T::F, false);
    }

    /// Helpers that change elements, rows and scalars of a loop.
    fn lent(&mut self, p: &Parts) {
        let (i, t) = (self.fresh("i"), self.fresh("t"));
        let Parts { w, x, s, a } = p;
        let range = self.rng.pick(&["0usize..6", "(0..6usize).rev()", "0..5usize", "1usize..6"]);
        self.open(&format!("for {i} in {range} {{"));
        for _ in 0..1 + self.rng.below(2) {
            let at = self.at(&i);
            let roll = self.rng.below(9);
            self.line(&match roll {
                0 => format!("{s} += h_row(&mut {w}[{i} * 4..{i} * 4 + 4], {x}[{i}]);"),
                1 => format!("let {t} = h_row(&mut {w}[{i}..{i} + 3], {a}); {s} = 0.5 * {s} + {t};"),
                2 => format!("h_mix(&mut {w}[{at}], &mut {s}, {x}[{i}]);"),
                3 => format!("h_at(&mut {w}[..], {at}, {x}[{i}]);"),
                4 => format!("h_at(&mut {w}[{i}..], {i}, {x}[{i}]);"),
                5 => format!("{{ let (l, r) = {w}.split_at_mut({i} + 1); h_mix(&mut l[{i}], &mut r[0], {x}[{i}]); {s} += l[0] * r[1]; }}"),
                6 => format!("if {x}[{i}] > 0.0 {{ h_at(&mut {w}[..], {i}, {s}.sin()); }} else {{ {s} -= h_row(&mut {w}[..{i}], 0.3); }}"),
                7 => format!("for cc in {w}.chunks_mut({i} + 2) {{ {s} += 0.1 * h_row(cc, {x}[{i}]).sin(); }}"),
                _ => format!("{s} = 0.5 * {s} + {w}[{at}] * {x}[{i}];"),
            });
        }
        self.close("}");
    }

    /// A closure that changes an array and a scalar.
    fn captured(&mut self, p: &Parts) {
        let (cl, i, t) = (self.fresh("cl"), self.fresh("i"), self.fresh("t"));
        let Parts { w, x, s, a } = p;
        self.open(&format!("let {t}: f64 = {{"));
        let roll = self.rng.below(4);
        self.line(&match roll {
            0 => format!("let mut {cl} = |k: usize, z: f64| {{ {w}[k] = 0.5 * {w}[k] + z.sin(); {s} += {w}[k] * z; {s}.sin() }};"),
            1 => format!("let mut {cl} = |k: usize, z: f64| {{ if z > 0.1 {{ {w}[k] = z; }} {s} = 0.5 * {s} + z * {a}; {w}[k] }};"),
            2 => format!("let mut {cl} = |k: usize, z: f64| {{ for e in {w}[..k].iter_mut() {{ *e *= z.cos(); }} {s} -= z; z * {a} }};"),
            _ => format!("let mut {cl} = |k: usize, z: f64| {{ let old = std::mem::replace(&mut {w}[k], z); {s} += old; old * z }};"),
        });
        self.line("let mut out = 0.1;");
        let roll = self.rng.below(3);
        self.line(&match roll {
            0 => format!("for {i} in 0..9 {{ out = 0.5 * out + {cl}({i}, {x}[{i}]); }}"),
            1 => format!("for {i} in (0..8).rev() {{ out += {cl}(({i} * 5) % 7, {x}[{i}] * 0.3); if out > 1.0 {{ out *= 0.5; }} }}"),
            _ => format!("out += {cl}(3, {x}[2]); out *= {cl}(3, out); out += {cl}(1, {a});"),
        });
        self.line("out");
        self.close("};");
        self.declare(&t, T::F, false);
    }

    /// Names that mean something else further down.
    fn shadowed(&mut self, p: &Parts) {
        let (t, i) = (self.fresh("t"), self.fresh("i"));
        let Parts { w, x, s, a } = p;
        self.open(&format!("let {t}: f64 = {{"));
        let roll = self.rng.below(5);
        self.line(&match roll {
            0 => format!("let {x} = &{x}[3..]; let nn = {x}.len(); for {i} in 0..nn {{ {s} += {x}[{i}] * {w}[{i}]; }}"),
            1 => format!("let {w} = &mut {w}[2..20]; for {i} in 0..{w}.len() {{ let {s} = {w}[{i}].sin(); {w}[{i}] = {s} * {x}[{i}]; }}"),
            2 => format!("for {i} in 0..{LONG} {{ let {a_} = {x}[{i}]; let {a_} = {a_}.sin() + {s}; {w}[{i}] += {a_}; let {i} = {i} / 2; {w}[{i}] *= 0.9; }}", a_ = "sh"),
            3 => format!("let {s} = {s}.sin(); for {i} in 1..{LONG} {{ let {s} = {s} * {x}[{i}]; {w}[{i}] = 0.5 * {w}[{i} - 1] + {s}; }} {w}[5] = {s};"),
            _ => format!("let mut {x} = {x}.to_vec(); for {i} in 0..{x}.len() {{ {x}[{i}] = {x}[{i}] * {w}[{i}]; }} {s} += {x}.iter().sum::<f64>();"),
        });
        self.line(&format!("{s} * {a}"));
        self.close("};");
        self.declare(&t, T::F, false);
    }
}

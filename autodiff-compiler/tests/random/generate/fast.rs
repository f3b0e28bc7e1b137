//! Long loops, of the kinds that run in lanes or in rows beside one another: what they read and
//! write next to each other, by turns, through views, under conditions, through functions of
//! scalars.

use super::state::{LONG, long};
use super::{Gen, Local, T};

/// A function of scalars that long loops call.
pub const SCALAR: [&str; 5] = [
    "fn h_sc(a: f64, b: f64) -> f64 {\n    (a * b).sin() + 0.5 * a\n}\n",
    "fn h_sc(a: f64, b: f64) -> f64 {\n    if a > 0.2 { (a - 0.2).sqrt() * b } else { a.exp() - b }\n}\n",
    "fn h_sc(a: f64, b: f64) -> f64 {\n    let mut s = a;\n    if b < 0.1 {\n        s = (0.1 - b).ln().tanh() * s;\n    } else if a > b {\n        return b.cos() * a;\n    }\n    s * b\n}\n",
    "fn h_sc(a: f64, b: f64) -> f64 {\n    let mut s = 0.3;\n    for k in 0..3 {\n        s = 0.5 * s * a + (b * k as f64).cos();\n    }\n    s\n}\n",
    "fn h_sc(a: f64, b: f64) -> f64 {\n    let u = a.max(b);\n    let v = (u * 0.5).tanh();\n    if v > 0.9 { 0.9 } else { v * a.min(0.3) }\n}\n",
];

/// What the statements of a loop may name.
struct Names {
    /// Its counter, and how far neighbours of it exist.
    i: String,
    margin: usize,
    arrays: Vec<Local>,
    /// Scalars from outside.
    sums: Vec<String>,
    /// Scalars of the iteration.
    own: Vec<String>,
    /// A table of indices.
    table: Option<String>,
    /// An integer that the loop counts.
    count: Option<String>,
}

impl Gen<'_> {
    pub(super) fn long_loop(&mut self) {
        let mut arrays = self.some_locals(long);
        while arrays.len() < 2 || !arrays.iter().any(|local| local.mutable) {
            let (name, k, a) = (self.fresh("d"), self.fresh("k"), self.leaf());
            self.line(&format!("let mut {name} = [0.0_f64; {LONG}];"));
            self.line(&format!(
                "for {k} in 0..{LONG} {{ {name}[{k}] = ({a} * (0.7 * {k} as f64 + 0.4)).sin(); }}"
            ));
            self.declare(&name, T::Array(LONG), true);
            arrays = self.some_locals(long);
        }
        let mut sums: Vec<String> =
            self.some_locals(|local| local.mutable && local.ty == T::F).into_iter().map(|l| l.name).collect();
        sums.drain(..sums.len().saturating_sub(2));
        if sums.is_empty() {
            let name = self.fresh("p");
            self.line(&format!("let mut {name}: f64 = 0.1;"));
            self.declare(&name, T::F, true);
            sums.push(name);
        }
        let mut names =
            Names { i: String::new(), margin: 0, arrays, sums, own: Vec::new(), table: None, count: None };
        match self.rng.below(10) {
            0..5 => self.flat(&mut names),
            5..8 => self.rows(&mut names),
            8 => self.in_chunks(&mut names),
            _ => self.viewed(&mut names),
        }
    }

    fn array(&mut self, names: &Names) -> String {
        names.arrays[self.rng.below(names.arrays.len())].name.clone()
    }

    fn mutable_array(&mut self, names: &Names) -> String {
        let found: Vec<&Local> = names.arrays.iter().filter(|local| local.mutable).collect();
        found[self.rng.below(found.len())].name.clone()
    }

    /// An index below `LONG`.
    fn long_index(&mut self, names: &Names) -> String {
        let i = &names.i;
        let near = 1 + self.rng.below(names.margin.max(1));
        match self.rng.below(23) {
            20.. => {
                let other = self.one(|local| local.ty == T::Int && local.name != *i);
                let other = other.map_or("2".into(), |local| local.name);
                self.wild_index(i, names.table.as_deref(), &other)
            }
            0..9 => i.clone(),
            9 | 10 if names.margin > 0 => format!("{i} + {near}"),
            11 | 12 if names.margin > 0 => format!("{i} - {near}"),
            13 => format!("{} - {i}", LONG - 1),
            14 => format!("{i} / 2"),
            15 => format!("{i} * 2 % {LONG}"),
            16 => match &names.table {
                Some(table) => format!("{table}[{i}]"),
                None => i.clone(),
            },
            17 => match &names.count {
                Some(count) => format!("{count} % {LONG}"),
                None => i.clone(),
            },
            18 => match self.one(|local| local.ty == T::Int && local.name != *i) {
                Some(local) => format!("{} % 5", local.name),
                None => i.clone(),
            },
            19 => self.rng.below(LONG).to_string(),
            _ => i.clone(),
        }
    }

    fn long_leaf(&mut self, names: &Names) -> String {
        match self.rng.below(10) {
            0..5 => {
                let (array, index) = (self.array(names), self.long_index(names));
                format!("{array}[{index}]")
            }
            5 | 6 if !names.own.is_empty() => names.own[self.rng.below(names.own.len())].clone(),
            7 => names.sums[self.rng.below(names.sums.len())].clone(),
            8 => format!("({} as f64 * 0.1)", names.i),
            _ => self.leaf(),
        }
    }

    /// Something small.
    fn long_value(&mut self, names: &Names) -> String {
        let (a, b) = (self.long_leaf(names), self.long_leaf(names));
        match self.rng.below(14) {
            0 => format!("({a} * {b}).sin()"),
            1 => format!("({a} - {b}).tanh()"),
            2 => format!("(-{a} * {a}).exp() * 0.5"),
            3 => format!("0.5 * {a} + 0.25 * {b}"),
            4 => format!("0.5 * {a}.tanh() * {b}.cos()"),
            5 => format!("0.3 * {a}"),
            6 => format!("h_sc({a}.sin(), {b}.cos()).tanh()"),
            7 => {
                let condition = self.comparison_of(names);
                format!("(if {condition} {{ {a}.sin() }} else {{ 0.5 * {b}.cos() }})")
            }
            // The side that is not taken is not a number.
            8 => format!("(if {a} > 0.3 {{ ({a} - 0.3).sqrt().sin() }} else {{ {b}.sin() }})"),
            9 => format!("(if {a} < -0.1 {{ {b}.cos() }} else {{ (0.1 + {a} + 0.001).ln().tanh() }})"),
            10 => format!("{a}.sin().max({b}.sin())"),
            11 => format!("({a} / (1.0 + {b} * {b})).tanh()"),
            12 => format!("{a}.abs().min(1.0)"),
            _ => format!("({a} + {b}).cos()"),
        }
    }

    fn comparison_of(&mut self, names: &Names) -> String {
        let (a, b) = (self.long_leaf(names), self.long_leaf(names));
        match self.rng.below(5) {
            0 => format!("{} % 3 == 1", names.i),
            1 => format!("{a} > {b}"),
            2 => format!("{a} > 0.1 && {b} < 0.4"),
            _ => format!("{a} {} {}", self.rng.pick(&["<", ">"]), self.rng.pick(&["0.1", "-0.2", "0.4"])),
        }
    }

    fn long_statement(&mut self, names: &mut Names, within: usize) {
        let (w, at, v) = (self.mutable_array(names), self.long_index(names), self.long_value(names));
        let s = names.sums[self.rng.below(names.sums.len())].clone();
        match self.rng.below(20) {
            0..3 => self.line(&format!("{w}[{at}] = {v};")),
            3 => self.line(&format!("{w}[{at}] = 0.5 * {w}[{at}] + {v};")),
            4..6 => {
                let op = self.rng.pick(&["+=", "-=", "*="]);
                self.line(&format!("{w}[{at}] {op} {v};"));
            }
            6..9 => {
                let op = self.rng.pick(&["+=", "-=", "+="]);
                self.line(&format!("{s} {op} {v};"));
            }
            9 => self.line(&format!("{s} = 0.5 * {s} + {v};")),
            10 => self.line(&format!("{s} = {s}.max({v});")),
            11..14 => {
                let own = self.fresh("c");
                self.line(&format!("let {own}: f64 = {v};"));
                names.own.push(own);
            }
            14 | 15 if within < 2 => {
                let condition = self.comparison_of(names);
                self.open(&format!("if {condition} {{"));
                let known = names.own.len();
                for _ in 0..1 + self.rng.below(2) {
                    self.long_statement(names, within + 1);
                }
                names.own.truncate(known);
                if self.rng.chance(50) {
                    self.close("} else {");
                    self.indent += 1;
                    self.depth += 1;
                    self.long_statement(names, within + 1);
                    names.own.truncate(known);
                }
                self.close("}");
            }
            16 => match names.count.clone() {
                Some(count) => self.line(&format!("{count} += 1;")),
                None => self.line(&format!("{s} += {v};")),
            },
            17 => {
                let r = self.fresh("r");
                self.line(&format!("{{ let {r} = &mut {w}[{at}]; *{r} = 0.5 * *{r} + 0.1; }}"));
            }
            18 if within == 0 && self.rng.chance(30) => {
                let condition = self.comparison_of(names);
                let jump = self.rng.pick(&["continue;", "break;"]);
                self.line(&format!("if {condition} {{ {jump} }}"));
            }
            _ => {
                let (a, b) = (self.long_leaf(names), self.long_leaf(names));
                let own = self.fresh("c");
                self.line(&format!("let {own}: f64 = h_sc({a}, {b}).sin();"));
                names.own.push(own);
            }
        }
    }

    fn long_range(&mut self, names: &mut Names) -> String {
        let (lo, hi) = [(0, LONG), (1, LONG - 1), (2, LONG - 2), (2, LONG - 3)][self.rng.below(4)];
        names.margin = lo.min(LONG - hi).min(2);
        let end = match self.one(|local| local.ty == T::Int) {
            Some(local) if self.rng.chance(30) => format!("{hi} - {} % 7", local.name),
            _ => match names.arrays.iter().find(|local| matches!(local.ty, T::Array(_))) {
                Some(local) if hi == LONG && self.rng.chance(40) => format!("{}.len()", local.name),
                _ => hi.to_string(),
            },
        };
        match self.rng.below(4) {
            0 => format!("({lo}usize..{end}).rev()"),
            _ => format!("{lo}usize..{end}"),
        }
    }

    /// One loop.
    fn flat(&mut self, names: &mut Names) {
        names.i = self.fresh("i");
        if self.rng.chance(25) {
            let table = self.fresh("table");
            let items: Vec<String> = match self.rng.below(3) {
                0 => (0..LONG).map(|k| ((k * 5 + 3) % LONG).to_string()).collect(),
                1 => (0..LONG).map(|k| (k / 3).to_string()).collect(),
                _ => (0..LONG).map(|_| self.rng.below(LONG).to_string()).collect(),
            };
            let head = self.rng.pick(&["", "", "vec!", "&"]);
            self.line(&format!("let {table} = {head}[{}_usize];", items.join("_usize, ")));
            names.table = Some(table);
        }
        if self.rng.chance(25) {
            let count = self.fresh("at");
            let first = self.rng.below(3);
            self.line(&format!("let mut {count} = {first}usize;"));
            names.count = Some(count);
        }
        let range = self.long_range(names);
        self.open(&format!("for {} in {range} {{", names.i));
        for _ in 0..1 + self.rng.below(5) {
            self.long_statement(names, 0);
        }
        self.close("}");
    }

    /// A loop in a loop.
    fn rows(&mut self, names: &mut Names) {
        let (rows, columns) = [(4, 6), (6, 4), (5, 3), (3, 8), (8, 3), (2, 12)][self.rng.below(6)];
        let (i, j, s) = (self.fresh("i"), self.fresh("j"), self.fresh("s"));
        let width = match self.rng.below(3) {
            0 => {
                let width = self.fresh("width");
                self.line(&format!("let {width} = {columns}usize;"));
                width
            }
            _ => columns.to_string(),
        };
        let count = match self.one(|local| local.ty == T::Int) {
            Some(local) if self.rng.chance(40) => format!("{rows} - {} % 3", local.name),
            _ => rows.to_string(),
        };
        let label = if self.rng.chance(15) { format!("{}: ", self.fresh("'l")) } else { String::new() };
        let roll = self.rng.below(4);
        self.open(&match roll {
            0 => format!("{label}for {i} in (0..{count}).rev() {{"),
            _ => format!("{label}for {i} in 0..{count} {{"),
        });
        let first = if self.rng.chance(50) { "0.0".into() } else { self.leaf() };
        self.line(&format!("let mut {s}: f64 = {first};"));
        let inner = match self.rng.below(8) {
            0 => format!("({}..{width}).rev()", self.rng.below(2)),
            1 => format!("0..({i} + 1).min({columns})"),
            2 => format!("{i}.min({columns})..{columns}"),
            _ => format!("0..{width}"),
        };
        self.open(&format!("for {j} in {inner} {{"));
        let (w, x, v) = (self.mutable_array(names), self.array(names), self.array(names));
        let at = [
            format!("{i} * {width} + {j}"),
            format!("{j} * {rows} + {i}"),
            format!("{i} + {j}"),
            format!("{i} * {columns} + {} - {j}", columns - 1),
            i.clone(),
            j.clone(),
        ];
        let pick = |generator: &mut Self| match generator.rng.below(10) {
            0..5 => at[0].clone(),
            5 => at[1].clone(),
            k => at[k - 4].clone(),
        };
        let (a, b) = (pick(self), pick(self));
        let roll = self.rng.below(6);
        self.line(&match roll {
            0..3 => format!("{s} += {x}[{a}] * {v}[{b}];"),
            3 => format!("{s} += ({x}[{a}] - {v}[{b}]).tanh();"),
            4 => format!("{s} = 0.5 * {s} + {x}[{a}] * {v}[{b}].sin();"),
            _ => format!("{s} += h_sc({x}[{a}], {v}[{b}]);"),
        });
        match self.rng.below(8) {
            0 => self.line(&format!("{w}[{a}] = 0.5 * {w}[{a}] + {v}[{b}].sin();")),
            1 => self.line(&format!("{w}[{a}] += {s} * 0.1;")),
            2 => self.line(&format!("if {x}[{b}] > 0.2 {{ {w}[{a}] *= 0.5; {s} += 0.1; }}")),
            3 if !label.is_empty() => {
                let jump = self.rng.pick(&["break", "continue"]);
                self.line(&format!("if {s} > 1.2 {{ {jump} {}; }}", label.trim_end_matches(": ")));
            }
            4 => self.line(&format!("if {s} > 1.5 {{ break; }}")),
            _ => {}
        }
        self.close("}");
        names.i = i;
        names.own.push(s.clone());
        let w = self.mutable_array(names);
        let roll = self.rng.below(5);
        self.line(&match roll {
            0 => format!("{w}[{}] = {s}.tanh();", names.i),
            1 => format!("{w}[{}] += {s}.sin();", names.i),
            2 => format!("{} += {s}.tanh();", names.sums[0]),
            3 => format!("{} = 0.5 * {0} + {s}.tanh();", names.sums[0]),
            _ => format!("{} += {s}.tanh() * {}[{}];", names.sums[0], w, names.i),
        });
        for _ in 0..self.rng.below(3) {
            self.long_statement(names, 1);
        }
        self.close("}");
    }

    /// Loops over parts.
    fn in_chunks(&mut self, names: &mut Names) {
        let w = self.mutable_array(names);
        let others: Vec<&Local> = names.arrays.iter().filter(|local| local.name != w).collect();
        let x = others[self.rng.below(others.len())].name.clone();
        let n = [3, 4, 5, 8][self.rng.below(4)];
        let (c, d, j, e) = (self.fresh("c"), self.fresh("d"), self.fresh("j"), self.fresh("e"));
        let sum = names.sums[0].clone();
        let a = format!("{:?}", 0.3 + 0.2 * self.rng.float());
        let roll = self.rng.below(6);
        self.line(&match roll {
            0 => format!("for ({c}, {d}) in {w}.chunks_exact_mut({n}).zip({x}.chunks_exact({n})) {{ for {j} in 0..{n} {{ {c}[{j}] = 0.5 * {c}[{j}] + {d}[{} - {j}].sin() * {a}; }} }}", n - 1),
            1 => format!("for ({j}, {c}) in {w}.chunks_mut({n}).enumerate() {{ for {e} in {c}.iter_mut() {{ *{e} = (*{e} * {a}).sin() + {x}[{j}]; }} }}"),
            2 => format!("for {c} in {w}.chunks_exact({n}) {{ let mut {e} = 0.0; for {j} in 0..{n} {{ {e} += {c}[{j}] * {x}[{j}]; }} {sum} += {e}.tanh(); }}"),
            3 => format!("for (({c}, {d}), {j}) in {w}.iter_mut().zip({x}.iter()).zip(0..) {{ *{c} = 0.5 * *{c} * {d}.cos() + {j} as f64 * 0.01; {sum} += *{c} * {a}; }}"),
            4 => format!("for {c} in {x}.windows(3) {{ {sum} += ({c}[0] - 2.0 * {c}[1] + {c}[2]).powi(2) * {a}; }}"),
            _ => format!("for ({c}, {d}) in {w}[1..].iter_mut().zip(&{x}[..{}]) {{ *{c} -= {d} * {a}; }}", LONG - 2),
        });
    }

    /// Loops over views of views.
    fn viewed(&mut self, names: &mut Names) {
        let w = self.mutable_array(names);
        let others: Vec<&Local> = names.arrays.iter().filter(|local| local.name != w).collect();
        let x = others[self.rng.below(others.len())].name.clone();
        let (r, q, i) = (self.fresh("r"), self.fresh("q"), self.fresh("i"));
        let v = format!("{x}[{i}].sin()");
        let sum = names.sums[0].clone();
        self.open("{");
        self.line(&format!("let {r} = &mut {w}[2..22];"));
        let roll = self.rng.below(6);
        self.line(&match roll {
            0 => format!("let {q} = &mut {r}[1..19]; for {i} in 0..{q}.len() {{ {q}[{i}] = 0.5 * {q}[{i}] + {v}; }}"),
            1 => format!("let ({q}, {r}) = {r}.split_at_mut(10); for {i} in 0..10 {{ {q}[{i}] = 0.5 * {r}[9 - {i}] + {v}; {r}[{i}] *= 0.5; {sum} += {q}[{i}] * {r}[{i}]; }}"),
            2 => format!("let {q} = &{r}[3..]; for {i} in 0..{q}.len() {{ {sum} += {q}[{i}] * {v}; }}"),
            3 => format!("for {i} in 0..18 {{ let {q} = &mut {r}[{i}..{i} + 2]; {q}[1] = 0.5 * {q}[0] + {v}; {q}[0] -= {q}[1] * 0.3; }}"),
            4 => format!("for {i} in 0..5 {{ let {q} = &mut {r}[4 * {i}..4 * {i} + 4]; for k in 0..4 {{ {q}[k] = 0.5 * {q}[3 - k] + {x}[k] * {v}; }} }}"),
            _ => format!("let {q} = &mut {r}[..]; for {i} in 1..19 {{ {q}[{i}] += 0.3 * {q}[{i} - 1] * {v}; }}"),
        });
        self.close("}");
    }
}

//! Indices that are more than a counter: calls, remainders, tables, branches, bits.

use super::Gen;
use super::state::LONG;

/// Functions of integers that indices call. `pub` keeps them from being differentiated where programs
/// are compiled.
pub const INTEGERS: &str = "pub fn h_ix(i: usize, k: usize) -> usize {\n    (i * 7 + k * 3 + 1) % 24\n}\n\
    pub fn h_half(i: usize) -> usize {\n    if i > 9 { i / 2 } else { i }\n}\n";

impl Gen<'_> {
    /// An index below `LONG`, for a counter that is.
    pub(super) fn wild_index(&mut self, i: &str, table: Option<&str>, other: &str) -> String {
        let k = self.rng.below(5);
        let last = LONG - 1;
        match self.rng.below(26) {
            0 => format!("h_ix({i}, {k})"),
            1 => format!("h_half({i})"),
            2 => format!("usize::saturating_sub({}, {i})", 6 + k),
            3 => format!("{i}.saturating_sub({k})"),
            4 => format!("usize::min({i} + {k}, {last})"),
            5 => format!("({i} + {k}).min({last})"),
            6 => format!("({i} * 7 + {k}) % {LONG}"),
            7 => format!("({i} * {other} + {k}) % {LONG}"),
            8 => format!("{i}.wrapping_add({k}) % {LONG}"),
            9 => format!("{i}.abs_diff({})", 5 + k),
            10 => format!("{i}.pow(2) % {LONG}"),
            11 => format!("if {i} > 5 {{ {i} - 1 }} else {{ {i} + 1 }}"),
            12 => format!("match {i} % 3 {{ 0 => {i}, 1 => {k}, _ => 5 }}"),
            13 => format!("{i} ^ 1"),
            14 => format!("{i} & !1"),
            15 => format!("{i} >> 1"),
            16 => format!("({i} + h_half({i})) % {LONG}"),
            17 => format!("{i}.max({k})"),
            18 => format!("std::cmp::min({i} + {k}, {last})"),
            19 => format!("({i} as i64 - {}).unsigned_abs() as usize", 4 + k),
            20 => format!("({i} as i32 - {k}).rem_euclid(12) as usize"),
            21 => format!("[2usize, 0, 1, {k}][{i} % 4]"),
            22 => format!("({i} % 2) * 12 + {i} / 2"),
            23 => match table {
                Some(table) => format!("{table}[{table}[{i}]]"),
                None => format!("h_ix({i}, {other} % 5)"),
            },
            24 => match table {
                Some(table) => format!("({table}[{i}] + {k}) % {LONG}"),
                None => format!("usize::from({i} > {k}) + {i} / 2"),
            },
            _ => format!("{last} - h_half({i})"),
        }
    }
}

//! What the loops of a forward sweep keep for the way back, in the words of the documentation.

use crate::ir::{Block, Expr, Function, Stmt, Ty, Var, walk};
use std::collections::{BTreeMap, BTreeSet};

/// A line for each loop that keeps a record; `None`: there is no loop.
pub type Kept = Option<Vec<String>>;

/// What the loops of a sweep keep.
pub fn kept(f: &Function, forward: &Block) -> Kept {
    let (mut records, mut loops) = (Vec::new(), false);
    walk::statements(forward, &mut |stmt| {
        if let Stmt::RecordNew { record, .. } = stmt {
            records.push(*record);
        }
        loops |= matches!(stmt, Stmt::For { .. } | Stmt::While { .. });
    });
    let mut lines = Vec::new();
    loops.then(|| {
        describe(f, forward, "", &records, &mut lines);
        lines
    })
}

fn describe(f: &Function, block: &Block, round: &str, records: &[Var], lines: &mut Vec<String>) {
    for stmt in &block.stmts {
        if let Stmt::RecordPush { values, .. } = stmt {
            lines.push(format!("* {round}: {}", entry(f, values, records)));
        }
        let mut counter = None;
        if let Stmt::For { var, .. } = stmt {
            counter = Some(f.info(*var).name.to_string()).filter(|name| !name.starts_with('_'));
        }
        let inner = match counter {
            Some(name) => format!("each iteration (`{name}`)"),
            None if matches!(stmt, Stmt::For { .. } | Stmt::While { .. }) => "each iteration".to_string(),
            None => round.to_string(),
        };
        walk::blocks_of(stmt, &mut |block| describe(f, block, &inner, records, lines));
    }
}

/// ``32 bytes (3 of `x_old`, `t`), `state_old` ``
fn entry(f: &Function, values: &[Expr], records: &[Var]) -> String {
    let (mut sized, mut sizes, mut others) = (BTreeMap::<String, usize>::new(), Vec::new(), BTreeSet::new());
    for value in values {
        let Some(var) = variable(value) else { continue };
        let name = format!("`{}`", f.info(var).name);
        match size(&value.ty(f)) {
            _ if records.contains(&var) => {}
            Some(size) => {
                *sized.entry(name).or_default() += 1;
                sizes.push(size);
            }
            None => _ = others.insert(name),
        }
    }
    let mut parts = Vec::new();
    if !sizes.is_empty() {
        let align = sizes.iter().map(|(_, align)| *align).max().unwrap_or(1);
        let bytes = sizes.iter().map(|(size, _)| size).sum::<usize>().next_multiple_of(align);
        let sized: Vec<String> = sized
            .into_iter()
            .map(|(name, count)| if count > 1 { format!("{count} of {name}") } else { name })
            .collect();
        parts.push(format!("{bytes} bytes ({})", sized.join(", ")));
    }
    parts.extend(others);
    if parts.is_empty() { "the records of its inner loops".to_string() } else { parts.join(", ") }
}

fn variable(value: &Expr) -> Option<Var> {
    if let Expr::Move(var) = value {
        return Some(*var);
    }
    let mut found = None;
    walk::accesses_of_expr(value, &mut |place, _| found = found.or(Some(place.root)));
    found
}

/// The size and the alignment of a type in bytes, on a machine of 64 bits.
fn size(ty: &Ty) -> Option<(usize, usize)> {
    match ty {
        Ty::F64 => Some((8, 8)),
        Ty::F32 => Some((4, 4)),
        Ty::Bool => Some((1, 1)),
        Ty::Int(Some(name)) => {
            let bytes = match name.to_string().trim_start_matches(['u', 'i']) {
                "8" => 1,
                "16" => 2,
                "32" => 4,
                "64" | "size" => 8,
                "128" => 16,
                _ => return None,
            };
            Some((bytes, bytes))
        }
        Ty::Array(item, len) => {
            let len: usize = len.to_string().parse().ok()?;
            size(item).map(|(bytes, align)| (bytes * len, align))
        }
        Ty::Tuple(items) => {
            let sizes: Option<Vec<_>> = items.iter().map(size).collect();
            let sizes = sizes?;
            let align = sizes.iter().map(|(_, align)| *align).max().unwrap_or(1);
            Some((sizes.iter().map(|(size, _)| size).sum::<usize>().next_multiple_of(align), align))
        }
        Ty::Float
        | Ty::Generic(_)
        | Ty::Int(None)
        | Ty::Inert
        | Ty::Slice(_)
        | Ty::Vec(_)
        | Ty::Deque(_)
        | Ty::Option(_)
        | Ty::Wide(_)
        | Ty::Named(_)
        | Ty::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    fn documentation(of: proc_macro2::TokenStream) -> String {
        crate::expand(proc_macro2::TokenStream::new(), of).to_string()
    }

    #[test]
    fn companions_say_what_loops_keep() {
        let text = documentation(quote! {
            fn map(x: f64, r: f64, n: usize) -> f64 {
                let mut x = x;
                for _ in 0..n {
                    x = r * x * (1.0 - x);
                }
                x
            }
        });
        assert!(text.contains("each iteration (`i`): 8 bytes (`x_old`)"), "{text}");
        let text = documentation(quote! {
            fn dot(x: &[f64], y: &[f64]) -> f64 {
                x.iter().zip(y).map(|(a, b)| a * b).sum()
            }
        });
        assert!(text.contains("Its loops keep nothing"), "{text}");
        let text = documentation(quote! {
            fn square(x: f64) -> f64 {
                x * x
            }
        });
        assert!(!text.contains("Its loops"), "{text}");
    }
}

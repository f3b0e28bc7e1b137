//! Unrolls a loop over rows and runs the loops in it beside one another.
//!
//! `for i in 0..m { let mut s = 0.0; for j in 0..n { s += a[i][j] * x[j] } … }` becomes a loop over
//! blocks of four rows, with one loop over `j` for all four: four strict sums run beside each other
//! where one would wait for itself, and what the rows share (`x[j]`, `x_bar[j]`) is loaded and
//! stored once. No sum of the primal changes its order.

use super::copies::{copy_vars, renamed};
use super::lanes::{is_zero, literal, usize_ty};
use crate::index::{Poly, Symbol};
use crate::ir::walk::{self, Access};
use crate::ir::{Arg, Block, CallMode, Expr, Function, Op, Place, Proj, Stmt, Ty, Var, VarInfo};
use std::collections::{BTreeMap, BTreeSet};

/// How many iterations run beside each other.
pub const ROWS: usize = 4;

/// Loops with more statements than this are left alone: each is written down as often as there are
/// rows.
const LARGEST: usize = 40;

/// Does so, `rows` at a time, in every loop for which it is possible and worth while.
pub fn jam(f: &mut Function, blocks: &mut [&mut Block], rows: usize) {
    for block in blocks.iter_mut() {
        visit(f, block, rows);
    }
}

fn visit(f: &mut Function, block: &mut Block, rows: usize) {
    let mut out = Vec::with_capacity(block.stmts.len());
    for mut stmt in std::mem::take(&mut block.stmts) {
        walk::blocks_of_mut(&mut stmt, &mut |inner| visit(f, inner, rows));
        match jammed(f, &stmt, rows) {
            Some(stmts) => out.extend(stmts),
            None => out.push(stmt),
        }
    }
    block.stmts = out;
}

fn jammed(f: &mut Function, stmt: &Stmt, rows: usize) -> Option<Vec<Stmt>> {
    let Stmt::For { var, lo, hi, rev, body, exits, span } = stmt else { return None };
    let is_usize = matches!(&f.info(*var).ty, Ty::Int(Some(name)) if name == "usize");
    if !is_usize || !exits.is_empty() || is_short(lo, hi, rows) {
        return None;
    }
    let row = Row::new(f, *var, body)?;
    if !row.is_worth_it() {
        return None;
    }
    let fusible = row.fusible_loops();
    let several = row.several_terms();
    let (declared, counter) = (row.declared, *var);

    let local = |f: &mut Function, name: &str| f.add_var(VarInfo::local(name, usize_ty(), *span));
    let (count, edge, block) = (local(f, "blocks"), local(f, "edge"), local(f, "block"));
    let trips = match is_zero(lo) {
        true => hi.clone(),
        false => Expr::Opaque {
            tokens: quote::quote!(usize::saturating_sub(__hole_0, __hole_1)),
            args: vec![hi.clone(), lo.clone()],
            ty: usize_ty(),
        },
    };
    let above_lo = |offset: Expr| match is_zero(lo) {
        true => offset,
        false => Expr::prim(Op::Add, vec![lo.clone(), offset]),
    };
    let times_rows = |var: Var| Expr::prim(Op::Mul, vec![Expr::read(var), literal(rows)]);

    // The copies, in the order in which the iterations run.
    let mut inner = Vec::new();
    let mut copies = Vec::new();
    for k in 0..rows {
        let offset = if *rev { rows - 1 - k } else { k };
        let mut names = BTreeMap::new();
        copy_vars(f, declared.iter().chain([&counter]), &mut names);
        let first = above_lo(times_rows(block));
        let at = if offset == 0 { first } else { Expr::prim(Op::Add, vec![first, literal(offset)]) };
        inner.push(Stmt::Let { var: names[&counter], init: Some(at) });
        copies.push(names);
    }
    // What each row adds to sums that take several terms of a row.
    let mut added: Vec<Vec<Stmt>> = vec![Vec::new(); rows];
    for (pos, stmt) in body.stmts.iter().enumerate() {
        let own: Vec<Stmt> = copies.iter().map(|names| renamed(stmt, names)).collect();
        match fusible.get(&pos) {
            Some(bounds) => inner.extend(fused(f, own, bounds, &copies)),
            None if several.contains(&pos) => {
                for (stmt, added) in own.into_iter().zip(&mut added) {
                    let (term, sum) = named_term(f, stmt);
                    inner.push(term);
                    added.push(sum);
                }
            }
            None => inner.extend(own),
        }
    }
    inner.extend(added.into_iter().flatten());
    let in_blocks = Stmt::For {
        var: block,
        lo: literal(0),
        hi: Expr::read(count),
        rev: *rev,
        body: Block { stmts: inner },
        exits: Vec::new(),
        span: *span,
    };
    let rest = Stmt::For {
        var: counter,
        lo: Expr::read(edge),
        hi: hi.clone(),
        rev: *rev,
        body: body.clone(),
        exits: Vec::new(),
        span: *span,
    };
    let count_init = Expr::prim(Op::Div, vec![trips, literal(rows)]);
    let mut out = vec![
        Stmt::Let { var: count, init: Some(count_init) },
        Stmt::Let { var: edge, init: Some(above_lo(times_rows(count))) },
    ];
    out.extend(if *rev { [rest, in_blocks] } else { [in_blocks, rest] });
    Some(out)
}

/// An addition as a term that is computed and an addition of it.
fn named_term(f: &mut Function, stmt: Stmt) -> (Stmt, Stmt) {
    let Stmt::Assign { place, op, value, span } = stmt else { unreachable!("a sum takes its terms by `+=`") };
    let term = f.add_var(VarInfo::local("term", f.place_ty(&place), span));
    let sum = Stmt::Assign { place, op, value: Expr::read(term), span };
    (Stmt::Let { var: term, init: Some(value) }, sum)
}

/// The loops of all rows in one, where their bounds are the same.
fn fused(f: &mut Function, loops: Vec<Stmt>, bounds: &[Var], copies: &[BTreeMap<Var, Var>]) -> Vec<Stmt> {
    let mut stmts = Vec::new();
    let mut counter = None;
    for stmt in &loops {
        let Stmt::For { var, body, .. } = stmt else { unreachable!("loops are fused") };
        // All rows count by the first one's counter.
        let first = *counter.get_or_insert(*var);
        let mut names = BTreeMap::from([(*var, first)]);
        let mut declared = BTreeSet::new();
        walk::statements(body, &mut |stmt| walk::declared_by(stmt, &mut |var| _ = declared.insert(var)));
        copy_vars(f, &declared, &mut names);
        stmts.extend(body.stmts.iter().map(|stmt| renamed(stmt, &names)));
    }
    let Some(Stmt::For { var, lo, hi, rev, span, .. }) = loops.first().cloned() else {
        unreachable!("there is a loop a row")
    };
    let together = Stmt::For { var, lo, hi, rev, body: Block { stmts }, exits: Vec::new(), span };
    let mut equal: Option<Expr> = None;
    for bound in bounds {
        for names in &copies[1..] {
            let same = Expr::prim(Op::Eq, vec![Expr::read(copies[0][bound]), Expr::read(names[bound])]);
            equal = Some(match equal {
                Some(before) => Expr::prim(Op::And, vec![before, same]),
                None => same,
            });
        }
    }
    match equal {
        None => vec![together],
        Some(cond) => {
            vec![Stmt::If { cond, then: Block { stmts: vec![together] }, els: Block { stmts: loops } }]
        }
    }
}

/// One iteration of the loop.
struct Row<'a> {
    f: &'a Function,
    counter: Var,
    body: &'a Block,
    /// The variables that it declares.
    declared: BTreeSet<Var>,
}

/// What an iteration does with a variable that it does not declare.
#[derive(Default)]
struct Uses {
    /// Additions of cotangents, whose order is free.
    adds: usize,
    /// Additions in the order of the primal, not in a loop.
    strict: usize,
    /// Everything else.
    others: usize,
    /// The index by which all are apart from those of other iterations; `None` before the first.
    own: Option<Option<(i64, Poly)>>,
    written: bool,
}

impl Uses {
    /// Whether nothing happens but additions, either of cotangents or of the primal.
    fn is_sum(&self) -> bool {
        self.others == 0 && (self.strict == 0 || self.adds == 0)
    }
}

impl<'a> Row<'a> {
    /// `None` where iterations depend on one another, but for sums.
    fn new(f: &'a Function, counter: Var, body: &'a Block) -> Option<Row<'a>> {
        let mut declared = BTreeSet::new();
        walk::statements(body, &mut |stmt| walk::declared_by(stmt, &mut |var| _ = declared.insert(var)));
        let row = Row { f, counter, body, declared };
        let mut count = 0;
        let mut simple = true;
        walk::statements(body, &mut |stmt| {
            count += 1;
            simple &= row.is_simple(stmt);
        });
        (simple && count <= LARGEST && row.is_independent()).then_some(row)
    }

    fn is_simple(&self, stmt: &Stmt) -> bool {
        match stmt {
            Stmt::Let { var, init: Some(_) } => {
                let info = self.f.info(*var);
                !info.boxed && !info.late && is_copied(&info.ty)
            }
            Stmt::Let { init: None, .. } => false,
            // Mutable views of several rows could not live at once.
            Stmt::View { var } => self.f.info(*var).by_ref != Some(true),
            Stmt::Assign { .. } | Stmt::Accumulate { .. } => true,
            Stmt::If { then, els, .. } => {
                let plain = |stmt: &Stmt| {
                    matches!(stmt, Stmt::Let { .. } | Stmt::Assign { .. } | Stmt::Accumulate { .. })
                };
                then.stmts.iter().chain(&els.stmts).all(plain)
            }
            Stmt::For { exits, .. } => exits.is_empty(),
            Stmt::Call(call) => {
                matches!(call.mode, CallMode::Joint { lanes: false, .. })
                    && call.args.iter().all(|arg| matches!(arg, Arg::Value(_)))
            }
            Stmt::Swap { .. }
            | Stmt::CopyFrom { .. }
            | Stmt::Fill { .. }
            | Stmt::Match { .. }
            | Stmt::While { .. }
            | Stmt::Vector { .. }
            | Stmt::Effect { .. }
            | Stmt::Bail { .. }
            | Stmt::Item(_)
            | Stmt::RecordNew { .. }
            | Stmt::RecordPush { .. }
            | Stmt::RecordPop { .. }
            | Stmt::Replace { .. }
            | Stmt::Pull { .. } => false,
        }
    }

    fn is_independent(&self) -> bool {
        let mut uses: BTreeMap<Var, Uses> = BTreeMap::new();
        for stmt in &self.body.stmts {
            self.note(stmt, false, &mut uses);
        }
        uses.iter().all(|(var, uses)| {
            // Terms that are put off until all rows are done are kept as numbers.
            let sum = uses.is_sum() && (uses.strict <= 1 || is_scalar(&self.f.info(*var).ty));
            !uses.written || sum || matches!(uses.own, Some(Some(_)))
        })
    }

    /// The additions to sums of the primal that take several terms of a row, by position: those of one
    /// row stay together.
    fn several_terms(&self) -> BTreeSet<usize> {
        let mut terms: BTreeMap<Var, Vec<usize>> = BTreeMap::new();
        for (pos, stmt) in self.body.stmts.iter().enumerate() {
            if let Some(sum) = self.strict_sum(stmt) {
                terms.entry(sum).or_default().push(pos);
            }
        }
        terms.into_values().filter(|terms| terms.len() > 1).flatten().collect()
    }

    /// The sum of the primal that a statement adds to.
    fn strict_sum(&self, stmt: &Stmt) -> Option<Var> {
        match stmt {
            Stmt::Assign { place, op: Some(Op::Add | Op::Sub), .. } => {
                let place = self.f.resolve(place);
                (place.is_var() && !self.declared.contains(&place.root)).then_some(place.root)
            }
            _ => None,
        }
    }

    fn note(&self, stmt: &Stmt, in_loop: bool, uses: &mut BTreeMap<Var, Uses>) {
        walk::accesses_of_stmt(stmt, &mut |place, access| {
            let place = self.f.resolve(place);
            if access == Access::Shape || self.declared.contains(&place.root) || place.root == self.counter {
                return;
            }
            let entry = uses.entry(place.root).or_default();
            entry.written |= access.writes();
            let is_target =
                |target: &Place| access == Access::Update && self.f.resolve(target).root == place.root;
            match stmt {
                Stmt::Accumulate { place: target, .. } if is_target(target) => entry.adds += 1,
                Stmt::Call(_) if access == Access::Update => entry.adds += 1,
                Stmt::Assign { place: target, op: Some(Op::Add | Op::Sub), .. }
                    if is_target(target) && place.is_var() && !in_loop =>
                {
                    entry.strict += 1;
                }
                _ => entry.others += 1,
            }
            let own = match place.proj.first() {
                Some(Proj::Index(index)) => self.own_index(index),
                _ => None,
            };
            entry.own = Some(match entry.own.take() {
                None => own,
                Some(known) => known.filter(|known| Some(known) == own.as_ref()),
            });
        });
        let in_loop = in_loop || matches!(stmt, Stmt::For { .. } | Stmt::If { .. });
        walk::blocks_of(stmt, &mut |block| {
            block.stmts.iter().for_each(|stmt| self.note(stmt, in_loop, uses));
        });
    }

    /// An index that is another one in each iteration: so many steps an iteration, and where they begin.
    fn own_index(&self, index: &Expr) -> Option<(i64, Poly)> {
        let (stride, start) = self.poly(index)?.along(&Symbol::Var(self.counter))?;
        // A stride that is not a number may be zero.
        stride.as_number().filter(|stride| *stride != 0).map(|stride| (stride, start))
    }

    /// An index in terms of the counter and of what is the same in all iterations.
    fn poly(&self, index: &Expr) -> Option<Poly> {
        Poly::of(index, &|leaf| match leaf {
            Expr::Read(place) if place.is_var() && self.declared.contains(&place.root) => {
                self.poly(self.definition(place.root)?)
            }
            Expr::Read(place) if place.is_var() && !self.f.info(place.root).mutable => {
                Some(Poly::symbol(Symbol::Var(place.root)))
            }
            _ => None,
        })
    }

    fn definition(&self, var: Var) -> Option<&'a Expr> {
        if self.f.info(var).mutable {
            return None;
        }
        self.body.stmts.iter().find_map(|stmt| match stmt {
            Stmt::Let { var: declared, init } if *declared == var => init.as_ref(),
            _ => None,
        })
    }

    /// The loops that may run beside those of other rows, by position, each with the variables of
    /// the row that must be the same for that.
    fn fusible_loops(&self) -> BTreeMap<usize, Vec<Var>> {
        let mut found = BTreeMap::new();
        for (pos, stmt) in self.body.stmts.iter().enumerate() {
            let Stmt::For { lo, hi, body, .. } = stmt else { continue };
            let innermost = !body.stmts.iter().any(|stmt| matches!(stmt, Stmt::For { .. }));
            let mut bounds = Vec::new();
            let mut fits = innermost;
            for bound in [lo, hi] {
                walk::accesses_of_expr(bound, &mut |place, _| {
                    let root = self.f.resolve(place).root;
                    if root == self.counter {
                        fits = false;
                    } else if self.declared.contains(&place.root) {
                        fits &= place.is_var() && self.f.info(place.root).ty.is_int();
                        bounds.push(place.root);
                    }
                });
                fits &= matches!(bound, Expr::Lit(_) | Expr::Read(_) | Expr::Len(_) | Expr::Prim { .. });
            }
            if fits {
                bounds.dedup();
                found.insert(pos, bounds);
            }
        }
        found
    }

    /// Whether some loop waits for its own strict sum, or touches what all rows share.
    fn is_worth_it(&self) -> bool {
        let fusible = self.fusible_loops();
        let mut gains = false;
        for &pos in fusible.keys() {
            let Stmt::For { body, .. } = &self.body.stmts[pos] else { continue };
            let mut inner = BTreeSet::new();
            walk::statements(body, &mut |stmt| walk::declared_by(stmt, &mut |var| _ = inner.insert(var)));
            for stmt in &body.stmts {
                gains |= match stmt {
                    Stmt::Assign { place, op: Some(Op::Add | Op::Sub), .. } => {
                        let fixed = |step: &Proj| match step {
                            Proj::Field(_) | Proj::Index(Expr::Lit(_)) => true,
                            Proj::Index(_) | Proj::Range(..) | Proj::Deref | Proj::Payload => false,
                        };
                        place.proj.iter().all(fixed)
                            && !inner.contains(&place.root)
                            && self.f.place_ty(place).is_float()
                    }
                    Stmt::Accumulate { place, .. } => {
                        let place = self.f.resolve(place);
                        let mut shared = !place.is_var() && !self.declared.contains(&place.root);
                        walk::accesses_of_place(&place, &mut |index, _| {
                            shared &= index.root != self.counter
                                && (!self.declared.contains(&index.root)
                                    || inner.contains(&index.root)
                                    || self.is_counter_of(pos, index.root));
                        });
                        shared
                    }
                    _ => false,
                };
            }
        }
        gains
    }

    fn is_counter_of(&self, pos: usize, var: Var) -> bool {
        matches!(&self.body.stmts[pos], Stmt::For { var: counter, .. } if *counter == var)
    }
}

fn is_scalar(ty: &Ty) -> bool {
    ty.is_float() || ty.is_int() || matches!(ty, Ty::Bool)
}

/// Scalars, and arrays of them.
fn is_copied(ty: &Ty) -> bool {
    match ty {
        Ty::Array(item, _) => is_copied(item),
        _ => is_scalar(ty),
    }
}

/// Whether a loop certainly has no more iterations than one block.
fn is_short(lo: &Expr, hi: &Expr, rows: usize) -> bool {
    let value = |expr: &Expr| match expr {
        Expr::Lit(syn::Lit::Int(lit)) => lit.base10_parse::<usize>().ok(),
        _ => None,
    };
    matches!((value(lo), value(hi)), (Some(lo), Some(hi)) if hi <= lo.saturating_add(rows))
}

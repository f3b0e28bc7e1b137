//! Views beside other uses of what they are of: disjoint parts of one place, as `split_at_mut`, `chunks_mut`
//! and patterns of slices lend them; in an adjoint, the primal's views beside what its reverse sweep
//! reads and keeps.
//!
//! A view is written as a reference, and rustc cannot see that two ranges of one place are
//! disjoint. A view that lives while something else of its place is used, one of the two
//! mutably, is dissolved: what names it names the place from then on, whose indices never change.

use crate::ir::walk::{self, Access, OperandMut};
use crate::ir::{Block, Expr, Function, Place, Proj, Stmt, Var};
use crate::reverse::{same_index, same_place};
use std::collections::{BTreeMap, BTreeSet};

/// A use of a place, or the declaration of a view of it.
struct Use {
    root: Var,
    exclusive: bool,
    at: usize,
    /// The loops around it: where each begins, and its number.
    loops: Vec<(usize, usize)>,
}

#[derive(Default)]
struct Uses {
    uses: Vec<Use>,
    views: BTreeMap<Var, usize>,
    /// Of the parts of a place that are lent mutably at once: which split, and where it ends.
    splits: BTreeMap<Var, (usize, usize)>,
    /// Where each loop ends.
    ends: Vec<usize>,
    /// Views that are used as a whole, not as a place.
    whole: BTreeSet<Var>,
    now: usize,
}

/// Dissolves the views that could not live in the blocks of a function, which run one after another.
pub fn dissolve(f: &mut Function, blocks: &mut [&mut Block]) {
    let mut uses = Uses::default();
    for block in &*blocks {
        uses.block(f, block, &mut Vec::new());
    }
    uses.expr(&f.result);
    let dissolved: BTreeSet<Var> = uses
        .views
        .keys()
        .copied()
        .filter(|view| !uses.whole.contains(view) && uses.is_shared(f, *view))
        .collect();
    if dissolved.is_empty() {
        return;
    }
    let places: BTreeMap<Var, Place> =
        dissolved.iter().map(|view| (*view, place_of(f, *view, &dissolved))).collect();
    for info in &mut f.vars {
        if let Some(place) = &mut info.view_of {
            rename(place, &places);
        }
    }
    rename_in(OperandMut::Expr(&mut f.result), &places);
    for block in blocks {
        remove(block, &dissolved);
        walk::statements_mut(block, &mut |stmt| {
            walk::operands_of_stmt_mut(stmt, &mut |operand| rename_in(operand, &places));
        });
    }
}

/// What a view names, other than by views that are dissolved too.
fn place_of(f: &Function, view: Var, dissolved: &BTreeSet<Var>) -> Place {
    let mut place = f.info(view).view_of.clone().expect("a view names a place");
    while dissolved.contains(&place.root) {
        let base = f.info(place.root).view_of.clone().expect("a view names a place");
        place = Place { proj: base.proj.into_iter().chain(place.proj).collect(), ..base };
    }
    place
}

impl Uses {
    fn block(&mut self, f: &Function, block: &Block, loops: &mut Vec<(usize, usize)>) {
        for (index, stmt) in block.stmts.iter().enumerate() {
            self.now += 1;
            let at = self.now;
            walk::accesses_of_stmt(stmt, &mut |place, access| {
                let exclusive = match access {
                    Access::Read | Access::Shape => false,
                    Access::Write | Access::Update => true,
                };
                self.uses.push(Use { root: place.root, exclusive, at, loops: loops.clone() });
            });
            walk::operands_of_stmt(stmt, &mut |operand| whole_uses(operand, &mut self.whole));
            if let Stmt::View { var } = stmt {
                self.view(f, *var, at, loops);
                if let Some(Stmt::View { var: next }) = block.stmts.get(index + 1)
                    && are_neighbours(f, *var, *next)
                {
                    let (split, _) = self.splits.get(var).copied().unwrap_or((at, at));
                    self.splits.insert(*var, (split, at));
                    self.splits.insert(*next, (split, at + 1));
                }
            }
            let round = matches!(stmt, Stmt::For { .. } | Stmt::While { .. });
            if round {
                loops.push((at, self.ends.len()));
                self.ends.push(at);
            }
            walk::blocks_of(stmt, &mut |inner| self.block(f, inner, loops));
            if round {
                let (_, number) = loops.pop().expect("was pushed");
                self.ends[number] = self.now;
            }
        }
    }

    /// An expression that is evaluated at the end.
    fn expr(&mut self, expr: &Expr) {
        self.now += 1;
        walk::accesses_of_expr(expr, &mut |place, _| {
            self.uses.push(Use { root: place.root, exclusive: false, at: self.now, loops: Vec::new() });
        });
        whole_uses(walk::Operand::Expr(expr), &mut self.whole);
    }

    fn view(&mut self, f: &Function, var: Var, at: usize, loops: &[(usize, usize)]) {
        self.views.insert(var, at);
        let info = f.info(var);
        let place = info.view_of.as_ref().expect("a view names a place");
        let exclusive = info.by_ref == Some(true);
        self.uses.push(Use { root: place.root, exclusive, at, loops: loops.to_vec() });
        walk::accesses_of_place(place, &mut |index, _| {
            self.uses.push(Use { root: index.root, exclusive: false, at, loops: loops.to_vec() });
        });
    }

    /// Whether something else of a view's place is used while the view lives, one of them mutably.
    fn is_shared(&self, f: &Function, view: Var) -> bool {
        let declared = self.views[&view];
        let through = |mut var: Var, by: Var| loop {
            if var == by {
                return true;
            }
            match &f.info(var).view_of {
                Some(place) => var = place.root,
                None => return false,
            }
        };
        // A loop that does not declare it may use it again.
        let lives = self.uses.iter().filter(|other| through(other.root, view)).map(|other| {
            let round = other.loops.iter().find(|(begin, _)| *begin > declared);
            round.map_or(other.at, |(_, number)| self.ends[*number])
        });
        let last = lives.max().unwrap_or(declared);
        let storage = f.storage(view);
        let mutable = f.info(view).by_ref == Some(true);
        let split = self.splits.get(&view).map(|(split, _)| *split);
        let parts: Vec<Var> =
            self.splits.iter().filter(|(_, (other, _))| Some(*other) == split).map(|(var, _)| *var).collect();
        let lent = parts.iter().map(|part| self.splits[part].1).max().unwrap_or(declared);
        self.uses.iter().any(|other| {
            other.at > lent
                && other.at <= last
                && f.storage(other.root) == storage
                && (mutable || other.exclusive)
                && !through(other.root, view)
                && !parts.iter().any(|part| through(other.root, *part))
        })
    }
}

/// `a[..k]` and then `a[k..]`, both mutable: written as one `split_at_mut`.
fn are_neighbours(f: &Function, low: Var, high: Var) -> bool {
    let (left, right) = (f.info(low), f.info(high));
    let (Some(a), Some(b)) = (&left.view_of, &right.view_of) else { return false };
    let (Some((Proj::Range(_, Some(end)), prefix_a)), Some((Proj::Range(Some(start), _), prefix_b))) =
        (a.proj.split_last(), b.proj.split_last())
    else {
        return false;
    };
    let base = |place: &Place, prefix: &[Proj]| Place { proj: prefix.to_vec(), ..place.clone() };
    let mutable = left.by_ref == Some(true) && right.by_ref == Some(true);
    mutable && same_place(&base(a, prefix_a), &base(b, prefix_b)) && same_index(end, start)
}

fn whole_uses(operand: walk::Operand, whole: &mut BTreeSet<Var>) {
    match operand {
        walk::Operand::Expr(expr) => walk::operands_of_expr(expr, &mut |inner| whole_uses(inner, whole)),
        walk::Operand::Place(place, _) => {
            walk::operands_of_place(place, &mut |inner| whole_uses(inner, whole));
        }
        walk::Operand::Use(var, _) => _ = whole.insert(*var),
        walk::Operand::Declare(_) => {}
    }
}

fn remove(block: &mut Block, dissolved: &BTreeSet<Var>) {
    block.stmts.retain(|stmt| !matches!(stmt, Stmt::View { var } if dissolved.contains(var)));
    for stmt in &mut block.stmts {
        walk::blocks_of_mut(stmt, &mut |inner| remove(inner, dissolved));
    }
}

fn rename(place: &mut Place, places: &BTreeMap<Var, Place>) {
    walk::operands_of_place_mut(place, &mut |operand| rename_in(operand, places));
    if let Some(base) = places.get(&place.root) {
        place.proj.splice(0..0, base.proj.iter().cloned());
        place.root = base.root;
    }
}

fn rename_in(operand: OperandMut, places: &BTreeMap<Var, Place>) {
    match operand {
        OperandMut::Expr(expr) => walk::operands_of_expr_mut(expr, &mut |inner| rename_in(inner, places)),
        OperandMut::Place(place, _) => rename(place, places),
        OperandMut::Use(..) | OperandMut::Declare(_) => {}
    }
}

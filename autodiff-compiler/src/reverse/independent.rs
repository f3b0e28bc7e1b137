//! Which statements may be merged with their adjoint.
//!
//! A branch always may. A loop may when its iterations are independent as far as cotangents
//! go: each active variable from outside that the loop writes is either only added to
//! (`s += e`), so that its cotangent is the same for all iterations, or each iteration touches
//! slots of its own (`out[i]`, `m[i * n + j]` with `j` in `0..n`, a chunk), or each iteration
//! overwrites all of it before it reads any of it (scratch, see `private`). Then the order in which
//! the iterations' adjoints run does not matter, and each can run right after its primal.

use super::private;
use super::rules::Rules;
use super::tree::{BlockId, Pos, Tree};
use crate::index::{Poly, Step, Symbol};
use crate::ir::walk::{self, Access};
use crate::ir::{Arg, Expr, Op, Place, Proj, Stmt, Ty, Var};
use std::collections::{BTreeMap, BTreeSet};

/// The statements that may be merged, each nested in others that may.
pub fn candidates(rules: &mut Rules, tree: &Tree, adjoints: &[Vec<Stmt>]) -> BTreeSet<Pos> {
    // An early exit with an error must leave the caller's gradients alone, so the primal has to
    // be through before any adjoint runs.
    if tree.nodes.iter().any(|node| matches!(node.stmt, Stmt::Bail { .. })) {
        return BTreeSet::new();
    }
    let mut found = BTreeSet::new();
    let facts = Facts::of(rules, tree);
    visit(rules, tree, &facts, adjoints, 0, &mut found);
    found
}

fn visit(
    rules: &mut Rules,
    tree: &Tree,
    facts: &Facts,
    adjoints: &[Vec<Stmt>],
    block: BlockId,
    found: &mut BTreeSet<Pos>,
) {
    for &pos in &tree.blocks[block].nodes {
        let node = &tree.nodes[pos];
        if node.blocks.is_empty() || adjoints[pos..node.end].iter().all(Vec::is_empty) {
            continue;
        }
        if tree.is_loop(pos) {
            let prologue = &tree.blocks[node.blocks[0]].nodes[..node.pre];
            let active_condition = prologue.iter().any(|&inner| !adjoints[inner].is_empty());
            if active_condition || !is_independent(rules, tree, facts, pos) {
                continue;
            }
        }
        found.insert(pos);
        for &inner in &node.blocks {
            visit(rules, tree, facts, adjoints, inner, found);
        }
    }
}

fn is_independent(rules: &mut Rules, tree: &Tree, facts: &Facts, pos: Pos) -> bool {
    let range = pos + 1..tree.nodes[pos].end;
    let outside = |var: Var| tree.declared.get(&var).is_none_or(|d| !tree.contains(pos, d.pos));
    let mut written = BTreeSet::new();
    for inner in range.clone() {
        walk::places_written_by(&tree.nodes[inner].stmt, &mut |place| {
            let root = rules.f.storage(place.root);
            if outside(root) && rules.is_active(root) {
                written.insert(root);
            }
        });
    }
    if written.is_empty() {
        return true;
    }
    // What each written variable is used for: its slots, or `None` for anything else.
    let mut only_added: BTreeMap<Var, bool> = written.iter().map(|var| (*var, true)).collect();
    let mut slots: BTreeMap<Var, Option<Slots>> = BTreeMap::new();
    let indices = Indices::new(facts, tree, pos);
    for inner in range {
        let stmt = &tree.nodes[inner].stmt;
        let added = match stmt {
            Stmt::Assign { place, op: Some(Op::Add | Op::Sub), .. } => Some(rules.f.storage(place.root)),
            _ => None,
        };
        walk::accesses_of_stmt(stmt, &mut |place, access| {
            let root = rules.f.storage(place.root);
            if !written.contains(&root) || access == Access::Shape {
                return;
            }
            if !(access == Access::Update && added == Some(root)) {
                only_added.insert(root, false);
            }
            let own = indices.own_slots(&rules.f.resolve(place));
            slots
                .entry(root)
                .and_modify(|known| {
                    if *known != own {
                        *known = None;
                    }
                })
                .or_insert(own);
        });
    }
    let rest: Vec<Var> = written
        .into_iter()
        .filter(|var| !only_added[var] && !slots.get(var).is_some_and(Option::is_some))
        .collect();
    let private = rest.iter().all(|var| private::is_private(rules, tree, &indices, pos, *var));
    if private {
        rules.private.extend(rest.into_iter().map(|var| (pos, var)));
    }
    private
}

/// A family of disjoint slots, one for each iteration: what stands before the index, the
/// stride, the offset. With offset zero the slots behind it, up to the next stride, belong to it.
type Slots = (Vec<Step>, Poly, Poly);

/// What index arithmetic may know of a function, whatever the loop.
struct Facts<'a> {
    /// Definitions of integers by immutable variables.
    definitions: BTreeMap<Var, &'a Expr>,
    /// Counters of loops that start at zero, with their ends.
    ends: BTreeMap<Var, &'a Expr>,
    /// Variables that something assigns.
    mutable: BTreeSet<Var>,
    /// Variables whose length changes.
    reshaped: BTreeSet<Var>,
    /// Whether the same tokens may mean different constants.
    items: bool,
    roots: BTreeMap<Var, Var>,
}

impl<'a> Facts<'a> {
    fn of(rules: &Rules, tree: &'a Tree) -> Facts<'a> {
        let mut facts = Facts {
            definitions: BTreeMap::new(),
            ends: BTreeMap::new(),
            mutable: BTreeSet::new(),
            reshaped: BTreeSet::new(),
            items: false,
            roots: BTreeMap::new(),
        };
        for node in &tree.nodes {
            match &node.stmt {
                Stmt::Let { var, init: Some(init) } => {
                    facts.definitions.insert(*var, init);
                }
                Stmt::For { var, lo, hi, .. } if is_zero(lo) => {
                    facts.ends.insert(*var, hi);
                }
                Stmt::Item(_) => facts.items = true,
                _ => {}
            }
            walk::places_written_by(&node.stmt, &mut |place| {
                facts.mutable.insert(rules.f.storage(place.root));
            });
            walk::accesses_of_stmt(&node.stmt, &mut |place, _| {
                facts.roots.insert(place.root, rules.f.storage(place.root));
            });
            facts.reshaped.extend(reshaped_by(rules, &node.stmt));
        }
        facts
    }
}

/// Index arithmetic inside one loop.
pub struct Indices<'a> {
    counter: Option<Var>,
    facts: &'a Facts<'a>,
    /// What the loop declares: it differs from one iteration to the next.
    varying: BTreeSet<Var>,
}

impl<'a> Indices<'a> {
    fn new(facts: &'a Facts<'a>, tree: &Tree, pos: Pos) -> Indices<'a> {
        let counter = match &tree.nodes[pos].stmt {
            Stmt::For { var, .. } => Some(*var),
            _ => None,
        };
        let mut varying = BTreeSet::new();
        for node in &tree.nodes[pos..tree.nodes[pos].end] {
            walk::declared_by(&node.stmt, &mut |var| _ = varying.insert(var));
        }
        Indices { counter, facts, varying }
    }

    /// The slots of its own that an iteration touches through `place`, if it is such a place.
    fn own_slots(&self, place: &Place) -> Option<Slots> {
        let counter = Symbol::Var(self.counter?);
        let nothing = Poly::default();
        for (at, step) in place.proj.iter().enumerate() {
            let (stride, offset) = match step {
                Proj::Index(index) => {
                    let (stride, rest) = self.poly(index)?.along(&counter)?;
                    if stride == nothing {
                        continue;
                    }
                    let offset = self.offset(&stride, rest)?;
                    (stride, offset)
                }
                Proj::Range(Some(lo), Some(hi)) => {
                    let lo = self.poly(lo)?;
                    let width = self.poly(hi)?.minus(&lo)?;
                    let (stride, rest) = lo.along(&counter)?;
                    if stride == nothing {
                        continue;
                    }
                    if width != stride || !self.is_steady(&rest) {
                        return None;
                    }
                    (stride, rest)
                }
                Proj::Range(..) | Proj::Field(_) | Proj::Deref | Proj::Payload => continue,
            };
            // What stands before must be the same for all iterations.
            let before: Option<Vec<Step>> =
                place.proj[..at].iter().map(|step| self.steady_step(step)).collect();
            return before.filter(|_| self.is_steady(&stride)).map(|before| (before, stride, offset));
        }
        None
    }

    /// The offset of the slots that an index reaches, if iterations share none of them.
    fn offset(&self, stride: &Poly, rest: Poly) -> Option<Poly> {
        if self.is_below(&rest, stride) {
            return Some(Poly::default());
        }
        // A stride that is not a number may be zero.
        let number = stride.as_number()?;
        if !self.is_steady(&rest) {
            return None;
        }
        match rest.as_number() {
            Some(first) if (0..number).contains(&first) => Some(Poly::default()),
            Some(_) | None => Some(rest),
        }
    }

    /// Whether a polynomial has the same value in all iterations.
    fn is_steady(&self, poly: &Poly) -> bool {
        poly.symbols().all(|symbol| match symbol {
            Symbol::Var(var) | Symbol::Len(var) => !self.varying.contains(var),
            Symbol::Constant(_) => true,
        })
    }

    /// A step that is the same in all iterations.
    fn steady_step(&self, step: &Proj) -> Option<Step> {
        match step {
            Proj::Field(member) => Some(Step::Field(member.clone())),
            Proj::Deref => Some(Step::Deref),
            Proj::Index(index) => self.poly(index).filter(|index| self.is_steady(index)).map(Step::At),
            Proj::Range(..) | Proj::Payload => None,
        }
    }

    /// Whether `rest` is a counter that runs from 0 to `stride`.
    fn is_below(&self, rest: &Poly, stride: &Poly) -> bool {
        let Some(Symbol::Var(var)) = rest.as_symbol() else { return false };
        self.facts.ends.get(var).is_some_and(|end| self.poly(end).is_some_and(|end| end == *stride))
    }

    pub fn poly(&self, expr: &Expr) -> Option<Poly> {
        Poly::of(expr, &|leaf| self.leaf(leaf))
    }

    fn leaf(&self, expr: &Expr) -> Option<Poly> {
        match expr {
            Expr::Read(place) if place.is_var() && !self.facts.mutable.contains(&place.root) => {
                let definition = self.facts.definitions.get(&place.root).and_then(|init| self.poly(init));
                Some(definition.unwrap_or_else(|| Poly::symbol(Symbol::Var(place.root))))
            }
            Expr::Len(place) if place.is_var() => {
                let root = self.facts.roots.get(&place.root).unwrap_or(&place.root);
                (!self.facts.reshaped.contains(root)).then(|| Poly::symbol(Symbol::Len(place.root)))
            }
            Expr::Opaque { tokens, .. } if !self.facts.items => {
                Some(Poly::symbol(Symbol::Constant(tokens.to_string())))
            }
            _ => None,
        }
    }
}

/// The variables that a statement may give another length.
fn reshaped_by(rules: &Rules, stmt: &Stmt) -> Vec<Var> {
    let mut found = Vec::new();
    let called = matches!(stmt, Stmt::Call(_));
    let mut whole = |place: &Place| {
        let place = rules.resolve(place);
        let changes = match rules.f.place_ty(&place) {
            Ty::Array(..)
            | Ty::F64
            | Ty::F32
            | Ty::Float
            | Ty::Generic(_)
            | Ty::Wide(_)
            | Ty::Int(_)
            | Ty::Bool => false,
            Ty::Slice(_) => !called,
            Ty::Vec(_)
            | Ty::Deque(_)
            | Ty::Tuple(_)
            | Ty::Option(_)
            | Ty::Named(_)
            | Ty::Inert
            | Ty::Unknown => true,
        };
        if changes {
            found.push(rules.f.storage(place.root));
        }
    };
    // What is lent to tokens of the user's may be changed there.
    let lent = |args: &[Expr], whole: &mut dyn FnMut(&Place)| {
        for arg in args {
            walk::subexprs(arg, &mut |part| {
                if let Expr::Borrow { place, mutable: true } = part {
                    whole(place);
                }
            });
        }
    };
    match stmt {
        Stmt::Vector { vec, .. } => whole(vec),
        Stmt::Swap { a, b } => {
            whole(a);
            whole(b);
        }
        Stmt::Assign { place, op: None, .. } | Stmt::Replace { place, .. } => whole(place),
        Stmt::Call(call) => {
            for arg in &call.args {
                if let Arg::RefMut(place) | Arg::Receiver { place, mutable: true } = arg {
                    whole(place);
                }
            }
        }
        Stmt::Effect { args, .. } | Stmt::Bail { args, .. } => lent(args, &mut whole),
        Stmt::Let { init: Some(init), .. } => lent(std::slice::from_ref(init), &mut whole),
        Stmt::Let { init: None, .. }
        | Stmt::View { .. }
        | Stmt::Assign { op: Some(_), .. }
        | Stmt::CopyFrom { .. }
        | Stmt::Fill { .. }
        | Stmt::If { .. }
        | Stmt::Match { .. }
        | Stmt::For { .. }
        | Stmt::While { .. }
        | Stmt::Item(_)
        | Stmt::Accumulate { .. }
        | Stmt::RecordNew { .. }
        | Stmt::RecordPush { .. }
        | Stmt::RecordPop { .. }
        | Stmt::Pull { .. } => {}
    }
    found
}

pub fn is_zero(expr: &Expr) -> bool {
    matches!(expr, Expr::Lit(syn::Lit::Int(lit)) if lit.base10_digits() == "0")
}

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
use crate::ir::walk::{self, Access};
use crate::ir::{Arg, Expr, Op, Place, Proj, Stmt, Ty, Var};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The statements that may be merged, each nested in others that may.
pub fn candidates(rules: &mut Rules, tree: &Tree, adjoints: &[Vec<Stmt>]) -> BTreeSet<Pos> {
    // An early exit with an error must leave the caller's gradients alone, so the primal has to
    // be through before any adjoint runs.
    if tree.nodes.iter().any(|node| matches!(node.stmt, Stmt::Bail { .. })) {
        return BTreeSet::new();
    }
    let mut found = BTreeSet::new();
    visit(rules, tree, adjoints, 0, &mut found);
    found
}

fn visit(rules: &mut Rules, tree: &Tree, adjoints: &[Vec<Stmt>], block: BlockId, found: &mut BTreeSet<Pos>) {
    for &pos in &tree.blocks[block].nodes {
        let node = &tree.nodes[pos];
        if node.blocks.is_empty() || adjoints[pos..node.end].iter().all(Vec::is_empty) {
            continue;
        }
        if tree.is_loop(pos) {
            let prologue = &tree.blocks[node.blocks[0]].nodes[..node.pre];
            let active_condition = prologue.iter().any(|&inner| !adjoints[inner].is_empty());
            if active_condition || !is_independent(rules, tree, pos) {
                continue;
            }
        }
        found.insert(pos);
        for &inner in &node.blocks {
            visit(rules, tree, adjoints, inner, found);
        }
    }
}

fn is_independent(rules: &mut Rules, tree: &Tree, pos: Pos) -> bool {
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
    let indices = Indices::new(rules, tree, pos);
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
type Slots = (String, Poly, Poly);

/// An integer polynomial: products of named values with coefficients.
pub type Poly = BTreeMap<Vec<String>, i64>;

/// Index arithmetic inside one loop.
pub struct Indices<'a> {
    counter: Option<Var>,
    /// Definitions of integers by immutable variables.
    definitions: HashMap<Var, &'a Expr>,
    /// Counters of loops that start at zero, with their ends.
    ends: HashMap<Var, &'a Expr>,
    /// Variables that the loop or anything else assigns.
    mutable: BTreeSet<Var>,
    /// Variables whose length changes.
    reshaped: BTreeSet<Var>,
    /// Names of what the loop declares: they differ from one iteration to the next.
    varying: BTreeSet<String>,
    /// Whether the same tokens may mean different constants.
    items: bool,
    roots: HashMap<Var, Var>,
}

impl<'a> Indices<'a> {
    fn new(rules: &Rules, tree: &'a Tree, pos: Pos) -> Indices<'a> {
        let mut indices = Indices {
            counter: match &tree.nodes[pos].stmt {
                Stmt::For { var, .. } => Some(*var),
                _ => None,
            },
            definitions: HashMap::new(),
            ends: HashMap::new(),
            mutable: BTreeSet::new(),
            reshaped: BTreeSet::new(),
            varying: BTreeSet::new(),
            items: false,
            roots: HashMap::new(),
        };
        for (at, node) in tree.nodes.iter().enumerate() {
            match &node.stmt {
                Stmt::Let { var, init: Some(init) } => {
                    indices.definitions.insert(*var, init);
                }
                Stmt::For { var, lo, hi, .. } if is_zero(lo) => {
                    indices.ends.insert(*var, hi);
                }
                Stmt::Item(_) => indices.items = true,
                _ => {}
            }
            walk::places_written_by(&node.stmt, &mut |place| {
                indices.mutable.insert(rules.f.storage(place.root));
            });
            walk::accesses_of_stmt(&node.stmt, &mut |place, _| {
                indices.roots.insert(place.root, rules.f.storage(place.root));
            });
            indices.reshaped.extend(reshaped_by(rules, &node.stmt));
            if tree.contains(pos, at) {
                walk::declared_by(&node.stmt, &mut |var| {
                    indices.varying.extend([counter_name(var), length_name(var)]);
                });
            }
        }
        indices
    }

    /// The slots of its own that an iteration touches through `place`, if it is such a place.
    fn own_slots(&self, place: &Place) -> Option<Slots> {
        let name = counter_name(self.counter?);
        for (at, step) in place.proj.iter().enumerate() {
            let (stride, offset) = match step {
                Proj::Index(index) => {
                    let (stride, rest) = split(self.poly(index)?, &name)?;
                    if stride.is_empty() {
                        continue;
                    }
                    let offset = self.offset(&stride, rest)?;
                    (stride, offset)
                }
                Proj::Range(Some(lo), Some(hi)) => {
                    let lo = self.poly(lo)?;
                    let width = sum(self.poly(hi)?, &lo, -1);
                    let (stride, rest) = split(lo, &name)?;
                    if stride.is_empty() {
                        continue;
                    }
                    if width != stride || !self.is_steady(&rest) {
                        return None;
                    }
                    (stride, rest)
                }
                Proj::Range(..) | Proj::Field(_) | Proj::Deref | Proj::Payload => continue,
            };
            if !self.is_steady(&stride) {
                return None;
            }
            // What stands before must be the same for all iterations.
            let prefix = format!("{:?}", place.proj[..at].iter().map(step_key).collect::<Option<Vec<_>>>()?);
            return Some((prefix, stride, offset));
        }
        None
    }

    /// The offset of the slots that an index reaches, if iterations share none of them.
    fn offset(&self, stride: &Poly, rest: Poly) -> Option<Poly> {
        if self.is_below(&rest, stride) {
            return Some(Poly::new());
        }
        // A stride that is not a number may be zero.
        let number = constant(stride)?;
        if !self.is_steady(&rest) {
            return None;
        }
        match constant(&rest) {
            Some(first) if (0..number).contains(&first) => Some(Poly::new()),
            Some(_) | None => Some(rest),
        }
    }

    /// Whether a polynomial has the same value in all iterations.
    fn is_steady(&self, poly: &Poly) -> bool {
        poly.keys().flatten().all(|name| !self.varying.contains(name))
    }

    /// Whether `rest` is a counter that runs from 0 to `stride`.
    fn is_below(&self, rest: &Poly, stride: &Poly) -> bool {
        let mut terms = rest.iter();
        let (Some((names, 1)), None) = (terms.next(), terms.next()) else { return false };
        let [name] = &names[..] else { return false };
        self.ends
            .iter()
            .any(|(var, end)| counter_name(*var) == *name && self.poly(end).is_some_and(|end| end == *stride))
    }

    pub fn poly(&self, expr: &Expr) -> Option<Poly> {
        match expr {
            Expr::Lit(syn::Lit::Int(lit)) => {
                let value: i64 = lit.base10_parse().ok()?;
                Some(if value == 0 { Poly::new() } else { Poly::from([(Vec::new(), value)]) })
            }
            Expr::Read(place) if place.is_var() && !self.mutable.contains(&place.root) => {
                if let Some(definition) = self.definitions.get(&place.root)
                    && let Some(poly) = self.poly(definition)
                {
                    return Some(poly);
                }
                Some(Poly::from([(vec![counter_name(place.root)], 1)]))
            }
            Expr::Len(place) if place.is_var() => {
                let root = self.roots.get(&place.root).unwrap_or(&place.root);
                let fixed = !self.reshaped.contains(root);
                fixed.then(|| Poly::from([(vec![length_name(place.root)], 1)]))
            }
            Expr::Opaque { tokens, args, .. } if args.is_empty() && !self.items && is_constant(tokens) => {
                Some(Poly::from([(vec![tokens.to_string()], 1)]))
            }
            Expr::Prim { op: Op::Add, args, .. } => Some(sum(self.poly(&args[0])?, &self.poly(&args[1])?, 1)),
            Expr::Prim { op: Op::Sub, args, .. } => {
                Some(sum(self.poly(&args[0])?, &self.poly(&args[1])?, -1))
            }
            Expr::Prim { op: Op::Mul, args, .. } => {
                Some(product(&self.poly(&args[0])?, &self.poly(&args[1])?))
            }
            _ => None,
        }
    }
}

fn step_key(step: &Proj) -> Option<String> {
    match step {
        Proj::Field(syn::Member::Named(name)) => Some(name.to_string()),
        Proj::Field(syn::Member::Unnamed(index)) => Some(index.index.to_string()),
        Proj::Deref => Some("*".to_string()),
        Proj::Index(Expr::Lit(syn::Lit::Int(lit))) => Some(lit.to_string()),
        Proj::Index(_) | Proj::Range(..) | Proj::Payload => None,
    }
}

fn counter_name(var: Var) -> String {
    format!("v{}", var.0)
}

fn length_name(var: Var) -> String {
    format!("len {}", var.0)
}

/// Tokens that call nothing.
fn is_constant(tokens: &proc_macro2::TokenStream) -> bool {
    !tokens.clone().into_iter().any(|token| matches!(token, proc_macro2::TokenTree::Group(_)))
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
            Ty::Vec(_) | Ty::Tuple(_) | Ty::Option(_) | Ty::Named(_) | Ty::Inert | Ty::Unknown => true,
        };
        if changes {
            found.push(rules.f.storage(place.root));
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
        _ => {}
    }
    found
}

pub fn is_zero(expr: &Expr) -> bool {
    matches!(expr, Expr::Lit(syn::Lit::Int(lit)) if lit.base10_digits() == "0")
}

fn sum(mut a: Poly, b: &Poly, sign: i64) -> Poly {
    for (names, value) in b {
        *a.entry(names.clone()).or_insert(0) += sign * value;
    }
    a.retain(|_, value| *value != 0);
    a
}

fn product(a: &Poly, b: &Poly) -> Poly {
    let mut out = Poly::new();
    for (left, x) in a {
        for (right, y) in b {
            let mut names: Vec<String> = left.iter().chain(right).cloned().collect();
            names.sort();
            *out.entry(names).or_insert(0) += x * y;
        }
    }
    out.retain(|_, value| *value != 0);
    out
}

/// `poly = stride * name + rest`; `None` if it is not linear in `name`.
fn split(poly: Poly, name: &str) -> Option<(Poly, Poly)> {
    let (mut stride, mut rest) = (Poly::new(), Poly::new());
    for (mut names, value) in poly {
        match names.iter().filter(|n| *n == name).count() {
            0 => _ = rest.insert(names, value),
            1 => {
                names.retain(|n| n != name);
                stride.insert(names, value);
            }
            _ => return None,
        }
    }
    Some((stride, rest))
}

fn constant(poly: &Poly) -> Option<i64> {
    match poly.len() {
        1 => poly.get(&Vec::new()).copied(),
        _ => None,
    }
}

//! The body of a loop: what its statements touch, and which of them can run lane by lane.

use super::affine::{Kind, Slot};
use crate::ir::walk::{self, Access, Operand};
use crate::ir::{Arg, Call, CallMode, Expr, Function, Op, Place, Stmt, Ty, Var};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// More statements than this are left alone: finding what depends on what is quadratic.
const LARGEST: usize = 256;

/// How many operations a call counts for.
const CALL: usize = 8;

/// An integer counted up or down once an iteration.
#[derive(Clone, Copy, Debug)]
pub struct Count {
    /// The statement that counts.
    pub at: usize,
    pub by: i64,
}

pub struct Body<'a> {
    pub f: &'a Function,
    pub counter: Var,
    /// The lowest counter of a block.
    pub start: Var,
    pub rev: bool,
    /// How many iterations a block has.
    pub width: usize,
    stmts: &'a [Stmt],
    /// The variables that the body declares, and where.
    pub declared: HashMap<Var, usize>,
    pub counted: BTreeMap<Var, Count>,
    /// The storage that the body writes.
    written: BTreeSet<Var>,
}

/// What a loop becomes.
#[derive(Debug)]
pub struct Plan {
    pub start: Var,
    pub width: usize,
    pub counted: BTreeMap<Var, Count>,
    /// The elements that a block touches.
    pub slots: Vec<Element>,
    /// Sums of cotangents.
    pub sums: BTreeSet<Var>,
    /// The statements in three groups: those that run before, with and after what is carried.
    pub phases: [Vec<usize>; 3],
    /// Sums whose order is kept, in source order.
    pub strict: Vec<usize>,
    /// What is taken from records, and what is put into them.
    pub pops: Vec<usize>,
    pub pushes: Vec<usize>,
    /// Which slot a place is, by the number of its statement and its text.
    pub places: HashMap<(usize, String), usize>,
}

/// An element that every iteration touches.
#[derive(Debug)]
pub struct Element {
    pub slot: Slot,
    pub ty: Ty,
    /// Its value at the start of the block matters.
    pub loaded: bool,
    pub written: bool,
    /// Only added to, behind what else happens to the array: the block collects what is added.
    pub added: bool,
    /// The element of the same array whose lanes take most of what is added, and how many lanes
    /// higher.
    pub into: Option<(usize, i64)>,
}

/// How statements use a place: as text, because equal places are one.
pub fn text(place: &Place) -> String {
    fn expr(out: &mut String, e: &Expr) {
        use std::fmt::Write;
        match e {
            Expr::Read(place) => place_text(out, place),
            Expr::Lit(syn::Lit::Int(lit)) => out.push_str(lit.base10_digits()),
            Expr::Prim { op, args, .. } => {
                let _ = write!(out, "{op:?}(");
                args.iter().for_each(|arg| {
                    expr(out, arg);
                    out.push(',');
                });
                out.push(')');
            }
            other => {
                let _ = write!(out, "{other:?}");
            }
        }
    }
    fn place_text(out: &mut String, place: &Place) {
        use crate::ir::Proj;
        out.push_str(&format!("v{}", place.root.0));
        for step in &place.proj {
            match step {
                Proj::Index(index) => {
                    out.push('[');
                    expr(out, index);
                    out.push(']');
                }
                Proj::Range(lo, hi) => {
                    out.push('[');
                    lo.iter().for_each(|lo| expr(out, lo));
                    out.push_str("..");
                    hi.iter().for_each(|hi| expr(out, hi));
                    out.push(']');
                }
                Proj::Field(syn::Member::Named(name)) => out.push_str(&format!(".{name}")),
                Proj::Field(syn::Member::Unnamed(index)) => out.push_str(&format!(".{}", index.index)),
                Proj::Deref => out.push('*'),
                Proj::Payload => out.push('?'),
            }
        }
    }
    let mut out = String::new();
    place_text(&mut out, place);
    out
}

/// Whether all statements are of the kinds that can run in lanes.
pub fn is_simple(f: &Function, stmts: &[Stmt]) -> bool {
    let scalar = |ty: &Ty| ty.is_float() || ty.is_int() || matches!(ty, Ty::Bool);
    stmts.len() <= LARGEST
        && stmts.iter().all(|stmt| match stmt {
            Stmt::Let { var, init: Some(init) } => {
                let info = f.info(*var);
                scalar(&info.ty) && !info.boxed && !info.late && is_pure(f, init)
            }
            Stmt::Assign { place, value, .. } | Stmt::Accumulate { place, value, .. } => {
                scalar(&f.place_ty(place)) && is_pure(f, value)
            }
            Stmt::Let { init: None, .. }
            | Stmt::View { .. }
            | Stmt::Swap { .. }
            | Stmt::CopyFrom { .. }
            | Stmt::Fill { .. }
            | Stmt::If { .. }
            | Stmt::Match { .. }
            | Stmt::For { .. }
            | Stmt::While { .. }
            | Stmt::Vector { .. }
            | Stmt::Effect { .. }
            | Stmt::Bail { .. }
            | Stmt::Item(_)
            | Stmt::RecordNew { .. }
            | Stmt::Replace { .. } => false,
            // Of functions of scalars, whose cotangents are scalars then.
            Stmt::Call(call) => match &call.mode {
                CallMode::Joint { seed, args } => {
                    let shadows = args.iter().filter_map(|arg| arg.shadow.as_ref());
                    let seed_is_pure = match seed {
                        Expr::Move(var) => f.info(*var).ty.is_float(),
                        seed => is_pure(f, seed),
                    };
                    has_scalar_arguments(f, call)
                        && seed_is_pure
                        && shadows.into_iter().all(|place| f.place_ty(place).is_float())
                }
                CallMode::Plain | CallMode::Jvp { .. } | CallMode::Split { .. } | CallMode::Nested(_) => {
                    false
                }
            },
            Stmt::Pull { .. } => false,
            Stmt::RecordPush { values, .. } => values.iter().all(|value| match value {
                Expr::Move(var) => scalar(&f.info(*var).ty),
                Expr::Read(place) => place.is_var() && scalar(&f.info(place.root).ty),
                _ => false,
            }),
            Stmt::RecordPop { vars, .. } => vars.iter().all(|var| {
                let info = f.info(*var);
                scalar(&info.ty) && !info.boxed && !info.late
            }),
        })
}

/// Gives what is carried from one iteration to the next a name where it is read, so that only
/// the copy is in order, not what is computed with it.
pub fn name_carried(f: &mut Function, stmts: &[Stmt]) -> Vec<Stmt> {
    let mut carried = BTreeSet::new();
    for stmt in stmts {
        walk::places_written_by(stmt, &mut |place| {
            let info = f.info(place.root);
            if place.is_var() && info.ty.is_float() && info.view_of.is_none() {
                carried.insert(place.root);
            }
        });
    }
    for stmt in stmts {
        walk::declared_by(stmt, &mut |var| _ = carried.remove(&var));
    }
    let mut out = Vec::with_capacity(stmts.len());
    for stmt in stmts {
        let mut stmt = stmt.clone();
        let mut used = BTreeMap::new();
        walk::accesses_of_stmt(&stmt, &mut |place, access| {
            if place.is_var() && carried.contains(&place.root) {
                *used.entry(place.root).or_insert(true) &= access == Access::Read;
            }
        });
        let copies = matches!(&stmt, Stmt::Let { init: Some(Expr::Read(_)), .. });
        for (var, _) in used.into_iter().filter(|(_, only_read)| *only_read && !copies) {
            let name = quote::format_ident!("{}_old", f.info(var).name);
            let ty = f.info(var).ty.clone();
            let old = f.add_var(crate::ir::VarInfo { name, ..crate::ir::VarInfo::local("old", ty, f.span) });
            out.push(Stmt::Let { var: old, init: Some(Expr::read(var)) });
            walk::rewrite_stmt(&mut stmt, &mut |expr| match expr {
                Expr::Read(place) if place.is_var() && place.root == var => Expr::read(old),
                other => other,
            });
        }
        out.push(stmt);
    }
    out
}

fn has_scalar_arguments(f: &Function, call: &Call) -> bool {
    call.args.iter().all(|arg| match arg {
        Arg::Value(value) => is_pure(f, value) && (value.ty(f).is_float() || value.ty(f).is_int()),
        Arg::Ref(_) | Arg::RefMut(_) | Arg::Receiver { .. } => false,
    })
}

fn is_pure(f: &Function, expr: &Expr) -> bool {
    let mut pure = true;
    walk::subexprs(expr, &mut |part| {
        pure &= match part {
            Expr::Lit(_)
            | Expr::Const(..)
            | Expr::Read(_)
            | Expr::Len(_)
            | Expr::Prim { .. }
            | Expr::Select { .. }
            | Expr::Cast { .. } => true,
            Expr::Opaque { args, .. } => args.is_empty(),
            Expr::Take { like, .. } | Expr::Zero { like } => f.place_ty(like).is_float(),
            Expr::Move(_)
            | Expr::ToOwned(_)
            | Expr::Borrow { .. }
            | Expr::Tuple(_)
            | Expr::Array(_)
            | Expr::Repeat { .. }
            | Expr::VecOf(_)
            | Expr::VecRepeat { .. }
            | Expr::VecNew { .. }
            | Expr::Struct { .. }
            | Expr::Some(_)
            | Expr::Placeholder(_) => false,
        };
    });
    pure
}

/// Places that are read only if some condition holds.
fn conditional(stmt: &Stmt, found: &mut BTreeSet<String>) {
    fn visit(operand: Operand, within: bool, found: &mut BTreeSet<String>) {
        match operand {
            Operand::Expr(Expr::Select { cond, then, els }) => {
                visit(Operand::Expr(cond), within, found);
                visit(Operand::Expr(then), true, found);
                visit(Operand::Expr(els), true, found);
            }
            Operand::Expr(Expr::Prim { op: Op::And | Op::Or, args, .. }) => {
                visit(Operand::Expr(&args[0]), within, found);
                visit(Operand::Expr(&args[1]), true, found);
            }
            Operand::Expr(expr) => walk::operands_of_expr(expr, &mut |inner| visit(inner, within, found)),
            Operand::Place(place, _) => {
                if within {
                    found.insert(text(place));
                }
                walk::operands_of_place(place, &mut |inner| visit(inner, within, found));
            }
            Operand::Use(..) | Operand::Declare(_) => {}
        }
    }
    walk::operands_of_stmt(stmt, &mut |operand| visit(operand, false, found));
}

/// Something that statements share, and whether a statement changes it.
type Use = (Resource, bool);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Resource {
    Scalar(Var),
    Slot(usize),
}

impl<'a> Body<'a> {
    pub fn new(
        f: &'a Function,
        (counter, start): (Var, Var),
        rev: bool,
        width: usize,
        stmts: &'a [Stmt],
    ) -> Body<'a> {
        let mut body = Body {
            f,
            counter,
            start,
            rev,
            width,
            stmts,
            declared: HashMap::new(),
            counted: BTreeMap::new(),
            written: BTreeSet::new(),
        };
        let mut writes: HashMap<Var, usize> = HashMap::new();
        for (pos, stmt) in stmts.iter().enumerate() {
            walk::declared_by(stmt, &mut |var| _ = body.declared.insert(var, pos));
            walk::accesses_of_stmt(stmt, &mut |place, access| {
                if access.writes() {
                    body.written.insert(f.storage(place.root));
                    *writes.entry(f.storage(place.root)).or_default() += 1;
                }
            });
        }
        for (pos, stmt) in stmts.iter().enumerate() {
            if let Stmt::Assign { place, op: Some(op @ (Op::Add | Op::Sub)), value, .. } = stmt
                && place.is_var()
                && f.place_ty(place).is_int()
                && writes.get(&place.root) == Some(&1)
                && !body.declared.contains_key(&place.root)
                && f.info(place.root).view_of.is_none()
                && let Expr::Lit(syn::Lit::Int(lit)) = value
            {
                let by = if *op == Op::Add { 1 } else { -1 };
                if lit.base10_digits() == "1" {
                    body.counted.insert(place.root, Count { at: pos, by });
                }
            }
        }
        body
    }

    pub fn is_written(&self, var: Var) -> bool {
        self.written.contains(&self.f.storage(var))
    }

    pub fn definition(&self, var: Var) -> Option<&Expr> {
        match &self.stmts[*self.declared.get(&var)?] {
            Stmt::Let { init: Some(init), .. } if !self.is_written(var) => Some(init),
            _ => None,
        }
    }

    /// A plan, if the loop can run in lanes and gains by it.
    pub fn plan(&self) -> Option<Plan> {
        let (slots, places) = self.slots()?;
        if slots.is_empty() {
            return None;
        }
        let (sums, strict) = self.sums();
        let of_kind = |wanted: fn(&Stmt) -> bool| -> Vec<usize> {
            (0..self.stmts.len()).filter(|&pos| wanted(&self.stmts[pos])).collect()
        };
        let pops = of_kind(|stmt| matches!(stmt, Stmt::RecordPop { .. }));
        let pushes = of_kind(|stmt| matches!(stmt, Stmt::RecordPush { .. }));
        // Records are filled by counting up and emptied by counting down.
        if self.rev && !pushes.is_empty() || !self.rev && !pops.is_empty() {
            return None;
        }
        let recorded = |pos: usize| pops.contains(&pos) || pushes.contains(&pos);
        let skipped =
            |pos: usize| strict.contains(&pos) || self.counted.values().any(|count| count.at == pos);
        let mut uses: Vec<Vec<Use>> = Vec::new();
        let mut carried: Vec<bool> = Vec::new();
        for (pos, stmt) in self.stmts.iter().enumerate() {
            let mut list = Vec::new();
            if recorded(pos) {
                uses.push(list);
                carried.push(false);
                continue;
            }
            let mut is_carried = false;
            let mut note = |place: &Place, access: Access| {
                if access == Access::Shape {
                    return;
                }
                if let Some(slot) = places.get(&(pos, text(place))) {
                    list.push((Resource::Slot(*slot), access.writes()));
                } else if place.is_var() {
                    let var = self.f.storage(place.root);
                    if sums.contains(&var) {
                        return;
                    }
                    list.push((Resource::Scalar(var), access.writes()));
                    is_carried |= self.written.contains(&var)
                        && !self.declared.contains_key(&var)
                        && !self.counted.contains_key(&var);
                }
            };
            walk::accesses_of_stmt(stmt, &mut note);
            walk::declared_by(stmt, &mut |var| list.push((Resource::Scalar(var), true)));
            uses.push(list);
            carried.push(is_carried && !skipped(pos));
        }
        let count = self.stmts.len();
        let depends = |later: usize, earlier: usize| {
            uses[later].iter().any(|(resource, writes)| {
                uses[earlier].iter().any(|(other, wrote)| other == resource && (*writes || *wrote))
            })
        };
        // What carried statements lead to, and what leads to them.
        let mut after = carried.clone();
        let mut before = carried.clone();
        for pos in 0..count {
            after[pos] |= (0..pos).any(|earlier| after[earlier] && depends(pos, earlier));
        }
        for pos in (0..count).rev() {
            before[pos] |= (pos + 1..count).any(|later| before[later] && depends(later, pos));
        }
        let mut phases: [Vec<usize>; 3] = Default::default();
        let mut weights = [0usize; 3];
        for pos in 0..count {
            if recorded(pos) || self.counted.values().any(|count| count.at == pos) {
                continue;
            }
            let phase = match (after[pos], before[pos]) {
                (true, true) => 1,
                (true, false) => 2,
                (false, _) => 0,
            };
            weights[phase] += self.weight(pos) - usize::from(strict.contains(&pos));
            // The term of a strict sum is computed where the rest is.
            phases[phase].push(pos);
        }
        // Calls may have effects: they stay in order.
        let calls = |phase: &&Vec<usize>| phase.iter().any(|&pos| matches!(self.stmts[pos], Stmt::Call(_)));
        if phases.iter().filter(calls).count() > 1 {
            return None;
        }
        if weights[0] + weights[2] == 0 || weights[1] > 2 * (weights[0] + weights[2]) {
            return None;
        }
        let plan = Plan {
            start: self.start,
            width: self.width,
            counted: self.counted.clone(),
            slots,
            sums,
            phases,
            strict,
            pops,
            pushes,
            places,
        };
        Some(plan)
    }

    /// How many operations on floats a statement has.
    fn weight(&self, pos: usize) -> usize {
        let mut weight = 0;
        let mut count = |expr: &Expr| {
            walk::subexprs(expr, &mut |part| {
                weight += usize::from(matches!(part, Expr::Prim { .. }) && part.ty(self.f).is_float());
            });
        };
        match &self.stmts[pos] {
            Stmt::Let { init: Some(init), .. } => count(init),
            Stmt::Assign { value, op, .. } => {
                count(value);
                weight += usize::from(op.is_some());
            }
            Stmt::Accumulate { value, .. } => {
                count(value);
                weight += 1;
            }
            Stmt::Call(_) => weight += CALL,
            _ => {}
        }
        weight
    }

    /// Outside scalars that the body only adds to: sums of cotangents, and the statements of
    /// sums whose order must be kept.
    fn sums(&self) -> (BTreeSet<Var>, Vec<usize>) {
        // Whether each is summed freely; `None` for what is used otherwise.
        let mut found: BTreeMap<Var, Option<bool>> = BTreeMap::new();
        for stmt in self.stmts {
            let (target, free) = match stmt {
                Stmt::Accumulate { place, .. } => (Some(place), true),
                Stmt::Assign { place, op: Some(Op::Add | Op::Sub), .. } => (Some(place), false),
                _ => (None, false),
            };
            let pulled = matches!(stmt, Stmt::Call(_));
            walk::accesses_of_stmt(stmt, &mut |place, access| {
                let var = self.f.storage(place.root);
                if !self.written.contains(&var) || self.declared.contains_key(&var) {
                    return;
                }
                let summed = access == Access::Update
                    && place.is_var()
                    && place.root == var
                    && self.f.info(var).ty.is_float()
                    && (pulled || target.is_some_and(|target| target.root == var));
                let free = free || pulled;
                let known = found.entry(var).or_insert(summed.then_some(free));
                if *known != summed.then_some(free) {
                    *known = None;
                }
            });
        }
        let free = found.iter().filter(|(_, free)| **free == Some(true)).map(|(var, _)| *var).collect();
        let strict = self.stmts.iter().enumerate().filter(|(_, stmt)| match stmt {
            Stmt::Assign { place, op: Some(Op::Add | Op::Sub), .. } => {
                found.get(&self.f.storage(place.root)) == Some(&Some(false))
            }
            _ => false,
        });
        let strict = strict.map(|(pos, _)| pos).collect();
        (free, strict)
    }

    /// The elements that iterations touch; `None` if lanes would not keep their order.
    fn slots(&self) -> Option<(Vec<Element>, HashMap<(usize, String), usize>)> {
        struct Touch {
            pos: usize,
            text: String,
            access: Access,
            added: bool,
            slot: Option<Slot>,
            ty: Ty,
            conditional: bool,
        }
        let mut touches: BTreeMap<Var, Vec<Touch>> = BTreeMap::new();
        for (pos, stmt) in self.stmts.iter().enumerate() {
            if matches!(stmt, Stmt::RecordPush { .. } | Stmt::RecordPop { .. }) {
                continue;
            }
            let mut lazily = BTreeSet::new();
            conditional(stmt, &mut lazily);
            let mut fits = true;
            walk::accesses_of_stmt(stmt, &mut |place, access| {
                let declared = self.declared.contains_key(&place.root);
                if access == Access::Shape || place.is_var() && (declared || self.is_local(place.root)) {
                    return;
                }
                let root = self.f.storage(place.root);
                let added = matches!(stmt, Stmt::Accumulate { place: target, .. }
                    if access == Access::Update && text(target) == text(place));
                let ty = self.f.place_ty(place);
                let slot = match self.kind(place, pos) {
                    Kind::Unit(slot) if ty.is_float() => Some(slot),
                    Kind::Unit(_) | Kind::Fixed | Kind::Other => None,
                };
                fits &= slot.is_some() || !self.written.contains(&root);
                let text = text(place);
                let conditional = lazily.contains(&text);
                touches.entry(root).or_default().push(Touch {
                    pos,
                    text,
                    access,
                    added,
                    slot,
                    ty,
                    conditional,
                });
            });
            if !fits {
                return None;
            }
        }
        let mut elements: Vec<Element> = Vec::new();
        let mut places = HashMap::new();
        for (root, list) in touches {
            let written = self.written.contains(&root);
            let first = elements.len();
            // Elements in the order in which they are first touched.
            for touch in &list {
                let Some(slot) = &touch.slot else { continue };
                if touch.conditional {
                    let sure = list.iter().any(|other| {
                        !other.conditional && other.slot.as_ref().is_some_and(|other| other.is(slot))
                    });
                    if !sure && written {
                        return None;
                    }
                    if !sure {
                        continue;
                    }
                }
                let known = elements[first..].iter().position(|element| element.slot.is(slot));
                let index = first
                    + known.unwrap_or_else(|| {
                        elements.push(Element {
                            slot: slot.clone(),
                            ty: touch.ty.clone(),
                            loaded: touch.access.reads(),
                            written: false,
                            added: true,
                            into: None,
                        });
                        elements.len() - 1 - first
                    });
                let element = &mut elements[index];
                element.written |= touch.access.writes();
                element.added &= touch.added;
                places.insert((touch.pos, touch.text.clone()), index);
            }
            if !written {
                elements[first..].iter_mut().for_each(|element| element.added = false);
                continue;
            }
            self.order(&mut elements[first..], first)?;
        }
        Some((elements, places))
    }

    /// Whether the elements of an array that the loop writes, of which `base` is the first, keep
    /// their order in lanes.
    fn order(&self, elements: &mut [Element], base: usize) -> Option<()> {
        let added_only = elements.iter().all(|element| element.added);
        let owner = if added_only {
            0
        } else {
            let mut owners = (0..elements.len()).filter(|&at| elements[at].written && !elements[at].added);
            let owner = owners.next()?;
            if owners.next().is_some() {
                return None;
            }
            owner
        };
        // Its own element an iteration: added to or not, it is there at the start.
        elements[owner].added = false;
        let slot = elements[owner].slot.clone();
        for (at, element) in elements.iter_mut().enumerate() {
            if at == owner {
                continue;
            }
            let higher = element.slot.ahead_of(&slot);
            if !added_only {
                let ahead = higher? * if self.rev { -1 } else { 1 };
                // What is read must be what it was before the loop came by; what is added to must
                // be behind it.
                let fine = if element.written { ahead < 0 } else { ahead > 0 };
                if !fine {
                    return None;
                }
            }
            let width = i64::try_from(self.width).ok()?;
            element.into = higher.filter(|by| element.added && by.abs() < width).map(|by| (base + owner, by));
        }
        Some(())
    }

    /// A scalar that is a variable of its own, not an element or something behind a reference.
    fn is_local(&self, var: Var) -> bool {
        let info = self.f.info(var);
        info.view_of.is_none() && (info.ty.is_float() || info.ty.is_int() || matches!(info.ty, Ty::Bool))
    }
}

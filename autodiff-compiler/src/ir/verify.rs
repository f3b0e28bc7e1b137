//! Checks the invariants of the IR. A complaint is a bug of the pass that made the function.
//!
//! * A variable is used only where a declaration of it is visible, and is declared again only
//!   where none is: the reverse sweep computes what the forward sweep computed under its name.
//! * After lowering, indices are literals or immutable variables ([`verify_lowered`]).
//! * A late variable is assigned once on every path, before it is read.
//! * Only mutable places are written; a `Vec` is not used after it was moved.
//! * A view names a place that is visible where the view is declared.

use super::walk::{self, Access, Operand};
use super::{Arm, Block, Expr, Function, Place, Proj, Stmt, Ty, Var};
use std::collections::BTreeSet;

/// Checks a function as lowering leaves it: [`verify`], and that no index can change.
pub fn verify_lowered(f: &Function) -> Vec<String> {
    let mut complaints = verify(f, &[]);
    let mut check = |place: &Place| {
        for step in &place.proj {
            match step {
                Proj::Index(index) => complaints.extend(changing(f, index)),
                Proj::Range(lo, hi) => {
                    complaints.extend([lo, hi].into_iter().flatten().filter_map(|end| changing(f, end)));
                }
                Proj::Field(_) | Proj::Deref | Proj::Payload => {}
            }
        }
    };
    f.visit(&mut |stmt| walk::accesses_of_stmt(stmt, &mut |place, _| check(place)));
    f.vars.iter().filter_map(|info| info.view_of.as_ref()).for_each(check);
    complaints
}

/// What is wrong with an index, if it is not the same whenever it is read.
fn changing(f: &Function, index: &Expr) -> Option<String> {
    let shown = f.display_expr(index);
    if let Expr::Read(place) = index {
        let fixed = place.is_var() && !f.info(place.root).mutable;
        return (!fixed).then(|| format!("the index `{shown}` may change"));
    }
    (!index.is_atom()).then(|| format!("the index `{shown}` is no atom"))
}

/// Checks a function; `given` are variables that stand outside of it (tangents and cotangents of
/// its parameters, a seed).
pub fn verify(f: &Function, given: &[Var]) -> Vec<String> {
    let mut blocks = vec![&f.body];
    if let Some(backward) = &f.backward {
        blocks.push(&backward.body);
    }
    verify_blocks(f, given, &blocks, Some(&f.result))
}

/// Checks blocks that follow each other in one scope: the sweeps of a reverse transform.
pub fn verify_blocks(f: &Function, given: &[Var], blocks: &[&Block], result: Option<&Expr>) -> Vec<String> {
    let mut verifier = Verifier {
        f,
        visible: BTreeSet::new(),
        before: BTreeSet::new(),
        state: State::default(),
        complaints: Vec::new(),
    };
    for var in f.params.iter().map(|param| &param.var).chain(given) {
        verifier.declare(*var);
    }
    for (index, block) in blocks.iter().enumerate() {
        verifier.stmts(block);
        // The result is moved out after the forward sweep.
        if let (0, Some(result)) = (index, result) {
            let state = verifier.state.clone();
            verifier.expr(result);
            verifier.state = state;
        }
        verifier.before.clone_from(&verifier.visible);
    }
    verifier.complaints
}

/// What is known at a point of a path.
#[derive(Clone, Default)]
struct State {
    /// Late variables without a value yet.
    unassigned: BTreeSet<Var>,
    moved: BTreeSet<Var>,
    /// The path does not get here.
    dead: bool,
}

impl State {
    /// What holds after either of two paths.
    fn join(self, other: State) -> State {
        match (self.dead, other.dead) {
            (true, _) => other,
            (false, true) => self,
            (false, false) => State {
                unassigned: &self.unassigned | &other.unassigned,
                moved: &self.moved | &other.moved,
                dead: false,
            },
        }
    }
}

struct Verifier<'a> {
    f: &'a Function,
    visible: BTreeSet<Var>,
    /// What an earlier block declared: a later one may make it anew.
    before: BTreeSet<Var>,
    state: State,
    complaints: Vec<String>,
}

impl Verifier<'_> {
    fn complain(&mut self, what: String) {
        if !self.complaints.contains(&what) {
            self.complaints.push(what);
        }
    }

    fn name(&self, var: Var) -> String {
        match self.f.vars.get(var.0) {
            Some(info) => format!("`{}` (v{})", info.name, var.0),
            None => format!("v{}", var.0),
        }
    }

    fn declare(&mut self, var: Var) {
        if var.0 >= self.f.vars.len() {
            self.complain(format!("v{} is no variable of the function", var.0));
        } else if !self.visible.insert(var) && !self.before.remove(&var) {
            let name = self.name(var);
            self.complain(format!("{name} is declared twice"));
        }
        self.state.moved.remove(&var);
        self.state.unassigned.remove(&var);
    }

    // ---- uses ----

    fn access(&mut self, place: &Place, access: Access) {
        let root = place.root;
        // Where the type tells the shape, nothing is looked at.
        if access == Access::Shape && self.f.place_ty(place).has_known_shape() {
            return;
        }
        if !self.visible.contains(&root) {
            let name = self.name(root);
            self.complain(format!("{name} is used where it is not visible"));
            return;
        }
        walk::operands_of_place(place, &mut |operand| self.operand(operand));
        let info = self.f.info(root);
        let name = || self.name(root);
        let initialises = access == Access::Write && place.is_var();
        let mut complaint = None;
        if self.state.dead {
            // What does not run is rustc's to judge.
        } else if self.state.unassigned.contains(&root) && !initialises {
            complaint = Some(format!("{} is used before it has a value", name()));
        } else if self.state.moved.contains(&root) && !initialises {
            complaint = Some(format!("{} is used after it was moved", name()));
        } else if access.writes() && info.late && !info.mutable && !info.boxed {
            if !self.state.unassigned.contains(&root) {
                complaint = Some(format!("{} is late and assigned twice", name()));
            }
        } else if access.writes() && !info.mutable && info.by_ref != Some(true) && !info.late {
            complaint = Some(format!("{} is written but not mutable", name()));
        }
        if let Some(complaint) = complaint {
            self.complain(complaint);
        }
        if initialises {
            self.state.unassigned.remove(&root);
            self.state.moved.remove(&root);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        if let Expr::Move(var) = expr {
            self.access(&Place::var(*var), Access::Read);
            if self.f.vars.get(var.0).is_some_and(|info| matches!(info.ty, Ty::Vec(_))) {
                self.state.moved.insert(*var);
            }
            return;
        }
        walk::operands_of_expr(expr, &mut |operand| self.operand(operand));
    }

    fn operand(&mut self, operand: Operand) {
        match operand {
            Operand::Expr(expr) => self.expr(expr),
            Operand::Place(place, access) => self.access(place, access),
            // Records and pullbacks are changed by their own statements only.
            Operand::Use(var, _) => self.access(&Place::var(*var), Access::Read),
            Operand::Declare(var) => self.declare(*var),
        }
    }

    // ---- statements ----

    fn stmts(&mut self, block: &Block) {
        block.stmts.iter().for_each(|stmt| self.stmt(stmt));
    }

    /// A block with a scope of its own, from `state` on; returns the state at its end.
    fn scope(&mut self, state: &State, inside: impl FnOnce(&mut Self)) -> State {
        let visible = self.visible.clone();
        let outer = std::mem::replace(&mut self.state, state.clone());
        inside(self);
        self.visible = visible;
        std::mem::replace(&mut self.state, outer)
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Let { var, init: None } => {
                self.declare(*var);
                let info = self.f.vars.get(var.0);
                let (late, boxed) = info.map_or((false, false), |info| (info.late, info.boxed));
                if !late && !boxed {
                    let name = self.name(*var);
                    self.complain(format!("{name} has no value and is not late"));
                }
                if !boxed {
                    self.state.unassigned.insert(*var);
                }
            }
            Stmt::View { var } => {
                match self.f.vars.get(var.0).and_then(|info| info.view_of.clone()) {
                    Some(place) => self.access(&place, Access::Shape),
                    None => {
                        let name = self.name(*var);
                        self.complain(format!("the view {name} names no place"));
                    }
                }
                self.declare(*var);
            }
            Stmt::If { cond, then, els } => {
                self.expr(cond);
                let before = self.state.clone();
                let then = self.scope(&before, |this| this.stmts(then));
                let els = self.scope(&before, |this| this.stmts(els));
                self.state = then.join(els);
            }
            Stmt::Match { on, arms, .. } => {
                self.access(on, Access::Read);
                let before = self.state.clone();
                let after = arms.iter().map(|arm| self.arm(arm, &before)).reduce(State::join);
                self.state = after.unwrap_or(before);
            }
            Stmt::For { var, lo, hi, body, exits, .. } => {
                self.expr(lo);
                self.expr(hi);
                let before = self.state.clone();
                let after = self.scope(&before, |this| {
                    this.declare(*var);
                    this.stmts(body);
                    this.exits(exits);
                });
                // The body may not run, and may run again.
                self.again(&before, &after);
                self.state.moved.extend(after.moved);
            }
            Stmt::While { pre, cond, body, exits, .. } => {
                let before = self.state.clone();
                let after = self.scope(&before, |this| {
                    this.stmts(pre);
                    if let Some(cond) = cond {
                        this.expr(cond);
                    }
                    this.stmts(body);
                    this.exits(exits);
                });
                self.again(&before, &after);
                if cond.is_none() {
                    self.state = after;
                } else {
                    self.state.moved.extend(after.moved);
                }
            }
            Stmt::Effect { diverges, .. } => {
                walk::operands_of_stmt(stmt, &mut |operand| self.operand(operand));
                self.state.dead |= *diverges;
            }
            Stmt::Bail { .. } => {
                walk::operands_of_stmt(stmt, &mut |operand| self.operand(operand));
                self.state.dead = true;
            }
            Stmt::Let { .. }
            | Stmt::Assign { .. }
            | Stmt::Swap { .. }
            | Stmt::CopyFrom { .. }
            | Stmt::Fill { .. }
            | Stmt::Call(_)
            | Stmt::Vector { .. }
            | Stmt::Item(_)
            | Stmt::Accumulate { .. }
            | Stmt::RecordNew { .. }
            | Stmt::RecordPush { .. }
            | Stmt::RecordPop { .. }
            | Stmt::Replace { .. }
            | Stmt::Pull { .. } => {
                walk::operands_of_stmt(stmt, &mut |operand| self.operand(operand));
            }
        }
    }

    fn arm(&mut self, arm: &Arm, before: &State) -> State {
        let mut bound = Vec::new();
        walk::bound_by(&arm.pattern, &mut |var| {
            // Each alternative of an or-pattern binds the same variables.
            if !bound.contains(&var) {
                bound.push(var);
            }
        });
        self.scope(before, |this| {
            bound.into_iter().for_each(|var| this.declare(var));
            if let Some(guard) = &arm.guard {
                this.expr(guard);
            }
            this.stmts(&arm.body);
        })
    }

    fn exits(&mut self, exits: &[Var]) {
        for exit in exits {
            self.access(&Place::var(*exit), Access::Read);
        }
    }

    /// What an iteration does to variables from outside, the next one meets.
    fn again(&mut self, before: &State, after: &State) {
        if after.dead {
            return;
        }
        for var in after.moved.difference(&before.moved) {
            if self.visible.contains(var) {
                let name = self.name(*var);
                self.complain(format!("{name} is moved in each iteration of a loop"));
            }
        }
        for var in before.unassigned.difference(&after.unassigned) {
            let info = self.f.info(*var);
            if !info.mutable && !info.boxed {
                let name = self.name(*var);
                self.complain(format!("{name} is late and assigned in each iteration of a loop"));
            }
        }
    }
}

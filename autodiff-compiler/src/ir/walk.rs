//! Walking the IR: what a node contains, said once, and the queries and rewritings that follow.
//!
//! [`operands_of_expr`], [`operands_of_place`], [`operands_of_stmt`] and [`blocks_of`] (each with
//! a `_mut` twin) list what stands directly in a node; they are the only functions here that
//! match on nodes. A `View`'s place stands in `VarInfo::view_of`, so that no walk over
//! statements meets it.

use super::{
    Arg, Block, Call, CallMode, Expr, Op, Pattern, Place, Proj, Stmt, Var, VecOp, WideJoint, is_constant,
};

/// What a node does with a place or a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Its value is read.
    Read,
    /// Its shape is read: its length, or what is needed for a zero of the same shape.
    Shape,
    /// Overwritten without being read.
    Write,
    /// Read and written, or borrowed mutably.
    Update,
}

impl Access {
    pub fn reads(self) -> bool {
        matches!(self, Access::Read | Access::Update)
    }

    pub fn writes(self) -> bool {
        matches!(self, Access::Write | Access::Update)
    }
}

/// Something that stands directly in a node.
#[derive(Debug)]
pub enum Operand<'a> {
    Expr(&'a Expr),
    Place(&'a Place, Access),
    /// A variable used whole: a move, an exit flag, a record, a pullback.
    Use(&'a Var, Access),
    /// A variable that the node declares.
    Declare(&'a Var),
}

/// [`Operand`], to be changed.
#[derive(Debug)]
#[allow(dead_code, reason = "both walkers are one text, which fills every field")]
pub enum OperandMut<'a> {
    Expr(&'a mut Expr),
    Place(&'a mut Place, Access),
    Use(&'a mut Var, Access),
    Declare(&'a mut Var),
}

/// The walkers, once for shared and once for mutable references: match ergonomics let the same
/// text serve both.
macro_rules! walkers {
    (
        $operand:ident, ($($m:ident)?), $of_place:ident, $of_expr:ident, $of_pattern:ident, $of_call:ident,
        $of_stmt:ident, $blocks_of:ident, $statements:ident, $statement:ident
    ) => {
        /// The operands that stand directly in a place: its indices and bounds, not its root.
        pub fn $of_place(place: &$($m)? Place, visit: &mut dyn FnMut($operand)) {
            for step in &$($m)? place.proj {
                match step {
                    Proj::Index(index) => visit($operand::Expr(index)),
                    Proj::Range(lo, hi) => {
                        if let Some(lo) = lo {
                            visit($operand::Expr(lo));
                        }
                        if let Some(hi) = hi {
                            visit($operand::Expr(hi));
                        }
                    }
                    Proj::Field(_) | Proj::Deref | Proj::Payload => {}
                }
            }
        }

        /// The operands that stand directly in an expression.
        pub fn $of_expr(expr: &$($m)? Expr, visit: &mut dyn FnMut($operand)) {
            match expr {
                Expr::Lit(_) | Expr::Const(..) | Expr::Placeholder(_) => {}
                Expr::Read(place) | Expr::ToOwned(place) => visit($operand::Place(place, Access::Read)),
                Expr::Borrow { place, mutable: false } => visit($operand::Place(place, Access::Read)),
                Expr::Borrow { place, mutable: true } => visit($operand::Place(place, Access::Update)),
                Expr::Len(place) | Expr::Zero { like: place } => {
                    visit($operand::Place(place, Access::Shape));
                }
                Expr::Move(var) => visit($operand::Use(var, Access::Read)),
                Expr::Opaque { args, .. }
                | Expr::Prim { args, .. }
                | Expr::Tuple(args)
                | Expr::Array(args)
                | Expr::VecOf(args) => {
                    for arg in args {
                        visit($operand::Expr(arg));
                    }
                }
                Expr::Select { cond, then, els } => {
                    visit($operand::Expr(cond));
                    visit($operand::Expr(then));
                    visit($operand::Expr(els));
                }
                Expr::Cast { arg, .. } | Expr::Some(arg) | Expr::Repeat { elem: arg, .. } => {
                    visit($operand::Expr(arg));
                }
                Expr::VecRepeat { elem, len } => {
                    visit($operand::Expr(elem));
                    visit($operand::Expr(len));
                }
                Expr::VecNew { capacity, .. } => {
                    if let Some(capacity) = capacity {
                        visit($operand::Expr(capacity));
                    }
                }
                Expr::Struct { fields, rest, .. } => {
                    for (_, value) in fields {
                        visit($operand::Expr(value));
                    }
                    if let Some(rest) = rest {
                        visit($operand::Expr(rest));
                    }
                }
                Expr::Take { shadow, like } => {
                    visit($operand::Place(shadow, Access::Update));
                    visit($operand::Place(like, Access::Shape));
                }
            }
        }

        /// The bindings of a pattern, as `Declare`.
        pub fn $of_pattern(pattern: &$($m)? Pattern, visit: &mut dyn FnMut($operand)) {
            match pattern {
                Pattern::Wild | Pattern::Rest | Pattern::Tokens(_) => {}
                Pattern::Bind(var) | Pattern::At(var, _) => visit($operand::Declare(var)),
                Pattern::Tuple(items)
                | Pattern::TupleStruct(_, items)
                | Pattern::Or(items)
                | Pattern::Slice(items) => {
                    for item in items {
                        $of_pattern(item, visit);
                    }
                }
                Pattern::Struct { fields, .. } => {
                    for (_, item) in fields {
                        $of_pattern(item, visit);
                    }
                }
            }
        }

        /// The operands of a call: its arguments, their tangents, and what it declares.
        fn $of_call(call: &$($m)? Call, visit: &mut dyn FnMut($operand)) {
            for arg in &$($m)? call.args {
                match arg {
                    Arg::Value(value) => visit($operand::Expr(value)),
                    Arg::Ref(place) => visit($operand::Place(place, Access::Read)),
                    Arg::RefMut(place) => visit($operand::Place(place, Access::Update)),
                    Arg::Receiver { place, mutable: false } => {
                        visit($operand::Place(place, Access::Read));
                    }
                    Arg::Receiver { place, mutable: true } => {
                        visit($operand::Place(place, Access::Update));
                    }
                }
            }
            match &$($m)? call.mode {
                CallMode::Plain => visit($operand::Declare(&$($m)? call.result)),
                CallMode::Jvp { result_dot, dots, wide: _ } => {
                    for (arg, dot) in call.args.iter().zip(dots) {
                        let in_out = matches!(arg, Arg::RefMut(_) | Arg::Receiver { mutable: true, .. });
                        match dot {
                            Some(Expr::Read(place)) if in_out => visit($operand::Place(place, Access::Update)),
                            Some(dot) => visit($operand::Expr(dot)),
                            None => {}
                        }
                    }
                    visit($operand::Declare(&$($m)? call.result));
                    visit($operand::Declare(result_dot));
                }
                CallMode::Split { rev } => {
                    visit($operand::Declare(&$($m)? call.result));
                    visit($operand::Declare(rev));
                }
                CallMode::Joint { seed, args, lanes: _ } => {
                    visit($operand::Expr(seed));
                    for arg in args {
                        if let Some(shadow) = &$($m)? arg.shadow {
                            visit($operand::Place(shadow, Access::Update));
                        }
                    }
                    visit($operand::Declare(&$($m)? call.result));
                }
                CallMode::WideJoint(joint) => {
                    let WideJoint { result_dot, dots, seed, seed_dot, args, shadows } = &$($m)? **joint;
                    dots.into_iter().flatten().for_each(|dot| visit($operand::Expr(dot)));
                    [seed, seed_dot].into_iter().for_each(|seed| visit($operand::Expr(seed)));
                    let lent = args.into_iter().map(|arg| &$($m)? arg.shadow).chain(shadows);
                    lent.flatten().for_each(|place| visit($operand::Place(place, Access::Update)));
                    visit($operand::Declare(&$($m)? call.result));
                    visit($operand::Declare(result_dot));
                }
                CallMode::Nested(nested) => {
                    for (arg, dots) in call.args.iter().zip(&$($m)? nested.dots) {
                        let in_out = matches!(arg, Arg::RefMut(_) | Arg::Receiver { mutable: true, .. });
                        for dot in dots {
                            match dot {
                                Some(Expr::Read(place)) if in_out => visit($operand::Place(place, Access::Update)),
                                Some(dot) => visit($operand::Expr(dot)),
                                None => {}
                            }
                        }
                    }
                    visit($operand::Declare(&$($m)? call.result));
                    for dot in &$($m)? nested.result_dots {
                        visit($operand::Declare(dot));
                    }
                    if let Some(rev) = &$($m)? nested.rev {
                        visit($operand::Declare(rev));
                    }
                }
            }
        }

        /// The operands that stand directly in a statement, not those in its blocks. Of the call
        /// of a `Pull` only what the pullback is passed again: its places. Loop counters and the
        /// bindings of patterns are declared inside the blocks.
        pub fn $of_stmt(stmt: &$($m)? Stmt, visit: &mut dyn FnMut($operand)) {
            match stmt {
                Stmt::Let { var, init } => {
                    if let Some(init) = init {
                        visit($operand::Expr(init));
                    }
                    visit($operand::Declare(var));
                }
                Stmt::View { var } => visit($operand::Declare(var)),
                Stmt::Assign { place, op, value, .. } => {
                    visit($operand::Expr(value));
                    let access = if op.is_some() { Access::Update } else { Access::Write };
                    visit($operand::Place(place, access));
                }
                Stmt::Swap { a, b } => {
                    visit($operand::Place(a, Access::Update));
                    visit($operand::Place(b, Access::Update));
                }
                Stmt::CopyFrom { dst, src } => {
                    visit($operand::Place(src, Access::Read));
                    visit($operand::Place(dst, Access::Write));
                }
                Stmt::Fill { place, value } => {
                    visit($operand::Expr(value));
                    visit($operand::Place(place, Access::Write));
                }
                Stmt::If { cond, .. } => visit($operand::Expr(cond)),
                Stmt::Match { on, arms, .. } => {
                    visit($operand::Place(on, Access::Read));
                    for arm in arms {
                        $of_pattern(&$($m)? arm.pattern, visit);
                        if let Some(guard) = &$($m)? arm.guard {
                            visit($operand::Expr(guard));
                        }
                    }
                }
                Stmt::For { var, lo, hi, exits, .. } => {
                    visit($operand::Expr(lo));
                    visit($operand::Expr(hi));
                    visit($operand::Declare(var));
                    for exit in exits {
                        visit($operand::Use(exit, Access::Read));
                    }
                }
                Stmt::While { cond, exits, .. } => {
                    if let Some(cond) = cond {
                        visit($operand::Expr(cond));
                    }
                    for exit in exits {
                        visit($operand::Use(exit, Access::Read));
                    }
                }
                Stmt::Call(call) => $of_call(call, visit),
                Stmt::Vector { vec, op, .. } => {
                    let mut access = Access::Update;
                    match op {
                        VecOp::Push(value) | VecOp::Truncate(value) => visit($operand::Expr(value)),
                        VecOp::Resize(len, value) => {
                            visit($operand::Expr(len));
                            visit($operand::Expr(value));
                        }
                        VecOp::Insert(index, value) => {
                            visit($operand::Expr(index));
                            visit($operand::Expr(value));
                        }
                        VecOp::Remove(index, _) => visit($operand::Expr(index)),
                        VecOp::Extend(src) => visit($operand::Place(src, Access::Read)),
                        VecOp::Clear => access = Access::Write,
                        VecOp::Pop(_) | VecOp::Reverse => {}
                    }
                    visit($operand::Place(vec, access));
                    if let VecOp::Pop(Some(var)) | VecOp::Remove(_, Some(var)) = op {
                        visit($operand::Declare(var));
                    }
                }
                Stmt::Effect { args, .. } | Stmt::Bail { args, .. } => {
                    for arg in args {
                        visit($operand::Expr(arg));
                    }
                }
                Stmt::Item(_) => {}
                Stmt::Accumulate { place, value, .. } => {
                    visit($operand::Expr(value));
                    visit($operand::Place(place, Access::Update));
                }
                Stmt::RecordNew { record, capacity } => {
                    if let Some(capacity) = capacity {
                        visit($operand::Expr(capacity));
                    }
                    visit($operand::Declare(record));
                }
                Stmt::RecordPush { record, values } => {
                    for value in values {
                        visit($operand::Expr(value));
                    }
                    visit($operand::Use(record, Access::Update));
                }
                Stmt::RecordPop { record, vars } => {
                    visit($operand::Use(record, Access::Update));
                    for var in vars {
                        visit($operand::Declare(var));
                    }
                }
                Stmt::Replace { var, place, value } => {
                    visit($operand::Expr(value));
                    visit($operand::Place(place, Access::Update));
                    visit($operand::Declare(var));
                }
                Stmt::Pull { rev, seed, args, call, tangents } => {
                    visit($operand::Expr(seed));
                    if let Some(tangents) = tangents {
                        for seed in &$($m)? tangents.seeds {
                            visit($operand::Expr(seed));
                        }
                        for (arg, dots) in call.args.iter().zip(&$($m)? tangents.dots) {
                            let changed = matches!(arg, Arg::RefMut(_) | Arg::Receiver { mutable: true, .. });
                            for dot in dots {
                                match dot {
                                    Some(Expr::Read(place)) if changed => {
                                        visit($operand::Place(place, Access::Update));
                                    }
                                    Some(dot) => visit($operand::Expr(dot)),
                                    None => {}
                                }
                            }
                        }
                        for shadows in &$($m)? tangents.shadows {
                            for shadow in shadows {
                                if let Some(shadow) = shadow {
                                    visit($operand::Place(shadow, Access::Update));
                                }
                            }
                        }
                    }
                    for arg in &$($m)? call.args {
                        match arg {
                            // An element of a constant is named again, with its indices.
                            Arg::Value(Expr::Opaque { tokens, args, .. }) if is_constant(tokens) => {
                                for arg in args {
                                    visit($operand::Expr(arg));
                                }
                            }
                            Arg::Value(_) => {}
                            Arg::Ref(place) | Arg::Receiver { place, mutable: false } => {
                                visit($operand::Place(place, Access::Read));
                            }
                            Arg::RefMut(place) | Arg::Receiver { place, mutable: true } => {
                                visit($operand::Place(place, Access::Update));
                            }
                        }
                    }
                    for arg in args {
                        if let Some(shadow) = &$($m)? arg.shadow {
                            visit($operand::Place(shadow, Access::Update));
                        }
                    }
                    visit($operand::Use(rev, Access::Read));
                }
            }
        }

        /// The blocks that stand directly in a statement, in source order.
        pub fn $blocks_of(stmt: &$($m)? Stmt, visit: &mut dyn FnMut(&$($m)? Block)) {
            match stmt {
                Stmt::If { then, els, .. } => {
                    visit(then);
                    visit(els);
                }
                Stmt::Match { arms, .. } => {
                    for arm in arms {
                        visit(&$($m)? arm.body);
                    }
                }
                Stmt::For { body, .. } => visit(body),
                Stmt::While { pre, body, .. } => {
                    visit(pre);
                    visit(body);
                }
                Stmt::Let { .. }
                | Stmt::View { .. }
                | Stmt::Assign { .. }
                | Stmt::Swap { .. }
                | Stmt::CopyFrom { .. }
                | Stmt::Fill { .. }
                | Stmt::Call(_)
                | Stmt::Vector { .. }
                | Stmt::Effect { .. }
                | Stmt::Bail { .. }
                | Stmt::Item(_)
                | Stmt::Accumulate { .. }
                | Stmt::RecordNew { .. }
                | Stmt::RecordPush { .. }
                | Stmt::RecordPop { .. }
                | Stmt::Replace { .. }
                | Stmt::Pull { .. } => {}
            }
        }

        /// Every statement of a block in source order, nested ones after the one they stand in.
        pub fn $statements(block: &$($m)? Block, visit: &mut dyn FnMut(&$($m)? Stmt)) {
            for stmt in &$($m)? block.stmts {
                $statement(stmt, visit);
            }
        }

        /// A statement, then every statement nested in it.
        pub fn $statement(stmt: &$($m)? Stmt, visit: &mut dyn FnMut(&$($m)? Stmt)) {
            visit(stmt);
            $blocks_of(stmt, &mut |block| $statements(block, visit));
        }
    };
}

walkers!(
    Operand,
    (),
    operands_of_place,
    operands_of_expr,
    operands_of_pattern,
    operands_of_call,
    operands_of_stmt,
    blocks_of,
    statements,
    statement
);
walkers!(
    OperandMut, (mut), operands_of_place_mut, operands_of_expr_mut, operands_of_pattern_mut,
    operands_of_call_mut, operands_of_stmt_mut, blocks_of_mut, statements_mut, statement_mut
);

/// The parts of an expression that are evaluated only where others say so: the arms of a selection, the right of
/// `&&` and `||`. What has an effect must not stand there.
pub fn conditional_parts(expr: &Expr, visit: &mut dyn FnMut(&Expr)) {
    subexprs(expr, &mut |part| {
        if let Expr::Select { then, els, .. } = part {
            visit(then);
            visit(els);
        } else if let Expr::Prim { op: Op::And | Op::Or, args, .. } = part {
            args.iter().skip(1).for_each(&mut *visit);
        }
    });
}

/// An expression and every expression in it, index operands included, outermost first.
pub fn subexprs(expr: &Expr, visit: &mut dyn FnMut(&Expr)) {
    visit(expr);
    operands_of_expr(expr, &mut |operand| match operand {
        Operand::Expr(child) => subexprs(child, visit),
        Operand::Place(place, _) => subexprs_of_place(place, visit),
        Operand::Use(..) | Operand::Declare(_) => {}
    });
}

fn subexprs_of_place(place: &Place, visit: &mut dyn FnMut(&Expr)) {
    operands_of_place(place, &mut |operand| match operand {
        Operand::Expr(index) => subexprs(index, visit),
        Operand::Place(..) | Operand::Use(..) | Operand::Declare(_) => {}
    });
}

/// Every access to a place that evaluating `expr` makes, those of index operands included;
/// what is used whole (a move) comes as the place of the variable.
pub fn accesses_of_expr(expr: &Expr, visit: &mut dyn FnMut(&Place, Access)) {
    operands_of_expr(expr, &mut |operand| access(operand, visit));
}

/// Every access to a place that a statement makes itself (not its blocks), index operands
/// included, in the order of evaluation.
pub fn accesses_of_stmt(stmt: &Stmt, visit: &mut dyn FnMut(&Place, Access)) {
    operands_of_stmt(stmt, &mut |operand| access(operand, visit));
}

/// The reads that naming a place makes: those of its index operands.
pub fn accesses_of_place(place: &Place, visit: &mut dyn FnMut(&Place, Access)) {
    operands_of_place(place, &mut |operand| access(operand, visit));
}

fn access(operand: Operand, visit: &mut dyn FnMut(&Place, Access)) {
    match operand {
        Operand::Expr(expr) => accesses_of_expr(expr, visit),
        Operand::Place(place, kind) => {
            accesses_of_place(place, visit);
            visit(place, kind);
        }
        Operand::Use(var, kind) => visit(&Place::var(*var), kind),
        Operand::Declare(_) => {}
    }
}

/// Every place whose value `expr` reads, index operands included; not those of which it reads
/// the shape only.
pub fn places_read_by_expr(expr: &Expr, visit: &mut dyn FnMut(&Place)) {
    accesses_of_expr(expr, &mut |place, kind| {
        if kind.reads() {
            visit(place);
        }
    });
}

/// Every place that a statement overwrites or changes itself (not its blocks). Declarations are
/// no writes.
pub fn places_written_by(stmt: &Stmt, visit: &mut dyn FnMut(&Place)) {
    accesses_of_stmt(stmt, &mut |place, kind| {
        if kind.writes() {
            visit(place);
        }
    });
}

/// The variables that a statement declares: its own, loop counters and pattern bindings
/// included; not those of its blocks.
pub fn declared_by(stmt: &Stmt, visit: &mut dyn FnMut(Var)) {
    operands_of_stmt(stmt, &mut |operand| match operand {
        Operand::Declare(var) => visit(*var),
        Operand::Expr(_) | Operand::Place(..) | Operand::Use(..) => {}
    });
}

/// The variables that a pattern binds.
pub fn bound_by(pattern: &Pattern, visit: &mut dyn FnMut(Var)) {
    operands_of_pattern(pattern, &mut |operand| match operand {
        Operand::Declare(var) => visit(*var),
        Operand::Expr(_) | Operand::Place(..) | Operand::Use(..) => {}
    });
}

/// Rewrites an expression bottom-up: `map` sees every subexpression with its own operands
/// (indices inside places too) already rewritten.
pub fn map_expr(mut expr: Expr, map: &mut dyn FnMut(Expr) -> Expr) -> Expr {
    rewrite(&mut expr, map);
    expr
}

/// [`map_expr`] in place.
pub fn rewrite(expr: &mut Expr, map: &mut dyn FnMut(Expr) -> Expr) {
    operands_of_expr_mut(expr, &mut |operand| rewrite_operand(operand, map));
    let taken = std::mem::replace(expr, Expr::Tuple(Vec::new()));
    *expr = map(taken);
}

/// [`map_expr`] on every expression of a statement, its blocks excluded, indices included.
pub fn rewrite_stmt(stmt: &mut Stmt, map: &mut dyn FnMut(Expr) -> Expr) {
    operands_of_stmt_mut(stmt, &mut |operand| rewrite_operand(operand, map));
}

/// [`map_expr`] on the indices of a place.
pub fn rewrite_place(place: &mut Place, map: &mut dyn FnMut(Expr) -> Expr) {
    operands_of_place_mut(place, &mut |operand| rewrite_operand(operand, map));
}

fn rewrite_operand(operand: OperandMut, map: &mut dyn FnMut(Expr) -> Expr) {
    match operand {
        OperandMut::Expr(expr) => rewrite(expr, map),
        OperandMut::Place(place, _) => rewrite_place(place, map),
        OperandMut::Use(..) | OperandMut::Declare(_) => {}
    }
}

/// Every place in a block, those in indices and in nested blocks included, to be changed.
pub fn places_mut(block: &mut Block, change: &mut dyn FnMut(&mut Place)) {
    statements_mut(block, &mut |stmt| places_of_stmt_mut(stmt, change));
}

/// Every place of a statement, those in indices included, to be changed; not those of its blocks.
pub fn places_of_stmt_mut(stmt: &mut Stmt, change: &mut dyn FnMut(&mut Place)) {
    operands_of_stmt_mut(stmt, &mut |operand| places_of_mut(operand, change));
}

fn places_of_mut(operand: OperandMut, change: &mut dyn FnMut(&mut Place)) {
    match operand {
        OperandMut::Expr(expr) => {
            operands_of_expr_mut(expr, &mut |operand| places_of_mut(operand, change));
        }
        OperandMut::Place(place, _) => {
            operands_of_place_mut(place, &mut |operand| places_of_mut(operand, change));
            change(place);
        }
        OperandMut::Use(..) | OperandMut::Declare(_) => {}
    }
}

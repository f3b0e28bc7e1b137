//! Derivatives of derivatives: forward mode over a function, over its joint adjoint or over its
//! two sweeps, as often as an order asks for.
//!
//! A value then has `2^level` components: itself, its tangents, the tangents of those.
//! Component `b + 2^j` is the tangent of component `b` in pass `j`.

use crate::analyze::activity::{Activity, activity};
use crate::forward::{Tangent, forward, forward_wide};
use crate::hand_over::hand_over;
use crate::ir::{Backward, Block, Expr, Function, Param, ParamMode, Stmt, Var, walk};
use crate::loops::{Blocking, blocked, join, near};
use crate::reverse::Adjoint;
use crate::simplify::{begin_cotangents, simplify};

/// A function under repeated forward mode.
#[derive(Clone, Debug)]
pub struct Nested {
    pub function: Function,
    pub level: u32,
    /// The components of each parameter of the primal.
    pub primal: Vec<Vec<Option<Var>>>,
    /// Those of the cotangent of the return value.
    pub seeds: Vec<Option<Var>>,
    /// Those of the cotangent of each parameter, places that are added to.
    pub shadows: Vec<Vec<Option<Var>>>,
    /// Those of the return value; `None` where its type has no derivative.
    pub results: Vec<Option<Expr>>,
    /// How many parameters the primal has.
    count: usize,
}

impl Nested {
    /// The primal itself, at level 0.
    pub fn primal(f: &Function) -> Nested {
        Nested {
            primal: f.params.iter().map(|param| vec![Some(param.var)]).collect(),
            seeds: vec![None],
            shadows: vec![vec![None]; f.params.len()],
            results: vec![Some(f.result.clone())],
            count: f.params.len(),
            level: 0,
            function: f.clone(),
        }
    }

    /// A function that computes its value and its tangent, at level 1. Its parameters are those
    /// of the primal and then the tangents `dots` of some of them.
    pub fn tangent(function: Function, dots: Vec<Option<Var>>, results: Vec<Expr>) -> Nested {
        let count = dots.len();
        let primal =
            function.params.iter().zip(&dots).map(|(param, dot)| vec![Some(param.var), *dot]).collect();
        Nested {
            primal,
            seeds: vec![None; 2],
            shadows: vec![vec![None; 2]; count],
            results: results.into_iter().map(Some).collect(),
            count,
            level: 1,
            function,
        }
    }

    /// The adjoint, at level 0: the seed and the cotangents are parameters too.
    pub fn adjoint(adjoint: Adjoint) -> Nested {
        let Adjoint { mut function, forward, backward, shadows, seed } = adjoint;
        let count = function.params.len();
        let primal = function.params.iter().map(|param| vec![Some(param.var)]).collect();
        function.body = forward;
        function.backward = Some(Box::new(Backward { body: backward }));
        let span = function.span;
        let ty: syn::Type = syn::parse_quote!(());
        let add = |function: &mut Function, var: Var, mode: ParamMode| {
            function.params.push(Param {
                var,
                mode,
                active: true,
                ty: ty.clone(),
                may_be_unused: true,
                span,
            });
        };
        if let Some(seed) = seed {
            add(&mut function, seed, ParamMode::Value);
        }
        for shadow in shadows.iter().flatten() {
            // Also the cotangent of a parameter passed by value is a place of the caller's.
            let info = &mut function.vars[shadow.0];
            info.by_ref = Some(true);
            info.mutable = true;
            add(&mut function, *shadow, ParamMode::RefMut);
        }
        Nested {
            primal,
            seeds: vec![seed],
            shadows: shadows.into_iter().map(|shadow| vec![shadow]).collect(),
            results: vec![Some(function.result.clone())],
            count,
            level: 0,
            function,
        }
    }

    /// Forward mode once more.
    pub fn raise(self) -> Nested {
        let Some(raised) = self.raise_by(|f, activity| Some(forward(f, activity))) else {
            unreachable!("every function has a tangent")
        };
        raised
    }

    /// Forward mode in several directions over an adjoint that is asked for the tangents of the
    /// cotangents only; `None`: there is no wide form of it.
    pub fn wide(mut self) -> Option<Nested> {
        let seeds: Vec<Var> = self.seeds.iter().flatten().copied().collect();
        for param in &mut self.function.params {
            param.active &= !seeds.contains(&param.var);
        }
        self.function.result = Expr::Tuple(Vec::new());
        self.results = vec![Some(Expr::Tuple(Vec::new()))];
        let mut wide = self.raise_by(forward_wide)?;
        let Backward { body } = *wide.function.backward.take()?;
        wide.function.body.stmts.extend(body.stmts);
        for shadow in &mut wide.shadows {
            if let Some(var) = shadow[0]
                && only_added_to(&wide.function, var)
            {
                shadow[0] = None;
                drop_sums(&mut wide.function.body, var);
                wide.function.params.retain(|param| param.var != var);
            }
        }
        Some(wide.readable().joined())
    }

    /// Forward mode in several directions over an adjoint whose seed has them too; `None`: there is no wide
    /// form of it.
    pub fn called_wide(self) -> Option<Nested> {
        Some(self.raise_by(forward_wide)?.readable().joined())
    }

    /// The same with both sweeps in one body.
    pub fn called_wide_at_once(self) -> Option<Nested> {
        let mut wide = self.raise_by(forward_wide)?;
        let Backward { body } = *wide.function.backward.take()?;
        wide.function.body.stmts.extend(body.stmts);
        Some(wide.readable().joined())
    }

    /// Calls joined with their pullbacks, for a wide adjoint.
    fn joined(mut self) -> Nested {
        let mut body = std::mem::take(&mut self.function.body);
        let mut backward = self.function.backward.take();
        let blocks = [&mut body].into_iter().chain(backward.as_mut().map(|backward| &mut backward.body));
        join(&self.function, &mut blocks.collect::<Vec<_>>());
        self.function.body = body;
        self.function.backward = backward;
        self
    }

    fn raise_by(self, forward: impl FnOnce(&Function, &Activity) -> Option<Tangent>) -> Option<Nested> {
        let Nested { mut function, level, mut primal, mut seeds, mut shadows, results, count } = self;
        function.result = match level {
            0 => function.result,
            _ => Expr::Tuple(
                results.iter().map(|result| result.clone().unwrap_or(Expr::Tuple(Vec::new()))).collect(),
            ),
        };
        let tangent = forward(&function, &activity(&function))?;
        let mut raised = tangent.function;
        let dot_of = |var: Var| {
            let index = function.params.iter().position(|param| param.var == var)?;
            tangent.dots[index]
        };
        for components in primal.iter_mut().chain(shadows.iter_mut()).chain([&mut seeds]) {
            let dots: Vec<Option<Var>> = components.iter().map(|var| var.and_then(dot_of)).collect();
            components.extend(dots);
        }
        let mut added = Vec::new();
        for (param, dot) in function.params.iter().zip(&tangent.dots) {
            if let Some(dot) = dot {
                added.push(Param { var: *dot, ..param.clone() });
            }
        }
        raised.params.extend(added);
        let split = |expr: Expr, parts: usize| match expr {
            Expr::Tuple(items) if level > 0 && items.len() == parts => items,
            other => vec![other],
        };
        let parts = results.len();
        let mut now: Vec<Option<Expr>> = split(raised.result.clone(), parts).into_iter().map(Some).collect();
        match tangent.result_dot {
            Some(dot) => now.extend(split(dot, parts).into_iter().map(Some)),
            None => now.extend(vec![None; parts]),
        }
        for (k, result) in results.iter().enumerate() {
            if result.is_none() {
                now[k] = None;
                now[k + parts] = None;
            }
        }
        Some(Nested { function: raised, level: level + 1, primal, seeds, shadows, results: now, count })
    }

    /// `raise` repeated, then made readable.
    pub fn raised(mut self, levels: u32) -> Nested {
        for _ in 0..levels {
            self = self.passed(begin_cotangents).raise();
        }
        self.readable()
    }

    /// Its loops joined and run in blocks, for a nested adjoint.
    pub fn blocked(mut self, blocking: Blocking) -> Nested {
        let shadows: Vec<Option<Var>> = self.shadows.iter().map(|shadow| shadow[0]).collect();
        let mut body = std::mem::take(&mut self.function.body);
        let mut backward = self.function.backward.take();
        let mut blocks: Vec<&mut Block> =
            [&mut body].into_iter().chain(backward.as_mut().map(|backward| &mut backward.body)).collect();
        if blocking.join {
            join(&self.function, &mut blocks);
        }
        blocked(&mut self.function, &shadows, &mut blocks, blocking);
        if blocking.near {
            let mut outside: Vec<Var> = self.function.params.iter().map(|param| param.var).collect();
            for result in self.results.iter().flatten() {
                walk::accesses_of_expr(result, &mut |place, _| outside.push(place.root));
            }
            near(&mut self.function, &blocks, &outside);
        }
        self.function.body = body;
        self.function.backward = backward;
        self
    }

    fn readable(self) -> Nested {
        let mut readable = self.passed(simplify);
        readable.function.params.truncate(readable.count);
        let Nested { function, results, .. } = &mut readable;
        let none = Block { stmts: Vec::new() };
        let backward = function.backward.as_ref().map_or(&none, |backward| &backward.body);
        for result in results.iter_mut().flatten() {
            hand_over(result, function, &function.body, backward);
        }
        readable
    }

    /// Both sweeps under a pass.
    fn passed(mut self, pass: fn(&mut Function, &mut [&mut Block], &[Var])) -> Nested {
        let mut outside: Vec<Var> = self.function.params.iter().map(|param| param.var).collect();
        for result in self.results.iter().flatten() {
            walk::accesses_of_expr(result, &mut |place, _| outside.push(place.root));
        }
        let mut body = std::mem::take(&mut self.function.body);
        let mut backward = self.function.backward.take();
        match &mut backward {
            Some(backward) => pass(&mut self.function, &mut [&mut body, &mut backward.body], &outside),
            None => pass(&mut self.function, &mut [&mut body], &outside),
        }
        self.function.body = body;
        self.function.backward = backward;
        self
    }
}

/// Whether nothing reads a cotangent: sums go there and stay.
fn only_added_to(f: &Function, var: Var) -> bool {
    let (mut accesses, mut sums) = (0, 0);
    walk::statements(&f.body, &mut |stmt| {
        walk::accesses_of_stmt(stmt, &mut |place, _| accesses += usize::from(f.origin(place.root) == var));
        if let Stmt::Accumulate { place, .. } = stmt {
            sums += usize::from(place.root == var);
        }
        if let Stmt::View { var: view } = stmt {
            accesses += usize::from(f.origin(*view) == var);
        }
    });
    accesses == sums
}

/// Drops what is added to a cotangent; what was taken for it is gone all the same.
fn drop_sums(block: &mut Block, var: Var) {
    for mut stmt in std::mem::take(&mut block.stmts) {
        walk::blocks_of_mut(&mut stmt, &mut |inner| drop_sums(inner, var));
        match stmt {
            Stmt::Accumulate { place, value, .. } if place.root == var => {
                emptied(&value, &mut block.stmts);
            }
            stmt => block.stmts.push(stmt),
        }
    }
}

fn emptied(value: &Expr, out: &mut Vec<Stmt>) {
    if let Expr::Take { shadow, like } = value {
        let (place, span) = (shadow.clone(), shadow.span);
        out.push(Stmt::Assign { place, op: None, value: Expr::Zero { like: like.clone() }, span });
    }
    walk::operands_of_expr(value, &mut |operand| {
        if let walk::Operand::Expr(inner) = operand {
            emptied(inner, out);
        }
    });
}

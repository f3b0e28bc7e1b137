//! Makes a failing program smaller while it fails in the same way.

use crate::check::{Failure, Verdict, check};
use crate::generate::{self, Source};
use crate::rng::Rng;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Stmt};

/// How long one failure is made smaller, in milliseconds.
const TIME: u32 = 15_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Deletes a statement.
    Delete,
    /// Replaces a branch or loop by its body.
    Hoist,
    /// Replaces an operation by its left or only operand.
    Left,
    /// Replaces an operation by its right operand.
    Right,
}

/// One change, at the `at`-th place where it applies.
struct Change {
    kind: Kind,
    at: usize,
    seen: usize,
    done: bool,
}

/// The program of a seed: one number finds it again, whatever was tried before it.
#[derive(Clone, Copy, Debug)]
pub struct Program(pub u64);

impl Strategy for Program {
    type Tree = Smaller;
    type Value = Source;

    fn new_tree(&self, _: &mut TestRunner) -> NewTree<Program> {
        Ok(Smaller::than(generate::program(&mut Rng::new(self.0))))
    }
}

/// A program and what is left to try to make it smaller.
#[derive(Clone, Debug)]
pub struct Smaller {
    /// The smallest that failed.
    best: Source,
    /// What is tried; `None`: the best itself.
    trial: Option<Source>,
    /// What is tried next: the kind of change, and where.
    stage: usize,
    at: usize,
    /// Whether this round of all kinds found something.
    improved: bool,
}

impl Smaller {
    pub fn than(source: Source) -> Smaller {
        Smaller { best: source, trial: None, stage: 0, at: 0, improved: false }
    }

    /// Proposes the next change of the best; `false`: there is none.
    fn propose(&mut self) -> bool {
        const KINDS: [Kind; 4] = [Kind::Delete, Kind::Hoist, Kind::Left, Kind::Right];
        loop {
            self.trial = match KINDS.get(self.stage) {
                Some(kind) => changed(&self.best, *kind, self.at),
                None => fewer_parts(&self.best).into_iter().nth(self.at),
            };
            if self.trial.is_some() {
                return true;
            }
            self.at = 0;
            if self.stage < KINDS.len() {
                self.stage += 1;
            } else if self.improved {
                (self.stage, self.improved) = (0, false);
            } else {
                return false;
            }
        }
    }
}

impl ValueTree for Smaller {
    type Value = Source;

    fn current(&self) -> Source {
        self.trial.as_ref().unwrap_or(&self.best).clone()
    }

    /// What was tried fails as well: on from there.
    fn simplify(&mut self) -> bool {
        if let Some(smaller) = self.trial.take() {
            self.best = smaller;
            self.improved = true;
        }
        self.propose()
    }

    /// What was tried does not fail: something else.
    fn complicate(&mut self) -> bool {
        self.at += 1;
        self.propose()
    }
}

/// Shrinking ends with time alone; seeds reproduce failures, not files.
pub fn config() -> Config {
    Config {
        max_shrink_time: TIME,
        max_shrink_iters: u32::MAX,
        failure_persistence: None,
        ..Config::default()
    }
}

/// The smallest program found, and how it fails.
pub fn shrink(source: &Source, failure: &Failure, seed: u64) -> (Source, Failure) {
    let result =
        TestRunner::new(config()).run_one(Smaller::than(source.clone()), |source| {
            match fails_alike(&source, failure, seed) {
                Some(found) => Err(TestCaseError::fail(found.kind)),
                None => Ok(()),
            }
        });
    match result {
        Err(TestError::Fail(_, smallest)) => {
            let found = fails_alike(&smallest, failure, seed).unwrap_or_else(|| failure.clone());
            (smallest, found)
        }
        Err(TestError::Abort(_)) | Ok(_) => (source.clone(), failure.clone()),
    }
}

fn fails_alike(source: &Source, failure: &Failure, seed: u64) -> Option<Failure> {
    match check(source, seed) {
        Verdict::Failed(found) if found.kind == failure.kind => Some(found),
        Verdict::Failed(_) | Verdict::Passed | Verdict::Refused(_) | Verdict::Skipped(_) => None,
    }
}

fn changed(source: &Source, kind: Kind, at: usize) -> Option<Source> {
    let mut file = syn::parse_file(&source.text).ok()?;
    let mut change = Change { kind, at, seen: 0, done: false };
    change.visit_file_mut(&mut file);
    change.done.then(|| Source {
        text: prettyplease::unparse(&file),
        main: source.main.clone(),
        size: source.size,
    })
}

/// Programs with a function or a parameter less.
fn fewer_parts(source: &Source) -> Vec<Source> {
    let Ok(file) = syn::parse_file(&source.text) else { return Vec::new() };
    let mut found = Vec::new();
    for k in 0..file.items.len().saturating_sub(1) {
        let mut file = file.clone();
        file.items.remove(k);
        found.push(Source {
            text: prettyplease::unparse(&file),
            main: source.main.clone(),
            size: source.size,
        });
    }
    for k in 0..source.main.params.len() {
        let mut file = file.clone();
        let mut main = source.main.clone();
        main.params.remove(k);
        if let Some(syn::Item::Fn(item)) = file.items.last_mut() {
            let inputs = std::mem::take(&mut item.sig.inputs);
            item.sig.inputs =
                inputs.into_iter().enumerate().filter(|(i, _)| *i != k).map(|(_, input)| input).collect();
        }
        found.push(Source { text: prettyplease::unparse(&file), main, size: source.size });
    }
    found
}

impl Change {
    fn hit(&mut self) -> bool {
        self.seen += 1;
        self.done |= !self.done && self.seen == self.at + 1;
        self.seen == self.at + 1
    }
}

impl VisitMut for Change {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        let mut k = 0;
        while k < block.stmts.len() && !self.done {
            match self.kind {
                Kind::Delete => {
                    if self.hit() {
                        block.stmts.remove(k);
                        return;
                    }
                }
                Kind::Hoist => {
                    if let Some(inner) = inner(&block.stmts[k])
                        && self.hit()
                    {
                        block.stmts.splice(k..=k, inner);
                        return;
                    }
                }
                Kind::Left | Kind::Right => {}
            }
            k += 1;
        }
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if self.done {
            return;
        }
        if matches!(self.kind, Kind::Left | Kind::Right)
            && let Some(part) = part(expr, self.kind == Kind::Right)
            && self.hit()
        {
            *expr = part;
            return;
        }
        visit_mut::visit_expr_mut(self, expr);
    }
}

fn inner(stmt: &Stmt) -> Option<Vec<Stmt>> {
    let Stmt::Expr(expr, _) = stmt else { return None };
    Some(match expr {
        Expr::If(branch) => branch.then_branch.stmts.clone(),
        Expr::ForLoop(body) => body.body.stmts.clone(),
        Expr::While(body) => body.body.stmts.clone(),
        Expr::Loop(body) => body.body.stmts.clone(),
        Expr::Block(body) => body.block.stmts.clone(),
        Expr::Match(arms) => vec![Stmt::Expr((*arms.arms.first()?.body).clone(), None)],
        _ => return None,
    })
}

/// An operand of the same type as the operation.
fn part(expr: &Expr, right: bool) -> Option<Expr> {
    const SAME: [&str; 14] = [
        "sin", "cos", "tanh", "atan", "exp", "sqrt", "ln", "abs", "powi", "max", "min", "asin", "tan",
        "recip",
    ];
    match expr {
        Expr::Paren(inner) if !right => Some((*inner.expr).clone()),
        Expr::Unary(unary) if !right && matches!(unary.op, syn::UnOp::Neg(_)) => Some((*unary.expr).clone()),
        Expr::Binary(binary) => {
            use syn::BinOp::{Add, And, Div, Mul, Or, Rem, Sub};
            let same = matches!(binary.op, Add(_) | Sub(_) | Mul(_) | Div(_) | Rem(_) | And(_) | Or(_));
            same.then(|| if right { (*binary.right).clone() } else { (*binary.left).clone() })
        }
        Expr::MethodCall(call) if !right && SAME.iter().any(|name| call.method == name) => {
            Some((*call.receiver).clone())
        }
        Expr::Call(call)
            if !right && call.args.len() == 1 && quote::quote!(#call).to_string().starts_with("f64 ::") =>
        {
            call.args.first().cloned()
        }
        Expr::If(branch) => {
            let tail = |block: &syn::Block| match &block.stmts[..] {
                [Stmt::Expr(value, None)] => Some(value.clone()),
                _ => None,
            };
            match &branch.else_branch {
                Some((_, els)) if right => match &**els {
                    Expr::Block(block) => tail(&block.block),
                    _ => None,
                },
                Some(_) => tail(&branch.then_branch),
                None => None,
            }
        }
        _ => None,
    }
}

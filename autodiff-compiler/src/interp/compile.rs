//! From source text to a program: the passes one by one, each checked by the verifier.

use super::{Entry, Program};
use crate::aggregates::take_apart;
use crate::analyze::activity::activity;
use crate::by_example::expanded;
use crate::diagnostics::Diagnostics;
use crate::forward::forward;
#[cfg(test)]
use crate::ir::Function;
use crate::ir::verify::{verify, verify_blocks, verify_lowered};
use crate::ir::{Expr, ParamMode, Var, walk};
use crate::loops::{Blocking, LANES, blocked, join, scalar_in_lanes, unroll};
use crate::lower::{Context, lower};
use crate::nested::Nested;
use crate::options::Options;
use crate::reverse::{Settings, Sweep, reverse};
use crate::simplify::simplify;
use crate::surroundings::{Around, Outline, Spot};
use crate::updates::updates;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Which optimisations run; results must not depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passes {
    /// Local structs taken apart, and sums of replaced values seen.
    pub apart: bool,
    /// Loops of few iterations written out.
    pub unroll: bool,
    /// Loop fusion in reverse mode.
    pub fuse: bool,
    /// Inlining and folding.
    pub simplify: bool,
    /// Calls and their pullbacks in one.
    pub join: bool,
    /// First and last touches of cotangents.
    pub touch: bool,
    /// Fields with names of their own.
    pub fields: bool,
    /// Sums carried in locals.
    pub carry: bool,
    /// Rows beside one another, so many at once; 0: not.
    pub jam: usize,
    /// Loops in lanes, so many; 0: not.
    pub lanes: usize,
}

impl Passes {
    /// As written.
    pub const NONE: Passes = Passes {
        apart: false,
        unroll: false,
        fuse: false,
        simplify: false,
        join: false,
        touch: false,
        fields: false,
        carry: false,
        jam: 0,
        lanes: 0,
    };

    fn blocking(self) -> Blocking {
        let Passes { apart: _, unroll: _, fuse: _, simplify: _, join, touch, fields, carry, jam, lanes } =
            self;
        // The interpreter has no frame.
        Blocking { join, touch, fields, carry, near: false, rows: jam, lanes }
    }

    /// All of them; the loops of test programs are short.
    pub const ALL: Passes = Passes {
        apart: true,
        unroll: true,
        fuse: true,
        simplify: true,
        join: true,
        touch: true,
        fields: true,
        carry: true,
        jam: 2,
        lanes: 2,
    };
}

/// Why there is no program.
#[derive(Clone, Debug)]
pub enum Stop {
    /// The text is not Rust.
    Unparsable(String),
    /// The compiler refuses it, for these reasons.
    Refused(Vec<String>),
    /// A pass panicked.
    Broken {
        /// The pass.
        stage: String,
        /// The panic.
        what: String,
    },
}

/// How a parameter is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `x: f64`
    Value,
    /// `x: &[f64]`
    Ref,
    /// `x: &mut [f64]`
    RefMut,
}

/// Runs one stage; a panic in it is a bug.
fn stage<R>(name: &str, run: impl FnOnce() -> R) -> Result<R, Stop> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_string()));
        Stop::Broken { stage: name.to_string(), what: format!("panics: {}", text.unwrap_or_default()) }
    })
}

fn complain(name: &str, check: impl FnOnce() -> Vec<String>, into: &mut Vec<String>) -> Result<(), Stop> {
    into.extend(stage("verify", check)?.into_iter().map(|what| format!("{name}: {what}")));
    Ok(())
}

impl Program {
    /// Lowers every free function and method of a source text. Parameters may be unused.
    ///
    /// # Errors
    ///
    /// When the text is not accepted, or a pass is broken.
    pub fn lower(text: &str) -> Result<Program, Stop> {
        let file = syn::parse_file(text).map_err(|error| Stop::Unparsable(error.to_string()))?;
        let mut program = Program::default();
        let outline = Arc::new(Outline::new(&annotated(text)));
        let around = Around::new(false, move || Some(Spot::new(outline, 1, 1)));
        for item in &file.items {
            match item {
                syn::Item::Fn(item) if let Some(body) = of_integers(item) => {
                    program.integers.insert(item.sig.ident.to_string(), body);
                }
                syn::Item::Fn(item) => program.add(&item.sig, &item.block, &Context::default(), &around)?,
                // Elements that `Index` shows are the parts that its body names: there is no call of it.
                syn::Item::Impl(block) if !is_index(block) => {
                    let context = Context::of_block(block);
                    for item in &block.items {
                        if let syn::ImplItem::Fn(method) = item {
                            program.add(&method.sig, &method.block, &context, &around)?;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(program)
    }

    fn add(
        &mut self,
        sig: &syn::Signature,
        block: &syn::Block,
        context: &Context,
        around: &Around,
    ) -> Result<(), Stop> {
        let mut diag = Diagnostics::new();
        let options = Options { allow_unused: true, around: around.clone(), ..Options::default() };
        let block = expanded(sig, block, &options.around);
        match stage("lower", || lower(sig, &block, &options, context, &mut diag))? {
            Some(primal) if diag.len() == 0 => {
                complain("lower", || verify_lowered(&primal), &mut self.complaints)?;
                self.entries.push(Entry {
                    primal,
                    tangent: None,
                    joint: None,
                    in_lanes: None,
                    split: None,
                    second: None,
                });
                Ok(())
            }
            _ => Err(Stop::Refused(diag.messages())),
        }
    }

    /// A function that is lowered already.
    #[cfg(test)]
    pub(crate) fn of(primal: Function) -> Program {
        let entry = Entry { primal, tangent: None, joint: None, in_lanes: None, split: None, second: None };
        Program { entries: vec![entry], ..Program::default() }
    }

    /// The same functions with their derivatives.
    ///
    /// # Errors
    ///
    /// When a pass is broken.
    pub fn differentiate(&self, passes: Passes) -> Result<Program, Stop> {
        let settings = Settings { fuse: passes.fuse };
        let mut program = Program {
            entries: Vec::new(),
            integers: self.integers.clone(),
            complaints: self.complaints.clone(),
        };
        for entry in &self.entries {
            let mut primal = entry.primal.clone();
            if passes.apart {
                stage("aggregates", || take_apart(&mut primal))?;
                stage("updates", || updates(&mut primal))?;
            }
            if passes.unroll {
                stage("unroll", || unroll(&mut primal))?;
            }
            let activity = stage("activity", || activity(&primal))?;
            let tangent = Some(stage("forward", || forward(&primal, &activity))?);
            let joint = Some(stage("joint", || reverse(&primal, &activity, Sweep::Joint, settings))?);
            let split = Some(stage("split", || reverse(&primal, &activity, Sweep::Split, settings))?);
            let second = match (&joint, passes.simplify) {
                (Some(joint), true) => Some(stage("second", || {
                    Nested::adjoint(joint.clone()).raised(1).blocked(passes.blocking())
                })?),
                (_, _) => None,
            };
            let mut entry = Entry { primal, tangent, joint, in_lanes: None, split, second };
            verify_entry(&entry, "", &mut program.complaints)?;
            stage("simplify", || optimised(&mut entry, passes))?;
            verify_entry(&entry, "simplified ", &mut program.complaints)?;
            program.entries.push(entry);
        }
        Ok(program)
    }

    /// What the verifier finds wrong with the IR.
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }

    /// How a function's parameters are passed, and which are active.
    pub fn params(&self, name: &str) -> Vec<(Mode, bool)> {
        let entry = self.entries.iter().find(|entry| entry.primal.name == name);
        let params = entry.map(|entry| &entry.primal.params[..]).unwrap_or_default();
        params
            .iter()
            .map(|param| {
                let mode = match param.mode {
                    ParamMode::Value => Mode::Value,
                    ParamMode::Ref => Mode::Ref,
                    ParamMode::RefMut => Mode::RefMut,
                };
                (mode, param.active)
            })
            .collect()
    }

    /// The IR of every function, for debugging.
    pub fn dump(&self) -> String {
        let mut out = String::new();
        for entry in &self.entries {
            out.push_str(&format!("==== {}\n{}\n", entry.primal.name, entry.primal));
            if let Some(tangent) = &entry.tangent {
                out.push_str(&format!("---- forward\n{}\n", tangent.function));
            }
            for (name, adjoint) in [("joint", &entry.joint), ("split", &entry.split)] {
                let Some(adjoint) = adjoint else { continue };
                let f = &adjoint.function;
                out.push_str(&format!("---- {name}, forward sweep\n{}", f.display_block(&adjoint.forward)));
                out.push_str(&format!(
                    "---- {name}, reverse sweep\n{}\n",
                    f.display_block(&adjoint.backward)
                ));
            }
        }
        out
    }
}

/// A text whose functions and blocks have the attribute.
fn annotated(text: &str) -> String {
    if text.contains("#[differentiable") {
        return text.to_string();
    }
    let text = format!("\n{text}");
    ["fn ", "impl "]
        .iter()
        .fold(text, |text, head| text.replace(&format!("\n{head}"), &format!("\n#[differentiable]\n{head}")))
}

fn is_index(block: &syn::ItemImpl) -> bool {
    let last = block.trait_.as_ref().and_then(|(path, _)| path.segments.last());
    last.is_some_and(|last| last.ident == "Index" || last.ident == "IndexMut")
}

/// The body of a function of `usize`s that is one expression: nothing in it has a derivative.
fn of_integers(item: &syn::ItemFn) -> Option<syn::Expr> {
    let mut names = Vec::new();
    for input in &item.sig.inputs {
        match input {
            syn::FnArg::Typed(syn::PatType { pat, ty, .. })
                if let (syn::Pat::Ident(pat), syn::Type::Path(ty)) = (&**pat, &**ty)
                    && ty.path.is_ident("usize") =>
            {
                names.push(pat.ident.clone());
            }
            _ => return None,
        }
    }
    let [syn::Stmt::Expr(body, None)] = &item.block.stmts[..] else { return None };
    let mut body = body.clone();
    syn::visit_mut::VisitMut::visit_expr_mut(&mut Numbered { names }, &mut body);
    Some(body)
}

/// Parameters become holes.
struct Numbered {
    names: Vec<syn::Ident>,
}

impl syn::visit_mut::VisitMut for Numbered {
    fn visit_ident_mut(&mut self, ident: &mut syn::Ident) {
        if let Some(at) = self.names.iter().position(|name| name == ident) {
            *ident = quote::format_ident!("__hole_{at}");
        }
    }
}

fn verify_entry(entry: &Entry, how: &str, into: &mut Vec<String>) -> Result<(), Stop> {
    if let Some(tangent) = &entry.tangent {
        let given: Vec<Var> = tangent.dots.iter().copied().flatten().collect();
        complain(&format!("{how}forward"), || verify(&tangent.function, &given), into)?;
    }
    for (name, adjoint) in [("joint", &entry.joint), ("split", &entry.split)] {
        let Some(adjoint) = adjoint else { continue };
        let given: Vec<Var> = adjoint.shadows.iter().copied().flatten().chain(adjoint.seed).collect();
        let blocks = [&adjoint.forward, &adjoint.backward];
        let result = Some(&adjoint.function.result);
        complain(
            &format!("{how}{name}"),
            || verify_blocks(&adjoint.function, &given, &blocks, result),
            into,
        )?;
    }
    Ok(())
}

fn optimised(entry: &mut Entry, passes: Passes) {
    if let (Some(tangent), true) = (&mut entry.tangent, passes.simplify) {
        let mut outside: Vec<Var> = tangent.dots.iter().copied().flatten().collect();
        outside.extend(tangent.result_dot.iter().flat_map(mentioned));
        let mut body = std::mem::take(&mut tangent.function.body);
        simplify(&mut tangent.function, &mut [&mut body], &outside);
        tangent.function.body = body;
    }
    for (split, adjoint) in [(false, &mut entry.joint), (true, &mut entry.split)] {
        let Some(adjoint) = adjoint else { continue };
        let outside: Vec<Var> = adjoint.shadows.iter().copied().flatten().chain(adjoint.seed).collect();
        let blocks = &mut [&mut adjoint.forward, &mut adjoint.backward];
        if passes.simplify {
            simplify(&mut adjoint.function, blocks, &outside);
        }
        if passes.join {
            join(&adjoint.function, blocks);
        }
        if passes.lanes == LANES && !split {
            entry.in_lanes = scalar_in_lanes(adjoint);
        }
        let blocks = &mut [&mut adjoint.forward, &mut adjoint.backward];
        blocked(&mut adjoint.function, &adjoint.shadows, blocks, passes.blocking());
    }
}

fn mentioned(expr: &Expr) -> Vec<Var> {
    let mut vars = Vec::new();
    walk::accesses_of_expr(expr, &mut |place, _| vars.push(place.root));
    vars
}

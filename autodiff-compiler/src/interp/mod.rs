//! An interpreter of the IR, for tests and debugging: runs the primal, the forward and the
//! reverse IR of functions directly on values, without rustc.
//!
//! It is generic over the float. On [`Dual`] numbers the *primal* IR alone gives directional
//! derivatives: an oracle that shares no code with `forward` and `reverse`. It reports what
//! generated code would not show: reads before writes, uses after moves, records popped when empty
//! or left over, computing with placeholders.

mod call;
mod compile;
mod eval;
mod exec;
mod opaque;
mod real;
mod second;
mod value;

pub use compile::{Mode, Passes, Stop};
pub use real::{Dual, Real};
pub use value::Value;

use value::Loc;

use crate::forward::Tangent;
use crate::ir::{Function, Ty, Var};
use crate::nested::Nested;
use crate::reverse::Adjoint;
use proc_macro2::TokenStream;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

/// Why a run stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Something the interpreter does not know.
    Unsupported(String),
    /// The program panics, as the compiled one would.
    Panic(String),
    /// The IR is wrong.
    Bug(String),
    /// The function returned `Err` or `None`.
    Bail,
    /// Too many steps.
    Fuel,
}

/// The result of a step.
pub type Outcome<T> = Result<T, Fault>;

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Unsupported(what) => write!(out, "unsupported: {what}"),
            Fault::Panic(what) => write!(out, "panic: {what}"),
            Fault::Bug(what) => write!(out, "bug: {what}"),
            Fault::Bail => write!(out, "left with an error"),
            Fault::Fuel => write!(out, "too many steps"),
        }
    }
}

/// A function and what the passes made of it.
#[derive(Debug)]
struct Entry {
    /// As lowered.
    primal: Function,
    /// Forward mode.
    tangent: Option<Tangent>,
    /// Reverse mode in one sweep.
    joint: Option<Adjoint>,
    /// That for an argument a lane.
    in_lanes: Option<Adjoint>,
    /// Reverse mode in two.
    split: Option<Adjoint>,
    /// Forward mode over reverse mode in one sweep.
    second: Option<Nested>,
}

/// Functions that may call each other, found by their names.
#[derive(Debug, Default)]
pub struct Program {
    entries: Vec<Entry>,
    /// Functions of integers, by name: their bodies, with `__hole_0` for the first parameter.
    integers: BTreeMap<String, syn::Expr>,
    /// What the verifier said.
    complaints: Vec<String>,
}

/// What a split forward sweep leaves for its pullback: the closure's captures.
#[derive(Debug)]
pub struct Residuals<F> {
    entry: usize,
    cells: Vec<Value<F>>,
    bind: Vec<Option<Loc>>,
    /// The zero cotangents of by-value parameters.
    zeros: Vec<Option<Value<F>>>,
    consts: BTreeMap<String, i128>,
}

/// An argument.
#[derive(Clone, Debug)]
enum Passed<F> {
    /// By value.
    Value(Value<F>),
    /// By reference.
    Place(Loc),
}

/// Cotangents for a pull: of the result, and per parameter what is there already.
pub type Seeds<F> = (Value<F>, Vec<Option<Value<F>>>);

/// What a function computed.
#[derive(Clone, Debug)]
pub struct Run<F> {
    /// The payload of the result; `None`: the function left with `Err` or `None`.
    pub result: Option<Value<F>>,
    /// The tangent of the result, in forward mode.
    pub result_dot: Option<Value<F>>,
    /// Per parameter: its value afterwards, if it is a reference.
    pub finals: Vec<Option<Value<F>>>,
    /// Per parameter: its tangent or cotangent afterwards.
    pub derivatives: Vec<Option<Value<F>>>,
    /// The largest magnitude that was computed on the way, used or not; that of a NaN is infinite.
    pub largest: f64,
}

/// The interpreter.
#[derive(Debug)]
pub struct Interp<'p, F> {
    program: &'p Program,
    cells: Vec<Value<F>>,
    fuel: u64,
    /// The largest magnitude of what operations gave.
    largest: f64,
    parsed: BTreeMap<*const TokenStream, Rc<syn::Expr>>,
}

/// The variables of one activation.
#[derive(Debug)]
struct Frame<'p> {
    f: &'p Function,
    /// Where each variable in scope is.
    bind: Vec<Option<Loc>>,
    /// The cell that a variable owns once it has been declared.
    own: Vec<Option<usize>>,
    /// Const generics, read off the shapes of the arguments.
    consts: BTreeMap<String, i128>,
}

/// Statements that one run may execute.
const FUEL: u64 = 1_000_000;

impl<'p, F: Real> Interp<'p, F> {
    /// An interpreter of a program.
    pub fn new(program: &'p Program) -> Interp<'p, F> {
        Interp { program, cells: Vec::new(), fuel: FUEL, largest: 0.0, parsed: BTreeMap::new() }
    }

    /// The same, with fewer steps.
    pub fn short(program: &'p Program) -> Interp<'p, F> {
        Interp { fuel: FUEL / 100, ..Interp::new(program) }
    }

    /// Runs the function as written.
    pub fn primal(&mut self, name: &str, args: &[Value<F>]) -> Outcome<Run<F>> {
        let entry = self.entry(name)?;
        let (locs, passed) = self.place_arguments(entry, args);
        let result = self.call_primal(entry, passed)?;
        let finals = self.finals(&locs);
        Ok(Run { result, result_dot: None, finals, derivatives: Vec::new(), largest: self.largest })
    }

    /// Runs forward mode; `dots` has a tangent for each active parameter.
    pub fn tangent(&mut self, name: &str, args: &[Value<F>], dots: &[Option<Value<F>>]) -> Outcome<Run<F>> {
        let entry = self.entry(name)?;
        let (locs, passed) = self.place_arguments(entry, args);
        let mut dot_locs = Vec::new();
        let mut passed_dots = Vec::new();
        for (loc, dot) in locs.iter().zip(dots) {
            let place = loc.as_ref().and(dot.clone()).map(|dot| self.alloc(dot));
            passed_dots.push(match &place {
                Some(loc) => Some(Passed::Place(loc.clone())),
                None => dot.clone().map(Passed::Value),
            });
            dot_locs.push(place);
        }
        let (result, result_dot) = self.call_tangent(entry, passed, passed_dots)?.unzip();
        Ok(Run {
            result,
            result_dot,
            finals: self.finals(&locs),
            derivatives: self.finals(&dot_locs),
            largest: self.largest,
        })
    }

    /// Runs reverse mode in one sweep. `seed` is the cotangent of the result, `shadows` those of
    /// the final contents of the parameters by reference.
    pub fn joint(
        &mut self,
        name: &str,
        args: &[Value<F>],
        seed: Value<F>,
        shadows: &[Option<Value<F>>],
    ) -> Outcome<Run<F>> {
        let entry = self.entry(name)?;
        let (locs, passed) = self.place_arguments(entry, args);
        let shadow_locs: Vec<_> = shadows.iter().map(|s| s.clone().map(|s| self.alloc(s))).collect();
        let result = self.call_joint(entry, passed, seed, &shadow_locs)?;
        Ok(Run {
            result,
            result_dot: None,
            finals: self.finals(&locs),
            derivatives: self.finals(&shadow_locs),
            largest: self.largest,
        })
    }

    /// Runs the forward sweep, then the pullback once for each of `seeds` (seed and shadows).
    /// The runs that follow the first one report the pulls; their `finals` are the primal
    /// contents after the pull, which must be those at entry.
    pub fn split(&mut self, name: &str, args: &[Value<F>], seeds: &[Seeds<F>]) -> Outcome<Vec<Run<F>>> {
        let entry = self.entry(name)?;
        let (locs, passed) = self.place_arguments(entry, args);
        let swept = self.call_split(entry, passed)?;
        let finals = self.finals(&locs);
        let (result, residuals) = swept.unzip();
        let mut runs = vec![Run {
            result,
            result_dot: None,
            finals: finals.clone(),
            derivatives: Vec::new(),
            largest: self.largest,
        }];
        let Some(residuals) = residuals else { return Ok(runs) };
        for (seed, shadows) in seeds {
            let again: Vec<_> = finals.iter().map(|v| v.clone().map(|v| self.alloc(v))).collect();
            let shadow_locs: Vec<_> = shadows.iter().map(|s| s.clone().map(|s| self.alloc(s))).collect();
            self.pull(&residuals, seed.clone(), &again, &shadow_locs)?;
            runs.push(Run {
                result: None,
                result_dot: None,
                finals: self.finals(&again),
                derivatives: self.finals(&shadow_locs),
                largest: self.largest,
            });
        }
        Ok(runs)
    }

    fn entry(&self, name: &str) -> Outcome<usize> {
        let entries = self.program.entries.iter().enumerate();
        let mut found = entries.filter(|(_, entry)| entry.primal.name == name).map(|(at, _)| at);
        // Which of several methods is called, their receivers say, whose types are not looked at.
        match (found.next(), found.next()) {
            (Some(only), None) => Ok(only),
            (None, _) | (Some(_), Some(_)) => Err(Fault::Unsupported(format!("a call of `{name}`"))),
        }
    }

    /// Cells for the arguments that are passed by reference.
    #[allow(clippy::type_complexity, reason = "used once")]
    fn place_arguments(&mut self, entry: usize, args: &[Value<F>]) -> (Vec<Option<Loc>>, Vec<Passed<F>>) {
        let params = &self.program.entries[entry].primal.params;
        let mut locs = Vec::new();
        let mut passed = Vec::new();
        for (param, arg) in params.iter().zip(args) {
            match param.mode {
                crate::ir::ParamMode::Value => {
                    locs.push(None);
                    passed.push(Passed::Value(arg.clone()));
                }
                crate::ir::ParamMode::Ref | crate::ir::ParamMode::RefMut => {
                    let loc = self.alloc(arg.clone());
                    locs.push(Some(loc.clone()));
                    passed.push(Passed::Place(loc));
                }
            }
        }
        (locs, passed)
    }

    fn finals(&self, locs: &[Option<Loc>]) -> Vec<Option<Value<F>>> {
        locs.iter().map(|loc| loc.as_ref().map(|loc| self.cells[loc.cell].clone())).collect()
    }

    fn alloc(&mut self, value: Value<F>) -> Loc {
        self.cells.push(value);
        Loc::cell(self.cells.len() - 1)
    }

    fn step(&mut self) -> Outcome<()> {
        self.steps(1)
    }

    /// Items that are made at once are a step each: their cotangents are added up one by one.
    fn steps(&mut self, count: usize) -> Outcome<()> {
        self.fuel = self.fuel.checked_sub(count as u64).ok_or(Fault::Fuel)?;
        Ok(())
    }
}

impl<'p> Frame<'p> {
    fn new(f: &'p Function) -> Frame<'p> {
        Frame { f, bind: vec![None; f.vars.len()], own: vec![None; f.vars.len()], consts: BTreeMap::new() }
    }

    fn name(&self, var: Var) -> String {
        format!("{}#{}", self.f.info(var).name, var.0)
    }

    /// Reads const generics off the shape of an argument.
    fn learn_consts<F: Real>(&mut self, ty: &Ty, value: &Value<F>) {
        if let (Ty::Array(_, len), Some(items)) = (ty, value.items())
            && let Ok(name) = syn::parse2::<syn::Ident>(len.clone())
        {
            self.consts.insert(name.to_string(), items.len() as i128);
        }
        if let (Ty::Array(item, _) | Ty::Slice(item) | Ty::Vec(item) | Ty::Deque(item), Some([first, ..])) =
            (ty, value.items())
        {
            self.learn_consts(item, first);
        }
    }
}

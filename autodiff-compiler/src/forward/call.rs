//! Calls of other differentiable functions.

use super::Forward;
use crate::ir::{Arg, Call, CallMode, Expr, Nested, PullArg, PullTangents, Stmt, Ty, Var, VarInfo};
use quote::format_ident;

impl Forward<'_> {
    /// A call one of whose arguments has a tangent calls the forward-mode companion. Tangents of
    /// arguments passed by reference are reads of the place to be borrowed.
    pub(super) fn call(&mut self, mut call: Call, out: &mut Vec<Stmt>) {
        if !matches!(call.mode, CallMode::Plain) {
            self.nested(call, out);
            return;
        }
        let mut dots = Vec::new();
        let mut args = Vec::new();
        // Whether any output of the call has a tangent that matters.
        let mut matters = self.is_active(call.result);
        for arg in std::mem::take(&mut call.args) {
            let (arg, dot) = match arg {
                Arg::Value(value) => {
                    let (value, dot) = self.differentiate(value, None, out);
                    (Arg::Value(value), dot)
                }
                Arg::Ref(place) => {
                    let dot = self.dot_place(&place).map(Expr::Read);
                    (Arg::Ref(place), dot)
                }
                Arg::RefMut(place) => {
                    let dot = self.dot_place(&place).map(Expr::Read);
                    matters |= dot.is_some();
                    (Arg::RefMut(place), dot)
                }
                Arg::Receiver { place, mutable } => {
                    let dot = self.dot_place(&place).map(Expr::Read);
                    matters |= mutable && dot.is_some();
                    (Arg::Receiver { place, mutable }, dot)
                }
            };
            args.push(arg);
            dots.push(dot);
        }
        call.args = args;
        if matters && dots.iter().any(Option::is_some) {
            let wide = self.wide && call.wide.tangent;
            if !wide {
                self.one_direction();
            }
            let result_dot = if self.is_active(call.result) {
                self.new_dot(call.result)
            } else {
                let name = format_ident!("{}_dot", self.f.info(call.result).name);
                let span = name.span();
                self.f.add_var(VarInfo { name, ..VarInfo::local("_dot", Ty::Unknown, span) })
            };
            call.mode = CallMode::Jvp { result_dot, dots, wide };
        }
        out.push(Stmt::Call(call));
    }

    /// Forward mode over a call of a derivative: one level more.
    fn nested(&mut self, mut call: Call, out: &mut Vec<Stmt>) {
        let wide = self.wide && call.wide.adjoint && matches!(call.mode, CallMode::Split { .. });
        if !wide {
            self.one_direction();
        }
        let old = match std::mem::replace(&mut call.mode, CallMode::Plain) {
            CallMode::Plain => unreachable!("a plain call has no derivative yet"),
            CallMode::Jvp { result_dot, dots, wide: _ } => Nested {
                level: 1,
                wide: false,
                rev: None,
                result_dots: vec![result_dot],
                dots: dots.into_iter().map(|dot| vec![dot]).collect(),
            },
            CallMode::Split { rev } => Nested {
                level: 0,
                wide: false,
                rev: Some(rev),
                result_dots: Vec::new(),
                dots: vec![Vec::new(); call.args.len()],
            },
            CallMode::Joint { .. } | CallMode::WideJoint(_) => {
                unreachable!("calls are joined after all modes have run")
            }
            CallMode::Nested(nested) => nested,
        };
        let mut dots = Vec::new();
        let mut args = Vec::new();
        for (arg, mut known) in std::mem::take(&mut call.args).into_iter().zip(old.dots) {
            let mut new = Vec::new();
            let arg = match arg {
                Arg::Value(value) => {
                    let (value, dot) = self.differentiate(value, None, out);
                    new.push(dot);
                    Arg::Value(value)
                }
                Arg::Ref(place) => {
                    new.push(self.dot_place(&place).map(Expr::Read));
                    Arg::Ref(place)
                }
                Arg::RefMut(place) => {
                    new.push(self.dot_place(&place).map(Expr::Read));
                    Arg::RefMut(place)
                }
                Arg::Receiver { place, mutable } => {
                    new.push(self.dot_place(&place).map(Expr::Read));
                    Arg::Receiver { place, mutable }
                }
            };
            for dot in &mut known {
                new.push(match dot.take() {
                    None => None,
                    Some(Expr::Read(place)) => {
                        let next = self.dot_place(&place).map(Expr::Read);
                        *dot = Some(Expr::Read(place));
                        next
                    }
                    Some(value) => {
                        let (value, next) = self.differentiate(value, None, out);
                        *dot = Some(value);
                        next
                    }
                });
            }
            known.extend(new);
            args.push(arg);
            dots.push(known);
        }
        call.args = args;
        let mut result_dots = old.result_dots.clone();
        for var in std::iter::once(call.result).chain(old.result_dots) {
            result_dots.push(self.dot_or_unused(var));
        }
        call.mode = CallMode::Nested(Nested { level: old.level + 1, wide, rev: old.rev, result_dots, dots });
        out.push(Stmt::Call(call));
    }

    /// The tangent of a call's result; a variable that nothing reads where there is none.
    fn dot_or_unused(&mut self, var: Var) -> Var {
        if self.is_active(var) {
            return self.new_dot(var);
        }
        let name = format_ident!("{}_dot", self.f.info(var).name);
        let span = name.span();
        self.f.add_var(VarInfo { name, ..VarInfo::local("_dot", Ty::Unknown, span) })
    }

    /// The pullback of a nested split call.
    pub(super) fn pull(
        &mut self,
        rev: Var,
        seed: Expr,
        args: Vec<PullArg>,
        call: Box<Call>,
        tangents: Option<Box<PullTangents>>,
        out: &mut Vec<Stmt>,
    ) {
        if !call.wide.adjoint || tangents.is_some() {
            self.one_direction();
        }
        let mut tangents = tangents.map_or_else(
            || PullTangents {
                seeds: Vec::new(),
                dots: vec![Vec::new(); call.args.len()],
                shadows: vec![Vec::new(); call.args.len()],
            },
            |tangents| *tangents,
        );
        let (seed, seed_dot) = self.with_zero(seed, out);
        let mut seeds = Vec::new();
        let mut seed_dots = vec![seed_dot];
        for seed in std::mem::take(&mut tangents.seeds) {
            let (seed, dot) = self.with_zero(seed, out);
            seeds.push(seed);
            seed_dots.push(dot);
        }
        seeds.extend(seed_dots);
        tangents.seeds = seeds;
        for (k, arg) in call.args.iter().enumerate() {
            let again = match arg {
                Arg::Value(_) => None,
                Arg::Ref(place) | Arg::RefMut(place) | Arg::Receiver { place, .. } => {
                    self.dot_place(place).map(Expr::Read)
                }
            };
            let mut new = vec![again];
            for dot in &tangents.dots[k] {
                new.push(match dot {
                    Some(Expr::Read(place)) => self.dot_place(place).map(Expr::Read),
                    Some(_) | None => None,
                });
            }
            tangents.dots[k].extend(new);
            let mut new = vec![args[k].shadow.as_ref().and_then(|place| self.dot_place(place))];
            for shadow in &tangents.shadows[k] {
                new.push(shadow.as_ref().and_then(|place| self.dot_place(place)));
            }
            tangents.shadows[k].extend(new);
        }
        out.push(Stmt::Pull { rev, seed, args, call, tangents: Some(Box::new(tangents)) });
    }
}

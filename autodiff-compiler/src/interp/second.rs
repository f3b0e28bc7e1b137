//! The second order: forward mode over reverse mode.

use super::{Fault, Frame, Interp, Outcome, Real, Run, Value};
use crate::ir::ParamMode;

/// A value and its tangent.
pub type Pair<F> = (Value<F>, Value<F>);

impl<'p, F: Real> Interp<'p, F> {
    /// Runs the tangent of reverse mode in one sweep. `shadows` holds the cotangents of the active
    /// parameters, with their tangents; `derivatives` and `result_dot` of what is returned are the
    /// tangents.
    ///
    /// # Errors
    ///
    /// When the program stops.
    pub fn second(
        &mut self,
        name: &str,
        args: &[Pair<F>],
        seed: Pair<F>,
        shadows: &[Option<Pair<F>>],
    ) -> Outcome<Run<F>> {
        let entry = self.entry(name)?;
        let program = self.program;
        let nested = program.entries[entry].second.as_ref();
        let nested = nested.ok_or_else(|| Fault::Unsupported("no second order".into()))?;
        let f = &nested.function;
        let mut frame = Frame::new(f);
        let mut finals = Vec::new();
        for ((param, vars), (value, dot)) in f.params.iter().zip(&nested.primal).zip(args) {
            frame.learn_consts(&f.info(param.var).ty, value);
            for (var, value) in vars.iter().zip([value, dot]) {
                if let Some(var) = var {
                    self.declare(&mut frame, *var, value.clone());
                }
            }
            let by_ref = matches!(param.mode, ParamMode::Ref | ParamMode::RefMut);
            finals.push(frame.bind[param.var.0].clone().filter(|_| by_ref));
        }
        for (var, value) in nested.seeds.iter().zip([seed.0, seed.1]) {
            if let Some(var) = var {
                self.declare(&mut frame, *var, value);
            }
        }
        let mut places = Vec::new();
        for (vars, shadow) in nested.shadows.iter().zip(shadows) {
            let Some((value, dot)) = shadow else {
                places.push(None);
                continue;
            };
            for (var, value) in vars.iter().zip([value, dot]) {
                if let Some(var) = var {
                    self.declare(&mut frame, *var, value.clone());
                }
            }
            places.push(vars.get(1).copied().flatten().and_then(|var| frame.bind[var.0].clone()));
        }
        self.block(&mut frame, &f.body)?;
        let mut results = Vec::new();
        for result in &nested.results {
            results.push(result.as_ref().map(|result| self.eval(&frame, result)).transpose()?);
        }
        let mut results = results.into_iter();
        let (result, result_dot) = (results.next().flatten(), results.next().flatten());
        Ok(Run {
            result,
            result_dot,
            finals: self.finals(&finals),
            derivatives: self.finals(&places),
            largest: self.largest,
        })
    }
}

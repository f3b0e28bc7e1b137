//! The two ends of the reverse sweep: the seed it starts with, and the outputs it leaves as they were.

use super::Builder;
use crate::ir::{Expr, ParamMode, Place, Proj, Stmt, Ty, Var, VarInfo, walk};
use crate::reverse::prepare::same_place;
use crate::reverse::rules::owned;
use proc_macro2::Span;
use quote::format_ident;
use std::collections::BTreeSet;

impl Builder<'_> {
    /// The cotangent of the return value, and what it starts the reverse sweep with.
    pub(super) fn seed(&mut self) -> (Option<Var>, Vec<Stmt>) {
        let place = match &self.rules.f.result {
            Expr::Read(place) | Expr::ToOwned(place) => place.clone(),
            Expr::Move(var) => Place::var(*var),
            _ => return (None, Vec::new()),
        };
        if !self.rules.activity.is_active_place(&self.rules.f, &place) {
            return (None, Vec::new());
        }
        let ty = owned(self.rules.f.place_ty(&place));
        let seed = self.rules.local("y_bar", ty, false);
        self.rules.cotangents.insert(seed);
        let mut stmts = self.length_check(&Place::var(seed), &self.rules.resolve(&place));
        let place = self.rules.shadow_place(&place);
        stmts.push(Stmt::Accumulate { place, value: Expr::Move(seed), negate: false });
        (Some(seed), stmts)
    }

    /// A clear panic for a cotangent whose length is not that of its output.
    pub(super) fn length_check(&self, cotangent: &Place, output: &Place) -> Vec<Stmt> {
        match self.rules.f.place_ty(output) {
            Ty::Vec(_) | Ty::Deque(_) | Ty::Slice(_) => vec![Stmt::Effect {
                tokens: quote::quote!(::core::assert_eq!(
                    __hole_0,
                    __hole_1,
                    "a cotangent and the output it weights differ in length"
                )),
                args: vec![Expr::Len(cotangent.clone()), Expr::Len(output.clone())],
                diverges: false,
            }],
            _ => Vec::new(),
        }
    }

    /// Statements that save outputs which the reverse sweep restores to earlier values, and
    /// those that bring them back at the end.
    pub(super) fn preserve_outputs(&mut self) -> (Vec<Stmt>, Vec<Stmt>) {
        let (mut middle, mut end) = (Vec::new(), Vec::new());
        let touched: BTreeSet<Var> = self.plan.restored.clone();
        for index in 0..self.rules.f.params.len() {
            let param = self.rules.f.params[index].clone();
            if param.mode != ParamMode::RefMut || !touched.contains(&param.var) {
                continue;
            }
            for place in self.written_parts(param.var) {
                let name = format_ident!("{}_final", self.rules.f.info(param.var).name);
                let ty = self.rules.f.place_ty(&place);
                let slice = matches!(ty, Ty::Slice(_));
                let copy = self
                    .rules
                    .f
                    .add_var(VarInfo { name, ..VarInfo::local("final", owned(ty), Span::call_site()) });
                middle.push(Stmt::Let { var: copy, init: Some(Expr::ToOwned(place.clone())) });
                end.push(if slice {
                    Stmt::CopyFrom { dst: place, src: Place::var(copy) }
                } else {
                    let span = place.span;
                    Stmt::Assign { place, op: None, value: Expr::Move(copy), span }
                });
            }
        }
        if let Some(storage) = self.rules.result_root()
            && touched.contains(&storage)
        {
            let result = self.rules.f.result.clone();
            let ty = owned(result.ty(&self.rules.f));
            let copy = self.rules.local("y", ty, false);
            let init = match result {
                Expr::Move(var) => Expr::ToOwned(Place::var(var)),
                other => other,
            };
            middle.push(Stmt::Let { var: copy, init: Some(init) });
            self.rules.f.result = Expr::Move(copy);
        }
        (middle, end)
    }

    /// What the function writes of a `&mut` parameter: the parameter, or the fields of it that are
    /// all it touches.
    fn written_parts(&self, param: Var) -> Vec<Place> {
        let mut parts: Vec<Place> = Vec::new();
        for node in &self.tree.nodes {
            walk::places_written_by(&node.stmt, &mut |place| {
                if self.rules.f.storage(place.root) != param {
                    return;
                }
                let place = self.rules.resolve(place);
                let fields = place.proj.iter().take_while(|proj| matches!(proj, Proj::Field(_)));
                // What a pattern binds names no field.
                let fields = fields.take(if place.root == param { usize::MAX } else { 0 });
                parts.push(Place { proj: fields.cloned().collect(), ..Place::var(param) });
            });
        }
        let all = parts.clone();
        parts.retain(|part| !all.iter().any(|other| is_part_of(part, other)));
        let mut distinct: Vec<Place> = Vec::new();
        for part in parts {
            if !distinct.iter().any(|known| same_place(known, &part)) {
                distinct.push(part);
            }
        }
        distinct
    }
}

/// Whether a field is a part of another place, and not all of it.
fn is_part_of(part: &Place, whole: &Place) -> bool {
    let start = Place { proj: part.proj.iter().take(whole.proj.len()).cloned().collect(), ..part.clone() };
    whole.proj.len() < part.proj.len() && same_place(&start, whole)
}

//! The adjoint of a call: its pullback, with the cotangents lent to it.

use super::{Rules, owned};
use crate::ir::{Arg, Call, CallMode, Expr, Place, Proj, PullArg, Stmt, Ty, Var, VarInfo};
use crate::reverse::prepare;
use std::collections::{BTreeMap, BTreeSet};

impl Rules {
    pub(super) fn call(&mut self, call: &Call, out: &mut Vec<Stmt>) {
        let CallMode::Split { rev } = call.mode else { return };
        let mut args = Vec::new();
        let mut after = Vec::new();
        let mut used: Vec<Var> = Vec::new();
        let mut before = Vec::new();
        let mut made_again: BTreeMap<usize, Var> = BTreeMap::new();
        let parts = self.neighbours(call, &mut before);
        for (index, arg) in call.args.iter().enumerate() {
            let place = match arg {
                Arg::Value(Expr::Read(place) | Expr::ToOwned(place)) => Some(place.clone()),
                Arg::Value(Expr::Move(var)) => Some(Place::var(*var)),
                Arg::Value(value) => {
                    assert!(!self.activity.is_in(&self.f, value), "an active argument has a name");
                    None
                }
                Arg::Ref(place) | Arg::RefMut(place) | Arg::Receiver { place, .. } => Some(place.clone()),
            };
            if let Some(lender) = place.as_ref().filter(|place| self.lenders.contains_key(&place.root)) {
                let (value, made) = self.made_again(lender.root, &mut before);
                made_again.insert(index, made);
                if !self.is_active(lender.root) {
                    args.push(PullArg { shadow: None });
                    continue;
                }
                let bar = self.local("lent_bar", self.f.info(made).ty.clone(), true);
                before.push(Stmt::Let { var: bar, init: Some(Expr::Zero { like: Place::var(made) }) });
                self.propagate(&value, &Place::var(bar), &Expr::read(made), &mut after);
                args.push(PullArg { shadow: Some(Place::var(bar)) });
                continue;
            }
            let Some(place) = place.filter(|place| self.is_active_place(place)) else {
                args.push(PullArg { shadow: None });
                continue;
            };
            if let Some(part) = parts.get(&index) {
                args.push(PullArg { shadow: Some(Place::var(*part)) });
                continue;
            }
            let shadow = self.shadow_place(&place);
            let in_out = matches!(arg, Arg::RefMut(_) | Arg::Receiver { mutable: true, .. });
            if used.contains(&shadow.root) {
                // Two cotangents in one variable cannot be lent at once.
                let ty = self.f.place_ty(&place);
                let apart = self.local("arg_bar", owned(ty), true);
                if in_out {
                    before.push(Stmt::Let { var: apart, init: Some(Expr::ToOwned(shadow.clone())) });
                    after.push(self.write_back(&shadow, apart));
                } else {
                    let zero = Expr::Zero { like: self.resolve(&place) };
                    before.push(Stmt::Let { var: apart, init: Some(zero) });
                    after.push(Stmt::Accumulate { place: shadow, value: Expr::read(apart), negate: false });
                }
                args.push(PullArg { shadow: Some(Place::var(apart)) });
            } else {
                used.push(shadow.root);
                args.push(PullArg { shadow: Some(shadow) });
            }
        }
        let seed = if self.is_active(call.result) {
            Expr::Move(self.shadow(call.result))
        } else {
            Expr::Zero { like: Place::var(call.result) }
        };
        let mut again = call.clone();
        let mut lent: Vec<(Place, usize, bool)> = Vec::new();
        for (index, arg) in again.args.iter_mut().enumerate() {
            let in_out = matches!(arg, Arg::RefMut(_) | Arg::Receiver { mutable: true, .. });
            match arg {
                Arg::Value(_) => {}
                Arg::Ref(place) | Arg::Receiver { place, .. } if made_again.contains_key(&index) => {
                    *place = Place { span: place.span, ..Place::var(made_again[&index]) };
                }
                Arg::Ref(place) | Arg::RefMut(place) | Arg::Receiver { place, .. } => {
                    *place = self.resolve(place);
                    lent.push((place.clone(), index, in_out));
                }
            }
        }
        self.lend_apart(&lent, &mut again, &mut args, &mut before, &mut after);
        out.append(&mut before);
        out.push(Stmt::Pull { rev, seed, args, call: Box::new(again), tangents: None });
        out.append(&mut after);
    }

    /// A struct of references, made once more: what it borrows holds what it held. Gives what it is made of, too.
    fn made_again(&mut self, lender: Var, before: &mut Vec<Stmt>) -> (Expr, Var) {
        let mut parts = self.lenders[&lender].clone();
        let mut value = self.primal(&parts);
        let (Expr::Struct { fields, .. }, Expr::Struct { fields: again, .. }) = (&mut parts, &mut value)
        else {
            unreachable!("a lender is a struct")
        };
        for ((_, field), (_, again)) in fields.iter_mut().zip(again) {
            if let Expr::Read(Place { root: inner, .. }) | Expr::Move(inner) = field
                && self.lenders.contains_key(inner)
            {
                let (parts, made) = self.made_again(*inner, before);
                (*field, *again) = (parts, Expr::Move(made));
            }
        }
        let info = self.f.info(lender);
        let (name, ty) = (info.name.to_string(), info.ty.clone());
        let made = self.local(&name, ty, false);
        before.push(Stmt::Let { var: made, init: Some(value) });
        (parts, made)
    }

    /// Views of the cotangents of arguments that are shared parts of one variable, each beginning
    /// where another ends: `f(&w[..n], &w[n..])`. Such cotangents can be lent at once.
    fn neighbours(&mut self, call: &Call, before: &mut Vec<Stmt>) -> BTreeMap<usize, Var> {
        let mut by_root: BTreeMap<Var, Vec<(usize, Place)>> = BTreeMap::new();
        let mut mixed = BTreeSet::new();
        for (index, arg) in call.args.iter().enumerate() {
            let (Arg::Ref(place) | Arg::RefMut(place) | Arg::Receiver { place, .. }) = arg else { continue };
            if !self.is_active_place(place) || self.lenders.contains_key(&place.root) {
                continue;
            }
            let shadow = self.shadow_place(place);
            if !matches!(arg, Arg::Ref(_)) {
                mixed.insert(shadow.root);
            }
            by_root.entry(shadow.root).or_default().push((index, shadow));
        }
        let mut found = BTreeMap::new();
        for (root, mut parts) in by_root {
            if parts.len() < 2 || mixed.contains(&root) {
                continue;
            }
            // From the one that no other ends at, each to the one that begins at its end.
            let follows = |high: &Place, low: &Place| self.neighbouring(low, high).is_some();
            let first = (0..parts.len()).find(|&k| {
                (0..parts.len()).all(|other| other == k || !follows(&parts[k].1, &parts[other].1))
            });
            let Some(first) = first else { continue };
            let mut chain = vec![parts.remove(first)];
            while let Some(next) = parts.iter().position(|part| follows(&part.1, &chain[chain.len() - 1].1)) {
                chain.push(parts.remove(next));
            }
            if !parts.is_empty() {
                continue;
            }
            let mut end = None;
            for (index, mut place) in chain {
                if let Some(Proj::Range(start, stop)) = place.proj.last_mut() {
                    if let Some(end) = end.take() {
                        *start = Some(end);
                    }
                    end = stop.clone();
                }
                let ty = self.f.place_ty(&place);
                let span = place.span;
                let var = self.f.add_var(VarInfo {
                    mutable: true,
                    by_ref: Some(true),
                    view_of: Some(place),
                    ..VarInfo::local("part_bar", ty, span)
                });
                before.push(Stmt::View { var });
                found.insert(index, var);
            }
        }
        found
    }

    /// Arguments that are parts of one variable, one of them to be changed: rustc accepts them
    /// apart only. Two neighbouring ranges are split; anything else is copied and copied back.
    pub(super) fn lend_apart(
        &mut self,
        lent: &[(Place, usize, bool)],
        call: &mut Call,
        args: &mut [PullArg],
        before: &mut Vec<Stmt>,
        after: &mut Vec<Stmt>,
    ) {
        for (k, (place, index, in_out)) in lent.iter().enumerate() {
            let Some((first, other, other_in_out)) = lent[..k]
                .iter()
                .find(|(first, _, changes)| first.root == place.root && (*changes || *in_out))
            else {
                continue;
            };
            let same = lent.iter().filter(|(other, ..)| other.root == place.root).count();
            let neighbours = self.neighbouring(first, place).or_else(|| self.neighbouring(place, first));
            if same == 2 && neighbours.is_some() {
                let flipped = self.neighbouring(first, place).is_none();
                let (left, right) = if flipped { (*index, *other) } else { (*other, *index) };
                let (low, high) = if flipped { (place, first) } else { (first, place) };
                let mut view = |rules: &mut Rules, place: &Place, name: &str| {
                    let ty = rules.f.place_ty(place);
                    let var = rules.f.add_var(VarInfo {
                        mutable: true,
                        by_ref: Some(true),
                        view_of: Some(place.clone()),
                        ..VarInfo::local(name, ty, place.span)
                    });
                    before.push(Stmt::View { var });
                    Place::var(var)
                };
                let views = [view(self, low, "left"), view(self, high, "right")];
                let shadow = self.known_shadow(place.root);
                for (at, place) in [left, right].into_iter().zip(views) {
                    match &mut call.args[at] {
                        Arg::Ref(slot) | Arg::RefMut(slot) | Arg::Receiver { place: slot, .. } => {
                            *slot = place
                        }
                        Arg::Value(_) => unreachable!("a value is not lent"),
                    }
                }
                if let Some(shadow) = shadow
                    && args[left].shadow.is_some()
                    && args[right].shadow.is_some()
                {
                    let (low, high) = (low.with_root(shadow), high.with_root(shadow));
                    let views = [view(self, &low, "left_bar"), view(self, &high, "right_bar")];
                    for (at, place) in [left, right].into_iter().zip(views) {
                        args[at].shadow = Some(place);
                    }
                    // What kept the two cotangents apart before is not needed.
                    after.retain(|stmt| !writes_back(stmt, shadow));
                    before.retain(|stmt| !copies(stmt, shadow));
                }
                continue;
            }
            let _ = other_in_out;
            let ty = owned(self.f.place_ty(place));
            let apart = self.local("arg", ty, true);
            before.push(Stmt::Let { var: apart, init: Some(Expr::ToOwned(place.clone())) });
            if *in_out {
                after.push(self.write_back(place, apart));
            }
            match &mut call.args[*index] {
                Arg::Ref(slot) | Arg::RefMut(slot) | Arg::Receiver { place: slot, .. } => {
                    *slot = Place::var(apart)
                }
                Arg::Value(_) => unreachable!("a value is not lent"),
            }
        }
    }

    /// Whether two places are ranges of one place, the second beginning where the first ends.
    fn neighbouring(&self, low: &Place, high: &Place) -> Option<()> {
        let (last_low, prefix_low) = low.proj.split_last()?;
        let (last_high, prefix_high) = high.proj.split_last()?;
        let (Proj::Range(_, Some(end)), Proj::Range(Some(start), _)) = (last_low, last_high) else {
            return None;
        };
        let base = |place: &Place, prefix: &[Proj]| Place { proj: prefix.to_vec(), ..place.clone() };
        let same = prepare::same_place(&base(low, prefix_low), &base(high, prefix_high))
            && self.same_value(end, start);
        same.then_some(())
    }

    /// Whether two integers are the same by their definitions.
    fn same_value(&self, a: &Expr, b: &Expr) -> bool {
        if prepare::same_index(a, b) {
            return true;
        }
        match (a, b) {
            (Expr::Prim { op, args, .. }, Expr::Prim { op: other, args: others, .. }) => {
                op == other
                    && args.len() == others.len()
                    && args.iter().zip(others).all(|(a, b)| self.same_value(a, b))
            }
            (Expr::Read(a), Expr::Read(b)) if a.is_var() && b.is_var() => {
                match (self.definitions.get(&a.root), self.definitions.get(&b.root)) {
                    (Some(a), Some(b)) => self.same_value(a, b),
                    _ => false,
                }
            }
            _ => false,
        }
    }

    pub(super) fn write_back(&self, place: &Place, from: Var) -> Stmt {
        if matches!(self.f.place_ty(place), Ty::Slice(_)) {
            return Stmt::CopyFrom { dst: place.clone(), src: Place::var(from) };
        }
        Stmt::Assign { place: place.clone(), op: None, value: Expr::Move(from), span: place.span }
    }
}

/// Whether a statement copies from a variable, or back into it.
fn copies(stmt: &Stmt, root: Var) -> bool {
    matches!(stmt, Stmt::Let { init: Some(Expr::ToOwned(place)), .. } if place.root == root)
}

fn writes_back(stmt: &Stmt, root: Var) -> bool {
    match stmt {
        Stmt::CopyFrom { dst: place, .. } | Stmt::Assign { place, .. } => place.root == root,
        _ => false,
    }
}

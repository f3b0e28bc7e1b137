//! The adjoint of each simple statement, local to it: what the reverse sweep does when it
//! passes the statement, in terms of cotangents and primal values. Where those values come from
//! is decided in `plan`.

use crate::analyze::activity::{self, Activity};
use crate::ir::walk;
use crate::ir::{
    Arg, Arm, Block, Call, CallMode, Expr, Function, Op, Pattern, Place, Proj, PullArg, Stmt, Ty, Var,
    VarInfo, VecOp,
};
use crate::primitives;
use proc_macro2::Span;
use quote::format_ident;
use std::collections::HashSet;

/// A prepared function with its shadows.
pub struct Rules {
    pub f: Function,
    pub activity: Activity,
    /// The cotangent of each storage variable or pattern binding that has one.
    shadows: Vec<Option<Var>>,
    /// How many variables the function had before the transform added its own.
    pub primal_vars: usize,
    /// The variables that are cotangents.
    pub cotangents: HashSet<Var>,
    /// The primal variables whose cotangent an adjoint declares.
    pub defined: HashSet<Var>,
    /// Loops, and the variables from outside that each of their iterations overwrites first.
    pub private: HashSet<(usize, Var)>,
}

/// An increment of a cotangent: `value`, or `-value`.
struct Term {
    value: Expr,
    negate: bool,
}

impl Rules {
    pub fn new(f: Function, activity: Activity) -> Rules {
        let shadows = vec![None; f.vars.len()];
        let primal_vars = f.vars.len();
        Rules {
            f,
            activity,
            shadows,
            primal_vars,
            cotangents: HashSet::new(),
            defined: HashSet::new(),
            private: HashSet::new(),
        }
    }

    pub fn is_active(&self, var: Var) -> bool {
        self.activity.is_active(var)
    }

    /// The cotangent of a storage variable or pattern binding.
    pub fn shadow(&mut self, var: Var) -> Var {
        if let Some(Some(shadow)) = self.shadows.get(var.0) {
            return *shadow;
        }
        let info = self.f.info(var).clone();
        let shadow = self.f.add_var(VarInfo {
            name: format_ident!("{}_bar", info.name, span = info.name.span()),
            ty: info.ty,
            mutable: true,
            by_ref: info.by_ref.map(|_| true),
            view_of: None,
            late: false,
            boxed: false,
            tangent_of: None,
        });
        if self.shadows.len() <= var.0 {
            self.shadows.resize(var.0 + 1, None);
        }
        self.shadows[var.0] = Some(shadow);
        self.cotangents.insert(shadow);
        shadow
    }

    /// The shadow that a variable has been given, if any.
    pub fn known_shadow(&self, var: Var) -> Option<Var> {
        self.shadows.get(var.0).copied().flatten()
    }

    /// Whether a variable stands for the payload of a matched value.
    pub fn is_binding(&self, var: Var) -> bool {
        self.f
            .info(var)
            .view_of
            .as_ref()
            .is_some_and(|base| base.proj.iter().any(|step| matches!(step, Proj::Payload)))
    }

    /// A place with its views resolved, down to storage or to a pattern binding.
    pub fn resolve(&self, place: &Place) -> Place {
        let mut place = place.clone();
        while !self.is_binding(place.root) {
            let Some(base) = &self.f.info(place.root).view_of else { break };
            let mut proj = base.proj.clone();
            proj.extend(place.proj);
            place = Place { root: base.root, proj, span: place.span };
        }
        place
    }

    pub fn shadow_place(&mut self, place: &Place) -> Place {
        let place = self.resolve(place);
        let root = self.shadow(place.root);
        place.with_root(root)
    }

    pub fn local(&mut self, name: &str, ty: Ty, mutable: bool) -> Var {
        self.f.add_var(VarInfo { mutable, ..VarInfo::local(name, ty, Span::call_site()) })
    }

    /// The storage that the function's result reads.
    pub fn result_root(&self) -> Option<Var> {
        match &self.f.result {
            Expr::Read(place) | Expr::ToOwned(place) => Some(self.f.storage(place.root)),
            Expr::Move(var) => Some(self.f.storage(*var)),
            _ => None,
        }
    }

    pub fn is_cotangent(&self, var: Var) -> bool {
        self.cotangents.contains(&var)
    }

    fn is_active_place(&self, place: &Place) -> bool {
        self.activity.is_active_place(&self.f, place)
    }

    fn is_active_expr(&self, expr: &Expr) -> bool {
        let mut carriers = Vec::new();
        activity::carriers(&self.f, expr, &mut carriers);
        carriers.into_iter().any(|var| self.is_active(var))
    }

    /// The adjoint of a simple statement, in the order in which the reverse sweep runs it.
    /// Primal values it reads are those at the statement, its own writes undone.
    pub fn adjoint(&mut self, stmt: &Stmt) -> Vec<Stmt> {
        let mut out = Vec::new();
        match stmt {
            Stmt::Let { var, init: Some(init) } => {
                if self.is_active(*var) {
                    let seed = Place::var(self.shadow(*var));
                    let result = Expr::read(*var);
                    self.propagate(init, &seed, &result, &mut out);
                }
            }
            Stmt::Assign { place, op, value, .. } => self.assign(place, *op, value, &mut out),
            Stmt::Swap { a, b } => {
                if self.is_active_place(a) {
                    let (a, b) = (self.shadow_place(a), self.shadow_place(b));
                    out.push(Stmt::Swap { a, b });
                }
            }
            Stmt::CopyFrom { dst, src } => {
                if self.is_active_place(dst) {
                    let index = self.local("k", int("usize"), false);
                    let step = Proj::Index(Expr::read(index));
                    let (dst_k, src_k) = (dst.project(step.clone()), src.project(step));
                    let mut body = Vec::new();
                    if self.is_active_place(src) {
                        let value = self.take(&dst_k);
                        self.accumulate(&src_k, Term { value, negate: false }, &mut body);
                    } else {
                        self.clear(&dst_k, &mut body);
                    }
                    out.push(self.count(index, Expr::Len(self.resolve(dst)), body));
                }
            }
            Stmt::Fill { place, value } => {
                if self.is_active_place(place) {
                    let index = self.local("k", int("usize"), false);
                    let slot = place.project(Proj::Index(Expr::read(index)));
                    let mut body = Vec::new();
                    self.overwrite(&slot, value, &mut body);
                    out.push(self.count(index, Expr::Len(self.resolve(place)), body));
                }
            }
            Stmt::Call(call) => self.call(call, &mut out),
            Stmt::Vector { vec, op, .. } => {
                if self.is_active_place(vec) {
                    self.vector(vec, op, &mut out);
                }
            }
            Stmt::Let { init: None, .. }
            | Stmt::View { .. }
            | Stmt::If { .. }
            | Stmt::Match { .. }
            | Stmt::For { .. }
            | Stmt::While { .. }
            | Stmt::Effect { .. }
            | Stmt::Bail { .. }
            | Stmt::Item(_) => {}
            Stmt::Accumulate { .. }
            | Stmt::RecordNew { .. }
            | Stmt::RecordPush { .. }
            | Stmt::RecordPop { .. }
            | Stmt::Replace { .. }
            | Stmt::Pull { .. } => {
                unreachable!("the reverse transform runs on primal functions only")
            }
        }
        out
    }

    /// `for index in 0..len { body }`
    fn count(&self, index: Var, len: Expr, body: Vec<Stmt>) -> Stmt {
        Stmt::For {
            var: index,
            lo: Expr::Lit(syn::Lit::Int(syn::LitInt::new("0", Span::call_site()))),
            hi: len,
            rev: false,
            body: Block { stmts: body },
            exits: Vec::new(),
            span: Span::call_site(),
        }
    }

    fn assign(&mut self, place: &Place, op: Option<Op>, value: &Expr, out: &mut Vec<Stmt>) {
        if !self.is_active_place(place) {
            return;
        }
        match op {
            None if place.is_var() && self.f.info(place.root).late => {
                let seed = self.shadow_place(place);
                let result = Expr::Read(self.resolve(place));
                match value {
                    Expr::Read(_) | Expr::Move(_) if self.is_active_expr(value) => {
                        // Assigned once: its cotangent is not needed again.
                        let value_bar = match self.f.place_ty(place).is_float() {
                            true => Expr::Read(seed),
                            false => Expr::Move(seed.root),
                        };
                        self.accumulate_into(value, Term { value: value_bar, negate: false }, out);
                    }
                    _ => self.propagate(value, &seed, &result, out),
                }
            }
            None => self.overwrite(place, value, out),
            Some(Op::Add | Op::Sub) => {
                if self.is_active_expr(value) {
                    let seed = Expr::Read(self.shadow_place(place));
                    let term = Term { value: seed, negate: op == Some(Op::Sub) };
                    self.accumulate_into(value, term, out);
                }
            }
            Some(Op::Mul) => {
                let shadow = self.shadow_place(place);
                if self.is_active_expr(value) {
                    let old = Expr::Read(self.resolve(place));
                    let term = Expr::prim(Op::Mul, vec![Expr::Read(shadow.clone()), old]);
                    self.accumulate_into(value, Term { value: term, negate: false }, out);
                }
                out.push(self.scale(shadow, Op::Mul, value));
            }
            Some(Op::Div) => {
                let shadow = self.shadow_place(place);
                out.push(self.scale(shadow.clone(), Op::Div, value));
                if self.is_active_expr(value) {
                    let old = Expr::Read(self.resolve(place));
                    let ratio = Expr::prim(Op::Div, vec![old, self.primal(value)]);
                    let term = Expr::prim(Op::Mul, vec![Expr::Read(shadow), ratio]);
                    self.accumulate_into(value, Term { value: term, negate: true }, out);
                }
            }
            Some(_) => unreachable!("`prepare` spells out other compound assignments"),
        }
    }

    fn scale(&mut self, place: Place, op: Op, factor: &Expr) -> Stmt {
        let span = place.span;
        Stmt::Assign { place, op: Some(op), value: self.primal(factor), span }
    }

    /// `place = value` where the place had a value before.
    fn overwrite(&mut self, place: &Place, value: &Expr, out: &mut Vec<Stmt>) {
        if !self.is_active_expr(value) {
            self.clear(place, out);
            return;
        }
        let ty = self.f.place_ty(place);
        if let (Expr::Read(source) | Expr::ToOwned(source), true) = (value, ty.is_float()) {
            let value = self.take(place);
            self.accumulate(&source.clone(), Term { value, negate: false }, out);
            return;
        }
        let taken = self.local("taken", ty, true);
        let init = self.take(place);
        out.push(Stmt::Let { var: taken, init: Some(init) });
        let result = Expr::Read(self.resolve(place));
        self.propagate(value, &Place::var(taken), &result, out);
    }

    fn take(&mut self, place: &Place) -> Expr {
        Expr::Take { shadow: self.shadow_place(place), like: self.resolve(place) }
    }

    fn clear(&mut self, place: &Place, out: &mut Vec<Stmt>) {
        let shadow = self.shadow_place(place);
        let value = Expr::Zero { like: self.resolve(place) };
        let span = place.span;
        out.push(Stmt::Assign { place: shadow, op: None, value, span });
    }

    /// An expression of the primal with its views resolved.
    pub fn primal(&self, expr: &Expr) -> Expr {
        walk::map_expr(expr.clone(), &mut |expr| self.resolved(expr))
    }

    fn resolved(&self, expr: Expr) -> Expr {
        match expr {
            Expr::Read(place) => Expr::Read(self.resolve(&place)),
            Expr::ToOwned(place) => Expr::ToOwned(self.resolve(&place)),
            Expr::Len(place) => Expr::Len(self.resolve(&place)),
            Expr::Borrow { place, mutable } => Expr::Borrow { place: self.resolve(&place), mutable },
            Expr::Zero { like } => Expr::Zero { like: self.resolve(&like) },
            // A move in the primal; where the adjoint mentions the value it must not move it.
            Expr::Move(var) => Expr::Read(self.resolve(&Place::var(var))),
            expr @ (Expr::Lit(_)
            | Expr::Const(..)
            | Expr::Opaque { .. }
            | Expr::Prim { .. }
            | Expr::Select { .. }
            | Expr::Cast { .. }
            | Expr::Tuple(_)
            | Expr::Array(_)
            | Expr::Repeat { .. }
            | Expr::VecOf(_)
            | Expr::VecRepeat { .. }
            | Expr::VecNew { .. }
            | Expr::Struct { .. }
            | Expr::Some(_)
            | Expr::Take { .. }
            | Expr::Placeholder(_)) => expr,
        }
    }

    /// Adds a term to the cotangent of an active operand: of a place, or of what a conversion
    /// reads.
    fn accumulate_into(&mut self, operand: &Expr, term: Term, out: &mut Vec<Stmt>) {
        match operand {
            Expr::Read(place) | Expr::ToOwned(place) => self.accumulate(&place.clone(), term, out),
            Expr::Move(var) => self.accumulate(&Place::var(*var), term, out),
            other => {
                let ty = other.ty(&self.f);
                let seed = self.local("t_bar", ty, false);
                let value = if term.negate { Expr::prim(Op::Neg, vec![term.value]) } else { term.value };
                out.push(Stmt::Let { var: seed, init: Some(value) });
                let result = self.primal(other);
                self.propagate(other, &Place::var(seed), &result, out);
            }
        }
    }

    fn accumulate(&mut self, place: &Place, term: Term, out: &mut Vec<Stmt>) {
        if self.is_active_place(place) {
            let place = self.shadow_place(place);
            out.push(Stmt::Accumulate { place, value: term.value, negate: term.negate });
        }
    }

    /// Passes the cotangent `seed` of `expr`'s value on to what `expr` reads. `result` reads the
    /// value itself.
    fn propagate(&mut self, expr: &Expr, seed: &Place, result: &Expr, out: &mut Vec<Stmt>) {
        if !self.is_active_expr(expr) {
            return;
        }
        let whole = Expr::Read(seed.clone());
        match expr {
            Expr::Read(_) | Expr::ToOwned(_) | Expr::Move(_) => {
                self.accumulate_into(expr, Term { value: whole, negate: false }, out);
            }
            Expr::Prim { op, args, .. } => {
                let primal: Vec<Expr> = args.iter().map(|arg| self.primal(arg)).collect();
                let ty = expr.ty(&self.f);
                // `x * x` is one contribution, `2 x`, not two.
                let square = match (op, &primal[..]) {
                    (Op::Mul, [Expr::Read(a), Expr::Read(b)]) => super::prepare::same_place(a, b),
                    _ => false,
                };
                for (index, arg) in args.iter().enumerate() {
                    if !self.is_active_expr(arg) || square && index > 0 {
                        continue;
                    }
                    let mut partial = primitives::partial_of_op(*op, &primal, result, index, &ty);
                    if square {
                        partial = Expr::prim(Op::Mul, vec![Expr::Const(2.0, ty.clone()), partial]);
                    }
                    let Some(value) = primitives::product(&whole, partial) else { continue };
                    let term = match value {
                        Expr::Prim { op: Op::Neg, mut args, .. } => {
                            Term { value: args.remove(0), negate: true }
                        }
                        value => Term { value, negate: false },
                    };
                    self.accumulate_into(arg, term, out);
                }
            }
            Expr::Cast { arg, .. } => {
                let ty = arg.ty(&self.f);
                let tokens = crate::ir::cast_tokens(&ty);
                let value = Expr::Cast { arg: Box::new(whole), ty, tokens };
                self.accumulate_into(arg, Term { value, negate: false }, out);
            }
            Expr::Select { cond, then, els } => {
                let (mut yes, mut no) = (Vec::new(), Vec::new());
                self.propagate(then, seed, result, &mut yes);
                self.propagate(els, seed, result, &mut no);
                out.push(Stmt::If {
                    cond: self.primal(cond),
                    then: Block { stmts: yes },
                    els: Block { stmts: no },
                });
            }
            Expr::Tuple(items) => {
                for (index, item) in items.iter().enumerate() {
                    let part = seed.project(Proj::Field(syn::Member::from(index)));
                    self.propagate(item, &part, result, out);
                }
            }
            Expr::Array(items) | Expr::VecOf(items) => {
                for (index, item) in items.iter().enumerate() {
                    let index =
                        Expr::Lit(syn::Lit::Int(syn::LitInt::new(&index.to_string(), Span::call_site())));
                    self.propagate(item, &seed.project(Proj::Index(index)), result, out);
                }
            }
            Expr::Repeat { elem, .. } | Expr::VecRepeat { elem, .. } => {
                let index = self.local("k", int("usize"), false);
                let mut body = Vec::new();
                let part = seed.project(Proj::Index(Expr::read(index)));
                self.propagate(elem, &part, result, &mut body);
                out.push(self.count(index, Expr::Len(seed.clone()), body));
            }
            Expr::Struct { path, fields, .. }
                if syn::parse2::<syn::Path>(path.clone())
                    .is_ok_and(|path| crate::forward::is_variant(&path)) =>
            {
                self.variant(path, fields, seed, result, out);
            }
            Expr::Struct { fields, rest, .. } => {
                for (member, value) in fields {
                    let part = seed.project(Proj::Field(member.clone()));
                    self.propagate(value, &part, result, out);
                }
                if let Some(rest) = rest {
                    // What the fields overwrite does not come from `rest`.
                    let value = whole.clone();
                    let remainder = self.local("rest_bar", Ty::Unknown, true);
                    out.push(Stmt::Let { var: remainder, init: Some(Expr::ToOwned(seed.clone())) });
                    let Expr::Read(result) = result else { unreachable!("a struct literal has a name") };
                    for (member, _) in fields {
                        let step = Proj::Field(member.clone());
                        let place = Place::var(remainder).project(step.clone());
                        let zero = Expr::Zero { like: result.project(step) };
                        let span = place.span;
                        out.push(Stmt::Assign { place, op: None, value: zero, span });
                    }
                    drop(value);
                    self.propagate(rest, &Place::var(remainder), &Expr::Read(result.clone()), out);
                }
            }
            Expr::Some(value) => {
                let payload = self.f.add_var(VarInfo {
                    by_ref: Some(false),
                    view_of: Some(seed.project(Proj::Payload)),
                    ..VarInfo::local("payload_bar", value.ty(&self.f), Span::call_site())
                });
                let mut body = Vec::new();
                self.propagate(value, &Place::var(payload), result, &mut body);
                let some = quote::quote!(::core::option::Option::Some);
                let arms = vec![
                    Arm {
                        pattern: Pattern::TupleStruct(some, vec![Pattern::Bind(payload)]),
                        guard: None,
                        body: Block { stmts: body },
                    },
                    Arm { pattern: Pattern::Wild, guard: None, body: Block::default() },
                ];
                out.push(Stmt::Match { on: seed.clone(), mutable: false, arms, span: seed.span });
            }
            Expr::Lit(_)
            | Expr::Const(..)
            | Expr::Opaque { .. }
            | Expr::Borrow { .. }
            | Expr::Len(_)
            | Expr::VecNew { .. }
            | Expr::Zero { .. }
            | Expr::Take { .. }
            | Expr::Placeholder(_) => unreachable!("has no derivative"),
        }
    }

    /// Arguments that are parts of one variable, one of them to be changed: rustc accepts them
    /// apart only. Two neighbouring ranges are split; anything else is copied and copied back.
    fn lend_apart(
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
            let neighbours = neighbouring(first, place).or_else(|| neighbouring(place, first).map(|_| ()));
            if same == 2 && neighbours.is_some() {
                let flipped = neighbouring(first, place).is_none();
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

    fn write_back(&self, place: &Place, from: Var) -> Stmt {
        if matches!(self.f.place_ty(place), Ty::Slice(_)) {
            return Stmt::CopyFrom { dst: place.clone(), src: Place::var(from) };
        }
        Stmt::Assign { place: place.clone(), op: None, value: Expr::Move(from), span: place.span }
    }

    /// The cotangent of a variant of an enum has the same variant: its payload is matched out.
    fn variant(
        &mut self,
        path: &proc_macro2::TokenStream,
        fields: &[(syn::Member, Expr)],
        seed: &Place,
        result: &Expr,
        out: &mut Vec<Stmt>,
    ) {
        let mut body = Vec::new();
        let mut patterns = Vec::new();
        for (member, value) in fields {
            if !self.is_active_expr(value) {
                patterns.push((member.clone(), Pattern::Wild));
                continue;
            }
            let payload = self.f.add_var(VarInfo {
                by_ref: Some(false),
                view_of: Some(seed.project(Proj::Payload)),
                ..VarInfo::local("payload_bar", value.ty(&self.f), Span::call_site())
            });
            patterns.push((member.clone(), Pattern::Bind(payload)));
            self.propagate(value, &Place::var(payload), result, &mut body);
        }
        let path = crate::forward::tangent_path(path);
        let tuple = patterns.iter().all(|(member, _)| matches!(member, syn::Member::Unnamed(_)));
        let pattern = if tuple {
            Pattern::TupleStruct(path, patterns.into_iter().map(|(_, pattern)| pattern).collect())
        } else {
            Pattern::Struct { path, fields: patterns, rest: true }
        };
        let arms = vec![
            Arm { pattern, guard: None, body: Block { stmts: body } },
            Arm { pattern: Pattern::Wild, guard: None, body: Block::default() },
        ];
        out.push(Stmt::Match { on: seed.clone(), mutable: false, arms, span: seed.span });
    }

    fn call(&mut self, call: &Call, out: &mut Vec<Stmt>) {
        let CallMode::Split { rev } = call.mode else { return };
        let mut args = Vec::new();
        let mut after = Vec::new();
        let mut used: Vec<Var> = Vec::new();
        let mut before = Vec::new();
        for arg in &call.args {
            let place = match arg {
                Arg::Value(Expr::Read(place) | Expr::ToOwned(place)) => Some(place.clone()),
                Arg::Value(Expr::Move(var)) => Some(Place::var(*var)),
                Arg::Value(_) => None,
                Arg::Ref(place) | Arg::RefMut(place) | Arg::Receiver { place, .. } => Some(place.clone()),
            };
            let Some(place) = place.filter(|place| self.is_active_place(place)) else {
                args.push(PullArg { shadow: None });
                continue;
            };
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

    fn vector(&mut self, vec: &Place, op: &VecOp, out: &mut Vec<Stmt>) {
        let shadow = self.shadow_place(vec);
        let span = vec.span;
        let on_shadow = |op| Stmt::Vector { vec: shadow.clone(), op, span };
        match op {
            VecOp::Push(value) => {
                let ty = value.ty(&self.f);
                let popped = self.local("popped_bar", ty, true);
                out.push(on_shadow(VecOp::Pop(Some(popped))));
                let result = self.primal(value);
                self.propagate(value, &Place::var(popped), &result, out);
            }
            VecOp::Insert(index, value) => {
                let ty = value.ty(&self.f);
                let popped = self.local("removed_bar", ty, true);
                out.push(on_shadow(VecOp::Remove(self.primal(index), Some(popped))));
                let result = self.primal(value);
                self.propagate(value, &Place::var(popped), &result, out);
            }
            VecOp::Pop(slot) | VecOp::Remove(_, slot) => {
                let var = slot.expect("`prepare` names what is dropped");
                let value = if self.is_active(var) {
                    Expr::Move(self.shadow(var))
                } else {
                    Expr::Zero { like: Place::var(var) }
                };
                out.push(on_shadow(match op {
                    VecOp::Remove(index, _) => VecOp::Insert(self.primal(index), value),
                    VecOp::Pop(_)
                    | VecOp::Push(_)
                    | VecOp::Truncate(_)
                    | VecOp::Resize(..)
                    | VecOp::Clear
                    | VecOp::Extend(_)
                    | VecOp::Insert(..)
                    | VecOp::Reverse => VecOp::Push(value),
                }));
            }
            VecOp::Extend(src) => {
                // The primal is as before the statement: its length is where the new part began.
                let src = src.clone();
                let ty = int("usize");
                let start = self.local("start", ty.clone(), false);
                out.push(Stmt::Let { var: start, init: Some(Expr::Len(self.resolve(vec))) });
                if self.is_active_place(&src) {
                    let index = self.local("k", ty.clone(), false);
                    let at = self.local("at", ty, false);
                    let sum = Expr::prim(Op::Add, vec![Expr::read(start), Expr::read(index)]);
                    let mut body = vec![Stmt::Let { var: at, init: Some(sum) }];
                    let value = Expr::Read(shadow.project(Proj::Index(Expr::read(at))));
                    let src_k = src.project(Proj::Index(Expr::read(index)));
                    self.accumulate(&src_k, Term { value, negate: false }, &mut body);
                    out.push(self.count(index, Expr::Len(self.resolve(&src)), body));
                }
                out.push(on_shadow(VecOp::Truncate(Expr::read(start))));
            }
            VecOp::Resize(_, value) => {
                // The primal is as before the statement. Where it grew, the new slots came from
                // `value`; where it shrank, the dropped ones have no cotangent.
                let ty = int("usize");
                let start = self.local("start", ty, false);
                out.push(Stmt::Let { var: start, init: Some(Expr::Len(self.resolve(vec))) });
                if self.is_active_expr(value) {
                    let index = self.local("k", int("usize"), false);
                    let mut body = Vec::new();
                    let part = shadow.project(Proj::Index(Expr::read(index)));
                    let result = self.primal(value);
                    self.propagate(value, &part, &result, &mut body);
                    out.push(Stmt::For {
                        var: index,
                        lo: Expr::read(start),
                        hi: Expr::Len(shadow.clone()),
                        rev: false,
                        body: Block { stmts: body },
                        exits: Vec::new(),
                        span,
                    });
                }
                self.fit(vec, &shadow, out);
            }
            VecOp::Truncate(_) | VecOp::Clear => self.fit(vec, &shadow, out),
            VecOp::Reverse => out.push(on_shadow(VecOp::Reverse)),
        }
    }

    /// Gives a shadow the length of its primal again: what is new is zero.
    fn fit(&mut self, vec: &Place, shadow: &Place, out: &mut Vec<Stmt>) {
        let ty = self.f.place_ty(vec);
        let fitted = self.local("fitted_bar", ty, true);
        out.push(Stmt::Let { var: fitted, init: Some(Expr::Zero { like: self.resolve(vec) }) });
        let index = self.local("k", int("usize"), false);
        let at = Proj::Index(Expr::read(index));
        let len = Expr::Opaque {
            tokens: quote::quote!(::core::cmp::min(__hole_0, __hole_1)),
            args: vec![Expr::Len(Place::var(fitted)), Expr::Len(shadow.clone())],
            ty: int("usize"),
        };
        let copy = Stmt::Swap { a: Place::var(fitted).project(at.clone()), b: shadow.project(at) };
        out.push(self.count(index, len, vec![copy]));
        let span = vec.span;
        out.push(Stmt::Assign { place: shadow.clone(), op: None, value: Expr::Move(fitted), span });
    }
}

/// Whether two places are ranges of one place, the second beginning where the first ends.
fn neighbouring(low: &Place, high: &Place) -> Option<()> {
    let (last_low, prefix_low) = low.proj.split_last()?;
    let (last_high, prefix_high) = high.proj.split_last()?;
    let (Proj::Range(_, Some(end)), Proj::Range(Some(start), _)) = (last_low, last_high) else { return None };
    let base = |place: &Place, prefix: &[Proj]| Place { proj: prefix.to_vec(), ..place.clone() };
    let same = super::prepare::same_place(&base(low, prefix_low), &base(high, prefix_high))
        && super::prepare::same_index(end, start);
    same.then_some(())
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

/// What a borrowed value of type `ty` is when owned.
pub fn owned(ty: Ty) -> Ty {
    match ty {
        Ty::Slice(item) => Ty::Vec(item),
        Ty::F64
        | Ty::F32
        | Ty::Float
        | Ty::Generic(_)
        | Ty::Int(_)
        | Ty::Bool
        | Ty::Inert
        | Ty::Array(..)
        | Ty::Vec(_)
        | Ty::Tuple(_)
        | Ty::Option(_)
        | Ty::Named(_)
        | Ty::Unknown => ty,
    }
}

pub fn int(name: &str) -> Ty {
    Ty::Int(Some(syn::Ident::new(name, Span::call_site())))
}

//! Groups of statements that run lane by lane, each in a loop of its own.

use crate::ir::walk::{self, OperandMut};
use crate::ir::{Block, Call, CallMode, Expr, Function, Place, Proj, Stmt, Ty, Var, VarInfo};
use proc_macro2::Span;
use quote::format_ident;
use std::collections::{BTreeMap, BTreeSet};

pub struct Lanes<'a> {
    pub f: &'a mut Function,
    pub width: usize,
    /// The counter of the loops.
    pub lane: Var,
    /// The arrays of locals that one group of statements passes to another.
    pub scalars: BTreeMap<Var, Var>,
}

impl<'a> Lanes<'a> {
    pub fn new(f: &'a mut Function, width: usize, span: Span) -> Lanes<'a> {
        let lane = f.add_var(VarInfo::local("lane", usize_ty(), span));
        Lanes { f, width, lane, scalars: BTreeMap::new() }
    }

    pub fn local(&mut self, name: &str, ty: Ty) -> Var {
        self.f.add_var(VarInfo::local(name, ty, Span::call_site()))
    }

    pub fn array(&mut self, of: Var, ty: Ty) -> Var {
        let name = format_ident!("{}_lanes", self.f.info(of).name);
        let ty = Ty::Array(Box::new(ty), tokens(self.width));
        self.f.add_var(VarInfo { name, mutable: true, ..VarInfo::local("lanes", ty, Span::call_site()) })
    }

    pub fn at_lane(&self, array: Var) -> Place {
        Place::var(array).project(Proj::Index(Expr::read(self.lane)))
    }

    pub fn read(&self, array: Var) -> Expr {
        Expr::Read(self.at_lane(array))
    }

    pub fn zeros(&self, array: Var) -> Stmt {
        let Ty::Array(item, _) = &self.f.info(array).ty else { unreachable!("lanes are an array") };
        let elem = match &**item {
            Ty::Bool => Expr::Lit(syn::Lit::Bool(syn::LitBool::new(false, Span::call_site()))),
            Ty::Int(_) => literal(0),
            ty => Expr::Const(0.0, ty.clone()),
        };
        Stmt::Let { var: array, init: Some(Expr::Repeat { elem: Box::new(elem), len: tokens(self.width) }) }
    }

    pub fn each_lane(&self, stmts: Vec<Stmt>, rev: bool) -> Stmt {
        self.some_lanes(0, self.width, stmts, rev)
    }

    pub fn some_lanes(&self, lo: usize, hi: usize, stmts: Vec<Stmt>, rev: bool) -> Stmt {
        Stmt::For {
            var: self.lane,
            lo: literal(lo),
            hi: literal(hi),
            rev,
            body: Block { stmts },
            exits: Vec::new(),
            span: Span::call_site(),
        }
    }

    /// A loop over the lanes for each group; backwards for those that have an order, if `rev`.
    pub fn loops(&mut self, groups: Vec<Vec<Stmt>>, has_order: &[bool], rev: bool) -> Vec<Stmt> {
        let mut out = Vec::new();
        for (group, has_order) in groups.into_iter().zip(has_order) {
            // A call stands alone, but for handing on its result.
            let call = match group.as_slice() {
                [] => continue,
                [Stmt::Call(call)] => self.all_at_once(call),
                [Stmt::Call(call), Stmt::Assign { value: Expr::Read(value), .. }]
                    if value.root == call.result =>
                {
                    self.all_at_once(call)
                }
                _ => None,
            };
            match call {
                Some(stmts) => out.extend(stmts),
                None => out.push(self.each_lane(group, rev && *has_order)),
            }
        }
        out
    }

    /// A call in every lane as one call of the companion for lanes, if all of its operands are
    /// arrays.
    fn all_at_once(&mut self, call: &Call) -> Option<Vec<Stmt>> {
        if self.width != super::LANES {
            return None;
        }
        let mut call = call.clone();
        for arg in &mut call.args {
            let crate::ir::Arg::Value(Expr::Read(place)) = arg else { return None };
            self.to_array(place)?;
        }
        let CallMode::Joint { seed, args, lanes } = &mut call.mode else { return None };
        let Expr::Read(place) = seed else { return None };
        self.to_array(place)?;
        for place in args.iter_mut().filter_map(|arg| arg.shadow.as_mut()) {
            self.to_array(place)?;
        }
        *lanes = true;
        let result = call.result;
        let ty = Ty::Array(Box::new(self.f.info(result).ty.clone()), tokens(self.width));
        call.result = self.local("values", ty);
        let value = Expr::Move(call.result);
        let mut out = vec![Stmt::Call(call)];
        if let Some(array) = self.scalars.get(&result) {
            out.push(Stmt::Assign { place: Place::var(*array), op: None, value, span: Span::call_site() });
        }
        Some(out)
    }

    /// `x_lanes[lane]` as `x_lanes`.
    fn to_array(&self, place: &mut Place) -> Option<()> {
        match place.proj.as_slice() {
            [Proj::Index(Expr::Read(index))] if index.is_var() && index.root == self.lane => {
                place.proj.clear();
                Some(())
            }
            _ => None,
        }
    }

    /// Index arithmetic that the blocks do for all lanes at once is dead.
    pub fn drop_unused(&self, groups: &mut [Vec<Stmt>]) {
        loop {
            let mut used = BTreeSet::new();
            for stmt in groups.iter().flatten() {
                walk::accesses_of_stmt(stmt, &mut |place, _| _ = used.insert(place.root));
            }
            let mut changed = false;
            for group in groups.iter_mut() {
                group.retain(|stmt| {
                    let dead = matches!(stmt, Stmt::Let { var, .. }
                        if self.f.info(*var).ty.is_int() && !used.contains(var));
                    changed |= dead;
                    !dead
                });
            }
            if !changed {
                return;
            }
        }
    }

    /// Locals that several groups use become arrays.
    pub fn pass_on(&mut self, groups: &mut [Vec<Stmt>]) -> Option<()> {
        let mut home: BTreeMap<Var, usize> = BTreeMap::new();
        for (index, group) in groups.iter().enumerate() {
            for stmt in group {
                walk::declared_by(stmt, &mut |var| _ = home.insert(var, index));
            }
        }
        let mut passed = BTreeSet::new();
        for (index, group) in groups.iter().enumerate() {
            for stmt in group {
                walk::accesses_of_stmt(stmt, &mut |place, _| {
                    if home.get(&place.root).is_some_and(|home| *home != index) {
                        passed.insert(place.root);
                    }
                });
            }
        }
        for &var in &passed {
            let ty = &self.f.info(var).ty;
            if !(ty.is_float() || ty.is_int() || matches!(ty, Ty::Bool)) {
                return None;
            }
            let array = self.array(var, self.f.info(var).ty.clone());
            self.scalars.insert(var, array);
        }
        for group in groups.iter_mut() {
            let mut out = Vec::with_capacity(group.len());
            for mut stmt in std::mem::take(group) {
                let declared = match &stmt {
                    Stmt::RecordPop { vars, .. } => vars.clone(),
                    Stmt::Call(call) => vec![call.result],
                    _ => Vec::new(),
                };
                self.pass_stmt(&mut stmt, &passed);
                out.push(stmt);
                for var in declared.into_iter().filter(|var| passed.contains(var)) {
                    let (place, value) = (self.at_lane(self.scalars[&var]), Expr::read(var));
                    out.push(Stmt::Assign { place, op: None, value, span: Span::call_site() });
                }
            }
            *group = out;
        }
        Some(())
    }

    fn pass_stmt(&self, stmt: &mut Stmt, passed: &BTreeSet<Var>) {
        if let Stmt::Let { var, init: Some(init) } = stmt
            && passed.contains(var)
        {
            let place = self.at_lane(self.scalars[var]);
            let value = std::mem::replace(init, Expr::Tuple(Vec::new()));
            *stmt = Stmt::Assign { place, op: None, value, span: Span::call_site() };
        }
        walk::operands_of_stmt_mut(stmt, &mut |operand| self.replace_passed(operand, passed));
    }

    fn replace_passed(&self, operand: OperandMut, passed: &BTreeSet<Var>) {
        match operand {
            OperandMut::Expr(expr) => {
                walk::operands_of_expr_mut(expr, &mut |inner| self.replace_passed(inner, passed))
            }
            OperandMut::Place(place, _) => {
                if passed.contains(&place.root) {
                    *place = self.at_lane(self.scalars[&place.root]);
                }
                walk::operands_of_place_mut(place, &mut |inner| self.replace_passed(inner, passed));
            }
            OperandMut::Use(..) | OperandMut::Declare(_) => {}
        }
    }
}

pub fn usize_ty() -> Ty {
    Ty::Int(Some(syn::Ident::new("usize", Span::call_site())))
}

pub fn tokens(width: usize) -> proc_macro2::TokenStream {
    let width = proc_macro2::Literal::usize_unsuffixed(width);
    quote::quote!(#width)
}

pub fn literal(value: impl std::fmt::Display) -> Expr {
    Expr::Lit(syn::Lit::Int(syn::LitInt::new(&value.to_string(), Span::call_site())))
}

pub fn is_zero(expr: &Expr) -> bool {
    matches!(expr, Expr::Lit(syn::Lit::Int(lit)) if lit.base10_digits() == "0")
}

//! Structs that hold references: `Model { data: &x, k }`.
//!
//! References are places, so such a struct is dissolved into its parts: `m.data[i]` is `x[i]`, and what is no
//! reference has a variable of its own. Where the whole is wanted, by a call or as the result, it is made at the
//! spot: nothing keeps it, so nothing is borrowed while its data changes, in the reverse sweep neither.

use super::Lowerer;
use super::scope::Operand;
use crate::analyze::activity::{Activity, activity};
use crate::diagnostics::message;
use crate::ir::walk::{self, Access, OperandMut};
use crate::ir::{Arg, Block, Expr, FieldTy, Named, Place, Proj, Stmt, Ty, Var, VarInfo};
use proc_macro2::{Group, Span, TokenStream, TokenTree};
use std::collections::BTreeMap;
use std::rc::Rc;
use syn::Member;

/// What a field of a dissolved struct is.
#[derive(Clone)]
enum Part {
    /// What a reference refers to; whether it may be changed by it.
    Lent(Place, bool),
    /// A variable of its own.
    Own(Var),
    Struct(Rc<Lender>),
}

/// A struct that was dissolved.
#[derive(Clone)]
struct Lender {
    path: TokenStream,
    parts: Vec<(Member, Part)>,
    ty: Ty,
}

type Lenders = BTreeMap<Var, Rc<Lender>>;

impl Lowerer<'_> {
    /// The fields of a struct that is made: those that are references borrow what they refer to.
    pub(super) fn members(
        &mut self,
        elems: &[&syn::Expr],
        members: Vec<Member>,
        ty: &mut Ty,
    ) -> Vec<(Member, Expr)> {
        let field = |member| {
            let Ty::Named(named) = &*ty else { return None };
            named.field(member).cloned()
        };
        let known: Vec<Option<FieldTy>> = members.iter().map(field).collect();
        let operands = self.sequence(elems.len(), &mut |this, k| match &known[k] {
            Some(FieldTy { lent: Some(_), .. }) => this.lent_to(elems[k]),
            field => {
                let hint = field.as_ref().map_or(Ty::Unknown, |field| field.ty.clone());
                Operand::Value(this.component(elems[k], &hint))
            }
        });
        let mut fields = Vec::new();
        for (member, operand) in members.into_iter().zip(operands) {
            let value = match operand {
                Operand::Ref(place, mutable) => {
                    let slice = matches!(&*ty, Ty::Named(named)
                        if named.field(&member).is_some_and(|field| field.lent.is_some_and(|lent| lent.slice)));
                    let whole = slice && matches!(self.f.place_ty(&place), Ty::Array(..));
                    let place = if whole { place.project(Proj::Range(None, None)) } else { place };
                    let to = match self.f.place_ty(&place) {
                        Ty::Vec(item) if slice => Ty::Slice(item),
                        to => to,
                    };
                    refine(ty, &member, to);
                    Expr::Borrow { place, mutable }
                }
                operand => self.value_of(operand),
            };
            fields.push((member, value));
        }
        fields
    }

    /// What goes into a field that is a reference.
    fn lent_to(&mut self, elem: &syn::Expr) -> Operand {
        match self.operand(elem, &Ty::Unknown) {
            Operand::Ref(place, mutable) => Operand::Ref(place, mutable),
            // A reference that stands in another struct.
            Operand::Place(place) if place.proj.iter().any(|step| matches!(step, Proj::Field(_))) => {
                Operand::Ref(place, false)
            }
            operand => Operand::Value(self.component_of(operand, elem, &Ty::Unknown)),
        }
    }

    /// An assignment to a field that is a reference changes what it refers to.
    pub(super) fn check_lent_field(&mut self, left: &syn::Expr, whole: &syn::ExprAssign) {
        if !matches!(super::stmt::unparen(left), syn::Expr::Field(_)) {
            return;
        }
        if let Some(place) = self.place_by_names(left).filter(|place| self.lent_by_field(place).is_some()) {
            self.check(vec![self.f.storage(place.root)], whole, message::REASSIGNED_REFERENCE);
        }
    }

    /// Where a place is what a field refers to that is a reference: whether it may be changed by it.
    pub(super) fn lent_by_field(&self, place: &Place) -> Option<bool> {
        let (Proj::Field(member), base) = place.proj.split_last()? else { return None };
        let Ty::Named(named) = self.f.place_ty(&Place { proj: base.to_vec(), ..place.clone() }) else {
            return None;
        };
        let field = named.field(member)?;
        let made_here = !matches!(field.ty, Ty::Unknown);
        field.lent.filter(|lent| made_here || lent.active && !field.passive).map(|lent| lent.mutable)
    }

    /// Dissolves the structs that hold references to places.
    pub(super) fn dissolve_lenders(&mut self, body: &mut Block) {
        let mut borrows = false;
        walk::statements(body, &mut |stmt| {
            walk::operands_of_stmt(stmt, &mut |operand| {
                let walk::Operand::Expr(expr) = operand else { return };
                walk::subexprs(expr, &mut |part| {
                    borrows |= match part {
                        Expr::Struct { fields, .. } => {
                            fields.iter().any(|(_, value)| matches!(value, Expr::Borrow { .. }))
                        }
                        value => self.copies_references(value).is_some(),
                    };
                });
            });
        });
        if !borrows {
            return;
        }
        self.f.body = std::mem::take(body);
        let varied = activity(&self.f);
        *body = std::mem::take(&mut self.f.body);
        let mut lenders = Lenders::new();
        self.dissolve_in(body, &varied, &mut lenders);
        if lenders.is_empty() {
            return;
        }
        let mut result = std::mem::replace(&mut self.f.result, Expr::Tuple(Vec::new()));
        self.made_whole(&mut result, &lenders);
        self.f.result = result;
        for k in 0..self.f.vars.len() {
            let Some(mut place) = self.f.vars[k].view_of.clone() else { continue };
            self.rename_place(&mut place, Access::Read, &lenders);
            self.f.vars[k].view_of = Some(place);
        }
        for check in &mut self.checks {
            let dissolved: Vec<Var> =
                check.vars.iter().filter(|var| lenders.contains_key(var)).copied().collect();
            for var in dissolved {
                roots(&lenders[&var], &mut check.vars);
            }
        }
    }

    fn dissolve_in(&mut self, block: &mut Block, varied: &Activity, lenders: &mut Lenders) {
        let mut out = Vec::with_capacity(block.stmts.len());
        for mut stmt in std::mem::take(&mut block.stmts) {
            if let Stmt::Let { var, init: Some(init) } = &mut stmt
                && let Some(lender) = self.dissolved(*var, init, (varied, lenders), &mut out)
            {
                lenders.insert(*var, Rc::new(lender));
                continue;
            }
            walk::blocks_of_mut(&mut stmt, &mut |inner| self.dissolve_in(inner, varied, lenders));
            self.wholes(&mut stmt, (varied, lenders), &mut out);
            out.push(stmt);
        }
        block.stmts = out;
    }

    /// The parts of a struct that a variable is declared to be, if references are among them.
    fn dissolved(
        &mut self,
        var: Var,
        init: &mut Expr,
        (varied, lenders): (&Activity, &Lenders),
        out: &mut Vec<Stmt>,
    ) -> Option<Lender> {
        let mutable = self.f.info(var).mutable;
        if let Some((from, _)) = self.lender_of(init, lenders) {
            return Some(self.copied(&from, mutable, out));
        }
        if let Some(ty) = self.copies_references(init).filter(|_| varied.is_varied(var)) {
            let Ty::Named(named) = &ty else { return None };
            let syn::Type::Path(written) = &named.written else { return None };
            let mut path = written.path.clone();
            path.segments.last_mut()?.arguments = syn::PathArguments::None;
            let fields = self.others(init, &[], &ty)?;
            *init = Expr::Struct { path: quote::quote!(#path), fields, rest: None, ty };
        }
        let Expr::Struct { path, fields, rest, ty } = init else { return None };
        // Where nothing is active it is as any other value.
        let lends = |value: &Expr| {
            let written = matches!(value, Expr::Borrow { mutable: true, .. });
            let refers = self.lends(value) || self.copies_references(value).is_some();
            refers && (written || varied.is_varied(var)) || self.lender_of(value, lenders).is_some()
        };
        let from = rest.as_deref().is_some_and(lends);
        if !fields.iter().any(|(_, value)| lends(value)) && !from {
            return None;
        }
        if let Some(rest) = rest {
            fields.extend(self.others(rest, fields, ty)?);
        }
        let mut parts = Vec::new();
        for (member, mut value) in std::mem::take(fields) {
            let part = if let Expr::Borrow { place, mutable } = &value {
                let mut place = place.clone();
                self.rename_place(&mut place, Access::Read, lenders);
                Part::Lent(place, *mutable)
            } else if let Some(lender) = self.dissolved(var, &mut value, (varied, lenders), out) {
                if lender.parts.iter().any(|(_, part)| matches!(part, Part::Lent(_, true))) {
                    self.diag.error_at(&lender.path, message::REFERENCES_IN_STRUCT);
                }
                Part::Struct(Rc::new(lender))
            } else {
                self.made_whole(&mut value, lenders);
                Part::Own(self.own_part(var, &member, value, mutable, out))
            };
            parts.push((member, part));
        }
        self.check_marked(&parts, ty);
        Some(Lender { path: path.clone(), parts, ty: unrefined(ty) })
    }

    /// The type of a struct with references that an expression copies out of something that stays as it is.
    fn copies_references(&self, value: &Expr) -> Option<Ty> {
        let (Expr::Read(place) | Expr::ToOwned(place)) = value else { return None };
        let steady = !self.f.info(self.f.origin(place.root)).mutable;
        Some(self.f.place_ty(place)).filter(|ty| steady && ty.holds_references())
    }

    /// Whether a field refers to what may have a derivative.
    fn lends(&self, value: &Expr) -> bool {
        matches!(value, Expr::Borrow { place, mutable } if *mutable || self.f.place_ty(place).may_be_active())
    }

    /// What goes into a field that is marked must not be active.
    fn check_marked(&mut self, parts: &[(Member, Part)], ty: &Ty) {
        let Ty::Named(named) = ty else { return };
        for (member, part) in parts {
            if named.field(member).is_some_and(|field| field.passive) {
                let mut vars = Vec::new();
                match part {
                    // What has no derivative already.
                    Part::Lent(place, _) if !self.f.may_be_active(place) => {}
                    part => roots_of(part, &mut vars),
                }
                self.check(vars, &named.written, message::MARKED_FIELD);
            }
        }
    }

    /// The fields that a struct takes from another, `..rest`.
    fn others(&self, rest: &Expr, given: &[(Member, Expr)], ty: &Ty) -> Option<Vec<(Member, Expr)>> {
        let place = if let Expr::Move(var) = rest {
            Place::var(*var)
        } else {
            let (Expr::Read(place) | Expr::ToOwned(place)) = rest else { return None };
            place.clone()
        };
        let Ty::Named(named) = ty else { return None };
        let missing = named.fields.as_ref()?.iter();
        let missing = missing.filter(|field| given.iter().all(|(member, _)| *member != field.member));
        let value = |field: &FieldTy| {
            let part = place.project(Proj::Field(field.member.clone()));
            match field.lent {
                Some(lent) => Expr::Borrow { place: part, mutable: lent.mutable },
                None if field.ty.is_copy() || !field.ty.may_be_active() => Expr::Read(part),
                None => Expr::ToOwned(part),
            }
        };
        Some(missing.map(|field| (field.member.clone(), value(field))).collect())
    }

    fn own_part(&mut self, of: Var, member: &Member, value: Expr, mutable: bool, out: &mut Vec<Stmt>) -> Var {
        let info = self.f.info(of);
        let name = match member {
            Member::Named(member) => format!("{}_{member}", info.name),
            Member::Unnamed(index) => format!("{}_{}", info.name, index.index),
        };
        let (span, ty) = (info.name.span(), value.ty(&self.f));
        let field = if let Ty::Named(named) = &info.ty { named.field(member) } else { None };
        let ty = field.map_or(ty.clone(), |field| super::types::refined(&ty, &field.ty));
        let var = self.f.add_var(VarInfo { mutable, ..VarInfo::local(&name, ty, span) });
        out.push(Stmt::Let { var, init: Some(value) });
        var
    }

    /// A copy of a dissolved struct, whose references refer to the same.
    fn copied(&mut self, from: &Lender, mutable: bool, out: &mut Vec<Stmt>) -> Lender {
        let mut parts = Vec::new();
        for (member, part) in &from.parts {
            let part = match part {
                Part::Own(var) if !mutable && !self.f.info(*var).mutable => Part::Own(*var),
                Part::Own(var) => {
                    let value = copy_of(*var, &self.f.info(*var).ty);
                    Part::Own(self.own_part(*var, member, value, mutable, out))
                }
                Part::Lent(place, changes) => Part::Lent(place.clone(), *changes),
                Part::Struct(inner) => Part::Struct(Rc::new(self.copied(inner, mutable, out))),
            };
            parts.push((member.clone(), part));
        }
        Lender { parts, ..from.clone() }
    }

    /// Renames what a statement names of dissolved structs; one that is wanted whole is made before it.
    fn wholes(&mut self, stmt: &mut Stmt, (varied, lenders): (&Activity, &Lenders), out: &mut Vec<Stmt>) {
        if let Stmt::Call(call) = stmt {
            for arg in &mut call.args {
                match arg {
                    Arg::Ref(place) | Arg::Receiver { place, mutable: false } => {
                        if let Some(whole) = self.made_at(place, lenders, out) {
                            *place = whole;
                        }
                    }
                    Arg::Value(value) => {
                        if let Some((_, span)) = self.lender_of(value, lenders) {
                            self.diag.error(span, message::REFERENCES_BY_VALUE);
                            *value = Expr::Placeholder(Ty::Unknown);
                        }
                    }
                    Arg::RefMut(place) | Arg::Receiver { place, mutable: true } => {
                        if let Some(whole) = self.made_at(place, lenders, out) {
                            self.diag.error(call.span, message::CHANGED_REFERENCES);
                            *place = whole;
                        }
                    }
                }
            }
        }
        // Text looks at it where it stands.
        if let Stmt::Effect { args, .. } | Stmt::Bail { args, .. } = stmt {
            for arg in args {
                if let Expr::Borrow { place, mutable: false } | Expr::Read(place) = arg
                    && let Some(whole) = self.made_at(place, lenders, out)
                {
                    *place = whole;
                }
            }
        }
        let result = self.result;
        if let Stmt::Assign { place, op: None, value, .. } = stmt
            && place.is_var()
            && Some(place.root) == result
        {
            self.made_whole(value, lenders);
        }
        if let Stmt::Assign { place, value: Expr::Struct { path, fields, .. }, .. } = stmt
            && Some(place.root) != result
            && varied.is_varied(place.root)
            && fields.iter().any(|(_, value)| self.lends(value))
        {
            self.diag.error_at(path, message::REFERENCES_IN_STRUCT);
        }
        if let Stmt::Swap { a, b } = stmt {
            for place in [&*a, &*b] {
                if self.names_reference(place, lenders) {
                    self.diag.error(place.span, message::SWAPPED_REFERENCES);
                }
            }
        }
        walk::operands_of_stmt_mut(stmt, &mut |operand| self.rename_in(operand, lenders));
    }

    /// A value that is the whole of a dissolved struct is made.
    fn made_whole(&mut self, value: &mut Expr, lenders: &Lenders) {
        match self.lender_of(value, lenders) {
            Some((lender, span)) => *value = self.put_together(&lender, span),
            None => self.rename_expr(value, lenders),
        }
    }

    /// The dissolved struct whose value an expression is.
    fn lender_of(&self, value: &Expr, lenders: &Lenders) -> Option<(Rc<Lender>, Span)> {
        if let Expr::Move(var) = value {
            return Some((lenders.get(var)?.clone(), self.f.info(*var).name.span()));
        }
        let (Expr::Read(place) | Expr::ToOwned(place)) = value else { return None };
        Some((lender_at(place, lenders)?, place.span))
    }

    /// The name of a dissolved struct that is made before a statement looks at the whole.
    fn made_at(&mut self, place: &Place, lenders: &Lenders, out: &mut Vec<Stmt>) -> Option<Place> {
        let lender = lender_at(place, lenders)?;
        let value = self.put_together(&lender, place.span);
        let name = self.f.info(place.root).name.clone();
        let whole = self.f.add_var(VarInfo { name, ..VarInfo::local("s", lender.ty.clone(), place.span) });
        out.push(Stmt::Let { var: whole, init: Some(value) });
        Some(Place { span: place.span, ..Place::var(whole) })
    }

    /// A dissolved struct made of its parts.
    fn put_together(&mut self, lender: &Lender, span: Span) -> Expr {
        let mut fields = Vec::new();
        for (member, part) in &lender.parts {
            let value = match part {
                Part::Lent(_, true) => {
                    self.diag.error(span, message::CHANGED_REFERENCES);
                    continue;
                }
                Part::Lent(place, false) => {
                    Expr::Borrow { place: Place { span, ..place.clone() }, mutable: false }
                }
                // References without a derivative behind them are copied.
                Part::Own(var) if lends(&lender.ty, member) => Expr::read(*var),
                Part::Own(var) => copy_of(*var, &self.f.info(*var).ty),
                Part::Struct(inner) => self.put_together(inner, span),
            };
            fields.push((member.clone(), value));
        }
        Expr::Struct { path: lender.path.clone(), fields, rest: None, ty: lender.ty.clone() }
    }

    fn rename_in(&mut self, operand: OperandMut, lenders: &Lenders) {
        match operand {
            OperandMut::Expr(expr) => self.rename_expr(expr, lenders),
            OperandMut::Place(place, access) => self.rename_place(place, access, lenders),
            OperandMut::Use(var, _) => {
                if let Some(lender) = lenders.get(var) {
                    self.diag.error_at(&lender.path, message::REFERENCES_IN_STRUCT);
                }
            }
            OperandMut::Declare(_) => {}
        }
    }

    fn rename_expr(&mut self, expr: &mut Expr, lenders: &Lenders) {
        if let Expr::Opaque { tokens, args, .. } = expr {
            for (k, arg) in args.iter_mut().enumerate() {
                let (Expr::Borrow { place, mutable: false } | Expr::Read(place)) = &*arg else { continue };
                let Some(lender) = lender_at(place, lenders) else { continue };
                let hole = quote::format_ident!("__hole_{k}");
                let (span, lent) = (place.span, matches!(arg, Expr::Borrow { .. }).then(|| quote::quote!(&)));
                *tokens = with_hole(tokens.clone(), &hole, &quote::quote!((#lent #hole)));
                *arg = self.put_together(&lender, span);
            }
        }
        walk::operands_of_expr_mut(expr, &mut |operand| self.rename_in(operand, lenders));
    }

    fn rename_place(&mut self, place: &mut Place, access: Access, lenders: &Lenders) {
        walk::operands_of_place_mut(place, &mut |operand| self.rename_in(operand, lenders));
        let Some(mut lender) = lenders.get(&place.root) else { return };
        for at in 0..place.proj.len() {
            let Proj::Field(member) = &place.proj[at] else { break };
            match lender.parts.iter().find(|(other, _)| other == member) {
                Some((_, Part::Own(var))) => {
                    place.root = *var;
                    place.proj.drain(..=at);
                    return;
                }
                Some((_, Part::Lent(to, mutable))) => {
                    if access.writes() && !mutable {
                        self.diag.error(place.span, message::REASSIGNED_REFERENCE);
                    }
                    let mut rest = place.proj.split_off(at + 1);
                    // What is behind the reference has become the place itself.
                    if matches!(rest.first(), Some(Proj::Deref)) {
                        rest.remove(0);
                    }
                    place.root = to.root;
                    place.proj = to.proj.iter().cloned().chain(rest).collect();
                    return;
                }
                Some((_, Part::Struct(inner))) => lender = inner,
                None => break,
            }
        }
        self.diag.error_at(&lender.path, message::REFERENCES_IN_STRUCT);
    }

    /// Whether a place is what a field refers to, as a whole.
    fn names_reference(&self, place: &Place, lenders: &Lenders) -> bool {
        part_at(place, lenders).is_some_and(|part| matches!(part, Part::Lent(..)))
    }
}

/// The dissolved struct that a place is.
fn lender_at(place: &Place, lenders: &Lenders) -> Option<Rc<Lender>> {
    match part_at(place, lenders)? {
        Part::Struct(lender) => Some(lender),
        Part::Lent(..) | Part::Own(_) => None,
    }
}

/// What exactly a place names of dissolved structs.
fn part_at(place: &Place, lenders: &Lenders) -> Option<Part> {
    let mut part = Part::Struct(lenders.get(&place.root)?.clone());
    for step in &place.proj {
        let (Part::Struct(lender), Proj::Field(member)) = (&part, step) else { return None };
        part = lender.parts.iter().find(|(other, _)| other == member)?.1.clone();
    }
    Some(part)
}

fn lends(ty: &Ty, member: &Member) -> bool {
    matches!(ty, Ty::Named(named) if named.lends(member))
}

/// The value of a part that stays.
fn copy_of(var: Var, ty: &Ty) -> Expr {
    if ty.is_copy() || !ty.may_be_active() { Expr::read(var) } else { Expr::ToOwned(Place::var(var)) }
}

/// Tokens with something else where a hole is.
fn with_hole(tokens: TokenStream, hole: &proc_macro2::Ident, by: &TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Ident(ident) if ident == *hole => by.clone(),
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), with_hole(group.stream(), hole, by));
                inner.set_span(group.span());
                TokenTree::Group(inner).into()
            }
            token => token.into(),
        })
        .collect()
}

/// The variables that a dissolved struct is made of.
fn roots(lender: &Lender, into: &mut Vec<Var>) {
    lender.parts.iter().for_each(|(_, part)| roots_of(part, into));
}

fn roots_of(part: &Part, into: &mut Vec<Var>) {
    match part {
        Part::Lent(place, _) => into.push(place.root),
        Part::Own(var) => into.push(*var),
        Part::Struct(inner) => roots(inner, into),
    }
}

/// What a reference refers to says more than the type of the field.
fn refine(ty: &mut Ty, member: &Member, to: Ty) {
    change(ty, |field| {
        if field.member == *member {
            field.ty = to.clone();
        }
    });
}

/// The type as its definition shows it.
fn unrefined(ty: &Ty) -> Ty {
    let mut ty = ty.clone();
    change(&mut ty, |field| {
        if field.lent.is_some() {
            field.ty = Ty::Unknown;
        }
    });
    ty
}

fn change(ty: &mut Ty, mut each: impl FnMut(&mut FieldTy)) {
    let Ty::Named(named) = ty else { return };
    let Some(fields) = &named.fields else { return };
    let mut fields = (**fields).clone();
    fields.iter_mut().for_each(&mut each);
    *ty = Ty::Named(Box::new(Named { fields: Some(Rc::new(fields)), ..(**named).clone() }));
}

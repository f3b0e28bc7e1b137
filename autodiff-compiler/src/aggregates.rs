//! Scalar replacement of structs: a local struct of numbers is its fields, each a variable.
//!
//! Whoever keeps a point for the reverse sweep keeps the coordinates that are needed, no cotangent has to be
//! made of a whole, and what passes do for numbers they do for coordinates. Where the whole is wanted, by a
//! call or as an element, it is put together there.

use crate::ir::walk::{self, Operand, OperandMut};
use crate::ir::{Arg, Block, Expr, Function, Place, Proj, Stmt, Ty, Var, VarInfo};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use std::collections::BTreeMap;
use syn::Member;

/// What stands for a struct.
#[derive(Clone)]
struct Whole {
    path: TokenStream,
    ty: Ty,
    parts: Vec<(Member, Part)>,
}

#[derive(Clone)]
enum Part {
    One(Var),
    Struct(Whole),
}

type Wholes = BTreeMap<Var, Whole>;

/// Takes the local structs of a function apart that nothing needs in one piece.
pub fn take_apart(f: &mut Function) {
    let mut body = std::mem::take(&mut f.body);
    let mut found = BTreeMap::new();
    walk::statements(&body, &mut |stmt| {
        if let Stmt::Let { var, .. } = stmt {
            let info = f.info(*var);
            let plain = info.by_ref.is_none() && info.view_of.is_none() && !info.made;
            if let Some(kind) = Kind::of(&info.ty).filter(|_| plain) {
                found.insert(*var, kind);
            }
        }
    });
    let mut uses = Uses { found };
    uses.block(&body);
    uses.expr(&f.result);
    for info in &f.vars {
        if let Some(base) = &info.view_of {
            uses.place(base, false);
        }
    }
    let found = uses.found;
    let wholes: Wholes = found.iter().map(|(var, kind)| (*var, kind.declared(f, *var))).collect();
    rewrite(f, &mut body, &wholes);
    let mut result = std::mem::replace(&mut f.result, Expr::Tuple(Vec::new()));
    name_whole(f, &mut result, &wholes, &mut body.stmts);
    f.result = result;
    for info in &mut f.vars {
        if let Some(base) = &mut info.view_of {
            rename_place(base, &wholes);
        }
    }
    f.body = body;
}

/// What a type is made of.
struct Kind {
    path: TokenStream,
    ty: Ty,
    fields: Vec<(Member, Ty, Option<Kind>)>,
}

impl Kind {
    fn of(ty: &Ty) -> Option<Kind> {
        let Ty::Named(named) = ty else { return None };
        if !ty.is_made_of_scalars() {
            return None;
        }
        let syn::Type::Path(written) = &named.written else { return None };
        let mut path = written.path.clone();
        path.segments.last_mut()?.arguments = syn::PathArguments::None;
        let fields = named.fields.as_ref()?.iter().map(|field| {
            let usable = field.open && !field.passive && field.lent.is_none();
            let inner = if matches!(field.ty, Ty::Named(_)) { Some(Kind::of(&field.ty)?) } else { None };
            usable.then(|| (field.member.clone(), field.ty.clone(), inner))
        });
        let fields: Vec<_> = fields.collect::<Option<_>>()?;
        (written.qself.is_none() && !fields.is_empty()).then(|| Kind {
            path: quote!(#path),
            ty: ty.clone(),
            fields,
        })
    }

    /// Whether a value comes apart into these fields.
    fn fits(&self, value: &Expr) -> bool {
        if matches!(value, Expr::Read(_) | Expr::ToOwned(_) | Expr::Move(_)) {
            return true;
        }
        let Expr::Struct { fields, rest, .. } = value else { return false };
        let base = rest.as_ref().is_some_and(|rest| self.fits(rest));
        (rest.is_none() || base)
            && fields.iter().all(|(given, _)| self.fields.iter().any(|(member, ..)| member == given))
            && self.fields.iter().all(|(member, _, inner)| {
                match fields.iter().find(|(given, _)| given == member) {
                    Some((_, value)) => inner.as_ref().is_none_or(|inner| inner.fits(value)),
                    None => base,
                }
            })
    }

    fn declared(&self, f: &mut Function, of: Var) -> Whole {
        let parts = self.fields.iter().map(|(member, ty, inner)| {
            let info = f.info(of);
            let name = match member {
                Member::Named(member) => format!("{}_{member}", info.name),
                Member::Unnamed(index) => format!("{}_{}", info.name, index.index),
            };
            let name = name.replace("r#", "");
            // Of a number some value can be made up.
            let (mutable, late) = (info.mutable || info.boxed, info.late && !info.boxed);
            let var = VarInfo { mutable, late, ..VarInfo::local(&name, ty.clone(), info.name.span()) };
            let part = f.add_var(var);
            let part = match inner {
                Some(inner) => Part::Struct(inner.declared(f, part)),
                None => Part::One(part),
            };
            (member.clone(), part)
        });
        let parts = parts.collect();
        Whole { path: self.path.clone(), ty: self.ty.clone(), parts }
    }
}

/// The structs that could come apart, without those that are used otherwise.
struct Uses {
    found: BTreeMap<Var, Kind>,
}

impl Uses {
    fn block(&mut self, block: &Block) {
        walk::statements(block, &mut |stmt| self.stmt(stmt));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Let { var, init } => {
                let Some(init) = init else { return };
                if matches!(init, Expr::Placeholder(_)) {
                    return;
                }
                if self.found.get(var).is_some_and(|kind| !kind.fits(init)) {
                    self.found.remove(var);
                }
                self.expr(init);
            }
            Stmt::Assign { place, op, value, .. } => {
                let fits = match self.kind_at(place) {
                    Some(Some(kind)) => op.is_none() && kind.fits(value),
                    Some(None) => false,
                    None => true,
                };
                if !fits {
                    self.found.remove(&place.root);
                }
                self.place(place, true);
                self.expr(value);
            }
            // What is passed as a whole stays one: it would be put together, and taken apart by its cotangent.
            Stmt::Call(call) => {
                call.args.iter().for_each(|arg| {
                    if let Arg::Value(value) = arg {
                        self.in_text(value);
                    }
                });
                walk::operands_of_stmt(stmt, &mut |operand| self.operand(operand));
            }
            // Text may do with a value what it likes.
            Stmt::Effect { args, .. } | Stmt::Bail { args, .. } => {
                args.iter().for_each(|arg| self.in_text(arg))
            }
            stmt => walk::operands_of_stmt(stmt, &mut |operand| self.operand(operand)),
        }
    }

    fn operand(&mut self, operand: Operand) {
        match operand {
            Operand::Expr(expr) => self.expr(expr),
            Operand::Place(place, _) => self.place(place, false),
            Operand::Use(var, _) | Operand::Declare(var) => _ = self.found.remove(var),
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Read(place) | Expr::ToOwned(place) => self.place(place, true),
            Expr::Move(_) => {}
            Expr::Opaque { args, .. } => args.iter().for_each(|arg| self.in_text(arg)),
            expr => walk::operands_of_expr(expr, &mut |operand| self.operand(operand)),
        }
    }

    fn in_text(&mut self, arg: &Expr) {
        match arg {
            Expr::Read(place) | Expr::ToOwned(place) => self.place(place, false),
            Expr::Move(var) => _ = self.found.remove(var),
            arg => self.expr(arg),
        }
    }

    /// A place that is named; `value`: its value is taken.
    fn place(&mut self, place: &Place, value: bool) {
        walk::operands_of_place(place, &mut |operand| self.operand(operand));
        let fits = match self.kind_at(place) {
            None => true,
            Some(Some(_)) => value,
            Some(None) => false,
        };
        if !fits {
            self.found.remove(&place.root);
        }
    }

    /// What a place is, if it names no field that is a number: a struct, or nothing that fits.
    fn kind_at(&self, place: &Place) -> Option<Option<&Kind>> {
        let mut kind = self.found.get(&place.root)?;
        for step in &place.proj {
            let Proj::Field(member) = step else { return Some(None) };
            match kind.fields.iter().find(|(known, ..)| known == member) {
                Some((_, _, Some(inner))) => kind = inner,
                Some((_, _, None)) => return None,
                None => return Some(None),
            }
        }
        Some(Some(kind))
    }
}

fn rewrite(f: &mut Function, block: &mut Block, wholes: &Wholes) {
    let mut out = Vec::with_capacity(block.stmts.len());
    for mut stmt in std::mem::take(&mut block.stmts) {
        walk::blocks_of_mut(&mut stmt, &mut |inner| rewrite(f, inner, wholes));
        match stmt {
            Stmt::Let { var, init } if wholes.contains_key(&var) => {
                let mut parts = Vec::new();
                wholes[&var].spread(init, &mut parts);
                let boxed = f.info(var).boxed;
                out.extend(parts.into_iter().map(|(var, init)| {
                    let made_up = || boxed.then(|| Expr::Placeholder(f.info(var).ty.clone()));
                    let init = init.or_else(made_up).map(|init| match init {
                        Expr::Placeholder(_) => Expr::Placeholder(f.info(var).ty.clone()),
                        init => renamed(init, wholes),
                    });
                    Stmt::Let { var, init }
                }));
            }
            Stmt::Assign { place, op: None, value, span } if whole_at(&place, wholes).is_some() => {
                let whole = whole_at(&place, wholes).expect("it was just found");
                let mut parts = Vec::new();
                whole.spread(Some(value), &mut parts);
                let parts = parts.into_iter().map(|(var, value)| {
                    let value = value.expect("every field is given");
                    (Place { span, ..Place::var(var) }, renamed(value, wholes))
                });
                assign(f, parts.collect(), span, &mut out);
            }
            // An element is assigned field by field.
            Stmt::Assign { place, op: None, value: value @ Expr::Struct { .. }, span }
                if is_part(f, &place)
                    && Kind::of(&f.place_ty(&place)).is_some_and(|kind| kind.fits(&value)) =>
            {
                let kind = Kind::of(&f.place_ty(&place)).expect("it was just found");
                let (mut place, value) = (place, renamed(value, wholes));
                rename_place(&mut place, wholes);
                let mut parts = Vec::new();
                kind.spread(&place, value, &mut parts);
                assign(f, parts, span, &mut out);
            }
            mut stmt => {
                // What is passed or stored has a name: its cotangent is asked for by that.
                let named = !matches!(stmt, Stmt::Let { .. } | Stmt::Assign { .. });
                walk::operands_of_stmt_mut(&mut stmt, &mut |operand| match operand {
                    OperandMut::Expr(expr) if named => name_whole(f, expr, wholes, &mut out),
                    operand => rename(operand, wholes),
                });
                out.push(stmt);
            }
        }
    }
    block.stmts = out;
}

/// Whether a place is a part of something that is there.
fn is_part(f: &Function, place: &Place) -> bool {
    !place.is_var() && f.views_of(place.root).all(|var| !f.info(var).boxed)
}

/// Puts a struct together before it is used.
fn name_whole(f: &mut Function, expr: &mut Expr, wholes: &Wholes, out: &mut Vec<Stmt>) {
    match whole_of(expr, wholes) {
        Some((whole, of)) => {
            let name = f.info(of).name.clone();
            let var = f.add_var(VarInfo { name, ..VarInfo::local("s", whole.ty.clone(), Span::call_site()) });
            out.push(Stmt::Let { var, init: Some(whole.put_together()) });
            *expr = Expr::read(var);
        }
        None => rename_expr(expr, wholes),
    }
}

/// Assigns places one after another as if at once.
fn assign(f: &mut Function, parts: Vec<(Place, Expr)>, span: Span, out: &mut Vec<Stmt>) {
    let mut assigned: Vec<Stmt> = Vec::new();
    let mut before: Vec<Place> = Vec::new();
    for (place, value) in parts {
        let mut overwritten = false;
        walk::accesses_of_expr(&value, &mut |read, _| {
            overwritten |= before.iter().any(|earlier| f.may_share(earlier, read));
        });
        let value = match overwritten {
            true => {
                let (name, ty) = (f.info(place.root).name.to_string(), f.place_ty(&place));
                let next = f.add_var(VarInfo::local(&name, ty, span));
                out.push(Stmt::Let { var: next, init: Some(value) });
                Expr::read(next)
            }
            false => value,
        };
        before.push(place.clone());
        assigned.push(Stmt::Assign { place, op: None, value, span });
    }
    out.extend(assigned);
}

/// A field of what is given to a struct.
fn field_of(value: &Expr, member: &Member) -> Expr {
    let field = || Proj::Field(member.clone());
    match value {
        Expr::Struct { fields, rest, .. } => match fields.iter().find(|(given, _)| given == member) {
            Some((_, value)) => value.clone(),
            None => field_of(rest.as_ref().expect("every field is given"), member),
        },
        Expr::Read(place) | Expr::ToOwned(place) => Expr::Read(place.project(field())),
        Expr::Move(var) => Expr::Read(Place::var(*var).project(field())),
        other => other.clone(),
    }
}

impl Kind {
    /// The numbers in a place with what each is given.
    fn spread(&self, place: &Place, value: Expr, into: &mut Vec<(Place, Expr)>) {
        for (member, _, inner) in &self.fields {
            let part = place.project(Proj::Field(member.clone()));
            match (inner, field_of(&value, member)) {
                (Some(inner), value) => inner.spread(&part, value, into),
                (None, value) => into.push((part, value)),
            }
        }
    }
}

impl Whole {
    /// The parts with what each is given.
    fn spread(&self, value: Option<Expr>, into: &mut Vec<(Var, Option<Expr>)>) {
        for (member, part) in &self.parts {
            let value = value.as_ref().map(|value| field_of(value, member));
            match (part, value) {
                (Part::Struct(inner), value) => inner.spread(value, into),
                (Part::One(var), value) => into.push((*var, value)),
            }
        }
    }

    fn put_together(&self) -> Expr {
        let fields = self.parts.iter().map(|(member, part)| {
            let value = match part {
                Part::One(var) => Expr::read(*var),
                Part::Struct(inner) => inner.put_together(),
            };
            (member.clone(), value)
        });
        Expr::Struct { path: self.path.clone(), fields: fields.collect(), rest: None, ty: self.ty.clone() }
    }
}

/// The struct that a place is, of those that came apart.
fn whole_at<'w>(place: &Place, wholes: &'w Wholes) -> Option<&'w Whole> {
    let mut whole = wholes.get(&place.root)?;
    for step in &place.proj {
        let Proj::Field(member) = step else { return None };
        match whole.parts.iter().find(|(known, _)| known == member)? {
            (_, Part::Struct(inner)) => whole = inner,
            (_, Part::One(_)) => return None,
        }
    }
    Some(whole)
}

fn renamed(mut value: Expr, wholes: &Wholes) -> Expr {
    rename_expr(&mut value, wholes);
    value
}

fn rename(operand: OperandMut, wholes: &Wholes) {
    match operand {
        OperandMut::Expr(expr) => rename_expr(expr, wholes),
        OperandMut::Place(place, _) => rename_place(place, wholes),
        OperandMut::Use(..) | OperandMut::Declare(_) => {}
    }
}

/// The struct whose value an expression is, of those that came apart, and the variable that it was.
fn whole_of<'w>(expr: &Expr, wholes: &'w Wholes) -> Option<(&'w Whole, Var)> {
    if let Expr::Move(var) = expr {
        return Some((wholes.get(var)?, *var));
    }
    let (Expr::Read(place) | Expr::ToOwned(place)) = expr else { return None };
    Some((whole_at(place, wholes)?, place.root))
}

fn rename_expr(expr: &mut Expr, wholes: &Wholes) {
    match whole_of(expr, wholes) {
        Some((whole, _)) => *expr = whole.put_together(),
        None => walk::operands_of_expr_mut(expr, &mut |operand| rename(operand, wholes)),
    }
}

fn rename_place(place: &mut Place, wholes: &Wholes) {
    walk::operands_of_place_mut(place, &mut |operand| rename(operand, wholes));
    let Some(mut whole) = wholes.get(&place.root) else { return };
    for at in 0..place.proj.len() {
        let Proj::Field(member) = &place.proj[at] else { return };
        match whole.parts.iter().find(|(known, _)| known == member) {
            Some((_, Part::Struct(inner))) => whole = inner,
            Some((_, Part::One(var))) => {
                place.root = *var;
                place.proj.drain(..=at);
                return;
            }
            None => return,
        }
    }
}

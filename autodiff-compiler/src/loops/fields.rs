//! The fields of structs and tuples that a loop works on become places of their own before it.
//!
//! `for i in … { s.v[i] += s.k * s.u[i] }` becomes `let s_k = s.k; let s_u = &s.u[..]; let s_v = &mut s.v[..];
//! for i in … { s_v[i] += s_k * s_u[i] }`: the passes after this one then tell the arrays apart,
//! as rustc does, and LLVM knows where they are and that no store changes a number.

use super::copies::{copy_vars, renamed};
use crate::ir::walk::{self, Access};
use crate::ir::{Block, Expr, Function, Place, Proj, Stmt, Ty, Var, VarInfo};
use proc_macro2::Span;
use std::collections::{BTreeMap, BTreeSet};
use syn::Member;

/// Does so before every loop of the blocks.
pub fn fields(f: &mut Function, blocks: &mut [&mut Block]) {
    for block in blocks.iter_mut() {
        visit(f, block);
    }
}

fn visit(f: &mut Function, block: &mut Block) {
    let mut out = Vec::with_capacity(block.stmts.len());
    for mut stmt in std::mem::take(&mut block.stmts) {
        if let Stmt::For { .. } | Stmt::While { .. } = stmt {
            out.extend(split(f, &mut stmt));
        }
        walk::blocks_of_mut(&mut stmt, &mut |inner| visit(f, inner));
        out.push(stmt);
    }
    block.stmts = out;
}

/// A field, by the way to it.
type Path = Vec<Member>;

/// What a loop does with a part of a variable that stands outside of it.
struct Use {
    path: Path,
    /// The step after the field.
    then: Option<Proj>,
    access: Access,
}

/// The declarations before a loop in which the fields have names of their own.
fn split(f: &mut Function, stmt: &mut Stmt) -> Vec<Stmt> {
    let mut declared = BTreeSet::new();
    walk::statement(stmt, &mut |inner| walk::declared_by(inner, &mut |var| _ = declared.insert(var)));
    let uses = uses(f, stmt, &declared);
    let mut stmts = Vec::new();
    let mut names = Vec::new();
    for (root, uses) in uses {
        for path in paths(&uses) {
            let used: Vec<&Use> = uses.iter().filter(|used| used.path == path).collect();
            if let Some((var, declaration)) = field(f, root, &path, &used) {
                stmts.push(declaration);
                names.push((root, path, var));
            }
        }
    }
    if names.is_empty() {
        return stmts;
    }
    let base = |f: &Function, var: Var| f.info(var).view_of.clone();
    if declared.iter().any(|var| base(f, *var).is_some_and(|place| part(&names, &place).is_some())) {
        let mut copies = BTreeMap::new();
        copy_vars(f, &declared, &mut copies);
        *stmt = renamed(stmt, &copies);
        for copy in copies.values() {
            let Some(mut place) = base(f, *copy) else { continue };
            shorten(&names, &mut place);
            f.vars[copy.0].view_of = Some(place);
        }
    }
    walk::statement_mut(stmt, &mut |inner| {
        walk::places_of_stmt_mut(inner, &mut |place| shorten(&names, place));
    });
    stmts
}

/// What a statement does with the variables around it of which only fields are used, each by no
/// other name.
fn uses(f: &Function, stmt: &Stmt, declared: &BTreeSet<Var>) -> BTreeMap<Var, Vec<Use>> {
    let mut uses: BTreeMap<Var, Vec<Use>> = BTreeMap::new();
    let mut note = |place: &Place, access: Access| {
        // A shape that the type says is not looked at.
        if access == Access::Shape && f.place_ty(place).has_known_shape() {
            return;
        }
        let mut place = place.clone();
        while declared.contains(&place.root)
            && let Some(base) = &f.info(place.root).view_of
        {
            let proj = base.proj.iter().cloned().chain(std::mem::take(&mut place.proj)).collect();
            place = Place { root: base.root, proj, span: place.span };
        }
        if !declared.contains(&place.root) {
            let path: Path = place.proj.iter().map_while(member).cloned().collect();
            let then = place.proj.get(path.len()).cloned();
            uses.entry(place.root).or_default().push(Use { path, then, access });
        }
    };
    walk::statement(stmt, &mut |inner| {
        walk::accesses_of_stmt(inner, &mut note);
        walk::declared_by(inner, &mut |var| {
            let info = f.info(var);
            if let Some(base) = &info.view_of {
                note(base, if info.by_ref == Some(true) { Access::Update } else { Access::Read });
            }
        });
    });
    let mut names: BTreeMap<Var, usize> = BTreeMap::new();
    for root in uses.keys() {
        *names.entry(f.storage(*root)).or_default() += 1;
    }
    // What may hold nothing yet is not looked at before the loop does.
    let there = |root: &Var| !f.info(*root).boxed && !f.info(*root).late;
    uses.retain(|root, uses| {
        names[&f.storage(*root)] == 1 && there(root) && uses.iter().all(|used| !used.path.is_empty())
    });
    uses
}

fn member(step: &Proj) -> Option<&Member> {
    match step {
        Proj::Field(member) => Some(member),
        Proj::Index(_) | Proj::Range(..) | Proj::Deref | Proj::Payload => None,
    }
}

/// The fields none of which holds another.
fn paths(uses: &[Use]) -> Vec<Path> {
    let mut paths: Vec<&Path> = Vec::new();
    for used in uses {
        if !paths.contains(&&used.path) {
            paths.push(&used.path);
        }
    }
    let apart = |path: &Path| {
        paths.iter().all(|other| *other == path || !(other.starts_with(path) || path.starts_with(other)))
    };
    paths.iter().filter(|path| apart(path)).map(|path| (*path).clone()).collect()
}

/// A name of its own for a field: a slice of its elements, a copy of a number that stays as it is, or a
/// reference to one.
fn field(f: &mut Function, root: Var, path: &Path, uses: &[&Use]) -> Option<(Var, Stmt)> {
    let mut place = Place::var(root);
    place.proj.extend(path.iter().cloned().map(Proj::Field));
    let elements = |used: &&Use| {
        used.access == Access::Shape || matches!(used.then, Some(Proj::Index(_) | Proj::Range(..)))
    };
    let ty = f.place_ty(&place);
    let scalar = ty.is_float() || ty.is_int() || matches!(ty, Ty::Bool);
    let ty = match ty {
        Ty::Vec(item) if uses.iter().all(elements) => {
            place.proj.push(Proj::Range(None, None));
            Ty::Slice(item)
        }
        ty @ Ty::Array(..) if uses.iter().all(elements) => ty,
        ty if scalar && uses.iter().all(|used| used.then.is_none()) => ty,
        _ => return None,
    };
    let mutable = uses.iter().any(|used| used.access.writes());
    let mut name = f.info(root).name.to_string();
    for member in path {
        match member {
            Member::Named(field) => name += &format!("_{field}"),
            Member::Unnamed(index) => name += &format!("_{}", index.index),
        }
    }
    let info = VarInfo::local(&name, ty, Span::call_site());
    if scalar && !mutable {
        let var = f.add_var(info);
        return Some((var, Stmt::Let { var, init: Some(Expr::Read(place)) }));
    }
    let var = f.add_var(VarInfo { by_ref: Some(mutable), view_of: Some(place), apart: true, ..info });
    Some((var, Stmt::View { var }))
}

/// The names that fields have.
type Names = [(Var, Path, Var)];

/// The field that a place is or lies in, and how many steps lead to it.
fn part(names: &Names, place: &Place) -> Option<(Var, usize)> {
    let fields = || place.proj.iter().map_while(member);
    let (.., path, var) = names.iter().find(|(root, path, _)| *root == place.root && fields().eq(path))?;
    Some((*var, path.len()))
}

fn shorten(names: &Names, place: &mut Place) {
    if let Some((var, steps)) = part(names, place) {
        place.root = var;
        place.proj.drain(..steps);
    }
}

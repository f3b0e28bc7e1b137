//! Where records begin.

use super::Emitter;
use super::types::tuple;
use crate::ir::{Block, Call, Callee, Expr, Function, Stmt, Ty, Var, walk};
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::{BTreeMap, BTreeSet};

impl Emitter<'_> {
    /// A `Stmt::RecordNew`.
    pub(super) fn record(&self, record: Var, capacity: Option<&Expr>) -> TokenStream {
        let (name, krate) = (self.name(record), self.krate);
        match (self.records.get(&record), capacity) {
            (Some(any), _) => quote!(let mut #name = #krate::rt::Record::new(#any);),
            (None, Some(capacity)) => {
                let capacity = self.value(capacity);
                quote!(let mut #name = #krate::rt::Vec::with_capacity(#capacity);)
            }
            (None, None) if self.seldom.contains(&record) => quote!(let mut #name = #krate::rt::Vec::new();),
            // Room for what a short loop keeps, so that it does not grow step by step.
            (None, None) => quote!(let mut #name = #krate::rt::Vec::with_capacity(16);),
        }
    }
}

/// Notes the records of scalars that one `while` fills: most such loops end after a few steps.
pub(super) fn mark_records(block: &Block, f: &Function, found: &mut BTreeMap<Var, TokenStream>) {
    for stmt in &block.stmts {
        if let Stmt::RecordNew { record, capacity: None } = stmt
            && let Some(any) = block.stmts.iter().find_map(|stmt| filled_by(stmt, *record, f))
        {
            found.insert(*record, any);
        }
        walk::blocks_of(stmt, &mut |inner| mark_records(inner, f, found));
    }
}

/// Notes the records that are filled in branches alone: what goes another way allocates nothing.
pub(super) fn mark_seldom(block: &Block, found: &mut BTreeSet<Var>) {
    for stmt in &block.stmts {
        if let Stmt::RecordNew { record, capacity: None } = stmt
            && block
                .stmts
                .iter()
                .all(|stmt| matches!(stmt, Stmt::If { .. } | Stmt::Match { .. }) || !fills(stmt, *record))
        {
            found.insert(*record);
        }
        walk::blocks_of(stmt, &mut |inner| mark_seldom(inner, found));
    }
}

/// Whether a function calls itself in a block.
pub(super) fn calls_itself(block: &Block, f: &Function) -> bool {
    let mut found = false;
    walk::statements(block, &mut |stmt| {
        if let Stmt::Call(Call { callee: Callee::Path(path), .. }) = stmt {
            found |= path.segments.last().is_some_and(|last| last.ident == f.name);
        }
    });
    found
}

fn fills(stmt: &Stmt, record: Var) -> bool {
    let mut found = matches!(stmt, Stmt::RecordPush { record: filled, .. } if *filled == record);
    walk::blocks_of(stmt, &mut |inner| found |= inner.stmts.iter().any(|stmt| fills(stmt, record)));
    found
}

/// Some entry of a record, if a `while` puts one of scalars into it in each of its own iterations.
fn filled_by(stmt: &Stmt, record: Var, f: &Function) -> Option<TokenStream> {
    let Stmt::While { body, .. } = stmt else { return None };
    body.stmts.iter().find_map(|stmt| match stmt {
        Stmt::RecordPush { record: filled, values } if *filled == record => {
            let entry: Option<Vec<TokenStream>> = values.iter().map(|value| any(&value.ty(f))).collect();
            let entry = entry?;
            Some(match entry.as_slice() {
                [any] => any.clone(),
                _ => tuple(entry),
            })
        }
        _ => None,
    })
}

fn any(ty: &Ty) -> Option<TokenStream> {
    match ty {
        Ty::F64 => Some(quote!(0.0_f64)),
        Ty::F32 => Some(quote!(0.0_f32)),
        Ty::Int(Some(_)) => Some(quote!(0)),
        Ty::Bool => Some(quote!(false)),
        Ty::Float
        | Ty::Generic(_)
        | Ty::Wide(_)
        | Ty::Int(None)
        | Ty::Inert
        | Ty::Array(..)
        | Ty::Slice(_)
        | Ty::Vec(_)
        | Ty::Deque(_)
        | Ty::Tuple(_)
        | Ty::Option(_)
        | Ty::Named(_)
        | Ty::Unknown => None,
    }
}

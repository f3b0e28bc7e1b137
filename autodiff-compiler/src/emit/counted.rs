//! `for` over ranges.

use super::Emitter;
use super::precedence::{Prec, at_least};
use crate::ir::walk::{self, Operand};
use crate::ir::{Block, Expr, Place, Proj, Stmt, Ty, Var};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

impl Emitter<'_> {
    /// A `Stmt::For`.
    pub(super) fn counted(&self, stmt: &Stmt) -> TokenStream {
        let Stmt::For { var, lo, hi, rev, body, exits, span } = stmt else {
            unreachable!("called for a loop over a range")
        };
        let name = match self.used[var.0] {
            true => self.binding(*var),
            false => quote!(_),
        };
        let lo = at_least(self.expr(lo), Prec::Or);
        let hi = match (hi, &self.function.info(*var).ty) {
            (Expr::Lit(syn::Lit::Int(hi)), Ty::Int(Some(ty))) => {
                let digits = hi.base10_digits();
                // What is an index is a `usize` anyway; a method may want to know before.
                let suffix = match ty == "usize" && is_index(*var, body) {
                    true => String::new(),
                    false => ty.to_string(),
                };
                syn::LitInt::new(&format!("{digits}{suffix}"), hi.span()).to_token_stream()
            }
            (hi, _) => at_least(self.expr(hi), Prec::Or),
        };
        let range = if *rev { quote!((#lo..#hi).rev()) } else { quote!(#lo..#hi) };
        let (keyword, within) = (Ident::new("for", *span), Ident::new("in", *span));
        if exits.is_empty() {
            if let Some(tokens) = self.in_chunks(stmt) {
                return tokens;
            }
            match body.stmts.as_slice() {
                // A whole array goes in or comes out.
                _ if let Some(Moved { record, array, pushed }) = self.moved(stmt) => {
                    let (record, array) = (self.name(record), self.name(array));
                    return match pushed {
                        true => quote!(#record.extend_from_slice(&#array);),
                        false => quote! {
                            {
                                let __start = #record.len() - #array.len();
                                #array.copy_from_slice(&#record[__start..]);
                                #record.truncate(__start);
                            }
                        },
                    };
                }
                // One check of the capacity for all of them.
                [Stmt::RecordPush { record, values }] => {
                    let (record, entry) = (self.name(*record), self.entry(values));
                    return quote!(#record.extend((#range).map(|#name| #entry)););
                }
                // One check of the length for all of them.
                [Stmt::RecordPop { record, vars }, rest @ ..]
                    if self.is_usize(*var)
                        && !self.records.contains_key(record)
                        && vars.iter().all(|var| self.is_scalar(*var)) =>
                {
                    let (record, entry) = (self.name(*record), self.popped(vars));
                    let body = self.stmts(rest);
                    let range = if *rev { range } else { quote!((#range)) };
                    return quote! {
                        {
                            let __start = #record.len() - (#lo..#hi).len();
                            #keyword (#name, #entry) #within #range.zip(#record[__start..].iter().copied().rev()) {
                                #body
                            }
                            #record.truncate(__start);
                        }
                    };
                }
                _ => {}
            }
        }
        let body = self.block(body);
        let exit = self.exits(exits);
        quote!(#keyword #name #within #range { #body #exit })
    }

    /// A loop over blocks, each of which puts whole arrays into records or takes them out: the records
    /// grow once before all blocks, or shrink once after them.
    fn in_chunks(&self, stmt: &Stmt) -> Option<TokenStream> {
        let Stmt::For { var, lo: Expr::Lit(syn::Lit::Int(lo)), hi: hi @ Expr::Read(_), rev, body, .. } = stmt
        else {
            return None;
        };
        let shares: Vec<Option<Share>> = body.stmts.iter().map(|stmt| self.share(stmt)).collect();
        let all = || shares.iter().flatten();
        let fits = all().all(|share| {
            share.pushed != *rev
                && !self.records.contains_key(&share.record)
                && uses_of(body, share.record) == 1
        });
        if all().next().is_none() || !fits || lo.base10_digits() != "0" || !self.is_usize(*var) {
            return None;
        }
        let hi = at_least(self.expr(hi), Prec::Or);
        let mut pattern = match self.used[var.0] {
            true => self.binding(*var),
            false => quote!(_),
        };
        let mut range = if *rev { quote!((0..#hi).rev()) } else { quote!((0..#hi)) };
        let (mut before, mut after, mut inner) = (TokenStream::new(), TokenStream::new(), TokenStream::new());
        let mut from = 0;
        let found = shares.iter().enumerate().filter_map(|(at, share)| Some((at, share.as_ref()?)));
        for (k, (at, share)) in found.enumerate() {
            let record = self.name(share.record);
            let (start, part) = (format_ident!("__start_{k}"), format_ident!("__part_{k}"));
            let length = match &share.chunk {
                Some(len) => quote!(#hi * #len),
                None => quote!(#hi),
            };
            if *rev {
                before.extend(quote!(let #start = #record.len() - #length;));
                after.extend(quote!(#record.truncate(#start);));
            } else {
                let zero = &share.zero;
                before.extend(quote!(let #start = #record.len(); #record.resize(#start + #length, #zero);));
            }
            let parts = match (&share.chunk, rev) {
                (Some(len), false) => quote!(chunks_exact_mut(#len)),
                (Some(len), true) => quote!(chunks_exact(#len).rev()),
                (None, false) => quote!(iter_mut()),
                (None, true) => quote!(iter().rev()),
            };
            pattern = quote!((#pattern, #part));
            range = quote!(#range.zip(#record[#start..].#parts));
            inner.extend(self.stmts(&body.stmts[from..at]));
            let value = &share.value;
            inner.extend(match (&share.chunk, rev) {
                (Some(_), false) => quote!(#part.copy_from_slice(&#value);),
                (Some(_), true) => quote!(#value.copy_from_slice(#part);),
                (None, false) => quote!(*#part = #value;),
                (None, true) => quote!(let #value = *#part;),
            });
            from = at + 1;
        }
        inner.extend(self.stmts(&body.stmts[from..]));
        Some(quote!({ #before for #pattern in #range { #inner } #after }))
    }

    /// What a block puts into a record, or takes out.
    fn share(&self, stmt: &Stmt) -> Option<Share> {
        let is_block = |ty: &Ty| matches!(ty, Ty::Array(item, _) if self.zero_scalar(item).is_some());
        match stmt {
            Stmt::RecordPush { record, values } => {
                let zeros = values.iter().map(|value| match value.ty(self.function) {
                    Ty::Array(item, len) => {
                        let zero = self.zero_scalar(&item)?;
                        Some(quote!([#zero; #len]))
                    }
                    _ => None,
                });
                let zero = super::types::tuple(zeros.collect::<Option<Vec<_>>>()?);
                let value = self.entry(values);
                (values.len() > 1).then_some(Share {
                    record: *record,
                    pushed: true,
                    chunk: None,
                    zero,
                    value,
                })
            }
            Stmt::RecordPop { record, vars } => {
                let blocks = vars.len() > 1 && vars.iter().all(|var| is_block(&self.function.info(*var).ty));
                let (zero, value) = (TokenStream::new(), self.popped(vars));
                blocks.then_some(Share { record: *record, pushed: false, chunk: None, zero, value })
            }
            stmt => {
                let Moved { record, array, pushed } = self.moved(stmt)?;
                let Ty::Array(item, len) = &self.function.info(array).ty else { return None };
                let (zero, array) = (self.zero_scalar(item)?, self.name(array));
                Some(Share { record, pushed, chunk: Some(len.clone()), zero, value: quote!(#array) })
            }
        }
    }

    fn zero_scalar(&self, ty: &Ty) -> Option<TokenStream> {
        match ty {
            ty if ty.is_float() => Some(self.constant(0.0, ty).0),
            Ty::Bool => Some(quote!(false)),
            Ty::Int(_) => Some(quote!(0)),
            _ => None,
        }
    }

    /// A loop that does nothing but put an array of scalars into a record, or take it out.
    fn moved(&self, stmt: &Stmt) -> Option<Moved> {
        let Stmt::For { rev, body, exits, .. } = stmt else { return None };
        let (record, place, pushed) = match body.stmts.as_slice() {
            [Stmt::RecordPush { record, values }] => {
                let [Expr::Read(place)] = values.as_slice() else { return None };
                (*record, place, true)
            }
            [
                Stmt::RecordPop { record, vars },
                Stmt::Assign { place, op: None, value: Expr::Read(taken), .. },
            ] if taken.is_var() && *vars == [taken.root] => (*record, place, false),
            _ => return None,
        };
        let array = self.whole_array(place, stmt)?;
        let fits = exits.is_empty() && pushed != *rev && !self.records.contains_key(&record);
        fits.then_some(Moved { record, array, pushed })
    }

    /// The array of scalars of which a loop takes each element in turn, as `place` names it.
    fn whole_array(&self, place: &Place, stmt: &Stmt) -> Option<Var> {
        let Stmt::For { var, lo: Expr::Lit(syn::Lit::Int(lo)), hi, .. } = stmt else { return None };
        let [Proj::Index(Expr::Read(index))] = place.proj.as_slice() else { return None };
        let Ty::Array(item, len) = &self.function.info(place.root).ty else { return None };
        let same = match hi {
            Expr::Lit(syn::Lit::Int(hi)) => hi.base10_digits() == len.to_string(),
            hi => self.value(hi).to_string() == len.to_string(),
        };
        let whole = lo.base10_digits() == "0" && same;
        let scalar = item.is_float() || item.is_int() || matches!(**item, Ty::Bool);
        (whole && scalar && index.is_var() && index.root == *var).then_some(place.root)
    }

    fn is_usize(&self, var: Var) -> bool {
        matches!(&self.function.info(var).ty, Ty::Int(Some(name)) if name == "usize")
    }

    /// A variable that is copied out of a record.
    fn is_scalar(&self, var: Var) -> bool {
        let info = self.function.info(var);
        (info.ty.is_float() || info.ty.is_int() || matches!(info.ty, Ty::Bool)) && !info.boxed
    }
}

/// A whole array that goes into a record or comes out of it.
struct Moved {
    record: Var,
    array: Var,
    pushed: bool,
}

/// What a block puts into a record, or takes out.
struct Share {
    record: Var,
    pushed: bool,
    /// How many entries it is; none: one of arrays.
    chunk: Option<TokenStream>,
    /// What an entry holds before it is written.
    zero: TokenStream,
    /// What goes in, or the pattern of what comes out.
    value: TokenStream,
}

/// How many statements of a block have to do with a record.
fn uses_of(block: &Block, record: Var) -> usize {
    let mut uses = 0;
    walk::statements(block, &mut |stmt| {
        walk::accesses_of_stmt(stmt, &mut |place, _| uses += usize::from(place.root == record));
    });
    uses
}

/// Whether a block names an element by a variable alone, and does nothing else with it that needs its type.
fn is_index(var: Var, block: &Block) -> bool {
    let reads = |expr: &Expr| matches!(expr, Expr::Read(read) if read.is_var() && read.root == var);
    let (mut found, mut asked) = (false, false);
    walk::statements(block, &mut |stmt| {
        walk::accesses_of_stmt(stmt, &mut |place, _| {
            found |= place.proj.iter().any(|step| matches!(step, Proj::Index(index) if reads(index)));
        });
        walk::operands_of_stmt(stmt, &mut |operand| {
            if let Operand::Expr(expr) = operand {
                walk::subexprs(expr, &mut |part| {
                    asked |= matches!(part, Expr::Opaque { args, .. } if args.iter().any(reads));
                });
            }
        });
    });
    found && !asked
}

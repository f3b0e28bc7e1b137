//! `for` over ranges.

use super::Emitter;
use super::precedence::{Prec, at_least};
use crate::ir::{Expr, Place, Proj, Stmt, Ty, Var};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

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
        let hi = at_least(self.expr(hi), Prec::Or);
        let range = if *rev { quote!((#lo..#hi).rev()) } else { quote!(#lo..#hi) };
        let (keyword, within) = (Ident::new("for", *span), Ident::new("in", *span));
        if exits.is_empty() {
            match body.stmts.as_slice() {
                // A whole array goes in or comes out.
                [Stmt::RecordPush { record, values }]
                    if let [Expr::Read(place)] = values.as_slice()
                        && let Some(array) = self.whole_array(place, stmt) =>
                {
                    let (record, array) = (self.name(*record), self.name(array));
                    return quote!(#record.extend_from_slice(&#array););
                }
                [
                    Stmt::RecordPop { record, vars },
                    Stmt::Assign { place, op: None, value: Expr::Read(taken), .. },
                ] if let ([var], true) = (vars.as_slice(), *rev)
                    && taken.is_var()
                    && taken.root == *var
                    && !self.records.contains_key(record)
                    && let Some(array) = self.whole_array(place, stmt) =>
                {
                    let (record, array) = (self.name(*record), self.name(array));
                    return quote! {
                        {
                            let __start = #record.len() - #array.len();
                            #array.copy_from_slice(&#record[__start..]);
                            #record.truncate(__start);
                        }
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

    /// The array of scalars of which a loop takes each element in turn, as `place` names it.
    fn whole_array(&self, place: &Place, stmt: &Stmt) -> Option<Var> {
        let Stmt::For { var, lo: Expr::Lit(syn::Lit::Int(lo)), hi, .. } = stmt else { return None };
        let [Proj::Index(Expr::Read(index))] = place.proj.as_slice() else { return None };
        let Ty::Array(item, len) = &self.function.info(place.root).ty else { return None };
        let whole = lo.base10_digits() == "0" && self.value(hi).to_string() == len.to_string();
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

//! Patterns that may not match: what they bind, and what stands for them in the IR.

use super::Lowerer;
use super::closure::is_camel;
use super::scope::Operand;
use crate::diagnostics::message;
use crate::ir::{Expr, Op, Pattern, Place, Proj, Ty, Var, VarInfo, outcome_variant};
use crate::names::pattern_vars;
use quote::ToTokens;
use std::collections::BTreeMap;
use syn::Pat;

/// What is matched, and how its parts are bound.
pub(super) struct Scrutinee {
    pub on: Place,
    /// Bound by reference; whether mutably.
    pub by_ref: Option<bool>,
    /// The variable of each name, for alternatives that bind the same names.
    pub vars: BTreeMap<String, Var>,
    /// The type of what the pattern at hand is of, as far as it is known.
    pub item: Ty,
    /// What is bound as `mut`: a copy that the arm changes, declared at its top.
    pub copied: BTreeMap<String, syn::Ident>,
}

impl Scrutinee {
    pub(super) fn new(on: Place, by_ref: Option<bool>) -> Scrutinee {
        Scrutinee { on, by_ref, vars: BTreeMap::new(), item: Ty::Unknown, copied: BTreeMap::new() }
    }
}

impl Lowerer<'_> {
    /// Lowers a pattern, and binds its names. `part`: the place matched, where it has a name of
    /// its own (`on`, or a field of a tuple in it).
    pub(super) fn pattern(&mut self, pat: &Pat, part: Option<&Place>, scrutinee: &mut Scrutinee) -> Pattern {
        match pat {
            Pat::Wild(_) => Pattern::Wild,
            Pat::Rest(_) => Pattern::Rest,
            Pat::Paren(inner) => self.pattern(&inner.pat, part, scrutinee),
            Pat::Type(inner) => self.pattern(&inner.pat, part, scrutinee),
            Pat::Reference(inner) => {
                let outer = scrutinee.by_ref.take();
                let pattern = self.pattern(&inner.pat, part, scrutinee);
                scrutinee.by_ref = outer;
                pattern
            }
            Pat::Ident(ident) => self.ident_pattern(ident, part, scrutinee),
            Pat::Lit(_) | Pat::Range(_) | Pat::Const(_) | Pat::Path(_) | Pat::Macro(_) => {
                Pattern::Tokens(pat.to_token_stream())
            }
            Pat::Or(or) => {
                let cases = or.cases.iter().map(|case| self.pattern(case, part, scrutinee)).collect();
                Pattern::Or(cases)
            }
            Pat::Tuple(tuple) => {
                let rest = tuple.elems.iter().position(|elem| matches!(elem, Pat::Rest(_)));
                let whole = std::mem::replace(&mut scrutinee.item, Ty::Unknown);
                let items = tuple
                    .elems
                    .iter()
                    .enumerate()
                    .map(|(k, elem)| {
                        let field = match (part, rest) {
                            (Some(part), rest) if rest.is_none_or(|rest| k < rest) => {
                                Some(part.project(Proj::Field(syn::Member::from(k))))
                            }
                            _ => None,
                        };
                        let item = match (&whole, rest) {
                            (Ty::Tuple(items), rest) if rest.is_none_or(|rest| k < rest) => items.get(k),
                            _ => None,
                        };
                        scrutinee.item = item.cloned().unwrap_or(Ty::Unknown);
                        self.pattern(elem, field.as_ref(), scrutinee)
                    })
                    .collect();
                Pattern::Tuple(items)
            }
            Pat::Slice(slice) => {
                let of_items = std::mem::replace(&mut scrutinee.item, Ty::Unknown).element();
                let rest = slice.elems.iter().position(is_rest);
                let items = slice
                    .elems
                    .iter()
                    .enumerate()
                    .map(|(k, elem)| match elem {
                        Pat::Ident(ident) if is_rest(elem) => {
                            self.rest_pattern(ident, part, k, slice.elems.len() - k - 1, scrutinee)
                        }
                        elem => {
                            scrutinee.item = of_items.clone();
                            let index = super::pattern::usize_lit(k);
                            let item = match (part, rest) {
                                (Some(part), rest) if rest.is_none_or(|rest| k < rest) => {
                                    Some(part.project(Proj::Index(index)))
                                }
                                // Computed before it is known to match, so never below zero.
                                (Some(part), Some(_)) => {
                                    let back = super::pattern::usize_lit(slice.elems.len() - k);
                                    let len = self.length(part);
                                    let len = self.at_least(len, back.clone());
                                    let index = self.index_atom(Expr::prim(Op::Sub, vec![len, back]));
                                    Some(part.project(Proj::Index(index)))
                                }
                                _ => None,
                            };
                            self.pattern(elem, item.as_ref(), scrutinee)
                        }
                    })
                    .collect();
                Pattern::Slice(items)
            }
            Pat::TupleStruct(inner)
                if part.is_some_and(|part| self.is_optional(part)) && names_result(pat) =>
            {
                // A result whose error is not looked at has become an option.
                scrutinee.item = self.payload_ty(&scrutinee.on);
                let items: Vec<Pattern> =
                    inner.elems.iter().map(|elem| self.pattern(elem, None, scrutinee)).collect();
                match outcome_variant(&inner.path) == Some("Ok") {
                    true => Pattern::TupleStruct(quote::quote!(::core::option::Option::Some), items),
                    false => Pattern::Tokens(quote::quote!(::core::option::Option::None)),
                }
            }
            Pat::TupleStruct(inner) => {
                let whole = std::mem::replace(&mut scrutinee.item, Ty::Unknown);
                let payload = match (outcome_variant(&inner.path), part, whole) {
                    // Of what an error is, no more is known.
                    (Some("Err"), part, _) => {
                        part.and_then(|part| self.error_ty(part)).unwrap_or(Ty::Unknown)
                    }
                    (Some(_), Some(part), _) => self.payload_ty(part),
                    (Some(_), None, Ty::Option(item)) => *item,
                    _ => Ty::Unknown,
                };
                let held = self.held_by_variant(&inner.path);
                let rest = inner.elems.iter().position(|elem| matches!(elem, Pat::Rest(_)));
                let items = inner.elems.iter().enumerate().map(|(k, elem)| {
                    // Behind a `..` they are counted from the end.
                    let at = match rest {
                        Some(rest) if k > rest => (held.len() + k).checked_sub(inner.elems.len()),
                        Some(_) | None => Some(k),
                    };
                    let own = at.and_then(|at| held.get(at)).map(|(_, ty)| ty.clone());
                    scrutinee.item = own.unwrap_or_else(|| payload.clone());
                    self.pattern(elem, None, scrutinee)
                });
                let items: Vec<Pattern> = items.collect();
                if outcome_variant(&inner.path) == Some("Err") {
                    let mut bound = Vec::new();
                    items.iter().for_each(|item| pattern_vars(item, &mut bound));
                    self.check_useful(bound, &inner.elems, message::ACTIVE_ERROR);
                }
                let path = self.variant_path(&inner.path, part);
                let path = syn::ExprPath { attrs: Vec::new(), qself: inner.qself.clone(), path };
                Pattern::TupleStruct(path.to_token_stream(), items)
            }
            Pat::Struct(inner) => {
                let held = self.held_by_variant(&inner.path);
                // Fields of a struct have names of their own: the arm may use the whole beside them. Where the
                // whole may change, they are what it was before.
                let fixed = scrutinee.by_ref != Some(true) && !self.f.info(scrutinee.on.root).mutable;
                let whole = part.filter(|part| fixed && self.names_struct(&inner.path, part));
                let fields = inner
                    .fields
                    .iter()
                    .map(|field| {
                        let own = held.iter().find(|(member, _)| *member == field.member);
                        scrutinee.item = own.map_or(Ty::Unknown, |(_, ty)| ty.clone());
                        let part = whole.map(|whole| whole.project(Proj::Field(field.member.clone())));
                        (field.member.clone(), self.pattern(&field.pat, part.as_ref(), scrutinee))
                    })
                    .collect();
                let path = self.variant_path(&inner.path, part);
                let path = syn::ExprPath { attrs: Vec::new(), qself: inner.qself.clone(), path };
                Pattern::Struct { path: path.to_token_stream(), fields, rest: inner.rest.is_some() }
            }
            _ => {
                self.error(pat, message::PATTERN);
                Pattern::Wild
            }
        }
    }

    /// The path of a pattern. One segment that is not the matched type's name is a variant that
    /// stands under a `use`; its tangent is found through the type.
    fn variant_path(&self, path: &syn::Path, part: Option<&Place>) -> syn::Path {
        let Some(Ty::Named(ty)) = part.map(|part| self.f.place_ty(part)) else { return path.clone() };
        let syn::Type::Path(ty) = &ty.written else { return path.clone() };
        let (Some(variant), Some(owner)) = (path.segments.first(), ty.path.segments.last()) else {
            return path.clone();
        };
        let standard = outcome_variant(path).is_some();
        if path.segments.len() > 1 || ty.qself.is_some() || standard || variant.ident == owner.ident {
            return path.clone();
        }
        let mut whole = ty.path.clone();
        if let Some(owner) = whole.segments.last_mut() {
            owner.arguments = syn::PathArguments::None;
        }
        whole.segments.push(variant.clone());
        whole
    }

    /// Whether a path in a pattern is the matched type itself, a struct, and no variant of it.
    fn names_struct(&self, path: &syn::Path, part: &Place) -> bool {
        let Ty::Named(ty) = self.f.place_ty(part) else { return false };
        let (Some(name), syn::Type::Path(ty)) = (path.get_ident(), &ty.written) else { return false };
        name == "Self" || ty.path.segments.last().is_some_and(|owner| owner.ident == *name)
    }

    fn rest_pattern(
        &mut self,
        ident: &syn::PatIdent,
        part: Option<&Place>,
        at: usize,
        after: usize,
        scrutinee: &Scrutinee,
    ) -> Pattern {
        let Some(part) = part else {
            self.error(ident, message::PATTERN);
            return Pattern::Rest;
        };
        // Computed before it is known to match, so never below where it begins.
        let end = (after > 0).then(|| {
            let len = self.length(part);
            let len = self.at_least(len, super::pattern::usize_lit(at + after));
            self.index_atom(Expr::prim(Op::Sub, vec![len, super::pattern::usize_lit(after)]))
        });
        let range = Proj::Range(Some(super::pattern::usize_lit(at)), end);
        let mutable = scrutinee.by_ref == Some(true);
        self.scopes.bind(&ident.ident, Operand::Ref(part.project(range), mutable));
        Pattern::Rest
    }

    /// Copies what a pattern binds as `mut`, at the top of its arm.
    pub(super) fn copy_bound(&mut self, scrutinee: &Scrutinee) {
        for name in scrutinee.copied.values() {
            self.stmt(&syn::parse_quote!(let mut #name = #name;));
        }
    }

    fn ident_pattern(
        &mut self,
        ident: &syn::PatIdent,
        part: Option<&Place>,
        scrutinee: &mut Scrutinee,
    ) -> Pattern {
        let plain = ident.by_ref.is_none() && ident.mutability.is_none() && ident.subpat.is_none();
        let name = ident.ident.to_string();
        let constant = plain && is_camel(&ident.ident) && name.len() > 1;
        if constant {
            return Pattern::Tokens(ident.to_token_stream());
        }
        let by_ref = match ident.by_ref {
            Some(_) => Some(ident.mutability.is_some()),
            // A value of its own, which the arm copies.
            None if ident.mutability.is_some() => None,
            None => scrutinee.by_ref,
        };
        if ident.mutability.is_some() && ident.by_ref.is_none() {
            scrutinee.copied.insert(name.clone(), ident.ident.clone());
        }
        // `n @ 0..=3`, of a part without a name of its own.
        let numbers = ident.subpat.as_ref().filter(|(_, sub)| part.is_none() && is_of_numbers(sub));
        let sub = ident.subpat.as_ref().filter(|_| numbers.is_none());
        let inner = sub.map(|(_, sub)| self.pattern(sub, part, scrutinee));
        if let Some(part) = part {
            // The part has a name already.
            if by_ref.is_none() {
                self.part_aliases.insert(self.f.storage(part.root));
            }
            let operand = match by_ref {
                None => Operand::Place(part.clone()),
                Some(mutable) => Operand::Ref(part.clone(), mutable),
            };
            self.scopes.bind(&ident.ident, operand);
            return inner.unwrap_or(Pattern::Wild);
        }
        if inner.is_some() {
            self.error(ident, message::PATTERN);
        }
        let var = match scrutinee.vars.get(&name) {
            Some(var) => *var,
            None => {
                let mutable = by_ref == Some(true);
                let ty = scrutinee.item.clone();
                let var = self.f.add_var(VarInfo {
                    name: ident.ident.clone(),
                    by_ref: Some(mutable),
                    mutable,
                    view_of: Some(scrutinee.on.project(Proj::Payload)),
                    ..VarInfo::local("v", ty, ident.ident.span())
                });
                scrutinee.vars.insert(name, var);
                var
            }
        };
        let operand = match by_ref {
            None => Operand::var(var),
            Some(mutable) => Operand::Ref(Place::var(var), mutable),
        };
        self.scopes.bind(&ident.ident, operand);
        match numbers {
            Some((_, sub)) => Pattern::At(var, sub.to_token_stream()),
            None => Pattern::Bind(var),
        }
    }

    /// What a variant holds, `Shape::Circle` or `Self::Circle`, where its enum stands in the same module.
    fn held_by_variant(&self, path: &syn::Path) -> Vec<(syn::Member, Ty)> {
        let segments: Vec<_> = path.segments.iter().collect();
        let [owner, variant] = segments[..] else { return Vec::new() };
        let owner = match &self.types.self_ty {
            Some(syn::Type::Path(this)) if owner.ident == "Self" => match this.path.segments.last() {
                Some(last) => &last.ident,
                None => return Vec::new(),
            },
            _ if self.is_own_name(&owner.ident.to_string()) => return Vec::new(),
            _ => &owner.ident,
        };
        let Some(fields) = self.around.held_by_variant(owner, &variant.ident) else { return Vec::new() };
        let held = fields.iter().enumerate().map(|(k, field)| {
            let member = field.ident.clone().map_or(syn::Member::from(k), syn::Member::Named);
            (member, self.types.ty(&field.ty))
        });
        held.collect()
    }

    /// The type of the error of a result, where that has no derivative.
    fn error_ty(&self, on: &Place) -> Option<Ty> {
        let given = self.error_types.get(&on.root).filter(|_| on.is_var()).cloned();
        given.or_else(|| match self.f.place_ty(on) {
            Ty::Named(named) => self.inert_error(&named.written),
            _ => None,
        })
    }

    fn payload_ty(&self, on: &Place) -> Ty {
        match self.f.place_ty(on) {
            Ty::Option(item) => *item,
            _ => self.payload_of_result(on),
        }
    }
}

pub(super) fn names_result(pat: &Pat) -> bool {
    match pat {
        Pat::TupleStruct(inner) => matches!(outcome_variant(&inner.path), Some("Ok" | "Err")),
        Pat::Paren(inner) => names_result(&inner.pat),
        Pat::Guard(inner) => names_result(&inner.pat),
        Pat::Reference(inner) => names_result(&inner.pat),
        Pat::Or(inner) => inner.cases.iter().any(names_result),
        _ => false,
    }
}

pub(super) fn is_rest(pat: &Pat) -> bool {
    match pat {
        Pat::Rest(_) => true,
        Pat::Ident(ident) => ident.subpat.as_ref().is_some_and(|(_, sub)| matches!(**sub, Pat::Rest(_))),
        _ => false,
    }
}

/// Whether a pattern is one of literals and ranges, without names.
fn is_of_numbers(pat: &Pat) -> bool {
    match pat {
        Pat::Lit(_) | Pat::Range(_) => true,
        Pat::Paren(inner) => is_of_numbers(&inner.pat),
        Pat::Or(inner) => inner.cases.iter().all(is_of_numbers),
        _ => false,
    }
}

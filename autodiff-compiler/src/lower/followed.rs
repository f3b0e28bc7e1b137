//! Elements of users' types, `m[(i, j)]`, whose `impl Index` shows which part of the value they are: they are that part.

use super::Lowerer;
use super::scope::Operand;
use super::small::Known;
use super::small_functions::{LARGEST, method};
use super::stmt::unparen;
use crate::ir::{Place, Ty};
use proc_macro2::{Ident, Span};
use quote::ToTokens;
use std::rc::Rc;
use syn::spanned::Spanned;
use syn::{FnArg, ImplItemFn, Type};

impl Lowerer<'_> {
    /// The element, as a place.
    pub(super) fn followed_element(&mut self, index: &syn::ExprIndex) -> Option<Operand> {
        let small = self.followed_index(index)?;
        let base = self.operand(&index.expr, &Ty::Unknown);
        let (Operand::Place(place) | Operand::Ref(place, _)) = self.located(base, "a") else { return None };
        let key = match unparen(&index.index) {
            syn::Expr::Tuple(tuple) => {
                let elems: Vec<&syn::Expr> = tuple.elems.iter().collect();
                let numbers = self.sequence(elems.len(), &mut |this, k| {
                    let number = this.inactive(elems[k], &super::types::usize_ty());
                    Operand::Value(this.index_atom(number))
                });
                Operand::Tuple(numbers)
            }
            key => {
                let number = self.inactive(key, &super::types::usize_ty());
                Operand::Value(self.index_atom(number))
            }
        };
        let part = self.inline_operator(&small, vec![Operand::Ref(place, false), key])?;
        Some(match part {
            Operand::Ref(place, _) => Operand::Place(Place { span: index.span(), ..place }),
            other => other,
        })
    }

    /// The function that finds an element, where its text shows which part it is.
    pub(super) fn followed_index(&self, index: &syn::ExprIndex) -> Known {
        let numbers = match unparen(&index.index) {
            syn::Expr::Tuple(tuple) => Some(tuple.elems.len()),
            syn::Expr::Range(_) | syn::Expr::Array(_) | syn::Expr::Repeat(_) => return None,
            key if matches!(self.type_of(key), Ty::Tuple(_) | Ty::Array(..)) => return None,
            _ => None,
        };
        let ty = self.holder(&index.expr);
        let Ty::Named(named) = &ty else { return None };
        if self.tree || named.fields.is_none() || self.is_marked(&index.expr) {
            return None;
        }
        let owner = self.type_name(&ty)?;
        if self.types.structures.hides(&owner) {
            return None;
        }
        // Of a generic's elements that nobody told the type of, the rules know it.
        let told = named.fields.iter().flat_map(|fields| fields.iter()).all(|field| field.ty.is_known());
        if !told {
            return None;
        }
        let owner = Ident::new(&owner, Span::call_site());
        let key = format!("{owner} {numbers:?}");
        let known = self.small.indices.borrow().get(&key).cloned();
        let found = known.unwrap_or_else(|| {
            let found = self.finds_by(&owner, numbers, ty.is_open());
            self.small.indices.borrow_mut().insert(key, found.clone());
            found
        });
        // Where text has grown too much, the rules do it.
        found.filter(|small| self.can_inline(small))
    }

    fn finds_by(&self, owner: &Ident, numbers: Option<usize>, open: bool) -> Known {
        if !self.around.is_of_module(owner) && !open {
            return None;
        }
        let by = |name: &str| {
            let found = self.around.indexing(owner, &Ident::new(name, Span::call_site()));
            let fits = |item: &ImplItemFn| takes(item, numbers);
            found.into_iter().filter(|(_, found)| fits(&found.item)).collect::<Vec<_>>()
        };
        let [(block, found)] = &by("index")[..] else { return None };
        // What is changed is the part that is read.
        let same = |changed: &ImplItemFn| text(changed) == text(&found.item);
        if !found.whole || !by("index_mut").iter().all(|(_, changed)| changed.whole && same(&changed.item)) {
            return None;
        }
        let small = method(owner, block, &found.item, (0, LARGEST))?;
        (small.is_free_of_calls() && !small.chooses()).then(|| Rc::new(small))
    }
}

/// Whether an index is a tuple of so many numbers, or a number.
fn takes(item: &ImplItemFn, numbers: Option<usize>) -> bool {
    let Some(FnArg::Typed(typed)) = item.sig.inputs.get(1) else { return false };
    let number = |ty: &Type| matches!(ty, Type::Path(path) if path.path.is_ident("usize"));
    match (&*typed.ty, numbers) {
        (Type::Tuple(tuple), Some(count)) => tuple.elems.len() == count && tuple.elems.iter().all(number),
        (ty, None) => number(ty),
        _ => false,
    }
}

/// The body, whether it lends the part to be changed or not.
fn text(item: &ImplItemFn) -> String {
    fn plain(tokens: proc_macro2::TokenStream) -> String {
        let words = tokens.into_iter().map(|token| match token {
            proc_macro2::TokenTree::Group(group) => format!("({})", plain(group.stream())),
            token => token.to_string().replace("as_mut_slice", "as_slice"),
        });
        words.filter(|word| word != "mut").collect::<Vec<_>>().join(" ")
    }
    let (input, body) = (item.sig.inputs.get(1).to_token_stream(), item.block.to_token_stream());
    plain(input) + &plain(body)
}

//! Expressions without a derivative, passed on as tokens with holes for the locals they read.

use super::Lowerer;
use super::effects::CHANGING;
use super::holes::Holes;
use super::scope::Operand;
use super::signatures::Receiver;
use crate::ir::{Expr, Place, Proj, Stmt, Ty, Var, walk};
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::Member;
use syn::visit::{self, Visit};

impl Lowerer<'_> {
    /// An expression as tokens. `refusal`: what to say if a local it reads turns out to be active;
    /// `None` where the value has no derivative whatever it is made of.
    pub(super) fn opaque(&mut self, expr: &syn::Expr, ty: Ty, refusal: Option<String>) -> Expr {
        let (tokens, args, vars) = self.opaque_parts(expr);
        if let Some(message) = refusal {
            self.check(vars, expr, message);
        }
        Expr::Opaque { tokens, args, ty }
    }

    pub(super) fn opaque_operand(&mut self, expr: &syn::Expr, ty: Ty, refusal: Option<String>) -> Operand {
        Operand::Value(self.opaque(expr, ty, refusal))
    }

    /// An expression that has no derivative, as far as its name tells. Where it reads what may be
    /// active rustc checks that claim: a method of the user's may have that name and give a float.
    pub(super) fn locally_constant(&mut self, expr: &syn::Expr, ty: Ty, name: Span) -> Operand {
        let (tokens, args, vars) = self.opaque_parts(expr);
        let tokens = if vars.is_empty() { tokens } else { self.claimed_constant(&tokens, name) };
        Operand::Value(Expr::Opaque { tokens, args, ty })
    }

    /// Tokens, with a check that their value is made of integers, `bool`s and the like.
    pub(super) fn claimed_constant(&self, tokens: &TokenStream, name: Span) -> TokenStream {
        let krate = &self.krate;

        quote_spanned!(name=> #krate::rt::locally_constant(#tokens))
    }

    /// The tokens with holes, what goes into the holes, and the active-capable variables read.
    pub(super) fn opaque_parts(&mut self, expr: &syn::Expr) -> (TokenStream, Vec<Expr>, Vec<Var>) {
        let mut expr = expr.clone();
        let mut holes = Holes::new(self.scopes.clone());
        syn::visit_mut::VisitMut::visit_expr_mut(&mut holes, &mut expr);
        self.filled(expr.to_token_stream(), holes)
    }

    /// As [`opaque_parts`](Self::opaque_parts), for a macro.
    pub(super) fn opaque_macro(&mut self, mac: &syn::Macro) -> (TokenStream, Vec<Expr>, Vec<Var>) {
        let mut mac = mac.clone();
        let mut holes = Holes::new(self.scopes.clone());
        syn::visit_mut::VisitMut::visit_macro_mut(&mut holes, &mut mac);
        self.filled(mac.to_token_stream(), holes)
    }

    fn filled(&mut self, tokens: TokenStream, holes: Holes) -> (TokenStream, Vec<Expr>, Vec<Var>) {
        let mut args = Vec::new();
        let mut vars = Vec::new();
        let places = holes.args.iter().map(|(operand, _)| match operand {
            Operand::Place(place) => Some(place.clone()),
            _ => None,
        });
        let changed = self.changed_holes(&tokens, &places.collect::<Vec<_>>());
        for (k, (operand, mutable)) in holes.args.into_iter().enumerate() {
            let arg = match self.where_it_is(operand) {
                // Sets, maps, generators: that they change decides what may be computed again.
                Operand::Place(place) if changed.contains(&k) => {
                    let ty = self.f.place_ty(&place);
                    let borrow = Expr::Borrow { place, mutable: true };
                    Expr::Opaque { tokens: quote!((*__hole_0)), args: vec![borrow], ty }
                }
                Operand::Place(place) | Operand::Ref(place, _)
                    if holes.pointees.contains_key(&k) && !self.may_be_pointer(&place) =>
                {
                    Expr::Read(place)
                }
                Operand::Place(place) | Operand::Ref(place, _)
                    if !holes.lengths.contains(&k) && self.is_list(&place) =>
                {
                    self.written_list(&place)
                }
                Operand::Place(place) => Expr::Read(place),
                Operand::Ref(place, may) => Expr::Borrow { place, mutable: may && mutable },
                Operand::Value(value) => value,
                Operand::Closure(closure) => {
                    let (value, captured) = self.closure_as_value(&closure);
                    vars.extend(captured);
                    value
                }
                // An option of a reference is one there, too.
                Operand::Maybe(ref maybe) if let Operand::Ref(place, _) = &maybe.payload => {
                    let borrow = Expr::Borrow { place: place.clone(), mutable: false };
                    let args = vec![maybe.some.clone(), borrow];
                    let tokens = quote!(if __hole_0 {
                        ::core::option::Option::Some(__hole_1)
                    } else {
                        ::core::option::Option::None
                    });
                    Expr::Opaque { tokens: quote!((#tokens)), args, ty: Ty::Inert }
                }
                other @ (Operand::Tuple(_) | Operand::Stream(_) | Operand::Maybe(_)) => self.value_of(other),
            };
            args.push(match holes.pointees.get(&k) {
                Some(depth) if !matches!(arg, Expr::Read(_)) => {
                    let stars = TokenStream::from_iter(std::iter::repeat_n(quote!(*), *depth));
                    Expr::Opaque { tokens: quote!((#stars __hole_0)), args: vec![arg], ty: Ty::Unknown }
                }
                Some(_) | None => arg,
            });
        }
        for (k, arg) in args.iter().enumerate() {
            let length = holes.lengths.contains(&k);
            if let Expr::Read(place) | Expr::Borrow { place, .. } = arg
                && self.uses_inert_fields(&tokens, k, place)
            {
                continue;
            }
            walk::accesses_of_expr(arg, &mut |place, _| {
                let storage = self.f.storage(place.root);
                // The length of a sequence is an integer, whatever is in it.
                let sequence = matches!(
                    self.f.place_ty(place),
                    Ty::Vec(_) | Ty::Deque(_) | Ty::Slice(_) | Ty::Array(..)
                );
                let active = self.f.may_be_active(place) && self.f.info(storage).ty.may_be_active();
                if active && !(length && sequence) {
                    vars.push(storage);
                }
            });
        }
        (tokens, args, vars)
    }

    /// Whether text looks at nothing but fields without a derivative of what goes into a hole.
    fn uses_inert_fields(&self, tokens: &TokenStream, hole: usize, place: &Place) -> bool {
        let mut uses = Vec::new();
        fields_of_hole(tokens.clone(), hole, &mut uses);
        !uses.is_empty()
            && uses.iter().all(|fields| {
                let part =
                    fields.iter().fold(place.clone(), |part, field| part.project(Proj::Field(field.clone())));
                !fields.is_empty() && !self.f.may_be_active(&part)
            })
    }

    /// A statement without a derivative: run once, never differentiated.
    pub(super) fn effect_of(&mut self, tokens: TokenStream, args: Vec<Expr>, diverges: bool) {
        self.emit(Stmt::Effect { tokens, args, diverges });
        if diverges && !self.dead() {
            self.diverge();
        }
    }

    /// Whether an expression can be evaluated as it stands, as often as one likes: it assigns
    /// nothing and leaves nothing.
    pub(super) fn can_be_opaque(&self, expr: &syn::Expr) -> bool {
        let mut pure = Pure { lowerer: self, pure: true };
        pure.visit_expr(expr);
        pure.pure
    }
}

struct Pure<'p, 'a> {
    lowerer: &'p Lowerer<'a>,
    pure: bool,
}

impl<'ast> Visit<'ast> for Pure<'_, '_> {
    fn visit_expr(&mut self, expr: &'ast syn::Expr) {
        match expr {
            syn::Expr::Assign(_)
            | syn::Expr::Return(_)
            | syn::Expr::Break(_)
            | syn::Expr::Continue(_)
            | syn::Expr::Try(_)
            | syn::Expr::Await(_)
            | syn::Expr::Yield(_)
            | syn::Expr::Let(_)
            | syn::Expr::Unsafe(_)
            | syn::Expr::Block(_)
            | syn::Expr::ForLoop(_)
            | syn::Expr::While(_)
            | syn::Expr::Loop(_)
            | syn::Expr::Verbatim(_) => self.pure = false,
            syn::Expr::Binary(binary) if super::stmt::compound_op(&binary.op).is_some() => self.pure = false,
            syn::Expr::Reference(reference) if reference.mutability.is_some() => self.pure = false,
            syn::Expr::Path(path) => {
                let local =
                    path.path.get_ident().and_then(|name| self.lowerer.scopes.local(&name.to_string()));
                if matches!(
                    local,
                    Some(Operand::Closure(_) | Operand::Stream(_) | Operand::Tuple(_) | Operand::Maybe(_))
                ) || self.lowerer.names_list(expr)
                {
                    self.pure = false;
                }
            }
            syn::Expr::MethodCall(call)
                if (call.method == "len" || call.method == "is_empty")
                    && self.lowerer.names_list(&call.receiver) => {}
            syn::Expr::Field(field)
                if let Some(Operand::Place(_) | Operand::Ref(..) | Operand::Value(_)) =
                    self.lowerer.scopes.part(field) => {}
            // What a call gives becomes what its methods ask for.
            syn::Expr::MethodCall(call)
                if call.args.is_empty()
                    && ["is_ok", "is_err"].iter().any(|name| call.method == name)
                    && self.lowerer.names_undecided(&call.receiver) =>
            {
                self.pure = false
            }
            // A `mut` local whose method is not known might change.
            syn::Expr::MethodCall(call) if self.changes(call) => self.pure = false,
            _ => visit::visit_expr(self, expr),
        }
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let known = mac.path.segments.last().is_some_and(|last| {
            ["matches", "format", "vec", "cfg", "concat", "stringify", "env", "line"]
                .iter()
                .any(|name| last.ident == name)
        });
        if !known {
            self.pure = false;
        }
        if let Some(value) = super::macros::scrutinee(mac) {
            let mut inner = Pure { lowerer: self.lowerer, pure: true };
            inner.visit_expr(&value);
            self.pure &= inner.pure;
        }
    }
}

impl Pure<'_, '_> {
    fn changes(&self, call: &syn::ExprMethodCall) -> bool {
        let name = call.method.to_string();
        let stream_take = matches!(name.as_str(), "take" | "next") && self.lowerer.is_stream(&call.receiver);
        if CHANGING.contains(&name.as_str()) && !stream_take {
            return true;
        }
        let syn::Expr::Path(path) = super::stmt::unparen(&call.receiver) else {
            // A part changes where the method is known to change what it is called on.
            let part = self.lowerer.place_by_names(&call.receiver);
            let ty = part.map(|part| self.lowerer.f.place_ty(&part));
            let how = ty.and_then(|ty| self.lowerer.receiver_of(&call.method, &ty));
            return matches!(how, Some(Receiver::RefMut));
        };
        let Some(name) = path.path.get_ident() else { return false };
        match self.lowerer.scopes.local(&name.to_string()) {
            Some(Operand::Place(place) | Operand::Ref(place, _)) => {
                let info = self.lowerer.f.info(place.root);
                let scalar = info.ty.is_copy() || matches!(info.ty, Ty::Vec(_) | Ty::Deque(_) | Ty::Slice(_));
                let borrows = matches!(
                    self.lowerer.receiver_of(&call.method, &info.ty),
                    Some(Receiver::Ref | Receiver::Value)
                );
                place.is_var() && info.mutable && !scalar && !borrows
            }
            _ => false,
        }
    }
}

/// The fields that each use of a hole goes to.
fn fields_of_hole(tokens: TokenStream, hole: usize, into: &mut Vec<Vec<Member>>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => fields_of_hole(group.stream(), hole, into),
            TokenTree::Ident(name) if *name == format!("__hole_{hole}") => {
                let mut fields = Vec::new();
                let mut rest = &tokens[at + 1..];
                while let [TokenTree::Punct(dot), TokenTree::Ident(field), after @ ..] = rest
                    && dot.as_char() == '.'
                    && !matches!(after.first(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis)
                    && !matches!(after.first(), Some(TokenTree::Punct(colon)) if colon.as_char() == ':')
                {
                    fields.push(Member::Named(field.clone()));
                    rest = after;
                }
                into.push(fields);
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

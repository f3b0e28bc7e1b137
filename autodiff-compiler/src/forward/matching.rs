//! `match` on a value that has a tangent. The tangent of an enum has the same variants, and at
//! any time the variant of its primal: an arm matches the tangent again and binds its payload.

use super::Forward;
use crate::ir::walk;
use crate::ir::{Arm, Block, Pattern, Place, Proj, Stmt, Var, outcome_variant};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::PathArguments;

impl Forward<'_> {
    pub(super) fn matching(
        &mut self,
        on: Place,
        mutable: bool,
        arms: Vec<Arm>,
        span: Span,
        out: &mut Vec<Stmt>,
    ) {
        let dot_on = self.dot_place(&on);
        let arms = arms
            .into_iter()
            .map(|arm| match &dot_on {
                Some(dot_on) => self.arm(arm, dot_on, mutable, span),
                None => Arm { body: self.block(arm.body), ..arm },
            })
            .collect();
        out.push(Stmt::Match { on, mutable, arms, span });
    }

    fn arm(&mut self, arm: Arm, dot_on: &Place, mutable: bool, span: Span) -> Arm {
        let mut bound = Vec::new();
        walk::bound_by(&arm.pattern, &mut |var| {
            let active = self.is_active(var) && self.f.info(var).ty.may_be_active();
            // Each alternative of an or-pattern binds the same variables.
            if active && !bound.contains(&var) {
                bound.push(var);
            }
        });
        for var in &bound {
            let dot = self.new_dot(*var);
            self.f.vars[dot.0].view_of = Some(dot_on.project(Proj::Payload));
        }
        if !bound.is_empty() {
            self.check_pattern(&arm.pattern);
        }
        let body = self.block(arm.body);
        if bound.is_empty() {
            return Arm { body, ..arm };
        }
        let pattern = tangent_pattern(&arm.pattern, &|var| self.dot(var));
        let refutable = is_refutable(&pattern);
        let mut arms = vec![Arm { pattern, guard: None, body }];
        if refutable {
            let tokens = quote!(::core::unreachable!("a tangent of another variant than its value"));
            let never = Stmt::Effect { tokens, args: Vec::new(), diverges: true };
            arms.push(Arm { pattern: Pattern::Wild, guard: None, body: Block { stmts: vec![never] } });
        }
        let inner = Stmt::Match { on: dot_on.clone(), mutable, arms, span };
        Arm { pattern: arm.pattern, guard: arm.guard, body: Block { stmts: vec![inner] } }
    }
}

/// The pattern that binds the derivatives of what `pattern` binds: for a tangent or a cotangent
/// of the matched value. `derivative` says which variable that is; where there is none, nothing
/// is bound.
pub fn tangent_pattern(pattern: &Pattern, derivative: &dyn Fn(Var) -> Option<Var>) -> Pattern {
    let all =
        |items: &[Pattern]| items.iter().map(|item| tangent_pattern(item, derivative)).collect::<Vec<_>>();
    match pattern {
        Pattern::Wild => Pattern::Wild,
        Pattern::Rest => Pattern::Rest,
        Pattern::Bind(var) | Pattern::At(var, _) => match derivative(*var) {
            Some(var) => Pattern::Bind(var),
            None => Pattern::Wild,
        },
        // Literals, constants and unit variants bind nothing.
        Pattern::Tokens(_) => Pattern::Wild,
        Pattern::Tuple(items) => Pattern::Tuple(all(items)),
        // An error has no derivative: nothing stands where it does.
        Pattern::TupleStruct(path, _) if is_error(path) => Pattern::Tokens(tangent_path(path)),
        Pattern::TupleStruct(path, items) => Pattern::TupleStruct(tangent_path(path), all(items)),
        Pattern::Struct { path, fields, rest } => Pattern::Struct {
            path: tangent_path(path),
            fields: fields
                .iter()
                .map(|(member, item)| (member.clone(), tangent_pattern(item, derivative)))
                .collect(),
            rest: *rest,
        },
        Pattern::Or(items) => {
            // Alternatives that bind nothing of the derivative are one alternative.
            let items = all(items);
            if items.iter().any(|item| matches!(item, Pattern::Wild)) {
                Pattern::Wild
            } else {
                Pattern::Or(items)
            }
        }
        Pattern::Slice(items) => Pattern::Slice(all(items)),
    }
}

fn is_error(path: &TokenStream) -> bool {
    syn::parse2(path.clone()).is_ok_and(|path| outcome_variant(&path) == Some("Err"))
}

fn is_refutable(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Wild | Pattern::Rest | Pattern::Bind(_) => false,
        Pattern::Tuple(items) => items.iter().any(is_refutable),
        Pattern::Tokens(_)
        | Pattern::At(..)
        | Pattern::TupleStruct(..)
        | Pattern::Struct { .. }
        | Pattern::Or(_)
        | Pattern::Slice(_) => true,
    }
}

/// The path of the tangent of a struct or variant: `shapes::ShapeTangent::Circle` for
/// `shapes::Shape::Circle`, `PointTangent` for `Point`. `Some` stays; the tangent of a `Result`
/// is an `Option`, so that `Ok` becomes `Some` and `Err` `None`.
pub fn tangent_path(path: &TokenStream) -> TokenStream {
    let Ok(mut parsed) = syn::parse2::<syn::Path>(path.clone()) else { return path.clone() };
    let last = parsed.segments.len() - 1;
    match outcome_variant(&parsed) {
        Some("Ok") => return quote!(::core::option::Option::Some),
        Some("Err") => return quote!(::core::option::Option::None),
        Some(_) => return path.clone(),
        None => {}
    }
    if parsed.leading_colon.is_some() && parsed.segments[last].ident == "Range" {
        return path.clone();
    }
    let owner = if is_variant(&parsed) { last - 1 } else { last };
    let segment = &mut parsed.segments[owner];
    // A tangent is its own tangent. `::<>` tells it from a user's type of such a name.
    match &mut segment.arguments {
        PathArguments::None => {
            let args: syn::AngleBracketedGenericArguments = syn::parse_quote!(::<>);
            segment.arguments = PathArguments::AngleBracketed(args);
        }
        PathArguments::AngleBracketed(args) if args.args.empty_or_trailing() => return path.clone(),
        PathArguments::AngleBracketed(args) => args.args.push_punct(Default::default()),
        PathArguments::Parenthesized(_) => {}
    }
    segment.ident = format_ident!("{}Tangent", segment.ident, span = segment.ident.span());
    parsed.to_token_stream()
}

/// Whether a path is that of a variant as it is written: `Shape::Circle`, not `shapes::Circle`.
pub fn is_variant(path: &syn::Path) -> bool {
    let mut segments = path.segments.iter().rev().skip(1);
    segments.next().is_some_and(|owner| owner.ident.to_string().starts_with(char::is_uppercase))
}

//! `#[cfg]` inside a body: an attribute macro sees the code of every configuration. It is
//! differentiated once for each, and what is generated carries the `#[cfg]` of its own.

use crate::diagnostics::Diagnostics;
use crate::diagnostics::message;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Block, Expr, Meta, Stmt, Token};

/// A body as one configuration leaves it.
pub struct Configuration {
    /// The attributes of the function, and the `#[cfg]` of this configuration.
    pub attrs: Vec<Attribute>,
    pub block: Option<Block>,
    /// `#[cfg(…)]`, unless there is one configuration only.
    pub condition: Option<Attribute>,
}

/// Predicates in one body; each doubles the code.
const MOST: usize = 4;

/// The configurations of a function.
pub fn configurations(
    attrs: &[Attribute],
    block: Option<&Block>,
    diag: &mut Diagnostics,
) -> Vec<Configuration> {
    let whole = || Configuration { attrs: attrs.to_vec(), block: block.cloned(), condition: None };
    let Some(block) = block else { return vec![whole()] };
    let mut found = Configure { atoms: Vec::new(), on: None, any: false };
    found.visit_block_mut(&mut block.clone());
    if !found.any {
        return vec![whole()];
    }
    let atoms = found.atoms;
    if atoms.len() > MOST {
        diag.error_at(&atoms[MOST], message::TOO_MANY_CFGS);
        return Vec::new();
    }
    (0..1_u32 << atoms.len())
        .map(|bits| {
            let on: Vec<bool> = (0..atoms.len()).map(|k| bits >> k & 1 == 1).collect();
            let terms = atoms.iter().zip(&on).map(|(atom, on)| match on {
                true => quote!(#atom),
                false => quote!(not(#atom)),
            });
            let condition: Attribute = syn::parse_quote!(#[cfg(all(#(#terms),*))]);
            let mut block = block.clone();
            Configure { atoms: atoms.clone(), on: Some(on), any: true }.visit_block_mut(&mut block);
            let mut attrs = attrs.to_vec();
            attrs.push(condition.clone());
            Configuration { attrs, block: Some(block), condition: Some(condition) }
        })
        .collect()
}

/// Collects the predicates; with an answer for each, takes out what is not configured.
struct Configure {
    atoms: Vec<Meta>,
    on: Option<Vec<bool>>,
    /// Whether there is a `#[cfg]` at all.
    any: bool,
}

impl Configure {
    /// Whether code with these attributes stays; its `#[cfg]`s are taken off.
    fn keep(&mut self, attrs: &mut Vec<Attribute>) -> bool {
        let mut kept = true;
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("cfg")) {
            self.any = true;
            kept &= match (attr.parse_args::<Meta>(), attr.parse_args::<syn::LitBool>()) {
                (Ok(predicate), _) => self.holds(&predicate),
                (Err(_), Ok(literal)) => literal.value,
                // rustc reports it.
                (Err(_), Err(_)) => true,
            };
        }
        if self.on.is_some() {
            attrs.retain(|attr| !attr.path().is_ident("cfg"));
        }
        kept || self.on.is_none()
    }

    fn holds(&mut self, predicate: &Meta) -> bool {
        if let Meta::List(list) = predicate
            && let Ok(inner) =
                list.parse_args_with(syn::punctuated::Punctuated::<Meta, Token![,]>::parse_terminated)
        {
            // Every part is looked at, so that every atom is found.
            let parts: Vec<bool> = inner.iter().map(|part| self.holds(part)).collect();
            match list.path.get_ident().map(ToString::to_string).as_deref() {
                Some("not") => return !parts.first().copied().unwrap_or(false),
                Some("all") => return parts.iter().all(|part| *part),
                Some("any") => return parts.iter().any(|part| *part),
                _ => {}
            }
        }
        let text = predicate.to_token_stream().to_string();
        if text == "true" || text == "false" {
            return text == "true";
        }
        let known = self.atoms.iter().position(|atom| atom.to_token_stream().to_string() == text);
        match (&self.on, known) {
            (Some(on), Some(index)) => on[index],
            (None, None) => {
                self.atoms.push(predicate.clone());
                true
            }
            (None, Some(_)) | (Some(_), None) => true,
        }
    }
}

impl VisitMut for Configure {
    fn visit_block_mut(&mut self, block: &mut Block) {
        block.stmts.retain_mut(|stmt| match stmt {
            Stmt::Local(local) => self.keep(&mut local.attrs),
            Stmt::Macro(mac) => self.keep(&mut mac.attrs),
            Stmt::Expr(expr, _) => match attributes(expr) {
                Some(attrs) => self.keep(attrs),
                None => true,
            },
            // rustc looks after items.
            Stmt::Item(_) => true,
        });
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_expr_match_mut(&mut self, expr: &mut syn::ExprMatch) {
        expr.arms.retain_mut(|arm| self.keep(&mut arm.attrs));
        visit_mut::visit_expr_match_mut(self, expr);
    }

    fn visit_expr_struct_mut(&mut self, expr: &mut syn::ExprStruct) {
        let fields = std::mem::take(&mut expr.fields).into_iter();
        expr.fields = fields.filter_map(|mut field| self.keep(&mut field.attrs).then_some(field)).collect();
        visit_mut::visit_expr_struct_mut(self, expr);
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// The attributes of the expressions that stand as statements.
fn attributes(expr: &mut Expr) -> Option<&mut Vec<Attribute>> {
    Some(match expr {
        Expr::Assign(expr) => &mut expr.attrs,
        Expr::Binary(expr) => &mut expr.attrs,
        Expr::Block(expr) => &mut expr.attrs,
        Expr::Break(expr) => &mut expr.attrs,
        Expr::Call(expr) => &mut expr.attrs,
        Expr::Continue(expr) => &mut expr.attrs,
        Expr::ForLoop(expr) => &mut expr.attrs,
        Expr::If(expr) => &mut expr.attrs,
        Expr::Lit(expr) => &mut expr.attrs,
        Expr::Loop(expr) => &mut expr.attrs,
        Expr::Macro(expr) => &mut expr.attrs,
        Expr::Match(expr) => &mut expr.attrs,
        Expr::MethodCall(expr) => &mut expr.attrs,
        Expr::Paren(expr) => &mut expr.attrs,
        Expr::Path(expr) => &mut expr.attrs,
        Expr::Return(expr) => &mut expr.attrs,
        Expr::Struct(expr) => &mut expr.attrs,
        Expr::Tuple(expr) => &mut expr.attrs,
        Expr::Unary(expr) => &mut expr.attrs,
        Expr::While(expr) => &mut expr.attrs,
        _ => return None,
    })
}

/// Generates something for each configuration of a function; its errors stay its own.
pub fn for_each(
    attrs: &[Attribute],
    block: Option<&Block>,
    diag: &mut Diagnostics,
    generate: &mut dyn FnMut(&Configuration, &mut Diagnostics) -> TokenStream,
) -> TokenStream {
    let mut out = TokenStream::new();
    for configuration in configurations(attrs, block, diag) {
        let mut found = Diagnostics::new();
        out.extend(generate(&configuration, &mut found));
        diag.absorb_under(found, configuration.condition.as_ref());
    }
    out
}

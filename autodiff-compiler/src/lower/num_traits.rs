//! Functions of the crate `num_traits` that are no methods: `clamp(x, 0.0, 1.0)`, `pow(x, 3)`.

use super::Lowerer;
use super::scope::Operand;
use super::stmt::unparen;
use crate::diagnostics::message;
use crate::ir::{Stmt, Ty};
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;

impl Lowerer<'_> {
    /// The function of `num_traits` that a path leads to: its crate's name, and its own.
    fn named_by_num_traits(&self, path: &syn::Path) -> Option<(&'static str, String)> {
        const CRATES: [&str; 2] = ["num_traits", "num"];
        const MODULES: [&str; 2] = ["sign", "pow"];
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if let [only] = &names[..] {
            let from = |of: &[&str]| self.around.imported_from(of, only);
            return CRATES.into_iter().filter(|_| !self.is_own_name(only)).find_map(|root| {
                let name = from(&[root]).or_else(|| MODULES.iter().find_map(|module| from(&[root, module])));
                Some((root, name?))
            });
        }
        let root = CRATES.into_iter().find(|root| names[0] == *root && !self.around.is_module(root))?;
        match &names[1..] {
            [name] => Some((root, name.clone())),
            [module, name] if MODULES.contains(&&**module) => Some((root, name.clone())),
            _ => None,
        }
    }

    /// A function of `num_traits` that computes with numbers, by its definition.
    pub(super) fn call_of_num_traits(
        &mut self,
        path: &syn::Path,
        args: &[&syn::Expr],
        call: &syn::ExprCall,
        hint: &Ty,
    ) -> Option<Operand> {
        let (root, name) = self.named_by_num_traits(path)?;
        let span = call.span();
        let ty = self.type_of(args.first()?);
        if ty.is_int() {
            return Some(self.locally_constant(&syn::Expr::Call(call.clone()), ty, call.func.span()));
        }
        let one = match &ty {
            Ty::Generic(float) => quote_spanned!(span=> #float::one()),
            _ => quote_spanned!(span=> 1.0),
        };
        let (params, body): (&[&str], _) = match (&*name, args) {
            ("abs", [_]) => (&["x"], quote_spanned!(span=> x.abs())),
            ("signum", [_]) => (&["x"], quote_spanned!(span=> x.signum())),
            ("clamp", [_, _, _]) => {
                (&["x", "lo", "hi"], quote_spanned!(span=> if x < lo { lo } else if x > hi { hi } else { x }))
            }
            ("clamp_min", [_, _]) => (&["x", "lo"], quote_spanned!(span=> if x < lo { lo } else { x })),
            ("clamp_max", [_, _]) => (&["x", "hi"], quote_spanned!(span=> if x > hi { hi } else { x })),
            ("pow", [_, exponent]) => (&["x", "n"], power(exponent, &one, span)),
            _ => return None,
        };
        if matches!(ty, Ty::Named(_)) {
            return Some(self.refuse(call, message::of_num_traits(&name)));
        }
        self.claim_num_traits(path, root, &name);
        let operands = self.sequence(args.len(), &mut |this, k| {
            let counts = name == "pow" && k == 1;
            let operand = if counts {
                Operand::Value(this.count_of(args[k]))
            } else {
                this.operand(args[k], &Ty::Unknown)
            };
            this.atomic_operand(operand)
        });
        let params = params.iter().copied().zip(operands).collect();
        Some(self.defined(params, body, hint, span))
    }

    /// Rustc checks that it is the crate's: a macro may have made a module of the name.
    fn claim_num_traits(&mut self, path: &syn::Path, root: &str, name: &str) {
        let krate = &self.krate;
        let root = syn::Ident::new(root, path.span());
        let named = syn::Ident::new(name, path.span());
        let mut bare = path.clone();
        for segment in &mut bare.segments {
            segment.arguments = syn::PathArguments::None;
        }
        let tokens = quote_spanned!(path.span()=>
            #krate::rt::claims::is_of_num_traits(#bare::<f64>, ::#root::#named::<f64>));
        let claim = Stmt::Effect { tokens: tokens.clone(), args: Vec::new(), diverges: false };
        self.libm_claims.insert(tokens.to_string(), claim);
    }
}

/// What `num_traits::pow` does, product by product: its last digits are those of these products.
fn power(exponent: &syn::Expr, one: &TokenStream, span: Span) -> TokenStream {
    let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(exponent), .. }) = unparen(exponent) else {
        return quote_spanned! {span=> if n == 0 { #one } else {
            let mut base = x;
            let mut left = n;
            while left & 1 == 0 {
                base = base * base;
                left >>= 1;
            }
            let mut product = base;
            while left > 1 {
                left >>= 1;
                base = base * base;
                if left & 1 == 1 {
                    product = product * base;
                }
            }
            product
        }};
    };
    let Ok(mut left @ 1..) = exponent.base10_parse::<u64>() else { return one.clone() };
    let square = |left: &mut u64| {
        *left >>= 1;
        quote_spanned!(span=> let base = base * base;)
    };
    let mut steps = TokenStream::new();
    while left & 1 == 0 {
        steps.extend(square(&mut left));
    }
    steps.extend(quote_spanned!(span=> let product = base;));
    while left > 1 {
        steps.extend(square(&mut left));
        if left & 1 == 1 {
            steps.extend(quote_spanned!(span=> let product = product * base;));
        }
    }
    quote_spanned!(span=> { let base = x; #steps product })
}

//! Functions of the crate `libm`.

use super::Lowerer;
use super::scope::Operand;
use crate::ir::{Call, Callee, Op, Stmt, Ty};
use crate::primitives::Primitive;
use quote::quote_spanned;
use syn::spanned::Spanned;

impl Lowerer<'_> {
    /// The name of the function of the crate `libm` that a path leads to.
    pub(super) fn named_by_libm(&self, path: &syn::Path) -> Option<String> {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        match &names[..] {
            [only] if !self.is_own_name(only) => self.around.imported_from(&["libm"], only),
            [owner, name] if owner == "libm" && !self.around.is_module(owner) => Some(name.clone()),
            _ => None,
        }
    }

    /// The function of the crate `libm` that a call leads to.
    pub(super) fn of_libm(&self, call: &Call) -> Option<String> {
        let Callee::Path(path) = &call.callee else { return None };
        self.named_by_libm(path)
    }

    /// Rustc checks that it is the crate's: a macro may have made a module of the name.
    fn claim_libm(&mut self, path: &syn::Path, name: &str) {
        let (krate, named) = (&self.krate, syn::Ident::new(name, path.span()));
        let tokens = quote_spanned!(path.span()=> #krate::rt::claims::is_of_libm(#path, ::libm::#named));
        let claim = Stmt::Effect { tokens: tokens.clone(), args: Vec::new(), diverges: false };
        self.libm_claims.insert(tokens.to_string(), claim);
    }

    /// A function of the crate `libm` that computes what a primitive does.
    pub(super) fn call_of_libm(
        &mut self,
        path: &syn::Path,
        args: &[&syn::Expr],
        call: &syn::ExprCall,
    ) -> Option<Operand> {
        let name = &*self.named_by_libm(path)?;
        let span = call.span();
        let pair = Primitive::pair_of_libm(name).is_some();
        let known = Primitive::of_libm(name).is_some() || matches!(name, "fmod" | "fmodf");
        if pair || known {
            self.claim_libm(path, name);
        }
        if let (Some(pair), [_]) = (Primitive::pair_of_libm(name), args) {
            let arg = self.atoms(args, &Ty::Unknown);
            return Some(self.pair(pair, arg.into_iter().next()?, span));
        }
        let op = match name {
            // The remainder is exact, whoever computes it.
            "fmod" | "fmodf" => Op::Rem,
            name => Op::Fn(Primitive::of_libm(name).filter(|primitive| primitive.arity() == args.len())?),
        };
        let values = self.scalars(args);
        Some(self.prim(op, values, span))
    }
}

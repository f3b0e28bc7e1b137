//! Functions of the crate `libm`.

use super::Lowerer;
use super::scope::Operand;
use crate::ir::{Call, Callee, Op, Ty};
use crate::primitives::Primitive;
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

    /// A function of the crate `libm` that computes what a primitive does.
    pub(super) fn call_of_libm(
        &mut self,
        path: &syn::Path,
        args: &[&syn::Expr],
        call: &syn::ExprCall,
    ) -> Option<Operand> {
        let name = &*self.named_by_libm(path)?;
        let span = call.span();
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

//! Methods that hand themselves on, `fn add(&mut self, x: f64) -> &mut Self { …; self }`: their companions give
//! nothing, and a call is its receiver afterwards.

use super::Lowerer;
use super::scope::Operand;
use super::signatures::Receiver;
use super::stmt::unparen;
use crate::ir::{Named, Ty};
use syn::visit_mut::VisitMut;
use syn::{Block, Expr, ReturnType, Signature, Stmt, Type};

/// Such a method as one that gives nothing.
pub fn without_itself(sig: &Signature, block: &Block) -> Option<(Signature, Block)> {
    let ReturnType::Type(_, output) = &sig.output else { return None };
    let Type::Reference(output) = &**output else { return None };
    let changes = matches!(sig.receiver().map(Receiver::of), Some(Some(Receiver::RefMut)));
    if output.mutability.is_none() || !matches!(&*output.elem, Type::Path(_)) || !changes {
        return None;
    }
    let (mut sig, mut block) = (sig.clone(), block.clone());
    match block.stmts.pop()? {
        Stmt::Expr(tail, None) if is_self(&tail) => {}
        _ => return None,
    }
    let mut returns = Returns { others: false };
    returns.visit_block_mut(&mut block);
    sig.output = ReturnType::Default;
    (!returns.others).then_some((sig, block))
}

fn is_self(expr: &Expr) -> bool {
    matches!(unparen(expr), Expr::Path(path) if path.path.is_ident("self"))
}

/// `return self` becomes `return`.
struct Returns {
    others: bool,
}

impl VisitMut for Returns {
    fn visit_expr_return_mut(&mut self, inner: &mut syn::ExprReturn) {
        match inner.expr.take() {
            Some(value) if is_self(&value) => {}
            Some(_) | None => self.others = true,
        }
    }

    fn visit_expr_closure_mut(&mut self, _: &mut syn::ExprClosure) {}

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

impl Lowerer<'_> {
    /// The call of such a method of this file: what it is called on.
    pub(super) fn handed_on(
        &mut self,
        call: &syn::ExprMethodCall,
        operand: &Operand,
        of: &Named,
        args: &[&Expr],
    ) -> Option<Operand> {
        let (Type::Path(path), Some(_)) = (&of.written, &of.fields) else { return None };
        let (_, found) = self.around.method(&path.path.segments.last()?.ident, &call.method)?;
        without_itself(&found.item.sig, &found.item.block).filter(|_| found.whole)?;
        let located = self.located(operand.clone(), "r");
        let (Operand::Place(place) | Operand::Ref(place, true)) = &located else { return None };
        let itself = Operand::Ref(place.clone(), true);
        let nothing = self.unknown_method(call, located, args, &Ty::Tuple(Vec::new()));
        self.discard(nothing);
        Some(itself)
    }
}

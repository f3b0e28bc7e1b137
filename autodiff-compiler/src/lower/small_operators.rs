//! Operators of users' types so small that derivatives have them inlined: `a + b` of two points is a point made of
//! their coordinates, and no loop keeps what a call would.

use super::Lowerer;
use super::scope::Operand;
use super::small::Known;
use super::small_functions::{LARGEST_OPERATOR, method};
use crate::ir::{Expr, Place, Ty};
use proc_macro2::{Ident, Span};
use std::rc::Rc;

impl Lowerer<'_> {
    /// The call of the operator `name` on values, those of which are `shared` stand behind references.
    pub(super) fn small_operator(&mut self, name: &Ident, args: &[Expr], shared: &[bool]) -> Option<Operand> {
        let small = self.known_operator(name, args, shared)?;
        let mut operands = Vec::new();
        for (arg, shared) in args.iter().zip(shared) {
            let place = match arg {
                Expr::Read(place) => place.clone(),
                _ if *shared => return None,
                value => Place::var(self.temp_var("t", value.clone())),
            };
            operands.push(if *shared { Operand::Ref(place, false) } else { Operand::Place(place) });
        }
        self.inline_operator(&small, operands)
    }

    /// The call of a compound assignment, `add_assign`, on a place; whether there is one.
    pub(super) fn small_assignment(
        &mut self,
        name: &Ident,
        place: &Place,
        value: &Expr,
        shared: bool,
    ) -> bool {
        let args = [Expr::Read(place.clone()), value.clone()];
        let Some(small) = self.known_operator(name, &args, &[false, shared]) else { return false };
        let value = match value {
            Expr::Read(read) if shared => Operand::Ref(read.clone(), false),
            _ if shared => return false,
            // What is assigned part by part is read before.
            value => Operand::var(self.temp_var("t", value.clone())),
        };
        self.inline_operator(&small, vec![Operand::Ref(place.clone(), true), value]).is_some()
    }

    fn known_operator(&mut self, name: &Ident, args: &[Expr], shared: &[bool]) -> Known {
        let tys: Vec<Ty> = args.iter().map(|arg| arg.ty(&self.f)).collect();
        // What is read by its parts alone is neither moved nor cloned.
        let copied = |ty: &Ty| ty.is_float() || ty.is_made_of_scalars() && ty.is_open();
        if !tys.iter().all(copied) || self.tree {
            return None;
        }
        let names: Option<Vec<String>> = tys.iter().map(|ty| self.type_name(ty)).collect();
        let names = names?;
        if names.iter().any(|name| self.types.structures.hides(name)) {
            return None;
        }
        let form = |k: usize| (&*names[k], shared[k]);
        let key = format!("{name} {:?}", (0..args.len()).map(form).collect::<Vec<_>>());
        if let Some(known) = self.small.known.get(&key) {
            return known.clone();
        }
        let owner = Ident::new(&names[0], Span::call_site());
        let found = self.around.operator_between(name, form(0), (args.len() > 1).then(|| form(1)));
        let found = found.filter(|(_, found)| found.whole);
        let found = found
            .and_then(|(block, found)| method(&owner, &block, &found.item, (self.order, LARGEST_OPERATOR)));
        let found = found.map(Rc::new).filter(|small| self.calls_are_known(&owner, small));
        self.small.known.insert(key, found.clone());
        found
    }
}

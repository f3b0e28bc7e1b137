//! From the cotangent of an expression's value to those of what it reads.

use super::{Rules, Term, int};
use crate::ir::{Arm, Block, Expr, Op, Pattern, Place, Proj, Stmt, Ty, VarInfo};
use crate::primitives;
use crate::reverse::prepare;
use proc_macro2::Span;

impl Rules {
    /// Passes the cotangent `seed` of `expr`'s value on to what `expr` reads. `result` reads the
    /// value itself.
    pub(super) fn propagate(&mut self, expr: &Expr, seed: &Place, result: &Expr, out: &mut Vec<Stmt>) {
        if !self.is_active_expr(expr) {
            return;
        }
        let whole = Expr::Read(seed.clone());
        match expr {
            Expr::Read(_) | Expr::ToOwned(_) | Expr::Borrow { .. } | Expr::Move(_) => {
                self.accumulate_into(expr, Term { value: whole, negate: false }, out);
            }
            Expr::Prim { op, args, .. } => {
                let primal: Vec<Expr> = args.iter().map(|arg| self.primal(arg)).collect();
                let ty = expr.ty(&self.f);
                // `x * x` is one contribution, `2 x`, not two.
                let square = match (op, &primal[..]) {
                    (Op::Mul, [Expr::Read(a), Expr::Read(b)]) => prepare::same_place(a, b),
                    _ => false,
                };
                for (index, arg) in args.iter().enumerate() {
                    if !self.is_active_expr(arg) || square && index > 0 {
                        continue;
                    }
                    let mut partial = primitives::partial_of_op(*op, &primal, result, index, &ty);
                    if square {
                        partial = Expr::prim(Op::Mul, vec![Expr::Const(2.0, ty.clone()), partial]);
                    }
                    let Some(value) = primitives::product(&whole, partial) else { continue };
                    let term = match value {
                        Expr::Prim { op: Op::Neg, mut args, .. } => {
                            Term { value: args.remove(0), negate: true }
                        }
                        value => Term { value, negate: false },
                    };
                    self.accumulate_into(arg, term, out);
                }
            }
            Expr::Cast { arg, .. } => {
                let ty = arg.ty(&self.f);
                let tokens = crate::ir::cast_tokens(&ty);
                let value = Expr::Cast { arg: Box::new(whole), ty, tokens };
                self.accumulate_into(arg, Term { value, negate: false }, out);
            }
            Expr::Select { cond, then, els } => {
                let (mut yes, mut no) = (Vec::new(), Vec::new());
                self.propagate(then, seed, result, &mut yes);
                self.propagate(els, seed, result, &mut no);
                out.push(Stmt::If {
                    cond: self.primal(cond),
                    then: Block { stmts: yes },
                    els: Block { stmts: no },
                });
            }
            Expr::Tuple(items) => {
                for (index, item) in items.iter().enumerate() {
                    let part = seed.project(Proj::Field(syn::Member::from(index)));
                    self.propagate(item, &part, result, out);
                }
            }
            Expr::Array(items) | Expr::VecOf(items) => {
                for (index, item) in items.iter().enumerate() {
                    let index =
                        Expr::Lit(syn::Lit::Int(syn::LitInt::new(&index.to_string(), Span::call_site())));
                    self.propagate(item, &seed.project(Proj::Index(index)), result, out);
                }
            }
            Expr::Repeat { elem, .. } | Expr::VecRepeat { elem, .. } => {
                let index = self.local("k", int("usize"), false);
                let mut body = Vec::new();
                let part = seed.project(Proj::Index(Expr::read(index)));
                self.propagate(elem, &part, result, &mut body);
                out.push(self.count(index, Expr::Len(seed.clone()), body));
            }
            Expr::Struct { path, fields, .. }
                if syn::parse2::<syn::Path>(path.clone())
                    .is_ok_and(|path| crate::forward::is_variant(&path)) =>
            {
                self.variant(path, fields, seed, result, out);
            }
            Expr::Struct { fields, rest, ty, .. } => {
                for (member, value) in fields.iter().filter(|(member, _)| !ty.field(member).1) {
                    let part = seed.project(Proj::Field(member.clone()));
                    self.propagate(value, &part, result, out);
                }
                if let Some(rest) = rest {
                    // What the fields overwrite does not come from `rest`.
                    let remainder = self.local("rest_bar", Ty::Unknown, true);
                    out.push(Stmt::Let { var: remainder, init: Some(Expr::ToOwned(seed.clone())) });
                    let Expr::Read(result) = result else { unreachable!("a struct literal has a name") };
                    for (member, _) in fields.iter().filter(|(member, _)| !ty.field(member).1) {
                        let step = Proj::Field(member.clone());
                        let place = Place::var(remainder).project(step.clone());
                        let zero = Expr::Zero { like: result.project(step) };
                        let span = place.span;
                        out.push(Stmt::Assign { place, op: None, value: zero, span });
                    }
                    self.propagate(rest, &Place::var(remainder), &Expr::Read(result.clone()), out);
                }
            }
            Expr::Some(value) => {
                let payload = self.f.add_var(VarInfo {
                    by_ref: Some(false),
                    view_of: Some(seed.project(Proj::Payload)),
                    ..VarInfo::local("payload_bar", value.ty(&self.f), Span::call_site())
                });
                let mut body = Vec::new();
                self.propagate(value, &Place::var(payload), result, &mut body);
                let some = quote::quote!(::core::option::Option::Some);
                let arms = vec![
                    Arm {
                        pattern: Pattern::TupleStruct(some, vec![Pattern::Bind(payload)]),
                        guard: None,
                        body: Block { stmts: body },
                    },
                    Arm { pattern: Pattern::Wild, guard: None, body: Block::default() },
                ];
                out.push(Stmt::Match { on: seed.clone(), mutable: false, arms, span: seed.span });
            }
            Expr::Lit(_)
            | Expr::Const(..)
            | Expr::Opaque { .. }
            | Expr::Len(_)
            | Expr::VecNew { .. }
            | Expr::Zero { .. }
            | Expr::Take { .. }
            | Expr::Placeholder(_) => unreachable!("has no derivative"),
        }
    }

    /// The cotangent of a variant of an enum has the same variant: its payload is matched out.
    pub(super) fn variant(
        &mut self,
        path: &proc_macro2::TokenStream,
        fields: &[(syn::Member, Expr)],
        seed: &Place,
        result: &Expr,
        out: &mut Vec<Stmt>,
    ) {
        let mut body = Vec::new();
        let mut patterns = Vec::new();
        for (member, value) in fields {
            if !self.is_active_expr(value) {
                patterns.push((member.clone(), Pattern::Wild));
                continue;
            }
            let payload = self.f.add_var(VarInfo {
                by_ref: Some(false),
                view_of: Some(seed.project(Proj::Payload)),
                ..VarInfo::local("payload_bar", value.ty(&self.f), Span::call_site())
            });
            patterns.push((member.clone(), Pattern::Bind(payload)));
            self.propagate(value, &Place::var(payload), result, &mut body);
        }
        let path = crate::forward::tangent_path(path);
        let tuple = patterns.iter().all(|(member, _)| matches!(member, syn::Member::Unnamed(_)));
        let pattern = if tuple {
            Pattern::TupleStruct(path, patterns.into_iter().map(|(_, pattern)| pattern).collect())
        } else {
            Pattern::Struct { path, fields: patterns, rest: true }
        };
        let arms = vec![
            Arm { pattern, guard: None, body: Block { stmts: body } },
            Arm { pattern: Pattern::Wild, guard: None, body: Block::default() },
        ];
        out.push(Stmt::Match { on: seed.clone(), mutable: false, arms, span: seed.span });
    }
}

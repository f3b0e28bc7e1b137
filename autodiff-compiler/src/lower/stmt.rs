//! Statements and assignments.

use super::scope::Operand;
use super::{Lowerer, closure, pattern};
use crate::diagnostics::message;
use crate::ir::{Expr, Op, Place, Stmt, Ty};
use proc_macro2::Span;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{BinOp, Pat};

impl Lowerer<'_> {
    /// Lowers a block in a scope of its own; its value where `wanted`.
    pub(super) fn block_operand(&mut self, block: &syn::Block, hint: &Ty, wanted: bool) -> Operand {
        self.scopes.push();
        let operand = self.stmts_operand(&block.stmts, hint, wanted);
        self.scopes.pop();
        operand
    }

    pub(super) fn stmts_operand(&mut self, stmts: &[syn::Stmt], hint: &Ty, wanted: bool) -> Operand {
        self.hoist_items(stmts);
        let (last, init) = match stmts.split_last() {
            Some((last, init)) if wanted && self.is_tail(last) => (Some(last), init),
            _ => (None, stmts),
        };
        let mut k = 0;
        while k < init.len() {
            if let syn::Stmt::Local(local) = &init[k]
                && self.chooses_reference(local)
            {
                return self.rest_in_arms(local, &stmts[k + 1..], hint, wanted);
            }
            k += self.stmts_to_last_use(&stmts[k..]);
        }
        match last {
            Some(syn::Stmt::Expr(expr, None)) => self.operand(expr, hint),
            Some(syn::Stmt::Macro(mac)) => self.macro_operand(&mac.mac, hint, mac),
            _ => Operand::unit(),
        }
    }

    fn is_tail(&self, stmt: &syn::Stmt) -> bool {
        match stmt {
            syn::Stmt::Expr(_, semi) => semi.is_none(),
            syn::Stmt::Macro(mac) => mac.semi_token.is_none(),
            syn::Stmt::Local(_) | syn::Stmt::Item(_) => false,
        }
    }

    pub(super) fn stmt(&mut self, stmt: &syn::Stmt) {
        match stmt {
            syn::Stmt::Local(local) => self.local_stmt(local),
            syn::Stmt::Item(item) => self.item(item),
            syn::Stmt::Expr(expr, _) => {
                if let Some(attr) = cfg_of(closure::attributes(expr)) {
                    self.error(attr, message::CFG);
                }
                self.effect(expr);
            }
            syn::Stmt::Macro(mac) => {
                if let Some(attr) = cfg_of(&mac.attrs) {
                    self.error(attr, message::CFG);
                }
                let operand = self.macro_operand(&mac.mac, &Ty::Unknown, mac);
                self.discard(operand);
            }
        }
    }

    /// Lowers an expression whose value nobody wants.
    pub(super) fn effect(&mut self, expr: &syn::Expr) {
        if let Some(matched) = self.statement_of_payload(expr) {
            return self.effect(&matched);
        }
        if self.assigned_to_choice(expr) {
            return;
        }
        match expr {
            syn::Expr::If(inner) => self.if_stmt(inner),
            syn::Expr::Match(inner) => self.match_stmt(inner),
            syn::Expr::Paren(inner) => self.effect(&inner.expr),
            syn::Expr::Group(inner) => self.effect(&inner.expr),
            syn::Expr::Block(inner) if inner.label.is_none() => {
                let operand = self.block_operand(&inner.block, &Ty::Unknown, false);
                self.discard(operand);
            }
            _ if self.check_call(expr) => {}
            // What goes on inside an arm here ends with the statement.
            _ if super::replaced::inserts(expr) => {
                let since = self.changes.len();
                let frame = self.framed(|this| {
                    let operand = this.operand(expr, &Ty::Unknown);
                    this.discard(operand);
                });
                self.inline(frame, &[], since);
            }
            _ => {
                let operand = self.operand(expr, &Ty::Unknown);
                self.discard(operand);
            }
        }
    }

    fn local_stmt(&mut self, local: &syn::Local) {
        if let Some(attr) = cfg_of(&local.attrs) {
            self.error(attr, message::CFG);
        }
        let hint = match &local.pat {
            Pat::Type(typed) => self.types.of_local(&typed.ty),
            _ => Ty::Unknown,
        };
        let Some(init) = &local.init else {
            return self.late(&local.pat, &hint);
        };
        if let Some((_, diverge)) = &init.diverge {
            return self.let_else(&local.pat, &init.expr, diverge);
        }
        if let Pat::Ident(name) = pattern::bare(&local.pat)
            && name.by_ref.is_none()
            && name.mutability.is_none()
        {
            let typed =
                matches!(&local.pat, Pat::Type(typed) if super::function_values::is_function(&typed.ty));
            if let Some(function) = self.chosen_function(&init.expr, typed) {
                return self.scopes.bind(&name.ident, function);
            }
        }
        let inside = self.local_of_payload(&init.expr);
        let init = &syn::LocalInit {
            expr: Box::new(inside.unwrap_or_else(|| (*init.expr).clone())),
            ..init.clone()
        };
        let operand = match taken_apart(&local.pat) {
            // What `.into()` gives is known by the pattern.
            Some(items) if is_into(&init.expr) => {
                self.operand(&init.expr, &Ty::Tuple(vec![Ty::Unknown; items]))
            }
            _ => match self.told_by_use(pattern::bare(&local.pat), &init.expr) {
                Some(index) => index,
                None => self.operand(&init.expr, &hint),
            },
        };
        let operand = annotated(operand, &local.pat);
        if let (Ty::F64 | Ty::F32, Operand::Place(place)) = (&hint, &operand) {
            self.refine_place(place, &hint);
        }
        if let Pat::Ident(ident) = pattern::bare(&local.pat)
            && ident.mutability.is_some()
            && ident.by_ref.is_none()
            && (self.bind_moving(&ident.ident, &operand).is_some()
                || self.bind_optional(&ident.ident, &operand).is_some())
        {
            return;
        }
        // `let row = &x[a..b]` names the place; so does `let row = x` for a reference `x`.
        // A single element needs no view: its place is its name.
        if let (Pat::Ident(ident), Operand::Ref(place, mutable)) = (pattern::bare(&local.pat), &operand)
            && matches!(place.proj.last(), Some(crate::ir::Proj::Range(..)))
            && ident.by_ref.is_none()
            && ident.subpat.is_none()
        {
            return self.bind_view(&ident.ident, place.clone(), *mutable);
        }
        if let (Pat::Ident(ident), Operand::Place(place)) = (pattern::bare(&local.pat), &operand)
            && self.is_list(place)
        {
            return self.scopes.bind(&ident.ident, operand);
        }
        let (began_as_none, outside) = (super::absent::is_none(&operand), self.f.vars.len());
        let began_empty = matches!(operand, Operand::Value(Expr::VecNew { .. }));
        self.bind_pattern(&local.pat, operand, &hint);
        if let Pat::Ident(ident) = pattern::bare(&local.pat)
            && began_empty
            && super::absent::may_hold_reference(&local.pat)
        {
            self.note_list(&ident.ident, outside);
        }
        if let Pat::Ident(ident) = pattern::bare(&local.pat)
            && began_as_none
            && super::absent::may_hold_reference(&local.pat)
        {
            self.note_undecided(&ident.ident, outside);
        }
    }

    /// `let y;`
    fn late(&mut self, pat: &Pat, hint: &Ty) {
        match pattern::bare(pat) {
            Pat::Ident(ident) => {
                let var = self.declare(&ident.ident, hint.clone(), ident.mutability.is_some());
                self.f.vars[var.0].late = true;
                self.declared_at.insert(var, self.loop_depth);
                if ident.mutability.is_some() {
                    // It may be assigned again, which only a variable with a value can.
                    self.needs_init.insert(var);
                }
                self.emit(Stmt::Let { var, init: None });
                self.scopes.bind(&ident.ident, Operand::var(var));
            }
            Pat::Tuple(tuple) => {
                let hints = match hint {
                    Ty::Tuple(hints) => hints.clone(),
                    _ => Vec::new(),
                };
                for (k, elem) in tuple.elems.iter().enumerate() {
                    self.late(elem, hints.get(k).unwrap_or(&Ty::Unknown));
                }
            }
            Pat::Slice(slice) => {
                for elem in &slice.elems {
                    self.late(elem, &hint.element());
                }
            }
            Pat::Wild(_) => {}
            other => self.error(other, message::PATTERN),
        }
    }

    // ---- assignment ----

    pub(super) fn assign(&mut self, assign: &syn::ExprAssign) {
        match unparen(&assign.left) {
            syn::Expr::Infer(_) => self.effect(&assign.right),
            syn::Expr::Tuple(_) | syn::Expr::Array(_) | syn::Expr::Struct(_) => {
                let operand = self.operand(&assign.right, &Ty::Unknown);
                let operand = self.evaluated(operand);
                self.destructure(&assign.left, operand);
            }
            syn::Expr::Call(call) if !call.args.is_empty() && closure::is_constructor(&call.func) => {
                let operand = self.operand(&assign.right, &Ty::Unknown);
                let operand = self.evaluated(operand);
                self.destructure(&assign.left, operand);
            }
            syn::Expr::Index(index) if self.is_own_index(index) => {
                self.assign_own_element(index, None, &assign.right, assign.eq_token.span());
            }
            left if self.is_part_of_own_element(left) => self.error(left, message::PART_OF_AN_ELEMENT),
            left => self.assign_place(left, &assign.right, assign),
        }
    }

    fn assign_place(&mut self, left: &syn::Expr, right: &syn::Expr, whole: &syn::ExprAssign) {
        self.check_lent_field(left, whole);
        if self.moves(left, right, whole) || self.assigns_optional(left, right, whole.eq_token.span()) {
            return;
        }
        let hint = match (self.type_of(left), self.place_by_names(left)) {
            // What `.into()` gives is known by the field.
            (Ty::Unknown, Some(place)) if is_into(right) => self.f.place_ty(&place),
            // What `collect` gives, too.
            (Ty::Unknown, Some(place)) if matches!(self.f.place_ty(&place), Ty::Deque(_)) => {
                self.f.place_ty(&place)
            }
            (hint, _) => hint,
        };
        let operand = self.operand(right, &hint);
        self.learn_optional(left, &operand);
        let (operand, target) = self.before_target(operand, left);
        if let (Operand::Place(from), Ty::Option(_)) = (&operand, &hint) {
            self.keep_outcome(from);
        }
        if let Operand::Place(place) | Operand::Ref(place, _) = &target
            && self.is_list(place)
            && !matches!(operand, Operand::Value(Expr::VecNew { .. }))
        {
            // Its indices would be those of another place.
            return self.error(whole, message::LIST_OF_REFERENCES);
        }
        match (target, operand) {
            (Operand::Place(place), operand) => {
                let value = self.owned(operand);
                self.assign_value(place, None, value, whole.eq_token.span());
            }
            (Operand::Ref(place, _), Operand::Ref(..)) | (Operand::Ref(place, _), Operand::Place(_)) => {
                let storage = self.f.storage(place.root);
                self.reassigned(storage, whole);
            }
            (Operand::Ref(place, _), _) => {
                let storage = self.f.storage(place.root);
                self.reassigned(storage, whole);
            }
            (
                Operand::Tuple(_)
                | Operand::Closure(_)
                | Operand::Stream(_)
                | Operand::Value(_)
                | Operand::Maybe(_),
                _,
            ) => {
                self.not_assignable(left);
            }
        }
    }

    /// Only what has a place can be assigned to.
    pub(super) fn not_assignable(&mut self, target: &syn::Expr) {
        match unparen(target) {
            path @ syn::Expr::Path(_) => self.undeclared.push(path.clone()),
            target => self.error(target, message::ASSIGN_TARGET),
        }
    }

    /// A reference that is made to refer to something else: lowering follows none of these.
    fn reassigned(&mut self, _storage: crate::ir::Var, tokens: &impl ToTokens) {
        self.error(tokens, message::REASSIGNED_REFERENCE);
    }

    /// `left op= right`
    pub(super) fn compound(&mut self, binary: &syn::ExprBinary, op: Op) {
        if self.assigned_in_text(&binary.left, &syn::Expr::Binary(binary.clone())) {
            return;
        }
        match unparen(&binary.left) {
            syn::Expr::Index(index) if self.is_own_index(index) => {
                return self.assign_own_element(index, Some(op), &binary.right, binary.op.span());
            }
            left if self.is_part_of_own_element(left) => {
                return self.error(left, message::PART_OF_AN_ELEMENT);
            }
            _ => {}
        }
        let hint = self.type_of(&binary.left);
        let (operand, target) = self.compound_operands(binary, &hint);
        let shared = [false, self.is_shared(&operand)];
        let value = self.value_of(operand);
        let doubtful = matches!(hint, Ty::Unknown)
            && !value.ty(&self.f).is_int()
            && self.shapes.is_doubtful_value(&binary.left);
        match target {
            // `*r += 1` and, through `AddAssign for &mut`, nothing else reaches a reference.
            Operand::Place(place) | Operand::Ref(place, _) => {
                let span = binary.op.span();
                if self.small_compound(op, &place, &value, shared[1], span) {
                    return;
                }
                if let Some(result) = self.assigning_operator(op, &place, &value, shared[1], span) {
                    let value = self.owned(result);
                    return self.emit(Stmt::Assign { place, op: None, value, span });
                }
                if doubtful
                    && matches!(self.f.place_ty(&place), Ty::Unknown)
                    && let Some(result) = self.operator_call(
                        op,
                        &[Expr::Read(place.clone()), value.clone()],
                        &shared,
                        &Ty::Unknown,
                        binary.op.span(),
                    )
                {
                    let value = self.owned(result);
                    return self.emit(Stmt::Assign { place, op: None, value, span: binary.op.span() });
                }
                let args = [Expr::Read(place.clone()), value];
                if let Some(result) = self.overloaded(op, &args, &shared, binary.op.span()) {
                    let value = self.owned(result);
                    return self.emit(Stmt::Assign { place, op: None, value, span: binary.op.span() });
                }
                let [_, value] = args;
                self.assign_value(place, Some(op), value, binary.op.span());
            }
            Operand::Value(_)
            | Operand::Tuple(_)
            | Operand::Closure(_)
            | Operand::Stream(_)
            | Operand::Maybe(_) => {
                self.not_assignable(&binary.left);
            }
        }
    }

    /// Whether methods lead to an expression from a variable that holds nothing active.
    pub(super) fn stems_from_inert(&self, expr: &syn::Expr) -> bool {
        match unparen(expr) {
            syn::Expr::MethodCall(call) => self.stems_from_inert(&call.receiver),
            syn::Expr::Path(path) => {
                let name = path.path.get_ident().map(ToString::to_string).unwrap_or_default();
                match self.scopes.local(&name) {
                    Some(Operand::Place(place) | Operand::Ref(place, _)) => {
                        let ty = self.f.place_ty(place);
                        matches!(ty, Ty::Inert) || super::maps::is_of_std(&ty)
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// `place.add_assign(value)`
    pub(super) fn assigned_by_method(
        &mut self,
        receiver: Operand,
        op: Op,
        value: &syn::Expr,
        call: &syn::ExprMethodCall,
    ) -> Operand {
        let (Operand::Place(place) | Operand::Ref(place, _)) = receiver else {
            self.not_assignable(&call.receiver);
            return Operand::unit();
        };
        let value = self.value(value, &self.f.place_ty(&place));
        self.assign_value(place, Some(op), value, call.method.span());
        Operand::unit()
    }

    /// Emits the assignment; `s = s + e` becomes `s += e`.
    pub(super) fn assign_value(&mut self, place: Place, op: Option<Op>, value: Expr, span: Span) {
        if place.is_var() && self.results.contains(&place.root) && !self.f.info(place.root).mutable {
            // `*m.cell(i) = x` where nobody sees which part of `m` that is.
            return self.diag.error(place.span, message::RETURNS_REFERENCE);
        }
        let args = [Expr::Read(place.clone()), value.clone()];
        if let Some(op) = op
            && let Some(result) = self.overloaded(op, &args, &[false; 2], span)
        {
            let value = self.owned(result);
            return self.emit(Stmt::Assign { place, op: None, value, span });
        }
        let ty = self.value_ty(&value);
        if let (Some(Op::Add | Op::Sub | Op::Mul | Op::Div), Ty::F64 | Ty::F32) = (op, &ty)
            && place.is_var()
            && matches!(self.f.info(place.root).ty, Ty::Int(None))
        {
            let name = self.f.info(place.root).name.to_string();
            if !self.dead() {
                self.diag.error(span, message::integer_sum(&name));
            }
            return;
        }
        if place.is_var() {
            if !matches!(op, Some(Op::Shl | Op::Shr)) {
                self.refine(place.root, &ty);
            }
            if self.f.info(place.root).late {
                self.assigned_late(place.root);
            }
        } else if let [crate::ir::Proj::Index(_)] = &place.proj[..] {
            // The elements of `let mut v = vec![0.0; n]` have the type that is assigned to one.
            let element = crate::ir::Ty::Slice(Box::new(ty.clone()));
            match &self.f.info(place.root).ty {
                Ty::Array(..) => {
                    let array = Ty::Array(Box::new(ty), quote!());
                    self.refine(place.root, &array);
                }
                Ty::Vec(_) => self.refine(place.root, &element),
                Ty::Deque(_) => self.refine(place.root, &Ty::Deque(Box::new(ty))),
                _ => {}
            }
        }
        let (op, value) = if op.is_some() { (op, value) } else { self.accumulation(&place, value) };
        self.emit(Stmt::Assign { place, op, value, span });
    }

    fn accumulation(&self, place: &Place, value: Expr) -> (Option<Op>, Expr) {
        let known = {
            let ty = self.f.place_ty(place);
            ty.is_float() || ty.is_int()
        };
        match value {
            Expr::Prim { op: op @ (Op::Add | Op::Sub | Op::Mul | Op::Div), mut args, span } if known => {
                let same = |expr: &Expr| matches!(expr, Expr::Read(other) if same_place(place, other));
                if same(&args[0]) {
                    return (Some(op), args.swap_remove(1));
                }
                // Commuting keeps the value to the last bit.
                if matches!(op, Op::Add | Op::Mul) && same(&args[1]) {
                    return (Some(op), args.swap_remove(0));
                }
                (None, Expr::Prim { op, args, span })
            }
            value => (None, value),
        }
    }
}

/// The number of items of a tuple pattern.
fn taken_apart(pat: &Pat) -> Option<usize> {
    match pat {
        Pat::Tuple(tuple) if !tuple.elems.iter().any(|elem| matches!(elem, Pat::Rest(_))) => {
            Some(tuple.elems.len())
        }
        _ => None,
    }
}

fn is_into(expr: &syn::Expr) -> bool {
    matches!(unparen(expr), syn::Expr::MethodCall(call) if call.method == "into" && call.args.is_empty())
}

/// An opaque value with the type that `let x: T = …` writes: rustc may need it.
fn annotated(operand: Operand, pat: &Pat) -> Operand {
    match (operand, pat) {
        (Operand::Value(Expr::Opaque { tokens, args, ty }), Pat::Type(typed))
            if syn::parse2::<syn::Path>(tokens.clone()).is_err()
                && syn::parse2::<syn::Lit>(tokens.clone()).is_err() =>
        {
            let written = &typed.ty;
            let tokens = match args.is_empty() && matches!(ty, Ty::Generic(_)) {
                true => tokens,
                false => quote!({ let value: #written = #tokens; value }),
            };
            Operand::Value(Expr::Opaque { tokens, args, ty })
        }
        (operand, _) => operand,
    }
}

/// Whether two places are written the same way, with the same index atoms.
pub(super) fn same_place(a: &Place, b: &Place) -> bool {
    use crate::ir::Proj;
    let same_index = |a: &Expr, b: &Expr| match (a, b) {
        (Expr::Read(a), Expr::Read(b)) => same_place(a, b),
        (Expr::Lit(a), Expr::Lit(b)) => a.to_token_stream().to_string() == b.to_token_stream().to_string(),
        _ => false,
    };
    let same_bound = |a: &Option<Expr>, b: &Option<Expr>| match (a, b) {
        (Some(a), Some(b)) => same_index(a, b),
        (None, None) => true,
        _ => false,
    };
    a.root == b.root
        && a.proj.len() == b.proj.len()
        && a.proj.iter().zip(&b.proj).all(|(a, b)| match (a, b) {
            (Proj::Field(a), Proj::Field(b)) => a == b,
            (Proj::Index(a), Proj::Index(b)) => same_index(a, b),
            (Proj::Range(a, b), Proj::Range(c, d)) => same_bound(a, c) && same_bound(b, d),
            (Proj::Deref, Proj::Deref) | (Proj::Payload, Proj::Payload) => true,
            (Proj::Field(_) | Proj::Index(_) | Proj::Range(..) | Proj::Deref | Proj::Payload, _) => false,
        })
}

/// The operator of a compound assignment.
pub(super) fn compound_op(op: &BinOp) -> Option<Op> {
    match op {
        BinOp::AddAssign(_) => Some(Op::Add),
        BinOp::SubAssign(_) => Some(Op::Sub),
        BinOp::MulAssign(_) => Some(Op::Mul),
        BinOp::DivAssign(_) => Some(Op::Div),
        BinOp::RemAssign(_) => Some(Op::Rem),
        BinOp::BitXorAssign(_) => Some(Op::BitXor),
        BinOp::BitAndAssign(_) => Some(Op::BitAnd),
        BinOp::BitOrAssign(_) => Some(Op::BitOr),
        BinOp::ShlAssign(_) => Some(Op::Shl),
        BinOp::ShrAssign(_) => Some(Op::Shr),
        _ => None,
    }
}

pub(super) fn unparen(expr: &syn::Expr) -> &syn::Expr {
    match expr {
        syn::Expr::Paren(inner) => unparen(&inner.expr),
        syn::Expr::Group(inner) => unparen(&inner.expr),
        _ => expr,
    }
}

fn cfg_of(attrs: &[syn::Attribute]) -> Option<&syn::Attribute> {
    attrs.iter().find(|attr| attr.path().is_ident("cfg_attr"))
}

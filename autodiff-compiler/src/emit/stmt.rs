//! Statements.

use super::Emitter;
use super::precedence::{Prec, assign, at_least};
use crate::ir::walk::{self, Operand};
use crate::ir::{Arm, Block, Expr, Function, Op, Pattern, Place, Stmt, Ty, Var, VecOp};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

impl Emitter<'_> {
    /// The statements of a block, without braces.
    pub fn block(&self, block: &Block) -> TokenStream {
        self.stmts(&block.stmts)
    }

    pub(super) fn stmts(&self, stmts: &[Stmt]) -> TokenStream {
        let mut out = TokenStream::new();
        let mut rest = stmts;
        while let Some((first, tail)) = rest.split_first() {
            if let Some((tokens, count)) = self.late(rest) {
                out.extend(tokens);
                rest = &rest[count..];
                continue;
            }
            let parts = self.run_of_parts(rest);
            if parts.len() > 1 {
                out.extend(self.split_views(&parts));
                rest = &rest[parts.len()..];
                continue;
            }
            out.extend(self.stmt(first));
            rest = tail;
        }
        out
    }

    /// `let` and the binding of a variable.
    pub(super) fn binding(&self, var: Var) -> TokenStream {
        let name = self.name(var);
        let info = self.function.info(var);
        if info.by_ref.is_none() && (info.mutable || info.boxed) && !info.late {
            quote!(mut #name)
        } else {
            quote!(#name)
        }
    }

    fn stmt(&self, stmt: &Stmt) -> TokenStream {
        match stmt {
            Stmt::Let { var, init } => self.declaration(*var, init.as_ref()),
            Stmt::View { var } => {
                let name = self.name(*var);
                let info = self.function.info(*var);
                let place = info.view_of.as_ref().expect("a view names a place");
                let borrow = self.borrow(place, info.by_ref == Some(true)).0;
                quote!(let #name = #borrow;)
            }
            Stmt::Assign { place, op, value, span } => self.assignment(place, *op, value, *span),
            Stmt::Swap { a, b } => self.swap(a, b),
            Stmt::CopyFrom { dst, src } => {
                let copies = self.function.place_ty(dst).element().is_copy();
                let (dst, src) = (self.receiver(dst), self.borrow(src, false).0);
                match copies {
                    true => quote!(#dst.copy_from_slice(#src);),
                    false => quote!(#dst.clone_from_slice(#src);),
                }
            }
            Stmt::Fill { place, value } => {
                let deque = matches!(self.function.place_ty(place), Ty::Deque(_));
                let (place, value) = (self.receiver(place), self.value(value));
                match deque {
                    true => quote!(#place.make_contiguous().fill(#value);),
                    false => quote!(#place.fill(#value);),
                }
            }
            Stmt::If { cond, then, els } => self.branch(cond, then, els),
            Stmt::Match { on, mutable, arms, span } => {
                let on = self.scrutinee(on, *mutable, arms);
                let by_value = binds_by_value(self.function, arms);
                let arms = arms.iter().map(|arm| {
                    let head = self.arm_head(arm, by_value);
                    let body = self.block(&arm.body);
                    quote!(#head => { #body })
                });
                let keyword = Ident::new("match", *span);
                quote!(#keyword #on { #(#arms)* })
            }
            Stmt::For { .. } => self.counted(stmt),
            Stmt::While { pre, cond, body, exits, span: _ } => {
                let exit = self.exits(exits);
                match cond {
                    Some(cond) if pre.stmts.is_empty() => {
                        let cond = self.condition(cond);
                        let body = self.block(body);
                        quote!(while #cond { #body #exit })
                    }
                    cond => {
                        let pre = self.block(pre);
                        let leave = cond.as_ref().map(|cond| {
                            let cond = self.negated(cond);
                            quote!(if #cond { break; })
                        });
                        let body = self.block(body);
                        quote!(loop { #pre #leave #body #exit })
                    }
                }
            }
            Stmt::Call(call) => self.call(call),
            Stmt::Vector { vec, op, span: _ } => self.vector(vec, op),
            Stmt::Effect { tokens, args, diverges: _ } => {
                let tokens = self.fill(tokens, args);
                quote!(#tokens;)
            }
            Stmt::Bail { tokens, args } => {
                let tokens = self.fill(tokens, args);
                quote!(return #tokens;)
            }
            Stmt::Item(tokens) => tokens.clone(),
            Stmt::Accumulate { place, value, negate } => self.accumulate(place, value, *negate),
            Stmt::RecordNew { record, capacity } => self.record(*record, capacity.as_ref()),
            Stmt::RecordPush { record, values } => {
                let (name, entry) = (self.name(*record), self.entry(values));
                quote!(#name.push(#entry);)
            }
            Stmt::RecordPop { record, vars } => {
                let (name, entry) = (self.name(*record), self.popped(vars));
                quote!(let #entry = #name.pop().unwrap();)
            }
            Stmt::Replace { var, place, value } if self.function.info(*var).boxed => {
                let (binding, name, value) = (self.binding(*var), self.name(place.root), self.value(value));
                quote!(let #binding = ::core::mem::replace(&mut #name, ::core::option::Option::Some(#value));)
            }
            Stmt::Replace { var, place, value } => {
                let binding = self.binding(*var);
                let (place, reads) = (self.borrow(place, true).0, reads(value, place.root));
                let value = self.value(value);
                match reads {
                    // The place is borrowed before its argument is evaluated.
                    true => quote! {
                        let #binding = { let __new = #value; ::core::mem::replace(#place, __new) };
                    },
                    false => quote!(let #binding = ::core::mem::replace(#place, #value);),
                }
            }
            Stmt::Pull { rev, seed, args, call, tangents } => {
                self.pull(*rev, seed, args, call, tangents.as_deref())
            }
        }
    }

    /// What one iteration puts into a record.
    pub(super) fn entry(&self, values: &[Expr]) -> TokenStream {
        match values {
            [value] => self.record_entry(value),
            values => super::types::tuple(values.iter().map(|value| self.record_entry(value)).collect()),
        }
    }

    /// The pattern of an entry.
    pub(super) fn popped(&self, vars: &[Var]) -> TokenStream {
        match vars {
            [var] => self.binding(*var),
            vars => super::types::tuple(vars.iter().map(|var| self.binding(*var)).collect()),
        }
    }

    /// The name of a variable that may hold nothing yet, if the value is that variable's.
    pub(super) fn perhaps_nothing(&self, value: &Expr) -> Option<Ident> {
        let (Expr::Read(Place { root, .. }) | Expr::Move(root)) = value else { return None };
        if matches!(value, Expr::Read(place) if !place.is_var()) {
            return None;
        }
        let root = *root;
        self.function.info(root).boxed.then(|| self.name(root))
    }

    fn assignment(&self, place: &Place, op: Option<Op>, value: &Expr, span: Span) -> TokenStream {
        // An operator that is a function borrows the place before the value is computed.
        let wide = op.is_some() && matches!(self.function.place_ty(place), Ty::Wide(_));
        let lent = wide && reads(value, place.root);
        let info = self.function.info(place.root);
        if info.boxed
            && place.is_var()
            && op.is_none()
            && let Some(other) = self.perhaps_nothing(value)
        {
            let name = self.name(place.root);
            // It may hold what is no copy, and it stays.
            let stays =
                matches!(value, Expr::Read(_)) && (matches!(info.ty, Ty::Unknown) || info.ty.holds_users());
            return match stays {
                true => {
                    let krate = self.krate;
                    quote!(#name = #krate::rt::own!(&#other);)
                }
                false => quote!(#name = #other;),
            };
        }
        // The zero of what was there before, if anything was.
        if let Expr::Zero { like } = value
            && self.is_boxed(like)
            && info.boxed
            && place.is_var()
            && op.is_none()
        {
            let (krate, like, name) = (self.krate, self.name(like.root), self.name(place.root));
            return quote!(#name = #like.as_ref().map(|__like| #krate::rt::zero_like(__like)););
        }
        if let Expr::Zero { like } = value
            && self.is_boxed(like)
            && !info.boxed
            && op.is_none()
        {
            let (krate, name, place) = (self.krate, self.name(like.root), self.borrow(place, true).0);
            return quote!(let _ = #krate::rt::take_before(#place, #name.as_ref()););
        }
        let value = self.value(value);
        if info.boxed && place.is_var() && op.is_none() {
            let name = self.name(place.root);
            return quote!(#name = ::core::option::Option::Some(#value););
        }
        // The tangent of a field without a derivative takes nothing.
        if info.tangent_of.is_some() && self.is_part(place) && op.is_none() {
            let (krate, place) = (self.krate, self.borrow(place, true).0);
            return quote!({ let __new = #value; #krate::rt::place!(set, #place, __new); });
        }
        let (place, _) = self.place(place);
        match op {
            None => quote!(#place = #value;),
            Some(op) => {
                let op: TokenStream = assign(op)
                    .into_iter()
                    .map(|mut token| {
                        token.set_span(span);
                        token
                    })
                    .collect();
                match lent {
                    true => quote!({ let __new = #value; #place #op __new; }),
                    false => quote!(#place #op #value;),
                }
            }
        }
    }

    fn branch(&self, cond: &Expr, then: &Block, els: &Block) -> TokenStream {
        if then.stmts.is_empty() && !els.stmts.is_empty() {
            let cond = self.negated(cond);
            let els = self.block(els);
            return quote!(if #cond { #els });
        }
        let cond = self.condition(cond);
        let then = self.block(then);
        if els.stmts.is_empty() {
            return quote!(if #cond { #then });
        }
        if let [Stmt::If { cond: next, then: yes, els: no }] = els.stmts.as_slice()
            && !yes.stmts.is_empty()
        {
            let next = self.branch(next, yes, no);
            return quote!(if #cond { #then } else #next);
        }
        let els = self.block(els);
        quote!(if #cond { #then } else { #els })
    }

    /// The opposite of a condition. Of `<` and its like the opposite is no comparison, because
    /// of NaN.
    fn negated(&self, cond: &Expr) -> TokenStream {
        if let Expr::Prim { op: crate::ir::Op::Not, args, .. } = cond {
            return self.condition(&args[0]);
        }
        let cond = at_least(self.expr(cond), Prec::Unary);
        quote!(!#cond)
    }

    pub(super) fn exits(&self, exits: &[Var]) -> TokenStream {
        if exits.is_empty() {
            return TokenStream::new();
        }
        let flags = exits.iter().map(|flag| self.value(&Expr::read(*flag)));
        quote!(if #(#flags)||* { break; })
    }

    /// What `match` looks at: the place itself when nothing is bound or bindings copy, else a
    /// reference to it.
    pub(super) fn scrutinee(&self, on: &Place, mutable: bool, arms: &[Arm]) -> TokenStream {
        let mut bindings = Vec::new();
        for arm in arms {
            crate::names::pattern_vars(&arm.pattern, &mut bindings);
        }
        let plain = bindings.is_empty() || binds_by_value(self.function, arms);
        match plain {
            true if matches!(self.function.place_ty(on), Ty::Inert) => self.receiver(on),
            true => self.place(on).0,
            false => {
                let writes = bindings.iter().any(|var| self.function.info(*var).by_ref == Some(true));
                self.borrow(on, mutable || writes).0
            }
        }
    }

    pub(super) fn arm_head(&self, arm: &Arm, by_value: bool) -> TokenStream {
        let pattern = self.pattern(&arm.pattern, by_value);
        match &arm.guard {
            Some(guard) => {
                let guard = self.value(guard);
                quote!(#pattern if #guard)
            }
            None => pattern,
        }
    }

    /// A pattern; `by_value`: what is matched is the place, not a reference to it.
    fn pattern(&self, pattern: &Pattern, by_value: bool) -> TokenStream {
        let all = |items: &[Pattern]| -> Vec<TokenStream> {
            items.iter().map(|item| self.pattern(item, by_value)).collect()
        };
        match pattern {
            Pattern::Wild => quote!(_),
            Pattern::Rest => quote!(..),
            Pattern::Bind(var) => {
                let name = self.name(*var);
                let info = self.function.info(*var);
                match info.by_ref {
                    Some(true) if by_value => quote!(ref mut #name),
                    Some(false) if by_value => quote!(ref #name),
                    _ if info.mutable && info.by_ref.is_none() => quote!(mut #name),
                    _ => quote!(#name),
                }
            }
            Pattern::At(var, tokens) => {
                let name = self.pattern(&Pattern::Bind(*var), by_value);
                quote!(#name @ #tokens)
            }
            Pattern::Tokens(tokens) => tokens.clone(),
            Pattern::Tuple(items) => super::types::tuple(all(items)),
            Pattern::TupleStruct(path, items) => {
                let items = all(items);
                quote!(#path(#(#items),*))
            }
            Pattern::Struct { path, fields, rest } => {
                let fields = fields.iter().map(|(member, item)| {
                    let item = self.pattern(item, by_value);
                    if is_shorthand(member, &item) { quote!(#item,) } else { quote!(#member: #item,) }
                });
                let rest = rest.then(|| quote!(..));
                quote!(#path { #(#fields)* #rest })
            }
            Pattern::Or(items) => {
                let items = all(items);
                quote!(#(#items)|*)
            }
            Pattern::Slice(items) => {
                let items = all(items);
                quote!([#(#items),*])
            }
        }
    }

    /// A value for a record. One that only some paths assign goes there as the `Option` it is.
    fn record_entry(&self, value: &Expr) -> TokenStream {
        match value {
            Expr::Move(var) if self.function.info(*var).boxed => {
                let name = self.name(*var);
                quote!(#name.take())
            }
            Expr::Read(place) if place.is_var() && self.function.info(place.root).boxed => {
                let name = self.name(place.root);
                quote!(#name)
            }
            value => self.value(value),
        }
    }

    fn vector(&self, place: &Place, op: &VecOp) -> TokenStream {
        let vec = self.receiver(place);
        let deque = matches!(self.function.place_ty(place), Ty::Deque(_));
        match op {
            VecOp::Push(value) => {
                let value = self.value(value);
                match deque {
                    true => quote!(#vec.push_back(#value);),
                    false => quote!(#vec.push(#value);),
                }
            }
            VecOp::Pop(Some(var)) => {
                let binding = self.binding(*var);
                match deque {
                    true => quote!(let #binding = #vec.pop_back().unwrap();),
                    false => quote!(let #binding = #vec.pop().unwrap();),
                }
            }
            VecOp::Pop(None) if deque => quote!(#vec.pop_back();),
            VecOp::Pop(None) => quote!(#vec.pop();),
            VecOp::Truncate(len) => {
                let len = self.value(len);
                quote!(#vec.truncate(#len);)
            }
            VecOp::Resize(len, value) => {
                let (len, value) = (self.value(len), self.value(value));
                quote!(#vec.resize(#len, #value);)
            }
            VecOp::Clear => quote!(#vec.clear();),
            VecOp::Extend(src) => {
                if deque || matches!(self.function.place_ty(src), Ty::Deque(_)) {
                    let src = self.receiver(src);
                    return quote!(#vec.extend(#src.iter().cloned()););
                }
                let src = self.borrow(src, false).0;
                quote!(#vec.extend_from_slice(#src);)
            }
            VecOp::Insert(index, value) => {
                let (index, value) = (self.value(index), self.value(value));
                quote!(#vec.insert(#index, #value);)
            }
            VecOp::Remove(index, Some(var)) => {
                let (index, binding) = (self.value(index), self.binding(*var));
                match deque {
                    true => quote!(let #binding = #vec.remove(#index).unwrap();),
                    false => quote!(let #binding = #vec.remove(#index);),
                }
            }
            VecOp::Remove(index, None) => {
                let index = self.value(index);
                quote!(#vec.remove(#index);)
            }
            VecOp::Reverse if deque => quote!(#vec.make_contiguous().reverse();),
            VecOp::Reverse => quote!(#vec.reverse();),
        }
    }

    fn accumulate(&self, place: &Place, value: &Expr, negate: bool) -> TokenStream {
        let krate = self.krate;
        let ty = self.function.place_ty(place);
        // A field may have no derivative: what rustc alone knows.
        let part = self.is_part(place);
        if ty.is_float() || !part && self.ty(value).is_float() {
            // Operators of a generic type borrow the place before the value is computed.
            if matches!(ty, Ty::Generic(_) | Ty::Wide(_)) && reads(value, place.root) {
                let (place, value) = (self.place(place).0, self.value(value));
                let op = if negate { quote!(-=) } else { quote!(+=) };
                return quote!({ let __new = #value; #place #op __new; });
            }
            let place = self.place(place).0;
            let value = self.value(value);
            return if negate { quote!(#place -= #value;) } else { quote!(#place += #value;) };
        }
        // An array and the `Vec` made of it meet as slices.
        let slices = self.is_slice(place) || [&ty, &self.ty(value)].iter().any(|ty| matches!(ty, Ty::Vec(_)));
        let function = match (slices, negate) {
            (true, false) => quote!(accumulate_slice),
            (true, true) => quote!(deduct_slice),
            (false, false) if part => quote!(add),
            (false, true) if part => quote!(deduct),
            (false, false) => quote!(accumulate),
            (false, true) => quote!(deduct),
        };
        let reads = reads(value, place.root);
        let place = self.borrow(place, true).0;
        let call = |value: TokenStream| match part && !slices {
            true => quote!(#krate::rt::place!(#function, #place, #value);),
            false => quote!(#krate::rt::#function(#place, #value);),
        };
        if reads {
            let (value, call) = (self.value(value), call(quote!(&__new)));
            return quote! {{ let __new = #value; #call }};
        }
        call(self.by_reference(value))
    }
}

/// Whether `member: tokens` says the same as `member`.
pub(super) fn is_shorthand(member: &syn::Member, tokens: &TokenStream) -> bool {
    matches!(member, syn::Member::Named(name) if *name == tokens.to_string())
}

/// Whether an expression reads something in a variable.
fn reads(expr: &Expr, var: Var) -> bool {
    let mut found = false;
    walk::accesses_of_expr(expr, &mut |place, _| found |= place.root == var);
    found
}

/// Whether a binding holds a copy, so that the place itself must be matched.
pub(super) fn binds_by_value(function: &Function, arms: &[Arm]) -> bool {
    let mut bindings = Vec::new();
    for arm in arms {
        crate::names::pattern_vars(&arm.pattern, &mut bindings);
    }
    bindings.iter().any(|var| function.info(*var).by_ref.is_none())
}

/// Marks the variables of whose shape a zero is made after they were moved.
pub(super) fn mark_models(function: &Function, blocks: &[&Block], models: &mut [bool]) {
    fn mark(operand: Operand, function: &Function, moved: &mut [bool], models: &mut [bool]) {
        if let Operand::Expr(expr) = operand {
            if let Expr::Zero { like } = expr {
                models[like.root.0] |= moved[like.root.0];
            }
            if let Expr::Move(var) = expr {
                moved[var.0] = true;
            }
            // What is read of a user's type is moved where that is not `Copy`.
            if let Expr::Read(place) = expr
                && place.is_var()
            {
                let info = function.info(place.root);
                moved[place.root.0] |= matches!(info.ty, Ty::Unknown) || info.ty.holds_users() || info.made;
            }
            walk::operands_of_expr(expr, &mut |operand| mark(operand, function, moved, models));
        }
    }
    let mut moved = vec![false; models.len()];
    for block in blocks {
        walk::statements(block, &mut |stmt| {
            walk::operands_of_stmt(stmt, &mut |operand| mark(operand, function, &mut moved, models));
            walk::declared_by(stmt, &mut |var| moved[var.0] = false);
        });
    }
}

/// Marks every variable that something in the block reads, writes or borrows.
pub(super) fn mark_used(block: &Block, function: &Function, used: &mut [bool]) {
    fn place(place: &Place, used: &mut [bool]) {
        used[place.root.0] = true;
        walk::operands_of_place(place, &mut |operand| mark(operand, used));
    }
    fn mark(operand: Operand, used: &mut [bool]) {
        match operand {
            Operand::Expr(expr) => walk::operands_of_expr(expr, &mut |operand| mark(operand, used)),
            Operand::Place(at, _) => place(at, used),
            Operand::Use(var, _) => used[var.0] = true,
            Operand::Declare(_) => {}
        }
    }
    walk::statements(block, &mut |stmt| {
        walk::operands_of_stmt(stmt, &mut |operand| mark(operand, used));
        if let Stmt::View { var } = stmt
            && let Some(view) = &function.info(*var).view_of
        {
            place(view, used);
        }
    });
}

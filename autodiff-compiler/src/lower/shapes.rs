//! Which names, fields and results of calls are of users' types, by what the source shows: they
//! have fields with names, methods that no number has, or stand where a type is written. What is
//! known of one is carried along `let`s, assignments and operators, both ways.
//!
//! Names stand for all variables of that name. What is taken for a user's type and is a number
//! still has its right derivative, since the rules of operators serve numbers too.

use super::stmt::unparen;
use crate::primitives::Primitive;
use quote::ToTokens;
use std::collections::BTreeSet;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, Pat};

/// Methods that give what they are called on.
const SAME: [&str; 10] =
    ["clone", "to_owned", "copied", "cloned", "borrow", "as_ref", "as_mut", "unwrap", "expect", "by_ref"];

/// Methods of numbers and collections that are no primitives.
const KNOWN: [&str; 48] = [
    "to_f64",
    "to_f32",
    "to_usize",
    "to_isize",
    "to_i32",
    "to_i64",
    "to_u32",
    "to_u64",
    "to_u8",
    "to_bits",
    "to_string",
    "to_vec",
    "to_le_bytes",
    "as_",
    "as_slice",
    "as_str",
    "as_mut_slice",
    "is_nan",
    "is_finite",
    "is_infinite",
    "is_normal",
    "is_sign_positive",
    "is_sign_negative",
    "is_zero",
    "is_one",
    "is_positive",
    "is_negative",
    "is_power_of_two",
    "is_empty",
    "is_some",
    "is_none",
    "is_ok",
    "is_err",
    "into",
    "pow",
    "count_ones",
    "abs_diff",
    "isqrt",
    "div_ceil",
    "partial_cmp",
    "total_cmp",
    "cmp",
    "eq",
    "ne",
    "inv",
    "abs_sub",
    "conj",
    "iter",
];

#[derive(Debug, Default)]
pub(super) struct Shapes {
    /// What has parts with names.
    structures: BTreeSet<String>,
    /// What takes part in arithmetic as a user's type.
    keys: BTreeSet<String>,
    /// Operations that give one.
    operations: BTreeSet<String>,
    /// What is certainly a number, and operations that give one.
    numbers: BTreeSet<String>,
    sums: BTreeSet<String>,
    /// Whether the function deals in users' types at all.
    doubtful: bool,
}

/// What the value of a function or a variable is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Users,
    Unknown,
}

impl Shapes {
    /// Reads a body; `typed` are the parameters of users' types, `numbers` those that are floats,
    /// `returns` what the function gives.
    pub(super) fn of(block: &syn::Block, typed: Vec<String>, numbers: Vec<String>, returns: Kind) -> Shapes {
        let mut facts = Facts { facts: Vec::new(), returns };
        facts.visit_block(block);
        if let Some(syn::Stmt::Expr(tail, None)) = block.stmts.last() {
            facts.returned(tail);
        }
        let doubtful = !typed.is_empty() || returns == Kind::Users;
        let mut shapes = Shapes { doubtful, ..Shapes::default() };
        shapes.numbers.extend([".x", ".y", ".z", ".w", ".re", ".im"].map(String::from));
        shapes.keys.extend(typed);
        shapes.numbers.extend(numbers);
        let mut size = usize::MAX;
        for _ in 0..8 {
            let now = [&shapes.keys, &shapes.operations, &shapes.numbers, &shapes.sums]
                .iter()
                .map(|set| set.len())
                .sum();
            if now == size {
                break;
            }
            size = now;
            facts.facts.iter().for_each(|fact| shapes.apply(fact));
        }
        shapes
    }

    /// Whether a name (`p`), a field (`.center`), an element (`points[]`) or a result (`norm()`) is
    /// of a user's type.
    pub(super) fn contains(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// Whether an expression has parts with names.
    pub(super) fn is_structure(&self, expr: &Expr) -> bool {
        key_of(expr).is_some_and(|key| self.structures.contains(&key))
    }

    /// Whether an operation gives a value of a user's type.
    pub(super) fn is_operation(&self, binary: &syn::ExprBinary) -> bool {
        !self.operations.is_empty() && self.operations.contains(&binary.to_token_stream().to_string())
    }

    /// Whether nothing says that an operation is one of numbers, in a function where it may be one
    /// of a user's type.
    pub(super) fn is_doubtful(&self, binary: &syn::ExprBinary) -> bool {
        self.doubtful
            && !self.sums.contains(&binary.to_token_stream().to_string())
            && !(self.is_number(&binary.left) && self.is_number(&binary.right))
    }

    /// Whether nothing says that a value is a number, where it may be of a user's type.
    pub(super) fn is_doubtful_value(&self, expr: &Expr) -> bool {
        self.doubtful && !self.is_number(expr)
    }

    fn apply(&mut self, fact: &Fact<'_>) {
        match fact {
            Fact::Number(expr) => self.count(expr),
            Fact::Compared(a, b) => {
                if self.is_number(a) {
                    self.count(b);
                } else if self.is_number(b) {
                    self.count(a);
                }
            }

            Fact::Structure(expr) => {
                if let Some(key) = key_of(expr) {
                    self.structures.insert(key);
                }
                self.mark(expr);
            }
            Fact::Is(expr) => self.mark(expr),
            Fact::Field(key, value) => {
                if self.is(value) {
                    self.keys.insert(key.clone());
                }
            }
            Fact::Equal(name, expr) => {
                if self.is_number(expr) {
                    self.numbers.insert(name.clone());
                } else if self.keys.contains(name) {
                    self.mark(expr);
                } else if self.numbers.contains(name) {
                    self.count(expr);
                } else if self.is(expr) {
                    self.keys.insert(name.clone());
                }
            }
            Fact::Assigned(place, value) => {
                if self.is(place) {
                    self.mark(value);
                } else if self.is(value) {
                    self.mark(place);
                } else if self.is_number(place) {
                    self.count(value);
                } else if self.is_number(value) {
                    self.count(place);
                }
            }
        }
    }

    fn is(&self, expr: &Expr) -> bool {
        match unparen(expr) {
            Expr::Struct(_) => true,
            Expr::Reference(inner) => self.is(&inner.expr),
            Expr::Unary(inner) => self.is(&inner.expr),
            Expr::MethodCall(call) if SAME.iter().any(|name| call.method == name) => self.is(&call.receiver),
            Expr::Binary(binary) if is_arithmetic(&binary.op) => {
                self.is_operation(binary) || self.is(&binary.left) || self.is(&binary.right)
            }
            Expr::Block(block) => tail_of(&block.block).is_some_and(|tail| self.is(tail)),
            Expr::If(inner) => {
                tail_of(&inner.then_branch).is_some_and(|tail| self.is(tail))
                    || inner.else_branch.as_ref().is_some_and(|(_, els)| self.is(els))
            }
            Expr::Match(inner) => inner.arms.iter().any(|arm| self.is(&arm.body)),
            Expr::Call(call) if is_new(&call.func) => true,
            other => key_of(other).is_some_and(|key| self.keys.contains(&key)),
        }
    }

    fn mark(&mut self, expr: &Expr) {
        match unparen(expr) {
            Expr::Reference(inner) => self.mark(&inner.expr),
            Expr::Unary(inner) => self.mark(&inner.expr),
            Expr::MethodCall(call) if SAME.iter().any(|name| call.method == name) => {
                self.mark(&call.receiver);
            }
            Expr::Binary(binary) if is_arithmetic(&binary.op) => {
                self.operations.insert(binary.to_token_stream().to_string());
                let (left, right) = (&*binary.left, &*binary.right);
                // What is no number may be of the type too.
                let numbers = [left, right].map(|side| self.is_number(side));
                for (side, number) in [left, right].into_iter().zip(numbers) {
                    if !number {
                        self.mark(side);
                    }
                }
            }
            // A primitive gives numbers of numbers: what gives something else is the type's own.
            Expr::MethodCall(call) if is_primitive(call) => {
                self.mark(&call.receiver);
                self.keys.extend(key_of(expr));
            }
            Expr::Block(block) => tail_of(&block.block).into_iter().for_each(|tail| self.mark(tail)),
            Expr::If(inner) => {
                tail_of(&inner.then_branch).into_iter().for_each(|tail| self.mark(tail));
                inner.else_branch.iter().for_each(|(_, els)| self.mark(els));
            }
            Expr::Match(inner) => inner.arms.iter().for_each(|arm| self.mark(&arm.body)),
            other => {
                if let Some(key) = key_of(other) {
                    self.keys.insert(key);
                }
            }
        }
    }
}

impl Shapes {
    /// Whether an expression is certainly a number.
    fn is_number(&self, expr: &Expr) -> bool {
        match unparen(expr) {
            Expr::Lit(_) | Expr::Cast(_) => true,
            Expr::Path(path) if path.path.segments.len() > 1 || path.qself.is_some() => {
                is_constant(path) && key_of(expr).is_none_or(|key| !self.keys.contains(&key))
            }
            Expr::Unary(inner) => self.is_number(&inner.expr),
            Expr::Reference(inner) => self.is_number(&inner.expr),
            Expr::Binary(binary) => {
                (self.is_number(&binary.left) && self.is_number(&binary.right))
                    || self.sums.contains(&binary.to_token_stream().to_string())
            }
            Expr::MethodCall(call) if is_primitive(call) => {
                let only = super::types::is_float_only(&call.method.to_string());
                self.is_number(&call.receiver) || (only && !self.is(&call.receiver))
            }
            Expr::Path(path) if is_constant(path) => true,
            other => {
                key_of(other).is_some_and(|key| self.numbers.contains(&key) && !self.keys.contains(&key))
            }
        }
    }
}

impl Shapes {
    /// Notes that an expression is a number.
    fn count(&mut self, expr: &Expr) {
        match unparen(expr) {
            Expr::Unary(inner) => self.count(&inner.expr),
            Expr::Reference(inner) => self.count(&inner.expr),
            Expr::Binary(binary) if is_arithmetic(&binary.op) => {
                if !self.is_operation(binary) {
                    self.sums.insert(binary.to_token_stream().to_string());
                }
                for side in [&binary.left, &binary.right] {
                    if !self.is(side) {
                        self.count(side);
                    }
                }
            }
            Expr::MethodCall(call) if is_primitive(call) => {
                self.count(&call.receiver);
                call.args.iter().for_each(|arg| self.count(arg));
            }
            Expr::Block(block) => tail_of(&block.block).into_iter().for_each(|tail| self.count(tail)),
            Expr::If(inner) => {
                tail_of(&inner.then_branch).into_iter().for_each(|tail| self.count(tail));
                inner.else_branch.iter().for_each(|(_, els)| self.count(els));
            }
            Expr::Match(inner) => inner.arms.iter().for_each(|arm| self.count(&arm.body)),
            other => {
                if let Some(key) = key_of(other)
                    && !self.keys.contains(&key)
                {
                    self.numbers.insert(key);
                }
            }
        }
    }
}

enum Fact<'e> {
    /// Is a number.
    Number(&'e Expr),
    /// Of one type.
    Compared(&'e Expr, &'e Expr),
    /// Has parts with names.
    Structure(&'e Expr),
    /// Is of a user's type.
    Is(&'e Expr),
    /// Is given this value where a struct is made.
    Field(String, &'e Expr),
    Equal(String, &'e Expr),
    Assigned(&'e Expr, &'e Expr),
}

struct Facts<'e> {
    facts: Vec<Fact<'e>>,
    returns: Kind,
}

impl<'e> Facts<'e> {
    fn returned(&mut self, value: &'e Expr) {
        match self.returns {
            Kind::Number => self.facts.push(Fact::Number(value)),
            Kind::Users => self.facts.push(Fact::Is(value)),
            Kind::Unknown => {}
        }
    }
}

impl<'e> Visit<'e> for Facts<'e> {
    fn visit_expr_field(&mut self, field: &'e syn::ExprField) {
        if let syn::Member::Named(_) = &field.member {
            self.facts.push(Fact::Structure(&field.base));
        }
        visit::visit_expr_field(self, field);
    }

    fn visit_expr_struct(&mut self, made: &'e syn::ExprStruct) {
        for field in &made.fields {
            if let syn::Member::Named(name) = &field.member {
                self.facts.push(Fact::Field(format!(".{name}"), &field.expr));
            }
        }
        visit::visit_expr_struct(self, made);
    }

    fn visit_expr_method_call(&mut self, call: &'e syn::ExprMethodCall) {
        let name = call.method.to_string();
        let number = Primitive::from_method(&name).is_some_and(|p| p.arity() == call.args.len() + 1)
            || Primitive::pair_from_method(&name).is_some()
            || crate::primitives::operator_from_method(&name, call.args.len() + 1).is_some()
            || KNOWN.contains(&name.as_str())
            || SAME.contains(&name.as_str())
            || ["checked_", "wrapping_", "saturating_", "overflowing_", "leading_", "trailing_", "unwrap"]
                .iter()
                .any(|prefix| name.starts_with(prefix));
        if !number {
            self.facts.push(Fact::Is(&call.receiver));
        }
        if is_primitive(call) && super::types::is_float_only(&name) {
            self.facts.push(Fact::Number(&call.receiver));
            self.facts.extend(call.args.iter().map(Fact::Number));
        }
        // The operands of a product of vectors are vectors both.
        let own =
            ["dot", "cross", "norm", "length", "normalize", "normalized", "norm_squared", "length_squared"];
        if own.contains(&name.as_str()) && !number {
            self.facts.push(Fact::Structure(&call.receiver));
            self.facts.extend(call.args.iter().map(Fact::Structure));
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_local(&mut self, local: &'e syn::Local) {
        if let Some(init) = &local.init {
            let (pat, ty) = match &local.pat {
                Pat::Type(typed) => (&*typed.pat, Some(&*typed.ty)),
                pat => (pat, None),
            };
            match (pat, ty) {
                (Pat::Ident(ident), None) => {
                    self.facts.push(Fact::Equal(ident.ident.to_string(), &init.expr));
                }
                (Pat::Ident(_), Some(ty)) if is_users(ty) => self.facts.push(Fact::Is(&init.expr)),
                (Pat::Ident(ident), Some(ty)) if is_float(ty) => {
                    self.facts.push(Fact::Number(&init.expr));
                    self.facts.push(Fact::Equal(ident.ident.to_string(), &init.expr));
                }
                (Pat::Struct(_), _) => self.facts.push(Fact::Structure(&init.expr)),
                // `let (a, b) = (x, y);`
                (Pat::Tuple(pats), None) => {
                    if let Expr::Tuple(values) = unparen(&init.expr) {
                        for (pat, value) in pats.elems.iter().zip(&values.elems) {
                            if let Pat::Ident(ident) = pat {
                                self.facts.push(Fact::Equal(ident.ident.to_string(), value));
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        visit::visit_local(self, local);
    }

    fn visit_expr_assign(&mut self, assign: &'e syn::ExprAssign) {
        self.facts.push(Fact::Assigned(&assign.left, &assign.right));
        visit::visit_expr_assign(self, assign);
    }

    fn visit_expr_binary(&mut self, binary: &'e syn::ExprBinary) {
        match binary.op {
            BinOp::AddAssign(_) | BinOp::SubAssign(_) => {
                self.facts.push(Fact::Assigned(&binary.left, &binary.right));
            }
            // What is compared with a number, or added to one.
            BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_) | BinOp::Add(_) | BinOp::Sub(_) => {
                self.facts.push(Fact::Compared(&binary.left, &binary.right));
            }
            _ => {}
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_return(&mut self, inner: &'e syn::ExprReturn) {
        inner.expr.iter().for_each(|value| self.returned(value));
        visit::visit_expr_return(self, inner);
    }

    fn visit_expr_call(&mut self, call: &'e syn::ExprCall) {
        if let Expr::Path(path) = unparen(&call.func)
            && path
                .path
                .segments
                .iter()
                .rev()
                .nth(1)
                .is_some_and(|owner| owner.ident == "f64" || owner.ident == "f32")
        {
            self.facts.extend(call.args.iter().map(Fact::Number));
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_item(&mut self, _: &'e syn::Item) {}
}

/// Whether a method is one of numbers.
fn is_primitive(call: &syn::ExprMethodCall) -> bool {
    Primitive::from_method(&call.method.to_string())
        .is_some_and(|primitive| primitive.arity() == call.args.len() + 1)
}

/// A constant that is a number by its name: not `Vec2::ZERO`.
fn is_constant(path: &syn::ExprPath) -> bool {
    let segments = &path.path.segments;
    let Some(last) = segments.last() else { return false };
    let name = last.ident.to_string();
    let screaming = name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase);
    let of_type = segments.iter().nth_back(1).is_some_and(|owner| super::closure::is_camel(&owner.ident));
    let shape = ["ZERO", "ONE", "ORIGIN", "IDENTITY", "UNIT", "X", "Y", "Z", "MIN", "MAX", "INFINITY", "NAN"];
    screaming && !(of_type && shape.contains(&name.as_str()))
}

fn is_float(ty: &syn::Type) -> bool {
    matches!(ty, syn::Type::Path(path) if path.path.is_ident("f64") || path.path.is_ident("f32"))
}

/// Whether a type as written is one that a user defined.
fn is_users(ty: &syn::Type) -> bool {
    match ty {
        syn::Type::Path(path) => path.path.segments.last().is_some_and(|last| {
            let name = last.ident.to_string();
            name.len() > 1
                && super::closure::is_camel(&last.ident)
                && !["Vec", "Option", "Result", "Box", "String"].contains(&name.as_str())
        }),
        _ => false,
    }
}

/// `Vec2::new(…)`: what types are made with gives the type.
fn is_new(func: &Expr) -> bool {
    let Expr::Path(path) = unparen(func) else { return false };
    let segments = &path.path.segments;
    let made = segments.last().is_some_and(|last| last.ident == "new" || last.ident == "from");
    made && segments.len() > 1
        && segments.iter().nth_back(1).is_some_and(|owner| {
            owner.ident.to_string().len() > 1
                && super::closure::is_camel(&owner.ident)
                && !["Vec", "String", "Box"].iter().any(|name| owner.ident == name)
        })
}

fn is_arithmetic(op: &BinOp) -> bool {
    matches!(op, BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_) | BinOp::Div(_))
}

fn tail_of(block: &syn::Block) -> Option<&Expr> {
    match block.stmts.last() {
        Some(syn::Stmt::Expr(tail, None)) => Some(tail),
        _ => None,
    }
}

/// The name that an expression goes by.
pub(super) fn key_of(expr: &Expr) -> Option<String> {
    match unparen(expr) {
        Expr::Path(path) => match path.path.get_ident() {
            Some(name) => Some(name.to_string()),
            // `Vec3::UP`
            None => is_constant(path).then(|| path.to_token_stream().to_string()),
        },
        Expr::Field(field) => match &field.member {
            syn::Member::Named(name) => Some(format!(".{name}")),
            syn::Member::Unnamed(_) => None,
        },
        Expr::Index(index) => Some(format!("{}[]", key_of(&index.expr)?)),
        Expr::Reference(inner) => key_of(&inner.expr),
        Expr::Unary(inner) if matches!(inner.op, syn::UnOp::Deref(_)) => key_of(&inner.expr),
        Expr::MethodCall(call) => Some(format!("{}()", call.method)),
        Expr::Call(call) => match unparen(&call.func) {
            Expr::Path(path) => Some(call_key(&path.path)),
            _ => None,
        },
        _ => None,
    }
}

/// The name that the result of a call goes by.
pub(super) fn call_key(path: &syn::Path) -> String {
    path.segments.last().map(|last| format!("{}()", last.ident)).unwrap_or_default()
}

//! What a body may be made of that is inlined: it is small, and what stands in it means the same wherever it
//! stands; what leaves without a result after a change is followed further.

use super::choosing::{diverges, is_flat};
use super::stmt::unparen;
use crate::ir;
use crate::primitives::{self, Primitive};
use proc_macro2::Ident;
use syn::punctuated::Punctuated;
use syn::{Expr, Pat, Stmt, Token, Type};

const ASSERTIONS: [&str; 6] =
    ["assert", "assert_eq", "assert_ne", "debug_assert", "debug_assert_eq", "debug_assert_ne"];

/// Methods of sequences, and of the iterators over them, that take no closures.
const SEQUENCES: [&str; 14] = [
    "iter",
    "iter_mut",
    "enumerate",
    "zip",
    "rev",
    "skip",
    "take",
    "copied",
    "len",
    "is_empty",
    "push",
    "swap",
    "fill",
    "clear",
];

/// Whether a body is small, straight and made of what means the same everywhere.
pub(super) struct Check {
    /// The names that it may use.
    pub names: Vec<String>,
    /// The parameters that are integers, `bool`s or text.
    pub inert: Vec<String>,
    pub left: usize,
    /// Whether it may leave early, and have loops.
    pub leaves: bool,
    /// Whether it may change sequences.
    pub builds: bool,
    /// Whether its branches may give parts.
    pub chooses: bool,
    /// The methods that are called on `self`.
    pub calls: Vec<Ident>,
    /// The functions that are called by their names alone.
    pub functions: Vec<Ident>,
    /// The associated functions that are called, `Point::new`: the type, and the name.
    pub made: Vec<(Ident, Ident)>,
}

impl Check {
    pub(super) fn block(&mut self, block: &syn::Block) -> bool {
        let outside = self.names.len();
        let fits = block.stmts.iter().all(|stmt| match stmt {
            Stmt::Local(local) => {
                let pat = match &local.pat {
                    Pat::Type(typed) => &*typed.pat,
                    pat => pat,
                };
                let Some(init) = &local.init else {
                    self.bind(pat);
                    return self.leaves;
                };
                if self.leaves {
                    let diverges = init.diverge.as_ref().is_none_or(|(_, diverge)| self.expr(diverge));
                    let fits = diverges && self.expr(&init.expr);
                    self.bind(pat);
                    return fits;
                }
                let Pat::Ident(name) = pat else { return false };
                let fits = init.diverge.is_none() && self.expr(&init.expr);
                self.names.push(name.ident.to_string());
                fits && name.subpat.is_none() && name.by_ref.is_none()
            }
            Stmt::Expr(expr, None) if self.chooses => self.choice(expr),
            Stmt::Expr(expr, _) => self.expr(expr),
            Stmt::Macro(checked) => self.assertion(&checked.mac),
            Stmt::Item(_) => false,
        });
        self.names.truncate(outside);
        fits
    }

    /// Branches that give parts: what they end in is looked at elsewhere.
    fn choice(&mut self, expr: &Expr) -> bool {
        match unparen(expr) {
            Expr::If(inner) if !matches!(unparen(&inner.cond), Expr::Let(_)) => {
                self.expr(&inner.cond)
                    && self.block(&inner.then_branch)
                    && inner.else_branch.as_ref().is_none_or(|(_, els)| self.choice(els))
            }
            Expr::Match(inner) => {
                self.expr(&inner.expr)
                    && inner.arms.iter().all(|arm| {
                        let outside = self.names.len();
                        self.bind(&arm.pat);
                        let fits = is_flat(&arm.pat) && self.choice(&arm.body);
                        self.names.truncate(outside);
                        fits
                    })
            }
            Expr::Block(inner) => inner.label.is_none() && self.block(&inner.block),
            Expr::Macro(inner) if diverges(&inner.mac) => {
                let args = inner.mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated);
                args.is_ok_and(|args| args.iter().all(|arg| self.expr(arg)))
            }
            other => self.expr(other),
        }
    }

    /// `assert!(i < self.rows, "out of bounds")`
    fn assertion(&mut self, mac: &syn::Macro) -> bool {
        let is_one = mac.path.get_ident().is_some_and(|name| ASSERTIONS.iter().any(|known| name == known));
        let args = mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated);
        is_one && args.is_ok_and(|args| args.iter().all(|arg| self.expr(arg)))
    }

    /// `return Err("…".into())`, `Some(x)`, `None`
    fn outcome(&mut self, expr: &Expr) -> bool {
        match expr {
            Expr::Return(inner) => inner.expr.as_ref().is_none_or(|value| self.expr(value)),
            Expr::Path(path) => ir::outcome_variant(&path.path) == Some("None"),
            Expr::Call(call) => match &*call.func {
                Expr::Path(path) => match ir::outcome_variant(&path.path) {
                    Some("Some" | "Ok") => call.args.iter().all(|arg| self.expr(arg)),
                    // What an error is made of has no derivative; rustc sees whether it means the same here.
                    Some("Err") => {
                        call.args.iter().all(|arg| is_error(arg) || self.is_inert(arg) && self.expr(arg))
                    }
                    _ => false,
                },
                _ => false,
            },
            Expr::Tuple(tuple) => tuple.elems.is_empty(),
            // Labels lead out of no body.
            Expr::Break(inner) => inner.expr.as_ref().is_none_or(|value| self.expr(value)),
            Expr::Continue(_) => true,
            Expr::While(inner) if !matches!(unparen(&inner.cond), Expr::Let(_)) => {
                self.expr(&inner.cond) && self.block(&inner.body)
            }
            Expr::Loop(inner) => self.block(&inner.body),
            Expr::ForLoop(inner) => self.expr(&inner.expr) && self.each(inner),
            _ => false,
        }
    }

    /// Whether an error has nothing active in it, whatever is passed.
    fn is_inert(&self, error: &Expr) -> bool {
        match unparen(error) {
            Expr::Lit(_) => true,
            Expr::Macro(inner) => inner.mac.path.is_ident("format"),
            Expr::Path(path) => match path.path.get_ident() {
                Some(name) => self.inert.contains(&name.to_string()),
                None => true,
            },
            Expr::Cast(inner) => {
                matches!(&*inner.ty, Type::Path(path) if path.path.get_ident().is_some_and(|name| {
                    super::types::INTEGERS.iter().any(|known| name == known)
                }))
            }
            Expr::MethodCall(inner) => {
                ["len", "to_string", "to_owned", "into"].iter().any(|name| inner.method == name)
                    && (inner.method != "to_owned" && inner.method != "into"
                        || self.is_inert(&inner.receiver))
            }
            Expr::Call(inner) => inner.args.iter().all(|arg| self.is_inert(arg)),
            Expr::Struct(inner) => {
                inner.rest.is_none() && inner.fields.iter().all(|field| self.is_inert(&field.expr))
            }
            Expr::Tuple(inner) => inner.elems.iter().all(|elem| self.is_inert(elem)),
            _ => false,
        }
    }

    /// `Point(x, y)`, `Point::new(x, y)`: what is called is looked at later.
    fn makes(&mut self, path: &syn::Path) -> bool {
        let segments: Vec<&syn::PathSegment> = path.segments.iter().collect();
        let plain = segments.iter().all(|segment| segment.arguments.is_none());
        let (owner, name) = match segments[..] {
            [owner] => (&owner.ident, None),
            [owner, name] => (&owner.ident, Some(&name.ident)),
            _ => return false,
        };
        if !plain || !super::overload::is_type_name(owner) || ir::outcome_variant(path).is_some() {
            return false;
        }
        self.functions.push(owner.clone());
        self.made.extend(name.map(|name| (owner.clone(), name.clone())));
        true
    }

    fn bind(&mut self, pat: &Pat) {
        let mut names = Vec::new();
        super::pattern::names(pat, &mut names);
        self.names.extend(names.iter().map(ToString::to_string));
    }

    /// What else may stand in a function that is followed since it leaves: names mean the same in all of a
    /// module, but for those of items in the caller's body.
    fn followed(&mut self, expr: &Expr) -> bool {
        let outside = self.names.len();
        let fits = match expr {
            Expr::Closure(inner) => {
                inner.inputs.iter().for_each(|input| self.bind(input));
                inner.asyncness.is_none() && self.expr(&inner.body)
            }
            Expr::Match(inner) => {
                self.expr(&inner.expr)
                    && inner.arms.iter().all(|arm| {
                        let outside = self.names.len();
                        self.bind(&arm.pat);
                        let fits = match &arm.pat {
                            Pat::Guard(guarded) => self.expr(&guarded.guard),
                            _ => true,
                        };
                        let fits = fits && self.expr(&arm.body);
                        self.names.truncate(outside);
                        fits
                    })
            }
            Expr::If(inner) if let Expr::Let(binding) = unparen(&inner.cond) => {
                let mut fits = self.expr(&binding.expr);
                self.bind(&binding.pat);
                fits = fits && self.block(&inner.then_branch);
                self.names.truncate(outside);
                fits && inner.else_branch.as_ref().is_none_or(|(_, els)| self.expr(els))
            }
            Expr::While(inner) if let Expr::Let(binding) = unparen(&inner.cond) => {
                let fits = self.expr(&binding.expr);
                self.bind(&binding.pat);
                fits && self.block(&inner.body)
            }
            // What such a method gives shows by its signature, and it is followed in its turn.
            Expr::MethodCall(inner) => {
                self.expr(&inner.receiver) && inner.args.iter().all(|arg| self.expr(arg))
            }
            Expr::Call(inner) => {
                let Expr::Path(path) = unparen(&inner.func) else { return false };
                if ir::outcome_variant(&path.path) == Some("Err") {
                    return false;
                }
                match path.path.get_ident() {
                    Some(name) if self.names.contains(&name.to_string()) => {}
                    Some(name) => self.functions.push(name.clone()),
                    None if path.qself.is_some() => return false,
                    None => {
                        self.functions.extend(path.path.segments.first().map(|first| first.ident.clone()))
                    }
                }
                inner.args.iter().all(|arg| self.expr(arg))
            }
            Expr::Try(inner) => self.expr(&inner.expr),
            Expr::Repeat(inner) => self.expr(&inner.expr) && self.expr(&inner.len),
            Expr::Macro(inner) => self.known_macro(&inner.mac),
            Expr::Path(path) => match path.path.get_ident() {
                Some(name) if self.names.contains(&name.to_string()) => true,
                // A constant.
                Some(name) => {
                    let name_text = name.to_string();
                    self.functions.push(name.clone());
                    !name_text.chars().any(char::is_lowercase)
                }
                None => {
                    self.functions.extend(path.path.segments.first().map(|first| first.ident.clone()));
                    path.qself.is_none()
                }
            },
            Expr::Struct(inner) => {
                inner.path.get_ident().iter().for_each(|name| self.functions.push((*name).clone()));
                inner.rest.iter().all(|rest| self.expr(rest))
                    && inner.fields.iter().all(|field| self.expr(&field.expr))
            }
            _ => false,
        };
        self.names.truncate(outside);
        fits
    }

    /// `vec![…]`, and what makes text.
    fn known_macro(&mut self, mac: &syn::Macro) -> bool {
        let text = ["format", "panic", "unreachable"].iter().any(|name| mac.path.is_ident(name));
        if !text && !mac.path.is_ident("vec") {
            return false;
        }
        let args = mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated);
        args.is_ok_and(|args| {
            args.iter().all(|arg| match arg {
                // `{name}` of the text
                Expr::Assign(named) if text => self.expr(&named.right),
                arg => self.expr(arg),
            })
        })
    }

    /// `self.items.push(x)`
    fn sequence(&mut self, expr: &Expr) -> bool {
        let Expr::MethodCall(call) = expr else { return false };
        let own = matches!(unparen(&call.receiver), Expr::Path(path) if path.path.is_ident("self"));
        !own && call.turbofish.is_none()
            && SEQUENCES.iter().any(|name| call.method == name)
            && self.expr(&call.receiver)
            && call.args.iter().all(|arg| self.expr(arg))
    }

    /// The body of a loop over items.
    fn each(&mut self, each: &syn::ExprForLoop) -> bool {
        let mut names = Vec::new();
        super::pattern::names(&each.pat, &mut names);
        let outside = self.names.len();
        self.names.extend(names.iter().map(ToString::to_string));
        let fits = self.block(&each.body);
        self.names.truncate(outside);
        fits
    }

    fn expr(&mut self, expr: &Expr) -> bool {
        let Some(left) = self.left.checked_sub(1) else { return false };
        self.left = left;
        if self.leaves && (self.outcome(unparen(expr)) || self.followed(unparen(expr)))
            || self.builds && self.sequence(unparen(expr))
        {
            return true;
        }
        match unparen(expr) {
            Expr::Lit(_) => true,
            Expr::Path(path) => match path.path.get_ident() {
                Some(name) => self.names.contains(&name.to_string()),
                None => is_known_path(&path.path) && path.qself.is_none(),
            },
            Expr::Binary(inner) => self.expr(&inner.left) && self.expr(&inner.right),
            Expr::Unary(inner) => self.expr(&inner.expr),
            Expr::Reference(inner) => self.expr(&inner.expr),
            Expr::Field(inner) => self.expr(&inner.base),
            Expr::Index(inner) => self.expr(&inner.expr) && self.expr(&inner.index),
            Expr::Range(inner) => {
                let mut ends = [&inner.start, &inner.end].into_iter().flatten();
                ends.all(|end| self.expr(end))
            }
            Expr::Assign(inner) => self.expr(&inner.left) && self.expr(&inner.right),
            Expr::Cast(inner) => {
                matches!(&*inner.ty, Type::Path(path) if path.path.get_ident().is_some_and(|name| {
                    super::types::is_primitive(&name.to_string())
                })) && self.expr(&inner.expr)
            }
            Expr::MethodCall(inner) => {
                let (name, arity) = (inner.method.to_string(), inner.args.len() + 1);
                let number = primitives::is_method(&name, arity)
                    || Primitive::from_method(&name).is_some_and(|found| found.arity() == arity);
                let own = matches!(unparen(&inner.receiver), Expr::Path(path) if path.path.is_ident("self"));
                if own {
                    self.calls.push(inner.method.clone());
                } else if !(number
                    || is_slice_of(inner)
                    || self.chooses && is_part_found(expr)
                    || name == "len" && arity == 1)
                {
                    return false;
                }
                inner.turbofish.is_none()
                    && self.expr(&inner.receiver)
                    && inner.args.iter().all(|arg| self.expr(arg))
            }
            Expr::Call(inner) => {
                matches!(unparen(&inner.func), Expr::Path(path) if path.qself.is_none()
                    && (is_known_path(&path.path) || self.makes(&path.path)))
                    && inner.args.iter().all(|arg| self.expr(arg))
            }
            Expr::Tuple(inner) => inner.elems.iter().all(|elem| self.expr(elem)),
            Expr::Array(inner) => inner.elems.iter().all(|elem| self.expr(elem)),
            Expr::Struct(inner) => {
                inner.rest.is_none()
                    && inner.path.get_ident().is_some()
                    && inner.fields.iter().all(|field| self.expr(&field.expr))
            }
            Expr::Block(inner) => inner.label.is_none() && self.block(&inner.block),
            Expr::If(inner) => {
                !matches!(unparen(&inner.cond), Expr::Let(_))
                    && self.expr(&inner.cond)
                    && self.block(&inner.then_branch)
                    && inner.else_branch.as_ref().is_none_or(|(_, els)| self.expr(els))
            }
            _ => false,
        }
    }
}

fn is_place(expr: &Expr) -> bool {
    match unparen(expr) {
        Expr::Path(path) => path.path.get_ident().is_some(),
        Expr::Field(field) => is_place(&field.base),
        Expr::Index(index) => is_place(&index.expr),
        Expr::Unary(unary) => matches!(unary.op, syn::UnOp::Deref(_)) && is_place(&unary.expr),
        _ => false,
    }
}

/// `self.items.get(k)`, `self.items.last_mut()`: what may be a part of a sequence.
pub(super) fn is_part_found(expr: &Expr) -> bool {
    let Expr::MethodCall(call) = unparen(expr) else { return false };
    let arity = match call.method.to_string().as_str() {
        "get" | "get_mut" => 1,
        "first" | "first_mut" | "last" | "last_mut" => 0,
        _ => return false,
    };
    call.args.len() == arity
        && matches!(unparen(&call.receiver), Expr::Field(_) | Expr::Index(_))
        && is_place(&call.receiver)
}

/// `&self.items[k]`, `&mut self.rows[i][a..b]`, `self.items.as_slice()`, `self`
pub(super) fn is_part(expr: &Expr) -> bool {
    match unparen(expr) {
        // A builder hands itself on.
        Expr::Path(path) => path.path.is_ident("self"),
        Expr::Reference(reference) => is_place(&reference.expr),
        Expr::MethodCall(call) => is_slice_of(call) && is_place(&call.receiver),
        _ => false,
    }
}

fn is_slice_of(call: &syn::ExprMethodCall) -> bool {
    call.args.is_empty() && (call.method == "as_slice" || call.method == "as_mut_slice")
}

/// `f64::max`, `std::f64::consts::PI`
fn is_known_path(path: &syn::Path) -> bool {
    let first = path.segments.first().map(|first| first.ident.to_string()).unwrap_or_default();
    path.segments.len() > 1 && ["f64", "f32", "std", "core"].contains(&first.as_str())
}

/// `"text".into()`, `Error::Singular`, `String::from("text")`
fn is_error(expr: &Expr) -> bool {
    match unparen(expr) {
        Expr::Lit(_) => true,
        Expr::Path(path) => path.path.segments.len() > 1,
        Expr::Tuple(tuple) => tuple.elems.is_empty(),
        Expr::MethodCall(call) => {
            call.args.is_empty()
                && ["into", "to_string", "to_owned"].iter().any(|name| call.method == name)
                && is_error(&call.receiver)
        }
        Expr::Call(call) => {
            matches!(&*call.func, Expr::Path(path) if path.path.segments.len() > 1)
                && call.args.iter().all(is_error)
        }
        _ => false,
    }
}

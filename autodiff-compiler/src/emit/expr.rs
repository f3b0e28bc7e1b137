//! Expressions.

use super::Emitter;
use super::precedence::{Prec, at_least, binary, of_syn};
use crate::ir::{Expr, Op, Place, Ty};
use crate::names::respan;
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::Member;

impl Emitter<'_> {
    /// An expression and how tightly it holds together.
    pub(super) fn expr(&self, expr: &Expr) -> (TokenStream, Prec) {
        match expr {
            Expr::Lit(lit) => (quote!(#lit), Prec::Atom),
            Expr::Const(value, ty) => self.constant(*value, ty),
            Expr::Opaque { tokens, args, ty: _ } => self.opaque(tokens, args),
            Expr::Read(place) => self.read(place),
            Expr::Move(var) if self.is_model(*var) => self.kept(*var),
            Expr::Move(var) => {
                let name = self.name(*var);
                match self.function.info(*var).boxed {
                    true => (quote!(#name.take().unwrap()), Prec::Atom),
                    false => (quote!(#name), Prec::Atom),
                }
            }
            Expr::ToOwned(place) => self.to_owned(place),
            Expr::Borrow { place, mutable } => self.borrow(place, *mutable),
            Expr::Len(place) => {
                let open = matches!(self.function.place_ty(place), Ty::Unknown | Ty::Named(_));
                let place = self.receiver(place);
                let krate = self.krate;
                // The norm of a user's vector may be called `len`.
                let len = if open {
                    quote!(#krate::rt::locally_constant(#place.len()))
                } else {
                    quote!(#place.len())
                };
                (len, Prec::Atom)
            }
            Expr::Prim { op, args, span } => self.prim(*op, args, *span),
            Expr::Select { cond, then, els } => {
                let cond = self.condition(cond);
                let then = self.value(then);
                let els = self.value(els);
                (quote!(if #cond { #then } else { #els }), Prec::Lowest)
            }
            Expr::Cast { arg, ty, tokens } => {
                let krate = self.krate;
                // A generic float is converted by its trait: `as` knows primitive types only.
                let arg = match self.ty(arg) {
                    Ty::Wide(_) => {
                        let arg = at_least(self.expr(arg), Prec::Atom);
                        let Ty::Wide(to) = ty else { unreachable!("a wide tangent stays wide") };
                        let to = self.annotation(to).unwrap_or_else(|| quote!(_));
                        return (quote!(#arg.cast::<#to>()), Prec::Atom);
                    }
                    Ty::Generic(_) => {
                        let arg = self.value(arg);
                        (quote!(#krate::Scalar::widen(#arg)), Prec::Atom)
                    }
                    _ => self.cast_operand(arg),
                };
                if let Ty::Generic(name) = ty {
                    let arg = at_least(arg, Prec::Cast);
                    return (quote!(<#name as #krate::Scalar>::lit(#arg as f64)), Prec::Atom);
                }
                let arg = at_least(arg, Prec::Cast);
                (quote!(#arg as #tokens), Prec::Cast)
            }
            Expr::Tuple(items) => {
                let items = items.iter().map(|item| self.value(item)).collect();
                (super::types::tuple(items), Prec::Atom)
            }
            Expr::Array(items) => {
                let items = items.iter().map(|item| self.value(item));
                (quote!([#(#items),*]), Prec::Atom)
            }
            Expr::Repeat { elem, len } => {
                let elem = self.value(elem);
                (quote!([#elem; #len]), Prec::Atom)
            }
            Expr::VecOf(items) => {
                let krate = self.krate;
                let items = items.iter().map(|item| self.value(item));
                (quote!(#krate::rt::vec![#(#items),*]), Prec::Atom)
            }
            Expr::VecRepeat { elem, len } => {
                let krate = self.krate;
                let (elem, len) = (self.value(elem), self.value(len));
                (quote!(#krate::rt::vec![#elem; #len]), Prec::Atom)
            }
            Expr::VecNew { capacity, ty, deque } => {
                let krate = self.krate;
                let name = if *deque { quote!(VecDeque) } else { quote!(Vec) };
                let item = self.annotation(ty).map(|ty| quote!(::<#ty>));
                match capacity {
                    Some(capacity) => {
                        let capacity = self.value(capacity);
                        (quote!(#krate::rt::#name #item::with_capacity(#capacity)), Prec::Atom)
                    }
                    None => (quote!(#krate::rt::#name #item::new()), Prec::Atom),
                }
            }
            Expr::Struct { path, fields, rest, ty: _ } => self.structure(path, fields, rest.as_deref()),
            Expr::Some(value) => {
                let value = self.value(value);
                (quote!(::core::option::Option::Some(#value)), Prec::Atom)
            }
            Expr::Zero { like } => self.zero(like),
            Expr::Take { shadow, like } => self.take(shadow, like),
            Expr::Placeholder(ty) => (self.placeholder(ty), Prec::Atom),
        }
    }

    /// A condition of `if` or `while`, where a struct literal needs parentheses.
    pub(super) fn condition(&self, cond: &Expr) -> TokenStream {
        let tokens = self.value(cond);
        if contains_struct(cond) { quote!((#tokens)) } else { tokens }
    }

    /// An operand that becomes the receiver of a method: a literal needs a type there.
    fn method_receiver(&self, arg: &Expr) -> TokenStream {
        if let Expr::Lit(syn::Lit::Float(lit)) = arg
            && lit.suffix().is_empty()
        {
            let text = lit.to_string();
            let text = text.strip_suffix('.').map_or(text.clone(), |text| format!("{text}.0"));
            let lit = syn::LitFloat::new(&format!("{text}_f64"), lit.span());
            return quote!(#lit);
        }
        if let Expr::Const(value, ty @ (Ty::F64 | Ty::F32 | Ty::Float)) = arg
            && value.is_finite()
        {
            let suffix = if matches!(ty, Ty::F32) { "f32" } else { "f64" };
            let literal = float_literal(value.abs(), suffix, Span::call_site());
            return if value.is_sign_negative() { quote!((-#literal)) } else { literal };
        }
        at_least(self.expr(arg), Prec::Atom)
    }

    /// What is cast: of a field whose tangent is `()`, that of the float it becomes.
    fn cast_operand(&self, arg: &Expr) -> (TokenStream, Prec) {
        match arg {
            Expr::Read(place) if let Some(part) = self.field_tangent(place, &quote!(cast_part)) => {
                (part, Prec::Atom)
            }
            arg => self.expr(arg),
        }
    }

    fn prim(&self, op: Op, args: &[Expr], span: Span) -> (TokenStream, Prec) {
        match op {
            Op::Fn(primitive) if primitive.is_product() => {
                let krate = self.krate;
                // Whichever factor has several directions comes first.
                let wide = matches!(self.ty(&args[1]), Ty::Wide(_));
                let args = args.iter().map(|arg| self.value(arg)).collect::<Vec<_>>();
                let (seed, partial) = (&args[0], &args[1]);
                let product = match wide {
                    true => quote!(#krate::rt::weighed(#partial, #seed)),
                    false => quote!(#krate::rt::weigh(#seed, #partial)),
                };
                (product, Prec::Atom)
            }
            Op::Fn(primitive) if let Some(name) = primitive.libm() => {
                let name = Ident::new(name, span);
                let args = args.iter().map(|arg| self.value(arg));
                (quote!(::libm::#name(#(#args),*)), Prec::Atom)
            }
            Op::Fn(primitive)
                if primitive.is_of_partials()
                    && matches!(self.ty(&args[0]), Ty::Generic(_) | Ty::Unknown)
                    && self.is_generic()
                    && self
                        .function
                        .named
                        .as_ref()
                        .is_some_and(|named| !named.contains(primitive.name())) =>
            {
                let (krate, name) = (self.krate, Ident::new(primitive.name(), span));
                let args = args.iter().map(|arg| self.value(arg));
                (quote!(#krate::rt::elementary::#name(#(#args),*)), Prec::Atom)
            }
            Op::Fn(primitive) => {
                let name = Ident::new(primitive.name(), span);
                let mut receiver = self.method_receiver(&args[0]);
                if primitive.is_locally_constant() && matches!(self.ty(&args[0]), Ty::Unknown | Ty::Named(_))
                {
                    // No term of the derivative would tell that a user's type has such a method.
                    let krate = self.krate;
                    receiver = quote_spanned!(span=> #krate::rt::number(#receiver));
                }
                let rest = args[1..].iter().map(|arg| self.value(arg));
                (quote!(#receiver.#name(#(#rest),*)), Prec::Atom)
            }
            Op::Neg | Op::Not => {
                let mut arg = at_least(self.operand(&args[0]), Prec::Unary);
                if matches!(&args[0], Expr::Prim { op: Op::Neg, .. }) {
                    // `--x` looks like a decrement, and rustc says so.
                    arg = quote!((#arg));
                }
                let op = if op == Op::Neg { quote_spanned!(span=> -) } else { quote_spanned!(span=> !) };
                (quote!(#op #arg), Prec::Unary)
            }
            Op::Add
            | Op::Sub
            | Op::Mul
            | Op::Div
            | Op::Rem
            | Op::Eq
            | Op::Ne
            | Op::Lt
            | Op::Le
            | Op::Gt
            | Op::Ge
            | Op::And
            | Op::Or
            | Op::BitAnd
            | Op::BitOr
            | Op::BitXor
            | Op::Shl
            | Op::Shr => {
                let (prec, symbol) = binary(op).expect("a binary operator");
                let symbol = respan(symbol, span);
                // `a < b < c` does not parse, and `a as T < b` reads as generics.
                let need = if op.is_comparison() { prec.tighter() } else { prec };
                // A generic float on the left would ask for a product of its own with tangents.
                let factor_first = op == Op::Mul
                    && matches!(self.ty(&args[1]), Ty::Wide(_))
                    && !matches!(self.ty(&args[0]), Ty::Wide(_));
                let args = if factor_first { [&args[1], &args[0]] } else { [&args[0], &args[1]] };
                let (mut left, left_prec) = self.operand(args[0]);
                let ends_in_cast = matches!(op, Op::Lt | Op::Le | Op::Shl) && ends_in_cast(args[0]);
                if left_prec < need || ends_in_cast {
                    left = quote!((#left));
                }
                let right = at_least(self.operand(args[1]), prec.tighter());
                (quote!(#left #symbol #right), prec)
            }
        }
    }

    /// A constant of a derivative.
    pub(super) fn constant(&self, value: f64, ty: &Ty) -> (TokenStream, Prec) {
        let krate = self.krate;
        if let Ty::Wide(float) = ty {
            assert!(value == 0.0, "no tangent is a constant other than zero");
            let float = self.annotation(float).map(|float| quote!(::<#float>));
            return (quote!(#krate::rt::Wide #float::zero()), Prec::Atom);
        }
        // A literal of the user's (`Ty::Float`) is no generic float, wherever it stands.
        let lifted = match ty {
            Ty::Generic(name) => Some(quote!(#name::lit)),
            // What is not known of a function over one float is that float: on the left of an
            // operator rustc could not infer it.
            Ty::Unknown if self.function.float_generics.len() == 1 => {
                let float = &self.function.float_generics[0];
                Some(quote!(#float::lit))
            }
            Ty::Unknown if self.is_generic() => Some(quote!(#krate::Scalar::lit)),
            Ty::F64
            | Ty::F32
            | Ty::Float
            | Ty::Int(_)
            | Ty::Bool
            | Ty::Inert
            | Ty::Array(..)
            | Ty::Slice(_)
            | Ty::Vec(_)
            | Ty::Deque(_)
            | Ty::Tuple(_)
            | Ty::Option(_)
            | Ty::Wide(_)
            | Ty::Named(_)
            | Ty::Unknown => None,
        };
        if let Some(lift) = lifted {
            let value = self.constant(value, &Ty::F64).0;
            return (quote!(#lift(#value)), Prec::Atom);
        }
        if let Ty::Int(_) = ty {
            let literal = proc_macro2::Literal::i64_unsuffixed(value as i64);
            return (quote!(#literal), if value < 0.0 { Prec::Unary } else { Prec::Atom });
        }
        let float = if matches!(ty, Ty::F32) { quote!(f32) } else { quote!(f64) };
        if value.is_nan() {
            return (quote!(#float::NAN), Prec::Atom);
        }
        if value.is_infinite() {
            let name = if value > 0.0 { quote!(INFINITY) } else { quote!(NEG_INFINITY) };
            return (quote!(#float::#name), Prec::Atom);
        }
        let literal = float_literal(value.abs(), "", Span::call_site());
        match value.is_sign_negative() {
            true => (quote!(-#literal), Prec::Unary),
            false => (literal, Prec::Atom),
        }
    }

    fn opaque(&self, tokens: &TokenStream, args: &[Expr]) -> (TokenStream, Prec) {
        if let [arg] = args
            && tokens.to_string() == "__hole_0"
        {
            return self.expr(arg);
        }
        let filled = self.fill(tokens, args);
        let prec = match syn::parse2::<syn::Expr>(filled.clone()) {
            Ok(expr) => of_syn(&expr),
            Err(_) => Prec::Lowest,
        };
        (filled, prec)
    }

    /// Puts arguments into the holes of a user's expression.
    pub(super) fn fill(&self, tokens: &TokenStream, args: &[Expr]) -> TokenStream {
        if args.is_empty() {
            return tokens.clone();
        }
        tokens
            .clone()
            .into_iter()
            .map(|token| match token {
                TokenTree::Ident(ident) => {
                    let text = ident.to_string();
                    let hole = text.strip_prefix("__hole_").and_then(|k| k.parse::<usize>().ok());
                    match hole.and_then(|k| args.get(k)) {
                        // Errors point at the use, not at the declaration.
                        Some(arg) => super::types::at(at_least(self.operand(arg), Prec::Atom), ident.span()),
                        None => quote!(#ident),
                    }
                }
                TokenTree::Group(group) => {
                    let mut filled = Group::new(group.delimiter(), self.fill(&group.stream(), args));
                    filled.set_span(group.span());
                    quote!(#filled)
                }
                TokenTree::Punct(punct) => quote!(#punct),
                TokenTree::Literal(literal) => quote!(#literal),
            })
            .collect()
    }

    fn structure(
        &self,
        path: &TokenStream,
        fields: &[(Member, Expr)],
        rest: Option<&Expr>,
    ) -> (TokenStream, Prec) {
        // `P { 0: x }` compiles for a tuple struct only, `P(x)` for a function of such a name too.
        let fields = fields.iter().map(|(member, value)| {
            let value = self.value(value);
            if super::stmt::is_shorthand(member, &value) { value } else { quote!(#member: #value) }
        });
        let mut inside = quote!(#(#fields),*);
        if let Some(rest) = rest {
            let rest = self.value(rest);
            inside = if inside.is_empty() { quote!(..#rest) } else { quote!(#inside, ..#rest) };
        }
        (quote!(#path { #inside }), Prec::Atom)
    }

    /// Any value of a type, soon overwritten.
    pub(super) fn placeholder(&self, ty: &Ty) -> TokenStream {
        let krate = self.krate;
        match ty {
            Ty::F64 | Ty::F32 | Ty::Float => quote!(0.0),
            Ty::Generic(name) => quote!(#name::lit(0.0)),
            Ty::Wide(_) => self.constant(0.0, ty).0,
            Ty::Int(_) => quote!(0),
            Ty::Bool => quote!(false),
            Ty::Array(item, len) => {
                let item = self.placeholder(item);
                quote!([#item; #len])
            }
            Ty::Slice(_) | Ty::Vec(_) => quote!(#krate::rt::Vec::new()),
            Ty::Deque(_) => quote!(#krate::rt::VecDeque::new()),
            Ty::Tuple(items) => {
                super::types::tuple(items.iter().map(|item| self.placeholder_in_tuple(item)).collect())
            }
            Ty::Option(_) => quote!(::core::option::Option::None),
            Ty::Inert | Ty::Named(_) | Ty::Unknown => quote!(::core::default::Default::default()),
        }
    }

    /// A tuple with an integer in it has no type written beside it: its floats tell theirs.
    fn placeholder_in_tuple(&self, ty: &Ty) -> TokenStream {
        match ty {
            Ty::F64 => quote!(0.0_f64),
            Ty::F32 => quote!(0.0_f32),
            Ty::Array(item, len) => {
                let item = self.placeholder_in_tuple(item);
                quote!([#item; #len])
            }
            Ty::Float
            | Ty::Generic(_)
            | Ty::Wide(_)
            | Ty::Int(_)
            | Ty::Bool
            | Ty::Inert
            | Ty::Slice(_)
            | Ty::Vec(_)
            | Ty::Deque(_)
            | Ty::Tuple(_)
            | Ty::Option(_)
            | Ty::Named(_)
            | Ty::Unknown => self.placeholder(ty),
        }
    }

    /// A type that is known well enough to be written.
    pub(super) fn annotation(&self, ty: &Ty) -> Option<TokenStream> {
        let krate = self.krate;
        Some(match ty {
            Ty::F64 => quote!(f64),
            Ty::F32 => quote!(f32),
            Ty::Generic(name) => quote!(#name),
            Ty::Int(Some(name)) => quote!(#name),
            Ty::Bool => quote!(bool),
            Ty::Array(item, len) => {
                let item = self.annotation(item)?;
                quote!([#item; #len])
            }
            Ty::Vec(item) => {
                let item = self.annotation(item)?;
                quote!(#krate::rt::Vec<#item>)
            }
            Ty::Deque(item) => {
                let item = self.annotation(item)?;
                quote!(#krate::rt::VecDeque<#item>)
            }
            Ty::Tuple(items) => super::types::tuple(
                items.iter().map(|item| self.annotation(item)).collect::<Option<Vec<_>>>()?,
            ),
            Ty::Option(item) => {
                let item = self.annotation(item)?;
                quote!(::core::option::Option<#item>)
            }
            Ty::Wide(float) => {
                let float = self.annotation(float)?;
                quote!(#krate::rt::Wide<#float>)
            }
            Ty::Named(ty) if !matches!(ty.written, syn::Type::Infer(_)) => quote!(#ty),
            Ty::Named(_) => return None,
            Ty::Float | Ty::Int(None) | Ty::Inert | Ty::Slice(_) | Ty::Unknown => return None,
        })
    }

    /// The argument of a call that takes a reference: a place is borrowed, a value is made.
    pub(super) fn by_reference(&self, value: &Expr) -> TokenStream {
        match value {
            Expr::Read(place) | Expr::ToOwned(place) => self.borrow(place, false).0,
            Expr::Move(var) => self.borrow(&Place::var(*var), false).0,
            Expr::Lit(_)
            | Expr::Const(..)
            | Expr::Opaque { .. }
            | Expr::Borrow { .. }
            | Expr::Len(_)
            | Expr::Prim { .. }
            | Expr::Select { .. }
            | Expr::Cast { .. }
            | Expr::Tuple(_)
            | Expr::Array(_)
            | Expr::Repeat { .. }
            | Expr::VecOf(_)
            | Expr::VecRepeat { .. }
            | Expr::VecNew { .. }
            | Expr::Struct { .. }
            | Expr::Some(_)
            | Expr::Zero { .. }
            | Expr::Take { .. }
            | Expr::Placeholder(_) => {
                let value = at_least(self.expr(value), Prec::Unary);
                quote!(&#value)
            }
        }
    }
}

/// A non-negative float literal.
pub fn float_literal(value: f64, suffix: &str, span: Span) -> TokenStream {
    let text = match suffix {
        "" => format!("{value:?}"),
        suffix => format!("{value:?}_{suffix}"),
    };
    let literal = syn::LitFloat::new(&text, span);
    quote!(#literal)
}

/// Whether the printed expression ends in `as T`.
fn ends_in_cast(expr: &Expr) -> bool {
    match expr {
        Expr::Cast { .. } => true,
        Expr::Prim { op, args, .. } => binary(*op).is_some() && ends_in_cast(&args[1]),
        Expr::Opaque { tokens, .. } => {
            matches!(syn::parse2::<syn::Expr>(tokens.clone()), Ok(syn::Expr::Cast(_) | syn::Expr::Binary(_)))
        }
        Expr::Lit(_)
        | Expr::Const(..)
        | Expr::Read(_)
        | Expr::Move(_)
        | Expr::ToOwned(_)
        | Expr::Borrow { .. }
        | Expr::Len(_)
        | Expr::Select { .. }
        | Expr::Tuple(_)
        | Expr::Array(_)
        | Expr::Repeat { .. }
        | Expr::VecOf(_)
        | Expr::VecRepeat { .. }
        | Expr::VecNew { .. }
        | Expr::Struct { .. }
        | Expr::Some(_)
        | Expr::Zero { .. }
        | Expr::Take { .. }
        | Expr::Placeholder(_) => false,
    }
}

/// Whether a struct literal stands anywhere in the expression.
fn contains_struct(expr: &Expr) -> bool {
    let mut found = false;
    crate::ir::walk::subexprs(expr, &mut |expr| match expr {
        Expr::Struct { .. } => found = true,
        // The user's own condition, where it parsed without parentheses; as a hole's value or
        // from a `let` it may hold a literal.
        Expr::Opaque { tokens, .. } => {
            found |= tokens.clone().into_iter().any(
                |token| matches!(token, TokenTree::Group(g) if g.delimiter() == proc_macro2::Delimiter::Brace),
            );
        }
        Expr::Lit(_)
        | Expr::Const(..)
        | Expr::Read(_)
        | Expr::Move(_)
        | Expr::ToOwned(_)
        | Expr::Borrow { .. }
        | Expr::Len(_)
        | Expr::Prim { .. }
        | Expr::Select { .. }
        | Expr::Cast { .. }
        | Expr::Tuple(_)
        | Expr::Array(_)
        | Expr::Repeat { .. }
        | Expr::VecOf(_)
        | Expr::VecRepeat { .. }
        | Expr::VecNew { .. }
        | Expr::Some(_)
        | Expr::Zero { .. }
        | Expr::Take { .. }
        | Expr::Placeholder(_) => {}
    });
    found
}

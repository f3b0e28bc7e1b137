//! Conversions between numbers, and between users' types: `into`, `T::from(x).unwrap()`, `NumCast`.

use super::Lowerer;
use super::scope::Operand;
use super::stmt::unparen;
use crate::ir::{Arg, Callee, Expr, Stmt, Ty};
use proc_macro2::Span;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

impl Lowerer<'_> {
    /// What makes the companions of conversions by `From` callable.
    pub(super) fn import_conversions(&mut self) {
        let krate = &self.krate;
        let item = quote!(use #krate::rt::convert::{
            Conversion as _, ConversionSecond as _, RefConversion as _, RefConversionSecond as _,
        };);
        self.emit(Stmt::Item(item));
    }

    /// The methods of floats, as users' types have theirs.
    pub(super) fn import_methods(&mut self) {
        let krate = &self.krate;
        let item = quote!(use #krate::rt::Methods as _;);
        self.emit(Stmt::Item(item));
    }

    /// `x.into()`
    pub(super) fn conversion(&mut self, operand: Operand, hint: &Ty, call: &syn::ExprMethodCall) -> Operand {
        // A list of what a slice or an array holds, behind a reference or not.
        if matches!((self.operand_ty(&operand), hint), (Ty::Slice(_) | Ty::Array(..), Ty::Vec(_))) {
            return self.sequence_of(operand, false);
        }
        // `into` of a reference is another conversion than that of what it refers to.
        let by_ref = matches!(operand, Operand::Ref(..));
        let place = if by_ref { Some(operand.clone()) } else { None };
        let value = self.value_of(operand);
        let ty = value.ty(&self.f);
        // Into itself, or into a boxed slice, which is a `Vec` here.
        if matches!((&ty, hint), (Ty::Vec(_), Ty::Vec(_))) && !by_ref {
            return Operand::Value(value);
        }
        // Into a `VecDeque`, and back.
        match (&ty, hint) {
            (Ty::Vec(_) | Ty::Array(..), Ty::Deque(_)) | (Ty::Deque(_), Ty::Vec(_)) => {
                return self.sequence_of(Operand::Value(value), matches!(hint, Ty::Deque(_)));
            }
            (Ty::Deque(_), Ty::Deque(_)) if !by_ref => return Operand::Value(value),
            _ => {}
        }
        // Into an `Option` of it.
        if let Ty::Option(item) = hint {
            let same = match (&**item, &ty) {
                (Ty::Named(item), Ty::Named(of)) => {
                    item.to_token_stream().to_string() == of.to_token_stream().to_string()
                }
                (item, ty) => ty.is_float() && (item.is_float() || matches!(item, Ty::Unknown)),
            };
            if same && !by_ref {
                return Operand::Value(Expr::Some(Box::new(value)));
            }
        }
        let scalar = ty.is_float() || ty.is_int() || matches!(ty, Ty::Bool);
        if scalar && hint.is_float() {
            return self.cast_value(value, hint.clone(), call.span());
        }
        if scalar && !matches!(hint, Ty::Named(_)) {
            // Where to is for rustc to infer: only what stays a scalar can be meant.
            if !ty.is_float() {
                return self.opaque_operand(&syn::Expr::MethodCall(call.clone()), hint.clone(), None);
            }
            let target = match self.f.float_generics.len() {
                0 => Ty::F64,
                _ if matches!(ty, Ty::Generic(_)) => Ty::F64,
                _ => Ty::Generic(self.f.float_generics[0].clone()),
            };
            return self.cast_value(value, target, call.span());
        }
        let from = match &ty {
            Ty::Named(from) => Some(from.to_token_stream().to_string()),
            _ => None,
        };
        let known = self.types.into.iter().find(|(name, _)| from.as_deref() == Some(&*name.to_string()));
        let target = match known {
            Some((_, target)) => Some(target.to_token_stream()),
            None => super::types::written(hint),
        };
        let hint = match known {
            Some((_, target)) => self.types.ty(target),
            None => hint.clone(),
        };
        let krate = &self.krate;
        // What is not a literal says what it is.
        let source = match &ty {
            Ty::Named(_) => None,
            ty => super::types::written(ty),
        };
        let source = source.unwrap_or_else(|| quote!(_));
        let turbofish = target.map(|target| quote!(::<#source, #target>));
        let name = if by_ref { quote!(into_ref) } else { quote!(into) };
        let callee = Callee::Path(syn::parse_quote!(#krate::rt::convert::#name #turbofish));
        let value = match place {
            Some(place) => place,
            None if matches!(ty, Ty::Vec(_)) => Operand::Value(self.vec_of_its_own(value)),
            None => Operand::Value(self.stored(value)),
        };
        self.emit_call_of(callee, value, &hint, call.span())
    }

    /// `T::from(x).unwrap()`, `x.to_f64().unwrap()`, `NumCast::from(x).unwrap()`.
    pub(super) fn converted_unwrap(
        &mut self,
        call: &syn::ExprMethodCall,
        name: &str,
        hint: &Ty,
    ) -> Option<Operand> {
        const METHODS: [&str; 7] =
            ["unwrap", "expect", "unwrap_or_else", "unwrap_or", "unwrap_or_default", "ok_or", "ok_or_else"];
        if !METHODS.contains(&name) {
            return None;
        }
        if name.starts_with("ok_or") {
            let payload = self.optional_conversion(&call.receiver, hint)?;
            let some = Expr::Lit(syn::parse_quote!(true));
            return Some(Operand::Maybe(std::rc::Rc::new(super::scope::Maybe { some, payload })));
        }
        if matches!(name, "unwrap" | "expect")
            && let Some((slice, ty)) = self.slice_for_array(&call.receiver, hint)
        {
            let slice = self.operand(slice, &Ty::Unknown);
            return Some(self.array_from_slice(slice, &ty, call.span()));
        }
        match unparen(&call.receiver) {
            syn::Expr::MethodCall(inner) if inner.args.is_empty() => {
                let target = match inner.method.to_string().as_str() {
                    "to_f64" => Ty::F64,
                    "to_f32" => Ty::F32,
                    "to_usize" | "to_isize" | "to_i32" | "to_i64" | "to_u32" | "to_u64" => {
                        let integer = inner.method.to_string().trim_start_matches("to_").to_string();
                        let ty = Ty::Int(Some(syn::Ident::new(&integer, inner.method.span())));
                        let whole = syn::Expr::MethodCall(call.clone());
                        return Some(self.locally_constant(&whole, ty, inner.method.span()));
                    }
                    _ => return None,
                };
                Some(self.converted(&inner.receiver, target, call.span()))
            }
            syn::Expr::Call(inner) if inner.args.len() == 1 => {
                let syn::Expr::Path(path) = unparen(&inner.func) else { return None };
                let last = path.path.segments.last()?.ident.to_string();
                let owner =
                    path.path.segments.iter().rev().nth(1).map_or(String::new(), |s| s.ident.to_string());
                if last == "cast" && matches!(owner.as_str(), "" | "num_traits" | "num") {
                    let into = match &path.path.segments.last()?.arguments {
                        syn::PathArguments::AngleBracketed(written) => written.args.iter().nth(1).cloned(),
                        _ => None,
                    };
                    let ty = match into {
                        Some(syn::GenericArgument::Type(ty)) => self.types.ty(&ty),
                        _ => hint.clone(),
                    };
                    if self.type_of(&inner.args[0]).is_int() || ty.is_int() {
                        return Some(self.opaque_operand(&syn::Expr::MethodCall(call.clone()), ty, None));
                    }
                    return Some(self.converted(&inner.args[0], ty, call.span()));
                }
                if !last.starts_with("from") || last == "from_str_radix" || last == "from_str" {
                    return None;
                }
                let known = ["NumCast", "FromPrimitive", "Float", "Real", "Num"].contains(&owner.as_str())
                    || self.types.floats.iter().any(|float| *float == owner.as_str())
                    || path.qself.as_ref().is_some_and(|qself| self.types.ty(&qself.ty).is_float());
                if !known {
                    return None;
                }
                let ty = match (self.float_named(&owner), &path.qself) {
                    (Ty::Unknown, Some(qself)) => self.types.ty(&qself.ty),
                    (Ty::Unknown, None) => hint.clone(),
                    (ty, _) => ty,
                };
                let constant = matches!(unparen(&inner.args[0]), syn::Expr::Lit(_))
                    || matches!(unparen(&inner.args[0]), syn::Expr::Unary(unary) if matches!(*unary.expr, syn::Expr::Lit(_)));
                let integer = !matches!(last.as_str(), "from" | "from_f64" | "from_f32");
                if constant || integer || self.type_of(&inner.args[0]).is_int() {
                    let whole = syn::Expr::MethodCall(self.typed_conversion(call, inner, path, &ty));
                    return Some(self.opaque_operand(&whole, ty, None));
                }
                Some(self.converted(&inner.args[0], ty, call.span()))
            }
            _ => None,
        }
    }
}

impl Lowerer<'_> {
    /// A `Vec` that is passed to the rule of an operator or a conversion: what that adds to is the cotangent of a
    /// `Vec`, not of the slice which it is a copy of.
    pub(super) fn vec_of_its_own(&mut self, value: Expr) -> Expr {
        match value {
            Expr::ToOwned(place) => Expr::Move(self.temp_var("v", Expr::ToOwned(place))),
            value => self.stored(value),
        }
    }

    /// A conversion to a float.
    pub(super) fn converted(&mut self, arg: &syn::Expr, ty: Ty, span: proc_macro2::Span) -> Operand {
        let operand = self.operand(arg, &Ty::Unknown);
        let of_users = match &operand {
            Operand::Place(place) | Operand::Ref(place, _) => matches!(self.f.place_ty(place), Ty::Named(_)),
            Operand::Value(value) => matches!(value.ty(&self.f), Ty::Named(_)),
            _ => false,
        };
        if of_users {
            // By the rule of the argument's type, as `into` is.
            return self.conversion(operand, &ty, &syn::parse_quote_spanned!(span=> (#arg).into()));
        }
        let value = self.value_of(operand);
        self.cast_value(value, ty, span)
    }

    /// The argument of `T::from(x)`, as the rule of a conversion takes it.
    pub(super) fn converted_arg(&mut self, callee: &Callee, arg: Arg) -> Arg {
        match (callee, arg) {
            (Callee::Assoc { name, .. }, Arg::Value(value))
                if name == "from" && matches!(value.ty(&self.f), Ty::Vec(_)) =>
            {
                Arg::Value(self.vec_of_its_own(value))
            }
            (_, arg) => arg,
        }
    }

    /// A value converted to another float type, or an integer made a float.
    pub(super) fn cast_value(&mut self, value: Expr, ty: Ty, _span: proc_macro2::Span) -> Operand {
        let tokens = match &ty {
            Ty::F64 => quote!(f64),
            Ty::F32 => quote!(f32),
            Ty::Generic(name) => quote!(#name),
            // Whatever it becomes, rustc infers it.
            _ => quote!(_),
        };
        // No cast makes a float of a `bool`, `From` does.
        if matches!(value.ty(&self.f), Ty::Bool) {
            let tokens = quote!(<#tokens as ::core::convert::From<bool>>::from(__hole_0));
            let arg = self.atomic(value);
            return Operand::Value(Expr::Opaque { tokens, args: vec![arg], ty });
        }
        let arg = if self.is_inactive(&value) { value } else { self.atomic(value) };
        Operand::Value(Expr::Cast { arg: Box::new(arg), ty, tokens })
    }

    /// The slice in `slice.try_into()` or `<[f64; 3]>::try_from(slice)`, and the array's type.
    fn slice_for_array<'e>(&self, expr: &'e syn::Expr, hint: &Ty) -> Option<(&'e syn::Expr, Ty)> {
        let (slice, ty) = match unparen(expr) {
            syn::Expr::MethodCall(call) if call.method == "try_into" && call.args.is_empty() => {
                (&*call.receiver, hint.clone())
            }
            syn::Expr::Call(call) if call.args.len() == 1 => {
                let syn::Expr::Path(path) = unparen(&call.func) else { return None };
                let last = path.path.segments.last().filter(|last| last.ident == "try_from");
                let ty = self.types.ty(&path.qself.as_ref().filter(|_| last.is_some())?.ty);
                (&call.args[0], ty)
            }
            _ => return None,
        };
        matches!(ty, Ty::Array(..)).then_some((slice, ty))
    }

    /// What `T::from_f64(x)`, `NumCast::from(x)` or `x.to_f64()` hold, which are there for every
    /// float: an active `x` is converted, anything else is left to the source.
    pub(super) fn optional_conversion(&mut self, expr: &syn::Expr, hint: &Ty) -> Option<Operand> {
        let argument = match unparen(expr) {
            syn::Expr::MethodCall(call) if call.args.is_empty() => &*call.receiver,
            syn::Expr::Call(call) if call.args.len() == 1 => &call.args[0],
            _ => return None,
        };
        if self.type_of(argument).is_int() || matches!(unparen(argument), syn::Expr::Lit(_)) {
            return None;
        }
        let generic = match unparen(expr) {
            syn::Expr::MethodCall(call) => {
                call.method.to_string().starts_with("to_f")
                    && matches!(self.type_of(&call.receiver), Ty::Generic(_))
            }
            syn::Expr::Call(call) => match unparen(&call.func) {
                // `f64::from` and the like hold no `Option`.
                syn::Expr::Path(path) => path.path.segments.iter().rev().nth(1).is_some_and(|owner| {
                    !matches!(self.float_named(&owner.ident.to_string()), Ty::F64 | Ty::F32)
                }),
                _ => false,
            },
            _ => false,
        };
        if !generic {
            return None;
        }
        let unwrapped: syn::ExprMethodCall = syn::parse_quote!(#expr.unwrap());
        self.converted_unwrap(&unwrapped, "unwrap", hint)
    }

    /// `NumCast::from(x).unwrap()` with the type that the context asked for written out.
    fn typed_conversion(
        &self,
        call: &syn::ExprMethodCall,
        inner: &syn::ExprCall,
        path: &syn::ExprPath,
        ty: &Ty,
    ) -> syn::ExprMethodCall {
        let name = match ty {
            Ty::Generic(name) => name.clone(),
            Ty::F64 => syn::Ident::new("f64", Span::call_site()),
            Ty::F32 => syn::Ident::new("f32", Span::call_site()),
            _ => return call.clone(),
        };
        let owner =
            path.path.segments.iter().rev().nth(1).map(|owner| owner.ident.to_string()).unwrap_or_default();
        if path.qself.is_some()
            || !["NumCast", "FromPrimitive", "Float", "Real", "Num"].contains(&owner.as_str())
        {
            return call.clone();
        }
        let mut trait_ = path.path.clone();
        let last = trait_.segments.pop();
        trait_.segments.pop_punct();
        let args = &inner.args;
        match syn::parse2::<syn::Expr>(quote!(<#name as #trait_>::#last(#args))) {
            Ok(receiver) => syn::ExprMethodCall { receiver: Box::new(receiver), ..call.clone() },
            Err(_) => call.clone(),
        }
    }
}

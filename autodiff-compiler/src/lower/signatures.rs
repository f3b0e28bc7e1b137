//! What the signatures of functions and methods of the same file say.

use super::Lowerer;
use super::scope::Operand;
use super::types::INTEGERS;
use crate::diagnostics::message;
use crate::ir::{Arg, Call, Callee, Named, Ty, WideCompanions, Wrap, names_a_cell, names_derivative};
use crate::names::mentions;
use crate::surroundings::is_plain_function;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, FnArg, ReceiverKind, Signature, Type};

/// How a method takes its receiver.
#[derive(Clone, Copy)]
pub(super) enum Receiver {
    Value,
    Ref,
    RefMut,
}

impl Receiver {
    /// `None` where a type is written: `self: Box<Self>`.
    pub(super) fn of(receiver: &syn::Receiver) -> Option<Receiver> {
        match &receiver.kind {
            ReceiverKind::Reference(_, _, Some(_)) => Some(Receiver::RefMut),
            ReceiverKind::Reference(..) => Some(Receiver::Ref),
            ReceiverKind::Typed(..) => None,
            _ => Some(Receiver::Value),
        }
    }
}

impl Lowerer<'_> {
    /// The call of a function of this file that has no derivative, as it stands without the attribute:
    /// fine where nothing active goes in, or nothing but an integer or a `bool` comes out.
    pub(super) fn plain_call(&mut self, call: &syn::ExprCall, name: &Ident, hint: &Ty) -> Option<Operand> {
        if self.is_own_name(&name.to_string()) {
            return None;
        }
        let whole = Expr::Call(call.clone());
        let Some(found) = self.around.function(name) else {
            let found = self.around.function_elsewhere(name)?;
            let plain = is_plain(&found.attrs, None) && !self.changes_arguments(&found.sig, false);
            return if plain { self.number_alone(&whole, &found.sig) } else { None };
        };
        let found = found.item;
        if !is_plain(&found.attrs, None) || self.changes_arguments(&found.sig, false) {
            return None;
        }
        let (ty, refusal) = self.plain_result(&found.sig, name, hint);
        // What else a generic one gives is for rustc to say.
        let mut params = found.sig.generics.params.iter();
        if refusal.is_some() && params.any(|param| !matches!(param, syn::GenericParam::Lifetime(_))) {
            return None;
        }
        Some(self.opaque_operand(&whole, ty, refusal))
    }

    /// Whether a function without a derivative, of this file, gives an integer or a `bool` and changes nothing.
    pub(super) fn gives_number_alone(&self, name: &Ident) -> bool {
        let found = self.around.function(name).filter(|_| !self.is_own_name(&name.to_string()));
        found.is_some_and(|found| {
            let sig = &found.item.sig;
            let number = matches!(&sig.output, syn::ReturnType::Type(_, ty) if is_number(ty));
            number && is_plain(&found.item.attrs, None) && !self.changes_arguments(sig, false)
        })
    }

    /// The call of what another file has, where it gives what has no derivative and is spelled alike in every
    /// module. A macro may have made another of the name: rustc checks what it gives.
    fn number_alone(&mut self, whole: &Expr, sig: &Signature) -> Option<Operand> {
        let syn::ReturnType::Type(_, output) = &sig.output else { return None };
        if is_number(output) {
            return Some(self.written(whole, self.types.ty(output), quote!(#output)));
        }
        let (name, payload) = number_or_error(&sig.output)?;
        let written = match name == "Option" {
            true => quote!(::core::option::Option<#payload>),
            false => quote!(::core::result::Result<#payload, _>),
        };
        Some(self.written(whole, Ty::Inert, written))
    }

    /// The same for a method of a struct of this crate.
    pub(super) fn plain_method(
        &mut self,
        call: &syn::ExprMethodCall,
        of: &Named,
        hint: &Ty,
    ) -> Option<Operand> {
        let (Type::Path(path), Some(_)) = (&of.written, &of.fields) else { return None };
        let whole = Expr::MethodCall(call.clone());
        let owner = &path.path.segments.last()?.ident;
        let cells = |item: syn::ItemStruct| names_a_cell(item.fields.to_token_stream());
        let keeps =
            Ty::Named(Box::new(of.clone())).holds_a_cell() || self.around.structure(owner).is_some_and(cells);
        let Some((block, found)) = self.around.method(owner, &call.method) else {
            let (block, found) = self.around.method_elsewhere(owner, &call.method)?;
            let plain = is_plain(&block.attrs, None) && is_plain(&found.attrs, None);
            if !plain || self.changes_arguments(&found.sig, keeps) || !self.can_be_opaque(&whole) {
                return None;
            }
            return self.number_alone(&whole, &found.sig);
        };
        let annotated = !is_plain(&block.attrs, None) || !is_plain(&found.item.attrs, None);
        // What gives nothing and changes nothing has no derivative either way.
        let silent = matches!(found.item.sig.output, syn::ReturnType::Default);
        if annotated && !silent
            || self.changes_arguments(&found.item.sig, keeps)
            || !self.can_be_opaque(&whole)
        {
            return None;
        }
        let (ty, refusal) = self.plain_result(&found.item.sig, &call.method, hint);
        Some(self.opaque_operand(&whole, ty, refusal))
    }

    /// The same for an associated function of a struct of this file that takes no `self`.
    pub(super) fn plain_associated(
        &mut self,
        call: &syn::ExprCall,
        path: &syn::ExprPath,
        hint: &Ty,
    ) -> Option<Operand> {
        let segments: Vec<_> = path.path.segments.iter().collect();
        let [owner, name] = segments[..] else { return None };
        let owner = match (&path.qself, &self.types.self_ty) {
            (Some(_), _) => return None,
            (None, Some(Type::Path(this))) if owner.ident == "Self" => {
                this.path.segments.last()?.ident.clone()
            }
            (None, _) if self.is_own_name(&owner.ident.to_string()) => return None,
            (None, _) => owner.ident.clone(),
        };
        let (block, found) = self.around.method(&owner, &name.ident)?;
        let sig = &found.item.sig;
        let plain = is_plain(&block.attrs, None) && is_plain(&found.item.attrs, None);
        let generic = !block.generics.params.is_empty() || !sig.generics.params.is_empty();
        if !plain || generic || sig.receiver().is_some() || self.changes_arguments(sig, false) {
            return None;
        }
        match self.plain_result(sig, &name.ident, hint) {
            (ty, None) => Some(self.opaque_operand(&Expr::Call(call.clone()), ty, None)),
            // It may have companions that were written by hand.
            (_, Some(_)) => None,
        }
    }

    /// The name of a function or method of this file that a call leads to, if it has no derivative.
    pub(super) fn unannotated(&self, call: &Call) -> Option<Ident> {
        match &call.callee {
            Callee::Path(path) => {
                let name = path.get_ident().filter(|name| !self.is_own_name(&name.to_string()))?;
                let here = self.around.function(name).map(|found| found.item);
                let found = here.or_else(|| self.around.function_elsewhere(name))?;
                // Companions may have been written by hand.
                let companions = self.around.structure(name).is_some();
                (is_plain(&found.attrs, None) && !companions).then(|| name.clone())
            }
            Callee::Method { name, .. } => {
                let Some(Arg::Receiver { place, .. }) = call.args.first() else { return None };
                let ty = self.f.place_ty(place);
                if ty.is_float() && self.around.is_unannotated_method_of_floats(name) {
                    return Some(name.clone());
                }
                let Ty::Named(named) = ty else { return None };
                let (Type::Path(path), Some(_)) = (&named.written, &named.fields) else { return None };
                let owner = &path.path.segments.last()?.ident;
                let here = self.around.method(owner, name).map(|(block, found)| (block, found.item));
                let (block, found) = here.or_else(|| self.around.method_elsewhere(owner, name))?;
                let bare = is_plain(&block.attrs, None) && is_plain(&found.attrs, None);
                (bare && block.trait_.is_none()).then(|| name.clone())
            }
            Callee::Assoc { .. } => None,
        }
    }

    /// Whether a path is the name of a function of this file.
    pub(super) fn is_of_this_file(&self, path: &syn::ExprPath, name: &str) -> bool {
        path.qself.is_none()
            && path
                .path
                .get_ident()
                .is_some_and(|ident| ident == name && self.around.function(ident).is_some())
    }

    fn plain_result(&self, sig: &Signature, name: &Ident, hint: &Ty) -> (Ty, Option<String>) {
        let output = match &sig.output {
            syn::ReturnType::Type(_, ty) => self.types.ty(ty),
            syn::ReturnType::Default => Ty::UNIT,
        };
        match output {
            ty @ (Ty::Int(Some(_)) | Ty::Bool) => (ty, None),
            // It changes in steps.
            Ty::Named(named) if named.inert.is_some() => (Ty::Named(named), None),
            Ty::Inert if gives_order(&sig.output) || gives_text(&sig.output) => (Ty::Inert, None),
            // Nothing, or an error.
            Ty::Tuple(items) if items.is_empty() => (Ty::Inert, None),
            _ if number_or_error(&sig.output).is_some() => (Ty::Inert, None),
            ty if changes_in_steps(&ty) => (ty, None),
            output => {
                // By its signature, where that is all there is to it.
                let generic =
                    sig.generics.params.iter().any(|p| !matches!(p, syn::GenericParam::Lifetime(_)));
                // `Self` is its owner there, and a reference is no value.
                let written = sig.output.to_token_stream().to_string();
                let own = !written.contains('&') && !written.contains("Self");
                let told = matches!(hint, Ty::Unknown) && !generic && own && is_plain_ty(&output);
                let ty = if told { output } else { hint.clone() };
                (ty, Some(message::unannotated(&name.to_string())))
            }
        }
    }

    /// What a function of the same module gives, by its signature, where that is all there is to it:
    /// numbers, sequences of numbers and structs that are known.
    pub(super) fn known_output(&self, callee: &Callee, args: &[Arg]) -> Option<Ty> {
        let Some((sig, owner)) = self.known_signature(callee, args) else {
            return self.owner_told(callee).or_else(|| self.default_of(callee));
        };
        let syn::ReturnType::Type(_, output) = &sig.output else { return None };
        let mentioned = mentions(output.to_token_stream());
        let is_told = |param: &syn::GenericParam| match param {
            syn::GenericParam::Lifetime(_) => true,
            syn::GenericParam::Type(param) => !mentioned.contains(&param.ident.to_string()),
            syn::GenericParam::Const(param) => !mentioned.contains(&param.ident.to_string()),
        };
        if !sig.generics.params.iter().all(is_told) {
            // What a list is of is for rustc to say.
            return match &**output {
                Type::Path(path) if path.path.segments.last()?.ident == "Vec" => {
                    matches!(self.types.ty(output), Ty::Vec(_)).then(|| Ty::Vec(Box::new(Ty::Unknown)))
                }
                _ => None,
            };
        }
        let tokens = match &owner {
            Some(owner) => renamed(output.to_token_stream(), owner),
            None => output.to_token_stream(),
        };
        let output = self
            .types
            .ty(&syn::parse2::<Type>(tokens).ok().filter(|ty| !matches!(ty, Type::Reference(_)))?);
        is_plain_ty(&output).then_some(output)
    }

    /// What a callee has for sweeps in several directions, and what it gives: an annotated function of this
    /// module, without rules of its own, whose types tell what their tangents are.
    pub(super) fn wide_companions(&self, callee: &Callee) -> Option<(WideCompanions, Ty)> {
        let Callee::Path(path) = callee else { return None };
        let name = path.get_ident().filter(|name| !self.is_own_name(&name.to_string()))?;
        let (item, asked) = self.around.asked_of(name)?;
        if names_derivative(name) || !is_plain(&item.attrs, Some(1)) {
            return None;
        }
        // By reference, structs whose fields are known, as they are to the function itself.
        let known = |ty: &Type| {
            let plain = matches!(ty, Type::Path(path) if path.path.get_ident().is_some());
            let ty = self.types.ty(ty);
            plain && matches!(&ty, Ty::Named(_)) && ty.has_lanes()
        };
        if !takes_directions(&item.sig, &known) {
            return None;
        }
        let syn::ReturnType::Type(_, output) = &item.sig.output else { return None };
        let adjoint = asked.adjoint && is_plain(&item.attrs, Some(2));
        Some((WideCompanions { tangent: asked.tangents, adjoint }, self.types.ty(output)))
    }

    /// What the `Option` or the `Result` holds that a call gives, where its signature shows it.
    pub(super) fn known_payload(&self, callee: &Callee, args: &[Arg]) -> Option<Ty> {
        let (sig, owner) = self.known_signature(callee, args)?;
        let syn::ReturnType::Type(_, output) = &sig.output else { return None };
        let Type::Path(path) = super::types::bare(output) else { return None };
        let last = path.path.segments.last()?;
        let generic = sig.generics.params.iter().any(|p| !matches!(p, syn::GenericParam::Lifetime(_)));
        if generic || last.ident != "Option" && last.ident != "Result" {
            return None;
        }
        let payload = super::types::first_type(&last.arguments)?.to_token_stream();
        let payload = owner.map_or(payload.clone(), |owner| renamed(payload, &owner));
        let ty = self.types.ty(&syn::parse2::<Type>(payload).ok()?);
        (is_plain_ty(&ty) && ty.may_be_active()).then_some(ty)
    }

    /// Whether a call gives an `Option` or a `Result`, where a signature of this crate shows it.
    pub(super) fn given_wrap(&self, callee: &Callee, args: &[Arg]) -> Option<Wrap> {
        let output = match self.known_signature(callee, args) {
            Some((sig, _)) => sig.output,
            None => self.signature_elsewhere(callee, args)?.output,
        };
        let syn::ReturnType::Type(_, output) = output else { return None };
        let Type::Path(path) = super::types::bare(&output) else { return None };
        match path.path.segments.last()?.ident.to_string().as_str() {
            "Option" => Some(Wrap::Option),
            "Result" => Some(Wrap::Result),
            _ => None,
        }
    }

    /// The pairs of numbers, some of them integers, that a function of another module gives, as it is written
    /// there: those are spelled alike in every module. A macro may have made another of the name: rustc checks.
    pub(super) fn numbers_elsewhere(&self, callee: &Callee, args: &[Arg]) -> Option<(Ty, Type)> {
        let Callee::Path(_) = callee else { return None };
        let syn::ReturnType::Type(_, output) = self.signature_elsewhere(callee, args)?.output else {
            return None;
        };
        let Type::Tuple(items) = &*output else { return None };
        let float = |ty: &Type| matches!(ty, Type::Path(path) if path.path.is_ident("f64") || path.path.is_ident("f32"));
        let known = items.elems.iter().all(|item| is_number(item) || float(item));
        let mixed = items.elems.iter().any(is_number) && items.elems.iter().any(float);
        (known && mixed).then(|| (self.types.ty(&output), *output))
    }

    /// The signature of what is called, where its types may mean something else than here.
    fn signature_elsewhere(&self, callee: &Callee, args: &[Arg]) -> Option<Signature> {
        match callee {
            Callee::Path(path) => {
                let name = path.get_ident().filter(|name| !self.is_own_name(&name.to_string()))?;
                Some(self.around.function_elsewhere(name)?.sig)
            }
            Callee::Method { name, .. } => {
                let Some(Arg::Receiver { place, .. }) = args.first() else { return None };
                let Ty::Named(named) = self.f.place_ty(place) else { return None };
                let Type::Path(path) = &named.written else { return None };
                let owner = &path.path.segments.last()?.ident;
                let here = self.around.method(owner, name).map(|(_, function)| function.item.sig);
                here.or_else(|| Some(self.around.method_elsewhere(owner, name)?.1.sig))
            }
            Callee::Assoc { prefix, name, .. } => match &prefix.clone().into_iter().collect::<Vec<_>>()[..] {
                [TokenTree::Ident(owner), ..] => Some(self.around.method_elsewhere(owner, name)?.1.sig),
                _ => None,
            },
        }
    }

    /// `Owner::default()` of a struct whose fields are known: the trait says that it gives one.
    fn default_of(&self, callee: &Callee) -> Option<Ty> {
        let Callee::Assoc { prefix, name, .. } = callee else { return None };
        match &prefix.clone().into_iter().collect::<Vec<_>>()[..] {
            [TokenTree::Ident(owner), TokenTree::Punct(_), TokenTree::Punct(_)]
                if name == "default" && !self.is_own_name(&owner.to_string()) =>
            {
                let ty = self.types.ty(&syn::parse_quote!(#owner));
                matches!(&ty, Ty::Named(named) if named.fields.is_some()).then_some(ty)
            }
            _ => None,
        }
    }

    /// The signature of a function of the same module, with the type whose method it is.
    pub(super) fn known_signature(
        &self,
        callee: &Callee,
        args: &[Arg],
    ) -> Option<(Signature, Option<Ident>)> {
        let found = self.written_signature(callee, args);
        let (mut sig, owner) = found.or_else(|| self.signature_of_this_trait(callee, args))?;
        self.around.spell_out(&mut sig, None);
        Some((sig, owner))
    }

    fn written_signature(&self, callee: &Callee, args: &[Arg]) -> Option<(Signature, Option<Ident>)> {
        match callee {
            Callee::Path(path) => match &path.segments.iter().collect::<Vec<_>>()[..] {
                [name] if self.is_own_name(&name.ident.to_string()) => None,
                [name] => {
                    let sig = self.around.function(&name.ident)?.item.sig;
                    let inferred =
                        sig.generics.type_params().next().and_then(|_| self.inferred(None, &sig, args));
                    Some((inferred.unwrap_or(sig), None))
                }
                [owner, name] => self.signature_of(&owner.ident, &name.ident, args),
                _ => None,
            },
            Callee::Method { name, .. } => {
                let Some(Arg::Receiver { place, .. }) = args.first() else { return None };
                let Ty::Named(named) = self.f.place_ty(place) else { return None };
                let (Type::Path(path), Some(_)) = (&named.written, &named.fields) else { return None };
                self.signature_of(&path.path.segments.last()?.ident, name, args)
            }
            Callee::Assoc { prefix, name, .. } => match &prefix.clone().into_iter().collect::<Vec<_>>()[..] {
                // `Owner::`
                [TokenTree::Ident(owner), TokenTree::Punct(_), TokenTree::Punct(_)] => {
                    self.signature_of(owner, name, args)
                }
                _ => None,
            },
        }
    }

    /// A `&mut` that is passed by its name where a `&` is expected is lent as that: nothing changes.
    pub(super) fn lend_as_expected(&self, callee: &Callee, args: &mut [Arg]) {
        let Some((sig, _)) = self.known_signature(callee, args) else { return };
        if sig.inputs.len() != args.len() {
            return;
        }
        for (arg, input) in args.iter_mut().zip(&sig.inputs) {
            if let (Arg::RefMut(place), FnArg::Typed(typed)) = (&*arg, input)
                && let Type::Reference(reference) = &*typed.ty
                && reference.mutability.is_none()
            {
                *arg = Arg::Ref(place.clone());
            }
        }
    }

    /// Whether the body gives a name a meaning of its own.
    pub(super) fn is_own_name(&self, name: &str) -> bool {
        self.scopes.knows(name) || self.types.structures.hides(name)
    }

    /// How a method of a struct takes its receiver.
    pub(super) fn known_receiver(&self, callee: &Callee, receiver: &Operand) -> Option<Receiver> {
        let Callee::Method { name, .. } = callee else { return None };
        self.receiver_of(name, &self.operand_ty(receiver))
    }

    /// How a method of a struct of this file takes its receiver.
    pub(super) fn receiver_of(&self, name: &Ident, ty: &Ty) -> Option<Receiver> {
        let Ty::Named(named) = ty else { return None };
        let (Type::Path(path), Some(_)) = (&named.written, &named.fields) else { return None };
        let (_, function) = self.around.method(&path.path.segments.last()?.ident, name)?;
        Receiver::of(function.item.sig.receiver()?)
    }

    /// Whether a call may change what is passed, a part behind a shared reference included. `keeps`:
    /// whether the receiver has such a part.
    fn changes_arguments(&self, sig: &Signature, keeps: bool) -> bool {
        sig.inputs.iter().any(|input| match input {
            FnArg::Receiver(receiver) => {
                keeps || !matches!(Receiver::of(receiver), Some(Receiver::Ref | Receiver::Value))
            }
            FnArg::Typed(typed) => {
                let tokens = typed.ty.to_token_stream();
                tokens.clone().into_iter().any(|token| token.to_string() == "mut")
                    || names_a_cell(tokens)
                    || self.types.ty(super::types::bare(&typed.ty)).holds_a_cell()
            }
        })
    }

    /// The signature of an associated function of a type; of one with generic parameters where it is known what
    /// they stand for.
    fn signature_of(&self, owner: &Ident, name: &Ident, args: &[Arg]) -> Option<(Signature, Option<Ident>)> {
        let owner = match &self.types.self_ty {
            Some(Type::Path(this)) if owner == "Self" => &this.path.segments.last()?.ident,
            _ => owner,
        };
        let (block, function) = self.around.method(owner, name)?;
        let sig = &function.item.sig;
        let generic = block.generics.params.iter().chain(&sig.generics.params);
        let generic = generic.clone().any(|param| matches!(param, syn::GenericParam::Type(_)));
        let inferred = generic.then(|| self.inferred(Some(&block), sig, args)).flatten();
        let sig = match inferred {
            Some(sig) if sig.generics.params.is_empty() => sig,
            _ if block.generics.params.is_empty() => function.item.sig,
            Some(_) | None => return None,
        };
        Some((sig, Some(owner.clone())))
    }
}

/// What `Result<(), E>`, `Result<usize, E>` and `Option<bool>` are called and hold.
fn number_or_error(output: &syn::ReturnType) -> Option<(&Ident, &Type)> {
    let syn::ReturnType::Type(_, ty) = output else { return None };
    let Type::Path(path) = &**ty else { return None };
    let last = path.path.segments.last()?;
    let payload = super::types::first_type(&last.arguments).filter(|ty| is_number(ty))?;
    (last.ident == "Result" || last.ident == "Option").then_some((&last.ident, payload))
}

/// Whether what is given is the answer of a comparison.
fn gives_order(output: &syn::ReturnType) -> bool {
    let syn::ReturnType::Type(_, ty) = output else { return false };
    matches!(&**ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Ordering"))
}

/// Whether what is given is text, or a character.
fn gives_text(output: &syn::ReturnType) -> bool {
    matches!(output, syn::ReturnType::Type(_, ty) if matches!(&**ty, Type::Path(path)
        if path.path.is_ident("String") || path.path.is_ident("char")))
}

/// Whether a type is known to hold nothing but integers, truth values and what is inert.
fn changes_in_steps(ty: &Ty) -> bool {
    match ty {
        Ty::Int(Some(_)) | Ty::Bool => true,
        Ty::Array(item, _) | Ty::Vec(item) | Ty::Deque(item) | Ty::Option(item) => changes_in_steps(item),
        Ty::Tuple(items) => !items.is_empty() && items.iter().all(changes_in_steps),
        Ty::Named(named) => named.inert.is_some(),
        Ty::F64
        | Ty::F32
        | Ty::Float
        | Ty::Generic(_)
        | Ty::Int(None)
        | Ty::Inert
        | Ty::Slice(_)
        | Ty::Wide(_)
        | Ty::Unknown => false,
    }
}

/// Whether a type is made of integers and truth values alone.
fn is_number(ty: &Type) -> bool {
    const NUMBERS: [&str; 13] =
        ["usize", "isize", "u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128", "bool"];
    match ty {
        Type::Tuple(items) => items.elems.iter().all(is_number),
        Type::Path(path) => NUMBERS.iter().any(|name| path.path.is_ident(name)),
        _ => false,
    }
}

/// Whether a type is known to its last part.
fn is_plain_ty(ty: &Ty) -> bool {
    match ty {
        Ty::F64 | Ty::F32 | Ty::Int(Some(_)) | Ty::Bool => true,
        Ty::Array(item, _) | Ty::Vec(item) | Ty::Deque(item) => is_plain_ty(item),
        Ty::Tuple(items) => items.iter().all(is_plain_ty),
        Ty::Named(named) => named.fields.is_some() || named.inert.is_some(),
        Ty::Float
        | Ty::Generic(_)
        | Ty::Int(None)
        | Ty::Inert
        | Ty::Slice(_)
        | Ty::Option(_)
        | Ty::Wide(_)
        | Ty::Unknown => false,
    }
}

/// Whether nothing stands there that could change what a function is, and our attribute, if it is to stand
/// there (`ours`), says no more than a sufficient order.
pub(super) fn is_plain(attrs: &[Attribute], ours: Option<u8>) -> bool {
    let (plain, found) = is_plain_function(attrs);
    let order = match &found {
        None => return plain && ours.is_none(),
        Some(syn::Meta::Path(_)) => Some(1),
        Some(syn::Meta::List(list)) => order_alone(list.tokens.clone()),
        Some(syn::Meta::NameValue(_)) => None,
    };
    plain && order.zip(ours).is_some_and(|(order, least)| order >= least)
}

/// `order = N`
/// The order, where nothing else is said that matters to callers.
fn order_alone(tokens: TokenStream) -> Option<u8> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let parts = tokens.split(|token| matches!(token, TokenTree::Punct(comma) if comma.as_char() == ','));
    let mut order = Some(1);
    for part in parts {
        match part {
            [] => {}
            [TokenTree::Ident(name)] if name == "allow_unused" => {}
            [TokenTree::Ident(name), TokenTree::Punct(_), TokenTree::Literal(literal)] if name == "order" => {
                order = literal.to_string().parse().ok();
            }
            _ => return None,
        }
    }
    order
}

/// Tokens with `Self` spelled out.
pub(super) fn renamed(tokens: TokenStream, owner: &Ident) -> TokenStream {
    let tokens = tokens.into_iter().map(|token| match token {
        TokenTree::Ident(ident) if ident == "Self" => TokenTree::Ident(owner.clone()),
        TokenTree::Group(group) => {
            let mut inner = proc_macro2::Group::new(group.delimiter(), renamed(group.stream(), owner));
            inner.set_span(group.span());
            TokenTree::Group(inner)
        }
        token => token,
    });
    tokens.collect()
}

/// Whether the types of a function, as they are written, tell the shapes of all tangents, and nothing that
/// is passed is changed: such a function can have companions for sweeps in several directions.
/// `known`: of another type behind a reference.
pub fn takes_directions(sig: &Signature, known: &dyn Fn(&Type) -> bool) -> bool {
    let plain = sig.asyncness.is_none() && matches!(sig.safety, syn::Safety::Default);
    let generic = !sig.generics.params.is_empty() || sig.generics.where_clause.is_some();
    let passed = |input: &FnArg| match input {
        FnArg::Receiver(_) => false,
        FnArg::Typed(typed) => match &*typed.ty {
            Type::Reference(reference) => {
                let slice = match &*reference.elem {
                    Type::Slice(slice) => is_spelled(&slice.elem),
                    inner => is_spelled(inner) || known(inner),
                };
                reference.mutability.is_none() && reference.lifetime.is_none() && slice
            }
            ty => is_spelled(ty),
        },
    };
    let returned = match &sig.output {
        syn::ReturnType::Type(_, ty) => is_spelled(ty) && holds_float(ty),
        syn::ReturnType::Default => false,
    };
    plain && !generic && sig.inputs.iter().all(passed) && returned
}

/// Numbers, and arrays, `Vec`s and tuples of such.
fn is_spelled(ty: &Type) -> bool {
    match ty {
        Type::Path(path) if path.qself.is_none() => match path.path.get_ident() {
            Some(name) => ["f64", "f32", "bool"].iter().chain(&INTEGERS).any(|known| name == known),
            None => {
                let only = path.path.segments.first().filter(|_| path.path.segments.len() == 1);
                only.filter(|only| only.ident == "Vec")
                    .and_then(|only| super::types::first_type(&only.arguments))
                    .is_some_and(is_spelled)
            }
        },
        Type::Array(array) => is_spelled(&array.elem),
        Type::Tuple(tuple) => tuple.elems.iter().all(is_spelled),
        _ => false,
    }
}

fn holds_float(ty: &Type) -> bool {
    let names = mentions(ty.to_token_stream());
    names.contains("f64") || names.contains("f32")
}

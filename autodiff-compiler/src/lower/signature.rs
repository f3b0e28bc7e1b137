//! Parameters and results.

use super::scope::Operand;
use super::types::{bare, first_type};
use super::{Lowerer, pattern};
use crate::diagnostics::message;
use crate::ir::{Expr, Param, ParamMode, Place, Stmt, Ty, VarInfo, Wrap};
use crate::options::Options;
use std::collections::BTreeSet;
use syn::spanned::Spanned;
use syn::{FnArg, Ident, Pat, ReceiverKind, ReturnType, Type};

impl Lowerer<'_> {
    pub(super) fn signature(&mut self, sig: &syn::Signature, options: &Options) {
        if let Some(token) = &sig.asyncness {
            self.diag.error(token.span, message::ASYNC);
        }
        if let syn::Safety::Unsafe(token) = &sig.safety {
            self.diag.error(token.span, message::UNSAFE_FN);
        }
        if let Some(variadic) = &sig.variadic {
            self.diag.error_at(variadic, message::VARIADIC);
        }
        self.scopes.push();
        let mut patterns = Vec::new();
        for input in &sig.inputs {
            match input {
                FnArg::Receiver(receiver) => self.receiver(receiver, options),
                FnArg::Typed(typed) => {
                    patterns.push((self.f.params.len(), typed, self.parameter(typed, options)))
                }
            }
        }
        // Patterns are taken apart once every parameter has its variable.
        for (_, typed, operand) in patterns {
            self.bind_parameter(&typed.pat, operand);
        }
        self.check_wrt(options);
        self.return_type(&sig.output);
        self.check_activity(sig, options);
    }

    fn receiver(&mut self, receiver: &syn::Receiver, options: &Options) {
        let name = Ident::new("self", receiver.self_token.span);
        let (mode, written, ty): (ParamMode, Type, Ty) = match &receiver.kind {
            ReceiverKind::Reference(_, lifetime, mutability) => {
                let mode = if mutability.is_some() { ParamMode::RefMut } else { ParamMode::Ref };
                let written: Type = syn::parse_quote!(& #lifetime #mutability Self);
                (mode, written.clone(), self.types.ty(&written))
            }
            ReceiverKind::Typed(_, ty) => {
                let mode = mode_of(ty);
                (mode, (**ty).clone(), self.types.ty(ty))
            }
            _ => {
                let written: Type = syn::parse_quote!(Self);
                (ParamMode::Value, written.clone(), self.types.ty(&written))
            }
        };
        let active = self.is_active(&name, &receiver.attrs, &written, &ty, options, receiver.self_token.span);
        let operand = self.add_param(&name, mode, written, ty, active, false);
        let operand = match operand {
            Operand::Place(place) if receiver.mutability.is_some() => {
                let ty = self.f.info(place.root).ty.clone();
                let var = self.declare(&name, ty, true);
                let value = Expr::Move(place.root);
                self.emit(Stmt::Let { var, init: Some(value) });
                Operand::var(var)
            }
            operand => operand,
        };
        self.scopes.bind(&name, operand);
    }

    fn parameter(&mut self, typed: &syn::PatType, options: &Options) -> Operand {
        let name = match pattern::bare(&typed.pat) {
            Pat::Ident(ident) => ident.ident.clone(),
            Pat::Wild(wild) => Ident::new("_arg", wild.underscore_token.span()),
            other => Ident::new("arg", other.span()),
        };
        let ty = self.types.ty(&typed.ty);
        let active = self.is_active(&name, &typed.attrs, &typed.ty, &ty, options, name.span());
        if active {
            self.check_parameter_type(&typed.ty);
            if self.types.is_iterated(bare(&typed.ty)) {
                self.diag.error_at(&typed.pat, message::ITERATOR_PARAMETER);
            }
            let underived = self.around.underived(&typed.ty);
            // A generic parameter hides a type of its name.
            if let Some(name) = underived.filter(|name| !self.types.parameters.contains(name)) {
                self.diag.error(name.span(), message::underived(&name.to_string()));
            }
        }
        let unused = name.to_string().starts_with('_');
        self.add_param(&name, mode_of(&typed.ty), (*typed.ty).clone(), ty, active, unused)
    }

    fn check_parameter_type(&mut self, ty: &Type) {
        if self.types.is_function(ty) {
            self.diag.error_at(ty, message::FUNCTION_PARAMETER);
        }
        match bare(ty) {
            Type::Reference(outer) => match bare(&outer.elem) {
                Type::Reference(_) => self.diag.error_at(ty, message::REFERENCE_TO_REFERENCE),
                Type::TraitObject(object) if !self.types.is_function(ty) => {
                    self.diag.error_at(object, message::DYN)
                }
                inner => self.check_references_inside(inner, false),
            },
            Type::Tuple(_) | Type::Array(_) => self.check_references_inside(bare(ty), true),
            Type::Ptr(pointer) => self.diag.error_at(pointer, message::RAW_POINTER),
            Type::Path(path) => {
                let boxed = path.path.segments.last().filter(|last| {
                    ["Box", "Rc", "Arc", "Cell", "RefCell", "Mutex"].iter().any(|name| last.ident == name)
                });
                if let Some(Type::TraitObject(object)) = boxed.and_then(|last| first_type(&last.arguments)) {
                    self.diag.error_at(object, message::DYN);
                } else if boxed.is_some_and(|last| last.ident != "Box") {
                    self.diag.error_at(ty, message::BOXED);
                } else {
                    self.check_references_inside(bare(ty), true);
                }
            }
            _ => {}
        }
    }

    /// A pullback holds no borrow: what is passed by value (`owned`) has none inside. Elsewhere a number
    /// behind a reference would be read as a number.
    fn check_references_inside(&mut self, ty: &Type, owned: bool) {
        match ty {
            Type::Reference(reference) => {
                if owned || self.types.ty(&reference.elem).is_float() {
                    self.diag.error_at(reference, message::REFERENCE_IN_VALUE);
                } else {
                    self.check_references_inside(bare(&reference.elem), owned);
                }
            }
            Type::Tuple(tuple) => {
                tuple.elems.iter().for_each(|item| self.check_references_inside(bare(item), owned));
            }
            Type::Array(array) => self.check_references_inside(bare(&array.elem), owned),
            Type::Slice(slice) => self.check_references_inside(bare(&slice.elem), owned),
            Type::Path(path) => {
                let sequence = path.path.segments.last().filter(|last| {
                    ["Option", "Vec", "VecDeque", "Result"].iter().any(|name| last.ident == name)
                });
                if let Some(item) = sequence.and_then(|last| first_type(&last.arguments)) {
                    self.check_references_inside(bare(item), owned);
                }
            }
            _ => {}
        }
    }

    fn is_active(
        &mut self,
        name: &Ident,
        attrs: &[syn::Attribute],
        written: &Type,
        ty: &Ty,
        options: &Options,
        span: proc_macro2::Span,
    ) -> bool {
        let no_diff = attrs.iter().any(|attr| attr.path().is_ident("no_diff"));
        let named = options.wrt.as_ref().map(|wrt| wrt.iter().any(|wrt| wrt == name));
        // A function pointer has no derivative but is no integer either: it must be marked.
        let can = ty.may_be_active() || self.types.is_function(written);
        match named {
            Some(true) if no_diff => {
                self.diag.error(span, message::no_diff_wrt(&name.to_string()));
                false
            }
            Some(true) if !can => {
                self.diag.error(span, message::inactive_wrt(&name.to_string()));
                false
            }
            Some(named) => named,
            None => can && !no_diff,
        }
    }

    fn add_param(
        &mut self,
        name: &Ident,
        mode: ParamMode,
        written: Type,
        ty: Ty,
        active: bool,
        unused: bool,
    ) -> Operand {
        let by_ref = match mode {
            ParamMode::Value => None,
            ParamMode::Ref => Some(false),
            ParamMode::RefMut => Some(true),
        };
        let info = VarInfo {
            name: name.clone(),
            mutable: by_ref == Some(true),
            by_ref,
            ..VarInfo::local("x", ty, name.span())
        };
        let var = self.f.add_var(info);
        let may_be_unused = unused || self.types.allow_unused;
        self.f.params.push(Param { var, mode, active, ty: written, may_be_unused, span: name.span() });
        match by_ref {
            None => Operand::var(var),
            Some(mutable) => Operand::Ref(Place::var(var), mutable),
        }
    }

    fn bind_parameter(&mut self, pat: &Pat, operand: Operand) {
        match (pattern::bare(pat), &operand) {
            (Pat::Ident(ident), Operand::Place(_))
                if ident.mutability.is_none() && ident.subpat.is_none() =>
            {
                self.scopes.bind(&ident.ident, operand);
            }
            (Pat::Wild(_), _) => {}
            (Pat::Ident(ident), Operand::Ref(..))
                if ident.mutability.is_some() && self.bind_moving(&ident.ident, &operand).is_some() => {}
            (pat, Operand::Place(place)) if matches!(pat, Pat::Ident(_)) => {
                let ty = self.f.place_ty(place);
                let value = if ty.is_copy() { Expr::Read(place.clone()) } else { Expr::Move(place.root) };
                self.bind_pattern(pat, Operand::Value(value), &ty);
            }
            (pat, _) => self.bind_pattern(pat, operand, &Ty::Unknown),
        }
    }

    /// The names of the parameters whose types have no derivative.
    pub(super) fn inert_parameters(&self) -> BTreeSet<String> {
        self.parameters(|_, ty| !ty.may_be_active())
    }

    /// The names of the active ones that are floats.
    pub(super) fn float_parameters(&self) -> BTreeSet<String> {
        self.parameters(|active, ty| active && ty.is_float())
    }

    fn parameters(&self, wanted: impl Fn(bool, &Ty) -> bool) -> BTreeSet<String> {
        let found = self.f.params.iter().map(|param| (param.active, self.f.info(param.var)));
        found
            .filter(|(active, info)| wanted(*active, &info.ty))
            .map(|(_, info)| info.name.to_string())
            .collect()
    }

    fn check_wrt(&mut self, options: &Options) {
        for name in options.wrt.iter().flatten() {
            let known = self.f.params.iter().any(|param| self.f.info(param.var).name == *name);
            if !known {
                self.diag.error(name.span(), message::not_a_parameter(&name.to_string()));
            }
        }
    }

    fn return_type(&mut self, output: &ReturnType) {
        let ReturnType::Type(_, ty) = output else { return };
        let mut payload = bare(ty);
        if let Type::Path(path) = payload
            && let Some(last) = path.path.segments.last()
            && let Some(inner) = first_type(&last.arguments)
        {
            match last.ident.to_string().as_str() {
                "Option" => (self.f.wrap, payload) = (Wrap::Option, bare(inner)),
                "Result" => (self.f.wrap, payload) = (Wrap::Result, bare(inner)),
                _ => {}
            }
        }
        match payload {
            Type::Tuple(tuple) if tuple.elems.is_empty() => return,
            Type::ImplTrait(_) | Type::TraitObject(_) => self.diag.error_at(ty, message::RETURNS_IMPL),
            _ if holds_reference(payload) => self.diag.error_at(ty, message::RETURNS_REFERENCE),
            _ => {}
        }
        self.f.result_ty = Some(payload.clone());
        self.result_hint = self.types.of_local(payload);
    }

    fn check_activity(&mut self, sig: &syn::Signature, options: &Options) {
        if options.constant {
            return;
        }
        let named = options.wrt.as_ref().is_none_or(|wrt| wrt.is_empty());
        if named && !self.f.params.iter().any(|param| param.active) {
            self.diag.error(sig.ident.span(), message::NO_ACTIVE_PARAMETER);
            return;
        }
        let writes = self.f.params.iter().any(|param| param.active && param.mode == ParamMode::RefMut);
        let returns = self.f.result_ty.is_some() && self.result_hint.may_be_active();
        if !writes && !returns {
            self.diag.error(sig.ident.span(), message::NO_OUTPUT);
        }
    }
}

fn mode_of(ty: &Type) -> ParamMode {
    match bare(ty) {
        Type::Reference(reference) if reference.mutability.is_some() => ParamMode::RefMut,
        Type::Reference(_) => ParamMode::Ref,
        _ => ParamMode::Value,
    }
}

fn holds_reference(ty: &Type) -> bool {
    match bare(ty) {
        Type::Reference(reference) => {
            !matches!(bare(&reference.elem), Type::Path(p) if p.path.is_ident("str"))
        }
        Type::Tuple(tuple) => tuple.elems.iter().any(holds_reference),
        Type::Array(array) => holds_reference(&array.elem),
        _ => false,
    }
}

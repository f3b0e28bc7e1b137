//! `gradcheck`: the gradient against differences of the function.

use super::{Home, Output, Param, Target};
use crate::emit::types::{Shape, one_or_tuple};
use crate::ir::{ParamMode, Wrap};
use proc_macro2::TokenStream;
use quote::quote;

impl Target<'_> {
    /// `gradcheck`, of functions whose output is a float by its type as written.
    pub fn gradcheck(&self) -> TokenStream {
        let float = matches!(self.outputs().as_slice(), [Output::Return(Shape::Float(_))]);
        let known = self.params.iter().all(|param| {
            let ty = &param.ty;
            let text = quote!(#ty).to_string();
            // What is lent for a lifetime or stands for any type cannot be kept and moved.
            !text.contains('\'') && !text.contains("impl ") && !text.contains("dyn ")
        });
        let home = matches!(self.home, Home::Function | Home::Method);
        // A parameter of the function's own name hides it.
        let hidden =
            matches!(self.home, Home::Function) && self.params.iter().any(|p| p.name == self.sig.ident);
        if !float || !known || !home || hidden {
            return TokenStream::new();
        }
        let krate = self.krate;
        let bounds = self.clone_bounds(|param| param.active || param.mode == ParamMode::Value);
        let (generics, clause) = self.generics(None, bounds);
        let (head, params) = (self.public("gradcheck"), self.declarations());
        let (grad, args) = (self.own("grad"), self.copies());
        let active: Vec<&Param> = self.active().collect();
        let names = active.iter().map(|param| param.name.to_string());
        let values = one_or_tuple(active.iter().map(|param| kept(param)).collect());
        let bound = one_or_tuple(active.iter().map(|param| self.bound(param)).collect());
        let (at, gradient) = (self.fresh("at"), self.fresh("gradient"));
        let (call, question) = (self.call_at(), self.question());
        // Around the point the function may have no value: nothing that a gradient agrees with.
        let (check, call) = match self.wrap {
            Wrap::Plain => (quote!(checked), call),
            Wrap::Option => (quote!(checked_where_defined), call),
            Wrap::Result => (quote!(checked_where_defined), quote!(#call.ok())),
        };
        let outcome = quote!(::core::result::Result<(), #krate::GradientMismatch>);
        let outcome = self.wrapped_ty(&outcome);
        let checked = quote!(#krate::rt::#check(&[#(#names),*], &#at, &#gradient, |#bound| #call));
        let checked = self.wrapped(&checked);
        quote! {
            #head #generics(#(#params),*) -> #outcome #clause {
                let #at = #values;
                let #gradient = #grad(#(#args),*) #question;
                #checked
            }
        }
    }

    /// The name of an active parameter inside the closure.
    fn bound(&self, param: &Param) -> TokenStream {
        match &param.receiver {
            Some(_) => {
                let this = self.fresh("this");
                quote!(#this)
            }
            None => {
                let name = &param.name;
                quote!(#name)
            }
        }
    }

    /// The arguments, copied where the function would consume them.
    fn copies(&self) -> Vec<TokenStream> {
        let arguments = self.params.iter().map(|param| {
            let name = &param.name;
            match param.mode {
                ParamMode::Value => quote!(::core::clone::Clone::clone(&#name)),
                ParamMode::Ref => quote!(#name),
                ParamMode::RefMut => quote!(&mut *#name),
            }
        });
        arguments.collect()
    }

    /// The call of the function with what the closure binds, which are references.
    fn call_at(&self) -> TokenStream {
        let mut args = self.copies();
        for (arg, param) in args.iter_mut().zip(&self.params).filter(|(_, param)| param.active) {
            let name = self.bound(param);
            *arg = match param.mode {
                ParamMode::Value => quote!(::core::clone::Clone::clone(#name)),
                ParamMode::Ref | ParamMode::RefMut => quote!(#name),
            };
        }
        let (name, generics) = (&self.sig.ident, self.turbofish());
        match (self.home, self.is_method()) {
            (Home::Function, _) => quote!(#name #generics(#(#args),*)),
            (_, _) => quote!(Self::#name #generics(#(#args),*)),
        }
    }
}

/// An owned copy of an argument.
fn kept(param: &Param) -> TokenStream {
    let name = &param.name;
    match (param.mode, &param.shape) {
        (ParamMode::Value, _) => quote!(::core::clone::Clone::clone(&#name)),
        (_, Shape::Slice(_)) => quote!(#name.to_vec()),
        (_, _) => quote!(::core::clone::Clone::clone(#name)),
    }
}

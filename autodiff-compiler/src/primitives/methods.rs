//! The primitives that users' types have methods of the name of. Where only rustc knows whether a
//! method is one of those, its companions are called; those of floats are in the runtime.

/// Their names and how many arguments they take, the receiver included.
pub const METHODS: [(&str, usize); 25] = [
    ("abs", 1),
    ("atan2", 2),
    ("ceil", 1),
    ("clamp", 3),
    ("cos", 1),
    ("cosh", 1),
    ("exp", 1),
    ("floor", 1),
    ("fract", 1),
    ("hypot", 2),
    ("ln", 1),
    ("log", 2),
    ("max", 2),
    ("min", 2),
    ("powf", 2),
    ("powi", 2),
    ("recip", 1),
    ("round", 1),
    ("signum", 1),
    ("sin", 1),
    ("sinh", 1),
    ("sqrt", 1),
    ("tan", 1),
    ("tanh", 1),
    ("trunc", 1),
];

/// Whether companions of a method stand in the runtime; `arity` counts the receiver too.
pub fn is_method(name: &str, arity: usize) -> bool {
    METHODS.contains(&(name, arity))
}

/// `autodiff-runtime/src/methods.rs` is generated: the companions that methods of floats would have if
/// they were annotated, made from the table like those of any function.
///
/// `UPDATE_METHODS=1 cargo test -p autodiff-compiler --lib methods` writes it anew.
#[cfg(test)]
mod tests {
    use super::METHODS;
    use proc_macro2::{Group, Ident, TokenStream, TokenTree};
    use quote::{format_ident, quote};
    use syn::{ImplItem, ItemImpl};

    #[test]
    fn the_methods_of_floats_are_those_of_the_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../autodiff-runtime/src/methods.rs");
        let generated = generated();
        if std::env::var_os("UPDATE_METHODS").is_some() {
            std::fs::write(path, &generated).expect("the file can be written");
        }
        let found = std::fs::read_to_string(path).expect("the file is there");
        assert!(found == generated, "run `UPDATE_METHODS=1 cargo test -p autodiff-compiler --lib methods`");
    }

    fn generated() -> String {
        let (mut methods, mut receivers) = (TokenStream::new(), TokenStream::new());
        for (name, arity) in METHODS {
            let method = format_ident!("{name}");
            let names: Vec<_> =
                ["a", "b"].iter().take(arity - 1).map(|name| format_ident!("{name}")).collect();
            let integer = method == "powi";
            let ty = if integer { quote!(i32) } else { quote!(S) };
            methods.extend(
                quote!(fn #method(self #(, #names: #ty)*) -> S { Float::#method(self #(, #names)*) }),
            );
            // How the receiver is taken is the same for all.
            let place = if integer { quote!(crate::rt::Inactive) } else { quote!(Slot<'_, Self>) };
            let (first, others) = (quote!(Slot<'_, Self>), vec![place; arity - 1]);
            let (lent, pull, pull1) = (
                format_ident!("{name}__ad_differentiable"),
                format_ident!("{name}__ad_pull"),
                format_ident!("{name}__ad_pull1"),
            );
            let twice = |place: &TokenStream| match integer {
                true => quote!((crate::rt::Inactive, crate::rt::Inactive)),
                false => quote!((#place, #place)),
            };
            let (first_1, others_1) =
                (quote!((#first, #first)), others.iter().map(twice).collect::<Vec<_>>());
            receivers.extend(quote! {
                fn #lent(&self) -> Self {
                    *self
                }
                fn #pull(
                    &self,
                    pullback: impl FnOnce(Self, #first #(, #others)*),
                    seed: Self,
                    slot: #first
                    #(, #names: #others)*
                ) {
                    pullback(seed, slot #(, #names)*);
                }
                fn #pull1(
                    &self,
                    pullback: impl FnOnce(Self, Self, #first_1 #(, #others_1)*),
                    seed: Self,
                    seed_dot: Self,
                    (_, slot, slot_dot): (Dot<Self>, #first, #first)
                    #(, #names: #others_1)*
                ) {
                    pullback(seed, seed_dot, (slot, slot_dot) #(, #names)*);
                }
            });
        }
        let expanded = crate::expand(
            quote!(order = 2, allow_unused, crate = crate),
            quote!(impl<S: Scalar + Float> Methods for S { #methods }),
        );
        let Ok(ItemImpl { items, .. }) = syn::parse2(expanded) else {
            panic!("the methods have no companions")
        };
        let companions = items.into_iter().filter_map(|item| match item {
            ImplItem::Fn(mut method) => {
                let name = method.sig.ident.to_string();
                let (_, companion) = name.split_once("__ad_")?;
                method.attrs.clear();
                let called = ["jvp", "split", "jvp2", "split1"];
                called.contains(&companion).then(|| shortened(quote!(#method)))
            }
            _ => None,
        });
        let file = syn::parse_quote! {
            #![allow(clippy::all, clippy::pedantic, non_snake_case, missing_docs, unused)]

            use crate::Scalar;
            use crate::rt::{Dot, Slot, zero_like};
            use num_traits::Float;

            /// What methods of floats would have beside them if they were annotated.
            pub trait Methods: Scalar + Float {
                #receivers
                #(#companions)*
            }

            impl<S: Scalar + Float> Methods for S {}
        };
        let text = prettyplease::unparse(&file);
        format!(
            "//! What makes a method that a user's type or a float may have differentiable where only rustc\n\
             //! knows which it is. Not for use by hand.\n\
             //!\n\
             //! Generated: `autodiff-compiler/src/primitives/methods.rs` says how.\n\n{text}"
        )
    }

    /// `Self` for the type of the receiver and its tangent, and imported names by themselves.
    fn shortened(tokens: TokenStream) -> TokenStream {
        let mut out: Vec<TokenTree> = Vec::new();
        for token in tokens {
            let token = match token {
                TokenTree::Ident(ident) if ident == "S" => TokenTree::Ident(Ident::new("Self", ident.span())),
                TokenTree::Group(group) => {
                    TokenTree::Group(Group::new(group.delimiter(), shortened(group.stream())))
                }
                other => other,
            };
            out.push(token);
            let long = [
                (quote!(<Self as crate::Differentiable>::Tangent), quote!(Self)),
                (quote!(crate::rt::Slot), quote!(Slot)),
                (quote!(crate::rt::Dot), quote!(Dot)),
                (quote!(crate::rt::zero_like), quote!(zero_like)),
            ];
            for (long, short) in long {
                let text = |tokens: &[TokenTree]| tokens.iter().map(ToString::to_string).collect::<Vec<_>>();
                let long: Vec<TokenTree> = long.into_iter().collect();
                if out.len() >= long.len() && text(&out[out.len() - long.len()..]) == text(&long) {
                    out.truncate(out.len() - long.len());
                    out.extend(short);
                }
            }
        }
        out.into_iter().collect()
    }
}

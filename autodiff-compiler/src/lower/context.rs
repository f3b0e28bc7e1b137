//! Where a function stands.

/// Where a function stands: in an `impl` or `trait` block, or nowhere in particular.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// `Self`.
    pub self_ty: Option<syn::Type>,
    /// The generic parameters of the block.
    pub generics: Option<syn::Generics>,
    /// What the trait that the function is a method of asks for.
    pub supertraits: Option<Supertraits>,
    /// The trait that it is a method of, here or in an `impl`.
    pub of_trait: Option<syn::Ident>,
}

/// What a trait asks of its implementors.
pub type Supertraits = syn::punctuated::Punctuated<syn::TypeParamBound, syn::Token![+]>;

impl Context {
    /// Of a function that stands in an `impl`.
    pub fn of_block(block: &syn::ItemImpl) -> Context {
        Context {
            self_ty: Some((*block.self_ty).clone()),
            generics: Some(block.generics.clone()),
            supertraits: None,
            of_trait: block.trait_.as_ref().and_then(|found| Some(found.0.segments.last()?.ident.clone())),
        }
    }
}

//! `Self::Output` in the `impl` of a trait, spelled out: what is a struct there has fields, and its
//! tangent has a name.

use proc_macro2::Ident;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, ImplItem, ItemImpl, Path, PathArguments, Signature, Type};

/// A method's signature and body with the associated types of its block as the block defines them.
pub fn spelled_out(block: &ItemImpl, sig: &Signature, body: &Block) -> (Signature, Block) {
    let types = block.items.iter().filter_map(|item| match item {
        ImplItem::Type(item) if item.generics.params.is_empty() => Some((&item.ident, &item.ty)),
        _ => None,
    });
    let (mut sig, mut body) = (sig.clone(), body.clone());
    let mut associated = Associated { types: types.collect() };
    associated.visit_signature_mut(&mut sig);
    associated.visit_block_mut(&mut body);
    (sig, body)
}

struct Associated<'a> {
    types: Vec<(&'a Ident, &'a Type)>,
}

impl Associated<'_> {
    /// What the first two segments of a path name.
    fn named(&self, path: &Path) -> Option<Type> {
        let (this, name) = (path.segments.first()?, path.segments.get(1)?);
        let plain = this.ident == "Self" && name.arguments.is_none();
        let (_, ty) = self.types.iter().find(|(ident, _)| plain && **ident == name.ident)?;
        Some((*ty).clone())
    }
}

impl VisitMut for Associated<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(path) = ty
            && path.qself.is_none()
            && path.path.segments.len() == 2
            && let Some(named) = self.named(&path.path)
        {
            *ty = named;
        }
        visit_mut::visit_type_mut(self, ty);
    }

    fn visit_path_mut(&mut self, path: &mut Path) {
        if let Some(Type::Path(named)) = self.named(path)
            && named.qself.is_none()
        {
            let mut spelled = named.path;
            for segment in &mut spelled.segments {
                if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
                    arguments.colon2_token = Some(Default::default());
                }
            }
            spelled.segments.extend(path.segments.iter().skip(2).cloned());
            *path = spelled;
        }
        visit_mut::visit_path_mut(self, path);
    }
}

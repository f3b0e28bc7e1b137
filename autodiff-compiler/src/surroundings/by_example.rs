//! Where a macro by example is defined.

use super::files::Module;
use super::outline::{Named, Outline, Spot};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::sync::Arc;

impl Spot {
    /// The rules of the macro by example that a path stands for: one that stands before it, one that an import
    /// brings in, or one of a module that is marked `#[macro_use]`.
    pub(super) fn rules(&self, path: &syn::Path) -> Option<TokenStream> {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let (name, before) = segments.split_last()?;
        let here = |module: &Module, name: &str| module.outline.macro_of(module.scope, name);
        match before {
            [] => self
                .macro_before(name)
                .or_else(|| self.follow(name, &here))
                .or_else(|| self.outline().macro_used(name)),
            [krate] if krate == "crate" => {
                let root = self.shared().root()?;
                here(&Module { outline: Arc::clone(&root), scope: None }, name)
                    .or_else(|| root.macro_used(name))
            }
            before => Module { outline: self.shared(), scope: self.scope() }.lookup(before, name, &here),
        }
    }

    /// The definition before this place in the innermost block around it that has one. Where there are two, each may
    /// be one configuration's.
    fn macro_before(&self, name: &str) -> Option<TokenStream> {
        let outline = self.outline();
        let mut scope = self.scope();
        loop {
            let mut here = outline
                .macros
                .iter()
                .filter(|found| found.scope == scope && found.name == name && found.text.0 < self.position());
            if let Some(found) = here.next() {
                return outline.rules_of(found).filter(|_| here.next().is_none());
            }
            scope = outline.blocks[scope?].parent;
        }
    }
}

impl Outline {
    /// The only macro of a name in a scope.
    fn macro_of(&self, scope: Option<usize>, name: &str) -> Option<TokenStream> {
        let mut here = self.macros.iter().filter(|found| found.scope == scope && found.name == name);
        let only = here.next().filter(|_| here.next().is_none())?;
        self.rules_of(only)
    }

    /// The macro of a name in a module marked `#[macro_use]`, of this file's modules or of those above.
    fn macro_used(&self, name: &str) -> Option<TokenStream> {
        let text = self.whole();
        let marked = text.split("#[macro_use]").skip(1).filter_map(|after| {
            let rest = after.trim_start().trim_start_matches("pub ").strip_prefix("mod ")?;
            rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next()
        });
        let mut found = marked.filter_map(|module| match self.module_at(&[module.to_owned()], None) {
            Some(scope) => self.macro_of(scope, name),
            None => self.below(module)?.macro_of(None, name),
        });
        match found.next() {
            Some(only) => found.next().is_none().then_some(only),
            None => self.above()?.macro_used(name),
        }
    }

    /// What stands in the delimiters after a name, if the macro is one of every configuration.
    fn rules_of(&self, found: &Named) -> Option<TokenStream> {
        let before = self.blocks.iter().map(|block| block.close).filter(|close| *close < found.text.0).max();
        let attributes = self.text((before.unwrap_or(0), found.text.0));
        let attributes = attributes.rsplit([';', '}']).next().unwrap_or_default();
        if attributes.contains("cfg") {
            return None;
        }
        let open = found.text.1 + self.chars[found.text.1..].iter().position(|c| !c.is_whitespace())?;
        match self.chars[open] {
            '{' => {
                let block = self.blocks.iter().find(|block| block.open >= found.text.1)?;
                self.only_group((open, (block.close + 1).min(self.chars.len())), Delimiter::Brace)
            }
            '(' => self.group_from(open, ')', Delimiter::Parenthesis),
            '[' => self.group_from(open, ']', Delimiter::Bracket),
            _ => None,
        }
    }

    /// What stands in delimiters that are no braces: text is read up to the first end at which it is one group.
    fn group_from(&self, open: usize, close: char, delimiter: Delimiter) -> Option<TokenStream> {
        let ends = (open..self.chars.len()).filter(|at| self.chars[*at] == close);
        let ends = ends.filter(|at| self.chars[at + 1..].iter().find(|c| !c.is_whitespace()) == Some(&';'));
        ends.into_iter().find_map(|end| self.only_group((open, end + 1), delimiter))
    }

    fn only_group(&self, text: (usize, usize), delimiter: Delimiter) -> Option<TokenStream> {
        let mut tokens = self.text(text).parse::<TokenStream>().ok()?.into_iter();
        match (tokens.next()?, tokens.next()) {
            (TokenTree::Group(rules), None) if rules.delimiter() == delimiter => Some(rules.stream()),
            _ => None,
        }
    }
}

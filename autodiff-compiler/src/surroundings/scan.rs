//! A scan of a source file for its braces and what begins before them.

use super::outline::{Block, Import, Kind, Named, Outline};
use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// The outline of a source file.
pub fn outline(source: &str) -> Outline {
    let chars: Vec<char> = source.chars().collect();
    let mut scan = Scan {
        chars: &chars,
        at: 0,
        open: Vec::new(),
        head: 0,
        blocks: Vec::new(),
        structures: Vec::new(),
        aliases: Vec::new(),
        enums: Vec::new(),
        constants: BTreeSet::new(),
        declared: Vec::new(),
        macros: Vec::new(),
        imports: Vec::new(),
        inner_attribute: None,
        begun: None,
    };
    while scan.at < chars.len() {
        scan.step();
    }
    let Scan { blocks, structures, aliases, enums, constants, declared, macros, imports, .. } = scan;
    Outline {
        file: None,
        blocks,
        structures,
        aliases,
        enums,
        constants,
        declared,
        macros,
        imports,
        chars,
        annotated: OnceLock::new(),
        whole: OnceLock::new(),
    }
}

struct Scan<'a> {
    chars: &'a [char],
    at: usize,
    /// The open delimiters; of braces, the block.
    open: Vec<Option<usize>>,
    /// Where the text before the next brace begins.
    head: usize,
    blocks: Vec<Block>,
    structures: Vec<Named>,
    aliases: Vec<Named>,
    enums: Vec<Named>,
    constants: BTreeSet<String>,
    declared: Vec<Named>,
    macros: Vec<Named>,
    imports: Vec<Import>,
    /// How many delimiters are open around the inner attribute that is read.
    inner_attribute: Option<usize>,
    /// The item that is read: how many delimiters are open around it.
    begun: Option<(Item, usize)>,
}

#[derive(Clone, Copy)]
enum Item {
    Structure,
    Enumeration,
    Alias,
    Import,
}

impl Scan<'_> {
    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn step(&mut self) {
        let c = self.peek(0);
        match c {
            '/' if self.peek(1) == '/' => {
                let inner = self.peek(2) == '!';
                self.skip_until(|scan| scan.peek(0) == '\n');
                // What is said of the file or the module belongs to no item.
                if inner {
                    self.begin();
                }
            }
            '/' if self.peek(1) == '*' => {
                let inner = self.peek(2) == '!';
                self.comment();
                if inner {
                    self.begin();
                }
            }
            '#' if self.peek(1) == '!' && self.peek(2) == '[' => {
                self.inner_attribute = Some(self.open.len());
                self.at += 2;
            }
            '"' => self.string(),
            'r' | 'b' | 'c' if self.is_raw_string() => self.raw_string(),
            '\'' => self.quote(),
            '{' => {
                let kind = if self.begun.is_some() { Kind::Other } else { self.kind() };
                let parent = self.block();
                let (head, open, close) = (self.head, self.at, self.chars.len());
                self.blocks.push(Block { kind, parent, head, open, close });
                self.open.push(Some(self.blocks.len() - 1));
                self.at += 1;
                self.begin();
            }
            '(' | '[' => {
                self.open.push(None);
                self.at += 1;
            }
            '}' | ')' | ']' => {
                if let Some(Some(block)) = self.open.pop() {
                    self.blocks[block].close = self.at;
                }
                self.at += 1;
                if c == '}' {
                    self.end(true);
                }
                if self.inner_attribute == Some(self.open.len()) {
                    self.inner_attribute = None;
                    self.begin();
                }
            }
            ';' => {
                self.at += 1;
                // The one in `[f64; 3]` ends no statement.
                if self.open.last().is_none_or(Option::is_some) {
                    self.end(false);
                }
            }
            c if c.is_alphanumeric() || c == '_' => {
                let start = self.at;
                self.skip_until(|scan| !(scan.peek(0).is_alphanumeric() || scan.peek(0) == '_'));
                self.word(start);
            }
            _ => self.at += 1,
        }
    }

    /// The innermost open brace.
    fn block(&self) -> Option<usize> {
        self.open.iter().rev().find_map(|open| *open)
    }

    /// The text before the next brace begins here, unless an item is read.
    fn begin(&mut self) {
        if self.begun.is_none() {
            self.head = self.at;
        }
    }

    /// An item may end here: a struct or an enum with braces, or at a semicolon.
    fn end(&mut self, brace: bool) {
        if let Some((item, depth)) = self.begun {
            if self.open.len() > depth || brace && !matches!(item, Item::Structure | Item::Enumeration) {
                return;
            }
            let (scope, text) = (self.block(), (self.head, self.at));
            match item {
                Item::Structure => {
                    if let Some(structure) = self.structures.last_mut() {
                        structure.text = text;
                    }
                }
                Item::Enumeration => {
                    if let Some(found) = self.enums.last_mut() {
                        found.text = text;
                    }
                }
                Item::Alias => {
                    if let Some(alias) = self.aliases.last_mut() {
                        alias.text = text;
                    }
                }
                Item::Import => self.imports.push(Import { scope, text, leaves: OnceLock::new() }),
            }
            self.begun = None;
        }
        self.head = self.at;
    }

    fn word(&mut self, start: usize) {
        let text = &self.chars[start..self.at];
        let item = match text {
            ['c', 'o', 'n', 's', 't'] | ['s', 't', 'a', 't', 'i', 'c'] => return self.constant(),
            ['s', 't', 'r', 'u', 'c', 't'] => Item::Structure,
            ['e', 'n', 'u', 'm'] => Item::Enumeration,
            ['t', 'y', 'p', 'e'] => Item::Alias,
            ['u', 's', 'e'] => Item::Import,
            text if text.iter().copied().eq("macro_rules".chars()) => return self.by_example(start),
            _ => return,
        };
        if self.begun.is_some() || !self.is_after_attributes(start) {
            return;
        }
        if let Item::Structure | Item::Enumeration | Item::Alias = item {
            let name = self.name();
            let found = Named { name, scope: self.block(), text: (self.head, self.head) };
            match item {
                Item::Alias => self.aliases.push(found),
                Item::Enumeration => self.enums.push(found),
                Item::Structure | Item::Import => self.structures.push(found),
            }
        }
        self.begun = Some((item, self.open.len()));
    }

    /// The next word.
    fn name(&mut self) -> String {
        self.skip_until(|scan| scan.peek(0).is_alphabetic() || scan.peek(0) == '_');
        let start = self.at;
        self.skip_until(|scan| !(scan.peek(0).is_alphanumeric() || scan.peek(0) == '_'));
        self.chars[start..self.at].iter().collect()
    }

    /// What follows `const` or `static` may be a name; what does not is none that anybody uses.
    fn constant(&mut self) {
        let start = self.at;
        let name = self.name();
        self.declared.push(Named { name: name.clone(), scope: self.block(), text: (start, self.at) });
        self.constants.insert(name);
        self.at = start;
    }

    /// The name of a macro by example; its text ends with the name.
    fn by_example(&mut self, start: usize) {
        if self.begun.is_none() && self.is_after_attributes(start) {
            let (after, name) = (self.at, self.name());
            self.macros.push(Named { name, scope: self.block(), text: (start, self.at) });
            self.at = after;
        }
    }

    fn skip_until(&mut self, end: impl Fn(&Self) -> bool) {
        while self.at < self.chars.len() && !end(self) {
            self.at += 1;
        }
    }

    fn comment(&mut self) {
        let mut depth = 0;
        while self.at < self.chars.len() {
            match (self.peek(0), self.peek(1)) {
                ('/', '*') => (depth, self.at) = (depth + 1, self.at + 2),
                ('*', '/') => (depth, self.at) = (depth - 1, self.at + 2),
                _ => self.at += 1,
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        self.at += 1;
        while self.at < self.chars.len() && self.peek(0) != '"' {
            self.at += if self.peek(0) == '\\' { 2 } else { 1 };
        }
        self.at += 1;
    }

    /// `r"`, `r#"`, `br"`, `cr#"`: nothing before it makes it part of a name, since names are
    /// skipped whole.
    fn is_raw_string(&self) -> bool {
        let r = usize::from(self.peek(0) != 'r');
        let hashes = (r + 1..).take_while(|k| self.peek(*k) == '#').count();
        self.peek(r) == 'r' && self.peek(r + 1 + hashes) == '"'
    }

    fn raw_string(&mut self) {
        self.skip_until(|scan| matches!(scan.peek(0), '#' | '"'));
        let start = self.at;
        self.skip_until(|scan| scan.peek(0) == '"');
        let hashes = self.at - start;
        self.at += 1;
        self.skip_until(|scan| scan.peek(0) == '"' && (1..=hashes).all(|k| scan.peek(k) == '#'));
        self.at += 1 + hashes;
    }

    /// A character or a lifetime.
    fn quote(&mut self) {
        match (self.peek(1), self.peek(2)) {
            ('\\', _) => {
                self.at += 3;
                self.skip_until(|scan| scan.peek(0) == '\'');
                self.at += 1;
            }
            (_, '\'') => self.at += 3,
            _ => self.at += 1,
        }
    }

    /// The words before a place that stand in no attribute, up to the first that is no
    /// visibility or other modifier.
    fn first_word(&self, end: usize) -> Option<Option<String>> {
        let text: String = self.chars[self.head..end].iter().collect();
        for token in text.parse::<TokenStream>().ok()? {
            match token {
                TokenTree::Ident(word) => match word.to_string() {
                    word if ["pub", "unsafe", "default", "const", "auto"].contains(&word.as_str()) => {}
                    word => return Some(Some(word)),
                },
                // Attributes, and what `pub` is limited to.
                TokenTree::Punct(_) | TokenTree::Group(_) => {}
                TokenTree::Literal(_) => return None,
            }
        }
        Some(None)
    }

    /// Whether nothing but attributes and visibility stands before a word.
    fn is_after_attributes(&self, word: usize) -> bool {
        self.open.last().is_none_or(Option::is_some) && self.first_word(word) == Some(None)
    }

    /// What the text before a brace makes of it.
    fn kind(&self) -> Kind {
        match self.first_word(self.at).flatten().as_deref() {
            Some("impl" | "trait") => Kind::Associated,
            Some("mod") => Kind::Module(self.word_after("mod")),
            Some("fn") => Kind::Function(self.word_after("fn")),
            _ => Kind::Other,
        }
    }

    /// The word that follows the first of its kind in the text before a brace.
    fn word_after(&self, word: &str) -> String {
        let text: String = self.chars[self.head..self.at].iter().collect();
        let tokens = text.parse::<TokenStream>().unwrap_or_default();
        let mut after = tokens.into_iter().skip_while(|token| token.to_string() != word).skip(1);
        after.next().map_or(String::new(), |token| token.to_string())
    }
}

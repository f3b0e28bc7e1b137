//! What encloses a position of a source file: a scan of its delimiters.

/// Whether the innermost braces around a position, both counted from 1, are those of an `impl` or
/// a `trait`.
pub fn is_in_block(source: &str, line: usize, column: usize) -> bool {
    let chars: Vec<char> = source.chars().collect();
    let mut scan = Scan { chars: &chars, at: 0, open: Vec::new(), head: 0 };
    let end = position(&chars, line, column);
    while scan.at < end {
        scan.step();
    }
    scan.open.iter().rev().find(|(delimiter, _)| *delimiter == '{').is_some_and(|(_, block)| *block)
}

fn position(chars: &[char], line: usize, column: usize) -> usize {
    let mut start = 0;
    for _ in 1..line {
        match chars[start..].iter().position(|c| *c == '\n') {
            Some(length) => start += length + 1,
            None => return chars.len(),
        }
    }
    (start + column.saturating_sub(1)).min(chars.len())
}

struct Scan<'a> {
    chars: &'a [char],
    at: usize,
    /// The open delimiters, and whether they are those of an `impl` or a `trait`.
    open: Vec<(char, bool)>,
    /// Where the text before the next brace begins.
    head: usize,
}

impl Scan<'_> {
    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn step(&mut self) {
        let c = self.peek(0);
        match c {
            '/' if self.peek(1) == '/' => self.skip_until(|scan| scan.peek(0) == '\n'),
            '/' if self.peek(1) == '*' => self.comment(),
            '"' => self.string(),
            'r' | 'b' | 'c' if self.is_raw_string() => self.raw_string(),
            '\'' => self.quote(),
            '{' | '(' | '[' => {
                let block = c == '{' && self.heads_a_block();
                self.open.push((c, block));
                self.at += 1;
                if c == '{' {
                    self.head = self.at;
                }
            }
            '}' | ')' | ']' => {
                self.open.pop();
                self.at += 1;
                if c == '}' {
                    self.head = self.at;
                }
            }
            ';' => {
                self.at += 1;
                // The one in `[f64; 3]` ends no statement.
                if self.open.last().is_none_or(|(delimiter, _)| *delimiter == '{') {
                    self.head = self.at;
                }
            }
            c if c.is_alphanumeric() || c == '_' => {
                self.skip_until(|scan| !(scan.peek(0).is_alphanumeric() || scan.peek(0) == '_'));
            }
            _ => self.at += 1,
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

    /// Whether the text before a brace begins an `impl` or a `trait`.
    fn heads_a_block(&self) -> bool {
        let text: String = self.chars[self.head..self.at].iter().collect();
        let Ok(tokens) = text.parse::<proc_macro2::TokenStream>() else { return false };
        for token in tokens {
            match token {
                proc_macro2::TokenTree::Ident(word) => match word.to_string().as_str() {
                    "impl" | "trait" => return true,
                    "pub" | "unsafe" | "default" | "const" | "auto" => {}
                    _ => return false,
                },
                // Attributes, and what `pub` is limited to.
                proc_macro2::TokenTree::Punct(_) | proc_macro2::TokenTree::Group(_) => {}
                proc_macro2::TokenTree::Literal(_) => return false,
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::is_in_block;

    /// The answer for each `@` of a source.
    fn marks(source: &str) -> Vec<bool> {
        let mut found = Vec::new();
        for (line, text) in source.lines().enumerate() {
            for (column, _) in text.chars().enumerate().filter(|(_, c)| *c == '@') {
                found.push(is_in_block(source, line + 1, column + 1));
            }
        }
        found
    }

    #[test]
    fn blocks_are_told_from_the_rest() {
        let source = "@ mod m { @ fn f(a: [f64; { 2 }]) -> impl Fn() { @ } \n\
            /// It's { a comment\n\
            pub(crate) unsafe impl<'a, T> Trait<[T; 3]> for &'a S where T: Fn([f64; 2]) { @ fn g() { @ }\n\
            const N: char = '{'; /* { /* { */ */ const S: &str = \"{\\\"\"; const R: &str = r#\"{\"#; @ }\n\
            @ #[doc = \"{\"] pub trait T { @ } fn h() { struct A; impl A { @ } @ } }\n @";
        let expected = [false, false, false, true, false, true, false, true, true, false, false];
        assert_eq!(marks(source), expected);
    }
}

//! Random programs: well-typed Rust over the language that the compiler accepts, weighted
//! towards what goes wrong. Every value stays tame, so that derivatives can be compared.

mod borrow;
mod chains;
mod control;
mod fast;
mod indices;
mod points;
mod shapes;
mod simple;
mod state;
mod types;
mod values;

use crate::rng::Rng;
use std::fmt::Write;

/// A type of the generated language. Numbers are lengths; a slice has at least so many items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum T {
    F,
    Int,
    Bool,
    /// `(f64, f64)`
    Pair,
    Array(usize),
    /// `[[f64; 2]; n]`
    Matrix(usize),
    Vec(usize),
    Slice(usize),
    SliceMut(usize),
    /// `&f64`
    Ref,
    /// `&mut f64`
    RefMut,
    /// A struct.
    Point,
    /// An enum.
    Shape,
    /// `Option<f64>`
    Maybe,
    /// A `Vec` of any length.
    Stack,
    /// A struct with operators.
    Spot,
    /// A struct of two of them.
    Ray,
    /// `[V2; n]`
    Spots(usize),
}

/// A function of the program.
#[derive(Clone, Debug)]
pub struct Signature {
    pub name: String,
    pub params: Vec<(String, T)>,
    /// `None`: `()`.
    pub ret: Option<T>,
}

/// A program: its text, and the signature of its last function, the one to differentiate.
#[derive(Clone, Debug)]
pub struct Source {
    pub text: String,
    pub main: Signature,
    /// The length of every slice among the arguments, and the value of many integers.
    pub size: Option<usize>,
}

#[derive(Clone, Debug)]
struct Local {
    name: String,
    ty: T,
    mutable: bool,
    /// For integers: always below this.
    bound: Option<usize>,
}

#[derive(Clone, Debug)]
struct Loop {
    label: Option<String>,
    /// Leaves with a value only.
    valued: bool,
}

struct Gen<'r> {
    rng: &'r mut Rng,
    out: String,
    indent: usize,
    locals: Vec<Local>,
    loops: Vec<Loop>,
    helpers: Vec<Signature>,
    ret: Option<T>,
    next: usize,
    budget: i32,
    depth: usize,
    /// Iterator chains, closures and growing `Vec`s too.
    wide: bool,
    /// Structs, enums and `Option`s too.
    typed: bool,
    /// Points with operators too.
    pointed: bool,
    /// Loops of unusual shapes too.
    shapes: bool,
}

/// A program made from the state of `rng`.
pub fn program(rng: &mut Rng) -> Source {
    let wide = rng.chance(40);
    let typed = rng.chance(30);
    let mut text = if typed { types::TYPES.to_string() } else { String::new() };
    let pointed = rng.chance(12);
    if pointed {
        text.push_str(points::POINTS);
    }
    text.push_str(fast::SCALAR[rng.below(fast::SCALAR.len())]);
    text.push_str(indices::INTEGERS);
    let shapes = rng.chance(50);
    if shapes {
        text.push_str(shapes::LENT);
    }
    let mut helpers = Vec::new();
    let count = match rng.below(10) {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    };
    for k in 0..count {
        let name = format!("h{k}");
        let (params, ret) = helper_shape(rng);
        let signature = Signature { name, params, ret };
        let size = 2 + rng.below(4) as i32;
        text.push_str(&function(rng, &signature, &helpers, size, (wide, typed, pointed, shapes)));
        helpers.push(signature);
    }
    if rng.chance(8) {
        let signature = Signature {
            name: "rec".into(),
            params: vec![("a".into(), T::F), ("n".into(), T::Int)],
            ret: Some(T::F),
        };
        text.push_str(RECURSIVE[rng.below(RECURSIVE.len())]);
        helpers.push(signature);
    }
    let main = Signature { name: "f".into(), params: main_params(rng), ret: main_ret(rng) };
    let size = 4 + rng.below(12) as i32;
    text.push_str(&function(rng, &main, &helpers, size, (wide, typed, pointed, shapes)));
    Source { text, main, size: None }
}

/// The programs of a file: each function whose name does not begin with `h` or `rec`, with those that do.
pub fn read(text: &str) -> Vec<Source> {
    let Ok(file) = syn::parse_file(text) else { return Vec::new() };
    let (mut helpers, mut mains) = (Vec::new(), Vec::new());
    for item in file.items {
        match item {
            syn::Item::Fn(item)
                if !["h", "rec"].iter().any(|stem| item.sig.ident.to_string().starts_with(stem)) =>
            {
                mains.push(item);
            }
            other => helpers.push(other),
        }
    }
    let source = |main: &syn::ItemFn| {
        let mut items = helpers.clone();
        items.push(syn::Item::Fn(main.clone()));
        let mut file = syn::parse_file("").ok()?;
        file.items = items;
        Some(Source { text: prettyplease::unparse(&file), main: signature(main)?, size: None })
    };
    mains.iter().filter_map(source).collect()
}

fn signature(item: &syn::ItemFn) -> Option<Signature> {
    let mut params = Vec::new();
    for input in &item.sig.inputs {
        let syn::FnArg::Typed(typed) = input else { return None };
        let (pat, ty) = (&typed.pat, &typed.ty);
        params.push((quote::quote!(#pat).to_string().replace("mut ", ""), read_type(ty)?));
    }
    let ret = match &item.sig.output {
        syn::ReturnType::Default => None,
        syn::ReturnType::Type(_, ty) => Some(read_type(ty)?),
    };
    Some(Signature { name: item.sig.ident.to_string(), params, ret })
}

fn read_type(ty: &syn::Type) -> Option<T> {
    let text = quote::quote!(#ty).to_string().replace(' ', "");
    let number =
        |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap_or(3);
    Some(match text.as_str() {
        "f64" => T::F,
        "usize" => T::Int,
        "bool" => T::Bool,
        "(f64,f64)" => T::Pair,
        "Vec<f64>" => T::Vec(3),
        "&[f64]" => T::Slice(4),
        "&mut[f64]" => T::SliceMut(3),
        "&f64" => T::Ref,
        "&mutf64" => T::RefMut,
        other if other.starts_with("[[f64;2];") => T::Matrix(number(&other[9..])),
        other if other.starts_with("[f64;") => T::Array(number(&other[5..])),
        _ => return None,
    })
}

const RECURSIVE: [&str; 2] = [
    "fn rec(a: f64, n: usize) -> f64 {\n    if n == 0 {\n        return a.sin();\n    }\n    let b = rec(a * 0.7 + 0.1, n - 1);\n    b * a.cos() + 0.3 * b\n}\n",
    "fn rec(a: f64, n: usize) -> f64 {\n    if n < 2 {\n        a * 0.5\n    } else {\n        let l = rec(a * 0.5, n - 1);\n        let r = rec(a.sin(), n - 2);\n        (l * r).tanh() + 0.5 * r\n    }\n}\n",
];

fn helper_shape(rng: &mut Rng) -> (Vec<(String, T)>, Option<T>) {
    let p = |name: &str, ty| (name.to_string(), ty);
    match rng.below(10) {
        0 => (vec![p("a", T::F), p("b", T::F)], Some(T::F)),
        1 => (vec![p("x", T::Slice(2)), p("k", T::Int)], Some(T::F)),
        2 => (vec![p("w", T::SliceMut(2)), p("s", T::F)], None),
        3 => (vec![p("s", T::RefMut), p("x", T::Slice(2))], Some(T::F)),
        4 => (vec![p("w", T::SliceMut(2)), p("x", T::Slice(2)), p("k", T::Int)], Some(T::F)),
        5 => (vec![p("v", T::Array(3))], Some(T::Array(3))),
        6 => (vec![p("a", T::F), p("v", T::Array(2))], Some(T::Pair)),
        7 => (vec![p("s", T::RefMut), p("t", T::RefMut)], None),
        8 => (vec![p("q", T::Ref), p("s", T::RefMut)], Some(T::F)),
        _ => (vec![p("w", T::SliceMut(3))], Some(T::F)),
    }
}

fn main_params(rng: &mut Rng) -> Vec<(String, T)> {
    let p = |name: &str, ty| (name.to_string(), ty);
    let mut params = vec![p("a", T::F)];
    let menu = [
        p("b", T::F),
        p("x", T::Slice(if rng.chance(30) { state::LONG } else { 4 })),
        p("w", T::SliceMut(if rng.chance(30) { state::LONG } else { 3 })),
        p("s", T::RefMut),
        p("v", T::Array(3)),
        p("g", T::Vec(3)),
        p("m", T::Matrix(2)),
        p("t", T::Pair),
        p("q", T::Ref),
        p("n", T::Int),
        p("c", T::Bool),
    ];
    let weights = [50, 40, 35, 20, 30, 15, 20, 15, 10, 60, 20];
    for (param, weight) in menu.into_iter().zip(weights) {
        if rng.chance(weight) {
            params.push(param);
        }
    }
    params
}

fn main_ret(rng: &mut Rng) -> Option<T> {
    Some(match rng.below(20) {
        0..14 => T::F,
        14..16 => T::Pair,
        16..18 => T::Array(3),
        18 => T::Vec(2),
        _ => T::Matrix(2),
    })
}

fn written(ty: T) -> String {
    match ty {
        T::F => "f64".into(),
        T::Int => "usize".into(),
        T::Bool => "bool".into(),
        T::Pair => "(f64, f64)".into(),
        T::Array(n) => format!("[f64; {n}]"),
        T::Matrix(n) => format!("[[f64; 2]; {n}]"),
        T::Vec(_) => "Vec<f64>".into(),
        T::Slice(_) => "&[f64]".into(),
        T::SliceMut(_) => "&mut [f64]".into(),
        T::Ref => "&f64".into(),
        T::RefMut => "&mut f64".into(),
        T::Point => "P".into(),
        T::Shape => "E".into(),
        T::Maybe => "Option<f64>".into(),
        T::Stack => "Vec<f64>".into(),
        T::Spot => "V2".into(),
        T::Ray => "Ray".into(),
        T::Spots(n) => format!("[V2; {n}]"),
    }
}

fn function(
    rng: &mut Rng,
    signature: &Signature,
    helpers: &[Signature],
    budget: i32,
    (wide, typed, pointed, shapes): (bool, bool, bool, bool),
) -> String {
    let mut locals = Vec::new();
    let mut params = Vec::new();
    for (name, ty) in &signature.params {
        let owned = matches!(ty, T::F | T::Pair | T::Array(_) | T::Matrix(_) | T::Vec(_));
        let rebind = owned && rng.chance(40);
        let mutable = rebind || matches!(ty, T::SliceMut(_) | T::RefMut);
        params.push(format!("{}{name}: {}", if rebind { "mut " } else { "" }, written(*ty)));
        locals.push(Local { name: name.clone(), ty: *ty, mutable, bound: None });
    }
    let arrow = signature.ret.map(|ty| format!(" -> {}", written(ty))).unwrap_or_default();
    let mut generator = Gen {
        rng,
        out: format!("fn {}({}){arrow} {{\n", signature.name, params.join(", ")),
        indent: 1,
        locals,
        loops: Vec::new(),
        helpers: helpers.to_vec(),
        ret: signature.ret,
        next: 0,
        budget,
        depth: 0,
        wide,
        typed,
        pointed,
        shapes,
    };
    generator.prelude();
    while generator.budget > 0 {
        generator.statement();
    }
    if signature.ret.is_some() {
        let value = generator.final_value();
        generator.line(&value);
    } else {
        generator.touch_outputs();
    }
    generator.out.push_str("}\n");
    generator.out
}

impl Gen<'_> {
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{:1$}{text}", "", self.indent * 4);
    }

    fn open(&mut self, head: &str) {
        self.line(head);
        self.indent += 1;
        self.depth += 1;
    }

    fn close(&mut self, tail: &str) {
        self.indent -= 1;
        self.depth -= 1;
        self.line(tail);
    }

    fn fresh(&mut self, stem: &str) -> String {
        self.next += 1;
        format!("{stem}{}", self.next)
    }

    fn declare(&mut self, name: &str, ty: T, mutable: bool) {
        self.locals.retain(|local| local.name != name);
        self.locals.push(Local { name: name.into(), ty, mutable, bound: None });
    }

    fn some_locals(&self, wanted: impl Fn(&Local) -> bool) -> Vec<Local> {
        self.locals.iter().filter(|local| wanted(local)).cloned().collect()
    }

    fn one(&mut self, wanted: impl Fn(&Local) -> bool) -> Option<Local> {
        let found = self.some_locals(wanted);
        (!found.is_empty()).then(|| found[self.rng.below(found.len())].clone())
    }

    /// A body in a scope of its own.
    fn body(&mut self, statements: usize) {
        let saved = self.locals.clone();
        for _ in 0..statements {
            self.statement();
        }
        self.locals = saved;
    }

    /// Something to work with in every function.
    fn prelude(&mut self) {
        let name = self.fresh("p");
        let init = if self.rng.chance(50) { self.bounded(2) } else { "0.0".into() };
        self.line(&format!("let mut {name}: f64 = {init};"));
        self.declare(&name, T::F, true);
        if self.rng.chance(40) {
            self.let_array();
        }
    }

    fn statement(&mut self) {
        self.budget -= 1;
        if self.wide && self.rng.chance(15) {
            return self.wide();
        }
        if self.typed && self.rng.chance(30) {
            return self.typed();
        }
        if self.pointed && self.rng.chance(35) {
            return self.pointed();
        }
        if self.rng.chance(20) {
            return self.stateful();
        }
        if self.shapes && self.depth <= 1 && self.rng.chance(25) {
            return self.shape();
        }
        if self.depth <= 1 && self.rng.chance(12) {
            return self.long_loop();
        }
        let deep = self.depth >= 4 || self.budget < 0;
        let roll = if deep { self.rng.below(46) } else { self.rng.below(100) };
        match roll {
            0..8 => self.let_float(),
            8..14 => self.assign(),
            14..24 => self.compound(),
            24..27 => self.swap(),
            27..30 => self.let_pattern(),
            30..33 => self.let_array(),
            33..36 => self.small(),
            36..42 => self.exit(),
            42..46 => self.call(),
            46..56 => self.branch(),
            56..68 => self.for_range(),
            68..74 => self.for_items(),
            74..80 => self.while_loop(),
            80..83 => self.valued_loop(),
            83..86 => self.arms(),
            86..89 => self.late(),
            89..93 => self.view(),
            93..95 => self.buffers(),
            95..97 => self.block_value(),
            97..98 => self.plain_block(),
            _ => self.call(),
        }
    }
}

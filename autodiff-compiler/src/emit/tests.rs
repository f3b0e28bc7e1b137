//! Emission of hand-built IR.

use super::Emitter;
use crate::ir::{Block, Expr, Function, Op, Param, ParamMode, Place, Proj, Stmt, Ty, Var, VarInfo, Wrap};
use crate::names::Reserved;
use crate::surroundings::Around;
use proc_macro2::Span;

/// A function under construction.
struct Build {
    function: Function,
}

impl Build {
    fn new() -> Build {
        let name = syn::parse_quote!(f);
        Build {
            function: Function {
                name,
                vars: Vec::new(),
                params: Vec::new(),
                body: Block::default(),
                result: Expr::Tuple(Vec::new()),
                result_ty: None,
                wrap: Wrap::Plain,
                backward: None,
                float_generics: Vec::new(),
                other_generics: Vec::new(),
                named: None,
                span: Span::call_site(),
            },
        }
    }

    fn param(&mut self, name: &str, ty: Ty, mode: ParamMode) -> Var {
        let by_ref = match mode {
            ParamMode::Value => None,
            ParamMode::Ref => Some(false),
            ParamMode::RefMut => Some(true),
        };
        let var = self.function.add_var(VarInfo {
            by_ref,
            mutable: by_ref == Some(true),
            ..VarInfo::local(name, ty, Span::call_site())
        });
        let ty = syn::parse_quote!(f64);
        let span = Span::call_site();
        self.function.params.push(Param { var, mode, active: true, ty, may_be_unused: false, span });
        var
    }

    fn local(&mut self, name: &str, ty: Ty) -> Var {
        self.function.add_var(VarInfo::local(name, ty, Span::call_site()))
    }

    fn late(&mut self, name: &str) -> Var {
        let info = VarInfo { late: true, ..VarInfo::local(name, Ty::F64, Span::call_site()) };
        self.function.add_var(info)
    }

    /// The statements, formatted.
    fn emit(&self, stmts: Vec<Stmt>) -> String {
        let krate = syn::parse_quote!(::differentiable);
        let block = Block { stmts };
        let mut emitter = Emitter::new(&self.function, &krate, Reserved::default());
        emitter.declare(&block);
        let body = emitter.block(&block);
        let file = syn::parse2(quote::quote!(fn f() { #body })).expect("the output parses");
        let text = prettyplease::unparse(&file);
        let lines = text.lines().skip(1).filter(|line| *line != "}");
        lines.map(|line| line.strip_prefix("    ").unwrap_or(line)).collect::<Vec<_>>().join("\n")
    }
}

fn float(value: f64) -> Expr {
    Expr::Const(value, Ty::F64)
}

fn at(var: Var, index: Expr) -> Place {
    Place::var(var).project(Proj::Index(index))
}

fn assign(place: Place, value: Expr) -> Stmt {
    Stmt::Assign { place, op: None, value, span: Span::call_site() }
}

fn int(value: usize) -> Expr {
    let literal = proc_macro2::Literal::usize_unsuffixed(value);
    Expr::Lit(syn::Lit::new(literal))
}

#[test]
fn parentheses_stand_where_they_are_needed_only() {
    let mut build = Build::new();
    let [a, b] = ["a", "b"].map(|name| build.param(name, Ty::F64, ParamMode::Value));
    let y = build.local("y", Ty::F64);
    let [a, b] = [Expr::read(a), Expr::read(b)];
    let sum = Expr::prim(Op::Add, vec![a.clone(), b.clone()]);
    let cases = [
        (Expr::prim(Op::Mul, vec![sum.clone(), sum.clone()]), "let y = (a + b) * (a + b);"),
        (Expr::prim(Op::Sub, vec![sum.clone(), sum.clone()]), "let y = a + b - (a + b);"),
        (Expr::prim(Op::Neg, vec![sum.clone()]), "let y = -(a + b);"),
        (Expr::prim(Op::Mul, vec![Expr::prim(Op::Neg, vec![a.clone()]), b.clone()]), "let y = -a * b;"),
        (Expr::prim(Op::Mul, vec![float(-2.0), a.clone()]), "let y = -2.0 * a;"),
        (
            Expr::Select {
                cond: Box::new(Expr::prim(Op::Lt, vec![a.clone(), b.clone()])),
                then: Box::new(a.clone()),
                els: Box::new(b.clone()),
            },
            "let y = if a < b { a } else { b };",
        ),
    ];
    for (expr, expected) in cases {
        assert_eq!(build.emit(vec![Stmt::Let { var: y, init: Some(expr) }]), expected);
    }
}

#[test]
fn a_literal_receiver_has_a_type() {
    let mut build = Build::new();
    let y = build.local("y", Ty::F64);
    let sin = Op::Fn(crate::primitives::Primitive::from_method("sin").expect("in the table"));
    let text = build.emit(vec![Stmt::Let { var: y, init: Some(Expr::prim(sin, vec![float(2.0)])) }]);
    assert_eq!(text, "let y = 2.0_f64.sin();");
    let text = build.emit(vec![Stmt::Let { var: y, init: Some(Expr::prim(sin, vec![float(-2.0)])) }]);
    assert_eq!(text, "let y = (-2.0_f64).sin();");
}

#[test]
fn references_are_places() {
    let mut build = Build::new();
    let slice = Ty::Slice(Box::new(Ty::F64));
    let x = build.param("x", slice.clone(), ParamMode::Ref);
    let x_bar = build.param("x_bar", slice, ParamMode::RefMut);
    let s = build.param("s", Ty::F64, ParamMode::RefMut);
    let i = build.local("i", Ty::Int(None));
    let body = vec![
        Stmt::Accumulate {
            place: at(x_bar, Expr::read(i)),
            value: Expr::prim(Op::Mul, vec![Expr::read(s), Expr::Read(at(x, Expr::read(i)))]),
            negate: false,
        },
        Stmt::Accumulate { place: Place::var(s), value: Expr::Read(at(x, Expr::read(i))), negate: true },
    ];
    let text = build.emit(vec![Stmt::For {
        var: i,
        lo: int(0),
        hi: Expr::Len(Place::var(x)),
        rev: true,
        body: Block { stmts: body },
        exits: Vec::new(),
        span: Span::call_site(),
    }]);
    assert_eq!(text, "for i in (0..x.len()).rev() {\n    x_bar[i] += *s * x[i];\n    *s -= x[i];\n}");
}

#[test]
fn late_variables_become_values_of_branches() {
    let mut build = Build::new();
    let c = build.param("c", Ty::Bool, ParamMode::Value);
    let a = build.param("a", Ty::F64, ParamMode::Value);
    let (y, z) = (build.late("y"), build.late("z"));
    let branch = |then: Vec<Stmt>, els: Vec<Stmt>| Stmt::If {
        cond: Expr::read(c),
        then: Block { stmts: then },
        els: Block { stmts: els },
    };
    let set = |var: Var, value: Expr| assign(Place::var(var), value);
    let one = build.emit(vec![
        Stmt::Let { var: y, init: None },
        branch(vec![set(y, Expr::read(a))], vec![set(y, float(0.0))]),
    ]);
    assert_eq!(one, "let y = if c { a } else { 0.0 };");
    let two = build.emit(vec![
        Stmt::Let { var: y, init: None },
        Stmt::Let { var: z, init: None },
        branch(
            vec![set(y, Expr::read(a)), set(z, float(1.0))],
            vec![set(y, float(0.0)), set(z, Expr::read(a))],
        ),
    ]);
    assert_eq!(two, "let (y, z) = if c { (a, 1.0) } else { (0.0, a) };");
    // One that reads the other stays as it is.
    let chained = build.emit(vec![
        Stmt::Let { var: y, init: None },
        Stmt::Let { var: z, init: None },
        branch(
            vec![set(y, Expr::read(a)), set(z, Expr::read(y))],
            vec![set(y, float(0.0)), set(z, Expr::read(a))],
        ),
    ]);
    assert!(chained.starts_with("let y: f64;"), "{chained}");
}

#[test]
fn names_are_distinct_where_both_are_visible() {
    let mut build = Build::new();
    let x = build.param("x", Ty::F64, ParamMode::Value);
    let (shadow, i, j) =
        (build.local("x", Ty::F64), build.local("i", Ty::Int(None)), build.local("i", Ty::Int(None)));
    let inner = |var: Var| Stmt::For {
        var,
        lo: int(0),
        hi: int(3),
        rev: false,
        body: Block {
            stmts: vec![Stmt::Effect {
                tokens: quote::quote!(log(__hole_0)),
                args: vec![Expr::read(var)],
                diverges: false,
            }],
        },
        exits: Vec::new(),
        span: Span::call_site(),
    };
    let text = build.emit(vec![Stmt::Let { var: shadow, init: Some(Expr::read(x)) }, inner(i), inner(j)]);
    assert_eq!(text, "let x_1 = x;\nfor i in 0..3 {\n    log(i);\n}\nfor i in 0..3 {\n    log(i);\n}");
}

#[test]
fn names_of_ours_give_way_to_the_users() {
    let item: syn::ItemFn = syn::parse_quote!(
        fn f(x: f64) -> f64 {
            x * x_bar(x)
        }
    );
    let mut build = Build::new();
    build.param("x", Ty::F64, ParamMode::Value);
    let x_bar = build.local("x_bar", Ty::F64);
    let reserved = Reserved::new(&item.sig, Some(&item.block), &Around::default());
    let krate = syn::parse_quote!(::differentiable);
    let mut emitter = Emitter::new(&build.function, &krate, reserved);
    emitter.declare(&Block { stmts: vec![Stmt::Let { var: x_bar, init: Some(float(0.0)) }] });
    assert_eq!(emitter.name(x_bar), "x_bar_1");
    assert_eq!(emitter.name(Var(0)), "x");
}

#[test]
fn records_and_zeros() {
    let mut build = Build::new();
    let x = build.param("x", Ty::Vec(Box::new(Ty::F64)), ParamMode::Ref);
    let (record, a, b) =
        (build.local("record", Ty::Unknown), build.local("a", Ty::F64), build.local("b", Ty::F64));
    let bar = build.local("x_bar", Ty::Vec(Box::new(Ty::F64)));
    let text = build.emit(vec![
        Stmt::Let { var: bar, init: Some(Expr::Zero { like: Place::var(x) }) },
        Stmt::RecordNew { record, capacity: Some(int(3)) },
        Stmt::RecordPush { record, values: vec![float(1.0), float(2.0)] },
        Stmt::RecordPop { record, vars: vec![a, b] },
        Stmt::RecordPush { record, values: vec![float(1.0)] },
    ]);
    assert_eq!(
        text.replace("::differentiable::rt::", ""),
        "let x_bar: Vec<f64> = vec![0.0; x.len()];\nlet mut record = Vec::with_capacity(3);\nrecord.push((1.0, 2.0));\nlet (a, b) = record.pop().unwrap();\nrecord.push(1.0);"
    );
}

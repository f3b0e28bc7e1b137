//! Statements.

use super::{Expr, Op, Place, Ty, Var};
use proc_macro2::{Span, TokenStream};
use syn::{Ident, Member};

#[derive(Clone, Debug, Default)]
pub struct Block {
    pub stmts: Vec<Stmt>,
}

#[derive(Clone, Debug)]
pub enum Stmt {
    /// `let var = init;`. Without `init` the variable is `late`.
    Let {
        var: Var,
        init: Option<Expr>,
    },
    /// `let var = &place;`: `VarInfo::view_of` of `var` holds the place.
    View {
        var: Var,
    },
    /// `place = value;`, or `place op= value;` (`Add`, `Sub`, `Mul`, `Div`, `Rem` or an integer's).
    Assign {
        place: Place,
        op: Option<Op>,
        value: Expr,
        span: Span,
    },
    /// `swap(&mut a, &mut b)`, `v.swap(i, j)`
    Swap {
        a: Place,
        b: Place,
    },
    /// `dst.copy_from_slice(src)`; both are places of slices, arrays or `Vec`s.
    CopyFrom {
        dst: Place,
        src: Place,
    },
    /// `place.fill(value)`
    Fill {
        place: Place,
        value: Expr,
    },
    If {
        cond: Expr,
        then: Block,
        els: Block,
    },
    Match {
        on: Place,
        mutable: bool,
        arms: Vec<Arm>,
        span: Span,
    },
    /// `for var in lo..hi`, or `(lo..hi).rev()`; `lo` and `hi` are atoms. Leaves after an
    /// iteration in which one of `exits` became true.
    For {
        var: Var,
        lo: Expr,
        hi: Expr,
        rev: bool,
        body: Block,
        exits: Vec<Var>,
        span: Span,
    },
    /// `loop { pre; if !cond { break } body; if exits { break } }`. `pre` declares the temporaries
    /// of `cond` and has no effect; where the source's condition has one, lowering uses `exits`
    /// and `cond: None`.
    While {
        pre: Block,
        cond: Option<Expr>,
        body: Block,
        exits: Vec<Var>,
        span: Span,
    },
    Call(Call),
    /// An operation that changes the length of a `Vec`.
    Vector {
        vec: Place,
        op: VecOp,
        span: Span,
    },
    /// A statement of the user's without a derivative, with holes like `Expr::Opaque`.
    /// `diverges`: it never completes (`panic!`).
    Effect {
        tokens: TokenStream,
        args: Vec<Expr>,
        diverges: bool,
    },
    /// `return tokens;` with an `Err` or a `None`.
    Bail {
        tokens: TokenStream,
        args: Vec<Expr>,
    },
    /// Items nested in the body.
    Item(TokenStream),

    // ---- what differentiation adds ----
    /// `place += value` on a shadow; `negate`: `-=`.
    Accumulate {
        place: Place,
        value: Expr,
        negate: bool,
    },
    /// `let record = Vec::with_capacity(capacity)`: one entry an iteration.
    RecordNew {
        record: Var,
        capacity: Option<Expr>,
    },
    /// `record.push((values…))`
    RecordPush {
        record: Var,
        values: Vec<Expr>,
    },
    /// `let (vars…) = record.pop()`
    RecordPop {
        record: Var,
        vars: Vec<Var>,
    },
    /// `let var = mem::replace(&mut place, value)`
    Replace {
        var: Var,
        place: Place,
        value: Expr,
    },
    /// Calls the pullback `rev` of a split call.
    Pull {
        rev: Var,
        seed: Expr,
        args: Vec<PullArg>,
        call: Box<Call>,
        tangents: Option<Box<PullTangents>>,
    },
}

/// What the pullback of a nested split call is passed besides (see [`Nested`]): each list holds
/// `2^level - 1` tangents.
#[derive(Clone, Debug)]
pub struct PullTangents {
    pub seeds: Vec<Expr>,
    /// The tangents of each argument, to be passed again where the argument is.
    pub dots: Vec<Vec<Option<Expr>>>,
    /// The tangents of each argument's cotangent.
    pub shadows: Vec<Vec<Option<Place>>>,
}

/// An argument of a pullback, one for each of the call's.
#[derive(Clone, Debug)]
pub struct PullArg {
    /// Where its cotangent is added; `None` for inactive arguments.
    pub shadow: Option<Place>,
}

/// One arm of a `Match`.
#[derive(Clone, Debug)]
pub struct Arm {
    pub pattern: Pattern,
    /// A pure condition over the bindings.
    pub guard: Option<Expr>,
    pub body: Block,
}

/// A pattern. Bindings are views into the matched place.
#[derive(Clone, Debug)]
pub enum Pattern {
    Wild,
    /// `..`
    Rest,
    Bind(Var),
    /// `n @ 0..=3`, of literals and ranges.
    At(Var, TokenStream),
    /// Literals, ranges, constants, unit variants: no bindings.
    Tokens(TokenStream),
    Tuple(Vec<Pattern>),
    TupleStruct(TokenStream, Vec<Pattern>),
    Struct {
        path: TokenStream,
        fields: Vec<(Member, Pattern)>,
        rest: bool,
    },
    Or(Vec<Pattern>),
    Slice(Vec<Pattern>),
}

#[derive(Clone, Debug)]
pub enum VecOp {
    Push(Expr),
    /// `let var = vec.pop().unwrap()`; `None` drops the element.
    Pop(Option<Var>),
    Truncate(Expr),
    /// `vec.resize(len, value)`
    Resize(Expr, Expr),
    Clear,
    /// `vec.extend_from_slice(&place)`
    Extend(Place),
    /// `vec.insert(index, value)`
    Insert(Expr, Expr),
    /// `let var = vec.remove(index)`
    Remove(Expr, Option<Var>),
    Reverse,
}

/// A call of another differentiable function.
#[derive(Clone, Debug)]
pub struct Call {
    pub callee: Callee,
    pub args: Vec<Arg>,
    /// Declared here.
    pub result: Var,
    /// Followed by `?`.
    pub question: bool,
    /// What makes the error that `?` returns of the callee's: it reads no variables.
    pub map_err: Option<TokenStream>,
    pub outcome: Outcome,
    /// Whether what it may change is as it was where it gives no result.
    pub spared: bool,
    /// What the callee has for callers that sweep in several directions.
    pub wide: WideCompanions,
    pub mode: CallMode,
    pub span: Span,
}

/// Which companions of a callee take tangents in several directions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WideCompanions {
    /// The one of forward mode.
    pub tangent: bool,
    /// The forward sweep, whose pullback takes such tangents too.
    pub adjoint: bool,
}

/// What the result of a call is to the caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// What is returned, or what `?` leaves of it.
    #[default]
    Value,
    /// The `Option` or `Result` that is returned, to be matched on.
    Kept,
    /// The payload as an `Option`, whichever of the two is returned.
    Optional,
}

/// Which companion a call calls.
#[derive(Clone, Debug)]
pub enum CallMode {
    /// The function itself.
    Plain,
    /// The forward-mode companion: `result_dot` is declared too; `dots` are the tangents of the
    /// arguments (`None`: inactive). `wide`: in several directions.
    Jvp { result_dot: Var, dots: Vec<Option<Expr>>, wide: bool },
    /// The forward sweep: `rev` is the pullback.
    Split { rev: Var },
    /// Both sweeps at once: the seed is known, and `args` are where the cotangents of the
    /// arguments are added. `lanes`: for an array of each operand, lane by lane.
    Joint { seed: Expr, args: Vec<PullArg>, lanes: bool },
    /// What forward mode makes of the two modes above `Joint`.
    Nested(Nested),
    /// Both sweeps at once, with tangents in several directions.
    WideJoint(Box<WideJoint>),
}

/// A call of both sweeps with tangents in several directions: what a wide `Nested` and its pullback are passed.
#[derive(Clone, Debug)]
pub struct WideJoint {
    /// Declared here.
    pub result_dot: Var,
    pub dots: Vec<Option<Expr>>,
    pub seed: Expr,
    pub seed_dot: Expr,
    pub args: Vec<PullArg>,
    /// The tangents of the arguments' cotangents.
    pub shadows: Vec<Option<Place>>,
}

/// Forward mode `level` times over a call, or over its forward sweep. A value then has `2^level`
/// components: the value, its tangents, their tangents. Component `b + 2^j` is the tangent of
/// component `b` in pass `j`.
#[derive(Clone, Debug)]
pub struct Nested {
    pub level: u32,
    /// Whether the tangents have several directions: at level 1 over a forward sweep only.
    pub wide: bool,
    /// The pullback, if the forward sweep is called.
    pub rev: Option<Var>,
    /// The tangents of the result, declared here.
    pub result_dots: Vec<Var>,
    /// The tangents of each argument (`None`: inactive).
    pub dots: Vec<Vec<Option<Expr>>>,
}

#[derive(Clone, Debug)]
pub enum Callee {
    /// `g` or `module::g`: companions are `g::…`
    Path(syn::Path),
    /// `Type::m`, `Self::m`, `<T as Trait>::m`: companions are `Type::m_…`. The tokens are what
    /// stands before the last segment, `::` included.
    Assoc { prefix: TokenStream, name: Ident, turbofish: Option<TokenStream> },
    /// `x.m(…)`: the receiver is the first argument.
    Method { name: Ident, turbofish: Option<TokenStream> },
}

/// The variant of the standard library's `Option` or `Result` that a path names; `Shape::None` is another's.
pub fn outcome_variant(path: &syn::Path) -> Option<&'static str> {
    let mut segments = path.segments.iter().rev();
    let name = &segments.next()?.ident;
    let known = ["Some", "None", "Ok", "Err"].into_iter().find(|known| name == known)?;
    let standard = segments.next().is_none_or(|owner| owner.ident == "Option" || owner.ident == "Result");
    standard.then_some(known)
}

/// Whether `g::name` is a derivative of `g`, whose own derivatives stand beside it: `g::__ad_grad_split`.
pub fn names_derivative(name: &Ident) -> bool {
    const DERIVATIVES: [&str; 10] = [
        "grad",
        "value_and_grad",
        "jvp",
        "vjp",
        "hvp",
        "jacobian",
        "hessian",
        "pullback",
        "accumulate",
        "gradcheck",
    ];
    let name = name.to_string();
    let order = name.strip_prefix('d').and_then(|order| order.parse::<u8>().ok());
    DERIVATIVES.contains(&name.as_str()) || order.is_some_and(|order| (2..=8).contains(&order))
}

#[derive(Clone, Debug)]
pub enum Arg {
    /// By value: an atom, a `Move`, a `ToOwned`, or an inactive tree.
    Value(Expr),
    /// `&place`
    Ref(Place),
    /// `&mut place`
    RefMut(Place),
    /// The receiver of a method call, borrowed as the method needs; `mutable` when the place
    /// could be changed by it.
    Receiver { place: Place, mutable: bool },
}

impl Call {
    /// The type of the result is not known before rustc sees the callee.
    pub fn result_ty(&self) -> Ty {
        Ty::Unknown
    }
}

//! Lowering: `syn` to IR, the only stage that rejects user code.
//!
//! * `signature` reads the parameters and the result, `types` the types.
//! * `frame` builds blocks and turns `break`, `continue` and `return` into nesting and flags.
//! * `stmt`, `pattern`, `control`, `matching`, `loops` lower statements; `expr`, `arith`,
//!   `condition`, `call`, `argument`, `method`, `convert`, `macros` expressions; `shapes` tells
//!   users' types from numbers; `iter` iterator chains; `closure` inlines closures; `library`
//!   defines methods of the standard library in terms of others; `moving` follows references that
//!   are reassigned; `variants` finds the enums of
//!   variants; `opaque` passes on what has no derivative.
//! * `sink` moves `let y;` to where `y` is assigned.
//! * `settle` decides, once everything is lowered, what was active after all: which calls stay
//!   calls, which opaque expressions must be refused, which flags are needed.

mod absent;
mod argument;
mod arith;
mod as_it_was;
mod bounds;
mod call;

mod checks;
mod choice;
mod choosing;
mod claims;
mod closure;
mod compare;
mod condition;
mod constants;
mod context;
mod control;
mod convert;
mod depth;
mod deque;
mod destructure;
mod directions;
mod dissolved;
mod effects;
mod element;
mod expr;
mod fields;
mod followed;
mod frame;
mod free_names;
mod function_values;
mod handed_on;
mod handled_errors;
mod hoisted;
mod holes;
mod imported;
mod inferred;
mod inlinable;
mod inlined;
mod integers;
mod items;
mod iter;
mod leading_back;
mod leaving;
mod lets;
mod libm;
mod library;
mod listed;
mod loops;
mod macros;
mod maps;
mod marked;
mod matching;
mod method;
mod method_names;
mod moving;
mod narrowed;
mod nested_recursion;
mod num_traits;
mod opaque;
mod option;
mod outcome;
mod overload;
mod overwritten;
mod pattern;
mod payloads;
mod pullback;
mod refusals;
mod refutable;
mod replaced;
mod replaced_errors;
mod results;
mod round_trip;
mod scope;
mod sequence;
mod sequences;
mod settle;
mod shapes;
mod side_by_side;
mod signature;
mod signatures;
mod sink;
mod small;
mod small_functions;
mod small_operators;
mod spared;
mod stmt;
#[cfg(test)]
mod tests;
mod told;
mod types;
mod variants;
mod vector;
mod whose;

use crate::diagnostics::{Diagnostics, message};
use crate::ir::{Block, Expr, Function, Outcome, Place, Proj, Stmt, Ty, Var, VarInfo, Wrap};
use crate::options::Options;
use crate::surroundings::Around;
pub use bounds::element_by_number;
pub use context::{Context, Supertraits};
use frame::{Frame, Target};
pub use handed_on::without_itself;
use proc_macro2::Span;
use quote::ToTokens;
use scope::{Operand, Scopes};
use shapes::{Kind, Shapes};
pub use signatures::takes_directions;
pub use small_functions::names_a_part;
use std::collections::{BTreeMap, BTreeSet};
use syn::Ident;
use types::Types;
pub use types::first_type;
pub(crate) use types::{INTEGERS, is_boxed_slice};

/// Lowers a function; `None` when something was reported.
pub fn lower(
    sig: &syn::Signature,
    block: &syn::Block,
    options: &Options,
    context: &Context,
    diag: &mut Diagnostics,
) -> Option<Function> {
    let before = diag.len();
    if depth::too_deep(sig, block) {
        diag.error(sig.ident.span(), message::TOO_DEEP);
        return None;
    }
    let block = &inlined::brought_in(block, &options.around, diag);
    let block = &items::at_start(&nested_recursion::annotated(block, options));
    items::check(block, diag);
    let block = &variants::written_out(block, context.self_ty.as_ref(), &options.around);
    let mut known = absent::Known::new();
    loop {
        let mut said = Diagnostics::new();
        let mut lowerer = Lowerer::new(sig, options, context, &mut said);
        lowerer.optional.known = known.clone();
        let (function, learnt) = lowerer.whole(sig, block, options);
        match learnt {
            // What follows was found out among variables of other numbers.
            Some((number, shape)) if !known.contains_key(&number) => {
                known.split_off(&number);
                known.insert(number, shape);
            }
            _ => {
                diag.absorb(said);
                return (diag.len() == before).then_some(function);
            }
        }
    }
}

/// Whether nothing that a type holds has a derivative, where an item with these generics stands.
pub fn is_inert(ty: &syn::Type, generics: &syn::Generics, around: &Around) -> bool {
    let mut sig: syn::Signature = syn::parse_quote!(fn item());
    sig.generics = generics.clone();
    let options = Options { around: around.clone(), ..Options::default() };
    !Types::new(&sig, &options, &Context::default()).ty(ty).may_be_active()
}

/// The types in what a function gives that have no derivative by their definition.
pub fn inert_names(sig: &syn::Signature, around: &Around) -> Vec<Ident> {
    let known = |name: &Ident| {
        around.lacks_derivative(name) && is_inert(&syn::parse_quote!(#name), &sig.generics, around)
    };
    let names = crate::names::mentions(sig.output.to_token_stream()).into_iter();
    let types = names.filter(|name| name.starts_with(char::is_uppercase));
    types.map(|name| Ident::new(&name, Span::call_site())).filter(known).collect()
}

struct Lowerer<'a> {
    f: Function,
    diag: &'a mut Diagnostics,
    types: Types,
    scopes: Scopes,
    frames: Vec<Frame>,
    targets: Vec<Target>,
    /// Storage variables in the order in which they were changed: how operands notice that a
    /// later sibling changed what they read.
    changes: Vec<Place>,
    checks: Vec<refusals::Check>,
    /// References that arms gave to slots, and the checks of each.
    lent: BTreeMap<Var, (scope::Operand, std::ops::Range<usize>)>,
    /// The flags of exits, and those that something reads.
    flags: BTreeSet<Var>,
    read_flags: BTreeSet<Var>,
    /// Late variables that rustc could not see to be assigned.
    needs_init: BTreeSet<Var>,
    /// Names that are assigned to and that no `let` declares: a macro may.
    undeclared: Vec<syn::Expr>,
    /// Late variables that turned out to hold `()`.
    needless: BTreeSet<Var>,
    /// What iterations hand on under a flag of ours: rustc has seen nothing of them.
    carried: BTreeSet<Var>,
    /// What the arms of branches that are being lowered give, by their slots.
    choices: BTreeMap<Var, choice::Choice>,
    /// Late variables whose declaration moved to their only assignment.
    moved: BTreeSet<Var>,
    /// Variables that stand for the contents of a `Box`.
    unboxed: BTreeSet<Var>,
    /// Those that are a `Box`, and again one where they are kept or handed on.
    boxes: BTreeSet<Var>,
    /// Those of them that are `Vec`s in derivatives: boxed slices.
    boxed_slices: BTreeSet<Var>,
    /// The indices of items that an iterator gives away: they look like references to elements.
    given_away: BTreeSet<Var>,
    /// Copies of what is iterated over by value.
    as_they_were: BTreeSet<Var>,
    /// What patterns of a `match` give further names to, meant as copies.
    part_aliases: BTreeSet<Var>,
    /// What is of a user's type.
    shapes: Shapes,
    told: checks::Told,
    /// Names and fields that are used as sequences are.
    sequences: BTreeSet<String>,
    /// What the imports in the body bring in.
    imports: imported::Imports,
    /// References that are reassigned, and the names that are assigned to.
    moving: BTreeMap<Var, moving::Moving>,
    /// `Vec`s of references.
    lists: BTreeMap<Var, listed::Listed>,
    /// Functions that are taken for those of `libm`, for rustc to check, each once.
    libm_claims: BTreeMap<String, Stmt>,
    /// Options of references.
    optional: absent::Options,
    reassigned: BTreeSet<String>,
    /// Bounds of such references: checked when they were set.
    checked_bounds: BTreeSet<Var>,
    /// Results of calls, and what is made of those that are `Option`s or `Result`s.
    results: BTreeSet<Var>,
    /// Those that are, by their signatures.
    wrapped: BTreeSet<Var>,
    /// The names of those whose errors are asked for.
    errors: BTreeSet<String>,
    outcomes: BTreeMap<Var, Outcome>,
    /// The types of what is in them, where signatures show it.
    payloads: BTreeMap<Var, Ty>,
    /// Those of their errors, where these have no derivative by their type.
    error_types: BTreeMap<Var, Ty>,
    /// Types of constants nested in the body.
    const_types: BTreeMap<String, Ty>,
    /// Initial values that became known after their `Let`.
    inits: BTreeMap<Var, Expr>,
    /// The depth of loops at which a late variable was declared.
    declared_at: BTreeMap<Var, usize>,
    loop_depth: usize,
    /// Whether expressions are lowered to trees without temporaries, since they are conditions or
    /// the like, without a derivative as a whole.
    tree: bool,
    /// Whether the body unwraps references to what is in an `Option`.
    unwraps: bool,
    /// How many of these have names so far.
    payload_names: usize,
    /// The number of closures being inlined inside each other.
    inlining: usize,
    /// Bodies lowered so far, of closures and chained loops: a bound on the size of the output.
    inlined: usize,
    /// Variables of ours that have not been given a user's name.
    generated: BTreeSet<Var>,
    result: Option<Var>,
    result_hint: Ty,
    krate: syn::Path,
    /// Whether operators on users' types are calls. Their rules are of first and second order.
    overloads: bool,
    /// Whether casts of what may be an integer or a float are calls of the runtime.
    casts: bool,
    /// Results of such operators.
    users: BTreeSet<Var>,
    /// Variables that hold a value of a user's type for certain.
    structures: BTreeSet<Var>,
    /// Results of the methods of such, of whatever type.
    given: BTreeSet<Var>,
    around: Around,
    order: u8,
    small: small::Functions,
}

impl<'a> Lowerer<'a> {
    /// Lowers the function, and says what was found out too late.
    fn whole(
        mut self,
        sig: &syn::Signature,
        block: &syn::Block,
        options: &Options,
    ) -> (Function, Option<(usize, absent::Shape)>) {
        self.types.structures.hide_items_of(block);
        self.imports = imported::Imports::of(block);
        self.types.structures.hide(&options.within);
        self.reassigned = moving::reassigned(block);
        self.signature(sig, options);
        let (inert, floats) = (self.inert_parameters(), self.float_parameters());
        for span in round_trip::through_bits_or_text(block, inert, floats, &self.around) {
            self.diag.error(span, message::ROUND_TRIP);
        }
        self.body(block);
        let learnt = self.optional.learnt.take();
        let mut function = self.settle();
        integers::settle_integers(&mut function);
        (function, learnt)
    }

    fn new(
        sig: &syn::Signature,
        options: &Options,
        context: &Context,
        diag: &'a mut Diagnostics,
    ) -> Lowerer<'a> {
        let types = Types::new(sig, options, context);
        let f = Function {
            name: sig.ident.clone(),
            vars: Vec::new(),
            params: Vec::new(),
            body: Block::default(),
            result: Expr::Tuple(Vec::new()),
            result_ty: None,
            wrap: Wrap::Plain,
            backward: None,
            float_generics: types.floats.clone(),
            other_generics: types.others(context.supertraits.is_some()),
            named: None,
            span: sig.ident.span(),
        };
        Lowerer {
            f,
            diag,
            types,
            scopes: Scopes::default(),
            frames: vec![Frame::default()],
            targets: Vec::new(),
            changes: Vec::new(),
            checks: Vec::new(),
            lent: BTreeMap::new(),
            flags: BTreeSet::new(),
            read_flags: BTreeSet::new(),
            needs_init: BTreeSet::new(),
            undeclared: Vec::new(),
            needless: BTreeSet::new(),
            carried: BTreeSet::new(),
            choices: BTreeMap::new(),
            moved: BTreeSet::new(),
            unboxed: BTreeSet::new(),
            boxes: BTreeSet::new(),
            boxed_slices: BTreeSet::new(),
            given_away: BTreeSet::new(),
            as_they_were: BTreeSet::new(),
            part_aliases: BTreeSet::new(),
            shapes: Shapes::default(),
            told: checks::Told::default(),
            imports: imported::Imports::default(),
            sequences: BTreeSet::new(),
            moving: BTreeMap::new(),
            lists: BTreeMap::new(),
            libm_claims: BTreeMap::new(),
            optional: absent::Options::default(),
            reassigned: BTreeSet::new(),
            checked_bounds: BTreeSet::new(),
            results: BTreeSet::new(),
            wrapped: BTreeSet::new(),
            errors: BTreeSet::new(),
            outcomes: BTreeMap::new(),
            payloads: BTreeMap::new(),
            error_types: BTreeMap::new(),
            const_types: BTreeMap::new(),
            inits: BTreeMap::new(),
            declared_at: BTreeMap::new(),
            loop_depth: 0,
            tree: false,
            unwraps: false,
            payload_names: 0,
            inlining: 0,
            inlined: 0,
            generated: BTreeSet::new(),
            result: None,
            result_hint: Ty::Unknown,
            krate: options.krate.clone(),
            overloads: options.order <= 2,
            casts: options.order <= 4,
            users: BTreeSet::new(),
            structures: BTreeSet::new(),
            given: BTreeSet::new(),
            around: options.around.clone(),
            order: options.order,
            small: small::Functions::default(),
        }
    }

    /// Lowers the body and sets the function's result.
    fn body(&mut self, block: &syn::Block) {
        if self.types.own_float {
            self.f.named = Some(crate::names::mentions(block.to_token_stream()));
        }
        let users = |ty: &Ty| matches!(ty, Ty::Named(_));
        let params = |of: &dyn Fn(&Ty) -> bool| {
            let infos = self.f.params.iter().map(|param| self.f.info(param.var));
            infos.filter(|info| of(&info.ty)).map(|info| info.name.to_string()).collect()
        };
        let (typed, numbers) = (params(&users), params(&Ty::is_float));
        let returns = match &self.result_hint {
            ty if users(ty) => Kind::Users,
            ty if ty.is_float() => Kind::Number,
            _ => Kind::Unknown,
        };
        self.shapes = Shapes::of(block, typed, numbers, returns);
        self.told = checks::Told::of(block);
        self.sequences = sequences::sequences(block);
        self.errors = results::asked_for_errors(block);
        self.unwraps = Self::unwraps_references(block);
        let flag = self.flag("returned");
        self.targets.push(Target::function(flag));
        self.emit(Stmt::Let { var: flag, init: Some(Expr::Lit(syn::parse_quote!(false))) });
        let hint = self.result_hint.clone();
        let unit = self.f.result_ty.is_none();
        if !unit && (control::returns(block) || !matches!(self.f.wrap, Wrap::Plain)) {
            let var = self.slot("result", hint.clone());
            self.result = Some(var);
        }
        self.scopes.push();
        let mut inside = None;
        match self.f.wrap {
            Wrap::Plain => match self.result {
                Some(result) => self.arm_block(block, Some(result), &hint),
                None => {
                    let tail = self.block_operand(block, &hint, !unit);
                    if !self.dead() && !unit && self.nesting() > 0 {
                        inside = Some(self.result_inside(tail, &hint));
                    } else if !self.dead() {
                        self.finish(tail, unit);
                    } else if !unit {
                        // It never returns, but is of a type.
                        let var = self.local("result", hint.clone());
                        self.f.vars[var.0].late = true;
                        self.result = Some(var);
                        inside = Some(var);
                    }
                }
            },
            Wrap::Option | Wrap::Result => self.wrapped_block(block),
        }
        if let Some(var) = self.result {
            let ty = self.f.info(var).ty.clone();
            self.f.result = if ty.is_copy() { Expr::read(var) } else { Expr::Move(var) };
            if self.read_flags.contains(&flag) {
                self.needs_init.insert(var);
            }
        }
        self.scopes.pop();
        self.targets.pop();
        let frame = self.frames.pop().unwrap_or_default();
        self.f.body = frame.close();
        if let Some(var) = inside {
            self.f.body.stmts.insert(0, Stmt::Let { var, init: None });
        }
    }

    /// A slot for the result, where the function ended inside a branch.
    fn result_inside(&mut self, tail: Operand, hint: &Ty) -> Var {
        let var = self.local("result", hint.clone());
        self.f.vars[var.0].late = true;
        let tail = self.boxed(tail);
        let value = self.owned(tail);
        self.assign_slot(var, value);
        self.result = Some(var);
        var
    }

    fn finish(&mut self, tail: Operand, unit: bool) {
        if unit {
            self.discard(tail);
        } else {
            let tail = self.boxed(tail);
            let value = self.owned(tail);
            self.f.result = match value {
                Expr::Move(_) => value,
                // What is returned last is not used again.
                Expr::Read(place) if place.is_var() && self.is_movable(place.root) => Expr::Move(place.root),
                value if value.is_atom() && self.result_hint.may_be_active() => value,
                value => {
                    let ty = self.value_ty(&value);
                    let var = self.temp_var("result", value);
                    if !self.result_hint.may_be_active() {
                        // What is read may be of a type that only rustc knows.
                        self.f.vars[var.0].ty = self.result_hint.clone();
                    }
                    if ty.is_copy() { Expr::read(var) } else { Expr::Move(var) }
                }
            };
        }
    }

    /// Whether a variable owns a value that is not certainly `Copy`.
    fn is_movable(&self, var: Var) -> bool {
        let info = self.f.info(var);
        info.by_ref.is_none() && info.view_of.is_none() && !info.ty.is_copy()
    }

    // ---- variables and temporaries ----

    fn declare(&mut self, name: &Ident, ty: Ty, mutable: bool) -> Var {
        let info = VarInfo { name: name.clone(), mutable, ..VarInfo::local("x", ty, name.span()) };
        self.f.add_var(info)
    }

    fn local(&mut self, name: &str, ty: Ty) -> Var {
        let var = self.f.add_var(VarInfo::local(name, ty, Span::call_site()));
        self.generated.insert(var);
        var
    }

    /// `let name = value;`
    fn temp_var(&mut self, name: &str, value: Expr) -> Var {
        let ty = self.value_ty(&value);
        let var = self.local(name, ty);
        self.emit(Stmt::Let { var, init: Some(value) });
        var
    }

    fn temp(&mut self, value: Expr) -> Expr {
        Expr::read(self.temp_var("t", value))
    }

    /// The value as an operand: a literal, the read of a place, or, where no derivative is asked
    /// for, any tree.
    fn atomic(&mut self, value: Expr) -> Expr {
        if value.is_atom() || self.tree { value } else { self.temp(value) }
    }

    /// The value as an index or a bound: a literal or an immutable variable.
    fn index_atom(&mut self, value: Expr) -> Expr {
        let fixed = match &value {
            Expr::Lit(_) => true,
            Expr::Read(place) => place.is_var() && self.is_fixed(place.root),
            _ => false,
        };
        if let Expr::Read(place) = &value
            && place.is_var()
        {
            self.refine_int(place.root);
        }
        if fixed {
            return value;
        }
        let ty = match value.ty(&self.f) {
            Ty::Unknown => Ty::Int(None),
            ty => ty,
        };
        let var = self.local("k", ty);
        self.emit(Stmt::Let { var, init: Some(value) });
        Expr::read(var)
    }

    /// Whether a variable never changes after its declaration.
    fn is_fixed(&self, var: Var) -> bool {
        let info = self.f.info(var);
        !info.mutable && !info.late && info.view_of.is_none()
    }

    /// A variable of unknown type that is used as an index is an integer.
    fn refine_int(&mut self, var: Var) {
        let ty = &mut self.f.vars[var.0].ty;
        if matches!(ty, Ty::Unknown) {
            *ty = Ty::Int(None);
        }
    }

    /// What was learnt of the type of a variable.
    fn refine(&mut self, var: Var, ty: &Ty) {
        let info = &mut self.f.vars[var.0];
        info.ty = types::refined(&info.ty, ty);
    }

    /// Learns the type of a place, and with it that of the elements beside it.
    fn refine_place(&mut self, place: &Place, ty: &Ty) {
        let place = self.f.resolve(place);
        let mut part = &mut self.f.vars[place.root.0].ty;
        for step in &place.proj {
            part = match (part, step) {
                (Ty::Array(item, _) | Ty::Slice(item) | Ty::Vec(item) | Ty::Deque(item), Proj::Index(_)) => {
                    item
                }
                (Ty::Tuple(items), Proj::Field(syn::Member::Unnamed(at))) => {
                    match items.get_mut(at.index as usize) {
                        Some(item) => item,
                        None => return,
                    }
                }
                (part, Proj::Range(..)) => part,
                _ => return,
            };
        }
        *part = types::refined(part, ty);
    }

    /// A variable declared here and assigned on every path that reads it.
    fn slot(&mut self, name: &str, ty: Ty) -> Var {
        let var = self.local(name, ty);
        self.f.vars[var.0].late = true;
        self.declared_at.insert(var, self.loop_depth);
        self.emit(Stmt::Let { var, init: None });
        var
    }

    /// Assigns a variable made by [`slot`](Self::slot).
    fn assign_slot(&mut self, var: Var, value: Expr) {
        if self.dead() {
            return;
        }
        let ty = self.value_ty(&value);
        self.refine(var, &ty);
        self.assigned_late(var);
        self.emit(Stmt::Assign { place: Place::var(var), op: None, value, span: Span::call_site() });
    }

    /// An assignment of a late variable inside a loop that its declaration is outside of.
    fn assigned_late(&mut self, var: Var) {
        if self.declared_at.get(&var).is_some_and(|depth| self.loop_depth > *depth) {
            self.needs_init.insert(var);
        }
    }
}

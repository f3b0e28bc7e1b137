//! From an item to its companions: the pipeline on one screen.

mod associated;
mod blocks;
mod captured;
mod configurations;
mod depth;
mod derivatives;
mod index;
mod named;
mod operators;
mod rules;
mod strip;

use crate::aggregates::take_apart;
use crate::analyze::activity::{Activity, activity};
use crate::by_example::expanded;
use crate::diagnostics::{Diagnostics, message};
use crate::emit::companions::{Home, Kept, Target, allows, carried, is_repeatable, kept, namesake};
use crate::forward::{Tangent, forward, forward_wide};
use crate::ir::{Arg, Call, Callee, Expr, Function, Proj, Stmt, Ty, Var, names_derivative, walk};
use crate::loops::{Blocking, blocked, join, near, scalar_in_lanes, unroll};
use crate::lower::{Context, lower, takes_directions};
use crate::names::Reserved;
use crate::nested::Nested;
use crate::options::Options;
use crate::reverse::{Adjoint, Settings, Sweep, reverse};
use crate::simplify::simplify;
use crate::surroundings::{Around, Asked};
use crate::updates::updates;
use configurations::for_each;
pub(crate) use index::is_projection;
use named::named;
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, Item, ItemFn, Signature, Visibility};

/// The item without our helper attributes, and its companions unless something was reported.
pub fn item(tokens: TokenStream, options: &Options, diag: &mut Diagnostics) -> TokenStream {
    if let Some(span) = depth::too_deep(&tokens) {
        diag.error(span, message::TOO_DEEP);
        return tokens;
    }
    match syn::parse2::<Item>(tokens.clone()) {
        Ok(Item::Fn(function)) if options.inline => inlined(function),
        Ok(Item::Fn(function))
            if blocks::is_method(&function.sig, Some(&function.block)) || options.around.in_block() =>
        {
            blocks::lone_method(function, options, diag)
        }
        Ok(Item::Fn(function)) => free_function(function, options, diag),
        Ok(Item::Impl(block)) => blocks::implementation(block, options, diag),
        Ok(Item::Trait(block)) => blocks::trait_definition(block, options, diag),
        Ok(other) => {
            diag.error_at(&first_line(&other), message::NOT_A_FUNCTION);
            strip::helpers(tokens)
        }
        Err(error) => {
            diag.syntax(&error);
            strip::helpers(tokens)
        }
    }
}

fn free_function(mut written: ItemFn, options: &Options, diag: &mut Diagnostics) -> TokenStream {
    let original = written.clone();
    strip::parameters(&mut written.sig);
    let mut known = false;
    let body = expanded(&original.sig, &original.block, &options.around);
    let generated = for_each(&written.attrs, Some(&body), diag, &mut |configuration, diag| {
        let source = Source {
            attrs: &configuration.attrs,
            vis: &written.vis,
            original: &original.sig,
            block: configuration.block.as_ref(),
            written: &written.sig,
            home: Home::Function,
            context: &Context::default(),
        };
        let Some(companions) = companions(&source, options, diag) else { return TokenStream::new() };
        known = true;
        let (vis, name) = (&written.vis, &written.sig.ident);
        let (docs, allows) = (companions.type_docs, allows());
        let (wrappers, cores) = (companions.wrappers, companions.cores);
        let cfgs: Vec<_> = carried(&configuration.attrs).collect();
        let beside = names_derivative(name).then(|| namesake::beside(name, &cfgs, &cores));
        quote! {
            #beside
            #docs
            #(#cfgs)*
            #allows
            #vis struct #name {}

            #(#cfgs)*
            #allows
            impl #name {
                #wrappers
                #cores
            }
        }
    });
    let called = known.then(strip::may_be_called_by_companions_only);
    quote!(#called #written #generated)
}

/// A function that is differentiated where it is called: it stays as it is.
fn inlined(mut written: ItemFn) -> TokenStream {
    strip::parameters(&mut written.sig);
    let called = strip::may_be_called_by_companions_only();
    quote!(#called #written)
}

/// A function as it stands in the source.
struct Source<'a> {
    attrs: &'a [Attribute],
    vis: &'a Visibility,
    /// The signature with our helper attributes, and without.
    original: &'a Signature,
    written: &'a Signature,
    /// `None`: a method that a trait requires.
    block: Option<&'a syn::Block>,
    home: Home,
    context: &'a Context,
}

/// What is generated for a function.
struct Companions {
    /// What the block around them has to ask of its generics, where the companions cannot.
    asked: Vec<TokenStream>,
    type_docs: TokenStream,
    wrappers: TokenStream,
    cores: TokenStream,
    /// Those of second order that an operator or a conversion has, which stand in a trait of their own.
    second: TokenStream,
}

/// The companions of a function: from its body, from rules of its own, or, for a method that a
/// trait requires, their declarations.
fn companions(source: &Source, options: &Options, diag: &mut Diagnostics) -> Option<Companions> {
    let rules = options.partials.is_some() || options.jvp.is_some() || options.vjp.is_some();
    let (mut original, mut written) = (named(source.original), named(source.written));
    for sig in [&mut original, &mut written] {
        options.around.spell_out(sig, source.context.generics.as_ref());
        options.around.name_lifetimes(sig);
    }
    let source = &Source { original: &original, written: &written, ..*source };
    let opaque: syn::Block = syn::parse_quote!({ ::core::panic!() });
    let block = source.block.filter(|_| !rules).unwrap_or(&opaque);
    let function = match source.block {
        Some(_) if !rules => primal(source.original, block, options, source.context, diag)?,
        _ => lower(source.original, block, options, source.context, diag)?,
    };
    let reserved = Reserved::new(source.original, source.block, &options.around);
    let mut target =
        Target::new(&function, options, source.attrs, source.vis, source.written, source.home, &reserved);
    target.outer = source.context.generics.as_ref();
    target.owner = source.context.self_ty.as_ref();
    target.of_trait = source.context.supertraits.as_ref();
    if let (Home::TraitImpl, Some(of_trait)) = (source.home, &source.context.of_trait)
        && let Some(mut spelled) = options.around.trait_method(of_trait, &source.original.ident)
    {
        options.around.spell_out(&mut spelled, None);
        target.as_spelled(&spelled);
    }
    target.order = u32::from(options.order);
    let generic = source.original.generics.type_params().next().is_some();
    target.boxed = options.recursive
        || calls_itself(&function, source.context, &options.around)
        || !generic && function.calls() && options.around.calls_back(&source.original.ident);
    let mut second = TokenStream::new();
    if options.order > 1 {
        let name = source.original.ident.span();
        match source.home {
            Home::Operator | Home::Element | Home::Conversion if options.order > 2 => {
                diag.error(name, message::ORDER_OF_AN_OPERATOR);
            }
            Home::Operator | Home::Element | Home::Conversion => {
                second = second_of_operator(&function, &target, &reserved)
            }
            Home::Function | Home::Method | Home::Trait | Home::TraitImpl => {}
        }
    }
    let called = !rules
        && source.home == Home::Function
        && takes_directions(source.original, &|_| true)
        && target.may_be_called_wide();
    let asked = if called { options.around.asked(&source.original.ident) } else { Asked::default() };
    let cores = if rules {
        let first = target.rule_cores(options, diag)?;
        let higher = match options.order {
            1 => None,
            _ => rules::higher(&target, source.original, options, source.context, diag),
        };
        quote!(#first #higher)
    } else if source.block.is_none() {
        let higher = target.declarations_of_higher(u32::from(options.order));
        let first = target.declarations_of_cores();
        quote!(#first #higher)
    } else {
        let columns = if options.constant { None } else { columns(&function, &target, &reserved) };
        target.columns = columns.is_some();
        target.repeatable = is_repeatable(&function, &options.around);
        let (first, kept) = cores(&function, &target, &reserved);
        target.kept = kept;
        let nested = !matches!(source.home, Home::Operator | Home::Element | Home::Conversion);
        let higher = if options.order > 1 && nested {
            higher(&function, &target, options, &reserved)
        } else {
            TokenStream::new()
        };
        let called = called_wide(&function, &target, options, &reserved, asked);
        quote!(#first #columns #higher #called)
    };
    let (type_docs, wrappers) = (target.type_docs(options.order), target.wrappers());
    let asks = if target.home.is_bound() { target.asked_of_block() } else { Vec::new() };
    Some(Companions { asked: asks, type_docs, wrappers, cores, second })
}

/// Lowers a function and checks that every active parameter matters.
fn primal(
    sig: &Signature,
    block: &syn::Block,
    options: &Options,
    context: &Context,
    diag: &mut Diagnostics,
) -> Option<Function> {
    let before = diag.len();
    let mut function = lower(sig, block, options, context, diag)?;
    let active = activity(&function);
    check_unused(&function, &active, diag);
    derivatives::check(&function, &active, options, diag);
    take_apart(&mut function);
    updates(&mut function);
    unroll(&mut function);
    (diag.len() == before).then_some(function)
}

/// Refuses parameters whose gradient would be zero whatever their value.
fn check_unused(function: &Function, activity: &Activity, diag: &mut Diagnostics) {
    for param in &function.params {
        if param.active && !param.may_be_unused && !activity.is_active(param.var) {
            let name = function.info(param.var).name.to_string();
            diag.error(param.span, message::unused_parameter(&name));
        }
    }
}

/// The pipeline: differentiates a function in both modes.
fn cores(function: &Function, target: &Target, reserved: &Reserved) -> (TokenStream, (Kept, Kept)) {
    let activity = activity(function);
    let jvp = simplified_tangent(forward(function, &activity));
    let mut split = reverse(function, &activity, Sweep::Split, Settings::default());
    simplified(&mut split);
    let split_keeps = kept(&split.function, &split.forward);
    fast_loops(&mut split);
    captured::share(&mut split, target.krate);

    let jvp = target.jvp_core(&jvp, reserved.clone());
    let split = target.split_core(&split, reserved.clone());
    if matches!(target.home, Home::Operator | Home::Element | Home::Conversion) {
        return (quote!(#jvp #split), (split_keeps, None));
    }
    let mut joint = reverse(function, &activity, Sweep::Joint, Settings::default());
    simplified(&mut joint);
    let joint_keeps = kept(&joint.function, &joint.forward);
    let lanes = scalar_in_lanes(&joint);
    let lanes = target.joint_lanes(lanes.as_ref().map(|lanes| (lanes, reserved.clone())));
    fast_loops(&mut joint);
    let joint = target.reverse_core(&joint, reserved.clone());
    let (pull, both) = (target.pull_forwarder(), target.joint_forwarder());
    (quote!(#jvp #joint #split #pull #both #lanes), (split_keeps, joint_keeps))
}

/// What the trait of the second derivatives of an operator or a conversion holds.
fn second_of_operator(function: &Function, target: &Target, reserved: &Reserved) -> TokenStream {
    let tangent = Nested::primal(function).raised(2);
    let split = reverse(function, &activity(function), Sweep::Split, Settings::default());
    let mut split = Nested::adjoint(split).raised(1);
    captured::in_raised(&mut split, target.krate);
    let (jvp, split) =
        (target.nested_jvp(&tangent, reserved.clone()), target.nested_split(&split, reserved.clone()));
    quote!(#jvp #split)
}

/// The core that gives the columns of a Jacobian, several a sweep.
fn columns(function: &Function, target: &Target, reserved: &Reserved) -> Option<TokenStream> {
    if !target.may_have_columns() {
        return None;
    }
    let tangent = simplified_tangent(forward_wide(function, &activity(function))?);
    target.wide_jvp(&tangent, reserved.clone())
}

/// What callers in the same file ask for to sweep in several directions.
fn called_wide(
    function: &Function,
    target: &Target,
    options: &Options,
    reserved: &Reserved,
    asked: Asked,
) -> TokenStream {
    let mut out = TokenStream::new();
    if asked == Asked::default() {
        return out;
    }
    let activity = activity(function);
    if asked.tangents {
        let tangent = forward_wide(function, &activity).map(simplified_tangent);
        let wide = tangent.and_then(|tangent| target.called_jvp(&tangent, reserved.clone()));
        out.extend(wide.or_else(|| target.called_jvp_by_lane()));
    }
    if asked.adjoint && options.order > 1 {
        let split = reverse(function, &activity, Sweep::Split, Settings::default());
        let wide = Nested::adjoint(split).called_wide().and_then(|mut nested| {
            captured::in_raised(&mut nested, target.krate);
            target.called_split(&nested, reserved.clone())
        });
        out.extend(wide.or_else(|| target.called_split_by_lane()));
        let joint = reverse(function, &activity, Sweep::Joint, Settings::default());
        let wide = Nested::adjoint(joint).called_wide_at_once();
        let wide = wide.and_then(|nested| target.called_joint(&nested, reserved.clone()));
        out.extend(wide.or_else(|| target.called_joint_by_split()));
    }
    out
}

/// Forward mode in several directions over the adjoint, for the rows of a Hessian.
fn wide_adjoint(target: &Target, joint: &Adjoint) -> Option<Nested> {
    (target.may_have_hessian() && target.may_be_wide()).then(|| Nested::adjoint(joint.clone()).wide())?
}

/// What order two and above add: forward mode over what order one made.
fn higher(function: &Function, target: &Target, options: &Options, reserved: &Reserved) -> TokenStream {
    let order = u32::from(options.order);
    let activity = activity(function);
    let joint = reverse(function, &activity, Sweep::Joint, Settings::default());
    let wide = wide_adjoint(target, &joint).filter(|_| !options.constant);
    let core = wide.as_ref().and_then(|wide| target.wide_reverse(wide, reserved.clone()));
    let mut out = TokenStream::new();
    // The `impl` of a trait has those of the trait.
    if !target.home.is_bound() && !options.constant {
        out.extend(target.higher(order, wide.as_ref().filter(|_| core.is_some())));
    }
    out.extend(core);
    for level in 2..=order {
        let nested = Nested::primal(function).raised(level);
        out.extend(target.nested_jvp(&nested, reserved.clone()));
    }
    let split = reverse(function, &activity, Sweep::Split, Settings::default());
    for level in 1..order {
        let nested = Nested::adjoint(joint.clone()).raised(level).blocked(Blocking::USUAL);
        out.extend(target.nested_reverse(&nested, reserved.clone()));
        let mut nested = Nested::adjoint(split.clone()).raised(level).blocked(Blocking::USUAL);
        captured::in_raised(&mut nested, target.krate);
        out.extend(target.nested_split(&nested, reserved.clone()));
        out.extend(target.nested_pull_forwarder(level));
    }
    out
}

fn simplified_tangent(mut tangent: Tangent) -> Tangent {
    let mut outside = interface(&tangent.function, &tangent.dots);
    tangent.result_dot.iter().for_each(|dot| mentioned(dot, &mut outside));
    let mut body = std::mem::take(&mut tangent.function.body);
    simplify(&mut tangent.function, &mut [&mut body], &outside);
    tangent.function.body = body;
    tangent
}

fn simplified(adjoint: &mut Adjoint) {
    let mut outside = interface(&adjoint.function, &adjoint.shadows);
    outside.extend(adjoint.seed);
    let blocks = &mut [&mut adjoint.forward, &mut adjoint.backward];
    simplify(&mut adjoint.function, blocks, &outside);
    join(&adjoint.function, blocks);
}

fn fast_loops(adjoint: &mut Adjoint) {
    let mut outside = interface(&adjoint.function, &adjoint.shadows);
    outside.extend(adjoint.seed);
    let blocks = &mut [&mut adjoint.forward, &mut adjoint.backward];
    blocked(&mut adjoint.function, &adjoint.shadows, blocks, Blocking::USUAL);
    if Blocking::USUAL.near {
        near(&mut adjoint.function, blocks, &outside);
    }
    captured::hand_over_result(adjoint);
}

/// The variables that a function's signature and result mention.
fn interface(function: &Function, derivatives: &[Option<Var>]) -> Vec<Var> {
    let mut vars: Vec<Var> = function.params.iter().map(|param| param.var).collect();
    vars.extend(derivatives.iter().flatten());
    mentioned(&function.result, &mut vars);
    vars
}

fn mentioned(expr: &Expr, into: &mut Vec<Var>) {
    walk::accesses_of_expr(expr, &mut |place, _| into.push(place.root));
}

/// Whether a function calls itself, so that its pullback would contain itself.
fn calls_itself(function: &Function, context: &Context, around: &Around) -> bool {
    // `Rect::new` is not the `new` of another type.
    let own = context.self_ty.as_ref().and_then(|ty| match ty {
        syn::Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    });
    let mut found = false;
    function.visit(&mut |stmt| {
        if let Stmt::Call(call) = stmt {
            found |= match &call.callee {
                // The rule of an operator: its own only if an operand is of its type.
                Callee::Path(path) if path.segments.iter().any(|segment| segment.ident == "ops") => {
                    path.segments.last().is_some_and(|segment| {
                        let name = segment.ident.to_string();
                        function.name == name.split('_').next().unwrap_or(&name)
                    }) && call.args.iter().any(|arg| is_of_self(arg, function, context))
                }
                Callee::Path(path) => {
                    path.segments.last().is_some_and(|segment| segment.ident == function.name)
                }
                Callee::Assoc { prefix, name, .. } => {
                    let words: Vec<String> = prefix.clone().into_iter().map(|t| t.to_string()).collect();
                    // Constructors make no use of themselves.
                    let made = ["new", "from", "default"].iter().any(|known| function.name == known);
                    let other = match &own {
                        Some(own) => words.iter().all(|word| word != own && word != "Self" && word != "<"),
                        // Another type's, which does not have the trait's own body.
                        None if context.supertraits.is_some() && has_its_own(prefix, name, around) => true,
                        None => made && words.iter().all(|word| word != "Self" && word != "<"),
                    };
                    *name == function.name && !other
                }
                Callee::Method { name, .. } => {
                    // A function is no method.
                    *name == function.name
                        && (context.self_ty.is_some() || context.supertraits.is_some())
                        && !is_of_field(call, function)
                        && !own.as_ref().is_some_and(|own| is_of_another(call, function, own))
                }
            };
        }
    });
    found
}

/// Whether `Linear::` is a type of this module that writes a function of a name itself.
fn has_its_own(prefix: &TokenStream, name: &syn::Ident, around: &Around) -> bool {
    match &prefix.clone().into_iter().collect::<Vec<_>>()[..] {
        [TokenTree::Ident(owner), TokenTree::Punct(_), TokenTree::Punct(_)] => around.has_method(owner, name),
        _ => false,
    }
}

/// Whether a method is called on a field of `self`, which is of another type: no struct contains itself.
fn is_of_field(call: &Call, function: &Function) -> bool {
    match call.args.first() {
        Some(Arg::Receiver { place, .. }) => {
            function.info(place.root).name == "self"
                && !place.is_var()
                && place.proj.iter().all(|step| matches!(step, Proj::Field(_)))
        }
        Some(Arg::Value(_) | Arg::Ref(_) | Arg::RefMut(_)) | None => false,
    }
}

/// Whether a method is called on a struct that is known to be none of a name.
fn is_of_another(call: &Call, function: &Function, own: &str) -> bool {
    let Some(Arg::Receiver { place, .. }) = call.args.first() else { return false };
    let Ty::Named(ty) = function.place_ty(place) else { return false };
    let syn::Type::Path(path) = &ty.written else { return false };
    let last = path.path.segments.last().filter(|_| ty.fields.is_some());
    last.is_some_and(|last| last.ident != own && last.ident != "Self")
}

/// Whether an argument is certainly of the type whose `impl` a function stands in.
fn is_of_self(arg: &Arg, function: &Function, context: &Context) -> bool {
    let ty = match arg {
        Arg::Value(value) => value.ty(function),
        Arg::Ref(place) | Arg::RefMut(place) | Arg::Receiver { place, .. } => function.place_ty(place),
    };
    match (ty, &context.self_ty) {
        (Ty::Named(ty), Some(own)) => {
            ty.to_token_stream().to_string() == own.to_token_stream().to_string()
                || matches!(&ty.written, syn::Type::Path(path) if path.path.is_ident("Self"))
        }
        _ => false,
    }
}

/// The part of an item before its body, to point at.
fn first_line(item: &Item) -> TokenStream {
    item.to_token_stream()
        .into_iter()
        .take_while(|token| !matches!(token, proc_macro2::TokenTree::Group(_)))
        .collect()
}

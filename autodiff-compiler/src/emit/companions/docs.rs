//! What each companion takes and returns, for rustdoc and the editor.

use super::{Output, Param, Target};
use crate::emit::types::{Shape, one_or_tuple};
use crate::ir::{ParamMode, Wrap};
use proc_macro2::TokenStream;
use quote::quote;

impl Target<'_> {
    /// The documentation of a public companion.
    pub(super) fn docs(&self, companion: &str) -> TokenStream {
        let name = format!("`{}`", self.sig.ident);
        let gradient = self.describe_gradient();
        let outputs = self.describe_outputs();
        let lines = match companion {
            "grad" => vec![
                format!(
                    "Gradient of {name}: the derivative of its output with respect to each active parameter."
                ),
                String::new(),
                format!("Returns {gradient}."),
            ],
            "value_and_grad" => vec![
                format!("Value and gradient of {name}, computed together."),
                String::new(),
                format!("Returns `(value, gradient)`, where `gradient` is {gradient}."),
            ],
            "jvp" => vec![
                format!(
                    "Derivative of {name} along a direction: the product of its Jacobian and `tangent` (forward mode)."
                ),
                String::new(),
                format!("`tangent` holds {}.", self.describe_tangents()),
                format!("Returns `(value, derivative)`, where `derivative` holds those of {outputs}."),
            ],
            "vjp" => vec![
                format!(
                    "Gradient of the outputs of {name} weighted by `cotangent`: the product of `cotangent` and its Jacobian (reverse mode)."
                ),
                String::new(),
                format!("`cotangent` holds a weight for {outputs}."),
                format!("Returns `(value, gradient)`, where `gradient` is {gradient}."),
            ],
            "pullback" => vec![
                format!("One forward sweep of {name}; seeds come later."),
                String::new(),
                "Returns `(value, pullback)`. `pullback.pull(cotangent)` consumes the pullback, \
                 `pullback.pull_retain(cotangent)` can be called again."
                    .to_string(),
                format!("`cotangent` holds a weight for {outputs}; what comes back is {gradient}."),
            ],
            "accumulate" => vec![
                format!(
                    "Adds the gradient of the outputs of {name} weighted by `cotangent` to what stands in `grads`."
                ),
                String::new(),
                format!("`cotangent` holds a weight for {outputs}; `grads` are the places of {gradient}."),
                "Returns the value.".to_string(),
            ],
            "gradcheck" => vec![
                format!(
                    "Compares the gradient of {name} with differences of the function around the arguments."
                ),
                String::new(),
                "# Errors".to_string(),
                String::new(),
                "The first scalar where they disagree: which parameter, which index, both values."
                    .to_string(),
            ],
            "jacobian" => vec![
                format!("Jacobian of {name}: one gradient for each scalar of {outputs}."),
                String::new(),
                format!("Each gradient is {gradient}."),
            ],
            "hvp" => vec![
                format!("Product of the Hessian of {name} and `direction`: forward mode over reverse mode."),
                String::new(),
                format!("`direction` holds {}.", self.describe_tangents()),
                format!("Returns {gradient}, differentiated along `direction`."),
            ],
            "hessian" => vec![
                format!(
                    "Hessian of {name}: one Hessian-vector product for each scalar of the active parameters."
                ),
                String::new(),
                format!(
                    "Shaped like the gradient, {gradient}, with such a gradient in the place of each scalar."
                ),
            ],
            other => match other.strip_prefix('d') {
                Some(k) => vec![format!("Derivative of order {k} of {name}.")],
                None => vec![format!("`{other}` of {name}.")],
            },
        };
        let mut all: Vec<String> = lines;
        all.extend(self.parts(companion));
        all.extend(self.kept(companion));
        match self.wrap {
            Wrap::Plain => {}
            Wrap::Option => all.extend([String::new(), format!("`None` where {name} returns `None`.")]),
            Wrap::Result => all.extend([
                String::new(),
                "# Errors".to_string(),
                String::new(),
                format!("Those of {name}."),
            ]),
        }
        let all = all.iter().map(|line| format!(" {line}"));
        quote!(#(#[doc = #all])*)
    }

    /// `` `(w_bar: Vec<f64>, b_bar: f64)` ``
    fn describe_gradient(&self) -> String {
        let parts: Vec<TokenStream> = self
            .active()
            .map(|param| {
                let (bar, ty) = (&param.bar, self.types().tangent(&param.shape));
                quote!(#bar: #ty)
            })
            .collect();
        format!("`{}`", self.pretty(&one_or_tuple(parts)))
    }

    /// What each part of a gradient, a tangent or a place is, one line each.
    fn parts(&self, companion: &str) -> Vec<String> {
        let name = &self.sig.ident;
        let shown = ["grad", "value_and_grad", "vjp", "pullback", "accumulate", "hvp"].contains(&companion);
        if !shown {
            return Vec::new();
        }
        let output = match self.outputs().as_slice() {
            [_] if companion != "vjp" => format!("∂{name}"),
            _ => "∂(weighted outputs)".to_string(),
        };
        let line = |param: &Param| {
            let (bar, of) = (&param.bar, &param.name);
            let ty = self.pretty(&self.types().tangent(&param.shape));
            let formula = match &param.shape {
                Shape::Slice(_) | Shape::Vec(_) | Shape::Array(..) => {
                    format!("`{bar}[i] = {output} / ∂{of}[i]`")
                }
                Shape::Float(_) | Shape::Inert | Shape::Tuple(_) | Shape::Option(_) | Shape::Other(_) => {
                    format!("`{output} / ∂{of}`")
                }
            };
            let initial = if param.mode == ParamMode::RefMut { ", of its initial contents" } else { "" };
            format!("* `{bar}: {ty}`: {formula}{initial}")
        };
        let mut lines = vec![String::new()];
        lines.extend(self.active().map(line));
        lines
    }

    /// The memory of a reverse sweep.
    fn kept(&self, companion: &str) -> Vec<String> {
        let kept = match companion {
            "pullback" => &self.kept.0,
            "accumulate" => &self.kept.1,
            _ => return Vec::new(),
        };
        let mut lines = vec![String::new()];
        match kept.as_deref() {
            None => return Vec::new(),
            Some([]) => lines.push("Its loops keep nothing for the way back.".to_string()),
            Some(kept) => {
                lines.extend(["Its loops keep for the way back:".to_string(), String::new()]);
                lines.extend(kept.iter().cloned());
            }
        }
        lines
    }

    fn describe_tangents(&self) -> String {
        let names: Vec<String> = self.active().map(|param| format!("`{}`", param.name)).collect();
        match names.as_slice() {
            [one] => format!("the tangent of {one}"),
            _ => format!("the tangents of {}, as one tuple", names.join(", ")),
        }
    }

    fn describe_outputs(&self) -> String {
        let parts: Vec<String> = self
            .outputs()
            .iter()
            .map(|output| match output {
                Output::Return(_) => "the return value".to_string(),
                Output::InOut(param) => format!("the final contents of `{}`", param.name),
            })
            .collect();
        parts.join(" and ")
    }

    /// Types as a reader expects them: without the paths that only keep names apart.
    fn pretty(&self, tokens: &TokenStream) -> String {
        let krate = self.krate;
        let path = quote!(#krate::rt::).to_string();
        let root = quote!(#krate::).to_string();
        let text = tokens.to_string().replace(&path, "").replace(&root, "");
        [
            ("  ", " "),
            (" :: ", "::"),
            (" < ", "<"),
            (" > ", "> "),
            (" >", ">"),
            (" ,", ","),
            (" ;", ";"),
            (" :", ":"),
        ]
        .iter()
        .fold(text, |text, (from, to)| text.replace(from, to))
        .replace("  ", " ")
        .trim()
        .to_string()
    }

    /// The documentation of the type that carries the companions of a free function.
    pub fn type_docs(&self, order: u8) -> TokenStream {
        let name = &self.sig.ident;
        let active: Vec<String> = self.active().map(|param| format!("`{}`", param.name)).collect();
        let scratch = self.params.iter().any(|param| param.mode == ParamMode::RefMut && !param.active);
        let first = format!(" Derivatives of the function `{name}` with respect to {}.", active.join(", "));
        let mut lines = vec![
            first,
            String::new(),
            " Made by `#[differentiable]`: `grad` and `value_and_grad` (of a scalar output), `jvp` (forward mode),"
                .to_string(),
            " `vjp`, `pullback` and `accumulate` (reverse mode), `jacobian` (of several outputs),"
                .to_string(),
            " `gradcheck` (the gradient against differences).".to_string(),
            " Each takes the parameters of the function first.".to_string(),
        ];
        if order > 1 {
            lines.push(format!(
                " Derivatives up to order {order}: `hvp`, `hessian`, `d2`, … where they are defined."
            ));
        }
        if scratch {
            lines.push(" `&mut` parameters without a derivative are scratch.".to_string());
        }
        quote!(#(#[doc = #lines])*)
    }
}

//! The IR as text, for debugging and snapshots. Like Rust, but not Rust: variables carry their
//! number, and what has no syntax is spelled `zero(x)`, `take(x)`, `push`.

use super::{
    Arg, Block, Call, CallMode, Callee, Expr, Function, Op, Pattern, Place, Proj, Stmt, Ty, Var, VarInfo,
    VecOp,
};
use proc_macro2::TokenStream;
use quote::ToTokens;
use std::fmt::{self, Display, Formatter, Write};
use syn::Member;

/// Prints nodes; with the variables of a function, by their names.
struct Printer<'a> {
    vars: Option<&'a [VarInfo]>,
}

impl Display for Function {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let printer = Printer { vars: Some(&self.vars) };
        let params = list(self.params.iter().map(|param| {
            let hint = if param.active { "" } else { "#[no_diff] " };
            format!("{hint}{}: {}", printer.var(param.var), param.ty.to_token_stream())
        }));
        writeln!(out, "fn {}({params}) {{", self.name)?;
        printer.block(out, &self.body, 1)?;
        if !matches!(&self.result, Expr::Tuple(items) if items.is_empty()) {
            writeln!(out, "    {}", printer.expr(&self.result))?;
        }
        write!(out, "}}")?;
        if let Some(backward) = &self.backward {
            writeln!(out, " backward {{")?;
            printer.block(out, &backward.body, 1)?;
            write!(out, "}}")?;
        }
        Ok(())
    }
}

impl Display for Block {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        Printer { vars: None }.block(out, self, 0)
    }
}

impl Display for Stmt {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        Printer { vars: None }.stmt(out, self, 0)
    }
}

impl Display for Expr {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(&Printer { vars: None }.expr(self))
    }
}

impl Display for Place {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(&Printer { vars: None }.place(self))
    }
}

impl Function {
    /// A block of the function, with the names of its variables.
    pub fn display_block(&self, block: &Block) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = Printer { vars: Some(&self.vars) }.block(&mut text, block, 0);
        text
    }

    /// An expression of the function, with the names of its variables.
    pub fn display_expr(&self, expr: &Expr) -> String {
        Printer { vars: Some(&self.vars) }.expr(expr)
    }
}

impl Display for Ty {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Ty::F64 => write!(out, "f64"),
            Ty::F32 => write!(out, "f32"),
            Ty::Float => write!(out, "{{float}}"),
            Ty::Generic(name) => write!(out, "{name}"),
            Ty::Int(Some(name)) => write!(out, "{name}"),
            Ty::Int(None) => write!(out, "{{integer}}"),
            Ty::Bool => write!(out, "bool"),
            Ty::Inert => write!(out, "{{inert}}"),
            Ty::Array(item, len) => write!(out, "[{item}; {len}]"),
            Ty::Slice(item) => write!(out, "[{item}]"),
            Ty::Vec(item) => write!(out, "Vec<{item}>"),
            Ty::Deque(item) => write!(out, "VecDeque<{item}>"),
            Ty::Tuple(items) => write!(out, "({})", list(items.iter().map(Ty::to_string))),
            Ty::Option(item) => write!(out, "Option<{item}>"),
            Ty::Wide(float) => write!(out, "Wide<{float}>"),
            Ty::Named(ty) => write!(out, "{}", ty.to_token_stream()),
            Ty::Unknown => write!(out, "_"),
        }
    }
}

impl Op {
    /// How the operator is written; a primitive's name.
    pub fn symbol(self) -> &'static str {
        match self {
            Op::Add => "+",
            Op::Sub | Op::Neg => "-",
            Op::Mul => "*",
            Op::Div => "/",
            Op::Rem => "%",
            Op::Eq => "==",
            Op::Ne => "!=",
            Op::Lt => "<",
            Op::Le => "<=",
            Op::Gt => ">",
            Op::Ge => ">=",
            Op::And => "&&",
            Op::Or => "||",
            Op::Not => "!",
            Op::BitAnd => "&",
            Op::BitOr => "|",
            Op::BitXor => "^",
            Op::Shl => "<<",
            Op::Shr => ">>",
            Op::Fn(primitive) => primitive.name(),
        }
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

fn member(member: &Member) -> String {
    member.to_token_stream().to_string()
}

impl Printer<'_> {
    fn var(&self, var: Var) -> String {
        match self.vars.and_then(|vars| vars.get(var.0)) {
            Some(info) => format!("{}_{}", info.name, var.0),
            None => format!("v{}", var.0),
        }
    }

    fn place(&self, place: &Place) -> String {
        let mut text = self.var(place.root);
        for step in &place.proj {
            match step {
                Proj::Field(name) => text += &format!(".{}", member(name)),
                Proj::Index(index) => text += &format!("[{}]", self.expr(index)),
                Proj::Range(lo, hi) => {
                    let end = |end: &Option<Expr>| end.as_ref().map_or(String::new(), |e| self.expr(e));
                    text += &format!("[{}..{}]", end(lo), end(hi));
                }
                Proj::Deref => text = format!("(*{text})"),
                Proj::Payload => text += ".payload",
            }
        }
        text
    }

    fn exprs(&self, items: &[Expr]) -> String {
        list(items.iter().map(|item| self.expr(item)))
    }

    /// Tokens with their holes filled.
    fn holes(&self, tokens: &TokenStream, args: &[Expr]) -> String {
        let mut text = tokens.to_string();
        // The last first, for `__hole_1` begins `__hole_10`.
        for (index, arg) in args.iter().enumerate().rev() {
            text = text.replace(&format!("__hole_{index}"), &self.expr(arg));
        }
        text
    }

    fn expr(&self, expr: &Expr) -> String {
        match expr {
            Expr::Lit(lit) => lit.to_token_stream().to_string(),
            Expr::Const(value, _) => format!("{value:?}"),
            Expr::Opaque { tokens, args, .. } => format!("opaque({})", self.holes(tokens, args)),
            Expr::Read(place) => self.place(place),
            Expr::Move(var) => format!("move {}", self.var(*var)),
            Expr::ToOwned(place) => format!("{}.to_owned()", self.place(place)),
            Expr::Borrow { place, mutable } => {
                format!("&{}{}", if *mutable { "mut " } else { "" }, self.place(place))
            }
            Expr::Len(place) => format!("{}.len()", self.place(place)),
            Expr::Prim { op, args, .. } => self.prim(*op, args),
            Expr::Select { cond, then, els } => {
                format!("if {} {{ {} }} else {{ {} }}", self.expr(cond), self.expr(then), self.expr(els))
            }
            Expr::Cast { arg, tokens, .. } => format!("{} as {tokens}", self.operand(arg)),
            Expr::Tuple(items) if items.len() == 1 => format!("({},)", self.exprs(items)),
            Expr::Tuple(items) => format!("({})", self.exprs(items)),
            Expr::Array(items) => format!("[{}]", self.exprs(items)),
            Expr::Repeat { elem, len } => format!("[{}; {len}]", self.expr(elem)),
            Expr::VecOf(items) => format!("vec![{}]", self.exprs(items)),
            Expr::VecRepeat { elem, len } => format!("vec![{}; {}]", self.expr(elem), self.expr(len)),
            Expr::VecNew { capacity: None, .. } => "Vec::new()".to_string(),
            Expr::VecNew { capacity: Some(capacity), .. } => {
                format!("Vec::with_capacity({})", self.expr(capacity))
            }
            Expr::Struct { path, fields, rest, .. } => {
                let fields =
                    fields.iter().map(|(name, value)| format!("{}: {}", member(name), self.expr(value)));
                let rest = rest.iter().map(|rest| format!("..{}", self.expr(rest)));
                format!("{path} {{ {} }}", list(fields.chain(rest)))
            }
            Expr::Some(value) => format!("Some({})", self.expr(value)),
            Expr::Zero { like } => format!("zero({})", self.place(like)),
            Expr::Take { shadow, .. } => format!("take({})", self.place(shadow)),
            Expr::Placeholder(ty) => format!("placeholder::<{ty}>()"),
        }
    }

    fn prim(&self, op: Op, args: &[Expr]) -> String {
        match (op, args) {
            (Op::Fn(primitive), [first, rest @ ..]) => {
                format!("{}.{}({})", self.operand(first), primitive.name(), self.exprs(rest))
            }
            (_, [arg]) => format!("{}{}", op.symbol(), self.operand(arg)),
            (_, [left, right]) => {
                format!("{} {} {}", self.operand(left), op.symbol(), self.operand(right))
            }
            (_, args) => format!("{}({})", op.symbol(), self.exprs(args)),
        }
    }

    /// An expression inside another: in parentheses where it could fall apart.
    fn operand(&self, expr: &Expr) -> String {
        let text = self.expr(expr);
        let holds = match expr {
            Expr::Prim { op, .. } => matches!(op, Op::Fn(_)),
            Expr::Select { .. } | Expr::Cast { .. } | Expr::Move(_) | Expr::Borrow { .. } => false,
            Expr::Const(value, _) => value.is_sign_positive(),
            Expr::Lit(_)
            | Expr::Opaque { .. }
            | Expr::Read(_)
            | Expr::ToOwned(_)
            | Expr::Len(_)
            | Expr::Tuple(_)
            | Expr::Array(_)
            | Expr::Repeat { .. }
            | Expr::VecOf(_)
            | Expr::VecRepeat { .. }
            | Expr::VecNew { .. }
            | Expr::Struct { .. }
            | Expr::Some(_)
            | Expr::Zero { .. }
            | Expr::Take { .. }
            | Expr::Placeholder(_) => true,
        };
        if holds { text } else { format!("({text})") }
    }

    fn pattern(&self, pattern: &Pattern) -> String {
        let all = |items: &[Pattern]| list(items.iter().map(|item| self.pattern(item)));
        match pattern {
            Pattern::Wild => "_".to_string(),
            Pattern::Rest => "..".to_string(),
            Pattern::Bind(var) => self.var(*var),
            Pattern::At(var, tokens) => format!("{} @ {tokens}", self.var(*var)),
            Pattern::Tokens(tokens) => tokens.to_string(),
            Pattern::Tuple(items) => format!("({})", all(items)),
            Pattern::TupleStruct(path, items) => format!("{path}({})", all(items)),
            Pattern::Struct { path, fields, rest } => {
                let fields =
                    fields.iter().map(|(name, item)| format!("{}: {}", member(name), self.pattern(item)));
                let rest = rest.then(|| "..".to_string());
                format!("{path} {{ {} }}", list(fields.chain(rest)))
            }
            Pattern::Or(items) => items.iter().map(|item| self.pattern(item)).collect::<Vec<_>>().join(" | "),
            Pattern::Slice(items) => format!("[{}]", all(items)),
        }
    }

    fn block(&self, out: &mut dyn Write, block: &Block, depth: usize) -> fmt::Result {
        block.stmts.iter().try_for_each(|stmt| self.stmt(out, stmt, depth))
    }

    fn nested(&self, out: &mut dyn Write, head: &str, block: &Block, depth: usize) -> fmt::Result {
        let indent = "    ".repeat(depth);
        writeln!(out, "{indent}{head} {{")?;
        self.block(out, block, depth + 1)?;
        writeln!(out, "{indent}}}")
    }

    fn stmt(&self, out: &mut dyn Write, stmt: &Stmt, depth: usize) -> fmt::Result {
        let exits = |exits: &[Var]| match exits {
            [] => String::new(),
            exits => format!(" until {}", list(exits.iter().map(|exit| self.var(*exit)))),
        };
        let line = match stmt {
            Stmt::If { cond, then, els } => {
                self.nested(out, &format!("if {}", self.expr(cond)), then, depth)?;
                if els.stmts.is_empty() { Ok(()) } else { self.nested(out, "else", els, depth) }?;
                return Ok(());
            }
            Stmt::Match { on, mutable, arms, .. } => {
                let indent = "    ".repeat(depth);
                let reference = if *mutable { "&mut " } else { "" };
                writeln!(out, "{indent}match {reference}{} {{", self.place(on))?;
                for arm in arms {
                    let guard = arm.guard.iter().map(|guard| format!(" if {}", self.expr(guard)));
                    let head = format!("{}{} =>", self.pattern(&arm.pattern), guard.collect::<String>());
                    self.nested(out, &head, &arm.body, depth + 1)?;
                }
                return writeln!(out, "{indent}}}");
            }
            Stmt::For { var, lo, hi, rev, body, exits: flags, .. } => {
                let range = format!("{}..{}", self.expr(lo), self.expr(hi));
                let range = if *rev { format!("({range}).rev()") } else { range };
                let head = format!("for {} in {range}{}", self.var(*var), exits(flags));
                return self.nested(out, &head, body, depth);
            }
            Stmt::While { pre, cond, body, exits: flags, .. } => {
                let cond = cond.as_ref().map_or("true".to_string(), |cond| self.expr(cond));
                if !pre.stmts.is_empty() {
                    self.nested(out, "before each", pre, depth)?;
                }
                let head = format!("while {cond}{}", exits(flags));
                return self.nested(out, &head, body, depth);
            }
            Stmt::Let { var, init: None } => format!("let {};", self.var(*var)),
            Stmt::Let { var, init: Some(init) } => {
                let mutable = self.vars.and_then(|vars| vars.get(var.0)).is_some_and(|info| info.mutable);
                let mutable = if mutable { "mut " } else { "" };
                format!("let {mutable}{} = {};", self.var(*var), self.expr(init))
            }
            Stmt::View { var } => {
                let info = self.vars.and_then(|vars| vars.get(var.0));
                let place = info.and_then(|info| info.view_of.as_ref());
                let place = place.map_or("..".to_string(), |place| self.place(place));
                let mutable = info.and_then(|info| info.by_ref).unwrap_or(false);
                format!("let {} = &{}{place};", self.var(*var), if mutable { "mut " } else { "" })
            }
            Stmt::Assign { place, op, value, .. } => {
                let op = op.map_or("", Op::symbol);
                format!("{} {op}= {};", self.place(place), self.expr(value))
            }
            Stmt::Swap { a, b } => format!("swap({}, {});", self.place(a), self.place(b)),
            Stmt::CopyFrom { dst, src } => format!("{}.copy_from({});", self.place(dst), self.place(src)),
            Stmt::Fill { place, value } => format!("{}.fill({});", self.place(place), self.expr(value)),
            Stmt::Call(call) => self.call(call),
            Stmt::Vector { vec, op, .. } => self.vector(vec, op),
            Stmt::Effect { tokens, args, .. } => format!("{};", self.holes(tokens, args)),
            Stmt::Bail { tokens, args } => format!("return {};", self.holes(tokens, args)),
            Stmt::Item(tokens) => tokens.to_string(),
            Stmt::Accumulate { place, value, negate } => {
                let op = if *negate { "-=" } else { "+=" };
                format!("accumulate {} {op} {};", self.place(place), self.expr(value))
            }
            Stmt::RecordNew { record, capacity } => {
                let capacity = capacity.as_ref().map_or(String::new(), |capacity| self.expr(capacity));
                format!("let {} = record({capacity});", self.var(*record))
            }
            Stmt::RecordPush { record, values } => {
                format!("{}.push(({}));", self.var(*record), self.exprs(values))
            }
            Stmt::RecordPop { record, vars } => {
                let vars = list(vars.iter().map(|var| self.var(*var)));
                format!("let ({vars}) = {}.pop();", self.var(*record))
            }
            Stmt::Replace { var, place, value } => {
                format!("let {} = replace({}, {});", self.var(*var), self.place(place), self.expr(value))
            }
            Stmt::Pull { rev, seed, args, .. } => {
                let args = args.iter().map(|arg| {
                    arg.shadow
                        .as_ref()
                        .map_or("_".to_string(), |shadow| format!("&mut {}", self.place(shadow)))
                });
                let args = std::iter::once(self.expr(seed)).chain(args);
                format!("pull {}({});", self.var(*rev), list(args))
            }
        };
        writeln!(out, "{}{line}", "    ".repeat(depth))
    }

    fn call(&self, call: &Call) -> String {
        let args = call.args.iter().map(|arg| match arg {
            Arg::Value(value) => self.expr(value),
            Arg::Ref(place) => format!("&{}", self.place(place)),
            Arg::RefMut(place) => format!("&mut {}", self.place(place)),
            Arg::Receiver { place, mutable: false } => format!("self: {}", self.place(place)),
            Arg::Receiver { place, mutable: true } => format!("mut self: {}", self.place(place)),
        });
        let result = self.var(call.result);
        let (results, companion, dots) = match &call.mode {
            CallMode::Plain => (result, "", String::new()),
            CallMode::Jvp { result_dot, dots, wide } => {
                let dots =
                    list(dots.iter().map(|dot| dot.as_ref().map_or("_".to_string(), |dot| self.expr(dot))));
                let companion = if *wide { " wide jvp" } else { " jvp" };
                (format!("({result}, {})", self.var(*result_dot)), companion, format!("; {dots}"))
            }
            CallMode::Joint { seed, args, lanes } => {
                let slots = list(args.iter().map(|arg| {
                    arg.shadow
                        .as_ref()
                        .map_or("_".to_string(), |shadow| format!("&mut {}", self.place(shadow)))
                }));
                let companion = if *lanes { " joint lanes" } else { " joint" };
                (result, companion, format!("; {}; {slots}", self.expr(seed)))
            }
            CallMode::WideJoint(joint) => {
                let slots = joint.args.iter().map(|arg| arg.shadow.as_ref()).zip(&joint.shadows);
                let slots = slots.flat_map(|(shadow, dot)| [shadow, dot.as_ref()]);
                let slots = list(slots.map(|shadow| {
                    shadow.map_or("_".to_string(), |shadow| format!("&mut {}", self.place(shadow)))
                }));
                let dots = joint.dots.iter();
                let dots = list(dots.map(|dot| dot.as_ref().map_or("_".to_string(), |dot| self.expr(dot))));
                let seeds = format!("{}, {}", self.expr(&joint.seed), self.expr(&joint.seed_dot));
                let results = format!("({result}, {})", self.var(joint.result_dot));
                (results, " wide joint", format!("; {dots}; {seeds}; {slots}"))
            }
            CallMode::Split { rev } => (format!("({result}, {})", self.var(*rev)), " split", String::new()),
            CallMode::Nested(nested) => {
                let vars = nested.result_dots.iter().chain(&nested.rev).map(|var| self.var(*var));
                let companion = if nested.wide { " wide nested" } else { " nested" };
                (format!("({result}, {})", list(vars)), companion, String::new())
            }
        };
        let name = match &call.callee {
            Callee::Path(path) => path.to_token_stream().to_string().replace(' ', ""),
            Callee::Assoc { prefix, name, .. } => format!("{prefix}{name}").replace(' ', ""),
            Callee::Method { name, .. } => format!(".{name}"),
        };
        let question = if call.question { "?" } else { "" };
        format!("let {results} = call{companion} {name}({}{dots}){question};", list(args))
    }

    fn vector(&self, vec: &Place, op: &VecOp) -> String {
        let vec = self.place(vec);
        let bound = |var: &Option<Var>| var.map_or(String::new(), |var| format!("let {} = ", self.var(var)));
        match op {
            VecOp::Push(value) => format!("{vec}.push({});", self.expr(value)),
            VecOp::Pop(var) => format!("{}{vec}.pop();", bound(var)),
            VecOp::Truncate(len) => format!("{vec}.truncate({});", self.expr(len)),
            VecOp::Resize(len, value) => format!("{vec}.resize({}, {});", self.expr(len), self.expr(value)),
            VecOp::Clear => format!("{vec}.clear();"),
            VecOp::Extend(src) => format!("{vec}.extend({});", self.place(src)),
            VecOp::Insert(index, value) => {
                format!("{vec}.insert({}, {});", self.expr(index), self.expr(value))
            }
            VecOp::Remove(index, var) => format!("{}{vec}.remove({});", bound(var), self.expr(index)),
            VecOp::Reverse => format!("{vec}.reverse();"),
        }
    }
}

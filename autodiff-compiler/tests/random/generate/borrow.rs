//! Borrows, and calls of helpers.

use super::{Gen, Local, T};

impl Gen<'_> {
    /// Borrows, and borrows of borrows.
    pub(super) fn view(&mut self) {
        let wanted = |local: &Local| match local.ty {
            T::Array(n) | T::Vec(n) | T::Slice(n) | T::SliceMut(n) => n >= 2,
            T::Matrix(_) => true,
            T::F => local.mutable,
            T::Stack | T::Point | T::Shape | T::Maybe | T::Spot | T::Ray | T::Spots(_) => false,
            T::Int | T::Bool | T::Pair | T::Ref | T::RefMut => false,
        };
        let Some(base) = self.one(wanted) else { return self.compound() };
        let name = self.fresh("r");
        let mutable = base.mutable && self.rng.chance(70);
        let reference = if mutable { "&mut " } else { "&" };
        self.open("{");
        let saved = self.locals.clone();
        let (place, ty) = match base.ty {
            T::F => (base.name.clone(), if mutable { T::RefMut } else { T::Ref }),
            T::Matrix(n) => {
                let row = self.shallow_index(&base.name, n);
                (format!("{}[{row}]", base.name), if mutable { T::SliceMut(2) } else { T::Slice(2) })
            }
            T::Array(n) | T::Vec(n) | T::Slice(n) | T::SliceMut(n) => {
                if self.rng.chance(40) {
                    let index = self.index(&base.name, n);
                    let index = if index.contains(&base.name) { "0".into() } else { index };
                    (format!("{}[{index}]", base.name), if mutable { T::RefMut } else { T::Ref })
                } else {
                    let lo = self.rng.below(n - 1);
                    let len = 1 + self.rng.below(n - lo);
                    let ty = if mutable { T::SliceMut(len.min(n - lo)) } else { T::Slice(len.min(n - lo)) };
                    let hi = lo + len.min(n - lo);
                    match self.rng.below(4) {
                        0 => (
                            format!("{}[{lo}..]", base.name),
                            if mutable { T::SliceMut(n - lo) } else { T::Slice(n - lo) },
                        ),
                        1 => (format!("{}[{lo}..={}]", base.name, hi - 1), ty),
                        _ => (format!("{}[{lo}..{hi}]", base.name), ty),
                    }
                }
            }
            T::Stack | T::Point | T::Shape | T::Maybe | T::Spot | T::Ray | T::Spots(_) => {
                return self.close("}");
            }
            T::Int | T::Bool | T::Pair | T::Ref | T::RefMut => return self.close("}"),
        };
        self.line(&format!("let {name} = {reference}{place};"));
        if mutable {
            self.locals.retain(|local| local.name != base.name);
        } else {
            self.locals
                .iter_mut()
                .filter(|local| local.name == base.name)
                .for_each(|local| local.mutable = false);
        }
        self.declare(&name, ty, mutable);
        let count = 1 + self.rng.below(3);
        self.body(count);
        self.locals = saved;
        self.close("}");
    }

    /// A call of a helper.
    pub(super) fn call(&mut self) {
        if self.helpers.is_empty() {
            return self.compound();
        }
        let callee = self.helpers[self.rng.below(self.helpers.len())].clone();
        let saved = self.locals.clone();
        let mut args = Vec::new();
        // What is borrowed mutably must not be named by any other argument.
        let mut slots = vec![None; callee.params.len()];
        for (slot, (_, ty)) in slots.iter_mut().zip(&callee.params) {
            match ty {
                T::SliceMut(n) => {
                    let n = *n;
                    let wanted = move |local: &Local| {
                        local.mutable
                            && matches!(local.ty, T::Array(m) | T::Vec(m) | T::SliceMut(m) if m >= n)
                    };
                    let Some(local) = self.one(wanted) else {
                        self.locals = saved;
                        return self.let_array();
                    };
                    self.locals.retain(|other| other.name != local.name);
                    let len = match local.ty {
                        T::Array(m) | T::Vec(m) | T::SliceMut(m) => m,
                        _ => n,
                    };
                    *slot = Some(match (local.ty, len > n && self.rng.chance(50)) {
                        (T::SliceMut(_), false) => local.name,
                        (_, false) => format!("&mut {}", local.name),
                        (_, true) => format!("&mut {}[{}..]", local.name, len - n),
                    });
                }
                T::RefMut => {
                    let wanted = |local: &Local| {
                        local.mutable && matches!(local.ty, T::F | T::RefMut | T::Array(_) | T::Vec(_))
                    };
                    let Some(local) = self.one(wanted) else {
                        self.locals = saved;
                        return self.let_float();
                    };
                    self.locals.retain(|other| other.name != local.name);
                    *slot = Some(match local.ty {
                        T::RefMut => local.name,
                        T::Array(n) | T::Vec(n) => {
                            let index = self.shallow_index("", n);
                            let index = if index.starts_with('.') { "0".into() } else { index };
                            format!("&mut {}[{index}]", local.name)
                        }
                        _ => format!("&mut {}", local.name),
                    });
                }
                T::F
                | T::Int
                | T::Bool
                | T::Pair
                | T::Array(_)
                | T::Matrix(_)
                | T::Vec(_)
                | T::Slice(_)
                | T::Point
                | T::Spot
                | T::Ray
                | T::Spots(_)
                | T::Shape
                | T::Maybe
                | T::Stack
                | T::Ref => {}
            }
        }
        for (slot, (_, ty)) in slots.into_iter().zip(&callee.params) {
            let arg = match (slot, ty) {
                (Some(arg), _) => arg,
                (None, T::F) => self.bounded(1),
                (None, T::Int) => self.trips(),
                (None, T::Slice(n)) => {
                    let n = *n;
                    let wanted = move |local: &Local| matches!(local.ty, T::Array(m) | T::Vec(m) | T::SliceMut(m) | T::Slice(m) if m >= n);
                    match self.one(wanted) {
                        Some(local) if matches!(local.ty, T::Slice(_) | T::SliceMut(_)) => local.name,
                        Some(local) => format!("&{}", local.name),
                        None => {
                            let (a, b) = (self.value(), self.bounded(1));
                            let pad = ", 0.5".repeat(n.saturating_sub(2));
                            format!("&[{a}, {b}{pad}]")
                        }
                    }
                }
                (None, T::Array(n)) => match self.one(|local| local.ty == T::Array(*n)) {
                    Some(local) if self.rng.chance(70) => local.name,
                    _ => {
                        let items: Vec<_> = (0..*n).map(|_| self.leaf()).collect();
                        format!("[{}]", items.join(", "))
                    }
                },
                (None, T::Ref) => match self.one(|local| matches!(local.ty, T::F | T::Ref)) {
                    Some(local) if local.ty == T::Ref => local.name,
                    Some(local) => format!("&{}", local.name),
                    None => "&0.5".into(),
                },
                (None, T::Bool | T::Pair | T::Matrix(_) | T::Vec(_) | T::SliceMut(_) | T::RefMut)
                | (None, T::Point | T::Shape | T::Maybe | T::Stack | T::Spot | T::Ray | T::Spots(_)) => {
                    "()".into()
                }
            };
            args.push(arg);
        }
        self.locals = saved;
        let call = format!("{}({})", callee.name, args.join(", "));
        match callee.ret {
            None => self.line(&format!("{call};")),
            Some(ty) => {
                let target = self.one(|local| local.mutable && local.ty == T::F && ty == T::F);
                match target {
                    // `&mut v` among the arguments and `v += …` do not go together.
                    Some(local) if self.rng.chance(40) && !call.contains(&format!("&mut {}", local.name)) => {
                        let op = self.rng.pick(&["=", "+=", "-="]);
                        self.line(&format!("{} {op} {call}.sin();", local.name));
                    }
                    _ => {
                        let name = self.fresh("t");
                        let mutable = self.rng.chance(50);
                        self.line(&format!("let {}{name} = {call};", if mutable { "mut " } else { "" }));
                        self.declare(&name, ty, mutable);
                    }
                }
            }
        }
    }
}

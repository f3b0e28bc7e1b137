//! Which elements of arrays the iterations of a loop touch, and whether lanes keep their order.

use super::affine::{Kind, Slot};
use super::body::{Body, Element, Places};
use super::simple::{conditional, text};
use crate::ir::walk::{self, Access};
use crate::ir::{Expr, Stmt, Ty, Var};
use std::collections::{BTreeMap, BTreeSet};

impl Body<'_> {
    /// The elements that iterations touch; `None` if lanes would not keep their order.
    pub(super) fn slots(&self) -> Option<(Vec<Element>, Places)> {
        struct Touch {
            pos: usize,
            text: String,
            access: Access,
            added: bool,
            slot: Option<Slot>,
            ty: Ty,
            conditional: bool,
        }
        let mut touches: BTreeMap<Var, Vec<Touch>> = BTreeMap::new();
        for (pos, stmt) in self.stmts.iter().enumerate() {
            if matches!(stmt, Stmt::RecordPush { .. } | Stmt::RecordPop { .. }) {
                continue;
            }
            let mut lazily = BTreeSet::new();
            conditional(stmt, &mut lazily);
            let mut fits = true;
            walk::accesses_of_stmt(stmt, &mut |place, access| {
                let declared = self.declared.contains_key(&place.root);
                if access == Access::Shape || place.is_var() && (declared || self.is_local(place.root)) {
                    return;
                }
                let root = self.f.storage(place.root);
                // What takes the slot's contents is no addition to it.
                let added = matches!(stmt, Stmt::Accumulate { place: target, value, .. }
                    if access == Access::Update && text(target) == text(place) && !mentions(value, target.root));
                let ty = self.f.place_ty(place);
                let slot = match self.kind(place, pos) {
                    Kind::Unit(slot) if ty.is_float() => Some(*slot),
                    Kind::Unit(_) | Kind::Fixed | Kind::Other => None,
                };
                fits &= slot.is_some() || !self.written.contains(&root);
                let text = text(place);
                let conditional = lazily.contains(&text);
                touches.entry(root).or_default().push(Touch {
                    pos,
                    text,
                    access,
                    added,
                    slot,
                    ty,
                    conditional,
                });
            });
            if !fits {
                return None;
            }
        }
        let mut elements: Vec<Element> = Vec::new();
        let mut places = BTreeMap::new();
        for (root, list) in touches {
            let written = self.written.contains(&root);
            let first = elements.len();
            // Elements in the order in which they are first touched.
            for touch in &list {
                let Some(slot) = &touch.slot else { continue };
                if touch.conditional {
                    let sure = list.iter().any(|other| {
                        !other.conditional && other.slot.as_ref().is_some_and(|other| other.is(slot))
                    });
                    if !sure && written {
                        return None;
                    }
                    if !sure {
                        continue;
                    }
                }
                let known = elements[first..].iter().position(|element| element.slot.is(slot));
                let index = first
                    + known.unwrap_or_else(|| {
                        elements.push(Element {
                            slot: slot.clone(),
                            ty: touch.ty.clone(),
                            loaded: touch.access.reads(),
                            written: false,
                            added: true,
                            into: None,
                        });
                        elements.len() - 1 - first
                    });
                let element = &mut elements[index];
                element.written |= touch.access.writes();
                element.added &= touch.added;
                places.insert((touch.pos, touch.text.clone()), index);
            }
            if !written {
                elements[first..].iter_mut().for_each(|element| element.added = false);
                continue;
            }
            self.order(&mut elements[first..], first)?;
        }
        Some((elements, places))
    }

    /// Whether the elements of an array that the loop writes, of which `base` is the first, keep
    /// their order in lanes.
    fn order(&self, elements: &mut [Element], base: usize) -> Option<()> {
        let added_only = elements.iter().all(|element| element.added);
        let owner = if added_only {
            self.foremost(elements)
        } else {
            let mut owners = (0..elements.len()).filter(|&at| elements[at].written && !elements[at].added);
            let owner = owners.next()?;
            if owners.next().is_some() {
                return None;
            }
            owner
        };
        // Its own element an iteration: added to or not, it is there at the start.
        elements[owner].added = false;
        let slot = elements[owner].slot.clone();
        for (at, element) in elements.iter_mut().enumerate() {
            if at == owner {
                continue;
            }
            let higher = element.slot.ahead_of(&slot);
            if !added_only {
                let ahead = higher? * if self.rev { -1 } else { 1 };
                // What is read must be what it was before the loop came by; what is added to must
                // be behind it.
                let fine = if element.written { ahead < 0 } else { ahead > 0 };
                if !fine {
                    return None;
                }
            }
            let width = i64::try_from(self.width).ok()?;
            element.into = higher.filter(|by| element.added && by.abs() < width).map(|by| (base + owner, by));
        }
        Some(())
    }

    /// The element that lies farthest in the direction of the loop: what the lanes of the others do not
    /// share with it is in blocks that are done, and no block loads what was just stored in part.
    fn foremost(&self, elements: &[Element]) -> usize {
        let first = &elements[0].slot;
        let along = |element: &Element| {
            let ahead = element.slot.ahead_of(first)?;
            Some(if self.rev { -ahead } else { ahead })
        };
        let known = (0..elements.len()).filter_map(|at| Some((along(&elements[at])?, at)));
        known.max_by_key(|(along, at)| (*along, std::cmp::Reverse(*at))).map_or(0, |(_, at)| at)
    }

    /// A scalar that is a variable of its own, not an element or something behind a reference.
    fn is_local(&self, var: Var) -> bool {
        let info = self.f.info(var);
        !info.is_view() && (info.ty.is_float() || info.ty.is_int() || matches!(info.ty, Ty::Bool))
    }
}

fn mentions(value: &Expr, var: Var) -> bool {
    let mut found = false;
    walk::accesses_of_expr(value, &mut |place, _| found |= place.root == var);
    found
}

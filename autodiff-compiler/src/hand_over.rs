//! Results that are moved out instead of copied.

use crate::ir::{Block, Expr, Function, walk};

/// A pullback that does not look at the result leaves it to the caller: no copy is made, and none
/// is asked of a type that is not `Clone`.
pub fn hand_over(result: &mut Expr, function: &Function, forward: &Block, backward: &Block) {
    let Expr::ToOwned(place) = &*result else { return };
    let info = function.info(place.root);
    if !place.is_var() || info.by_ref.is_some() || info.view_of.is_some() {
        return;
    }
    let root = place.root;
    let mut read = false;
    walk::statements(backward, &mut |stmt| {
        walk::accesses_of_stmt(stmt, &mut |place, _| read |= function.origin(place.root) == root);
    });
    let mut declared = false;
    walk::statements(forward, &mut |stmt| walk::declared_by(stmt, &mut |var| declared |= var == root));
    if declared && !read {
        *result = Expr::Move(root);
    }
}

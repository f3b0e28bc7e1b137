//! The statements of a function, numbered in source order.

use crate::ir::walk;
use crate::ir::{Block, Function, Pattern, Stmt, Var};
use std::collections::BTreeMap;

/// The number of a statement: its place in source order, nested statements counted.
pub type Pos = usize;

/// An index into `Tree::blocks`; 0 is the body of the function.
pub type BlockId = usize;

/// A statement, its blocks taken out.
#[derive(Debug)]
pub struct Node {
    pub stmt: Stmt,
    /// The block it stands in.
    pub block: BlockId,
    /// The first number after its nested statements.
    pub end: Pos,
    /// Its blocks: `[then, els]`, one an arm, or the body of a loop.
    pub blocks: Vec<BlockId>,
    /// Of a `While`: how many statements of the body belong to `pre`.
    pub pre: usize,
}

#[derive(Debug)]
pub struct BlockInfo {
    pub parent: Option<Pos>,
    pub nodes: Vec<Pos>,
}

#[derive(Debug)]
pub struct Tree {
    pub nodes: Vec<Node>,
    pub blocks: Vec<BlockInfo>,
    /// The statement that declares a variable; parameters have none.
    pub declared: BTreeMap<Var, Declared>,
}

/// Where a variable is declared.
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    /// The declaring statement.
    pub pos: Pos,
    /// The block at whose end it goes out of scope.
    pub block: BlockId,
}

impl Tree {
    pub fn new(f: &mut Function) -> Tree {
        let body = std::mem::take(&mut f.body);
        let mut tree = Tree {
            nodes: Vec::new(),
            blocks: vec![BlockInfo { parent: None, nodes: Vec::new() }],
            declared: BTreeMap::new(),
        };
        tree.add_block(0, body);
        tree
    }

    fn add_block(&mut self, id: BlockId, block: Block) {
        for stmt in block.stmts {
            self.add(id, stmt);
        }
    }

    fn add(&mut self, block: BlockId, mut stmt: Stmt) {
        let pos = self.nodes.len();
        let mut inner = Vec::new();
        walk::blocks_of_mut(&mut stmt, &mut |block| inner.push(std::mem::take(block)));
        let mut pre = 0;
        if let Stmt::While { .. } = stmt {
            // The condition's temporaries live in the scope of the body.
            let body = inner.pop().unwrap_or_default();
            pre = inner[0].stmts.len();
            inner[0].stmts.extend(body.stmts);
        }
        self.blocks[block].nodes.push(pos);
        self.nodes.push(Node { stmt, block, end: 0, blocks: Vec::new(), pre });
        let ids: Vec<BlockId> = inner
            .iter()
            .map(|_| {
                self.blocks.push(BlockInfo { parent: Some(pos), nodes: Vec::new() });
                self.blocks.len() - 1
            })
            .collect();
        self.declare(pos, block, &ids);
        self.nodes[pos].blocks = ids.clone();
        for (id, block) in ids.into_iter().zip(inner) {
            self.add_block(id, block);
        }
        self.nodes[pos].end = self.nodes.len();
    }

    fn declare(&mut self, pos: Pos, block: BlockId, inner: &[BlockId]) {
        let mut found = Vec::new();
        match &self.nodes[pos].stmt {
            // A counter belongs to the body, bindings to their arm.
            Stmt::For { var, .. } => found.push((*var, inner[0])),
            Stmt::Match { arms, .. } => {
                for (arm, id) in arms.iter().zip(inner) {
                    bindings(&arm.pattern, &mut |var| found.push((var, *id)));
                }
            }
            stmt @ (Stmt::Let { .. }
            | Stmt::View { .. }
            | Stmt::Assign { .. }
            | Stmt::Swap { .. }
            | Stmt::CopyFrom { .. }
            | Stmt::Fill { .. }
            | Stmt::If { .. }
            | Stmt::While { .. }
            | Stmt::Call(_)
            | Stmt::Vector { .. }
            | Stmt::Effect { .. }
            | Stmt::Bail { .. }
            | Stmt::Item(_)
            | Stmt::Accumulate { .. }
            | Stmt::RecordNew { .. }
            | Stmt::RecordPush { .. }
            | Stmt::RecordPop { .. }
            | Stmt::Replace { .. }
            | Stmt::Pull { .. }) => walk::declared_by(stmt, &mut |var| found.push((var, block))),
        }
        for (var, block) in found {
            self.declared.insert(var, Declared { pos, block });
        }
    }

    pub fn is_loop(&self, pos: Pos) -> bool {
        matches!(self.nodes[pos].stmt, Stmt::For { .. } | Stmt::While { .. })
    }

    pub fn contains(&self, outer: Pos, inner: Pos) -> bool {
        outer <= inner && inner < self.nodes[outer].end
    }

    /// The statements that enclose `pos`, from the inside out, `pos` itself excluded.
    pub fn ancestors(&self, pos: Pos) -> impl Iterator<Item = Pos> + '_ {
        let mut next = self.blocks[self.nodes[pos].block].parent;
        std::iter::from_fn(move || {
            let current = next?;
            next = self.blocks[self.nodes[current].block].parent;
            Some(current)
        })
    }

    /// The first number after the statements of a block.
    pub fn block_end(&self, block: BlockId) -> Pos {
        self.blocks[block].nodes.last().map_or(0, |&last| self.nodes[last].end)
    }
}

fn bindings(pattern: &Pattern, visit: &mut dyn FnMut(Var)) {
    walk::bound_by(pattern, visit);
}

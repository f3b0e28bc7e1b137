use differentiable::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
pub struct Leaf {
    pub v: f64,
}

#[derive(Clone, Differentiable)]
pub struct Node {
    pub v: f64,
    pub child: Leaf,
}

impl std::ops::Deref for Node {
    type Target = Leaf;
    fn deref(&self) -> &Leaf {
        &self.child
    }
}

impl AsRef<Leaf> for Node {
    fn as_ref(&self) -> &Leaf {
        &self.child
    }
}

#[differentiable]
pub fn node(x: f64) -> Node {
    Node { v: x, child: Leaf { v: x * x } }
}

use differentiable::differentiable;

#[differentiable]
fn twice(x: f64) -> f64 {
    2.0 * x
}

mod elsewhere {
    use differentiable::differentiable;

    #[differentiable]
    pub fn twice(x: f64) -> f64 {
        x * x
    }
}

// Derivatives have the block dissolved: the first call would be one of the other function.
#[differentiable]
fn shadowed(x: f64) -> f64 {
    let outer = twice(x);
    let inner = {
        use elsewhere::twice;
        twice(x)
    };
    outer * inner
}

// Used nowhere else.
#[differentiable]
fn alone(x: f64) -> f64 {
    let inner = {
        const FACTOR: f64 = 3.0;
        x * FACTOR
    };
    inner * x
}

fn main() {
    assert_eq!(alone::grad(1.0), 6.0);
}

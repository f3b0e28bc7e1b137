//! The items of maps, sets and iterators that have no derivative, as values of their own.

/// What an iterator gives.
#[derive(Debug)]
pub struct Item<X>(pub X);

/// An item that refers to what it is of.
pub trait LentItem {
    /// What it refers to.
    type Owned;

    /// A copy of that.
    fn __ad_item(&self) -> Self::Owned;
}

impl<X: Clone> LentItem for Item<&X> {
    type Owned = X;

    #[inline(always)]
    fn __ad_item(&self) -> X {
        self.0.clone()
    }
}

impl<K: Clone, V: Clone> LentItem for Item<(&K, &V)> {
    type Owned = (K, V);

    #[inline(always)]
    fn __ad_item(&self) -> (K, V) {
        (self.0.0.clone(), self.0.1.clone())
    }
}

/// Any other, which is a value already.
pub trait OwnItem<X> {
    /// A copy of it.
    fn __ad_item(&self) -> X;
}

impl<X: Clone> OwnItem<X> for &Item<X> {
    #[inline(always)]
    fn __ad_item(&self) -> X {
        self.0.clone()
    }
}

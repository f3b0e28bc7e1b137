//! Analyses of the IR that both modes rest on.

pub mod activity;

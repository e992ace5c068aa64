//! Everything that asks.

pub(crate) mod dialog;

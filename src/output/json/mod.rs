//! Values as JSON and YAML show them.

pub(crate) mod plan;
pub(crate) mod role;

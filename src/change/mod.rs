//! A plan on its way into the world: show, confirm, save, apply, read back, report.

pub(crate) mod execute;
pub(crate) mod organizations;
pub(crate) mod render;
pub(crate) mod saved_plan;

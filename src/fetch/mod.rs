//! Every read of a command. Awaits, gives plain data, and never prints.

pub(crate) mod definitions;
pub(crate) mod directory;
pub(crate) mod effect;
pub(crate) mod organization;
pub(crate) mod principals;
pub(crate) mod roles;
pub(crate) mod rule_flags;

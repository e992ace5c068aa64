//! Every read of a command. Awaits, gives plain data, and never prints.

pub(crate) mod definitions;
pub(crate) mod directory;
pub(crate) mod principals;

//! The client of EWS: opens a mailbox by a role's token, and says what came of it.
//!
//! [`outcome`] is pure: what an answer means. [`client`] sends, with a limit on everything: it follows no redirect,
//! repeats nothing, and shows the token nowhere. The room knows nothing of commands, rules or gates.

pub(crate) mod client;
mod envelope;
pub(crate) mod outcome;

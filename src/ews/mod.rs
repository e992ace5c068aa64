//! The client of EWS: opens a mailbox by a role's token, and says what came of it.
//!
//! [`outcome`] is pure: what an answer means. [`client`] sends, with a limit on everything: it follows no redirect,
//! repeats nothing, and shows the token nowhere. [`forward`] sends what others ask for, without a limit on the whole.
//! The room knows nothing of commands, rules or gates.

pub(crate) mod client;
mod envelope;
mod forward;
pub(crate) mod outcome;

pub(crate) use envelope::{ERRORS, MESSAGES, SOAP, TYPES, VERSION};
pub(crate) use forward::{Body, BodyError};
pub(crate) use outcome::base64;

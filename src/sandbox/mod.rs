//! A stand-in for the WorkMail service: its HTTP, its limits and its errors, over a state file.
//!
//! [`Store`] keeps the state, [`Server`] answers for it, [`Faults`] make it go wrong. It must not
//! know the SDK or the commands: what it shares with them is the evaluation of rules, so that an
//! answer that differs from the program's own is a fault of one of them.

mod calls;
mod demo;
mod failure;
mod faults;
mod operations;
mod server;
pub mod state;
mod store;

pub use calls::{Call, Calls};
pub use demo::Seed;
pub use faults::{Fault, FaultKind, Faults, InvalidFault};
pub use server::Server;
pub use store::{Store, StoreError};

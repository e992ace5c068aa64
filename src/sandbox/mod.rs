//! A stand-in for the WorkMail service: its HTTP, its limits and its errors, over a state file.
//!
//! [`Store`] keeps the state. The sandbox must not know the SDK or the commands: what it shares with them is the evaluation of rules, so that an
//! answer that differs from the program's own is a fault of one of them.

mod demo;
pub mod state;
mod store;

pub use demo::Seed;
pub use store::{Store, StoreError};

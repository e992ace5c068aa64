//! Policies of IAM that allow what commands call, and nothing more. Pure: whom they are about is given.

pub(crate) mod calls;
mod freeze;
pub(crate) mod policy;

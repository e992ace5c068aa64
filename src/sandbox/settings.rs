//! How a server behaves, beside its state.

use std::net::Ipv4Addr;
use std::time::Duration;

use crate::system::System;

/// How long a token is valid, in seconds (documented: 15 minutes).
pub(crate) const TOKEN_SECONDS: u32 = 900;

/// How long a request may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is switched on in a server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) system: System,
    /// How many seconds a token is valid, which `ExpiresIn` says too.
    pub(crate) token_seconds: u32,
    /// How many seconds later mailboxes follow a change of roles and access control rules.
    pub(crate) propagation_seconds: u32,
    /// Where EWS requests come from; without it the address that they really come from.
    pub(crate) caller: Option<Ipv4Addr>,
    /// How long a request may take to arrive.
    pub(crate) patience: Duration,
}

impl Settings {
    /// As the service is documented, with mailboxes that follow at once.
    pub(crate) fn new(system: System) -> Self {
        Self {
            system,
            token_seconds: TOKEN_SECONDS,
            propagation_seconds: 0,
            caller: None,
            patience: PATIENCE,
        }
    }
}

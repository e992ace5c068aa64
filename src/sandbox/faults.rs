//! Faults that can be switched on: failures of the service, and of the network before it.
//!
//! A [`Faults`] is a handle: its clones share one list, so that a test can change what a running
//! server does.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{ews, operations};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// `ThrottlingException`, HTTP 400; nothing was done.
    Throttle,
    /// `InternalFailure`, HTTP 500; nothing was done.
    ServerError,
    /// `ServiceUnavailable`, HTTP 503; nothing was done.
    Unavailable,
    /// The connection is closed without a response; nothing was done.
    DropBefore,
    /// The connection is closed without a response, though the change was made.
    DropAfter,
    /// `AccessDeniedException`, HTTP 400, with IAM's words.
    Deny,
    /// `ExpiredTokenException`, HTTP 400: the caller's credentials have expired.
    ExpiredToken,
}

impl FaultKind {
    /// Every kind, by the name that it has on the command line.
    pub(crate) const ALL: [(&'static str, Self); 7] = [
        ("throttle", Self::Throttle),
        ("server-error", Self::ServerError),
        ("unavailable", Self::Unavailable),
        ("drop-before", Self::DropBefore),
        ("drop-after", Self::DropAfter),
        ("deny", Self::Deny),
        ("expired-token", Self::ExpiredToken),
    ];
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(_, kind)| kind == self).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}

/// One fault: of some kind, for some of the calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    /// The operation; `None` for any.
    pub(crate) operation: Option<String>,
    /// How many calls succeed first.
    pub(crate) skip: usize,
    /// How many then fail; `usize::MAX` for all.
    pub(crate) count: usize,
}

#[cfg(test)]
impl Fault {
    /// A fault in every call.
    pub(crate) fn always(kind: FaultKind) -> Self {
        Self { kind, operation: None, skip: 0, count: usize::MAX }
    }

    /// A fault in the first `count` calls of one operation.
    pub(crate) fn first(kind: FaultKind, operation: impl Into<String>, count: usize) -> Self {
        Self { kind, operation: Some(operation.into()), skip: 0, count }
    }
}

/// A fault that cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{problem} in fault {spec:?}; write KIND[:OPERATION[:COUNT[:SKIP]]], with KIND one of {}, as throttle:UpdateImpersonationRole:2",
    kinds()
)]
pub(crate) struct InvalidFault {
    spec: String,
    problem: String,
}

fn kinds() -> String {
    FaultKind::ALL.map(|(name, _)| name).join(", ")
}

fn is_known(operation: &str) -> bool {
    operations::Operation::find(operation).is_some() || ews::Operation::find(operation).is_some()
}

/// `KIND[:OPERATION[:COUNT[:SKIP]]]`. No operation, an empty one or `*` is any; no count is all.
impl FromStr for Fault {
    type Err = InvalidFault;

    fn from_str(spec: &str) -> Result<Self, InvalidFault> {
        let invalid = |problem: String| InvalidFault { spec: spec.into(), problem };
        let number = |text: &str| text.parse().map_err(|_| invalid(format!("{text:?} is not a number")));
        let mut parts = spec.split(':');
        let name = parts.next().unwrap_or_default();
        let kind = FaultKind::ALL.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
        let kind = kind.ok_or_else(|| invalid(format!("{name:?} is not a kind")))?;
        let operation = parts.next().filter(|text| !text.is_empty() && *text != "*");
        if let Some(unknown) = operation.filter(|name| !is_known(name)) {
            return Err(invalid(format!("{unknown:?} is not an operation of the sandbox")));
        }
        let count = parts.next().map_or(Ok(usize::MAX), number)?;
        let skip = parts.next().map_or(Ok(0), number)?;
        match parts.next() {
            None => Ok(Self { kind, operation: operation.map(str::to_owned), skip, count }),
            Some(more) => Err(invalid(format!("unexpected {more:?}"))),
        }
    }
}

/// The faults of a server; clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults(Arc<Mutex<Active>>);

/// The faults and the latency at this time.
#[derive(Debug, Default)]
struct Active {
    latency: Duration,
    faults: Vec<Fault>,
}

impl Faults {
    /// No faults yet.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// Delays each call by this long before it is handled.
    pub(crate) fn set_latency(&self, latency: Duration) {
        self.active().latency = latency;
    }

    /// Adds a fault. When several apply to a call, the first one added is used.
    pub(crate) fn add(&self, fault: Fault) {
        self.active().faults.push(fault);
    }

    /// Removes all faults and the latency.
    #[cfg(test)]
    pub(crate) fn clear(&self) {
        *self.active() = Active::default();
    }

    pub(super) fn latency(&self) -> Duration {
        self.active().latency
    }

    /// The fault of this call, if any; counts the call.
    pub(super) fn next(&self, operation: &str) -> Option<FaultKind> {
        self.active().faults.iter_mut().find_map(|fault| fault.apply(operation))
    }

    fn active(&self) -> MutexGuard<'_, Active> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fault {
    fn apply(&mut self, operation: &str) -> Option<FaultKind> {
        if self.operation.as_deref().is_some_and(|wanted| wanted != operation) || self.count == 0 {
            return None;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        if self.count != usize::MAX {
            self.count -= 1;
        }
        Some(self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_faults_nothing_goes_wrong() {
        assert_eq!(Faults::none().next("ListUsers"), None);
    }

    #[test]
    fn a_fault_skips_then_counts_the_calls_of_its_operation() {
        let faults = Faults::none();
        faults.clone().add("throttle:ListUsers:2:1".parse().expect("a fault"));
        let hits: Vec<_> = (0..4).map(|_| faults.next("ListUsers").is_some()).collect();
        assert_eq!(hits, [false, true, true, false]);
        assert_eq!(faults.next("ListGroups"), None);
    }

    #[test]
    fn a_spec_without_operation_or_count_is_every_call() {
        for spec in ["deny", "deny:", "deny:*"] {
            assert_eq!(spec.parse(), Ok(Fault::always(FaultKind::Deny)), "{spec}");
        }
        assert_eq!(
            "drop-after:DeleteUser:1".parse(),
            Ok(Fault::first(FaultKind::DropAfter, "DeleteUser", 1))
        );
    }

    #[test]
    fn a_wrong_spec_says_what_is_wrong_and_lists_the_kinds() {
        for (spec, wanted) in [
            ("slow", "\"slow\" is not a kind"),
            ("deny:ListUser", "\"ListUser\" is not an operation"),
            ("deny:ListUsers:x", "\"x\" is not a number"),
            ("deny:ListUsers:1:1:1", "unexpected \"1\""),
        ] {
            let error = spec.parse::<Fault>().map_err(|e| e.to_string()).expect_err(spec);
            assert!(error.contains(wanted) && error.contains("throttle, server-error"), "{error}");
        }
    }
}

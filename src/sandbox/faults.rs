//! Faults that can be switched on: failures of the service, and of the network before it.
//!
//! A [`Faults`] is a handle: its clones share one list, so that a test can change what a running
//! server does.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::trail::LOOKUP;
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
    /// With a number, `count` of each so many calls fail, the last of them, for ever.
    pub(crate) of: Option<usize>,
}

#[cfg(test)]
impl Fault {
    /// A fault in every call.
    pub(crate) fn always(kind: FaultKind) -> Self {
        Self { kind, operation: None, skip: 0, count: usize::MAX, of: None }
    }

    /// A fault in the first `count` calls of one operation.
    pub(crate) fn first(kind: FaultKind, operation: impl Into<String>, count: usize) -> Self {
        Self { kind, operation: Some(operation.into()), skip: 0, count, of: None }
    }
}

/// A fault that cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{problem} in fault {spec:?}; write KIND[:OPERATION[:COUNT[:SKIP]]], with KIND one of {}, as throttle:UpdateImpersonationRole:2, or throttle:*:1/20 for one call in twenty",
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
    operation == LOOKUP
        || operations::Operation::find(operation).is_some()
        || ews::Operation::find(operation).is_some()
}

/// `KIND[:OPERATION[:COUNT[:SKIP]]]`. No operation, an empty one or `*` is any; no count is all, and `1/20` one in
/// twenty.
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
        let (count, of) = match parts.next() {
            None => (usize::MAX, None),
            Some(text) => match text.split_once('/') {
                None => (number(text)?, None),
                Some((count, of)) => (number(count)?, Some(number(of)?)),
            },
        };
        if of.is_some_and(|of| of < count || of == 0) {
            return Err(invalid(format!("there are no {count} in {}", of.unwrap_or_default())));
        }
        let skip = parts.next().map_or(Ok(0), number)?;
        match parts.next() {
            None => Ok(Self { kind, operation: operation.map(str::to_owned), skip, count, of }),
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
    /// Each with the number of calls that it could have been in.
    faults: Vec<(Fault, usize)>,
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
        self.active().faults.push((fault, 0));
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
        self.active().faults.iter_mut().find_map(|(fault, calls)| fault.apply(operation, calls))
    }

    fn active(&self) -> MutexGuard<'_, Active> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fault {
    /// What is wrong with the next call, after so many `calls` of that operation.
    fn apply(&self, operation: &str, calls: &mut usize) -> Option<FaultKind> {
        if self.operation.as_deref().is_some_and(|wanted| wanted != operation) {
            return None;
        }
        let nth = calls.checked_sub(self.skip);
        *calls += 1;
        let fails = nth.is_some_and(|nth| match self.of {
            None => nth < self.count,
            Some(of) => nth % of >= of - self.count,
        });
        fails.then_some(self.kind)
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
    fn some_of_each_so_many_calls_fail_for_ever() {
        let failing = |spec: &str| {
            let faults = Faults::none();
            faults.add(spec.parse().expect(spec));
            (0..9).filter(|_| faults.next("ListUsers").is_some()).count()
        };
        assert_eq!((failing("throttle:*:1/3"), failing("throttle:ListUsers:2/3:3")), (3, 4));
        assert_eq!(
            (failing("throttle:ListUsers:0/3"), failing("throttle::1/1"), failing("deny:*:1/10")),
            (0, 9, 0)
        );
        let faults = Faults::none();
        faults.add("throttle:*:1/3".parse().expect("a fault"));
        let hits: Vec<_> = (0..6).map(|_| faults.next("ListGroups").is_some()).collect();
        assert_eq!(hits, [false, false, true, false, false, true]);
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
            ("deny:ListUsers:1/x", "\"x\" is not a number"),
            ("deny:ListUsers:3/2", "there are no 3 in 2"),
            ("deny:ListUsers:0/0", "there are no 0 in 0"),
            ("deny:ListUsers:1:1:1", "unexpected \"1\""),
        ] {
            let error = spec.parse::<Fault>().map_err(|e| e.to_string()).expect_err(spec);
            assert!(error.contains(wanted) && error.contains("throttle, server-error"), "{error}");
        }
    }
}

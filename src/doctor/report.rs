//! Lines, each with what it says to everyone and to the person at the screen.

use super::public::Public;
use crate::workmail::Error;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Ok,
    Warning,
    Failed,
}

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) status: Status,
    /// What was found, for everyone.
    pub(crate) detail: Public,
    pub(crate) remedy: Option<Public>,
    /// What only the person at the screen should see of it.
    pub(crate) private: Private,
}

/// What only the person at the screen should see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Private {
    Nothing,
    /// Behind what everyone may see.
    Beside(String),
    /// In the place of what everyone may see: it says the same, and more.
    Instead(String),
}

impl Check {
    pub(super) fn new(name: &'static str, status: Status, detail: Public) -> Self {
        Self { name, status, detail, remedy: None, private: Private::Nothing }
    }

    pub(super) fn ok(name: &'static str, detail: Public) -> Self {
        Self::new(name, Status::Ok, detail)
    }

    pub(super) fn failed(name: &'static str, error: &Error) -> Self {
        Self::new(name, Status::Failed, Public::error(error))
            .remedy(Public::remedy(error))
            .instead(error.to_string())
    }

    pub(super) fn remedy(self, remedy: impl Into<Option<Public>>) -> Self {
        Self { remedy: remedy.into(), ..self }
    }

    pub(super) fn beside(self, private: Option<String>) -> Self {
        Self { private: private.map_or(Private::Nothing, Private::Beside), ..self }
    }

    pub(super) fn instead(self, private: String) -> Self {
        Self { private: Private::Instead(private), ..self }
    }
}

/// What was not tried, and why.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotChecked {
    pub(crate) name: &'static str,
    pub(crate) reason: Public,
}

/// Every check, in the order in which one depends on another.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) checks: Vec<Check>,
    pub(crate) not_checked: Vec<NotChecked>,
}

impl Report {
    /// Did no check fail?
    pub(crate) fn is_well(&self) -> bool {
        self.checks.iter().all(|check| check.status != Status::Failed)
    }

    pub(super) fn add(&mut self, check: Check) {
        self.checks.push(check);
    }

    pub(super) fn skip(&mut self, name: &'static str, reason: Public) {
        self.not_checked.push(NotChecked { name, reason });
    }
}

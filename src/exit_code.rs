//! How a run ends, as a number: one table that feeds `--help`, the man page and the README, and what several
//! organizations end with together.

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitCode {
    /// Done; the answer is yes.
    Done,
    /// It failed.
    Failed,
    /// The command line or the YAML is wrong; nothing was attempted.
    Usage,
    /// The answer is no.
    Negative,
    /// It stopped part-way.
    Partial,
    /// Refused.
    Refused,
    /// Interrupted.
    Interrupted,
    /// The code of a command that was run.
    Command(u8),
}

/// Every code of this program and what it means.
pub(crate) const CODES: [(ExitCode, &str); 7] = [
    (ExitCode::Done, "done; the answer is yes"),
    (ExitCode::Failed, "it failed (the service, the network, a file)"),
    (ExitCode::Usage, "the command line or the YAML is wrong; nothing was attempted"),
    (
        ExitCode::Negative,
        "the answer is no: `test` denied or an `expect` unmet, `diff --exit-code` found changes, `audit --fail-on` found some, `expire --exit-code` found something past its date",
    ),
    (ExitCode::Partial, "`apply` stopped part-way; the report says what was done"),
    (
        ExitCode::Refused,
        "refused: a guard, a plan that is stale, a role that changed, a confirmation declined or impossible",
    ),
    (ExitCode::Interrupted, "interrupted"),
];

impl ExitCode {
    /// The number that the process ends with.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Negative => 3,
            Self::Partial => 4,
            Self::Refused => 5,
            Self::Interrupted => 130,
            Self::Command(code) => code,
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.number())
    }
}

/// How the work on one organization ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ended {
    /// Its own code.
    pub(crate) code: ExitCode,
    /// Something was changed there, or may have been.
    pub(crate) changed: bool,
}

impl Ended {
    /// Nothing was changed.
    pub(crate) fn unchanged(code: ExitCode) -> Self {
        Self { code, changed: false }
    }
}

/// What several organizations end with together; of one it is its own code.
///
/// 2 when any definition is wrong, since nothing was attempted; else 130; else 4 when something was done and
/// something was not; else the first that occurs of 1, 5, 3 and 0.
pub(crate) fn merge(ended: &[Ended]) -> ExitCode {
    if let [Ended { code: code @ ExitCode::Command(_), .. }] = ended {
        return *code;
    }
    let any = |code| ended.iter().any(|one| one.code == code);
    let not_all_done = ended.iter().any(|one| one.code != ExitCode::Done);
    if any(ExitCode::Usage) {
        ExitCode::Usage
    } else if any(ExitCode::Interrupted) {
        ExitCode::Interrupted
    } else if not_all_done && (any(ExitCode::Partial) || ended.iter().any(|one| one.changed)) {
        ExitCode::Partial
    } else {
        let ranked = [ExitCode::Failed, ExitCode::Refused, ExitCode::Negative];
        ranked.into_iter().find(|code| any(*code)).unwrap_or(ExitCode::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ExitCode::{Done, Failed, Interrupted, Negative, Partial, Refused, Usage};

    fn merged(ended: &[(ExitCode, bool)]) -> ExitCode {
        let ended: Vec<_> =
            ended.iter().map(|(code, changed)| Ended { code: *code, changed: *changed }).collect();
        merge(&ended)
    }

    #[test]
    fn nothing_at_all_is_done() {
        assert_eq!(merged(&[]), Done);
    }

    #[test]
    fn one_organization_ends_with_its_own_code() {
        for code in [Done, Failed, Usage, Negative, Partial, Refused, Interrupted, ExitCode::Command(7)] {
            assert_eq!(merged(&[(code, false)]), code, "{code:?}");
        }
        assert_eq!(merged(&[(Done, true)]), Done);
    }

    #[test]
    fn wrong_definitions_come_before_all_else() {
        assert_eq!(merged(&[(Interrupted, true), (Partial, true), (Usage, false)]), Usage);
    }

    #[test]
    fn an_interruption_comes_before_half_done_work() {
        assert_eq!(merged(&[(Partial, true), (Interrupted, false), (Failed, false)]), Interrupted);
    }

    #[test]
    fn done_here_and_not_there_is_part_way() {
        for other in [Failed, Refused, Negative] {
            assert_eq!(merged(&[(Done, true), (other, false)]), Partial, "{other:?}");
        }
        assert_eq!(merged(&[(Partial, true), (Done, true)]), Partial);
    }

    #[test]
    fn what_changed_nothing_is_ranked() {
        assert_eq!(merged(&[(Done, false), (Negative, false), (Refused, false), (Failed, false)]), Failed);
        assert_eq!(merged(&[(Done, false), (Negative, false), (Refused, false)]), Refused);
        assert_eq!(merged(&[(Done, false), (Negative, false)]), Negative);
        assert_eq!(merged(&[(Done, false), (Done, true)]), Done);
    }

    #[test]
    fn every_number_is_one_code() {
        let mut numbers: Vec<_> = CODES.iter().map(|(code, _)| code.number()).collect();
        numbers.dedup();
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 130]);
    }
}

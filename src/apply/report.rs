//! What became of a plan: each change with its outcome, and how the run ended.

use crate::exit_code::{Ended, ExitCode};
use crate::plan::{Change, Plan};
use crate::role::{LiveRole, Role, RoleId, RoleName, UserId};
use crate::workmail::Error;

/// What became of a change.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It was made, and reads back as planned.
    Done {
        /// The role; none when it is gone.
        id: Option<RoleId>,
    },
    /// It was not made, or reads back otherwise.
    Failed(Failure),
    /// It was not tried.
    NotAttempted,
}

impl Outcome {
    /// `done`, `failed` or `not_attempted`.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Done { .. } => "done",
            Self::Failed(_) => "failed",
            Self::NotAttempted => "not_attempted",
        }
    }
}

/// Why a change failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The service refused, or could not be asked.
    #[error(transparent)]
    Service(#[from] Error),
    /// Somebody changed or deleted the role since the plan was made; it was left as it is.
    #[error("the role has changed since the plan was made, and was left as it is")]
    Conflict {
        /// What it was to be.
        expected: Option<Box<Role>>,
        /// What it is now, if it is still there.
        now: Option<Box<LiveRole>>,
    },
    /// Another live role has the name that the role is to have; nothing was written.
    #[error("the role {id} has the name {name} already; the role was left as it is")]
    NameTaken {
        /// The name.
        name: RoleName,
        /// Whose it is.
        id: RoleId,
    },
    /// It was written and reads back as something else.
    #[error("the role was written, but reads back as something else")]
    ReadsBack {
        /// The role; none when it was to go.
        id: Option<RoleId>,
        /// What it is now, if it is there.
        now: Option<Box<LiveRole>>,
    },
    /// An attempt to write it got no answer, and nobody could look.
    #[error("whether the role was written is not known: {error}")]
    OutcomeUnknown {
        /// Why nobody could look.
        error: Error,
    },
    /// It was written, and nobody could look.
    #[error("the role was written, but could not be read back: {error}")]
    Unverified {
        /// The role; none when it was to go.
        id: Option<RoleId>,
        /// Why.
        error: Error,
    },
}

impl Outcome {
    /// Was anything changed, or may have been?
    pub(crate) fn may_have_written(&self) -> bool {
        match self {
            Self::Done { .. }
            | Self::Failed(
                Failure::ReadsBack { .. } | Failure::Unverified { .. } | Failure::OutcomeUnknown { .. },
            ) => true,
            Self::Failed(Failure::Service(error)) => error.outcome_unknown(),
            Self::Failed(Failure::Conflict { .. } | Failure::NameTaken { .. }) | Self::NotAttempted => false,
        }
    }

    /// The role that is there by the change, where that is known.
    pub(crate) fn id(&self) -> Option<&RoleId> {
        match self {
            Self::Done { id }
            | Self::Failed(Failure::ReadsBack { id, .. } | Failure::Unverified { id, .. }) => id.as_ref(),
            Self::Failed(_) | Self::NotAttempted => None,
        }
    }
}

impl Failure {
    /// The failure of what came after an attempt to write: where that got no answer, it may have been carried out.
    pub(super) fn after(self, unanswered: bool) -> Self {
        match self {
            Self::Service(error) if unanswered => Self::OutcomeUnknown { error },
            other => other,
        }
    }

    /// Everyone whom the role names that is there instead of the expected one.
    pub(crate) fn users(&self) -> Vec<UserId> {
        match self {
            Self::Conflict { expected, now } => {
                let now = now.iter().map(|live| &live.role);
                expected
                    .iter()
                    .map(AsRef::as_ref)
                    .chain(now)
                    .flat_map(Role::mentioned_users)
                    .cloned()
                    .collect()
            }
            Self::ReadsBack { now, .. } => {
                now.iter().flat_map(|live| live.role.mentioned_users()).cloned().collect()
            }
            Self::Service(_)
            | Self::OutcomeUnknown { .. }
            | Self::Unverified { .. }
            | Self::NameTaken { .. } => Vec::new(),
        }
    }
}

/// A change and what became of it.
#[derive(Debug)]
pub(crate) struct ChangeReport {
    /// The change.
    pub(crate) change: Change,
    /// What became of it.
    pub(crate) outcome: Outcome,
}

/// What became of a whole plan, in its order.
#[derive(Debug)]
pub(crate) struct Report {
    /// The changes with their outcomes.
    pub(crate) changes: Vec<ChangeReport>,
    /// It was stopped before the end.
    pub(crate) interrupted: bool,
    /// Roles that were left under a temporary name, since a change of theirs was not made.
    pub(crate) parked: Vec<(RoleId, RoleName)>,
    /// Names that the run gave and that more than one live role has, with the ids; or why they could not be looked
    /// for.
    pub(crate) doubled: Result<Vec<(RoleName, Vec<RoleId>)>, Error>,
}

/// How many changes had which outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct OutcomeCounts {
    /// Done.
    pub(crate) done: usize,
    /// Failed.
    pub(crate) failed: usize,
    /// Not attempted.
    pub(crate) not_attempted: usize,
}

impl Report {
    /// Of a plan that was not executed.
    pub(crate) fn not_attempted(plan: &Plan) -> Self {
        let changes = plan
            .changes
            .iter()
            .map(|change| ChangeReport { change: change.clone(), outcome: Outcome::NotAttempted });
        Self { changes: changes.collect(), interrupted: false, parked: Vec::new(), doubled: Ok(Vec::new()) }
    }

    fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        self.changes.iter().map(|report| &report.outcome)
    }

    /// How many changes were done, failed, and were not attempted.
    pub(crate) fn counts(&self) -> OutcomeCounts {
        let mut counts = OutcomeCounts::default();
        for outcome in self.outcomes() {
            match outcome {
                Outcome::Done { .. } => counts.done += 1,
                Outcome::Failed(_) => counts.failed += 1,
                Outcome::NotAttempted => counts.not_attempted += 1,
            }
        }
        counts
    }

    /// Was every change made, and no name given twice?
    pub(crate) fn is_complete(&self) -> bool {
        let once = self.doubled.as_ref().is_ok_and(Vec::is_empty);
        once && self.outcomes().all(|outcome| matches!(outcome, Outcome::Done { .. }))
    }

    /// Was anything changed, or may have been?
    pub(crate) fn may_have_written(&self) -> bool {
        !self.parked.is_empty() || self.outcomes().any(Outcome::may_have_written)
    }

    /// Are conflicts the only failures?
    pub(super) fn only_conflicts(&self) -> bool {
        self.outcomes().all(|outcome| match outcome {
            Outcome::Done { .. } => true,
            Outcome::Failed(failure) => {
                matches!(failure, Failure::Conflict { .. } | Failure::NameTaken { .. })
            }
            Outcome::NotAttempted => false,
        })
    }

    /// How the run on this organization ended. Where nothing was done, it did not stop part-way: it failed, or was
    /// refused where others changed every role.
    pub(crate) fn ended(&self) -> Ended {
        let changed = self.may_have_written();
        let code = if self.is_complete() {
            ExitCode::Done
        } else if self.interrupted {
            ExitCode::Interrupted
        } else if changed {
            ExitCode::Partial
        } else if self.only_conflicts() {
            ExitCode::Refused
        } else {
            ExitCode::Failed
        };
        Ended { code, changed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::Directory;
    use crate::plan;
    use crate::role::tests::{role, rule, uid, users};
    use crate::role::{Effect, Targets};

    #[test]
    fn nothing_to_do_is_done() {
        let report = Report::not_attempted(&Plan::default());
        assert_eq!(report.ended(), Ended::unchanged(ExitCode::Done));
    }

    fn allows(ids: &[&str]) -> Role {
        role(vec![rule("1", Effect::Allow, Targets::Users(users(ids)))])
    }

    fn live(ids: &[&str]) -> LiveRole {
        let (id, role) = (RoleId::from_service("id"), allows(ids));
        LiveRole { id, role, rules_unknown: false, created: None, modified: None }
    }

    fn report(outcomes: impl IntoIterator<Item = Outcome>) -> Report {
        let change = plan::change_of_role(&allows(&["a"]), None, &Directory::default()).expect("a change");
        let changes =
            outcomes.into_iter().map(|outcome| ChangeReport { change: change.clone(), outcome }).collect();
        Report { changes, interrupted: false, parked: Vec::new(), doubled: Ok(Vec::new()) }
    }

    fn done() -> Outcome {
        Outcome::Done { id: Some(RoleId::from_service("id")) }
    }

    fn conflict() -> Outcome {
        Outcome::Failed(Failure::Conflict { expected: None, now: None })
    }

    fn taken() -> Outcome {
        let (name, id) = (RoleName::from_service("r"), RoleId::from_service("id"));
        Outcome::Failed(Failure::NameTaken { name, id })
    }

    fn reads_back() -> Outcome {
        Outcome::Failed(Failure::ReadsBack { id: Some(RoleId::from_service("other")), now: None })
    }

    #[test]
    fn outcomes_are_named_and_counted() {
        let report = report([
            done(),
            done(),
            done(),
            conflict(),
            taken(),
            Outcome::NotAttempted,
            Outcome::NotAttempted,
            Outcome::NotAttempted,
            Outcome::NotAttempted,
        ]);
        assert_eq!(report.counts(), OutcomeCounts { done: 3, failed: 2, not_attempted: 4 });
        let names: Vec<_> = report.changes[2..6].iter().map(|one| one.outcome.as_str()).collect();
        assert_eq!(names, ["done", "failed", "failed", "not_attempted"]);
    }

    #[test]
    fn what_was_written_and_the_role_that_is_there_by_it_are_known() {
        let facts = |outcome: Outcome| (outcome.may_have_written(), outcome.id().map(ToString::to_string));
        assert_eq!(facts(done()), (true, Some("id".into())));
        assert_eq!(facts(reads_back()), (true, Some("other".into())));
        for outcome in [conflict(), taken(), Outcome::NotAttempted] {
            assert_eq!(facts(outcome), (false, None));
        }
    }

    #[test]
    fn the_end_of_a_run_says_what_was_done() {
        let ended = |report: Report| (report.ended().code, report.ended().changed);
        assert_eq!(ended(report([done(), done()])), (ExitCode::Done, true));
        assert_eq!(ended(report([conflict(), taken()])), (ExitCode::Refused, false));
        assert_eq!(ended(report([conflict()])), (ExitCode::Refused, false));
        assert_eq!(ended(report([done(), conflict()])), (ExitCode::Partial, true));
        assert_eq!(ended(report([reads_back()])), (ExitCode::Partial, true));
        assert_eq!(ended(report([Outcome::NotAttempted])), (ExitCode::Failed, false));
        assert_eq!(ended(report([conflict(), Outcome::NotAttempted])), (ExitCode::Failed, false));
        assert_eq!(ended(report([Outcome::NotAttempted, Outcome::NotAttempted])), (ExitCode::Failed, false));
        let interrupted = |outcome| Report { interrupted: true, ..report([outcome]) };
        assert_eq!(ended(interrupted(Outcome::NotAttempted)), (ExitCode::Interrupted, false));
        // It came after the last change
        assert_eq!(ended(interrupted(done())), (ExitCode::Done, true));
        let (name, id) = (RoleName::from_service("r"), RoleId::from_service("id"));
        let parked = Report { parked: vec![(id.clone(), name.clone())], ..report([conflict()]) };
        assert_eq!(ended(parked), (ExitCode::Partial, true));
        let doubled = Report { doubled: Ok(vec![(name, vec![id.clone(), id])]), ..report([done()]) };
        assert_eq!(ended(doubled), (ExitCode::Partial, true));
    }

    #[test]
    fn everyone_whom_the_roles_name_is_told_of() {
        let conflict =
            Failure::Conflict { expected: Some(Box::new(allows(&["a"]))), now: Some(Box::new(live(&["b"]))) };
        assert_eq!(conflict.users(), [uid("a"), uid("b")]);
        let reads_back = Failure::ReadsBack { id: None, now: Some(Box::new(live(&["c"]))) };
        assert_eq!(reads_back.users(), [uid("c")]);
        assert_eq!(Failure::ReadsBack { id: None, now: None }.users(), []);
    }
}

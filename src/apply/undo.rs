//! What brings back what a run changed. Pure: a report gives the steps; `output/` says them.

use super::report::{ChangeReport, Report};
use crate::plan::{Action, Change};
use crate::role::{RoleId, RoleName, RoleType};

/// One step, in the order in which they are to be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UndoStep {
    /// Delete a role that the run created. First, since its name may be one that another role had.
    Delete {
        /// Its name.
        name: RoleName,
        /// Its id.
        id: RoleId,
    },
    /// Apply the saved state.
    Apply {
        /// Some role turns from READ_ONLY to FULL_ACCESS by it.
        escalates: bool,
    },
    /// A deleted role comes back under a new id.
    NewId {
        /// Its name.
        name: RoleName,
        /// The id that is gone.
        id: RoleId,
        /// The access control rules that name the id; none where they could not be read.
        referenced_by: Option<Vec<String>>,
    },
}

/// The changes of a run that wrote something, or may have: what must be brought back, and nothing that others
/// did.
pub(crate) fn written(report: &Report) -> impl Iterator<Item = &Change> {
    let parked = |change: &Change| {
        change.before().is_some_and(|live| report.parked.iter().any(|(id, _)| *id == live.id))
    };
    let written =
        report.changes.iter().filter(move |one| one.outcome.may_have_written() || parked(&one.change));
    written.map(|one| &one.change)
}

/// The steps that undo a run. `restorable` says whether the saved state holds a role to bring back.
pub(crate) fn steps(report: &Report, restorable: bool) -> Vec<UndoStep> {
    let mut steps = Vec::new();
    for ChangeReport { change, outcome } in &report.changes {
        if let (Action::Create { .. }, Some(id)) = (&change.action, outcome.id()) {
            steps.push(UndoStep::Delete { name: change.name().clone(), id: id.clone() });
        }
    }
    if restorable {
        let escalates = written(report).any(|change| change.turns(RoleType::FullAccess, RoleType::ReadOnly));
        steps.push(UndoStep::Apply { escalates });
    }
    for ChangeReport { change, outcome } in &report.changes {
        if let (Action::Delete { before }, true) = (&change.action, outcome.may_have_written()) {
            steps.push(UndoStep::NewId {
                name: change.name().clone(),
                id: before.id.clone(),
                referenced_by: change.referenced_by.clone(),
            });
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::report::Outcome;
    use crate::directory::Directory;
    use crate::plan::Plan;
    use crate::role::LiveRole;
    use crate::role::tests::role;

    fn live(id: &str) -> LiveRole {
        LiveRole {
            id: RoleId::from_service(id),
            role: role(vec![]),
            rules_unknown: false,
            created: None,
            modified: None,
        }
    }

    #[test]
    fn what_was_not_attempted_needs_no_undoing() {
        let deletion = crate::plan::deletion(&live("1"), None, &Directory::default());
        let plan = Plan::new(vec![deletion], vec![], vec![]);
        let report = Report::not_attempted(&plan);
        assert_eq!(steps(&report, false), []);
        assert_eq!(written(&report).count(), 0);
    }

    #[test]
    fn a_deleted_role_comes_back_under_a_new_id() {
        let deletion = crate::plan::deletion(&live("1"), None, &Directory::default());
        let plan = Plan::new(vec![deletion], vec![], vec![]);
        let mut report = Report::not_attempted(&plan);
        report.changes[0].outcome = Outcome::Done { id: None };
        let [UndoStep::Apply { escalates: false }, UndoStep::NewId { id, referenced_by: None, .. }] =
            &steps(&report, true)[..]
        else {
            panic!("{:?}", steps(&report, true));
        };
        assert_eq!(id.as_str(), "1");
    }
}

//! What brings back what a change replaced: a saved state and what is live now give changes, or why there are none.
//! Pure.

use std::collections::BTreeSet;

use super::backup::{Lost, SavedChange, SavedOutcome, SavedState, restorable};
use crate::directory::Directory;
use crate::directory::access_control::{self, AccessControlRule};
use crate::plan::{self, Change, Plan};
use crate::role::{LiveRole, Role, RoleId, RoleName, RoleSummary, UserId};

/// Why a change is not undone: what it left is no longer as it left it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Conflict {
    /// Somebody changed the role since.
    #[error("role {name} ({id}) was changed since")]
    Changed { name: RoleName, id: RoleId },
    /// Somebody deleted the role since.
    #[error("role {name} ({id}) was deleted since")]
    Deleted { name: RoleName, id: RoleId },
    /// A role that was deleted is there again.
    #[error("role {name} ({id}), which was deleted, is there again")]
    Returned { name: RoleName, id: RoleId },
    /// Another role has the name that the role had.
    #[error("role {id} has the name {name} now")]
    NameTaken { name: RoleName, id: RoleId },
    /// Several roles may be the one that was made.
    #[error("several roles have the name {name}, and which of them was made is not known")]
    Ambiguous { name: RoleName },
}

/// What undoes a change.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Undo {
    /// The changes.
    pub(crate) changes: Vec<Change>,
    /// What cannot be brought back, and is left out.
    pub(crate) lost: Vec<Lost>,
}

impl Undo {
    /// As a plan.
    pub(crate) fn plan(self) -> Plan {
        Plan::new(self.changes, Vec::new(), Vec::new())
    }
}

/// The live roles that a saved state is about, by id or name.
pub(crate) fn concerns(state: &SavedState, role: &RoleSummary) -> bool {
    state.changes.iter().any(|change| {
        let SavedChange { before, after, outcome: _, made, namesake: _ } = change;
        let before = before.as_ref();
        before.is_some_and(|live| live.id == role.id || live.role.name == role.name)
            || after.as_ref().is_some_and(|after| after.name == role.name)
            || made.as_ref() == Some(&role.id)
    })
}

/// Everyone whom the roles named that are to come back.
pub(crate) fn users(state: &SavedState) -> BTreeSet<UserId> {
    let before = state.changes.iter().filter_map(|change| change.before.as_ref());
    before.flat_map(|live| live.role.mentioned_users()).cloned().collect()
}

/// The changes that bring back what a saved state holds. Only what the change wrote is touched, and only while it is
/// as the change left it. What was undone already, or never made, needs nothing.
///
/// `live` are the live roles that [`concerns`] names, in canonical form; the directory knows [`users`].
///
/// # Errors
/// Everything that is no longer as the change left it.
pub(crate) fn undo(
    state: &SavedState,
    live: &[LiveRole],
    access_rules: Option<&[AccessControlRule]>,
    directory: &Directory,
) -> Result<Undo, Vec<Conflict>> {
    let (mut undo, mut conflicts) = (Undo::default(), Vec::new());
    let live = Live { live, access_rules, directory };
    for change in state.changes.iter().filter(|change| change.outcome != Some(SavedOutcome::NotWritten)) {
        let step = match (&change.before, &change.after) {
            (None, Some(after)) => live.creation(change, after),
            (Some(before), Some(after)) => live.update(before, after),
            (Some(before), None) => live.deletion(before, change.namesake),
            (None, None) => Ok(Step::default()),
        };
        match step {
            Ok(Step { change, lost }) => {
                undo.changes.extend(change);
                undo.lost.extend(lost);
            }
            Err(conflict) => conflicts.push(conflict),
        }
    }
    if conflicts.is_empty() { Ok(undo) } else { Err(conflicts) }
}

/// What undoes one change; nothing, where it was never made or is undone.
#[derive(Default)]
struct Step {
    change: Option<Change>,
    lost: Vec<Lost>,
}

#[derive(Clone, Copy)]
struct Live<'a> {
    live: &'a [LiveRole],
    access_rules: Option<&'a [AccessControlRule]>,
    directory: &'a Directory,
}

impl<'a> Live<'a> {
    fn by_id(self, id: &RoleId) -> Option<&'a LiveRole> {
        self.live.iter().find(|live| live.id == *id)
    }

    fn named(self, name: &RoleName) -> Vec<&'a LiveRole> {
        self.live.iter().filter(|live| live.role.name == *name).collect()
    }

    /// A role that was made goes.
    fn creation(self, change: &SavedChange, after: &Role) -> Result<Step, Conflict> {
        let name = after.name.clone();
        let found = match change.made.as_ref().and_then(|id| self.by_id(id)) {
            Some(live) => live,
            None => match self.named(&name)[..] {
                [] => return Ok(Step::default()),
                [one] => one,
                _ => return Err(Conflict::Ambiguous { name }),
            },
        };
        if !found.role.same_as(after) {
            return Err(Conflict::Changed { name: found.role.name.clone(), id: found.id.clone() });
        }
        let naming = access_control::naming(self.access_rules, &found.id);
        Ok(Step { change: Some(plan::deletion(found, naming, self.directory)), lost: Vec::new() })
    }

    /// A role that was changed becomes what it was.
    fn update(self, before: &LiveRole, after: &Role) -> Result<Step, Conflict> {
        // Deleted and brought back since, it has a new id
        let returned = || match self.named(&after.name)[..] {
            [one] if one.role.same_as(after) => Some(one),
            _ => None,
        };
        let Some(live) = self.by_id(&before.id).or_else(returned) else {
            return Err(Conflict::Deleted { name: before.role.name.clone(), id: before.id.clone() });
        };
        if live.role.same_as(&before.role) {
            return Ok(Step::default());
        }
        if !live.role.same_as(after) {
            return Err(Conflict::Changed { name: live.role.name.clone(), id: live.id.clone() });
        }
        Ok(self.restored(&before.role, Some(live)))
    }

    /// A role that was deleted is made again, under a new id.
    fn deletion(self, before: &LiveRole, namesake: bool) -> Result<Step, Conflict> {
        let named = self.named(&before.role.name);
        let (name, id) = (before.role.name.clone(), before.id.clone());
        if let Some(live) = self.by_id(&before.id) {
            let unchanged = live.role.same_as(&before.role);
            return if unchanged { Ok(Step::default()) } else { Err(Conflict::Returned { name, id }) };
        }
        match &named[..] {
            [] => Ok(self.restored(&before.role, None)),
            // It had the name before already
            _ if namesake => Ok(Step { change: None, lost: vec![Lost::Namesake(name, id)] }),
            // It was made again already
            [other, ..] if other.role.same_as(&before.role) => Ok(Step::default()),
            [other, ..] => Err(Conflict::NameTaken { name, id: other.id.clone() }),
        }
    }

    fn restored(self, role: &Role, live: Option<&LiveRole>) -> Step {
        let (role, lost) = restorable(role, live.map(|live| &live.role), self.directory);
        let change = role.and_then(|role| plan::change_of_role(&role, live, self.directory));
        Step { change, lost }
    }
}

//! What brings back what a change replaced: a saved state and what is live now give changes, or why there are none.
//! Pure.

use std::collections::BTreeSet;

use super::backup::{SavedChange, SavedOutcome, SavedState};
use crate::directory::access_control::{self, AccessControlRule};
use crate::directory::{Directory, State};
use crate::plan::{self, Change, Plan};
use crate::role::{LiveRole, Role, RoleId, RoleName, RoleSummary, Rule, UserId};

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
    /// The directory no longer has those whom a rule excepted, so that it would match everyone.
    #[error("a rule of role {name} would except nobody whom the directory still has, and so match everyone")]
    NoExceptions { name: RoleName },
}

/// What undoes a change.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Undo {
    /// The changes.
    pub(crate) changes: Vec<Change>,
    /// Users whom a role named and the directory no longer has: they are left out.
    pub(crate) lost: Vec<(RoleName, UserId)>,
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
        let SavedChange { before, after, outcome: _, made } = change;
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
    for change in state.changes.iter().filter(|change| change.outcome != Some(SavedOutcome::NotWritten)) {
        let step = match (&change.before, &change.after) {
            (None, Some(after)) => Step { live, access_rules, directory }.creation(change, after),
            (Some(before), Some(after)) => Step { live, access_rules, directory }.update(before, after),
            (Some(before), None) => Step { live, access_rules, directory }.deletion(before),
            (None, None) => Ok(None),
        };
        match step {
            Ok(None) => {}
            Ok(Some((change, lost))) => {
                undo.lost.extend(lost.into_iter().map(|user| (change.name().clone(), user)));
                undo.changes.push(change);
            }
            Err(conflict) => conflicts.push(conflict),
        }
    }
    if conflicts.is_empty() { Ok(undo) } else { Err(conflicts) }
}

#[derive(Clone, Copy)]
struct Step<'a> {
    live: &'a [LiveRole],
    access_rules: Option<&'a [AccessControlRule]>,
    directory: &'a Directory,
}

type Undone = Result<Option<(Change, Vec<UserId>)>, Conflict>;

impl<'a> Step<'a> {
    fn by_id(self, id: &RoleId) -> Option<&'a LiveRole> {
        self.live.iter().find(|live| live.id == *id)
    }

    fn named(self, name: &RoleName) -> Vec<&'a LiveRole> {
        self.live.iter().filter(|live| live.role.name == *name).collect()
    }

    /// A role that was made goes.
    fn creation(self, change: &SavedChange, after: &Role) -> Undone {
        let name = after.name.clone();
        let found = match &change.made {
            Some(id) => match self.by_id(id) {
                Some(live) => live,
                None => return Ok(None),
            },
            None => match self.named(&name)[..] {
                [] => return Ok(None),
                [one] => one,
                _ => return Err(Conflict::Ambiguous { name }),
            },
        };
        if !found.role.same_as(after) {
            return Err(Conflict::Changed { name: found.role.name.clone(), id: found.id.clone() });
        }
        let naming = access_control::naming(self.access_rules, &found.id);
        Ok(Some((plan::deletion(found, naming, self.directory), Vec::new())))
    }

    /// A role that was changed becomes what it was.
    fn update(self, before: &LiveRole, after: &Role) -> Undone {
        let Some(live) = self.by_id(&before.id) else {
            return Err(Conflict::Deleted { name: before.role.name.clone(), id: before.id.clone() });
        };
        if live.role.same_as(&before.role) {
            return Ok(None);
        }
        if !live.role.same_as(after) {
            return Err(Conflict::Changed { name: live.role.name.clone(), id: live.id.clone() });
        }
        let (role, lost) = self.known(&before.role, Some(after))?;
        Ok(plan::change_of_role(&role, Some(live), self.directory).map(|change| (change, lost)))
    }

    /// A role that was deleted is made again, under a new id.
    fn deletion(self, before: &LiveRole) -> Undone {
        if let Some(live) = self.by_id(&before.id) {
            let (name, id) = (live.role.name.clone(), live.id.clone());
            return if live.role.same_as(&before.role) {
                Ok(None)
            } else {
                Err(Conflict::Returned { name, id })
            };
        }
        if let [other, ..] = self.named(&before.role.name)[..] {
            if other.role.same_as(&before.role) {
                return Ok(None);
            }
            return Err(Conflict::NameTaken { name: other.role.name.clone(), id: other.id.clone() });
        }
        let (role, lost) = self.known(&before.role, None)?;
        Ok(plan::change_of_role(&role, None, self.directory).map(|change| (change, lost)))
    }

    /// The role without users whom the directory no longer has and the live role does not name: the service takes no
    /// such user anew. A rule that named nobody else goes.
    fn known(self, role: &Role, stays: Option<&Role>) -> Result<(Role, Vec<UserId>), Conflict> {
        let stays = |id: &UserId| stays.is_some_and(|role| role.mentioned_users().contains(id));
        let there = |id: &UserId| self.directory.user(id).is_some_and(|user| user.state != State::Deleted);
        let lost: Vec<UserId> =
            role.mentioned_users().into_iter().filter(|id| !there(id) && !stays(id)).cloned().collect();
        let mut rules = Vec::new();
        for rule in &role.rules {
            let Ok(targets) = rule.targets.remove_users(|id| lost.contains(id)) else {
                return Err(Conflict::NoExceptions { name: role.name.clone() });
            };
            rules.extend(targets.map(|targets| Rule { targets, ..rule.clone() }));
        }
        Ok((Role { rules, ..role.clone() }, lost))
    }
}

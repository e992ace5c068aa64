//! Two live roles never share a name: one whose name is needed goes to its own new name first, and to a
//! temporary one where names are swapped.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::identity::temporary_name;
use crate::plan::{Action, Plan};
use crate::role::{LiveRole, Role, RoleId, RoleName};

/// The roles that this plan renames or deletes, and the names that they have now.
pub(super) struct RenameQueue {
    /// Each with the name that it is to have; none for one that is deleted.
    pending: BTreeMap<RoleId, (LiveRole, Option<RoleName>)>,
    parked: BTreeMap<RoleId, RoleName>,
    failed: BTreeSet<RoleId>,
}

impl RenameQueue {
    pub(super) fn new(plan: &Plan) -> Self {
        let pending = plan.changes.iter().filter_map(|change| match &change.action {
            Action::Update { before, after } if before.role.name != after.name => {
                Some((before, Some(after.name.clone())))
            }
            Action::Delete { before } => Some((before, None)),
            _ => None,
        });
        Self {
            pending: pending.map(|(live, to)| (live.id.clone(), (live.clone(), to))).collect(),
            parked: BTreeMap::new(),
            failed: BTreeSet::new(),
        }
    }

    /// The role that `before` is by now.
    pub(super) fn current(&self, before: &LiveRole) -> Role {
        let name = self.parked.get(&before.id).unwrap_or(&before.role.name).clone();
        Role { name, ..before.role.clone() }
    }

    /// The turn of this role has come: what happens to its name is its own change's doing.
    pub(super) fn start(&mut self, id: &RoleId) {
        self.pending.remove(id);
    }

    /// The role that still has this name and will leave it in a later change.
    pub(super) fn blocker(&self, name: &RoleName) -> Option<LiveRole> {
        let found = self.pending.values().map(|(live, _)| live).find(|live| live.role.name == *name);
        found.filter(|live| !self.parked.contains_key(&live.id)).cloned()
    }

    /// The roles that must move, one after the other, for the first to get its own new name: it, whoever has
    /// that name, and so on. It ends where a name is not another pending role's, or where it closes.
    pub(super) fn blockers(&self, first: &LiveRole) -> Vec<LiveRole> {
        let mut blockers = vec![first.clone()];
        while let Some(last) = blockers.last()
            && let Some(name) = self.target(&last.id)
            && let Some(next) = self.blocker(&name)
            && !blockers.iter().any(|role| role.id == next.id)
        {
            blockers.push(next);
        }
        blockers
    }

    /// The name that a pending role is to have.
    pub(super) fn target(&self, id: &RoleId) -> Option<RoleName> {
        self.pending.get(id).and_then(|(_, to)| to.clone())
    }

    /// Roles that were set parked under a name that is not their own, though all is over.
    pub(super) fn still_parked(&self) -> Vec<(RoleId, RoleName)> {
        let still_parked =
            self.parked.iter().filter(|(id, _)| self.pending.contains_key(id) || self.failed.contains(id));
        still_parked.map(|(id, name)| (id.clone(), name.clone())).collect()
    }

    /// The change of this role's own was not made.
    pub(super) fn failed(&mut self, id: &RoleId) {
        self.failed.insert(id.clone());
    }

    /// A name that nobody else has.
    pub(super) fn temporary(&self, live: &LiveRole) -> RoleName {
        if let Some(target) = self.target(&live.id) {
            return temporary_name(&target);
        }
        let prefix = "wmrole temporary ";
        // Names have at most 64 characters, and ids too
        let id: String = live.id.as_str().chars().take(64 - prefix.len()).collect();
        RoleName::from_service(format!("{prefix}{id}"))
    }

    /// The role has this name now, before its own turn.
    pub(super) fn park(&mut self, live: &LiveRole, name: RoleName) {
        self.parked.insert(live.id.clone(), name);
    }
}

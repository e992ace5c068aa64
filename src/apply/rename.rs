//! Two live roles never share a name: one whose name is needed goes to its own new name first, and to a
//! temporary one where names are swapped.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{self, Action, Plan};
use crate::role::{LiveRole, Role, RoleId, RoleName};

/// The roles that this plan renames or deletes, and the names that they have now.
pub(super) struct Names {
    /// Each with the name that it is to have; none for one that is deleted.
    leaving: BTreeMap<RoleId, (LiveRole, Option<RoleName>)>,
    aside: BTreeMap<RoleId, RoleName>,
    failed: BTreeSet<RoleId>,
}

impl Names {
    pub(super) fn new(plan: &Plan) -> Self {
        let leaving = plan.changes.iter().filter_map(|change| match &change.action {
            Action::Update { before, after } if before.role.name != after.name => {
                Some((before, Some(after.name.clone())))
            }
            Action::Delete { before } => Some((before, None)),
            _ => None,
        });
        Self {
            leaving: leaving.map(|(live, to)| (live.id.clone(), (live.clone(), to))).collect(),
            aside: BTreeMap::new(),
            failed: BTreeSet::new(),
        }
    }

    /// The role that `before` is by now.
    pub(super) fn current(&self, before: &LiveRole) -> Role {
        let name = self.aside.get(&before.id).unwrap_or(&before.role.name).clone();
        Role { name, ..before.role.clone() }
    }

    /// The turn of this role has come: what happens to its name is its own change's doing.
    pub(super) fn start(&mut self, id: &RoleId) {
        self.leaving.remove(id);
    }

    /// The role that still has this name and will leave it in a later change.
    pub(super) fn blocking(&self, name: &RoleName) -> Option<LiveRole> {
        let found = self.leaving.values().map(|(live, _)| live).find(|live| live.role.name == *name);
        found.filter(|live| !self.aside.contains_key(&live.id)).cloned()
    }

    /// The roles that must move, one after the other, for the first to get its own new name: it, whoever has
    /// that name, and so on. It ends where a name is not another leaving role's, or where it closes.
    pub(super) fn chain(&self, first: &LiveRole) -> Vec<LiveRole> {
        let mut chain = vec![first.clone()];
        while let Some(last) = chain.last()
            && let Some(name) = self.target(&last.id)
            && let Some(next) = self.blocking(&name)
            && !chain.iter().any(|role| role.id == next.id)
        {
            chain.push(next);
        }
        chain
    }

    /// The name that a leaving role is to have.
    pub(super) fn target(&self, id: &RoleId) -> Option<RoleName> {
        self.leaving.get(id).and_then(|(_, to)| to.clone())
    }

    /// Roles that were set aside under a name that is not their own, though all is over.
    pub(super) fn left(&self) -> Vec<(RoleId, RoleName)> {
        let left =
            self.aside.iter().filter(|(id, _)| self.leaving.contains_key(id) || self.failed.contains(id));
        left.map(|(id, name)| (id.clone(), name.clone())).collect()
    }

    /// The change of this role's own was not made.
    pub(super) fn failed(&mut self, id: &RoleId) {
        self.failed.insert(id.clone());
    }

    /// A name that nobody else has.
    pub(super) fn temporary(&self, live: &LiveRole) -> RoleName {
        if let Some(target) = self.target(&live.id) {
            return plan::temporary_name(&target);
        }
        let prefix = "wmrole temporary ";
        // Names have at most 64 characters, and ids too
        let id: String = live.id.as_str().chars().take(64 - prefix.len()).collect();
        RoleName::from_service(format!("{prefix}{id}"))
    }

    /// The role has this name now, before its own turn.
    pub(super) fn set_aside(&mut self, live: &LiveRole, name: RoleName) {
        self.aside.insert(live.id.clone(), name);
    }
}

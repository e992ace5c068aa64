//! Names that are swapped go through a temporary one: two live roles never share a name.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{Action, Plan};
use crate::role::{LiveRole, Role, RoleId, RoleName};

/// The roles that this plan renames or deletes, and the names that they have now.
pub(super) struct Names {
    leaving: BTreeMap<RoleId, LiveRole>,
    aside: BTreeMap<RoleId, RoleName>,
    failed: BTreeSet<RoleId>,
}

impl Names {
    pub fn new(plan: &Plan) -> Self {
        let leaving = plan.changes.iter().filter_map(|change| match &change.action {
            Action::Update { before, after } if before.role.name != after.name => Some(before),
            Action::Delete { before } => Some(before),
            _ => None,
        });
        Self {
            leaving: leaving.map(|live| (live.id.clone(), live.clone())).collect(),
            aside: BTreeMap::new(),
            failed: BTreeSet::new(),
        }
    }

    /// The role that `before` is by now.
    pub fn current(&self, before: &LiveRole) -> Role {
        let name = self.aside.get(&before.id).unwrap_or(&before.role.name).clone();
        Role { name, ..before.role.clone() }
    }

    /// The turn of this role has come: what happens to its name is its own change's doing.
    pub fn start(&mut self, id: &RoleId) {
        self.leaving.remove(id);
    }

    /// The role that still has this name and will leave it in a later change.
    pub fn blocking(&self, name: &RoleName) -> Option<LiveRole> {
        let found = self.leaving.values().find(|live| live.role.name == *name);
        found.filter(|live| !self.aside.contains_key(&live.id)).cloned()
    }

    /// Roles that still have a temporary name, though all is over.
    pub fn left(&self) -> Vec<(RoleId, RoleName)> {
        let left =
            self.aside.iter().filter(|(id, _)| self.leaving.contains_key(id) || self.failed.contains(id));
        left.map(|(id, name)| (id.clone(), name.clone())).collect()
    }

    /// The change of this role's own was not made.
    pub fn failed(&mut self, id: &RoleId) {
        self.failed.insert(id.clone());
    }

    /// The role under its temporary name.
    pub fn under_temporary_name(&self, live: &LiveRole) -> Role {
        let prefix = "wmrole temporary ";
        // Names have at most 64 characters, and ids too
        let id: String = live.id.as_str().chars().take(64 - prefix.len()).collect();
        Role { name: RoleName::from_service(format!("{prefix}{id}")), ..self.current(live) }
    }

    /// The role has this temporary name now.
    pub fn set_aside(&mut self, live: &LiveRole, name: RoleName) {
        self.aside.insert(live.id.clone(), name);
    }
}

//! Two live roles never share a name: one whose name is needed goes to its own new name first, and to a
//! temporary one where names are swapped.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::identity::temporary_name;
use crate::plan::{Action, Plan};
use crate::role::{LiveRole, Role, RoleId, RoleName};
use crate::sorted;

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
            pending: sorted::map(pending.map(|(live, to)| (live.id.clone(), (live.clone(), to)))),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::Directory;
    use crate::plan;
    use crate::role::tests::role;

    fn live(name: &str) -> LiveRole {
        let role = Role { name: RoleName::from_service(name), ..role(vec![]) };
        LiveRole { id: RoleId::from_service(name), role, rules_unknown: false, created: None, modified: None }
    }

    /// The queue of these renames, each role's id being its name.
    fn queue(renames: &[(&str, &str)]) -> RenameQueue {
        let changes = renames.iter().map(|(from, to)| {
            let after = Role { name: RoleName::from_service(*to), ..role(vec![]) };
            plan::change_of_role(&after, Some(&live(from)), &Directory::default()).expect("a change")
        });
        RenameQueue::new(&Plan::new(changes.collect(), vec![], vec![]))
    }

    fn blockers(queue: &RenameQueue, first: &str) -> Vec<String> {
        queue.blockers(&live(first)).iter().map(|live| live.role.name.to_string()).collect()
    }

    #[test]
    fn whoever_has_a_name_that_is_needed_moves_and_so_on() {
        let chain = queue(&[("a", "b"), ("b", "c"), ("c", "d")]);
        assert_eq!(blockers(&chain, "a"), ["a", "b", "c"]);
        assert_eq!(blockers(&chain, "c"), ["c"]);
        let ring = queue(&[("a", "b"), ("b", "c"), ("c", "a")]);
        assert_eq!(blockers(&ring, "b"), ["b", "c", "a"]);
    }

    #[test]
    fn a_name_is_blocked_until_its_role_moved_or_its_turn_came() {
        let mut queue = queue(&[("a", "b"), ("b", "c")]);
        let name = |text: &str| RoleName::from_service(text);
        let blocker = |queue: &RenameQueue, text: &str| queue.blocker(&name(text)).map(|live| live.id);
        assert_eq!(blocker(&queue, "b"), Some(live("b").id));
        assert_eq!(blocker(&queue, "c"), None);
        assert_eq!(queue.target(&live("b").id), Some(name("c")));
        queue.park(&live("b"), name("elsewhere"));
        assert_eq!(blocker(&queue, "b"), None);
        assert_eq!(queue.current(&live("b")).name, name("elsewhere"));
        assert_eq!(queue.still_parked(), [(live("b").id, name("elsewhere"))]);
        queue.start(&live("b").id);
        assert_eq!((queue.still_parked(), queue.target(&live("b").id)), (vec![], None));
        queue.failed(&live("b").id);
        assert_eq!(queue.still_parked(), [(live("b").id, name("elsewhere"))]);
        queue.start(&live("a").id);
        assert_eq!(blocker(&queue, "a"), None);
        assert_eq!(queue.current(&live("a")).name, name("a"));
    }

    #[test]
    fn a_temporary_name_is_of_what_the_role_is_to_be_called_or_of_its_id() {
        let queue = queue(&[("a", "b")]);
        assert_eq!(queue.temporary(&live("a")), temporary_name(&RoleName::from_service("b")));
        assert_eq!(queue.temporary(&live("x")).as_str(), "wmrole temporary x");
        let long = queue.temporary(&live(&"é".repeat(64)));
        assert_eq!(long.as_str(), format!("wmrole temporary {}", "é".repeat(47)));
    }
}

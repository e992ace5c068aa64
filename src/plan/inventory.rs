//! What is known of an organization when its definitions are planned, and what must be read first. Plain data.

use std::collections::BTreeSet;

use crate::directory::access_control::AccessControlRule;
use crate::directory::{Directory, EntityName, UserId};
use crate::role::{LiveRole, RoleId, RoleName, RoleSummary};
use crate::sorted;

/// What is known of an organization.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inventory {
    /// Every live role in short.
    pub summaries: Vec<RoleSummary>,
    /// The live roles that were wanted, with their rules, as the service gave them.
    pub live: Vec<LiveRole>,
    /// The users and groups.
    pub directory: Directory,
    /// The access control rules; none where they were not asked for or may not be read.
    pub access_rules: Option<Vec<AccessControlRule>>,
    /// What was asked for already. What is in here and in no other field does not exist.
    pub asked: Needs,
}

impl Inventory {
    /// The live role of this id, with its rules.
    pub(super) fn live_role(&self, id: &RoleId) -> Option<&LiveRole> {
        self.live.iter().find(|live| live.id == *id)
    }

    /// Nothing, when all of this is known or was asked for.
    ///
    /// # Errors
    /// What is left to read.
    pub(super) fn require(&self, needs: Needs) -> Result<(), Box<Needs>> {
        let Needs { roles, users, groups, user_ids, everyone, group_names, access_rules } = needs;
        let Self { directory, asked, .. } = self;
        let left = Needs {
            roles: roles.filter(|_| asked.roles.is_none()),
            users: sorted::set(users.into_iter().filter(|name| {
                !asked.users.contains(name) && directory.users_called(name.as_str()).is_empty()
            })),
            groups: sorted::set(groups.into_iter().filter(|name| {
                !asked.groups.contains(name) && directory.groups_called(name.as_str()).is_empty()
            })),
            user_ids: user_ids
                .into_iter()
                .filter(|_| !directory.is_complete())
                .filter(|id| !asked.user_ids.contains(id) && directory.users_called(id.as_str()).is_empty())
                .collect(),
            everyone: everyone && !asked.everyone && !directory.is_complete(),
            group_names: group_names && !asked.group_names,
            access_rules: access_rules && !asked.access_rules,
        };
        if left == Needs::default() { Ok(()) } else { Err(Box::new(left)) }
    }
}

/// What must be read, all of it at the same time: none of it depends on another answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    /// Every live role in short, and some with their rules.
    pub roles: Option<WantedRoles>,
    /// Users by what definitions call them.
    pub users: BTreeSet<EntityName>,
    /// Groups by what definitions call them, with the groups and users in them at any depth.
    pub groups: BTreeSet<EntityName>,
    /// Users whom live roles name.
    pub user_ids: BTreeSet<UserId>,
    /// Every user of the organization.
    pub everyone: bool,
    /// What the groups are called, to suggest a name. This can be done without.
    pub group_names: bool,
    /// The access control rules, where they may be read.
    pub access_rules: bool,
}

impl Needs {
    /// Adds what was asked for later.
    pub(crate) fn extend(&mut self, later: Self) {
        let Self { roles, users, groups, user_ids, everyone, group_names, access_rules } = later;
        self.roles = self.roles.take().or(roles);
        self.users.extend(users);
        self.groups.extend(groups);
        self.user_ids.extend(user_ids);
        self.everyone |= everyone;
        self.group_names |= group_names;
        self.access_rules |= access_rules;
    }
}

/// The live roles whose rules are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WantedRoles {
    /// All of them.
    All,
    /// Those that have one of the names or ids.
    Called {
        /// Names.
        names: BTreeSet<RoleName>,
        /// Ids.
        ids: BTreeSet<RoleId>,
    },
}

impl WantedRoles {
    /// Are the rules of this role wanted?
    pub(crate) fn includes(&self, role: &RoleSummary) -> bool {
        match self {
            Self::All => true,
            Self::Called { names, ids } => names.contains(&role.name) || ids.contains(&role.id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{State, User};
    use crate::role::RoleType;
    use crate::role::tests::uid;

    fn name(text: &str) -> EntityName {
        EntityName::from_service(text)
    }

    fn everything() -> Needs {
        Needs {
            roles: Some(WantedRoles::All),
            users: [name("a"), name("b")].into(),
            groups: [name("g"), name("h")].into(),
            user_ids: [uid("a"), uid("b")].into(),
            everyone: true,
            group_names: true,
            access_rules: true,
        }
    }

    #[test]
    fn what_is_known_or_was_asked_for_is_not_asked_again() {
        let mut inventory = Inventory::default();
        assert_eq!(inventory.require(Needs::default()), Ok(()));
        assert_eq!(inventory.require(everything()), Err(Box::new(everything())));
        inventory.directory.add_user(User {
            id: uid("a"),
            email: None,
            name: None,
            display_name: None,
            state: State::Enabled,
        });
        inventory.asked = Needs { users: [name("b")].into(), groups: [name("g")].into(), ..Needs::default() };
        let left = Needs {
            users: [].into(),
            groups: [name("h")].into(),
            user_ids: [uid("b")].into(),
            ..everything()
        };
        assert_eq!(inventory.require(everything()), Err(Box::new(left)));
        // Who has no user where all were read does not exist
        inventory.directory.set_complete();
        let left = Needs {
            users: [].into(),
            groups: [name("h")].into(),
            user_ids: [].into(),
            everyone: false,
            ..everything()
        };
        assert_eq!(inventory.require(everything()), Err(Box::new(left)));
        let inventory = Inventory { asked: everything(), ..Inventory::default() };
        assert_eq!(inventory.require(everything()), Ok(()));
    }

    #[test]
    fn what_is_asked_for_later_joins() {
        let mut needs = Needs::default();
        needs.extend(everything());
        assert_eq!(needs, everything());
        needs.extend(Needs { users: [name("c")].into(), ..Needs::default() });
        assert_eq!(needs, Needs { users: [name("a"), name("b"), name("c")].into(), ..everything() });
    }

    #[test]
    fn roles_are_wanted_by_name_or_id() {
        let role = |id: &str, name: &str| RoleSummary {
            id: RoleId::from_service(id),
            name: RoleName::from_service(name),
            role_type: RoleType::ReadOnly,
            created: None,
            modified: None,
        };
        let called = WantedRoles::Called {
            names: [RoleName::from_service("r")].into(),
            ids: [RoleId::from_service("1")].into(),
        };
        for (id, name, wanted) in [("1", "x", true), ("2", "r", true), ("1", "r", true), ("2", "x", false)] {
            assert_eq!(called.includes(&role(id, name)), wanted, "{id} {name}");
            assert!(WantedRoles::All.includes(&role(id, name)));
        }
    }
}

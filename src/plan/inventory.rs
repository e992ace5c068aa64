//! What is known of an organization when its definitions are planned, and what must be read first. Plain data.

use std::collections::BTreeSet;

use crate::directory::access_control::AccessControlRule;
use crate::directory::{Directory, EntityName, UserId};
use crate::role::{LiveRole, RoleId, RoleName, RoleSummary};

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
            users: users
                .into_iter()
                .filter(|name| {
                    !asked.users.contains(name) && directory.users_called(name.as_str()).is_empty()
                })
                .collect(),
            groups: groups
                .into_iter()
                .filter(|name| {
                    !asked.groups.contains(name) && directory.groups_called(name.as_str()).is_empty()
                })
                .collect(),
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

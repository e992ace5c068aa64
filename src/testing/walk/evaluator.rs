//! The second evaluator: who reaches whom, and what two states differ in. Written from the contract's words, with
//! lists and loops, and nothing of `access.rs`.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::Delta;
use crate::plan::{Action, Plan};
use crate::role::{Effect, Role, RoleType, UserId};
use crate::sandbox::model as state;

/// A role, as far as it matters to anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) name: String,
    pub(super) full: bool,
    description: Option<String>,
    rules: Vec<SeenRule>,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SeenRule {
    pub(super) allow: bool,
    /// The users it is about; none is everyone.
    pub(super) only: Option<Vec<String>>,
    pub(super) but: Vec<String>,
}

/// Somebody whom no rule names.
pub(super) const NOBODY_YET: &str = "a mailbox made tomorrow";

impl Seen {
    pub(super) fn of_live(role: &state::Role) -> Self {
        let rule = |rule: &state::Rule| {
            let list = |users: &Vec<UserId>| {
                // The service reads an empty list as everyone
                assert!(!users.is_empty(), "an empty list in {role:?}");
                users.iter().map(|id| id.to_string()).collect::<Vec<_>>()
            };
            SeenRule {
                allow: rule.effect == Effect::Allow,
                only: rule.target_users.as_ref().map(list),
                but: rule.not_target_users.as_ref().map(list).unwrap_or_default(),
            }
        };
        Self {
            name: role.name.to_string(),
            full: role.role_type == RoleType::FullAccess,
            description: role.description.as_ref().map(|text| text.to_string()),
            rules: role.rules.iter().map(rule).collect(),
        }
    }

    pub(super) fn of_plan(role: &Role) -> Self {
        let rules = role.rules.iter().map(|rule| SeenRule {
            allow: rule.effect == Effect::Allow,
            only: rule.targets.users().map(|users| users.iter().map(|id| id.to_string()).collect()),
            but: rule
                .targets
                .except()
                .into_iter()
                .flat_map(|users| users.iter())
                .map(|id| id.to_string())
                .collect(),
        });
        Self {
            name: role.name.to_string(),
            full: role.role_type == RoleType::FullAccess,
            description: role.description.as_ref().map(|text| text.to_string()),
            rules: rules.collect(),
        }
    }

    /// May it impersonate this user, if there is a mailbox?
    pub(super) fn allows(&self, user: &str) -> bool {
        allows(&self.rules, user)
    }

    /// Is it the same to everybody, whoever has a mailbox?
    pub(super) fn is_as(&self, other: &Self, everybody: &BTreeSet<String>) -> bool {
        let same = |user: &str| self.allows(user) == other.allows(user);
        self.name == other.name
            && self.full == other.full
            && self.description == other.description
            && same(NOBODY_YET)
            && everybody.iter().all(|user| same(user))
    }

    pub(super) fn rules(&self) -> &[SeenRule] {
        &self.rules
    }

    /// Everybody whom its rules name.
    pub(super) fn named(&self) -> BTreeSet<String> {
        let users =
            |rule: &SeenRule| rule.only.iter().flatten().chain(&rule.but).cloned().collect::<Vec<_>>();
        self.rules.iter().flat_map(users).collect()
    }

    pub(super) fn is_open(&self) -> bool {
        self.allows(NOBODY_YET)
    }
}

/// Any DENY that matches denies; else any ALLOW that matches allows; else nothing does.
pub(super) fn allows(rules: &[SeenRule], user: &str) -> bool {
    let mut allowed = false;
    for rule in rules {
        let in_list = match &rule.only {
            None => true,
            Some(users) => users.iter().any(|one| one == user),
        };
        if !in_list || rule.but.iter().any(|one| one == user) {
            continue;
        }
        if !rule.allow {
            return false;
        }
        allowed = true;
    }
    allowed
}

/// The roles by id.
pub(super) type World = BTreeMap<String, Seen>;

pub(super) fn world(organization: &state::Organization) -> World {
    organization.roles.iter().map(|role| (role.id.to_string(), Seen::of_live(role))).collect()
}

/// Who has a mailbox: only an enabled user who has an address.
pub(super) fn mailboxes(organization: &state::Organization) -> BTreeSet<String> {
    let enabled = organization.users.iter().filter(|user| user.state == state::EntityState::Enabled);
    enabled.filter(|user| user.email.is_some()).map(|user| user.id.to_string()).collect()
}

/// Everybody who is in the directory or in a rule.
pub(super) fn everybody(organization: &state::Organization) -> BTreeSet<String> {
    let named = organization.roles.iter().flat_map(|role| &role.rules).flat_map(state::Rule::named);
    organization.users.iter().map(|user| &user.id).chain(named).map(|id| id.to_string()).collect()
}

/// Everybody in the groups of these numbers, at any depth.
pub(super) fn members(organization: &state::Organization, groups: &[usize]) -> BTreeSet<String> {
    let mut left: Vec<&state::Group> = groups.iter().map(|n| &organization.groups[*n]).collect();
    let (mut seen, mut users) = (BTreeSet::new(), BTreeSet::new());
    while let Some(group) = left.pop() {
        if !seen.insert(group.id.to_string()) {
            continue;
        }
        for member in &group.members {
            match member {
                state::Member::User(id) => drop(users.insert(id.to_string())),
                state::Member::Group(id) => left.extend(organization.groups.iter().find(|one| one.id == *id)),
            }
        }
    }
    users
}

/// The key of a role that the plan makes.
pub(super) fn new_key(number: usize) -> String {
    format!("new {number}")
}

/// What there is after the plan.
pub(super) fn after(before: &World, plan: &Plan) -> World {
    let mut world = before.clone();
    for (number, change) in plan.changes.iter().enumerate() {
        match &change.action {
            Action::Create { after } => drop(world.insert(new_key(number), Seen::of_plan(after))),
            Action::Update { before, after } => {
                assert!(world.insert(before.id.to_string(), Seen::of_plan(after)).is_some());
            }
            Action::Delete { before } => assert!(world.remove(before.id.as_str()).is_some()),
        }
    }
    world
}

/// What a change does to access.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Difference {
    /// Users, and whether in full.
    pub(super) gained: BTreeSet<(String, bool)>,
    pub(super) lost: BTreeSet<(String, bool)>,
    pub(super) escalated: BTreeSet<String>,
    pub(super) opened: bool,
    pub(super) closed: bool,
}

/// The difference between two states of one role.
pub(super) fn difference(
    before: Option<&Seen>,
    after: Option<&Seen>,
    users: &BTreeSet<String>,
) -> Difference {
    let reaches = |role: Option<&Seen>, user: &str| match role {
        Some(role) if role.allows(user) => Some(role.full),
        _ => None,
    };
    let mut difference = Difference::default();
    for user in users {
        match (reaches(before, user), reaches(after, user)) {
            (None, Some(full)) => drop(difference.gained.insert((user.clone(), full))),
            (Some(full), None) => drop(difference.lost.insert((user.clone(), full))),
            (Some(false), Some(true)) => drop(difference.escalated.insert(user.clone())),
            _ => {}
        }
    }
    let is_open = |role: Option<&Seen>| role.is_some_and(Seen::is_open);
    difference.opened = !is_open(before) && is_open(after);
    difference.closed = is_open(before) && !is_open(after);
    difference
}

/// What a plan says of one change.
pub(super) fn said(delta: &Delta) -> Difference {
    let Delta { gained, lost, escalated, extended: _, opened, closed } = delta;
    let grants = |grants: &[crate::access::Grant]| {
        let set: BTreeSet<_> = grants
            .iter()
            .map(|grant| (grant.user.to_string(), grant.role_type == RoleType::FullAccess))
            .collect();
        assert_eq!(set.len(), grants.len(), "said twice: {grants:?}");
        set
    };
    Difference {
        gained: grants(gained),
        lost: grants(lost),
        escalated: escalated.iter().map(|one| one.user.to_string()).collect(),
        opened: !opened.is_empty(),
        closed: !closed.is_empty(),
    }
}

/// Does the change let the role do anything to anyone that it could not, has he a mailbox or not?
pub(super) fn widens(before: Option<&Seen>, after: Option<&Seen>, everybody: &BTreeSet<String>) -> bool {
    let Difference { gained, escalated, opened, .. } = difference(before, after, everybody);
    let escalates = match (before, after) {
        (Some(before), Some(after)) => !before.full && after.full && after.is_open(),
        _ => false,
    };
    !gained.is_empty() || !escalated.is_empty() || opened || escalates
}

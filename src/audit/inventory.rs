//! What is known of an organization when it is audited, and how its roles and users are named.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::finding::{Finding, NotChecked};
use crate::definition::span::Span;
use crate::directory::access_control::AccessControlRule;
use crate::directory::doors::Doors;
use crate::directory::permissions::{Permissions, Resource};
use crate::directory::{Directory, User, UserId};
use crate::id::OrganizationId;
use crate::plan::{Plan, RoleRef};
use crate::role::{LiveRole, RoleId};
use crate::usage::Usage;

/// All that was read of an organization.
#[derive(Debug)]
pub(crate) struct Inventory<'a> {
    pub(crate) organization: &'a OrganizationId,
    /// When it was read.
    pub(crate) now: Timestamp,
    /// Every live role, in the form that plans compare.
    pub(crate) roles: &'a [LiveRole],
    /// Every user and group; resources stand among the users, as [`with_resources`] adds them.
    pub(crate) directory: &'a Directory,
    /// Which of them are resources.
    pub(crate) resources: &'a BTreeSet<UserId>,
    /// None where they may not be read.
    pub(crate) access_rules: Option<&'a [AccessControlRule]>,
    pub(crate) permissions: &'a Permissions,
    /// What `--leaving` looks at besides.
    pub(crate) doors: Option<&'a Doors>,
    /// What `--cloudtrail` looks at besides; an error where it could not be read.
    pub(crate) usage: Option<&'a Result<Usage, String>>,
    /// What could not be read at all.
    pub(crate) unread: &'a [NotChecked],
    pub(crate) declared: Declared<'a>,
}

/// As [`Inventory`], and it owns what was read.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) organization: OrganizationId,
    pub(crate) now: Timestamp,
    pub(crate) roles: Vec<LiveRole>,
    pub(crate) directory: Directory,
    pub(crate) resources: BTreeSet<UserId>,
    pub(crate) access_rules: Option<Vec<AccessControlRule>>,
    pub(crate) permissions: Permissions,
    pub(crate) doors: Option<Doors>,
    pub(crate) usage: Option<Result<Usage, String>>,
    pub(crate) unread: Vec<NotChecked>,
}

impl Facts {
    pub(crate) fn inventory<'a>(&'a self, declared: Declared<'a>) -> Inventory<'a> {
        let Self {
            organization,
            now,
            roles,
            directory,
            resources,
            access_rules,
            permissions,
            doors,
            usage,
            unread,
        } = self;
        Inventory {
            organization,
            now: *now,
            roles,
            directory,
            resources,
            access_rules: access_rules.as_deref(),
            permissions,
            doors: doors.as_ref(),
            usage: usage.as_ref(),
            unread,
            declared,
        }
    }
}

/// What definitions and policies say.
#[derive(Debug, Default)]
pub(crate) struct Declared<'a> {
    /// Users whom no role may reach.
    pub(crate) protected: BTreeSet<UserId>,
    /// What applying the definitions would change; none without definitions.
    pub(crate) plan: Option<&'a Plan>,
    /// Where the definition of a role stands.
    pub(crate) places: BTreeMap<RoleId, Span>,
    /// The files as the command line names them, quoted for a shell.
    pub(crate) files: String,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    /// By level, code, role and mailbox.
    pub(crate) findings: Vec<Finding>,
    pub(crate) not_checked: Vec<NotChecked>,
}

impl Inventory<'_> {
    /// How a person would name the user or the resource.
    pub(super) fn label<'b>(&'b self, id: &'b UserId) -> &'b str {
        self.directory.label(id)
    }

    /// The roles whose rules are known.
    pub(super) fn known_roles(&self) -> impl Iterator<Item = &LiveRole> {
        self.roles.iter().filter(|live| !live.rules_unknown)
    }

    /// The role as a word of a command line: the name, or the id where the name would be taken for something else.
    pub(super) fn word(&self, live: &LiveRole) -> String {
        let name = live.role.name.as_str();
        let is_only = self.roles.iter().filter(|other| other.role.name == live.role.name).count() == 1;
        let is_plain = |c: char| c.is_alphanumeric() || c == ' ' || (c.is_ascii_punctuation() && c != '`');
        let is_name = is_only && !name.starts_with('-') && name.chars().all(is_plain);
        shell_words::quote(if is_name { name } else { live.id.as_str() }).into_owned()
    }

    /// The user as a word of a command line.
    pub(super) fn user_word(&self, id: &UserId) -> String {
        let label = self.label(id);
        let is_only = self.directory.users_called(label).len() == 1;
        let is_word = is_only && label.chars().all(|c| c.is_ascii_alphanumeric() || "._%+@-".contains(c));
        let word = if is_word && !label.starts_with(['-', '@']) { label } else { id.as_str() };
        shell_words::quote(word).into_owned()
    }
}

/// A live role by its two names.
pub(super) fn role_ref(live: &LiveRole) -> RoleRef {
    RoleRef { name: live.role.name.clone(), id: live.id.clone() }
}

/// The directory with the resources among its users: each has a mailbox that others may open, and rules may allow it
/// as they allow a user. Gives the ids of those that are no users.
pub(crate) fn with_resources(
    mut directory: Directory,
    resources: Vec<Resource>,
) -> (Directory, BTreeSet<UserId>) {
    let mut ids = BTreeSet::new();
    for Resource { id, email, name, state } in resources {
        if directory.user(&id).is_none() {
            ids.insert(id.clone());
            directory.add_user(User { id, email, name, display_name: None, state });
        }
    }
    (directory, ids)
}

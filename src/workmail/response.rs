//! What the service answers, as plain data, where no other room has a type for it.

use jiff::Timestamp;

use crate::directory::{GroupId, Member, State};
use crate::id::{RoleId, RuleId, UserId};
use crate::role::{Effect, RoleName, RoleType, RuleName};

/// A role as a list shows it, without rules and description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RoleSummary {
    /// Its id.
    pub id: RoleId,
    /// Its name; another role may have the same one.
    pub name: RoleName,
    /// What it may do.
    pub role_type: RoleType,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it was last changed.
    pub modified: Option<Timestamp>,
}

/// A rule that decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MatchedRule {
    /// Its id.
    pub id: RuleId,
    /// Its name, where it has one.
    pub name: Option<RuleName>,
}

/// What the service says of a role and a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EffectAnswer {
    /// What the role may do where it may.
    pub role_type: RoleType,
    /// May it impersonate the user?
    pub effect: Effect,
    /// The rules that match and have that effect (documented); empty when no rule decides
    /// (inferred).
    pub matched: Vec<MatchedRule>,
}

/// A group without its members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GroupSummary {
    /// The id.
    pub id: GroupId,
    /// The address; a group that was never enabled has none.
    pub email: Option<String>,
    /// The group's name.
    pub name: Option<String>,
    /// Enabled or not.
    pub state: State,
}

/// What somebody may do with a mailbox that is not theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MailboxPermission {
    /// Who may.
    pub grantee: Member,
    /// `FULL_ACCESS`: read and change everything.
    pub full_access: bool,
    /// `SEND_AS`: send as if they were the owner.
    pub send_as: bool,
    /// `SEND_ON_BEHALF`: send for the owner, by their own name.
    pub send_on_behalf: bool,
}

/// A rule of the organization about which protocols may be used by whom from where. An empty list
/// puts no condition; all conditions must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccessControlRule {
    /// Unique in the organization.
    pub name: String,
    /// What it decides; a matching DENY beats any ALLOW, and nothing is allowed by no rule
    /// (documented).
    pub effect: Effect,
    /// Free text.
    pub description: Option<String>,
    /// IPv4 ranges as `203.0.113.0/24`.
    pub ip_ranges: Vec<String>,
    /// Not from these ranges.
    pub not_ip_ranges: Vec<String>,
    /// `ActiveSync`, `AutoDiscover`, `EWS`, `IMAP`, `SMTP`, `WindowsOutlook`, `WebMail`.
    pub actions: Vec<String>,
    /// Not these actions.
    pub not_actions: Vec<String>,
    /// These users.
    pub users: Vec<UserId>,
    /// Not these users.
    pub not_users: Vec<UserId>,
    /// These impersonation roles, which may be gone.
    pub roles: Vec<RoleId>,
    /// Not these impersonation roles.
    pub not_roles: Vec<RoleId>,
}

/// What the access control rules say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccessControlAnswer {
    /// Is the protocol open?
    pub effect: Effect,
    /// The names of the rules that match.
    pub matched: Vec<String>,
}

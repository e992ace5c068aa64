//! The rules of an organization about which protocols may be used by whom from where: the second gate beside
//! roles.

use crate::id::{RoleId, UserId};
use crate::role::Effect;

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

impl AccessControlRule {
    /// Does the rule name the role, on either side?
    pub(crate) fn names(&self, role: &RoleId) -> bool {
        self.roles.contains(role) || self.not_roles.contains(role)
    }
}

/// The names of the rules that name a role; none where the rules are not known.
pub(crate) fn naming(rules: Option<&[AccessControlRule]>, role: &RoleId) -> Option<Vec<String>> {
    Some(rules?.iter().filter(|rule| rule.names(role)).map(|rule| rule.name.clone()).collect())
}

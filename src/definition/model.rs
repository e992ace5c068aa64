//! Well-formed definitions. Users and groups are still names: [`crate::definition::resolve`] turns them
//! into ids. Knows nothing of YAML.

use jiff::civil::Date;

use super::span::{Span, Spanned};
use crate::expiry::{Expires, Lifetime};
use crate::finding_code::FindingCode;
use crate::id::EntityName;
use crate::role::{Description, Effect, RoleId, RoleName, RoleType, RuleId, RuleName};

/// One YAML document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    /// The number of its text in [`Sources`](super::span::Sources).
    pub file: usize,
    /// By id or alias.
    pub organization: Option<Spanned<String>>,
    /// Users whom no role may ever reach.
    pub protected_users: Vec<Spanned<EntityName>>,
    /// Every role that reaches anybody must expire, and no later than this from now on.
    pub max_lifetime: Option<Spanned<Lifetime>>,
    /// Findings of `audit` that were looked at.
    pub accepted: Vec<Accepted>,
    /// In the order of the file.
    pub roles: Vec<RoleDefinition>,
}

/// A finding of `audit` that may stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Accepted {
    pub code: Spanned<FindingCode>,
    /// By name or id; a role that is gone by its id. Absent where findings of the code are about no role.
    pub role: Option<Spanned<RoleName>>,
    /// By address, name or id. Absent where findings of the code are about no mailbox.
    pub mailbox: Option<Spanned<EntityName>>,
    /// A user, a resource or a group, by address, name or id. Absent where findings of the code are about no account.
    pub account: Option<Spanned<EntityName>>,
    /// The mailboxes that the account may open, as `mailbox`.
    pub mailboxes: Vec<Spanned<EntityName>>,
    /// Of a token or a job. Absent where findings of the code are about neither.
    pub id: Option<String>,
    /// Never empty.
    pub reason: String,
    /// The last day; without one it has no end.
    pub until: Option<Date>,
}

/// A declared role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RoleDefinition {
    pub name: Spanned<RoleName>,
    /// The id of the live role, needed if two live roles share the name.
    pub id: Option<Spanned<RoleId>>,
    pub description: Option<Description>,
    pub role_type: Spanned<RoleType>,
    /// Former names: a live role with one of them is renamed.
    pub previously: Vec<Spanned<RoleName>>,
    /// When all of its ALLOW rules end; where it is not given, the live role's stays.
    pub expires: Option<DeclaredExpiry>,
    pub rules: Vec<RuleDefinition>,
    pub expect: Expectations,
}

/// When a role or a rule is declared to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DeclaredExpiry {
    /// `expires: never`, which takes a live date away.
    Never,
    /// A date or a time.
    On(Expires),
}

impl DeclaredExpiry {
    /// The end that is meant, where `live` is the one there is.
    pub(crate) fn over(declared: Option<&Self>, live: Option<&Expires>) -> Option<Expires> {
        match declared {
            None => live.cloned(),
            Some(Self::Never) => None,
            Some(Self::On(end)) => Some(end.clone()),
        }
    }
}

/// What to expect of a role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Expectations {
    /// Users whom it must reach.
    pub allow: Vec<Spanned<EntityName>>,
    /// Users whom it must not reach.
    pub deny: Vec<Spanned<EntityName>>,
}

/// A declared rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RuleDefinition {
    /// The rule's name, or where the rule begins.
    pub span: Span,
    /// Given, or derived from the name.
    pub id: RuleId,
    pub name: Option<RuleName>,
    pub description: Option<Description>,
    pub effect: Effect,
    /// When it ends; where it is not given, the live rule's stays. Never on a DENY rule.
    pub expires: Option<DeclaredExpiry>,
    pub targets: TargetsDefinition,
}

impl RuleDefinition {
    /// The name, or the id if it has none.
    pub(crate) fn label(&self) -> &str {
        self.name.as_ref().map_or(self.id.as_str(), RuleName::as_str)
    }
}

/// The targets of a rule, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TargetsDefinition {
    /// `everyone: true`.
    Everyone,
    /// At least one list has an entry.
    Listed {
        users: Vec<Spanned<EntityName>>,
        users_from: Option<UserList>,
        groups: Vec<Spanned<EntityName>>,
        except_users: Vec<Spanned<EntityName>>,
        except_groups: Vec<Spanned<EntityName>>,
    },
}

impl TargetsDefinition {
    /// The list of `users_from`.
    pub(crate) fn users_from(&self) -> Option<&UserList> {
        match self {
            Self::Everyone => None,
            Self::Listed { users_from, .. } => users_from.as_ref(),
        }
    }
}

/// Users whom a file lists beside the definition. Messages name them by file and line, and never quote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UserList {
    /// The path in the definition.
    pub span: Span,
    /// The path, the definition's folder included.
    pub file: String,
    /// Each with its line, from 1. Two may be one user.
    pub rows: Vec<(usize, EntityName)>,
}

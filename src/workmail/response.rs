//! What the service answers about roles and groups, as plain data, where no other room has a type.

use jiff::Timestamp;

use crate::directory::{GroupId, State};
use crate::id::{RoleId, RuleId};
use crate::role::{Effect, RoleName, RoleType, RuleName};

/// A role as a list shows it, without rules and description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RoleSummary {
    pub(crate) id: RoleId,
    /// Names of roles may repeat.
    pub(crate) name: RoleName,
    pub(crate) role_type: RoleType,
    pub(crate) created: Option<Timestamp>,
    pub(crate) modified: Option<Timestamp>,
}

/// A rule that decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MatchedRule {
    pub(crate) id: RuleId,
    pub(crate) name: Option<RuleName>,
}

/// Whether a role may impersonate a user, and by which rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EffectResult {
    pub(crate) role_type: RoleType,
    pub(crate) effect: Effect,
    /// The rules that match and have that effect (documented); empty when no rule decides
    /// (inferred).
    pub(crate) matched_rules: Vec<MatchedRule>,
}

/// A group without its members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GroupSummary {
    pub(crate) id: GroupId,
    /// `None` for a group that was never enabled.
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) state: State,
}

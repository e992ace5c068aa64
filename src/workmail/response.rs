//! What the service answers about roles and groups, as plain data, where no other room has a type.

use crate::directory::{GroupId, State};
use crate::id::RuleId;
use crate::role::{Effect, RoleType, RuleName};

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

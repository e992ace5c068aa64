//! What the service answers, as plain data, where no other room has a type for it.

use crate::directory::{GroupId, Member, State};
use crate::id::RuleId;
use crate::role::{Effect, RoleType, RuleName};

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

/// What the access control rules say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccessControlAnswer {
    /// Is the protocol open?
    pub effect: Effect,
    /// The names of the rules that match.
    pub matched: Vec<String>,
}

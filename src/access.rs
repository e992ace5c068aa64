//! Who a role reaches, and what a change does to that. Pure: rules and user ids in, decisions out.
//!
//! The one place where rules are evaluated; the sandbox uses it too. A rule matches a user when
//! (it has no target users or the user is one) and (it has no excepted users or the user is none).
//! Any matching DENY denies; else any matching ALLOW allows; else denied, by no rule (documented,
//! "Managing impersonation roles"). A user stands for an enabled mailbox: that is the caller's care.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::role::{Effect, Role, RoleName, RoleType, Rule, UserId};

/// What a role's rules say of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decision<'a> {
    /// May the role impersonate the user?
    pub effect: Effect,
    /// The rules that match and have that effect; empty when no rule decides.
    pub matched_rules: Vec<&'a Rule>,
}

/// Decides whether rules allow the impersonation of a user.
pub(crate) fn decide<'a>(rules: &'a [Rule], user: &UserId) -> Decision<'a> {
    decide_where(rules, |rule| rule.targets.matches(user))
}

/// Would a user whom no rule names be allowed? Then mailboxes made tomorrow are reached too.
pub(crate) fn is_open(rules: &[Rule]) -> bool {
    decide_where(rules, |rule| rule.targets.matches_unnamed()).effect == Effect::Allow
}

fn decide_where(rules: &[Rule], matches: impl Fn(&Rule) -> bool) -> Decision<'_> {
    let of = |effect| rules.iter().filter(|rule| rule.effect == effect && matches(rule)).collect::<Vec<_>>();
    let denied = of(Effect::Deny);
    if !denied.is_empty() {
        return Decision { effect: Effect::Deny, matched_rules: denied };
    }
    let allowed = of(Effect::Allow);
    let effect = if allowed.is_empty() { Effect::Deny } else { Effect::Allow };
    Decision { effect, matched_rules: allowed }
}

/// May the rules impersonate the user?
pub(crate) fn allows(rules: &[Rule], user: &UserId) -> bool {
    decide(rules, user).effect == Effect::Allow
}

/// Somebody whom a role newly reaches, or no longer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Grant {
    /// The role, by the name that it has after the change (before, when it is deleted).
    pub role: RoleName,
    /// Whose mailbox.
    pub user: UserId,
    /// With what access.
    pub role_type: RoleType,
}

/// Somebody whose mailbox was reached to read and is reached in full.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Escalation {
    /// The role, by the name that it has after the change.
    pub role: RoleName,
    /// Whose mailbox.
    pub user: UserId,
    /// The type before.
    pub from: RoleType,
    /// The type after.
    pub to: RoleType,
}

/// What a change does to who reaches whom, among the mailboxes that are known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Delta {
    /// Newly reached.
    pub gained: Vec<Grant>,
    /// No longer reached.
    pub lost: Vec<Grant>,
    /// Reached before to read, now in full.
    pub escalated: Vec<Escalation>,
    /// Roles that will reach mailboxes made tomorrow and did not.
    pub opened: Vec<RoleName>,
    /// Roles that would have reached mailboxes made tomorrow and will not.
    pub closed: Vec<RoleName>,
}

impl Delta {
    /// Does nobody gain or lose anything?
    pub(crate) fn is_empty(&self) -> bool {
        let Self { gained, lost, escalated, opened, closed } = self;
        gained.is_empty() && lost.is_empty() && escalated.is_empty() && opened.is_empty() && closed.is_empty()
    }

    /// Adds what another change does.
    pub(crate) fn extend(&mut self, other: &Self) {
        let Self { gained, lost, escalated, opened, closed } = other;
        self.gained.extend_from_slice(gained);
        self.lost.extend_from_slice(lost);
        self.escalated.extend_from_slice(escalated);
        self.opened.extend_from_slice(opened);
        self.closed.extend_from_slice(closed);
    }
}

/// The rules and the type of a role that may not be there: nobody is reached by no role.
fn parts(role: Option<&Role>) -> (&[Rule], Option<RoleType>) {
    role.map_or((&[], None), |role| (&role.rules, Some(role.role_type)))
}

/// What turning `before` into `after` does to these mailboxes. `None` is a role that is not there.
///
/// Gives the right answer for the mailboxes that it is given; [`needs_every_user`] says whether
/// those named by the rules are enough.
pub(crate) fn delta<'a>(
    before: Option<&Role>,
    after: Option<&Role>,
    mailboxes: impl IntoIterator<Item = &'a UserId>,
) -> Delta {
    let mut delta = Delta::default();
    let Some(name) = after.or(before).map(|role| &role.name) else { return delta };
    let ((old, old_type), (new, new_type)) = (parts(before), parts(after));
    for user in mailboxes {
        let was = old_type.filter(|_| allows(old, user));
        let is = new_type.filter(|_| allows(new, user));
        let grant = |role_type| Grant { role: name.clone(), user: user.clone(), role_type };
        match (was, is) {
            (None, Some(role_type)) => delta.gained.push(grant(role_type)),
            (Some(role_type), None) => delta.lost.push(grant(role_type)),
            (Some(from @ RoleType::ReadOnly), Some(to @ RoleType::FullAccess)) => {
                delta.escalated.push(Escalation { role: name.clone(), user: user.clone(), from, to });
            }
            _ => {}
        }
    }
    match (is_open(old), is_open(new)) {
        (false, true) => delta.opened.push(name.clone()),
        (true, false) => delta.closed.push(name.clone()),
        _ => {}
    }
    delta
}

/// Does the change touch users whom no rule names, so that every mailbox must be known to tell?
pub(crate) fn needs_every_user(before: Option<&Role>, after: Option<&Role>) -> bool {
    let ((old, old_type), (new, new_type)) = (parts(before), parts(after));
    match (is_open(old), is_open(new)) {
        (false, false) => false,
        (true, true) => old_type != new_type,
        _ => true,
    }
}

/// Could the change let the role do anything to anyone that it could not before, be the mailbox
/// enabled today or not?
pub(crate) fn widens(before: Option<&Role>, after: Option<&Role>) -> bool {
    let named: BTreeSet<&UserId> = before.into_iter().chain(after).flat_map(Role::mentioned_users).collect();
    let delta = delta(before, after, named);
    let escalates_open = match (before, after) {
        (Some(before), Some(after)) => {
            before.role_type == RoleType::ReadOnly
                && after.role_type == RoleType::FullAccess
                && is_open(&after.rules)
        }
        _ => false,
    };
    escalates_open || !(delta.gained.is_empty() && delta.escalated.is_empty() && delta.opened.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::Targets;
    use crate::role::tests::{role, rule, uid, users};

    fn allow(targets: Targets) -> Rule {
        rule("allow", Effect::Allow, targets)
    }

    fn deny(targets: Targets) -> Rule {
        rule("deny", Effect::Deny, targets)
    }

    #[test]
    fn no_rules_reach_nobody() {
        let decision = decide(&[], &uid("a"));
        assert_eq!((decision.effect, decision.matched_rules.len()), (Effect::Deny, 0));
        assert!(!is_open(&[]));
    }

    #[test]
    fn a_matching_deny_wins_and_is_named_alone() {
        let rules = [allow(Targets::Everyone), deny(Targets::Users(users(&["a"])))];
        let decision = decide(&rules, &uid("a"));
        assert_eq!(decision.effect, Effect::Deny);
        assert_eq!(decision.matched_rules, [&rules[1]]);
        assert!(allows(&rules, &uid("b")));
    }

    #[test]
    fn a_deny_except_some_closes_a_role() {
        let rules = [allow(Targets::Everyone), deny(Targets::Except(users(&["a"])))];
        assert!(allows(&rules, &uid("a")));
        assert!(!is_open(&rules));
    }

    #[test]
    fn a_delta_of_nothing_is_empty() {
        let r = role(vec![allow(Targets::Everyone)]);
        assert!(delta(Some(&r), Some(&r), [&uid("a")]).is_empty());
        assert!(delta(None, None, [&uid("a")]).is_empty());
        assert!(!widens(Some(&r), Some(&r)));
    }

    #[test]
    fn dropping_the_targets_opens_the_role() {
        let before = role(vec![allow(Targets::Users(users(&["a"])))]);
        let after = role(vec![allow(Targets::Everyone)]);
        assert!(needs_every_user(Some(&before), Some(&after)));
        let delta = delta(Some(&before), Some(&after), [&uid("a"), &uid("b")]);
        assert_eq!(delta.gained.iter().map(|g| g.user.as_str()).collect::<Vec<_>>(), ["b"]);
        assert_eq!(delta.opened.len(), 1);
        assert!(widens(Some(&before), Some(&after)));
    }

    #[test]
    fn an_open_role_that_escalates_widens_though_no_one_is_named() {
        let before = role(vec![allow(Targets::Everyone)]);
        let after = Role { role_type: RoleType::FullAccess, ..before.clone() };
        assert!(widens(Some(&before), Some(&after)));
        assert!(needs_every_user(Some(&before), Some(&after)));
        assert_eq!(delta(Some(&before), Some(&after), [&uid("a")]).escalated.len(), 1);
        assert!(!widens(Some(&after), Some(&before)));
    }

    #[test]
    fn a_delta_that_does_anything_is_not_empty() {
        let closed = role(vec![allow(Targets::Users(users(&["a"])))]);
        let open = role(vec![allow(Targets::Everyone)]);
        let full = Role { role_type: RoleType::FullAccess, ..closed.clone() };
        let nobody: [&UserId; 0] = [];
        for (n, some) in [
            delta(None, Some(&closed), [&uid("a")]),
            delta(Some(&closed), None, [&uid("a")]),
            delta(Some(&closed), Some(&full), [&uid("a")]),
            delta(Some(&closed), Some(&open), nobody),
            delta(Some(&open), Some(&closed), nobody),
        ]
        .into_iter()
        .enumerate()
        {
            let Delta { gained, lost, escalated, opened, closed } = &some;
            let counts = [gained.len(), lost.len(), escalated.len(), opened.len(), closed.len()];
            let mut only = [0; 5];
            only[n] = 1;
            assert_eq!(counts, only);
            assert!(!some.is_empty());
            let mut all = Delta::default();
            all.extend(&some);
            assert_eq!(all, some);
        }
    }
}

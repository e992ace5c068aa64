//! Who a role reaches, and what a change does to that. Pure: rules and user ids in, decisions out.
//!
//! The one place where rules are evaluated; the sandbox uses it too. A rule matches a user when
//! (it has no target users or the user is one) and (it has no excepted users or the user is none).
//! Any matching DENY denies; else any matching ALLOW allows; else denied, by no rule (documented,
//! "Managing impersonation roles"). A user stands for an enabled mailbox: that is the caller's care.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::expiry::Expires;
use crate::role::{Effect, Role, RoleName, RoleType, Rule, RuleId, UserId};
use crate::sorted;

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

/// Access that ends later than it did, or no longer ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Extension {
    /// The role, by the name that it has after the change.
    pub role: RoleName,
    /// The rule that gives access for longer; none where it is the role's own expiry that moves.
    pub rule: Option<RuleId>,
    /// When it ended.
    pub from: Expires,
    /// When it ends; none for never.
    pub to: Option<Expires>,
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
    /// Access that ends later, or no longer.
    #[serde(default)]
    pub extended: Vec<Extension>,
    /// Roles that will reach mailboxes made tomorrow and did not.
    pub opened: Vec<RoleName>,
    /// Roles that would have reached mailboxes made tomorrow and will not.
    pub closed: Vec<RoleName>,
}

impl Delta {
    /// Does nobody gain or lose anything?
    pub(crate) fn is_empty(&self) -> bool {
        let Self { gained, lost, escalated, extended, opened, closed } = self;
        gained.is_empty()
            && lost.is_empty()
            && escalated.is_empty()
            && extended.is_empty()
            && opened.is_empty()
            && closed.is_empty()
    }

    /// Adds what another change does.
    pub(crate) fn extend(&mut self, other: &Self) {
        let Self { gained, lost, escalated, extended, opened, closed } = other;
        self.gained.extend_from_slice(gained);
        self.lost.extend_from_slice(lost);
        self.escalated.extend_from_slice(escalated);
        self.extended.extend_from_slice(extended);
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
    if let (Some(before), Some(after)) = (before, after) {
        delta.extended = extended(before, after);
    }
    match (is_open(old), is_open(new)) {
        (false, true) => delta.opened.push(name.clone()),
        (true, false) => delta.closed.push(name.clone()),
        _ => {}
    }
    delta
}

/// When the access of whoever `matches` ends: by the rule that allows for longest. The outer none is for those who are
/// not allowed, the inner one for no end.
fn end_of(role: &Role, matches: impl Fn(&Rule) -> bool) -> Option<(&Rule, Option<&Expires>)> {
    let Decision { effect: Effect::Allow, matched_rules } = decide_where(&role.rules, matches) else {
        return None;
    };
    let ends = matched_rules.into_iter().map(|rule| (rule, role.end_of(rule)));
    ends.reduce(|a, b| if is_later(a.1, b.1) { b } else { a })
}

/// Which of two ends comes later. None never comes.
pub(crate) fn later(a: Option<&Expires>, b: Option<&Expires>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.cmp(b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

/// Does the second end come later than the first?
fn is_later(from: Option<&Expires>, to: Option<&Expires>) -> bool {
    later(from, to).is_lt()
}

/// Which access ends later. The expiry of the role and of each rule that stays, whoever is reached today; and where
/// somebody is reached for longer by a different rule, that rule.
fn extended(before: &Role, after: &Role) -> Vec<Extension> {
    if before.expires.is_none() && before.rules.iter().all(|rule| rule.expires.is_none()) {
        return Vec::new();
    }
    let extension = |rule: Option<&Rule>, from: Option<&Expires>, to: Option<&Expires>| {
        let (from, to) = (from.filter(|_| is_later(from, to))?.clone(), to.cloned());
        Some(Extension { role: after.name.clone(), rule: rule.map(|rule| rule.id.clone()), from, to })
    };
    let mut all: Vec<_> =
        extension(None, before.expires.as_ref(), after.expires.as_ref()).into_iter().collect();
    let role_moves = !all.is_empty();
    for rule in after.rules.iter().filter(|rule| rule.effect == Effect::Allow) {
        let mut same = before.rules.iter().filter(|old| old.id == rule.id && old.effect == Effect::Allow);
        all.extend(same.find_map(|old| extension(Some(rule), old.expires.as_ref(), rule.expires.as_ref())));
    }
    let moved = |rule: &Rule, all: &[Extension]| all.iter().any(|one| one.rule.as_ref() == Some(&rule.id));
    let named = before.mentioned_users().into_iter().chain(after.mentioned_users()).map(Some);
    for user in sorted::set(named.chain([None])) {
        let matches = |rule: &Rule| match user {
            Some(user) => rule.targets.matches(user),
            None => rule.targets.matches_unnamed(),
        };
        let (Some((_, from)), Some((rule, to))) = (end_of(before, matches), end_of(after, matches)) else {
            continue;
        };
        let by_role = role_moves && after.end_of(rule) == after.expires.as_ref();
        if !by_role && !moved(rule, &all) {
            all.extend(extension(Some(rule), from, to));
        }
    }
    all
}

/// The ALLOW rules by which a role reaches anybody, known or not.
pub(crate) fn reaching(role: &Role) -> impl Iterator<Item = &Rule> {
    let mentioned = role.mentioned_users();
    let allowed: Vec<_> = mentioned.into_iter().filter(|user| allows(&role.rules, user)).collect();
    let open = is_open(&role.rules);
    role.rules.iter().filter(move |rule| {
        let reaches =
            (open && rule.targets.matches_unnamed()) || allowed.iter().any(|user| rule.targets.matches(user));
        rule.effect == Effect::Allow && reaches
    })
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
    let Delta { gained, lost: _, escalated, extended, opened, closed: _ } = delta;
    let gives_nothing = gained.is_empty() && escalated.is_empty() && extended.is_empty() && opened.is_empty();
    escalates_open || !gives_nothing
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

    fn end(text: &str) -> Expires {
        Expires::parse(text).expect("an expiry")
    }

    fn until(id: &str, users: Targets, text: &str) -> Rule {
        Rule { expires: Some(end(text)), ..rule(id, Effect::Allow, users) }
    }

    /// The rule that gives access for longer, until when it did, and until when it does.
    fn longer(before: &Role, after: &Role) -> Vec<(String, String, String)> {
        let text = |end: Option<&Expires>| end.map_or("never".to_owned(), ToString::to_string);
        let one = |one: &Extension| {
            let rule = one.rule.as_ref().map_or("role".to_owned(), ToString::to_string);
            (rule, text(Some(&one.from)), text(one.to.as_ref()))
        };
        assert_eq!(widens(Some(before), Some(after)), !extended(before, after).is_empty());
        extended(before, after).iter().map(one).collect()
    }

    #[test]
    fn a_later_end_is_access_for_longer() {
        let named = |ids: &[&str]| Targets::Users(users(ids));
        let early = role(vec![until("r", named(&["a"]), "2027-01-31")]);
        let late = role(vec![until("r", named(&["a"]), "2027-02-28")]);
        let never = role(vec![rule("r", Effect::Allow, named(&["a"]))]);
        let said = |rule: &str, from: &str, to: &str| vec![(rule.into(), from.into(), to.into())];
        assert_eq!(longer(&early, &late), said("r", "2027-01-31", "2027-02-28"));
        assert_eq!(longer(&early, &never), said("r", "2027-01-31", "never"));
        assert_eq!(longer(&late, &early), []);
        assert_eq!(longer(&never, &early), []);
        // By the role
        let [role_early, role_late] =
            ["2027-01-31", "2027-02-28"].map(|text| Role { expires: Some(end(text)), ..never.clone() });
        assert_eq!(longer(&role_early, &role_late), said("role", "2027-01-31", "2027-02-28"));
        assert_eq!(longer(&role_early, &never), said("role", "2027-01-31", "never"));
        assert_eq!(longer(&role_late, &role_early), []);
        // A rule of another id reaches the same user for longer
        let other = role(vec![rule("other", Effect::Allow, named(&["a", "b"]))]);
        let gains_b = role(vec![until("r", named(&["a", "b"]), "2027-01-31")]);
        assert_eq!(longer(&gains_b, &other), said("other", "2027-01-31", "never"));
        let beside =
            role(vec![until("r", named(&["a"]), "2027-01-31"), rule("other", Effect::Allow, named(&["a"]))]);
        assert_eq!(longer(&early, &beside), said("other", "2027-01-31", "never"));
        assert_eq!(longer(&beside, &early), []);
        // And so does one for everyone
        let [all, all_ever] = [
            role(vec![until("r", Targets::Everyone, "2027-01-31")]),
            role(vec![rule("s", Effect::Allow, Targets::Everyone)]),
        ];
        assert_eq!(longer(&all, &all_ever), said("s", "2027-01-31", "never"));
    }

    #[test]
    fn a_delta_that_does_anything_is_not_empty() {
        let closed = role(vec![allow(Targets::Users(users(&["a"])))]);
        let open = role(vec![allow(Targets::Everyone)]);
        let full = Role { role_type: RoleType::FullAccess, ..closed.clone() };
        let ends = Role { expires: Some(end("2027-01-31")), ..closed.clone() };
        let nobody: [&UserId; 0] = [];
        for (n, some) in [
            delta(None, Some(&closed), [&uid("a")]),
            delta(Some(&closed), None, [&uid("a")]),
            delta(Some(&closed), Some(&full), [&uid("a")]),
            delta(Some(&ends), Some(&closed), [&uid("a")]),
            delta(Some(&closed), Some(&open), nobody),
            delta(Some(&open), Some(&closed), nobody),
        ]
        .into_iter()
        .enumerate()
        {
            let Delta { gained, lost, escalated, extended, opened, closed } = &some;
            let grants = [gained.len(), lost.len()];
            let counts = [grants[0], grants[1], escalated.len(), extended.len(), opened.len(), closed.len()];
            let mut only = [0; 6];
            only[n] = 1;
            assert_eq!(counts, only);
            assert!(!some.is_empty());
            let mut all = Delta::default();
            all.extend(&some);
            assert_eq!(all, some);
        }
    }
}

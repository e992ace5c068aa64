//! An ALLOW that decides nothing, since a DENY rule of the role stands against it. Pure.

use std::collections::BTreeSet;

use crate::access::allows;
use crate::role::{Effect, Role, Rule, Targets, UserId, UserSet};

/// Somebody whom a change newly allows, and who stays denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Overruled<'a> {
    /// Who; none for everyone whom no rule names.
    pub user: Option<&'a UserId>,
    /// The DENY rules that decide after the change, at least one.
    pub rules: Vec<&'a Rule>,
}

/// Whom an ALLOW rule lists only `after` the change, sorted by id, and everyone where no ALLOW rule was about
/// everyone: those of them who were denied and whom a DENY rule still denies. By rules alone, mailbox or not.
pub(crate) fn overruled<'a>(before: Option<&'a Role>, after: &'a Role) -> Vec<Overruled<'a>> {
    let before = before.map_or(&[][..], |role| &role.rules);
    let old: BTreeSet<&UserId> = allow(before).filter_map(Targets::users).flat_map(UserSet::iter).collect();
    let listed = |targets: &'a Targets| {
        targets.users().into_iter().flat_map(UserSet::iter).filter(|user| targets.matches(user))
    };
    let new: BTreeSet<&UserId> = allow(&after.rules).flat_map(listed).collect();
    let denied = new.difference(&old).filter(|user| !allows(before, user));
    let denied = denied.map(|user| overruled_by(after, Some(user), |targets| targets.matches(user)));
    // The same for somebody whom no rule names
    let is_new =
        allow(&after.rules).any(Targets::matches_unnamed) && !allow(before).any(Targets::matches_unnamed);
    let everyone = is_new.then(|| overruled_by(after, None, Targets::matches_unnamed));
    denied.chain(everyone).filter(|one| !one.rules.is_empty()).collect()
}

fn allow(rules: &[Rule]) -> impl Iterator<Item = &Targets> {
    rules.iter().filter(|rule| rule.effect == Effect::Allow).map(|rule| &rule.targets)
}

fn overruled_by<'a>(
    after: &'a Role,
    user: Option<&'a UserId>,
    matches: impl Fn(&Targets) -> bool,
) -> Overruled<'a> {
    let denies = |rule: &&Rule| rule.effect == Effect::Deny && matches(&rule.targets);
    Overruled { user, rules: after.rules.iter().filter(denies).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::tests::{role, rule, users};

    fn listed(ids: &[&str]) -> Targets {
        Targets::Users(users(ids))
    }

    /// The users, `*` for everyone, with the rules that deny them.
    fn found(before: Option<&[Rule]>, after: &[Rule]) -> Vec<(String, Vec<String>)> {
        let before = before.map(|rules| role(rules.to_vec()));
        overruled(before.as_ref(), &role(after.to_vec()))
            .iter()
            .map(|Overruled { user, rules }| {
                let user = user.map_or("*", |user| user.as_str()).to_owned();
                (user, rules.iter().map(|rule| rule.id.to_string()).collect())
            })
            .collect()
    }

    fn one(user: &str, rules: &[&str]) -> (String, Vec<String>) {
        (user.to_owned(), rules.iter().map(|rule| (*rule).to_owned()).collect())
    }

    #[test]
    fn a_role_that_stays_overrules_nobody() {
        let rules = [rule("a", Effect::Allow, listed(&["x"])), rule("d", Effect::Deny, listed(&["x"]))];
        assert_eq!(found(Some(&rules), &rules), []);
        assert_eq!(found(None, &[]), []);
    }

    #[test]
    fn who_is_newly_allowed_and_stays_denied_is_found_with_every_rule_that_denies() {
        let deny = rule("d", Effect::Deny, listed(&["x", "z"]));
        let all = rule("e", Effect::Deny, Targets::Except(users(&["y"])));
        let after = [rule("a", Effect::Allow, listed(&["x", "y"])), deny.clone(), all];
        assert_eq!(found(Some(&[deny]), &after), [one("x", &["d", "e"])]);
        assert_eq!(found(None, &after), [one("x", &["d", "e"])]);
    }

    #[test]
    fn who_was_allowed_before_loses_access_and_is_not_said_to_stay_denied() {
        let everyone = rule("a", Effect::Allow, Targets::Everyone);
        let after = [
            everyone.clone(),
            rule("b", Effect::Allow, listed(&["x"])),
            rule("d", Effect::Deny, listed(&["x"])),
        ];
        assert_eq!(found(Some(&[everyone]), &after), []);
    }

    #[test]
    fn who_is_excepted_from_the_rule_is_not_allowed_by_it() {
        let targets = Targets::UsersExcept { users: users(&["x", "y"]), except: users(&["x"]) };
        let after = [rule("a", Effect::Allow, targets), rule("d", Effect::Deny, listed(&["x", "y"]))];
        assert_eq!(found(None, &after), [one("y", &["d"])]);
    }

    #[test]
    fn everyone_stays_denied_by_a_rule_about_everyone() {
        let deny = rule("d", Effect::Deny, Targets::Everyone);
        let except = rule("e", Effect::Deny, Targets::Except(users(&["x"])));
        let some = rule("f", Effect::Deny, listed(&["x"]));
        for targets in [Targets::Everyone, Targets::Except(users(&["y"]))] {
            let allow = rule("a", Effect::Allow, targets);
            let before = std::slice::from_ref(&deny);
            assert_eq!(found(Some(before), &[deny.clone(), allow.clone()]), [one("*", &["d"])]);
            assert_eq!(found(None, &[except.clone(), allow.clone()]), [one("*", &["e"])]);
            assert_eq!(found(None, &[some.clone(), allow.clone()]), []);
            // It was said when the first rule came
            let second = rule("b", Effect::Allow, Targets::Everyone);
            assert_eq!(found(Some(&[deny.clone(), allow.clone()]), &[deny.clone(), allow, second]), []);
        }
    }

    #[test]
    fn everyone_was_reached_before_is_a_loss() {
        let allow = rule("a", Effect::Allow, Targets::Everyone);
        let deny = rule("d", Effect::Deny, Targets::Everyone);
        assert_eq!(found(Some(std::slice::from_ref(&allow)), &[allow.clone(), deny]), []);
    }
}

//! Which flags turn the rules of a role into others. Pure.
//!
//! Guessed from what differs, then tried: only flags that give just these rules are given.

use jiff::Timestamp;

use crate::role::{Effect, Role, Rule, Targets, UserId, UserSet};
use crate::sorted;

use super::rule_edit::RuleEdits;

/// What flags do the same now to the rules as the change from `before`, or as a new role; none where no flags do.
pub(crate) fn edits_between(before: Option<&Role>, after: &Role, now: Timestamp) -> Option<RuleEdits> {
    let after = after.canonical();
    let old = before.map(|role| role.canonical().rules).unwrap_or_default();
    let (edits, extended) = guess(&old, &after.rules);
    // The only rule that fits needs no name; else the one that grows is named
    let rules = [None, extended.map(|rule| rule.id.to_string())];
    let start = Role { rules: old, ..after.clone() };
    let expired = sorted::set(start.expired_rules(now).map(|rule| rule.id.clone()));
    let edit = |rule| RuleEdits { rule, expired: expired.clone(), ..edits.clone() };
    let tried = rules.into_iter().map(edit);
    tried.into_iter().find(|edits| edits.apply(&start).is_ok_and(|made| made.same_as(&after)))
}

/// The flags that seem to do it, and a rule that gets more users.
fn guess<'a>(before: &[Rule], after: &'a [Rule]) -> (RuleEdits, Option<&'a Rule>) {
    let (mut edits, mut extended) = (RuleEdits::default(), None);
    for rule in after {
        let old = before.iter().find(|old| old.id == rule.id).map(|old| &old.targets);
        let (list, less) = match (rule.effect, &rule.targets) {
            (Effect::Allow, Targets::Users(_)) => (&mut edits.allow, &mut edits.remove_users),
            (Effect::Deny, Targets::Users(_)) => (&mut edits.deny, &mut edits.undeny),
            (Effect::Allow, Targets::Except(_)) => (&mut edits.allow_everyone_except, &mut edits.undeny),
            (Effect::Allow, Targets::Everyone) => {
                edits.allow_everyone |= old.is_none();
                continue;
            }
            _ => continue,
        };
        let (old, new) = (old.map(named).unwrap_or_default(), named(&rule.targets));
        let added: Vec<&UserId> = new.iter().copied().filter(|user| !old.contains(user)).collect();
        if !added.is_empty() && !old.is_empty() {
            extended = Some(rule);
        }
        list.extend(added.into_iter().cloned());
        less.extend(old.into_iter().filter(|user| !new.contains(user)).cloned());
    }
    for rule in before.iter().filter(|old| after.iter().all(|rule| rule.id != old.id)) {
        match rule.effect {
            Effect::Allow => edits.remove_rules.push(rule.id.to_string()),
            Effect::Deny => edits.remove_deny_rules.push(rule.id.to_string()),
        }
    }
    (edits, extended)
}

/// Whom targets of one list name.
fn named(targets: &Targets) -> Vec<&UserId> {
    let list = targets.users().or(targets.except());
    list.into_iter().flat_map(UserSet::iter).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::role::RuleName;
    use crate::role::tests::{role, rule, targets, uid, users};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    /// A rule with the name that flags give to it.
    fn named_rule(id: &str, effect: Effect, targets: Targets) -> Rule {
        Rule { name: Some(RuleName::from_service(id.replace('-', " "))), ..rule(id, effect, targets) }
    }

    fn set(ids: &[&str]) -> std::collections::BTreeSet<UserId> {
        ids.iter().map(|id| uid(id)).collect()
    }

    #[test]
    fn no_difference_needs_no_flag() {
        let role = role(vec![rule("x", Effect::Deny, Targets::Everyone)]);
        assert_eq!(edits_between(Some(&role), &role, NOW), Some(RuleEdits::default()));
    }

    #[test]
    fn a_new_role_of_unnamed_rules_is_made_by_flags() {
        let rules = vec![
            named_rule("allow", Effect::Allow, Targets::Users(users(&["a", "b"]))),
            named_rule("deny", Effect::Deny, Targets::Users(users(&["c"]))),
        ];
        let wanted = RuleEdits { allow: set(&["a", "b"]), deny: set(&["c"]), ..RuleEdits::default() };
        assert_eq!(edits_between(None, &role(rules), NOW), Some(wanted));
        let everyone = named_rule("allow-everyone", Effect::Allow, Targets::Everyone);
        assert!(
            edits_between(None, &role(vec![everyone.clone()]), NOW).is_some_and(|edits| edits.allow_everyone)
        );
        let except = named_rule("allow-everyone-except", Effect::Allow, Targets::Except(users(&["a"])));
        let wanted = RuleEdits { allow_everyone_except: set(&["a"]), ..RuleEdits::default() };
        assert_eq!(edits_between(None, &role(vec![except.clone()]), NOW), Some(wanted));
        // An exception that goes reaches its user: `--undeny` says so
        let two = Rule { targets: Targets::Except(users(&["a", "b"])), ..except.clone() };
        let less = edits_between(Some(&role(vec![two])), &role(vec![except]), NOW).expect("flags");
        assert_eq!(less, RuleEdits { undeny: set(&["b"]), ..RuleEdits::default() });
        // A name, and what no flag makes
        assert_eq!(edits_between(None, &role(vec![Rule { name: None, ..everyone }]), NOW), None);
        assert_eq!(
            edits_between(None, &role(vec![named_rule("deny", Effect::Deny, Targets::Everyone)]), NOW),
            None
        );
    }

    #[test]
    fn a_rule_that_grows_is_named_where_others_could_be_meant() {
        let allow = |id: &str, ids: &[&str]| rule(id, Effect::Allow, Targets::Users(users(ids)));
        let before = role(vec![allow("a", &["1"]), allow("b", &["2"])]);
        let after = role(vec![allow("a", &["1"]), allow("b", &["2", "3"])]);
        let edits = edits_between(Some(&before), &after, NOW).expect("flags");
        assert_eq!((edits.rule.as_deref(), edits.allow), (Some("b"), set(&["3"])));
        let less = edits_between(Some(&after), &before, NOW).expect("flags");
        assert_eq!((less.rule.as_deref(), less.remove_users), (None, set(&["3"])));
        // Also where one that stays as it is comes after it
        let first = role(vec![allow("a", &["1", "3"]), allow("b", &["2"])]);
        let edits = edits_between(Some(&before), &first, NOW).expect("flags");
        assert_eq!((edits.rule.as_deref(), edits.allow), (Some("a"), set(&["3"])));
        // Two that grow are one flag too many
        let both = role(vec![allow("a", &["1", "3"]), allow("b", &["2", "4"])]);
        assert_eq!(edits_between(Some(&before), &both, NOW), None);
    }

    proptest! {
        #[test]
        fn flags_that_are_given_do_just_that(
            before in role_of_a_few(),
            after in role_of_a_few(),
        ) {
            if let Some(edits) = edits_between(Some(&before), &after, NOW) {
                let made = edits.apply(&before.canonical()).map(|made| made.same_as(&after));
                prop_assert_eq!(made, Ok(true));
            }
        }
    }

    fn role_of_a_few() -> impl Strategy<Value = Role> {
        let user = proptest::sample::select(vec!["x", "y", "z"]);
        let some = move || {
            proptest::collection::btree_set(user.clone(), 1..3)
                .prop_map(|ids| users(&ids.into_iter().collect::<Vec<_>>()))
        };
        let one = (proptest::sample::select(vec!["allow", "deny", "b"]), any::<bool>(), targets(some));
        let one = one.prop_map(|(id, allows, targets)| {
            named_rule(id, if allows { Effect::Allow } else { Effect::Deny }, targets)
        });
        proptest::collection::vec(one, 0..3).prop_map(|mut rules| {
            rules.dedup_by(|a, b| a.id == b.id);
            role(rules)
        })
    }
}

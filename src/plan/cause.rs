//! The groups by which users gain or lose access. Pure: found once for a change, when it is planned.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::Delta;
use crate::definition::resolve::{Desired, TargetList};
use crate::role::{Effect, Role, Rule, RuleId, UserId};
use crate::sorted;

/// The groups, never none, by which a change reaches a user or no longer does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GroupCause {
    /// The user is a member of these groups of the definition.
    Member(BTreeSet<String>),
    /// A live rule names the user, and these groups, which the definition names instead and nobody beside
    /// them, do not have the user.
    NotMember(BTreeSet<String>),
}

/// Why those gain or lose access whom `delta` lists, where groups are the cause.
pub(super) fn group_causes(
    before: Option<&Role>,
    desired: &Desired,
    delta: &Delta,
) -> BTreeMap<UserId, GroupCause> {
    let Desired { via, rule_groups, .. } = desired;
    if via.is_empty() && rule_groups.is_empty() {
        return BTreeMap::new();
    }
    let before = before.map(|role| role.canonical().rules).unwrap_or_default();
    let after = desired.role.canonical().rules;
    let Delta { gained, lost, escalated: _, extended: _, opened: _, closed: _ } = delta;
    let gained = gained.iter().map(|grant| (&grant.user, Effect::Allow));
    let lost = lost.iter().map(|grant| (&grant.user, Effect::Deny));
    let cause = |(user, effect)| Some((UserId::clone(user), cause(&before, &after, desired, user, effect)?));
    sorted::map(gained.chain(lost).filter_map(cause))
}

/// The groups by which a user gains (`Effect::Allow`) or loses access: those whose member a rule of that
/// effect names now, or those of a rule of the other effect that named the user and has groups alone, which
/// do not have the user. Where the definition names users too, it may have named this one: no cause is known.
fn cause(
    before: &[Rule],
    after: &[Rule],
    desired: &Desired,
    user: &UserId,
    effect: Effect,
) -> Option<GroupCause> {
    // A rule of the effect names the user, or one of the other effect excepts the user
    let joined = after.iter().filter_map(|rule| {
        let side = if rule.effect == effect { TargetList::Users } else { TargetList::Except };
        desired.via.get(&(rule.id.clone(), side, user.clone()))
    });
    let joined = sorted::set(joined.flatten().cloned());
    if !joined.is_empty() {
        return Some(GroupCause::Member(joined));
    }
    // A rule of the other effect named the user, or one of the effect excepted the user
    let names = |rules: &[Rule], id: &RuleId, list: TargetList| {
        rules.iter().filter(|rule| rule.id == *id).any(|rule| {
            let (side, users) = match rule.effect == effect {
                true => (TargetList::Except, rule.targets.except()),
                false => (TargetList::Users, rule.targets.users()),
            };
            side == list && users.is_some_and(|users| users.contains(user))
        })
    };
    let left = desired
        .rule_groups
        .iter()
        .filter(|((id, list), groups)| groups.alone && names(before, id, *list) && !names(after, id, *list));
    let left = sorted::set(left.flat_map(|(_, groups)| &groups.labels).cloned());
    (!left.is_empty()).then_some(GroupCause::NotMember(left))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access;
    use crate::definition::resolve::ListedGroups;
    use crate::definition::span::Span;
    use crate::role::Targets;
    use crate::role::tests::{role, rule, uid, users};

    fn allow(ids: &[&str]) -> Role {
        role(vec![rule("a", Effect::Allow, Targets::Users(users(ids)))])
    }

    /// The causes of a change to `after`, whose rule names the group `g` with these members.
    fn causes(before: Option<&Role>, after: Role, members: &[&str]) -> BTreeMap<UserId, GroupCause> {
        causes_of(before, after, members, (!members.is_empty()).then_some(true))
    }

    /// As [`causes`], where the rule names the group though it has no members, or not; unless it is named `alone`,
    /// the rule also names users.
    fn causes_of(
        before: Option<&Role>,
        after: Role,
        members: &[&str],
        alone: Option<bool>,
    ) -> BTreeMap<UserId, GroupCause> {
        let id = RuleId::from_service("a");
        let member = |user: &&str| ((id.clone(), TargetList::Users, uid(user)), group());
        let named = |alone| ((id.clone(), TargetList::Users), ListedGroups { labels: group(), alone });
        let all = ["x", "y", "z"].map(uid);
        let delta = access::delta(before, Some(&after), &all);
        let desired = Desired {
            span: Span::default(),
            via: members.iter().map(member).collect(),
            rule_groups: alone.map(named).into_iter().collect(),
            role: after,
            id: None,
            previously: Vec::new(),
            skipped_rules: Vec::new(),
            expired: Vec::new(),
        };
        group_causes(before, &desired, &delta)
    }

    fn group() -> BTreeSet<String> {
        BTreeSet::from(["g".to_owned()])
    }

    #[test]
    fn a_role_that_stays_has_no_causes() {
        assert_eq!(causes(Some(&allow(&["x"])), allow(&["x"]), &["x"]), BTreeMap::new());
    }

    #[test]
    fn who_is_named_directly_has_no_cause() {
        assert_eq!(causes(None, allow(&["x"]), &[]), BTreeMap::new());
        let causes = causes(None, allow(&["x", "y"]), &["y"]);
        assert_eq!(causes, [(uid("y"), GroupCause::Member(group()))].into());
    }

    #[test]
    fn who_is_not_in_the_group_loses_access() {
        let causes = causes(Some(&allow(&["x", "y"])), allow(&["x", "z"]), &["x", "z"]);
        let expected = [(uid("y"), GroupCause::NotMember(group())), (uid("z"), GroupCause::Member(group()))];
        assert_eq!(causes, expected.into());
    }

    #[test]
    fn who_is_in_no_group_since_it_has_no_members_loses_access() {
        let causes = causes_of(Some(&allow(&["x", "y"])), allow(&["x"]), &[], Some(true));
        assert_eq!(causes, [(uid("y"), GroupCause::NotMember(group()))].into());
    }

    #[test]
    fn who_goes_from_a_list_of_users_and_groups_may_have_been_named_in_it() {
        let causes = causes_of(Some(&allow(&["x", "y"])), allow(&["x", "z"]), &["z"], Some(false));
        assert_eq!(causes, [(uid("z"), GroupCause::Member(group()))].into());
    }
}

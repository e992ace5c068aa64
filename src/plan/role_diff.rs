//! The difference of two roles as a value: which fields are edited, which rules are added, removed or
//! changed, and which users with them.
//!
//! Pure. Every output renders this value and computes no difference of its own. Roles are compared in their
//! canonical form: neither the order of rules nor how long lists were split makes a difference.

use std::collections::{BTreeMap, BTreeSet};

use crate::definition::resolve::{Desired, GroupMembership, ListedGroups, TargetList};
use crate::expiry::Expires;
use crate::role::{Description, Effect, Role, RoleName, RoleType, Rule, RuleId, RuleName, Targets, UserId};
use crate::sorted;

/// A value that changes. The two are never equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit<T> {
    /// What it is.
    pub old: T,
    /// What it will be.
    pub new: T,
}

impl<T: Clone + PartialEq> Edit<T> {
    /// The edit that turns the one value into the other; none where they are equal.
    fn between(old: &T, new: &T) -> Option<Self> {
        (old != new).then(|| Self { old: old.clone(), new: new.clone() })
    }
}

/// How a role differs from what it was, or from nothing when it is created.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RoleDiff {
    /// Its name, where the role exists before and after.
    pub name: Option<Edit<RoleName>>,
    /// Its type, where the role exists before and after.
    pub role_type: Option<Edit<RoleType>>,
    /// Its description, where the role exists after.
    pub description: Option<Edit<Option<Description>>>,
    /// When it ends, where the role exists after.
    pub expires: Option<Edit<Option<Expires>>>,
    /// Its rules: those that are changed or removed, sorted by id, then those that are added.
    pub rules: Vec<RuleDiff>,
}

/// How one rule differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RuleDiff {
    /// It is new.
    Added(WholeRule),
    /// It is removed.
    Removed(WholeRule),
    /// It changes and keeps its id.
    Changed(Box<RuleChange>),
}

/// A rule with everyone whom it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WholeRule {
    /// The rule.
    pub rule: Rule,
    /// Its users, sorted by id.
    pub users: Vec<Target>,
    /// Whom it excepts, sorted by id.
    pub except: Vec<Target>,
}

/// A rule that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RuleChange {
    /// What it is.
    pub before: Rule,
    /// What it will be.
    pub after: Rule,
    /// Its name.
    pub name: Option<Edit<Option<RuleName>>>,
    /// Its description.
    pub description: Option<Edit<Option<Description>>>,
    /// When it ends.
    pub expires: Option<Edit<Option<Expires>>>,
    /// Its effect.
    pub effect: Option<Edit<Effect>>,
    /// Which lists it has.
    pub lists: Option<Edit<Lists>>,
    /// Its users.
    pub users: SetDiff,
    /// Whom it excepts.
    pub except: SetDiff,
    /// The groups that the definition names in the rule; empty when it names none, or when no definition
    /// is compared.
    pub groups: BTreeSet<String>,
    /// The members of these groups are all that is different, as far as is known.
    pub only_members: bool,
}

/// Which lists of users a rule has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lists {
    /// None: it is about everyone.
    None,
    /// Users.
    Users,
    /// Exceptions from everyone.
    Except,
    /// Users and exceptions from them.
    Both,
}

impl Lists {
    fn of(targets: &Targets) -> Self {
        match targets {
            Targets::Everyone => Self::None,
            Targets::Users(_) => Self::Users,
            Targets::Except(_) => Self::Except,
            Targets::UsersExcept { .. } => Self::Both,
        }
    }
}

/// How a list of users differs. Both are sorted by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SetDiff {
    /// Only in the list after.
    pub added: Vec<Target>,
    /// Only in the list before.
    pub removed: Vec<UserId>,
    /// Where the definition fills the list with groups alone, these groups: none of them has those who are
    /// removed. Empty where the definition also names users, or no definition is compared: who is removed may
    /// have been named.
    pub not_in: BTreeSet<String>,
}

/// A user in a list of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// Who.
    pub user: UserId,
    /// The groups through which the definition names the user; empty when it names the user directly, or
    /// when no definition is compared.
    pub groups: BTreeSet<String>,
}

impl RoleDiff {
    /// The difference of two roles that no definition explains. `None` is a role that does not exist.
    pub(crate) fn between(before: Option<&Role>, after: Option<&Role>) -> Self {
        let (via, named) = (GroupMembership::new(), BTreeMap::new());
        Self::with_groups(before, after, Groups { via: &via, named: &named })
    }

    /// The difference of a live role, if there is one, and the role that a definition declares.
    pub(crate) fn to_desired(before: Option<&Role>, desired: &Desired) -> Self {
        let Desired { role, via, rule_groups, .. } = desired;
        Self::with_groups(before, Some(role), Groups { via, named: rule_groups })
    }

    /// Are the roles the same to the service?
    pub(crate) fn is_empty(&self) -> bool {
        let Self { name, role_type, description, expires, rules } = self;
        name.is_none()
            && role_type.is_none()
            && description.is_none()
            && expires.is_none()
            && rules.is_empty()
    }

    fn with_groups(before: Option<&Role>, after: Option<&Role>, groups: Groups<'_>) -> Self {
        let (before, after) = (before.map(Role::canonical), after.map(Role::canonical));
        match (before, after) {
            (None, None) => Self::default(),
            (None, Some(Role { name: _, role_type: _, description, expires, rules })) => Self {
                description: Edit::between(&None, &description),
                expires: Edit::between(&None, &expires),
                rules: rule_diffs(Vec::new(), rules, groups),
                ..Self::default()
            },
            (Some(Role { name: _, role_type: _, description: _, expires: _, rules }), None) => {
                Self { rules: rule_diffs(rules, Vec::new(), groups), ..Self::default() }
            }
            (Some(Role { name, role_type, description, expires, rules }), Some(after)) => Self {
                name: Edit::between(&name, &after.name),
                role_type: Edit::between(&role_type, &after.role_type),
                description: Edit::between(&description, &after.description),
                expires: Edit::between(&expires, &after.expires),
                rules: rule_diffs(rules, after.rules, groups),
            },
        }
    }
}

/// Pairs the rules of two canonical roles, and gives the differences.
fn rule_diffs(mut old: Vec<Rule>, mut new: Vec<Rule>, groups: Groups<'_>) -> Vec<RuleDiff> {
    // Two live rules may share an id: those that stay as they are first, then each with one of its id
    old.retain(|rule| match new.iter().position(|other| other == rule) {
        Some(same) => {
            new.remove(same);
            false
        }
        None => true,
    });
    let mut diffs = Vec::new();
    for rule in old {
        diffs.push(match new.iter().position(|other| other.id == rule.id) {
            Some(other) => RuleDiff::Changed(Box::new(RuleChange::between(rule, new.remove(other), groups))),
            None => RuleDiff::Removed(groups.whole(rule)),
        });
    }
    diffs.extend(new.into_iter().map(|rule| RuleDiff::Added(groups.whole(rule))));
    diffs
}

impl RuleChange {
    /// The difference of two rules of one id.
    fn between(before: Rule, after: Rule, groups: Groups<'_>) -> Self {
        let Rule { id, name, description, expires, effect, targets } = &before;
        let named = groups.labels(id);
        let name = Edit::between(name, &after.name);
        let description = Edit::between(description, &after.description);
        let expires = Edit::between(expires, &after.expires);
        let effect = Edit::between(effect, &after.effect);
        let lists = Edit::between(&Lists::of(targets), &Lists::of(&after.targets));
        let same_otherwise = name.is_none()
            && description.is_none()
            && expires.is_none()
            && effect.is_none()
            && lists.is_none();
        let users = groups.set_diff(id, TargetList::Users, targets, &after.targets);
        let except = groups.set_diff(id, TargetList::Except, targets, &after.targets);
        let explained = |set: &SetDiff| set.removed.is_empty() || !set.not_in.is_empty();
        let only_members = same_otherwise
            && !named.is_empty()
            && [&users, &except].into_iter().all(explained)
            && groups.explain(id, targets, &after.targets);
        Self {
            name,
            description,
            expires,
            effect,
            lists,
            users,
            except,
            groups: named,
            only_members,
            before,
            after,
        }
    }
}

/// The groups of the definition that a role is compared with.
#[derive(Clone, Copy)]
struct Groups<'a> {
    via: &'a GroupMembership,
    named: &'a BTreeMap<(RuleId, TargetList), ListedGroups>,
}

impl<'a> Groups<'a> {
    fn whole(self, rule: Rule) -> WholeRule {
        let all = |side| {
            list(&rule.targets, side).into_iter().map(|user| self.target(&rule.id, side, user)).collect()
        };
        WholeRule { users: all(TargetList::Users), except: all(TargetList::Except), rule }
    }

    fn set_diff(self, rule: &RuleId, side: TargetList, old: &Targets, new: &Targets) -> SetDiff {
        let (old, new) = (list(old, side), list(new, side));
        SetDiff {
            added: new.difference(&old).map(|user| self.target(rule, side, user)).collect(),
            removed: old.difference(&new).map(|user| (*user).clone()).collect(),
            not_in: self.listed(rule, side).filter(|groups| groups.alone).map(labels).unwrap_or_default(),
        }
    }

    fn listed(self, rule: &RuleId, side: TargetList) -> Option<&'a ListedGroups> {
        self.named.get(&(rule.clone(), side))
    }

    /// All groups that the rule names.
    fn labels(self, rule: &RuleId) -> BTreeSet<String> {
        let sides = [TargetList::Users, TargetList::Except];
        sorted::set(sides.iter().filter_map(|side| self.listed(rule, *side)).flat_map(labels))
    }

    fn target(self, rule: &RuleId, side: TargetList, user: &UserId) -> Target {
        let groups = self.via.get(&(rule.clone(), side, user.clone())).cloned().unwrap_or_default();
        Target { user: user.clone(), groups }
    }

    /// Could the members of groups be all that is different? It is taken to be the case when the old
    /// targets have members of the groups already, and nobody is added in another way.
    fn explain(self, rule: &RuleId, old: &Targets, new: &Targets) -> bool {
        let is_member = |user: &&UserId| {
            [TargetList::Users, TargetList::Except]
                .iter()
                .any(|side| self.via.contains_key(&(rule.clone(), *side, (*user).clone())))
        };
        let (old, new): (BTreeSet<_>, BTreeSet<_>) =
            (old.mentioned_users().collect(), new.mentioned_users().collect());
        old.intersection(&new).any(&is_member) && new.difference(&old).all(is_member)
    }
}

fn labels(groups: &ListedGroups) -> BTreeSet<String> {
    groups.labels.clone()
}

/// The users in one list of a rule.
fn list(targets: &Targets, side: TargetList) -> BTreeSet<&UserId> {
    let users = match side {
        TargetList::Users => targets.users(),
        TargetList::Except => targets.except(),
    };
    users.into_iter().flat_map(|users| users.iter()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::definition::span::Span;
    use crate::role::UserSet;
    use crate::role::tests::{role, rule, targets, uid, users};

    fn named(ids: &[&str]) -> Targets {
        Targets::Users(users(ids))
    }

    fn allow(ids: &[&str]) -> Rule {
        rule("a", Effect::Allow, named(ids))
    }

    /// The changes of the rules that stay.
    fn changes(diff: &RoleDiff) -> Vec<&RuleChange> {
        diff.rules
            .iter()
            .map(|rule| match rule {
                RuleDiff::Changed(change) => change.as_ref(),
                RuleDiff::Added(_) | RuleDiff::Removed(_) => panic!("not changed: {rule:?}"),
            })
            .collect()
    }

    fn added(set: &SetDiff) -> Vec<&str> {
        set.added.iter().map(|target| target.user.as_str()).collect()
    }

    fn removed(set: &SetDiff) -> Vec<&str> {
        set.removed.iter().map(UserId::as_str).collect()
    }

    /// The difference of a role with the one rule and a definition of the other, whose rule names the
    /// group `g` with these members.
    fn with_members(before: Rule, after: Rule, side: TargetList, members: &[&str]) -> RuleChange {
        with_members_and(before, after, side, members, true)
    }

    /// As [`with_members`]; unless the group is `alone`, the list also names users.
    fn with_members_and(
        before: Rule,
        after: Rule,
        side: TargetList,
        members: &[&str],
        alone: bool,
    ) -> RuleChange {
        let group = BTreeSet::from(["g".to_owned()]);
        let member = |user: &&str| ((after.id.clone(), side, uid(user)), group.clone());
        let desired = Desired {
            span: Span::default(),
            via: members.iter().map(member).collect(),
            rule_groups: [((after.id.clone(), side), ListedGroups { labels: group.clone(), alone })].into(),
            role: role(vec![after]),
            id: None,
            previously: Vec::new(),
            skipped_rules: Vec::new(),
            expired: Vec::new(),
        };
        let diff = RoleDiff::to_desired(Some(&role(vec![before])), &desired);
        changes(&diff)[0].clone()
    }

    #[test]
    fn a_role_and_itself_have_no_difference() {
        let role = role(vec![allow(&["x"]), rule("b", Effect::Deny, Targets::Everyone)]);
        assert!(RoleDiff::between(Some(&role), Some(&role)).is_empty());
        assert!(RoleDiff::between(None, None).is_empty());
    }

    #[test]
    fn fields_carry_old_and_new() {
        let before = role(vec![]);
        let after = Role {
            name: RoleName::from_service("s"),
            role_type: RoleType::FullAccess,
            description: Some(Description::from_service("d")),
            expires: None,
            rules: vec![],
        };
        let diff = RoleDiff::between(Some(&before), Some(&after));
        let description = Edit { old: None, new: after.description.clone() };
        assert_eq!(
            diff,
            RoleDiff {
                name: Some(Edit { old: before.name.clone(), new: after.name.clone() }),
                role_type: Some(Edit { old: RoleType::ReadOnly, new: RoleType::FullAccess }),
                description: Some(description.clone()),
                expires: None,
                rules: vec![],
            }
        );
        // A role that is created has a description; its name and type are no edits
        let created = RoleDiff::between(None, Some(&after));
        assert_eq!(created, RoleDiff { description: Some(description), ..RoleDiff::default() });
        assert!(RoleDiff::between(Some(&after), None).is_empty());
    }

    #[test]
    fn every_rule_of_a_new_or_deleted_role_is_added_or_removed() {
        let both = Targets::UsersExcept { users: users(&["y", "x"]), except: users(&["z"]) };
        let role = role(vec![rule("a", Effect::Allow, both)]);
        let [RuleDiff::Added(new)] = &RoleDiff::between(None, Some(&role)).rules[..] else {
            panic!("not added")
        };
        let ids = |targets: &[Target]| targets.iter().map(|t| t.user.to_string()).collect::<Vec<_>>();
        assert_eq!((ids(&new.users), ids(&new.except)), (vec!["x".into(), "y".into()], vec!["z".into()]));
        let gone = RoleDiff::between(Some(&role), None).rules;
        assert_eq!(gone, [RuleDiff::Removed(new.clone())]);
    }

    #[test]
    fn a_rule_that_stays_says_what_changes() {
        let before = rule("a", Effect::Allow, named(&["x", "y"]));
        let after = Rule {
            name: Some(RuleName::from_service("n")),
            effect: Effect::Deny,
            targets: Targets::UsersExcept { users: users(&["y", "z"]), except: users(&["w"]) },
            ..before.clone()
        };
        let diff = RoleDiff::between(Some(&role(vec![before.clone()])), Some(&role(vec![after.clone()])));
        let [change] = changes(&diff)[..] else { panic!("one change") };
        assert_eq!((&change.before, &change.after), (&before, &after));
        assert_eq!(change.name, Some(Edit { old: None, new: after.name }));
        assert_eq!(change.description, None);
        assert_eq!(change.effect, Some(Edit { old: Effect::Allow, new: Effect::Deny }));
        assert_eq!(change.lists, Some(Edit { old: Lists::Users, new: Lists::Both }));
        assert_eq!((added(&change.users), removed(&change.users)), (vec!["z"], vec!["x"]));
        assert_eq!((added(&change.except), removed(&change.except)), (vec!["w"], vec![]));
        assert!(!change.only_members);
    }

    #[test]
    fn rules_that_share_an_id_are_paired_with_equal_ones_first() {
        let deny = |ids| rule("a", Effect::Deny, named(ids));
        let before = role(vec![allow(&["x"]), deny(&["y"])]);
        let diff = RoleDiff::between(Some(&before), Some(&role(vec![deny(&["y"]), allow(&["z"])])));
        let [change] = changes(&diff)[..] else { panic!("one change") };
        assert_eq!((&change.before, &change.after), (&allow(&["x"]), &allow(&["z"])));
        let diff = RoleDiff::between(Some(&before), Some(&role(vec![allow(&["x"])])));
        assert!(matches!(&diff.rules[..], [RuleDiff::Removed(gone)] if gone.rule == deny(&["y"])));
    }

    #[test]
    fn other_members_of_a_group_can_be_the_whole_difference() {
        let (old, new) = (allow(&["x"]), allow(&["x", "y"]));
        let change = with_members(old.clone(), new.clone(), TargetList::Users, &["x", "y"]);
        assert!(change.only_members);
        assert_eq!(change.groups, BTreeSet::from(["g".to_owned()]));
        assert_eq!(change.users.added, [Target { user: uid("y"), groups: change.groups.clone() }]);
        // Who leaves the group is not named by the definition any longer
        let change = with_members(new.clone(), old.clone(), TargetList::Users, &["x"]);
        assert!(change.only_members);
        assert_eq!((removed(&change.users), &change.users.not_in), (vec!["y"], &change.groups));
        let excepts = |ids: &[&str]| rule("a", Effect::Allow, Targets::Except(users(ids)));
        let change = with_members(excepts(&["x"]), excepts(&["x", "y"]), TargetList::Except, &["x", "y"]);
        assert!(change.only_members);

        // Who goes may have been named beside the group
        let change = with_members_and(new.clone(), old.clone(), TargetList::Users, &["x"], false);
        assert!(!change.only_members);
        assert_eq!((removed(&change.users), change.users.not_in.len()), (vec!["y"], 0));

        // Somebody is added directly; no member was named before; a field changes too
        assert!(!with_members(old.clone(), new.clone(), TargetList::Users, &["x"]).only_members);
        assert!(!with_members(old.clone(), new.clone(), TargetList::Users, &["y"]).only_members);
        let deny = Rule { effect: Effect::Deny, ..new };
        assert!(!with_members(old, deny, TargetList::Users, &["x", "y"]).only_members);
    }

    fn any_role() -> impl Strategy<Value = Role> {
        let set = || {
            prop::collection::btree_set("[a-d]", 1..4)
                .prop_map(|ids| UserSet::new(ids.iter().map(|id| uid(id))).expect("not empty"))
        };
        let effect = prop_oneof![Just(Effect::Allow), Just(Effect::Deny)];
        let rule =
            ("[a-c]", effect, targets(set)).prop_map(|(id, effect, targets)| rule(&id, effect, targets));
        prop::collection::vec(rule, 0..4).prop_map(role)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn only_the_same_roles_have_no_difference(a in any_role(), b in any_role()) {
            prop_assert!(RoleDiff::between(Some(&a), Some(&a)).is_empty());
            prop_assert_eq!(RoleDiff::between(Some(&a), Some(&b)).is_empty(), a.same_as(&b));
        }

        #[test]
        fn the_order_of_rules_is_no_difference(
            (a, shuffled) in any_role().prop_flat_map(|role| (Just(role.clone()), Just(role.rules).prop_shuffle())),
            b in any_role(),
        ) {
            let other = Role { rules: shuffled, ..a.clone() };
            prop_assert_eq!(RoleDiff::between(Some(&a), Some(&b)), RoleDiff::between(Some(&other), Some(&b)));
            prop_assert_eq!(RoleDiff::between(Some(&b), Some(&a)), RoleDiff::between(Some(&b), Some(&other)));
        }
    }

    #[test]
    fn a_rule_that_differs_in_more_than_its_members_says_so() {
        let (before, after) = (allow(&["x"]), allow(&["x", "y"]));
        let only =
            |before: Rule| with_members(before, after.clone(), TargetList::Users, &["x", "y"]).only_members;
        assert!(only(before.clone()));
        let name = Some(crate::role::RuleName::from_service("n"));
        assert!(!only(Rule { name, ..before.clone() }));
        let description = Some(crate::role::Description::from_service("d"));
        assert!(!only(Rule { description, ..before.clone() }));
        assert!(!only(Rule { effect: Effect::Deny, ..before.clone() }));
    }

    #[test]
    fn a_role_that_differs_in_one_thing_differs() {
        let before = role(vec![allow(&["x"])]);
        let differs = |after: &Role| !RoleDiff::between(Some(&before), Some(after)).is_empty();
        assert!(!differs(&before));
        assert!(differs(&Role { name: RoleName::from_service("other"), ..before.clone() }));
        assert!(differs(&Role { role_type: RoleType::FullAccess, ..before.clone() }));
        let description = Some(crate::role::Description::from_service("d"));
        assert!(differs(&Role { description, ..before.clone() }));
        assert!(differs(&role(vec![allow(&["y"])])));
    }
}

//! The service's limits on the rules of a role, checked on what would be sent.
//!
//! Lists of users are split first, so that only what cannot be sent in any form breaks a limit.

use std::fmt;

use super::split::{split, split_all, split_id_collision};
use super::{Description, Effect, MAX_RULES, MAX_USERS, Role, Rule, RuleId, Targets};
use crate::expiry::Expires;

/// A limit that a role breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LimitViolation {
    /// More than [`MAX_RULES`] rules (documented), long lists split.
    TooManyRules {
        /// How many rules the role has.
        given: usize,
        /// How many would be sent.
        needed: usize,
        /// How many roles the users of the ALLOW rules fit into, each with all the other rules.
        roles: Option<usize>,
    },
    /// More than [`MAX_USERS`] exceptions in a rule (documented), which cannot be split: two rules that
    /// each except ten users match everyone.
    TooManyExceptions {
        /// The rule.
        rule: RuleId,
        /// How many users it excepts.
        count: usize,
    },
    /// Splitting gives a rule the id of a different one. Whether the service refuses that is not
    /// known; read back, the two could not be told apart.
    SplitIdCollision {
        /// The id.
        id: RuleId,
    },
    /// A description and the line that keeps an expiry have more than 256 characters together (documented), or hold
    /// what the service refuses.
    LongDescription {
        /// The rule; none is the role itself.
        rule: Option<RuleId>,
        /// How many characters the two have.
        count: usize,
    },
}

/// At most this many characters in a description, with the line of an expiry (documented).
const MAX_DESCRIPTION: usize = 256;

impl LimitViolation {
    /// Do this many rules break the limit? `given` rules are sent as `needed`, of which so many are `lists` of users
    /// in ALLOW rules.
    pub(crate) fn of_rules(given: usize, needed: usize, lists: usize) -> Option<Self> {
        let room = MAX_RULES.saturating_sub(needed - lists);
        let roles = (room > 0 && given < needed).then(|| lists.div_ceil(room)).filter(|roles| *roles > 1);
        (needed > MAX_RULES).then_some(Self::TooManyRules { given, needed, roles })
    }

    /// Do this many exceptions of a rule break the limit?
    pub(crate) fn of_exceptions(rule: &RuleId, count: usize) -> Option<Self> {
        (count > MAX_USERS).then(|| Self::TooManyExceptions { rule: rule.clone(), count })
    }

    /// Is a description too long for the service with the line that keeps an expiry?
    pub(crate) fn of_description(
        rule: Option<&RuleId>,
        description: Option<&Description>,
        expires: Option<&Expires>,
    ) -> Option<Self> {
        let count = Description::write(description, Some(expires?))?.as_str().chars().count();
        (count > MAX_DESCRIPTION).then(|| Self::LongDescription { rule: rule.cloned(), count })
    }

    /// Does the service certainly refuse such a role?
    pub(crate) fn is_refused(&self) -> bool {
        !matches!(self, Self::SplitIdCollision { .. })
    }
}

impl fmt::Display for LimitViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyRules { given, needed, .. } if given == needed => {
                write!(f, "the role has {needed} rules; the service takes at most {MAX_RULES}")
            }
            Self::TooManyRules { needed, roles, .. } => {
                write!(
                    f,
                    "the role needs {needed} rules of at most {MAX_USERS} users each; the service takes at most \
                     {MAX_RULES}"
                )?;
                roles.map_or(Ok(()), |roles| write!(f, "; the users fit into {roles} roles"))
            }
            Self::TooManyExceptions { rule, count } => write!(
                f,
                "rule {rule} excepts {count} users; the service takes at most {MAX_USERS}, and exceptions cannot be split into several rules"
            ),
            Self::LongDescription { rule, count } => {
                match rule {
                    Some(rule) => write!(f, "the description of rule {rule}")?,
                    None => f.write_str("the description of the role")?,
                }
                write!(
                    f,
                    " has {count} characters with the line that keeps its expiry; the service takes at most {MAX_DESCRIPTION}"
                )
            }
            Self::SplitIdCollision { id } => {
                write!(
                    f,
                    "split into lists of {MAX_USERS} users, two rules of the role would have the id {id}"
                )
            }
        }
    }
}

/// Every limit that the role breaks, long lists split; none for a role that can be sent.
pub(crate) fn limit_violations(role: &Role) -> Vec<LimitViolation> {
    let (given, needed) = (role.rules.len(), split_all(&role.rules).len());
    let lists_users =
        |rule: &&Rule| rule.effect == Effect::Allow && matches!(rule.targets, Targets::Users(_));
    let lists = role.rules.iter().filter(lists_users).flat_map(split).count();
    let rules = LimitViolation::of_rules(given, needed, lists);
    let exceptions = role
        .rules
        .iter()
        .filter_map(|rule| LimitViolation::of_exceptions(&rule.id, rule.targets.except()?.len()));
    let collision = split_id_collision(&role.rules).map(|id| LimitViolation::SplitIdCollision { id });
    let described = LimitViolation::of_description(None, role.description.as_ref(), role.expires.as_ref());
    let descriptions = role.rules.iter().filter_map(|rule| {
        LimitViolation::of_description(Some(&rule.id), rule.description.as_ref(), rule.expires.as_ref())
    });
    rules.into_iter().chain(exceptions).chain(described).chain(descriptions).chain(collision).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::UserSet;
    use crate::role::tests::{role, rule, uid};

    fn many(n: usize) -> UserSet {
        UserSet::new((0..n).map(|i| uid(&format!("u{i:03}")))).expect("not empty")
    }

    fn allow(id: &str, n: usize) -> Rule {
        rule(id, Effect::Allow, Targets::Users(many(n)))
    }

    fn sentences(rules: Vec<Rule>) -> Vec<String> {
        limit_violations(&role(rules)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_role_at_its_limits_breaks_none() {
        assert_eq!(limit_violations(&role(vec![])), []);
        assert_eq!(limit_violations(&role(vec![allow("a", 100)])), []);
        assert_eq!(limit_violations(&role((0..10).map(|n| allow(&n.to_string(), 1)).collect())), []);
        assert_eq!(limit_violations(&role(vec![rule("a", Effect::Allow, Targets::Except(many(10)))])), []);
    }

    #[test]
    fn rules_are_counted_as_they_are_sent() {
        let eleven = (0..11).map(|n| allow(&n.to_string(), 1)).collect();
        assert_eq!(sentences(eleven), ["the role has 11 rules; the service takes at most 10"]);
        let split = "the role needs 11 rules of at most 10 users each; the service takes at most 10";
        assert_eq!(sentences(vec![allow("a", 101)]), [format!("{split}; the users fit into 2 roles")]);
        let deny = rule("d", Effect::Deny, Targets::Users(many(55)));
        let split = "the role needs 31 rules of at most 10 users each; the service takes at most 10";
        let roles = "the users fit into 7 roles";
        assert_eq!(sentences(vec![allow("a", 250), deny]), [format!("{split}; {roles}")]);
        let deny = rule("d", Effect::Deny, Targets::Users(many(101)));
        assert!(!sentences(vec![allow("a", 10), deny])[0].contains("roles"));
    }

    #[test]
    fn exceptions_beside_a_list_count_once() {
        let targets = Targets::UsersExcept { users: many(21), except: many(11) };
        let except = "rule a excepts 11 users; the service takes at most 10, and exceptions cannot be split into several rules";
        assert_eq!(sentences(vec![rule("a", Effect::Allow, targets)]), [except]);
    }

    #[test]
    fn a_derived_id_that_is_taken_is_named_and_may_be_sent() {
        let violations = limit_violations(&role(vec![allow("a", 11), allow("a--2", 1)]));
        assert_eq!(violations, [LimitViolation::SplitIdCollision { id: RuleId::from_service("a--2") }]);
        assert!(!violations[0].is_refused());
    }

    #[test]
    fn what_is_over_a_limit_is_refused() {
        let violations = limit_violations(&role(vec![
            allow("a", 101),
            rule("b", Effect::Allow, Targets::Except(many(11))),
        ]));
        assert_eq!(violations.len(), 2);
        assert!(violations.iter().all(LimitViolation::is_refused));
    }
}

//! Lists longer than the service takes: split into rules of ten, and joined again.
//!
//! Any matching rule of an effect decides alike, so one `users` list of an ALLOW or a DENY rule
//! means the same in several rules. `except_users` cannot be split: two rules that each except
//! ten users would match everyone.

use super::{MAX_USERS, Rule, RuleId, RuleName, Targets, UserSet};
use crate::sorted;

/// What ends the id and the name of the `n`th rule of a split list; ids and names have at most 64
/// characters, so a long base is cut.
fn derived_id(base: &RuleId, n: usize) -> RuleId {
    let suffix = format!("--{n}");
    RuleId::from_service(format!("{}{suffix}", cut(base.as_str(), 64 - suffix.len())))
}

fn derived_name(base: &RuleName, n: usize) -> RuleName {
    let suffix = format!(" ({n})");
    RuleName::from_service(format!("{}{suffix}", cut(base.as_str(), 64 - suffix.len())))
}

fn cut(text: &str, max: usize) -> &str {
    text.char_indices().nth(max).map_or(text, |(at, _)| &text[..at])
}

/// The rules to send for one rule: itself, or rules of ten users each when it names more.
///
/// The first keeps the id and the name; those that follow have `--2`, `--3`… behind the id and
/// ` (2)`, ` (3)`… behind the name, since the console asks for unique names.
pub(super) fn split(rule: &Rule) -> Vec<Rule> {
    let Some(users) = rule.targets.users() else { return vec![rule.clone()] };
    let all: Vec<_> = users.iter().cloned().collect();
    all.chunks(MAX_USERS)
        .enumerate()
        .filter_map(|(i, chunk)| {
            let chunk = UserSet::new(chunk.iter().cloned()).ok()?;
            Some(nth(rule, i + 1, with_users(&rule.targets, chunk)))
        })
        .collect()
}

/// The rules to send for all rules of a role.
pub(crate) fn split_all(rules: &[Rule]) -> Vec<Rule> {
    rules.iter().flat_map(split).collect()
}

/// The id that splitting would give to a second rule, if there is one. Ids that two rules share already,
/// as live ones may, are not its doing.
pub(super) fn split_id_collision(rules: &[Rule]) -> Option<RuleId> {
    let mut taken = sorted::set(rules.iter().map(|rule| rule.id.clone()));
    let derived = rules.iter().flat_map(|rule| split(rule).into_iter().skip(1));
    derived.map(|part| part.id).find(|id| !taken.insert(id.clone()))
}

/// Targets with another list of users and the same exceptions.
fn with_users(targets: &Targets, users: UserSet) -> Targets {
    match targets.except() {
        Some(except) => Targets::UsersExcept { users, except: except.clone() },
        None => Targets::Users(users),
    }
}

fn nth(base: &Rule, n: usize, targets: Targets) -> Rule {
    if n == 1 {
        return Rule { targets, ..base.clone() };
    }
    Rule {
        id: derived_id(&base.id, n),
        name: base.name.as_ref().map(|name| derived_name(name, n)),
        description: base.description.clone(),
        expires: base.expires.clone(),
        effect: base.effect,
        targets,
    }
}

/// The rules as they were before [`split`]: a rule and those derived from it become one.
///
/// Rules that somebody else wrote in the same form are joined too; they mean the same.
pub(crate) fn join(rules: &[Rule]) -> Vec<Rule> {
    let mut left: Vec<Rule> = rules.to_vec();
    // Bases before what may be derived from them, so that no part is taken for a base: a derived
    // id ends in its number, and is longer than its base unless both were cut at 64 characters
    sorted::by_key(&mut left, |rule| (has_number(&rule.id), rule.id.as_str().len(), rule.clone()));
    let mut joined = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let base = left.remove(0);
        joined.push(absorb(base, &mut left));
    }
    joined
}

fn has_number(id: &RuleId) -> bool {
    id.as_str().rsplit_once("--").is_some_and(|(_, n)| n.parse::<u32>().is_ok())
}

fn absorb(mut base: Rule, left: &mut Vec<Rule>) -> Rule {
    for n in 2.. {
        let Some(users) = base.targets.users() else { break };
        let wanted = nth(&base, n, base.targets.clone());
        let Some(at) = left.iter().position(|rule| is_part(rule, &wanted)) else { break };
        let part = left.remove(at);
        if let Some(more) = part.targets.users() {
            base.targets = with_users(&base.targets, users.union(more));
        }
    }
    base
}

/// Is `rule` the part that `wanted` describes, whoever its users are?
fn is_part(rule: &Rule, wanted: &Rule) -> bool {
    let Rule { id, name, description, expires, effect, targets } = rule;
    *id == wanted.id
        && *name == wanted.name
        && *description == wanted.description
        && *expires == wanted.expires
        && *effect == wanted.effect
        && targets.users().is_some()
        && targets.except() == wanted.targets.except()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::Effect;
    use crate::role::tests::{rule, uid};

    fn many(n: usize) -> UserSet {
        UserSet::new((0..n).map(|i| uid(&format!("u{i:03}")))).expect("not empty")
    }

    fn named(id: &str, n: usize) -> Rule {
        Rule { name: Some(RuleName::from_service(id)), ..rule(id, Effect::Allow, Targets::Users(many(n))) }
    }

    #[test]
    fn ten_users_stay_one_rule() {
        assert_eq!(split(&named("a", 10)), vec![named("a", 10)]);
    }

    #[test]
    fn what_was_split_is_joined_again() {
        for n in [1, 10, 11, 20, 21, 95] {
            let parts = split(&named("support", n));
            assert_eq!(parts.len(), n.div_ceil(10));
            assert_eq!(join(&parts), vec![named("support", n)], "{n} users");
        }
    }

    #[test]
    fn ids_and_names_of_parts_are_derived_and_unique() {
        let parts = split(&named("support", 21));
        let ids: Vec<_> = parts.iter().map(|p| p.id.as_str()).collect();
        assert_eq!(ids, ["support", "support--2", "support--3"]);
        assert_eq!(parts[2].name.as_ref().map(RuleName::as_str), Some("support (3)"));
    }

    #[test]
    fn a_base_of_64_characters_is_cut_and_still_joined() {
        let id = "x".repeat(64);
        let parts = split(&named(&id, 30));
        assert!(parts.iter().all(|p| p.id.as_str().len() <= 64));
        assert_eq!(join(&parts), vec![named(&id, 30)]);
    }

    #[test]
    fn rules_that_differ_in_more_than_users_stay_apart() {
        let mut parts = split(&named("a", 12));
        parts[1].effect = Effect::Deny;
        assert_eq!(join(&parts).len(), 2);
    }

    #[test]
    fn exceptions_are_kept_in_each_part() {
        let targets = Targets::UsersExcept { users: many(12), except: many(2) };
        let rule = rule("a", Effect::Allow, targets);
        let parts = split(&rule);
        assert_eq!(parts.len(), 2);
        assert_eq!(join(&parts), vec![rule]);
    }

    #[test]
    fn an_exception_is_never_split() {
        let rule = rule("a", Effect::Allow, Targets::Except(many(12)));
        assert_eq!(split(&rule), vec![rule]);
    }

    #[test]
    fn each_part_lists_ten_users_and_none_twice() {
        let parts = split(&named("a", 21));
        let users: Vec<_> = parts.iter().filter_map(|part| part.targets.users()).collect();
        assert_eq!(users.iter().map(|users| users.len()).collect::<Vec<_>>(), [10, 10, 1]);
        assert_eq!(
            users.iter().flat_map(|users| users.iter()).collect::<std::collections::BTreeSet<_>>().len(),
            21
        );
    }

    #[test]
    fn rules_of_other_ids_or_names_are_no_parts() {
        let one = |id: &str| rule(id, Effect::Allow, Targets::Users(many(1)));
        assert_eq!(join(&[one("a"), one("b")]).len(), 2);
        let mut parts = split(&named("a", 12));
        parts[1].name = None;
        assert_eq!(join(&parts).len(), 2);
    }
}

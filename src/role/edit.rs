//! Changes to the rules of a role, as flags ask for them. Pure.

use super::{Effect, EmptySet, Role, Rule, RuleId, RuleName, Targets, UserId, UserSet};

impl Role {
    /// Adds users to the rule of this id and effect that lists users, else makes one with this id, or the
    /// first of `id-2`, `id-3`… that is free.
    pub(crate) fn add_users(&mut self, id: &str, effect: Effect, users: UserSet) {
        let existing = self.rules.iter_mut().find(|rule| rule.id.as_str() == id && rule.effect == effect);
        if let Some(rule) = existing
            && let Targets::Users(old) = &rule.targets
        {
            rule.targets = Targets::Users(old.union(&users));
            return;
        }
        let is_taken = |id: &str| self.rules.iter().any(|rule| rule.id.as_str() == id);
        let mut free = id.to_owned();
        let mut number = 2;
        while is_taken(&free) {
            free = format!("{id}-{number}");
            number += 1;
        }
        self.push_rule(&free, effect, Targets::Users(users));
    }

    /// Puts an ALLOW rule with these targets in place of the one of this id.
    pub(crate) fn replace_rule(&mut self, id: &str, targets: Targets) {
        self.rules.retain(|rule| rule.id.as_str() != id);
        self.push_rule(id, Effect::Allow, targets);
    }

    fn push_rule(&mut self, id: &str, effect: Effect, targets: Targets) {
        self.rules.push(Rule {
            id: RuleId::from_service(id),
            name: Some(RuleName::from_service(id.replace('-', " "))),
            description: None,
            effect,
            targets,
        });
    }

    /// Removes the rules of this id or name; says whether there were any.
    pub(crate) fn remove_rule(&mut self, text: &str) -> bool {
        let before = self.rules.len();
        self.rules.retain(|rule| {
            rule.id.as_str() != text && rule.name.as_ref().is_none_or(|name| name.as_str() != text)
        });
        self.rules.len() < before
    }

    /// Removes a user from every list. A rule that lists nobody any longer is removed with it.
    ///
    /// # Errors
    /// The rule that would except nobody any longer, and so match everyone; the role is unchanged then.
    pub(crate) fn remove_user(&mut self, user: &UserId) -> Result<(), RuleId> {
        let mut kept = Vec::with_capacity(self.rules.len());
        for rule in &self.rules {
            match rule.targets.remove_users(|id| id == user) {
                Ok(targets) => kept.extend(targets.map(|targets| Rule { targets, ..rule.clone() })),
                Err(EmptySet) => return Err(rule.id.clone()),
            }
        }
        self.rules = kept;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::tests::{role, rule, uid, users};

    fn ids(role: &Role) -> Vec<&str> {
        role.rules.iter().map(|rule| rule.id.as_str()).collect()
    }

    #[test]
    fn removing_a_user_whom_no_rule_names_changes_nothing() {
        let before = role(vec![rule("a", Effect::Allow, Targets::Users(users(&["x"])))]);
        let mut after = before.clone();
        assert_eq!(after.remove_user(&uid("y")), Ok(()));
        assert_eq!(after, before);
    }

    #[test]
    fn users_join_their_rule_or_make_one_with_a_free_id() {
        let mut role = role(vec![rule("allow", Effect::Deny, Targets::Users(users(&["x"])))]);
        role.add_users("allow", Effect::Allow, users(&["a"]));
        assert_eq!(ids(&role), ["allow", "allow-2"]);
        role.add_users("allow-2", Effect::Allow, users(&["b"]));
        assert_eq!(role.rules[1].targets, Targets::Users(users(&["a", "b"])));
    }

    #[test]
    fn the_last_exception_is_never_removed() {
        let mut role = role(vec![rule("a", Effect::Allow, Targets::Except(users(&["x"])))]);
        let before = role.clone();
        assert_eq!(role.remove_user(&uid("x")), Err(RuleId::from_service("a")));
        assert_eq!(role, before);
    }

    #[test]
    fn a_rule_is_removed_by_id_or_name() {
        let mut role = role(vec![rule("a", Effect::Allow, Targets::Everyone)]);
        assert!(!role.remove_rule("b"));
        assert!(role.remove_rule("a"));
        assert_eq!(role.rules, []);
    }
}

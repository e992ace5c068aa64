//! A rule that is being written: the answers so far, as data.
//!
//! Whom it names is kept apart for each effect and each kind of targets. Whoever was denied or excepted is not offered
//! as somebody to allow when the rule turns round.

use std::collections::{BTreeMap, BTreeSet};

use crate::role::{Description, Effect, Rule, RuleId, RuleName, Targets, UserId, UserSet, derive_rule_id};
use crate::sorted;

/// What must be typed for a rule that allows everyone.
pub(super) const EVERYONE: &str = "everyone";

/// Whom a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Those who are picked.
    Chosen,
    /// Everyone but those who are picked.
    AllBut,
    /// Every user.
    Everyone,
    /// As the live rule has it, which lists users and exceptions.
    AsItIs,
}

/// The answers about one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    /// The number of the rule of the role that it replaces, and that rule.
    pub(super) of: Option<(usize, Rule)>,
    /// Its name; empty for none.
    pub(super) name: String,
    /// Its description; empty for none.
    pub(super) description: String,
    /// What it decides.
    pub(super) effect: Effect,
    /// What was typed to confirm that everyone is meant.
    pub(super) word: String,
    kinds: BTreeMap<Effect, Kind>,
    users: BTreeMap<(Effect, Kind), BTreeSet<UserId>>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            of: None,
            name: String::new(),
            description: String::new(),
            effect: Effect::Allow,
            word: String::new(),
            kinds: BTreeMap::new(),
            users: BTreeMap::new(),
        }
    }
}

impl Draft {
    /// The rule of this number, to be changed.
    pub(super) fn of(number: usize, rule: &Rule) -> Self {
        let Rule { id: _, name, description, expires: _, effect, targets } = rule;
        let (kind, users) = match targets {
            Targets::Users(users) => (Kind::Chosen, Some(users)),
            Targets::Except(except) => (Kind::AllBut, Some(except)),
            Targets::Everyone => (Kind::Everyone, None),
            Targets::UsersExcept { .. } => (Kind::AsItIs, None),
        };
        let is_everyone = (*effect, kind) == (Effect::Allow, Kind::Everyone);
        Self {
            of: Some((number, rule.clone())),
            name: name.as_ref().map(ToString::to_string).unwrap_or_default(),
            description: description.as_ref().map(ToString::to_string).unwrap_or_default(),
            effect: *effect,
            word: if is_everyone { EVERYONE.to_owned() } else { String::new() },
            kinds: BTreeMap::from([(*effect, kind)]),
            users: sorted::map(users.map(|users| ((*effect, kind), users.iter().cloned().collect()))),
        }
    }

    /// Whom it is about: never everyone unless that was said of a rule of this effect.
    pub(super) fn kind(&self) -> Kind {
        self.kinds.get(&self.effect).copied().unwrap_or(Kind::Chosen)
    }

    /// Says whom it is about.
    pub(super) fn set_kind(&mut self, kind: Kind) {
        self.kinds.insert(self.effect, kind);
    }

    /// The kinds of targets that can be chosen, the widest last.
    pub(super) fn offered(&self) -> Vec<Kind> {
        let both =
            |rule: &Rule| rule.effect == self.effect && matches!(rule.targets, Targets::UsersExcept { .. });
        let as_it_is = self.of.as_ref().filter(|(_, rule)| both(rule)).map(|_| Kind::AsItIs);
        as_it_is.into_iter().chain([Kind::Chosen, Kind::AllBut, Kind::Everyone]).collect()
    }

    /// Who was picked for this effect and kind.
    pub(super) fn users(&self) -> BTreeSet<UserId> {
        self.users.get(&(self.effect, self.kind())).cloned().unwrap_or_default()
    }

    /// Says who is picked.
    pub(super) fn set_users(&mut self, users: BTreeSet<UserId>) {
        self.users.insert((self.effect, self.kind()), users);
    }

    /// The rule, among those of its role; none where nobody is picked: that would be read as everyone.
    pub(super) fn rule(&self, rules: &[Rule]) -> Option<Rule> {
        let targets = match self.kind() {
            Kind::Chosen => Targets::Users(UserSet::new(self.users()).ok()?),
            Kind::AllBut => Targets::Except(UserSet::new(self.users()).ok()?),
            Kind::Everyone => Targets::Everyone,
            Kind::AsItIs => self.of.as_ref().map(|(_, rule)| rule.targets.clone())?,
        };
        let name = Some(self.name.as_str()).filter(|name| !name.is_empty()).map(RuleName::from_service);
        let description = Some(self.description.as_str()).filter(|text| !text.is_empty());
        let description = description.map(Description::from_service);
        let (id, name) = match &self.of {
            Some((_, rule)) => (rule.id.clone(), name),
            None => named_anew(name, self.effect, &targets, rules),
        };
        // A DENY rule never ends
        let kept = self.of.as_ref().filter(|_| self.effect == Effect::Allow);
        let expires = kept.and_then(|(_, rule)| rule.expires.clone());
        Some(Rule { id, name, description, expires, effect: self.effect, targets })
    }
}

/// The id and the name of a new rule; one without a name is called after what it does, as by `--allow` and the like.
fn named_anew(
    name: Option<RuleName>,
    effect: Effect,
    targets: &Targets,
    rules: &[Rule],
) -> (RuleId, Option<RuleName>) {
    let verb = if effect == Effect::Allow { "allow" } else { "deny" };
    let base = match (&name, targets) {
        (Some(name), _) => derive_rule_id(name).map_or_else(|| verb.to_owned(), |id| id.to_string()),
        (None, Targets::Users(_) | Targets::UsersExcept { .. }) => verb.to_owned(),
        (None, Targets::Except(_)) => format!("{verb}-everyone-except"),
        (None, Targets::Everyone) => format!("{verb}-everyone"),
    };
    let is_taken = |id: &str, name: &str| {
        let is_name = |one: &RuleName| one.as_str() == name;
        rules.iter().any(|rule| rule.id.as_str() == id || rule.name.as_ref().is_some_and(is_name))
    };
    let mut number = 1;
    loop {
        let end = if number == 1 { String::new() } else { format!("-{number}") };
        let kept: String = base.chars().take(64 - end.len()).collect();
        let id = kept + &end;
        let called = name.clone().unwrap_or_else(|| RuleName::from_service(id.replace('-', " ")));
        // A name that was typed is known to be free
        if !is_taken(&id, if name.is_some() { "" } else { called.as_str() }) {
            return (RuleId::from_service(id), Some(called));
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::tests::{rule, uid, users};

    fn draft(effect: Effect, kind: Kind, ids: &[&str]) -> Draft {
        let mut draft = Draft { effect, ..Draft::default() };
        draft.set_kind(kind);
        draft.set_users(ids.iter().map(|id| uid(id)).collect());
        draft
    }

    #[test]
    fn nobody_is_never_everyone() {
        for effect in [Effect::Allow, Effect::Deny] {
            for kind in [Kind::Chosen, Kind::AllBut] {
                assert_eq!(draft(effect, kind, &[]).rule(&[]), None);
            }
        }
        assert_eq!(Draft::default().kind(), Kind::Chosen);
        assert_eq!(Draft::default().offered().last(), Some(&Kind::Everyone));
    }

    #[test]
    fn who_was_denied_or_excepted_is_not_offered_as_allowed() {
        let deny = rule("d", Effect::Deny, Targets::Users(users(&["ceo"])));
        let mut turned = Draft { effect: Effect::Allow, ..Draft::of(0, &deny) };
        assert_eq!((turned.kind(), turned.users()), (Kind::Chosen, BTreeSet::new()));
        turned.effect = Effect::Deny;
        assert_eq!(turned.users(), BTreeSet::from([uid("ceo")]));
        let mut but = Draft::of(0, &rule("a", Effect::Allow, Targets::Except(users(&["ceo"]))));
        but.set_kind(Kind::Chosen);
        assert_eq!(but.users(), BTreeSet::new());
        let all =
            Draft { effect: Effect::Allow, ..Draft::of(0, &rule("d", Effect::Deny, Targets::Everyone)) };
        assert_eq!((all.kind(), all.word.as_str()), (Kind::Chosen, ""));
    }

    #[test]
    fn a_rule_that_is_not_changed_stays_as_it_is() {
        let both = Targets::UsersExcept { users: users(&["a", "b"]), except: users(&["b"]) };
        let named = Rule {
            name: Some(RuleName::from_service("n")),
            description: Some(Description::from_service("two\nlines")),
            ..rule("x", Effect::Deny, both)
        };
        let targets = [Targets::Everyone, Targets::Users(users(&["a"])), Targets::Except(users(&["a"]))];
        let others = targets.map(|targets| rule("x", Effect::Allow, targets));
        for rule in others.iter().chain([&named]) {
            assert_eq!(Draft::of(3, rule).rule(std::slice::from_ref(rule)).as_ref(), Some(rule));
        }
    }

    #[test]
    fn a_new_rule_gets_an_id_and_a_name_that_are_free() {
        let named = |name: &str, rules: &[Rule]| {
            let draft = Draft { name: name.into(), ..draft(Effect::Allow, Kind::Chosen, &["a"]) };
            let rule = draft.rule(rules).expect("a rule");
            (rule.id.to_string(), rule.label().to_owned(), rule)
        };
        let (id, name, first) = named("", &[]);
        assert_eq!((id.as_str(), name.as_str()), ("allow", "allow"));
        let (id, name, second) = named("", std::slice::from_ref(&first));
        assert_eq!((id.as_str(), name.as_str()), ("allow-2", "allow 2"));
        assert_eq!(named("Allow", &[first, second]).0, "allow-3");
        assert_eq!(named("日本", &[]).0, "allow");
        assert_eq!(named("never the board", &[]).0, "never-the-board");
    }
}

//! Changes to the rules of a role, as flags ask for them. Pure.
//!
//! A flag whose name takes away never gives: what `--remove-user` and `--remove-rule` would do to who is
//! reached is worked out, and refused where anybody would gain access by it.

use std::collections::BTreeSet;

use crate::access;
use crate::expiry::Expires;
use crate::role::{Description, Effect, Role, Rule, RuleId, RuleName, Targets, UserId, UserSet};

/// What flags change about the rules of a role, users in ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RuleEdits {
    /// The rule, by id or name, that `allow` and `deny` extend; else the only one that fits, or a new one.
    pub rule: Option<String>,
    /// The rules that have expired: nobody joins them.
    pub expired: BTreeSet<RuleId>,
    /// Users who join an ALLOW rule.
    pub allow: BTreeSet<UserId>,
    /// Users who join a DENY rule.
    pub deny: BTreeSet<UserId>,
    /// An ALLOW rule for everyone.
    pub allow_everyone: bool,
    /// Users who join the exceptions of an ALLOW rule for everyone else.
    pub allow_everyone_except: BTreeSet<UserId>,
    /// Users taken out of the lists of ALLOW rules.
    pub remove_users: BTreeSet<UserId>,
    /// Users taken out of the lists of DENY rules and out of the exceptions of ALLOW rules.
    pub undeny: BTreeSet<UserId>,
    /// Rules, by id or name, that go unless somebody would gain access by it.
    pub remove_rules: Vec<String>,
    /// DENY rules, by id or name, that go.
    pub remove_deny_rules: Vec<String>,
}

/// Why rules are not changed as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EditError {
    /// No rule has this id or name.
    NoSuchRule(String),
    /// The rule cannot be extended: it has another effect, or does not list users alone.
    NotExtendable {
        /// Its label.
        rule: String,
        /// What was to be added to it.
        effect: Effect,
    },
    /// The rule has expired, and would reach nobody whom it got.
    Expired(String),
    /// Not an ALLOW rule.
    NotAllow(String),
    /// Not a DENY rule.
    NotDeny(String),
    /// No rule of the kind that the flag is about names these users.
    NotListed {
        /// All of them.
        users: Vec<UserId>,
        /// The flag.
        flag: &'static str,
    },
    /// The user stands in a DENY rule or in an exception: taking the user out gives access.
    Denied {
        /// The user.
        user: UserId,
        /// The rule.
        rule: String,
    },
    /// The user is still reached by another rule.
    StillReached {
        /// The user.
        user: UserId,
        /// The rule.
        rule: String,
    },
    /// The rule would except nobody any longer, and match everyone.
    LastException(String),
    /// Somebody would gain access when the rule goes.
    RemovalGives(String),
    /// Two flags ask for opposite things of one user.
    Contradiction {
        /// The user.
        user: UserId,
        /// The flags.
        flags: [&'static str; 2],
    },
}

impl RuleEdits {
    /// The role with its rules changed.
    ///
    /// # Errors
    /// When a rule or a user is not there, or when what is asked to take away would give.
    pub(crate) fn apply(&self, role: &Role) -> Result<Role, EditError> {
        self.check_contradictions()?;
        let mut missing = Vec::new();
        for user in &self.remove_users {
            match self.may_be_removed(role, user) {
                Err(EditError::NotListed { users, .. }) => missing.extend(users),
                other => other?,
            }
        }
        if !missing.is_empty() {
            return Err(EditError::NotListed { users: missing, flag: "--remove-user" });
        }
        let mut rules = self.marked(&role.rules)?;
        self.undeny(&mut rules)?;
        self.extend(&mut rules)?;
        rules.retain(|one| one.fate != Fate::RemovedDeny);
        let with = |rules: &[Marked]| Role {
            rules: rules.iter().map(|one| one.rule.clone()).collect(),
            ..role.clone()
        };
        let given = with(&rules);
        let left = rules.iter().find(|one| one.fate == Fate::Removed).map(|one| one.rule.label().to_owned());
        self.remove(&mut rules);
        let role = with(&rules);
        if let Some(rule) = left.filter(|_| access::widens(Some(&given), Some(&role))) {
            return Err(EditError::RemovalGives(rule));
        }
        for user in self.remove_users.iter().chain(&self.allow_everyone_except) {
            let decision = access::decide(&role.rules, user);
            if let (Effect::Allow, Some(rule)) = (decision.effect, decision.matched_rules.first()) {
                return Err(EditError::StillReached { user: user.clone(), rule: rule.label().to_owned() });
            }
        }
        Ok(role)
    }

    fn check_contradictions(&self) -> Result<(), EditError> {
        let pairs = [
            (&self.allow, "--allow", &self.deny, "--deny"),
            (&self.allow, "--allow", &self.remove_users, "--remove-user"),
            (&self.allow, "--allow", &self.allow_everyone_except, "--allow-everyone-except"),
            (&self.undeny, "--undeny", &self.deny, "--deny"),
            (&self.undeny, "--undeny", &self.allow_everyone_except, "--allow-everyone-except"),
        ];
        for (users, flag, others, other) in pairs {
            if let Some(user) = users.intersection(others).next() {
                return Err(EditError::Contradiction { user: user.clone(), flags: [flag, other] });
            }
        }
        Ok(())
    }

    /// `--remove-user` takes users out of the lists of ALLOW rules. Whoever stands in a DENY rule or an
    /// exception too is to be taken out there by the flag that says so.
    fn may_be_removed(&self, role: &Role, user: &UserId) -> Result<(), EditError> {
        if let Some(rule) = role.rules.iter().find(|rule| denies_by_name(rule, user))
            && !self.undeny.contains(user)
        {
            return Err(EditError::Denied { user: user.clone(), rule: rule.label().to_owned() });
        }
        if role.rules.iter().any(|rule| allows_by_name(rule, user)) {
            return Ok(());
        }
        Err(EditError::NotListed { users: vec![user.clone()], flag: "--remove-user" })
    }

    /// The rules, those marked that flags take away.
    fn marked(&self, rules: &[Rule]) -> Result<Vec<Marked>, EditError> {
        let mut marked: Vec<_> =
            rules.iter().map(|rule| Marked { rule: rule.clone(), fate: Fate::Stays }).collect();
        for (texts, fate) in
            [(&self.remove_rules, Fate::Removed), (&self.remove_deny_rules, Fate::RemovedDeny)]
        {
            for text in texts {
                let named = called(marked.iter().map(|one| &one.rule), text);
                if named.is_empty() {
                    return Err(EditError::NoSuchRule(text.clone()));
                }
                for n in named {
                    if fate == Fate::RemovedDeny && marked[n].rule.effect != Effect::Deny {
                        return Err(EditError::NotDeny(text.clone()));
                    }
                    marked[n].fate = fate;
                }
            }
        }
        Ok(marked)
    }

    fn undeny(&self, rules: &mut Vec<Marked>) -> Result<(), EditError> {
        let is_missing = |user: &&UserId| !rules.iter().any(|one| denies_by_name(&one.rule, user));
        let missing: Vec<_> = self.undeny.iter().filter(is_missing).cloned().collect();
        if !missing.is_empty() {
            return Err(EditError::NotListed { users: missing, flag: "--undeny" });
        }
        let gone = |id: &UserId| self.undeny.contains(id);
        let mut kept = Vec::with_capacity(rules.len());
        for Marked { rule, fate } in rules.drain(..) {
            let targets = match (rule.effect, &rule.targets) {
                (Effect::Deny, targets) => targets.without_users(gone),
                (Effect::Allow, Targets::Except(except)) => match except.without(gone) {
                    Some(except) => Some(Targets::Except(except)),
                    None => return Err(EditError::LastException(rule.label().to_owned())),
                },
                (Effect::Allow, Targets::UsersExcept { users, except }) => Some(match except.without(gone) {
                    Some(except) => Targets::UsersExcept { users: users.clone(), except },
                    None => Targets::Users(users.clone()),
                }),
                (Effect::Allow, targets) => Some(targets.clone()),
            };
            kept.extend(targets.map(|targets| Marked { rule: Rule { targets, ..rule }, fate }));
        }
        *rules = kept;
        Ok(())
    }

    /// Adds what is asked for. Rules that are to go are not extended.
    fn extend(&self, rules: &mut Vec<Marked>) -> Result<(), EditError> {
        for (id, effect, users) in [("allow", Effect::Allow, &self.allow), ("deny", Effect::Deny, &self.deny)]
        {
            let Ok(users) = UserSet::new(users.iter().cloned()) else { continue };
            match self.extended(rules, effect)? {
                Some(Marked { rule: Rule { targets: Targets::Users(old), .. }, .. }) => {
                    *old = old.union(&users);
                }
                _ => push(rules, id, effect, Targets::Users(users)),
            }
        }
        if let Ok(users) = UserSet::new(self.allow_everyone_except.iter().cloned()) {
            // Each rule for everyone but some gets the exceptions: one more rule would reach those whom the
            // others except
            let mut joined = false;
            for one in rules.iter_mut().filter(|one| self.is_open(one, Effect::Allow)) {
                if let Targets::Except(old) = &mut one.rule.targets {
                    *old = old.union(&users);
                    joined = true;
                }
            }
            if !joined {
                push(rules, "allow-everyone-except", Effect::Allow, Targets::Except(users));
            }
        }
        let is_everyone =
            |one: &Marked| self.is_open(one, Effect::Allow) && one.rule.targets == Targets::Everyone;
        if self.allow_everyone && !rules.iter().any(is_everyone) {
            push(rules, "allow-everyone", Effect::Allow, Targets::Everyone);
        }
        Ok(())
    }

    /// The rule that users join: the one that is asked for, else the only one that fits.
    fn extended<'a>(
        &self,
        rules: &'a mut [Marked],
        effect: Effect,
    ) -> Result<Option<&'a mut Marked>, EditError> {
        let fits = |one: &Marked| self.is_open(one, effect) && matches!(one.rule.targets, Targets::Users(_));
        let found = match &self.rule {
            None => (0..rules.len()).filter(|n| fits(&rules[*n])).collect(),
            Some(text) => {
                let named = called(rules.iter().map(|one| &one.rule), text);
                match named[..] {
                    [] => return Err(EditError::NoSuchRule(text.clone())),
                    [n] if fits(&rules[n]) => named,
                    [n] if self.expired.contains(&rules[n].rule.id) => {
                        return Err(EditError::Expired(text.clone()));
                    }
                    _ => return Err(EditError::NotExtendable { rule: text.clone(), effect }),
                }
            }
        };
        match found[..] {
            [n] => Ok(Some(&mut rules[n])),
            _ => Ok(None),
        }
    }

    /// May the rule be extended, if it is otherwise fit?
    fn is_open(&self, one: &Marked, effect: Effect) -> bool {
        one.fate == Fate::Stays && one.rule.effect == effect && !self.expired.contains(&one.rule.id)
    }

    /// Takes away what `--remove-user` and `--remove-rule` name.
    fn remove(&self, rules: &mut Vec<Marked>) {
        let gone = |id: &UserId| self.remove_users.contains(id);
        let mut kept = Vec::with_capacity(rules.len());
        for Marked { rule, fate } in rules.drain(..).filter(|one| one.fate != Fate::Removed) {
            let targets = match rule.effect {
                Effect::Allow => rule.targets.without_users(gone),
                Effect::Deny => Some(rule.targets.clone()),
            };
            kept.extend(targets.map(|targets| Marked { rule: Rule { targets, ..rule }, fate }));
        }
        *rules = kept;
    }
}

/// The role with a different end of the ALLOW rules of this id, else of this name. A line of their descriptions that
/// says when they end and does not parse goes.
///
/// # Errors
/// [`EditError::NoSuchRule`], [`EditError::NotAllow`].
pub(crate) fn with_rule_expiry(
    role: &Role,
    text: &str,
    expires: Option<&Expires>,
) -> Result<Role, EditError> {
    let named = called(role.rules.iter(), text);
    if named.is_empty() {
        return Err(EditError::NoSuchRule(text.to_owned()));
    }
    let mut role = role.clone();
    for n in named {
        let rule = &mut role.rules[n];
        if rule.effect == Effect::Deny {
            return Err(EditError::NotAllow(text.to_owned()));
        }
        rule.description = rule.description.as_ref().and_then(Description::without_expiry);
        rule.expires = expires.cloned();
    }
    Ok(role)
}

/// What flags do to a whole rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stays,
    /// By `--remove-rule`.
    Removed,
    /// By `--remove-deny-rule`.
    RemovedDeny,
}

#[derive(Debug)]
struct Marked {
    rule: Rule,
    fate: Fate,
}

/// Does taking the user out of this rule's lists give access? Who stands in the exceptions of a DENY rule is
/// not denied by it.
fn denies_by_name(rule: &Rule, user: &UserId) -> bool {
    let list = match rule.effect {
        Effect::Deny => rule.targets.users(),
        Effect::Allow => rule.targets.except(),
    };
    list.is_some_and(|users| users.contains(user))
}

fn allows_by_name(rule: &Rule, user: &UserId) -> bool {
    rule.effect == Effect::Allow && rule.targets.users().is_some_and(|users| users.contains(user))
}

/// The rules of this id; where there is none, those of this name.
fn called<'a>(rules: impl Iterator<Item = &'a Rule>, text: &str) -> Vec<usize> {
    let rules: Vec<&Rule> = rules.collect();
    let all =
        |is: &dyn Fn(&Rule) -> bool| -> Vec<usize> { (0..rules.len()).filter(|n| is(rules[*n])).collect() };
    let by_id = all(&|rule| rule.id.as_str() == text);
    match by_id.is_empty() {
        true => all(&|rule| rule.name.as_ref().is_some_and(|name| name.as_str() == text)),
        false => by_id,
    }
}

/// A new rule of this id, or of the first of `id-2`, `id-3`… that is free.
fn push(rules: &mut Vec<Marked>, id: &str, effect: Effect, targets: Targets) {
    let is_taken = |id: &str| rules.iter().any(|one| one.rule.id.as_str() == id);
    let mut free = id.to_owned();
    let mut number = 2;
    while is_taken(&free) {
        free = format!("{id}-{number}");
        number += 1;
    }
    let name = Some(RuleName::from_service(free.replace('-', " ")));
    let rule =
        Rule { id: RuleId::from_service(free), name, description: None, expires: None, effect, targets };
    rules.push(Marked { rule, fate: Fate::Stays });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::role::tests::{role, rule, targets, uid, users};

    fn allow(id: &str, ids: &[&str]) -> Rule {
        rule(id, Effect::Allow, Targets::Users(users(ids)))
    }

    fn deny(id: &str, ids: &[&str]) -> Rule {
        rule(id, Effect::Deny, Targets::Users(users(ids)))
    }

    fn set(ids: &[&str]) -> BTreeSet<UserId> {
        ids.iter().map(|id| uid(id)).collect()
    }

    fn everyone() -> Rule {
        rule("all", Effect::Allow, Targets::Everyone)
    }

    fn all_but(ids: &[&str]) -> Rule {
        rule("rest", Effect::Allow, Targets::Except(users(ids)))
    }

    fn edits() -> RuleEdits {
        RuleEdits::default()
    }

    fn apply(edits: RuleEdits, rules: Vec<Rule>) -> Result<Vec<Rule>, EditError> {
        edits.apply(&role(rules)).map(|role| role.rules)
    }

    #[test]
    fn no_flag_changes_nothing() {
        let rules = vec![allow("a", &["x"]), deny("d", &["y"]), all_but(&["z"])];
        assert_eq!(apply(edits(), rules.clone()), Ok(rules));
    }

    #[test]
    fn a_user_leaves_every_allow_rule_and_an_empty_one_goes() {
        let rules = vec![allow("a", &["x", "y"]), allow("b", &["x"])];
        let edits = RuleEdits { remove_users: set(&["x"]), ..edits() };
        assert_eq!(apply(edits, rules), Ok(vec![allow("a", &["y"])]));
    }

    #[test]
    fn a_user_in_a_deny_rule_or_an_exception_is_not_removed() {
        let edits = RuleEdits { remove_users: set(&["x"]), ..edits() };
        for (rules, by) in [
            (vec![everyone(), deny("d", &["x"])], "d"),
            (vec![all_but(&["x", "y"])], "rest"),
            (vec![allow("a", &["x"]), deny("d", &["x"])], "d"),
        ] {
            let denied = EditError::Denied { user: uid("x"), rule: by.into() };
            assert_eq!(apply(edits.clone(), rules), Err(denied));
        }
        let both = RuleEdits { undeny: set(&["x"]), ..edits };
        assert_eq!(
            apply(both, vec![allow("a", &["x", "y"]), deny("d", &["x"])]),
            Ok(vec![allow("a", &["y"])])
        );
    }

    #[test]
    fn a_user_whom_another_rule_reaches_is_not_removed() {
        let edits = RuleEdits { remove_users: set(&["x"]), ..edits() };
        let reached = EditError::StillReached { user: uid("x"), rule: "all".into() };
        assert_eq!(apply(edits.clone(), vec![allow("a", &["x"]), everyone()]), Err(reached));
        let missing = EditError::NotListed { users: vec![uid("x")], flag: "--remove-user" };
        assert_eq!(apply(edits.clone(), vec![everyone()]), Err(missing));
        let denied = RuleEdits { deny: set(&["x"]), ..edits };
        assert_eq!(apply(denied, vec![allow("a", &["x"]), everyone()]).map(|rules| rules.len()), Ok(2));
    }

    #[test]
    fn all_users_whom_no_rule_lists_are_told_at_once() {
        let missing = |flag| Err(EditError::NotListed { users: vec![uid("x"), uid("z")], flag });
        let users = set(&["x", "y", "z"]);
        let removed = RuleEdits { remove_users: users.clone(), ..edits() };
        assert_eq!(apply(removed, vec![allow("a", &["y"])]), missing("--remove-user"));
        let undenied = RuleEdits { undeny: users, ..edits() };
        assert_eq!(apply(undenied, vec![deny("d", &["y"])]), missing("--undeny"));
    }

    #[test]
    fn undeny_gives_what_deny_rules_and_exceptions_took() {
        let edits = RuleEdits { undeny: set(&["x"]), ..edits() };
        let rules = vec![deny("d", &["x"]), all_but(&["x", "y"])];
        assert_eq!(apply(edits.clone(), rules), Ok(vec![all_but(&["y"])]));
        // The exceptions of a DENY rule are not denied by it
        let missing = EditError::NotListed { users: vec![uid("x")], flag: "--undeny" };
        let rules = vec![rule("d", Effect::Deny, Targets::Except(users(&["x"])))];
        assert_eq!(apply(edits.clone(), rules), Err(missing));
        assert_eq!(apply(edits, vec![all_but(&["x"])]), Err(EditError::LastException("rest".into())));
    }

    #[test]
    fn a_deny_rule_goes_only_by_the_flag_that_says_so() {
        let rules = vec![everyone(), deny("d", &["x"])];
        let removed = RuleEdits { remove_rules: vec!["d".into()], ..edits() };
        assert_eq!(apply(removed, rules.clone()), Err(EditError::RemovalGives("d".into())));
        let removed = RuleEdits { remove_deny_rules: vec!["d".into()], ..edits() };
        assert_eq!(apply(removed, rules.clone()), Ok(vec![everyone()]));
        let removed = RuleEdits { remove_deny_rules: vec!["all".into()], ..edits() };
        assert_eq!(apply(removed, rules), Err(EditError::NotDeny("all".into())));
        // A safety net that denies nobody who would be reached
        let removed = RuleEdits { remove_rules: vec!["d".into()], ..edits() };
        let rules = vec![allow("a", &["y"]), deny("d", &["x"])];
        assert_eq!(apply(removed, rules), Ok(vec![allow("a", &["y"])]));
    }

    #[test]
    fn a_deny_rule_does_not_go_beside_a_flag_that_opens() {
        let edits = RuleEdits { remove_rules: vec!["d".into()], allow_everyone: true, ..edits() };
        assert_eq!(apply(edits, vec![deny("d", &["x"])]), Err(EditError::RemovalGives("d".into())));
    }

    #[test]
    fn users_join_the_only_rule_that_fits() {
        let edits = RuleEdits { allow: set(&["z"]), ..edits() };
        let rules = vec![allow("a", &["x"]), deny("d", &["y"]), all_but(&["y"])];
        let joined = apply(edits.clone(), rules).expect("joined");
        assert_eq!(joined[0], allow("a", &["x", "z"]));
        let made = apply(edits.clone(), vec![allow("a", &["x"]), allow("allow", &["y"])]).expect("made");
        assert_eq!(made[2].id.as_str(), "allow-2");
        let chosen = RuleEdits { rule: Some("allow".into()), ..edits.clone() };
        let chosen = apply(chosen, vec![allow("a", &["x"]), allow("allow", &["y"])]).expect("chosen");
        assert_eq!(chosen[1], allow("allow", &["y", "z"]));
        let wrong = RuleEdits { rule: Some("d".into()), ..edits.clone() };
        assert_eq!(
            apply(wrong, vec![deny("d", &["y"])]),
            Err(EditError::NotExtendable { rule: "d".into(), effect: Effect::Allow })
        );
        let missing = RuleEdits { rule: Some("e".into()), ..edits };
        assert_eq!(apply(missing, vec![]), Err(EditError::NoSuchRule("e".into())));
    }

    #[test]
    fn a_rule_that_has_expired_is_not_extended() {
        let expired = BTreeSet::from([RuleId::from_service("a")]);
        let old = RuleEdits { expired, ..edits() };
        let joins = RuleEdits { allow: set(&["z"]), ..old.clone() };
        let made = apply(joins.clone(), vec![allow("a", &["x"])]).expect("a new rule");
        assert_eq!((&made[0], made[1].id.as_str()), (&allow("a", &["x"]), "allow"));
        let chosen = RuleEdits { rule: Some("a".into()), ..joins.clone() };
        assert_eq!(apply(chosen, vec![allow("a", &["x"])]), Err(EditError::Expired("a".into())));
        // The one beside it is the only one that fits
        let beside = apply(joins, vec![allow("a", &["x"]), allow("b", &["y"])]).expect("joined");
        assert_eq!(beside[1], allow("b", &["y", "z"]));
        let all = RuleEdits { allow_everyone: true, ..old.clone() };
        let everyone = rule("a", Effect::Allow, Targets::Everyone);
        assert_eq!(apply(all, vec![everyone]).map(|rules| rules.len()), Ok(2));
        let but = RuleEdits { allow_everyone_except: set(&["x"]), ..old };
        let except = rule("a", Effect::Allow, Targets::Except(users(&["x", "y"])));
        assert_eq!(apply(but, vec![except]).map(|rules| rules.len()), Ok(2));
    }

    #[test]
    fn a_rule_gets_an_end_and_a_denial_none() {
        let end = Expires::parse("2027-01-31").ok();
        let before = role(vec![
            Rule { description: Some(Description::from_service("why\nExpires: soon")), ..allow("a", &["x"]) },
            deny("d", &["y"]),
        ]);
        let after = with_rule_expiry(&before, "a", end.as_ref()).expect("a role");
        let why = Some(Description::from_service("why"));
        let ended = Rule { description: why.clone(), expires: end, ..allow("a", &["x"]) };
        assert_eq!(after.rules, [ended, deny("d", &["y"])]);
        let never = with_rule_expiry(&after, "a", None).expect("a role");
        assert_eq!(never.rules[0], Rule { description: why, ..allow("a", &["x"]) });
        assert_eq!(with_rule_expiry(&before, "d", None), Err(EditError::NotAllow("d".into())));
        assert_eq!(with_rule_expiry(&before, "e", None), Err(EditError::NoSuchRule("e".into())));
    }

    #[test]
    fn a_rule_that_goes_is_not_extended() {
        let edits = RuleEdits { allow: set(&["z"]), remove_rules: vec!["a".into()], ..edits() };
        let rules = apply(edits, vec![allow("a", &["x"])]).expect("replaced");
        assert_eq!(rules.len(), 1);
        assert_eq!((rules[0].id.as_str(), &rules[0].targets), ("allow", &Targets::Users(users(&["z"]))));
    }

    #[test]
    fn exceptions_join_and_replace_none() {
        let edits = RuleEdits { allow_everyone_except: set(&["y"]), ..edits() };
        assert_eq!(apply(edits.clone(), vec![all_but(&["x"])]), Ok(vec![all_but(&["x", "y"])]));
        let made = apply(edits.clone(), vec![]).expect("made");
        assert_eq!(made[0].targets, Targets::Except(users(&["y"])));
        let reached = EditError::StillReached { user: uid("y"), rule: "a".into() };
        assert_eq!(apply(edits, vec![allow("a", &["y"])]), Err(reached));
    }

    #[test]
    fn opposite_flags_contradict() {
        let edits = RuleEdits { allow: set(&["x"]), remove_users: set(&["x"]), ..edits() };
        let flags = ["--allow", "--remove-user"];
        assert_eq!(apply(edits, vec![]), Err(EditError::Contradiction { user: uid("x"), flags }));
    }

    #[test]
    fn everyone_is_allowed_once_beside_rules_that_list_users() {
        let edits = RuleEdits { allow_everyone: true, ..edits() };
        assert_eq!(apply(edits.clone(), vec![everyone()]), Ok(vec![everyone()]));
        let rules = apply(edits, vec![allow("a", &["x"])]).expect("a role");
        let ids: Vec<_> =
            rules.iter().map(|rule| (rule.id.as_str(), rule.targets == Targets::Everyone)).collect();
        assert_eq!(ids, [("a", false), ("allow-everyone", true)]);
    }

    #[test]
    fn a_rule_is_called_by_its_id_or_else_by_its_name() {
        let name = |text: &str| Some(RuleName::from_service(text));
        let one = Rule { name: name("b"), ..allow("a", &["x"]) };
        let two = Rule { name: name("c"), ..allow("b", &["y"]) };
        let left = |text: &str| {
            let edits = RuleEdits { remove_rules: vec![text.into()], ..edits() };
            apply(edits, vec![one.clone(), two.clone()])
        };
        assert_eq!(left("a"), Ok(vec![two.clone()]));
        assert_eq!(left("b"), Ok(vec![one.clone()]));
        assert_eq!(left("c"), Ok(vec![one.clone()]));
        assert_eq!(left("d"), Err(EditError::NoSuchRule("d".into())));
    }

    #[test]
    fn a_new_rule_gets_the_first_id_that_is_free() {
        let all = |id: &str| rule(id, Effect::Allow, Targets::Everyone);
        let edits = RuleEdits { allow: set(&["x"]), ..edits() };
        let added = |rules: Vec<Rule>| {
            let rule = apply(edits.clone(), rules).expect("a role").pop().expect("a rule");
            (rule.id.to_string(), rule.name.map(|name| name.to_string()).expect("a name"))
        };
        let pair = |id: &str, name: &str| (id.to_owned(), name.to_owned());
        assert_eq!(added(vec![]), pair("allow", "allow"));
        assert_eq!(added(vec![all("allow")]), pair("allow-2", "allow 2"));
        assert_eq!(added(vec![all("allow"), all("allow-2")]), pair("allow-3", "allow 3"));
    }

    fn user_set() -> impl Strategy<Value = UserSet> {
        prop::collection::btree_set("[a-e]", 1..=3)
            .prop_map(|names| UserSet::new(names.iter().map(|name| uid(name))).expect("not empty"))
    }

    fn rules() -> impl Strategy<Value = Vec<Rule>> {
        prop::collection::vec((any::<bool>(), targets(user_set)), 0..=4).prop_map(|rules| {
            let one = |(n, (allow, targets)): (usize, (bool, Targets))| {
                rule(&format!("r{n}"), if allow { Effect::Allow } else { Effect::Deny }, targets)
            };
            rules.into_iter().enumerate().map(one).collect()
        })
    }

    fn some_users() -> impl Strategy<Value = BTreeSet<UserId>> {
        prop::collection::btree_set("[a-f]", 0..=2)
            .prop_map(|names| names.iter().map(|name| uid(name)).collect())
    }

    fn some_rules() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec((0usize..5).prop_map(|n| format!("r{n}")), 0..=2)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4096) })]

        /// No flag whose name takes away ever gives, whatever else is asked for at the same time.
        #[test]
        fn what_takes_away_never_gives(
            rules in rules(),
            remove_users in some_users(),
            deny in some_users(),
            remove_rules in some_rules(),
            allow in some_users(),
            undeny in some_users(),
            allow_everyone in any::<bool>(),
        ) {
            let before = role(rules);
            let taking = RuleEdits { remove_users, deny, remove_rules, ..RuleEdits::default() };
            if let Ok(after) = taking.apply(&before) {
                prop_assert!(!access::widens(Some(&before), Some(&after)), "{taking:?} {after:?}");
                for user in taking.remove_users.iter().chain(&taking.deny) {
                    prop_assert!(!access::allows(&after.rules, user), "{taking:?} {after:?}");
                }
            }
            let giving = RuleEdits { allow, undeny, allow_everyone, ..RuleEdits::default() };
            let both = RuleEdits {
                remove_users: taking.remove_users.clone(),
                deny: taking.deny.clone(),
                remove_rules: taking.remove_rules.clone(),
                ..giving.clone()
            };
            if let (Ok(given), Ok(after)) = (giving.apply(&before), both.apply(&before)) {
                prop_assert!(!access::widens(Some(&given), Some(&after)), "{both:?} {given:?} {after:?}");
            }
        }

        /// Exceptions only ever narrow a role that reaches everyone but some.
        #[test]
        fn exceptions_join(rules in rules(), allow_everyone_except in some_users()) {
            let mut rules = rules;
            rules.push(all_but(&["a"]));
            let before = role(rules);
            let edits = RuleEdits { allow_everyone_except, ..RuleEdits::default() };
            if let Ok(after) = edits.apply(&before) {
                prop_assert!(!access::widens(Some(&before), Some(&after)), "{edits:?} {after:?}");
            }
        }
    }
}

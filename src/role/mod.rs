//! Impersonation roles and their rules, as values. Knows nothing of YAML, the service or people.
//!
//! A rule's targets are an enum, not two optional lists: "no list" means *everyone* to the
//! service, so the only way to reach everyone is to write [`Targets::Everyone`], and a
//! [`UserSet`] cannot be empty.

mod limits;
mod rule_id;
mod split;
mod summary;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::expiry::{self, Expires};
use crate::id::text_type;
pub(crate) use crate::id::{RoleId, RuleId, UserId};
use crate::sorted;
pub(crate) use limits::{LimitViolation, limit_violations};
pub(crate) use rule_id::derive_rule_id;
pub(crate) use split::{join, split_all};
pub(crate) use summary::RoleSummary;

/// At most this many rules in a role (documented).
pub(crate) const MAX_RULES: usize = 10;
/// At most this many users in one list of a rule (documented).
pub(crate) const MAX_USERS: usize = 10;

fn name_char(c: char) -> bool {
    !(c <= '\u{1f}' || c == '\u{7f}' || "<>\\".contains(c))
}

fn description_char(c: char) -> bool {
    // The service's pattern leaves out \x0A alone among the control characters, and \x0D falls in
    // no range of it, but the documentation forbids the carriage return
    c == '\n' || name_char(c)
}

text_type!(
    /// A role's name: 1–64 characters, no control characters, `<`, `>` or `\`. The console asks
    /// for a unique one; no error is modelled for a second.
    RoleName, "a role name", 64, "any character but control characters, '<', '>' and '\\'", name_char
);
text_type!(
    /// A rule's name, with a role name's limits. A live rule may have none.
    RuleName, "a rule name", 64, "any character but control characters, '<', '>' and '\\'", name_char
);
text_type!(
    /// A role's or a rule's description: 1–256 characters; newlines are allowed, tabs, carriage
    /// returns, other control characters, `<`, `>` and `\` are not.
    Description, "a description", 256,
    "any character but tabs, carriage returns, other control characters, '<', '>' and '\\'", description_char
);

impl Description {
    /// What a live description says, and the expiry that its last line keeps.
    pub(crate) fn read(live: Option<&str>) -> (Option<Self>, Option<Expires>) {
        let described = live.map(expiry::read).unwrap_or_default();
        (described.text.map(Self), described.expires)
    }

    /// The text as it is read back above the line that keeps an expiry.
    fn above(&self, expires: Option<&Expires>) -> Option<Self> {
        match expires {
            None => Some(self.clone()),
            Some(_) => Some(self.0.trim_end()).filter(|text| !text.is_empty()).map(Self::from_service),
        }
    }

    /// A text that somebody wrote. It does not end in a line that would be read as an expiry.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn parse_text(text: &str) -> Result<Self, String> {
        match expiry::is_in(text) {
            true => {
                Err("the last line of a description that begins with \"Expires:\" says when access ends; \
                         give that with --expires, or `expires` in the YAML"
                    .to_owned())
            }
            false => Self::parse(text).map_err(|error| error.to_string()),
        }
    }

    /// The text above a line that says when access ends and does not parse; none where nothing is left.
    pub(crate) fn without_expiry(&self) -> Option<Self> {
        Some(expiry::text_alone(&self.0)).filter(|text| !text.is_empty()).map(|text| Self(text.to_owned()))
    }

    /// The live description that keeps a text and an expiry.
    pub(crate) fn write(text: Option<&Self>, expires: Option<&Expires>) -> Option<Self> {
        expiry::write(text.map(Self::as_str), expires).map(Self)
    }
}

/// What a rule decides about the users that it matches.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Effect {
    /// The role may impersonate them, unless a DENY rule matches too.
    Allow,
    /// The role may not, whatever else matches.
    Deny,
}

impl Effect {
    /// The service's spelling.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "ALLOW",
            Self::Deny => "DENY",
        }
    }
}

/// What a role may do in a mailbox that it may enter.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum RoleType {
    /// Read items.
    ReadOnly,
    /// Read, change, send and delete.
    FullAccess,
}

impl RoleType {
    /// The service's spelling.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "READ_ONLY",
            Self::FullAccess => "FULL_ACCESS",
        }
    }
}

/// The set was empty; an empty list of targets would be read as everyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a rule's list of users cannot be empty")]
pub(crate) struct EmptySet;

/// A set of users that is never empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "BTreeSet<UserId>")]
pub(crate) struct UserSet(BTreeSet<UserId>);

impl TryFrom<BTreeSet<UserId>> for UserSet {
    type Error = EmptySet;

    fn try_from(users: BTreeSet<UserId>) -> Result<Self, EmptySet> {
        Self::new(users)
    }
}

impl UserSet {
    /// Makes a set of at least one user.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn new(users: impl IntoIterator<Item = UserId>) -> Result<Self, EmptySet> {
        let set: BTreeSet<_> = users.into_iter().collect();
        if set.is_empty() { Err(EmptySet) } else { Ok(Self(set)) }
    }

    /// Is the user in the set?
    pub(crate) fn contains(&self, user: &UserId) -> bool {
        self.0.contains(user)
    }

    /// The users, sorted by id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &UserId> {
        self.0.iter()
    }

    /// How many, at least 1.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The set with each user replaced.
    #[must_use]
    pub(crate) fn map(&self, f: impl Fn(&UserId) -> UserId) -> Self {
        Self(self.0.iter().map(f).collect())
    }

    /// The set without those who are `gone`; none when nobody is left.
    pub(crate) fn without(&self, gone: impl Fn(&UserId) -> bool) -> Option<Self> {
        Self::new(self.iter().filter(|id| !gone(id)).cloned()).ok()
    }

    /// Both sets in one.
    #[must_use]
    pub(crate) fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }
}

/// Whom a rule is about. Both lists may be given: then a user must be in the one and not in the
/// other (inferred from the documentation).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Targets {
    /// Every user of the organization, those made tomorrow included.
    Everyone,
    /// These users (`TargetUsers`).
    Users(UserSet),
    /// Everyone but these (`NotTargetUsers`).
    Except(UserSet),
    /// Those of `users` who are not in `except`.
    UsersExcept {
        /// `TargetUsers`.
        users: UserSet,
        /// `NotTargetUsers`.
        except: UserSet,
    },
}

impl Targets {
    /// `TargetUsers`, where there are any.
    pub(crate) fn users(&self) -> Option<&UserSet> {
        match self {
            Self::Users(users) | Self::UsersExcept { users, .. } => Some(users),
            Self::Everyone | Self::Except(_) => None,
        }
    }

    /// `NotTargetUsers`, where there are any.
    pub(crate) fn except(&self) -> Option<&UserSet> {
        match self {
            Self::Except(except) | Self::UsersExcept { except, .. } => Some(except),
            Self::Everyone | Self::Users(_) => None,
        }
    }

    /// Everyone whom the rule names, on either side.
    pub(crate) fn mentioned_users(&self) -> impl Iterator<Item = &UserId> {
        self.users().into_iter().chain(self.except()).flat_map(UserSet::iter)
    }

    /// The targets without those who are `gone`: none when they name nobody any longer. Who was excepted
    /// only beside a list of users is no exception worth keeping.
    ///
    /// # Errors
    /// When nobody would be excepted any longer, so that the targets would become everyone.
    pub(crate) fn remove_users(&self, gone: impl Fn(&UserId) -> bool) -> Result<Option<Self>, EmptySet> {
        let kept = |set: &UserSet| UserSet::new(set.iter().filter(|id| !gone(id)).cloned());
        Ok(match self {
            Self::Everyone => Some(Self::Everyone),
            Self::Users(users) => kept(users).ok().map(Self::Users),
            Self::Except(except) => Some(Self::Except(kept(except)?)),
            Self::UsersExcept { users, except } => match (kept(users), kept(except)) {
                (Ok(users), Ok(except)) => Some(Self::UsersExcept { users, except }),
                (Ok(users), Err(_)) => Some(Self::Users(users)),
                (Err(_), _) => None,
            },
        })
    }

    /// The targets without those of the listed users who are `gone`; none when nobody is listed any longer.
    /// Targets that list no users, and exceptions, stay as they are.
    pub(crate) fn without_users(&self, gone: impl Fn(&UserId) -> bool) -> Option<Self> {
        match self {
            Self::Everyone | Self::Except(_) => Some(self.clone()),
            Self::Users(users) => users.without(gone).map(Self::Users),
            Self::UsersExcept { users, except } => {
                let users = users.without(gone)?;
                Some(Self::UsersExcept { users, except: except.clone() })
            }
        }
    }

    /// Does a rule with these targets match the user?
    pub(crate) fn matches(&self, user: &UserId) -> bool {
        self.users().is_none_or(|users| users.contains(user))
            && self.except().is_none_or(|except| !except.contains(user))
    }

    /// Does it match a user whom no rule names?
    pub(crate) fn matches_unnamed(&self) -> bool {
        self.users().is_none()
    }

    /// The targets with each user replaced.
    #[must_use]
    pub(crate) fn map(&self, f: impl Fn(&UserId) -> UserId) -> Self {
        match self {
            Self::Everyone => Self::Everyone,
            Self::Users(users) => Self::Users(users.map(f)),
            Self::Except(except) => Self::Except(except.map(f)),
            Self::UsersExcept { users, except } => {
                Self::UsersExcept { users: users.map(&f), except: except.map(&f) }
            }
        }
    }
}

/// One rule of a role.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Rule {
    /// Unique in its role, by habit; the service models no error for a second.
    pub id: RuleId,
    /// The console asks for one, the API does not.
    pub name: Option<RuleName>,
    /// Free text, without the line that keeps the expiry.
    pub description: Option<Description>,
    /// When it ends, on an ALLOW rule alone: a DENY rule that ended would give access.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Expires>,
    /// What it decides.
    pub effect: Effect,
    /// About whom.
    pub targets: Targets,
}

impl Rule {
    /// How a person would name it: the name, else the id.
    pub(crate) fn label(&self) -> &str {
        self.name.as_ref().map_or(self.id.as_str(), RuleName::as_str)
    }
}

/// What a role is, without where it lives.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Role {
    /// Its name.
    pub name: RoleName,
    /// What it may do.
    pub role_type: RoleType,
    /// Free text, without the line that keeps the expiry.
    pub description: Option<Description>,
    /// When all of its ALLOW rules end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Expires>,
    /// Whom it may impersonate; without rules nobody. The order has no meaning.
    pub rules: Vec<Rule>,
}

impl Role {
    /// The same role in the one form that is compared and shown: split rules joined, sorted by id, descriptions as they
    /// are read back.
    #[must_use]
    pub(crate) fn canonical(&self) -> Self {
        let described = |text: &Option<Description>, expires: &Option<Expires>| {
            text.as_ref().and_then(|text| text.above(expires.as_ref()))
        };
        let mut rules = join(&self.rules);
        for rule in &mut rules {
            rule.description = described(&rule.description, &rule.expires);
        }
        // Sorted, since the order of rules has no meaning to the service
        sorted::by(&mut rules, Ord::cmp);
        Self { rules, description: described(&self.description, &self.expires), ..self.clone() }
    }

    /// Is it the same role to the service, whatever the order of its rules and however long lists
    /// were split?
    pub(crate) fn same_as(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }

    /// When a rule of the role ends: by its own date or the role's, whichever comes first.
    pub(crate) fn end_of<'a>(&'a self, rule: &'a Rule) -> Option<&'a Expires> {
        self.expires.iter().chain(&rule.expires).min()
    }

    /// The ALLOW rules that have ended.
    pub(crate) fn expired_rules(&self, now: Timestamp) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(move |rule| {
            rule.effect == Effect::Allow && self.end_of(rule).is_some_and(|end| end.has_passed(now))
        })
    }

    /// Since when nobody may be reached any longer, whatever the rules still say: the role's own end, or that of the last
    /// of its ALLOW rules.
    pub(crate) fn expired(&self, now: Timestamp) -> Option<&Expires> {
        let own = self.expires.as_ref().filter(|end| end.has_passed(now));
        let allow = || self.rules.iter().filter(|rule| rule.effect == Effect::Allow);
        own.or_else(|| self.end_of_all(allow()).filter(|end| end.has_passed(now)))
    }

    /// When the last of these rules of the role ends; none where one of them does not end, or there is none.
    pub(crate) fn end_of_all<'a>(&'a self, rules: impl Iterator<Item = &'a Rule>) -> Option<&'a Expires> {
        let ends: Option<Vec<_>> = rules.map(|rule| self.end_of(rule)).collect();
        ends?.into_iter().max()
    }

    /// The role as it is meant to be at a time: without the rules that have ended. It reaches nobody more than
    /// before, at any time, since no DENY rule ends.
    #[must_use]
    pub(crate) fn at(&self, now: Timestamp) -> Self {
        let expired: Vec<_> = self.expired_rules(now).collect();
        let rules = self.rules.iter().filter(|rule| !expired.contains(rule)).cloned().collect();
        Self { rules, ..self.clone() }
    }

    /// The role without any ALLOW rule, and ended at that time where it does not end earlier.
    #[must_use]
    pub(crate) fn shut(&self, end: Expires) -> Self {
        let rules = self.rules.iter().filter(|rule| rule.effect == Effect::Deny).cloned().collect();
        let expires = self.expires.clone().into_iter().chain([end]).min();
        Self { rules, expires, ..self.clone() }
    }

    /// What does not end though its description says so, in a line that is no expiry: the role, or an ALLOW rule of it.
    /// Each with what is wrong.
    pub(crate) fn unreadable_expiries(&self) -> Vec<(Option<&Rule>, String)> {
        let role = &self.name;
        let said = |what: String, text: &Option<Description>| {
            let error = expiry::unreadable(text.as_ref()?.as_str())?;
            Some(format!(
                "{what} does not expire, though the last line of its description begins so: {error}"
            ))
        };
        let own = said(format!("live role {role}"), &self.description).map(|text| (None, text));
        let rules = self.rules.iter().filter(|rule| rule.effect == Effect::Allow).filter_map(|rule| {
            let what = format!("rule {} of live role {role}", rule.label());
            Some((Some(rule), said(what, &rule.description)?))
        });
        own.into_iter().chain(rules).collect()
    }

    /// Everyone whom some rule names.
    pub(crate) fn mentioned_users(&self) -> BTreeSet<&UserId> {
        self.rules.iter().flat_map(|rule| rule.targets.mentioned_users()).collect()
    }

    /// The role with each user replaced.
    #[must_use]
    pub(crate) fn map_users(&self, f: impl Fn(&UserId) -> UserId) -> Self {
        let rules =
            self.rules.iter().map(|rule| Rule { targets: rule.targets.map(&f), ..rule.clone() }).collect();
        Self { rules, ..self.clone() }
    }
}

/// A role that the service has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LiveRole {
    /// Its id, kept for life.
    pub id: RoleId,
    /// What it is.
    pub role: Role,
    /// The service gave no list of rules. Whether it leaves an empty one out is not known: `rules` is empty,
    /// and nobody knows whom the role reaches.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rules_unknown: bool,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it was last changed.
    pub modified: Option<Timestamp>,
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(crate) fn uid(text: &str) -> UserId {
        UserId::from_service(text)
    }

    pub(crate) fn users(ids: &[&str]) -> UserSet {
        UserSet::new(ids.iter().map(|id| uid(id))).expect("not empty")
    }

    pub(crate) fn rule(id: &str, effect: Effect, targets: Targets) -> Rule {
        Rule { id: RuleId::from_service(id), name: None, description: None, expires: None, effect, targets }
    }

    pub(crate) fn role(rules: Vec<Rule>) -> Role {
        let (description, expires) = Default::default();
        Role { name: RoleName::from_service("r"), role_type: RoleType::ReadOnly, description, expires, rules }
    }

    /// Targets of every kind over such sets.
    pub(crate) fn targets<S>(users: impl Fn() -> S) -> impl Strategy<Value = Targets>
    where
        S: Strategy<Value = UserSet> + 'static,
    {
        prop_oneof![
            Just(Targets::Everyone),
            users().prop_map(Targets::Users),
            users().prop_map(Targets::Except),
            (users(), users()).prop_map(|(users, except)| Targets::UsersExcept { users, except }),
        ]
    }

    #[test]
    fn a_role_is_the_same_as_itself() {
        let role = role(vec![rule("a", Effect::Allow, Targets::Everyone)]);
        assert!(role.same_as(&role));
    }

    #[test]
    fn the_order_of_rules_is_no_difference() {
        let a = rule("a", Effect::Allow, Targets::Everyone);
        let b = rule("b", Effect::Deny, Targets::Users(users(&["x"])));
        assert!(role(vec![a.clone(), b.clone()]).same_as(&role(vec![b, a])));
    }

    #[test]
    fn a_set_of_users_is_never_empty() {
        assert_eq!(UserSet::new([]), Err(EmptySet));
    }

    #[test]
    fn targets_without_somebody_never_widen() {
        let (one, two) = (|| users(&["a"]), || users(&["a", "b"]));
        let both = |u, e| Targets::UsersExcept { users: u, except: e };
        let without = |targets: Targets| targets.remove_users(|id| *id == uid("a"));
        assert_eq!(without(Targets::Everyone), Ok(Some(Targets::Everyone)));
        assert_eq!(without(Targets::Users(two())), Ok(Some(Targets::Users(users(&["b"])))));
        assert_eq!(without(Targets::Users(one())), Ok(None));
        assert_eq!(without(Targets::Except(two())), Ok(Some(Targets::Except(users(&["b"])))));
        assert_eq!(without(Targets::Except(one())), Err(EmptySet));
        assert_eq!(without(both(two(), one())), Ok(Some(Targets::Users(users(&["b"])))));
        assert_eq!(without(both(one(), two())), Ok(None));
    }

    #[test]
    fn both_lists_must_hold() {
        let both = Targets::UsersExcept { users: users(&["a", "b"]), except: users(&["b"]) };
        assert!(both.matches(&uid("a")));
        assert!(!both.matches(&uid("b")));
        assert!(!both.matches(&uid("c")));
        assert!(!both.matches_unnamed());
    }

    #[test]
    fn names_refuse_what_the_service_refuses() {
        assert!(RoleName::parse("a <b>").is_err());
        assert!(RoleName::parse("tab\there").is_err());
        assert!(RoleName::parse("é".repeat(64)).is_ok());
        assert!(Description::parse("two\nlines").is_ok());
        assert!(Description::parse("tab\there").is_err());
        assert!(Description::parse("cr\r").is_err());
    }

    #[test]
    fn effects_types_and_rules_are_called_as_the_service_calls_them() {
        assert_eq!([Effect::Allow, Effect::Deny].map(Effect::as_str), ["ALLOW", "DENY"]);
        let types = [RoleType::ReadOnly, RoleType::FullAccess].map(RoleType::as_str);
        assert_eq!(types, ["READ_ONLY", "FULL_ACCESS"]);
        let rule = rule("id", Effect::Allow, Targets::Everyone);
        assert_eq!(rule.label(), "id");
        assert_eq!(Rule { name: Some(RuleName::from_service("name")), ..rule }.label(), "name");
    }

    #[test]
    fn the_canonical_form_has_its_rules_in_order() {
        let [a, b] = ["a", "b"].map(|id| rule(id, Effect::Allow, Targets::Users(users(&["x"]))));
        assert_eq!(role(vec![b.clone(), a.clone()]).canonical().rules, [a, b]);
    }

    #[test]
    fn a_role_at_a_time_has_lost_what_ended() {
        let end = |text| Some(Expires::parse(text).expect("an expiry"));
        let allow = Rule { expires: end("2027-01-31"), ..rule("a", Effect::Allow, Targets::Everyone) };
        let deny = rule("d", Effect::Deny, Targets::Users(users(&["x"])));
        let stays = rule("s", Effect::Allow, Targets::Users(users(&["y"])));
        let role = role(vec![allow.clone(), deny.clone(), stays.clone()]);
        let [before, after] =
            ["2027-01-31T23:59:59Z", "2027-02-01T00:00:00Z"].map(|text| text.parse().expect("a time"));
        assert_eq!(role.at(before), role);
        assert_eq!(role.at(after).rules, [deny.clone(), stays]);
        let ends = Role { expires: end("2027-01-31"), ..role };
        assert_eq!(ends.at(before), ends);
        assert_eq!(ends.at(after), Role { rules: vec![deny], ..ends.clone() });
        assert_eq!(ends.end_of(&allow), end("2027-01-31").as_ref());
        assert_eq!((ends.expired(before), ends.expired(after)), (None, ends.expires.as_ref()));
        let rules = |rules: Vec<Rule>| Role { expires: None, rules, ..ends.clone() };
        assert_eq!(rules(vec![]).expired(after), None);
        assert_eq!(rules(ends.rules.clone()).expired(after), None);
        assert_eq!(rules(vec![allow.clone()]).expired(after), allow.expires.as_ref());
        assert_eq!(rules(vec![allow]).expired(before), None);
    }

    #[test]
    fn a_role_that_is_shut_keeps_its_denials_and_its_earlier_end() {
        let end = |text| Expires::parse(text).expect("an expiry");
        let deny = rule("d", Effect::Deny, Targets::Users(users(&["x"])));
        let open = role(vec![rule("a", Effect::Allow, Targets::Everyone), deny.clone()]);
        let shut = Role { expires: Some(end("2026-11-24T12:00:00Z")), ..role(vec![deny]) };
        assert_eq!(open.shut(end("2026-11-24T12:00:00Z")), shut);
        let later = Role { expires: Some(end("2027-01-31")), ..open.clone() };
        assert_eq!(later.shut(end("2026-11-24T12:00:00Z")), shut);
        let earlier = Role { expires: Some(end("2026-11-01")), ..open };
        assert_eq!(earlier.shut(end("2026-11-24T12:00:00Z")).expires, Some(end("2026-11-01")));
        assert_eq!(shut.shut(end("2026-11-25")), shut);
    }

    #[test]
    fn an_end_that_does_not_parse_is_found_where_it_would_count() {
        let described = |id, effect, text| {
            let description = Some(Description::from_service(text));
            Rule { description, ..rule(id, effect, Targets::Everyone) }
        };
        let role = Role {
            description: Some(Description::from_service("Mail\nExpires: soon")),
            ..role(vec![
                described("a", Effect::Allow, "Expires: 31.01.2027"),
                described("b", Effect::Allow, "It expires: soon"),
                described("d", Effect::Deny, "Expires: soon"),
            ])
        };
        let found: Vec<_> = role
            .unreadable_expiries()
            .iter()
            .map(|(rule, _)| rule.map(|rule| rule.label().to_owned()))
            .collect();
        assert_eq!(found, [None, Some("a".to_owned())]);
    }

    #[test]
    fn each_user_of_a_role_is_replaced() {
        let of = |users| role(vec![rule("a", Effect::Allow, Targets::Users(users))]);
        let replaced = of(users(&["x", "y"])).map_users(|id| uid(&format!("new-{id}")));
        assert_eq!(replaced, of(users(&["new-x", "new-y"])));
    }
}

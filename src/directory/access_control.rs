//! Access control rules: from which addresses, by which protocols, which users and roles reach
//! mailboxes at all. They gate the EWS call and not the API (documented).

use std::net::Ipv4Addr;

use crate::id::{RoleId, UserId};
use crate::role::Effect;

/// A rule of the organization. All its conditions must hold; an empty list is no condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccessControlRule {
    /// Unique in the organization.
    pub(crate) name: String,
    pub(crate) effect: Effect,
    pub(crate) description: Option<String>,
    /// IPv4 networks in CIDR notation, as `203.0.113.0/24`.
    pub(crate) ip_ranges: Vec<String>,
    pub(crate) not_ip_ranges: Vec<String>,
    /// `ActiveSync`, `AutoDiscover`, `EWS`, `IMAP`, `SMTP`, `WindowsOutlook`, `WebMail`.
    pub(crate) actions: Vec<String>,
    pub(crate) not_actions: Vec<String>,
    pub(crate) users: Vec<UserId>,
    pub(crate) not_users: Vec<UserId>,
    /// Impersonation roles, which may no longer exist (inferred).
    pub(crate) roles: Vec<RoleId>,
    pub(crate) not_roles: Vec<RoleId>,
}

/// What the access control rules decide about one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccessControlResult {
    pub(crate) effect: Effect,
    /// The names of the rules that match and have that effect; empty when no rule matches.
    pub(crate) matched_rules: Vec<String>,
}

/// Who wants to reach a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Principal {
    User(UserId),
    Role(RoleId),
}

/// An attempt to reach a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccessAttempt {
    /// The caller's address; the service knows IPv4 only (documented).
    pub(crate) address: Ipv4Addr,
    /// The protocol, in the spelling of [`AccessControlRule::actions`].
    pub(crate) action: String,
    pub(crate) principal: Principal,
}

/// An IPv4 network; bits after the prefix are ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    address: u32,
    mask: u32,
}

impl Network {
    /// Parses `203.0.113.0/24`. The prefix has neither a sign nor a leading zero (the service's model).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let bits: u32 = prefix.parse().ok().filter(|bits| *bits <= 32)?;
        if bits.to_string() != prefix {
            return None;
        }
        let mask = u32::MAX.checked_shl(32 - bits).unwrap_or_default();
        Some(Self { address: u32::from(address.parse::<Ipv4Addr>().ok()?), mask })
    }

    pub(crate) fn contains(self, address: Ipv4Addr) -> bool {
        (u32::from(address) ^ self.address) & self.mask == 0
    }
}

/// A condition: in the one list, unless it is empty, and not in the other.
fn holds<T>(list: &[T], not: &[T], is: impl Fn(&T) -> bool) -> bool {
    (list.is_empty() || list.iter().any(&is)) && !not.iter().any(&is)
}

impl AccessControlRule {
    /// Does the rule name the role, on either side?
    pub(crate) fn names(&self, role: &RoleId) -> bool {
        self.roles.contains(role) || self.not_roles.contains(role)
    }

    /// Do all conditions hold? A range that is no IPv4 network contains nothing.
    ///
    /// A condition on users never holds for a role, and the other way round (inferred).
    pub(crate) fn matches(&self, attempt: &AccessAttempt) -> bool {
        let AccessAttempt { address, action, principal } = attempt;
        let network = |text: &String| Network::parse(text).is_some_and(|n| n.contains(*address));
        let user = |id: &UserId| matches!(principal, Principal::User(user) if user == id);
        let role = |id: &RoleId| matches!(principal, Principal::Role(role) if role == id);
        holds(&self.ip_ranges, &self.not_ip_ranges, network)
            && holds(&self.actions, &self.not_actions, |known| known == action)
            && holds(&self.users, &self.not_users, user)
            && holds(&self.roles, &self.not_roles, role)
    }
}

/// Any matching DENY denies; else any matching ALLOW allows; else denied, by no rule (documented:
/// deleting every rule blocks all access).
pub(crate) fn decide<'a>(
    rules: impl IntoIterator<Item = &'a AccessControlRule>,
    attempt: &AccessAttempt,
) -> AccessControlResult {
    let matching = rules.into_iter().filter(|rule| rule.matches(attempt));
    let (denying, allowing): (Vec<_>, Vec<_>) = matching.partition(|rule| rule.effect == Effect::Deny);
    let (effect, rules) = match allowing.as_slice() {
        [_, ..] if denying.is_empty() => (Effect::Allow, allowing),
        _ => (Effect::Deny, denying),
    };
    AccessControlResult { effect, matched_rules: rules.into_iter().map(|rule| rule.name.clone()).collect() }
}

/// The names of the rules that name a role; none where the rules are not known.
pub(crate) fn naming(rules: Option<&[AccessControlRule]>, role: &RoleId) -> Option<Vec<String>> {
    Some(rules?.iter().filter(|rule| rule.names(role)).map(|rule| rule.name.clone()).collect())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A rule without conditions.
    pub(crate) fn rule(name: &str, effect: Effect) -> AccessControlRule {
        AccessControlRule {
            name: name.into(),
            effect,
            description: None,
            ip_ranges: vec![],
            not_ip_ranges: vec![],
            actions: vec![],
            not_actions: vec![],
            users: vec![],
            not_users: vec![],
            roles: vec![],
            not_roles: vec![],
        }
    }

    fn role(id: &str) -> Principal {
        Principal::Role(RoleId::from_service(id))
    }

    fn decided(rules: &[AccessControlRule], address: &str, principal: Principal) -> (Effect, Vec<String>) {
        let address = address.parse().expect("an IPv4 address");
        let attempt = AccessAttempt { address, action: "EWS".into(), principal };
        let AccessControlResult { effect, matched_rules } = decide(rules, &attempt);
        (effect, matched_rules)
    }

    #[test]
    fn without_rules_nothing_passes() {
        assert_eq!(decided(&[], "192.0.2.1", role("r")), (Effect::Deny, vec![]));
    }

    #[test]
    fn a_rule_without_conditions_matches_everything_and_deny_wins() {
        let rules = [rule("a", Effect::Allow), rule("b", Effect::Allow), rule("c", Effect::Deny)];
        let user = || Principal::User(UserId::from_service("u"));
        assert_eq!(decided(&rules[..2], "192.0.2.1", user()), (Effect::Allow, vec!["a".into(), "b".into()]));
        assert_eq!(decided(&rules, "192.0.2.1", user()), (Effect::Deny, vec!["c".into()]));
    }

    #[test]
    fn all_conditions_must_hold() {
        let conditional = AccessControlRule {
            not_ip_ranges: vec!["10.0.0.0/8".into()],
            actions: vec!["EWS".into()],
            roles: vec![RoleId::from_service("r")],
            ..rule("office-only", Effect::Deny)
        };
        let rules = [rule("Default", Effect::Allow), conditional];
        assert_eq!(decided(&rules, "192.0.2.1", role("r")).0, Effect::Deny);
        assert_eq!(decided(&rules, "10.9.9.9", role("r")).0, Effect::Allow);
        assert_eq!(decided(&rules, "192.0.2.1", role("other")).0, Effect::Allow);
        let user = Principal::User(UserId::from_service("r"));
        assert_eq!(decided(&rules, "192.0.2.1", user).0, Effect::Allow, "a user is no role");
    }

    #[test]
    fn a_network_contains_its_addresses() {
        let inside = |network: &str, address: &str| {
            let network = Network::parse(network).expect("a network");
            network.contains(address.parse().expect("an address"))
        };
        assert!(inside("0.0.0.0/0", "203.0.113.9"));
        assert!(inside("10.1.2.3/8", "10.200.0.1"), "bits after the prefix are ignored");
        assert!(!inside("10.0.0.0/8", "11.0.0.1"));
        assert!(inside("192.0.2.1/32", "192.0.2.1") && !inside("192.0.2.1/32", "192.0.2.2"));
    }

    #[test]
    fn what_is_no_network_is_not_one() {
        for text in [
            "",
            "10.0.0.0",
            "010.0.0.0/8",
            "10.0.0.0/33",
            "10.0.0.0/08",
            "10.0.0.0/+8",
            "10.0.0/8",
            "::1/128",
        ] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}

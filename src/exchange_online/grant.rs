//! What a role allows, in grants: whom, and until when. A role's DENY rules and exceptions are worked in, since here only
//! who is reached counts.

use std::collections::BTreeSet;

use crate::access::{self, later};
use crate::expiry::Expires;
use crate::role::{Effect, Role, Rule, UserId};
use crate::sorted;

/// Who is reached, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) users: Users,
    /// None for no end.
    pub(super) end: Option<Expires>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Users {
    /// These, at least one.
    These(BTreeSet<UserId>),
    /// Everyone but these, those included who come later.
    EveryoneExcept(BTreeSet<UserId>),
}

/// What the rules allow, what lasts longest first. Rules that have ended are gone already. Together the grants reach whom
/// the rules reach, each user for as long as the last rule that allows it, and no longer.
pub(super) fn grants(role: &Role) -> Vec<Grant> {
    let allows = || role.rules.iter().filter(|rule| rule.effect == Effect::Allow);
    let mut ends: Vec<Option<&Expires>> = allows().map(|rule| role.end_of(rule)).collect();
    sorted::by(&mut ends, |a, b| later(*b, *a));
    ends.dedup();
    let named = role.mentioned_users();
    let (mut grants, mut reached, mut open) = (Vec::new(), BTreeSet::new(), false);
    for end in ends {
        let lasts = |rule: &&Rule| rule.effect == Effect::Deny || later(role.end_of(rule), end).is_ge();
        let rules: Vec<Rule> = role.rules.iter().filter(lasts).cloned().collect();
        let newly = named.iter().filter(|id| access::allows(&rules, id) && !reached.contains(**id));
        let newly: BTreeSet<UserId> = newly.map(|id| (*id).clone()).collect();
        let opens = !open && access::is_open(&rules);
        let users = if opens {
            // Those who are reached for longer are no exceptions
            let except = named.iter().filter(|id| !access::allows(&rules, id));
            Some(Users::EveryoneExcept(except.map(|id| (*id).clone()).collect()))
        } else {
            (!newly.is_empty()).then(|| Users::These(newly.clone()))
        };
        open |= opens;
        reached.extend(newly);
        grants.extend(users.map(|users| Grant { users, end: end.cloned() }));
    }
    grants
}

//! A role whose ALLOW rule lists more users than the service takes, as several roles. Pure.

use std::collections::BTreeSet;
use std::fmt;

use crate::role::{Effect, MAX_RULES, MAX_USERS, Role, RoleName, Rule, Targets, UserId, UserSet, split_all};

/// Why a role cannot be made several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unsplittable {
    /// No ALLOW rule lists users alone.
    NoUsers,
    /// The other rules, which each of the roles needs, are so many already.
    NoRoom(usize),
    /// The name and the number of the last role are longer than the service takes.
    LongName(String),
}

impl fmt::Display for Unsplittable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoUsers => f.write_str("there are no users to split over roles"),
            Self::NoRoom(others) => write!(
                f,
                "the other rules, which each role needs, are {others}; the service takes at most {MAX_RULES}"
            ),
            Self::LongName(error) => write!(f, "the roles are named with a number behind the name: {error}"),
        }
    }
}

/// The roles, none of which is empty: the role itself where it fits, else `NAME (1)`, `NAME (2)` and so on. Each has
/// all the other rules, so that a DENY holds in every one, and as many users of the ALLOW rule, in this order, as fit
/// beside them.
///
/// # Errors
/// When there is nothing to split, no room for it, or no room for the numbers in the name.
pub(crate) fn split(role: &Role, order: &[UserId]) -> Result<Vec<Role>, Unsplittable> {
    let lists_users = |rule: &Rule| rule.effect == Effect::Allow && matches!(rule.targets, Targets::Users(_));
    let Some(at) = role.rules.iter().position(lists_users) else { return Err(Unsplittable::NoUsers) };
    let allow = &role.rules[at];
    let mut others = role.rules.clone();
    others.remove(at);
    let taken = split_all(&others).len();
    let room = MAX_RULES.saturating_sub(taken) * MAX_USERS;
    if room == 0 {
        return Err(Unsplittable::NoRoom(taken));
    }
    let mut left: BTreeSet<&UserId> = allow.targets.users().into_iter().flat_map(UserSet::iter).collect();
    let mut users: Vec<&UserId> = order.iter().filter(|id| left.remove(id)).collect();
    // Nobody is lost, whatever the order names
    users.extend(left);
    let parts: Vec<&[&UserId]> = users.chunks(room).collect();
    if parts.len() < 2 {
        return Ok(vec![role.clone()]);
    }
    let part = |(n, users): (usize, &&[&UserId])| {
        let name = RoleName::parse(format!("{} ({})", role.name, n + 1));
        let name = name.map_err(|error| Unsplittable::LongName(error.to_string()))?;
        let users = UserSet::new(users.iter().map(|id| (*id).clone())).map_err(|_| Unsplittable::NoUsers)?;
        let mut rules = role.rules.clone();
        rules[at].targets = Targets::Users(users);
        Ok(Role { name, rules, ..role.clone() })
    };
    parts.iter().enumerate().map(part).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::access;
    use crate::role::limit_violations;
    use crate::role::tests::{role, rule, uid};

    fn ids(range: std::ops::Range<usize>) -> Vec<UserId> {
        range.map(|n| uid(&format!("u{n:04}"))).collect()
    }

    fn listing(id: &str, effect: Effect, users: &[UserId]) -> Rule {
        rule(id, effect, Targets::Users(UserSet::new(users.iter().cloned()).expect("users")))
    }

    fn wave(allowed: usize, denied: usize) -> Role {
        let allow = listing("allow", Effect::Allow, &ids(0..allowed));
        let deny = (denied > 0).then(|| listing("deny", Effect::Deny, &ids(5000..5000 + denied)));
        role(std::iter::once(allow).chain(deny).collect())
    }

    fn sizes(role: &Role) -> Vec<usize> {
        let roles = split(role, &ids(0..5000)).expect("roles");
        roles.iter().map(|role| role.rules[0].targets.users().map_or(0, UserSet::len)).collect()
    }

    #[test]
    fn what_fits_stays_the_role_that_it_is() {
        assert_eq!(split(&wave(100, 0), &[]), Ok(vec![wave(100, 0)]));
        assert_eq!(split(&wave(1, 90), &[]), Ok(vec![wave(1, 90)]));
        assert_eq!(split(&role(vec![]), &[]), Err(Unsplittable::NoUsers));
        let all = rule("all", Effect::Allow, Targets::Everyone);
        assert_eq!(split(&role(vec![all]), &[]), Err(Unsplittable::NoUsers));
    }

    #[test]
    fn roles_are_filled_one_after_the_other_and_the_last_is_not_empty() {
        assert_eq!(sizes(&wave(101, 0)), [100, 1]);
        assert_eq!(sizes(&wave(300, 0)), [100, 100, 100]);
        assert_eq!(sizes(&wave(181, 10)), [90, 90, 1]);
        assert_eq!(sizes(&wave(25, 90)), [10, 10, 5]);
    }

    #[test]
    fn users_are_in_the_order_given() {
        let order: Vec<UserId> = ids(0..150).into_iter().rev().collect();
        let roles = split(&wave(150, 0), &order).expect("roles");
        let of = |role: &Role| role.rules[0].targets.users().cloned();
        assert_eq!(of(&roles[0]), UserSet::new(ids(50..150)).ok());
        assert_eq!(of(&roles[1]), UserSet::new(ids(0..50)).ok());
        let names: Vec<_> = roles.iter().map(|role| role.name.to_string()).collect();
        let name = wave(1, 0).name;
        assert_eq!(names, [format!("{name} (1)"), format!("{name} (2)")]);
    }

    #[test]
    fn there_must_be_room_for_users_and_for_numbers() {
        assert_eq!(split(&wave(1, 91), &[]), Err(Unsplittable::NoRoom(10)));
        assert!(split(&wave(1, 90), &[]).is_ok());
        let named =
            |length: usize| Role { name: RoleName::from_service("x".repeat(length)), ..wave(1000, 0) };
        // ` (10)` are five characters
        assert!(split(&named(59), &[]).is_ok());
        assert!(matches!(split(&named(60), &[]), Err(Unsplittable::LongName(_))));
    }

    proptest! {
        #[test]
        fn the_roles_together_reach_whom_the_role_would(allowed in 1usize..600, denied in 0usize..91, shared in 0usize..20) {
            let mut role = wave(allowed, denied);
            // Some are both allowed and denied
            if shared > 0 {
                role.rules.push(listing("both", Effect::Deny, &ids(0..shared)));
            }
            let Ok(roles) = split(&role, &ids(0..allowed)) else { return Ok(()) };
            for role in &roles {
                prop_assert_eq!(limit_violations(role), []);
            }
            for user in ids(0..600).iter().chain(&ids(5000..5091)) {
                let reached = roles.iter().filter(|role| access::allows(&role.rules, user)).count();
                prop_assert_eq!(reached, usize::from(access::allows(&role.rules, user)));
            }
        }
    }
}

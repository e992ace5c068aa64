use proptest::prelude::*;

use super::*;
use crate::access;
use crate::directory::State;
use crate::directory::tests::mailbox;
use crate::expiry::Expires;
use crate::id::OrganizationId;
use crate::role::tests::{role, rule, targets, uid, users};
use crate::role::{Description, RoleId, UserSet};
use crate::testing::{golden, hostile};

fn now() -> Timestamp {
    "2026-11-29T12:00:00Z".parse().expect("a time")
}

fn organization() -> Organization {
    let id = OrganizationId::from_service("m-ac3e0000000000000000000000000001");
    Organization { alias: Some("acme".into()), ..Organization::of_id(id, "us-east-1") }
}

fn person(id: &str, email: Option<&str>, state: State) -> User {
    User { email: email.map(str::to_owned), state, ..mailbox(id) }
}

/// `alice`, `bob`, `carol` and `u000` to `u199` have mailboxes, the others do not, or none that a filter can name.
fn directory() -> Directory {
    let plain =
        ["alice", "bob", "carol"].map(|id| person(id, Some(&format!("{id}@example.com")), State::Enabled));
    let many = (0..200).map(|n| {
        person(&format!("u{n:03}"), Some(&format!("user.number.{n:03}@example.com")), State::Enabled)
    });
    let odd = [
        person("apostrophe", Some("O'Brien@example.com"), State::Enabled),
        person("disabled", Some("dora@example.com"), State::Disabled),
        person("no-address", None, State::Enabled),
        person("wildcard", Some("*@example.com"), State::Enabled),
        person("curly", Some("a\u{2019}; Remove-Mailbox bob #@example.com"), State::Enabled),
    ];
    Directory::complete(plain.into_iter().chain(many).chain(odd))
}

fn named(name: &str, role_type: RoleType, rules: Vec<Rule>) -> LiveRole {
    let role = Role { name: RoleName::from_service(name), role_type, ..role(rules) };
    let id = RoleId::from_service("30000001-0000-4000-8000-000000000001");
    LiveRole { id, role, rules_unknown: false, created: None, modified: None }
}

fn read(name: &str, rules: Vec<Rule>) -> LiveRole {
    named(name, RoleType::ReadOnly, rules)
}

fn allow(id: &str, ids: &[&str]) -> Rule {
    rule(id, Effect::Allow, Targets::Users(users(ids)))
}

fn until(rule: Rule, end: &str) -> Rule {
    Rule { expires: Some(Expires::parse(end).expect("an expiry")), ..rule }
}

fn parts(roles: &[LiveRole]) -> String {
    let mut taken = BTreeSet::new();
    roles.iter().map(|live| part(&key(&live.role.name, &mut taken), live, &directory(), now())).collect()
}

fn is_golden(name: &str, roles: &[LiveRole]) {
    golden::check(&format!("tests/exchange_online/{name}.ps1"), parts(roles).trim_start());
}

#[test]
fn a_script_is_whole() {
    let roles = [read("Ticket triage", vec![allow("support", &["alice", "bob"])])];
    golden::check("tests/exchange_online/whole.ps1", &script(&organization(), &roles, &directory(), now()));
}

#[test]
fn full_access() {
    is_golden("full_access", &[named("Migration", RoleType::FullAccess, vec![allow("wave", &["alice"])])]);
}

#[test]
fn several_rules() {
    is_golden(
        "several_rules",
        &[read("r", vec![allow("a", &["alice", "bob"]), allow("b", &["bob", "carol"])])],
    );
}

#[test]
fn denials() {
    let deny = |targets| rule("never", Effect::Deny, targets);
    let both = Targets::UsersExcept { users: users(&["alice", "bob"]), except: users(&["bob"]) };
    let roles = [
        read("denies one", vec![allow("a", &["alice", "bob"]), deny(Targets::Users(users(&["bob"])))]),
        read(
            "denies all but one",
            vec![allow("a", &["alice", "bob"]), deny(Targets::Except(users(&["bob"])))],
        ),
        read("denies by both", vec![allow("a", &["alice", "bob"]), deny(both)]),
        read("denies everyone", vec![allow("a", &["alice"]), deny(Targets::Everyone)]),
        read(
            "denies one of everyone",
            vec![rule("a", Effect::Allow, Targets::Everyone), deny(Targets::Users(users(&["bob"])))],
        ),
    ];
    is_golden("deny", &roles);
}

#[test]
fn exceptions() {
    let both = Targets::UsersExcept { users: users(&["alice", "bob"]), except: users(&["bob"]) };
    is_golden("exceptions", &[read("r", vec![rule("a", Effect::Allow, both)])]);
}

#[test]
fn everyone() {
    is_golden("everyone", &[read("all", vec![rule("a", Effect::Allow, Targets::Everyone)])]);
}

#[test]
fn everyone_except() {
    let except = |ids: &[&str]| vec![rule("a", Effect::Allow, Targets::Except(users(ids)))];
    let many: Vec<_> = (0..60).map(|n| format!("u{n:03}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let mut again = except(&["bob", "carol"]);
    again.push(allow("b", &["bob"]));
    let roles = [
        read("except one", except(&["bob"])),
        read("except one who is allowed again", again),
        read("except somebody disabled", except(&["disabled"])),
        read("except nobody that can be named", except(&["bob", "no-address", "gone"])),
        read("except too many", except(&many)),
    ];
    is_golden("everyone_except", &roles);
}

#[test]
fn ends() {
    let expires = Some(Expires::parse("2027-01-31").expect("an expiry"));
    let own = read("role ends", vec![allow("a", &["alice"])]);
    let everyone = |end| until(rule("b", Effect::Allow, Targets::Everyone), end);
    let unreadable =
        Rule { description: Some(Description::from_service("Expires: soon")), ..allow("a", &["alice"]) };
    let roles = [
        LiveRole { role: Role { expires, ..own.role.clone() }, ..own },
        read("a rule ends", vec![allow("a", &["alice"]), until(allow("b", &["alice", "bob"]), "2027-01-31")]),
        read("a rule has ended", vec![allow("a", &["alice"]), until(allow("b", &["bob"]), "2026-11-01")]),
        read("all has ended", vec![until(allow("b", &["bob"]), "2026-11-01")]),
        read("everyone ends", vec![allow("a", &["alice"]), everyone("2027-02-28T12:00:00Z")]),
        read("an end that is none", vec![unreadable]),
    ];
    is_golden("ends", &roles);
}

#[test]
fn users_who_cannot_be_named() {
    let all = ["alice", "disabled", "no-address", "gone", "wildcard", "curly", "apostrophe"];
    let unknown = LiveRole { rules_unknown: true, ..read("no list of rules", vec![]) };
    let roles = [
        read("some are left", vec![allow("a", &all)]),
        read("none is left", vec![allow("a", &["gone"])]),
        read("no rules", vec![]),
        unknown,
    ];
    is_golden("left_out", &roles);
}

#[test]
fn more_users_than_fit_into_a_filter() {
    let many: Vec<_> = (0..100).map(|n| uid(&format!("u{n:03}"))).collect();
    let targets = Targets::Users(UserSet::new(many).expect("not empty"));
    is_golden("many_users", &[read("many", vec![rule("a", Effect::Allow, targets)])]);
    let addresses = || (0..200).map(|n| format!("{}'{n:03}@example.com", "x".repeat(n)));
    let lists = chunks(addresses());
    assert_eq!(lists.concat(), addresses().collect::<Vec<_>>());
    for list in &lists {
        let filter: Vec<_> =
            list.iter().map(|one| format!("EmailAddresses -eq '{}'", one.replace('\'', "''"))).collect();
        assert!(filter.join(" -or ").len() <= FILTER - 50, "{filter:?}");
    }
    assert_eq!(chunks(Vec::new()), Vec::<Vec<String>>::new());
}

#[test]
fn names_do_nothing() {
    let roles: Vec<_> = hostile::TEXTS
        .iter()
        .map(|text| {
            let name = |text: &str| Some(RuleName::from_service(text));
            let deny = Rule { name: name(text), ..rule("d", Effect::Deny, Targets::Users(users(&[text]))) };
            read(text, vec![allow("a", &["alice", text]), deny])
        })
        .collect();
    let directory = Directory::complete(
        hostile::TEXTS.iter().map(|text| person(text, Some(text), State::Enabled)).chain([person(
            "alice",
            Some("alice@example.com"),
            State::Enabled,
        )]),
    );
    let whole = Organization { alias: Some("#>\n'; throw #\u{2019}".into()), ..organization() };
    let text = script(&whole, &roles, &directory, now());
    golden::check("tests/exchange_online/hostile_names.ps1", &text);
    assert!(text.is_ascii());
    let found = [hostile::terminal(&text), hostile::runner(&text)].concat();
    assert_eq!(found, [""; 0]);
    // Beside comments and the script's own words there are only keys and the one address
    let quiet: BTreeSet<_> = text
        .split(WORK)
        .next()
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .collect();
    let data: Vec<_> =
        quiet.iter().filter(|line| line.contains('\'') && !line.contains("ValidateSet")).collect();
    for line in data {
        let known = [
            "$roles['",
            "Permissions = @('Mail.Read'",
            "Name = 'wmrole ",
            "Ends = ''",
            "'alice@example.com'",
            "$ErrorActionPreference = 'Stop'",
            "'somebody@evil.example'",
        ];
        assert!(known.iter().any(|start| line.trim_start().starts_with(start)), "{line}");
        assert!(
            !line.contains(['\u{60}', '$', '(']) || line.contains("Permissions") || line.starts_with('$'),
            "{line}"
        );
    }
}

#[test]
fn names_of_scopes_and_assignments_fit_and_differ() {
    let mut taken = BTreeSet::new();
    let keys: Vec<_> = ["x".repeat(64), "x".repeat(63), "日本".into(), "Role".into(), "-".into()]
        .iter()
        .map(|name| key(&RoleName::from_service(name), &mut taken))
        .collect();
    let long = "x".repeat(22);
    assert_eq!(keys, [&long, &format!("{}-2", &long[..20]), "role", "role-2", "role-3"]);
    let longest = format!("wmrole {long} 12345678 999 MailboxSettings.Read");
    assert!(longest.len() <= 64, "{}", longest.len());
}

#[test]
fn what_is_quoted_ends_nowhere() {
    assert_eq!(quoted("o'brien"), "'o''brien'");
    assert_eq!(quoted("a\u{2018}b\u{2019}c\u{201a}d\u{201b}\n"), "'a?b?c?d??'");
    assert_eq!(comment("# É\n#> \u{202e}"), "# \\u{c9}\\n#> \\u{202e}");
}

/// Roles with ends, DENY rules and every kind of targets.
fn roles() -> impl Strategy<Value = Role> {
    let set = || {
        prop::collection::btree_set(0usize..5, 1..4).prop_map(|numbers| {
            UserSet::new(numbers.into_iter().map(|n| uid(&format!("u{n}")))).expect("not empty")
        })
    };
    let end = || {
        prop::option::of(
            (1u8..5).prop_map(|day| Expires::parse(&format!("2027-01-0{day}")).expect("an expiry")),
        )
    };
    let rules = prop::collection::vec((prop::bool::weighted(0.7), targets(set), end()), 0..6);
    (rules, end()).prop_map(|(rules, expires)| {
        let one = |(n, (allow, targets, expires))| Rule {
            expires: if allow { expires } else { None },
            ..rule(&format!("r{n}"), if allow { Effect::Allow } else { Effect::Deny }, targets)
        };
        Role { expires, ..role(rules.into_iter().enumerate().map(one).collect()) }
    })
}

proptest! {
    /// At any time the grants that have not ended reach exactly whom the rules that have not ended reach.
    #[test]
    fn grants_reach_whom_the_role_reaches(role in roles(), day in 1u8..6) {
        let now: Timestamp = format!("2027-01-0{day}T12:00:00Z").parse().expect("a time");
        let grants = grants(&role);
        let lasting = || grants.iter().filter(|grant| !grant.end.as_ref().is_some_and(|end| end.has_passed(now)));
        let at = role.at(now);
        for n in 0..6 {
            let id = uid(&format!("u{n}"));
            let granted = lasting().any(|grant| match &grant.users {
                Users::These(users) => users.contains(&id),
                Users::EveryoneExcept(except) => !except.contains(&id),
            });
            prop_assert_eq!(granted, access::allows(&at.rules, &id), "{}", id);
        }
    }
}

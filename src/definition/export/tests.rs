use proptest::prelude::*;

use super::*;
use crate::definition::model::{Document, RoleDefinition, TargetsDefinition};
use crate::definition::span::Spanned;
use crate::directory::User;
use crate::role::tests::targets;
use crate::role::{Description, Effect, RoleId, RoleType};

fn live(id: &str, name: &str, rules: Vec<Rule>) -> LiveRole {
    let (name, role_type) = (RoleName::from_service(name), RoleType::ReadOnly);
    let role = Role { name, role_type, description: None, expires: None, rules };
    LiveRole { id: RoleId::from_service(id), role, rules_unknown: false, created: None, modified: None }
}

fn rule(id: &str, name: Option<&str>, targets: Targets) -> Rule {
    Rule {
        id: RuleId::from_service(id),
        name: name.map(RuleName::from_service),
        description: None,
        expires: None,
        effect: Effect::Allow,
        targets,
    }
}

fn users(ids: &[&str]) -> UserSet {
    UserSet::new(ids.iter().map(|id| UserId::from_service(*id))).expect("not empty")
}

fn user(id: &str, email: Option<&str>, name: &str, state: State) -> User {
    User {
        id: UserId::from_service(id),
        email: email.map(str::to_owned),
        name: Some(name.to_owned()),
        display_name: None,
        state,
    }
}

/// Some users with an address, some disabled without one, and one whose name is the id of a different user.
fn directory() -> Directory {
    let mut directory = Directory::default();
    directory.add_user(user("1", Some("alice@example.com"), "alice", State::Enabled));
    directory.add_user(user("2", Some("bob@example.com"), "bob", State::Enabled));
    directory.add_user(user("3", None, "mallory", State::Disabled));
    directory.add_user(user("4", None, "007", State::Enabled));
    directory.add_user(user("5", Some("two words@example.com"), "null", State::Enabled));
    directory.add_user(user("6", None, "1", State::Enabled));
    directory.add_user(user("7", Some("bob@example.com"), "7e3", State::Enabled));
    directory
}

fn document(exported: &Exported) -> Document {
    let (document, diagnostics) = parse(0, &exported.yaml);
    assert_eq!(diagnostics, [], "{}", exported.yaml);
    document.expect("a document")
}

/// The role that a definition without groups means.
fn resolved(role: &RoleDefinition, directory: &Directory) -> Role {
    let ids = |list: &[Spanned<EntityName>]| {
        UserSet::new(list.iter().map(|found| {
            let text = found.value.as_str();
            directory.find_user(text).map_or_else(|| UserId::from_service(text), |user| user.id.clone())
        }))
    };
    let targets = |targets: &TargetsDefinition| match targets {
        TargetsDefinition::Everyone => Targets::Everyone,
        TargetsDefinition::Listed { users, except_users, .. } => match (ids(users), ids(except_users)) {
            (Ok(users), Ok(except)) => Targets::UsersExcept { users, except },
            (Ok(users), Err(_)) => Targets::Users(users),
            (Err(_), Ok(except)) => Targets::Except(except),
            (Err(_), Err(_)) => panic!("no targets"),
        },
    };
    let rules = role.rules.iter().map(|rule| Rule {
        id: rule.id.clone(),
        name: rule.name.clone(),
        description: rule.description.clone(),
        expires: None,
        effect: rule.effect,
        targets: targets(&rule.targets),
    });
    Role {
        name: role.name.value.clone(),
        role_type: role.role_type.value,
        description: role.description.clone(),
        expires: None,
        rules: rules.collect(),
    }
}

#[test]
fn no_roles_are_an_empty_list() {
    let exported = export(Some("acme"), &[], &Directory::default());
    assert_eq!(exported.yaml, "version: 1\norganization: acme\nroles: []\n");
    assert_eq!(exported.warnings, [""; 0]);
    assert_eq!(document(&exported).roles, []);
}

#[test]
fn a_role_is_written_as_a_person_would() {
    let mut role = live(
        "r-1",
        "Ticket triage",
        vec![
            rule("support", Some("support"), Targets::Users(users(&["1", "2", "3", "99"]))),
            rule("x", Some("all but some"), Targets::Except(users(&["4"]))),
            rule("rule-1", None, Targets::Everyone),
        ],
    );
    role.role.description = Some(Description::from_service("two\nlines: # here"));
    let mut directory = directory();
    directory.add_user(user("2", Some("b@example.com"), "bob", State::Enabled));
    let exported = export(None, &[role, live("r-2", "yes", vec![])], &directory);
    let expected = "\
version: 1
roles:
  - name: Ticket triage
    description: |-
      two
      lines: # here
    type: READ_ONLY
    rules:
      - id: rule-1
        effect: ALLOW
        everyone: true
      - name: support
        effect: ALLOW
        users:
          - alice@example.com
          - b@example.com
          - mallory # disabled
          - \"99\" # not in the directory
      - name: all but some
        id: x
        effect: ALLOW
        except_users:
          - \"007\"
  - name: \"yes\"
    type: READ_ONLY
";
    assert_eq!(exported.yaml, expected);
    assert_eq!(exported.warnings, [""; 0]);
}

#[test]
fn a_user_without_a_clear_name_is_an_id() {
    let role = live("r", "r", vec![rule("a", Some("a"), Targets::Users(users(&["2", "5", "6", "7"])))]);
    let exported = export(None, std::slice::from_ref(&role), &directory());
    assert!(resolved(&document(&exported).roles[0], &directory()).same_as(&role.role), "{}", exported.yaml);
    assert!(exported.yaml.contains("- \"6\"\n"), "the name of 6 is the id of another\n{}", exported.yaml);
}

#[test]
fn roles_that_share_a_name_have_their_ids() {
    let roles = [live("r-1", "a", vec![]), live("r-2", "a", vec![]), live("r-3", "b", vec![])];
    let ids = document(&export(None, &roles, &Directory::default())).roles.into_iter().map(|role| role.id);
    let ids: Vec<_> = ids.map(|id| id.map(|id| id.value.to_string())).collect();
    assert_eq!(ids, [Some("r-1".into()), Some("r-2".into()), None]);
    let files = export_each(
        None,
        &roles,
        &shared_names(roles.iter().map(|live| &live.role.name)),
        &Directory::default(),
    );
    let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["a.yaml", "a-2.yaml", "b.yaml"]);
    assert!(document(&files[1].1).roles[0].id.is_some());
}

#[test]
fn rules_that_share_an_id_or_a_name_give_warnings() {
    let role = live(
        "r",
        "r",
        vec![
            rule("a", Some("a"), Targets::Users(users(&["1"]))),
            rule("a", Some("b"), Targets::Users(users(&["2"]))),
            rule("a-2", Some("c"), Targets::Everyone),
            rule("d", Some("a"), Targets::Everyone),
        ],
    );
    let exported = export(None, &[role], &Directory::default());
    let rules = &document(&exported).roles[0].rules;
    let found: Vec<_> =
        rules.iter().map(|rule| (rule.id.as_str(), rule.name.as_ref().map(RuleName::as_str))).collect();
    assert_eq!(found, [("a", Some("a")), ("a-3", Some("b")), ("a-2", Some("c")), ("d", None)]);
    assert_eq!(exported.warnings.len(), 2, "{:?}", exported.warnings);
}

#[test]
fn what_the_file_cannot_express_gives_warnings() {
    let unknown = live("r", "r", vec![rule("a", None, Targets::Users(users(&["Mallory"])))]);
    let exported = export(None, &[unknown], &directory());
    assert!(exported.warnings[0].contains("the id Mallory is not in the directory"), "{exported:?}");
    let tab = live("r", "a\tb", vec![]);
    let exported = export(None, &[tab], &directory());
    assert!(exported.warnings[0].starts_with("the file has an error"), "{exported:?}");
}

#[test]
fn file_names_are_safe_everywhere() {
    let mut taken = BTreeSet::new();
    let mut name = |role: &str| file_name(&RoleName::from_service(role), &mut taken);
    assert_eq!(name("../Ticket triage"), "ticket-triage.yaml");
    assert_eq!(name("ticket  triage"), "ticket-triage-2.yaml");
    assert_eq!(name("日本"), "role.yaml");
    assert_eq!(name("..."), "role-2.yaml");
    assert_eq!(name("CON"), "role-con.yaml");
    assert_eq!(name("COM1"), "role-com1.yaml");
    assert_eq!(name(&"x".repeat(64)), format!("{}.yaml", "x".repeat(64)));
    assert_eq!(name(&"x".repeat(64)), format!("{}-2.yaml", "x".repeat(62)));
}

/// Texts that YAML could take for something else, or that a writer could fold, trim or cut.
const TRAPS: &[&str] = &[
    "yes",
    "No",
    "on",
    "007",
    "0x1F",
    "0o7",
    "1e5",
    ".5",
    "1_000",
    "null",
    "~",
    "NULL",
    "true",
    ".nan",
    ".inf",
    "2026-01-01",
    "12:30:45",
    " leading",
    "trailing ",
    "  ",
    "# not a comment",
    "a # b",
    "a: b",
    "a:",
    ": a",
    "- a",
    "-",
    "---",
    "...",
    "? a",
    "[a]",
    "{a: b}",
    "&a",
    "*a",
    "!a",
    "!!str",
    "|",
    "@a",
    "`a",
    "%a",
    "'",
    "''",
    "\"",
    "\"a\"",
    "'a'",
    ",",
    "=",
    "+1",
    "y",
    "n",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{a0}",
    "a\u{85}b",
    "a\u{2028}b",
    "\u{feff}a",
    "🦀",
    "\u{200b}",
    "\u{fffe}",
];

const LINES: &[&str] = &[
    "\n",
    "a\n",
    "\na",
    "a\n\n",
    "\n\na\n",
    "a\nb",
    "  a\nb",
    "a\n  b",
    "a \nb",
    " \n",
    "\n ",
    "a: 1\n# b\n- c",
];

fn fits(text: &str, max: usize, newlines: bool) -> String {
    let allowed =
        |c: &char| !(*c <= '\u{1f}' || *c == '\u{7f}' || "<>\\".contains(*c)) || (newlines && *c == '\n');
    let text: String = text.chars().filter(allowed).take(max).collect();
    if text.is_empty() { "x".to_owned() } else { text }
}

fn text(max: usize, newlines: bool) -> impl Strategy<Value = String> {
    let arbitrary = prop::collection::vec(any::<char>(), 1..=max).prop_map(String::from_iter);
    let simple = prop::collection::vec(prop::sample::select(b" \n:#-'\"ab,[0".to_vec()), 1..=max)
        .prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let trap = prop::sample::select(TRAPS).prop_map(str::to_owned);
    let lines = prop::collection::vec(prop::sample::select([TRAPS, LINES].concat()), 1..6)
        .prop_map(|parts| parts.concat());
    let long = Just("word ".repeat(52));
    prop_oneof![arbitrary, simple, trap, lines, long].prop_map(move |text| fits(&text, max, newlines))
}

fn id(max: usize) -> impl Strategy<Value = String> {
    let traps = ["007", "null", "-", "--2", "1e5", "yes", "_", "0x10", "---"];
    let letters: Vec<char> = ('a'..='z').chain('0'..='9').chain(['-', '_']).collect();
    let arbitrary = prop::collection::vec(prop::sample::select(letters), 1..=max).prop_map(String::from_iter);
    prop_oneof![prop::sample::select(traps.to_vec()).prop_map(str::to_owned), arbitrary]
}

fn user_set() -> impl Strategy<Value = UserSet> {
    let known = prop::sample::select((1..=7).map(|n| n.to_string()).collect::<Vec<_>>());
    // An unknown id that is a known user's name cannot be said, and has a warning and a test
    let unknown = id(40).prop_map(|id| format!("x{id}"));
    let numeric = (100..999u32).prop_map(|id| format!("0{id}"));
    prop::collection::vec(prop_oneof![known, unknown, numeric], 1..=10)
        .prop_map(|ids| UserSet::new(ids.into_iter().map(UserId::from_service)).expect("at least one"))
}

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let rule = (
        id(64),
        prop::option::of(text(64, false)),
        prop::option::of(text(256, true)),
        prop::sample::select(vec![Effect::Allow, Effect::Deny]),
        targets(user_set),
    )
        .prop_map(|(id, name, description, effect, targets)| Rule {
            id: RuleId::from_service(id),
            name: name.map(RuleName::from_service),
            description: description.map(Description::from_service),
            expires: None,
            effect,
            targets,
        });
    prop::collection::vec(rule, 0..=5).prop_map(|mut rules| {
        let (mut ids, mut names) = (BTreeSet::new(), BTreeSet::new());
        rules.retain(|rule| {
            ids.insert(rule.id.clone()) && rule.name.iter().all(|name| names.insert(name.clone()))
        });
        rules
    })
}

fn live_role() -> impl Strategy<Value = LiveRole> {
    (id(64), text(64, false), any::<bool>(), prop::option::of(text(256, true)), rules()).prop_map(
        |(id, name, full, description, rules)| LiveRole {
            role: Role {
                role_type: if full { RoleType::FullAccess } else { RoleType::ReadOnly },
                description: description.map(Description::from_service),
                ..live("", &name, rules).role
            },
            ..live(&id, "", vec![])
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_exported_reads_as_the_same_roles(
        organization in prop::option::of(id(20)),
        roles in prop::collection::vec(live_role(), 0..3),
    ) {
        let directory = directory();
        let exported = export(organization.as_deref(), &roles, &directory);
        let (document, diagnostics) = parse(0, &exported.yaml);
        prop_assert_eq!(diagnostics, [], "{}", exported.yaml);
        let Some(document) = document else { return Err(TestCaseError::fail("no document")) };
        prop_assert_eq!(document.organization.map(|found| found.value), organization);
        prop_assert_eq!(document.roles.len(), roles.len());
        for (definition, live) in document.roles.iter().zip(&roles) {
            let found = resolved(definition, &directory).canonical();
            prop_assert_eq!(found, live.role.canonical(), "{}", exported.yaml);
        }
        prop_assert_eq!(exported.warnings, [""; 0]);
    }
}

#[test]
fn when_a_role_and_its_rules_end_is_written() {
    let end = |text| Some(crate::expiry::Expires::parse(text).expect("an expiry"));
    let named = rule("a", None, Targets::Users(users(&["1"])));
    let ends = Rule { expires: end("2027-01-31T18:00:00+01:00"), ..named.clone() };
    let mut role = live("r-1", "r", vec![ends.clone(), Rule { id: RuleId::from_service("b"), ..named }]);
    role.role.expires = end("2027-01-31");
    let exported = export(None, std::slice::from_ref(&role), &directory());
    assert_eq!(exported.warnings, [""; 0]);
    assert!(exported.yaml.contains("expires: \"2027-01-31\"\n"), "{}", exported.yaml);
    let read = document(&exported).roles.remove(0);
    let declared = |end| Some(crate::definition::model::DeclaredExpiry::On(end));
    assert_eq!(read.expires, role.role.expires.and_then(declared));
    let rules: Vec<_> = read.rules.into_iter().map(|rule| rule.expires).collect();
    assert_eq!(rules, [ends.expires.and_then(declared), None]);
    // What does not end, though its description says so, cannot be written so
    role.role.description = Some(Description::from_service("x\nExpires: soon"));
    role.role.expires = None;
    let exported = export(None, &[role], &directory());
    assert!(exported.warnings[0].contains("the description ends in a line"), "{:?}", exported.warnings);
}

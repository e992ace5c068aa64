use super::{parse, parse_policy};
use crate::definition::diagnostic::{Diagnostic, Severity};
use crate::definition::model::{DeclaredExpiry, Document, TargetsDefinition};
use crate::expiry::Expires;
use crate::role::RoleType;

const GOOD: &str = "\
version: 1
organization: acme
protected_users: [ceo@example.com]
roles:
  - name: Ticket triage
    description: Reads mail while a ticket is open
    type: read-only
    previously: [Helpdesk]
    rules:
      - name: support
        effect: ALLOW
        users: [alice@example.com, bob, 007]
        groups: [support@example.com]
      - name: never the board
        id: board
        effect: deny
        groups: [board@example.com]
      - name: all
        effect: ALLOW
        everyone: true
    expect:
      allow: [alice@example.com]
      deny: [ceo@example.com]
";

fn errors(text: &str) -> Vec<String> {
    parse(0, text)
        .1
        .into_iter()
        .map(|d| {
            let span = d.span.map(|p| text.get(p.range).unwrap_or_default().to_owned());
            format!("{} | {} | {}", d.message, span.unwrap_or_default(), d.help.unwrap_or_default())
        })
        .collect()
}

/// A role with this rule, given in flow style.
fn with_rule(rule: &str) -> String {
    format!("version: 1\nroles:\n  - name: r\n    type: READ_ONLY\n    rules:\n      - {rule}\n")
}

#[test]
fn the_example_of_the_design_has_no_diagnostics() {
    let (document, diagnostics) = parse(0, GOOD);
    assert_eq!(diagnostics, []);
    let Some(document) = document else { panic!("a document") };
    let role = &document.roles[0];
    assert_eq!(role.role_type.value, RoleType::ReadOnly);
    assert_eq!(role.previously[0].value.as_str(), "Helpdesk");
    let ids: Vec<_> = role.rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids, ["support", "board", "all"]);
    let TargetsDefinition::Listed { users, groups, .. } = &role.rules[0].targets else { panic!("lists") };
    assert_eq!(
        users.iter().map(|u| u.value.as_str()).collect::<Vec<_>>(),
        ["alice@example.com", "bob", "007"]
    );
    assert_eq!(groups.len(), 1);
    assert_eq!(role.rules[2].targets, TargetsDefinition::Everyone);
}

#[test]
fn a_rule_without_targets_says_what_to_write() {
    let found = errors(&with_rule("{name: a, effect: ALLOW}"));
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("the rule has no targets"), "{found:?}");
    assert!(found[0].contains("`everyone: true`"), "{found:?}");
}

#[test]
fn when_a_role_and_an_allow_rule_end_is_read() {
    let text = "version: 1\nroles:\n  - name: r\n    type: READ_ONLY\n    expires: 2027-01-31\n    rules:\n      \
                - {name: a, effect: ALLOW, expires: 2027-01-31T18:00:00+01:00, users: [x]}\n      \
                - {name: b, effect: allow, expires: 'never', users: [x]}\n      \
                - {name: c, effect: ALLOW, users: [x]}\n      \
                - {name: d, effect: DENY, description: \"x\\nExpires: 2027-01-31\", users: [x]}\n";
    let (document, diagnostics) = parse(0, text);
    assert_eq!(diagnostics, []);
    let role = document.expect("a document").roles.remove(0);
    let on = |text: &str| Some(DeclaredExpiry::On(Expires::parse(text).expect("an expiry")));
    assert_eq!(role.expires, on("2027-01-31"));
    let ends: Vec<_> = role.rules.iter().map(|rule| rule.expires.clone()).collect();
    assert_eq!(ends, [on("2027-01-31T17:00:00Z"), Some(DeclaredExpiry::Never), None, None]);
}

#[test]
fn what_is_no_end_is_an_error_that_says_what_to_write() {
    let rule =
        |fields: &str| errors(&with_rule(&format!("{{name: a, effect: ALLOW, users: [x], {fields}}}")));
    for (fields, starts) in [
        ("expires: soon", "\"soon\" is not a date; use a date like 2027-01-31"),
        ("expires: 2w", "\"2w\" is not a date; "),
        ("expires: 2027-02-29", "\"2027-02-29\" is not a date; "),
        ("expires: ~", "expires must be a string"),
        ("expires: [2027-01-31]", "expires must be a string"),
        (
            "description: \"x\\nExpires: 2027-01-31\"",
            "the description ends in a line that would be read as when access ends: Expires: 2027-01-31",
        ),
        ("description: 'Expires: soon '", "the description ends in a line that would be read"),
        (
            &format!("expires: 2027-01-31, description: {}", "x".repeat(237)),
            "the description of rule a has 257 characters with the line that keeps its expiry",
        ),
    ] {
        let found = rule(fields);
        assert!(found.len() == 1 && found[0].starts_with(starts), "{fields}: {found:?}");
    }
    assert!(rule("expires: 2w")[0].ends_with("write the date that it comes to"));
    assert_eq!(rule(&format!("expires: 2027-01-31, description: {}", "x".repeat(236))), [""; 0]);
    let deny = errors(&with_rule("{name: a, effect: DENY, expires: 2027-01-31, users: [x]}"));
    assert!(deny.len() == 1 && deny[0].starts_with("a DENY rule cannot expire: "), "{deny:?}");
    assert!(deny[0].contains(" | expires | "), "{deny:?}");
    let role =
        errors("version: 1\nroles: [{name: r, type: READ_ONLY, description: 'Expires: 2027-01-31'}]\n");
    assert!(role.len() == 1 && role[0].contains("write the date as `expires`"), "{role:?}");
}

#[test]
fn the_longest_lifetime_is_read_in_definitions_and_policies() {
    let lifetime = |parsed: (Option<Document>, Vec<Diagnostic>)| {
        assert_eq!(parsed.1, []);
        parsed.0.and_then(|document| document.max_lifetime).map(|found| found.value.as_str().to_owned())
    };
    assert_eq!(lifetime(parse(0, "version: 1\nmax_lifetime: 90d\nroles: []\n")).as_deref(), Some("90d"));
    assert_eq!(lifetime(parse_policy(0, "version: 1\nmax_lifetime: '36h'\n")).as_deref(), Some("36h"));
    assert_eq!(lifetime(parse(0, "version: 1\nroles: []\n")), None);
    for bad in ["90", "3 months", "0d", "2027-01-31"] {
        let found = errors(&format!("version: 1\nmax_lifetime: {bad}\nroles: []\n"));
        assert_eq!(found.len(), 1, "{bad}: {found:?}");
        assert!(
            found[0].starts_with(&format!("{bad:?} is not a duration that access can last | {bad} | ")),
            "{found:?}"
        );
    }
}

#[test]
fn an_empty_list_is_refused_wherever_it_could_mean_everyone() {
    for key in ["users", "groups", "except_users", "except_groups"] {
        for value in ["[]", "~", ""] {
            let found = errors(&with_rule(&format!("{{name: a, effect: ALLOW, {key}: {value}}}")));
            assert_eq!(found.len(), 1, "{key}: {value} {found:?}");
        }
    }
}

#[test]
fn everyone_is_true_and_without_lists() {
    assert_eq!(errors(&with_rule("{name: a, effect: ALLOW, everyone: true, users: [x]}")).len(), 1);
    assert_eq!(errors(&with_rule("{name: a, effect: ALLOW, everyone: false}")).len(), 1);
    assert_eq!(errors(&with_rule("{name: a, effect: ALLOW, everyone: \"true\"}")).len(), 1);
    assert_eq!(errors(&with_rule("{name: a, effect: ALLOW, everyone: yes}")).len(), 1);
}

#[test]
fn a_typo_in_a_key_is_marked_with_a_suggestion() {
    let found = errors(&with_rule("{name: a, effect: ALLOW, user: [x], users: [y]}"));
    assert_eq!(found, ["unknown key user in a rule | user | did you mean users?"]);
}

#[test]
fn all_errors_are_reported_at_once() {
    let text = "\
version: 2
roles:
  - name: a<b
    type: READONLY
    rules:
      - name: x
        effect: PERMIT
        users: [bad name]
      - name: x
        effect: ALLOW
        users: [a, A]
  - type: READ_ONLY
    description: \"tab\\there\"
";
    let found = errors(text);
    for part in [
        "version 2 is not supported",
        "a role name contains '<'",
        "READONLY is not a role type",
        "PERMIT is not an effect",
        "a user or group contains ' '",
        "A is listed twice in users",
        "the role has no name",
        "a description contains '\\t'",
    ] {
        assert_eq!(found.iter().filter(|f| f.starts_with(part)).count(), 1, "{part}: {found:#?}");
    }
}

#[test]
fn version_and_roles_are_required() {
    assert!(errors("roles: []\n")[0].starts_with("the document has no version key"));
    assert!(errors("version: 1\n")[0].starts_with("the document has no roles key"));
    assert!(errors("")[0].starts_with("the document is empty"));
    assert_eq!(errors("version: 1\nroles: []\n"), [""; 0]);
    assert_eq!(errors("version: one\nroles: []\n").len(), 1);
    assert_eq!(errors("- a\n").len(), 1);
}

#[test]
fn ids_and_names_of_rules_are_unique_in_a_role() {
    let two = |a: &str, b: &str| {
        let rest = "effect: ALLOW, everyone: true";
        format!(
            "version: 1\nroles:\n  - name: r\n    type: READ_ONLY\n    rules:\n      - {{{a}, {rest}}}\n      - {{{b}, {rest}}}\n"
        )
    };
    assert!(errors(&two("name: a", "name: a"))[0].starts_with("two rules have the name a"));
    assert!(errors(&two("name: a b", "name: a-b"))[0].starts_with("two rules have the id a-b"));
    assert!(
        errors(&two("{name: a, id: x}".trim_matches(['{', '}']), "name: a"))[0]
            .starts_with("two rules have the name a")
    );
    assert_eq!(errors(&two("id: x", "id: y")), [""; 0]);
}

#[test]
fn limits_of_the_service_are_checked_offline() {
    let users = |n: usize| (0..n).map(|i| format!("u{i}")).collect::<Vec<_>>().join(", ");
    assert_eq!(errors(&with_rule(&format!("{{name: a, effect: ALLOW, users: [{}]}}", users(100)))), [""; 0]);
    let found = errors(&with_rule(&format!("{{name: a, effect: ALLOW, users: [{}]}}", users(101))));
    assert!(found[0].contains("needs 11 rules"), "{found:?}");
    let found = errors(&with_rule(&format!("{{name: a, effect: ALLOW, except_users: [{}]}}", users(11))));
    assert!(found[0].starts_with("rule a excepts 11 users"), "{found:?}");
}

#[test]
fn a_duplicate_key_has_both_spans() {
    let text = "version: 1\nversion: 1\nroles: []\n";
    let found = parse(0, text).1;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].severity, Severity::Error);
    assert_eq!(found[0].related.as_ref().map(|(span, _)| span.range.clone()), Some(0..7));
}

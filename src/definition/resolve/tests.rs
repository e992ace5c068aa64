use super::*;
use crate::definition::diagnostic::Severity;
use crate::definition::parse::parse;
use crate::directory::{Directory, Group, GroupId, Member, User};

/// As [`super::role`] of a role that is not live, long ago.
fn role(definition: &RoleDefinition, names: &Names<'_>, kept: &BTreeSet<&UserId>) -> Validated<Desired> {
    super::role(definition, names, kept, None, Timestamp::UNIX_EPOCH)
}

fn directory() -> Directory {
    let mut directory = Directory::default();
    for (id, name) in [("1", "alice"), ("2", "bob"), ("3", "carol")] {
        directory.add_user(User {
            id: UserId::from_service(id),
            email: Some(format!("{name}@example.com")),
            name: Some(name.into()),
            display_name: None,
            state: State::Enabled,
        });
    }
    let group = |id: &str, members: &[&str]| Group {
        id: GroupId::from_service(id),
        email: Some(format!("{id}@example.com")),
        name: Some(id.into()),
        state: State::Enabled,
        members: members.iter().map(|m| Member::User(UserId::from_service(*m))).collect(),
    };
    directory.add_group(group("support", &["2", "3"]));
    directory.add_group(group("empty", &[]));
    directory
}

fn resolved(rule: &str) -> Validated<Desired> {
    let text = format!(
        "version: 1\nroles:\n  - name: r\n    type: READ_ONLY\n    rules:\n      - {{name: a, effect: ALLOW, {rule}}}\n"
    );
    let (document, diagnostics) = parse(0, &text);
    assert_eq!(diagnostics, []);
    let Some(document) = document else { panic!("a document") };
    role(&document.roles[0], &Names::of(&directory()), &BTreeSet::new())
}

fn targets(resolved: &Validated<Desired>) -> Option<&Targets> {
    let (desired, _) = resolved.as_ref().expect("no error");
    desired.role.rules.first().map(|rule| &rule.targets)
}

fn users(ids: &[&str]) -> UserSet {
    UserSet::new(ids.iter().map(|id| UserId::from_service(*id))).expect("not empty")
}

fn errors(resolved: Validated<Desired>) -> Vec<Diagnostic> {
    let found = resolved.map_or_else(Vec::from, |(_, warnings)| warnings);
    found.into_iter().filter(|found| found.severity == Severity::Error).collect()
}

#[test]
fn names_and_groups_become_ids() {
    let resolved = resolved("users: [alice@example.com], groups: [support]");
    assert_eq!(targets(&resolved), Some(&Targets::Users(users(&["1", "2", "3"]))));
    let via = resolved.map(|(desired, _)| desired.via).expect("no error");
    assert_eq!(via.keys().map(|(_, _, user)| user.as_str()).collect::<Vec<_>>(), ["2", "3"]);
}

#[test]
fn a_list_of_groups_alone_is_told_from_one_with_users() {
    let groups = |targets: &str| {
        let (desired, _) = resolved(targets).expect("no error");
        desired.rule_groups.into_iter().map(|((_, list), groups)| (list, groups.alone)).collect::<Vec<_>>()
    };
    assert_eq!(groups("users: [alice@example.com]"), []);
    assert_eq!(groups("groups: [support]"), [(TargetList::Users, true)]);
    assert_eq!(groups("users: [alice@example.com], groups: [support]"), [(TargetList::Users, false)]);
    assert_eq!(groups("groups: [support], except_users: [alice@example.com]"), [(TargetList::Users, true)]);
    assert_eq!(groups("except_groups: [support]"), [(TargetList::Except, true)]);
}

#[test]
fn a_live_date_stays_where_the_definition_gives_none() {
    use crate::role::tests::{role as live_role, rule as live_rule};
    let end = |text: &str| Some(Expires::parse(text).expect("an expiry"));
    let allow = live_rule("a", Effect::Allow, Targets::Users(users(&["1"])));
    let ends =
        |id: &str, text: &str| Rule { expires: end(text), id: RuleId::from_service(id), ..allow.clone() };
    let live = Role {
        expires: end("2027-03-31"),
        // Two rules of one id: the first to end counts
        rules: vec![ends("a", "2027-02-28"), ends("a", "2027-01-31"), ends("d", "2027-01-31")],
        ..live_role(vec![])
    };
    let found = |of_role: &str, of_rule: &str| {
        let text = format!(
            "roles: [{{name: r, type: READ_ONLY, {of_role} rules: [{{id: a, effect: ALLOW, {of_rule} users: [alice]}}, \
                 {{id: d, effect: DENY, users: [bob]}}]}}]"
        );
        let (directory, kept) = (directory(), BTreeSet::new());
        let names = Names::of(&directory);
        let now = Timestamp::UNIX_EPOCH;
        let resolved = super::role(&document(&text).roles[0], &names, &kept, Some(&live), now);
        let (desired, warnings) = resolved.expect("no error");
        let [allow, deny] = &desired.role.rules[..] else { panic!("two rules") };
        assert_eq!(deny.expires, None);
        let codes: Vec<_> = warnings.into_iter().map(|one| one.code).collect();
        (desired.role.expires, allow.expires.clone(), codes)
    };
    let kept = vec![DiagnosticCode::UndeclaredExpiry];
    assert_eq!(found("", ""), (end("2027-03-31"), end("2027-01-31"), kept.clone()));
    assert_eq!(found("expires: never,", ""), (None, end("2027-01-31"), kept.clone()));
    assert_eq!(found("expires: 2027-05-31,", ""), (end("2027-05-31"), end("2027-01-31"), kept));
    assert_eq!(found("", "expires: never,"), (end("2027-03-31"), None, vec![]));
    assert_eq!(found("", "expires: 2027-06-30,"), (end("2027-03-31"), end("2027-06-30"), vec![]));
}

#[test]
fn a_description_must_fit_beside_a_live_date_too() {
    let live = Role {
        expires: Some(Expires::parse("2027-01-31").expect("an expiry")),
        ..crate::role::tests::role(vec![])
    };
    // With a line end, `Expires: ` and the date
    for (length, codes) in [(236, vec![]), (237, vec![DiagnosticCode::LongDescription])] {
        let text = format!("roles: [{{name: r, type: READ_ONLY, description: {}}}]", "x".repeat(length));
        let (directory, kept) = (directory(), BTreeSet::new());
        let document = document(&text);
        let names = Names::of(&directory);
        let found = super::role(&document.roles[0], &names, &kept, Some(&live), Timestamp::UNIX_EPOCH);
        let found: Vec<_> = errors(found).into_iter().map(|one| one.code).collect();
        assert_eq!(found, codes, "{length}");
    }
}

#[test]
fn what_has_ended_is_left_out_and_said() {
    let text = "roles: [{name: r, type: READ_ONLY, expires: 2027-02-28, rules: [\
                    {id: a, effect: ALLOW, expires: 2027-01-31, users: [alice]}, {id: b, effect: ALLOW, groups: [support]}, \
                    {id: d, effect: DENY, users: [bob]}]}]";
    let found = |now: &str| {
        let (directory, kept) = (directory(), BTreeSet::new());
        let now = now.parse().expect("a time");
        let (desired, warnings) =
            super::role(&document(text).roles[0], &Names::of(&directory), &kept, None, now)
                .expect("no error");
        let rules: Vec<_> = desired.role.rules.iter().map(|rule| rule.id.to_string()).collect();
        let groups: BTreeSet<_> = desired.rule_groups.keys().map(|(rule, _)| rule.to_string()).collect();
        assert_eq!(desired.via.is_empty(), groups.is_empty());
        assert_eq!(desired.role.expires, Some(Expires::parse("2027-02-28").expect("an expiry")));
        let warnings: Vec<_> = warnings.into_iter().map(|one| one.message).collect();
        (rules.join(" "), groups.into_iter().collect::<Vec<_>>().join(" "), warnings.join("\n"))
    };
    let said = |rules: &str, groups: &str, warning: &str| (rules.into(), groups.into(), warning.into());
    assert_eq!(found("2027-01-31T23:59:59Z"), said("a b d", "b", ""));
    let of_rule = "rule a of role r expired on 2027-01-31, and is left out";
    assert_eq!(found("2027-02-01T00:00:00Z"), said("b d", "b", of_rule));
    let of_both = format!("role r expired on 2027-02-28, and its ALLOW rules are left out\n{of_rule}");
    assert_eq!(found("2027-03-01T00:00:00Z"), said("d", "", &of_both));
}

#[test]
fn two_spellings_are_one_user() {
    let resolved = resolved("users: [alice@example.com, alice, '1']");
    assert_eq!(targets(&resolved), Some(&Targets::Users(users(&["1"]))));
    assert_eq!(resolved.map(|(_, warnings)| warnings.len()), Ok(2));
}

#[test]
fn an_empty_group_never_means_everyone() {
    let skipped = resolved("groups: [empty]");
    assert_eq!(targets(&skipped), None);
    assert_eq!(skipped.map(|(_, warnings)| warnings.len()), Ok(1));
    let refused = errors(resolved("except_groups: [empty]"));
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].message, "the exceptions of rule a match no user; the rule would reach everyone");
    assert_eq!(targets(&resolved("groups: [empty], except_users: [alice]")), None);
}

#[test]
fn an_unknown_name_is_an_error_with_a_suggestion() {
    let errors = errors(resolved("users: [alcie@example.com]"));
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].message, "there is no user alcie@example.com");
    assert_eq!(errors[0].help.as_deref(), Some("did you mean alice@example.com?"));
}

#[test]
fn a_group_among_users_is_recognised() {
    let errors = errors(resolved("users: [support]"));
    assert_eq!(errors[0].help.as_deref(), Some("this is a group: list it under `groups`"));
}

/// A document of this text behind `version: 1`.
fn document(text: &str) -> Document {
    let (document, diagnostics) = parse(0, &format!("version: 1\n{text}\n"));
    assert_eq!(diagnostics, []);
    document.expect("a document")
}

/// The directory with a hundred more users, `u0` to `u99`, and a group `many` of the first `members` of them.
fn large_directory(members: usize) -> Directory {
    let mut directory = directory();
    for n in 0..100 {
        directory.add_user(User {
            id: UserId::from_service(format!("u{n}")),
            email: None,
            name: None,
            display_name: None,
            state: State::Enabled,
        });
    }
    directory.add_group(Group {
        id: GroupId::from_service("many"),
        email: None,
        name: None,
        state: State::Enabled,
        members: (0..members).map(|n| Member::User(UserId::from_service(format!("u{n}")))).collect(),
    });
    directory
}

fn codes(rules: &str, directory: &Directory) -> Vec<(DiagnosticCode, usize)> {
    let document = document(&format!("roles:\n  - name: r\n    type: READ_ONLY\n    rules:\n{rules}"));
    let resolved = role(&document.roles[0], &Names::of(directory), &BTreeSet::new());
    let start = |found: &Diagnostic| found.span.as_ref().map_or(0, |span| span.range.start);
    errors(resolved).iter().map(|found| (found.code, start(found))).collect()
}

#[test]
fn ten_exceptions_are_a_rule_and_eleven_are_told_at_the_rule_that_has_them() {
    let rules = "      - {name: a, effect: ALLOW, users: [alice]}\n      \
                     - {name: b, effect: ALLOW, except_groups: [many]}";
    assert_eq!(codes(rules, &large_directory(10)), []);
    let at = document(&format!("roles:\n  - name: r\n    type: READ_ONLY\n    rules:\n{rules}"));
    let second = at.roles[0].rules[1].span.range.start;
    assert_eq!(codes(rules, &large_directory(11)), [(DiagnosticCode::TooManyExceptions, second)]);
}

#[test]
fn a_role_of_ten_rules_is_taken_and_one_of_eleven_told_at_its_name() {
    let rules = "      - {name: a, effect: ALLOW, groups: [many]}";
    assert_eq!(codes(rules, &large_directory(100)), []);
    let more = format!("{rules}\n      - {{name: b, effect: DENY, users: [alice]}}");
    assert_eq!(codes(&more, &large_directory(90)), []);
    let name = document(&format!("roles:\n  - name: r\n    type: READ_ONLY\n    rules:\n{more}")).roles[0]
        .name
        .span
        .range
        .start;
    assert_eq!(codes(&more, &large_directory(91)), [(DiagnosticCode::TooManyRules, name)]);
}

#[test]
fn a_skipped_rule_is_called_by_its_name_else_by_its_id() {
    let skipped = |rule: &str| {
        let text = format!(
            "roles: [{{name: r, type: READ_ONLY, rules: [{{{rule}, effect: ALLOW, groups: [empty]}}]}}]"
        );
        let resolved = role(&document(&text).roles[0], &Names::of(&directory()), &BTreeSet::new());
        let labels =
            |desired: Desired| desired.skipped_rules.iter().map(|one| one.label().to_owned()).collect();
        resolved.map(|(desired, _)| labels(desired)).expect("no error")
    };
    let labels: [Vec<String>; 2] = [skipped("name: The team, id: x"), skipped("id: x")];
    assert_eq!(labels, [vec!["The team".to_owned()], vec!["x".to_owned()]]);
}

#[test]
fn every_name_of_a_document_is_to_be_looked_up() {
    let document = document(
        "protected_users: [p]\nroles:\n  - name: r\n    type: READ_ONLY\n    expect: {allow: [a], deny: [d]}\n    \
             rules:\n      - {name: x, effect: ALLOW, users: [u], groups: [g], except_users: [eu], except_groups: [eg]}\n      \
             - {name: y, effect: DENY, everyone: true}",
    );
    let (users, groups) = names(&[&document]);
    let text =
        |names: &BTreeSet<EntityName>| names.iter().map(|name| name.as_str().to_owned()).collect::<Vec<_>>();
    assert_eq!(
        (text(&users), text(&groups)),
        (vec!["eu".into(), "p".into(), "u".into()], vec!["eg".into(), "g".into()])
    );
    let expected = expected(&[&document]);
    assert_eq!(expected.iter().map(|user| user.value.as_str()).collect::<Vec<_>>(), ["a", "d"]);
}

#[test]
fn somebody_deleted_stays_protected_and_is_no_new_target() {
    let mut directory = directory();
    let mut gone = directory.find_user("carol").cloned().expect("a user");
    gone.state = State::Deleted;
    directory.add_user(gone);
    let names = Names::of(&directory);
    let protecting = document("protected_users: [carol, alice]\nroles: []");
    let (protected, warnings) = protected_users(&[&protecting], &names).expect("no error");
    assert_eq!(protected.iter().map(UserId::as_str).collect::<Vec<_>>(), ["1", "3"]);
    assert_eq!(warnings.iter().map(|one| one.code).collect::<Vec<_>>(), [DiagnosticCode::DeletedUser]);

    let naming = document(
        "roles: [{name: r, type: READ_ONLY, rules: [{name: a, effect: ALLOW, users: [carol, alice]}]}]",
    );
    let found = |kept: &[&UserId]| {
        let found = role(&naming.roles[0], &names, &kept.iter().copied().collect());
        let found = found.map_or_else(Vec::from, |(_, warnings)| warnings);
        found.into_iter().map(|one| (one.code, one.severity)).collect::<Vec<_>>()
    };
    assert_eq!(found(&[]), [(DiagnosticCode::DeletedUser, Severity::Error)]);
    let carol = UserId::from_service("3");
    assert_eq!(found(&[&carol]), [(DiagnosticCode::DeletedUser, Severity::Warning)]);
}

#[test]
fn who_vanished_stays_where_the_live_role_names_them() {
    let naming =
        document("roles: [{name: r, type: READ_ONLY, rules: [{name: a, effect: ALLOW, users: [x9]}]}]");
    let directory = directory();
    let id = UserId::from_service("x9");
    let kept = role(&naming.roles[0], &Names::of(&directory), &[&id].into());
    assert_eq!(targets(&kept), Some(&Targets::Users(users(&["x9"]))));
    assert_eq!(kept.map(|(_, warnings)| warnings[0].code), Ok(DiagnosticCode::VanishedUser));
    let new = role(&naming.roles[0], &Names::of(&directory), &BTreeSet::new());
    assert_eq!(errors(new)[0].code, DiagnosticCode::UnknownUser);
}

#[test]
fn who_is_gone_may_stay_in_a_rule_that_has_expired() {
    const GONE: &str = "7b0d3a51-9c1e-4c7e-9f0a-2f6f2b1c9d10";
    let mut directory = directory();
    let mut deleted = directory.find_user("carol").cloned().expect("a user");
    deleted.state = State::Deleted;
    directory.add_user(deleted);
    let at = |rules: &str, of_role: &str, now: &str| {
        let document =
            document(&format!("roles: [{{name: r, type: READ_ONLY, {of_role} rules: [{rules}]}}]"));
        let (names, kept) = (Names::of(&directory), BTreeSet::new());
        super::role(&document.roles[0], &names, &kept, None, now.parse().expect("a time"))
    };
    let (before, after) = ("2027-01-31T23:59:59Z", "2027-02-01T00:00:00Z");
    let codes = |found: Validated<Desired>, wanted: Severity| {
        let found = found.map_or_else(Vec::from, |(_, warnings)| warnings);
        let found = found.into_iter().filter(|one| one.severity == wanted);
        found.map(|one| one.code).collect::<Vec<_>>()
    };
    let gone = [DiagnosticCode::VanishedUser, DiagnosticCode::DeletedUser];
    let unknown = [DiagnosticCode::UnknownUser, DiagnosticCode::DeletedUser];
    for users in
        ["users: [ID, carol]", "users: [alice], except_users: [ID, carol]", "except_users: [ID, carol]"]
    {
        let users = users.replace("ID", GONE);
        let allow = format!("{{id: a, effect: ALLOW, expires: 2027-01-31, {users}}}");
        assert_eq!(codes(at(&allow, "", before), Severity::Error), unknown);
        let ended = at(&allow, "", after);
        let (desired, warnings) = ended.clone().expect("no error");
        assert_eq!((desired.role.rules.len(), desired.expired.len()), (0, 1));
        assert!(desired.expired[0].rule.targets.mentioned_users().any(|id| id.as_str() == GONE));
        assert_eq!(codes(ended, Severity::Warning), [&gone[..], &[DiagnosticCode::Expired]].concat());
        assert!(warnings[..2].iter().all(|one| one.help.as_deref() == Some(REMOVE_FROM_EXPIRED)));

        // The date of the role counts for its ALLOW rules; no DENY rule ends, whichever rule stands before it
        let deny = format!("{{id: d, effect: DENY, {users}}}");
        let both = format!("{}, {deny}", allow.replace("expires: 2027-01-31, ", ""));
        let of_role = "expires: 2027-01-31,";
        assert_eq!(codes(at(&both, of_role, after), Severity::Error), unknown);
        assert_eq!(codes(at(&both, of_role, before), Severity::Error), [unknown, unknown].concat());
        // Nor does a rule after one that has ended
        let later = allow.replace("id: a", "id: b").replace("2027-01-31", "2027-02-28");
        assert_eq!(codes(at(&format!("{allow}, {later}"), "", after), Severity::Error), unknown);
    }
    // What is no id may be misspelt
    for other in ["users: [zoe]", "users: [zoe@example.com]", "groups: [zoe]"] {
        let allow = format!("{{id: a, effect: ALLOW, expires: 2027-01-31, {other}}}");
        assert_eq!(codes(at(&allow, "", after), Severity::Error).len(), 1, "{other}");
    }
}

#[test]
fn a_deleted_member_of_a_group_is_no_target() {
    let mut directory = directory();
    let members = ["3", "gone"].map(|id| Member::User(UserId::from_service(id)));
    directory.add_user(User {
        id: UserId::from_service("gone"),
        email: None,
        name: Some("gone".into()),
        display_name: None,
        state: State::Deleted,
    });
    directory.add_group(Group {
        id: GroupId::from_service("sales"),
        email: None,
        name: Some("sales".into()),
        state: State::Enabled,
        members: members.into(),
    });
    let text = "roles: [{name: r, type: READ_ONLY, rules: [{name: a, effect: ALLOW, groups: [sales]}]}]";
    let (desired, _) =
        role(&document(text).roles[0], &Names::of(&directory), &BTreeSet::new()).expect("no error");
    assert_eq!(desired.role.mentioned_users(), [&UserId::from_service("3")].into());
}

#[test]
fn a_user_listed_besides_a_group_is_not_there_through_it() {
    let mut directory = directory();
    let group = |id: &str| Group {
        id: GroupId::from_service(id),
        email: None,
        name: Some(id.into()),
        state: State::Enabled,
        members: vec![Member::User(UserId::from_service("3"))],
    };
    directory.add_group(group("sales"));
    let text = "roles: [{name: r, type: READ_ONLY, rules: [{name: a, effect: ALLOW, users: [bob], groups: [support, sales]}]}]";
    let (desired, _) =
        role(&document(text).roles[0], &Names::of(&directory), &BTreeSet::new()).expect("no error");
    // Bob is listed himself; Carol is a member of both
    let via: Vec<_> =
        desired.via.iter().map(|((_, _, user), groups)| (user.as_str(), groups.clone())).collect();
    let both: BTreeSet<String> = ["sales".into(), "support@example.com".into()].into();
    assert_eq!(via, [("3", both.clone())]);
    assert_eq!(desired.rule_groups.into_values().map(|groups| groups.labels).collect::<Vec<_>>(), [both]);
    let (desired, _) = resolved("users: [alice]").expect("no error");
    assert_eq!(desired.rule_groups, BTreeMap::new());
}

#[test]
fn the_rows_of_a_file_are_users_and_what_is_wrong_with_them_is_told_by_line() {
    let rows = |names: &[&str]| {
        let rows = names.iter().enumerate();
        rows.map(|(n, name)| (n + 1, EntityName::from_service(*name))).collect::<Vec<_>>()
    };
    let with_end = |names: &[&str], kept: &[&str], end: &str| {
        let mut document = document(&format!(
            "roles: [{{name: r, type: READ_ONLY, rules: [{{name: a, effect: ALLOW, {end} users: [alice], groups: [support]}}]}}]",
        ));
        let rule = &mut document.roles[0].rules[0];
        let list = UserList { span: Span { file: 0, range: 3..4 }, file: "w".into(), rows: rows(names) };
        if let TargetsDefinition::Listed { users_from, .. } = &mut rule.targets {
            *users_from = Some(list);
        }
        let mut directory = directory();
        let user = |id: &str, name: &str, state| User {
            id: UserId::from_service(id),
            email: None,
            name: Some(name.into()),
            display_name: None,
            state,
        };
        directory.add_user(user("4", "dave", State::Deleted));
        directory.add_user(user("5", "twin", State::Enabled));
        directory.add_user(user("6", "twin", State::Enabled));
        let kept: Vec<_> = kept.iter().map(|id| UserId::from_service(*id)).collect();
        role(&document.roles[0], &Names::of(&directory), &kept.iter().collect())
    };
    let with = |names: &[&str], kept: &[&str]| with_end(names, kept, "");
    let ids = |desired: &Desired| {
        desired.role.mentioned_users().iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>()
    };
    let (desired, warnings) = with(&["carol", "ALICE@example.com", "alice", "3"], &[]).expect("no error");
    assert_eq!((ids(&desired), warnings), (vec!["1".into(), "2".into(), "3".into()], vec![]));
    // A group is the cause for nobody whom the file lists
    assert!(!desired.via.keys().any(|(_, _, user)| user.as_str() == "3"));
    let (desired, warnings) = with(&["dave", "9", "alice"], &["4", "9"]).expect("no error");
    assert_eq!(ids(&desired), ["1", "2", "3", "4", "9"]);
    let messages = |found: &[Diagnostic]| found.iter().map(|one| one.message.clone()).collect::<Vec<_>>();
    assert_eq!(
        messages(&warnings),
        [
            "w:1: the user is deleted and has no mailbox",
            "w:2: the directory no longer has the user, who is kept because the live role names them",
        ]
    );
    let id = "7b0d3a51-9c1e-4c7e-9f0a-2f6f2b1c9d10";
    let ended = errors(with_end(&["dave", "zoe", id], &[], "expires: 1969-12-31,"));
    assert_eq!(messages(&ended), ["w:2: there is no such user"]);
    let ended = with_end(&["dave", id], &[], "expires: 1969-12-31,");
    let (_, warnings) = ended.expect("no error");
    assert_eq!(
        messages(&warnings)[..2],
        ["w:1: the user is deleted and has no mailbox", "w:2: the directory no longer has the user"]
    );
    assert!(warnings[..2].iter().all(|one| one.help.as_deref() == Some(REMOVE_FROM_EXPIRED)));
    let wrong = errors(with(&["dave", "zoe", "alice", "twin", "9", "yan"], &[]));
    assert_eq!(
        messages(&wrong),
        [
            "w, lines 2, 5-6: there is no such user",
            "w:4: several users are called so",
            "w:1: the user is deleted and has no mailbox",
        ]
    );
    assert!(wrong.iter().all(|one| one.span == Some(Span { file: 0, range: 3..4 }) && one.help.is_none()));
}

#[test]
fn an_unknown_group_is_an_error_and_a_user_among_groups_is_recognised() {
    let unknown = errors(resolved("users: [alice], groups: [suport]"));
    assert_eq!((unknown.len(), unknown[0].message.as_str()), (1, "there is no group suport"));
    assert_eq!(unknown[0].help.as_deref(), Some("did you mean support?"));
    let user = errors(resolved("users: [alice], groups: [bob]"));
    assert_eq!(user[0].help.as_deref(), Some("this is a user: list it under `users`"));
    // The rule is not told to be empty besides
    assert_eq!(errors(resolved("groups: [suport]")).len(), 1);
    assert_eq!(errors(resolved("except_users: [zoe]")).len(), 1);
}

#[test]
fn a_name_that_two_have_is_an_error_that_lists_both() {
    let mut directory = directory();
    let shadow = |id: &str, name: &str| User {
        id: UserId::from_service(id),
        email: None,
        name: Some(name.into()),
        display_name: None,
        state: State::Enabled,
    };
    directory.add_user(shadow("9", "alice@example.com"));
    directory.add_group(Group {
        id: GroupId::from_service("10"),
        email: Some("support".into()),
        name: None,
        state: State::Enabled,
        members: Vec::new(),
    });
    let text = "protected_users: [alice@example.com]\nroles: [{name: r, type: READ_ONLY, \
                    rules: [{name: a, effect: ALLOW, users: [alice@example.com], groups: [support]}]}]";
    let document = document(text);
    let names = Names::of(&directory);
    let found = errors(role(&document.roles[0], &names, &BTreeSet::new()));
    let codes: Vec<_> = found.iter().map(|one| one.code).collect();
    assert_eq!(codes, [DiagnosticCode::AmbiguousUser, DiagnosticCode::AmbiguousGroup]);
    assert!(found[0].message.ends_with(": 1 (alice@example.com), 9 (alice@example.com)"), "{found:?}");
    assert!(protected_users(&[&document], &names).is_err());
}

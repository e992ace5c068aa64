use super::super::tests::{allows, changed, full, live, plan, targets};
use super::*;
use crate::access::Grant;
use crate::directory::{State, User};
use crate::plan;
use crate::role::Targets;
use crate::role::tests::{role, rule, uid, users};

fn directory(ids: &[&str]) -> Directory {
    let user = |id: &&str| User {
        id: uid(id),
        email: Some(format!("{id}@example.com")),
        name: Some((*id).to_owned()),
        display_name: None,
        state: State::Enabled,
    };
    Directory::complete(ids.iter().map(user))
}

fn desired(role: &Role) -> Desired {
    Desired {
        span: Span::default(),
        role: role.canonical(),
        id: None,
        previously: vec![],
        via: Default::default(),
        rule_groups: Default::default(),
        skipped_rules: vec![],
        expired: vec![],
    }
}

fn protected(ids: &[&str]) -> BTreeSet<UserId> {
    ids.iter().map(|id| uid(id)).collect()
}

/// What refuses this plan, whose definitions declare these roles.
fn codes(plan: &Plan, limits: &Limits, declared: &[&Role], ids: &[&str]) -> Vec<RefusalCode> {
    let desired: Vec<_> = declared.iter().map(|role| desired(role)).collect();
    let policy = Policy { protected: protected(ids), max_lifetime: None };
    let refusals = refusals(plan, limits, &desired, &policy, &directory(&["a", "b", "c"]));
    refusals.into_iter().map(|refusal| refusal.code).collect()
}

/// A plan by which these users and so many roles open.
fn gaining(ids: &[&str], opened: usize) -> Plan {
    let mut plan = Plan::default();
    let grant =
        |id: &&str| Grant { role: RoleName::from_service("r"), user: uid(id), role_type: RoleType::ReadOnly };
    plan.delta.gained = ids.iter().map(grant).collect();
    plan.delta.opened = vec![RoleName::from_service("r"); opened];
    plan
}

#[test]
fn more_deletions_than_allowed_are_refused_over_all_plans() {
    let gone = |name: &str| plan([changed(Some(&allows(name, &["a"])), None)]);
    let plans = [gone("x"), gone("y"), plan([changed(None, Some(&allows("new", &["a"])))])];
    let plans: Vec<_> = plans.iter().collect();
    let refused = |max_deletes| totals(&plans, &Limits { max_deletes, ..Limits::default() });
    assert_eq!((refused(2), refused(3)), (vec![], vec![]));
    let [refusal] = &refused(1)[..] else { panic!("one refusal") };
    assert_eq!(refusal.code, RefusalCode::MaxDeletes);
    assert_eq!(refusal.message, "2 roles would be deleted, and at most 1 may be: x, y");
    assert_eq!(refusal.help, "if that is meant: --max-deletes 2");
    assert_eq!(refused(0).len(), 1);
}

#[test]
fn more_users_than_allowed_are_refused_each_counted_once() {
    let (one, other) = (gaining(&["a", "b"], 0), gaining(&["b", "c"], 2));
    let refused = |plans: &[&Plan], max| {
        let limits = Limits { max_gained: max, max_deletes: 9, ..Limits::default() };
        totals(plans, &limits).into_iter().map(|one| (one.code, one.message, one.help)).collect::<Vec<_>>()
    };
    let says = |who: &str, max: usize, count: usize| {
        vec![(
            RefusalCode::MaxGained,
            format!("{who} would become newly reachable, and at most {max} may"),
            format!("if that is meant: --max-gained {count}"),
        )]
    };
    assert_eq!(refused(&[&one, &other], None), []);
    assert_eq!(refused(&[&one, &other], Some(5)), []);
    assert_eq!(refused(&[&one, &other], Some(6)), []);
    let both = "3 users, and every mailbox made later,";
    assert_eq!(refused(&[&one, &other], Some(4)), says(both, 4, 5));
    assert_eq!(refused(&[&one], Some(1)), says("2 users", 1, 2));
    assert_eq!(refused(&[&one], Some(0)), says("2 users", 0, 2));
    assert_eq!(refused(&[&gaining(&[], 1)], Some(0)), says("every mailbox made later", 0, 1));
}

#[test]
fn a_role_that_opens_is_named() {
    let names: Vec<_> =
        openings(&gaining(&["a"], 1)).into_iter().map(|one| (one.code, one.message)).collect();
    let message = "role r would reach everyone again, also mailboxes that are made later".to_owned();
    assert_eq!(names, [(RefusalCode::Everyone, message)]);
    assert_eq!(openings(&gaining(&["a"], 0)), []);
}

#[test]
fn a_role_is_not_replaced_whose_rules_are_not_known() {
    let unknown = |mut change: Change| {
        if let Action::Update { before, .. } | Action::Delete { before } = &mut change.action {
            before.rules_unknown = true;
        }
        plan([change])
    };
    let (role, none) = (allows("r", &["a", "b"]), Limits { max_deletes: 1, ..Limits::default() });
    for after in [allows("r", &["a"]), allows("renamed", &["a", "b"])] {
        let codes = codes(&unknown(changed(Some(&role), Some(&after))), &none, &[], &[]);
        assert_eq!(codes, [RefusalCode::RulesUnknown]);
    }
    assert_eq!(codes(&unknown(changed(Some(&role), None)), &none, &[], &[]), []);
}

#[test]
fn a_role_that_turns_to_full_access_is_refused_unless_allowed() {
    let read = allows("r", &["a"]);
    let turned = plan([changed(Some(&read), Some(&full(read.clone())))]);
    let none = Limits::default();
    assert_eq!(codes(&turned, &none, &[], &[]), [RefusalCode::Escalation]);
    assert_eq!(codes(&turned, &Limits { allow_escalation: true, ..none }, &[], &[]), []);
    let back = plan([changed(Some(&full(read.clone())), Some(&read))]);
    assert_eq!(codes(&back, &none, &[], &[]), []);
}

#[test]
fn a_role_made_anew_with_full_access_to_the_same_mailbox_is_an_escalation() {
    let pairs = |gone: &Role, made: &Role| {
        let plan = plan([changed(Some(gone), None), changed(None, Some(made))]);
        let pairs = remade(&plan, &directory(&["a", "b", "c"])).len();
        let refused = codes(&plan, &Limits::default(), &[], &[]);
        assert_eq!(refused, vec![RefusalCode::Escalation; pairs]);
        pairs
    };
    let other = full(allows("other", &["b", "c"]));
    assert_eq!(pairs(&allows("r", &["a", "b"]), &other), 1);
    assert_eq!(pairs(&allows("r", &["a"]), &other), 0);
    assert_eq!(pairs(&full(allows("r", &["b"])), &other), 0);
    assert_eq!(pairs(&allows("r", &["b"]), &allows("other", &["b"])), 0);
    // Somebody whom the directory does not know
    assert_eq!(pairs(&allows("r", &["x"]), &full(allows("other", &["x"]))), 1);
    // Nobody whom anybody knows by now
    let open = |name: &str| targets(name, Targets::Except(users(&["a", "b", "c"])));
    assert_eq!(pairs(&open("r"), &full(open("other"))), 1);
    assert_eq!(pairs(&open("r"), &full(allows("other", &["a"]))), 0);
    assert_eq!(pairs(&allows("r", &["a"]), &full(open("other"))), 0);
    // Users whom the directory knows and neither names
    let everyone = |name: &str| targets(name, Targets::Everyone);
    assert_eq!(pairs(&everyone("r"), &full(everyone("other"))), 1);
}

#[test]
fn no_declared_role_may_reach_a_protected_user() {
    let (one, other) = (allows("one", &["a"]), allows("other", &["b"]));
    let none = Limits::default();
    let both = plan([changed(None, Some(&allows("new", &["c"])))]);
    assert_eq!(codes(&both, &none, &[&one, &other], &["b"]), [RefusalCode::ProtectedUser]);
    assert_eq!(codes(&both, &none, &[&one, &other], &[]), []);
    // Unchanged ones too, where nothing is to do
    assert_eq!(codes(&plan([]), &none, &[&one], &["a"]), [RefusalCode::ProtectedUser]);
    // What only narrows is never refused
    let narrows = changed(Some(&allows("one", &["a", "b"])), Some(&one));
    assert_eq!(codes(&plan([narrows.clone()]), &none, &[&one, &other], &["a", "b"]), []);
    // And of a plan that widens elsewhere, what narrows is not
    let widens = changed(None, Some(&other));
    let mixed = plan([narrows, Change { span: Some(Span::default()), ..widens }]);
    assert_eq!(codes(&mixed, &none, &[&one, &other], &["a"]), []);
    assert_eq!(codes(&mixed, &none, &[&one, &other], &["b"]), [RefusalCode::ProtectedUser]);
    let desired = [desired(&one), desired(&other)];
    let found = protected_users(&desired, &protected(&["a", "c"]), &directory(&["a", "b", "c"]));
    let messages: Vec<_> = found.iter().map(|one| one.message.as_str()).collect();
    let message = "role one would reach a@example.com, who is in protected_users: rule 1 allows it";
    assert_eq!(messages, [message]);
}

#[test]
fn a_change_without_a_definition_may_not_widen_to_a_protected_user() {
    let (old, new) = (allows("r", &["a"]), allows("r", &["a", "b"]));
    let none = Limits::default();
    let widens = || plan([changed(Some(&old), Some(&new))]);
    assert_eq!(codes(&widens(), &none, &[], &["b"]), [RefusalCode::ProtectedUser]);
    assert_eq!(codes(&widens(), &none, &[], &["c"]), []);
    // What a definition declares is refused there
    let declared = plan([Change { span: Some(Span::default()), ..changed(Some(&old), Some(&new)) }]);
    assert_eq!(codes(&declared, &none, &[], &["b"]), []);
    // What narrows stays allowed beside what widens
    let narrows = changed(Some(&allows("n", &["b", "c"])), Some(&allows("n", &["b"])));
    let mixed = plan([narrows, changed(None, Some(&allows("new", &["a"])))]);
    assert_eq!(codes(&mixed, &none, &[], &["b"]), []);
}

#[test]
fn how_a_protected_user_is_reached_is_said() {
    let allow = |targets| rule("allow", Effect::Allow, targets);
    assert_eq!(how(&allow(Targets::Everyone)), ", for everyone who is not excepted");
    assert_eq!(how(&allow(Targets::Users(users(&["a"])))), "");
    let deny = rule("deny", Effect::Deny, Targets::Users(users(&["b"])));
    let role = role(vec![allow(Targets::Everyone), deny]);
    let protected = protected(&["a", "b"]);
    let reached: Vec<_> = protected_reach(&role, &protected)
        .into_iter()
        .map(|(user, rule)| (user.as_str(), rule.label()))
        .collect();
    assert_eq!(reached, [("a", "allow")]);
    let deletion = plan::deletion(&live("id", &role), None, &directory(&["a"]));
    assert_eq!(codes(&super::super::tests::plan([deletion]), &Limits::default(), &[], &["a"]), []);
}

#[test]
fn what_is_changed_without_a_definition_may_not_last_too_long() {
    let end = |text: &str| Some(Expires::parse(text).expect("an expiry"));
    let now = "2026-11-24T12:00:00Z".parse().expect("a time");
    let document = |text: &str| {
        let text = format!("version: 1\nmax_lifetime: {text}\n");
        crate::definition::parse::parse_policy(0, &text).0.expect("a policy")
    };
    let [long, short] = ["2w", "7d"].map(document);
    let longest = |documents: &[&Document]| MaxLifetime::of(documents, now);
    let policy = Policy { max_lifetime: longest(&[&long, &short]), ..Policy::default() };
    let refused = |before: Option<&Role>, after: Option<&Role>| {
        let plan = plan([changed(before, after)]);
        let limits = Limits { max_deletes: 9, ..Limits::default() };
        let refusals = refusals(&plan, &limits, &[], &policy, &directory(&["a", "b"]));
        refusals.into_iter().map(|one| (one.code, one.message)).collect::<Vec<_>>()
    };
    let ends = |text: &str| Role { expires: end(text), ..allows("r", &["a"]) };
    let (forever, wider) = (allows("r", &["a"]), allows("r", &["a", "b"]));
    let [(code, message)] = &refused(None, Some(&forever))[..] else { panic!("one refusal") };
    assert_eq!(*code, RefusalCode::MaxLifetime);
    assert_eq!(
        message,
        "role r would give access for longer than the max_lifetime of 7d, until 2026-11-30 at the latest: rule 1 \
             never expires"
    );
    assert_eq!(refused(None, Some(&ends("2026-11-30"))), []);
    assert_eq!(refused(None, Some(&ends("2026-12-01T12:00:00Z"))), []);
    assert!(
        refused(None, Some(&ends("2026-12-01T12:00:01Z")))[0].1.ends_with("expires at 2026-12-01T12:00:01Z")
    );
    // Moved out, taken away, and more users; then what narrows
    assert_eq!(refused(Some(&ends("2026-11-30")), Some(&ends("2026-12-31"))).len(), 1);
    assert_eq!(refused(Some(&ends("2026-11-30")), Some(&forever)).len(), 1);
    assert_eq!(refused(Some(&forever), Some(&wider)).len(), 1);
    assert_eq!(refused(Some(&wider), Some(&forever)), []);
    assert_eq!(refused(Some(&forever), Some(&ends("2028-01-31"))), []);
    assert_eq!(refused(Some(&forever), None), []);
    assert_eq!(longest(&[]), None);
}

#[test]
fn limits_only_become_stricter() {
    let saved = |max_gained| Limits { max_deletes: 3, max_gained, allow_escalation: true };
    assert_eq!(saved(None).and(None, None), saved(None));
    assert_eq!(saved(Some(2)).and(Some(9), Some(5)), saved(Some(2)));
    assert_eq!(saved(Some(2)).and(None, Some(1)), saved(Some(1)));
    assert_eq!(saved(None).and(None, Some(5)), saved(Some(5)));
    assert_eq!(saved(None).and(Some(1), None), Limits { max_deletes: 1, ..saved(None) });
}

#[test]
fn a_flag_lifts_what_the_call_forbids_and_a_new_plan_what_the_saved_one_does() {
    let saved = Limits { max_deletes: 3, max_gained: Some(2), allow_escalation: false };
    let help = |code, limits: Limits| {
        let help = format!("{IF_MEANT}--flag");
        let mut refusal = Refusal { code, message: String::new(), help, span: None };
        refusal.by_saved_limits(&saved, &limits);
        refusal.help
    };
    let again =
        "a saved plan keeps its limits; if that is meant, save it again: `wmrole diff --save` with --flag";
    for code in [RefusalCode::MaxDeletes, RefusalCode::MaxGained, RefusalCode::Escalation] {
        assert_eq!(help(code, saved), again, "{code:?}");
    }
    let now = "if that is meant: --flag";
    assert_eq!(help(RefusalCode::MaxDeletes, saved.and(Some(1), None)), now);
    assert_eq!(help(RefusalCode::MaxGained, saved.and(None, Some(0))), now);
    assert_eq!(help(RefusalCode::Escalation, saved.and(Some(1), Some(0))), again);
    assert_eq!(help(RefusalCode::ProtectedUser, saved), now);
}

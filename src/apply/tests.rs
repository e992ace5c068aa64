use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use serde_json::{Value, json};

use super::*;
use crate::definition::resolve::Desired;
use crate::definition::span::Span;
use crate::exit_code::{Ended, ExitCode};
use crate::plan;
use crate::role::{Effect, RoleName, RoleType, Rule, RuleId, Targets, UserId, UserSet};
use crate::sandbox::{Fault, FaultKind, Seed, Server, Store};
use crate::system::System;
use crate::testing::mock_service::{MockResponse, MockService};
use crate::workmail::{Options, connect};

struct Bench {
    server: Server,
    writer: Writer,
    _state: tempfile::TempDir,
}

async fn bench() -> Bench {
    let state = tempfile::tempdir().expect("a directory");
    let store = Store::init(state.path().join("state.json"), &Seed::default(), false).expect("a state");
    let server = Server::start_local(store, System::REAL).expect("a server");
    let options = Options { endpoint_url: Some(server.url()), sandbox: true, ..Options::default() };
    let account = connect(&options).await.expect("an account");
    let organization = account.organization(None).await.expect("an organization");
    Bench { writer: account.writer(&organization), server, _state: state }
}

fn role(name: &str, user: &str) -> Role {
    let users = UserSet::new([UserId::from_service(user)]).expect("not empty");
    Role {
        name: RoleName::from_service(name),
        role_type: RoleType::ReadOnly,
        description: None,
        expires: None,
        rules: vec![Rule {
            id: RuleId::from_service("allow"),
            name: None,
            description: None,
            expires: None,
            effect: Effect::Allow,
            targets: Targets::Users(users),
        }],
    }
}

const ALICE: &str = "10000001-0000-4000-8000-000000000001";
const CAROL: &str = "10000001-0000-4000-8000-000000000003";
const BOB: &str = "10000001-0000-4000-8000-000000000002";

fn desired(role: Role) -> Desired {
    Desired {
        span: Span::default(),
        role: role.canonical(),
        id: None,
        previously: vec![],
        via: std::collections::BTreeMap::new(),
        rule_groups: Default::default(),
        skipped_rules: Vec::new(),
        expired: Vec::new(),
    }
}

impl Bench {
    /// The plan that makes these roles, as the service is now.
    async fn plan(&self, roles: &[Role]) -> Plan {
        let (_, live) = self.writer.live_roles(|_| true).await.expect("roles");
        let directory = Directory::default();
        let changes = roles.iter().filter_map(|role| {
            let live = live.iter().find(|live| live.role.name == role.name);
            plan::change(&desired(role.clone()), live, &directory)
        });
        Plan::new(changes.collect(), vec![], vec![])
    }

    async fn apply(&self, plan: &Plan) -> Report {
        apply(plan, &Directory::default(), &self.writer, || false, |_| {}).await
    }

    async fn named(&self, name: &str) -> usize {
        self.writer.roles().await.expect("roles").iter().filter(|r| r.name.as_str() == name).count()
    }

    /// Whatever happened before, applying again converges and makes no second role.
    async fn converges(&self, roles: &[Role]) {
        self.server.faults().clear();
        let plan = self.plan(roles).await;
        assert!(self.apply(&plan).await.is_complete());
        assert!(self.plan(roles).await.is_empty());
        for role in roles {
            assert_eq!(self.named(role.name.as_str()).await, 1, "{}", role.name);
        }
    }
}

#[tokio::test]
async fn a_plan_of_nothing_does_nothing() {
    let bench = bench().await;
    let before = bench.server.calls().total();
    assert!(bench.apply(&Plan::default()).await.is_complete());
    assert_eq!(bench.server.calls().total(), before);
}

#[tokio::test]
async fn roles_are_made_changed_and_found_the_same_again() {
    let bench = bench().await;
    bench.converges(&[role("new", ALICE)]).await;
    bench.converges(&[role("new", BOB), role("Ticket triage", ALICE)]).await;
}

#[tokio::test]
async fn passing_faults_are_ridden_out_and_no_role_is_made_twice() {
    for kind in [FaultKind::Throttle, FaultKind::ServerError, FaultKind::DropBefore, FaultKind::DropAfter] {
        let bench = bench().await;
        let roles = [role("new", ALICE), role("Ticket triage", ALICE)];
        for operation in ["CreateImpersonationRole", "UpdateImpersonationRole"] {
            bench.server.faults().add(Fault::first(kind, operation, 2));
        }
        let plan = bench.plan(&roles).await;
        assert!(bench.apply(&plan).await.is_complete(), "{kind}");
        assert_eq!(bench.named("new").await, 1, "{kind}");
        assert!(bench.plan(&roles).await.is_empty(), "{kind}");
    }
}

/// Two runs of the same plan, each of which reads before the other writes.
#[tokio::test]
async fn two_runs_at_once_make_one_role() {
    let bench = bench().await;
    let roles = [role("new", ALICE), role("Ticket triage", ALICE)];
    let plan = bench.plan(&roles).await;
    let (one, other) = join(bench.apply(&plan), bench.apply(&plan)).await;
    assert!(one.is_complete(), "{one:?}");
    assert!(other.is_complete(), "{other:?}");
    bench.converges(&roles).await;
}

#[tokio::test]
async fn the_same_role_made_again_after_a_deletion_is_a_new_one() {
    let bench = bench().await;
    let wanted = [role("new", ALICE)];
    for _ in 0..2 {
        let plan = bench.plan(&wanted).await;
        assert!(bench.apply(&plan).await.is_complete());
        let (_, live) = bench.writer.live_roles(|r| r.name.as_str() == "new").await.expect("roles");
        bench.writer.delete(&live[0].id).await.expect("deleted");
    }
    // One that has another name by now is not taken for the new one either
    bench.converges(&wanted).await;
    let (_, live) = bench.writer.live_roles(|r| r.name.as_str() == "new").await.expect("roles");
    let renamed = Role { name: RoleName::from_service("old"), ..live[0].role.clone() };
    bench.writer.update(&live[0].id, &renamed).await.expect("renamed");
    bench.converges(&wanted).await;
    assert_eq!((bench.named("old").await, bench.named("new").await), (1, 1));
}

/// A role as the service gives it, whose rule allows this user.
fn given(id: &str, name: &str, user: &str) -> Value {
    json!({
        "ImpersonationRoleId": id, "Name": name, "Type": "READ_ONLY",
        "Rules": [{"ImpersonationRuleId": "allow", "Effect": "ALLOW", "TargetUsers": [user]}],
    })
}

fn listed(roles: &[(&str, &str)]) -> Value {
    let role =
        |(id, name): &(&str, &str)| json!({"ImpersonationRoleId": id, "Name": name, "Type": "READ_ONLY"});
    json!({"Roles": roles.iter().map(role).collect::<Vec<_>>()})
}

/// The plan that makes the role `new`, which allows Alice.
fn creation() -> Plan {
    let change = plan::change(&desired(role("new", ALICE)), None, &Directory::default());
    Plan::new(vec![change.expect("a change")], vec![], vec![])
}

async fn run_on(service: &MockService, plan: &Plan) -> Report {
    let (writer, directory) = (service.writer().await, Directory::default());
    let run = Run {
        writer: &writer,
        directory: &directory,
        names: rename::RenameQueue::new(plan),
        made: BTreeSet::new(),
        patience: Duration::ZERO,
    };
    run.all(plan, || false, |_| {}).await
}

/// A service that remembers the tokens of roles that are gone.
#[tokio::test]
async fn an_id_that_is_not_live_is_not_believed() {
    let service = MockService::start(|call| match call.operation.as_str() {
        "CreateImpersonationRole" => {
            let id = if call.nth == 0 { "gone" } else { "made" };
            MockResponse::ok(json!({"ImpersonationRoleId": id}))
        }
        "GetImpersonationRole" if call.body["ImpersonationRoleId"] == "gone" => {
            MockResponse::error("ResourceNotFoundException", "no role")
        }
        "GetImpersonationRole" => MockResponse::ok(given("made", "new", ALICE)),
        _ => MockResponse::ok(listed(&[])),
    })
    .await;
    let report = run_on(&service, &creation()).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(report.changes[0].outcome.id().map(RoleId::as_str), Some("made"));
    let requests = service.requests();
    let creations = requests.iter().filter(|call| call.operation == "CreateImpersonationRole");
    let tokens: BTreeSet<_> = creations.map(|call| call.body["ClientToken"].to_string()).collect();
    assert_eq!(tokens.len(), 2);
}

/// Between the attempts somebody else changes the role: theirs stays.
#[tokio::test]
async fn a_retry_does_not_overwrite_what_others_did_meanwhile() {
    let directory = Directory::default();
    let live = |role: Role| LiveRole {
        id: RoleId::from_service("id"),
        role,
        rules_unknown: false,
        created: None,
        modified: None,
    };
    let before = live(role("r", ALICE));
    let update = plan::change(&desired(role("r", CAROL)), Some(&before), &directory).expect("a change");
    let deletion = plan::deletion(&before, None, &directory);
    for failure in [
        MockResponse::error("ThrottlingException", "slow down"),
        MockResponse::Json(500, json!({"__type": "InternalFailure"})),
        MockResponse::Drop,
    ] {
        for change in [&update, &deletion] {
            let tried = Arc::new(AtomicBool::new(false));
            let answer = failure.clone();
            let service = MockService::start(move |call| match call.operation.as_str() {
                "GetImpersonationRole" => {
                    let user = if tried.load(Relaxed) { BOB } else { ALICE };
                    MockResponse::ok(given("id", "r", user))
                }
                "ListImpersonationRoles" => MockResponse::ok(listed(&[("id", "r")])),
                _ => {
                    tried.store(true, Relaxed);
                    answer.clone()
                }
            })
            .await;
            let report = run_on(&service, &Plan::new(vec![change.clone()], vec![], vec![])).await;
            assert!(report.only_conflicts(), "{failure:?}: {report:?}");
            let written = |name: &String| name.starts_with("Update") || name.starts_with("Delete");
            assert_eq!(service.operations().into_iter().filter(written).count(), 1, "{failure:?}");
        }
    }
}

/// A write got no answer, and after it nobody can look: whether it was done is not known.
#[tokio::test]
async fn a_write_without_an_answer_that_nobody_can_look_at_is_not_said_to_have_failed() {
    let directory = Directory::default();
    let before = LiveRole {
        id: RoleId::from_service("id"),
        role: role("r", ALICE),
        rules_unknown: false,
        created: None,
        modified: None,
    };
    let update = plan::change(&desired(role("r", BOB)), Some(&before), &directory).expect("a change");
    let deletion = plan::deletion(&before, None, &directory);
    let plans = [update, deletion].map(|change| Plan::new(vec![change], vec![], vec![]));
    for plan in plans.into_iter().chain([creation()]) {
        let service = MockService::start(|call| match call.operation.as_str() {
            "GetImpersonationRole" if call.nth == 0 => MockResponse::ok(given("id", "r", ALICE)),
            "ListImpersonationRoles" if call.nth == 0 => MockResponse::ok(listed(&[("id", "r")])),
            _ => MockResponse::Drop,
        })
        .await;
        let report = run_on(&service, &plan).await;
        let outcome = &report.changes[0].outcome;
        assert!(matches!(outcome, Outcome::Failed(Failure::OutcomeUnknown { .. })), "{outcome:?}");
        assert_eq!(report.ended(), Ended { code: ExitCode::Partial, changed: true });
    }
}

/// A rename looks at the names first, and at the role just before it is written.
#[tokio::test]
async fn the_role_is_read_directly_before_it_is_written() {
    let bench = bench().await;
    let (_, live) = bench.writer.live_roles(|r| r.name.as_str() == "Ticket triage").await.expect("roles");
    let renamed = Role { name: RoleName::from_service("Other"), ..live[0].role.clone() };
    let change = plan::change(&desired(renamed), Some(&live[0]), &Directory::default()).expect("a change");
    bench.server.record_calls();
    let earlier = bench.server.calls().log.len();
    assert!(bench.apply(&Plan::new(vec![change], vec![], vec![])).await.is_complete());
    let calls = bench.server.calls().log;
    let operations: Vec<_> = calls[earlier..].iter().map(|call| call.operation.as_str()).collect();
    let order = ["ListImpersonationRoles", "GetImpersonationRole", "UpdateImpersonationRole"];
    assert_eq!(operations[..3], order);
}

#[tokio::test]
async fn a_name_that_occurs_twice_after_the_writes_is_said() {
    // Theirs is made between the look at the names and the creation
    let service = MockService::start(|call| match call.operation.as_str() {
        "CreateImpersonationRole" => MockResponse::ok(json!({"ImpersonationRoleId": "ours"})),
        "GetImpersonationRole" => MockResponse::ok(given("ours", "new", ALICE)),
        _ if call.nth == 0 => MockResponse::ok(listed(&[("other", "other")])),
        _ => MockResponse::ok(listed(&[("other", "other"), ("ours", "new"), ("theirs", "new")])),
    })
    .await;
    let report = run_on(&service, &creation()).await;
    let [(name, ids)] = &report.doubled.as_ref().expect("read")[..] else { panic!("{report:?}") };
    assert_eq!((name.as_str(), ids.len()), ("new", 2));
    assert!(!report.is_complete());
    assert_eq!(report.ended(), Ended { code: ExitCode::Partial, changed: true });
}

#[tokio::test]
async fn an_answer_that_never_comes_is_looked_up() {
    let bench = bench().await;
    let roles = [role("new", ALICE), role("Ticket triage", ALICE)];
    for operation in ["CreateImpersonationRole", "UpdateImpersonationRole"] {
        bench.server.faults().add(Fault::first(FaultKind::DropAfter, operation, 100));
    }
    let plan = bench.plan(&roles).await;
    assert!(bench.apply(&plan).await.is_complete());
    bench.converges(&roles).await;
}

#[tokio::test]
async fn what_is_never_done_is_failed_and_the_rest_goes_on() {
    let bench = bench().await;
    let roles = [role("new", ALICE), role("Ticket triage", ALICE)];
    bench.server.faults().add(Fault::first(FaultKind::DropBefore, "CreateImpersonationRole", 100));
    let plan = bench.plan(&roles).await;
    let report = bench.apply(&plan).await;
    assert_eq!(report.counts().done, 1);
    assert!(!report.only_conflicts());
    assert_eq!(bench.named("new").await, 0);
    bench.converges(&roles).await;
}

#[tokio::test]
async fn access_denied_half_way_is_told_of_each() {
    let bench = bench().await;
    let roles = [role("new", ALICE), role("Ticket triage", ALICE), role("Legacy backup", BOB)];
    let plan = bench.plan(&roles).await;
    bench.server.faults().add("deny:UpdateImpersonationRole:1:1".parse().expect("a fault"));
    let report = bench.apply(&plan).await;
    assert_eq!(report.counts().done, 2);
    assert!(matches!(
        report.changes.iter().map(|one| &one.outcome).find(|o| !matches!(o, Outcome::Done { .. })),
        Some(Outcome::Failed(Failure::Service(error))) if matches!(error.kind(), ErrorKind::AccessDenied { .. })
    ));
    bench.converges(&roles).await;
}

#[tokio::test]
async fn a_role_that_moved_is_left_alone() {
    let bench = bench().await;
    let roles = [role("Ticket triage", ALICE)];
    let plan = bench.plan(&roles).await;
    let Some(id) = plan.changes[0].before().map(|live| live.id.clone()) else { panic!("an update") };
    let theirs = role("Ticket triage", BOB);
    bench.writer.update(&id, &theirs).await.expect("their change");
    let report = bench.apply(&plan).await;
    assert!(report.only_conflicts());
    let now = bench.writer.role(&id).await.expect("a role").expect("there");
    assert!(now.role.same_as(&theirs));
}

#[tokio::test]
async fn a_name_that_was_taken_meanwhile_is_not_made_twice() {
    let bench = bench().await;
    let plan = bench.plan(&[role("new", ALICE)]).await;
    bench.writer.create(&role("new", BOB), "theirs").await.expect("their role");
    assert!(bench.apply(&plan).await.only_conflicts());
    assert_eq!(bench.named("new").await, 1);
}

#[tokio::test]
async fn a_role_that_is_gone_when_it_is_deleted_has_moved() {
    let bench = bench().await;
    let (_, live) = bench.writer.live_roles(|_| true).await.expect("roles");
    let plan = Plan::new(vec![plan::deletion(&live[0], None, &Directory::default())], vec![], vec![]);
    bench.writer.delete(&live[0].id).await.expect("their deletion");
    assert!(bench.apply(&plan).await.only_conflicts());
}

#[tokio::test]
async fn swapped_names_go_through_a_temporary_one() {
    let bench = bench().await;
    bench.converges(&[role("a", ALICE), role("b", BOB)]).await;
    let (_, live) = bench.writer.live_roles(|r| ["a", "b"].contains(&r.name.as_str())).await.expect("roles");
    let renamed =
        |live: &LiveRole, name: &str| Role { name: RoleName::from_service(name), ..live.role.clone() };
    let directory = Directory::default();
    let changes = vec![
        plan::change(&desired(renamed(&live[0], "b")), Some(&live[0]), &directory).expect("a change"),
        plan::change(&desired(renamed(&live[1], "a")), Some(&live[1]), &directory).expect("a change"),
    ];
    let report = bench.apply(&Plan::new(changes, vec![], vec![])).await;
    assert!(report.is_complete(), "{report:?}");
    for (before, name) in live.iter().zip(["b", "a"]) {
        let now = bench.writer.role(&before.id).await.expect("a role").expect("there");
        assert!(now.role.same_as(&renamed(before, name)));
    }
}

#[tokio::test]
async fn a_swap_that_fails_half_way_tells_of_the_temporary_name() {
    let bench = bench().await;
    bench.converges(&[role("a", ALICE), role("b", BOB)]).await;
    let (_, live) = bench.writer.live_roles(|r| ["a", "b"].contains(&r.name.as_str())).await.expect("roles");
    let renamed =
        |live: &LiveRole, name: &str| Role { name: RoleName::from_service(name), ..live.role.clone() };
    let change = |live: &LiveRole, name: &str| {
        plan::change(&desired(renamed(live, name)), Some(live), &Directory::default()).expect("a change")
    };
    let plan = Plan::new(vec![change(&live[0], "b"), change(&live[1], "a")], vec![], vec![]);
    // Set parked, then changed, then denied
    bench.server.faults().add("deny:UpdateImpersonationRole:1:2".parse().expect("a fault"));
    let report = bench.apply(&plan).await;
    assert_eq!(report.counts().done, 1, "{report:?}");
    let names: Vec<_> = report.parked.iter().map(|(_, name)| name.as_str()).collect();
    assert!(matches!(names[..], [name] if name.starts_with("wmrole temporary ")), "{names:?}");
    bench.server.faults().clear();
    assert_eq!(bench.named(names[0]).await, 1);
}

#[tokio::test]
async fn stopping_leaves_the_rest_untried() {
    let bench = bench().await;
    let plan = bench.plan(&[role("new", ALICE), role("newer", BOB)]).await;
    let done = std::cell::Cell::new(0);
    let report = apply(&plan, &Directory::default(), &bench.writer, || done.get() > 0, |_| done.set(1)).await;
    assert!(report.interrupted);
    let counts = report.counts();
    assert_eq!((counts.done, counts.failed, counts.not_attempted), (1, 0, 1));
}

/// How many requests for this operation the service got.
fn count(service: &MockService, operation: &str) -> usize {
    service.operations().iter().filter(|name| *name == operation).count()
}

fn lives(id: &str, role: Role) -> LiveRole {
    LiveRole { id: RoleId::from_service(id), role, rules_unknown: false, created: None, modified: None }
}

fn plan_of(changes: impl IntoIterator<Item = (Option<LiveRole>, Role)>) -> Plan {
    let changes = changes.into_iter().map(|(live, role)| {
        plan::change(&desired(role), live.as_ref(), &Directory::default()).expect("a change")
    });
    Plan::new(changes.collect(), vec![], vec![])
}

/// The id of the only change, which was done.
fn done(report: &Report) -> &str {
    let Outcome::Done { id: Some(id) } = &report.changes[0].outcome else { panic!("{report:?}") };
    id.as_str()
}

/// A token gives the id of a role that is live, and was listed under another name.
#[tokio::test]
async fn an_id_that_was_live_before_is_not_believed() {
    let service = MockService::start(|call| match call.operation.as_str() {
        "CreateImpersonationRole" => {
            let id = if call.nth == 0 { "other" } else { "made" };
            MockResponse::ok(json!({"ImpersonationRoleId": id}))
        }
        "GetImpersonationRole" => {
            let id = call.body["ImpersonationRoleId"].as_str().expect("an id");
            MockResponse::ok(given(id, "new", ALICE))
        }
        _ => MockResponse::ok(listed(&[("other", "other")])),
    })
    .await;
    assert_eq!(done(&run_on(&service, &creation()).await), "made");
}

#[tokio::test]
async fn two_roles_of_one_name_and_content_are_two() {
    let service = MockService::start(|call| match call.operation.as_str() {
        "CreateImpersonationRole" => {
            let id = if call.nth < 2 { "one" } else { "two" };
            MockResponse::ok(json!({"ImpersonationRoleId": id}))
        }
        "GetImpersonationRole" => {
            let id = call.body["ImpersonationRoleId"].as_str().expect("an id");
            MockResponse::ok(given(id, "new", ALICE))
        }
        // Neither is listed before all is done
        _ if call.nth < 3 => MockResponse::ok(listed(&[])),
        _ => MockResponse::ok(listed(&[("one", "new"), ("two", "new")])),
    })
    .await;
    let report = run_on(&service, &plan_of([(None, role("new", ALICE)), (None, role("new", ALICE))])).await;
    assert!(report.is_complete(), "{report:?}");
    let ids: Vec<_> = report.changes.iter().filter_map(|one| one.outcome.id()).map(RoleId::as_str).collect();
    assert_eq!(ids, ["one", "two"]);
    assert_eq!(count(&service, "ListImpersonationRoles"), 4);
}

/// A role under another name than the one that was asked for is an older one.
#[tokio::test]
async fn an_id_that_is_live_under_another_name_is_not_believed() {
    let service = MockService::start(|call| match call.operation.as_str() {
        "CreateImpersonationRole" => {
            let id = if call.nth == 0 { "renamed" } else { "made" };
            MockResponse::ok(json!({"ImpersonationRoleId": id}))
        }
        "GetImpersonationRole" if call.body["ImpersonationRoleId"] == "renamed" => {
            MockResponse::ok(given("renamed", "old", ALICE))
        }
        "GetImpersonationRole" => MockResponse::ok(given("made", "new", ALICE)),
        _ => MockResponse::ok(listed(&[])),
    })
    .await;
    assert_eq!(done(&run_on(&service, &creation()).await), "made");
}

#[tokio::test]
async fn a_service_that_only_gives_ids_of_roles_that_are_gone_is_asked_twenty_times() {
    let service = MockService::start(|call| match call.operation.as_str() {
        "CreateImpersonationRole" => MockResponse::ok(json!({"ImpersonationRoleId": "gone"})),
        "GetImpersonationRole" => MockResponse::error("ResourceNotFoundException", "no role"),
        _ => MockResponse::ok(listed(&[])),
    })
    .await;
    let report = run_on(&service, &creation()).await;
    assert!(
        matches!(&report.changes[0].outcome, Outcome::Failed(Failure::ReadsBack { id: Some(_), now: None })),
        "{report:?}"
    );
    assert_eq!(count(&service, "CreateImpersonationRole"), 20);
}

/// How often a write is tried, as `workmail` has it.
const ATTEMPTS: usize = 5;

/// A service that never answers a write, and shows these roles after the last attempt.
async fn never_answers(roles: &'static [(&'static str, &'static str)], user: &'static str) -> MockService {
    let attempts = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    MockService::start(move |call| match call.operation.as_str() {
        "GetImpersonationRole" => {
            let id = call.body["ImpersonationRoleId"].as_str().expect("an id");
            MockResponse::ok(given(id, "new", user))
        }
        "ListImpersonationRoles" if attempts.load(Relaxed) >= ATTEMPTS => MockResponse::ok(listed(roles)),
        "ListImpersonationRoles" => MockResponse::ok(listed(&[("other", "other")])),
        _ => {
            attempts.fetch_add(1, Relaxed);
            MockResponse::Drop
        }
    })
    .await
}

#[tokio::test]
async fn a_role_that_was_made_without_an_answer_is_found() {
    let roles = &[("other", "other"), ("alien", "alien"), ("made", "new")];
    assert_eq!(done(&run_on(&never_answers(roles, ALICE).await, &creation()).await), "made");
    // What was made is something else
    let report = run_on(&never_answers(roles, BOB).await, &creation()).await;
    assert!(
        matches!(&report.changes[0].outcome, Outcome::Failed(Failure::ReadsBack { now: Some(_), .. })),
        "{report:?}"
    );
    // Nothing was made
    let report = run_on(&never_answers(&[("other", "other")], ALICE).await, &creation()).await;
    assert!(matches!(&report.changes[0].outcome, Outcome::Failed(Failure::Service(_))), "{report:?}");
    assert!(report.may_have_written());
}

/// The service refuses, and somebody else makes the role at the same time.
#[tokio::test]
async fn a_creation_that_was_refused_is_not_looked_for() {
    let service = MockService::start(|call| match call.operation.as_str() {
        "CreateImpersonationRole" => MockResponse::error("AccessDeniedException", "no"),
        "GetImpersonationRole" => MockResponse::ok(given("theirs", "new", ALICE)),
        _ if call.nth == 0 => MockResponse::ok(listed(&[])),
        _ => MockResponse::ok(listed(&[("theirs", "new")])),
    })
    .await;
    let report = run_on(&service, &creation()).await;
    assert!(matches!(&report.changes[0].outcome, Outcome::Failed(Failure::Service(_))), "{report:?}");
    assert!(!report.may_have_written());
}

/// A service of one role, which allows Alice until `writes` attempts to write were made, and then somebody else; none
/// is gone. Each attempt gets the answer.
async fn one_role(writes: usize, then: Option<&'static str>, answer: MockResponse) -> MockService {
    let attempts = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    MockService::start(move |call| match call.operation.as_str() {
        "GetImpersonationRole" if attempts.load(Relaxed) < writes => {
            MockResponse::ok(given("id", "r", ALICE))
        }
        "GetImpersonationRole" => match then {
            Some(user) => MockResponse::ok(given("id", "r", user)),
            None => MockResponse::error("ResourceNotFoundException", "no role"),
        },
        "ListImpersonationRoles" => MockResponse::ok(listed(&[("id", "r")])),
        _ => {
            attempts.fetch_add(1, Relaxed);
            answer.clone()
        }
    })
    .await
}

fn an_update() -> Plan {
    plan_of([(Some(lives("id", role("r", ALICE))), role("r", BOB))])
}

fn a_deletion() -> Plan {
    let live = lives("id", role("r", ALICE));
    Plan::new(vec![plan::deletion(&live, None, &Directory::default())], vec![], vec![])
}

fn refused() -> MockResponse {
    MockResponse::error("AccessDeniedException", "no")
}

/// What the last attempt did is looked up only where its answer was lost.
#[tokio::test]
async fn an_update_or_a_deletion_without_an_answer_is_looked_up_after_the_last_attempt() {
    let report = run_on(&one_role(ATTEMPTS, Some(BOB), MockResponse::Drop).await, &an_update()).await;
    assert!(report.is_complete(), "{report:?}");
    let report = run_on(&one_role(ATTEMPTS, None, MockResponse::Drop).await, &a_deletion()).await;
    assert!(report.is_complete(), "{report:?}");
    // Still there
    for plan in [an_update(), a_deletion()] {
        let report = run_on(&one_role(9, None, MockResponse::Drop).await, &plan).await;
        assert!(matches!(&report.changes[0].outcome, Outcome::Failed(Failure::Service(_))), "{report:?}");
        assert!(report.may_have_written());
    }
    // Refused, and somebody else did the same
    for (then, plan) in [(Some(BOB), an_update()), (None, a_deletion())] {
        let report = run_on(&one_role(1, then, refused()).await, &plan).await;
        assert!(matches!(&report.changes[0].outcome, Outcome::Failed(Failure::Service(_))), "{report:?}");
        assert!(!report.may_have_written());
    }
}

/// The first attempt of a deletion may have done it; where none was carried out, somebody else did.
#[tokio::test]
async fn a_role_that_is_gone_after_an_attempt_was_deleted_where_an_answer_was_lost() {
    let report = run_on(&one_role(1, None, MockResponse::Drop).await, &a_deletion()).await;
    assert!(report.is_complete(), "{report:?}");
    let throttled = MockResponse::error("ThrottlingException", "slow down");
    let report = run_on(&one_role(1, None, throttled).await, &a_deletion()).await;
    assert!(report.only_conflicts(), "{report:?}");
    assert_eq!(report.counts().failed, 1);
}

/// The writes are answered, and the role is something else or cannot be read afterwards.
#[tokio::test]
async fn what_does_not_read_back_is_told_again() {
    let ok = || MockResponse::ok(json!({}));
    for (service, plan, id) in [
        (one_role(1, Some(CAROL), ok()).await, an_update(), Some("id")),
        (one_role(9, None, ok()).await, a_deletion(), None),
    ] {
        let writer = service.writer().await;
        let mut told = Vec::new();
        let tell = |one: &ChangeReport| told.push(one.outcome.as_str());
        let report = apply(&plan, &Directory::default(), &writer, || false, tell).await;
        let Outcome::Failed(Failure::ReadsBack { id: found, now: Some(_) }) = &report.changes[0].outcome
        else {
            panic!("{report:?}")
        };
        assert_eq!(found.as_ref().map(RoleId::as_str), id);
        assert_eq!(told, ["done", "failed"]);
        assert!(report.may_have_written());
        assert_eq!(report.ended(), Ended { code: ExitCode::Partial, changed: true });
    }
    for (plan, id) in [(an_update(), Some("id")), (a_deletion(), None)] {
        let written = AtomicBool::new(false);
        let service = MockService::start(move |call| match call.operation.as_str() {
            "GetImpersonationRole" if written.load(Relaxed) => refused(),
            "GetImpersonationRole" => MockResponse::ok(given("id", "r", ALICE)),
            "ListImpersonationRoles" => MockResponse::ok(listed(&[("id", "r")])),
            _ => {
                written.store(true, Relaxed);
                MockResponse::ok(json!({}))
            }
        })
        .await;
        let report = run_on(&service, &plan).await;
        let Outcome::Failed(Failure::Unverified { id: found, .. }) = &report.changes[0].outcome else {
            panic!("{report:?}")
        };
        assert_eq!(found.as_ref().map(RoleId::as_str), id);
    }
}

/// Credentials that are gone end the run; what was not tried is said so.
#[tokio::test]
async fn nothing_is_tried_after_credentials_have_expired() {
    let service = MockService::start(|call| match call.operation.as_str() {
        "CreateImpersonationRole" => MockResponse::error("ExpiredTokenException", "expired"),
        _ => MockResponse::ok(listed(&[])),
    })
    .await;
    let report = run_on(&service, &plan_of([(None, role("a", ALICE)), (None, role("b", ALICE))])).await;
    let outcomes: Vec<_> = report.changes.iter().map(|one| one.outcome.as_str()).collect();
    assert_eq!(outcomes, ["failed", "not_attempted"]);
}

/// Another role has the name that a role is to get.
#[tokio::test]
async fn a_rename_to_a_name_that_is_taken_is_not_written() {
    let service = MockService::start(|call| match call.operation.as_str() {
        "GetImpersonationRole" => MockResponse::ok(given("id", "r", ALICE)),
        _ => MockResponse::ok(listed(&[("id", "r"), ("theirs", "taken")])),
    })
    .await;
    let plan = plan_of([(Some(lives("id", role("r", ALICE))), role("taken", ALICE))]);
    let report = run_on(&service, &plan).await;
    let Outcome::Failed(Failure::NameTaken { id, .. }) = &report.changes[0].outcome else {
        panic!("{report:?}")
    };
    assert_eq!(id.as_str(), "theirs");
    assert_eq!(count(&service, "UpdateImpersonationRole"), 0);
}

/// Two live roles share a name already; what this run did not name is none of its business.
#[tokio::test]
async fn names_that_this_run_did_not_give_are_not_looked_at() {
    let service = one_role(1, Some(BOB), MockResponse::ok(json!({}))).await;
    let report = run_on(&service, &an_update()).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(count(&service, "ListImpersonationRoles"), 0);
    // A role that was not made gave no name either
    let service = MockService::start(|call| match call.operation.as_str() {
        "CreateImpersonationRole" => refused(),
        _ if call.nth == 0 => MockResponse::ok(listed(&[])),
        _ => MockResponse::ok(listed(&[("a", "new"), ("b", "new")])),
    })
    .await;
    let report = run_on(&service, &creation()).await;
    assert!(report.doubled.expect("read").is_empty());
}

#[test]
fn a_token_is_the_same_for_whoever_makes_the_same_role() {
    let (one, other) = (OrganizationId::from_service("m-1"), OrganizationId::from_service("m-2"));
    let token = client_token(&one, &role("new", ALICE), 0);
    assert!(token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()), "{token}");
    assert_eq!(token, client_token(&one, &role("new", ALICE), 0));
    let others = [
        client_token(&other, &role("new", ALICE), 0),
        client_token(&one, &role("newer", ALICE), 0),
        client_token(&one, &role("new", BOB), 0),
        client_token(&one, &role("new", ALICE), 1),
    ];
    assert!(!others.contains(&token));
}

/// The other roles of the plan are no excuse for a name that occurs twice.
#[tokio::test]
async fn a_name_that_occurs_twice_is_said_beside_others() {
    let service = MockService::start(|call| match call.operation.as_str() {
        "CreateImpersonationRole" => {
            MockResponse::ok(json!({"ImpersonationRoleId": call.body["Name"].as_str().expect("a name")}))
        }
        "GetImpersonationRole" => {
            let id = call.body["ImpersonationRoleId"].as_str().expect("an id");
            MockResponse::ok(given(id, id, ALICE))
        }
        _ if call.nth < 2 => MockResponse::ok(listed(&[])),
        _ => MockResponse::ok(listed(&[("a", "a"), ("b", "b"), ("theirs", "b")])),
    })
    .await;
    let report = run_on(&service, &plan_of([(None, role("a", ALICE)), (None, role("b", ALICE))])).await;
    let doubled = report.doubled.expect("read");
    let names: Vec<_> = doubled.iter().map(|(name, ids)| (name.as_str(), ids.len())).collect();
    assert_eq!(names, [("b", 2)]);
}

impl Bench {
    /// The live roles of these names, and the plan that renames each to the other name.
    async fn renames(&self, names: [(&str, &str); 2]) -> (Vec<LiveRole>, Plan) {
        let mut all = Vec::new();
        for (from, _) in names {
            let (_, live) = self.writer.live_roles(|r| r.name.as_str() == from).await.expect("roles");
            all.extend(live);
        }
        let renamed = all.iter().zip(names).map(|(live, (_, to))| {
            (Some(live.clone()), Role { name: RoleName::from_service(to), ..live.role.clone() })
        });
        let plan = plan_of(renamed);
        (all, plan)
    }
}

const SWAP: [(&str, &str); 2] = [("a", "b"), ("b", "a")];

#[tokio::test]
async fn a_role_whose_own_new_name_is_free_gets_no_temporary_one() {
    let bench = bench().await;
    bench.converges(&[role("a", ALICE), role("b", BOB)]).await;
    let (_, plan) = bench.renames([("a", "b"), ("b", "c")]).await;
    bench.server.record_calls();
    let earlier = bench.server.calls().log.len();
    assert!(bench.apply(&plan).await.is_complete());
    let updates = bench.server.calls().log[earlier..]
        .iter()
        .filter(|call| call.operation == "UpdateImpersonationRole")
        .count();
    assert_eq!(updates, 2);
    assert_eq!((bench.named("a").await, bench.named("b").await, bench.named("c").await), (0, 1, 1));
}

#[tokio::test]
async fn a_temporary_name_that_was_given_without_an_answer_is_seen() {
    let bench = bench().await;
    bench.converges(&[role("a", ALICE), role("b", BOB)]).await;
    let (_, plan) = bench.renames(SWAP).await;
    bench.server.faults().add(Fault::first(FaultKind::DropAfter, "UpdateImpersonationRole", 1));
    let report = bench.apply(&plan).await;
    assert!(report.is_complete(), "{report:?}");
}

#[tokio::test]
async fn a_temporary_name_without_an_answer_that_nobody_can_look_at_may_have_been_given() {
    let bench = bench().await;
    bench.converges(&[role("a", ALICE), role("b", BOB)]).await;
    let (_, plan) = bench.renames(SWAP).await;
    bench.server.faults().add(Fault::first(FaultKind::DropAfter, "UpdateImpersonationRole", 1));
    // The role is read once, before the first attempt
    bench.server.faults().add("deny:GetImpersonationRole:99:1".parse().expect("a fault"));
    let report = bench.apply(&plan).await;
    let outcome = &report.changes[0].outcome;
    assert!(matches!(outcome, Outcome::Failed(Failure::OutcomeUnknown { .. })), "{outcome:?}");
    assert_eq!(report.ended(), Ended { code: ExitCode::Partial, changed: true });
}

#[tokio::test]
async fn a_role_that_moved_gets_no_temporary_name() {
    let bench = bench().await;
    bench.converges(&[role("a", ALICE), role("b", BOB)]).await;
    let (live, plan) = bench.renames(SWAP).await;
    // Either may be the one that is set aside first
    for live in &live {
        let theirs = Role { name: live.role.name.clone(), ..role("", CAROL) };
        bench.writer.update(&live.id, &theirs).await.expect("their change");
    }
    let report = bench.apply(&plan).await;
    assert!(report.only_conflicts(), "{report:?}");
    assert_eq!((report.counts().failed, report.parked.len()), (2, 0));
    assert_eq!((bench.named("a").await, bench.named("b").await), (1, 1));
}

#[tokio::test]
async fn a_temporary_name_that_is_refused_was_not_given() {
    let bench = bench().await;
    bench.converges(&[role("a", ALICE), role("b", BOB)]).await;
    let (_, plan) = bench.renames(SWAP).await;
    bench.server.faults().add("deny:UpdateImpersonationRole:9:0".parse().expect("a fault"));
    let report = bench.apply(&plan).await;
    assert!(
        report.changes.iter().all(|one| match &one.outcome {
            Outcome::Failed(Failure::Service(error)) =>
                matches!(error.kind(), ErrorKind::AccessDenied { .. }),
            Outcome::Failed(Failure::NameTaken { .. }) => true,
            _ => false,
        }),
        "{report:?}"
    );
    assert!(matches!(&report.changes[0].outcome, Outcome::Failed(Failure::Service(_))), "{report:?}");
    assert_eq!(report.parked, []);
}

#[tokio::test]
async fn a_date_that_somebody_moved_since_the_plan_is_a_conflict() {
    use crate::expiry::Expires;
    let until = |text: &str, user: &str| Role {
        expires: Some(Expires::parse(text).expect("an expiry")),
        ..role("new", user)
    };
    let bench = bench().await;
    bench.converges(&[until("2027-01-31", ALICE)]).await;
    let ours = bench.plan(&[until("2027-01-31", BOB)]).await;
    let theirs = bench.plan(&[until("2027-03-31", ALICE)]).await;
    assert!(bench.apply(&theirs).await.is_complete());
    let report = bench.apply(&ours).await;
    assert!(
        matches!(&report.changes[..], [one] if matches!(one.outcome, Outcome::Failed(Failure::Conflict { .. }))),
        "{report:?}"
    );
    assert!(bench.plan(&[until("2027-03-31", ALICE)]).await.is_empty());
    bench.converges(&[until("2027-01-31", BOB)]).await;
}

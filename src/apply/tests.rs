use super::*;
use crate::definition::resolve::Desired;
use crate::definition::span::Span;
use crate::plan;
use crate::role::{Effect, RoleName, RoleType, Rule, RuleId, Targets, UserId, UserSet};
use crate::sandbox::{Fault, FaultKind, Seed, Server, Store};
use crate::system::System;
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
        rules: vec![Rule {
            id: RuleId::from_service("allow"),
            name: None,
            description: None,
            effect: Effect::Allow,
            targets: Targets::Users(users),
        }],
    }
}

const ALICE: &str = "10000001-0000-4000-8000-000000000001";
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
        apply(plan, "nonce", &Directory::default(), &self.writer, || false, |_| {}).await
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
    let report =
        apply(&plan, "n", &Directory::default(), &bench.writer, || done.get() > 0, |_| done.set(1)).await;
    assert!(report.interrupted);
    let counts = report.counts();
    assert_eq!((counts.done, counts.failed, counts.not_attempted), (1, 0, 1));
}

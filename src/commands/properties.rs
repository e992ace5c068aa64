//! What must hold of any roles and any directory, on the sandbox over real HTTP.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::context::{directory_of, normal_all};
use super::gather::{gather, read_everyone};
use crate::access;
use crate::apply;
use crate::definition::export::export;
use crate::definition::model::Document;
use crate::definition::read::read;
use crate::directory::{Directory, EntityName};
use crate::role::{
    Effect, LiveRole, Role, RoleName, RoleType, Rule, RuleId, RuleName, Targets, UserId, UserSet,
};
use crate::sandbox::{Seed, Server, Store, state};
use crate::workmail::{ErrorKind, Options, Writer, connect};

fn user_id(n: usize) -> UserId {
    UserId::from_service(format!("10000001-0000-4000-8000-{n:012}"))
}

fn user_set() -> impl Strategy<Value = UserSet> {
    prop::collection::btree_set(1usize..=12, 1..=10)
        .prop_map(|numbers| UserSet::new(numbers.into_iter().map(user_id)).expect("not empty"))
}

fn targets() -> impl Strategy<Value = Targets> {
    prop_oneof![
        Just(Targets::Everyone),
        user_set().prop_map(Targets::Users),
        user_set().prop_map(Targets::Except),
        (user_set(), user_set()).prop_map(|(users, except)| Targets::UsersExcept { users, except }),
    ]
}

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let rule = (any::<bool>(), any::<bool>(), targets());
    prop::collection::vec(rule, 0..=5).prop_map(|rules| {
        let one = |(n, (named, allow, targets)): (usize, (bool, bool, Targets))| Rule {
            id: RuleId::from_service(format!("rule-{n}")),
            name: named.then(|| RuleName::from_service(format!("Rule no. {n}: #{n}"))),
            description: None,
            effect: if allow { Effect::Allow } else { Effect::Deny },
            targets,
        };
        rules.into_iter().enumerate().map(one).collect()
    })
}

fn roles() -> impl Strategy<Value = Vec<Role>> {
    prop::collection::vec((any::<bool>(), rules()), 1..=4).prop_map(|roles| {
        let one = |(n, (full, rules))| Role {
            name: RoleName::from_service(format!("role: {n}")),
            role_type: if full { RoleType::FullAccess } else { RoleType::ReadOnly },
            description: None,
            rules,
        };
        roles.into_iter().enumerate().map(one).collect()
    })
}

/// A sandbox with these roles alone, in whose directory some users are gone and some disabled.
async fn sandbox(
    file: &std::path::Path,
    roles: &[Role],
    gone: &BTreeSet<usize>,
    disabled: &BTreeSet<usize>,
) -> (Server, Writer) {
    let store = Store::init(file, &Seed::default(), false).expect("a state");
    let server = Server::start_local(store.clone()).expect("a server");
    let options = Options { endpoint_url: Some(server.url()), sandbox: true, ..Options::default() };
    let account = connect(&options).await.expect("an account");
    let organization = account.organization(None).await.expect("an organization");
    let writer = account.writer(&organization);
    for role in writer.roles().await.expect("roles") {
        writer.delete(&role.id).await.expect("deleted");
    }
    for (n, role) in roles.iter().enumerate() {
        writer.create(role, &format!("token-{n}")).await.expect("created");
    }
    store
        .update(|state| -> Result<(), crate::sandbox::StoreError> {
            let users = &mut state.organizations[0].users;
            let ids = |numbers: &BTreeSet<usize>| numbers.iter().map(|n| user_id(*n)).collect::<Vec<_>>();
            let (gone, disabled) = (ids(gone), ids(disabled));
            users.retain(|user| !gone.contains(&user.id));
            for user in users.iter_mut().filter(|user| disabled.contains(&user.id)) {
                user.state = state::EntityState::Disabled;
            }
            Ok(())
        })
        .expect("changed");
    (server, writer)
}

async fn live(writer: &Writer) -> (Vec<LiveRole>, Directory) {
    let live = writer.live_roles(|_| true).await.expect("roles").1;
    let directory = directory_of(writer, &live.iter().collect::<Vec<_>>()).await.expect("a directory");
    (normal_all(live, &directory), directory)
}

fn document(yaml: &str) -> Document {
    let (document, diagnostics) = read(0, yaml);
    assert_eq!(diagnostics, [], "{yaml}");
    document.expect("a document")
}

async fn check(before: Vec<Role>, after: Vec<Role>, gone: BTreeSet<usize>, disabled: BTreeSet<usize>) {
    let home = tempfile::tempdir().expect("a directory");
    let (_server, writer) = sandbox(&home.path().join("state.json"), &before, &gone, &disabled).await;

    // Export, then diff: nothing
    let (roles, directory) = live(&writer).await;
    assert_eq!(roles.len(), before.len());
    let exported = document(&export(None, &roles, &directory).yaml);
    let gathered = gather(&writer, &[&exported], false).await.expect("gathered");
    assert!(!gathered.has_errors(), "{:?}", gathered.diagnostics);
    assert!(gathered.plan.is_empty(), "{:?}", gathered.plan);

    // Reach, computed here: what the service says of each user
    let mut all = Directory::default();
    read_everyone(&writer, &mut all).await.expect("users");
    for role in &roles {
        for user in all.users() {
            let name = EntityName::from_service(user.id.as_str());
            let said = match writer.effect(&role.id, &name).await {
                Ok(answer) => answer.effect == Effect::Allow,
                Err(error) if *error.kind() == ErrorKind::EntityState => continue,
                Err(error) => panic!("{error}"),
            };
            assert_eq!(
                access::allows(&role.role.rules, &user.id),
                said,
                "{} {}",
                role.role.name,
                user.label()
            );
        }
    }

    // Apply, then diff: nothing; and the delta is the difference of the service's answers
    let known = |role: &LiveRole| role.role.named().iter().all(|id| all.user(id).is_some());
    let wanted: Vec<LiveRole> = after
        .into_iter()
        .zip(1..)
        .map(|(role, n)| LiveRole {
            id: crate::role::RoleId::from_service(format!("{n}")),
            role,
            created: None,
            modified: None,
        })
        .filter(known)
        .collect();
    let wanted = document(&export(None, &wanted, &all).yaml);
    let gathered = gather(&writer, &[&wanted], true).await.expect("gathered");
    assert!(!gathered.has_errors(), "{:?}", gathered.diagnostics);
    let was: Vec<_> = reached(&writer, &all).await;
    let report =
        apply::apply(&gathered.plan, "nonce", &gathered.directory, &writer, || false, |_, _| {}).await;
    assert!(report.is_complete(), "{report:?}");
    let is: Vec<_> = reached(&writer, &all).await;
    let gained: BTreeSet<_> = is.iter().filter(|one| !was.contains(one)).cloned().collect();
    let lost: BTreeSet<_> = was.iter().filter(|one| !is.contains(one)).cloned().collect();
    let of = |grants: &[access::Grant]| -> BTreeSet<_> {
        grants.iter().map(|grant| (grant.role.clone(), grant.user.clone())).collect()
    };
    assert_eq!(of(&gathered.plan.delta.gained), gained);
    assert_eq!(of(&gathered.plan.delta.lost), lost);
    let again = gather(&writer, &[&wanted], true).await.expect("gathered");
    assert!(again.plan.is_empty(), "{:?}", again.plan);
}

/// Who reaches whom by the service's own answers.
async fn reached(writer: &Writer, directory: &Directory) -> Vec<(RoleName, UserId)> {
    let mut pairs = Vec::new();
    for role in writer.roles().await.expect("roles") {
        for user in directory.users().filter(|user| directory.is_enabled(&user.id)) {
            let name = EntityName::from_service(user.id.as_str());
            if writer.effect(&role.id, &name).await.expect("an effect").effect == Effect::Allow {
                pairs.push((role.name.clone(), user.id.clone()));
            }
        }
    }
    pairs
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn export_apply_and_reach_agree_with_the_service(
        before in roles(),
        after in roles(),
        gone in prop::collection::btree_set(1usize..=12, 0..3),
        disabled in prop::collection::btree_set(1usize..=12, 0..3),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(check(before, after, gone, disabled));
    }
}

proptest! {
    #[test]
    fn the_order_of_rules_never_changes_a_decision(rules in rules(), turn in 0usize..5, n in 1usize..=13) {
        let mut turned = rules.clone();
        turned.rotate_left(turn.min(rules.len()));
        turned.reverse();
        let user = user_id(n);
        prop_assert_eq!(access::decide(&rules, &user).effect, access::decide(&turned, &user).effect);
        prop_assert_eq!(access::is_open(&rules), access::is_open(&turned));
        // The definition, written out naively
        let matches = |rule: &&Rule| rule.targets.users().is_none_or(|t| t.contains(&user)) && !rule.targets.except().is_some_and(|t| t.contains(&user));
        let any = |effect| rules.iter().filter(matches).any(|rule| rule.effect == effect);
        prop_assert_eq!(access::allows(&rules, &user), any(Effect::Allow) && !any(Effect::Deny));
    }
}

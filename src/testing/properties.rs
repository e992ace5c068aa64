//! What must hold of any roles and any directory: a few times on the sandbox over real HTTP, and many times
//! without.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::fixture::{self as bench, Bench, document};
use super::model::Model;
use crate::access::{self, Delta, Extension};
use crate::apply;
use crate::definition::export::export;
use crate::definition::model::{DeclaredExpiry, Document, RuleDefinition, TargetsDefinition};
use crate::definition::span::Spanned;
use crate::directory::{Directory, EntityName};
use crate::expiry::Expires;
use crate::fetch::definitions::gather;
use crate::fetch::directory::read_everyone;
use crate::fetch::roles::canonical_roles;
use crate::fetch::roles::directory_for;
use crate::plan::Plan;
use crate::plan::compose::Options;
use crate::role::tests::targets;
use crate::role::{
    Description, Effect, LiveRole, Role, RoleId, RoleName, RoleType, Rule, RuleId, RuleName, Targets, UserId,
    UserSet,
};
use crate::sandbox::model as state;
use crate::workmail::{ErrorKind, Writer};

fn user_id(n: usize) -> UserId {
    UserId::from_service(format!("10000001-0000-4000-8000-{n:012}"))
}

fn user_set() -> impl Strategy<Value = UserSet> {
    prop::collection::btree_set(1usize..=12, 1..=10)
        .prop_map(|numbers| UserSet::new(numbers.into_iter().map(user_id)).expect("not empty"))
}

/// The days of 2027 at whose ends access ends, and a moment in them.
const DAYS: std::ops::Range<i8> = 1..29;

fn moment(day: i8, hour: i8) -> Timestamp {
    Date::constant(2027, 1, day).at(hour, 0, 0, 0).to_zoned(TimeZone::UTC).expect("a moment").timestamp()
}

/// A date, or a time, or none.
fn expires() -> impl Strategy<Value = Option<Expires>> {
    let end = (DAYS, any::<bool>()).prop_map(|(day, is_date)| {
        let text = match is_date {
            true => Date::constant(2027, 1, day).to_string(),
            false => moment(day, 12).to_string(),
        };
        Expires::parse(&text).expect("an expiry")
    });
    prop::option::weighted(0.4, end)
}

/// What people write, also where a line below it keeps an expiry.
fn description() -> impl Strategy<Value = Option<Description>> {
    const TEXTS: [&str; 5] =
        ["Reads mail", "Reads mail\n", "It expires: 2027-01-01", "Expires: 2027-01-01\nor so", " "];
    prop::option::weighted(0.3, prop::sample::select(&TEXTS[..]).prop_map(Description::from_service))
}

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let rule = (any::<bool>(), any::<bool>(), targets(user_set), description(), expires());
    prop::collection::vec(rule, 0..=5).prop_map(|rules| {
        let one = |(n, (named, allow, targets, description, expires))| Rule {
            id: RuleId::from_service(format!("rule-{n}")),
            name: if named { Some(RuleName::from_service(format!("Rule no. {n}: #{n}"))) } else { None },
            description,
            expires: if allow { expires } else { None },
            effect: if allow { Effect::Allow } else { Effect::Deny },
            targets,
        };
        rules.into_iter().enumerate().map(one).collect()
    })
}

fn roles() -> impl Strategy<Value = Vec<Role>> {
    prop::collection::vec((any::<bool>(), description(), expires(), rules()), 1..=4).prop_map(|roles| {
        let one = |(n, (full, description, expires, rules))| Role {
            name: RoleName::from_service(format!("role: {n}")),
            role_type: if full { RoleType::FullAccess } else { RoleType::ReadOnly },
            description,
            expires,
            rules,
        };
        roles.into_iter().enumerate().map(one).collect()
    })
}

/// A sandbox with these roles alone, in whose directory some users are gone and some have no mailbox.
async fn sandbox(
    file: &std::path::Path,
    roles: &[Role],
    gone: &BTreeSet<usize>,
    disabled: &BTreeSet<usize>,
) -> Bench {
    let bench = Bench::start(file).await;
    for (n, role) in roles.iter().enumerate() {
        bench.writer.create(role, &format!("token-{n}")).await.expect("created");
    }
    bench.change(|organization| lose_users(organization, gone, disabled));
    bench
}

fn lose_users(organization: &mut state::Organization, gone: &BTreeSet<usize>, disabled: &BTreeSet<usize>) {
    let users = &mut organization.users;
    let ids = |numbers: &BTreeSet<usize>| numbers.iter().map(|n| user_id(*n)).collect::<Vec<_>>();
    let (gone, disabled) = (ids(gone), ids(disabled));
    users.retain(|user| !gone.contains(&user.id));
    // Every other one keeps the state, and has no address: no mailbox either
    for (n, user) in users.iter_mut().filter(|user| disabled.contains(&user.id)).enumerate() {
        match n % 2 {
            0 => user.state = state::EntityState::Disabled,
            _ => user.email = None,
        }
    }
}

/// Users join groups, and those who are gone leave them.
fn change_members(organization: &mut state::Organization, joined: &[(usize, usize)], gone: &BTreeSet<usize>) {
    for (user, group) in joined {
        let id = user_id(*user);
        let group = organization.groups.iter_mut().find(|found| found.name == GROUPS[*group]);
        group.expect("a group").members.push(state::Member::User(id));
    }
    for group in &mut organization.groups {
        let there = |member: &state::Member| !gone.iter().any(|n| member.id() == user_id(*n).as_str());
        group.members.retain(there);
    }
}

/// A document of those roles whose users are all known, with rules about groups.
fn wanted(roles: Vec<Role>, groups: &[(bool, usize)], all: &Directory) -> Document {
    let known = |role: &LiveRole| role.role.mentioned_users().iter().all(|id| all.user(id).is_some());
    let wanted: Vec<LiveRole> = roles
        .into_iter()
        .zip(1..)
        .map(|(role, n)| LiveRole {
            id: RoleId::from_service(format!("{n}")),
            role,
            rules_unknown: false,
            created: None,
            modified: None,
        })
        .filter(known)
        .collect();
    let mut wanted = document(&export(None, &wanted, all).yaml);
    with_groups(&mut wanted, groups);
    wanted
}

async fn live(writer: &Writer) -> (Vec<LiveRole>, Directory) {
    let live = writer.live_roles(|_| true).await.expect("roles").1;
    let directory = directory_for(writer, &live.iter().collect::<Vec<_>>()).await.expect("a directory");
    (canonical_roles(live, &directory), directory)
}

/// A rule about a group, for each role.
fn group_rules() -> impl Strategy<Value = Vec<(bool, usize)>> {
    prop::collection::vec((any::<bool>(), 0usize..3), 0..4)
}

/// Live roles, wanted roles, users who are deleted and disabled, the groups of rules, and who joins them.
type Situation =
    (Vec<Role>, Vec<Role>, BTreeSet<usize>, BTreeSet<usize>, Vec<(bool, usize)>, Vec<(usize, usize)>);

fn situations() -> impl Strategy<Value = Situation> {
    let users = || prop::collection::btree_set(1usize..=12, 0..3);
    let joined = prop::collection::vec((1usize..=12, 0usize..3), 0..6);
    (roles(), roles(), users(), users(), group_rules(), joined)
}

const GROUPS: [&str; 3] = ["board", "oncall", "support"];

/// Lets the roles of a document name groups, each by a rule more.
fn with_groups(document: &mut Document, rules: &[(bool, usize)]) {
    for (role, (allow, group)) in document.roles.iter_mut().zip(rules) {
        let span = role.name.span.clone();
        let group = Spanned { value: EntityName::from_service(GROUPS[*group]), span: span.clone() };
        role.rules.push(RuleDefinition {
            span,
            id: RuleId::from_service("by-group"),
            name: None,
            description: None,
            expires: None,
            effect: if *allow { Effect::Allow } else { Effect::Deny },
            targets: TargetsDefinition::Listed {
                users: vec![],
                users_from: None,
                groups: vec![group],
                except_users: vec![],
                except_groups: vec![],
            },
        });
    }
}

async fn check(
    before: Vec<Role>,
    after: Vec<Role>,
    gone: BTreeSet<usize>,
    disabled: BTreeSet<usize>,
    groups: Vec<(bool, usize)>,
    joined: Vec<(usize, usize)>,
) {
    let home = tempfile::tempdir().expect("a directory");
    let bench = sandbox(&home.path().join("state.json"), &before, &gone, &disabled).await;
    let writer = &bench.writer;

    // Export, then diff: nothing
    let (roles, directory) = live(writer).await;
    assert_eq!(roles.len(), before.len());
    let exported = document(&export(None, &roles, &directory).yaml);
    let gathered =
        gather(writer, &[&exported], Options::default()).await.expect("gathered").expect("no errors");
    assert!(gathered.proposal.plan.is_empty(), "{:?}", gathered.proposal.plan);

    // Reach, computed here: what the service says of each user
    let mut all = Directory::default();
    read_everyone(writer, &mut all).await.expect("users");
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
    let wanted = wanted(after, &groups, &all);
    bench.change(|organization| change_members(organization, &joined, &gone));
    let gathered = gather(writer, &[&wanted], Options { prune: true, ..Options::default() })
        .await
        .expect("gathered")
        .expect("no errors");
    let was = bench.reached(&all).await;
    let report = apply::apply(&gathered.proposal.plan, &gathered.directory, writer, || false, |_| {}).await;
    assert!(report.is_complete(), "{report:?}");
    bench::assert_delta(&gathered.proposal.plan, &was, &bench.reached(&all).await);
    let again = gather(writer, &[&wanted], Options { prune: true, ..Options::default() })
        .await
        .expect("gathered")
        .expect("no errors");
    assert!(again.proposal.plan.is_empty(), "{:?}", again.proposal.plan);
}

/// Who is said to stay denied gains nothing, loses nothing, and is not reached.
fn assert_overruled(plan: &Plan, is: &bench::Reached) {
    for change in &plan.changes {
        let Delta { gained, lost, .. } = &change.delta;
        for user in change.overruled().iter().filter_map(|one| one.user) {
            assert!(!gained.iter().chain(lost).any(|grant| grant.user == *user), "{change:?}");
            let id = change.before().map(|live| &live.id);
            assert!(!is.iter().any(|(role, reached)| Some(role) == id && reached == user), "{change:?}");
        }
        assert!(change.overruled().iter().all(|one| !one.rules.is_empty()), "{change:?}");
    }
}

/// As [`check`], without HTTP.
fn check_on_model(
    before: &[Role],
    after: Vec<Role>,
    gone: &BTreeSet<usize>,
    disabled: &BTreeSet<usize>,
    groups: &[(bool, usize)],
    joined: &[(usize, usize)],
) {
    let mut model = Model::new();
    before.iter().for_each(|role| drop(model.create(role)));
    lose_users(&mut model.organization, gone, disabled);

    let (roles, directory) = model.live();
    assert_eq!(roles.len(), before.len());
    let exported = document(&export(None, &roles, &directory).yaml);
    for prune in [false, true] {
        let gathered = model.plan(&[&exported], prune).expect("no errors");
        assert!(gathered.proposal.plan.is_empty(), "{:?}", gathered.proposal.plan);
        assert!(gathered.proposal.plan.undeclared.is_empty(), "{:?}", gathered.proposal.plan);
    }

    let wanted = wanted(after, groups, &directory);
    change_members(&mut model.organization, joined, gone);
    let gathered = model.plan(&[&wanted], true).expect("no errors");
    let was = model.reached();
    model.apply(&gathered.proposal.plan);
    let is = model.reached();
    bench::assert_delta(&gathered.proposal.plan, &was, &is);
    assert_overruled(&gathered.proposal.plan, &is);
    let again = model.plan(&[&wanted], true).expect("no errors");
    assert!(again.proposal.plan.is_empty(), "{:?}", again.proposal.plan);
    assert_eq!(model.organization.roles.len(), wanted.roles.len());
}

/// Definitions that say of each role and ALLOW rule when it ends, or that it never does.
fn explicit(document: &mut Document) {
    for role in &mut document.roles {
        role.expires.get_or_insert(DeclaredExpiry::Never);
        for rule in role.rules.iter_mut().filter(|rule| rule.effect == Effect::Allow) {
            rule.expires.get_or_insert(DeclaredExpiry::Never);
        }
    }
}

/// Passing time never gives anybody access, and what `expire` leaves is what definitions mean.
fn check_passing_time(
    before: &[Role],
    after: Vec<Role>,
    groups: &[(bool, usize)],
    early: Timestamp,
    late: Timestamp,
) {
    let mut model = Model::new();
    before.iter().for_each(|role| drop(model.create(role)));
    let (live, directory) = model.live();
    let (exported, kept) =
        (document(&export(None, &live, &directory).yaml), wanted(after, groups, &directory));
    let mut declared = kept.clone();
    explicit(&mut declared);

    // A plan that is made later gives nothing that the earlier one did not
    let plan = |model: &mut Model, wanted: &Document, now| {
        model.now = now;
        model.plan(&[wanted], true).expect("no errors").proposal.plan
    };
    for wanted in [&kept, &declared, &exported] {
        let (first, later) = (plan(&mut model, wanted, early).delta, plan(&mut model, wanted, late).delta);
        assert!(later.gained.iter().all(|one| first.gained.contains(one)), "{first:?} {later:?}");
        assert!(later.escalated.iter().all(|one| first.escalated.contains(one)), "{first:?} {later:?}");
        assert!(later.opened.iter().all(|one| first.opened.contains(one)), "{first:?} {later:?}");
        let longer = |one: &Extension| first.extended.iter().any(|other| other.role == one.role);
        assert!(later.extended.iter().all(longer), "{first:?} {later:?}");
    }

    // An export is what is live, but for access that has passed and is still open
    let changes = plan(&mut model, &exported, late).changes;
    let open = live.iter().filter(|live| live.role.expired_rules(late).next().is_some());
    assert_eq!(changes.len(), open.clone().count(), "{changes:?}");
    for live in open {
        let change = changes.iter().find(|change| change.before().is_some_and(|one| one.id == live.id));
        let closed = change.and_then(|change| change.after()).expect("an update");
        assert!(closed.same_as(&live.role.at(late)), "{closed:?}");
        assert!(change.is_some_and(|change| !change.widens()), "{change:?}");
    }

    // `expire`, then `diff`: nothing; and the other way round
    let now_live = plan(&mut model, &declared, early);
    model.apply(&now_live);
    model.now = late;
    model.expire();
    let again = plan(&mut model, &declared, late);
    assert!(again.is_empty(), "{again:?}");
    let was = model.reached();
    model.expire();
    assert_eq!(model.reached(), was);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn passing_time_never_gives_access(
        (before, after, groups) in (roles(), roles(), group_rules()),
        (early, late) in ((DAYS, 0i8..24), (DAYS, 0i8..24)),
    ) {
        let mut times = [moment(early.0, early.1), moment(late.0, late.1)];
        times.sort();
        let [early, late] = times;
        for role in before.iter().chain(&after) {
            let (first, later) = (role.at(early), role.at(late));
            for user in (1..=13).map(user_id) {
                prop_assert!(access::allows(&first.rules, &user) || !access::allows(&later.rules, &user));
            }
            prop_assert!(access::is_open(&first.rules) || !access::is_open(&later.rules));
            prop_assert!(!access::widens(Some(role), Some(&later)));
        }
        check_passing_time(&before, after, &groups, early, late);
    }

    #[test]
    fn export_apply_and_reach_agree_without_http(
        (before, after, gone, disabled, groups, joined) in situations(),
    ) {
        check_on_model(&before, after, &gone, &disabled, &groups, &joined);
    }

    #[test]
    fn renames_come_true_without_http(
        names in prop::sample::subsequence((0usize..7).collect::<Vec<_>>(), 2..=5).prop_shuffle(),
        by_id in prop::collection::vec(any::<bool>(), 5),
    ) {
        let mut model = Model::new();
        let ids: Vec<_> = (0..names.len()).map(|n| model.create(&numbered(n))).collect();
        let yaml = renames(&names, &by_id, &ids);
        let wanted = document(&yaml);
        let gathered = model.plan(&[&wanted], false).expect(&yaml);
        model.apply(&gathered.proposal.plan);
        for (id, new) in ids.iter().zip(&names) {
            let live = model.organization.role(id.as_str()).expect("the same role");
            prop_assert_eq!(&live.name, &name(*new), "{}", yaml);
        }
        prop_assert!(model.plan(&[&wanted], false).expect(&yaml).proposal.plan.is_empty(), "{}", yaml);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn export_apply_and_reach_agree_with_the_service(
        (before, after, gone, disabled, groups, joined) in situations(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(check(before, after, gone, disabled, groups, joined));
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

fn name(n: usize) -> RoleName {
    RoleName::from_service(format!("name {n}"))
}

/// The `n`th of the roles that are renamed.
fn numbered(n: usize) -> Role {
    let rules = vec![Rule {
        id: RuleId::from_service("r"),
        name: None,
        description: None,
        expires: None,
        effect: Effect::Allow,
        targets: Targets::Users(UserSet::new([user_id(n + 1)]).expect("not empty")),
    }];
    Role { name: name(n), role_type: RoleType::ReadOnly, description: None, expires: None, rules }
}

/// Definitions that give each role its new name and a new user.
fn renames(names: &[usize], by_id: &[bool], ids: &[RoleId]) -> String {
    let mut yaml = "version: 1\nroles:\n".to_owned();
    for (n, new) in names.iter().enumerate() {
        // A former name says who is meant when the new one is not live, or is that of a role that is declared
        // by its id to leave it
        let leaves = names.get(*new).is_none_or(|to| by_id[*new] && to != new);
        let who = match (by_id[n] || !leaves, *new == n) {
            (_, true) => String::new(),
            (true, false) => format!("id: {}, ", ids[n]),
            (false, false) => format!("previously: [name {n}], "),
        };
        yaml += &format!(
            "  - {{name: name {new}, {who}type: READ_ONLY, rules: [{{id: r, effect: ALLOW, users: [{}]}}]}}\n",
            user_id(n + 2)
        );
    }
    yaml
}

/// Roles of these names get new ones, some declared by their ids and some by their former names, and one
/// update is denied on the way.
async fn renamed(names: Vec<usize>, by_id: Vec<bool>, denied: usize) {
    let home = tempfile::tempdir().expect("a directory");
    let bench = Bench::start(&home.path().join("state.json")).await;
    let writer = &bench.writer;
    let mut ids = Vec::new();
    for n in 0..names.len() {
        ids.push(writer.create(&numbered(n), &format!("token-{n}")).await.expect("created"));
    }
    let yaml = renames(&names, &by_id, &ids);
    let wanted = document(&yaml);
    bench.deny_update(denied);
    for last in [false, true] {
        let gathered = gather(writer, &[&wanted], Options::default()).await.expect("gathered").expect(&yaml);
        let report =
            apply::apply(&gathered.proposal.plan, &gathered.directory, writer, || false, |_| {}).await;
        let live: BTreeSet<_> =
            writer.roles().await.expect("roles").into_iter().map(|role| role.name).collect();
        assert_eq!(live.len(), names.len(), "{yaml}{live:?} {report:?}");
        assert!(report.is_complete() || !last, "{yaml}{report:?}");
        bench.no_faults();
    }
    for (id, new) in ids.iter().zip(&names) {
        let live = writer.role(id).await.expect("a role").expect("the same one");
        assert_eq!(live.role.name, name(*new), "{yaml}");
    }
    assert!(
        gather(writer, &[&wanted], Options::default())
            .await
            .expect("gathered")
            .expect("no errors")
            .proposal
            .plan
            .is_empty(),
        "{yaml}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn renames_converge_whatever_is_denied(
        names in prop::sample::subsequence((0usize..7).collect::<Vec<_>>(), 2..=5).prop_shuffle(),
        by_id in prop::collection::vec(any::<bool>(), 5),
        denied in 0usize..8,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(renamed(names, by_id, denied));
    }
}

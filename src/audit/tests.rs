mod leaving;
mod unused;

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::finding::Step;
use super::inventory::{Declared, with_resources};
use super::transitive::described;
use super::*;
use crate::access;
use crate::directory::access_control::{self, AccessControlRule};
use crate::directory::doors::Doors;
use crate::directory::permissions::{MailboxPermission, Permissions, Resource};
use crate::directory::{Directory, Group, GroupId, Member, State, UserId};
use crate::finding_code::Level;
use crate::id::OrganizationId;
use crate::role::tests::{role, rule, uid, users};
use crate::role::{Effect, LiveRole, Role, RoleId, RoleName, RoleType, Rule, Targets, UserSet};
use crate::usage::Usage;

/// An organization as it is read.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    pub(crate) directory: Directory,
    pub(crate) resources: BTreeSet<UserId>,
    pub(crate) roles: Vec<LiveRole>,
    pub(crate) permissions: Permissions,
    pub(crate) access_rules: Vec<AccessControlRule>,
    pub(crate) protected: BTreeSet<UserId>,
    pub(crate) doors: Option<Doors>,
    pub(crate) usage: Option<Result<Usage, String>>,
}

pub(crate) fn gid(id: &str) -> GroupId {
    GroupId::from_service(id)
}

pub(crate) fn live(id: &str, role_type: RoleType, rules: Vec<Rule>) -> LiveRole {
    LiveRole {
        id: RoleId::from_service(id),
        role: Role { name: RoleName::from_service(format!("Role {id}")), role_type, ..role(rules) },
        rules_unknown: false,
        created: None,
        modified: None,
    }
}

fn allow(ids: &[&str]) -> Rule {
    rule("allow", Effect::Allow, Targets::Users(users(ids)))
}

impl World {
    /// Users with a mailbox.
    pub(crate) fn of(ids: &[&str]) -> Self {
        let directory = Directory::complete(ids.iter().map(|id| crate::directory::tests::mailbox(id)));
        Self { directory, ..Self::default() }
    }

    pub(crate) fn group(mut self, id: &str, members: &[Member]) -> Self {
        let group = Group {
            id: gid(id),
            email: None,
            name: Some(id.into()),
            state: State::Enabled,
            members: members.to_vec(),
        };
        self.directory.add_group(group);
        self
    }

    pub(crate) fn grant(mut self, mailbox: &str, grantee: Member, full_access: bool) -> Self {
        let one = MailboxPermission { grantee, full_access, send_as: true, send_on_behalf: true };
        self.permissions.granted.entry(uid(mailbox)).or_default().push(one);
        self
    }

    pub(crate) fn role(mut self, live: LiveRole) -> Self {
        self.roles.push(live);
        self
    }

    pub(crate) fn inventory<'a>(&'a self, organization: &'a OrganizationId) -> Inventory<'a> {
        Inventory {
            organization,
            now: "2026-11-24T12:00:00Z".parse().expect("a time"),
            roles: &self.roles,
            directory: &self.directory,
            resources: &self.resources,
            access_rules: Some(&self.access_rules),
            permissions: &self.permissions,
            doors: self.doors.as_ref(),
            usage: self.usage.as_ref(),
            unread: &[],
            declared: Declared { protected: self.protected.clone(), ..Declared::default() },
        }
    }

    pub(crate) fn audit(&self) -> Audit {
        audit(&self.inventory(&OrganizationId::from_service("m-1")))
    }

    /// The findings of a code, by role and mailbox.
    fn found(&self, code: FindingCode) -> Vec<(String, String)> {
        let found = self.audit().findings.into_iter().filter(|finding| finding.code == code);
        found
            .map(|finding| {
                let role = finding.role.map(|role| role.id.to_string()).unwrap_or_default();
                (role, finding.mailbox.map(|id| id.to_string()).unwrap_or_default())
            })
            .collect()
    }
}

fn user(id: &str) -> Member {
    Member::User(uid(id))
}

fn group(id: &str) -> Member {
    Member::Group(gid(id))
}

fn limiting() -> AccessControlRule {
    AccessControlRule {
        not_ip_ranges: vec!["203.0.113.0/24".into()],
        ..access_control::tests::rule("office", Effect::Deny)
    }
}

#[test]
fn an_organization_without_anything_and_one_as_it_should_be_are_clean() {
    assert_eq!(World::default().audit().findings, []);
    let world = World {
        access_rules: vec![limiting()],
        protected: [uid("ceo")].into(),
        ..World::of(&["alice", "bob", "ceo"])
            .group("staff", &[user("alice"), group("staff")])
            .grant("bob", group("staff"), true)
            .grant("ceo", user("alice"), false)
            .role(live("1", RoleType::FullAccess, vec![allow(&["alice", "bob"])]))
    };
    let Audit { findings, not_checked } = world.audit();
    assert_eq!((findings, not_checked), (vec![], vec![]));
}

#[test]
fn dates_are_found_when_they_have_passed_or_are_near_and_where_there_is_none() {
    let until = |rule: Rule, text: &str| Rule { expires: crate::expiry::Expires::parse(text).ok(), ..rule };
    let described = |rule: Rule, text: &str| Rule {
        description: Some(crate::role::Description::from_service(text)),
        ..rule
    };
    let everyone = || rule("all", Effect::Allow, Targets::Everyone);
    let codes = |role_type, rules: Vec<Rule>| {
        let audit = World::of(&["alice", "bob", "carol"]).role(live("1", role_type, rules)).audit();
        let dated = [FindingCode::ExpiredAccess, FindingCode::ExpiresSoon, FindingCode::NoExpiry];
        let found = audit.findings.into_iter().filter(|finding| dated.contains(&finding.code));
        found.map(|one| (one.code.as_str(), one.evidence, one.remedy[0].clone())).collect::<Vec<_>>()
    };
    use RoleType::{FullAccess, ReadOnly};
    let one = |code, evidence: &str, remedy: &str| vec![(code, vec![evidence.to_owned()], remedy.to_owned())];
    let past = one("expired-access", "rule allow expired on 2026-11-23", "`wmrole expire 'Role 1'`");
    assert_eq!(codes(ReadOnly, vec![until(allow(&["alice"]), "2026-11-23")]), past);
    let near = codes(ReadOnly, vec![until(allow(&["alice"]), "2026-12-07")]);
    assert_eq!(
        (near[0].0, &near[0].1[..]),
        ("expires-soon", &["rule allow expires on 2026-12-07".to_owned()][..])
    );
    assert_eq!(codes(ReadOnly, vec![until(allow(&["alice"]), "2026-12-08")]), []);
    assert_eq!(codes(ReadOnly, vec![everyone()]), []);
    assert_eq!(codes(FullAccess, vec![until(everyone(), "2027-01-31")]), []);
    let never = one(
        "no-expiry",
        "rule all allows everyone who is not excepted, for ever",
        "`wmrole edit 'Role 1' --expires 2w`, or the date by which it is done",
    );
    assert_eq!(codes(FullAccess, vec![until(allow(&["alice"]), "2027-01-31"), everyone()]), never);
    assert_eq!(codes(FullAccess, vec![allow(&["alice"])]), []);
    let unreadable = codes(ReadOnly, vec![described(allow(&["alice"]), "why\nExpires: soon")]);
    assert_eq!(unreadable[0].0, "expired-access");
    assert!(
        unreadable[0].2.starts_with("`wmrole edit 'Role 1' --rule allow --expires 1h`"),
        "{unreadable:?}"
    );
    assert_eq!(
        codes(ReadOnly, vec![described(rule("d", Effect::Deny, Targets::Everyone), "Expires: soon")]),
        []
    );
}

#[test]
fn a_chain_goes_through_nested_groups_to_the_end_and_is_the_shortest() {
    let world = World::of(&["alice", "bob", "carol", "ceo", "dave"])
        .group("inner", &[user("carol")])
        .group("assistants", &[group("inner"), group("outer")])
        .group("outer", &[group("assistants")])
        .grant("carol", user("alice"), true)
        .grant("ceo", group("assistants"), true)
        .grant("alice", user("ceo"), true)
        .grant("dave", user("ceo"), false)
        .role(live("1", RoleType::ReadOnly, vec![allow(&["alice", "bob"])]));
    assert_eq!(
        world.found(FindingCode::TransitiveAccess),
        [("1".into(), "carol".into()), ("1".into(), "ceo".into())]
    );
    let audit = world.audit();
    let finding = audit.findings.iter().find(|one| one.mailbox == Some(uid("ceo"))).expect("a finding");
    assert_eq!(
        finding.evidence[0],
        "Role 1 → alice@x → FULL_ACCESS on carol@x → FULL_ACCESS on ceo@x, through group inner, in assistants"
    );
    assert_eq!(
        finding.remedy,
        [
            "`wmrole edit 'Role 1' --deny alice@x`",
            "`aws workmail delete-mailbox-permissions --organization-id m-1 --entity-id ceo --grantee-id assistants`"
        ]
    );
}

#[test]
fn nobody_gets_on_through_somebody_without_a_mailbox() {
    let mut world = World::of(&["alice", "carol", "ceo"])
        .grant("carol", user("alice"), true)
        .grant("ceo", user("carol"), true)
        .role(live("1", RoleType::ReadOnly, vec![allow(&["alice"])]));
    assert_eq!(world.found(FindingCode::TransitiveAccess).len(), 2);
    let mut carol = world.directory.user(&uid("carol")).expect("carol").clone();
    carol.state = State::Disabled;
    world.directory.add_user(carol);
    assert_eq!(world.found(FindingCode::TransitiveAccess), []);
}

#[test]
fn a_list_or_a_group_that_is_not_there_is_not_checked() {
    let mut world = World::of(&["alice"])
        .group("staff", &[group("gone")])
        .grant("alice", group("staff"), true)
        .role(live("1", RoleType::ReadOnly, vec![allow(&["alice"])]));
    world.permissions.not_checked.insert(uid("alice"), "AccessDenied".into());
    let mut unknown = live("2", RoleType::FullAccess, vec![]);
    unknown.rules_unknown = true;
    let audit = world.role(unknown).audit();
    let reasons: Vec<_> = audit.not_checked.iter().map(|one| (one.code, one.reason.as_str())).collect();
    assert!(reasons.contains(&(FindingCode::TransitiveAccess, "AccessDenied")), "{reasons:?}");
    let group = "group gone may open mailboxes, and the directory does not have it";
    assert!(reasons.contains(&(FindingCode::TransitiveAccess, group)), "{reasons:?}");
    let rules = "the service gave no list of the rules of role Role 2";
    assert!(reasons.contains(&(FindingCode::ReachesNobody, rules)), "{reasons:?}");
    assert!(audit.findings.iter().all(|one| one.code == FindingCode::NoAccessRule), "{:?}", audit.findings);
    let world = World::default();
    let organization = OrganizationId::from_service("m-1");
    let audit = super::audit(&Inventory { access_rules: None, ..world.inventory(&organization) });
    let codes: Vec<_> = audit.not_checked.iter().map(|one| one.code).collect();
    assert_eq!(codes, [FindingCode::DanglingAccessRule, FindingCode::NoAccessRule]);
}

#[test]
fn everyone_is_who_is_not_named_and_also_every_mailbox_by_name() {
    let full = |rules| World::of(&["a", "b"]).role(live("1", RoleType::FullAccess, rules));
    let found = |world: World| world.found(FindingCode::EveryoneFullAccess).len();
    let everyone = || rule("all", Effect::Allow, Targets::Everyone);
    let deny = |targets| rule("deny", Effect::Deny, targets);
    assert_eq!(found(full(vec![everyone()])), 1);
    assert_eq!(found(full(vec![everyone(), deny(Targets::Users(users(&["a"])))])), 1);
    assert_eq!(found(full(vec![everyone(), deny(Targets::Except(users(&["a"])))])), 0);
    assert_eq!(found(full(vec![allow(&["a", "b"])])), 1);
    assert_eq!(found(full(vec![allow(&["a"])])), 0);
    assert_eq!(found(World::of(&["a"]).role(live("1", RoleType::FullAccess, vec![allow(&["a"])]))), 0);
    assert_eq!(found(World::of(&["a"]).role(live("1", RoleType::ReadOnly, vec![everyone()]))), 0);
}

#[test]
fn targets_that_are_gone_or_disabled_are_named_where_they_are_let_in() {
    let mut world = World::of(&["a", "off", "deleted"]);
    for (id, state) in [("off", State::Disabled), ("deleted", State::Deleted)] {
        let mut user = world.directory.user(&uid(id)).expect("a user").clone();
        user.state = state;
        world.directory.add_user(user);
    }
    let deny = rule("deny", Effect::Deny, Targets::Users(users(&["gone"])));
    let world = world
        .role(live("1", RoleType::ReadOnly, vec![allow(&["a", "off", "deleted"]), deny]))
        .role(live(
            "2",
            RoleType::ReadOnly,
            vec![allow(&["a"]), rule("deny", Effect::Deny, Targets::Users(users(&["off"])))],
        ))
        .role(live(
            "3",
            RoleType::ReadOnly,
            vec![rule("all", Effect::Allow, Targets::Except(users(&["off"])))],
        ));
    assert_eq!(
        world.found(FindingCode::UnknownTarget),
        [("1".into(), "deleted".into()), ("1".into(), "gone".into())]
    );
    assert_eq!(world.found(FindingCode::DisabledTarget), [("1".into(), "off".into())]);
    let remedies: Vec<_> = world.audit().findings.into_iter().flat_map(|one| one.remedy).collect();
    assert!(remedies.contains(&"`wmrole edit 'Role 1' --remove-user off@x`".into()), "{remedies:?}");
    assert!(remedies.contains(&"take gone out of the rules in the definition".into()), "{remedies:?}");
}

#[test]
fn a_rule_is_dead_when_others_deny_all_of_it_or_its_exceptions_are_all() {
    let dead = |rules: Vec<Rule>| {
        let world = World::of(&["a", "b"]).role(live("1", RoleType::ReadOnly, rules));
        world.found(FindingCode::DeadRule).len()
    };
    let deny = |targets| rule("deny", Effect::Deny, targets);
    let all = || rule("all", Effect::Allow, Targets::Everyone);
    assert_eq!(dead(vec![allow(&["a", "b"]), deny(Targets::Users(users(&["a"])))]), 0);
    assert_eq!(dead(vec![allow(&["a"]), deny(Targets::Users(users(&["a", "b"])))]), 1);
    assert_eq!(dead(vec![allow(&["a"]), deny(Targets::Everyone)]), 1);
    assert_eq!(dead(vec![all(), deny(Targets::Except(users(&["a"])))]), 0);
    assert_eq!(dead(vec![all(), deny(Targets::Everyone)]), 1);
    assert_eq!(dead(vec![deny(Targets::Everyone)]), 0);
    let none = Targets::UsersExcept { users: users(&["a"]), except: users(&["a"]) };
    assert_eq!(dead(vec![rule("none", Effect::Allow, none)]), 1);
}

#[test]
fn a_role_reaches_nobody_unless_it_is_open() {
    let found = |rules| {
        let world = World::of(&[]).role(live("1", RoleType::ReadOnly, rules));
        world.found(FindingCode::ReachesNobody).len()
    };
    assert_eq!(found(vec![]), 1);
    assert_eq!(found(vec![allow(&["gone"])]), 1);
    assert_eq!(found(vec![rule("all", Effect::Allow, Targets::Everyone)]), 0);
}

#[test]
fn protected_users_count_by_rules_and_are_named_on_chains() {
    let world = World {
        protected: [uid("ceo"), uid("off")].into(),
        ..World::of(&["alice", "ceo", "off"]).grant("ceo", user("alice"), true).role(live(
            "1",
            RoleType::ReadOnly,
            vec![allow(&["alice", "off"])],
        ))
    };
    assert_eq!(world.found(FindingCode::ProtectedUser), [("1".into(), "off".into())]);
    let audit = world.audit();
    let chain = audit.findings.iter().find(|one| one.code == FindingCode::TransitiveAccess).expect("a chain");
    assert!(chain.evidence.contains(&"ceo@x is in protected_users".to_owned()), "{:?}", chain.evidence);
}

#[test]
fn an_access_rule_that_names_a_gone_role_is_found_once_for_each() {
    let id = |text: &str| RoleId::from_service(text);
    let world = |roles: &[&str], not_roles: &[&str]| World {
        access_rules: vec![AccessControlRule {
            roles: roles.iter().map(|role| id(role)).collect(),
            not_roles: not_roles.iter().map(|role| id(role)).collect(),
            ..limiting()
        }],
        ..World::of(&["a"]).role(live("1", RoleType::ReadOnly, vec![allow(&["a"])]))
    };
    let remedies = |world: World| {
        let found = world.audit().findings.into_iter();
        let found = found.filter(|one| one.code == FindingCode::DanglingAccessRule);
        found.map(|one| one.remedy.concat()).collect::<Vec<_>>()
    };
    assert_eq!(remedies(world(&["1"], &[])), [""; 0]);
    let delete = "`aws workmail delete-access-control-rule --organization-id m-1 --name office`";
    assert_eq!(remedies(world(&["2", "3"], &[])), [delete, delete]);
    // To delete these would take a limit away from others
    for (roles, not_roles) in [(&["1", "2"][..], &[][..]), (&[], &["2"])] {
        let found = remedies(world(roles, not_roles));
        assert!(found.len() == 1 && found[0].starts_with("put the rule again"), "{found:?}");
    }
}

#[test]
fn findings_stand_by_level_and_a_word_is_one_of_a_shell() {
    let mut world = World::of(&["a", "b"]);
    world.roles = vec![
        live("2", RoleType::FullAccess, vec![rule("all", Effect::Allow, Targets::Everyone)]),
        live("1", RoleType::ReadOnly, vec![]),
        live("3", RoleType::ReadOnly, vec![]),
    ];
    world.roles[1].role.name = RoleName::from_service("--yes; $(id)");
    world.roles[2].role.name = RoleName::from_service("it's $(id)");
    let audit = world.audit();
    assert!(audit.findings.is_sorted_by_key(|one| one.level));
    assert_eq!(audit.findings[0].level, Level::High);
    let remedies: Vec<_> = audit.findings.iter().flat_map(|one| &one.remedy).collect();
    assert!(remedies.iter().any(|one| *one == "`wmrole delete 1`"), "{remedies:?}");
    assert!(remedies.iter().any(|one| *one == r"`wmrole delete 'it'\''s $(id)'`"), "{remedies:?}");
}

const USERS: usize = 8;
const RESOURCES: usize = 3;
const GROUPS: usize = 5;

/// Users, then resources; some have no mailbox.
fn account(n: usize) -> String {
    if n < USERS { format!("u{n}") } else { format!("r{}", n - USERS) }
}

fn member() -> impl Strategy<Value = Member> {
    prop_oneof![
        (0..USERS + RESOURCES).prop_map(|n| user(&account(n))),
        (0..GROUPS).prop_map(|n| group(&format!("g{n}"))),
    ]
}

fn user_set() -> impl Strategy<Value = UserSet> {
    prop::collection::btree_set(0..USERS + RESOURCES, 1..=3)
        .prop_map(|all| UserSet::new(all.into_iter().map(|n| uid(&account(n)))).expect("not empty"))
}

fn world() -> impl Strategy<Value = World> {
    let members = prop::collection::vec(prop::collection::vec(member(), 0..4), GROUPS);
    let grants = prop::collection::vec((0..USERS + RESOURCES, member(), prop::bool::weighted(0.8)), 0..12);
    let mailboxes = prop::collection::vec(prop::bool::weighted(0.85), USERS + RESOURCES);
    let rules = prop::collection::vec((any::<bool>(), crate::role::tests::targets(user_set)), 0..3);
    (members, grants, mailboxes, prop::collection::vec(rules, 1..3)).prop_map(
        |(members, grants, mailboxes, roles)| {
            let mut world = World::of(
                &(0..USERS).map(account).collect::<Vec<_>>().iter().map(String::as_str).collect::<Vec<_>>(),
            );
            let resources = (USERS..USERS + RESOURCES).map(|n| Resource {
                id: uid(&account(n)),
                email: Some(format!("{}@x", account(n))),
                name: None,
                state: State::Enabled,
            });
            (world.directory, world.resources) = with_resources(world.directory, resources.collect());
            for (n, _) in mailboxes.iter().enumerate().filter(|(_, has)| !**has) {
                let mut user = world.directory.user(&uid(&account(n))).expect("a user").clone();
                user.state = State::Disabled;
                world.directory.add_user(user);
            }
            for (n, members) in members.into_iter().enumerate() {
                world = world.group(&format!("g{n}"), &members);
            }
            for (mailbox, grantee, full) in grants {
                world = world.grant(&account(mailbox), grantee, full);
            }
            for (n, rules) in roles.into_iter().enumerate() {
                let rules = rules.into_iter().enumerate().map(|(m, (allow, targets))| {
                    rule(&format!("rule-{m}"), if allow { Effect::Allow } else { Effect::Deny }, targets)
                });
                world = world.role(live(&n.to_string(), RoleType::ReadOnly, rules.collect()));
            }
            world
        },
    )
}

/// The same by brute force: matrices of who is in which group and who opens which mailbox, multiplied until nothing
/// changes. Gives in how many steps each account comes to each mailbox.
fn distances(world: &World) -> Vec<Vec<Option<usize>>> {
    let all = USERS + RESOURCES;
    let has_mailbox = |n: usize| world.directory.has_mailbox(&uid(&account(n)));
    // Is account or group `n` in group `g`? Groups stand behind the accounts
    let mut inside = vec![vec![false; GROUPS]; all + GROUPS];
    let number = |member: &Member| match member {
        Member::User(id) => (0..all).find(|n| account(*n) == id.as_str()).expect("an account"),
        Member::Group(id) => all + id.as_str()[1..].parse::<usize>().expect("a number"),
    };
    for group in world.directory.groups() {
        let g = number(&Member::Group(group.id.clone())) - all;
        group.members.iter().for_each(|member| inside[number(member)][g] = true);
    }
    for _ in 0..GROUPS {
        for n in 0..all + GROUPS {
            for through in 0..GROUPS {
                for g in 0..GROUPS {
                    inside[n][g] |= inside[n][through] && inside[all + through][g];
                }
            }
        }
    }
    let mut steps = vec![vec![None; all]; all];
    for n in 0..all {
        for m in (0..all).filter(|m| has_mailbox(*m) && *m != n) {
            let granted = world.permissions.granted.get(&uid(&account(m))).map_or(&[][..], Vec::as_slice);
            let opens = granted.iter().filter(|one| one.full_access).any(|one| {
                let by = number(&one.grantee);
                by == n || (by >= all && inside[n][by - all])
            });
            steps[n][m] = opens.then_some(1);
        }
    }
    for _ in 0..all {
        for n in 0..all {
            for through in (0..all).filter(|through| has_mailbox(*through)) {
                for m in (0..all).filter(|m| *m != n) {
                    if let (Some(one), Some(two)) = (steps[n][through], steps[through][m])
                        && steps[n][m].is_none_or(|known| one + two < known)
                    {
                        steps[n][m] = Some(one + two);
                    }
                }
            }
        }
    }
    steps
}

/// Is each step one that a permission gives, and do they follow each other to the mailbox?
fn assert_chain(world: &World, chain: &[Step], mailbox: &UserId) {
    assert_eq!(chain.last().map(|step| &step.mailbox), Some(mailbox));
    for pair in chain.windows(2) {
        assert_eq!(pair[0].mailbox, pair[1].by);
    }
    for Step { by, groups, mailbox } in chain {
        let mut holder = Member::User(by.clone());
        for id in groups {
            assert!(world.directory.group(id).expect("a group").members.contains(&holder));
            holder = Member::Group(id.clone());
        }
        let granted = &world.permissions.granted[mailbox];
        assert!(granted.iter().any(|one| one.full_access && one.grantee == holder));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_brute_force_search_finds_the_same_transitive_access(world in world()) {
        let steps = distances(&world);
        let all = USERS + RESOURCES;
        let audit = world.audit();
        let mut wanted = BTreeSet::new();
        for live in &world.roles {
            let reached = |n: &usize| {
                let id = uid(&account(*n));
                world.directory.has_mailbox(&id) && access::allows(&live.role.rules, &id)
            };
            for m in (0..all).filter(|m| !reached(m)) {
                let nearest = (0..all).filter(reached).filter_map(|n| steps[n][m]).min();
                wanted.extend(nearest.map(|steps| (live.id.to_string(), account(m), steps)));
            }
        }
        let found = audit.findings.iter().filter(|one| one.code == FindingCode::TransitiveAccess);
        let mut all_found = BTreeSet::new();
        for finding in found {
            let mailbox = finding.mailbox.as_ref().expect("a mailbox");
            assert_chain(&world, &finding.chain, mailbox);
            let live = world.roles.iter().find(|live| finding.role.as_ref().is_some_and(|role| role.id == live.id));
            let live = live.expect("a role");
            prop_assert!(access::allows(&live.role.rules, &finding.chain[0].by));
            prop_assert!(finding.evidence[0].ends_with(&described(&finding.chain, &world.directory)));
            let one = (live.id.to_string(), mailbox.to_string(), finding.chain.len());
            prop_assert!(all_found.insert(one), "twice");
        }
        prop_assert_eq!(all_found, wanted);
    }

    #[test]
    fn who_can_open_a_mailbox_is_the_same_question(world in world(), target in 0..USERS + RESOURCES) {
        let steps = distances(&world);
        let mailbox = uid(&account(target));
        let organization = OrganizationId::from_service("m-1");
        let inventory = world.inventory(&organization);
        let who = who::who(&inventory, &mailbox);
        let accounts: BTreeSet<_> =
            who.accounts.iter().map(|way| (way.account.to_string(), way.chain.len())).collect();
        let wanted = (0..USERS + RESOURCES).filter_map(|n| Some((account(n), steps[n][target]?)));
        prop_assert_eq!(accounts, wanted.collect::<BTreeSet<_>>());
        for way in &who.accounts {
            assert_chain(&world, &way.chain, &mailbox);
        }
        let direct = |live: &LiveRole| world.directory.has_mailbox(&mailbox) && access::allows(&live.role.rules, &mailbox);
        let around: BTreeSet<_> = world.audit().findings.iter()
            .filter(|one| one.code == FindingCode::TransitiveAccess && one.mailbox.as_ref() == Some(&mailbox))
            .filter_map(|one| Some((one.role.as_ref()?.id.clone(), one.chain.len())))
            .chain(world.roles.iter().filter(|live| direct(live)).map(|live| (live.id.clone(), 0)))
            .collect();
        let roles: BTreeSet<_> = who.roles.iter().map(|way| (way.live.id.clone(), way.chain.len())).collect();
        prop_assert_eq!(roles, around);
    }
}

//! What `--leaving` looks for besides.

use super::super::accepted;
use super::super::finding::{Finding, Place};
use super::*;
use crate::definition::model::Document;
use crate::definition::parse::parse;
use crate::directory::doors::{ExportJob, ExportState, PersonalAccessToken};

fn leaving(world: World) -> World {
    World { doors: Some(world.doors.clone().unwrap_or_default()), ..world }
}

fn codes(world: &World) -> Vec<&'static str> {
    world.audit().findings.iter().map(|one| one.code.as_str()).collect()
}

fn token(id: &str, owner: &str) -> PersonalAccessToken {
    PersonalAccessToken {
        id: id.into(),
        user: uid(owner),
        name: Some("Phone".into()),
        created: None,
        last_used: None,
        expires: None,
        scopes: vec![],
    }
}

fn job(state: ExportState) -> ExportJob {
    ExportJob {
        id: "job".into(),
        mailbox: uid("a"),
        description: None,
        target: Some("s3://bucket/a.zip".into()),
        state,
        started: None,
        ended: None,
    }
}

#[test]
fn nothing_is_found_where_nothing_is_left_and_nothing_without_the_flag() {
    assert_eq!(codes(&leaving(World::of(&["a", "b"]))), [""; 0]);
    let world = World::of(&["a", "b", "c", "d"]).grant("a", user("b"), true);
    assert_eq!(codes(&world), [""; 0]);
    assert_eq!(codes(&leaving(world)), ["full-access-grantee"]);
}

#[test]
fn what_opens_every_mailbox_is_closed_first_and_access_rules_last() {
    let everyone = rule("all", Effect::Allow, Targets::Everyone);
    let mut world = World::of(&["a", "b"]).grant("a", user("b"), true);
    world = world.role(live("1", RoleType::FullAccess, vec![everyone]));
    world.access_rules = vec![access_control::tests::rule("Default", Effect::Allow)];
    world.doors = Some(Doors {
        migration_admin: Some(uid("a")),
        tokens: vec![token("t", "a")],
        tokens_are_on: Some(true),
        export_jobs: vec![job(ExportState::Running)],
    });
    assert_eq!(
        codes(&world),
        [
            "migration-admin",
            "role-left",
            "everyone-full-access",
            "no-expiry",
            "full-access-grantee",
            "personal-access-token",
            "export-job",
            "no-access-rule"
        ]
    );
}

#[test]
fn an_account_is_high_from_three_mailboxes_and_closed_by_one_command() {
    let world =
        World::of(&["a", "b", "c", "tool"]).grant("a", user("tool"), true).grant("b", user("tool"), true);
    let grantee = |world: World| -> Finding {
        let found = leaving(world).audit().findings;
        found.into_iter().find(|one| one.code == FindingCode::FullAccessGrantee).expect("it is found")
    };
    let two = grantee(world.clone());
    assert_eq!(
        (two.level, two.account, two.mailboxes),
        (Level::Low, Some(user("tool")), vec![uid("a"), uid("b")])
    );
    assert_eq!(
        two.remedy,
        [
            "`for mailbox in a b; do aws workmail delete-mailbox-permissions --organization-id m-1 --entity-id \
             \"$mailbox\" --grantee-id tool; done`"
        ]
    );
    assert_eq!(grantee(world.clone().grant("c", user("tool"), true)).level, Level::High);
    // One's own mailbox is no other's, and what sends opens nothing
    let own = world.grant("tool", user("tool"), true).grant("c", user("tool"), false);
    assert_eq!(grantee(own).level, Level::Low);
    let of_group = grantee(World::of(&["a", "b"]).group("ops", &[user("a")]).grant("b", group("ops"), true));
    let summary = "group ops may open the mailbox of somebody else";
    assert_eq!((of_group.account, of_group.summary.as_str()), (Some(group("ops")), summary));
    assert!(of_group.evidence.contains(&"members of the group: a@x".to_owned()), "{:?}", of_group.evidence);
}

#[test]
fn permissions_that_could_not_be_read_are_not_checked() {
    let mut world = World::of(&["a", "b"]);
    world.permissions.not_checked.insert(uid("a"), "AccessDenied".into());
    let codes: Vec<_> = leaving(world).audit().not_checked.iter().map(|one| one.code).collect();
    assert!(codes.contains(&FindingCode::FullAccessGrantee), "{codes:?}");
}

#[test]
fn an_export_that_ended_is_shown_and_over() {
    let found = |state| {
        let doors = Some(Doors { export_jobs: vec![job(state)], ..Doors::default() });
        World { doors, ..World::of(&["a"]) }.audit().findings.remove(0)
    };
    let running = found(ExportState::Running);
    let cancel = "`aws workmail cancel-mailbox-export-job --organization-id m-1 --job-id job`";
    assert_eq!((running.over, running.remedy[0].as_str()), (false, cancel));
    for state in [ExportState::Completed, ExportState::Failed, ExportState::Cancelled] {
        let ended = found(state);
        assert!(ended.over && ended.evidence[0].contains(state.as_str()), "{ended:?}");
    }
}

#[test]
fn ids_of_the_service_are_quoted_in_commands() {
    let doors = Some(Doors { tokens: vec![token("$(id)", "a")], ..Doors::default() });
    let remedy = World { doors, ..World::of(&["a"]) }.audit().findings.remove(0).remedy.remove(0);
    assert!(remedy.contains("--personal-access-token-id '$(id)'`"), "{remedy}");
}

#[test]
fn commands_say_where_they_work() {
    let place = Place {
        wmrole: " --profile p --organization m-1".to_owned(),
        of_files: " --profile p".to_owned(),
        aws: " --profile p --region eu-west-1".to_owned(),
        profile: " --profile p".to_owned(),
    };
    let mut finding = Finding::new(FindingCode::RoleLeft, String::new());
    finding.remedy = [
        "`wmrole delete R`",
        "`aws workmail delete-x`",
        "`for mailbox in a b; do aws workmail delete-x; done`",
        "`wmrole diff f` shows what `wmrole apply f` would change",
        "`aws s3 ls s3://b` shows whether `wmrole expire R` is enough",
    ]
    .map(str::to_owned)
    .to_vec();
    let before = finding.clone();
    finding.say_where(&Place::default());
    assert_eq!(finding, before);
    finding.say_where(&place);
    assert_eq!(
        finding.remedy,
        [
            "`wmrole --profile p --organization m-1 delete R`",
            "`aws --profile p --region eu-west-1 workmail delete-x`",
            "`for mailbox in a b; do aws --profile p --region eu-west-1 workmail delete-x; done`",
            "`wmrole --profile p diff f` shows what `wmrole --profile p apply f` would change",
            "`aws --profile p s3 ls s3://b` shows whether `wmrole --profile p --organization m-1 expire R` is enough",
        ]
    );
}

/// Open findings, and how many are accepted and accept nothing, under this `accepted:`.
fn sorted(world: &World, entries: &str) -> (Vec<Finding>, usize, usize) {
    let (document, problems) = parse(0, &format!("version: 1\naccepted:\n{entries}\nroles: []\n"));
    assert_eq!(problems.iter().map(|one| one.message.clone()).collect::<Vec<_>>(), [""; 0]);
    let Document { accepted, .. } = document.expect("a document");
    let accepting: Vec<_> = accepted.iter().collect();
    let found = world.audit().findings;
    let today = jiff::civil::date(2026, 11, 24);
    let sorted = accepted::sort(found, &accepting, |_| false, &world.directory, today);
    (sorted.open, sorted.accepted.len(), sorted.stale.len())
}

#[test]
fn an_account_is_accepted_for_its_mailboxes_and_one_more_is_a_new_finding() {
    let world = leaving(World::of(&["a", "b", "c"]).grant("a", user("c"), true));
    let entry = "  - {code: full-access-grantee, account: c@x, mailboxes: [a@x], reason: shared}";
    assert!(matches!(&sorted(&world, entry), (open, 1, 0) if open.is_empty()));
    let world = world.grant("b", user("c"), true);
    let (open, accepted, stale) = sorted(&world, entry);
    assert_eq!((open.len(), accepted, stale), (1, 0, 0));
    let said = "accepted, but not for b@x: shared".to_owned();
    assert!(open[0].evidence.contains(&said), "{:?}", open[0].evidence);
    let of_other = "  - {code: full-access-grantee, account: b@x, mailboxes: [a@x, b@x], reason: shared}";
    assert!(matches!(sorted(&world, of_other), (open, 0, 1) if open.len() == 1));
}

#[test]
fn tokens_jobs_administrators_and_roles_are_accepted_one_by_one() {
    let mut world = World::of(&["a"]).role(live("1", RoleType::ReadOnly, vec![allow(&["a"])]));
    world.access_rules = vec![limiting()];
    world.doors = Some(Doors {
        migration_admin: Some(uid("a")),
        tokens: vec![token("t1", "a"), token("t2", "a")],
        tokens_are_on: Some(false),
        export_jobs: vec![job(ExportState::Running)],
    });
    let entries = "  - {code: migration-admin, account: a@x, reason: r}\n  - {code: personal-access-token, id: t1, \
                   reason: r}\n  - {code: export-job, id: job, reason: r}\n  - {code: role-left, role: Role 1, reason: r}";
    let (open, accepted, stale) = sorted(&world, entries);
    assert_eq!((accepted, stale), (4, 0));
    assert_eq!(open.iter().map(|one| one.subject.as_str()).collect::<Vec<_>>(), ["t2"]);
}

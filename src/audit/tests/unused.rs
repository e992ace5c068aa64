//! `unused-role`, and what CloudTrail tells beside other findings.

use super::*;
use crate::finding_code::FindingCode::{EveryoneFullAccess, UnusedRole};
use crate::usage::{Event, EventRole};

const SINCE: &str = "2026-08-26T12:00:00Z";

fn usage(assumed: &[&str]) -> Usage {
    let time = |text: &str| text.parse().expect("a time");
    let mut usage = Usage::new(time(SINCE), time("2026-11-24T12:00:00Z"));
    for id in assumed {
        usage.add(&Event {
            id: String::new(),
            time: time("2026-11-01T10:00:00Z"),
            event: "AssumeImpersonationRole".to_owned(),
            principal: "arn:aws:iam::111122223333:user/tool".to_owned(),
            source_ip: None,
            user_agent: None,
            role: Some(EventRole { id: Some(RoleId::from_service(*id)), name: None }),
            also: Vec::new(),
            subject: None,
            error: None,
            organization: None,
        });
    }
    usage
}

fn world(usage: Option<Result<Usage, String>>) -> World {
    let everyone = || vec![rule("all", Effect::Allow, Targets::Everyone)];
    let made = |id: &str, created: Option<&str>| LiveRole {
        created: created.map(|text| text.parse().expect("a time")),
        ..live(id, RoleType::FullAccess, everyone())
    };
    let world = World::of(&["a"])
        .role(made("used", None))
        .role(made("old", Some("2026-08-26T11:00:00Z")))
        .role(made("new", Some("2026-08-26T13:00:00Z")))
        .role(made("unknown", None));
    World { usage, ..world }
}

fn evidence(world: &World, code: FindingCode, role: &str) -> Vec<String> {
    let findings = world.audit().findings;
    let of_role = |finding: &&Finding| finding.role.as_ref().is_some_and(|one| one.id.as_str() == role);
    let found = findings.iter().filter(|finding| finding.code == code).find(of_role);
    found.expect("a finding").evidence.clone()
}

#[test]
fn without_cloudtrail_nothing_is_said() {
    let world = world(None);
    assert_eq!(world.found(UnusedRole), []);
    assert!(world.audit().not_checked.iter().all(|one| one.code != UnusedRole));
    assert!(!evidence(&world, EveryoneFullAccess, "used").iter().any(|line| line.contains("assumed")));
}

#[test]
fn a_role_that_nobody_assumed_is_found_unless_it_is_young() {
    let world = world(Some(Ok(usage(&["used"]))));
    let found = [("old", ""), ("unknown", "")].map(|(role, none)| (role.to_owned(), none.to_owned()));
    assert_eq!(world.found(UnusedRole), found);
    let lines = ["assumed", "changed by"]
        .map(|what| format!("last {what}: nobody since {SINCE} (CloudTrail, up to 15 minutes late)"));
    assert_eq!(evidence(&world, UnusedRole, "old"), lines);
    // Other findings say who uses the role
    let used = evidence(&world, EveryoneFullAccess, "used");
    let by = "last assumed: 2026-11-01T10:00:00Z by arn:aws:iam::111122223333:user/tool";
    assert!(used.iter().any(|line| line == by), "{used:?}");
}

#[test]
fn what_was_not_read_is_no_finding_and_not_checked() {
    let mut part = usage(&["used"]);
    part.complete = false;
    for (read, reason) in [(Ok(part), "not read whole"), (Err("AccessDenied".to_owned()), "AccessDenied")] {
        let world = world(Some(read));
        assert_eq!(world.found(UnusedRole), []);
        let audit = world.audit();
        let not_checked: Vec<_> = audit.not_checked.iter().filter(|one| one.code == UnusedRole).collect();
        assert!(not_checked.len() == 1 && not_checked[0].reason.contains(reason), "{not_checked:?}");
        let old = evidence(&world, EveryoneFullAccess, "old");
        assert!(!old.iter().any(|line| line.starts_with("last assumed: nobody since")), "{old:?}");
    }
    // Where every role was assumed in what was read, there is no more to know
    let mut part = usage(&["used", "old", "unknown"]);
    part.complete = false;
    assert!(world(Some(Ok(part))).audit().not_checked.iter().all(|one| one.code != UnusedRole));
}

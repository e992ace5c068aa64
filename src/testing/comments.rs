//! What must hold of any plans as a comment: it fits, it is whole Markdown, it never hides who reaches everyone, and it is
//! cut only where it must be.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::hostile;
use crate::apply::report::Report;
use crate::directory::Directory;
use crate::directory::tests::mailbox;
use crate::id::OrganizationId;
use crate::organization::Organization;
use crate::output::comment::LIMIT;
use crate::output::markdown::plans;
use crate::plan::guard::{Refusal, RefusalCode};
use crate::plan::set::{OrganizationPlan, PlanPart, PlanSet};
use crate::plan::{Change, Plan, RoleRef, change_of_role, deletion};
use crate::role::tests::{role, rule, uid};
use crate::role::{Effect, LiveRole, Role, RoleId, RoleName, RoleType, Targets, UserSet};

/// What one role is made of.
#[derive(Debug, Clone)]
struct Shape {
    /// 0: made, 1: changed, 2: deleted.
    action: u8,
    open: bool,
    full: bool,
    /// How many users it reaches before and after.
    users: (usize, usize),
    name: usize,
}

/// What one organization is made of: its roles, how many refusals, how many undeclared roles, and whether it failed.
type Shapes = (Vec<Shape>, usize, usize, bool);

fn shapes(roles: usize, users: usize) -> impl Strategy<Value = Shapes> {
    let shape = (0u8..3, prop::bool::weighted(0.1), any::<bool>(), (0..users, 0..users), any::<usize>());
    let shape = shape.prop_map(|(action, open, full, users, name)| Shape { action, open, full, users, name });
    (prop::collection::vec(shape, 0..=roles), 0usize..8, 0usize..40, prop::bool::weighted(0.1))
}

/// One organization with few roles that are large, with many that are small, or many organizations.
fn organizations() -> impl Strategy<Value = Vec<Shapes>> {
    prop_oneof![
        prop::collection::vec(shapes(6, 1_500), 1..=2),
        prop::collection::vec(shapes(400, 12), 1..=2),
        prop::collection::vec(shapes(6, 12), 1..=3),
        prop::collection::vec(shapes(3, 40), 1..=150),
    ]
}

fn text(n: usize) -> &'static str {
    hostile::TEXTS[n % hostile::TEXTS.len()]
}

fn made(shape: &Shape, n: usize, users: usize) -> Role {
    let name: String = format!("r{n} {}", text(shape.name)).chars().take(64).collect();
    let ids = |count: usize| UserSet::new((0..count).map(|n| uid(&format!("u{n:04}"))));
    let rules = ids(users).ok().map(|users| rule("a", Effect::Allow, Targets::Users(users)));
    let open = shape.open.then(|| rule("b", Effect::Allow, Targets::Everyone));
    let role_type = if shape.full { RoleType::FullAccess } else { RoleType::ReadOnly };
    let name = RoleName::from_service(name);
    Role { name, role_type, ..role(rules.into_iter().chain(open).collect()) }
}

fn change(shape: &Shape, n: usize, directory: &Directory) -> Option<Change> {
    let after = made(shape, n, shape.users.1);
    let before = Role {
        rules: made(&Shape { open: false, ..shape.clone() }, n, shape.users.0).rules,
        ..after.clone()
    };
    let id = RoleId::from_service(format!("role-{n}"));
    let live = LiveRole { id, role: before, rules_unknown: false, created: None, modified: None };
    match shape.action {
        0 => change_of_role(&after, None, directory),
        1 => change_of_role(&after, Some(&live), directory),
        _ => Some(deletion(&live, None, directory)),
    }
}

fn part(n: usize, (shapes, refusals, undeclared, failed): &Shapes, directory: &Directory) -> PlanPart {
    let name = format!("org{n} {}", text(n));
    if *failed {
        return PlanPart { name, outcome: Err(anyhow::anyhow!("{} {}", text(n + 1), "x".repeat(n * 100))) };
    }
    let changes = shapes.iter().enumerate().filter_map(|(n, shape)| change(shape, n, directory)).collect();
    let reference = |n| RoleRef { name: RoleName::from_service(text(n)), id: RoleId::from_service("id") };
    let plan = Plan::new(changes, vec![], (0..*undeclared).map(reference).collect());
    let id = OrganizationId::from_service("m-ac3e0000000000000000000000000001");
    let organization = Organization { alias: Some(name.clone()), ..Organization::of_id(id, "us-east-1") };
    let mut one = OrganizationPlan::new(organization, plan, directory.clone());
    one.refusals.extend((0..*refusals).map(|n| Refusal {
        code: RefusalCode::ProtectedUser,
        message: text(n).repeat(1 + n * 20),
        help: text(n + 1).to_owned(),
        span: None,
    }));
    PlanPart { name, outcome: Ok(one) }
}

/// Every fold outside of blocks of code is closed before the next one begins; hostile::markdown sees to the fences.
fn is_balanced(text: &str) -> bool {
    let (mut fence, mut open) = (None, false);
    for line in text.lines() {
        let ticks = line.chars().take_while(|c| *c == '`').count();
        match fence {
            Some(n) if ticks >= n && line.len() == ticks => fence = None,
            Some(_) => {}
            None if ticks >= 3 && line.ends_with("`diff") => fence = Some(ticks),
            None if line.starts_with("<details>") => match std::mem::replace(&mut open, true) {
                true => return false,
                false if !line.ends_with("</summary>") => return false,
                false => {}
            },
            None if line == "</details>" => match std::mem::replace(&mut open, false) {
                true => {}
                false => return false,
            },
            None => {}
        }
    }
    fence.is_none() && !open
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_comment_fits_and_hides_no_opening(shapes in organizations(), reported in any::<bool>()) {
        let directory = Directory::complete((0..1_500).map(|n| mailbox(&format!("u{n:04}"))));
        let parts: Vec<_> = shapes.iter().enumerate().map(|(n, shapes)| part(n, shapes, &directory)).collect();
        let set = PlanSet { parts, ..PlanSet::default() };
        let reports: Vec<Option<Report>> = match reported {
            true => set.parts.iter().map(|part| Some(Report::not_attempted(&part.outcome.as_ref().ok()?.plan))).collect(),
            false => Vec::new(),
        };
        let text = plans(&set, &reports, "The log has all of it.");
        prop_assert!(text.len() <= LIMIT, "{} bytes", text.len());
        prop_assert!(is_balanced(&text));
        let found = [hostile::markdown(&text), hostile::terminal(&text), hostile::runner(&text)].concat();
        prop_assert_eq!(found, Vec::<String>::new());
        // Each organization is there, or counted; and where it is, so is each role that opens, by name or by number
        let cut = text.starts_with("> **Cut to fit into a comment:** ");
        for (n, part) in set.parts.iter().enumerate() {
            let Ok(one) = &part.outcome else { continue };
            let mut title = String::new();
            let _ = write!(title, "### org{n} ");
            let section = text.split("### ").find(|section| format!("### {section}").starts_with(&title));
            let Some(section) = section else {
                prop_assert!(cut && set.parts.len() > 20, "organization {n} is not there");
                continue;
            };
            for role in &one.plan.delta.opened {
                let named = role.as_str().split(' ').next().unwrap_or_default();
                let counted = section.contains("to everyone");
                prop_assert!(counted && (cut || section.contains(named)), "{role} opens");
            }
        }
        // A refusal is never hidden
        if set.is_refused() {
            prop_assert!(text.to_lowercase().contains("refus"));
        }
        if !cut {
            let roles: usize = set.planned().map(|one| one.plan.changes.len()).sum();
            prop_assert!(text.matches("<details>").count() >= roles);
            prop_assert!(!text.contains("left out") || text.contains("is left out"));
        } else {
            prop_assert!(text.contains("The log has all of it."));
        }
    }
}

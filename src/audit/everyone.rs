//! `everyone-full-access`.

use super::finding::Finding;
use super::inventory::{Audit, Inventory, role_ref};
use crate::access;
use crate::directory::UserId;
use crate::finding_code::FindingCode;
use crate::role::{Effect, RoleType};

/// So many exceptions are named.
const NAMED: usize = 20;

pub(super) fn check(inventory: &Inventory<'_>, audit: &mut Audit) {
    let mailboxes = inventory.directory.mailboxes().map(|user| &user.id);
    // As everywhere else, those of rooms do not count
    let mailboxes: Vec<&UserId> = mailboxes.filter(|id| !inventory.resources.contains(*id)).collect();
    for live in inventory.known_roles().filter(|live| live.role.role_type == RoleType::FullAccess) {
        let rules = &live.role.rules;
        let (reached, spared): (Vec<&UserId>, Vec<&UserId>) =
            mailboxes.iter().copied().partition(|user| access::allows(rules, user));
        let is_open = access::is_open(rules);
        // A role that reaches the only mailbox may well be meant for it
        if !is_open && (!spared.is_empty() || reached.len() < 2) {
            continue;
        }
        let mut evidence = vec![match is_open {
            true => {
                format!("it reaches {} of {} mailboxes, and those made later", reached.len(), mailboxes.len())
            }
            false => format!("it reaches all {} mailboxes, each by name", mailboxes.len()),
        }];
        let opening = rules.iter().filter(|rule| rule.effect == Effect::Allow);
        let opening = opening.filter(|rule| !is_open || rule.targets.matches_unnamed());
        evidence.extend(opening.map(|rule| match is_open {
            true => format!("rule {} allows everyone who is not excepted", rule.label()),
            false => format!("rule {} allows some of them", rule.label()),
        }));
        if !spared.is_empty() {
            let names: Vec<_> = spared.iter().take(NAMED).map(|id| inventory.label(id)).collect();
            let more = spared.len() - names.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            evidence.push(format!("it does not reach {}{more}", names.join(", ")));
        }
        let word = inventory.word(live);
        let name = &live.role.name;
        let summary = match spared.len() {
            0 => format!("{name} has full access to every mailbox"),
            1 => format!("{name} has full access to every mailbox but one"),
            n => format!("{name} has full access to every mailbox but {n}"),
        };
        audit.findings.push(Finding {
            evidence,
            remedy: vec![
                format!("`wmrole edit {word} --type read-only`"),
                "list in its rules the users whom it is for, in place of everyone".to_owned(),
            ],
            ..Finding::of(FindingCode::EveryoneFullAccess, role_ref(live), summary)
        });
    }
}

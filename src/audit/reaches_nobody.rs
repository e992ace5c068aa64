//! `reaches-nobody`.

use super::finding::Finding;
use super::inventory::{Audit, Inventory, role_ref};
use crate::access;
use crate::finding_code::FindingCode;

pub(super) fn check(inventory: &Inventory<'_>, audit: &mut Audit) {
    for live in inventory.known_roles() {
        let rules = &live.role.rules;
        let reaches = inventory.directory.mailboxes().any(|user| access::allows(rules, &user.id));
        // A role that is open waits for the first mailbox
        if reaches || access::is_open(rules) {
            continue;
        }
        let evidence = match rules.len() {
            0 => "it has no rules".to_owned(),
            1 => "its only rule allows no mailbox that there is".to_owned(),
            n => format!("its {n} rules together allow no mailbox that there is"),
        };
        audit.findings.push(Finding {
            evidence: vec![evidence],
            remedy: vec![format!("`wmrole delete {}`", inventory.word(live))],
            ..Finding::of(
                FindingCode::ReachesNobody,
                role_ref(live),
                format!("{} may impersonate nobody", live.role.name),
            )
        });
    }
}

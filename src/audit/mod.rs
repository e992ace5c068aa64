//! What a reviewer should worry about. Pure: what was read goes in as plain data, findings come out.
//!
//! Each kind of finding has a file, and [`CHECKS`] lists them. What a check cannot say, since something could not be
//! read, it says in [`Audit::not_checked`](inventory::Audit): never is it the same as nothing found.

pub(crate) mod accepted;
mod access_rules;
mod dead_rule;
mod doors;
mod drift;
mod everyone;
mod expiry;
pub(crate) mod finding;
mod grantees;
pub(crate) mod inventory;
pub(crate) mod leaving;
mod protected;
mod reaches_nobody;
pub(crate) mod report;
mod targets;
pub(crate) mod transitive;
mod unused;
pub(crate) mod who;

use self::finding::{Finding, NotChecked};
use self::inventory::{Audit, Inventory};
use crate::finding_code::FindingCode;
use crate::sorted;

/// Every check.
const CHECKS: [fn(&Inventory<'_>, &mut Audit); 12] = [
    everyone::check,
    transitive::check,
    protected::check,
    drift::check,
    access_rules::check,
    targets::check,
    dead_rule::check,
    reaches_nobody::check,
    expiry::check,
    unused::check,
    grantees::check,
    doors::check,
];

/// Checks everything.
pub(crate) fn audit(inventory: &Inventory<'_>) -> Audit {
    let mut audit = Audit { findings: Vec::new(), not_checked: inventory.unread.to_vec() };
    for live in inventory.roles.iter().filter(|live| live.rules_unknown) {
        let reason = format!("the service gave no list of the rules of role {}", live.role.name);
        let by_rules = FindingCode::ALL.into_iter().filter(|code| code.has_role());
        let without_rules = [FindingCode::DanglingAccessRule, FindingCode::RoleLeft, FindingCode::UnusedRole];
        let by_rules = by_rules.filter(|code| !without_rules.contains(code));
        audit.not_checked.extend(by_rules.map(|code| NotChecked::because(code, &reason)));
    }
    for check in CHECKS {
        check(inventory, &mut audit);
    }
    let Audit { findings, not_checked } = &mut audit;
    unused::add_evidence(inventory, findings);
    for finding in findings.iter_mut() {
        let place = finding.role.as_ref().and_then(|role| inventory.declared.places.get(&role.id));
        finding.place = place.cloned();
    }
    // What is worst comes first; the rest is for two runs to say the same
    sorted::by_key(findings, |finding| {
        let Finding { code, level, role, mailbox, subject, .. } = finding;
        let mailbox = mailbox.as_ref().map(|id| (inventory.label(id).to_owned(), id.clone()));
        // What to close first comes first, where all is closed
        let step = inventory.doors.map(|_| leaving::step(finding));
        (step, *level, *code, role.clone(), mailbox, subject.clone())
    });
    sorted::by(not_checked, Ord::cmp);
    not_checked.dedup();
    audit
}

#[cfg(test)]
pub(crate) mod tests;

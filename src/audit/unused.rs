//! `unused-role`, and what CloudTrail tells of the roles of other findings.

use super::finding::{Finding, NotChecked};
use super::inventory::{Audit, Inventory, role_ref};
use crate::finding_code::FindingCode;
use crate::role::LiveRole;

pub(super) fn check(inventory: &Inventory<'_>, audit: &mut Audit) {
    match inventory.usage {
        None => {}
        Some(Err(reason)) => {
            let reason = format!("CloudTrail: {reason}");
            audit.not_checked.push(NotChecked::because(FindingCode::UnusedRole, reason));
        }
        Some(Ok(usage)) => {
            let unused = inventory.roles.iter().filter(|live| usage.role(&live.id).last_assumed.is_none());
            // A role that is younger may still be waiting for its first use
            let unused = unused.filter(|live| live.created.is_none_or(|made| made < usage.since));
            if usage.complete {
                audit.findings.extend(unused.map(|live| finding(inventory, live)));
            } else if unused.count() > 0 {
                let reason = format!(
                    "CloudTrail since {} was not read whole, or does not say which role was assumed",
                    usage.since
                );
                audit.not_checked.push(NotChecked::because(FindingCode::UnusedRole, reason));
            }
        }
    }
}

fn finding(inventory: &Inventory<'_>, live: &LiveRole) -> Finding {
    let word = inventory.word(live);
    let remedy =
        vec![format!("`wmrole delete {word}`"), format!("`wmrole expire {word} --now`, which keeps its id")];
    let summary = format!("nobody assumed {} in the last 90 days", live.role.name);
    Finding { remedy, ..Finding::of(FindingCode::UnusedRole, role_ref(live), summary) }
}

/// Tells of each role that something was found of who used it and who changed it last.
pub(super) fn add_evidence(inventory: &Inventory<'_>, findings: &mut [Finding]) {
    let Some(usage) = inventory.usage else { return };
    for finding in findings {
        if let Some(role) = &finding.role {
            finding.evidence.extend(crate::usage::lines(usage, &role.id));
        }
    }
}

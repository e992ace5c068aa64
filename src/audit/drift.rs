//! `drift`.

use super::finding::Finding;
use super::inventory::{Audit, Inventory};
use crate::finding_code::FindingCode;
use crate::plan::role_diff::{Edit, RoleDiff, RuleDiff, WholeRule};
use crate::plan::{Action, Change, RoleRef};

pub(super) fn check(inventory: &Inventory<'_>, audit: &mut Audit) {
    let Some(plan) = inventory.declared.plan else { return };
    let files = &inventory.declared.files;
    for change in &plan.changes {
        // What is declared and not live gives nobody access
        let Action::Update { before, .. } = &change.action else { continue };
        let role = RoleRef { name: before.role.name.clone(), id: before.id.clone() };
        let summary = format!("{} is not what its definition says", role.name);
        audit.findings.push(Finding {
            evidence: evidence(change),
            remedy: vec![
                format!("`wmrole diff {files}` shows what `wmrole apply {files}` would change"),
                "change the definition to what is live".to_owned(),
            ],
            ..Finding::of(FindingCode::Drift, role, summary)
        });
    }
    for role in &plan.undeclared {
        let live = inventory.roles.iter().find(|live| live.id == role.id);
        let word = live.map_or_else(|| role.id.to_string(), |live| inventory.word(live));
        let summary = format!("{} is live, and no definition declares it", role.name);
        audit.findings.push(Finding {
            evidence: vec![format!("none of the definitions declares role {}", role.id)],
            remedy: vec![
                format!("`wmrole export {word}` writes a definition to review and keep"),
                format!("`wmrole delete {word}`"),
            ],
            ..Finding::of(FindingCode::Drift, role.clone(), summary)
        });
    }
}

/// What is different, and what the live role gives that the definition does not, and the other way round.
fn evidence(change: &Change) -> Vec<String> {
    let RoleDiff { name, role_type, description, expires, rules } = &change.diff;
    let mut lines = Vec::new();
    if let Some(edit) = name {
        lines.push(format!("the name is {}, and {} in the definition", edit.old, edit.new));
    }
    if let Some(edit) = role_type {
        let (live, declared) = (edit.old.as_str(), edit.new.as_str());
        lines.push(format!("the type is {live}, and {declared} in the definition"));
    }
    if description.is_some() {
        lines.push("the description is another".to_owned());
    }
    if let Some(Edit { old, new }) = expires {
        let [live, declared] = [old, new].map(|end| end.as_ref().map_or("never", |end| end.as_str()));
        lines.push(format!("it expires {live}, and {declared} in the definition"));
    }
    lines.extend(rules.iter().map(|rule| match rule {
        RuleDiff::Added(WholeRule { rule, .. }) => {
            format!("rule {} is in the definition alone", rule.label())
        }
        RuleDiff::Removed(WholeRule { rule, .. }) => format!("rule {} is live alone", rule.label()),
        RuleDiff::Changed(change) => format!("rule {} is another", change.before.label()),
    }));
    let (more, less) = (change.delta.lost.len(), change.delta.gained.len());
    if more > 0 {
        lines.push(format!("live, it reaches {more} whom the definition does not allow"));
    }
    if less > 0 {
        lines.push(format!("the definition allows {less} whom it does not reach"));
    }
    if !change.delta.closed.is_empty() {
        lines.push("live, it reaches mailboxes made later too".to_owned());
    }
    lines
}

//! `dead-rule`.

use super::finding::Finding;
use super::inventory::{Audit, Inventory, role_ref};
use crate::access;
use crate::finding_code::FindingCode;
use crate::role::{Effect, Role, Rule};

pub(super) fn check(inventory: &Inventory<'_>, audit: &mut Audit) {
    for live in inventory.known_roles() {
        let allowing = live.role.rules.iter().filter(|rule| rule.effect == Effect::Allow);
        for rule in allowing.filter(|rule| !decides(&live.role, rule)) {
            let named = live.role.mentioned_users();
            let denying = live.role.rules.iter().filter(|other| {
                let both = |user: &&&crate::directory::UserId| {
                    rule.targets.matches(user) && other.targets.matches(user)
                };
                let unnamed = rule.targets.matches_unnamed() && other.targets.matches_unnamed();
                other.effect == Effect::Deny && (unnamed || named.iter().any(|user| both(&user)))
            });
            let mut evidence: Vec<_> =
                denying.map(|other| format!("rule {} denies whom it allows", other.label())).collect();
            if evidence.is_empty() {
                evidence.push("its exceptions are all the users that it lists".to_owned());
            }
            let summary = format!("rule {} of {} allows nobody", rule.label(), live.role.name);
            let (role, id) = (inventory.word(live), shell_words::quote(rule.id.as_str()));
            audit.findings.push(Finding {
                subject: rule.id.to_string(),
                evidence,
                remedy: vec![format!("`wmrole edit {role} --remove-rule {id}`")],
                ..Finding::of(FindingCode::DeadRule, role_ref(live), summary)
            });
        }
    }
}

/// Is there anybody, mailbox or not, whom the rule matches and no rule denies?
fn decides(role: &Role, rule: &Rule) -> bool {
    let named = role
        .mentioned_users()
        .into_iter()
        .any(|user| rule.targets.matches(user) && access::allows(&role.rules, user));
    named || (rule.targets.matches_unnamed() && access::is_open(&role.rules))
}

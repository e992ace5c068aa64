//! `protected-user`.

use super::finding::Finding;
use super::inventory::{Audit, Inventory, role_ref};
use crate::finding_code::FindingCode;
use crate::plan::guard;

pub(super) fn check(inventory: &Inventory<'_>, audit: &mut Audit) {
    for live in inventory.known_roles() {
        for (user, rule) in guard::protected_reach(&live.role, &inventory.declared.protected) {
            let name = inventory.label(user);
            let summary = format!("{} reaches {name}, who is in protected_users", live.role.name);
            let (role, user_word) = (inventory.word(live), inventory.user_word(user));
            audit.findings.push(Finding {
                mailbox: Some(user.clone()),
                evidence: vec![format!("rule {} allows {name}{}", rule.label(), guard::how(rule))],
                remedy: vec![format!("`wmrole edit {role} --deny {user_word}`")],
                ..Finding::of(FindingCode::ProtectedUser, role_ref(live), summary)
            });
        }
    }
}

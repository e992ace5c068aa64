//! `unknown-target` and `disabled-target`.

use super::finding::Finding;
use super::inventory::{Audit, Inventory, role_ref};
use crate::access;
use crate::directory::{State, UserId};
use crate::finding_code::FindingCode;
use crate::role::{Effect, LiveRole, Rule};

pub(super) fn check(inventory: &Inventory<'_>, audit: &mut Audit) {
    for live in inventory.known_roles() {
        for user in live.role.mentioned_users() {
            let state = inventory.directory.user(user).map(|user| user.state);
            let found = match state {
                None | Some(State::Deleted) => Some(unknown(inventory, live, user)),
                Some(State::Disabled) => disabled(inventory, live, user),
                Some(State::Enabled) => None,
            };
            audit.findings.extend(found);
        }
    }
}

/// Does the rule let the role in, as soon as the user has a mailbox?
fn lists(rule: &Rule, user: &UserId) -> bool {
    rule.effect == Effect::Allow && rule.targets.users().is_some_and(|users| users.contains(user))
}

fn unknown(inventory: &Inventory<'_>, live: &LiveRole, user: &UserId) -> Finding {
    let naming = live.role.rules.iter().filter(|rule| rule.targets.mentioned_users().any(|one| one == user));
    let evidence = naming.map(|rule| {
        let how = if lists(rule, user) { "allows" } else { "names" };
        format!("{} rule {} {how} the id {user}", rule.effect.as_str(), rule.label())
    });
    let is_kept_out = live.role.rules.iter().any(|rule| {
        let listed = rule.targets.users().is_some_and(|users| users.contains(user));
        (rule.effect == Effect::Deny && listed) || rule.targets.except().is_some_and(|set| set.contains(user))
    });
    let (role, word) = (inventory.word(live), shell_words::quote(user.as_str()));
    let remedy = match is_kept_out {
        // Nobody can come back under the id
        true => format!("take {user} out of the rules in the definition"),
        false => format!("`wmrole edit {role} --remove-user {word}`"),
    };
    let summary = format!("{} names a user whom the directory no longer has", live.role.name);
    Finding {
        mailbox: Some(user.clone()),
        evidence: evidence.collect(),
        remedy: vec![remedy],
        ..Finding::of(FindingCode::UnknownTarget, role_ref(live), summary)
    }
}

fn disabled(inventory: &Inventory<'_>, live: &LiveRole, user: &UserId) -> Option<Finding> {
    let allowing = live.role.rules.iter().filter(|rule| lists(rule, user));
    let name = inventory.label(user);
    let evidence: Vec<_> =
        allowing.map(|rule| format!("rule {} allows {name}, who is DISABLED", rule.label())).collect();
    // Who stands in a DENY rule or an exception is kept out on purpose
    if evidence.is_empty() || !access::allows(&live.role.rules, user) {
        return None;
    }
    let (role, word) = (inventory.word(live), inventory.user_word(user));
    let summary = format!("{} would reach {name} again, who is disabled", live.role.name);
    Some(Finding {
        mailbox: Some(user.clone()),
        evidence,
        remedy: vec![format!("`wmrole edit {role} --remove-user {word}`")],
        ..Finding::of(FindingCode::DisabledTarget, role_ref(live), summary)
    })
}

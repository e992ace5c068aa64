//! `expired-access`, `expires-soon`, `no-expiry`.

use super::finding::Finding;
use super::inventory::{Audit, Inventory, role_ref};
use crate::access;
use crate::expiry::Expires;
use crate::finding_code::FindingCode;
use crate::role::{Effect, LiveRole, RoleType, Rule};

pub(super) fn check(inventory: &Inventory<'_>, audit: &mut Audit) {
    for live in inventory.known_roles() {
        audit.findings.extend(expired(inventory, live));
        audit.findings.extend(soon(inventory, live));
        audit.findings.extend(never(inventory, live));
    }
}

/// Which rules end at which time: the role as a whole, where it is the role's own date.
fn lines<'a>(live: &'a LiveRole, rules: impl Iterator<Item = &'a Rule>, verb: &str) -> Vec<String> {
    let line = |rule: &Rule| {
        let end = live.role.end_of(rule).map(Expires::in_sentence).unwrap_or_default();
        format!("rule {} {verb} {end}", rule.label())
    };
    rules.map(line).collect()
}

/// What is past its date, and what may be, since the date cannot be read.
fn expired(inventory: &Inventory<'_>, live: &LiveRole) -> Option<Finding> {
    let (name, word) = (&live.role.name, inventory.word(live));
    let mut evidence = lines(live, live.role.expired_rules(inventory.now), "expired");
    let summary = match evidence.is_empty() {
        true => format!("when {name} expires cannot be read"),
        false => format!("{name} is past its date and still open"),
    };
    let mut remedy = Vec::new();
    if !evidence.is_empty() {
        remedy.push(format!("`wmrole expire {word}`"));
    }
    let allows = |rule: &&Rule| rule.effect == Effect::Allow;
    if live.role.rules.iter().any(|rule| allows(&rule)) {
        for (rule, why) in live.role.unreadable_expiries() {
            let (of, flag) = match rule {
                None => (String::new(), String::new()),
                Some(rule) => {
                    let flag = format!(" --rule {}", shell_words::quote(rule.id.as_str()));
                    (format!("rule {}: ", rule.label()), flag)
                }
            };
            evidence.push(format!("{of}the last line of the description says no date: {why}"));
            remedy.push(format!("`wmrole edit {word}{flag} --expires 1h`, or a later date that was meant"));
        }
    }
    let finding = Finding::of(FindingCode::ExpiredAccess, role_ref(live), summary);
    (!evidence.is_empty()).then_some(Finding { evidence, remedy, ..finding })
}

fn soon(inventory: &Inventory<'_>, live: &LiveRole) -> Option<Finding> {
    let ends = |rule: &&Rule| {
        let end = live.role.end_of(rule).filter(|_| rule.effect == Effect::Allow);
        end.is_some_and(|end| end.is_near(inventory.now) && !end.has_passed(inventory.now))
    };
    let evidence = lines(live, live.role.rules.iter().filter(ends), "expires");
    let summary = format!("{} expires within 14 days", live.role.name);
    let remedy = vec!["move the date out where the access is still needed; else let it end".to_owned()];
    let finding = Finding::of(FindingCode::ExpiresSoon, role_ref(live), summary);
    (!evidence.is_empty()).then_some(Finding { evidence, remedy, ..finding })
}

fn never(inventory: &Inventory<'_>, live: &LiveRole) -> Option<Finding> {
    if live.role.role_type != RoleType::FullAccess || !access::is_open(&live.role.rules) {
        return None;
    }
    let opens = |rule: &&Rule| {
        rule.effect == Effect::Allow && rule.targets.matches_unnamed() && live.role.end_of(rule).is_none()
    };
    let rules = live.role.rules.iter().filter(opens);
    let evidence: Vec<_> = rules
        .map(|rule| format!("rule {} allows everyone who is not excepted, for ever", rule.label()))
        .collect();
    let summary =
        format!("{} has full access to mailboxes made later too, and never expires", live.role.name);
    let remedy =
        vec![format!("`wmrole edit {} --expires 2w`, or the date by which it is done", inventory.word(live))];
    let finding = Finding::of(FindingCode::NoExpiry, role_ref(live), summary);
    (!evidence.is_empty()).then_some(Finding { evidence, remedy, ..finding })
}

//! `full-access-grantee`: FULL_ACCESS on mailboxes of others, seen from the account that has it.

use std::collections::BTreeMap;

use super::finding::{Finding, NotChecked};
use super::inventory::{Audit, Inventory};
use crate::directory::permissions::MailboxPermission;
use crate::directory::{Member, State, UserId};
use crate::finding_code::{FindingCode, Level};
use crate::sorted;

/// From so many mailboxes on it is high: a shared mailbox or two are how people work.
const MANY: usize = 3;
/// So many mailboxes are named in the evidence.
const NAMED: usize = 20;

pub(super) fn check(inventory: &Inventory<'_>, audit: &mut Audit) {
    if inventory.doors.is_none() {
        return;
    }
    let permissions = inventory.permissions;
    let mut grants: BTreeMap<(bool, &str), Vec<(&UserId, &MailboxPermission)>> = BTreeMap::new();
    for (mailbox, granted) in &permissions.granted {
        for one in granted.iter().filter(|one| one.full_access) {
            let key = match &one.grantee {
                // Nothing is given by it
                Member::User(id) if id == mailbox => continue,
                Member::User(id) => (false, id.as_str()),
                Member::Group(id) => (true, id.as_str()),
            };
            grants.entry(key).or_default().push((mailbox, one));
        }
    }
    let findings = grants.into_values().filter_map(|of_one| finding(inventory, of_one));
    audit.findings.extend(findings);
    if let Some(reason) = permissions.not_checked.values().next() {
        let count = permissions.not_checked.len();
        let reason = format!("the permissions of {count} mailboxes could not be read, one of them: {reason}");
        audit.not_checked.push(NotChecked::because(FindingCode::FullAccessGrantee, reason));
    }
}

fn finding(inventory: &Inventory<'_>, mut grants: Vec<(&UserId, &MailboxPermission)>) -> Option<Finding> {
    sorted::by_key(&mut grants, |(mailbox, _)| (inventory.label(mailbox), *mailbox));
    let account = &grants.first()?.1.grantee;
    let (id, label, mut evidence) = described(inventory, account);
    let more = |one: &MailboxPermission| {
        if one.send_as || one.send_on_behalf { ", and may send from it" } else { "" }
    };
    let line = |(mailbox, one): &(&UserId, &MailboxPermission)| {
        format!("FULL_ACCESS on {}{}", inventory.label(mailbox), more(one))
    };
    evidence.extend(grants.iter().take(NAMED).map(line));
    if grants.len() > NAMED {
        evidence.push(format!("and on {} more; -o json has them all", grants.len() - NAMED));
    }
    let count = match grants.len() {
        1 => "the mailbox of somebody else".to_owned(),
        n => format!("the mailboxes of {n} others"),
    };
    let mailboxes: Vec<UserId> = grants.iter().map(|(mailbox, _)| (*mailbox).clone()).collect();
    Some(Finding {
        level: if mailboxes.len() >= MANY { Level::High } else { Level::Low },
        account: Some(account.clone()),
        subject: id.to_owned(),
        evidence,
        remedy: vec![remedy(inventory, id, &mailboxes)],
        mailboxes,
        ..Finding::new(FindingCode::FullAccessGrantee, format!("{label} may open {count}"))
    })
}

/// The id, what people call it, and what is to be known of it.
fn described<'a>(inventory: &'a Inventory<'_>, account: &'a Member) -> (&'a str, String, Vec<String>) {
    match account {
        Member::User(id) => {
            let what = match inventory.directory.user(id).map(|user| user.state) {
                Some(State::Enabled) if inventory.resources.contains(id) => {
                    vec!["it is a resource".to_owned()]
                }
                Some(State::Enabled) => Vec::new(),
                Some(state) => vec![format!("the account is {}", state.as_str())],
                None => vec!["the directory no longer has the account".to_owned()],
            };
            (id.as_str(), inventory.label(id).to_owned(), what)
        }
        Member::Group(id) => {
            let group = inventory.directory.group(id);
            let label = group.map_or(id.as_str(), |group| group.label());
            let (members, _) = inventory.directory.members(id);
            let members: Vec<_> = members.iter().map(|id| inventory.label(id)).collect();
            let what = match members[..] {
                [] => "the group has no members".to_owned(),
                [.., _] if members.len() > NAMED => format!("the group has {} members", members.len()),
                _ => format!("members of the group: {}", members.join(", ")),
            };
            (id.as_str(), format!("group {label}"), vec![what])
        }
    }
}

/// One command, however many mailboxes there are.
fn remedy(inventory: &Inventory<'_>, grantee: &str, mailboxes: &[UserId]) -> String {
    let delete = |mailbox: &str| {
        let grantee = shell_words::quote(grantee);
        format!(
            "aws workmail delete-mailbox-permissions --organization-id {} --entity-id {mailbox} --grantee-id {grantee}",
            inventory.organization,
        )
    };
    let words: Vec<_> = mailboxes.iter().map(|id| shell_words::quote(id.as_str())).collect();
    match &words[..] {
        [one] => format!("`{}`", delete(one)),
        many => format!("`for mailbox in {}; do {}; done`", many.join(" "), delete("\"$mailbox\"")),
    }
}

//! `transitive-access`: mailboxes that a role gets to through the mailboxes that it may open.
//!
//! Somebody whom the role reaches may have FULL_ACCESS on another's mailbox, and EWS opens it to the role as it does
//! to that user. So far the service goes. The search goes on to what the owner of that mailbox may open in turn:
//! whoever has all of a mailbox may get at its owner's account, as by the reset of a password that is mailed there.
//! SEND_AS and SEND_ON_BEHALF open nothing. A group stands for its members, those of nested groups included
//! (documented). Users share single folders, which no operation lists: what is found is a lower bound.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Finding, NotChecked, Step};
use super::inventory::{Audit, Inventory, role_ref};
use crate::access;
use crate::directory::permissions::Permissions;
use crate::directory::{Directory, GroupId, Member, UserId};
use crate::finding_code::FindingCode;
use crate::role::LiveRole;

/// A user, or a resource, or a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Node<'a> {
    User(&'a UserId),
    Group(&'a GroupId),
}

impl<'a> Node<'a> {
    fn of(member: &'a Member) -> Self {
        match member {
            Member::User(id) => Self::User(id),
            Member::Group(id) => Self::Group(id),
        }
    }
}

/// Who is in which group, and who has FULL_ACCESS on which mailbox, to be followed in both directions.
#[derive(Debug)]
pub(crate) struct Graph<'a> {
    directory: &'a Directory,
    /// The groups that a user or a group is in.
    groups: BTreeMap<Node<'a>, Vec<&'a GroupId>>,
    /// The mailboxes that a user or a group may open.
    opens: BTreeMap<Node<'a>, Vec<&'a UserId>>,
    /// Who may open a mailbox.
    holders: BTreeMap<&'a UserId, Vec<Node<'a>>>,
}

/// From where each user, resource or group was found.
type Found<'a> = BTreeMap<Node<'a>, Node<'a>>;

impl<'a> Graph<'a> {
    pub(crate) fn of(directory: &'a Directory, permissions: &'a Permissions) -> Self {
        let (mut groups, mut opens, mut holders) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for group in directory.groups() {
            for member in &group.members {
                groups.entry(Node::of(member)).or_insert_with(Vec::new).push(&group.id);
            }
        }
        for (mailbox, granted) in &permissions.granted {
            // Nobody opens what is not there
            for permission in granted.iter().filter(|one| one.full_access && directory.has_mailbox(mailbox)) {
                let grantee = Node::of(&permission.grantee);
                opens.entry(grantee).or_insert_with(Vec::new).push(mailbox);
                holders.entry(mailbox).or_insert_with(Vec::new).push(grantee);
            }
        }
        Self { directory, groups, opens, holders }
    }

    /// Everything that whoever has these mailboxes gets to. Breadth first, a mailbox after the other and not a group
    /// after the other, so that each is found by the fewest mailboxes, and of these by the fewest groups.
    fn onward(&self, start: &BTreeSet<&'a UserId>) -> Found<'a> {
        let mut found = Found::new();
        let mut level: Vec<Node<'a>> = start.iter().map(|id| Node::User(id)).collect();
        while !level.is_empty() {
            let mut next = Vec::new();
            let mut at = 0;
            while let Some(node) = level.get(at).copied() {
                at += 1;
                for mailbox in self.opens.get(&node).into_iter().flatten().filter(|id| !start.contains(*id)) {
                    if let Entry::Vacant(new) = found.entry(Node::User(mailbox)) {
                        new.insert(node);
                        next.push(Node::User(mailbox));
                    }
                }
                for group in self.groups.get(&node).into_iter().flatten() {
                    if let Entry::Vacant(new) = found.entry(Node::Group(group)) {
                        new.insert(node);
                        level.push(Node::Group(group));
                    }
                }
            }
            level = next;
        }
        found
    }

    /// Everybody who gets to the mailbox, and on which way: the other way round, as [`Graph::onward`]. Who has no
    /// mailbox, as somebody who is disabled, is found where the permission is theirs, and nobody behind them.
    pub(super) fn back(&self, mailbox: &'a UserId) -> Ways<'a> {
        let (mut found, mut order) = (Found::new(), Vec::new());
        let mut level = vec![mailbox];
        while !level.is_empty() {
            let mut next = Vec::new();
            for target in level {
                let mut queue = Vec::new();
                for holder in self.holders.get(target).into_iter().flatten() {
                    queue.push((*holder, Node::User(target)));
                }
                let mut at = 0;
                while let Some((node, to)) = queue.get(at).copied() {
                    at += 1;
                    if node == Node::User(mailbox) || found.contains_key(&node) {
                        continue;
                    }
                    found.insert(node, to);
                    match node {
                        Node::User(id) => {
                            order.push(id);
                            if self.directory.has_mailbox(id) {
                                next.push(id);
                            }
                        }
                        Node::Group(id) => {
                            let group = self.directory.group(id);
                            let members = group.into_iter().flat_map(|group| &group.members);
                            queue.extend(members.map(|member| (Node::of(member), node)));
                        }
                    }
                }
            }
            level = next;
        }
        Ways { found, accounts: order }
    }

    /// Groups that may open mailboxes, or are in such groups, and that the directory does not have.
    fn unread_groups(&self) -> BTreeSet<&'a GroupId> {
        let granted = self.opens.keys().filter_map(|node| match node {
            Node::Group(id) => Some(*id),
            Node::User(_) => None,
        });
        let mut queue: Vec<&GroupId> = granted.collect();
        let (mut seen, mut unread) = (BTreeSet::new(), BTreeSet::new());
        while let Some(id) = queue.pop() {
            if !seen.insert(id) {
                continue;
            }
            match self.directory.group(id) {
                None => drop(unread.insert(id)),
                Some(group) => queue.extend(group.members.iter().filter_map(|member| match member {
                    Member::Group(id) => Some(id),
                    Member::User(_) => None,
                })),
            }
        }
        unread
    }
}

/// Who gets to one mailbox.
#[derive(Debug)]
pub(super) struct Ways<'a> {
    /// Where each goes next on the way there.
    found: Found<'a>,
    /// The nearest first.
    pub(super) accounts: Vec<&'a UserId>,
}

impl<'a> Ways<'a> {
    /// The way of an account to the mailbox.
    pub(super) fn chain(&self, account: &'a UserId) -> Vec<Step> {
        let mut steps = Vec::new();
        let (mut by, mut groups) = (account, Vec::new());
        let mut at = Node::User(account);
        while let Some(next) = self.found.get(&at).copied() {
            match next {
                Node::Group(group) => groups.push(group.clone()),
                Node::User(mailbox) => {
                    let groups = std::mem::take(&mut groups);
                    steps.push(Step { by: by.clone(), groups, mailbox: mailbox.clone() });
                    by = mailbox;
                }
            }
            at = next;
        }
        steps
    }
}

/// The way from somebody of the start to a mailbox that was found.
fn chain(found: &Found<'_>, mailbox: &UserId) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let (mut target, mut groups) = (mailbox, Vec::new());
    let mut at = Node::User(mailbox);
    while let Some(before) = found.get(&at).copied() {
        match before {
            Node::Group(group) => groups.push(group.clone()),
            Node::User(by) => {
                let mut groups = std::mem::take(&mut groups);
                groups.reverse();
                steps.push(Step { by: by.clone(), groups, mailbox: target.clone() });
                target = by;
            }
        }
        at = before;
    }
    steps.reverse();
    steps
}

/// `carol@example.com → FULL_ACCESS on ceo@example.com, through group assistants@example.com`.
pub(crate) fn described(chain: &[Step], directory: &Directory) -> String {
    let mut text = chain.first().map_or(String::new(), |step| directory.label(&step.by).to_owned());
    for Step { by: _, groups, mailbox } in chain {
        text += &format!(" → FULL_ACCESS on {}", directory.label(mailbox));
        let label = |id| directory.group(id).map_or(id.as_str(), |group| group.label());
        let groups: Vec<_> = groups.iter().map(label).collect();
        if !groups.is_empty() {
            text += &format!(", through group {}", groups.join(", in "));
        }
    }
    text
}

/// The mailboxes that the role may impersonate.
pub(super) fn reached<'a>(live: &LiveRole, directory: &'a Directory) -> BTreeSet<&'a UserId> {
    let ids = directory.mailboxes().map(|user| &user.id);
    ids.filter(|id| access::allows(&live.role.rules, id)).collect()
}

pub(super) fn check(inventory: &Inventory<'_>, audit: &mut Audit) {
    let graph = Graph::of(inventory.directory, inventory.permissions);
    audit.not_checked.extend(not_checked(&graph, inventory));
    for live in inventory.known_roles() {
        let start = reached(live, inventory.directory);
        let found = graph.onward(&start);
        let mailboxes = found.keys().filter_map(|node| match node {
            Node::User(id) => Some(*id),
            Node::Group(_) => None,
        });
        audit
            .findings
            .extend(mailboxes.map(|mailbox| finding(inventory, live, mailbox, chain(&found, mailbox))));
    }
}

/// What may open mailboxes and is not known.
pub(super) fn not_checked(graph: &Graph<'_>, inventory: &Inventory<'_>) -> Vec<NotChecked> {
    let code = FindingCode::TransitiveAccess;
    let lists = inventory.permissions.not_checked.iter().map(|(mailbox, reason)| NotChecked {
        mailbox: Some(mailbox.clone()),
        ..NotChecked::because(code, reason.clone())
    });
    let groups = graph.unread_groups().into_iter().map(|id| {
        NotChecked::because(
            code,
            format!("group {id} may open mailboxes, and the directory does not have it"),
        )
    });
    lists.chain(groups).collect()
}

fn finding(inventory: &Inventory<'_>, live: &LiveRole, mailbox: &UserId, chain: Vec<Step>) -> Finding {
    let directory = inventory.directory;
    let (name, label) = (&live.role.name, inventory.label(mailbox));
    let mut evidence = vec![format!("{name} → {}", described(&chain, directory))];
    let mut remedy = Vec::new();
    if let Some(first) = chain.first() {
        let decision = access::decide(&live.role.rules, &first.by);
        let by = inventory.label(&first.by);
        evidence
            .extend(decision.matched_rules.first().map(|rule| format!("rule {} allows {by}", rule.label())));
        let word = inventory.user_word(&first.by);
        remedy.push(format!("`wmrole edit {} --deny {word}`", inventory.word(live)));
    }
    if chain.len() > 1 {
        evidence.push(
            "EWS opens the first of these mailboxes to the role; the others are open to whoever gets at an account \
             through the mail in it"
                .to_owned(),
        );
    }
    if inventory.declared.protected.contains(mailbox) {
        evidence.push(format!("{label} is in protected_users"));
    }
    if let Some(last) = chain.last() {
        let grantee = last.groups.last().map_or(last.by.as_str(), GroupId::as_str);
        remedy.push(format!(
            "`aws workmail delete-mailbox-permissions --organization-id {} --entity-id {} --grantee-id {}`",
            inventory.organization,
            shell_words::quote(mailbox.as_str()),
            shell_words::quote(grantee)
        ));
    }
    let through = chain.first().map_or("", |step| inventory.label(&step.by));
    let summary = format!("{name} can open {label} through {through}, and its rules do not allow it");
    Finding {
        mailbox: Some(mailbox.clone()),
        evidence,
        remedy,
        chain,
        ..Finding::of(FindingCode::TransitiveAccess, role_ref(live), summary)
    }
}

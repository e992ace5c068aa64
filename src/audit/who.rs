//! The question turned round: who can open one mailbox, and on which way.

use super::finding::{NotChecked, Step};
use super::inventory::Inventory;
use super::transitive::{self, Graph};
use crate::access;
use crate::directory::UserId;
use crate::finding_code::FindingCode;
use crate::role::{LiveRole, Rule};
use crate::sorted;

/// Who can open a mailbox.
#[derive(Debug)]
pub(crate) struct Who<'a> {
    pub(crate) mailbox: &'a UserId,
    /// By name.
    pub(crate) roles: Vec<RoleWay<'a>>,
    /// The nearest first. The owner is not among them.
    pub(crate) accounts: Vec<AccountWay<'a>>,
    pub(crate) not_checked: Vec<NotChecked>,
}

/// A role that can.
#[derive(Debug)]
pub(crate) struct RoleWay<'a> {
    pub(crate) live: &'a LiveRole,
    /// The rules that allow the mailbox, or whoever the chain begins with.
    pub(crate) rules: Vec<&'a Rule>,
    /// The shortest; empty where the rules allow the mailbox itself.
    pub(crate) chain: Vec<Step>,
}

/// An account that can.
#[derive(Debug)]
pub(crate) struct AccountWay<'a> {
    pub(crate) account: &'a UserId,
    /// The shortest; never empty.
    pub(crate) chain: Vec<Step>,
}

/// Who can open the mailbox.
pub(crate) fn who<'a>(inventory: &Inventory<'a>, mailbox: &'a UserId) -> Who<'a> {
    let graph = Graph::of(inventory.directory, inventory.permissions);
    let ways = graph.back(mailbox);
    let has_mailbox = inventory.directory.has_mailbox(mailbox);
    let mut roles = Vec::new();
    let mut not_checked = inventory.unread.to_vec();
    for live in inventory.roles.iter().filter(|_| has_mailbox) {
        if live.rules_unknown {
            let reason = format!("the service gave no list of the rules of role {}", live.role.name);
            not_checked.push(NotChecked::because(FindingCode::TransitiveAccess, reason));
            continue;
        }
        let opened = std::iter::once(&mailbox).chain(&ways.accounts);
        let mut opened = opened.filter(|id| inventory.directory.has_mailbox(id));
        let Some(start) = opened.find(|id| access::allows(&live.role.rules, id)) else { continue };
        let rules = access::decide(&live.role.rules, start).matched_rules;
        roles.push(RoleWay { live, rules, chain: ways.chain(start) });
    }
    not_checked.extend(transitive::not_checked(&graph, inventory));
    sorted::by(&mut not_checked, Ord::cmp);
    not_checked.dedup();
    let accounts = ways.accounts.iter().filter(|_| has_mailbox);
    let accounts = accounts.map(|account| AccountWay { account, chain: ways.chain(account) }).collect();
    Who { mailbox, roles, accounts, not_checked }
}

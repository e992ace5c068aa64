//! What forbids executing a plan, and what would allow it. Pure.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Action, Change, Plan};
use crate::access;
use crate::definition::model::Document;
use crate::definition::resolve::{Desired, TargetList};
use crate::definition::span::Span;
use crate::directory::{Directory, UserId};
use crate::expiry::{Expires, Lifetime};
use crate::role::{Effect, Role, RoleName, RoleType, Rule};

/// How far a plan may go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limits {
    /// At most this many roles are deleted.
    pub max_deletes: usize,
    /// At most this many users become newly reachable; no limit when absent. A role that opens to
    /// mailboxes made later counts as one more.
    pub max_gained: Option<usize>,
    /// Roles may turn from READ_ONLY to FULL_ACCESS.
    pub allow_escalation: bool,
}

impl Limits {
    /// How many roles a plan deletes where nothing is said.
    pub(crate) const MAX_DELETES: usize = 1;

    /// These, and others that may be stricter. Nothing that others say makes them wider.
    #[must_use]
    pub(crate) fn and(self, max_deletes: Option<usize>, max_gained: Option<usize>) -> Self {
        let stricter = |ours: Option<usize>, theirs: Option<usize>| ours.into_iter().chain(theirs).min();
        Self {
            max_deletes: stricter(Some(self.max_deletes), max_deletes).unwrap_or(self.max_deletes),
            max_gained: stricter(self.max_gained, max_gained),
            allow_escalation: self.allow_escalation,
        }
    }
}

/// What policies and definitions forbid, and no flag allows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Policy {
    /// Users whom no role may reach.
    pub protected: BTreeSet<UserId>,
    /// How long access may last.
    pub max_lifetime: Option<MaxLifetime>,
}

/// Every role that reaches anybody must expire, and no later than this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MaxLifetime {
    lifetime: Lifetime,
    now: Timestamp,
}

impl MaxLifetime {
    /// The strictest of these documents, from a time on.
    pub(crate) fn of(documents: &[&Document], now: Timestamp) -> Option<Self> {
        let lifetimes = documents.iter().filter_map(|document| document.max_lifetime.as_ref());
        let strictest = lifetimes.map(|one| &one.value).min_by_key(|lifetime| lifetime.hours())?;
        Some(Self { lifetime: strictest.clone(), now })
    }

    /// Does access until then, or without an end, last too long?
    fn is_outlived_by(&self, end: Option<&Expires>) -> bool {
        end.is_none_or(|end| end.end() > self.lifetime.latest(self.now))
    }

    /// The refusal of a role whose access lasts too long, if it does. `reaching` are its ALLOW rules that reach
    /// anybody, each with its end.
    pub(crate) fn refusal<'a>(
        &self,
        role: &RoleName,
        reaching: impl IntoIterator<Item = (&'a str, Option<&'a Expires>)>,
        span: Option<&Span>,
    ) -> Option<Refusal> {
        let outliving = reaching.into_iter().filter(|(_, end)| self.is_outlived_by(*end));
        let said = outliving.map(|(rule, end)| match end {
            Some(end) => format!("rule {rule} expires {}", end.in_sentence()),
            None => format!("rule {rule} never expires"),
        });
        let said: Vec<_> = said.collect();
        if said.is_empty() {
            return None;
        }
        let lifetime = self.lifetime.as_str();
        let latest = self.lifetime.latest_expiry(self.now).map(|end| end.to_string()).unwrap_or_default();
        let said = said.join(", ");
        Some(Refusal {
            code: RefusalCode::MaxLifetime,
            message: format!(
                "role {role} would give access for longer than the max_lifetime of {lifetime}, until {latest} at the \
                 latest: {said}"
            ),
            help: format!(
                "no flag allows it: give the role that date or an earlier one, as `expires: {latest}` in the YAML, or \
                 `--expires {lifetime}` of create and edit"
            ),
            span: span.cloned(),
        })
    }
}

/// The refusal of a role whose access would last too long.
fn outlives(role: &Role, policy: &Policy, span: Option<&Span>) -> Option<Refusal> {
    let reaching = access::reaching(role).map(|rule| (rule.label(), role.end_of(rule)));
    policy.max_lifetime.as_ref()?.refusal(&role.name, reaching, span)
}

/// Which guard refuses a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RefusalCode {
    /// More deletions than allowed.
    MaxDeletes,
    /// More users newly reachable than allowed.
    MaxGained,
    /// A role turns from READ_ONLY to FULL_ACCESS.
    Escalation,
    /// A role reaches a protected user.
    ProtectedUser,
    /// A role that reaches anybody never expires, or later than it may.
    MaxLifetime,
    /// `undo` opens a role to everyone without being asked to.
    Everyone,
    /// A role is replaced whose rules the service did not tell.
    RulesUnknown,
}

/// A plan is not executed, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Which guard.
    pub code: RefusalCode,
    /// What would happen and must not, in one line.
    pub message: String,
    /// What allows it, or what to do instead.
    pub help: String,
    /// The definition that it comes from.
    pub span: Option<Span>,
}

/// How the help of a refusal begins that a flag lifts.
const IF_MEANT: &str = "if that is meant: ";

impl Refusal {
    /// Says that the flag is to be given where the plan is saved, if it is the plan's own limit that refuses:
    /// that of the saved plan is among `limits` unchanged.
    pub(crate) fn by_saved_limits(&mut self, saved: &Limits, limits: &Limits) {
        let own = match self.code {
            RefusalCode::MaxDeletes => limits.max_deletes == saved.max_deletes,
            RefusalCode::MaxGained => limits.max_gained == saved.max_gained,
            RefusalCode::Escalation => true,
            RefusalCode::ProtectedUser
            | RefusalCode::MaxLifetime
            | RefusalCode::Everyone
            | RefusalCode::RulesUnknown => false,
        };
        if let Some(flag) = self.help.strip_prefix(IF_MEANT).filter(|_| own) {
            self.help = format!(
                "a saved plan keeps its limits; if that is meant, save it again: `wmrole diff --save` with {flag}"
            );
        }
    }
}

/// What forbids executing these plans together: the limits are those of one call, however many
/// organizations it is about.
pub(crate) fn totals(plans: &[&Plan], limits: &Limits) -> Vec<Refusal> {
    let gained = limits.max_gained.and_then(|allowed| gained(plans, allowed));
    deletes(plans, limits.max_deletes).into_iter().chain(gained).collect()
}

/// What else forbids executing the plan. `desired` are all declared roles, those unchanged too: the policy holds for
/// each. What only narrows is never refused.
pub(crate) fn refusals(
    plan: &Plan,
    limits: &Limits,
    desired: &[Desired],
    policy: &Policy,
    directory: &Directory,
) -> Vec<Refusal> {
    let mut refusals: Vec<_> = plan.changes.iter().filter_map(replaces_unknown_rules).collect();
    if !limits.allow_escalation {
        refusals.extend(escalations(plan, directory));
    }
    let only_narrows = !plan.is_empty() && !plan.changes.iter().any(Change::widens);
    if only_narrows {
        return refusals;
    }
    let narrows = |role: &Role| plan.changes.iter().any(|one| one.after() == Some(role) && !one.widens());
    let declared: Vec<_> = desired.iter().filter(|desired| !narrows(&desired.role)).collect();
    refusals.extend(declared.iter().flat_map(|role| declared_reach(role, &policy.protected, directory)));
    refusals.extend(declared.iter().filter_map(|one| outlives(&one.role, policy, Some(&one.span))));
    // Those that no definition declares
    for change in plan.changes.iter().filter(|change| change.span.is_none() && change.widens()) {
        let Some(after) = change.after() else { continue };
        refusals.extend(outlives(after, policy, None));
        for (user, rule) in protected_reach(after, &policy.protected) {
            refusals.push(reaches_protected(
                &after.name,
                directory.label(user),
                rule.label(),
                &how(rule),
                None,
            ));
        }
    }
    refusals
}

fn deletes(plans: &[&Plan], allowed: usize) -> Option<Refusal> {
    let changes = plans.iter().flat_map(|plan| &plan.changes);
    let names: Vec<_> = changes.filter(|c| c.after().is_none()).map(|c| c.name().as_str()).collect();
    let count = names.len();
    (count > allowed).then(|| Refusal {
        code: RefusalCode::MaxDeletes,
        message: format!(
            "{count} roles would be deleted, and at most {allowed} may be: {}",
            names.join(", ")
        ),
        help: format!("{IF_MEANT}--max-deletes {count}"),
        span: None,
    })
}

fn gained(plans: &[&Plan], allowed: usize) -> Option<Refusal> {
    let users: BTreeSet<&UserId> =
        plans.iter().flat_map(|plan| &plan.delta.gained).map(|grant| &grant.user).collect();
    let opened: usize = plans.iter().map(|plan| plan.delta.opened.len()).sum();
    let count = users.len() + opened;
    let who = match (users.len(), opened) {
        (0, _) => "every mailbox made later".to_owned(),
        (1, 0) => "1 user".to_owned(),
        (n, 0) => format!("{n} users"),
        (1, _) => "1 user, and every mailbox made later,".to_owned(),
        (n, _) => format!("{n} users, and every mailbox made later,"),
    };
    (count > allowed).then(|| Refusal {
        code: RefusalCode::MaxGained,
        message: format!("{who} would become newly reachable, and at most {allowed} may"),
        help: format!("{IF_MEANT}--max-gained {count}"),
        span: None,
    })
}

/// Roles that open to everyone, where nobody wrote the word.
pub(crate) fn openings(plan: &Plan) -> Vec<Refusal> {
    let opening = |name: &RoleName| Refusal {
        code: RefusalCode::Everyone,
        message: format!("role {name} would reach everyone again, also mailboxes that are made later"),
        help: "if that is meant: --allow-everyone".into(),
        span: None,
    };
    plan.delta.opened.iter().map(opening).collect()
}

fn replaces_unknown_rules(change: &Change) -> Option<Refusal> {
    let Action::Update { before, .. } = &change.action else { return None };
    before.rules_unknown.then(|| Refusal {
        code: RefusalCode::RulesUnknown,
        message: format!("the rules of role {} are not known, and would be replaced", before.role.name),
        help: "look at the role in the WorkMail console, and change it there or delete it".to_owned(),
        span: change.span.clone(),
    })
}

fn escalations(plan: &Plan, directory: &Directory) -> Vec<Refusal> {
    let refusal = |message: String, change: &Change| Refusal {
        code: RefusalCode::Escalation,
        message,
        help: format!("{IF_MEANT}--allow-escalation"),
        span: change.span.clone(),
    };
    let turned = plan.changes.iter().filter(|change| change.turns(RoleType::ReadOnly, RoleType::FullAccess));
    let turned = turned.map(|change| {
        let message = format!(
            "role {} turns from READ_ONLY to FULL_ACCESS: it could change, send and delete what it could only read",
            change.name()
        );
        refusal(message, change)
    });
    let remade = remade(plan, directory).into_iter().map(|(gone, made)| {
        let message = format!(
            "role {} is deleted and role {} created: FULL_ACCESS instead of READ_ONLY to mailboxes that both reach",
            gone.name(),
            made.name()
        );
        refusal(message, made)
    });
    turned.chain(remade).collect()
}

/// READ_ONLY roles that go while a FULL_ACCESS role is made that reaches one of their users: an escalation under
/// another name.
pub(crate) fn remade<'a>(plan: &'a Plan, directory: &Directory) -> Vec<(&'a Change, &'a Change)> {
    let mut pairs = Vec::new();
    for gone in &plan.changes {
        let Action::Delete { before } = &gone.action else { continue };
        for made in &plan.changes {
            let Action::Create { after } = &made.action else { continue };
            let types = (before.role.role_type, after.role_type);
            if types == (RoleType::ReadOnly, RoleType::FullAccess) && overlap(&before.role, after, directory)
            {
                pairs.push((gone, made));
            }
        }
    }
    pairs
}

/// Is there a user, or could there be one made later, whom both roles reach?
fn overlap(one: &Role, other: &Role, directory: &Directory) -> bool {
    let both = |user: &UserId| access::allows(&one.rules, user) && access::allows(&other.rules, user);
    let known = directory.users().map(|user| &user.id);
    let mut users = known.chain(one.mentioned_users()).chain(other.mentioned_users());
    users.any(both) || (access::is_open(&one.rules) && access::is_open(&other.rules))
}

/// Declared roles that reach users whom no role may reach.
pub(crate) fn protected_users(
    desired: &[Desired],
    protected: &BTreeSet<UserId>,
    directory: &Directory,
) -> Vec<Refusal> {
    desired.iter().flat_map(|role| declared_reach(role, protected, directory)).collect()
}

fn declared_reach(role: &Desired, protected: &BTreeSet<UserId>, directory: &Directory) -> Vec<Refusal> {
    let reached = protected_reach(&role.role, protected).into_iter().map(|(user, rule)| {
        let through: Vec<String> = role
            .via
            .get(&(rule.id.clone(), TargetList::Users, user.clone()))
            .into_iter()
            .flatten()
            .filter_map(|group| Some(directory.path(directory.find_group(group)?, user)?.join(", in ")))
            .collect();
        let how = match &through[..] {
            [path, ..] => format!(", through the group {path}"),
            [] => how(rule),
        };
        reaches_protected(&role.role.name, directory.label(user), rule.label(), &how, Some(&role.span))
    });
    reached.collect()
}

/// The protected users whom the rules of a role allow, each with the first rule that does; disabled users and
/// those without a mailbox too.
pub(crate) fn protected_reach<'a>(
    role: &'a Role,
    protected: &'a BTreeSet<UserId>,
) -> Vec<(&'a UserId, &'a Rule)> {
    let reached = protected.iter().filter_map(|user| {
        let decision = access::decide(&role.rules, user);
        let rule = decision.matched_rules.first().filter(|_| decision.effect == Effect::Allow)?;
        Some((user, *rule))
    });
    reached.collect()
}

/// Through what a rule reaches a user, where that is not by name.
pub(crate) fn how(rule: &Rule) -> String {
    match rule.targets.users() {
        None => ", for everyone who is not excepted".into(),
        Some(_) => String::new(),
    }
}

/// The refusal of a role that reaches a protected user. `how` says through what the rule does it.
pub(crate) fn reaches_protected(
    role: &RoleName,
    user: &str,
    rule: &str,
    how: &str,
    span: Option<&Span>,
) -> Refusal {
    Refusal {
        code: RefusalCode::ProtectedUser,
        message: format!(
            "role {role} would reach {user}, who is in protected_users: rule {rule} allows it{how}"
        ),
        help: "no flag allows it: add a DENY rule for the user, or end the protection in the YAML".into(),
        span: span.cloned(),
    }
}

#[cfg(test)]
mod tests;

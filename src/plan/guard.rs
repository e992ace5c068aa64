//! What forbids executing a plan, and what would allow it. Pure.

use std::collections::BTreeSet;

use super::Plan;
use crate::access;
use crate::definition::resolve::{Desired, TargetList};
use crate::definition::span::Span;
use crate::directory::{Directory, UserId};
use crate::role::{Effect, RoleName, RoleType};

/// How far a plan may go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    /// At most this many roles are deleted.
    pub max_deletes: usize,
    /// At most this many users become newly reachable; no limit when absent. A role that opens to
    /// mailboxes made later counts as one more.
    pub max_gained: Option<usize>,
    /// Roles may turn from READ_ONLY to FULL_ACCESS.
    pub allow_escalation: bool,
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

/// What forbids executing these plans together: the limits are those of one call, however many
/// organizations it is about.
pub(crate) fn totals(plans: &[&Plan], limits: &Limits) -> Vec<Refusal> {
    let gained = limits.max_gained.and_then(|allowed| gained(plans, allowed));
    deletes(plans, limits.max_deletes).into_iter().chain(gained).collect()
}

/// What else forbids executing the plan. `desired` are all declared roles, those unchanged
/// too: no role may reach a `protected` user.
pub(crate) fn refusals(
    plan: &Plan,
    limits: &Limits,
    desired: &[Desired],
    protected: &BTreeSet<UserId>,
    directory: &Directory,
) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    if !limits.allow_escalation {
        refusals.extend(escalations(plan));
    }
    refusals.extend(protected_users(desired, protected, directory));
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
        help: format!("if that is meant: --max-deletes {count}"),
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
        (n, 0) => format!("{n} users"),
        (n, _) => format!("{n} users, and every mailbox made later,"),
    };
    (count > allowed).then(|| Refusal {
        code: RefusalCode::MaxGained,
        message: format!("{who} would become newly reachable, and at most {allowed} may"),
        help: format!("if that is meant: --max-gained {count}"),
        span: None,
    })
}

fn escalations(plan: &Plan) -> Vec<Refusal> {
    let turned = plan.changes.iter().filter(|change| change.turns(RoleType::ReadOnly, RoleType::FullAccess));
    let turned = turned.map(|change| Refusal {
        code: RefusalCode::Escalation,
        message: format!(
            "role {} turns from READ_ONLY to FULL_ACCESS: it could change, send and delete what it could only read",
            change.name()
        ),
        help: "if that is meant: --allow-escalation".into(),
        span: change.span.clone(),
    });
    turned.collect()
}

/// Declared roles that reach users whom no role may reach.
pub(crate) fn protected_users(
    desired: &[Desired],
    protected: &BTreeSet<UserId>,
    directory: &Directory,
) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for role in desired {
        for user in protected {
            let decision = access::decide(&role.role.rules, user);
            let Some(rule) = decision.matched_rules.first().filter(|_| decision.effect == Effect::Allow)
            else {
                continue;
            };
            let through: Vec<String> = role
                .via
                .get(&(rule.id.clone(), TargetList::Users, user.clone()))
                .into_iter()
                .flatten()
                .filter_map(|group| Some(directory.path(directory.find_group(group)?, user)?.join(", in ")))
                .collect();
            let how = match (&through[..], rule.targets.users()) {
                ([path, ..], _) => format!(", through the group {path}"),
                ([], None) => ", for everyone who is not excepted".into(),
                ([], Some(_)) => String::new(),
            };
            refusals.push(reaches_protected(
                &role.role.name,
                directory.label(user),
                rule.label(),
                &how,
                &role.span,
            ));
        }
    }
    refusals
}

/// The refusal of a role that reaches a protected user. `how` says through what the rule does it.
pub(crate) fn reaches_protected(role: &RoleName, user: &str, rule: &str, how: &str, span: &Span) -> Refusal {
    Refusal {
        code: RefusalCode::ProtectedUser,
        message: format!(
            "role {role} would reach {user}, who is in protected_users: rule {rule} allows it{how}"
        ),
        help: "no flag allows it: add a DENY rule for the user, or end the protection in the YAML".into(),
        span: Some(span.clone()),
    }
}

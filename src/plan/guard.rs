//! What forbids executing a plan, and what would allow it. Pure.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Action, Change, Plan};
use crate::access;
use crate::definition::resolve::{Desired, TargetList};
use crate::definition::span::Span;
use crate::directory::{Directory, UserId};
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
    /// `undo` opens a role to everyone without being asked to.
    Everyone,
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
            RefusalCode::ProtectedUser | RefusalCode::Everyone => false,
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

/// What else forbids executing the plan. `desired` are all declared roles, those unchanged too: no role may
/// reach a `protected` user. What only narrows is never refused.
pub(crate) fn refusals(
    plan: &Plan,
    limits: &Limits,
    desired: &[Desired],
    protected: &BTreeSet<UserId>,
    directory: &Directory,
) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    if !limits.allow_escalation {
        refusals.extend(escalations(plan, directory));
    }
    let only_narrows = !plan.is_empty() && !plan.changes.iter().any(Change::widens);
    if only_narrows {
        return refusals;
    }
    let narrows = |role: &Role| plan.changes.iter().any(|one| one.after() == Some(role) && !one.widens());
    let declared: Vec<_> = desired.iter().filter(|desired| !narrows(&desired.role)).collect();
    refusals.extend(declared.iter().flat_map(|role| declared_reach(role, protected, directory)));
    // Those that no definition declares
    for change in plan.changes.iter().filter(|change| change.span.is_none() && change.widens()) {
        let Some(after) = change.after() else { continue };
        for (user, rule) in protected_reach(after, protected) {
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
mod tests {
    use super::*;

    #[test]
    fn limits_only_become_stricter() {
        let saved = |max_gained| Limits { max_deletes: 3, max_gained, allow_escalation: true };
        assert_eq!(saved(None).and(None, None), saved(None));
        assert_eq!(saved(Some(2)).and(Some(9), Some(5)), saved(Some(2)));
        assert_eq!(saved(Some(2)).and(None, Some(1)), saved(Some(1)));
        assert_eq!(saved(None).and(None, Some(5)), saved(Some(5)));
        assert_eq!(saved(None).and(Some(1), None), Limits { max_deletes: 1, ..saved(None) });
    }

    #[test]
    fn a_flag_lifts_what_the_call_forbids_and_a_new_plan_what_the_saved_one_does() {
        let saved = Limits { max_deletes: 3, max_gained: Some(2), allow_escalation: false };
        let help = |code, limits: Limits| {
            let help = format!("{IF_MEANT}--flag");
            let mut refusal = Refusal { code, message: String::new(), help, span: None };
            refusal.by_saved_limits(&saved, &limits);
            refusal.help
        };
        let again = "a saved plan keeps its limits; if that is meant, save it again: `wmrole diff --save` with --flag";
        for code in [RefusalCode::MaxDeletes, RefusalCode::MaxGained, RefusalCode::Escalation] {
            assert_eq!(help(code, saved), again, "{code:?}");
        }
        let now = "if that is meant: --flag";
        assert_eq!(help(RefusalCode::MaxDeletes, saved.and(Some(1), None)), now);
        assert_eq!(help(RefusalCode::MaxGained, saved.and(None, Some(0))), now);
        assert_eq!(help(RefusalCode::Escalation, saved.and(Some(1), Some(0))), again);
        assert_eq!(help(RefusalCode::ProtectedUser, saved), now);
    }
}

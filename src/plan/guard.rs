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
mod tests {
    use super::super::tests::{allows, changed, full, live, plan, targets};
    use super::*;
    use crate::access::Grant;
    use crate::directory::{State, User};
    use crate::plan;
    use crate::role::Targets;
    use crate::role::tests::{role, rule, uid, users};

    fn directory(ids: &[&str]) -> Directory {
        let user = |id: &&str| User {
            id: uid(id),
            email: Some(format!("{id}@example.com")),
            name: Some((*id).to_owned()),
            display_name: None,
            state: State::Enabled,
        };
        Directory::complete(ids.iter().map(user))
    }

    fn desired(role: &Role) -> Desired {
        Desired {
            span: Span::default(),
            role: role.canonical(),
            id: None,
            previously: vec![],
            via: Default::default(),
            rule_groups: Default::default(),
            skipped_rules: vec![],
            expired: vec![],
        }
    }

    fn protected(ids: &[&str]) -> BTreeSet<UserId> {
        ids.iter().map(|id| uid(id)).collect()
    }

    /// What refuses this plan, whose definitions declare these roles.
    fn codes(plan: &Plan, limits: &Limits, declared: &[&Role], ids: &[&str]) -> Vec<RefusalCode> {
        let desired: Vec<_> = declared.iter().map(|role| desired(role)).collect();
        let policy = Policy { protected: protected(ids), max_lifetime: None };
        let refusals = refusals(plan, limits, &desired, &policy, &directory(&["a", "b", "c"]));
        refusals.into_iter().map(|refusal| refusal.code).collect()
    }

    /// A plan by which these users and so many roles open.
    fn gaining(ids: &[&str], opened: usize) -> Plan {
        let mut plan = Plan::default();
        let grant = |id: &&str| Grant {
            role: RoleName::from_service("r"),
            user: uid(id),
            role_type: RoleType::ReadOnly,
        };
        plan.delta.gained = ids.iter().map(grant).collect();
        plan.delta.opened = vec![RoleName::from_service("r"); opened];
        plan
    }

    #[test]
    fn more_deletions_than_allowed_are_refused_over_all_plans() {
        let gone = |name: &str| plan([changed(Some(&allows(name, &["a"])), None)]);
        let plans = [gone("x"), gone("y"), plan([changed(None, Some(&allows("new", &["a"])))])];
        let plans: Vec<_> = plans.iter().collect();
        let refused = |max_deletes| totals(&plans, &Limits { max_deletes, ..Limits::default() });
        assert_eq!((refused(2), refused(3)), (vec![], vec![]));
        let [refusal] = &refused(1)[..] else { panic!("one refusal") };
        assert_eq!(refusal.code, RefusalCode::MaxDeletes);
        assert_eq!(refusal.message, "2 roles would be deleted, and at most 1 may be: x, y");
        assert_eq!(refusal.help, "if that is meant: --max-deletes 2");
        assert_eq!(refused(0).len(), 1);
    }

    #[test]
    fn more_users_than_allowed_are_refused_each_counted_once() {
        let (one, other) = (gaining(&["a", "b"], 0), gaining(&["b", "c"], 2));
        let refused = |plans: &[&Plan], max| {
            let limits = Limits { max_gained: max, max_deletes: 9, ..Limits::default() };
            totals(plans, &limits)
                .into_iter()
                .map(|one| (one.code, one.message, one.help))
                .collect::<Vec<_>>()
        };
        let says = |who: &str, max: usize, count: usize| {
            vec![(
                RefusalCode::MaxGained,
                format!("{who} would become newly reachable, and at most {max} may"),
                format!("if that is meant: --max-gained {count}"),
            )]
        };
        assert_eq!(refused(&[&one, &other], None), []);
        assert_eq!(refused(&[&one, &other], Some(5)), []);
        assert_eq!(refused(&[&one, &other], Some(6)), []);
        let both = "3 users, and every mailbox made later,";
        assert_eq!(refused(&[&one, &other], Some(4)), says(both, 4, 5));
        assert_eq!(refused(&[&one], Some(1)), says("2 users", 1, 2));
        assert_eq!(refused(&[&one], Some(0)), says("2 users", 0, 2));
        assert_eq!(refused(&[&gaining(&[], 1)], Some(0)), says("every mailbox made later", 0, 1));
    }

    #[test]
    fn a_role_that_opens_is_named() {
        let names: Vec<_> =
            openings(&gaining(&["a"], 1)).into_iter().map(|one| (one.code, one.message)).collect();
        let message = "role r would reach everyone again, also mailboxes that are made later".to_owned();
        assert_eq!(names, [(RefusalCode::Everyone, message)]);
        assert_eq!(openings(&gaining(&["a"], 0)), []);
    }

    #[test]
    fn a_role_is_not_replaced_whose_rules_are_not_known() {
        let unknown = |mut change: Change| {
            if let Action::Update { before, .. } | Action::Delete { before } = &mut change.action {
                before.rules_unknown = true;
            }
            plan([change])
        };
        let (role, none) = (allows("r", &["a", "b"]), Limits { max_deletes: 1, ..Limits::default() });
        for after in [allows("r", &["a"]), allows("renamed", &["a", "b"])] {
            let codes = codes(&unknown(changed(Some(&role), Some(&after))), &none, &[], &[]);
            assert_eq!(codes, [RefusalCode::RulesUnknown]);
        }
        assert_eq!(codes(&unknown(changed(Some(&role), None)), &none, &[], &[]), []);
    }

    #[test]
    fn a_role_that_turns_to_full_access_is_refused_unless_allowed() {
        let read = allows("r", &["a"]);
        let turned = plan([changed(Some(&read), Some(&full(read.clone())))]);
        let none = Limits::default();
        assert_eq!(codes(&turned, &none, &[], &[]), [RefusalCode::Escalation]);
        assert_eq!(codes(&turned, &Limits { allow_escalation: true, ..none }, &[], &[]), []);
        let back = plan([changed(Some(&full(read.clone())), Some(&read))]);
        assert_eq!(codes(&back, &none, &[], &[]), []);
    }

    #[test]
    fn a_role_made_anew_with_full_access_to_the_same_mailbox_is_an_escalation() {
        let pairs = |gone: &Role, made: &Role| {
            let plan = plan([changed(Some(gone), None), changed(None, Some(made))]);
            let pairs = remade(&plan, &directory(&["a", "b", "c"])).len();
            let refused = codes(&plan, &Limits::default(), &[], &[]);
            assert_eq!(refused, vec![RefusalCode::Escalation; pairs]);
            pairs
        };
        let other = full(allows("other", &["b", "c"]));
        assert_eq!(pairs(&allows("r", &["a", "b"]), &other), 1);
        assert_eq!(pairs(&allows("r", &["a"]), &other), 0);
        assert_eq!(pairs(&full(allows("r", &["b"])), &other), 0);
        assert_eq!(pairs(&allows("r", &["b"]), &allows("other", &["b"])), 0);
        // Somebody whom the directory does not know
        assert_eq!(pairs(&allows("r", &["x"]), &full(allows("other", &["x"]))), 1);
        // Nobody whom anybody knows by now
        let open = |name: &str| targets(name, Targets::Except(users(&["a", "b", "c"])));
        assert_eq!(pairs(&open("r"), &full(open("other"))), 1);
        assert_eq!(pairs(&open("r"), &full(allows("other", &["a"]))), 0);
        assert_eq!(pairs(&allows("r", &["a"]), &full(open("other"))), 0);
        // Users whom the directory knows and neither names
        let everyone = |name: &str| targets(name, Targets::Everyone);
        assert_eq!(pairs(&everyone("r"), &full(everyone("other"))), 1);
    }

    #[test]
    fn no_declared_role_may_reach_a_protected_user() {
        let (one, other) = (allows("one", &["a"]), allows("other", &["b"]));
        let none = Limits::default();
        let both = plan([changed(None, Some(&allows("new", &["c"])))]);
        assert_eq!(codes(&both, &none, &[&one, &other], &["b"]), [RefusalCode::ProtectedUser]);
        assert_eq!(codes(&both, &none, &[&one, &other], &[]), []);
        // Unchanged ones too, where nothing is to do
        assert_eq!(codes(&plan([]), &none, &[&one], &["a"]), [RefusalCode::ProtectedUser]);
        // What only narrows is never refused
        let narrows = changed(Some(&allows("one", &["a", "b"])), Some(&one));
        assert_eq!(codes(&plan([narrows.clone()]), &none, &[&one, &other], &["a", "b"]), []);
        // And of a plan that widens elsewhere, what narrows is not
        let widens = changed(None, Some(&other));
        let mixed = plan([narrows, Change { span: Some(Span::default()), ..widens }]);
        assert_eq!(codes(&mixed, &none, &[&one, &other], &["a"]), []);
        assert_eq!(codes(&mixed, &none, &[&one, &other], &["b"]), [RefusalCode::ProtectedUser]);
        let desired = [desired(&one), desired(&other)];
        let found = protected_users(&desired, &protected(&["a", "c"]), &directory(&["a", "b", "c"]));
        let messages: Vec<_> = found.iter().map(|one| one.message.as_str()).collect();
        let message = "role one would reach a@example.com, who is in protected_users: rule 1 allows it";
        assert_eq!(messages, [message]);
    }

    #[test]
    fn a_change_without_a_definition_may_not_widen_to_a_protected_user() {
        let (old, new) = (allows("r", &["a"]), allows("r", &["a", "b"]));
        let none = Limits::default();
        let widens = || plan([changed(Some(&old), Some(&new))]);
        assert_eq!(codes(&widens(), &none, &[], &["b"]), [RefusalCode::ProtectedUser]);
        assert_eq!(codes(&widens(), &none, &[], &["c"]), []);
        // What a definition declares is refused there
        let declared = plan([Change { span: Some(Span::default()), ..changed(Some(&old), Some(&new)) }]);
        assert_eq!(codes(&declared, &none, &[], &["b"]), []);
        // What narrows stays allowed beside what widens
        let narrows = changed(Some(&allows("n", &["b", "c"])), Some(&allows("n", &["b"])));
        let mixed = plan([narrows, changed(None, Some(&allows("new", &["a"])))]);
        assert_eq!(codes(&mixed, &none, &[], &["b"]), []);
    }

    #[test]
    fn how_a_protected_user_is_reached_is_said() {
        let allow = |targets| rule("allow", Effect::Allow, targets);
        assert_eq!(how(&allow(Targets::Everyone)), ", for everyone who is not excepted");
        assert_eq!(how(&allow(Targets::Users(users(&["a"])))), "");
        let deny = rule("deny", Effect::Deny, Targets::Users(users(&["b"])));
        let role = role(vec![allow(Targets::Everyone), deny]);
        let protected = protected(&["a", "b"]);
        let reached: Vec<_> = protected_reach(&role, &protected)
            .into_iter()
            .map(|(user, rule)| (user.as_str(), rule.label()))
            .collect();
        assert_eq!(reached, [("a", "allow")]);
        let deletion = plan::deletion(&live("id", &role), None, &directory(&["a"]));
        assert_eq!(codes(&super::super::tests::plan([deletion]), &Limits::default(), &[], &["a"]), []);
    }

    #[test]
    fn what_is_changed_without_a_definition_may_not_last_too_long() {
        let end = |text: &str| Some(Expires::parse(text).expect("an expiry"));
        let now = "2026-11-24T12:00:00Z".parse().expect("a time");
        let document = |text: &str| {
            let text = format!("version: 1\nmax_lifetime: {text}\n");
            crate::definition::parse::parse_policy(0, &text).0.expect("a policy")
        };
        let [long, short] = ["2w", "7d"].map(document);
        let longest = |documents: &[&Document]| MaxLifetime::of(documents, now);
        let policy = Policy { max_lifetime: longest(&[&long, &short]), ..Policy::default() };
        let refused = |before: Option<&Role>, after: Option<&Role>| {
            let plan = plan([changed(before, after)]);
            let limits = Limits { max_deletes: 9, ..Limits::default() };
            let refusals = refusals(&plan, &limits, &[], &policy, &directory(&["a", "b"]));
            refusals.into_iter().map(|one| (one.code, one.message)).collect::<Vec<_>>()
        };
        let ends = |text: &str| Role { expires: end(text), ..allows("r", &["a"]) };
        let (forever, wider) = (allows("r", &["a"]), allows("r", &["a", "b"]));
        let [(code, message)] = &refused(None, Some(&forever))[..] else { panic!("one refusal") };
        assert_eq!(*code, RefusalCode::MaxLifetime);
        assert_eq!(
            message,
            "role r would give access for longer than the max_lifetime of 7d, until 2026-11-30 at the latest: rule 1 \
             never expires"
        );
        assert_eq!(refused(None, Some(&ends("2026-11-30"))), []);
        assert_eq!(refused(None, Some(&ends("2026-12-01T12:00:00Z"))), []);
        assert!(
            refused(None, Some(&ends("2026-12-01T12:00:01Z")))[0]
                .1
                .ends_with("expires at 2026-12-01T12:00:01Z")
        );
        // Moved out, taken away, and more users; then what narrows
        assert_eq!(refused(Some(&ends("2026-11-30")), Some(&ends("2026-12-31"))).len(), 1);
        assert_eq!(refused(Some(&ends("2026-11-30")), Some(&forever)).len(), 1);
        assert_eq!(refused(Some(&forever), Some(&wider)).len(), 1);
        assert_eq!(refused(Some(&wider), Some(&forever)), []);
        assert_eq!(refused(Some(&forever), Some(&ends("2028-01-31"))), []);
        assert_eq!(refused(Some(&forever), None), []);
        assert_eq!(longest(&[]), None);
    }

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

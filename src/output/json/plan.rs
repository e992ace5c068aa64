//! Plans and what became of them: the documents of `diff`, `apply`, `create`, `edit` and `delete`.

use schemars::JsonSchema;
use serde::Serialize;

use super::Version;
use super::definitions::DiagnosticJson;
use super::organization::OrganizationJson;
use super::refusal::RefusalJson;
use super::role::{RoleJson, RoleRefJson, RuleJson, RuleRefJson, UserJson};
use crate::access::{Delta, Escalation, Extension, Grant};
use crate::apply::report::{ChangeReport, Outcome, Report};
use crate::directory::Directory;
use crate::expiry::Expires;
use crate::organization::Organization;
use crate::plan::guard::Refusal;
use crate::plan::overruled::Overruled;
use crate::plan::role_diff::{RuleDiff, Target, WholeRule};
use crate::plan::{Change, Counts, Plan};
use crate::role::{RoleName, RoleType, RuleId, UserId};

/// Who gains and loses access
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "AccessDelta")]
struct DeltaJson {
    gained: Vec<GrantJson>,
    lost: Vec<GrantJson>,
    escalated: Vec<EscalationJson>,
    /// Access that ends later than it did, or no longer ends
    extended: Vec<ExtensionJson>,
    /// Roles that will reach mailboxes made later, and did not
    opened: Vec<RoleName>,
    /// Roles that will no longer reach mailboxes made later
    closed: Vec<RoleName>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Grant")]
struct GrantJson {
    role: RoleName,
    user: UserJson,
    #[serde(rename = "type")]
    role_type: RoleType,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Escalation")]
struct EscalationJson {
    role: RoleName,
    user: UserJson,
    from: RoleType,
    to: RoleType,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Extension")]
struct ExtensionJson {
    role: RoleName,
    /// The rule that gives access for longer; absent where the expiry of the role itself moves
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<RuleId>,
    from: Expires,
    /// Null where it no longer ends
    to: Option<Expires>,
}

impl DeltaJson {
    fn of(delta: &Delta, directory: &Directory) -> Self {
        let Delta { gained, lost, escalated, extended, opened, closed } = delta;
        let grants = |grants: &[Grant]| {
            let one = |Grant { role, user, role_type }: &Grant| GrantJson {
                role: role.clone(),
                user: UserJson::of(user, directory),
                role_type: *role_type,
            };
            grants.iter().map(one).collect()
        };
        let escalation = |Escalation { role, user, from, to }: &Escalation| EscalationJson {
            role: role.clone(),
            user: UserJson::of(user, directory),
            from: *from,
            to: *to,
        };
        let extension = |Extension { role, rule, from, to }: &Extension| ExtensionJson {
            role: role.clone(),
            rule: rule.clone(),
            from: from.clone(),
            to: to.clone(),
        };
        Self {
            gained: grants(gained),
            lost: grants(lost),
            escalated: escalated.iter().map(escalation).collect(),
            extended: extended.iter().map(extension).collect(),
            opened: opened.clone(),
            closed: closed.clone(),
        }
    }
}

#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Action")]
enum ActionJson {
    Create,
    Update,
    Delete,
}

impl ActionJson {
    fn of(change: &Change) -> Self {
        match change.action {
            crate::plan::Action::Create { .. } => Self::Create,
            crate::plan::Action::Update { .. } => Self::Update,
            crate::plan::Action::Delete { .. } => Self::Delete,
        }
    }
}

/// What happens to a role
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Change")]
struct ChangeJson {
    action: ActionJson,
    role: RoleRefJson,
    /// Null for one that is created
    before: Option<RoleJson>,
    /// Null for one that is deleted
    after: Option<RoleJson>,
    access: DeltaJson,
    rule_changes: Vec<RuleChangeJson>,
    /// Rules of the definition that match nobody today, since their groups have no members
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<RuleJson>,
    /// Rules of the definition that are left out, since they have expired: each with the date by which it did, its own
    /// or the role's
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    expired: Vec<RuleJson>,
    /// Whom the change newly allows and a DENY rule still denies; a user for each rule
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    overruled: Vec<OverruledJson>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    result: Option<ResultJson>,
}

/// Somebody who is newly allowed and stays denied
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Overruled")]
struct OverruledJson {
    /// Null for everyone whom no rule names
    user: Option<UserJson>,
    /// The DENY rule
    rule: RuleRefJson,
}

impl OverruledJson {
    fn all(change: &Change, directory: &Directory) -> Vec<Self> {
        let of = |Overruled { user, rules }: Overruled<'_>| {
            let user = user.map(|user| UserJson::of(user, directory));
            let one = |rule: &crate::role::Rule| Self { user: user.clone(), rule: RuleRefJson::of(rule) };
            rules.into_iter().map(one).collect::<Vec<_>>()
        };
        change.overruled().into_iter().flat_map(of).collect()
    }
}

#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "RuleAction")]
enum RuleActionJson {
    Add,
    Remove,
    Change,
}

/// What happens to a rule of a role
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "RuleChange")]
struct RuleChangeJson {
    action: RuleActionJson,
    /// Null for one that is added
    before: Option<RuleJson>,
    /// Null for one that is removed
    after: Option<RuleJson>,
    /// Users whom the rule lists only after the change
    users_added: Vec<UserJson>,
    /// Users whom the rule lists only before the change
    users_removed: Vec<UserJson>,
    /// Users whom the rule excepts only after the change
    except_users_added: Vec<UserJson>,
    /// Users whom the rule excepts only before the change
    except_users_removed: Vec<UserJson>,
}

impl RuleChangeJson {
    fn of(diff: &RuleDiff, directory: &Directory) -> Self {
        let targets = |targets: &[Target]| -> Vec<UserJson> {
            targets.iter().map(|target| UserJson::of(&target.user, directory)).collect()
        };
        let users = |users: &[UserId]| -> Vec<UserJson> {
            users.iter().map(|user| UserJson::of(user, directory)).collect()
        };
        match diff {
            RuleDiff::Added(WholeRule { rule, users, except }) => Self {
                action: RuleActionJson::Add,
                before: None,
                after: Some(RuleJson::of(rule, directory)),
                users_added: targets(users),
                users_removed: Vec::new(),
                except_users_added: targets(except),
                except_users_removed: Vec::new(),
            },
            RuleDiff::Removed(WholeRule { rule, users, except }) => Self {
                action: RuleActionJson::Remove,
                before: Some(RuleJson::of(rule, directory)),
                after: None,
                users_added: Vec::new(),
                users_removed: targets(users),
                except_users_added: Vec::new(),
                except_users_removed: targets(except),
            },
            RuleDiff::Changed(change) => Self {
                action: RuleActionJson::Change,
                before: Some(RuleJson::of(&change.before, directory)),
                after: Some(RuleJson::of(&change.after, directory)),
                users_added: targets(&change.users.added),
                users_removed: users(&change.users.removed),
                except_users_added: targets(&change.except.added),
                except_users_removed: users(&change.except.removed),
            },
        }
    }
}

/// What became of a change
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Result")]
struct ResultJson {
    outcome: OutcomeJson,
    /// Why it failed
    error: Option<String>,
}

#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Outcome")]
enum OutcomeJson {
    Done,
    Failed,
    NotAttempted,
}

impl ResultJson {
    fn of(outcome: &Outcome) -> Self {
        let (outcome, error) = match outcome {
            Outcome::Done { .. } => (OutcomeJson::Done, None),
            Outcome::Failed(failure) => (OutcomeJson::Failed, Some(failure.to_string())),
            Outcome::NotAttempted => (OutcomeJson::NotAttempted, None),
        };
        Self { outcome, error }
    }
}

impl ChangeJson {
    fn planned(change: &Change, directory: &Directory) -> Self {
        Self::of(change, None, directory)
    }

    fn reported(report: &ChangeReport, directory: &Directory) -> Self {
        Self::of(&report.change, Some(&report.outcome), directory)
    }

    fn of(change: &Change, outcome: Option<&Outcome>, directory: &Directory) -> Self {
        let created = outcome.and_then(Outcome::id);
        let id = change.before().map(|live| &live.id).or(created);
        Self {
            action: ActionJson::of(change),
            role: RoleRefJson { id: id.cloned(), name: change.name().clone() },
            before: change.before().map(|live| RoleJson::live(live, directory)),
            after: change.after().map(|role| RoleJson::of(id, role, directory)),
            access: DeltaJson::of(&change.delta, directory),
            rule_changes: change.diff.rules.iter().map(|rule| RuleChangeJson::of(rule, directory)).collect(),
            left_out: change.skipped_rules.iter().map(RuleJson::without_targets).collect(),
            expired: change.expired.iter().map(|rule| RuleJson::expired(rule, directory)).collect(),
            overruled: OverruledJson::all(change, directory),
            result: outcome.map(ResultJson::of),
        }
    }
}

/// The plan for an organization, or what became of it
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "OrganizationPlan")]
pub(crate) struct PlanJson {
    organization: OrganizationJson,
    summary: Counts,
    changes: Vec<ChangeJson>,
    /// Live roles that no definition declares
    undeclared: Vec<RoleRefJson>,
    /// Declared roles that --only and --exclude leave out: the plan does not touch them
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<Vec<RoleName>>,
    access: DeltaJson,
    /// What forbids executing it; absent once it was executed
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<Vec<RefusalJson>>,
    /// Warnings about the definitions; absent where there are no definitions
    #[serde(skip_serializing_if = "Option::is_none")]
    diagnostics: Option<Vec<DiagnosticJson>>,
}

impl PlanJson {
    /// A plan that was not executed.
    pub(crate) fn planned(organization: &Organization, plan: &Plan, directory: &Directory) -> Self {
        let changes = plan.changes.iter().map(|change| ChangeJson::planned(change, directory));
        Self::of(organization, plan, changes.collect(), directory)
    }

    /// A plan and what became of it.
    pub(crate) fn reported(
        organization: &Organization,
        plan: &Plan,
        report: &Report,
        directory: &Directory,
    ) -> Self {
        let changes = report.changes.iter().map(|change| ChangeJson::reported(change, directory));
        Self::of(organization, plan, changes.collect(), directory)
    }

    /// With what forbids executing it.
    pub(crate) fn refused(self, refusals: &[Refusal]) -> Self {
        Self { refused: Some(RefusalJson::all(refusals)), ..self }
    }

    /// With warnings about the definitions.
    pub(crate) fn diagnostics(self, diagnostics: Vec<DiagnosticJson>) -> Self {
        Self { diagnostics: Some(diagnostics), ..self }
    }

    /// With the declared roles that it is not about.
    pub(crate) fn left_out(self, roles: &[RoleName]) -> Self {
        Self { left_out: (!roles.is_empty()).then(|| roles.to_vec()), ..self }
    }

    fn of(organization: &Organization, plan: &Plan, changes: Vec<ChangeJson>, directory: &Directory) -> Self {
        let undeclared = plan
            .undeclared
            .iter()
            .map(|role| RoleRefJson { id: Some(role.id.clone()), name: role.name.clone() });
        Self {
            organization: OrganizationJson::of(organization),
            summary: plan.counts(),
            changes,
            undeclared: undeclared.collect(),
            left_out: None,
            access: DeltaJson::of(&plan.delta, directory),
            refused: None,
            diagnostics: None,
        }
    }
}

/// An organization of a call
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "OrganizationPlanOrError")]
pub(crate) enum OrganizationPlanJson {
    /// It has a plan
    Planned(Box<PlanJson>),
    /// It has none
    Failed {
        organization: OrganizationJson,
        /// Why
        error: String,
    },
}

/// What `diff`, `apply`, `create`, `edit` and `delete` print
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum PlanDocument {
    /// For one organization
    One {
        version: Version,
        #[serde(flatten)]
        plan: OrganizationPlanJson,
    },
    /// For several
    Several {
        version: Version,
        organizations: Vec<OrganizationPlanJson>,
        /// What forbids executing the plans together
        #[serde(skip_serializing_if = "Vec::is_empty")]
        refused: Vec<RefusalJson>,
    },
}

impl PlanDocument {
    pub(crate) fn new(mut organizations: Vec<OrganizationPlanJson>, refused: &[Refusal]) -> Self {
        if organizations.len() == 1 {
            return Self::One { version: Version, plan: organizations.remove(0) };
        }
        Self::Several { version: Version, organizations, refused: RefusalJson::all(refused) }
    }
}

/// What `apply --plan` prints when the saved plan no longer holds
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct StaleDocument {
    pub(crate) version: Version,
    /// What has changed since it was saved
    pub(crate) stale: Vec<String>,
}

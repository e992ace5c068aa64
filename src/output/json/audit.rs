//! The documents of `audit` and `audit --who`.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::Version;
use super::definitions::DiagnosticJson;
use super::directory::GroupJson;
use super::organization::OrganizationJson;
use super::role::{RoleRefJson, RuleRefJson, TypedRoleJson, UserJson};
use crate::audit::finding::{Finding, NotChecked, Step};
use crate::audit::leaving::{Leaving, RegionRead, Unseen};
use crate::audit::report::Report;
use crate::audit::who::{AccountWay, RoleWay, Who};
use crate::definition::span::{Location, Sources};
use crate::directory::{Directory, Member};
use crate::finding_code::{FindingCode, Level};
use crate::organization::Organization;

/// What `audit` prints
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AuditDocument {
    version: Version,
    organization: OrganizationJson,
    /// The worst first
    findings: Vec<FindingJson>,
    /// With --show-accepted, the findings that the definitions accept
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<Vec<AcceptedJson>>,
    /// What could not be read, so that nobody knows whether there is more
    not_checked: Vec<NotCheckedJson>,
    summary: AuditSummary,
    /// Warnings about the definitions
    diagnostics: Vec<DiagnosticJson>,
    #[serde(flatten)]
    leaving: Option<LeavingJson>,
}

/// With --leaving: when and as whom it was read, and what no call shows
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Leaving")]
struct LeavingJson {
    #[schemars(with = "String", extend("format" = "date-time"))]
    read_at: Timestamp,
    /// Tokens of roles that were live when it was read are over then
    #[schemars(with = "String", extend("format" = "date-time"))]
    read_again_after: Timestamp,
    /// The ARN; null where it is not known
    principal: Option<String>,
    /// Why the principal is not known
    #[serde(skip_serializing_if = "Option::is_none")]
    principal_not_read: Option<String>,
    /// The version of this program
    wmrole: &'static str,
    /// Everything could be checked, and nothing that is not accepted leaves a mailbox open
    all_shut: bool,
    /// To check by hand
    cannot_see: Vec<UnseenJson>,
}

/// Ways to mailboxes that no call of the service shows
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Unseen")]
struct UnseenJson {
    what: String,
    /// Commands that help to look
    commands: Vec<String>,
}

impl LeavingJson {
    fn of(leaving: &Leaving, all_shut: bool) -> Self {
        let Leaving { read_at, principal, unseen } = leaving;
        Self {
            read_at: *read_at,
            read_again_after: leaving.read_again_after(),
            principal: principal.as_ref().ok().cloned(),
            principal_not_read: principal.as_ref().err().cloned(),
            wmrole: env!("CARGO_PKG_VERSION"),
            all_shut,
            cannot_see: unseen
                .iter()
                .map(|Unseen { what, commands }| UnseenJson {
                    what: what.clone(),
                    commands: commands.clone(),
                })
                .collect(),
        }
    }
}

/// What `audit` prints of several organizations
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AuditsDocument {
    version: Version,
    /// Every Region that was asked for its organizations, with --all-organizations
    #[serde(skip_serializing_if = "Vec::is_empty")]
    regions: Vec<RegionJson>,
    /// By Region and alias
    pub(crate) organizations: Vec<AuditEntryJson>,
}

/// A Region
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RegionRead")]
struct RegionJson {
    region: String,
    /// Organizations that are not active, and hold nothing to read
    skipped: Vec<String>,
    /// Why its organizations could not be listed; null where they were
    error: Option<String>,
}

/// One organization of several
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "AuditEntry")]
pub(crate) enum AuditEntryJson {
    Read(Box<AuditDocument>),
    /// It could not be read
    Failed {
        organization: OrganizationJson,
        error: String,
    },
}

impl AuditsDocument {
    pub(crate) fn of(regions: &[RegionRead]) -> Self {
        let one = |RegionRead { region, skipped, error }: &RegionRead| RegionJson {
            region: region.clone(),
            skipped: skipped.clone(),
            error: error.clone(),
        };
        Self { version: Version, regions: regions.iter().map(one).collect(), organizations: Vec::new() }
    }
}

/// What a reviewer should worry about
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Finding")]
struct FindingJson {
    code: FindingCode,
    level: Level,
    /// Null for a finding about the organization
    role: Option<RoleRefJson>,
    /// The user or resource that it is about; null where it is about none
    mailbox: Option<UserJson>,
    /// The account that it is about, as the one that may open mailboxes of others
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<AccountJson>,
    /// The mailboxes that the account may open
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mailboxes: Vec<UserJson>,
    /// Of the personal access token or the export job
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// True where it is over, and nothing to close: it does not count for --fail-on
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    over: bool,
    summary: String,
    evidence: Vec<String>,
    /// Commands stand in backticks
    remedy: String,
    /// From whom to whose mailbox, where it is a way round
    #[serde(skip_serializing_if = "Vec::is_empty")]
    chain: Vec<StepJson>,
    /// Where the role is declared, with -f
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
}

/// Somebody, or everybody in a group
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Account")]
enum AccountJson {
    User(UserJson),
    Group(GroupJson),
}

/// A finding that may stay
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AcceptedFinding")]
struct AcceptedJson {
    #[serde(flatten)]
    finding: FindingJson,
    reason: String,
    /// The last day; null where it has no end
    until: Option<String>,
}

/// From one mailbox to the next
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Step")]
struct StepJson {
    account: UserJson,
    /// From the group that the account is in to the one that has the permission; empty where the account has it
    groups: Vec<GroupJson>,
    permission: &'static str,
    mailbox: UserJson,
}

/// What a code could not be checked for
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "NotChecked")]
struct NotCheckedJson {
    code: FindingCode,
    reason: String,
    /// Where it is one mailbox
    #[serde(skip_serializing_if = "Option::is_none")]
    mailbox: Option<UserJson>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct AuditSummary {
    high: usize,
    medium: usize,
    low: usize,
    accepted: usize,
}

fn chain(steps: &[Step], directory: &Directory) -> Vec<StepJson> {
    let step = |Step { by, groups, mailbox }: &Step| StepJson {
        account: UserJson::of(by, directory),
        groups: groups.iter().map(|id| GroupJson::of(id, directory)).collect(),
        permission: "FULL_ACCESS",
        mailbox: UserJson::of(mailbox, directory),
    };
    steps.iter().map(step).collect()
}

fn not_checked(all: &[NotChecked], directory: &Directory) -> Vec<NotCheckedJson> {
    let one = |NotChecked { code, reason, mailbox }: &NotChecked| NotCheckedJson {
        code: *code,
        reason: reason.clone(),
        mailbox: mailbox.as_ref().map(|id| UserJson::of(id, directory)),
    };
    all.iter().map(one).collect()
}

impl FindingJson {
    fn of(finding: &Finding, directory: &Directory, sources: &Sources) -> Self {
        let role = finding.role.as_ref();
        Self {
            code: finding.code,
            level: finding.level,
            role: role.map(|role| RoleRefJson { id: Some(role.id.clone()), name: role.name.clone() }),
            mailbox: finding.mailbox.as_ref().map(|id| UserJson::of(id, directory)),
            account: finding.account.as_ref().map(|account| match account {
                Member::User(id) => AccountJson::User(UserJson::of(id, directory)),
                Member::Group(id) => AccountJson::Group(GroupJson::of(id, directory)),
            }),
            mailboxes: finding.mailboxes.iter().map(|id| UserJson::of(id, directory)).collect(),
            id: finding.code.has_id().then(|| finding.subject.clone()),
            over: finding.over,
            summary: finding.summary.clone(),
            evidence: finding.evidence.clone(),
            remedy: finding.remedy(),
            chain: chain(&finding.chain, directory),
            location: finding.place.as_ref().map(|span| sources.location(span)),
        }
    }
}

impl AuditDocument {
    pub(crate) fn of(report: &Report<'_>) -> Self {
        let Report { organization, directory, sources, sorted, not_checked: unread, .. } = *report;
        let finding = |finding: &Finding| FindingJson::of(finding, directory, sources);
        let accepted = sorted.accepted.iter().map(|(one, accepted)| AcceptedJson {
            finding: finding(one),
            reason: accepted.reason.clone(),
            until: accepted.until.map(|date| date.to_string()),
        });
        let [high, medium, low] = report.counts();
        Self {
            version: Version,
            organization: OrganizationJson::of(organization),
            findings: sorted.open.iter().map(finding).collect(),
            accepted: report.show_accepted.then(|| accepted.collect()),
            not_checked: not_checked(unread, directory),
            summary: AuditSummary { high, medium, low, accepted: sorted.accepted.len() },
            diagnostics: DiagnosticJson::all(report.warnings, sources),
            leaving: report.leaving.map(|leaving| LeavingJson::of(leaving, report.all_is_shut())),
        }
    }
}

/// What `audit --who` prints: who can open a mailbox
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WhoDocument {
    version: Version,
    organization: OrganizationJson,
    mailbox: UserJson,
    /// Roles that can
    roles: Vec<RoleWayJson>,
    /// Accounts that can, the nearest first; without the owner
    accounts: Vec<AccountWayJson>,
    /// What could not be read, so that nobody knows whether there are more
    not_checked: Vec<NotCheckedJson>,
}

/// How a role comes to a mailbox
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RoleWay")]
struct RoleWayJson {
    role: TypedRoleJson,
    /// The rules that allow the mailbox, or the account that the chain begins with
    rules: Vec<RuleRefJson>,
    /// Empty where the rules allow the mailbox itself
    chain: Vec<StepJson>,
}

/// How an account comes to a mailbox
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccountWay")]
struct AccountWayJson {
    account: UserJson,
    chain: Vec<StepJson>,
}

impl WhoDocument {
    pub(crate) fn of(organization: &Organization, who: &Who<'_>, directory: &Directory) -> Self {
        let role = |way: &RoleWay<'_>| RoleWayJson {
            role: TypedRoleJson::of(way.live),
            rules: way.rules.iter().map(|rule| RuleRefJson::of(rule)).collect(),
            chain: chain(&way.chain, directory),
        };
        let account = |way: &AccountWay<'_>| AccountWayJson {
            account: UserJson::of(way.account, directory),
            chain: chain(&way.chain, directory),
        };
        Self {
            version: Version,
            organization: OrganizationJson::of(organization),
            mailbox: UserJson::of(who.mailbox, directory),
            roles: who.roles.iter().map(role).collect(),
            accounts: who.accounts.iter().map(account).collect(),
            not_checked: not_checked(&who.not_checked, directory),
        }
    }
}

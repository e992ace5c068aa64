//! The document of `report`.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::access::RoleAccess;
use super::audit::AuditDocument;
use super::role::RoleJson;
use super::usage::{CloudTrailJson, SeenJson, seen};
use crate::access;
use crate::output::report::Evidence;
use crate::role::LiveRole;

/// What `report` writes: the document of `audit`, with the findings that are accepted, and all that was read
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReportDocument {
    #[serde(flatten)]
    audit: AuditDocument,
    #[schemars(with = "String", extend("format" = "date-time"))]
    read_at: Timestamp,
    /// The ARN of who read it; null where it is not known
    principal: Option<String>,
    /// Why the principal is not known
    #[serde(skip_serializing_if = "Option::is_none")]
    principal_not_read: Option<String>,
    /// The version of this program
    wmrole: &'static str,
    /// The command line, without passwords
    command: String,
    /// How many users have a mailbox
    mailboxes: usize,
    roles: Vec<ReportedRole>,
    /// Who reaches whom, without resources, and without the roles whose rules are not known
    access: Vec<RoleAccess>,
    /// What CloudTrail was read for; null where it was not checked
    cloudtrail: Option<CloudTrailJson>,
    /// Why CloudTrail was not checked
    #[serde(skip_serializing_if = "Option::is_none")]
    cloudtrail_not_checked: Option<String>,
}

/// A role with what is known of its use
#[derive(Debug, Serialize, JsonSchema)]
struct ReportedRole {
    #[serde(flatten)]
    role: RoleJson,
    /// Mailboxes made later are reached too; null where the rules are not known
    open: Option<bool>,
    /// Null where no event is in what was read of CloudTrail, or it was not checked
    last_assumed: Option<SeenJson>,
    /// Null where no event is in what was read of CloudTrail, or it was not checked
    last_changed: Option<SeenJson>,
}

impl ReportDocument {
    pub(crate) fn of(evidence: &Evidence<'_>) -> Self {
        let Evidence { report, resources: _, roles, usage, read_at, principal, command } = *evidence;
        let directory = report.directory;
        let role = |live: &LiveRole| {
            let used = usage.as_ref().map(|usage| usage.role(&live.id)).unwrap_or_default();
            ReportedRole {
                role: RoleJson::live(live, directory),
                open: (!live.rules_unknown).then(|| access::is_open(&live.role.rules)),
                last_assumed: seen(used.last_assumed),
                last_changed: seen(used.last_changed),
            }
        };
        let reaches = evidence.reaches();
        Self {
            audit: AuditDocument::of(&report),
            read_at,
            principal: principal.as_ref().ok().cloned(),
            principal_not_read: principal.as_ref().err().cloned(),
            wmrole: env!("CARGO_PKG_VERSION"),
            command: command.to_owned(),
            mailboxes: evidence.mailboxes().len(),
            roles: roles.iter().map(role).collect(),
            access: reaches.iter().map(|reach| RoleAccess::of(reach, directory)).collect(),
            cloudtrail: usage.as_ref().ok().map(CloudTrailJson::of),
            cloudtrail_not_checked: usage.as_ref().err().cloned(),
        }
    }
}

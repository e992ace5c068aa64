//! The document of `doctor`. Nothing in it names a person, an account or a machine: it can stand in a public issue.

use schemars::JsonSchema;
use serde::Serialize;

use super::Version;
use crate::doctor::{Check, NotChecked, Report, Status};

/// How a check ended.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "CheckStatus")]
enum StatusJson {
    Ok,
    Warning,
    Failed,
}

/// One check.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Check")]
struct CheckJson<'a> {
    /// What was checked, as `organization`; an IAM action for a permission
    name: &'a str,
    status: StatusJson,
    /// What was found
    detail: &'a str,
    /// What to do
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'a str>,
}

/// What could not be tried.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "NotTried")]
struct NotCheckedJson<'a> {
    /// As the name of a check
    name: &'a str,
    reason: &'a str,
}

/// What `doctor` prints: no name, id, address or path, so that it can be shown to anybody
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DoctorDocument<'a> {
    version: Version,
    checks: Vec<CheckJson<'a>>,
    /// What could not be tried, and is not known to work
    not_checked: Vec<NotCheckedJson<'a>>,
}

impl<'a> DoctorDocument<'a> {
    pub(crate) fn of(report: &'a Report) -> Self {
        let Report { checks, not_checked } = report;
        let check = |check: &'a Check| {
            let Check { name, status, detail, remedy, private: _ } = check;
            let status = match status {
                Status::Ok => StatusJson::Ok,
                Status::Warning => StatusJson::Warning,
                Status::Failed => StatusJson::Failed,
            };
            let remedy = remedy.as_ref().map(|remedy| remedy.as_str());
            CheckJson { name, status, detail: detail.as_str(), remedy }
        };
        let not =
            |NotChecked { name, reason }: &'a NotChecked| NotCheckedJson { name, reason: reason.as_str() };
        Self {
            version: Version,
            checks: checks.iter().map(check).collect(),
            not_checked: not_checked.iter().map(not).collect(),
        }
    }
}

//! What CloudTrail tells of roles, in the documents of `show` and `report`.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::role::RoleId;
use crate::usage::{RoleUsage, Seen, Usage};

/// What was done to a role, and by whom
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Seen")]
pub(super) struct SeenJson {
    #[schemars(with = "String", extend("format" = "date-time"))]
    time: Timestamp,
    /// An ARN where there is one
    principal: String,
    /// The operation
    event: String,
}

/// What was read of CloudTrail
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CloudTrailRead")]
pub(super) struct CloudTrailJson {
    #[schemars(with = "String", extend("format" = "date-time"))]
    since: Timestamp,
    #[schemars(with = "String", extend("format" = "date-time"))]
    until: Timestamp,
    /// False where not all events between the two were read
    complete: bool,
}

pub(super) fn seen(seen: Option<Seen>) -> Option<SeenJson> {
    seen.map(|Seen { time, principal, event }| SeenJson { time, principal, event })
}

impl CloudTrailJson {
    pub(super) fn of(usage: &Usage) -> Self {
        Self { since: usage.since, until: usage.until, complete: usage.complete }
    }
}

/// What CloudTrail tells of a role
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RoleUsage")]
pub(crate) struct RoleUsageJson {
    /// Null where no event is in what was read
    last_assumed: Option<SeenJson>,
    /// Null where no event is in what was read
    last_changed: Option<SeenJson>,
    #[serde(flatten)]
    read: CloudTrailJson,
}

impl RoleUsageJson {
    pub(crate) fn of(usage: &Usage, role: &RoleId) -> Self {
        let RoleUsage { last_assumed, last_changed } = usage.role(role);
        let [last_assumed, last_changed] = [last_assumed, last_changed].map(seen);
        Self { last_assumed, last_changed, read: CloudTrailJson::of(usage) }
    }
}

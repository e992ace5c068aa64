//! The document of `history`.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::Version;
use super::organization::OrganizationJson;
use crate::organization::Organization;
use crate::usage::Event;

/// What `history` prints
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct HistoryDocument<'a> {
    version: Version,
    /// Null where files were read, and events of every organization are there
    organization: Option<OrganizationJson>,
    /// How far back was looked
    #[schemars(with = "String", extend("format" = "date-time"))]
    since: Timestamp,
    /// The newest first
    events: Vec<EventJson<'a>>,
    /// Whether that is all that happened since then, but for the last 15 minutes, which CloudTrail may not have yet; never
    /// known of files
    complete: bool,
}

/// A call that CloudTrail recorded
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Event")]
struct EventJson<'a> {
    #[schemars(with = "String", extend("format" = "date-time"))]
    time: Timestamp,
    /// The operation, as the service spells it
    event: &'a str,
    /// Who called, an ARN where there is one
    principal: &'a str,
    source_ip: Option<&'a str>,
    user_agent: Option<&'a str>,
    /// The role that it is about; null where it is about none
    role: Option<EventRoleJson<'a>>,
    /// What it is about besides, in words
    subject: Option<&'a str>,
    /// The organization of the request; null where the record has none
    organization: Option<&'a str>,
    /// The code of the error: nothing was done
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

/// A role that may be gone
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "EventRole")]
struct EventRoleJson<'a> {
    /// Null where it was to be made, and was not
    id: Option<&'a str>,
    /// The name that it had then; null where no event tells it
    name: Option<&'a str>,
}

impl<'a> HistoryDocument<'a> {
    pub(crate) fn of(
        organization: Option<&Organization>,
        since: Timestamp,
        events: &'a [Event],
        complete: bool,
    ) -> Self {
        let one = |event: &'a Event| EventJson {
            time: event.time,
            event: &event.event,
            principal: &event.principal,
            source_ip: event.source_ip.as_deref(),
            user_agent: event.user_agent.as_deref(),
            role: event.role.as_ref().map(|role| EventRoleJson {
                id: role.id.as_ref().map(|id| id.as_str()),
                name: role.name.as_deref(),
            }),
            subject: event.subject.as_deref(),
            organization: event.organization.as_deref(),
            error: event.error.as_deref(),
        };
        let organization = organization.map(OrganizationJson::of);
        Self { version: Version, organization, since, events: events.iter().map(one).collect(), complete }
    }
}

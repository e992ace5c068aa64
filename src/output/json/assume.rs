//! The document of `assume`. It holds the token, since it was asked for here.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::Version;
use super::role::UserJson;
use crate::role::{LiveRole, RoleId, RoleName, RoleType};

/// What `assume` prints with `--format json`
#[derive(Serialize, JsonSchema)]
pub(crate) struct AssumeDocument<'a> {
    pub(crate) version: Version,
    pub(crate) role: AssumedRoleJson,
    /// The bearer token, a secret
    pub(crate) token: &'a str,
    /// Seconds
    pub(crate) expires_in: u64,
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub(crate) expires_at: Timestamp,
    /// Null for a sandbox that ends with the call
    pub(crate) ews_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<UserJson>,
}

/// The role; by its ids alone it is not read, and has no name and type
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AssumedRole")]
pub(crate) struct AssumedRoleJson {
    id: RoleId,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<RoleName>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    role_type: Option<RoleType>,
}

impl AssumedRoleJson {
    pub(crate) fn of(id: &RoleId, live: Option<&LiveRole>) -> Self {
        Self {
            id: id.clone(),
            name: live.map(|live| live.role.name.clone()),
            role_type: live.map(|live| live.role.role_type),
        }
    }
}

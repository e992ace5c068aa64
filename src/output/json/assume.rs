//! The document of `assume`. It holds the token, since it was asked for here.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::Version;
use super::role::{TypedRoleJson, UserJson};

/// What `assume` prints with `--format json`
#[derive(Serialize, JsonSchema)]
pub(crate) struct AssumeDocument<'a> {
    pub(crate) version: Version,
    pub(crate) role: TypedRoleJson,
    /// The bearer token, a secret
    pub(crate) token: &'a str,
    /// Seconds
    pub(crate) expires_in: u64,
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub(crate) expires_at: Timestamp,
    pub(crate) ews_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<UserJson>,
}

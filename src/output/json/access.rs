//! The document of `access`.

use schemars::JsonSchema;
use serde::Serialize;

use super::Version;
use super::organization::OrganizationJson;
use super::role::{RuleRefJson, TypedRoleJson, UserJson};
use crate::directory::Directory;
use crate::expiry::Expires;
use crate::organization::Organization;
use crate::output::text::access_table::Reach;

/// What `access` prints: who reaches whom
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AccessDocument {
    version: Version,
    organization: OrganizationJson,
    roles: Vec<RoleAccess>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct RoleAccess {
    role: TypedRoleJson,
    /// Mailboxes made later are reached too
    open: bool,
    reach: Vec<ReachedUser>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ReachedUser {
    user: UserJson,
    /// The rules that allow it
    rules: Vec<RuleRefJson>,
    /// When the last of these rules ends, by its own date or the role's; absent where one of them does not end. Access
    /// is open until `expire` or `apply` has taken it away, also past this date
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<Expires>,
}

impl RoleAccess {
    pub(super) fn of(reach: &Reach<'_>, directory: &Directory) -> Self {
        let Reach { live, open, users } = reach;
        let reached = users.iter().map(|(user, rules)| ReachedUser {
            expires: reach.end(rules).cloned(),
            user: UserJson::of(user, directory),
            rules: rules.iter().map(|rule| RuleRefJson::of(rule)).collect(),
        });
        Self { role: TypedRoleJson::of(live), open: *open, reach: reached.collect() }
    }
}

impl AccessDocument {
    pub(crate) fn of(organization: &Organization, reaches: &[Reach<'_>], directory: &Directory) -> Self {
        Self {
            version: Version,
            organization: OrganizationJson::of(organization),
            roles: reaches.iter().map(|reach| RoleAccess::of(reach, directory)).collect(),
        }
    }
}

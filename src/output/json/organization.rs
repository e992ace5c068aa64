//! Organizations, and the documents of `organizations`, `list` and `show`.

use schemars::JsonSchema;
use serde::Serialize;

use super::Version;
use super::role::RoleJson;
use super::usage::RoleUsageJson;
use crate::id::OrganizationId;
use crate::organization::Organization;

/// An organization: its names and where it is.
#[derive(Debug, Clone, PartialEq, Serialize, serde::Deserialize, JsonSchema)]
#[schemars(rename = "Organization")]
pub(crate) struct OrganizationJson {
    /// `m-` and 32 hex digits; null when no organization has this alias
    id: Option<OrganizationId>,
    /// The alias; null when it was not read
    alias: Option<String>,
    /// The AWS Region
    region: Option<String>,
    /// The AWS account, 12 digits; null when it was not read
    account: Option<String>,
}

impl OrganizationJson {
    pub(crate) fn of(organization: &Organization) -> Self {
        let Organization { id, alias, region, account, domain: _, state: _, migration_admin: _ } =
            organization;
        Self {
            id: Some(id.clone()),
            alias: alias.clone(),
            region: Some(region.clone()),
            account: account.clone(),
        }
    }

    /// One that could not be read, by what the command line or a definition calls it.
    pub(crate) fn called(name: &str) -> Self {
        let id = OrganizationId::parse(name).ok();
        let alias = id.is_none().then(|| name.to_owned());
        Self { id, alias, region: None, account: None }
    }
}

/// An organization in the list of `organizations`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ListedOrganization")]
struct ListedOrganization {
    #[serde(flatten)]
    organization: OrganizationJson,
    /// The default mail domain
    domain: Option<String>,
    /// As the service spells it, `Active` for one that works
    state: Option<String>,
}

/// What `organizations` prints
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OrganizationsDocument {
    version: Version,
    organizations: Vec<ListedOrganization>,
}

impl OrganizationsDocument {
    pub(crate) fn of(organizations: &[Organization]) -> Self {
        let one = |organization: &Organization| ListedOrganization {
            organization: OrganizationJson::of(organization),
            domain: organization.domain.clone(),
            state: organization.state.clone(),
        };
        Self { version: Version, organizations: organizations.iter().map(one).collect() }
    }
}

/// What `list` prints
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ListDocument {
    pub(crate) version: Version,
    pub(crate) organization: OrganizationJson,
    pub(crate) roles: Vec<RoleJson>,
}

/// What `show` prints
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ShowDocument {
    pub(crate) version: Version,
    pub(crate) organization: OrganizationJson,
    pub(crate) role: RoleJson,
    /// With --cloudtrail: who used the role and who changed it last
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cloudtrail: Option<RoleUsageJson>,
    /// With --cloudtrail: why that is not known
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cloudtrail_not_checked: Option<String>,
}

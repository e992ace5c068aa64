//! Organizations, and their resources.

use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Answer, seconds};
use super::input::{at_most_one_filter, choice, has_prefix};
use super::limits::{USER_ATTRIBUTE, check_some};
use super::paging::Listed;
use crate::sandbox::model::{EntityState, Organization, Resource};
use crate::sandbox::service_error::ServiceError;

/// The service's spelling of [`EntityState`].
pub(super) const ENTITY_STATES: [&str; 3] = ["ENABLED", "DISABLED", "DELETED"];

impl Listed for &Organization {
    fn key(&self) -> String {
        self.id.to_string()
    }

    fn summary(&self) -> Value {
        json!({
            "OrganizationId": self.id,
            "Alias": self.alias,
            "DefaultMailDomain": self.default_mail_domain,
            "State": self.state,
        })
    }
}

pub(super) fn describe(organization: &Organization) -> Answer {
    Ok(json!({
        "OrganizationId": organization.id,
        "Alias": organization.alias,
        "State": organization.state,
        "DirectoryId": organization.directory_id,
        "DirectoryType": "VpcDirectory",
        "DefaultMailDomain": organization.default_mail_domain,
        "CompletedDate": seconds(organization.completed),
        "ARN": organization.arn(),
        "InteroperabilityEnabled": false,
        "MigrationAdmin": organization.migration_admin,
    }))
}

impl Listed for &Resource {
    fn key(&self) -> String {
        self.id.clone()
    }

    fn summary(&self) -> Value {
        json!({
            "Id": self.id,
            "Email": self.email,
            "Name": self.name,
            "Type": self.resource_type,
            "State": self.state,
            "EnabledDate": self.enabled.map(seconds),
            "DisabledDate": self.disabled.map(seconds),
            "Description": self.description,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListResources {
    filters: Option<NamedFilters>,
}

/// The filters of groups and resources.
#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NamedFilters {
    name_prefix: Option<String>,
    primary_email_prefix: Option<String>,
    state: Option<String>,
}

impl NamedFilters {
    /// The filter as a question about a name, an address and a state.
    pub(super) fn checked(self) -> Result<impl Fn(&str, Option<&str>, EntityState) -> bool, ServiceError> {
        let Self { name_prefix: name, primary_email_prefix: email, state } = self;
        at_most_one_filter(&[name.is_some(), email.is_some(), state.is_some()])?;
        check_some("Filters.NamePrefix", name.as_ref(), &USER_ATTRIBUTE)?;
        check_some("Filters.PrimaryEmailPrefix", email.as_ref(), &USER_ATTRIBUTE)?;
        let state: Option<EntityState> =
            state.map(|state| choice("Filters.State", &state, &ENTITY_STATES)).transpose()?;
        Ok(move |its_name: &str, its_email: Option<&str>, its_state| {
            has_prefix(Some(its_name), name.as_deref())
                && has_prefix(its_email, email.as_deref())
                && state.is_none_or(|state| state == its_state)
        })
    }
}

pub(super) fn resources(
    organization: &Organization,
    input: ListResources,
) -> Result<Vec<&Resource>, ServiceError> {
    let wanted = input.filters.unwrap_or_default().checked()?;
    Ok(organization.resources.iter().filter(|r| wanted(&r.name, r.email.as_deref(), r.state)).collect())
}

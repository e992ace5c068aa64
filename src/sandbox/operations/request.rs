//! A request, and what handlers have in common: the organization that it names, its typed members,
//! pages of lists.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::input::{InOrganization, required};
use super::limits::{ORGANIZATION_ID, check};
use super::paging::{Listed, PageRequest};
use crate::sandbox::model::{Organization, State};
use crate::sandbox::service_error::ServiceError;
use crate::sandbox::settings::Settings;
use crate::system::System;

/// A request for one operation.
pub(super) struct Request<'s> {
    operation: &'static str,
    pub(super) settings: &'s Settings,
    body: Value,
}

impl<'s> Request<'s> {
    /// Reads the body, which is a JSON object.
    pub(super) fn parse(
        operation: &'static str,
        settings: &'s Settings,
        body: &[u8],
    ) -> Result<Self, ServiceError> {
        let body = serde_json::from_slice::<Map<_, _>>(body).map_err(ServiceError::serialization)?;
        Ok(Self { operation, settings, body: Value::Object(body) })
    }

    /// The members, each of its type; unknown ones are ignored, as the service does.
    pub(super) fn input<I: DeserializeOwned>(&self) -> Result<I, ServiceError> {
        I::deserialize(&self.body).map_err(ServiceError::serialization)
    }

    pub(super) fn ask<I: DeserializeOwned>(
        &self,
        state: &State,
        f: fn(&Organization, I) -> Answer,
    ) -> Answer {
        let input = self.input()?;
        f(self.organization(state)?, input)
    }

    pub(super) fn change<I: DeserializeOwned>(
        &self,
        state: &mut State,
        f: fn(&mut Organization, I) -> Answer,
    ) -> Answer {
        let input = self.input()?;
        f(self.organization_mut(state)?, input)
    }

    /// As [`Self::change`], for handlers that make ids or keep times.
    pub(super) fn change_at<I: DeserializeOwned>(
        &self,
        state: &mut State,
        f: fn(&mut Organization, I, System) -> Answer,
    ) -> Answer {
        let input = self.input()?;
        f(self.organization_mut(state)?, input, self.settings.system)
    }

    pub(super) fn organization_mut<'a>(
        &self,
        state: &'a mut State,
    ) -> Result<&'a mut Organization, ServiceError> {
        let at = self.organization_at(state)?;
        must_be_active(&state.organizations[at])?;
        Ok(&mut state.organizations[at])
    }

    pub(super) fn list<'a, I: DeserializeOwned, T: Listed>(
        &self,
        state: &'a State,
        member: &str,
        most: usize,
        select: fn(&'a Organization, I) -> Result<Vec<T>, ServiceError>,
    ) -> Answer {
        let input = self.input()?;
        self.page(member, most, select(self.organization(state)?, input)?)
    }

    pub(super) fn page<T: Listed>(&self, member: &str, most: usize, items: Vec<T>) -> Answer {
        // A token belongs to the list that it was made for: the same request but for the page
        let mut scope = self.body.clone();
        if let Some(members) = scope.as_object_mut() {
            members.retain(|name, _| name != "NextToken" && name != "MaxResults");
        }
        let page = self.input::<PageRequest>()?.take(items, most, &format!("{}{scope}", self.operation))?;
        Ok(json!({member: page.items, "NextToken": page.next}))
    }

    pub(super) fn organization<'a>(&self, state: &'a State) -> Result<&'a Organization, ServiceError> {
        let organization = self.organization_in_any_state(state)?;
        must_be_active(organization)?;
        Ok(organization)
    }

    pub(super) fn organization_in_any_state<'a>(
        &self,
        state: &'a State,
    ) -> Result<&'a Organization, ServiceError> {
        Ok(&state.organizations[self.organization_at(state)?])
    }

    fn organization_at(&self, state: &State) -> Result<usize, ServiceError> {
        let input = self.input::<InOrganization>()?;
        let id = required("OrganizationId", input.organization_id)?;
        check("OrganizationId", &id, &ORGANIZATION_ID)?;
        state.organizations.iter().position(|organization| organization.id.as_str() == id).ok_or_else(|| {
            ServiceError::modelled(
                "OrganizationNotFoundException",
                format!("Organization {id} does not exist"),
            )
        })
    }
}

fn must_be_active(organization: &Organization) -> Result<(), ServiceError> {
    if organization.state == "Active" {
        return Ok(());
    }
    Err(ServiceError::modelled(
        "OrganizationStateException",
        format!("Organization {} is in the state {}", organization.id, organization.state),
    ))
}

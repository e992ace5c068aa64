//! Enabling and disabling users, groups and resources.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::answer::Answer;
use super::input::{entity, required};
use super::limits::{EMAIL, check};
use crate::sandbox::model::{EntityState, Organization};
use crate::sandbox::service_error::ServiceError;
use crate::system::System;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Register {
    entity_id: Option<String>,
    email: Option<String>,
}

pub(super) fn register(organization: &mut Organization, input: Register, system: System) -> Answer {
    let text = entity("EntityId", input.entity_id)?;
    let email = required("Email", input.email)?;
    check("Email", &email, &EMAIL)?;
    let target = organization.entity(&text).ok_or_else(|| ServiceError::no_entity("Entity", &text))?;
    let domain = email.split_once('@').map_or("", |(_, domain)| domain);
    if !organization.has_domain(domain) {
        return Err(ServiceError::modelled(
            "MailDomainNotFoundException",
            format!("Domain {domain} does not exist"),
        ));
    }
    if organization.entities().any(|other| other.id() != target.id() && other.has_address(&email)) {
        return Err(ServiceError::modelled(
            "EmailAddressInUseException",
            format!("The address {email} is in use"),
        ));
    }
    match target.state() {
        EntityState::Deleted => return Err(ServiceError::state(format!("Entity {text} is deleted"))),
        EntityState::Enabled if target.has_address(&email) => return Ok(Value::Null),
        EntityState::Enabled => {
            return Err(ServiceError::modelled(
                "EntityAlreadyRegisteredException",
                format!("Entity {text} is registered with another address"),
            ));
        }
        EntityState::Disabled => {}
    }
    let id = target.id().to_owned();
    if let Some(status) = Status::of(organization, &id) {
        *status.email = Some(email);
        *status.state = EntityState::Enabled;
        *status.enabled = Some(system.now());
        *status.disabled = None;
    }
    Ok(Value::Null)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Deregister {
    entity_id: Option<String>,
}

/// Keeps the address; removes the mailbox, and with it the permissions on it.
pub(super) fn deregister(organization: &mut Organization, input: Deregister, system: System) -> Answer {
    let text = entity("EntityId", input.entity_id)?;
    let target = organization.entity(&text).ok_or_else(|| ServiceError::no_entity("Entity", &text))?;
    if target.state() != EntityState::Enabled {
        return Err(ServiceError::state(format!("Entity {text} is not enabled")));
    }
    let id = target.id().to_owned();
    if let Some(status) = Status::of(organization, &id) {
        *status.state = EntityState::Disabled;
        *status.disabled = Some(system.now());
    }
    organization.mailbox_permissions.retain(|permission| permission.mailbox != id);
    Ok(Value::Null)
}

/// The fields that users, groups and resources share.
struct Status<'a> {
    email: &'a mut Option<String>,
    state: &'a mut EntityState,
    enabled: &'a mut Option<Timestamp>,
    disabled: &'a mut Option<Timestamp>,
}

impl<'a> Status<'a> {
    fn of(organization: &'a mut Organization, id: &str) -> Option<Self> {
        macro_rules! status {
            ($entity:expr) => {
                Self {
                    email: &mut $entity.email,
                    state: &mut $entity.state,
                    enabled: &mut $entity.enabled,
                    disabled: &mut $entity.disabled,
                }
            };
        }
        let Organization { users, groups, resources, .. } = organization;
        users
            .iter_mut()
            .find(|user| user.id.as_str() == id)
            .map(|user| status!(user))
            .or_else(|| groups.iter_mut().find(|g| g.id.as_str() == id).map(|group| status!(group)))
            .or_else(|| resources.iter_mut().find(|r| r.id == id).map(|resource| status!(resource)))
    }
}

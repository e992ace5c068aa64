//! Who may do what with whose mailbox.

use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Answer;
use super::input::{choice, entity, required};
use super::paging::Listed;
use crate::sandbox::lookup::Entity;
use crate::sandbox::model::{EntityState, MailboxPermission, Member, Organization, PermissionType};
use crate::sandbox::service_error::ServiceError;
use crate::sorted;

impl Listed for &MailboxPermission {
    fn key(&self) -> String {
        self.grantee.id().to_owned()
    }

    fn summary(&self) -> Value {
        json!({
            "GranteeId": self.grantee.id(),
            "GranteeType": self.grantee.kind(),
            "PermissionValues": self.values,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct List {
    entity_id: Option<String>,
}

pub(super) fn list(
    organization: &Organization,
    input: List,
) -> Result<Vec<&MailboxPermission>, ServiceError> {
    let owner = find(organization, "EntityId", input.entity_id)?.id();
    Ok(organization.mailbox_permissions.iter().filter(|permission| permission.mailbox == owner).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Put {
    entity_id: Option<String>,
    grantee_id: Option<String>,
    permission_values: Option<Vec<String>>,
}

/// Replaces what the grantee had on that mailbox.
pub(super) fn put(organization: &mut Organization, input: Put) -> Answer {
    let texts = required("PermissionValues", input.permission_values)?;
    let allowed = ["FULL_ACCESS", "SEND_AS", "SEND_ON_BEHALF"];
    let mut values: Vec<PermissionType> =
        texts.iter().map(|text| choice("PermissionValues", text, &allowed)).collect::<Result<_, _>>()?;
    sorted::by(&mut values, Ord::cmp);
    values.dedup();
    if values.is_empty() {
        return Err(ServiceError::invalid("PermissionValues", "have length greater than or equal to 1"));
    }
    let owner = find(organization, "EntityId", input.entity_id)?;
    let grantee = find(organization, "GranteeId", input.grantee_id)?;
    if let Some(entity) = [owner, grantee].into_iter().find(|entity| entity.state() != EntityState::Enabled) {
        return Err(ServiceError::state(format!("Entity {} is not enabled", entity.id())));
    }
    let grantee = member(grantee)?;
    let mailbox = owner.id().to_owned();
    remove(organization, &mailbox, &grantee);
    organization.mailbox_permissions.push(MailboxPermission { mailbox, grantee, values });
    Ok(Value::Null)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Delete {
    entity_id: Option<String>,
    grantee_id: Option<String>,
}

/// Deleting missing permissions succeeds.
pub(super) fn delete(organization: &mut Organization, input: Delete) -> Answer {
    let mailbox = find(organization, "EntityId", input.entity_id)?.id().to_owned();
    let grantee = member(find(organization, "GranteeId", input.grantee_id)?)?;
    remove(organization, &mailbox, &grantee);
    Ok(Value::Null)
}

fn find<'a>(
    organization: &'a Organization,
    name: &str,
    text: Option<String>,
) -> Result<Entity<'a>, ServiceError> {
    let text = entity(name, text)?;
    organization.entity(&text).ok_or_else(|| ServiceError::no_entity("Entity", &text))
}

fn member(grantee: Entity<'_>) -> Result<Member, ServiceError> {
    grantee.member().ok_or_else(|| ServiceError::parameter("A resource cannot be the grantee"))
}

fn remove(organization: &mut Organization, mailbox: &str, grantee: &Member) {
    organization.mailbox_permissions.retain(|p| p.mailbox != mailbox || p.grantee != *grantee);
}

//! Groups and their members.

use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Answer, seconds};
use super::input::{entity, has_prefix, required};
use super::limits::{GROUP_NAME, USER_ATTRIBUTE, check, check_some};
use super::organizations::NamedFilters;
use super::paging::Listed;
use crate::id::GroupId;
use crate::sandbox::lookup::Entity;
use crate::sandbox::model::{EntityState, Group, Member, Organization};
use crate::sandbox::service_error::ServiceError;
use crate::system::System;

impl Listed for &Group {
    fn key(&self) -> String {
        self.id.to_string()
    }

    fn summary(&self) -> Value {
        json!({
            "Id": self.id,
            "Email": self.email,
            "Name": self.name,
            "State": self.state,
            "EnabledDate": self.enabled.map(seconds),
            "DisabledDate": self.disabled.map(seconds),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct List {
    filters: Option<NamedFilters>,
}

pub(super) fn list(organization: &Organization, input: List) -> Result<Vec<&Group>, ServiceError> {
    let wanted = input.filters.unwrap_or_default().checked()?;
    Ok(organization.groups.iter().filter(|g| wanted(&g.name, g.email.as_deref(), g.state)).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneGroup {
    group_id: Option<String>,
}

impl OneGroup {
    fn find(self, organization: &Organization) -> Result<&Group, ServiceError> {
        let text = entity("GroupId", self.group_id)?;
        organization.group(&text).ok_or_else(|| ServiceError::no_entity("Group", &text))
    }
}

pub(super) fn describe(organization: &Organization, input: OneGroup) -> Answer {
    let group = input.find(organization)?;
    Ok(json!({
        "GroupId": group.id,
        "Name": group.name,
        "Email": group.email,
        "State": group.state,
        "EnabledDate": group.enabled.map(seconds),
        "DisabledDate": group.disabled.map(seconds),
        "HiddenFromGlobalAddressList": group.hidden,
    }))
}

impl Listed for (&Member, Entity<'_>) {
    fn key(&self) -> String {
        format!("{} {}", self.0.kind(), self.0.id())
    }

    fn summary(&self) -> Value {
        let (enabled, disabled) = match self.1 {
            Entity::User(user) => (user.enabled, user.disabled),
            Entity::Group(group) => (group.enabled, group.disabled),
            Entity::Resource(resource) => (resource.enabled, resource.disabled),
        };
        json!({
            "Id": self.0.id(),
            "Name": self.1.name(),
            "Type": self.0.kind(),
            "State": self.1.state(),
            "EnabledDate": enabled.map(seconds),
            "DisabledDate": disabled.map(seconds),
        })
    }
}

pub(super) fn members(
    organization: &Organization,
    input: OneGroup,
) -> Result<Vec<(&Member, Entity<'_>)>, ServiceError> {
    let group = input.find(organization)?;
    if group.state == EntityState::Deleted {
        return Err(ServiceError::state(format!("Group {} is deleted", group.name)));
    }
    Ok(group.members.iter().filter_map(|m| Some((m, organization.entity(m.id())?))).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OfEntity {
    entity_id: Option<String>,
    filters: Option<OfEntityFilters>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase")]
struct OfEntityFilters {
    group_name_prefix: Option<String>,
}

/// A group as `ListGroupsForEntity` shows it.
pub(super) struct Identifier<'a>(&'a Group);

impl Listed for Identifier<'_> {
    fn key(&self) -> String {
        self.0.id.to_string()
    }

    fn summary(&self) -> Value {
        json!({"GroupId": self.0.id, "GroupName": self.0.name})
    }
}

pub(super) fn of_entity(
    organization: &Organization,
    input: OfEntity,
) -> Result<Vec<Identifier<'_>>, ServiceError> {
    let text = entity("EntityId", input.entity_id)?;
    let prefix = input.filters.unwrap_or_default().group_name_prefix;
    check_some("Filters.GroupNamePrefix", prefix.as_ref(), &USER_ATTRIBUTE)?;
    let target = organization.entity(&text).ok_or_else(|| ServiceError::no_entity("Entity", &text))?;
    let Some(member) = target.member() else { return Ok(vec![]) };
    let holds =
        |group: &&Group| group.members.contains(&member) && has_prefix(Some(&group.name), prefix.as_deref());
    Ok(organization.groups.iter().filter(holds).map(Identifier).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Create {
    name: Option<String>,
    hidden_from_global_address_list: Option<bool>,
}

pub(super) fn create(organization: &mut Organization, input: Create, system: System) -> Answer {
    let name = required("Name", input.name)?;
    check("Name", &name, &GROUP_NAME)?;
    if organization.entities().any(|entity| entity.name().eq_ignore_ascii_case(&name)) {
        return Err(ServiceError::modelled("NameAvailabilityException", format!("The name {name} is taken")));
    }
    let id = GroupId::from_service(system.new_uuid().to_string());
    organization.groups.push(Group {
        id: id.clone(),
        name,
        email: None,
        hidden: input.hidden_from_global_address_list.unwrap_or_default(),
        state: EntityState::Disabled,
        enabled: None,
        disabled: None,
        members: vec![],
    });
    Ok(json!({"GroupId": id}))
}

/// Deleting a missing group succeeds.
pub(super) fn delete(organization: &mut Organization, input: OneGroup) -> Answer {
    let text = entity("GroupId", input.group_id)?;
    let Some(group) = organization.group(&text) else { return Ok(Value::Null) };
    if group.state == EntityState::Enabled {
        return Err(ServiceError::state(format!("Group {text} is enabled; deregister it first")));
    }
    let (id, member) = (group.id.clone(), Member::Group(group.id.clone()));
    organization.groups.retain(|group| group.id != id);
    organization.remove_member(&member);
    Ok(Value::Null)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Membership {
    group_id: Option<String>,
    member_id: Option<String>,
}

impl Membership {
    /// The index of the group, and the member.
    fn find(self, organization: &Organization) -> Result<(usize, Member), ServiceError> {
        let text = entity("GroupId", self.group_id)?;
        let member = entity("MemberId", self.member_id)?;
        let group = organization.group(&text).ok_or_else(|| ServiceError::no_entity("Group", &text))?;
        let target =
            organization.entity(&member).ok_or_else(|| ServiceError::no_entity("Entity", &member))?;
        if group.state == EntityState::Deleted || target.state() == EntityState::Deleted {
            return Err(ServiceError::state(format!("{text} or {member} is deleted")));
        }
        let member =
            target.member().ok_or_else(|| ServiceError::parameter("A resource cannot be in a group"))?;
        let at = organization.groups.iter().position(|other| other.id == group.id);
        Ok((at.unwrap_or_default(), member))
    }
}

/// Adding a member twice changes nothing.
pub(super) fn associate(organization: &mut Organization, input: Membership) -> Answer {
    let (at, member) = input.find(organization)?;
    let group = &mut organization.groups[at];
    if member == Member::Group(group.id.clone()) {
        return Err(ServiceError::parameter("A group cannot be in itself"));
    }
    if !group.members.contains(&member) {
        group.members.push(member);
    }
    Ok(Value::Null)
}

/// Removing what is not a member changes nothing.
pub(super) fn disassociate(organization: &mut Organization, input: Membership) -> Answer {
    let (at, member) = input.find(organization)?;
    organization.groups[at].members.retain(|other| *other != member);
    Ok(Value::Null)
}

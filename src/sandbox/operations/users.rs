//! Users.

use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Answer, seconds};
use super::input::{at_most_one_filter, choice, entity, has_prefix, required};
use super::limits::{
    EMAIL, IDENTITY_PROVIDER_USER_ID, IDENTITY_PROVIDER_USER_ID_PREFIX, PASSWORD, USER_ATTRIBUTE, USER_NAME,
    check, check_some,
};
use super::organizations::ENTITY_STATES;
use super::paging::Listed;
use crate::id::UserId;
use crate::sandbox::model::{EntityState, Member, Organization, User, UserRole};
use crate::sandbox::service_error::ServiceError;
use crate::system::System;

/// The shortest password; the directory's own rules are unknown.
const MIN_PASSWORD: usize = 8;

impl Listed for &User {
    fn key(&self) -> String {
        self.id.to_string()
    }

    fn summary(&self) -> Value {
        json!({
            "Id": self.id,
            "Email": self.email,
            "Name": self.name,
            "DisplayName": self.display_name,
            "State": self.state,
            "UserRole": self.role,
            "EnabledDate": self.enabled.map(seconds),
            "DisabledDate": self.disabled.map(seconds),
            "IdentityProviderUserId": self.identity_provider_user_id,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct List {
    filters: Option<Filters>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase")]
struct Filters {
    username_prefix: Option<String>,
    display_name_prefix: Option<String>,
    primary_email_prefix: Option<String>,
    state: Option<String>,
    identity_provider_user_id_prefix: Option<String>,
}

pub(super) fn list(organization: &Organization, input: List) -> Result<Vec<&User>, ServiceError> {
    let Filters {
        username_prefix,
        display_name_prefix,
        primary_email_prefix,
        state,
        identity_provider_user_id_prefix,
    } = input.filters.unwrap_or_default();
    let texts = [
        ("Filters.UsernamePrefix", &username_prefix, &USER_ATTRIBUTE),
        ("Filters.DisplayNamePrefix", &display_name_prefix, &USER_ATTRIBUTE),
        ("Filters.PrimaryEmailPrefix", &primary_email_prefix, &USER_ATTRIBUTE),
        (
            "Filters.IdentityProviderUserIdPrefix",
            &identity_provider_user_id_prefix,
            &IDENTITY_PROVIDER_USER_ID_PREFIX,
        ),
    ];
    let given: Vec<_> = texts.iter().map(|(_, text, _)| text.is_some()).chain([state.is_some()]).collect();
    at_most_one_filter(&given)?;
    texts.iter().try_for_each(|(member, text, form)| check_some(member, text.as_ref(), form))?;
    let state: Option<EntityState> =
        state.map(|state| choice("Filters.State", &state, &ENTITY_STATES)).transpose()?;
    let wanted = |user: &&User| {
        has_prefix(Some(&user.name), username_prefix.as_deref())
            && has_prefix(Some(&user.display_name), display_name_prefix.as_deref())
            && has_prefix(user.email.as_deref(), primary_email_prefix.as_deref())
            && has_prefix(
                user.identity_provider_user_id.as_deref(),
                identity_provider_user_id_prefix.as_deref(),
            )
            && state.is_none_or(|state| state == user.state)
    };
    Ok(organization.users.iter().filter(wanted).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneUser {
    user_id: Option<String>,
}

pub(super) fn describe(organization: &Organization, input: OneUser) -> Answer {
    let text = entity("UserId", input.user_id)?;
    let user = organization.user(&text).ok_or_else(|| ServiceError::no_entity("User", &text))?;
    Ok(json!({
        "UserId": user.id,
        "Name": user.name,
        "Email": user.email,
        "DisplayName": user.display_name,
        "State": user.state,
        "UserRole": user.role,
        "EnabledDate": user.enabled.map(seconds),
        "DisabledDate": user.disabled.map(seconds),
        "MailboxProvisionedDate": user.enabled.map(seconds),
        "MailboxDeprovisionedDate": user.disabled.map(seconds),
        "FirstName": user.first_name,
        "LastName": user.last_name,
        "HiddenFromGlobalAddressList": user.hidden,
        "IdentityProviderUserId": user.identity_provider_user_id,
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DescribeEntity {
    email: Option<String>,
}

pub(super) fn describe_entity(organization: &Organization, input: DescribeEntity) -> Answer {
    let email = required("Email", input.email)?;
    check("Email", &email, &EMAIL)?;
    let entity = organization.entities().find(|entity| entity.has_address(&email));
    let entity = entity.ok_or_else(|| ServiceError::no_entity("Entity", &email))?;
    Ok(json!({"EntityId": entity.id(), "Name": entity.name(), "Type": entity.kind()}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Create {
    name: Option<String>,
    display_name: Option<String>,
    password: Option<String>,
    role: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    hidden_from_global_address_list: Option<bool>,
    identity_provider_user_id: Option<String>,
}

pub(super) fn create(organization: &mut Organization, input: Create, system: System) -> Answer {
    let name = required("Name", input.name)?;
    check("Name", &name, &USER_NAME)?;
    let display_name = required("DisplayName", input.display_name)?;
    check("DisplayName", &display_name, &USER_ATTRIBUTE)?;
    check_some("FirstName", input.first_name.as_ref(), &USER_ATTRIBUTE)?;
    check_some("LastName", input.last_name.as_ref(), &USER_ATTRIBUTE)?;
    check_some(
        "IdentityProviderUserId",
        input.identity_provider_user_id.as_ref(),
        &IDENTITY_PROVIDER_USER_ID,
    )?;
    check_password(input.password.as_ref())?;
    let role = input.role.as_deref().unwrap_or("USER");
    let role: UserRole = choice("Role", role, &["USER", "RESOURCE", "SYSTEM_USER", "REMOTE_USER"])?;
    if matches!(role, UserRole::Resource | UserRole::SystemUser) {
        return Err(ServiceError::parameter("Role can be USER or REMOTE_USER"));
    }
    if organization.entities().any(|entity| entity.name().eq_ignore_ascii_case(&name)) {
        return Err(ServiceError::modelled("NameAvailabilityException", format!("The name {name} is taken")));
    }
    if organization.users.len() >= organization.user_limit {
        let limit = organization.user_limit;
        return Err(ServiceError::modelled(
            "LimitExceededException",
            format!("The organization has {limit} users, which is the limit"),
        ));
    }
    let id = UserId::from_service(system.new_uuid().to_string());
    organization.users.push(User {
        id: id.clone(),
        name,
        display_name,
        email: None,
        aliases: vec![],
        first_name: input.first_name,
        last_name: input.last_name,
        identity_provider_user_id: input.identity_provider_user_id,
        hidden: input.hidden_from_global_address_list.unwrap_or_default(),
        role,
        state: EntityState::Disabled,
        enabled: None,
        disabled: None,
    });
    Ok(json!({"UserId": id}))
}

/// Checks the password, which is not kept.
fn check_password(password: Option<&String>) -> Result<(), ServiceError> {
    let Some(password) = password else { return Ok(()) };
    if password.chars().count() < MIN_PASSWORD {
        return Err(ServiceError::modelled(
            "InvalidPasswordException",
            format!("Password must have at least {MIN_PASSWORD} characters"),
        ));
    }
    check("Password", password, &PASSWORD)
}

/// Roles and access control rules keep the id. Deleting a missing user succeeds.
pub(super) fn delete(organization: &mut Organization, input: OneUser) -> Answer {
    let text = entity("UserId", input.user_id)?;
    let Some(user) = organization.user(&text) else { return Ok(Value::Null) };
    if user.state == EntityState::Enabled {
        return Err(ServiceError::state(format!("User {text} is enabled; deregister it first")));
    }
    let (id, member) = (user.id.clone(), Member::User(user.id.clone()));
    organization.users.retain(|user| user.id != id);
    organization.remove_member(&member);
    Ok(Value::Null)
}

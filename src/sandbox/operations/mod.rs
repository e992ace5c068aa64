//! The operations, one file a family, and what is the same in all of them.

mod access_control;
mod groups;
mod input;
mod limits;
mod mailboxes;
mod organizations;
mod paging;
mod registration;
mod roles;
mod users;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use self::input::required;
use self::limits::{ORGANIZATION_ID, check};
use self::paging::{Listed, PageRequest};
use super::model::{Organization, State};
use super::service_error::ServiceError;
use super::store::Store;
use crate::system::System;

/// Does an operation change the state?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Read,
    Write,
}

use Kind::{Read, Write};

/// The operations that the sandbox knows.
pub(super) const OPERATIONS: [&str; 32] = [
    "AssociateMemberToGroup",
    "AssumeImpersonationRole",
    "CreateGroup",
    "CreateImpersonationRole",
    "CreateUser",
    "DeleteAccessControlRule",
    "DeleteGroup",
    "DeleteImpersonationRole",
    "DeleteMailboxPermissions",
    "DeleteUser",
    "DeregisterFromWorkMail",
    "DescribeEntity",
    "DescribeGroup",
    "DescribeOrganization",
    "DescribeUser",
    "DisassociateMemberFromGroup",
    "GetAccessControlEffect",
    "GetImpersonationRole",
    "GetImpersonationRoleEffect",
    "ListAccessControlRules",
    "ListGroupMembers",
    "ListGroups",
    "ListGroupsForEntity",
    "ListImpersonationRoles",
    "ListMailboxPermissions",
    "ListOrganizations",
    "ListResources",
    "ListUsers",
    "PutAccessControlRule",
    "PutMailboxPermissions",
    "RegisterToWorkMail",
    "UpdateImpersonationRole",
];

/// The operation of this name, and whether it changes anything.
pub(super) fn find(name: &str) -> Option<(&'static str, Kind)> {
    let name = *OPERATIONS.iter().find(|known| **known == name)?;
    let reads = ["List", "Get", "Describe"].iter().any(|verb| name.starts_with(verb));
    Some((name, if reads { Read } else { Write }))
}

type Answer = Result<Value, ServiceError>;

/// Does what a request asks. Null stands for an answer without a body.
pub(super) fn perform(store: &Store, system: System, operation: &'static str, body: &[u8]) -> Answer {
    let body = serde_json::from_slice::<Map<_, _>>(body).map_err(ServiceError::serialization)?;
    let request = Request { operation, system, body: Value::Object(body) };
    let answer = match find(operation) {
        Some((_, Read)) => request.read(&*store.read()?),
        Some((_, Write)) => store.update(|state| request.write(state)),
        None => Err(ServiceError::unknown_operation(400)),
    };
    answer.map(without_nulls)
}

struct Request {
    operation: &'static str,
    system: System,
    body: Value,
}

impl Request {
    fn read(&self, state: &State) -> Answer {
        match self.operation {
            "DescribeEntity" => self.ask(state, users::describe_entity),
            "DescribeGroup" => self.ask(state, groups::describe),
            "DescribeOrganization" => organizations::describe(self.organization_in_any_state(state)?),
            "DescribeUser" => self.ask(state, users::describe),
            "GetAccessControlEffect" => self.ask(state, access_control::effect),
            "GetImpersonationRole" => self.ask(state, roles::get),
            "GetImpersonationRoleEffect" => self.ask(state, roles::effect),
            "ListAccessControlRules" => Ok(access_control::list(self.organization(state)?)),
            "ListGroupMembers" => self.list(state, "Members", 100, groups::members),
            "ListGroups" => self.list(state, "Groups", 100, groups::list),
            "ListGroupsForEntity" => self.list(state, "Groups", 100, groups::of_entity),
            // At most 20 whatever was asked for (documented)
            "ListImpersonationRoles" => self.list(state, "Roles", 20, roles::list),
            "ListMailboxPermissions" => self.list(state, "Permissions", 100, mailboxes::list),
            "ListOrganizations" => {
                self.page("OrganizationSummaries", 100, state.organizations.iter().collect())
            }
            "ListResources" => self.list(state, "Resources", 100, organizations::resources),
            "ListUsers" => self.list(state, "Users", 100, users::list),
            _ => Err(ServiceError::unknown_operation(400)),
        }
    }

    fn write(&self, state: &mut State) -> Answer {
        match self.operation {
            "AssociateMemberToGroup" => self.change(state, groups::associate),
            "AssumeImpersonationRole" => self.change_at(state, roles::assume),
            "CreateGroup" => self.change_at(state, groups::create),
            "CreateImpersonationRole" => self.change_at(state, roles::create),
            "CreateUser" => self.change_at(state, users::create),
            "DeleteAccessControlRule" => self.change(state, access_control::delete),
            "DeleteGroup" => self.change(state, groups::delete),
            "DeleteImpersonationRole" => self.change(state, roles::delete),
            "DeleteMailboxPermissions" => self.change(state, mailboxes::delete),
            "DeleteUser" => self.change(state, users::delete),
            "DeregisterFromWorkMail" => self.change_at(state, registration::deregister),
            "DisassociateMemberFromGroup" => self.change(state, groups::disassociate),
            "PutAccessControlRule" => self.change_at(state, access_control::put),
            "PutMailboxPermissions" => self.change(state, mailboxes::put),
            "RegisterToWorkMail" => self.change_at(state, registration::register),
            "UpdateImpersonationRole" => self.change_at(state, roles::update),
            _ => Err(ServiceError::unknown_operation(400)),
        }
    }

    /// The members, each of its type; those that are unknown are passed over, as the service does.
    fn input<I: DeserializeOwned>(&self) -> Result<I, ServiceError> {
        I::deserialize(&self.body).map_err(ServiceError::serialization)
    }

    fn ask<I: DeserializeOwned>(&self, state: &State, f: fn(&Organization, I) -> Answer) -> Answer {
        let input = self.input()?;
        f(self.organization(state)?, input)
    }

    fn change<I: DeserializeOwned>(
        &self,
        state: &mut State,
        f: fn(&mut Organization, I) -> Answer,
    ) -> Answer {
        let input = self.input()?;
        let at = self.organization_at(state)?;
        must_be_active(&state.organizations[at])?;
        f(&mut state.organizations[at], input)
    }

    /// As [`Self::change`], for what makes ids or keeps times.
    fn change_at<I: DeserializeOwned>(
        &self,
        state: &mut State,
        f: fn(&mut Organization, I, System) -> Answer,
    ) -> Answer {
        let input = self.input()?;
        let at = self.organization_at(state)?;
        must_be_active(&state.organizations[at])?;
        f(&mut state.organizations[at], input, self.system)
    }

    fn list<'a, I: DeserializeOwned, T: Listed>(
        &self,
        state: &'a State,
        member: &str,
        most: usize,
        select: fn(&'a Organization, I) -> Result<Vec<T>, ServiceError>,
    ) -> Answer {
        let input = self.input()?;
        self.page(member, most, select(self.organization(state)?, input)?)
    }

    fn page<T: Listed>(&self, member: &str, most: usize, items: Vec<T>) -> Answer {
        // A token belongs to the list that it was made for: the same request but for the page
        let mut scope = self.body.clone();
        if let Some(members) = scope.as_object_mut() {
            members.retain(|name, _| name != "NextToken" && name != "MaxResults");
        }
        let page = self.input::<PageRequest>()?.take(items, most, &format!("{}{scope}", self.operation))?;
        Ok(json!({member: page.items, "NextToken": page.next}))
    }

    fn organization<'a>(&self, state: &'a State) -> Result<&'a Organization, ServiceError> {
        let organization = self.organization_in_any_state(state)?;
        must_be_active(organization)?;
        Ok(organization)
    }

    fn organization_in_any_state<'a>(&self, state: &'a State) -> Result<&'a Organization, ServiceError> {
        Ok(&state.organizations[self.organization_at(state)?])
    }

    fn organization_at(&self, state: &State) -> Result<usize, ServiceError> {
        let input = self.input::<input::InOrganization>()?;
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

/// What has no value is absent, not null.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name, without_nulls(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        value => value,
    }
}

/// A time as AWS JSON has it: seconds since 1970, with milliseconds behind the point.
fn seconds(time: Timestamp) -> Value {
    let milliseconds = i32::try_from(time.as_millisecond().rem_euclid(1000)).unwrap_or_default();
    let whole = time.as_millisecond().div_euclid(1000);
    json!(format!("{whole}.{milliseconds:03}").parse::<f64>().unwrap_or_default())
}

fn sha256(bytes: impl AsRef<[u8]>) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;

//! The operations, one file a subject, and the table of them.

mod access_control;
mod answer;
mod export_jobs;
mod groups;
mod input;
mod limits;
mod mailboxes;
mod organizations;
mod paging;
mod personal_tokens;
mod registration;
mod request;
mod roles;
mod users;

use serde_json::Value;

use self::answer::{Answer, without_nulls};
use self::request::Request;
use super::model::State;
use super::service_error::ServiceError;
use super::settings::Settings;
use super::store::Store;

/// An operation that the sandbox knows.
pub(super) struct Operation {
    /// The service's name.
    pub(super) name: &'static str,
    handler: Handler,
}

/// Does what a request asks, with the state to read or to change.
enum Handler {
    Read(fn(&Request<'_>, &State) -> Answer),
    Write(fn(&Request<'_>, &mut State) -> Answer),
}

const fn read(name: &'static str, handler: fn(&Request<'_>, &State) -> Answer) -> Operation {
    Operation { name, handler: Handler::Read(handler) }
}

const fn write(name: &'static str, handler: fn(&Request<'_>, &mut State) -> Answer) -> Operation {
    Operation { name, handler: Handler::Write(handler) }
}

/// Every operation, sorted by name. `AssumeImpersonationRole` writes, since it keeps the token's hash.
static OPERATIONS: [Operation; 40] = [
    write("AssociateMemberToGroup", |request, state| request.change(state, groups::associate)),
    write("AssumeImpersonationRole", |request, state| {
        roles::assume(request.organization_mut(state)?, request.input()?, request.settings)
    }),
    write("CancelMailboxExportJob", |request, state| request.change_at(state, export_jobs::cancel)),
    write("CreateGroup", |request, state| request.change_at(state, groups::create)),
    write("CreateImpersonationRole", |request, state| request.change_at(state, roles::create)),
    write("CreateUser", |request, state| request.change_at(state, users::create)),
    write("DeleteAccessControlRule", |request, state| request.change(state, access_control::delete)),
    write("DeleteGroup", |request, state| request.change(state, groups::delete)),
    write("DeleteImpersonationRole", |request, state| request.change(state, roles::delete)),
    write("DeleteMailboxPermissions", |request, state| request.change(state, mailboxes::delete)),
    write("DeletePersonalAccessToken", |request, state| request.change(state, personal_tokens::delete)),
    write("DeleteUser", |request, state| request.change(state, users::delete)),
    write("DeregisterFromWorkMail", |request, state| request.change_at(state, registration::deregister)),
    read("DescribeEntity", |request, state| request.ask(state, users::describe_entity)),
    read("DescribeGroup", |request, state| request.ask(state, groups::describe)),
    read("DescribeIdentityProviderConfiguration", |request, state| {
        personal_tokens::describe_configuration(request.organization(state)?)
    }),
    read("DescribeMailboxExportJob", |request, state| request.ask(state, export_jobs::describe)),
    read("DescribeOrganization", |request, state| {
        organizations::describe(request.organization_in_any_state(state)?)
    }),
    read("DescribeUser", |request, state| request.ask(state, users::describe)),
    write("DisassociateMemberFromGroup", |request, state| request.change(state, groups::disassociate)),
    read("GetAccessControlEffect", |request, state| request.ask(state, access_control::effect)),
    read("GetImpersonationRole", |request, state| request.ask(state, roles::get)),
    read("GetImpersonationRoleEffect", |request, state| request.ask(state, roles::effect)),
    read("GetPersonalAccessTokenMetadata", |request, state| request.ask(state, personal_tokens::get)),
    read("ListAccessControlRules", |request, state| Ok(access_control::list(request.organization(state)?))),
    read("ListGroupMembers", |request, state| request.list(state, "Members", 100, groups::members)),
    read("ListGroups", |request, state| request.list(state, "Groups", 100, groups::list)),
    read("ListGroupsForEntity", |request, state| request.list(state, "Groups", 100, groups::of_entity)),
    // At most 20 whatever was asked for (documented)
    read("ListImpersonationRoles", |request, state| request.list(state, "Roles", 20, roles::list)),
    read("ListMailboxExportJobs", |request, state| {
        let listed = export_jobs::list(request.organization(state)?, request.settings.system.now());
        request.page("Jobs", 100, listed)
    }),
    read("ListMailboxPermissions", |request, state| request.list(state, "Permissions", 100, mailboxes::list)),
    read("ListOrganizations", |request, state| {
        request.page("OrganizationSummaries", 100, state.organizations.iter().collect())
    }),
    read("ListPersonalAccessTokens", |request, state| {
        request.list(state, "PersonalAccessTokenSummaries", 100, personal_tokens::list)
    }),
    read("ListResources", |request, state| request.list(state, "Resources", 100, organizations::resources)),
    read("ListUsers", |request, state| request.list(state, "Users", 100, users::list)),
    write("PutAccessControlRule", |request, state| request.change_at(state, access_control::put)),
    write("PutMailboxPermissions", |request, state| request.change(state, mailboxes::put)),
    write("RegisterToWorkMail", |request, state| request.change_at(state, registration::register)),
    write("StartMailboxExportJob", |request, state| request.change_at(state, export_jobs::start)),
    write("UpdateImpersonationRole", |request, state| request.change_at(state, roles::update)),
];

impl Operation {
    /// The operation of this name.
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.name == name)
    }

    /// Does it change the state, so that it may wait for the lock?
    pub(super) fn writes(&self) -> bool {
        matches!(self.handler, Handler::Write(_))
    }

    /// Does what a request asks. Null stands for a response without a body.
    pub(super) fn perform(
        &self,
        store: &Store,
        settings: &Settings,
        body: &[u8],
    ) -> Result<Value, ServiceError> {
        let request = Request::parse(self.name, settings, body)?;
        let answer = match self.handler {
            Handler::Read(handler) => handler(&request, &*store.read()?),
            Handler::Write(handler) => store.update(|state| handler(&request, state)),
        };
        answer.map(without_nulls)
    }
}

#[cfg(test)]
mod tests;

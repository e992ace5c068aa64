//! Reading users, groups and what they may do with mailboxes.

use aws_sdk_workmail::types::ListUsersFilters;

use super::Reader;
use crate::directory::permissions::{MailboxPermission, Resource};
use crate::directory::{EntityName, Group, GroupId, Member, User};
use crate::id::UserId;
use crate::workmail::call::Call;
use crate::workmail::client::send;
use crate::workmail::convert;
use crate::workmail::error::{Error, ErrorKind, optional};
use crate::workmail::operation::Operation;
use crate::workmail::pages::{List, MOST_USERS, PAGE_SIZE, all_pages};
use crate::workmail::response::GroupSummary;

const USERS: List<User> =
    List { member: "Users", item: "user", most: MOST_USERS, key: |user| user.id.to_string() };
const GROUPS: List<GroupSummary> =
    List { member: "Groups", item: "group", most: MOST_USERS, key: |group| group.id.to_string() };
const MEMBERS: List<Member> = List { member: "Members", item: "member", most: MOST_USERS, key: member_key };
const RESOURCES: List<Resource> =
    List { member: "Resources", item: "resource", most: MOST_USERS, key: |resource| resource.id.to_string() };
const PERMISSIONS: List<MailboxPermission> = List {
    member: "Permissions",
    item: "grantee",
    most: MOST_USERS,
    key: |permission| member_key(&permission.grantee),
};

fn member_key(member: &Member) -> String {
    match member {
        Member::User(id) => format!("user {id}"),
        Member::Group(id) => format!("group {id}"),
    }
}

impl Reader {
    /// Every user of the directory, disabled and system users included.
    pub(crate) async fn users(&self) -> Result<Vec<User>, Error> {
        self.users_seen(&|_| {}).await
    }

    /// As [`Reader::users`]; `seen` hears of each as soon as its page is there, before it is known whether the list
    /// can be believed.
    pub(crate) async fn users_seen(&self, seen: &(dyn Fn(&User) + Sync)) -> Result<Vec<User>, Error> {
        let call = &Call::page(Operation::ListUsers, "could not list the users");
        let convert = |user| convert::user(user).inspect(seen);
        all_pages(&self.client, call, &USERS, convert, |token| async {
            let page = send!(
                self.client,
                call,
                list_users()
                    .organization_id(self.organization.as_str())
                    .max_results(PAGE_SIZE)
                    .set_next_token(token)
            )
            .await?;
            Ok((page.users, page.next_token))
        })
        .await
    }

    /// The users whose user name begins so. They are few, unless somebody means to hide among them.
    pub(crate) async fn users_with_name(&self, prefix: &EntityName) -> Result<Vec<User>, Error> {
        let failed = format!("could not list the users of the name {prefix}");
        let call = &Call::page(Operation::ListUsers, failed);
        all_pages(&self.client, call, &USERS, convert::user, |token| async {
            let filters = ListUsersFilters::builder().username_prefix(prefix.as_str()).build();
            let page = send!(
                self.client,
                call,
                list_users()
                    .organization_id(self.organization.as_str())
                    .filters(filters)
                    .max_results(PAGE_SIZE)
                    .set_next_token(token)
            )
            .await?;
            Ok((page.users, page.next_token))
        })
        .await
    }

    /// The user of this id, user name or address; `None` when there is none.
    pub(crate) async fn user(&self, name: &EntityName) -> Result<Option<User>, Error> {
        let call = Call::new(Operation::DescribeUser, format!("could not look up user {name}"));
        let response = send!(
            self.client,
            &call,
            describe_user().organization_id(self.organization.as_str()).user_id(name.as_str())
        )
        .await;
        let user = optional(response, &ErrorKind::EntityNotFound)?;
        user.map(|user| convert::described_user(name, user))
            .transpose()
            .map_err(|field| self.client.unexpected(&call, field))
    }

    /// Every group, without members.
    pub(crate) async fn groups(&self) -> Result<Vec<GroupSummary>, Error> {
        let call = &Call::page(Operation::ListGroups, "could not list the groups");
        all_pages(&self.client, call, &GROUPS, convert::group_summary, |token| async {
            let page = send!(
                self.client,
                call,
                list_groups()
                    .organization_id(self.organization.as_str())
                    .max_results(PAGE_SIZE)
                    .set_next_token(token)
            )
            .await?;
            Ok((page.groups, page.next_token))
        })
        .await
    }

    /// The group of this id, name or address with its direct members, both requested at
    /// the same time; `None` when there is none.
    pub(crate) async fn group(&self, name: &EntityName) -> Result<Option<Group>, Error> {
        let (group, members) = tokio::join!(self.describe_group(name), self.members_of(name.as_str()));
        let (Some(group), Some(members)) = (group?, optional(members, &ErrorKind::EntityNotFound)?) else {
            return Ok(None);
        };
        let GroupSummary { id, email, name, state } = group;
        Ok(Some(Group { id, email, name, state, members }))
    }

    /// As [`Reader::group`], without the members.
    pub(crate) async fn describe_group(&self, name: &EntityName) -> Result<Option<GroupSummary>, Error> {
        let call = Call::new(Operation::DescribeGroup, format!("could not look up group {name}"));
        let response = send!(
            self.client,
            &call,
            describe_group().organization_id(self.organization.as_str()).group_id(name.as_str())
        )
        .await;
        let group = optional(response, &ErrorKind::EntityNotFound)?;
        group
            .map(|group| convert::described_group(name, group))
            .transpose()
            .map_err(|field| self.client.unexpected(&call, field))
    }

    /// The direct members of a group, nested groups as such.
    ///
    /// # Errors
    /// [`ErrorKind::EntityNotFound`].
    pub(crate) async fn group_members(&self, group: &GroupId) -> Result<Vec<Member>, Error> {
        self.members_of(group.as_str()).await
    }

    async fn members_of(&self, group: &str) -> Result<Vec<Member>, Error> {
        let failed = format!("could not list the members of group {group}");
        let call = &Call::page(Operation::ListGroupMembers, failed);
        all_pages(&self.client, call, &MEMBERS, convert::member, |token| async {
            let page = send!(
                self.client,
                call,
                list_group_members()
                    .organization_id(self.organization.as_str())
                    .group_id(group)
                    .max_results(PAGE_SIZE)
                    .set_next_token(token)
            )
            .await?;
            Ok((page.members, page.next_token))
        })
        .await
    }

    /// Who may do what with the mailbox of a user or a resource, besides the owner. Permissions that
    /// a group has reach the members of nested groups too (documented).
    ///
    /// # Errors
    /// [`ErrorKind::EntityNotFound`].
    pub(crate) async fn mailbox_permissions(
        &self,
        mailbox: &UserId,
    ) -> Result<Vec<MailboxPermission>, Error> {
        let failed = format!("could not list the permissions on mailbox {mailbox}");
        let call = &Call::page(Operation::ListMailboxPermissions, failed);
        all_pages(&self.client, call, &PERMISSIONS, convert::permission, |token| async {
            let page = send!(
                self.client,
                call,
                list_mailbox_permissions()
                    .organization_id(self.organization.as_str())
                    .entity_id(mailbox.as_str())
                    .max_results(PAGE_SIZE)
                    .set_next_token(token)
            )
            .await?;
            Ok((page.permissions, page.next_token))
        })
        .await
    }

    /// Every room and piece of equipment, disabled ones included. They have mailboxes, and are not among the users.
    pub(crate) async fn resources(&self) -> Result<Vec<Resource>, Error> {
        let call = &Call::page(Operation::ListResources, "could not list the resources");
        all_pages(&self.client, call, &RESOURCES, convert::resource, |token| async {
            let page = send!(
                self.client,
                call,
                list_resources()
                    .organization_id(self.organization.as_str())
                    .max_results(PAGE_SIZE)
                    .set_next_token(token)
            )
            .await?;
            Ok((page.resources, page.next_token))
        })
        .await
    }
}

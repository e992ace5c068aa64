//! The documents of `users` and `groups`.

use schemars::JsonSchema;
use serde::Serialize;

use super::Version;
use super::organization::OrganizationJson;
use super::role::UserJson;
use crate::directory::{Directory, Group, GroupId, Member, State, User};
use crate::organization::Organization;

/// What `users` prints
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct UsersDocument {
    version: Version,
    organization: OrganizationJson,
    users: Vec<ListedUser>,
}

/// A user in the list of `users`
#[derive(Debug, Serialize, JsonSchema)]
struct ListedUser {
    #[serde(flatten)]
    user: UserJson,
    /// The name that people see
    display_name: Option<String>,
    /// Enabled, and with an address: a role can reach the user
    mailbox: bool,
}

impl UsersDocument {
    pub(crate) fn of(organization: &Organization, users: &[&User]) -> Self {
        let one = |user: &&User| ListedUser {
            user: UserJson::known(user),
            display_name: user.display_name.clone(),
            mailbox: user.has_mailbox(),
        };
        let users = users.iter().map(one).collect();
        Self { version: Version, organization: OrganizationJson::of(organization), users }
    }
}

/// What `groups` prints
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct GroupsDocument {
    version: Version,
    organization: OrganizationJson,
    groups: Vec<ListedGroup>,
}

/// A group in the list of `groups`
#[derive(Debug, Serialize, JsonSchema)]
struct ListedGroup {
    #[serde(flatten)]
    group: GroupJson,
    /// Direct members; groups among them are not opened
    members: Vec<MemberJson>,
}

/// A group; only the id where the directory does not know it
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Group")]
pub(super) enum GroupJson {
    /// A group of the directory
    Known { id: GroupId, email: Option<String>, name: Option<String>, state: State },
    /// An id that the directory does not know
    Unknown { id: GroupId },
}

/// A member of a group; `type` is as the service spells it
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "UPPERCASE")]
#[schemars(rename = "Member")]
enum MemberJson {
    User(UserJson),
    Group(GroupJson),
}

impl GroupJson {
    pub(super) fn of(id: &GroupId, directory: &Directory) -> Self {
        match directory.group(id) {
            Some(Group { id, email, name, state, members: _ }) => {
                Self::Known { id: id.clone(), email: email.clone(), name: name.clone(), state: *state }
            }
            None => Self::Unknown { id: id.clone() },
        }
    }
}

impl GroupsDocument {
    pub(crate) fn of(organization: &Organization, groups: &[&Group], directory: &Directory) -> Self {
        let member = |member: &Member| match member {
            Member::User(id) => MemberJson::User(UserJson::of(id, directory)),
            Member::Group(id) => MemberJson::Group(GroupJson::of(id, directory)),
        };
        let one = |group: &&Group| ListedGroup {
            group: GroupJson::of(&group.id, directory),
            members: group.members.iter().map(member).collect(),
        };
        let groups = groups.iter().map(one).collect();
        Self { version: Version, organization: OrganizationJson::of(organization), groups }
    }
}

//! The whole state of a sandbox, in the form of its file.
//!
//! One JSON object, `"version": 1`, names in snake_case, times in RFC 3339, enums in the service's
//! spelling. It may be edited by hand; an unknown key is an error, so that a misspelt one is not
//! silently lost at the next write. No secret is in it: of a token only the SHA-256 is kept.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::base64;
use crate::directory::access_control;
use crate::id::{GroupId, OrganizationId, RoleId, RuleId, UserId};
use crate::role::{self, Description, Effect, RoleName, RoleType, Targets, UserSet};

/// The version of the file's format that this program reads and writes.
pub(crate) const VERSION: u32 = 1;

/// The account that all organizations of a sandbox belong to.
pub(crate) const ACCOUNT: &str = "111122223333";

/// Everything that a sandbox knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    /// Always [`VERSION`].
    pub(crate) version: u32,
    pub(crate) organizations: Vec<Organization>,
}

/// One WorkMail organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Organization {
    /// `m-` and 32 hex digits.
    pub(crate) id: OrganizationId,
    pub(crate) alias: String,
    /// The Region that its ARN names; calls signed for any Region are taken.
    pub(crate) region: String,
    /// `Active`; with any other, operations fail with `OrganizationStateException`.
    pub(crate) state: String,
    /// The domain of new addresses.
    pub(crate) default_mail_domain: String,
    /// Further domains that addresses may have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) domains: Vec<String>,
    pub(crate) directory_id: String,
    /// When the organization was made.
    pub(crate) completed: Timestamp,
    /// How many users there may be (1,000 by default, documented).
    #[serde(default = "default_user_limit")]
    pub(crate) user_limit: usize,
    /// Who is in the directory.
    #[serde(default)]
    pub(crate) users: Vec<User>,
    /// Groups and their direct members.
    #[serde(default)]
    pub(crate) groups: Vec<Group>,
    /// Rooms and equipment.
    #[serde(default)]
    pub(crate) resources: Vec<Resource>,
    /// Who has which right to whose mailbox.
    #[serde(default)]
    pub(crate) mailbox_permissions: Vec<MailboxPermission>,
    #[serde(default)]
    pub(crate) roles: Vec<Role>,
    /// The second gate, by address, protocol and principal; without any rule all access is denied.
    #[serde(default)]
    pub(crate) access_control_rules: Vec<AccessControlRule>,
    /// Tokens that were issued and have not expired.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tokens: Vec<Token>,
    /// What is in the mailboxes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) messages: Vec<Message>,
    /// The migration administrator, while migration is enabled; no operation sets it, as in the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) migration_admin: Option<UserId>,
    /// Are users allowed personal access tokens? Absent while no identity provider is configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) identity_provider: Option<IdentityProvider>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) personal_access_tokens: Vec<PersonalAccessToken>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) export_jobs: Vec<ExportJob>,
}

/// The documented number of users in an organization.
pub(crate) fn default_user_limit() -> usize {
    1000
}

/// The state of a user, a group or a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum EntityState {
    /// Registered to WorkMail; a user has a mailbox.
    Enabled,
    /// In the directory alone.
    Disabled,
    /// Deleted, and still shown.
    Deleted,
}

/// What kind of user one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum UserRole {
    /// A person.
    User,
    /// A room or a thing.
    Resource,
    /// Made by the service.
    SystemUser,
    /// Somebody whose mailbox is elsewhere.
    RemoteUser,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) name: String,
    /// The name that people see.
    pub(crate) display_name: String,
    /// The primary address; one who was never enabled has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    /// Further addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) aliases: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) first_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_name: Option<String>,
    /// The id in IAM Identity Center.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) identity_provider_user_id: Option<String>,
    /// Left out of the address book.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) hidden: bool,
    pub(crate) role: UserRole,
    /// Only enabled users have a mailbox.
    pub(crate) state: EntityState,
    /// When last enabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) enabled: Option<Timestamp>,
    /// When disabled, if disabled since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) disabled: Option<Timestamp>,
}

/// A user or a group, as a member of a group or the holder of a permission.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Member {
    User(UserId),
    Group(GroupId),
}

impl Member {
    /// The id, whatever it is of.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::User(id) => id.as_str(),
            Self::Group(id) => id.as_str(),
        }
    }

    /// The service's `MemberType`.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "USER",
            Self::Group(_) => "GROUP",
        }
    }
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) id: GroupId,
    pub(crate) name: String,
    /// The address; one that was never enabled has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    /// Left out of the address book.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) hidden: bool,
    /// Enabled or not; the members count all the same.
    pub(crate) state: EntityState,
    /// When last enabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) enabled: Option<Timestamp>,
    /// When disabled, if disabled since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) disabled: Option<Timestamp>,
    /// Direct members, nested groups as such.
    #[serde(default)]
    pub(crate) members: Vec<Member>,
}

/// A room or a piece of equipment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resource {
    /// `r-` and 32 hex digits.
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    /// `ROOM` or `EQUIPMENT`.
    #[serde(rename = "type")]
    pub(crate) resource_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    pub(crate) state: EntityState,
    /// When last enabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) enabled: Option<Timestamp>,
    /// When disabled, if disabled since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) disabled: Option<Timestamp>,
}

/// A right to a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum PermissionType {
    /// Open it and do everything in it.
    FullAccess,
    /// Send as its owner.
    SendAs,
    /// Send on the owner's behalf.
    SendOnBehalf,
}

/// What one user or group may do with one mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailboxPermission {
    /// The id of the user, group or resource whose mailbox it is.
    pub(crate) mailbox: String,
    pub(crate) grantee: Member,
    pub(crate) values: Vec<PermissionType>,
}

/// An impersonation role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Role {
    /// The id, kept for life.
    pub(crate) id: RoleId,
    /// The name; two roles may share one.
    pub(crate) name: RoleName,
    #[serde(rename = "type")]
    pub(crate) role_type: RoleType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<Description>,
    /// Whom it may impersonate.
    pub(crate) rules: Vec<Rule>,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
    /// What makes a repeated creation answer this role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) client_token: Option<ClientToken>,
}

impl Role {
    /// The rules as values that [`crate::access`] decides on.
    pub(crate) fn rules(&self) -> Vec<role::Rule> {
        self.rules.iter().map(Rule::value).collect()
    }
}

/// A rule of an impersonation role. A list that is there is never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// Chosen by the caller; two rules may share one.
    pub(crate) id: RuleId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<RoleName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<Description>,
    pub(crate) effect: Effect,
    /// Only these users; absent means everyone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) target_users: Option<Vec<UserId>>,
    /// But these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) not_target_users: Option<Vec<UserId>>,
}

impl Rule {
    fn value(&self) -> role::Rule {
        let set = |users: &Option<Vec<UserId>>| UserSet::new(users.iter().flatten().cloned()).ok();
        let targets = match (set(&self.target_users), set(&self.not_target_users)) {
            (None, None) => Targets::Everyone,
            (Some(users), None) => Targets::Users(users),
            (None, Some(except)) => Targets::Except(except),
            (Some(users), Some(except)) => Targets::UsersExcept { users, except },
        };
        role::Rule {
            id: self.id.clone(),
            name: self.name.as_ref().map(|name| role::RuleName::from_service(name.as_str())),
            description: self.description.clone(),
            // To the service it is text
            expires: None,
            effect: self.effect,
            targets,
        }
    }

    /// Everyone whom the rule names, on either side.
    pub(crate) fn named(&self) -> impl Iterator<Item = &UserId> {
        self.target_users.iter().chain(&self.not_target_users).flatten()
    }
}

/// The token that a role or a job was made with, and what was asked then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientToken {
    pub(crate) token: String,
    /// The SHA-256, in hex, of the request without its token.
    pub(crate) request_sha256: String,
}

/// An access control rule: every list that is there must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccessControlRule {
    /// Unique: a second rule of a name takes the first one's place.
    pub(crate) name: String,
    pub(crate) effect: Effect,
    pub(crate) description: String,
    /// IPv4 networks in CIDR notation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) ip_ranges: Vec<String>,
    /// None of these networks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) not_ip_ranges: Vec<String>,
    /// Protocols, as `EWS`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) actions: Vec<String>,
    /// None of these protocols.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) not_actions: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) user_ids: Vec<UserId>,
    /// None of these users.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) not_user_ids: Vec<UserId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) role_ids: Vec<RoleId>,
    /// None of these roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) not_role_ids: Vec<RoleId>,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
}

impl AccessControlRule {
    /// The rule as a value that [`access_control::decide`] decides on.
    pub(crate) fn value(&self) -> access_control::AccessControlRule {
        access_control::AccessControlRule {
            name: self.name.clone(),
            effect: self.effect,
            description: Some(self.description.clone()),
            ip_ranges: self.ip_ranges.clone(),
            not_ip_ranges: self.not_ip_ranges.clone(),
            actions: self.actions.clone(),
            not_actions: self.not_actions.clone(),
            users: self.user_ids.clone(),
            not_users: self.not_user_ids.clone(),
            roles: self.role_ids.clone(),
            not_roles: self.not_role_ids.clone(),
        }
    }
}

/// A token that a role was assumed with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Token {
    /// The SHA-256 of the token, in hex.
    pub(crate) sha256: String,
    pub(crate) role: RoleId,
    /// Until when.
    pub(crate) expires: Timestamp,
}

/// How users sign in with IAM Identity Center.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IdentityProvider {
    /// May personal access tokens be made and used?
    pub(crate) personal_access_tokens: bool,
    /// For how many days a token is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) lifetime_in_days: Option<u32>,
}

/// A user's token for mail programs. The secret itself is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonalAccessToken {
    pub(crate) id: String,
    pub(crate) user: UserId,
    pub(crate) name: String,
    pub(crate) created: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_used: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) scopes: Vec<String>,
}

/// The state of an export job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum ExportState {
    Running,
    Completed,
    Failed,
    Cancelled,
}

/// A mailbox on its way into a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportJob {
    pub(crate) id: String,
    /// The id of the user or resource whose mailbox it is.
    pub(crate) mailbox: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    pub(crate) role_arn: String,
    pub(crate) kms_key_arn: String,
    pub(crate) bucket: String,
    pub(crate) prefix: String,
    /// In per cent.
    #[serde(default)]
    pub(crate) progress: u8,
    pub(crate) state: ExportState,
    pub(crate) started: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ended: Option<Timestamp>,
    /// What makes a repeated start answer this job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) client_token: Option<ClientToken>,
}

/// A message in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Message {
    /// Unique in the organization.
    pub(crate) id: String,
    /// The id of the user or resource whose mailbox it is in.
    pub(crate) mailbox: String,
    /// The folder's name in EWS, as `inbox`.
    pub(crate) folder: String,
    /// How often it was changed.
    #[serde(default)]
    pub(crate) change: u32,
    /// The sender's address.
    pub(crate) from: String,
    /// The recipients' addresses.
    #[serde(default)]
    pub(crate) to: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) cc: Vec<String>,
    pub(crate) subject: String,
    pub(crate) body: String,
    /// Is the body HTML?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) html: bool,
    pub(crate) received: Timestamp,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) read: bool,
    /// Not sent yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) draft: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) attachments: Vec<Attachment>,
}

/// A file in a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attachment {
    /// Unique, but for copies of a message.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) content: Content,
}

/// What is in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Content {
    /// In base64, in one line.
    Base64(String),
    Made(Made),
    Kept(Kept),
}

/// Content that is made when it is read, so that the state stays small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Made {
    pub(crate) bytes: u64,
    /// Two numbers give different content.
    pub(crate) seed: u64,
}

/// Content that is too long for the state: it is in a file beside it, in base64, named after the attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kept {
    pub(crate) kept_bytes: u64,
}

impl Content {
    /// Its size.
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Self::Base64(text) => base64::bytes(text),
            Self::Made(made) => made.bytes,
            Self::Kept(kept) => kept.kept_bytes,
        }
    }
}

impl State {
    /// Refuses what the service cannot have: an empty list of users, which would be read as everyone.
    ///
    /// # Errors
    /// A sentence that names the rule.
    pub(super) fn validate(&self) -> Result<(), String> {
        for role in self.organizations.iter().flat_map(|organization| &organization.roles) {
            for rule in &role.rules {
                let mut lists = [&rule.target_users, &rule.not_target_users].into_iter().flatten();
                if lists.any(Vec::is_empty) {
                    return Err(format!(
                        "rule {} of role {} has an empty list of users, which would be read as everyone",
                        rule.id, role.id
                    ));
                }
            }
        }
        Ok(())
    }
}

//! What CloudTrail recorded of WorkMail, from LookupEvents or from files, as [events](crate::usage::Event).

pub(crate) mod files;
pub(crate) mod lookup;
mod record;

/// The operations that `history` is about: who may open mailboxes, and who did, changed by these. Each with the members
/// of a request that say what it is about, and what to call them.
///
/// WorkMail has no call that makes a personal access token: users do it in the web application (documented).
const OPERATIONS: &[(&str, &[(&str, &str)])] = &[
    ("CancelMailboxExportJob", &[("jobId", "job ")]),
    ("CreateImpersonationRole", &[]),
    ("DeleteAccessControlRule", &[("name", "rule ")]),
    ("DeleteIdentityProviderConfiguration", &[]),
    ("DeleteImpersonationRole", &[]),
    ("DeleteMailboxPermissions", &[("granteeId", "grantee "), ("entityId", "mailbox ")]),
    ("DeletePersonalAccessToken", &[("personalAccessTokenId", "token ")]),
    ("PutAccessControlRule", &[("effect", ""), ("name", "rule ")]),
    ("PutIdentityProviderConfiguration", &[("status", "personal access tokens ")]),
    (
        "PutMailboxPermissions",
        &[("permissionValues", ""), ("granteeId", "grantee "), ("entityId", "mailbox ")],
    ),
    ("ResetPassword", &[("userId", "user ")]),
    ("StartMailboxExportJob", &[("entityId", "mailbox "), ("s3BucketName", "to ")]),
    ("UpdateImpersonationRole", &[]),
    // Of this there may be one every quarter of an hour: what is rarer is read before it
    ("AssumeImpersonationRole", &[]),
];

/// The names of all operations.
pub(crate) fn all_operations() -> Vec<&'static str> {
    OPERATIONS.iter().map(|(name, _)| *name).collect()
}

/// Those that say who assumed and changed roles, in the same order.
pub(crate) const OF_ROLES: [&str; 4] = [
    "CreateImpersonationRole",
    "DeleteImpersonationRole",
    "UpdateImpersonationRole",
    "AssumeImpersonationRole",
];

/// Those that give a role a name.
pub(crate) const NAMING: [&str; 2] = ["CreateImpersonationRole", "UpdateImpersonationRole"];

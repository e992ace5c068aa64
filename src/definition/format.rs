//! The version and the keys of the format, which the parser, the schema and the export share.

/// The version of the format that this program reads.
pub(super) const VERSION: u32 = 1;

/// The keys of each level, in the order that `export` writes them and the schema lists them.
pub(super) const DOCUMENT_KEYS: &[&str] =
    &["version", "organization", "protected_users", "max_lifetime", "accepted", "roles"];
pub(super) const ACCEPTED_KEYS: &[&str] =
    &["code", "role", "mailbox", "account", "mailboxes", "id", "reason", "until"];
pub(super) const ROLE_KEYS: &[&str] =
    &["name", "id", "description", "type", "previously", "expires", "rules", "expect"];
pub(super) const RULE_KEYS: &[&str] = &[
    "name",
    "id",
    "description",
    "effect",
    "expires",
    "everyone",
    "users",
    "users_from",
    "groups",
    "except_users",
    "except_groups",
];
pub(super) const EXPECT_KEYS: &[&str] = &["allow", "deny"];

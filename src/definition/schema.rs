//! The shape of the YAML: the values that `export` writes, and their JSON Schema for editors.
//!
//! The schema accepts whatever [`crate::definition::parse`] accepts. It sees one document at a time and no
//! directory, so a file that satisfies it can still be refused.

use std::io;

use flate2::read::MultiGzDecoder;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_yaml::Commented;

use super::format::VERSION;
use crate::escape::yaml;
use crate::expiry::Expires;
use crate::finding_code::FindingCode;
use crate::role::{Description, Effect, MAX_RULES, MAX_USERS, RoleId, RoleName, RoleType, RuleId, RuleName};

/// The name of the schema. It is no address, since nobody may own one that this program sends editors to.
const ID: &str = "urn:wmrole:definitions:1";

/// The file that `schema --save` writes, and that exported files name where it is beside them.
pub(crate) const FILE: &str = "wmrole.schema.json";

/// Impersonation roles of an Amazon WorkMail organization, as wmrole reads them
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "wmrole definitions", extend("$id" = ID))]
pub(super) struct DocumentForm {
    /// The version of the format
    #[schemars(schema_with = "version")]
    pub version: u32,
    /// The organization, by id (m-…) or alias; the --organization option wins
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "yaml::maybe_text")]
    #[schemars(schema_with = "organization")]
    pub organization: Option<String>,
    /// Users whom no role may ever reach
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "entities")]
    pub protected_users: Vec<UserForm>,
    /// How long access may last at most, in weeks, days or hours, as 90d: every role that reaches anybody must expire,
    /// and no later than this from now on
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "lifetime")]
    pub max_lifetime: Option<String>,
    /// Findings of `wmrole audit` that were looked at and may stay
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<AcceptedForm>,
    /// The declared roles; other live roles stay unchanged unless --prune is given
    pub roles: Vec<RoleForm>,
}

/// A finding of `wmrole audit` that may stay. It is counted, and comes back when its date has passed
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Accepted")]
pub(super) struct AcceptedForm {
    /// The code of the finding, as `wmrole audit` shows it
    pub code: FindingCode,
    /// The role, by name or id; needed for every finding that is about a role
    #[serde(default)]
    #[schemars(schema_with = "name")]
    pub role: Option<RoleName>,
    /// The mailbox or the user, by email address, user name or id; needed for every finding that is about one
    #[serde(default)]
    #[schemars(schema_with = "entity")]
    pub mailbox: Option<String>,
    /// The user, resource or group that may open mailboxes of others, or the migration administrator; needed for every
    /// finding that is about one
    #[serde(default)]
    #[schemars(schema_with = "entity")]
    pub account: Option<String>,
    /// All mailboxes that the account may open; one more is a new finding
    #[serde(default)]
    #[schemars(schema_with = "entities")]
    pub mailboxes: Option<Vec<String>>,
    /// The id of the personal access token or the export job; needed for every finding that is about one
    #[serde(default)]
    pub id: Option<String>,
    /// Why it may stay
    #[schemars(schema_with = "organization")]
    pub reason: String,
    /// The last day, as 2027-01-31; without one it has no end
    #[serde(default)]
    #[schemars(schema_with = "date")]
    pub until: Option<String>,
}

/// An impersonation role
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Role")]
pub(super) struct RoleForm {
    /// The role's name, by which the live role is found
    #[serde(serialize_with = "yaml::text")]
    #[schemars(schema_with = "name")]
    pub name: RoleName,
    /// The id of the live role, needed only if two live roles share the name
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "yaml::maybe_text")]
    #[schemars(schema_with = "id")]
    pub id: Option<RoleId>,
    /// Free text; newlines are allowed
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "yaml::maybe_text")]
    #[schemars(schema_with = "description")]
    pub description: Option<Description>,
    /// What the role may do in the mailboxes that it reaches
    #[serde(rename = "type")]
    #[schemars(schema_with = "role_type")]
    pub role_type: RoleType,
    /// Former names; a live role with one of them is renamed and keeps its id
    #[serde(default, skip_serializing_if = "Vec::is_empty", serialize_with = "yaml::texts")]
    #[schemars(schema_with = "previously")]
    pub previously: Vec<RoleName>,
    /// When all ALLOW rules end, so that the role reaches nobody: a date, which counts to its end in UTC, an RFC 3339
    /// time, or `never`; where it is absent, the date of the live role stays
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "yaml::maybe_text")]
    #[schemars(schema_with = "expires")]
    pub expires: Option<Expires>,
    /// Which users the role may impersonate; without rules, none. The order does not matter
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("maxItems" = MAX_RULES))]
    pub rules: Vec<RuleForm>,
    /// What to expect of the role, checked by `wmrole test -f` and by `wmrole validate --snapshot`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ExpectForm")]
    pub expect: Option<ExpectForm>,
}

/// A rule: an effect and the users that it matches. Any matching DENY wins
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Rule", transform = rule_needs)]
pub(super) struct RuleForm {
    /// The rule's name, from which its id is derived unless `id` is given
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "yaml::maybe_text")]
    #[schemars(schema_with = "name")]
    pub name: Option<RuleName>,
    /// The rule's id, unique in the role
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "yaml::maybe_text")]
    #[schemars(schema_with = "id")]
    pub id: Option<RuleId>,
    /// Free text; newlines are allowed
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "yaml::maybe_text")]
    #[schemars(schema_with = "description")]
    pub description: Option<Description>,
    /// Whether the role may impersonate the users that the rule matches
    #[schemars(schema_with = "effect")]
    pub effect: Effect,
    /// When the rule ends, of an ALLOW rule alone: a date, which counts to its end in UTC, an RFC 3339 time, or `never`;
    /// where it is absent, the date of the live rule stays
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "yaml::maybe_text")]
    #[schemars(schema_with = "expires")]
    pub expires: Option<Expires>,
    /// Every user of the organization, future ones included
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(schema_with = "only_true")]
    pub everyone: bool,
    /// These users, by email address, user name or id; more than 10 are split into several rules
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "entities")]
    pub users: Vec<UserForm>,
    /// The users whom this file lists, one a line, or a CSV with a column email, user or id. It is a file in the folder of
    /// the definition or below it, and counts as `users`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "file")]
    pub users_from: Option<String>,
    /// The members of these groups and of groups nested in them, at the time of the plan
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "entities")]
    pub groups: Vec<UserForm>,
    /// Exceptions from `users` and `groups`; without these lists, the rule matches everyone else
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "excepted")]
    pub except_users: Vec<UserForm>,
    /// Exceptions, as in `except_users`: the members of these groups
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "entities")]
    pub except_groups: Vec<UserForm>,
}

/// What to expect of a role
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Expect")]
pub(super) struct ExpectForm {
    /// Users whom the role must reach
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "entities")]
    pub allow: Vec<UserForm>,
    /// Users whom the role must not reach
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "entities")]
    pub deny: Vec<UserForm>,
}

/// A user or a group, with a comment behind it.
#[derive(Debug)]
pub(super) struct UserForm {
    pub text: String,
    pub remark: Option<String>,
}

impl Serialize for UserForm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.remark {
            Some(remark) => Commented(yaml::Text(&self.text), remark.clone()).serialize(serializer),
            None => yaml::text(&self.text, serializer),
        }
    }
}

/// A string of limited length and characters. Numbers pass too, since the parser reads them as written.
fn limited(max: usize, pattern: &str) -> Schema {
    json_schema!({"type": ["string", "number"], "minLength": 1, "maxLength": max, "pattern": pattern})
}

fn version(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "integer", "const": VERSION})
}

fn organization(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "minLength": 1})
}

fn name(_: &mut SchemaGenerator) -> Schema {
    limited(64, r"^[^\u0000-\u001f\u007f<>\\]*$")
}

fn description(_: &mut SchemaGenerator) -> Schema {
    limited(256, r"^[^\u0000-\u0009\u000b-\u001f\u007f<>\\]*$")
}

fn id(_: &mut SchemaGenerator) -> Schema {
    limited(64, "^[a-zA-Z0-9_-]*$")
}

fn role_type(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"enum": ["READ_ONLY", "FULL_ACCESS", "read_only", "read-only", "full_access", "full-access"]})
}

fn effect(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"enum": ["ALLOW", "DENY", "allow", "deny"]})
}

fn only_true(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"const": true})
}

fn previously(generator: &mut SchemaGenerator) -> Schema {
    let name = name(generator);
    json_schema!({"anyOf": [name, {"type": "array", "minItems": 1, "uniqueItems": true, "items": name}]})
}

fn entity(_: &mut SchemaGenerator) -> Schema {
    limited(256, "^[a-zA-Z0-9._%+@-]*$")
}

fn file(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "minLength": 1})
}

fn date(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
}

fn lifetime(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "pattern": "^[0-9]+[hdw]$"})
}

fn expires(_: &mut SchemaGenerator) -> Schema {
    let time = "[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})";
    json_schema!({"type": "string", "pattern": format!("^(never|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}({time})?)$")})
}

fn entities(generator: &mut SchemaGenerator) -> Schema {
    let entity = entity(generator);
    json_schema!({"type": "array", "minItems": 1, "uniqueItems": true, "items": entity})
}

fn excepted(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = entities(generator);
    schema.insert("maxItems".into(), MAX_USERS.into());
    schema
}

/// Requires a name or an id, and either `everyone` or at least one list.
fn rule_needs(schema: &mut Schema) {
    let lists: Vec<_> = ["users", "users_from", "groups", "except_users", "except_groups"]
        .into_iter()
        .map(|key| json_schema!({"required": [key]}))
        .collect();
    let named = json_schema!({"anyOf": [{"required": ["name"]}, {"required": ["id"]}]});
    let targets = json_schema!({"oneOf": [{"required": ["everyone"]}, {"anyOf": lists}]});
    schema.insert("allOf".into(), vec![named.to_value(), targets.to_value()].into());
}

/// The JSON Schema (2020-12) of a definition, indented, with a newline at the end. It is kept as a file, so that
/// the program need not hold what makes it; `build.rs` compresses it.
///
/// # Errors
/// Never in practice: it was compressed from UTF-8.
pub(crate) fn schema() -> io::Result<String> {
    let compressed = include_bytes!(concat!(env!("OUT_DIR"), "/wmrole.schema.json.gz"));
    io::read_to_string(MultiGzDecoder::new(&compressed[..]))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::definition::format::{ACCEPTED_KEYS, DOCUMENT_KEYS, EXPECT_KEYS, ROLE_KEYS, RULE_KEYS};
    use crate::testing::golden;

    fn value() -> Value {
        serde_json::from_str(&schema().expect("a schema")).expect("JSON")
    }

    #[test]
    fn the_schema_is_fresh() {
        let schema = schemars::schema_for!(DocumentForm);
        golden::check("schema/wmrole.schema.json", &format!("{:#}\n", schema.as_value()));
    }

    #[test]
    fn the_schema_has_the_keys_that_the_parser_accepts() {
        let schema = value();
        for (at, keys) in [
            ("", DOCUMENT_KEYS),
            ("/$defs/Role", ROLE_KEYS),
            ("/$defs/Rule", RULE_KEYS),
            ("/$defs/Expect", EXPECT_KEYS),
            ("/$defs/Accepted", ACCEPTED_KEYS),
        ] {
            let level = schema.pointer(at).expect("a level");
            assert_eq!(level["additionalProperties"], Value::Bool(false), "{at}");
            let mut found: Vec<_> = level["properties"].as_object().expect("keys").keys().collect();
            let mut wanted = keys.to_vec();
            found.sort();
            wanted.sort_unstable();
            assert_eq!(found, wanted, "{at}");
        }
    }

    #[test]
    fn what_the_parser_requires_is_required() {
        let schema = value();
        for (at, keys) in [
            ("", &["version", "roles"][..]),
            ("/$defs/Role", &["name", "type"]),
            ("/$defs/Rule", &["effect"]),
            ("/$defs/Accepted", &["code", "reason"]),
        ] {
            let found = &schema.pointer(at).expect("a level")["required"];
            assert_eq!(found, &serde_json::json!(keys), "{at}");
        }
        assert_eq!(schema["$defs"]["Expect"].get("required"), None);
    }
}

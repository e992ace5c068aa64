//! `wmrole.5`: the YAML, from its JSON Schema, so that the page and the editor say the same.

use roff::{Inline, Roff, bold, roman};
use serde_json::Value;

use super::page::{text, titled};
use crate::sorted;

const EXAMPLE: &str = include_str!("../../../examples/acme.yaml");

const RULES: [&str; 6] = [
    "A rule has exactly one of everyone: true or at least one of users, users_from, groups, except_users and \
     except_groups. No list is empty: the service would read an empty list as everyone.",
    "Any matching DENY decides; else any matching ALLOW; else the role may not impersonate the user. The \
     order of rules and of users does not matter.",
    "Users and groups are listed by address, name or id. A group means its members, those of nested groups too, at \
     the time of the plan; a rule whose groups have no members matches nobody and is left out. More than 10 users of \
     a rule are split into several rules of the service, and joined again wherever they are shown.",
    "expires ends access: a date counts to its end in UTC. It is kept as the last line of the live description, Expires: \
     2027-01-31; text and line fit into 256 characters together. Past it a rule is planned as absent, and a role as one \
     without ALLOW rules, which reaches nobody and keeps its id. Nothing at AWS ends access by it: wmrole apply or wmrole \
     expire must run. A definition without expires keeps the live date; expires: never takes it away.",
    "A file of users_from has one user a line, or is a CSV whose header has email, user or id; blank lines and lines \
     that begin with # are left out. It is a regular file in the folder of the definition or below it, not hidden, and \
     no symbolic link to it is followed. A row that is wrong is told by its line and never quoted.",
    "One call takes any number of files, directories, which are read recursively, and organizations. A role that \
     is declared twice in an organization is an error.",
];

/// The page.
///
/// # Errors
/// Never in practice: the schema is JSON.
pub(super) fn page() -> anyhow::Result<String> {
    let schema: Value = serde_json::from_str(&crate::definition::schema::schema()?)?;
    let mut page = titled("wmrole", "5", "File Formats");
    page.control("SH", ["NAME"]);
    page.text([roman("wmrole - definitions of Amazon WorkMail impersonation roles")]);
    section(&mut page, "DOCUMENT", &schema);
    for name in ["Accepted", "Role", "Rule", "Expect"] {
        section(&mut page, &name.to_uppercase(), &schema["$defs"][name]);
    }
    page.control("SH", ["MEANING"]);
    for (n, rule) in RULES.iter().enumerate() {
        if n > 0 {
            page.control("PP", []);
        }
        text(&mut page, rule);
    }
    page.control("SH", ["EXAMPLE"]);
    page.control("nf", []);
    for line in EXAMPLE.lines() {
        page.text([roman(line)]);
    }
    page.control("fi", []);
    page.control("SH", ["SEE ALSO"]);
    page.text([bold("wmrole"), roman("(1)")]);
    Ok(page.render())
}

fn section(page: &mut Roff, title: &str, schema: &Value) {
    page.control("SH", [title]);
    text(page, &sentence(schema));
    let required =
        |key: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == key));
    // As they are written in a file, and not as the schema sorts them
    let order = [
        "version",
        "organization",
        "name",
        "id",
        "description",
        "type",
        "previously",
        "effect",
        "expires",
        "protected_users",
        "max_lifetime",
        "code",
        "role",
        "mailbox",
        "reason",
    ];
    let mut keys: Vec<(&String, &Value)> = schema["properties"].as_object().into_iter().flatten().collect();
    sorted::by_key(&mut keys, |(key, _)| order.iter().position(|first| first == key).unwrap_or(order.len()));
    for (key, value) in keys {
        page.control("TP", []);
        let mut tag: Vec<Inline> = vec![bold(key.as_str())];
        if required(key) {
            tag.push(roman(" (required)"));
        }
        page.text(tag);
        text(page, &format!("{}{}", sentence(value), limits(value)));
    }
}

fn sentence(schema: &Value) -> String {
    format!("{}.", schema["description"].as_str().unwrap_or_default())
}

/// What the schema allows, in words.
fn limits(schema: &Value) -> String {
    let number = |value: &Value| value.as_u64().unwrap_or_default();
    if let Some(values) = schema["enum"].as_array() {
        // The others are other ways to write these
        let values = values.iter().filter_map(Value::as_str).filter(|text| text.to_uppercase() == *text);
        return format!(" {}.", values.collect::<Vec<_>>().join(" or "));
    }
    match &schema["const"] {
        Value::Null => {}
        value => return format!(" Always {value}."),
    }
    let max = number(&schema["maxLength"]);
    let items = number(&schema["maxItems"]);
    match (max, items) {
        (0, 0) => String::new(),
        (0, items) => format!(" At most {items}."),
        (max, _) => format!(" 1 to {max} characters."),
    }
}

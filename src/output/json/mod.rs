//! What `-o json` and `-o yaml` print: a type for each document, with its JSON Schema.
//!
//! Within version 1 keys are added, never renamed or taken away. Names are snake_case, times RFC 3339 in UTC,
//! enums in the service's spelling. Nothing else makes JSON.

pub(crate) mod access;
pub(crate) mod assume;
pub(crate) mod audit;
pub(crate) mod definitions;
pub(crate) mod directory;
pub(crate) mod doctor;
pub(crate) mod expectations;
pub(crate) mod history;
pub(crate) mod organization;
pub(crate) mod plan;
pub(crate) mod refusal;
pub(crate) mod report;
pub(crate) mod role;
pub(crate) mod saved_states;
mod schema;
pub(crate) mod test;
pub(crate) mod usage;

pub(crate) use schema::schema;

use schemars::JsonSchema;
use serde::Serialize;

/// The version of every document.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[serde(into = "u32")]
pub(crate) struct Version;

impl From<Version> for u32 {
    fn from(Version: Version) -> Self {
        1
    }
}

impl JsonSchema for Version {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Version".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let one: serde_json::Map<_, _> = [("const".to_owned(), 1.into())].into_iter().collect();
        one.into()
    }
}

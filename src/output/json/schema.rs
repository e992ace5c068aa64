//! The JSON Schema of every document.

use schemars::{JsonSchema, SchemaGenerator};

use super::access::AccessDocument;
use super::assume::AssumeDocument;
use super::definitions::{DiagnosticsDocument, ValidateDocument};
use super::expectations::ExpectationsDocument;
use super::organization::{ListDocument, OrganizationsDocument, ShowDocument};
use super::plan::{PlanDocument, StaleDocument};
use super::saved_states::SavedStatesDocument;
use super::test::TestDocument;

/// The name of the schema; no address, as that of the definitions.
const ID: &str = "urn:wmrole:output:1";

/// What `-o json` prints
#[derive(JsonSchema)]
#[schemars(title = "wmrole output", extend("$id" = ID), untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum Output {
    List(ListDocument),
    Show(ShowDocument),
    Organizations(OrganizationsDocument),
    Access(AccessDocument),
    Test(TestDocument),
    Expectations(ExpectationsDocument),
    Assume(AssumeDocument<'static>),
    Plan(PlanDocument),
    Stale(StaleDocument),
    SavedStates(SavedStatesDocument),
    Diagnostics(DiagnosticsDocument),
    Validate(ValidateDocument),
}

/// The schema, as `wmrole schema output` prints it.
pub(crate) fn schema() -> String {
    let schema = SchemaGenerator::default().into_root_schema_for::<Output>();
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

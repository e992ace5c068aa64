//! The JSON Schema of every document.

use std::io;

use flate2::read::MultiGzDecoder;

/// The schema, indented, with a newline at the end. It is kept as a file, so that the program need not hold what
/// makes it; `build.rs` compresses it.
///
/// # Errors
/// Never in practice: it was compressed from UTF-8.
pub(crate) fn schema() -> io::Result<String> {
    let compressed = include_bytes!(concat!(env!("OUT_DIR"), "/wmrole-output.schema.json.gz"));
    io::read_to_string(MultiGzDecoder::new(&compressed[..]))
}

#[cfg(test)]
mod tests {
    use schemars::{JsonSchema, SchemaGenerator};

    use super::super::access::AccessDocument;
    use super::super::assume::AssumeDocument;
    use super::super::audit::{AuditDocument, AuditsDocument, WhoDocument};
    use super::super::definitions::{DiagnosticsDocument, ValidateDocument};
    use super::super::directory::{GroupsDocument, UsersDocument};
    use super::super::doctor::DoctorDocument;
    use super::super::expectations::ExpectationsDocument;
    use super::super::history::HistoryDocument;
    use super::super::organization::{ListDocument, OrganizationsDocument, ShowDocument};
    use super::super::plan::{PlanDocument, StaleDocument};
    use super::super::report::ReportDocument;
    use super::super::saved_states::SavedStatesDocument;
    use super::super::test::TestDocument;
    use crate::testing::golden;

    /// What `-o json` prints
    #[derive(JsonSchema)]
    // The name of the schema; no address, as that of the definitions
    #[schemars(title = "wmrole output", extend("$id" = "urn:wmrole:output:1"), untagged)]
    #[expect(dead_code, reason = "only its schema is used")]
    enum Output {
        List(ListDocument),
        Show(ShowDocument),
        Organizations(OrganizationsDocument),
        Access(AccessDocument),
        Audit(AuditDocument),
        Audits(AuditsDocument),
        Who(WhoDocument),
        History(HistoryDocument<'static>),
        Report(Box<ReportDocument>),
        Users(UsersDocument),
        Groups(GroupsDocument),
        Test(TestDocument),
        Expectations(ExpectationsDocument),
        Assume(AssumeDocument<'static>),
        Plan(PlanDocument),
        Stale(StaleDocument),
        SavedStates(SavedStatesDocument),
        Diagnostics(DiagnosticsDocument),
        Validate(ValidateDocument),
        Doctor(DoctorDocument<'static>),
    }

    #[test]
    fn the_schema_is_fresh() {
        let schema = SchemaGenerator::default().into_root_schema_for::<Output>();
        let text = serde_json::to_string_pretty(&schema).expect("JSON");
        golden::check("schema/wmrole-output.schema.json", &format!("{text}\n"));
    }
}

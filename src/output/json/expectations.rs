//! The document of `test -f`.

use schemars::JsonSchema;
use serde::Serialize;

use super::Version;
use super::role::{RuleRefJson, UserJson};
use crate::definition::span::Sources;
use crate::expectation::{AnswerSource, Checked, OrganizationExpectations};
use crate::role::{Effect, RoleName};

/// An expectation and the answer
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Expectation")]
pub(crate) struct ExpectationJson {
    role: RoleName,
    user: UserJson,
    expected: Effect,
    /// Null where the role is not live
    effect: Option<Effect>,
    passed: bool,
    matched_rules: Vec<RuleRefJson>,
    source: AnswerSource,
    location: LineJson,
    /// By alias or id; only with several organizations
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Line")]
struct LineJson {
    file: String,
    line: usize,
}

impl ExpectationJson {
    pub(crate) fn all(parts: &[OrganizationExpectations], sources: &Sources) -> Vec<Self> {
        let several = parts.len() > 1;
        let of_part = |part: &OrganizationExpectations| {
            part.checked.iter().map(|one| Self::of(part, one, several, sources)).collect::<Vec<_>>()
        };
        parts.iter().flat_map(of_part).collect()
    }

    fn of(part: &OrganizationExpectations, one: &Checked, several: bool, sources: &Sources) -> Self {
        let Checked { expectation, answer } = one;
        let location = sources.location(&expectation.span);
        let rules = answer.iter().flat_map(|answer| &answer.rules);
        Self {
            role: expectation.role.clone(),
            user: UserJson::of(&expectation.user, &part.directory),
            expected: expectation.expected,
            effect: answer.as_ref().map(|answer| answer.effect),
            passed: one.passed(),
            matched_rules: rules.map(|(id, name)| RuleRefJson::new(id, name.as_ref())).collect(),
            source: part.source,
            location: LineJson { file: location.file, line: location.line },
            organization: several.then(|| part.name.clone()),
        }
    }
}

/// How many expectations hold
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ExpectationSummary")]
pub(crate) struct SummaryJson {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
}

impl SummaryJson {
    pub(crate) fn of(parts: &[OrganizationExpectations]) -> Self {
        let all = || parts.iter().flat_map(|part| &part.checked);
        let passed = all().filter(|one| one.passed()).count();
        Self { passed, failed: all().count() - passed }
    }
}

/// An organization whose expectations could not be checked
#[derive(Debug, Serialize, JsonSchema)]
struct OrganizationError {
    organization: String,
    error: String,
}

/// What `test -f` prints
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ExpectationsDocument {
    version: Version,
    results: Vec<ExpectationJson>,
    summary: SummaryJson,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<OrganizationError>,
}

impl ExpectationsDocument {
    pub(crate) fn of(
        parts: &[OrganizationExpectations],
        errors: &[(String, String)],
        sources: &Sources,
    ) -> Self {
        let error = |(organization, error): &(String, String)| OrganizationError {
            organization: organization.clone(),
            error: error.clone(),
        };
        Self {
            version: Version,
            results: ExpectationJson::all(parts, sources),
            summary: SummaryJson::of(parts),
            errors: errors.iter().map(error).collect(),
        }
    }
}

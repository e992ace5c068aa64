//! The document of `test ROLE USER…`.

use schemars::JsonSchema;
use serde::Serialize;

use super::Version;
use super::role::{RoleRefJson, RuleRefJson, UserJson};
use crate::directory::{Directory, User};
use crate::expectation::{Answer, AnswerSource};
use crate::gates::{Gate, Gates, Verdict};
use crate::role::{LiveRole, RoleType};

/// What `test ROLE USER…` prints
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TestDocument {
    version: Version,
    role: RoleRefJson,
    results: Vec<TestResultJson>,
}

/// What was found out about a user.
#[derive(Debug)]
pub(crate) struct TestResult<'a> {
    /// The user as the call names them.
    pub(crate) given: &'a str,
    pub(crate) user: &'a User,
    pub(crate) answer: &'a Answer,
    pub(crate) gates: &'a Gates,
    /// More than the role's rules was asked.
    pub(crate) shows_gates: bool,
    pub(crate) source: AnswerSource,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "TestResult")]
struct TestResultJson {
    /// The user as the call names them
    given: String,
    user: UserJson,
    /// UNKNOWN only where `gates` has one that could not be asked
    effect: Verdict,
    #[serde(rename = "type")]
    role_type: RoleType,
    /// The rules that match and decide; empty when no rule decides
    matched_rules: Vec<RuleRefJson>,
    source: AnswerSource,
    /// Each gate that was asked, with --ip or --ews
    #[serde(skip_serializing_if = "Option::is_none")]
    gates: Option<Vec<Gate>>,
}

impl TestDocument {
    pub(crate) fn of<'a>(
        live: &LiveRole,
        results: impl IntoIterator<Item = TestResult<'a>>,
        directory: &Directory,
    ) -> Self {
        let result = |TestResult { given, user, answer, gates, shows_gates, source }: TestResult<'_>| {
            let Answer { effect: _, role_type, rules } = answer;
            TestResultJson {
                given: given.to_owned(),
                user: UserJson::of(&user.id, directory),
                effect: gates.verdict(),
                role_type: *role_type,
                matched_rules: rules.iter().map(|(id, name)| RuleRefJson::new(id, name.as_ref())).collect(),
                source,
                gates: shows_gates.then(|| gates.all().to_vec()),
            }
        };
        Self {
            version: Version,
            role: RoleRefJson { id: Some(live.id.clone()), name: live.role.name.clone() },
            results: results.into_iter().map(result).collect(),
        }
    }
}

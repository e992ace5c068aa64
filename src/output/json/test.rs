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
    results: Vec<TestResult>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct TestResult {
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
        answers: impl IntoIterator<Item = (&'a User, &'a Answer, &'a Gates)>,
        shows_gates: bool,
        source: AnswerSource,
        directory: &Directory,
    ) -> Self {
        let result = |(user, answer, gates): (&User, &Answer, &Gates)| {
            let Answer { effect: _, role_type, rules } = answer;
            TestResult {
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
            results: answers.into_iter().map(result).collect(),
        }
    }
}

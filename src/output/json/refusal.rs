//! What forbids executing a plan.

use schemars::JsonSchema;
use serde::Serialize;

use crate::plan::guard::{Refusal, RefusalCode};

/// What forbids executing a plan
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Refusal")]
pub(crate) struct RefusalJson {
    code: RefusalCode,
    message: String,
    /// What allows it, or what to do instead
    remedy: String,
}

impl RefusalJson {
    pub(crate) fn all(refusals: &[Refusal]) -> Vec<Self> {
        let one = |Refusal { code, message, help, span: _ }: &Refusal| Self {
            code: *code,
            message: message.clone(),
            remedy: help.clone(),
        };
        refusals.iter().map(one).collect()
    }
}

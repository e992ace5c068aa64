//! The diagnostics of definitions, and the document of `validate`.

use schemars::JsonSchema;
use serde::Serialize;

use super::Version;
use super::expectations::{ExpectationJson, SummaryJson};
use super::refusal::RefusalJson;
use crate::definition::code::DiagnosticCode;
use crate::definition::diagnostic::{Diagnostic, Severity};
use crate::definition::span::{Location, Sources};

/// An error or a warning about a definition
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Diagnostic")]
pub(crate) struct DiagnosticJson {
    severity: Severity,
    code: DiagnosticCode,
    message: String,
    /// Null for a whole file that cannot be read
    location: Option<Location>,
    help: Option<String>,
    // Older than `location`, kept for version 1
    file: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
}

impl DiagnosticJson {
    pub(crate) fn all(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<Self> {
        diagnostics.iter().map(|diagnostic| Self::of(diagnostic, sources)).collect()
    }

    fn of(diagnostic: &Diagnostic, sources: &Sources) -> Self {
        let Diagnostic { code, severity, message, span, label: _, help, related: _ } = diagnostic;
        let location = span.as_ref().map(|span| sources.location(span));
        Self {
            severity: *severity,
            code: *code,
            message: message.clone(),
            help: help.clone(),
            file: location.as_ref().map(|location| location.file.clone()),
            line: location.as_ref().map(|location| location.line),
            column: location.as_ref().map(|location| location.column),
            location,
        }
    }
}

/// The output of a command whose definitions have errors
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DiagnosticsDocument {
    version: Version,
    diagnostics: Vec<DiagnosticJson>,
}

impl DiagnosticsDocument {
    pub(crate) fn of(diagnostics: &[Diagnostic], sources: &Sources) -> Self {
        Self { version: Version, diagnostics: DiagnosticJson::all(diagnostics, sources) }
    }
}

/// The output of `validate`
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ValidateDocument {
    pub(crate) version: Version,
    /// How many files were read
    pub(crate) files: usize,
    /// How many roles they declare
    pub(crate) roles: usize,
    pub(crate) diagnostics: Vec<DiagnosticJson>,
    pub(crate) refused: Vec<RefusalJson>,
    /// The expectations; only with a snapshot
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) results: Option<Vec<ExpectationJson>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) summary: Option<SummaryJson>,
}

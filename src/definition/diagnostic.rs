//! Errors and warnings about definitions, as data. Knows nothing of how `output/` renders them.

use super::code::DiagnosticCode;
use super::span::Span;

/// Whether a diagnostic stops the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    /// Nothing is attempted until it is fixed.
    Error,
    /// Reported; the command continues.
    Warning,
}

/// An error or a warning about a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Diagnostic {
    pub code: DiagnosticCode,
    pub severity: Severity,
    /// One line.
    pub message: String,
    /// Absent for a file that cannot be read.
    pub span: Option<Span>,
    /// The text under the marked span.
    pub label: String,
    /// What to write instead.
    pub help: Option<String>,
    /// A second span, with the text under it.
    pub related: Option<(Span, String)>,
}

impl Diagnostic {
    pub(crate) fn error(code: DiagnosticCode, span: &Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            span: Some(span.clone()),
            label: String::new(),
            help: None,
            related: None,
        }
    }

    pub(crate) fn warning(code: DiagnosticCode, span: &Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, message) }
    }

    #[must_use]
    pub(crate) fn label(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }

    #[must_use]
    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Replaces the help text if there is a better one.
    #[must_use]
    pub(crate) fn maybe_help(self, help: Option<String>) -> Self {
        Self { help: help.or(self.help.clone()), ..self }
    }

    #[must_use]
    pub(crate) fn related(self, span: &Span, why: impl Into<String>) -> Self {
        Self { related: Some((span.clone(), why.into())), ..self }
    }
}

pub(crate) fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// Diagnostics of which at least one is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Errors(Vec<Diagnostic>);

impl Errors {
    /// Adds more diagnostics.
    #[must_use]
    pub(crate) fn and(mut self, more: impl IntoIterator<Item = Diagnostic>) -> Self {
        self.0.extend(more);
        self
    }
}

impl From<Errors> for Vec<Diagnostic> {
    fn from(Errors(diagnostics): Errors) -> Self {
        diagnostics
    }
}

/// A value with its warnings; or, if there is an error, all diagnostics and no value.
pub(crate) type Validated<T> = Result<(T, Vec<Diagnostic>), Errors>;

/// The value, unless a diagnostic is an error.
///
/// # Errors
/// All diagnostics, when one is an error.
pub(crate) fn validated<T>(value: T, diagnostics: Vec<Diagnostic>) -> Validated<T> {
    if has_errors(&diagnostics) { Err(Errors(diagnostics)) } else { Ok((value, diagnostics)) }
}

/// Both values, with the diagnostics of both.
///
/// # Errors
/// The diagnostics of both, when either has an error.
pub(crate) fn both<A, B>(first: Validated<A>, second: Validated<B>) -> Validated<(A, B)> {
    match (first, second) {
        (Ok((a, mut found)), Ok((b, more))) => {
            found.extend(more);
            Ok(((a, b), found))
        }
        (first, second) => Err(Errors(found(first)).and(found(second))),
    }
}

/// Every value, with the diagnostics of all.
///
/// # Errors
/// The diagnostics of all, when one has an error.
pub(crate) fn all<T>(each: impl IntoIterator<Item = Validated<T>>) -> Validated<Vec<T>> {
    let (mut values, mut diagnostics) = (Vec::new(), Vec::new());
    for one in each {
        match one {
            Ok((value, warnings)) => {
                values.push(value);
                diagnostics.extend(warnings);
            }
            Err(Errors(errors)) => diagnostics.extend(errors),
        }
    }
    validated(values, diagnostics)
}

fn found<T>(result: Validated<T>) -> Vec<Diagnostic> {
    result.map_or_else(Vec::from, |(_, warnings)| warnings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_takes_the_warnings_of_all_with_it() {
        let span = Span::default();
        let warned =
            |text: &str| validated(1, vec![Diagnostic::warning(DiagnosticCode::SameUser, &span, text)]);
        let wrong = validated(1, vec![Diagnostic::error(DiagnosticCode::UnknownUser, &span, "b")]);
        assert_eq!(all::<u8>([]), Ok((vec![], vec![])));
        assert_eq!(
            all([warned("a"), warned("c")]).map(|(values, found)| (values.len(), found.len())),
            Ok((2, 2))
        );
        let all = all([warned("a"), wrong, warned("c")]).map_err(Vec::from);
        let messages = all.map_err(|found| found.into_iter().map(|one| one.message).collect::<Vec<_>>());
        assert_eq!(messages, Err(vec!["a".into(), "b".into(), "c".into()]));
    }
}

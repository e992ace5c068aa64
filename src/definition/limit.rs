//! Broken limits of the service as diagnostics; [`crate::role::limit_violations`] has the limits themselves.

use super::code::DiagnosticCode;
use super::diagnostic::Diagnostic;
use super::span::Span;
use crate::role::LimitViolation;

/// A broken limit at the place that breaks it.
pub(super) fn diagnostic(span: &Span, violation: &LimitViolation) -> Diagnostic {
    let code = match violation {
        LimitViolation::TooManyRules { .. } => DiagnosticCode::TooManyRules,
        LimitViolation::TooManyExceptions { .. } => DiagnosticCode::TooManyExceptions,
        LimitViolation::SplitIdCollision { .. } => DiagnosticCode::SplitIdCollision,
        LimitViolation::LongDescription { .. } => DiagnosticCode::LongDescription,
    };
    let error = Diagnostic::error(code, span, violation.to_string());
    match violation {
        LimitViolation::TooManyRules { given, needed, .. } if given == needed => error,
        LimitViolation::TooManyRules { .. } => {
            error.help("longer lists are split into several rules; a group counts as its members")
        }
        LimitViolation::TooManyExceptions { .. } => {
            error.help("list the allowed users in `users`, or deny the excepted ones in a separate DENY rule")
        }
        LimitViolation::LongDescription { .. } => error.help("shorten the description"),
        LimitViolation::SplitIdCollision { .. } => error.help("give one of them a different `id`"),
    }
}

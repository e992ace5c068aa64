//! Expectations as rows of a table, and those that do not hold as diagnostics.

use crate::definition::code::DiagnosticCode;
use crate::definition::diagnostic::Diagnostic;
use crate::expectation::{Checked, OrganizationExpectations};
use crate::output::style::{Line, Tone};
use crate::role::Effect;

/// The columns of [`row`].
pub(crate) const HEADER: [&str; 6] = ["RESULT", "ROLE", "USER", "EXPECTED", "GOT", "DECIDED BY"];

/// What a narrow terminal is not shown, in this order.
pub(crate) const FIRST_TO_GO: [&str; 3] = ["DECIDED BY", "GOT", "EXPECTED"];

/// An expectation; with several organizations the role has its organization before it.
pub(crate) fn row(part: &OrganizationExpectations, one: &Checked, several: bool) -> Vec<Line> {
    let role = &one.expectation.role;
    let (tone, result) = if one.passed() { (Tone::Added, "pass") } else { (Tone::Removed, "FAIL") };
    let rest = [
        if several { format!("{}: {role}", part.name) } else { role.to_string() },
        part.directory.label(&one.expectation.user).to_owned(),
        one.expectation.expected.as_str().to_owned(),
        one.answer.as_ref().map_or("-", |answer| answer.effect.as_str()).to_owned(),
        one.because(&part.directory),
    ];
    std::iter::once(Line::of(tone, result)).chain(rest.map(Line::from)).collect()
}

/// An expectation that does not hold.
pub(crate) fn unmet(part: &OrganizationExpectations, one: &Checked) -> Diagnostic {
    let who = part.directory.label(&one.expectation.user);
    let role = &one.expectation.role;
    let because = one.because(&part.directory);
    let because = match one.answer.as_ref().map_or(0, |answer| answer.rules.len()) {
        0 => because,
        1 => format!("rule {because}"),
        _ => format!("rules {because}"),
    };
    let message = match (&one.answer, one.expectation.expected) {
        (None, _) => format!("role {role} does not exist yet; cannot test {who}"),
        (_, Effect::Allow) => format!("role {role} may not impersonate {who}: {because}"),
        (_, Effect::Deny) => format!("role {role} may impersonate {who}: {because}"),
    };
    let label = format!("expected {}", one.expectation.expected.as_str());
    Diagnostic::error(DiagnosticCode::ExpectationFailed, &one.expectation.span, message).label(label)
}

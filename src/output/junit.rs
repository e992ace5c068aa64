//! Expectations as a JUnit report: a suite a role, a case a user. Every text is one line, without what XML forbids.

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::sanitize::{terminal, xml};
use crate::definition::diagnostic::{Diagnostic, Severity};
use crate::definition::span::{Location, Sources};
use crate::directory::Directory;
use crate::expectation::{Checked, OrganizationExpectations};
use crate::plan::guard::Refusal;
use crate::role::RoleName;

/// The report of all of them; organizations that could not be asked and protected users who would be
/// reached are errors and failures of their own.
///
/// # Errors
/// Never in practice: it is written to memory.
pub(crate) fn report(
    parts: &[OrganizationExpectations],
    errors: &[(String, String)],
    refusals: &[Refusal],
    sources: &Sources,
) -> anyhow::Result<String> {
    let mut report = Report::new("wmrole");
    for OrganizationExpectations { name, checked, directory, source: _ } in parts {
        let mut roles: Vec<&RoleName> = Vec::new();
        for one in checked {
            if !roles.contains(&&one.expectation.role) {
                roles.push(&one.expectation.role);
            }
        }
        for role in roles {
            let mut suite = TestSuite::new(terminal(&format!("{name}: {role}")));
            let of_role = checked.iter().filter(|one| one.expectation.role == *role);
            suite.add_test_cases(of_role.map(|one| case(one, directory, sources)));
            report.add_test_suite(suite);
        }
    }
    for (organization, error) in errors {
        let mut suite = TestSuite::new(terminal(organization));
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(terminal(error));
        suite.add_test_case(TestCase::new("the organization", status));
        report.add_test_suite(suite);
    }
    if !refusals.is_empty() {
        let mut suite = TestSuite::new("protected users");
        suite.add_test_cases(refusals.iter().map(|refusal| refused(refusal, sources)));
        report.add_test_suite(suite);
    }
    Ok(xml(&report.to_string()?).into_owned())
}

/// The report of definitions with errors; `type` is the code.
///
/// # Errors
/// As [`report`].
pub(crate) fn wrong(diagnostics: &[Diagnostic], sources: &Sources) -> anyhow::Result<String> {
    let mut suite = TestSuite::new("definitions");
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    suite.add_test_cases(errors.map(|diagnostic| {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(terminal(&diagnostic.message));
        status.set_type(diagnostic.code.to_string());
        let mut case = TestCase::new(terminal(&diagnostic.message), status);
        if let Some(span) = &diagnostic.span {
            placed(&mut case, &sources.location(span));
        }
        case
    }));
    let mut report = Report::new("wmrole");
    report.add_test_suite(suite);
    Ok(xml(&report.to_string()?).into_owned())
}

fn refused(refusal: &Refusal, sources: &Sources) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(terminal(&refusal.message));
    status.set_description(terminal(&refusal.help));
    let mut case = TestCase::new(terminal(&refusal.message), status);
    if let Some(span) = &refusal.span {
        placed(&mut case, &sources.location(span));
    }
    case
}

fn placed(case: &mut TestCase, location: &Location) {
    case.extra.insert("file".into(), terminal(&location.file).into());
    case.extra.insert("line".into(), location.line.to_string().into());
}

fn case(one: &Checked, directory: &Directory, sources: &Sources) -> TestCase {
    let expected = one.expectation.expected.as_str();
    let location = sources.location(&one.expectation.span);
    let because = one.because(directory);
    let status = if one.passed() {
        TestCaseStatus::success()
    } else {
        let came = one.answer.as_ref().map_or("no answer", |answer| answer.effect.as_str());
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(terminal(&format!("expected {expected}, got {came}: {because}")));
        status.set_description(terminal(&location.to_string()));
        status
    };
    let name = terminal(&format!("{expected} {}", directory.label(&one.expectation.user)));
    let mut case = TestCase::new(name, status);
    case.set_classname(terminal(one.expectation.role.as_str()));
    placed(&mut case, &location);
    case.add_property(Property::new("decided_by", terminal(&because)));
    case
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::code::DiagnosticCode;
    use crate::definition::span::Span;
    use crate::testing::hostile;

    #[test]
    fn hostile_texts_are_well_formed_and_no_commands() {
        let texts = || hostile::TEXTS.iter().map(|text| (*text).to_owned());
        let mut sources = Sources::default();
        let wrong = texts().map(|text| {
            let span = Span { file: sources.add(text.clone(), text.clone()), range: 0..0 };
            Diagnostic::error(DiagnosticCode::UnknownUser, &span, text)
        });
        let document = wrong_document(&wrong.collect::<Vec<_>>(), &sources);
        let errors: Vec<_> = texts().map(|text| (text.clone(), text)).collect();
        let asked = report(&[], &errors, &[], &sources).expect("a report");
        for document in [document, asked] {
            let found =
                [hostile::xml(&document), hostile::terminal(&document), hostile::runner(&document)].concat();
            assert_eq!(found, [""; 0]);
        }
    }

    fn wrong_document(diagnostics: &[Diagnostic], sources: &Sources) -> String {
        wrong(diagnostics, sources).expect("a report")
    }
}

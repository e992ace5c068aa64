//! Expectations as a JUnit report: a suite a role, a case a user.

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

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
            let mut suite = TestSuite::new(format!("{name}: {role}"));
            let of_role = checked.iter().filter(|one| one.expectation.role == *role);
            suite.add_test_cases(of_role.map(|one| case(one, directory, sources)));
            report.add_test_suite(suite);
        }
    }
    for (organization, error) in errors {
        let mut suite = TestSuite::new(organization.as_str());
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(error.as_str());
        suite.add_test_case(TestCase::new("the organization", status));
        report.add_test_suite(suite);
    }
    if !refusals.is_empty() {
        let mut suite = TestSuite::new("protected users");
        suite.add_test_cases(refusals.iter().map(|refusal| refused(refusal, sources)));
        report.add_test_suite(suite);
    }
    Ok(report.to_string()?)
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
        status.set_message(diagnostic.message.as_str());
        status.set_type(diagnostic.code.to_string());
        let mut case = TestCase::new(diagnostic.message.as_str(), status);
        if let Some(span) = &diagnostic.span {
            placed(&mut case, &sources.location(span));
        }
        case
    }));
    let mut report = Report::new("wmrole");
    report.add_test_suite(suite);
    Ok(report.to_string()?)
}

fn refused(refusal: &Refusal, sources: &Sources) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(refusal.message.as_str());
    status.set_description(refusal.help.as_str());
    let mut case = TestCase::new(refusal.message.as_str(), status);
    if let Some(span) = &refusal.span {
        placed(&mut case, &sources.location(span));
    }
    case
}

fn placed(case: &mut TestCase, location: &Location) {
    case.extra.insert("file".into(), location.file.as_str().into());
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
        status.set_message(format!("expected {expected}, got {came}: {because}"));
        status.set_description(location.to_string());
        status
    };
    let name = format!("{expected} {}", directory.label(&one.expectation.user));
    let mut case = TestCase::new(name, status);
    case.set_classname(one.expectation.role.as_str());
    placed(&mut case, &location);
    case.add_property(Property::new("decided_by", because));
    case
}

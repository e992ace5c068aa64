//! Which operations IAM allows, as far as calls without effect can tell.

use super::facts::{Answer, Service};
use super::public::Public;
use super::report::{Check, Report, Status};
use crate::iam::calls;
use crate::workmail::ErrorKind;
use crate::workmail::operation::{Operation, OperationKind};

/// Commands that nothing works without: what they call and may not is a failure, all else a warning.
const FIRST: [&str; 3] = ["diff", "list", "show"];

/// More commands than these are most.
const MANY: usize = 6;

/// What these commands too can do without.
const OPTIONAL: [Operation; 3] =
    [Operation::DescribeOrganization, Operation::ListAccessControlRules, Operation::ListOrganizations];

pub(super) fn check(report: &mut Report, service: &Service) {
    for (operation, answer) in &service.permissions {
        let name = operation.iam_action();
        match answer {
            Answer::Got(()) => report.add(Check::ok(name, Public::words("allowed"))),
            Answer::Failed(error) => match error.kind() {
                // Whoever may not call is told so before it is looked whether there is such a thing (inferred)
                ErrorKind::RoleNotFound | ErrorKind::EntityNotFound | ErrorKind::EntityState => {
                    report.add(Check::ok(name, Public::words("allowed")));
                }
                ErrorKind::AccessDenied { .. } => {
                    let detail = Public::words("denied; for ").and_text(&callers(*operation));
                    let status = if is_needed(*operation) { Status::Failed } else { Status::Warning };
                    report.add(Check::new(name, status, detail).remedy(Public::remedy(error)));
                }
                _ => report.skip(name, Public::error(error)),
            },
            Answer::Late => report.skip(name, Public::words("there was no answer in time")),
            Answer::NotAsked => report.skip(name, Public::words("no organization could be chosen")),
        }
    }
    untried(report);
}

/// None was tried.
pub(super) fn not_checked(report: &mut Report, reason: Public) {
    for operation in Operation::ALL.iter().filter(|one| one.kind() == OperationKind::Read) {
        report.skip(operation.iam_action(), reason.clone());
    }
    untried(report);
}

fn untried(report: &mut Report) {
    for operation in Operation::ALL {
        let reason = match operation.kind() {
            OperationKind::Read => continue,
            OperationKind::Token => "a call would give a token",
            OperationKind::Write => "a call would change something",
        };
        report.skip(operation.iam_action(), Public::words(reason));
    }
}

/// The commands that call it.
fn callers(operation: Operation) -> Public {
    let callers: Vec<_> = calls::callers(operation).collect();
    if callers.len() > MANY { Public::words("most commands") } else { Public::list(callers) }
}

fn is_needed(operation: Operation) -> bool {
    calls::of(&FIRST).contains(&operation) && !OPTIONAL.contains(&operation)
}

//! How to undo a run, as hints.

use std::path::Path;

use crate::apply::undo::UndoStep;
use crate::output::shell;

/// A step as a hint. `wmrole` is the command that reaches the same organization again, and `saved` the file
/// of the saved state.
pub(crate) fn hint(step: &UndoStep, wmrole: &str, saved: Option<&Path>) -> String {
    match step {
        UndoStep::Delete { name, id } => format!("to undo the creation of {name}, run: {wmrole} delete {id}"),
        UndoStep::Apply { escalates } => {
            let flag = if *escalates { " --allow-escalation" } else { "" };
            let file = saved.map(shell::quoted_path).unwrap_or_default();
            format!("to undo, run: {wmrole} apply {file}{flag}")
        }
        UndoStep::NewId { name, id, referenced_by } => {
            let rules = match referenced_by.as_deref() {
                None => "access control rules and IAM policies".to_owned(),
                Some([]) => "IAM policies".to_owned(),
                Some(rules) => format!("the access control rules {} and IAM policies", rules.join(", ")),
            };
            format!("restoring {name} gives it a new id: {rules} that name {id} still name the old one")
        }
    }
}

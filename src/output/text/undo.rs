//! How a change is undone, and the saved states.

use crate::apply::backup::{Saved, SavedChange, SavedState};
use crate::output::times::Times;
use crate::role::{RoleId, RoleName};

/// The columns of [`row`].
pub(crate) const HEADER: [&str; 6] = ["SAVED STATE", "WHEN", "WHO", "COMMAND", "CHANGES", "WHERE"];

/// What a narrow terminal is not shown, in this order.
pub(crate) const FIRST_TO_GO: [&str; 4] = ["WHERE", "CHANGES", "WHEN", "WHO"];

/// A deleted role comes back under a new id: what then still names the old one. `referenced_by` are the access control
/// rules that do, where they could be read.
pub(crate) fn new_id(name: &RoleName, id: &RoleId, referenced_by: Option<&[String]>) -> String {
    let rules = match referenced_by {
        None => "access control rules and IAM policies".to_owned(),
        Some([]) => "IAM policies".to_owned(),
        Some(rules) => format!("the access control rules {} and IAM policies", rules.join(", ")),
    };
    format!("restoring {name} gives it a new id: {rules} that name {id} still name the old one")
}

/// A saved state in the list.
pub(crate) fn row(saved: &Saved, times: Times) -> Vec<String> {
    let SavedState { time, origin, changes, undone, .. } = &saved.state;
    let what: Vec<_> = changes.iter().map(|change| format!("{} {}", verb(change), name(change))).collect();
    let undone = if undone.is_some() { " (undone)" } else { "" };
    vec![
        saved.name(),
        times.text(*time),
        origin.by.clone(),
        origin.command.clone(),
        what.join(", ") + undone,
        origin.place.clone(),
    ]
}

/// `create`, `update` or `delete`.
pub(crate) fn verb(change: &SavedChange) -> &'static str {
    match (&change.before, &change.after) {
        (None, _) => "create",
        (Some(_), Some(_)) => "update",
        (Some(_), None) => "delete",
    }
}

/// The role's name before the change; after it, where it was made.
pub(crate) fn name(change: &SavedChange) -> &str {
    let before = change.before.as_ref().map(|live| &live.role);
    before.or(change.after.as_ref()).map_or("", |role| role.name.as_str())
}

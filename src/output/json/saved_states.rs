//! The document of `undo --list`.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::Version;
use crate::apply::backup::{Origin, Saved, SavedState};
use crate::output::text::undo::{name, verb};

/// What `undo --list` prints: the saved states, the newest first
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SavedStatesDocument {
    version: Version,
    saved_states: Vec<SavedStateJson>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SavedState")]
struct SavedStateJson {
    /// The file that `undo` takes
    file: String,
    #[schemars(with = "String", extend("format" = "date-time"))]
    time: Timestamp,
    /// The user of the machine
    by: String,
    command: String,
    /// Organization, account, Region and profile, or the sandbox
    place: String,
    organization: String,
    /// When it was undone
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    undone: Option<Timestamp>,
    changes: Vec<SavedChangeJson>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SavedChange")]
struct SavedChangeJson {
    /// `create`, `update` or `delete`
    action: &'static str,
    /// The role's name before the change; after it, where it was made
    role: String,
}

impl SavedStatesDocument {
    pub(crate) fn of(saved: &[&Saved]) -> Self {
        Self { version: Version, saved_states: saved.iter().map(|one| SavedStateJson::of(one)).collect() }
    }
}

impl SavedStateJson {
    fn of(saved: &Saved) -> Self {
        let SavedState { time, origin, organization, changes, undone, .. } = &saved.state;
        let Origin { by, command, place, sandbox: _, endpoint: _, undoes: _ } = origin;
        let changes = changes
            .iter()
            .map(|change| SavedChangeJson { action: verb(change), role: name(change).to_owned() });
        Self {
            file: saved.yaml.display().to_string(),
            time: *time,
            by: by.clone(),
            command: command.clone(),
            place: place.clone(),
            organization: organization.id.to_string(),
            undone: *undone,
            changes: changes.collect(),
        }
    }
}

//! Who asks, and by which words.

/// The variable that a script asks with: its shell, and the version of what both speak.
pub(super) const PROTOCOL: &str = "WMROLE_COMPLETE";

/// The word that the program is called with to read names.
pub(super) const READ_NAMES: &str = "__read-names";

/// A shell that asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shell {
    Bash,
    Zsh,
    Fish,
}

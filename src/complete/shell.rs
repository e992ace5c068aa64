//! Who asks, and by which words.

/// The variable that a script asks with: its shell, and the version of what both speak.
pub(super) const PROTOCOL: &str = "WMROLE_COMPLETE";

/// The command line up to the cursor, in bash.
pub(super) const LINE: &str = "WMROLE_COMPLETE_LINE";

/// What bash would replace of it.
pub(super) const WORD: &str = "WMROLE_COMPLETE_WORD";

/// The word that the program is called with to read names.
pub(super) const READ_NAMES: &str = "__read-names";

/// A shell that asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shell {
    Bash,
    Zsh,
    Fish,
}

//! Text from the service or a file, made safe for where it goes: a terminal, a job's log, Markdown, a spreadsheet,
//! JSON. Nothing else escapes.

use std::borrow::Cow;

/// The text with control characters, and those that turn the direction of writing, as escapes.
pub(crate) fn terminal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if needs_escape(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

/// Could the character move the cursor, or turn the direction of writing?
pub(crate) fn needs_escape(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// In a GitHub job no text from the service or a file is a command to the runner: a zero-width space
/// stands in what would be one.
pub(crate) fn workflow_commands(text: &str) -> Cow<'_, str> {
    if std::env::var_os("GITHUB_ACTIONS").is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("##[", "##\u{200b}[").replace("::", ":\u{200b}:"))
}

/// JSON with escapes for what the terminal must not get; such characters stand in strings only.
pub(crate) fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '\n' && needs_escape(c) {
            out += &format!("\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// The text with `?` for every byte of a character that the terminal must not get, so that spans in it
/// stay where they are.
pub(crate) fn same_width(text: &str) -> String {
    let keep = |c: char| matches!(c, '\n' | '\r' | '\t') || !needs_escape(c);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if keep(c) { out.push(c) } else { out.extend(std::iter::repeat_n('?', c.len_utf8())) }
    }
    out
}

/// A zero-width space behind an `@` that would call somebody; one in an address does not.
pub(crate) fn mentions(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for c in terminal(text).chars() {
        out.push(c);
        if c == '@' && !before.is_alphanumeric() {
            out.push('\u{200b}');
        }
        before = c;
    }
    out
}

/// A text that no spreadsheet takes for a formula.
pub(crate) fn csv_cell(text: &str) -> String {
    let text = terminal(text);
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_move_the_cursor_is_written_out() {
        assert_eq!(terminal("a\u{1b}[2Jb\r\n\u{9b}\u{202e}é"), "a\\u{1b}[2Jb\\r\\n\\u{9b}\\u{202e}é");
    }

    #[test]
    fn a_name_is_no_formula() {
        assert_eq!(csv_cell("=1+1"), "'=1+1");
        assert_eq!(csv_cell("a=1"), "a=1");
    }

    #[test]
    fn spans_stay_where_they_are() {
        assert_eq!(same_width("a\u{202e}é\n"), "a???é\n");
    }
}

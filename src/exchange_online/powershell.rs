//! Text in a PowerShell script: nothing in it may end the comment or the string that it stands in.

use crate::escape;

/// A comment in one line of ASCII, with everything else as an escape.
pub(super) fn comment(text: &str) -> String {
    let visible = escape::visible(text);
    let text = escape::defuse(&visible, escape::TEXT);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() { out.push(c) } else { out.extend(c.escape_unicode()) }
    }
    out
}

/// A string that is taken as it is written. Anything but printable ASCII becomes `?`: what goes in here was checked before,
/// and PowerShell takes the curly quotes for the end of a string too.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        match c {
            '\'' => out += "''",
            ' '..='~' => out.push(c),
            _ => out.push('?'),
        }
    }
    out + "'"
}

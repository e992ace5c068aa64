//! Text from the service or a file, made safe for where it goes: a terminal, a job's log, a spreadsheet, a file with
//! marked lines. What is dangerous, and how JSON and YAML are written, stands in [`crate::escape`]; what Markdown
//! takes for a link in [`super::markdown`].

use std::borrow::Cow;

use crate::escape;

/// The text in one line, with what nobody would see, or what would move the cursor, as escapes.
pub(crate) fn terminal(text: &str) -> String {
    escape::visible(text)
}

/// Whole output for people in which no line is a command to the runner of a job.
pub(crate) fn lines(text: &str) -> Cow<'_, str> {
    escape::defuse(text, escape::TEXT)
}

/// A text inside of a line that is a command itself.
pub(crate) fn command_data(text: &str) -> String {
    escape::defuse(&terminal(text), escape::TEXT).into_owned()
}

/// A whole XML document in which no line is a command to the runner of a job. The texts in it are those of
/// [`terminal`], which has every character as an escape that XML 1.0 forbids.
pub(crate) fn xml(document: &str) -> Cow<'_, str> {
    escape::defuse(document, escape::XML)
}

/// The text with `?` for every byte of a character that the terminal must not get, so that spans in it
/// stay where they are.
pub(crate) fn same_width(text: &str) -> String {
    let keep = |c: char| matches!(c, '\n' | '\r' | '\t') || !escape::is_hidden(c);
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if keep(c) && !escape::is_bracket_command(text, at) {
            out.push(c);
        } else {
            out.extend(std::iter::repeat_n('?', c.len_utf8()));
        }
    }
    out
}

/// What a spreadsheet takes for the beginning of a formula, or of something that runs. A wide sign is read as the
/// plain one.
const FORMULA: [char; 12] = ['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠', '｜', '％'];

/// A text that no spreadsheet takes for a formula: an apostrophe stands before one, and before a text that begins
/// with white space, which some drop.
pub(crate) fn csv_cell(text: &str) -> String {
    let text = terminal(text);
    let start = text.trim_start();
    if start.len() < text.len() || start.starts_with(FORMULA) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::hostile;

    #[test]
    fn a_name_is_no_formula() {
        assert_eq!(csv_cell("=1+1"), "'=1+1");
        assert_eq!(csv_cell(" ＝1+1"), "' ＝1+1");
        assert_eq!(csv_cell("a=1"), "a=1");
        for text in hostile::TEXTS {
            assert_eq!(hostile::formula(&csv_cell(text)), [""; 0]);
        }
    }

    #[test]
    fn spans_stay_where_they_are() {
        assert_eq!(same_width("a\u{202e}é\n"), "a???é\n");
        assert_eq!(same_width("a ##[b]"), "a #?[b]");
        for text in hostile::TEXTS {
            assert_eq!(same_width(text).len(), text.len());
        }
    }

    #[test]
    fn a_text_on_a_screen_is_harmless_and_told_apart_from_others() {
        let shown: Vec<_> = hostile::TEXTS.iter().map(|text| lines(&terminal(text)).into_owned()).collect();
        for text in &shown {
            assert_eq!([hostile::terminal(text), hostile::runner(text)].concat(), [""; 0]);
        }
        let different: std::collections::BTreeSet<_> = shown.iter().collect();
        assert_eq!(different.len(), hostile::TEXTS.len());
    }
}

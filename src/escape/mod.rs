//! Text from the service, a file or an argument is never trusted with what prints or keeps it. Here stands which
//! characters nobody would see, which sequences are commands to the runner of a job, and how each is written instead.
//!
//! Where the format has escapes of its own ([`json`], [`yaml`], XML), a program that parses it reads the same text.
//! Elsewhere (screens, Markdown, CSV, annotations) such a character stands as `\u{200b}`, the escape of Rust, which
//! a person can tell apart; a backslash that would look like the start of one is doubled. Nothing of `output/` is
//! known here.

pub(crate) mod json;
pub(crate) mod yaml;

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar as _;

/// Would a person not see the character, or not see that it is another than it seems; or would it move the cursor,
/// end the line, turn the direction of writing, or not be allowed in XML?
///
/// Control characters, white space but the space and the ideographic one, the code points that Unicode lets programs
/// ignore (`Default_Ignorable_Code_Point`: zero-width, variation selectors, tags, bidirectional controls), and the
/// noncharacters.
pub(crate) fn is_hidden(c: char) -> bool {
    const IDEOGRAPHIC_SPACE: char = '\u{3000}';
    c.is_control()
        || (c.is_whitespace() && c != ' ' && c != IDEOGRAPHIC_SPACE)
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fdd0}'..='\u{fdef}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
        || u32::from(c) & 0xfffe == 0xfffe
}

/// So many marks above and below one letter are writing; more of them draw over the lines around it.
const MARKS: usize = 4;

/// Goes through a text, and says of each character whether it must be an escape: a hidden one, and a mark that stands
/// on nothing of the text or on a quote, or is one too many.
struct Scan {
    marks: usize,
}

impl Scan {
    /// At the beginning of a text: the character before it is not the text's to change.
    fn start() -> Self {
        Self { marks: MARKS }
    }

    fn is_escaped(&mut self, c: char) -> bool {
        let is_mark = !c.is_ascii() && c.width() == Some(0);
        if is_hidden(c) || (is_mark && self.marks >= MARKS) {
            *self = Self::start();
            return true;
        }
        // Behind a quote may be the beginning of a text
        self.marks = match c {
            '"' => MARKS,
            _ if is_mark => self.marks + 1,
            _ => 0,
        };
        false
    }
}

/// The text in one line, with escapes for what must be one.
pub(crate) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut scan = Scan::start();
    for (at, c) in text.char_indices() {
        if scan.is_escaped(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
            if text[at..].starts_with("\\u{") {
                out.push('\\');
            }
        }
    }
    out
}

/// How the characters of a command are written where it must not be one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Defused {
    /// The second `#` of `##[`.
    pub(crate) hash: &'static str,
    /// The first `:` of a line that begins with `::name::`.
    pub(crate) colon: &'static str,
}

/// In text for people.
pub(crate) const TEXT: Defused = Defused { hash: r"\u{23}", colon: r"\u{3a}" };
/// In XML, outside of tags.
pub(crate) const XML: Defused = Defused { hash: "&#35;", colon: "&#58;" };

/// The name between `##` and `[`: none for GitHub, `vso` for Azure Pipelines, `teamcity`.
fn is_command_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

/// Is this the second `#` of `##[…`, which runners look for in the whole line?
fn begins_bracket_command(before: Option<char>, rest: &str) -> bool {
    before == Some('#')
        && rest
            .strip_prefix('#')
            .is_some_and(|name| name.trim_start_matches(is_command_name).starts_with('['))
}

/// Is this `::name::…`, which a runner looks for at the beginning of a line?
fn begins_line_command(rest: &str) -> bool {
    let line = rest.split(['\n', '\r']).next().unwrap_or_default();
    line.strip_prefix("::").is_some_and(|behind| behind.contains("::"))
}

/// Is the character there the second `#` of a command?
pub(crate) fn is_bracket_command(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|rest| begins_bracket_command(text[..at].chars().next_back(), rest))
}

/// Output in which no line is a command to the runner of a job, as far as the program did not mean it: GitHub takes
/// `::name::` at the beginning of a line, white space before it or not, and `##[name]` anywhere; Azure Pipelines
/// `##vso[`, TeamCity `##teamcity[`. Always, since nobody knows where the output is shown later.
pub(crate) fn defuse(text: &str, Defused { hash, colon }: Defused) -> Cow<'_, str> {
    if !text.contains("##") && !text.contains("::") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut at_start = true;
    let mut before = None;
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        if at_start && begins_line_command(rest) {
            out += colon;
        } else if begins_bracket_command(before, rest) {
            out += hash;
        } else {
            out.push(c);
        }
        at_start = matches!(c, '\n' | '\r') || (at_start && c.is_whitespace());
        before = Some(c);
    }
    Cow::Owned(out)
}

/// Would a runner take a line of the text for a command?
pub(crate) fn has_command(text: &str) -> bool {
    matches!(defuse(text, TEXT), Cow::Owned(defused) if defused != text)
}

/// Has the text a character that [`visible`] shows as an escape?
pub(crate) fn has_hidden(text: &str) -> bool {
    let mut scan = Scan::start();
    text.chars().any(|c| scan.is_escaped(c))
}

/// Must a text stand in quotes with escapes, so that its lines are no commands and all of it is seen?
fn needs_quotes(text: &str) -> bool {
    text.split('\n').any(has_hidden) || has_command(text)
}

/// The document with an escape for each character that must be one, and in each command; in JSON and YAML both stand
/// in quoted strings alone.
fn escaped_in_quotes(document: &str, escape: impl Fn(char, &mut String)) -> String {
    let mut out = String::with_capacity(document.len());
    let mut scan = Scan::start();
    let mut before = None;
    for (at, c) in document.char_indices() {
        if (scan.is_escaped(c) && c != '\n') || begins_bracket_command(before, &document[at..]) {
            escape(c, &mut out);
        } else {
            out.push(c);
        }
        before = Some(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_left_alone() {
        for text in
            ["", "Ticket triage", "Grace Novák", "山田\u{3000}太郎", "a::b", "##", "C:\\new\\up", "e\u{301}"]
        {
            assert_eq!(visible(text), text);
            assert_eq!(defuse(text, TEXT), text);
            assert!(!needs_quotes(text));
        }
    }

    #[test]
    fn what_is_hidden_or_moves_the_cursor_is_written_out() {
        assert_eq!(visible("a\u{1b}[2Jb\r\n\u{9b}\u{202e}é"), "a\\u{1b}[2Jb\\r\\n\\u{9b}\\u{202e}é");
        assert_eq!(visible("ad\u{200b}min\u{e0061}\u{a0}"), "ad\\u{200b}min\\u{e0061}\\u{a0}");
    }

    #[test]
    fn an_escape_and_the_text_of_one_are_told_apart() {
        assert_eq!(visible("\\u{200b}"), "\\\\u{200b}");
        assert_ne!(visible("\\u{200b}"), visible("\u{200b}"));
    }

    #[test]
    fn a_stack_of_marks_is_cut_and_none_stands_on_another_text() {
        let stack: String = std::iter::once('z').chain(std::iter::repeat_n('\u{301}', 6)).collect();
        assert_eq!(visible(&stack), "z\u{301}\u{301}\u{301}\u{301}\\u{301}\\u{301}");
        assert_eq!(visible("\u{301}a"), "\\u{301}a");
        assert_eq!(visible("\u{200b}\u{301}a"), "\\u{200b}\\u{301}a");
    }

    #[test]
    fn a_line_is_no_command() {
        assert_eq!(defuse("a\n  ::error::b ::c\n", TEXT), "a\n  \\u{3a}:error::b ::c\n");
        assert_eq!(
            defuse("###[a] ##vso[b ##TeamCity[c", TEXT),
            "##\\u{23}[a] #\\u{23}vso[b #\\u{23}TeamCity[c"
        );
        assert_eq!(defuse("::a::##[b", XML), "&#58;:a::#&#35;[b");
        assert!(has_command("::a::") && has_command("a##[") && !has_command("a::b##"));
        // What marks a second file in a diagnostic, and is none
        assert!(!has_command(" ::: triage.yaml:4:11\n::") && has_command(" ::: a::b.yaml:4:11"));
    }
}

//! Text in tones. What comes from the service or a file is never trusted with the terminal:
//! whatever is not a plain character is written out as its escape.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthChar as _;

use crate::output::sanitize;
use crate::role::RoleType;

/// What a stretch of text is, not what it looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Nothing special.
    Plain,
    /// Stands out.
    Bold,
    /// Stands back.
    Dim,
    /// Lets a role do more: colour warns of this.
    Gain,
    /// Lets a role do less.
    Loss,
    /// Went well.
    Added,
    /// Went wrong.
    Removed,
    /// Becomes another.
    Changed,
    /// Wants care.
    Warning,
}

impl Tone {
    /// Of a role's type: FULL_ACCESS stands out.
    pub(crate) fn of_type(role_type: RoleType) -> Self {
        match role_type {
            RoleType::FullAccess => Self::Warning,
            RoleType::ReadOnly => Self::Plain,
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Bold => Style::new().bold(),
            Self::Dim => Style::new().dimmed(),
            Self::Gain => AnsiColor::Red.on_default().bold(),
            Self::Loss => AnsiColor::Green.on_default(),
            Self::Added => AnsiColor::Green.on_default(),
            Self::Removed => AnsiColor::Red.on_default(),
            Self::Changed => AnsiColor::Yellow.on_default(),
            Self::Warning => AnsiColor::Yellow.on_default().bold(),
        }
    }
}

/// What happens to the thing that a line is about. Each format puts it where its readers expect it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// It is new.
    Added,
    /// It goes.
    Removed,
    /// It changes.
    Changed,
    /// It wants care.
    Warning,
}

impl Sign {
    /// The sign in plain text.
    pub(crate) fn as_char(self) -> char {
        match self {
            Self::Added => '+',
            Self::Removed => '-',
            Self::Changed => '~',
            Self::Warning => '!',
        }
    }
}

/// One line, without its end: how far it is indented, its sign where it has one, and its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line {
    indent: usize,
    sign: Option<Sign>,
    spans: Vec<(Tone, String)>,
}

impl Line {
    /// A line of one tone.
    pub(crate) fn of(tone: Tone, text: impl Into<String>) -> Self {
        Self { indent: 0, sign: None, spans: vec![(tone, text.into())] }
    }

    /// A line with a sign. What is added may be a DENY rule: the sign says nothing of the tone.
    pub(crate) fn signed(sign: Sign, tone: Tone, text: impl Into<String>) -> Self {
        Self { sign: Some(sign), ..Self::of(tone, text) }
    }

    /// The line with spaces before its sign.
    #[must_use]
    pub(crate) fn indented(self, indent: usize) -> Self {
        Self { indent, ..self }
    }

    /// The line with more behind it.
    #[must_use]
    pub(crate) fn and(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.spans.push((tone, text.into()));
        self
    }

    /// The tone of what the line begins with.
    pub(crate) fn tone(&self) -> Tone {
        self.spans.first().map_or(Tone::Plain, |(tone, _)| *tone)
    }

    /// How many spaces stand before the sign.
    pub(crate) fn indent(&self) -> usize {
        self.indent
    }

    /// The sign, where the line has one.
    pub(crate) fn sign(&self) -> Option<Sign> {
        self.sign
    }

    /// The text without indent and sign, made harmless.
    pub(crate) fn text(&self) -> String {
        self.spans.iter().map(|(_, text)| sanitize::terminal(text)).collect()
    }

    /// The line without tones, made harmless.
    pub(crate) fn plain(&self) -> String {
        self.start() + &self.text()
    }

    /// The line with escape sequences for its tones, which a stream without colour strips.
    pub(crate) fn styled(&self) -> String {
        let mut out = String::new();
        // The sign has the tone of the text that it begins
        let mut start = self.start();
        for (tone, text) in &self.spans {
            let style = tone.style();
            let _ = write!(out, "{style}{start}{}{style:#}", sanitize::terminal(text));
            start.clear();
        }
        out
    }

    /// As [`Line::styled`], in at most so many columns; `…` stands for what is left out.
    pub(crate) fn styled_within(&self, columns: usize) -> String {
        if width(&self.plain()) <= columns {
            return self.styled();
        }
        let (mut out, mut start) = (String::new(), self.start());
        let mut room = columns.saturating_sub(1);
        for (tone, text) in &self.spans {
            let text = std::mem::take(&mut start) + &sanitize::terminal(text);
            let kept = within(&text, room);
            room -= width(kept);
            let (style, is_whole) = (tone.style(), kept.len() == text.len());
            let end = if is_whole || columns == 0 { "" } else { "…" };
            let _ = write!(out, "{style}{kept}{end}{style:#}");
            if !is_whole {
                break;
            }
        }
        out
    }

    /// As [`Line::styled`], in as many rows of so many columns as it takes. Those that follow stand deeper.
    pub(crate) fn styled_folded(&self, columns: usize) -> Vec<String> {
        if width(&self.plain()) <= columns {
            return vec![self.styled()];
        }
        let start = self.start().chars().map(|c| (self.tone(), c)).collect::<Vec<_>>();
        let texts = self.spans.iter().map(|(tone, text)| (*tone, sanitize::terminal(text)));
        let texts = texts.flat_map(|(tone, text)| text.chars().map(|c| (tone, c)).collect::<Vec<_>>());
        let cells: Vec<(Tone, char)> = start.iter().copied().chain(texts).collect();
        let hang = if start.len() + 2 < columns / 2 { start.len() + 2 } else { 0 };
        let (mut rows, mut rest) = (Vec::new(), &cells[..]);
        while !rest.is_empty() {
            let hang = if rows.is_empty() { 0 } else { hang };
            let (row, later) = rest.split_at(row_of(rest, columns - hang));
            rows.push(" ".repeat(hang) + &styled_cells(row));
            rest = later;
        }
        rows
    }

    /// The indent and the sign.
    fn start(&self) -> String {
        let Self { indent, sign, spans: _ } = self;
        let sign = sign.map_or(String::new(), |sign| format!("{} ", sign.as_char()));
        format!("{:indent$}{sign}", "")
    }
}

/// A text of no tone.
impl From<String> for Line {
    fn from(text: String) -> Self {
        Self::of(Tone::Plain, text)
    }
}

/// How many of these characters go into a row of so many columns, at least one: up to the last space, where there is
/// one behind a word.
fn row_of(cells: &[(Tone, char)], columns: usize) -> usize {
    let mut taken = 0;
    let fits = cells.iter().take_while(|(_, c)| {
        taken += c.width().unwrap_or(0);
        taken <= columns
    });
    let fits = fits.count();
    if fits == cells.len() {
        return fits;
    }
    let word = cells.iter().position(|(_, c)| *c != ' ').unwrap_or(0);
    let space = cells[..fits].iter().rposition(|(_, c)| *c == ' ').filter(|at| *at > word);
    space.map_or(fits, |at| at + 1).max(1)
}

fn styled_cells(cells: &[(Tone, char)]) -> String {
    let mut out = String::new();
    for run in cells.chunk_by(|(a, _), (b, _)| a == b) {
        let style = run[0].0.style();
        let text: String = run.iter().map(|(_, c)| c).collect();
        let _ = write!(out, "{style}{text}{style:#}");
    }
    out
}

/// The columns that a harmless text takes, counted as terminals do: character by character.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// The beginning of a harmless text that takes at most so many columns.
pub(crate) fn within(text: &str, columns: usize) -> &str {
    let mut taken = 0;
    let end = text.char_indices().find(|(_, c)| {
        taken += c.width().unwrap_or(0);
        taken > columns
    });
    end.map_or(text, |(at, _)| &text[..at])
}

/// `1 user`, `2 users`.
pub(crate) fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// `a, b`.
pub(crate) fn listed(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_stands_behind_the_indent_in_its_tone() {
        let line = Line::signed(Sign::Added, Tone::Gain, "a").and(Tone::Plain, "b").indented(2);
        assert_eq!((line.plain().as_str(), line.text().as_str()), ("  + ab", "ab"));
        let whole = Line::of(Tone::Gain, "  + a").and(Tone::Plain, "b");
        assert_eq!(line.styled(), whole.styled());
    }

    #[test]
    fn a_line_is_cut_to_the_columns_that_there_are() {
        let line = Line::signed(Sign::Added, Tone::Gain, "山田").and(Tone::Plain, "太郎");
        let cut = |columns| anstream::adapter::strip_str(&line.styled_within(columns)).to_string();
        assert_eq!(
            [10, 9, 8, 6, 2, 1, 0].map(cut),
            ["+ 山田太郎", "+ 山田太…", "+ 山田…", "+ 山…", "+…", "…", ""]
        );
        for text in crate::testing::hostile::TEXTS {
            let cut = Line::of(Tone::Plain, *text).styled_within(7);
            assert!(width(&cut) <= 7, "{cut}");
            assert_eq!(crate::testing::hostile::terminal(&cut), [""; 0]);
        }
    }

    #[test]
    fn a_line_is_folded_at_its_spaces() {
        let line = Line::signed(Sign::Warning, Tone::Gain, "everyone (11 mailboxes)").indented(2);
        let line = line.and(Tone::Plain, " becomes reachable");
        let folded = |columns| -> Vec<String> {
            let rows = line.styled_folded(columns);
            rows.iter().map(|row| anstream::adapter::strip_str(row).to_string()).collect()
        };
        assert_eq!(folded(80), ["  ! everyone (11 mailboxes) becomes reachable"]);
        assert_eq!(folded(24), ["  ! everyone (11 ", "      mailboxes) ", "      becomes reachable"]);
        assert_eq!(folded(1).concat(), line.plain());
        for text in crate::testing::hostile::TEXTS.iter().chain(&["山田太郎"]) {
            let line = Line::of(Tone::Gain, *text);
            for row in line.styled_folded(2) {
                let row = anstream::adapter::strip_str(&row).to_string();
                assert!(width(&row) <= 2, "{row}");
            }
            let rows: String = line.styled_folded(2).concat();
            assert_eq!(anstream::adapter::strip_str(&rows).to_string(), line.plain());
        }
    }

    #[test]
    fn no_line_lets_a_control_character_through() {
        assert!(!Line::of(Tone::Plain, "\u{1b}]0;x\u{7}").styled().contains('\u{1b}'));
    }
}

//! Text in tones. What comes from the service or a file is never trusted with the terminal:
//! whatever is not a plain character is written out as its escape.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use crate::output::sanitize;

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

    /// The indent and the sign.
    fn start(&self) -> String {
        let Self { indent, sign, spans: _ } = self;
        let sign = sign.map_or(String::new(), |sign| format!("{} ", sign.as_char()));
        format!("{:indent$}{sign}", "")
    }
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
    fn no_line_lets_a_control_character_through() {
        assert!(!Line::of(Tone::Plain, "\u{1b}]0;x\u{7}").styled().contains('\u{1b}'));
    }
}

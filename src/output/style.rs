//! Text in tones. What comes from the service or a file is never trusted with the terminal:
//! whatever is not a plain character is written out as its escape.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

/// What a stretch of text is, not what it looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Nothing special.
    Plain,
    /// Stands out.
    Bold,
    /// Stands back.
    Dim,
    /// Is new.
    Added,
    /// Goes.
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
            Self::Added => AnsiColor::Green.on_default(),
            Self::Removed => AnsiColor::Red.on_default(),
            Self::Changed => AnsiColor::Yellow.on_default(),
            Self::Warning => AnsiColor::Yellow.on_default().bold(),
        }
    }
}

/// One line, without its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line(Vec<(Tone, String)>);

impl Line {
    /// A line of one tone.
    pub(crate) fn of(tone: Tone, text: impl Into<String>) -> Self {
        Self(vec![(tone, text.into())])
    }

    /// The line with more behind it.
    #[must_use]
    pub(crate) fn and(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.0.push((tone, text.into()));
        self
    }

    /// The text alone, made harmless.
    pub(crate) fn plain(&self) -> String {
        self.0.iter().map(|(_, text)| harmless(text)).collect()
    }

    /// The line with escape sequences for its tones, which a stream without colour strips.
    pub(crate) fn styled(&self) -> String {
        let mut out = String::new();
        for (tone, text) in &self.0 {
            let style = tone.style();
            let _ = write!(out, "{style}{}{style:#}", harmless(text));
        }
        out
    }
}

/// The text with control characters, and those that turn the direction of writing, as escapes.
pub(crate) fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unsafe(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

/// Could the character move the cursor, or turn the direction of writing?
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_move_the_cursor_is_written_out() {
        assert_eq!(harmless("a\u{1b}[2Jb\r\n\u{9b}\u{202e}é"), "a\\u{1b}[2Jb\\r\\n\\u{9b}\\u{202e}é");
        assert!(!Line::of(Tone::Plain, "\u{1b}]0;x\u{7}").styled().contains('\u{1b}'));
    }
}

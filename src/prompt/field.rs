//! A line of text that is typed.

use crate::output::screen::{Input, Key};

/// The text and the cursor in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Field {
    text: Vec<char>,
    at: usize,
}

impl Field {
    /// A field with a text in it, the cursor at its end.
    pub(super) fn new(text: &str) -> Self {
        let text: Vec<char> = text.chars().collect();
        Self { at: text.len(), text }
    }

    /// What is typed so far.
    pub(super) fn text(&self) -> String {
        self.text.iter().collect()
    }

    /// Takes a key that changes the text or moves in it; says whether the text was changed.
    pub(super) fn key(&mut self, key: &Key) -> bool {
        match key {
            Key::Char('\u{15}') => drop(self.text.drain(..std::mem::take(&mut self.at))),
            Key::Char(c) if !c.is_control() => {
                self.text.insert(self.at, *c);
                self.at += 1;
            }
            Key::Backspace if self.at > 0 => {
                self.at -= 1;
                self.text.remove(self.at);
            }
            Key::Del if self.at < self.text.len() => drop(self.text.remove(self.at)),
            Key::ArrowLeft => {
                self.at = self.at.saturating_sub(1);
                return false;
            }
            Key::ArrowRight => {
                self.at = (self.at + 1).min(self.text.len());
                return false;
            }
            Key::Home => {
                self.at = 0;
                return false;
            }
            Key::End => {
                self.at = self.text.len();
                return false;
            }
            _ => return false,
        }
        true
    }

    /// The field behind a label.
    pub(super) fn input(&self, label: &str) -> Input {
        let [before, after] =
            [&self.text[..self.at], &self.text[self.at..]].map(|part| part.iter().collect());
        Input { label: label.to_owned(), before, after }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_typed_and_mended() {
        let mut field = Field::new("ab");
        for key in [Key::ArrowLeft, Key::Char('山'), Key::Home, Key::Del, Key::ArrowLeft, Key::Char('x')] {
            field.key(&key);
        }
        assert_eq!(
            field.input("Name: "),
            Input { label: "Name: ".into(), before: "x".into(), after: "山b".into() }
        );
        assert!(!field.key(&Key::Char('\u{1b}')) && !field.key(&Key::Tab) && !field.key(&Key::End));
        assert!(field.key(&Key::Backspace));
        assert_eq!(field.text(), "x山");
        assert!(field.key(&Key::Char('\u{15}')));
        assert!(!field.key(&Key::Backspace) && !field.key(&Key::Del));
        assert_eq!(field, Field::default());
    }
}

//! A choice of one of a few. It does not wrap around: the last item, which may be the widest, is never one key up
//! from the first.

use crate::output::sanitize;
use crate::output::screen::{Key, View};
use crate::output::style::{Line, Tone, width};

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// What it is called.
    pub(super) label: String,
    /// What it means.
    pub(super) note: String,
    /// Whether it lets a role do much.
    pub(super) tone: Tone,
}

impl Item {
    /// Nothing special.
    pub(super) fn new(label: impl Into<String>, note: impl Into<String>) -> Self {
        Self { label: label.into(), note: note.into(), tone: Tone::Plain }
    }

    /// What wants care.
    pub(super) fn wide(label: impl Into<String>, note: impl Into<String>) -> Self {
        Self { tone: Tone::Warning, ..Self::new(label, note) }
    }
}

/// A list and the place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Menu {
    title: String,
    items: Vec<Item>,
    at: usize,
}

impl Menu {
    /// A menu of at least one item, at the one that Enter chooses.
    pub(super) fn new(title: impl Into<String>, items: Vec<Item>, at: usize) -> Self {
        Self { title: title.into(), at: at.min(items.len().saturating_sub(1)), items }
    }

    /// Where it is.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Moves; `page` items are in sight.
    pub(super) fn key(&mut self, key: &Key, page: usize) {
        self.at = moved(self.at, self.items.len(), key, page);
    }

    /// What is shown of it.
    pub(super) fn view(&self) -> View {
        let labels = self.items.iter().map(|item| width(&sanitize::terminal(&item.label)));
        // A long label, as that of a rule, does not push the notes of the others away
        let column = labels.filter(|width| *width <= 30).max().unwrap_or(0);
        let line = |(n, item): (usize, &Item)| {
            let Item { label, note, tone } = item;
            let (mark, tone) = match (n == self.at, *tone) {
                (true, Tone::Plain) => ("> ", Tone::Bold),
                (is, tone) => (if is { "> " } else { "  " }, tone),
            };
            let gap = column.saturating_sub(width(&sanitize::terminal(label))) + 2;
            let note = if note.is_empty() { String::new() } else { format!("{:gap$}{note}", "") };
            Line::of(tone, format!("{mark}{label}")).and(Tone::Dim, note)
        };
        View {
            title: Some(Line::of(Tone::Bold, self.title.as_str())),
            items: self.items.iter().enumerate().map(line).collect(),
            at: self.at,
            ..View::default()
        }
    }
}

/// The place in a list of so many behind a key that moves; it ends at the ends.
pub(super) fn moved(at: usize, len: usize, key: &Key, page: usize) -> usize {
    let last = len.saturating_sub(1);
    match key {
        Key::ArrowUp | Key::BackTab => at.saturating_sub(1),
        Key::ArrowDown | Key::Tab => (at + 1).min(last),
        Key::PageUp => at.saturating_sub(page.max(1)),
        Key::PageDown => (at + page.max(1)).min(last),
        Key::Home => 0,
        Key::End => last,
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_menu_does_not_wrap_around() {
        let mut menu = Menu::new("Type", vec![Item::new("a", "first"), Item::wide("everyone", "all")], 0);
        for (key, at) in [
            (Key::ArrowUp, 0),
            (Key::ArrowDown, 1),
            (Key::ArrowDown, 1),
            (Key::Home, 0),
            (Key::PageDown, 1),
            (Key::PageUp, 0),
            (Key::End, 1),
            (Key::Char('x'), 1),
        ] {
            menu.key(&key, 1);
            assert_eq!(menu.at(), at, "{key:?}");
        }
        let lines: Vec<_> = menu.view().items.iter().map(Line::plain).collect();
        assert_eq!(lines, ["  a         first", "> everyone  all"]);
        assert_eq!(moved(0, 0, &Key::End, 0), 0);
    }
}

//! A window that is drawn anew at each key, as large as the terminal is then: thus a resize needs no care. What is on it
//! is a [`View`], of which a small window shows the most important lines.

use std::io;

pub(crate) use dialoguer::console::Key;
use dialoguer::console::Term;

use super::sanitize;
use super::style::{Line, width, within};
use super::terminal::FullScreen;

/// So many items of a list are shown before there is room for the header.
const FEW: usize = 5;

/// A line that is typed into.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Input {
    /// What stands before the text.
    pub(crate) label: String,
    /// The text before the cursor.
    pub(crate) before: String,
    /// The text behind it.
    pub(crate) after: String,
}

/// What is asked, in the order from above.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct View {
    /// What it is about.
    pub(crate) header: Vec<Line>,
    /// What is asked.
    pub(crate) title: Option<Line>,
    /// Where a text is typed.
    pub(crate) input: Option<Input>,
    /// A list, of which a part may be shown.
    pub(crate) items: Vec<Line>,
    /// The item that must be seen.
    pub(crate) at: usize,
    /// Whether the list is a text that is read from that item on, its long lines folded.
    pub(crate) is_text: bool,
    /// What is chosen and found so far, a line each.
    pub(crate) status: Vec<Line>,
    /// What helps to answer.
    pub(crate) notes: Vec<Line>,
    /// What is wrong with the answer.
    pub(crate) message: Option<Line>,
    /// What the keys do.
    pub(crate) help: Line,
}

/// The part of a list that is in sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    /// The number of its first item, from 0; of a text, of its first row.
    pub(crate) first: usize,
    /// How many are in sight.
    pub(crate) shown: usize,
    /// How many there are.
    pub(crate) of: usize,
}

/// What a window has room for: how many lines of each, from the first.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shown {
    header: usize,
    title: usize,
    input: usize,
    items: usize,
    status: usize,
    notes: usize,
    message: usize,
    gap: usize,
    help: usize,
}

impl Shown {
    /// Of what there `is`, as much as there are rows; what is needed first comes first.
    fn of(is: &Self, rows: usize) -> Self {
        let mut room = rows;
        let mut take = |n: usize| {
            let taken = n.min(room);
            room -= taken;
            taken
        };
        let input = take(is.input);
        let item = take(is.items.min(1));
        let message = take(is.message);
        let title = take(is.title);
        let status = take(is.status);
        let notes = take(is.notes);
        let help = take(is.help);
        let few = take(is.items.min(FEW) - item);
        let gap = take(is.gap);
        let header = take(is.header);
        let items = item + few + take(is.items - item - few);
        Self { header, title, input, items, status, notes, message, gap, help }
    }
}

impl View {
    /// The rows of a window of this size, where the cursor is in them (row and column, from 0), and which items are
    /// among them.
    fn rows(&self, rows: usize, columns: usize) -> (Vec<String>, Option<(usize, usize)>, Page) {
        let Self { header, title, input, items, at, is_text, status, notes, message, help } = self;
        let cut = |line: &Line| line.styled_within(columns);
        let folded = |lines: &mut dyn Iterator<Item = &Line>| -> Vec<String> {
            lines.flat_map(|line| line.styled_folded(columns)).collect()
        };
        let (notes, message) = (folded(&mut notes.iter()), folded(&mut message.iter()));
        let text = if *is_text { folded(&mut items.iter()) } else { Vec::new() };
        let count = if *is_text { text.len() } else { items.len() };
        let is = Shown {
            // With the line that sets it apart
            header: if header.is_empty() { 0 } else { header.len() + 1 },
            title: usize::from(title.is_some()),
            input: usize::from(input.is_some()),
            items: count,
            status: status.len(),
            notes: notes.len(),
            message: message.len(),
            gap: 1,
            help: 1,
        };
        let shown = Shown::of(&is, rows);
        let start = if *is_text { *at } else { at.saturating_sub(shown.items / 2) };
        let start = start.min(count - shown.items);
        // A part of it would be read as all of it
        let header = if shown.header == is.header { &header[..] } else { &[] };
        let mut all: Vec<String> = header.iter().map(cut).collect();
        all.extend((!header.is_empty()).then(String::new));
        all.extend(title.iter().take(shown.title).map(cut));
        let drawn = input.as_ref().filter(|_| shown.input > 0).map(|input| input.drawn(columns));
        let cursor = drawn.as_ref().map(|(_, column)| (all.len(), *column));
        all.extend(drawn.map(|(text, _)| text));
        match is_text {
            true => all.extend_from_slice(&text[start..start + shown.items]),
            false => all.extend(items[start..start + shown.items].iter().map(cut)),
        }
        all.extend(status.iter().take(shown.status).map(cut));
        all.extend(notes.into_iter().take(shown.notes));
        all.extend(message.into_iter().take(shown.message));
        all.extend((shown.gap > 0).then(String::new));
        all.extend((shown.help > 0).then(|| cut(help)));
        (all, cursor, Page { first: start, shown: shown.items, of: count })
    }

    /// The bytes that draw it over whatever is in the window, and which items are shown.
    fn drawn(&self, (rows, columns): (u16, u16)) -> (String, Page) {
        // What is in the last column makes some terminals begin another row
        let columns = usize::from(columns).saturating_sub(1).max(1);
        let (all, cursor, page) = self.rows(rows.max(1).into(), columns);
        let all: Vec<_> = all.iter().map(|row| format!("\x1b[2K{row}")).collect();
        let mut out = format!("\x1b[?25l\x1b[H{}\x1b[J", all.join("\r\n"));
        if let Some((row, column)) = cursor {
            out += &format!("\x1b[{};{}H\x1b[?25h", row + 1, column + 1);
        }
        (out, page)
    }
}

impl Input {
    /// The line in so many columns, and the column of the cursor, from 0. A text that is too long is shown around the
    /// cursor, and the label goes first.
    fn drawn(&self, columns: usize) -> (String, usize) {
        let [label, before, after] =
            [&self.label, &self.before, &self.after].map(|text| sanitize::terminal(text));
        let label = if width(&label) + 2 > columns { String::new() } else { label };
        let room = columns - 1 - width(&label);
        let mut left = before.as_str();
        while width(left) > room {
            let mut rest = left.chars();
            rest.next();
            left = rest.as_str();
        }
        let column = width(&label) + width(left);
        (format!("{label}{left}{}", within(&after, columns - column)), column)
    }
}

/// The window while a dialog is open.
#[derive(Debug)]
pub(crate) struct Screen {
    full: FullScreen,
    term: Term,
    color: bool,
}

impl Screen {
    /// Takes the window. Only inside of [`ask`](super::terminal::ask).
    ///
    /// # Errors
    /// When the terminal cannot be used.
    pub(crate) fn open(color: bool) -> io::Result<Self> {
        Ok(Self { full: FullScreen::enter()?, term: Term::stderr(), color })
    }

    /// Draws this, and says which items are in sight.
    ///
    /// # Errors
    /// When the terminal cannot be written, or a signal has ended the question.
    pub(crate) fn draw(&self, view: &View) -> io::Result<Page> {
        let (text, page) = view.drawn(self.term.size());
        let text = if self.color { text } else { without_tones(&text) };
        self.full.write(&text)?;
        Ok(page)
    }

    /// Waits for a key.
    ///
    /// # Errors
    /// Interrupted by Ctrl-C; or when the terminal is closed.
    pub(crate) fn key(&self) -> io::Result<Key> {
        self.term.read_key()
    }
}

/// The bytes without what sets a colour; what moves the cursor stays.
fn without_tones(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(|c: char| !c.is_ascii_digit() && c != ';') {
            Some((numbers, rest)) if part[numbers.len()..].starts_with('m') => out += rest,
            _ => out += &format!("\x1b[{part}"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::style::Tone;

    fn line(text: impl Into<String>) -> Line {
        Line::of(Tone::Warning, text)
    }

    fn view(items: usize) -> View {
        View {
            header: vec![line("header"), line("header")],
            title: Some(line("title")),
            input: Some(Input { label: "Search: ".into(), before: "ab".into(), after: "c".into() }),
            items: (0..items).map(|n| line(format!("item {n}"))).collect(),
            at: items / 2,
            status: vec![line("status")],
            notes: vec![line("note")],
            message: Some(line("message")),
            help: line("help"),
            ..View::default()
        }
    }

    /// What a terminal of this size shows, without the lines at the end that are empty, and where its cursor is.
    #[expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
    fn shown(view: &View, rows: u16, columns: u16) -> (Vec<String>, (u16, u16)) {
        let [height, width] = [rows, columns].map(|n| std::num::NonZero::new(n).unwrap());
        let mut terminal = vt100::Parser::new(height, width, 0);
        terminal.process("old line\r\n".repeat(40).as_bytes());
        terminal.process(without_tones(&view.drawn((rows, columns)).0).as_bytes());
        let screen = terminal.screen();
        let text = screen.contents().trim_end().to_owned();
        (text.lines().map(str::to_owned).collect(), screen.cursor_position())
    }

    #[test]
    fn a_large_window_shows_everything() {
        let (lines, cursor) = shown(&view(3), 20, 40);
        let wanted = [
            "header",
            "header",
            "",
            "title",
            "Search: abc",
            "item 0",
            "item 1",
            "item 2",
            "status",
            "note",
            "message",
            "",
            "help",
        ];
        assert_eq!((lines, cursor), (wanted.map(str::to_owned).to_vec(), (4, 10)));
    }

    #[test]
    fn a_small_window_shows_what_is_needed_first() {
        assert_eq!(shown(&view(9), 1, 40).0, ["Search: abc"]);
        assert_eq!(shown(&view(9), 2, 40).0, ["Search: abc", "item 4"]);
        assert_eq!(shown(&view(9), 3, 40).0, ["Search: abc", "item 4", "message"]);
        let lines = shown(&view(9), 9, 40).0;
        let wanted =
            ["title", "Search: abc", "item 3", "item 4", "item 5", "status", "note", "message", "help"];
        assert_eq!(lines, wanted);
    }

    #[test]
    fn a_text_is_read_from_its_first_line_to_its_last() {
        let items: Vec<_> = (0..9).map(|n| line(format!("line {n} that is folded"))).collect();
        let text =
            |at| View { items: items.clone(), at, is_text: true, help: line("help"), ..View::default() };
        let lines = |at| shown(&text(at), 7, 14).0;
        assert_eq!(lines(0)[..3], ["line 0 that ", "  is folded", "line 1 that "]);
        assert_eq!(lines(99)[3..], ["line 8 that ", "  is folded", "", "help"]);
    }

    #[test]
    fn no_size_and_no_place_in_the_list_is_too_much() {
        for rows in 1..16 {
            for columns in 1..12 {
                for items in [0, 1, 2, 7, 100] {
                    for (at, is_text) in [(0, false), (items, false), (items * 9, true)] {
                        let view = View { at, is_text, ..view(items) };
                        let (all, _, page) = view.rows(rows, columns);
                        assert!(all.len() <= rows && page.first + page.shown <= page.of);
                    }
                }
            }
        }
        let _ = view(3).drawn((0, 0));
    }

    #[test]
    fn a_long_text_is_shown_around_the_cursor() {
        let input = |before: &str, after: &str| Input {
            label: "Name: ".into(),
            before: before.into(),
            after: after.into(),
        };
        assert_eq!(input("ab", "cd").drawn(20), ("Name: abcd".into(), 8));
        assert_eq!(input("abcdefgh", "ij").drawn(10), ("Name: fghi".into(), 9));
        assert_eq!(input("山田太郎", "").drawn(11), ("Name: 太郎".into(), 10));
        assert_eq!(input("abc", "").drawn(4), ("abc".into(), 3));
        assert_eq!(input("abc", "d").drawn(1), ("d".into(), 0));
    }

    #[test]
    fn a_window_without_colour_has_the_same_text() {
        let (text, _) = view(3).drawn((20, 40));
        let plain = without_tones(&text);
        assert!(text.contains("\x1b[33m") && !plain.contains("\x1b[33m"));
        assert!(
            plain.starts_with("\x1b[?25l\x1b[H\x1b[2Kheader\r\n") && plain.ends_with("\x1b[5;11H\x1b[?25h")
        );
    }
}

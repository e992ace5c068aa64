//! Tables: a row is a line, for eyes, grep and awk.

use comfy_table::{ContentArrangement, Table};

use super::style::{Line, width};

/// So many spaces stand between two columns.
const GAP: u16 = 2;

/// A table with the columns that there is room for, of which those of `first_to_go` are left out in that order; with
/// all of them where no room is given. What is in the cells is made harmless.
pub(crate) fn drawn(
    header: &[&str],
    rows: &[Vec<Line>],
    first_to_go: &[&str],
    room: Option<usize>,
) -> String {
    let header: Vec<Line> = header.iter().map(|title| Line::from((*title).to_owned())).collect();
    let widths: Vec<usize> = (0..header.len())
        .map(|n| std::iter::once(&header).chain(rows).filter_map(|row| row.get(n)).map(taken).max())
        .map(Option::unwrap_or_default)
        .collect();
    let titles: Vec<String> = header.iter().map(Line::plain).collect();
    let kept = columns_that_fit(&titles, &widths, first_to_go, room.unwrap_or(usize::MAX));
    let rows: Vec<Vec<&Line>> = std::iter::once(&header)
        .chain(rows)
        .map(|row| kept.iter().filter_map(|n| row.get(*n)).collect())
        .collect();
    filled(&laid_out(&rows), rows.into_iter().flatten())
}

/// The columns that a cell takes.
fn taken(cell: &Line) -> usize {
    width(&cell.plain())
}

/// Stands for a column of a cell where the table is laid out: terminals count columns by characters, and comfy-table by
/// clusters of them.
const STAND_IN: char = 'x';

fn laid_out(rows: &[Vec<&Line>]) -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    for row in rows {
        table.add_row(row.iter().map(|cell| STAND_IN.to_string().repeat(taken(cell))));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, GAP));
    }
    table
}

/// The table with the cells in their places; no line ends with spaces.
fn filled<'a>(table: &Table, cells: impl Iterator<Item = &'a Line>) -> String {
    let mut cells = cells.filter(|cell| taken(cell) > 0);
    let mut out = String::new();
    for line in table.lines() {
        let mut rest = line.trim_end();
        while let Some(at) = rest.find(STAND_IN) {
            out += &rest[..at];
            out += &cells.next().map(Line::styled).unwrap_or_default();
            rest = rest[at..].trim_start_matches(STAND_IN);
        }
        out.push('\n');
    }
    out
}

/// The columns, by number, that a terminal of this width has room for: those that must stay, and of the others those
/// that go last, as far as they fit beside what is there.
fn columns_that_fit(titles: &[String], widths: &[usize], first_to_go: &[&str], room: usize) -> Vec<usize> {
    let number = |title: &&str| titles.iter().position(|one| one == title);
    let can_go: Vec<usize> = first_to_go.iter().filter_map(number).collect();
    let mut kept: Vec<usize> = (0..titles.len()).filter(|n| !can_go.contains(n)).collect();
    for n in can_go.iter().rev() {
        let needed: usize = kept.iter().chain([n]).map(|n| widths[*n] + usize::from(GAP)).sum();
        if needed - usize::from(GAP) <= room {
            kept.push(*n);
        }
    }
    kept.sort_unstable();
    kept
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use super::*;
    use crate::output::style::Tone;
    use crate::testing::hostile;

    /// Wide, combining, written from the right, joined to a ligature, and of several code points.
    const TEXTS: &[&str] = &[
        "山田太郎",
        "محمد",
        "لا",
        "e\u{301}ve",
        "👩\u{200d}💻",
        "👍🏽",
        "🇩🇪",
        "ﷺ",
        "ក\u{17d2}ម",
        "ｱｲｳ",
        "한국",
    ];

    /// Where the second cell begins on a terminal, for each row of a table with these first cells.
    #[expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
    fn starts(texts: &[&str]) -> Vec<Option<u16>> {
        let cell = |text: &str, tone| Line::of(tone, text);
        let rows: Vec<_> =
            texts.iter().map(|text| vec![cell(text, Tone::Warning), cell("@@", Tone::Dim)]).collect();
        let table = drawn(&["NAME", "@@"], &rows, &[], None);
        assert_eq!(table.lines().count(), rows.len() + 1);
        let mut terminal = {
            let height = u16::try_from(rows.len() + 2).ok().and_then(NonZero::new).unwrap();
            vt100::Parser::new(height, NonZero::new(300).unwrap(), 0)
        };
        terminal.process(table.replace('\n', "\r\n").as_bytes());
        let screen = terminal.screen();
        let is_second = |row, column| {
            [column, column + 1].iter().all(|at| screen.cell(row, *at).is_some_and(|c| c.contents() == "@"))
        };
        let lines = 0..u16::try_from(table.lines().count()).unwrap();
        lines.map(|row| (0..299).rev().find(|column| is_second(row, *column))).collect()
    }

    #[test]
    fn no_text_breaks_a_table() {
        // The terminal of the test does not draw what stands for broken UTF-8
        let hostile = hostile::TEXTS.iter().filter(|text| !text.contains('\u{fffd}'));
        let texts: Vec<_> = TEXTS.iter().chain(hostile).copied().collect();
        let starts = starts(&texts);
        assert!(starts[0].is_some());
        for (start, text) in starts.iter().skip(1).zip(texts) {
            assert_eq!(*start, starts[0], "{text:?}");
        }
    }

    #[test]
    fn columns_go_in_order_until_the_rest_fits() {
        let row = ["山田", "a", "\u{200b}"].map(|text| Line::from(text.to_owned())).to_vec();
        let header = ["NAME", "TYPE", "ID"];
        let fit = |room| {
            let table = drawn(&header, std::slice::from_ref(&row), &["ID", "TYPE"], room);
            table.lines().next().unwrap_or_default().split_whitespace().count()
        };
        assert_eq!(fit(Some(4 + 2 + 4 + 2 + 8)), 3);
        assert_eq!(fit(Some(4 + 2 + 4 + 2 + 7)), 2);
        assert_eq!(fit(Some(4 + 2 + 4)), 2);
        assert_eq!(fit(Some(4 + 2 + 3)), 1);
        assert_eq!(fit(Some(1)), 1);
        // One that is too wide does not take others with it
        let table = drawn(&header, std::slice::from_ref(&row), &["TYPE", "ID"], Some(11));
        assert!(table.starts_with("NAME  TYPE\n"), "{table}");
        assert_eq!(fit(None), 3);
    }

    #[test]
    fn no_line_ends_with_spaces() {
        let row = ["a", "", ""].map(|text| Line::from(text.to_owned())).to_vec();
        assert_eq!(drawn(&["A", "B", "C"], &[row], &[], None), "A  B  C\na\n");
    }
}

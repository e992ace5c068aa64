//! What the commands speak through: results to stdout, everything else to stderr.

use std::cell::Cell;
use std::io::{self, IsTerminal as _, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use comfy_table::{ContentArrangement, Table};
use indicatif::ProgressBar;
use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use super::style::{Line, Tone};
use super::text::diagnostics;
use crate::config::{Color, Config, Format};
use crate::definition::diagnostic::Diagnostic;
use crate::definition::span::Sources;
use crate::escape;
use crate::output::sanitize;

/// The terminal, or what stands in its place.
#[derive(Debug)]
pub(crate) struct Ui {
    /// What results look like.
    pub format: Format,
    color: ColorChoice,
    quiet: bool,
    closed: Cell<bool>,
    // Nothing is drawn where logs are shown: they would mix
    verbose: bool,
    spinner: Arc<Mutex<Option<ProgressBar>>>,
}

impl Ui {
    /// As the command line says.
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            format: config.output,
            color: match config.color {
                Color::Auto => ColorChoice::Auto,
                Color::Always => ColorChoice::Always,
                Color::Never => ColorChoice::Never,
            },
            quiet: config.quiet,
            closed: Cell::new(false),
            verbose: config.verbose > 0,
            spinner: Arc::default(),
        }
    }

    /// Shows on a terminal that something takes its time, until the next output or question.
    pub(crate) fn spinner(&self, what: &'static str) {
        if self.quiet || self.verbose || !io::stderr().is_terminal() {
            return;
        }
        let spinner = ProgressBar::new_spinner().with_message(what);
        spinner.enable_steady_tick(Duration::from_millis(120));
        *lock(&self.spinner) = Some(spinner);
    }

    /// Takes away what [`Ui::spinner`] shows; whatever is written through here does it too.
    pub(crate) fn clear(&self) {
        clear(&self.spinner);
    }

    /// A way to stderr for whoever has to say something while a command waits.
    pub(crate) fn notifier(&self) -> Notifier {
        Notifier { color: self.color, quiet: self.quiet, spinner: Arc::clone(&self.spinner) }
    }

    /// Is the result for people?
    pub(crate) fn is_table(&self) -> bool {
        self.format == Format::Table
    }

    /// Writes to stdout. A reader that went away is no error: the command goes on in silence.
    ///
    /// # Errors
    /// When stdout cannot be written for another reason, as a full disk.
    pub(crate) fn print(&self, text: &str) -> io::Result<()> {
        self.print_verbatim(&harmless(self.color, text, &io::stdout()))
    }

    /// Writes to stdout as it is what is meant for a program.
    ///
    /// # Errors
    /// As [`Ui::out`].
    pub(crate) fn print_verbatim(&self, text: &str) -> io::Result<()> {
        self.clear();
        if self.closed.get() {
            return Ok(());
        }
        let mut stdout = AutoStream::new(io::stdout().lock(), choice(self.color, &io::stdout()));
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed.set(true);
                Ok(())
            }
            result => result.map_err(|error| {
                io::Error::new(error.kind(), format!("cannot write to standard output: {error}"))
            }),
        }
    }

    /// Writes lines to stdout.
    ///
    /// # Errors
    /// As [`Ui::out`].
    pub(crate) fn lines(&self, lines: &[Line]) -> io::Result<()> {
        let text: String = lines.iter().map(|line| line.styled() + "\n").collect();
        self.print(&text)
    }

    /// Writes lines where people look for the result: on stdout where the result is for them, else on
    /// stderr.
    ///
    /// # Errors
    /// As [`Ui::out`].
    pub(crate) fn result_lines(&self, lines: &[Line]) -> io::Result<()> {
        if self.is_table() {
            return self.lines(lines);
        }
        lines.iter().for_each(|line| self.status_line(line));
        Ok(())
    }

    /// Writes a document as JSON or YAML.
    ///
    /// # Errors
    /// As [`Ui::out`].
    pub(crate) fn document(&self, value: &impl Serialize) -> anyhow::Result<()> {
        let text = match self.format {
            Format::Yaml => escape::yaml::document(value)?,
            _ => escape::json::pretty(value)? + "\n",
        };
        Ok(self.print_verbatim(&text)?)
    }

    /// Writes a table; what is in the cells is made harmless.
    ///
    /// # Errors
    /// As [`Ui::out`].
    pub(crate) fn table(&self, header: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
        self.print(&table_text(header, rows))
    }

    /// As [`Ui::table`]; on a terminal only the columns that fit, of which those of `first_to_go` are left out in
    /// that order. The last one stays, and the terminal folds it.
    ///
    /// # Errors
    /// As [`Ui::out`].
    pub(crate) fn fitting_table(
        &self,
        header: &[&str],
        rows: &[Vec<String>],
        first_to_go: &[&str],
    ) -> io::Result<()> {
        let columns = io::stdout().is_terminal().then(|| dialoguer::console::Term::stdout().size_checked());
        let Some((_, columns)) = columns.flatten() else { return self.table(header, rows) };
        let kept = columns_that_fit(header, rows, first_to_go, columns.into());
        let header: Vec<_> = kept.iter().filter_map(|n| header.get(*n).copied()).collect();
        let row = |row: &Vec<String>| kept.iter().filter_map(|n| row.get(*n).cloned()).collect();
        self.table(&header, &rows.iter().map(row).collect::<Vec<_>>())
    }

    /// As [`Ui::fitting_table`]; on a terminal only the first fifty rows, unless all are wanted. What there is none
    /// of or more of is said, by its name of one and of many.
    ///
    /// # Errors
    /// As [`Ui::out`].
    pub(crate) fn folded_table(
        &self,
        header: &[&str],
        rows: &[Vec<String>],
        first_to_go: &[&str],
        [one, many]: [&str; 2],
        all: bool,
    ) -> io::Result<()> {
        if rows.is_empty() {
            self.status(format!("no {many}"));
            return Ok(());
        }
        let shown = if all || !io::stdout().is_terminal() { rows.len() } else { rows.len().min(FOLDED) };
        self.fitting_table(header, &rows[..shown], first_to_go)?;
        let more = rows.len() - shown;
        if more > 0 {
            self.status(format!("and {more} more {}", if more == 1 { one } else { many }));
            self.hint("--all shows them; with a text, only those are listed that have it in a name");
        }
        Ok(())
    }

    fn err(&self, text: &str) {
        self.clear();
        write_err(self.color, text);
    }

    /// Says something on stderr, unless asked to be quiet.
    pub(crate) fn status_line(&self, line: &Line) {
        if !self.quiet {
            self.err(&(line.styled() + "\n"));
        }
    }

    /// Says what became of a change and how to undo it; heard even when quiet.
    pub(crate) fn report_line(&self, line: &Line) {
        self.err(&(line.styled() + "\n"));
    }

    /// Says where a command that only reads works; on a terminal alone, where somebody may take one
    /// organization for another.
    pub(crate) fn place(&self, place: &str) {
        if io::stderr().is_terminal() {
            self.status_line(&Line::of(Tone::Dim, place));
        }
    }

    /// Is stderr drawn on in colour?
    pub(crate) fn is_coloured(&self) -> bool {
        choice(self.color, &io::stderr()) != ColorChoice::Never
    }

    /// Says what is going on in a text that is harmless already and that a program must be able to read.
    pub(crate) fn status_verbatim(&self, text: &str) {
        if !self.quiet {
            self.err(text);
        }
    }

    /// Says what is going on.
    pub(crate) fn status(&self, text: impl Into<String>) {
        self.status_line(&Line::of(Tone::Plain, text));
    }

    /// Warns; heard even when quiet.
    pub(crate) fn warn(&self, text: impl Into<String>) {
        self.err(&warning(text));
    }

    /// Says what is refused and what would allow it; heard even when quiet.
    pub(crate) fn refusal(&self, message: &str, help: &str) {
        self.err(&(Line::of(Tone::Removed, "refused: ").and(Tone::Plain, message).styled() + "\n"));
        self.err(&(Line::of(Tone::Bold, "hint: ").and(Tone::Plain, help).styled() + "\n"));
    }

    /// Says what failed and what to do about it; heard even when quiet.
    pub(crate) fn error_message(&self, message: &str, help: Option<&str>) {
        self.err(&(Line::of(Tone::Removed, "error: ").and(Tone::Plain, message).styled() + "\n"));
        if let Some(help) = help {
            self.err(&(Line::of(Tone::Bold, "hint: ").and(Tone::Plain, help).styled() + "\n"));
        }
    }

    /// Says what to do next.
    pub(crate) fn hint(&self, text: impl Into<String>) {
        self.status_line(&Line::of(Tone::Bold, "hint: ").and(Tone::Plain, text));
    }

    /// Says why the command ends.
    pub(crate) fn error(&self, error: &anyhow::Error) {
        let mut message = String::new();
        for (i, cause) in error.chain().enumerate() {
            message += if i == 0 { "" } else { ": " };
            message += &cause.to_string();
        }
        self.err(&(Line::of(Tone::Removed, "error: ").and(Tone::Plain, message).styled() + "\n"));
        if let Some(hint) = crate::error::hint(error) {
            self.err(&(Line::of(Tone::Bold, "hint: ").and(Tone::Plain, hint).styled() + "\n"));
        }
    }

    /// Draws what is wrong with definitions.
    pub(crate) fn diagnostics(&self, diagnostics: &[Diagnostic], sources: &Sources) {
        self.err(&diagnostics::draw(diagnostics, sources, usize::from(width())));
    }
}

/// A way to stderr from anywhere, as [`Ui`] writes to it.
#[derive(Debug, Clone)]
pub(crate) struct Notifier {
    color: ColorChoice,
    quiet: bool,
    spinner: Arc<Mutex<Option<ProgressBar>>>,
}

impl Notifier {
    /// Says what is waited for, in the spinner where there is one; not when quiet.
    pub(crate) fn waiting(&self, what: &str) {
        let text = format!("waiting for {what}");
        if let Some(spinner) = &*lock(&self.spinner) {
            spinner.set_message(sanitize::terminal(&text));
        } else if !self.quiet {
            write_err(self.color, &(Line::of(Tone::Plain, text).styled() + "\n"));
        }
    }

    /// As [`Ui::warn`].
    pub(crate) fn warn(&self, text: &str) {
        let text = warning(text);
        match &*lock(&self.spinner) {
            Some(spinner) => spinner.suspend(|| write_err(self.color, &text)),
            None => write_err(self.color, &text),
        }
    }
}

fn lock(spinner: &Mutex<Option<ProgressBar>>) -> MutexGuard<'_, Option<ProgressBar>> {
    spinner.lock().unwrap_or_else(PoisonError::into_inner)
}

fn clear(spinner: &Mutex<Option<ProgressBar>>) {
    let shown = lock(spinner).take();
    if let Some(spinner) = shown {
        spinner.finish_and_clear();
    }
}

fn choice(color: ColorChoice, stream: &impl anstream::stream::RawStream) -> ColorChoice {
    match color {
        ColorChoice::Auto => AutoStream::choice(stream),
        choice => choice,
    }
}

fn warning(text: impl Into<String>) -> String {
    Line::of(Tone::Warning, "warning: ").and(Tone::Plain, text).styled() + "\n"
}

fn write_err(color: ColorChoice, text: &str) {
    let text = harmless(color, text, &io::stderr());
    let mut stderr = AutoStream::new(io::stderr().lock(), choice(color, &io::stderr()));
    // There is nowhere left to say that stderr is gone
    let _ = stderr.write_all(text.as_bytes());
}

/// The text as the stream gets it, with its tones or without, and with no line that is a command to the runner of
/// a job.
fn harmless(color: ColorChoice, text: &str, stream: &impl anstream::stream::RawStream) -> String {
    match choice(color, stream) {
        ColorChoice::Never => sanitize::lines(&anstream::adapter::strip_str(text).to_string()).into_owned(),
        _ => sanitize::lines(text).into_owned(),
    }
}

/// So many rows of a long list are shown on a terminal.
const FOLDED: usize = 50;

/// So many spaces stand between two columns of a table.
const GAP: u16 = 2;

/// A table, a line a row; what is in the cells is made harmless.
fn table_text(header: &[&str], rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    // A row stays a line, for eyes, grep and awk: the terminal folds what does not fit
    table.load_style(comfy_table::presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header);
    for row in rows {
        table.add_row(row.iter().map(|cell| sanitize::terminal(cell)));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, GAP));
    }
    table.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// The columns, by number, that a terminal of this width has room for.
fn columns_that_fit(header: &[&str], rows: &[Vec<String>], first_to_go: &[&str], width: usize) -> Vec<usize> {
    let widths: Vec<usize> = (0..header.len())
        .map(|n| {
            let cells = rows.iter().filter_map(|row| row.get(n)).map(|cell| sanitize::terminal(cell).width());
            cells.chain([header[n].width()]).max().unwrap_or_default()
        })
        .collect();
    let mut kept: Vec<usize> = (0..header.len()).collect();
    for name in first_to_go {
        let needed: usize = kept.iter().map(|n| widths[*n] + usize::from(GAP)).sum();
        if needed.saturating_sub(GAP.into()) <= width {
            break;
        }
        kept.retain(|n| header[*n] != *name);
    }
    kept
}

/// Columns of the terminal; `COLUMNS` where there is none, else 100.
fn width() -> u16 {
    let columns = || std::env::var("COLUMNS").ok()?.parse().ok().filter(|n| *n >= 20);
    dialoguer::console::Term::stdout()
        .size_checked()
        .map(|(_, columns)| columns)
        .or_else(columns)
        .unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::hostile;

    #[test]
    fn no_text_breaks_a_table() {
        let rows: Vec<_> =
            hostile::TEXTS.iter().map(|text| vec![(*text).to_owned(), "second".to_owned()]).collect();
        let table = table_text(&["NAME", "second"], &rows);
        assert_eq!(table.lines().count(), rows.len() + 1);
        let starts = |line: &str| line.rsplit_once("second").map(|(before, _)| before.width());
        let first = table.lines().next().and_then(starts);
        assert!(first.is_some());
        for line in table.lines() {
            assert_eq!(starts(line), first, "{line}");
        }
    }

    #[test]
    fn columns_go_in_order_until_the_rest_fits() {
        let header = ["NAME", "TYPE", "ID"];
        let rows = [vec!["山田".to_owned(), "a".to_owned(), "\u{200b}".to_owned()]];
        let fit = |width| columns_that_fit(&header, &rows, &["ID", "TYPE"], width);
        assert_eq!(fit(4 + 2 + 4 + 2 + 8), [0, 1, 2]);
        assert_eq!(fit(4 + 2 + 4 + 2 + 7), [0, 1]);
        assert_eq!(fit(4 + 2 + 4), [0, 1]);
        assert_eq!(fit(4 + 2 + 3), [0]);
        assert_eq!(fit(1), [0]);
    }
}

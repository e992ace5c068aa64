//! What the commands speak through: results to stdout, everything else to stderr.

use std::cell::{Cell, RefCell};
use std::io::{self, IsTerminal as _, Write};

use anstream::{AutoStream, ColorChoice};
use dialoguer::console::Term;
use jiff::Timestamp;
use serde::Serialize;

use super::github::{self, Annotation};
use super::style::{Line, Tone, counted};
use super::text::diagnostics;
use super::times::Times;
use super::{progress, table};
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
    annotations: RefCell<Vec<Annotation>>,
    // Nothing is drawn where logs are shown: they would mix
    verbose: bool,
    now: fn() -> Timestamp,
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
            annotations: RefCell::default(),
            verbose: config.verbose > 0,
            now: config.system.now,
        }
    }

    /// Shows on a terminal that something takes its time, until the result, a question, or another program.
    pub(crate) fn spinner(&self, what: &'static str) {
        if self.shows_progress() {
            progress::start(what, false);
        }
    }

    /// As [`Ui::spinner`], unless something is shown already that says more.
    pub(crate) fn spinner_by_default(&self, what: &'static str) {
        if self.shows_progress() && !progress::is_on() {
            progress::start(what, false);
        }
    }

    /// As [`Ui::spinner`], for what has steps: how many are done of how many, and the time left. Gives what is to be
    /// called with both numbers.
    pub(crate) fn progress(&self, what: &'static str) -> fn(usize, usize) {
        if self.shows_progress() {
            progress::start(what, true);
        }
        progress::reach
    }

    fn shows_progress(&self) -> bool {
        !self.quiet && !self.verbose && io::stderr().is_terminal()
    }

    /// Takes away what [`Ui::spinner`] shows; a result that is written through here does it too.
    pub(crate) fn clear(&self) {
        progress::clear();
    }

    /// A way to stderr for whoever has to say something while a command waits.
    pub(crate) fn notifier(&self) -> Notifier {
        Notifier { color: self.color, quiet: self.quiet }
    }

    /// How the result says when something was.
    pub(crate) fn times(&self) -> Times {
        if io::stdout().is_terminal() { Times::Ago((self.now)()) } else { Times::Exact }
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

    /// Keeps annotations until the end of the call: which of them are shown depends on all.
    pub(crate) fn annotate(&self, annotations: impl IntoIterator<Item = Annotation>) {
        self.annotations.borrow_mut().extend(annotations);
    }

    /// Writes the annotations that were kept.
    ///
    /// # Errors
    /// As [`Ui::out`].
    pub(crate) fn write_annotations(&self) -> io::Result<()> {
        match self.annotations.take() {
            none if none.is_empty() => Ok(()),
            some => self.print_verbatim(&github::drawn(some)),
        }
    }

    /// Writes lines to stdout, on a terminal folded between words where they are longer than it is wide.
    ///
    /// # Errors
    /// As [`Ui::out`].
    pub(crate) fn lines(&self, lines: &[Line]) -> io::Result<()> {
        let columns = columns();
        self.print(&lines.iter().map(|line| folded(line, columns)).collect::<String>())
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

    /// Writes a table; on a terminal only the columns that fit, of which those of `first_to_go` are left out in that
    /// order. The others stay, and the terminal folds them.
    ///
    /// # Errors
    /// As [`Ui::out`].
    pub(crate) fn fitting_table<C: Clone + Into<Line>>(
        &self,
        header: &[&str],
        rows: &[Vec<C>],
        first_to_go: &[&str],
    ) -> io::Result<()> {
        let rows: Vec<Vec<Line>> =
            rows.iter().map(|row| row.iter().cloned().map(Into::into).collect()).collect();
        self.print(&table::drawn(header, &rows, first_to_go, columns()))
    }

    /// As [`Ui::fitting_table`]; on a terminal only the first [`FOLDED`] rows, unless all are wanted. What there is
    /// none of or more of is said, by its name of one and of many.
    ///
    /// # Errors
    /// As [`Ui::out`].
    pub(crate) fn folded_table<C: Clone + Into<Line>>(
        &self,
        header: &[&str],
        rows: &[Vec<C>],
        first_to_go: &[&str],
        [one, many]: [&str; 2],
        all: bool,
    ) -> io::Result<()> {
        if rows.is_empty() {
            self.status(format!("no {many}"));
            return Ok(());
        }
        let shown = self.folded(all).unwrap_or(usize::MAX).min(rows.len());
        self.fitting_table(header, &rows[..shown], first_to_go)?;
        let more = rows.len() - shown;
        if more > 0 {
            self.status(format!("and {}", counted(more, &format!("more {one}"), &format!("more {many}"))));
            self.hint("--all shows them");
        }
        Ok(())
    }

    /// So many of a long list are shown; all where nobody would scroll, or all are wanted.
    pub(crate) fn folded(&self, all: bool) -> Option<usize> {
        (!all && io::stdout().is_terminal()).then_some(FOLDED)
    }

    /// A hint is not folded: it may be a command to copy.
    fn hint_line(&self, text: impl Into<String>) {
        self.err(&(Line::of(Tone::Bold, "hint: ").and(Tone::Plain, text).styled() + "\n"));
    }

    /// Writes a sentence to stderr, on a terminal folded between words.
    fn folded_line(&self, line: &Line) {
        self.err(&folded(line, columns_of_stderr()));
    }

    fn err(&self, text: &str) {
        write_err(self.color, text);
    }

    /// Says something on stderr, unless asked to be quiet.
    pub(crate) fn status_line(&self, line: &Line) {
        if !self.quiet {
            self.folded_line(line);
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
        warn(self.color, text);
    }

    /// Says what is refused and what would allow it; heard even when quiet.
    pub(crate) fn refusal(&self, message: &str, help: &str) {
        self.folded_line(&Line::of(Tone::Removed, "refused: ").and(Tone::Plain, message));
        self.hint_line(help);
    }

    /// Says what failed and what to do about it; heard even when quiet.
    pub(crate) fn error_message(&self, message: &str, help: Option<&str>) {
        self.folded_line(&Line::of(Tone::Removed, "error: ").and(Tone::Plain, message));
        if let Some(help) = help {
            self.hint_line(help);
        }
    }

    /// Says what to do next.
    pub(crate) fn hint(&self, text: impl Into<String>) {
        if !self.quiet {
            self.hint_line(text);
        }
    }

    /// Says why the command ends.
    pub(crate) fn error(&self, error: &anyhow::Error) {
        let mut message = String::new();
        for (i, cause) in error.chain().enumerate() {
            message += if i == 0 { "" } else { ": " };
            message += &cause.to_string();
        }
        self.folded_line(&Line::of(Tone::Removed, "error: ").and(Tone::Plain, message));
        if let Some(hint) = crate::error::hint(error) {
            self.hint_line(hint);
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
}

impl Notifier {
    /// Says what is waited for, in the spinner where there is one; not when quiet.
    pub(crate) fn waiting(&self, what: &str) {
        let text = format!("waiting for {what}");
        if !progress::say(&text) && !self.quiet {
            write_err(self.color, &(Line::of(Tone::Plain, text).styled() + "\n"));
        }
    }

    /// Says something in a line.
    pub(crate) fn line(&self, text: &str) {
        write_err(self.color, &(Line::of(Tone::Plain, text).styled() + "\n"));
    }

    /// Counts in the spinner what was read.
    pub(crate) fn read(&self, item: &'static str, count: usize) {
        progress::count(item, count);
    }

    /// As [`Ui::warn`].
    pub(crate) fn warn(&self, text: &str) {
        warn(self.color, text);
    }
}

fn choice(color: ColorChoice, stream: &impl anstream::stream::RawStream) -> ColorChoice {
    match color {
        ColorChoice::Auto => AutoStream::choice(stream),
        choice => choice,
    }
}

fn warn(color: ColorChoice, text: impl Into<String>) {
    let line = Line::of(Tone::Warning, "warning: ").and(Tone::Plain, text);
    write_err(color, &folded(&line, columns_of_stderr()));
}

/// The line with its end, in as many rows of so many columns as it takes.
fn folded(line: &Line, columns: Option<usize>) -> String {
    match columns {
        Some(columns) => line.styled_folded(columns).into_iter().map(|row| row + "\n").collect(),
        None => line.styled() + "\n",
    }
}

fn write_err(color: ColorChoice, text: &str) {
    let text = harmless(color, text, &io::stderr());
    progress::suspended(|| {
        let mut stderr = AutoStream::new(io::stderr().lock(), choice(color, &io::stderr()));
        // There is nowhere left to say that stderr is gone
        let _ = stderr.write_all(text.as_bytes());
    });
}

/// The text as the stream gets it, with its tones or without, and with no line that is a command to the runner of
/// a job.
fn harmless(color: ColorChoice, text: &str, stream: &impl anstream::stream::RawStream) -> String {
    match choice(color, stream) {
        ColorChoice::Never => sanitize::lines(&anstream::adapter::strip_str(text).to_string()).into_owned(),
        _ => sanitize::lines(text).into_owned(),
    }
}

/// So many of a long list are shown on a terminal.
const FOLDED: usize = 50;

/// Columns of the terminal that results are written to; none where it is no terminal, or too narrow for anything.
fn columns() -> Option<usize> {
    columns_of(&Term::stdout())
}

fn columns_of_stderr() -> Option<usize> {
    columns_of(&Term::stderr())
}

fn columns_of(terminal: &Term) -> Option<usize> {
    let size = terminal.is_term().then(|| terminal.size_checked());
    size.flatten().map(|(_, columns)| usize::from(columns)).filter(|columns| *columns >= NARROWEST)
}

/// In a narrower window the terminal folds what is too long.
const NARROWEST: usize = 20;

/// Columns of the terminal; `COLUMNS` where there is none, else 100.
fn width() -> u16 {
    let columns = || std::env::var("COLUMNS").ok()?.parse().ok().filter(|n| *n >= 20);
    Term::stdout().size_checked().map(|(_, columns)| columns).or_else(columns).unwrap_or(100)
}

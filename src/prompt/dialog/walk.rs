//! A dialog on a terminal: each question is drawn, and keys become answers.

use std::io;

use super::{Answer, Dialog, Next, Question};
use crate::context::Context;
use crate::directory::Directory;
use crate::error::CommandError;
use crate::output::screen::{Key, Page, Screen, View};
use crate::output::style::{Line, Sign, Tone};
use crate::prompt::ask_in_window;
use crate::prompt::field::Field;
use crate::prompt::menu::{Menu, moved};
use crate::prompt::picker::Picker;
use crate::role::Role;

/// Walks through a dialog, and gives the role and the directory back.
///
/// # Errors
/// Refused when it is cancelled. Interrupted by Ctrl-C, a signal, or a terminal that is closed; or when the terminal cannot
/// be used.
pub(crate) async fn run(context: &Context, mut dialog: Dialog) -> anyhow::Result<(Role, Directory)> {
    let color = context.ui.is_coloured();
    let walked = ask_in_window(move || {
        let role = walk(&Screen::open(color)?, &mut dialog)?;
        Ok(role.map(|role| (role, dialog.facts.directory)))
    });
    walked.await?.ok_or_else(|| CommandError::refused("cancelled; nothing was changed").into())
}

/// What Esc says where there is no step to go back to.
const LEAVING: &str = "Esc again cancels; nothing was changed";

fn walk(screen: &Screen, dialog: &mut Dialog) -> io::Result<Option<Role>> {
    loop {
        let mut form = Form::of(dialog);
        let mut message: Option<String> = None;
        loop {
            let header = dialog.header();
            let help = Line::of(Tone::Dim, form.help());
            let said = message.as_ref().map(|text| Line::signed(Sign::Warning, Tone::Warning, text.as_str()));
            let page = screen.draw(&View { header, help, message: said, ..form.view() })?;
            let key = screen.key()?;
            let leaves = message.as_deref() == Some(LEAVING);
            let next = match key {
                Key::Escape => {
                    form.unfinished().into_iter().for_each(|answer| dialog.keep(answer));
                    Ok(dialog.back())
                }
                Key::Enter => dialog.answer(form.answer()),
                key => {
                    message = form.key(&key, page, dialog).err();
                    continue;
                }
            };
            message = match next {
                Ok(Next::Question) => break,
                Ok(Next::Done(role)) => return Ok(Some(role)),
                Ok(Next::Leave) if leaves => return Ok(None),
                Ok(Next::Leave) => Some(LEAVING.to_owned()),
                Err(problem) => Some(problem),
            };
        }
    }
}

/// A question with what is typed and chosen so far.
enum Form {
    Text { label: &'static str, field: Field, notes: Vec<String> },
    Choice(Menu),
    Users(Box<Picker>),
    Summary { lines: Vec<Line>, at: usize },
}

impl Form {
    fn of(dialog: &Dialog) -> Self {
        match dialog.question() {
            Question::Text { label, text, notes } => Self::Text { label, field: Field::new(&text), notes },
            Question::Choice { title, items, at } => Self::Choice(Menu::new(title, items, at)),
            Question::Users { title, chosen } => {
                let title = Line::of(Tone::Bold, title);
                Self::Users(Box::new(Picker::new(title, &dialog.facts.directory, &chosen)))
            }
            Question::Summary(lines) => Self::Summary { lines, at: 0 },
        }
    }

    /// Takes a key that neither ends the question nor goes back; says what is wrong with what is typed so far.
    fn key(&mut self, key: &Key, page: Page, dialog: &Dialog) -> Result<(), String> {
        match self {
            Self::Text { field, .. } => {
                field.key(key);
                let text = field.text();
                let complaint = if text.is_empty() { None } else { dialog.complaint(&text) };
                complaint.map_or(Ok(()), Err)
            }
            Self::Choice(menu) => {
                menu.key(key, page.shown);
                Ok(())
            }
            Self::Users(picker) => picker.key(key, page.shown),
            Self::Summary { at, .. } => {
                *at = moved(page.first, page.of - page.shown + 1, key, page.shown);
                Ok(())
            }
        }
    }

    fn answer(&self) -> Answer {
        match self {
            Self::Text { field, .. } => Answer::Text(field.text()),
            Self::Choice(menu) => Answer::Choice(menu.at()),
            Self::Users(picker) => Answer::Users(picker.chosen().clone()),
            Self::Summary { .. } => Answer::Yes,
        }
    }

    /// What is kept when somebody goes back. Where the cursor stands in a menu is no answer.
    fn unfinished(&self) -> Option<Answer> {
        matches!(self, Self::Text { .. } | Self::Users(_)).then(|| self.answer())
    }

    fn view(&self) -> View {
        match self {
            Self::Text { label, field, notes } => View {
                input: Some(field.input(label)),
                notes: notes.iter().map(|note| Line::of(Tone::Dim, note.as_str())).collect(),
                ..View::default()
            },
            Self::Choice(menu) => menu.view(),
            Self::Users(picker) => picker.view(),
            Self::Summary { lines, at } => {
                View { items: lines.clone(), at: *at, is_text: true, ..View::default() }
            }
        }
    }

    fn help(&self) -> &'static str {
        match self {
            Self::Text { .. } => "Enter: next   Esc: back   Ctrl-C: cancel",
            Self::Choice(_) => "Up, Down: move   Enter: choose   Esc: back   Ctrl-C: cancel",
            Self::Users(_) => "Up, Down: move   Tab: choose or not   Enter: done   Esc: back",
            Self::Summary { .. } => "Up, Down: scroll   Enter: go on   Esc: back   Ctrl-C: cancel",
        }
    }
}

//! Confirmations before something is changed; `--yes` answers them.

use dialoguer::{Confirm, Input};

use super::{ask, can_ask};
use crate::context::Context;
use crate::error::CommandError;
use crate::output::{sanitize, terminal};

/// Asks yes or no.
///
/// # Errors
/// Refused when the answer is no, or when nobody can answer.
pub(crate) async fn yes_or_no(context: &Context, question: &str) -> anyhow::Result<()> {
    if context.config.yes {
        return Ok(());
    }
    must_ask(context, question)?;
    let question = sanitize::terminal(question);
    let prompt = move || {
        // What was typed before the question is no answer to it
        terminal::discard_input();
        Confirm::new().with_prompt(question).default(false).wait_for_newline(true).interact_opt()
    };
    match ask(prompt).await? {
        Some(true) => Ok(()),
        _ => Err(CommandError::refused("declined; nothing was changed").into()),
    }
}

/// Asks for a text to be typed as it is.
///
/// # Errors
/// Refused when a different text is typed, or when nobody can answer.
pub(crate) async fn typed(context: &Context, question: &str, expected: &str) -> anyhow::Result<()> {
    if context.config.yes {
        return Ok(());
    }
    must_ask(context, question)?;
    let question = sanitize::terminal(question);
    let prompt = move || {
        terminal::discard_input();
        Input::new().with_prompt(question).allow_empty(true).interact_text()
    };
    let typed: String = ask(prompt).await?;
    if typed == expected {
        return Ok(());
    }
    Err(CommandError::refused(format!("{typed:?} is not {expected:?}; nothing was changed")).into())
}

fn must_ask(context: &Context, question: &str) -> anyhow::Result<()> {
    if can_ask(context) {
        return Ok(());
    }
    let why = if context.config.no_input { "--no-input is given" } else { "there is no terminal" };
    let message = format!("cannot ask {question:?}: {why}; nothing was changed");
    Err(CommandError::refused(message).hint("--yes answers it").into())
}

//! Answers a shell at each Tab: what can stand at the cursor.
//!
//! The scripts in `completions/` ask through the environment, before anything else is looked at. Live names come from
//! [`cache`]; nothing is asked of the network here, nothing is printed but the answer, and what is wrong is not said.
//! Old names are read again by a program of its own ([`refresh`]), which a question that knows no names waits for, a
//! second at most.

mod aws_files;
pub(crate) mod cache;
mod candidates;
mod files;
pub(crate) mod install;
mod kind;
mod lexer;
mod name;
mod protocol;
pub(crate) mod refresh;
mod shell;
mod target;
mod walk;

use std::ffi::OsString;
use std::time::Instant;

use shell::PROTOCOL;

/// The answer to a script; none when no script asks. `args` are those of the program, with its name.
pub(crate) fn answer(args: &[OsString], command_line: impl FnOnce() -> clap::Command) -> Option<String> {
    let started = Instant::now();
    let protocol = std::env::var_os(PROTOCOL).filter(|value| !value.is_empty())?;
    let words = args.get(1..).unwrap_or_default();
    let Some(question) = protocol.to_str().and_then(|protocol| protocol::Question::of(protocol, words))
    else {
        return Some(String::new());
    };
    if question.redirected {
        return Some(question.reply(candidates::Answer::Files));
    }
    let mut root = command_line();
    root.build();
    let walk = walk::walk(&root, &question.earlier, &question.current);
    let answer = candidates::answer(&walk, &question.current, question.wants_everything(), started);
    Some(question.reply(answer))
}

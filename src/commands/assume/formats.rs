//! The forms of a token: the dialects of shells, a header, and the file of a GitHub job.

use std::fs::{File, OpenOptions};
use std::io::Write as _;

use anyhow::Context as _;
use clap::ValueEnum;

use crate::error::CommandError;
use crate::workmail::Token;

/// Forms of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TokenFormat {
    /// The bare token
    Token,
    /// A JSON object
    Json,
    /// Exports for sh, bash and zsh
    Env,
    /// Exports for fish
    Fish,
    /// Assignments for PowerShell
    Powershell,
    /// Assignments for cmd.exe
    Cmd,
    /// An Authorization header
    Header,
    /// Masked, and set for later steps of a GitHub job
    Github,
}

/// The token in this form, with the variables that go with it.
pub(super) fn format(format: TokenFormat, token: &Token, variables: &[(&str, String)]) -> String {
    let lines = |line: &dyn Fn(&str, &str) -> String| -> String {
        variables.iter().map(|(name, value)| line(name, value) + "\n").collect()
    };
    match format {
        TokenFormat::Token | TokenFormat::Json => format!("{}\n", token.expose()),
        TokenFormat::Header => format!("Authorization: Bearer {}\n", token.expose()),
        TokenFormat::Env => lines(&|name, value| format!("export {name}='{}'", value.replace('\'', r"'\''"))),
        TokenFormat::Fish => lines(&|name, value| {
            format!("set -gx {name} '{}'", value.replace('\\', r"\\").replace('\'', r"\'"))
        }),
        TokenFormat::Powershell => {
            lines(&|name, value| format!("$env:{name} = '{}'", value.replace('\'', "''")))
        }
        TokenFormat::Cmd => lines(&|name, value| format!("set \"{name}={value}\"")),
        // The runner takes these for escapes
        TokenFormat::Github => format!("::add-mask::{}\n", token.expose().replace('%', "%25")),
    }
}

/// The file that sets variables for later steps of a GitHub job.
pub(super) fn job_file() -> anyhow::Result<File> {
    let Some(path) = std::env::var_os("GITHUB_ENV").filter(|path| !path.is_empty()) else {
        return Err(CommandError::usage("GITHUB_ENV is not set")
            .hint("this format is for a step of a GitHub job")
            .into());
    };
    OpenOptions::new().append(true).open(&path).context("opening the file of GITHUB_ENV")
}

/// Sets the variables for later steps of a GitHub job: in the job's own file, not in its log.
pub(super) fn set_for_job(mut file: File, variables: &[(&str, String)]) -> anyhow::Result<()> {
    if let Some((name, _)) = variables.iter().find(|(_, value)| value.chars().any(char::is_control)) {
        let message = format!("the value of {name} has a control character, which GITHUB_ENV cannot hold");
        return Err(CommandError::failed(message).into());
    }
    for (name, value) in variables {
        writeln!(file, "{name}={value}").context("writing the file of GITHUB_ENV")?;
    }
    Ok(())
}

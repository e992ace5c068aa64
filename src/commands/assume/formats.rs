//! The forms of a token: the dialects of shells, a header, and the file of a GitHub job.
//!
//! Each dialect quotes whatever it can quote. What it cannot (in cmd.exe `"`, `%` and `!`, for which there is no form
//! that is right in a batch file and at the prompt), and a character that nobody sees, in any of them, is an error.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use clap::ValueEnum;

use crate::error::CommandError;
use crate::escape;
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

/// What a program that uses the token reads from its environment: a value, or none for a variable that must not be
/// left over from an earlier call.
pub(super) type Variables = [(&'static str, Option<String>)];

/// Can the form say these?
///
/// # Errors
/// Names the variable, and not its value.
pub(super) fn check(format: TokenFormat, variables: &Variables) -> Result<(), CommandError> {
    let wrong = |value: &String| match format {
        TokenFormat::Cmd => escape::has_hidden(value) || value.contains(['"', '%', '!']),
        TokenFormat::Env | TokenFormat::Fish | TokenFormat::Powershell | TokenFormat::Github => {
            escape::has_hidden(value)
        }
        TokenFormat::Token | TokenFormat::Json | TokenFormat::Header => false,
    };
    match variables.iter().find(|(_, value)| value.as_ref().is_some_and(wrong)) {
        None => Ok(()),
        Some((name, _)) => Err(CommandError::failed(format!(
            "the value of {name} has a character that this form cannot hold"
        ))
        .hint("--format json can hold any")),
    }
}

/// The token in this form, with the variables that go with it, which were checked.
///
/// # Errors
/// When what would be printed is a command to the runner of a job.
pub(super) fn format(
    format: TokenFormat,
    token: &Token,
    variables: &Variables,
) -> Result<String, CommandError> {
    let lines = |set: &dyn Fn(&str, &str) -> String, unset: &dyn Fn(&str) -> String| -> String {
        let line = |(name, value): &(&str, Option<String>)| match value {
            Some(value) => set(name, value) + "\n",
            None => unset(name) + "\n",
        };
        variables.iter().map(line).collect()
    };
    let text = match format {
        TokenFormat::Token | TokenFormat::Json => format!("{}\n", token.expose()),
        TokenFormat::Header => format!("Authorization: Bearer {}\n", token.expose()),
        TokenFormat::Env => {
            lines(&|name, value| format!("export {name}={}", posix(value)), &|name| format!("unset {name}"))
        }
        TokenFormat::Fish => {
            lines(&|name, value| format!("set -gx {name} {}", fish(value)), &|name| format!("set -eg {name}"))
        }
        TokenFormat::Powershell => {
            lines(&|name, value| format!("$env:{name} = {}", powershell(value)), &|name| {
                format!("Remove-Item Env:{name} -ErrorAction SilentlyContinue")
            })
        }
        TokenFormat::Cmd => {
            lines(&|name, value| format!("set \"{name}={value}\""), &|name| format!("set \"{name}=\""))
        }
        // The runner takes these for escapes
        TokenFormat::Github => return Ok(format!("::add-mask::{}\n", token.expose().replace('%', "%25"))),
    };
    if escape::has_command(&text) {
        let message = "what was answered is a command to the runner of a job, and is not printed";
        return Err(CommandError::failed(message).hint("--format json can hold any"));
    }
    Ok(text)
}

/// A word of sh, bash and zsh.
fn posix(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// A word of fish.
fn fish(value: &str) -> String {
    format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'"))
}

/// A literal string of PowerShell, which takes the curly quotes for straight ones: each is doubled.
fn powershell(value: &str) -> String {
    let mut out = String::from("'");
    for c in value.chars() {
        out.push(c);
        if matches!(c, '\'' | '\u{2018}'..='\u{201b}') {
            out.push(c);
        }
    }
    out.push('\'');
    out
}

/// The file that sets variables for later steps of a GitHub job.
pub(super) fn job_file() -> anyhow::Result<File> {
    let Some(path) = std::env::var_os("GITHUB_ENV").filter(|path| !path.is_empty()) else {
        return Err(CommandError::usage("GITHUB_ENV is not set")
            .hint("this format is for a step of a GitHub job")
            .into());
    };
    let file = OpenOptions::new().append(true).open(&path);
    file.with_context(|| format!("cannot open {}, the file of GITHUB_ENV", Path::new(&path).display()))
}

/// Sets the variables for later steps of a GitHub job: in the job's own file, not in its log. The values were checked:
/// none ends its line.
pub(super) fn set_for_job(mut file: File, variables: &Variables) -> anyhow::Result<()> {
    for (name, value) in variables {
        // No line takes a variable away; an empty one is the nearest
        let value = value.as_deref().unwrap_or_default();
        writeln!(file, "{name}={value}").context("cannot write the file of GITHUB_ENV")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::testing::hostile;

    fn token() -> Token {
        Token::from_service("s3cr3t".into(), 900).expect("a token")
    }

    /// The hostile texts that a form takes, and what is not hostile elsewhere but is to a shell.
    fn values(format: TokenFormat) -> Vec<String> {
        let more = [
            "'",
            "''",
            "\\",
            "\\'",
            "'\\''",
            "a'b\"c`d`$e$(f)",
            "‘’‚‛",
            "’; calc; ’",
            "a^b&c|d<e>f",
            "",
            " ",
        ];
        hostile::TEXTS
            .iter()
            .chain(&more)
            .map(|text| (*text).to_owned())
            .filter(|text| check(format, &[("A", Some(text.clone()))]).is_ok())
            .filter(|text| self::format(format, &token(), &[("A", Some(text.clone()))]).is_ok())
            .collect()
    }

    fn printed(format: TokenFormat, value: &str) -> String {
        let text = self::format(format, &token(), &[("A", Some(value.to_owned())), ("B", None)]);
        let text = text.expect("no command");
        assert_eq!([hostile::terminal(&text), hostile::runner(&text)].concat(), [""; 0]);
        assert_eq!(text.lines().count(), 2);
        text
    }

    #[test]
    fn every_dialect_takes_most_and_no_dialect_a_hidden_character() {
        for format in [TokenFormat::Env, TokenFormat::Fish, TokenFormat::Powershell, TokenFormat::Cmd] {
            assert!(values(format).len() > 40, "{format:?}");
            assert!(check(format, &[("A", Some("a\n::error::b".into()))]).is_err());
            assert!(check(format, &[("A", Some("a\u{200b}".into()))]).is_err());
        }
    }

    #[test]
    fn a_real_shell_reads_the_same_and_forgets_what_was_set() {
        let mut shells = vec!["sh"];
        // Where it is not there, `sh` is the one that must be
        shells.extend(Command::new("bash").args(["-c", ":"]).status().is_ok().then_some("bash"));
        for shell in shells {
            let script: String = values(TokenFormat::Env)
                .iter()
                .map(|value| {
                    format!(
                        "B=old; export B\n{}printf '%s\\0' \"$A\" \"${{B-unset}}\"\n",
                        printed(TokenFormat::Env, value)
                    )
                })
                .collect();
            let output = Command::new(shell).args(["-euc", &script]).output().expect("a shell");
            let read = String::from_utf8(output.stdout).expect("a text");
            let wanted: String =
                values(TokenFormat::Env).iter().map(|value| format!("{value}\0unset\0")).collect();
            assert_eq!(read, wanted, "{}", String::from_utf8_lossy(&output.stderr));
        }
    }

    /// Reads a single-quoted string of fish to the end of the line.
    fn read_fish(text: &str) -> Option<String> {
        let mut chars = text.strip_prefix('\'')?.chars();
        let mut out = String::new();
        loop {
            match chars.next()? {
                '\'' => return chars.next().is_none().then_some(out),
                // Only these two are escapes; before anything else a backslash stands for itself
                '\\' => match chars.next()? {
                    c @ ('\'' | '\\') => out.push(c),
                    c => out.extend(['\\', c]),
                },
                c => out.push(c),
            }
        }
    }

    /// Reads a literal string of PowerShell to the end of the line: any of its quotes ends it, unless another follows.
    fn read_powershell(text: &str) -> Option<String> {
        let quotes = ['\'', '‘', '’', '‚', '‛'];
        let mut chars = text.strip_prefix(quotes)?.chars().peekable();
        let mut out = String::new();
        loop {
            match chars.next()? {
                c if quotes.contains(&c) => match chars.next() {
                    None => return Some(out),
                    Some(next) if quotes.contains(&next) => out.push(c),
                    Some(_) => return None,
                },
                c => out.push(c),
            }
        }
    }

    #[test]
    fn fish_and_powershell_read_the_same() {
        for (format, set, unset, read) in [
            (TokenFormat::Fish, "set -gx A ", "set -eg B", read_fish as fn(&str) -> Option<String>),
            (
                TokenFormat::Powershell,
                "$env:A = ",
                "Remove-Item Env:B -ErrorAction SilentlyContinue",
                read_powershell,
            ),
        ] {
            for value in values(format) {
                let text = printed(format, &value);
                let mut lines = text.lines();
                let quoted = lines.next().and_then(|line| line.strip_prefix(set)).expect("an assignment");
                assert_eq!(read(quoted), Some(value));
                assert_eq!(lines.next(), Some(unset));
            }
        }
    }

    #[test]
    fn cmd_is_given_nothing_that_ends_the_quotes_or_is_expanded() {
        for value in values(TokenFormat::Cmd) {
            let text = printed(TokenFormat::Cmd, &value);
            assert_eq!(text, format!("set \"A={value}\"\nset \"B=\"\n"));
            assert_eq!(text.matches('"').count(), 4);
            assert!(!text.contains(['%', '!']));
        }
    }

    #[test]
    fn a_token_that_is_a_command_is_not_printed_and_one_with_percent_is_masked_as_it_is() {
        let command = Token::from_service("::stop-commands::x".into(), 900).expect("a token");
        assert!(format(TokenFormat::Token, &command, &[]).is_err());
        let token = Token::from_service("##[error]100%0A".into(), 900).expect("a token");
        for format in [TokenFormat::Token, TokenFormat::Header] {
            assert!(super::format(format, &token, &[]).is_err());
        }
        let mask = format(TokenFormat::Github, &token, &[]).expect("a mask");
        assert_eq!(mask, "::add-mask::##[error]100%250A\n");
    }
}

//! `assume`: a token for EWS, shown only where it was asked for.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::process::ExitStatus;

use anyhow::Context as _;

use crate::config::Format;
use crate::context::{Context, find_role};
use crate::directory::{EntityName, User};
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::fetch;
use crate::output::json::Version;
use crate::output::json::assume::AssumeDocument;
use crate::output::json::role::{TypedRoleJson, UserJson};
#[cfg(unix)]
use crate::output::terminal::Hangup;
use crate::role::Effect;
use crate::workmail::Token;
use clap::{Args, ValueEnum, ValueHint};

/// `assume`.
#[derive(Debug, Args)]
pub(crate) struct AssumeArgs {
    /// The role's name or id
    pub role: String,
    /// Ask first whether the role may impersonate this user
    #[arg(long = "as", value_name = "USER")]
    pub user: Option<String>,
    /// Write the token in this form
    #[arg(long, value_enum, conflicts_with = "command")]
    pub format: Option<TokenFormat>,
    /// Run this command with the token in its environment
    #[arg(last = true, value_hint = ValueHint::CommandWithArguments)]
    pub command: Vec<std::ffi::OsString>,
}

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

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml => true,
        Format::Markdown | Format::Github | Format::Junit | Format::Csv => false,
    }
}

/// Gets a token, and shows it or runs a command with it.
///
/// # Errors
/// When the role or the user is not there, or a call fails.
pub(super) async fn run(context: &Context, args: &AssumeArgs) -> anyhow::Result<ExitCode> {
    // Before there is a token: without the file it could only be shown
    let job_file = match args.format {
        Some(TokenFormat::Github) => Some(job_file()?),
        _ => None,
    };
    let (connection, organization) = context.open().await?;
    let writer = connection.account.writer(&organization);
    let live = find_role(&writer, &args.role).await?;
    let mut directory = crate::directory::Directory::default();
    let mut user: Option<User> = None;
    if let Some(text) = &args.user {
        let name = EntityName::parse(text).map_err(|error| CommandError::usage(error.to_string()))?;
        directory =
            fetch::directory::read_names(&writer, &[name].into(), &std::collections::BTreeSet::new()).await?;
        fetch::principals::user_ids(
            std::slice::from_ref(text),
            &writer,
            &mut directory,
            fetch::principals::NO_GROUPS,
        )
        .await?;
        user = directory.find_user(text).cloned();
    }
    if let Some(user) = &user {
        let answer = fetch::effect::effect(&writer, &live.id, live.role.role_type, user).await?;
        let allowed = answer.effect == Effect::Allow;
        if !allowed {
            context.ui.warn(format!("{} may not impersonate {}", live.role.name, user.label()));
            return Ok(ExitCode::Negative);
        }
    }
    let token = writer.assume(&live.id).await?;
    let expires_in = token.expires_in().as_secs();
    let expires_at =
        context.config.system.now().checked_add(token.expires_in()).context("the token's expiry")?;
    // Seconds are as fine as the service tells
    let expires_at = expires_at.round(jiff::Unit::Second).context("the token's expiry")?;
    let mut variables = vec![
        ("WORKMAIL_IMPERSONATION_TOKEN", token.expose().to_owned()),
        ("WORKMAIL_IMPERSONATION_TOKEN_EXPIRES_AT", expires_at.to_string()),
        ("WORKMAIL_EWS_URL", connection.ews_url.clone()),
        ("WORKMAIL_ORGANIZATION_ID", organization.id.to_string()),
    ];
    if let Some(user) = &user {
        variables.push(("WORKMAIL_IMPERSONATED_USER", user.label().to_owned()));
    }
    if !args.command.is_empty() {
        context.interrupts.leave();
        return command(args, variables).await;
    }
    let format = match (args.format, context.ui.format) {
        (Some(format), _) => format,
        (None, Format::Json | Format::Yaml) => TokenFormat::Json,
        (None, _) => TokenFormat::Token,
    };
    if format == TokenFormat::Json {
        context.ui.document(&AssumeDocument {
            version: Version,
            role: TypedRoleJson::of(&live),
            token: token.expose(),
            expires_in,
            expires_at,
            ews_url: &connection.ews_url,
            user: user.as_ref().map(|user| UserJson::of(&user.id, &directory)),
        })?;
    } else {
        // The mask comes before anything else
        context.ui.raw(&shown(format, &token, &variables))?;
        if let Some(file) = job_file {
            set_for_job(file, &variables)?;
        }
    }
    context.ui.status(format!("expires at {expires_at}, in {} minutes", expires_in / 60));
    Ok(ExitCode::Done)
}

fn shown(format: TokenFormat, token: &Token, variables: &[(&str, String)]) -> String {
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
fn job_file() -> anyhow::Result<File> {
    let Some(path) = std::env::var_os("GITHUB_ENV").filter(|path| !path.is_empty()) else {
        return Err(CommandError::usage("GITHUB_ENV is not set")
            .hint("this format is for a step of a GitHub job")
            .into());
    };
    OpenOptions::new().append(true).open(&path).context("opening the file of GITHUB_ENV")
}

/// Sets the variables for later steps of a GitHub job: in the job's own file, not in its log.
fn set_for_job(mut file: File, variables: &[(&str, String)]) -> anyhow::Result<()> {
    if let Some((name, _)) = variables.iter().find(|(_, value)| value.chars().any(char::is_control)) {
        let message = format!("the value of {name} has a control character, which GITHUB_ENV cannot hold");
        return Err(CommandError::failed(message).into());
    }
    for (name, value) in variables {
        writeln!(file, "{name}={value}").context("writing the file of GITHUB_ENV")?;
    }
    Ok(())
}

/// Runs the command with the token in its environment, and ends as it ends.
async fn command(args: &AssumeArgs, variables: Vec<(&str, String)>) -> anyhow::Result<ExitCode> {
    let (program, rest) = args.command.split_first().context("no command is given")?;
    let mut command = tokio::process::Command::new(program);
    // That of an outer `assume` is another role's
    command.args(rest).env_remove("WORKMAIL_IMPERSONATED_USER").envs(variables);
    let status = run_to_end(command).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            CommandError::failed(format!("there is no command {}", program.display()))
        }
        _ => CommandError::failed(format!("cannot run {}: {error}", program.display())),
    })?;
    Ok(ExitCode::Command(code(status)))
}

/// Runs a command to its end, and passes on the signals that ask a program to end. One from the terminal
/// reaches the command by itself.
///
/// # Errors
/// When the command cannot be started.
#[cfg(unix)]
pub(crate) async fn run_to_end(mut command: tokio::process::Command) -> std::io::Result<ExitStatus> {
    use tokio::signal::unix::{SignalKind, signal};
    // Before the start: none that comes with it is lost
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = Hangup::listen()?;
    let mut child = command.spawn()?;
    // After it: the command inherits whether this one is ignored
    let mut quit = signal(SignalKind::quit())?;
    // The terminal has told the command already, which is in the same group
    let told = std::io::IsTerminal::is_terminal(&std::io::stdin());
    loop {
        let passed_on = tokio::select! {
            status = child.wait() => return status,
            _ = interrupt.recv() => (!told).then_some(rustix::process::Signal::INT),
            _ = quit.recv() => (!told).then_some(rustix::process::Signal::QUIT),
            _ = terminate.recv() => Some(rustix::process::Signal::TERM),
            () = hangup.next() => Some(rustix::process::Signal::HUP),
        };
        let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        if let (Some(pid), Some(passed_on)) = (pid, passed_on) {
            // It may have ended just now; then `wait` says so
            let _ = rustix::process::kill_process(pid, passed_on);
        }
    }
}

/// Runs a command to its end.
///
/// # Errors
/// When the command cannot be started.
#[cfg(not(unix))]
pub(crate) async fn run_to_end(mut command: tokio::process::Command) -> std::io::Result<ExitStatus> {
    command.spawn()?.wait().await
}

/// The command's own code; 128 and the signal's number when a signal ended it, as shells say it.
fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(255);
    }
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

//! `assume`: a token for EWS, shown only where it was asked for.

mod formats;

use std::collections::BTreeSet;
use std::ffi::OsString;

use anyhow::Context as _;
use clap::{Args, ValueHint};
use jiff::Unit;

use self::formats::TokenFormat;

use crate::args::Principal;
use crate::config::Format;
use crate::context::child;
use crate::context::secrecy::forbid_core_dumps;
use crate::context::{Connection, Context};
use crate::directory::{Directory, User};
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::fetch::principals::{find_role, role_id};
use crate::fetch::{self, principals};
use crate::id::{OrganizationId, RoleId};
use crate::output::json::Version;
use crate::output::json::assume::{AssumeDocument, AssumedRoleJson};
use crate::output::json::role::UserJson;
use crate::role::Effect;
use crate::user_list::NamedUser;
use crate::workmail::{ErrorKind, Reader, Token, Writer};

/// `assume`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  # A command with the token in its environment
  wmrole assume Migration --as alice@example.com -- ./migrate.sh
  # This shell with it
  eval \"$(wmrole assume Migration --format env)\"")]
pub(crate) struct AssumeArgs {
    /// The role's name or id
    pub role: String,
    /// Ask first whether the role may impersonate this user
    #[arg(long = "as", value_name = "USER", value_parser = Principal)]
    pub user: Option<String>,
    /// Write the token in this form
    #[arg(long, value_enum, conflicts_with = "command")]
    pub format: Option<TokenFormat>,
    /// Run this command with the token in its environment
    #[arg(last = true, value_hint = ValueHint::CommandWithArguments)]
    pub command: Vec<OsString>,
}

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml => true,
        Format::Markdown | Format::Github | Format::Junit | Format::Csv | Format::Sarif | Format::Mermaid => {
            false
        }
    }
}

/// Gets a token, and shows it or runs a command with it.
///
/// # Errors
/// When the role or the user is not there, or a call fails.
pub(super) async fn run(context: &Context, args: &AssumeArgs) -> anyhow::Result<ExitCode> {
    let program = child_command(args)?;
    let config = &context.config;
    let format = args.format.unwrap_or(match config.output {
        Format::Json | Format::Yaml => TokenFormat::Json,
        Format::Table
        | Format::Markdown
        | Format::Github
        | Format::Junit
        | Format::Csv
        | Format::Sarif
        | Format::Mermaid => TokenFormat::Token,
    });
    // Before there is a token: without the file it could only be shown
    let job_file = match format {
        TokenFormat::Github => Some(formats::job_file()?),
        _ => None,
    };
    let (connection, organization) = Connection::open(config, &context.ui).await?;
    let ews_url = connection.ews_url()?;
    connection.check_token_is_covered(config)?;
    let writer = connection.account.writer(&organization);
    context.say_where(&organization);
    let (directory, user) = match &args.user {
        None => (Directory::default(), None),
        Some(text) => {
            let (directory, user) = find_user(&writer, text).await?;
            (directory, Some(user))
        }
    };
    let mut variables = vec![
        ("WORKMAIL_EWS_URL", ews_url.map(str::to_owned)),
        ("WORKMAIL_ORGANIZATION_ID", Some(organization.id.to_string())),
        (USER, user.as_ref().map(|user| user.label().to_owned())),
    ];
    if program.is_none() {
        formats::check(format, &variables)?;
    }
    forbid_core_dumps();
    let id = role_id(&args.role).filter(|_| user.is_none() && is_id(config.organization.as_deref()));
    let by_id = match &id {
        Some(id) => assume_by_id(&writer, id).await?,
        None => None,
    };
    let (role, live, token) = match (id, by_id) {
        (Some(id), Some(token)) => (id, None, token),
        _ => {
            let live = find_role(&writer, &args.role).await?;
            if let Some(user) = &user {
                let answer = fetch::effect::effect(&writer, &live.id, live.role.role_type, user).await?;
                if answer.effect == Effect::Deny {
                    context.ui.warn(format!("{} may not impersonate {}", live.role.name, user.label()));
                    return Ok(ExitCode::Negative);
                }
            }
            let token = writer.assume(&live.id).await?;
            (live.id.clone(), Some(live), token)
        }
    };
    let expires_in = token.expires_in().as_secs();
    let expires_at = config.system.now().checked_add(token.expires_in()).context("the token's expiry")?;
    // Seconds are as fine as the service tells
    let expires_at = expires_at.round(Unit::Second).context("the token's expiry")?;
    let of_token = [
        ("WORKMAIL_IMPERSONATION_TOKEN", Some(token.expose().to_owned())),
        ("WORKMAIL_IMPERSONATION_TOKEN_EXPIRES_AT", Some(expires_at.to_string())),
    ];
    variables.splice(..0, of_token);
    let names_ews = program.is_some() || !matches!(format, TokenFormat::Token | TokenFormat::Header);
    if names_ews && ews_url.is_none() {
        context.ui.hint(
            "the sandbox ends with this call, so there is no EWS address; `wmrole sandbox serve` gives one",
        );
    }
    if let Some((program, arguments)) = program {
        context.interrupts.ignore();
        return run_child(program, arguments, variables).await;
    }
    formats::check(format, &variables)?;
    if format == TokenFormat::Json {
        context.ui.document(&AssumeDocument {
            version: Version,
            role: AssumedRoleJson::of(&role, live.as_ref()),
            token: token.expose(),
            expires_in,
            expires_at,
            ews_url,
            user: user.as_ref().map(|user| UserJson::of(&user.id, &directory)),
        })?;
    } else {
        // The mask comes before anything else
        context.ui.print_verbatim(&formats::format(format, &token, &variables)?)?;
        if let Some(file) = job_file {
            formats::set_for_job(file, &variables)?;
        }
    }
    context.ui.status(format!("expires at {expires_at}, in {} minutes", expires_in / 60));
    Ok(ExitCode::Done)
}

/// The user whom `--as` names. Of an outer call it is another role's.
const USER: &str = "WORKMAIL_IMPERSONATED_USER";

/// Is the organization given by its id, which is not looked up?
fn is_id(organization: Option<&str>) -> bool {
    organization.is_some_and(|text| OrganizationId::parse(text).is_ok())
}

/// A token by the one call that the narrowest policy allows; none where no role has this id.
async fn assume_by_id(writer: &Writer, id: &RoleId) -> anyhow::Result<Option<Token>> {
    match writer.assume(id).await {
        Ok(token) => Ok(Some(token)),
        Err(error) if *error.kind() == ErrorKind::RoleNotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The program behind `--` and its arguments.
///
/// # Errors
/// When nothing stands behind it: a token for nobody would be printed.
fn child_command(args: &AssumeArgs) -> Result<Option<(&OsString, &[OsString])>, CommandError> {
    match args.command.split_first() {
        Some((program, _)) if program.is_empty() => Err(CommandError::usage("the command after -- is empty")),
        Some(command) => Ok(Some(command)),
        // The parser does not tell no command from none behind `--`
        None if std::env::args_os().any(|arg| arg == "--") => {
            Err(CommandError::usage("there is no command after --"))
        }
        None => Ok(None),
    }
}

/// The user whom the flag names, and the directory as far as it was read for it.
async fn find_user(reader: &Reader, text: &str) -> anyhow::Result<(Directory, User)> {
    let named = [NamedUser::argument(text)];
    let names = principals::user_names(&named)?;
    let mut directory = fetch::directory::read_names(reader, &names, &BTreeSet::new()).await?;
    let hint = principals::name_its_members;
    principals::user_ids(&named, reader, &mut directory, hint).await?;
    let user = directory.find_user(text).cloned().context("the user was looked up")?;
    Ok((directory, user))
}

/// Runs the command with the variables in its environment, and without those that have no value, and ends as it ends.
async fn run_child(
    program: &OsString,
    arguments: &[OsString],
    variables: Vec<(&str, Option<String>)>,
) -> anyhow::Result<ExitCode> {
    let mut command = tokio::process::Command::new(program);
    command.args(arguments);
    for (name, value) in variables {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let status = child::run_to_end(command).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            CommandError::failed(format!("there is no command {}", program.display()))
        }
        _ => CommandError::failed(format!("cannot run {}: {error}", program.display())),
    })?;
    Ok(child::exit_code(status))
}

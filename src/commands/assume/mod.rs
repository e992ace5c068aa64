//! `assume`: a token for EWS, shown only where it was asked for.

mod formats;

use std::collections::BTreeSet;

use anyhow::Context as _;
use clap::{Args, ValueHint};
use jiff::{Timestamp, Unit};

use self::formats::TokenFormat;

use crate::config::Format;
use crate::context::child;
use crate::context::secrecy::forbid_core_dumps;
use crate::context::{Connection, Context};
use crate::directory::{Directory, EntityName, User};
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::fetch::principals::find_role;
use crate::fetch::{self, principals};
use crate::organization::Organization;
use crate::output::json::Version;
use crate::output::json::assume::AssumeDocument;
use crate::output::json::role::{TypedRoleJson, UserJson};
use crate::role::Effect;
use crate::workmail::{Reader, Token};

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
        Some(TokenFormat::Github) => Some(formats::job_file()?),
        _ => None,
    };
    let (connection, organization) = Connection::open(&context.config, &context.ui).await?;
    connection.check_token_is_covered(&context.config)?;
    let writer = connection.account.writer(&organization);
    context.say_where(&organization);
    let live = find_role(&writer, &args.role).await?;
    let (directory, user) = match &args.user {
        None => (Directory::default(), None),
        Some(text) => {
            let (directory, user) = find_user(&writer, text).await?;
            (directory, Some(user))
        }
    };
    if let Some(user) = &user {
        let answer = fetch::effect::effect(&writer, &live.id, live.role.role_type, user).await?;
        if answer.effect == Effect::Deny {
            context.ui.warn(format!("{} may not impersonate {}", live.role.name, user.label()));
            return Ok(ExitCode::Negative);
        }
    }
    forbid_core_dumps();
    let token = writer.assume(&live.id).await?;
    let expires_in = token.expires_in().as_secs();
    let expires_at =
        context.config.system.now().checked_add(token.expires_in()).context("the token's expiry")?;
    // Seconds are as fine as the service tells
    let expires_at = expires_at.round(Unit::Second).context("the token's expiry")?;
    let variables = variables(&token, expires_at, &connection.ews_url, &organization, user.as_ref());
    if !args.command.is_empty() {
        context.interrupts.ignore();
        return command(args, variables).await;
    }
    let format = args.format.unwrap_or(match context.config.output {
        Format::Json | Format::Yaml => TokenFormat::Json,
        Format::Table | Format::Markdown | Format::Github | Format::Junit | Format::Csv => TokenFormat::Token,
    });
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
        context.ui.print_verbatim(&formats::format(format, &token, &variables))?;
        if let Some(file) = job_file {
            formats::set_for_job(file, &variables)?;
        }
    }
    context.ui.status(format!("expires at {expires_at}, in {} minutes", expires_in / 60));
    Ok(ExitCode::Done)
}

/// What a program that uses the token reads from its environment.
fn variables(
    token: &Token,
    expires_at: Timestamp,
    ews_url: &str,
    organization: &Organization,
    user: Option<&User>,
) -> Vec<(&'static str, String)> {
    let mut variables = vec![
        ("WORKMAIL_IMPERSONATION_TOKEN", token.expose().to_owned()),
        ("WORKMAIL_IMPERSONATION_TOKEN_EXPIRES_AT", expires_at.to_string()),
        ("WORKMAIL_EWS_URL", ews_url.to_owned()),
        ("WORKMAIL_ORGANIZATION_ID", organization.id.to_string()),
    ];
    variables.extend(user.map(|user| ("WORKMAIL_IMPERSONATED_USER", user.label().to_owned())));
    variables
}

/// The user whom the flag names, and the directory as far as it was read for it.
async fn find_user(reader: &Reader, text: &String) -> anyhow::Result<(Directory, User)> {
    let name = EntityName::parse(text).map_err(|error| CommandError::usage(error.to_string()))?;
    let mut directory = fetch::directory::read_names(reader, &[name].into(), &BTreeSet::new()).await?;
    let hint = principals::name_its_members;
    principals::user_ids(std::slice::from_ref(text), reader, &mut directory, hint).await?;
    let user = directory.find_user(text).cloned().context("the user was looked up")?;
    Ok((directory, user))
}

/// Runs the command with the token in its environment, and ends as it ends.
async fn command(args: &AssumeArgs, variables: Vec<(&str, String)>) -> anyhow::Result<ExitCode> {
    let (program, rest) = args.command.split_first().context("no command is given")?;
    let mut command = tokio::process::Command::new(program);
    // That of an outer `assume` is another role's
    command.args(rest).env_remove("WORKMAIL_IMPERSONATED_USER").envs(variables);
    let status = child::run_to_end(command).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            CommandError::failed(format!("there is no command {}", program.display()))
        }
        _ => CommandError::failed(format!("cannot run {}: {error}", program.display())),
    })?;
    Ok(child::exit_code(status))
}

//! `assume`: a token for EWS, shown only where it was asked for.

mod formats;

use std::ffi::OsString;

use anyhow::Context as _;
use clap::{Args, ValueHint};
use jiff::{Timestamp, Unit};

use self::formats::TokenFormat;

use crate::args::Principal;
use crate::config::Format;
use crate::context::child;
use crate::context::secrecy::forbid_core_dumps;
use crate::context::{Connection, Context};
use crate::directory::{Directory, User};
use crate::exit_code::ExitCode;
use crate::expiry::Expires;
use crate::fetch::token::{self, Assumed};
use crate::output::json::Version;
use crate::output::json::assume::{AssumeDocument, AssumedRoleJson};
use crate::output::json::role::UserJson;
use crate::role::LiveRole;

/// `assume`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  # A command with the token in its environment
  wmrole assume Migration --as alice@example.com -- ./migrate.sh
  # This shell with it
  eval \"$(wmrole assume Migration --format env)\"")]
pub(crate) struct AssumeArgs {
    /// The role's name or id; one that has expired is refused, but for the id with the organization's id, by which no
    /// role is read
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
    let program = child::behind_dashes(&args.command)?;
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
            let (directory, user) = token::find_user(&writer, text).await?;
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
    let now = context.config.system.now();
    let assumed =
        token::assume(&writer, &args.role, config.organization.as_deref(), user.as_ref(), now).await?;
    let (role, live, token) = match assumed {
        Assumed::Token(role, live, token) => (role, live, token),
        Assumed::Denied(live) => {
            let user = user.as_ref().map_or("the user", User::label);
            context.ui.warn(format!("{} may not impersonate {user}", live.role.name));
            return Ok(ExitCode::Negative);
        }
    };
    live.iter().for_each(|live| warn_of_expired_rules(context, live, now));
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
        return child::run_with(program, arguments, &variables).await;
    }
    formats::check(format, &variables)?;
    if format == TokenFormat::Json {
        context.ui.document(&AssumeDocument {
            version: Version,
            role: AssumedRoleJson::of(&role, live.as_deref()),
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

/// Names the rules that have expired and are still open. What is asked for by ids alone is not read.
fn warn_of_expired_rules(context: &Context, live: &LiveRole, now: Timestamp) {
    for rule in live.role.expired_rules(now) {
        let end = live.role.end_of(rule).map(Expires::in_sentence).unwrap_or_default();
        let rule = rule.label();
        context
            .ui
            .warn(format!("rule {rule} expired {end}, and is still open: `wmrole expire` takes it away"));
    }
}

/// The user whom `--as` names. Of an outer call it is another role's.
const USER: &str = "WORKMAIL_IMPERSONATED_USER";

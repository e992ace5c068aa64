//! `proxy`: EWS on this machine for a client that cannot hold a token.

use std::ffi::OsString;
use std::net::SocketAddr;

use anyhow::Context as _;
use clap::builder::PossibleValuesParser;
use clap::{Args, ValueHint};
use tokio::sync::watch;

use crate::args::Principal;
use crate::config::Format;
use crate::context::child;
use crate::context::secrecy::forbid_core_dumps;
use crate::context::{Connection, Context};
use crate::directory::User;
use crate::error::CommandError;
use crate::ews::client::{EwsClient, EwsLimits};
use crate::exit_code::ExitCode;
use crate::fetch::token::{self, Assumed};
use crate::output::style::{Line, Tone};
use crate::output::terminal::{CTRL_C, Signals};
use crate::output::text::role::still_open;
use crate::proxy::{Limits, Log, Over, Password, Rules, Server, Settings, Tokens, allowable};

/// `proxy`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  # A command that finds EWS and a password in its environment
  wmrole proxy Migration --as alice@example.com -- ./sync.sh
  # For other clients: the URL on stdout, the password on stderr
  wmrole proxy Migration --as alice@example.com --read-only")]
pub(crate) struct ProxyArgs {
    /// The role's name or id
    pub role: String,
    /// Pass on requests for this user alone; the role is asked first
    #[arg(long = "as", value_name = "USER", value_parser = Principal)]
    pub user: Option<String>,
    /// Listen on this loopback address; port 0 lets the system pick
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Pass on what reads alone, also with a FULL_ACCESS role
    #[arg(long, conflicts_with = "allow_operation")]
    pub read_only: bool,
    /// Pass on this operation though it can leave something behind when the role is gone
    ///
    /// Subscribe needs it for subscriptions that push, CreateFolder and UpdateFolder for permissions.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(allowable()))]
    pub allow_operation: Vec<String>,
    /// Run this command with the address and the password in its environment
    #[arg(last = true, value_hint = ValueHint::CommandWithArguments)]
    pub command: Vec<OsString>,
}

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table => true,
        Format::Json
        | Format::Yaml
        | Format::Markdown
        | Format::Github
        | Format::Junit
        | Format::Csv
        | Format::Sarif
        | Format::Mermaid => false,
    }
}

/// Serves EWS until the command ends, or a signal comes.
///
/// # Errors
/// When the role or the user is not there, a call fails, or the address is taken.
pub(super) async fn run(context: &Context, args: &ProxyArgs) -> anyhow::Result<ExitCode> {
    let program = child::behind_dashes(&args.command)?;
    check(args)?;
    let config = &context.config;
    let (connection, organization) = Connection::open(config, &context.ui).await?;
    let ews_url = connection.ews_url_meanwhile()?;
    connection.check_token_is_covered(config)?;
    let limits = Limits::default();
    let ews = EwsClient::new(&ews_url, EwsLimits { whole: limits.ews, ..EwsLimits::default() })
        .map_err(|failure| CommandError::failed(failure.to_string()))?;
    let writer = connection.account.writer(&organization);
    context.say_where(&organization);
    // Before there is a token: it would be for nothing
    let listener =
        Server::listen(args.listen).with_context(|| format!("cannot listen on {}", args.listen))?;
    let user = match &args.user {
        None => None,
        Some(text) => Some(token::find_user(&writer, text).await?.1),
    };
    forbid_core_dumps();
    let assumed = token::assume(
        &writer,
        &args.role,
        config.organization.as_deref(),
        user.as_ref(),
        config.system.now(),
    )
    .await?;
    let (role, live, token) = match assumed {
        Assumed::Token(role, live, token) => (role, live, token),
        Assumed::Denied(live) => {
            let user = user.as_ref().map_or("the user", User::label);
            context.ui.warn(format!("{} may not impersonate {user}", live.role.name));
            return Ok(ExitCode::Negative);
        }
    };
    if let Some(live) = &live {
        still_open(&live.role, config.system.now()).for_each(|text| context.ui.warn(text));
    }
    let name = live.as_ref().map_or_else(|| role.to_string(), |live| live.role.name.to_string());
    let address = user.as_ref().and_then(User::address).map(str::to_owned);
    let password = Password::new(config.system.new_uuid());
    let shown = password.expose().to_owned();
    let log = log(context);
    let known = live.map(|live| live.role);
    let tokens = Tokens::begin(writer, role, known, token, config.system.now, log.clone()).await;
    let tokens = tokens.map_err(|error| match error.downcast_ref::<Over>() {
        Some(over) => no_more(over),
        None => error,
    })?;
    let mut over = tokens.over();
    let settings = Settings {
        ews,
        tokens,
        rules: Rules {
            user: address.clone(),
            read_only: args.read_only,
            allowed: args.allow_operation.clone(),
        },
        password,
        limits,
        log,
    };
    context.ui.clear();
    // Whoever reads the address may end the program at once
    context.interrupts.ignore();
    let mut signals = Signals::listen()?;
    let mut server = Server::start(listener, settings).context("cannot listen")?;
    if let Some((program, arguments)) = program {
        let variables = [
            ("WORKMAIL_EWS_URL", Some(server.url())),
            ("WORKMAIL_EWS_PASSWORD", Some(shown)),
            ("WORKMAIL_IMPERSONATED_USER", address),
            ("WORKMAIL_ORGANIZATION_ID", Some(organization.id.to_string())),
            // Of an outer call
            ("WORKMAIL_IMPERSONATION_TOKEN", None),
            ("WORKMAIL_IMPERSONATION_TOKEN_EXPIRES_AT", None),
        ];
        let stop = async {
            if let Some(over) = its_end(&mut over).await {
                let (program, grace) = (program.display(), child::GRACE.as_secs());
                context.ui.warn(format!(
                    "{over}; {program} is asked to end, and is killed after {grace} seconds, or by {CTRL_C} at once"
                ));
            }
        };
        let code = child::run_until(program, arguments, &variables, std::pin::pin!(stop)).await?;
        return over.borrow().as_ref().map_or(Ok(code), |over| Err(no_more(over)));
    }
    context.ui.print_verbatim(&format!("{}\n", server.url()))?;
    let whom = address.unwrap_or_else(|| "whomever it may impersonate".to_owned());
    let what = if args.read_only { ", and passes on what reads alone" } else { "" };
    context.ui.status(format!("{name} acts for {whom}{what}; the token is renewed until Ctrl-C"));
    context.ui.report_line(&Line::of(
        Tone::Plain,
        format!("password, for this run and with any user name: {shown}"),
    ));
    tokio::select! {
        signal = signals.next() => {
            context.ui.status(format!("ending after what is in flight; {signal} again ends at once"));
        }
        Some(over) = its_end(&mut over) => {
            context.ui.warn(format!("{over}; ending after what is in flight, {CTRL_C} ends at once"));
        }
    }
    tokio::select! {
        () = server.stop() => {}
        _again = signals.next() => {}
    }
    over.borrow().as_ref().map_or(Ok(ExitCode::Done), |over| Err(no_more(over)))
}

/// How it ends where the role gives no more tokens.
fn no_more(over: &Over) -> anyhow::Error {
    match over {
        Over::Expired(..) => token::expired(&over.to_string()).into(),
        Over::Gone(_) => CommandError::failed(format!("{over}; no token is given")).into(),
    }
}

/// Waits until the role gives no more tokens.
async fn its_end(over: &mut watch::Receiver<Option<Over>>) -> Option<Over> {
    over.wait_for(Option::is_some).await.ok()?.clone()
}

/// What can be said before anything is asked.
fn check(args: &ProxyArgs) -> Result<(), CommandError> {
    if !args.listen.ip().is_loopback() {
        return Err(CommandError::usage(format!("{} is not a loopback address", args.listen))
            .hint("the proxy opens mailboxes to this machine alone; listen on 127.0.0.1 or [::1]"));
    }
    Ok(())
}

/// Lines of requests are shown with `-v`; what goes wrong always.
fn log(context: &Context) -> Log {
    let notifier = context.ui.notifier();
    let verbose = context.config.verbose > 0;
    let lines = notifier.clone();
    Log::new(
        move |line| {
            if verbose {
                lines.line(line);
            }
        },
        move |text| notifier.warn(text),
    )
}

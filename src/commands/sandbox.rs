//! `sandbox`: the stand-in, served to other clients or made anew.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueHint};

use crate::config::Format;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::output::terminal::Signals;
use crate::sandbox::{Calls, Faults, Seed, Server, Settings, Store, TOKEN_SECONDS};

/// `sandbox`.
#[derive(Debug, Subcommand)]
pub(crate) enum SandboxCommand {
    /// Serve the sandbox to other clients; the first line of output is its URL
    ///
    /// It speaks the service's API, and EWS at /EWS/Exchange.asmx for tokens of its roles. With -v it says at the end, on stderr, how it was called: how often, and how many calls one after another.
    Serve(ServeArgs),
    /// Make a sandbox with a demo organization
    Init(InitArgs),
}

/// `sandbox serve`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wmrole sandbox serve --state demo.json
  # Refuse the first two updates, as a busy service does
  wmrole sandbox serve --fault throttle:UpdateImpersonationRole:2
  # Take 20 ms a call, and refuse one in twenty
  wmrole sandbox serve --latency 20 --fault 'throttle:*:1/20'")]
pub(crate) struct ServeArgs {
    /// Listen on this address; port 0 lets the system pick
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Keep the state in this file, made with a demo organization if missing
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub state: Option<PathBuf>,
    /// Let each call take this many milliseconds longer
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub latency: u64,
    /// Switch on a fault: KIND[:OPERATION[:COUNT[:SKIP]]], as throttle:UpdateImpersonationRole:2, or throttle:*:1/20 for one call in twenty
    #[arg(long, value_name = "FAULT")]
    pub fault: Vec<crate::sandbox::Fault>,
    /// Let tokens expire after this many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = TOKEN_SECONDS)]
    pub token_lifetime: u32,
    /// Let mailboxes follow a change of roles and access control rules this many seconds later
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub propagation: u32,
    /// Treat EWS requests as if they came from this address, for access control rules
    #[arg(long, value_name = "IPV4")]
    pub caller: Option<Ipv4Addr>,
}

/// `sandbox init`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wmrole sandbox init demo.json
  # Something larger
  wmrole sandbox init large.json --users 1000 --roles 20
  # With all that a migration leaves behind
  wmrole sandbox init leaving.json --doors
  # Mailboxes with something to migrate
  wmrole sandbox init mail.json --users 3 --messages 500 --attachment-size 100000")]
pub(crate) struct InitArgs {
    /// The state file
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
    /// The state file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "file")]
    pub state: Option<PathBuf>,
    /// Make this many organizations
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub organizations: usize,
    /// Make this many users instead of the demo's
    #[arg(long, value_name = "N")]
    pub users: Option<usize>,
    /// Make this many roles instead of the demo's
    #[arg(long, value_name = "N")]
    pub roles: Option<usize>,
    /// Leave doors to mailboxes open: a migration administrator, FULL_ACCESS on others' mailboxes, access tokens, exports
    #[arg(long)]
    pub doors: bool,
    /// Add this many messages with an attachment each, spread over the mailboxes
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub messages: usize,
    /// Let each of these attachments have this size; it takes no room in the state file
    #[arg(long, value_name = "BYTES", default_value_t = 10_000, requires = "messages")]
    pub attachment_size: u64,
    /// Replace a file that is there
    #[arg(long)]
    pub force: bool,
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

/// Serves or makes a sandbox.
///
/// # Errors
/// When no file is named, it cannot be used, or the address is taken.
pub(super) async fn run(context: &Context, command: &SandboxCommand) -> anyhow::Result<ExitCode> {
    match command {
        SandboxCommand::Serve(args) => serve(context, args).await,
        SandboxCommand::Init(args) => init(context, args),
    }
}

fn state(context: &Context, given: Option<&PathBuf>) -> anyhow::Result<PathBuf> {
    given
        .or(context.config.sandbox.as_ref())
        .cloned()
        .ok_or_else(|| CommandError::usage("no state file is named").hint("give --state FILE").into())
}

async fn serve(context: &Context, args: &ServeArgs) -> anyhow::Result<ExitCode> {
    let path = state(context, args.state.as_ref())?;
    if !args.listen.ip().is_loopback() {
        return Err(CommandError::usage(format!("{} is not a loopback address", args.listen))
            .hint("the sandbox checks no credentials; listen on 127.0.0.1")
            .into());
    }
    let store = Store::open_or_init(&path)?;
    store.sweep()?;
    let settings = Settings {
        token_seconds: args.token_lifetime,
        propagation_seconds: args.propagation,
        caller: args.caller,
        ..Settings::new(context.config.system)
    };
    let faults = Faults::none();
    faults.set_latency(Duration::from_millis(args.latency));
    for fault in &args.fault {
        faults.add(fault.clone());
    }
    let server = Server::start(args.listen, store, settings, faults)
        .with_context(|| format!("listening on {}", args.listen))?;
    if context.config.verbose > 0 {
        server.record_calls();
    }
    // Whoever reads the address may end the server at once
    context.interrupts.ignore();
    let mut signals = Signals::listen()?;
    context.ui.print_verbatim(&format!("{}\n", server.url()))?;
    signals.next().await;
    if context.config.verbose > 0 {
        tell_calls(context, &server.calls());
    }
    drop(server);
    Ok(ExitCode::Done)
}

/// How the clients called: what there is to measure with a slowed sandbox.
fn tell_calls(context: &Context, calls: &Calls) {
    for (operation, times) in &calls.by_operation {
        context.ui.status(format!("{times:>6} {operation}"));
    }
    let (total, most, chain) = (calls.total(), calls.max_in_flight, calls.longest_chain());
    let repeated: usize = calls.repeated().values().map(|times| times - 1).sum();
    context.ui.status(format!(
        "{total} calls, at most {most} at once, {chain} one after another, {repeated} asked before"
    ));
}

fn init(context: &Context, args: &InitArgs) -> anyhow::Result<ExitCode> {
    let path = state(context, args.file.as_ref().or(args.state.as_ref()))?;
    let seed = Seed {
        organizations: args.organizations,
        users: args.users,
        roles: args.roles,
        doors: args.doors,
        messages: args.messages,
        attachment_bytes: args.attachment_size,
    };
    Store::init(&path, &seed, args.force)?;
    context.ui.status(format!("made {}", path.display()));
    let command = if args.organizations > 1 { "organizations" } else { "list" };
    context.ui.hint(format!("wmrole --sandbox {} {command}", path.display()));
    Ok(ExitCode::Done)
}

//! `sandbox`: the stand-in, served to other clients or made anew.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;

use crate::cli::{Sandbox, SandboxInit, SandboxServe};
use crate::context::Context;
use crate::exit::{Exit, Stop};
use crate::output::terminal::Signals;
use crate::sandbox::{Calls, Faults, Seed, Server, Store};

/// Serves or makes a sandbox.
///
/// # Errors
/// When no file is named, it cannot be used, or the address is taken.
pub(super) async fn run(context: &Context, command: &Sandbox) -> anyhow::Result<Exit> {
    match command {
        Sandbox::Serve(args) => serve(context, args).await,
        Sandbox::Init(args) => init(context, args),
    }
}

fn state(context: &Context, given: Option<&PathBuf>) -> anyhow::Result<PathBuf> {
    given
        .or(context.global.sandbox.as_ref())
        .cloned()
        .ok_or_else(|| Stop::usage("no state file is named").hint("give --state FILE").into())
}

async fn serve(context: &Context, args: &SandboxServe) -> anyhow::Result<Exit> {
    let path = state(context, args.state.as_ref())?;
    if !args.listen.ip().is_loopback() {
        return Err(Stop::usage(format!("{} is not a loopback address", args.listen))
            .hint("the sandbox checks no credentials; listen on 127.0.0.1")
            .into());
    }
    let store = Store::open_or_init(&path)?;
    let faults = Faults::none();
    faults.set_latency(Duration::from_millis(args.latency));
    for fault in &args.fault {
        faults.add(fault.clone());
    }
    let server = Server::start(args.listen, store, faults, context.system)
        .with_context(|| format!("listening on {}", args.listen))?;
    if context.global.verbose > 0 {
        server.record_calls();
    }
    // Whoever reads the address may end the server at once
    context.interrupts.leave();
    let mut signals = Signals::listen()?;
    context.ui.raw(&format!("{}\n", server.url()))?;
    signals.next().await;
    if context.global.verbose > 0 {
        tell_calls(context, &server.calls());
    }
    drop(server);
    Ok(Exit::Done)
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

fn init(context: &Context, args: &SandboxInit) -> anyhow::Result<Exit> {
    let path = state(context, args.file.as_ref().or(args.state.as_ref()))?;
    let seed = Seed { organizations: args.organizations, users: args.users, roles: args.roles };
    Store::init(&path, &seed, args.force)?;
    context.ui.status(format!("made {}", path.display()));
    context.ui.hint(format!("wmrole --sandbox {} list", path.display()));
    Ok(Exit::Done)
}

//! `doctor`: what works, what does not, and what to do about it.

use std::time::{Duration, Instant};

use crate::complete::install::{Installed, Script};
use crate::config::Format;
use crate::context::{Connection, Context};
use crate::dirs;
use crate::doctor::{self, Completion, Facts, NoConnection, Service};
use crate::exit_code::ExitCode;
use crate::fetch::probes;
use crate::output::json::doctor::DoctorDocument;
use crate::output::text::checks;
use crate::workmail::{self, Limits};

/// All that is asked is answered by then, or counts as not answered.
const LONGEST: Duration = Duration::from_secs(9);
/// Of this, so much may pass before there is a connection: credentials are not asked for yet.
const TO_CONNECT: Duration = Duration::from_secs(4);

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml => true,
        Format::Markdown | Format::Github | Format::Junit | Format::Csv | Format::Sarif | Format::Mermaid => {
            false
        }
    }
}

/// Checks everything that the other commands need. A check that fails stops none of the others.
///
/// # Errors
/// When the result cannot be written.
pub(super) async fn run(context: &Context) -> anyhow::Result<ExitCode> {
    context.ui.spinner("checking");
    let service = ask(context, Instant::now() + LONGEST).await;
    let facts = Facts {
        now: context.config.system.now(),
        sandbox: context.config.sandbox.is_some(),
        service,
        completion: completion(),
        saved_states: dirs::check_backups().map_err(|error| format!("{error:#}")),
    };
    let report = doctor::report(&facts);
    if context.ui.is_table() {
        context.ui.lines(&checks::lines(&report))?;
    } else {
        context.ui.document(&DoctorDocument::of(&report))?;
    }
    Ok(if report.is_well() { ExitCode::Done } else { ExitCode::Failed })
}

async fn ask(context: &Context, until: Instant) -> Result<Service, NoConnection> {
    let connecting = Connection::within(Limits::of_probes(), &context.config, &context.ui);
    let connection = match tokio::time::timeout(TO_CONNECT, connecting).await {
        Err(_) => return Err(NoConnection::Late),
        Ok(Err(error)) => {
            return Err(match error.downcast::<workmail::Error>() {
                Ok(error) => NoConnection::Configured(error),
                Err(error) => NoConnection::Sandbox(format!("{error:#}")),
            });
        }
        Ok(Ok(connection)) => connection,
    };
    let choice = context.config.organization.as_deref();
    // What is wrong with it may hold a password, and is not said
    let ews_url = connection.ews_url_meanwhile().ok();
    Ok(probes::ask(&connection.account, choice, ews_url.as_deref(), until).await)
}

fn completion() -> Option<(&'static str, Completion)> {
    let script = Script::of_shell(&std::env::var_os("SHELL")?)?;
    let completion = match script.installed() {
        Installed::Fresh => Completion::Installed,
        Installed::Other => Completion::OtherVersion,
        Installed::Missing => Completion::Missing,
    };
    Some((script.shell(), completion))
}

//! `history`: who made, changed, deleted and assumed roles, and opened mailboxes in other ways.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use futures::future::try_join;
use jiff::Timestamp;

use crate::args::FoldingFlag;
use crate::config::Format;
use crate::context::{Connection, Context};
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::expiry;
use crate::fetch::history::{self, History};
use crate::fetch::organization::describe;
use crate::id::OrganizationId;
use crate::organization::Organization;
use crate::output::json::history::HistoryDocument;
use crate::output::text::history as table;
use crate::output::times::Times;
use crate::role::RoleSummary;
use crate::workmail::{ErrorKind, Reader};

/// `history`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  # Who used and changed this role in the last 30 days
  wmrole history 'Ticket triage' --since 30d
  # What one of us did, for a ticket
  wmrole history --user sandbox -o markdown
  # Older than 90 days: the files of a trail, without a network
  wmrole history --events trail/ --since 2026-01-31")]
pub(crate) struct HistoryArgs {
    /// Only what is about this role, by name or id; it may be gone
    pub role: Option<String>,
    /// Only calls of this ARN, or of the user, role or session of this name
    #[arg(long = "user", value_name = "PRINCIPAL")]
    pub principal: Option<String>,
    /// Only since this day (UTC), this RFC 3339 time, or for a duration back like 30d or 36h [default: 90 days back, or all of the files]
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
    /// Read these files, or folders of them, instead of CloudTrail: what `aws cloudtrail lookup-events` printed, or what a trail wrote, also gzip
    #[arg(long, num_args = 1.., value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub events: Vec<PathBuf>,
    /// How many events are shown.
    #[command(flatten)]
    pub folding: FoldingFlag,
}

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml | Format::Csv | Format::Markdown => true,
        Format::Github | Format::Junit | Format::Sarif | Format::Mermaid => false,
    }
}

/// Shows the history.
///
/// # Errors
/// When a read fails, a file is something else, or no such role ever was.
pub(super) async fn run(context: &Context, args: &HistoryArgs) -> anyhow::Result<ExitCode> {
    let now = context.config.system.now();
    if args.principal.as_deref() == Some("") {
        return Err(CommandError::usage("--user is empty").into());
    }
    let since = args.since.as_deref().map(|text| since(text, now)).transpose()?;
    let (organization, history) = match args.events.is_empty() {
        true => looked_up(context, args, since, now).await?,
        false => of_files(context, args, since, now).await?,
    };
    let History { since, complete, cut, mut events } = history;
    // As exact as CloudTrail is
    let since = Timestamp::from_second(since.as_second()).unwrap_or(since);
    if let Some(cut) = cut {
        let most = history::MOST;
        context.ui.warn(format!("there are more than {most} events; those up to {cut} are not all shown"));
        context.ui.hint("look less far back with --since");
    }
    if let Some(principal) = &args.principal {
        events.retain(|event| history::is_by(event, principal));
    }
    match context.ui.format {
        Format::Json | Format::Yaml => {
            let document = HistoryDocument::of(organization.as_ref(), since, &events, complete);
            context.ui.document(&document)?;
        }
        Format::Csv => context.ui.print(&table::csv(&events)?)?,
        Format::Markdown => context.ui.print(&table::markdown(&events))?,
        Format::Table | Format::Github | Format::Junit | Format::Sarif | Format::Mermaid => {
            let times = context.ui.times();
            let rows: Vec<_> = events.iter().map(|event| table::row(event, times)).collect();
            let what = ["event", "events"];
            context.ui.folded_table(&table::HEADER, &rows, &table::FIRST_TO_GO, what, args.folding.all)?;
        }
    }
    let from = Times::Exact.text(since);
    context.ui.status(match args.events.is_empty() {
        true => format!("since {from}; the last 15 minutes may be missing in CloudTrail"),
        false => format!("since {from}, as far as the files have it"),
    });
    Ok(ExitCode::Done)
}

type Found = (Option<Organization>, History);

async fn looked_up(
    context: &Context,
    args: &HistoryArgs,
    since: Option<Timestamp>,
    now: Timestamp,
) -> anyhow::Result<Found> {
    let kept = now - crate::cloudtrail::lookup::KEPT;
    if since.is_some_and(|since| since < kept) {
        context
            .ui
            .warn("CloudTrail keeps 90 days; what is older is in the files of a trail, if there is one");
        context.ui.hint("`wmrole history --events FOLDER` reads them");
    }
    context.ui.spinner("reading CloudTrail, two pages a second");
    let (connection, organization) = Connection::open(&context.config, &context.ui).await?;
    let Connection { account, .. } = &connection;
    let reader = account.reader(&organization);
    let (organization, live) =
        try_join(async { Ok(describe(&reader, organization).await?) }, roles(context, &reader)).await?;
    context.say_where(&organization);
    let trail = account.trail();
    let since = since.unwrap_or(kept);
    let role = args.role.as_deref();
    let history = history::looked_up(&trail, &organization.id, &live, role, since, now).await?;
    Ok((Some(organization), history))
}

/// The live roles, for their names. Whoever may not list them has those that events tell.
async fn roles(context: &Context, reader: &Reader) -> anyhow::Result<Vec<RoleSummary>> {
    match reader.roles().await {
        Err(error) if matches!(error.kind(), ErrorKind::AccessDenied { .. }) => {
            context.ui.warn(format!("roles have the names that events tell, no others: {}", error.cause()));
            Ok(Vec::new())
        }
        roles => Ok(roles?),
    }
}

/// No network is needed, unless an alias must be found.
async fn of_files(
    context: &Context,
    args: &HistoryArgs,
    since: Option<Timestamp>,
    now: Timestamp,
) -> anyhow::Result<Found> {
    let organization = match context.config.organization.as_deref() {
        None => None,
        Some(text) => Some(match OrganizationId::parse(text) {
            Ok(id) => Organization::of_id(id, ""),
            Err(_) => {
                let connection = Connection::new(&context.config, &context.ui).await?;
                connection.account.organization(Some(text)).await?
            }
        }),
    };
    let id = organization.as_ref().map(|organization| &organization.id);
    let history = history::of_files(&args.events, id, args.role.as_deref(), since, now)?;
    Ok((organization, history))
}

/// The beginning of a day, a time, or a duration back.
fn since(text: &str, now: Timestamp) -> Result<Timestamp, CommandError> {
    let back = expiry::lifetime(text).map(|span| now.checked_sub(span));
    let day = || text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    let time = match back {
        Some(time) => time.ok(),
        None if text.len() == 10 => day().map(|day| day.timestamp()),
        None => text.parse().ok(),
    };
    let time = time.ok_or_else(|| {
        CommandError::usage(format!(
            "--since {text:?} is not a date or a duration; use a date like 2026-01-31, a time like 2026-01-31T18:00:00Z, or a duration like 30d, 2w or 36h"
        ))
    })?;
    match time > now {
        true => Err(CommandError::usage(format!("--since {text:?} is still to come"))),
        false => Ok(time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_and_a_duration_goes_back() {
        let now: Timestamp = "2026-11-29T12:00:00Z".parse().expect("a time");
        for (text, wanted) in [
            ("2026-11-29", "2026-11-29T00:00:00Z"),
            ("2026-01-31T18:00:00Z", "2026-01-31T18:00:00Z"),
            ("30d", "2026-10-30T12:00:00Z"),
            ("2w", "2026-11-15T12:00:00Z"),
        ] {
            assert_eq!(since(text, now).expect(text).to_string(), wanted, "{text}");
        }
        for text in ["", "d", "-1d", "yesterday", "2026-13-01", "2026-11-30", "2027-01-01T00:00:00Z", "30 d"]
        {
            assert!(since(text, now).is_err(), "{text}");
        }
    }
}

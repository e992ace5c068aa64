//! `show`: one role, its rules, every target as a person.

use std::collections::BTreeSet;

use clap::Args;
use futures::future::try_join;

use crate::args::FoldingFlag;
use crate::config::Format;
use crate::context::{Connection, Context};
use crate::exit_code::ExitCode;
use crate::fetch::history;
use crate::fetch::organization::describe;
use crate::fetch::principals::find_role;
use crate::fetch::roles::directory_for;
use crate::output::json::Version;
use crate::output::json::organization::{OrganizationJson, ShowDocument};
use crate::output::json::role::RoleJson;
use crate::output::json::usage::RoleUsageJson;
use crate::output::text;

/// `show`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wmrole show 'Ticket triage'
  # Who used it, and who changed it last?
  wmrole show Migration --cloudtrail
  # By id, as YAML
  wmrole show 30000001-0000-4000-8000-000000000001 -o yaml")]
pub(crate) struct ShowArgs {
    /// The role's name or id
    pub role: String,
    /// Say who assumed and changed it last, in the 90 days that CloudTrail keeps
    #[arg(long)]
    pub cloudtrail: bool,
    /// How many users are shown.
    #[command(flatten)]
    pub folding: FoldingFlag,
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

/// Shows one role.
///
/// # Errors
/// When there is no such role, or a read fails.
pub(super) async fn run(context: &Context, args: &ShowArgs) -> anyhow::Result<ExitCode> {
    context.ui.spinner("reading the role and its users");
    let (connection, organization) = Connection::open(&context.config, &context.ui).await?;
    let reader = connection.account.reader(&organization);
    let (organization, live) =
        try_join(async { Ok(describe(&reader, organization).await?) }, find_role(&reader, &args.role))
            .await?;
    let now = context.config.system.now();
    let usage = async {
        Ok(match args.cloudtrail {
            true => {
                let known = BTreeSet::from([live.id.clone()]);
                Some(history::usage(&connection.account.trail(), &known, now, usize::MAX).await)
            }
            false => None,
        })
    };
    let (directory, usage) = try_join(directory_for(&reader, &[&live]), usage).await?;
    let live = directory.canonical(live);
    context.say_where(&organization);
    live.role.unreadable_expiries().into_iter().for_each(|(_, text)| context.ui.warn(text));
    if context.ui.is_table() {
        let (times, most) = (context.ui.times(), context.ui.folded(args.folding.all));
        context.ui.lines(&text::role::block(&live, &directory, times, most, now, usage.as_ref()))?;
    } else {
        context.ui.document(&ShowDocument {
            version: Version,
            organization: OrganizationJson::of(&organization),
            role: RoleJson::live(&live, &directory),
            cloudtrail: usage
                .as_ref()
                .and_then(|usage| usage.as_ref().ok().map(|usage| RoleUsageJson::of(usage, &live.id))),
            cloudtrail_not_checked: usage.and_then(Result::err),
        })?;
    }
    Ok(ExitCode::Done)
}

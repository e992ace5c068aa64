//! `show`: one role, its rules, every target as a person.

use clap::Args;
use futures::future::try_join;

use crate::args::FoldingFlag;
use crate::config::Format;
use crate::context::{Connection, Context};
use crate::exit_code::ExitCode;
use crate::fetch::organization::describe;
use crate::fetch::principals::find_role;
use crate::fetch::roles::directory_for;
use crate::output::json::Version;
use crate::output::json::organization::{OrganizationJson, ShowDocument};
use crate::output::json::role::RoleJson;
use crate::output::text;

/// `show`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wmrole show 'Ticket triage'
  # By id, as YAML
  wmrole show 30000001-0000-4000-8000-000000000001 -o yaml")]
pub(crate) struct ShowArgs {
    /// The role's name or id
    pub role: String,
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
    let directory = directory_for(&reader, &[&live]).await?;
    let live = directory.canonical(live);
    context.say_where(&organization);
    live.role.unreadable_expiries().into_iter().for_each(|(_, text)| context.ui.warn(text));
    if context.ui.is_table() {
        let (times, most) = (context.ui.times(), context.ui.folded(args.folding.all));
        let now = context.config.system.now();
        context.ui.lines(&text::role::block(&live, &directory, times, most, now))?;
    } else {
        context.ui.document(&ShowDocument {
            version: Version,
            organization: OrganizationJson::of(&organization),
            role: RoleJson::live(&live, &directory),
        })?;
    }
    Ok(ExitCode::Done)
}

//! `groups`: groups that definitions and flags can name, and who is in them.

use clap::Args;
use futures::future::try_join;

use crate::args::FoldingFlag;
use crate::config::Format;
use crate::context::{Connection, Context};
use crate::exit_code::ExitCode;
use crate::fetch::directory::read_directory;
use crate::fetch::organization::describe;
use crate::output::json::directory::GroupsDocument;
use crate::output::text::directory as table;

/// `groups`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  # Who is in which group?
  wmrole groups
  # The members of one, for a script
  wmrole groups support -o json")]
pub(crate) struct GroupsArgs {
    /// Only those with this text in the address, name or id, in any case
    pub text: Option<String>,
    /// How many are shown.
    #[command(flatten)]
    pub folding: FoldingFlag,
}

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml | Format::Csv => true,
        Format::Markdown | Format::Github | Format::Junit | Format::Sarif | Format::Mermaid => false,
    }
}

/// Lists the groups of the organization with their direct members.
///
/// # Errors
/// When a read fails; a group whose members cannot be read is no group without members.
pub(super) async fn run(context: &Context, args: &GroupsArgs) -> anyhow::Result<ExitCode> {
    let GroupsArgs { text, folding } = args;
    context.ui.spinner("reading groups and users");
    let (connection, organization) = Connection::open(&context.config, &context.ui).await?;
    let reader = connection.account.reader(&organization);
    let (organization, directory) =
        try_join(describe(&reader, organization), read_directory(&reader)).await?;
    context.say_where(&organization);
    let groups = directory.groups_with(text.as_deref());
    match context.ui.format {
        Format::Json | Format::Yaml => {
            context.ui.document(&GroupsDocument::of(&organization, &groups, &directory))?;
        }
        Format::Csv => context.ui.print(&table::groups_csv(&groups, &directory)?)?,
        Format::Table
        | Format::Markdown
        | Format::Github
        | Format::Junit
        | Format::Sarif
        | Format::Mermaid => {
            let rows: Vec<_> = groups.iter().map(|group| table::group(group, &directory)).collect();
            let what = ["group", "groups"];
            context.ui.folded_table(&table::GROUPS, &rows, &table::GROUPS_FIRST_TO_GO, what, folding.all)?;
        }
    }
    Ok(ExitCode::Done)
}

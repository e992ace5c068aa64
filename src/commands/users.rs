//! `users`: whom a rule can name.

use clap::Args;
use futures::future::try_join;

use crate::args::FoldingFlag;
use crate::config::Format;
use crate::context::{Connection, Context};
use crate::directory::Directory;
use crate::exit_code::ExitCode;
use crate::fetch::organization::describe;
use crate::output::json::directory::UsersDocument;
use crate::output::text::directory as table;

/// `users`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  # Whom can a rule name who is called Moreau?
  wmrole users moreau
  # All of them, for a spreadsheet
  wmrole users -o csv >users.csv")]
pub(crate) struct UsersArgs {
    /// Only those with this text in the address, user name, display name or id, in any case
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

/// Lists the users of the organization.
///
/// # Errors
/// When a read fails.
pub(super) async fn run(context: &Context, args: &UsersArgs) -> anyhow::Result<ExitCode> {
    let UsersArgs { text, folding } = args;
    context.ui.spinner("reading users");
    let (connection, organization) = Connection::open(&context.config, &context.ui).await?;
    let reader = connection.account.reader(&organization);
    let (organization, users) = try_join(describe(&reader, organization), reader.users()).await?;
    context.say_where(&organization);
    let directory = Directory::complete(users);
    let users = directory.users_with(text.as_deref());
    match context.ui.format {
        Format::Json | Format::Yaml => context.ui.document(&UsersDocument::of(&organization, &users))?,
        Format::Csv => context.ui.print(&table::users_csv(&users)?)?,
        Format::Table
        | Format::Markdown
        | Format::Github
        | Format::Junit
        | Format::Sarif
        | Format::Mermaid => {
            let rows: Vec<_> = users.iter().map(|user| table::user(user)).collect();
            let what = ["user", "users"];
            context.ui.folded_table(&table::USERS, &rows, &table::USERS_FIRST_TO_GO, what, folding.all)?;
        }
    }
    Ok(ExitCode::Done)
}

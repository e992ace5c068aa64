//! `access`: who reaches whom, from one reading of the directory.

use std::collections::BTreeSet;

use clap::Args;
use futures::future::try_join;

use crate::args::{FoldingFlag, Principal};
use crate::config::Format;
use crate::context::{Connection, Context};
use crate::directory::{Directory, EntityName, UserId};
use crate::exit_code::ExitCode;
use crate::fetch;
use crate::fetch::organization::describe;
use crate::fetch::principals;
use crate::fetch::principals::find_roles;
use crate::fetch::roles::canonical_roles;
use crate::fetch::roles::directory_for;
use crate::fetch::roles::roles_and_directory;
use crate::output::json::access::AccessDocument;
use crate::output::mermaid::access_graph;
use crate::output::text::access_table::{self, Reach};
use crate::output::text::role::still_open;
use crate::role::LiveRole;
use crate::user_list::{self, NamedUser};
use crate::workmail::Reader;

/// `access`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  # Whom a role reaches
  wmrole access --role Migration
  # The other way round: which roles reach a user
  wmrole access --user alice@example.com
  # All of it, for a spreadsheet
  wmrole access -o csv >access.csv")]
pub(crate) struct AccessArgs {
    /// Only these roles, by name or id
    #[arg(long, num_args = 1.., value_name = "ROLE")]
    pub role: Vec<String>,
    /// Only these users, and the roles that reach them
    #[arg(long, num_args = 1.., value_name = "USER", value_parser = Principal)]
    pub user: Vec<String>,
    /// How many rows are shown.
    #[command(flatten)]
    pub folding: FoldingFlag,
}

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml | Format::Markdown | Format::Csv | Format::Mermaid => {
            true
        }
        Format::Github | Format::Junit | Format::Sarif => false,
    }
}

/// Shows who reaches whom.
///
/// # Errors
/// When a role or a user is not there, or a read fails.
pub(super) async fn run(context: &Context, args: &AccessArgs) -> anyhow::Result<ExitCode> {
    context.ui.spinner("reading roles and users");
    let [users] = user_list::read([&args.user])?;
    let names = principals::user_names(&users)?;
    let (connection, organization) = Connection::open(&context.config, &context.ui).await?;
    let reader = connection.account.reader(&organization);
    let organization = async { Ok(describe(&reader, organization).await?) };
    let (organization, (live, directory, chosen)) =
        try_join(organization, read(&reader, args, &users, &names)).await?;
    context.say_where(&organization);
    let reaches = reaches(&live, &chosen, &directory);
    let now = context.config.system.now();
    match context.ui.format {
        Format::Json | Format::Yaml => {
            context.ui.document(&AccessDocument::of(&organization, &reaches, &directory))?;
        }
        Format::Csv => context.ui.print(&access_table::csv(&reaches, &directory)?)?,
        Format::Markdown => {
            context.ui.print(&access_table::markdown(&reaches, &directory, !chosen.is_empty(), now))?
        }
        Format::Mermaid => context.ui.print_verbatim(&access_graph(&reaches, &directory, now).drawn())?,
        Format::Table | Format::Github | Format::Junit | Format::Sarif => {
            let table = access_table::table(&reaches, &directory, !chosen.is_empty(), now);
            if table.rows.is_empty() {
                context.ui.status(match (&args.role[..], &args.user[..]) {
                    ([], users) if !users.is_empty() => format!("no role reaches {}", users.join(" or ")),
                    ([role], users) if !users.is_empty() => {
                        format!("role {role} does not reach {}", users.join(" or "))
                    }
                    (roles, users) if !users.is_empty() => {
                        format!("none of the roles {} reaches {}", roles.join(", "), users.join(" or "))
                    }
                    ([], _) => "no role reaches anybody".to_owned(),
                    (roles, _) => format!("{} reaches nobody", roles.join(", ")),
                });
            } else {
                let (rows, what) = (table.cells(), ["row", "rows"]);
                let first_to_go = &access_table::FIRST_TO_GO;
                context.ui.folded_table(&table.header, &rows, first_to_go, what, args.folding.all)?;
            }
            for reach in reaches.iter().filter(|reach| reach.open) {
                context.ui.warn(format!("role {} reaches mailboxes made later too", reach.live.role.name));
            }
        }
    }
    let open = reaches.iter().flat_map(|reach| still_open(&reach.live.role, now));
    open.for_each(|text| context.ui.warn(text));
    Ok(ExitCode::Done)
}

/// The roles, the directory as far as they need it, and the users that were chosen.
async fn read(
    reader: &Reader,
    args: &AccessArgs,
    users: &[NamedUser],
    names: &BTreeSet<EntityName>,
) -> anyhow::Result<(Vec<LiveRole>, Directory, Vec<UserId>)> {
    if args.role.is_empty() && args.user.is_empty() {
        let (live, directory) = roles_and_directory(reader).await?;
        return Ok((live, directory, Vec::new()));
    }
    let roles = async {
        match &args.role[..] {
            [] => Ok(reader.live_roles(|_| true).await?.1),
            roles => find_roles(reader, roles).await,
        }
    };
    let named = async { Ok(fetch::directory::read_names(reader, names, &BTreeSet::new()).await?) };
    let (live, mut directory) = try_join(roles, named).await?;
    let chosen = principals::user_ids(users, reader, &mut directory, principals::name_its_members).await?;
    if chosen.is_empty() {
        directory = directory_for(reader, &live.iter().collect::<Vec<_>>()).await?;
    }
    Ok((canonical_roles(live, &directory), directory, chosen))
}

/// Whom each role reaches: everyone who is enabled, or those `chosen`, and then only the roles that
/// reach one of them.
fn reaches<'a>(live: &'a [LiveRole], chosen: &[UserId], directory: &'a Directory) -> Vec<Reach<'a>> {
    let users = directory.mailboxes().map(|user| &user.id);
    let users: Vec<&UserId> = users.filter(|id| chosen.is_empty() || chosen.contains(id)).collect();
    live.iter()
        .map(|live| Reach::of(live, &users))
        .filter(|reach| chosen.is_empty() || !reach.users.is_empty())
        .collect()
}

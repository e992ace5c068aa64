//! `delete`: the role's name is typed, as in the console; with `--all` the number of roles.

use clap::Args;

use crate::change::{self, Question};
use crate::config::Format;
use crate::context::{Connection, Context};
use crate::directory::access_control;
use crate::exit_code::ExitCode;
use crate::fetch::definitions;
use crate::fetch::organization::describe;
use crate::fetch::principals::find_roles;
use crate::fetch::roles::canonical_roles;
use crate::fetch::roles::directory_for;
use crate::output::text;
use crate::plan::set::{OrganizationPlan, PlanSet};
use crate::plan::{self, Plan};
use crate::role::LiveRole;

/// `delete`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  # Asks for the role's name
  wmrole delete 'Legacy backup'
  # In a script; undo brings them back
  wmrole delete 'Legacy backup' Migration --yes
  # Asks for the number of roles
  wmrole delete --all")]
pub(crate) struct DeleteArgs {
    /// The roles' names or ids
    #[arg(required_unless_present = "all", conflicts_with = "all", value_name = "ROLE")]
    pub roles: Vec<String>,
    /// Delete every role of the organization; asks to type how many they are
    #[arg(long)]
    pub all: bool,
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

/// Deletes roles.
///
/// # Errors
/// When one is not there, or the confirmation is refused; nothing was changed then.
pub(super) async fn run(context: &Context, args: &DeleteArgs) -> anyhow::Result<ExitCode> {
    let (connection, organization) = Connection::open(&context.config, &context.ui).await?;
    let writer = connection.account.writer(&organization);
    let (organization, live) =
        futures::future::try_join(async { Ok(describe(&writer, organization).await?) }, async {
            match args.all {
                true => Ok(writer.live_roles(|_| true).await?.1),
                false => find_roles(&writer, &args.roles).await,
            }
        })
        .await?;
    if live.is_empty() && context.ui.is_table() {
        context.ui.status(format!("no roles in {}", text::place::short(&context.config, &organization)));
        return Ok(ExitCode::Done);
    }
    let directory = directory_for(&writer, &live.iter().collect::<Vec<_>>()).await?;
    let live = canonical_roles(live, &directory);
    let rules = definitions::access_control(&writer).await?;
    let deletion = |role: &LiveRole| {
        plan::deletion(role, access_control::naming(rules.as_deref(), &role.id), &directory)
    };
    let changes = live.iter().map(deletion).collect();
    let plan = Plan::new(changes, Vec::new(), Vec::new());
    let question = match args.all {
        true => Question::DeleteAll(live.len()),
        false => Question::Delete(live.iter().map(|live| live.role.name.clone()).collect()),
    };
    let set = PlanSet::one(OrganizationPlan::new(organization, plan, directory));
    change::carry_out(context, &connection, &set, question).await
}

//! `delete`: the role's name is typed, as in the console.

use crate::change::execute;
use crate::config::Format;
use crate::context::{Context, described, directory_of, find_roles, normal_all};
use crate::exit_code::ExitCode;
use crate::fetch::definitions as gather;
use crate::plan::{self, Plan};
use crate::role::LiveRole;
use clap::Args;

/// `delete`.
#[derive(Debug, Args)]
pub(crate) struct DeleteArgs {
    /// The roles' names or ids
    #[arg(required = true, value_name = "ROLE")]
    pub roles: Vec<String>,
}

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml => true,
        Format::Markdown | Format::Github | Format::Junit | Format::Csv => false,
    }
}

/// Deletes roles.
///
/// # Errors
/// When one is not there, or the confirmation is refused; nothing was changed then.
pub(super) async fn run(context: &Context, args: &DeleteArgs) -> anyhow::Result<ExitCode> {
    let (connection, organization) = context.open().await?;
    let writer = connection.account.writer(&organization);
    let (organization, live) = futures::future::try_join(
        async { Ok(described(&writer, organization).await?) },
        find_roles(&writer, &args.roles),
    )
    .await?;
    let directory = directory_of(&writer, &live.iter().collect::<Vec<_>>()).await?;
    let live = normal_all(live, &directory);
    let rules = gather::access_control(&writer, true).await?;
    let deletion =
        |role: &LiveRole| plan::deletion(role, gather::naming(rules.as_deref(), &role.id), &directory);
    let changes = live.iter().map(deletion).collect();
    let plan = Plan::new(changes, Vec::new(), Vec::new());
    execute::show(context, &plan, &directory)?;
    for role in &live {
        let question = format!("Type the name of the role to delete it ({})", role.role.name);
        let answer = context.ui.type_to_confirm(&question, role.role.name.as_str()).await;
        execute::unless_declined(context, &organization, &plan, &directory, answer)?;
    }
    execute::execute_and_tell(context, &writer, &organization, &plan, &directory).await
}

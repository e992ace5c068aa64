//! `list`: the roles, a line each.

use futures::future::try_join;
use serde_json::json;

use crate::context::{Context, described, roles_and_directory};
use crate::exit::Exit;
use crate::output::json::role as view;
use crate::output::text::role as roles;

/// Lists the roles.
///
/// # Errors
/// When a read fails.
pub(super) async fn run(context: &Context) -> anyhow::Result<Exit> {
    context.ui.waiting("reading roles");
    let (connection, organization) = context.open().await?;
    let reader = connection.account.reader(&organization);
    let (organization, (live, directory)) =
        try_join(described(&reader, organization), roles_and_directory(&reader)).await?;
    if !context.ui.is_table() {
        let roles: Vec<_> = live.iter().map(|role| view::live_role(role, &directory)).collect();
        let document =
            json!({ "version": 1, "organization": view::organization(&organization), "roles": roles });
        context.ui.value(&document)?;
        return Ok(Exit::Done);
    }
    if live.is_empty() {
        context.ui.status("no impersonation roles");
        context.ui.hint("`wmrole create` makes one");
        return Ok(Exit::Done);
    }
    let rows: Vec<_> = live.iter().map(|role| roles::row(role, &directory)).collect();
    context.ui.table(&roles::HEADER, &rows)?;
    Ok(Exit::Done)
}

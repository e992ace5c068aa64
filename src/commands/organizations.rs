//! `organizations`: those of the account in the Region.

use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;

/// Lists the organizations of the account in the Region.
///
/// # Errors
/// When the read fails.
pub(super) async fn run(context: &Context) -> anyhow::Result<Exit> {
    let connection = context.connect().await?;
    let all = connection.account.organizations().await?;
    if !context.ui.is_table() {
        let all: Vec<_> = all
            .iter()
            .map(|o| json!({ "id": o.id, "alias": o.alias, "domain": o.domain, "state": o.state }))
            .collect();
        context.ui.value(&json!({ "version": 1, "organizations": all }))?;
        return Ok(Exit::Done);
    }
    if all.is_empty() {
        let region = connection.account.region();
        context.ui.status(format!("no WorkMail organizations in {region}"));
        context
            .ui
            .hint(format!("WorkMail is in {}; choose with --region", crate::workmail::REGIONS.join(", ")));
        return Ok(Exit::Done);
    }
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let rows: Vec<_> =
        all.iter().map(|o| vec![text(&o.alias), text(&o.domain), text(&o.state), o.id.to_string()]).collect();
    context.ui.table(&["ALIAS", "DOMAIN", "STATE", "ID"], &rows)?;
    Ok(Exit::Done)
}

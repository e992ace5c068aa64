//! `export`: live roles as YAML.

use std::fs;
use std::io::Write as _;

use anyhow::Context as _;

use super::context::{Context, described, directory_of, find_roles, normal_all};
use crate::cli;
use crate::definition::export;
use crate::exit::Exit;

/// Writes live roles as YAML that `diff` finds equal.
///
/// # Errors
/// When a role is not there, a read fails, or a file cannot be written.
pub async fn run(context: &Context, args: &cli::Export) -> anyhow::Result<Exit> {
    context.ui.waiting("reading roles");
    let (connection, organization) = context.open().await?;
    let reader = connection.account.reader(&organization);
    let roles = async {
        if args.roles.is_empty() {
            return Ok(reader.live_roles(|_| true).await?.1);
        }
        find_roles(&reader, &args.roles).await
    };
    let (organization, live) =
        futures::future::try_join(async { Ok(described(&reader, organization).await?) }, roles).await?;
    let directory = directory_of(&reader, &live.iter().collect::<Vec<_>>()).await?;
    let live = normal_all(live, &directory);
    let name = organization.alias.as_deref().unwrap_or(organization.id.as_str());
    let Some(dir) = &args.dir else {
        let exported = export::export(Some(name), &live, &directory);
        exported.warnings.iter().for_each(|warning| context.ui.warn(warning));
        context.ui.out(&exported.yaml)?;
        return Ok(Exit::Done);
    };
    fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
    for (file, exported) in export::export_each(Some(name), &live, &directory) {
        exported.warnings.iter().for_each(|warning| context.ui.warn(warning));
        let path = dir.join(file);
        // Whole or not at all: a reader never sees half a role
        let mut new =
            tempfile::NamedTempFile::new_in(dir).with_context(|| format!("writing in {}", dir.display()))?;
        new.write_all(exported.yaml.as_bytes()).with_context(|| format!("writing {}", path.display()))?;
        new.persist(&path).with_context(|| format!("writing {}", path.display()))?;
        context.ui.status(format!("wrote {}", path.display()));
    }
    Ok(Exit::Done)
}

//! `export`: live roles as YAML, or as a script for Exchange Online.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use futures::future::try_join;

use crate::atomic_file;
use crate::config::Format;
use crate::context::{Connection, Context};
use crate::definition::export::{self, Exported};
use crate::definition::schema;
use crate::directory::snapshot::{Snapshot, SnapshotOrganization};
use crate::error::CommandError;
use crate::escape;
use crate::exchange_online;
use crate::exit_code::ExitCode;
use crate::fetch;
use crate::fetch::organization::describe;
use crate::fetch::principals::find_roles_among;
use crate::fetch::roles::{all_roles_and_directory, canonical_roles, directory_for};
use crate::input_file::{self, MOST_OF_A_DEFINITION};

/// `export`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wmrole export >roles.yaml
  # A file for each role
  wmrole export --dir roles
  # Users and groups, to validate without network
  wmrole export --snapshot directory.json
  # PowerShell that recreates the roles in Exchange Online, to read and then run
  wmrole export --target exchange-online >roles.ps1")]
pub(crate) struct ExportArgs {
    /// The roles' names or ids; all of them when none is given
    #[arg(value_name = "ROLE")]
    pub roles: Vec<String>,
    /// Write one file a role into this directory
    #[arg(long, value_hint = ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
    /// What to write: definitions, or PowerShell for RBAC for Applications in Exchange Online
    ///
    /// Where the meaning of a role cannot be kept there, the script grants less and says so. It changes nothing before
    /// somebody runs it.
    #[arg(long, value_enum, default_value_t = Target::Wmrole, conflicts_with = "snapshot")]
    pub target: Target,
    /// Overwrite files there that export did not write, or that were edited since
    #[arg(long, requires = "dir")]
    pub force: bool,
    /// Write the directory (users, groups, members) into this file instead, for `validate --snapshot`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["roles", "dir"], value_hint = ValueHint::FilePath)]
    pub snapshot: Option<PathBuf>,
}

/// What the roles are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Target {
    /// Definitions in YAML, for diff and apply
    Wmrole,
    /// A PowerShell script
    ExchangeOnline,
}

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table | Format::Yaml => true,
        Format::Json
        | Format::Markdown
        | Format::Github
        | Format::Junit
        | Format::Csv
        | Format::Sarif
        | Format::Mermaid => false,
    }
}

/// Writes live roles as YAML that `diff` finds equal, or as a script.
///
/// # Errors
/// When a role is not there, a read fails, or a file cannot be written.
pub(super) async fn run(context: &Context, args: &ExportArgs) -> anyhow::Result<ExitCode> {
    if let Some(path) = &args.snapshot {
        return snapshot(context, path).await;
    }
    let is_script = args.target == Target::ExchangeOnline;
    if is_script && args.dir.is_some() {
        let message = "--dir writes definitions, and --target exchange-online writes one script to stdout";
        return Err(CommandError::usage(message)
            .hint("leave --dir out, and redirect stdout into a file")
            .into());
    }
    if is_script && context.ui.format != Format::Table {
        let message = "--target exchange-online is a script, and has no other format";
        return Err(CommandError::usage(message).hint("leave --output out").into());
    }
    context.ui.spinner("reading roles");
    let (connection, organization) = Connection::open(&context.config, &context.ui).await?;
    let reader = connection.account.reader(&organization);
    let roles = async {
        if args.roles.is_empty() {
            return anyhow::Ok(all_roles_and_directory(&reader).await?);
        }
        let (all, live) = find_roles_among(&reader, &args.roles).await?;
        let directory = directory_for(&reader, &live.iter().collect::<Vec<_>>()).await?;
        let live = canonical_roles(live, &directory);
        Ok((all, live, directory))
    };
    let (organization, (all, live, directory)) =
        try_join(async { Ok(describe(&reader, organization).await?) }, roles).await?;
    let shared = export::shared_names(all.iter().map(|role| &role.name));
    context.say_where(&organization);
    if is_script {
        let now = context.config.system.now();
        context.ui.print_verbatim(&exchange_online::script(&organization, &live, &directory, now))?;
        context.ui.hint("read the script before you run it: what is not kept of a role stands above it");
        return Ok(ExitCode::Done);
    }
    let name = organization.label();
    let Some(dir) = &args.dir else {
        let exported = export::export_among(Some(name), &live, &shared, &directory);
        exported.warnings.iter().for_each(|warning| context.ui.warn(warning));
        context.ui.print_verbatim(&exported.yaml)?;
        return Ok(ExitCode::Done);
    };
    write_files(context, dir, export::export_each(Some(name), &live, &shared, &directory), args.force)?;
    Ok(ExitCode::Done)
}

/// Writes a file for each role; none when one of them would overwrite what a person wrote.
fn write_files(
    context: &Context,
    dir: &Path,
    files: Vec<(String, Exported)>,
    force: bool,
) -> anyhow::Result<()> {
    atomic_file::make_directory(dir)?;
    let with_schema = dir.join(schema::FILE).is_file();
    let mut texts = Vec::new();
    for (file, exported) in files {
        exported.warnings.iter().for_each(|warning| context.ui.warn(warning));
        texts.push((dir.join(file), export::marked(&exported.yaml, with_schema)));
    }
    texts.iter().try_for_each(|(path, _)| atomic_file::check(path))?;
    let kept = texts.iter().filter(|(path, _)| !force && is_somebody_elses(path));
    let kept: Vec<_> = kept.map(|(path, _)| path.display().to_string()).collect();
    if !kept.is_empty() {
        let message = format!(
            "nothing was written: export did not write {}, or somebody has edited it since",
            kept.join(", ")
        );
        return Err(CommandError::refused(message).hint("--force overwrites what is there").into());
    }
    for (path, text) in texts {
        atomic_file::write(&path, &text)?;
        context.ui.status(format!("wrote {}", path.display()));
    }
    Ok(())
}

/// Is there a file that `export` did not write, or that was edited since? One that cannot be read may be.
fn is_somebody_elses(path: &Path) -> bool {
    match input_file::read_text(path, MOST_OF_A_DEFINITION) {
        Ok(text) => !export::is_as_written(&text),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

/// Writes users, groups and members as JSON.
async fn snapshot(context: &Context, path: &Path) -> anyhow::Result<ExitCode> {
    context.ui.spinner("reading users and groups");
    let (connection, organization) = Connection::open(&context.config, &context.ui).await?;
    let reader = connection.account.reader(&organization);
    let (organization, ((_, live), directory)) = try_join(
        describe(&reader, organization),
        try_join(reader.live_roles(|_| true), fetch::directory::read_directory(&reader)),
    )
    .await?;
    context.say_where(&organization);
    let named: BTreeSet<_> = live.iter().flat_map(|live| live.role.mentioned_users()).collect();
    let unknown = named.into_iter().filter(|id| directory.users_called(id.as_str()).is_empty()).cloned();
    let owner = SnapshotOrganization { id: organization.id, alias: organization.alias };
    let snapshot = Snapshot::new(owner, &directory, unknown.collect(), context.config.system.now());
    let text = escape::json::pretty(&snapshot)? + "\n";
    if path.as_os_str() == "-" {
        context.ui.print_verbatim(&text)?;
        return Ok(ExitCode::Done);
    }
    atomic_file::write(path, &text)?;
    let (users, groups) = (snapshot.users.len(), snapshot.groups.len());
    context.ui.status(format!("wrote {users} users and {groups} groups into {}", path.display()));
    Ok(ExitCode::Done)
}

//! Which organizations are audited, in which Regions, and as whom.

use futures::future::join_all;

use super::args::AuditArgs;
use crate::audit::leaving::RegionRead;
use crate::change::organizations;
use crate::config::Config;
use crate::context::{Connection, Context};
use crate::definition::load::Loaded;
use crate::definition::model::Document;
use crate::error::{self, CommandError};
use crate::organization::Organization;
use crate::service_hint;
use crate::sorted;
use crate::workmail::{self, REGIONS};

/// An organization to audit.
pub(super) struct Target<'a> {
    /// As the files or the account call it.
    pub(super) name: String,
    /// Or why it is not known.
    pub(super) organization: Result<Organization, String>,
    /// Its place among the connections.
    pub(super) connection: usize,
    pub(super) documents: Vec<&'a Document>,
}

/// All that is audited.
pub(super) struct Scope<'a> {
    pub(super) connections: Vec<Connection>,
    /// Every Region that was asked for its organizations; none where they were not listed.
    pub(super) regions: Vec<RegionRead>,
    pub(super) targets: Vec<Target<'a>>,
    /// The ARN, or why nobody knows it; with `--leaving`.
    pub(super) principal: Result<String, String>,
}

impl<'a> Scope<'a> {
    /// # Errors
    /// When nothing can be read, or a definition names an organization that is not there.
    pub(super) async fn find(
        context: &'a Context,
        args: &AuditArgs,
        loaded: &'a Loaded,
    ) -> anyhow::Result<Self> {
        let connections = connections(context, args).await?;
        let Some(first) = connections.first() else { return Err(CommandError::failed("no Region").into()) };
        let principal = async {
            match args.leaving {
                true => first.account.principal().await,
                false => Err("it was not asked".to_owned()),
            }
        };
        if args.all_organizations {
            let (principal, all) = tokio::join!(principal, every(context, &connections, loaded));
            let (regions, targets) = all?;
            return Ok(Self { connections, regions, targets, principal });
        }
        let (principal, targets) = tokio::join!(principal, chosen(context, first, loaded));
        let targets = targets?;
        Ok(Self { connections, regions: Vec::new(), targets, principal })
    }
}

/// One a Region: the one that is configured, or all of them.
async fn connections(context: &Context, args: &AuditArgs) -> anyhow::Result<Vec<Connection>> {
    let config = &context.config;
    let at_aws = config.sandbox.is_none() && config.endpoint_url.is_none() && config.region.is_none();
    if args.leaving && args.all_organizations && at_aws {
        let mut all = Vec::new();
        for region in REGIONS {
            let config = Config { region: Some(region.to_owned()), ..config.clone() };
            let connection = Connection::new(&config, &context.ui).await?;
            // The environment or the profile names an address, which is one place
            if connection.account.custom_endpoint().is_some() {
                all.clear();
                break;
            }
            all.push(connection);
        }
        if !all.is_empty() {
            return Ok(all);
        }
    }
    Ok(vec![Connection::new(config, &context.ui).await?])
}

/// The organization of the command line, those of the definitions, or the only one.
async fn chosen<'a>(
    context: &'a Context,
    connection: &Connection,
    loaded: &'a Loaded,
) -> anyhow::Result<Vec<Target<'a>>> {
    let groups = organizations::chosen(&connection.account, &context.config, loaded).await?;
    let is_only = groups.len() == 1;
    let target = |(name, organization, documents): organizations::Group<'a>| {
        let organization = match organization {
            Err(error) if is_only => return Err(error),
            other => other.map_err(|error| error::in_full(&error)),
        };
        Ok(Target { name, organization, connection: 0, documents })
    };
    groups.into_iter().map(target).collect()
}

/// Every active organization of every Region, each with its definitions.
async fn every<'a>(
    context: &'a Context,
    connections: &[Connection],
    loaded: &'a Loaded,
) -> anyhow::Result<(Vec<RegionRead>, Vec<Target<'a>>)> {
    let lists = join_all(connections.iter().map(|connection| connection.account.organizations())).await;
    let (mut regions, mut targets, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    for (at, (connection, list)) in connections.iter().zip(lists).enumerate() {
        let mut region =
            RegionRead { region: connection.account.region().to_owned(), skipped: Vec::new(), error: None };
        match list {
            Ok(mut organizations) => {
                // Two runs say the same
                sorted::by(&mut organizations, |a, b| (a.label(), &a.id).cmp(&(b.label(), &b.id)));
                for organization in organizations {
                    if organization.is_active() {
                        let name = organization.label().to_owned();
                        let documents = Vec::new();
                        targets.push(Target {
                            name,
                            organization: Ok(organization),
                            connection: at,
                            documents,
                        });
                    } else {
                        region.skipped.push(organization.listed());
                    }
                }
            }
            Err(error) => {
                region.error = Some(error.to_string());
                failures.push(error);
            }
        }
        regions.push(region);
    }
    if failures.len() == connections.len()
        && let Some(error) = failures.into_iter().next()
    {
        return Err(none_listed(context, error, &regions));
    }
    give_documents(context, loaded, &mut targets)?;
    Ok((regions, targets))
}

/// No organization is known. What went wrong is said for each Region; once where it is the same.
fn none_listed(context: &Context, first: workmail::Error, regions: &[RegionRead]) -> anyhow::Error {
    let hint = service_hint::hint(&first);
    let lines = differing(regions);
    if lines.is_empty() {
        return first.into();
    }
    lines.iter().for_each(|line| context.ui.error_message(line, None));
    let error = CommandError::failed("the organizations of no Region could be listed").drawn(lines);
    match hint {
        Some(hint) => error.hint(hint).into(),
        None => error.into(),
    }
}

/// The errors of the Regions, a line each; none where all are the same.
fn differing(regions: &[RegionRead]) -> Vec<String> {
    if regions.windows(2).all(|two| two[0].error == two[1].error) {
        return Vec::new();
    }
    let line = |one: &RegionRead| Some(format!("Region {}: {}", one.region, one.error.as_ref()?));
    regions.iter().filter_map(line).collect()
}

/// Definitions are for the organization that they name, else for the only one.
fn give_documents<'a>(
    context: &'a Context,
    loaded: &'a Loaded,
    targets: &mut [Target<'a>],
) -> anyhow::Result<()> {
    for (name, documents) in organizations::spelt(context.config.organization_choice(), loaded) {
        let is_meant = |target: &Target<'_>| {
            let organization = target.organization.as_ref();
            name.is_none_or(|name| organization.is_ok_and(|organization| organization.is_called(name)))
        };
        let meant: Vec<_> = (0..targets.len()).filter(|at| is_meant(&targets[*at])).collect();
        match (&meant[..], name) {
            ([at], _) => targets[*at].documents.extend(documents),
            (_, Some(name)) => {
                let message =
                    format!("a definition is for organization {name}, which was not found in the account");
                return Err(CommandError::usage(message).into());
            }
            (_, None) => {
                let message = "a definition names no organization, and there are several";
                let hint = "write `organization:` and its alias into the file";
                return Err(CommandError::usage(message).hint(hint).into());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_regions_say_is_said_once_and_else_each_by_itself() {
        let region = |region: &str, error: &str| RegionRead {
            region: region.to_owned(),
            skipped: Vec::new(),
            error: Some(error.to_owned()),
        };
        assert_eq!(
            differing(&[region("a", "no keys"), region("b", "no keys"), region("c", "no keys")]),
            [""; 0]
        );
        assert_eq!(differing(&[region("a", "no keys")]), [""; 0]);
        assert_eq!(
            differing(&[region("a", "denied"), region("b", "denied"), region("c", "no answer")]),
            ["Region a: denied", "Region b: denied", "Region c: no answer"]
        );
    }
}

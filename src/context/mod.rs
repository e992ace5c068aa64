//! What every command has: the terminal, the account, the organization, and a way to find roles.

pub(crate) mod child;
pub(crate) mod interrupt;

use std::collections::BTreeSet;
use std::pin::pin;

use anyhow::Context as _;
use futures::future::{Either, select};

use crate::access;
use crate::config::Config;
use crate::context::interrupt::Interrupts;
use crate::definition::diagnostic::did_you_mean;
use crate::directory::{Directory, UserId};
use crate::error::CommandError;
use crate::fetch::directory as reading;
use crate::organization::Organization;
use crate::output::ui::Ui;
use crate::role::{LiveRole, RoleSummary};
use crate::sandbox;
use crate::workmail::{self, Account, ErrorKind, Reader};

/// What every command has.
#[derive(Debug)]
pub(crate) struct Context {
    /// The terminal.
    pub(crate) ui: Ui,
    /// The options of the call.
    pub(crate) config: Config,
    /// What a signal does.
    pub(crate) interrupts: Interrupts,
}

/// An account, and the sandbox that answers for it as long as this lives.
#[derive(Debug)]
pub(crate) struct Connection {
    /// The account.
    pub(crate) account: Account,
    /// Where EWS is.
    pub(crate) ews_url: String,
    _sandbox: Option<sandbox::Server>,
}

impl Context {
    /// What a command has from the start.
    pub(crate) fn new(config: Config) -> Self {
        Self { ui: Ui::new(&config), config, interrupts: Interrupts::default() }
    }

    /// Connects to the service, or to a sandbox inside this process.
    ///
    /// # Errors
    /// When there is no Region, no such profile, or the sandbox's file cannot be used.
    pub(crate) async fn connect(&self) -> anyhow::Result<Connection> {
        let config = &self.config;
        let server = match &config.sandbox {
            Some(path) => Some(self.sandbox(path)?),
            None => None,
        };
        let options = workmail::Options {
            profile: config.profile.clone(),
            region: config.region.clone(),
            endpoint_url: server.as_ref().map(sandbox::Server::url).or_else(|| config.endpoint_url.clone()),
            concurrency: config.concurrency,
            sandbox: server.is_some(),
        };
        let account = workmail::connect(&options).await?;
        let ews_url = match (&config.ews_url, &server) {
            (Some(url), _) => url.clone(),
            (None, Some(server)) => format!("{}/EWS/Exchange.asmx", server.url()),
            (None, None) => format!("https://ews.mail.{}.awsapps.com/EWS/Exchange.asmx", account.region()),
        };
        Ok(Connection { account, ews_url, _sandbox: server })
    }

    fn sandbox(&self, path: &std::path::Path) -> anyhow::Result<sandbox::Server> {
        let new = !path.exists();
        let store = sandbox::Store::open_or_init(path)?;
        if new {
            self.ui.status(format!("made the sandbox {} with the demo organization acme", path.display()));
        }
        sandbox::Server::start_local(store, self.config.system).context("starting the sandbox")
    }

    /// Connects and reads from the organization of the command line.
    ///
    /// # Errors
    /// As [`Context::connect`]; and when there is no such organization, or more than one to choose.
    pub(crate) async fn open(&self) -> anyhow::Result<(Connection, Organization)> {
        let connection = self.connect().await?;
        let organization = connection.account.organization(self.config.organization.as_deref()).await?;
        Ok((connection, organization))
    }
}

/// The organization with its alias and account, as far as it may be read: that is a permission of its own, and
/// no reason to stop.
///
/// # Errors
/// When the read fails for another reason.
pub(crate) async fn described(
    reader: &Reader,
    organization: Organization,
) -> Result<Organization, workmail::Error> {
    match reader.describe_organization().await {
        Err(error) if matches!(error.kind(), ErrorKind::AccessDenied { .. }) => Ok(organization),
        described => described,
    }
}

/// The live role of this name or id.
///
/// # Errors
/// When there is none, or two of that name.
pub(crate) async fn find_role(reader: &Reader, text: &str) -> anyhow::Result<LiveRole> {
    Ok(find_roles(reader, &[text.to_owned()]).await?.remove(0))
}

/// The live roles of these names or ids, in the order given, each once.
///
/// # Errors
/// When one is not there, or a name is shared by two.
pub(crate) async fn find_roles(reader: &Reader, texts: &[String]) -> anyhow::Result<Vec<LiveRole>> {
    Ok(find_roles_among(reader, texts).await?.1)
}

/// As [`find_roles`], with the list of all live roles.
///
/// # Errors
/// As [`find_roles`].
pub(crate) async fn find_roles_among(
    reader: &Reader,
    texts: &[String],
) -> anyhow::Result<(Vec<RoleSummary>, Vec<LiveRole>)> {
    let (all, live) = reader
        .live_roles(|role| texts.iter().any(|t| *t == role.name.as_str() || *t == role.id.as_str()))
        .await?;
    let mut found: Vec<LiveRole> = Vec::new();
    for text in texts {
        let by_id = live.iter().find(|role| role.id.as_str() == text);
        let by_name: Vec<_> = live.iter().filter(|role| role.role.name.as_str() == text).collect();
        let role = match (by_id, &by_name[..]) {
            (Some(role), _) => role,
            (None, [role]) => *role,
            (None, []) => {
                let names = all.iter().map(|role| role.name.as_str());
                let hint = did_you_mean(text, names)
                    .unwrap_or_else(|| "`wmrole list` shows those there are".to_owned());
                return Err(CommandError::failed(format!("there is no role {text:?}")).hint(hint).into());
            }
            (None, several) => {
                let ids: Vec<_> = several.iter().map(|role| role.id.as_str()).collect();
                let message = format!(
                    "{} roles have the name {text:?}; give the id of one: {}",
                    ids.len(),
                    ids.join(", ")
                );
                return Err(CommandError::usage(message).into());
            }
        };
        if !found.iter().any(|other| other.id == role.id) {
            found.push(role.clone());
        }
    }
    Ok((all, found))
}

/// Must everyone be known to tell whom these roles reach?
fn need_everyone(roles: &[&LiveRole]) -> bool {
    let named: BTreeSet<_> = roles.iter().flat_map(|role| role.role.named()).collect();
    named.len() > reading::FEW || roles.iter().any(|role| access::is_open(&role.role.rules))
}

/// Every live role, and the directory as far as they need it. The users are read at the same time as the
/// roles, and no further when few are needed.
///
/// # Errors
/// When a read fails that is needed.
pub(crate) async fn roles_and_directory(
    reader: &Reader,
) -> Result<(Vec<LiveRole>, Directory), workmail::Error> {
    let (roles, users) = (pin!(reader.live_roles(|_| true)), pin!(reader.users()));
    let (live, users) = match select(roles, users).await {
        Either::Left((roles, users)) => {
            let live = roles?.1;
            let needed = need_everyone(&live.iter().collect::<Vec<_>>());
            (live, if needed { Some(users.await) } else { None })
        }
        Either::Right((users, roles)) => (roles.await?.1, Some(users)),
    };
    let all: Vec<&LiveRole> = live.iter().collect();
    let directory = match users {
        Some(Ok(users)) => Directory::complete(users),
        Some(Err(error)) if need_everyone(&all) => return Err(error),
        _ => directory_of(reader, &all).await?,
    };
    Ok((normal_all(live, &directory), directory))
}

/// What the directory says of everyone whom these roles name; all of it when one of them is open.
///
/// # Errors
/// When a read fails.
pub(crate) async fn directory_of(reader: &Reader, roles: &[&LiveRole]) -> Result<Directory, workmail::Error> {
    let mut directory = Directory::default();
    if need_everyone(roles) {
        reading::read_everyone(reader, &mut directory).await?;
    } else {
        let named: BTreeSet<UserId> = roles.iter().flat_map(|role| role.role.named()).cloned().collect();
        reading::read_users(reader, &mut directory, &named).await?;
    }
    Ok(directory)
}

/// Roles as plans compare them.
pub(crate) fn normal_all(roles: Vec<LiveRole>, directory: &Directory) -> Vec<LiveRole> {
    roles.into_iter().map(|role| directory.canonical(role)).collect()
}

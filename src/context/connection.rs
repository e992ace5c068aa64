//! The way to the service, or to a sandbox inside this process.

use std::path::Path;

use anyhow::Context as _;

use super::ews_url;
use crate::config::Config;
use crate::error::CommandError;
use crate::organization::Organization;
use crate::output::ui::Ui;
use crate::sandbox;
use crate::workmail::{self, Account, Limits, Listener, Notice};

/// An account, and the sandbox that answers for it as long as this lives.
#[derive(Debug)]
pub(crate) struct Connection {
    /// The account.
    pub(crate) account: Account,
    ews_url: Option<String>,
    sandbox: Option<sandbox::Server>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When there is no Region, no such profile, or the sandbox's file cannot be used.
    pub(crate) async fn new(config: &Config, ui: &Ui) -> anyhow::Result<Self> {
        Self::within(Limits::default(), config, ui).await
    }

    /// As [`Connection::new`], with limits of its own.
    ///
    /// # Errors
    /// As [`Connection::new`].
    pub(crate) async fn within(limits: Limits, config: &Config, ui: &Ui) -> anyhow::Result<Self> {
        ui.spinner_by_default("asking WorkMail");
        let server = match &config.sandbox {
            Some(path) => Some(start_sandbox(path, config, ui)?),
            None => None,
        };
        let options = workmail::Options {
            profile: config.profile.clone(),
            region: config.region.clone(),
            endpoint_url: server.as_ref().map(sandbox::Server::url).or_else(|| config.endpoint_url.clone()),
            concurrency: config.concurrency,
            sandbox: server.is_some(),
            limits,
            listener: listener(ui),
        };
        let account = workmail::connect(&options).await?;
        if account.is_in_clear() {
            let url = account.endpoint();
            ui.warn(format!(
                "{url} is not encrypted: whoever is on the way can read and change what is sent"
            ));
        }
        let ews_url = match (&config.ews_url, &server, account.custom_endpoint()) {
            (Some(url), _, _) => Some(url.clone()),
            // It ends with this process
            (None, Some(_), _) => None,
            (None, None, endpoint) => {
                endpoint.and_then(ews_url::beside).or_else(|| ews_url::of_region(account.region()))
            }
        };
        Ok(Self { account, ews_url, sandbox: server })
    }

    /// Where EWS is; none for a sandbox that ends with this call, unless an address is given.
    ///
    /// # Errors
    /// When the address is none that a token may be sent to.
    pub(crate) fn ews_url(&self) -> Result<Option<&str>, CommandError> {
        let Some(url) = self.ews_url.as_deref() else { return Ok(None) };
        match ews_url::check(url) {
            Ok(()) => Ok(Some(url)),
            Err(problem) => {
                Err(CommandError::usage(format!("the address of EWS {problem}; no token was asked for"))
                    .hint(
                        "--ews-url and WMROLE_EWS_URL give it, as https://ews.example.com/EWS/Exchange.asmx",
                    ))
            }
        }
    }

    /// Where EWS is for as long as this lives: also in a sandbox that ends with this call.
    ///
    /// # Errors
    /// As [`Connection::ews_url`]; and where nobody knows an address.
    pub(crate) fn ews_url_meanwhile(&self) -> Result<String, CommandError> {
        let given = self.ews_url()?.map(str::to_owned);
        given.or_else(|| ews_url::beside(&self.sandbox.as_ref()?.url())).ok_or_else(|| {
            CommandError::usage("the address of EWS is not known").hint("give it with --ews-url")
        })
    }

    /// A token must not cross the network where others can read it. Makes no call.
    ///
    /// # Errors
    /// When the service or EWS is at plain http on another machine, unless that was allowed.
    pub(crate) fn check_token_is_covered(&self, config: &Config) -> Result<(), CommandError> {
        let in_clear = match self.account.is_in_clear() {
            true => Some(self.account.endpoint()),
            false => self.ews_url.as_deref().filter(|url| workmail::is_in_clear(url)),
        };
        match in_clear {
            Some(url) if !config.insecure_endpoint => {
                let message =
                    format!("a token would go to {url}, which is another machine and not encrypted");
                Err(CommandError::refused(message).hint("use https://, or allow it with --insecure-endpoint"))
            }
            _ => Ok(()),
        }
    }

    /// Connects, and chooses the organization of the command line, else the only one.
    ///
    /// # Errors
    /// As [`Connection::new`]; and when there is no such organization, or more than one to choose from.
    pub(crate) async fn open(config: &Config, ui: &Ui) -> anyhow::Result<(Self, Organization)> {
        let connection = Self::new(config, ui).await?;
        let organization = connection.account.organization(config.organization.as_deref()).await?;
        Ok((connection, organization))
    }
}

/// Says on stderr what cannot wait for a result.
fn listener(ui: &Ui) -> Listener {
    let notifier = ui.notifier();
    Listener::new(move |notice| match notice {
        Notice::Waiting(what) => notifier.waiting(&what),
        Notice::Warning(text) => notifier.warn(&text),
        Notice::Read(item, count) => notifier.read(item, count),
    })
}

fn start_sandbox(path: &Path, config: &Config, ui: &Ui) -> anyhow::Result<sandbox::Server> {
    let new = !path.exists();
    let store = sandbox::Store::open_or_init(path)?;
    if new {
        ui.status(format!("made the sandbox {} with the demo organization acme", path.display()));
    }
    sandbox::Server::start_local(store, config.system).context("starting the sandbox")
}

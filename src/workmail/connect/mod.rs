//! From options to a connection, in stages: settings, credentials, client.
//!
//! What is wrong with the settings is said before any call, where it can be known.

mod caller;
mod credentials;
mod files;
pub(crate) mod http_client;
mod metadata;
pub(crate) mod settings;
mod sources;
pub(super) mod trail;

use std::sync::Arc;

use aws_config::BehaviorVersion;
use aws_sdk_workmail::Client;
use aws_sdk_workmail::config::{AppName, Builder, Config, Credentials, Region, SharedCredentialsProvider};

use tracing::{Dispatch, dispatcher};

pub(crate) use self::caller::Caller;
use self::settings::{ProcessEnvironment, Settings, check_endpoint, timeouts};
use self::trail::TrailSettings;
use super::account::Account;
use super::call::TARGET;
use super::client::ServiceClient;
use super::endpoint::Endpoint;
use super::error::{Error, ErrorKind, sdk_panicked};
use super::guard::{Panicked, guarded};
use super::options::Options;
use super::regions::REGIONS;
use super::retry;
use super::trace::without_sdk_logs;

/// Gets ready to call; makes no call to the service yet.
///
/// # Errors
/// When the Region is missing or has no WorkMail, the profile does not exist, a configuration file
/// cannot be read or the endpoint is no URL. Missing credentials are an error of the first call.
pub(crate) async fn connect(options: &Options) -> Result<Account, Error> {
    if let Some(url) = &options.endpoint_url {
        check_endpoint(url)?;
    }
    let listener = dispatcher::get_default(Dispatch::clone);
    let stages = async {
        if options.sandbox {
            return sandbox(options);
        }
        let environment = ProcessEnvironment::real();
        let settings = Settings::find(options, &environment).await?;
        let seen = Arc::default();
        let credentials = credentials::provider(&settings, &listener, &seen);
        let endpoint = Endpoint { seen, ..settings.endpoint() };
        let caller = Caller::of(&settings, &environment, credentials.clone(), options.limits);
        let trail = TrailSettings::of(&settings, &environment, credentials.clone(), options);
        Ok(Account::new(client(&settings, credentials, options, endpoint), caller, trail))
    };
    let mut account = None;
    let connecting = async { account = Some(stages.await) };
    if let Err(Panicked(place)) = guarded(Box::pin(without_sdk_logs(connecting))).await {
        return Err(Error::local(ErrorKind::Configuration, sdk_panicked(&place), &Arc::default()));
    }
    let no_account =
        || Err(Error::local(ErrorKind::Configuration, "no connection was made", &Arc::default()));
    let account = account.unwrap_or_else(no_account)?;
    let (endpoint, region) = (account.endpoint(), account.region());
    tracing::info!(target: TARGET, endpoint, region, "service");
    Ok(account)
}

/// What CloudTrail shows in the user agent, unless the user has configured a name.
fn app_name() -> Option<AppName> {
    AppName::new("wmrole").ok()
}

fn client(
    settings: &Settings,
    credentials: Option<SharedCredentialsProvider>,
    options: &Options,
    endpoint: Endpoint,
) -> ServiceClient {
    let mut builder =
        Builder::from(&settings.sdk).retry_partition(retry::quota()).retry_classifier(retry::NotAgain);
    builder.set_credentials_provider(credentials);
    if let Some(attempts) = options.limits.attempts {
        builder.set_retry_config(Some(retry::at_most(attempts)));
    }
    if settings.sdk.app_name().is_none() {
        builder.set_app_name(app_name());
    }
    builder.set_http_client(Some(http_client::client(&settings.endpoint.value)));
    ServiceClient::new(Client::from_conf(builder.build()), options, endpoint)
}

fn sandbox(options: &Options) -> Result<Account, Error> {
    let Some(url) = options.endpoint_url.clone() else {
        let message = "the sandbox has no address";
        return Err(Error::local(ErrorKind::Configuration, message, &Arc::default()));
    };
    let region = options.region.clone().unwrap_or_else(|| REGIONS[0].to_owned());
    let mut builder = Config::builder();
    builder.set_app_name(app_name());
    let config = builder
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.clone()))
        .endpoint_url(&url)
        .credentials_provider(Credentials::new("sandbox", "sandbox", None, None, "sandbox"))
        .http_client(http_client::local())
        .retry_config(retry::of_sandbox())
        .retry_partition(retry::quota())
        .retry_classifier(retry::NotAgain)
        .timeout_config(timeouts(options.limits))
        .build();
    let caller = Caller::of_sandbox(&url, options.limits);
    let trail = TrailSettings::of_sandbox(&url, options);
    let endpoint = Endpoint { region, url, custom: true, ..Endpoint::default() };
    Ok(Account::new(ServiceClient::new(Client::from_conf(config), options, endpoint), caller, trail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_endpoint_must_be_a_url() {
        for url in ["localhost:8080", "ftp://host", "http://", "https//host", "", "http://me:pass@host"] {
            let options = Options { endpoint_url: Some(url.into()), ..Options::default() };
            let error = connect(&options).await.expect_err(url);
            assert_eq!(error.kind(), &ErrorKind::Configuration, "{url}");
        }
        for url in ["http://127.0.0.1:80", "https://host/path", "http://[::1]:8080"] {
            assert!(check_endpoint(url).is_ok(), "{url}");
        }
    }

    #[tokio::test]
    async fn a_sandbox_needs_nothing_but_its_address() {
        let endpoint_url = Some("http://127.0.0.1:1".to_owned());
        let options = Options { endpoint_url, sandbox: true, ..Options::default() };
        let account = connect(&options).await.expect("no call is made");
        assert_eq!((account.region(), account.endpoint()), ("us-east-1", "http://127.0.0.1:1"));
        let options = Options { endpoint_url: None, ..options };
        assert!(connect(&options).await.is_err());
    }
}

//! Where and as whom to call: Region, endpoint, profile, credentials, retries and timeouts.
//!
//! Everything is found as the AWS CLI finds it. What is wrong with it is said before any call,
//! where it can be known.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileSet};
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_workmail::config::retry::RetryConfig;
use aws_sdk_workmail::config::timeout::TimeoutConfig;
use aws_sdk_workmail::config::{AppName, Builder, Config, Credentials, Region, SharedHttpClient};
use aws_sdk_workmail::{Client, config};
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_types::os_shim_internal::{Env, Fs};
use aws_types::service_config::ServiceConfigKey;

use super::account::Account;
use super::client::ServiceClient;
use super::endpoint::Endpoint;
use super::error::chain::chain;
use super::error::{Error, ErrorKind};
use super::regions::{REGIONS, region_list};
use super::retry;
use super::trace::without_sdk_logs;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);
/// Instance metadata answers at once or is not there.
const METADATA_TIMEOUT: Duration = Duration::from_secs(1);

/// Where and as whom to call. Plain data, from the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Options {
    /// A profile of the AWS configuration files; otherwise `AWS_PROFILE`, else `default`.
    pub profile: Option<String>,
    /// The Region; otherwise the environment's, the profile's or the instance's.
    pub region: Option<String>,
    /// Where the service is, `http://` or `https://`; otherwise `AWS_ENDPOINT_URL_WORKMAIL`,
    /// `AWS_ENDPOINT_URL`, the profile's, or the Region's.
    pub endpoint_url: Option<String>,
    /// Calls in flight, at least 1.
    pub concurrency: usize,
    /// Is [`Options::endpoint_url`] a sandbox on this machine? Then nothing is read from the
    /// environment, from files or from instance metadata, no TLS is set up, and the Region is
    /// us-east-1 unless given.
    pub sandbox: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { profile: None, region: None, endpoint_url: None, concurrency: 8, sandbox: false }
    }
}

/// Gets ready to call; makes no call to the service yet.
///
/// # Errors
/// When the Region is missing or has no WorkMail, the profile does not exist, a configuration file
/// cannot be read or the endpoint is no URL. Missing credentials are an error of the first call.
pub(crate) async fn connect(options: &Options) -> Result<Account, Error> {
    let endpoint = options.endpoint_url.as_deref().map(check_endpoint).transpose()?;
    if options.sandbox {
        let endpoint = endpoint.ok_or_else(|| configuration("the sandbox has no address"))?;
        return Ok(without_sdk_logs(async { sandbox(options, endpoint) }).await);
    }
    without_sdk_logs(Box::pin(cloud(options, &System::real()))).await
}

fn local(kind: ErrorKind, message: impl Into<String>) -> Error {
    Error::local(kind, message, &Arc::default())
}

fn configuration(message: impl Into<String>) -> Error {
    local(ErrorKind::Configuration, message)
}

fn check_endpoint(url: &str) -> Result<&str, Error> {
    let uri = hyper::Uri::from_str(url).ok();
    let scheme = uri.as_ref().filter(|uri| uri.host().is_some()).and_then(hyper::Uri::scheme_str);
    match scheme {
        Some("http" | "https") => Ok(url),
        _ => Err(configuration(format!("the endpoint {url} is no URL that begins with http:// or https://"))),
    }
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build()
}

/// What CloudTrail shows in the user agent, unless the user has a name of their own configured.
fn app_name() -> AppName {
    AppName::new("wmrole").expect("letters are allowed")
}

fn account(config: Config, options: &Options, place: Endpoint) -> Account {
    Account::new(ServiceClient::new(Client::from_conf(config), options.concurrency, place))
}

fn sandbox(options: &Options, endpoint: &str) -> Account {
    let region = options.region.clone().unwrap_or_else(|| REGIONS[0].to_owned());
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .app_name(app_name())
        .region(Region::new(region.clone()))
        .endpoint_url(endpoint)
        .credentials_provider(Credentials::new("sandbox", "sandbox", None, None, "sandbox"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .retry_config(retry::of_sandbox())
        .retry_partition(retry::quota())
        .retry_classifier(retry::QuotasStay)
        .timeout_config(timeouts())
        .build();
    account(config, options, Endpoint { region, url: endpoint.to_owned(), profile: None, custom: true })
}

/// The environment and the files that settings are read from.
struct System {
    env: Env,
    files: Fs,
}

impl System {
    fn real() -> Self {
        Self { env: Env::real(), files: Fs::real() }
    }

    /// A setting of the environment; one that is set to nothing is not set.
    fn variable(&self, name: &str) -> Option<String> {
        self.env.get(name).ok().filter(|value| !value.is_empty())
    }
}

async fn cloud(options: &Options, system: &System) -> Result<Account, Error> {
    let profiles = profiles(options, system).await?;
    let setting = |variable, key| setting(system, &profiles, variable, key);
    let retries = retry::configured(setting).map_err(configuration)?;
    let profile = Some(profiles.selected_profile().to_owned()).filter(|name| name != "default");
    let region = match configured_region(options, system, &profiles) {
        Some(region) => Some(region),
        None => instance_region(system).await,
    };
    let Some(region) = region else {
        let place = Arc::new(Endpoint { profile, ..Endpoint::default() });
        return Err(Error::local(ErrorKind::NoRegion, "no AWS Region is given or configured", &place));
    };
    let sdk = load(options, system, &region, retries).await;
    let configured = configured_endpoint(options, &sdk);
    check_region(&region, configured.as_deref())?;
    let mut builder = Builder::from(&sdk).retry_partition(retry::quota()).retry_classifier(retry::QuotasStay);
    if let Some(profile) = &options.profile {
        builder = builder.credentials_provider(credentials_of(profile, &sdk));
    }
    if sdk.app_name().is_none() {
        builder = builder.app_name(app_name());
    }
    configured.as_deref().map(check_endpoint).transpose()?;
    // Without one, the SDK's own, which knows TLS
    builder.set_http_client(configured.as_deref().and_then(plain_client));
    let custom = configured.is_some();
    let url = configured.unwrap_or_else(|| format!("https://workmail.{region}.amazonaws.com"));
    Ok(account(builder.build(), options, Endpoint { region, url, profile, custom }))
}

/// The AWS configuration files, with the profile that is meant selected.
async fn profiles(options: &Options, system: &System) -> Result<ProfileSet, Error> {
    let chosen = options.profile.clone().map(Into::into);
    let profiles = aws_config::profile::load(&system.files, &system.env, &Default::default(), chosen)
        .await
        .map_err(|error| {
        let causes: Vec<_> = chain(&error).map(ToString::to_string).collect();
        configuration(format!("the AWS configuration cannot be read: {}", causes.join(": ")))
    })?;
    let name = profiles.selected_profile();
    if profiles.get_profile(name).is_some() || (name == "default" && options.profile.is_none()) {
        return Ok(profiles);
    }
    let mut names: Vec<_> = profiles.profiles().collect();
    names.sort_unstable();
    let others = match names.as_slice() {
        [] => "and there is no other".to_owned(),
        names => format!("but there are {}", names.join(", ")),
    };
    let message = format!("no profile in the AWS configuration is called {name} {others}");
    Err(local(ErrorKind::NoProfile, message))
}

/// A setting and where it was found: the environment, else the profile.
fn setting(
    system: &System,
    profiles: &ProfileSet,
    variable: &'static str,
    key: &'static str,
) -> Option<(&'static str, String)> {
    let of_profile = || profiles.get(key).map(|value| (key, value.to_owned()));
    system.variable(variable).map(|value| (variable, value)).or_else(of_profile)
}

fn configured_region(options: &Options, system: &System, profiles: &ProfileSet) -> Option<String> {
    let given = options.region.clone();
    let of_environment = || system.variable("AWS_REGION").or_else(|| system.variable("AWS_DEFAULT_REGION"));
    let of_profile = || profiles.get("region").map(str::to_owned);
    let region = given.or_else(of_environment).or_else(of_profile)?;
    Some(region.trim().to_owned()).filter(|region| !region.is_empty())
}

/// The Region of the machine, when it is one of Amazon's.
async fn instance_region(system: &System) -> Option<String> {
    let off = system.variable("AWS_EC2_METADATA_DISABLED");
    if off.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return None;
    }
    let instance = imds::region::ImdsRegionProvider::builder().imds_client(metadata_client()).build();
    instance.region().await.map(|region| region.to_string())
}

fn metadata_client() -> imds::Client {
    imds::Client::builder()
        .max_attempts(1)
        .connect_timeout(METADATA_TIMEOUT)
        .read_timeout(METADATA_TIMEOUT)
        .operation_timeout(METADATA_TIMEOUT)
        .build()
}

fn check_region(region: &str, endpoint: Option<&str>) -> Result<(), Error> {
    if endpoint.is_some() || REGIONS.contains(&region) {
        return Ok(());
    }
    let message = format!("the Region {region} has no WorkMail, which is in {} only", region_list());
    Err(local(ErrorKind::WrongRegion, message))
}

async fn load(options: &Options, system: &System, region: &str, retries: RetryConfig) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .retry_config(retries)
        .timeout_config(timeouts());
    if let Some(url) = &options.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(client) = plain_client_for_all(options, system) {
        loader = loader.http_client(client);
    }
    loader.load().await
}

/// The credentials of a profile that was named on the command line. As with the AWS CLI, keys in
/// the environment do not come before it; the SDK's own chain would take them.
fn credentials_of(profile: &str, sdk: &SdkConfig) -> CredentialsProviderChain {
    let config = ProviderConfig::without_region()
        .with_region(sdk.region().cloned())
        .with_use_fips(sdk.use_fips())
        .with_use_dual_stack(sdk.use_dual_stack());
    let of_profile =
        ProfileFileCredentialsProvider::builder().configure(&config).profile_name(profile).build();
    let of_container = EcsCredentialsProvider::builder().configure(&config).build();
    let of_instance =
        imds::credentials::ImdsCredentialsProvider::builder().imds_client(metadata_client()).build();
    CredentialsProviderChain::first_try("Profile", of_profile)
        .or_else("EcsContainer", of_container)
        .or_else("Ec2InstanceMetadata", of_instance)
}

/// The endpoint that somebody set, found as the SDK finds it.
fn configured_endpoint(options: &Options, sdk: &SdkConfig) -> Option<String> {
    let key = || {
        let key = ServiceConfigKey::builder().service_id("WorkMail");
        key.env("AWS_ENDPOINT_URL").profile("endpoint_url").build().ok()
    };
    options
        .endpoint_url
        .clone()
        .or_else(|| sdk.service_config()?.load_config(key()?))
        .or_else(|| sdk.endpoint_url().map(str::to_owned))
}

/// A client without TLS for credentials too, when they cannot need the network: keys in the
/// environment come before all else, unless a profile was named.
fn plain_client_for_all(options: &Options, system: &System) -> Option<SharedHttpClient> {
    let has = |name| system.variable(name).is_some();
    if options.profile.is_some() || !has("AWS_ACCESS_KEY_ID") || !has("AWS_SECRET_ACCESS_KEY") {
        return None;
    }
    let of_environment =
        || system.variable("AWS_ENDPOINT_URL_WORKMAIL").or_else(|| system.variable("AWS_ENDPOINT_URL"));
    plain_client(&options.endpoint_url.clone().or_else(of_environment)?)
}

/// A client without TLS for an endpoint without TLS, since to load the system's certificates takes
/// longer than the call. A proxy is asked as ever, but not for this machine.
fn plain_client(endpoint: &str) -> Option<SharedHttpClient> {
    let uri = hyper::Uri::from_str(endpoint).ok().filter(|uri| uri.scheme_str() == Some("http"))?;
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let here = host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    let builder = aws_smithy_http_client::Builder::new();
    if here {
        return Some(builder.build_http());
    }
    let proxy = ProxyConfig::from_env();
    Some(builder.build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder().proxy_config(proxy.clone());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(config::RuntimeComponents::sleep_impl));
        connector.build_http()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system(variables: &[(&str, &str)], files: &[(&str, &str)]) -> System {
        let mut all = vec![("HOME", "/home"), ("AWS_EC2_METADATA_DISABLED", "true")];
        all.extend_from_slice(variables);
        System { env: Env::from_slice(&all), files: Fs::from_slice(files) }
    }

    async fn refused(options: &Options, system: &System) -> Error {
        cloud(options, system).await.expect_err("an error")
    }

    #[tokio::test]
    async fn no_region_is_said_before_any_call() {
        let error = refused(&Options::default(), &system(&[], &[])).await;
        assert_eq!(error.kind(), &ErrorKind::NoRegion);
        assert_eq!(error.to_string(), "no AWS Region is given or configured");
    }

    #[tokio::test]
    async fn a_region_is_found_as_the_aws_cli_finds_it() {
        let files = [("/home/.aws/config", "[default]\nregion = one\n[profile p]\nregion = two\n")];
        let found = |options: Options, variables: &'static [(&str, &str)]| async move {
            let system = system(variables, &files);
            let profiles = profiles(&options, &system).await.expect("profiles");
            configured_region(&options, &system, &profiles).expect("a Region")
        };
        let with = |profile: Option<&str>, region: Option<&str>| Options {
            profile: profile.map(str::to_owned),
            region: region.map(str::to_owned),
            ..Options::default()
        };
        assert_eq!(found(with(None, None), &[]).await, "one");
        assert_eq!(found(with(Some("p"), None), &[]).await, "two");
        assert_eq!(found(with(None, None), &[("AWS_PROFILE", "p")]).await, "two");
        assert_eq!(found(with(Some("p"), None), &[("AWS_DEFAULT_REGION", "three")]).await, "three");
        let both = &[("AWS_DEFAULT_REGION", "three"), ("AWS_REGION", "four")];
        assert_eq!(found(with(None, None), both).await, "four");
        assert_eq!(found(with(None, Some("five")), both).await, "five");
        assert_eq!(found(with(None, None), &[("AWS_REGION", "")]).await, "one");
    }

    #[tokio::test]
    async fn a_region_without_workmail_is_refused_unless_an_endpoint_is_given() {
        let error = check_region("eu-central-1", None).expect_err("no WorkMail");
        assert_eq!(error.kind(), &ErrorKind::WrongRegion);
        assert!(error.to_string().contains("us-east-1, us-west-2 and eu-west-1"), "{error}");
        assert!(check_region("eu-west-1", None).is_ok());
        assert!(check_region("eu-central-1", Some("http://localhost")).is_ok());
    }

    #[tokio::test]
    async fn a_profile_that_is_not_there_lists_those_that_are() {
        let files = [("/home/.aws/config", "[default]\nregion = one\n[profile ops]\nregion = two\n")];
        let options = Options { profile: Some("opps".into()), ..Options::default() };
        let by_name = refused(&options, &system(&[], &files)).await;
        let by_variable = refused(&Options::default(), &system(&[("AWS_PROFILE", "opps")], &files)).await;
        for error in [by_name, by_variable] {
            assert_eq!(error.kind(), &ErrorKind::NoProfile);
            assert_eq!(
                error.to_string(),
                "no profile in the AWS configuration is called opps but there are default, ops"
            );
        }
    }

    #[tokio::test]
    async fn settings_that_are_wrong_are_named() {
        let error = refused(&Options::default(), &system(&[("AWS_MAX_ATTEMPTS", "0")], &[])).await;
        assert_eq!(error.kind(), &ErrorKind::Configuration);
        assert_eq!(error.to_string(), "AWS_MAX_ATTEMPTS is \"0\", not a number from 1");
        let broken = [("/home/.aws/config", "region = one\n")];
        let error = refused(&Options::default(), &system(&[], &broken)).await;
        assert_eq!(error.kind(), &ErrorKind::Configuration, "{error}");
    }

    #[tokio::test]
    async fn an_endpoint_must_be_a_url() {
        for url in ["localhost:8080", "ftp://host", "http://", "https//host", ""] {
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

//! Where to call: profile, Region, endpoint and retries, found as the AWS CLI finds them, each with
//! the place where it was found.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use aws_config::identity::IdentityCache;
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::profile::ProfileSet;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_workmail::config::retry::RetryConfig;
use aws_sdk_workmail::config::timeout::TimeoutConfig;
use aws_sdk_workmail::config::{Region, SharedHttpClient};
use aws_types::os_shim_internal::{Env, Fs};
use aws_types::service_config::ServiceConfigKey;
use hyper::Uri;

use super::{http_client, metadata, sources};
use crate::redact::without_password;
use crate::sorted;
use crate::workmail::endpoint::Endpoint;
use crate::workmail::error::chain::chain;
use crate::workmail::error::{Error, ErrorKind};
use crate::workmail::limits::Limits;
use crate::workmail::options::Options;
use crate::workmail::regions::{REGIONS, region_list};
use crate::workmail::retry;

/// Where a setting was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    CommandLine,
    /// This variable of the environment.
    Environment(&'static str),
    /// This key of the profile.
    Profile(&'static str),
    /// The metadata of the EC2 instance.
    Instance,
    /// Nobody set it.
    Default,
}

impl Source {
    /// What people call it, for a setting that this flag gives too.
    fn name(self, flag: &'static str) -> Option<&'static str> {
        match self {
            Self::CommandLine => Some(flag),
            Self::Environment(variable) => Some(variable),
            Self::Profile("region") => Some("the profile's region"),
            Self::Profile(_) => Some("the profile's endpoint_url"),
            Self::Instance => Some("the instance's metadata"),
            Self::Default => None,
        }
    }
}

/// A setting, and where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) value: String,
    pub(crate) source: Source,
}

impl Setting {
    fn new(value: impl Into<String>, source: Source) -> Self {
        Self { value: value.into(), source }
    }
}

/// Where to call. Nothing is called yet but, for the Region, the instance's metadata.
pub(crate) struct Settings {
    /// A profile of the AWS configuration files, which exists unless it is `default`.
    pub(crate) profile: Setting,
    /// As `eu-west-1`; a Region that has WorkMail, unless the endpoint was set.
    pub(crate) region: Setting,
    /// `http://` or `https://`.
    pub(crate) endpoint: Setting,
    /// What the SDK found besides, retries included.
    pub(super) sdk: SdkConfig,
}

/// The environment and the files that settings are read from.
pub(crate) struct ProcessEnvironment {
    variables: Env,
    files: Fs,
    /// Are these the machine's own files?
    real: bool,
}

impl ProcessEnvironment {
    pub(crate) fn real() -> Self {
        Self { variables: Env::real(), files: Fs::real(), real: true }
    }

    /// A variable; an empty one counts as unset.
    pub(super) fn variable(&self, name: &'static str) -> Option<Setting> {
        let value = self.variables.get(name).ok().filter(|value| !value.is_empty())?;
        Some(Setting::new(value, Source::Environment(name)))
    }

    fn has(&self, name: &'static str) -> bool {
        self.variable(name).is_some()
    }

    /// Are there keys in the environment?
    fn has_keys(&self) -> bool {
        self.has("AWS_ACCESS_KEY_ID") && self.has("AWS_SECRET_ACCESS_KEY")
    }

    /// The configuration files, each with the variable that names it.
    fn configuration_files(&self) -> Vec<(Option<&'static str>, PathBuf)> {
        let home = || self.variable("HOME").or_else(|| self.variable("USERPROFILE"));
        let files = [("AWS_CONFIG_FILE", "config"), ("AWS_SHARED_CREDENTIALS_FILE", "credentials")];
        let file = |(variable, name): (&'static str, &str)| {
            let named = self.variable(variable).map(|setting| setting.value);
            let (variable, path) = match named {
                Some(path) => (Some(variable), path),
                None => (None, format!("~/.aws/{name}")),
            };
            match path.strip_prefix("~/") {
                Some(rest) => Some((variable, Path::new(&home()?.value).join(rest))),
                None => Some((variable, path.into())),
            }
        };
        files.into_iter().filter_map(file).collect()
    }
}

fn configuration(message: impl Into<String>) -> Error {
    error(ErrorKind::Configuration, message)
}

fn error(kind: ErrorKind, message: impl Into<String>) -> Error {
    Error::local(kind, message, &Arc::default())
}

impl Settings {
    /// Finds the settings.
    ///
    /// # Errors
    /// When the Region is missing or has no WorkMail, the profile does not exist, a configuration
    /// file cannot be read, the endpoint is no URL, or the retries are no number.
    pub(crate) async fn find(options: &Options, environment: &ProcessEnvironment) -> Result<Self, Error> {
        let profiles = profiles(options, environment).await?;
        let retries = retry::configured(|variable, key| {
            let setting = environment.variable(variable).or_else(|| of_profile(&profiles, key))?;
            let (Source::Environment(name) | Source::Profile(name)) = setting.source else { return None };
            Some((name, setting.value))
        })
        .map_err(configuration)?;
        let profile = profile(options, environment, &profiles);
        // As the SDK: keys in the environment come first, unless a profile was named
        if profile.source == Source::CommandLine || !environment.has_keys() {
            sources::check(&profiles, &profile.value).or_else(|why| {
                match profiles.get_profile(&profile.value) {
                    Some(_) => Err(configuration(why)),
                    None => Ok(()),
                }
            })?;
        }
        let region = match configured_region(options, environment, &profiles) {
            Some(region) => Some(region),
            None => instance_region(environment).await,
        };
        let Some(region) = region else {
            let endpoint = Endpoint { profile: profile_to_name(&profile), ..Endpoint::default() };
            let message = "no AWS Region is given or configured";
            return Err(Error::local(ErrorKind::NoRegion, message, &Arc::new(endpoint)));
        };
        let sdk = load(options, environment, &region.value, retries).await;
        let endpoint = configured_endpoint(options, environment, &sdk);
        check_region(&region.value, endpoint.is_some())?;
        let endpoint = match endpoint {
            Some(endpoint) => {
                check_endpoint(&endpoint.value)?;
                endpoint
            }
            None => Setting::new(format!("https://workmail.{}.amazonaws.com", region.value), Source::Default),
        };
        Ok(Self { profile, region, endpoint, sdk })
    }

    /// Where calls go, for messages.
    pub(super) fn endpoint(&self) -> Endpoint {
        Endpoint {
            region: self.region.value.clone(),
            url: without_password(&self.endpoint.value),
            in_clear: http_client::is_in_clear(&self.endpoint.value),
            proxy: http_client::proxy(&self.endpoint.value),
            profile: profile_to_name(&self.profile),
            custom: self.endpoint.source != Source::Default,
            region_from: self.region.source.name("--region"),
            url_from: self.endpoint.source.name("--endpoint-url"),
            ..Endpoint::default()
        }
    }
}

/// The profile, where a command must name it.
fn profile_to_name(profile: &Setting) -> Option<String> {
    Some(profile.value.clone()).filter(|name| name != "default")
}

/// The AWS configuration files, with the profile that is meant selected.
async fn profiles(options: &Options, environment: &ProcessEnvironment) -> Result<ProfileSet, Error> {
    let ProcessEnvironment { variables, files, real } = environment;
    if *real {
        super::files::check(&environment.configuration_files()).map_err(configuration)?;
    }
    let chosen = options.profile.clone().map(Into::into);
    let profiles =
        aws_config::profile::load(files, variables, &Default::default(), chosen).await.map_err(|error| {
            let causes: Vec<_> = chain(&error).map(ToString::to_string).collect();
            configuration(format!("the AWS configuration cannot be read: {}", causes.join(": ")))
        })?;
    let name = profiles.selected_profile();
    if profiles.get_profile(name).is_some() || (name == "default" && options.profile.is_none()) {
        return Ok(profiles);
    }
    let mut names: Vec<_> = profiles.profiles().collect();
    sorted::by(&mut names, Ord::cmp);
    let others = match names.as_slice() {
        [] => "it has none".to_owned(),
        names => format!("it has {}", names.join(", ")),
    };
    let message = format!("no profile in the AWS configuration is called {name}; {others}");
    Err(error(ErrorKind::NoProfile, message))
}

fn profile(options: &Options, environment: &ProcessEnvironment, profiles: &ProfileSet) -> Setting {
    let source = match &options.profile {
        Some(_) => Source::CommandLine,
        None => environment.variable("AWS_PROFILE").map_or(Source::Default, |setting| setting.source),
    };
    Setting::new(profiles.selected_profile(), source)
}

fn of_profile(profiles: &ProfileSet, key: &'static str) -> Option<Setting> {
    profiles.get(key).map(|value| Setting::new(value, Source::Profile(key)))
}

fn configured_region(
    options: &Options,
    environment: &ProcessEnvironment,
    profiles: &ProfileSet,
) -> Option<Setting> {
    let given = options.region.as_ref().map(|region| Setting::new(region, Source::CommandLine));
    let Setting { value, source } = given
        .or_else(|| environment.variable("AWS_REGION"))
        .or_else(|| environment.variable("AWS_DEFAULT_REGION"))
        .or_else(|| of_profile(profiles, "region"))?;
    Some(Setting::new(value.trim(), source)).filter(|region| !region.value.is_empty())
}

/// The Region of the machine, when it is one of Amazon's.
async fn instance_region(environment: &ProcessEnvironment) -> Option<Setting> {
    let off = environment.variable("AWS_EC2_METADATA_DISABLED");
    if off.is_some_and(|off| off.value.eq_ignore_ascii_case("true")) {
        return None;
    }
    let instance = ImdsRegionProvider::builder().imds_client(metadata::client()).build();
    let region = instance.region().await?;
    Some(Setting::new(region.to_string(), Source::Instance))
}

fn check_region(region: &str, custom_endpoint: bool) -> Result<(), Error> {
    if !region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') || region.len() > 63 {
        return Err(error(ErrorKind::WrongRegion, format!("{region:?} is not the name of a Region")));
    }
    if custom_endpoint || REGIONS.contains(&region) {
        return Ok(());
    }
    let message = format!("the Region {region} has no WorkMail, which is in {} only", region_list());
    Err(error(ErrorKind::WrongRegion, message))
}

/// Refuses what is not a URL of HTTP.
///
/// # Errors
/// [`ErrorKind::Configuration`].
pub(super) fn check_endpoint(url: &str) -> Result<(), Error> {
    let shown = without_password(url);
    if shown != url {
        let message = format!("endpoint {shown} has a user name in it, which the service has no use for");
        return Err(configuration(message));
    }
    let uri = Uri::from_str(url).ok().filter(|uri| uri.host().is_some());
    match uri.as_ref().and_then(Uri::scheme_str) {
        Some("http" | "https") => Ok(()),
        _ => Err(configuration(format!(
            "endpoint {} is not an http:// or https:// URL",
            without_password(url)
        ))),
    }
}

pub(super) fn timeouts(limits: Limits) -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(limits.connect).operation_attempt_timeout(limits.attempt).build()
}

async fn load(
    options: &Options,
    environment: &ProcessEnvironment,
    region: &str,
    retries: RetryConfig,
) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .retry_config(retries)
        .identity_cache(IdentityCache::lazy().load_timeout(options.limits.credentials).build())
        .timeout_config(timeouts(options.limits));
    if let Some(url) = &options.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    let client = plain_client_for_all(options, environment).unwrap_or_else(http_client::https);
    loader.http_client(client).load().await
}

/// The endpoint that somebody set, found as the SDK finds it.
fn configured_endpoint(
    options: &Options,
    environment: &ProcessEnvironment,
    sdk: &SdkConfig,
) -> Option<Setting> {
    if let Some(url) = &options.endpoint_url {
        return Some(Setting::new(url, Source::CommandLine));
    }
    let key = || {
        let key = ServiceConfigKey::builder().service_id("WorkMail");
        key.env("AWS_ENDPOINT_URL").profile("endpoint_url").build().ok()
    };
    let url = sdk
        .service_config()
        .and_then(|config| config.load_config(key()?))
        .or_else(|| sdk.endpoint_url().map(str::to_owned))?;
    // Variables come before the profile, and the service's own before the one for all services
    let source = ["AWS_ENDPOINT_URL_WORKMAIL", "AWS_ENDPOINT_URL"]
        .into_iter()
        .find(|name| environment.variables.get(name).is_ok_and(|value| value == url))
        .map_or(Source::Profile("endpoint_url"), Source::Environment);
    Some(Setting::new(url, source))
}

/// A client without TLS for credentials too, when they cannot need the network: keys in the
/// environment come before all else, unless a profile was named.
fn plain_client_for_all(options: &Options, environment: &ProcessEnvironment) -> Option<SharedHttpClient> {
    if options.profile.is_some() || !environment.has_keys() {
        return None;
    }
    let of_environment = || {
        let of_service = environment.variable("AWS_ENDPOINT_URL_WORKMAIL");
        of_service.or_else(|| environment.variable("AWS_ENDPOINT_URL")).map(|setting| setting.value)
    };
    http_client::plain(&options.endpoint_url.clone().or_else(of_environment)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)], files: &[(&str, &str)]) -> ProcessEnvironment {
        let mut all = vec![("HOME", "/home"), ("AWS_EC2_METADATA_DISABLED", "true")];
        all.extend_from_slice(variables);
        ProcessEnvironment { variables: Env::from_slice(&all), files: Fs::from_slice(files), real: false }
    }

    async fn refused(options: &Options, environment: &ProcessEnvironment) -> Error {
        Settings::find(options, environment).await.err().expect("an error")
    }

    #[tokio::test]
    async fn messages_name_the_address_of_cloudtrail_where_it_is_another() {
        let elsewhere = &[("AWS_ENDPOINT_URL_CLOUDTRAIL", "http://user:secret@127.0.0.1:2")][..];
        let of_elsewhere = ("http://***@127.0.0.1:2", true, Some("AWS_ENDPOINT_URL_CLOUDTRAIL"));
        let set = Some("http://127.0.0.1:1");
        for (set, more, wanted) in [
            (None, &[][..], ("https://cloudtrail.eu-west-1.amazonaws.com", false, None)),
            (None, elsewhere, of_elsewhere),
            (set, elsewhere, of_elsewhere),
            (set, &[], ("http://127.0.0.1:1", true, Some("--endpoint-url"))),
        ] {
            let keys =
                [("AWS_ACCESS_KEY_ID", "k"), ("AWS_SECRET_ACCESS_KEY", "s"), ("AWS_REGION", "eu-west-1")];
            let environment = environment(&[&keys, more].concat(), &[]);
            let options = Options { endpoint_url: set.map(str::to_owned), ..Options::default() };
            let settings = Settings::find(&options, &environment).await.expect("settings");
            let trail = super::super::trail::TrailSettings::of(&settings, &environment, None, &options);
            let Endpoint { url, custom, url_from, .. } = trail.endpoint(&settings.endpoint());
            assert_eq!((url.as_str(), custom, url_from), wanted);
        }
    }

    #[tokio::test]
    async fn no_region_is_said_before_any_call() {
        let error = refused(&Options::default(), &environment(&[], &[])).await;
        assert_eq!(error.kind(), &ErrorKind::NoRegion);
        assert_eq!(error.to_string(), "no AWS Region is given or configured");
    }

    #[tokio::test]
    async fn a_region_is_found_as_the_aws_cli_finds_it() {
        let files = [("/home/.aws/config", "[default]\nregion = one\n[profile p]\nregion = two\n")];
        let region = |options: Options, variables: &'static [(&str, &str)]| async move {
            let environment = environment(variables, &files);
            let profiles = profiles(&options, &environment).await.expect("profiles");
            let region = configured_region(&options, &environment, &profiles).expect("a Region");
            (region.value, region.source)
        };
        let with = |profile: Option<&str>, region: Option<&str>| Options {
            profile: profile.map(str::to_owned),
            region: region.map(str::to_owned),
            ..Options::default()
        };
        let of_profile = Source::Profile("region");
        assert_eq!(region(with(None, None), &[]).await, ("one".into(), of_profile));
        assert_eq!(region(with(Some("p"), None), &[]).await, ("two".into(), of_profile));
        assert_eq!(region(with(None, None), &[("AWS_PROFILE", "p")]).await, ("two".into(), of_profile));
        let default = &[("AWS_DEFAULT_REGION", "three")];
        let of_default = Source::Environment("AWS_DEFAULT_REGION");
        assert_eq!(region(with(Some("p"), None), default).await, ("three".into(), of_default));
        let both = &[("AWS_DEFAULT_REGION", "three"), ("AWS_REGION", "four")];
        let of_region = Source::Environment("AWS_REGION");
        assert_eq!(region(with(None, None), both).await, ("four".into(), of_region));
        assert_eq!(region(with(None, Some("five")), both).await, ("five".into(), Source::CommandLine));
        assert_eq!(region(with(None, None), &[("AWS_REGION", "")]).await, ("one".into(), of_profile));
    }

    #[tokio::test]
    async fn the_profile_says_where_it_was_named() {
        let files = [("/home/.aws/config", "[default]\n[profile p]\n")];
        for (named, variables, expected) in [
            (None, [].as_slice(), ("default", Source::Default)),
            (None, &[("AWS_PROFILE", "p")], ("p", Source::Environment("AWS_PROFILE"))),
            (Some("p"), &[("AWS_PROFILE", "q")], ("p", Source::CommandLine)),
        ] {
            let environment = environment(variables, &files);
            let options = Options { profile: named.map(str::to_owned), ..Options::default() };
            let profiles = profiles(&options, &environment).await.expect("profiles");
            let Setting { value, source } = profile(&options, &environment, &profiles);
            assert_eq!((value.as_str(), source), expected);
        }
    }

    #[tokio::test]
    async fn the_settings_of_the_command_line_come_first() {
        let options = Options {
            region: Some("eu-west-1".into()),
            endpoint_url: Some("http://localhost:1".into()),
            ..Options::default()
        };
        let environment = environment(&[("AWS_REGION", "us-east-1")], &[]);
        let settings = Settings::find(&options, &environment).await.expect("settings");
        assert_eq!(settings.region, Setting::new("eu-west-1", Source::CommandLine));
        assert_eq!(settings.endpoint, Setting::new("http://localhost:1", Source::CommandLine));
        assert!(settings.endpoint().custom);
    }

    #[tokio::test]
    async fn a_region_without_workmail_is_refused_unless_an_endpoint_is_given() {
        let error = check_region("eu-central-1", false).expect_err("no WorkMail");
        assert_eq!(error.kind(), &ErrorKind::WrongRegion);
        assert!(error.to_string().contains("us-east-1, us-west-2 and eu-west-1"), "{error}");
        assert!(check_region("eu-west-1", false).is_ok());
        assert!(check_region("eu-central-1", true).is_ok());
    }

    #[tokio::test]
    async fn a_profile_that_is_not_there_lists_those_that_are() {
        let files = [("/home/.aws/config", "[default]\nregion = one\n[profile ops]\nregion = two\n")];
        let options = Options { profile: Some("opps".into()), ..Options::default() };
        let by_name = refused(&options, &environment(&[], &files)).await;
        let by_variable =
            refused(&Options::default(), &environment(&[("AWS_PROFILE", "opps")], &files)).await;
        for error in [by_name, by_variable] {
            assert_eq!(error.kind(), &ErrorKind::NoProfile);
            assert_eq!(
                error.to_string(),
                "no profile in the AWS configuration is called opps; it has default, ops"
            );
        }
    }

    #[tokio::test]
    async fn settings_that_are_wrong_are_named() {
        let error = refused(&Options::default(), &environment(&[("AWS_MAX_ATTEMPTS", "0")], &[])).await;
        assert_eq!(error.kind(), &ErrorKind::Configuration);
        assert_eq!(error.to_string(), "AWS_MAX_ATTEMPTS is \"0\", not a number from 1");
        let broken = [("/home/.aws/config", "region = one\n")];
        let error = refused(&Options::default(), &environment(&[], &broken)).await;
        assert_eq!(error.kind(), &ErrorKind::Configuration, "{error}");
    }
}

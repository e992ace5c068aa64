//! Where CloudTrail is, and the client that asks it. Made when it is wanted: most commands never ask.

use std::fmt;

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::config::{
    BehaviorVersion, Builder, Config, Credentials, Region, SharedCredentialsProvider,
};

use super::http_client;
use super::settings::{ProcessEnvironment, Settings, Source, timeouts};
use crate::redact::without_password;
use crate::workmail::endpoint::Endpoint;
use crate::workmail::options::Options;
use crate::workmail::retry;

/// Where CloudTrail is, unless it is the Region's, or at the address that was set for WorkMail.
const VARIABLE: &str = "AWS_ENDPOINT_URL_CLOUDTRAIL";

/// How CloudTrail is asked.
#[derive(Clone)]
pub(in crate::workmail) struct TrailSettings {
    sdk: Box<Builder>,
    /// Unless it is where WorkMail is.
    url: Option<String>,
    /// Is that one that the user set?
    custom: bool,
}

impl fmt::Debug for TrailSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the SDK's settings, which have the credentials
        f.write_str("TrailSettings")
    }
}

impl TrailSettings {
    /// An address that was set for WorkMail is a stand-in's, which is its own CloudTrail.
    pub(super) fn of(
        settings: &Settings,
        environment: &ProcessEnvironment,
        credentials: Option<SharedCredentialsProvider>,
        options: &Options,
    ) -> Self {
        let mut builder = Builder::from(&settings.sdk).retry_partition(retry::quota());
        builder.set_credentials_provider(credentials);
        if let Some(attempts) = options.limits.attempts {
            builder.set_retry_config(Some(retry::at_most(attempts)));
        }
        if settings.sdk.app_name().is_none() {
            builder.set_app_name(super::app_name());
        }
        let of_service = environment.variable(VARIABLE).map(|setting| setting.value);
        let custom = of_service.is_some();
        let set = (settings.endpoint.source != Source::Default).then(|| settings.endpoint.value.clone());
        let of_region = || format!("https://cloudtrail.{}.amazonaws.com", settings.region.value);
        let url = if custom { of_service.clone() } else { set.is_none().then(of_region) };
        if let Some(url) = of_service.or(set) {
            builder.set_http_client(Some(http_client::client(&url)));
            builder.set_endpoint_url(Some(url));
        }
        Self { sdk: Box::new(builder), url, custom }
    }

    pub(super) fn of_sandbox(url: &str, options: &Options) -> Self {
        let mut builder = Config::builder();
        builder.set_app_name(super::app_name());
        let builder = builder
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(super::REGIONS[0]))
            .endpoint_url(url)
            .credentials_provider(Credentials::new("sandbox", "sandbox", None, None, "sandbox"))
            .http_client(http_client::local())
            .retry_config(retry::of_sandbox())
            .retry_partition(retry::quota())
            .timeout_config(timeouts(options.limits));
        Self { sdk: Box::new(builder), url: None, custom: true }
    }

    pub(in crate::workmail) fn client(&self) -> Client {
        Client::from_conf(self.sdk.as_ref().clone().build())
    }

    /// Where calls go, for messages.
    pub(in crate::workmail) fn endpoint(&self, workmail: &Endpoint) -> Endpoint {
        let workmail = workmail.clone();
        let Some(url) = &self.url else { return workmail };
        Endpoint {
            url: without_password(url),
            in_clear: http_client::is_in_clear(url),
            proxy: http_client::proxy(url),
            custom: self.custom,
            url_from: self.custom.then_some(VARIABLE),
            ..workmail
        }
    }
}

//! As whom calls are made: GetCallerIdentity of STS, which needs no permission (documented).

use std::fmt;
use std::time::Duration;

use aws_sdk_sts::Client;
use aws_sdk_sts::config::{Builder, Config, SharedCredentialsProvider};
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_workmail::config::{BehaviorVersion, Credentials, Region};

use super::http_client;
use super::settings::{ProcessEnvironment, Settings, Source, timeouts};
use crate::workmail::guard::guarded;
use crate::workmail::limits::Limits;
use crate::workmail::regions::REGIONS;
use crate::workmail::retry;
use crate::workmail::trace::without_sdk_logs;

/// Where STS is, unless it is the Region's.
const VARIABLE: &str = "AWS_ENDPOINT_URL_STS";
/// Nobody waits longer for a name.
const LONGEST: Duration = Duration::from_secs(10);

/// Who asks, to be asked of STS; nobody where STS is not known to belong to the service that is called.
#[derive(Clone)]
pub(crate) struct Caller(Option<Client>);

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the SDK's client, which has the credentials
        f.debug_tuple("Caller").field(&self.0.is_some()).finish()
    }
}

impl Caller {
    /// The service is at AWS, or the environment says where its STS is.
    pub(super) fn of(
        settings: &Settings,
        environment: &ProcessEnvironment,
        credentials: Option<SharedCredentialsProvider>,
        limits: Limits,
    ) -> Self {
        let endpoint = environment.variable(VARIABLE).map(|setting| setting.value);
        if endpoint.is_none() && settings.endpoint.source != Source::Default {
            return Self(None);
        }
        // A name is not worth more attempts
        let retries = retry::at_most(2);
        let mut builder = Builder::from(&settings.sdk).timeout_config(timeouts(limits)).retry_config(retries);
        builder.set_credentials_provider(credentials);
        // That of the settings may be one without TLS, and the SDK brings none
        builder
            .set_http_client(Some(endpoint.as_deref().map_or_else(http_client::https, http_client::client)));
        builder.set_endpoint_url(endpoint);
        Self(Some(Client::from_conf(builder.build())))
    }

    /// The sandbox is its own STS.
    pub(super) fn of_sandbox(url: &str, limits: Limits) -> Self {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGIONS[0]))
            .endpoint_url(url)
            .credentials_provider(Credentials::new("sandbox", "sandbox", None, None, "sandbox"))
            .http_client(http_client::local())
            .retry_config(retry::of_sandbox())
            .timeout_config(timeouts(limits))
            .build();
        Self(Some(Client::from_conf(config)))
    }

    /// The ARN of the principal.
    ///
    /// # Errors
    /// Why nobody knows it, in a few words.
    pub(crate) async fn arn(&self) -> Result<String, String> {
        let Some(client) = &self.0 else {
            return Err(format!("the endpoint is not AWS; {VARIABLE} says where its STS is"));
        };
        let mut answer = Err("GetCallerIdentity has no answer".to_owned());
        let asking = async {
            answer = match client.get_caller_identity().send().await {
                Ok(output) => output.arn.ok_or_else(|| "GetCallerIdentity gives no ARN".to_owned()),
                Err(error) => Err(why(&error)),
            };
        };
        let asking = guarded(Box::pin(without_sdk_logs(asking)));
        // A panic and the end of the time leave the answer as it is
        let _ended = tokio::time::timeout(LONGEST, asking).await;
        answer
    }
}

/// The code alone, and never the SDK's `Debug`, which has whole responses.
fn why<E: ProvideErrorMetadata>(error: &SdkError<E>) -> String {
    let what = match error {
        SdkError::ServiceError(_) => error.code().unwrap_or("an error without a code"),
        SdkError::TimeoutError(_) => "no answer in time",
        SdkError::DispatchFailure(failure) if failure.is_timeout() => "no answer in time",
        SdkError::DispatchFailure(failure) if failure.is_io() => "it cannot be reached",
        SdkError::ResponseError(_) => "an answer that is not STS's",
        _ => "the request could not be made",
    };
    format!("GetCallerIdentity: {what}")
}

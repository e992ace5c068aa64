//! As whom to call.

use std::fmt;
use std::sync::Arc;

use aws_config::SdkConfig;
use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::credential_feature::AwsCredentialFeature;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use aws_sdk_workmail::config::{Credentials, SharedCredentialsProvider};
use tracing::{Dispatch, dispatcher};

use super::settings::{Settings, Source};
use super::{http_client, metadata};
use crate::workmail::call::TARGET;
use crate::workmail::seen::{Origin, Seen};

/// Where credentials come from; none are loaded yet.
///
/// As with the AWS CLI, keys in the environment do not come before a profile that was named on the
/// command line; the SDK's own chain would take them.
pub(super) fn provider(
    settings: &Settings,
    listener: &Dispatch,
    seen: &Arc<Seen>,
) -> Option<SharedCredentialsProvider> {
    let provider = match settings.profile.source {
        Source::CommandLine => {
            SharedCredentialsProvider::new(of_profile(&settings.profile.value, &settings.sdk))
        }
        _ => settings.sdk.credentials_provider()?,
    };
    let profile = settings.profile.value.clone();
    Some(SharedCredentialsProvider::new(Checked {
        provider,
        profile,
        listener: listener.clone(),
        seen: Arc::clone(seen),
    }))
}

/// Credentials that can be sent: the SDK panics at others.
struct Checked {
    provider: SharedCredentialsProvider,
    profile: String,
    // Events are sent here, since the SDK's futures run without a subscriber
    listener: Dispatch,
    seen: Arc<Seen>,
}

impl fmt::Debug for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checked").field("profile", &self.profile).finish_non_exhaustive()
    }
}

impl ProvideCredentials for Checked {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let credentials = self.provider.provide_credentials().await?;
            check(&credentials)?;
            let origin = origin(&credentials, &self.profile);
            dispatcher::with_default(&self.listener, || {
                let from = origin.to_string();
                tracing::info!(target: TARGET, from, "AWS credentials");
            });
            self.seen.credentials.get_or_init(|| origin);
            Ok(credentials)
        })
    }
}

/// Keys and tokens are visible ASCII characters.
fn check(credentials: &Credentials) -> Result<(), CredentialsError> {
    let parts = [
        ("access key id", Some(credentials.access_key_id())),
        ("secret access key", Some(credentials.secret_access_key())),
        ("session token", credentials.session_token()),
    ];
    for (what, text) in parts {
        let Some(odd) = text.and_then(|text| text.chars().find(|c| !c.is_ascii_graphic())) else { continue };
        // Not the character itself where it could be a part of the secret
        let odd = match odd {
            '\n' | '\r' => "a line end",
            c if c.is_whitespace() => "a space",
            c if c.is_control() => "a control character",
            _ => "a character that is not ASCII",
        };
        let message = format!("the {what} has {odd} in it");
        return Err(CredentialsError::invalid_configuration(message));
    }
    Ok(())
}

/// Where credentials came from.
fn origin(credentials: &Credentials, profile: &str) -> Origin {
    use AwsCredentialFeature as Feature;
    let features = credentials.get_property::<Vec<AwsCredentialFeature>>();
    let has = |one: &[Feature]| features.is_some_and(|all| all.iter().any(|feature| one.contains(feature)));
    let of_profile = has(&[Feature::CredentialsProfile]);
    let source = if has(&[Feature::CredentialsSso, Feature::CredentialsProfileSso]) {
        Some("IAM Identity Center")
    } else if has(&[Feature::CredentialsProcess, Feature::CredentialsProfileProcess]) {
        Some("a credential_process")
    } else if has(&[Feature::CredentialsStsAssumeRoleWebId, Feature::CredentialsEnvVarsStsWebIdToken]) {
        Some("a web identity token")
    } else if has(&[Feature::CredentialsStsAssumeRole]) {
        Some("an assumed role")
    } else if has(&[Feature::CredentialsImds]) {
        Some("the instance's metadata")
    } else if has(&[Feature::CredentialsHttp]) {
        Some("the container")
    } else if has(&[Feature::CredentialsEnvVars]) {
        Some("the environment")
    } else {
        None
    };
    let profile = of_profile.then(|| profile.to_owned());
    Origin { source, profile, account: credentials.account_id().map(|id| id.as_str().to_owned()) }
}

fn of_profile(profile: &str, sdk: &SdkConfig) -> CredentialsProviderChain {
    let config = ProviderConfig::without_region()
        .with_http_client(http_client::https())
        .with_region(sdk.region().cloned())
        .with_use_fips(sdk.use_fips())
        .with_use_dual_stack(sdk.use_dual_stack());
    let of_profile =
        ProfileFileCredentialsProvider::builder().configure(&config).profile_name(profile).build();
    let of_container = EcsCredentialsProvider::builder().configure(&config).build();
    let of_instance = ImdsCredentialsProvider::builder().imds_client(metadata::client()).build();
    CredentialsProviderChain::first_try("Profile", of_profile)
        .or_else("EcsContainer", of_container)
        .or_else("Ec2InstanceMetadata", of_instance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_cannot_be_sent_are_refused_without_showing_them() {
        let keys = |id: &str, secret: &str, token: Option<&str>| {
            check(&Credentials::new(id, secret, token.map(str::to_owned), None, "test"))
        };
        assert!(keys("AKID", "s3cr3t/+=", Some("t0ken==")).is_ok());
        for (keys, wanted) in [
            (keys("AK\nID", "s3cr3t", None), "the access key id has a line end in it"),
            (keys("AKID", "s3cr3t\n", None), "the secret access key has a line end in it"),
            (keys("AKID", "s3c r3t", None), "the secret access key has a space in it"),
            (keys("AKID", "s3cr3t", Some("t\u{7}")), "the session token has a control character in it"),
            (keys("AKID", "s3cr3t", Some("é")), "the session token has a character that is not ASCII in it"),
        ] {
            let error = keys.expect_err(wanted);
            let shown =
                crate::workmail::error::chain::chain(&error).map(ToString::to_string).collect::<Vec<_>>();
            assert_eq!(shown.last().map(String::as_str), Some(wanted));
            assert!(!shown.concat().contains("s3c"), "{shown:?}");
        }
    }

    #[test]
    fn the_source_of_credentials_is_named() {
        let mut credentials = Credentials::new("AKID", "s3cr3t", None, None, "test");
        assert_eq!(origin(&credentials, "ops").to_string(), "another source");
        let features = credentials.get_property_mut_or_default::<Vec<AwsCredentialFeature>>();
        features.push(AwsCredentialFeature::CredentialsProfile);
        assert_eq!(origin(&credentials, "ops").to_string(), "profile ops");
        let features = credentials.get_property_mut_or_default::<Vec<AwsCredentialFeature>>();
        features.push(AwsCredentialFeature::CredentialsProcess);
        assert_eq!(origin(&credentials, "ops").to_string(), "a credential_process, by profile ops");
    }
}

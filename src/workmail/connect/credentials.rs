//! As whom to call.

use aws_config::SdkConfig;
use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_sdk_workmail::config::SharedCredentialsProvider;

use super::metadata;
use super::settings::{Settings, Source};

/// Where credentials come from; none are loaded yet.
///
/// As with the AWS CLI, keys in the environment do not come before a profile that was named on the
/// command line; the SDK's own chain would take them.
pub(super) fn provider(settings: &Settings) -> Option<SharedCredentialsProvider> {
    match settings.profile.source {
        Source::CommandLine => {
            let of_profile = of_profile(&settings.profile.value, &settings.sdk);
            Some(SharedCredentialsProvider::new(of_profile))
        }
        _ => settings.sdk.credentials_provider(),
    }
}

fn of_profile(profile: &str, sdk: &SdkConfig) -> CredentialsProviderChain {
    let config = ProviderConfig::without_region()
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

//! The metadata of an EC2 instance: the last place where a Region or credentials may be found.

use std::time::Duration;

use aws_config::imds;
use aws_config::provider_config::ProviderConfig;

use super::http_client;

/// Instance metadata answers at once or is not there.
const TIMEOUT: Duration = Duration::from_secs(1);

pub(super) fn client() -> imds::Client {
    // In the instance itself, over plain http: no proxy is between
    let config = ProviderConfig::without_region().with_http_client(http_client::local());
    imds::Client::builder()
        .configure(&config)
        .max_attempts(1)
        .connect_timeout(TIMEOUT)
        .read_timeout(TIMEOUT)
        .operation_timeout(TIMEOUT)
        .build()
}

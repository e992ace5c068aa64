//! The metadata of an EC2 instance: the last place where a Region or credentials may be found.

use std::time::Duration;

use aws_config::imds;

/// Instance metadata answers at once or is not there.
const TIMEOUT: Duration = Duration::from_secs(1);

pub(super) fn client() -> imds::Client {
    imds::Client::builder()
        .max_attempts(1)
        .connect_timeout(TIMEOUT)
        .read_timeout(TIMEOUT)
        .operation_timeout(TIMEOUT)
        .build()
}

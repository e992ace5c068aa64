//! What the user chose about the connection.

use super::limits::Limits;
use super::notice::Listener;

/// Where and as whom to call, from the command line.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// A profile of the AWS configuration files; otherwise `AWS_PROFILE`, else `default`.
    pub(crate) profile: Option<String>,
    /// The Region; otherwise the environment's, the profile's or the instance's.
    pub(crate) region: Option<String>,
    /// Where the service is, `http://` or `https://`; otherwise `AWS_ENDPOINT_URL_WORKMAIL`,
    /// `AWS_ENDPOINT_URL`, the profile's, or the Region's.
    pub(crate) endpoint_url: Option<String>,
    /// Calls in flight, at least 1.
    pub(crate) concurrency: usize,
    /// Is [`Options::endpoint_url`] a sandbox on this machine? Then nothing is read from the
    /// environment, from files or from instance metadata, no TLS is set up, and the Region is
    /// us-east-1 unless given.
    pub(crate) sandbox: bool,
    /// How long to wait.
    pub(crate) limits: Limits,
    /// Hears what cannot wait for a result.
    pub(crate) listener: Listener,
}

#[cfg(test)]
impl Default for Options {
    fn default() -> Self {
        Self {
            profile: None,
            region: None,
            endpoint_url: None,
            concurrency: 8,
            sandbox: false,
            // Tests throttle without end
            limits: Limits { throttled: std::time::Duration::ZERO, ..Limits::default() },
            listener: Listener::default(),
        }
    }
}

//! Where calls go.

use std::sync::Arc;

use super::seen::Seen;

/// The Region, URL and profile that calls are made with, for messages.
#[derive(Debug, Default, Clone)]
pub(super) struct Endpoint {
    /// As `eu-west-1`; empty while it is not known.
    pub(super) region: String,
    /// `http://` or `https://`, without a password; empty while it is not known.
    pub(super) url: String,
    /// Is it plain http to another machine?
    pub(super) in_clear: bool,
    /// The proxy of the environment that calls go through, without its password.
    pub(super) proxy: Option<String>,
    /// The profile, unless it is `default`.
    pub(super) profile: Option<String>,
    /// Is the URL one that the user set, and not the Region's?
    pub(super) custom: bool,
    /// Which flag, variable or key of the profile gave the Region, or that the machine did.
    pub(super) region_from: Option<&'static str>,
    /// Which flag, variable or key of the profile gave the URL.
    pub(super) url_from: Option<&'static str>,
    /// What calls have shown.
    pub(super) seen: Arc<Seen>,
}

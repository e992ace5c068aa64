//! The token that assuming a role gives: a secret, which only [`Token::expose`] shows.

use std::fmt;
use std::time::Duration;

use zeroize::Zeroizing;

/// A bearer token for EWS, 1–256 visible ASCII characters (documented).
///
/// Neither `Debug` nor `Display` shows it. This copy is wiped from memory when it is dropped; the
/// buffers that the HTTP client received it in are not.
pub(crate) struct Token {
    secret: Zeroizing<String>,
    expires_in: Duration,
}

impl Token {
    pub(super) fn new(secret: String, expires_in: Duration) -> Self {
        Self { secret: Zeroizing::new(secret), expires_in }
    }

    pub(crate) fn expose(&self) -> &str {
        &self.secret
    }

    /// How long it is valid from the response on, in whole seconds. 15 minutes (documented), but each
    /// response says how long.
    pub(crate) fn expires_in(&self) -> Duration {
        self.expires_in
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_formatting_shows_the_secret() {
        let token = Token::new("s3cr3t".into(), Duration::from_secs(900));
        for shown in [format!("{token:?}"), format!("{token:#?}"), token.to_string()] {
            assert!(!shown.contains("s3cr3t"), "{shown}");
        }
        assert_eq!(token.expose(), "s3cr3t");
    }
}

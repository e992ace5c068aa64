//! The token that assuming a role gives: a secret, which only [`Token::expose`] shows.

use std::fmt;
use std::time::Duration;

use zeroize::Zeroizing;

/// The longest token (documented).
const MAX_LENGTH: usize = 256;
/// The longest validity that is believed: a day, where 15 minutes are documented.
const MAX_SECONDS: u64 = 86_400;

/// A bearer token for EWS, 1–256 visible ASCII characters (documented).
///
/// Neither `Debug` nor `Display` shows it. This copy is wiped from memory when it is dropped; the
/// buffers that the HTTP client received it in are not.
pub(crate) struct Token {
    secret: Zeroizing<String>,
    expires_in: Duration,
}

impl Token {
    /// Takes what the service answered.
    ///
    /// # Errors
    /// Says what is wrong with it, without the token.
    pub(crate) fn from_service(secret: String, seconds: i64) -> Result<Self, String> {
        let secret = Zeroizing::new(secret);
        if !(1..=MAX_LENGTH).contains(&secret.len()) || !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!("the token is not 1 to {MAX_LENGTH} visible ASCII characters"));
        }
        match u64::try_from(seconds) {
            Ok(seconds @ 1..=MAX_SECONDS) => Ok(Self { secret, expires_in: Duration::from_secs(seconds) }),
            _ => Err(format!("the expiry of the token is {seconds}, and not 1 to {MAX_SECONDS} seconds")),
        }
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
        let token = Token::from_service("s3cr3t".into(), 900).expect("a token");
        for shown in [format!("{token:?}"), format!("{token:#?}"), token.to_string()] {
            assert!(!shown.contains("s3cr3t"), "{shown}");
        }
        assert_eq!(token.expose(), "s3cr3t");
    }

    #[test]
    fn what_has_not_the_documented_form_is_refused_and_not_shown() {
        let long = "x".repeat(257);
        for secret in ["", "s3 cr3t", "s3cr3t\n", "s3cr3t\u{1b}[2J", "s3cr\u{e9}t", "\u{200b}", &long] {
            let error = Token::from_service(secret.into(), 900).expect_err("refused");
            assert!(!error.contains("s3") && !error.contains("xx"), "{error}");
        }
        for seconds in [0, -1, 86_401, i64::MAX, i64::MIN] {
            assert!(Token::from_service("s3cr3t".into(), seconds).is_err());
        }
        assert!(Token::from_service("x".repeat(256), 86_400).is_ok());
    }
}

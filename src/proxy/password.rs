//! The password of a run, which is shown where it was made and nowhere else.

use std::fmt;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

/// A password of 122 random bits.
pub(crate) struct Password(Zeroizing<String>);

impl Password {
    /// Of a random UUID, which the operating system gave.
    pub(crate) fn new(random: Uuid) -> Self {
        Self(Zeroizing::new(random.simple().to_string()))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Is it this one? How long that takes says nothing of the password: hashes are compared.
    pub(super) fn is(&self, given: &[u8]) -> bool {
        Sha256::digest(self.0.as_bytes()) == Sha256::digest(given)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_password_is_it_and_debug_does_not_show_it() {
        let password = Password::new(Uuid::from_u128(7));
        assert!(password.is(password.expose().as_bytes()));
        for wrong in ["", "0", &password.expose()[1..], &password.expose().to_uppercase().replace('0', "O")] {
            assert!(!password.is(wrong.as_bytes()), "{wrong}");
        }
        assert_eq!(format!("{password:?}"), "Password");
        assert_ne!(Password::new(Uuid::new_v4()).expose(), Password::new(Uuid::new_v4()).expose());
    }
}

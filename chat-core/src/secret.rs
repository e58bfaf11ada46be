//! What only some may know: a password, what a gateway proves itself with. Floor 0.

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A text that is compared in constant time and never shown by accident.
///
/// Compared are the digests: how long the comparison takes tells neither where a guess goes wrong
/// nor how long the secret is.
#[derive(Clone)]
pub struct Secret {
    text: Box<str>,
    digest: [u8; 32],
}

impl Secret {
    /// Keeps a secret.
    #[must_use]
    pub fn new(text: &str) -> Secret {
        Secret {
            text: text.into(),
            digest: Sha256::digest(text).into(),
        }
    }

    /// Whether somebody knows it.
    #[must_use]
    pub fn is(&self, guess: &str) -> bool {
        let guess: [u8; 32] = Sha256::digest(guess).into();
        self.digest.ct_eq(&guess).into()
    }

    /// The text, for who has to tell it to somebody who knows it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_text_is_the_secret() {
        let secret = Secret::new("hunter2");
        assert!(secret.is("hunter2"));
        for guess in ["", "hunter", "hunter22", "Hunter2", " hunter2", "hunter2\0"] {
            assert!(!secret.is(guess), "{guess:?}");
        }
    }

    #[test]
    fn a_secret_is_not_printed() {
        let printed = format!("{:?}", Some(Secret::new("hunter2")));
        assert_eq!(printed, "Some(Secret(…))");
    }
}

//! What a browser proves a session with.

use sha2::{Digest, Sha256};

use crate::limits::TOKEN_BYTES;

/// What proves that a browser has a session. Only the browser keeps it; here is only its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; TOKEN_BYTES]);

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// The system has no randomness to give: nobody can log in then.
    pub fn random() -> Result<Token, getrandom::Error> {
        let mut bytes = [0; TOKEN_BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Token(bytes))
    }

    /// As it stands in the cookie.
    #[must_use]
    pub fn to_text(&self) -> String {
        data_encoding::BASE64URL_NOPAD.encode(&self.0)
    }

    /// Reads what a browser sent.
    pub(super) fn from_text(text: &str) -> Option<Token> {
        let bytes = data_encoding::BASE64URL_NOPAD.decode(text.as_bytes());
        Some(Token(bytes.ok()?.try_into().ok()?))
    }

    pub(super) fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// All that is kept of a token: who reads the memory of this process cannot log in with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct TokenHash(pub(super) [u8; 32]);

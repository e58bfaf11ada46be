//! The session cookie. Floor 2. RFC 6265.
//!
//! Over TLS it is called `__Host-chat_session`: a browser takes a cookie of such a name only from this
//! very host and only over TLS, so nobody on the way can plant one. In the clear no browser would
//! take it, so there the name is plain.

use crate::http::Fields;
use crate::session::Token;

const PLAIN: &str = "chat_session";
const SECURE: &str = "__Host-chat_session";

/// The values of session cookies that came with a request: there may be several, since cookies do
/// not know ports. Where pages come over TLS only, a plain one is somebody else's.
pub fn sent(fields: &Fields, https_only: bool) -> impl Iterator<Item = &str> {
    let known = move |name| match name {
        SECURE => true,
        PLAIN => !https_only,
        _ => false,
    };
    let ours = all(fields).filter(move |(name, _)| known(name));
    ours.map(|(_, value)| value)
}

/// Every cookie that came with a request, name and value. RFC 6265 §5.4.
pub fn all(fields: &Fields) -> impl Iterator<Item = (&str, &str)> {
    let pairs = fields.all("cookie").flat_map(|value| value.split(';'));
    pairs.filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        Some((name.trim(), value.trim()))
    })
}

/// `Set-Cookie` of a new session. It ends with the browser; the server forgets it much sooner.
#[must_use]
pub fn set(token: &Token, is_https: bool) -> String {
    let text = token.to_text();
    if is_https {
        format!("{SECURE}={text}; Path=/; Secure; HttpOnly; SameSite=Lax")
    } else {
        format!("{PLAIN}={text}; Path=/; HttpOnly; SameSite=Lax")
    }
}

/// `Set-Cookie` that takes both kinds away.
#[must_use]
pub fn clear() -> [String; 2] {
    [
        format!("{SECURE}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"),
        format!("{PLAIN}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"),
    ]
}

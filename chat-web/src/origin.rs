//! Which pages may talk to us, and under which names we answer. Floor 2.
//!
//! A browser carries a person's cookies to whatever page asks it to, so a server on a desk or a LAN
//! is open to every page of the web unless it asks two questions. *Under which name was I reached?*
//! A name that an attacker's name server points here makes the attacker's page one of ours (DNS
//! rebinding): `Host` must be an address, `localhost`, or a name that the operator listed. *Whose page
//! asks?* `Origin` (RFC 6454 §7) must be our own or listed, or else a foreign page could log people
//! in and out (CSRF) and open sockets as them (RFC 6455 §10.2).

use std::fmt;

use crate::http::{Authority, HostName};

/// Scheme, host and port of a page. RFC 6454 §4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    scheme: Scheme,
    host: HostName,
    port: u16,
}

/// How a page was fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// In the clear.
    Http,
    /// Over TLS, here by way of a proxy.
    Https,
}

impl Scheme {
    fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }
}

/// An origin that cannot be read, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not an origin: write http://HOST or https://HOST, with :PORT if it has one, and no path"
)]
pub struct OriginError(String);

impl Origin {
    /// Reads `https://chat.example` or `http://192.0.2.1:8080`. A port that is the scheme's own is
    /// the same as none.
    ///
    /// # Errors
    /// What to write instead.
    pub fn parse(text: &str) -> Result<Origin, OriginError> {
        Origin::read(text).ok_or_else(|| OriginError(text.to_owned()))
    }

    fn read(text: &str) -> Option<Origin> {
        let (scheme, authority) = text.split_once("://")?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return None,
        };
        let authority = Authority::parse(authority)?;
        Some(Origin {
            scheme,
            port: authority.port_or(scheme.default_port()),
            host: authority.host,
        })
    }

    /// Whether this is the origin of pages that `host` served, going by the name alone.
    fn is_at(&self, host: &Authority) -> bool {
        self.host == host.host && self.port == host.port_or(self.scheme.default_port())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        };
        if self.port == self.scheme.default_port() {
            write!(f, "{scheme}://{}", self.host)
        } else {
            write!(f, "{scheme}://{}:{}", self.host, self.port)
        }
    }
}

/// Who asks, as far as `Origin` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// A page of ours, which came this way.
    Page(Scheme),
    /// Not a browser, or none that carries a session.
    Program,
    /// A page of somebody else's, or one that does not say: 403.
    Stranger,
}

/// What the operator listed with `--origin`.
#[derive(Clone, Debug, Default)]
pub struct Origins(Vec<Origin>);

impl Origins {
    /// These, besides addresses and `localhost`.
    #[must_use]
    pub fn new(listed: Vec<Origin>) -> Origins {
        Origins(listed)
    }

    /// Whether this server goes by that name; if not: 421. A client that names none (HTTP/1.0) is
    /// not a browser.
    #[must_use]
    pub fn serves(&self, host: Option<&Authority>) -> bool {
        let Some(host) = host else { return true };
        match &host.host {
            HostName::Ip(_) => true,
            name => name.is_localhost() || self.0.iter().any(|o| o.host == *name),
        }
    }

    /// Judges the `Origin` of a request that does something. `has_cookie` says whether the request
    /// carries a session: then the page must say who it is.
    #[must_use]
    pub fn judge(&self, origin: Option<&str>, host: Option<&Authority>, has_cookie: bool) -> Asker {
        let Some(text) = origin else {
            return if has_cookie {
                Asker::Stranger
            } else {
                Asker::Program
            };
        };
        // `null` is no origin: a sandboxed frame, a data: page, a redirect from elsewhere.
        match Origin::parse(text) {
            Ok(origin) if self.lists(&origin) || self.is_own(&origin, host) => {
                Asker::Page(origin.scheme)
            }
            _ => Asker::Stranger,
        }
    }

    /// Whether pages at this name are only ever fetched over TLS.
    #[must_use]
    pub fn is_https_only(&self, host: Option<&Authority>) -> bool {
        let Some(host) = host else { return false };
        let mut schemes = self.0.iter().filter(|o| o.host == host.host).peekable();
        schemes.peek().is_some() && schemes.all(|o| o.scheme == Scheme::Https)
    }

    fn lists(&self, origin: &Origin) -> bool {
        self.0.contains(origin)
    }

    /// The page came from the very name that it asks now. A host that is listed as TLS only has no
    /// pages in the clear: those would be somebody's on the way.
    fn is_own(&self, origin: &Origin, host: Option<&Authority>) -> bool {
        let downgraded = origin.scheme == Scheme::Http && self.is_https_only(host);
        !downgraded && host.is_some_and(|host| origin.is_at(host))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(origins: &[&str]) -> Origins {
        Origins(origins.iter().map(|o| Origin::parse(o).unwrap()).collect())
    }

    fn host(text: &str) -> Authority {
        Authority::parse(text).unwrap()
    }

    #[test]
    fn origins_are_read_and_normalised() {
        for (text, written) in [
            ("https://Chat.Example:443", "https://chat.example"),
            ("http://chat.example:80", "http://chat.example"),
            ("http://chat.example:443", "http://chat.example:443"),
            ("http://[0::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(Origin::parse(text).unwrap().to_string(), written);
        }
        for text in [
            "null",
            "",
            "chat.example",
            "ftp://a",
            "http://a/",
            "http://",
            "http://u@a",
        ] {
            let error = Origin::parse(text).unwrap_err();
            assert!(error.to_string().contains("http://HOST"), "{text:?}");
        }
    }

    #[test]
    fn only_addresses_localhost_and_listed_names_are_served() {
        let origins = listed(&["https://chat.example"]);
        for name in [
            "127.0.0.1",
            "192.168.1.5:8080",
            "[::1]:8080",
            "localhost",
            "LOCALHOST:1",
            "chat.example",
            "Chat.Example:8080",
        ] {
            assert!(origins.serves(Some(&host(name))), "{name}");
        }
        for name in [
            "evil.example",
            "localhost.evil.example",
            "a.chat.example",
            "127.0.0.1.evil.example",
            "2130706433",
            "localhost.",
        ] {
            assert!(!origins.serves(Some(&host(name))), "{name}");
        }
        assert!(origins.serves(None));
    }

    #[test]
    fn an_origin_is_our_own_or_listed_or_a_strangers() {
        use Scheme::{Http, Https};
        let origins = listed(&["https://chat.example", "http://other.example:81"]);
        let cases = [
            ("127.0.0.1:8080", "http://127.0.0.1:8080", Asker::Page(Http)),
            ("127.0.0.1", "http://127.0.0.1:80", Asker::Page(Http)),
            ("127.0.0.1", "https://127.0.0.1", Asker::Page(Https)),
            ("[::1]:80", "http://[0:0::1]", Asker::Page(Http)),
            ("localhost:8080", "http://localhost:8080", Asker::Page(Http)),
            ("localhost:8080", "http://localhost:8081", Asker::Stranger),
            ("localhost:8080", "http://127.0.0.1:8080", Asker::Stranger),
            (
                "localhost:8080",
                "http://evil.example:8080",
                Asker::Stranger,
            ),
            ("localhost", "null", Asker::Stranger),
            ("localhost", "", Asker::Stranger),
            ("localhost", "http://localhost/", Asker::Stranger),
            ("chat.example", "https://chat.example", Asker::Page(Https)),
            (
                "127.0.0.1:8080",
                "https://chat.example:443",
                Asker::Page(Https),
            ),
            ("chat.example", "http://chat.example", Asker::Stranger),
            (
                "other.example:8080",
                "http://other.example:8080",
                Asker::Page(Http),
            ),
            ("127.0.0.1", "http://other.example:81", Asker::Page(Http)),
            ("127.0.0.1", "http://other.example", Asker::Stranger),
        ];
        for (name, origin, asker) in cases {
            let judged = origins.judge(Some(origin), Some(&host(name)), true);
            assert_eq!(judged, asker, "{origin} at {name}");
        }
    }

    #[test]
    fn a_missing_origin_is_a_program_unless_it_carries_a_session() {
        let origins = listed(&[]);
        let host = host("localhost");
        assert_eq!(origins.judge(None, Some(&host), false), Asker::Program);
        assert_eq!(origins.judge(None, Some(&host), true), Asker::Stranger);
    }

    #[test]
    fn a_name_is_https_only_when_all_its_origins_are() {
        let origins = listed(&["https://a.example", "https://b.example", "http://b.example"]);
        assert!(origins.is_https_only(Some(&host("a.example:8080"))));
        assert!(!origins.is_https_only(Some(&host("b.example"))));
        assert!(!origins.is_https_only(Some(&host("localhost"))));
        assert!(!origins.is_https_only(None));
    }
}

//! The answers of the site, and the header fields that all of them have.

use chat_core::time::Timestamp;

use super::Site;
use super::route::Route;
use crate::assets::{Asset, OWN_STYLE, gzip};
use crate::http::{Rejection, Request, Response, Status};
use crate::pages::{Look, error_page};

const HTML: &str = "text/html; charset=utf-8";

/// Only our own scripts, styles and sockets, in no frame of anybody's. CSP Level 3.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'";

impl Site {
    /// What all pages have in common.
    pub(super) fn look(&self) -> Look<'_> {
        Look {
            title: &self.settings.title,
            is_styled: self.assets.find(OWN_STYLE).is_some(),
        }
    }

    /// An error page.
    pub(super) fn error(&self, status: Status, what: &str) -> Response {
        self.explained(Response::new(status), what)
    }

    /// A page for an answer that has none.
    pub(super) fn explained(&self, response: Response, what: &str) -> Response {
        let page = error_page(self.look(), response.status(), what);
        response.body(HTML, page.into_bytes())
    }

    pub(super) fn unreadable(&self, rejection: Rejection) -> Response {
        let Rejection { status, why } = rejection;
        let what = format!("This server could not read what your browser sent: {why}.");
        self.error(status, &what)
    }

    pub(super) fn not_allowed(&self, route: &Route<'_>) -> Response {
        let response = Response::new(Status::METHOD_NOT_ALLOWED).with("Allow", route.allow());
        self.explained(response, "This cannot be done here.")
    }

    pub(super) fn strange(&self) -> Response {
        let what = "This was asked by a page of another site. Whoever runs this chat can allow \
                    that site with --origin.";
        self.error(Status::FORBIDDEN, what)
    }

    /// For somebody whose address an operator has banned.
    pub(super) fn kept_away(&self, words: &str) -> Response {
        self.error(Status::FORBIDDEN, &format!("You are {words}."))
    }

    /// RFC 9110 §15.5.20; the way out is the operator's.
    pub(super) fn misdirected(&self, request: &Request) -> Response {
        let host = request.authority().map(ToString::to_string);
        let host = host.unwrap_or_default();
        let what = format!(
            "This server does not know itself as {host}. Whoever runs it can start it with \
             --origin http://{host} or, if that is how browsers come, https://{host}"
        );
        self.error(Status::MISDIRECTED_REQUEST, &what)
    }
}

/// What every answer says besides. One that says nothing about caching is not kept at all: pages
/// are somebody's, and errors pass.
pub(super) fn finish(response: Response, date: Timestamp) -> Response {
    let response = defaults_to(response, "Cache-Control", "no-store");
    let response = defaults_to(response, "Referrer-Policy", "no-referrer");
    let response = defaults_to(response, "Content-Security-Policy", CONTENT_SECURITY_POLICY);
    defaults_to(response, "X-Content-Type-Options", "nosniff").dated(date)
}

/// RFC 9110 §7.6.1, §7.8 and §8.6, RFC 9112 §6.1.
const FRAMING: [&str; 5] = [
    "Connection",
    "Content-Length",
    "Date",
    "Transfer-Encoding",
    "Upgrade",
];

/// A page of the program around. It may have a form: see [`form_page`].
pub(super) fn of_house(response: Response) -> Response {
    // How an answer is framed is the connection's affair: two lengths are two answers to some proxy.
    let response = response.without(&FRAMING);
    defaults_to(response, "Referrer-Policy", FORM_REFERRER_POLICY)
}

fn defaults_to(response: Response, name: &'static str, value: &'static str) -> Response {
    match response.field(name) {
        Some(_) => response,
        None => response.with(name, value),
    }
}

/// A page with a form. Under `no-referrer` a browser would send `Origin: null` with the form (Fetch
/// standard, "append a request Origin header"), which is refused here; `same-origin` tells others
/// as little.
pub(super) fn form_page(status: Status, html: String) -> Response {
    Response::new(status)
        .with("Referrer-Policy", FORM_REFERRER_POLICY)
        .body(HTML, html.into_bytes())
}

/// One of the two pages that are sent most, the login form and the chat itself, in gzip for whoever takes
/// it. Only these: no secret stands in them, so nobody can learn one from how long they become with words
/// of their own in them (BREACH). Any other page may have one some day, and stays plain.
pub(super) fn packed(page: Response, request: &Request) -> Response {
    let page = page.with("Vary", "Accept-Encoding");
    if takes_gzip(request) {
        page.in_coding("gzip", gzip)
    } else {
        page
    }
}

const FORM_REFERRER_POLICY: &str = "same-origin";

/// 303, so that the next request is a GET whatever this one was. RFC 9110 §15.4.4.
pub(super) fn see_other(address: &str) -> Response {
    Response::new(Status::SEE_OTHER).with("Location", address.to_owned())
}

pub(super) fn health() -> Response {
    Response::new(Status::OK).body("text/plain; charset=utf-8", &b"ok\n"[..])
}

/// A browser keeps a file but asks each time whether it is still the same: an update shows at once
/// and costs one small answer when there is none.
pub(super) fn asset(asset: &Asset, request: &Request) -> Response {
    let (content, is_gzip) = asset.content(takes_gzip(request));
    let validated = |status| {
        Response::new(status)
            .with("ETag", content.etag.clone())
            .with("Cache-Control", "no-cache")
            .with("Vary", "Accept-Encoding")
    };
    if is_known(request, &content.etag) {
        return validated(Status::NOT_MODIFIED);
    }
    let response = validated(Status::OK).body(asset.media.clone(), content.bytes.clone());
    if is_gzip {
        response.with("Content-Encoding", "gzip")
    } else {
        response
    }
}

/// RFC 9110 §12.5.3. Whoever weighs codings against each other gets the plain one.
fn takes_gzip(request: &Request) -> bool {
    let mut codings = request.fields.list("accept-encoding");
    codings.any(|coding| coding.eq_ignore_ascii_case("gzip"))
}

/// RFC 9110 §13.1.2: `If-None-Match` compares weakly.
fn is_known(request: &Request, etag: &str) -> bool {
    let mut known = request.fields.list("if-none-match");
    known.any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}

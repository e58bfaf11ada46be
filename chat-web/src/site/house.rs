//! The program around the page: its own pages, and the people whom it knows. Floor 4.

use chat_core::names::Nick;

use crate::cookie;
use crate::http::{Request, Response};
use crate::proxy::Caller;

/// A program that has a chat among its pages. Both methods are called on the thread of the loop, so
/// what takes long belongs elsewhere (in memory that another thread fills, say). If one of them panics, the request is answered with 500, the panic is logged, and
/// the chat goes on.
///
/// The chat's own paths are `/`, `/login`, `/logout`, `/socket`, `/healthz` and its files in
/// `/assets/`; what the program answers is elsewhere.
pub trait House: Send {
    /// The answer to a GET, HEAD or POST for a path that is not the chat's; nothing if there is none
    /// of the program's either, and then it is 404.
    ///
    /// HEAD is answered as GET: the body stays here. Header fields that protect readers are added
    /// where the program has not set them: among them a `Content-Security-Policy` that allows
    /// nothing but what this server serves, and `Cache-Control: no-store`.
    ///
    /// Fields that frame an answer (`Content-Length`, `Transfer-Encoding` and their like) are taken away.
    ///
    /// A POST from a page of another site was refused before; so was one that carries a cookie and
    /// does not say from which page it comes. After a POST the program is asked again for its
    /// [`user`](House::user): whoever has logged out of the site has left the chat too.
    ///
    /// The body of a request has at most [`BODY_BYTES_MAX`](crate::limits::BODY_BYTES_MAX). That of an
    /// answer has at most the limit `send_queue_bytes` less
    /// [`ANSWER_HEAD_BYTES`](crate::limits::ANSWER_HEAD_BYTES); else it becomes a 500, and the log
    /// says why.
    fn answer(&mut self, visit: &Visit<'_>) -> Option<Response> {
        let _ = visit;
        None
    }

    /// Who asks for the chat, as far as the program knows: for its page, its socket, its form or its
    /// log-out, and before and after each POST to the program. While a socket is open nobody asks: whom the program
    /// does not want any more otherwise, a [`Handle`](chat_core::handle::Handle::dismiss) sends away.
    ///
    /// This is the page's door alone. Whoever comes by IRC or the plain door may take any free name, that of a
    /// user who is away among them: a program that wants these doors for its users only gives them an
    /// [`Observer`](chat_core::observer::Observer) or the chat a password, which its users do not need.
    fn user(&mut self, visit: &Visit<'_>) -> User {
        let _ = visit;
        User::Anybody
    }
}

/// Who somebody is to the program around the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum User {
    /// Anybody may come in: the chat's form asks for a name, and for the chat's password if it has one.
    Anybody,
    /// Somebody whom the program knows. They are in the chat as soon as they come to `/`, by this
    /// name and without a form or a password, and cannot change it there. It is one person, from however many
    /// browsers they come; so the name has to tell the program's users apart. Of two whose names count as
    /// equal in the chat ([`Nick`]: case, look-alikes) the second one gets 409.
    Named(Nick),
    /// Somebody who has to log in with the program first.
    Unknown {
        /// Where: `/enter`, or an address elsewhere, but neither `/` nor `/login`. After a form of the chat (its
        /// log-out) browsers go only to an address here, since the page's policy says so. That there was a `?room=` the program sees in
        /// the visit, and may remember.
        login: String,
    },
}

/// A request, and what is known about who sent it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Visit<'a> {
    /// What was asked.
    pub request: &'a Request,
    /// Where they are.
    pub caller: Caller,
    /// Whether they came over TLS, by way of a proxy: then a cookie of theirs should be `Secure`. It is known of
    /// requests that say from which page they come, so of each POST, and where an origin of the page has `https` only.
    pub is_https: bool,
}

impl<'a> Visit<'a> {
    pub(super) fn new(request: &'a Request, caller: Caller, is_https: bool) -> Visit<'a> {
        Visit {
            request,
            caller,
            is_https,
        }
    }

    /// The path that was asked for, decoded, with its slash at the beginning.
    #[must_use]
    pub fn path(&self) -> &'a str {
        &self.request.target.path
    }

    /// The first cookie of that name. RFC 6265 §5.4.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&'a str> {
        let mut cookies = cookie::all(&self.request.fields);
        cookies.find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    /// What a form that was sent has in the field of that name; the first, if there are several.
    #[must_use]
    pub fn form(&self, name: &str) -> Option<String> {
        if !self.request.is_form() {
            return None;
        }
        let mut fields = form_urlencoded::parse(&self.request.body);
        fields
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.into_owned())
    }
}

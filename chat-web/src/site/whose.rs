//! Whose a request is: the origin of its page, and the session in its cookie. RFC 6455 §10.2 for a socket.

use super::{Action, Site};
use crate::cookie;
use crate::http::Request;
use crate::origin::Asker;
use crate::session::SessionId;
use crate::web::{Answer, Claim, Upgrade, shake_hands};

impl Site {
    /// The origin is checked first: a stranger does not learn who has a session (RFC 6455 §10.2).
    pub(super) fn socket(&self, request: &Request) -> Action {
        if self.asker(request) == Asker::Stranger {
            return self.strange().into();
        }
        match shake_hands(request) {
            Ok((response, opcode)) => Action::Answer(Answer::Upgrade(Upgrade {
                response,
                opcode,
                claim: self.claim(request),
            })),
            Err(refused) => self
                .explained(refused, "A WebSocket is spoken here.")
                .into(),
        }
    }

    /// The page asks for `/socket?session`: when it was logged out elsewhere its cookie is gone, and
    /// it must not go on as somebody who never had one.
    fn claim(&self, request: &Request) -> Claim {
        let had_session = self.has_cookie(request) || request.target.query == "session";
        match self.session_of(request) {
            Some(id) => Claim::Session(id),
            None if had_session => Claim::Expired,
            None => Claim::Nobody,
        }
    }

    pub(super) fn asker(&self, request: &Request) -> Asker {
        let origin = request.fields.first("origin");
        let has_cookie = self.has_cookie(request);
        let origins = &self.settings.origins;
        origins.judge(origin, request.authority(), has_cookie)
    }

    pub(super) fn session_of(&self, request: &Request) -> Option<SessionId> {
        self.sessions.find(self.cookies(request))
    }

    fn has_cookie(&self, request: &Request) -> bool {
        self.cookies(request).next().is_some()
    }

    fn cookies<'a>(&self, request: &'a Request) -> impl Iterator<Item = &'a str> + use<'a> {
        let https_only = self.settings.origins.is_https_only(request.authority());
        cookie::sent(&request.fields, https_only)
    }
}

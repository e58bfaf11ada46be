//! Whose a request is: the origin of its page, the user of the house, and the session.
//! RFC 6455 §10.2 for a socket.

use super::{Action, Site, User, Visit};
use crate::cookie;
use crate::http::{Request, Status};
use crate::origin::{Asker, Scheme};
use crate::proxy::Caller;
use crate::session::SessionId;
use crate::web::{Answer, Claim, Upgrade, shake_hands};

impl Site {
    /// The origin is checked first: a stranger does not learn who has a session (RFC 6455 §10.2).
    pub(super) fn socket(&mut self, visit: &Visit<'_>) -> Action {
        if self.asker(visit.request) == Asker::Stranger {
            return self.strange().into();
        }
        let user = self.user(visit);
        match (shake_hands(visit.request), self.claim(visit.request, &user)) {
            (Ok((response, opcode)), Some(claim)) => Action::Answer(Answer::Upgrade(Upgrade {
                response,
                opcode,
                claim,
            })),
            (Ok(_), None) => self.error(Status::FORBIDDEN, "Log in first.").into(),
            (Err(refused), _) => self
                .explained(refused, "A WebSocket is spoken here.")
                .into(),
        }
    }

    /// The page asks for `/socket?session`: when it was logged out elsewhere its cookie is gone, and
    /// it must not go on as somebody who never had one. Without a session anybody may register as an
    /// IRC client, unless it is for the house to say who comes in: then there is nothing to claim.
    fn claim(&self, request: &Request, user: &User) -> Option<Claim> {
        let had_session = self.has_cookie(request) || request.target.query == "session";
        match (self.session_of(request, user), user) {
            (Some(id), _) => Some(Claim::Session(id)),
            (None, _) if had_session => Some(Claim::Expired),
            (None, User::Anybody) => Some(Claim::Nobody),
            (None, User::Named(_) | User::Unknown { .. }) => None,
        }
    }

    pub(super) fn asker(&self, request: &Request) -> Asker {
        let origin = request.fields.first("origin");
        // A house may know somebody by any cookie.
        let is_known = match self.house {
            Some(_) => request.fields.first("cookie").is_some(),
            None => self.has_cookie(request),
        };
        let origins = &self.settings.origins;
        origins.judge(origin, request.authority(), is_known)
    }

    pub(super) fn visit<'a>(&self, request: &'a Request, caller: Caller) -> Visit<'a> {
        Visit::new(request, caller, self.is_https(request))
    }

    /// A program does not say how it came; where everybody comes over TLS, so did it.
    fn is_https(&self, request: &Request) -> bool {
        match self.asker(request) {
            Asker::Page(scheme) => scheme == Scheme::Https,
            _ => self.settings.origins.is_https_only(request.authority()),
        }
    }

    /// Who that is to the house. Without one anybody may come in.
    pub(super) fn user(&mut self, visit: &Visit<'_>) -> User {
        match &mut self.house {
            Some(house) => house.user(visit),
            None => User::Anybody,
        }
    }

    /// The session that somebody has: a user's by the word of the house, else by its cookie.
    pub(super) fn session_of(&self, request: &Request, user: &User) -> Option<SessionId> {
        match user {
            User::Anybody => self
                .session_by_cookie(request)
                .filter(|id| !self.sessions.is_of_user(*id)),
            User::Named(nick) => self.sessions.of_user(nick),
            User::Unknown { .. } => None,
        }
    }

    pub(super) fn session_by_cookie(&self, request: &Request) -> Option<SessionId> {
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

//! The chat's page: whom it is shown to, and how they leave.

use std::time::Instant;

use chat_core::names::Nick;

use super::answers::{self, see_other};
use super::wanted::Wanted;
use super::{Behind, Reservation, Site, User, Visit};
use crate::cookie;
use crate::http::{Request, Response, Status};
use crate::origin::Asker;
use crate::pages::{IndexPage, NotePage};
use crate::session::{CannotOpen, SessionId, Token};

impl Site {
    pub(super) fn index(
        &mut self,
        visit: &Visit<'_>,
        now: Instant,
        behind: &mut impl Behind,
    ) -> Response {
        let wanted = Wanted::of_query(visit.request);
        let user = self.user(visit);
        if let User::Named(nick) = &user {
            self.adopt(visit.request, nick);
            self.end_left_over(visit.request, &user, behind);
        }
        match &user {
            User::Unknown { login } => see_other(login),
            User::Anybody => {
                let id = self.session_of(visit.request, &user);
                self.page(id, visit.request, &wanted, behind)
            }
            User::Named(nick) => match self.let_in(nick, visit, now, behind) {
                Ok(token) => {
                    let page =
                        self.page(self.sessions.of_user(nick), visit.request, &wanted, behind);
                    with_cookie(page, token.as_ref(), visit)
                }
                Err(refused) => refused,
            },
        }
    }

    fn page(
        &self,
        id: Option<SessionId>,
        request: &Request,
        wanted: &Wanted,
        behind: &impl Behind,
    ) -> Response {
        let Some(session) = id.and_then(|id| self.sessions.get(id)) else {
            return see_other(&wanted.login_address());
        };
        let renamed = behind.name_of(session);
        let nick = renamed.as_ref().unwrap_or(&session.nick);
        let room = wanted.room.as_ref().unwrap_or(&self.settings.room);
        let page = IndexPage {
            look: self.look(),
            name: nick.as_str(),
            room: room.as_str(),
            irc: &self.settings.irc,
            plain: &self.settings.plain,
        };
        answers::packed(answers::form_page(Status::OK, page.html()), request)
    }

    /// A user needs no form: their session begins when they come, or goes on. The token is there only
    /// when it begins; it tells which session was this browser's once its user is somebody else.
    fn let_in(
        &mut self,
        nick: &Nick,
        visit: &Visit<'_>,
        now: Instant,
        behind: &mut impl Behind,
    ) -> Result<Option<Token>, Response> {
        if self.sessions.of_user(nick).is_some() {
            return Ok(None);
        }
        if let Err(why) = self.sessions.check_room(visit.caller) {
            return Err(self.no_session(why));
        }
        let identity = behind.identity();
        // Only a relay elsewhere has to be asked, and it has no house in front.
        if behind.reserve(nick, identity) != Reservation::Granted {
            return Err(self.name_taken(nick));
        }
        let opened = self
            .sessions
            .open(nick.clone(), identity, visit.caller, now);
        let token = opened.map_err(|why| {
            behind.release(nick, identity);
            self.no_session(why)
        })?;
        if let Some(id) = self.sessions.of_token(&token) {
            self.sessions.adopt(id);
        }
        Ok(Some(token))
    }

    /// A guest who has logged in with the house, under the name that they had already, goes on.
    fn adopt(&mut self, request: &Request, nick: &Nick) {
        let guest = self.session_of(request, &User::Anybody);
        let session = guest.and_then(|id| Some((id, self.sessions.get(id)?)));
        if let Some((id, session)) = session
            && session.nick == *nick
            && self.sessions.of_user(nick).is_none()
        {
            self.sessions.adopt(id);
        }
    }

    fn name_taken(&self, nick: &Nick) -> Response {
        let what = format!(
            "Somebody else in this chat has your name, {nick}, or one that looks like it. \
             Try again when they have gone."
        );
        self.error(Status::CONFLICT, &what)
    }

    fn no_session(&self, why: CannotOpen) -> Response {
        let status = Self::status_of(why);
        let response = self.error(status, &format!("Sorry, {why}."));
        response.with("Retry-After", "60")
    }

    /// For a user who is not in the chat: it would be wrong to take them in again at once, since
    /// they may have just left.
    pub(super) fn outside(&self, nick: &Nick, wanted: &Wanted) -> Response {
        let what = match wanted.why.text() {
            "" => "You can come in at any time.",
            what => what,
        };
        let page = NotePage {
            look: self.look(),
            heading: "You are not in the chat",
            what,
            address: &wanted.index_address(),
            link: &format!("Come in as {nick}"),
            code: "",
        };
        answers::form_page(Status::OK, page.html())
    }

    pub(super) fn logout(&mut self, visit: &Visit<'_>, behind: &mut impl Behind) -> Response {
        if self.asker(visit.request) == Asker::Stranger {
            return self.strange();
        }
        let user = self.user(visit);
        self.end(self.session_of(visit.request, &user), behind);
        self.end_left_over(visit.request, &user, behind);
        let cleared = cookie::clear().into_iter();
        cleared.fold(see_other("/login"), |response, cookie| {
            response.with("Set-Cookie", cookie)
        })
    }

    /// A session that this browser had and that is not its user's: nobody is left who could use it.
    ///
    /// Not for a GET of somebody unknown: a link from another site may bring our cookie and not that
    /// of the house (`SameSite`), and no other site may log people out.
    pub(super) fn end_left_over(
        &mut self,
        request: &Request,
        user: &User,
        behind: &mut impl Behind,
    ) {
        let had = self.session_by_cookie(request);
        let left_over = had.filter(|_| had != self.session_of(request, user));
        self.end(left_over, behind);
    }

    pub(super) fn end(&mut self, id: Option<SessionId>, behind: &mut impl Behind) {
        if let Some(session) = id.and_then(|id| self.sessions.end(id)) {
            behind.over(&session);
        }
    }
}

fn with_cookie(page: Response, token: Option<&Token>, visit: &Visit<'_>) -> Response {
    match token {
        Some(token) => page.with("Set-Cookie", cookie::set(token, visit.is_https)),
        None => page,
    }
}

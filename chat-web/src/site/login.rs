//! Login: a form, a name, a session.

use std::time::Instant;

use chat_core::id::Identity;
use chat_core::names::Nick;
use chat_core::net::Denied;

use super::answers::{self, see_other};
use super::wanted::Wanted;
use super::{Action, Behind, Reservation, Site, User, Visit};
use crate::cookie;
use crate::http::{Response, Status};
use crate::origin::Asker;
use crate::pages::{LoginPage, PasswordField};
use crate::proxy::Caller;
use crate::session::{CannotOpen, SessionId, Token};

/// A login that was found in order, and waits for its name.
#[derive(Clone, Debug)]
pub struct Login {
    /// What the person wants to be called.
    pub nick: Nick,
    /// For whom the name is being reserved.
    pub identity: Identity,
    pub(super) wanted: Wanted,
    /// Who logs in.
    pub caller: Caller,
    is_https: bool,
    /// The session that the browser had before.
    replaces: Option<SessionId>,
}

impl Site {
    /// GET: the form. Who is logged in has no use for it, and whom the house knows needs none.
    pub(super) fn login_form(&mut self, visit: &Visit<'_>) -> Response {
        let wanted = Wanted::of_query(visit.request);
        match self.user(visit) {
            User::Unknown { login } => see_other(&login),
            user if self.session_of(visit.request, &user).is_some() => {
                see_other(&wanted.index_address())
            }
            User::Named(nick) => self.outside(&nick, &wanted),
            User::Anybody => {
                let form = self.form_again(Status::OK, &wanted, wanted.why.text());
                answers::packed(form, visit.request)
            }
        }
    }

    /// POST: only if the house leaves it to us who comes in.
    pub(super) fn login(
        &mut self,
        visit: &Visit<'_>,
        now: Instant,
        behind: &mut impl Behind,
    ) -> Action {
        match self.user(visit) {
            User::Unknown { login } => see_other(&login).into(),
            User::Named(_) => see_other("/").into(),
            User::Anybody => self.login_by_form(visit, now, behind),
        }
    }

    /// From here on it is somebody's wish, so first whose.
    fn login_by_form(
        &mut self,
        visit: &Visit<'_>,
        now: Instant,
        behind: &mut impl Behind,
    ) -> Action {
        let Visit {
            request, caller, ..
        } = *visit;
        let asker = self.asker(request);
        if asker == Asker::Stranger {
            return self.strange().into();
        }
        if !request.is_form() {
            return self
                .error(Status::UNSUPPORTED_MEDIA_TYPE, "Send a form.")
                .into();
        }
        let Ok(mut wanted) = Wanted::parse(&request.body) else {
            return self
                .error(Status::BAD_REQUEST, "A field came twice.")
                .into();
        };
        let nick = match Nick::new(&wanted.name) {
            Ok(nick) => nick,
            Err(why) => return self.bad_name(&wanted, &why.to_string()).into(),
        };
        if let Err(denied) = self.unlock(visit, &mut wanted, now, behind) {
            return self.locked(&wanted, denied).into();
        }
        self.end_left_over(request, &User::Anybody, behind);
        let login = Login {
            nick,
            identity: behind.identity(),
            wanted,
            caller,
            is_https: visit.is_https,
            replaces: self.session_of(request, &User::Anybody),
        };
        self.reserve(login, now, behind)
    }

    /// Whoever has a session has shown that they know the password, when they got it.
    fn unlock(
        &self,
        visit: &Visit<'_>,
        wanted: &mut Wanted,
        now: Instant,
        behind: &mut impl Behind,
    ) -> Result<(), Denied> {
        let guess = wanted.password.take();
        let Some(password) = &self.settings.password else {
            return Ok(());
        };
        if self.session_of(visit.request, &User::Anybody).is_some() {
            return Ok(());
        }
        let ip = visit.caller.ip;
        let is_right = || guess.is_some_and(|guess| password.is(guess.expose()));
        let guessed = behind.attempts().guess(ip, now, is_right);
        if let Err(denied) = guessed {
            log::log!(denied.level(), "a login from {ip}: {denied}");
        }
        guessed
    }

    fn reserve(&mut self, login: Login, now: Instant, behind: &mut impl Behind) -> Action {
        if let Some(response) = self.log_in_again(&login, now, behind) {
            return response.into();
        }
        if let Err(why) = self.sessions.check_room(login.caller) {
            return self.cannot_open(&login.wanted, why).into();
        }
        match behind.reserve(&login.nick, login.identity) {
            Reservation::Granted => self.log_in(&login, now, behind).into(),
            Reservation::Refused(what) => self
                .form_again(Status::CONFLICT, &login.wanted, &what)
                .into(),
            Reservation::Pending => Action::Later(login),
        }
    }

    /// Under the name that the browser has already, nothing changes but the token.
    fn log_in_again(
        &mut self,
        login: &Login,
        now: Instant,
        behind: &impl Behind,
    ) -> Option<Response> {
        let id = login.replaces?;
        let session = self.sessions.get(id)?;
        let renamed = behind.name_of(session);
        if *renamed.as_ref().unwrap_or(&session.nick) != login.nick {
            return None;
        }
        Some(match self.sessions.renew(id, now) {
            Ok(token) => welcome(login, &token?),
            Err(why) => self.cannot_open(&login.wanted, why),
        })
    }

    /// The name is reserved: opens the session, and ends the one that the browser had.
    pub(super) fn log_in(
        &mut self,
        login: &Login,
        now: Instant,
        behind: &mut impl Behind,
    ) -> Response {
        let (nick, identity) = (login.nick.clone(), login.identity);
        match self.sessions.open(nick, identity, login.caller, now) {
            Ok(token) => {
                if let Some(old) = login.replaces.and_then(|id| self.sessions.end(id)) {
                    behind.over(&old);
                }
                welcome(login, &token)
            }
            Err(why) => {
                behind.release(&login.nick, identity);
                self.cannot_open(&login.wanted, why)
            }
        }
    }

    fn locked(&self, wanted: &Wanted, denied: Denied) -> Response {
        match denied {
            Denied::Wrong => {
                let what = "That is not the password of this chat. Ask somebody who is in it.";
                self.form(Status::FORBIDDEN, wanted, what, PasswordField::Wrong)
            }
            Denied::Wait(_) => self
                .form(
                    Status::TOO_MANY_REQUESTS,
                    wanted,
                    &format!("Sorry, {denied}."),
                    PasswordField::Wrong,
                )
                .with("Retry-After", denied.wait_seconds().to_string()),
        }
    }

    fn bad_name(&self, wanted: &Wanted, why: &str) -> Response {
        let what = format!("Choose another name: {why}.");
        self.form_again(Status::UNPROCESSABLE_CONTENT, wanted, &what)
    }

    fn cannot_open(&self, wanted: &Wanted, why: CannotOpen) -> Response {
        self.form_again(Self::status_of(why), wanted, &format!("Sorry, {why}."))
            .with("Retry-After", "60")
    }

    pub(super) fn status_of(why: CannotOpen) -> Status {
        match why {
            CannotOpen::TooManyFromAddress => Status::TOO_MANY_REQUESTS,
            CannotOpen::TooMany | CannotOpen::NoRandomness => Status::SERVICE_UNAVAILABLE,
        }
    }

    /// The form with what was in it, and what to do.
    pub(super) fn form_again(&self, status: Status, wanted: &Wanted, what: &str) -> Response {
        let password = match self.settings.password {
            Some(_) => PasswordField::Asked,
            None => PasswordField::None,
        };
        self.form(status, wanted, what, password)
    }

    fn form(
        &self,
        status: Status,
        wanted: &Wanted,
        what: &str,
        password: PasswordField,
    ) -> Response {
        let page = LoginPage {
            look: self.look(),
            error: what,
            name: &wanted.name,
            room: wanted.room_text(),
            password,
        };
        answers::form_page(status, page.html())
    }
}

fn welcome(login: &Login, token: &Token) -> Response {
    see_other(&login.wanted.index_address()).with("Set-Cookie", cookie::set(token, login.is_https))
}

//! What the site answers: routes, sessions, login. Floor 4; no socket, no clock, no chat.
//!
//! | path | methods | without a session |
//! |---|---|---|
//! | `/` | GET, HEAD | 303 to the login form |
//! | `/login` | GET, HEAD, POST | the form |
//! | `/logout` | POST | 303 to the login form |
//! | `/socket` | GET, as a WebSocket | as any IRC client |
//! | `/socket?session` | GET, as a WebSocket | closed: logged out |
//! | `/assets/…` | GET, HEAD | the same |
//! | `/healthz` | GET, HEAD | the same |
//!
//! A program around the page ([`House`]) answers other paths, and may say who people are: then nobody
//! needs the form, and whom it does not know is sent to its own log-in.
//!
//! A [`Site`] decides; what a decision does to the chat is behind [`Behind`], so that the same site
//! serves a chat in this process and a gateway to one elsewhere. The host of a reactor uses it so:
//!
//! 1. [`Event::Asked`](crate::web::Event::Asked): [`Site::caller`], [`Site::respond`], the answer to
//!    [`Exchange::answer`](crate::web::Exchange::answer). [`Action::Later`] is kept with the person,
//!    and answered with [`Site::finish_login`] when the relay has said whether the name is free; if
//!    the browser has gone by then, the name is to be released.
//! 2. [`Event::Opened`](crate::web::Event::Opened): the person begins; [`Sessions::attach`] says
//!    whom it takes over from.
//! 3. The socket is gone: [`Sessions::detach`].
//! 4. At [`Sessions::next_due`]: [`Site::expire`].

mod answers;
mod behind;
mod elsewhere;
mod house;
mod index;
mod login;
mod route;
mod wanted;
mod whose;

use std::fmt;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};

use chat_core::names::RoomName;
use chat_core::secret::Secret;
use chat_core::time::Now;

use crate::assets::Assets;
use crate::http::{Method, Rejection, Request, Response, Status};
use crate::origin::Origins;
use crate::proxy::{Caller, Proxies};
use crate::session::{Due, Sessions};
use crate::web::{Answer, Upgrade};
use route::Route;

pub use behind::{Behind, NotGranted, Reservation};
pub use house::{House, User, Visit};
pub use login::Login;

/// What to do about a request.
#[derive(Debug)]
pub enum Action {
    /// Answer it.
    Answer(Answer),
    /// Answer it when it is known whether the name is free.
    Later(Login),
}

impl From<Response> for Action {
    fn from(response: Response) -> Self {
        Action::Answer(Answer::Respond(response))
    }
}

/// What an operator may say about the site.
#[derive(Clone, Debug)]
pub struct SiteSettings {
    /// What this chat is called.
    pub title: String,
    /// The room that people enter unless they name another.
    pub room: RoomName,
    /// How to come by IRC, or empty.
    pub irc: String,
    /// How to come by `nc`, or empty.
    pub plain: String,
    /// What everybody has to know to log in, if anything.
    pub password: Option<Secret>,
    /// Who may say where requests come from.
    pub proxies: Proxies,
    /// Names that this site goes by.
    pub origins: Origins,
    /// Sessions that one address may have.
    pub sessions_per_address_max: u64,
}

/// The site.
pub struct Site {
    settings: SiteSettings,
    assets: Assets,
    /// The program around, if it has pages or people of its own.
    house: Option<Box<dyn House>>,
    /// Who is logged in.
    pub sessions: Sessions,
}

impl Site {
    /// A site where nobody is logged in.
    #[must_use]
    pub fn new(settings: SiteSettings) -> Site {
        Site {
            sessions: Sessions::new(settings.sessions_per_address_max),
            assets: Assets::embedded(),
            house: None,
            settings,
        }
    }

    /// Serves these files, ours among them.
    #[must_use]
    pub fn with_assets(self, assets: Assets) -> Site {
        Site { assets, ..self }
    }

    /// Puts a program around: it answers where we do not, and may say who comes in. Not for a
    /// gateway: there names are the relay's to give.
    #[must_use]
    pub(crate) fn with_house(self, house: Option<Box<dyn House>>) -> Site {
        Site { house, ..self }
    }

    /// Who sent a request that came by a connection from `peer`.
    #[must_use]
    pub fn caller(&self, peer: IpAddr, request: &Result<Request, Rejection>) -> Caller {
        match request {
            Ok(request) => self.settings.proxies.caller(peer, &request.fields),
            Err(_) => peer.into(),
        }
    }

    /// Whether a connection from there is a proxy's: it stands for nobody.
    #[must_use]
    pub fn is_proxy(&self, peer: IpAddr) -> bool {
        self.settings.proxies.include(peer)
    }

    /// Decides about a request of `caller`.
    pub fn respond(
        &mut self,
        request: &Result<Request, Rejection>,
        caller: Caller,
        now: Now,
        behind: &mut impl Behind,
    ) -> Action {
        let action = match request {
            Ok(request) => self.route_or_apologize(request, caller, now, behind),
            Err(rejection) => self.unreadable(*rejection).into(),
        };
        finish(action, now)
    }

    /// A house that panics has the panic to itself: nobody was let in by it, and nobody else notices.
    fn route_or_apologize(
        &mut self,
        request: &Request,
        caller: Caller,
        now: Now,
        behind: &mut impl Behind,
    ) -> Action {
        let route = AssertUnwindSafe(|| self.route(request, caller, now, behind));
        catch_unwind(route).unwrap_or_else(|_| {
            log::error!("the program around the page panicked over a request");
            let what = "Something went wrong here. Try again.";
            self.error(Status::INTERNAL_SERVER_ERROR, what).into()
        })
    }

    /// The answer to a login that had to wait: `granted`, or what to do instead.
    pub fn finish_login(
        &mut self,
        login: &Login,
        granted: Result<(), NotGranted>,
        now: Now,
        behind: &mut impl Behind,
    ) -> Response {
        let response = match granted {
            Ok(()) => self.log_in(login, now.mono, behind),
            Err(NotGranted::Refused(what)) => {
                self.form_again(Status::CONFLICT, &login.wanted, &what)
            }
            Err(NotGranted::Unreachable(what)) => self
                .form_again(Status::SERVICE_UNAVAILABLE, &login.wanted, &what)
                .with("Retry-After", "5"),
        };
        answers::finish(response, now.wall)
    }

    /// The answer to a request that takes too long: for [`Web::time_out`](crate::web::Web::time_out).
    #[must_use]
    pub fn too_late(&self, now: Now) -> Response {
        let response = self.error(
            Status::REQUEST_TIMEOUT,
            "The request took too long to arrive.",
        );
        answers::finish(response, now.wall)
    }

    /// The answer to a connection for which there is no place, whatever it would ask.
    #[must_use]
    pub fn no_place(&self, why: &str, now: Now) -> Response {
        let response = self.error(Status::SERVICE_UNAVAILABLE, &format!("Sorry, {why}."));
        answers::finish(response.with("Retry-After", "60"), now.wall)
    }

    /// The answer instead of one that is too large to be sent.
    #[must_use]
    pub fn too_large(&self, now: Now) -> Response {
        let what = "This page is too large. Whoever runs this site finds more about it in the log.";
        let response = self.error(Status::INTERNAL_SERVER_ERROR, what);
        answers::finish(response, now.wall)
    }

    /// The answer to a WebSocket for which there is no place from where its person is.
    #[must_use]
    pub fn no_place_from_there(&self, why: &str, now: Now) -> Response {
        let response = self.error(Status::TOO_MANY_REQUESTS, &format!("Sorry, {why}."));
        answers::finish(response.with("Retry-After", "60"), now.wall)
    }

    /// Does what time has brought to the sessions.
    pub fn expire(&mut self, now: Now, behind: &mut impl Behind) {
        while let Some(due) = self.sessions.due(now.mono) {
            match due {
                Due::Quit(id, person) => {
                    if let Some(session) = self.sessions.get(id) {
                        behind.quit(session, person);
                    }
                }
                Due::Gone(session) => behind.over(&session),
            }
        }
    }

    fn route(
        &mut self,
        request: &Request,
        caller: Caller,
        now: Now,
        behind: &mut impl Behind,
    ) -> Action {
        if !self.settings.origins.serves(request.authority()) {
            return self.misdirected(request).into();
        }
        let visit = self.visit(request, caller);
        let Some(route) = Route::find(&request.target.path, &self.assets) else {
            return self.elsewhere(&visit, behind).into();
        };
        if !route.allows(request.method) {
            return self.not_allowed(&route).into();
        }
        let ban = behind.ban_of(caller.ip);
        if let Some(words) = ban.filter(|_| route.is_for_guests()) {
            return self.kept_away(&words).into();
        }
        match route {
            Route::Index => self.index(&visit, now.mono, behind).into(),
            Route::Login if request.method == Method::Post => self.login(&visit, now.mono, behind),
            Route::Login => self.login_form(&visit).into(),
            Route::Logout => self.logout(&visit, behind).into(),
            Route::Socket => self.socket(&visit),
            Route::Asset(asset) => answers::asset(asset, request).into(),
            Route::Health => answers::health().into(),
        }
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site")
            .field("title", &self.settings.title)
            .field("sessions", &self.sessions.len())
            .finish_non_exhaustive()
    }
}

fn finish(action: Action, now: Now) -> Action {
    match action {
        Action::Answer(Answer::Respond(response)) => answers::finish(response, now.wall).into(),
        Action::Answer(Answer::Upgrade(upgrade)) => Action::Answer(Answer::Upgrade(Upgrade {
            response: upgrade.response.dated(now.wall),
            ..upgrade
        })),
        later @ Action::Later(_) => later,
    }
}

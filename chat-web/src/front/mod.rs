//! The site and the chat as one host: what a reactor with HTTP doors serves. Floor 5.
//!
//! Each connection of an HTTP door begins as a browser that asks for things; one that opens a
//! WebSocket becomes a person of the chat. A session's person outlives its sockets: while there is
//! none it is a ghost, silent in its rooms, and the next socket steps into its place by
//! [`People::swap`].

mod doorman;

use std::time::{Duration, Instant};

use chat_core::chat::{Chat, Preset};
use chat_core::dialect::Dialect;
use chat_core::id::{ByPerson, DoorId, PersonId};
use chat_core::journal::Note;
use chat_core::limits::seconds;
use chat_core::net::{After, Closed, Dropped, Farewell, Frame, Host, People};
use chat_core::relay;
use chat_core::time::Now;

use crate::reception::{self, ELSEWHERE, LOGGED_OUT};
use crate::session::{Presence, Session, SessionId};
use crate::site::{Action, Behind, Site};
use crate::web::{Answer, Claim, Event, Exchange};
use doorman::Doorman;

/// A chat with a site in front.
#[derive(Debug)]
pub struct Front {
    chat: Chat,
    site: Site,
    /// The first HTTP door; those before it are the chat's own.
    first_door: usize,
    browsers: ByPerson<Stage>,
    /// Whether those who were logged in before are so again. The first turn does it, before anybody comes in.
    is_restored: bool,
}

/// How far a connection of an HTTP door is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It asks for pages.
    Asking,
    /// It is a person of the chat, perhaps that of a session; the socket may be away.
    Talking(Option<SessionId>),
    /// It was told to go: another tab has its place, or its session is over.
    Leaving,
}

impl Front {
    /// Puts a site in front of a chat that has so many doors of its own; the doors that are opened
    /// after those are for browsers.
    #[must_use]
    pub fn new(chat: Chat, site: Site, doors: usize) -> Front {
        Front {
            chat,
            site,
            first_door: doors,
            browsers: ByPerson::new(),
            is_restored: false,
        }
    }

    /// Logs those in who were when the program ended, if the chat was kept: their names are kept for them, and for
    /// as long as for a page that has lost its network.
    fn restore(&mut self, now: Instant) {
        if std::mem::replace(&mut self.is_restored, true) {
            return;
        }
        let notes = self.chat.take_shelf(SESSIONS);
        for id in self.site.sessions.restore(&notes, now) {
            let Some(session) = self.site.sessions.get(id) else {
                continue;
            };
            if self.chat.reserve(&session.nick, session.identity).is_err() {
                self.site.sessions.end(id);
            }
        }
    }

    /// Notes who is logged in, and under which name.
    fn keep_sessions(&mut self) {
        for who in self.chat.take_renamed() {
            if let Some(Stage::Talking(Some(id))) = self.stage(who) {
                self.site.sessions.touch(id);
            }
        }
        let chat = &self.chat;
        let name_of = |session: &Session| chat.kept_for(session.identity).cloned();
        for (key, value) in self.site.sessions.take_changes(name_of) {
            let shelf = SESSIONS.into();
            self.chat.note(Note { shelf, key, value });
        }
    }

    /// Whom an operator has sent away has to log in again.
    fn end_sessions(&mut self, people: &mut People, now: Now) {
        for who in self.chat.take_expelled() {
            let Some(Stage::Talking(Some(id))) = self.stage(who) else {
                continue;
            };
            if let Some(session) = self.site.sessions.end(id) {
                let mut behind = Doorman {
                    chat: &mut self.chat,
                    browsers: &mut self.browsers,
                    people: &mut *people,
                    now,
                };
                behind.over(&session);
            }
        }
    }

    fn stage(&self, who: PersonId) -> Option<Stage> {
        self.browsers.get(who).copied()
    }

    /// Something that only the framing and we understand.
    fn event(&mut self, people: &mut People, who: PersonId, event: &mut Event, now: Now) {
        match event {
            Event::Asked(exchange) => self.respond(people, who, exchange, now),
            Event::Opened(opened) => self.begin(people, who, opened.claim, now),
            Event::Pinged | Event::Raw(_) => {}
        }
    }

    fn respond(&mut self, people: &mut People, who: PersonId, exchange: &mut Exchange, now: Now) {
        let Some(ip) = people.peer(who).map(|peer| peer.ip) else {
            return;
        };
        let caller = self.site.caller(ip, &exchange.request);
        let mut behind = Doorman {
            chat: &mut self.chat,
            browsers: &mut self.browsers,
            people: &mut *people,
            now,
        };
        let action = self
            .site
            .respond(&exchange.request, caller, now, &mut behind);
        match action {
            Action::Answer(Answer::Upgrade(upgrade)) => {
                let placed = reception::place(people, who, caller, self.chat.limits());
                exchange.answer(reception::upgrade(&self.site, upgrade, placed, now));
            }
            Action::Answer(answer) => {
                let bytes_max = reception::body_bytes_max(people.queue_bytes_max());
                exchange.answer(reception::fitting(&self.site, answer, bytes_max, now));
            }
            // Only a relay elsewhere needs time for a name; here it is known at once.
            Action::Later(login) => {
                let response = self.site.finish_login(&login, Ok(()), now, &mut behind);
                exchange.answer(Answer::Respond(response));
            }
        }
        people.set_deadline(who, self.request_deadline(now));
    }

    fn request_deadline(&self, now: Now) -> Instant {
        now.mono + seconds(self.chat.limits().http_head_seconds)
    }

    /// A WebSocket is open: somebody begins to talk, or goes on.
    fn begin(&mut self, people: &mut People, who: PersonId, claim: Claim, now: Now) {
        match claim {
            Claim::Nobody => {
                self.browsers.insert(who, Stage::Talking(None));
                self.chat.open(people, who, Dialect::Irc, None, now);
            }
            Claim::Expired => self.send_away(people, who, LOGGED_OUT),
            Claim::Session(id) => self.step_in(people, who, id, now),
        }
    }

    /// The socket of a session: a new person, the place of its ghost, or that of another tab.
    fn step_in(&mut self, people: &mut People, who: PersonId, id: SessionId, now: Now) {
        let Some(session) = self.site.sessions.get(id) else {
            return self.send_away(people, who, LOGGED_OUT);
        };
        match session.presence {
            Presence::Here(person) => {
                people.swap(person, who);
                self.send_away(people, who, ELSEWHERE);
                self.chat.resume(people, person, now);
            }
            Presence::Away {
                ghost: Some(person),
                ..
            } => {
                people.swap(person, who);
                self.browsers.remove(who);
                people.bury(who);
                self.site.sessions.attach(id, person);
                self.chat.resume(people, person, now);
            }
            Presence::Away { ghost: None, .. } => {
                let preset = Preset {
                    nick: session.nick.clone(),
                    identity: session.identity,
                    is_fixed: self.site.sessions.is_of_user(id),
                };
                self.site.sessions.attach(id, who);
                self.browsers.insert(who, Stage::Talking(Some(id)));
                self.chat.open(people, who, Dialect::Irc, Some(preset), now);
            }
        }
    }

    fn send_away(&mut self, people: &mut People, who: PersonId, (code, reason): (u16, &str)) {
        self.browsers.insert(who, Stage::Leaving);
        people.dismiss(who, &Farewell::new(code, reason));
    }

    /// A session's socket is gone. Its person stays for a while, and nobody is told.
    fn haunt(&mut self, people: &mut People, who: PersonId, id: SessionId, now: Now) -> After {
        self.chat.suspend(people, who, now);
        self.site.sessions.detach(id, who, now.mono);
        After::Keep
    }

    /// A request, or the next one on the same connection, did not come in time.
    fn time_out(&mut self, people: &mut People, who: PersonId, now: Now) {
        reception::say_too_late(&self.site, people, who, now);
        self.send_away(people, who, LATE);
    }

    /// There is no place for somebody who has not even asked yet.
    fn turn_away(&mut self, people: &mut People, who: PersonId, reason: &str, now: Now) {
        reception::say_no_place(&self.site, people, who, reason, now);
        self.send_away(people, who, (Farewell::TRY_AGAIN_LATER, reason));
    }

    fn expire(&mut self, people: &mut People, now: Now) {
        let Front {
            chat,
            site,
            browsers,
            ..
        } = self;
        site.expire(
            now,
            &mut Doorman {
                chat,
                browsers,
                people,
                now,
            },
        );
    }
}

impl Host for Front {
    fn opened(&mut self, people: &mut People, who: PersonId, door: DoorId, now: Now) {
        if door.index() < self.first_door {
            return self.chat.opened(people, who, door, now);
        }
        match reception::admit(&self.site, people, who, self.chat.limits()) {
            Ok(()) => {
                self.browsers.insert(who, Stage::Asking);
                people.set_deadline(who, self.request_deadline(now));
            }
            Err(reason) => self.turn_away(people, who, reason, now),
        }
    }

    fn frame(&mut self, people: &mut People, who: PersonId, frame: Frame<'_>, now: Now) {
        match (self.stage(who), frame) {
            (None | Some(Stage::Talking(_)), frame) => self.chat.frame(people, who, frame, now),
            (Some(Stage::Asking), Frame::Other(event)) => {
                if let Some(event) = event.downcast_mut() {
                    self.event(people, who, event, now);
                }
            }
            _ => {}
        }
    }

    fn closed(&mut self, people: &mut People, who: PersonId, why: Closed, now: Now) -> After {
        match self.stage(who) {
            Some(Stage::Talking(Some(id))) if self.site.sessions.get(id).is_some() => {
                self.haunt(people, who, id, now)
            }
            Some(Stage::Asking | Stage::Leaving) => {
                self.browsers.remove(who);
                After::Bury
            }
            None | Some(Stage::Talking(_)) => {
                self.browsers.remove(who);
                self.chat.closed(people, who, why, now)
            }
        }
    }

    fn deadline(&mut self, people: &mut People, who: PersonId, now: Now) {
        match self.stage(who) {
            Some(Stage::Asking) => self.time_out(people, who, now),
            Some(Stage::Leaving) => {}
            None | Some(Stage::Talking(_)) => self.chat.deadline(people, who, now),
        }
    }

    fn drained(&mut self, people: &mut People, who: PersonId, now: Now) {
        self.chat.drained(people, who, now);
    }

    fn overflowed(&mut self, people: &mut People, who: PersonId, now: Now) {
        self.chat.overflowed(people, who, now);
    }

    fn dropped(&mut self, people: &mut People, who: PersonId, dropped: &Dropped, now: Now) {
        self.chat.dropped(people, who, dropped, now);
    }

    fn turn(&mut self, people: &mut People, now: Now) {
        self.restore(now.mono);
        self.expire(people, now);
        self.end_sessions(people, now);
        self.keep_sessions();
        self.chat.turn(people, now);
        self.end_sessions(people, now);
        self.keep_sessions();
    }

    fn readers(&self) -> usize {
        self.chat.readers()
    }

    fn wait(&self, now: Now) -> Option<Duration> {
        let due = self.site.sessions.next_due();
        let due = due.map(|at| at.saturating_duration_since(now.mono));
        due.into_iter().chain(self.chat.wait(now)).min()
    }
}

impl relay::Front for Front {
    fn drain(&mut self, people: &mut People, reason: &str, now: Now) {
        self.chat.drain(people, reason, now);
        let asking = self
            .browsers
            .iter()
            .filter(|(_, stage)| **stage == Stage::Asking);
        let asking: Vec<PersonId> = asking.map(|(who, _)| who).collect();
        for who in asking {
            self.send_away(people, who, (Farewell::RESTART, reason));
        }
    }

    fn chat(&mut self) -> Option<&mut Chat> {
        Some(&mut self.chat)
    }
}

/// The shelf of the journal where sessions are noted.
const SESSIONS: &str = "session";

const LATE: (u16, &str) = (Farewell::NORMAL, "too late");

//! What comes from browsers: requests, WebSockets, lines.

use std::time::Instant;

use chat_core::dialect::irc::Message;
use chat_core::dialect::quit_reason;
use chat_core::id::{Identity, PersonId};
use chat_core::limits::seconds;
use chat_core::net::{Farewell, People, Unreadable};
use chat_core::time::Now;

use super::client::{Link, Owner};
use super::clients::Socket;
use super::desk::Desk;
use super::login::unreachable;
use super::pulse::{Pulse, Sign};
use super::{Gateway, words};
use crate::reception::{self, ELSEWHERE, LOGGED_OUT};
use crate::session::SessionId;
use crate::site::Action;
use crate::web::{Answer, Claim, Event, Exchange};

impl Gateway {
    /// Something that only the framing and we understand.
    pub(super) fn event(
        &mut self,
        people: &mut People,
        who: PersonId,
        event: &mut Event,
        now: Now,
    ) {
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
        let (site, mut desk) = self.at_desk(people, now);
        match site.respond(&exchange.request, caller, now, &mut desk) {
            Action::Answer(Answer::Upgrade(upgrade)) => {
                let placed = reception::place(people, who, caller, &self.settings.limits);
                exchange.answer(reception::upgrade(&self.site, upgrade, placed, now));
            }
            Action::Answer(answer) => exchange.answer(answer),
            Action::Later(login) => self.ask_relay(people, who, login, exchange, now),
        }
        people.set_deadline(who, self.request_deadline(now));
    }

    pub(super) fn request_deadline(&self, now: Now) -> Instant {
        now.mono + seconds(self.settings.limits.http_head_seconds)
    }

    /// A request, or the next one on the same connection, did not come in time; or the relay's answer
    /// to a login did not.
    pub(super) fn time_out(&mut self, people: &mut People, who: PersonId, now: Now) {
        if let Some(Socket::Asking(Some(id))) = self.clients.socket(who) {
            return self.answer_login(people, id, Err(unreachable()), now);
        }
        reception::say_too_late(&self.site, people, who, now);
        self.desk(people, now)
            .send_away(who, Farewell::NORMAL, "too late");
    }

    /// A WebSocket is open.
    fn begin(&mut self, people: &mut People, who: PersonId, claim: Claim, now: Now) {
        match claim {
            Claim::Nobody => self.desk(people, now).admit_guest(who),
            Claim::Expired => self.log_out(people, who, now),
            Claim::Session(id) => self.step_in(people, who, id, now),
        }
    }

    fn log_out(&mut self, people: &mut People, who: PersonId, now: Now) {
        let (code, reason) = LOGGED_OUT;
        self.desk(people, now).send_away(who, code, reason);
    }

    /// The socket of a session: the first, the next, or that of another tab.
    fn step_in(&mut self, people: &mut People, who: PersonId, session: SessionId, now: Now) {
        let identity = self.site.sessions.get(session).map(|known| known.identity);
        let client = identity.and_then(|id| Some((id, self.clients.get_mut(id)?)));
        let Some((id, client)) = client else {
            self.site.sessions.end(session);
            return self.log_out(people, who, now);
        };
        client.owner = Owner::Session(Some(session));
        let before = client.browser.replace(who);
        self.site.sessions.attach(session, who);
        let mut desk = self.desk(people, now);
        if let Some(before) = before {
            let (code, reason) = ELSEWHERE;
            desk.send_away(before, code, reason);
        }
        desk.seat(id, who);
    }

    /// A client's browser has gone. The person stays at the relay for a while, and nobody is told.
    pub(super) fn lose_browser(
        &mut self,
        people: &mut People,
        id: Identity,
        who: PersonId,
        now: Now,
    ) {
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        if client.browser != Some(who) {
            return;
        }
        client.browser = None;
        match client.owner {
            Owner::Session(Some(session)) => {
                self.site.sessions.detach(session, who, now.mono);
                let link = client.link.up();
                let mut desk = self.desk(people, now);
                if let Some(link) = link {
                    desk.say(link, "DETACH");
                    desk.people.resume(link);
                }
            }
            _ => {
                self.desk(people, now).drop_client(id, "connection closed");
            }
        }
    }
}

impl Desk<'_> {
    /// A browser has taken its client's seat, and is heard when the relay is there.
    fn seat(&mut self, id: Identity, who: PersonId) {
        self.clients.set_socket(who, Socket::Browser(id));
        let deadline = self.now.mono + self.settings.ping();
        self.people.set_deadline(who, deadline);
        let now = self.now.mono;
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        client.browser_pulse = Pulse::new(now);
        if client.link.up().is_some() {
            return self.attach(id);
        }
        self.people.pause(who);
        if let Link::Down(_) = client.link {
            self.tell_gone(id);
        }
    }

    /// A line of a browser goes to the relay, unless it is ours to speak so.
    pub(super) fn hear_browser(&mut self, id: Identity, line: &str) {
        let now = self.now.mono;
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        client.browser_pulse.hear(now);
        let Some(link) = client.link.up() else {
            return;
        };
        let is_guest = matches!(client.owner, Owner::Guest);
        match Message::parse(line) {
            Ok(message) if is_ours(message.command, is_guest) => {}
            Ok(message) if is_guest && message.command.eq_ignore_ascii_case("PASS") => {
                self.hear_guess(id, link, line, message.params.first().copied());
            }
            Ok(message) if is_guest && message.command.eq_ignore_ascii_case("QUIT") => {
                client.quits = true;
                self.hand_on(id, link, line);
            }
            Ok(message) if message.command.eq_ignore_ascii_case("QUIT") => {
                self.say_goodbye(id, message.params.first().copied());
            }
            _ => self.hand_on(id, link, line),
        }
    }

    /// The pong is on its way already. The ping counts as talk, so the relay hears of it too, by a
    /// line to which it has nothing to say.
    pub(super) fn hear_ping(&mut self, id: Identity) {
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        client.browser_pulse.hear(self.now.mono);
        if let Some(link) = client.link.up() {
            self.hand_on(id, link, "PONG :ping");
        }
    }

    /// Somebody quits, and their session stays: the rooms hear it, and the name is kept.
    fn say_goodbye(&mut self, id: Identity, words: Option<&str>) {
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        let reason = quit_reason(words);
        client.rooms.clear();
        let (link, browser) = (client.link.up(), client.browser);
        if let Some(link) = link {
            self.say(link, &words::command("DETACH", &reason));
        }
        if let Some(browser) = browser {
            self.say(browser, &words::closing(&reason));
            self.people
                .dismiss(browser, &Farewell::new(Farewell::NORMAL, reason));
        }
    }

    /// Passes a line on. The browser waits while the relay is slow.
    pub(super) fn hand_on(&mut self, id: Identity, link: PersonId, line: &str) {
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        client.relay_pulse.burden(self.settings, self.now.mono);
        let browser = client.browser;
        self.say(link, line);
        if let Some(browser) = browser.filter(|_| self.people.queued(link) > self.settings.high()) {
            self.people.pause(browser);
            self.people.want_drained(link);
        }
    }

    pub(super) fn refuse_unreadable(&mut self, id: Identity, why: Unreadable, bytes: &[u8]) {
        let Some(client) = self.clients.get(id) else {
            return;
        };
        let (line, browser) = (words::unreadable(&client.nick, why, bytes), client.browser);
        if let Some(browser) = browser {
            self.say(browser, &line);
        }
    }

    /// Whether a session's browser is still there. A guest is asked by the relay.
    pub(super) fn look_at_browser(&mut self, id: Identity, who: PersonId) {
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        // It is not heard while it waits, for a relay that is gone or for one that is slow.
        let waits = match client.link.up() {
            Some(link) => {
                self.people.queued(link) > self.settings.low() && !self.people.hung_up(who)
            }
            None => true,
        };
        if waits {
            client.browser_pulse.hear(self.now.mono);
        }
        match client.browser_pulse.look(self.settings, self.now.mono) {
            Sign::Alive(until) => self.people.set_deadline(who, until),
            Sign::Ask(until) => {
                self.say(who, &words::command("PING", words::SERVER));
                self.people.set_deadline(who, until);
            }
            Sign::Dead => self
                .people
                .dismiss(who, &Farewell::new(Farewell::POLICY, "ping timeout")),
        }
    }
}

/// Commands between a gateway and its relay, which no browser may say; and of a session the answer to
/// a PING, since its PINGs are ours.
fn is_ours(command: &str, is_guest: bool) -> bool {
    let ours = ["ATTACH", "DETACH", "WEBIRC"];
    ours.iter().any(|name| command.eq_ignore_ascii_case(name))
        || (!is_guest && command.eq_ignore_ascii_case("PONG"))
}

pub(super) const RELAY_GONE: &str = "the relay is gone";

//! What comes from the relay: the answer to a login, lines for a browser, the end of a socket.

use chat_core::dialect::irc::Message;
use chat_core::id::{Identity, PersonId};
use chat_core::net::{Closed, Farewell, People};
use chat_core::time::Now;

use super::browsers::RELAY_GONE;
use super::client::{Client, Link, Owner};
use super::clients::places;
use super::desk::{Desk, goodbye};
use super::login::unreachable;
use super::pulse::Sign;
use super::{Gateway, words};
use crate::limits::NAME_AWAITED;
use crate::reception::TAKEN;
use crate::site::NotGranted;

impl Gateway {
    pub(super) fn hear_relay(
        &mut self,
        people: &mut People,
        id: Identity,
        link: PersonId,
        line: &str,
        now: Now,
    ) {
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        let Some(message) = Message::of_server(line) else {
            return;
        };
        client.relay_pulse.hear(now.mono);
        client.note(&message);
        match client.link {
            Link::Registering(_) => self.registering(people, id, link, &message, now),
            _ => self.desk(people, now).hear_person(id, link, line, &message),
        }
    }

    /// The relay has not let a client in yet.
    fn registering(
        &mut self,
        people: &mut People,
        id: Identity,
        link: PersonId,
        message: &Message<'_>,
        now: Now,
    ) {
        let text = message.params.last().copied().unwrap_or_default();
        match message.command {
            "001" => {
                self.desk(people, now).let_in(id);
                self.answer_login(people, id, Ok(()), now);
            }
            "PING" => self
                .desk(people, now)
                .say(link, &words::command("PONG", text)),
            "432" | "433" | "436" | "437" => self.refuse_name(people, id, link, text, now),
            "464" => self.refuse_password(people, id, now),
            _ => {}
        }
    }

    /// A login chooses another name. A session's name may still be held by our own former socket, of
    /// whose end the relay has not heard; if somebody else has it, the session is over.
    fn refuse_name(
        &mut self,
        people: &mut People,
        id: Identity,
        link: PersonId,
        text: &str,
        now: Now,
    ) {
        let what = format!("Sorry, {text}. Choose another one.");
        self.answer_login(people, id, Err(NotGranted::Refused(what)), now);
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        let since = *client.taken_since.get_or_insert(now.mono);
        if now.mono < since + NAME_AWAITED {
            return people.dismiss(link, &goodbye());
        }
        self.end_session(people, id, TAKEN, now);
    }

    /// A session is over because the relay does not have its person any more.
    fn end_session(
        &mut self,
        people: &mut People,
        id: Identity,
        (code, reason): (u16, &str),
        now: Now,
    ) {
        let owner = self.clients.get(id).map(|client| &client.owner);
        if let Some(Owner::Session(Some(session))) = owner {
            self.site.sessions.end(*session);
        }
        let mut desk = self.desk(people, now);
        let client = desk.drop_client(id, reason);
        if let Some(browser) = client.and_then(|client| client.browser) {
            desk.send_away(browser, code, reason);
        }
    }

    fn refuse_password(&mut self, people: &mut People, id: Identity, now: Now) {
        self.clients
            .find_shut("it has another password: give both programs the same --password-file");
        let what = "This page is not set up for the chat's password. Whoever runs it can do that \
                    with --password-file.";
        let refused = NotGranted::Unreachable(what.to_owned());
        self.answer_login(people, id, Err(refused), now);
    }

    /// A socket to the relay has ended, or could not be made.
    pub(super) fn lose_relay(
        &mut self,
        people: &mut People,
        id: Identity,
        who: PersonId,
        why: &Closed,
        now: Now,
    ) {
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        let (link, words) = (client.link, client.last_words.clone());
        let is_expelled = client.expelled;
        if link.socket() != Some(who) {
            return;
        }
        if let Link::Connecting(_) = link {
            client.address_index += 1;
            let mut desk = self.desk(people, now);
            if desk.try_next_address(id) {
                return;
            }
            desk.clients.miss_relay(&desk.settings.relay, why);
        }
        if let Link::Registering(_) = link
            && !is_expelled
        {
            self.find_shut(id);
        }
        match self.clients.get(id).map(|client| &client.owner) {
            Some(Owner::LoggingIn { .. }) => {
                self.answer_login(people, id, Err(refused_with(&words)), now);
            }
            Some(Owner::Guest) => self.desk(people, now).lose_guest(id),
            // An operator of the relay has sent them away: they are not to come back by themselves.
            Some(Owner::Session(_)) if is_expelled => {
                self.end_session(people, id, (Farewell::NOT_WELCOME, &words), now);
            }
            Some(Owner::Session(_)) => self.lose_person(people, id, link, now),
            None => {}
        }
    }

    /// A client was not let in, and not because its name is somebody else's.
    fn find_shut(&mut self, id: Identity) {
        let Some(client) = self.clients.get(id).filter(|c| c.taken_since.is_none()) else {
            return;
        };
        let why = match &*client.last_words {
            "" => {
                let at = places(&self.settings.relay);
                format!("what listens at {at} did not answer as the IRC door of a chat-relay does")
            }
            words => words.to_owned(),
        };
        self.clients.find_shut(&why);
    }

    /// A session's person is gone. Its browser comes in again and waits here for the next one: so
    /// there is one way of coming back, whatever was lost.
    fn lose_person(&mut self, people: &mut People, id: Identity, link: Link, now: Now) {
        let was_up = link.up().is_some();
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        if !was_up {
            return self.desk(people, now).lose_link(id, false);
        }
        let browser = client.browser.take();
        if let (Some(browser), Owner::Session(Some(session))) = (browser, &client.owner) {
            self.site.sessions.detach(*session, browser, now.mono);
        }
        let mut desk = self.desk(people, now);
        desk.lose_link(id, true);
        if let Some(browser) = browser {
            desk.send_away(browser, Farewell::RESTART, RELAY_GONE);
        }
    }
}

/// What a visitor is told whom the relay did not let in. What is wrong between the two programs is for neither their
/// eyes nor their hands; it is in the log.
fn refused_with(last_words: &str) -> NotGranted {
    match last_words {
        "" => unreachable(),
        words if words.starts_with("WEBIRC ") => {
            let what =
                "This page is not set up rightly: whoever runs it finds the reason in its log.";
            NotGranted::Unreachable(what.to_owned())
        }
        words => NotGranted::Unreachable(format!("Sorry, the chat said: {words}.")),
    }
}

impl Desk<'_> {
    /// A line about somebody who is in.
    fn hear_person(&mut self, id: Identity, link: PersonId, line: &str, message: &Message<'_>) {
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        let text = message.params.last().copied().unwrap_or_default();
        let is_guest = matches!(client.owner, Owner::Guest);
        match message.command {
            "PONG" if text == words::SERVER => {}
            _ if is_guest => self.pass_on(id, link, line),
            "PING" => self.say(link, &words::command("PONG", text)),
            "ATTACH" => client.unanswered = client.unanswered.saturating_sub(1),
            "421" if message.params.iter().any(|param| is_between_us(param)) => {
                log::error!("the relay does not know what a gateway needs: is it a chat-relay?");
            }
            _ => self.pass_on(id, link, line),
        }
    }

    /// A line for the browser. The relay waits while the browser is slow.
    fn pass_on(&mut self, id: Identity, link: PersonId, line: &str) {
        let browser = self.clients.get(id).and_then(Client::listener);
        let Some(browser) = browser else {
            return;
        };
        self.say(browser, line);
        if self.people.queued(browser) > self.settings.high() {
            self.people.pause(link);
            self.people.want_drained(browser);
        }
    }

    /// Whether the relay still is there, or ever will be.
    pub(super) fn look_at_relay(&mut self, id: Identity, who: PersonId) {
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        if client.link.up().is_none() {
            return self.give_up(who);
        }
        match client.relay_pulse.look(self.settings, self.now.mono) {
            Sign::Alive(until) => self.people.set_deadline(who, until),
            Sign::Ask(until) => {
                self.say(who, &words::command("PING", words::SERVER));
                self.people.set_deadline(who, until);
            }
            Sign::Dead => self.give_up(who),
        }
    }

    fn give_up(&mut self, link: PersonId) {
        self.people.dismiss(link, &goodbye());
    }
}

fn is_between_us(param: &str) -> bool {
    matches!(param, "ATTACH" | "DETACH")
}

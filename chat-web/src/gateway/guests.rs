//! Guests: IRC clients on a WebSocket without a session. Their socket at the relay is theirs alone.

use std::net::IpAddr;

use chat_core::id::{Identity, PersonId};
use chat_core::net::{Denied, Farewell};

use super::browsers::RELAY_GONE;
use super::client::Owner;
use super::clients::Socket;
use super::desk::Desk;
use super::words;

impl Desk<'_> {
    /// An IRC client without a session registers by itself.
    pub(super) fn admit_guest(&mut self, who: PersonId) {
        let Some(ip) = self.people.peer(who).map(|peer| peer.ip) else {
            return;
        };
        let id = self.clients.new_identity();
        self.add(id, Owner::Guest, ip, "*");
        if let Some(client) = self.clients.get_mut(id) {
            client.browser = Some(who);
        }
        self.clients.set_socket(who, Socket::Browser(id));
        self.people.pause(who);
        self.people.clear_deadline(who);
        if !self.open_link(id) {
            self.clients.remove(id);
            self.send_away(who, Farewell::TRY_AGAIN_LATER, RELAY_GONE);
        }
    }

    /// A guest's guess at the password is judged here. The relay may take all our people for one, and
    /// a stranger's guesses would be everybody's.
    pub(super) fn hear_guess(
        &mut self,
        id: Identity,
        link: PersonId,
        line: &str,
        guess: Option<&str>,
    ) {
        let client = self.clients.get(id);
        let (Some(address), Some(guess)) = (client.map(|client| client.address), guess) else {
            return self.hand_on(id, link, line);
        };
        let password = self.settings.password.as_ref();
        let is_right = || password.is_none_or(|password| password.is(guess));
        match self.attempts.guess(address, self.now.mono, is_right) {
            Ok(()) => self.hand_on(id, link, line),
            Err(denied) => self.turn_away(id, address, denied),
        }
    }

    fn turn_away(&mut self, id: Identity, address: IpAddr, denied: Denied) {
        log::log!(denied.level(), "somebody at {address}: {denied}");
        let reason = denied.to_string();
        let browser = self
            .drop_client(id, &reason)
            .and_then(|client| client.browser);
        if let Some(browser) = browser {
            self.say(browser, &words::wrong_password(&reason));
            self.say(browser, &words::closing(&reason));
            self.send_away(browser, Farewell::POLICY, &reason);
        }
    }

    /// A guest's person is gone, and the guest goes too: with what the relay said last, if they asked
    /// for it themselves.
    pub(super) fn lose_guest(&mut self, id: Identity) {
        let Some(client) = self.clients.remove(id) else {
            return;
        };
        let Some(browser) = client.browser else {
            return;
        };
        if client.quits {
            self.send_away(browser, Farewell::NORMAL, &client.last_words);
        } else {
            self.send_away(browser, Farewell::RESTART, RELAY_GONE);
        }
    }
}

//! A login: the relay is asked for the name by taking it, and the form is answered when it has decided.

use chat_core::id::{Identity, PersonId};
use chat_core::net::People;
use chat_core::time::Now;

use super::Gateway;
use super::client::Owner;
use super::clients::Socket;
use crate::site::{Login, NotGranted};
use crate::web::{Answer, Exchange, Web};

impl Gateway {
    /// A login: the relay is asked for the name by taking it.
    pub(super) fn ask_relay(
        &mut self,
        people: &mut People,
        who: PersonId,
        login: Login,
        exchange: &mut Exchange,
        now: Now,
    ) {
        let id = login.identity;
        let mut desk = self.desk(people, now);
        let (nick, address) = (login.nick.as_str().to_owned(), login.caller.ip);
        let login = Box::new(login);
        desk.add(id, Owner::LoggingIn { asker: who, login }, address, &nick);
        desk.clients.set_socket(who, Socket::Asking(Some(id)));
        if !desk.open_link(id)
            && let Some((_, answer)) = self.finish_login(people, id, Err(unreachable()), now)
        {
            exchange.answer(answer);
        }
    }

    /// The relay has decided about a login; gives who asked, and the answer.
    fn finish_login(
        &mut self,
        people: &mut People,
        id: Identity,
        granted: Result<(), NotGranted>,
        now: Now,
    ) -> Option<(PersonId, Answer)> {
        let (site, mut desk) = self.at_desk(people, now);
        let client = desk.clients.get_mut(id)?;
        let owner = std::mem::replace(&mut client.owner, Owner::Session(None));
        let Owner::LoggingIn { asker, login } = owner else {
            client.owner = owner;
            return None;
        };
        if granted.is_err() {
            desk.drop_client(id, "not let in");
        }
        desk.clients.set_socket(asker, Socket::Asking(None));
        let response = site.finish_login(&login, granted, now, &mut desk);
        Some((asker, Answer::Respond(response)))
    }

    /// The same, for a request that was put aside.
    pub(super) fn answer_login(
        &mut self,
        people: &mut People,
        id: Identity,
        granted: Result<(), NotGranted>,
        now: Now,
    ) {
        let Some((asker, answer)) = self.finish_login(people, id, granted, now) else {
            return;
        };
        let web = people.framing_mut::<Web>(asker);
        if let Some(exchange) = web.and_then(Web::exchange) {
            exchange.answer(answer);
            people.resume(asker);
        }
        people.set_deadline(asker, self.request_deadline(now));
    }
}

pub(super) fn unreachable() -> NotGranted {
    NotGranted::Unreachable(
        "The chat cannot be reached just now. Try again in a moment.".to_owned(),
    )
}

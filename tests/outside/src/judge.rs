//! An observer that is one function, and relays that have it.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use chat_core::handle::Handle;
use chat_core::id::PersonId;
use chat_core::names::{Nick, RoomName};
use chat_core::observer::{Candidate, Context, Observer, Said, Verdict};
use chat_core::relay::Relay;

use super::builder;

/// Says about everything what its one function says.
pub(crate) struct Judge<F>(pub(crate) F);

impl<F: FnMut(&mut Context<'_>, PersonId, &str, &str) -> Verdict + Send> Observer for Judge<F> {
    fn connect(&mut self, context: &mut Context<'_>, who: PersonId, ip: IpAddr) -> Verdict {
        (self.0)(context, who, "connect", &ip.to_string())
    }

    fn register(
        &mut self,
        context: &mut Context<'_>,
        who: PersonId,
        candidate: &Candidate<'_>,
    ) -> Verdict {
        (self.0)(context, who, "register", candidate.nick.as_str())
    }

    fn rename(&mut self, context: &mut Context<'_>, who: PersonId, nick: &Nick) -> Verdict {
        (self.0)(context, who, "rename", nick.as_str())
    }

    fn join(&mut self, context: &mut Context<'_>, who: PersonId, room: &RoomName) -> Verdict {
        (self.0)(context, who, "join", room.as_str())
    }

    fn message(&mut self, context: &mut Context<'_>, who: PersonId, said: &Said<'_>) -> Verdict {
        (self.0)(context, who, "message", said.text)
    }
}

pub(crate) fn judged(
    judge: impl FnMut(&mut Context<'_>, PersonId, &str, &str) -> Verdict + Send + 'static,
) -> Relay {
    builder().observer(Judge(judge)).build().unwrap()
}

/// With a door, turned by a thread that ends with the test.
pub(crate) fn at_a_door(
    judge: impl FnMut(&mut Context<'_>, PersonId, &str, &str) -> Verdict + Send + 'static,
) -> (SocketAddr, Stopped) {
    let any = "127.0.0.1:0".parse().unwrap();
    let relay = builder()
        .observer(Judge(judge))
        .irc(any)
        .unwrap()
        .plain(any);
    let mut relay = relay.unwrap().build().unwrap();
    let (address, handle) = (relay.addresses()[0], relay.handle());
    let thread = thread::spawn(move || relay.run());
    (address, Stopped(handle, Some(thread)))
}

pub(crate) struct Stopped(
    pub(crate) Handle,
    pub(crate) Option<JoinHandle<io::Result<()>>>,
);

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = self.0.stop("the test is over", Duration::ZERO);
        let _ = self.1.take().map(JoinHandle::join);
    }
}

//! A framing of an embedder's own: answers, waits for its host, changes its wire, breaks.
#![allow(clippy::unwrap_used)] // a test's helpers may stop at the first surprise too

mod loop_support;

use std::any::Any;

use bytes::BytesMut;
use chat_core::id::{DoorId, PersonId};
use chat_core::limits::{INBOX_BYTES_MAX, Limits};
use chat_core::net::{
    After, Closed, Door, Farewell, Fault, Frame, Framing, Host, Input, Lines, People, Reactor, Wire,
};
use chat_core::time::Now;
use loop_support::{PATIENCE, Server, Told, say};
use socket2::SockRef;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// One byte is one command: `?` asks the host, `p` is answered by itself, `u` changes the wire,
/// `!` breaks; anything else is a message.
#[derive(Default)]
struct Bytes {
    asked: Option<Question>,
    upgraded: bool,
}

#[derive(Default)]
struct Question {
    answer: Option<&'static str>,
}

const PLAIN: Wire = wire("plain");
const UPGRADED: Wire = wire("upgraded");

const fn wire(name: &'static str) -> Wire {
    Wire {
        name,
        wrap: |message: &[u8], out: &mut BytesMut| out.extend_from_slice(message),
        first: <[u8]>::len,
        message: |wrapped| wrapped,
    }
}

impl Framing for Bytes {
    fn decode<'a>(
        &'a mut self,
        input: &mut Input<'a>,
        replies: &mut Vec<u8>,
    ) -> Result<Option<Frame<'a>>, Fault> {
        if let Some(question) = &self.asked {
            let Some(answer) = question.answer else {
                return Ok(None);
            };
            replies.extend_from_slice(answer.as_bytes());
            self.asked = None;
        }
        match input.take(1) {
            [] => Ok(None),
            b"?" => Ok(Some(Frame::Other(self.asked.insert(Question::default())))),
            b"p" => {
                replies.extend_from_slice(b"pong ");
                Ok(None)
            }
            b"u" => {
                self.upgraded = true;
                Ok(None)
            }
            b"!" => {
                replies.extend_from_slice(b"broken ");
                Err(Fault("an exclamation mark"))
            }
            text => Ok(Some(Frame::Message(std::str::from_utf8(text).unwrap()))),
        }
    }

    fn wire(&self) -> Wire {
        if self.upgraded { UPGRADED } else { PLAIN }
    }

    fn farewell(&mut self, farewell: &Farewell, out: &mut Vec<u8>) {
        out.extend_from_slice(farewell.reason.as_bytes());
    }
}

/// Answers at once, or lets the framing wait.
#[derive(Default)]
struct Answering {
    later: bool,
    asked: Vec<PersonId>,
    closed: Vec<Closed>,
}

impl Host for Answering {
    fn opened(&mut self, _: &mut People, _: PersonId, _: DoorId, _: Now) {}

    fn frame(&mut self, people: &mut People, who: PersonId, frame: Frame<'_>, _: Now) {
        match frame {
            Frame::Other(question) if !self.later => {
                question.downcast_mut::<Question>().unwrap().answer = Some("yes ");
                people.send(who, b"and ");
            }
            Frame::Other(_) => self.asked.push(who),
            Frame::Message("q") => people.dismiss(who, &farewell()),
            Frame::Message(text) => {
                let name = people.wire(who).unwrap().name;
                people.send(who, format!("{text}:{name} ").as_bytes());
            }
            Frame::Unreadable(..) => {}
        }
    }

    fn closed(&mut self, _: &mut People, _: PersonId, why: Closed, _: Now) -> After {
        self.closed.push(why);
        After::Bury
    }

    fn deadline(&mut self, _: &mut People, _: PersonId, _: Now) {}
}

fn farewell() -> Farewell {
    Farewell {
        code: 1000,
        reason: "bye".to_owned(),
    }
}

fn answering(later: bool) -> (Reactor<Answering>, TcpStream) {
    let host = Answering {
        later,
        ..Answering::default()
    };
    let mut reactor = Reactor::new(host, &Limits::default()).unwrap();
    let address = "127.0.0.1:0".parse().unwrap();
    let door = Door::bind("bytes", address, || Box::new(Bytes::default())).unwrap();
    let client = TcpStream::connect(door.local_addr().unwrap()).unwrap();
    reactor.open(door).unwrap();
    (reactor, client)
}

#[track_caller]
fn turns_until(reactor: &mut Reactor<Answering>, what: impl Fn(&Answering) -> bool) {
    let start = Instant::now();
    while !what(reactor.host()) {
        assert!(start.elapsed() < PATIENCE);
        reactor.turn(Some(Duration::from_millis(5))).unwrap();
    }
}

fn turns_until_closed(reactor: &mut Reactor<Answering>) {
    turns_until(reactor, |host| !host.closed.is_empty());
}

fn turns_until_asked(reactor: &mut Reactor<Answering>) {
    turns_until(reactor, |host| !host.asked.is_empty());
}

/// Says something, ends, and returns everything that comes until the server closes.
fn converse(text: &str) -> (String, Vec<Closed>) {
    let (mut reactor, mut client) = answering(false);
    say(&mut client, text);
    client.shutdown(Shutdown::Write).unwrap();
    turns_until_closed(&mut reactor);
    let mut got = String::new();
    client.read_to_string(&mut got).unwrap();
    (got, std::mem::take(&mut reactor.host_mut().closed))
}

#[test]
fn a_framing_answers_by_itself_before_the_host_does() {
    assert_eq!(converse("pap").0, "pong a:plain pong ");
}

#[test]
fn what_the_host_answered_is_encoded_at_once_though_no_more_input_came() {
    assert_eq!(converse("?").0, "and yes ");
    assert_eq!(converse("a?b").0, "a:plain and yes b:plain ");
}

#[test]
fn the_wire_may_change_between_two_messages_of_one_read() {
    assert_eq!(converse("aub").0, "a:plain b:upgraded ");
}

#[test]
fn who_breaks_the_framing_is_told_by_the_framing_and_dismissed() {
    let (got, closed) = converse("a!b");
    assert_eq!(got, "a:plain broken ");
    assert_eq!(closed, [Closed::Fault(Fault("an exclamation mark"))]);
}

#[test]
fn the_farewell_comes_last_also_when_the_framing_is_busy_decoding() {
    let (got, closed) = converse("aqb");
    assert_eq!(got, "a:plain bye");
    assert_eq!(closed, [Closed::Dismissed]);
}

#[test]
fn a_framing_that_waits_for_its_host_goes_on_when_resumed() {
    let (mut reactor, mut client) = answering(true);
    say(&mut client, "a?b");
    turns_until_asked(&mut reactor);
    let who = reactor.host_mut().asked.pop().unwrap();
    reactor.with(|_, people, _| {
        let framing = people.framing_mut::<Bytes>(who).unwrap();
        framing.asked.as_mut().unwrap().answer = Some("at last ");
        people.resume(who);
    });
    client.shutdown(Shutdown::Write).unwrap();
    turns_until_closed(&mut reactor);
    let mut got = String::new();
    client.read_to_string(&mut got).unwrap();
    assert_eq!(got, "a:plain at last b:plain ");
}

#[test]
fn a_framing_that_waits_for_its_host_holds_a_bounded_inbox() {
    let (mut reactor, mut client) = answering(true);
    say(&mut client, "?");
    turns_until_asked(&mut reactor);
    client.set_nonblocking(true).unwrap();
    SockRef::from(&client).set_send_buffer_size(50_000).unwrap();
    let mut taken = 0;
    for _ in 0..400 {
        taken += client.write(&[b'a'; 10_000]).unwrap_or(0);
        reactor.turn(Some(Duration::from_millis(1))).unwrap();
    }
    // What does not fit our inbox stays with the kernel, and then with the talker.
    assert!(
        taken > INBOX_BYTES_MAX && taken < 20 * INBOX_BYTES_MAX,
        "{taken}"
    );
}

#[test]
fn a_framing_of_another_type_is_not_handed_out() {
    let mut server = Server::new(|people, who, _, _| {
        assert!(people.framing_mut::<Lines>(who).is_none(), "it is decoding");
        people.send(who, b"ok\r\n");
    });
    let (mut ana, id) = server.client();
    say(&mut ana, "x\r\n");
    server.expect(&mut ana, "ok\r\n");
    server.reactor.with(|_, people, _| {
        assert!(people.framing_mut::<Bytes>(id).is_none());
        assert!(people.framing_mut::<Lines>(id).is_some());
    });
    assert!(server.told().contains(&Told::Line(id, "x".to_owned())));
}

#[test]
fn a_frame_shows_what_it_is_but_not_what_only_its_host_knows() {
    let mut question = Question::default();
    let any: &mut dyn Any = &mut question;
    assert_eq!(format!("{:?}", Frame::Other(any)), "Other");
}

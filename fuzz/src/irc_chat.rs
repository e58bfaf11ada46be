//! A whole chat of four people over real sockets, turned by hand: a script says who sends which line.
//!
//! Everybody comes from a gateway's address, so the stranger may say who is behind it.
//!
//! An observer lets most of it pass; an `x`, `y` or `z` in a name, a room or a text is decided in the next turn,
//! rewritten, denied.
//!
//! A line of the script begins with a byte that says who speaks: the lowest two bits of `d`, `a`, `b`
//! and `c` are 0 to 3. In upper case (bit 5 is not set) the relay has its turn only after the next line.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chat_core::chat::Gateways;
use chat_core::dialect::irc::{Message, tags};
use chat_core::dialect::terminal::is_unsafe;
use chat_core::id::PersonId;
use chat_core::limits::{LINE_OUT_BYTES_MAX, Limits, TAGS_OUT_BYTES_MAX};
use chat_core::names::{Nick, RoomName};
use chat_core::observer::{Candidate, Context, Observer, Said, Ticket, Verdict};
use chat_core::relay::Relay;
use chat_core::secret::Secret;
use socket2::SockRef;

/// Whatever people send, what the others get are sound lines from those who sent them; nobody is
/// hindered, and somebody new can come in.
///
/// # Panics
/// When it finds something.
pub fn irc_chat(script: &[u8]) {
    let mut stage = Stage::new();
    for line in script.split(|&byte| byte == b'\n') {
        if let Some((&who, text)) = line.split_first() {
            stage.people[usize::from(who & 3)].say(text);
            if who & 0x20 != 0 {
                stage.turn();
            }
        }
    }
    stage.settle();
    stage.ask_everybody();
    stage.admit_somebody();
    stage.people.iter().for_each(Person::check);
}

struct Stage {
    relay: Relay,
    irc: SocketAddr,
    people: Vec<Person>,
    asked: Asked,
    /// How many of them were answered.
    answered: usize,
}

/// What is to be decided.
type Asked = Arc<Mutex<Vec<Ticket>>>;

/// Decides by letters.
struct Whim(Asked);

impl Whim {
    fn judge(&self, context: &mut Context<'_>, text: &str) -> Verdict {
        match text.chars().find(|letter| "xyz".contains(*letter)) {
            Some('x') => {
                let ticket = context.ticket();
                self.0.lock().expect("a list").push(ticket);
                Verdict::Later(ticket)
            }
            Some('y') => Verdict::Rewrite(text.replace('y', "\u{e9}")),
            Some(_) => Verdict::Deny(text.to_owned()),
            None => Verdict::Allow,
        }
    }
}

impl Observer for Whim {
    fn register(&mut self, context: &mut Context<'_>, _: PersonId, it: &Candidate<'_>) -> Verdict {
        self.judge(context, it.nick.as_str())
    }

    fn rename(&mut self, context: &mut Context<'_>, _: PersonId, nick: &Nick) -> Verdict {
        self.judge(context, nick.as_str())
    }

    fn join(&mut self, context: &mut Context<'_>, _: PersonId, room: &RoomName) -> Verdict {
        self.judge(context, room.as_str())
    }

    fn message(&mut self, context: &mut Context<'_>, _: PersonId, said: &Said<'_>) -> Verdict {
        self.judge(context, said.text)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    Irc,
    Plain,
}

struct Person {
    socket: TcpStream,
    door: Door,
    heard: Vec<u8>,
    gone: bool,
}

/// What ana says first: all capabilities, so that she hears everything.
const ANA: &[u8] = b"CAP LS 302\r\nCAP REQ :message-tags server-time echo-message batch \
labeled-response away-notify extended-join\r\nCAP REQ :userhost-in-names invite-notify setname \
standard-replies draft/chathistory draft/event-playback draft/read-marker chat.local/retry \
draft/multiline extended-monitor\r\nNICK ana\r\nUSER a 0 * :Ana\r\nCAP END\r\nJOIN #lobby";

/// And bob: he has none.
const BOB: &[u8] = b"NICK bob\r\nUSER b 0 * :Bob\r\nJOIN #lobby";

impl Stage {
    /// Ana and bob are in the lobby; a stranger at the IRC door and one at the plain door have not
    /// said yet who they are.
    fn new() -> Stage {
        let mut limits = Limits::default();
        limits.lift();
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let gateways = Gateways {
            networks: vec![any.ip().to_string().parse().expect("a network")],
            secret: Secret::new("secret"),
        };
        let asked = Asked::default();
        let builder = Relay::builder()
            .limits(limits)
            .gateways(Some(gateways))
            .observer(Whim(Arc::clone(&asked)));
        let builder = builder.irc(any).and_then(|builder| builder.plain(any));
        let relay = builder.and_then(|builder| builder.build());
        let relay = relay.expect("doors on the loopback");
        let &[irc, plain] = relay.addresses() else {
            panic!("two doors");
        };
        let mut stage = Stage {
            relay,
            irc,
            people: Vec::new(),
            asked,
            answered: 0,
        };
        for (address, door) in [(irc, Door::Irc); 3]
            .into_iter()
            .chain([(plain, Door::Plain)])
        {
            stage.people.push(Person::new(address, door));
        }
        stage.turn();
        stage.people[0].say(ANA);
        stage.people[1].say(BOB);
        stage.settle();
        stage
    }

    fn turn(&mut self) {
        let turned = self.relay.turn(Some(Duration::ZERO));
        assert!(turned.expect("a poll").is_running(), "it has stopped");
        self.decide();
        self.people.iter_mut().for_each(Person::listen);
    }

    /// By turns one thing and the other.
    fn decide(&mut self) {
        let asked = std::mem::take(&mut *self.asked.lock().expect("a list"));
        for ticket in asked {
            let verdict = match self.answered % 3 {
                0 => Verdict::Allow,
                1 => Verdict::Deny("no".into()),
                _ => Verdict::Rewrite("decided".into()),
            };
            self.answered += 1;
            let settled = self.relay.handle().settle(ticket, verdict);
            settled.expect("a relay with little to do");
        }
    }

    /// Turns until nobody hears anything more.
    fn settle(&mut self) {
        let mut before = usize::MAX;
        for _ in 0..TURNS_MAX {
            let heard: usize = self.people.iter().map(|person| person.heard.len()).sum();
            let heard = heard + self.answered;
            if heard == before {
                return;
            }
            before = heard;
            self.turn();
            self.turn();
        }
        panic!("it never falls silent");
    }

    /// Whoever was not sent away is answered.
    fn ask_everybody(&mut self) {
        let before: Vec<usize> = self
            .people
            .iter()
            .map(|person| person.heard.len())
            .collect();
        for person in &mut self.people {
            person.say(match person.door {
                Door::Irc => b"PING :still here",
                Door::Plain => b"/help",
            });
        }
        self.settle();
        for (person, before) in self.people.iter().zip(before) {
            let answer = &person.heard[before..];
            let answered = match person.door {
                Door::Irc => memchr::memmem::find(answer, b"PONG chat.local :still here").is_some(),
                Door::Plain => !answer.is_empty(),
            };
            assert!(person.gone || answered, "no answer");
        }
    }

    /// The chat is still one.
    fn admit_somebody(&mut self) {
        self.people.push(Person::new(self.irc, Door::Irc));
        self.turn();
        let newcomer = &mut self.people[4];
        newcomer.say(b"NICK newcomer_\r\nUSER n 0 * :N\r\nPING :are you there");
        self.settle();
        let heard = String::from_utf8_lossy(&self.people[4].heard);
        assert!(
            heard.contains(" 001 ") || heard.contains(" 433 "),
            "{heard}"
        );
        assert!(
            heard.contains("PONG chat.local :are you there\r\n"),
            "{heard}"
        );
    }
}

/// Turns that any answer may take.
const TURNS_MAX: usize = 600;

impl Person {
    fn new(address: SocketAddr, door: Door) -> Person {
        let socket = TcpStream::connect(address).expect("a way in");
        socket.set_nonblocking(true).expect("a socket");
        // Or else a line would wait until the one before it is acknowledged, and the script be over.
        socket.set_nodelay(true).expect("a socket");
        // Thousands of runs a second: none may leave a socket in TIME_WAIT behind.
        let lingers = SockRef::from(&socket).set_linger(Some(Duration::ZERO));
        lingers.expect("a socket");
        Person {
            socket,
            door,
            heard: Vec::new(),
            gone: false,
        }
    }

    /// Sends a line; whoever was sent away may find that nobody takes it.
    fn say(&mut self, text: &[u8]) {
        let sent = self.socket.write_all(&[text, b"\r\n"].concat());
        self.gone |= sent.is_err();
    }

    fn listen(&mut self) {
        let mut bytes = [0; 16 * 1024];
        while !self.gone {
            match self.socket.read(&mut bytes) {
                Ok(0) => self.gone = true,
                Ok(count) => self.heard.extend_from_slice(&bytes[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => self.gone = true,
            }
        }
    }

    fn check(&self) {
        let heard = std::str::from_utf8(&self.heard).expect("UTF-8");
        assert!(heard.is_empty() || heard.ends_with("\r\n"), "half a line");
        for line in heard.split_terminator("\r\n") {
            assert!(!line.contains(['\r', '\n', '\0']), "{line:?}");
            match self.door {
                Door::Irc => check_irc(line),
                Door::Plain => assert!(!line.contains(is_unsafe), "{line:?}"),
            }
        }
    }
}

fn check_irc(line: &str) {
    let (data, rest) = tags::split(line);
    assert!(data.len() + 2 <= TAGS_OUT_BYTES_MAX && rest.len() + 2 <= LINE_OUT_BYTES_MAX);
    let message = Message::parse(rest).expect("a message");
    match message.source {
        None => assert!(matches!(message.command, "ERROR" | "PING"), "{line}"),
        Some("chat.local") => {}
        Some(source) => {
            assert!(FROM_PEOPLE.contains(&message.command), "{line}");
            check_source(source);
        }
    }
}

/// What comes from people; all else comes from the house.
const FROM_PEOPLE: [&str; 13] = [
    "PRIVMSG", "NOTICE", "TAGMSG", "JOIN", "PART", "QUIT", "NICK", "TOPIC", "AWAY", "SETNAME",
    "INVITE", "MODE", "BATCH",
];

/// `nick!user@host`, each of them what it may be.
fn check_source(source: &str) {
    let (nick, rest) = source.split_once('!').expect("a nick");
    let (user, host) = rest.split_once('@').expect("a user and a host");
    assert_eq!(Nick::new(nick).map(|name| name.as_str() == nick), Ok(true));
    assert!((1..=16).contains(&user.len()), "{source}");
    assert!(
        user.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    );
    assert!(
        host.len() == 16 && host.bytes().all(|b| b.is_ascii_hexdigit()),
        "{source}"
    );
}

//! The chat itself: drives dialect, hub and journal on a reactor. Floor 5, the front.
//!
//! ```text
//! Frame ─▶ line ─▶ Command ─▶ Hub::check ─▶ Journal::append      (commands.rs, plain.rs)
//!                                                │ this turn or later
//!   people ◀─ FanOut ◀─ Effects ◀─ Hub::apply ◀──┘ committed     (commit.rs)
//! ```
//!
//! | file | what |
//! |---|---|
//! | `lookup.rs`, `house.rs` | looking people up; what the chat says of itself |
//! | `speaker.rs` | how far each person is: dialect, registration, flood, what holds them |
//! | `webirc.rs`, `gate.rs` | where a gateway's people come from; the password |
//! | `registration.rs`, `welcome.rs` | from the first line to 001 and what follows it |
//! | `heirs.rs` | who wants the name of somebody who is just leaving |
//! | `commands.rs`, `deeds.rs`, `plain.rs`, `plain_order.rs`, `unreadable.rs` | one match each: what a registered person may say and do |
//! | `multiline.rs` | a message of several lines, from its first to its last |
//! | `detach.rs` | a gateway's connection, and one client after another behind it |
//! | `consult.rs`, `verdicts.rs`, `errands.rs`, `inside.rs` | the program around it: its verdicts, what it wants done, people without a socket |
//! | `commit.rs`, `told.rs`, `plain_told.rs` | an entry's way through the journal, and how its author hears of it |
//! | `crowds.rs` | coming and going in large rooms, counted |
//! | `oper.rs`, `bans/` | becoming an operator of the server, and what that is good for; who may not come in |
//! | `modes.rs`, `room_modes.rs` | MODE of oneself and who is invisible to whom; MODE of a room, KICK |
//! | `room_settings.rs` | modes of rooms, kept over a restart |
//! | `queries.rs`, `who.rs`, `list.rs`, `whois.rs`, `about.rs`, `help.rs`, `history/`, `cursor.rs` | answers that change nothing |
//! | `monitor/` | MONITOR: who hears when a name comes and goes |
//! | `answer.rs` | labels and batches |
//! | `recovered.rs` | what outlives the end of the program |
//! | `retry.rs` | a message that is sent again is said once |
//! | `read_marker.rs` | how far somebody has read |
//! | `kept.rs` | what these two keep, the oldest to be forgotten first |
//! | `missed.rs` | direct messages to a session whose browser is away |
//! | `fan_out.rs`, `saying.rs`, `forms.rs` | from one to all |
//! | `clock.rs`, `pace.rs`, `slow.rs` | deadlines: registration, ping, flood; who is too fast for their room, who too slow |
//!
//! A person's commands take effect in the order in which they were sent. Posts may be in flight
//! together; whatever else somebody sends waits until their own entries have been committed.

mod about;
mod answer;
mod bans;
mod clock;
mod commands;
mod commit;
mod consult;
mod crowds;
mod cursor;
mod deeds;
mod detach;
mod errands;
mod fan_out;
mod forms;
mod gate;
mod heirs;
mod help;
mod history;
mod host;
mod house;
mod inside;
mod kept;
mod list;
mod lookup;
mod missed;
mod modes;
mod monitor;
mod multiline;
mod oper;
mod pace;
mod plain;
mod plain_order;
mod plain_told;
mod queries;
mod read_marker;
mod recovered;
mod registration;
mod retry;
mod room_modes;
mod room_settings;
mod saying;
mod setup;
mod slow;
mod speaker;
mod struck;
mod told;
mod turn;
mod unreadable;
mod verdicts;
mod webirc;
mod welcome;
mod who;
mod whois;

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use slab::Slab;

pub use errands::Errand;
pub use inside::NotIn;
pub use setup::Setup;
pub use slow::{BadSlowReaders, SlowReaders};
pub use speaker::Preset;
pub use unreadable::unreadable;
pub use webirc::Gateways;

use crate::dialect::Dialect;
use crate::hub::Hub;
use crate::hub::request::Refusal;
use crate::id::{Identity, PersonId, Seq};
use crate::journal::{Alarm, Inquiry, Journal, Lost, Memory, Ticket};
use crate::limits::Limits;
use crate::names::{Nick, RoomName};
use crate::net::attempts::Attempts;
use crate::net::people::People;
use crate::secret::Secret;
use crate::time::{Now, Timestamp};
use answer::{Answer, AnswerKey};
use bans::Bans;
use consult::Program;
use crowds::Crowds;
use fan_out::FanOut;
use history::{Asking, TakenBack};
use house::House;
use monitor::Monitors;
use oper::Claims;
use pace::Waiters;
use read_marker::ReadMarkers;
use recovered::Shelves;
use retry::Retries;
use room_settings::Expected;
use speaker::Speaker;
use turn::Turn;

/// A whole chat, to be served by a reactor.
pub struct Chat {
    hub: Hub,
    journal: Box<dyn Journal>,
    fan: FanOut,
    /// By slab key.
    speakers: Vec<Option<Box<Speaker>>>,
    /// How many of them there are.
    speaking: usize,
    answers: Slab<Answer>,
    /// What waits for an entry, in the order in which they were appended.
    waiting: VecDeque<Waiting>,
    /// What waits for an answer of the journal.
    asking: BTreeMap<Inquiry, Asking>,
    /// The last place in the order that has taken effect.
    until: Seq,
    /// The last time that an entry was given.
    stamped: Timestamp,
    retries: Retries,
    taken_back: TakenBack,
    expected: Expected,
    markers: ReadMarkers,
    monitors: Monitors,
    /// The dialect of each door; the rest speak IRC.
    dialects: Vec<Dialect>,
    limits: Limits,
    password: Option<Secret>,
    attempts: Attempts,
    /// From where rooms were made of late.
    founders: Attempts,
    claims: Claims,
    /// Who may not come in.
    bans: Bans,
    /// Whom operators have sent away since the last turn.
    expelled: Vec<PersonId>,
    gateways: Option<Gateways>,
    house: House,
    program: Program,
    waiters: Waiters,
    crowds: Crowds,
    identities: u64,
    shelves: Shelves,
    /// Who has another name since the last turn, and it is kept for them.
    renamed: Vec<PersonId>,
    heirs: Vec<heirs::Heir>,
    batches: u64,
    committing: bool,
    drained: bool,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    ticket: Ticket,
    answer: AnswerKey,
    who: PersonId,
    is_post: bool,
}

impl Chat {
    /// A chat with nobody in it.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub fn new(setup: Setup, at: Timestamp) -> Result<Chat, getrandom::Error> {
        let epoch = format!("{:016x}", getrandom::u64()?);
        let bytes_max = setup.limits.journal_bytes;
        let mut journal = setup
            .journal
            .unwrap_or_else(|| Box::new(Memory::new(epoch, bytes_max)));
        let epoch = journal.epochs().present().to_owned();
        let recovered = journal.recover();
        let host_key = recovered::host_key(&mut *journal, &recovered)?;
        let Setup {
            title,
            server,
            motd,
            password,
            gateways,
            ..
        } = setup;
        let started = at;
        let mut chat = Chat {
            hub: Hub::new(setup.room, &setup.limits, at),
            journal,
            fan: FanOut::new(epoch.clone(), setup.limits.send_queue_bytes),
            speakers: Vec::new(),
            speaking: 0,
            answers: Slab::new(),
            waiting: VecDeque::new(),
            asking: BTreeMap::new(),
            until: Seq(0),
            stamped: at,
            retries: Retries::default(),
            taken_back: TakenBack::default(),
            expected: Expected::default(),
            markers: ReadMarkers::new(&setup.limits),
            monitors: Monitors::default(),
            dialects: Vec::new(),
            limits: setup.limits,
            password,
            attempts: Attempts::new(&setup.limits),
            founders: Attempts::at_rooms(&setup.limits),
            claims: Claims::new(setup.opers, &setup.limits),
            bans: Bans::default(),
            expelled: Vec::new(),
            gateways,
            house: House {
                title,
                server,
                motd,
                started,
                epoch,
                host_key,
                most_people: 0,
            },
            program: Program::new(setup.observer)?,
            waiters: Waiters::default(),
            crowds: Crowds::default(),
            identities: 0,
            batches: 0,
            shelves: Shelves::default(),
            renamed: Vec::new(),
            heirs: Vec::new(),
            committing: false,
            drained: false,
        };
        chat.recover(recovered);
        Ok(chat)
    }

    /// How the journal wakes the loop.
    pub(crate) fn wake_by(&mut self, alarm: Alarm) {
        self.journal.wake_by(Alarm::clone(&alarm));
        self.claims.wake_by(alarm);
    }

    /// The end of the journal.
    pub(crate) fn end(&mut self) -> Result<(), Lost> {
        self.journal.end()
    }

    /// The doors' dialects, in the order in which the doors were opened.
    pub fn add_door(&mut self, dialect: Dialect) {
        self.dialects.push(dialect);
    }

    /// The bounds in force.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The name of the whole chat.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.house.title
    }

    /// The room that is always there.
    #[must_use]
    pub fn default_room(&self) -> &RoomName {
        self.hub.default_room()
    }

    /// What everybody has to know to come in, if anything.
    #[must_use]
    pub fn password(&self) -> Option<&Secret> {
        self.password.as_ref()
    }

    /// What a registered person is called now.
    #[must_use]
    pub fn nick_of(&self, who: PersonId) -> Option<&Nick> {
        Some(&self.hub.person(who)?.source.nick)
    }

    /// A new identity, for somebody whose direct messages are their own over several connections.
    pub fn new_identity(&mut self) -> Identity {
        self.identities += 1;
        Identity(self.identities)
    }

    /// Keeps a name for an identity until [`Chat::release`].
    ///
    /// # Errors
    /// The name is somebody else's, or looks like it.
    pub fn reserve(&mut self, nick: &Nick, identity: Identity) -> Result<(), Refusal> {
        self.hub.reserve(nick, identity)
    }

    /// The name that is kept for an identity; it follows when its person takes another.
    #[must_use]
    pub fn kept_for(&self, identity: Identity) -> Option<&Nick> {
        self.hub.kept_for(identity)
    }

    /// Who has taken another name in the last turn, of those for whom a name is kept.
    pub fn take_renamed(&mut self) -> Vec<PersonId> {
        std::mem::take(&mut self.renamed)
    }

    /// Lets go of a name that was kept.
    pub fn release(&mut self, nick: &Nick, identity: Identity) {
        self.hub.release(nick, identity);
        self.forget_markers_if_over(identity, nick);
    }

    /// Lets somebody speak from now on: a connection of one of the chat's own doors, or one that
    /// another host has brought as far as messages. With a preset they need not choose a name.
    pub fn open(
        &mut self,
        people: &mut People,
        who: PersonId,
        dialect: Dialect,
        preset: Option<Preset>,
        now: Now,
    ) {
        Turn {
            chat: self,
            people,
            now,
        }
        .let_speak(who, dialect, preset);
    }

    /// A registered person has got another connection: they negotiate anew and are then told where
    /// they are, while for the others nothing happens.
    pub fn resume(&mut self, people: &mut People, who: PersonId, now: Now) {
        Turn {
            chat: self,
            people,
            now,
        }
        .resume(who);
    }

    /// Somebody is without a connection for now and hears nothing; for the others nothing happens.
    pub fn suspend(&mut self, people: &mut People, who: PersonId, now: Now) {
        Turn {
            chat: self,
            people,
            now,
        }
        .suspend(who);
    }

    /// Somebody has left, whether or not they said so; their rooms hear why.
    pub fn leave(&mut self, people: &mut People, who: PersonId, reason: &str, now: Now) {
        Turn {
            chat: self,
            people,
            now,
        }
        .leave(who, reason);
    }

    /// Tells everybody to go, with a reason; [`Chat::is_drained`] from then on.
    pub fn drain(&mut self, people: &mut People, reason: &str, now: Now) {
        self.drained = true;
        Turn {
            chat: self,
            people,
            now,
        }
        .drain(reason);
    }

    /// Whether everybody was told to go.
    #[must_use]
    pub fn is_drained(&self) -> bool {
        self.drained
    }
}

impl fmt::Debug for Chat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chat")
            .field("title", &self.house.title)
            .finish_non_exhaustive()
    }
}

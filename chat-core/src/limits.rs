//! Every bound of the chat, with its unit in its name and its source beside it. Floor 0: uses nothing.
//!
//! Constants are facts of a protocol or of the design. [`Limits`] are the ones that an operator may
//! set (`--limit NAME=VALUE`); their defaults are here too.

use std::ops::RangeInclusive;
use std::time::Duration;

/// Bytes of one incoming line without its tags and line end. RFC 2812 §2.3: 512 with CRLF.
pub const LINE_BYTES_MAX: usize = 510;

/// Bytes of tag data a client may send, without `@` and the space. IRCv3 message-tags, "Size limit".
pub const CLIENT_TAG_BYTES_MAX: usize = 4094;

/// Bytes of one outgoing line without its tags, with CRLF. RFC 2812 §2.3.
pub const LINE_OUT_BYTES_MAX: usize = 512;

/// Bytes of the whole tag section of an outgoing line, `@` and space included. IRCv3 message-tags.
pub const TAGS_OUT_BYTES_MAX: usize = 8191;

/// Bytes of tags, `@` and space included, plus the line and its CRLF: the longest that can come in.
pub const LINE_IN_BYTES_MAX: usize = CLIENT_TAG_BYTES_MAX + 2 + LINE_BYTES_MAX + 2;

/// Parameters of one line. RFC 2812 §2.3.1: fourteen and a trailing one.
pub const PARAMS_MAX: usize = 15;

/// Characters of a nick or of a room's name (without its `#`). Ours: long enough for a full name.
pub const NAME_CHARS_MAX: usize = 32;

/// Bytes of a nick or of a room's name (without its `#`). Ours: a prefix must leave room for a text.
pub const NAME_BYTES_MAX: usize = 64;

/// Bytes of the user part of a prefix. Ours, the usual `USERLEN`.
pub const USER_BYTES_MAX: usize = 16;

/// Bytes of a topic. Ours: fits one line with the longest room name.
pub const TOPIC_BYTES_MAX: usize = 390;

/// Bytes of an away reason. Ours: fits one line.
pub const AWAY_BYTES_MAX: usize = 390;

/// Bytes of a real name. Ours: fits a WHOIS line.
pub const REAL_NAME_BYTES_MAX: usize = 128;

/// Bytes of the reason in PART and QUIT. Ours: fits one line.
pub const REASON_BYTES_MAX: usize = 300;

/// Bytes of a label. IRCv3 labeled-response: 64.
pub const LABEL_BYTES_MAX: usize = 64;

/// Bytes of the id by which a client may send a message again, as it stands on the line. Ours: a label's, since a client
/// may use one word for both.
pub const RETRY_ID_BYTES_MAX: usize = LABEL_BYTES_MAX;

/// How long a message with such an id is known again. Ours: a laptop that was closed over night.
pub const RETRY_WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

/// Messages that are known again in all. Ours: some megabytes.
pub const RETRIES_MAX: usize = 20_000;

/// The same for one identity: far more than anybody has unanswered. Ours.
pub const RETRIES_PER_IDENTITY_MAX: usize = 1_000;

/// Bytes of what was said in all of them, since the journal may have forgotten it by then. Ours.
pub const RETRIES_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Markers of what was read, for one identity, besides one for each room that somebody may be in. Ours: people that
/// somebody talks with.
pub const READ_MARKERS_DIRECT_MAX: usize = 100;

/// Markers of what was read, in all. Ours: some megabytes.
pub const READ_MARKERS_MAX: usize = 100_000;

/// Bytes of one message of several lines, their ends included. Ours, told by `draft/multiline`: a hundred lines of eighty.
/// A history of such messages is read at once.
pub const MULTILINE_BYTES_MAX: usize = 8 * 1024;

/// Lines of one message. Ours, told by `draft/multiline`: a paste.
pub const MULTILINE_LINES_MAX: usize = 100;

/// Bytes of client-only tags that are told with each line of a message, to whoever does not know of several lines; longer
/// ones only with the first. Ours: an answer to another message.
pub const TAGS_REPEATED_BYTES_MAX: usize = 128;

/// How long a batch of a client may stay open. Ours: far longer than it takes to send one. IRCv3 client-batch, `TIMEOUT`.
pub const BATCH_OPEN: Duration = Duration::from_secs(60);

/// Bytes around the text of one line, about, by which the lines of a batch are counted against the flood limit; and
/// by which a queue is shared out. Ours.
pub const LINE_ENVELOPE_BYTES: usize = 60;

/// The part of a reader's queue that the text of one message may take, and its lines the same again. Ours: what is around
/// a line may be several times as long as the line.
const MULTILINE_QUEUE_SHARE: u64 = 16;

/// Targets of one PRIVMSG, NOTICE, TAGMSG, NAMES, LIST, WHOIS or WHOWAS. Ours, told by `TARGMAX`.
pub const TARGETS_MAX: usize = 4;

/// Posts of one person that the journal has not committed yet; the next one waits. Ours: far more
/// than a batch, and bounded.
pub const POSTS_IN_FLIGHT_MAX: u32 = 1024;

/// Messages in one CHATHISTORY reply. Ours, told by `CHATHISTORY`.
pub const HISTORY_MESSAGES_MAX: usize = 100;

/// Messages in one reply to SEARCH. Ours, that of CHATHISTORY.
pub const SEARCH_MESSAGES_MAX: usize = HISTORY_MESSAGES_MAX;

/// Messages of which it is known that they were taken back while an answer with them may be under way. Ours: more than all
/// operators of a room take back while one reader stalls.
pub const TAKEN_BACK_MAX: usize = 1000;

/// Bytes of a text that is searched for. Ours: a sentence of any script.
pub const SEARCH_TEXT_BYTES_MAX: usize = 256;

/// Words of a text that is searched for; of scripts without spaces, signs. Ours.
pub const SEARCH_WORDS_MAX: usize = 32;

/// Texts that a search looks through in memory, while everybody waits; the latest, or the first ones if it asks for what
/// came after a moment. Ours: a few milliseconds of English, some tens of what is not ASCII.
pub const SEARCH_MEMORY_MESSAGES_MAX: usize = 5_000;

/// How long a search on the disk may keep others from their history. Ours: as long as nobody minds.
pub const SEARCH_TIME_MAX: Duration = Duration::from_millis(250);

/// Words of the index that begin as the last word of a search; if there are more, that word does not narrow down where it is
/// looked for. Ours: each costs some microseconds.
pub const SEARCH_ENDINGS_MAX: usize = 64;

/// Messages that the plain door shows to somebody who enters a room. Ours.
pub const PLAIN_HISTORY_MESSAGES: usize = 10;

/// Lines of those, the last ones. Ours: a screen.
pub const PLAIN_HISTORY_LINES: usize = 25;

/// Direct messages that are kept for a session whose browser is away. Ours: it is away for seconds.
pub const MISSED_MESSAGES_MAX: usize = 100;

/// Entries and the like in one transaction of a journal on the disk, after which no more is waited for. Ours: a sync costs as
/// much as writing some hundreds.
pub const JOURNAL_BATCH_ORDERS_MAX: usize = 1000;

/// Entries of a journal on the disk, about, after which those places are sorted in where they are found again. Ours: they fit
/// into a few pages, and what is sorted is written once for many batches.
pub const JOURNAL_FRESH: usize = 1024;

/// Entries that go into the index of words in one transaction, between two that write. Ours: some milliseconds.
pub const JOURNAL_INDEXED_AT_ONCE: usize = 128;

/// Pages of 4 KiB in SQLite's log, about, after which they are moved into its file. Ours: some megabytes; SQLite's own is 1000.
pub const JOURNAL_LOG_PAGES: usize = 2000;

/// Bytes of entries that may wait for the disk; the next one is refused. Ours: seconds of a disk that has hung.
pub const JOURNAL_WAITING_BYTES_MAX: usize = 32 * 1024 * 1024;

/// People of one name whose talks with somebody are read as one. Ours: what an answer takes stays bounded.
pub const NAMESAKES_MAX: usize = 100;

/// Notes and the like that may wait for a disk that has failed; the oldest are given up. Ours.
pub const JOURNAL_OWED_MAX: usize = 100_000;

/// Places whose numbers the writer of a journal knows by heart. Ours: some megabytes.
pub const JOURNAL_PLACES_KNOWN_MAX: usize = 10_000;

/// Entries that are dropped from a journal in one transaction, between two that write. Ours: milliseconds.
pub const JOURNAL_DROPPED_AT_ONCE: i64 = 200;

/// People in a room above which their coming and going is counted for clients that agreed on it, and not told one by one.
/// Ours: nobody reads a hundred names.
pub const CROWD_PEOPLE: usize = 100;

/// How often such a room is told how many came and went. Ours.
pub const CROWD_TOLD_EVERY: Duration = Duration::from_secs(1);

/// Names that one person may watch. Ours, told by `MONITOR`; IRCv3 monitor has the same in its example.
pub const MONITORED_MAX: usize = 100;

/// Masks on all lists of a room (bans, exceptions, invitations) together. Ours; told as `MAXLIST`.
pub const ROOM_LISTED_MAX: usize = 100;

/// Bans from the whole server, together. Ours: each is looked at when somebody comes in.
pub const SERVER_BANS_MAX: usize = 1000;

/// Bytes of a mask on a list. Ours: a name, a user part and a hash fit, and three of them fit into a line.
pub const MASK_BYTES_MAX: usize = 100;

/// Changes with a parameter in one MODE. RFC 2812 §3.2.3: three.
pub const MODE_PARAMS_MAX: usize = 3;

/// Bytes of a room's key. RFC 2812 §2.3.1: 23.
pub const ROOM_KEY_BYTES_MAX: usize = 23;

/// People who were asked into a room and have not come yet; the first ones must be asked again. Ours.
pub const ROOM_INVITED_MAX: usize = 100;

/// How far the stamp of an entry may be ahead of the clock so that no stamp is before the one of the entry before it. Ours: what
/// NTP puts right in passing. A clock that was further ahead was wrong, and what follows bears the right time again.
pub const CLOCK_AHEAD_MAX: Duration = Duration::from_secs(60);

/// How long the clock must have gone on evenly before what is old by it is dropped, or as long as it is kept if that is
/// less. Ours: a machine that starts without the time has it by then.
pub const CLOCK_STEADY: Duration = Duration::from_secs(60 * 60);

/// How often a journal looks for what is too old, or too much. Ours.
pub const RETENTION_EVERY: Duration = Duration::from_secs(60);

/// People who left, kept for WHOWAS. Ours.
pub const WHOWAS_ENTRIES_MAX: usize = 256;

/// Bytes read from one socket in one turn before the others get theirs. Ours, one read.
pub const READ_TURN_BYTES_MAX: usize = 64 * 1024;

/// Bytes that may wait undecoded for one person while it is paused or a message is incomplete:
/// what one read brings on top of an incomplete message.
pub const INBOX_BYTES_MAX: usize = READ_TURN_BYTES_MAX + LINE_IN_BYTES_MAX;

/// Polls without a timeout that gather what is ready before anything is written. ARCHITECTURE.md "Order and fan-out".
pub const GATHER_POLLS_MAX: usize = 16;

/// Empty polls in a row after which nobody more is waited for, when very many are to be written to. Ours: some
/// microseconds, beside milliseconds of writing. docs/performance.md.
pub const GATHER_IDLE_POLLS_MAX: usize = 16;

/// People to be written to for each such poll. Ours: it costs less than a hundredth of writing to them.
pub const GATHER_READERS_PER_POLL: usize = 64;

/// Bytes of a password or of a gateway's secret. Ours: with its command it fits one line.
pub const SECRET_BYTES_MAX: usize = 256;

/// Addresses whose wrong passwords, or new rooms, are remembered. Ours: some megabytes at worst.
pub const ATTEMPT_ADDRESSES_MAX: usize = 50_000;

/// Connections accepted in one turn from one door before the others get theirs. Ours.
pub const ACCEPTS_PER_TURN_MAX: usize = 256;

/// Bytes that may wait in either direction of a pipe to somebody in the same process. Ours: as much as one turn
/// reads.
pub const PIPE_BYTES_MAX: usize = READ_TURN_BYTES_MAX;

/// Bytes of what other threads want done that may wait for the loop's next turn. Ours.
pub const HANDLE_BYTES_MAX: usize = 1024 * 1024;

/// Bytes of a stride: who takes one each half second reads well enough for a talker at full speed to wait for
/// them alone. Ours: five hundred lines a second, more than a room of people says.
pub const STRIDE_BYTES: usize = 32 * 1024;

/// Bytes that one room's buffer may hold before it is flushed within a turn. ARCHITECTURE.md "Order and fan-out".
pub const TURN_BUFFER_BYTES_MAX: usize = 256 * 1024;

/// Bytes of a turn's buffer that is kept for the next turn. Ours: what a busy room says in one.
pub const SPARE_BUFFER_BYTES_MAX: usize = 64 * 1024;

/// Rooms whose turn's buffers are kept for the next turn, one for each form that was read in it. Ours:
/// mostly a megabyte at the most.
pub const SPARE_SAYINGS_MAX: usize = 16;

/// Bytes of a rest that is copied, so that it does not pin a long shared chunk. ARCHITECTURE.md "Order and fan-out".
pub const REST_COPY_BYTES_MAX: usize = 4 * 1024;

/// Slices of one `writev`. Ours, far under `IOV_MAX` (1024).
pub const WRITE_SLICES_MAX: usize = 64;

/// How long somebody who talked too fast and hung up is still heard. Ours: twenty lines, while
/// everybody else who hangs up is gone at once.
pub const HANG_UP_GRACE: Duration = Duration::from_secs(10);

/// Time that a dismissed person's last bytes may take. ARCHITECTURE.md "Order and fan-out": best effort 1 s.
pub const LINGER: Duration = Duration::from_secs(1);

/// Silence after which the kernel asks a peer whether it is there: for doors whose people cannot be
/// pinged. Ours, the same as the default of `ping_seconds`.
pub const KEEPALIVE: Duration = Duration::from_secs(90);

/// Time between two such questions; after some without an answer the connection is lost. Ours.
pub const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(30);

/// One tick of the deadline wheel. Ours: two lines a second want better than a second.
pub const WHEEL_TICK: Duration = Duration::from_millis(100);

/// So many seconds; a century stands for more, since a clock cannot hold for ever.
#[must_use]
pub fn seconds(count: u64) -> Duration {
    Duration::from_secs(count).min(CENTURY)
}

/// The longest time that anything waits for: as good as for ever. Ours.
pub const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);

/// Bounds that an operator may set; the defaults are those of the documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Seconds until a connection must have registered.
    pub registration_seconds: u64,
    /// Seconds of silence before a PING is sent.
    pub ping_seconds: u64,
    /// Seconds that the answer to a PING may take.
    pub pong_seconds: u64,
    /// Bytes that may wait for one person.
    pub send_queue_bytes: u64,
    /// Rooms that one person may be in.
    pub rooms_per_person: u64,
    /// Rooms in all.
    pub rooms: u64,
    /// Rooms that may be made from one address, or one /64 of IPv6, at once; loopback is exempt.
    pub new_rooms: u64,
    /// Seconds until one more may be made.
    pub new_room_seconds: u64,
    /// People in one room.
    pub people_per_room: u64,
    /// Bytes of the journal in memory.
    pub journal_bytes: u64,
    /// Connections from one address, or from one /64 of IPv6; loopback is exempt.
    pub connections_per_address: u64,
    /// Wrong passwords that may come from one address, or one /64 of IPv6, at once.
    pub password_attempts: u64,
    /// Seconds until one more may come.
    pub password_seconds: u64,
    /// Connections in all.
    pub connections: u64,
    /// Lines that may come at once before a talker is delayed.
    pub flood_lines: u64,
    /// Lines a second after that.
    pub flood_lines_per_second: u64,
    /// Seconds for which somebody may take back what they said; 0 is not at all.
    pub redact_seconds: u64,
    /// Bytes of an HTTP request head.
    pub http_head_bytes: u64,
    /// Seconds that an HTTP request may take to arrive.
    pub http_head_seconds: u64,
    /// Bytes of one WebSocket message.
    pub websocket_message_bytes: u64,
}

/// Stands for "no bound" where a bound is lifted.
pub const UNLIMITED: u64 = u64::MAX;

impl Default for Limits {
    fn default() -> Self {
        Limits {
            registration_seconds: 20,
            ping_seconds: 90,
            pong_seconds: 30,
            send_queue_bytes: 256 * 1024,
            rooms_per_person: 20,
            rooms: 10_000,
            // Less than half of all rooms in the 30 days for which one with words in it is not given to others.
            new_rooms: 100,
            new_room_seconds: 600,
            people_per_room: 100_000,
            journal_bytes: 64 * 1024 * 1024,
            connections_per_address: 64,
            password_attempts: 10,
            password_seconds: 6,
            connections: 100_000,
            flood_lines: 10,
            flood_lines_per_second: 2,
            // Slips are noticed the same day; what is older is what others rely on.
            redact_seconds: 24 * 60 * 60,
            http_head_bytes: 8 * 1024,
            http_head_seconds: 10,
            websocket_message_bytes: 8 * 1024,
        }
    }
}

/// A bound that cannot be set so. For whoever started the program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// There is no such bound.
    #[error("there is no limit {0:?}; the limits are: {names}", names = Limits::names().join(", "))]
    Unknown(String),
    /// Not a number, or not one that can work.
    #[error("{value:?} is not a value for {name}: write a number from {from}{}", up_to(*to))]
    BadValue {
        /// Which bound.
        name: &'static str,
        /// What was written.
        value: String,
        /// The least that works.
        from: u64,
        /// The most that works.
        to: u64,
    },
}

macro_rules! settable {
    ($($name:ident $range:expr;)*) => {
        impl Limits {
            /// The names of all of them, as `--limit` takes them.
            #[must_use]
            pub fn names() -> Vec<&'static str> {
                vec![$(stringify!($name)),*]
            }

            /// Sets one by its name; `-` may stand for `_`.
            ///
            /// # Errors
            /// There is no such bound, or it cannot be that.
            pub fn set(&mut self, name: &str, value: &str) -> Result<(), LimitError> {
                match name.replace('-', "_").as_str() {
                    $(stringify!($name) => {
                        self.$name = number(stringify!($name), value, $range)?;
                    })*
                    _ => return Err(LimitError::Unknown(name.to_owned())),
                }
                Ok(())
            }
        }
    };
}

const ANY: RangeInclusive<u64> = 1..=UNLIMITED;

settable! {
    registration_seconds ANY;
    ping_seconds ANY;
    pong_seconds ANY;
    // Two of the longest lines: one may always wait behind another.
    send_queue_bytes (2 * LINE_IN_BYTES_MAX as u64)..=UNLIMITED;
    rooms_per_person ANY;
    rooms ANY;
    new_rooms ANY;
    new_room_seconds ANY;
    people_per_room ANY;
    journal_bytes ANY;
    connections_per_address ANY;
    password_attempts ANY;
    password_seconds ANY;
    connections ANY;
    flood_lines ANY;
    flood_lines_per_second ANY;
    redact_seconds 0..=UNLIMITED;
    // A head that has not come to its end waits in the inbox.
    http_head_bytes 256..=READ_TURN_BYTES_MAX as u64;
    http_head_seconds ANY;
    // The longest line, so that the page can say what IRC clients can.
    websocket_message_bytes (LINE_IN_BYTES_MAX as u64)..=UNLIMITED;
}

impl Limits {
    /// Bytes of one message of several lines: a small part of what may wait for a reader.
    #[must_use]
    pub fn multiline_bytes(&self) -> usize {
        self.multiline_share().min(MULTILINE_BYTES_MAX)
    }

    /// Lines of one message.
    #[must_use]
    pub fn multiline_lines(&self) -> usize {
        let lines = self.multiline_share() / LINE_ENVELOPE_BYTES;
        lines.clamp(1, MULTILINE_LINES_MAX)
    }

    fn multiline_share(&self) -> usize {
        usize::try_from(self.send_queue_bytes / MULTILINE_QUEUE_SHARE).unwrap_or(usize::MAX)
    }

    /// Lifts what bounds how much one address or one talker may do: for benchmarks.
    pub fn lift(&mut self) {
        self.flood_lines = UNLIMITED;
        self.connections_per_address = UNLIMITED;
        self.new_rooms = UNLIMITED;
    }
}

fn number(name: &'static str, value: &str, range: RangeInclusive<u64>) -> Result<u64, LimitError> {
    let number = value.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| LimitError::BadValue {
        name,
        value: value.to_owned(),
        from: *range.start(),
        to: *range.end(),
    })
}

/// The upper end of a range in words, if it has one.
fn up_to(end: u64) -> String {
    if end == UNLIMITED {
        String::new()
    } else {
        format!(" to {end}")
    }
}

#[cfg(test)]
#[path = "limits_tests.rs"]
mod tests;

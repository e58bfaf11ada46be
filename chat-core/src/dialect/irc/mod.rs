//! The IRC dialect: RFC 1459 and 2812 as modern.ircdocs.horse describes them, with IRCv3 tags.
//!
//! [`message`] and [`tags`] take a line apart without allocating; [`decode`](mod@decode) makes a typed
//! [`Command`] of it. [`encode`](mod@encode) writes what happened as a reader with certain [`Caps`] gets
//! it. Answers to one person begin with a [`Reader`] and are written parameter by parameter
//! ([`reply`]) with the numbers of [`numeric`]; [`refusal`] has those for everything that can be wrong.
//! [`mod@dropped`] is for those who read too slowly. [`isupport`] says what we are (005), [`caps`] what can be agreed on (CAP).

pub mod caps;
pub mod command;
pub mod decode;
pub mod dropped;
pub mod encode;
pub mod history;
pub mod isupport;
pub mod list;
pub mod message;
pub mod modes;
pub mod monitor;
pub mod msgid;
pub mod multiline;
pub mod numeric;
pub mod operator;
pub mod read_marker;
pub mod reader;
pub mod redact;
pub mod refusal;
pub mod reply;
pub mod retry;
pub mod search;
pub mod tags;
pub mod who;

pub use caps::Caps;
pub use command::{Command, Wrong};
pub use decode::decode;
pub use encode::{Extra, encode, encode_for};
pub use message::{Message, ParseError};
pub use numeric::Numeric;
pub use reader::Reader;
pub use reply::Line;
pub use tags::Tags;

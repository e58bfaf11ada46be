//! Every bound of the web front, with its unit in its name and its source beside it. Floor 0.
//!
//! What an operator may set is in [`chat_core::limits::Limits`]; these are facts of a protocol or of
//! the design.

use std::time::Duration;

/// Header fields of one request. Ours: a browser sends about twenty.
pub const HEADER_FIELDS_MAX: usize = 64;

/// Bytes of one decoded request body. Ours: a login form, or a small one of the program around.
pub const BODY_BYTES_MAX: usize = 4 * 1024;

/// Bytes for the head of an answer: what may wait for one person, less these, is the longest body. Ours:
/// our own heads have about 600.
pub const ANSWER_HEAD_BYTES: usize = 1024;

/// Bytes of a chunk's size line or of a trailer field. RFC 9112 §7.1.1 asks for such a bound.
pub const CHUNK_LINE_BYTES_MAX: usize = 256;

/// Trailer fields after the last chunk, which are read and dropped. Ours.
pub const TRAILER_FIELDS_MAX: usize = 16;

/// Bytes that tungstenite reads at once, and the buffer that it keeps for that. Ours: an IRC line
/// with its tags; the library's own default is 128 KiB for each connection.
pub const WEBSOCKET_READ_BYTES: usize = 1024;

/// Bytes of a frame before its payload: opcode, length, mask. RFC 6455 §5.2.
pub const FRAME_HEAD_BYTES_MAX: usize = 14;

/// Bytes of a control frame's payload. RFC 6455 §5.5.
pub const CONTROL_BYTES_MAX: u64 = 125;

/// Bytes of the reason in a close frame. RFC 6455 §5.5: 125 with the code.
pub const CLOSE_REASON_BYTES_MAX: usize = 123;

/// Bytes of a session's token. ARCHITECTURE.md "Sessions": 128 bits.
pub const TOKEN_BYTES: usize = 16;

/// Sessions in all, beyond which nobody can log in. Ours, as many as there may be connections.
pub const SESSIONS_MAX: usize = 100_000;

/// How long a session without a socket stays in its rooms, untold. ARCHITECTURE.md "Sessions".
pub const GHOST: Duration = Duration::from_secs(10);

/// How long the relay may take to accept a connection. Ours: with [`RELAY_RETRY`] at most four seconds
/// pass from one attempt to the next.
pub const RELAY_CONNECT: Duration = Duration::from_secs(2);

/// How long the relay may take to let somebody in. Ours: shorter than a browser's request may take.
pub const RELAY_ANSWER: Duration = Duration::from_secs(5);

/// The longest pause before the relay is tried again. Ours.
pub const RELAY_RETRY: Duration = Duration::from_secs(2);

/// The longest pause after a connection that was good. Ours.
pub const RELAY_RETRY_SOON: Duration = Duration::from_millis(500);

/// How long a session waits for its name when the relay says that somebody has it: as long as its own
/// former person may still stand there. Ours.
pub const NAME_AWAITED: Duration = Duration::from_secs(10);

/// Rooms of one client that the gateway says again to a relay that has started anew. Ours: many times
/// the rooms that a relay lets one person be in by default.
pub const ROOMS_KEPT_MAX: usize = 200;

/// How long the name of a session that has left is kept for it. ARCHITECTURE.md "Sessions".
pub const NAME_KEPT: Duration = Duration::from_secs(60);

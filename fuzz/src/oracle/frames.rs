//! RFC 6455 §5 on a whole stream of a client.

/// One message, or what stands in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    Text(Vec<u8>),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    /// A pong, or a fragment without content.
    Nothing,
}

/// What a stream comes to.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) messages: Vec<Message>,
    /// The client said goodbye, or broke the protocol.
    pub(crate) over: bool,
    /// And the frame by which it did is all there.
    pub(crate) over_for_sure: bool,
}

struct Frame<'a> {
    first: u8,
    masked: bool,
    /// As announced.
    length: u64,
    mask: [u8; 4],
    /// As far as it is there, and still masked.
    payload: &'a [u8],
}

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// What the fragments of a message have brought so far.
#[derive(Default)]
struct Begun {
    /// None between two messages.
    opcode: Option<u8>,
    payload: Vec<u8>,
    /// As announced.
    length: u64,
}

/// Reads all frames, the last of which may not be whole.
pub(crate) fn read(stream: &[u8], message_bytes_max: usize) -> Read {
    let mut read = Read::default();
    let mut begun = Begun::default();
    let mut rest = stream;
    while let Some((frame, after)) = split(rest) {
        let is_whole = frame.payload.len() as u64 == frame.length;
        if frame.is_wrong() || !read.take(&frame, &mut begun, message_bytes_max) {
            read.over = true;
            read.over_for_sure = is_whole;
            break;
        }
        if !is_whole {
            break;
        }
        rest = after;
    }
    read
}

/// The frame at the front, once its header is whole, and what follows it.
fn split(bytes: &[u8]) -> Option<(Frame<'_>, &[u8])> {
    let (&[first, second], rest) = bytes.split_first_chunk()?;
    let (length, rest) = match second & 0x7f {
        126 => {
            let (length, rest) = rest.split_first_chunk()?;
            (u64::from(u16::from_be_bytes(*length)), rest)
        }
        127 => {
            let (length, rest) = rest.split_first_chunk()?;
            (u64::from_be_bytes(*length), rest)
        }
        length => (u64::from(length), rest),
    };
    let masked = second & 0x80 != 0;
    let (mask, rest) = match masked {
        true => rest.split_first_chunk().map(|(mask, rest)| (*mask, rest))?,
        false => ([0; 4], rest),
    };
    let here = usize::try_from(length)
        .unwrap_or(usize::MAX)
        .min(rest.len());
    let (payload, after) = rest.split_at(here);
    let frame = Frame {
        first,
        masked,
        length,
        mask,
        payload,
    };
    Some((frame, after))
}

impl Frame<'_> {
    fn opcode(&self) -> u8 {
        self.first & 0x0f
    }

    fn is_final(&self) -> bool {
        self.first & 0x80 != 0
    }

    /// What a header shows to be wrong, whatever comes before or after.
    fn is_wrong(&self) -> bool {
        let is_known = matches!(self.opcode(), 0..=2 | 8..=10);
        let is_reserved = self.first & 0x70 != 0;
        let bad_control = self.opcode() >= CLOSE && (!self.is_final() || self.length > 125);
        !is_known || is_reserved || bad_control || !self.masked
    }

    fn unmasked(&self) -> Vec<u8> {
        let mask = self.mask.iter().cycle();
        self.payload.iter().zip(mask).map(|(b, m)| b ^ m).collect()
    }
}

impl Read {
    /// False if this is the end.
    fn take(&mut self, frame: &Frame<'_>, begun: &mut Begun, max: usize) -> bool {
        if frame.opcode() < CLOSE {
            return begun.take(frame, max) && self.on_data(frame, begun);
        }
        if frame.payload.len() as u64 == frame.length {
            match frame.opcode() {
                PING => self.messages.push(Message::Ping(frame.unmasked())),
                PONG => self.messages.push(Message::Nothing),
                _ => return false,
            }
        }
        true
    }

    /// The message is in order so far; it may be whole.
    fn on_data(&mut self, frame: &Frame<'_>, begun: &mut Begun) -> bool {
        let is_whole = frame.payload.len() as u64 == frame.length;
        let is_last = is_whole && frame.is_final();
        if begun.opcode == Some(TEXT) && !is_text(&begun.payload, is_last) {
            return false;
        }
        if is_last {
            let begun = std::mem::take(begun);
            let kind = match begun.opcode {
                Some(BINARY) => Message::Binary,
                _ => Message::Text,
            };
            self.messages.push(kind(begun.payload));
        } else if is_whole && frame.length == 0 {
            self.messages.push(Message::Nothing);
        }
        true
    }
}

impl Begun {
    /// What there is of one more data frame; false if it is out of place or too much.
    fn take(&mut self, frame: &Frame<'_>, max: usize) -> bool {
        let continues = frame.opcode() == CONTINUATION;
        if continues != self.opcode.is_some() {
            return false;
        }
        self.opcode = self.opcode.or(Some(frame.opcode()));
        self.length = self.length.saturating_add(frame.length);
        self.payload.extend(frame.unmasked());
        self.length <= max as u64
    }
}

/// Of a text that goes on, the rest of a character may be still to come.
fn is_text(bytes: &[u8], is_last: bool) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && !is_last,
    }
}

/// What a server sent: every frame is whole, final and unmasked. The opcodes and payloads.
///
/// # Panics
/// When it is not so.
pub(crate) fn from_server(mut bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while !bytes.is_empty() {
        let (frame, after) = split(bytes).expect("a whole header");
        assert_eq!(frame.length, frame.payload.len() as u64, "a whole frame");
        assert!(frame.is_final() && !frame.masked && frame.first & 0x70 == 0);
        assert!(frame.opcode() < CLOSE || frame.length <= 125);
        frames.push((frame.opcode(), frame.payload.to_vec()));
        bytes = after;
    }
    frames
}

/// The pongs at the front, and the close frame behind them, if there is one; nothing else.
///
/// # Panics
/// When there is.
pub(crate) fn pongs_and_close(bytes: &[u8]) -> (Vec<Vec<u8>>, Option<Vec<u8>>) {
    let mut frames = from_server(bytes);
    let close = match frames.last() {
        Some((CLOSE, _)) => frames.pop().map(|(_, payload)| payload),
        _ => None,
    };
    assert!(frames.iter().all(|(opcode, _)| *opcode == PONG));
    (
        frames.into_iter().map(|(_, payload)| payload).collect(),
        close,
    )
}

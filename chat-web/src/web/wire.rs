//! How messages to a browser are put on the wire: one unmasked frame each. RFC 6455 §5.
//!
//! A server must not mask (§5.1), so the frame of a message is the same for every browser, and is
//! made once for all of them.

use bytes::{BufMut, BytesMut};
use chat_core::net::framing::Wire;
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Data, OpCode};

/// Messages as text frames, which browsers get as strings.
pub const TEXT: Wire = Wire {
    name: "ws-text",
    wrap: wrap_text,
    first: first_frame,
    message: payload,
};

/// Messages as binary frames.
pub const BINARY: Wire = Wire {
    name: "ws-binary",
    wrap: wrap_binary,
    first: first_frame,
    message: payload,
};

/// Before the upgrade there are answers and no messages: nothing said then reaches the peer.
pub const HTTP: Wire = Wire {
    name: "http",
    wrap: |_, _| {},
    first: <[u8]>::len,
    message: |_| &[],
};

/// Which kind of frame carries the messages of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// Text frames.
    Text,
    /// Binary frames.
    Binary,
}

impl Opcode {
    /// The wire that goes with it.
    #[must_use]
    pub fn wire(self) -> Wire {
        match self {
            Opcode::Text => TEXT,
            Opcode::Binary => BINARY,
        }
    }
}

fn wrap_text(message: &[u8], out: &mut BytesMut) {
    wrap(Data::Text, message, out);
}

fn wrap_binary(message: &[u8], out: &mut BytesMut) {
    wrap(Data::Binary, message, out);
}

fn wrap(opcode: Data, message: &[u8], out: &mut BytesMut) {
    let header = FrameHeader {
        opcode: OpCode::Data(opcode),
        ..FrameHeader::default()
    };
    // Writing to a BytesMut does not fail.
    let _ = header.format(message.len() as u64, &mut (&mut *out).writer());
    out.extend_from_slice(message);
}

/// Walks the header of the frame at the front: RFC 6455 §5.2, lengths of 7, 16 and 64 bits. A queue
/// may still hold the HTTP head of the upgrade, which no frame looks like: that stays whole.
///
/// Wires are told apart by its address, so there must be one of it.
#[inline(never)]
fn first_frame(bytes: &[u8]) -> usize {
    let length = match *bytes {
        [b'H', b'T', b'T', b'P', ..] => bytes.len(),
        [_, 126, a, b, ..] => 4 + usize::from(u16::from_be_bytes([a, b])),
        [_, 127, a, b, c, d, e, f, g, h, ..] => {
            let length = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
            usize::try_from(length).map_or(usize::MAX, |length| length.saturating_add(10))
        }
        [_, length @ ..=125, ..] => 2 + usize::from(length),
        _ => bytes.len(),
    };
    length.min(bytes.len())
}

/// What a data frame of ours holds. Other frames hold no message, nor does an HTTP head.
fn payload(frame: &[u8]) -> &[u8] {
    let header = match *frame {
        [0x81 | 0x82, 126, ..] => 4,
        [0x81 | 0x82, 127, ..] => 10,
        [0x81 | 0x82, ..] => 2,
        _ => frame.len(),
    };
    frame.get(header..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use tungstenite::protocol::frame::Frame;

    use super::*;

    #[test]
    fn a_frame_is_what_tungstenite_would_send_and_its_length_is_found() {
        for length in [0, 1, 125, 126, 127, 65_535, 65_536, 70_000] {
            let message = vec![b'a'; length];
            let mut ours = BytesMut::new();
            (TEXT.wrap)(&message, &mut ours);
            let mut theirs = Vec::new();
            let frame = Frame::message(message.clone(), OpCode::Data(Data::Text), true);
            frame.format(&mut theirs).unwrap();
            assert_eq!(ours, theirs);
            assert_eq!((TEXT.first)(&[&ours[..], b"more"].concat()), ours.len());
            assert_eq!((TEXT.first)(&ours[..1]), 1);
            assert_eq!((TEXT.message)(&ours), message);
        }
    }

    #[test]
    fn a_binary_frame_has_its_own_opcode() {
        let mut out = BytesMut::new();
        (BINARY.wrap)(b"x", &mut out);
        assert_eq!(&out[..], [0x82, 1, b'x']);
        assert_eq!((BINARY.message)(&out), b"x");
        assert_eq!((BINARY.message)(&[0x8a, 1, b'x']), b"", "a pong");
    }

    #[test]
    fn the_head_of_the_upgrade_is_not_taken_for_a_frame() {
        let queue = b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x01a";
        assert_eq!((TEXT.first)(queue), queue.len());
        assert_eq!((TEXT.message)(queue), b"");
    }
}

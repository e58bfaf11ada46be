//! A protocol of one's own in front of the same rooms: each message behind its length, as devices like it.
//!
//! ```text
//! cargo run --release -p chat-core --example custom_framing -- 127.0.0.1:7000
//! ```
//!
//! A message is two bytes of length, the higher one first, and a line of IRC: `printf '\0\010NICK ana' | nc …`.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::net::SocketAddr;

use bytes::{BufMut, BytesMut};
use chat_core::dialect::Dialect;
use chat_core::limits::LINE_IN_BYTES_MAX;
use chat_core::net::{Door, Fault, Frame, Framing, Input, Unreadable, Wire};
use chat_core::relay::Relay;

/// Bytes in front of each message.
const HEAD: usize = 2;

struct Measured;

impl Framing for Measured {
    fn decode<'a>(
        &'a mut self,
        input: &mut Input<'a>,
        _replies: &mut Vec<u8>,
    ) -> Result<Option<Frame<'a>>, Fault> {
        match length(input.rest()) {
            Some(length) if length > LINE_IN_BYTES_MAX => Err(Fault("a message is too long")),
            Some(length) if input.rest().len() >= HEAD + length => {
                Ok(Some(read(&input.take(HEAD + length)[HEAD..])))
            }
            _ => Ok(None),
        }
    }

    fn wire(&self) -> Wire {
        Wire {
            name: "measured",
            wrap,
            first: |bytes| HEAD + length(bytes).unwrap_or(0),
            message: |wrapped| wrapped.get(HEAD..).unwrap_or_default(),
        }
    }
}

fn length(bytes: &[u8]) -> Option<usize> {
    Some(u16::from_be_bytes(*bytes.first_chunk()?).into())
}

/// The chat takes messages for lines: what would be two of them is none.
fn read(message: &[u8]) -> Frame<'_> {
    match std::str::from_utf8(message) {
        Err(_) => Frame::Unreadable(Unreadable::NotUtf8, message),
        Ok(text) if text.contains(['\r', '\n', '\0']) => {
            Frame::Unreadable(Unreadable::ControlByte, message)
        }
        Ok(text) => Frame::Message(text),
    }
}

/// What the chat says fits: a line with its tags has ten thousand bytes at most.
fn wrap(message: &[u8], out: &mut BytesMut) {
    out.put_u16(u16::try_from(message.len()).unwrap_or(u16::MAX));
    out.extend_from_slice(&message[..message.len().min(u16::MAX.into())]);
}

fn main() -> anyhow::Result<()> {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let given = std::env::args()
        .nth(1)
        .map_or(Ok(any), |text| text.parse())?;
    let door = Door::bind("measured", given, || Box::new(Measured))?;
    let relay = Relay::builder().door(door, Dialect::Irc).irc(any)?;
    let mut relay = relay.build()?;
    let doors = relay.addresses();
    println!("measured {}\nirc {}\nready", doors[0], doors[1]);
    Ok(relay.run()?)
}

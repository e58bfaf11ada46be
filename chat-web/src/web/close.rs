//! Ending a WebSocket so that the peer knows why. RFC 6455 §7.4.

use chat_core::net::framing::{Farewell, Fault};
use tungstenite::error::Error;
use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::Frame;
use tungstenite::protocol::frame::coding::CloseCode;

use crate::limits::CLOSE_REASON_BYTES_MAX;

/// The peer sent a close frame, or the last answer of an HTTP connection is out: nobody did
/// anything wrong.
pub const CLOSED: Fault = Fault("connection closed");

/// What to tell a peer that broke the protocol, and the log.
pub(super) fn fault_of(error: &Error) -> (CloseCode, Fault) {
    match error {
        Error::Capacity(_) => (CloseCode::Size, Fault("a message is too long")),
        Error::Utf8(_) => (CloseCode::Invalid, Fault("a text is not UTF-8")),
        Error::Protocol(_) => (CloseCode::Protocol, Fault("a frame broke the protocol")),
        Error::ConnectionClosed | Error::AlreadyClosed => (CloseCode::Normal, CLOSED),
        _ => (CloseCode::Error, Fault("a frame could not be read")),
    }
}

/// The close frame of a farewell. A code that must not be on the wire (RFC 6455 §7.4.1) becomes
/// a plain 1000, and a reason that is too long is cut between two characters.
pub(super) fn say_farewell(farewell: &Farewell, out: &mut Vec<u8>) {
    let code = match CloseCode::from(farewell.code) {
        code if code.is_allowed() => code,
        _ => CloseCode::Normal,
    };
    say_close(code, &farewell.reason, out);
}

/// Appends a close frame.
pub(super) fn say_close(code: CloseCode, reason: &str, out: &mut Vec<u8>) {
    let end = reason.floor_char_boundary(CLOSE_REASON_BYTES_MAX);
    let reason = reason[..end].into();
    // Writing to a Vec does not fail.
    let _ = Frame::close(Some(CloseFrame { code, reason })).format(out);
}

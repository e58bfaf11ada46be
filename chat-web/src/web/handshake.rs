//! The opening handshake, from HTTP to WebSocket. RFC 6455 §4.2.

use tungstenite::handshake::derive_accept_key;

use super::wire::Opcode;
use crate::http::{Method, Request, Response, Status, Version};

/// Subprotocols that are spoken here. IRCv3 "WebSocket".
const SUBPROTOCOLS: [(&str, Opcode); 2] = [
    ("text.ircv3.net", Opcode::Text),
    ("binary.ircv3.net", Opcode::Binary),
];

/// Accepts or refuses a WebSocket: the 101 and how messages will travel, or what to answer instead.
///
/// # Errors
/// The answer to a request that asks for something else, or asks for it wrongly.
pub fn shake_hands(request: &Request) -> Result<(Response, Opcode), Response> {
    if !asks_for_websocket(request) {
        return Err(upgrade_required());
    }
    if request.fields.first("sec-websocket-version") != Some("13") {
        return Err(upgrade_required().with("Sec-WebSocket-Version", "13"));
    }
    let Some(key) = request.fields.first("sec-websocket-key").filter(is_key) else {
        return Err(Response::new(Status::BAD_REQUEST).closing());
    };
    let (subprotocol, opcode) = choose_subprotocol(request);
    let response = switching_protocols(key);
    Ok(match subprotocol {
        Some(name) => (response.with("Sec-WebSocket-Protocol", name), opcode),
        None => (response, opcode),
    })
}

/// RFC 6455 §4.2.1, 1–4. HTTP/1.0 has no upgrade: RFC 9110 §7.8.
fn asks_for_websocket(request: &Request) -> bool {
    request.method == Method::Get
        && request.version == Version::Http11
        && request.fields.lists("connection", "upgrade")
        && request.fields.lists("upgrade", "websocket")
}

/// RFC 9110 §15.5.22: a 426 says to what; §7.8: `Upgrade` is listed in `Connection`.
fn upgrade_required() -> Response {
    Response::new(Status::UPGRADE_REQUIRED)
        .with("Upgrade", "websocket")
        .with("Connection", "Upgrade")
}

/// RFC 6455 §4.2.1, 5: 16 bytes in base64.
fn is_key(key: &&str) -> bool {
    let decoded = data_encoding::BASE64.decode(key.as_bytes());
    decoded.is_ok_and(|bytes| bytes.len() == 16)
}

/// The first one offered that is known here. None offered means text; none known means no answer
/// to the offer, upon which a browser gives up, as it should (RFC 6455 §4.1).
fn choose_subprotocol(request: &Request) -> (Option<&'static str>, Opcode) {
    let known = |offered: &str| SUBPROTOCOLS.iter().find(|(name, _)| *name == offered);
    let mut offers = request.fields.list("sec-websocket-protocol");
    match offers.find_map(known) {
        Some((name, opcode)) => (Some(name), *opcode),
        None => (None, Opcode::Text),
    }
}

/// Extensions that were offered are left unanswered, and so are off (RFC 6455 §9.1).
fn switching_protocols(key: &str) -> Response {
    Response::new(Status::SWITCHING_PROTOCOLS)
        .with("Upgrade", "websocket")
        .with("Connection", "Upgrade")
        .with("Sec-WebSocket-Accept", derive_accept_key(key.as_bytes()))
}

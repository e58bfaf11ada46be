//! Bytes at the web door: requests, bodies, pipelines, and now and then an upgrade.

use chat_web::http::{Request, Version};
use chat_web::limits::CHUNK_LINE_BYTES_MAX;
use chat_web::web::{Exchange, Mode};

use crate::oracle::frames::pongs_and_close;
use crate::oracle::requests::split;
use crate::pieces::Input;
use crate::web::{BODY_BYTES_MAX, HEAD_BYTES_MAX, Heard, Outcome, Visit, settings};

/// The requests and the answers are the same in whatever pieces the bytes come; a request that is
/// let through can be read in one way only; every request has its answer.
///
/// # Panics
/// When it finds something.
pub fn http_head(bytes: &[u8]) {
    let Some(input) = Input::new(bytes) else {
        return;
    };
    let visit = Visit {
        settings: settings(Mode::Lines, MESSAGE_BYTES_MAX),
        answers_late: input.chooses(0),
        look,
        before: b"",
        waiting_max: HEAD_BYTES_MAX.max(CHUNK_LINE_BYTES_MAX),
    };
    let outcome = visit.every_way(input);
    check_bodies(&outcome, input.stream);
    check_answers(&outcome);
}

/// Of one WebSocket message, should there be an upgrade.
const MESSAGE_BYTES_MAX: usize = 100;

fn look(exchange: &Exchange) {
    match &exchange.request {
        Ok(request) => check(request),
        Err(rejection) => assert!((400..=599).contains(&rejection.status.code())),
    }
}

/// What a proxy in front of us may have read otherwise is not let through: RFC 9112 §11.
fn check(request: &Request) {
    let fields = &request.fields;
    for single in ["host", "content-length", "transfer-encoding"] {
        assert!(fields.all(single).count() <= 1, "two of {single}");
    }
    let length = fields.first("content-length");
    let coding = fields.first("transfer-encoding");
    assert!(length.is_none() || coding.is_none(), "two lengths");
    assert!(request.body.len() <= BODY_BYTES_MAX, "a body too long");
    match (length, coding) {
        (Some(length), _) => assert_eq!(length.parse(), Ok(request.body.len())),
        (None, Some(coding)) => assert!(coding.eq_ignore_ascii_case("chunked")),
        (None, None) => assert!(request.body.is_empty(), "a body that nobody announced"),
    }
    assert!(request.version == Version::Http10 || request.authority().is_some());
    check_target(request);
    check_values(request);
}

fn check_target(request: &Request) {
    let path = &request.target.path;
    assert!(path.starts_with('/'));
    assert!(!path.contains(|c: char| c.is_control() || c == '\\'));
    assert!(
        path.split('/')
            .all(|segment| segment != "." && segment != "..")
    );
    assert!(
        request
            .target
            .query
            .bytes()
            .all(|byte| byte.is_ascii_graphic())
    );
    if let Some(authority) = request.authority() {
        let host = authority.to_string();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
        assert!(!host.is_empty() && host.bytes().all(fits), "{host:?}");
    }
}

/// The values that are looked at or passed on somewhere hold no control characters.
fn check_values(request: &Request) {
    for name in [
        "host",
        "origin",
        "cookie",
        "content-type",
        "expect",
        "connection",
    ] {
        for value in request.fields.all(name) {
            let control = |c: char| c.is_ascii_control() && c != '\t';
            assert!(!value.contains(control), "{name}: {value:?}");
            assert_eq!(value.trim_matches([' ', '\t']), value);
        }
    }
}

/// Each request ends where the RFC has it, and none is left unread.
fn check_bodies(outcome: &Outcome, stream: &[u8]) {
    let mut rest = stream;
    for heard in &outcome.heard {
        match heard {
            Heard::Asked(_, Some(body)) => {
                let request = split(rest).expect("a whole request");
                assert_eq!(request.body, *body);
                rest = request.rest;
            }
            Heard::Asked(_, None) => assert!(outcome.fault.is_some(), "refused, and goes on"),
            _ => return,
        }
    }
    assert!(
        outcome.fault.is_some() || split(rest).is_none(),
        "a request is left"
    );
}

/// As many answers as requests, each of them whole, and behind an upgrade only frames.
fn check_answers(outcome: &Outcome) {
    let asked = outcome
        .heard
        .iter()
        .filter(|heard| matches!(heard, Heard::Asked(..)));
    let mut rest = &outcome.sent[..];
    let mut upgraded = false;
    for _ in asked {
        assert!(!upgraded, "a request behind an upgrade");
        let (status, after) = answer(rest);
        upgraded = status == "101";
        rest = after;
    }
    if upgraded {
        pongs_and_close(rest);
    } else {
        assert!(
            rest.is_empty(),
            "more than was asked for: {}",
            rest.escape_ascii()
        );
    }
}

/// The status of the answer at the front, and what is behind it.
fn answer(bytes: &[u8]) -> (&str, &[u8]) {
    let end = memchr::memmem::find(bytes, b"\r\n\r\n").expect("a whole head") + 4;
    let head = std::str::from_utf8(&bytes[..end]).expect("text");
    let status = head
        .strip_prefix("HTTP/1.1 ")
        .and_then(|line| line.get(..3));
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Length: "));
    let length: usize = length.map_or(0, |length| length.parse().expect("a number"));
    // The answer to HEAD has the length of a body that it has not.
    let body = bytes[end..].starts_with(b"yes");
    let length = if body { length } else { 0 };
    (status.expect("a status line"), &bytes[end + length..])
}

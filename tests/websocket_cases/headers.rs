//! Headers that mean nothing, or that a client may not send. RFC 6455 §5.1, §5.2.

use crate::echo::{CLOSE, Echo, PING, TEXT, frame, text};

#[test]
fn a_reserved_bit_fails_the_connection() {
    let echo = Echo::start(&[]);
    for bits in 1..=7 {
        for (what, first, payload) in [
            ("an empty text", TEXT, ""),
            ("a text", TEXT, "Hello, world!"),
            ("a ping", PING, "Hello, world!"),
            ("a close", CLOSE, "\u{3}x"),
        ] {
            let bad = frame(first | bits << 4, payload);
            let sent = [text("before"), bad, frame(PING, "after")];
            let what = format!("{what} with the bits {bits:03b}");
            echo.check(&what, &sent, &[text("before")], 1002);
        }
    }
}

#[test]
fn a_reserved_opcode_fails_the_connection() {
    let echo = Echo::start(&[]);
    for opcode in (3..=7).chain(11..=15) {
        for payload in ["", "reserved opcode"] {
            let bad = frame(0x80 | opcode, payload);
            let sent = [text("before"), bad, frame(PING, "after")];
            let what = format!("opcode {opcode} with {payload:?}");
            echo.check(&what, &sent, &[text("before")], 1002);
        }
    }
}

#[test]
fn a_frame_without_a_mask_fails_the_connection() {
    let echo = Echo::start(&[]);
    for (what, bytes) in [
        ("a text", &b"\x81\x05Hello"[..]),
        ("a text without payload", b"\x81\x00"),
        ("a ping", b"\x89\x00"),
        ("a close", b"\x88\x02\x03\xe8"),
    ] {
        echo.check_in_chops(what, bytes, usize::MAX, &[], 1002);
    }
}

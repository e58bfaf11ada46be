//! The end of a connection. RFC 6455 §5.5.1, §7.1, §7.4.
//!
//! Every case reads to the end of the connection while its own side is open, so it is the server
//! that closes first, as §7.1.1 has it.

use crate::echo::{
    CLOSE, CONTINUED, ENDED, Echo, Frame, PING, TEXT_BEGUN, close, frame, text, wire,
};

/// Sends these frames; then just `heard` comes back, and the end.
#[track_caller]
fn ends(echo: &Echo, what: &str, sent: &[Frame], heard: &[Frame]) {
    let mut client = echo.client();
    client.send(sent);
    assert_eq!(client.rest(), heard, "{what}");
}

#[test]
fn nothing_counts_after_a_close() {
    let echo = Echo::start(&[]);
    let bye = || close(1000, "");
    let cases: [(&str, Vec<Frame>, Vec<Frame>); 6] = [
        ("a close", vec![bye()], vec![bye()]),
        (
            "a message before",
            vec![text("Hello"), bye()],
            vec![text("Hello"), bye()],
        ),
        ("two closes", vec![bye(), close(1001, "")], vec![bye()]),
        ("a ping after", vec![bye(), frame(PING, "")], vec![bye()]),
        ("a text after", vec![bye(), text("Hello")], vec![bye()]),
        (
            "a message around",
            vec![frame(TEXT_BEGUN, "a"), bye(), frame(ENDED, "b")],
            vec![bye()],
        ),
    ];
    for (what, sent, heard) in cases {
        ends(&echo, what, &sent, &heard);
    }
}

#[test]
fn what_was_said_before_a_close_is_heard_however_long_it_is() {
    let echo = Echo::start(&[]);
    let long = text(vec![b'x'; 256 * 1024]);
    let mut client = echo.client();
    client.send(&[long.clone(), close(1000, ""), frame(PING, "")]);
    assert!(client.rest() == [long, close(1000, "")]);
}

#[test]
fn a_close_comes_back_as_it_was() {
    let echo = Echo::start(&[]);
    for (what, sent) in [
        ("no payload", frame(CLOSE, "")),
        ("a code", close(1000, "")),
        ("a code and a reason", close(1000, "Hello, world! \u{3ba}")),
        ("the longest reason", close(1000, "*".repeat(123))),
    ] {
        ends(
            &echo,
            what,
            std::slice::from_ref(&sent),
            std::slice::from_ref(&sent),
        );
    }
}

#[test]
fn a_close_that_is_wrong_is_told_so() {
    let echo = Echo::start(&[]);
    for (what, sent, code) in [
        ("one byte", frame(CLOSE, "\u{3}"), 1002),
        (
            "a reason that is too long",
            close(1000, "*".repeat(124)),
            1002,
        ),
        (
            "a reason with a surrogate",
            close(1000, b"\xce\xba\xed\xa0\x80"),
            1007,
        ),
        ("a reason with half a character", close(1000, b"\xce"), 1007),
        ("a close in fragments", frame(0x08, "\u{3}x"), 1002),
    ] {
        let bytes = wire(&[sent, frame(CONTINUED, "after")]);
        echo.check_in_chops(what, &bytes, usize::MAX, &[], code);
        echo.check_in_chops(what, &bytes, 1, &[], code);
    }
}

#[test]
fn a_code_that_may_be_sent_comes_back() {
    let echo = Echo::start(&[]);
    let defined = (1000..=1003).chain(1007..=1013);
    for code in defined.chain([3000, 3999, 4000, 4999]) {
        let sent = [close(code, "why")];
        ends(&echo, &code.to_string(), &sent, &sent);
    }
}

/// §7.4.1, §7.4.2: reserved ones, those which never go over the wire, and those out of any range.
#[test]
fn a_code_that_may_not_be_sent_is_a_protocol_error() {
    let echo = Echo::start(&[]);
    let reserved = [1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999];
    for code in [0, 1, 999]
        .into_iter()
        .chain(reserved)
        .chain([5000, 65_535])
    {
        let what = code.to_string();
        for reason in ["", "why"] {
            let bytes = wire(&[close(code, reason)]);
            echo.check_in_chops(&what, &bytes, usize::MAX, &[], 1002);
        }
    }
}

//! Pings and pongs. RFC 6455 §5.5.2, §5.5.3.

use crate::echo::{Echo, Frame, PING, PONG, close, frame, text};

#[test]
fn a_ping_is_answered_with_its_payload() {
    let echo = Echo::start(&[]);
    let cases: [(&str, Vec<u8>); 4] = [
        ("nothing", Vec::new()),
        ("text", b"Hello, world!".to_vec()),
        ("binary", vec![0, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0, 0xff]),
        ("125 bytes", vec![0xfe; 125]),
    ];
    for (what, payload) in cases {
        let heard = [frame(PONG, &payload)];
        echo.check(what, &[frame(PING, &payload)], &heard, 1000);
    }
}

#[test]
fn a_ping_of_126_bytes_fails_the_connection() {
    let echo = Echo::start(&[]);
    for first in [PING, PONG] {
        let sent = [frame(first, [0xfe; 126]), text("after")];
        echo.check(&format!("{first:02x}"), &sent, &[], 1002);
    }
}

#[test]
fn an_unsolicited_pong_is_ignored() {
    let echo = Echo::start(&[]);
    let ping = frame(PING, "asked");
    let cases: [(&str, Vec<Frame>, Vec<Frame>); 3] = [
        ("empty", vec![frame(PONG, "")], vec![]),
        ("with a payload", vec![frame(PONG, "unasked")], vec![]),
        (
            "before a ping",
            vec![frame(PONG, "unasked"), ping],
            vec![frame(PONG, "asked")],
        ),
    ];
    for (what, sent, heard) in cases {
        echo.check(what, &sent, &heard, 1000);
    }
}

#[test]
fn ten_pings_are_answered_in_order() {
    let echo = Echo::start(&[]);
    let frames = |first| -> Vec<Frame> {
        let payload = |n: u8| format!("payload-{n}");
        (0..10).map(|n| frame(first, payload(n))).collect()
    };
    echo.check("ten pings", &frames(PING), &frames(PONG), 1000);
}

/// A pong that is only queued would come with the next thing that is said, or never.
#[test]
fn a_pong_does_not_wait_for_something_else_to_be_said() {
    let echo = Echo::start(&[]);
    let mut client = echo.client();
    for n in 0..10 {
        client.send(&[frame(PING, [n])]);
        assert_eq!(client.next(), Some(frame(PONG, [n])), "ping {n}");
    }
    client.send(&[close(1000, "")]);
    assert_eq!(client.rest(), [close(1000, "")]);
}

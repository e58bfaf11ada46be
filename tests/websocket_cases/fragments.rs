//! Messages in several frames. RFC 6455 §5.4.

use crate::echo::{
    BINARY, BINARY_BEGUN, CONTINUED, ENDED, Echo, Frame, PING, PONG, TEXT_BEGUN, close, fragmented,
    frame, text, wire,
};

#[test]
fn fragments_are_one_message() {
    let echo = Echo::start(&[]);
    let cases: [(&str, Vec<Frame>, Vec<Frame>); 5] = [
        (
            "two",
            vec![frame(TEXT_BEGUN, "frag"), frame(ENDED, "ment")],
            vec![text("fragment")],
        ),
        (
            "three",
            vec![
                frame(TEXT_BEGUN, "f"),
                frame(CONTINUED, "rag"),
                frame(ENDED, "ment"),
            ],
            vec![text("fragment")],
        ),
        (
            "binary",
            vec![frame(BINARY_BEGUN, [0xff]), frame(ENDED, [0xfe])],
            vec![frame(BINARY, [0xff, 0xfe])],
        ),
        (
            "empty ones among them",
            vec![
                frame(TEXT_BEGUN, ""),
                frame(CONTINUED, "middle"),
                frame(ENDED, ""),
            ],
            vec![text("middle")],
        ),
        (
            "two messages",
            vec![
                frame(TEXT_BEGUN, "a"),
                frame(ENDED, "b"),
                frame(TEXT_BEGUN, "c"),
                frame(ENDED, "d"),
            ],
            vec![text("ab"), text("cd")],
        ),
    ];
    for (what, sent, heard) in cases {
        echo.check(what, &sent, &heard, 1000);
    }
}

#[test]
fn pings_between_fragments_are_answered_before_the_message() {
    let echo = Echo::start(&[]);
    let sent = [
        frame(TEXT_BEGUN, "one "),
        frame(PING, "first"),
        frame(CONTINUED, "two "),
        frame(PONG, "unasked"),
        frame(CONTINUED, "three "),
        frame(PING, "second"),
        frame(ENDED, "four"),
    ];
    let heard = [
        frame(PONG, "first"),
        frame(PONG, "second"),
        text("one two three four"),
    ];
    echo.check("two pings and a pong", &sent, &heard, 1000);
}

#[test]
fn a_pong_does_not_wait_for_the_message_that_it_is_within() {
    let echo = Echo::start(&[]);
    let mut client = echo.client();
    client.send(&[frame(TEXT_BEGUN, "frag"), frame(PING, "now")]);
    assert_eq!(client.next(), Some(frame(PONG, "now")));
    client.send(&[frame(ENDED, "ment")]);
    assert_eq!(client.next(), Some(text("fragment")));
}

#[test]
fn a_control_frame_in_fragments_fails_the_connection() {
    let echo = Echo::start(&[]);
    for opcode in [PING, PONG] {
        let begun = frame(opcode & 0x0f, "frag");
        for sent in [
            vec![begun.clone(), frame(ENDED, "ment")],
            vec![frame(TEXT_BEGUN, "a"), begun.clone(), frame(ENDED, "b")],
        ] {
            let what = format!("{opcode:02x} in {} frames", sent.len());
            echo.check(&what, &sent, &[], 1002);
        }
    }
}

#[test]
fn a_continuation_of_nothing_fails_the_connection() {
    let echo = Echo::start(&[]);
    let whole = || vec![frame(TEXT_BEGUN, "frag"), frame(ENDED, "ment")];
    for first in [CONTINUED, ENDED] {
        let nothing = frame(first, "of nothing");
        echo.check(
            &format!("{first:02x} at the start"),
            &[nothing.clone(), text("after")],
            &[],
            1002,
        );
        echo.check(
            &format!("{first:02x} behind a message"),
            &[whole(), vec![nothing, text("after")]].concat(),
            &[text("fragment")],
            1002,
        );
    }
}

#[test]
fn a_message_within_a_message_fails_the_connection() {
    let echo = Echo::start(&[]);
    for first in [0x81, 0x82, 0x01, 0x02] {
        let sent = [
            frame(TEXT_BEGUN, "frag"),
            frame(first, "another"),
            frame(ENDED, "ment"),
        ];
        echo.check(&format!("{first:02x} in the middle"), &sent, &[], 1002);
    }
}

#[test]
fn a_message_that_somebody_cut_into_packets_comes_back() {
    let echo = Echo::start(&[]);
    for message in [text(vec![b'*'; 65_536]), frame(BINARY, vec![0xfe; 65_536])] {
        let sent = [fragmented(&message, 1300), vec![close(1000, "")]].concat();
        let what = "65536 bytes in fragments of 1300";
        echo.check_in_chops(what, &wire(&sent), usize::MAX, &[message], 1000);
    }
}

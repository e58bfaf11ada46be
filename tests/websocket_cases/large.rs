//! Large messages and many of them, and that memory stays within a few times a message. RFC 6455 §10.4.

use crate::echo::{
    BINARY, Client, Echo, Frame, PING, PONG, TEXT, close, fragmented, frame, text, wire,
};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// The longest message that the example takes if it is not told otherwise.
const LONGEST: usize = 16 * MIB;

/// Text with a period that no buffer has, so that no part of it gets lost or moved unseen.
fn message(first: u8, bytes: usize) -> Frame {
    let numbers: String = (1000..2021).map(|number| format!("{number} ")).collect();
    let mut payload = numbers.repeat(bytes / numbers.len() + 1).into_bytes();
    payload.truncate(bytes);
    (first, payload)
}

#[track_caller]
fn comes_back(echo: &Echo, what: &str, message: &Frame, frames: Vec<Frame>, chop: usize) {
    let sent = wire(&[frames, vec![close(1000, "")]].concat());
    echo.check_in_chops(what, &sent, chop, std::slice::from_ref(message), 1000);
}

#[test]
fn one_frame_of_up_to_16_mib_comes_back() {
    let echo = Echo::start(&[]);
    for bytes in [64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, LONGEST] {
        for first in [TEXT, BINARY] {
            let message = message(first, bytes);
            let what = format!("{bytes} bytes in one frame of {first:02x}");
            comes_back(&echo, &what, &message, vec![message.clone()], usize::MAX);
        }
    }
    takes_a_few_times_a_message(&echo);
}

#[test]
fn a_byte_more_than_16_mib_is_refused_at_its_header() {
    let echo = Echo::start(&[]);
    let half = frame(0x02, vec![0; LONGEST / 2]);
    let announced = |first: u8, bytes: usize| {
        let head = [&[first, 0xff][..], &(bytes as u64).to_be_bytes(), &[0; 4]];
        head.concat()
    };
    let whole = announced(BINARY, LONGEST + 1);
    echo.check_in_chops("in one frame", &whole, usize::MAX, &[], 1009);
    let rest = announced(0x80, LONGEST / 2 + 1);
    let split = [wire(&[half]), rest].concat();
    echo.check_in_chops("in two frames", &split, usize::MAX, &[], 1009);
    let absurd = announced(BINARY, 1 << 63);
    echo.check_in_chops("2^63 bytes", &absurd, usize::MAX, &[], 1009);
}

#[test]
fn four_mib_in_fragments_of_any_size_come_back() {
    let echo = Echo::start(&[]);
    for first in [TEXT, BINARY] {
        let message = message(first, 4 * MIB);
        for bytes in [64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB] {
            let what = format!("fragments of {bytes} bytes of {first:02x}");
            comes_back(
                &echo,
                &what,
                &message,
                fragmented(&message, bytes),
                usize::MAX,
            );
        }
    }
}

#[test]
fn one_mib_in_short_writes_comes_back() {
    let echo = Echo::start(&[]);
    for first in [TEXT, BINARY] {
        let message = message(first, MIB);
        for chop in [64, 128, 256, 512, 1024, 2048] {
            let what = format!("writes of {chop} bytes of {first:02x}");
            comes_back(&echo, &what, &message, vec![message.clone()], chop);
        }
    }
}

#[test]
fn a_thousand_small_messages_come_back_one_by_one() {
    let echo = Echo::start(&[]);
    for first in [TEXT, BINARY] {
        for bytes in [0, 16, 64, 256, KIB, 4 * KIB] {
            let mut client = echo.client();
            let message = message(first, bytes);
            for turn in 0..1000 {
                client.send(std::slice::from_ref(&message));
                let heard = client.next();
                let same = heard.as_ref() == Some(&message);
                assert!(same, "{bytes} bytes of {first:02x}, turn {turn}");
            }
        }
    }
}

#[test]
fn a_thousand_small_messages_in_one_write_come_back_in_order() {
    let echo = Echo::start(&[]);
    let messages: Vec<Frame> = (0..1000).map(|n| text(format!("message {n}"))).collect();
    let bytes = wire(&[messages.clone(), vec![close(1000, "")]].concat());
    echo.check_in_chops("a thousand", &bytes, usize::MAX, &messages, 1000);
}

#[test]
fn sixteen_mib_in_fragments_come_back() {
    let echo = Echo::start(&[]);
    for first in [TEXT, BINARY] {
        let message = message(first, LONGEST);
        let frames = fragmented(&message, 10_000);
        comes_back(&echo, "16 MiB", &message, frames, usize::MAX);
    }
    takes_a_few_times_a_message(&echo);
}

/// A message that grows to its double at most, and its echo.
#[track_caller]
fn takes_a_few_times_a_message(echo: &Echo) {
    let peak = echo.memory("VmHWM");
    assert!(peak < 4 * LONGEST, "{} MiB for 16", peak / MIB);
}

#[test]
fn what_is_announced_takes_no_memory() {
    let echo = Echo::start(&[]);
    let head = [&[TEXT, 0xff][..], &(LONGEST as u64).to_be_bytes(), &[0; 4]].concat();
    let begun = [&head, &b"a few bytes"[..]].concat();
    let more = grown(&echo, "VmPeak", 32, &begun);
    assert!(more < LONGEST, "{} MiB of room", more / MIB);
}

#[test]
fn a_message_that_has_begun_keeps_little() {
    let echo = Echo::start(&[]);
    let (head, fragment) = (&[TEXT, 0xfe][..], wire(&[frame(0x01, "frag")]));
    for (what, begun) in [
        ("a head", head.to_vec()),
        (
            "a frame",
            [head, &[2, 0, 0, 0, 0, 0], b"a few bytes"].concat(),
        ),
        ("a fragment", fragment.clone()),
        ("both", [&fragment[..], &[0x80, 0xfe]].concat()),
    ] {
        let each = grown(&echo, "VmHWM", 100, &begun) / 100;
        assert!(each < 16 * KIB, "{what}: {each} bytes for each");
    }
}

/// How much more memory there is when so many clients have sent this and wait.
#[track_caller]
fn grown(echo: &Echo, name: &str, clients: usize, begun: &[u8]) -> usize {
    let mut clients: Vec<Client> = (0..clients).map(|_| echo.client()).collect();
    let before = echo.memory(name);
    for client in &mut clients {
        client.write(begun).unwrap();
    }
    // Who comes after them is heard after them.
    echo.check("meanwhile", &[text("Hello")], &[text("Hello")], 1000);
    echo.memory(name) - before
}

#[test]
fn nobody_says_more_than_is_taken_back() {
    let echo = Echo::start(&["--max-message-bytes", &MIB.to_string()]);
    let mut client = echo.client();
    let message = message(BINARY, MIB);
    let written = client.write_until_blocked(|_| wire(std::slice::from_ref(&message)));
    let peak = echo.memory("VmHWM");
    assert!(peak < 16 * MIB, "{} MiB", peak / MIB);
    for number in 0..written {
        assert!(client.next().as_ref() == Some(&message), "echo {number}");
    }
}

/// RFC 6455 §5.5.3 would let all but the last one be left out; none of them may be sent in part.
#[test]
fn pongs_wait_for_a_slow_reader_and_none_is_lost() {
    let echo = Echo::start(&["--max-message-bytes", "8192"]);
    let mut client = echo.client();
    let payload = |number: usize| format!("{number:0125}");
    let written = client.write_until_blocked(|number| wire(&[frame(PING, payload(number))]));
    let peak = echo.memory("VmHWM");
    assert!(peak < 16 * MIB, "{} MiB", peak / MIB);
    for number in 0..written {
        let pong = frame(PONG, payload(number));
        assert_eq!(client.next(), Some(pong), "pong {number}");
    }
}

//! Text is UTF-8. RFC 6455 §5.6, §8.1; RFC 3629 for what that is.
//!
//! Each row is sent as one frame, as one frame byte by byte, and as a message with a frame for each
//! byte, with words before and after it.

use crate::echo::{ENDED, Echo, TEXT_BEGUN, close, fragmented, frame, text, wire};

/// Sequences that are characters.
const VALID: [(&str, &[u8]); 26] = [
    ("one byte, the first", b"\x00"),
    ("one byte, the last", b"\x7f"),
    ("two bytes, the first", b"\xc2\x80"),
    ("two bytes, the last", b"\xdf\xbf"),
    ("three bytes, the first", b"\xe0\xa0\x80"),
    ("three bytes, the last", b"\xef\xbf\xbf"),
    ("four bytes, the first", b"\xf0\x90\x80\x80"),
    ("four bytes, the last", b"\xf4\x8f\xbf\xbf"),
    ("before the surrogates", b"\xed\x9f\xbf"),
    ("behind the surrogates", b"\xee\x80\x80"),
    ("the replacement character", b"\xef\xbf\xbd"),
    ("a byte order mark", b"\xef\xbb\xbf"),
    (
        "letters of two bytes",
        b"\xce\xba\xcf\x8c\xcf\x83\xce\xbc\xce\xb5",
    ),
    ("a letter of four bytes", b"\xf0\x9f\x99\x82"),
    ("no character U+FDD0", b"\xef\xb7\x90"),
    ("no character U+FFFE", b"\xef\xbf\xbe"),
    ("no character U+1FFFE", b"\xf0\x9f\xbf\xbe"),
    ("no character U+2FFFF", b"\xf0\xaf\xbf\xbf"),
    ("no character U+5FFFE", b"\xf1\x9f\xbf\xbe"),
    ("no character U+8FFFF", b"\xf2\x8f\xbf\xbf"),
    ("no character U+BFFFE", b"\xf2\xbf\xbf\xbe"),
    ("no character U+CFFFF", b"\xf3\x8f\xbf\xbf"),
    ("no character U+FFFFE", b"\xf3\xbf\xbf\xbe"),
    ("no character U+10FFFE", b"\xf4\x8f\xbf\xbe"),
    ("specials U+FFF9", b"\xef\xbf\xb9"),
    ("private use U+E000", b"\xee\x80\x80"),
];

/// Sequences that are not, and how many of their bytes are needed to know it.
const INVALID: [(&str, &[u8], usize); 45] = [
    ("a continuation byte, the first", b"\x80", 1),
    ("a continuation byte, the last", b"\xbf", 1),
    ("two continuation bytes", b"\x80\xbf", 1),
    ("a continuation byte behind a letter", b"\xce\xba\xba", 3),
    ("0xfe", b"\xfe", 1),
    ("0xff", b"\xff", 1),
    ("0xfe and 0xff", b"\xfe\xfe\xff\xff", 1),
    ("a lead of two and a space", b"\xc2 ", 2),
    ("the last lead of two and a space", b"\xdf ", 2),
    ("a lead of three and a space", b"\xe0 ", 2),
    ("the last lead of three and a space", b"\xef ", 2),
    ("a lead of four and a space", b"\xf0 ", 2),
    ("the last lead of four and a space", b"\xf4 ", 2),
    ("three bytes, one missing", b"\xe1\x80 ", 3),
    ("four bytes, one missing", b"\xf1\x80\x80 ", 4),
    ("four bytes, two missing", b"\xf1\x80 ", 3),
    ("two leads", b"\xce\xce", 2),
    ("an overlong slash in two", b"\xc0\xaf", 1),
    ("an overlong slash in three", b"\xe0\x80\xaf", 2),
    ("an overlong slash in four", b"\xf0\x80\x80\xaf", 2),
    ("an overlong slash in five", b"\xf8\x80\x80\x80\xaf", 1),
    ("an overlong slash in six", b"\xfc\x80\x80\x80\x80\xaf", 1),
    ("the last overlong of two", b"\xc1\xbf", 1),
    ("the last overlong of three", b"\xe0\x9f\xbf", 2),
    ("the last overlong of four", b"\xf0\x8f\xbf\xbf", 2),
    ("the last overlong of five", b"\xf8\x87\xbf\xbf\xbf", 1),
    ("the last overlong of six", b"\xfc\x83\xbf\xbf\xbf\xbf", 1),
    ("an overlong zero in two", b"\xc0\x80", 1),
    ("an overlong zero in three", b"\xe0\x80\x80", 2),
    ("an overlong zero in four", b"\xf0\x80\x80\x80", 2),
    ("the first surrogate", b"\xed\xa0\x80", 2),
    ("the last high surrogate", b"\xed\xaf\xbf", 2),
    ("the first low surrogate", b"\xed\xb0\x80", 2),
    ("the last surrogate", b"\xed\xbf\xbf", 2),
    ("a pair of surrogates", b"\xed\xa0\x80\xed\xb0\x80", 2),
    (
        "the last pair of surrogates",
        b"\xed\xaf\xbf\xed\xbf\xbf",
        2,
    ),
    ("beyond U+10FFFF", b"\xf4\x90\x80\x80", 2),
    ("the lead 0xf5", b"\xf5\x80\x80\x80", 1),
    ("the last of four bits", b"\xf7\xbf\xbf\xbf", 1),
    ("five bytes, the first", b"\xf8\x88\x80\x80\x80", 1),
    ("five bytes, the last", b"\xfb\xbf\xbf\xbf\xbf", 1),
    ("six bytes, the first", b"\xfc\x84\x80\x80\x80\x80", 1),
    ("six bytes, the last", b"\xfd\xbf\xbf\xbf\xbf\xbf", 1),
    ("Latin-1", b"stra\xdfe", 6),
    ("UTF-16", b"\xff\xfea\0", 1),
];

const BEFORE: &[u8] = b"Hello-\xc2\xb5@\xc3\x9f-";
const AFTER: &[u8] = b"-UTF-8!!";

#[test]
fn characters_come_back_however_they_are_split() {
    let echo = Echo::start(&[]);
    for (what, bytes) in VALID {
        for message in [text(bytes), text([BEFORE, bytes, AFTER].concat())] {
            let heard = std::slice::from_ref(&message);
            echo.check(what, heard, heard, 1000);
            echo.check(what, &fragmented(&message, 1), heard, 1000);
        }
    }
}

#[test]
fn what_is_not_utf8_fails_the_connection_and_is_not_echoed() {
    let echo = Echo::start(&[]);
    for (what, bytes, _) in INVALID {
        for message in [text(bytes), text([BEFORE, bytes, AFTER].concat())] {
            let behind = frame(ENDED, "after");
            let whole = [message.clone(), behind.clone()];
            echo.check(what, &whole, &[], 1007);
            let split = [fragmented(&message, 1), vec![behind]].concat();
            echo.check(what, &split, &[], 1007);
        }
    }
}

/// §8.1 lets an endpoint wait for the end of the message; here nobody has to.
#[test]
fn what_is_not_utf8_fails_as_soon_as_that_is_known() {
    let echo = Echo::start(&[]);
    for (what, bytes, known) in INVALID {
        let message = text([BEFORE, bytes, AFTER].concat());
        let unsent = bytes.len() - known + AFTER.len();
        let bytes = wire(std::slice::from_ref(&message));
        let begun = &bytes[..bytes.len() - unsent];
        let what = format!("{what}, with {unsent} bytes to come");
        echo.check_in_chops(&what, begun, usize::MAX, &[], 1007);
        echo.check_in_chops(&what, begun, 1, &[], 1007);
        let until = BEFORE.len() + known;
        let fragment = wire(&[frame(TEXT_BEGUN, &message.1[..until])]);
        let what = format!("{what} and no more fragments");
        echo.check_in_chops(&what, &fragment, usize::MAX, &[], 1007);
    }
}

#[test]
fn a_bad_byte_is_found_at_every_place() {
    let echo = Echo::start(&[]);
    for at in 0..=BEFORE.len() {
        let (one, other) = BEFORE.split_at(at);
        let message = text([one, b"\xff", other].concat());
        let what = format!("0xff at {at}");
        echo.check(&what, std::slice::from_ref(&message), &[], 1007);
        echo.check(&what, &fragmented(&message, 2), &[], 1007);
    }
}

#[test]
fn a_message_ends_at_the_end_of_a_character() {
    let echo = Echo::start(&[]);
    let letters = b"\xce\xba\xe1\xbd\xb9\xcf\x83\xf0\x9f\x99\x82";
    for length in 1..=letters.len() {
        let message = text(&letters[..length]);
        let whole = std::str::from_utf8(&message.1).is_ok();
        let heard = if whole { vec![message.clone()] } else { vec![] };
        let code = if whole { 1000 } else { 1007 };
        let what = format!("{length} bytes of the letters");
        echo.check(&what, std::slice::from_ref(&message), &heard, code);
        echo.check(&what, &fragmented(&message, 1), &heard, code);
    }
}

#[test]
fn empty_fragments_do_not_end_a_character() {
    let echo = Echo::start(&[]);
    let sent = [
        frame(TEXT_BEGUN, ""),
        frame(0, b"\xf0\x9f"),
        frame(0, ""),
        frame(0x89, "ping"),
        frame(0, b"\x99"),
        frame(ENDED, b"\x82"),
    ];
    let heard = [frame(0x8a, "ping"), text("\u{1f642}")];
    echo.check("a character in four fragments", &sent, &heard, 1000);
    let bytes = wire(&[sent[..5].to_vec(), vec![frame(ENDED, ""), close(1000, "")]].concat());
    let pong = [frame(0x8a, "ping")];
    echo.check_in_chops("three quarters of it", &bytes, usize::MAX, &pong, 1007);
}

/// The tables above, held against somebody who knows.
#[test]
fn the_tables_say_what_the_standard_library_says() {
    for (what, bytes) in VALID {
        assert!(std::str::from_utf8(bytes).is_ok(), "{what}");
    }
    for (what, bytes, known) in INVALID {
        let error_len = |length| match std::str::from_utf8(&bytes[..length]) {
            Ok(_) => None,
            Err(error) => error.error_len(),
        };
        assert!(error_len(known).is_some(), "{what}: invalid by then");
        assert_eq!(error_len(known - 1), None, "{what}: not before");
    }
}

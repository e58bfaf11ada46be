//! Messages of every form of length. RFC 6455 §5.2, §5.6.

use crate::echo::{BINARY, Echo, TEXT, close, frame, wire};

/// Around the two places where the form of the length changes.
const LENGTHS: [usize; 8] = [0, 1, 125, 126, 127, 128, 65_535, 65_536];

#[test]
fn a_text_of_any_length_comes_back() {
    comes_back(TEXT, b'*');
}

#[test]
fn a_binary_message_of_any_length_comes_back() {
    comes_back(BINARY, 0xfe);
}

fn comes_back(first: u8, byte: u8) {
    let echo = Echo::start(&[]);
    for length in LENGTHS {
        let message = [frame(first, vec![byte; length])];
        echo.check(&format!("{length} bytes"), &message, &message, 1000);
    }
}

#[test]
fn a_message_that_comes_in_chops_comes_back_whole() {
    let echo = Echo::start(&[]);
    for (first, byte) in [(TEXT, b'*'), (BINARY, 0xfe)] {
        let message = frame(first, vec![byte; 65_536]);
        let bytes = wire(&[message.clone(), close(1000, "")]);
        for chop in [997, 4096, 65_540] {
            let what = format!("{first:02x} in writes of {chop} bytes");
            echo.check_in_chops(&what, &bytes, chop, std::slice::from_ref(&message), 1000);
        }
    }
}

#[test]
fn a_head_cut_anywhere_is_put_together() {
    let echo = Echo::start(&[]);
    let message = frame(BINARY, vec![7; 65_536]);
    let bytes = wire(&[message.clone(), close(1000, "")]);
    for cut in 1..14 {
        let mut client = echo.client();
        client.write(&bytes[..cut]).unwrap();
        client.write(&bytes[cut..]).unwrap();
        let heard = [message.clone(), close(1000, "")];
        assert!(client.rest() == heard, "cut after {cut} bytes");
    }
}

//! The usual frame: a whole message in one frame that is all there. RFC 6455 §5.2.
//!
//! Nearly everything that browsers send is of this kind, and reading it takes a few lines. Whatever
//! else there is (fragments, control frames, half a frame, bytes that are not UTF-8, everything that is
//! wrong) is left in the input for tungstenite.

use chat_core::net::framing::Input;

use super::wire::Opcode;

/// A frame that was found, and how much of the input it is.
struct Found<'a> {
    opcode: Opcode,
    mask: [u8; 4],
    payload: &'a [u8],
    bytes: usize,
}

/// Takes the message at the front of the input into `text`, if it is of the usual kind and has at most
/// so many bytes.
pub(super) fn take(input: &mut Input<'_>, bytes_max: usize, text: &mut String) -> Option<Opcode> {
    let found = find(input.rest()).filter(|found| found.payload.len() <= bytes_max)?;
    let mut bytes = std::mem::take(text).into_bytes();
    bytes.clear();
    bytes.extend_from_slice(found.payload);
    unmask(&mut bytes, found.mask);
    *text = String::from_utf8(bytes).ok()?;
    input.take(found.bytes);
    Some(found.opcode)
}

/// The header of a final data frame with a mask, as a client's frames must have one (§5.1), and no
/// extension's bits.
fn find(bytes: &[u8]) -> Option<Found<'_>> {
    let (opcode, length, head) = match *bytes.get(..4)? {
        [first, length @ 0x80..=0xfd, ..] => (opcode(first)?, usize::from(length & 0x7f), 2),
        [first, 0xfe, high, low] => {
            let length = u16::from_be_bytes([high, low]);
            (opcode(first)?, usize::from(length), 4)
        }
        _ => return None,
    };
    let (mask, rest) = bytes[head..].split_first_chunk()?;
    Some(Found {
        opcode,
        mask: *mask,
        payload: rest.get(..length)?,
        bytes: head + mask.len() + length,
    })
}

fn opcode(first: u8) -> Option<Opcode> {
    match first {
        0x81 => Some(Opcode::Text),
        0x82 => Some(Opcode::Binary),
        _ => None,
    }
}

/// Takes the mask off, eight bytes at a time. RFC 6455 §5.3.
fn unmask(bytes: &mut [u8], mask: [u8; 4]) {
    let [a, b, c, d] = mask;
    let twice = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (chunks, rest) = bytes.as_chunks_mut();
    for chunk in chunks {
        *chunk = (u64::from_ne_bytes(*chunk) ^ twice).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is taken of a frame, and how many bytes are left.
    fn taken(bytes: &[u8]) -> (Option<(Opcode, String)>, usize) {
        let (mut input, mut text) = (Input::new(bytes), String::from("before"));
        let opcode = take(&mut input, 300, &mut text);
        (opcode.map(|opcode| (opcode, text)), input.rest().len())
    }

    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mask = [1, 2, 3, 4];
        let mut bytes = vec![first];
        match u8::try_from(payload.len()) {
            Ok(short @ 0..=125) => bytes.push(0x80 | short),
            _ => {
                bytes.push(0xfe);
                let length = u16::try_from(payload.len()).unwrap();
                bytes.extend(length.to_be_bytes());
            }
        }
        bytes.extend(mask);
        bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(b, m)| b ^ m));
        bytes
    }

    #[test]
    fn a_whole_message_is_unmasked_whatever_its_length() {
        for length in (0..20).chain([125, 126, 300]) {
            let text = "abcdefg".repeat(50)[..length].to_owned();
            let bytes = [&frame(0x81, text.as_bytes())[..], b"more"].concat();
            assert_eq!(taken(&bytes), (Some((Opcode::Text, text)), 4));
        }
        assert_eq!(
            taken(&frame(0x82, b"x")).0,
            Some((Opcode::Binary, "x".into()))
        );
    }

    #[test]
    fn whatever_is_not_usual_is_left_alone() {
        let long = frame(0x81, &[b'a'; 301]);
        let whole = frame(0x81, b"hello");
        let mut unmasked = whole.clone();
        unmasked[1] &= 0x7f;
        let others: [&[u8]; 9] = [
            &frame(0x01, b"begins"),
            &frame(0x80, b"goes on"),
            &frame(0x89, b"ping"),
            &frame(0xc1, b"compressed"),
            &frame(0x81, b"\xff"),
            &unmasked,
            &long,
            &whole[..whole.len() - 1],
            b"\x81",
        ];
        for bytes in others {
            assert_eq!(taken(bytes), (None, bytes.len()), "{bytes:?}");
        }
    }
}

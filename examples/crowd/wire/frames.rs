//! IRC over WebSocket: frames. RFC 6455 §5.

use anyhow::bail;

use super::Heard;

/// The opcodes of RFC 6455 §5.2.
pub(crate) const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// The last fragment of its message: here, the only one.
const FIN: u8 = 0x80;
const MASKED: u8 = 0x80;

/// A mask must be a real one, but need not be secret here: nothing between us and the server reads HTTP.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// Writes a frame as clients must: masked.
pub(crate) fn client_frame(opcode: u8, payload: &[u8], out: &mut Vec<u8>) {
    out.push(FIN | opcode);
    let length = payload.len();
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(length @ ..126), _) => out.push(MASKED | length),
        (_, Ok(length)) => {
            out.push(MASKED | 126);
            out.extend_from_slice(&length.to_be_bytes());
        }
        _ => {
            out.push(MASKED | 127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&MASK);
    out.extend(payload.iter().zip(MASK.iter().cycle()).map(|(a, b)| a ^ b));
}

/// Writes the answer to a ping.
pub(crate) fn pong(payload: &[u8], out: &mut Vec<u8>) {
    client_frame(PONG, payload, out);
}

#[inline]
pub(super) fn split(
    bytes: &[u8],
    mut hear: impl FnMut(Heard<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<usize> {
    let mut taken = 0;
    while let Some((opcode, payload)) = frame(&bytes[taken..])? {
        taken += payload.end;
        let payload = &bytes[taken - payload.len()..taken];
        match opcode {
            TEXT | BINARY => hear(Heard::Message(payload))?,
            PING => hear(Heard::Ping(payload))?,
            CLOSE => hear(Heard::Refused(close_reason(payload)))?,
            _ => {}
        }
    }
    Ok(taken)
}

/// The opcode of the first frame and where its payload is, if the whole of it is there.
#[inline]
fn frame(bytes: &[u8]) -> anyhow::Result<Option<(u8, std::ops::Range<usize>)>> {
    let [first, second, ..] = *bytes else {
        return Ok(None);
    };
    if first & 0xf0 != FIN || second & MASKED != 0 || first & 0xf == 0 {
        bail!(
            "a frame starts with {first:#04x} {second:#04x}: only whole, unmasked messages without \
             extensions are understood here"
        );
    }
    let header = match second {
        126 => 4,
        127 => 10,
        _ => 2,
    };
    let Some(length) = bytes.get(2..header).map(big_endian) else {
        return Ok(None);
    };
    let length = if header == 2 {
        usize::from(second)
    } else {
        length
    };
    let Some(end) = length.checked_add(header) else {
        bail!("a frame of {length} bytes was announced");
    };
    Ok((end <= bytes.len()).then_some((first & 0xf, header..end)))
}

fn big_endian(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .fold(0, |value, byte| value << 8 | usize::from(*byte))
}

/// A code, then a reason. RFC 6455 §5.5.1.
fn close_reason(payload: &[u8]) -> String {
    match payload {
        [a, b, reason @ ..] => {
            let code = u16::from_be_bytes([*a, *b]);
            format!("close {code} {}", String::from_utf8_lossy(reason))
        }
        _ => "close".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Over;
    use crate::wire::tests::heard_at_every_split;

    fn server_frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = Vec::new();
        client_frame(opcode, payload, &mut frame);
        let header = frame.len() - payload.len() - 4;
        frame.truncate(header);
        frame[1] &= 0x7f;
        frame.extend_from_slice(payload);
        frame
    }

    #[test]
    fn frames_are_found_at_every_split_and_of_every_length() {
        let mut bytes = Vec::new();
        let lengths = [0, 1, 125, 126, 300, 65_535, 65_536];
        for length in lengths {
            bytes.extend(server_frame(TEXT, "x".repeat(length).as_bytes()));
        }
        let whole = heard_in(&bytes);
        assert_eq!(whole, lengths);
        let short = &bytes[..700];
        let mut short = short[..server_bytes(&lengths[..5])].to_vec();
        short.extend(server_frame(PING, b"are you there"));
        short.extend(server_frame(PONG, b""));
        short.extend(server_frame(CLOSE, b"\x03\xf0too much"));
        let heard = heard_at_every_split(Over::Ws, &short);
        assert_eq!(
            heard[5..],
            ["ping are you there", "refused close 1008 too much"]
        );
    }

    fn server_bytes(lengths: &[usize]) -> usize {
        let header = |length: &usize| if *length < 126 { 2 } else { 4 };
        lengths.iter().map(|length| length + header(length)).sum()
    }

    fn heard_in(bytes: &[u8]) -> Vec<usize> {
        let mut heard = Vec::new();
        let taken = split(bytes, |message| {
            let Heard::Message(text) = message else {
                panic!("{message:?}")
            };
            heard.push(text.len());
            Ok(())
        });
        assert_eq!(taken.unwrap(), bytes.len());
        heard
    }

    #[test]
    fn what_clients_send_is_masked() {
        let mut frame = Vec::new();
        client_frame(TEXT, b"Hello", &mut frame);
        // RFC 6455 §5.7: the example of a masked text.
        let example = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
        assert_eq!(frame, example);
    }

    #[test]
    fn fragments_masks_and_extensions_are_errors() {
        for bytes in [b"\x01\x00", b"\x80\x00", b"\xc1\x00", b"\x81\x80"] {
            assert!(split(bytes, |_| Ok(())).is_err(), "{bytes:?}");
        }
        let endless = [0x81, 127, 255, 255, 255, 255, 255, 255, 255, 255];
        assert!(split(&endless, |_| Ok(())).is_err());
    }
}

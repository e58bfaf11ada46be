//! Redis: RESP, the items of its replies one by one. What an array begins with is an item too; nobody
//! needs to know which one belongs to which array.

use anyhow::{Context, bail};

use super::Heard;

#[inline]
pub(super) fn split(
    bytes: &[u8],
    mut hear: impl FnMut(Heard<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<usize> {
    let mut taken = 0;
    while let Some((heard, size)) = item(&bytes[taken..])? {
        taken += size;
        hear(heard)?;
    }
    Ok(taken)
}

/// The first item and how many bytes it takes.
#[inline]
fn item(bytes: &[u8]) -> anyhow::Result<Option<(Heard<'_>, usize)>> {
    let Some(end) = memchr::memchr(b'\n', bytes) else {
        return Ok(None);
    };
    let line = bytes[..end].strip_suffix(b"\r").unwrap_or(&bytes[..end]);
    match line.split_first() {
        Some((b'$', b"-1")) => Ok(Some((Heard::Message(b""), end + 1))),
        Some((b'$', digits)) => {
            let length = decimal(digits)?;
            let bulk = bytes.get(end + 1..end + 1 + length + 2);
            Ok(bulk.map(|bulk| (Heard::Message(&bulk[..length]), end + 1 + length + 2)))
        }
        Some((b'-', error)) => {
            let error = String::from_utf8_lossy(error).into_owned();
            Ok(Some((Heard::Refused(error), end + 1)))
        }
        Some((b'+' | b':' | b'*', _)) => Ok(Some((Heard::Message(line), end + 1))),
        _ => bail!("not RESP: {:?}", String::from_utf8_lossy(line)),
    }
}

/// The length of a bulk string: 512 MiB at most, says Redis.
#[inline]
fn decimal(digits: &[u8]) -> anyhow::Result<usize> {
    let digits = digits.iter().try_fold(0_usize, |value, digit| {
        let digit = digit.is_ascii_digit().then(|| usize::from(digit - b'0'))?;
        Some(value * 10 + digit).filter(|value| *value <= 512 << 20)
    });
    digits.context("not RESP: a string of no length, or of more than 512 MiB")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Over;
    use crate::wire::tests::heard_at_every_split;

    #[test]
    fn items_come_one_by_one() {
        let bytes =
            b"*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$4\r\n\r\n\r\n\r\n:1\r\n$-1\r\n+OK\r\n-ERR no\r\n";
        let heard = heard_at_every_split(Over::Redis, bytes);
        assert_eq!(
            heard,
            [
                "*3",
                "message",
                "a",
                "\r\n\r\n",
                ":1",
                "",
                "+OK",
                "refused ERR no"
            ]
        );
    }

    #[test]
    fn what_is_not_resp_is_an_error() {
        for bytes in ["hello\r\n", "$x\r\n", "$99999999999999999999\r\n", "\r\n"] {
            assert!(split(bytes.as_bytes(), |_| Ok(())).is_err(), "{bytes:?}");
        }
    }
}

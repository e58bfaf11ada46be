//! IRC over TCP: lines.

use super::Heard;

/// A line ends with LF, mostly with CR before it. RFC 2812 §2.3.
#[inline]
pub(super) fn split(
    bytes: &[u8],
    mut hear: impl FnMut(Heard<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<usize> {
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', bytes) {
        let line = &bytes[start..end];
        hear(Heard::Message(line.strip_suffix(b"\r").unwrap_or(line)))?;
        start = end + 1;
    }
    Ok(start)
}

#[cfg(test)]
mod tests {
    use crate::args::Over;
    use crate::wire::tests::heard_at_every_split;

    #[test]
    fn lines_end_with_lf_or_crlf() {
        let heard = heard_at_every_split(Over::Irc, b"one\r\ntwo\n\r\nthree\r\n");
        assert_eq!(heard, ["one", "two", "", "three"]);
    }
}

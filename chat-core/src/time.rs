//! Time as an argument. Floor 0: uses nothing.
//!
//! The wall clock only stamps and the monotonic one only times out, so a clock that jumps can
//! neither cut anybody off nor keep anybody. Only the reactor reads clocks.

use std::time::Instant;

/// The moment of a turn, as both clocks see it.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// For deadlines.
    pub mono: Instant,
    /// For stamps.
    pub wall: Timestamp,
}

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Whole seconds since 1970, as RFC 2812 numerics want them.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// `2026-11-23T08:15:30.042Z`, the form of IRCv3 server-time; 24 bytes.
    #[must_use]
    pub fn iso(self) -> String {
        let mut out = String::new();
        self.push_iso(&mut out);
        out
    }

    /// Appends the same, as each message to whoever wants times does.
    pub fn push_iso(self, out: &mut String) {
        let stamp =
            jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        let at = jiff::tz::Offset::UTC.to_datetime(stamp);
        let Ok(year) = u64::try_from(at.year()) else {
            // Nobody's clock is there; but it may be asked for.
            return out.push_str(&format!("{stamp:.3}"));
        };
        let two = |number: i8| (u64::from(number.unsigned_abs()), 2);
        let millis = u64::from(at.subsec_nanosecond().unsigned_abs()) / 1_000_000;
        for ((number, digits), after) in [
            ((year, 4), '-'),
            (two(at.month()), '-'),
            (two(at.day()), 'T'),
            (two(at.hour()), ':'),
            (two(at.minute()), ':'),
            (two(at.second()), '.'),
            ((millis, 3), 'Z'),
        ] {
            push_number(number, digits, out);
            out.push(after);
        }
    }

    /// Reads what [`Timestamp::iso`] writes, and other forms of ISO 8601.
    #[must_use]
    pub fn from_iso(text: &str) -> Option<Timestamp> {
        let stamp: jiff::Timestamp = text.parse().ok()?;
        Some(Timestamp(stamp.as_millisecond()))
    }
}

/// Appends a number with so many digits at least: formatting it would cost more than all the rest of a
/// line.
pub(crate) fn push_number(number: u64, digits: usize, out: &mut String) {
    let (mut text, mut start, mut rest) = ([b'0'; NUMBER_DIGITS_MAX], NUMBER_DIGITS_MAX, number);
    while rest > 0 || start > NUMBER_DIGITS_MAX - digits {
        start -= 1;
        text[start] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
    // Digits are UTF-8.
    out.push_str(std::str::from_utf8(&text[start..]).unwrap_or_default());
}

/// Digits of the greatest number.
const NUMBER_DIGITS_MAX: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_written_with_milliseconds_and_read_back() {
        let stamp = Timestamp(1_795_422_930_042);
        assert_eq!(stamp.iso(), "2026-11-23T08:35:30.042Z");
        assert_eq!(Timestamp::from_iso(&stamp.iso()), Some(stamp));
        assert_eq!(Timestamp(0).iso(), "1970-01-01T00:00:00.000Z");
        assert_eq!(
            Timestamp(-62_167_219_200_001).iso(),
            "-000001-12-31T23:59:59.999Z"
        );
        assert_eq!(
            Timestamp(253_402_000_000_123).iso(),
            "9999-12-28T12:26:40.123Z"
        );
        assert_eq!(Timestamp::from_iso("yesterday"), None);
    }

    #[test]
    fn seconds_round_down_before_1970_too() {
        assert_eq!(Timestamp(1_999).seconds(), 1);
        assert_eq!(Timestamp(-1).seconds(), -1);
    }
}

//! Text of strangers for terminals and logs: nothing that a terminal would obey.
//!
//! A terminal acts on escape sequences (ECMA-48: C0 and C1 controls), and lays text out as the bidi
//! controls of Unicode (UAX #9) tell it, which lets a message look like somebody else's. Both are
//! replaced by U+FFFD, visibly. The codes by which IRC clients mark bold or colour
//! (modern.ircdocs.horse/formatting) mean no harm and are left out without a trace.

use std::borrow::Cow;

/// `text` as it may be shown on a terminal or written to a log.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    match text.find(|c| fate(c) != Fate::Keep) {
        None => Cow::Borrowed(text),
        Some(start) => Cow::Owned(rewritten(text, start)),
    }
}

/// Whether a character makes a terminal do something, or a line look like another.
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    c.is_control() || is_bidi_control(c) || matches!(c, '\u{2028}' | '\u{2029}')
}

fn is_bidi_control(c: char) -> bool {
    matches!(c,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What becomes of a character.
#[derive(PartialEq, Eq)]
enum Fate {
    Keep,
    /// Becomes U+FFFD.
    Replace,
    /// Becomes a space: a tab is legible, but tells columns of its own.
    Space,
    /// Is left out.
    Format,
    /// Is left out with the colour after it.
    Colour(ColourCode),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ColourCode {
    /// `\x03`, then up to two digits, then a comma and up to two more.
    Numbered,
    /// `\x04`, then six hex digits, then a comma and six more.
    Hex,
}

fn fate(c: char) -> Fate {
    match c {
        ' '..='~' => Fate::Keep,
        '\t' => Fate::Space,
        BOLD | RESET | MONOSPACE | REVERSE | ITALIC | STRIKE | UNDERLINE => Fate::Format,
        COLOUR => Fate::Colour(ColourCode::Numbered),
        HEX_COLOUR => Fate::Colour(ColourCode::Hex),
        _ if is_unsafe(c) => Fate::Replace,
        _ => Fate::Keep,
    }
}

fn rewritten(text: &str, start: usize) -> String {
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..start]);
    let mut rest = &text[start..];
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match fate(c) {
            Fate::Keep => out.push(c),
            Fate::Replace => out.push(char::REPLACEMENT_CHARACTER),
            Fate::Space => out.push(' '),
            Fate::Format => {}
            Fate::Colour(code) => rest = code.skip(rest),
        }
    }
    out
}

impl ColourCode {
    /// What is left behind the colour: a foreground, and a background if there is one too.
    fn skip(self, text: &str) -> &str {
        let Some(rest) = self.skip_one(text) else {
            return text;
        };
        let background = rest
            .strip_prefix(',')
            .and_then(|after| self.skip_one(after));
        background.unwrap_or(rest)
    }

    fn skip_one(self, text: &str) -> Option<&str> {
        let digits = match self {
            ColourCode::Numbered => leading(text, 2, u8::is_ascii_digit),
            ColourCode::Hex => leading(text, 6, u8::is_ascii_hexdigit),
        };
        let complete = match self {
            ColourCode::Numbered => digits > 0,
            ColourCode::Hex => digits == 6,
        };
        complete.then(|| &text[digits..])
    }
}

/// How many of the first `most` bytes are such.
fn leading(text: &str, most: usize, is_such: fn(&u8) -> bool) -> usize {
    text.bytes().take(most).take_while(is_such).count()
}

const BOLD: char = '\x02';
const COLOUR: char = '\x03';
const HEX_COLOUR: char = '\x04';
const RESET: char = '\x0f';
const MONOSPACE: char = '\x11';
const REVERSE: char = '\x16';
const ITALIC: char = '\x1d';
const STRIKE: char = '\x1e';
const UNDERLINE: char = '\x1f';

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn harmless_text_is_not_copied() {
        for text in ["", "hello, world", "Zoë 李雷 👩‍👩‍👧", "~!@"] {
            assert!(
                matches!(visible(text), Cow::Borrowed(same) if same == text),
                "{text}"
            );
        }
    }

    #[test]
    fn formatting_codes_leave_no_trace() {
        let cases = [
            (
                "\x02bold\x02 \x1dit\x1d \x1fun\x1f \x1est\x1e \x11mono\x11 \x16rev\x16\x0f",
                "bold it un st mono rev",
            ),
            ("\x034red\x03", "red"),
            ("\x0304,12both", "both"),
            ("\x03123", "3"),
            ("\x034,x", ",x"),
            ("\x03,4", ",4"),
            ("\x04ff0000red", "red"),
            ("\x04ff0000,00FF00both", "both"),
            ("\x04ff00", "ff00"),
            ("\x03", ""),
            ("\x031é", "é"),
        ];
        for (text, expected) in cases {
            assert_eq!(visible(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_a_terminal_would_obey_is_replaced() {
        let cases = [
            ("\x1b[2J", "\u{fffd}[2J"),
            ("a\rb\nc\0", "a\u{fffd}b\u{fffd}c\u{fffd}"),
            ("a\tb", "a b"),
            ("\x7f\u{9b}31m", "\u{fffd}\u{fffd}31m"),
            ("\u{202e}evil\u{2066}", "\u{fffd}evil\u{fffd}"),
            ("\u{200e}\u{200f}\u{061c}", "\u{fffd}\u{fffd}\u{fffd}"),
            ("a\u{2028}b\u{2029}", "a\u{fffd}b\u{fffd}"),
            ("\x01ACTION\x01", "\u{fffd}ACTION\u{fffd}"),
        ];
        for (text, expected) in cases {
            assert_eq!(visible(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_unsafe_is_left_of_any_text(text in any::<String>(), codes in "[\x00-\x20,0-9a-f]{0,40}") {
            for text in [text, codes] {
                let shown = visible(&text);
                prop_assert!(!shown.contains(is_unsafe));
                prop_assert_eq!(visible(&shown), shown.as_ref());
            }
        }
    }
}

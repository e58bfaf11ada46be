//! Names that have been checked: past the decoder nobody doubts a string. Floor 0.
//!
//! A name has at most 32 characters and 64 bytes, is normalised to NFC, and consists of letters and
//! digits of any script and ``-_[]{}\|^` ``; it starts neither with a digit nor with `-`. Two names
//! are equal when they are equal after ASCII case folding (`CASEMAPPING=ascii`). A room's name is
//! `#` and such a name, which may also start with a digit.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;
use unicode_security::GeneralSecurityProfile;
use unicode_security::confusable_detection::skeleton;

use crate::limits::{NAME_BYTES_MAX, NAME_CHARS_MAX};

/// What is wrong with a name, and so what to choose instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// Nothing was given.
    #[error("a name is needed")]
    Empty,
    /// More than 32 characters or 64 bytes.
    #[error("a name has at most 32 characters and 64 bytes")]
    TooLong,
    /// Starts with a digit or a hyphen.
    #[error("a name starts with a letter")]
    BadStart,
    /// A character that names do not have.
    #[error("a name has letters, digits and -_[]{{}}\\|^` only; {0:?} is none of them")]
    BadCharacter(char),
    /// A room without its `#`.
    #[error("a room's name starts with #")]
    NoHash,
}

/// A person's name.
#[derive(Clone)]
pub struct Nick(Arc<str>);

impl Nick {
    /// Checks and normalises what somebody wants to be called.
    ///
    /// # Errors
    /// What is wrong with the name, to be told to whoever chose it.
    pub fn new(text: &str) -> Result<Nick, NameError> {
        let name = checked(text)?;
        if name.starts_with(|c: char| c.is_numeric() || c == '-') {
            return Err(NameError::BadStart);
        }
        Ok(Nick(name.into()))
    }
}

/// A room's name, `#` included.
#[derive(Clone)]
pub struct RoomName(Arc<str>);

impl RoomName {
    /// Checks and normalises the name of a room.
    ///
    /// # Errors
    /// What is wrong with the name, to be told to whoever chose it.
    pub fn new(text: &str) -> Result<RoomName, NameError> {
        let bare = text.strip_prefix('#').ok_or(NameError::NoHash)?;
        Ok(RoomName(format!("#{}", checked(bare)?).into()))
    }
}

impl RoomName {
    /// `#lobby`, the room that is always there if nobody says otherwise.
    #[must_use]
    pub fn lobby() -> RoomName {
        RoomName("#lobby".into())
    }
}

fn checked(text: &str) -> Result<String, NameError> {
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    if text.len() > NAME_BYTES_MAX {
        return Err(NameError::TooLong);
    }
    let name: String = if text.is_ascii() {
        text.to_owned()
    } else {
        text.nfc().collect()
    };
    if name.len() > NAME_BYTES_MAX || name.chars().count() > NAME_CHARS_MAX {
        return Err(NameError::TooLong);
    }
    match name.chars().find(|&c| !belongs_in_name(c)) {
        Some(c) => Err(NameError::BadCharacter(c)),
        None => Ok(name),
    }
}

/// ASCII by a list; beyond it what UTS 39 allows in identifiers: no invisible, bidi or full-width
/// characters.
fn belongs_in_name(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' => true,
        '-' | '_' | '[' | ']' | '{' | '}' | '\\' | '|' | '^' | '`' => true,
        _ if c.is_ascii() => false,
        _ => (c.is_alphanumeric() || is_mark(c)) && c.identifier_allowed(),
    }
}

/// A combining mark, without which many scripts cannot be written.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Bytes of the longest name: that of a room, with its `#`.
const ROOM_NAME_BYTES_MAX: usize = NAME_BYTES_MAX + 1;

macro_rules! name_type {
    ($name:ident) => {
        impl $name {
            /// The name as it was written, normalised.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether this is what somebody means who writes so.
            #[must_use]
            pub fn is(&self, text: &str) -> bool {
                // Mostly they write it as it is.
                *self.0 == *text || self.0.eq_ignore_ascii_case(text)
            }

            /// What two names have in common that look alike. UTS 39 §4, of the name in lower case.
            #[must_use]
            pub fn skeleton(&self) -> String {
                skeleton(&self.0.to_lowercase()).collect()
            }

            /// The form under which equal names are the same: ASCII lower case.
            #[must_use]
            pub fn folded(&self) -> String {
                self.0.to_ascii_lowercase()
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                Arc::ptr_eq(&self.0, &other.0) || self.is(&other.0)
            }
        }

        impl Eq for $name {}

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                // In one piece: hashers take long strings better than many bytes.
                let mut folded = [0xff; ROOM_NAME_BYTES_MAX + 1];
                for (folded, byte) in folded.iter_mut().zip(self.0.bytes()) {
                    *folded = byte.to_ascii_lowercase();
                }
                state.write(&folded[..=self.0.len().min(ROOM_NAME_BYTES_MAX)]);
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name_type!(Nick);
name_type!(RoomName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_names_are_kept_as_written() {
        for name in [
            "ana",
            "Zoë",
            "Жанна",
            "李雷",
            "नमस्ते",
            "a-b_[c]{d}\\|^`",
            "`x",
            "_9",
        ] {
            assert_eq!(Nick::new(name).map(|n| n.to_string()), Ok(name.to_owned()));
        }
    }

    #[test]
    fn bad_names_say_what_is_wrong() {
        let long = "x".repeat(33);
        let wide = "李".repeat(22);
        let cases = [
            ("", NameError::Empty),
            ("1st", NameError::BadStart),
            ("-dash", NameError::BadStart),
            ("a b", NameError::BadCharacter(' ')),
            ("a!b", NameError::BadCharacter('!')),
            ("a\u{200b}b", NameError::BadCharacter('\u{200b}')),
            ("a\u{202e}b", NameError::BadCharacter('\u{202e}')),
            ("ａlice", NameError::BadCharacter('ａ')),
            ("a\rb", NameError::BadCharacter('\r')),
            (long.as_str(), NameError::TooLong),
            (wide.as_str(), NameError::TooLong),
        ];
        for (name, wrong) in cases {
            assert_eq!(Nick::new(name), Err(wrong), "{name:?}");
        }
    }

    #[test]
    fn names_are_equal_without_regard_to_ascii_case_and_composition() {
        assert_eq!(Nick::new("Ana"), Nick::new("aNA"));
        assert_eq!(Nick::new("Zoe\u{308}"), Nick::new("Zoë"));
        assert_ne!(Nick::new("Ä"), Nick::new("ä"));
        assert_ne!(Nick::new("[x"), Nick::new("{x"));
    }

    #[test]
    fn look_alikes_share_a_skeleton() {
        let latin = Nick::new("alice").unwrap();
        let cyrillic = Nick::new("аlice").unwrap();
        assert_ne!(latin, cyrillic);
        assert_eq!(latin.skeleton(), cyrillic.skeleton());
    }

    #[test]
    fn a_room_needs_its_hash_and_may_start_with_a_digit() {
        assert_eq!(
            RoomName::new("#2026").map(|r| r.to_string()),
            Ok("#2026".into())
        );
        assert_eq!(RoomName::new("lobby"), Err(NameError::NoHash));
        assert_eq!(RoomName::new("#"), Err(NameError::Empty));
        assert_eq!(RoomName::new("##x"), Err(NameError::BadCharacter('#')));
    }
}

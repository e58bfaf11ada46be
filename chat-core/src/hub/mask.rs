//! Masks with `*` and `?`, for WHO. RFC 2812 §2.5.

use std::str::Chars;

/// Whether a mask means this text: `*` is any number of characters, `?` one, and ASCII case does not
/// matter (`CASEMAPPING=ascii`).
///
/// Only the last `*` is ever tried again, so the time is at most the product of the two lengths.
#[must_use]
pub fn matches(mask: &str, text: &str) -> bool {
    let (mut mask, mut text) = (mask.chars(), text.chars());
    let mut retry: Option<(Chars<'_>, Chars<'_>)> = None;
    loop {
        let here = text.clone();
        match (mask.next(), text.next()) {
            (Some('*'), _) => {
                retry = Some((mask.clone(), here.clone()));
                text = here;
            }
            (None, None) => return true,
            (Some(m), Some(t)) if m == '?' || m.eq_ignore_ascii_case(&t) => {}
            _ => match retry.as_mut().and_then(one_further) {
                Some(next) => (mask, text) = next,
                None => return false,
            },
        }
    }
}

/// Lets the last `*` stand for one character more.
fn one_further<'a>(retry: &mut (Chars<'a>, Chars<'a>)) -> Option<(Chars<'a>, Chars<'a>)> {
    retry.1.next()?;
    Some(retry.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_match() {
        let cases = [
            ("ana", "ANA", true),
            ("ana", "anna", false),
            ("a*a", "anna", true),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("?", "é", true),
            ("?", "", false),
            ("a?c", "abc", true),
            ("*.org", "irc.example.org", true),
            ("*.org", "irc.example.orgy", false),
            ("*a*b*c", "xxaxxbxxc", true),
            ("**?*", "x", true),
            ("*ab", "aab", true),
        ];
        for (mask, text, expected) in cases {
            assert_eq!(matches(mask, text), expected, "{mask} {text}");
        }
    }

    #[test]
    fn a_hostile_mask_takes_no_time() {
        assert!(!matches(&"*a".repeat(200), &"a".repeat(199)));
        assert!(!matches(
            &format!("{}b", "*a".repeat(200)),
            &"a".repeat(500)
        ));
    }
}

//! A text as the words that are looked for in it. Floor 2.
//!
//! Case, diacritics and forms of the same character make no difference, and whatever is neither a letter nor a digit
//! stands between words. Scripts that put no spaces between words (Chinese, Japanese, Thai and others) and Korean, which
//! ties particles to them, are taken sign by sign, and so are pictures: several in a row are a phrase, so any part of a
//! sentence is found, however short. The same words are compared in memory and stand in the index of a file.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A text as it is compared.
pub(in crate::journal) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let plain = text.nfkd().filter(|c| !is_left_out(*c));
    // To and fro, since some letters differ only one way: ß and ss, the two small sigmas.
    let lower = plain
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase);
    lower.nfc().collect()
}

/// The words of a text that was folded.
pub(in crate::journal) fn words(folded: &str) -> impl Iterator<Item = &str> {
    let mut rest = folded;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c| kind(c) == Kind::Between);
        let first = rest.chars().next()?;
        let end = match kind(first) {
            Kind::Alone => first.len_utf8(),
            _ => rest.find(|c| kind(c) != Kind::Joined).unwrap_or(rest.len()),
        };
        let (word, behind) = rest.split_at(end);
        rest = behind;
        Some(word)
    })
}

/// What a character does in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// It makes a word together with its neighbours.
    Joined,
    /// It is a word.
    Alone,
    /// It is in no word.
    Between,
}

fn kind(c: char) -> Kind {
    match c {
        _ if c.is_ascii() => match c.is_ascii_alphanumeric() {
            true => Kind::Joined,
            false => Kind::Between,
        },
        _ if stands_alone(c) => Kind::Alone,
        _ if c.is_alphanumeric() || is_combining_mark(c) => Kind::Joined,
        _ => Kind::Between,
    }
}

fn stands_alone(c: char) -> bool {
    matches!(
        c,
        // Thai and Lao, Myanmar, Khmer; kana and Han; Hangul; more Han; signs and pictures.
        '\u{e00}'..='\u{eff}'
            | '\u{1000}'..='\u{109f}'
            | '\u{1780}'..='\u{17ff}'
            | '\u{3005}'..='\u{3007}'
            | '\u{3040}'..='\u{30ff}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}'
            | '\u{2600}'..='\u{27bf}'
            | '\u{1f000}'..='\u{1faff}'
    )
}

/// Diacritics of Latin, Greek and Cyrillic, vowel signs of Hebrew and Arabic, and what nobody sees: soft hyphens, joiners,
/// variation selectors.
fn is_left_out(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}'
            | '\u{591}'..='\u{5bd}'
            | '\u{64b}'..='\u{65f}'
            | '\u{ad}'
            | '\u{200b}'..='\u{200d}'
            | '\u{2060}'
            | '\u{fe00}'..='\u{fe0f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        words(&folded(text)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_text_is_taken_word_by_word() {
        let cases = [
            ("", ""),
            (" -- ", ""),
            ("Hello, World!", "hello world"),
            ("foo_bar@example.org:8080", "foo bar example org 8080"),
            ("Crème BRÛLÉE", "creme brulee"),
            ("cre\u{300}me", "creme"),
            ("İstanbul ısı", "istanbul isi"),
            ("Straße STRASSE", "strasse strasse"),
            ("Ὀδυσσεύς ΟΔΥΣΣΕΥΣ", "οδυσσευσ οδυσσευσ"),
            ("Ёлка", "елка"),
            ("ﬁne ｆｕｌｌ", "fine full"),
            ("東京タワー", "東 京 タ ワ ー"),
            ("iPhone用の", "iphone 用 の"),
            ("が", "が"),
            ("서울에서", "서 울 에 서"),
            ("กรุง", "ก ร ุ ง"),
            ("हिन्दी में", "हिन्दी में"),
            ("مُحَمَّد", "محمد"),
            ("+1 👍🏽", "1 👍 🏽"),
            ("❤\u{fe0f}", "❤"),
            ("one\ntwo", "one two"),
        ];
        for (text, expected) in cases {
            let expected: String = expected.nfc().collect();
            assert_eq!(of(text), expected, "{text}");
        }
    }

    #[test]
    fn folding_twice_changes_nothing_more() {
        for text in ["Straße ŉ ΐ İ ﬃ ǰ", "が서울ไทย", "ẞ ſ K"] {
            let once = folded(text);
            assert_eq!(folded(&once), once, "{text}");
        }
    }
}

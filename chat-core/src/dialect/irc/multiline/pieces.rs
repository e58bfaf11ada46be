//! A text as the lines by which it is told.

use std::iter::Peekable;

/// What fits a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'t> {
    /// The words; empty for an empty line.
    pub text: &'t str,
    /// Whether it goes on with the line of the one before.
    pub is_concat: bool,
}

/// The pieces of a text: those in which it was sent, as far as places in it say that, and else as long as they
/// may be. What is too long is cut behind a space, or between two characters.
pub fn pieces<'t>(
    text: &'t str,
    concat: &'t [u32],
    bytes_max: usize,
) -> impl Iterator<Item = Piece<'t>> {
    let mut places = concat.iter().map(|place| *place as usize).peekable();
    let mut at = 0;
    text.split('\n').flat_map(move |line| {
        let start = at;
        at += line.len() + "\n".len();
        let parts = parts(line, start, &mut places);
        let fitting = parts
            .into_iter()
            .flat_map(move |part| fitting(part, bytes_max));
        let fitting = fitting.enumerate();
        fitting.map(|(index, text)| Piece {
            text,
            is_concat: index > 0,
        })
    })
}

/// A line cut where pieces of it began. Places that cannot be such are passed over.
fn parts<'t>(
    line: &'t str,
    start: usize,
    places: &mut Peekable<impl Iterator<Item = usize>>,
) -> Vec<&'t str> {
    let (mut parts, mut from) = (Vec::new(), 0);
    while let Some(place) = places.next_if(|place| *place < start + line.len()) {
        let place = place.saturating_sub(start);
        if place > from && line.is_char_boundary(place) {
            parts.push(&line[from..place]);
            from = place;
        }
    }
    parts.push(&line[from..]);
    parts
}

/// The same in pieces that fit.
fn fitting(text: &str, bytes_max: usize) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let end = end(text, bytes_max);
        rest = Some(&text[end..]).filter(|rest| !rest.is_empty());
        Some(&text[..end])
    })
}

/// Where the first piece ends.
fn end(text: &str, bytes_max: usize) -> usize {
    if text.len() <= bytes_max {
        return text.len();
    }
    let most = text.floor_char_boundary(bytes_max);
    let word = text[..most].rfind(' ').map(|space| space + " ".len());
    // Never nothing: there is a character longer than a line only in a test.
    let one = text.ceil_char_boundary(1);
    word.unwrap_or(most).max(one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(text: &str, concat: &[u32], bytes_max: usize) -> Vec<String> {
        let mark = |piece: Piece<'_>| match piece.is_concat {
            true => format!("+{}", piece.text),
            false => piece.text.to_owned(),
        };
        pieces(text, concat, bytes_max).map(mark).collect()
    }

    #[test]
    fn a_text_is_told_in_the_pieces_in_which_it_was_sent() {
        assert_eq!(told("one\n\ntwo", &[], 9), ["one", "", "two"]);
        assert_eq!(told("how is it?\nx", &[7], 9), ["how is ", "+it?", "x"]);
        assert_eq!(told("a\nbcd", &[3, 4], 9), ["a", "b", "+c", "+d"]);
        assert_eq!(told("\na", &[], 9), ["", "a"]);
    }

    #[test]
    fn what_is_too_long_is_cut_behind_a_space_or_anywhere() {
        assert_eq!(told("one two three", &[], 8), ["one two ", "+three"]);
        assert_eq!(told("abcdefgh i", &[], 4), ["abcd", "+efgh", "+ i"]);
        assert_eq!(told("ééé", &[], 3), ["é", "+é", "+é"]);
        assert_eq!(told("one two", &[2], 4), ["on", "+e ", "+two"]);
    }

    #[test]
    fn places_that_cannot_be_are_passed_over() {
        assert_eq!(told("aéb\nc", &[0, 2, 4, 9], 9), ["aéb", "c"]);
        assert_eq!(told("ab", &[9, 1], 9), ["ab"]);
    }

    proptest! {
        #[test]
        fn pieces_make_up_the_text(text in "[aé \n]{0,40}", places in proptest::collection::vec(0..50u32, 0..5), bytes_max in 2..9usize) {
            let mut again = String::new();
            for (index, piece) in pieces(&text, &places, bytes_max).enumerate() {
                prop_assert!(piece.text.len() <= bytes_max && !piece.text.contains('\n'));
                prop_assert!(!piece.is_concat || !piece.text.is_empty());
                if index > 0 && !piece.is_concat {
                    again.push('\n');
                }
                again.push_str(piece.text);
            }
            prop_assert_eq!(again, text);
        }
    }
}

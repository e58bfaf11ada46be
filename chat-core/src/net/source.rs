//! Who an event is for. Floor 3.

use mio::Token;

/// What is registered with the poll.
///
/// A token carries a bare key without a generation: no key is used again within a turn, and an
/// event of an earlier turn can not come after its socket was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Person(usize),
    Leaver(usize),
    Door(usize),
    Waker,
}

impl Source {
    pub(super) fn token(self) -> Token {
        let (key, kind) = match self {
            Source::Person(key) => (key, 0),
            Source::Leaver(key) => (key, 1),
            Source::Door(key) => (key, 2),
            Source::Waker => (0, 3),
        };
        Token(key << 2 | kind)
    }

    pub(super) fn of(token: Token) -> Self {
        let key = token.0 >> 2;
        match token.0 & 3 {
            0 => Source::Person(key),
            1 => Source::Leaver(key),
            2 => Source::Door(key),
            _ => Source::Waker,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_tells_what_it_is_for() {
        for source in [
            Source::Person(0),
            Source::Person(7),
            Source::Leaver(7),
            Source::Door(1),
            Source::Waker,
        ] {
            assert_eq!(Source::of(source.token()), source);
        }
    }
}

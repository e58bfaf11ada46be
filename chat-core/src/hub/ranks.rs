//! What a member of a room may be besides: its operator, somebody with a voice. Floor 1.

/// What a member may be besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// `v`: may speak where others may not.
    Voice,
    /// `o`: keeps the room in order.
    Operator,
}

impl Rank {
    /// The higher one first, as `PREFIX` names them.
    pub const ALL: [Rank; 2] = [Rank::Operator, Rank::Voice];

    /// Its letter.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Rank::Operator => 'o',
            Rank::Voice => 'v',
        }
    }

    /// What stands before the name of who has it.
    #[must_use]
    pub fn prefix(self) -> char {
        match self {
            Rank::Operator => '@',
            Rank::Voice => '+',
        }
    }

    /// The rank with this prefix.
    #[must_use]
    pub fn of_prefix(prefix: char) -> Option<Rank> {
        Rank::ALL.into_iter().find(|rank| rank.prefix() == prefix)
    }
}

/// The ranks that one member has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ranks(u8);

impl Ranks {
    /// Whether this is one of them.
    #[must_use]
    pub fn has(self, rank: Rank) -> bool {
        self.0 & (1 << rank as u8) != 0
    }

    /// Whether there is any.
    #[must_use]
    pub fn any(self) -> bool {
        self.0 != 0
    }

    /// Those with this one, or without it.
    #[must_use]
    pub fn set(self, rank: Rank, has: bool) -> Ranks {
        let bit = 1 << rank as u8;
        Ranks(if has { self.0 | bit } else { self.0 & !bit })
    }

    /// Their prefixes, the highest first.
    pub fn prefixes(self) -> impl Iterator<Item = char> {
        let mine = Rank::ALL.into_iter().filter(move |rank| self.has(*rank));
        mine.map(Rank::prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_told_the_highest_first() {
        let both = Ranks::default()
            .set(Rank::Voice, true)
            .set(Rank::Operator, true);
        assert_eq!(both.prefixes().collect::<String>(), "@+");
        assert_eq!(
            both.set(Rank::Operator, false)
                .prefixes()
                .collect::<String>(),
            "+"
        );
        assert!(!Ranks::default().any());
    }
}

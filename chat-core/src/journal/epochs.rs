//! The starts of a journal, and which of its messages an id may still name. Floor 2.
//!
//! A message's id is `<epoch>-<seq>` (`msgid`), and each start of a journal is an epoch with a name of its own, made
//! by chance. So an id always names one message: a number that was lost in a crash, or was given after a backup was
//! put back, comes again under another name.

use crate::id::Seq;

/// All starts that a journal knows of, the first one first; never empty.
#[derive(Clone, Debug)]
pub struct Epochs {
    past: Vec<Epoch>,
    present: Epoch,
}

/// One start, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Epoch {
    /// Its name: ASCII letters and digits, `-` and `_`, since it is part of a tag's value.
    pub name: String,
    /// The place before its first entry.
    pub after: Seq,
    /// Whether everything that was told in it was also kept: not so if it was told before it was on the disk,
    /// and then the machine or the program ended at once.
    pub is_whole: bool,
}

impl Epochs {
    /// One start, after which nothing is kept.
    #[must_use]
    pub fn only(name: String) -> Epochs {
        Epochs::new(Vec::new(), name, Seq(0))
    }

    /// One more start behind those of before.
    #[must_use]
    pub fn new(past: Vec<Epoch>, name: String, after: Seq) -> Epochs {
        let present = Epoch {
            name: mended(name),
            after,
            is_whole: true,
        };
        Epochs { past, present }
    }

    /// The name of the present one.
    #[must_use]
    pub fn present(&self) -> &str {
        &self.present.name
    }

    /// The name of that in which a place was given.
    #[must_use]
    pub fn of(&self, seq: Seq) -> &str {
        let before = self.past.partition_point(|epoch| epoch.after < seq);
        match self.present.after < seq || before == 0 {
            true => self.present(),
            false => &self.past[before - 1].name,
        }
    }

    /// The place that an id names, if it is one of this journal's.
    #[must_use]
    pub fn find(&self, epoch: &str, seq: Seq) -> Option<Seq> {
        if epoch == self.present.name {
            return Some(seq);
        }
        let place = self.past.iter().position(|past| past.name == epoch)?;
        let next = self.past.get(place + 1).unwrap_or(&self.present);
        (seq <= next.after).then_some(seq)
    }

    /// Whether nothing that was told after a place was lost by the end of a start.
    #[must_use]
    pub fn is_whole_since(&self, seq: Seq) -> bool {
        let ended = self
            .past
            .iter()
            .zip(self.past.iter().skip(1).chain([&self.present]));
        let mut lossy = ended.filter(|(past, _)| !past.is_whole);
        lossy.all(|(_, next)| next.after < seq)
    }
}

/// A message's id is a word of a line, and some clients put it into a file or an address.
fn mended(name: String) -> String {
    let is_wrong = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    match name.contains(is_wrong) {
        true => name.replace(is_wrong, "_"),
        false => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three(is_whole: bool) -> Epochs {
        let past = |name: &str, after| Epoch {
            name: name.into(),
            after: Seq(after),
            is_whole,
        };
        Epochs::new(vec![past("a", 0), past("b", 10)], "c".into(), Seq(20))
    }

    #[test]
    fn an_epoch_is_a_part_of_a_word_whatever_it_was_made_of() {
        let epoch = |of: &str| Epochs::only(of.into()).present().to_owned();
        assert_eq!(epoch("0123-abc_DEF"), "0123-abc_DEF");
        assert_eq!(epoch("an epoch;\r\n:né"), "an_epoch____n_");
    }

    #[test]
    fn a_place_belongs_to_the_start_in_which_it_was_given() {
        let epochs = three(true);
        let names = [1, 10, 11, 20, 21, 99].map(|seq| epochs.of(Seq(seq)));
        assert_eq!(names, ["a", "a", "b", "b", "c", "c"]);
        assert_eq!(Epochs::only("e".into()).of(Seq(7)), "e");
    }

    #[test]
    fn an_id_beyond_what_its_start_kept_names_nothing() {
        let epochs = three(true);
        for (epoch, seq, is_known) in [
            ("a", 10, true),
            ("a", 11, false),
            ("b", 20, true),
            ("b", 21, false),
            ("c", 99, true),
            ("d", 1, false),
        ] {
            let found = epochs.find(epoch, Seq(seq));
            assert_eq!(found, is_known.then_some(Seq(seq)), "{epoch}-{seq}");
        }
    }

    #[test]
    fn what_an_end_may_have_lost_is_missing_for_all_who_were_there_before_it() {
        assert!(three(true).is_whole_since(Seq(1)));
        let lossy = three(false);
        // Who saw the last one that was kept may have missed those behind it.
        let whole = [1, 10, 11, 20, 21].map(|seq| lossy.is_whole_since(Seq(seq)));
        assert_eq!(whole, [false, false, false, false, true]);
    }
}

//! Which rooms LIST is to tell. RFC 2812 §3.2.6, modern.ircdocs.horse "ELIST parameter".

use super::command::targets;
use crate::limits::{MASK_BYTES_MAX, TARGETS_MAX};

/// What a room must be like. `ELIST=CMNTU`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It is called so, or as one of the other masks has it; `M`.
    Like(String),
    /// It is not called so; `N`.
    Unlike(String),
    /// So many people are in it; `U`.
    People(Bound),
    /// It was made so many minutes ago; `C`.
    Made(Bound),
    /// Its topic was set so many minutes ago; `T`.
    Topic(Bound),
}

/// A number to be less than, or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// `<n`.
    Less(u64),
    /// `>n`.
    More(u64),
}

impl Bound {
    /// Whether a number is within it.
    #[must_use]
    pub fn has(self, number: u64) -> bool {
        match self {
            Bound::Less(bound) => number < bound,
            Bound::More(bound) => number > bound,
        }
    }

    /// The same bound, `times` as large.
    #[must_use]
    pub fn times(self, times: u64) -> Bound {
        match self {
            Bound::Less(bound) => Bound::Less(bound.saturating_mul(times)),
            Bound::More(bound) => Bound::More(bound.saturating_mul(times)),
        }
    }

    fn parse(text: &str) -> Option<Bound> {
        let number = |text: &str| text.parse().ok();
        match text.strip_prefix('<') {
            Some(rest) => number(rest).map(Bound::Less),
            None => number(text.strip_prefix('>')?).map(Bound::More),
        }
    }
}

/// The conditions of a LIST, as many as may be; behind the rooms there may be some more, or the name of a server.
#[must_use]
pub fn conditions(params: &[&str]) -> Vec<Condition> {
    let first = params.first().copied().unwrap_or_default();
    let second = params.get(1).copied().unwrap_or_default();
    let more = targets(second).filter_map(bound);
    let all = targets(first).filter_map(condition).chain(more);
    all.take(TARGETS_MAX).collect()
}

/// What is neither a room nor a mask may be the name of a server, and asks for all.
fn condition(text: &str) -> Option<Condition> {
    let mask = text.strip_prefix('!').unwrap_or(text);
    let is_mask = mask.starts_with('#') || mask.contains(['*', '?']);
    bound(text).or_else(|| match mask.len() == text.len() {
        _ if !is_mask => None,
        true => Some(Condition::Like(cut(mask))),
        false => Some(Condition::Unlike(cut(mask))),
    })
}

/// A mask of many stars takes its time with each room.
fn cut(mask: &str) -> String {
    crate::dialect::cut(mask, MASK_BYTES_MAX).to_owned()
}

fn bound(text: &str) -> Option<Condition> {
    let first = text.chars().next()?.to_ascii_uppercase();
    match first {
        'C' => Bound::parse(text.get(1..)?).map(Condition::Made),
        'T' => Bound::parse(text.get(1..)?).map(Condition::Topic),
        _ => Bound::parse(text).map(Condition::People),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read() {
        let like = |mask: &str| Condition::Like(mask.into());
        let cases: [(&[&str], Vec<Condition>); 9] = [
            (&[], vec![]),
            (&["#a,,#b*"], vec![like("#a"), like("#b*")]),
            (&["!*x*"], vec![Condition::Unlike("*x*".into())]),
            (
                &[">1,<5"],
                vec![
                    Condition::People(Bound::More(1)),
                    Condition::People(Bound::Less(5)),
                ],
            ),
            (
                &["C>10,t<3"],
                vec![
                    Condition::Made(Bound::More(10)),
                    Condition::Topic(Bound::Less(3)),
                ],
            ),
            (
                &["#a", ">1,chat.local"],
                vec![like("#a"), Condition::People(Bound::More(1))],
            ),
            (&[">,>x,c,été,!x"], vec![]),
            (
                &["#a,#b,*c,d?,#e"],
                vec![like("#a"), like("#b"), like("*c"), like("d?")],
            ),
            (&["chat.local", "other"], vec![]),
        ];
        for (params, expected) in cases {
            assert_eq!(conditions(params), expected, "{params:?}");
        }
    }

    #[test]
    fn a_bound_leaves_its_own_number_out() {
        let fits = |bound: Bound| (0..4).filter(|n| bound.has(*n)).collect::<Vec<_>>();
        assert_eq!(fits(Bound::Less(2)), [0, 1]);
        assert_eq!(fits(Bound::More(2)), [3]);
        assert_eq!(Bound::More(2).times(60), Bound::More(120));
        assert_eq!(Bound::Less(u64::MAX).times(60), Bound::Less(u64::MAX));
    }
}

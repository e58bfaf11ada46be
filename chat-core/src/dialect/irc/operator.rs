//! What only operators of a server may ask for: KILL, WALLOPS, and bans from the server.
//!
//! RFC 2812 §3.7.1 and §4.7; DLINE and KLINE are in no RFC, and here as in Ergo and Solanum: a word `ANDKILL`, which is
//! true in any case, how long it lasts, whom it means, why.

use std::time::Duration;

use super::command::{Command, Wrong};
use crate::dialect::cut;
use crate::limits::{CENTURY, REASON_BYTES_MAX, seconds};

/// One of these commands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the parameters of the commands")]
pub enum Operate<'a> {
    /// KILL: sends somebody away from the whole server.
    Kill {
        nick: &'a str,
        reason: Option<&'a str>,
    },
    /// WALLOPS: says something to all operators.
    Wallops(&'a str),
    /// DLINE and KLINE: keeps somebody away.
    Ban {
        kind: BanKind,
        whom: &'a str,
        /// For ever if it does not say.
        lasts: Option<Duration>,
        reason: Option<String>,
    },
    /// UNDLINE and UNKLINE.
    Unban { kind: BanKind, whom: &'a str },
    /// `DLINE LIST` and `KLINE LIST`.
    Bans(BanKind),
}

/// By what somebody is kept away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BanKind {
    /// By their address: DLINE.
    Network,
    /// By `nick!user@host`: KLINE.
    Mask,
}

impl BanKind {
    /// The command that sets it.
    #[must_use]
    pub fn command(self) -> &'static str {
        match self {
            BanKind::Network => "DLINE",
            BanKind::Mask => "KLINE",
        }
    }

    /// The command that ends it.
    #[must_use]
    pub fn undo(self) -> &'static str {
        match self {
            BanKind::Network => "UNDLINE",
            BanKind::Mask => "UNKLINE",
        }
    }
}

type Decoded<'a> = Result<Command<'a>, Wrong<'a>>;

/// A reason may be left out, as with Ergo.
pub(super) fn kill<'a>(params: &'a [&'a str]) -> Decoded<'a> {
    let mut words = given(params);
    let nick = words.next().ok_or(Wrong::NeedMoreParams("KILL"))?;
    let reason = words.next().map(|text| cut(text, REASON_BYTES_MAX));
    Ok(Command::Operate(Operate::Kill { nick, reason }))
}

pub(super) fn wallops<'a>(params: &'a [&'a str]) -> Decoded<'a> {
    let text = given(params).next();
    let text = text.ok_or(Wrong::NeedMoreParams("WALLOPS"))?;
    Ok(Command::Operate(Operate::Wallops(text)))
}

pub(super) fn ban<'a>(kind: BanKind, params: &'a [&'a str]) -> Decoded<'a> {
    let mut words = given(params).peekable();
    words.next_if(|word| word.eq_ignore_ascii_case("ANDKILL"));
    let lasts = words.peek().and_then(|word| duration(word));
    if lasts.is_some() {
        words.next();
    }
    let whom = words.next().ok_or(Wrong::NeedMoreParams(kind.command()))?;
    if whom.eq_ignore_ascii_case("LIST") {
        return Ok(Command::Operate(Operate::Bans(kind)));
    }
    // People forget the colon.
    let reason: Vec<&str> = words.collect();
    let reason = reason.join(" ");
    let reason = cut(&reason, REASON_BYTES_MAX);
    Ok(Command::Operate(Operate::Ban {
        kind,
        whom,
        lasts: lasts.filter(|lasts| !lasts.is_zero()),
        reason: (!reason.is_empty()).then(|| reason.to_owned()),
    }))
}

pub(super) fn unban<'a>(kind: BanKind, params: &'a [&'a str]) -> Decoded<'a> {
    let whom = given(params).next();
    let whom = whom.ok_or(Wrong::NeedMoreParams(kind.undo()))?;
    Ok(Command::Operate(Operate::Unban { kind, whom }))
}

fn given<'a>(params: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    params.iter().copied().filter(|param| !param.is_empty())
}

/// `1y 12mo 4w 31d 10h 8m 13s`, any of them in one word; a mere number is minutes, as with Solanum. Nothing if it is none.
fn duration(word: &str) -> Option<Duration> {
    if let Ok(minutes) = word.parse::<u64>() {
        return Some(seconds(minutes.saturating_mul(MINUTE)));
    }
    let (mut rest, mut sum) = (word, 0_u64);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = rest.split_at(digits);
        let end = unit.find(|c: char| c.is_ascii_digit());
        let (unit, next) = unit.split_at(end.unwrap_or(unit.len()));
        let count: u64 = number.parse().ok()?;
        sum = sum.saturating_add(count.saturating_mul(in_seconds(unit)?));
        rest = next;
    }
    (!word.is_empty()).then(|| seconds(sum).min(CENTURY))
}

fn in_seconds(unit: &str) -> Option<u64> {
    Some(match unit {
        "y" => 365 * DAY,
        "mo" => 30 * DAY,
        "w" => 7 * DAY,
        "d" => DAY,
        "h" => 60 * MINUTE,
        "m" => MINUTE,
        "s" => 1,
        _ => return None,
    })
}

const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * MINUTE;

#[cfg(test)]
mod tests {
    use super::*;

    fn asked<'a>(decoded: Decoded<'a>) -> Operate<'a> {
        match decoded {
            Ok(Command::Operate(operate)) => operate,
            other => panic!("{other:?}"),
        }
    }

    fn banned(params: &[&str]) -> (String, Option<u64>, Option<String>) {
        match asked(ban(BanKind::Network, params)) {
            Operate::Ban {
                whom,
                lasts,
                reason,
                ..
            } => (whom.to_owned(), lasts.map(|l| l.as_secs()), reason),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn how_long_a_ban_lasts_is_understood() {
        let cases = [
            ("10", Some(600)),
            ("0", Some(0)),
            ("13s", Some(13)),
            ("8m", Some(480)),
            ("1h30m", Some(5400)),
            ("31d", Some(31 * DAY)),
            ("1y12mo", Some((365 + 360) * DAY)),
            ("2w", Some(14 * DAY)),
            ("999999999999999999y", Some(CENTURY.as_secs())),
            ("99999999999999999999", None),
            ("", None),
            ("h", None),
            ("1h30", None),
            ("1x", None),
            ("-1h", None),
            ("192.0.2.7", None),
            ("2001:db8::", None),
        ];
        for (word, expected) in cases {
            assert_eq!(duration(word).map(|d| d.as_secs()), expected, "{word}");
        }
    }

    #[test]
    fn a_ban_says_whom_it_means_for_how_long_and_why() {
        let ban = |whom: &str, lasts, reason: Option<&str>| {
            (whom.to_owned(), lasts, reason.map(str::to_owned))
        };
        let cases: [(&[&str], _); 6] = [
            (&["10.0.0.0/8"], ban("10.0.0.0/8", None, None)),
            (
                &["10.0.0.1", "spam and more"],
                ban("10.0.0.1", None, Some("spam and more")),
            ),
            (
                &["1d", "10.0.0.1", "being", "rude"],
                ban("10.0.0.1", Some(DAY), Some("being rude")),
            ),
            (
                &["andkill", "1d", "10.0.0.1", ""],
                ban("10.0.0.1", Some(DAY), None),
            ),
            (&["0", "::1"], ban("::1", None, None)),
            (&["", "::1"], ban("::1", None, None)),
        ];
        for (params, expected) in cases {
            assert_eq!(banned(params), expected, "{params:?}");
        }
        assert_eq!(
            asked(super::ban(BanKind::Mask, &["list"])),
            Operate::Bans(BanKind::Mask)
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        for (params, missing) in [
            (ban(BanKind::Network, &[]), "DLINE"),
            (ban(BanKind::Mask, &["ANDKILL", "1d"]), "KLINE"),
            (unban(BanKind::Network, &[""]), "UNDLINE"),
            (unban(BanKind::Mask, &[]), "UNKLINE"),
            (kill(&[]), "KILL"),
            (wallops(&[""]), "WALLOPS"),
        ] {
            assert_eq!(params, Err(Wrong::NeedMoreParams(missing)));
        }
    }
}

//! Who is kept away from the whole server, by whom, until when and why. Floor 5; pure.
//!
//! Each ban is a note of the journal, so that it outlives the program. When it ends is a time of the wall clock, since no
//! other one goes on while the program does not run.

use std::net::IpAddr;

use crate::dialect::irc::operator::BanKind;
use crate::hub::mask;
use crate::journal::Note;
use crate::limits::SERVER_BANS_MAX;
use crate::net::Network;
use crate::time::Timestamp;

/// Where the notes stand.
pub(in crate::chat) const SHELF: &str = "bans";

/// Whom a ban means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::chat) enum Whom {
    Network(Network),
    /// `nick!user@host`, with `*` and `?`.
    Mask(String),
}

/// One ban.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::chat) struct Ban {
    pub(in crate::chat) whom: Whom,
    pub(in crate::chat) reason: String,
    /// What the operator was called.
    pub(in crate::chat) by: String,
    pub(in crate::chat) at: Timestamp,
    pub(in crate::chat) until: Option<Timestamp>,
}

/// All bans, in the order in which they were set.
#[derive(Debug, Default)]
pub(in crate::chat) struct Bans(Vec<Ban>);

/// There are [`SERVER_BANS_MAX`].
#[derive(Debug, PartialEq, Eq)]
pub(in crate::chat) struct Full;

impl Whom {
    pub(in crate::chat) fn kind(&self) -> BanKind {
        match self {
            Whom::Network(_) => BanKind::Network,
            Whom::Mask(_) => BanKind::Mask,
        }
    }

    /// Whether it means somebody who is known by these names at this address.
    pub(in crate::chat) fn means(&self, ip: IpAddr, names: &[String]) -> bool {
        match self {
            Whom::Network(network) => network.contains(ip),
            Whom::Mask(mask) => names.iter().any(|name| mask::matches(mask, name)),
        }
    }

    fn key(&self) -> Vec<u8> {
        format!("{} {self}", self.kind().command()).into_bytes()
    }

    fn from_key(key: &str) -> Option<Whom> {
        let (command, whom) = key.split_once(' ')?;
        Some(match command {
            "DLINE" => Whom::Network(whom.parse().ok()?),
            "KLINE" => Whom::Mask(whom.to_owned()),
            _ => return None,
        })
    }
}

impl std::fmt::Display for Whom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Whom::Network(network) => network.fmt(f),
            Whom::Mask(mask) => f.write_str(mask),
        }
    }
}

impl Ban {
    fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    /// Why somebody cannot come in, for them.
    pub(in crate::chat) fn words(&self) -> String {
        let Ban { reason, until, .. } = self;
        match until {
            Some(until) => format!("banned from this server until {}: {reason}", until.iso()),
            None => format!("banned from this server: {reason}"),
        }
    }

    pub(in crate::chat) fn note(&self) -> Note {
        let (at, by, reason) = (self.at.0, &self.by, &self.reason);
        let until = self.until.map_or(0, |until| until.0);
        Note {
            shelf: SHELF.into(),
            key: self.whom.key(),
            value: Some(format!("{at} {until} {by} {reason}").into_bytes()),
        }
    }

    /// That there is none any more.
    pub(in crate::chat) fn end(&self) -> Note {
        Note {
            shelf: SHELF.into(),
            key: self.whom.key(),
            value: None,
        }
    }

    fn read(key: &[u8], value: &[u8]) -> Option<Ban> {
        let whom = Whom::from_key(std::str::from_utf8(key).ok()?)?;
        let mut words = std::str::from_utf8(value).ok()?.splitn(4, ' ');
        let at = Timestamp(words.next()?.parse().ok()?);
        let until = words.next()?.parse().ok()?;
        Some(Ban {
            whom,
            at,
            until: (until != 0).then_some(Timestamp(until)),
            by: words.next()?.to_owned(),
            reason: words.next()?.to_owned(),
        })
    }
}

impl Bans {
    /// The first ban in force that means somebody.
    pub(in crate::chat) fn find(
        &self,
        now: Timestamp,
        means: impl Fn(&Whom) -> bool,
    ) -> Option<&Ban> {
        let in_force = self.0.iter().filter(|ban| !ban.is_over(now));
        in_force.into_iter().find(|ban| means(&ban.whom))
    }

    /// The next ban of a kind, from a place on, and the place behind it.
    pub(in crate::chat) fn next(&self, kind: BanKind, from: usize) -> Option<(usize, &Ban)> {
        let mut rest = self.0.iter().enumerate().skip(from);
        let (place, ban) = rest.find(|(_, ban)| ban.whom.kind() == kind)?;
        Some((place + 1, ban))
    }

    /// Sets a ban, instead of one that means the same.
    pub(in crate::chat) fn put(&mut self, ban: Ban) -> Result<(), Full> {
        self.0.retain(|other| other.whom != ban.whom);
        if self.0.len() >= SERVER_BANS_MAX {
            return Err(Full);
        }
        self.0.push(ban);
        Ok(())
    }

    pub(in crate::chat) fn remove(&mut self, whom: &Whom) -> Option<Ban> {
        let place = self.0.iter().position(|ban| ban.whom == *whom)?;
        Some(self.0.remove(place))
    }

    /// Takes away those that have ended.
    pub(in crate::chat) fn take_over(&mut self, now: Timestamp) -> Vec<Ban> {
        self.0.extract_if(.., |ban| ban.is_over(now)).collect()
    }

    /// Knows again what was noted; what cannot be read is left out, and said.
    pub(in crate::chat) fn restore(&mut self, notes: Vec<(Vec<u8>, Vec<u8>)>) {
        for (key, value) in notes {
            match Ban::read(&key, &value) {
                Some(ban) => drop(self.put(ban)),
                None => log::warn!("a ban that was kept cannot be read, and is none any more"),
            }
        }
        self.0.sort_by_key(|ban| ban.at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ban(whom: Whom, at: i64, until: Option<i64>) -> Ban {
        Ban {
            whom,
            reason: "spam: no more".to_owned(),
            by: "root".to_owned(),
            at: Timestamp(at),
            until: until.map(Timestamp),
        }
    }

    fn network(text: &str) -> Whom {
        Whom::Network(text.parse().unwrap())
    }

    fn meant(bans: &Bans, now: i64, ip: &str) -> Option<String> {
        let ip = ip.parse().unwrap();
        let ban = bans.find(Timestamp(now), |whom| whom.means(ip, &[]))?;
        Some(ban.whom.to_string())
    }

    #[test]
    fn an_address_is_banned_as_long_as_a_ban_of_its_network_lasts() {
        let mut bans = Bans::default();
        bans.put(ban(network("192.0.2.9/24"), 1, Some(10))).unwrap();
        bans.put(ban(network("2001:db8::/32"), 2, None)).unwrap();
        bans.put(ban(Whom::Mask("*!*@192.0.2.*".into()), 3, None))
            .unwrap();
        assert_eq!(meant(&bans, 9, "192.0.2.7").unwrap(), "192.0.2.0/24");
        assert_eq!(meant(&bans, 9, "::ffff:192.0.2.7").unwrap(), "192.0.2.0/24");
        assert_eq!(meant(&bans, 99, "2001:db8::1").unwrap(), "2001:db8::/32");
        assert_eq!(meant(&bans, 10, "192.0.2.7"), None);
        assert_eq!(meant(&bans, 9, "192.0.3.7"), None);
        let over = bans.take_over(Timestamp(10));
        assert_eq!(over, [ban(network("192.0.2.0/24"), 1, Some(10))]);
        assert_eq!(bans.0.len(), 2);
    }

    #[test]
    fn a_mask_means_any_name_of_somebody() {
        let mask = Whom::Mask("*!sp?m@192.0.2.*".to_owned());
        let ip = "192.0.2.7".parse().unwrap();
        let names = |host: &str| ["a!spam@abc".to_owned(), format!("a!spam@{host}")];
        assert!(mask.means(ip, &names("192.0.2.7")));
        assert!(!mask.means(ip, &names("192.0.3.7")));
    }

    #[test]
    fn what_was_noted_is_known_again_in_its_order() {
        let all = [
            ban(network("192.0.2.7"), 1, Some(10)),
            ban(Whom::Mask("a!*@*".into()), 2, None),
            ban(network("::/8"), 3, None),
        ];
        let mut notes: Vec<(Vec<u8>, Vec<u8>)> = all
            .iter()
            .map(|ban| (ban.note().key, ban.note().value.unwrap()))
            .collect();
        notes.reverse();
        let odd = |key: &[u8], value: &[u8]| (key.to_vec(), value.to_vec());
        notes.push(odd(b"DLINE x", b"1 0 root spam"));
        notes.push(odd(b"DLINE ::1", b"1 0 root"));
        notes.push(odd(b"XLINE ::1", b"1 0 root spam"));
        notes.push(odd(b"\xff", b"1 0 root spam"));
        let mut bans = Bans::default();
        bans.restore(notes);
        assert_eq!(bans.0, all);
        assert_eq!(all[0].end().key, all[0].note().key);
    }

    #[test]
    fn there_are_so_many_and_setting_one_anew_needs_no_place() {
        let mut bans = Bans::default();
        let one = |n: usize| ban(Whom::Mask(format!("{n}!*@*")), 1, None);
        for n in 0..SERVER_BANS_MAX {
            bans.put(one(n)).unwrap();
        }
        assert_eq!(bans.put(one(SERVER_BANS_MAX)), Err(Full));
        let anew = Ban {
            until: Some(Timestamp(5)),
            ..one(7)
        };
        assert_eq!(bans.put(anew.clone()), Ok(()));
        assert_eq!(bans.remove(&one(7).whom), Some(anew));
        assert_eq!(bans.remove(&one(7).whom), None);
        assert_eq!(bans.put(one(SERVER_BANS_MAX)), Ok(()));
    }
}

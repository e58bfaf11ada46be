//! What of a session outlives the program: whose it is, not where. Pure.
//!
//! One note for each session, under the hash of its token: `1 identity address told user name`. A session that is
//! there again has the time of one that has just lost its socket to come back.

use std::net::IpAddr;
use std::time::Instant;

use chat_core::id::Identity;
use chat_core::names::Nick;

use super::token::TokenHash;
use super::{Presence, Session, SessionId, Sessions};
use crate::proxy::Caller;

/// What the first word of a note is: the way in which the rest is written.
const VERSION: &str = "1";

/// A session to be kept, or to be kept no more: the key and the value of a note.
pub type Change = (Vec<u8>, Option<Vec<u8>>);

impl Sessions {
    /// Logs those in who were logged in before the program began, and notes from now on who is. Gives back whose
    /// names are to be kept for them; what cannot be read is left out.
    pub fn restore(&mut self, notes: &[(Vec<u8>, Vec<u8>)], now: Instant) -> Vec<SessionId> {
        self.changed = Some(Vec::new());
        let sessions = notes
            .iter()
            .filter_map(|(key, value)| read(key, value, now));
        let sessions: Vec<(Session, bool)> = sessions.collect();
        sessions
            .into_iter()
            .map(|(session, is_of_user)| self.put_back(session, is_of_user))
            .collect()
    }

    fn put_back(&mut self, session: Session, is_of_user: bool) -> SessionId {
        let id = self.insert(session);
        if is_of_user {
            self.adopt(id);
        }
        id
    }

    /// Something about a session that is kept has changed.
    pub fn touch(&mut self, id: SessionId) {
        let token = self.get(id).map(|session| session.token);
        if let (Some(changed), Some(token)) = (&mut self.changed, token) {
            changed.push(token);
        }
    }

    /// What has changed since this was asked last; `name_of` tells what a session is called now.
    pub fn take_changes(&mut self, name_of: impl Fn(&Session) -> Option<Nick>) -> Vec<Change> {
        let changed = self
            .changed
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default();
        changed
            .into_iter()
            .map(|token| {
                let id = self.by_token.get(&token);
                let session = id.and_then(|id| Some((*id, self.get(*id)?)));
                let value = session.map(|(id, session)| {
                    let nick = name_of(session).unwrap_or_else(|| session.nick.clone());
                    write(session, &nick, self.is_of_user(id))
                });
                (token.0.into(), value)
            })
            .collect()
    }
}

fn write(session: &Session, nick: &Nick, is_of_user: bool) -> Vec<u8> {
    let Caller { ip, told } = session.caller;
    let identity = session.identity.0;
    format!("{VERSION} {identity} {ip} {told} {is_of_user} {nick}").into_bytes()
}

fn read(key: &[u8], value: &[u8], now: Instant) -> Option<(Session, bool)> {
    let text = std::str::from_utf8(value).ok()?;
    let words: Vec<&str> = text.split(' ').collect();
    let &[VERSION, identity, ip, told, is_of_user, nick] = &words[..] else {
        return None;
    };
    let session = Session {
        nick: Nick::new(nick).ok()?,
        identity: Identity(identity.parse().ok()?),
        caller: Caller {
            ip: ip.parse::<IpAddr>().ok()?,
            told: told.parse().ok()?,
        },
        presence: Presence::away(now, None),
        token: TokenHash(key.try_into().ok()?),
    };
    Some((session, is_of_user.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Token;

    fn caller() -> Caller {
        Caller {
            ip: "192.0.2.7".parse().unwrap(),
            told: true,
        }
    }

    fn kept(sessions: &mut Sessions) -> Vec<Change> {
        sessions.take_changes(|session| Some(session.nick.clone()))
    }

    fn log_in(sessions: &mut Sessions, nick: &str, now: Instant) -> Token {
        let nick = Nick::new(nick).unwrap();
        sessions.open(nick, Identity(7), caller(), now).unwrap()
    }

    #[test]
    fn who_was_logged_in_is_so_again_and_has_a_while_to_come() {
        let now = Instant::now();
        let mut before = Sessions::new(9);
        before.restore(&[], now);
        let token = log_in(&mut before, "zoé", now);
        let [(key, Some(value))] = &kept(&mut before)[..] else {
            panic!("one session is one note")
        };
        let mut after = Sessions::new(9);
        let ids = after.restore(&[(key.clone(), value.clone())], now);
        let id = after.of_token(&token).unwrap();
        assert_eq!(ids, [id]);
        let session = after.get(id).unwrap();
        assert_eq!(
            (session.nick.as_str(), session.identity),
            ("zoé", Identity(7))
        );
        assert_eq!(
            (session.caller, session.presence.person()),
            (caller(), None)
        );
        assert!(after.due(now).is_none());
        let later = after.next_due().unwrap();
        assert!(after.due(later).is_some(), "its time is over then");
        assert_eq!(kept(&mut after), [(key.clone(), None)]);
    }

    #[test]
    fn a_new_token_a_new_name_and_the_end_are_noted() {
        let now = Instant::now();
        let mut sessions = Sessions::new(9);
        sessions.restore(&[], now);
        let token = log_in(&mut sessions, "ana", now);
        let id = sessions.of_token(&token).unwrap();
        let first = kept(&mut sessions).remove(0).0;
        sessions.renew(id, now).unwrap();
        let renewed = kept(&mut sessions);
        assert_eq!(renewed[0], (first.clone(), None));
        assert!(renewed[1].0 != first && renewed[1].1.is_some());
        sessions.adopt(id);
        let adopted = kept(&mut sessions);
        assert!(adopted[0].1.as_ref().unwrap().ends_with(b" true ana"));
        sessions.touch(id);
        let zoe = |_: &Session| Nick::new("zoe").ok();
        assert!(
            sessions.take_changes(zoe)[0]
                .1
                .as_ref()
                .unwrap()
                .ends_with(b" zoe")
        );
        sessions.end(id);
        assert_eq!(kept(&mut sessions), [(renewed[1].0.clone(), None)]);
    }

    #[test]
    fn what_cannot_be_read_logs_nobody_in() {
        let now = Instant::now();
        for (key, value) in [
            (vec![0; 31], b"1 7 ::1 false false ana".to_vec()),
            (vec![0; 32], b"2 7 ::1 false false ana".to_vec()),
            (vec![0; 32], b"1 7 ::1 false false a na".to_vec()),
            (vec![0; 32], b"1 x ::1 false false ana".to_vec()),
            (vec![0; 32], b"1 7 x false false ana".to_vec()),
            (vec![0; 32], b"".to_vec()),
            (vec![0; 32], vec![0xff]),
        ] {
            assert!(Sessions::new(9).restore(&[(key, value)], now).is_empty());
        }
    }

    #[test]
    fn a_gateway_that_keeps_nothing_notes_nothing() {
        let mut sessions = Sessions::new(9);
        log_in(&mut sessions, "ana", Instant::now());
        assert!(kept(&mut sessions).is_empty());
    }
}

//! WHO and WHOX: who is in a room, or has a name, or is meant by a mask. Floor 5. RFC 2812 §3.6.1, IRCv3 whox.

use super::Chat;
use super::answer::AnswerKey;
use super::cursor::{Cursor, after};
use super::turn::Turn;
use crate::dialect::irc::numeric::{RPL_ENDOFWHO, RPL_WHOREPLY, RPL_WHOSPCRPL};
use crate::dialect::irc::who::{Fields, WhoOptions};
use crate::hub::user_modes::UserMode;
use crate::hub::{Member, Room, mask};
use crate::id::PersonId;
use crate::names::{Nick, RoomName};

/// What was asked, and how far it is told.
#[derive(Debug)]
pub(super) struct Who {
    /// As it was written, for the end.
    mask: String,
    whom: Whom,
    options: WhoOptions,
    /// When it was asked, in seconds.
    now: i64,
}

#[derive(Debug)]
enum Whom {
    Room {
        room: RoomName,
        last: Option<PersonId>,
    },
    Matching {
        /// The slab key from which to look on.
        next: usize,
    },
    One(Option<PersonId>),
}

impl Turn<'_> {
    /// `0` and nothing mean everybody.
    pub(super) fn who(&mut self, mask: Option<&str>, options: WhoOptions, key: AnswerKey) {
        let Some(who) = self.asker(key) else { return };
        let mask = mask.unwrap_or("*");
        let mut asked = Who {
            whom: self.chat.whom(who, mask),
            mask: mask.to_owned(),
            options,
            now: self.now.wall.seconds(),
        };
        // One person is told at once, and with a label it takes no batch to say that there is none.
        if matches!(asked.whom, Whom::One(_)) {
            let line = asked.next(self.chat, who);
            self.say_all(key, line);
            let line = asked.last_line(self.chat, who);
            return self.say(key, line);
        }
        self.stream(who, Cursor::who(asked, key));
    }
}

impl Who {
    pub(super) fn next(&mut self, chat: &Chat, who: PersonId) -> Option<String> {
        let (whom, mask, options) = (&mut self.whom, &self.mask, self.options);
        let is_told = |member: &Member| {
            chat.shows(who, member.id) && (member.is_operator || !options.operators_only)
        };
        let member = match whom {
            Whom::Room { room, last } => {
                // It may have become secret since, or whoever asks have had to go.
                chat.hub.seen_room(who, room).ok()?;
                let rest = after(chat, room, *last)?.iter();
                let mut there = rest.filter_map(|id| chat.hub.person(*id));
                let member = there.find(|member| is_told(member))?;
                *last = Some(member.id);
                member
            }
            Whom::Matching { next } => {
                let rest = chat.speakers.get(*next..)?.iter().flatten();
                let mut here = rest.filter_map(|speaker| chat.hub.person(speaker.id));
                let member = here.find(|member| is_told(member) && is_meant(mask, member));
                *next = member.map_or(usize::MAX, |member| member.id.index() + 1);
                member?
            }
            Whom::One(id) => {
                let member = chat.hub.person(id.take()?)?;
                Some(member).filter(|member| is_told(member))?
            }
        };
        Some(self.line(chat, who, member))
    }

    pub(super) fn last_line(&self, chat: &Chat, who: PersonId) -> String {
        chat.numeric(who, RPL_ENDOFWHO, &[&self.mask], "end of who")
    }

    fn line(&self, chat: &Chat, who: PersonId, member: &Member) -> String {
        let room = match &self.whom {
            Whom::Room { room, .. } => chat.hub.room(room),
            _ => None,
        };
        match self.options.fields {
            None => chat.who_reply(who, member, room),
            Some(fields) => {
                let idle = (self.now - member.spoke.seconds()).max(0);
                let room = room.or_else(|| chat.some_room(who, member));
                chat.extended_reply(who, member, room, fields, idle)
            }
        }
    }
}

/// A mask means whoever's nick, host or real name it matches.
fn is_meant(mask: &str, member: &Member) -> bool {
    let names = [
        member.source.nick.as_str(),
        member.source.host(),
        &member.real_name,
    ];
    mask == "0" || names.iter().any(|name| mask::matches(mask, name))
}

impl Chat {
    fn whom(&self, who: PersonId, mask: &str) -> Whom {
        if let Ok(room) = RoomName::new(mask)
            && self.hub.seen_room(who, &room).is_ok()
        {
            return Whom::Room { room, last: None };
        }
        if mask == "0" || mask.contains(['*', '?']) {
            return Whom::Matching { next: 0 };
        }
        let nick = Nick::new(mask).ok();
        let member = nick.and_then(|nick| self.hub.by_nick(&nick));
        Whom::One(member.map(|member| member.id))
    }

    /// `room user host server nick H|G :0 real name`.
    fn who_reply(&self, who: PersonId, member: &Member, room: Option<&Room>) -> String {
        let source = &member.source;
        let params = [
            room.map_or("*", |room| room.name.as_str()),
            source.user(),
            source.host(),
            &self.house.server,
            source.nick.as_str(),
            &self.who_flags(who, member, room),
        ];
        let text = format_args!("0 {}", member.real_name);
        self.numeric(who, RPL_WHOREPLY, &params, text)
    }

    /// The fields that were asked for, and no others.
    fn extended_reply(
        &self,
        who: PersonId,
        member: &Member,
        room: Option<&Room>,
        fields: Fields,
        idle: i64,
    ) -> String {
        let mut out = String::new();
        let mut line = self.reader(who).numeric(&mut out, RPL_WHOSPCRPL);
        let source = &member.source;
        for field in fields.wanted() {
            line = match field {
                't' => line.param(&fields.token()),
                'c' => line.param(room.map_or("*", |room| room.name.as_str())),
                'u' => line.param(source.user()),
                'i' => line.param(NO_ADDRESS),
                'h' => line.param(source.host()),
                's' => line.param(&self.house.server),
                'n' => line.param(source.nick.as_str()),
                'f' => line.param(&self.who_flags(who, member, room)),
                'd' => line.number(0),
                'l' => line.number(idle),
                'a' => line.param(NO_ACCOUNT),
                'o' => line.param(NO_RANK),
                // The last one.
                _ => {
                    line.words(&member.real_name);
                    return out;
                }
            };
        }
        line.end();
        out
    }

    /// A room that somebody is in, and another one may know of.
    fn some_room(&self, who: PersonId, member: &Member) -> Option<&Room> {
        let mut rooms = member.rooms.iter().filter_map(|&key| self.hub.room_at(key));
        rooms.find(|room| self.shows_place(who, member, room))
    }

    /// `H` or `G` for here or gone, `*` for an operator of the server, the prefixes in that room, `B` for a bot.
    fn who_flags(&self, who: PersonId, member: &Member, room: Option<&Room>) -> String {
        let mut flags = String::from(if member.away.is_some() { "G" } else { "H" });
        if member.is_operator {
            flags.push('*');
        }
        if let Some(room) = room {
            self.push_prefixes(who, room, member.id, &mut flags);
        }
        if member.source.is_bot {
            flags.push(UserMode::Bot.letter());
        }
        flags
    }
}

/// What IRCv3 whox has for an address that is not told, and for somebody without an account.
const NO_ADDRESS: &str = "255.255.255.255";
const NO_ACCOUNT: &str = "0";

/// Operators have no levels here; servers that have none say so.
const NO_RANK: &str = "n/a";

#[cfg(test)]
mod tests {
    use super::super::Setup;
    use super::*;
    use crate::hub::Introduction;
    use crate::id::Identity;
    use crate::time::Timestamp;

    fn person(key: u32) -> PersonId {
        PersonId { key, generation: 0 }
    }

    /// Ana is an operator of the server, and bob is not.
    fn chat() -> Chat {
        let mut chat = Chat::new(Setup::default(), Timestamp(0)).unwrap();
        for (key, name) in [(0, "ana"), (1, "bob")] {
            let introduction = Introduction {
                nick: Nick::new(name).unwrap(),
                user: "u".into(),
                host: "h".into(),
                real_name: name.into(),
                identity: Identity(u64::from(key) + 1),
            };
            let registered = chat.hub.register(person(key), introduction, Timestamp(0));
            registered.unwrap();
        }
        chat.hub.set_server_operator(person(0), true);
        chat
    }

    #[test]
    fn operators_are_marked_and_may_be_asked_for_alone() {
        let mut chat = chat();
        chat.hub.set_user_mode(person(1), UserMode::Bot, true);
        let told = |mask: &str, options: &str| {
            let mut asked = Who {
                whom: chat.whom(person(1), mask),
                mask: mask.to_owned(),
                options: WhoOptions::parse(options),
                now: 7,
            };
            asked.next(&chat, person(1))
        };
        assert!(told("ana", "o").unwrap().ends_with(" ana H* :0 ana"));
        assert!(told("bob", "").unwrap().ends_with(" bob HB :0 bob"));
        assert_eq!(told("bob", "o"), None);
        assert!(told("ana", "o%nfl").unwrap().ends_with(" bob ana H* 7"));
        assert!(chat.lusers(person(1))[1].contains(" 252 bob 1 "));
        chat.hub.set_server_operator(person(0), false);
        assert!(chat.lusers(person(1))[1].contains(" 252 bob 0 "));
    }

    #[test]
    fn operators_see_who_is_invisible() {
        let mut chat = chat();
        chat.hub.set_user_mode(person(1), UserMode::Invisible, true);
        assert!(chat.shows(person(0), person(1)) && chat.shows(person(1), person(1)));
        chat.hub.set_server_operator(person(0), false);
        assert!(!chat.shows(person(0), person(1)));
    }
}

//! What somebody is told once they are in: 001 to 005, LUSERS, the message of the day. Floor 5.
//!
//! RFC 2812 §5.1, modern.ircdocs.horse "Connection registration". A session that comes back is told
//! its rooms as well, as bouncers do, since nobody else noticed that it was away: before the message
//! of the day, so that its end, for which clients wait, finds them knowing where they are.

use super::Chat;
use super::answer::AnswerKey;
use super::turn::Turn;
use crate::dialect::irc::isupport;
use crate::dialect::irc::numeric::{RPL_CREATED, RPL_MYINFO, RPL_WELCOME, RPL_YOURHOST};
use crate::dialect::irc::reply::Line;
use crate::hub::RoomKey;
use crate::hub::user_modes::UserMode;
use crate::id::PersonId;

impl Chat {
    /// What there is here: 005.
    pub(super) fn isupport(&self, who: PersonId) -> Vec<String> {
        let tokens = isupport::tokens(&self.house.title, &self.limits, self.durability());
        isupport::lines(&self.reader(who), &tokens)
    }
}

impl Turn<'_> {
    /// Lets a registered IRC person in.
    pub(super) fn welcome(&mut self, who: PersonId, key: AnswerKey) {
        let now = self.now.mono;
        if let Some(speaker) = self.chat.speaker_mut(who) {
            speaker.register(now);
        }
        self.set_deadline(who);
        let lines = self.introductions(who);
        self.say_all(key, lines);
        let lines = self.chat.lusers(who);
        self.say_all(key, lines);
        self.tune(who);
        self.tell_user_modes(who, key);
        self.tell_rooms(who, key);
        self.tell_missed(who, key);
        let lines = self.chat.motd(who);
        self.say_all(key, lines);
        log::debug!("{who} registered");
    }

    fn introductions(&self, who: PersonId) -> Vec<String> {
        let chat = &self.chat;
        let server = &chat.house.server;
        let title = isupport::short_title(&chat.house.title);
        let source = chat
            .hub
            .person(who)
            .map(|m| m.source.to_string())
            .unwrap_or_default();
        let started = chat.house.started.iso();
        let mut lines = vec![
            chat.numeric(
                who,
                RPL_WELCOME,
                &[],
                format_args!("Welcome to {title}, {source}"),
            ),
            chat.numeric(
                who,
                RPL_YOURHOST,
                &[],
                format_args!("Your host is {server}, running chat-{VERSION}"),
            ),
            chat.numeric(
                who,
                RPL_CREATED,
                &[],
                format_args!("It has been up since {started}"),
            ),
        ];
        let mut my_info = String::new();
        Line::numeric(&mut my_info, server, RPL_MYINFO, chat.called(who))
            .param(server)
            .param(concat!("chat-", env!("CARGO_PKG_VERSION")))
            .param(&UserMode::letters())
            .param("beIiklmnostv")
            .param("beIklov")
            .end();
        lines.push(my_info);
        lines.extend(chat.isupport(who));
        lines
    }

    /// The rooms that somebody is in already.
    fn tell_rooms(&mut self, who: PersonId, key: AnswerKey) {
        let rooms: Vec<RoomKey> = self
            .chat
            .hub
            .person(who)
            .map(|member| member.rooms.to_vec())
            .unwrap_or_default();
        for room in rooms {
            self.say_entered(who, room, key);
        }
    }
}

pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

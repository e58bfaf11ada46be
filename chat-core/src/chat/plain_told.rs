//! What people at the plain door hear of what they did themselves. Floor 5.

use std::sync::Arc;

use super::turn::Turn;
use crate::dialect::plain;
use crate::hub::Effects;
use crate::hub::entry::{Act, Committed, Post, Target};
use crate::id::PersonId;
use crate::names::Nick;

impl Turn<'_> {
    pub(super) fn tell_plain_author(&mut self, committed: &Arc<Committed>, effects: &Effects) {
        let who = committed.entry.who;
        match &committed.entry.act {
            Act::Join { room, .. } if !effects.is_void => self.entered_plainly(who, room),
            Act::Name { new, .. } if !effects.is_void => {
                self.write(who, &plain::words::renamed(new));
            }
            Act::Invite { nick, room } => {
                self.write(who, &plain::words::inviting(nick, room));
                if let Some(id) = self.chat.hub.by_nick(nick).map(|member| member.id) {
                    self.say_away_plainly(who, id, nick);
                }
            }
            Act::Post(post) => self.plain_post(who, post, committed),
            _ => {}
        }
    }

    fn plain_post(&mut self, who: PersonId, post: &Post, committed: &Committed) {
        let mut line = String::new();
        if plain::encode_own(committed, &mut line) {
            self.write(who, &line);
        }
        if let Target::Person { id, nick, .. } = &post.target {
            self.say_away_plainly(who, *id, nick);
        }
    }

    fn say_away_plainly(&mut self, who: PersonId, id: PersonId, nick: &Nick) {
        if let Some(reason) = self.chat.away_of(id) {
            self.write(who, &plain::words::away(nick, &reason));
        }
    }
}

//! What people at the plain door hear of what they did themselves. Floor 5.

use std::sync::Arc;

use super::turn::Turn;
use crate::dialect::plain;
use crate::hub::Effects;
use crate::hub::entry::{Act, Committed, Post, Target};
use crate::id::PersonId;

impl Turn<'_> {
    pub(super) fn tell_plain_author(&mut self, committed: &Arc<Committed>, effects: &Effects) {
        let who = committed.entry.who;
        match &committed.entry.act {
            Act::Join { room, .. } if !effects.is_void => self.entered_plainly(who, room),
            Act::Name { new, .. } if !effects.is_void => {
                self.write(who, &format!("* you are now called {new}"));
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
        let Target::Person { id, nick, .. } = &post.target else {
            return;
        };
        let away = self.chat.away_of(*id);
        if let Some(reason) = away {
            let reason = crate::dialect::terminal::visible(&reason);
            self.write(who, &format!("* {nick} is away: {reason}"));
        }
    }
}

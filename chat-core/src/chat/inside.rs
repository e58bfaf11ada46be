//! People in the same process: they come in by no door, and else are like everybody. Floor 5.

use std::net::{IpAddr, Ipv4Addr};

use super::Chat;
use super::consult::Wish;
use super::turn::Turn;
use crate::dialect::Dialect;
use crate::dialect::irc::Caps;
use crate::hub::request::Refusal;
use crate::id::{DoorId, Identity, PersonId};
use crate::names::{NameError, Nick};
use crate::net::lines::Lines;
use crate::net::people::People;
use crate::net::pipe::Far;
use crate::time::Now;

/// Why somebody could not come in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotIn {
    /// It is no name.
    #[error("{0:?}: {1}")]
    BadName(String, NameError),
    /// Somebody else has this name, or one that looks like it.
    #[error("{0}")]
    Taken(Refusal),
    /// Everybody was told to go.
    #[error("the relay is about to stop")]
    Stopping,
    /// There is no chat here, only a gateway to one.
    #[error("this is a gateway: people are at its relay")]
    NoChat,
}

impl Chat {
    /// Lets somebody in who speaks and hears through a pipe.
    pub(crate) fn admit_inside(
        &mut self,
        people: &mut People,
        name: &str,
        now: Now,
    ) -> Result<(PersonId, Far), NotIn> {
        let nick = self.free_name(name)?;
        let (who, far) = people.admit_inside(Box::<Lines>::default());
        self.settle_inside(people, who, nick, now)?;
        Ok((who, far))
    }

    /// Lets somebody in who only speaks, by errands.
    pub(crate) fn admit_voice(
        &mut self,
        people: &mut People,
        name: &str,
        now: Now,
    ) -> Result<PersonId, NotIn> {
        let nick = self.free_name(name)?;
        let who = people.insert_silent(DoorId::INSIDE, LOCALHOST);
        self.settle_inside(people, who, nick, now)?;
        Ok(who)
    }

    fn free_name(&self, name: &str) -> Result<Nick, NotIn> {
        let nick = Nick::new(name).map_err(|wrong| NotIn::BadName(name.to_owned(), wrong))?;
        let free = self.hub.check_free(&nick, Identity(0));
        free.map(|()| nick).map_err(NotIn::Taken)
    }

    fn settle_inside(
        &mut self,
        people: &mut People,
        who: PersonId,
        nick: Nick,
        now: Now,
    ) -> Result<(), NotIn> {
        let real_name = nick.as_str().into();
        let user = "inside".into();
        let wish = Wish {
            nick,
            user,
            real_name,
            password: None,
        };
        let mut turn = Turn {
            chat: self,
            people,
            now,
        };
        turn.open(who, Dialect::Irc, None);
        turn.register(who, wish).map_err(NotIn::Taken)?;
        if let Some(speaker) = turn.chat.speaker_mut(who) {
            speaker.register(now.mono);
            if let Some(irc) = speaker.irc_mut() {
                irc.caps = understood();
            }
        }
        turn.tune(who);
        turn.set_deadline(who);
        Ok(())
    }
}

/// What people inside understand without asking for it.
fn understood() -> Caps {
    Caps::MESSAGE_TAGS | Caps::SERVER_TIME | Caps::BATCH | Caps::STANDARD_REPLIES
}

const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

//! What the house says of itself: MOTD, LUSERS, VERSION, TIME, INFO, ADMIN. Floor 5.

use super::Chat;
use super::answer::AnswerKey;
use super::turn::Turn;
use super::welcome::VERSION;
use crate::dialect::irc::command::About;
use crate::dialect::irc::numeric::{
    ERR_NOMOTD, ERR_NOSUCHSERVER, RPL_ADMINEMAIL, RPL_ADMINLOC1, RPL_ADMINLOC2, RPL_ADMINME,
    RPL_ENDOFINFO, RPL_ENDOFMOTD, RPL_GLOBALUSERS, RPL_INFO, RPL_LOCALUSERS, RPL_LUSERCHANNELS,
    RPL_LUSERCLIENT, RPL_LUSERME, RPL_LUSEROP, RPL_LUSERUNKNOWN, RPL_MOTD, RPL_MOTDSTART, RPL_TIME,
    RPL_VERSION,
};
use crate::hub::user_modes::UserMode;
use crate::id::PersonId;
use crate::time::Timestamp;

impl Turn<'_> {
    /// Something about a server: there is only this one.
    pub(super) fn about(
        &mut self,
        who: PersonId,
        about: About,
        server: Option<&str>,
        key: AnswerKey,
    ) {
        if let Some(server) = server.filter(|server| !self.chat.is_us(server)) {
            let text = "there is no such server; this one stands alone";
            return self.say_numeric(key, ERR_NOSUCHSERVER, &[server], text);
        }
        let lines = match about {
            About::Motd => self.chat.motd(who),
            About::Lusers => self.chat.lusers(who),
            About::Version => self.chat.version(who),
            About::Time => self.chat.time(who, self.now.wall),
            About::Info => self.chat.info(who),
            About::Admin => self.chat.admin(who),
        };
        self.say_all(key, lines);
    }
}

impl Chat {
    /// The message of the day. RFC 2812 §3.4.1.
    pub(super) fn motd(&self, who: PersonId) -> Vec<String> {
        if self.house.motd.is_empty() {
            return vec![self.numeric(who, ERR_NOMOTD, &[], "there is no message of the day")];
        }
        let start = format_args!("- {} Message of the day -", self.house.server);
        let mut lines = vec![self.numeric(who, RPL_MOTDSTART, &[], start)];
        let motd = self.house.motd.iter();
        lines.extend(motd.map(|text| self.numeric(who, RPL_MOTD, &[], format_args!("- {text}"))));
        lines.push(self.numeric(who, RPL_ENDOFMOTD, &[], "end of the message of the day"));
        lines
    }

    /// How many are here. RFC 2812 §3.4.2.
    pub(super) fn lusers(&self, who: PersonId) -> Vec<String> {
        let people = self.hub.people_count();
        let invisible = self.hub.count_of(UserMode::Invisible);
        let visible = people.saturating_sub(invisible);
        let most = self.house.most_people;
        let unknown = self.speaking.saturating_sub(people).to_string();
        let rooms = self.hub.inhabited_rooms().to_string();
        let operators = self.hub.server_operators().to_string();
        let (count, max) = (people.to_string(), most.to_string());
        let both = [count.as_str(), max.as_str()];
        let now = format!("Current users {people}, max {most}");
        vec![
            self.numeric(
                who,
                RPL_LUSERCLIENT,
                &[],
                format_args!("There are {visible} users and {invisible} invisible on 1 servers"),
            ),
            self.numeric(who, RPL_LUSEROP, &[&operators], "operator(s) online"),
            self.numeric(who, RPL_LUSERUNKNOWN, &[&unknown], "unknown connection(s)"),
            self.numeric(who, RPL_LUSERCHANNELS, &[&rooms], "channels formed"),
            self.numeric(
                who,
                RPL_LUSERME,
                &[],
                format_args!("I have {people} clients and 0 servers"),
            ),
            self.numeric(who, RPL_LOCALUSERS, &both, &now),
            self.numeric(who, RPL_GLOBALUSERS, &both, &now),
        ]
    }

    fn version(&self, who: PersonId) -> Vec<String> {
        let version = format!("chat-{VERSION}");
        let params = [version.as_str(), self.house.server.as_str()];
        let text = "one mio loop; IRC, plain lines and a page";
        let mut lines = vec![self.numeric(who, RPL_VERSION, &params, text)];
        lines.extend(self.isupport(who));
        lines
    }

    fn time(&self, who: PersonId, now: Timestamp) -> Vec<String> {
        vec![self.numeric(who, RPL_TIME, &[&self.house.server], now.iso())]
    }

    fn info(&self, who: PersonId) -> Vec<String> {
        let texts = [
            format!("{}: a group chat, by chat {VERSION}", self.house.title),
            format!("Up since {}", self.house.started.iso()),
            "The same rooms with a browser, any IRC client and nc".to_owned(),
        ];
        let mut lines: Vec<String> = texts
            .iter()
            .map(|text| self.numeric(who, RPL_INFO, &[], text))
            .collect();
        lines.push(self.numeric(who, RPL_ENDOFINFO, &[], "end of info"));
        lines
    }

    fn admin(&self, who: PersonId) -> Vec<String> {
        let nobody = "not told: ask whoever gave you the address";
        vec![
            self.numeric(who, RPL_ADMINME, &[&self.house.server], "who runs this"),
            self.numeric(who, RPL_ADMINLOC1, &[], &self.house.title),
            self.numeric(who, RPL_ADMINLOC2, &[], format_args!("chat {VERSION}")),
            self.numeric(who, RPL_ADMINEMAIL, &[], nobody),
        ]
    }
}

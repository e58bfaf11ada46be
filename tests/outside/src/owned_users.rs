//! A program that owns its users, its rooms and their history: the chat only carries them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use chat_core::hub::entry::{Act, Committed, Target};
use chat_core::id::PersonId;
use chat_core::names::{Nick, RoomName};
use chat_core::observer::{Candidate, Context, Observer, Verdict};
use test_support::LineClient;

/// The program's own tables.
#[derive(Default)]
struct Tables {
    /// Names by the token that a client gives as its user.
    users: HashMap<String, &'static str>,
    /// Who may be in which room.
    members: Vec<(&'static str, &'static str)>,
    history: Vec<String>,
}

struct Owner(Arc<Mutex<Tables>>);

impl Observer for Owner {
    fn register(&mut self, _: &mut Context<'_>, _: PersonId, candidate: &Candidate<'_>) -> Verdict {
        match self.0.lock().unwrap().users.get(candidate.user) {
            Some(name) => Verdict::Rewrite((*name).to_owned()),
            None => Verdict::Deny("log in on the site first".into()),
        }
    }

    fn rename(&mut self, _: &mut Context<'_>, _: PersonId, _: &Nick) -> Verdict {
        Verdict::Deny("names are changed on the site".into())
    }

    fn join(&mut self, context: &mut Context<'_>, who: PersonId, room: &RoomName) -> Verdict {
        let nick = context
            .nick(who)
            .map(ToString::to_string)
            .unwrap_or_default();
        let place = (nick.as_str(), room.as_str());
        match self.0.lock().unwrap().members.contains(&place) {
            true => Verdict::Allow,
            false => Verdict::Deny("you are not a member".into()),
        }
    }

    fn happened(&mut self, _: &mut Context<'_>, what: &Committed) {
        if let Act::Post(post) = &what.entry.act
            && let Target::Room(room) = &post.target
        {
            let line = format!("{room} {}: {}", what.entry.source.nick, post.text);
            self.0.lock().unwrap().history.push(line);
        }
    }
}

#[test]
fn users_rooms_and_history_are_the_programs() {
    let tables = Arc::new(Mutex::new(Tables {
        users: [("t1".to_owned(), "ana"), ("t2".to_owned(), "bob")].into(),
        members: vec![("ana", "#tea"), ("bob", "#tea")],
        history: Vec::new(),
    }));
    let any = "127.0.0.1:0".parse().unwrap();
    let relay = super::builder().observer(Owner(Arc::clone(&tables)));
    let mut relay = relay.irc(any).unwrap().build().unwrap();
    let (address, handle) = (relay.addresses()[0], relay.handle());
    let thread = std::thread::spawn(move || relay.run());

    let mut stranger = LineClient::connect(address);
    stranger.send("NICK ana\r\nUSER nobody 0 * :r");
    stranger.expect_contains(" 432 * ana :ana is not for you: log in on the site first");

    let enter = |token: &str, name: &str| {
        let mut client = LineClient::connect(address);
        client.send(&format!("NICK x{token}\r\nUSER {token} 0 * :r"));
        client.expect_contains(&format!(" 001 {name} :"));
        client.send("JOIN #tea");
        client.expect_contains(" 366 ");
        client
    };
    let (mut ana, mut bob) = (enter("t1", "ana"), enter("t2", "bob"));
    ana.send("NICK queen");
    ana.expect_contains(" 432 ana queen ");
    ana.send("JOIN #staff");
    ana.expect_contains(" 474 ana #staff ");
    ana.send("PRIVMSG #tea :green?");
    bob.expect_contains("PRIVMSG #tea :green?");
    assert_eq!(tables.lock().unwrap().history, ["#tea ana: green?"]);

    handle.stop("", std::time::Duration::ZERO).unwrap();
    thread.join().unwrap().unwrap();
}

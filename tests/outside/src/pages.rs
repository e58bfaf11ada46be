//! A page on a relay of the program's own: the observer is asked about those who come by it as about everybody.

use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use chat_core::id::PersonId;
use chat_core::names::Nick;
use chat_core::observer::{Candidate, Context, Observer, Said, Ticket, Verdict};
use chat_web::page::Page;
use test_support::http::post_login;
use test_support::{LineClient, WsClient};

use super::builder;

struct House {
    asked: Sender<(PersonId, Ticket)>,
}

impl Observer for House {
    fn register(
        &mut self,
        context: &mut Context<'_>,
        who: PersonId,
        it: &Candidate<'_>,
    ) -> Verdict {
        if it.nick.as_str() != "ana" {
            return Verdict::Allow;
        }
        let ticket = context.ticket();
        self.asked.send((who, ticket)).unwrap();
        Verdict::Later(ticket)
    }

    fn rename(&mut self, _: &mut Context<'_>, _: PersonId, _: &Nick) -> Verdict {
        Verdict::Deny("names are for life here".into())
    }

    fn message(&mut self, _: &mut Context<'_>, _: PersonId, said: &Said<'_>) -> Verdict {
        Verdict::Rewrite(said.text.replace("beer", "tea"))
    }
}

#[test]
fn people_of_a_page_are_asked_about_renamed_reworded_and_sent_away() {
    let any = "127.0.0.1:0".parse().unwrap();
    let (asked, questions) = channel();
    let relay = builder().observer(House { asked }).irc(any).unwrap();
    let mut relay = Page::new().at(any).build(relay).unwrap();
    let (irc, http) = (relay.addresses()[0], relay.addresses()[1]);
    let handle = relay.handle();
    let thread = thread::spawn(move || relay.run());
    let mut bob = LineClient::connect(irc);
    bob.register("bob");
    bob.join("#lobby");

    let login = post_login(http, "ana");
    let cookie = login.header("set-cookie").unwrap().split(';').next();
    let mut ana = WsClient::connect_with_session(http, cookie.unwrap());
    ana.send("NICK ana");
    ana.send("USER a 0 * :a");
    let (who, ticket) = questions.recv_timeout(Duration::from_secs(10)).unwrap();
    handle.settle(ticket, Verdict::Allow).unwrap();
    ana.expect_contains(" 001 ana ");
    ana.join("#lobby");
    ana.send("PRIVMSG #lobby :who wants beer?");
    bob.expect_contains("PRIVMSG #lobby :who wants tea?");
    ana.send("NICK queen");
    ana.expect_contains(" 432 ana queen :queen is not for you: names are for life here");

    handle.dismiss(who, 4100, "beer").unwrap();
    ana.expect_contains("ERROR :Closing link: beer");
    ana.expect_close(4100);
    bob.expect_contains("QUIT :beer");
    handle.stop("", Duration::ZERO).unwrap();
    thread.join().unwrap().unwrap();
}

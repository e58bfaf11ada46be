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
    let (who, ticket) = questions.recv_timeout(Duration::from_secs(60)).unwrap();
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

/// Wants to think about every registration, and about whatever ends with a question mark.
struct Slow {
    asked: Sender<(String, Ticket)>,
}

impl Slow {
    fn later(&self, context: &mut Context<'_>, about: &str) -> Verdict {
        let ticket = context.ticket();
        self.asked.send((about.to_owned(), ticket)).unwrap();
        Verdict::Later(ticket)
    }
}

impl Observer for Slow {
    fn register(&mut self, context: &mut Context<'_>, _: PersonId, it: &Candidate<'_>) -> Verdict {
        match it.nick.as_str() {
            "bob" => Verdict::Allow,
            nick => self.later(context, nick),
        }
    }

    fn message(&mut self, context: &mut Context<'_>, _: PersonId, said: &Said<'_>) -> Verdict {
        match said.text.ends_with('?') {
            true => self.later(context, said.text),
            false => Verdict::Allow,
        }
    }
}

#[test]
fn what_is_asked_about_somebody_survives_their_tabs_and_what_about_a_tab_does_not() {
    let any = "127.0.0.1:0".parse().unwrap();
    let (asked, questions) = channel();
    let relay = builder().observer(Slow { asked }).irc(any).unwrap();
    let mut relay = Page::new().at(any).build(relay).unwrap();
    let (irc, http) = (relay.addresses()[0], relay.addresses()[1]);
    let handle = relay.handle();
    let thread = thread::spawn(move || relay.run());
    let next = |expected: &str| {
        let (about, ticket) = questions.recv_timeout(Duration::from_secs(60)).unwrap();
        assert_eq!(about, expected);
        ticket
    };
    let mut bob = LineClient::connect(irc);
    bob.register("bob");
    bob.join("#lobby");
    let login = post_login(http, "ana");
    let cookie = login.header("set-cookie").unwrap().split(';').next();
    let open = || {
        let mut tab = WsClient::connect_with_session(http, cookie.unwrap());
        tab.send("NICK ana");
        tab.send("USER a 0 * :a");
        tab
    };

    let mut first = open();
    let about_first = next("ana");
    let mut second = open();
    first.expect_close(4001);
    let about_second = next("ana");
    handle
        .settle(about_first, Verdict::Deny("not by this one".into()))
        .unwrap();
    handle.settle(about_second, Verdict::Allow).unwrap();
    second.expect_contains(" 001 ana ");
    second.join("#lobby");
    bob.expect(|line| line.starts_with(":ana!") && line.ends_with("JOIN #lobby"));

    second.send("PRIVMSG #lobby :one?");
    let about_words = next("one?");
    let mut third = open();
    second.expect_close(4001);
    bob.quiet(Duration::from_millis(50));
    handle.settle(about_words, Verdict::Allow).unwrap();
    third.expect_contains(" 001 ana ");
    third.send("PRIVMSG #lobby :two");
    bob.expect_contains(":one?");
    bob.expect_contains(":two");

    let (send, shown) = channel();
    handle.snapshot(move |it| send.send(it).unwrap()).unwrap();
    let snapshot = shown.recv_timeout(Duration::from_secs(60)).unwrap();
    assert_eq!(snapshot.people.len(), 2, "{snapshot:#?}");
    handle.stop("", Duration::ZERO).unwrap();
    thread.join().unwrap().unwrap();
}

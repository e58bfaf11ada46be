//! Verdicts that come later: who waits, for how long, and what becomes of the order.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use chat_core::id::PersonId;
use chat_core::net::Farewell;
use chat_core::observer::{Context, Observer, Ticket, Verdict};
use test_support::LineClient;

use super::judge::{Judge, at_a_door, judged};
use super::{builder, enter, heard, hears, settle};

/// A judge who decides in another thread what is said with a question mark, and how somebody is let in whose name ends
/// with one; returns what is asked, and takes tickets to be settled.
fn slow_judge(
    tickets: Sender<(Ticket, String)>,
) -> impl FnMut(&mut Context<'_>, PersonId, &str, &str) -> Verdict + Send {
    move |context, _, what, text| {
        let is_hard = text.ends_with('?') || what == "register" || text == "#hard";
        if !is_hard {
            return Verdict::Allow;
        }
        let ticket = context.ticket();
        tickets.send((ticket, format!("{what} {text}"))).unwrap();
        Verdict::Later(ticket)
    }
}

fn next(asked: &Receiver<(Ticket, String)>, expected: &str) -> Ticket {
    let (ticket, about) = asked.recv_timeout(Duration::from_secs(60)).unwrap();
    assert_eq!(about, expected);
    ticket
}

#[test]
fn what_is_decided_later_keeps_its_place_among_what_its_author_says() {
    let (tickets, asked) = channel();
    let mut relay = judged(slow_judge(tickets));
    let handle = relay.handle();
    let (mut ana, bob) = (enter(&mut relay, "ana"), enter(&mut relay, "bob"));
    heard(&mut ana);
    bob.say("#lobby", "one").unwrap();
    bob.say("#lobby", "two?").unwrap();
    bob.say("#lobby", "three").unwrap();
    settle(&mut relay);
    let lines = heard(&mut ana);
    assert!(
        matches!(&lines[..], [only] if only.ends_with(":one")),
        "{lines:#?}"
    );
    // Nobody else waits.
    ana.say("ana", "still here").unwrap();
    settle(&mut relay);
    hears(&mut ana, "still here");

    let ticket = next(&asked, "message two?");
    handle.settle(ticket, Verdict::Allow).unwrap();
    handle
        .settle(ticket, Verdict::Deny("twice".into()))
        .unwrap();
    settle(&mut relay);
    let lines = heard(&mut ana);
    assert!(
        matches!(&lines[..], [two, three] if two.ends_with(":two?") && three.ends_with(":three")),
        "{lines:#?}"
    );
}

#[test]
fn a_room_and_a_name_are_decided_later_too_and_the_label_is_on_the_answer() {
    let (tickets, asked) = channel();
    let (address, relay) = at_a_door(slow_judge(tickets));
    let mut client = LineClient::connect(address);
    client.send("CAP REQ :labeled-response batch\r\nNICK ana\r\nUSER u 0 * :r\r\nCAP END");
    client.expect_contains(" ACK ");
    let ticket = next(&asked, "register ana");
    client.quiet(Duration::from_millis(50));
    relay
        .0
        .settle(ticket, Verdict::Rewrite("Ana".into()))
        .unwrap();
    client.expect_contains(" 001 Ana :");
    client.send("@label=x JOIN #hard\r\nPING next");
    let ticket = next(&asked, "join #hard");
    let no = Verdict::Deny("not today".into());
    relay.0.settle(ticket, no).unwrap();
    client.expect(|line| line.starts_with("@label=x ") && line.contains(" 474 Ana #hard "));
    client.expect_contains("PONG chat.local :next");
}

#[test]
fn the_plain_door_waits_for_a_verdict_too() {
    let (tickets, asked) = channel();
    let any = "127.0.0.1:0".parse().unwrap();
    let relay = builder().observer(Judge(slow_judge(tickets)));
    let mut relay = relay.plain(any).unwrap().build().unwrap();
    let (address, handle) = (relay.addresses()[0], relay.handle());
    let thread = thread::spawn(move || relay.run());
    let mut client = LineClient::connect(address);
    client.send("bob");
    let ticket = next(&asked, "register bob");
    handle
        .settle(ticket, Verdict::Deny("it is hers".into()))
        .unwrap();
    client
        .expect_contains("Sorry, bob is not for you: it is hers. What other name would you like?");
    client.send("zoe");
    let ticket = next(&asked, "register zoe");
    handle.settle(ticket, Verdict::Allow).unwrap();
    client.expect_contains("You are zoe, in #lobby.");
    handle.stop("", Duration::ZERO).unwrap();
    thread.join().unwrap().unwrap();
}

#[test]
fn a_goodbye_at_the_plain_door_is_looked_at_too() {
    struct Hush;
    impl Observer for Hush {
        fn remark(&mut self, _: &mut Context<'_>, _: PersonId, _: &str) -> Verdict {
            Verdict::Deny("hush".into())
        }
    }
    let any = "127.0.0.1:0".parse().unwrap();
    let mut relay = builder()
        .observer(Hush)
        .plain(any)
        .unwrap()
        .build()
        .unwrap();
    let (address, handle) = (relay.addresses()[0], relay.handle());
    let thread = thread::spawn(move || relay.run());
    let mut client = LineClient::connect(address);
    client.send("bob");
    client.expect_contains("You are bob, in #lobby.");
    client.send("/quit rude");
    assert_eq!(client.next_line(), "* goodbye");
    handle.stop("", Duration::ZERO).unwrap();
    thread.join().unwrap().unwrap();
}

#[test]
fn a_verdict_that_never_comes_is_no_and_one_about_somebody_gone_is_nothing() {
    let (tickets, asked) = channel();
    let relay = builder().observer(Judge(slow_judge(tickets)));
    let mut chat = chat_core::testing::Ephemeral::of(relay).unwrap();
    chat.enter("ana").unwrap();
    chat.say("ana", "#lobby", "well?").unwrap();
    next(&asked, "message well?");
    chat.advance(Duration::from_secs(9)).unwrap();
    chat.expect("ana", " 366 ").unwrap();
    assert_eq!(chat.hear("ana").unwrap(), None);
    chat.advance(Duration::from_secs(2)).unwrap();
    chat.expect(
        "ana",
        " 404 ana #lobby :nobody saw it: it could not be decided",
    )
    .unwrap();

    let bob = chat.relay().person("bob").unwrap();
    bob.join("#lobby").unwrap();
    bob.say("#lobby", "and now?").unwrap();
    chat.settle().unwrap();
    let ticket = next(&asked, "message and now?");
    let handle = chat.relay().handle();
    handle
        .dismiss(bob.id(), Farewell::POLICY, "enough")
        .unwrap();
    handle.settle(ticket, Verdict::Allow).unwrap();
    chat.settle().unwrap();
    chat.expect("ana", "QUIT :enough").unwrap();
    assert!(
        !chat
            .transcript()
            .iter()
            .any(|line| line.contains(":and now?"))
    );
}

#[test]
fn a_ticket_is_good_for_the_question_it_was_taken_for() {
    let mut saved = None;
    let mut relay = judged(move |context, _, what, text| match (what, text) {
        ("message", "first") => {
            saved = Some(context.ticket());
            Verdict::Allow
        }
        ("message", "second") => Verdict::Later(saved.unwrap()),
        _ => Verdict::Allow,
    });
    let mut bob = enter(&mut relay, "bob");
    bob.say("#lobby", "first").unwrap();
    bob.say("#lobby", "second").unwrap();
    settle(&mut relay);
    hears(
        &mut bob,
        " 404 bob #lobby :nobody saw it: it could not be decided",
    );
}

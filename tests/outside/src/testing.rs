//! A relay for tests: its guests come and go, its time passes at once, and it ends.

use std::time::Duration;

use chat_core::handle::HandleError;
use chat_core::hub::entry::Entry;
use chat_core::journal::{Epochs, Found, Inquiry, Journal, Memory, Outcome, Question, Ticket};
use chat_core::names::RoomName;
use chat_core::net::Farewell;
use chat_core::relay::Relay;
use chat_core::testing::{Ephemeral, Surprise};
use chat_core::time::Timestamp;

use super::{lobby, nick};

/// A chat with these guests.
fn chat(names: &[&str]) -> Ephemeral {
    let mut chat = Relay::ephemeral().unwrap();
    for name in names {
        chat.enter(name).unwrap();
    }
    chat
}

fn stop(chat: &mut Ephemeral, within: Duration) {
    let handle = chat.relay().handle();
    handle.stop("that was all", within).unwrap();
}

/// Sends somebody away; the relay has not heard of it yet.
fn dismiss(chat: &mut Ephemeral, name: &str) {
    let snapshot = chat.relay().snapshot();
    let id = snapshot.person(&nick(name)).unwrap().id;
    let handle = chat.relay().handle();
    handle
        .dismiss(id, Farewell::POLICY, "that was enough")
        .unwrap();
}

/// What a test is told first of all.
fn told(surprise: &Surprise) -> String {
    surprise.to_string().lines().next().unwrap().to_owned()
}

#[test]
fn a_chat_that_has_stopped_settles_and_its_time_passes() {
    let mut chat = chat(&["ana"]);
    stop(&mut chat, Duration::ZERO);
    chat.settle().unwrap();
    chat.expect("ana", "that was all").unwrap();
    chat.advance(Duration::from_secs(10)).unwrap();
    chat.settle().unwrap();
}

#[test]
fn a_chat_stops_when_its_time_has_passed_though_somebody_stays() {
    let mut chat = chat(&[]);
    // They do not hear what they are told, so they cannot be done with it.
    let _ana = chat.relay().person("ana").unwrap();
    stop(&mut chat, Duration::from_secs(5));
    chat.advance(Duration::from_secs(60)).unwrap();
    assert!(
        !chat
            .relay()
            .turn(Some(Duration::ZERO))
            .unwrap()
            .is_running()
    );
}

#[test]
fn nobody_is_waited_for_in_a_chat_that_has_stopped() {
    let mut chat = chat(&["ana"]);
    stop(&mut chat, Duration::ZERO);
    let surprise = chat.expect_within("ana", "tea", Duration::MAX).unwrap_err();
    assert!(surprise.to_string().contains("that was all"), "{surprise}");
}

#[test]
fn a_guest_leaves_and_comes_back() {
    let mut chat = chat(&["ana", "bob"]);
    chat.leave("bob").unwrap();
    chat.expect("ana", ":bob!").unwrap();
    chat.expect("ana", " QUIT ").unwrap();
    chat.enter("bob").unwrap();
    chat.expect("ana", " JOIN #lobby").unwrap();
    chat.say("bob", "#lobby", "here again").unwrap();
    chat.expect("ana", ":here again").unwrap();
    chat.say("ana", "#lobby", "welcome").unwrap();
    chat.expect("bob", ":welcome").unwrap();
}

#[test]
fn a_guest_who_was_sent_away_comes_back() {
    let mut chat = chat(&["ana", "bob"]);
    dismiss(&mut chat, "bob");
    chat.settle().unwrap();
    chat.enter("bob").unwrap();
    chat.say("ana", "#lobby", "welcome").unwrap();
    chat.expect("bob", ":welcome").unwrap();
}

#[test]
fn a_guest_is_one_person_at_a_time() {
    let mut chat = chat(&["ana"]);
    let surprise = chat.enter("ana").unwrap_err();
    assert_eq!(told(&surprise), "ana is a guest already");
    chat.send("ana", "NICK zoe").unwrap();
    assert!(chat.enter("ana").is_err(), "two guests would be called ana");
    chat.say("ana", "#lobby", "still here").unwrap();
}

#[test]
fn a_surprise_tells_of_a_guest_who_was_sent_away() {
    let mut chat = chat(&["ana"]);
    dismiss(&mut chat, "ana");
    chat.settle().unwrap();
    let gone = "ana is not in the chat any more, and was told at last";
    let why = "ERROR :Closing link: that was enough";
    for surprise in [
        chat.expect("ana", "tea").unwrap_err(),
        chat.say("ana", "#lobby", "tea?").unwrap_err(),
        chat.leave("ana").unwrap_err(),
    ] {
        assert_eq!(told(&surprise), format!("{gone} {why:?}"));
    }
}

#[test]
fn what_a_guest_heard_before_they_were_sent_away_can_be_asked_for() {
    let mut chat = chat(&["ana", "bob"]);
    chat.say("ana", "#lobby", "tea?").unwrap();
    dismiss(&mut chat, "bob");
    let patience = Duration::from_secs(60);
    chat.expect_within("bob", ":tea?", patience).unwrap();
    chat.expect_within("bob", "that was enough", patience)
        .unwrap();
    // At once: nobody waits a minute for one who is gone.
    chat.expect_within("bob", "more", patience).unwrap_err();
    assert_eq!(chat.hear("bob").unwrap(), None);
}

#[test]
fn any_time_may_pass_and_be_waited_for() {
    let mut chat = chat(&[]);
    chat.advance(Duration::MAX).unwrap();
    chat.advance(Duration::MAX).unwrap();
    chat.enter("ana").unwrap();
    chat.say("ana", "ana", "years later").unwrap();
    let line = chat.expect_within("ana", "years", Duration::MAX);
    line.unwrap();
}

#[test]
fn a_relay_in_a_thread_is_stopped_and_its_end_waited_for() {
    let mut chat = chat(&[]);
    let mut ana = chat.relay().person("ana").unwrap();
    let chat = chat.spawn();
    ana.say("ana", "hello").unwrap();
    let line = ana.hear_within(Duration::from_secs(60)).unwrap();
    assert!(line.unwrap().ends_with(":hello"));
    let handle = chat.handle().clone();
    chat.stop().unwrap();
    assert_eq!(handle.stop("again", Duration::ZERO), Err(HandleError::Gone));
}

#[test]
fn a_relay_in_a_thread_that_was_stopped_already_has_ended_well() {
    let chat = chat(&[]).spawn();
    chat.handle().stop("that was all", Duration::ZERO).unwrap();
    chat.stop().unwrap();
}

/// A journal with a fault.
struct Broken(Memory);

impl Journal for Broken {
    fn epochs(&self) -> &Epochs {
        self.0.epochs()
    }

    fn append(&mut self, _: Entry, _: Timestamp) -> Ticket {
        panic!("on purpose")
    }

    fn committed(&mut self) -> Option<Outcome> {
        self.0.committed()
    }

    fn ask(&mut self, question: Question) -> Inquiry {
        self.0.ask(question)
    }

    fn answered(&mut self) -> Option<(Inquiry, Found)> {
        self.0.answered()
    }

    fn forget(&mut self, room: &RoomName) {
        self.0.forget(room);
    }
}

#[test]
fn a_panic_in_the_thread_of_a_relay_is_told() {
    for is_dropped in [true, false] {
        let journal = Broken(Memory::new("broken".into(), 1024));
        let relay = Relay::builder().journal(Box::new(journal));
        let mut chat = Ephemeral::of(relay).unwrap();
        let house = chat.relay().voice("house").unwrap();
        let chat = chat.spawn();
        chat.handle().join(house, lobby()).unwrap();
        // However much was asked of it that it did not hear.
        while chat.handle().post(house, lobby(), "hello?").is_ok() {}
        match is_dropped {
            true => drop(chat),
            false => {
                let why = chat.stop().unwrap_err();
                assert_eq!(why.to_string(), "the relay's thread has panicked");
            }
        }
    }
}

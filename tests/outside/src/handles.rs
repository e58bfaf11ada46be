//! From other threads: to say, to dismiss, to look, never to wait.

use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use chat_core::chat::{Errand, NotIn};
use chat_core::handle::HandleError;
use chat_core::hub::request::Request;
use chat_core::net::Farewell;

use super::{deeds, enter, heard, hears, lobby, nick, quiet, settle};

#[test]
fn a_voice_speaks_from_any_thread_and_hears_nothing() {
    let mut relay = quiet();
    let mut ana = enter(&mut relay, "ana");
    let house = relay.voice("house").unwrap();
    let handle = relay.handle();
    let thread = thread::spawn(move || {
        handle.join(house, lobby()).unwrap();
        handle.post(house, lobby(), "dinner\r\nis ready").unwrap();
        handle
            .post(house, nick("ana"), "and you are invited")
            .unwrap();
        handle.part(house, lobby()).unwrap();
    });
    thread.join().unwrap();
    settle(&mut relay);
    let lines = heard(&mut ana);
    let said = deeds(&lines);
    assert_eq!(
        said,
        [
            "JOIN #lobby",
            "PRIVMSG #lobby :dinner",
            "PRIVMSG #lobby :is ready",
            "PRIVMSG ana :and you are invited",
            "PART #lobby"
        ]
    );
    ana.say("house", "thank you").unwrap();
    settle(&mut relay);
    assert!(heard(&mut ana).is_empty(), "a voice can be written to");
}

#[test]
fn a_voice_is_silent_for_days_and_stays() {
    let relay = super::builder();
    let mut chat = chat_core::testing::Ephemeral::of(relay).unwrap();
    let house = chat.relay().voice("house").unwrap();
    chat.relay().handle().join(house, lobby()).unwrap();
    chat.enter("ana").unwrap();
    chat.advance(Duration::from_secs(3 * 24 * 3600)).unwrap();
    chat.relay()
        .handle()
        .post(house, lobby(), "good morning")
        .unwrap();
    chat.settle().unwrap();
    chat.expect("ana", ":good morning").unwrap();
}

#[test]
fn whatever_somebody_can_do_they_can_be_made_to_do() {
    let mut relay = quiet();
    let mut ana = enter(&mut relay, "ana");
    let house = relay.voice("house").unwrap();
    let handle = relay.handle();
    let requests = [
        Request::Join(lobby(), None),
        Request::Topic(lobby(), "tea\r\nand cake".into()),
        Request::Name(nick("steward")),
        Request::Part(lobby(), Some("my shift is over".into())),
        Request::Join(lobby(), None),
        Request::Quit("good night".into()),
        Request::Join(lobby(), None),
    ];
    for deed in requests {
        handle.have(Errand::Do(house, deed)).unwrap();
    }
    settle(&mut relay);
    let lines = heard(&mut ana);
    let ends = deeds(&lines);
    assert_eq!(
        ends,
        [
            "JOIN #lobby",
            "TOPIC #lobby :tea  and cake",
            "NICK steward",
            "PART #lobby :my shift is over",
            "JOIN #lobby",
            "QUIT :good night",
        ]
    );
    relay.voice("steward").unwrap();
}

#[test]
fn somebody_is_sent_away_with_a_reason() {
    let mut relay = quiet();
    let (mut ana, mut bob) = (enter(&mut relay, "ana"), enter(&mut relay, "bob"));
    relay
        .handle()
        .dismiss(bob.id(), Farewell::POLICY, "that was enough")
        .unwrap();
    settle(&mut relay);
    hears(&mut bob, "ERROR :Closing link: that was enough");
    hears(&mut ana, "QUIT :that was enough");
    relay
        .handle()
        .dismiss(bob.id(), Farewell::POLICY, "again")
        .unwrap();
    settle(&mut relay);
    assert!(heard(&mut ana).is_empty());
}

#[test]
fn a_snapshot_shows_who_is_where() {
    let mut relay = quiet();
    let ana = enter(&mut relay, "ana");
    let _bob = relay.person("bob").unwrap();
    ana.join("#tea").unwrap();
    ana.send("TOPIC #tea :green or black").unwrap();
    settle(&mut relay);
    let (send, shown) = channel();
    let handle = relay.handle();
    handle.snapshot(move |it| send.send(it).unwrap()).unwrap();
    settle(&mut relay);
    let snapshot = shown.try_recv().unwrap();
    assert_eq!(snapshot, relay.snapshot());
    let tea = snapshot.room(&chat_core::names::RoomName::new("#tea").unwrap());
    let tea = tea.unwrap();
    assert_eq!(
        (tea.topic.as_str(), &tea.people[..]),
        ("green or black", &[ana.id()][..])
    );
    let rooms: Vec<_> = snapshot.person(&nick("ana")).unwrap().rooms.clone();
    assert_eq!(rooms.len(), 2);
    assert!(snapshot.person(&nick("bob")).unwrap().rooms.is_empty());
}

#[test]
fn too_much_at_once_is_refused_and_taken_again_after_a_turn() {
    let mut relay = quiet();
    let house = relay.voice("house").unwrap();
    let handle = relay.handle();
    let text = "x".repeat(10_000);
    let mut taken = 0;
    while handle.post(house, lobby(), &text) == Ok(()) {
        taken += 1;
        assert!(taken < 1000, "there is no bound");
    }
    assert_eq!(handle.post(house, lobby(), &text), Err(HandleError::Busy));
    settle(&mut relay);
    handle.post(house, lobby(), &text).unwrap();
}

#[test]
fn what_can_never_be_taken_is_no_reason_to_wait() {
    let mut relay = quiet();
    let house = relay.voice("house").unwrap();
    let handle = relay.handle();
    let text = "x".repeat(2 << 20);
    let refused = handle.post(house, lobby(), &text);
    assert_eq!(refused, Err(HandleError::TooLong));
}

#[test]
fn a_relay_that_is_gone_is_gone_for_good_and_so_is_one_that_has_stopped() {
    let mut relay = quiet();
    let house = relay.voice("house").unwrap();
    let handle = relay.handle();
    while handle.post(house, lobby(), "hello?") == Ok(()) {}
    handle
        .stop("heard however much waits", Duration::ZERO)
        .unwrap();
    while relay.turn(Some(Duration::ZERO)).unwrap().is_running() {}
    assert!(handle.is_gone());
    assert!(matches!(relay.person("late"), Err(NotIn::Stopping)));
    drop(relay);
    for _ in 0..20_000 {
        let refused = handle.post(house, lobby(), "hello?");
        assert_eq!(refused, Err(HandleError::Gone));
    }
}

#[test]
fn threads_that_never_stop_asking_keep_nobody_else_waiting() {
    let mut relay = quiet();
    let mut ana = enter(&mut relay, "ana");
    let house = relay.voice("house").unwrap();
    let handle = relay.handle();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let handle = handle.clone();
            thread::spawn(move || {
                let mut taken = 0_u64;
                while !handle.is_gone() {
                    taken += u64::from(handle.post(house, lobby(), "more").is_ok());
                }
                taken
            })
        })
        .collect();
    let end = Instant::now() + Duration::from_millis(300);
    for number in (0..).take_while(|number| *number < 3 || Instant::now() < end) {
        ana.say("ana", &format!("number {number}")).unwrap();
        let before = Instant::now();
        settle(&mut relay);
        assert!(
            before.elapsed() < Duration::from_secs(30),
            "a turn without end"
        );
        hears(&mut ana, &format!(":number {number}"));
    }
    handle.stop("enough", Duration::ZERO).unwrap();
    while relay.turn(Some(Duration::ZERO)).unwrap().is_running() {}
    let taken = threads.into_iter().map(|thread| thread.join().unwrap());
    assert!(taken.sum::<u64>() > 0, "nobody was heard");
}

#[test]
fn said_twice_the_shorter_time_to_stop_counts() {
    let any = "127.0.0.1:0".parse().unwrap();
    let mut relay = super::builder().irc(any).unwrap().build().unwrap();
    // Whoever does not hang up is waited for.
    let _lingers = std::net::TcpStream::connect(relay.addresses()[0]).unwrap();
    settle(&mut relay);
    let handle = relay.handle();
    handle.stop("soon", Duration::from_secs(3600)).unwrap();
    let _ = relay.turn(Some(Duration::ZERO)).unwrap();
    let by = relay.next_deadline();
    assert!(by.is_some_and(|by| by > Instant::now()));
    handle.stop("now", Duration::ZERO).unwrap();
    handle.stop("later", Duration::from_secs(3600)).unwrap();
    while relay.turn(Some(Duration::ZERO)).unwrap().is_running() {}
}

#[test]
fn a_panic_over_a_snapshot_is_the_programs_own() {
    let mut relay = quiet();
    let mut ana = enter(&mut relay, "ana");
    let house = relay.voice("house").unwrap();
    let handle = relay.handle();
    handle.join(house, lobby()).unwrap();
    handle.snapshot(|_| panic!("of the program's own")).unwrap();
    handle.post(house, lobby(), "after it").unwrap();
    settle(&mut relay);
    hears(&mut ana, ":after it");
}

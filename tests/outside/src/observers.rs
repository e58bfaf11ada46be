//! The program's say in what happens: allowed, denied, rewritten.

use std::sync::mpsc::{Sender, channel};
use std::thread;

use chat_core::hub::entry::{Act, Committed};
use chat_core::id::PersonId;
use chat_core::names::{Nick, RoomName};
use chat_core::net::Farewell;
use chat_core::observer::{Candidate, Context, Observer, Said, Verdict};
use test_support::LineClient;

use super::judge::{Stopped, at_a_door, judged};
use super::{builder, deeds, enter, heard, hears, insist, lobby, settle};

#[test]
fn an_observer_that_says_nothing_changes_nothing() {
    struct Nobody;
    impl Observer for Nobody {}
    let mut relay = builder().observer(Nobody).build().unwrap();
    let mut ana = enter(&mut relay, "ana");
    let bob = enter(&mut relay, "bob");
    bob.say("#lobby", "tea?").unwrap();
    settle(&mut relay);
    hears(&mut ana, "PRIVMSG #lobby :tea?");
}

#[test]
fn a_denied_message_is_seen_by_nobody_and_its_author_is_told_why() {
    let mut relay = judged(|_, _, what, text| match (what, text) {
        ("message", "rude") => Verdict::Deny("mind your\r\nwords".into()),
        _ => Verdict::Allow,
    });
    let (mut ana, mut bob) = (enter(&mut relay, "ana"), enter(&mut relay, "bob"));
    heard(&mut ana);
    bob.say("#lobby", "rude").unwrap();
    bob.say("ana", "rude").unwrap();
    settle(&mut relay);
    let told = hears(&mut bob, " 404 bob #lobby ");
    assert!(told.ends_with("mind your  words"), "{told}");
    bob.say("ana", "rude").unwrap();
    settle(&mut relay);
    hears(&mut bob, " 531 bob ana ");
    assert!(heard(&mut ana).is_empty());
}

#[test]
fn a_rewritten_message_is_what_everybody_sees() {
    let mut relay = judged(|_, _, what, text| match what {
        "message" => Verdict::Rewrite(text.replace("damn", "d***\nor so")),
        _ => Verdict::Allow,
    });
    let (mut ana, bob) = (enter(&mut relay, "ana"), enter(&mut relay, "bob"));
    bob.say("#lobby", "oh damn").unwrap();
    settle(&mut relay);
    let lines = heard(&mut ana);
    let said = ["PRIVMSG #lobby :oh d***", "PRIVMSG #lobby :or so"];
    assert_eq!(deeds(&lines)[1..], said);
}

#[test]
fn an_observer_sees_who_is_where() {
    let mut relay = judged(|context, who, what, _| {
        if what != "message" {
            return Verdict::Allow;
        }
        let people: Vec<String> = context.people().map(|(_, nick)| nick.to_string()).collect();
        let rooms: Vec<String> = context.rooms_of(who).map(ToString::to_string).collect();
        let here = context.members(&lobby()).len();
        Verdict::Rewrite(format!("{people:?} {rooms:?} {here}"))
    });
    let (mut ana, bob) = (enter(&mut relay, "ana"), enter(&mut relay, "bob"));
    bob.join("#tea").unwrap();
    bob.say("#lobby", "where is everybody?").unwrap();
    settle(&mut relay);
    hears(&mut ana, r##":["ana", "bob"] ["#lobby", "#tea"] 2"##);
}

#[test]
fn rooms_exist_for_those_whom_the_program_lets_in() {
    let mut relay = judged(|context, who, what, room| {
        let is_ana = context.nick(who).is_some_and(|nick| nick.as_str() == "ana");
        match (what, room) {
            ("join", "#staff") if !is_ana => Verdict::Deny("staff only".into()),
            ("join", "#old") => Verdict::Rewrite("#new".into()),
            ("join", "#broken") => Verdict::Rewrite("no room".into()),
            _ => Verdict::Allow,
        }
    });
    let (mut ana, mut bob) = (enter(&mut relay, "ana"), enter(&mut relay, "bob"));
    for person in [&ana, &bob] {
        person.join("#staff").unwrap();
        person.join("#old").unwrap();
        person.join("#broken").unwrap();
    }
    settle(&mut relay);
    hears(&mut ana, "JOIN #staff");
    let lines = heard(&mut bob);
    let hears = |part: &str| lines.iter().any(|line| line.contains(part));
    assert!(
        hears("474 bob #staff :you may not enter #staff: staff only"),
        "{lines:#?}"
    );
    assert!(hears("JOIN #new") && !hears("JOIN #old"), "{lines:#?}");
    assert!(hears("474 bob #broken"), "{lines:#?}");
}

#[test]
fn a_new_name_is_asked_about_too() {
    let mut relay = judged(|_, _, what, name| match (what, name) {
        ("rename", "king") => Verdict::Deny("there is one".into()),
        ("rename", "BOB") => Verdict::Rewrite("bobby".into()),
        _ => Verdict::Allow,
    });
    let mut bob = enter(&mut relay, "bob");
    bob.send("NICK king").unwrap();
    bob.send("NICK BOB").unwrap();
    settle(&mut relay);
    let lines = heard(&mut bob);
    assert!(
        lines.iter().any(|line| line.contains(" 432 bob king ")),
        "{lines:#?}"
    );
    assert!(
        lines.iter().any(|line| line.ends_with("NICK bobby")),
        "{lines:#?}"
    );
}

#[test]
fn who_may_not_connect_hears_why_and_goes() {
    let (address, _relay) = at_a_door(|_, _, what, _| match what {
        "connect" => Verdict::Deny("closed on Mondays".into()),
        _ => Verdict::Allow,
    });
    let mut client = LineClient::connect(address);
    client.expect_contains("ERROR :Closing link: closed on Mondays");
    client.expect_eof();
}

#[test]
fn who_may_not_have_a_name_may_try_another_or_is_given_one() {
    let (address, _relay) = at_a_door(|_, _, what, name| match (what, name) {
        ("register", "root") => Verdict::Deny("it is taken on the site".into()),
        ("register", "u17") => Verdict::Rewrite("Ana".into()),
        _ => Verdict::Allow,
    });
    let mut client = LineClient::connect(address);
    client.send("NICK root\r\nUSER u 0 * :r");
    client.expect_contains(" 432 * root :root is not for you: it is taken on the site");
    client.send("NICK u17");
    client.expect_contains(" 001 Ana :");
}

#[test]
fn no_words_reach_a_room_past_the_observer() {
    struct Silence;
    impl Observer for Silence {
        fn message(&mut self, _: &mut Context<'_>, _: PersonId, _: &Said<'_>) -> Verdict {
            Verdict::Deny("hush".into())
        }

        fn topic(&mut self, _: &mut Context<'_>, _: PersonId, _: &RoomName, text: &str) -> Verdict {
            match text {
                "long" => Verdict::Rewrite("short".into()),
                _ => Verdict::Deny("hush".into()),
            }
        }

        fn remark(&mut self, context: &mut Context<'_>, _: PersonId, text: &str) -> Verdict {
            match text {
                "polite" => Verdict::Allow,
                "slow" => Verdict::Later(context.ticket()),
                _ => Verdict::Deny("hush".into()),
            }
        }
    }
    let relay = builder().observer(Silence);
    let mut relay = relay.build().unwrap();
    let (mut ana, mut bob) = (enter(&mut relay, "ana"), enter(&mut relay, "bob"));
    heard(&mut ana);
    for line in [
        "PRIVMSG #lobby :rude",
        "NOTICE #lobby :rude",
        "TOPIC #lobby :rude",
        "TOPIC #lobby :long",
        "AWAY :rude",
        "SETNAME :rude",
        "PART #lobby :rude",
        "JOIN #lobby",
        "PART #lobby :slow",
        "JOIN #lobby",
        "PART #lobby :polite",
        "JOIN #lobby",
        "QUIT :rude",
    ] {
        bob.send(line).unwrap();
        settle(&mut relay);
    }
    hears(
        &mut bob,
        " 482 bob #lobby :the topic of #lobby stays as it is: hush",
    );
    let lines = heard(&mut ana);
    let ends = deeds(&lines);
    assert_eq!(
        ends,
        [
            "TOPIC #lobby :short",
            "PART #lobby",
            "JOIN #lobby",
            "PART #lobby",
            "JOIN #lobby",
            "PART #lobby :polite",
            "JOIN #lobby",
            "QUIT :Quit",
        ]
    );
    ana.send("JOIN #ana").unwrap();
    let mut cat = relay.person("cat").unwrap();
    for (reason, told) in [
        ("rude", "KICK #ana cat :"),
        ("polite", "KICK #ana cat :polite"),
    ] {
        cat.send("JOIN #ana").unwrap();
        settle(&mut relay);
        ana.send(&format!("KICK #ana cat :{reason}")).unwrap();
        settle(&mut relay);
        assert_eq!(deeds(&heard(&mut cat)).last(), Some(&told));
    }
}

#[test]
fn what_cannot_be_is_denied() {
    let mut relay = judged(|_, _, what, text| match (what, text) {
        ("message", "nothing") => Verdict::Rewrite(String::new()),
        _ => Verdict::Allow,
    });
    let mut bob = enter(&mut relay, "bob");
    bob.say("#lobby", "nothing").unwrap();
    settle(&mut relay);
    hears(
        &mut bob,
        " 404 bob #lobby :nobody saw it: it could not be decided",
    );

    let (address, _relay) = at_a_door(|_, _, what, _| match what {
        "connect" => Verdict::Rewrite("10.0.0.1".into()),
        _ => Verdict::Allow,
    });
    LineClient::connect(address).expect_contains("ERROR :Closing link: it could not be decided");
}

#[test]
fn a_password_is_for_the_observer_to_see() {
    struct Guard;
    impl Observer for Guard {
        fn register(
            &mut self,
            _: &mut Context<'_>,
            _: PersonId,
            candidate: &Candidate<'_>,
        ) -> Verdict {
            match candidate.password {
                Some("token-of-ana") => Verdict::Rewrite("ana".into()),
                _ => Verdict::Deny("no token".into()),
            }
        }
    }
    let any = "127.0.0.1:0".parse().unwrap();
    let relay = builder().observer(Guard).irc(any).unwrap();
    let mut relay = relay.build().unwrap();
    let (address, handle) = (relay.addresses()[0], relay.handle());
    let thread = thread::spawn(move || relay.run());
    let _relay = Stopped(handle, Some(thread));
    let mut client = LineClient::connect(address);
    client.send("PASS token-of-ana\r\nNICK x\r\nUSER u 0 * :r");
    client.expect_contains(" 001 ana :");
    let mut client = LineClient::connect(address);
    client.send("NICK x\r\nUSER u 0 * :r");
    client.expect_contains(" 432 * x :x is not for you: no token");
}

#[test]
fn an_observer_that_panics_denies_and_the_chat_goes_on() {
    let mut relay = judged(|_, _, what, text| match (what, text) {
        ("message", "boom") => panic!("a fault of the program's own"),
        _ => Verdict::Allow,
    });
    let (mut ana, mut bob) = (enter(&mut relay, "ana"), enter(&mut relay, "bob"));
    heard(&mut ana);
    bob.say("#lobby", "boom").unwrap();
    bob.say("#lobby", "still here").unwrap();
    settle(&mut relay);
    hears(&mut bob, " 404 bob #lobby ");
    let lines = heard(&mut ana);
    assert!(
        matches!(&lines[..], [only] if only.ends_with(":still here")),
        "{lines:#?}"
    );
}

#[test]
fn what_an_observer_has_done_happens_after_it_has_answered() {
    let mut relay = judged(|context, who, what, text| {
        if (what, text) == ("message", "hello") {
            let house = context.person(&super::nick("house")).unwrap();
            context.post(house, lobby(), "welcome");
            context.dismiss(who, Farewell::POLICY, "said hello");
        }
        Verdict::Allow
    });
    let mut ana = enter(&mut relay, "ana");
    let house = relay.voice("house").unwrap();
    relay.handle().join(house, lobby()).unwrap();
    let mut bob = enter(&mut relay, "bob");
    heard(&mut ana);
    bob.say("#lobby", "hello").unwrap();
    settle(&mut relay);
    let lines = heard(&mut ana);
    let ends = deeds(&lines);
    let expected = [
        "PRIVMSG #lobby :hello",
        "PRIVMSG #lobby :welcome",
        "QUIT :said hello",
    ];
    assert_eq!(ends, expected);
    hears(&mut bob, "ERROR :Closing link: said hello");
}

#[test]
fn everything_that_happens_is_told_in_its_order_and_so_are_the_slow_and_those_who_leave() {
    struct Scribe(Sender<String>);
    impl Observer for Scribe {
        fn happened(&mut self, context: &mut Context<'_>, what: &Committed) {
            let nick = what.entry.source.nick.to_string();
            let text = match &what.entry.act {
                Act::Post(post) => format!("{nick}: {}", post.text),
                Act::Join { room, .. } => {
                    format!(
                        "{nick} enters {room} as number {}",
                        context.members(room).len()
                    )
                }
                Act::Quit { reason, .. } => format!("{nick} leaves: {reason}"),
                other => format!("{nick}: {other:?}"),
            };
            self.0.send(text).unwrap();
        }

        fn slow(&mut self, context: &mut Context<'_>, who: PersonId) {
            let nick = context.nick(who).unwrap().to_string();
            self.0.send(format!("{nick} is slow")).unwrap();
        }

        fn leave(&mut self, _: &mut Context<'_>, _: PersonId, nick: &Nick, reason: &str) {
            self.0.send(format!("{nick} is leaving: {reason}")).unwrap();
        }
    }
    let (scribe, told) = channel();
    let relay = builder().observer(Scribe(scribe));
    let mut relay = relay.build().unwrap();
    let (ana, _deaf) = (enter(&mut relay, "ana"), enter(&mut relay, "deaf"));
    ana.say("#lobby", "tea?").unwrap();
    settle(&mut relay);
    let lines: Vec<String> = told.try_iter().collect();
    assert_eq!(
        lines,
        [
            "ana enters #lobby as number 1",
            "deaf enters #lobby as number 2",
            "ana: tea?"
        ]
    );
    let long = "x".repeat(400);
    let mut talkative = ana;
    while !told.try_iter().any(|line| line == "deaf is slow") {
        insist(&mut relay, &talkative, &long);
        heard(&mut talkative);
    }
    talkative.leave("tea is ready");
    settle(&mut relay);
    let rest: Vec<String> = told.try_iter().collect();
    assert!(
        rest.contains(&"ana is leaving: Quit: tea is ready".to_owned()),
        "{rest:#?}"
    );
    assert!(
        rest.contains(&"ana leaves: Quit: tea is ready".to_owned()),
        "{rest:#?}"
    );
}

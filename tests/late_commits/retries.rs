//! A message that is sent again while the first try is on its way, or soon after. docs/clients.md.

use test_support::LineClient;

use crate::{FEW, SOON, Stage, TURNS_LATE};

const CAPS: &str = "chat.local/retry echo-message labeled-response batch message-tags";

impl Stage {
    /// Somebody in `#a` who hears it, and somebody there who will say something and may come back as the same.
    fn with_session(late: u64) -> (Stage, LineClient, LineClient) {
        let mut stage = Stage::late(late);
        let (mut ana, mut bob) = (stage.register("ana", ""), stage.register("bob", CAPS));
        stage.join(&mut ana);
        stage.join(&mut bob);
        stage.heard(&mut ana);
        stage.make_session("bob");
        (stage, ana, bob)
    }

    /// The session's next connection, which knows nothing of what was answered before.
    fn come_back(&mut self) -> LineClient {
        let session = self.relay.host_mut().session;
        self.relay.host_mut().returns = session;
        self.register("bob", CAPS)
    }

    /// The echo of a try, which is all that has this label.
    fn echo_of(&mut self, author: &mut LineClient, label: &str) -> String {
        let mut heard = self.heard(author);
        let start = format!("@label={label};");
        heard.retain(|line| line.starts_with(&start));
        assert_eq!(heard.len(), 1, "{}", author.transcript());
        heard.remove(0)
    }
}

fn said(heard: &[String]) -> usize {
    heard
        .iter()
        .filter(|line| line.ends_with("PRIVMSG #a :hi"))
        .count()
}

#[test]
fn whenever_the_connection_is_lost_what_is_sent_again_is_said_once() {
    for moment in 0..=3 * SOON {
        let (mut stage, mut ana, mut bob) = Stage::with_session(SOON);
        bob.send("@label=1;chat.local/retry=x PRIVMSG #a :hi");
        stage.turns(moment);
        bob.reset();
        stage.turns(2);
        let mut again = stage.come_back();
        again.send("@label=2;chat.local/retry=x PRIVMSG #a :hi");
        let echo = stage.echo_of(&mut again, "2");
        assert!(echo.ends_with("PRIVMSG #a :hi"), "{echo}");
        assert_eq!(said(&stage.heard(&mut ana)), 1, "after {moment} turns");
    }
}

#[test]
fn who_said_goodbye_and_is_back_before_it_took_effect_is_still_the_one_who_said_it() {
    for moment in 0..SOON {
        let (mut stage, mut ana, mut bob) = Stage::with_session(SOON);
        bob.send("@chat.local/retry=x PRIVMSG #a :hi\r\nQUIT");
        stage.turns(moment);
        let mut again = stage.come_back();
        stage.settle();
        again.send("@label=2;chat.local/retry=x PRIVMSG #a :hi");
        let echo = stage.echo_of(&mut again, "2");
        assert!(echo.ends_with("PRIVMSG #a :hi"), "{echo}");
        assert_eq!(said(&stage.heard(&mut ana)), 1, "after {moment} turns");
    }
}

#[test]
fn what_waits_for_a_first_try_is_answered_with_it() {
    let (mut stage, mut ana, mut bob) = Stage::with_session(SOON);
    bob.send(
        "@label=1;chat.local/retry=x PRIVMSG #a :hi\r\n\
         @label=2 PRIVMSG #a :ho\r\n\
         @label=3;chat.local/retry=x PRIVMSG #a :hi\r\n\
         @label=4 PART #a\r\n\
         @label=5;chat.local/retry=x PRIVMSG #a :hi",
    );
    let heard = stage.heard(&mut bob);
    let labels: Vec<&str> = heard.iter().map(|line| &line[..8]).collect();
    let order = ["@label=1", "@label=3", "@label=2", "@label=4", "@label=5"];
    assert_eq!(labels, order, "{heard:#?}");
    let heard = stage.heard(&mut ana);
    let texts: Vec<&str> = heard
        .iter()
        .map(|line| line.split_once(' ').unwrap().1)
        .collect();
    assert_eq!(texts, ["PRIVMSG #a :hi", "PRIVMSG #a :ho", "PART #a"]);
}

#[test]
fn whoever_leaves_between_two_tries_leaves_nothing_to_whoever_comes_next() {
    let mut stage = Stage::new();
    let (mut ana, mut bob) = (stage.register("ana", ""), stage.register("bob", CAPS));
    stage.join(&mut ana);
    stage.join(&mut bob);
    stage.heard(&mut ana);
    let left = stage.id_of("bob");
    bob.send(&"@label=1;chat.local/retry=x PRIVMSG #a :hi\r\n".repeat(3));
    stage.turns(FEW);
    drop(bob);
    stage.turns(FEW);
    let mut cat = stage.register("cat", CAPS);
    assert_eq!(stage.id_of("cat").key, left.key, "the place is used again");
    assert_eq!(stage.heard(&mut cat), Vec::<String>::new());
    assert_eq!(said(&stage.heard(&mut ana)), 1);
    stage.join(&mut cat);
    cat.send("@label=2;chat.local/retry=x PRIVMSG #a :hi");
    let echo = stage.echo_of(&mut cat, "2");
    assert!(echo.contains(" :cat!"), "her own: {echo}");
}

#[test]
fn a_try_over_the_connection_before_is_not_refused_on_the_next_one() {
    let (mut stage, mut ana, mut bob) = Stage::with_session(TURNS_LATE);
    bob.send(&"@label=1;chat.local/retry=x PRIVMSG #a :a secret\r\n".repeat(2));
    stage.turns(FEW);
    bob.reset();
    stage.turns(FEW);
    let session = stage.relay.host_mut().session;
    stage.relay.host_mut().returns = session;
    let mut again = stage.connect();
    assert_eq!(stage.heard(&mut again), Vec::<String>::new());
    assert_eq!(stage.heard(&mut ana), Vec::<String>::new());
}

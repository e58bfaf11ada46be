//! An observer is asked about a message once, however often it is sent. docs/clients.md, "Safe retry".

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use chat_core::id::PersonId;
use chat_core::observer::{Context, Ticket, Verdict};
use test_support::LineClient;

use super::judge::at_a_door;

/// Somebody at the door who may send again, in the lobby.
fn enter(address: std::net::SocketAddr) -> LineClient {
    let mut client = LineClient::connect(address);
    client.caps(&[
        "chat.local/retry",
        "echo-message",
        "labeled-response",
        "batch",
    ]);
    client.register("ana");
    client.join("#lobby");
    client
}

fn send(client: &mut LineClient, label: &str, text: &str) {
    client.send(&format!(
        "@label={label};chat.local/retry=x PRIVMSG #lobby :{text}"
    ));
}

#[track_caller]
fn hears(client: &mut LineClient, label: &str, end: &str) {
    let line = client.expect(|line| line.starts_with(&format!("@label={label} ")));
    assert!(line.contains(end), "{line}");
}

/// Tells what is asked about messages, and answers them in its turn.
fn once(
    asked: Sender<String>,
    verdicts: Vec<Verdict>,
) -> impl FnMut(&mut Context<'_>, PersonId, &str, &str) -> Verdict + Send {
    let mut verdicts = verdicts.into_iter();
    move |_, _, what, text| {
        if what != "message" {
            return Verdict::Allow;
        }
        asked.send(text.to_owned()).unwrap();
        verdicts.next().unwrap()
    }
}

fn all(asked: &Receiver<String>) -> Vec<String> {
    asked.try_iter().collect()
}

#[test]
fn what_was_allowed_is_not_asked_about_again() {
    let (sender, asked) = channel();
    let rewrite = Verdict::Rewrite("hello".into());
    let (address, _relay) = at_a_door(once(sender, vec![rewrite]));
    let mut ana = enter(address);
    for label in ["1", "2", "3"] {
        send(&mut ana, label, "HELLO");
        hears(&mut ana, label, " PRIVMSG #lobby :hello");
    }
    assert_eq!(all(&asked), ["HELLO"]);
}

#[test]
fn what_was_denied_is_asked_about_anew() {
    let (sender, asked) = channel();
    let verdicts = vec![Verdict::Deny("no".into()), Verdict::Allow];
    let (address, _relay) = at_a_door(once(sender, verdicts));
    let mut ana = enter(address);
    send(&mut ana, "1", "well");
    hears(&mut ana, "1", " 404 ana #lobby ");
    send(&mut ana, "2", "well");
    hears(&mut ana, "2", " PRIVMSG #lobby :well");
    assert_eq!(all(&asked), ["well", "well"]);
}

#[test]
fn what_is_decided_later_is_asked_about_once() {
    let (tickets, asked) = channel::<Ticket>();
    let (address, relay) = at_a_door(move |context, _, what, _| {
        if what != "message" {
            return Verdict::Allow;
        }
        let ticket = context.ticket();
        tickets.send(ticket).unwrap();
        Verdict::Later(ticket)
    });
    let mut ana = enter(address);
    for label in ["1", "2"] {
        send(&mut ana, label, "well?");
    }
    let ticket = asked.recv_timeout(Duration::from_secs(60)).unwrap();
    ana.quiet(Duration::from_millis(50));
    relay.0.settle(ticket, Verdict::Allow).unwrap();
    for label in ["1", "2"] {
        hears(&mut ana, label, " PRIVMSG #lobby :well?");
    }
    ana.fence();
    assert!(asked.try_recv().is_err(), "asked twice");
}

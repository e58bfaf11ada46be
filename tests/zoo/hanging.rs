//! What clients of today hang on messages, and how clients that know nothing of it take it.

use std::sync::Arc;

use test_support::{Browser, eventually};

use super::guest::{Sight, sees, shows};
use super::house::House;
use super::irssi::Irssi;
use super::nc::{NcAtIrc, NcAtPlain};
use super::page::Visitor;
use super::script::Script;
use super::weechat::WeeChat;

#[test]
fn what_the_page_can_do_is_no_rubbish_elsewhere() {
    let house = House::of_one();
    let irma = Irssi::joins(&house, "irma");
    let wanda = WeeChat::joins(&house, "wanda");
    let mut pia = Script::python_joins(&house, "pia");
    let mut fritz = Script::node_of_today_joins(&house, "fritz");
    let mut nico = NcAtPlain::joins(&house, "nico");
    let ana = Visitor::joins(&house, &Arc::new(Browser::start()), "ana");

    ana.say("roses are red\nviolets are blue");
    fritz.tells("together roses are red violets are blue");
    ana.reacts("roses are red\nviolets are blue", "🎉");
    fritz.tells("ana reacted 🎉");
    ana.awaits_text("#log .chip", "🎉1");
    ana.removes("roses are red\nviolets are blue");
    fritz.tells("unknown REDACT");
    ana.say("that is all");

    pia.tells("ana said that is all");
    nico.reads("ana: that is all");
    sees(&|| irma.log(), "< ana> that is all", "");
    sees(&|| wanda.log(), "\tana\tthat is all", "");
    let said = ["roses are red", "violets are blue", "that is all"];
    has_nothing_but(&said, &irma.log());
    has_nothing_but(&said, &wanda.log());
    // The line of IRC, and what the library makes of it.
    has_nothing_but(&said.map(|text| [text; 2]).concat(), &pia.log());
    let removed = "* ana took back a message";
    has_nothing_but(&[said[0], said[1], removed, said[2]], &nico.log());
    assert_eq!(irma.warnings(), [""; 0], "{}", irma.log());
    assert_eq!(wanda.warnings(), [""; 0], "{}", wanda.log());
    assert_eq!(pia.warnings(), [""; 0], "{}", pia.log());
}

#[test]
fn the_page_shows_what_irc_framework_and_netcat_hang_on_messages() {
    let house = House::of_one();
    let ana = Visitor::joins(&house, &Arc::new(Browser::start()), "ana");
    let mut fritz = Script::node_of_today_joins(&house, "fritz");
    ana.say("who has the key?");
    fritz.tells("ana said who has the key?");
    fritz.does("react 👀");
    ana.awaits_text("#log .chip", "👀1");
    fritz.does("answer I do");
    fritz.tells("fritz said I do");
    ana.awaits_text("#log .quote", "ana who has the key?");

    let mut ina = NcAtIrc::joins(&house, "ina");
    ina.types("CAP REQ :message-tags echo-message batch draft/multiline draft/message-redaction");
    ina.types("BATCH +1 draft/multiline #lobby");
    ina.types("@batch=1 PRIVMSG #lobby :one");
    ina.types("@batch=1 PRIVMSG #lobby :two");
    ina.types("BATCH -1");
    ina.reads("PRIVMSG #lobby :two");
    let sight = Sight::Said {
        who: "ina",
        text: "one\ntwo",
    };
    eventually("one message", || ana.has_seen(&sight).then_some(()));
    ina.types(&format!("REDACT #lobby {} :oops", id_of_batch(&ina.log())));
    ana.awaits_removal("ina");
    assert!(!ana.has_seen(&sight), "{}", ana.log());
    assert_eq!(ina.warnings(), [""; 0], "{}", ina.log());
    assert_eq!(fritz.warnings(), [""; 0], "{}", fritz.log());
    assert_eq!(ana.warnings(), [""; 0]);
}

#[test]
fn weechat_and_the_page_see_each_other_write() {
    let house = House::of_one();
    let mut wanda = WeeChat::joins(&house, "wanda");
    let ana = Visitor::joins(&house, &Arc::new(Browser::start()), "ana");
    // It has its own place on a screen; here it has to be printed.
    wanda.say("/trigger add seen signal typing_set_nick \"\" \"\" \"/print -buffer irc.here.#lobby ${tg_signal_data}\"");
    wanda.say("/buffer irc.here.#lobby");
    sees(&|| wanda.log(), "Trigger \"seen\" created", "");

    ana.types("Is it");
    sees(&|| wanda.log(), ";typing;ana", "");
    wanda.say("/input insert Yes, it is");
    ana.awaits_text("#typing", "wanda is typing…");
    wanda.say("/input return");
    let said = Sight::Said {
        who: "wanda",
        text: "Yes, it is",
    };
    eventually("what she wrote", || ana.has_seen(&said).then_some(()));
    ana.awaits_text("#typing", "");
    assert_eq!(wanda.warnings(), [""; 0], "{}", wanda.log());
}

/// From the first of these to the last, nothing else has come.
#[track_caller]
fn has_nothing_but(expected: &[&str], log: &str) {
    let lines = log.lines().skip_while(|line| !line.ends_with(expected[0]));
    let lines: Vec<&str> = lines.collect();
    let last = expected[expected.len() - 1];
    let end = lines.iter().rposition(|line| line.ends_with(last));
    let lines = &lines[..end.map_or(0, |end| end + 1)];
    let mut pairs = lines.iter().zip(expected);
    let are_those = pairs.all(|(line, text)| line.ends_with(text));
    assert!(lines.len() == expected.len() && are_those, "{log}");
}

/// The id of the last message of several lines.
fn id_of_batch(log: &str) -> &str {
    let opens = |line: &&str| shows(line, &["msgid=", " BATCH +"]);
    let line = log.lines().rev().find(opens);
    let id = line.and_then(|line| line.split_once("msgid="));
    let (_, id) = id.unwrap_or_else(|| panic!("no batch has come\n{log}"));
    id.split([';', ' ']).next().unwrap_or_default()
}

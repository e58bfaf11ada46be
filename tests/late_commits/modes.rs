//! What of a MODE takes effect, and is told, when others were faster.

use super::{FEW, Stage};

/// What somebody has heard, without who did it.
fn texts(heard: &[String]) -> Vec<&str> {
    let text = |line: &'_ String| {
        line.split_once(' ')
            .map_or(0, |(source, _)| source.len() + 1)
    };
    heard.iter().map(|line| &line[text(line)..]).collect()
}

/// Two operators of a room, and somebody else in it.
fn three() -> (Stage, [test_support::LineClient; 3]) {
    let mut stage = Stage::new();
    let caps = "batch labeled-response draft/chathistory draft/event-playback";
    let mut all = ["ana", "cat", "bob"].map(|nick| stage.register(nick, caps));
    for one in &mut all {
        stage.join(one);
    }
    all[0].send("MODE #a +o cat");
    for one in &mut all {
        stage.heard(one);
    }
    (stage, all)
}

#[test]
fn a_mode_tells_of_nobody_who_has_left() {
    let (mut stage, [mut ana, mut cat, mut bob]) = three();
    bob.send("PART #a");
    stage.turns(FEW);
    ana.send("MODE #a +ov bob bob");
    cat.send("MODE #a +vm bob");
    assert_eq!(texts(&stage.heard(&mut ana)), ["PART #a", "MODE #a +m"]);
}

#[test]
fn two_who_do_the_same_do_it_once() {
    let (mut stage, [mut ana, mut cat, mut bob]) = three();
    ana.send("MODE #a +b zoe");
    stage.turns(FEW);
    cat.send("@label=1 MODE #a +b ZOE\r\nMODE #a +b-m yan");
    assert_eq!(
        texts(&stage.heard(&mut bob)),
        ["MODE #a +b zoe!*@*", "MODE #a +b yan!*@*"]
    );
    let heard = stage.heard(&mut cat);
    assert!(
        heard[1].starts_with("@label=1 ") && heard[1].ends_with(" ACK"),
        "{heard:?}"
    );
    assert_eq!(heard.len(), 3);
    // Nor is it in the history.
    bob.send("CHATHISTORY LATEST #a * 2");
    let heard = stage.heard(&mut bob);
    let modes = heard.iter().filter(|line| line.contains(" MODE "));
    assert_eq!(modes.count(), 2, "{heard:?}");
}

#[test]
fn a_list_that_two_fill_at_once_has_what_is_told() {
    let (mut stage, [mut ana, mut cat, mut bob]) = three();
    for number in 0..99 {
        ana.send(&format!("MODE #a +e z{number}"));
        stage.settle();
    }
    stage.heard(&mut bob);
    ana.send("MODE #a +b zoe");
    cat.send("MODE #a +bm yan");
    let heard = stage.heard(&mut bob);
    bob.send("MODE #a b");
    let list = stage.heard(&mut bob);
    assert_eq!(list.len(), 2, "one of them and the end: {list:?}");
    let listed = list[0].split(' ').nth(4).unwrap();
    let bans = heard.iter().filter(|line| line.contains("!*@*"));
    let told: Vec<&str> = bans.map(|line| line.rsplit(' ').next().unwrap()).collect();
    assert_eq!(told, [listed], "{heard:?}");
    assert!(
        heard
            .iter()
            .any(|line| line.contains("MODE #a +") && line.contains('m'))
    );
}

#[test]
fn a_key_bars_those_who_are_on_their_way() {
    let (mut stage, [mut ana, mut cat, mut bob]) = three();
    cat.send("PART #a");
    bob.send("PART #a");
    stage.heard(&mut cat);
    stage.heard(&mut bob);
    stage.heard(&mut ana);
    ana.send("MODE #a +k hush");
    stage.turns(FEW);
    bob.send("JOIN #a");
    cat.send("JOIN #a hush");
    let heard = stage.heard(&mut bob);
    assert!(heard[0].contains(" 475 bob #a :"), "{heard:?}");
    assert_eq!(
        texts(&stage.heard(&mut ana)),
        ["MODE #a +k hush", "JOIN #a"]
    );
}

//! One thing after the other, although the journal has them later.

use super::*;

#[test]
fn whoever_quits_and_comes_back_at_once_has_their_name_again() {
    let mut stage = Stage::new();
    let mut bob = stage.register("bob", "");
    stage.join(&mut bob);
    for hangs_up_first in [false, true] {
        let mut ana = stage.register("ana", "");
        stage.join(&mut ana);
        ana.send("QUIT :brb");
        stage.turns(FEW);
        if hangs_up_first {
            drop(ana);
            stage.turns(FEW);
        }
        let mut again = stage.connect();
        again.send("NICK ANA\r\nUSER ana 0 * :ana");
        stage.settle();
        again.expect_contains(" 001 ANA ");
        let mut plain = again;
        stage.heard(&mut plain);
        plain.send("QUIT");
        stage.settle();
        stage.heard(&mut bob);
    }
}

#[test]
fn whoever_wanted_a_name_and_went_away_is_forgotten() {
    let mut stage = Stage::new();
    let mut ana = stage.register("ana", "");
    stage.join(&mut ana);
    ana.send("QUIT");
    stage.turns(FEW);
    for _ in 0..2 {
        let mut heir = stage.connect();
        heir.send("NICK ana\r\nUSER ana 0 * :ana");
        stage.turns(FEW);
        drop(heir);
    }
    stage.settle();
    stage.register("ana", "");
}

#[test]
fn what_is_said_to_operators_does_not_overtake_what_was_said_before() {
    let mut stage = Stage::new();
    let mut ana = stage.register("ana", "message-tags");
    stage.join(&mut ana);
    let mut bob = stage.register("bob", "message-tags");
    stage.join(&mut bob);
    stage.heard(&mut ana);
    bob.send("PRIVMSG #a :1\r\nPRIVMSG @#a :2\r\nPRIVMSG #a :3\r\n@+typing=done TAGMSG #a\r\nPRIVMSG #a :4");
    let heard = stage.heard(&mut ana);
    let said: Vec<&str> = heard
        .iter()
        .filter_map(|line| line.rsplit_once(' '))
        .map(|(_, last)| last)
        .collect();
    assert_eq!(said, [":1", ":2", ":3", "#a", ":4"], "{heard:?}");
}

//! A room that is kept in order by two libraries that bots are made of.

use test_support::LineClient;

use super::house::House;
use super::script::Script;

#[test]
fn bots_of_two_libraries_keep_a_room_in_order() {
    let house = House::of_one();
    let mut pia = Script::python_joins(&house, "pia");
    let mut fritz = Script::node_of_today_joins(&house, "fritz");
    pia.does("join #den");
    pia.tells("in #den");
    pia.does("mode #den +i");
    pia.tells("pia set #den +i");
    pia.does("invite #den fritz");
    fritz.tells("pia asked me to #den");
    fritz.does("join #den");
    pia.tells("fritz joined #den");
    pia.does("mode #den -i+o fritz");
    fritz.tells("pia set #den -i+o fritz");
    pia.tells("operators fritz pia voices");

    let mut rosa = LineClient::connect(house.irc);
    rosa.register("rosa");
    rosa.send("MODE rosa +B\r\nAWAY :tea");
    rosa.join("#den");
    pia.does("mode #den +v rosa");
    pia.tells("operators fritz pia voices rosa");
    fritz.does("who #den");
    fritz.tells("who pia:pia fritz:fritz rosa:rosa:away:bot");

    fritz.does("ban #den rosa!*@*");
    fritz.does("kick #den rosa too loud");
    rosa.expect_contains("KICK #den rosa :too loud");
    pia.tells("fritz removed rosa too loud");
    fritz.tells("fritz removed rosa too loud");
    rosa.send("JOIN #den");
    rosa.expect_contains(" 474 rosa #den :");
    fritz.does("bans #den");
    fritz.tells("bans rosa!*@*");
    assert_eq!(pia.warnings(), [""; 0], "{}", pia.log());
    assert_eq!(fritz.warnings(), [""; 0], "{}", fritz.log());
}

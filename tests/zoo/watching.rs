//! Three clients that tell when somebody comes and goes, each in its way: MONITOR of WeeChat and of
//! irc-framework, ISON of irssi.

use test_support::LineClient;

use super::guest::sees;
use super::house::House;
use super::irssi::Irssi;
use super::script::Script;
use super::weechat::WeeChat;

#[test]
fn clients_tell_when_a_friend_comes_and_goes() {
    let house = House::of_one();
    let irma = Irssi::joins(&house, "irma");
    let mut wanda = WeeChat::joins(&house, "wanda");
    let mut fritz = Script::node_joins(&house, "fritz");
    irma.say("/set notify_check_time 1s");
    irma.say("/notify zoe");
    wanda.say("/notify add zoe here");
    sees(&|| wanda.log(), "notify: zoe is offline", "");
    fritz.does("watch zoe");
    fritz.tells("not here zoe");

    // She is in no room.
    let mut zoe = LineClient::connect(house.irc);
    zoe.register("zoe");
    sees(&|| wanda.log(), "notify: zoe (", "has connected");
    fritz.tells("here zoe");
    sees(&|| irma.log(), "zoe [", "has joined to here");

    drop(zoe);
    sees(&|| wanda.log(), "notify: zoe has quit", "");
    sees(&|| irma.log(), "Irssi: zoe has left here", "");
    assert_eq!(irma.warnings(), [""; 0], "{}", irma.log());
    assert_eq!(wanda.warnings(), [""; 0], "{}", wanda.log());
    assert_eq!(fritz.warnings(), [""; 0], "{}", fritz.log());
}

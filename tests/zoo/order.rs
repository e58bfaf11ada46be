//! A room that irssi makes and WeeChat helps to keep in order, by the commands that their users know.

use test_support::LineClient;

use super::guest::sees;
use super::house::House;
use super::irssi::Irssi;
use super::weechat::WeeChat;

#[test]
fn irssi_and_weechat_keep_a_room_in_order() {
    let house = House::of_one();
    let irma = Irssi::joins(&house, "irma");
    irma.say("/join #den");
    sees(&|| irma.log(), "irma", "has joined #den");
    let mut wanda = WeeChat::joins(&house, "wanda");
    wanda.say("/join #den");
    sees(&|| irma.log(), "wanda [", "has joined #den");
    let mut rosa = member(&house, "rosa");

    irma.say("/op wanda");
    sees(&|| wanda.log(), "[+o wanda]", "irma");
    wanda.say("/kick #den rosa too loud");
    rosa.expect_contains("KICK #den rosa :too loud");
    sees(
        &|| irma.log(),
        "rosa was kicked from #den by wanda",
        "[too loud]",
    );

    rosa.send("JOIN #den");
    rosa.expect_contains(" 366 ");
    rosa.send("PRIVMSG #den :quieter now");
    sees(&|| irma.log(), "rosa", "quieter now");
    irma.say("/ban rosa");
    rosa.expect_contains(" MODE #den +b ");
    rosa.send("PART #den\r\nJOIN #den");
    rosa.expect_contains(" 474 rosa #den :");
    irma.say("/unban 1");
    sees(&|| wanda.log(), "[-b ", "irma");
    rosa.send("JOIN #den");
    rosa.expect_contains(" 366 ");

    // WeeChat bans the host of somebody it sees in the room, and only kicks somebody it does not.
    rosa.send("PRIVMSG #den :here again");
    sees(&|| wanda.log(), "rosa", "here again");
    wanda.say("/kickban #den rosa bye");
    rosa.expect_contains(" MODE #den +b *!rosa@");
    rosa.expect_contains("KICK #den rosa :bye");
    rosa.send("JOIN #den");
    rosa.expect_contains(" 474 rosa #den :");
    irma.say("/unban 1");
    sees(&|| wanda.log(), "[-b *!rosa@", "irma");
    rosa.send("JOIN #den");
    rosa.expect_contains(" 366 ");

    wanda.say("/mode #den +m");
    rosa.expect_contains(" MODE #den +m");
    rosa.send("PRIVMSG #den :hello?");
    rosa.expect_contains(" 404 rosa #den :");
    irma.say("/voice rosa");
    rosa.expect_contains(" MODE #den +v rosa");
    rosa.send("PRIVMSG #den :with a voice");
    sees(&|| irma.log(), "<+rosa> with a voice", "");

    irma.say("/mode #den +i");
    rosa.expect_contains(" MODE #den +i");
    let mut ina = LineClient::connect(house.irc);
    ina.register("ina");
    ina.send("JOIN #den");
    ina.expect_contains(" 473 ina #den :");
    irma.say("/invite ina");
    ina.expect_contains("INVITE ina");
    ina.send("JOIN #den");
    ina.expect_contains(" 366 ");
    sees(&|| wanda.log(), "ina", "has joined #den");

    assert_eq!(irma.warnings(), [""; 0], "{}", irma.log());
    assert_eq!(wanda.warnings(), [""; 0], "{}", wanda.log());
}

fn member(house: &House, name: &str) -> LineClient {
    let mut member = LineClient::connect(house.irc);
    member.register(name);
    member.join("#den");
    member
}

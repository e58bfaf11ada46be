//! An operator of the server with irssi, and those whom they send away.

use std::process::Command;

use test_support::Piped;

use super::guest::sees;
use super::house::House;
use super::irssi::Irssi;
use super::nc::NcAtPlain;
use super::weechat::WeeChat;

#[test]
fn irssi_keeps_the_server_in_order() {
    let house = House::with_an_operator();
    let irma = Irssi::joins(&house, "irma");
    let mut wanda = WeeChat::joins(&house, "wanda");
    let mut nico = NcAtPlain::joins(&house, "nico");

    irma.say("/kick nico out");
    sees(&|| irma.log(), "#lobby", "only an operator");
    irma.say("/oper ana secret");
    sees(&|| irma.log(), "Mode change [+o] for user irma", "");
    wanda.say("/whois irma");
    sees(&|| wanda.log(), "[irma] is an operator of this server", "");

    irma.say("/kick nico out");
    nico.reads("* irma removed nico (out)");
    sees(
        &|| irma.log(),
        "nico was kicked from #lobby by irma [out]",
        "",
    );
    sees(&|| wanda.log(), "irma has kicked nico (out)", "");
    nico.say("/join #lobby");
    sees(&|| irma.log(), "nico [", "has joined #lobby");

    irma.say("/kill wanda spam");
    sees(&|| wanda.log(), "You were killed by irma (spam)", "");
    sees(&|| irma.log(), "wanda [", "has quit [Killed (irma (spam))]");
    nico.reads("* wanda is gone (Killed (irma (spam)))");
}

#[test]
fn irssi_is_shown_who_is_a_bot() {
    let house = House::of_one();
    let irma = Irssi::joins(&house, "irma");
    let _bot = bot(&house);
    sees(&|| irma.log(), "pingbot [", "has joined #lobby");
    irma.say("!ping");
    sees(&|| irma.log(), "< pingbot> irma: pong", "");
    irma.say("/whois pingbot");
    sees(&|| irma.log(), "is a bot", "");
    irma.say("/who #lobby");
    sees(&|| irma.log(), "#lobby pingbot", " HB ");
    irma.say("/list -yes");
    sees(&|| irma.log(), "-!- #lobby 2", "");
    assert_eq!(irma.warnings(), [""; 0], "{}", irma.log());
}

/// The bot that is an example.
fn bot(house: &House) -> Piped {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/bot.py");
    let (ip, port) = (house.irc.ip().to_string(), house.irc.port().to_string());
    Piped::start(Command::new("python3").args([path, &ip, &port, "#lobby"]))
}

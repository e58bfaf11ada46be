//! IRC as it goes over the wire, for guests who have nothing between it and themselves.

use super::guest::{Sight, shows};

/// Whether the lines that came hold this.
pub(super) fn has_come(log: &str, sight: &Sight<'_>) -> bool {
    let action;
    let (who, parts) = match sight {
        Sight::Joined { who } => (who, [" JOIN ", "#lobby"]),
        Sight::Said { who, text } => (who, [" PRIVMSG #lobby :", *text]),
        Sight::Acted { who, text } => {
            action = self::action(text);
            (who, [" PRIVMSG #lobby :", action.as_str()])
        }
        Sight::Whispered { who, text } => (who, [" PRIVMSG ", *text]),
        Sight::Topic { who, text } => (who, [" TOPIC #lobby :", *text]),
        Sight::Renamed { who, new } => (who, [" NICK ", *new]),
        Sight::Left { who } => (who, [" QUIT ", ""]),
    };
    shows(log, &[&format!(":{who}!"), parts[0], parts[1]])
}

/// What `/me` sends. modern.ircdocs.horse/ctcp, "ACTION".
pub(super) fn action(text: &str) -> String {
    format!("\x01ACTION {text}\x01")
}

pub(super) fn privmsg(to: &str, text: &str) -> String {
    format!("PRIVMSG {to} :{text}")
}

/// Whether a line from the server refuses something. RFC 2812 §5.2: "Error replies are found in the
/// range from 400 to 599"; that there is no message of the day (422) is none.
pub(super) fn is_refusal(line: &str) -> bool {
    let mut words = line.split(' ').filter(|word| !word.starts_with(['@', ':']));
    words.next().is_some_and(|command| {
        let is_error = command.len() == 3 && command.starts_with(['4', '5']) && command != "422";
        is_error || ["ERROR", "FAIL", "WARN"].contains(&command)
    })
}

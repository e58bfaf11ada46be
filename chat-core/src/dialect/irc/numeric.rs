//! The numerics that we send, by their names. RFC 2812 §5 and modern.ircdocs.horse, "Numerics".

use std::fmt::{Display, Formatter, Result};

/// The number of a reply: three digits on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Numeric(pub u16);

impl Display for Numeric {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{:03}", self.0)
    }
}

macro_rules! numerics {
    ($($code:literal $name:ident $parameters:literal)*) => {
        $(
            #[doc = concat!("`", $parameters, "`")]
            pub const $name: Numeric = Numeric($code);
        )*

        #[cfg(test)]
        const ALL: &[(&str, Numeric)] = &[$((stringify!($name), $name)),*];
    };
}

numerics! {
    1 RPL_WELCOME ":Welcome…"
    2 RPL_YOURHOST ":Your host is…"
    3 RPL_CREATED ":This server was created…"
    4 RPL_MYINFO "<server> <version> <user modes> <room modes>"
    5 RPL_ISUPPORT "<token>… :are supported by this server"
    221 RPL_UMODEIS "<user modes>"
    251 RPL_LUSERCLIENT ":There are…"
    252 RPL_LUSEROP "<operators> :operator(s) online"
    253 RPL_LUSERUNKNOWN "<connections> :unknown connection(s)"
    254 RPL_LUSERCHANNELS "<rooms> :channels formed"
    255 RPL_LUSERME ":I have…"
    256 RPL_ADMINME "<server> :Administrative info"
    257 RPL_ADMINLOC1 ":<text>"
    258 RPL_ADMINLOC2 ":<text>"
    259 RPL_ADMINEMAIL ":<text>"
    263 RPL_TRYAGAIN "<command> :Please wait a while and try again"
    265 RPL_LOCALUSERS "<now> <most> :Current local users…"
    266 RPL_GLOBALUSERS "<now> <most> :Current global users…"
    301 RPL_AWAY "<nick> :<reason>"
    302 RPL_USERHOST ":<nick>=<+|-><user>@<host>…"
    303 RPL_ISON ":<nick>…"
    305 RPL_UNAWAY ":You are no longer marked as being away"
    306 RPL_NOWAWAY ":You have been marked as being away"
    311 RPL_WHOISUSER "<nick> <user> <host> * :<real name>"
    312 RPL_WHOISSERVER "<nick> <server> :<about it>"
    313 RPL_WHOISOPERATOR "<nick> :is an IRC operator"
    314 RPL_WHOWASUSER "<nick> <user> <host> * :<real name>"
    315 RPL_ENDOFWHO "<mask> :End of WHO list"
    317 RPL_WHOISIDLE "<nick> <seconds> <since> :seconds idle, signon time"
    318 RPL_ENDOFWHOIS "<nicks> :End of WHOIS list"
    319 RPL_WHOISCHANNELS "<nick> :<room>…"
    321 RPL_LISTSTART "Channel :Users Name"
    322 RPL_LIST "<room> <people> :<topic>"
    323 RPL_LISTEND ":End of LIST"
    324 RPL_CHANNELMODEIS "<room> <modes>"
    329 RPL_CREATIONTIME "<room> <since>"
    331 RPL_NOTOPIC "<room> :No topic is set"
    332 RPL_TOPIC "<room> :<topic>"
    333 RPL_TOPICWHOTIME "<room> <nick> <since>"
    335 RPL_WHOISBOT "<nick> :is a Bot"
    336 RPL_INVITELIST "<room>"
    337 RPL_ENDOFINVITELIST ":End of invite list"
    338 RPL_WHOISACTUALLY "<nick> <address> :is actually using host"
    341 RPL_INVITING "<nick> <room>"
    346 RPL_INVEXLIST "<room> <mask> <by> <since>"
    347 RPL_ENDOFINVEXLIST "<room> :End of channel invite exception list"
    348 RPL_EXCEPTLIST "<room> <mask> <by> <since>"
    349 RPL_ENDOFEXCEPTLIST "<room> :End of channel exception list"
    351 RPL_VERSION "<version> <server> :<comments>"
    352 RPL_WHOREPLY "<room> <user> <host> <server> <nick> <flags> :0 <real name>"
    353 RPL_NAMREPLY "= <room> :<prefix><nick>…"
    354 RPL_WHOSPCRPL "<field>… :<real name>"
    366 RPL_ENDOFNAMES "<room> :End of NAMES list"
    367 RPL_BANLIST "<room> <mask> <by> <since>"
    368 RPL_ENDOFBANLIST "<room> :End of channel ban list"
    369 RPL_ENDOFWHOWAS "<nick> :End of WHOWAS"
    371 RPL_INFO ":<text>"
    372 RPL_MOTD ":- <text>"
    374 RPL_ENDOFINFO ":End of INFO list"
    375 RPL_MOTDSTART ":- <server> Message of the day -"
    376 RPL_ENDOFMOTD ":End of MOTD command"
    381 RPL_YOUREOPER ":You are now an IRC operator"
    391 RPL_TIME "<server> :<time>"
    400 ERR_UNKNOWNERROR "<command> :<what went wrong>"
    401 ERR_NOSUCHNICK "<nick> :No such nick"
    402 ERR_NOSUCHSERVER "<server> :No such server"
    403 ERR_NOSUCHCHANNEL "<room> :No such channel"
    404 ERR_CANNOTSENDTOCHAN "<room> :Cannot send to channel"
    405 ERR_TOOMANYCHANNELS "<room> :You have joined too many channels"
    406 ERR_WASNOSUCHNICK "<nick> :There was no such nickname"
    407 ERR_TOOMANYTARGETS "<target> :Too many targets"
    409 ERR_NOORIGIN ":No origin specified"
    410 ERR_INVALIDCAPCMD "<subcommand> :Invalid CAP command"
    411 ERR_NORECIPIENT ":No recipient given"
    412 ERR_NOTEXTTOSEND ":No text to send"
    417 ERR_INPUTTOOLONG ":Input line was too long"
    421 ERR_UNKNOWNCOMMAND "<command> :Unknown command"
    422 ERR_NOMOTD ":MOTD is missing"
    431 ERR_NONICKNAMEGIVEN ":No nickname given"
    432 ERR_ERRONEUSNICKNAME "<nick> :Erroneous nickname"
    433 ERR_NICKNAMEINUSE "<nick> :Nickname is already in use"
    441 ERR_USERNOTINCHANNEL "<nick> <room> :They aren't on that channel"
    442 ERR_NOTONCHANNEL "<room> :You're not on that channel"
    443 ERR_USERONCHANNEL "<nick> <room> :is already on channel"
    451 ERR_NOTREGISTERED ":You have not registered"
    461 ERR_NEEDMOREPARAMS "<command> :Not enough parameters"
    462 ERR_ALREADYREGISTERED ":You may not reregister"
    464 ERR_PASSWDMISMATCH ":Password incorrect"
    465 ERR_YOUREBANNEDCREEP ":You are banned from this server"
    471 ERR_CHANNELISFULL "<room> :Cannot join channel (+l)"
    472 ERR_UNKNOWNMODE "<mode> :is unknown mode char to me"
    473 ERR_INVITEONLYCHAN "<room> :Cannot join channel (+i)"
    474 ERR_BANNEDFROMCHAN "<room> :Cannot join channel (+b)"
    475 ERR_BADCHANNELKEY "<room> :Cannot join channel (+k)"
    478 ERR_BANLISTFULL "<room> <list> :Channel list is full"
    481 ERR_NOPRIVILEGES ":Permission Denied- You're not an IRC operator"
    482 ERR_CHANOPRIVSNEEDED "<room> :You're not channel operator"
    483 ERR_CANTKILLSERVER ":You can't kill a server!"
    491 ERR_NOOPERHOST ":No O-lines for your host"
    501 ERR_UMODEUNKNOWNFLAG ":Unknown MODE flag"
    502 ERR_USERSDONTMATCH ":Cant change mode for other users"
    524 ERR_HELPNOTFOUND "<subject> :No help available on this topic"
    531 ERR_CANNOTSENDTOUSER "<nick> :You can't send messages to this user"
    696 ERR_INVALIDMODEPARAM "<room> <mode> <parameter> :<why>"
    704 RPL_HELPSTART "<subject> :<text>"
    705 RPL_HELPTXT "<subject> :<text>"
    706 RPL_ENDOFHELP "<subject> :<text>"
    730 RPL_MONONLINE ":<nick>!<user>@<host>,…"
    731 RPL_MONOFFLINE ":<nick>,…"
    732 RPL_MONLIST ":<nick>,…"
    733 RPL_ENDOFMONLIST ":End of MONITOR list"
    734 ERR_MONLISTFULL "<limit> <nick>,… :Monitor list is full."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_numeric_has_three_digits() {
        assert_eq!(RPL_WELCOME.to_string(), "001");
        assert_eq!(ERR_HELPNOTFOUND.to_string(), "524");
    }

    #[test]
    fn replies_and_errors_are_in_their_ranges_and_no_number_is_used_twice() {
        for pair in ALL.windows(2) {
            assert!(pair[0].1.0 < pair[1].1.0, "{} and {}", pair[0].0, pair[1].0);
        }
        for (name, code) in ALL {
            assert_eq!(
                name.starts_with("ERR_"),
                (400..600).contains(&code.0) || [696, 734].contains(&code.0),
                "{name}"
            );
        }
    }
}

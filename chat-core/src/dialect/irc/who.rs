//! What WHO asks for besides whom. RFC 2812 §3.6.1, IRCv3 whox.

/// `WHO <mask> [o][%<fields>[,<token>]]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WhoOptions {
    /// Operators of the server alone.
    pub operators_only: bool,
    /// The fields of the answer, if it is not to be the usual one.
    pub fields: Option<Fields>,
}

/// The fields that WHOX is to tell, and its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fields {
    /// A bit for each, in the order of [`Fields::ORDER`].
    set: u16,
    token: u16,
    /// How many digits the token was written with.
    digits: u8,
}

impl WhoOptions {
    /// Reads the second parameter.
    #[must_use]
    pub fn parse(param: &str) -> WhoOptions {
        let (flags, fields) = match param.split_once('%') {
            Some((flags, fields)) => (flags, Some(Fields::parse(fields))),
            None => (param, None),
        };
        WhoOptions {
            operators_only: flags.eq_ignore_ascii_case("o"),
            fields,
        }
    }
}

impl Fields {
    /// Token, channel, user, ip, host, server, nick, flags, distance, idle, account, rank, real name: in this order they are
    /// told. IRCv3 whox, and two that older servers have.
    pub const ORDER: [char; 13] = [
        't', 'c', 'u', 'i', 'h', 's', 'n', 'f', 'd', 'l', 'a', 'o', 'r',
    ];

    /// Fields that we do not have are ignored, as the specification asks; a token that it forbids is 0.
    fn parse(text: &str) -> Fields {
        let (letters, token) = text.split_once(',').unwrap_or((text, ""));
        let is_token = token.len() <= TOKEN_DIGITS_MAX && token.bytes().all(|b| b.is_ascii_digit());
        let token = if is_token { token } else { "" };
        let places = Fields::ORDER.iter().enumerate();
        let set = places.filter(|(_, letter)| letters.contains(**letter));
        Fields {
            set: set.fold(0, |set, (place, _)| set | 1 << place),
            token: token.parse().unwrap_or(0),
            digits: u8::try_from(token.len()).unwrap_or(0),
        }
    }

    /// Those that are wanted, in the order in which they are told.
    pub fn wanted(self) -> impl Iterator<Item = char> {
        let places = Fields::ORDER.into_iter().enumerate();
        places.filter_map(move |(place, letter)| (self.set >> place & 1 == 1).then_some(letter))
    }

    /// The token as it was written.
    #[must_use]
    pub fn token(self) -> String {
        format!("{:0width$}", self.token, width = usize::from(self.digits))
    }
}

/// Digits of a token. IRCv3 whox.
const TOKEN_DIGITS_MAX: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_told_in_one_order_whatever_was_asked_first() {
        let read = |param: &str| {
            let WhoOptions {
                operators_only,
                fields,
            } = WhoOptions::parse(param);
            let told = fields.map(|fields| (fields.wanted().collect::<String>(), fields.token()));
            (operators_only, told)
        };
        let cases = [
            ("o", true, None),
            ("O", true, None),
            ("bob", false, None),
            ("", false, None),
            ("%", false, Some(("", "0"))),
            ("%rnu", false, Some(("unr", "0"))),
            ("o%nt,42", true, Some(("tn", "42"))),
            ("%tcuihsnfdlaor,007", false, Some(("tcuihsnfdlaor", "007"))),
            ("%xyznn", false, Some(("n", "0"))),
            ("%t,1234", false, Some(("t", "0"))),
            ("%t,-1", false, Some(("t", "0"))),
            ("%t,", false, Some(("t", "0"))),
            ("%t,1,2", false, Some(("t", "0"))),
        ];
        for (param, operators_only, told) in cases {
            let told = told.map(|(fields, token): (&str, &str)| (fields.into(), token.into()));
            assert_eq!(read(param), (operators_only, told), "{param}");
        }
    }
}

//! Who is measured: a server, and how it is spoken to.

use crate::kind::Kind;

/// A program that passes messages on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Server {
    /// chat-web, in one process.
    Chat,
    /// The loop that only writes.
    Bare,
    /// The same without mio: what a library around epoll costs.
    BareEpoll,
    Redis,
    Inspircd,
    Ngircd,
    Bun,
}

/// What carries the messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    Irc,
    Ws,
    Redis,
}

/// A server, spoken to in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Contender {
    pub(crate) server: Server,
    pub(crate) over: Over,
    /// With the capabilities `message-tags` and `server-time`.
    pub(crate) tags: bool,
}

/// The four ways in which the chat and the bare loop are spoken to: the columns of the table.
pub(crate) const FORMS: [(Over, bool); 4] = [
    (Over::Irc, false),
    (Over::Irc, true),
    (Over::Ws, false),
    (Over::Ws, true),
];

/// The others, over what they speak.
pub(crate) const PEERS: [(Server, Over); 5] = [
    (Server::BareEpoll, Over::Irc),
    (Server::Bun, Over::Ws),
    (Server::Redis, Over::Redis),
    (Server::Ngircd, Over::Irc),
    (Server::Inspircd, Over::Irc),
];

/// Everybody, the chat and the bare loop of a form next to each other.
pub(crate) fn all() -> Vec<Contender> {
    let both =
        |(over, tags)| [Server::Bare, Server::Chat].map(|server| Contender { server, over, tags });
    let peer = |&(server, over)| Contender {
        server,
        over,
        tags: false,
    };
    FORMS
        .into_iter()
        .flat_map(both)
        .chain(PEERS.iter().map(peer))
        .collect()
}

impl Server {
    pub(crate) const ALL: [Server; 7] = [
        Server::Chat,
        Server::Bare,
        Server::BareEpoll,
        Server::Redis,
        Server::Inspircd,
        Server::Ngircd,
        Server::Bun,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Server::Chat => "chat",
            Server::Bare => "bare loop",
            Server::BareEpoll => "bare loop, raw epoll",
            Server::Redis => "Redis",
            Server::Inspircd => "InspIRCd",
            Server::Ngircd => "ngIRCd",
            Server::Bun => "Bun",
        }
    }
}

impl Over {
    /// As `crowd --over` and `bare_fan --over` have it.
    pub(crate) fn flag(self) -> &'static str {
        match self {
            Over::Irc => "irc",
            Over::Ws => "ws",
            Over::Redis => "redis",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Over::Irc => "IRC",
            Over::Ws => "WebSocket",
            Over::Redis => "RESP",
        }
    }
}

impl Contender {
    /// `chat, WebSocket with tags`.
    pub(crate) fn name(self) -> String {
        let tags = if self.tags { " with tags" } else { "" };
        format!("{}, {}{tags}", self.server.name(), self.over.name())
    }

    /// The bare loop that this one is measured against: the same door, the same length of line.
    pub(crate) fn floor(self) -> Contender {
        let over = match self.over {
            Over::Ws => Over::Ws,
            Over::Irc | Over::Redis => Over::Irc,
        };
        Contender {
            server: Server::Bare,
            over,
            tags: self.tags,
        }
    }

    pub(crate) fn is_ours(self) -> bool {
        matches!(self.server, Server::Chat | Server::Bare)
    }

    /// Whether a smoke run has it: the shortest form and the longest.
    pub(crate) fn is_quick(self) -> bool {
        self.is_ours() && (self.over == Over::Ws) == self.tags
    }

    /// Why there is no figure of this one, if it does not do such a thing at all.
    pub(crate) fn inability(self, kind: &Kind) -> Option<&'static str> {
        match (self.server, kind) {
            (Server::Bare | Server::BareEpoll, Kind::Join { .. }) => {
                Some("the bare loop does not tell who joins")
            }
            (Server::Bare | Server::BareEpoll, Kind::Flood { .. }) => {
                Some("the bare loop has one room, and bounds nothing in it")
            }
            (Server::Bare | Server::BareEpoll, Kind::Stalled { .. }) => {
                Some("the bare loop bounds nothing: whoever never reads costs memory without end")
            }
            (Server::Bun, Kind::Join { .. }) => Some("the script for Bun does not tell who joins"),
            (Server::Redis, Kind::Join { .. }) => Some("Redis does not tell who subscribes"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_a_floor_that_is_measured_too() {
        let all = all();
        for contender in &all {
            assert!(all.contains(&contender.floor()), "{}", contender.name());
        }
        let quick: Vec<String> = all
            .iter()
            .filter(|c| c.is_quick())
            .map(|c| c.name())
            .collect();
        assert_eq!(quick.len(), 4, "{quick:?}");
    }

    #[test]
    fn a_floor_speaks_the_same() {
        let chat = Contender {
            server: Server::Chat,
            over: Over::Ws,
            tags: true,
        };
        assert_eq!(chat.floor().name(), "bare loop, WebSocket with tags");
    }
}

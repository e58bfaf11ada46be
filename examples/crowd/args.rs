//! The arguments.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// N people against any chat server: what it costs to pass a message on, and how long it takes.
#[derive(Debug, Parser)]
#[command(name = "crowd", version = None)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) case: Case,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Case {
    /// Talkers keep so many messages in flight: what a delivery costs, and how many there are
    Talk(Talk),
    /// One talker keeps time: how long a message takes, from when it was to be said
    Latency(Latency),
    /// People in rooms who say nothing: the memory of one, the CPU of all. For a server started afresh:
    /// memory that it had used before, and kept, would be missing
    Idle(Idle),
    /// Everybody enters a room at once: how long until all are in it and know of each other
    Join(Join),
    /// One talker at full speed: how long others wait for an answer. Never sleeps
    Flood(Flood),
}

/// What all cases take.
#[derive(Clone, Debug, Args)]
pub(crate) struct Common {
    /// Where the server is
    #[arg(default_value = "127.0.0.1:6667")]
    pub(crate) address: SocketAddr,

    /// The protocol: lines of IRC, the same in WebSocket frames, or Redis's SUBSCRIBE and PUBLISH
    #[arg(long, value_enum, default_value_t = Over::Irc)]
    pub(crate) over: Over,

    /// The path of the WebSocket
    #[arg(long, default_value = "/socket")]
    pub(crate) path: String,

    /// Capabilities to ask an IRC server for, such as message-tags,server-time
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) caps: Vec<String>,

    /// The room that everybody is in
    #[arg(long, default_value = "#crowd")]
    pub(crate) room: String,

    /// The length of a text
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(24..=8192))]
    pub(crate) bytes: u16,

    /// How long to measure
    #[arg(long, default_value = "5", value_parser = seconds)]
    pub(crate) seconds: Duration,

    /// How long to go on before measuring
    #[arg(long, default_value = "1", value_name = "SECONDS", value_parser = seconds)]
    pub(crate) warmup: Duration,

    /// Sleeps until something comes. By default this asks again and again, so the server never pays for waking it
    #[arg(long)]
    pub(crate) sleep: bool,

    /// A process of the server, whose CPU and memory are read from /proc; may be repeated
    #[arg(long, value_name = "PID")]
    pub(crate) server_pid: Vec<u32>,

    /// Prints one JSON object instead of a table
    #[arg(long)]
    pub(crate) json: bool,
}

impl Common {
    /// Where readers are.
    pub(crate) fn room(&self) -> Rc<str> {
        self.room.as_str().into()
    }

    /// Where talkers are: in the room too, but for Redis, where whoever subscribes may not publish.
    pub(crate) fn talkers_room(&self) -> Option<Rc<str>> {
        (self.over != Over::Redis).then(|| self.room())
    }

    /// Where somebody is who is not with the others. At Redis this is who does not subscribe.
    pub(crate) fn other_room(&self) -> Option<Rc<str>> {
        let name = || format!("{}-other", self.room).into();
        (self.over != Over::Redis).then(name)
    }
}

/// How people talk to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Over {
    Irc,
    Ws,
    Redis,
}

#[derive(Debug, Args)]
pub(crate) struct Talk {
    #[command(flatten)]
    pub(crate) common: Common,

    /// People who only read
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) readers: u32,

    /// People who talk
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub(crate) talkers: u16,

    /// Messages of one talker that not everybody has yet
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub(crate) window: u32,

    /// More people, who come into the room and then never read
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub(crate) stalled: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Latency {
    #[command(flatten)]
    pub(crate) common: Common,

    /// People who only read
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) readers: u32,

    /// Messages each second
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) rate: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Idle {
    #[command(flatten)]
    pub(crate) common: Common,

    /// People whose memory is measured
    #[arg(long, default_value_t = 9000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) people: u32,

    /// People who come before, and are not counted
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(..=100_000))]
    pub(crate) first: u32,

    /// People in one room
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) rooms_of: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Join {
    #[command(flatten)]
    pub(crate) common: Common,

    /// How many enter the room
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) people: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Flood {
    #[command(flatten)]
    pub(crate) common: Common,

    /// People who read what the talker says
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) readers: u32,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| *seconds <= 3600.0);
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "write a number of seconds, 3600 at most, such as 2.5".to_owned())
}

//! A server for one measurement: how each of them is started, and when it is there.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::contender::{Contender, Over, Server};
use crate::process::{LOOK_EVERY, Process};
use crate::workshop::Workshop;

/// A server that takes connections. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    process: Process,
    pub(crate) address: SocketAddr,
}

impl Running {
    /// Starts a server and waits until it takes connections.
    pub(crate) fn start(workshop: &Workshop, contender: Contender) -> anyhow::Result<Running> {
        let name = contender.server.name();
        let program = workshop.program(contender.server);
        let program = program.with_context(|| format!("{name} is not installed"))?;
        let port = free_port()?;
        let mut command = workshop.pinned(workshop.server_cpu, &program);
        command.args(arguments(workshop, contender, port)?);
        let mut process = Process::start(command, &workshop.folder, "server")?;
        let address = await_door(workshop, &mut process, contender, port);
        let address = address.with_context(|| format!("{name} does not start"))?;
        Ok(Running { process, address })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// If it has ended by itself: what it complained of.
    pub(crate) fn failure(&mut self) -> anyhow::Result<Option<String>> {
        let ended = self.process.ended()?;
        Ok(ended.map(|status| format!("it ended, {status}: {}", self.process.complaint())))
    }
}

fn arguments(workshop: &Workshop, contender: Contender, port: u16) -> anyhow::Result<Vec<String>> {
    let port = port.to_string();
    let file = write_configuration(workshop, contender.server, &port)?;
    let (tags, over) = (contender.tags, contender.over.flag());
    let mut words = match contender.server {
        Server::Chat => CHAT.to_vec(),
        Server::Bare => [&BARE[..], &[over]].concat(),
        Server::BareEpoll => [&BARE[..], &[over, "--raw-epoll"]].concat(),
        Server::Redis => [&REDIS[..], &["--port", &port]].concat(),
        Server::Inspircd => [&INSPIRCD[..], &["--config", &file]].concat(),
        Server::Ngircd => vec!["--nodaemon", "--config", &file],
        Server::Bun => vec![file.as_str(), port.as_str()],
    };
    if tags && contender.server == Server::Bare {
        words.push("--tags");
    }
    Ok(words.into_iter().map(str::to_owned).collect())
}

/// Gives its path; nothing for a server that has none.
fn write_configuration(workshop: &Workshop, server: Server, port: &str) -> anyhow::Result<String> {
    let (name, text) = match server {
        Server::Inspircd => ("inspircd.conf", INSPIRCD_CONF),
        Server::Ngircd => ("ngircd.conf", NGIRCD_CONF),
        Server::Bun => ("bun.js", BUN_JS),
        _ => return Ok(String::new()),
    };
    let path = workshop.folder.join(name);
    fs::write(&path, text.replace("PORT", port))?;
    Ok(path.display().to_string())
}

fn await_door(
    workshop: &Workshop,
    process: &mut Process,
    contender: Contender,
    port: u16,
) -> anyhow::Result<SocketAddr> {
    let patience = Instant::now() + PATIENCE;
    while Instant::now() < patience {
        workshop.interrupt.check()?;
        if process.ended()?.is_some() {
            anyhow::bail!("{}", process.complaint());
        }
        let door = match contender.server {
            Server::Chat | Server::Bare | Server::BareEpoll => {
                announced(&process.stdout(), contender.over)
            }
            _ => Some(SocketAddr::from(([127, 0, 0, 1], port))),
        };
        if let Some(door) = door.filter(|door| TcpStream::connect(door).is_ok()) {
            return Ok(door);
        }
        sleep(LOOK_EVERY);
    }
    anyhow::bail!(
        "after {PATIENCE:?} it takes no connection: {}",
        process.complaint()
    )
}

/// The door that a program of ours has said it opened, once it is ready.
fn announced(stdout: &str, over: Over) -> Option<SocketAddr> {
    let ready = stdout.lines().any(|line| line == "ready");
    let names = if over == Over::Ws {
        ["http", "ws"]
    } else {
        ["irc", "irc"]
    };
    let door = |line: &str| {
        let mut words = line.split_whitespace();
        names
            .contains(&words.next()?)
            .then(|| words.next()?.parse().ok())?
    };
    stdout.lines().find_map(door).filter(|_| ready)
}

/// Somebody else may take it before the server does; then the server says so.
fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Everything as it is by default, but the limits on talking fast, and the disk: the others have none.
const CHAT: [&str; 8] = [
    "--unlimited",
    "--memory",
    "--irc",
    "127.0.0.1:0",
    "--http",
    "127.0.0.1:0",
    "--plain",
    "none",
];
const BARE: [&str; 3] = ["--listen", "127.0.0.1:0", "--over"];
/// Without a disk, and without a bound for those who read slowly.
const REDIS: [&str; 12] = [
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "no",
    "--maxclients",
    "12000",
    "--tcp-backlog",
    "4096",
    "--client-output-buffer-limit",
    "pubsub 0 0 0",
];
const INSPIRCD: [&str; 4] = ["--nofork", "--nolog", "--nopid", "--runasroot"];

const INSPIRCD_CONF: &str = include_str!("../../../peers/inspircd.conf");
const NGIRCD_CONF: &str = include_str!("../../../peers/ngircd.conf");
const BUN_JS: &str = include_str!("../../../peers/bun.js");

/// For a server to start.
const PATIENCE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_door_counts_once_the_program_is_ready() {
        let doors =
            "http 127.0.0.1:4001 — http://127.0.0.1:4001/\nirc 127.0.0.1:4002 — any client\n";
        assert_eq!(announced(doors, Over::Irc), None);
        let ready = format!("{doors}ready\n");
        assert_eq!(
            announced(&ready, Over::Irc),
            Some(([127, 0, 0, 1], 4002).into())
        );
        assert_eq!(
            announced(&ready, Over::Ws),
            Some(([127, 0, 0, 1], 4001).into())
        );
        let bare = "ws 127.0.0.1:4003\nready\n";
        assert_eq!(
            announced(bare, Over::Ws),
            Some(([127, 0, 0, 1], 4003).into())
        );
    }
}

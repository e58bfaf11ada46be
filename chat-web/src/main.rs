//! `chat-web`: the whole chat in one process, or the page of a relay elsewhere; either on one reactor.

use std::process::ExitCode;

use anyhow::Context;
use chat_core::dialect::Dialect;
use chat_core::net::{Door, Framing};
use chat_core::relay::{self, Relay};
use chat_core::secret::Secret;
use chat_relay::doors::{self, Announced, Kind};
use chat_relay::{args::RelayArgs, daemon, data};
use chat_web::args::{Args, RelayAddress};
use chat_web::gateway::{Gateway, GatewaySettings};
use chat_web::origin::Origins;
use chat_web::page::Page;
use chat_web::proxy::Proxies;
use chat_web::site::{Site, SiteSettings};
use chat_web::web::{Settings, Web};
use clap::Parser;

/// Whose folder it is.
const PROGRAM: &str = "chat-web";

fn main() -> ExitCode {
    daemon::end(run())
}

fn run() -> anyhow::Result<()> {
    let args = Args::parse();
    daemon::start_log();
    if let Some(command) = &args.command {
        return command.run(PROGRAM);
    }
    args.check()?;
    match &args.relay {
        None => run_chat(&args),
        Some(relay) => run_gateway(&args, relay),
    }
}

/// A chat with doors for browsers and for lines.
fn run_chat(args: &Args) -> anyhow::Result<()> {
    let browsers = open_for_browsers(args)?;
    let builder = Relay::builder()
        .title(&args.chat.title)
        .motd(args.chat.message_of_the_day()?)
        .room(args.chat.room.clone())
        .password(args.chat.password()?)
        .gateways(args.chat.gateways()?)
        .slow(args.chat.slow)
        .limits(args.chat.limits()?);
    let builder = args.chat.with_opers(builder)?;
    let journal = args.chat.kept.open(PROGRAM)?;
    let kept = data::announced(journal.as_ref());
    let builder = data::keep(builder, journal);
    let (builder, announced) = doors::open_for_lines(builder, &args.chat)?;
    let page = Page::new()
        .origins(Origins::new(args.origin.clone()))
        .proxies(Proxies::new(args.proxy.clone()));
    let relay = page.build(builder).context("cannot start")?;
    serve(relay, browsers, announced, &args.chat, &kept)
}

/// Doors for browsers, and behind them a relay elsewhere.
fn run_gateway(args: &Args, relay: &RelayAddress) -> anyhow::Result<()> {
    let browsers = open_for_browsers(args)?;
    anyhow::ensure!(!browsers.is_empty(), "no door is open: name one by --http");
    let limits = args.chat.limits()?;
    let password = args.chat.password()?;
    let settings = GatewaySettings {
        relay: relay.0.clone(),
        secret: args.chat.secret_of_gateways()?,
        password: password.clone(),
        limits,
    };
    let site = Site::new(settings_of(args, password)?);
    for address in &settings.relay {
        log::info!("the page of the relay at {address}");
    }
    if settings.secret.is_none() {
        log::info!(
            "without --gateway-secret, everybody appears at the relay with this program's address"
        );
    }
    let gateway = Gateway::new(site, settings);
    let relay = Relay::serving(gateway, &limits).context("cannot start")?;
    serve(relay, browsers, Announced::new(), &args.chat, "")
}

fn open_for_browsers(args: &Args) -> anyhow::Result<Vec<Door>> {
    let settings = Settings::from(&args.chat.limits()?);
    let framing = move || -> Box<dyn Framing> { Box::new(Web::new(settings)) };
    let doors = doors::open(Kind::Http, &args.http, framing)?;
    let slow = args.chat.slow.at(Dialect::Irc);
    Ok(doors.into_iter().map(|door| door.slow(slow)).collect())
}

/// Opens the doors for browsers, says where all doors are, and serves.
fn serve<H: relay::Front>(
    mut relay: Relay<H>,
    browsers: Vec<Door>,
    mut announced: Announced,
    args: &RelayArgs,
    kept: &str,
) -> anyhow::Result<()> {
    for door in browsers {
        announced.insert(0, (Kind::Http, door.local_addr()?));
        relay.open(door).context("cannot start")?;
    }
    anyhow::ensure!(
        !announced.is_empty(),
        "no door is open: name one by --http, --irc or --plain"
    );
    daemon::warn_of(args);
    doors::announce(&announced, &args.room, kept)?;
    daemon::serve(&mut relay)
}

/// The password is handed in: its file may be a pipe, which can be read once.
fn settings_of(args: &Args, password: Option<Secret>) -> anyhow::Result<SiteSettings> {
    Ok(SiteSettings {
        title: args.chat.title.clone(),
        room: args.chat.room.clone(),
        irc: String::new(),
        plain: String::new(),
        password,
        proxies: Proxies::new(args.proxy.clone()),
        origins: Origins::new(args.origin.clone()),
        sessions_per_address_max: args.chat.limits()?.connections_per_address,
    })
}

//! `chat-web`: the whole chat in one process, on one reactor.

use std::process::ExitCode;

use anyhow::Context;
use chat_core::names::RoomName;
use chat_core::relay::Relay;
use chat_core::secret::Secret;
use chat_relay::daemon;
use chat_relay::doors::{self, Announced, Kind, reachable};
use chat_web::args::Args;
use chat_web::front::Front;
use chat_web::origin::Origins;
use chat_web::proxy::Proxies;
use chat_web::site::{Site, SiteSettings};
use chat_web::web::{Settings, Web};
use clap::Parser;

fn main() -> ExitCode {
    daemon::end(run())
}

fn run() -> anyhow::Result<()> {
    let args = Args::parse();
    daemon::start_log();
    let limits = args.relay.limits()?;
    let password = args.relay.password()?;
    let settings = Settings::from(&limits);
    let browsers = doors::open(Kind::Http, &args.http, move || Box::new(Web::new(settings)))?;
    let builder = Relay::builder()
        .title(&args.title)
        .room(args.relay.room.clone())
        .password(password.clone())
        .gateways(args.relay.gateways()?)
        .limits(limits);
    let (builder, mut announced) = doors::open_for_lines(builder, &args.relay)?;
    let (site, count) = (
        Site::new(settings_of(&args, &announced, password)?),
        announced.len(),
    );
    let mut relay = builder
        .build_with(|chat| Front::new(chat, site, count))
        .context("cannot start")?;
    for door in browsers {
        announced.insert(0, (Kind::Http, door.local_addr()?));
        relay.open(door).context("cannot start")?;
    }
    anyhow::ensure!(
        !announced.is_empty(),
        "no door is open: name one by --http, --irc or --plain"
    );
    daemon::warn_of(&args.relay);
    doors::announce(&announced, &args.relay.room)?;
    daemon::serve(&mut relay)
}

fn settings_of(
    args: &Args,
    doors: &Announced,
    password: Option<Secret>,
) -> anyhow::Result<SiteSettings> {
    let at = |kind| {
        let door = doors.iter().find(|(other, _)| *other == kind);
        door.map(|(_, at)| reachable(*at).to_string())
            .unwrap_or_default()
    };
    Ok(SiteSettings {
        title: args.title.clone(),
        room: RoomName::clone(&args.relay.room),
        irc: at(Kind::Irc),
        plain: at(Kind::Plain),
        password,
        proxies: Proxies::new(args.proxy.clone()),
        origins: Origins::new(args.origin.clone()),
        sessions_per_address_max: args.relay.limits()?.connections_per_address,
    })
}

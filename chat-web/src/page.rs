//! A chat page for a program of one's own. Floor 5.
//!
//! The relay is built as chat-core has it, and the page is put around its chat.
//! Title, room, password, limits, the doors for lines and what becomes of slow readers are the
//! [`Builder`]'s; the rest is said here. Two pages may be in one process.

use std::borrow::Cow;
use std::fmt;
use std::net::{SocketAddr, TcpListener};

use chat_core::chat::Chat;
use chat_core::dialect::Dialect;
use chat_core::net::{Door, Framing};
use chat_core::relay::{Builder, Relay, StartError};
use chat_relay::doors::{Kind, reachable};

use crate::assets::{Asset, AssetError, Assets, ICON, OWN_STYLE};
use crate::front::Front;
use crate::origin::Origins;
use crate::proxy::Proxies;
use crate::reception::body_bytes_max;
use crate::site::{House, Site, SiteSettings};
use crate::web::{Settings, Web};

/// Builds the page, the login and the WebSocket door around the chat of a relay.
///
/// ```no_run
/// use chat_core::relay::Relay;
/// use chat_web::page::Page;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut relay = Page::new()
///     .at("127.0.0.1:8080".parse()?)
///     .build(Relay::builder().title("Game night"))?;
/// relay.run()?;
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
pub struct Page {
    places: Vec<Place>,
    style: String,
    icon: Option<Asset>,
    files: Vec<Asset>,
    origins: Origins,
    proxies: Proxies,
    house: Option<Box<dyn House>>,
}

/// Where browsers connect.
enum Place {
    At(SocketAddr),
    Listener(TcpListener),
}

/// Why there is no page. All of it is for whoever starts the program to mend.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PageError {
    /// The relay cannot start, or a door for browsers cannot be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// One of the program's files cannot be served.
    #[error(transparent)]
    Asset(#[from] AssetError),
}

impl Page {
    /// A page like that of the program `chat-web`, without a door.
    #[must_use]
    pub fn new() -> Page {
        Page::default()
    }

    /// Opens a door for browsers there; port 0 takes a free one. May be repeated. Whoever opens doors
    /// later, by [`Relay::open`], gives them the framing [`Web`].
    #[must_use]
    pub fn at(mut self, address: SocketAddr) -> Page {
        self.places.push(Place::At(address));
        self
    }

    /// Takes a socket that listens already as a door for browsers. May be repeated.
    #[must_use]
    pub fn listener(mut self, listener: TcpListener) -> Page {
        self.places.push(Place::Listener(listener));
        self
    }

    /// Adds rules to a stylesheet that follows ours on every page; it is `/assets/own.css`, for the
    /// program's own pages too. A colour is changed by its property:
    ///
    /// | property of `:root` | what has it |
    /// |---|---|
    /// | `--ground`, `--ink` | the page, and what is said |
    /// | `--side`, `--line`, `--pressed` | the lists at the sides and the page around the login; lines; what is chosen |
    /// | `--quiet` | what is said less loudly: times, topics, notes; paler, the frames of boxes |
    /// | `--accent` | links, buttons with `--ground` as their text, the box that is typed into |
    /// | `--want`, `--edge`, `--want-ink` | what mentions the reader; the state of the connection |
    /// | `--wrong`, `--wrong-ground` | errors |
    /// | `--name`, `--tint` | lightness and chroma of names, and of the squares beside them |
    ///
    /// There are two sets, the second within `@media (prefers-color-scheme: dark)`: set a colour in
    /// both. Every text on its ground has a contrast of 4.5 to 1 or more; keep it so. Other properties and
    /// the names of classes may change.
    #[must_use]
    pub fn style(mut self, css: &str) -> Page {
        self.style.push_str(css);
        self
    }

    /// Serves a file at `/assets/NAME`, of a media type such as `image/png`, as ours are: in gzip if
    /// that is shorter, and with a validator, so that a browser which has it is told so. None of ours
    /// can be replaced, but for the [picture](Page::icon). It has no more bytes than the limit `send_queue_bytes` less 1 KiB.
    #[must_use]
    pub fn asset(
        mut self,
        name: impl Into<Cow<'static, str>>,
        media: impl Into<Cow<'static, str>>,
        bytes: impl Into<Cow<'static, [u8]>>,
    ) -> Page {
        self.files.push(Asset::new(name, media, bytes));
        self
    }

    /// The chat's picture in the place of ours: at its login, beside its title, in the browser's tab, where
    /// a dot on it says that somebody is wanted, and in notifications. It is square, of a media type such
    /// as `image/png` or `image/svg+xml`; give the latter a `width` and a `height`, or some browsers
    /// show the dot alone. Whatever its type, it is `/assets/icon.svg`, for the program's own pages too. It has no more
    /// bytes than other [files](Page::asset).
    #[must_use]
    pub fn icon(
        mut self,
        media: impl Into<Cow<'static, str>>,
        bytes: impl Into<Cow<'static, [u8]>>,
    ) -> Page {
        self.icon = Some(Asset::new(ICON, media, bytes));
        self
    }

    /// Names that the page is reached by, besides addresses and `localhost`.
    #[must_use]
    pub fn origins(mut self, origins: Origins) -> Page {
        self.origins = origins;
        self
    }

    /// Proxies in front of it, whose `X-Forwarded-For` is believed.
    #[must_use]
    pub fn proxies(mut self, proxies: Proxies) -> Page {
        self.proxies = proxies;
        self
    }

    /// The program's own pages, and its own log-in.
    #[must_use]
    pub fn house(mut self, house: impl House + 'static) -> Page {
        self.house = Some(Box::new(house));
        self
    }

    /// The relay with the page around its chat. In [`Relay::addresses`] the builder's doors come first
    /// and those of the page behind them, in the order in which they were named.
    ///
    /// # Errors
    /// A door cannot be opened, a file cannot be served, or the system refuses what a reactor needs.
    pub fn build(self, builder: Builder) -> Result<Relay<Front>, PageError> {
        let settings = Settings::from(builder.bounds());
        let slow = builder.slow_readers().at(Dialect::Irc);
        let lines = builder.doors().map_err(StartError::from)?;
        let bytes_max = builder.bounds().send_queue_bytes;
        let assets = assets(&self.style, self.icon, self.files, bytes_max)?;
        let places = self.places.into_iter();
        let doors: Result<Vec<Door>, StartError> = places.map(|at| at.open(settings)).collect();
        let doors = doors?;
        let mut relay = builder.build_with(|chat| {
            let settings = settings_of(&chat, &lines, self.origins, self.proxies);
            let site = Site::new(settings).with_assets(assets);
            Front::new(chat, site.with_house(self.house), lines.len())
        })?;
        for door in doors {
            relay.open(door.slow(slow)).map_err(StartError::from)?;
        }
        Ok(relay)
    }
}

impl Place {
    fn open(self, settings: Settings) -> Result<Door, StartError> {
        let door = Kind::Http.name();
        let framing = move || -> Box<dyn Framing> { Box::new(Web::new(settings)) };
        match self {
            Place::Listener(listener) => Ok(Door::new(door, listener, framing)?),
            Place::At(address) => {
                Door::bind(door, address, framing).map_err(|source| StartError::Door {
                    door,
                    address,
                    source,
                })
            }
        }
    }
}

fn assets(
    style: &str,
    icon: Option<Asset>,
    files: Vec<Asset>,
    queue_bytes: u64,
) -> Result<Assets, AssetError> {
    let bytes_max = body_bytes_max(usize::try_from(queue_bytes).unwrap_or(usize::MAX));
    let style = (!style.is_empty()).then(|| {
        Asset::new(
            OWN_STYLE,
            "text/css; charset=utf-8",
            style.as_bytes().to_vec(),
        )
    });
    let mut assets = Assets::embedded();
    if let Some(icon) = icon {
        assets.replace(icon, bytes_max)?;
    }
    for asset in style.into_iter().chain(files) {
        assets.add(asset, bytes_max)?;
    }
    Ok(assets)
}

fn settings_of(
    chat: &Chat,
    doors: &[(Dialect, SocketAddr)],
    origins: Origins,
    proxies: Proxies,
) -> SiteSettings {
    let at = |dialect| {
        let door = doors.iter().find(|(other, _)| *other == dialect);
        door.map(|(_, at)| reachable(*at).to_string())
            .unwrap_or_default()
    };
    SiteSettings {
        title: chat.title().to_owned(),
        room: chat.default_room().clone(),
        irc: at(Dialect::Irc),
        plain: at(Dialect::Plain),
        password: chat.password().cloned(),
        proxies,
        origins,
        sessions_per_address_max: chat.limits().connections_per_address,
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = self.files.iter().map(|file| &file.name);
        f.debug_struct("Page")
            .field("files", &files.collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

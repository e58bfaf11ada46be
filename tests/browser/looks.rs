//! What the page looks like: legible in both themes, nothing cut off on a phone; and pictures of it.
//!
//! `CHAT_SCREENSHOTS=docs/screenshots` keeps the pictures there; otherwise they are thrown away.

use std::path::{Path, PathBuf};

use serde_json::json;
use test_support::{Cut, LineClient, PATIENCE, Page, Proxy, serde_json, tempfile};

use super::hanging::{does, id_of, tell};
use super::support::{Chat, Person};

/// Where pictures go.
struct Album {
    folder: PathBuf,
    _thrown_away: Option<tempfile::TempDir>,
}

impl Album {
    fn open() -> Self {
        let kept = std::env::var_os("CHAT_SCREENSHOTS").filter(|folder| !folder.is_empty());
        let thrown_away = kept
            .is_none()
            .then(|| tempfile::tempdir().expect("a folder"));
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("a root");
        let folder = match (&kept, &thrown_away) {
            (Some(folder), _) => root.join(folder),
            (None, Some(folder)) => folder.path().to_owned(),
            (None, None) => unreachable!("one of the two"),
        };
        Self {
            folder,
            _thrown_away: thrown_away,
        }
    }

    /// A picture, small enough for a repository.
    #[track_caller]
    fn take(&self, page: &Page, name: &str) {
        page.wait_for("document.getAnimations().every(one => one.playState === 'finished')");
        let file = self.folder.join(format!("{name}.png"));
        page.screenshot(&file);
        let bytes = std::fs::metadata(&file).expect("a picture").len();
        assert!((2_000..150_000).contains(&bytes), "{name}: {bytes} bytes");
    }
}

pub(super) fn phone(page: &Page) {
    let metrics = json!({"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true});
    page.command("Emulation.setDeviceMetricsOverride", metrics);
    page.command(
        "Emulation.setTouchEmulationEnabled",
        json!({"enabled": true}),
    );
    page.wait_for("innerWidth === 390");
}

/// A room in which several people talk, with all that a room may hold.
pub(super) fn busy(chat: &Chat, reader: &Person) -> Vec<LineClient> {
    let mut people: Vec<LineClient> = ["maria", "tomás", "yuki", "priya", "Ελένη", "olu"]
        .map(|name| chat.irc(name))
        .into();
    people[5].send("AWAY :lunch");
    people[0].send("TOPIC #lobby :Garden day on Saturday, everybody welcome");
    for (who, text) in TALK {
        people[who].send(&format!("PRIVMSG #lobby :{text}"));
        people[who].fence();
    }
    people[3].send("PRIVMSG ana :Do you have the key to the shed?");
    people[3].fence();
    reader.sees("soil");
    reader.say("I can bring two wheelbarrows and a spade.");
    reader.hears("ana", "I can bring two wheelbarrows and a spade.");
    people
}

const TALK: [(usize, &str); 10] = [
    (0, "Good morning! Who is coming on Saturday?"),
    (1, "Me, from ten on."),
    (
        1,
        "I can pick up the plants: https://plants.example/order/4711",
    ),
    (2, "I will be there at eleven 🌱"),
    (2, "\u{1}ACTION looks for her gloves\u{1}"),
    (4, "Έρχομαι κι εγώ!"),
    (0, "ana: could you bring the wheelbarrow?"),
    (3, "The gate code is `4711#`, please close it behind you."),
    (
        0,
        "Thank you all. It is going to be sunny, so bring something to drink and a hat. We will start with the beds along the wall and see how far we get before lunch.",
    ),
    (1, "And \u{2}gloves\u{2} for the soil with the nettles."),
];

/// A room of their own, with ranks, a bot, answers, reactions and a message of several lines.
fn garden(chat: &Chat, reader: &Person) -> Vec<LineClient> {
    let mut people: Vec<LineClient> =
        ["maria", "tomás", "yuki", "priya", "Ελένη", "olu", "weather"]
            .map(|name| chat.irc(name))
            .into();
    for one in &mut people {
        tell(one, &["CAP REQ :message-tags batch draft/multiline"]);
        one.join("#garden");
    }
    tell(
        &mut people[0],
        &[
            "TOPIC #garden :Garden day on Saturday, everybody welcome",
            "MODE #garden +v tomás",
        ],
    );
    tell(&mut people[5], &["AWAY :lunch"]);
    tell(&mut people[6], &["MODE weather +B"]);
    for (who, text) in IN_THE_GARDEN {
        tell(&mut people[who], &[&format!("PRIVMSG #garden :{text}")]);
    }
    tell(&mut people[0], &PLAN);
    reader.say("/join #garden");
    reader.sees("lunch at one");
    reader.shows("#people [data-name=weather] .bot", "bot");
    let (plan, pots) = (
        id_of(reader, PLAN_TEXT),
        id_of(reader, "Shall I bring the big pots?"),
    );
    for (who, id, reaction) in [
        (1, &plan, "👍"),
        (2, &plan, "👍"),
        (4, &plan, "🎉"),
        (3, &pots, "❤️"),
    ] {
        let tags = format!("@+reply={id};+draft/reply={id};+draft/react={reaction}");
        tell(&mut people[who], &[&format!("{tags} TAGMSG #garden")]);
    }
    reader
        .page
        .wait_for("document.querySelectorAll('#log .chip').length === 3");
    let chip = |text: &str| {
        format!(
            "[...document.querySelectorAll('#log .chip')].find(one => one.textContent === '{text}')"
        )
    };
    reader.page.eval(&format!("{}.click()", chip("👍2")));
    reader.page.wait_for(&chip("👍3"));
    tell(
        &mut people[0],
        &[
            &format!(
                "@+reply={pots};+draft/reply={pots} PRIVMSG #garden :Yes please, all three of them."
            ),
            "PRIVMSG #garden :ana: could you bring the wheelbarrow?",
        ],
    );
    does(reader, "ana: could you bring the wheelbarrow?", "Reply");
    reader.say("I can bring two, and a spade.");
    reader.hears("ana", "I can bring two, and a spade.");
    tell(
        &mut people[1],
        &["PRIVMSG #garden :And \u{2}gloves\u{2} for the nettles, please."],
    );
    reader.sees("for the nettles");
    tell(
        &mut people[5],
        &["PRIVMSG #lobby :Has anybody seen the ladder?"],
    );
    tell(
        &mut people[3],
        &["PRIVMSG ana :Do you have the key to the shed?"],
    );
    reader.shows("#rooms [data-name=priya] .badge", "1");
    people
}

const IN_THE_GARDEN: [(usize, &str); 8] = [
    (0, "Good morning! Who is coming on Saturday?"),
    (1, "Me, from ten on."),
    (1, "I pick up the plants: https://plants.example/order/4711"),
    (4, "Έρχομαι κι εγώ!"),
    (2, "I will be there at eleven 🌱"),
    (2, "Shall I bring the big pots?"),
    (6, "Saturday: sunny, 19 °C, a light wind from the west."),
    (3, "The gate code is `4711#`, please close it behind you."),
];

const PLAN_TEXT: &str =
    "The plan:\n• the beds along the wall\n• then the compost\n• lunch at one, I cook";
const PLAN: [&str; 6] = [
    "BATCH +plan draft/multiline #garden",
    "@batch=plan PRIVMSG #garden :The plan:",
    "@batch=plan PRIVMSG #garden :• the beds along the wall",
    "@batch=plan PRIVMSG #garden :• then the compost",
    "@batch=plan PRIVMSG #garden :• lunch at one, I cook",
    "BATCH -plan",
];

#[test]
fn a_busy_room_in_all_sizes_and_themes() {
    let (album, chat) = (
        Album::open(),
        Chat::with(&["--unlimited", "--title", "Allotments"]),
    );
    let ana = chat.enter("ana");
    let _people = garden(&chat, &ana);
    for scheme in ["light", "dark"] {
        ana.page.color_scheme(scheme);
        ana.page.viewport(1280, 800, false);
        ana.page.click("#box");
        album.take(&ana.page, &format!("desktop-{scheme}"));
        phone(&ana.page);
        album.take(&ana.page, &format!("phone-{scheme}"));
        for drawer in ["rooms", "people"] {
            ana.page.click(&format!("#open-{drawer}"));
            ana.page
                .wait_for(&format!("document.body.matches('.{drawer}-open')"));
            album.take(&ana.page, &format!("phone-{scheme}-{drawer}"));
            ana.page.press("Escape");
            ana.page
                .wait_for(&format!("!document.body.matches('.{drawer}-open')"));
        }
        ana.page.command(
            "Emulation.setTouchEmulationEnabled",
            json!({"enabled": false}),
        );
    }
    ana.page.viewport(800, 600, false);
    ana.page.click("#box");
    album.take(&ana.page, "tablet-dark");
    ana.page.color_scheme("light");
    ana.page.viewport(1280, 800, false);
    ana.page.fill("#box", "@");
    ana.page
        .wait_for("!document.querySelector('#completion').hidden");
    album.take(&ana.page, "completion");
    ana.page.fill("#box", "/topc Garden day");
    ana.page.press("Enter");
    ana.page.press("Escape");
    ana.page.wait_for_text("There is no command");
    album.take(&ana.page, "unknown-command");
}

#[test]
fn the_login_and_the_page_without_scripts() {
    let (album, chat) = (Album::open(), Chat::with(&["--title", "Allotments"]));
    let _irene = chat.irc("irene");
    let ana = chat.at_login("/login");
    ana.expects_trouble();
    for scheme in ["light", "dark"] {
        ana.page.color_scheme(scheme);
        album.take(&ana.page, &format!("login-{scheme}"));
    }
    phone(&ana.page);
    ana.page.fill("#name", "irene");
    ana.page.press("Enter");
    ana.page.wait_for_text("Choose another");
    album.take(&ana.page, "login-error-phone");
    ana.page.color_scheme("light");
    ana.page.viewport(1280, 800, false);
    album.take(&ana.page, "login-error");
    ana.log_in("ana");
    album.take(&ana.page, "empty-room");
    ana.page.scripts(false);
    ana.page.navigate(&chat.url("/"));
    album.take(&ana.page, "without-scripts");
    ana.page.navigate(&chat.url("/nowhere"));
    album.take(&ana.page, "not-found");
}

#[test]
fn the_login_of_a_chat_with_a_password() {
    let (album, chat) = (Album::open(), Chat::with_password());
    let ana = chat.at_login("/login");
    ana.expects_trouble();
    album.take(&ana.page, "login-password");
    ana.page.fill("#name", "ana");
    ana.page.fill("#password", "sesame");
    ana.page.press("Enter");
    ana.page.wait_for_text("That is not the password");
    ana.page.color_scheme("dark");
    phone(&ana.page);
    album.take(&ana.page, "login-password-wrong-phone");
}

#[test]
fn what_goes_wrong_is_said_in_one_line() {
    let (album, chat) = (Album::open(), Chat::with(&["--unlimited"]));
    let proxy = Proxy::start(chat.program.door("http"));
    let ana = chat.enter_at(&format!("http://{}/", proxy.address()), "ana");
    ana.expects_trouble();
    let _people = busy(&chat, &ana);
    let second = ana.another_tab(&format!("http://{}/", proxy.address()));
    ana.page.wait_for("document.body.dataset.state === 'taken'");
    album.take(&ana.page, "taken-over");
    second.expects_trouble();
    second.is_in("ana");
    second.hears("ana", "I can bring two wheelbarrows and a spade.");
    proxy.cut(Cut::Refuse);
    proxy.drop_connections();
    // Without luck the page waits longer each time: long enough for a picture.
    second.page.eval("Math.random = () => 0.99");
    let patient = "/in [3-8] s/.test(document.querySelector('#state-wait').textContent)";
    second.page.wait_up_to(2 * PATIENCE, patient);
    album.take(&second.page, "reconnecting");
    phone(&second.page);
    second.page.color_scheme("dark");
    second.page.wait_up_to(2 * PATIENCE, patient);
    album.take(&second.page, "reconnecting-phone");
}

#[test]
fn what_is_new_what_waits_and_what_was_refused() {
    let (album, chat) = (Album::open(), Chat::with(&["--unlimited"]));
    let proxy = Proxy::start(chat.program.door("http"));
    let ana = chat.enter_at(&format!("http://{}/", proxy.address()), "ana");
    ana.expects_trouble();
    let mut people = busy(&chat, &ana);
    ana.page.hidden(true);
    for (who, text) in [(0, "Perfect, thank you."), (2, "Shall I bring cake?")] {
        people[who].send(&format!("PRIVMSG #lobby :{text}"));
        people[who].fence();
    }
    ana.page.wait_for("document.title.startsWith('(')");
    ana.page.hidden(false);
    ana.sees("New messages");
    ana.page.viewport(1280, 800, false);
    album.take(&ana.page, "new-messages");
    proxy.cut(Cut::Refuse);
    proxy.drop_connections();
    ana.page.eval("Math.random = () => 0.99");
    ana.page
        .wait_for("document.body.dataset.state === 'waiting'");
    ana.say("Cake, always.");
    ana.say("And coffee: I have a large pot.");
    let waits = "[...document.querySelectorAll('#log .fate')].length === 2";
    ana.page.wait_for(waits);
    let patient = "/in [3-8] s/.test(document.querySelector('#state-wait').textContent)";
    ana.page.wait_up_to(2 * PATIENCE, patient);
    album.take(&ana.page, "waiting");
    ana.page.color_scheme("dark");
    phone(&ana.page);
    ana.page.wait_up_to(2 * PATIENCE, patient);
    album.take(&ana.page, "waiting-phone");
    proxy.restore();
    ana.page
        .wait_up_to(2 * PATIENCE, "!document.querySelector('#log .fate')");
    ana.say("/msg nobody Are you there?");
    ana.page.wait_for("document.querySelector('#log .failed')");
    album.take(&ana.page, "refused-phone");
    ana.page.color_scheme("light");
    ana.page.viewport(1280, 800, false);
    album.take(&ana.page, "refused");
}

const ODD: [&str; 8] = [
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "https://example.org/a/very/long/address/that/goes/on/and/on/and/on/and/on/and/on/and/on/and/on/and/on?and=on&and=on#and-on",
    "مرحبا بالجميع، متى نلتقي يوم السبت؟",
    "שלום ana, נפגשים בעשר ליד השער (ליד 2 העצים).",
    "👩‍👩‍👧‍👦 🏳️‍🌈 🇪🇺 👍🏽 ☀️ 🌱🌱🌱",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
    "```fn main() { println!(\"a line of code that is longer than a phone is wide, and then some more of it\"); }```",
];

#[test]
fn odd_texts_stay_in_their_place() {
    let (album, chat) = (Album::open(), Chat::with(&["--unlimited"]));
    let ana = chat.enter("ana");
    let mut long = chat.irc("a-name-of-thirty-two-characters-");
    let mut arabic = chat.irc("ليلى");
    arabic.send(&format!(
        "TOPIC #lobby :{}",
        "a topic without an end ".repeat(12)
    ));
    for text in ODD {
        long.send(&format!("PRIVMSG #lobby :{text}"));
        long.fence();
        arabic.send(&format!("PRIVMSG #lobby :{text}"));
        arabic.fence();
    }
    arabic.send("PRIVMSG #lobby :end");
    ana.hears("ليلى", "end");
    ana.say("/join #a-room-with-a-name-of-33-letters");
    ana.shows("#room-name", "#a-room-with-a-name-of-33-letters");
    ana.opens("#lobby");
    for (name, width) in [
        ("odd-texts", 1280),
        ("odd-texts-phone", 390),
        ("odd-texts-narrow", 320),
    ] {
        match width {
            390 => phone(&ana.page),
            _ => ana.page.viewport(width, 800, false),
        }
        ana.page.wait_for(&format!("innerWidth === {width}"));
        album.take(&ana.page, name);
        assert_eq!(ana.page.eval(WIDER), json!([]), "at {width} px");
        assert_eq!(ana.page.eval(OVER), json!([]), "at {width} px");
    }
    ana.page
        .eval("document.querySelector('#scroll').scrollTop = 0");
    album.take(&ana.page, "odd-texts-narrow-top");
}

/// Texts whose marks may pile up over the name above them.
const OVER: &str = "[...document.querySelectorAll('#log .lead .text')].filter(one => \
    getComputedStyle(one).overflowY !== 'clip' || one.getBoundingClientRect().top - parseFloat(getComputedStyle(one).overflowClipMargin) \
        < one.parentNode.querySelector('.author').getBoundingClientRect().bottom).map(one => one.textContent)";

/// What reaches beyond the window, or scrolls sideways.
const WIDER: &str = "[document.scrollingElement, ...document.querySelectorAll('main, main *')].filter(one => \
    (one.scrollWidth > one.clientWidth && one.clientWidth && /auto|scroll|visible/.test(getComputedStyle(one).overflowX) \
        && getComputedStyle(one).display !== 'inline') \
    || (one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)).map(one => one.outerHTML.slice(0, 200))";

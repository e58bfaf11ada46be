//! What operators of the server do to browsers, and browsers as operators: in one program, and through a gateway.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::fs::{self, Permissions};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;

use test_support::http::{self, Connection, Response};
use test_support::program::chat_relay;
use test_support::tempfile::TempDir;
use test_support::{LineClient, Program, Upgrade, WsClient, eventually, tempfile};

/// Where a proxy connects from.
const PROXY: [u8; 4] = [127, 0, 0, 2];

/// `root`, with the password `s3cret`.
const ROOT: &str = "root $argon2id$v=19$m=19456,t=2,p=1$tHfQgHLlqkfmgkQ4R1xrAg$6I2j0ycmCT8+n0Nv3HXEKhJIx6mJTDdDlPLhMF7o15Y\n";

const NOT_WELCOME: u16 = 4500;

/// A chat with an operator and a page.
struct House {
    _folder: TempDir,
    _relay: Option<Program>,
    _web: Program,
    http: SocketAddr,
    irc: SocketAddr,
}

fn opers(folder: &TempDir) -> String {
    let path = folder.path().join("opers");
    fs::write(&path, ROOT).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    path.to_str().unwrap().to_owned()
}

fn one_program() -> House {
    let folder = tempfile::tempdir().unwrap();
    let opers = opers(&folder);
    let args = [
        "--proxy=127.0.0.2",
        "--http=127.0.0.1:0",
        "--irc=127.0.0.1:0",
        "--plain=none",
    ];
    let web = Program::start(
        env!("CARGO_BIN_EXE_chat-web"),
        &[&args[..], &["--opers", &opers]].concat(),
    );
    House {
        _folder: folder,
        http: web.door("http"),
        irc: web.door("irc"),
        _web: web,
        _relay: None,
    }
}

fn with_gateway() -> House {
    let folder = tempfile::tempdir().unwrap();
    let opers = opers(&folder);
    let args = ["--irc=127.0.0.1:0", "--plain=none", "--opers", &opers];
    let relay = Program::start(&chat_relay(), &args);
    let at = relay.door("irc").to_string();
    let args = ["--http=127.0.0.1:0", "--relay", &at];
    let web = Program::start(env!("CARGO_BIN_EXE_chat-web"), &args);
    House {
        _folder: folder,
        http: web.door("http"),
        irc: relay.door("irc"),
        _web: web,
        _relay: Some(relay),
    }
}

impl House {
    fn operator(&self) -> LineClient {
        let mut eve = LineClient::connect(self.irc);
        eve.register("eve");
        eve.send("OPER root s3cret");
        eve.expect_contains(" MODE eve +o");
        eve
    }

    fn tab(&self, cookie: &str) -> WsClient {
        let mut tab = WsClient::connect_with_session(self.http, cookie);
        tab.register("whatever");
        tab
    }

    fn is_logged_in(&self, cookie: &str) -> bool {
        http::get_with(self.http, "/", cookie).status == 200
    }
}

/// What a proxy asks for somebody.
fn proxied(house: &House, request: &str, from: &str) -> Response {
    let mut connection = Connection::open_from(PROXY.into(), house.http);
    let (line, body) = request.split_once('\n').unwrap_or((request, ""));
    connection.send(format!(
        "{line} HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nX-Forwarded-For: {from}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    connection.response()
}

#[test]
fn a_browser_from_a_banned_network_gets_a_page_that_says_so() {
    let house = one_program();
    let mut eve = house.operator();
    let ana = proxied(&house, "POST /login\nname=ana", "192.0.2.7");
    let cookie = ana.header("set-cookie").unwrap().split(';').next().unwrap();
    let upgrade = |from: &str| {
        let upgrade = Upgrade::to(house.http).from(PROXY);
        upgrade.header("X-Forwarded-For", from)
    };
    let mut tab = upgrade("192.0.2.7").session(cookie).connect();
    tab.register("ana");
    eve.send("DLINE 1h 192.0.2.0/24 :no <robots>");
    eve.expect_contains("connections that were closed: 1");
    let why = tab.expect_close(NOT_WELCOME);
    assert!(why.starts_with("banned from this server until 2"), "{why}");
    for request in [
        "GET /",
        "GET /login",
        "POST /login\nname=bob",
        "POST /logout",
    ] {
        let answer = proxied(&house, request, "192.0.2.8");
        let page = answer.text();
        assert_eq!(answer.status, 403, "{request}");
        assert!(
            page.contains("You are banned from this server until 2"),
            "{page}"
        );
        assert!(page.contains("no &lt;robots&gt;."), "{page}");
    }
    assert_eq!(upgrade("192.0.2.9").refused().status, 403);
    assert_eq!(proxied(&house, "GET /healthz", "192.0.2.8").status, 200);
    assert_eq!(proxied(&house, "GET /login", "192.0.3.8").status, 200);
    upgrade("192.0.3.9").connect().register("cat");
    eve.send("UNDLINE 192.0.2.0/24");
    eve.expect_contains("not banned any more");
    assert_eq!(proxied(&house, "GET /login", "192.0.2.8").status, 200);
}

fn a_session_that_is_killed_is_over(house: &House) {
    let mut eve = house.operator();
    eve.join("#lobby");
    let ana = http::login(house.http, "ana");
    let mut tab = house.tab(&ana);
    tab.join("#lobby");
    eve.send("KILL ana :spam");
    eve.expect_contains(" QUIT :Killed (eve (spam))");
    tab.expect_contains(" KILL ana :spam");
    let why = tab.expect_close(NOT_WELCOME);
    assert_eq!(why, "Killed (eve (spam))");
    eventually("the session is over", || {
        (!house.is_logged_in(&ana)).then_some(())
    });
    // The name is free, and its owner may come again.
    let ana = eventually("ana's name is free", || {
        let answer = http::post_login(house.http, "ana");
        (answer.status == 303).then_some(answer)
    });
    assert!(ana.header("set-cookie").is_some());
}

#[test]
fn a_session_that_is_killed_is_over_in_one_program() {
    a_session_that_is_killed_is_over(&one_program());
}

#[test]
fn a_session_that_is_killed_is_over_at_a_gateway() {
    a_session_that_is_killed_is_over(&with_gateway());
}

fn a_session_whose_browser_is_away_is_killed_too(house: &House) {
    let mut eve = house.operator();
    eve.join("#lobby");
    let ana = http::login(house.http, "ana");
    let mut tab = house.tab(&ana);
    tab.join("#lobby");
    eve.expect_contains(" JOIN #lobby");
    tab.close(1001);
    eve.send("KILL ana :spam");
    eve.expect_contains(" QUIT :Killed (eve (spam))");
    eventually("the session is over", || {
        (!house.is_logged_in(&ana)).then_some(())
    });
}

#[test]
fn a_session_whose_browser_is_away_is_killed_too_in_one_program() {
    a_session_whose_browser_is_away_is_killed_too(&one_program());
}

#[test]
fn a_session_whose_browser_is_away_is_killed_too_at_a_gateway() {
    a_session_whose_browser_is_away_is_killed_too(&with_gateway());
}

fn a_mask_ends_sessions(house: &House) {
    let mut eve = house.operator();
    let ana = http::login(house.http, "ana");
    let mut tab = house.tab(&ana);
    eve.send("KLINE an* :spam");
    eve.expect_contains("connections that were closed: 1");
    let why = tab.expect_close(NOT_WELCOME);
    assert_eq!(why, "banned from this server: spam");
    eventually("the session is over", || {
        (!house.is_logged_in(&ana)).then_some(())
    });
}

#[test]
fn a_mask_ends_sessions_in_one_program() {
    let house = one_program();
    a_mask_ends_sessions(&house);
    let anna = http::login(house.http, "anna");
    let mut tab = WsClient::connect_with_session(house.http, &anna);
    tab.send("NICK anna");
    tab.send("USER anna 0 * :anna");
    tab.expect_contains(" 465 ");
    tab.expect_close(NOT_WELCOME);
    eventually("the session is over", || {
        (!house.is_logged_in(&anna)).then_some(())
    });
}

#[test]
fn a_mask_ends_sessions_at_a_gateway() {
    let house = with_gateway();
    a_mask_ends_sessions(&house);
    let answer = http::post_login(house.http, "anna");
    assert!(
        answer.text().contains("banned from this server: spam"),
        "{}",
        answer.text()
    );
    // The relay goes on for everybody else.
    http::login(house.http, "bob");
}

fn an_operator_s_page_may_be_loaded_again(house: &House) {
    let ana = http::login(house.http, "ana");
    let mut tab = house.tab(&ana);
    tab.send("OPER root s3cret");
    tab.expect_contains(" MODE ana +o");
    tab.close(1001);
    let mut tab = house.tab(&ana);
    tab.send("MODE ana");
    assert!(tab.expect_contains(" 221 ana ").ends_with("+o"));
    tab.send("WALLOPS :still here");
    tab.expect_contains(" WALLOPS :still here");
}

#[test]
fn an_operator_s_page_may_be_loaded_again_in_one_program() {
    an_operator_s_page_may_be_loaded_again(&one_program());
}

#[test]
fn an_operator_s_page_may_be_loaded_again_at_a_gateway() {
    an_operator_s_page_may_be_loaded_again(&with_gateway());
}

#[test]
fn a_gateway_has_no_operators() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "--http=127.0.0.1:0",
        "--relay=127.0.0.1:1",
        "--opers",
        &opers(&folder),
    ];
    let mut web = Program::spawn({
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_chat-web"));
        command.args(args);
        command
    });
    assert!(!web.wait(test_support::PATIENCE).success());
    assert!(
        web.stderr().contains("give --opers to chat-relay"),
        "{}",
        web.stderr()
    );
}

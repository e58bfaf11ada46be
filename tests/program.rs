//! chat-web as a program: arguments, doors, signals, logs.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "program/checks.rs"]
mod checks;
#[path = "program/running.rs"]
mod running;
#[path = "program/secrets.rs"]
mod secrets;

use checks::Subject;
use secrets::Kept;
use test_support::{PATIENCE, Program, WsClient, http};

const SUBJECT: Subject = Subject {
    path: env!("CARGO_BIN_EXE_chat-web"),
    name: "chat-web",
    doors: &["http", "irc", "plain"],
};

#[test]
fn help_and_version_are_told() {
    checks::help_and_version(&SUBJECT);
}

#[test]
fn doors_are_told_on_stdout() {
    checks::doors_are_told(&SUBJECT);
}

#[test]
fn a_door_may_be_left_out() {
    checks::a_door_may_be_left_out(&SUBJECT);
}

#[test]
fn a_door_may_be_there_twice() {
    checks::a_door_may_be_there_twice(&SUBJECT);
}

#[test]
fn no_door_at_all_is_an_error() {
    checks::no_door_at_all_is_an_error(&SUBJECT);
}

#[test]
fn a_default_port_in_use_is_a_warning() {
    checks::a_default_port_in_use_is_a_warning(&SUBJECT);
}

#[test]
fn a_named_port_in_use_is_an_error() {
    checks::a_named_port_in_use_is_an_error(&SUBJECT);
}

#[test]
fn bad_values_say_what_to_write() {
    checks::bad_values_say_what_to_write(&SUBJECT);
}

#[test]
fn a_limit_can_be_set() {
    checks::a_limit_can_be_set(&SUBJECT);
}

#[test]
fn whoever_comes_in_is_told_the_message_of_the_day() {
    checks::whoever_comes_in_is_told_the_message_of_the_day(&SUBJECT);
}

#[test]
fn unlimited_says_so() {
    checks::unlimited_says_so(&SUBJECT);
}

#[test]
fn somebody_who_does_not_go_cannot_hold_it() {
    running::somebody_who_does_not_go_cannot_hold_it(&SUBJECT);
}

#[test]
fn a_second_signal_ends_at_once() {
    running::a_second_signal_ends_at_once(&SUBJECT);
}

#[test]
fn the_log_is_as_quiet_as_asked() {
    running::the_log_is_as_quiet_as_asked(&SUBJECT);
}

#[test]
fn a_signal_drains() {
    running::a_signal_drains(&SUBJECT, "TERM");
    running::a_signal_drains(&SUBJECT, "INT");
}

#[test]
fn a_terminal_that_is_closed_drains_unless_nohup_is_there() {
    running::a_terminal_that_is_closed_drains(&SUBJECT);
    running::nohup_outlives_its_terminal(&SUBJECT);
}

#[test]
fn a_bad_origin_says_what_to_write() {
    for bad in [
        "chat.example",
        "https://chat.example/path",
        "ftp://chat.example",
        "null",
        "*",
    ] {
        let said = SUBJECT.refuses("", &["--origin", bad]);
        assert!(
            said.contains("--origin") && said.contains("write http://HOST or https://HOST"),
            "{said}"
        );
    }
}

#[test]
fn a_title_and_an_origin_are_taken() {
    let program = SUBJECT.start(&["--title", "Tea & Cake", "--origin", "https://tea.example"]);
    let page = http::get(program.door("http"), "/login");
    assert!(page.text().contains("Tea &amp; Cake"), "{}", page.text());
    let head = "GET /login HTTP/1.1\r\nHost: tea.example\r\n\r\n";
    assert_eq!(http::request(program.door("http"), head).status, 200);
}

fn session(program: &Program, name: &str) -> WsClient {
    let cookie = http::login(program.door("http"), name);
    let mut page = WsClient::connect_with_session(program.door("http"), &cookie);
    page.register(name);
    page.join("#lobby");
    page
}

#[test]
fn a_signal_closes_sockets_with_the_code_for_a_restart() {
    let mut program = SUBJECT.start(&[]);
    let mut page = session(&program, "page");
    let mut bot = WsClient::connect(program.door("http"));
    bot.register("bot");
    let mut unregistered = WsClient::connect(program.door("http"));
    let mut idle = http::Connection::open(program.door("http"));
    idle.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(idle.response().status, 200);
    program.signal("TERM");
    for socket in [&mut page, &mut bot, &mut unregistered] {
        let reason = socket.expect_close(1012);
        assert!(reason.contains("closing"), "{reason}");
    }
    assert_eq!(idle.rest(), b"");
    drop((page, bot, unregistered, idle));
    assert_eq!(program.wait(PATIENCE).code(), Some(0));
}

#[test]
fn the_log_holds_no_message_and_no_session() {
    running::the_log_holds_no_message(&SUBJECT, |program| {
        let cookie = http::login(program.door("http"), "page");
        let mut page = WsClient::connect_with_session(program.door("http"), &cookie);
        page.register("page");
        page.join("#lobby");
        page.send("PRIVMSG #lobby :hunter2");
        page.fence();
        let (_, token) = cookie.split_once('=').expect("a cookie");
        http::get(program.door("http"), "/hunter2?hunter2");
        assert!(!program.stderr().contains(token), "{}", program.stderr());
    });
}

#[test]
fn a_bad_secret_says_what_to_write() {
    secrets::a_bad_secret_says_what_to_write(&SUBJECT);
}

#[test]
fn half_a_gateway_is_an_error() {
    secrets::half_a_gateway_is_an_error(&SUBJECT);
}

#[test]
fn a_secret_that_others_can_read_is_a_warning() {
    secrets::a_secret_that_others_can_read_is_a_warning(&SUBJECT);
}

#[test]
fn lies_and_guesses_are_logged_without_what_they_held() {
    secrets::lies_and_guesses_are_logged_without_what_they_held(&SUBJECT);
}

#[test]
fn a_wrong_password_at_the_page_is_logged_without_it() {
    let password = Kept::holding("open sesame");
    let mut command = SUBJECT.command("", &["--password-file", &password.name()]);
    command.env("RUST_LOG", "trace");
    let program = Program::start_command(command);
    let at = program.door("http");
    for (guess, status) in [("sesame open", 403), ("open sesame", 303)] {
        let answer = http::post_login_with_password(at, "ana", guess);
        assert_eq!(answer.status, status);
    }
    program.expect_stderr("a login from 127.0.0.1: that is not the password");
    assert!(!program.stderr().contains("sesame"), "{}", program.stderr());
}

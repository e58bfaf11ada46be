//! chat-relay as a program: arguments, doors, signals, logs.
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

const SUBJECT: Subject = Subject {
    path: env!("CARGO_BIN_EXE_chat-relay"),
    name: "chat-relay",
    doors: &["irc", "plain"],
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
fn the_log_holds_no_message() {
    running::the_log_holds_no_message(&SUBJECT, |_| ());
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
fn without_a_gateway_it_says_what_that_means() {
    let said = SUBJECT.start(&[]).stderr();
    assert!(
        said.contains("INFO") && said.contains("appear with that program's address"),
        "{said}"
    );
    let kept = Kept::holding("s3cret\n");
    let said = SUBJECT
        .start(&["--gateway", "127.0.0.1", "--gateway-secret", &kept.name()])
        .stderr();
    assert_eq!(said, "");
}

//! How people come in, and how they go.

use super::support::Chat;

#[test]
fn who_is_not_logged_in_is_asked_to() {
    let chat = Chat::start();
    let ana = chat.at_login("/");
    ana.page
        .wait_for("location.pathname === '/login' && document.readyState === 'complete'");
    ana.page.wait_for_text("Log in first");
    ana.page.wait_for("document.activeElement.id === 'name'");
    ana.log_in("ana");
    assert_eq!(ana.page.url(), chat.url("/"));
}

#[test]
fn a_taken_name_is_kept_in_the_form_with_what_to_do() {
    let chat = Chat::start();
    let _irene = chat.irc("irene");
    let ana = chat.at_login("/login");
    ana.expects_trouble();
    for name in ["irene", "IRENE"] {
        ana.page.fill("#name", name);
        ana.page.press("Enter");
        // What was typed stands there before the answer does.
        ana.page
            .wait_for_text(&format!("the name {name} is taken. Choose another one"));
        assert_eq!(ana.page.eval("document.querySelector('#name').value"), name);
    }
    ana.log_in("irene2");
}

#[test]
fn a_bad_name_is_kept_in_the_form_with_what_to_do() {
    let chat = Chat::start();
    let ana = chat.at_login("/login?room=tea");
    ana.expects_trouble();
    for name in ["1st", "a b", "<b>x", "a\"onfocus=\"alert(1)", "-"] {
        ana.page.fill("#name", name);
        ana.page.press("Enter");
        ana.page
            .wait_for("document.querySelector('#error').textContent !== ''");
        ana.page.wait_for_text("Choose another");
        assert_eq!(ana.page.eval("document.querySelector('#name').value"), name);
        assert_eq!(
            ana.page
                .eval("document.querySelectorAll('main b, [onfocus]').length"),
            0
        );
        ana.page.navigate(&chat.url("/login?room=tea"));
    }
    ana.page.fill("#name", "ana");
    ana.page.press("Enter");
    ana.is_in("ana");
    ana.shows("#room-name", "#tea");
}

#[test]
fn a_password_is_asked_for_until_it_is_right_and_then_no_more() {
    let chat = Chat::with_password();
    let ana = chat.at_login("/login?room=tea");
    ana.expects_trouble();
    let focus = "document.activeElement.id";
    ana.page.wait_for(&format!("{focus} === 'name'"));
    ana.page.fill("#name", "ana");
    ana.page.press("Tab");
    ana.page.wait_for(&format!("{focus} === 'password'"));
    let kind = "document.querySelector('#password').type";
    assert_eq!(ana.page.eval(kind), "password");
    ana.page.fill("#password", "sesame");
    ana.page.press("Enter");
    ana.page.wait_for_text("That is not the password");
    // The name stays, the guess does not, and one goes on where it was wrong.
    assert_eq!(
        ana.page.eval("document.querySelector('#name').value"),
        "ana"
    );
    assert_eq!(
        ana.page.eval("document.querySelector('#password').value"),
        ""
    );
    assert_eq!(ana.page.url(), chat.url("/login"));
    ana.page.wait_for(&format!("{focus} === 'password'"));
    ana.page.fill("#password", "open sesame");
    ana.page.press("Enter");
    ana.is_in("ana");
    ana.shows("#room-name", "#tea");
    ana.page.reload();
    ana.is_in("ana");
}

#[test]
fn login_works_without_scripts() {
    let chat = Chat::start();
    let ana = chat.at_login("/login");
    ana.page.scripts(false);
    ana.page.navigate(&chat.url("/login"));
    ana.page.fill("#name", "ana");
    ana.page.press("Enter");
    ana.page
        .wait_for("location.pathname === '/' && document.readyState === 'complete'");
    ana.page
        .wait_for_text("Hello ana. This page needs JavaScript");
    for door in ["irc", "plain"] {
        ana.page
            .wait_for_text(&chat.program.door(door).port().to_string());
    }
    ana.page.scripts(true);
    ana.page.reload();
    ana.is_in("ana");
}

#[test]
fn the_room_of_a_link_is_entered() {
    let chat = Chat::start();
    let ana = chat.enter_at(&chat.url("/?room=%23tea"), "ana");
    ana.shows("#room-name", "#tea");
    // Also for who is logged in already.
    ana.page.navigate(&chat.url("/login?room=cake"));
    ana.is_in("ana");
    ana.shows("#room-name", "#cake");
    ana.page
        .wait_for("document.querySelector('#rooms [data-name=\"#tea\"]')");
    ana.page.reload();
    ana.is_in("ana");
    ana.shows("#room-name", "#cake");
}

#[test]
fn who_logs_out_has_left() {
    let chat = Chat::start();
    let (ana, bob) = (chat.enter("ana"), chat.enter("bob"));
    ana.page.click("#logout button");
    ana.page
        .wait_for("location.pathname === '/login' && document.readyState === 'complete'");
    bob.sees("ana left");
    bob.sees_people(&["bob"]);
    // The name is free at once.
    let other = chat.enter("ana");
    other.sees_people(&["ana", "bob"]);
    ana.page.navigate(&chat.url("/"));
    ana.page.wait_for_text("Log in first");
}

#[test]
fn logging_out_in_one_tab_ends_the_other() {
    let chat = Chat::start();
    let ana = chat.enter("ana");
    let second = ana.another_tab(&chat.url("/login"));
    second.is_in("ana");
    ana.page.wait_for_text("open in another tab");
    second.say("/quit");
    second
        .page
        .wait_for("location.pathname === '/login' && document.readyState === 'complete'");
    ana.page.click("#state-action");
    ana.page
        .wait_for("location.pathname === '/login' && document.readyState === 'complete'");
}

//! What is written and not sent yet is kept in the browser: for the person who wrote it, in all their
//! tabs, and where the browser refuses the page says so.

use test_support::{LineClient, Proxy};

use super::support::{ASKED, Chat, Person, behind, cut, ends_session, is, retry};

/// No place is left in the browser's storage.
fn fill(person: &Person) {
    person.page.eval(
        "for (let size = 2 ** 20; size >= 1; size /= 2) try { \
        for (;;) localStorage.setItem(`fill${Math.random()}`, 'x'.repeat(size)) } catch {}",
    );
}

fn make_place(person: &Person) {
    person.page.eval(
        "Object.keys(localStorage).filter(key => key.startsWith('fill')) \
        .forEach(key => localStorage.removeItem(key))",
    );
}

/// Whether the page would be left without a question.
fn lets_go(person: &Person) -> bool {
    let asks = "dispatchEvent(new Event('beforeunload', { cancelable: true }))";
    person.page.eval(asks) == true
}

/// Waits until what became of the messages on their way is told in these words.
#[track_caller]
fn fates(person: &Person, fates: &[&str]) {
    let told =
        "[...document.querySelectorAll('#log .fate')].map(one => one.firstChild.textContent)";
    person
        .page
        .wait_for(&format!("{told}.join('|') === {:?}", fates.join("|")));
}

const WAITS: &str = "waits to be sent";
const ONLY_HERE: &str = "waits to be sent (only in this tab: keep it open)";

#[test]
fn what_the_browser_refuses_to_keep_is_said_and_asked_about_while_that_is_so() {
    let chat = Chat::start();
    let proxy = Proxy::start(chat.program.door("http"));
    let ana = behind(&proxy, &chat, "ana");
    ana.expects_trouble();
    ana.page.eval("Math.random = () => 0.99"); // it waits long between two tries
    cut(&proxy, &ana);
    ana.say("kept");
    fates(&ana, &[WAITS]);
    assert!(lets_go(&ana));
    ana.page
        .eval("Math.random = (next => () => (next += 0.001) % 1)(0.1)");
    fill(&ana);
    ana.say(&"much ".repeat(50));
    fates(&ana, &[WAITS, ONLY_HERE]);
    assert!(!lets_go(&ana));
    // With place again, it is kept together with what is said next.
    make_place(&ana);
    ana.say("and more");
    fates(&ana, &[WAITS, WAITS, WAITS]);
    assert!(lets_go(&ana));
    fill(&ana);
    ana.page.fill("#box", &"begun ".repeat(50));
    ana.page
        .wait_for_text("what is in the box is only in this tab");
    assert!(!lets_go(&ana));
    ana.page.fill("#box", "");
    ana.page
        .wait_for("document.querySelector('#box').value === ''");
    assert!(lets_go(&ana));
    // A browser that is about to lose something asks first.
    ana.say(&"again ".repeat(50));
    fates(&ana, &[WAITS, WAITS, WAITS, ONLY_HERE]);
    ana.expects_question();
    proxy.restore();
    ana.page.reload();
    assert_eq!(ana.page.dialogs(), [ASKED]);
    ana.is_in("ana");
    ana.hears("ana", "and more");
    fates(&ana, &[]);
    assert!(lets_go(&ana));
}

/// Begins something, and waits until it is kept.
#[track_caller]
fn begins(person: &Person, text: &str) {
    person.page.fill("#box", text);
    let kept = format!("localStorage['chat:drafts:ana']?.includes({text:?})");
    person.page.wait_for(&kept);
}

/// Presses "Use it here".
fn takes_over(person: &Person) {
    is(person, "taken");
    person.page.click("#state-action");
    is(person, "ready");
}

#[test]
fn what_was_begun_in_one_tab_goes_on_in_the_next() {
    let chat = Chat::start();
    let first = chat.enter("ana");
    for room in ["#b", "#c"] {
        first.say(&format!("/join {room}"));
        first.shows("#room-name", room);
    }
    begins(&first, "of the first for c");
    first.opens("#b");
    let second = first.another_tab(&chat.url("/"));
    second.is_in("ana");
    second.shows("#room-name", "#b");
    begins(&second, "for b");
    second.opens("#c");
    assert_eq!(second.draft(), "of the first for c");
    begins(&second, "for c");
    // What its box still holds is not what is kept by now.
    assert_eq!(first.draft(), "");
    takes_over(&first);
    assert_eq!(first.draft(), "for b");
    first.opens("#lobby");
    begins(&first, "hello lobby");
    first.opens("#c");
    assert_eq!(first.draft(), "for c");
    first.page.reload();
    first.is_in("ana");
    for (room, text) in [("#lobby", "hello lobby"), ("#b", "for b"), ("#c", "for c")] {
        first.opens(room);
        assert_eq!(first.draft(), text);
    }
}

/// Waits until the name is free.
#[track_caller]
fn has_left(witness: &mut LineClient) {
    witness.expect(|line| line.starts_with(":ana!") && line.contains(" QUIT "));
}

fn is_at_login(person: &Person) {
    person
        .page
        .wait_for("location.pathname === '/login' && document.readyState === 'complete'");
}

fn presses(person: &Person, way: &str) {
    person.page.eval(&format!(
        "[...document.querySelectorAll('#log .failed button')].find(one => one.textContent === '{way}').click()"
    ));
}

#[test]
fn what_waits_is_shown_to_whoever_is_next_in_the_browser_and_goes_out_only_when_asked() {
    let chat = Chat::start();
    let proxy = Proxy::start(chat.program.door("http"));
    let (ana, mut irene) = (behind(&proxy, &chat, "ana"), chat.irc("irene"));
    ana.expects_trouble();
    cut(&proxy, &ana);
    ana.say("words of ana");
    ends_session(&chat, &ana);
    has_left(&mut irene);
    let mut other = chat.irc("ana");
    proxy.restore();
    retry(&ana);
    is_at_login(&ana);
    ana.page.fill("#name", "ana");
    ana.page.press("Enter");
    ana.page.wait_for_text("ana is taken");
    ana.log_in("ana2");
    for _ in 0..2 {
        fates(&ana, &["Not sent: written as ana, in an earlier session."]);
        ana.page.reload();
        ana.is_in("ana2");
    }
    other.send("QUIT");
    has_left(&mut irene);
    ana.say("/quit");
    is_at_login(&ana);
    ana.log_in("ana");
    fates(&ana, &["Not sent: written in an earlier session."]);
    irene.fence();
    assert!(!irene.transcript().contains("words of ana"));
    presses(&ana, "Retry");
    irene.expect_contains("PRIVMSG #lobby :words of ana");
    fates(&ana, &[]);
}

#[test]
fn what_waits_at_a_logout_is_not_sent_by_the_next_of_that_name() {
    let chat = Chat::start();
    let proxy = Proxy::start(chat.program.door("http"));
    let (ana, mut irene) = (behind(&proxy, &chat, "ana"), chat.irc("irene"));
    ana.expects_trouble();
    ana.page.eval("Math.random = () => 0.99"); // it waits long between two tries
    cut(&proxy, &ana);
    ana.page.wait_for(
        "document.querySelector('#state-wait').textContent.match(/[5-9] s/) \
        || document.querySelector('#state-action').click()",
    );
    ana.say("for those who were there");
    fates(&ana, &[WAITS]);
    proxy.restore();
    ana.page.click("#logout button");
    is_at_login(&ana);
    has_left(&mut irene);
    ana.log_in("ana");
    fates(&ana, &["Not sent: written in an earlier session."]);
    presses(&ana, "Discard");
    fates(&ana, &[]);
    irene.fence();
    assert!(!irene.transcript().contains("for those who were there"));
}

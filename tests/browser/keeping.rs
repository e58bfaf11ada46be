//! What is written and not sent yet is kept in the browser: for the person who wrote it, in all their
//! tabs, and where the browser refuses the page says so.

use test_support::{Cut, Proxy};

use super::support::{ASKED, Chat, Person, behind, is};

fn cut(proxy: &Proxy, person: &Person) {
    proxy.cut(Cut::Refuse);
    proxy.drop_connections();
    is(person, "waiting");
}

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

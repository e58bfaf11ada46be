//! Pipes: what goes through, what waits, how they end.

use super::*;

fn news() -> (mio::Poll, Arc<News>) {
    let poll = mio::Poll::new().unwrap();
    let waker = Waker::new(poll.registry(), mio::Token(0)).unwrap();
    (poll, News::new(Arc::new(waker)))
}

fn keys(news: &News) -> Vec<usize> {
    news.take().into_iter().collect()
}

#[test]
fn lines_go_both_ways_and_what_is_said_is_news() {
    let (_poll, news) = news();
    let (mut near, far) = pipe(&news);
    near.belong(7);
    assert_eq!(keys(&news), [7]);
    far.say(b"hello\r\n").unwrap();
    far.say(b"again\r\n").unwrap();
    assert_eq!(keys(&news), [7]);
    let mut bytes = [0; 100];
    assert_eq!(near.read(&mut bytes).unwrap(), 14);
    assert_eq!(
        near.read(&mut bytes).unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    near.write_all(b"one\r\ntwo\nthr").unwrap();
    assert_eq!(far.hear(), Heard::Line("one".into()));
    assert_eq!(far.hear(), Heard::Line("two".into()));
    assert_eq!(far.hear(), Heard::Nothing);
}

#[test]
fn neither_side_makes_the_other_wait_or_grow() {
    let (_poll, news) = news();
    let (mut near, far) = pipe(&news);
    near.belong(1);
    let line = [&b"x".repeat(1023)[..], b"\n"].concat();
    while far.say(&line).is_ok() {}
    assert_eq!(far.say(&line), Err(NotTaken::Full));
    while near.write(&line).is_ok() {}
    keys(&news);
    assert!(matches!(far.hear(), Heard::Line(_)));
    assert_eq!(keys(&news), [1], "there is room again");
    let rest = near.write_vectored(&[IoSlice::new(&line), IoSlice::new(b"more\n")]);
    assert_eq!(rest.unwrap(), line.len());
    assert!(matches!(far.hear(), Heard::Line(_)));
    assert_eq!(keys(&news), [1], "what was not taken is waited for");
}

#[test]
fn a_pipe_in_which_nothing_waits_holds_no_memory() {
    let (_poll, news) = news();
    let (mut near, far) = pipe(&news);
    while far.say(b"some words\r\n").is_ok() {}
    while near.write(b"some words\r\n").is_ok() {}
    while near.read(&mut [0; 1000]).is_ok() {}
    // A full queue ends in the middle of a line.
    while matches!(far.hear(), Heard::Line(_)) {}
    near.write_all(b"\n").unwrap();
    assert!(matches!(far.hear(), Heard::Line(_)));
    let state = far.0.state();
    assert_eq!((state.to_near.capacity(), state.to_far.capacity()), (0, 0));
}

#[test]
fn taking_a_line_moves_no_other() {
    let mut state = State::default();
    state.take_in(&b"some words\r\n".repeat(1000));
    for _ in 1..1000 {
        let next = state.to_far[b"some words\r\n".len()..].as_ptr();
        assert_eq!(state.take_line().as_deref(), Some("some words"));
        assert_eq!(state.to_far.as_ptr(), next);
    }
}

#[test]
fn either_side_learns_of_the_end_after_what_was_said() {
    let (_poll, news) = news();
    let (mut near, far) = pipe(&news);
    near.belong(1);
    while far.say(b"bye\n").is_ok() {}
    keys(&news);
    far.say_last(b"really\n");
    assert_eq!(keys(&news), [1]);
    assert_eq!(near.write(b"x").unwrap(), 1, "nobody waits for room");
    let mut said = Vec::new();
    near.read_to_end(&mut said).unwrap();
    assert!(said.len() > PIPE_BYTES_MAX && said.ends_with(b"bye\nreally\n"));

    let (near, far) = pipe(&news);
    near.finish(b"ERROR :go\r\n");
    drop(near);
    assert_eq!(far.hear(), Heard::Line("ERROR :go".into()));
    assert_eq!(far.hear_within(Duration::from_secs(9)), Heard::Over);
    assert_eq!(far.say(b"x\n"), Err(NotTaken::Over));
}

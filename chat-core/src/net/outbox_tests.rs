//! An outbox against a socket that takes what the test allows.

use std::time::Duration;

use super::*;

/// Takes `room` bytes and then blocks.
#[derive(Default)]
struct Sink {
    got: Vec<u8>,
    room: usize,
    writes: usize,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.writes += 1;
        if self.room == 0 {
            return Err(ErrorKind::WouldBlock.into());
        }
        let before = self.got.len();
        for slice in slices {
            let count = slice.len().min(self.room);
            self.got.extend_from_slice(&slice[..count]);
            self.room -= count;
        }
        Ok(self.got.len() - before)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn first(bytes: &[u8]) -> usize {
    memchr::memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1)
}

/// Lines of lengths that no boundary of a chunk divides.
fn lines(count: usize) -> Vec<u8> {
    let line = |i: usize| format!("{i} {}\n", "x".repeat(i * 37 % 180));
    (0..count).map(line).collect::<String>().into_bytes()
}

/// Two long shared chunks among short copied ones; and the same as plain bytes.
fn mixed() -> (Outbox, Vec<u8>) {
    let (mut outbox, mut all) = (Outbox::default(), Vec::new());
    for chunk in [lines(3), lines(60), lines(2), lines(55), lines(1)] {
        outbox.push_shared(Bytes::from(chunk.clone()), first);
        all.extend(chunk);
    }
    (outbox, all)
}

fn write(outbox: &mut Outbox, sink: &mut Sink) -> io::Result<Flow> {
    outbox.write_to(sink, Instant::now())
}

fn room(room: usize) -> Sink {
    Sink {
        room,
        ..Sink::default()
    }
}

#[test]
fn a_cut_at_every_position_leaves_whole_messages_and_then_the_last_words() {
    let (_, all) = mixed();
    for sent in 0..=all.len() {
        let (mut outbox, _) = mixed();
        let mut sink = room(sent);
        write(&mut outbox, &mut sink).unwrap();
        outbox.cut();
        outbox.push_copy(b"ERROR\n", first);
        sink.room = usize::MAX;
        let waiting = outbox.bytes();
        assert_eq!(write(&mut outbox, &mut sink).unwrap(), Flow::Empty);
        let begun = all[..sent].ends_with(b"\n") || sent == 0;
        let whole = if begun {
            sent
        } else {
            sent + first(&all[sent..])
        };
        assert_eq!(sink.got, [&all[..whole], b"ERROR\n"].concat(), "at {sent}");
        assert_eq!(sent + waiting, sink.got.len(), "counted at {sent}");
    }
}

#[test]
fn a_second_cut_does_not_take_the_begun_message_away() {
    let (mut outbox, all) = mixed();
    let mut sink = room(300);
    write(&mut outbox, &mut sink).unwrap();
    outbox.cut();
    outbox.cut();
    sink.room = usize::MAX;
    write(&mut outbox, &mut sink).unwrap();
    assert_eq!(sink.got, all[..300 + first(&all[300..])]);
}

#[test]
fn bytes_taken_one_at_a_time_arrive_in_order() {
    let (mut outbox, all) = mixed();
    let mut sink = room(0);
    while outbox.bytes() > 0 {
        sink.room = 1;
        let flow = write(&mut outbox, &mut sink).unwrap();
        assert_eq!(outbox.bytes(), all.len() - sink.got.len());
        assert_eq!(flow == Flow::Empty, outbox.bytes() == 0);
    }
    assert_eq!(sink.got, all);
}

#[test]
fn a_short_write_is_the_last_one() {
    let (mut outbox, _) = mixed();
    let mut sink = room(100);
    assert_eq!(write(&mut outbox, &mut sink).unwrap(), Flow::Blocked);
    assert_eq!(sink.writes, 1);
}

#[test]
fn a_short_rest_does_not_pin_a_long_chunk_and_a_long_one_is_not_copied() {
    let chunk = Bytes::from(lines(100));
    let short = Outbox::rest_of(&chunk, chunk.len() - 100, first, Instant::now());
    assert!(chunk.is_unique());
    assert_eq!(short.bytes(), 100);
    let long = Outbox::rest_of(&chunk, 10, first, Instant::now());
    assert!(!chunk.is_unique());
    assert_eq!(long.bytes(), chunk.len() - 10);
}

#[test]
fn small_messages_gather_in_few_chunks() {
    let mut outbox = Outbox::default();
    for _ in 0..4_000 {
        outbox.push_copy(b"0123456\n", first);
    }
    assert_eq!(outbox.chunks.len(), 2);
    assert_eq!(outbox.bytes(), 32_000);
}

#[test]
fn more_chunks_than_slices_leave_with_a_few_writes() {
    let (mut outbox, mut all) = (Outbox::default(), Vec::new());
    for _ in 0..WRITE_SLICES_MAX + 1 {
        outbox.push_shared(Bytes::from(lines(60)), first);
        all.extend(lines(60));
    }
    let mut sink = room(usize::MAX);
    assert_eq!(write(&mut outbox, &mut sink).unwrap(), Flow::Empty);
    assert_eq!(sink.writes, 2);
    assert_eq!(sink.got, all);
}

#[test]
fn messages_of_a_former_wire_are_cut_by_its_own_rule() {
    fn halves(bytes: &[u8]) -> usize {
        bytes.len() / 2
    }
    let mut outbox = Outbox::default();
    outbox.push_copy(b"one\ntwo\n", first);
    outbox.push_copy(b"abcd", halves);
    let mut sink = room(2);
    write(&mut outbox, &mut sink).unwrap();
    outbox.cut();
    sink.room = usize::MAX;
    write(&mut outbox, &mut sink).unwrap();
    assert_eq!(sink.got, b"one\n");
}

#[test]
fn it_knows_when_the_socket_last_took_something() {
    let (mut outbox, _) = mixed();
    let start = Instant::now();
    outbox.write_to(&mut room(0), start).unwrap();
    assert_eq!(outbox.taking(), None);
    outbox.write_to(&mut room(1), start).unwrap();
    outbox.write_to(&mut room(0), Instant::now()).unwrap();
    assert_eq!(outbox.taking().unwrap().last, start);
}

#[test]
fn it_knows_when_the_socket_last_took_a_whole_stride() {
    let mut outbox = Outbox::default();
    outbox.push_copy(&vec![b'a'; 3 * STRIDE_BYTES], |bytes| bytes.len());
    let start = Instant::now();
    let mut stride_after = |bytes, seconds| {
        let now = start + Duration::from_secs(seconds);
        outbox.write_to(&mut room(bytes), now).unwrap();
        let stride = outbox.taking().unwrap().stride;
        stride.map(|at| (at - start).as_secs())
    };
    assert_eq!(stride_after(1, 0), None);
    assert_eq!(stride_after(STRIDE_BYTES - 2, 1), None);
    assert_eq!(stride_after(1, 2), Some(2));
    assert_eq!(stride_after(STRIDE_BYTES / 2, 3), Some(2));
}

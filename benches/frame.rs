//! What the WebSocket around a line costs, by the length of the line.
//!
//! ```text
//! cargo bench -p benches --bench frame
//! ```
//!
//! `in`: one masked text frame of a client, whole or in two pieces, becomes a message; `unmask` is
//! the floor, a loop that only takes the mask off. `out`: a frame that all readers share is built;
//! `copy` is the floor, the bytes alone.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    reason = "criterion's macros, and a bench may stop"
)]

use std::hint::black_box;

use benches::{Form, masked};
use bytes::BytesMut;
use chat_core::limits::Limits;
use chat_core::net::framing::{Frame, Framing, Input};
use chat_web::http::Request;
use chat_web::web::{Answer, Claim, Event, Settings, TEXT, Upgrade, Web, shake_hands};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

const LENGTHS: [usize; 3] = [64, 400, 4096];

fn frames_in(c: &mut Criterion) {
    let mut group = c.benchmark_group("frame/in");
    for length in LENGTHS {
        let frame = masked(&vec![b'x'; length]);
        let (first, second) = frame.split_at(frame.len() / 2);
        let mut web = open();
        group.throughput(Throughput::Bytes(length as u64));
        group.bench_function(BenchmarkId::new("whole", length), |b| {
            b.iter(|| assert!(hear(&mut web, black_box(&frame))));
        });
        group.bench_function(BenchmarkId::new("split", length), |b| {
            b.iter(|| {
                assert!(!hear(&mut web, black_box(first)));
                assert!(hear(&mut web, black_box(second)));
            });
        });
        let head = frame.len() - length;
        let mut message = vec![0; length];
        group.bench_function(BenchmarkId::new("unmask", length), |b| {
            b.iter(|| {
                unmask(black_box(&frame), head, &mut message);
                black_box(&message);
            });
        });
    }
    group.finish();
}

/// A connection that has shaken hands.
fn open() -> Web {
    let mut web = Web::new(Settings::from(&Limits::default()));
    // The request, and the first frames behind it.
    let hello = Form::WebSocket.hello("nobody");
    let mut input = Input::new(&hello);
    match web.decode(&mut input, &mut Vec::new()) {
        Ok(Some(Frame::Other(event))) => answer(event.downcast_mut().unwrap()),
        other => panic!("this is a request, and not {other:?}"),
    }
    let taken = input.taken();
    assert!(hear(&mut web, &hello[taken..]), "the first line");
    web
}

fn answer(event: &mut Event) {
    if let Event::Asked(exchange) = event {
        let upgrade = upgrade(exchange.request.as_ref().unwrap());
        exchange.answer(upgrade);
    }
}

fn upgrade(request: &Request) -> Answer {
    let Ok((response, opcode)) = shake_hands(request) else {
        panic!("this asks for a WebSocket");
    };
    Answer::Upgrade(Upgrade {
        response,
        opcode,
        claim: Claim::Nobody,
    })
}

/// Whether there is a message when these bytes have come, taken apart as the reactor does.
fn hear(web: &mut Web, bytes: &[u8]) -> bool {
    let (mut heard, mut at) = (false, 0);
    loop {
        let mut input = Input::new(&bytes[at..]);
        match black_box(web.decode(&mut input, &mut Vec::new()).unwrap()) {
            Some(frame) => heard |= !matches!(frame, Frame::Other(_)),
            None => break,
        }
        at += input.taken();
    }
    heard
}

/// The head ends with the four bytes of the mask. Eight bytes at a time, of which the compiler makes
/// more; the lengths that are measured are multiples of eight.
fn unmask(frame: &[u8], head: usize, message: &mut [u8]) {
    let (head, payload) = frame.split_at(head);
    let mask = [&head[head.len() - 4..], &head[head.len() - 4..]].concat();
    let mask = u64::from_ne_bytes(mask.try_into().unwrap());
    let (pieces, _) = payload.as_chunks();
    for (to, from) in message.as_chunks_mut().0.iter_mut().zip(pieces) {
        *to = (u64::from_ne_bytes(*from) ^ mask).to_ne_bytes();
    }
}

fn frames_out(c: &mut Criterion) {
    let mut group = c.benchmark_group("frame/out");
    for length in LENGTHS {
        let message = vec![b'x'; length];
        let mut out = BytesMut::with_capacity(2 * length);
        group.throughput(Throughput::Bytes(length as u64));
        group.bench_function(BenchmarkId::new("frame", length), |b| {
            b.iter(|| {
                out.clear();
                (TEXT.wrap)(black_box(&message), &mut out);
                black_box(&out);
            });
        });
        group.bench_function(BenchmarkId::new("copy", length), |b| {
            b.iter(|| {
                out.clear();
                out.extend_from_slice(black_box(&message));
                black_box(&out);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, frames_in, frames_out);
criterion_main!(benches);

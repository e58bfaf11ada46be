//! What it costs to pass a message on, by room size.
//!
//! ```text
//! cargo bench -p benches --bench fan_out
//! ```
//!
//! `hub`: who may say it and who hears it. `outboxes`: one shared chunk into as many queues, and out
//! again. `loopback`: the whole chat over real sockets, 64 messages of 64 bytes at once, by the form
//! in which the readers get them, beside the `bare` loop that writes the same bytes to as many
//! sockets and does nothing else: their ratio is the cost of everything that is not the kernel.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "criterion's macros, and a bench may stop"
)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use benches::{Bare, Crowd, Form};
use bytes::Bytes;
use chat_core::hub::entry::{Committed, PostKind};
use chat_core::hub::request::{Addressee, Request};
use chat_core::hub::{Hub, Introduction};
use chat_core::id::{Identity, PersonId, Seq};
use chat_core::limits::Limits;
use chat_core::names::{Nick, RoomName};
use chat_core::net::outbox::Outbox;
use chat_core::time::Timestamp;
use criterion::measurement::WallTime;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
};

const ROOM_SIZES: [usize; 3] = [10, 100, 1000];
const MESSAGES: usize = 64;
/// With the mark by which messages are counted.
const TEXT: &str = "64 bytes of text, which is what people say in one line of chat |";
/// A line as a reader without capabilities gets it.
const LINE_BYTES: usize = 112;

fn hub(c: &mut Criterion) {
    let mut group = c.benchmark_group("fan_out/hub");
    for size in ROOM_SIZES {
        let mut hub = full_hub(size);
        let talker = id(0);
        group.bench_function(BenchmarkId::from_parameter(size), |b| {
            b.iter(|| {
                let request = Request::Post {
                    to: Addressee::Room(RoomName::lobby()),
                    kind: PostKind::Message,
                    text: Arc::from(TEXT),
                    tags: Arc::from(""),
                    retry: None,
                    concat: None,
                };
                let entry = hub.check(talker, request).unwrap();
                let committed = Committed {
                    seq: Seq(1),
                    aside: 0,
                    at: Timestamp(0),
                    entry,
                };
                black_box(hub.apply(&committed).unwrap())
            });
        });
    }
    group.finish();
}

fn full_hub(size: usize) -> Hub {
    let mut hub = Hub::new(RoomName::lobby(), &Limits::default(), Timestamp(0));
    for key in 0..size {
        let introduction = Introduction {
            nick: Nick::new(&format!("p{key}")).unwrap(),
            user: "user".into(),
            host: "host".into(),
            real_name: "name".into(),
            identity: Identity(key as u64 + 1),
        };
        hub.register(id(key), introduction, Timestamp(0)).unwrap();
        let entry = hub
            .check(id(key), Request::Join(RoomName::lobby(), None))
            .unwrap();
        hub.apply(&Committed {
            seq: Seq(1),
            aside: 0,
            at: Timestamp(0),
            entry,
        })
        .unwrap();
    }
    hub
}

fn id(key: usize) -> PersonId {
    PersonId {
        key: u32::try_from(key).unwrap(),
        generation: 1,
    }
}

fn outboxes(c: &mut Criterion) {
    let mut group = c.benchmark_group("fan_out/outboxes");
    let chunk = Bytes::from(vec![b'x'; MESSAGES * LINE_BYTES]);
    for size in ROOM_SIZES {
        let mut boxes: Vec<Outbox> = (0..size).map(|_| Outbox::default()).collect();
        let now = Instant::now();
        group.throughput(Throughput::Elements((size * MESSAGES) as u64));
        group.bench_function(BenchmarkId::from_parameter(size), |b| {
            b.iter(|| {
                for outbox in &mut boxes {
                    outbox.push_shared(chunk.clone(), <[u8]>::len);
                }
                for outbox in &mut boxes {
                    outbox.write_to(&mut std::io::sink(), now).unwrap();
                }
            });
        });
    }
    group.finish();
}

fn loopback(c: &mut Criterion) {
    for form in Form::ALL {
        let mut group = c.benchmark_group(format!("fan_out/loopback/{}", form.name()));
        group
            .sample_size(10)
            .measurement_time(Duration::from_secs(3));
        for size in ROOM_SIZES {
            group.throughput(Throughput::Elements((size * MESSAGES) as u64));
            beside_bare(&mut group, form, size);
        }
        group.finish();
    }
}

/// The chat and the bare loop, one after the other, with the same bytes.
fn beside_bare(group: &mut BenchmarkGroup<'_, WallTime>, form: Form, size: usize) {
    let mut crowd = Crowd::gather(form, size).unwrap();
    let chunk = crowd.sample(TEXT, MESSAGES).unwrap();
    group.bench_function(BenchmarkId::new("chat", size), |b| {
        b.iter_custom(|rounds| {
            (0..rounds)
                .map(|_| crowd.say(TEXT, MESSAGES).unwrap())
                .sum()
        });
    });
    drop(crowd);
    let mut bare = Bare::gather(size).unwrap();
    group.bench_function(BenchmarkId::new("bare", size), |b| {
        b.iter_custom(|rounds| (0..rounds).map(|_| bare.write(&chunk).unwrap()).sum());
    });
}

criterion_group!(benches, hub, outboxes, loopback);
criterion_main!(benches);

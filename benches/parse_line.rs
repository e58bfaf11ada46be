//! What it costs to understand a line, by its kind.
//!
//! ```text
//! cargo bench -p benches --bench parse_line
//! ```
//!
//! Each round takes a buffer of a hundred equal lines apart. `line-end` only finds where they end,
//! which nobody can leave out; `parse` makes messages of them, and `decode` commands of those too.

#![allow(missing_docs, reason = "criterion's macros")]

use std::hint::black_box;

use chat_core::dialect::irc::{Message, decode};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

const LINES: usize = 100;

/// A kind of line, with its name in the report. Hostile ones are as long as they may be.
fn kinds() -> [(&'static str, String); 5] {
    let say =
        "PRIVMSG #lobby :sixty-four bytes of text, which is what people say in chat rooms, ok";
    let tags = "@label=a1b2;+draft/reply=0123456789abcdef-100000;+typing=active";
    [
        ("plain", say.to_owned()),
        ("tags", format!("{tags} {say}")),
        ("long", format!("PRIVMSG #lobby :{}", "x".repeat(494))),
        ("hostile-tags", format!("@{} QUIT", ";a".repeat(2047))),
        ("hostile-params", format!("nonsense{}", " a".repeat(250))),
    ]
}

fn parse_line(c: &mut Criterion) {
    for (kind, line) in kinds() {
        let buffer = format!("{line}\r\n").repeat(LINES);
        let mut group = c.benchmark_group(format!("parse_line/{kind}"));
        group.throughput(Throughput::ElementsAndBytes {
            elements: LINES as u64,
            bytes: buffer.len() as u64,
        });
        type Step = fn(&str);
        let steps: [(&str, Step); 3] =
            [("line-end", find), ("parse", parse), ("decode", decode_too)];
        for (name, step) in steps {
            group.bench_function(BenchmarkId::from_parameter(name), |b| {
                b.iter(|| each_line(black_box(&buffer), step));
            });
        }
        group.finish();
    }
}

fn find(line: &str) {
    black_box(line);
}

fn parse(line: &str) {
    let _ = black_box(Message::parse(line));
}

fn decode_too(line: &str) {
    if let Ok(message) = Message::parse(line) {
        let _ = black_box(decode(&message));
    }
}

/// As `Lines` finds them.
fn each_line(buffer: &str, step: fn(&str)) {
    let mut rest = buffer;
    while let Some(end) = memchr::memchr(b'\n', rest.as_bytes()) {
        step(rest[..end].trim_end_matches('\r'));
        rest = &rest[end + 1..];
    }
}

criterion_group!(benches, parse_line);
criterion_main!(benches);

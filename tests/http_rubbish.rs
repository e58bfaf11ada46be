//! Whatever a peer sends, in whatever pieces: no panic, no memory without bound, and the pieces make
//! no difference. The random numbers are the same in every run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "web/peer.rs"]
mod peer;

use chat_web::web::Mode;
use peer::{HANDSHAKE, Peer, frame, settings};

/// xorshift64*, so that a failure can be seen again.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap() % bound
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }

    /// Changes, drops, doubles or inserts a few bytes.
    fn spoil(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            match self.below(4) {
                0 => bytes[at] = self.byte(),
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, bytes[at]),
                _ => bytes.insert(at, b"\r\n\0 :,%/;\xff"[self.below(10)]),
            }
        }
    }
}

/// Feeds the bytes whole and in random pieces; both must come to the same.
fn compare(random: &mut Random, bytes: &[u8], new: impl Fn() -> Peer) {
    let mut whole = new();
    whole.feed(bytes);
    let mut pieces = new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(1 + random.below(rest.len()));
        pieces.feed(piece);
        rest = after;
    }
    let what = bytes.escape_ascii();
    assert_eq!(whole.told, pieces.told, "{what}");
    assert_eq!(whole.fault, pieces.fault, "{what}");
    assert_eq!(whole.sent, pieces.sent, "{what}");
}

#[test]
fn spoilt_requests_are_all_the_same_in_pieces() {
    let seeds: [&[u8]; 3] = [
        b"GET /login?room=%23a HTTP/1.1\r\nHost: localhost:8080\r\nCookie: a=b; c=d\r\n\r\n",
        b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
          5;x=y\r\nhello\r\n2\r\nyo\r\n0\r\nA: b\r\n\r\nGET http://b/c HTTP/1.1\r\nHost: a\r\n\r\n",
    ];
    let mut random = Random(0x5eed);
    for round in 0..6_000 {
        let mut bytes = seeds[round % seeds.len()].to_vec();
        random.spoil(&mut bytes);
        compare(&mut random, &bytes, || Peer::new(settings()));
    }
}

#[test]
fn spoilt_frames_are_all_the_same_in_pieces() {
    let stream = [
        HANDSHAKE.to_vec(),
        frame(0x01, b"NICK "),
        frame(0x89, b"ping"),
        frame(0x80, b"ana\r\n"),
        frame(0x82, &[b'x'; 130]),
        frame(0x88, b"\x03\xe8bye"),
    ]
    .concat();
    let mut random = Random(0xf1a9);
    for _ in 0..6_000 {
        let mut bytes = stream[HANDSHAKE.len()..].to_vec();
        random.spoil(&mut bytes);
        compare(&mut random, &bytes, || Peer::socket(Mode::Lines, 200));
    }
}

#[test]
fn noise_is_refused() {
    let mut random = Random(0xa015e);
    for _ in 0..2_000 {
        let length = 1 + random.below(200);
        let noise: Vec<u8> = (0..length).map(|_| random.byte()).collect();
        compare(&mut random, &noise, || Peer::new(settings()));
        compare(&mut random, &noise, || Peer::socket(Mode::Raw, 64));
    }
}

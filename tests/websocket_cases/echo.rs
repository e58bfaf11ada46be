//! The program, a client that writes frames as it is told, right or wrong, and what every case is
//! held to: all that is heard, up to the end of the connection.

use std::io::{BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use test_support::example::example;
use test_support::http::Connection;
use test_support::{PATIENCE, Program, Upgrade};

/// First byte (FIN, reserved bits, opcode) and payload.
pub(crate) type Frame = (u8, Vec<u8>);

pub(crate) const TEXT: u8 = 0x81;
pub(crate) const BINARY: u8 = 0x82;
pub(crate) const CLOSE: u8 = 0x88;
pub(crate) const PING: u8 = 0x89;
pub(crate) const PONG: u8 = 0x8a;

/// Frames that are not the last of their message.
pub(crate) const TEXT_BEGUN: u8 = 0x01;
pub(crate) const BINARY_BEGUN: u8 = 0x02;
pub(crate) const CONTINUED: u8 = 0x00;
/// The last frame of a message that was begun.
pub(crate) const ENDED: u8 = 0x80;

pub(crate) fn frame(first: u8, payload: impl AsRef<[u8]>) -> Frame {
    (first, payload.as_ref().to_vec())
}

pub(crate) fn text(payload: impl AsRef<[u8]>) -> Frame {
    frame(TEXT, payload)
}

pub(crate) fn close(code: u16, reason: impl AsRef<[u8]>) -> Frame {
    let code = code.to_be_bytes();
    frame(CLOSE, [&code[..], reason.as_ref()].concat())
}

/// A message in frames of `bytes` each.
pub(crate) fn fragmented((first, payload): &Frame, bytes: usize) -> Vec<Frame> {
    let mut frames: Vec<Frame> = payload
        .chunks(bytes)
        .map(|chunk| frame(CONTINUED, chunk))
        .collect();
    frames.first_mut().expect("a payload").0 = first & 0x0f;
    frames.last_mut().expect("a payload").0 |= 0x80;
    frames
}

/// What goes over the wire: each frame masked, with the shortest length that holds it.
pub(crate) fn wire(frames: &[Frame]) -> Vec<u8> {
    let mut out = Vec::new();
    for (first, payload) in frames {
        out.push(*first);
        put_length(payload.len(), &mut out);
        out.extend(MASK);
        let start = out.len();
        out.extend_from_slice(payload);
        mask(&mut out[start..]);
    }
    out
}

fn put_length(length: usize, out: &mut Vec<u8>) {
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(length @ 0..=125), _) => out.push(0x80 | length),
        (_, Ok(length)) => {
            out.push(0x80 | 126);
            out.extend(length.to_be_bytes());
        }
        _ => {
            out.push(0x80 | 127);
            out.extend((length as u64).to_be_bytes());
        }
    }
}

const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// Sixteen bytes at a time: a test without optimisation masks many megabytes.
fn mask(bytes: &mut [u8]) {
    let wide = u128::from_ne_bytes([MASK; 4].concat().try_into().unwrap());
    let mut chunks = bytes.chunks_exact_mut(16);
    for chunk in &mut chunks {
        let plain = u128::from_ne_bytes((&*chunk).try_into().unwrap());
        chunk.copy_from_slice(&(plain ^ wide).to_ne_bytes());
    }
    for (byte, mask) in chunks.into_remainder().iter_mut().zip(MASK.iter().cycle()) {
        *byte ^= mask;
    }
}

/// `ws_echo`, running.
pub(crate) struct Echo {
    pub(crate) program: Program,
}

impl Echo {
    pub(crate) fn start(args: &[&str]) -> Self {
        let args = [&["--http", "127.0.0.1:0"], args].concat();
        Echo {
            program: Program::start(&example("ws_echo"), &args),
        }
    }

    pub(crate) fn client(&self) -> Client {
        let address = self.program.door("http");
        let mut connection = Connection::open(address);
        connection.send(Upgrade::to(address).bytes());
        assert_eq!(connection.response_head().status, 101);
        let (stream, unread) = connection.into_parts();
        assert!(unread.is_empty(), "the server began to speak");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Client {
            stream: BufReader::new(stream),
        }
    }

    /// Sends these frames, at once and byte by byte; then just `heard` comes back, a close frame
    /// with this code, and the end. With 1000 it is the client that closes.
    #[track_caller]
    pub(crate) fn check(&self, what: &str, sent: &[Frame], heard: &[Frame], code: u16) {
        let mut bytes = wire(sent);
        if code == 1000 {
            bytes.extend(wire(&[close(1000, "")]));
        }
        self.check_in_chops(what, &bytes, usize::MAX, heard, code);
        if bytes.len() < 1000 {
            let what = format!("{what}, byte by byte");
            self.check_in_chops(&what, &bytes, 1, heard, code);
        }
    }

    /// The same for bytes, in writes of `chop` bytes.
    #[track_caller]
    pub(crate) fn check_in_chops(
        &self,
        what: &str,
        bytes: &[u8],
        chop: usize,
        heard: &[Frame],
        code: u16,
    ) {
        let mut client = self.client();
        client.send_in_chops(bytes, chop);
        let mut frames = client.rest();
        let Some((CLOSE, reason)) = frames.pop() else {
            panic!("{what}: no close at the end of {}", summary(&frames));
        };
        let closed = reason.first_chunk().map(|code| u16::from_be_bytes(*code));
        assert_eq!(closed, Some(code), "{what}: {}", reason.escape_ascii());
        assert!(frames == heard, "{what}: heard {}", summary(&frames));
    }

    /// A figure of `/proc/PID/status`, in bytes.
    pub(crate) fn memory(&self, name: &str) -> usize {
        let path = format!("/proc/{}/status", self.program.pid());
        let status = std::fs::read_to_string(path).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let number =
            line.and_then(|line| line.trim_matches([':', '\t', ' ', 'k', 'B']).parse().ok());
        number.map(|kib: usize| kib * 1024).expect("a number of kB")
    }
}

/// How long a write may take before the server is taken for one that does not read.
const BLOCKED: Duration = Duration::from_millis(500);

/// More than the kernel holds for two sockets and the example for a connection.
const BUFFERED_BYTES_MAX: usize = 128 * 1024 * 1024;

/// A WebSocket, opened.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    #[track_caller]
    pub(crate) fn send(&mut self, frames: &[Frame]) {
        let sent = self.write(&wire(frames));
        sent.unwrap_or_else(|e| panic!("cannot send: {e}"));
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    /// Stops when the server no longer listens: what it said is judged, not when.
    fn send_in_chops(&mut self, bytes: &[u8], chop: usize) {
        for chunk in bytes.chunks(chop.min(bytes.len().max(1))) {
            if self.write(chunk).is_err() {
                return;
            }
        }
    }

    /// Writes these, all of one length, and reads nothing until the server takes no more; how many
    /// it took whole.
    ///
    /// # Panics
    /// When the server ends the connection, or takes more than any buffers explain.
    #[track_caller]
    pub(crate) fn write_until_blocked(&mut self, bytes: impl Fn(usize) -> Vec<u8>) -> usize {
        let stream = self.stream.get_mut();
        stream.set_write_timeout(Some(BLOCKED)).unwrap();
        let (mut unsent, mut written, mut made) = (Vec::new(), 0, 0);
        while written < BUFFERED_BYTES_MAX {
            while unsent.len() < 64 * 1024 {
                unsent.extend(bytes(made));
                made += 1;
            }
            match stream.write(&unsent) {
                Ok(count) => written += unsent.drain(..count).len(),
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    return written / bytes(0).len();
                }
                Err(e) => panic!("{e} after {written} bytes"),
            }
        }
        panic!("{written} bytes were taken and none read");
    }

    /// The next frame; `None` at the end of the connection.
    ///
    /// # Panics
    /// When nothing comes, or what a server must not send.
    #[track_caller]
    pub(crate) fn next(&mut self) -> Option<Frame> {
        let [first, length] = self.take()?;
        assert_eq!(first & 0x70, 0, "a reserved bit is set");
        let length = match length {
            0..=125 => u64::from(length),
            126 => u16::from_be_bytes(self.take()?).into(),
            127 => u64::from_be_bytes(self.take()?),
            _ => panic!("a server must not mask"),
        };
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        self.stream.read_exact(&mut payload).expect("a whole frame");
        Some((first, payload))
    }

    /// All frames up to the end of the connection.
    #[track_caller]
    pub(crate) fn rest(&mut self) -> Vec<Frame> {
        std::iter::from_fn(|| self.next()).collect()
    }

    #[track_caller]
    fn take<const COUNT: usize>(&mut self) -> Option<[u8; COUNT]> {
        let mut bytes = [0; COUNT];
        match self.stream.read_exact(&mut bytes) {
            Ok(()) => Some(bytes),
            Err(e)
                if matches!(
                    e.kind(),
                    ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset
                ) =>
            {
                None
            }
            Err(e) => panic!("neither a frame nor the end came: {e}"),
        }
    }
}

/// Frames as a failing test shows them.
fn summary(frames: &[Frame]) -> String {
    let shown = frames.iter().take(12).map(|(first, payload)| {
        let begin = &payload[..payload.len().min(24)];
        format!("{first:02x} {} {}", payload.len(), begin.escape_ascii())
    });
    format!("{} frames: {:?}", frames.len(), shown.collect::<Vec<_>>())
}

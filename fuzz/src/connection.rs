//! The part of the reactor: bytes come in pieces, the framing takes messages off them, and what it
//! did not take is offered again.

use chat_core::net::framing::{Fault, Frame, Framing, Input};

/// The part of the host: hears what the framing found.
pub(crate) trait Listener {
    fn hear(&mut self, frame: Frame<'_>);

    /// What one call to `decode` wants to be sent.
    fn replied(&mut self, replies: &[u8]);
}

/// One connection without a socket.
pub(crate) struct Connection<F, L> {
    pub(crate) framing: F,
    pub(crate) listener: L,
    /// Why it is over.
    pub(crate) fault: Option<Fault>,
    inbox: Vec<u8>,
}

impl<F: Framing, L: Listener> Connection<F, L> {
    pub(crate) fn new(framing: F, listener: L) -> Self {
        Connection {
            framing,
            listener,
            fault: None,
            inbox: Vec::new(),
        }
    }

    /// One read brings these bytes.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        if self.fault.is_none() {
            self.inbox.extend_from_slice(bytes);
            self.go_on();
        }
    }

    /// How many bytes wait to be taken.
    pub(crate) fn waiting(&self) -> usize {
        self.inbox.len()
    }

    /// Decodes what is there until nothing comes of it: `net/reader.rs`, `frames`.
    pub(crate) fn go_on(&mut self) {
        let mut taken = 0;
        // A call takes a byte at least, or writes an answer, or tells that the wire is another.
        let mut calls_left = 3 * self.inbox.len() + 8;
        while self.fault.is_none() {
            calls_left = calls_left.checked_sub(1).expect("decode gets nowhere");
            match self.decode(taken) {
                0 => break,
                count => taken += count - 1,
            }
        }
        self.inbox.drain(..taken);
    }

    /// One call: 0 if it waits, else one more than it took.
    fn decode(&mut self, taken: usize) -> usize {
        let mut input = Input::new(&self.inbox[taken..]);
        let mut replies = Vec::new();
        let frame = self.framing.decode(&mut input, &mut replies);
        let idle = input.taken() == 0 && replies.is_empty();
        self.listener.replied(&replies);
        match frame {
            Ok(Some(frame)) => self.listener.hear(frame),
            Ok(None) if idle => return 0,
            Ok(None) => {}
            Err(fault) => self.fault = Some(fault),
        }
        input.taken() + 1
    }

    /// Whoever is over stays so, and has nothing to say or to take any more.
    pub(crate) fn stays_over(&mut self) {
        let Some(fault) = &self.fault else { return };
        for bytes in [
            &b""[..],
            b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            b"\x89\x80abcd",
        ] {
            let (mut input, mut replies) = (Input::new(bytes), Vec::new());
            match self.framing.decode(&mut input, &mut replies) {
                Err(again) => assert_eq!(again, *fault),
                Ok(frame) => panic!("over, and then {frame:?}"),
            }
            assert_eq!((input.taken(), replies.len()), (0, 0));
        }
    }
}

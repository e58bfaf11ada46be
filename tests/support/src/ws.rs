//! A person behind a WebSocket (RFC 6455), as the page, gamja or a bot would be.

use std::io::{self, ErrorKind, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use tungstenite::protocol::CloseFrame;
use tungstenite::{Error, Message, WebSocket};

use crate::Upgrade;
use crate::conversation::{Conversation, Silence, Wire};
use crate::line::silence;
use crate::wait::{PATIENCE, left};

/// A conversation with one message per frame.
pub type WsClient = Conversation<Frames>;

/// The WebSocket of a [`WsClient`].
#[derive(Debug)]
pub struct Frames {
    pub(crate) socket: WebSocket<TcpStream>,
    pub(crate) protocol: Option<String>,
}

impl WsClient {
    /// Connects to `/socket` as a client without a session.
    ///
    /// # Panics
    /// When the server refuses.
    #[track_caller]
    pub fn connect(address: SocketAddr) -> Self {
        Upgrade::to(address).connect()
    }

    /// Connects to `/socket` with a session's cookie, as the page does.
    ///
    /// # Panics
    /// When the server refuses.
    #[track_caller]
    pub fn connect_with_session(address: SocketAddr, cookie: &str) -> Self {
        Upgrade::to(address).session(cookie).connect()
    }

    /// The subprotocol that the server chose.
    pub fn protocol(&self) -> Option<&str> {
        self.wire.protocol.as_deref()
    }

    /// Sends any message: binary, ping, close.
    ///
    /// # Panics
    /// When the other side is gone.
    #[track_caller]
    pub fn send_message(&mut self, message: Message) {
        self.note('>', &format!("{message:?}"));
        if let Err(e) = self.wire.socket.send(message) {
            self.fail(&format!("cannot send: {e}"));
        }
    }

    /// The next message of any kind, pings and the close frame too.
    ///
    /// # Panics
    /// When none comes.
    #[track_caller]
    pub fn next_message(&mut self) -> Message {
        match self.wire.message(Instant::now() + PATIENCE) {
            Ok(message) => {
                self.note('<', &format!("{message:?}"));
                message
            }
            Err(silence) => self.fail(&format!("awaited a message: {silence:?}")),
        }
    }

    /// Reads on to the close frame and gives its reason. The lines before it stay in the
    /// transcript.
    ///
    /// # Panics
    /// When the socket stays open, ends without a close frame, or closes with another code.
    #[track_caller]
    pub fn expect_close(&mut self, code: u16) -> String {
        loop {
            match self.next_message() {
                Message::Close(Some(frame)) if u16::from(frame.code) == code => {
                    return frame.reason.to_string();
                }
                Message::Close(frame) => self.fail(&format!("awaited close {code}: {frame:?}")),
                _ => {}
            }
        }
    }

    /// Reads on to a line with this text, or to the end: the line, or how the socket was closed.
    ///
    /// # Panics
    /// When the socket stays open and no such line comes.
    #[track_caller]
    pub fn last_words(&mut self, text: &str) -> String {
        loop {
            match self.hear(Instant::now() + PATIENCE) {
                Ok(line) if line.contains(text) => return line,
                Ok(_) => {}
                Err(Silence::Closed(how)) => return how,
                Err(Silence::TimedOut) => self.fail(&format!("awaited `{text}` or the end")),
            }
        }
    }

    /// Closes with this code and waits for the server's answer.
    ///
    /// # Panics
    /// When the server does not answer.
    #[track_caller]
    pub fn close(mut self, code: u16) {
        let frame = CloseFrame {
            code: code.into(),
            reason: "".into(),
        };
        self.wire
            .socket
            .close(Some(frame))
            .unwrap_or_else(|e| self.fail(&e.to_string()));
        self.expect_eof();
    }

    /// Sends bytes beneath the frames.
    ///
    /// # Panics
    /// When the other side is gone.
    #[track_caller]
    pub fn send_raw(&mut self, bytes: &[u8]) {
        self.note('>', &format!("{bytes:02x?}"));
        if let Err(e) = self.raw().write_all(bytes) {
            self.fail(&format!("cannot send {} bytes: {e}", bytes.len()));
        }
    }

    /// The WebSocket itself, for somebody who speaks another language on it than lines.
    pub(crate) fn into_socket(self) -> WebSocket<TcpStream> {
        self.wire.socket
    }

    /// The TCP stream beneath the frames.
    pub fn raw(&mut self) -> &mut TcpStream {
        self.wire.socket.get_mut()
    }
}

impl Frames {
    fn message(&mut self, deadline: Instant) -> Result<Message, Silence> {
        loop {
            let timeout = Some(left(deadline));
            self.socket
                .get_ref()
                .set_read_timeout(timeout)
                .expect("a timeout above zero");
            match self.socket.read() {
                Ok(message) => return Ok(message),
                Err(Error::Io(e)) if e.kind() == ErrorKind::Interrupted => {}
                Err(Error::Io(e)) => return Err(silence(&e)),
                Err(other) => return Err(Silence::Closed(other.to_string())),
            }
        }
    }
}

impl Wire for Frames {
    fn write(&mut self, line: &str) -> io::Result<()> {
        self.socket
            .send(Message::text(line))
            .map_err(io::Error::other)
    }

    /// A message is a line: text, or the same bytes as binary (`binary.ircv3.net`). Pings are
    /// answered by tungstenite.
    fn read(&mut self, deadline: Instant) -> Result<String, Silence> {
        loop {
            match self.message(deadline)? {
                Message::Text(text) => return Ok(text.to_string()),
                Message::Binary(bytes) => {
                    return Ok(String::from_utf8(bytes.into()).expect("IRC in UTF-8"));
                }
                Message::Close(frame) => return Err(Silence::Closed(format!("{frame:?}"))),
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// A server for one connection, by tungstenite's own handshake.
    fn server(serve: impl FnOnce(WebSocket<TcpStream>) + Send + 'static) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || serve(tungstenite::accept(listener.accept().unwrap().0).unwrap()));
        address
    }

    fn echo(mut socket: WebSocket<TcpStream>) {
        while let Ok(message) = socket.read() {
            if message.is_text() || message.is_binary() {
                socket.send(message).unwrap();
            }
        }
    }

    #[test]
    fn text_and_binary_are_lines() {
        let mut ana = WsClient::connect(server(echo));
        ana.send("hi");
        assert_eq!(ana.next_line(), "hi");
        ana.send_message(Message::binary("é"));
        assert_eq!(ana.next_line(), "é");
        ana.quiet(std::time::Duration::from_millis(20));
        ana.close(1000);
    }

    #[test]
    fn bytes_beneath_the_frames_are_sent_as_they_are() {
        let mut ana = WsClient::connect(server(echo));
        ana.send_raw(&[0x81, 0x82, 0, 0, 0, 0, b'h', b'i']);
        assert_eq!(ana.next_message(), Message::text("hi"));
    }

    #[test]
    fn a_close_has_a_code_and_a_reason() {
        let address = server(|mut socket| {
            let frame = CloseFrame {
                code: 4001.into(),
                reason: "second tab".into(),
            };
            socket.close(Some(frame)).unwrap();
            let _ = socket.read();
        });
        assert_eq!(WsClient::connect(address).expect_close(4001), "second tab");
    }

    #[test]
    #[should_panic(expected = "awaited close 1009")]
    fn another_code_is_a_failure() {
        let address = server(|mut socket| socket.close(None).unwrap());
        WsClient::connect(address).expect_close(1009);
    }
}

//! A person at the IRC door or at the plain door, over TCP.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use socket2::{Domain, SockRef, Socket, Type};

use crate::conversation::{Conversation, Silence, Wire};
use crate::wait::{PATIENCE, eventually, left};

/// A conversation whose lines end with CR LF on a TCP stream.
pub type LineClient = Conversation<TcpLines>;

/// The TCP stream of a [`LineClient`], and what was read from it beyond the last line.
#[derive(Debug)]
pub struct TcpLines {
    stream: TcpStream,
    unread: Vec<u8>,
}

impl LineClient {
    /// Connects to a door.
    ///
    /// # Panics
    /// When the door is shut.
    #[track_caller]
    pub fn connect(address: SocketAddr) -> Self {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => Self::on(stream),
            Err(e) => panic!("cannot connect to {address}: {e}"),
        }
    }

    /// Connects from an address of this machine's own, 127.0.0.2 or the like, as somebody else.
    ///
    /// # Panics
    /// When the door is shut, or the address is not ours.
    #[track_caller]
    pub fn connect_from(source: IpAddr, address: SocketAddr) -> Self {
        Self::on(stream_from(source, address))
    }

    /// Takes the next connection of a listener: the test is the server then, to see how
    /// somebody's client behaves.
    ///
    /// # Panics
    /// When nobody connects.
    #[track_caller]
    pub fn accept(listener: &TcpListener) -> Self {
        listener.set_nonblocking(true).expect("a listener");
        let (stream, _) = eventually("somebody to connect", || listener.accept().ok());
        stream.set_nonblocking(false).expect("a socket");
        Self::on(stream)
    }

    /// Connects with a receive buffer of about so many bytes (the kernel doubles them): a reader
    /// who stops reading is then felt by the server early.
    ///
    /// # Panics
    /// When the door is shut.
    #[track_caller]
    pub fn connect_with_receive_buffer(address: SocketAddr, bytes: usize) -> Self {
        Self::on(stream_with_receive_buffer(address, bytes))
    }

    /// Sends these bytes and adds nothing.
    ///
    /// # Panics
    /// When the other side is gone.
    #[track_caller]
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        if let Err(e) = self.try_send_bytes(bytes) {
            self.fail(&format!("cannot send {} bytes: {e}", bytes.len()));
        }
    }

    /// Sends these bytes to somebody who may be gone.
    ///
    /// # Errors
    /// When the other side is gone.
    pub fn try_send_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.note('>', &format!("{:?}", String::from_utf8_lossy(bytes)));
        self.wire.stream.write_all(bytes)
    }

    /// Reads on until this text has come, also on a line that has not ended, like the question
    /// for a name. Gives all that came with it.
    ///
    /// # Panics
    /// When it does not come.
    #[track_caller]
    pub fn expect_prompt(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        while !self.wire.unread_text().contains(text) {
            if let Err(silence) = self.wire.fill(deadline) {
                let unread = self.wire.unread_text();
                self.fail(&format!(
                    "awaited `{text}`: {silence:?}\n--- unread\n{unread}"
                ));
            }
        }
        let heard = self.wire.unread_text();
        self.wire.unread.clear();
        self.note('<', &heard);
        heard
    }

    /// Ends our direction only: the server reads an end and can still answer.
    ///
    /// # Panics
    /// When the connection is gone.
    #[track_caller]
    pub fn shutdown_write(&mut self) {
        self.note('>', "(end)");
        self.wire
            .stream
            .shutdown(Shutdown::Write)
            .expect("an open connection");
    }

    /// Ends the connection by a reset (RST), as a crash of the peer's machine would.
    ///
    /// # Panics
    /// When the socket takes no options.
    pub fn reset(self) {
        let linger = Some(Duration::ZERO);
        SockRef::from(&self.wire.stream)
            .set_linger(linger)
            .expect("a socket");
    }

    /// Our own address, which the server knows us by.
    ///
    /// # Panics
    /// When the connection is gone.
    pub fn local_addr(&self) -> SocketAddr {
        self.wire.stream.local_addr().expect("an open connection")
    }

    fn on(stream: TcpStream) -> Self {
        stream.set_nodelay(true).expect("a socket");
        stream.set_write_timeout(Some(PATIENCE)).expect("a socket");
        Self::over(TcpLines {
            stream,
            unread: Vec::new(),
        })
    }
}

impl Wire for TcpLines {
    fn write(&mut self, line: &str) -> io::Result<()> {
        self.stream.write_all(format!("{line}\r\n").as_bytes())
    }

    fn read(&mut self, deadline: Instant) -> Result<String, Silence> {
        loop {
            match self.take_line() {
                Some(line) => return Ok(line),
                None => self.fill(deadline)?,
            }
        }
    }
}

impl TcpLines {
    fn take_line(&mut self) -> Option<String> {
        let end = self.unread.iter().position(|byte| *byte == b'\n')?;
        let mut line: Vec<u8> = self.unread.drain(..=end).collect();
        line.pop();
        line.pop_if(|byte| *byte == b'\r');
        Some(String::from_utf8(line).expect("a server sends nothing but UTF-8"))
    }

    fn fill(&mut self, deadline: Instant) -> Result<(), Silence> {
        let mut chunk = [0; 16 * 1024];
        self.stream
            .set_read_timeout(Some(left(deadline)))
            .expect("a timeout above zero");
        match self.stream.read(&mut chunk) {
            Ok(0) => Err(Silence::Closed("end of stream".to_owned())),
            Ok(count) => {
                self.unread.extend_from_slice(&chunk[..count]);
                Ok(())
            }
            Err(e) if e.kind() == ErrorKind::Interrupted => Ok(()),
            Err(e) => Err(silence(&e)),
        }
    }

    fn unread_text(&self) -> String {
        String::from_utf8_lossy(&self.unread).into_owned()
    }
}

/// A connection from an address of this machine's own.
#[track_caller]
pub(crate) fn stream_from(source: IpAddr, address: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::new(source, 0).into()).unwrap();
    match socket.connect_timeout(&address.into(), PATIENCE) {
        Ok(()) => socket.into(),
        Err(e) => panic!("cannot connect from {source} to {address}: {e}"),
    }
}

/// A connection that takes in little before it is read.
#[track_caller]
pub(crate) fn stream_with_receive_buffer(address: SocketAddr, bytes: usize) -> TcpStream {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(bytes).unwrap();
    match socket.connect_timeout(&address.into(), PATIENCE) {
        Ok(()) => socket.into(),
        Err(e) => panic!("cannot connect to {address}: {e}"),
    }
}

/// A socket with a timeout says `WouldBlock` when it is over.
pub(crate) fn silence(e: &io::Error) -> Silence {
    match e.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => Silence::TimedOut,
        _ => Silence::Closed(e.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::thread::{self, JoinHandle};

    use super::*;

    /// A server that says `hello`, then runs `serve` on its one connection.
    fn server(serve: impl FnOnce(TcpStream) + Send + 'static) -> (SocketAddr, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let thread = thread::spawn(move || serve(listener.accept().unwrap().0));
        (address, thread)
    }

    fn say(text: &'static str) -> LineClient {
        let (address, _) = server(move |mut stream| stream.write_all(text.as_bytes()).unwrap());
        LineClient::connect(address)
    }

    fn echo(mut stream: TcpStream) {
        let mut copy = stream.try_clone().unwrap();
        let _ = io::copy(&mut stream, &mut copy);
    }

    #[test]
    fn lines_come_without_their_endings() {
        let mut ana = say("one\r\ntwo\nthree\r\n");
        assert_eq!(ana.next_line(), "one");
        assert_eq!(ana.expect_contains("ree"), "three");
        assert_eq!(ana.expect_eof(), Vec::<String>::new());
        assert_eq!(ana.transcript(), "< one\n< two\n< three");
    }

    #[test]
    fn a_prompt_has_no_ending() {
        let mut ana = say("welcome\r\nyour name? ");
        assert_eq!(ana.expect_prompt("name?"), "welcome\r\nyour name? ");
    }

    #[test]
    #[should_panic(expected = "awaited a line with `pear`: Closed(\"end of stream\")\n\
        --- the conversation so far\n< apple\n---")]
    fn a_failure_shows_what_came_instead() {
        say("apple\r\n").expect_contains("pear");
    }

    #[test]
    #[should_panic(expected = "awaited silence and heard `psst`")]
    fn quiet_hears_everything() {
        say("psst\r\n").quiet(PATIENCE);
    }

    #[test]
    fn an_echo_is_a_conversation_too() {
        let (address, _) = server(echo);
        let mut ana = LineClient::connect(address);
        ana.quiet(Duration::from_millis(20));
        ana.send("hi");
        assert_eq!(ana.expect(|line| line.starts_with('h')), "hi");
        ana.shutdown_write();
        assert_eq!(ana.expect_eof(), Vec::<String>::new());
    }

    #[test]
    fn registers_with_capabilities_and_answers_pings() {
        let (address, server) = server(|stream| {
            let mut server = LineClient::on(stream);
            server.expect_contains("CAP REQ :batch echo-message");
            server.send(":chat CAP * ACK :batch echo-message");
            server.expect_contains("NICK ana");
            server.expect_contains("CAP END");
            server.send("PING :early");
            server.expect_contains("PONG :early");
            server.send(":chat 001 ana :hello\r\n:chat 422 ana :no MOTD");
            server.expect_contains("PING fence-1");
            server.send(":bob!b@h JOIN #a\r\n:chat PONG chat fence-1");
        });
        let mut ana = LineClient::connect(address);
        ana.caps(&["batch", "echo-message"]);
        assert_eq!(
            ana.register("ana").last().unwrap(),
            ":chat 422 ana :no MOTD"
        );
        assert_eq!(ana.fence(), [":bob!b@h JOIN #a"]);
        server.join().unwrap();
    }

    #[test]
    #[should_panic(expected = "was not let in: :chat 433 * ana :taken")]
    fn a_refused_nick_fails_at_once() {
        say(":chat 433 * ana :taken\r\n").register("ana");
    }

    #[test]
    fn a_reset_is_a_reset() {
        let (address, server) = server(|mut stream| {
            let e = stream.read(&mut [0]).unwrap_err();
            assert_eq!(e.kind(), ErrorKind::ConnectionReset);
        });
        LineClient::connect(address).reset();
        server.join().unwrap();
    }
}

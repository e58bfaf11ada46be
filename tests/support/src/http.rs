//! HTTP/1.1 byte for byte: what goes out is exactly what the test wrote, also when it is wrong,
//! and the answers are read one by one, as RFC 9112 delimits them.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Instant;

use crate::line::{stream_from, stream_with_receive_buffer};
use crate::response::BodyLength;
pub use crate::response::Response;
use crate::wait::{PATIENCE, left};

/// Sends one request on a connection of its own.
///
/// # Panics
/// When no whole answer comes.
#[track_caller]
pub fn request(address: SocketAddr, raw: impl AsRef<[u8]>) -> Response {
    let mut connection = Connection::open(address);
    connection.send(raw);
    connection.response()
}

/// `GET path`, as a browser without a cookie would send it.
///
/// # Panics
/// When no whole answer comes.
#[track_caller]
pub fn get(address: SocketAddr, path: &str) -> Response {
    request(
        address,
        format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n"),
    )
}

/// `GET path` with a cookie, `name=value`.
///
/// # Panics
/// When no whole answer comes.
#[track_caller]
pub fn get_with(address: SocketAddr, path: &str, cookie: &str) -> Response {
    let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\n\r\n");
    request(address, head)
}

/// Sends a form as a page of this server does, with a cookie unless that is empty.
///
/// # Panics
/// When no whole answer comes.
#[track_caller]
pub fn post(address: SocketAddr, path: &str, cookie: &str, form: &str) -> Response {
    request(address, form_request(address, path, cookie, form))
}

/// Sends the login form and gives the session's cookie as `name=value`.
///
/// # Panics
/// When the login is refused: shows the answer.
#[track_caller]
pub fn login(address: SocketAddr, name: &str) -> String {
    let answer = post_login(address, name);
    match answer.header("set-cookie") {
        Some(cookie) if answer.status == 303 => cookie.split(';').next().unwrap().to_owned(),
        _ => panic!("{name} could not log in: {answer:?}"),
    }
}

/// Sends the login form, whatever comes of it.
///
/// # Panics
/// When no whole answer comes.
#[track_caller]
pub fn post_login(address: SocketAddr, name: &str) -> Response {
    let body = format!("name={}", percent_encoded(name));
    request(address, login_request(address, &body))
}

/// The login form as a browser sends it.
#[must_use]
pub fn login_request(address: SocketAddr, body: &str) -> String {
    form_request(address, "/login", "", body)
}

fn form_request(address: SocketAddr, path: &str, cookie: &str, body: &str) -> String {
    let cookie = match cookie {
        "" => String::new(),
        cookie => format!("Cookie: {cookie}\r\n"),
    };
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\n{cookie}\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    head + body
}

/// The same for a chat with a password.
///
/// # Panics
/// When no whole answer comes.
#[track_caller]
pub fn post_login_with_password(address: SocketAddr, name: &str, password: &str) -> Response {
    let (name, password) = (percent_encoded(name), percent_encoded(password));
    request(
        address,
        login_request(address, &format!("name={name}&password={password}")),
    )
}

/// A connection on which requests and answers follow each other (keep-alive, pipelining).
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    unread: Vec<u8>,
}

impl Connection {
    /// Connects.
    ///
    /// # Panics
    /// When the door is shut.
    #[track_caller]
    pub fn open(address: SocketAddr) -> Self {
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
    pub fn open_from(source: IpAddr, address: SocketAddr) -> Self {
        Self::on(stream_from(source, address))
    }

    /// Connects with a receive buffer of about so many bytes, as [`LineClient`](crate::LineClient) can.
    ///
    /// # Panics
    /// When the door is shut.
    #[track_caller]
    pub fn open_with_receive_buffer(address: SocketAddr, bytes: usize) -> Self {
        Self::on(stream_with_receive_buffer(address, bytes))
    }

    fn on(stream: TcpStream) -> Self {
        stream.set_nodelay(true).expect("a socket");
        stream.set_write_timeout(Some(PATIENCE)).expect("a socket");
        Self {
            stream,
            unread: Vec::new(),
        }
    }

    /// Sends these bytes and nothing else.
    ///
    /// # Panics
    /// When the other side is gone.
    #[track_caller]
    pub fn send(&mut self, raw: impl AsRef<[u8]>) {
        self.stream
            .write_all(raw.as_ref())
            .unwrap_or_else(|e| panic!("cannot send: {e}"));
    }

    /// The next answer.
    ///
    /// # Panics
    /// When no whole answer comes.
    #[track_caller]
    pub fn response(&mut self) -> Response {
        let mut response = self.response_head();
        response.body = match response.body_length() {
            BodyLength::Known(length) => self.take(length, "the body"),
            BodyLength::Chunked => self.chunked_body(),
            BodyLength::ToTheEnd => self.rest(),
        };
        response
    }

    /// The next answer without its body: for the answer to HEAD, which has none whatever its
    /// headers say.
    ///
    /// # Panics
    /// When no whole head comes.
    #[track_caller]
    pub fn response_head(&mut self) -> Response {
        Response::from_head(&self.take_through(b"\r\n\r\n", "the head of an answer"))
    }

    /// Reads to the end of the connection and gives what came before it. A reset is an end too.
    ///
    /// # Panics
    /// When the connection stays open.
    #[track_caller]
    pub fn rest(&mut self) -> Vec<u8> {
        let deadline = Instant::now() + PATIENCE;
        while self.fill(deadline, "the end of the connection") {}
        std::mem::take(&mut self.unread)
    }

    /// The stream and what was read of it beyond the last answer.
    pub fn into_parts(self) -> (TcpStream, Vec<u8>) {
        (self.stream, self.unread)
    }

    #[track_caller]
    fn chunked_body(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let size = self.take_through(b"\r\n", "the size of a chunk");
            let size = str::from_utf8(&size).expect("digits").trim_end();
            let size = usize::from_str_radix(size, 16).expect("a chunk size in hex");
            body.extend(self.take(size, "a chunk"));
            assert_eq!(self.take(2, "the end of a chunk"), b"\r\n");
            if size == 0 {
                return body;
            }
        }
    }

    #[track_caller]
    fn take_through(&mut self, end: &[u8], awaited: &str) -> Vec<u8> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = self
                .unread
                .windows(end.len())
                .position(|bytes| bytes == end);
            match found {
                Some(at) => return self.unread.drain(..at + end.len()).collect(),
                None => assert!(
                    self.fill(deadline, awaited),
                    "{}",
                    self.ended_before(awaited)
                ),
            }
        }
    }

    #[track_caller]
    pub(crate) fn take(&mut self, count: usize, awaited: &str) -> Vec<u8> {
        let deadline = Instant::now() + PATIENCE;
        while self.unread.len() < count {
            assert!(
                self.fill(deadline, awaited),
                "{}",
                self.ended_before(awaited)
            );
        }
        self.unread.drain(..count).collect()
    }

    /// Reads once; `false` at the end of the connection.
    #[track_caller]
    fn fill(&mut self, deadline: Instant, awaited: &str) -> bool {
        let mut chunk = [0; 16 * 1024];
        self.stream
            .set_read_timeout(Some(left(deadline)))
            .expect("a timeout above zero");
        match self.stream.read(&mut chunk) {
            Ok(count) => {
                self.unread.extend_from_slice(&chunk[..count]);
                count > 0
            }
            Err(e) if e.kind() == ErrorKind::Interrupted => true,
            Err(e) if e.kind() == ErrorKind::ConnectionReset => false,
            Err(e) => panic!("awaited {awaited}: {e}\n--- unread\n{}", self.unread_text()),
        }
    }

    fn ended_before(&self, awaited: &str) -> String {
        format!(
            "the connection ended before {awaited}\n--- unread\n{}",
            self.unread_text()
        )
    }

    fn unread_text(&self) -> String {
        String::from_utf8_lossy(&self.unread).into_owned()
    }
}

fn percent_encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    fn server(text: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let mut stream = listener.accept().unwrap().0;
            stream.write_all(text.as_bytes()).unwrap();
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        });
        address
    }

    fn server_says(text: &'static str) -> Connection {
        Connection::open(server(text))
    }

    #[test]
    fn a_login_gives_the_cookie() {
        let answer = "HTTP/1.1 303 See Other\r\nContent-Length: 0\r\n\
            Set-Cookie: chat_session=x1; HttpOnly; Path=/\r\n\r\n";
        assert_eq!(login(server(answer), "ana"), "chat_session=x1");
    }

    #[test]
    #[should_panic(expected = "ana could not log in: Response { status: 200")]
    fn a_refused_login_is_a_failure() {
        login(
            server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ntaken"),
            "ana",
        );
    }

    #[test]
    fn answers_follow_each_other() {
        let mut connection = server_says(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A:  1 \r\n\r\nhi\
             HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n\
             HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n\
             HTTP/1.1 404 Not Found\r\n\r\nto the end",
        );
        let first = connection.response();
        assert_eq!(
            (first.status, first.text(), first.header("x-a")),
            (200, "hi", Some("1"))
        );
        assert_eq!(connection.response().status, 304);
        assert_eq!(connection.response().text(), "abcd");
        assert_eq!(connection.response().text(), "to the end");
    }

    #[test]
    fn an_answer_to_head_has_no_body() {
        let mut connection =
            server_says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 400 Bad\r\n\r\n");
        assert_eq!(
            connection.response_head().header("Content-Length"),
            Some("9")
        );
        assert_eq!(connection.response().status, 400);
    }

    #[test]
    #[should_panic(expected = "the connection ended before the body")]
    fn half_a_body_is_a_failure() {
        server_says("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi").response();
    }

    #[test]
    fn every_byte_of_a_name_is_escaped() {
        assert_eq!(percent_encoded("a&é"), "%61%26%C3%A9");
    }
}

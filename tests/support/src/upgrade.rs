//! The request for a WebSocket (RFC 6455 §4), written by hand, so that a test can send a foreign
//! `Origin`, no key, or a wrong version, and see the refusal.

use std::net::{IpAddr, SocketAddr};

use tungstenite::WebSocket;
use tungstenite::handshake::{client::generate_key, derive_accept_key};
use tungstenite::protocol::Role;

use crate::WsClient;
use crate::http::{Connection, Response};
use crate::ws::Frames;

/// The request that turns an HTTP connection into a WebSocket.
#[derive(Clone, Debug)]
pub struct Upgrade {
    address: SocketAddr,
    source: Option<IpAddr>,
    receive_buffer_bytes: Option<usize>,
    path: String,
    key: String,
    headers: Vec<(String, String)>,
}

impl Upgrade {
    /// A right request for `/socket`, without cookie, origin and subprotocol.
    pub fn to(address: SocketAddr) -> Self {
        let key = generate_key();
        let upgrade = Self {
            address,
            source: None,
            receive_buffer_bytes: None,
            path: "/socket".to_owned(),
            key,
            headers: Vec::new(),
        };
        let key = upgrade.key.clone();
        upgrade
            .header("Host", &address.to_string())
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Key", &key)
    }

    /// From an address of this machine's own, 127.0.0.2 or the like.
    #[must_use]
    pub fn from(mut self, source: impl Into<IpAddr>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// With a receive buffer of about so many bytes: a reader who is slow is then felt by the server.
    #[must_use]
    pub fn receive_buffer(mut self, bytes: usize) -> Self {
        self.receive_buffer_bytes = Some(bytes);
        self
    }

    /// Another path.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// Sets a header, in place of an earlier one of that name.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        let mut upgrade = self.without(name);
        upgrade.headers.push((name.to_owned(), value.to_owned()));
        upgrade
    }

    /// Leaves a header out.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers
            .retain(|(kept, _)| !kept.eq_ignore_ascii_case(name));
        self
    }

    /// The cookie of a session, `name=value`, and the origin that a browser would send with it.
    #[must_use]
    pub fn session(self, cookie: &str) -> Self {
        let origin = format!("http://{}", self.address);
        self.header("Cookie", cookie).header("Origin", &origin)
    }

    /// Offers subprotocols, `text.ircv3.net` or the like.
    #[must_use]
    pub fn protocol(self, names: &str) -> Self {
        self.header("Sec-WebSocket-Protocol", names)
    }

    /// Connects.
    ///
    /// # Panics
    /// When the server refuses or answers wrongly: shows its answer.
    #[track_caller]
    pub fn connect(self) -> WsClient {
        let (response, connection) = self.ask();
        self.check(&response);
        let protocol = response.header("sec-websocket-protocol").map(str::to_owned);
        let (stream, unread) = connection.into_parts();
        let socket = WebSocket::from_partially_read(stream, unread, Role::Client, None);
        WsClient::over(Frames { socket, protocol })
    }

    /// The server's answer, which must be a refusal.
    ///
    /// # Panics
    /// When the server lets us in.
    #[track_caller]
    pub fn refused(self) -> Response {
        let (response, mut connection) = self.ask();
        assert_ne!(response.status, 101, "was let in by {self:?}");
        let length = response
            .header("content-length")
            .map_or(0, |n| n.parse().unwrap());
        let body = connection.take(length, "the body of the refusal");
        Response { body, ..response }
    }

    /// The request as it goes over the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let mut request = format!("GET {} HTTP/1.1\r\n", self.path);
        for (name, value) in &self.headers {
            request += &format!("{name}: {value}\r\n");
        }
        (request + "\r\n").into_bytes()
    }

    #[track_caller]
    fn ask(&self) -> (Response, Connection) {
        let mut connection = match (self.source, self.receive_buffer_bytes) {
            (Some(source), _) => Connection::open_from(source, self.address),
            (_, Some(bytes)) => Connection::open_with_receive_buffer(self.address, bytes),
            _ => Connection::open(self.address),
        };
        connection.send(self.bytes());
        (connection.response_head(), connection)
    }

    #[track_caller]
    fn check(&self, response: &Response) {
        assert_eq!(response.status, 101, "{response:?}");
        let accept = derive_accept_key(self.key.as_bytes());
        assert_eq!(
            response.header("sec-websocket-accept"),
            Some(accept.as_str())
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_replace_each_other() {
        let address = "127.0.0.1:8080".parse().unwrap();
        let request = Upgrade::to(address)
            .header("host", "evil.example")
            .session("a=b");
        let text = String::from_utf8(request.without("sec-websocket-key").bytes()).unwrap();
        assert_eq!(
            text,
            "GET /socket HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nhost: evil.example\r\nCookie: a=b\r\n\
             Origin: http://127.0.0.1:8080\r\n\r\n"
        );
    }
}

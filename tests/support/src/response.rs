//! An answer of an HTTP server, read as RFC 9112 has it.

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code, 200 or the like.
    pub status: u16,
    /// The headers as they came, in their order.
    pub headers: Vec<(String, String)>,
    /// The body, a chunked one put together.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of this name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers_named(name).next()
    }

    /// All headers of this name, in any case.
    pub fn headers_named(&self, name: &str) -> impl Iterator<Item = &str> {
        let same = move |header: &&(String, String)| header.0.eq_ignore_ascii_case(name);
        self.headers
            .iter()
            .filter(same)
            .map(|(_, value)| value.as_str())
    }

    /// The body as text.
    ///
    /// # Panics
    /// When it is not UTF-8.
    pub fn text(&self) -> &str {
        str::from_utf8(&self.body).expect("a body in UTF-8")
    }

    pub(crate) fn from_head(head: &[u8]) -> Self {
        let head = str::from_utf8(head).expect("a head in UTF-8");
        let mut lines = head.split("\r\n");
        let status = status_in(lines.next().unwrap_or_default());
        let headers = lines
            .take_while(|line| !line.is_empty())
            .map(header_in)
            .collect();
        Self {
            status,
            headers,
            body: Vec::new(),
        }
    }

    /// RFC 9112 §6.3, in its order.
    pub(crate) fn body_length(&self) -> BodyLength {
        if self.status < 200 || matches!(self.status, 204 | 304) {
            BodyLength::Known(0)
        } else if self.header("transfer-encoding").is_some() {
            BodyLength::Chunked
        } else if let Some(length) = self.header("content-length") {
            BodyLength::Known(length.parse().expect("a number as Content-Length"))
        } else {
            BodyLength::ToTheEnd
        }
    }
}

/// How the end of a body is known.
pub(crate) enum BodyLength {
    Known(usize),
    Chunked,
    ToTheEnd,
}

fn status_in(line: &str) -> u16 {
    let status = line
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3));
    let status = status.and_then(|digits| digits.parse().ok());
    status.unwrap_or_else(|| panic!("not the first line of an answer: `{line}`"))
}

fn header_in(line: &str) -> (String, String) {
    let (name, value) = line
        .split_once(':')
        .unwrap_or_else(|| panic!("not a header: `{line}`"));
    (name.to_owned(), value.trim().to_owned())
}

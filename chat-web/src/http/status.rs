//! Status codes. RFC 9110 §15 and RFC 6585 §5.

use std::fmt;

/// A status code that this server sends, or a program with pages of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Status(u16);

macro_rules! statuses {
    ($($name:ident = $code:literal $reason:literal)*) => {
        impl Status {
            $(
                #[doc = concat!("`", $code, " ", $reason, "`")]
                pub const $name: Status = Status($code);
            )*

            /// The reason phrase, for people who read the wire.
            #[must_use]
            pub fn reason(self) -> &'static str {
                match self.0 {
                    $($code => $reason,)*
                    _ => "",
                }
            }
        }
    };
}

statuses! {
    SWITCHING_PROTOCOLS = 101 "Switching Protocols"
    OK = 200 "OK"
    CREATED = 201 "Created"
    NO_CONTENT = 204 "No Content"
    MOVED_PERMANENTLY = 301 "Moved Permanently"
    FOUND = 302 "Found"
    SEE_OTHER = 303 "See Other"
    NOT_MODIFIED = 304 "Not Modified"
    TEMPORARY_REDIRECT = 307 "Temporary Redirect"
    BAD_REQUEST = 400 "Bad Request"
    UNAUTHORIZED = 401 "Unauthorized"
    FORBIDDEN = 403 "Forbidden"
    NOT_FOUND = 404 "Not Found"
    METHOD_NOT_ALLOWED = 405 "Method Not Allowed"
    REQUEST_TIMEOUT = 408 "Request Timeout"
    CONFLICT = 409 "Conflict"
    GONE = 410 "Gone"
    CONTENT_TOO_LARGE = 413 "Content Too Large"
    URI_TOO_LONG = 414 "URI Too Long"
    UNSUPPORTED_MEDIA_TYPE = 415 "Unsupported Media Type"
    EXPECTATION_FAILED = 417 "Expectation Failed"
    MISDIRECTED_REQUEST = 421 "Misdirected Request"
    UNPROCESSABLE_CONTENT = 422 "Unprocessable Content"
    UPGRADE_REQUIRED = 426 "Upgrade Required"
    TOO_MANY_REQUESTS = 429 "Too Many Requests"
    HEADER_FIELDS_TOO_LARGE = 431 "Request Header Fields Too Large"
    INTERNAL_SERVER_ERROR = 500 "Internal Server Error"
    NOT_IMPLEMENTED = 501 "Not Implemented"
    SERVICE_UNAVAILABLE = 503 "Service Unavailable"
    VERSION_NOT_SUPPORTED = 505 "HTTP Version Not Supported"
}

impl Status {
    /// The number.
    #[must_use]
    pub fn code(self) -> u16 {
        self.0
    }

    /// Whether a response with this status ends with its head. RFC 9112 §6.3.
    #[must_use]
    pub fn is_bodiless(self) -> bool {
        self.0 < 200 || matches!(self, Status::NO_CONTENT | Status::NOT_MODIFIED)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.reason())
    }
}

//! The way in: what the server's answers mean while somebody registers and joins, and the few that
//! matter later.

use anyhow::bail;
use memchr::memmem;

use crate::args::Over;

/// What a line of the server means to whoever comes in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reply<'a> {
    Registered,
    Joined,
    /// To be answered with these parameters.
    Ping(&'a [u8]),
    /// An error, whatever it is: nothing that is done here should cause one.
    Refused,
    Other,
}

/// How many bytes the response takes that makes a WebSocket of the connection; 0 if not all of it is
/// there. RFC 6455 §4.2.2.
///
/// # Errors
/// The server answers something else.
pub(crate) fn upgraded(bytes: &[u8]) -> anyhow::Result<usize> {
    let Some(end) = memmem::find(bytes, b"\r\n\r\n") else {
        return Ok(0);
    };
    let status = bytes.split(|byte| *byte == b'\r').next();
    let status = String::from_utf8_lossy(status.unwrap_or_default());
    if status.split(' ').nth(1) != Some("101") {
        bail!("no WebSocket is at this path; the server said: {status}");
    }
    Ok(end + 4)
}

pub(crate) fn reply(over: Over, line: &[u8]) -> Reply<'_> {
    match over {
        Over::Irc | Over::Ws => irc(line),
        Over::Redis if line == b"hello" => Reply::Registered,
        Over::Redis if line == b"subscribe" => Reply::Joined,
        Over::Redis => Reply::Other,
    }
}

fn irc(line: &[u8]) -> Reply<'_> {
    let (command, parameters) = command(line);
    match command {
        b"PING" => Reply::Ping(parameters),
        b"001" => Reply::Registered,
        b"366" => Reply::Joined,
        // Nobody needs a message of the day.
        b"422" => Reply::Other,
        b"ERROR" | b"FAIL" => Reply::Refused,
        b"CAP" if memmem::find(parameters, b" NAK ").is_some() => Reply::Refused,
        [b'4' | b'5', _, _] => Reply::Refused,
        _ => Reply::Other,
    }
}

/// The command of a line and what follows it. RFC 1459 §2.3.1; IRCv3 "Message Tags".
pub(crate) fn command(line: &[u8]) -> (&[u8], &[u8]) {
    let mut rest = line;
    for sign in [b'@', b':'] {
        if rest.first() == Some(&sign) {
            rest = word(rest).1;
        }
    }
    word(rest)
}

/// The name of whoever a line comes from: what stands before `!` or a space in its source.
pub(crate) fn source(line: &[u8]) -> &[u8] {
    let rest = if line.starts_with(b"@") {
        word(line).1
    } else {
        line
    };
    let source = rest
        .strip_prefix(b":")
        .map_or(&b""[..], |rest| word(rest).0);
    source
        .split(|byte| *byte == b'!')
        .next()
        .unwrap_or_default()
}

fn word(line: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b' ', line) {
        Some(end) => (&line[..end], line[end..].trim_ascii_start()),
        None => (line, b""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_of_irc() {
        let table: [(&str, Reply<'_>); 11] = [
            (":srv 001 a :Welcome", Reply::Registered),
            ("@time=x :srv 366 a #crowd :End", Reply::Joined),
            ("PING :abc", Reply::Ping(b":abc")),
            (":srv PING abc", Reply::Ping(b"abc")),
            ("ERROR :too many", Reply::Refused),
            (":srv 433 * a :in use", Reply::Refused),
            (":srv 422 a :no MOTD", Reply::Other),
            (":srv CAP a NAK :x", Reply::Refused),
            (":srv CAP a ACK :x", Reply::Other),
            (":a!b@c PRIVMSG #crowd :001", Reply::Other),
            ("", Reply::Other),
        ];
        for (line, meant) in table {
            assert_eq!(reply(Over::Irc, line.as_bytes()), meant, "{line}");
        }
    }

    #[test]
    fn an_upgrade_ends_with_an_empty_line() {
        let response = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x00";
        assert_eq!(upgraded(response).unwrap(), response.len() - 2);
        assert_eq!(upgraded(&response[..40]).unwrap(), 0);
        let refused = upgraded(b"HTTP/1.1 404 Not Found\r\n\r\n").unwrap_err();
        assert!(refused.to_string().contains("404 Not Found"), "{refused}");
    }
}

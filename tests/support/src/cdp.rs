//! The Chrome DevTools Protocol: commands with an id over a WebSocket, replies in any order, and
//! events in between. One connection serves all pages ("flat" sessions): a message names its
//! page by `sessionId`.

use std::collections::HashMap;
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use serde_json::{Value, json};
use tungstenite::{Error, Message, WebSocket};

use crate::Upgrade;
use crate::wait::{PATIENCE, left};

/// The connection to a browser.
#[derive(Debug)]
pub(crate) struct Devtools {
    socket: WebSocket<TcpStream>,
    last_id: u64,
    pages: HashMap<String, Seen>,
}

/// What a page did without being asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// Console messages, exceptions, failed requests and refusals by the security policy.
    pub(crate) console: Vec<String>,
    /// Dialogs as `alert: text`. They are accepted at once, because a page with an open dialog
    /// does nothing else.
    pub(crate) dialogs: Vec<String>,
    /// How many documents have been loaded.
    pub(crate) loads: usize,
}

impl Devtools {
    pub(crate) fn connect(address: SocketAddr, path: &str) -> Self {
        let socket = Upgrade::to(address).path(path).connect().into_socket();
        Self {
            socket,
            last_id: 0,
            pages: HashMap::new(),
        }
    }

    /// Sends a command and waits for its reply; what happens in between is kept.
    pub(crate) fn call(
        &mut self,
        session: Option<&str>,
        method: &str,
        params: &Value,
    ) -> Result<Value, String> {
        let id = self.post(session, method, params)?;
        let deadline = Instant::now() + PATIENCE;
        while let Some(message) = self.receive(deadline)? {
            if message["id"] == id {
                return reply(&message).map_err(|e| format!("{method}: {e}"));
            }
            self.notice(&message);
        }
        Err(format!("{method}: no reply within {PATIENCE:?}"))
    }

    /// What this page did so far.
    pub(crate) fn seen(&self, session: &str) -> Seen {
        self.pages.get(session).cloned().unwrap_or_default()
    }

    fn post(&mut self, session: Option<&str>, method: &str, params: &Value) -> Result<u64, String> {
        self.last_id += 1;
        let mut message = json!({"id": self.last_id, "method": method, "params": params});
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let sent = self.socket.send(Message::text(message.to_string()));
        sent.map_err(|e| format!("{method}: {e}"))?;
        Ok(self.last_id)
    }

    /// The next message; none at the deadline.
    fn receive(&mut self, deadline: Instant) -> Result<Option<Value>, String> {
        while Instant::now() < deadline {
            let timeout = Some(left(deadline));
            self.socket
                .get_ref()
                .set_read_timeout(timeout)
                .expect("a timeout above zero");
            match self.socket.read() {
                Ok(Message::Text(text)) => {
                    return Ok(Some(
                        serde_json::from_str(&text).expect("JSON from the browser"),
                    ));
                }
                Err(Error::Io(e)) if may_go_on(&e) => {}
                Err(e) => return Err(format!("the browser is gone: {e}")),
                Ok(_) => {}
            }
        }
        Ok(None)
    }

    fn notice(&mut self, message: &Value) {
        let Some(session) = message["sessionId"].as_str() else {
            return;
        };
        let event = message["method"].as_str().unwrap_or_default();
        let params = &message["params"];
        let seen = self.pages.entry(session.to_owned()).or_default();
        match event {
            "Page.loadEventFired" => seen.loads += 1,
            "Page.javascriptDialogOpening" => {
                seen.dialogs.push(dialog(params));
                let accept = json!({"accept": true});
                let _ = self.post(Some(session), "Page.handleJavaScriptDialog", &accept);
            }
            _ => seen.console.extend(console_line(event, params)),
        }
    }
}

/// Whether nothing came yet, or a signal did.
fn may_go_on(e: &std::io::Error) -> bool {
    use std::io::ErrorKind::{Interrupted, WouldBlock};
    matches!(e.kind(), WouldBlock | Interrupted)
}

fn reply(message: &Value) -> Result<Value, String> {
    match &message["error"] {
        Value::Null => Ok(message["result"].clone()),
        error => Err(text(&error["message"])),
    }
}

fn dialog(params: &Value) -> String {
    format!("{}: {}", text(&params["type"]), text(&params["message"]))
}

/// What a developer would see in the console, if the event belongs there.
fn console_line(event: &str, params: &Value) -> Option<String> {
    match event {
        "Runtime.consoleAPICalled" => {
            let said: Vec<String> = params["args"].as_array()?.iter().map(argument).collect();
            Some(format!("{}: {}", text(&params["type"]), said.join(" ")))
        }
        "Runtime.exceptionThrown" => Some(format!(
            "exception: {}",
            exception(&params["exceptionDetails"])
        )),
        "Log.entryAdded" => {
            let entry = &params["entry"];
            let (source, url) = (text(&entry["source"]), text(&entry["url"]));
            Some(
                format!("{source}: {} {url}", text(&entry["text"]))
                    .trim_end()
                    .to_owned(),
            )
        }
        "Inspector.targetCrashed" => Some("crash: the page crashed".to_owned()),
        _ => None,
    }
}

/// The text of an exception: with its stack, if it is an `Error`.
pub(crate) fn exception(details: &Value) -> String {
    match details["exception"]["description"].as_str() {
        Some(description) => description.to_owned(),
        None => format!(
            "{} {}",
            text(&details["text"]),
            details["exception"]["value"]
        ),
    }
}

fn argument(value: &Value) -> String {
    match (&value["value"], value["description"].as_str()) {
        (Value::Null, Some(description)) => description.to_owned(),
        (other, _) => text(other),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_console_line_says_what_and_where() {
        let said = json!({"type": "warning", "args": [{"value": "a"}, {"value": 1},
            {"description": "Object"}]});
        let line = console_line("Runtime.consoleAPICalled", &said);
        assert_eq!(line.as_deref(), Some("warning: a 1 Object"));
        let entry = json!({"entry": {"source": "network", "text": "404", "url": "/x"}});
        assert_eq!(
            console_line("Log.entryAdded", &entry).as_deref(),
            Some("network: 404 /x")
        );
        assert_eq!(console_line("Page.frameNavigated", &json!({})), None);
    }

    #[test]
    fn an_exception_may_be_anything() {
        let error = json!({"text": "Uncaught", "exception": {"description": "Error: x\n at y"}});
        assert_eq!(exception(&error), "Error: x\n at y");
        let string = json!({"text": "Uncaught", "exception": {"value": "x"}});
        assert_eq!(exception(&string), "Uncaught \"x\"");
    }
}

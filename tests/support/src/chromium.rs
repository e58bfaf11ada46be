//! A real Chromium without a screen, in a profile directory of its own.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Page;
use crate::cdp::Devtools;
use crate::program::{Buffer, try_signal};
use crate::wait::within;

/// A running browser. It is closed when this is dropped; its pages are dead then.
#[derive(Debug)]
pub struct Browser {
    child: Child,
    devtools: Arc<Mutex<Devtools>>,
    directory: Option<TempDir>,
}

impl Browser {
    /// Starts Chromium.
    ///
    /// # Panics
    /// When it is not installed or does not start: says what to do, or shows what it said.
    #[track_caller]
    pub fn start() -> Self {
        assert!(Path::new(CHROMIUM).exists(), "{NOT_INSTALLED}");
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut child = spawn(directory.path());
        let stderr = Buffer::collect(child.stderr.take().unwrap());
        let Some((address, path)) = within(START_MAX, || devtools_in(directory.path())) else {
            kill(&mut child);
            panic!(
                "Chromium did not start within {START_MAX:?}:\n{}",
                stderr.text()
            );
        };
        let devtools = Arc::new(Mutex::new(Devtools::connect(address, &path)));
        Self {
            child,
            devtools,
            directory: Some(directory),
        }
    }

    /// Opens a page in the browser's first profile.
    ///
    /// # Panics
    /// When it cannot be loaded.
    #[track_caller]
    pub fn page(&self, url: &str) -> Page {
        Page::open(&self.devtools, None, url)
    }

    /// A further profile, as another person's browser would be: it shares no cookie, no storage
    /// and no cache with the others.
    ///
    /// # Panics
    /// When the browser is gone.
    #[track_caller]
    pub fn profile(&self) -> Profile {
        let created = self.call("Target.createBrowserContext", &json!({}));
        let id = created["browserContextId"]
            .as_str()
            .expect("an id")
            .to_owned();
        Profile {
            devtools: Arc::clone(&self.devtools),
            id,
        }
    }

    #[track_caller]
    fn call(&self, method: &str, params: &Value) -> Value {
        let reply = self.devtools.lock().unwrap().call(None, method, params);
        reply.unwrap_or_else(|e| panic!("{e}"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Ok(mut devtools) = self.devtools.lock() {
            let _ = devtools.call(None, "Browser.close", &json!({}));
        }
        let _ = within(CLOSE_MAX, || self.child.try_wait().ok()?);
        kill(&mut self.child);
        if let Some(directory) = self.directory.take() {
            remove(directory);
        }
    }
}

/// One person's share of the browser.
#[derive(Debug)]
pub struct Profile {
    devtools: Arc<Mutex<Devtools>>,
    id: String,
}

impl Profile {
    /// Opens a page: a tab of this profile.
    ///
    /// # Panics
    /// When it cannot be loaded.
    #[track_caller]
    pub fn page(&self, url: &str) -> Page {
        Page::open(&self.devtools, Some(&self.id), url)
    }
}

/// Its own process group, so that its children can be ended with it.
fn spawn(directory: &Path) -> Child {
    let mut command = Command::new(CHROMIUM);
    command
        .args(FLAGS)
        .arg(format!("--user-data-dir={}", directory.display()));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0);
    command.spawn().expect("Chromium starts")
}

/// Chromium writes its port and the path of its WebSocket into a file when it is ready.
fn devtools_in(directory: &Path) -> Option<(SocketAddr, String)> {
    let file = fs::read_to_string(directory.join("DevToolsActivePort")).ok()?;
    let (port, path) = file.split_once('\n')?;
    let port: u16 = port.parse().ok()?;
    let path = path.trim_end();
    (!path.is_empty()).then(|| ((Ipv4Addr::LOCALHOST, port).into(), path.to_owned()))
}

/// Ends the whole group: some of the processes outlive the first one.
fn kill(child: &mut Child) {
    try_signal("KILL", &format!("-{}", child.id()));
    let _ = child.wait();
}

/// The last of the processes may still write for a moment after they were told to end.
fn remove(directory: TempDir) {
    let path = directory.keep();
    let _ = within(CLOSE_MAX, || {
        let _ = fs::remove_dir_all(&path);
        (!path.exists()).then_some(())
    });
}

const CHROMIUM: &str = "/usr/bin/chromium";
const NOT_INSTALLED: &str = "this test needs Chromium (/usr/bin/chromium): `./tests/run` says how \
    to get it, `./tests/run --no-clients` does without";

/// A cold start on a busy machine.
const START_MAX: Duration = Duration::from_secs(60);
const CLOSE_MAX: Duration = Duration::from_secs(5);

const FLAGS: [&str; 17] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    // A page in the background keeps its timers: several people of one test run at once.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    // A mouse, on machines that have none: it hovers, and points finely.
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
    "--password-store=basic",
    "--remote-debugging-port=0",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_port_file_is_not_read() {
        let directory = tempfile::tempdir().unwrap();
        let write = |text| fs::write(directory.path().join("DevToolsActivePort"), text).unwrap();
        assert_eq!(devtools_in(directory.path()), None);
        write("4000\n");
        assert_eq!(devtools_in(directory.path()), None);
        write("4000\n/devtools/browser/x");
        let found = (
            "127.0.0.1:4000".parse().unwrap(),
            "/devtools/browser/x".to_owned(),
        );
        assert_eq!(devtools_in(directory.path()), Some(found));
    }
}

#[cfg(test)]
mod with_clients {
    use super::*;

    #[test]
    fn nothing_is_left_of_a_closed_browser() {
        let browser = Browser::start();
        let group = browser.child.id();
        let directory = browser.directory.as_ref().unwrap().path().to_owned();
        browser.page("data:text/html,hi");
        drop(browser);
        assert!(!directory.exists());
        crate::eventually("the end of its processes", || {
            (alive_in(group) == 0).then_some(())
        });
    }

    fn alive_in(group: u32) -> usize {
        let processes = fs::read_dir("/proc").unwrap().flatten();
        let stats =
            processes.filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok());
        stats
            .filter(|stat| living_group(stat) == Some(group))
            .count()
    }

    /// proc(5): after the command's closing parenthesis come the state, the parent and the group.
    fn living_group(stat: &str) -> Option<u32> {
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
        (fields.next()? != "Z").then(|| fields.nth(1)?.parse().ok())?
    }
}

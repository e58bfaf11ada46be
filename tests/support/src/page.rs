//! A page in a real browser, and what a person would see of it.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::cdp::{Devtools, Seen, exception};
use crate::wait::{PATIENCE, within};

/// One tab. It stays open when this is dropped, until [`close`](Page::close) or the end of the
/// browser.
#[derive(Debug)]
pub struct Page {
    devtools: Arc<Mutex<Devtools>>,
    session: String,
    target: String,
}

impl Page {
    /// A window of its own, so that the page is visible beside all others.
    #[track_caller]
    pub(crate) fn open(devtools: &Arc<Mutex<Devtools>>, profile: Option<&str>, url: &str) -> Self {
        let mut params = json!({"url": "about:blank", "newWindow": true});
        if let Some(profile) = profile {
            params["browserContextId"] = profile.into();
        }
        let target = id(devtools, "Target.createTarget", &params, "targetId");
        let params = json!({"targetId": target, "flatten": true});
        let session = id(devtools, "Target.attachToTarget", &params, "sessionId");
        let page = Self {
            devtools: Arc::clone(devtools),
            session,
            target,
        };
        page.prepare();
        page.navigate(url);
        page
    }

    /// Goes to an address and waits until it is loaded.
    ///
    /// # Panics
    /// When it cannot be loaded.
    #[track_caller]
    pub fn navigate(&self, url: &str) {
        let reply = self.command("Page.navigate", json!({"url": url}));
        if let Some(error) = reply["errorText"].as_str() {
            panic!("cannot load {url}: {error}");
        }
        self.wait_for("document.readyState === 'complete'");
    }

    /// Loads the page again, as F5 does, and waits until it is loaded.
    ///
    /// # Panics
    /// When it is not loaded in time.
    #[track_caller]
    pub fn reload(&self) {
        let before = self.seen().loads;
        self.command("Page.reload", json!({}));
        if within(PATIENCE, || (self.seen().loads > before).then_some(())).is_none() {
            self.fail("waited for the page to load again");
        }
    }

    /// The value of a JavaScript expression; a promise is awaited.
    ///
    /// # Panics
    /// When it throws.
    #[track_caller]
    pub fn eval(&self, expression: &str) -> Value {
        match self.try_eval(expression) {
            Ok(value) => value,
            Err(e) => self.fail(&format!("`{expression}` failed: {e}")),
        }
    }

    /// Waits until a JavaScript expression is true, as JavaScript has it: an element is, null is
    /// not. While it throws, it is not. A promise is awaited.
    ///
    /// # Panics
    /// When it does not become true: shows the page's text and its console.
    #[track_caller]
    pub fn wait_for(&self, condition: &str) {
        self.wait_up_to(PATIENCE, condition);
    }

    /// The same for what is known to take longer.
    ///
    /// # Panics
    /// Like [`wait_for`](Self::wait_for).
    #[track_caller]
    pub fn wait_up_to(&self, limit: Duration, condition: &str) {
        let question = format!("Promise.resolve({condition}).then(Boolean)");
        let mut last = Ok(Value::Null);
        let found = within(limit, || {
            last = self.try_eval(&question);
            (last == Ok(Value::Bool(true))).then_some(())
        });
        if found.is_none() {
            self.fail(&format!(
                "waited {limit:?} for `{condition}`, last: {last:?}"
            ));
        }
    }

    /// Waits until the page shows this text.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    pub fn wait_for_text(&self, text: &str) {
        self.wait_for(&format!(
            "document.body.innerText.includes({})",
            json!(text)
        ));
    }

    /// All text that a person could read on the page.
    pub fn text(&self) -> String {
        match self.try_eval("document.body.innerText") {
            Ok(value) => value.as_str().unwrap_or_default().to_owned(),
            Err(e) => format!("(no text: {e})"),
        }
    }

    /// The address that the page is at.
    ///
    /// # Panics
    /// When the page is gone.
    #[track_caller]
    pub fn url(&self) -> String {
        self.eval("location.href")
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Saves what a person sees as PNG.
    ///
    /// # Panics
    /// When the file cannot be written.
    #[track_caller]
    pub fn screenshot(&self, path: impl AsRef<Path>) {
        let reply = self.command("Page.captureScreenshot", json!({"format": "png"}));
        let data = reply["data"].as_str().expect("an image");
        let image = BASE64.decode(data.as_bytes()).expect("base64");
        let path = path.as_ref();
        path.parent().map(std::fs::create_dir_all);
        std::fs::write(path, image).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }

    /// The size of the window in CSS pixels; `mobile` is a phone with a touch screen.
    ///
    /// # Panics
    /// When the page is gone.
    #[track_caller]
    pub fn viewport(&self, width: u32, height: u32, mobile: bool) {
        let scale = if mobile { 2 } else { 1 };
        self.command(
            "Emulation.setDeviceMetricsOverride",
            json!({"width": width, "height": height, "deviceScaleFactor": scale,
                "mobile": mobile}),
        );
        self.command(
            "Emulation.setTouchEmulationEnabled",
            json!({"enabled": mobile}),
        );
    }

    /// What the person prefers, `"light"` or `"dark"`.
    ///
    /// # Panics
    /// When the page is gone.
    #[track_caller]
    pub fn color_scheme(&self, scheme: &str) {
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        self.command("Emulation.setEmulatedMedia", json!({"features": [feature]}));
    }

    /// Whether the page may run scripts, from its next load on.
    ///
    /// # Panics
    /// When the page is gone.
    #[track_caller]
    pub fn scripts(&self, enabled: bool) {
        self.command(
            "Emulation.setScriptExecutionDisabled",
            json!({"value": !enabled}),
        );
    }

    /// Minimizes the window or brings it back: the page learns that nobody looks at it.
    ///
    /// # Panics
    /// When it does not learn of it.
    #[track_caller]
    pub fn hidden(&self, hidden: bool) {
        let state = if hidden { "minimized" } else { "normal" };
        let window = self.command("Browser.getWindowForTarget", json!({}));
        self.command(
            "Emulation.setFocusEmulationEnabled",
            json!({"enabled": !hidden}),
        );
        self.command(
            "Browser.setWindowBounds",
            json!({"windowId": window["windowId"], "bounds": {"windowState": state}}),
        );
        self.wait_for(&format!("document.hidden === {hidden}"));
    }

    /// Console messages, exceptions, failed requests and refusals by the security policy so far,
    /// as `kind: text`.
    pub fn console(&self) -> Vec<String> {
        self.seen().console
    }

    /// The dialogs that the page has opened, as `alert: text`.
    pub fn dialogs(&self) -> Vec<String> {
        self.seen().dialogs
    }

    /// Closes the tab.
    ///
    /// # Panics
    /// When the browser is gone.
    #[track_caller]
    pub fn close(self) {
        let params = json!({"targetId": self.target});
        self.call(None, "Target.closeTarget", &params)
            .unwrap_or_else(|e| panic!("{e}"));
    }

    /// Any command of the DevTools protocol to this page.
    ///
    /// # Panics
    /// When it fails.
    #[track_caller]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "so that a test writes json!(…) in place"
    )]
    pub fn command(&self, method: &str, params: Value) -> Value {
        self.call(Some(&self.session), method, &params)
            .unwrap_or_else(|e| panic!("{e}"))
    }

    /// Focus is emulated, because of several windows only one would have it.
    #[track_caller]
    fn prepare(&self) {
        for domain in [
            "Page.enable",
            "Runtime.enable",
            "Log.enable",
            "Inspector.enable",
        ] {
            self.command(domain, json!({}));
        }
        self.command(
            "Emulation.setFocusEmulationEnabled",
            json!({"enabled": true}),
        );
    }

    pub(crate) fn try_eval(&self, expression: &str) -> Result<Value, String> {
        let params = json!({"expression": expression, "awaitPromise": true,
            "returnByValue": true, "userGesture": true});
        let reply = self.call(Some(&self.session), "Runtime.evaluate", &params)?;
        match &reply["exceptionDetails"] {
            Value::Null => Ok(reply["result"]["value"].clone()),
            details => Err(exception(details)),
        }
    }

    /// The reply to a question comes after the events before it; what it says is no matter, and
    /// in the middle of a reload there is nobody to answer.
    fn seen(&self) -> Seen {
        let _ = self.try_eval("0");
        self.lock().seen(&self.session)
    }

    fn call(&self, session: Option<&str>, method: &str, params: &Value) -> Result<Value, String> {
        self.lock().call(session, method, params)
    }

    /// A test that failed elsewhere is no reason not to look at this page.
    fn lock(&self) -> MutexGuard<'_, Devtools> {
        self.devtools.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[track_caller]
    pub(crate) fn fail(&self, what: &str) -> ! {
        let console = self.lock().seen(&self.session).console.join("\n");
        panic!(
            "{what}\n--- the page\n{}\n--- its console\n{console}\n---",
            self.text()
        );
    }
}

#[track_caller]
fn id(devtools: &Mutex<Devtools>, method: &str, params: &Value, name: &str) -> String {
    let mut devtools = devtools.lock().unwrap_or_else(PoisonError::into_inner);
    let reply = devtools
        .call(None, method, params)
        .unwrap_or_else(|e| panic!("{e}"));
    reply[name].as_str().expect("an id").to_owned()
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod with_clients;

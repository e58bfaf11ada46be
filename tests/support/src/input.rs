//! What a person does with a page: keys and clicks that the browser cannot tell from real ones.

use serde_json::{Value, json};

use crate::Page;
use crate::keys::strokes;
use crate::wait::{PATIENCE, within};

impl Page {
    /// Types into what has the focus, a key at a time.
    ///
    /// # Panics
    /// When the page is gone.
    #[track_caller]
    pub fn type_text(&self, text: &str) {
        for character in text.chars() {
            self.stroke(&character.to_string());
        }
    }

    /// Presses a key: `"Enter"`, `"Shift+Enter"`, `"Control+k"`.
    ///
    /// # Panics
    /// When there is no such key.
    #[track_caller]
    pub fn press(&self, key: &str) {
        self.stroke(key);
    }

    /// Clicks into the middle of an element, when it is there and nothing lies over it.
    ///
    /// # Panics
    /// When that does not become so.
    #[track_caller]
    pub fn click(&self, selector: &str) {
        self.mouse(selector, &["mouseMoved", "mousePressed", "mouseReleased"]);
    }

    /// What the mouse does there, one after the other: for a click in slow motion.
    ///
    /// # Panics
    /// Like [`click`](Self::click).
    #[track_caller]
    pub fn mouse(&self, selector: &str, kinds: &[&str]) {
        let script = format!("({MIDDLE})({})", json!(selector));
        let Some(at) = within(PATIENCE, || {
            self.try_eval(&script).ok().filter(Value::is_array)
        }) else {
            self.fail(&format!("waited for `{selector}`, to click on it"));
        };
        for kind in kinds {
            self.command(
                "Input.dispatchMouseEvent",
                json!({"type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1}),
            );
        }
    }

    /// Puts text into a field in place of what it holds, at once, as pasting does.
    ///
    /// # Panics
    /// When there is no such field.
    #[track_caller]
    pub fn fill(&self, selector: &str, text: &str) {
        self.wait_for(&format!("document.querySelector({})", json!(selector)));
        self.eval(&format!("({SELECT_ALL})({})", json!(selector)));
        self.press("Delete");
        self.command("Input.insertText", json!({"text": text}));
    }

    #[track_caller]
    fn stroke(&self, key: &str) {
        for event in strokes(key) {
            self.command("Input.dispatchKeyEvent", event);
        }
    }
}

/// The middle of an element, if a click there would reach it.
const MIDDLE: &str = "(selector) => {
    const element = document.querySelector(selector);
    if (!element) return null;
    element.scrollIntoView({ block: 'nearest', behavior: 'instant' });
    const box = element.getBoundingClientRect();
    const at = [box.x + box.width / 2, box.y + box.height / 2];
    return element.contains(document.elementFromPoint(...at)) ? at : null;
}";

/// Focuses a field, or anything editable, and selects what it holds.
const SELECT_ALL: &str = "(selector) => {
    const element = document.querySelector(selector);
    element.focus();
    element.select ? element.select() : getSelection().selectAllChildren(element);
}";

//! The keys of a keyboard, as `Input.dispatchKeyEvent` wants them.

use serde_json::{Value, json};

/// The two events, down and up, of a key with its modifiers: `"Enter"`, `"Shift+Enter"`,
/// `"Control+k"`, or any single character.
pub(crate) fn strokes(name: &str) -> [Value; 2] {
    let (modifiers, key) = split(name);
    let (code, text) = match NAMED.iter().find(|named| named.0 == key) {
        Some(&(_, code, text)) => (code, text),
        None => (0, character(name, key)),
    };
    let text = if modifiers & !SHIFT == 0 { text } else { "" };
    let event = |kind: &str| {
        json!({"type": kind, "key": key, "code": key, "modifiers": modifiers,
            "windowsVirtualKeyCode": code})
    };
    let mut down = event("keyDown");
    down["text"] = text.into();
    [down, event("keyUp")]
}

fn split(name: &str) -> (u8, &str) {
    let mut modifiers = 0;
    let mut key = name;
    while let Some((bit, rest)) = MODIFIERS.iter().find_map(|&(modifier, bit)| {
        key.strip_prefix(modifier)?
            .strip_prefix('+')
            .map(|rest| (bit, rest))
    }) {
        modifiers |= bit;
        key = rest;
    }
    (modifiers, key)
}

fn character<'a>(name: &str, key: &'a str) -> &'a str {
    assert_eq!(
        key.chars().count(),
        1,
        "no key is called `{name}`: add it to keys.rs"
    );
    key
}

const SHIFT: u8 = 8;
const MODIFIERS: [(&str, u8); 4] = [("Alt", 1), ("Control", 2), ("Meta", 4), ("Shift", SHIFT)];

/// Name, virtual key code, and the text that it enters.
const NAMED: [(&str, u8, &str); 15] = [
    ("Backspace", 8, ""),
    ("Tab", 9, ""),
    ("Enter", 13, "\r"),
    ("Escape", 27, ""),
    ("PageUp", 33, ""),
    ("PageDown", 34, ""),
    ("End", 35, ""),
    ("Home", 36, ""),
    ("ArrowLeft", 37, ""),
    ("ArrowUp", 38, ""),
    ("ArrowRight", 39, ""),
    ("ArrowDown", 40, ""),
    ("Delete", 46, ""),
    ("F5", 116, ""),
    ("Space", 32, " "),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_goes_down_and_up() {
        let [down, up] = strokes("Enter");
        assert_eq!(
            (&down["type"], &down["text"]),
            (&json!("keyDown"), &json!("\r"))
        );
        assert_eq!(
            (&up["type"], &up["key"]),
            (&json!("keyUp"), &json!("Enter"))
        );
    }

    #[test]
    fn modifiers_come_before_the_key() {
        assert_eq!(split("Shift+Enter"), (8, "Enter"));
        assert_eq!(split("Control+Shift+k"), (10, "k"));
        assert_eq!(split("+"), (0, "+"));
        assert_eq!(strokes("Control+k")[0]["text"], "");
    }

    #[test]
    #[should_panic(expected = "no key is called `Entre`")]
    fn a_mistyped_key_is_a_failure() {
        strokes("Entre");
    }
}

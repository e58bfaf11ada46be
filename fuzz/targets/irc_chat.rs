//! libFuzzer's way into [`fuzz::irc_chat`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::irc_chat(bytes));

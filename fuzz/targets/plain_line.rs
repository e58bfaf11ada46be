//! libFuzzer's way into [`fuzz::plain_line`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::plain_line(bytes));

//! libFuzzer's way into [`fuzz::http_head`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::http_head(bytes));

//! libFuzzer's way into [`fuzz::relay_stream`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::relay_stream(bytes));

//! libFuzzer's way into [`fuzz::websocket_stream`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::websocket_stream(bytes));

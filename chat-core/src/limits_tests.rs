//! Tests of the limits.

use super::*;

#[test]
fn every_limit_can_be_set_by_its_name() {
    let mut limits = Limits::default();
    for name in Limits::names() {
        limits.set(name, "50000").unwrap();
    }
    limits.set("send-queue-bytes", "60000").unwrap();
    assert_eq!((limits.rooms, limits.send_queue_bytes), (50_000, 60_000));
}

#[test]
fn a_bad_limit_says_what_to_write() {
    let mut limits = Limits::default();
    let unknown = limits.set("colour", "1").unwrap_err().to_string();
    assert!(unknown.contains("flood_lines"), "{unknown}");
    for value in ["", "x", "0", "-1", "1k"] {
        let error = limits.set("rooms", value).unwrap_err().to_string();
        assert!(error.ends_with("write a number from 1"), "{error}");
    }
    let error = limits
        .set("http_head_bytes", "99999999")
        .unwrap_err()
        .to_string();
    assert!(
        error.ends_with("write a number from 256 to 65536"),
        "{error}"
    );
    assert!(limits.set("send_queue_bytes", "100").is_err());
    assert_eq!(limits, Limits::default());
}

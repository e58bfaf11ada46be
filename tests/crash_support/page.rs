//! One answer to CHATHISTORY.

use test_support::LineClient;

use super::line::{Line, Told};

/// The messages, and what was said instead of some of them.
pub(crate) fn page(
    client: &mut LineClient,
    direction: &str,
    room: &str,
    reference: &str,
) -> (Vec<Told>, Vec<String>) {
    let line = format!("CHATHISTORY {direction} {room} {reference} {PAGE_MESSAGES}");
    client.send(&line);
    let (mut page, mut failures) = (Vec::new(), Vec::new());
    for text in client.fence() {
        let line = Line::parse(&text);
        page.extend(Told::on(&line).filter(|_| line.tag("batch").is_some()));
        if line.command == "FAIL" {
            failures.push(text);
        }
    }
    (page, failures)
}

const PAGE_MESSAGES: usize = 100;

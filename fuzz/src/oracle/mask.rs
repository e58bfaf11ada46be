//! RFC 2812 §2.5 by a table: which starts of the mask mean which starts of the text.

pub(crate) fn matches(mask: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    // What the mask so far means: the starts of the text, by their length.
    let mut means = vec![false; text.len() + 1];
    means[0] = true;
    for m in mask.chars() {
        let mut next = vec![false; text.len() + 1];
        let mut any = false;
        for length in 0..=text.len() {
            any |= means[length];
            next[length] = match m {
                '*' => any,
                _ if length == 0 => false,
                '?' => means[length - 1],
                _ => means[length - 1] && m.eq_ignore_ascii_case(&text[length - 1]),
            };
        }
        means = next;
    }
    means[text.len()]
}

//! A message of several lines that is still being sent.

use std::sync::Arc;

use super::super::command::Wrong;
use super::fail;
use crate::hub::entry::PostKind;
use crate::limits::{LINE_ENVELOPE_BYTES, LINE_OUT_BYTES_MAX, Limits};

/// What has come so far.
#[derive(Debug)]
pub struct Draft {
    id: Box<str>,
    target: Box<str>,
    kind: Option<PostKind>,
    text: String,
    concat: Vec<u32>,
    lines: usize,
}

/// All of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Whole {
    /// Whom it is for.
    pub target: Box<str>,
    /// PRIVMSG or NOTICE.
    pub kind: PostKind,
    /// The lines, with `\n` between.
    pub text: Arc<str>,
    /// Where pieces begin that go on with the line before.
    pub concat: Option<Arc<Vec<u32>>>,
}

/// Why nothing can become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invalid<'a> {
    /// It is longer than it may be.
    Bytes(usize),
    /// It has more lines than it may have.
    Lines(usize),
    /// A line of it is for somebody else.
    Target(Box<str>, &'a str),
    /// Whatever else is wrong, and what to do.
    Other(&'static str),
}

impl Draft {
    /// A batch is open.
    #[must_use]
    pub fn new(id: &str, target: &str) -> Draft {
        Draft {
            id: id.into(),
            target: target.into(),
            kind: None,
            text: String::new(),
            concat: Vec::new(),
            lines: 0,
        }
    }

    /// What the batch is called.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// PRIVMSG or NOTICE, once a line has come.
    #[must_use]
    pub fn kind(&self) -> Option<PostKind> {
        self.kind
    }

    /// Takes one more line, of which the parameters are given.
    ///
    /// # Errors
    /// It does not belong here, or is too much.
    pub fn add<'a>(
        &mut self,
        kind: PostKind,
        params: &[&'a str],
        is_concat: bool,
        limits: &Limits,
    ) -> Result<(), Invalid<'a>> {
        let &[target, text, ..] = params else {
            return Err(Invalid::Other(HALF));
        };
        if !target.eq_ignore_ascii_case(&self.target) {
            return Err(Invalid::Target(self.target.clone(), target));
        }
        if *self.kind.get_or_insert(kind) != kind {
            return Err(Invalid::Other(MIXED));
        }
        if is_concat && text.is_empty() {
            return Err(Invalid::Other(BLANK_CONCAT));
        }
        self.check_place(text, is_concat, limits)?;
        self.push(text, is_concat);
        Ok(())
    }

    fn check_place<'a>(
        &self,
        text: &str,
        is_concat: bool,
        limits: &Limits,
    ) -> Result<(), Invalid<'a>> {
        let end = usize::from(self.lines > 0 && !is_concat);
        let (bytes_max, lines_max) = (limits.multiline_bytes(), limits.multiline_lines());
        if self.lines >= lines_max {
            return Err(Invalid::Lines(lines_max));
        }
        if self.text.len() + end + text.len() > bytes_max {
            return Err(Invalid::Bytes(bytes_max));
        }
        Ok(())
    }

    fn push(&mut self, text: &str, is_concat: bool) {
        if self.lines > 0 && !is_concat {
            self.text.push('\n');
        }
        // What goes on with nothing is the line itself.
        let goes_on = !self.text.is_empty() && !self.text.ends_with('\n');
        if is_concat && goes_on {
            self.concat.extend(u32::try_from(self.text.len()));
        }
        self.text.push_str(text);
        self.lines += 1;
    }

    /// It is closed.
    ///
    /// # Errors
    /// Nothing was said.
    pub fn finish(self) -> Result<Whole, Invalid<'static>> {
        let is_blank = self.text.bytes().all(|byte| byte == b'\n');
        let kind = self.kind.filter(|_| !is_blank);
        Ok(Whole {
            target: self.target,
            kind: kind.ok_or(Invalid::Other(BLANK))?,
            text: self.text.into(),
            concat: (!self.concat.is_empty()).then(|| self.concat.into()),
        })
    }

    /// For how many lines of a usual talker it stands, by its bytes: what one takes care to send at once is no flood.
    #[must_use]
    pub fn price(&self) -> u32 {
        let bytes = self.text.len() + self.lines * LINE_ENVELOPE_BYTES;
        u32::try_from(bytes / LINE_OUT_BYTES_MAX).unwrap_or(u32::MAX)
    }
}

impl Invalid<'_> {
    /// Tells `say` the answer.
    pub fn answer(&self, say: impl FnOnce(&Wrong<'_>)) {
        let bound;
        say(&match self {
            Invalid::Bytes(max) => {
                bound = max.to_string();
                fail("MULTILINE_MAX_BYTES", vec![&bound], TOO_LONG)
            }
            Invalid::Lines(max) => {
                bound = max.to_string();
                fail("MULTILINE_MAX_LINES", vec![&bound], TOO_MANY)
            }
            Invalid::Target(expected, given) => {
                fail("MULTILINE_INVALID_TARGET", vec![expected, given], ELSEWHERE)
            }
            Invalid::Other(text) => fail("MULTILINE_INVALID", Vec::new(), text),
        });
    }
}

const TOO_LONG: &str = "that is more than one message may hold: send it as several, or less of it";
const TOO_MANY: &str = "those are more lines than one message may have: send it as several";
const ELSEWHERE: &str = "a batch has one target: send each line of it there";
const HALF: &str = "a line of a batch needs its target and a text, if an empty one";
const MIXED: &str = "a batch is either of PRIVMSG or of NOTICE: send all of it by the same one";
const BLANK_CONCAT: &str = "an empty line goes on with nothing: leave the line or its tag out";
const BLANK: &str = "there is nothing but empty lines in it: say something";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::entry::PostKind::{Message, Notice};
    use proptest::prelude::*;

    fn limits() -> Limits {
        Limits {
            send_queue_bytes: 16 * 600,
            ..Limits::default()
        }
    }

    fn draft(lines: &[(&str, bool)]) -> Draft {
        let mut draft = Draft::new("1", "#A");
        for (text, is_concat) in lines {
            let added = draft.add(Message, &["#a", text], *is_concat, &limits());
            assert_eq!(added, Ok(()), "{text}");
        }
        draft
    }

    /// Lines, the text of them, and where pieces begin.
    type Case<'a> = (&'a [(&'a str, bool)], &'a str, &'a [u32]);

    #[test]
    fn lines_are_joined_by_line_feeds_or_without() {
        let cases: [Case<'_>; 6] = [
            (&[("one", false)], "one", &[]),
            (&[("one", false), ("two", false)], "one\ntwo", &[]),
            (&[("", false), ("a", false), ("", false)], "\na\n", &[]),
            (&[("how is ", false), ("it?", true)], "how is it?", &[7]),
            (&[("x", true), ("é", false), ("y", true)], "x\néy", &[4]),
            (&[("", false), ("x", true), ("y", true)], "xy", &[1]),
        ];
        for (lines, text, concat) in cases {
            let whole = draft(lines).finish().unwrap();
            assert_eq!(&*whole.text, text);
            assert_eq!(
                whole.concat.as_deref().map_or(&[][..], Vec::as_slice),
                concat
            );
        }
    }

    #[test]
    fn what_does_not_belong_there_is_refused() {
        let invalid = |kind, params: &[&'static str], is_concat| {
            let mut draft = draft(&[("x", false)]);
            draft.add(kind, params, is_concat, &limits()).unwrap_err()
        };
        let target = Invalid::Target("#A".into(), "#b");
        assert_eq!(invalid(Message, &["#b", "x"], false), target);
        assert_eq!(invalid(Message, &["#a"], false), Invalid::Other(HALF));
        assert_eq!(invalid(Message, &[], false), Invalid::Other(HALF));
        assert_eq!(invalid(Notice, &["#a", "x"], false), Invalid::Other(MIXED));
        let blank = Invalid::Other(BLANK_CONCAT);
        assert_eq!(invalid(Message, &["#a", ""], true), blank);
    }

    #[test]
    fn nothing_said_is_no_message() {
        for lines in [&[][..], &[("", false)], &[("", false), ("", false)]] {
            let whole = draft(lines).finish();
            assert_eq!(whole, Err(Invalid::Other(BLANK)), "{lines:?}");
        }
    }

    fn add(draft: &mut Draft, text: &str) -> Result<(), Invalid<'static>> {
        let added = draft.add(Message, &["#a", text], false, &limits());
        added.map_err(|invalid| match invalid {
            Invalid::Bytes(max) => Invalid::Bytes(max),
            Invalid::Lines(max) => Invalid::Lines(max),
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn it_may_be_as_long_as_the_limits_say() {
        let mut long = Draft::new("1", "#a");
        assert_eq!(add(&mut long, &"x".repeat(299)), Ok(()));
        assert_eq!(add(&mut long, &"x".repeat(301)), Err(Invalid::Bytes(600)));
        assert_eq!(add(&mut long, &"x".repeat(300)), Ok(()));
        assert_eq!(long.text.len(), 600);
        let mut many = Draft::new("1", "#a");
        let added = (0..11).find_map(|_| add(&mut many, "").err());
        assert_eq!((added, many.lines), (Some(Invalid::Lines(10)), 10));
    }

    #[test]
    fn a_paste_of_fifty_lines_is_no_flood() {
        let line = "    what stands in a source is mostly as long as this";
        let mut paste = Draft::new("1", "#a");
        for _ in 0..50 {
            let added = paste.add(Message, &["#a", line], false, &Limits::default());
            assert_eq!(added, Ok(()));
        }
        assert_eq!(paste.price(), 11);
    }

    proptest! {
        #[test]
        fn every_place_is_within_the_text(lines in proptest::collection::vec(("[aé ]{0,3}", any::<bool>()), 0..9)) {
            let mut draft = Draft::new("1", "#a");
            for (text, is_concat) in &lines {
                let _ = draft.add(Message, &["#a", text], *is_concat, &limits());
            }
            let Ok(whole) = draft.finish() else { return Ok(()) };
            for place in whole.concat.iter().flat_map(|places| places.iter()) {
                prop_assert!(whole.text.is_char_boundary(*place as usize));
            }
        }
    }
}

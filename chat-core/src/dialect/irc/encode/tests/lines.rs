//! Messages of several lines.

use super::*;
use crate::dialect::irc::Tags;
use crate::dialect::irc::tags::split;

fn said(text: &str, concat: &[u32], tags: &str) -> Act {
    let Act::Post(post) = post(PostKind::Message, Target::Room(room()), text, tags) else {
        unreachable!()
    };
    let pieces = (!concat.is_empty()).then(|| concat.to_vec().into());
    let concat = Post::concat_of(text, pieces);
    Act::Post(Post { concat, ..post })
}

fn lines(act: Act, caps: Caps) -> Vec<String> {
    seen(act, caps).split('\n').map(str::to_owned).collect()
}

#[test]
fn whoever_knows_gets_a_batch() {
    let act = said("hello\n\nhow is everyone?", &[14], "+a=b");
    assert_eq!(
        lines(act, Caps::LINES | Caps::MESSAGE_TAGS),
        [
            "@msgid=e-7;+a=b :ana!a@h BATCH +m7 draft/multiline #lobby",
            "@batch=m7 :ana!a@h PRIVMSG #lobby :hello",
            "@batch=m7 :ana!a@h PRIVMSG #lobby :",
            "@batch=m7 :ana!a@h PRIVMSG #lobby :how is ",
            "@batch=m7;draft/multiline-concat :ana!a@h PRIVMSG #lobby :everyone?",
            ":ana!a@h BATCH -m7",
        ]
    );
}

#[test]
fn others_get_its_lines_but_for_the_empty_ones() {
    let act = || said("\nhello\n\nhow is everyone?", &[15], "+a=b");
    let words = ["hello", "how is ", "everyone?"];
    let expected = |first: &str, further: &str| -> Vec<String> {
        let tags = [first, further, further];
        let lines = tags.iter().zip(words);
        lines
            .map(|(tags, text)| format!("{tags}:ana!a@h PRIVMSG #lobby :{text}"))
            .collect()
    };
    assert_eq!(lines(act(), Caps::NONE), expected("", ""));
    let both = Caps::MESSAGE_TAGS | Caps::SERVER_TIME;
    let time = "time=1970-01-01T00:00:00.042Z";
    let first = format!("@{time};msgid=e-7;+a=b ");
    let further = format!("@{time};+a=b ");
    assert_eq!(lines(act(), both), expected(&first, &further));
    // The capability alone is not enough, since a batch is not.
    assert_eq!(
        lines(act(), both | Caps::MULTILINE),
        expected(&first, &further)
    );
}

#[test]
fn long_tags_come_once() {
    let tags = format!("+a={}", "x".repeat(200));
    let lines = lines(said("a\nb", &[], &tags), Caps::MESSAGE_TAGS);
    assert!(lines[0].contains(&tags));
    assert_eq!(lines[1], ":ana!a@h PRIVMSG #lobby :b");
}

#[test]
fn in_another_batch_both_ends_and_all_lines_refer_to_it() {
    let told = |caps| {
        let (mut out, act) = (String::new(), said("a\nb", &[], ""));
        let extra = Extra {
            batch: Some("b1"),
            ..Extra::default()
        };
        encode_for(&committed(act), caps, "e", extra, &mut out);
        let batch = |line| Tags::new(split(line).0).raw("batch").unwrap_or_default();
        let batches: Vec<&str> = out.split('\n').map(batch).collect();
        batches.join(" ")
    };
    assert_eq!(told(Caps::LINES), "b1 m7 m7 b1");
    assert_eq!(told(Caps::BATCH), "b1 b1");
}

#[test]
fn a_text_of_one_line_may_need_several_too() {
    let long = said(&"word ".repeat(200), &[], "");
    for caps in [Caps::NONE, Caps::LINES] {
        let lines = lines(long.clone(), caps);
        let words: usize = lines.iter().map(|line| line.matches("word ").count()).sum();
        assert_eq!(words, 200);
        let bare = lines.iter().map(|line| split(line).1.len());
        assert!(bare.max().unwrap() <= LINE_OUT_BYTES_MAX - 2);
    }
    let two = lines(said("onetwo", &[3], ""), Caps::NONE);
    assert_eq!(two.len(), 2);
}

#[test]
fn nothing_but_line_ends_is_told_to_nobody_who_would_see_nothing() {
    assert_eq!(seen(said("\n\n", &[], ""), Caps::NONE), "");
}

proptest! {
    #[test]
    fn every_line_is_its_authors_and_together_they_are_the_text(
        text in "[aé \n\r\0:]{0,80}", places in proptest::collection::vec(0..90u32, 0..4), knows in any::<bool>(),
    ) {
        let caps = if knows { Caps::LINES } else { Caps::NONE };
        let out = seen_or_nothing(said(&text, &places, ""), caps);
        prop_assert!(!out.contains(['\r', '\0']));
        for line in out.split('\n').filter(|line| !line.is_empty()) {
            let message = Message::of_server(line).unwrap();
            prop_assert_eq!(message.source, Some("ana!a@h"));
            prop_assert!(matches!(message.command, "PRIVMSG" | "BATCH"));
        }
    }
}

fn seen_or_nothing(act: Act, caps: Caps) -> String {
    let mut out = String::new();
    encode(&committed(act), caps, "e", &mut out);
    out
}

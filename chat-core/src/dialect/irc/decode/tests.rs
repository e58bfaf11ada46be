use super::super::history::{ChatHistory, Part, Query};
use super::*;
use proptest::prelude::*;

/// What a line asks for, as it is printed: a command borrows from its line.
fn read(line: &str) -> String {
    let message = Message::parse(line).unwrap();
    match decode(&message) {
        Ok(command) => format!("{command:?}"),
        Err(wrong) => format!("{wrong:?}"),
    }
}

fn assert_reads(cases: &[(&str, Command<'_>)]) {
    for (line, command) in cases {
        assert_eq!(read(line), format!("{command:?}"), "{line}");
    }
}

fn assert_wrong(cases: &[(&str, Wrong<'_>)]) {
    for (line, wrong) in cases {
        assert_eq!(read(line), format!("{wrong:?}"), "{line}");
    }
}

#[test]
fn registration_is_understood() {
    let user = |user: &str, real_name| Command::User {
        user: user.to_owned(),
        real_name,
    };
    assert_reads(&[
        ("CAP LS 302", Command::Cap(CapCommand::Ls { version: 302 })),
        ("CAP ls", Command::Cap(CapCommand::Ls { version: 0 })),
        ("CAP LS x", Command::Cap(CapCommand::Ls { version: 0 })),
        ("CAP LIST", Command::Cap(CapCommand::List)),
        ("CAP REQ :a -b", Command::Cap(CapCommand::Req("a -b"))),
        ("CAP END", Command::Cap(CapCommand::End)),
        ("nick ana", Command::Nick("ana")),
        ("PASS secret", Command::Pass("secret")),
        ("USER ana 0 * :Ana Lima", user("ana", "Ana Lima")),
        ("USER a!b@\u{3}c 0 * x", user("abc", "x")),
        ("USER @! 0 * x", user("user", "x")),
        (
            "USER abcdefghijklmnopqrstuvwxyz 0 * x",
            user("abcdefghijklmnop", "x"),
        ),
        ("PING tok", Command::Ping("tok")),
        ("PONG :tok", Command::Pong),
        ("QUIT", Command::Quit(None)),
        ("QUIT :so long", Command::Quit(Some("so long"))),
        ("ERROR :x", Command::Error),
    ]);
}

#[test]
fn talk_is_understood() {
    let post = |kind, targets, text| Command::Post {
        kind,
        targets,
        text,
    };
    assert_reads(&[
        (
            "PRIVMSG #a,bob :hi all",
            post(PostKind::Message, "#a,bob", "hi all"),
        ),
        ("notice bob hi", post(PostKind::Notice, "bob", "hi")),
        ("@+typing=active TAGMSG #a", post(PostKind::Tags, "#a", "")),
        (
            "JOIN #a,#b k",
            Command::Join {
                rooms: "#a,#b",
                keys: Some("k"),
            },
        ),
        ("JOIN 0", Command::JoinZero),
        (
            "PART #a :bye",
            Command::Part {
                rooms: "#a",
                reason: Some("bye"),
            },
        ),
        (
            "TOPIC #a",
            Command::Topic {
                room: "#a",
                text: None,
            },
        ),
        (
            "TOPIC #a :",
            Command::Topic {
                room: "#a",
                text: Some(""),
            },
        ),
        (
            "INVITE bob #a",
            Command::Invite {
                nick: "bob",
                room: "#a",
            },
        ),
        ("INVITE", Command::Invites),
        ("AWAY :tea", Command::Away(Some("tea"))),
        ("AWAY :", Command::Away(None)),
        ("SETNAME :Ana L", Command::SetName("Ana L")),
        (
            "MODE #a",
            Command::Mode {
                target: "#a",
                modes: &[],
            },
        ),
        (
            "MODE ana +i",
            Command::Mode {
                target: "ana",
                modes: &["+i"],
            },
        ),
    ]);
}

#[test]
fn questions_are_understood() {
    let ask = |about, server| Command::Ask { about, server };
    let history = ChatHistory {
        query: Query::Said {
            target: "#a",
            part: Part::Latest(None),
        },
        limit: 5,
    };
    assert_reads(&[
        ("NAMES", Command::Names(None)),
        ("NAMES #a", Command::Names(Some("#a"))),
        (
            "WHO",
            Command::Who {
                mask: None,
                options: WhoOptions::default(),
            },
        ),
        (
            "WHO #a o",
            Command::Who {
                mask: Some("#a"),
                options: WhoOptions::parse("o"),
            },
        ),
        (
            "WHOIS bob",
            Command::Whois {
                server: None,
                nicks: "bob",
            },
        ),
        (
            "WHOIS bob bob",
            Command::Whois {
                server: Some("bob"),
                nicks: "bob",
            },
        ),
        (
            "WHOWAS bob",
            Command::Whowas {
                nicks: "bob",
                count: None,
            },
        ),
        (
            "WHOWAS bob 2",
            Command::Whowas {
                nicks: "bob",
                count: Some(2),
            },
        ),
        (
            "WHOWAS bob -1",
            Command::Whowas {
                nicks: "bob",
                count: None,
            },
        ),
        ("LIST #a,#b", Command::List(&["#a,#b"])),
        ("MOTD", ask(About::Motd, None)),
        ("MOTD chat", ask(About::Motd, Some("chat"))),
        ("LUSERS * chat", ask(About::Lusers, Some("chat"))),
        ("VERSION", ask(About::Version, None)),
        ("TIME", ask(About::Time, None)),
        ("INFO", ask(About::Info, None)),
        ("ADMIN", ask(About::Admin, None)),
        ("USERHOST a b", Command::Userhost(&["a", "b"])),
        ("ISON :a b", Command::Ison(&["a b"])),
        ("HELP", Command::Help(None)),
        ("HELP join", Command::Help(Some("join"))),
        ("CHATHISTORY LATEST #a * 5", Command::ChatHistory(history)),
    ]);
}

#[test]
fn what_is_missing_is_told() {
    assert_wrong(&[
        ("FROB x", Wrong::UnknownCommand("FROB")),
        ("001 x", Wrong::UnknownCommand("001")),
        ("PRIVMSG", Wrong::NoRecipient("PRIVMSG")),
        ("PRIVMSG , :x", Wrong::NoRecipient("PRIVMSG")),
        ("PRIVMSG #a", Wrong::NoTextToSend),
        ("PRIVMSG #a :", Wrong::NoTextToSend),
        ("TAGMSG", Wrong::NoRecipient("TAGMSG")),
        ("NOTICE #a", Wrong::Notice),
        ("NICK", Wrong::NoNicknameGiven),
        ("NICK :", Wrong::NoNicknameGiven),
        ("WHOIS", Wrong::NoNicknameGiven),
        ("WHOWAS", Wrong::NoNicknameGiven),
        ("PING", Wrong::NoOrigin),
        ("CAP FOO", Wrong::InvalidCap("FOO")),
        ("INVITE bob", Wrong::NeedMoreParams("INVITE")),
    ]);
    let needy = [
        "CAP", "USER", "PASS", "JOIN", "PART", "TOPIC", "MODE", "SETNAME", "USERHOST", "ISON",
    ];
    for command in needy {
        assert_wrong(&[(command, Wrong::NeedMoreParams(command))]);
    }
    assert_wrong(&[("USER a 0 * :", Wrong::NeedMoreParams("USER"))]);
}

#[test]
fn a_bad_real_name_gets_the_fail_of_its_specification() {
    let text = "a real name has 1 to 128 bytes";
    assert!(text.contains(&REAL_NAME_BYTES_MAX.to_string()));
    let fail = Wrong::Fail {
        command: "SETNAME",
        code: "INVALID_REALNAME",
        context: vec![],
        text,
    };
    let long = format!("SETNAME :{}", "x".repeat(REAL_NAME_BYTES_MAX + 1));
    assert_wrong(&[("SETNAME :", fail.clone()), (&long, fail)]);
}

#[test]
fn texts_are_cut_to_what_isupport_announces() {
    let text = "~".repeat(400);
    let cases = [
        (format!("TOPIC #a :{text}"), TOPIC_BYTES_MAX),
        (format!("AWAY :{text}"), AWAY_BYTES_MAX),
        (format!("QUIT :{text}"), REASON_BYTES_MAX),
        (format!("PART #a :{text}"), REASON_BYTES_MAX),
        (format!("USER a 0 * :{text}"), REAL_NAME_BYTES_MAX),
    ];
    for (line, bytes_max) in cases {
        assert_eq!(read(&line).matches('~').count(), bytes_max, "{line}");
    }
}

#[test]
fn every_command_has_one_entry() {
    let mut names: Vec<&str> = commands().collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), COMMANDS.len());
    assert!(
        names
            .iter()
            .all(|name| name.bytes().all(|byte| byte.is_ascii_uppercase()))
    );
}

proptest! {
    #[test]
    fn no_parameters_panic(index in 0..COMMANDS.len(), params in "[ :,*=#0-9a-zé]{0,60}") {
        read(&format!("{} {params}", COMMANDS[index].0));
    }
}

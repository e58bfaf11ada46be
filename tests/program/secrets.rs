//! What both programs do alike with the files that hold secrets.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use test_support::tempfile::{TempDir, tempdir};
use test_support::{LineClient, PATIENCE, Program, within};

use crate::checks::Subject;

/// A folder with one secret in it.
pub(crate) struct Kept {
    folder: TempDir,
}

impl Kept {
    pub(crate) fn holding(secret: &str) -> Kept {
        let kept = Kept {
            folder: tempdir().expect("a folder"),
        };
        std::fs::write(kept.path(), secret).expect("a file");
        kept.permit(0o600);
        kept
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("secret")
    }

    pub(crate) fn name(&self) -> String {
        self.path().to_str().expect("a path").to_owned()
    }

    fn permit(&self, mode: u32) {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(self.path(), permissions).expect("a file of ours");
    }
}

pub(crate) fn a_bad_secret_says_what_to_write(subject: &Subject) {
    let word = ["--gateway", "127.0.0.1", "--gateway-secret"];
    for (flags, content, told) in [
        (&["--password-file"][..], "", "nothing in it"),
        (&["--password-file"], "a\nb\n", "more than one line"),
        (&word, "two words\n", "one word"),
        (&word, ":word\n", "one word"),
    ] {
        let kept = Kept::holding(content);
        let said = subject.refuses("", &[flags, &[&kept.name()]].concat());
        let flag = flags.last().expect("a flag");
        for words in [told, &format!("{flag} {}", kept.name()), "write"] {
            assert!(said.contains(words), "`{words}` is not in:\n{said}");
        }
        assert!(
            content.is_empty() || !said.contains(content.trim()),
            "{said}"
        );
    }
    let said = subject.refuses("", &["--password-file", "/nowhere/at/all"]);
    assert!(
        said.contains("--password-file /nowhere/at/all: cannot read"),
        "{said}"
    );
}

pub(crate) fn half_a_gateway_is_an_error(subject: &Subject) {
    let said = subject.refuses("", &["--gateway", "127.0.0.1"]);
    assert!(said.contains("--gateway needs --gateway-secret"), "{said}");
    let kept = Kept::holding("s3cret\n");
    let said = subject.refuses("", &["--gateway-secret", &kept.name()]);
    assert!(said.contains("--gateway-secret needs --gateway"), "{said}");
    let said = subject.refuses("", &["--gateway", "localhost"]);
    assert!(
        said.contains("--gateway") && said.contains("10.0.0.0/8"),
        "{said}"
    );
}

pub(crate) fn a_secret_that_others_can_read_is_a_warning(subject: &Subject) {
    let kept = Kept::holding("sesame\n");
    let flags = ["--password-file", &kept.name()];
    assert!(!subject.start(&flags).stderr().contains("WARN"));
    kept.permit(0o640);
    let said = subject.start(&flags).stderr();
    assert!(said.contains("WARN"), "{said}");
    assert_eq!(said.matches("chmod 600").count(), 1, "said once: {said}");
}

fn logged(program: &Program, words: &[&str]) -> String {
    let found = within(PATIENCE, || {
        let log = program.stderr();
        let has = |line: &&str| words.iter().all(|word| line.contains(word));
        log.lines().find(has).map(str::to_owned)
    });
    found.unwrap_or_else(|| panic!("{words:?} are not in one line of:\n{}", program.stderr()))
}

/// The log names the connection and the address of whoever lies or guesses, and no secret.
pub(crate) fn lies_and_guesses_are_logged_without_what_they_held(subject: &Subject) {
    let (secret, password) = (Kept::holding("s3cret"), Kept::holding("open sesame"));
    let program = Program::start_command({
        let mut command = subject.command("", &["--gateway", "127.0.0.2", "--gateway-secret"]);
        command.args([&secret.name(), "--password-file", &password.name()]);
        command.env("RUST_LOG", "trace");
        command
    });
    let mut liar = LineClient::connect(program.door("irc"));
    liar.send("WEBIRC s3cret w 192.0.2.7 192.0.2.7");
    liar.expect_eof();
    logged(&program, &["WARN", "127.0.0.1: WEBIRC is not taken"]);
    let gateway = || LineClient::connect_from([127, 0, 0, 2].into(), program.door("irc"));
    let mut other = gateway();
    other.send("WEBIRC s4cret w 192.0.2.7 192.0.2.7");
    other.expect_eof();
    logged(&program, &["WARN", "127.0.0.2: WEBIRC came with another"]);
    let mut ana = gateway();
    ana.send("WEBIRC s3cret w 192.0.2.7 192.0.2.7\r\nPASS :sesame open");
    ana.expect_eof();
    logged(&program, &["WARN", "192.0.2.7: that is not the password"]);
    logged(&program, &["DEBUG", "192.0.2.7 ended"]);
    let mut plain = LineClient::connect(program.door("plain"));
    plain.send("sesame open\r\nopen sesame\r\nbob");
    plain.expect_contains("You are bob");
    let log = program.stderr();
    for word in ["s3cret", "s4cret", "sesame"] {
        assert!(!log.contains(word), "{word} is in:\n{log}");
    }
}

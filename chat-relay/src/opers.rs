//! Operators of the server: who they are, from a file, and a thread that looks at their passwords.
//!
//! Argon2 is made to be slow and to take memory, 19 MiB as `hash-password` has it. So it never runs on the loop, and on one
//! thread only: however many guess at once, it is that much memory and one core.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread;

use anyhow::{Context, bail, ensure};
use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, Params};
use chat_core::journal::Alarm;
use chat_core::observer::Ticket;
use chat_core::opers::{Busy, Claim, Opers};

/// Claims that may wait for the thread. Ours: two seconds of work, which is less than whoever asks waits.
const CLAIMS_WAITING_MAX: usize = 64;

/// Bytes of the file. Ours: hundreds of operators.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// KiB that looking at one password may take. Ours: far more than anybody recommends, and no accident.
const HASH_KIB_MAX: u32 = 256 * 1024;

/// Operators by their names.
#[derive(Debug)]
struct Known {
    hashes: HashMap<String, PasswordHash>,
    /// The costliest of them, which is looked at for a name that there is not: it takes as long.
    decoy: PasswordHash,
}

/// Operators, and the thread that knows their passwords. It ends when this is dropped.
#[derive(Debug)]
pub struct FileOpers {
    claims: SyncSender<Claim>,
    answers: Receiver<(Ticket, bool)>,
    bell: Bell,
}

/// Wakes the loop, once it is there.
#[derive(Clone, Default)]
struct Bell(Arc<OnceLock<Alarm>>);

impl std::fmt::Debug for Bell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bell")
    }
}

impl FileOpers {
    /// The operators of a file. `flag` is the one that named it.
    ///
    /// # Errors
    /// It cannot be read, or by everybody; or a line of it is none; or there can be no thread.
    pub fn open(flag: &str, path: &Path) -> anyhow::Result<FileOpers> {
        let known = read(path).with_context(|| format!("{flag} {}", path.display()))?;
        let (claims, waiting) = sync_channel(CLAIMS_WAITING_MAX);
        let (answer, answers) = channel();
        let bell = Bell::default();
        let ring = bell.clone();
        thread::Builder::new()
            .name("opers".into())
            .spawn(move || look_at_all(&known, &waiting, &answer, &ring))
            .context("cannot start a thread for the passwords of operators")?;
        Ok(FileOpers {
            claims,
            answers,
            bell,
        })
    }
}

impl Opers for FileOpers {
    fn ask(&mut self, claim: Claim) -> Result<(), Busy> {
        self.claims.try_send(claim).map_err(|error| {
            if let TrySendError::Disconnected(_) = error {
                log::error!("the thread that looks at the passwords of operators has ended");
            }
            Busy
        })
    }

    fn answered(&mut self) -> Option<(Ticket, bool)> {
        self.answers.try_recv().ok()
    }

    fn wake_by(&mut self, alarm: Alarm) {
        // It is told once, before the first turn.
        let _ = self.bell.0.set(alarm);
    }
}

fn look_at_all(
    known: &Known,
    claims: &Receiver<Claim>,
    answer: &Sender<(Ticket, bool)>,
    bell: &Bell,
) {
    while let Ok(claim) = claims.recv() {
        let is_right = known.is_right(&claim.name, claim.password.expose());
        if answer.send((claim.ticket, is_right)).is_err() {
            return;
        }
        if let Some(alarm) = bell.0.get() {
            alarm();
        }
    }
}

impl Known {
    fn is_right(&self, name: &str, password: &str) -> bool {
        let hash = self.hashes.get(name);
        let looked_at = hash.unwrap_or(&self.decoy);
        let argon2 = Argon2::default();
        let is_right = argon2.verify_password(password.as_bytes(), looked_at);
        is_right.is_ok() && hash.is_some()
    }
}

fn read(path: &Path) -> anyhow::Result<Known> {
    let mut file = File::open(path).context("cannot read this file; write operators into it")?;
    let data = file.metadata().context("cannot look at this file")?;
    ensure!(!data.is_dir(), "this is a folder: name a file in it");
    ensure!(
        data.permissions().mode() & 0o007 == 0,
        "others on this machine can read or change this file: `chmod 600 {}` keeps it yours",
        path.display()
    );
    let mut text = String::new();
    let mut part = file.by_ref().take(FILE_BYTES_MAX + 1);
    part.read_to_string(&mut text)
        .context("cannot read this file as text")?;
    ensure!(
        text.len() as u64 <= FILE_BYTES_MAX,
        "this file is too long: write at most {FILE_BYTES_MAX} bytes into it"
    );
    known(&text)
}

fn known(text: &str) -> anyhow::Result<Known> {
    let mut hashes = HashMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, hash) = oper(line).with_context(|| format!("line {number}"))?;
        let before = hashes.insert(name.to_owned(), hash);
        ensure!(
            before.is_none(),
            "line {number}: there is an operator {name} already; give this one another name"
        );
    }
    let costliest = hashes.values().max_by_key(|hash| cost(hash)).cloned();
    let decoy = costliest.with_context(|| format!("there is nobody in it; {HOW}"))?;
    Ok(Known { hashes, decoy })
}

/// One line. What is wrong is told without what stands there: it may be a password.
fn oper(line: &str) -> anyhow::Result<(&str, PasswordHash)> {
    let mut words = line.split_whitespace();
    let (Some(name), Some(hash), None) = (words.next(), words.next(), words.next()) else {
        bail!("this is not a name and a hash; {HOW}");
    };
    check_name(name)?;
    let Ok(hash) = PasswordHash::new(hash) else {
        bail!("this is no hash of a password; {HOW}");
    };
    let params = Params::try_from(&hash);
    let Some(params) = params
        .ok()
        .filter(|_| hash.algorithm.as_str() == "argon2id")
    else {
        bail!("this is no hash by argon2id; {HOW}");
    };
    ensure!(
        hash.salt.is_some() && hash.hash.is_some(),
        "this hash is not whole; {HOW}"
    );
    ensure!(
        params.m_cost() <= HASH_KIB_MAX,
        "this hash takes {} KiB of memory, and at most {HASH_KIB_MAX} are given to it; {HOW}",
        params.m_cost()
    );
    Ok((name, hash))
}

/// A name that can stand in an OPER command.
///
/// # Errors
/// It cannot.
pub(crate) fn check_name(name: &str) -> anyhow::Result<()> {
    ensure!(
        !name.starts_with([':', '#']) && !name.contains(char::is_whitespace),
        "an operator's name is one word and does not begin with `:` or `#`"
    );
    ensure!(
        (1..=NAME_BYTES_MAX).contains(&name.len()) && !name.contains(char::is_control),
        "an operator's name has 1 to {NAME_BYTES_MAX} bytes and no control characters"
    );
    Ok(())
}

/// Bytes of a name. Ours: with a password, it fits a line.
const NAME_BYTES_MAX: usize = 64;

fn cost(hash: &PasswordHash) -> u64 {
    let params = Params::try_from(hash).unwrap_or_default();
    u64::from(params.m_cost()) * u64::from(params.t_cost())
}

const HOW: &str = "write lines as `chat-relay hash-password NAME` prints them into this file";

#[cfg(test)]
mod tests {
    use super::*;

    const HALF: &str = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ";

    /// A hash that costs next to nothing.
    fn hash(password: &str) -> String {
        use argon2::password_hash::PasswordHasher;
        let params = Params::new(8, 1, 1, None).unwrap();
        let argon2 = Argon2::from(params);
        argon2
            .hash_password_with_salt(password.as_bytes(), b"somesalt")
            .unwrap()
            .to_string()
    }

    #[test]
    fn a_name_and_its_password_are_right_and_nothing_else_is() {
        let text = format!(
            "# operators\n\nroot {}\n  ana\t{}\r\n",
            hash("s3cret"),
            hash("two words")
        );
        let known = known(&text).unwrap();
        assert!(known.is_right("root", "s3cret"));
        assert!(known.is_right("ana", "two words"));
        for (name, password) in [
            ("root", "two words"),
            ("root", ""),
            ("Root", "s3cret"),
            ("nobody", "s3cret"),
            ("nobody", "two words"),
            ("", ""),
        ] {
            assert!(!known.is_right(name, password), "{name} {password}");
        }
    }

    #[test]
    fn a_name_that_there_is_not_costs_what_the_costliest_does() {
        let costly = hash("x").replace("m=8,t=1", "m=32,t=2");
        let known = known(&format!("a {}\nb {costly}\n", hash("x"))).unwrap();
        assert_eq!(known.decoy.to_string(), costly);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line_and_without_its_words() {
        let good = hash("x");
        for (line, why) in [
            ("hunter2", "line 2: this is not a name and a hash"),
            ("root hunter2", "line 2: this is no hash of a password"),
            (
                "root hunter2 hunter2",
                "line 2: this is not a name and a hash",
            ),
            (":root $x", "line 2: an operator's name is one word"),
            (
                "root $2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
                "line 2: this is no hash",
            ),
            (
                &format!("root {}", good.replace("argon2id", "argon2i")),
                "line 2: this is no hash by argon2id",
            ),
            (&format!("root {HALF}"), "line 2: this hash is not whole"),
            (
                &format!("root {}", good.replace("m=8", "m=999999")),
                "line 2: this hash takes 999999 KiB",
            ),
            (
                &format!("a {good}"),
                "line 2: there is an operator a already",
            ),
        ] {
            let error = known(&format!("a {good}\n{line}\n")).unwrap_err();
            let error = format!("{error:#}");
            assert!(error.contains(why), "{line}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
        let nobody = known("# nobody\n").unwrap_err().to_string();
        assert!(nobody.contains("nobody in it; write lines as"), "{nobody}");
    }
}

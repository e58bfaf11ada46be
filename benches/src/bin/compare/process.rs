//! A child process that ends with its owner, and whose words are kept in a file: a pipe that nobody
//! reads would stop it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::Context;

/// A running program.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Process {
    /// Starts it; what it says goes to two files of this name in the folder.
    pub(crate) fn start(mut command: Command, folder: &Path, name: &str) -> anyhow::Result<Self> {
        let stdout = folder.join(format!("{name}.out"));
        let stderr = folder.join(format!("{name}.err"));
        command
            .stdin(Stdio::null())
            .stdout(File::create(&stdout)?)
            .stderr(File::create(&stderr)?);
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {:?}", command.get_program()))?;
        Ok(Process {
            child,
            stdout,
            stderr,
        })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// What it has said on stdout so far.
    pub(crate) fn stdout(&self) -> String {
        said(&self.stdout)
    }

    /// What it complained of.
    pub(crate) fn complaint(&self) -> String {
        complaint(&said(&self.stderr))
            .or_else(|| complaint(&self.stdout()))
            .unwrap_or_else(|| "it did not say why".to_owned())
    }
}

/// The first line that calls itself an error, or else the last one.
fn complaint(text: &str) -> Option<String> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let error = lines.clone().find(|line| line.starts_with("error"));
    error.or_else(|| lines.next_back()).map(str::to_owned)
}

fn said(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Between two looks at a child.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(20);

#[cfg(test)]
mod tests {
    use std::thread::sleep;

    use super::*;

    fn shell(folder: &Path, script: &str) -> Process {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Process::start(command, folder, "shell").unwrap()
    }

    #[test]
    fn what_it_said_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let script = "echo ready; echo first >&2; echo 'no such thing' >&2; exit 3";
        let mut process = shell(folder.path(), script);
        while process.ended().unwrap().is_none() {
            sleep(LOOK_EVERY);
        }
        assert_eq!(process.stdout(), "ready\n");
        assert_eq!(process.complaint(), "no such thing");
    }

    #[test]
    fn an_error_is_the_complaint_whatever_follows() {
        let text = "starting\nerror: no such case\n\nFor more, try --help\n";
        assert_eq!(complaint(text).as_deref(), Some("error: no such case"));
        assert_eq!(complaint("\n"), None);
    }

    #[test]
    fn it_ends_with_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let process = shell(folder.path(), "exec sleep 60");
        let proc = format!("/proc/{}", process.pid());
        assert!(fs::exists(&proc).unwrap());
        drop(process);
        assert!(!fs::exists(&proc).unwrap());
    }
}

//! Where everything is that a measurement needs: our programs, other people's, and cores for them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::args::Args;
use crate::contender::Server;
use crate::interrupt::Interrupt;
use crate::machine;

/// Where everything is.
#[derive(Debug)]
pub(crate) struct Workshop {
    /// Where our own programs were built.
    built: PathBuf,
    /// For configurations, what programs say, and what npm installs.
    pub(crate) folder: PathBuf,
    pub(crate) server_cpu: u32,
    pub(crate) crowd_cpu: u32,
    pub(crate) interrupt: Interrupt,
}

impl Workshop {
    pub(crate) fn new(args: &Args) -> anyhow::Result<Workshop> {
        let program = std::env::current_exe()?;
        let built = program.parent().context("a program is in a folder")?;
        let folder = built.parent().unwrap_or(built).join("compare");
        fs::create_dir_all(&folder)?;
        let cpus = machine::cpus()?;
        let workshop = Workshop {
            built: built.to_owned(),
            folder,
            server_cpu: args.server_cpu.unwrap_or(cpus[0]),
            crowd_cpu: args.crowd_cpu.unwrap_or(cpus[cpus.len() - 1]),
            interrupt: Interrupt::watch()?,
        };
        workshop.check()?;
        Ok(workshop)
    }

    fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            find("taskset").is_some(),
            "there is no taskset here, which keeps a program on one core: install util-linux"
        );
        for path in [
            self.program(Server::Chat),
            self.program(Server::Bare),
            Some(self.crowd()),
        ] {
            let path = path.unwrap_or_default();
            anyhow::ensure!(
                path.is_file(),
                "{} is not built: start this as benches/compare, which builds it",
                path.display()
            );
        }
        Ok(())
    }

    pub(crate) fn crowd(&self) -> PathBuf {
        self.built.join("examples/crowd")
    }

    pub(crate) fn has(&self, server: Server) -> bool {
        self.program(server).is_some()
    }

    /// Where a server's program is, if it is here.
    pub(crate) fn program(&self, server: Server) -> Option<PathBuf> {
        match server {
            Server::Chat => Some(self.built.join("chat-web")),
            Server::Bare | Server::BareEpoll => Some(self.built.join("examples/bare_fan")),
            Server::Redis => find("redis-server"),
            Server::Inspircd => find("inspircd"),
            Server::Ngircd => find("ngircd"),
            Server::Bun => self.bun().or_else(|| find("bun")),
        }
    }

    /// npm may have the program in a package for each platform: `@oven/bun-linux-x64`.
    fn bun(&self) -> Option<PathBuf> {
        let packages = fs::read_dir(self.folder.join("node_modules/@oven")).ok()?;
        let mut programs = packages
            .flatten()
            .map(|package| package.path().join("bin/bun"));
        programs.find(|program| program.is_file())
    }

    /// A program on one core. `taskset` becomes the program, so the child is the program itself.
    pub(crate) fn pinned(&self, cpu: u32, program: &Path) -> Command {
        let mut command = Command::new("taskset");
        command
            .args(["-c", &cpu.to_string()])
            .arg(program)
            .current_dir(&self.folder);
        command
    }
}

/// Servers are where only root looks for programs.
fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(SERVER_FOLDERS.map(PathBuf::from));
    folders
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

const SERVER_FOLDERS: [&str; 3] = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

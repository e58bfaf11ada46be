//! Getting the peers: three servers from Debian, Bun from npm.

use std::path::Path;
use std::process::Command;

use anyhow::Context;

use crate::contender::Server;
use crate::workshop::Workshop;

const PACKAGES: [(Server, &str); 3] = [
    (Server::Redis, "redis-server"),
    (Server::Inspircd, "inspircd"),
    (Server::Ngircd, "ngircd"),
];

/// Without its scripts, which would download: the program is in a package for each platform.
const BUN: &str = "bun@1.4.5";

/// Installs those that are missing.
pub(crate) fn peers(workshop: &Workshop) -> anyhow::Result<()> {
    let missing: Vec<&str> = PACKAGES
        .into_iter()
        .filter(|(server, _)| !workshop.has(*server))
        .map(|(_, package)| package)
        .collect();
    if !missing.is_empty() {
        from_debian(&missing)?;
    }
    if !workshop.has(Server::Bun) {
        let folder = workshop.folder.display().to_string();
        let flags = ["--ignore-scripts", "--no-audit", "--no-fund"];
        let npm = [&["install", "--prefix", &folder][..], &flags, &[BUN]].concat();
        run("npm", &npm).context("Bun comes by npm: install it, or Bun itself")?;
    }
    Ok(())
}

fn from_debian(packages: &[&str]) -> anyhow::Result<()> {
    let install = [&["install", "-y", "--no-install-recommends"][..], packages].concat();
    let installed = run("apt-get", &["update"]).and_then(|()| run("apt-get", &install));
    installed
        .with_context(|| format!("on Debian, as root: apt-get install {}", packages.join(" ")))?;
    // Debian starts servers that it installs; this starts its own.
    if Path::new("/run/systemd/system").is_dir() {
        for package in packages {
            run("systemctl", &["disable", "--now", package])?;
        }
    }
    Ok(())
}

fn run(program: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let said = format!("{program} {}", arguments.join(" "));
    eprintln!("== {said}");
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive");
    let status = command
        .status()
        .with_context(|| format!("cannot run {said}"))?;
    anyhow::ensure!(status.success(), "{said}: {status}");
    Ok(())
}

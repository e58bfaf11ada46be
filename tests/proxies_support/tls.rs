//! TLS for clients that speak none: a certificate, and a tunnel to somebody who has it.
#![allow(missing_docs, unreachable_pub)]

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

/// A certificate for chat.example that nobody vouches for, and its key: names of files.
pub fn certificate(folder: &Path) -> (String, String) {
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (certificate, key) = (file("certificate.pem"), file("key.pem"));
    let mut command = Command::new("openssl");
    command.args([
        "req",
        "-x509",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=chat.example",
    ]);
    command.args(["-addext", "subjectAltName=DNS:chat.example"]);
    command.args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]);
    command.args(["-keyout", &key, "-out", &certificate]);
    let made = command.output().expect("openssl runs");
    assert!(made.status.success(), "{made:?}");
    (certificate, key)
}

/// What is sent in the clear to its address goes on over TLS, from an address of this machine's.
pub struct Tunnel {
    pub address: SocketAddr,
}

impl Tunnel {
    pub fn open(to: SocketAddr, from: &'static str) -> Tunnel {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                thread::spawn(move || carry(&client, to, from));
            }
        });
        Tunnel { address }
    }
}

/// One connection, by a process of its own.
fn carry(client: &TcpStream, to: SocketAddr, from: &str) {
    let mut child = client_of(to, from);
    let (mut input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut sent = client.try_clone().unwrap();
    let up = thread::spawn(move || pass_on(&mut sent, &mut input));
    pass_on(&mut output, &mut &*client);
    let _ = client.shutdown(Shutdown::Both);
    let _ = up.join();
    let _ = child.kill();
    let _ = child.wait();
}

/// Passes on what comes as soon as it comes, which `io::copy` does not do from sockets to pipes.
fn pass_on(from: &mut impl Read, to: &mut impl Write) {
    let mut chunk = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut chunk) {
        if to.write_all(&chunk[..count]).is_err() {
            return;
        }
    }
}

fn client_of(to: SocketAddr, from: &str) -> Child {
    let mut command = Command::new("openssl");
    command.args([
        "s_client",
        "-quiet",
        "-servername",
        "chat.example",
        "-alpn",
        "http/1.1",
    ]);
    command.args(["-bind", &format!("{from}:0"), "-connect", &to.to_string()]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command.stderr(Stdio::null()).spawn().expect("openssl runs")
}

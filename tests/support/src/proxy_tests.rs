//! The proxy in front of a server that echoes.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use crate::{Cut, LineClient, Proxy};

/// Echoes on every connection, for ever.
fn echo_server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut copy = stream.try_clone().unwrap();
            thread::spawn(move || io::copy(&mut stream, &mut copy));
        }
    });
    address
}

const MOMENT: Duration = Duration::from_millis(50);

#[test]
fn passes_on_both_ways_and_the_end_too() {
    let proxy = Proxy::start(echo_server());
    let mut ana = LineClient::connect(proxy.address());
    ana.send("hi");
    assert_eq!(ana.next_line(), "hi");
    ana.shutdown_write();
    ana.expect_eof();
}

#[test]
fn a_cut_is_silent_and_healed_without_loss() {
    let proxy = Proxy::start(echo_server());
    let mut ana = LineClient::connect(proxy.address());
    proxy.cut(Cut::Hang);
    ana.send("held back");
    let mut bob = LineClient::connect(proxy.address());
    bob.send("hung");
    ana.quiet(MOMENT);
    bob.quiet(MOMENT);
    proxy.restore();
    assert_eq!(ana.next_line(), "held back");
    assert_eq!(bob.next_line(), "hung");
}

#[test]
fn a_cut_may_leave_clients_heard() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = Proxy::start(listener.local_addr().unwrap());
    let mut ana = LineClient::connect(proxy.address());
    let mut server = listener.accept().unwrap().0;
    proxy.cut(Cut::Deafen);
    ana.send("is anybody there?");
    let mut heard = [0; 19];
    server.read_exact(&mut heard).unwrap();
    assert_eq!(&heard, b"is anybody there?\r\n");
    server.write_all(b"yes\r\n").unwrap();
    ana.quiet(MOMENT);
    proxy.restore();
    assert_eq!(ana.next_line(), "yes");
}

#[test]
fn a_cut_may_refuse_newcomers() {
    let proxy = Proxy::start(echo_server());
    let mut ana = LineClient::connect(proxy.address());
    proxy.cut(Cut::Refuse);
    let refused = TcpStream::connect(proxy.address()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    ana.quiet(MOMENT);
    proxy.restore();
    LineClient::connect(proxy.address()).send("hi");
    ana.quiet(MOMENT);
}

#[test]
fn dropped_connections_end_and_new_ones_work() {
    let proxy = Proxy::start(echo_server());
    let mut ana = LineClient::connect(proxy.address());
    ana.send("hi");
    ana.expect_contains("hi");
    proxy.drop_connections();
    ana.expect_eof();
    let mut bob = LineClient::connect(proxy.address());
    bob.send("hi");
    bob.expect_contains("hi");
}

#[test]
fn ends_with_its_owner_also_when_cut() {
    let proxy = Proxy::start(echo_server());
    let address = proxy.address();
    let mut ana = LineClient::connect(address);
    ana.send("hi");
    ana.expect_contains("hi");
    proxy.cut(Cut::Hang);
    drop(proxy);
    ana.expect_eof();
    assert!(TcpStream::connect(address).is_err());
}

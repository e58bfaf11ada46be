//! A chat inside a program of one's own: no async, no threads, no globals.
//!
//! ```text
//! cargo run --release -p chat-core --example embed -- 127.0.0.1:6667 127.0.0.1:6668
//! ```
//!
//! Then `nc 127.0.0.1 6668` in two terminals, or any IRC client at port 6667.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::net::SocketAddr;
use std::time::Duration;

use chat_core::relay::{Relay, StartError};

fn main() -> Result<(), StartError> {
    let [irc, plain] = addresses();
    let mut relay = Relay::builder()
        .title("Game night")
        .motd(vec!["Be kind; the dice are not.".into()])
        .irc(irc)?
        .plain(plain)?
        .build()?;
    println!(
        "irc {}\nplain {}\nready",
        relay.addresses()[0],
        relay.addresses()[1]
    );

    // `relay.run()` would do. A program with work of its own turns the relay between its steps:
    let mut step = 0_u64;
    while relay.turn(Some(Duration::from_millis(50)))?.is_running() {
        step += 1; // the game's own work
    }
    println!("the game took {step} steps");
    Ok(())
}

/// The two addresses on the command line; any free ports if they are not there.
fn addresses() -> [SocketAddr; 2] {
    let mut given = std::env::args()
        .skip(1)
        .filter_map(|text| text.parse().ok());
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    [given.next().unwrap_or(any), given.next().unwrap_or(any)]
}

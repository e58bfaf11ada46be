//! The chat with a room full of readers, on sockets of this process and turned by the benchmark.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use chat_core::limits::Limits;
use chat_core::names::RoomName;
use chat_core::net::{Door, Framing};
use chat_core::relay::Relay;
use chat_web::front::Front;
use chat_web::origin::Origins;
use chat_web::proxy::Proxies;
use chat_web::site::{Site, SiteSettings};
use chat_web::web::{Settings, Web};

use crate::socket::{any_port, drain, quick};
use crate::{Form, Result};

/// Stands once in each text and nowhere else in what is sent, so that messages can be counted
/// whatever is around them.
pub const MARK: u8 = b'|';

/// The chat, one talker and many readers.
pub struct Crowd {
    relay: Relay<Front>,
    form: Form,
    talker: TcpStream,
    readers: Vec<TcpStream>,
}

impl Crowd {
    /// One talker and so many readers, all in `#lobby` and all by one form.
    ///
    /// # Errors
    /// The system gives no sockets.
    pub fn gather(form: Form, readers: usize) -> Result<Crowd> {
        let relay = chat()?;
        let address = match form {
            Form::Irc | Form::IrcTags => relay.addresses()[0],
            Form::WebSocket => relay.addresses()[1],
        };
        let mut crowd = Crowd {
            relay,
            form,
            talker: join(form, address, "talker")?,
            readers: Vec::new(),
        };
        crowd.settle()?;
        for number in 0..readers {
            let reader = join(form, address, &format!("reader{number}"))?;
            crowd.readers.push(reader);
            if number % 64 == 0 {
                crowd.settle()?;
            }
        }
        crowd.settle()?;
        Ok(crowd)
    }

    /// Turns until nothing is left to do or to read.
    fn settle(&mut self) -> Result<()> {
        let mut idle = 0;
        while idle < 3 {
            self.relay.turn(Some(Duration::from_millis(2)))?;
            let mut read = drain(&mut self.talker, |_| {})?;
            for reader in &mut self.readers {
                read += drain(reader, |_| {})?;
            }
            idle = if read == 0 { idle + 1 } else { 0 };
        }
        Ok(())
    }

    /// Lets the talker say a text with a [`MARK`] in it so often, and measures the turns until
    /// everybody has heard that.
    ///
    /// # Errors
    /// A reader did not hear everything once.
    pub fn say(&mut self, text: &str, count: usize) -> Result<Duration> {
        self.say_and_sample(text, count, &mut Vec::new())
    }

    /// The bytes that each reader gets when the talker says this so often: what a bare loop has to
    /// write for a fair comparison.
    ///
    /// # Errors
    /// A reader did not hear everything once.
    pub fn sample(&mut self, text: &str, count: usize) -> Result<Vec<u8>> {
        let mut sample = Vec::new();
        self.say_and_sample(text, count, &mut sample)?;
        Ok(sample)
    }

    fn say_and_sample(
        &mut self,
        text: &str,
        count: usize,
        sample: &mut Vec<u8>,
    ) -> Result<Duration> {
        let line = self.form.line(&format!("PRIVMSG #lobby :{text}"));
        self.talker.write_all(&line.repeat(count))?;
        let expected = self.readers.len() * count;
        let (mut spent, mut heard) = (Duration::ZERO, 0);
        while heard < expected {
            let start = Instant::now();
            self.relay.turn(Some(Duration::ZERO))?;
            spent += start.elapsed();
            heard += self.hear(sample)?;
        }
        if heard != expected {
            return Err(format!("{expected} messages were to be heard, and {heard} were").into());
        }
        Ok(spent)
    }

    /// Counts what all have heard; what the first one got is kept.
    fn hear(&mut self, sample: &mut Vec<u8>) -> Result<usize> {
        let mut heard = 0;
        for (number, reader) in self.readers.iter_mut().enumerate() {
            drain(reader, |bytes| {
                heard += memchr::memchr_iter(MARK, bytes).count();
                if number == 0 {
                    sample.extend_from_slice(bytes);
                }
            })?;
        }
        Ok(heard)
    }
}

/// A chat with an IRC door and one for browsers, in this order, whose limits on talking are lifted.
fn chat() -> Result<Relay<Front>> {
    let mut limits = Limits::default();
    limits.lift();
    let settings = Settings::from(&limits);
    let framing = move || -> Box<dyn Framing> { Box::new(Web::new(settings)) };
    let builder = Relay::builder().limits(limits).irc(any_port())?;
    let mut relay = builder.build_with(|chat| Front::new(chat, site(), 1))?;
    relay.open(Door::bind("http", any_port(), framing)?)?;
    Ok(relay)
}

fn site() -> Site {
    Site::new(SiteSettings {
        title: "Bench".into(),
        room: RoomName::lobby(),
        irc: String::new(),
        plain: String::new(),
        password: None,
        proxies: Proxies::new(Vec::new()),
        origins: Origins::new(Vec::new()),
        sessions_per_address_max: u64::MAX,
    })
}

fn join(form: Form, address: SocketAddr, nick: &str) -> Result<TcpStream> {
    let mut socket = TcpStream::connect(address)?;
    socket.write_all(&form.hello(nick))?;
    quick(socket)
}

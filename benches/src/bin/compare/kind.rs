//! The ways of measuring: what the load generator is asked for, and how many people that takes.

/// How it is measured.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// So many in flight for each talker.
    Talk {
        readers: u32,
        talkers: u32,
        window: u32,
        bytes: u32,
    },
    /// Messages by the clock.
    Latency { readers: u32, rate: u32 },
    /// People in rooms of a hundred who say nothing.
    Idle { people: u32 },
    /// Everybody comes into one room at once.
    Join { people: u32 },
    /// The same talk with and without one more who never reads.
    Stalled { readers: u32 },
    /// One talker as fast as the socket takes it; somebody else's round trips.
    Flood { readers: u32 },
}

impl Kind {
    /// Whether a smoke run has it: one of each kind, but for those that take seconds whatever their size.
    pub(crate) fn is_quick(&self) -> bool {
        match self {
            Kind::Talk { readers, bytes, .. } => *readers == 1000 && *bytes == 64,
            Kind::Idle { .. } | Kind::Stalled { .. } => false,
            _ => true,
        }
    }

    /// Small enough to be over at once.
    pub(crate) fn shrink(&mut self) {
        match self {
            Kind::Talk {
                readers, talkers, ..
            } => (*readers, *talkers) = ((*readers).min(50), (*talkers).min(4)),
            Kind::Idle { people } | Kind::Join { people } => *people = (*people).min(50),
            Kind::Latency { readers, .. } | Kind::Stalled { readers } | Kind::Flood { readers } => {
                *readers = (*readers).min(50);
            }
        }
    }

    /// Connections at the most, at either side.
    pub(crate) fn connections(&self) -> u32 {
        match *self {
            Kind::Talk {
                readers, talkers, ..
            } => readers + talkers,
            Kind::Idle { people } | Kind::Join { people } => people,
            Kind::Latency { readers, .. } | Kind::Stalled { readers } | Kind::Flood { readers } => {
                readers + 2
            }
        }
    }

    /// What to give to `crowd`, besides what all cases have: a command, and options.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let text = match *self {
            Kind::Talk {
                readers,
                talkers,
                window,
                bytes,
            } => format!(
                "talk --readers {readers} --talkers {talkers} --window {window} --lockstep --bytes {bytes}"
            ),
            Kind::Latency { readers, rate } => format!("latency --readers {readers} --rate {rate}"),
            Kind::Idle { people } => format!("idle --people {people} --rooms-of 100"),
            Kind::Join { people } => format!("join --people {people}"),
            Kind::Stalled { readers } => format!("talk --readers {readers} --lockstep --stalled 1"),
            Kind::Flood { readers } => format!("flood --readers {readers}"),
        };
        text.split(' ').map(str::to_owned).collect()
    }

    /// What the figure is compared with in the same round, if that is a run of its own.
    pub(crate) fn without(&self) -> Option<Kind> {
        match *self {
            Kind::Stalled { readers } => Some(talk(readers, 1, 64, 64)),
            _ => None,
        }
    }
}

pub(crate) fn talk(readers: u32, talkers: u32, window: u32, bytes: u32) -> Kind {
    Kind::Talk {
        readers,
        talkers,
        window,
        bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_asked_as_it_wants_to_be() {
        let arguments = talk(5, 2, 1, 64).arguments().join(" ");
        assert_eq!(
            arguments,
            "talk --readers 5 --talkers 2 --window 1 --lockstep --bytes 64"
        );
    }
}

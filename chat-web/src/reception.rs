//! What both hosts do with a connection that has only begun: admit it, place it, send it away. Floor 5.

use chat_core::id::PersonId;
use chat_core::limits::Limits;
use chat_core::net::People;
use chat_core::time::Now;

use crate::http::Manner;
use crate::limits::ANSWER_HEAD_BYTES;
use crate::proxy::Caller;
use crate::site::Site;
use crate::web::{Answer, Upgrade, Web};

/// Somebody has connected; else why there is no place for them. A proxy is not counted: its people are,
/// when they stay.
pub(crate) fn admit(
    site: &Site,
    people: &mut People,
    who: PersonId,
    limits: &Limits,
) -> Result<(), &'static str> {
    if people.peer(who).is_some_and(|peer| site.is_proxy(peer.ip)) {
        people.discount(who);
    }
    people.check_place(who, limits)
}

/// A proxy's connection becomes somebody's: from here on it counts as one from where they are.
pub(crate) fn place(
    people: &mut People,
    who: PersonId,
    caller: Caller,
    limits: &Limits,
) -> Result<(), &'static str> {
    if people.is_counted(who) {
        return Ok(());
    }
    if !caller.is_exempt() {
        people.check_place_from(caller.ip, limits)?;
    }
    match caller.told {
        true => people.set_ip(who, caller.ip),
        false => people.recount(who),
    }
    Ok(())
}

/// The answer to whoever wants a WebSocket and was placed, or could not be.
pub(crate) fn upgrade(
    site: &Site,
    upgrade: Upgrade,
    placed: Result<(), &'static str>,
    now: Now,
) -> Answer {
    match placed {
        Ok(()) => Answer::Upgrade(upgrade),
        Err(why) => site.no_place_from_there(why, now).into(),
    }
}

/// What can be sent: a page of the program around may be larger than what may wait for one person.
pub(crate) fn fitting(site: &Site, answer: Answer, bytes_max: usize, now: Now) -> Answer {
    match &answer {
        Answer::Respond(response) if response.content().len() > bytes_max => {
            log::error!(
                "an answer has a body of {} bytes, and {bytes_max} can be sent at once: make it \
                 smaller, or raise the limit send_queue_bytes",
                response.content().len()
            );
            site.too_large(now).into()
        }
        _ => answer,
    }
}

/// Bytes of the longest body that can be sent at once, with its head, to somebody who is slow.
pub(crate) fn body_bytes_max(queue_bytes_max: usize) -> usize {
    queue_bytes_max.saturating_sub(ANSWER_HEAD_BYTES)
}

/// A request, or the next one on the same connection, did not come in time: the last words to it.
pub(crate) fn say_too_late(site: &Site, people: &mut People, who: PersonId, now: Now) {
    let mut out = Vec::new();
    if let Some(web) = people.framing_mut::<Web>(who) {
        web.time_out(&site.too_late(now), &mut out);
    }
    people.send(who, &out);
}

/// There is no place for somebody who has not even asked yet: the last words to them.
pub(crate) fn say_no_place(
    site: &Site,
    people: &mut People,
    who: PersonId,
    reason: &str,
    now: Now,
) {
    let mut out = Vec::new();
    site.no_place(reason, now).encode(Manner::LAST, &mut out);
    people.send(who, &out);
}

/// Close codes of our own, which the page does not reconnect on. ARCHITECTURE.md "Sessions".
pub(crate) const ELSEWHERE: (u16, &str) = (4001, "this session goes on in another tab");
pub(crate) const LOGGED_OUT: (u16, &str) = (4002, "logged out");
pub(crate) const TAKEN: (u16, &str) = (4003, "somebody else has your name now");

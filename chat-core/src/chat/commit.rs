//! An entry's way: checked, placed by the journal, applied, told. Floor 5.

use std::sync::Arc;

use super::answer::AnswerKey;
use super::room_settings::Changed;
use super::turn::Turn;
use super::{Waiting, retry};
use crate::hub::entry::{Act, Committed, Entry, NotKept, PostKind};
use crate::hub::modes::{self, Change};
use crate::hub::ranks::Rank;
use crate::hub::request::{Refusal, Request};
use crate::hub::{Effects, RoomKey};
use crate::id::{PersonId, Seq};
use crate::journal::{Outcome, Ticket};

impl Turn<'_> {
    /// Asks the hub, and gives what it grants to the journal.
    pub(super) fn grant(&mut self, who: PersonId, request: Request, key: AnswerKey) {
        if self.was_tried(who, &request, key) {
            return;
        }
        let is_notice = matches!(
            &request,
            Request::Post {
                kind: PostKind::Notice,
                ..
            }
        );
        match self.chat.hub.check(who, request) {
            Ok(entry) if self.chat.hub.is_void(&entry) => {}
            Ok(entry) => self.append(entry, key),
            // RFC 2812 §3.3.2: a notice is never answered.
            Err(_) if is_notice => {}
            Err(refusal) => self.refuse(key, &refusal),
        }
    }

    fn append(&mut self, entry: Entry, key: AnswerKey) {
        let who = entry.who;
        let is_post = entry.is_post();
        let tried = retry::tried(&entry);
        let expected = self.chat.expected_settings(&entry);
        let ticket = self.chat.journal.append(entry, self.now.wall);
        if let Some((room, settings)) = expected {
            self.chat.note_expected_settings(room, settings, ticket);
        }
        if let Some(tried) = tried {
            self.chat.retries.begin(tried, ticket);
        }
        self.await_outcome(who, ticket, key, is_post);
        self.commit();
    }

    /// Somebody waits for what becomes of an entry.
    pub(super) fn await_outcome(
        &mut self,
        who: PersonId,
        ticket: Ticket,
        answer: AnswerKey,
        is_post: bool,
    ) {
        if let Some(speaker) = self.chat.speaker_mut(who) {
            let in_flight = &mut speaker.in_flight;
            *(if is_post {
                &mut in_flight.posts
            } else {
                &mut in_flight.others
            }) += 1;
            speaker.holds.commit |= !is_post;
        }
        self.keep_open(answer);
        self.chat.waiting.push_back(Waiting {
            ticket,
            answer,
            who,
            is_post,
        });
    }

    /// Lets everything take effect that the journal has decided. What that makes others do may end
    /// here again; it is left to the loop that runs already.
    pub(super) fn commit(&mut self) {
        if std::mem::replace(&mut self.chat.committing, true) {
            return;
        }
        while let Some(outcome) = self.chat.journal.committed() {
            self.decided(outcome);
        }
        self.chat.committing = false;
    }

    fn decided(&mut self, Outcome { ticket, result }: Outcome) {
        let waiting = self.waiting_for(ticket);
        let key = waiting.and_then(|waiting| self.still_asked(&waiting));
        let entry = match &result {
            Ok(committed) => &committed.entry,
            Err((entry, _)) => &**entry,
        };
        let (tried, changed) = (retry::tried(entry), Changed::by(entry));
        let leaver = matches!(entry.act, Act::Quit { .. }).then_some(entry.who);
        let outcome = match result {
            Ok(committed) => self.take_effect(committed, key),
            Err((entry, why)) => self.not_stored(*entry, why, key),
        };
        if let Some(changed) = changed {
            self.chat.note_real_settings(&changed, ticket);
        }
        if let Some(waiting) = waiting {
            self.land(waiting);
        }
        if let Some(leaver) = leaver {
            self.let_heirs_in(leaver);
        }
        if let Some(tried) = tried {
            self.decide_tries(tried, ticket, &outcome);
        }
    }

    /// The answer that is waited for. Who is not registered has got another connection since: it did not ask.
    pub(super) fn still_asked(&self, waiting: &Waiting) -> Option<AnswerKey> {
        let speaker = self.chat.speaker(waiting.who)?;
        speaker.registered.then_some(waiting.answer)
    }

    /// Entries mostly land in the order in which they were appended.
    pub(super) fn waiting_for(&mut self, ticket: Ticket) -> Option<Waiting> {
        let waiting = &mut self.chat.waiting;
        let place = waiting.iter().position(|waits| waits.ticket == ticket)?;
        waiting.remove(place)
    }

    /// An entry has landed: its answer is nearer to its end, and its author may go on.
    pub(super) fn land(
        &mut self,
        Waiting {
            answer,
            who,
            is_post,
            ..
        }: Waiting,
    ) {
        self.close(answer);
        let Some(speaker) = self.chat.speaker_mut(who) else {
            return;
        };
        let count = if is_post {
            &mut speaker.in_flight.posts
        } else {
            &mut speaker.in_flight.others
        };
        *count = count.saturating_sub(1);
        if speaker.holds.commit && !speaker.in_flight.any() {
            speaker.holds.commit = false;
            self.go_on(who);
        }
    }

    /// Answers with what was told.
    fn take_effect(
        &mut self,
        committed: Arc<Committed>,
        key: Option<AnswerKey>,
    ) -> Result<Arc<Committed>, Refusal> {
        let who = committed.entry.who;
        self.chat.until = self.chat.until.max(committed.seq);
        self.chat.stamped = committed.at;
        let changed = self.in_effect(&committed);
        let committed = changed.unwrap_or(committed);
        // What the room has said so far is for them still.
        match &committed.entry.act {
            Act::Part { .. } | Act::Quit { .. } => self.settle(who),
            Act::Kick { id, .. } => self.settle(*id),
            _ => {}
        }
        match self.chat.hub.apply(&committed) {
            Ok(effects) => {
                let came_to_nothing = effects.is_void && committed.entry.is_durable();
                if came_to_nothing {
                    self.chat.strike(&committed);
                }
                self.note_new_name(&committed);
                self.forget_words(&committed);
                self.tell(&committed, &effects, key);
                self.tell_of_presence(&committed);
                if !came_to_nothing {
                    self.report_happened(&committed);
                }
                self.chat.forget_markers_of_who_left(&committed.entry);
                Ok(committed)
            }
            Err(refusal) => {
                self.chat.strike(&committed);
                if let Some(key) = key {
                    self.refuse(key, &refusal);
                }
                Err(refusal)
            }
        }
    }

    fn settle(&mut self, who: PersonId) {
        self.chat.fan.settle(who, &self.chat.hub, self.people);
    }

    fn note_new_name(&mut self, Committed { entry, .. }: &Committed) {
        if matches!(entry.act, Act::Name { .. }) && self.chat.kept_for(entry.identity).is_some() {
            self.chat.renamed.push(entry.who);
        }
    }

    /// An entry bears the names that its author, and those whom it means, had when it was checked. Who is made to leave
    /// while a new name is still on its way leaves under the new one; and of modes that is told which still changes something.
    fn in_effect(&self, committed: &Committed) -> Option<Arc<Committed>> {
        let (hub, who) = (&self.chat.hub, committed.entry.who);
        let present = &hub.person(who)?.source;
        let act = hub.in_effect(who, &committed.entry.act);
        (*present != committed.entry.source || act.is_some()).then(|| {
            let mut changed = committed.clone();
            changed.entry.source = Arc::clone(present);
            if let Some(act) = act {
                changed.entry.act = act;
            }
            Arc::new(changed)
        })
    }

    fn tell(&mut self, committed: &Arc<Committed>, effects: &Effects, key: Option<AnswerKey>) {
        if let Some(forgotten) = &effects.forgotten {
            self.chat.forget_room(forgotten);
        }
        let spares_author = !effects.is_void && self.spares_author(committed, key);
        if let Some(room) = effects.room {
            let is_counted = self.is_counted(committed, room);
            self.chat
                .fan
                .say(room, committed, spares_author, is_counted);
            if matches!(committed.entry.act, Act::Join { .. }) {
                self.say_rank(room, committed, is_counted);
                self.say_absence(room, committed, is_counted);
                self.chat.fan.enter(committed.entry.who, room);
            }
            self.hold_if_slowed(committed, room);
            if self.chat.fan.is_overfull(room) {
                self.chat
                    .fan
                    .flush(&self.chat.hub, self.people, self.now.mono);
                self.hold_the_fast();
            }
        }
        self.chat
            .fan
            .tell(&effects.people, committed, &self.chat.hub, self.people);
        self.tell_watchers_elsewhere(committed, effects);
        self.keep_for_absent(committed, &effects.people);
        if let Act::Kick { room, id, .. } = &committed.entry.act {
            self.put_out_plainly(*id, room);
        }
        if let Some(key) = key {
            self.tell_author(committed, effects, key);
        }
    }

    /// Whoever made a room has their rank again as they enter; they see it in the names, the others are told. That is no
    /// entry: what the room is like says it.
    fn say_rank(&mut self, key: RoomKey, joined: &Committed, is_counted: bool) {
        let (who, source) = (joined.entry.who, &joined.entry.source);
        let room = self.chat.hub.room_at(key);
        let Some(room) = room.filter(|room| room.members().len() > 1) else {
            return;
        };
        if !room.ranks(who).has(Rank::Operator) {
            return;
        }
        let change = Change::Rank(Rank::Operator, who, source.nick.clone(), true);
        let told = Committed {
            // Without a place, so that it does not pass for the JOIN.
            seq: Seq(0),
            aside: 0,
            at: joined.at,
            entry: Entry {
                source: Arc::new(source.told_by(&self.chat.house.server)),
                act: Act::Mode {
                    room: room.name.clone(),
                    text: modes::text(std::slice::from_ref(&change)).into(),
                    changes: [change].into(),
                },
                ..joined.entry.clone()
            },
        };
        self.chat.fan.say(key, &Arc::new(told), true, is_counted);
    }

    /// Of whoever enters while away that is told too. IRCv3 away-notify.
    fn say_absence(&mut self, room: RoomKey, joined: &Committed, is_counted: bool) {
        let member = self.chat.hub.person(joined.entry.who);
        if let Some(reason) = member.and_then(|member| member.away.clone()) {
            let mut absence = joined.clone();
            absence.entry.act = Act::Away {
                reason: Some(reason),
            };
            let absence = Arc::new(absence);
            self.chat.fan.say(room, &absence, true, is_counted);
        }
    }

    /// The journal has no place for it. Nobody saw it; but who has left has left, the server or a room.
    fn not_stored(
        &mut self,
        entry: Entry,
        why: NotKept,
        key: Option<AnswerKey>,
    ) -> Result<Arc<Committed>, Refusal> {
        if matches!(entry.act, Act::Quit { .. } | Act::Part { .. }) {
            let committed = Committed {
                seq: Seq(0),
                aside: 0,
                at: self.now.wall,
                entry,
            };
            return self.take_effect(Arc::new(committed), key);
        }
        if let Some(key) = key {
            self.refuse(key, &Refusal::NotStored(why));
        }
        Err(Refusal::NotStored(why))
    }

    /// Somebody has left: their rooms hear of it when it is committed.
    pub(super) fn leave(&mut self, who: PersonId, reason: &str) {
        let Some(speaker) = self.chat.speaker_mut(who) else {
            return;
        };
        if std::mem::replace(&mut speaker.leaving, true) {
            return;
        }
        let key = self.ask(who, "QUIT", None);
        let request = Request::Quit(reason.into());
        if let Ok(entry) = self.chat.hub.check(who, request) {
            let source = Arc::clone(&entry.source);
            self.report_leave(who, &source.nick, reason);
            self.append(entry, key);
        }
        self.close(key);
    }
}

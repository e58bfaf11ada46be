//! Who has which name, and for whom a name is kept. Floor 1.

use std::collections::HashMap;

use crate::hub::looks::Looks;
use crate::hub::request::Refusal;
use crate::id::{Identity, PersonId};
use crate::names::Nick;

/// The names in use or kept.
#[derive(Debug)]
pub(super) struct Names {
    holders: HashMap<Nick, Holder>,
    /// The one name that is kept for an identity, whether or not somebody goes by it.
    kept: HashMap<Identity, Nick>,
    looks: Looks<Nick>,
}

#[derive(Clone, Copy, Debug)]
struct Holder {
    identity: Identity,
    /// Nobody while the name is kept for a session without a person.
    person: Option<PersonId>,
}

impl Names {
    pub(super) fn new() -> Names {
        Names {
            holders: HashMap::new(),
            kept: HashMap::new(),
            looks: Looks::new(),
        }
    }

    pub(super) fn person(&self, nick: &Nick) -> Option<PersonId> {
        self.holders.get(nick)?.person
    }

    /// Whether this identity may be called so, held now or not.
    pub(super) fn check(&self, nick: &Nick, identity: Identity) -> Result<(), Refusal> {
        match self.holders.get(nick) {
            Some(holder) if holder.identity == identity => Ok(()),
            Some(_) => Err(Refusal::NameInUse(nick.clone())),
            None => self.check_look(nick, identity),
        }
    }

    /// A look-alike is refused only when one of the two is not ASCII: `rn` and `m` may both be here.
    fn check_look(&self, nick: &Nick, identity: Identity) -> Result<(), Refusal> {
        let alike = self.looks.find_alike(nick, |other| {
            let holder = self.holders.get(other);
            let foreign = holder.is_some_and(|holder| holder.identity != identity);
            foreign && !(nick.as_str().is_ascii() && other.as_str().is_ascii())
        });
        match alike {
            Some(_) => Err(Refusal::LooksLike(nick.clone())),
            None => Ok(()),
        }
    }

    /// Keeps a name for an identity until it is let go. Another one that was kept for it is not any
    /// more.
    pub(super) fn reserve(&mut self, nick: &Nick, identity: Identity) {
        self.entry(nick, identity);
        let before = self.kept.insert(identity, nick.clone());
        if let Some(before) = before.filter(|before| before != nick)
            && self.person(&before).is_none()
        {
            self.remove(&before);
        }
    }

    /// The name that is kept for an identity; it follows when its person takes another.
    pub(super) fn kept_for(&self, identity: Identity) -> Option<&Nick> {
        self.kept.get(&identity)
    }

    fn is_kept(&self, nick: &Nick, identity: Identity) -> bool {
        self.kept_for(identity) == Some(nick)
    }

    /// Gives a name to a person.
    pub(super) fn take(&mut self, nick: &Nick, identity: Identity, person: PersonId) {
        self.entry(nick, identity).person = Some(person);
    }

    /// Moves a person to another name; what was kept follows them.
    pub(super) fn change(&mut self, old: &Nick, new: &Nick) {
        if let Some(holder) = self.remove(old) {
            if self.is_kept(old, holder.identity) {
                self.kept.insert(holder.identity, new.clone());
            }
            self.entry(new, holder.identity).person = holder.person;
        }
    }

    /// A person goes; the name goes too unless it is kept.
    pub(super) fn leave(&mut self, nick: &Nick, person: PersonId) {
        let Some(holder) = self.holders.get_mut(nick) else {
            return;
        };
        if holder.person != Some(person) {
            return;
        }
        holder.person = None;
        let identity = holder.identity;
        if !self.is_kept(nick, identity) {
            self.remove(nick);
        }
    }

    /// Lets go of a kept name; somebody who has it at present keeps it until they leave.
    pub(super) fn release(&mut self, nick: &Nick, identity: Identity) {
        if !self.is_kept(nick, identity) {
            return;
        }
        self.kept.remove(&identity);
        if self.person(nick).is_none() {
            self.remove(nick);
        }
    }

    fn entry(&mut self, nick: &Nick, identity: Identity) -> &mut Holder {
        let looks = &mut self.looks;
        self.holders.entry(nick.clone()).or_insert_with(|| {
            looks.add(nick.clone());
            Holder {
                identity,
                person: None,
            }
        })
    }

    fn remove(&mut self, nick: &Nick) -> Option<Holder> {
        self.looks.remove(nick);
        self.holders.remove(nick)
    }
}

#[cfg(test)]
impl Names {
    /// Every name is somebody's or kept, and stands once among those that look like it.
    pub(super) fn assert_sound(&self, goes_by: impl Fn(PersonId, &Nick) -> bool) {
        for (nick, holder) in &self.holders {
            let is_had = holder.person.is_some_and(|person| goes_by(person, nick));
            assert_eq!(is_had, holder.person.is_some(), "{nick} is nobody's");
            assert!(
                is_had || self.is_kept(nick, holder.identity),
                "{nick} is held for nothing"
            );
            assert!(self.looks.find_alike(nick, |other| other == nick).is_some());
        }
        for (identity, nick) in &self.kept {
            assert_eq!(
                self.holders.get(nick).map(|holder| holder.identity),
                Some(*identity)
            );
        }
        assert_eq!(self.looks.len(), self.holders.len());
    }

    pub(super) fn assert_empty(&self) {
        let nothing = self.holders.is_empty() && self.looks.len() == 0 && self.kept.is_empty();
        assert!(nothing, "{self:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: Identity = Identity(1);
    const BOB: Identity = Identity(2);
    const P: PersonId = PersonId {
        key: 0,
        generation: 0,
    };

    fn nick(text: &str) -> Nick {
        Nick::new(text).unwrap()
    }

    #[test]
    fn a_kept_name_outlives_its_person_until_released() {
        let mut names = Names::new();
        names.reserve(&nick("ana"), ANA);
        names.take(&nick("ana"), ANA, P);
        names.leave(&nick("ana"), P);
        assert_eq!(
            names.check(&nick("Ana"), BOB),
            Err(Refusal::NameInUse(nick("ana")))
        );
        assert_eq!(names.check(&nick("ana"), ANA), Ok(()));
        names.release(&nick("ana"), ANA);
        assert_eq!(names.check(&nick("ana"), BOB), Ok(()));
    }

    #[test]
    fn only_its_own_identity_releases_a_name() {
        let mut names = Names::new();
        names.reserve(&nick("ana"), ANA);
        names.release(&nick("ana"), BOB);
        assert!(names.check(&nick("ana"), BOB).is_err());
    }

    #[test]
    fn look_alikes_are_refused_only_beyond_ascii() {
        let mut names = Names::new();
        names.take(&nick("rn"), ANA, P);
        names.take(&nick("alice"), ANA, P);
        assert_eq!(names.check(&nick("m"), BOB), Ok(()));
        assert!(matches!(
            names.check(&nick("аlice"), BOB),
            Err(Refusal::LooksLike(_))
        ));
        assert_eq!(names.check(&nick("аlice"), ANA), Ok(()));
    }

    #[test]
    fn a_change_of_name_takes_the_reservation_along() {
        let mut names = Names::new();
        names.reserve(&nick("ana"), ANA);
        names.take(&nick("ana"), ANA, P);
        names.change(&nick("ana"), &nick("Anna"));
        assert_eq!(names.kept_for(ANA), Some(&nick("Anna")));
        names.leave(&nick("anna"), P);
        assert_eq!(names.check(&nick("ana"), BOB), Ok(()));
        assert!(names.check(&nick("anna"), BOB).is_err());
    }
}

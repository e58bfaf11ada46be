//! What was taken back: the words are gone from the file, not only from sight. Floor 2. Whoever calls this has opened a
//! transaction.

use rusqlite::{Connection, params};

use super::index;
use super::record::{kind, number};
use crate::id::Seq;

/// Empties a message and leaves its tombstone, by which its author's id for it is still known.
pub(super) fn redact(to: &Connection, seq: Seq) -> rusqlite::Result<()> {
    secure_delete(to, "ON")?;
    let emptied = index::erase(to, number(seq.0)).and_then(|()| empty(to, seq));
    secure_delete(to, "FAST")?;
    emptied
}

fn empty(to: &Connection, seq: Seq) -> rusqlite::Result<()> {
    let words = [kind::MESSAGE, kind::NOTICE, kind::TAGS];
    to.prepare_cached(
        "UPDATE entries SET removed = 1, text = '', tags = NULL, concat = NULL
         WHERE seq = ?1 AND kind IN (?2, ?3, ?4)",
    )?
    .execute(params![number(seq.0), words[0], words[1], words[2]])?;
    Ok(())
}

/// `FAST` writes over what is deleted where that costs no write of its own: in the pages that are written anyway. `ON`
/// does it everywhere: a long text stands in pages of its own.
pub(super) fn secure_delete(to: &Connection, how: &str) -> rusqlite::Result<()> {
    to.pragma_update(None, "secure_delete", how)
}

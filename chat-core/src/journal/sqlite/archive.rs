//! A journal to be read from outside, while its server runs or when it does not. Floor 2.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::{Cause, OpenError, folder, look, open, schema, wal};
use crate::journal::{Epochs, Found, Question};
use crate::names::RoomName;

/// The journal in a folder, for reading.
#[derive(Debug)]
pub struct Archive {
    connection: Connection,
    epochs: Epochs,
    file: PathBuf,
}

impl Archive {
    /// Opens the file of a journal; nothing is changed in it.
    ///
    /// # Errors
    /// There is no journal in this folder, or it cannot be read.
    pub fn open(folder: &Path) -> Result<Archive, OpenError> {
        let file = folder::file_in(folder)?;
        wal::check_belongs(&file)?;
        let failed = |source| OpenError::file(&file, source);
        let connection = schema::open_to_read(&file).map_err(failed)?;
        let epochs = open::starts(&connection).map_err(failed)?;
        Ok(Archive {
            connection,
            epochs,
            file,
        })
    }

    /// Whether what is in it can be read. A copy can be made whatever version wrote it.
    ///
    /// # Errors
    /// Another version wrote it.
    pub fn check_version(&self) -> Result<(), OpenError> {
        schema::check_version(&self.connection, &self.file)
    }

    /// The starts of the journal, for the ids of its messages.
    #[must_use]
    pub fn epochs(&self) -> &Epochs {
        &self.epochs
    }

    /// The rooms that it knows.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn rooms(&self) -> Result<Vec<RoomName>, OpenError> {
        let rooms = open::rooms(&self.connection);
        let rooms = rooms.map_err(|source| OpenError::file(&self.file, source))?;
        Ok(rooms.into_iter().map(|room| room.name).collect())
    }

    /// Writes a copy, as everything is at this moment: a file that a server can be started with. Nobody else may read
    /// it.
    ///
    /// # Errors
    /// The file is there already, or it cannot be written.
    pub fn copy_to(&self, file: &Path) -> Result<(), OpenError> {
        let failed = |source| OpenError::Copy {
            file: file.to_owned(),
            source,
        };
        folder::new_private(file).map_err(failed)?;
        let copied = self.copy_into(file);
        if copied.is_err() {
            // Half a copy would be in the way of the next one.
            let _ = std::fs::remove_file(file);
        }
        copied.map_err(|source| match Cause::of(&source) {
            // Of the two it is not the copy.
            Cause::Damaged => OpenError::file(&self.file, source),
            _ => OpenError::file(file, source),
        })
    }

    fn copy_into(&self, file: &Path) -> rusqlite::Result<()> {
        let name = file
            .to_str()
            .ok_or(rusqlite::Error::InvalidPath(file.into()))?;
        self.connection.execute("VACUUM INTO ?1", [name])?;
        // What is told after this is not in the copy: when it is put back, whoever was away is to be told.
        let copy = Connection::open(file)?;
        copy.execute(
            "UPDATE epochs SET tells_first = 1, is_ended = 0 WHERE id = (SELECT max(id) FROM epochs)",
            [],
        )?;
        Ok(())
    }

    /// The answer to a question.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn answer(&mut self, question: &Question) -> Result<Found, OpenError> {
        let state = self.connection.transaction();
        let found = state.and_then(|state| look::answer(&state, question));
        found.map_err(|source| OpenError::file(&self.file, source))
    }
}

//! What somebody asks for besides a page: the fields of a form or of a query.

use chat_core::names::RoomName;
use chat_core::secret::Secret;
use form_urlencoded::Serializer;

use crate::http::Request;

/// What somebody asks for besides a page, in its query or form.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub(super) name: String,
    pub(super) room: Option<RoomName>,
    /// Goes no further than to be compared.
    pub(super) password: Option<Secret>,
    /// Sent here because there was no session.
    pub(super) first: bool,
}

/// A field came twice: which of them counts, two programs may see differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Duplicate;

impl Wanted {
    /// Reads `application/x-www-form-urlencoded`. A room that cannot be one is passed over: it
    /// came with a link, and the person would not know what to do about it.
    pub(super) fn parse(text: &[u8]) -> Result<Wanted, Duplicate> {
        let (mut name, mut room, mut first, mut password) = (None, None, None, None);
        for (key, value) in form_urlencoded::parse(text) {
            let field = match key.as_ref() {
                "name" => &mut name,
                "room" => &mut room,
                "first" => &mut first,
                "password" => &mut password,
                _ => continue,
            };
            if field.replace(value.into_owned()).is_some() {
                return Err(Duplicate);
            }
        }
        Ok(Wanted {
            name: name.unwrap_or_default().trim().to_owned(),
            room: room.as_deref().and_then(room_name),
            first: first.is_some(),
            password: password.as_deref().map(Secret::new),
        })
    }

    /// In a query, what came twice is as good as not there.
    pub(super) fn of_query(request: &Request) -> Wanted {
        Wanted::parse(request.target.query.as_bytes()).unwrap_or_default()
    }

    pub(super) fn room_text(&self) -> &str {
        self.room.as_ref().map_or("", RoomName::as_str)
    }

    /// The login form, which says why one is there, and leads on to the room.
    pub(super) fn login_address(&self) -> String {
        let mut query = query_of("/login?");
        query.append_pair("first", "1");
        if let Some(room) = &self.room {
            query.append_pair("room", room.as_str());
        }
        query.finish()
    }

    /// The chat, in the room.
    pub(super) fn index_address(&self) -> String {
        match &self.room {
            Some(room) => query_of("/?").append_pair("room", room.as_str()).finish(),
            None => "/".to_owned(),
        }
    }
}

/// A query to be added to an address that ends with its question mark.
fn query_of(address: &str) -> Serializer<'static, String> {
    Serializer::for_suffix(address.to_owned(), address.len())
}

/// `#lobby`, or `lobby` for those who type the address.
fn room_name(text: &str) -> Option<RoomName> {
    let text = text.trim();
    RoomName::new(text)
        .or_else(|_| RoomName::new(&format!("#{text}")))
        .ok()
}

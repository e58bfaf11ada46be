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
    /// What led to the form.
    pub(super) why: Why,
}

/// What led to the login form: the page's word, or ours for who came without a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Why {
    /// Nothing that needs to be said.
    #[default]
    Wish,
    /// There was no session.
    First,
    /// There was one, and it is over.
    Over,
    /// Somebody else has the name of the session.
    Taken,
}

impl Why {
    fn parse(text: &str) -> Why {
        match text {
            "first" => Why::First,
            "over" => Why::Over,
            "taken" => Why::Taken,
            _ => Why::Wish,
        }
    }

    /// What the form says about it.
    pub(super) fn text(self) -> &'static str {
        match self {
            Why::Wish => "",
            Why::First => "Log in first.",
            Why::Over => {
                "You are not logged in any more: the chat was started anew, or you were away for long."
            }
            Why::Taken => {
                "Somebody else took your name while you were away. Choose another one, or try yours again."
            }
        }
    }
}

/// A field came twice: which of them counts, two programs may see differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Duplicate;

impl Wanted {
    /// Reads `application/x-www-form-urlencoded`. A room that cannot be one is passed over: it
    /// came with a link, and the person would not know what to do about it.
    pub(super) fn parse(text: &[u8]) -> Result<Wanted, Duplicate> {
        let (mut name, mut room, mut why, mut password) = (None, None, None, None);
        for (key, value) in form_urlencoded::parse(text) {
            let field = match key.as_ref() {
                "name" => &mut name,
                "room" => &mut room,
                "why" => &mut why,
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
            why: why.as_deref().map_or(Why::Wish, Why::parse),
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
        query.append_pair("why", "first");
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

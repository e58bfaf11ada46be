//! What people see: pages with their blanks filled in. Floor 2.
//!
//! Everything is in the binary: the page works on a network without a way out. A page is a file with
//! blanks such as `{{name}}`; what goes into a blank is escaped, and is never looked through for
//! blanks of its own.

use crate::http::Status;

/// What all pages have in common.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look<'a> {
    /// What this chat is called.
    pub title: &'a str,
    /// Whether there is a stylesheet of the program around:
    /// [`OWN_STYLE`](crate::assets::OWN_STYLE).
    pub is_styled: bool,
}

/// The login form.
#[derive(Clone, Copy, Debug, Default)]
pub struct LoginPage<'a> {
    /// As all pages.
    pub look: Look<'a>,
    /// What went wrong and what to do, or empty.
    pub error: &'a str,
    /// What the person wants to be called, as far as is known.
    pub name: &'a str,
    /// The room to enter, or empty for the default one.
    pub room: &'a str,
    /// Whether the chat has a password, and where the person is to go on.
    pub password: PasswordField,
}

/// The password on the login form; what somebody typed there never comes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PasswordField {
    /// The chat has none.
    #[default]
    None,
    /// It is asked for, after the name.
    Asked,
    /// It was wrong: the name may stay, this is where to type.
    Wrong,
}

/// The chat itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct IndexPage<'a> {
    /// As all pages.
    pub look: Look<'a>,
    /// What the person is called.
    pub name: &'a str,
    /// The room to enter.
    pub room: &'a str,
    /// How to come by IRC, or empty.
    pub irc: &'a str,
    /// How to come by `nc`, or empty.
    pub plain: &'a str,
}

impl LoginPage<'_> {
    /// The page as HTML.
    #[must_use]
    pub fn html(&self) -> String {
        let is_locked = self.password != PasswordField::None;
        let (name, password) = match self.password {
            PasswordField::Wrong => ("", AUTOFOCUS),
            PasswordField::None | PasswordField::Asked => (AUTOFOCUS, ""),
        };
        let blanks = [
            ("title", self.look.title),
            ("error", self.error),
            ("name", self.name),
            ("room", self.room),
            ("focus_name", name),
            ("focus_password", password),
        ];
        let form = section(include_str!("pages/login.html"), "locked", is_locked);
        self.look.fill(&section(&form, "open", !is_locked), &blanks)
    }
}

impl IndexPage<'_> {
    /// The page as HTML.
    #[must_use]
    pub fn html(&self) -> String {
        let no_doors = self.irc.is_empty() && self.plain.is_empty();
        let blanks = [
            ("title", self.look.title),
            ("name", self.name),
            ("room", self.room),
            ("elsewhere", if no_doors { "hidden" } else { "" }),
            ("irc", self.irc),
            ("plain", self.plain),
        ];
        self.look.fill(include_str!("pages/index.html"), &blanks)
    }
}

/// A page that says one thing, and leads on.
#[derive(Clone, Copy, Debug, Default)]
pub struct NotePage<'a> {
    /// As all pages.
    pub look: Look<'a>,
    /// What it is about.
    pub heading: &'a str,
    /// What there is to say.
    pub what: &'a str,
    /// Where one goes from here.
    pub address: &'a str,
    /// What is there.
    pub link: &'a str,
    /// A number for those who look into it, or empty.
    pub code: &'a str,
}

impl NotePage<'_> {
    /// The page as HTML.
    #[must_use]
    pub fn html(&self) -> String {
        let blanks = [
            ("title", self.look.title),
            ("heading", self.heading),
            ("what", self.what),
            ("address", self.address),
            ("link", self.link),
            ("code", self.code),
        ];
        self.look.fill(include_str!("pages/note.html"), &blanks)
    }
}

/// A page that says what did not work, and offers the way back.
#[must_use]
pub fn error_page(look: Look<'_>, status: Status, what: &str) -> String {
    let (code, link) = (status.code().to_string(), format!("Back to {}", look.title));
    NotePage {
        look,
        heading: status.reason(),
        what,
        address: "/",
        link: &link,
        code: &code,
    }
    .html()
}

impl Look<'_> {
    fn fill(&self, template: &str, blanks: &[(&str, &str)]) -> String {
        fill(&section(template, "styled", self.is_styled), blanks)
    }
}

/// The attribute of the field in which the caret is.
const AUTOFOCUS: &str = "autofocus";

/// Keeps what stands between `{{#name}}` and `{{/name}}`, wherever that is, or leaves it out.
fn section(template: &str, name: &str, is_kept: bool) -> String {
    let (begin, end) = (format!("{{{{#{name}}}}}"), format!("{{{{/{name}}}}}"));
    let mut page = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, inner)) = rest.split_once(&begin) {
        let (inner, after) = inner.split_once(&end).unwrap_or((inner, ""));
        page.push_str(before);
        page.push_str(if is_kept { inner } else { "" });
        rest = after;
    }
    page + rest
}

/// Fills the blanks of a page in one pass. A blank that nobody fills stays empty.
fn fill(template: &str, blanks: &[(&str, &str)]) -> String {
    let mut page = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, name, after)) = next_blank(rest) {
        page.push_str(before);
        let value = blanks.iter().find(|(n, _)| *n == name);
        debug_assert!(value.is_some(), "nobody fills {name}");
        escape(value.map_or("", |(_, value)| value), &mut page);
        rest = after;
    }
    page.push_str(rest);
    page
}

fn next_blank(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{{")?;
    let (name, after) = rest.split_once("}}")?;
    Some((before, name, after))
}

/// Safe in text and within quoted attributes.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::{Assets, OWN_STYLE, gzip};

    #[test]
    fn blanks_are_filled_once_and_escaped() {
        let blanks = [("a", r#"<b class="x">'&'"#), ("b", "{{a}}"), ("c", "")];
        assert_eq!(
            fill("{{a}}|{{b}}|{{c}}|{{", &blanks),
            "&lt;b class=&quot;x&quot;&gt;&#39;&amp;&#39;|{{a}}||{{"
        );
    }

    #[test]
    fn a_section_is_there_or_not() {
        let page = "a{{#x}}b{{/x}}{{#y}}c{{/y}}{{#x}}d{{/x}}e";
        assert_eq!(section(page, "x", true), "ab{{#y}}c{{/y}}de");
        assert_eq!(section(page, "x", false), "a{{#y}}c{{/y}}e");
    }

    #[test]
    fn pages_have_blanks_that_somebody_fills() {
        let attack = "\"><script>alert(1)</script>";
        let look = Look {
            title: attack,
            is_styled: true,
        };
        let login = LoginPage {
            look,
            error: attack,
            name: attack,
            room: attack,
            password: PasswordField::Asked,
        };
        let index = IndexPage {
            look,
            name: attack,
            room: attack,
            irc: attack,
            plain: attack,
        };
        let error = error_page(look, Status::NOT_FOUND, attack);
        for page in [login.html(), index.html(), error] {
            assert!(page.contains(OWN_STYLE), "{page}");
            assert!(!page.contains("<script>alert"), "{page}");
            assert!(!page.contains("{{"), "{page}");
            assert!(page.contains("&lt;script&gt;"), "{page}");
        }
    }

    #[test]
    fn the_page_weighs_less_than_50_kb_on_the_wire() {
        let assets = Assets::embedded();
        let sizes = assets.iter().map(|asset| asset.content(true).0.bytes.len());
        let files: usize = sizes.sum();
        let pages = [LoginPage::default().html(), IndexPage::default().html()];
        let html: usize = pages.map(|page| gzip(page.as_bytes()).len()).iter().sum();
        assert!(files + html < 50_000, "{} bytes", files + html);
    }
}

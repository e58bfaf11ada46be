//! The web front of the chat: its pages, and the WebSocket through which a page talks IRC. A program
//! that wants all of it begins at [`page::Page`].
//!
//! ```text
//!                 ┌──────────────────────── chat-web ────────────────────────┐
//! browser ─bytes─▶ web::Web ─Event::Asked──▶ site::Site ──┬─▶ pages            │
//!        ◀─bytes─  (Framing) ◀─Answer───────  (routes)    ├─▶ session::Sessions│
//!                 │   │                                   └─▶ origin::Origins  │
//!                 │   └─Frame::Message─▶ the host's IRC dialect                │
//!                 └───────────────────────────────────────────────────────────┘
//! ```
//!
//! Everything here is bytes in, bytes out, with the time given in: the reactor of chat-core owns the
//! sockets and the clocks, and [`front::Front`] is the host that joins site and chat. Files use lower
//! floors only.
//!
//! | floor | modules | purpose |
//! |---|---|---|
//! | 5 | [`page`], [`front`], [`gateway`], [`args`] | a page for any program; site and chat as one host; a site and a relay elsewhere; what chat-web takes |
//! | 4 | [`site`] | what is answered to a request, and what that does to the chat |
//! | 3 | [`web`] | bytes of a browser ⇄ requests, messages and answers |
//! | 2 | [`origin`], [`cookie`], [`pages`] | who may ask; the session cookie; what people see |
//! | 1 | [`http`], [`proxy`], [`session`], [`assets`] | HTTP/1.1; who asks; who is logged in; the pages' files |
//! | 0 | [`limits`] | every bound with its unit |
//!
//! **Invariants:** only [`page`] opens a socket, and nothing here reads a clock. Nothing below
//! [`site`] knows a path of the site; nothing in [`http`] knows WebSocket, sessions or pages.

pub mod args;
pub mod assets;
pub mod cookie;
pub mod front;
pub mod gateway;
pub mod http;
pub mod limits;
pub mod origin;
pub mod page;
pub mod pages;
pub mod proxy;
mod reception;
pub mod session;
pub mod site;
pub mod web;

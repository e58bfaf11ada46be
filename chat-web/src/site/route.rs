//! The places of the site, and what can be done there.

use crate::assets::{Asset, Assets};
use crate::http::Method;

/// A place of the site.
pub(super) enum Route<'a> {
    Index,
    Login,
    Logout,
    Socket,
    Asset(&'a Asset),
    Health,
}

impl<'a> Route<'a> {
    pub(super) fn find(path: &str, assets: &'a Assets) -> Option<Route<'a>> {
        match path {
            "/" => Some(Route::Index),
            "/login" => Some(Route::Login),
            "/logout" => Some(Route::Logout),
            "/socket" => Some(Route::Socket),
            "/healthz" => Some(Route::Health),
            _ => {
                let name = path.strip_prefix("/assets/")?;
                assets.find(name).map(Route::Asset)
            }
        }
    }

    /// Whether only those have business there who may come in.
    pub(super) fn is_for_guests(&self) -> bool {
        !matches!(self, Route::Asset(_) | Route::Health)
    }

    /// Methods of a place, as `Allow` lists them. RFC 9110 §10.2.1.
    pub(super) fn allow(&self) -> &'static str {
        match self {
            Route::Index | Route::Asset(_) | Route::Health => "GET, HEAD",
            Route::Login => "GET, HEAD, POST",
            Route::Logout => "POST",
            Route::Socket => "GET",
        }
    }

    pub(super) fn allows(&self, method: Method) -> bool {
        match method {
            Method::Get => !matches!(self, Route::Logout),
            Method::Head => !matches!(self, Route::Logout | Route::Socket),
            Method::Post => matches!(self, Route::Login | Route::Logout),
            Method::Elsewhere | Method::Unknown => false,
        }
    }
}

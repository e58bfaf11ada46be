//! Paths that are not the chat's: the program around the page may have something there.

use super::{Behind, Site, Visit, answers};
use crate::http::{Method, Response, Status};
use crate::origin::Asker;

impl Site {
    pub(super) fn elsewhere(&mut self, visit: &Visit<'_>, behind: &mut impl Behind) -> Response {
        let answer = match visit.request.method {
            _ if self.house.is_none() => None,
            Method::Get | Method::Head => self.ask_house(visit),
            Method::Post if self.asker(visit.request) == Asker::Stranger => Some(self.strange()),
            Method::Post => self.post_to_house(visit, behind),
            Method::Elsewhere | Method::Unknown => None,
        };
        answer.unwrap_or_else(|| self.error(Status::NOT_FOUND, "There is nothing here."))
    }

    fn ask_house(&mut self, visit: &Visit<'_>) -> Option<Response> {
        let answer = self.house.as_mut()?.answer(visit)?;
        if answer.status().code() < 200 {
            log::error!("the program around the page answers {}", answer.status());
            let what = "Something went wrong here.";
            return Some(self.error(Status::INTERNAL_SERVER_ERROR, what));
        }
        Some(answers::of_house(answer))
    }

    /// A log-out of the program is one, or a new name. The cookies of the request are those from
    /// before, and say whether the program still knows whom they belong to.
    fn post_to_house(&mut self, visit: &Visit<'_>, behind: &mut impl Behind) -> Option<Response> {
        let user = self.user(visit);
        let had = self.session_of(visit.request, &user);
        let answer = self.ask_house(visit);
        let user = self.user(visit);
        if had != self.session_of(visit.request, &user) {
            self.end(had, behind);
        }
        self.end_left_over(visit.request, &user, behind);
        answer
    }
}

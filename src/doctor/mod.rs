//! What works, what does not, and what to do: facts to lines. Pure.
//!
//! What a line says to everyone is [`Public`]; what is for the person at the screen alone stands beside it, and never
//! leaves with `-o json`. What could not be tried is not checked, and never fine.

mod facts;
mod local;
mod permissions;
mod public;
mod report;
mod service;

pub(crate) use facts::{Answer, Completion, Ews, Facts, NoConnection, Service};
pub(crate) use public::Public;
pub(crate) use report::{Check, NotChecked, Private, Report, Status};
pub(crate) use service::is_general;

/// The report of what was found out, in the order in which one check depends on another.
pub(crate) fn report(facts: &Facts) -> Report {
    let mut report = Report::default();
    match &facts.service {
        Ok(service) => {
            service::check(&mut report, service, facts.sandbox);
            permissions::check(&mut report, service);
            service::ews(&mut report, &service.ews);
        }
        Err(why) => {
            service::no_connection(&mut report, why);
            permissions::not_checked(&mut report, Public::words("there is no connection"));
        }
    }
    local::check(&mut report, facts);
    report
}

#[cfg(test)]
mod tests;

//! What is of this machine and of the calendar.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use super::facts::{Completion, Facts};
use super::public::Public;
use super::report::{Check, Report, Status};

/// The last day of the service (documented).
const LAST_DAY: Date = date(2027, 3, 31);
/// So many days before it are worth a word.
const SOON: i64 = 90;

pub(super) fn check(report: &mut Report, facts: &Facts) {
    completion(report, facts.completion);
    saved_states(report, &facts.saved_states);
    let today = facts.now.to_zoned(TimeZone::UTC).date();
    end(report, LAST_DAY.duration_since(today).as_hours() / 24);
}

fn completion(report: &mut Report, completion: Option<(&'static str, Completion)>) {
    const NAME: &str = "completion";
    let Some((shell, completion)) = completion else {
        return report.skip(NAME, Public::words("SHELL names none of bash, zsh and fish"));
    };
    let install = || Public::words("`wmrole completions ").and(shell).and(" --install`");
    report.add(match completion {
        Completion::Installed => Check::ok(NAME, Public::words("installed for ").and(shell)),
        Completion::OtherVersion => {
            let detail = Public::words("that of ").and(shell).and(" is not this version's");
            Check::new(NAME, Status::Warning, detail).remedy(install())
        }
        Completion::Missing => {
            let detail = Public::words("not installed for ").and(shell);
            Check::new(NAME, Status::Warning, detail).remedy(install())
        }
    });
}

fn saved_states(report: &mut Report, saved_states: &Result<(), String>) {
    const NAME: &str = "saved states";
    report.add(match saved_states {
        Ok(()) => Check::ok(NAME, Public::words("what a change replaces can be saved")),
        Err(words) => {
            let detail = Public::words("their directory cannot be written, and nothing can be changed");
            let remedy = Public::words("set XDG_STATE_HOME to a directory of yours");
            Check::new(NAME, Status::Failed, detail).remedy(remedy).instead(words.clone())
        }
    });
}

fn end(report: &mut Report, days: i64) {
    const NAME: &str = "end of support";
    let detail = |days: i64| match days {
        1 => Public::words("1 day until 31 March 2027"),
        _ => Public::words("").number(days).and(" days until 31 March 2027"),
    };
    report.add(match days {
        SOON.. => Check::ok(NAME, detail(days)),
        0.. => {
            let remedy = Public::words("grant, migrate and close what was opened before that day");
            Check::new(NAME, Status::Warning, detail(days)).remedy(remedy)
        }
        _ => Check::new(NAME, Status::Failed, Public::words("WorkMail ended on 31 March 2027")),
    });
}

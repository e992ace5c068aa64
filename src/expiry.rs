//! When access ends. Pure: a date in a text, the line of a description that keeps it, and whether it has passed.
//!
//! The service has no such field: the date is the last line of a live description, `Expires: 2027-01-31`, where the
//! console shows it too. Nothing at AWS ends a role by it.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

/// How the line begins, with a blank behind it.
const PREFIX: &str = "Expires:";

/// An end is near for so many days.
const NEAR_DAYS: i64 = 14;

/// Why a text is no expiry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidExpiry {
    /// Neither a date nor a time with an offset.
    #[error(
        "{0:?} is not a date; use a date like 2027-01-31 (to the end of that day, UTC) or a time like 2027-01-31T18:00:00Z"
    )]
    NotADate(String),
    /// None of the above, nor a duration.
    #[error(
        "{0:?} is not a date or a duration; use a date like 2027-01-31, a time like 2027-01-31T18:00:00Z, or a duration like 2w, 10d or 36h"
    )]
    NotADateOrDuration(String),
    /// A time that is over.
    #[error("{0:?} has passed; nobody would be reached")]
    Past(String),
    /// A duration of nothing, or beyond the calendar.
    #[error("{0:?} is not a duration that access can last; use one like 2w, 10d or 36h")]
    OutOfRange(String),
}

/// When access ends: a date, which counts to its end in UTC, or an RFC 3339 time. Kept as it was written; two that are
/// the same moment are equal, and an earlier one is less.
#[derive(Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", inline)]
pub(crate) struct Expires {
    text: String,
    /// The first moment without access.
    end: Timestamp,
}

impl Expires {
    /// Takes a date (`2027-01-31`) or an RFC 3339 time (`2027-01-31T18:00:00+01:00`).
    ///
    /// # Errors
    /// [`InvalidExpiry::NotADate`]: no other form is taken, so that no date is guessed.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidExpiry> {
        let invalid = || InvalidExpiry::NotADate(text.to_owned());
        let end = end_of(text).ok_or_else(invalid)?;
        Ok(Self { text: text.to_owned(), end })
    }

    /// As [`Expires::parse`], or a duration from now: `36h`, `10d`, `2w`.
    ///
    /// # Errors
    /// [`InvalidExpiry::NotADateOrDuration`], [`InvalidExpiry::OutOfRange`].
    pub(crate) fn parse_from(text: &str, now: Timestamp) -> Result<Self, InvalidExpiry> {
        let is_duration =
            text.strip_suffix(['h', 'd', 'w']).is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
        if !is_duration {
            return Self::parse(text).map_err(|_| InvalidExpiry::NotADateOrDuration(text.to_owned()));
        }
        let end = lifetime(text).and_then(|span| now.checked_add(span).ok());
        Self::at(end.ok_or_else(|| InvalidExpiry::OutOfRange(text.to_owned()))?)
    }

    /// What `--expires` says: as [`Expires::parse_from`], or `never`.
    ///
    /// # Errors
    /// As [`Expires::parse_from`]; and [`InvalidExpiry::Past`].
    pub(crate) fn parse_flag(text: &str, now: Timestamp) -> Result<Option<Self>, InvalidExpiry> {
        match text {
            "never" => Ok(None),
            _ => Self::parse_from(text, now).and_then(|expires| match expires.has_passed(now) {
                true => Err(InvalidExpiry::Past(text.to_owned())),
                false => Ok(Some(expires)),
            }),
        }
    }

    /// The moment itself, in whole seconds.
    ///
    /// # Errors
    /// [`InvalidExpiry::OutOfRange`]: never in practice.
    pub(crate) fn at(now: Timestamp) -> Result<Self, InvalidExpiry> {
        // Never later than was said
        let second = Timestamp::from_second(now.as_second());
        Self::parse(&second.map_err(|_| InvalidExpiry::OutOfRange(now.to_string()))?.to_string())
    }

    /// `on 2027-01-31` or `at 2027-01-31T18:00:00Z`, as a sentence says it.
    pub(crate) fn in_sentence(&self) -> String {
        let word = if self.text.contains(['T', 't']) { "at" } else { "on" };
        format!("{word} {}", self.text)
    }

    /// As it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The first moment at which it has passed.
    pub(crate) fn end(&self) -> Timestamp {
        self.end
    }

    /// Does it come within 14 days, or has it passed?
    pub(crate) fn is_near(&self, now: Timestamp) -> bool {
        now.checked_add((NEAR_DAYS * 24).hours()).is_ok_and(|near| self.end <= near)
    }

    /// Has it passed?
    pub(crate) fn has_passed(&self, now: Timestamp) -> bool {
        self.end <= now
    }
}

/// How long access may last at most, as it was written. Less is stricter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lifetime {
    text: String,
    hours: i64,
}

impl Lifetime {
    /// Takes what [`lifetime`] takes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Some(Self { text: text.to_owned(), hours: i64::from(lifetime(text)?.get_hours()) })
    }

    /// As it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// What it comes to.
    pub(crate) fn hours(&self) -> i64 {
        self.hours
    }

    /// The last end that it allows from now on.
    pub(crate) fn latest(&self, now: Timestamp) -> Timestamp {
        now.checked_add(self.hours.hours()).unwrap_or(Timestamp::MAX)
    }

    /// The last end that it allows as it can be written: a date, or a time where that day would be over.
    pub(crate) fn latest_expiry(&self, now: Timestamp) -> Option<Expires> {
        let latest = self.latest(now);
        let date = latest.to_zoned(TimeZone::UTC).date().yesterday().ok()?;
        let date = Expires::parse(&date.to_string()).ok().filter(|end| !end.has_passed(now));
        date.or_else(|| Expires::at(latest).ok())
    }
}

/// A time that access may last, in hours: `36h`, `10d`, `2w`, from an hour to a hundred years.
pub(crate) fn lifetime(text: &str) -> Option<Span> {
    let (n, hours) = match text.split_at_checked(text.len().checked_sub(1)?)? {
        (n, "h") => (n, 1),
        (n, "d") => (n, 24),
        (n, "w") => (n, 7 * 24),
        _ => return None,
    };
    let is_number = !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit());
    let hours = n.parse::<i64>().ok().filter(|_| is_number)?.checked_mul(hours)?;
    (1..=100 * 366 * 24).contains(&hours).then(|| hours.hours())
}

fn end_of(text: &str) -> Option<Timestamp> {
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if text.len() == 10 && is_digits(text) {
        let date: Date = text.parse().ok()?;
        return Some(date.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp());
    }
    // RFC 3339 and no more: the parser also takes week dates, times without seconds and names of zones
    let (date, rest) = text.split_once(['T', 't'])?;
    let time = rest.strip_suffix(['Z', 'z']).or_else(|| {
        let (time, offset) = rest.split_at_checked(rest.len().checked_sub(6)?)?;
        let has_form = offset.starts_with(['+', '-']) && offset.as_bytes()[3] == b':';
        (has_form && offset[1..].bytes().all(|b| b.is_ascii_digit() || b == b':')).then_some(time)
    })?;
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let has_form = date.len() == 10
        && is_digits(date)
        && clock.len() == 8
        && clock.bytes().all(|b| b.is_ascii_digit() || b == b':')
        && (1..=9).contains(&fraction.len())
        && fraction.bytes().all(|b| b.is_ascii_digit());
    has_form.then(|| text.parse().ok()).flatten()
}

/// What a live description says of an end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Described {
    /// The text without the line; none where nothing is left.
    pub text: Option<String>,
    /// When it ends.
    pub expires: Option<Expires>,
}

/// Takes the line off a description. The last line counts, line ends and blanks around it ignored; a description that
/// does not end in such a line is left as it is.
pub(crate) fn read(description: &str) -> Described {
    let mut text = description;
    let mut expires = None;
    // A second line above it is no text either: left alone, it would count once the last is taken away
    while let Some((above, Ok(found))) = last_line(text) {
        expires.get_or_insert(found);
        text = above.trim_end();
    }
    Described { text: Some(text.to_owned()).filter(|text| !text.is_empty()), expires }
}

/// The last line of a text that begins as one that says when access ends and does not parse.
pub(crate) fn unreadable(text: &str) -> Option<InvalidExpiry> {
    last_line(text)?.1.err()
}

/// Does a text end in a line that says when access ends, or tries to? Text of people must not: it would count.
pub(crate) fn is_in(text: &str) -> bool {
    last_line(text).is_some()
}

/// The text above all last lines that say when access ends, or try to.
pub(crate) fn text_alone(mut text: &str) -> &str {
    while let Some((above, _)) = last_line(text) {
        text = above.trim_end();
    }
    text
}

/// The description that keeps a text and an end.
pub(crate) fn write(text: Option<&str>, expires: Option<&Expires>) -> Option<String> {
    let line = expires.map(|expires| format!("{PREFIX} {}", expires.text));
    match (text, line) {
        (Some(text), Some(line)) => Some(format!("{text}\n{line}")),
        (text, line) => line.or_else(|| text.map(str::to_owned)),
    }
}

/// What stands above the last line, and what that says where it begins as one that says when access ends.
fn last_line(text: &str) -> Option<(&str, Result<Expires, InvalidExpiry>)> {
    let text = text.trim_end();
    let (above, line) = text.rsplit_once('\n').unwrap_or(("", text));
    let date = line.trim().strip_prefix(PREFIX)?;
    let invalid = || InvalidExpiry::NotADate(date.trim().to_owned());
    let expires = if date.starts_with(' ') { Expires::parse(date.trim()) } else { Err(invalid()) };
    Some((above, expires))
}

impl fmt::Display for Expires {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl AsRef<str> for Expires {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Expires {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Expires {
    fn eq(&self, other: &Self) -> bool {
        self.end == other.end
    }
}

impl Eq for Expires {}

impl PartialOrd for Expires {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Expires {
    fn cmp(&self, other: &Self) -> Ordering {
        self.end.cmp(&other.end)
    }
}

impl Hash for Expires {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.end.hash(state);
    }
}

impl TryFrom<String> for Expires {
    type Error = InvalidExpiry;

    fn try_from(text: String) -> Result<Self, InvalidExpiry> {
        Self::parse(&text)
    }
}

impl From<Expires> for String {
    fn from(expires: Expires) -> Self {
        expires.text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn expires(text: &str) -> Expires {
        Expires::parse(text).expect("an expiry")
    }

    #[test]
    fn a_date_counts_to_its_end_and_a_time_is_the_end() {
        let date = expires("2027-01-31");
        assert!(!date.has_passed(at("2027-01-31T23:59:59.999Z")));
        assert!(date.has_passed(at("2027-02-01T00:00:00Z")));
        let time = expires("2027-01-31T18:00:00+01:00");
        assert!(!time.has_passed(at("2027-01-31T16:59:59Z")));
        assert!(time.has_passed(at("2027-01-31T17:00:00Z")));
        let near = |day: &str| date.is_near(at(&format!("{day}T00:00:00Z")));
        assert_eq!(["2027-01-17", "2027-01-18", "2027-03-01"].map(near), [false, true, true]);
        assert_eq!(date.in_sentence(), "on 2027-01-31");
        assert_eq!(time.in_sentence(), "at 2027-01-31T18:00:00+01:00");
        let now = at("2026-11-24T12:00:00.9Z");
        assert!(
            Expires::at(now).is_ok_and(|end| end.has_passed(now) && end.as_str() == "2026-11-24T12:00:00Z")
        );
    }

    #[test]
    fn only_dates_and_times_of_rfc_3339_are_taken() {
        for good in ["2027-01-31", "2028-02-29", "2027-01-31T18:00:00Z", "2027-01-31t18:00:00.5z"] {
            assert!(Expires::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "2027",
            "2027-1-31",
            "2027-02-29",
            "2027-01-31 ",
            "31.01.2027",
            "2027-W05-1",
            "+02027-01-31",
            "2027-01-31 18:00:00Z",
            "2027-01-31T18:00Z",
            "2027-01-31T18:00:00",
            "2027-01-31T18:00:00[UTC]",
            "2027-01-31T18:00:00Z[UTC]",
            "2027-01-31T18:00:00+0100",
            "2027-01-31T18:00:00,5Z",
            "9999-12-31",
            "2027-01-31T25:00:00Z",
            "never",
            "2w",
            "2027-01-31T18:00:00+01:0é",
        ] {
            assert!(Expires::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_duration_counts_from_now() {
        let now = at("2026-11-24T12:00:00.9Z");
        let from = |text| Expires::parse_from(text, now).map(|expires| expires.text);
        assert_eq!(from("36h").as_deref(), Ok("2026-11-26T00:00:00Z"));
        assert_eq!(from("2w").as_deref(), Ok("2026-12-08T12:00:00Z"));
        assert_eq!(from("2027-01-31").as_deref(), Ok("2027-01-31"));
        for bad in ["0d", "99999999999999999999d", "9999999w"] {
            assert_eq!(from(bad), Err(InvalidExpiry::OutOfRange(bad.into())), "{bad}");
        }
        for bad in ["-1d", "2", "1.5d", "2 w", "2m", "tomorrow", "é"] {
            assert_eq!(from(bad), Err(InvalidExpiry::NotADateOrDuration(bad.into())), "{bad}");
        }
    }

    #[test]
    fn a_flag_says_no_time_that_is_over() {
        let now = at("2026-11-24T12:00:00Z");
        let flag = |text| Expires::parse_flag(text, now).map(|end| end.map(|end| end.text));
        assert_eq!(flag("never"), Ok(None));
        assert_eq!(flag("2026-11-24"), Ok(Some("2026-11-24".into())));
        assert_eq!(flag("1d"), Ok(Some("2026-11-25T12:00:00Z".into())));
        for past in ["2026-11-23", "2026-11-24T12:00:00Z"] {
            assert_eq!(flag(past), Err(InvalidExpiry::Past(past.into())));
        }
        assert_eq!(flag(""), Err(InvalidExpiry::NotADateOrDuration(String::new())));
    }

    #[test]
    fn the_last_end_that_a_lifetime_allows_is_a_date_where_one_is_left() {
        let latest = |text: &str, now: &str| {
            let lifetime = Lifetime::parse(text).expect("a lifetime");
            let end = lifetime.latest_expiry(at(now)).expect("an end");
            assert!(end.end() <= lifetime.latest(at(now)) && !end.has_passed(at(now)), "{text} {end}");
            end.text
        };
        assert_eq!(latest("90d", "2026-11-24T12:00:00Z"), "2027-02-21");
        assert_eq!(latest("90d", "2026-11-24T00:00:00Z"), "2027-02-21");
        assert_eq!(latest("1w", "2026-11-24T23:59:59Z"), "2026-11-30");
        assert_eq!(latest("1d", "2026-11-24T12:00:00Z"), "2026-11-24");
        assert_eq!(latest("12h", "2026-11-24T11:00:00.5Z"), "2026-11-24T23:00:00Z");
        assert_eq!(latest("13h", "2026-11-24T11:00:00Z"), "2026-11-24");
        for bad in ["", "90", "90 d", "-1d", "3m", "0d", "1.5d", "99999999999999999999d"] {
            assert_eq!(Lifetime::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_last_line_is_read() {
        let described = |text: &str, date: &str| Described {
            text: Some(text.to_owned()).filter(|text| !text.is_empty()),
            expires: Some(date).filter(|date| !date.is_empty()).map(expires),
        };
        for (description, text, date) in [
            ("Reads mail\nExpires: 2027-01-31", "Reads mail", "2027-01-31"),
            ("Expires: 2027-01-31", "", "2027-01-31"),
            ("Reads mail\r\n  Expires:  2027-01-31 \r\n\n", "Reads mail", "2027-01-31"),
            ("a\nExpires: 2027-01-01\nExpires: 2027-02-01", "a", "2027-02-01"),
            ("a\nExpires: 2027-01-01\n\nExpires: 2027-01-31T18:00:00Z", "a", "2027-01-31T18:00:00Z"),
            // Not the last line, not the form, not the word: text
            ("Expires: 2027-01-31\nReads mail", "Expires: 2027-01-31\nReads mail", ""),
            ("a\nExpires: soon", "a\nExpires: soon", ""),
            ("a\nExpires:2027-01-31", "a\nExpires:2027-01-31", ""),
            ("a\nexpires: 2027-01-31", "a\nexpires: 2027-01-31", ""),
            ("It expires: 2027-01-31", "It expires: 2027-01-31", ""),
            ("as it is \n", "as it is \n", ""),
        ] {
            assert_eq!(read(description), described(text, date), "{description:?}");
        }
        assert_eq!(unreadable("a\nExpires: soon "), Some(InvalidExpiry::NotADate("soon".into())));
        assert!(unreadable("a\nExpires:2027-01-31").is_some());
        assert!(unreadable("a\nExpires: 2027-01-31").is_none() && is_in("a\nExpires: 2027-01-31"));
        assert!(!is_in("expires: soon"));
        assert_eq!(text_alone("a\nExpires: soon\nExpires: 2027-01-31"), "a");
        assert_eq!(text_alone("Expires: soon"), "");
        assert_eq!(text_alone("a\nsoon \n"), "a\nsoon \n");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(text in "[a-z ][a-zE:\n ]{0,40}", day in 0i32..3000, dated in any::<bool>()) {
            let text = Some(text.trim_end()).filter(|text| !text.is_empty());
            let date = Date::constant(2026, 1, 1).checked_add(day.days()).expect("a date").to_string();
            let end = dated.then(|| expires(&date));
            let described = write(text, end.as_ref()).as_deref().map(read).unwrap_or_default();
            prop_assert_eq!(described, Described { text: text.map(str::to_owned), expires: end });
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*", form in "[0-9TZtz:+. -]{0,30}") {
            for text in [&text, &form] {
                let _ = Expires::parse_from(text, Timestamp::UNIX_EPOCH);
                let _ = read(&format!("x\nExpires: {text}"));
            }
        }
    }
}

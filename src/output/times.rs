//! When something was: how long ago for whoever looks at a terminal, the time itself elsewhere.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Unit};

use super::style::counted;

/// A clock that is ahead of this one by no more than this is the same.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// How times are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Times {
    /// `3 days ago`, from this time.
    Ago(Timestamp),
    /// `2026-11-24T12:00:00Z`.
    Exact,
}

impl Times {
    /// The time in words. One that is still to come is never said to be past.
    pub(crate) fn text(self, time: Timestamp) -> String {
        match self {
            Self::Ago(now) => ago(now, time).unwrap_or_else(|| exact(time)),
            Self::Exact => exact(time),
        }
    }
}

/// RFC 3339, to the second.
fn exact(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The largest unit alone, rounded down; none for a time to come.
fn ago(now: Timestamp, time: Timestamp) -> Option<String> {
    if now.duration_since(time) < -SKEW {
        return None;
    }
    let [now, time] = [now.max(time), time].map(|time| time.to_zoned(TimeZone::UTC));
    let span = time.until((Unit::Year, &now)).ok()?;
    let units = [
        (i64::from(span.get_years()), "year"),
        (i64::from(span.get_months()), "month"),
        (i64::from(span.get_days() / 7), "week"),
        (i64::from(span.get_days()), "day"),
        (i64::from(span.get_hours()), "hour"),
        (span.get_minutes(), "minute"),
    ];
    let largest = units.into_iter().find(|(count, _)| *count > 0);
    Some(match largest.and_then(|(count, unit)| Some((usize::try_from(count).ok()?, unit))) {
        Some((count, unit)) => format!("{} ago", counted(count, unit, &format!("{unit}s"))),
        None => "just now".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn the_largest_unit_is_said() {
        let now = Times::Ago(at("2026-11-24T12:00:00Z"));
        for (time, text) in [
            ("2026-11-24T12:00:00Z", "just now"),
            ("2026-11-24T11:59:01Z", "just now"),
            ("2026-11-24T11:59:00Z", "1 minute ago"),
            ("2026-11-24T11:00:01Z", "59 minutes ago"),
            ("2026-11-23T12:00:01Z", "23 hours ago"),
            ("2026-11-23T12:00:00Z", "1 day ago"),
            ("2026-11-17T12:00:01Z", "6 days ago"),
            ("2026-11-17T12:00:00Z", "1 week ago"),
            ("2026-10-24T12:00:01Z", "4 weeks ago"),
            ("2026-10-24T12:00:00Z", "1 month ago"),
            ("2025-11-24T12:00:01Z", "11 months ago"),
            ("2025-11-24T12:00:00Z", "1 year ago"),
            ("1970-01-01T00:00:00Z", "56 years ago"),
        ] {
            assert_eq!(now.text(at(time)), text, "{time}");
        }
    }

    #[test]
    fn what_is_to_come_is_not_past() {
        let now = Times::Ago(at("2026-11-24T12:00:00Z"));
        assert_eq!(now.text(at("2026-11-24T12:05:00Z")), "just now");
        assert_eq!(now.text(at("2026-11-24T12:05:01Z")), "2026-11-24T12:05:01Z");
        assert_eq!(now.text(Timestamp::MAX), "9999-12-30T22:00:00Z");
        assert_eq!(now.text(Timestamp::MIN), "12025 years ago");
    }

    #[test]
    fn elsewhere_it_is_the_time_itself() {
        assert_eq!(Times::Exact.text(at("2026-11-24T12:00:00.987Z")), "2026-11-24T12:00:00Z");
    }
}

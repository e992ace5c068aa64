//! What the program takes from the machine and a test must be able to fix: the time, and new ids.
//!
//! There is no environment variable for it: only who calls [`crate::run_with`] can choose.

use jiff::Timestamp;
use uuid::Uuid;

/// Where the time and new ids come from.
#[derive(Debug, Clone, Copy)]
pub struct System {
    /// The time now.
    pub now: fn() -> Timestamp,
    /// A UUID that was never given before.
    pub new_uuid: fn() -> Uuid,
}

impl System {
    /// The machine's clock, and random ids.
    pub const REAL: Self = Self { now: Timestamp::now, new_uuid: Uuid::new_v4 };

    /// The time now.
    pub fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// A UUID that was never given before.
    pub fn new_uuid(&self) -> Uuid {
        (self.new_uuid)()
    }
}

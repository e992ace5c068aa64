//! Whom a role impersonates in a request.

use jiff::Timestamp;

use crate::sandbox::store::Store;
use crate::system::System;

/// The impersonated user.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) id: String,
    /// The primary address.
    pub(super) address: String,
    /// Where large attachments are.
    pub(super) store: Store,
    pub(super) system: System,
}

impl Visitor {
    pub(super) fn now(&self) -> Timestamp {
        self.system.now()
    }

    pub(super) fn new_id(&self) -> String {
        self.system.new_uuid().to_string()
    }
}

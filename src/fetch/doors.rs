//! Ways to mailboxes beside roles and permissions, for `audit --leaving`.

use crate::audit::finding::NotChecked;
use crate::directory::doors::Doors;
use crate::finding_code::FindingCode;
use crate::workmail::{Error, ErrorKind, Reader};

/// Reads tokens and export jobs at the same time. What cannot be read is said, and is never an empty list. The
/// migration administrator is read with the organization.
pub(crate) async fn read(reader: &Reader) -> (Doors, Vec<NotChecked>) {
    let (tokens, on, jobs) = tokio::join!(
        reader.personal_access_tokens(),
        reader.has_personal_access_tokens(),
        reader.export_jobs()
    );
    let mut unread = Vec::new();
    let mut missing = |code: FindingCode, error: &Error| {
        unread.push(NotChecked::because(code, error.cause()));
    };
    let tokens_are_on = on.inspect_err(|error| missing(FindingCode::PersonalAccessToken, error)).ok();
    let tokens = tokens.unwrap_or_else(|error| {
        // Where no token can be used, and the service does not take the question
        let is_moot = tokens_are_on == Some(false)
            && matches!(error.kind(), ErrorKind::RoleNotFound | ErrorKind::InvalidParameter);
        if !is_moot {
            missing(FindingCode::PersonalAccessToken, &error);
        }
        Vec::new()
    });
    let export_jobs = jobs.unwrap_or_else(|error| {
        missing(FindingCode::ExportJob, &error);
        Vec::new()
    });
    (Doors { migration_admin: None, tokens, tokens_are_on, export_jobs }, unread)
}

//! Who may do what with whose mailbox: a list for each mailbox, many at the same time.

use std::collections::BTreeSet;

use futures::stream::{self, StreamExt as _};

use crate::directory::UserId;
use crate::directory::permissions::Permissions;
use crate::workmail::{Error, ErrorKind, Reader};

/// So many lists in a row fail, each after all its attempts, until the rest is not asked for.
const PASSING_FAILURES: usize = 8;
/// As [`PASSING_FAILURES`], of failures that no attempt changes. A policy that was just changed is not the same
/// everywhere at once, so that one alone proves nothing.
const LASTING_FAILURES: usize = 2;

/// Who may do what with these mailboxes. `done` hears how many of them are dealt with.
///
/// A list that cannot be read is among [`Permissions::not_checked`] with the reason, and so is what is not
/// asked for any more once it is sure that nothing more can be read.
#[cfg_attr(not(test), expect(dead_code, reason = "for `audit`, which comes"))]
pub(crate) async fn read(
    reader: &Reader,
    mailboxes: Vec<UserId>,
    done: &(dyn Fn(usize) + Sync),
) -> Permissions {
    let mut left: BTreeSet<UserId> = mailboxes.into_iter().collect();
    let (mut found, mut in_a_row) = (Permissions::default(), 0);
    let all = left.len();
    // No more of them are begun than can be asked for: each that waits would take memory
    let mut lists = stream::iter(left.clone())
        .map(|mailbox| async {
            let list = reader.mailbox_permissions(&mailbox).await;
            (mailbox, list)
        })
        .buffer_unordered(reader.concurrency());
    while let Some((mailbox, list)) = lists.next().await {
        left.remove(&mailbox);
        match list {
            Ok(granted) => {
                in_a_row = 0;
                found.checked += 1;
                if !granted.is_empty() {
                    found.granted.insert(mailbox, granted);
                }
            }
            Err(error) => {
                found.not_checked.insert(mailbox, reason(&error));
                let Some(most) = failures_until_sure(&error) else {
                    in_a_row = 0;
                    done(all - left.len());
                    continue;
                };
                in_a_row += 1;
                if in_a_row >= most {
                    let reason = reason(&error);
                    found.not_checked.extend(left.into_iter().map(|mailbox| (mailbox, reason.clone())));
                    done(all);
                    return found;
                }
            }
        }
        done(all - left.len());
    }
    found
}

/// Why a list could not be read, without the mailbox, so that equal reasons are equal.
fn reason(error: &Error) -> String {
    match error.kind() {
        // It was listed a moment ago. Nobody can open what is gone, and yet the service did not say who could: the
        // next reading has an answer
        ErrorKind::EntityNotFound => "it was deleted after it was listed".to_owned(),
        _ => error.cause(),
    }
}

/// After so many failures like this in a row, all other lists will fail as well. `None` for what is about one mailbox.
fn failures_until_sure(error: &Error) -> Option<usize> {
    match error.kind() {
        ErrorKind::NoCredentials
        | ErrorKind::ExpiredCredentials
        | ErrorKind::InvalidCredentials
        | ErrorKind::NotSignedIn
        | ErrorKind::AccessDenied { .. }
        | ErrorKind::OrganizationNotFound
        | ErrorKind::OrganizationState
        | ErrorKind::NoOrganization
        | ErrorKind::AmbiguousOrganization
        | ErrorKind::NoRegion
        | ErrorKind::WrongRegion
        | ErrorKind::NoProfile
        | ErrorKind::Configuration => Some(LASTING_FAILURES),
        ErrorKind::Throttled
        | ErrorKind::Network
        | ErrorKind::Timeout
        | ErrorKind::Service
        | ErrorKind::NotTheService => Some(PASSING_FAILURES),
        ErrorKind::EntityNotFound
        | ErrorKind::EntityState
        | ErrorKind::InvalidParameter
        | ErrorKind::UnexpectedResponse
        | ErrorKind::LimitExceeded
        | ErrorKind::RoleNotFound
        | ErrorKind::RulesUnknown
        | ErrorKind::Other(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::directory::Member;
    use crate::testing::mock_service::{MockResponse, MockService, RecordedRequest, replying};

    fn mailboxes(count: usize) -> Vec<UserId> {
        (0..count).map(|n| UserId::from_service(format!("u{n:03}"))).collect()
    }

    fn mailbox(request: &RecordedRequest) -> &str {
        request.body["EntityId"].as_str().unwrap_or_default()
    }

    fn granted_to(grantee: &str) -> MockResponse {
        MockResponse::ok(json!({"Permissions": [
            {"GranteeId": grantee, "GranteeType": "USER", "PermissionValues": ["FULL_ACCESS"]},
        ]}))
    }

    fn nobody() -> MockResponse {
        MockResponse::ok(json!({"Permissions": []}))
    }

    #[tokio::test]
    async fn no_mailboxes_are_no_calls() {
        let service = replying(nobody()).await;
        assert_eq!(read(&service.reader().await, vec![], &|_| {}).await, Permissions::default());
        assert_eq!(service.requests().len(), 0);
    }

    #[tokio::test]
    async fn what_is_granted_is_kept_and_all_that_is_read_is_counted() {
        let service = MockService::start(|request| {
            let answer = if mailbox(request) == "u007" { granted_to("u001") } else { nobody() };
            MockResponse::After(Duration::from_millis(5), Box::new(answer))
        })
        .await;
        let heard = Mutex::new(Vec::new());
        // One that is given twice is read once
        let asked = [mailboxes(40), mailboxes(1)].concat();
        let found = read(&service.reader().await, asked, &|n| heard.lock().expect("no panic").push(n)).await;
        assert_eq!((found.checked, found.not_checked.len(), found.granted.len()), (40, 0, 1));
        let granted = &found.granted[&UserId::from_service("u007")];
        assert_eq!(granted[0].grantee, Member::User(UserId::from_service("u001")));
        assert_eq!(*heard.lock().expect("no panic"), (1..=40).collect::<Vec<_>>());
        assert_eq!((service.requests().len(), service.most_in_flight()), (40, 8));
    }

    #[tokio::test]
    async fn a_list_that_cannot_be_read_is_not_empty_and_the_others_are_read() {
        let service = MockService::start(|request| match mailbox(request) {
            "u003" => MockResponse::error("EntityNotFoundException", "gone"),
            "u004" => MockResponse::ok(json!({})),
            "u005" => MockResponse::error("EntityStateException", "not enabled"),
            _ => nobody(),
        })
        .await;
        let found = read(&service.reader().await, mailboxes(20), &|_| {}).await;
        assert_eq!(found.checked, 17);
        let reasons: Vec<_> = found.not_checked.iter().map(|(id, why)| (id.as_str(), why.as_str())).collect();
        assert_eq!(
            reasons,
            [
                ("u003", "it was deleted after it was listed"),
                ("u004", "unexpected response to ListMailboxPermissions: it has no list of Permissions"),
                ("u005", "the state of the user or group does not allow it: not enabled"),
            ]
        );
    }

    #[tokio::test]
    async fn what_fails_for_every_mailbox_is_not_asked_a_thousand_times() {
        for (answer, why, most) in [
            (
                MockResponse::error("ExpiredTokenException", "old"),
                "the AWS credentials have expired: old",
                10,
            ),
            (
                MockResponse::error("AccessDeniedException", "User: x"),
                "IAM does not allow workmail:ListMailboxPermissions here: User: x",
                10,
            ),
            // Five attempts each
            (MockResponse::Drop, "dropped the connection", 5 * 16),
        ] {
            let service = MockService::start(move |request| match mailbox(request) {
                "u000" => granted_to("u001"),
                _ => answer.clone(),
            })
            .await;
            let last = Mutex::new(0);
            let found = read(&service.reader().await, mailboxes(200), &|n| {
                *last.lock().expect("no panic") = n;
            })
            .await;
            assert_eq!((found.checked, found.granted.len(), found.not_checked.len()), (1, 1, 199), "{why}");
            assert!(found.not_checked.values().all(|reason| reason.contains(why)), "{found:?}");
            assert_eq!(*last.lock().expect("no panic"), 200);
            assert!(service.requests().len() <= most + 1, "{why}: {} calls", service.requests().len());
        }
    }

    #[tokio::test]
    async fn failures_between_lists_that_can_be_read_are_about_one_mailbox_each() {
        let service =
            MockService::start(|request| match mailbox(request).ends_with(['1', '3', '5', '7', '9']) {
                true => MockResponse::error("AccessDeniedException", "not here"),
                false => nobody(),
            })
            .await;
        let reader = service.account_with(1).await.reader(&crate::testing::mock_service::organization());
        let found = read(&reader, mailboxes(30), &|_| {}).await;
        assert_eq!((found.checked, found.not_checked.len(), service.requests().len()), (15, 15, 30));
    }
}

//! Who may do what with whose mailbox: a list for each mailbox, many at the same time, and while the mailboxes are
//! still being listed.

use std::collections::BTreeSet;

use futures::stream::{FuturesUnordered, StreamExt as _};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::directory::read_groups;
use crate::directory::permissions::{MailboxPermission, Permissions, Resource};
use crate::directory::{Directory, User, UserId};
use crate::workmail::{Error, ErrorKind, Reader};

/// So many lists in a row fail, each after all its attempts, until the rest is not asked for.
const PASSING_FAILURES: usize = 8;
/// As [`PASSING_FAILURES`], of failures that no attempt changes. A policy that was just changed is not the same
/// everywhere at once, so that one alone proves nothing.
const LASTING_FAILURES: usize = 2;

/// Everyone and everything in an organization that has a mailbox, and who may do what with it.
pub(crate) struct Mailboxes {
    /// Every user, every group, and what is in the groups.
    pub(crate) directory: Directory,
    /// The rooms and the equipment; they have a permission of their own to be listed.
    pub(crate) resources: Result<Vec<Resource>, Error>,
    /// Of the users and resources that have a mailbox.
    pub(crate) permissions: Permissions,
}

/// Reads all that is known of mailboxes. A mailbox is asked for as soon as it is listed: ten thousand users come in a
/// hundred pages, one after another. `done` hears how many mailboxes are dealt with, and of how many until now.
///
/// # Errors
/// When the users, the groups or what is in them cannot be listed.
pub(crate) async fn read_all(
    reader: &Reader,
    done: &(dyn Fn(usize, usize) + Sync),
) -> Result<Mailboxes, Error> {
    let (listed, mailboxes) = unbounded_channel();
    let of_resources = listed.clone();
    let users = async {
        let list = |user: &User| {
            if user.has_mailbox() {
                // Whoever reads them is there until the end, and after an error nobody minds
                let _ = listed.send(user.id.clone());
            }
        };
        let users = reader.users_seen(&list).await;
        drop(listed);
        users
    };
    let resources = async {
        let resources = reader.resources().await;
        for resource in resources.iter().flatten().filter(|resource| resource.has_mailbox()) {
            let _ = of_resources.send(resource.id.clone());
        }
        drop(of_resources);
        Ok(resources)
    };
    let permissions = async { Ok(read_as_listed(reader, mailboxes, done).await) };
    let (users, groups, resources, permissions) =
        tokio::try_join!(users, read_groups(reader), resources, permissions)?;
    let mut directory = Directory::complete(users);
    groups.into_iter().for_each(|group| directory.add_group(group));
    Ok(Mailboxes { directory, resources, permissions })
}

type List = Result<Vec<MailboxPermission>, Error>;

async fn list(reader: &Reader, mailbox: UserId) -> (UserId, List) {
    let list = reader.mailbox_permissions(&mailbox).await;
    (mailbox, list)
}

/// Who may do what with these mailboxes. A list that cannot be read is among [`Permissions::not_checked`] with the
/// reason, and so is what is not asked for any more once it is sure that nothing more can be read.
async fn read_as_listed(
    reader: &Reader,
    mut mailboxes: UnboundedReceiver<UserId>,
    done: &(dyn Fn(usize, usize) + Sync),
) -> Permissions {
    let (mut found, mut failures) = (Permissions::default(), 0);
    let (mut listed, mut left) = (BTreeSet::new(), BTreeSet::new());
    // No more of them than can be asked for: each that waits takes memory
    let mut reading = FuturesUnordered::new();
    let mut more = true;
    while more || !reading.is_empty() {
        let (mailbox, list) = tokio::select! {
            biased;
            Some(read) = reading.next(), if !reading.is_empty() => read,
            next = mailboxes.recv(), if more && reading.len() < reader.concurrency() => {
                more = next.is_some();
                // One that is listed twice is read once
                if let Some(mailbox) = next.filter(|mailbox| listed.insert(mailbox.clone())) {
                    left.insert(mailbox.clone());
                    reading.push(list(reader, mailbox));
                }
                continue;
            }
        };
        left.remove(&mailbox);
        match list {
            Ok(granted) => {
                (failures, found.checked) = (0, found.checked + 1);
                if !granted.is_empty() {
                    found.granted.insert(mailbox, granted);
                }
            }
            Err(error) => {
                let most = failures_until_sure(&error);
                failures = most.map_or(0, |_| failures + 1);
                found.not_checked.insert(mailbox, reason(&error));
                if most.is_some_and(|most| failures >= most) {
                    // Those that are cut off, and those that are not asked for any more
                    reading.clear();
                    while let Some(mailbox) = mailboxes.recv().await {
                        if listed.insert(mailbox.clone()) {
                            left.insert(mailbox);
                        }
                    }
                    let reason = reason(&error);
                    found.not_checked.extend(left.into_iter().map(|mailbox| (mailbox, reason.clone())));
                    done(listed.len(), listed.len());
                    return found;
                }
            }
        }
        done(listed.len() - left.len(), listed.len() + mailboxes.len());
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
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use serde_json::json;
    use tokio::sync::Semaphore;

    use super::*;
    use crate::directory::Member;
    use crate::testing::mock_service::{MockResponse, MockService, RecordedRequest, replying};

    /// These mailboxes, all listed already.
    async fn read(reader: &Reader, mailboxes: Vec<UserId>, done: &(dyn Fn(usize) + Sync)) -> Permissions {
        let (listed, receiver) = unbounded_channel();
        mailboxes.into_iter().for_each(|mailbox| listed.send(mailbox).expect("it is received"));
        drop(listed);
        read_as_listed(reader, receiver, &|count, _| done(count)).await
    }

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

    /// Two users on a page of their own each, one of them without a mailbox, a group, a room, and one that is disabled.
    fn organization(request: &RecordedRequest) -> MockResponse {
        let user = |id: &str, email: Option<&str>| json!({"Id": id, "Email": email, "State": "ENABLED"});
        MockResponse::ok(match (request.operation.as_str(), request.nth) {
            ("ListUsers", 0) => {
                json!({"Users": [user("a", Some("a@x")), user("b", None)], "NextToken": "two"})
            }
            ("ListUsers", _) => json!({"Users": [user("c", Some("c@x"))]}),
            ("ListGroups", _) => json!({"Groups": [{"Id": "g", "State": "ENABLED"}]}),
            ("ListGroupMembers", _) => json!({"Members": [{"Id": "c", "Type": "USER"}]}),
            ("ListResources", _) => json!({"Resources": [
                {"Id": "r-1", "Email": "room@x", "State": "ENABLED"},
                {"Id": "r-2", "Email": "old@x", "State": "DISABLED"},
            ]}),
            _ => json!({"Permissions": [
                {"GranteeId": "g", "GranteeType": "GROUP", "PermissionValues": ["FULL_ACCESS"]},
            ]}),
        })
    }

    #[tokio::test]
    async fn mailboxes_are_read_while_they_are_listed() {
        let one_is_read = Arc::new(Semaphore::new(0));
        let service = MockService::start(move |request| {
            let answer = organization(request);
            match (request.operation.as_str(), mailbox(request)) {
                // Page two comes when the mailbox of page one was asked for
                ("ListUsers", _) if request.nth == 1 => {
                    MockResponse::When(Arc::clone(&one_is_read), 1, Box::new(answer))
                }
                ("ListMailboxPermissions", "a") => {
                    one_is_read.add_permits(1);
                    answer
                }
                _ => answer,
            }
        })
        .await;
        let last = Mutex::new((0, 0));
        let heard = |done: usize, of: usize| *last.lock().expect("no panic") = (done, of);
        let reader = service.reader().await;
        let reading = tokio::time::timeout(Duration::from_secs(20), read_all(&reader, &heard));
        let found = reading.await.expect("no waiting for ever").expect("all is read");
        assert_eq!((found.directory.users().count(), found.directory.groups().count()), (3, 1));
        assert!(found.directory.is_complete());
        assert_eq!(found.resources.expect("resources").len(), 2);
        let granted: Vec<_> = found.permissions.granted.keys().map(UserId::as_str).collect();
        assert_eq!((granted, found.permissions.checked), (vec!["a", "c", "r-1"], 3));
        assert_eq!(*last.lock().expect("no panic"), (3, 3));
    }

    #[tokio::test]
    async fn what_may_not_be_listed_is_said_and_is_never_nothing() {
        let denying = |denied: &'static str| {
            MockService::start(move |request| match request.operation == denied {
                true => MockResponse::error("AccessDeniedException", "no"),
                false => organization(request),
            })
        };
        let found = read_all(&denying("ListResources").await.reader().await, &|_, _| {}).await;
        let Ok(found) = found else { panic!("users and groups are listed") };
        assert!(
            matches!(found.resources, Err(error) if error.to_string().contains("workmail:ListResources"))
        );
        assert_eq!(found.permissions.checked, 2);
        let found = read_all(&denying("ListMailboxPermissions").await.reader().await, &|_, _| {}).await;
        let permissions = found.map(|found| found.permissions).unwrap_or_default();
        assert_eq!((permissions.checked, permissions.not_checked.len()), (0, 3));
        for denied in ["ListUsers", "ListGroups", "ListGroupMembers"] {
            let error = read_all(&denying(denied).await.reader().await, &|_, _| {}).await.err();
            assert!(error.is_some_and(|error| error.to_string().contains(denied)), "{denied}");
        }
    }

    #[tokio::test]
    async fn what_is_throttled_now_and_then_is_complete_in_the_end() {
        let service = MockService::start(|request| match request.nth % 20 {
            19 => MockResponse::error("ThrottlingException", "slow down"),
            _ => granted_to("u001"),
        })
        .await;
        let found = read(&service.reader().await, mailboxes(200), &|_| {}).await;
        assert_eq!((found.checked, found.granted.len(), found.not_checked.len()), (200, 200, 0));
        assert_eq!(service.requests().len(), 210);
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

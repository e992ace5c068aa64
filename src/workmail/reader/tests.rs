use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use serde_json::{Value, json};

use super::*;
use crate::directory::{EntityName, GroupId, Member, State};
use crate::id::UserId;
use crate::role::{Effect, RoleType, Targets};
use crate::testing::mock_service::{MockResponse, MockService, ORGANIZATION, RecordedRequest, replying};
use crate::workmail::ErrorKind;

fn id(text: &str) -> RoleId {
    RoleId::from_service(text)
}

fn name(text: &str) -> EntityName {
    EntityName::from_service(text)
}

fn summary(id: &str, name: &str) -> Value {
    json!({"ImpersonationRoleId": id, "Name": name, "Type": "READ_ONLY", "DateCreated": 1_700_000_000.5, "DateModified": 1_700_000_001})
}

fn whole_role(id: &str, name: &str) -> Value {
    json!({"ImpersonationRoleId": id, "Name": name, "Type": "READ_ONLY", "Description": "", "Rules": [
        {"ImpersonationRuleId": "open", "Effect": "ALLOW"},
        {"ImpersonationRuleId": "listed", "Name": "n", "Effect": "DENY", "TargetUsers": ["u1"], "NotTargetUsers": []},
        {"ImpersonationRuleId": "others", "Effect": "ALLOW", "TargetUsers": [], "NotTargetUsers": ["u2"]},
    ]})
}

/// Roles `a` to `c` on page one, `d` and `e` on page two.
fn two_pages(request: &RecordedRequest) -> MockResponse {
    match (request.operation.as_str(), request.body["NextToken"].as_str()) {
        ("ListImpersonationRoles", None) => MockResponse::ok(json!({
            "Roles": [summary("c", "same"), summary("b", "same"), summary("a", "zed")], "NextToken": "two",
        })),
        ("ListImpersonationRoles", Some("two")) => {
            MockResponse::ok(json!({"Roles": [summary("d", "first"), summary("e", "same")]}))
        }
        ("GetImpersonationRole", _) => {
            let id = request.body["ImpersonationRoleId"].as_str().unwrap_or_default();
            let name = match id {
                "a" => "zed",
                "d" => "first",
                _ => "same",
            };
            MockResponse::ok(whole_role(id, name))
        }
        _ => MockResponse::error("UnknownOperationException", ""),
    }
}

fn ids<'a>(roles: impl IntoIterator<Item = &'a RoleId>) -> Vec<&'a str> {
    roles.into_iter().map(RoleId::as_str).collect()
}

#[tokio::test]
async fn no_roles_are_no_roles() {
    let service = replying(MockResponse::ok(json!({"Roles": []}))).await;
    assert_eq!(service.reader().await.roles().await.expect("a list"), []);
    assert_eq!(service.requests()[0].body["OrganizationId"], ORGANIZATION);
    assert_eq!(service.operations(), ["ListImpersonationRoles"]);
}

#[tokio::test]
async fn a_list_is_read_to_its_last_page_and_sorted() {
    let service = MockService::start(two_pages).await;
    let roles = service.reader().await.roles().await.expect("a list");
    assert_eq!(ids(roles.iter().map(|role| &role.id)), ["d", "b", "c", "e", "a"]);
    assert_eq!(roles[0].created.map(|time| time.as_millisecond()), Some(1_700_000_000_500));
    assert_eq!(service.requests().len(), 2, "a page that is not announced is not asked for");
}

#[tokio::test]
async fn a_page_that_fails_is_no_end_of_the_list() {
    let service = MockService::start(|request| match request.nth {
        0 => two_pages(request),
        _ => MockResponse::error("InvalidParameterException", "bad token"),
    })
    .await;
    let reader = service.reader().await;
    let error = reader.roles().await.expect_err("page two fails");
    assert_eq!(error.kind(), &ErrorKind::InvalidParameter);
    assert!(reader.live_roles(|_| false).await.is_err());
}

#[tokio::test]
async fn a_page_that_leads_to_itself_is_an_error() {
    let service = replying(MockResponse::ok(json!({"Roles": [], "NextToken": "again"}))).await;
    let reader = service.reader().await;
    assert_eq!(reader.roles().await.expect_err("endless").kind(), &ErrorKind::UnexpectedResponse);
    assert_eq!(service.requests().len(), 2);
    assert!(reader.live_roles(|_| true).await.is_err());
}

#[tokio::test]
async fn an_empty_token_ends_the_list() {
    let service = replying(MockResponse::ok(json!({"Users": [], "NextToken": ""}))).await;
    assert_eq!(service.reader().await.users().await.expect("a list"), []);
    assert_eq!(service.requests().len(), 1);
}

#[tokio::test]
async fn only_wanted_roles_are_read() {
    let service = MockService::start(two_pages).await;
    let reader = service.reader().await;
    let (all, live) = reader.live_roles(|role| role.name.as_str() == "same").await.expect("roles");
    assert_eq!(ids(all.iter().map(|role| &role.id)), ["d", "b", "c", "e", "a"]);
    assert_eq!(ids(live.iter().map(|role| &role.id)), ["b", "c", "e"]);
    assert_eq!(service.requests().len(), 5);
}

#[tokio::test]
async fn a_role_that_vanishes_while_it_is_read_is_in_neither_list() {
    let service = MockService::start(|request| match request.body["ImpersonationRoleId"].as_str() {
        Some("b") => MockResponse::error("ResourceNotFoundException", "gone"),
        _ => two_pages(request),
    })
    .await;
    let (all, live) = service.reader().await.live_roles(|_| true).await.expect("roles");
    assert_eq!(ids(all.iter().map(|role| &role.id)), ["d", "c", "e", "a"]);
    assert_eq!(ids(live.iter().map(|role| &role.id)), ["d", "c", "e", "a"]);
}

#[tokio::test]
async fn a_wanted_role_that_cannot_be_read_ends_it() {
    let service = MockService::start(|request| match request.operation.as_str() {
        "GetImpersonationRole" => MockResponse::error("AccessDeniedException", "no"),
        _ => two_pages(request),
    })
    .await;
    assert!(service.reader().await.live_roles(|_| true).await.is_err());
}

#[tokio::test]
async fn roles_are_read_before_the_list_ends() {
    // Page two comes when the roles of page one were asked for, and never to a reader that waits for it
    let roles_asked = Arc::new(Semaphore::new(0));
    let service = MockService::start(move |request| match request.body["NextToken"].as_str() {
        Some(_) => MockResponse::When(roles_asked.clone(), 3, Box::new(two_pages(request))),
        None => {
            if request.operation == "GetImpersonationRole" {
                roles_asked.add_permits(1);
            }
            two_pages(request)
        }
    })
    .await;
    let reader = service.reader().await;
    let live = tokio::time::timeout(Duration::from_secs(20), reader.live_roles(|_| true)).await;
    live.expect("no waiting for ever").expect("roles");
}

#[tokio::test]
async fn no_more_calls_are_in_flight_than_allowed() {
    let many: Vec<_> = (0..30).map(|n| summary(&format!("r{n}"), "same")).collect();
    let script = move |request: &RecordedRequest| match request.operation.as_str() {
        "ListImpersonationRoles" => MockResponse::ok(json!({"Roles": many})),
        _ => {
            let id = request.body["ImpersonationRoleId"].as_str().unwrap_or_default();
            let role = MockResponse::ok(whole_role(id, "same"));
            MockResponse::After(Duration::from_millis(10), Box::new(role))
        }
    };
    let service = MockService::start(script).await;
    let reader = service.account_with(3).await.reader(&crate::testing::mock_service::organization());
    let (_, live) = reader.live_roles(|_| true).await.expect("roles");
    assert_eq!(live.len(), 30);
    assert_eq!(service.most_in_flight(), 3);
}

#[tokio::test]
async fn the_targets_of_rules_are_what_their_lists_say() {
    let service = replying(MockResponse::ok(whole_role("r", "R"))).await;
    let live = service.reader().await.role(&id("r")).await.expect("an answer").expect("a role");
    assert_eq!(live.role.role_type, RoleType::ReadOnly);
    assert_eq!(live.role.description, None, "an empty description is none");
    let targets: Vec<_> = live.role.rules.iter().map(|rule| &rule.targets).collect();
    let one = |user| crate::role::UserSet::new([UserId::from_service(user)]).expect("one");
    assert_eq!(targets, [&Targets::Everyone, &Targets::Users(one("u1")), &Targets::Except(one("u2"))]);
    assert_eq!(live.role.rules[1].effect, Effect::Deny);
}

#[tokio::test]
async fn what_is_not_known_is_an_error_and_no_default() {
    let rules = json!([{"ImpersonationRuleId": "x", "Effect": "MAYBE"}]);
    for (field, value) in [
        ("Type", json!("SUPER")),
        ("Type", Value::Null),
        ("Rules", rules),
        ("Name", Value::Null),
        ("ImpersonationRoleId", Value::Null),
    ] {
        let mut role = whole_role("r", "R");
        role[field] = value;
        let service = replying(MockResponse::ok(role)).await;
        let error = service.reader().await.role(&id("r")).await.expect_err(field);
        assert_eq!(error.kind(), &ErrorKind::UnexpectedResponse, "{field}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_none() {
    let service = replying(MockResponse::error("ResourceNotFoundException", "none")).await;
    assert_eq!(service.reader().await.role(&id("r")).await.expect("an answer"), None);
    let service = replying(MockResponse::error("EntityNotFoundException", "none")).await;
    let reader = service.reader().await;
    assert_eq!(reader.user(&name("alice")).await.expect("an answer"), None);
    assert_eq!(reader.group(&name("staff")).await.expect("an answer"), None);
    let error = reader.effect(&id("r"), &name("alice")).await.expect_err("no such user");
    assert_eq!(error.kind(), &ErrorKind::EntityNotFound);
}

#[tokio::test]
async fn a_group_and_its_members_are_asked_at_the_same_time() {
    let service = MockService::start(|request| {
        let answer = match (request.operation.as_str(), request.nth) {
            ("DescribeGroup", _) => json!({"GroupId": "g", "Name": "staff", "State": "DISABLED"}),
            (_, 0) => json!({"Members": [{"Id": "u", "Type": "USER", "State": "ENABLED"}], "NextToken": "2"}),
            _ => json!({"Members": [{"Id": "n", "Type": "GROUP", "State": "ENABLED"}]}),
        };
        MockResponse::After(Duration::from_millis(30), Box::new(MockResponse::ok(answer)))
    })
    .await;
    let group = service.reader().await.group(&name("staff")).await.expect("an answer").expect("a group");
    assert_eq!(group.id.as_str(), "g");
    assert_eq!(
        group.members,
        [Member::User(UserId::from_service("u")), Member::Group(GroupId::from_service("n"))]
    );
    assert_eq!(service.most_in_flight(), 2);
    assert!(service.requests().iter().all(|request| request.body["GroupId"] == "staff"));
}

#[tokio::test]
async fn a_user_who_was_never_enabled_has_no_address() {
    let service =
        replying(MockResponse::ok(json!({"UserId": "u", "Name": "bob", "State": "DISABLED"}))).await;
    let user = service.reader().await.user(&name("bob")).await.expect("an answer").expect("a user");
    assert_eq!((user.label(), user.state), ("bob", crate::directory::State::Disabled));
}

#[tokio::test]
async fn the_effect_names_the_rules_that_decide() {
    let answer =
        json!({"Type": "READ_ONLY", "Effect": "DENY", "MatchedRules": [{"ImpersonationRuleId": "x"}]});
    let service = replying(MockResponse::ok(answer)).await;
    let effect = service.reader().await.effect(&id("r"), &name("bob")).await.expect("an answer");
    assert_eq!((effect.role_type, effect.effect), (RoleType::ReadOnly, Effect::Deny));
    assert_eq!(effect.matched_rules[0].id.as_str(), "x");
    assert_eq!(service.requests()[0].body["TargetUser"], "bob");
}

#[tokio::test]
async fn access_control_rules_and_their_effect_are_plain_data() {
    let service = MockService::start(|request| match request.operation.as_str() {
        "ListAccessControlRules" => MockResponse::ok(json!({"Rules": [
            {"Name": "Default", "Effect": "ALLOW"},
            {"Name": "ours", "Effect": "DENY", "ImpersonationRoleIds": ["r"], "NotIpRanges": ["10.0.0.0/8"]},
        ]})),
        _ => MockResponse::ok(json!({"Effect": "DENY", "MatchedRules": ["ours"]})),
    })
    .await;
    let reader = service.reader().await;
    let rules = reader.access_control_rules().await.expect("rules");
    assert_eq!(rules[1].roles, [id("r")]);
    assert_eq!(rules[1].not_ip_ranges, ["10.0.0.0/8"]);
    let role = id("r");
    let result = reader.access_control_effect(Ipv4Addr::LOCALHOST, &role).await.expect("an answer");
    assert_eq!((result.effect, result.matched_rules), (Effect::Deny, vec!["ours".to_owned()]));
    let body = &service.requests()[1].body;
    assert_eq!((&body["ImpersonationRoleId"], &body["Action"]), (&json!("r"), &json!("EWS")));
}

#[tokio::test]
async fn the_permissions_on_a_mailbox_are_told_apart() {
    let service = replying(MockResponse::ok(json!({"Permissions": [
        {"GranteeId": "g", "GranteeType": "GROUP", "PermissionValues": ["FULL_ACCESS", "SEND_AS"]},
    ]})))
    .await;
    let granted =
        service.reader().await.mailbox_permissions(&UserId::from_service("u")).await.expect("a list");
    assert_eq!(granted[0].grantee, Member::Group(GroupId::from_service("g")));
    assert!(granted[0].full_access && granted[0].send_as && !granted[0].send_on_behalf);
}

#[tokio::test]
async fn resources_are_read_to_the_last_page_without_what_is_not_needed() {
    let service = MockService::start(|request| {
        MockResponse::ok(match request.nth {
            0 => json!({"NextToken": "two", "Resources": [
                {"Id": "r-1", "Email": "boardroom@example.com", "Name": "boardroom", "Type": "ROOM", "State": "ENABLED"},
            ]}),
            _ => json!({"Resources": [{"Id": "r-2", "Name": "beamer", "Type": "HOVERCRAFT", "State": "DISABLED"}]}),
        })
    })
    .await;
    let resources = service.reader().await.resources().await.expect("a list");
    let seen: Vec<_> =
        resources.iter().map(|one| (one.id.as_str(), one.email.as_deref(), one.state)).collect();
    assert_eq!(
        seen,
        [("r-1", Some("boardroom@example.com"), State::Enabled), ("r-2", None, State::Disabled)]
    );
    assert_eq!(service.requests()[1].body["NextToken"], "two");
}

#[tokio::test]
async fn a_resource_in_an_unknown_state_is_an_error() {
    let page = json!({"Resources": [{"Id": "r-1", "State": "HAUNTED"}]});
    let error = replying(MockResponse::ok(page)).await.reader().await.resources().await.expect_err("unknown");
    assert!(error.to_string().contains("resource is \"HAUNTED\""), "{error}");
}

#[test]
fn what_reads_can_run_on_any_thread() {
    fn is_send<T: Send>(_: fn(&'static Reader) -> T) {}
    is_send(|reader| reader.live_roles(|_| true));
    is_send(Reader::users);
}

/// Fails unless every list that is read this way is refused.
async fn assert_no_list_is_believed(service: &MockService, why: &str) {
    let reader = service.reader().await;
    let user = UserId::from_service("u");
    let errors = [
        reader.roles().await.err(),
        reader.live_roles(|_| true).await.err(),
        reader.users().await.err(),
        reader.groups().await.err(),
        reader.group_members(&GroupId::from_service("g")).await.err(),
        reader.mailbox_permissions(&user).await.err(),
        reader.resources().await.err(),
        service.account().await.organizations().await.err(),
    ];
    for (nth, error) in errors.into_iter().enumerate() {
        let error = error.unwrap_or_else(|| panic!("list {nth} is believed"));
        assert_eq!(error.kind(), &ErrorKind::UnexpectedResponse, "{error}");
        assert!(error.to_string().contains(why), "{error}");
        assert!(error.to_string().contains("unexpected response to List"), "{error}");
    }
}

/// Every list, empty.
fn no_items() -> Value {
    let members =
        ["Roles", "Users", "Groups", "Members", "Permissions", "Resources", "OrganizationSummaries", "Rules"];
    members.into_iter().map(|member| (member.to_owned(), json!([]))).collect::<serde_json::Map<_, _>>().into()
}

#[tokio::test]
async fn a_list_that_is_missing_is_not_empty() {
    let service = replying(MockResponse::ok(json!({}))).await;
    assert_no_list_is_believed(&service, "it has no list of ").await;
    let error = service.reader().await.access_control_rules().await.expect_err("no rules");
    assert!(error.to_string().ends_with("ListAccessControlRules: it has no list of Rules"), "{error}");
    let service = replying(MockResponse::ok(no_items())).await;
    assert_eq!(service.reader().await.users().await.expect("an empty list"), []);
}

#[tokio::test]
async fn pages_that_lead_back_to_any_earlier_one_are_an_error() {
    let service = MockService::start(|request| {
        let mut page = no_items();
        // a, b, c, b, c, b, …: never the same twice in a row
        page["NextToken"] = match request.body["NextToken"].as_str() {
            None => json!("a"),
            Some("b") => json!("c"),
            Some(_) => json!("b"),
        };
        MockResponse::ok(page)
    })
    .await;
    assert_no_list_is_believed(&service, "its pages lead back to an earlier one").await;
}

#[tokio::test]
async fn pages_that_are_empty_without_end_are_an_error() {
    let service = MockService::start(|request| {
        let mut page = no_items();
        page["NextToken"] = json!(format!("{}", request.nth));
        MockResponse::ok(page)
    })
    .await;
    assert_no_list_is_believed(&service, "of its pages are empty").await;
}

#[tokio::test]
async fn more_roles_than_there_can_be_are_an_error() {
    let service = MockService::start(|request| {
        let roles: Vec<_> = (0..1000).map(|n| summary(&format!("{}-{n}", request.nth), "same")).collect();
        MockResponse::ok(json!({"Roles": roles, "NextToken": format!("{}", request.nth)}))
    })
    .await;
    let error = service.reader().await.roles().await.expect_err("endless");
    assert!(error.to_string().contains("the list has more than 10000 entries"), "{error}");
    assert_eq!(service.requests().len(), 11);
}

#[tokio::test]
async fn who_is_listed_twice_is_one_or_an_error() {
    let user = |state: &str| json!({"Id": "u", "Name": "bob", "State": state});
    let pages = |second: Value| {
        MockService::start(move |request| match request.nth {
            0 => MockResponse::ok(json!({"Users": [user("ENABLED")], "NextToken": "2"})),
            _ => MockResponse::ok(json!({"Users": [second.clone()]})),
        })
    };
    let service = pages(user("ENABLED")).await;
    assert_eq!(service.reader().await.users().await.expect("one user").len(), 1);
    let service = pages(user("DISABLED")).await;
    let error = service.reader().await.users().await.expect_err("which of them?");
    assert!(error.to_string().contains("user u is listed twice, and not the same"), "{error}");
}

#[tokio::test]
async fn another_role_than_the_one_asked_for_is_an_error() {
    let service = replying(MockResponse::ok(whole_role("other", "R"))).await;
    let error = service.reader().await.role(&id("r")).await.expect_err("another role");
    let wanted = "could not read role r: unexpected response to GetImpersonationRole: it is about role other";
    assert_eq!(error.to_string(), wanted);
}

#[tokio::test]
async fn another_user_or_group_than_the_id_asked_for_is_an_error() {
    let service = replying(MockResponse::ok(json!({
        "UserId": "u", "GroupId": "g", "Name": "bob", "State": "ENABLED", "Members": [],
        "OrganizationId": "m-00000000000000000000000000000000",
    })))
    .await;
    let reader = service.reader().await;
    for asked in ["11111111-2222-3333-4444-555555555555", "S-1-1-12-1-2-3-4"] {
        let error = reader.user(&name(asked)).await.expect_err("another user");
        assert!(error.to_string().ends_with("DescribeUser: it is about user u"), "{error}");
        let error = reader.group(&name(asked)).await.expect_err("another group");
        assert!(error.to_string().ends_with("DescribeGroup: it is about group g"), "{error}");
    }
    // An alias is not in the answer
    for asked in ["bob", "robert@example.com"] {
        assert!(reader.user(&name(asked)).await.expect("an answer").is_some(), "{asked}");
    }
    assert!(reader.describe_organization().await.is_err());
}

#[tokio::test]
async fn a_role_that_list_and_get_tell_differently_is_an_error() {
    for (field, value, what) in [
        ("Name", "theirs", r#"its name is "theirs""#),
        ("Type", "FULL_ACCESS", r#"its type is "FULL_ACCESS""#),
    ] {
        let service = MockService::start(move |request| match request.operation.as_str() {
            "ListImpersonationRoles" => MockResponse::ok(json!({"Roles": [summary("r", "ours")]})),
            _ => {
                let mut role = whole_role("r", "ours");
                role[field] = json!(value);
                MockResponse::ok(role)
            }
        })
        .await;
        let error = service.reader().await.live_roles(|_| true).await.expect_err("which of them?");
        assert!(error.to_string().contains(what), "{error}");
        assert_eq!(service.requests().len(), 6, "three readings, and no more");
    }
}

#[tokio::test]
async fn roles_that_are_changed_while_they_are_read_are_read_again() {
    // Renamed after each list, until it stays
    for (renames, readings) in [(0, 1), (1, 2), (2, 3)] {
        let service = MockService::start(move |request| {
            let role = |nth: usize| format!("name {}", nth.min(renames));
            match request.operation.as_str() {
                "ListImpersonationRoles" => MockResponse::ok(
                    json!({"Roles": [summary("r", &role(request.nth)), summary("other", "same")]}),
                ),
                _ => MockResponse::ok(whole_role("r", &role(request.nth + 1))),
            }
        })
        .await;
        let reader = service.reader().await;
        // By a name that it has from the first change on, too
        let (all, live) = reader.live_roles(|role| role.name.as_str() != "same").await.expect("roles");
        let name = format!("name {renames}");
        assert_eq!((all.len(), live.len()), (2, 1));
        assert_eq!((all[0].name.as_str(), live[0].role.name.as_str()), (name.as_str(), name.as_str()));
        assert_eq!(service.requests().len(), 2 * readings);
    }
}

#[tokio::test]
async fn a_role_without_a_list_of_rules_is_not_known_and_never_written_over() {
    let role = |rules: Option<Value>| {
        let mut role = whole_role("r", "R");
        role["Rules"] = rules.unwrap_or_default();
        MockResponse::ok(role)
    };
    let without = role(None);
    let service = MockService::start(move |request| match request.operation.as_str() {
        "GetImpersonationRole" if request.nth < 2 => without.clone(),
        "GetImpersonationRole" => role(Some(json!([]))),
        _ => MockResponse::ok(json!({})),
    })
    .await;
    let heard = Arc::new(std::sync::Mutex::new(Vec::new()));
    let hears = heard.clone();
    let listener = crate::workmail::Listener::new(move |notice| hears.lock().expect("no panic").push(notice));
    let account = service.account_hearing(listener).await;
    let writer = account.writer(&crate::testing::mock_service::organization());
    for _ in 0..2 {
        let live = writer.role(&id("r")).await.expect("an answer").expect("a role");
        assert!(live.rules_unknown && live.role.rules.is_empty());
    }
    let new = crate::role::tests::role(vec![]);
    let error = writer.update(&id("r"), &new).await.expect_err("refused");
    assert_eq!(error.kind(), &ErrorKind::RulesUnknown);
    assert_eq!(error.to_string(), "could not update role r: its rules are not known, and would be replaced");
    assert_eq!(service.operations(), ["GetImpersonationRole"; 2]);
    let live = writer.role(&id("r")).await.expect("an answer").expect("a role");
    assert!(!live.rules_unknown, "an empty list is one");
    writer.update(&id("r"), &new).await.expect("it is known now");
    let heard = heard.lock().expect("no panic");
    assert!(
        matches!(&heard[..], [crate::workmail::Notice::Warning(text)] if text.contains("role R (r) are not known")),
        "{heard:?}"
    );
}

#[tokio::test]
async fn allowed_by_no_rule_is_an_error() {
    let service = replying(MockResponse::ok(json!({"Type": "READ_ONLY", "Effect": "ALLOW"}))).await;
    assert!(service.reader().await.effect(&id("r"), &name("bob")).await.is_err());
    let service = replying(MockResponse::ok(json!({"Type": "READ_ONLY", "Effect": "DENY"}))).await;
    assert!(service.reader().await.effect(&id("r"), &name("bob")).await.is_ok());
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_an_error_and_not_asked_for_again() {
    let long = "x".repeat(crate::workmail::error::chain::MOST_BYTES);
    for status in [200, 400, 500] {
        let body = json!({"Users": [{"Id": "u", "Name": long, "State": "ENABLED"}]});
        let service = replying(MockResponse::Json(status, body)).await;
        let error = service.reader().await.users().await.expect_err("too long");
        let wanted = "could not list the users: unexpected response to ListUsers: it has more than 16 MiB";
        assert_eq!(error.to_string(), wanted, "{status}");
        assert_eq!(service.requests().len(), 1, "{status}");
    }
}

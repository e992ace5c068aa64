//! Doors to mailboxes beside roles: tokens, export jobs, the migration administrator.

use super::*;

fn with_doors() -> Sandbox {
    Sandbox::new(&Seed { doors: true, ..Seed::default() })
}

fn job(changes: Value) -> Value {
    let mut job = json!({
        "ClientToken": "one", "EntityId": "alice", "RoleArn": "arn:aws:iam::111122223333:role/export",
        "KmsKeyArn": "arn:aws:kms:us-east-1:111122223333:key/k", "S3BucketName": "mail-export", "S3Prefix": "a/b",
    });
    for (name, value) in changes.as_object().expect("an object") {
        job[name] = value.clone();
    }
    job
}

#[test]
fn a_demo_has_none_of_them_and_a_sandbox_with_doors_all() {
    let demo = Sandbox::demo();
    assert_eq!(demo.done("DescribeOrganization", json!({})).get("MigrationAdmin"), None);
    let none = json!({"PersonalAccessTokenSummaries": []});
    assert_eq!(demo.done("ListPersonalAccessTokens", json!({})), none);
    assert_eq!(demo.done("ListMailboxExportJobs", json!({})), json!({"Jobs": []}));
    demo.refused(
        "DescribeIdentityProviderConfiguration",
        json!({}),
        "ResourceNotFoundException",
        "no identity provider",
    );
    let sandbox = with_doors();
    let admin = sandbox.done("DescribeOrganization", json!({}))["MigrationAdmin"].clone();
    assert_eq!(sandbox.done("DescribeUser", json!({"UserId": "migration"}))["UserId"], admin);
    let configuration = sandbox.done("DescribeIdentityProviderConfiguration", json!({}));
    assert_eq!(configuration["PersonalAccessTokenConfiguration"]["Status"], "ACTIVE");
    let jobs = sandbox.done("ListMailboxExportJobs", json!({}));
    assert_eq!(jobs["Jobs"][0]["State"], "RUNNING");
    assert_eq!(with_doors().store.read().map(|state| state.validate()).expect("a state"), Ok(()));
}

#[test]
fn a_state_of_before_has_no_doors() {
    let mut state = serde_json::to_value(Seed::default().state()).expect("JSON");
    let organization = state["organizations"][0].as_object_mut().expect("an object");
    for key in ["migration_admin", "identity_provider", "personal_access_tokens", "export_jobs"] {
        assert!(!organization.contains_key(key), "{key}");
    }
    let again: crate::sandbox::model::State = serde_json::from_value(state).expect("it is read");
    assert_eq!(again, Seed::default().state());
}

#[test]
fn tokens_are_listed_in_pages_looked_up_and_deleted() {
    let sandbox = with_doors();
    let page = sandbox.done("ListPersonalAccessTokens", json!({"MaxResults": 1}));
    let first = &page["PersonalAccessTokenSummaries"][0];
    assert_eq!((&first["Name"], &first["Scopes"]), (&json!("IMAP copy"), &json!(["IMAP", "SMTP"])));
    assert!(first["DateLastUsed"].is_number() && first["ExpiresTime"].is_number(), "{first}");
    let next =
        sandbox.done("ListPersonalAccessTokens", json!({"MaxResults": 1, "NextToken": page["NextToken"]}));
    assert_eq!(next["PersonalAccessTokenSummaries"][0]["Name"], "Phone");
    let of_alice = sandbox.done("ListPersonalAccessTokens", json!({"UserId": "alice"}));
    assert_eq!(of_alice["PersonalAccessTokenSummaries"].as_array().map(Vec::len), Some(1));
    sandbox.refused(
        "ListPersonalAccessTokens",
        json!({"UserId": "nobody"}),
        "EntityNotFoundException",
        "nobody",
    );
    sandbox.refused(
        "ListPersonalAccessTokens",
        json!({"UserId": "mallory"}),
        "EntityStateException",
        "mallory",
    );
    sandbox.refused(
        "ListPersonalAccessTokens",
        json!({"MaxResults": 0}),
        "InvalidParameterException",
        "MaxResults",
    );
    let one = json!({"PersonalAccessTokenId": first["PersonalAccessTokenId"]});
    assert_eq!(&sandbox.done("GetPersonalAccessTokenMetadata", one.clone()), first);
    assert_eq!(sandbox.done("DeletePersonalAccessToken", one.clone()), Value::Null);
    sandbox.refused("GetPersonalAccessTokenMetadata", one.clone(), "ResourceNotFoundException", "pat-");
    assert_eq!(sandbox.done("DeletePersonalAccessToken", one), Value::Null);
    for id in [Value::Null, "".into(), "a b".into(), "x".repeat(65).into()] {
        let body = json!({"PersonalAccessTokenId": id});
        sandbox.refused(
            "DeletePersonalAccessToken",
            body,
            "InvalidParameterException",
            "PersonalAccessTokenId",
        );
    }
}

#[test]
fn a_job_is_started_once_and_runs_until_it_is_cancelled() {
    let sandbox = Sandbox::demo();
    let started = sandbox.done("StartMailboxExportJob", job(json!({})));
    assert_eq!(sandbox.done("StartMailboxExportJob", job(json!({}))), started);
    let other = job(json!({"EntityId": "bob"}));
    sandbox.refused("StartMailboxExportJob", other, "InvalidParameterException", "another request");
    let jobs = || sandbox.done("ListMailboxExportJobs", json!({}))["Jobs"].clone();
    assert_eq!(jobs().as_array().map(Vec::len), Some(1));
    assert_eq!((&jobs()[0]["State"], &jobs()[0]["S3BucketName"]), (&json!("RUNNING"), &json!("mail-export")));
    let one = json!({"JobId": started["JobId"], "ClientToken": "two"});
    let described = sandbox.done("DescribeMailboxExportJob", one.clone());
    assert_eq!(described["S3Prefix"], "a/b");
    assert_eq!(sandbox.done("CancelMailboxExportJob", one.clone()), Value::Null);
    assert_eq!(sandbox.done("CancelMailboxExportJob", one), Value::Null);
    assert_eq!(jobs()[0]["State"], "CANCELLED");
    assert!(jobs()[0]["EndTime"].is_number());
    // What ended more than seven days ago is listed no longer
    let changed = sandbox.store.update(|state| {
        let job = &mut state.organizations[0].export_jobs[0];
        job.started -= jiff::SignedDuration::from_hours(8 * 24);
        Ok::<_, crate::sandbox::StoreError>(())
    });
    changed.expect("changed");
    assert_eq!(jobs(), json!([]));
    let missing = json!({"JobId": "nothing", "ClientToken": "x"});
    sandbox.refused("CancelMailboxExportJob", missing, "EntityNotFoundException", "nothing");
}

#[test]
fn what_starts_a_job_has_limits() {
    let sandbox = Sandbox::demo();
    for (changes, part) in [
        (json!({"ClientToken": null}), "'ClientToken'"),
        (json!({"EntityId": "a b"}), "'EntityId'"),
        (json!({"Description": "x".repeat(1024)}), "'Description'"),
        (json!({"RoleArn": "arn:aws:kms:us-east-1:111122223333:key/k"}), "'RoleArn'"),
        (json!({"RoleArn": "arn:aws:iam:::role/export-of-mail"}), "'RoleArn'"),
        (json!({"KmsKeyArn": "short"}), "'KmsKeyArn'"),
        (json!({"S3BucketName": "a_b"}), "'S3BucketName'"),
        (json!({"S3Prefix": ""}), "'S3Prefix'"),
    ] {
        sandbox.refused("StartMailboxExportJob", job(changes), "InvalidParameterException", part);
    }
    for owner in ["nobody", "support", "mallory"] {
        let of_owner = job(json!({"EntityId": owner}));
        sandbox.refused("StartMailboxExportJob", of_owner, "EntityNotFoundException", owner);
    }
}

//! What each answer means.

use super::*;
use crate::ews::envelope::{ERRORS, MESSAGES, SOAP, TYPES};
use crate::testing::hostile;
use crate::xml::escape;

const ORGANIZATION: &str = "m-0123456789abcdef0123456789abcdef";
const ALICE: &str = "10000001-0000-4000-8000-000000000001";
const BOB: &str = "10000001-0000-4000-8000-000000000002";

fn meaning(reply: &Reply) -> Outcome {
    let (organization, user) = (OrganizationId::from_service(ORGANIZATION), UserId::from_service(ALICE));
    classify(reply, &Mailbox { organization: &organization, user: &user, address: "alice@example.com" })
}

fn envelope(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"{SOAP}\" xmlns:t=\"{TYPES}\" xmlns:m=\"{MESSAGES}\"><s:Body>{body}</s:Body></s:Envelope>"
    )
}

fn xml(status: u16, body: &str) -> Reply {
    Reply { status, content_type: "text/xml; charset=utf-8".into(), body: envelope(body), ..Reply::default() }
}

fn response(class: &str, inside: &str) -> Reply {
    xml(
        200,
        &format!(
            "<m:GetFolderResponse><m:ResponseMessages><m:GetFolderResponseMessage ResponseClass=\"{class}\">{inside}</m:GetFolderResponseMessage></m:ResponseMessages></m:GetFolderResponse>"
        ),
    )
}

fn refusal(code: &str) -> Reply {
    let code = format!("<m:MessageText>No.</m:MessageText><m:ResponseCode>{code}</m:ResponseCode>");
    response("Error", &code)
}

fn fault_of(code: &str, words: &str) -> Reply {
    let words = escape(words);
    xml(
        500,
        &format!(
            "<s:Fault><faultcode>a:{code}</faultcode><faultstring>{words}</faultstring><detail><e:ResponseCode xmlns:e=\"{ERRORS}\">{code}</e:ResponseCode></detail></s:Fault>"
        ),
    )
}

fn opened_with(id: &str) -> Outcome {
    let folder = format!(
        "<m:ResponseCode>NoError</m:ResponseCode><m:Folders><t:Folder><t:FolderId Id=\"{id}\"/></t:Folder></m:Folders>"
    );
    meaning(&response("Success", &folder))
}

fn folder_of(organization: &str, user: &str) -> String {
    let text = format!("\0\0\0\u{1a}/O={organization}/OU=EXCHANGE/CN=RECIPIENTS/CN={user}\0inbox");
    aws_smithy_types::base64::encode(text)
}

#[test]
fn a_folder_of_the_user_proves_it_and_one_of_nobody_is_tolerated() {
    let upper = [ORGANIZATION, ALICE].map(str::to_ascii_uppercase);
    for id in [folder_of(ORGANIZATION, ALICE), folder_of(&upper[0], &upper[1]), folder_of("acme", ALICE)] {
        assert_eq!(opened_with(&id), Outcome::Opened(Proof::Named), "{id}");
    }
    let long = "AAAA".repeat(1000);
    for id in ["", "AAA", "AAAA", "é", &folder_of(ORGANIZATION, ""), &folder_of(ORGANIZATION, "x"), &long] {
        assert_eq!(opened_with(id), Outcome::Opened(Proof::Unnamed), "{id}");
    }
    let without = response("Success", "<m:ResponseCode>NoError</m:ResponseCode>");
    assert_eq!(meaning(&without), Outcome::Opened(Proof::Unnamed));
}

#[test]
fn a_folder_of_somebody_else_never_counts_as_open() {
    let other = format!("m-{}", "f".repeat(32));
    for (organization, user) in [(ORGANIZATION, BOB), (ORGANIZATION, "S-1-1-12-1-2-3-4"), (&other, ALICE)] {
        let outcome = opened_with(&folder_of(organization, user));
        assert_eq!(outcome, Outcome::Unknown(Failure::OtherMailbox(user.to_owned())), "{organization}");
    }
}

#[test]
fn refusals_are_those_whose_code_says_so_whichever_way_it_comes() {
    let impersonation = |code: &str| Refusal::Impersonation(code.into());
    for (code, wanted) in [
        ("ErrorImpersonateUserDenied", impersonation("ErrorImpersonateUserDenied")),
        ("ErrorImpersonationDenied", impersonation("ErrorImpersonationDenied")),
        ("ErrorNonExistentMailbox", Refusal::NoMailbox("ErrorNonExistentMailbox".into())),
        ("ErrorAccessDenied", Refusal::Access("ErrorAccessDenied".into())),
    ] {
        for reply in [refusal(code), fault_of(code, "No."), Reply { status: 200, ..fault_of(code, "") }] {
            assert_eq!(meaning(&reply), Outcome::Refused(wanted.clone()), "{code}");
        }
    }
    let plain = Reply { status: 403, ..Reply::default() };
    assert_eq!(meaning(&plain), Outcome::Refused(Refusal::AccessControl));
}

#[test]
fn what_says_nothing_of_the_mailbox_is_never_a_refusal() {
    let page = |status| Reply {
        status,
        content_type: "Text/HTML".into(),
        body: "<!doctype html>".into(),
        ..Reply::default()
    };
    let bare_page = Reply { status: 200, body: "\n <HTML><body>".into(), ..Reply::default() };
    let redirect = Reply {
        status: 307,
        location: "https://portal.example/".into(),
        ..fault_of("ErrorAccessDenied", "")
    };
    let status = |status, body: &str| Reply { status, body: body.into(), ..Reply::default() };
    for (reply, wanted) in [
        (status(401, ""), Failure::Token),
        (Reply { status: 401, ..fault_of("ErrorAccessDenied", "") }, Failure::Token),
        (page(200), Failure::Page(200)),
        (page(403), Failure::Page(403)),
        (page(503), Failure::Page(503)),
        (bare_page, Failure::Page(200)),
        (redirect, Failure::Redirect(307, "https://portal.example/".into())),
        (status(407, ""), Failure::Status(407)),
        (status(503, "busy"), Failure::Status(503)),
        (status(500, ""), Failure::Status(500)),
        (status(200, "<a/>"), Failure::NotEws("it is not a SOAP 1.1 envelope".into())),
        (xml(200, ""), Failure::NotEws("it is an envelope without one body".into())),
        (xml(200, "<m:GetItemResponse/>"), Failure::NotEws("no answer to GetFolder is in it".into())),
        (refusal("NoError"), Failure::NotEws("an answer without a result".into())),
        (response("Success", ""), Failure::NotEws("an answer without a result".into())),
        (fault_of("ErrorServerBusy", "Later."), Failure::Code("ErrorServerBusy".into(), "Later.".into())),
        (refusal("ErrorImpersonationFailed"), Failure::Code("ErrorImpersonationFailed".into(), "No.".into())),
        (fault_of("", ""), Failure::Code("a fault without a code".into(), String::new())),
    ] {
        assert_eq!(meaning(&reply), Outcome::Unknown(wanted), "{reply:?}");
    }
    let json = meaning(&status(200, "{}"));
    assert!(
        matches!(&json, Outcome::Unknown(Failure::NotEws(why)) if why.contains("not one element")),
        "{json:?}"
    );
    let not_created =
        Reply { status: 201, ..response("Success", "<m:ResponseCode>NoError</m:ResponseCode>") };
    assert!(matches!(meaning(&not_created), Outcome::Unknown(Failure::NotEws(_))));
}

#[test]
fn the_words_of_a_server_are_kept_in_one_line_and_cut() {
    for text in hostile::TEXTS {
        let Outcome::Unknown(Failure::Code(code, words)) = meaning(&fault_of("ErrorOdd", text)) else {
            panic!("{text}")
        };
        assert!(code == "ErrorOdd" && !words.contains('\n') && words.chars().count() <= MOST_WORDS + 1);
    }
    let long = meaning(&fault_of(&"x".repeat(5000), &"é".repeat(5000)));
    assert!(matches!(long, Outcome::Unknown(Failure::Code(code, words))
        if code.len() < 300 && words.chars().count() == MOST_WORDS + 1));
}

#[test]
fn ews_is_known_by_its_answer_to_somebody_without_a_token() {
    let bare = |status| Reply { status, ..Reply::default() };
    assert_eq!(is_ews(&bare(401)), Ok(()));
    assert_eq!(is_ews(&fault_of("ErrorInvalidServerVersion", "")), Ok(()));
    assert_eq!(is_ews(&bare(403)), Err(Failure::Status(403)));
    assert_eq!(is_ews(&bare(404)), Err(Failure::Status(404)));
    let page = Reply { content_type: "text/html".into(), ..bare(200) };
    assert_eq!(is_ews(&page), Err(Failure::Page(200)));
    assert!(matches!(is_ews(&bare(200)), Err(Failure::NotEws(_))));
    assert!(matches!(is_ews(&bare(302)), Err(Failure::Redirect(302, _))));
}

#[test]
fn a_certificate_that_is_not_trusted_is_another_matter_than_the_network() {
    let remedy = |words: &str| Failure::NoConnection(words.into()).remedy().expect("a remedy");
    assert!(
        remedy("https://ews.example/: invalid peer certificate: UnknownIssuer").contains("SSL_CERT_FILE")
    );
    assert!(remedy("https://ews.example/: Connection refused").contains("HTTPS_PROXY"));
}

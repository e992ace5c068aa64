//! EWS over real HTTP: the gates, and what mailboxes keep.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::part::{MESSAGES, SOAP, TYPES};
use crate::role::Effect;
use crate::sandbox::base64::{decode, encode};
use crate::sandbox::hash::sha256;
use crate::sandbox::model::{
    Content, Kept, Made, MailboxPermission, Member, Organization, PermissionType, State, Token,
};
use crate::sandbox::{Faults, Seed, Server, Settings, Store, StoreError};
use crate::system::System;
use crate::xml::{Element, escape};

const READ_ONLY: &str = "read-only-token";
const FULL_ACCESS: &str = "full-access-token";

struct Running {
    server: Server,
    store: Store,
    _directory: tempfile::TempDir,
}

/// A sandbox in which both roles of the demo were assumed.
fn start_with(settings: Settings, faults: Faults) -> Running {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::init(directory.path().join("state.json"), &Seed::default(), false).expect("made");
    let running = Running {
        server: Server::start(SocketAddr::from(([127, 0, 0, 1], 0)), store.clone(), settings, faults)
            .expect("started"),
        store,
        _directory: directory,
    };
    running.change(|organization| {
        for (at, token) in [READ_ONLY, FULL_ACCESS].into_iter().enumerate() {
            let role = organization.roles[at].id.clone();
            organization.tokens.push(token_of(token, role, 600));
        }
    });
    running
}

fn token_of(token: &str, role: crate::id::RoleId, seconds: i64) -> Token {
    Token { sha256: sha256(token), role, expires: Timestamp::now() + SignedDuration::from_secs(seconds) }
}

fn start() -> Running {
    start_with(Settings::new(System::REAL), Faults::none())
}

impl Running {
    fn change(&self, change: impl FnOnce(&mut Organization)) {
        let changed = self.store.update(|state: &mut State| {
            change(&mut state.organizations[0]);
            Ok::<_, StoreError>(())
        });
        changed.expect("changed");
    }

    fn organization(&self) -> Organization {
        self.store.read().expect("read").organizations[0].clone()
    }

    /// Posts a body with a token; gives the status and the response's body.
    async fn post(&self, token: &str, body: &str) -> (u16, String) {
        let head = format!(
            "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let answer = self.exchange(&[head.as_str(), body].concat()).await;
        let (head, body) = answer.split_once("\r\n\r\n").expect("a response");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, body.to_owned())
    }

    /// Sends bytes, and gives all that comes back until the connection ends.
    async fn exchange(&self, request: &str) -> String {
        let both = async {
            let mut stream = TcpStream::connect(self.server.address()).await.expect("connected");
            let (mut read, mut write) = stream.split();
            let mut answer = Vec::new();
            // A server that has seen enough closes: both ends of it may fail
            let (_, _) = tokio::join!(write.write_all(request.as_bytes()), read.read_to_end(&mut answer));
            String::from_utf8_lossy(&answer).into_owned()
        };
        tokio::time::timeout(Duration::from_secs(60), both).await.expect("in time")
    }

    /// Asks as a user; gives the codes of the parts, or the fault's, and the envelope.
    async fn ask(&self, token: &str, user: &str, request: &str) -> (Vec<String>, Element) {
        let (_, body) = self.post(token, &envelope(&impersonating(user), request)).await;
        let document = Element::parse(body.as_bytes()).expect("XML");
        let mut codes = Vec::new();
        every(&document, "ResponseCode", &mut |code| codes.push(code.text.clone()));
        (codes, document)
    }
}

fn every<'a>(element: &'a Element, name: &str, see: &mut impl FnMut(&'a Element)) {
    if element.name == name {
        see(element);
    }
    element.children.iter().for_each(|child| every(child, name, see));
}

fn texts(element: &Element, name: &str) -> Vec<String> {
    let mut texts = Vec::new();
    every(element, name, &mut |found| texts.push(found.text.clone()));
    texts
}

fn ids(element: &Element, name: &str) -> Vec<String> {
    let mut ids = Vec::new();
    every(element, name, &mut |found| ids.push(found.attribute("Id").to_owned()));
    ids
}

const VERSION: &str = "<t:RequestServerVersion Version=\"Exchange2010_SP2\"/>";

fn sid(inner: &str) -> String {
    format!("<t:ExchangeImpersonation><t:ConnectingSID>{inner}</t:ConnectingSID></t:ExchangeImpersonation>")
}

fn impersonating(user: &str) -> String {
    VERSION.to_owned() + &sid(&format!("<t:PrimarySmtpAddress>{user}@example.com</t:PrimarySmtpAddress>"))
}

fn envelope(header: &str, request: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"{SOAP}\" xmlns:t=\"{TYPES}\" xmlns:m=\"{MESSAGES}\"><s:Header>{header}</s:Header><s:Body>{request}</s:Body></s:Envelope>"
    )
}

fn folder(name: &str) -> String {
    format!("<t:DistinguishedFolderId Id=\"{name}\"/>")
}

fn get_folder(named: &str) -> String {
    format!(
        "<m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:FolderIds>{named}</m:FolderIds></m:GetFolder>"
    )
}

fn find_item(rest: &str) -> String {
    format!(
        "<m:FindItem Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape>{rest}<m:ParentFolderIds>{}</m:ParentFolderIds></m:FindItem>",
        folder("inbox")
    )
}

fn get_item(id: &str) -> String {
    format!(
        "<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape><m:ItemIds><t:ItemId Id=\"{id}\"/></m:ItemIds></m:GetItem>"
    )
}

fn create_item(disposition: &str, inside: &str) -> String {
    format!(
        "<m:CreateItem MessageDisposition=\"{disposition}\"><m:Items><t:Message>{inside}</t:Message></m:Items></m:CreateItem>"
    )
}

const TO_BOB: &str = "<t:ToRecipients><t:Mailbox><t:EmailAddress>bob@example.com</t:EmailAddress></t:Mailbox></t:ToRecipients>";

#[tokio::test]
async fn prefixes_cdata_and_entities_are_understood_and_the_folder_s_id_names_the_mailbox() {
    let running = start();
    let document = format!(
        "<?xml version='1.0' encoding='utf-8'?>\n<Envelope xmlns='{SOAP}'><Header>\
         <x:RequestServerVersion xmlns:x='{TYPES}' Version='Exchange2007_SP1'/>\
         <y:ExchangeImpersonation xmlns:y='{TYPES}'><y:ConnectingSID><y:SmtpAddress>al&#105;ce<![CDATA[@EXAMPLE]]>.com</y:SmtpAddress>\
         </y:ConnectingSID></y:ExchangeImpersonation></Header><Body><GetFolder xmlns='{MESSAGES}' xmlns:q='{TYPES}'>\
         <FolderShape><q:BaseShape>IdOnly</q:BaseShape></FolderShape><FolderIds><q:DistinguishedFolderId Id='&#x69;nbox'/></FolderIds>\
         </GetFolder></Body></Envelope>"
    );
    let (status, body) = running.post(READ_ONLY, &document).await;
    assert_eq!(status, 200, "{body}");
    let document = Element::parse(body.as_bytes()).expect("XML");
    let organization = running.organization();
    let alice = organization.user("alice").expect("alice").id.to_string();
    assert_eq!(ids(&document, "FolderId"), [super::ids::id(&organization, &alice, "inbox")]);
    assert_eq!(texts(&document, "DisplayName"), Vec::<String>::new(), "only the id was asked for");
    let versions = document.child(SOAP, "Header").and_then(|h| h.child(TYPES, "ServerVersionInfo"));
    assert_eq!(versions.map(|version| version.attribute("Version")), Some("Exchange2010_SP2"));
}

#[tokio::test]
async fn each_gate_refuses_in_its_own_way() {
    let running = start();
    running.change(|organization| {
        let role = organization.roles[0].id.clone();
        organization.tokens.push(token_of("old", role, -1));
        organization.tokens.push(token_of("no-role", crate::id::RoleId::from_service("gone"), 600));
    });
    let inbox = get_folder(&folder("inbox"));
    let with = |header: &str| envelope(header, &inbox);
    let alias = VERSION.to_owned() + &sid("<t:SmtpAddress>a.moreau@example.com</t:SmtpAddress>");
    for (token, body, status, code) in [
        (READ_ONLY, with(&impersonating("alice")), 200, "NoError"),
        ("forged", with(&impersonating("alice")), 401, ""),
        ("old", with(&impersonating("alice")), 401, ""),
        ("no-role", with(&impersonating("alice")), 401, ""),
        ("forged", "<".into(), 401, ""),
        (READ_ONLY, with(&impersonating("ceo")), 500, "ErrorImpersonateUserDenied"),
        (READ_ONLY, with(&impersonating("carol")), 500, "ErrorImpersonateUserDenied"),
        (FULL_ACCESS, with(&impersonating("carol")), 200, "NoError"),
        (FULL_ACCESS, with(&impersonating("mallory")), 500, "ErrorNonExistentMailbox"),
        (FULL_ACCESS, with(&impersonating("nobody")), 500, "ErrorNonExistentMailbox"),
        (FULL_ACCESS, with(&impersonating("boardroom")), 500, "ErrorNonExistentMailbox"),
        (FULL_ACCESS, with(&alias), 500, "ErrorNonExistentMailbox"),
        (
            READ_ONLY,
            with(&impersonating("alice").replace("2010_SP2", "2013")),
            500,
            "ErrorInvalidServerVersion",
        ),
        (READ_ONLY, envelope(&impersonating("alice"), "<m:ExpandDL/>"), 500, "ErrorInvalidOperation"),
    ] {
        let (got, answer) = running.post(token, &body).await;
        assert_eq!(got, status, "{token} {body}: {answer}");
        assert!(answer.contains(code), "{token} {body}: {answer}");
    }
    running.change(|organization| {
        let mut office = organization.access_control_rules[0].clone();
        (office.name, office.effect) = ("office".into(), Effect::Deny);
        office.role_ids.push(organization.roles[0].id.clone());
        organization.access_control_rules.push(office);
    });
    assert_eq!(running.post(READ_ONLY, &with(&impersonating("alice"))).await, (403, String::new()));
    assert_eq!(running.post(FULL_ACCESS, &with(&impersonating("alice"))).await.0, 200);
}

#[tokio::test]
async fn exactly_one_mailbox_is_impersonated() {
    let running = start();
    let one = sid("<t:PrimarySmtpAddress>alice@example.com</t:PrimarySmtpAddress>");
    let two = one.repeat(2);
    let both = sid(
        "<t:PrimarySmtpAddress>alice@example.com</t:PrimarySmtpAddress><t:SmtpAddress>bob@example.com</t:SmtpAddress>",
    );
    for header in [
        "",
        &two,
        &both,
        &sid(""),
        &sid("<t:PrincipalName>alice@example.com</t:PrincipalName>"),
        &sid("<t:PrimarySmtpAddress> </t:PrimarySmtpAddress>"),
        &sid("<m:PrimarySmtpAddress>alice@example.com</m:PrimarySmtpAddress>"),
        "<t:ExchangeImpersonation/>",
    ] {
        let (status, body) = running.post(READ_ONLY, &envelope(header, &get_folder(&folder("inbox")))).await;
        assert!(
            status == 500 && body.contains("ErrorInvalidExchangeImpersonationHeaderData"),
            "{header}: {body}"
        );
    }
    let (status, _) = running.post(READ_ONLY, &envelope(&one, &get_folder(&folder("inbox")))).await;
    assert_eq!(status, 200, "a version may be missing");
}

#[tokio::test]
async fn what_is_not_understood_is_a_bad_request() {
    let running = start();
    let good = envelope(&impersonating("alice"), &get_folder(&folder("inbox")));
    let late_shape = get_folder("").replace("<m:FolderIds></m:FolderIds>", "");
    let late_shape = late_shape.replace("<m:GetFolder>", "<m:GetFolder><m:FolderIds/>");
    for (body, problem) in [
        (format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{good}"), "a document type"),
        ("{}".into(), "not one element"),
        (good.replace("</s:Envelope>", ""), "not a document"),
        ("<a/>".into(), "not a SOAP 1.1 envelope"),
        (good.replace(SOAP, "urn:soap-1.2"), "not a SOAP 1.1 envelope"),
        (good.replace("<s:Header>", "<s:Header/><s:Header>"), "at most one Header"),
        (good.replace("<s:Body>", "<s:Body><m:GetItem/>"), "one Body with one operation"),
        (envelope(&impersonating("alice"), &late_shape), "FolderShape is out of place in GetFolder"),
    ] {
        let (status, answer) = running.post(READ_ONLY, &body).await;
        assert!(status == 400 && answer.contains(problem), "{status} {answer}");
    }
}

#[tokio::test]
async fn a_body_has_a_limit_and_only_post_is_answered() {
    let running = start();
    let head = "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: localhost\r\n";
    let announced = format!("{head}Content-Length: {}\r\n\r\n", (176 << 20) + 1);
    let answer = running.exchange(&announced).await;
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("longer than 184549376 bytes"), "{answer}");
    let get = "GET /EWS/Exchange.asmx HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert!(running.exchange(get).await.starts_with("HTTP/1.1 405"));
    let other = get.replace("localhost", "evil.example");
    assert!(running.exchange(&other).await.starts_with("HTTP/1.1 421"), "the host is checked here too");
}

#[tokio::test]
async fn a_connection_outlives_a_refused_token() {
    let running = start();
    let body = envelope(&impersonating("alice"), &get_folder(&folder("inbox")));
    let request = |token: &str, connection: &str| {
        format!(
            "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nConnection: {connection}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let answer = running.exchange(&(request("forged", "keep-alive") + &request(READ_ONLY, "close"))).await;
    let (refused, opened) = answer.split_once("HTTP/1.1 200").expect("a second response");
    assert!(refused.starts_with("HTTP/1.1 401") && opened.contains("NoError"), "{answer}");
    let refused = refused.to_lowercase();
    assert!(
        refused.contains("www-authenticate: bearer") && !refused.contains("connection: close"),
        "{refused}"
    );
}

#[tokio::test]
async fn hostile_text_in_a_message_is_escaped() {
    let running = start();
    let hostile = "</t:Subject><t:IsRead>x</t:IsRead> & \"<![CDATA[\r\n\u{1b}[31m é";
    running.change(|organization| {
        for message in organization.messages.iter_mut() {
            (message.subject, message.body) = (hostile.into(), hostile.into());
            message.from = hostile.into();
        }
    });
    let shown = hostile.replace('\u{1b}', "\u{FFFD}");
    let (codes, found) = running.ask(READ_ONLY, "alice", &find_item("")).await;
    assert_eq!(
        (codes.as_slice(), texts(&found, "Subject")),
        (["NoError".to_owned()].as_slice(), vec![shown.clone(); 3])
    );
    let (_, item) = running.ask(READ_ONLY, "alice", &get_item(&ids(&found, "ItemId")[0])).await;
    // The first body is the envelope's
    assert_eq!((texts(&item, "Subject"), texts(&item, "Body").pop()), (vec![shown.clone()], Some(shown)));
    // And on the way in
    let request = create_item("SaveOnly", &format!("<t:Subject>{}</t:Subject>", escape("<a> & b\r")));
    running.ask(FULL_ACCESS, "alice", &request).await;
    assert_eq!(running.organization().messages.last().map(|m| m.subject.clone()), Some("<a> & b\r".into()));
}

#[tokio::test]
async fn pages_and_orders_are_followed_and_what_would_narrow_is_refused() {
    let running = start();
    let view = |offset: usize| {
        format!("<m:IndexedPageItemView MaxEntriesReturned='2' Offset='{offset}' BasePoint='Beginning'/>")
    };
    let (_, page) = running.ask(READ_ONLY, "alice", &find_item(&view(0))).await;
    assert_eq!(texts(&page, "Subject"), ["Lunch on Thursday?", "Figures <draft> & plan"]);
    let (_, page) = running.ask(READ_ONLY, "alice", &find_item(&view(2))).await;
    assert_eq!(texts(&page, "Subject"), ["Welcome to WorkMail"]);
    let order = "<m:SortOrder><t:FieldOrder Order='Ascending'><t:FieldURI FieldURI='item:Subject'/></t:FieldOrder></m:SortOrder>";
    let (_, page) = running.ask(READ_ONLY, "alice", &find_item(order)).await;
    assert_eq!(
        texts(&page, "Subject"),
        ["Figures <draft> & plan", "Lunch on Thursday?", "Welcome to WorkMail"]
    );
    let (codes, _) = running.ask(READ_ONLY, "alice", &find_item("<m:Restriction/>")).await;
    assert_eq!(codes, ["ErrorUnsupportedPathForQuery"]);
}

/// Every request that changes something, about a message and its attachment.
fn writes(item: &str, attachment: &str) -> Vec<String> {
    let file = "<t:FileAttachment><t:Name>a</t:Name><t:Content>YQ==</t:Content></t:FileAttachment>";
    let item_id = format!("<t:ItemId Id=\"{item}\"/>");
    let items = format!("<m:ItemIds>{item_id}</m:ItemIds>");
    vec![
        create_item("SaveOnly", "<t:Subject>New</t:Subject>"),
        create_item("SendAndSaveCopy", TO_BOB),
        create_item("SendOnly", TO_BOB),
        format!(
            "<m:UpdateItem MessageDisposition=\"SaveOnly\"><m:ItemChanges><t:ItemChange>{item_id}<t:Updates><t:SetItemField><t:FieldURI FieldURI=\"item:Subject\"/><t:Message><t:Subject>Updated</t:Subject></t:Message></t:SetItemField></t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>"
        ),
        format!(
            "<m:CreateAttachment><m:ParentItemId Id=\"{item}\"/><m:Attachments>{file}</m:Attachments></m:CreateAttachment>"
        ),
        format!(
            "<m:DeleteAttachment><m:AttachmentIds><t:AttachmentId Id=\"{attachment}\"/></m:AttachmentIds></m:DeleteAttachment>"
        ),
        format!("<m:SendItem SaveItemToFolder=\"true\">{items}</m:SendItem>"),
    ]
}

/// Requests after which the message has no longer this id.
fn ends(item: &str) -> Vec<String> {
    let items = format!("<m:ItemIds><t:ItemId Id=\"{item}\"/></m:ItemIds>");
    vec![
        format!("<m:MoveItem><m:ToFolderId>{}</m:ToFolderId>{items}</m:MoveItem>", folder("drafts")),
        format!("<m:DeleteItem DeleteType=\"MoveToDeletedItems\">{items}</m:DeleteItem>"),
        format!("<m:DeleteItem DeleteType=\"HardDelete\">{items}</m:DeleteItem>"),
    ]
}

/// The first message with an attachment in somebody's inbox, and the attachment.
fn one_of(organization: &Organization, user: &str) -> (String, String) {
    let owner = organization.user(user).expect("a user").id.as_str();
    let with_file = |m: &&crate::sandbox::model::Message| m.mailbox == owner && !m.attachments.is_empty();
    let message = organization.messages.iter().find(with_file).expect("a message");
    let id = |what: &str| super::ids::id(organization, owner, what);
    (id(&message.id), id(&format!("{}\0{}", message.id, message.attachments[0].id)))
}

#[tokio::test]
async fn a_read_only_role_changes_nothing_and_a_full_one_does() {
    let running = start();
    let (item, attachment) = one_of(&running.organization(), "alice");
    let before = running.organization();
    for request in writes(&item, &attachment).into_iter().chain(ends(&item)) {
        let (codes, _) = running.ask(READ_ONLY, "alice", &request).await;
        assert_eq!(codes, ["ErrorAccessDenied"], "{request}");
        assert_eq!(running.organization(), before, "{request}");
    }
    for request in writes(&item, &attachment) {
        let before = running.organization();
        let (codes, _) = running.ask(FULL_ACCESS, "alice", &request).await;
        assert_eq!(codes, ["NoError"], "{request}");
        assert_ne!(running.organization().messages, before.messages, "{request}");
    }
    for end in 0..3 {
        let (item, _) = one_of(&running.organization(), ["alice", "carol", "dave"][end]);
        let user = ["alice", "carol", "dave"][end];
        let request = &ends(&item)[end];
        assert_eq!(running.ask(FULL_ACCESS, user, request).await.0, ["NoError"], "{request}");
        assert_eq!(
            running.ask(FULL_ACCESS, user, &get_item(&item)).await.0,
            ["ErrorItemNotFound"],
            "{request}"
        );
    }
    let bob = running.organization().user("bob").expect("bob").id.to_string();
    let inbox = running.organization().messages.iter().filter(|m| m.mailbox == bob).count();
    assert_eq!(inbox, 3 + 2, "two messages were sent to bob, and one to alice");
    let before = running.organization();
    let mime = create_item("SaveOnly", "<t:MimeContent>YQ==</t:MimeContent><t:Subject>a</t:Subject>");
    for (request, code) in
        [(create_item("SendOnly", ""), "ErrorMissingRecipients"), (mime, "ErrorInvalidOperation")]
    {
        assert_eq!(running.ask(FULL_ACCESS, "alice", &request).await.0, [code]);
    }
    assert_eq!(running.organization(), before);
}

#[tokio::test]
async fn another_mailbox_opens_by_full_access_alone() {
    let running = start();
    // Heidi's is open to the group oncall, which carol is in; a circle of groups ends
    running.change(|organization| {
        let groups: Vec<_> = organization.groups.iter().map(|group| group.id.clone()).collect();
        let at = organization.groups.iter().position(|group| group.name == "oncall").expect("there");
        organization.groups[at].members.push(Member::Group(groups[2].clone()));
        organization.mailbox_permissions.push(MailboxPermission {
            mailbox: organization.resources[0].id.clone(),
            grantee: Member::Group(groups[2].clone()),
            values: vec![PermissionType::FullAccess],
        });
    });
    let named = |address: &str| {
        get_folder(&format!(
            "<t:DistinguishedFolderId Id=\"inbox\"><t:Mailbox><t:EmailAddress>{address}@example.com</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>"
        ))
    };
    for (user, mailbox, code) in [
        ("carol", "carol", "NoError"),
        ("carol", "heidi", "NoError"),
        ("alice", "heidi", "NoError"),
        ("frank", "heidi", "ErrorAccessDenied"),
        ("carol", "boardroom", "NoError"),
        ("frank", "boardroom", "ErrorAccessDenied"),
        ("judy", "erin", "ErrorAccessDenied"),
        ("grace", "ceo", "NoError"),
        ("grace", "nobody", "ErrorNonExistentMailbox"),
    ] {
        let (codes, _) = running.ask(FULL_ACCESS, user, &named(mailbox)).await;
        assert_eq!(codes, [code], "{user} opens {mailbox}");
    }
    let (item, attachment) = one_of(&running.organization(), "heidi");
    let get_attachment = format!(
        "<m:GetAttachment><m:AttachmentIds><t:AttachmentId Id=\"{attachment}\"/></m:AttachmentIds></m:GetAttachment>"
    );
    for request in [get_item(&item), get_attachment] {
        assert_eq!(running.ask(FULL_ACCESS, "carol", &request).await.0, ["NoError"]);
        assert_eq!(running.ask(FULL_ACCESS, "frank", &request).await.0, ["ErrorAccessDenied"]);
    }
    let unknown = [get_folder(&folder("publicfoldersroot")), get_item("DUMMY")];
    for (request, code) in unknown.iter().zip(["ErrorFolderNotFound", "ErrorInvalidIdMalformed"]) {
        assert_eq!(running.ask(FULL_ACCESS, "carol", request).await.0, [code]);
    }
}

#[tokio::test]
async fn a_large_attachment_comes_back_as_it_was() {
    let running = start();
    let content = encode(&b"streamed".repeat(5 << 17));
    let (item, _) = one_of(&running.organization(), "alice");
    let request = format!(
        "<m:CreateAttachment><m:ParentItemId Id=\"{item}\"/><m:Attachments><t:FileAttachment><t:Name>big</t:Name><t:Content>{}\n{}</t:Content></t:FileAttachment></m:Attachments></m:CreateAttachment>",
        &content[..76],
        &content[76..]
    );
    let (codes, made) = running.ask(FULL_ACCESS, "alice", &request).await;
    assert_eq!(codes, ["NoError"]);
    let attachment = &ids(&made, "AttachmentId")[0];
    let request = format!(
        "<m:GetAttachment><m:AttachmentIds><t:AttachmentId Id=\"{attachment}\"/></m:AttachmentIds></m:GetAttachment>"
    );
    let (_, got) = running.ask(READ_ONLY, "alice", &request).await;
    assert!(texts(&got, "Content") == [content], "the content is another");
    let state = std::fs::metadata(running.store.path()).expect("there").len();
    assert!(state < 100_000, "the state has {state} bytes");
    let message = "<m:DeleteAttachment><m:AttachmentIds><t:AttachmentId Id=\"ID\"/></m:AttachmentIds></m:DeleteAttachment>";
    let (codes, _) = running.ask(FULL_ACCESS, "alice", &message.replace("ID", attachment)).await;
    let (gone, _) = running.ask(FULL_ACCESS, "alice", &request).await;
    assert_eq!((codes[0].as_str(), gone[0].as_str()), ("NoError", "ErrorInvalidAttachmentId"));
    let broken = "<m:CreateAttachment><m:ParentItemId Id=\"ID\"/><m:Attachments><t:FileAttachment><t:Content>a&lt;b=</t:Content></t:FileAttachment></m:Attachments></m:CreateAttachment>";
    let (codes, _) = running.ask(FULL_ACCESS, "alice", &broken.replace("ID", &item)).await;
    assert_eq!(codes, ["ErrorInvalidOperation"]);
}

/// The request for the content of an attachment.
fn get_attachment(id: &str) -> String {
    format!(
        "<m:GetAttachment><m:AttachmentIds><t:AttachmentId Id=\"{id}\"/></m:AttachmentIds></m:GetAttachment>"
    )
}

#[tokio::test]
async fn content_that_is_made_is_streamed_with_its_length() {
    let running = start();
    running.change(|organization| {
        for message in &mut organization.messages {
            for attachment in &mut message.attachments {
                attachment.content = Content::Made(Made { bytes: 1_000_000, seed: 3 });
            }
        }
    });
    let (item, attachment) = one_of(&running.organization(), "alice");
    let (_, shown) = running.ask(READ_ONLY, "alice", &get_item(&item)).await;
    // Of the file, and of the message with it
    assert_eq!(texts(&shown, "Size")[0], "1000000");
    assert_eq!(texts(&shown, "HasAttachments"), ["true"]);
    let (_, got) = running.ask(READ_ONLY, "alice", &get_attachment(&attachment)).await;
    let content = decode(&texts(&got, "Content")[0]).expect("base64");
    assert_eq!((content.len(), &content[..24]), (1_000_000, &b"000000000000000300000000"[..]));
    let (codes, several) = running
        .ask(
            READ_ONLY,
            "alice",
            &get_attachment(&attachment)
                .replace("</m:A", &format!("<t:AttachmentId Id=\"{attachment}\"/></m:A")),
        )
        .await;
    assert_eq!((codes.len(), texts(&several, "Content")[1].len()), (2, 1_333_336));
}

#[tokio::test]
async fn a_file_that_was_taken_away_is_an_error_and_not_an_empty_attachment() {
    let running = start();
    running.change(|organization| {
        for message in &mut organization.messages {
            for attachment in &mut message.attachments {
                attachment.content = Content::Kept(Kept { kept_bytes: 3 });
            }
        }
    });
    let (_, attachment) = one_of(&running.organization(), "alice");
    let (codes, _) = running.ask(READ_ONLY, "alice", &get_attachment(&attachment)).await;
    assert_eq!(codes, ["ErrorCannotOpenFileAttachment"]);
}

#[tokio::test]
async fn mailboxes_may_follow_a_change_late() {
    let settings = Settings { propagation_seconds: 3600, ..Settings::new(System::REAL) };
    let late = start_with(settings, Faults::none());
    let inbox = get_folder(&folder("inbox"));
    assert_eq!(late.ask(READ_ONLY, "alice", &inbox).await.0, ["NoError"]);
    late.change(|organization| {
        organization.roles[0].rules.clear();
        organization.access_control_rules.clear();
        let mut new = organization.roles[1].clone();
        new.id = crate::id::RoleId::from_service("new");
        organization.tokens.push(token_of("new", new.id.clone(), 600));
        organization.roles.push(new);
    });
    assert_eq!(late.ask(READ_ONLY, "alice", &inbox).await.0, ["NoError"]);
    assert_eq!(late.ask("new", "alice", &inbox).await.0, ["ErrorImpersonateUserDenied"]);
    let at_once = Server::start_local(late.store.clone(), System::REAL).expect("started");
    let at_once = Running { server: at_once, store: late.store.clone(), _directory: late._directory };
    let body = envelope(&impersonating("alice"), &inbox);
    assert_eq!(at_once.post(READ_ONLY, &body).await.0, 403);
}

#[tokio::test]
async fn the_caller_s_address_can_be_pretended() {
    for (caller, status) in [(None, 200), (Some([203, 0, 113, 9].into()), 403)] {
        let running = start_with(Settings { caller, ..Settings::new(System::REAL) }, Faults::none());
        running.change(|o| o.access_control_rules[0].ip_ranges.push("127.0.0.0/8".into()));
        let body = envelope(&impersonating("alice"), &get_folder(&folder("inbox")));
        assert_eq!(running.post(READ_ONLY, &body).await.0, status, "{caller:?}");
    }
}

#[tokio::test]
async fn tokens_live_as_long_as_the_server_says() {
    let running = start_with(Settings { token_seconds: 7, ..Settings::new(System::REAL) }, Faults::none());
    let organization = running.organization();
    let body = serde_json::json!({"OrganizationId": organization.id, "ImpersonationRoleId": organization.roles[0].id});
    let body = body.to_string();
    let answer = running
        .exchange(&format!(
            "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: WorkMailService.AssumeImpersonationRole\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
        .await;
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(body["ExpiresIn"], 7);
    let token = body["Token"].as_str().expect("a token");
    assert_eq!(running.ask(token, "alice", &get_folder(&folder("inbox"))).await.0, ["NoError"]);
    let left = running.organization().tokens.last().expect("kept").expires.duration_since(Timestamp::now());
    assert!(left <= SignedDuration::from_secs(7), "{left:?}");
}

#[tokio::test]
async fn faults_are_for_ews_too_and_calls_are_counted() {
    let faults = Faults::none();
    faults.add("throttle:GetFolder:1".parse().expect("a fault"));
    faults.add("drop-before:FindItem".parse().expect("a fault"));
    let running = start_with(Settings::new(System::REAL), faults);
    let inbox = get_folder(&folder("inbox"));
    assert_eq!(running.ask(READ_ONLY, "alice", &inbox).await.0, ["ErrorServerBusy"]);
    assert_eq!(running.ask(READ_ONLY, "alice", &inbox).await.0, ["NoError"]);
    let request = envelope(&impersonating("alice"), &find_item(""));
    let head = format!(
        "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n",
        request.len()
    );
    assert_eq!(running.exchange(&(head + &request)).await, "");
    assert_eq!(running.server.calls().of("EWS GetFolder"), 2);
}

#[tokio::test]
async fn a_state_from_before_there_were_messages_has_empty_mailboxes() {
    let running = start();
    let text = std::fs::read_to_string(running.store.path()).expect("read");
    let mut state: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let before = state["organizations"][0].as_object_mut().expect("one").remove("messages");
    assert!(before.is_some(), "the demo has messages");
    std::fs::write(running.store.path(), state.to_string()).expect("written");
    let (codes, document) = running.ask(READ_ONLY, "alice", &get_folder(&folder("inbox"))).await;
    assert_eq!((codes, texts(&document, "TotalCount")), (vec!["NoError".into()], vec!["0".into()]));
}

#[tokio::test]
async fn names_are_resolved_and_ids_stay_as_they_are() {
    let running = start();
    let resolve = |entry: &str| {
        format!("<m:ResolveNames><m:UnresolvedEntry>{entry}</m:UnresolvedEntry></m:ResolveNames>")
    };
    for (entry, code, found) in [
        ("ALICE", "NoError", vec!["alice@example.com"]),
        ("oncall", "NoError", vec!["oncall@example.com"]),
        ("e", "NoError", vec!["erin@example.com"]),
        ("mallory", "ErrorNameResolutionNoResults", vec![]),
        ("", "ErrorNameResolutionNoResults", vec![]),
        ("d", "NoError", vec!["dave@example.com"]),
        ("ma", "NoError", vec!["ceo@example.com"]),
        ("g", "NoError", vec!["grace@example.com"]),
        ("jud", "NoError", vec!["judy@example.com"]),
        ("b", "ErrorNameResolutionMultipleResults", vec!["bob@example.com", "board@example.com"]),
    ] {
        let (codes, document) = running.ask(READ_ONLY, "alice", &resolve(entry)).await;
        assert_eq!(
            (codes.as_slice(), texts(&document, "EmailAddress")),
            ([code.to_owned()].as_slice(), found.iter().map(|s| (*s).to_owned()).collect()),
            "{entry}"
        );
    }
    let (item, _) = one_of(&running.organization(), "alice");
    let convert = |id: &str, format: &str| {
        format!(
            "<m:ConvertId DestinationFormat=\"{format}\"><m:SourceIds><t:AlternateId Format=\"EwsId\" Id=\"{id}\" Mailbox=\"alice@example.com\"/></m:SourceIds></m:ConvertId>"
        )
    };
    let (_, document) = running.ask(READ_ONLY, "alice", &convert(&item, "EwsId")).await;
    assert_eq!(ids(&document, "AlternateId"), [item.as_str()]);
    for (id, format, code) in [
        ("DUMMY", "EwsId", "ErrorInvalidIdMalformed"),
        (item.as_str(), "HexEntryId", "ErrorUnsupportedTypeForConversion"),
    ] {
        assert_eq!(running.ask(READ_ONLY, "alice", &convert(id, format)).await.0, [code]);
    }
}

#[tokio::test]
async fn what_changed_since_a_client_looked_last_is_told() {
    let running = start();
    let sync = |state: &str, most: usize| {
        format!(
            "<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:SyncFolderId>{}</m:SyncFolderId><m:SyncState>{state}</m:SyncState><m:MaxChangesReturned>{most}</m:MaxChangesReturned></m:SyncFolderItems>",
            folder("inbox")
        )
    };
    let count = |document: &Element| ["Create", "Update", "Delete"].map(|what| texts(document, what).len());
    let state = |document: &Element| texts(document, "SyncState").remove(0);
    let last = |document: &Element| texts(document, "IncludesLastItemInRange").remove(0);
    let (_, first) = running.ask(READ_ONLY, "alice", &sync("", 2)).await;
    assert_eq!((count(&first), last(&first).as_str()), ([2, 0, 0], "false"));
    let (_, rest) = running.ask(READ_ONLY, "alice", &sync(&state(&first), 2)).await;
    assert_eq!((count(&rest), last(&rest).as_str()), ([1, 0, 0], "true"));
    let mut all = [ids(&first, "ItemId"), ids(&rest, "ItemId")].concat();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 3);
    let (_, none) = running.ask(READ_ONLY, "alice", &sync(&state(&rest), 2)).await;
    assert_eq!((count(&none), last(&none).as_str()), ([0, 0, 0], "true"));
    running.change(|organization| {
        let alice = organization.user("alice").expect("alice").id.to_string();
        let at = organization.messages.iter().position(|message| message.mailbox == alice).expect("one");
        organization.messages.remove(at);
        organization.messages[at].change += 1;
    });
    let (_, changed) = running.ask(READ_ONLY, "alice", &sync(&state(&none), 512)).await;
    assert_eq!((count(&changed), last(&changed).as_str()), ([0, 1, 1], "true"));
    let (_, bit) = running.ask(READ_ONLY, "alice", &sync(&state(&none), 1)).await;
    assert_eq!((count(&bit), last(&bit).as_str()), ([0, 0, 1], "false"));
    let other = sync(&state(&none), 1).replace("inbox", "drafts");
    for (request, code) in [
        (other, "ErrorInvalidSyncStateData"),
        (sync("bm8=", 1), "ErrorInvalidSyncStateData"),
        (sync("", 0), "ErrorInvalidOperation"),
        (sync("", 513), "ErrorInvalidOperation"),
    ] {
        assert_eq!(running.ask(READ_ONLY, "alice", &request).await.0, [code], "{request}");
    }
    let folders = |state: &str| {
        format!(
            "<m:SyncFolderHierarchy><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape>{state}</m:SyncFolderHierarchy>"
        )
    };
    let (_, all) = running.ask(READ_ONLY, "alice", &folders("")).await;
    assert_eq!(texts(&all, "Create").len(), 9);
    let again = folders(&format!("<m:SyncState>{}</m:SyncState>", state(&all)));
    let (codes, none) = running.ask(READ_ONLY, "alice", &again).await;
    assert_eq!((codes[0].as_str(), texts(&none, "Create").len()), ("NoError", 0));
}

#[tokio::test]
async fn a_tree_of_folders_is_walked() {
    let running = start();
    let search = |traversal: &str, from: &str| {
        format!(
            "<m:FindFolder Traversal=\"{traversal}\"><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:ParentFolderIds>{}</m:ParentFolderIds></m:FindFolder>",
            folder(from)
        )
    };
    let (_, all) = running.ask(READ_ONLY, "alice", &search("Deep", "root")).await;
    assert_eq!((ids(&all, "FolderId").len(), texts(&all, "UnreadCount").len()), (10, 8));
    let (_, top) = running.ask(READ_ONLY, "alice", &search("Shallow", "root")).await;
    assert_eq!(texts(&top, "DisplayName"), ["Top of Information Store"]);
}

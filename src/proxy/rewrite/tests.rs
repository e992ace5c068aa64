use proptest::prelude::*;

use super::*;
use crate::xml::Element;

const ALICE: &str = "Alice@example.com";

fn rules() -> Rules {
    Rules { user: Some(ALICE.into()), ..Rules::default() }
}

/// A request with these headers and this operation, in the prefixes of most clients.
fn request(headers: &str, operation: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<s:Envelope xmlns:s=\"{SOAP}\" xmlns:t=\"{TYPES}\" \
         xmlns:m=\"{MESSAGES}\"><s:Header>{headers}</s:Header><s:Body>{operation}</s:Body></s:Envelope>"
    )
}

fn impersonating(sid: &str) -> String {
    format!("<t:ExchangeImpersonation><t:ConnectingSID>{sid}</t:ConnectingSID></t:ExchangeImpersonation>")
}

const GET_ITEM: &str = "<m:GetItem><m:ItemIds><t:ItemId Id=\"a\"/></m:ItemIds></m:GetItem>";

/// What is passed on of a request that arrives in pieces of this length.
fn passed(rules: &Rules, request: &[u8], length: usize) -> Result<String, Refusal> {
    let mut rewriter = Rewriter::new(rules);
    let mut out = Vec::new();
    for piece in request.chunks(length.max(1)) {
        rewriter.feed(piece)?;
        out.extend(rewriter.take());
    }
    rewriter.finish()?;
    Ok(String::from_utf8(out).expect("UTF-8"))
}

/// What is passed on, as the sandbox reads it, however it arrives.
fn read(rules: &Rules, request: &str) -> Element {
    let whole = passed(rules, request.as_bytes(), request.len()).expect(request);
    for length in [1, 3, 64] {
        assert_eq!(passed(rules, request.as_bytes(), length).as_ref(), Ok(&whole));
    }
    Element::parse(whole.as_bytes()).expect("well-formed")
}

fn refused(rules: &Rules, request: &str) -> Refusal {
    let whole = passed(rules, request.as_bytes(), request.len()).expect_err(request);
    for length in [1, 3, 64] {
        assert_eq!(passed(rules, request.as_bytes(), length).as_ref(), Err(&whole));
    }
    whole
}

fn problem(request: &str) -> String {
    match refused(&rules(), request) {
        Refusal::NotUnderstood(problem) => problem,
        refusal => panic!("{refusal:?} of {request}"),
    }
}

fn code(rules: &Rules, request: &str) -> &'static str {
    match refused(rules, request) {
        Refusal::Fault(code, _) => code,
        Refusal::Denied(..) => "ErrorAccessDenied",
        refusal => panic!("{refusal:?} of {request}"),
    }
}

/// The headers' names, and the user who is impersonated.
fn headers(envelope: &Element) -> (Vec<&str>, &str) {
    let header = envelope.child(SOAP, "Header").expect("a header");
    assert!(envelope.children.len() == 2 && envelope.children[1].children.len() == 1);
    let version = &header.children[0];
    assert!(version.is(TYPES, "RequestServerVersion") && version.attribute("Version") == "Exchange2010_SP2");
    let sid = header.child(TYPES, "ExchangeImpersonation").and_then(|it| it.child(TYPES, "ConnectingSID"));
    let [address] = sid.expect("a user").children.as_slice() else { panic!("not one address") };
    assert!(address.is(TYPES, "PrimarySmtpAddress"));
    (header.children.iter().map(|child| child.name.as_str()).collect(), &address.text)
}

#[test]
fn what_a_client_leaves_out_is_added_and_what_it_asks_for_stays() {
    for request in [
        request("", GET_ITEM),
        request("<t:RequestServerVersion Version=\"Exchange2016\"/>", GET_ITEM),
        request(&impersonating("<t:SmtpAddress> alice@EXAMPLE.com\n</t:SmtpAddress>"), GET_ITEM),
        request("", GET_ITEM).replace("<s:Header></s:Header>", ""),
        request("", GET_ITEM).replace("<s:Header></s:Header>", "<s:Header/>"),
        format!("\u{FEFF}{}", &request("", GET_ITEM)[39..]),
        request("", GET_ITEM)
            .replace("xmlns:s", "encoding=\"x\" xmlns:w")
            .replace("s:", "w:")
            .replace("xmlnw:", "xmlns:"),
    ] {
        let envelope = read(&rules(), &request);
        assert_eq!(headers(&envelope), (vec!["RequestServerVersion", "ExchangeImpersonation"], ALICE));
        let wanted = Element::parse(super::tests::request("", GET_ITEM).as_bytes()).expect("well-formed");
        assert_eq!(envelope.child(SOAP, "Body"), wanted.child(SOAP, "Body"));
    }
    let operation = Rules::default();
    let named =
        request(&impersonating("<t:PrimarySmtpAddress>bob@example.com</t:PrimarySmtpAddress>"), GET_ITEM);
    assert_eq!(headers(&read(&operation, &named)).1, "bob@example.com");
    assert_eq!(code(&operation, &request("", GET_ITEM)), "ErrorInvalidExchangeImpersonationHeaderData");
    // An operation without anything in it
    let zones = read(&rules(), &request("", "<m:GetServerTimeZones ReturnFullTimeZoneData=\"false\" />"));
    assert_eq!(zones.children[1].children[0].attribute("ReturnFullTimeZoneData"), "false");
}

#[test]
fn known_headers_pass_and_others_do_not() {
    let zone = "<t:TimeZoneContext><t:TimeZoneDefinition Id=\"a&amp;&#10;b\">c<![CDATA[<d>]]></t:TimeZoneDefinition>\
                </t:TimeZoneContext><t:MailboxCulture>en-US</t:MailboxCulture>";
    let envelope = read(&rules(), &request(zone, GET_ITEM));
    let (names, _) = headers(&envelope);
    assert_eq!(names[2..], ["TimeZoneContext", "MailboxCulture"]);
    let definition = &envelope.children[0].children[2].children[0];
    assert_eq!((definition.attribute("Id"), definition.text.as_str()), ("a&\nb", "c<d>"));
    for header in [
        "<t:SerializedSecurityContext/>",
        "<t:OpenAsAdminOrSystemService LogonType=\"Admin\"/>",
        "<t:ManagementRole/>",
        "<m:TimeZoneContext/>",
        "<TimeZoneContext/>",
        "<w:Security xmlns:w=\"urn:w\"/>",
        "<t:TimeZoneContext/><t:TimeZoneContext/>",
        "<t:RequestServerVersion Version=\"a\"/><t:RequestServerVersion Version=\"b\"/>",
        "<t:RequestServerVersion><t:ExchangeImpersonation/></t:RequestServerVersion>",
        "<t:MailboxCulture><t:ExchangeImpersonation/></t:MailboxCulture>",
        "<m:ExchangeImpersonation/>",
        "text",
    ] {
        problem(&request(header, GET_ITEM));
    }
}

/// Every way to say that it is somebody else, and that a header is not seen.
#[test]
fn a_user_other_than_the_one_of_the_command_line_is_refused_however_it_is_written() {
    let bob = "<t:PrimarySmtpAddress>bob@example.com</t:PrimarySmtpAddress>";
    for sid in [
        bob.to_owned(),
        bob.replace("PrimarySmtp", "Smtp"),
        bob.replace("bob", "b<!-- alice@example.com -->ob"),
        bob.replace("bob", "<![CDATA[bob]]>"),
        bob.replace("bob", "&#98;o&#x62;"),
        bob.replace("bob@example.com", "Alice@example.com<![CDATA[]]>, bob@example.com"),
        bob.replace("bob", "alice@example.com&#0000000000;bob"),
        bob.replace("t:", "x:").replace("Address>b", &format!("Address xmlns:x=\"{TYPES}\">b")),
        bob.replace("t:", "").replace("Address>b", &format!("Address xmlns=\"{TYPES}\">b")),
        bob.replace("t:", "x:").replace(
            "Address>b",
            &format!("Address xmlns:x=\"{}\">b", TYPES.replace("/types", "/&#116;ypes")),
        ),
    ] {
        let request = request(&impersonating(&sid), GET_ITEM);
        let refusal = refused(&rules(), &request);
        let is_denied = matches!(&refusal, Refusal::Fault("ErrorImpersonateUserDenied", _));
        let is_no_character =
            matches!(&refusal, Refusal::NotUnderstood(problem) if problem.contains("no character"));
        assert!(is_denied || is_no_character, "{refusal:?} of {request}");
    }
    let alice = bob.replace("bob", "alice");
    for sid in [
        format!("{alice}{bob}"),
        format!("{alice}<t:SmtpAddress>{ALICE}</t:SmtpAddress>"),
        format!("{alice}<t:SID>S-1</t:SID>"),
        "<t:SID>S-1</t:SID>".into(),
        "<t:PrincipalName>alice@example.com</t:PrincipalName>".into(),
        alice.replace("t:", "m:"),
        alice.replace("alice", "<t:b/>alice"),
        alice.replace("Address>a", "Address nil=\"true\">a"),
        alice.replace("alice", &"a".repeat(600)),
        format!("{alice}</t:ConnectingSID><t:ConnectingSID>{bob}"),
        String::new(),
    ] {
        let request = request(&impersonating(&sid), GET_ITEM);
        assert_eq!(code(&rules(), &request), "ErrorInvalidExchangeImpersonationHeaderData", "{request}");
    }
    let two = impersonating(&alice) + &impersonating(bob);
    assert!(problem(&request(&two, GET_ITEM)).contains("twice"));
    assert!(problem(&request(&format!("{}x", impersonating(&alice)), GET_ITEM)).contains("no text"));
    assert!(problem(&request(&impersonating(&format!("x{alice}")), GET_ITEM)).contains("no text"));
    // In a comment there is no header, and the user is the one of the command line
    let hidden = format!("<!-- {} -->", impersonating(bob));
    assert_eq!(headers(&read(&rules(), &request(&hidden, GET_ITEM))).1, ALICE);
}

#[test]
fn a_user_to_impersonate_stands_in_the_header_alone() {
    let bob = impersonating("<t:PrimarySmtpAddress>bob@example.com</t:PrimarySmtpAddress>");
    let whole = request("", GET_ITEM);
    for request in [
        request("", &GET_ITEM.replace("<m:ItemIds>", &format!("{bob}<m:ItemIds>"))),
        request("", &GET_ITEM.replace("</m:ItemIds>", &format!("</m:ItemIds>{bob}"))),
        request("", &format!("{bob}{GET_ITEM}")),
        request("", &format!("{GET_ITEM}{bob}")),
        whole.replace("</s:Body>", &format!("</s:Body><s:Header>{bob}</s:Header>")),
        whole.replace("</s:Header>", &format!("</s:Header><s:Header>{bob}</s:Header>")),
        whole.replace("<s:Header>", &format!("{bob}<s:Header>")),
        whole.replace("</s:Envelope>", &format!("</s:Envelope>{bob}")),
        format!("{whole}{whole}"),
        format!("{whole}x"),
        whole.replace("<s:Body>", "<s:Body></s:Body><s:Body>"),
        whole.replace("<s:Body>", "<s:Body>x"),
        request("", &format!("{GET_ITEM}{GET_ITEM}")),
        request("", ""),
        whole.replace(SOAP, "http://www.w3.org/2003/05/soap-envelope"),
        whole.replace("</s:Envelope>", ""),
        whole.replace("</s:Body>", "</s:Header>"),
        GET_ITEM.replace("<m:GetItem>", &format!("<m:GetItem xmlns:m=\"{MESSAGES}\" xmlns:t=\"{TYPES}\">")),
        request("", &GET_ITEM.replace("m:GetItem>", "t:GetItem>")),
        request("", &GET_ITEM.replace("t:ItemId", "u:ItemId")),
        request("", &GET_ITEM.replace("Id=", "u:Id=")),
        request("", &GET_ITEM.replace("<m:ItemIds>", "x<m:ItemIds>")),
        request("", &GET_ITEM.replace("<m:ItemIds>", "<m:ItemIds xmlns:t=\"\">")),
        request("", &GET_ITEM.replace("<m:ItemIds>", "<m:ItemIds xmlns:u=\"u: x\">")),
        request("", &format!("<m:GetItem>{}", "<t:a>".repeat(100))),
        String::new(),
        "{}".into(),
    ] {
        problem(&request);
    }
}

#[test]
fn the_operation_begins_within_64_kib() {
    let padded =
        |padding: &str| request(&format!("<t:MailboxCulture>{padding}</t:MailboxCulture>"), GET_ITEM);
    read(&rules(), &padded(&"x".repeat(60 << 10)));
    let bob = impersonating("<t:PrimarySmtpAddress>bob@example.com</t:PrimarySmtpAddress>");
    for request in [
        padded(&"x".repeat(65 << 10)),
        request(&format!("<!--{}-->{bob}", "x".repeat(65 << 10)), GET_ITEM),
        request("", &format!("<!--{}-->{GET_ITEM}", "x".repeat(65 << 10))),
        request("", &GET_ITEM.replace("<m:ItemIds>", &format!("{}<m:ItemIds>", " ".repeat(65 << 10)))),
        " ".repeat(70 << 10),
    ] {
        let refusal = passed(&rules(), request.as_bytes(), 4096).expect_err("too long");
        assert_eq!(refusal, too_long());
    }
    // What follows has no limit, and is not kept
    let rules = rules();
    let mut rewriter = Rewriter::new(&rules);
    let whole = request("", "<m:CreateItem><m:Items><t:Content></t:Content></m:Items></m:CreateItem>");
    let (before, after) = whole.split_once("</t:Content>").expect("two parts");
    rewriter.feed(before.as_bytes()).expect("read");
    let (piece, mut most) = ("QUJD".repeat(4096), 0);
    for _ in 0..1000 {
        rewriter.feed(piece.as_bytes()).expect("read");
        most = most.max(rewriter.waiting());
        drop(rewriter.take());
    }
    rewriter.feed(format!("</t:Content>{after}").as_bytes()).expect("read");
    assert!(rewriter.finish().is_ok() && most < 2 * piece.len(), "{most}");
}

#[test]
fn a_mailbox_in_a_folder_id_is_the_user_s_own() {
    let folder = |mailbox: &str| {
        request(
            "",
            &format!(
                "<m:GetFolder><m:FolderIds><t:DistinguishedFolderId Id=\"inbox\">{mailbox}\
                 </t:DistinguishedFolderId></m:FolderIds></m:GetFolder>"
            ),
        )
    };
    let mailbox =
        |address: &str| format!("<t:Mailbox><t:EmailAddress>{address}</t:EmailAddress></t:Mailbox>");
    for own in [
        String::new(),
        mailbox("alice@example.com"),
        mailbox(" ali<!-- x -->ce&#64;<![CDATA[example]]>.com "),
        "<t:Mailbox><t:Name>Bob</t:Name><t:EmailAddress>alice@example.com</t:EmailAddress>\
         <t:RoutingType>smtp</t:RoutingType></t:Mailbox>"
            .into(),
    ] {
        read(&rules(), &folder(&own));
    }
    for other in [
        mailbox("bob@example.com"),
        mailbox("&#98;ob@example.com"),
        mailbox("<![CDATA[bob]]>@example.com"),
        mailbox("bob<!-- alice -->@example.com"),
        mailbox(""),
        "<t:Mailbox/>".into(),
        "<t:Mailbox><t:Name>alice@example.com</t:Name></t:Mailbox>".into(),
        "<x:Mailbox xmlns:x=\"http://schemas.microsoft.com/exchange/services/2006/types\"><x:EmailAddress>bob@example.com\
         </x:EmailAddress></x:Mailbox>"
            .into(),
        "<t:Mailbox><t:EmailAddress>alice@example.com</t:EmailAddress><t:EmailAddress>bob@example.com</t:EmailAddress>\
         </t:Mailbox>"
            .into(),
        "<t:Mailbox><t:EmailAddress>alice@example.com</t:EmailAddress><t:RoutingType>EX</t:RoutingType></t:Mailbox>"
            .into(),
        format!("{}{}", mailbox("alice@example.com"), mailbox("bob@example.com")),
    ] {
        assert_eq!(code(&rules(), &folder(&other)), "ErrorAccessDenied", "{other}");
    }
    for odd in [
        "<t:Mailbox><t:EmailAddress>alice@example.com<t:b/></t:EmailAddress></t:Mailbox>",
        "<t:Mailbox><t:ItemId Id=\"a\"/><t:EmailAddress>alice@example.com</t:EmailAddress></t:Mailbox>",
    ] {
        problem(&folder(odd));
    }
    assert!(problem(&folder(&mailbox(&"x".repeat(600)))).contains("too long"));
    // Without --as it is the user whom the request is for
    let for_bob = folder(&mailbox("bob@example.com")).replace(
        "<s:Header>",
        &format!("<s:Header>{}", impersonating("<t:SmtpAddress>bob@example.com</t:SmtpAddress>")),
    );
    read(&Rules::default(), &for_bob);
    assert_eq!(
        code(&Rules::default(), &for_bob.replace("<t:EmailAddress>bob", "<t:EmailAddress>eve")),
        "ErrorAccessDenied"
    );
}

#[test]
fn every_kind_of_folder_id_is_looked_at_and_recipients_are_not() {
    let bob = "<t:Mailbox><t:EmailAddress>bob@example.com</t:EmailAddress></t:Mailbox>";
    let id = format!("<t:DistinguishedFolderId Id=\"inbox\">{bob}</t:DistinguishedFolderId>");
    for operation in [
        format!("<m:FindItem><m:ParentFolderIds>{id}</m:ParentFolderIds></m:FindItem>"),
        format!("<m:CreateItem><m:SavedItemFolderId>{id}</m:SavedItemFolderId><m:Items/></m:CreateItem>"),
        format!("<m:MoveItem><m:ToFolderId>{id}</m:ToFolderId></m:MoveItem>"),
        format!("<m:SyncFolderItems><m:SyncFolderId>{id}</m:SyncFolderId></m:SyncFolderItems>"),
        format!(
            "<m:GetUserConfiguration><m:UserConfigurationName Name=\"a\">{id}</m:UserConfigurationName></m:GetUserConfiguration>"
        ),
        format!(
            "<m:UpdateFolder><m:FolderChanges><t:FolderChange>{id}</t:FolderChange></m:FolderChanges></m:UpdateFolder>"
        ),
        format!("<m:GetDelegate>{bob}</m:GetDelegate>"),
        "<m:GetInboxRules><m:MailboxSmtpAddress>bob@example.com</m:MailboxSmtpAddress></m:GetInboxRules>"
            .into(),
        "<m:GetUserOofSettingsRequest><t:Mailbox><t:Address>bob@example.com</t:Address></t:Mailbox>\
         </m:GetUserOofSettingsRequest>"
            .into(),
    ] {
        assert_eq!(code(&rules(), &request("", &operation)), "ErrorAccessDenied", "{operation}");
        read(&rules(), &request("", &operation.replace("bob@", "alice@")));
    }
    for operation in [
        format!(
            "<m:CreateItem><m:SavedItemFolderId><t:DistinguishedFolderId Id=\"drafts\"/></m:SavedItemFolderId><m:Items>\
            <t:Message><t:ToRecipients>{bob}</t:ToRecipients></t:Message></m:Items></m:CreateItem>"
        ),
        format!("<m:ExpandDL>{}</m:ExpandDL>", bob.replace("t:Mailbox", "m:Mailbox")),
        "<m:ResolveNames><m:UnresolvedEntry>bob</m:UnresolvedEntry></m:ResolveNames>".into(),
    ] {
        read(&rules(), &request("", &operation));
    }
}

#[test]
fn what_leaves_something_behind_is_refused_wherever_it_stands() {
    let push = "<m:Subscribe><m:PushSubscriptionRequest><t:URL>http://evil.example</t:URL></m:PushSubscriptionRequest></m:Subscribe>";
    let pull = "<m:Subscribe><m:PullSubscriptionRequest><t:Timeout>1</t:Timeout></m:PullSubscriptionRequest></m:Subscribe>";
    let second = pull.replace("</m:Subscribe>", &push["<m:Subscribe>".len()..]);
    let folder =
        "<m:CreateFolder><m:Folders><t:Folder><t:PermissionSet/></t:Folder></m:Folders></m:CreateFolder>";
    for operation in ["<m:UpdateInboxRules/>", "<m:AddDelegate/>", push, &second, folder] {
        assert_eq!(code(&rules(), &request("", operation)), "ErrorAccessDenied", "{operation}");
    }
    read(&rules(), &request("", pull));
    let allowed =
        ["UpdateInboxRules", "AddDelegate", "Subscribe", "CreateFolder"].map(str::to_owned).to_vec();
    let allowing = Rules { allowed, ..rules() };
    for operation in ["<m:UpdateInboxRules/>", push, &second, folder] {
        read(&allowing, &request("", operation));
    }
    let read_only = Rules { read_only: true, ..rules() };
    for operation in ["<m:CreateItem/>", "<m:UpdateInboxRules/>", push, "<m:DeleteItem/>"] {
        assert_eq!(code(&read_only, &request("", operation)), "ErrorAccessDenied", "{operation}");
    }
    read(&read_only, &request("", GET_ITEM));
    assert_eq!(code(&rules(), &request("", "<m:InstallApp/>")), "ErrorInvalidOperation");
}

#[test]
fn the_log_knows_the_operation_and_the_user_also_of_a_refusal() {
    let rules = Rules::default();
    let mut rewriter = Rewriter::new(&rules);
    let bob = impersonating("<t:SmtpAddress>bob@example.com</t:SmtpAddress>");
    rewriter.feed(request(&bob, "<m:UpdateInboxRules/>").as_bytes()).expect_err("refused");
    assert_eq!((rewriter.operation(), rewriter.user()), ("UpdateInboxRules", Some("bob@example.com")));
}

/// Parts of requests, of clients and of attackers.
const PARTS: [&str; 34] = [
    "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' xmlns:t='http://schemas.microsoft.com/exchange/services/2006/types' xmlns:m='http://schemas.microsoft.com/exchange/services/2006/messages'>",
    "</s:Envelope>",
    "<s:Header>",
    "</s:Header>",
    "<s:Header/>",
    "<s:Body>",
    "</s:Body>",
    "<t:ExchangeImpersonation>",
    "</t:ExchangeImpersonation>",
    "<t:ConnectingSID>",
    "</t:ConnectingSID>",
    "<t:PrimarySmtpAddress>",
    "</t:PrimarySmtpAddress>",
    "alice@example.com",
    "bob@example.com",
    "<t:RequestServerVersion Version='Exchange2013'/>",
    "<t:TimeZoneContext/>",
    "<m:GetFolder>",
    "</m:GetFolder>",
    "<m:CreateItem/>",
    "<m:UpdateInboxRules/>",
    "<m:FolderIds>",
    "</m:FolderIds>",
    "<t:DistinguishedFolderId Id='inbox'>",
    "</t:DistinguishedFolderId>",
    "<t:Mailbox><t:EmailAddress>",
    "</t:EmailAddress></t:Mailbox>",
    "<x:a xmlns:x='http://schemas.microsoft.com/exchange/services/2006/types'>",
    "</x:a>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "&#98;",
];

/// The order in which they make a request.
const WHOLE: [usize; 26] =
    [0, 2, 7, 9, 11, 13, 12, 10, 8, 3, 5, 17, 21, 23, 25, 13, 26, 24, 23, 24, 22, 18, 6, 1, 27, 28];

/// How often an element of this name is in a tree.
fn count(element: &Element, name: &str) -> usize {
    usize::from(element.name == name) + element.children.iter().map(|child| count(child, name)).sum::<usize>()
}

/// The addresses of mailboxes in folder ids.
fn owners(element: &Element, within: bool, found: &mut Vec<String>) {
    let within = within || element.name.contains("FolderId");
    for child in &element.children {
        if within && child.name == "EmailAddress" {
            found.push(child.text.trim().to_ascii_lowercase());
        }
        owners(child, within, found);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// Whatever is sent: what passes is one envelope for alice, with what she may do, however it arrives.
    #[test]
    fn whatever_passes_is_one_request_of_the_user(
        changes in proptest::collection::vec((0..WHOLE.len(), 0..PARTS.len(), 0..3_u8), 0..4),
        length in 1_usize..40,
        read_only: bool,
    ) {
        let mut parts = WHOLE[..24].to_vec();
        for (at, part, how) in changes {
            let at = at.min(parts.len().saturating_sub(1));
            match how {
                0 => parts.insert(at, part),
                1 => drop(parts.remove(at)),
                _ => parts[at] = part,
            }
        }
        let request: String = parts.into_iter().map(|at| PARTS[at]).collect();
        let rules = Rules { read_only, ..rules() };
        let whole = passed(&rules, request.as_bytes(), request.len());
        prop_assert_eq!(&passed(&rules, request.as_bytes(), length), &whole);
        if let Ok(passed) = whole {
            let envelope = Element::parse(passed.as_bytes()).expect("well-formed");
            prop_assert_eq!(headers(&envelope).1, ALICE);
            prop_assert_eq!(count(&envelope, "ExchangeImpersonation"), 1);
            let operation = envelope.children[1].children[0].name.as_str();
            prop_assert!(operation == "GetFolder" || (operation == "CreateItem" && !read_only));
            prop_assert!(!passed.contains("<!") && !passed.contains("]]>"), "{}", passed);
            let mut found = Vec::new();
            owners(&envelope, false, &mut found);
            prop_assert!(found.iter().all(|owner| owner == "alice@example.com"), "{}", passed);
        }
    }

    /// Attributes and text come out as they went in.
    #[test]
    fn text_and_attributes_mean_the_same_afterwards(text: Vec<char>, cdata: bool) {
        let text: String = text.into_iter().filter(|c| *c == '\t' || *c == '\n' || (*c >= ' ' && !"\u{FFFE}\u{FFFF}".contains(*c))).collect();
        let inside = match cdata {
            true => format!("<![CDATA[{}]]>", text.replace("]]>", "")),
            false => escape(&text),
        };
        let id = escape(&text).replace('\n', "&#10;").replace('\t', "&#9;");
        let operation = format!("<m:GetItem><m:ItemIds><t:ItemId Id=\"{id}\">{inside}</t:ItemId></m:ItemIds></m:GetItem>");
        let passed = passed(&rules(), request("", &operation).as_bytes(), 7).expect("passes");
        let envelope = Element::parse(passed.as_bytes()).expect("well-formed");
        let item = &envelope.children[1].children[0].children[0].children[0];
        prop_assert_eq!(item.attribute("Id"), text.as_str());
        prop_assert_eq!(&item.text, &if cdata { text.replace("]]>", "") } else { text });
    }
}

//! The whole way, over real sockets: every way in, what EWS gets, and what a client gets of it.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hyper::header::HeaderMap;
use serde_json::json;
use uuid::Uuid;

mod renewal;

use super::*;
use crate::ews::client::{EwsClient, EwsLimits};
use crate::id::RoleId;
use crate::testing::mock_service::{MockResponse, MockService, ORGANIZATION};

/// A request with this header meets an error of the program.
pub(super) fn may_panic(headers: &HeaderMap) {
    assert!(!headers.contains_key("x-panic"), "as the test asked for");
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: 4\r\n\r\n<a/>";

const REQUEST: &str = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" \
    xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\" \
    xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\"><s:Body><m:CreateItem><m:Items>\
    <t:Content>text</t:Content></m:Items></m:CreateItem></s:Body></s:Envelope>";

/// EWS by a script: it gets the nth request, and gives what is written.
type Script = dyn Fn(usize) -> String + Send + Sync;

/// A proxy between a test and a scripted EWS.
struct Proxied {
    server: Server,
    here: SocketAddr,
    password: String,
    /// What EWS got: whole requests, and parts of those that did not end.
    received: Arc<Mutex<Vec<String>>>,
    lines: Arc<Mutex<Vec<String>>>,
    warnings: Arc<Mutex<Vec<String>>>,
    over: tokio::sync::watch::Receiver<Option<Over>>,
    service: MockService,
}

impl Proxied {
    async fn start(script: impl Fn(usize) -> String + Send + Sync + 'static) -> Self {
        Self::with(Limits::default(), 900, script).await
    }

    async fn with(
        limits: Limits,
        seconds: u32,
        script: impl Fn(usize) -> String + Send + Sync + 'static,
    ) -> Self {
        let service = MockService::start(move |request| match request.operation.as_str() {
            "GetImpersonationRole" => MockResponse::error("AccessDeniedException", "no"),
            _ => MockResponse::ok(
                json!({"Token": format!("s3cr3t-{}", request.nth + 1), "ExpiresIn": seconds}),
            ),
        })
        .await;
        Self::on(service, limits, seconds, script).await
    }

    async fn on(
        service: MockService,
        limits: Limits,
        seconds: u32,
        script: impl Fn(usize) -> String + Send + Sync + 'static,
    ) -> Self {
        let received = Arc::default();
        let ews = ews(Arc::clone(&received), Arc::new(script));
        Self::before(&ews, received, service, limits, seconds).await
    }

    /// Before EWS at this address.
    async fn before(
        ews: &str,
        received: Arc<Mutex<Vec<String>>>,
        service: MockService,
        limits: Limits,
        seconds: u32,
    ) -> Self {
        let [lines, warnings]: [Arc<Mutex<Vec<String>>>; 2] = Default::default();
        let (line, warning) = (Arc::clone(&lines), Arc::clone(&warnings));
        let log = Log::new(
            move |text| line.lock().expect("no panic").push(text.to_owned()),
            move |text| warning.lock().expect("no panic").push(text.to_owned()),
        );
        let writer = service.writer().await;
        let token = crate::workmail::Token::from_service("s3cr3t-0".into(), seconds.into()).expect("a token");
        let password = Password::new(Uuid::new_v4());
        let shown = password.expose().to_owned();
        let role = RoleId::parse("30000001-0000-4000-8000-000000000001").expect("an id");
        let tokens = Tokens::begin(writer, role, None, token, jiff::Timestamp::now, log.clone()).await;
        let tokens = tokens.expect("the role goes on");
        let over = tokens.over();
        let settings = Settings {
            ews: EwsClient::new(ews, EwsLimits::default()).expect("a client"),
            tokens,
            rules: Rules { user: Some("alice@example.com".into()), ..Rules::default() },
            password,
            limits,
            log,
        };
        let listener = Server::listen(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
        let here = listener.local_addr().expect("an address");
        let server = Server::start(listener, settings).expect("a server");
        assert_eq!(server.url(), format!("http://{here}/EWS/Exchange.asmx"));
        Self { server, here, password: shown, received, lines, warnings, over, service }
    }

    fn received(&self) -> Vec<String> {
        self.received.lock().expect("no panic").clone()
    }

    /// How often the role was assumed.
    fn assumed(&self) -> usize {
        self.service.operations().iter().filter(|operation| *operation == "AssumeImpersonationRole").count()
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.here).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a limit");
        stream
    }

    /// Sends bytes, and reads until the connection ends.
    fn talk(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect();
        // Whoever is refused early may not read all
        let _ = stream.write_all(bytes.as_ref());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The head of a request with the password, which ends the connection.
    fn head(&self, more: &str) -> String {
        let (here, password) = (self.here, &self.password);
        format!(
            "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: {here}\r\nAuthorization: Bearer {password}\r\n\
             Content-Type: text/xml; charset=utf-8\r\nConnection: close\r\n{more}\r\n"
        )
    }

    fn post(&self, more: &str, body: &str) -> String {
        let length = format!("Content-Length: {}\r\n", body.len());
        self.talk(self.head(&(length + more)) + body)
    }
}

/// Serves EWS, and gives its address.
fn ews(received: Arc<Mutex<Vec<String>>>, script: Arc<Script>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/EWS/Exchange.asmx", listener.local_addr().expect("an address"));
    let count = Arc::new(AtomicUsize::new(0));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let (received, script, count) = (Arc::clone(&received), Arc::clone(&script), Arc::clone(&count));
            std::thread::spawn(move || {
                loop {
                    let (request, whole) = read_request(&mut stream);
                    if request.is_empty() {
                        return;
                    }
                    received.lock().expect("no panic").push(request);
                    if !whole {
                        return;
                    }
                    let answer = script(count.fetch_add(1, Ordering::SeqCst));
                    let _ = stream.write_all(answer.as_bytes());
                }
            });
        }
    });
    url
}

/// A request, and whether it came to its end.
fn read_request(stream: &mut TcpStream) -> (String, bool) {
    let (mut got, mut buffer) = (Vec::new(), [0; 8192]);
    loop {
        let text = String::from_utf8_lossy(&got);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let whole = match length.and_then(|length| length.parse::<usize>().ok()) {
                Some(length) => body.len() >= length,
                None => body.ends_with("\r\n0\r\n\r\n"),
            };
            if whole {
                return (text.into_owned(), true);
            }
        }
        match stream.read(&mut buffer) {
            Ok(read @ 1..) => got.extend_from_slice(&buffer[..read]),
            _ => return (String::from_utf8_lossy(&got).into_owned(), false),
        }
    }
}

fn status(answer: &str) -> u16 {
    answer.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0)
}

/// Waits until something is so.
fn until(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it never came");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn quick() -> Limits {
    let moment = Duration::from_millis(300);
    Limits { connections: 2, head: moment, client: moment, ews: moment }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_password_comes_nowhere() {
    let proxied = Proxied::start(|_| OK.into()).await;
    let (here, password) = (proxied.here, &proxied.password);
    let encode = |text: &str| aws_smithy_types::base64::encode(text);
    let with = |authorization: &str| {
        let length = REQUEST.len();
        proxied.talk(format!(
            "POST /ews/exchange.ASMX HTTP/1.1\r\nHost: localhost:{}\r\n{authorization}Content-Type: text/xml\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{REQUEST}",
            here.port()
        ))
    };
    for right in [
        format!("Authorization: Bearer {password}\r\n"),
        format!("authorization: bearer {password}\r\n"),
        format!("Authorization: Basic {}\r\n", encode(&format!("any user:{password}"))),
        format!("Authorization: BASIC {}\r\n", encode(&format!(":{password}"))),
    ] {
        assert_eq!(status(&with(&right)), 200, "{right}");
    }
    let before = proxied.received().len();
    for wrong in [
        String::new(),
        "Authorization: Bearer\r\n".into(),
        "Authorization: Bearer wrong\r\n".into(),
        format!("Authorization: Bearer {password}x\r\n"),
        format!("Authorization: Bearer {}\r\n", &password[1..]),
        format!("Authorization: Bearer {}\r\n", encode(&format!("a:{password}"))),
        format!("Authorization: {password}\r\n"),
        format!("Authorization: Negotiate {password}\r\n"),
        format!("Authorization: Basic {password}\r\n"),
        format!("Authorization: Basic {}\r\n", encode(password)),
        format!("Authorization: Basic {}\r\n", encode("a:")),
        format!("Authorization: Basic {}\r\n", encode(&format!("{password}:a"))),
        "Authorization: Basic ====\r\n".into(),
        format!("Authorization: Bearer {password}\r\nAuthorization: Bearer wrong\r\n"),
        format!("Proxy-Authorization: Bearer {password}\r\n"),
        format!("Cookie: {password}\r\n"),
    ] {
        let answer = with(&wrong);
        assert_eq!(status(&answer), 401, "{wrong}{answer}");
        assert!(answer.to_ascii_lowercase().contains("www-authenticate: basic realm=\"ews\""), "{answer}");
        assert!(!answer.contains(password.as_str()));
    }
    assert_eq!(proxied.received().len(), before);
    // A client that tries without it first goes on, on the same connection
    let mut stream = proxied.connect();
    let head = format!("POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: {here}\r\nContent-Type: text/xml\r\n");
    let body = format!("Content-Length: {}\r\n\r\n{REQUEST}", REQUEST.len());
    stream.write_all(format!("{head}{body}").as_bytes()).expect("sent");
    let mut answer = [0; 16];
    stream.read_exact(&mut answer).expect("an answer");
    assert_eq!(status(&String::from_utf8_lossy(&answer)), 401);
    stream
        .write_all(
            format!("{head}Authorization: Bearer {password}\r\nConnection: close\r\n{body}").as_bytes(),
        )
        .expect("sent");
    let mut rest = String::new();
    stream.read_to_string(&mut rest).expect("an answer");
    assert!(
        rest.contains("HTTP/1.1 200 OK") && !rest.to_ascii_lowercase().contains("connection: close\r\nhttp")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_meant_for_it_comes_in() {
    let proxied = Proxied::start(|_| OK.into()).await;
    let (here, port) = (proxied.here, proxied.here.port());
    let right = proxied.head(&format!("Content-Length: {}\r\n", REQUEST.len()));
    assert_eq!(status(&proxied.talk(format!("{right}{REQUEST}"))), 200);
    let host = format!("Host: {here}\r\n");
    for (from, to, wanted) in [
        (host.as_str(), String::new(), 421),
        (&host, format!("Host: evil.example:{port}\r\n"), 421),
        (&host, "Host: 127.0.0.1\r\n".into(), 421),
        (&host, format!("Host: 127.0.0.1:{}\r\n", port ^ 1), 421),
        (&host, format!("Host: 127.0.0.1.evil.example:{port}\r\n"), 421),
        (&host, format!("Host: evil.example@127.0.0.1:{port}\r\n"), 421),
        (&host, format!("Host: 10.0.0.1:{port}\r\n"), 421),
        (&host, format!("{host}Host: evil.example:{port}\r\n"), 421),
        ("POST /EWS", format!("POST http://evil.example:{port}/EWS"), 421),
        (&host, format!("{host}Origin: http://evil.example\r\n"), 403),
        (&host, format!("{host}Origin: null\r\n"), 403),
        ("/EWS/Exchange.asmx", "/".into(), 404),
        ("/EWS/Exchange.asmx", "/EWS/Exchange.asmx/".into(), 404),
        ("/EWS/Exchange.asmx", "//EWS/Exchange.asmx".into(), 404),
        ("/EWS/Exchange.asmx", "/EWS/%45xchange.asmx".into(), 404),
        ("/EWS/Exchange.asmx", "/x/../EWS/Exchange.asmx".into(), 404),
        ("/EWS/Exchange.asmx", "/EWS/Exchange.asmx?a=b".into(), 404),
        ("/EWS/Exchange.asmx", "/EWS/Services.wsdl".into(), 404),
        ("/EWS/Exchange.asmx", "*".into(), 404),
        ("POST", "GET".into(), 405),
        ("POST", "PUT".into(), 405),
        ("POST", "OPTIONS".into(), 405),
        ("POST", "TRACE".into(), 405),
        ("POST", "PROPFIND".into(), 405),
        ("POST /EWS/Exchange.asmx", format!("CONNECT {here}"), 404),
        ("HTTP/1.1", "HTTP/1.0".into(), 505),
        ("HTTP/1.1", "HTTP/2.0".into(), 400),
        (&host, format!("{host}Upgrade: h2c\r\n"), 505),
        ("text/xml; charset=utf-8", "text/xml; charset=utf-16".into(), 415),
        ("text/xml; charset=utf-8", "text/xml; charset=iso-8859-1".into(), 415),
        ("text/xml; charset=utf-8", "text/xml; charset=utf-8; charset=utf-7".into(), 415),
        ("text/xml; charset=utf-8", "application/json".into(), 415),
        ("text/xml; charset=utf-8", "multipart/related; type=\"text/xml\"".into(), 415),
        ("Content-Type: text/xml; charset=utf-8\r\n", String::new(), 415),
        (&host, format!("{host}Content-Type: text/plain\r\n"), 415),
        (&host, format!("{host}Content-Encoding: gzip\r\n"), 415),
        (&host, format!("{host}Content-Encoding: identity, gzip\r\n"), 415),
    ] {
        let answer = proxied.talk(format!("{}{REQUEST}", right.replacen(from, &to, 1)));
        assert_eq!(status(&answer), wanted, "{to}{answer}");
    }
    assert_eq!(proxied.received().len(), 1);
    for kind in
        ["text/xml", "TEXT/XML;Charset=\"UTF-8\"", "application/soap+xml; charset=utf-8; action=\"x\""]
    {
        let right = right.replace("text/xml; charset=utf-8", kind);
        assert_eq!(status(&proxied.talk(format!("{right}{REQUEST}"))), 200, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_request_ends_is_never_in_doubt() {
    let proxied = Proxied::start(|_| OK.into()).await;
    let chunked = |body: &str| format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let te = "Transfer-Encoding: chunked\r\n";
    // In pieces, with trailers and extensions, it is the same request
    let (first, second) = REQUEST.split_at(100);
    for body in [
        chunked(REQUEST),
        format!("64;a=b\r\n{first}\r\n{}", chunked(second)),
        chunked(REQUEST).replace("\r\n0\r\n\r\n", "\r\n0\r\nAuthorization: Bearer x\r\n\r\n"),
    ] {
        assert_eq!(status(&proxied.talk(proxied.head(te) + &body)), 200, "{body}");
    }
    let whole = proxied.received();
    assert!(whole.len() == 3 && whole.iter().all(|request| request.ends_with("</s:Envelope>")));
    assert!(whole.iter().all(|request| !request.contains("chunked") && !request.contains("Bearer x")));
    // What follows a request whose end is said twice is not read: the connection ends
    let smuggled = proxied.head("Content-Length: 0\r\n").replace("POST", "SMUGGLED");
    let length = format!("Content-Length: {}\r\n", REQUEST.len());
    for (lines, body) in [
        (format!("{te}{length}"), chunked(REQUEST)),
        (format!("{length}{te}"), chunked(REQUEST)),
        ("Content-Length: 5\r\nContent-Length: 6\r\n".into(), REQUEST.into()),
        ("Content-Length: +5\r\n".into(), REQUEST.into()),
        ("Content-Length: 0x5\r\n".into(), REQUEST.into()),
        ("Content-Length: 5, 5\r\n".into(), REQUEST.into()),
        ("Content-Length: -1\r\n".into(), REQUEST.into()),
        ("Content-Length : 5\r\n".into(), REQUEST.into()),
        ("Content-Length: 99999999999999999999\r\n".into(), REQUEST.into()),
        ("Transfer-Encoding: identity\r\n".into(), REQUEST.into()),
        ("Transfer-Encoding: xchunked\r\n".into(), chunked(REQUEST)),
        ("Transfer-Encoding: chunked, identity\r\n".into(), chunked(REQUEST)),
        ("Transfer-Encoding : chunked\r\n".into(), chunked(REQUEST)),
        (" Transfer-Encoding: chunked\r\n".into(), chunked(REQUEST)),
        ("X: y\r\n Transfer-Encoding: chunked\r\n".into(), chunked(REQUEST)),
        (te.into(), format!("-1\r\n{REQUEST}\r\n0\r\n\r\n")),
        (te.into(), format!("fffffffffffffffff\r\n{REQUEST}\r\n0\r\n\r\n")),
        (te.into(), format!("5 5\r\n{REQUEST}\r\n0\r\n\r\n")),
        (te.into(), format!("{:x}\r\n{REQUEST}0\r\n\r\n", REQUEST.len())),
    ] {
        let head = proxied.head(&lines).replace("Connection: close", "Connection: keep-alive");
        let answer = proxied.talk(format!("{head}{body}{smuggled}"));
        assert!(answer.matches("HTTP/1.1 ").count() <= 1, "{lines}{answer}");
        assert!(!answer.contains("405"), "{lines}{answer}");
    }
    let received = proxied.received();
    assert!(
        received.iter().all(|request| request.ends_with("</s:Envelope>") && !request.contains("SMUGGLED"))
    );
    assert!(received.iter().all(|request| request.matches("POST ").count() == 1), "{received:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_pass_by_lists_and_secrets_do_not() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 4\r\nSet-Cookie: a=s3cr3t-0\r\n\
        WWW-Authenticate: Bearer s3cr3t-0\r\nrequest-id: r-1\r\nX-Other: s3cr3t-0\r\nLocation: http://evil.example\r\n\
        Server: x\r\n\r\n<a/>";
    let proxied = Proxied::start(move |_| answer.into()).await;
    let more = "Cookie: c=d\r\nUser-Agent: agent/1\r\nAccept-Encoding: gzip\r\nclient-request-id: c-1\r\n\
        X-Forwarded-For: 10.0.0.1\r\nX-AnchorMailbox: bob@example.com\r\nSOAPAction: \"x/UpdateInboxRules\"\r\n\
        Forwarded: for=x\r\nVia: x\r\nTE: trailers\r\nProxy-Authorization: Basic eA==\r\nX-HTTP-Method-Override: GET\r\n";
    let got = proxied.post(more, REQUEST);
    assert_eq!(status(&got), 200);
    assert!(got.contains("request-id: r-1") && got.ends_with("\r\n\r\n<a/>"), "{got}");
    for absent in ["s3cr3t", "ookie", "ther", "ocation", "erver"] {
        assert!(!got.contains(absent), "{absent}: {got}");
    }
    let [received] = proxied.received().try_into().expect("one request");
    let (head, body) = received.split_once("\r\n\r\n").expect("a body");
    let mut names: Vec<_> = head.lines().skip(1).filter_map(|line| line.split(':').next()).collect();
    names.sort_unstable();
    let wanted = [
        "accept-encoding",
        "authorization",
        "client-request-id",
        "content-length",
        "content-type",
        "host",
        "user-agent",
        "x-anchormailbox",
    ];
    assert_eq!(names, wanted, "{head}");
    for line in ["authorization: Bearer s3cr3t-0", "x-anchormailbox: alice@example.com"] {
        assert!(head.contains(line), "{head}");
    }
    assert!(!received.contains(&proxied.password) && body.contains("<t:Content>text</t:Content>"));
    let lines = proxied.lines.lock().expect("no panic").join("\n");
    assert!(lines.starts_with("CreateItem alice@example.com 200 "), "{lines}");
    assert!(
        !lines.contains("s3cr3t") && !lines.contains(&proxied.password) && !lines.contains("text"),
        "{lines}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ews_says_otherwise_is_passed_on_without_the_token() {
    let plain = |status: &str, text: &str| {
        let length = text.len();
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nRetry-After: 7\r\nContent-Length: {length}\r\n\r\n{text}"
        )
    };
    let redirect =
        "HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n".to_owned();
    let page = plain("200 OK", "<html>sign in</html>").replace("text/plain", "text/html");
    let fault = OK.replace("200 OK", "500 Internal Server Error");
    for (answer, wanted, text) in [
        (redirect, 502, "a redirect, HTTP 302"),
        (page, 502, "not EWS"),
        (plain("407 Proxy Authentication Required", "x"), 502, "wants a password"),
        (plain("403 Forbidden", "no, Bearer s3cr3t-0"), 403, "no, Bearer [secret]"),
        (plain("400 Bad Request", "ItemIds is out of place"), 400, "out of place"),
        (plain("429 Too Many Requests", "x"), 429, "retry-after: 7"),
        (fault, 500, "<a/>"),
        (String::new(), 504, "within 0 s"),
    ] {
        let limits = Limits { ews: Duration::from_millis(900), ..Limits::default() };
        let proxied = Proxied::with(limits, 900, move |_| answer.clone()).await;
        let got = proxied.post("", REQUEST);
        assert_eq!(status(&got), wanted, "{got}");
        assert!(got.contains(text) && !got.contains("s3cr3t") && !got.contains("evil.example"), "{got}");
        assert_eq!(proxied.received().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_accepted_is_renewed_and_the_client_never_sees_the_401() {
    let unauthorized = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0\r\n\r\n";
    let proxied = Proxied::start(move |nth| if nth == 0 { unauthorized.into() } else { OK.into() }).await;
    // The token has its first second behind it
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(status(&proxied.post("", REQUEST)), 200);
    let received = proxied.received();
    assert!(received[0].contains("Bearer s3cr3t-0") && received[1].contains("Bearer s3cr3t-1"));
    assert_eq!(
        received[0].split_once("\r\n\r\n").map(|it| it.1),
        received[1].split_once("\r\n\r\n").map(|it| it.1)
    );
    let organization = &proxied.service.requests()[0].body["OrganizationId"];
    assert_eq!(organization, ORGANIZATION);
    // One that is never accepted is 503, and not asked for again and again
    let proxied = Proxied::start(move |_| unauthorized.into()).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    for _ in 0..4 {
        let got = proxied.post("", REQUEST);
        assert_eq!(status(&got), 503, "{got}");
        assert!(
            got.contains("retry-after: ") && !got.contains("s3cr3t") && !got.contains("www-auth"),
            "{got}"
        );
    }
    assert!(proxied.assumed() <= 2, "{:?}", proxied.service.operations());
    // A long request was not kept: it is the client's to send again
    let long = REQUEST.replace("text", &"QUJD".repeat(600 << 10));
    let proxied = Proxied::start(move |nth| if nth == 0 { unauthorized.into() } else { OK.into() }).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let statuses = [0, 1].map(|_| status(&proxied.post("", &long)));
    assert_eq!((statuses, proxied.received().len()), ([503, 200], 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_renewed_before_it_ends_once_for_all_who_wait() {
    let proxied = Arc::new(Proxied::with(Limits::default(), 2, |_| OK.into()).await);
    tokio::time::sleep(Duration::from_millis(1600)).await;
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let proxied = Arc::clone(&proxied);
            std::thread::spawn(move || status(&proxied.post("", REQUEST)))
        })
        .collect();
    for client in clients {
        assert_eq!(client.join().expect("no panic"), 200);
    }
    assert_eq!(proxied.assumed(), 1);
    assert!(proxied.received().iter().all(|request| request.contains("Bearer s3cr3t-1")));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_there_is_no_token_the_answer_is_503_and_the_reason_is_said() {
    let service = MockService::start(|_| MockResponse::error("AccessDeniedException", "no more")).await;
    let proxied = Proxied::on(service, Limits::default(), 1, |_| OK.into()).await;
    // Until it ends the old one is good
    tokio::time::sleep(Duration::from_millis(800)).await;
    assert_eq!(status(&proxied.post("", REQUEST)), 200);
    tokio::time::sleep(Duration::from_millis(400)).await;
    let got = proxied.post("", REQUEST);
    assert!(status(&got) == 503 && got.contains("retry-after: 1"), "{got}");
    assert_eq!(proxied.received().len(), 1);
    let warnings = proxied.warnings.lock().expect("no panic").clone();
    assert!(warnings[1].contains("could not be renewed") && warnings.len() < 4, "{warnings:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_long_request_that_must_not_pass_ews_never_gets_the_end() {
    let proxied = Proxied::start(|_| OK.into()).await;
    let long = |end: &str| {
        let text = "QUJD".repeat(600 << 10);
        REQUEST.replace("<t:Content>text</t:Content>", &format!("<t:Content>{text}</t:Content>{end}"))
    };
    let right = long("");
    assert_eq!(status(&proxied.post("", &right)), 200);
    let whole = proxied.received().remove(0);
    assert!(whole.contains("chunked") && whole.ends_with("\r\n0\r\n\r\n"));
    let mailbox =
        "<t:FolderId><t:Mailbox><t:EmailAddress>bob@example.com</t:EmailAddress></t:Mailbox></t:FolderId>";
    for (end, wanted) in [
        (mailbox, 200),
        ("<!DOCTYPE a>", 400),
        ("<t:ExchangeImpersonation/>", 400),
        ("&xxe;", 400),
        ("</t:Items>", 400),
        ("\u{1}", 400),
    ] {
        let before = proxied.received().len();
        let got = proxied.post("", &long(end));
        assert_eq!(status(&got), wanted, "{end}: {got}");
        assert!(wanted != 200 || got.contains("ErrorAccessDenied"), "{got}");
        until(|| proxied.received().len() > before);
        let part = proxied.received().pop().expect("a part");
        assert!(!part.ends_with("\r\n0\r\n\r\n") && !part.contains("</s:Envelope>"), "{end}");
    }
    // A client that goes away in the middle
    let before = proxied.received().len();
    let mut stream = proxied.connect();
    let head = proxied.head(&format!("Content-Length: {}\r\n", right.len()));
    stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(&right.as_bytes()[..2 << 20]))
        .expect("sent");
    until(|| proxied.lines.lock().is_ok());
    std::thread::sleep(Duration::from_millis(100));
    drop(stream);
    until(|| proxied.received().len() > before);
    assert!(!proxied.received().pop().expect("a part").ends_with("\r\n0\r\n\r\n"));
    // Of a short one it gets nothing
    let before = proxied.received().len();
    let short = REQUEST.replace("<t:Content>", &format!("{mailbox}<t:Content>"));
    assert!(proxied.post("", &short).contains("ErrorAccessDenied"));
    assert_eq!(proxied.received().len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_ends_is_given_up_and_others_go_on() {
    let proxied = Proxied::with(quick(), 900, |_| OK.into()).await;
    // A head that does not end, nothing at all, a body that does not go on, short and long
    let started = Instant::now();
    let long = "Content-Length: 9000000\r\n";
    for bytes in [
        "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: ".to_owned(),
        String::new(),
        proxied.head("Content-Length: 100\r\n") + "<s:Env",
        proxied.head(long) + REQUEST.split("text").next().unwrap_or_default() + &"x".repeat(2 << 20),
    ] {
        let answer = proxied.talk(&bytes);
        assert!(answer.is_empty() || status(&answer) == 408, "{answer}");
    }
    assert!(started.elapsed() < Duration::from_secs(15));
    // As many connections as there may be: the next waits until one ends
    let held = [proxied.connect(), proxied.connect()];
    assert_eq!(status(&proxied.post("", REQUEST)), 200);
    drop(held);
    let received = proxied.received();
    assert!(received.iter().filter(|request| request.ends_with("</s:Envelope>")).count() == 1);
    // EWS that stops in the middle of its response
    let stalled = OK.replace("Content-Length: 4", "Content-Length: 400");
    let proxied = Proxied::with(quick(), 900, move |_| stalled.clone()).await;
    let answer = proxied.post("", REQUEST);
    assert!(answer.ends_with("<a/>"), "{answer}");
    until(|| !proxied.lines.lock().expect("no panic").is_empty());
    assert!(proxied.lines.lock().expect("no panic")[0].ends_with("not complete"));
}

#[tokio::test(flavor = "multi_thread")]
async fn ews_that_takes_no_more_of_a_request_and_one_that_is_not_there_are_said() {
    // Connections are made, and nobody reads
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/EWS/Exchange.asmx", listener.local_addr().expect("an address"));
    let service = MockService::start(|_| MockResponse::error("AccessDeniedException", "no")).await;
    let proxied = Proxied::before(&url, Arc::default(), service.clone(), quick(), 900).await;
    let long = REQUEST.replace("text", &"QUJD".repeat(6 << 20));
    let answer = proxied.post("", &long);
    assert!(status(&answer) == 504 && answer.contains("does not take the rest"), "{answer}");
    drop(listener);
    let proxied = Proxied::before(&url, Arc::default(), service, quick(), 900).await;
    for request in [REQUEST, &long] {
        let answer = proxied.post("", request);
        assert!(status(&answer) == 502 && answer.contains("EWS did not answer"), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_request_begins_with_half_of_a_token_s_life() {
    let proxied = Proxied::with(Limits::default(), 4, |_| OK.into()).await;
    tokio::time::sleep(Duration::from_millis(2200)).await;
    assert_eq!(status(&proxied.post("", REQUEST)), 200);
    let long = REQUEST.replace("text", &"QUJD".repeat(600 << 10));
    assert_eq!(status(&proxied.post("", &long)), 200);
    let received = proxied.received();
    assert!(received[0].contains("Bearer s3cr3t-0") && received[1].contains("Bearer s3cr3t-1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_one_request_ends_that_request_alone() {
    let mut proxied = Proxied::start(|_| OK.into()).await;
    let got = proxied.post("X-Panic: 1\r\n", REQUEST);
    assert!(status(&got) == 500 && !got.contains("as the test"), "{got}");
    assert!(proxied.received().is_empty());
    assert_eq!(status(&proxied.post("", REQUEST)), 200);
    proxied.server.stop().await;
    assert!(TcpStream::connect(proxied.here).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_after_what_is_in_flight() {
    let mut proxied = Proxied::start(|_| {
        std::thread::sleep(Duration::from_millis(400));
        OK.into()
    })
    .await;
    let idle = proxied.connect();
    let mut stream = proxied.connect();
    let request = proxied.head(&format!("Content-Length: {}\r\n", REQUEST.len())) + REQUEST;
    stream.write_all(request.as_bytes()).expect("sent");
    until(|| !proxied.received().is_empty());
    proxied.server.stop().await;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert_eq!(status(&answer), 200);
    drop(idle);
}

#[test]
fn it_listens_on_loopback_alone() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        assert!(Server::listen(address.parse().expect("an address")).is_err(), "{address}");
    }
}

//! A scripted service for tests of `workmail/`: it responds as the test says, over real HTTP on
//! loopback, and records the requests.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::organization::Organization;
use crate::workmail::{Account, Limits, Listener, Options, Reader, Writer, connect};

/// An organization that the script is about.
pub(crate) const ORGANIZATION: &str = "m-0123456789abcdef0123456789abcdef";

/// A request that was received.
#[derive(Debug, Clone)]
pub(crate) struct RecordedRequest {
    pub(crate) operation: String,
    pub(crate) body: Value,
    /// How many requests for this operation came before, retries included.
    pub(crate) nth: usize,
}

/// How to respond.
#[derive(Debug, Clone)]
pub(crate) enum MockResponse {
    Json(u16, Value),
    Text(u16, &'static str),
    /// As a clock says that is so many seconds ahead of this machine's.
    Dated(i64, Box<Self>),
    /// Close the connection without a response.
    Drop,
    /// Wait this long first.
    After(Duration, Box<Self>),
    /// Wait for this many permits first.
    When(Arc<Semaphore>, u32, Box<Self>),
}

impl MockResponse {
    pub(crate) fn ok(body: Value) -> Self {
        Self::Json(200, body)
    }

    pub(crate) fn error(code: &str, message: &str) -> Self {
        Self::Json(400, json!({"__type": format!("com.amazonaws.workmail#{code}"), "Message": message}))
    }
}

type Script = Arc<dyn Fn(&RecordedRequest) -> MockResponse + Send + Sync>;

/// A running service; it ends with the test's runtime.
#[derive(Clone)]
pub(crate) struct MockService {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<RecordedRequest>>>,
    in_flight: Arc<AtomicUsize>,
    most_in_flight: Arc<AtomicUsize>,
    script: Script,
}

impl MockService {
    pub(crate) async fn start(
        script: impl Fn(&RecordedRequest) -> MockResponse + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let service = Self {
            address,
            requests: Arc::default(),
            in_flight: Arc::default(),
            most_in_flight: Arc::default(),
            script: Arc::new(script),
        };
        let serving = service.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().serve(stream));
            }
        });
        service
    }

    async fn serve(self, stream: TcpStream) {
        let respond = service_fn(|request| self.respond(request));
        let served =
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), respond);
        // A dropped connection is an error here, and what the script wanted
        let _ = served.await;
    }

    async fn respond(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, &'static str> {
        let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok());
        let operation =
            target.and_then(|target| target.rsplit_once('.')).map_or("?", |(_, name)| name).to_owned();
        let body = request.into_body().collect().await.map_err(|_| "no body")?.to_bytes();
        let body = serde_json::from_slice(&body).map_err(|_| "no JSON")?;
        let request = {
            let mut all = self.requests.lock().expect("no panic");
            let nth = all.iter().filter(|request| request.operation == operation).count();
            all.push(RecordedRequest { operation, body, nth });
            all.last().cloned().expect("just pushed")
        };
        let now = self.in_flight.fetch_add(1, SeqCst) + 1;
        self.most_in_flight.fetch_max(now, SeqCst);
        let mut response = (self.script)(&request);
        loop {
            response = match response {
                MockResponse::After(delay, then) => {
                    tokio::time::sleep(delay).await;
                    *then
                }
                MockResponse::When(permits, n, then) => {
                    permits.acquire_many(n).await.expect("not closed").forget();
                    *then
                }
                response => break self.end(response),
            };
        }
    }

    fn end(&self, response: MockResponse) -> Result<Response<Full<Bytes>>, &'static str> {
        self.in_flight.fetch_sub(1, SeqCst);
        let (response, date) = match response {
            MockResponse::Dated(ahead, response) => {
                let time = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(ahead);
                (*response, Some(time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()))
            }
            response => (response, None),
        };
        let (status, text) = match response {
            MockResponse::Json(status, body) => (status, body.to_string()),
            MockResponse::Text(status, text) => (status, text.to_owned()),
            MockResponse::Drop
            | MockResponse::After(..)
            | MockResponse::When(..)
            | MockResponse::Dated(..) => return Err("dropped"),
        };
        Response::builder()
            .status(status)
            .header("x-amzn-requestid", "request-1")
            .body(Full::from(text))
            .map_err(|_| "no response")
            .map(|mut response| {
                let date = date.and_then(|date| date.parse().ok());
                response.headers_mut().extend(date.map(|date| (hyper::header::DATE, date)));
                response
            })
    }

    /// The requests, in order.
    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.requests.lock().expect("no panic").clone()
    }

    /// The operations of the requests, in order.
    pub(crate) fn operations(&self) -> Vec<String> {
        self.requests().into_iter().map(|request| request.operation).collect()
    }

    pub(crate) fn most_in_flight(&self) -> usize {
        self.most_in_flight.load(SeqCst)
    }

    pub(crate) async fn account(&self) -> Account {
        self.account_with(8).await
    }

    pub(crate) async fn account_with(&self, concurrency: usize) -> Account {
        let endpoint_url = Some(self.address.clone());
        let options = Options { endpoint_url, concurrency, sandbox: true, ..Options::default() };
        connect(&options).await.expect("no call is made")
    }

    /// With patience for a service that throttles.
    pub(crate) async fn account_patient(&self) -> Account {
        let endpoint_url = Some(self.address.clone());
        let options =
            Options { endpoint_url, limits: Limits::default(), sandbox: true, ..Options::default() };
        connect(&options).await.expect("no call is made")
    }

    pub(crate) async fn account_hearing(&self, listener: Listener) -> Account {
        let endpoint_url = Some(self.address.clone());
        let options = Options { endpoint_url, listener, sandbox: true, ..Options::default() };
        connect(&options).await.expect("no call is made")
    }

    pub(crate) async fn reader(&self) -> Reader {
        self.account().await.reader(&organization())
    }

    pub(crate) async fn writer(&self) -> Writer {
        self.account().await.writer(&organization())
    }
}

/// The organization, as chosen by id.
pub(crate) fn organization() -> Organization {
    Organization::of_id(crate::id::OrganizationId::from_service(ORGANIZATION), "us-east-1")
}

/// A service that always gives the same response.
pub(crate) async fn replying(response: MockResponse) -> MockService {
    MockService::start(move |_| response.clone()).await
}

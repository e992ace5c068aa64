//! A service by script, for this room's tests: it answers what the test says, over real HTTP on
//! loopback, and keeps what it was asked.

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
use crate::workmail::{Account, Options, Reader, Writer, connect};

/// An organization that the script is about.
pub(crate) const ORGANIZATION: &str = "m-0123456789abcdef0123456789abcdef";

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) operation: String,
    pub(crate) body: Value,
    /// How often this operation was asked before, retries included.
    pub(crate) nth: usize,
}

/// What to answer.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Json(u16, Value),
    Text(u16, &'static str),
    /// Close the connection without a word.
    Drop,
    After(Duration, Box<Self>),
    /// When this many permits are there.
    When(Arc<Semaphore>, u32, Box<Self>),
}

impl Answer {
    pub(crate) fn ok(body: Value) -> Self {
        Self::Json(200, body)
    }

    pub(crate) fn error(code: &str, message: &str) -> Self {
        Self::Json(400, json!({"__type": format!("com.amazonaws.workmail#{code}"), "Message": message}))
    }
}

type Script = Arc<dyn Fn(&Asked) -> Answer + Send + Sync>;

/// The running service; it ends with the test's runtime.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    in_flight: Arc<AtomicUsize>,
    most_in_flight: Arc<AtomicUsize>,
    script: Script,
}

impl Service {
    pub(crate) async fn start(script: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let service = Self {
            address,
            asked: Arc::default(),
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
        let answer = service_fn(|request| self.answer(request));
        let served =
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
        // A dropped connection is an error here, and what the script wanted
        let _ = served.await;
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, &'static str> {
        let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok());
        let operation =
            target.and_then(|target| target.strip_prefix("WorkMailService.")).unwrap_or("?").to_owned();
        let body = request.into_body().collect().await.map_err(|_| "no body")?.to_bytes();
        let body = serde_json::from_slice(&body).map_err(|_| "no JSON")?;
        let asked = {
            let mut all = self.asked.lock().expect("no panic");
            let nth = all.iter().filter(|asked| asked.operation == operation).count();
            all.push(Asked { operation, body, nth });
            all.last().cloned().expect("just pushed")
        };
        let now = self.in_flight.fetch_add(1, SeqCst) + 1;
        self.most_in_flight.fetch_max(now, SeqCst);
        let mut answer = (self.script)(&asked);
        loop {
            answer = match answer {
                Answer::After(delay, then) => {
                    tokio::time::sleep(delay).await;
                    *then
                }
                Answer::When(permits, n, then) => {
                    permits.acquire_many(n).await.expect("not closed").forget();
                    *then
                }
                answer => break self.end(answer),
            };
        }
    }

    fn end(&self, answer: Answer) -> Result<Response<Full<Bytes>>, &'static str> {
        self.in_flight.fetch_sub(1, SeqCst);
        let (status, text) = match answer {
            Answer::Json(status, body) => (status, body.to_string()),
            Answer::Text(status, text) => (status, text.to_owned()),
            Answer::Drop | Answer::After(..) | Answer::When(..) => return Err("dropped"),
        };
        Response::builder()
            .status(status)
            .header("x-amzn-requestid", "request-1")
            .body(Full::from(text))
            .map_err(|_| "no response")
    }

    /// What was asked, in order.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic").clone()
    }

    /// The names of what was asked, in order.
    pub(crate) fn operations(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.operation).collect()
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

/// A service that always gives the same answer.
pub(crate) async fn always(answer: Answer) -> Service {
    Service::start(move |_| answer.clone()).await
}

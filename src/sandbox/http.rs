//! The service's HTTP: AWS JSON 1.1 over a socket, for this process or for others.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::faults::{FaultKind, Faults};
use super::model::ACCOUNT;
use super::operations::{self, Kind};
use super::recorder::{Calls, Recorder};
use super::service_error::ServiceError;
use super::store::Store;
use crate::system::System;

/// No request of the service is longer.
const MAX_BODY: usize = 1 << 20;

const TARGET_PREFIX: &str = "WorkMailService.";

/// A running sandbox; it stops when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    #[cfg(test)]
    faults: Faults,
    recorder: Recorder,
    accepting: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    store: Store,
    system: System,
    faults: Faults,
    recorder: Recorder,
}

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("a fault closed the connection")]
struct Dropped;

type Answer = Result<Response<Full<Bytes>>, Dropped>;

impl Server {
    /// Serves a store. Port 0 takes any free port. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub(crate) fn start(
        listen: SocketAddr,
        store: Store,
        faults: Faults,
        system: System,
    ) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(listen)?;
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let address = listener.local_addr()?;
        let recorder = Recorder::new();
        let shared = Arc::new(Shared { store, system, faults: faults.clone(), recorder: recorder.clone() });
        let accepting = tokio::spawn(accept(listener, shared));
        Ok(Self {
            address,
            #[cfg(test)]
            faults,
            recorder,
            accepting,
        })
    }

    /// Serves a store on a free port of the loopback interface, without faults.
    ///
    /// # Errors
    /// When no port can be listened on.
    pub(crate) fn start_local(store: Store, system: System) -> io::Result<Self> {
        Self::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), store, Faults::none(), system)
    }

    /// Where it listens.
    #[cfg(test)]
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The endpoint's URL, as `http://127.0.0.1:4567`; this machine's where it listens on all
    /// interfaces.
    pub(crate) fn url(&self) -> String {
        let mut address = self.address;
        match address {
            SocketAddr::V4(a) if a.ip().is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            SocketAddr::V6(a) if a.ip().is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
        format!("http://{address}")
    }

    /// What goes wrong; can be changed while it runs.
    #[cfg(test)]
    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Keeps each call from now on in [`Calls::log`], which grows without end.
    pub(crate) fn record_calls(&self) {
        self.recorder.record();
    }

    /// The calls until now.
    pub(crate) fn calls(&self) -> Calls {
        self.recorder.calls()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Takes connections, and owns them, so that they end when it is aborted.
async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, Arc::clone(&shared)));
                }
                // Out of file descriptors, say: later is better than not at all
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    // Small answers go out at once; where that cannot be set, they go out a little later
    let _slower = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(Arc::clone(&shared), request));
    // A client that went away, or a fault that closed the connection: either way it is over
    let _over = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(shared: Arc<Shared>, request: Request<Incoming>) -> Answer {
    // `/EWS/Exchange.asmx` is kept for EWS
    if request.uri().path() != "/" || request.method() != Method::POST {
        return Ok(render(Err(ServiceError::unknown_operation(404))));
    }
    let target = request.headers().get("x-amz-target").and_then(|value| value.to_str().ok());
    let known = target.and_then(|target| target.strip_prefix(TARGET_PREFIX)).and_then(operations::find);
    let Some((operation, kind)) = known else {
        return Ok(render(Err(ServiceError::unknown_operation(400))));
    };
    let mut call = shared.recorder.begin(operation);
    let body = match Limited::new(request.into_body(), MAX_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return Ok(render(Err(ServiceError::serialization(error)))),
    };
    call.asks(&body);
    let latency = shared.faults.latency();
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let fault = shared.faults.next(operation);
    if fault == Some(FaultKind::DropBefore) {
        return Err(Dropped);
    }
    if let Some(error) = fault.and_then(|kind| error_of(kind, operation, &body)) {
        return Ok(render(Err(error)));
    }
    let done = perform(&shared, operation, kind, &body).await;
    if fault == Some(FaultKind::DropAfter) {
        return Err(Dropped);
    }
    Ok(render(done))
}

/// Reads are answered here, since they rarely do more than look at a file's time; writes may wait
/// for the lock.
async fn perform(
    shared: &Shared,
    operation: &'static str,
    kind: Kind,
    body: &Bytes,
) -> Result<Value, ServiceError> {
    match kind {
        Kind::Read => operations::perform(&shared.store, shared.system, operation, body),
        Kind::Write => {
            let (store, system, body) = (shared.store.clone(), shared.system, body.clone());
            tokio::task::spawn_blocking(move || operations::perform(&store, system, operation, &body))
                .await
                .unwrap_or_else(|error| Err(ServiceError::common(500, "InternalFailure", error.to_string())))
        }
    }
}

fn error_of(kind: FaultKind, operation: &str, body: &[u8]) -> Option<ServiceError> {
    Some(match kind {
        FaultKind::Throttle => ServiceError::common(400, "ThrottlingException", "Rate exceeded"),
        FaultKind::ServerError => {
            ServiceError::common(500, "InternalFailure", "The request failed inside the service")
        }
        FaultKind::Unavailable => {
            ServiceError::common(503, "ServiceUnavailable", "The service cannot handle the request now")
        }
        FaultKind::ExpiredToken => ServiceError::common(
            400,
            "ExpiredTokenException",
            "The security token included in the request is expired",
        ),
        FaultKind::Deny => denied(operation, body),
        FaultKind::DropBefore | FaultKind::DropAfter => return None,
    })
}

fn denied(operation: &str, body: &[u8]) -> ServiceError {
    let organization = serde_json::from_slice::<Value>(body).unwrap_or_default();
    let resource = match organization["OrganizationId"].as_str() {
        Some(id) => format!("arn:aws:workmail:us-east-1:{ACCOUNT}:organization/{id}"),
        None => "*".into(),
    };
    ServiceError::common(
        400,
        "AccessDeniedException",
        format!(
            "User: arn:aws:sts::{ACCOUNT}:assumed-role/sandbox/session is not authorized to perform: \
             workmail:{operation} on resource: {resource} because no identity-based policy allows the \
             workmail:{operation} action"
        ),
    )
}

fn render(answer: Result<Value, ServiceError>) -> Response<Full<Bytes>> {
    let (status, value) = match answer {
        Ok(value) => (200, value),
        Err(error) => (error.status, error.body()),
    };
    // An operation without output answers an empty body (documented)
    let bytes = if value.is_null() { Bytes::new() } else { Bytes::from(value.to_string()) };
    let response = Response::builder()
        .status(status)
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amzn-requestid", uuid::Uuid::new_v4().to_string())
        .body(Full::new(bytes));
    // None of these parts can be invalid
    response.unwrap_or_default()
}

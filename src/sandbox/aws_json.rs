//! The service's API: AWS JSON 1.1 by POST to `/`, with the operation in `X-Amz-Target` (documented).

use std::net::IpAddr;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use hyper::body::Incoming;
use hyper::{Method, Request, Response};
use serde_json::Value;

use super::body::Body;
use super::faults::{FaultKind, Faults};
use super::model::ACCOUNT;
use super::operations::Operation;
use super::recorder::Recorder;
use super::service_error::ServiceError;
use super::settings::Settings;
use super::store::Store;
use super::trail::{Caller, LOOKUP, Recorded, Trail};
use super::wire::{Dropped, Reply, read_body};

/// No request of the service is longer, in bytes.
const MAX_BODY: usize = 1 << 20;

const TARGET_PREFIX: &str = "WorkMailService.";
/// That of CloudTrail, in both spellings that the SDKs send.
const OF_CLOUDTRAIL: [&str; 2] =
    ["CloudTrail_20131101.", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101."];

/// What responds to calls of the API.
#[derive(Debug)]
pub(super) struct AwsJson {
    pub(super) store: Store,
    pub(super) settings: Settings,
    pub(super) faults: Faults,
    pub(super) recorder: Recorder,
    pub(super) trail: Arc<Trail>,
}

impl AwsJson {
    /// Responds to a call. Of the credentials nothing is looked at but whose they are.
    pub(super) async fn respond(&self, caller: IpAddr, request: Request<Incoming>) -> Reply {
        if request.method() != Method::POST {
            return Ok(not_found());
        }
        let target = request.headers().get("x-amz-target").and_then(|value| value.to_str().ok());
        let target = target.unwrap_or_default();
        let operation = target.strip_prefix(TARGET_PREFIX).and_then(Operation::find);
        let looks_up = OF_CLOUDTRAIL.iter().any(|prefix| target.strip_prefix(prefix) == Some(LOOKUP));
        let name = match operation {
            Some(operation) => operation.name,
            None if looks_up => LOOKUP,
            None => return Ok(render(Err(ServiceError::unknown_operation(400)))),
        };
        let caller = Caller::of(&request, caller);
        let mut call = self.recorder.begin(name);
        let body = match read_body(request, MAX_BODY, self.settings.patience).await {
            Ok(body) => body,
            Err(error) if error.is::<Dropped>() => return Err(Dropped),
            Err(error) => return Ok(render(Err(ServiceError::serialization(error)))),
        };
        call.set_body(&body);
        pass(self.faults.latency()).await;
        let fault = self.faults.next(name);
        if fault == Some(FaultKind::DropBefore) {
            return Err(Dropped);
        }
        let failure = fault.and_then(|kind| error_of(kind, name, &body));
        let result = match (failure, operation) {
            (Some(error), _) => Err(error),
            (None, Some(operation)) => self.perform(operation, body.clone()).await,
            (None, None) => self.trail.lookup(&body, self.settings.system.now()),
        };
        if let Some(operation) = operation.filter(|_| fault != Some(FaultKind::ExpiredToken)) {
            self.trail.record(&Recorded {
                caller: &caller,
                time: self.settings.system.now(),
                operation: operation.name,
                read_only: !operation.writes(),
                request: &body,
                result: &result,
            });
        }
        if fault == Some(FaultKind::DropAfter) {
            return Err(Dropped);
        }
        Ok(render(result))
    }

    /// Reads run here, since they rarely do more than look at a file's time; writes run on another
    /// thread, since they may wait for the lock.
    async fn perform(&self, operation: &'static Operation, body: Vec<u8>) -> Result<Value, ServiceError> {
        if !operation.writes() {
            return operation.perform(&self.store, &self.settings, &body);
        }
        let (store, settings) = (self.store.clone(), self.settings);
        tokio::task::spawn_blocking(move || operation.perform(&store, &settings, &body))
            .await
            .unwrap_or_else(|error| Err(ServiceError::common(500, "InternalFailure", error.to_string())))
    }
}

/// What Tokio's timer may be late: it counts in milliseconds, and the system's once more.
const TIMER: Duration = Duration::from_millis(2);

/// Waits so long to a fraction of a millisecond, so that a measurement of a client is not one of the timer.
async fn pass(time: Duration) {
    if time.is_zero() {
        return;
    }
    let until = Instant::now() + time;
    tokio::time::sleep(time.saturating_sub(TIMER)).await;
    let left = until.saturating_duration_since(Instant::now());
    if !left.is_zero() {
        // Fails only where the server ends
        let _ = tokio::task::spawn_blocking(move || thread::sleep(left)).await;
    }
}

/// The response to a path or a method without a handler.
pub(super) fn not_found() -> Response<Body> {
    render(Err(ServiceError::unknown_operation(404)))
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
    let service = if operation == LOOKUP { "cloudtrail" } else { "workmail" };
    ServiceError::common(
        400,
        "AccessDeniedException",
        format!(
            "User: arn:aws:sts::{ACCOUNT}:assumed-role/sandbox/session is not authorized to perform: \
             {service}:{operation} on resource: {resource} because no identity-based policy allows the \
             {service}:{operation} action"
        ),
    )
}

fn render(result: Result<Value, ServiceError>) -> Response<Body> {
    let (status, value) = match result {
        Ok(value) => (200, value),
        Err(error) => (error.status, error.body()),
    };
    // An operation without output has an empty body (documented)
    let text = if value.is_null() { String::new() } else { value.to_string() };
    let response = Response::builder()
        .status(status)
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amzn-requestid", uuid::Uuid::new_v4().to_string())
        .body(Body::from(text));
    // None of these parts can be invalid
    response.unwrap_or_default()
}

//! EWS over HTTP, and the way of a request through the gates to an operation.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use hyper::{Method, Request, Response};

use super::envelope::{Envelope, bad_request};
use super::gates::{check_address, check_token, enter};
use super::late::Late;
use super::operation::{Operation, Run};
use super::part::{Answer, answer, fault, plain, refuse};
use crate::role::RoleType;
use crate::sandbox::body::Body;
use crate::sandbox::faults::{FaultKind, Faults};
use crate::sandbox::recorder::Recorder;
use crate::sandbox::settings::Settings;
use crate::sandbox::store::{Store, StoreError};
use crate::sandbox::wire::{Dropped, Reply, read_body};

/// No request is longer, in bytes: room for attachments of 128 MiB.
const MAX_BODY: usize = 176 << 20;

/// What responds to EWS requests. Clones share the memory of late mailboxes.
#[derive(Debug, Clone)]
pub(in crate::sandbox) struct Ews {
    store: Store,
    settings: Settings,
    faults: Faults,
    recorder: Recorder,
    late: Arc<Late>,
}

/// A request as it arrived.
struct Call {
    token: Option<String>,
    caller: Ipv4Addr,
    envelope: Result<Envelope, String>,
}

impl Ews {
    pub(in crate::sandbox) fn new(
        store: Store,
        settings: Settings,
        faults: Faults,
        recorder: Recorder,
    ) -> Self {
        let late = Arc::new(Late::new(settings.propagation_seconds));
        let ews = Self { store, settings, faults, recorder, late };
        ews.observe();
        ews
    }

    /// Takes note of the state, where mailboxes follow late: what was there before a change must be known.
    pub(in crate::sandbox) fn observe(&self) {
        if let (false, Ok(state)) = (self.late.is_off(), self.store.read()) {
            self.late.follow(state, self.settings.system.now());
        }
    }

    /// Responds to a request from this address.
    pub(in crate::sandbox) async fn respond(&self, caller: IpAddr, request: Request<Incoming>) -> Reply {
        if request.method() != Method::POST {
            return Ok(render(plain(405, "")));
        }
        let token = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token =
            token.and_then(|value| value.strip_prefix("Bearer ")).map(|token| token.trim().to_owned());
        let caller = match (self.settings.caller, caller) {
            (Some(pretended), _) => pretended,
            (None, IpAddr::V4(address)) => address,
            // The server listens on loopback alone
            (None, IpAddr::V6(_)) => Ipv4Addr::LOCALHOST,
        };
        // Read also where it is refused: a connection with an unread body is closed
        let body = match read_body(request, MAX_BODY, self.settings.patience).await {
            Ok(body) => body,
            Err(error) if error.is::<Dropped>() => return Err(Dropped),
            Err(error) => return Ok(render(plain(413, format!("{error}\n")))),
        };
        let envelope = Envelope::parse(&body);
        let name = envelope.as_ref().map_or("", |envelope| envelope.request.name.as_str()).to_owned();
        let mut recorded = self.recorder.begin(&format!("EWS {name}"));
        recorded.set_body(&body);
        drop(body);
        let latency = self.faults.latency();
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        let fault = self.faults.next(&name);
        if let Some(answer) = fault.map(failure).transpose()?.flatten() {
            return Ok(render(answer));
        }
        let (ews, call) = (self.clone(), Call { token, caller, envelope });
        // Writes wait for the lock, and attachments are large
        let answer = tokio::task::spawn_blocking(move || ews.perform(&call)).await;
        if fault == Some(FaultKind::DropAfter) {
            return Err(Dropped);
        }
        Ok(render(match answer {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => plain(500, format!("{error}\n")),
            Err(error) => plain(500, format!("{error}\n")),
        }))
    }

    fn perform(&self, call: &Call) -> Result<Answer, StoreError> {
        let Settings { system, .. } = self.settings;
        let state = self.store.read()?;
        let known = self.late.follow(Arc::clone(&state), system.now());
        let entered = check_token(&state, call.token.as_deref(), system).and_then(|ticket| {
            let present = &state.organizations[ticket.at];
            // Organizations are made with the file
            let known = known.organizations.iter().find(|one| one.id == present.id).unwrap_or(present);
            check_address(known, &ticket, call.caller)?;
            let envelope = call.envelope.as_ref().map_err(|problem| bad_request(problem))?;
            let (visitor, role_type) = enter(present, known, &ticket, envelope, &self.store, system)?;
            let request = &envelope.request;
            let Some(operation) = Operation::find(&request.name) else {
                return Err(fault("ErrorInvalidOperation", &format!("The sandbox has no {}.", request.name)));
            };
            match operation.misplaced(request) {
                Some(child) => Err(bad_request(&format!("{child} is out of place in {}", operation.name))),
                None => Ok((ticket.at, visitor, role_type, operation, request)),
            }
        });
        let (at, visitor, role_type, operation, request) = match entered {
            Ok(entered) => entered,
            Err(answer) => return Ok(answer),
        };
        let parts = match operation.run {
            Run::Read(run) => run(&state.organizations[at], &visitor, request),
            Run::Write(run) if role_type == RoleType::ReadOnly => {
                // Done to a copy, for as many refusals as there would be responses
                let parts = run(&mut state.organizations[at].clone(), &visitor, request);
                let text = "Access is denied. The role is READ_ONLY.";
                parts.iter().map(|_| refuse("ErrorAccessDenied", text)).collect()
            }
            Run::Write(run) => self
                .store
                .update(|state| Ok::<_, StoreError>(run(&mut state.organizations[at], &visitor, request)))?,
        };
        Ok(answer(operation.name, parts))
    }
}

/// What a fault answers before anything is done; nothing for a connection that is closed afterwards.
fn failure(kind: FaultKind) -> Result<Option<Answer>, Dropped> {
    Ok(Some(match kind {
        FaultKind::Throttle => {
            fault("ErrorServerBusy", "The server cannot service this request right now. Try again later.")
        }
        FaultKind::ServerError => plain(500, ""),
        FaultKind::Unavailable => plain(503, ""),
        FaultKind::Deny => plain(403, ""),
        FaultKind::ExpiredToken => plain(401, ""),
        FaultKind::DropBefore => return Err(Dropped),
        FaultKind::DropAfter => return Ok(None),
    }))
}

fn render(Answer { status, xml, body }: Answer) -> Response<Body> {
    let kind = if xml { "text/xml; charset=utf-8" } else { "text/plain; charset=utf-8" };
    let response = Response::builder().status(status).header(CONTENT_TYPE, kind);
    let response = if status == 401 { response.header(WWW_AUTHENTICATE, "Bearer") } else { response };
    // None of these parts can be invalid
    response.body(body).unwrap_or_default()
}

//! The server: accepts connections, from this process or others, and routes requests by path.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header::HOST;
use hyper::http::uri::Authority;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::aws_json::{self, AwsJson};
use super::body::Body;
use super::ews::Ews;
use super::faults::Faults;
use super::recorder::{Calls, Recorder};
use super::settings::Settings;
use super::store::Store;
use super::sts;
use super::trail::Trail;
use super::wire::Reply;
use crate::system::System;

/// A running sandbox; it stops when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    #[cfg(test)]
    faults: Faults,
    recorder: Recorder,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Serves a store. Port 0 takes any free port. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// When it cannot listen on the address.
    pub(crate) fn start(
        listen: SocketAddr,
        store: Store,
        settings: Settings,
        faults: Faults,
    ) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(listen)?;
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let address = listener.local_addr()?;
        let recorder = Recorder::new();
        let ews = Ews::new(store.clone(), settings, faults.clone(), recorder.clone());
        let trail = Trail::beside(store.path());
        let aws_json = AwsJson { store, settings, faults: faults.clone(), recorder: recorder.clone(), trail };
        let accepting = tokio::spawn(accept(listener, Arc::new(Handlers { aws_json, ews })));
        Ok(Self {
            address,
            #[cfg(test)]
            faults,
            recorder,
            accepting,
        })
    }

    /// Serves a store on a free port of the loopback interface, without faults.
    pub(crate) fn start_local(store: Store, system: System) -> io::Result<Self> {
        Self::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), store, Settings::new(system), Faults::none())
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

    /// Can be changed while the server runs.
    #[cfg(test)]
    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Keeps each call from now on in [`Calls::log`], which grows without end.
    pub(crate) fn record_calls(&self) {
        self.recorder.record();
    }

    pub(crate) fn calls(&self) -> Calls {
        self.recorder.calls()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// What responds, by path.
#[derive(Debug)]
struct Handlers {
    aws_json: AwsJson,
    ews: Ews,
}

/// Accepts connections, and owns them, so that they end when this task is aborted.
async fn accept(listener: TcpListener, handlers: Arc<Handlers>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, caller)) => {
                    connections.spawn(serve(stream, caller, Arc::clone(&handlers)));
                }
                // As when file descriptors run out: try again later
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, caller: SocketAddr, handlers: Arc<Handlers>) {
    // Small responses are sent at once; without the option they are sent a little later
    let _slower = stream.set_nodelay(true);
    let patience = handlers.aws_json.settings.patience;
    let service = service_fn(move |request: Request<Incoming>| route(Arc::clone(&handlers), caller, request));
    // The client went away, or a fault closed the connection: nothing is left to do
    let mut connection = http1::Builder::new();
    connection.timer(TokioTimer::new()).header_read_timeout(patience);
    let _over = connection.serve_connection(TokioIo::new(stream), service).await;
}

/// A page in a browser reaches this machine under a name of its own, which it has the name server point here
/// (DNS rebinding). No credentials are checked, so the name must be this machine's.
fn is_for_this_machine(request: &Request<Incoming>) -> bool {
    let header = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let host = header.and_then(|host| host.parse::<Authority>().ok());
    host.is_some_and(|host| is_loopback(host.host())) && request.uri().host().is_none_or(is_loopback)
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// Chooses the handler by path.
async fn route(handlers: Arc<Handlers>, caller: SocketAddr, request: Request<Incoming>) -> Reply {
    if !is_for_this_machine(&request) {
        let why = "the sandbox answers to 127.0.0.1, [::1] and localhost only\n";
        let mut reply = Response::new(Body::from(why.to_owned()));
        *reply.status_mut() = StatusCode::MISDIRECTED_REQUEST;
        return Ok(reply);
    }
    match request.uri().path() {
        "/" if sts::is_form(&request) => {
            sts::respond(request, caller.ip(), handlers.aws_json.settings.patience).await
        }
        "/" => {
            // Mailboxes that follow late must have seen what was there before a change, and after
            handlers.ews.observe();
            let reply = handlers.aws_json.respond(caller.ip(), request).await;
            handlers.ews.observe();
            reply
        }
        "/EWS/Exchange.asmx" => handlers.ews.respond(caller.ip(), request).await,
        _ => Ok(aws_json::not_found()),
    }
}

//! The server: accepts connections on loopback, and ends after what is in flight.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

use super::door::PATH;
use super::pass::{Settings, respond};

/// What is read and written at once, in bytes; no head is longer.
const BUFFER: usize = 64 << 10;

/// A running proxy; it stops at once when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Listens on an address of loopback, for [`Server::start`].
    ///
    /// # Errors
    /// When the address is none of loopback, or is taken.
    pub(crate) fn listen(address: SocketAddr) -> io::Result<std::net::TcpListener> {
        if !address.ip().is_loopback() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a loopback address"));
        }
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        Ok(listener)
    }

    /// Serves from now on. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// When the system does not let it.
    pub(crate) fn start(listener: std::net::TcpListener, settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::from_std(listener)?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let accepting = tokio::spawn(accept(listener, address, Arc::new(settings), stopped));
        Ok(Self { address, stop, accepting })
    }

    /// Where clients find EWS.
    pub(crate) fn url(&self) -> String {
        format!("http://{}{PATH}", self.address)
    }

    /// Ends after what is in flight.
    pub(crate) async fn stop(&mut self) {
        self.stop.send_replace(true);
        // It does not panic, and nobody else ends it
        let _ = (&mut self.accepting).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Accepts connections, and owns them, so that they end when this task is aborted.
async fn accept(
    listener: TcpListener,
    here: SocketAddr,
    settings: Arc<Settings>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    let places = Arc::new(Semaphore::new(settings.limits.connections));
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        tokio::select! {
            (place, accepted) = next => match accepted {
                Ok((stream, _)) => {
                    let serving = serve(stream, here, Arc::clone(&settings), stopped.clone());
                    connections.spawn(async move {
                        let _place = place;
                        serving.await;
                    });
                }
                // As when file descriptors run out: try again later
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
            _ = stopped.changed() => break,
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn serve(
    stream: TcpStream,
    here: SocketAddr,
    settings: Arc<Settings>,
    mut stopped: watch::Receiver<bool>,
) {
    // Small responses are sent at once; without the option they are sent a little later
    let _slower = stream.set_nodelay(true);
    let head = settings.limits.head;
    let service = service_fn(move |request| {
        let responding = respond(Arc::clone(&settings), here, request);
        async move { Ok::<_, Infallible>(responding.await) }
    });
    // Of a request with Content-Length and Transfer-Encoding the second counts, and the connection ends after it
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(head).max_buf_size(BUFFER);
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // The client went away: nothing is left to do
        _over = connection.as_mut() => return,
        _ = stopped.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _over = connection.await;
}

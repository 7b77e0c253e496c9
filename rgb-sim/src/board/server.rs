//! The server board.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Context;
use std::time::Duration;

use rgb_proto::http::{BoardStatus, ContentType, Document, PAGE, Resource};
use rgb_proto::settings::Role;
use rgb_proto::{ErrorKind, Instant, Name, Request, ServeError, Served, ServerConfig, ServerExchange, ServerStep};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, info};

use super::lock;
use crate::clock::{Clock, Steps};
use crate::event::{Event, NoticeKind, ServerSummary, micros};
use crate::source::{Random, Source, Streams};
use crate::threads::Threads;
use crate::transport;

/// How a server board is set up. The default takes connections on a free port of this machine alone and sends the random
/// colours of seed 0.
pub struct ServerBoardConfig {
    /// The board's name, in events and in its status.
    pub name: Name,
    /// Where to take connections; port 0 is any free one.
    pub bind: SocketAddr,
    /// Where the colours come from.
    pub source: Box<dyn Source>,
    /// What one client may cost.
    pub exchange: ServerConfig,
    /// The most connections open at one time; further ones are closed at once. 1024 unless set.
    pub connections_max: usize,
    /// Threads that serve, at least 1, each with a listener of its own. More than one share the port, which lets other
    /// programs of the same user share it too.
    pub workers: usize,
    /// Stop after so many requests were answered.
    pub count: Option<u64>,
    /// Where events go; a full channel makes the board wait, a closed one is ignored.
    pub events: Option<mpsc::Sender<Event>>,
}

impl Default for ServerBoardConfig {
    fn default() -> Self {
        Self {
            name: "server".parse().expect("a name that the protocol takes"),
            bind: (Ipv4Addr::LOCALHOST, 0).into(),
            source: Box::new(Random::new(0)),
            exchange: ServerConfig::default(),
            connections_max: 1024,
            workers: 1,
            count: None,
            events: None,
        }
    }
}

/// A virtual server board that answers real TCP connections from threads of its own.
///
/// It needs no async runtime around it. Dropping it stops it.
///
/// ```
/// use rgb_sim::{Rgb, Script, ServerBoard, ServerBoardConfig};
/// use std::io::{Read, Write};
///
/// let colors = Script::new([Rgb::new(255, 128, 0)])?;
/// let board = ServerBoard::start(ServerBoardConfig { source: Box::new(colors), ..Default::default() })?;
///
/// let mut connection = std::net::TcpStream::connect(board.addr())?;
/// connection.write_all(b"GET Data")?;
/// let mut reply = String::new();
/// connection.read_to_string(&mut reply)?;
/// assert_eq!(reply, "255,128,0");
/// drop(connection);
///
/// assert_eq!(board.stop().served, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ServerBoard {
    server: Arc<Server>,
    addr: SocketAddr,
    threads: Threads,
}

/// Why a server board could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be used.
    #[error("cannot listen on {addr}: {error}; {}", bind_hint(*addr, error))]
    Bind {
        /// The address that was asked for.
        addr: SocketAddr,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// The system gives no thread or no event queue.
    #[error("cannot start the board: {0}; close other programs, or raise the limits that `ulimit -a` shows")]
    Resources(#[source] io::Error),
}

fn bind_hint(addr: SocketAddr, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => format!(
            "ports below 1024 need a permission that this user lacks: take a higher one, such as --bind {}, or run as root",
            SocketAddr::new(addr.ip(), 8080)
        ),
        io::ErrorKind::AddrInUse => "another program listens there: stop it, or take another port; \
            port 0 is any free one"
            .into(),
        io::ErrorKind::AddrNotAvailable => "this machine has no such address; 0.0.0.0 is all it has".into(),
        _ => "check the address".into(),
    }
}

impl ServerBoard {
    /// Starts to take connections.
    ///
    /// # Errors
    ///
    /// [`StartError`] when the address cannot be used or the system gives no thread.
    pub fn start(config: ServerBoardConfig) -> Result<Self, StartError> {
        let bind = config.bind;
        let failed = |error| StartError::Bind { addr: bind, error };
        let listeners = transport::listeners(bind, config.workers.max(1)).map_err(failed)?;
        let addr = listeners[0].local_addr().map_err(failed)?;
        let server = Arc::new(Server::new(config));
        let mut threads = Threads::new(server.stop.clone());
        for (number, listener) in listeners.into_iter().enumerate() {
            let worker = Arc::clone(&server);
            threads.spawn(format!("{}-{number}", server.name), move || worker.run(listener, addr))?;
        }
        Ok(Self { server, addr, threads })
    }

    /// The address to connect to, with the real port.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What the board calls itself.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.server.name
    }

    /// For who speaks in the board's name.
    pub(crate) fn server(&self) -> Arc<Server> {
        Arc::clone(&self.server)
    }

    /// Sends the colours of another source from now on.
    pub fn set_source(&self, source: Box<dyn Source>) {
        *lock(&self.server.streams) = Streams::new(source);
    }

    /// What the board has seen so far.
    #[must_use]
    pub fn stats(&self) -> ServerSummary {
        self.server.stats()
    }

    /// Waits until the board has stopped by itself: it has answered as many requests as it was to.
    pub async fn stopped(&self) {
        self.server.stop.cancelled().await;
    }

    /// Takes no more connections, gives the open ones a quarter of a second to end, and returns what the board has seen.
    #[must_use = "or drop the board, which stops it too"]
    pub fn stop(mut self) -> ServerSummary {
        self.threads.stop();
        self.threads.join();
        self.server.stats()
    }
}

/// What the workers of one server board share.
pub(crate) struct Server {
    name: Name,
    exchange: ServerConfig,
    connections_max: usize,
    count: Option<u64>,
    events: Option<mpsc::Sender<Event>>,
    streams: Mutex<Streams>,
    started: std::time::Instant,
    open: AtomicUsize,
    served: AtomicU64,
    notices: Mutex<BTreeMap<NoticeKind, u64>>,
    pub(crate) stop: CancellationToken,
}

impl Server {
    /// How long open connections may go on when the board stops.
    const STOP_GRACE: Duration = Duration::from_millis(250);
    /// How long a worker waits when the machine cannot accept a connection.
    const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
    /// How often a limit that is hit again and again is reported.
    const REPORT_INTERVAL: Duration = Duration::from_secs(1);

    pub(crate) fn new(config: ServerBoardConfig) -> Self {
        Self {
            name: config.name,
            exchange: config.exchange,
            connections_max: config.connections_max,
            count: config.count,
            events: config.events,
            streams: Mutex::new(Streams::new(config.source)),
            started: std::time::Instant::now(),
            open: AtomicUsize::new(0),
            served: AtomicU64::new(0),
            notices: Mutex::default(),
            stop: CancellationToken::new(),
        }
    }

    pub(crate) fn stats(&self) -> ServerSummary {
        ServerSummary { served: self.served.load(Ordering::Relaxed), notices_by_kind: lock(&self.notices).clone() }
    }

    /// Takes connections until the board stops.
    pub(crate) async fn run(self: Arc<Self>, listener: std::net::TcpListener, addr: SocketAddr) {
        let listener = match TcpListener::from_std(listener) {
            Ok(listener) => listener,
            Err(error) => return self.accept_failed(&error, Some(1)).await,
        };
        info!(board = %self.name, %addr, "listening");
        let connections = TaskTracker::new();
        let stopped = self.stop.clone();
        stopped.run_until_cancelled(self.accept_all(&listener, &connections)).await;
        drop(listener);
        connections.close();
        if tokio::time::timeout(Self::STOP_GRACE, connections.wait()).await.is_err() {
            debug!(board = %self.name, open = connections.len(), "closing connections that are still open");
        }
        info!(board = %self.name, "stopped");
    }

    async fn accept_all(self: &Arc<Self>, listener: &TcpListener, connections: &TaskTracker) {
        let clock = Clock::start();
        let mut turned_away = Throttle::default();
        let mut failed = Throttle::default();
        loop {
            let (stream, peer) = match listener.accept().await {
                Ok(connection) => connection,
                // The client went away before it was accepted.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
                Err(error) => {
                    self.accept_failed(&error, failed.report(clock, Self::REPORT_INTERVAL)).await;
                    tokio::time::sleep(Self::ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let open = OpenConnection::new(self);
            if open.number > self.connections_max {
                drop((stream, open));
                self.count_notice(NoticeKind::LimitConnections);
                if let Some(count) = turned_away.report(clock, Self::REPORT_INTERVAL) {
                    let message = format!(
                        "{count} connection(s) turned away: {} are open, the most allowed (--max-connections)",
                        self.connections_max
                    );
                    self.emit_notice(NoticeKind::LimitConnections, None, message).await;
                }
                continue;
            }
            connections.spawn(open.serve(stream, peer, clock));
        }
    }

    /// `report` is how many failures to report now, if any.
    async fn accept_failed(&self, error: &io::Error, report: Option<u64>) {
        self.count_notice(NoticeKind::Accept);
        if let Some(count) = report {
            let message = format!(
                "{count} attempt(s) to take a connection failed: {error}; if too many files are open, raise the limit \
                 (ulimit -n) or lower --max-connections"
            );
            self.emit_notice(NoticeKind::Accept, None, message).await;
        }
    }

    /// What `/status` says to the client of this connection.
    fn status(&self, stream: &TcpStream) -> BoardStatus {
        BoardStatus {
            name: self.name,
            role: Role::Server,
            address: stream.local_addr().ok().map(|addr| addr.ip()),
            rssi_dbm: None,
            access_point: None,
            uptime: self.started.elapsed(),
            color: None,
            served: u32::try_from(self.served.load(Ordering::Relaxed)).unwrap_or(u32::MAX),
            exchanges: 0,
            failures: [0; ErrorKind::ALL.len()],
            reset_reason: "power_on",
        }
    }

    pub(crate) const fn name(&self) -> &Name {
        &self.name
    }

    /// Counts and reports what is no exchange.
    pub(crate) async fn notice(&self, kind: NoticeKind, peer: Option<SocketAddr>, message: String) {
        self.count_notice(kind);
        self.emit_notice(kind, peer, message).await;
    }

    fn count_notice(&self, kind: NoticeKind) {
        *lock(&self.notices).entry(kind).or_default() += 1;
    }

    fn emit_notice(
        &self,
        kind: NoticeKind,
        peer: Option<SocketAddr>,
        message: String,
    ) -> Pin<Box<impl Future<Output = ()>>> {
        debug!(board = %self.name, ?kind, ?peer, message);
        self.emit(move |name| Event::Notice { board: name, peer, kind, message })
    }

    /// Boxed, because an event on its way is larger than all else that a connection keeps, and a load has none.
    pub(crate) fn emit(&self, event: impl FnOnce(String) -> Event) -> Pin<Box<impl Future<Output = ()>>> {
        Box::pin(async move {
            if let Some(events) = &self.events {
                // Nobody listens any more: the run is ending.
                let _ = events.send(event(self.name.to_string())).await;
            }
        })
    }

    /// Counts and reports what came of one connection, which is closed by now.
    async fn account(&self, peer: SocketAddr, outcome: Result<Served, ServeError>, clock: Clock, accepted: Instant) {
        let served = match outcome {
            Ok(served) => served,
            Err(error) => {
                let kind = error.into();
                let message = match error {
                    ServeError::TimedOut => format!("{error} ({:?}, --exchange-timeout)", self.exchange.timeout),
                    _ => error.to_string(),
                };
                self.count_notice(kind);
                return self.emit_notice(kind, Some(peer), message).await;
            }
        };
        let number = self.served.fetch_add(1, Ordering::Relaxed) + 1;
        if self.events.is_some() {
            let elapsed = clock.now().saturating_duration_since(accepted);
            let client = served.request.name().copied();
            self.emit(|board| Event::Served {
                board,
                peer,
                request: (&served.request).into(),
                client,
                color: served.color,
                elapsed_us: micros(elapsed),
            })
            .await;
        }
        if served.request_over_limit {
            self.count_notice(NoticeKind::LimitRequest);
            let message = format!(
                "the request is longer than {} bytes (--max-request) and was answered as it was by then",
                self.exchange.request_len_max
            );
            self.emit_notice(NoticeKind::LimitRequest, Some(peer), message).await;
        }
        if served.abandoned {
            self.count_notice(NoticeKind::Abandoned);
            let message = "the client got its reply but did not close the connection, which was then closed under it";
            self.emit_notice(NoticeKind::Abandoned, Some(peer), message.into()).await;
        }
        if self.count.is_some_and(|count| number >= count) {
            self.stop.cancel();
        }
    }
}

/// A place among the connections that may be open, given back when dropped.
struct OpenConnection {
    server: Arc<Server>,
    number: usize,
}

impl OpenConnection {
    fn new(server: &Arc<Server>) -> Self {
        let number = server.open.fetch_add(1, Ordering::Relaxed) + 1;
        Self { server: Arc::clone(server), number }
    }

    async fn serve(self, mut stream: TcpStream, peer: SocketAddr, clock: Clock) {
        let accepted = clock.now();
        let outcome = drive(&self.server, &mut stream, clock, accepted).await;
        drop(stream);
        let server = Arc::clone(&self.server);
        drop(self);
        server.account(peer, outcome, clock, accepted).await;
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.server.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Does what the exchange's state machine says.
async fn drive(server: &Server, stream: &mut TcpStream, clock: Clock, accepted: Instant) -> Result<Served, ServeError> {
    let ServerConfig { timeout, linger, .. } = server.exchange;
    let mut exchange = ServerExchange::new(&server.exchange, accepted);
    // This comes before both deadlines of a quick exchange, so the timer is set once.
    let timer = pin!(tokio::time::sleep_until(clock.at(accepted + timeout.min(linger))));
    let mut steps = Steps::new(clock, accepted, timer);
    let mut document = Cow::Borrowed("");
    loop {
        match exchange.poll(steps.now()) {
            ServerStep::Receive { deadline } => {
                let mut take = |read: io::Result<&[u8]>, now| match read {
                    Ok([]) => exchange.handle_eof(),
                    Ok(bytes) => exchange.handle_received(bytes, now),
                    Err(error) => exchange.handle_error((&error).into()),
                };
                steps.before(deadline, |cx, now| transport::poll_read(stream, cx, |read| take(read, now))).await;
            }
            ServerStep::Reply(request) => {
                let content_type = match request {
                    Request::Data { .. } | Request::Other | Request::Http { resource: Resource::Color, .. } => {
                        let color = lock(&server.streams).next_color(request.name());
                        exchange.reply(color);
                        continue;
                    }
                    Request::Http { resource: Resource::Page, .. } => {
                        document = PAGE.into();
                        ContentType::Html
                    }
                    Request::Http { resource: Resource::Status, .. } => {
                        document = server.status(stream).to_string().into();
                        ContentType::Json
                    }
                };
                exchange.reply_document(Document { content_type, len: document.len() });
            }
            ServerStep::Transmit { bytes, last, deadline } => {
                let write = |cx: &mut Context<'_>, _| transport::poll_write(stream, cx, bytes, last);
                match steps.before(deadline, write).await {
                    Some(Ok(len)) => exchange.handle_sent(len, steps.now()),
                    Some(Err(error)) => exchange.handle_error((&error).into()),
                    None => {}
                }
            }
            ServerStep::TransmitBody { offset, deadline } => {
                let bytes = &document.as_bytes()[offset..];
                let write = |cx: &mut Context<'_>, _| transport::poll_write(stream, cx, bytes, true);
                match steps.before(deadline, write).await {
                    Some(Ok(len)) => exchange.handle_sent(len, steps.now()),
                    Some(Err(error)) => exchange.handle_error((&error).into()),
                    None => {}
                }
            }
            ServerStep::Done(outcome) => return outcome,
        }
    }
}

/// Counts what happens again and again, and says when to report it.
#[derive(Default)]
struct Throttle {
    count: u64,
    next: Option<Instant>,
}

impl Throttle {
    /// Counts one more; returns the count to report unless the last report was less than `interval` ago.
    fn report(&mut self, clock: Clock, interval: Duration) -> Option<u64> {
        self.count += 1;
        let now = clock.now();
        if self.next.is_some_and(|next| now < next) {
            return None;
        }
        self.next = Some(now + interval);
        Some(std::mem::take(&mut self.count))
    }
}

//! The client board.

use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::Rng;
use rgb_proto::{
    ClientConfig, ClientExchange, ClientPolicy, ClientStep, ExchangeError, Instant, Rgb, Station, StationConfig,
    StationStep, TransportError,
};
use tokio::io::AsyncWrite;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::Sleep;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use super::locator::{LocateError, Location, Locator};
use super::{StartError, lock};
use crate::address::ServerChoice;
use crate::clock::{Clock, Steps};
use crate::discovery::Interfaces;
use crate::event::{DecodeDetail, Event, micros};
use crate::source::named_rng;
use crate::stats::Tally;
use crate::threads::Threads;
use crate::transport;

/// How a client board is set up.
#[derive(Clone, Debug)]
pub struct ClientBoardConfig {
    /// The board's name in events. What it calls itself in its requests is `client.name`.
    pub name: String,
    /// Whom to ask.
    pub server: ServerChoice,
    /// Where to look for servers and names that multicast DNS knows.
    pub interfaces: Interfaces,
    /// How to ask.
    pub client: ClientConfig,
    /// Stop after so many attempts, good or bad.
    pub count: Option<u64>,
    /// Decides the jitter of the waits after failures.
    pub seed: u64,
    /// Where events go; a full channel makes the board wait, a closed one is ignored.
    pub events: Option<mpsc::Sender<Event>>,
}

impl ClientBoardConfig {
    /// A board that asks this server as the tutorial's client does, without end.
    #[must_use]
    pub fn new(server: impl Into<ServerChoice>) -> Self {
        Self {
            name: "client".into(),
            server: server.into(),
            interfaces: Interfaces::All,
            client: ClientConfig::default(),
            count: None,
            seed: 0,
            events: None,
        }
    }

    /// Runs the board on the present tokio runtime until it has asked `count` times or `stop` completes, and returns what
    /// came of it. An attempt that `stop` interrupts does not count.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Tally {
        let state = Arc::default();
        tokio::select! {
            biased;
            () = stop => {}
            () = self.run_forever(Arc::clone(&state)) => {}
        }
        State::tally(&state)
    }

    async fn run_forever(self, state: Arc<Mutex<State>>) {
        let clock = Clock::start();
        let mut rng = named_rng(self.seed, self.name.as_bytes());
        let mut station = Station::new(StationConfig::default(), clock.now());
        let mut policy = ClientPolicy::new(self.client);
        let locator = Locator::new(self.server.clone(), self.interfaces.clone());
        let mut asker = Asker::new(locator, self.client, clock);
        let mut found = None;
        asker.look_ahead().await;
        let mut seq = 0;
        while self.count.is_none_or(|count| seq < count) {
            let started = clock.now();
            match station.poll(started, rng.next_u32()) {
                // The operating system keeps this machine on its network and gives it its addresses.
                StationStep::Join { .. } => station.handle_joined(started),
                StationStep::AwaitAddress { .. } => station.handle_address(started),
                StationStep::Leave { .. } => {
                    if let Some(failure) = station.last_failure() {
                        info!(board = self.name, "{failure}");
                    }
                    policy = ClientPolicy::new(self.client);
                    station.handle_left(started, rng.next_u32());
                }
                StationStep::Wait { until } => tokio::time::sleep_until(clock.at(until)).await,
                // Whoever asks has no need of probes, and the gateway is the operating system's.
                StationStep::Run { .. } | StationStep::Probe { .. } => {
                    seq += 1;
                    let outcome = asker.ask(started).await;
                    let ended = clock.now();
                    if let Some(server) = asker.found().filter(|server| found.as_ref() != Some(server)) {
                        self.found(&server).await;
                        found = Some(server);
                    }
                    let message = outcome.err().map(|error| asker.explain(error));
                    self.account(&state, seq, outcome, message, ended.saturating_duration_since(started)).await;
                    station.handle_exchange(outcome.map(drop), ended);
                    if self.count != Some(seq) {
                        let next = policy.handle_outcome(outcome.is_ok(), started, ended, rng.next_u32());
                        tokio::time::sleep_until(clock.at(next)).await;
                    }
                }
            }
        }
    }

    /// Reports whom the board asks from now on (DSC-6).
    async fn found(&self, (name, addr): &(Arc<str>, SocketAddr)) {
        info!(board = self.name, %name, %addr, "found a server");
        self.emit(Event::Found { board: self.name.clone(), name: name.to_string(), addr: *addr }).await;
    }

    async fn emit(&self, event: Event) {
        if let Some(events) = &self.events {
            // Nobody listens any more: the run is ending.
            let _ = events.send(event).await;
        }
    }

    /// Counts and reports one attempt; `message` says what went wrong.
    async fn account(
        &self,
        state: &Mutex<State>,
        seq: u64,
        outcome: Result<Rgb, ExchangeError>,
        message: Option<String>,
        elapsed: Duration,
    ) {
        debug!(board = self.name, seq, ?outcome, ?elapsed);
        {
            let mut state = lock(state);
            match outcome {
                Ok(color) => {
                    state.color = Some(color);
                    state.tally.record_success(elapsed);
                }
                Err(error) => state.tally.record_error(error.kind()),
            }
        }
        let (board, elapsed_us) = (self.name.clone(), micros(elapsed));
        let event = match outcome {
            Ok(color) => Event::Exchange { board, seq, color, elapsed_us, at_us: None },
            Err(error) => Event::Error {
                board,
                seq,
                kind: error.kind(),
                elapsed_us,
                decode: DecodeDetail::of(error),
                message: message.unwrap_or_else(|| error.to_string()),
                at_us: None,
            },
        };
        self.emit(event).await;
    }
}

/// What a client board shows and has counted.
#[derive(Debug, Default)]
struct State {
    color: Option<Rgb>,
    tally: Tally,
}

impl State {
    fn tally(state: &Mutex<Self>) -> Tally {
        lock(state).tally.clone()
    }
}

/// A virtual client board that asks a server over real TCP from a thread of its own.
///
/// It needs no async runtime around it. Dropping it stops it.
///
/// ```
/// use rgb_sim::{ClientBoard, ClientBoardConfig, Rgb, Script, ServerBoard, ServerBoardConfig};
///
/// let source = Box::new(Script::fixed(Rgb::new(0, 128, 255)));
/// let server = ServerBoard::start(ServerBoardConfig { source, ..Default::default() })?;
/// let client = ClientBoard::start(ClientBoardConfig { count: Some(3), ..ClientBoardConfig::new(server.addr()) })?;
/// let tally = client.wait();
/// assert_eq!((tally.exchanges(), tally.errors()), (3, 0));
/// # Ok::<(), rgb_sim::StartError>(())
/// ```
pub struct ClientBoard {
    state: Arc<Mutex<State>>,
    thread: Threads,
}

impl ClientBoard {
    /// Starts to ask.
    ///
    /// # Errors
    ///
    /// [`StartError`] when the system gives no thread.
    pub fn start(config: ClientBoardConfig) -> Result<Self, StartError> {
        let state = Arc::default();
        let stop = CancellationToken::new();
        let mut thread = Threads::new(stop.clone());
        thread.spawn(config.name.clone(), {
            let state = Arc::clone(&state);
            move || async move {
                info!(board = config.name, server = %config.server, "asking");
                stop.run_until_cancelled(config.run_forever(state)).await;
            }
        })?;
        Ok(Self { state, thread })
    }

    /// The colour that the board shows: the last one it got, also while it gets none (POL-4).
    #[must_use]
    pub fn color(&self) -> Option<Rgb> {
        lock(&self.state).color
    }

    /// What came of its attempts so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        State::tally(&self.state)
    }

    /// Waits until the board has made all its attempts, and returns what came of them. A board without a count never ends.
    #[must_use]
    pub fn wait(mut self) -> Tally {
        self.thread.join();
        self.tally()
    }

    /// Stops the board and returns what came of its attempts.
    #[must_use = "or drop the board, which stops it too"]
    pub fn stop(self) -> Tally {
        self.thread.stop();
        self.wait()
    }
}

/// Makes one exchange after the other with one server.
pub(crate) struct Asker {
    locator: Arc<Locator>,
    config: ClientConfig,
    clock: Clock,
    /// Where the server was at last.
    location: Option<Location>,
    /// Why the last look-up failed.
    lost: Option<LocateError>,
    /// Whether the last exchange failed, so that the server is looked for again (DSC-5).
    failed: bool,
    timer: Pin<Box<Sleep>>,
}

impl Asker {
    pub(crate) fn new(locator: Arc<Locator>, config: ClientConfig, clock: Clock) -> Self {
        let timer = Box::pin(tokio::time::sleep_until(clock.at(Instant::ORIGIN)));
        Self { locator, config, clock, location: None, lost: None, failed: false, timer }
    }

    /// Looks for the server, where that may take longer than an exchange.
    pub(crate) async fn look_ahead(&self) {
        Box::pin(self.locator.look_ahead()).await;
    }

    /// Does what the state machine of an exchange that starts now says.
    pub(crate) async fn ask(&mut self, now: Instant) -> Result<Rgb, ExchangeError> {
        let mut exchange = ClientExchange::new(&self.config, now);
        let mut steps = Steps::new(self.clock, now, self.timer.as_mut());
        let mut server = Server {
            locator: &self.locator,
            clock: self.clock,
            location: &mut self.location,
            lost: &mut self.lost,
            failed: std::mem::take(&mut self.failed),
        };
        let mut stream = None;
        loop {
            match (exchange.poll(steps.now()), &mut stream) {
                (ClientStep::Done(outcome), _) => {
                    self.failed = outcome.is_err();
                    return outcome;
                }
                (ClientStep::Connect { deadline }, _) => {
                    let mut connecting = pin!(server.connect(deadline));
                    match steps.before(deadline, |cx, _| connecting.as_mut().poll(cx)).await {
                        Some(Ok(connected)) => {
                            stream = Some(connected);
                            exchange.handle_connected();
                        }
                        Some(Err(error)) => exchange.handle_error(error),
                        None => {}
                    }
                }
                (ClientStep::Transmit { bytes, deadline }, Some(stream)) => {
                    match steps.before(deadline, |cx, _| Pin::new(&mut *stream).poll_write(cx, bytes)).await {
                        Some(Ok(len)) => exchange.handle_sent(len),
                        Some(Err(error)) => exchange.handle_error((&error).into()),
                        None => {}
                    }
                }
                (ClientStep::Receive { deadline }, Some(stream)) => {
                    let mut take = |read: io::Result<&[u8]>| match read {
                        Ok([]) => exchange.handle_eof(),
                        Ok(bytes) => exchange.handle_received(bytes),
                        Err(error) => exchange.handle_error((&error).into()),
                    };
                    steps.before(deadline, |cx, _| transport::poll_read(stream, cx, &mut take)).await;
                }
                (ClientStep::Transmit { .. } | ClientStep::Receive { .. }, None) => {
                    unreachable!("an exchange transmits and receives only once it was told of its connection")
                }
            }
        }
    }

    /// Whom it asks, when that is a server that announced itself.
    pub(crate) fn found(&self) -> Option<(Arc<str>, SocketAddr)> {
        let location = self.location.as_ref()?;
        Some((location.board.clone()?, *location.addrs.first()?))
    }

    /// What went wrong in the last exchange, for people.
    pub(crate) fn explain(&self, error: ExchangeError) -> String {
        match (self.locator.server(), &self.lost, self.found()) {
            (ServerChoice::FirstAnnounced, Some(lost), _) => lost.to_string(),
            (ServerChoice::FirstAnnounced, None, Some((name, addr))) => format!("{name} at {addr}: {error}"),
            (ServerChoice::FirstAnnounced, None, None) => error.to_string(),
            (ServerChoice::At(addr), Some(lost @ LocateError::Discovery(_)), _) => format!("{addr}: {lost}"),
            (ServerChoice::At(addr), ..) => format!("{addr}: {error}"),
        }
    }
}

/// What is needed to connect to a server.
struct Server<'a> {
    locator: &'a Locator,
    clock: Clock,
    location: &'a mut Option<Location>,
    lost: &'a mut Option<LocateError>,
    failed: bool,
}

impl Server<'_> {
    /// Opens a connection to the first of the server's addresses that takes it.
    async fn connect(&mut self, deadline: Instant) -> Result<TcpStream, TransportError> {
        if let Some(addr) = self.locator.fixed() {
            return TcpStream::connect(addr).await.map_err(|error| (&error).into());
        }
        let addrs = self.locate(deadline).await?;
        let mut failure = TransportError::NameNotFound;
        for (index, addr) in addrs.iter().enumerate() {
            // An address that does not answer must leave time for the next one.
            let left = deadline.saturating_duration_since(self.clock.now());
            let share = left / (addrs.len() - index) as u32;
            match tokio::time::timeout(share, TcpStream::connect(addr)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => failure = (&error).into(),
                Err(_) => failure = TransportError::Unreachable,
            }
        }
        Err(failure)
    }

    /// Keeps what was found while exchanges succeed (DSC-5).
    async fn locate(&mut self, deadline: Instant) -> Result<Arc<[SocketAddr]>, TransportError> {
        *self.lost = None;
        if let (Some(location), false) = (&self.location, self.failed) {
            return Ok(Arc::clone(&location.addrs));
        }
        // The attempt still has to say that nobody was found.
        let left = deadline.saturating_duration_since(self.clock.now());
        let patience = (left / 4 * 3).min(Locator::PATIENCE);
        // Boxed, because a look-up is larger than all else that an exchange keeps, and rare.
        match Box::pin(self.locator.locate(self.location.as_ref(), patience)).await {
            Ok(location) => Ok(Arc::clone(&self.location.insert(location).addrs)),
            Err(error) => {
                debug!(%error, "the server was not found");
                *self.lost = Some(error);
                Err(TransportError::NameNotFound)
            }
        }
    }
}

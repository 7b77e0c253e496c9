//! Closed-loop load: each connection asks again as soon as it has its answer.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use rand::Rng;
use rgb_proto::{ClientConfig, ClientPolicy};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::address::ServerAddr;
use crate::board::{Asker, Locator, Server, ServerBoardConfig, StartError, lock};
use crate::clock::Clock;
use crate::discovery::Interfaces;
use crate::event::ServerSummary;
use crate::source::named_rng;
use crate::stats::Tally;
use crate::threads::Threads;
use crate::transport;

/// How much load, on what.
pub struct LoadConfig {
    /// The server to load; with none, a server board of the load's own, on the same threads.
    pub target: Target,
    /// Connections at one time, at least 1.
    pub connections: usize,
    /// When to end.
    pub end: End,
    /// How to ask; the interval is not used.
    pub client: ClientConfig,
    /// Threads, at least 1, each with its share of the connections and, where the server is the load's own, a listener.
    pub workers: usize,
    /// Decides the jitter of the waits after failures.
    pub seed: u64,
}

/// What is loaded.
pub enum Target {
    /// A server elsewhere; all connections share what is found out about where it is.
    Server(ServerAddr),
    /// A server board of the load's own. Its `workers` are the load's.
    Own(ServerBoardConfig),
}

/// When a load ends, besides when it is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// After so many attempts in all, good or bad.
    Count(u64),
    /// After this time.
    Duration(Duration),
}

/// A load that is running, on threads of its own. Dropping it stops it.
pub struct Load {
    shared: Arc<Shared>,
    server: Option<Arc<Server>>,
    threads: Threads,
    started: std::time::Instant,
}

struct Shared {
    asker: AskerConfig,
    /// Attempts that may still be started, where they are counted.
    tickets: Option<AtomicU64>,
    end: Option<Duration>,
    stop: CancellationToken,
    /// Workers whose connections have not ended.
    asking: AtomicUsize,
    /// When the last of them ended.
    ended: OnceLock<std::time::Instant>,
    /// Ends the load's own server.
    asked: CancellationToken,
    /// A tally for each worker, so that they do not wait for each other.
    tallies: Vec<Mutex<Tally>>,
}

struct AskerConfig {
    locator: Arc<Locator>,
    client: ClientConfig,
    seed: u64,
}

impl Load {
    /// Starts the load.
    ///
    /// # Errors
    ///
    /// [`StartError`] when the load's own server cannot listen or the system gives no thread.
    pub fn start(config: LoadConfig) -> Result<Self, StartError> {
        let workers = config.workers.max(1).min(config.connections.max(1));
        let (addr, own) = match config.target {
            Target::Server(addr) => (addr, None),
            Target::Own(board) => {
                let bind = board.bind;
                let failed = |error| StartError::Bind { addr: bind, error };
                let listeners = transport::listeners(bind, workers).map_err(failed)?;
                let addr = listeners[0].local_addr().map_err(failed)?;
                (addr.into(), Some((Arc::new(Server::new(board)), listeners, addr)))
            }
        };
        let locator = Locator::new(addr.into(), Interfaces::All);
        let shared = Arc::new(Shared {
            asker: AskerConfig { locator, client: config.client, seed: config.seed },
            tickets: match config.end {
                End::Count(count) => Some(AtomicU64::new(count)),
                End::Duration(_) => None,
            },
            end: match config.end {
                End::Count(_) => None,
                End::Duration(duration) => Some(duration),
            },
            stop: CancellationToken::new(),
            asking: AtomicUsize::new(workers),
            ended: OnceLock::new(),
            asked: own.as_ref().map_or_else(CancellationToken::new, |(server, ..)| server.stop.clone()),
            tallies: (0..workers).map(|_| Mutex::default()).collect(),
        });
        let (server, mut listeners, bound) = match own {
            Some((server, listeners, addr)) => (Some(server), listeners, Some(addr)),
            None => (None, Vec::new(), None),
        };
        let threads = Threads::new(shared.stop.clone());
        let mut load = Self { shared, server, threads, started: std::time::Instant::now() };
        for worker in 0..workers {
            let shared = Arc::clone(&load.shared);
            let server = load.server.clone().zip(listeners.pop()).zip(bound);
            let connections = (worker..config.connections.max(1)).step_by(workers);
            load.threads.spawn(format!("load-{worker}"), move || async move {
                let serving = server.map(|((server, listener), addr)| tokio::spawn(server.run(listener, addr)));
                let mut asking: JoinSet<()> =
                    connections.map(|number| Arc::clone(&shared).ask_until_end(worker, number)).collect();
                // All connections at once: one that looked for the stop itself would do so whenever it is woken.
                shared.stop.run_until_cancelled(join_all(&mut asking)).await;
                asking.shutdown().await;
                // Another worker's connections may still be served here.
                shared.finished_asking();
                if let Some(serving) = serving {
                    serving.await.expect("the server's task neither panics nor is aborted");
                }
            })?;
        }
        Ok(load)
    }

    /// What came of the attempts so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut sum = Tally::new();
        for tally in &self.shared.tallies {
            sum.merge(&lock(tally));
        }
        sum
    }

    /// How many attempts are finished so far, good or bad.
    #[must_use]
    pub fn attempts(&self) -> u64 {
        self.shared.tallies.iter().map(|tally| lock(tally).attempts()).sum()
    }

    /// How long the load has been running, or ran.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.shared.ended.get().map_or_else(|| self.started.elapsed(), |ended| *ended - self.started)
    }

    /// Whether the load has ended by itself or has been stopped.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.threads.is_finished()
    }

    /// Tells the load to end: attempts under way are dropped and do not count.
    pub fn stop(&self) {
        self.threads.stop();
    }

    /// Waits for the end, and returns what came of the attempts, how long they took in all, and what the load's own server saw.
    #[must_use]
    pub fn wait(mut self) -> (Tally, Duration, Option<ServerSummary>) {
        self.threads.join();
        (self.tally(), self.elapsed(), self.server.as_ref().map(|server| server.stats()))
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        // Where not all threads could be started, nobody else ends the server of those that were.
        self.shared.asked.cancel();
        self.stop();
    }
}

impl Shared {
    fn finished_asking(&self) {
        if self.asking.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.ended.get_or_init(std::time::Instant::now);
            self.asked.cancel();
        }
    }

    async fn ask_until_end(self: Arc<Self>, worker: usize, connection: usize) {
        let AskerConfig { locator, client, seed } = &self.asker;
        let clock = Clock::start();
        let end = self.end.map(|duration| rgb_proto::Instant::ORIGIN + duration);
        let mut rng = named_rng(*seed, &connection.to_le_bytes());
        let mut policy = ClientPolicy::new(ClientConfig { interval: Duration::ZERO, ..*client });
        let mut asker = Asker::new(Arc::clone(locator), *client, clock);
        asker.look_ahead().await;
        let mut started = clock.now();
        while self.take_ticket() {
            if end.is_some_and(|end| started >= end) {
                break;
            }
            let outcome = asker.ask(started).await;
            let ended = clock.now();
            match outcome {
                Ok(_) => lock(&self.tallies[worker]).record_success(ended.saturating_duration_since(started)),
                Err(error) => lock(&self.tallies[worker]).record_error(error.kind()),
            }
            // Only failures make a connection wait: a server that refuses is not hammered.
            if outcome.is_err() {
                let next = policy.handle_outcome(false, started, ended, rng.next_u32());
                let next = end.map_or(next, |end| next.min(end));
                tokio::time::sleep_until(clock.at(next)).await;
                started = clock.now();
            } else {
                if policy.consecutive_failures() > 0 {
                    policy.handle_outcome(true, started, ended, 0);
                }
                started = ended;
            }
        }
    }

    fn take_ticket(&self) -> bool {
        self.tickets.as_ref().is_none_or(|tickets| {
            tickets.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
        })
    }
}

async fn join_all(tasks: &mut JoinSet<()>) {
    while let Some(joined) = tasks.join_next().await {
        joined.expect("a connection's task neither panics nor is aborted");
    }
}

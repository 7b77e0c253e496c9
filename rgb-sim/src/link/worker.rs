//! The link's thread: takes connections, has them relayed, and counts.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rgb_proto::Instant;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, info};

use super::flow::Fate;
use super::relay::Relay;
use super::rules::Direction;
use super::upstream::Upstream;
use super::{LinkConfig, LinkEnd, LinkSummary, connection};
use crate::board::lock;
use crate::clock::Clock;
use crate::event::{Event, NoticeKind, micros};

/// What a link's connections share.
pub(super) struct Worker {
    config: LinkConfig,
    upstream: Upstream,
    /// The time of the rules begins when the link is started.
    clock: Clock,
    open: AtomicUsize,
    summary: Mutex<LinkSummary>,
    pub(super) stop: CancellationToken,
    /// Cancelled when everything has ended.
    pub(super) stopped: CancellationToken,
}

impl Worker {
    /// How long connections may take to report their ends when the link stops.
    const STOP_GRACE: Duration = Duration::from_millis(250);
    /// How long to wait when the machine cannot accept a connection.
    const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

    pub(super) fn new(config: LinkConfig, upstream: Upstream) -> Self {
        let summary = LinkSummary { seed: config.seed, ..LinkSummary::default() };
        Self {
            config,
            upstream,
            clock: Clock::start(),
            open: AtomicUsize::new(0),
            summary: Mutex::new(summary),
            stop: CancellationToken::new(),
            stopped: CancellationToken::new(),
        }
    }

    pub(super) fn summary(&self) -> LinkSummary {
        LinkSummary { elapsed_us: self.clock.now().as_micros(), ..lock(&self.summary).clone() }
    }

    /// Relays until the link stops, or its last connection has ended.
    pub(super) async fn run(self: Arc<Self>, listener: std::net::TcpListener, addr: SocketAddr) {
        let connections = TaskTracker::new();
        match TcpListener::from_std(listener) {
            Ok(listener) => {
                info!(link = %self.config.name, %addr, upstream = %self.upstream.addr(), "listening");
                self.stop.run_until_cancelled(self.accept_all(listener, &connections)).await;
            }
            Err(error) => self.accept_failed(Some(1), &error).await,
        }
        connections.close();
        self.stop.run_until_cancelled(connections.wait()).await;
        // Nobody may read the events any more.
        let _ = tokio::time::timeout(Self::STOP_GRACE, connections.wait()).await;
        info!(link = %self.config.name, "stopped");
        self.stopped.cancel();
    }

    async fn accept_all(self: &Arc<Self>, listener: TcpListener, connections: &TaskTracker) {
        let (mut turned_away, mut failed) = (Throttle::default(), Throttle::default());
        let mut number = 0;
        while self.config.count.is_none_or(|count| number < count) {
            let (stream, peer) = match listener.accept().await {
                Ok(connection) => connection,
                // The client went away before it was accepted.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
                Err(error) => {
                    self.accept_failed(failed.count(self.clock.now()), &error).await;
                    tokio::time::sleep(Self::ACCEPT_PAUSE).await;
                    continue;
                }
            };
            if self.open.load(Ordering::Relaxed) >= self.config.connections_max {
                drop(stream);
                self.turned_away(turned_away.count(self.clock.now())).await;
                continue;
            }
            self.open.fetch_add(1, Ordering::Relaxed);
            number += 1;
            connections.spawn(Arc::clone(self).serve(number, stream, peer));
        }
    }

    /// `report` is how many to report now, if any.
    async fn turned_away(&self, report: Option<u64>) {
        let message = report.map(|count| {
            let max = self.config.connections_max;
            format!("{count} connection(s) turned away: {max} are open, the most allowed (--max-connections)")
        });
        self.notice(NoticeKind::LimitConnections, None, message).await;
    }

    /// `report` is how many to report now, if any.
    async fn accept_failed(&self, report: Option<u64>, error: &io::Error) {
        let message = report.map(|count| {
            format!(
                "{count} attempt(s) to take a connection failed: {error}; if too many files are open, raise the limit \
                 (ulimit -n) or lower --max-connections"
            )
        });
        self.notice(NoticeKind::Accept, None, message).await;
    }

    /// One connection, from its opening to its end.
    async fn serve(self: Arc<Self>, number: u64, client: TcpStream, peer: SocketAddr) {
        let opened = self.clock.now();
        let fate = Fate::draw(&self.config.rules, self.config.seed, number, opened);
        let mut relay = Relay::new(&self.config.rules, fate, self.config.seed, number);
        let end = if fate.is_refused {
            drop(client);
            LinkEnd::Refused
        } else {
            match self.stop.run_until_cancelled(self.connect_and_carry(&mut relay, client, peer)).await {
                Some(end) => end,
                None if relay.is_cut() => LinkEnd::Cut,
                None => LinkEnd::Stopped,
            }
        };
        self.open.fetch_sub(1, Ordering::Relaxed);
        self.account(number, peer, &relay, end, opened).await;
    }

    async fn connect_and_carry(&self, relay: &mut Relay, client: TcpStream, peer: SocketAddr) -> LinkEnd {
        match self.upstream.connect().await {
            Ok(upstream) => connection::carry(relay, self.clock, client, upstream).await.kind,
            Err(error) => {
                connection::reset(client);
                let message = format!("upstream {}: {error}", self.upstream.addr());
                self.notice(NoticeKind::Upstream, Some(peer), Some(message)).await;
                LinkEnd::Unreachable
            }
        }
    }

    /// Counts and reports one connection, which is closed by now.
    async fn account(&self, connection: u64, peer: SocketAddr, relay: &Relay, end: LinkEnd, opened: Instant) {
        let [up, down] = Direction::BOTH.map(|direction| relay.lane(direction));
        let corrupted = up.corrupted + down.corrupted;
        let elapsed = self.clock.now().saturating_duration_since(opened);
        debug!(link = %self.config.name, connection, %peer, ?end, ?elapsed);
        {
            let mut summary = lock(&self.summary);
            summary.connections += 1;
            *summary.ends.entry(end).or_default() += 1;
            summary.up_bytes += up.sent_bytes;
            summary.down_bytes += down.sent_bytes;
            summary.corrupted += corrupted;
        }
        self.emit(Event::Relayed {
            board: self.config.name.to_string(),
            connection,
            peer,
            up_bytes: up.sent_bytes,
            down_bytes: down.sent_bytes,
            corrupted,
            elapsed_us: micros(elapsed),
            end,
        })
        .await;
    }

    /// Counts something else, and reports it where there is a message.
    async fn notice(&self, kind: NoticeKind, peer: Option<SocketAddr>, message: Option<String>) {
        *lock(&self.summary).notices_by_kind.entry(kind).or_default() += 1;
        if let Some(message) = message {
            debug!(link = %self.config.name, ?kind, ?peer, message);
            self.emit(Event::Notice { board: self.config.name.to_string(), peer, kind, message }).await;
        }
    }

    async fn emit(&self, event: Event) {
        if let Some(events) = &self.config.events {
            // Nobody listens any more: the run is ending.
            let _ = events.send(event).await;
        }
    }
}

/// Counts what happens again and again, and says once a second how often.
#[derive(Default)]
struct Throttle {
    unreported: u64,
    quiet_until: Option<Instant>,
}

impl Throttle {
    const INTERVAL: Duration = Duration::from_secs(1);

    /// Counts one more; how many to report now, if any.
    fn count(&mut self, now: Instant) -> Option<u64> {
        self.unreported += 1;
        if self.quiet_until.is_some_and(|until| now < until) {
            return None;
        }
        self.quiet_until = Some(now + Self::INTERVAL);
        Some(std::mem::take(&mut self.unreported))
    }
}

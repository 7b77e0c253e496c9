//! What boards report while they run.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use rgb_proto::{Component, ErrorKind, ExchangeError, Name, Request, Resource, Rgb, ServeError};
use serde::Serialize;

use crate::link::{LinkEnd, LinkSummary};
use crate::scenario::Comparison;
use crate::stats::{Latency, Tally};

/// One thing that happened, as `--json` writes it, an object a line.
///
/// `schema/event.schema.json` in the crate describes the objects.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields shared by several variants are explained below")]
pub enum Event {
    /// A run begins.
    Started {
        /// The version of rgb-sim.
        version: &'static str,
        /// The seed of this run: the same seed gives the same colours.
        seed: u64,
    },
    /// A server board or a link takes connections.
    Listening {
        board: String,
        /// The address to connect to; the port is the real one, also when 0 was asked for.
        addr: SocketAddr,
    },
    /// A server board has made itself known on the network.
    Announced {
        board: String,
        /// Its host name, such as `rgb-server.local`.
        host: String,
        /// Its service's full name, such as `rgb-server._rgb._tcp.local`.
        service: String,
        /// The host name before this one, which is another board's.
        taken: Option<String>,
    },
    /// A client board that was told no server has found one.
    Found {
        board: String,
        /// What the server calls itself.
        name: String,
        /// Where it is.
        addr: SocketAddr,
    },
    /// A client board got a colour.
    Exchange {
        board: String,
        /// The attempt's number, from 1.
        seq: u64,
        #[serde(flatten)]
        color: Rgb,
        /// From the start of the attempt, name lookup and connecting included, to the end of the reply.
        elapsed_us: u64,
        /// In a scenario and of emulated boards, when, on the virtual clock.
        #[serde(skip_serializing_if = "Option::is_none")]
        at_us: Option<u64>,
    },
    /// A client board's attempt failed.
    Error {
        board: String,
        seq: u64,
        kind: ErrorKind,
        elapsed_us: u64,
        /// What is wrong with a reply, where, and in which number (for the kind `decode`).
        #[serde(flatten)]
        decode: Option<DecodeDetail>,
        /// What happened and what to do, for people.
        message: String,
        /// In a scenario and of emulated boards, when, on the virtual clock.
        #[serde(skip_serializing_if = "Option::is_none")]
        at_us: Option<u64>,
    },
    /// A server board answered a client.
    Served {
        board: String,
        /// The client's address.
        peer: SocketAddr,
        request: RequestForm,
        /// The name that the client gave.
        client: Option<Name>,
        /// The colour; none when a document was sent.
        #[serde(flatten)]
        color: Option<Rgb>,
        /// From accepting the connection to closing it.
        elapsed_us: u64,
    },
    /// Something a server board or a link noticed that is no exchange.
    Notice {
        board: String,
        /// The client's address, where one client is to blame.
        peer: Option<SocketAddr>,
        kind: NoticeKind,
        message: String,
    },
    /// A link begins to run.
    LinkStarted {
        /// The version of rgb-sim.
        version: &'static str,
        /// The seed of this run: the same seed makes the same decisions.
        seed: u64,
        /// Where connections go on to, as it was asked for.
        upstream: String,
    },
    /// A connection through a link has ended.
    Relayed {
        board: String,
        /// The connection's number, from 1.
        connection: u64,
        /// The client's address.
        peer: SocketAddr,
        /// Bytes passed on from the client to the upstream.
        up_bytes: u64,
        /// Bytes passed on from the upstream to the client.
        down_bytes: u64,
        /// Pieces of which a bit was flipped.
        corrupted: u64,
        /// From accepting the connection to closing it.
        elapsed_us: u64,
        end: LinkEnd,
    },
    /// A board on the network was discovered.
    Discovered {
        /// What it calls itself.
        name: String,
        /// Where it serves.
        addr: SocketAddr,
        /// Its part.
        role: &'static str,
        /// The version of its software, where it says.
        version: Option<String>,
        /// How long its status took, from connecting to the end of the reply; none when it did not answer.
        latency_us: Option<u64>,
        host: String,
        service: String,
    },
    /// A board that was discovered is there no longer.
    Gone { name: String, service: String },
    /// A scenario begins.
    ScenarioStarted {
        version: &'static str,
        /// Its name.
        scenario: String,
        /// The kind of its boards.
        tier: &'static str,
        seed: u64,
        boards: usize,
        /// How long it lasts, in virtual time.
        duration_us: u64,
    },
    /// Something goes wrong on purpose, or does no longer.
    Fault {
        /// When, on the virtual clock.
        at_us: u64,
        /// What.
        fault: String,
        phase: FaultPhase,
        /// The boards that it is about.
        boards: Vec<String>,
    },
    /// A board of a scenario, or an emulated one, has come further, or fallen back, on its way onto the network and to a
    /// server.
    Board {
        at_us: u64,
        board: String,
        state: BoardState,
        /// The network, the address, the name, or what went wrong.
        detail: Option<String>,
    },
    /// An emulated board has written a line on its serial port.
    Serial {
        at_us: u64,
        board: String,
        /// The firmware's own words, without the time in front of them.
        text: String,
    },
    /// The firmware of an emulated board has failed, or does what is not emulated.
    Problem {
        at_us: u64,
        board: String,
        /// What, for people: a line, and a backtrace behind it where there is one.
        message: String,
    },
    /// Whether something that must hold in a scenario did.
    Demand {
        /// What, in words.
        demand: String,
        holds: bool,
        /// What came closest to breaking it, or did.
        measured: Option<String>,
        /// Where it does not hold.
        broken: Vec<BrokenDemand>,
    },
    /// An exploration begins.
    ExploreStarted {
        version: &'static str,
        /// The first seed that is explored.
        first_seed: u64,
        /// How many are; none where the time decides.
        seeds: Option<u64>,
        /// How many threads explore them.
        threads: usize,
    },
    /// The scenario of a seed failed.
    ExploreFailed {
        seed: u64,
        /// The board that showed it; none where the run itself failed.
        board: Option<String>,
        /// When it showed, on the virtual clock.
        at_us: Option<u64>,
        /// What must hold.
        demand: Option<String>,
        /// What is wrong, for people.
        message: String,
        /// How much else does not hold.
        others: usize,
        /// The command that does this again.
        replay: String,
    },
    /// A scenario that failed was made smaller.
    ExploreShrunk {
        seed: u64,
        /// Where the smaller one was saved.
        file: String,
        boards: usize,
        /// How much goes wrong in it: events and link rules.
        faults: usize,
        replay: String,
    },
    /// The end of a run.
    Summary(Summary),
    /// The end of a scenario.
    ScenarioSummary(ScenarioSummary),
    /// How boards of two kinds did in the same scenario.
    Comparison(Comparison),
    /// The end of an exploration.
    ExploreSummary(ExploreSummary),
    /// The end of a link's run.
    LinkSummary(LinkSummary),
    /// The end of a search for boards.
    DiscoverySummary {
        /// How many were discovered, those that are gone again included.
        boards: u64,
        elapsed_us: u64,
    },
}

/// What is wrong with a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DecodeDetail {
    /// The name of the kind in the protocol's vectors, such as `leading_zero`.
    pub decode_kind: &'static str,
    /// In bytes from the start of the reply.
    pub offset: usize,
    /// The number that it is in.
    pub component: Component,
}

/// Which part of a fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultPhase {
    /// It begins.
    Begin,
    /// It is over.
    End,
    /// It happens at one time.
    Once,
}

/// How far a board has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BoardState {
    /// It got power, or started anew.
    Started,
    /// It joins a network.
    Joining,
    /// It has joined.
    Joined,
    /// A network did not work, or does not any more.
    Failed,
    /// It is the access point of a network.
    AccessPoint,
    /// The network works, at an address.
    Address,
    /// The address no longer holds.
    AddressLost,
    /// It is announced under a name.
    Announced,
    /// Another host has its name, and it tries another one.
    Renamed,
    /// It found a server.
    Found,
    /// The server that it found is itself.
    AsksItself,
    /// A client of its server got no reply.
    ServeFailed,
}

/// A board and a time at which a demand does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BrokenDemand {
    /// The board.
    pub board: String,
    /// When it showed.
    pub at_us: u64,
    /// What is wrong.
    pub message: String,
}

/// The end of a scenario in numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScenarioSummary {
    /// The scenario's name.
    pub scenario: String,
    /// The kind of its boards.
    pub tier: &'static str,
    /// The seed of this run.
    pub seed: u64,
    /// How far it was played, in virtual time.
    pub played_us: u64,
    /// Whether it was played to its end.
    pub complete: bool,
    /// Whether all demands hold.
    pub holds: bool,
    /// Exchanges of all client boards that succeeded.
    pub exchanges: u64,
    /// Exchanges of all client boards that failed.
    pub errors: u64,
    /// The failures by kind; kinds that did not occur are left out.
    pub errors_by_kind: BTreeMap<ErrorKind, u64>,
    /// How long successful exchanges took, in virtual time; `null` when there were none.
    pub latency_us: Option<Latency>,
    /// A fingerprint of the run, in hexadecimal: the same scenario and seed have the same one.
    pub trace_hash: String,
    /// The command that plays it again.
    pub replay: String,
    /// How long it took on the clock on the wall. Of all that is said of a run this alone is not the same each time, so
    /// programs do not get it.
    #[serde(skip)]
    pub took: Duration,
}

/// The end of an exploration in numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ExploreSummary {
    /// The first seed.
    pub first_seed: u64,
    /// How many seeds were explored, from the first one on.
    pub seeds: u64,
    /// The seeds whose scenarios failed.
    pub failed_seeds: Vec<u64>,
    /// How long the scenarios were, together, in virtual time.
    pub virtual_us: u64,
    /// How long it took.
    pub elapsed_us: u64,
    /// The longest recovery after the last fault, of all seeds that did not fail; `null` when there was none.
    pub worst_recovery: Option<WorstRecovery>,
}

/// A recovery that took the longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct WorstRecovery {
    /// The seed of its scenario.
    pub seed: u64,
    /// How long it took, in virtual time.
    pub recovery_us: u64,
}

/// The form of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestForm {
    /// `GET Data`.
    Data,
    /// HTTP, for a colour.
    Http,
    /// HTTP, for the page.
    Page,
    /// HTTP, for the status.
    Status,
    /// Anything else.
    Other,
}

impl From<&Request> for RequestForm {
    fn from(request: &Request) -> Self {
        match request {
            Request::Data { .. } => Self::Data,
            Request::Http { resource: Resource::Color, .. } => Self::Http,
            Request::Http { resource: Resource::Page, .. } => Self::Page,
            Request::Http { resource: Resource::Status, .. } => Self::Status,
            Request::Other => Self::Other,
        }
    }
}

/// What a server board or a link noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// Connections were turned away: as many as allowed are open.
    LimitConnections,
    /// A request reached the limit of its length and was answered as it was.
    LimitRequest,
    /// A client took longer than one exchange may and got no reply.
    LimitTime,
    /// A client got its reply but did not close its side, or kept sending.
    Abandoned,
    /// A client closed without asking.
    NoRequest,
    /// A client broke the connection off.
    Reset,
    /// The machine could not accept a connection.
    Accept,
    /// The board could not make itself known on the network.
    NotAnnounced,
    /// A link could not reach its upstream.
    Upstream,
}

impl From<ServeError> for NoticeKind {
    fn from(error: ServeError) -> Self {
        match error {
            ServeError::NoRequest => Self::NoRequest,
            ServeError::TimedOut => Self::LimitTime,
            ServeError::Reset => Self::Reset,
        }
    }
}

/// The end of a run in numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Summary {
    /// The seed of this run.
    pub seed: u64,
    /// How long the run took.
    pub elapsed_us: u64,
    /// Exchanges of all client boards that succeeded.
    pub exchanges: u64,
    /// Exchanges of all client boards that failed.
    pub errors: u64,
    /// The failures by kind; kinds that did not occur are left out.
    pub errors_by_kind: BTreeMap<ErrorKind, u64>,
    /// How long successful exchanges took; `null` when there were none.
    pub latency_us: Option<Latency>,
    /// Successful exchanges a second.
    pub exchanges_per_s: f64,
    /// What the server board saw; `null` when no server board ran.
    pub server: Option<ServerSummary>,
}

/// What a server board saw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ServerSummary {
    /// Requests answered.
    pub served: u64,
    /// Everything else, by kind; kinds that did not occur are left out.
    pub notices_by_kind: BTreeMap<NoticeKind, u64>,
}

impl Summary {
    /// The summary of a run of client boards.
    #[must_use]
    pub fn new(seed: u64, elapsed: Duration, tally: &Tally, server: Option<ServerSummary>) -> Self {
        let seconds = elapsed.as_secs_f64();
        Self {
            seed,
            elapsed_us: micros(elapsed),
            exchanges: tally.exchanges(),
            errors: tally.errors(),
            errors_by_kind: tally.errors_by_kind(),
            latency_us: tally.latency(),
            exchanges_per_s: if seconds > 0.0 { tally.exchanges() as f64 / seconds } else { 0.0 },
            server,
        }
    }
}

impl DecodeDetail {
    pub(crate) fn of(error: ExchangeError) -> Option<Self> {
        let ExchangeError::Decode(error) = error else {
            return None;
        };
        Some(Self { decode_kind: error.kind().as_str(), offset: error.offset(), component: error.component() })
    }
}

pub(crate) fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}

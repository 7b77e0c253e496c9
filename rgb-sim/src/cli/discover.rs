//! `discover`: the boards that announce themselves, each with the time that it takes to answer.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rgb_sim::Event;
use rgb_sim::discovery::{AnnouncedBoard, Browser, DiscoveryError, Sighting};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::Error;
use super::args::DiscoverArgs;
use super::interrupt::Interrupt;
use super::report::{Layout, Reporter};
use super::run::runtime;

/// How long a board may take to answer.
const LATENCY_MAX: Duration = Duration::from_secs(1);

/// Longer than any board's status; what sends more is no board.
const STATUS_LEN_MAX: u64 = 4096;

/// Of the usual board's name, in characters.
const NAME_WIDTH: usize = 16;

const NONE_FOUND: &str = "no board has announced itself: check that one is on and serves (`rgb-sim server` is one too), \
    that this machine is on the same network (guest networks keep their stations apart), and that no firewall keeps \
    UDP port 5353 back; --for 10s looks for longer";

/// Whether any board was found.
pub(super) fn discover(args: &DiscoverArgs, interrupt: &Interrupt) -> Result<bool, Error> {
    let layout = Layout { name_width: NAME_WIDTH, show_served: false, attempts: None };
    let reporter = Reporter::start(args.common(), layout, interrupt.token())?;
    let begin = Instant::now();
    let stop = interrupt.token();
    let mut search = Search::new(reporter.events());
    runtime()?.block_on(async {
        let mut browser = Browser::start(&args.interface.clone().unwrap_or_default()).await?;
        let end = tokio::time::timeout(args.duration, stop.run_until_cancelled(search.run(&mut browser)));
        // The time is over, or it was interrupted, unless it failed.
        if let Ok(Some(Err(error))) = end.await {
            return Err(error);
        }
        search.finish().await;
        Ok(())
    })?;
    let boards = search.found.len();
    drop(search);
    reporter.finish_with(Event::DiscoverySummary {
        boards: boards as u64,
        elapsed_us: u64::try_from(begin.elapsed().as_micros()).unwrap_or(u64::MAX),
    })?;
    if boards == 0 {
        eprintln!("rgb-sim: {NONE_FOUND}");
    }
    Ok(boards > 0)
}

struct Search {
    events: mpsc::Sender<Event>,
    /// The services that are there, each with the board as it was last asked.
    present: HashMap<String, AnnouncedBoard>,
    /// The services that were shown and not taken back since.
    shown: HashSet<String>,
    /// The services that were ever shown.
    found: HashSet<String>,
    asking: JoinSet<(AnnouncedBoard, Option<Duration>)>,
}

impl Search {
    fn new(events: mpsc::Sender<Event>) -> Self {
        let (present, shown, found) = (HashMap::new(), HashSet::new(), HashSet::new());
        Self { events, present, shown, found, asking: JoinSet::new() }
    }

    async fn run(&mut self, browser: &mut Browser) -> Result<(), DiscoveryError> {
        loop {
            tokio::select! {
                sighting = browser.next() => match sighting? {
                    Sighting::Found(board) => self.ask(board),
                    Sighting::Gone { service } => self.take_back(service).await,
                },
                Some(asked) = self.asking.join_next() => self.show(asked.expect("asking neither panics nor is aborted")).await,
            }
        }
    }

    /// Waits for the boards that have not answered yet.
    async fn finish(&mut self) {
        while let Some(asked) = self.asking.join_next().await {
            self.show(asked.expect("asking neither panics nor is aborted")).await;
        }
    }

    /// Asks a board that is new, or is no longer where it was.
    fn ask(&mut self, board: AnnouncedBoard) {
        let is_known = |known: &AnnouncedBoard| board.addrs.contains(&known.addrs[0]);
        if !self.present.get(&board.service).is_some_and(is_known) {
            self.present.insert(board.service.clone(), board.clone());
            self.asking.spawn(async move {
                let latency = tokio::time::timeout(LATENCY_MAX, latency(board.addrs[0], &board.host)).await;
                (board, latency.ok().and_then(Result::ok))
            });
        }
    }

    async fn show(&mut self, (board, latency): (AnnouncedBoard, Option<Duration>)) {
        // It may have gone, or moved, meanwhile.
        if self.present.get(&board.service).is_none_or(|known| known.addrs[0] != board.addrs[0]) {
            return;
        }
        self.found.insert(board.service.clone());
        self.shown.insert(board.service.clone());
        let AnnouncedBoard { name, service, host, addrs, role, version } = board;
        let latency_us = latency.map(|latency| latency.as_micros() as u64);
        let (addr, role) = (addrs[0], role.as_str());
        self.emit(Event::Discovered { name, addr, role, version, latency_us, host, service }).await;
    }

    async fn take_back(&mut self, service: String) {
        if let Some(board) = self.present.remove(&service)
            && self.shown.remove(&service)
        {
            self.emit(Event::Gone { name: board.name, service }).await;
        }
    }

    async fn emit(&self, event: Event) {
        // Printing has failed, which ends the search.
        let _ = self.events.send(event).await;
    }
}

/// The time of one exchange: for the board's status, which takes no colour from its source (HTTP-5).
async fn latency(addr: SocketAddr, host: &str) -> std::io::Result<Duration> {
    let begin = Instant::now();
    let mut stream = TcpStream::connect(addr).await?;
    stream.write_all(format!("GET /status HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes()).await?;
    let mut reply = Vec::new();
    stream.take(STATUS_LEN_MAX).read_to_end(&mut reply).await?;
    if reply.is_empty() { Err(std::io::ErrorKind::UnexpectedEof.into()) } else { Ok(begin.elapsed()) }
}

//! `run`, `server` and `client`: boards that report what they do.

use std::time::Instant;

use rgb_sim::discovery::Announcement;
use rgb_sim::{ClientBoardConfig, Event, ServerBoard, ServerBoardConfig, ServerChoice, Summary, Tally};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::args::{ClientArgs, RunArgs, ServerArgs, ServingArgs};
use super::interrupt::Interrupt;
use super::report::{Layout, Reporter};
use super::{Error, seed, started};

/// One server board and its clients.
pub(super) fn run(args: &RunArgs, interrupt: &Interrupt) -> Result<Summary, Error> {
    let seed = seed(&args.common);
    let config = server_config(&args.serving, seed)?;
    let attempts = args.count.map(|count| count.saturating_mul(args.clients.into()));
    let layout = Layout { name_width: client_name(args.clients).len(), show_served: false, attempts };
    let reporter = Reporter::start(args.common, layout, interrupt.token())?;
    reporter.send(started(seed));
    let begin = Instant::now();
    let server = ServerBoard::start(ServerBoardConfig { events: Some(reporter.events()), ..config })?;
    reporter.send(Event::Listening { board: "server".into(), addr: server.addr() });
    let clients = (1..=args.clients).map(|number| {
        let name = client_name(number);
        let protocol_name = name.parse().expect("the simulator gives its boards names that the protocol takes");
        ClientBoardConfig {
            name,
            client: args.asking.client_config(Some(protocol_name)),
            count: args.count,
            seed,
            events: Some(reporter.events()),
            ..ClientBoardConfig::new(server.addr())
        }
    });
    let tally = run_clients(clients, &interrupt.token())?;
    let elapsed = begin.elapsed();
    reporter.finish(Summary::new(seed, elapsed, &tally, Some(server.stop())))
}

/// A server board alone.
pub(super) fn server(args: &ServerArgs, interrupt: &Interrupt) -> Result<Summary, Error> {
    let seed = seed(&args.common);
    let config = server_config(&args.serving, seed)?;
    let name = args.name.to_string();
    let layout = Layout { name_width: name.len(), show_served: true, attempts: args.count };
    let reporter = Reporter::start(args.common, layout, interrupt.token())?;
    reporter.send(started(seed));
    let begin = Instant::now();
    let server = ServerBoard::start(ServerBoardConfig {
        name: args.name,
        bind: args.bind,
        count: args.count,
        events: Some(reporter.events()),
        ..config
    })?;
    reporter.send(Event::Listening { board: name, addr: server.addr() });
    let announcement = if args.no_announce {
        None
    } else {
        Some(Announcement::start(&server, args.interface.clone().unwrap_or_default())?)
    };
    let stop = interrupt.token();
    runtime()?.block_on(async {
        tokio::select! {
            () = stop.cancelled() => {}
            () = server.stopped() => {}
        }
    });
    // Nobody is to come any more when the board takes no more connections.
    drop(announcement);
    let seen = server.stop();
    reporter.finish(Summary::new(seed, begin.elapsed(), &Tally::new(), Some(seen)))
}

/// A client board alone.
pub(super) fn client(args: &ClientArgs, interrupt: &Interrupt) -> Result<Summary, Error> {
    let seed = seed(&args.common);
    let name = args.name.map_or_else(|| "client".to_owned(), |name| name.to_string());
    let layout = Layout { name_width: name.len(), show_served: false, attempts: args.count };
    let reporter = Reporter::start(args.common, layout, interrupt.token())?;
    reporter.send(started(seed));
    let begin = Instant::now();
    let board = ClientBoardConfig {
        name,
        interfaces: args.interface.clone().unwrap_or_default(),
        client: args.asking.client_config(args.name),
        count: args.count,
        seed,
        events: Some(reporter.events()),
        ..ClientBoardConfig::new(args.server.clone().map_or(ServerChoice::FirstAnnounced, ServerChoice::At))
    };
    let tally = run_clients([board], &interrupt.token())?;
    reporter.finish(Summary::new(seed, begin.elapsed(), &tally, None))
}

/// Runs all boards on this thread until each is done or `stop` is cancelled.
fn run_clients(boards: impl IntoIterator<Item = ClientBoardConfig>, stop: &CancellationToken) -> Result<Tally, Error> {
    let runtime = runtime()?;
    let tallies = runtime.block_on(async {
        let boards = boards.into_iter().map(|board| board.run(stop.clone().cancelled_owned()));
        boards.collect::<JoinSet<Tally>>().join_all().await
    });
    // A name look-up that hangs must not hold the end back.
    runtime.shutdown_background();
    let mut sum = Tally::new();
    for tally in &tallies {
        sum.merge(tally);
    }
    Ok(sum)
}

/// What the options say of a server board.
pub(super) fn server_config(serving: &ServingArgs, seed: u64) -> Result<ServerBoardConfig, Error> {
    Ok(ServerBoardConfig {
        source: serving.source.open(seed)?,
        exchange: serving.server_config(),
        connections_max: serving.max_connections as usize,
        ..ServerBoardConfig::default()
    })
}

pub(super) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

fn client_name(number: u16) -> String {
    format!("client-{number}")
}

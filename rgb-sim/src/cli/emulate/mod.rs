//! `emulate`: Pico Ws with their real firmware on a virtual network.

mod args;
mod fleet;
mod settings;
mod traces;
mod watch;

use std::time::{Duration, Instant};

use rgb_proto::settings::SettingsError;
use rgb_sim::Event;
use rgb_sim::scenario::{BoardSpec, Run, Scenario, Spread};
use rgb_sim::world::Pcap;

use super::firmware::FirmwareFileError;
use super::interrupt::Interrupt;
use super::output::{create, written};
use super::provision::ProvisionError;
use super::report::{Layout, Reporter};
use super::{Error, pace, seed, started};
pub(super) use args::{EXAMPLES, EmulateArgs};
use fleet::Fleet;
use settings::Boards;
use traces::{TraceError, Traces};
use watch::Watch;

/// Why there is nothing to emulate.
#[derive(Debug, thiserror::Error)]
pub(super) enum EmulateError {
    #[error(transparent)]
    Firmware(#[from] FirmwareFileError),
    #[error(transparent)]
    SettingsFile(#[from] ProvisionError),
    #[error("the settings of the {board} do not fit together: {error}")]
    Settings { board: &'static str, error: SettingsError },
    #[error("the settings of the server are a client's; give --server-set role=server, or other settings")]
    NoServer,
    #[error("the settings of the client are a server's; give --client-set role=client, or other settings")]
    NoClient,
    #[error(transparent)]
    Trace(#[from] TraceError),
}

/// Whether every attempt that was asked for was made and succeeded, and no board failed.
pub(super) fn emulate(args: &EmulateArgs, interrupt: &Interrupt) -> Result<bool, Error> {
    let seed = seed(&args.common);
    let fleet = Fleet::load(args).map_err(EmulateError::from)?;
    let scenario = scenario(args, Boards::new(args, fleet.server.file(), fleet.client.file())?);
    let mut run = Run::new(&scenario, seed, &fleet)?;
    let mut forwarder = pace::forwarder(&run, &args.forward)?;
    let stop = interrupt.token();
    let traces = Traces::begin(args, &mut run, &stop).map_err(EmulateError::from)?;
    if let Some(path) = &args.pcap {
        run.set_tap(Box::new(Pcap::new(create(path)?)));
    }
    let names = scenario.boards.iter().flat_map(BoardSpec::names);
    let layout = Layout {
        name_width: names.map(|name| name.len()).max().unwrap_or(0),
        show_served: false,
        attempts: args.count.map(|count| count.saturating_mul(args.clients.into())),
    };
    let reporter = Reporter::start(args.common, layout, stop.clone())?;
    reporter.send(started(seed));
    for (forward, addr) in args.forward.iter().zip(forwarder.iter().flat_map(rgb_sim::forward::Forwarder::addrs)) {
        reporter.send(Event::Listening { board: forward.board.to_string(), addr });
    }
    let mut watch = Watch::new(run.recording(), args.count);
    let begin = Instant::now();
    while !run.is_over() && !stop.is_cancelled() && !watch.is_over() {
        pace::advance(&mut run, args.speed, forwarder.as_mut(), begin);
        watch.look(&mut run, |event| {
            // People read the same in the firmware's own words.
            if args.common.json || !matches!(event, Event::Board { .. }) {
                reporter.send(event);
            }
        });
    }
    // Each file is ended, whatever becomes of the others.
    let traced = traces.close(&mut run);
    run.close_tap().map_err(|error| match &args.pcap {
        Some(path) => written(path)(error),
        None => Error::Output(error),
    })?;
    traced.map_err(EmulateError::from)?;
    let (summary, is_flawless) = watch.finish(run.recording());
    reporter.finish(summary)?;
    // What was not attempted has not succeeded.
    Ok(is_flawless && !(run.is_over() && args.count.is_some() && !watch.is_complete()))
}

/// When the clients get power. By then the server is usually on the network, and their first attempts find it.
const CLIENT_START: Duration = Duration::from_secs(3);

/// The boards at home, with nothing that goes wrong on purpose.
fn scenario(args: &EmulateArgs, boards: Boards) -> Scenario {
    let Boards { server, client, network } = boards;
    let duration = args.duration.unwrap_or(Scenario::DURATION_MAX);
    let server = BoardSpec { name: "server".into(), settings: server, ..BoardSpec::default() };
    let client = BoardSpec {
        name: "client".into(),
        count: args.clients,
        start: Spread::all(CLIENT_START.min(duration)),
        settings: client,
        ..BoardSpec::default()
    };
    Scenario { duration, networks: network.into_iter().collect(), boards: vec![server, client], ..Scenario::default() }
}

//! `load`: as many exchanges as possible, then a report.

use std::time::Duration;

use rgb_sim::load::{End, Load, LoadConfig, Target};
use rgb_sim::{ServerBoardConfig, Summary};

use super::args::LoadArgs;
use super::interrupt::Interrupt;
use super::report::{Layout, Progress, Reporter};
use super::run::server_config;
use super::{Error, seed, started};

/// How often the progress is drawn and the end looked for.
const TICK: Duration = Duration::from_millis(50);

/// How long a load runs when neither a time nor a count is given.
const DEFAULT_DURATION: Duration = Duration::from_secs(5);

pub(super) fn load(args: &LoadArgs, interrupt: &Interrupt) -> Result<Summary, Error> {
    let seed = seed(&args.common);
    let end = match (args.count, args.duration) {
        (Some(count), _) => End::Count(count),
        (None, duration) => End::Duration(duration.unwrap_or(DEFAULT_DURATION)),
    };
    let connections = usize::from(args.connections);
    let target = match &args.server {
        Some(addr) => Target::Server(addr.clone()),
        None => {
            let server = server_config(&args.serving, seed)?;
            // Its own connections are never too many; one that is closing may still count beside its successor.
            let connections_max = server.connections_max.max(2 * connections);
            Target::Own(ServerBoardConfig { connections_max, ..server })
        }
    };
    let workers = match args.workers {
        Some(workers) => workers.into(),
        None => std::thread::available_parallelism()?.get(),
    };
    let layout = Layout { name_width: 0, show_served: false, attempts: None };
    let reporter = Reporter::start(args.common, layout, interrupt.token())?;
    reporter.send(started(seed));
    let progress = Progress::start(match end {
        End::Count(count) => count,
        End::Duration(duration) => duration.as_millis() as u64,
    });
    let load =
        Load::start(LoadConfig { target, connections, end, client: args.replies.client_config(), workers, seed })?;
    let stop = interrupt.token();
    while !load.is_finished() {
        if stop.is_cancelled() {
            load.stop();
        }
        std::thread::sleep(TICK);
        let done = load.attempts();
        let rate = done as f64 / load.elapsed().as_secs_f64();
        progress.show(
            match end {
                End::Count(_) => done,
                End::Duration(_) => load.elapsed().as_millis() as u64,
            },
            format!("{rate:.0} exchanges/s"),
        );
    }
    progress.finish();
    let (tally, elapsed, server) = load.wait();
    reporter.finish(Summary::new(seed, elapsed, &tally, server))
}

//! `explore`: random scenarios that heal, until one does not.
#![expect(clippy::doc_markdown, reason = "these texts are printed as they stand")]

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use rgb_sim::explore::{Explorer, Failure, Finding, Passed};
use rgb_sim::scenario::{Scenario, Simulated};
use rgb_sim::{Event, ExploreSummary, WorstRecovery};

use super::Error;
use super::args::{ColorWhen, CommonArgs};
use super::interrupt::Interrupt;
use super::report::{Layout, Progress, Reporter};
use super::shell::shell_word;

pub(crate) const EXAMPLES: &str = "\
Examples:
  rgb-sim explore                                  a thousand seeds, on all cores
  rgb-sim explore --minutes 60 --save failures     for an hour; what fails goes to failures/
  rgb-sim explore --first-seed 123 --seeds 1       one seed again
  rgb-sim explore --json | jq .                    for programs: one JSON object a line

Each seed draws networks, boards and what goes wrong with them. All of that ends, and within five
minutes of virtual time each board must work again. A scenario that fails is made smaller and saved
as explore-SEED.toml, for rgb-sim scenario run.

Exit status: 0 when no seed failed, 1 when one did, 2 for wrong usage or when nothing could be
written.";

/// How many seeds are explored when neither their number nor a time is given.
const SEEDS: u64 = 1000;

#[derive(Debug, Args)]
pub(crate) struct ExploreArgs {
    /// How many seeds [default: 1000, or as many as the time is for]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    seeds: Option<u64>,
    /// The first seed; the others follow it
    #[arg(long, value_name = "N", default_value_t = 1)]
    first_seed: u64,
    /// Take up further seeds for so long
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u64).range(1..=10_080))]
    minutes: Option<u64>,
    /// Threads [default: as many as this machine runs at one time]
    #[arg(long, value_name = "N", value_parser = parse_threads)]
    threads: Option<NonZeroUsize>,
    /// The folder for scenarios that fail
    #[arg(long, value_name = "DIR", default_value = ".")]
    save: PathBuf,
    /// Print one JSON object a line, for programs
    #[arg(long)]
    json: bool,
    /// Print the beginning and the summary only
    #[arg(long, short)]
    quiet: bool,
    /// Colours on the terminal; auto also heeds NO_COLOR
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = ColorWhen::Auto)]
    color: ColorWhen,
    /// Log to stderr what happens inside
    #[arg(long, short, action = clap::ArgAction::Count)]
    verbose: u8,
}

impl ExploreArgs {
    pub(super) const fn common(&self) -> CommonArgs {
        let Self { json, quiet, color, verbose, .. } = *self;
        CommonArgs { seed: None, json, quiet, color, verbose }
    }
}

/// Whether no seed failed.
pub(super) fn explore(args: &ExploreArgs, interrupt: &Interrupt) -> Result<bool, Error> {
    let threads = args.threads.map_or_else(std::thread::available_parallelism, Ok)?;
    // The bar is full when all seeds are done or, without a number of them, when the time is up, in seconds.
    let (seeds, bar_len) = match (args.seeds, args.minutes) {
        (None, Some(minutes)) => (None, 60 * minutes),
        (seeds, _) => (seeds.or(Some(SEEDS)), seeds.unwrap_or(SEEDS)),
    };
    let time = args.minutes.map(|minutes| Duration::from_secs(60 * minutes));
    let explorer = Explorer { first_seed: args.first_seed, seeds, time, threads };
    let file = |path: &Path| {
        let path = path.to_owned();
        move |error| Error::File { path, error }
    };
    std::fs::create_dir_all(&args.save).map_err(file(&args.save))?;

    let progress = Progress::start(bar_len);
    let layout = Layout { name_width: 0, show_served: false, attempts: None };
    let reporter = Reporter::start_beside(&progress, args.common(), layout, interrupt.token())?;
    reporter.send(Event::ExploreStarted {
        version: env!("CARGO_PKG_VERSION"),
        first_seed: args.first_seed,
        seeds,
        threads: threads.get(),
    });
    let stop = interrupt.token();
    let begin = Instant::now();
    let mut summary = ExploreSummary { first_seed: args.first_seed, ..ExploreSummary::default() };
    let mut saved = Ok(());
    explorer.run(
        &Simulated,
        || stop.is_cancelled(),
        |finding| match finding {
            Finding::Checked { seed, duration, outcome } => {
                account(&mut summary, seed, duration, &outcome);
                if let Err(failure) = outcome {
                    reporter.send(failed(seed, &failure));
                }
                let done = if seeds.is_some() { summary.seeds } else { begin.elapsed().as_secs() };
                progress.show(done, format!("{} of {} seeds failed", summary.failed_seeds.len(), summary.seeds));
            }
            Finding::Shrunk { seed, scenario } => {
                let path = args.save.join(format!("explore-{seed}.toml"));
                match std::fs::write(&path, scenario.to_string()) {
                    Ok(()) => reporter.send(shrunk(seed, &path, &scenario)),
                    Err(error) => {
                        saved = Err(file(&path)(error));
                        stop.cancel();
                    }
                }
            }
        },
    );
    progress.finish();
    summary.elapsed_us = begin.elapsed().as_micros() as u64;
    let is_clean = summary.failed_seeds.is_empty();
    reporter.finish_with(Event::ExploreSummary(summary))?;
    saved.map(|()| is_clean)
}

fn account(summary: &mut ExploreSummary, seed: u64, duration: Duration, outcome: &Result<Passed, Failure>) {
    summary.seeds += 1;
    summary.virtual_us += duration.as_micros() as u64;
    match outcome {
        Err(_) => summary.failed_seeds.push(seed),
        Ok(passed) => {
            let worst = summary.worst_recovery.map_or(Duration::ZERO, |worst| Duration::from_micros(worst.recovery_us));
            if let Some(recovery) = passed.recovery.filter(|recovery| *recovery > worst) {
                summary.worst_recovery = Some(WorstRecovery { seed, recovery_us: recovery.as_micros() as u64 });
            }
        }
    }
}

fn failed(seed: u64, failure: &Failure) -> Event {
    let replay = format!("rgb-sim explore --first-seed {seed} --seeds 1");
    let (board, at_us, demand, message, others) = match failure {
        Failure::Broken { demand, board, at, message, others } => {
            let at_us = at.as_micros() as u64;
            (Some(board.clone()), Some(at_us), Some(demand.clone()), message.clone(), *others)
        }
        Failure::Panic(_) | Failure::Unplayable(_) => (None, None, None, failure.to_string(), 0),
    };
    Event::ExploreFailed { seed, board, at_us, demand, message, others, replay }
}

fn shrunk(seed: u64, path: &Path, scenario: &Scenario) -> Event {
    let file = path.display().to_string();
    let boards = scenario.boards.iter().map(|kind| usize::from(kind.count)).sum();
    let faults = scenario.events.len() + scenario.links.len();
    let replay = format!("rgb-sim scenario run {} --seed {seed}", shell_word(&file));
    Event::ExploreShrunk { seed, file, boards, faults, replay }
}

fn parse_threads(text: &str) -> Result<NonZeroUsize, String> {
    let threads = text.parse().ok().filter(|threads: &NonZeroUsize| threads.get() <= 1024);
    threads.ok_or_else(|| "must be from 1 to 1024".to_owned())
}

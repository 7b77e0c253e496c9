//! `scenario run`.

use std::time::Instant;

use rgb_sim::Event;
use rgb_sim::emulated::Firmware;
use rgb_sim::scenario::{Narration, Recording, Report, Run, RunError, Scenario, Simulated, Tier, compare, judge};
use rgb_sim::world::{Pcap, Tap};
use tokio_util::sync::CancellationToken;

use super::cast::Cast;
use super::trace::Trace;
use super::{RunArgs, load};
use crate::cli::Error;
use crate::cli::interrupt::Interrupt;
use crate::cli::output::{create, written};
use crate::cli::pace;
use crate::cli::report::{Layout, Reporter};
use crate::cli::shell::shell_word;

pub(super) const EXAMPLES: &str = "\
Examples:
  rgb-sim scenario run ap-reboots                      what happens, and whether it holds
  rgb-sim scenario run mine.toml --seed 7 --pcap a.pcap   seed 7, with all frames for Wireshark
  rgb-sim scenario run mine.toml --report run.html     a page about it
  rgb-sim scenario run mine.toml --seeds 100 --quiet   a hundred seeds in a row
  rgb-sim scenario run two-boards --forward 8080:server:80
                                                       then open http://127.0.0.1:8080/
  cargo xtask firmware --chip rp2040                   builds the firmware of real boards, for
  rgb-sim scenario run ap-reboots --tier firmware      boards that run it, instruction by instruction
  rgb-sim scenario run ap-reboots --tier both --quiet  does it hold with either, and how do they differ?

Exit status: 0 when everything holds, 1 when something does not or the run was ended early, 2 for a
wrong file or wrong usage.";

/// Whether everything holds.
pub(in crate::cli) fn run(args: &RunArgs, interrupt: &Interrupt) -> Result<bool, Error> {
    let scenario = load(&args.file)?;
    let cast = Cast::new(args)?;
    let seed = args.common.seed.unwrap_or(scenario.seed);
    let names = scenario.boards.iter().flat_map(rgb_sim::scenario::BoardSpec::names);
    let layout =
        Layout { name_width: names.map(|name| name.len()).max().unwrap_or(0), show_served: false, attempts: None };
    let reporter = Reporter::start(args.common.common(), layout, interrupt.token())?;
    let player = Player { args, scenario: &scenario, cast, reporter: &reporter, stop: interrupt.token() };
    let mut all_hold = true;
    for seed in (seed..).take(args.seeds as usize) {
        // What is not played does not hold.
        all_hold &= !player.stop.is_cancelled() && player.play(seed)?;
    }
    reporter.end()?;
    Ok(all_hold)
}

/// Plays runs of one scenario, and reports them.
struct Player<'a> {
    args: &'a RunArgs,
    scenario: &'a Scenario,
    cast: Cast,
    reporter: &'a Reporter,
    stop: CancellationToken,
}

/// A run that is over.
struct Played {
    recording: Recording,
    holds: bool,
}

impl Player<'_> {
    /// Plays a seed with each kind of boards, and compares them where there are two; whether everything holds.
    fn play(&self, seed: u64) -> Result<bool, Error> {
        let Cast { is_simulated, firmware } = &self.cast;
        let simulated = is_simulated.then(|| self.play_with(&Simulated, seed)).transpose()?;
        let emulated = firmware.as_ref().map(|firmware| self.play_with(firmware, seed)).transpose()?;
        if let (Some(simulated), Some(emulated), false) = (&simulated, &emulated, self.stop.is_cancelled()) {
            self.compare(&simulated.recording, &emulated.recording);
        }
        Ok([simulated, emulated].iter().flatten().all(|played| played.holds))
    }

    /// Plays a seed with boards of this kind.
    fn play_with<T: Tier>(&self, tier: &T, seed: u64) -> Result<Played, Error>
    where
        Error: From<RunError<T::Error>>,
    {
        let begin = Instant::now();
        let mut run = Run::new(self.scenario, seed, tier)?;
        let mut taps: Vec<Box<dyn Tap>> = Vec::new();
        if let Some(path) = &self.args.pcap {
            taps.push(Box::new(Pcap::new(create(path)?)));
        }
        let mut trace = None;
        if let Some(path) = &self.args.trace {
            let (writer, tap) = Trace::new(create(path)?, &self.args.file, seed).map_err(written(path))?;
            trace = Some((writer, path));
            taps.push(Box::new(tap));
        }
        run.set_tap(Box::new(taps));
        let mut forwarder = pace::forwarder(&run, &self.args.forward)?;
        let mut narration = Narration::new(&self.args.file, run.recording());
        self.send(narration.started(self.scenario, run.recording()));
        if let Some(forwarder) = &forwarder {
            for (forward, addr) in self.args.forward.iter().zip(forwarder.addrs()) {
                self.send(Event::Listening { board: forward.board.to_string(), addr });
            }
        }
        while !run.is_over() && !self.stop.is_cancelled() {
            pace::advance(&mut run, self.args.speed, forwarder.as_mut(), begin);
            let news = run.take_news();
            if let Some((trace, path)) = &mut trace {
                trace.write(run.recording(), &news, |node| run.host_name(node).to_owned()).map_err(written(path))?;
            }
            for event in news.iter().filter_map(|happening| narration.happened(run.recording(), happening)) {
                self.send(event);
            }
        }
        run.close_tap().map_err(|error| match &self.args.pcap {
            Some(path) => written(path)(error),
            None => Error::Output(error),
        })?;
        if let Some((trace, path)) = trace {
            trace.finish().map_err(written(path))?;
        }
        let verdict = judge(self.scenario, run.recording());
        let replay = self.replay(seed, T::NAME);
        if let Some(path) = &self.args.report {
            let page = Report {
                name: &self.args.file,
                replay: &replay,
                scenario: self.scenario,
                recording: run.recording(),
                verdict: &verdict,
            };
            std::fs::write(path, page.to_html()).map_err(written(path))?;
        }
        for demand in &verdict.demands {
            self.send(narration.demand(demand, run.recording()));
        }
        self.send(narration.summary(self.scenario, run.recording(), &verdict, &replay, begin.elapsed()));
        Ok(Played { recording: run.recording().clone(), holds: verdict.holds() && run.is_over() })
    }

    /// Reports how the kinds of boards did.
    fn compare(&self, simulated: &Recording, firmware: &Recording) {
        let comparisons = compare(simulated, firmware);
        // One board alone is all that ask.
        let shows_each = self.args.common.json || self.args.seeds == 1 && comparisons.len() > 2;
        let seen = comparisons.into_iter().filter(|comparison| comparison.board.is_none() || shows_each);
        seen.for_each(|comparison| self.reporter.send(Event::Comparison(comparison)));
    }

    /// The command that plays a seed again, with one kind of boards.
    fn replay(&self, seed: u64, tier: &str) -> String {
        let mut command = format!("rgb-sim scenario run {} --seed {seed}", shell_word(&self.args.file));
        if tier == Firmware::NAME {
            command += &format!(" --tier {tier}");
            if let Some(file) = &self.args.firmware {
                command += &format!(" --firmware {}", shell_word(&file.display().to_string()));
            }
        }
        command
    }

    /// Reports an event, if it is to be seen.
    fn send(&self, event: Event) {
        let RunArgs { seeds, exchanges, common, .. } = self.args;
        let is_seen = match event {
            Event::Exchange { .. } | Event::Error { .. } => common.json || *exchanges,
            // Of many runs, what went wrong is of interest.
            Event::ScenarioStarted { .. } | Event::Board { .. } | Event::Fault { .. } => common.json || *seeds == 1,
            Event::Demand { holds, .. } => common.json || *seeds == 1 || !holds,
            _ => true,
        };
        if is_seen {
            self.reporter.send(event);
        }
    }
}

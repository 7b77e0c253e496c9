//! `scenario run`.

use std::time::Instant;

use rgb_sim::Event;
use rgb_sim::scenario::{Narration, Report, Run, Scenario, Simulated, judge};
use rgb_sim::world::{Pcap, Tap};
use tokio_util::sync::CancellationToken;

use super::trace::Trace;
use super::{RunArgs, load};
use crate::cli::Error;
use crate::cli::interrupt::Interrupt;
use crate::cli::output::{create, written};
use crate::cli::pace;
use crate::cli::report::{Layout, Reporter};

pub(super) const EXAMPLES: &str = "\
Examples:
  rgb-sim scenario run ap-reboots                      what happens, and whether it holds
  rgb-sim scenario run mine.toml --seed 7 --pcap a.pcap   seed 7, with all frames for Wireshark
  rgb-sim scenario run mine.toml --report run.html     a page about it
  rgb-sim scenario run mine.toml --seeds 100 --quiet   a hundred seeds in a row
  rgb-sim scenario run two-boards --forward 8080:server:80
                                                       then open http://127.0.0.1:8080/

Exit status: 0 when everything holds, 1 when something does not or the run was ended early, 2 for a
wrong file or wrong usage.";

/// Whether everything holds.
pub(in crate::cli) fn run(args: &RunArgs, interrupt: &Interrupt) -> Result<bool, Error> {
    let scenario = load(&args.file)?;
    let seed = args.common.seed.unwrap_or(scenario.seed);
    let names = scenario.boards.iter().flat_map(rgb_sim::scenario::BoardSpec::names);
    let layout =
        Layout { name_width: names.map(|name| name.len()).max().unwrap_or(0), show_served: false, attempts: None };
    let reporter = Reporter::start(args.common.common(), layout, interrupt.token())?;
    let player = Player { args, scenario: &scenario, reporter: &reporter, stop: interrupt.token() };
    let (mut all_hold, mut summary) = player.play(seed)?;
    for seed in (seed..).take(args.seeds as usize).skip(1) {
        if player.stop.is_cancelled() {
            // What was not played has not held.
            all_hold = false;
            break;
        }
        reporter.send(summary);
        let (holds, next) = player.play(seed)?;
        all_hold &= holds;
        summary = next;
    }
    reporter.finish_with(summary)?;
    Ok(all_hold)
}

/// Plays runs of one scenario, and reports them.
struct Player<'a> {
    args: &'a RunArgs,
    scenario: &'a Scenario,
    reporter: &'a Reporter,
    stop: CancellationToken,
}

impl Player<'_> {
    /// Plays a run; whether everything holds, and its last event.
    fn play(&self, seed: u64) -> Result<(bool, Event), Error> {
        let begin = Instant::now();
        let mut run = Run::new(self.scenario, seed, &Simulated).map_err(|error| Error::Scenario(Box::new(error)))?;
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
        if let Some(path) = &self.args.report {
            let page = Report {
                name: &self.args.file,
                replay: &format!("rgb-sim scenario run {} --seed {seed}", self.args.file),
                scenario: self.scenario,
                recording: run.recording(),
                verdict: &verdict,
            };
            std::fs::write(path, page.to_html()).map_err(written(path))?;
        }
        for demand in &verdict.demands {
            self.send(narration.demand(demand, run.recording()));
        }
        let summary = narration.summary(self.scenario, run.recording(), &verdict, begin.elapsed());
        Ok((verdict.holds() && run.is_over(), summary))
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

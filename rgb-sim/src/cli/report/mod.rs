//! What a run prints: events from all boards, one after the other, for people or for programs.

mod human;
mod json;
mod progress;

use std::io::{self, IsTerminal, Write};
use std::thread::JoinHandle;

use rgb_sim::scenario::Comparison;
use rgb_sim::{Event, Summary};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Error;
use super::args::{ColorWhen, CommonArgs};
pub(super) use progress::Progress;

/// What a reporter has to know of the run.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    /// Of the longest board name, in characters.
    pub(super) name_width: usize,
    /// Whether each answer of a server board is worth a line.
    pub(super) show_served: bool,
    /// How many exchanges will end the run.
    pub(super) attempts: Option<u64>,
}

/// Prints events in a thread of its own, so that a slow terminal does not change what is measured.
pub(super) struct Reporter {
    events: Option<mpsc::Sender<Event>>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Reporter {
    /// Boards wait when so many events have not been printed yet.
    const EVENTS_MAX: usize = 1024;

    /// Starts to print. `stop` is cancelled when the output cannot be written, or nobody reads it any more.
    pub(super) fn start(common: CommonArgs, layout: Layout, stop: CancellationToken) -> io::Result<Self> {
        Self::start_printer(Printer::new(common, layout), stop)
    }

    /// The same beside a bar that is the caller's to show.
    pub(super) fn start_beside(
        bar: &Progress,
        common: CommonArgs,
        layout: Layout,
        stop: CancellationToken,
    ) -> io::Result<Self> {
        Self::start_printer(Printer { bar: Some(bar.clone()), ..Printer::new(common, layout) }, stop)
    }

    fn start_printer(mut printer: Printer, stop: CancellationToken) -> io::Result<Self> {
        let (events, mut received) = mpsc::channel(Self::EVENTS_MAX);
        let thread = std::thread::Builder::new().name("report".into()).spawn(move || {
            let mut outcome = Ok(());
            while let Some(event) = received.blocking_recv() {
                let Err(error) = printer.print(&event) else { continue };
                outcome = unless_unread(Err(error));
                stop.cancel();
                // What the boards still say goes nowhere, but none of them may wait for it.
                while received.blocking_recv().is_some() {}
            }
            printer.finish();
            outcome
        })?;
        Ok(Self { events: Some(events), thread: Some(thread) })
    }

    /// Where boards send their events.
    pub(super) fn events(&self) -> mpsc::Sender<Event> {
        self.events.clone().expect("the channel closes only when the reporter is dropped")
    }

    /// Reports an event of the run itself.
    pub(super) fn send(&self, event: Event) {
        // Printing has failed, which `finish` will say.
        let _ = self.events().blocking_send(event);
    }

    /// Prints the summary behind everything else, and gives it back.
    ///
    /// Nobody else may hold [`events`](Self::events) any more.
    pub(super) fn finish(self, summary: Summary) -> Result<Summary, Error> {
        self.finish_with(Event::Summary(summary.clone()))?;
        Ok(summary)
    }

    /// Prints the last event, on the same condition.
    pub(super) fn finish_with(self, last: Event) -> Result<(), Error> {
        self.send(last);
        self.end()
    }

    /// Waits until everything is printed, on the same condition.
    pub(super) fn end(mut self) -> Result<(), Error> {
        match self.join() {
            Some(Ok(outcome)) => outcome.map_err(Error::Output),
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            None => unreachable!("only `end` and `drop` join the thread, and each is the reporter's last"),
        }
    }

    fn join(&mut self) -> Option<std::thread::Result<io::Result<()>>> {
        self.events = None;
        self.thread.take().map(JoinHandle::join)
    }
}

impl Drop for Reporter {
    fn drop(&mut self) {
        // The thread's panic has been printed already, and a drop must not panic itself.
        let _ = self.join();
    }
}

struct Printer {
    format: Format,
    quiet: bool,
    show_served: bool,
    progress: Option<Progress>,
    done: u64,
    /// The bar of someone else.
    bar: Option<Progress>,
}

enum Format {
    Human(human::Human),
    Json,
}

impl Printer {
    fn new(common: CommonArgs, layout: Layout) -> Self {
        let format = if common.json {
            Format::Json
        } else {
            Format::Human(human::Human::new(with_colors(common.color, &io::stdout()), layout.name_width))
        };
        // Where each exchange has its line, the lines are the progress.
        let progress = layout.attempts.filter(|_| common.quiet || !io::stdout().is_terminal()).map(Progress::start);
        Self { format, quiet: common.quiet, show_served: layout.show_served, progress, done: 0, bar: None }
    }

    fn print(&mut self, event: &Event) -> io::Result<()> {
        let is_served = matches!(event, Event::Served { .. });
        let is_exchange =
            is_served || matches!(event, Event::Exchange { .. } | Event::Error { .. } | Event::Relayed { .. });
        if let (true, Some(progress)) = (is_exchange && is_served == self.show_served, &self.progress) {
            self.done += 1;
            progress.show(self.done, String::new());
        }
        if is_served && !self.show_served || self.quiet && (is_exchange || is_detail(event)) {
            return Ok(());
        }
        if let (Event::Summary(_) | Event::LinkSummary(_), Some(progress)) = (event, self.progress.take()) {
            progress.finish();
        }
        let mut text = match &mut self.format {
            Format::Human(human) => human.render(event),
            Format::Json => json::render(event),
        };
        text.push('\n');
        let write = || {
            let mut stdout = io::stdout().lock();
            stdout.write_all(text.as_bytes())?;
            stdout.flush()
        };
        self.bar.as_ref().map_or_else(write, |bar| bar.make_room(write))
    }

    fn finish(self) {
        if let Some(progress) = self.progress {
            progress.finish();
        }
    }
}

/// Whether it is left out where only the beginning and the end are wanted.
const fn is_detail(event: &Event) -> bool {
    matches!(
        event,
        Event::Notice { .. }
            | Event::Board { .. }
            | Event::Serial { .. }
            | Event::Fault { .. }
            | Event::Comparison(Comparison { board: Some(_), .. })
            | Event::ExploreFailed { .. }
            | Event::ExploreShrunk { .. }
    )
}

/// Nothing is wrong when the reader has seen enough and closed the pipe.
pub(super) fn unless_unread(outcome: io::Result<()>) -> io::Result<()> {
    match outcome {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

pub(super) fn with_colors(when: ColorWhen, output: &impl IsTerminal) -> bool {
    match when {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => {
            let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
            let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
            output.is_terminal() && !set("NO_COLOR") && !dumb
        }
    }
}

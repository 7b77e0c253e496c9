//! Whether a person is at the port, for those who would talk in between.

use core::cell::Cell;

use embassy_futures::select::select;
use embassy_sync::blocking_mutex::Mutex;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::signal::Signal;
use embassy_time::{Duration, Instant, Timer};

/// Tells whether somebody types, or reads an answer: the log and the console share one port, and a log line in the middle of
/// a half typed command makes a mess of it.
///
/// It can be a `static`.
pub struct Typing {
    until: Mutex<CriticalSectionRawMutex, Cell<Option<Instant>>>,
    ended: Signal<CriticalSectionRawMutex, ()>,
}

impl Typing {
    /// Who has touched no key for so long does not type any more.
    pub const SPAN: Duration = Duration::from_secs(10);

    /// Nobody types.
    #[must_use]
    pub const fn new() -> Self {
        Self { until: Mutex::new(Cell::new(None)), ended: Signal::new() }
    }

    /// Whether there is an unfinished line, or an unfinished answer, that was touched within the last
    /// [`SPAN`](Self::SPAN).
    #[must_use]
    pub fn is_typing(&self) -> bool {
        self.until().is_some()
    }

    /// Waits until nobody types. For one task alone.
    pub async fn ended(&self) {
        while let Some(until) = self.until() {
            select(self.ended.wait(), Timer::at(until)).await;
        }
    }

    /// Somebody types, or is answered.
    pub(super) fn touch(&self) {
        let until = Instant::now() + Self::SPAN;
        self.until.lock(|cell| cell.set(Some(until)));
    }

    /// The line is empty, and its answer is out.
    pub(super) fn end(&self) {
        self.until.lock(|cell| cell.set(None));
        self.ended.signal(());
    }

    /// Till when somebody types, if nothing more happens.
    fn until(&self) -> Option<Instant> {
        self.until.lock(Cell::get).filter(|until| Instant::now() < *until)
    }
}

impl Default for Typing {
    fn default() -> Self {
        Self::new()
    }
}

//! What each core has been told of its interrupt lines and of the other core's `SEV`.
//!
//! The cores run in turns, so what one does at a cycle is known while the other is still before that cycle. It is kept
//! until then.

use crate::bus::CoreId;

/// The interrupt lines and the line of the NMI.
type Lines = (u32, bool);

#[derive(Clone, Copy, Debug, Default)]
struct Core {
    /// What the core sees.
    seen: Lines,
    /// What the lines are by now, and since when they are not what it sees.
    current: Lines,
    changed_at: u64,
    /// When the other core has executed `SEV`, and this one has not been told.
    event_at: Option<u64>,
    /// It has executed `SEV`.
    sends_event: bool,
    /// Whether it sleeps, as its last run ended.
    sleeps: bool,
}

/// The other core.
pub(super) const fn other(core: CoreId) -> CoreId {
    match core {
        CoreId::Core0 => CoreId::Core1,
        CoreId::Core1 => CoreId::Core0,
    }
}

#[derive(Clone, Debug)]
pub(super) struct Interrupts {
    cores: [Core; CoreId::COUNT],
}

/// What there is to tell a core at a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) lines: Lines,
    pub(super) event: bool,
    /// When there will be something else.
    pub(super) next: u64,
}

impl Interrupts {
    pub(super) fn new() -> Self {
        Self { cores: [Core::default(); CoreId::COUNT] }
    }

    /// The lines of a core as they are at a cycle.
    pub(super) fn set_lines(&mut self, core: CoreId, lines: Lines, cycle: u64) {
        let core = &mut self.cores[core.index()];
        if lines != core.current {
            if core.current == core.seen {
                core.changed_at = cycle;
            }
            core.current = lines;
        }
    }

    /// A core executes `SEV`.
    pub(super) const fn send_event(&mut self, from: CoreId) {
        self.cores[from.index()].sends_event = true;
    }

    /// Behind its `SEV` a core has come to a cycle, at which the other one gets the event.
    pub(super) fn carry_event(&mut self, from: CoreId, cycle: u64) {
        if std::mem::take(&mut self.cores[from.index()].sends_event) {
            self.cores[other(from).index()].event_at.get_or_insert(cycle);
        }
    }

    /// Notes whether a core sleeps.
    pub(super) const fn set_sleeps(&mut self, core: CoreId, sleeps: bool) {
        self.cores[core.index()].sleeps = sleeps;
    }

    /// Whether a core sleeps.
    pub(super) const fn sleeps(&self, core: CoreId) -> bool {
        self.cores[core.index()].sleeps
    }

    /// Whether a core sleeps and there is something that may wake it.
    pub(super) fn may_wake(&self, core: CoreId) -> bool {
        let core = &self.cores[core.index()];
        core.sleeps && (core.current != core.seen || core.event_at.is_some())
    }

    /// Whether there is something to tell any core.
    pub(super) fn has_news(&self) -> bool {
        self.cores.iter().any(|core| core.current != core.seen || core.event_at.is_some())
    }

    /// Tells a core.
    pub(super) fn tell(&mut self, core: CoreId, cycle: u64) -> Told {
        let core = &mut self.cores[core.index()];
        if cycle >= core.changed_at {
            core.seen = core.current;
        }
        let event = core.event_at.is_some_and(|at| cycle >= at);
        if event {
            core.event_at = None;
        }
        let change = if core.current == core.seen { u64::MAX } else { core.changed_at };
        Told { lines: core.seen, event, next: change.min(core.event_at.unwrap_or(u64::MAX)) }
    }
}

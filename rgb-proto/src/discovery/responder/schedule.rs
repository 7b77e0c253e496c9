//! When which record is multicast.

use super::zone::Records;
use crate::discovery::{NEVER, later};
use crate::time::Instant;

/// How long a record is not multicast again (RFC 6762, section 6).
pub(super) const APART_MS: u32 = 1000;
/// The same, where the record defends its name against a probe.
pub(super) const APART_DEFENDING_MS: u32 = 250;

/// For each record when it was multicast last, and when it will be next.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    /// Which were multicast at all.
    told: Records,
    last: [Instant; Records::COUNT],
    due: [Instant; Records::COUNT],
}

impl Schedule {
    /// Nothing was multicast, and nothing is due.
    pub(super) const fn new() -> Self {
        Self { told: Records::NONE, last: [Instant::ORIGIN; Records::COUNT], due: [NEVER; Records::COUNT] }
    }

    /// Multicasts these at `due`, or as soon behind it as they were not for the span `apart_ms`.
    pub(super) fn add(&mut self, records: Records, due: Instant, apart_ms: u32) {
        for (index, (&last, next)) in self.last.iter().zip(&mut self.due).enumerate() {
            let record = Records::nth(index);
            if records.has_any(record) {
                let allowed = if self.told.has_any(record) { due.max(later(last, apart_ms)) } else { due };
                *next = allowed.min(*next);
            }
        }
    }

    /// Forgets what is due, and remembers what was multicast when.
    pub(super) fn clear(&mut self) {
        self.due = [NEVER; Records::COUNT];
    }

    /// When the next record is due.
    pub(super) fn next(&self) -> Instant {
        self.due.iter().fold(NEVER, |next, &due| next.min(due))
    }

    /// What is due.
    pub(super) fn due(&self, now: Instant) -> Records {
        let mut due = Records::NONE;
        for (index, &next) in self.due.iter().enumerate() {
            if next <= now {
                due = due.and(Records::nth(index));
            }
        }
        due
    }

    /// What was multicast so short a time ago that it must not be multicast again yet.
    pub(super) fn fresh(&self, now: Instant) -> Records {
        self.within(now, |_| APART_MS)
    }

    /// What was multicast within the last quarter of the time that it is kept, so that everyone should have it (RFC 6762,
    /// section 5.4).
    pub(super) fn recent(&self, now: Instant) -> Records {
        self.within(now, |index| Records::ttl(index) * (1000 / 4))
    }

    /// What was multicast within this time, in milliseconds.
    fn within(&self, now: Instant, span_ms: impl Fn(usize) -> u32) -> Records {
        let mut within = Records::NONE;
        for (index, &last) in self.last.iter().enumerate() {
            if now < later(last, span_ms(index)) {
                within = within.and(Records::nth(index));
            }
        }
        within.in_common(self.told)
    }

    /// These were multicast.
    pub(super) fn sent(&mut self, records: Records, now: Instant) {
        self.told = self.told.and(records);
        for (index, (last, next)) in self.last.iter_mut().zip(&mut self.due).enumerate() {
            if records.has_any(Records::nth(index)) {
                *last = now;
                *next = NEVER;
            }
        }
    }
}

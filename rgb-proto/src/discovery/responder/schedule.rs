//! When which record is multicast.

use core::time::Duration;

use super::zone::Records;
use crate::discovery::earlier;
use crate::time::Instant;

/// How long a record is not multicast again (RFC 6762, section 6).
pub(super) const APART: Duration = Duration::from_secs(1);
/// The same, where the record defends its name against a probe.
pub(super) const APART_DEFENDING: Duration = Duration::from_millis(250);

/// For each record when it was multicast last, and when it will be next.
#[derive(Clone, Debug, Default)]
pub(super) struct Schedule {
    last: [Option<Instant>; Records::COUNT],
    due: [Option<Instant>; Records::COUNT],
}

impl Schedule {
    /// Multicasts these at `due`, or as soon behind it as they were not for the span `apart`.
    pub(super) fn add(&mut self, records: Records, due: Instant, apart: Duration) {
        for index in records.indices() {
            if let (Some(last), Some(next)) = (self.last.get(index), self.due.get_mut(index)) {
                let allowed = last.map_or(due, |last| due.max(last + apart));
                *next = earlier(*next, Some(allowed));
            }
        }
    }

    /// Forgets what is due, and remembers what was multicast when.
    pub(super) fn clear(&mut self) {
        self.due = Default::default();
    }

    /// When the next record is due.
    pub(super) fn next(&self) -> Option<Instant> {
        self.due.iter().fold(None, |next, &due| earlier(next, due))
    }

    /// What is due.
    pub(super) fn due(&self, now: Instant) -> Records {
        select(&self.due, |_, due| due <= now)
    }

    /// What was multicast so short a time ago that it must not be multicast again yet.
    pub(super) fn fresh(&self, now: Instant) -> Records {
        select(&self.last, |_, last| now < last + APART)
    }

    /// What was multicast within the last quarter of the time that it is kept, so that everyone should have it (RFC 6762,
    /// section 5.4).
    pub(super) fn recent(&self, now: Instant) -> Records {
        select(&self.last, |index, last| now < last + Duration::from_secs(u64::from(Records::ttl(index) / 4)))
    }

    /// These were multicast.
    pub(super) fn sent(&mut self, records: Records, now: Instant) {
        for index in records.indices() {
            if let (Some(last), Some(next)) = (self.last.get_mut(index), self.due.get_mut(index)) {
                *last = Some(now);
                *next = None;
            }
        }
    }
}

fn select(times: &[Option<Instant>; Records::COUNT], mut is_meant: impl FnMut(usize, Instant) -> bool) -> Records {
    times.iter().enumerate().fold(Records::NONE, |selected, (index, time)| match time {
        Some(time) if is_meant(index, *time) => selected.and(Records::nth(index)),
        _ => selected,
    })
}

//! What is due when.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rgb_proto::Instant;

use super::alarms::Alarms;
use super::key::Key;

/// Things with a time, and one alarm for each host, given out in the order of time, and of two at the same time the one that
/// was put in first.
#[derive(Debug)]
pub(super) struct Schedule<T> {
    /// The keys' indices are the things' places. Only keys are moved about.
    order: BinaryHeap<Reverse<Key>>,
    things: Vec<Option<T>>,
    free: Vec<usize>,
    alarms: Alarms,
    /// Counts what is put in.
    sequence: u64,
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next<T> {
    /// This thing.
    Thing(T),
    /// The alarm of this number, which is off now.
    Alarm(usize),
}

impl<T> Schedule<T> {
    pub(super) const fn new() -> Self {
        Self { order: BinaryHeap::new(), things: Vec::new(), free: Vec::new(), alarms: Alarms::new(), sequence: 0 }
    }

    pub(super) fn push(&mut self, at: Instant, thing: T) {
        self.sequence += 1;
        let place = match self.free.pop() {
            Some(place) => {
                self.things[place] = Some(thing);
                place
            }
            None => {
                self.things.push(Some(thing));
                self.things.len() - 1
            }
        };
        self.order.push(Reverse(Key::new(at, self.sequence, place)));
    }

    /// Sets an alarm to this time alone, or off.
    pub(super) fn set_alarm(&mut self, number: usize, at: Option<Instant>) {
        self.sequence += 1;
        self.alarms.set(number, at, self.sequence);
    }

    /// Sets an alarm, unless it is set for an earlier time.
    pub(super) fn bring_alarm_forward(&mut self, number: usize, at: Instant) {
        if self.alarms.get(number).is_none_or(|later| at < later) {
            self.set_alarm(number, Some(at));
        }
    }

    /// What comes next and its time, if it is due by then.
    pub(super) fn pop_until(&mut self, until: Instant) -> Option<(Instant, Next<T>)> {
        let thing = self.order.peek().map_or(Key::NEVER, |Reverse(key)| *key);
        let alarm = self.alarms.first();
        let first = thing.min(alarm);
        if first == Key::NEVER || first.at() > until {
            return None;
        }
        if first == alarm {
            self.set_alarm(alarm.index(), None);
            return Some((alarm.at(), Next::Alarm(alarm.index())));
        }
        self.order.pop();
        self.free.push(thing.index());
        self.things[thing.index()].take().map(|due| (thing.at(), Next::Thing(due)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(micros: u64) -> Instant {
        Instant::ORIGIN + Duration::from_micros(micros)
    }

    #[test]
    fn order_is_by_time_and_then_by_arrival() {
        let mut schedule = Schedule::new();
        for (micros, name) in [(5, "e"), (1, "a"), (5, "f"), (1, "b"), (3, "d"), (1, "c")] {
            schedule.push(at(micros), name);
        }
        let mut seen = Vec::new();
        while let Some((_, Next::Thing(name))) = schedule.pop_until(at(4)) {
            seen.push(name);
        }
        assert_eq!(seen, ["a", "b", "c", "d"]);
        assert_eq!(schedule.pop_until(at(5)), Some((at(5), Next::Thing("e"))));
    }

    #[test]
    fn alarms_stand_in_the_same_order() {
        let mut schedule = Schedule::new();
        schedule.push(at(2), "a");
        schedule.set_alarm(7, Some(at(2)));
        schedule.set_alarm(3, Some(at(3)));
        schedule.push(at(2), "b");
        schedule.bring_alarm_forward(3, at(1));
        schedule.bring_alarm_forward(3, at(4));
        schedule.set_alarm(0, Some(at(3)));
        schedule.set_alarm(0, None);
        let mut seen = Vec::new();
        while let Some((_, next)) = schedule.pop_until(at(9)) {
            seen.push(next);
        }
        assert_eq!(seen, [Next::Alarm(3), Next::Thing("a"), Next::Alarm(7), Next::Thing("b")]);
    }
}

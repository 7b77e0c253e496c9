//! One alarm for each host.

use rgb_proto::Instant;

use super::key::Key;

/// Alarms by number, of which the first is known at any time.
///
/// It is a tournament: each inner place of the tree holds the earlier of the two below it, so a change costs one walk from a
/// leaf to the root. Most alarms are put off again and again and never go off; so one that is put off stays in the tree where
/// it was, and is put right when it comes first.
#[derive(Debug)]
pub(super) struct Alarms {
    /// What each alarm is set to.
    set: Vec<Key>,
    /// The root is at 1, the places below `n` at `2n` and `2n + 1`, and the leaves behind all others. No leaf is later than what
    /// its alarm is set to.
    tree: Vec<Key>,
}

impl Alarms {
    pub(super) const fn new() -> Self {
        Self { set: Vec::new(), tree: Vec::new() }
    }

    /// The first alarm; never, if none is set.
    pub(super) fn first(&mut self) -> Key {
        loop {
            let Some(&first) = self.tree.get(1).filter(|first| **first != Key::NEVER) else { return Key::NEVER };
            let set = self.set[first.index()];
            if set == first {
                return first;
            }
            self.put(first.index(), set);
        }
    }

    /// Sets an alarm to this time alone, or off. One that is set for this time keeps its place among others.
    pub(super) fn set(&mut self, number: usize, at: Option<Instant>, sequence: u64) {
        if number >= self.set.len() {
            self.grow(number);
        }
        if self.get(number) == at {
            return;
        }
        let alarm = at.map_or(Key::NEVER, |at| Key::new(at, sequence, number));
        self.set[number] = alarm;
        if alarm < self.tree[self.set.len() + number] {
            self.put(number, alarm);
        }
    }

    /// When an alarm is set for.
    pub(super) fn get(&self, number: usize) -> Option<Instant> {
        self.set.get(number).filter(|alarm| **alarm != Key::NEVER).map(|alarm| alarm.at())
    }

    fn put(&mut self, number: usize, alarm: Key) {
        let mut place = self.set.len() + number;
        self.tree[place] = alarm;
        while place > 1 {
            place /= 2;
            let first = self.tree[2 * place].min(self.tree[2 * place + 1]);
            if self.tree[place] == first {
                return;
            }
            self.tree[place] = first;
        }
    }

    /// Makes room: there are as many leaves as alarms.
    fn grow(&mut self, number: usize) {
        let leaves = (number + 1).next_power_of_two();
        self.set.resize(leaves, Key::NEVER);
        self.tree = vec![Key::NEVER; 2 * leaves];
        for alarm in 0..leaves {
            self.put(alarm, self.set[alarm]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_alarm_is_known_after_every_change() {
        let mut alarms = Alarms::new();
        let mut model: Vec<Option<(Instant, u64)>> = vec![None; 100];
        let mut drawn = 1_u64;
        for sequence in 0..20_000 {
            drawn = drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // More and more numbers, as a world grows.
            let number = (drawn >> 33) as usize % (1 + sequence as usize / 200);
            let at = Instant::from_micros(drawn >> 56);
            let at = (drawn >> 40 & 3 > 0).then_some(at);
            alarms.set(number, at, sequence);
            if model[number].map(|(at, _)| at) != at {
                model[number] = at.map(|at| (at, sequence));
            }
            assert_eq!(alarms.get(number), at);
            let set = model.iter().enumerate();
            let set = set.filter_map(|(number, alarm)| alarm.map(|(at, place)| Key::new(at, place, number)));
            assert_eq!(alarms.first(), set.min().unwrap_or(Key::NEVER));
        }
    }
}

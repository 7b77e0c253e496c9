//! One alarm for each host.

use rgb_proto::Instant;

use super::key::Key;

/// Alarms by number, of which the first is known at any time.
///
/// It is a tournament: each inner place of the tree holds the earlier of the two below it, so a change costs one walk from a
/// leaf to the root, and no alarm that was set for another time is left behind.
#[derive(Debug)]
pub(super) struct Alarms {
    /// The root is at 1, the places below `n` at `2n` and `2n + 1`, and the leaves behind all others.
    tree: Vec<Key>,
}

impl Alarms {
    pub(super) const fn new() -> Self {
        Self { tree: Vec::new() }
    }

    /// The first alarm; never, if none is set.
    pub(super) fn first(&self) -> Key {
        self.tree.get(1).copied().unwrap_or(Key::NEVER)
    }

    /// Sets an alarm to this time alone, or off. One that is set for this time keeps its place among others.
    pub(super) fn set(&mut self, number: usize, at: Option<Instant>, sequence: u64) {
        if number >= self.leaves() {
            self.grow(number);
        }
        if self.get(number) != at {
            self.put(number, at.map_or(Key::NEVER, |at| Key::new(at, sequence, number)));
        }
    }

    /// When an alarm is set for.
    pub(super) fn get(&self, number: usize) -> Option<Instant> {
        self.tree.get(self.leaves() + number).filter(|alarm| **alarm != Key::NEVER).map(|alarm| alarm.at())
    }

    const fn leaves(&self) -> usize {
        self.tree.len() / 2
    }

    fn put(&mut self, number: usize, alarm: Key) {
        let mut place = self.leaves() + number;
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

    fn grow(&mut self, number: usize) {
        let set = self.tree.split_off(self.leaves());
        let leaves = (number + 1).next_power_of_two();
        self.tree = vec![Key::NEVER; 2 * leaves];
        for alarm in set.into_iter().filter(|alarm| *alarm != Key::NEVER) {
            self.put(alarm.index(), alarm);
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

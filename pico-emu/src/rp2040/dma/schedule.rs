//! Whose turn it is: round by round, in each of which all channels of high priority are considered, and then a single
//! one of the others (RP2040 datasheet, `CTRL.HIGH_PRIORITY`).

#[derive(Clone, Debug, Default)]
pub(super) struct Schedule {
    /// The channels of high priority from this one on still have their turn in the present round.
    next_high: u32,
    /// The first of the others to be considered.
    next_low: u32,
}

impl Schedule {
    /// The next of the channels that are ready, of which those in `high` have a high priority.
    pub(super) const fn pick(&mut self, ready: u32, high: u32) -> Option<usize> {
        if ready == 0 {
            return None;
        }
        let (high, low) = (ready & high, ready & !high);
        let in_round = high & from(self.next_high);
        if in_round == 0 && low != 0 {
            self.next_high = 0;
            let channel = first(low, self.next_low);
            self.next_low = channel + 1;
            return Some(channel as usize);
        }
        let channel = first(high, self.next_high);
        self.next_high = channel + 1;
        Some(channel as usize)
    }
}

/// The channels from this one on.
const fn from(channel: u32) -> u32 {
    u32::MAX << channel
}

/// The first of some channels from `channel` on, or else the first of all.
const fn first(channels: u32, channel: u32) -> u32 {
    let behind = channels & from(channel);
    if behind == 0 { channels.trailing_zeros() } else { behind.trailing_zeros() }
}

#[cfg(test)]
mod tests {
    use super::Schedule;

    fn picks(schedule: &mut Schedule, ready: u32, high: u32) -> Vec<usize> {
        (0..6).filter_map(|_| schedule.pick(ready, high)).collect()
    }

    #[test]
    fn channels_of_one_priority_take_turns() {
        assert_eq!(picks(&mut Schedule::default(), 0b1010_0001, 0), [0, 5, 7, 0, 5, 7]);
        assert_eq!(picks(&mut Schedule::default(), 0b1010_0001, u32::MAX), [0, 5, 7, 0, 5, 7]);
    }

    #[test]
    fn behind_all_of_high_priority_comes_one_of_the_others() {
        assert_eq!(picks(&mut Schedule::default(), 0b1111, 0b0110), [1, 2, 0, 1, 2, 3]);
    }

    #[test]
    fn nothing_is_picked_where_nothing_is_ready() {
        assert_eq!(Schedule::default().pick(0, 0b11), None);
    }
}

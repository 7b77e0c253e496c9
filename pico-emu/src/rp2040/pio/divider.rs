//! The clock of a state machine (RP2040 datasheet, section 3.5.5).

/// Divides the system clock by 1 to 65536, in steps of 1/256, and says in which cycles the state machine runs.
///
/// It runs from reset on, whether the state machine is enabled or not. A period lasts as many cycles as the integer
/// part says, and one more if the sum of the fractional parts of the periods before has passed a whole number.
#[derive(Clone, Debug)]
pub(super) struct Divider {
    integer: u64,
    fraction: u64,
    /// The running total of the fraction, below 256.
    total: u64,
    /// The cycle in which the present period ends, which is the one in which the state machine runs.
    pulse: u64,
}

impl Divider {
    /// Divides by one.
    pub(super) const fn new(cycle: u64) -> Self {
        Self { integer: 1, fraction: 0, total: 0, pulse: cycle }
    }

    /// Changes the divisor. The period that has begun before `cycle` keeps its length.
    pub(super) fn set(&mut self, cycle: u64, integer: u32, fraction: u32) {
        self.pulse_from(cycle);
        self.integer = integer.into();
        self.fraction = fraction.into();
    }

    /// Begins a period in `cycle`, with nothing left of the fractions before.
    pub(super) const fn restart(&mut self, cycle: u64) {
        self.total = 0;
        self.pulse = cycle.saturating_add(self.integer - 1);
    }

    /// The first cycle from `cycle` on in which the state machine runs. What was before is forgotten, so that `cycle`
    /// must not decrease from call to call.
    #[inline]
    pub(super) fn pulse_from(&mut self, cycle: u64) -> u64 {
        if self.pulse < cycle {
            let behind = cycle - self.pulse;
            let periods = if behind <= self.integer { 1 } else { self.periods_within(behind - 1) + 1 };
            self.pass(periods);
        }
        self.pulse
    }

    /// Goes on by whole periods.
    #[inline]
    fn pass(&mut self, periods: u64) {
        let total = u128::from(self.fraction) * u128::from(periods) + u128::from(self.total);
        self.total = total as u64 % 256;
        let length = u128::from(self.integer) * u128::from(periods) + total / 256;
        self.pulse = self.pulse.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
    }

    /// How many whole periods end within so many cycles behind a pulse: the greatest n for which
    /// n * integer + (total + n * fraction) / 256, rounded down, is at most `cycles`.
    #[cold]
    fn periods_within(&self, cycles: u64) -> u64 {
        let periods =
            (256 * u128::from(cycles) + u128::from(255 - self.total)) / u128::from(256 * self.integer + self.fraction);
        u64::try_from(periods).expect("a period lasts one cycle at least")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Divider;

    fn divider(integer: u32, fraction: u32) -> Divider {
        let mut divider = Divider::new(0);
        divider.set(0, integer, fraction);
        divider.restart(0);
        divider
    }

    /// The pulses in the first `cycles` cycles.
    fn pulses(divider: &mut Divider, cycles: u64) -> Vec<u64> {
        let mut pulses = Vec::new();
        let mut pulse = divider.pulse_from(0);
        while pulse < cycles {
            pulses.push(pulse);
            pulse = divider.pulse_from(pulse + 1);
        }
        pulses
    }

    #[test]
    fn a_divisor_of_one_runs_in_every_cycle() {
        assert_eq!(pulses(&mut divider(1, 0), 5), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn an_integer_divisor_runs_where_the_count_from_it_reaches_one() {
        assert_eq!(pulses(&mut divider(3, 0), 12), [2, 5, 8, 11]);
    }

    #[test]
    fn a_fractional_divisor_makes_a_period_longer_behind_each_whole_number() {
        // The fractions sum up to 0.5, 1, 1.5, 2: the third and the fifth period are longer.
        assert_eq!(pulses(&mut divider(2, 128), 17), [1, 3, 6, 8, 11, 13, 16]);
    }

    #[test]
    fn a_period_that_has_begun_keeps_its_length() {
        let mut divider = divider(10, 0);
        divider.set(4, 2, 0);
        assert_eq!(divider.pulse_from(4), 9);
        assert_eq!(divider.pulse_from(10), 11);
    }

    #[test]
    fn the_greatest_divisor_is_65536() {
        assert_eq!(pulses(&mut divider(65536, 0), 200_000), [65535, 131_071, 196_607]);
    }

    proptest! {
        #[test]
        fn the_mean_over_any_time_is_the_divisor(integer in 1_u32..40, fraction in 0_u32..256, cycles in 0_u64..5000) {
            // Nothing is carried into the first period, which is the phase here.
            let expected = (256 * cycles + 255 + u64::from(fraction)) / u64::from(256 * integer + fraction);
            let counted = pulses(&mut divider(integer, fraction), cycles).len() as u64;
            prop_assert_eq!(counted, expected);
        }

        #[test]
        fn skipping_leads_to_the_same_pulses(
            integer in 1_u32..40,
            fraction in 0_u32..256,
            skips in proptest::collection::vec(0_u64..500, 1..20),
        ) {
            let all = pulses(&mut divider(integer, fraction), 12_000);
            let mut divider = divider(integer, fraction);
            let mut cycle = 0;
            for skip in skips {
                cycle += skip;
                let next = all.iter().copied().find(|&pulse| pulse >= cycle);
                prop_assert_eq!(Some(divider.pulse_from(cycle)), next);
            }
        }

        #[test]
        fn the_end_of_time_is_no_panic(integer in 1_u32..65537, fraction in 0_u32..256, cycle in any::<u64>()) {
            prop_assert!(divider(integer, fraction).pulse_from(cycle) >= cycle);
        }
    }
}

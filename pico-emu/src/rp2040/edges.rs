//! One clock counted by the cycles of another.

/// So many edges in so many cycles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rate {
    pub(super) edges: u64,
    pub(super) cycles: u64,
}

impl Rate {
    /// A clock that stands still.
    pub(super) const STOPPED: Self = Self { edges: 0, cycles: 1 };
}

/// The edges of a clock, counted exactly by the cycles of `clk_sys`, while either changes its rate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edges {
    rate: Rate,
    since: u64,
    count: u64,
    /// What has passed of the next edge, in parts of `rate.cycles`.
    rest: u64,
}

impl Edges {
    /// None until now, which is cycle 0.
    pub(super) const fn new(rate: Rate) -> Self {
        Self { rate, since: 0, count: 0, rest: 0 }
    }

    /// How fast they come.
    pub(super) const fn rate(&self) -> Rate {
        self.rate
    }

    /// How many there were at a cycle.
    pub(super) fn count(&self, cycle: u64) -> u64 {
        let (whole, _) = self.advance(cycle);
        self.count + whole
    }

    /// What has passed of the next edge, in parts of the given number.
    pub(super) fn phase(&self, cycle: u64, parts: u64) -> u64 {
        let (_, rest) = self.advance(cycle);
        narrow(u128::from(rest) * u128::from(parts) / u128::from(self.rate.cycles))
    }

    /// The first cycle at which there are so many; [`u64::MAX`] if the clock stands still.
    pub(super) fn cycle_of(&self, count: u64) -> u64 {
        let Some(missing) = count.checked_sub(self.count).filter(|&missing| missing != 0) else { return self.since };
        if self.rate.edges == 0 {
            return u64::MAX;
        }
        let parts = u128::from(missing) * u128::from(self.rate.cycles) - u128::from(self.rest);
        u64::try_from(u128::from(self.since) + parts.div_ceil(u128::from(self.rate.edges))).unwrap_or(u64::MAX)
    }

    /// Goes on at another rate. What has passed of the next edge is kept.
    pub(super) fn set_rate(&mut self, cycle: u64, rate: Rate) {
        let (whole, _) = self.advance(cycle);
        self.rest = self.phase(cycle, rate.cycles);
        self.count += whole;
        self.since = self.since.max(cycle);
        self.rate = rate;
    }

    /// A core that lags within its slice may ask for a moment before the last change: nothing has passed since then.
    fn advance(&self, cycle: u64) -> (u64, u64) {
        let elapsed = u128::from(cycle.saturating_sub(self.since));
        let parts = u128::from(self.rest) + elapsed * u128::from(self.rate.edges);
        let cycles = u128::from(self.rate.cycles);
        (narrow(parts / cycles), narrow(parts % cycles))
    }
}

fn narrow(count: u128) -> u64 {
    u64::try_from(count).expect("no run lasts for 2^64 edges")
}

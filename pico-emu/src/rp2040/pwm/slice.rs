//! One slice: a counter behind a divider, and what its count is compared with (RP2040 datasheet, 4.5.2).

/// The bits of CSR.
const ENABLE: u32 = 1 << 0;
const PHASE_CORRECT: u32 = 1 << 1;
const INVERT: [u32; 2] = [1 << 2, 1 << 3];
const MODE: u32 = 0b11 << 4;
const FREE_RUNNING: u32 = 0b00 << 4;
const LEVEL: u32 = 0b01 << 4;
const RISING: u32 = 0b10 << 4;
const FALLING: u32 = 0b11 << 4;
const RETARD: u32 = 1 << 6;
const ADVANCE: u32 = 1 << 7;
const CSR: u32 = 0xff;

/// The divisor has so many fractional parts.
const FRACTION: u64 = 16;
const DIV: u32 = 0xfff;
/// An integer part of 0 stands for this.
const MAX_INTEGER: u64 = 256;

/// CC and TOP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Limits {
    compare: [u16; 2],
    top: u16,
}

/// A slice, which has counted up to some cycle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slice {
    control: u32,
    divisor: u32,
    counter: u16,
    /// In phase-correct mode, whether it counts downwards.
    down: bool,
    /// What is in the registers, and what is in effect, which follows when the counter wraps.
    written: Limits,
    latched: Limits,
    /// What has passed of the next pulse of the divider, in parts of `FRACTION` for each event that it divides.
    phase: u64,
    /// The level at pin B.
    input: bool,
    /// How often the counter has wrapped.
    wraps: u64,
    cycle: u64,
}

impl Slice {
    pub(super) const fn new() -> Self {
        let limits = Limits { compare: [0; 2], top: u16::MAX };
        Self {
            control: 0,
            divisor: 0x10,
            counter: 0,
            down: false,
            written: limits,
            latched: limits,
            phase: 0,
            input: false,
            wraps: 0,
            cycle: 0,
        }
    }

    /// Counts up to a cycle. Returns whether the counter has wrapped.
    pub(super) fn advance(&mut self, cycle: u64) -> bool {
        let before = self.wraps;
        let mut cycles = cycle.saturating_sub(self.cycle);
        self.cycle = self.cycle.max(cycle);
        if !self.is_enabled() {
            return false;
        }
        // The pulse that is inserted goes into the first gap, which comes within as many cycles as there are parts.
        while cycles > 0 && self.inserts() {
            cycles -= 1;
            let pulse = self.runs() && self.divide(1) == 1;
            if !pulse {
                self.control &= !ADVANCE;
            }
            self.pass(1);
        }
        let pulses = if self.runs() { self.divide(cycles) } else { 0 };
        self.pass(pulses);
        self.wraps != before
    }

    /// Tells the level at pin B from the cycle on to which it has counted. Returns whether that has made the counter wrap.
    pub(super) fn set_input(&mut self, level: bool) -> bool {
        let before = self.wraps;
        let edge = if level { RISING } else { FALLING };
        let counts = self.input != level && self.is_enabled() && self.mode() == edge;
        self.input = level;
        let pulses = if counts { self.divide(1) } else { 0 };
        self.pass(pulses);
        self.wraps != before
    }

    /// How often the counter has wrapped.
    pub(super) const fn wraps(&self) -> u64 {
        self.wraps
    }

    /// The cycle in which the counter will wrap, or before which that is not known.
    pub(super) fn next_wrap(&self) -> Option<u64> {
        self.cycle_after(self.counts_until_wrap())
    }

    /// The cycle in which an output may change, or before which that is not known.
    pub(super) fn next_change(&self) -> Option<u64> {
        let channels = self.latched.compare.map(|compare| self.counts_until_change(compare));
        self.cycle_after(channels[0].min(channels[1]))
    }

    /// The output of channel A or B.
    pub(super) const fn output(&self, channel: usize) -> bool {
        (self.counter < self.latched.compare[channel]) != self.is_inverted(channel)
    }

    /// Whether pin B is an output.
    pub(super) const fn drives_b(&self) -> bool {
        self.mode() == FREE_RUNNING
    }

    pub(super) const fn is_enabled(&self) -> bool {
        self.control & ENABLE != 0
    }

    pub(super) const fn is_phase_correct(&self) -> bool {
        self.control & PHASE_CORRECT != 0
    }

    pub(super) const fn is_inverted(&self, channel: usize) -> bool {
        self.control & INVERT[channel] != 0
    }

    /// The counter compare value that is in effect.
    pub(super) const fn compare(&self, channel: usize) -> u16 {
        self.latched.compare[channel]
    }

    /// The greatest count of a period that is in effect.
    pub(super) const fn top(&self) -> u16 {
        self.latched.top
    }

    pub(super) const fn csr(&self) -> u32 {
        self.control
    }

    pub(super) const fn div(&self) -> u32 {
        self.divisor
    }

    pub(super) const fn counter(&self) -> u16 {
        self.counter
    }

    pub(super) const fn cc(&self) -> u32 {
        let [a, b] = self.written.compare;
        a as u32 | (b as u32) << 16
    }

    pub(super) const fn written_top(&self) -> u32 {
        self.written.top as u32
    }

    /// A pulse that is to be inserted or deleted still is, unless it has been.
    pub(super) fn set_csr(&mut self, value: u32) {
        self.control = value & CSR | self.control & (ADVANCE | RETARD);
        self.down &= self.is_phase_correct();
        self.latch_unless_enabled();
    }

    /// What has passed of the next pulse is kept, unless it is more than there is now.
    pub(super) fn set_div(&mut self, value: u32) {
        self.divisor = value & DIV;
        self.phase = self.phase.min(self.parts() - 1);
    }

    pub(super) const fn set_ctr(&mut self, value: u32) {
        self.counter = value as u16;
    }

    pub(super) fn set_cc(&mut self, value: u32) {
        self.written.compare = [value as u16, (value >> 16) as u16];
        self.latch_unless_enabled();
    }

    pub(super) fn set_top(&mut self, value: u32) {
        self.written.top = value as u16;
        self.latch_unless_enabled();
    }

    pub(super) fn set_enabled(&mut self, enabled: bool) {
        self.set_csr(self.control & !ENABLE | u32::from(enabled));
    }

    const fn latch_unless_enabled(&mut self) {
        if !self.is_enabled() {
            self.latched = self.written;
        }
    }

    const fn mode(&self) -> u32 {
        self.control & MODE
    }

    /// Whether each cycle is an event for the divider.
    const fn runs(&self) -> bool {
        match self.mode() {
            FREE_RUNNING => true,
            LEVEL => self.input,
            _ => false,
        }
    }

    /// Whether a pulse is to be inserted, and there are gaps for it.
    fn inserts(&self) -> bool {
        self.control & ADVANCE != 0 && (!self.runs() || self.parts() > FRACTION)
    }

    /// The parts from pulse to pulse.
    const fn parts(&self) -> u64 {
        let parts = self.divisor as u64;
        if parts < FRACTION { MAX_INTEGER * FRACTION + parts } else { parts }
    }

    /// The pulses that the divider makes of so many events: it is a first-order delta-sigma modulator.
    const fn divide(&mut self, events: u64) -> u64 {
        let parts = self.phase + events * FRACTION;
        self.phase = parts % self.parts();
        parts / self.parts()
    }

    /// The cycle in which so many counts have been made, if no input changes.
    fn cycle_after(&self, counts: u64) -> Option<u64> {
        if !self.is_enabled() {
            return None;
        }
        if self.inserts() {
            return Some(self.cycle + 1);
        }
        let pulses = counts + u64::from(self.control & RETARD != 0);
        let events = (pulses * self.parts() - self.phase).div_ceil(FRACTION);
        self.runs().then_some(self.cycle + events)
    }

    /// Counts the divider's pulses, but for one that is to be deleted.
    fn pass(&mut self, pulses: u64) {
        if pulses != 0 && self.control & RETARD != 0 {
            self.control &= !RETARD;
            self.count(pulses - 1);
        } else {
            self.count(pulses);
        }
    }

    fn count(&mut self, counts: u64) {
        let Some(behind) = counts.checked_sub(self.counts_until_wrap()) else {
            self.count_within_period(counts);
            return;
        };
        self.counter = 0;
        self.down = false;
        self.latched = self.written;
        let period = self.counts_until_wrap();
        self.count_within_period(behind % period);
        self.wraps += 1 + behind / period;
    }

    /// Counts less than what is missing until the counter wraps.
    fn count_within_period(&mut self, counts: u64) {
        let counts = u32::try_from(counts).expect("a period has 2^17 counts at most");
        let (counter, top) = (u32::from(self.counter), u32::from(self.turn()));
        let reached = if self.down {
            counter - counts
        } else if counter + counts <= top {
            counter + counts
        } else {
            // It stands at the top for two counts.
            self.down = true;
            2 * top + 1 - counter - counts
        };
        self.counter = u16::try_from(reached).expect("it is within the period");
    }

    /// The count behind which it turns or wraps. One that has been set beyond TOP turns at once, or goes on to the end
    /// of its 16 bits.
    fn turn(&self) -> u16 {
        match self.counter <= self.latched.top {
            true => self.latched.top,
            false if self.is_phase_correct() => self.counter,
            false => u16::MAX,
        }
    }

    /// A period of phase-correct mode ends behind the second of two counts at 0.
    fn counts_until_wrap(&self) -> u64 {
        let (counter, top) = (u64::from(self.counter), u64::from(self.turn()));
        match (self.is_phase_correct(), self.down) {
            (false, _) => top + 1 - counter,
            (true, false) => 2 * top + 2 - counter,
            (true, true) => counter + 1,
        }
    }

    /// The counts until the comparison with the counter, or what it is compared with, may change.
    fn counts_until_change(&self, compare: u16) -> u64 {
        let (counter, top, compare) = (u64::from(self.counter), u64::from(self.turn()), u64::from(compare));
        let until_wrap = self.counts_until_wrap();
        if compare == 0 || compare > top {
            until_wrap
        } else if !self.down && counter < compare {
            compare - counter
        } else if self.is_phase_correct() && counter >= compare {
            // On its way down it falls below the level so long before it wraps.
            until_wrap - compare
        } else {
            until_wrap
        }
    }
}

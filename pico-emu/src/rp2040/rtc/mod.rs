//! RTC: the calendar and its alarm (RP2040 datasheet, 4.8).
//!
//! What is written to LOAD, `RTC_ENABLE` and `MATCH_ENA` arrives two cycles of `clk_rtc` later, and without that clock
//! never. While it is enabled, the raw interrupt is what the comparison says: it lasts for the second, or for as long as
//! the fields match. A cleared `MATCH_ENA` ends it at once.
//!
//! Where the datasheet leaves it open: LOAD begins a whole second, and the divider stands still while the RTC is not
//! running. The registers of the setup are taken when the command arrives. A field that is out of its range goes on as
//! a number of seconds does.

mod alarm;
mod calendar;

use std::collections::VecDeque;

use self::alarm::Alarm;
use self::calendar::Calendar;
use super::block::{Block, Now, flag};
use super::edges::{Edges, Rate};

const CLKDIV_M1: u32 = 0x00;
const SETUP_0: u32 = 0x04;
const SETUP_1: u32 = 0x08;
const CTRL: u32 = 0x0c;
const IRQ_SETUP_0: u32 = 0x10;
const IRQ_SETUP_1: u32 = 0x14;
const RTC_1: u32 = 0x18;
const RTC_0: u32 = 0x1c;
const INTR: u32 = 0x20;
const INTE: u32 = 0x24;
const INTF: u32 = 0x28;
const INTS: u32 = 0x2c;

/// The bits of CTRL.
const ENABLE: u32 = 1 << 0;
const ACTIVE: u32 = 1 << 1;
const LOAD: u32 = 1 << 4;
const NOT_LEAP_YEAR: u32 = 1 << 8;
/// The bits of `IRQ_SETUP_0` that are about the whole comparison.
const MATCH_ENABLE: u32 = 1 << 28;
const MATCH_ACTIVE: u32 = 1 << 29;

const SETUP_0_BITS: u32 = 0x00ff_ff1f;
const SETUP_1_BITS: u32 = 0x071f_3f3f;
const ALARM_0_BITS: u32 = 0x07ff_ff1f;
const ALARM_1_BITS: u32 = 0xf71f_3f3f;

/// What is written takes so many cycles of `clk_rtc` to arrive (4.8.4).
const CROSSING: u64 = 2;

/// What is on its way into the domain of `clk_rtc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Command {
    Load,
    Run(bool),
    Match(bool),
}

#[derive(Clone, Debug)]
pub(super) struct Rtc {
    clock: Edges,
    /// Up to which edge of `clk_rtc` it has run.
    edge: u64,
    commands: VecDeque<(u64, Command)>,
    running: bool,
    matching: bool,
    now: Calendar,
    /// The edges that have passed of the present second.
    part: u64,
    divisor: u32,
    setup: [u32; 2],
    control: u32,
    alarm: Alarm,
    match_enabled: bool,
    /// `RTC_0` has taken it along.
    latched_date: u32,
    enabled: bool,
    forced: bool,
}

impl Rtc {
    pub(super) fn new() -> Self {
        Self {
            clock: Edges::new(Rate::STOPPED),
            edge: 0,
            commands: VecDeque::new(),
            running: false,
            matching: false,
            now: Calendar::default(),
            part: 0,
            divisor: 0,
            setup: [0; 2],
            control: 0,
            alarm: Alarm::default(),
            match_enabled: false,
            latched_date: 0,
            enabled: false,
            forced: false,
        }
    }

    /// Everything after reset but its clock.
    pub(super) fn reset(&mut self, cycle: u64) {
        let edge = self.clock.count(cycle);
        *self = Self { clock: self.clock, edge, ..Self::new() };
    }

    /// Tells the frequencies of `clk_rtc` and `clk_sys`.
    pub(super) fn set_clocks(&mut self, cycle: u64, rtc_hz: u64, sys_hz: u64) {
        self.clock.set_rate(cycle, Rate { edges: rtc_hz, cycles: sys_hz });
    }

    /// The interrupt line.
    pub(super) fn interrupt(&self) -> bool {
        self.enabled && self.is_raised() || self.forced
    }

    /// The cycle at which the interrupt line may change.
    pub(super) fn next_event(&self) -> Option<u64> {
        if !self.enabled {
            return None;
        }
        let command = self.commands.front().map(|(edge, _)| *edge);
        let second = (self.running && self.matching).then(|| {
            let seconds = if self.alarm.matches(&self.now) { 1 } else { self.alarm.seconds_until(&self.now) };
            self.edge + seconds * self.edges_per_second() - self.part
        });
        [command, second].into_iter().flatten().min().map(|edge| self.clock.cycle_of(edge))
    }

    /// Lets the time pass until a cycle.
    pub(super) fn advance(&mut self, cycle: u64) {
        let edge = self.clock.count(cycle);
        while let Some(&(arrives, command)) = self.commands.front().filter(|(arrives, _)| *arrives <= edge) {
            self.commands.pop_front();
            self.run_to(arrives);
            match command {
                Command::Load => {
                    self.now = Calendar::from_registers(self.setup[0], self.setup[1]);
                    self.part = 0;
                }
                Command::Run(runs) => self.running = runs,
                Command::Match(matches) => self.matching = matches,
            }
        }
        self.run_to(edge);
    }

    fn run_to(&mut self, edge: u64) {
        let passed = edge.saturating_sub(self.edge);
        self.edge = self.edge.max(edge);
        if self.running {
            let parts = self.part + passed;
            self.part = parts % self.edges_per_second();
            self.now.pass(parts / self.edges_per_second(), self.control & NOT_LEAP_YEAR == 0);
        }
    }

    fn edges_per_second(&self) -> u64 {
        u64::from(self.divisor) + 1
    }

    fn is_raised(&self) -> bool {
        self.running && self.matching && self.match_enabled && self.alarm.matches(&self.now)
    }

    fn command(&mut self, command: Command) {
        self.commands.push_back((self.edge + CROSSING, command));
    }

    fn set_control(&mut self, value: u32) {
        let changed = self.control ^ value;
        self.control = value & (ENABLE | NOT_LEAP_YEAR);
        if value & LOAD != 0 {
            self.command(Command::Load);
        }
        if changed & ENABLE != 0 {
            self.command(Command::Run(value & ENABLE != 0));
        }
    }

    fn set_alarm_date(&mut self, value: u32) {
        self.alarm.date = value & ALARM_0_BITS;
        let enable = value & MATCH_ENABLE != 0;
        if enable != self.match_enabled {
            self.match_enabled = enable;
            self.command(Command::Match(enable));
        }
    }
}

impl Block for Rtc {
    fn read(&mut self, offset: u32, now: Now) -> Option<u32> {
        self.advance(now.cycle);
        match offset {
            CLKDIV_M1 => Some(self.divisor),
            SETUP_0 | SETUP_1 => Some(self.setup[(offset - SETUP_0) as usize / 4]),
            CTRL => Some(self.control | flag(self.running, ACTIVE)),
            IRQ_SETUP_0 => {
                let enables = flag(self.match_enabled, MATCH_ENABLE) | flag(self.matching, MATCH_ACTIVE);
                Some(self.alarm.date | enables)
            }
            IRQ_SETUP_1 => Some(self.alarm.time),
            RTC_1 => Some(self.latched_date),
            RTC_0 => {
                self.latched_date = self.now.date();
                Some(self.now.time())
            }
            INTR => Some(self.is_raised().into()),
            INTE => Some(self.enabled.into()),
            INTF => Some(self.forced.into()),
            INTS => Some(self.interrupt().into()),
            _ => None,
        }
    }

    fn write(&mut self, offset: u32, value: u32, now: Now) -> Option<()> {
        self.advance(now.cycle);
        match offset {
            CLKDIV_M1 => {
                self.divisor = value & 0xffff;
                self.part = self.part.min(self.divisor.into());
            }
            SETUP_0 => self.setup[0] = value & SETUP_0_BITS,
            SETUP_1 => self.setup[1] = value & SETUP_1_BITS,
            CTRL => self.set_control(value),
            IRQ_SETUP_0 => self.set_alarm_date(value),
            IRQ_SETUP_1 => self.alarm.time = value & ALARM_1_BITS,
            INTE => self.enabled = value & 1 != 0,
            INTF => self.forced = value & 1 != 0,
            RTC_1 | RTC_0 | INTR | INTS => {}
            _ => return None,
        }
        Some(())
    }
}

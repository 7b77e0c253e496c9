//! ROSC: the ring oscillator (RP2040 datasheet, 2.17).
//!
//! It runs at a nominal 6.5 MHz after reset. The range and the divider change that as the datasheet says; the drive
//! strengths, whose effect differs from chip to chip, do not. Its random bit comes from a seed.

use super::block::{Block, Now, flag};

const CTRL: u32 = 0x00;
const FREQA: u32 = 0x04;
const FREQB: u32 = 0x08;
const DIV: u32 = 0x10;
const PHASE: u32 = 0x14;
const STATUS: u32 = 0x18;
const RANDOMBIT: u32 = 0x1c;
const COUNT: u32 = 0x20;

const NOMINAL_HZ: u64 = 6_500_000;
/// The divider after reset, and what DIV adds to it.
const DIVIDER_AFTER_RESET: u32 = 16;
const DIV_PASS: u32 = 0xaa0;
const ENABLE: u32 = 0x00ff_f000;
const ENABLED: u32 = 0xfab << 12;
const DISABLED: u32 = 0xd1e << 12;
const RANGE: u32 = 0xfff;
/// The password of FREQA and FREQB, without which the strengths count as zero.
const FREQ_PASSWD: u32 = 0x9696_0000;
const FREQ_STRENGTHS: u32 = 0x7777;
const PHASE_PASSWD: u32 = 0xaa;

const STABLE: u32 = 1 << 31;
const BADWRITE: u32 = 1 << 24;
const DIV_RUNNING: u32 = 1 << 16;
const RUNNING: u32 = 1 << 12;

#[derive(Clone, Debug)]
pub(super) struct Rosc {
    control: u32,
    strengths: [u32; 2],
    divider: u32,
    phase: u32,
    bad_write: bool,
    count_ends_at_ns: u64,
    random: u64,
}

impl Rosc {
    pub(super) const fn new(seed: u64) -> Self {
        Self {
            control: 0xaa0,
            strengths: [0; 2],
            divider: DIVIDER_AFTER_RESET,
            phase: 0x8,
            bad_write: false,
            count_ends_at_ns: 0,
            random: seed,
        }
    }

    /// All but the state of the randomness, which a chip does not lose at a reset either.
    pub(super) fn reset(&mut self) {
        *self = Self::new(self.random);
    }

    /// The output's frequency: 0 while disabled.
    pub(super) fn hz(&self) -> u64 {
        if self.control & ENABLE == DISABLED {
            return 0;
        }
        let undivided = NOMINAL_HZ * u64::from(DIVIDER_AFTER_RESET);
        let ranged = match self.control & RANGE {
            0xfa5 => undivided * 4 / 3,
            0xfa7 => undivided * 2,
            0xfa6 => undivided * 4,
            _ => undivided,
        };
        ranged / u64::from(self.divider)
    }

    /// `SplitMix64` (Steele, Lea and Flood, 2014), of whose words each read takes one.
    const fn random_bit(&mut self) -> u32 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let word = (self.random ^ self.random >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((word ^ word >> 31) & 1) as u32
    }

    fn write_control(&mut self, value: u32) {
        let (enable, range) = (value & ENABLE, value & RANGE);
        self.bad_write |= !matches!(enable, ENABLED | DISABLED) || !matches!(range, 0xaa0 | 0xfa4..=0xfa7);
        self.control = value & (ENABLE | RANGE);
    }
}

impl Block for Rosc {
    fn read(&mut self, offset: u32, now: Now) -> Option<u32> {
        match offset {
            CTRL => Some(self.control),
            FREQA | FREQB => Some(self.strengths[usize::from(offset == FREQB)]),
            DIV => Some(DIV_PASS + self.divider % 32),
            PHASE => Some(self.phase),
            STATUS => {
                let running = self.hz() != 0;
                let up = flag(running, STABLE | DIV_RUNNING | RUNNING);
                Some(up | flag(self.bad_write, BADWRITE))
            }
            RANDOMBIT => Some(self.random_bit()),
            COUNT => {
                let left_ns = self.count_ends_at_ns.saturating_sub(now.time_ns);
                u32::try_from((left_ns * self.hz()).div_ceil(1_000_000_000)).ok()
            }
            _ => None,
        }
    }

    fn write(&mut self, offset: u32, value: u32, now: Now) -> Option<()> {
        match offset {
            CTRL => self.write_control(value),
            FREQA | FREQB => {
                let passed = value & 0xffff_0000 == FREQ_PASSWD;
                self.strengths[usize::from(offset == FREQB)] = flag(passed, FREQ_PASSWD | value & FREQ_STRENGTHS);
            }
            // Any value but 0xaa0 to 0xabf divides by 31, and 0xaa0 by 32.
            DIV => {
                self.divider = match value & 0xfff {
                    DIV_PASS => 32,
                    value @ 0xaa1..=0xabf => value - DIV_PASS,
                    _ => 31,
                }
            }
            PHASE if value >> 4 & 0xff == PHASE_PASSWD => self.phase = value & 0xf,
            PHASE => {}
            STATUS => self.bad_write &= value & BADWRITE == 0,
            RANDOMBIT => {}
            COUNT => {
                let cycles = u64::from(value & 0xff) * 1_000_000_000;
                self.count_ends_at_ns = now.time_ns + cycles.checked_div(self.hz()).unwrap_or(0);
            }
            _ => return None,
        }
        Some(())
    }
}

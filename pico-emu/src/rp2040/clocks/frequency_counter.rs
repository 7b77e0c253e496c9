//! FC0: measures the frequency of a clock against `clk_ref` (RP2040 datasheet, 2.15.4).

use super::super::block::{Now, flag};

const REF_KHZ: u32 = 0x80;
const MIN_KHZ: u32 = 0x84;
const MAX_KHZ: u32 = 0x88;
const DELAY: u32 = 0x8c;
const INTERVAL: u32 = 0x90;
const SRC: u32 = 0x94;
const STATUS: u32 = 0x98;
const RESULT: u32 = 0x9c;

const FAST: u32 = 1 << 24;
const SLOW: u32 = 1 << 20;
const FAIL: u32 = 1 << 16;
const RUNNING: u32 = 1 << 8;
const DONE: u32 = 1 << 4;
const PASS: u32 = 1 << 0;

/// RESULT has five fractional bits.
const FRACTION: u64 = 32;

#[derive(Clone, Debug)]
pub(super) struct FrequencyCounter {
    reference_khz: u32,
    min_khz: u32,
    max_khz: u32,
    delay: u32,
    interval: u32,
    source: u32,
    measurement: Option<Measurement>,
}

#[derive(Clone, Copy, Debug)]
struct Measurement {
    done_at_ns: u64,
    /// In kilohertz with the fractional bits.
    result: u32,
}

impl FrequencyCounter {
    pub(super) const fn new() -> Self {
        Self { reference_khz: 0, min_khz: 0, max_khz: 0x01ff_ffff, delay: 1, interval: 8, source: 0, measurement: None }
    }

    /// The measurement behind its end.
    fn done(&self, now: Now) -> Option<u32> {
        self.measurement.filter(|measurement| now.time_ns >= measurement.done_at_ns).map(|done| done.result)
    }

    fn status(&self, now: Now) -> u32 {
        let Some(result) = self.done(now) else { return flag(self.measurement.is_some(), RUNNING) };
        let khz = result / FRACTION as u32;
        let (slow, fast) = (khz < self.min_khz, khz > self.max_khz);
        DONE | flag(slow, SLOW) | flag(fast, FAST) | if slow || fast { FAIL } else { PASS }
    }

    /// Writing the source starts a measurement, for 0.98 us times two to the power of the interval. It says what the
    /// program has told of `clk_ref`, so a wrong word about that makes it wrong.
    fn start(&mut self, measured_hz: u64, reference_hz: u64, now: Now) {
        self.measurement = (self.source != 0).then(|| {
            let scaled = measured_hz * u64::from(self.reference_khz) * FRACTION;
            let result = scaled.checked_div(reference_hz).unwrap_or(0);
            Measurement {
                done_at_ns: now.time_ns + (980 << self.interval),
                result: u32::try_from(result).map_or(0x3fff_ffff, |result| result.min(0x3fff_ffff)),
            }
        });
    }

    pub(super) fn read(&self, offset: u32, now: Now) -> Option<u32> {
        match offset {
            REF_KHZ => Some(self.reference_khz),
            MIN_KHZ => Some(self.min_khz),
            MAX_KHZ => Some(self.max_khz),
            DELAY => Some(self.delay),
            INTERVAL => Some(self.interval),
            SRC => Some(self.source),
            STATUS => Some(self.status(now)),
            RESULT => Some(self.done(now).unwrap_or(0)),
            _ => None,
        }
    }

    pub(super) fn write(&mut self, offset: u32, value: u32, measured_hz: u64, reference_hz: u64, now: Now) {
        match offset {
            REF_KHZ => self.reference_khz = value & 0xf_ffff,
            MIN_KHZ => self.min_khz = value & 0x1ff_ffff,
            MAX_KHZ => self.max_khz = value & 0x1ff_ffff,
            DELAY => self.delay = value & 7,
            INTERVAL => self.interval = value & 0xf,
            SRC => {
                self.source = value & 0xff;
                self.start(measured_hz, reference_hz, now);
            }
            _ => {}
        }
    }
}

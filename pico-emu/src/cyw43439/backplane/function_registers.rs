//! The registers of function 1 itself, from 0x10000 on: the window, clocks, and sleep.

use crate::cyw43439::report::{NotModelled, Reports};

const WATERMARK: u32 = 0x1_0008;
const DEVICE_CONTROL: u32 = 0x1_0009;
const WINDOW_LOW: u32 = 0x1_000a;
const WINDOW_MID: u32 = 0x1_000b;
const WINDOW_HIGH: u32 = 0x1_000c;
const FRAME_CONTROL: u32 = 0x1_000d;
const CLOCK: u32 = 0x1_000e;
const PULL_UP: u32 = 0x1_000f;
const WAKE_UP: u32 = 0x1_001e;
const SLEEP: u32 = 0x1_001f;

/// Ends the frame that the host reads.
const READ_TERMINATE: u8 = 1 << 0;

/// What the host may ask of the clocks: bits 0 to 5.
const CLOCK_REQUESTS: u8 = 0x3f;
const CLOCK_FORCE_SLOW: u8 = 1 << 0;
const CLOCK_FORCE_FAST: u8 = 1 << 1;
const CLOCK_REQUEST_SLOW: u8 = 1 << 3;
const CLOCK_REQUEST_FAST: u8 = 1 << 4;
/// The active low-power clock runs.
const CLOCK_SLOW_AVAILABLE: u8 = 1 << 6;
/// The high-throughput clock runs.
const CLOCK_FAST_AVAILABLE: u8 = 1 << 7;

/// The host keeps the bus on.
const SLEEP_KEEP_ON: u8 = 1 << 0;
const SLEEP_DEVICE_ON: u8 = 1 << 1;

/// The registers' contents.
#[derive(Clone, Debug)]
pub(super) struct FunctionRegisters {
    /// The window's address; its low 15 bits are zero.
    window: u32,
    watermark: u8,
    device_control: u8,
    clock_requests: u8,
    is_fast_clock_available: bool,
    pull_up: u8,
    wake_up: u8,
    sleep: u8,
    is_frame_dropped: bool,
}

impl FunctionRegisters {
    pub(super) const fn new() -> Self {
        Self {
            window: 0,
            watermark: 0,
            device_control: 0,
            clock_requests: 0,
            is_fast_clock_available: false,
            pull_up: 0,
            wake_up: 0,
            sleep: 0,
            is_frame_dropped: false,
        }
    }

    pub(super) const fn window(&self) -> u32 {
        self.window & !super::WINDOW_MASK
    }

    pub(super) const fn set_fast_clock(&mut self, is_available: bool) {
        self.is_fast_clock_available = is_available;
    }

    pub(super) const fn take_frame_drop(&mut self) -> bool {
        std::mem::replace(&mut self.is_frame_dropped, false)
    }

    pub(super) fn read(&self, address: u32, reports: &mut Reports) -> u8 {
        let [_, low, mid, high] = self.window.to_le_bytes();
        match address {
            WATERMARK => self.watermark,
            DEVICE_CONTROL => self.device_control,
            WINDOW_LOW => low,
            WINDOW_MID => mid,
            WINDOW_HIGH => high,
            FRAME_CONTROL => 0,
            CLOCK => self.clock(),
            PULL_UP => self.pull_up,
            WAKE_UP => self.wake_up,
            SLEEP => self.sleep | if self.sleep & SLEEP_KEEP_ON != 0 { SLEEP_DEVICE_ON } else { 0 },
            _ => {
                reports.push(NotModelled::FunctionRegister(address));
                0
            }
        }
    }

    /// The slow clock starts at once when it is asked for. The fast one needs the firmware, which keeps it running.
    const fn clock(&self) -> u8 {
        let asks_for_slow = CLOCK_REQUEST_SLOW | CLOCK_FORCE_SLOW | CLOCK_REQUEST_FAST | CLOCK_FORCE_FAST;
        if self.is_fast_clock_available {
            self.clock_requests | CLOCK_SLOW_AVAILABLE | CLOCK_FAST_AVAILABLE
        } else if self.clock_requests & asks_for_slow != 0 {
            self.clock_requests | CLOCK_SLOW_AVAILABLE
        } else {
            self.clock_requests
        }
    }

    pub(super) fn write(&mut self, address: u32, byte: u8, reports: &mut Reports) {
        match address {
            WATERMARK => self.watermark = byte,
            DEVICE_CONTROL => self.device_control = byte,
            WINDOW_LOW..=WINDOW_HIGH => {
                let mut window = self.window.to_le_bytes();
                window[(address - WINDOW_LOW + 1) as usize] = byte;
                self.window = u32::from_le_bytes(window);
            }
            FRAME_CONTROL if byte == READ_TERMINATE => self.is_frame_dropped = true,
            CLOCK => self.clock_requests = byte & CLOCK_REQUESTS,
            PULL_UP => self.pull_up = byte,
            WAKE_UP => self.wake_up = byte,
            SLEEP => self.sleep = byte & SLEEP_KEEP_ON,
            _ => reports.push(NotModelled::FunctionRegister(address)),
        }
    }
}

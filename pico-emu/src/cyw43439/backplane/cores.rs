//! The wrapper around a core on the backplane: its clock and its reset.

const IO_CONTROL: u32 = 0x408;
const RESET_CONTROL: u32 = 0x800;
const RESET_STATUS: u32 = 0x804;

const CLOCK_ENABLE: u32 = 1 << 0;
/// Clocks run although the core is in reset, so that the reset reaches all of it.
const FORCE_GATED_CLOCKS: u32 = 1 << 1;
const PROCESSOR_HALT: u32 = 1 << 5;
const RESET: u32 = 1 << 0;

/// A core's wrapper.
#[derive(Clone, Copy, Debug)]
pub(super) struct Core {
    io_control: u32,
    reset_control: u32,
}

impl Core {
    /// A core in reset, as all of them are after power-up.
    pub(super) const fn new() -> Self {
        Self { io_control: 0, reset_control: RESET }
    }

    /// Whether it is out of reset with its clock, and not halted.
    pub(super) const fn is_running(&self) -> bool {
        self.reset_control & RESET == 0
            && self.io_control & (CLOCK_ENABLE | FORCE_GATED_CLOCKS | PROCESSOR_HALT) == CLOCK_ENABLE
    }

    pub(super) const fn register(&self, offset: u32) -> Option<u32> {
        match offset {
            IO_CONTROL => Some(self.io_control),
            RESET_CONTROL => Some(self.reset_control),
            // Nothing of the reset is still under way.
            RESET_STATUS => Some(0),
            _ => None,
        }
    }

    pub(super) const fn set_register(&mut self, offset: u32, value: u32) -> Option<()> {
        match offset {
            IO_CONTROL => self.io_control = value,
            RESET_CONTROL => self.reset_control = value,
            _ => return None,
        }
        Some(())
    }
}

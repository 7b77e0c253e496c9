//! The memory's status registers (W25Q16JV data sheet, 7.1).

/// How many there are.
const REGISTERS: usize = 3;

/// Status register 1.
const BUSY: u8 = 1 << 0;
const WRITE_ENABLE_LATCH: u8 = 1 << 1;
/// Status register 2: QE.
const QUAD_ENABLE: u8 = 1 << 1;
/// Status register 3: DRV, how strongly outputs are driven. A quarter after delivery.
const DRIVER_STRENGTH: u8 = 3 << 5;

/// What can be set of each register. The other bits protect the memory or lock the registers.
const MODELLED: [u8; REGISTERS] = [0, QUAD_ENABLE, DRIVER_STRENGTH];

#[derive(Clone, Debug)]
pub(super) struct Status {
    registers: [u8; REGISTERS],
    write_enabled: bool,
    busy_until_ns: u64,
}

impl Status {
    pub(super) const fn new() -> Self {
        Self { registers: [0, QUAD_ENABLE, DRIVER_STRENGTH], write_enabled: false, busy_until_ns: 0 }
    }

    pub(super) fn read(&self, index: usize, now_ns: u64) -> u8 {
        let activity = match (self.is_busy(now_ns), self.write_enabled) {
            (true, _) => BUSY | WRITE_ENABLE_LATCH,
            (false, true) => WRITE_ENABLE_LATCH,
            (false, false) => 0,
        };
        self.registers[index] | if index == 0 { activity } else { 0 }
    }

    /// Whether the register can be given a value.
    pub(super) fn is_modelled(index: usize, value: u8) -> bool {
        // BUSY and WEL are read alone.
        let read_only = if index == 0 { BUSY | WRITE_ENABLE_LATCH } else { 0 };
        value & !(MODELLED[index] | read_only) == 0
    }

    /// Writes registers from one on.
    pub(super) fn write(&mut self, first: usize, values: &[u8]) {
        for (index, value) in (first..).zip(values) {
            self.registers[index] = value & MODELLED[index];
        }
    }

    pub(super) const fn is_busy(&self, now_ns: u64) -> bool {
        now_ns < self.busy_until_ns
    }

    pub(super) const fn enable_write(&mut self, enabled: bool) {
        self.write_enabled = enabled;
    }

    /// Begins something that changes the memory, if that is enabled: once for each time that it was.
    pub(super) const fn begin(&mut self, now_ns: u64, duration_ns: u64) -> bool {
        if self.write_enabled {
            self.busy_until_ns = now_ns + duration_ns;
        }
        std::mem::replace(&mut self.write_enabled, false)
    }
}

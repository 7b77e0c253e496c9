//! A chip without processors, whose registers the tests read and write.

use std::num::NonZeroU32;

use pico_emu::bus::{Access, Bus, BusFault, BusFaultKind, CoreId, Operation, Width};
use pico_emu::rp2040::{Config, Rp2040};

pub(crate) const CLOCKS: u32 = 0x4000_8000;
pub(crate) const RESETS: u32 = 0x4000_c000;
pub(crate) const PSM: u32 = 0x4001_0000;
pub(crate) const IO_BANK0: u32 = 0x4001_4000;
pub(crate) const PADS_BANK0: u32 = 0x4001_c000;
pub(crate) const XOSC: u32 = 0x4002_4000;
pub(crate) const PLL_SYS: u32 = 0x4002_8000;
pub(crate) const TIMER: u32 = 0x4005_4000;
pub(crate) const WATCHDOG: u32 = 0x4005_8000;
pub(crate) const ROSC: u32 = 0x4006_0000;
pub(crate) const SIO: u32 = 0xd000_0000;

/// The aliases of a register.
pub(crate) const XOR: u32 = 0x1000;
pub(crate) const SET: u32 = 0x2000;
pub(crate) const CLR: u32 = 0x3000;

/// The frequency after power-up.
pub(crate) const ROSC_HZ: u64 = 6_500_000;
pub(crate) const XOSC_HZ: u64 = 12_000_000;

pub(crate) struct Chip {
    pub(crate) rp2040: Rp2040,
    pub(crate) cycle: u64,
}

impl Chip {
    /// After power-up, with all peripherals out of reset.
    pub(crate) fn new() -> Self {
        let mut chip = Self { rp2040: Rp2040::new(Config::default()), cycle: 0 };
        chip.write(RESETS, 0);
        chip
    }

    /// The same, with everything by the crystal and a tick each microsecond.
    pub(crate) fn with_ticks() -> Self {
        let mut chip = Self::new();
        chip.run_by_crystal();
        chip.write(WATCHDOG + 0x2c, 1 << 9 | 12);
        assert_eq!(chip.rp2040.take_systick_reference(), Some(NonZeroU32::new(12)));
        assert_eq!(chip.rp2040.take_systick_reference(), None);
        chip
    }

    /// Starts the crystal, and has `clk_ref` and so `clk_sys` follow it.
    pub(crate) fn run_by_crystal(&mut self) {
        self.write(XOSC, 0xfa_baa0);
        self.write(CLOCKS + 0x30, 2);
    }

    pub(crate) fn try_read(&mut self, core: CoreId, address: u32, width: Width) -> Result<u32, BusFault> {
        let access = Access { core, cycle: self.cycle, address, width, operation: Operation::Read };
        self.rp2040.read(access).map(|(value, _)| value)
    }

    pub(crate) fn try_write(&mut self, core: CoreId, address: u32, width: Width, value: u32) -> Result<(), BusFault> {
        let access = Access { core, cycle: self.cycle, address, width, operation: Operation::Write };
        self.rp2040.write(access, value).map(|_| ())
    }

    pub(crate) fn read_as(&mut self, core: CoreId, address: u32) -> u32 {
        self.try_read(core, address, Width::Word).unwrap_or_else(|fault| panic!("{fault}"))
    }

    pub(crate) fn write_as(&mut self, core: CoreId, address: u32, value: u32) {
        self.try_write(core, address, Width::Word, value).unwrap_or_else(|fault| panic!("{fault}"));
    }

    pub(crate) fn read(&mut self, address: u32) -> u32 {
        self.read_as(CoreId::Core0, address)
    }

    pub(crate) fn write(&mut self, address: u32, value: u32) {
        self.write_as(CoreId::Core0, address, value);
    }

    /// Whose fault a read is.
    pub(crate) fn read_fault(&mut self, address: u32) -> BusFaultKind {
        self.try_read(CoreId::Core0, address, Width::Word).expect_err("it is answered").kind
    }

    pub(crate) fn write_fault(&mut self, address: u32, value: u32) -> BusFaultKind {
        self.try_write(CoreId::Core0, address, Width::Word, value).expect_err("it is answered").kind
    }

    /// The interrupt lines of a core.
    pub(crate) fn interrupts(&mut self, core: CoreId) -> u32 {
        self.rp2040.signals(core, self.cycle).interrupts
    }

    pub(crate) fn next_event(&mut self) -> u64 {
        self.rp2040.signals(CoreId::Core0, self.cycle).next_event
    }
}

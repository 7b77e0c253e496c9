//! How the chip is reset: by the watchdog, by the PSM, block by block.

use std::num::NonZeroU32;

use super::address_map::Peripheral;
use super::busctrl::Busctrl;
use super::chip::{GPIO_COUNT, QSPI_PINS, Rp2040};
use super::clocks::Clocks;
use super::dma::Dma;
use super::io_bank::IoBank;
use super::pads::Pads;
use super::pio::Pio;
use super::pll::Pll;
use super::psm;
use super::pwm::Pwm;
use super::resets::{ALL, Resets};
use super::sio::Sio;
use super::ssi::Ssi;
use super::syscfg::Syscfg;
use super::timer::Timer;
use super::vreg_and_chip_reset::VregAndChipReset;
use super::wires::Wires;
use super::xip::XipCtrl;
use super::xosc::Xosc;
use crate::bus::CoreId;

impl<W: Wires> Rp2040<W> {
    /// The watchdog's time is up: what WDSEL of RESETS and of the PSM name is reset. The processors run on if they are
    /// not named.
    pub(super) fn bite(&mut self, cycle: u64) {
        self.watchdog.fire();
        let peripherals = self.resets.watchdog_fired();
        self.reset_peripherals(peripherals, cycle);
        self.reset_parts(self.psm.watchdog(), cycle);
        self.stopped |= self.follow_clocks(cycle).is_none();
        self.update_pins();
    }

    /// What the PSM holds in reset is as after reset.
    pub(super) fn follow_psm(&mut self) {
        let held = self.psm.held();
        self.core1_reset |= held & psm::PROC1 != 0;
        if held & psm::SIO != 0 {
            self.sio = Sio::new();
            self.update_pins();
        }
    }

    /// Resets parts of the power-on sequence.
    fn reset_parts(&mut self, parts: u32, cycle: u64) {
        let names = |part: u32| parts & part != 0;
        if names(psm::ROSC) {
            self.clock_tree.rosc.reset();
        }
        if names(psm::XOSC) {
            self.clock_tree.xosc = Xosc::new();
        }
        if names(psm::CLOCKS) {
            self.clock_tree.clocks = Clocks::new();
        }
        if names(psm::RESETS) {
            self.resets = Resets::new();
            self.reset_peripherals(ALL, cycle);
        }
        if names(psm::XIP) {
            self.xip = XipCtrl::new();
            self.ssi = Ssi::new();
        }
        if names(psm::VREG_AND_CHIP_RESET) {
            self.vreg = VregAndChipReset::new();
        }
        if names(psm::SIO) {
            self.sio = Sio::new();
        }
        self.core0_reset |= names(psm::PROC0);
        self.core1_reset |= names(psm::PROC1);
    }

    pub(super) fn reset_peripherals(&mut self, bits: u32, cycle: u64) {
        if bits == 0 {
            return;
        }
        for (peripheral, bit) in Peripheral::RESETTABLE {
            if bits & 1 << bit != 0 {
                self.reset_peripheral(peripheral, cycle);
            }
        }
    }

    fn reset_peripheral(&mut self, peripheral: Peripheral, cycle: u64) {
        match peripheral {
            Peripheral::Busctrl => self.busctrl = Busctrl::new(),
            Peripheral::IoBank0 => self.io_bank0 = IoBank::new(GPIO_COUNT),
            Peripheral::IoQspi => self.io_qspi = IoBank::new(QSPI_PINS),
            Peripheral::PadsBank0 => self.pads_bank0.reset(Pads::bank0()),
            Peripheral::PadsQspi => self.pads_qspi.reset(Pads::qspi()),
            Peripheral::PllSys => self.clock_tree.pll_sys = Pll::new(),
            Peripheral::PllUsb => self.clock_tree.pll_usb = Pll::new(),
            Peripheral::Dma => self.dma = Dma::new(),
            Peripheral::Pio0 => self.pios[0] = Pio::reset_at(self.cycle),
            Peripheral::Pio1 => self.pios[1] = Pio::reset_at(self.cycle),
            Peripheral::Syscfg => self.syscfg = Syscfg::new(),
            Peripheral::Adc => self.adc.reset(),
            Peripheral::Pwm => self.pwm = Pwm::new(),
            Peripheral::Rtc => self.rtc.reset(cycle),
            Peripheral::Uart0 => self.uarts[0].reset(cycle),
            Peripheral::Uart1 => self.uarts[1].reset(cycle),
            Peripheral::Timer => self.timer = Timer::new(self.watchdog.ticks(cycle)),
            Peripheral::Usb => self.usb.reset(),
            // The others have no state.
            _ => {}
        }
    }

    /// Whether a core has been put into reset since this was last asked: then it is to be
    /// [reset](crate::cpu::Cpu::reset). Until then every run ends at once.
    pub const fn take_reset(&mut self, core: CoreId) -> bool {
        let reset = match core {
            CoreId::Core0 => &mut self.core0_reset,
            CoreId::Core1 => &mut self.core1_reset,
        };
        std::mem::replace(reset, false)
    }

    /// Whether core 1 is still held in reset.
    #[must_use]
    pub const fn holds_core1(&self) -> bool {
        self.psm.held() & psm::PROC1 != 0
    }

    /// Whether a core can only be woken from outside of it.
    pub(super) fn sleeps(&self, core: CoreId) -> bool {
        self.interrupts.sleeps(core) || self.is_held(core)
    }

    /// Whether a core is held in reset.
    pub(super) fn is_held(&self, core: CoreId) -> bool {
        core == CoreId::Core1 && self.holds_core1()
    }

    /// Whether the reference clock of the processors' system timers has changed since this was last asked: then they are
    /// to be [told](crate::cpu::Cpu::set_systick_reference) the cycles between two ticks of the watchdog, if there are
    /// ticks. Until then every run ends at once.
    pub fn take_systick_reference(&mut self) -> Option<Option<NonZeroU32>> {
        std::mem::take(&mut self.tick_changed).then(|| self.watchdog.cycles_per_tick())
    }

    /// Whether there is something that the processors have to follow.
    pub(super) fn needs_processors(&self) -> bool {
        self.core0_reset
            || self.core1_reset
            || self.tick_changed
            || self.stopped
            || self.fault.is_some()
            || self.wires.wants_attention()
    }

    /// The boot ROM lets these go before it starts a program.
    pub(super) fn release_for_boot(&mut self) {
        let released = [Peripheral::IoQspi, Peripheral::PadsQspi, Peripheral::PadsBank0, Peripheral::Timer];
        self.resets.release(released.into_iter().map(Peripheral::reset_bit).sum());
        self.ssi.connect();
    }
}

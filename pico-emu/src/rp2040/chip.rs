//! The chip: its blocks, what they do to each other, and how it is reset.

use super::adc::Adc;
use super::address_map::Peripheral;
use super::block::{Block, Now};
use super::boot_rom;
use super::busctrl::Busctrl;
use super::clock_tree::ClockTree;
use super::dma::Dma;
use super::edges::{Edges, Rate};
use super::flash::{self, Flash};
use super::interrupts::Interrupts;
use super::io_bank::{Drives, Function, IoBank};
use super::pads::Pads;
use super::pio::Pio;
use super::progress::PeripheralFault;
use super::psm::Psm;
use super::pwm::Pwm;
use super::resets::Resets;
use super::rtc::Rtc;
use super::sio::Sio;
use super::sram::Sram;
use super::ssi::Ssi;
use super::syscfg::Syscfg;
use super::sysinfo::Sysinfo;
use super::tbman::Tbman;
use super::timer::Timer;
use super::uart::{UART_COUNT, Uart};
use super::usb::Usb;
use super::vreg_and_chip_reset::VregAndChipReset;
use super::watchdog::Watchdog;
use super::wires::{Unconnected, Wires};
use super::xip::XipCtrl;
use crate::bus::CoreId;
use crate::memory::Memory;

/// The ROM's size in bytes.
pub(super) const ROM_LEN: usize = 16 << 10;
/// How many pins there are in bank 0.
pub const GPIO_COUNT: usize = 30;
/// How many pins there are to the flash memory, and which of them selects it.
pub(super) const QSPI_PINS: usize = 6;
const QSPI_SS: usize = 1;
const NS_PER_S: u64 = 1_000_000_000;

/// What is particular to one chip and its surroundings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Where the randomness of the ring oscillator comes from.
    pub seed: u64,
    /// The unique number of the flash memory, which is that of the board.
    pub unique_id: [u8; 8],
}

/// All of an RP2040 but its processors, and the flash memory beside it.
///
/// It is driven as a [`Bus`](crate::bus::Bus). Its clock is the processors' cycle.
#[derive(Clone)]
pub struct Rp2040<W = Unconnected> {
    pub(super) rom: Memory<ROM_LEN>,
    pub(super) sram: Sram,
    pub(super) flash: Flash,
    pub(super) ssi: Ssi,
    pub(super) xip: XipCtrl,
    pub(super) sio: Sio,
    pub(super) clock_tree: ClockTree,
    pub(super) psm: Psm,
    pub(super) resets: Resets,
    pub(super) watchdog: Watchdog,
    pub(super) timer: Timer,
    pub(super) uarts: [Uart; UART_COUNT],
    pub(super) pwm: Pwm,
    pub(super) adc: Adc,
    pub(super) rtc: Rtc,
    sysinfo: Sysinfo,
    pub(super) syscfg: Syscfg,
    pub(super) busctrl: Busctrl,
    tbman: Tbman,
    pub(super) usb: Usb,
    pub(super) vreg: VregAndChipReset,
    pub(super) io_bank0: IoBank,
    pub(super) io_qspi: IoBank,
    pub(super) pads_bank0: Pads,
    pub(super) pads_qspi: Pads,
    /// What the peripherals do to the pins of each bank.
    pub(super) bank0: Drives,
    qspi: Drives,
    /// What hangs on the pins of bank 0.
    pub(super) wires: W,
    pub(super) dma: Dma,
    /// Both blocks; one that is off may be behind.
    pub(super) pios: [Pio; 2],
    pub(super) time: Edges,
    pub(super) interrupts: Interrupts,
    /// The cycle that the chip has come to.
    pub(super) cycle: u64,
    /// The cycle at which some block has something to do.
    pub(super) next_event: u64,
    /// The cores have been put into reset, which they still have to follow.
    pub(super) core0_reset: bool,
    pub(super) core1_reset: bool,
    /// The processors' system timers still have to be told how long a tick is, which is their reference clock.
    pub(super) tick_changed: bool,
    /// After a reset by the watchdog nothing drives `clk_sys`.
    pub(super) stopped: bool,
    /// What a block has come upon by itself that is not modelled.
    pub(super) fault: Option<PeripheralFault>,
}

impl Rp2040 {
    /// A chip that has just got its power, with erased flash memory and nothing on its pins.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self::with_wires(config, Unconnected)
    }
}

impl<W: Wires> Rp2040<W> {
    /// A chip that has just got its power, with erased flash memory.
    #[must_use]
    pub fn with_wires(config: Config, wires: W) -> Self {
        let mut rom = Memory::new();
        rom.write(0, &boot_rom::image());
        let mut chip = Self {
            rom,
            sram: Sram::new(),
            flash: Flash::new(config.unique_id),
            ssi: Ssi::new(),
            xip: XipCtrl::new(),
            sio: Sio::new(),
            clock_tree: ClockTree::new(config.seed),
            psm: Psm::new(),
            resets: Resets::new(),
            watchdog: Watchdog::new(),
            timer: Timer::new(0),
            uarts: [const { Uart::new() }; UART_COUNT],
            pwm: Pwm::new(),
            adc: Adc::new(),
            rtc: Rtc::new(),
            sysinfo: Sysinfo,
            syscfg: Syscfg::new(),
            busctrl: Busctrl::new(),
            tbman: Tbman,
            usb: Usb::new(),
            vreg: VregAndChipReset::new(),
            io_bank0: IoBank::new(GPIO_COUNT),
            io_qspi: IoBank::new(QSPI_PINS),
            pads_bank0: Pads::bank0(),
            pads_qspi: Pads::qspi(),
            bank0: Drives::default(),
            qspi: Drives::default(),
            wires,
            dma: Dma::new(),
            pios: [Pio::new(), Pio::new()],
            time: Edges::new(Rate::STOPPED),
            interrupts: Interrupts::new(),
            cycle: 0,
            next_event: 0,
            core0_reset: false,
            core1_reset: false,
            tick_changed: false,
            stopped: false,
            fault: None,
        };
        chip.follow_clocks(0).expect("after power-up everything runs by the ring oscillator");
        chip.update_pins();
        chip
    }

    /// The frequency of `clk_sys` in hertz, by which the processors run.
    #[must_use]
    pub fn sys_hz(&self) -> u64 {
        self.clock_tree.clocks.sys_hz()
    }

    /// The nanoseconds since power-up at a cycle.
    #[must_use]
    pub fn time_ns(&self, cycle: u64) -> u64 {
        self.time.count(cycle)
    }

    /// The first cycle at which so many nanoseconds have passed, if the clocks stay as they are.
    #[must_use]
    pub fn cycle_of_time_ns(&self, time_ns: u64) -> u64 {
        self.time.cycle_of(time_ns)
    }

    /// The level at a pin of bank 0, at the cycle that the chip has come to.
    ///
    /// # Panics
    ///
    /// If there is no such pin: they are 0 to 29.
    #[must_use]
    pub fn gpio_level(&self, pin: usize) -> bool {
        assert!(pin < GPIO_COUNT, "there is no GPIO {pin}");
        self.pwm_level(pin).unwrap_or_else(|| self.pads_bank0.level(pin))
    }

    /// Whether the chip drives a pin of bank 0.
    ///
    /// # Panics
    ///
    /// If there is no such pin: they are 0 to 29.
    #[must_use]
    pub fn gpio_is_output(&self, pin: usize) -> bool {
        assert!(pin < GPIO_COUNT, "there is no GPIO {pin}");
        self.pads_bank0.is_output(pin)
    }

    /// Drives a pin of bank 0 from outside, or with `None` lets go of it. The chip wins where both drive.
    ///
    /// # Panics
    ///
    /// If there is no such pin: they are 0 to 29.
    pub fn set_gpio_input(&mut self, pin: usize, level: Option<bool>) {
        assert!(pin < GPIO_COUNT, "there is no GPIO {pin}");
        self.pads_bank0.set_external(pin, level);
        self.update_pins();
    }

    /// What hangs on the pins.
    #[must_use]
    pub const fn wires(&self) -> &W {
        &self.wires
    }

    /// Changes something outside of the chip, and carries what comes of it to the chip's pins.
    pub fn change_wires<R>(&mut self, change: impl FnOnce(&mut W) -> R) -> R {
        let result = change(&mut self.wires);
        self.update_pins();
        result
    }

    /// The content of the flash memory.
    #[must_use]
    pub fn flash(&self) -> &[u8; flash::LEN] {
        self.flash.memory.bytes()
    }

    /// Overwrites part of the flash memory, as a programmer does that holds the chip in reset.
    ///
    /// # Panics
    ///
    /// If it does not lie within the flash memory.
    pub fn write_flash(&mut self, offset: u32, bytes: &[u8]) {
        self.flash.memory.write(offset, bytes);
    }

    pub(super) fn now(&self, cycle: u64) -> Now {
        Now { cycle, time_ns: self.time.count(cycle), ticks: self.watchdog.ticks(cycle) }
    }

    pub(super) fn block(&mut self, peripheral: Peripheral) -> &mut dyn Block {
        if matches!(peripheral, Peripheral::Pio0 | Peripheral::Pio1) {
            self.catch_up_pios();
        }
        match peripheral {
            Peripheral::Sysinfo => &mut self.sysinfo,
            Peripheral::Syscfg => &mut self.syscfg,
            Peripheral::Clocks => &mut self.clock_tree.clocks,
            Peripheral::Resets => &mut self.resets,
            Peripheral::Psm => &mut self.psm,
            Peripheral::IoBank0 => &mut self.io_bank0,
            Peripheral::IoQspi => &mut self.io_qspi,
            Peripheral::PadsBank0 => &mut self.pads_bank0,
            Peripheral::PadsQspi => &mut self.pads_qspi,
            Peripheral::Xosc => &mut self.clock_tree.xosc,
            Peripheral::PllSys => &mut self.clock_tree.pll_sys,
            Peripheral::PllUsb => &mut self.clock_tree.pll_usb,
            Peripheral::Busctrl => &mut self.busctrl,
            Peripheral::Uart0 => &mut self.uarts[0],
            Peripheral::Uart1 => &mut self.uarts[1],
            Peripheral::Pwm => &mut self.pwm,
            Peripheral::Adc => &mut self.adc,
            Peripheral::Rtc => &mut self.rtc,
            Peripheral::Timer => &mut self.timer,
            Peripheral::Watchdog => &mut self.watchdog,
            Peripheral::Rosc => &mut self.clock_tree.rosc,
            Peripheral::VregAndChipReset => &mut self.vreg,
            Peripheral::Tbman => &mut self.tbman,
            Peripheral::Usb => &mut self.usb,
            Peripheral::Dma => &mut self.dma,
            Peripheral::Pio0 => &mut self.pios[0],
            Peripheral::Pio1 => &mut self.pios[1],
        }
    }

    /// What a write to a peripheral has changed elsewhere. `None` if that is not modelled.
    pub(super) fn follow_write(&mut self, peripheral: Peripheral, held_before: u32, cycle: u64) -> Option<()> {
        let newly_held = self.resets.held() & !held_before;
        self.reset_peripherals(newly_held, cycle);
        if peripheral.makes_clocks() {
            self.follow_clocks(cycle)?;
        }
        if peripheral == Peripheral::Psm {
            self.follow_psm();
        }
        if peripheral.moves_pins() {
            self.update_pins();
        }
        self.plan();
        Some(())
    }

    /// Carries the frequencies to all that counts by them. `None` if nothing would run any longer.
    pub(super) fn follow_clocks(&mut self, cycle: u64) -> Option<()> {
        self.clock_tree.update();
        let (ref_hz, sys_hz) = (self.clock_tree.clocks.ref_hz(), self.clock_tree.clocks.sys_hz());
        if sys_hz == 0 {
            return None;
        }
        self.time.set_rate(cycle, Rate { edges: NS_PER_S, cycles: sys_hz });
        self.timer.advance(self.watchdog.ticks(cycle));
        let cycles_per_tick = self.watchdog.cycles_per_tick();
        self.watchdog.set_clocks(cycle, ref_hz, sys_hz);
        self.usb.set_time(self.time.count(cycle));
        self.usb.set_clock(self.clock_tree.clocks.usb_hz());
        let (peri_hz, adc_hz) = (self.clock_tree.clocks.peri_hz(), self.clock_tree.clocks.adc_hz());
        for uart in &mut self.uarts {
            uart.set_clocks(cycle, peri_hz, sys_hz);
        }
        self.adc.set_clocks(cycle, adc_hz, sys_hz);
        self.rtc.set_clocks(cycle, self.clock_tree.clocks.rtc_hz(), sys_hz);
        self.flash.set_clock(cycle, sys_hz);
        self.tick_changed |= self.watchdog.cycles_per_tick() != cycles_per_tick;
        Some(())
    }

    /// Carries levels between the peripherals and the pins.
    pub(super) fn update_pins(&mut self) {
        self.catch_up_pios();
        self.bank0.set(Function::Pio0, self.pios[0].outputs().into());
        self.bank0.set(Function::Pio1, self.pios[1].outputs().into());
        self.drive_io_pins();
        self.bank0.set(Function::Sio, self.sio.bank0());
        self.qspi.set(Function::Sio, self.sio.qspi());
        let before = self.io_bank0.inputs();
        let (bank0, qspi) = (self.io_bank0.selection(&self.bank0), self.io_qspi.selection(&self.qspi));
        self.io_bank0.update(bank0, &mut self.pads_bank0, &mut self.wires, self.cycle);
        self.io_qspi.update(qspi, &mut self.pads_qspi, &mut Unconnected, self.cycle);
        if self.io_bank0.inputs() != before {
            self.pios.iter_mut().for_each(Pio::inputs_changed);
        }
        self.sio.set_inputs(self.io_bank0.inputs(), self.io_qspi.inputs());
        self.carry_io_inputs();
        self.carry_vbus();
        self.ssi.set_selected(self.io_qspi.is_forced_low(QSPI_SS), &mut self.flash);
    }

    /// Lets happen what the blocks have planned until a cycle.
    pub(super) fn advance_blocks(&mut self, cycle: u64) {
        let ticks = self.watchdog.ticks(cycle);
        self.timer.advance(ticks);
        self.advance_usb(cycle);
        self.advance_io(cycle);
        if self.watchdog.next_tick().is_some_and(|tick| tick <= ticks) {
            self.bite(cycle);
        }
        self.plan();
    }

    /// Finds the cycle at which some block has something to do next.
    pub(super) fn plan(&mut self) {
        let ticks = [self.timer.next_tick(), self.watchdog.next_tick()];
        let next = ticks.into_iter().flatten().min();
        let blocks = self.next_usb_event().min(self.next_io_event());
        self.next_event = next.map_or(u64::MAX, |tick| self.watchdog.cycle_of_tick(tick)).min(blocks);
    }

    /// The lines of both cores: their interrupts, and the one that is non-maskable.
    pub(super) fn lines(&self) -> [(u32, bool); CoreId::COUNT] {
        let bit = |asserted: bool, interrupt: u32| u32::from(asserted) << interrupt;
        let ([pio0_0, pio0_1], [pio1_0, pio1_1]) = (self.pios[0].interrupts(), self.pios[1].interrupts());
        let [dma_0, dma_1] = self.dma.interrupts();
        let shared = self.timer.interrupts()
            | bit(self.pwm.interrupt(), 4)
            | bit(self.usb.interrupt(), 5)
            | bit(pio0_0, 7)
            | bit(pio0_1, 8)
            | bit(pio1_0, 9)
            | bit(pio1_1, 10)
            | bit(dma_0, 11)
            | bit(dma_1, 12)
            | bit(self.clock_tree.clocks.interrupt(), 17)
            | bit(self.uarts[0].interrupt(), 20)
            | bit(self.uarts[1].interrupt(), 21)
            | bit(self.adc.interrupt(), 22)
            | bit(self.rtc.interrupt(), 25);
        [(CoreId::Core0, 15), (CoreId::Core1, 16)].map(|(core, fifo)| {
            let lines = shared
                | bit(self.io_bank0.interrupt(core), 13)
                | bit(self.io_qspi.interrupt(core), 14)
                | bit(self.sio.interrupt(core), fifo);
            (lines, lines & self.syscfg.nmi_mask(core) != 0)
        })
    }
}

impl<W> std::fmt::Debug for Rp2040<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rp2040").field("sys_hz", &self.clock_tree.clocks.sys_hz()).finish_non_exhaustive()
    }
}

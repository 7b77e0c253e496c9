//! The chip as its processors see it.

use super::address_map::{Peripheral, combine};
use super::block::Now;
use super::chip::{ROM_LEN, Rp2040};
use super::interrupts::other;
use super::sio::Sio;
use super::wires::Wires;
use super::xip::STREAM_FIFO;
use crate::bus::{Access, Bus, BusFault, CoreId, Signals, StaleCode, Stored, Timing, Unit, Width};

const ROM_END: u32 = ROM_LEN as u32;
/// The flash memory, in the view by the cache and in the three around it.
const XIP: std::ops::Range<u32> = 0x1000_0000..0x1400_0000;
/// The view in which a write drops what is cached, and which is otherwise ignored.
const XIP_CACHED: std::ops::Range<u32> = 0x1000_0000..0x1100_0000;
const XIP_CTRL: std::ops::Range<u32> = 0x1400_0000..0x1500_0000;
/// The same stream as `XIP_CTRL` has, for the DMA.
const XIP_AUX: std::ops::Range<u32> = 0x5040_0000..0x5040_0004;
/// The cache as memory.
const XIP_SRAM: std::ops::Range<u32> = 0x1500_0000..0x1600_0000;
const SSI: std::ops::Range<u32> = 0x1800_0000..0x1900_0000;
const APB: std::ops::Range<u32> = 0x4000_0000..0x5000_0000;
const AHB_LITE: std::ops::Range<u32> = 0x5000_0000..0x6000_0000;
const SIO: std::ops::Range<u32> = 0xd000_0000..0xe000_0000;
/// The levels of bank 0 in SIO.
const GPIO_IN: u32 = 0x004;
/// Where the register blocks and their atomic aliases end.
const APB_END: u32 = 0x4007_0000;
/// Where the blocks on the AHB-Lite bus end, the last of which is the streaming port of the flash memory.
const AHB_LITE_END: u32 = 0x5050_0000;

/// The bridge to the APB makes a read last three cycles and a write four (2.1.4).
const APB_READ: Timing = Timing::Ahb { wait_cycles: 2 };
const APB_WRITE: Timing = Timing::Ahb { wait_cycles: 3 };

impl<W: Wires> Bus for Rp2040<W> {
    #[inline(always)]
    fn load<U: Unit>(&self, address: u32) -> Option<U> {
        match address >> 28 {
            2 => self.sram.load(address),
            1 if XIP.contains(&address) => Some(self.flash.memory.load(address)),
            0 if address < ROM_END => Some(self.rom.load(address)),
            _ => None,
        }
    }

    #[inline(always)]
    fn store<U: Unit>(&mut self, address: u32, value: U) -> Option<Stored> {
        if address >> 28 == 2 { self.sram.store(address, value) } else { None }
    }

    fn read(&mut self, access: Access) -> Result<(u32, Timing), BusFault> {
        if let Some(offset) = quiet(access.address) {
            let word = self.sio.read(access.core, offset, access.cycle).ok_or_else(|| access.not_modelled())?;
            return Ok((lane(word, access), Timing::Quiet));
        }
        self.advance(access.cycle);
        self.answer_read(access)
    }

    fn write(&mut self, access: Access, value: u32) -> Result<Timing, BusFault> {
        if let Some(offset) = quiet(access.address) {
            let value = replicated(value, access.width);
            let written = self.sio.write(access.core, offset, value, access.cycle);
            return written.map(|()| Timing::Quiet).ok_or_else(|| access.not_modelled());
        }
        self.advance(access.cycle);
        self.answer_write(access, value)
    }

    fn fetch(&mut self, access: Access) -> Result<u16, BusFault> {
        let Access { core, address, .. } = access;
        match address >> 28 {
            0 if address < ROM_END => Ok(self.rom.fetch(core, address)),
            1 if XIP.contains(&address) => Ok(self.flash.memory.fetch(core, address)),
            2 => self.sram.fetch(core, address).ok_or_else(|| access.bus_error()),
            _ => Err(elsewhere(access)),
        }
    }

    fn take_stale_code(&mut self, core: CoreId) -> Option<StaleCode> {
        // The flash memory is seen at many addresses.
        let flash = self.flash.memory.take_stale_line(core).map(|_| StaleCode::All);
        flash.or_else(|| self.sram.take_stale_code(core))
    }

    fn signals(&mut self, core: CoreId, cycle: u64) -> Signals {
        self.advance(cycle);
        self.note_lines(cycle);
        self.interrupts.carry_event(core, cycle);
        let told = self.interrupts.tell(core, cycle);
        let ends = self.needs_processors() || self.interrupts.may_wake(other(core));
        let next_event = if ends { cycle } else { self.next_event.min(self.horizon()).min(told.next) };
        Signals { interrupts: told.lines.0, nmi: told.lines.1, event: told.event, next_event }
    }

    fn sleep(&mut self, core: CoreId, next_event: u64, until: u64) -> u64 {
        if self.sleeps(other(core)) { self.run_ahead(until).min(until) } else { next_event.min(until) }
    }

    fn send_event(&mut self, core: CoreId) {
        self.interrupts.send_event(core);
    }
}

impl<W: Wires> Rp2040<W> {
    /// Reads outside memory. Everything up to that cycle has happened.
    pub(super) fn answer_read(&mut self, access: Access) -> Result<(u32, Timing), BusFault> {
        let register = access.address & !3;
        let (word, timing) = if SIO.contains(&register) {
            let offset = register & 0x0fff_ffff;
            if offset == GPIO_IN {
                self.refresh_pins();
            }
            let word = self.sio.read(access.core, offset, access.cycle);
            (word.ok_or_else(|| access.not_modelled())?, Timing::SingleCycle)
        } else if APB.contains(&register) {
            (self.read_peripheral(access)?, APB_READ)
        } else if Self::is_usb_dpram(register) {
            (self.read_usb_dpram(access)?, Timing::NO_WAIT)
        } else if XIP_AUX.contains(&register) {
            let word = self.xip.read(STREAM_FIFO, &self.flash.memory);
            (word.ok_or_else(|| access.not_modelled())?, Timing::NO_WAIT)
        } else if AHB_LITE.contains(&register) {
            (self.read_peripheral(access)?, Timing::NO_WAIT)
        } else if SSI.contains(&register) {
            let word = self.ssi.read(register & 0xff_ffff, access.cycle);
            (word.ok_or_else(|| access.not_modelled())?, Timing::NO_WAIT)
        } else if XIP_CTRL.contains(&register) {
            let word = self.xip.read(register & 0xff_ffff, &self.flash.memory);
            (word.ok_or_else(|| access.not_modelled())?, Timing::NO_WAIT)
        } else {
            return Err(elsewhere(access));
        };
        Ok((lane(word, access), timing))
    }

    /// Writes outside the SRAM. Everything up to that cycle has happened.
    pub(super) fn answer_write(&mut self, access: Access, value: u32) -> Result<Timing, BusFault> {
        let register = access.address & !3;
        if Self::is_usb_dpram(register) {
            return self.write_usb_dpram(access, value).map(|()| Timing::NO_WAIT);
        }
        let value = replicated(value, access.width);
        if SIO.contains(&register) {
            let (core, offset) = (access.core, register & 0x0fff_ffff);
            self.sio.write(core, offset, value, access.cycle).ok_or_else(|| access.not_modelled())?;
            if (0x10..0x50).contains(&offset) {
                self.update_pins();
            }
            Ok(Timing::SingleCycle)
        } else if APB.contains(&register) {
            self.write_peripheral(access, value).map(|()| APB_WRITE)
        } else if AHB_LITE.contains(&register) {
            self.write_peripheral(access, value).map(|()| Timing::NO_WAIT)
        } else if SSI.contains(&register) {
            let written = self.ssi.write(register & 0xff_ffff, value, &mut self.flash, access.cycle);
            written.map(|()| Timing::NO_WAIT).ok_or_else(|| access.not_modelled())
        } else if XIP_CTRL.contains(&register) {
            let written = self.xip.write(register & 0xff_ffff, value, &self.flash.memory);
            written.map(|()| Timing::NO_WAIT).ok_or_else(|| access.not_modelled())
        } else if XIP_CACHED.contains(&register) || XIP.contains(&register) && !self.xip.rejects_writes() {
            Ok(Timing::NO_WAIT)
        } else {
            Err(elsewhere(access))
        }
    }

    fn read_peripheral(&mut self, access: Access) -> Result<u32, BusFault> {
        let peripheral = self.peripheral(access)?;
        let now = self.now(access.cycle);
        if peripheral == Peripheral::IoBank0 {
            self.refresh_pins();
        }
        let word = self.block(peripheral).read(access.address & 0xffc, now);
        if matches!(peripheral, Peripheral::Uart0 | Peripheral::Uart1) {
            self.refresh_pins();
        }
        self.plan();
        word.ok_or_else(|| access.not_modelled())
    }

    fn write_peripheral(&mut self, access: Access, value: u32) -> Result<(), BusFault> {
        let peripheral = self.peripheral(access)?;
        let (offset, now) = (access.address & 0xffc, self.now(access.cycle));
        let held_before = self.resets.held();
        let written = self.write_block(peripheral, offset, access.address, value, now);
        if peripheral == Peripheral::Pwm {
            self.wires.modulate(self.cycle, access.address, value);
        }
        let followed = written.and_then(|()| self.follow_write(peripheral, held_before, access.cycle));
        followed.ok_or_else(|| access.not_modelled())
    }

    fn write_block(&mut self, peripheral: Peripheral, offset: u32, address: u32, value: u32, now: Now) -> Option<()> {
        let block = self.block(peripheral);
        let plain = address >> 12 & 3 == 0 || block.cleared_by_ones(offset);
        let value = if plain { value } else { combine(address, block.read(offset, now)?, value) };
        block.write(offset, value, now)
    }

    /// The peripheral at an address. One that is held in reset does not answer, and what the chip makes of that is not
    /// documented.
    fn peripheral(&self, access: Access) -> Result<Peripheral, BusFault> {
        let peripheral = Peripheral::at(access.address).ok_or_else(|| elsewhere(access))?;
        if self.resets.held() & peripheral.reset_bit() == 0 { Ok(peripheral) } else { Err(access.not_modelled()) }
    }
}

/// The offset of a register of the SIO that neither changes the rest of the chip nor is changed by it.
fn quiet(address: u32) -> Option<u32> {
    let register = address & !3;
    let offset = register & 0x0fff_ffff;
    (SIO.contains(&register) && Sio::is_quiet(offset)).then_some(offset)
}

/// An access to where the emulator has nothing: whether the chip has.
fn elsewhere(access: Access) -> BusFault {
    let address = access.address;
    let unmodelled = XIP_SRAM.contains(&address)
        || APB.contains(&address) && address < APB_END
        || AHB_LITE.contains(&address) && address < AHB_LITE_END;
    if unmodelled { access.not_modelled() } else { access.bus_error() }
}

/// A narrow write puts its data on all lanes of a register (2.1.4).
const fn replicated(value: u32, width: Width) -> u32 {
    match width {
        Width::Byte => value * 0x0101_0101,
        Width::Halfword => value * 0x0001_0001,
        Width::Word => value,
    }
}

/// A narrow read takes its lane of the register.
const fn lane(word: u32, access: Access) -> u32 {
    let shifted = word >> (8 * (access.address & 3));
    match access.width {
        Width::Byte => shifted & 0xff,
        Width::Halfword => shifted & 0xffff,
        Width::Word => shifted,
    }
}

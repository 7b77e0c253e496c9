//! SIO: the single-cycle I/O block (RP2040 datasheet, 2.3.1).

mod divider;
mod fifo;
mod gpio;
mod interpolator;

use self::divider::Divider;
use self::fifo::Fifos;
use self::gpio::Gpio;
use self::interpolator::Interpolator;
use super::io_bank::Drive;
use crate::bus::CoreId;

const CPUID: u32 = 0x00;
const GPIO_IN: u32 = 0x04;
const GPIO_HI_IN: u32 = 0x08;
const GPIO_OUT: u32 = 0x10;
const GPIO_HI_OUT: u32 = 0x30;
const GPIO_HI_OE_XOR: u32 = 0x4c;
const FIFO_ST: u32 = 0x50;
const FIFO_WR: u32 = 0x54;
const FIFO_RD: u32 = 0x58;
const SPINLOCK_ST: u32 = 0x5c;
const DIV_UDIVIDEND: u32 = 0x60;
const DIV_CSR: u32 = 0x78;
const INTERP0: u32 = 0x80;
const INTERP1: u32 = 0xc0;
const SPINLOCK0: u32 = 0x100;
const SPINLOCK31: u32 = 0x17c;

/// The bits of the pins in the registers.
const BANK0: u32 = 0x3fff_ffff;
const QSPI: u32 = 0x3f;

/// What of it each core has for itself.
#[derive(Clone, Debug)]
struct PerCore {
    divider: Divider,
    interpolators: [Interpolator; 2],
}

#[derive(Clone, Debug)]
pub(super) struct Sio {
    bank0: Gpio,
    qspi: Gpio,
    fifos: Fifos,
    spinlocks: u32,
    cores: [PerCore; CoreId::COUNT],
}

impl Sio {
    pub(super) fn new() -> Self {
        let core = PerCore { divider: Divider::new(), interpolators: Interpolator::both() };
        Self {
            bank0: Gpio::new(BANK0),
            qspi: Gpio::new(QSPI),
            fifos: Fifos::new(),
            spinlocks: 0,
            cores: [core.clone(), core],
        }
    }

    /// What it drives the pins of bank 0 with.
    pub(super) const fn bank0(&self) -> Drive {
        self.bank0.drive()
    }

    /// What it drives the flash memory's pins with.
    pub(super) const fn qspi(&self) -> Drive {
        self.qspi.drive()
    }

    /// Tells the levels of the pins.
    pub(super) const fn set_inputs(&mut self, bank0: u32, qspi: u32) {
        self.bank0.set_input(bank0);
        self.qspi.set_input(qspi);
    }

    /// Whether a core's interrupt about its FIFOs is asserted.
    pub(super) fn interrupt(&self, core: CoreId) -> bool {
        self.fifos.interrupt(core)
    }

    /// Whether a register is the processor's own or a spinlock: nothing else of the chip depends on it.
    pub(super) const fn is_quiet(offset: u32) -> bool {
        matches!(offset, CPUID | SPINLOCK_ST | DIV_UDIVIDEND..=DIV_CSR | INTERP0..=SPINLOCK31)
    }

    /// Reads a register; `None` if there is none.
    pub(super) fn read(&mut self, core: CoreId, offset: u32, cycle: u64) -> Option<u32> {
        let own = &mut self.cores[core.index()];
        match offset {
            CPUID => Some(core.index() as u32),
            GPIO_IN => Some(self.bank0.input()),
            GPIO_HI_IN => Some(self.qspi.input()),
            GPIO_OUT..GPIO_HI_OUT => Some(self.bank0.read(offset - GPIO_OUT)),
            GPIO_HI_OUT..=GPIO_HI_OE_XOR => Some(self.qspi.read(offset - GPIO_HI_OUT)),
            FIFO_ST => Some(self.fifos.status(core)),
            FIFO_WR => Some(0),
            FIFO_RD => Some(self.fifos.read(core)),
            SPINLOCK_ST => Some(self.spinlocks),
            DIV_UDIVIDEND..=DIV_CSR => Some(own.divider.read(offset - DIV_UDIVIDEND, cycle)),
            INTERP0..INTERP1 => Some(own.interpolators[0].read(offset - INTERP0)),
            INTERP1..SPINLOCK0 => Some(own.interpolators[1].read(offset - INTERP1)),
            SPINLOCK0..=SPINLOCK31 => {
                let lock = 1 << ((offset - SPINLOCK0) / 4);
                let claimed = lock & !self.spinlocks;
                self.spinlocks |= lock;
                Some(claimed)
            }
            _ => None,
        }
    }

    /// Writes a register; `None` if there is none.
    pub(super) fn write(&mut self, core: CoreId, offset: u32, value: u32, cycle: u64) -> Option<()> {
        let own = &mut self.cores[core.index()];
        match offset {
            CPUID | GPIO_IN | GPIO_HI_IN | FIFO_RD | SPINLOCK_ST => {}
            GPIO_OUT..GPIO_HI_OUT => self.bank0.write(offset - GPIO_OUT, value),
            GPIO_HI_OUT..=GPIO_HI_OE_XOR => self.qspi.write(offset - GPIO_HI_OUT, value),
            FIFO_ST => self.fifos.clear_errors(core),
            FIFO_WR => self.fifos.write(core, value),
            DIV_UDIVIDEND..=DIV_CSR => own.divider.write(offset - DIV_UDIVIDEND, value, cycle),
            INTERP0..INTERP1 => own.interpolators[0].write(offset - INTERP0, value),
            INTERP1..SPINLOCK0 => own.interpolators[1].write(offset - INTERP1, value),
            SPINLOCK0..=SPINLOCK31 => self.spinlocks &= !(1 << ((offset - SPINLOCK0) / 4)),
            _ => return None,
        }
        Some(())
    }
}

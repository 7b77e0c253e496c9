//! `IO_BANK0` and `IO_QSPI`: which peripheral has which pin, and interrupts from pins (RP2040 datasheet, 2.19.2 to 2.19.6).

use std::ops::{BitAnd, BitOr};

use super::block::{Block, Now, flag};
use super::pads::Pads;
use super::pin_interrupts::{DESTINATIONS, PinInterrupts};
use super::wires::Wires;
use crate::bus::CoreId;

/// What somebody does to the pins of a bank: a bit for each pin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drive {
    /// The levels that the pins are driven to.
    pub out: u32,
    /// The pins that are driven.
    pub enable: u32,
}

impl Drive {
    /// No pin is driven.
    pub const NONE: Self = Self { out: 0, enable: 0 };
}

/// Those of the pins that have a bit.
impl BitAnd<u32> for Drive {
    type Output = Self;

    fn bitand(self, pins: u32) -> Self {
        Self { out: self.out & pins, enable: self.enable & pins }
    }
}

/// What two do together who drive different pins.
impl BitOr for Drive {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self { out: self.out | other.out, enable: self.enable | other.enable }
    }
}

/// How many functions a pin can have, besides none.
const FUNCTIONS: usize = 10;

/// What the peripherals do to a bank's pins, by the numbers of CTRL.FUNCSEL (2.19.2). A peripheral that is not set drives
/// nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Drives([Drive; FUNCTIONS]);

/// A peripheral that drives pins: its CTRL.FUNCSEL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Function {
    Uart = 2,
    Pwm = 4,
    Sio = 5,
    Pio0 = 6,
    Pio1 = 7,
    Usb = 9,
}

impl Drives {
    pub(super) const fn set(&mut self, function: Function, drive: Drive) {
        self.0[function as usize] = drive;
    }
}

const FUNCTION_NONE: u32 = 0x1f;
/// The bits of CTRL.
const CTRL: u32 = 0x3003_331f;

const PINS_IN_WORD: usize = 8;

/// One of a CTRL register's overrides, for all pins: whether the signal is kept, and then what it is inverted with.
#[derive(Clone, Copy, Debug)]
struct Override {
    keep: u32,
    invert: u32,
}

impl Override {
    const NONE: Self = Self { keep: u32::MAX, invert: 0 };

    const fn apply(self, signal: u32) -> u32 {
        signal & self.keep ^ self.invert
    }

    /// 0 is as it is, 1 inverted, 2 low and 3 high.
    const fn set(&mut self, pin: usize, code: u32) {
        let bit = 1 << pin;
        self.keep = if code & 2 == 0 { self.keep | bit } else { self.keep & !bit };
        self.invert = if code & 1 != 0 { self.invert | bit } else { self.invert & !bit };
    }
}

/// The signals of all pins on their ways.
#[derive(Clone, Copy, Debug, Default)]
struct Signals {
    from_peripheral: Drive,
    to_pad: Drive,
    from_pad: u32,
    to_peripheral: u32,
    to_interrupts: u32,
}

#[derive(Clone, Debug)]
pub(super) struct IoBank {
    pins: usize,
    controls: Vec<u32>,
    /// For each function the pins that have selected it.
    selected: [u32; FUNCTIONS],
    out: Override,
    enable: Override,
    input: Override,
    interrupt: Override,
    signals: Signals,
    interrupts: PinInterrupts,
    /// The pins that somebody else than SIO or PIO looks at.
    seen_pins: u32,
}

impl IoBank {
    /// A bank of so many pins.
    pub(super) fn new(pins: usize) -> Self {
        Self {
            pins,
            controls: vec![FUNCTION_NONE; pins],
            selected: [0; FUNCTIONS],
            out: Override::NONE,
            enable: Override::NONE,
            input: Override::NONE,
            interrupt: Override::NONE,
            signals: Signals::default(),
            interrupts: PinInterrupts::new(pins),
            seen_pins: 0,
        }
    }

    /// What peripherals do together to the pins that have selected them.
    pub(super) fn selection(&self, drives: &Drives) -> Drive {
        drives.0.iter().zip(self.selected).fold(Drive::NONE, |all, (drive, selected)| all | *drive & selected)
    }

    /// Carries the signals from the peripherals, which are a [`selection`](Self::selection), to the pads and back.
    pub(super) fn update(&mut self, from_peripheral: Drive, pads: &mut Pads, wires: &mut impl Wires, cycle: u64) {
        let to_pad =
            Drive { out: self.out.apply(from_peripheral.out), enable: self.enable.apply(from_peripheral.enable) };
        let from_pad = pads.update(to_pad, self.selected(Function::Pwm), wires, cycle);
        let to_interrupts = self.interrupt.apply(from_pad);
        self.interrupts.follow(to_interrupts);
        let to_peripheral = self.input.apply(from_pad);
        self.signals = Signals { from_peripheral, to_pad, from_pad, to_peripheral, to_interrupts };
    }

    /// The levels that peripherals see.
    pub(super) const fn inputs(&self) -> u32 {
        self.signals.to_peripheral
    }

    /// The levels at the pins that have selected a peripheral; all others are low.
    pub(super) const fn inputs_of(&self, function: Function) -> u32 {
        self.signals.to_peripheral & self.selected[function as usize]
    }

    /// What a peripheral's signal is behind the override of a pin's output.
    pub(super) const fn overridden(&self, pin: usize, level: bool) -> bool {
        self.out.apply((level as u32) << pin) & 1 << pin != 0
    }

    /// The pins that have selected a peripheral.
    pub(super) const fn selected(&self, function: Function) -> u32 {
        self.selected[function as usize]
    }

    /// Those of them of which some interrupt is enabled.
    pub(super) fn watched(&self, function: Function) -> u32 {
        match self.selected(function) {
            0 => 0,
            selected => selected & self.interrupts.watched(),
        }
    }

    /// The pins that somebody else than SIO or PIO looks at: those that interrupts are enabled for, and those of other
    /// functions.
    pub(super) const fn seen_pins(&self) -> u32 {
        self.seen_pins
    }

    /// Whether PIO, or what hangs on the pins, can change one of them.
    pub(super) const fn can_pio_be_seen(&self) -> bool {
        let pio = self.selected(Function::Pio0) | self.selected(Function::Pio1);
        self.seen_pins & (pio | !self.signals.to_pad.enable) != 0
    }

    fn note_seen_pins(&mut self) {
        let unseen = [Function::Sio, Function::Pio0, Function::Pio1];
        let unseen = unseen.into_iter().fold(0, |pins, function| pins | self.selected(function));
        let selected = self.selected.iter().fold(0, |pins, selected| pins | selected);
        self.seen_pins = selected & !unseen | self.interrupts.watched();
    }

    /// Whether the interrupt for a core is asserted.
    pub(super) fn interrupt(&self, core: CoreId) -> bool {
        self.interrupts.is_asserted(core.index())
    }

    /// Whether a pin's output is overridden to be low, whatever the peripheral does.
    pub(super) const fn is_forced_low(&self, pin: usize) -> bool {
        (self.out.keep | self.out.invert) & 1 << pin == 0
    }

    fn words(&self) -> usize {
        self.pins.div_ceil(PINS_IN_WORD)
    }

    fn set_control(&mut self, pin: usize, value: u32) {
        self.controls[pin] = value & CTRL;
        for (function, pins) in self.selected.iter_mut().enumerate() {
            let selects = value & FUNCTION_NONE == function as u32;
            *pins = *pins & !(1 << pin) | u32::from(selects) << pin;
        }
        self.out.set(pin, value >> 8);
        self.enable.set(pin, value >> 12);
        self.input.set(pin, value >> 16);
        self.interrupt.set(pin, value >> 28);
        self.note_seen_pins();
    }

    fn pin_status(&self, pin: usize) -> u32 {
        let Signals { from_peripheral, to_pad, from_pad, to_peripheral, to_interrupts } = self.signals;
        let bit = |signal: u32, place: u32| flag(signal & 1 << pin != 0, 1 << place);
        bit(from_peripheral.out, 8)
            | bit(to_pad.out, 9)
            | bit(from_peripheral.enable, 12)
            | bit(to_pad.enable, 13)
            | bit(from_pad, 17)
            | bit(to_peripheral, 19)
            | bit(from_pad, 24)
            | bit(to_interrupts, 26)
    }

    /// Which register behind those of the pins: of which of INTR, INTE, INTF and INTS which word.
    fn interrupt_register(&self, offset: u32) -> Option<(Register, usize)> {
        let register = offset as usize / 4 - 2 * self.pins;
        let (kind, word) = (register / self.words(), register % self.words());
        let kind = match kind.checked_sub(1) {
            None => Register::Raw,
            Some(kind) if kind >= 3 * DESTINATIONS => return None,
            Some(kind) => match kind % 3 {
                0 => Register::Enabled(kind / 3),
                1 => Register::Forced(kind / 3),
                _ => Register::Status(kind / 3),
            },
        };
        Some((kind, word))
    }

    fn control_register(&self, offset: u32) -> Option<usize> {
        let pin = offset as usize / 8;
        (pin < self.pins).then_some(pin)
    }
}

enum Register {
    Raw,
    Enabled(usize),
    Forced(usize),
    Status(usize),
}

impl Block for IoBank {
    fn read(&mut self, offset: u32, _: Now) -> Option<u32> {
        if let Some(pin) = self.control_register(offset) {
            return Some(if offset.is_multiple_of(8) { self.pin_status(pin) } else { self.controls[pin] });
        }
        let (register, word) = self.interrupt_register(offset)?;
        Some(match register {
            Register::Raw => self.interrupts.raw_word(word),
            Register::Enabled(destination) => self.interrupts.enabled_word(destination, word),
            Register::Forced(destination) => self.interrupts.forced_word(destination, word),
            Register::Status(destination) => self.interrupts.status_word(destination, word),
        })
    }

    fn write(&mut self, offset: u32, value: u32, _: Now) -> Option<()> {
        if let Some(pin) = self.control_register(offset) {
            if !offset.is_multiple_of(8) {
                self.set_control(pin, value);
            }
            return Some(());
        }
        let (register, word) = self.interrupt_register(offset)?;
        match register {
            Register::Raw => self.interrupts.clear_edges(word, value),
            Register::Enabled(destination) => self.interrupts.enable_word(destination, word, value),
            Register::Forced(destination) => self.interrupts.force_word(destination, word, value),
            Register::Status(_) => {}
        }
        self.note_seen_pins();
        Some(())
    }

    fn cleared_by_ones(&self, offset: u32) -> bool {
        self.control_register(offset).is_none() && matches!(self.interrupt_register(offset), Some((Register::Raw, _)))
    }
}

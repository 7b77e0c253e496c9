//! What hangs on the pins of the RP2040: the radio of a Pico W.

use super::trace::{Trace, TracedMedium};
use crate::cyw43439::{Cyw43439, Medium};
use crate::rp2040::{Drive, Wires};

/// The radio's pins (Pico W datasheet, table 1).
const POWER: u32 = 1 << 23;
const DATA: u32 = 1 << 24;
const SELECT: u32 = 1 << 25;
const CLOCK: u32 = 1 << 29;

#[derive(Clone, Debug)]
pub(super) struct Wiring {
    radio: Option<Cyw43439>,
    /// When the radio is to be polled, in its microseconds.
    planned_us: Option<u64>,
    /// Since which cycle it has to be polled, earlier than was planned.
    due_since: Option<u64>,
    chip: Drive,
    /// The levels at the radio's pins.
    levels: u32,
    pub(super) trace: Trace,
}

impl Wiring {
    pub(super) fn new(radio_address: Option<[u8; 6]>) -> Self {
        let trace = Trace::new();
        let radio = radio_address.map(Cyw43439::new);
        Self { radio, planned_us: None, due_since: None, chip: Drive::NONE, levels: 0, trace }
    }

    pub(super) const fn radio(&self) -> Option<&Cyw43439> {
        self.radio.as_ref()
    }

    pub(super) const fn radio_mut(&mut self) -> Option<&mut Cyw43439> {
        self.radio.as_mut()
    }

    /// The power goes. Returns what is there when it comes again.
    pub(super) fn power_off(&mut self) -> Self {
        self.connect(0, Drive::NONE);
        self.clone()
    }

    /// When the radio is to be polled next, in microseconds.
    pub(super) const fn planned_us(&self) -> Option<u64> {
        if self.due_since.is_some() { Some(0) } else { self.planned_us }
    }

    /// Since which cycle the radio has been due, if it is earlier than was planned. The processor may have gone on a
    /// little, which the radio does not see.
    pub(super) const fn due_since(&self) -> Option<u64> {
        self.due_since
    }

    /// Lets the radio act on the air.
    pub(super) fn poll(&mut self, cycle: u64, now_us: u64, medium: &mut dyn Medium) {
        let Some(radio) = &mut self.radio else { return };
        self.planned_us = radio.poll(now_us, &mut TracedMedium { medium, trace: &mut self.trace, cycle });
        self.due_since = None;
        self.trace_radio(cycle);
    }

    /// The pins of the radio have other levels.
    fn carry(&mut self, cycle: u64, levels: u32) {
        let Some(radio) = &mut self.radio else { return };
        let changed = levels ^ self.levels;
        let is_high = |pin: u32| levels & pin != 0;
        self.levels = levels;
        if changed & CLOCK != 0 {
            radio.set_clock(is_high(CLOCK), is_high(DATA));
        }
        if changed & (POWER | SELECT) != 0 {
            radio.set_power(is_high(POWER));
            radio.set_select(is_high(SELECT));
        }
        // What a transaction asks for can come before what the radio had planned.
        if radio.deadline_us().is_some_and(|due| self.planned_us.is_none_or(|planned| due < planned)) {
            self.due_since.get_or_insert(cycle);
        }
        if changed & SELECT != 0 {
            self.trace_radio(cycle);
        }
    }

    fn trace_radio(&mut self, cycle: u64) {
        let Some(radio) = &self.radio else { return };
        let pins = (0..Cyw43439::GPIOS).fold(0, |pins, pin| pins | u64::from(radio.gpio(pin)) << pin);
        self.trace.radio_pins(cycle, pins);
    }
}

impl Wires for Wiring {
    fn connect(&mut self, cycle: u64, chip: Drive) -> Drive {
        if chip != self.chip {
            self.chip = chip;
            self.trace.pins(cycle, chip);
            // Without anybody who drives it, the radio is not selected.
            self.carry(cycle, chip.out | SELECT & !chip.enable);
        }
        match self.radio.as_ref().and_then(Cyw43439::data) {
            Some(level) => Drive { out: if level { DATA } else { 0 }, enable: DATA },
            None => Drive::NONE,
        }
    }

    fn modulate(&mut self, cycle: u64, address: u32, value: u32) {
        self.trace.pwm(cycle, address, value);
    }

    fn wants_attention(&self) -> bool {
        self.due_since.is_some()
    }
}

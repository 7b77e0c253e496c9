//! The pins: TX and RTS, CTS, and the modem lines that go to each other in loopback (RP2040 datasheet, 4.2.4).

use super::bits::{control, interrupt, modem};
use super::{UART_COUNT, Uart};
use crate::rp2040::io_bank::Drive;

/// The place of a pin in its group of four.
const TX: usize = 0;
const CTS: usize = 2;
const RTS: usize = 3;

/// What the UARTs do to the pins that select them.
pub(in crate::rp2040) fn drive(uarts: &[Uart; UART_COUNT]) -> Drive {
    let mut drive = Drive::NONE;
    for (number, uart) in uarts.iter().enumerate() {
        let (tx, rts) = uart.outputs();
        for (level, pins) in [(tx, pins(number, TX)), (rts, pins(number, RTS))] {
            drive.out |= if level { pins } else { 0 };
            drive.enable |= pins;
        }
    }
    drive
}

/// Tells the UARTs the levels at the pins that select them.
pub(in crate::rp2040) fn set_inputs(uarts: &mut [Uart; UART_COUNT], levels: u32, cycle: u64) {
    for (number, uart) in uarts.iter_mut().enumerate() {
        uart.set_cts(levels & pins(number, CTS) != 0, cycle);
    }
}

/// The pins of a UART that select it, by their place in a group of four: TX, RX, CTS, RTS (RP2040 datasheet, 2.19.2).
const fn pins(uart: usize, place: usize) -> u32 {
    // The groups belong to the UARTs 0, 1, 1, 0, 0, 1, 1, 0.
    let groups = if uart == 0 { 0xf00f_f00f } else { 0x0ff0_0ff0_u32 };
    groups & 0x1111_1111 << place
}

impl Uart {
    /// Tells the level at the CTS pin from the cycle on to which it has been advanced.
    fn set_cts(&mut self, level: bool, cycle: u64) {
        if self.cts_pin != level {
            self.advance(cycle);
            self.cts_pin = level;
            self.follow(cycle);
        }
    }

    /// The levels at TX and RTS.
    fn outputs(&self) -> (bool, bool) {
        (!self.transmitter.is_break(), !self.rts())
    }

    /// Whether it asks the other side to send.
    pub(super) fn rts(&self) -> bool {
        match self.control & control::RTS_ENABLE != 0 {
            true => self.receiver.level() < self.receive_watermark(),
            false => self.control & control::RTS != 0,
        }
    }

    /// The modem inputs, which have an interrupt each for their changes.
    pub(super) fn follow_modem(&mut self) {
        let inputs = [
            (modem::CTS, interrupt::CTS, if self.loops_back() { self.rts() } else { !self.cts_pin }),
            (modem::DSR, interrupt::DSR, self.loops_back() && self.control & control::DTR != 0),
            (modem::DCD, interrupt::DCD, self.loops_back() && self.control & control::OUT1 != 0),
            (modem::RI, interrupt::RI, self.loops_back() && self.control & control::OUT2 != 0),
        ];
        for (input, interrupt, asserted) in inputs {
            if (self.modem & input != 0) != asserted {
                self.modem ^= input;
                self.raw |= interrupt;
            }
        }
    }
}

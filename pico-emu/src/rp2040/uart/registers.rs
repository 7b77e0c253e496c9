//! The registers of a UART (RP2040 datasheet, 4.2.8).

use super::Uart;
use super::bits::{interrupt, line_control};
use super::receiver::OVERRUN_ERROR;
use crate::rp2040::block::{Block, Now, flag};

const UARTDR: u32 = 0x00;
const UARTRSR: u32 = 0x04;
const UARTFR: u32 = 0x18;
const UARTILPR: u32 = 0x20;
const UARTIBRD: u32 = 0x24;
const UARTFBRD: u32 = 0x28;
const UARTLCR_H: u32 = 0x2c;
const UARTCR: u32 = 0x30;
const UARTIFLS: u32 = 0x34;
const UARTIMSC: u32 = 0x38;
const UARTRIS: u32 = 0x3c;
const UARTMIS: u32 = 0x40;
const UARTICR: u32 = 0x44;
const UARTDMACR: u32 = 0x48;
const UARTPERIPHID0: u32 = 0xfe0;
const UARTPCELLID3: u32 = 0xffc;

/// `UARTPERIPHID0` to `UARTPCELLID3`: a PL011 of revision r1p5.
const IDENTITY: [u32; 8] = [0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1];

/// UARTFR, beside the modem inputs.
const TXFE: u32 = 1 << 7;
const RXFF: u32 = 1 << 6;
const TXFF: u32 = 1 << 5;
const RXFE: u32 = 1 << 4;
const BUSY: u32 = 1 << 3;

/// `UARTCR.SIREN`: the infrared mode, which the chip has no pins for.
const IRDA: u32 = 1 << 1;
const CONTROL: u32 = 0xff87;
/// The greatest value of a field of UARTIFLS that is not reserved.
const MAX_WATERMARK: u32 = 4;

impl Uart {
    fn flags(&self) -> u32 {
        let (sent, received, depth) = (self.transmitter.level(), self.receiver.level(), self.depth());
        flag(sent == 0, TXFE)
            | flag(received >= depth, RXFF)
            | flag(sent >= depth, TXFF)
            | flag(received == 0, RXFE)
            | flag(self.transmitter.is_busy(), BUSY)
            | self.modem
    }

    fn read_data(&mut self, cycle: u64) -> u32 {
        let word = self.receiver.pop().unwrap_or(0);
        self.errors = self.errors & (OVERRUN_ERROR >> 8) | word >> 8 & 0b111;
        if self.receiver.level() < self.receive_watermark() {
            self.raw &= !interrupt::RECEIVE;
        }
        if self.receiver.level() == 0 {
            self.raw &= !interrupt::TIMEOUT;
        }
        self.follow(cycle);
        word
    }

    fn write_data(&mut self, character: u8) {
        self.transmitter.push(character, self.depth());
        if self.transmitter.level() > self.transmit_watermark() {
            self.raw &= !interrupt::TRANSMIT;
        }
    }

    /// The divisor takes effect too.
    fn set_line_control(&mut self, value: u32, cycle: u64) {
        if self.line_control & !value & line_control::FIFOS != 0 {
            self.transmitter.flush();
            self.receiver.flush();
            self.raw &= !(interrupt::RECEIVE | interrupt::TIMEOUT);
        }
        if value & line_control::BREAK == 0 {
            self.transmitter.end_break();
        }
        self.line_control = value;
        self.divisor = self.written_divisor;
        self.set_rate(cycle);
    }

    fn set_control(&mut self, value: u32, cycle: u64) {
        let (listened, looped_back) = (self.listens(), self.loops_back());
        self.control = value;
        let tick = self.ticks.count(cycle);
        if looped_back != self.loops_back() {
            self.receiver.reconnect();
        }
        if listened != self.listens() {
            self.receiver.set_on(self.listens(), tick);
        }
    }

    fn clear_interrupts(&mut self, value: u32, cycle: u64) {
        if self.raw & value & interrupt::TIMEOUT != 0 {
            self.receiver.restart_timeout(self.ticks.count(cycle));
        }
        self.raw &= !value;
    }
}

impl Block for Uart {
    fn read(&mut self, offset: u32, now: Now) -> Option<u32> {
        self.advance(now.cycle);
        match offset {
            UARTDR => Some(self.read_data(now.cycle)),
            UARTRSR => Some(self.errors),
            UARTFR => Some(self.flags()),
            UARTILPR => Some(self.irda_divisor),
            UARTIBRD => Some(self.written_divisor >> 6),
            UARTFBRD => Some(self.written_divisor & 0x3f),
            UARTLCR_H => Some(self.line_control),
            UARTCR => Some(self.control),
            UARTIFLS => Some(self.watermarks),
            UARTIMSC => Some(self.mask),
            UARTRIS => Some(self.raw),
            UARTMIS => Some(self.raw & self.mask),
            UARTDMACR => Some(self.dma),
            // Writing it is all that can be done.
            UARTICR => Some(0),
            UARTPERIPHID0..=UARTPCELLID3 => Some(IDENTITY[(offset - UARTPERIPHID0) as usize / 4]),
            _ => None,
        }
    }

    fn write(&mut self, offset: u32, value: u32, now: Now) -> Option<()> {
        self.advance(now.cycle);
        match offset {
            UARTDR => self.write_data(value as u8),
            UARTRSR => self.errors = 0,
            UARTILPR => self.irda_divisor = value & 0xff,
            UARTIBRD => self.written_divisor = (value & 0xffff) << 6 | self.written_divisor & 0x3f,
            UARTFBRD => self.written_divisor = self.written_divisor & !0x3f | value & 0x3f,
            UARTLCR_H => self.set_line_control(value & 0xff, now.cycle),
            UARTCR if value & IRDA == 0 => self.set_control(value & CONTROL, now.cycle),
            UARTIFLS if value & 7 <= MAX_WATERMARK && value >> 3 & 7 <= MAX_WATERMARK => {
                self.watermarks = value & 0x3f;
            }
            UARTIMSC => self.mask = value & interrupt::ALL,
            UARTICR => self.clear_interrupts(value, now.cycle),
            UARTDMACR => self.dma = value & 7,
            UARTFR | UARTRIS | UARTMIS | UARTPERIPHID0..=UARTPCELLID3 => {}
            _ => return None,
        }
        self.follow(now.cycle);
        Some(())
    }

    fn cleared_by_ones(&self, offset: u32) -> bool {
        offset == UARTICR
    }
}

//! The UARTs: PL011 of revision r1p5 (RP2040 datasheet, 4.2).
//!
//! Characters take their time on the line, by the baud rate that is made from `clk_peri`, and are carried as wholes: what
//! a UART sends can be taken with the cycle at which it ended, and is not seen as bits at the pin, which is high but for
//! breaks. What is sent to a UART is sampled as the receiver would, bit by bit, so that another baud rate, parity or
//! length of its sender gives the errors and the wrong characters that it gives on a wire. The level at the RX pin has
//! no part in that.
//!
//! Where the datasheet leaves it open: an integer divisor of 0 stops the UART. A written character goes on to an idle
//! shift register at once. A start bit is a falling edge, also behind a framing error. A receive time-out that is cleared
//! comes again after another 32 bits if the FIFO is not empty. Clearing FEN empties both FIFOs. While a break is sent,
//! characters wait. In loopback the transmitter's pin goes on, and what comes from outside is lost. A CTS that no pin has
//! selected is asserted. The modem inputs that have no pins are not.

mod bits;
mod format;
mod line;
mod pins;
mod receiver;
mod registers;
mod transmitter;

use self::bits::{control, dma, interrupt, line_control, modem};
pub use self::format::{UartFormat, UartOutput, UartParity, UartSymbol};
use self::line::BitTime;
pub(super) use self::pins::{drive, set_inputs};
use self::receiver::{OVERRUN_ERROR, Receiver};
use self::transmitter::{Sent, Transmitter};
use super::dma::Dreq;
use super::edges::{Edges, Rate};

/// How many UARTs there are.
pub const UART_COUNT: usize = 2;

const FIFO_DEPTH: usize = 32;
/// The divisor has so many fractional parts.
const FRACTION: u64 = 64;

/// What a UART does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Sent,
    Received,
    Timeout,
}

#[derive(Clone, Debug)]
pub(super) struct Uart {
    transmitter: Transmitter,
    receiver: Receiver,
    output: Vec<UartOutput>,
    /// Baud16: 16 ticks are a bit.
    ticks: Edges,
    peri_hz: u64,
    sys_hz: u64,
    /// UARTIBRD and UARTFBRD, which take effect when `UARTLCR_H` is written.
    written_divisor: u32,
    divisor: u32,
    line_control: u32,
    control: u32,
    watermarks: u32,
    /// UARTRSR.
    errors: u32,
    irda_divisor: u32,
    raw: u32,
    mask: u32,
    dma: u32,
    /// The level at the CTS pin.
    cts_pin: bool,
    /// The modem inputs as they are in UARTFR.
    modem: u32,
}

impl Uart {
    pub(super) const fn new() -> Self {
        Self {
            transmitter: Transmitter::new(),
            receiver: Receiver::new(),
            output: Vec::new(),
            ticks: Edges::new(Rate::STOPPED),
            peri_hz: 0,
            sys_hz: 1,
            written_divisor: 0,
            divisor: 0,
            line_control: 0,
            control: control::TRANSMIT | control::RECEIVE,
            watermarks: 0x12,
            errors: 0,
            irda_divisor: 0,
            raw: 0,
            mask: 0,
            dma: 0,
            cts_pin: false,
            modem: modem::CTS,
        }
    }

    /// Everything after reset but the clocks, the pins, and what has been sent already.
    pub(super) fn reset(&mut self, cycle: u64) {
        let output = std::mem::take(&mut self.output);
        let (peri_hz, sys_hz, cts_pin, modem) = (self.peri_hz, self.sys_hz, self.cts_pin, self.modem);
        *self = Self { output, cts_pin, modem, ..Self::new() };
        self.set_clocks(cycle, peri_hz, sys_hz);
        self.raw = 0;
    }

    /// Tells the frequencies of `clk_peri`, which is divided to the baud rate, and of `clk_sys`.
    pub(super) fn set_clocks(&mut self, cycle: u64, peri_hz: u64, sys_hz: u64) {
        self.advance(cycle);
        (self.peri_hz, self.sys_hz) = (peri_hz, sys_hz);
        self.set_rate(cycle);
        self.follow(cycle);
    }

    /// The interrupt line.
    pub(super) const fn interrupt(&self) -> bool {
        self.raw & self.mask != 0
    }

    /// What it asks the DMA to write.
    pub(super) fn transmit_dreq(&self) -> Dreq {
        let wants = self.dma & dma::TRANSMIT != 0 && self.is_enabled();
        let ready = if wants { self.depth() - self.transmitter.level() } else { 0 };
        Dreq::Level { ready: ready as u32, until: self.next_event().unwrap_or(u64::MAX) }
    }

    /// What it asks the DMA to read.
    pub(super) fn receive_dreq(&self) -> Dreq {
        let stops = self.dma & dma::NOT_ON_ERROR != 0 && self.raw & self.mask & interrupt::ERRORS != 0;
        let wants = self.dma & dma::RECEIVE != 0 && self.is_enabled() && !stops;
        let ready = if wants { self.receiver.level() } else { 0 };
        Dreq::Level { ready: ready as u32, until: self.next_event().unwrap_or(u64::MAX) }
    }

    /// The cycle at which it has something to do.
    pub(super) fn next_event(&self) -> Option<u64> {
        self.next().map(|(tick, _)| self.ticks.cycle_of(tick))
    }

    /// Lets happen what happens on the line until a cycle.
    pub(super) fn advance(&mut self, cycle: u64) {
        let now = self.ticks.count(cycle);
        while let Some((tick, event)) = self.next().filter(|(tick, _)| *tick <= now) {
            match event {
                Event::Sent => self.sent(tick),
                Event::Received => self.received(tick),
                Event::Timeout => {
                    self.receiver.told_timeout();
                    self.raw |= interrupt::TIMEOUT;
                }
            }
        }
    }

    /// Takes what has been sent until a cycle.
    pub(super) fn take_output(&mut self, cycle: u64) -> Vec<UartOutput> {
        self.advance(cycle);
        std::mem::take(&mut self.output)
    }

    /// The format in which it sends and receives, if its baud rate generator runs.
    pub(super) fn format(&self) -> Option<UartFormat> {
        let baud = (4 * self.peri_hz + u64::from(self.divisor) / 2).checked_div(self.divisor.into())?;
        let set = |bit| self.line_control & bit != 0;
        let parity = match (set(line_control::PARITY), set(line_control::STICK), set(line_control::EVEN)) {
            (false, ..) => UartParity::None,
            (_, false, false) => UartParity::Odd,
            (_, false, true) => UartParity::Even,
            (_, true, false) => UartParity::Mark,
            (_, true, true) => UartParity::Space,
        };
        let format = UartFormat {
            baud: u32::try_from(baud).unwrap_or(u32::MAX),
            data_bits: 5 + (self.line_control >> 5 & 3) as u8,
            parity,
            stop_bits: 1 + u8::from(set(line_control::TWO_STOP_BITS)),
        };
        (self.ticks.rate().edges != 0).then_some(format)
    }

    /// Somebody sends characters to it, from a cycle on, in its own format or in another one. They are lost if it does
    /// not listen.
    pub(super) fn send(&mut self, cycle: u64, characters: &[u8], format: Option<UartFormat>) {
        self.advance(cycle);
        let Some(own) = self.format().filter(|_| self.listens() && !self.loops_back()) else { return };
        let bit_time = match format {
            None => BitTime::OWN,
            Some(format) => BitTime::at(format.baud, (FRACTION * self.peri_hz, self.divisor.into())),
        };
        let from = self.ticks.count(cycle) + 1;
        self.receiver.send(from, characters, &format.unwrap_or(own), bit_time);
    }

    /// Somebody holds its line low for the time of two characters.
    pub(super) fn send_break(&mut self, cycle: u64) {
        self.advance(cycle);
        let Some(own) = self.format().filter(|_| self.listens() && !self.loops_back()) else { return };
        self.receiver.send_break(self.ticks.count(cycle) + 1, 2 * own.bits(), BitTime::OWN);
    }

    fn is_enabled(&self) -> bool {
        self.control & control::ENABLE != 0
    }

    fn transmits(&self) -> bool {
        self.is_enabled() && self.control & control::TRANSMIT != 0
    }

    fn listens(&self) -> bool {
        self.is_enabled() && self.control & control::RECEIVE != 0
    }

    fn loops_back(&self) -> bool {
        self.control & control::LOOPBACK != 0
    }

    fn has_fifos(&self) -> bool {
        self.line_control & line_control::FIFOS != 0
    }

    fn depth(&self) -> usize {
        if self.has_fifos() { FIFO_DEPTH } else { 1 }
    }

    /// How many characters a field of UARTIFLS stands for.
    fn watermark(&self, field: u32) -> usize {
        [4, 8, 16, 24, 28][(self.watermarks >> field & 7) as usize]
    }

    fn receive_watermark(&self) -> usize {
        if self.has_fifos() { self.watermark(3) } else { 1 }
    }

    fn transmit_watermark(&self) -> usize {
        if self.has_fifos() { self.watermark(0) } else { 0 }
    }

    fn set_rate(&mut self, cycle: u64) {
        let runs = u64::from(self.divisor) >= FRACTION;
        let rate = Rate { edges: FRACTION * self.peri_hz, cycles: self.sys_hz * u64::from(self.divisor) };
        self.ticks.set_rate(cycle, if runs { rate } else { Rate::STOPPED });
    }

    fn next(&self) -> Option<(u64, Event)> {
        let sent = self.transmitter.end().map(|tick| (tick, Event::Sent));
        let format = if self.receiver.expects_nothing() { None } else { self.format() };
        let received = format.and_then(|format| self.receiver.next_character(&format));
        let received = received.map(|tick| (tick, Event::Received));
        let timeout = self.receiver.timeout().map(|tick| (tick, Event::Timeout));
        [sent, received, timeout].into_iter().flatten().min()
    }

    fn sent(&mut self, tick: u64) {
        let Some(Sent { symbol, format, end }) = self.transmitter.finish(tick) else { return };
        self.output.push(UartOutput { cycle: self.ticks.cycle_of(end), symbol, format });
        self.transmit(tick);
    }

    fn received(&mut self, tick: u64) {
        let (Some(format), depth) = (self.format(), self.depth()) else { return };
        let Some(received) = self.receiver.receive(tick, &format, depth) else { return };
        self.raw |= received.errors >> 1;
        if received.errors & OVERRUN_ERROR != 0 {
            self.errors |= OVERRUN_ERROR >> 8;
        }
        if received.stored && self.receiver.level() >= self.receive_watermark() {
            self.raw |= interrupt::RECEIVE;
        }
        self.follow_modem();
        self.transmit(tick);
    }

    /// Begins with what is to be sent, in a tick.
    fn transmit(&mut self, tick: u64) {
        let Some(format) = self.format().filter(|_| self.transmits()) else { return };
        if self.line_control & line_control::BREAK != 0 {
            if self.transmitter.start_break(tick, format) && self.loops_back() {
                self.receiver.send_break(tick, 2 * format.bits(), BitTime::OWN);
            }
            return;
        }
        if self.control & control::CTS_ENABLE != 0 && self.modem & modem::CTS == 0 {
            return;
        }
        let (before, watermark) = (self.transmitter.level(), self.transmit_watermark());
        let Some(character) = self.transmitter.start(tick, format) else { return };
        if self.loops_back() && self.listens() {
            self.receiver.send(tick, &[character], &format, BitTime::OWN);
        }
        if before > watermark && before - 1 <= watermark {
            self.raw |= interrupt::TRANSMIT;
        }
    }

    /// Carries on what a register or a pin has changed.
    fn follow(&mut self, cycle: u64) {
        self.follow_modem();
        self.transmit(self.ticks.count(cycle) + 1);
    }
}

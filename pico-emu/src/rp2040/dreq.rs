//! Which block asks the DMA for transfers, by the numbers of the datasheet (RP2040 datasheet, 2.5.3.1).

use super::chip::Rp2040;
use super::dma::Dreq;
use super::wires::Wires;

impl<W: Wires> Rp2040<W> {
    /// A block's request as it is now. A block that is not modelled asks for nothing.
    pub(super) fn dreq(&self, number: u32) -> Dreq {
        let machine = (number % 4) as usize;
        match number {
            0..=3 => Dreq::ready(self.pios[0].fifo_levels(machine).0),
            4..=7 => Dreq::ready(self.pios[0].fifo_levels(machine).1),
            8..=11 => Dreq::ready(self.pios[1].fifo_levels(machine).0),
            12..=15 => Dreq::ready(self.pios[1].fifo_levels(machine).1),
            20 | 22 => self.uarts[machine / 2].transmit_dreq(),
            21 | 23 => self.uarts[machine / 2].receive_dreq(),
            24..=31 => self.pwm.dreq(number as usize - 24, self.cycle),
            36 => self.adc.dreq(),
            37 => Dreq::ready(self.xip.stream_level()),
            _ => Dreq::NONE,
        }
    }

    /// The cycles that pass at least before a block asks for a transfer.
    pub(super) fn cycles_to_request(&self, number: u32) -> u64 {
        let (pio, machine) = (&self.pios[usize::from(number & 8 != 0)], (number % 4) as usize);
        let (room, level) = pio.fifo_levels(machine);
        let cycles = match number {
            0..=3 | 8..=11 if room == 0 => pio.cycles_to_take(machine),
            4..=7 | 12..=15 if level == 0 => pio.cycles_to_give(machine),
            20..=23 | 36 => match self.dreq(number) {
                Dreq::Level { ready: 0, until } => until.saturating_sub(self.cycle),
                _ => 0,
            },
            _ => 0,
        };
        cycles.max(1)
    }
}

//! The chip as a whole, and its pins.

use super::chip::Chip;
use super::gspi::Transaction;
use super::medium::Medium;
use super::report::Report;

/// The WiFi radio of a Pico W, on GPIO 23 (power), 24 (data and interrupt), 25 (select) and 29 (clock).
#[derive(Clone, Debug)]
pub struct Cyw43439 {
    chip: Chip,
    is_powered: bool,
    clock: bool,
    transaction: Option<Transaction>,
    /// The bits of a word that the host is sending.
    input: u32,
    input_bits: u32,
    /// What the chip drives since the clock fell.
    driven: Option<bool>,
}

impl Cyw43439 {
    /// The GPIO of the radio that the LED on the board hangs on.
    pub const LED: u8 = 0;
    /// How many pins of its own the radio has on a Pico W.
    pub const GPIOS: u8 = 3;

    /// A radio without power, with this Ethernet address in its one-time memory.
    #[must_use]
    pub fn new(address: [u8; 6]) -> Self {
        Self {
            chip: Chip::new(address),
            is_powered: false,
            clock: false,
            transaction: None,
            input: 0,
            input_bits: 0,
            driven: None,
        }
    }

    /// The power pin, `WL_REG_ON`. Low resets all of the chip.
    pub fn set_power(&mut self, level: bool) {
        if self.is_powered && !level {
            self.transaction = None;
            self.driven = None;
            self.chip.reset();
        }
        self.is_powered = level;
    }

    /// The select pin: low for the length of a transaction.
    pub fn set_select(&mut self, level: bool) {
        if level {
            self.driven = None;
            if let Some(transaction) = self.transaction.take() {
                transaction.end(&mut self.chip);
            }
        } else if self.is_powered && self.transaction.is_none() {
            self.transaction = Some(Transaction::begin(&self.chip));
            self.input_bits = 0;
        }
    }

    /// The clock pin, and the level that the host drives the data line with.
    ///
    /// The chip takes a bit where the clock rises, and drives the next one where it falls, the first one where it falls after a
    /// command's last bit. Here a bit is on the line at once. On a board it takes 8 to 22 ns, as the PIO programs for the fastest
    /// clocks show, which sample a bit only after the clock has fallen again; those for the usual clocks sample before that.
    pub fn set_clock(&mut self, level: bool, data: bool) {
        if self.clock == level {
            return;
        }
        self.clock = level;
        let Some(transaction) = &mut self.transaction else { return };
        if !level {
            self.driven = transaction.driven_bit();
        } else if transaction.takes_input() {
            self.input = self.input << 1 | u32::from(data);
            self.input_bits += 1;
            if self.input_bits == u32::BITS {
                self.input_bits = 0;
                transaction.handle_word(self.input, &mut self.chip);
            }
        } else {
            transaction.handle_bit_clocked();
        }
    }

    /// What the chip drives the data line with: bits that are read, and while it is not selected the interrupt. Otherwise it
    /// leaves the line alone.
    #[must_use]
    pub fn data(&self) -> Option<bool> {
        match (self.is_powered, &self.transaction) {
            (false, _) => None,
            (true, Some(_)) => self.driven,
            (true, None) => Some(self.chip.interrupt_line()),
        }
    }

    /// A whole transaction of a chip that is not selected: as if it was, the words of `write` were clocked out to it and those of
    /// `read` in from it, each with its highest bit first, and it was deselected. Bits that it does not drive read as zero.
    pub fn transfer(&mut self, write: &[u32], read: &mut [u32]) {
        if !self.is_powered {
            read.fill(0);
            return;
        }
        let mut transaction = Transaction::begin(&self.chip);
        for &word in write {
            if transaction.takes_input() {
                transaction.handle_word(word, &mut self.chip);
            } else {
                transaction.take_word();
            }
        }
        for word in read {
            *word = if transaction.takes_input() {
                transaction.handle_word(0, &mut self.chip);
                0
            } else {
                transaction.take_word()
            };
        }
        transaction.end(&mut self.chip);
    }

    /// Tells the chip the time, in microseconds since a moment of the caller's choice, and lets it act on the air. Returns when
    /// it is due next.
    pub fn poll(&mut self, now_us: u64, medium: &mut dyn Medium) -> Option<u64> {
        self.chip.poll(now_us, medium);
        self.chip.deadline_us()
    }

    /// When [`poll`](Self::poll) is due, in its microseconds. What a transaction started is due at once: then it is the time of
    /// the last call, which has passed.
    #[must_use]
    pub fn deadline_us(&self) -> Option<u64> {
        self.chip.deadline_us()
    }

    /// The level of one of the radio's own pins, 0 to 2: as the host drives it, or else as the board does.
    ///
    /// # Panics
    ///
    /// There is no such pin.
    #[must_use]
    pub fn gpio(&self, pin: u8) -> bool {
        assert!(pin < Self::GPIOS, "the radio has GPIO 0 to 2, not {pin}");
        self.chip.gpio(pin)
    }

    /// What the board drives one of the radio's own pins with; on a Pico W pin 2 senses USB's supply.
    ///
    /// # Panics
    ///
    /// There is no such pin.
    pub fn set_gpio(&mut self, pin: u8, level: bool) {
        assert!(pin < Self::GPIOS, "the radio has GPIO 0 to 2, not {pin}");
        self.chip.set_gpio(pin, level);
    }

    /// Takes what the chip has to report next. It keeps the first 64.
    pub fn take_report(&mut self) -> Option<Report> {
        self.chip.take_report()
    }
}
